/* check_cost.c - large scans on short schedules; queries that should be tables are materialize.c's. Sizes come from the catalog; without them the
 * rules are silent.
 */
#include "materialize.h"

#define LARGE_BYTES          100e9 /* a table worth a word when read in full */
#define OFTEN_PER_MONTH      100.0 /* more than three times a day */
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
    text_list_add(arena, &f->notes, fires_text(arena, &fires));
    text_list_add(arena, &f->notes, part->why);
    check_say(arena, in, out, f);
}

const struct err *check_cost(struct arena *arena, const struct check_input *in, struct findings *out) {
    struct materialize *m = materialize_plan(arena, in);
    for (size_t i = 0; i < in->subject_count; i++) { /* one of the two: a table ends the large scan too */
        if (materialize_takes(m, i) && in->settings->levels[RULE_MATERIALIZE] != SEV_OFF) materialize_say(m, i, out);
        else large_scan(arena, in, &in->subjects[i], out);
    }
    check_warehouse(arena, in, out);
    return NULL;
}
