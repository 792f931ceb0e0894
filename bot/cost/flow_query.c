/* flow_query.c - sub-queries in predicates and outputs: computed once, and joined to the rows that ask. */
#include "flow.h"

#include <math.h>

#define KEYS_MAX        16
#define SEL_ANTI_LEAST  0.05
#define LEVEL_DEPTH_MAX 40

static void level_set(struct walk *w, const struct rel *rel, int depth) {
    if (!rel || depth > 400) return;
    for (size_t i = 0; i < rel->n_columns; i++) w->level[rel->columns[i]] = w->now_level;
    for (size_t i = 0; i < rel->n_keys; i++) w->level[rel->keys[i].column] = w->now_level;
    for (size_t i = 0; i < rel->n_defs; i++) w->level[rel->defs[i].column] = w->now_level;
    level_set(w, rel->left, depth + 1);
    level_set(w, rel->right, depth + 1);
    for (size_t i = 0; i < rel->n_inputs; i++) level_set(w, rel->inputs[i], depth + 1);
}

/* Does the scalar speak of the sub-query's own columns? */
static bool is_inside(const struct walk *w, const struct scalar *e, int level, int depth) {
    const struct scalar *expr;
    if (depth > 60) return false;
    if (e->op == SC_COLUMN) {
        int column = flow_column_base(w, e, &expr);
        return column >= 0 ? w->level[column] == level : expr && is_inside(w, expr, level, depth + 1);
    }
    for (size_t i = 0; i < e->n; i++) {
        if (is_inside(w, e->args[i], level, depth + 1)) return true;
    }
    return false;
}

/* Pairs (outside, inside) that must be equal. */
struct match {
    const struct scalar *outside[KEYS_MAX], *inside[KEYS_MAX];
    struct scalar columns[KEYS_MAX];
    size_t n, others;
};

static void match_in(struct walk *w, struct match *m, const struct scalar *e) {
    if (e->op != SC_IN_QUERY || !e->n) return;
    const struct scalar *left = e->args[0];
    for (size_t i = 0; i < e->rel->n_columns && m->n < KEYS_MAX; i++) {
        const struct scalar *one = left->op == SC_TUPLE ? (i < left->n ? left->args[i] : NULL) : i < e->n ? e->args[i] : NULL;
        if (!one) return;
        m->columns[m->n] = (struct scalar){.op = SC_COLUMN, .column = e->rel->columns[i], .type = w->plan->columns[e->rel->columns[i]].type};
        m->outside[m->n] = one;
        m->inside[m->n] = &m->columns[m->n];
        m->n++;
    }
}

static void match_correlated(struct walk *w, struct match *m, size_t from, int level) {
    for (size_t i = from; i < w->correlated.n; i++) {
        const struct scalar *e = w->correlated.at[i];
        if (e->op != SC_EQ || m->n == KEYS_MAX) {
            m->others++;
            continue;
        }
        bool first = is_inside(w, e->args[0], level, 0), second = is_inside(w, e->args[1], level, 0);
        if (first == second) {
            m->others++;
            continue;
        }
        m->outside[m->n] = e->args[first ? 1 : 0];
        m->inside[m->n++] = e->args[first ? 0 : 1];
    }
}

/* Share of outer rows whose key is among the inner ones. */
static double match_share(struct walk *w, const struct match *m, double outer_rows, double inner_rows) {
    if (!m->n) return 1;
    double domain = 1, there = flow_combinations(w, m->inside, m->n, inner_rows), outside = 1;
    bool known = true;
    for (size_t i = 0; i < m->n; i++) {
        struct column_flow in = flow_scalar(w, m->inside[i], inner_rows), out = flow_scalar(w, m->outside[i], outer_rows);
        known = known && (in.domain > 0 || out.domain > 0);
        domain = fmin(domain * fmax(1, in.domain), 1e18);
        outside = fmin(outside * fmax(1, out.domain), 1e18);
    }
    if (!known) {
        flow_default(w, 0.5, "semi-joins over columns without a count of their values are taken to keep half of the rows");
        return SEL_MATCH;
    }
    if (m->n > 1) domain = fmin(domain, fmax(there, outer_rows)), outside = fmin(outside, fmax(outer_rows, 1));
    return fmin(1, there / fmax(fmax(domain, outside), 1)) * (m->others ? 0.9 : 1);
}

static const struct err *query_flow(struct walk *w, const struct scalar *e, bool negated, struct flow *flow, double *share) {
    struct match m = {.n = 0};
    struct flow inner;
    struct predicates none = {0}, outer = w->correlated;
    int level = ++w->now_level;
    double outer_rows = w->outer_rows;
    w->outer_rows = flow->rows;
    w->correlated = (struct predicates){0};
    level_set(w, e->rel, 0);
    w->now_level = level;
    const struct err *failed = flow_rel(w, e->rel, &none, &inner);
    match_in(w, &m, e);
    match_correlated(w, &m, 0, level);
    w->now_level--;
    w->outer_rows = outer_rows;
    w->correlated = outer;
    if (failed) return failed;
    bool scalar = e->op == SC_SUBQUERY || e->op == SC_ANY || e->op == SC_ALL;
    double width = inner.width + 8.0 * (double)m.n, cost = flow->rows * NS_COMPARE, keys = 0;
    bool ordered = false;
    for (size_t i = 0; i < m.n; i++) {
        keys += flow_key_cost(w, m.inside[i]) - (i ? 0 : NS_KEY);
        ordered = ordered || (flow_scalar(w, m.inside[i], 1).ordered && flow_scalar(w, m.outside[i], 1).ordered);
    }
    if (m.n) { /* the smaller side is built */
        double build = fmin(inner.rows, flow->rows), probe = fmax(inner.rows, flow->rows);
        double miss = flow_miss(build * (width + 16)) * (ordered ? ORDERED_MISS : 1);
        cost = build * (NS_BUILD + keys + 2 * miss) + probe * (NS_PROBE + keys + miss);
    }
    flow_step(w, scalar ? "look up a sub-query" : negated ? "anti-join" : "semi-join", flow->rows + inner.rows, flow->rows, inner.rows * width, cost);
    if (m.n) flow_shuffle(w, inner.rows * width);
    *share = scalar ? 1 : match_share(w, &m, flow->rows, inner.rows);
    if (negated && !scalar) *share = fmax(1 - *share, SEL_ANTI_LEAST);
    return NULL;
}

/* x = (SELECT ..), x > (SELECT ..) */
static double compared_share(struct walk *w, const struct scalar *e, double rows) {
    if (e->op != SC_EQ && e->op != SC_NE) return SEL_RANGE;
    double now = -1;
    for (size_t i = 0; i < e->n; i++) {
        if (!flow_has_query(e->args[i])) now = flow_scalar(w, e->args[i], rows).now;
    }
    double share = now > 0 ? 1 / now : SEL_EQUAL;
    return e->op == SC_EQ ? share : 1 - share;
}

static const struct err *scalar_queries(struct walk *w, const struct scalar *e, bool negated, int depth, struct flow *flow, double *share) {
    double one = 1;
    *share = 1;
    if (depth > LEVEL_DEPTH_MAX) return NULL;
    if (e->rel) TRY(query_flow(w, e, negated, flow, share));
    bool is_not = e->op == SC_NOT, either = e->op == SC_OR;
    double none = 1, all = *share;
    for (size_t i = 0; i < e->n; i++) {
        if (flow_has_query(e->args[i])) TRY(scalar_queries(w, e->args[i], negated != is_not, depth + 1, flow, &one));
        else if (e->op == SC_AND || either) {
            struct predicates list = {0};
            *vec_add(w->arena, &list) = e->args[i];
            one = flow_select(w, &list, flow->rows);
        } else continue;
        none *= 1 - one;
        if (!either) all *= one;
    }
    *share = either ? 1 - none : e->op >= SC_EQ && e->op <= SC_GE ? compared_share(w, e, flow->rows) : all;
    return NULL;
}

const struct err *flow_queries(struct walk *w, const struct predicates *list, struct flow *flow) {
    for (size_t i = 0; i < list->n; i++) {
        double share = 1;
        if (!flow_has_query(list->at[i])) continue;
        TRY(scalar_queries(w, list->at[i], false, 0, flow, &share));
        flow->rows *= fmin(1, fmax(share, SEL_LEAST));
    }
    return NULL;
}
