/* derive_aggregate.c - how an aggregate of the query is computed from the groups that a view stores. */
#include "derive_core.h"

#include "sql_build.h"

static bool is_named(nexpr a, const char *name) { return strcmp(a->name, name) == 0; }

static struct sql_expr *call_one(struct rewrite *w, const char *name, struct sql_expr *arg) { return sql_call(w->arena, str_of(name), &arg, 1); }

static struct sql_expr *stored(struct rewrite *w, nexpr aggregate) {
    for (size_t i = 0; i < w->aggregates.n; i++)
        if (match_expr(w->match, w->aggregates.at[i].v, aggregate)) return w->aggregates.at[i].as;
    return NULL;
}

/* The stored `name`(x) over the same rows as `like`; x NULL: COUNT(*). */
static struct sql_expr *stored_as(struct rewrite *w, const char *name, nexpr x) {
    for (size_t i = 0; i < w->aggregates.n; i++) {
        nexpr v = w->aggregates.at[i].v;
        if (!is_named(v, name) || v->distinct || v->filter || v->n != (x ? 1 : 0)) continue;
        if (!x || match_expr(w->match, v->args[0], x)) return w->aggregates.at[i].as;
    }
    return NULL;
}

/* Does the expression read only what the block's inner sources make? A column of an outer join is NULL where nothing matched, whatever
 * its table says. */
static bool is_inner(const struct rewrite *w, nexpr x) {
    if (x->op == SC_MATCHED || x->block) return false;
    bool found = x->op != SC_COLUMN;
    for (size_t i = 0; !found && i < w->graft.block->n_sources; i++) found = w->q->column_source[x->column] == w->graft.block->sources[i];
    for (size_t i = 0; found && i < x->n; i++) found = is_inner(w, x->args[i]);
    return found;
}

/* COUNT(x) as stored, or COUNT(*) when x is never NULL. */
static struct sql_expr *stored_count(struct rewrite *w, nexpr x) {
    struct sql_expr *count = stored_as(w, "count", x);
    if (count || !x || !is_inner(w, x)) return count;
    return normal_never_null(w->arena, w->q, w->graft.block, x, &w->assumes) ? stored_as(w, "count", NULL) : NULL;
}

/* The expression in terms of the view's keys and the tables joined on top; NULL when it needs anything else. */
static struct sql_expr *from_keys(struct rewrite *w, nexpr e) {
    const char *before = w->why;
    if (w->graft.row_over_nothing) return NULL;
    struct sql_expr *out = rewrite_expr(w, e);
    bool good = w->why == before;
    w->why = before;
    return good ? out : NULL;
}

/* Does the grouping give a row over nothing? */
static bool always_one_row(const struct rewrite *w) {
    const struct source *s = w->graft.aggregate;
    for (size_t i = 0; i < s->n_sets; i++)
        if (s->sets[i] == 0) return true;
    return s->n_sets == 0 && !s->grouped && s->keys.n == 0;
}

/* Over no rows COUNT is 0 but SUM is NULL. */
static struct sql_expr *or_zero(struct rewrite *w, struct sql_expr *sum) {
    struct sql_expr *args[] = {sum, sql_integer(w->arena, 0)};
    return always_one_row(w) ? sql_call(w->arena, STR("COALESCE"), args, 2) : sum;
}

static struct sql_expr *quotient(struct rewrite *w, nexpr x, struct sql_expr *sum, struct sql_expr *count) {
    bool whole = plan_int_division(w->dialect) && x->type.kind != TYPE_DECIMAL && x->type.kind != TYPE_FLOAT;
    if (whole)
        sum =
            sql_cast(w->arena, sum, sql_type_named(w->arena, w->dialect == DIALECT_POSTGRES ? STR("NUMERIC") : STR("DOUBLE PRECISION")), CAST_PLAIN);
    struct sql_expr *args[] = {count, sql_integer(w->arena, 0)};
    return sql_binary(w->arena, OP_DIVIDE, sum, sql_call(w->arena, STR("NULLIF"), args, 2));
}

static bool is_idempotent(nexpr a) {
    static const char *const names[] = {"min",     "max",    "bool_and",   "bool_or",   "every",       "some",       "logical_and", "logical_or",
                                        "bit_and", "bit_or", "bitand_agg", "bitor_agg", "bit_and_agg", "bit_or_agg", "booland_agg", "boolor_agg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_named(a, names[i])) return true;
    return false;
}

/* Groups of the view taken together by the aggregate itself, but not over the values of its keys, where it would miss how many rows they stand for.
 */
static struct sql_expr *parity_over(struct rewrite *w, nexpr a) {
    struct sql_expr *ref = a->distinct ? NULL : stored(w, a);
    return ref ? call_one(w, a->name, ref) : NULL;
}

static bool is_parity(nexpr a) { return is_named(a, "bit_xor") || is_named(a, "bitxor_agg") || is_named(a, "bit_xor_agg"); }

static struct sql_expr *sum_over(struct rewrite *w, nexpr a) {
    struct sql_expr *ref = a->distinct ? NULL : stored(w, a);
    if (ref) return call_one(w, "SUM", ref);
    struct sql_expr *x = from_keys(w, a->args[0]), *rows = stored_as(w, "count", NULL);
    if (!x || !rows || a->filter || a->distinct || !w->graft.aggregate) return NULL;
    return call_one(w, "SUM", sql_binary(w->arena, OP_MUL, x, rows));
}

static struct sql_expr *count_over(struct rewrite *w, nexpr a) {
    struct sql_expr *ref = stored(w, a);
    if (!ref && !a->filter && a->n == 1) ref = stored_count(w, a->args[0]);
    if (ref) return or_zero(w, call_one(w, "SUM", ref));
    struct sql_expr *x = a->n == 1 && !a->filter ? from_keys(w, a->args[0]) : NULL, *rows = stored_as(w, "count", NULL);
    if (!x || !rows) return NULL;
    struct sql_expr *arms[] = {sql_is(w->arena, x, OP_IS_NULL, true), rows};
    return or_zero(w, call_one(w, "SUM", sql_case(w->arena, arms, 1, sql_integer(w->arena, 0))));
}

static struct sql_expr *average_over(struct rewrite *w, nexpr a) {
    struct sql_expr *sum = stored_as(w, "sum", a->args[0]), *count = stored_count(w, a->args[0]);
    if (a->filter || !sum || !count) return NULL;
    return quotient(w, a->args[0], call_one(w, "SUM", sum), call_one(w, "SUM", count));
}

/* Groups of the view make up groups of the query. */
static struct sql_expr *rolled_up(struct rewrite *w, nexpr a) {
    bool one = a->n == 1;
    struct sql_expr *sketch = rewrite_sketch(w, a, always_one_row(w));
    if (sketch) return sketch;
    struct sql_expr *only = w->graft.single ? stored(w, a) : NULL;
    if (only && is_named(a, "count")) return or_zero(w, call_one(w, "MAX", only));
    if (only && a->type.kind != TYPE_BOOL) return call_one(w, "MAX", only);
    if (a->distinct || is_idempotent(a)) {
        struct sql_expr *ref = is_idempotent(a) ? stored(w, a) : NULL, *x = !ref && one && !a->filter ? from_keys(w, a->args[0]) : NULL;
        if (!ref && !x) return NULL;
        struct sql_expr *out = call_one(w, a->name, ref ? ref : x);
        if (a->distinct && !ref) out->flags |= SQL_DISTINCT;
        return out;
    }
    if (is_parity(a) && one) return parity_over(w, a);
    if (is_named(a, "sum") && one) return sum_over(w, a);
    if (is_named(a, "count") && a->n <= 1) return count_over(w, a);
    if (is_named(a, "avg") && one) return average_over(w, a);
    return NULL;
}

/* Each group of the query is at most one group of the view. */
static struct sql_expr *as_stored(struct rewrite *w, nexpr a) {
    struct sql_expr *ref = stored(w, a);
    if (!ref && is_named(a, "count") && a->n == 1 && !a->filter && !a->distinct) ref = stored_count(w, a->args[0]);
    if (!ref && is_named(a, "avg") && a->n == 1 && !a->filter && !a->distinct) {
        struct sql_expr *sum = stored_as(w, "sum", a->args[0]), *count = stored_count(w, a->args[0]);
        if (sum && count) ref = quotient(w, a->args[0], sum, count);
    }
    if (!ref) ref = rewrite_sketch(w, a, always_one_row(w));
    /* Over no rows it is NULL, whatever the keys are. */
    if (!ref && (is_named(a, "min") || is_named(a, "max")) && !a->filter && !always_one_row(w)) ref = from_keys(w, a->args[0]);
    return ref;
}

struct sql_expr *rewrite_aggregate(struct rewrite *w, nexpr a) {
    struct sql_expr *out = NULL;
    bool lone = w->graft.same_grain;
    if (a->n_order == 0 && lone) out = as_stored(w, a);
    if (a->n_order == 0 && !lone) out = rolled_up(w, a);
    if (out) return out;
    rewrite_fail(w, arena_printf(w->arena, "%s cannot be computed from what is stored", a->name));
    return sql_null(w->arena);
}
