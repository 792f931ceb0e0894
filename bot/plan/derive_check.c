/* derive_check.c - a rewrite is read back and held against the query on random databases. */
#include "bind.h"
#include "derive.h"

static void table_copy(struct schema *schema, const struct schema_table *known) {
    struct schema_table *copy = schema_table_add(schema, known->name);
    copy->complete = known->complete;
    for (size_t k = 0; k < known->columns.n; k++) {
        struct schema_column *column = schema_column_add(schema, copy, known->columns.at[k].name, known->columns.at[k].type);
        column->not_null = known->columns.at[k].not_null;
        column->not_null_origin = known->columns.at[k].not_null_origin;
    }
}

static void view_add(struct arena *arena, struct schema *schema, const struct derive_view *view) {
    const struct plan *plan = view->plan;
    struct schema_table *table = schema_table_add(schema, view->name);
    table->complete = true;
    for (size_t i = 0; i < plan->n_outputs; i++) {
        const char *name = view->columns ? view->columns[i] : plan->names[i];
        if (name && strcmp(name, "*") == 0) {
            table->complete = false;
            continue;
        }
        bool own = name && *name; /* a second column of one name is out of reach, but has its place */
        for (size_t k = 0; own && k < table->columns.n; k++) own = strcasecmp(table->columns.at[k].name, name) != 0;
        schema_column_add(schema, table, own ? name : arena_printf(arena, "column %zu", i + 1), plan->columns[plan->root->columns[i]].type);
    }
}

const struct schema *derive_schema(struct arena *arena, const struct plan *query, const struct derive_view *views, size_t n) {
    struct schema *schema = schema_new(arena);
    for (size_t i = 0; query->schema && i < query->n_tables; i++) {
        const struct schema_table *known = schema_find(query->schema, query->tables[i]);
        if (known) table_copy(schema, known);
    }
    for (size_t i = 0; i < n; i++) view_add(arena, schema, &views[i]);
    return schema;
}

struct refutation *derive_check_several(struct arena *arena, const struct derivation *d, const struct plan *query, const struct derive_view *views,
                                        size_t n, const struct refute_limits *limits) {
    struct plan *rewrite = NULL;
    const struct err *err = plan_from_sql(arena, str_of(d->sql), derive_schema(arena, query, views, n), query->dialect, &rewrite);
    const char *why = err ? err->text : rewrite->reason;
    bool supposes = query->condition;
    for (size_t i = 0; i < n; i++) supposes |= views[i].plan->condition != NULL;
    if (!why && !supposes) why = rewrite->condition; /* it takes for granted what neither of the two does */
    if (why) {
        struct refutation *out = arena_new(arena, struct refutation);
        out->verdict = REFUTE_BROKEN;
        out->reason = arena_printf(arena, "the rewrite cannot be read back: %s", why);
        return out;
    }
    struct refute_view *stored = arena_array(arena, n + 1, sizeof *stored);
    for (size_t i = 0; i < n; i++) stored[i] = (struct refute_view){views[i].plan, views[i].name};
    return refute_rewrite(arena, query, rewrite, stored, n, limits);
}

struct refutation *derive_check(struct arena *arena, const struct derivation *d, const struct plan *query, const struct plan *view,
                                const char *view_name, const char *const *view_columns, const struct refute_limits *limits) {
    struct derive_view only = {.plan = view, .name = view_name, .columns = view_columns};
    return derive_check_several(arena, d, query, &only, 1, limits);
}
