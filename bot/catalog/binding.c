/* binding.c - a reading's definitions bound together, upstream first. */
#include "binding.h"

#include "catalog_rows.h"
#include "entry.h"
#include "map.h"
#include "plan.h"

#define ORDER_DEPTH_MAX 500
#define READS_MAX       500

static void name_add(struct arena *arena, struct map *seen, const char *name) {
    if (name) map_put(seen, str_of(name), arena);
}

const char *const *reading_names(struct arena *arena, const struct reading *r, size_t *count) {
    struct map *seen = map_new(arena);
    for (size_t i = 0; i < r->definitions.n; i++) {
        const struct definition *d = &r->definitions.at[i];
        for (size_t k = 0; k < d->read_count && k < READS_MAX; k++) name_add(arena, seen, d->reads[k]);
    }
    for (size_t i = 0; i < r->metrics.n; i++) name_add(arena, seen, r->metrics.at[i].dataset);
    const char **names = arena_array(arena, map_count(seen) + 1, sizeof *names);
    for (size_t i = 0; i < map_count(seen); i++) names[i] = str_dup(arena, map_at(seen, i).key);
    *count = map_count(seen);
    return names;
}

struct ordering {
    struct arena *arena;
    const struct reading *reading;
    struct map *fillers; /* key of a dataset -> definition index + 1 */
    char *mark;          /* 0 new, 1 being visited, 2 done */
    size_t *order, count;
};

static void order_visit(struct ordering *o, size_t i, int depth) {
    if (o->mark[i] || depth > ORDER_DEPTH_MAX) return;
    o->mark[i] = 1;
    const struct definition *d = &o->reading->definitions.at[i];
    for (size_t r = 0; r < d->read_count; r++) {
        size_t filler = (size_t)(uintptr_t)map_get(o->fillers, str_of(name_key(o->arena, d->reads[r])));
        if (filler) order_visit(o, filler - 1, depth + 1);
    }
    o->mark[i] = 2;
    o->order[o->count++] = i;
}

size_t *definitions_order(struct arena *arena, const struct reading *reading) {
    size_t n = reading->definitions.n;
    struct ordering o = {arena, reading, map_new(arena), arena_alloc(arena, n + 1), arena_array(arena, n + 1, sizeof(size_t)), 0};
    for (size_t i = 0; i < n; i++) {
        const char *dataset = reading->definitions.at[i].dataset;
        if (dataset) *map_slot(o.fillers, str_of(name_key(arena, dataset))) = (void *)(uintptr_t)(i + 1);
    }
    for (size_t i = 0; i < n; i++) order_visit(&o, i, 0);
    for (size_t i = 0; i < n; i++) {
        if (o.mark[i] == 0) o.order[o.count++] = i; /* beyond the depth */
    }
    return o.order;
}

bool entry_outputs(struct arena *arena, const struct entry *entry, const struct definition *d, struct column_fact **out, size_t *count) {
    const struct plan *plan = entry->plan;
    if (d->incremental || d->strategy || !d->dataset || !plan || !plan->root)
        return false; /* INSERT fills by position: its names are not the table's */
    struct column_fact *columns = arena_array(arena, plan->n_outputs + 1, sizeof *columns);
    for (size_t i = 0; i < plan->n_outputs; i++) {
        const struct plan_column *column = &plan->columns[plan->root->columns[i]];
        if (column->star || !plan->names[i] || !*plan->names[i] || strcmp(plan->names[i], "*") == 0) return false;
        columns[i] = (struct column_fact){.name = plan->names[i], .type = column->type.kind == TYPE_UNKNOWN ? NULL : type_name(column->type)};
    }
    *out = columns;
    *count = plan->n_outputs;
    return plan->n_outputs > 0;
}

const struct err *reading_bind(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *reading,
                               struct entry **out, struct schema **schema) {
    size_t name_count;
    const char *const *names = reading_names(arena, reading, &name_count);
    struct views *views;
    TRY(catalog_views(arena, catalogs, catalog_count, reading, names, name_count, &views));
    names = views_names(views, &name_count);
    struct known *known;
    TRY(catalog_known(arena, catalogs, catalog_count, reading, names, name_count, &known));
    *schema = known_schema(known);
    struct entry *entries = arena_array(arena, reading->definitions.n + 1, sizeof *entries);
    const size_t *order = definitions_order(arena, reading);
    for (size_t i = 0; i < reading->definitions.n; i++) {
        const struct definition *d = &reading->definitions.at[order[i]];
        struct entry *e = &entries[order[i]];
        struct column_fact *columns;
        size_t count;
        entry_of_definition(arena, d, *schema, views, e);
        if (entry_outputs(arena, e, d, &columns, &count)) known_learn(known, e->dataset, columns, count);
    }
    *out = entries;
    return NULL;
}
