/* derive_sketch.c - approximate aggregates from stored sketches, which unlike the numbers they estimate can be merged.
 * The names are the vendors': Databricks (Apache DataSketches), BigQuery (HLL++), Snowflake, Redshift, Trino, postgresql-hll. */
#include "derive_core.h"

#include "sql_build.h"

/* How one kind of sketch is made, merged and read. */
struct sketch {
    const char *make;     /* aggregate over values */
    const char *merge;    /* aggregate over sketches */
    const char *estimate; /* the number of a sketch; NULL: it is no count of values */
    const char *whole[2]; /* the aggregate that is exactly the estimate of `make`; NULL: none */
    const char *merged;   /* aggregate over sketches that is the estimate of `merge`; NULL: none */
};
static const struct sketch SKETCHES[] = {
    {"hll_sketch_agg", "hll_union_agg", "hll_sketch_estimate", {NULL, NULL}, NULL},
    {"theta_sketch_agg", "theta_union_agg", "theta_sketch_estimate", {NULL, NULL}, NULL},
    {"hll_count.init", "hll_count.merge_partial", "hll_count.extract", {NULL, NULL}, "hll_count.merge"},
    {"hll_accumulate", "hll_combine", "hll_estimate", {"hll", "approx_count_distinct"}, NULL},
    {"hll_create_sketch", "hll_combine", "hll_cardinality", {"hll", NULL}, NULL},
    {"hll_add_agg", "hll_union_agg", "hll_cardinality", {NULL, NULL}, NULL},
    {"approx_set", "merge", "cardinality", {NULL, NULL}, NULL},
    {"approx_percentile_accumulate", "approx_percentile_combine", NULL, {NULL, NULL}, NULL},
    {"tdigest_agg", "merge", NULL, {NULL, NULL}, NULL},
    {"qdigest_agg", "merge", NULL, {NULL, NULL}, NULL},
    {"kll_quantiles.init_int64", "kll_quantiles.merge_partial", NULL, {NULL, NULL}, NULL},
    {"kll_quantiles.init_float64", "kll_quantiles.merge_partial", NULL, {NULL, NULL}, NULL},
};
#define SKETCH_COUNT (sizeof SKETCHES / sizeof *SKETCHES)

static bool same_name(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

static bool is_estimate(nexpr a) {
    return a->n == 1 && !a->distinct && (same_name(a->name, "approx_count_distinct") || same_name(a->name, "approx_distinct"));
}

static struct sql_expr *call(struct rewrite *w, const char *name, struct sql_expr *arg) { return sql_call(w->arena, str_of(name), &arg, 1); }

static void assume(struct rewrite *w, const char *text) {
    for (size_t i = 0; i < w->assumes.n; i++)
        if (strcmp(w->assumes.at[i], text) == 0) return;
    w->assumes.at = arena_grow(w->arena, w->assumes.at, &w->assumes.cap, w->assumes.n + 1, sizeof *w->assumes.at);
    w->assumes.at[w->assumes.n++] = text;
}

/* The stored sketch `v` as the query wants it: merged where groups come together. */
static struct sql_expr *gathered(struct rewrite *w, const struct sketch *s, const struct shown *v) {
    if (w->graft.same_grain) return v->as;
    assume(w, arena_printf(w->arena, "sketches merged by %s estimate as well as one made of all rows: not always the same number", s->merge));
    return call(w, s->merge, v->as);
}

/* The same sketch in coarser groups. Over no rows it is not known to be what the merge of nothing is. */
static struct sql_expr *remade(struct rewrite *w, const struct sketch *s, const struct shown *v, nexpr a, bool always_one_row) {
    bool same = same_name(a->name, s->make) || same_name(a->name, s->merge);
    bool whole = same_name(a->name, s->merged) && same_name(v->v->name, s->merge);
    if (!same && !whole) return NULL;
    if (whole && (a->filter || v->v->filter || a->distinct || v->v->distinct || a->n != 1 || v->v->n != 1)) return NULL;
    if (!match_expr(w->match, whole ? v->v->args[0] : v->v, whole ? a->args[0] : a) || always_one_row) return NULL;
    if (whole && w->graft.same_grain) return call(w, s->estimate, v->as);
    if (!whole) return gathered(w, s, v);
    gathered(w, s, v);
    return call(w, s->merged, v->as);
}

/* approx_count_distinct(x) from a sketch of x. Some sketches of nothing are NULL, the count of nothing is 0. */
static struct sql_expr *estimated(struct rewrite *w, const struct sketch *s, const struct shown *v, nexpr a) {
    bool exact = same_name(a->name, s->whole[0]) || same_name(a->name, s->whole[1]);
    if (!s->estimate || !same_name(v->v->name, s->make) || (!exact && !is_estimate(a)) || a->n != 1 || v->v->n < 1) return NULL;
    if (a->filter || v->v->filter || a->distinct || v->v->distinct || (exact && v->v->n != 1)) return NULL;
    if (!match_expr(w->match, v->v->args[0], a->args[0])) return NULL;
    if (!exact)
        assume(w, arena_printf(w->arena, "%s may be read from a sketch: two estimates of one count, which differ within their errors", a->name));
    struct sql_expr *args[] = {call(w, s->estimate, gathered(w, s, v)), sql_integer(w->arena, 0)};
    return sql_call(w->arena, STR("COALESCE"), args, 2);
}

struct sql_expr *rewrite_sketch(struct rewrite *w, nexpr a, bool always_one_row) {
    for (size_t i = 0; i < w->aggregates.n && a->n; i++)
        for (size_t k = 0; k < SKETCH_COUNT; k++) {
            const struct shown *v = &w->aggregates.at[i];
            struct sql_expr *out = remade(w, &SKETCHES[k], v, a, always_one_row);
            if (!out) out = estimated(w, &SKETCHES[k], v, a);
            if (out) return out;
        }
    return NULL;
}
