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
        struct column *key = &g->keys[g->key_count++];
        known &= column_of(r, items.at[i], key);
        bool window = known && key->expr->kind == EX_CALL && str_is(key->expr->name, "window") && !key->alias.n;
        if (window) key->alias = STR("window"); /* as Spark names it */
    }
    if (!known) g->frame = frame_unknown(r, f, NULL, call, "what this groups by was not understood");
    return (struct pv){.kind = PV_GROUPED, .grouped = g};
}

/* groupingSets([["a", "b"], ["a"]], "a", "b") */
struct pv frame_grouping_sets(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv sets = py_arg_value(r, call, 0, "groupingSets");
    struct py_node *keys = arena_new(r->arena, struct py_node);
    bool known = sets.kind == PV_LIST && sets.list->n > 0 && py_arg(call, 1);
    if (!known) return pv_frame(frame_unknown(r, f, NULL, call, "what this groups by was not understood"));
    *keys = *call;
    keys->kids = arena_array(r->arena, call->count, sizeof *keys->kids);
    keys->kids[0] = call->kids[0];
    for (size_t i = 2; i < call->count; i++) keys->kids[i - 1] = call->kids[i];
    keys->count = call->count - 1;
    struct pv grouped = frame_group(r, f, keys, GROUP_SETS);
    struct grouped *g = grouped.grouped;
    g->sets = arena_array(r->arena, sets.list->n, sizeof *g->sets);
    for (size_t i = 0; i < sets.list->n; i++) {
        struct pv set = sets.list->at[i];
        struct sql_expr **parts = arena_array(r->arena, set.kind == PV_LIST ? set.list->n + 1 : 1, sizeof *parts);
        struct column c;
        size_t n = 0;
        for (size_t k = 0; set.kind == PV_LIST && k < set.list->n; k++) {
            known &= column_of(r, set.list->at[k], &c);
            parts[n++] = c.expr;
        }
        known &= set.kind == PV_LIST;
        if (known) g->sets[g->set_count++] = sql_expr_new(r->arena, EX_TUPLE, OP_NONE, parts, (uint32_t)n);
    }
    if (!known) g->frame = frame_unknown(r, f, NULL, call, "what this groups by was not understood");
    return grouped;
}

static struct frame *aggregate(struct py_run *r, struct grouped *g, const struct column *columns, size_t n, int line) {
    struct column *all = arena_array(r->arena, g->key_count + n, sizeof *all);
    struct sql_expr **keys = arena_array(r->arena, g->key_count + 1, sizeof *keys);
    for (size_t i = 0; i < g->key_count; i++) all[i] = g->keys[i], keys[i] = g->keys[i].expr;
    for (size_t i = 0; i < n; i++) all[g->key_count + i] = columns[i];
    struct frame *next = frame_select(r, g->frame, all, g->key_count + n, line);
    if (g->key_count && g->how == GROUP_PLAIN) next->query->select->group = sql_group_by(r->arena, keys, (uint32_t)g->key_count);
    if (g->key_count && g->how != GROUP_PLAIN) {
        bool sets = g->how == GROUP_SETS;
        enum sql_op op = sets ? OP_SETS : g->how == GROUP_CUBE ? OP_CUBE : OP_ROLLUP;
        struct sql_expr *grouping = sql_expr_new(r->arena, EX_GROUPING, op, sets ? g->sets : keys, (uint32_t)(sets ? g->set_count : g->key_count));
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

/* Of no rows at all these give 0 or an empty list; pivot gives NULL. */
static bool is_count(const struct sql_expr *e) {
    static const char *const names[] = {"count", "approx_count_distinct", "collect_list", "collect_set", "count_if"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (e->kind == EX_CALL && str_iis(e->name, names[i])) return true;
    }
    return false;
}

/* agg(x) over the rows where the pivot column is `value`. */
static struct sql_expr *pivot_cell(struct py_run *r, const struct grouped *g, const struct sql_expr *agg, struct sql_expr *value) {
    bool plain = agg->kind == EX_CALL && agg->arg_count == 1 && !(agg->call && agg->call->over);
    if (!plain) return NULL;
    struct sql_expr *is = sql_binary(r->arena, OP_EQ, g->pivot, value), *one = sql_integer(r->arena, 1);
    struct sql_expr *pair[2] = {is, agg->args[0]->kind == EX_STAR ? one : agg->args[0]};
    struct sql_expr *arg = sql_case(r->arena, pair, 1, NULL);
    struct sql_expr *cell = sql_call(r->arena, agg->name, &arg, 1);
    cell->flags |= agg->flags & SQL_DISTINCT;
    if (!is_count(agg)) return cell;
    struct sql_expr *there[2] = {is, one}, *any = sql_case(r->arena, there, 1, NULL);
    struct sql_expr *some[2] = {sql_binary(r->arena, OP_GT, sql_call(r->arena, STR("count"), &any, 1), sql_integer(r->arena, 0)), cell};
    return sql_case(r->arena, some, 1, NULL);
}

static struct pv pivoted(struct py_run *r, struct grouped *g, const struct column *aggs, size_t n, const struct py_node *call) {
    enum { VALUES_MAX = 500 };
    int line = py_line(r, call);
    static const char later[] = "the columns a pivot makes are only known when it runs: name its values";
    if (!g->pivoted || g->pivoted->n * n > VALUES_MAX || g->how != GROUP_PLAIN) return pv_frame(frame_unknown(r, g->frame, NULL, call, later));
    struct column *columns = arena_array(r->arena, g->pivoted->n * n + 1, sizeof *columns);
    size_t count = 0;
    for (size_t i = 0; i < g->pivoted->n; i++) {
        struct pv value = g->pivoted->at[i];
        struct sql_expr *e = value.kind == PV_TEXT || value.kind == PV_NUMBER ? column_expr(r, value) : NULL;
        struct str name = value.kind == PV_TEXT ? pv_str(value) : value.s;
        for (size_t k = 0; e && k < n; k++) {
            const char *of = aggs[k].alias.n ? str_dup(r->arena, aggs[k].alias) : "value";
            columns[count].expr = pivot_cell(r, g, aggs[k].expr, e);
            columns[count].alias = n == 1 ? name : str_of(arena_printf(r->arena, "%.*s_%s", STR_ARG(name), of));
            if (!columns[count++].expr) return pv_frame(frame_unknown(r, g->frame, NULL, call, "what this pivot computes was not understood"));
        }
        if (!e) return pv_frame(frame_unknown(r, g->frame, NULL, call, later));
    }
    return pv_frame(aggregate(r, g, columns, count, line));
}

static struct pv pivot_call(struct py_run *r, const struct grouped *g, const struct py_node *call) {
    struct pv column = py_arg_value(r, call, 0, "pivot_col"), values = py_arg_value(r, call, 1, "values");
    struct grouped *next = arena_new(r->arena, struct grouped);
    *next = *g;
    next->pivot = column_or_name(r, column);
    next->pivoted = values.kind == PV_LIST ? values.list : NULL;
    if (!next->pivot) next->frame = frame_unknown(r, g->frame, NULL, call, "the column this pivots by was not understood");
    return (struct pv){.kind = PV_GROUPED, .grouped = next};
}

/* What Spark calls a column that is given no name: sum(x). */
static struct str unnamed(struct py_run *r, const struct sql_expr *e) {
    bool plain = e->kind == EX_CALL && e->arg_count == 1 && !(e->flags & SQL_DISTINCT) && !(e->call && e->call->over);
    if (!plain) return (struct str){"", 0};
    const struct sql_expr *arg = e->args[0];
    bool one = arg->kind == EX_STAR || (arg->kind == EX_LITERAL && str_is(arg->name, "1"));
    if (!one && arg->kind != EX_NAME) return (struct str){"", 0};
    return str_of(arena_printf(r->arena, "%.*s(%.*s)", STR_ARG(e->name), STR_ARG(one ? STR("1") : arg->name)));
}

/* agg(total=("amount", "sum")), as pandas has it. */
static bool named_aggregates(struct py_run *r, const struct py_node *call, struct column *columns, size_t *n) {
    for (size_t i = 1; i < call->count; i++) {
        struct pv v = call->kids[i]->kind == PY_KWARG && call->kids[i]->count ? py_eval(r, call->kids[i]->kids[0]) : pv_unknown(r, NULL);
        if (v.kind != PV_LIST || v.list->n != 2 || !pv_is_text(v.list->at[0]) || !pv_is_text(v.list->at[1])) return false;
        columns[*n] = call_column(r, pv_str(v.list->at[1]), pv_str(v.list->at[0]));
        columns[(*n)++].alias = call->kids[i]->text;
    }
    return *n > 0;
}

struct pv grouped_call(struct py_run *r, struct grouped *g, struct str method, const struct py_node *call) {
    int line = py_line(r, call);
    if (frame_lost(g->frame)) return pv_frame(frame_unknown(r, g->frame, NULL, call, g->frame->why));
    if (str_starts(method, "applyIn") || str_starts(method, "cogroup") || str_is(method, "apply"))
        fact_add(r, FACT_APPLY_PANDAS, g->frame, call)->detail = str_dup(r->arena, method);
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    struct column *columns = arena_array(r->arena, items.n + 1, sizeof *columns);
    size_t n = 0;
    if (str_is(method, "pivot")) return pivot_call(r, g, call);
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
    } else if (str_is(method, "size") && g->frame->pandas) {
        columns[n++] = call_column(r, STR("count"), STR("*"));
        columns[0].alias = STR("count");
    } else if (str_is(method, "agg") && g->frame->pandas && !items.n) {
        columns = arena_array(r->arena, call->count, sizeof *columns);
        known = named_aggregates(r, call, columns, &n);
    } else if (str_is(method, "agg")) {
        for (size_t i = 0; i < items.n; i++) {
            if (items.at[i].kind == PV_DICT) {
                struct pv_dict *d = items.at[i].dict;
                columns = arena_array(r->arena, d->keys.n + 1, sizeof *columns);
                for (size_t k = 0; k < d->keys.n; k++) columns[n++] = call_column(r, pv_str(d->values.at[k]), pv_str(d->keys.at[k]));
                continue;
            }
            known &= items.at[i].kind == PV_COLUMN && column_of(r, items.at[i], &columns[n]);
            if (known && !columns[n].alias.n) columns[n].alias = unnamed(r, columns[n].expr);
            n++;
        }
    } else {
        known = false;
    }
    if (!known || n == 0)
        return pv_frame(frame_unknown(r, g->frame, NULL, call, arena_printf(r->arena, "'groupBy().%.*s' was not understood", STR_ARG(method))));
    return g->pivot ? pivoted(r, g, columns, n, call) : pv_frame(aggregate(r, g, columns, n, line));
}
