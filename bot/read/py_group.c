/* py_group.c - groupBy, rollup, cube and pivot with what follows them. */
#include "pyspark.h"

#include "sql_build.h"

struct pv frame_group(struct py_run *r, struct frame *f, const struct py_node *call, int how) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    struct grouped *g = arena_new(r->arena, struct grouped);
    g->frame = f;
    g->how = how;
    g->keys = arena_array(r->arena, items.n + 1, sizeof *g->keys);
    for (size_t i = 0; i < items.n; i++) {
        known &= column_of(r, items.at[i], &g->keys[g->key_count]);
        g->key_count++;
    }
    if (!known) g->frame = frame_unknown(r, f, NULL, py_line(r, call), "what this groups by was not understood");
    return (struct pv){.kind = PV_GROUPED, .grouped = g};
}

static struct frame *aggregate(struct py_run *r, struct grouped *g, const struct column *columns, size_t n, int line) {
    struct column *all = arena_array(r->arena, g->key_count + n, sizeof *all);
    struct sql_expr **keys = arena_array(r->arena, g->key_count + 1, sizeof *keys);
    for (size_t i = 0; i < g->key_count; i++) all[i] = g->keys[i], keys[i] = g->keys[i].expr;
    for (size_t i = 0; i < n; i++) all[g->key_count + i] = columns[i];
    struct frame *next = frame_select(r, g->frame, all, g->key_count + n, line);
    if (g->key_count && g->how == GROUP_PLAIN) next->query->select->group = sql_group_by(r->arena, keys, (uint32_t)g->key_count);
    if (g->key_count && g->how != GROUP_PLAIN) {
        struct sql_expr *grouping = sql_expr_new(r->arena, EX_GROUPING, g->how == GROUP_CUBE ? OP_CUBE : OP_ROLLUP, keys, (uint32_t)g->key_count);
        next->query->select->group = sql_group_by(r->arena, &grouping, 1);
    }
    next->open = false;
    next->heavy = next->grouped = true;
    return next;
}

static struct column call_column(struct py_run *r, struct str function, struct str column) {
    bool all = str_is(column, "*");
    struct sql_expr *arg = all ? sql_star(r->arena, NULL) : sql_column(r->arena, column);
    struct str name = str_is(function, "mean") ? STR("avg") : function;
    return (struct column){.expr = sql_call(r->arena, name, &arg, 1),
                           .alias = str_of(arena_printf(r->arena, "%.*s(%.*s)", STR_ARG(name), STR_ARG(all ? STR("1") : column)))};
}

struct pv grouped_call(struct py_run *r, struct grouped *g, struct str method, const struct py_node *call) {
    int line = py_line(r, call);
    if (frame_lost(g->frame)) return pv_frame(frame_unknown(r, g->frame, NULL, line, g->frame->why));
    if (str_starts(method, "applyIn") || str_starts(method, "cogroup") || str_is(method, "apply"))
        fact_add(r, FACT_APPLY_PANDAS, g->frame, call)->detail = str_dup(r->arena, method);
    bool known = !g->pivoted;
    struct pv_items items = py_arguments(r, call, &known);
    struct column *columns = arena_array(r->arena, items.n + 1, sizeof *columns);
    size_t n = 0;
    if (str_is(method, "pivot")) {
        g->pivoted = true;
        return (struct pv){.kind = PV_GROUPED, .grouped = g};
    }
    static const char *const shorts[] = {"sum", "avg", "mean", "min", "max"};
    bool is_short = false;
    for (size_t i = 0; i < 5; i++) is_short |= str_is(method, shorts[i]);
    if (str_is(method, "count")) {
        columns[n++] = call_column(r, STR("count"), STR("*"));
        columns[0].alias = STR("count");
    } else if (is_short) {
        for (size_t i = 0; i < items.n; i++) {
            known &= pv_is_text(items.at[i]);
            if (known) columns[n++] = call_column(r, method, pv_str(items.at[i]));
        }
    } else if (str_is(method, "agg")) {
        for (size_t i = 0; i < items.n; i++) {
            if (items.at[i].kind == PV_DICT) {
                struct pv_dict *d = items.at[i].dict;
                columns = arena_array(r->arena, d->keys.n + 1, sizeof *columns);
                for (size_t k = 0; k < d->keys.n; k++) columns[n++] = call_column(r, pv_str(d->values.at[k]), pv_str(d->keys.at[k]));
                continue;
            }
            known &= items.at[i].kind == PV_COLUMN && column_of(r, items.at[i], &columns[n]);
            n++;
        }
    } else {
        known = false;
    }
    if (!known || n == 0)
        return pv_frame(frame_unknown(r, g->frame, NULL, line, arena_printf(r->arena, "'groupBy().%.*s' was not understood", STR_ARG(method))));
    return pv_frame(aggregate(r, g, columns, n, line));
}
