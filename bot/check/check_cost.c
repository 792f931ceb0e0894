/* check_cost.c - large scans on short schedules, and queries that should be tables. Sizes come from the catalog; without them the rules are silent.
 */
#include "check.h"

#include "feature.h"
#include "sql_ast.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <ctype.h>

#define LARGE_BYTES          100e9 /* a table worth a word when read in full */
#define OFTEN_PER_MONTH      100.0 /* more than three times a day */
#define MATERIALIZE_BYTES    10e9  /* what one run reads, from which on a table pays */
#define PARTITION_SAVES_LOW  0.5   /* estimate.c: a predicate on the partition column leaves 0.1 % to 50 % */
#define PARTITION_SAVES_HIGH 0.99

static const struct scan_part *largest_unpruned(const struct scan *scan) {
    const struct scan_part *largest = NULL;
    for (size_t i = 0; i < scan->part_count; i++) {
        const struct scan_part *p = &scan->parts[i];
        if (p->known && !p->pruned && p->all >= LARGE_BYTES && (!largest || p->all > largest->all)) largest = p;
    }
    return largest;
}

static struct cost saving_of(struct arena *arena, const struct cost *cost, const struct scan *scan, const struct scan_part *part) {
    if (!cost->known || strcmp(cost->period, "month") != 0 || scan->high <= 0) return cost_unknown(NULL);
    struct cost saving = *cost;
    double share = part->high / scan->high;
    saving.low *= share * PARTITION_SAVES_LOW;
    saving.high *= share * PARTITION_SAVES_HIGH;
    text_list_printf(arena, &saving.assumptions, "a predicate on the partition column is taken to save %.0f to %.0f %% of reading %s",
                     PARTITION_SAVES_LOW * 100, PARTITION_SAVES_HIGH * 100, part->dataset);
    return saving;
}

static void large_scan(struct arena *arena, const struct check_input *in, const struct subject *s, struct findings *out) {
    struct fires fires = fires_of(arena, &s->entry.schedule, in->now);
    const struct scan_part *part = largest_unpruned(&s->scan);
    if (!s->touched || s->reused || !part || s->definition->incremental || s->entry.kind == DEF_STREAMING || s->entry.kind == DEF_VIEW) return;
    if (!fires.known || fires.continuous || fires.per_month < OFTEN_PER_MONTH) return;
    char bytes[32];
    text_bytes(part->all, bytes, sizeof bytes);
    struct finding *f = check_finding(arena, in, RULE_LARGE_SCAN, s, part->dataset);
    f->dataset = part->dataset;
    f->cost = s->cost;
    f->text = arena_printf(arena, "%s reads all of %s (%s) %s.", f->subject, part->dataset, bytes, fires.text);
    if (part->partition) {
        f->next_step = arena_printf(arena, "filter on %s, its partition column", part->partition);
        f->saving = saving_of(arena, &s->cost, &s->scan, part);
    } else {
        f->next_step = "read only what is new since the last run, or run it less often";
    }
    text_list_printf(arena, &f->notes, "%.4g runs a month", fires.per_month);
    text_list_add(arena, &f->notes, part->why);
    check_say(arena, in, out, f);
}

/* ---- materialize ---- */

static bool computes(const struct entry *e) {
    for (size_t i = 0; e->features && i < e->features->n; i++) {
        enum feature_kind kind = e->features->at[i].kind;
        if (kind == FEATURE_AGGREGATE || kind == FEATURE_GROUP_KEY) return true;
    }
    return false;
}

static bool is_repeated_query(const struct subject *s) {
    const struct schedule *t = &s->entry.schedule;
    if (s->entry.dataset || s->entry.kind != DEF_QUERY) return false;
    return s->entry.artefact == ARTEFACT_DASHBOARD || t->cron || t->every_seconds > 0;
}

static bool param_found(void *ctx, struct sql_expr *e) {
    *(bool *)ctx |= e->kind == EX_PARAM;
    return true;
}

/* What the reader chooses (:date_range) cannot be computed beforehand. */
static bool has_parameter(const struct entry *e) {
    bool found = false;
    if (e->query) sql_walk_query(&(struct sql_visitor){.ctx = &found, .expr = param_found}, (struct sql_query *)(uintptr_t)e->query);
    return found;
}

static bool is_candidate(const struct subject *s) {
    return s->changed && !s->reused && is_repeated_query(s) && s->scan.known && s->scan.high >= MATERIALIZE_BYTES && computes(&s->entry) &&
           !has_parameter(&s->entry);
}

static bool same_tables(const struct subject *a, const struct subject *b) {
    if (a->entry.read_count != b->entry.read_count) return false;
    for (size_t i = 0; i < a->entry.read_count; i++) {
        if (strcmp(a->entry.reads[i], b->entry.reads[i]) != 0) return false;
    }
    return true;
}

/* "Sales / dataset by_day" -> "sales_by_day". */
static const char *table_name(struct arena *arena, const struct check_input *in, const struct entry *e) {
    struct buf b = buf_new(arena);
    const char *schema = "gold.";
    for (size_t i = 0; i < in->settings->layer_count; i++) {
        const struct layer_rule *layer = &in->settings->layers[i];
        if (strcmp(layer->layer, "gold") == 0 && text_ends(layer->pattern, ".*"))
            schema = str_dup(arena, (struct str){layer->pattern, strlen(layer->pattern) - 1});
    }
    buf_text(&b, strpbrk(schema, "*?") ? "gold." : schema);
    size_t start = b.n;
    for (const char *p = e->name; *p && b.n < start + 60; p++) {
        if (isalnum((unsigned char)*p)) buf_char(&b, (char)tolower((unsigned char)*p));
        else if (b.n > start && b.p[b.n - 1] != '_') buf_char(&b, '_');
    }
    while (b.n > start && b.p[b.n - 1] == '_') b.p[--b.n] = 0;
    if (b.n == start) buf_text(&b, "new_table");
    return buf_str(&b);
}

static const char *grain_text(struct arena *arena, const struct entry *e) {
    const struct sql_query *q = e->query;
    if (!q || q->body != BODY_SELECT || !q->select->group || !q->select->group->item_count) return NULL;
    struct buf b = buf_new(arena);
    for (uint32_t i = 0; i < q->select->group->item_count; i++) {
        if (i) buf_text(&b, ", ");
        sql_print_expr(&b, q->select->group->items[i], e->dialect);
    }
    return buf_str(&b);
}

static const char *draft_text(struct arena *arena, const char *name, const struct entry *e, const char *grain) {
    struct buf b = buf_new(arena);
    buf_printf(&b, "CREATE OR REFRESH MATERIALIZED VIEW %s\n", name);
    if (grain && !strchr(grain, '\'')) buf_printf(&b, "COMMENT 'One row per %s.'\n", grain);
    buf_printf(&b, "AS\n%s;\n", e->sql);
    return buf_str(&b);
}

static void materialize(struct arena *arena, const struct check_input *in, size_t at, struct findings *out) {
    const struct subject *s = &in->subjects[at];
    for (size_t i = 0; i < at; i++) {
        if (is_candidate(&in->subjects[i]) && same_tables(&in->subjects[i], s)) return; /* one table may serve both: said there */
    }
    char low[32], high[32];
    text_bytes(s->scan.low, low, sizeof low);
    text_bytes(s->scan.high, high, sizeof high);
    struct finding *f = check_finding(arena, in, RULE_MATERIALIZE, s, NULL);
    struct fires fires = fires_of(arena, &s->entry.schedule, in->now);
    const char *name = table_name(arena, in, &s->entry), *grain = grain_text(arena, &s->entry);
    f->text = arena_printf(arena, "%s reads %s to %s %s; a table would do that once for all its readers.", f->subject, low, high,
                           fires.known ? fires.text : "each time it is opened");
    f->next_step = arena_printf(arena, "make %s%s%s and read that", name, grain ? ", one row per " : "", grain ? grain : "");
    f->draft = s->entry.sql ? draft_text(arena, name, &s->entry, grain) : NULL;
    f->cost = s->cost;
    f->saving = cost_unknown(fires.known ? "how many read its result is not known" : "how often it is opened is not known");
    for (size_t i = at + 1; i < in->subject_count; i++) {
        if (is_candidate(&in->subjects[i]) && same_tables(&in->subjects[i], s))
            text_list_printf(arena, &f->notes, "it could serve %s too: same tables", in->subjects[i].entry.name);
    }
    check_say(arena, in, out, f);
}

const struct err *check_cost(struct arena *arena, const struct check_input *in, struct findings *out) {
    for (size_t i = 0; i < in->subject_count; i++) { /* one of the two: a table ends the large scan too */
        if (is_candidate(&in->subjects[i]) && in->settings->levels[RULE_MATERIALIZE] != SEV_OFF) materialize(arena, in, i, out);
        else large_scan(arena, in, &in->subjects[i], out);
    }
    return NULL;
}
