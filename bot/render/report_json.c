/* report_json.c - the review for programs: the contract of `parley review --format json`. */
#include "jsonx.h"
#include "render.h"

static json_t *texts(const struct text_list *list) {
    json_t *out = json_array();
    for (size_t i = 0; i < list->n; i++) json_array_append_new(out, json_string(list->at[i]));
    return out;
}

/* Amounts that are not known are null, never 0. */
/* Low and high alone: what they rest on is said of the difference. */
static json_t *amount_json(const struct cost *cost) {
    json_t *o = json_object();
    json_object_set_new(o, "low", cost->known ? json_real(cost->low) : json_null());
    json_object_set_new(o, "high", cost->known ? json_real(cost->high) : json_null());
    jsx_set_text(o, "currency", cost->currency);
    return o;
}

static json_t *cost_json(const struct cost *cost) {
    json_t *o = json_object();
    json_object_set_new(o, "low", cost->known ? json_real(cost->low) : json_null());
    json_object_set_new(o, "high", cost->known ? json_real(cost->high) : json_null());
    jsx_set_text(o, "currency", cost->known ? cost->currency : NULL);
    jsx_set_text(o, "period", cost->known ? cost->period : NULL);
    if (!cost->known && cost->unknown) jsx_set_text(o, "unknown", cost->unknown);
    if (cost->assumptions.n) json_object_set_new(o, "assumptions", texts(&cost->assumptions));
    if (cost->known && cost->price_date) jsx_set_text(o, "price_date", cost->price_date);
    if (cost->known && cost->price_date_last) jsx_set_text(o, "price_date_last", cost->price_date_last);
    return o;
}

static json_t *finding_json(const struct finding *f) {
    static const char *const states[] = {"open", "accepted", "snoozed", "different"};
    json_t *o = json_object();
    jsx_set_text(o, "key", f->key);
    jsx_set_text(o, "label", f->label);
    jsx_set_text(o, "rule", f->rule_id);
    jsx_set_text(o, "severity", severity_name(f->severity));
    json_object_set_new(o, "folded", json_boolean(f->folded));
    jsx_set_text(o, "relation", f->relation);
    jsx_set_text(o, "tier", f->tier);
    json_object_set_new(o, "proved", json_boolean(f->proved));
    jsx_set_text(o, "path", f->path);
    json_object_set_new(o, "line", json_integer(f->where.line));
    json_object_set_new(o, "end_line", json_integer(f->where.end_line));
    json_object_set_new(o, "cell", f->cell ? json_integer(f->cell) : json_null());
    jsx_set_text(o, "subject", f->subject);
    jsx_set_text(o, "dataset", f->dataset);
    jsx_set_text(o, "owner", f->owner);
    json_object_set_new(o, "cost", cost_json(&f->cost));
    json_object_set_new(o, "saving", cost_json(&f->saving));
    jsx_set_text(o, "text", f->text);
    jsx_set_text(o, "next_step", f->next_step);
    json_object_set_new(o, "proof", texts(&f->proof));
    json_object_set_new(o, "assumes", texts(&f->assumes));
    json_object_set_new(o, "differences", texts(&f->differences));
    json_object_set_new(o, "notes", texts(&f->notes));
    jsx_set_text(o, "rewrite", f->rewrite);
    jsx_set_text(o, "draft", f->draft);
    jsx_set_text(o, "state", states[f->state]);
    return o;
}

static json_t *findings_json(const struct findings *list) {
    json_t *out = json_array();
    for (size_t i = 0; i < list->n; i++) json_array_append_new(out, finding_json(list->at[i]));
    return out;
}

static json_t *gaps_json(const struct review *review) {
    json_t *out = json_array();
    for (size_t i = 0; i < review->gap_count; i++) {
        json_t *o = json_object();
        jsx_set_text(o, "path", review->gaps[i].path);
        json_object_set_new(o, "line", json_integer(review->gaps[i].line));
        jsx_set_text(o, "text", review->gaps[i].reason);
        json_array_append_new(out, o);
    }
    return out;
}

json_t *render_json(struct arena *arena, const struct review *review) {
    json_t *o = jsx_own(arena, json_object()), *read = json_object();
    jsx_set_text(o, "verdict", verdict_name(review->verdict));
    json_object_set_new(o, "findings", findings_json(&review->findings));
    json_object_set_new(o, "set_aside", findings_json(&review->waived));
    json_object_set_new(o, "not_understood", gaps_json(review));
    json_object_set_new(read, "files", json_integer((json_int_t)review->files));
    json_object_set_new(read, "definitions", json_integer((json_int_t)review->definitions));
    json_object_set_new(o, "read", read);
    json_object_set_new(o, "cost_delta", cost_json(&review->delta));
    json_object_set_new(o, "cost_before", amount_json(&review->before));
    json_object_set_new(o, "cost_after", amount_json(&review->after));
    json_object_set_new(o, "avoidable", cost_json(&review->avoidable));
    return o;
}
