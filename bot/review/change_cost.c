/* change_cost.c - what a change does to the monthly cost. */
#include "change_cost.h"

#include "map.h"

#include <math.h>
#include <strings.h>

static bool is_scheduled(const struct subject *s) {
    return s->entry.schedule.cron || s->entry.schedule.every_seconds > 0 || s->entry.schedule.continuous;
}

static bool is_counted(const struct subject *s) { return s->cost.known && cost_is_monthly(&s->cost); }

/* Adds to a sum what is known by the month. What is not stays out of the numbers and is named. */
static void cost_sum(struct arena *arena, const struct subject *s, struct cost *sum, struct text_list *unknown) {
    if (is_counted(s)) *sum = cost_add(arena, sum, &s->cost);
    else if (is_scheduled(s))
        text_list_printf(arena, unknown, "cost of %s is not included: %s", s->entry.name,
                         s->cost.unknown ? s->cost.unknown
                         : s->cost.known ? "how often it runs is not known"
                                         : "not known");
}

/* Runs by itself, but what that costs a month is not known: then what it cost before says nothing of the change. */
static bool is_lost(const struct subject *s) { return is_scheduled(s) && !is_counted(s); }

static void difference_add(struct cost *delta, double low, double high) {
    delta->low += fmin(low, high);
    delta->high += fmax(low, high);
}

void change_cost_fill(struct arena *arena, struct review *r, const struct subject *head, size_t head_count, const struct subject *base,
                      size_t base_count) {
    struct text_list unknown = {0};
    struct map *kept = map_new(arena);
    struct cost delta = cost_nothing();
    r->before = r->after = cost_nothing();
    for (size_t i = 0; i < head_count; i++) {
        const struct subject *s = &head[i], *b = s->before;
        if (b) map_put(kept, (struct str){(const char *)&s->before, sizeof s->before}, kept);
        if (!s->touched) continue;
        cost_sum(arena, s, &r->after, &unknown);
        if (is_lost(s)) continue;
        if (b) cost_sum(arena, b, &r->before, &unknown);
        bool was = b && is_counted(b), is = is_counted(s);
        difference_add(&delta, (is ? s->cost.low : 0) - (was ? b->cost.low : 0), (is ? s->cost.high : 0) - (was ? b->cost.high : 0));
    }
    for (size_t i = 0; i < base_count; i++) {
        const struct subject *b = &base[i];
        if (map_get(kept, (struct str){(const char *)&b, sizeof b})) continue;
        cost_sum(arena, b, &r->before, &unknown); /* gone at the head */
        if (is_counted(b)) difference_add(&delta, -b->cost.low, -b->cost.high);
    }
    r->delta = r->after.price_date ? r->after : r->before; /* what is gone was priced too */
    r->delta.low = delta.low;
    r->delta.high = delta.high;
    for (size_t i = 0; i < unknown.n; i++) text_list_add(arena, &r->delta.assumptions, unknown.at[i]);
    if (unknown.n && r->after.high == 0 && r->before.high == 0) r->delta = cost_unknown(unknown.at[0]);
}

void change_estimates_fill(struct arena *arena, struct review *r, const struct subject *head, size_t head_count) {
    r->estimates = arena_array(arena, head_count + 1, sizeof *r->estimates);
    for (size_t i = 0; i < head_count; i++) {
        const struct subject *s = &head[i];
        if (!s->changed || !s->scan.work || !s->scan.work->known) continue;
        const char *fingerprint = run_fingerprint(arena, s->entry.plan, s->entry.sql);
        if (fingerprint) r->estimates[r->estimate_count++] = (struct estimate_made){fingerprint, s->entry.name, s->scan.work};
    }
}

/* A limit in another currency than the prices says nothing of them. */
static bool is_foreign(const struct cost_limit *limit, const struct cost *cost) {
    return limit->amount > 0 && limit->currency && cost->currency && strcasecmp(limit->currency, cost->currency) != 0;
}

/* That it is not in force is said, once. */
static void foreign_say(struct arena *arena, const struct review_input *in, const struct review *r, struct findings *out) {
    const struct repo_settings *s = in->settings;
    const struct cost_limit *const limits[] = {&s->cost_warn, &s->cost_gate, &s->cost_save};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (!is_foreign(limits[i], &r->delta)) continue;
        struct finding *f = arena_new(arena, struct finding);
        *f = (struct finding){.rule = RULE_COST,
                              .rule_id = rule_info(RULE_COST)->id,
                              .severity = SEV_NOTE,
                              .subject = "this change",
                              .path = in->changed_count ? in->changed[0] : "",
                              .cost = r->delta,
                              .saving = cost_unknown(NULL),
                              .twin = {.readers = -1}};
        f->key = finding_key(arena, RULE_COST, in->repo, arena_printf(arena, "currency %s", limits[i]->currency));
        f->text = arena_printf(arena, "The limit of %.10g %s in .parley.yml is not held against what this change costs: prices here are in %s.",
                               limits[i]->amount, limits[i]->currency, r->delta.currency);
        f->next_step = arena_printf(arena, "write the limit in %s, or import prices in %s", r->delta.currency, limits[i]->currency);
        findings_add(arena, out, f);
        return;
    }
}

/* Is `amount` beyond the threshold, in money or as a share of what was spent before? */
static bool is_beyond(const struct repo_settings *s, const struct cost_limit *limit, double amount, double before, bool foreign) {
    if (limit->amount > 0 && !foreign && amount >= limit->amount) return true;
    return limit->percent > 0 && before > 0 && amount >= before * limit->percent / 100 && amount >= s->min_cost_per_month;
}

static const char *from_to(struct arena *arena, const struct review *r) {
    if (r->before.high <= 0) return "";
    return arena_printf(arena, ": from %s to %s", cost_text(arena, &r->before), cost_text(arena, &r->after));
}

void change_cost_rule(struct arena *arena, const struct review_input *in, const struct review *r, struct findings *out) {
    const struct repo_settings *s = in->settings;
    if (!r->delta.known || s->levels[RULE_COST] == SEV_OFF) return;
    double middle = (r->delta.low + r->delta.high) / 2, before = (r->before.low + r->before.high) / 2;
    bool gate = is_beyond(s, &s->cost_gate, r->delta.low, before, is_foreign(&s->cost_gate, &r->delta)); /* even the low end is over it */
    bool warn = is_beyond(s, &s->cost_warn, middle, before, is_foreign(&s->cost_warn, &r->delta));
    bool save = is_beyond(s, &s->cost_save, -middle, before, is_foreign(&s->cost_save, &r->delta));
    if (r->delta.low != 0 || r->delta.high != 0) foreign_say(arena, in, r, out);
    if (!gate && !warn && !save) return;
    struct finding *f = arena_new(arena, struct finding);
    struct cost saved = cost_negated(&r->delta);
    *f = (struct finding){.rule = RULE_COST,
                          .rule_id = rule_info(RULE_COST)->id,
                          .severity = gate   ? SEV_BLOCKER
                                      : save ? SEV_NOTE
                                             : s->levels[RULE_COST],
                          .proved = false,
                          .subject = "this change",
                          .path = in->changed_count ? in->changed[0] : "",
                          .cost = save && r->after.high > 0 ? r->after : r->delta,
                          .saving = save ? saved : cost_unknown(NULL),
                          .twin = {.readers = -1}};
    f->key = finding_key(arena, RULE_COST, in->repo, arena_printf(arena, "%lld", (long long)in->number));
    f->text = save ? arena_printf(arena, "The change saves %s%s.", cost_text(arena, &saved), from_to(arena, r))
                   : arena_printf(arena, "The change adds %s%s.", cost_text(arena, &r->delta), from_to(arena, r));
    f->next_step = save   ? "nothing is asked: it costs less"
                   : gate ? "agree on the spend with data engineering, or lower it"
                          : "check that the spend is wanted";
    findings_add(arena, out, f);
}
