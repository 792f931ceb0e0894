/* flow_join.c - inner joins under one roof, in the order that keeps intermediate results small; outer joins; sub-queries as semi-joins.
 *
 * The order is greedy: of all pairs that a predicate connects, the one with the fewest rows is joined next (Fegaras, "A new heuristic for
 * optimizing large queries", 1998). */
#include "flow.h"

#include <math.h>

#define ITEMS_MAX       60
#define EDGES_MAX       400
#define BROADCAST_BYTES 30e6 /* a side up to this is sent to every worker instead of sending both by key */
#define SEL_ANTI_LEAST  0.05

struct item {
    const struct rel *rel;
    struct predicates own, queries; /* of it alone; those with sub-queries */
    struct flow flow;
    uint64_t mask; /* items joined into it; 0: it was joined into another */
};

struct edge {
    const struct scalar *e;
    uint64_t mask, left, right; /* of both sides, when it equates something of each; else 0 */
    bool used;
};

struct joins {
    struct item items[ITEMS_MAX];
    size_t n, pending; /* right sides whose left side is being taken apart: they will be items too */
    struct predicates pool;
    struct edge edges[EDGES_MAX];
    size_t n_edges;
    struct predicates queries, constant;
};

/* ---- what is joined ---- */

static bool rejects_nulls(const struct walk *w, const struct scalar *e, const struct rel *rel);

static bool speaks_of_any(const struct walk *w, const struct scalar *e, const struct rel *rel, int depth) {
    const struct scalar *expr;
    if (depth > 60) return false;
    if (e->op == SC_COLUMN) {
        int column = flow_column_base(w, e, &expr);
        if (column < 0) return expr && speaks_of_any(w, expr, rel, depth + 1);
        for (size_t i = 0; i < rel->n_columns; i++) {
            if (rel->columns[i] == column || rel->columns[i] == e->column) return true;
        }
        return false;
    }
    for (size_t i = 0; i < e->n; i++) {
        if (speaks_of_any(w, e->args[i], rel, depth + 1)) return true;
    }
    return false;
}

/* Is the predicate not TRUE when all columns of `rel` are NULL? Then an outer join that fills them up is as good as an inner one. */
static bool rejects_nulls(const struct walk *w, const struct scalar *e, const struct rel *rel) {
    bool compares = (e->op >= SC_EQ && e->op <= SC_GE) || e->op == SC_LIKE || (e->op == SC_IN && !e->rel);
    if (e->op == SC_NOT && e->args[0]->op == SC_IS_NULL) return e->args[0]->args[0]->op == SC_COLUMN && speaks_of_any(w, e->args[0], rel, 0);
    if (!compares) return false;
    for (size_t i = 0; i < e->n && i < 2; i++) {
        if (plan_strict(e->args[i]) || e->args[i]->op == SC_COLUMN) {
            if (speaks_of_any(w, e->args[i], rel, 0)) return true;
        }
    }
    return false;
}

static bool is_inner_here(const struct walk *w, const struct joins *j, const struct rel *rel) {
    if (rel->lateral) return false;
    if (rel->join == RELJOIN_INNER) return true;
    for (size_t i = 0; rel->join == RELJOIN_LEFT && i < j->pool.n; i++) {
        if (!flow_has_query(j->pool.at[i]) && rejects_nulls(w, j->pool.at[i], rel->right)) return true;
    }
    return false;
}

static void gather(struct walk *w, struct joins *j, const struct rel *rel, int depth) {
    bool room = j->n + j->pending + 2 < ITEMS_MAX && depth < 100;
    if (room && rel->kind == REL_FILTER) {
        predicates_add(w, &j->pool, rel->condition);
        gather(w, j, rel->left, depth + 1);
    } else if (room && rel->kind == REL_PROJECT && rel->left && depth && !flow_is_shared(w, rel)) {
        for (size_t i = 0; i < rel->n_defs; i++) w->columns[rel->defs[i].column].alias = rel->defs[i].expr;
        gather(w, j, rel->left, depth + 1);
    } else if (room && rel->kind == REL_JOIN && is_inner_here(w, j, rel)) {
        predicates_add(w, &j->pool, rel->condition);
        j->pending++;
        gather(w, j, rel->left, depth + 1);
        j->pending--;
        gather(w, j, rel->right, depth + 1);
    } else {
        j->items[j->n] = (struct item){.rel = rel, .mask = (uint64_t)1 << j->n};
        j->n++;
    }
}

/* Items that a scalar speaks of; *outside when it speaks of a column of an enclosing query. */
static uint64_t items_of(struct walk *w, const struct joins *j, const struct scalar *e, bool *outside, int depth) {
    const struct scalar *expr;
    uint64_t mask = 0;
    if (depth > 60) return 0;
    if (e->op == SC_COLUMN) {
        int column = flow_column_base(w, e, &expr);
        if (column < 0) return expr ? items_of(w, j, expr, outside, depth + 1) : 0;
        for (size_t i = 0; i < j->n; i++) {
            const struct rel *rel = j->items[i].rel;
            for (size_t k = 0; k < rel->n_columns; k++) {
                if (rel->columns[k] == column) return (uint64_t)1 << i;
            }
        }
        if (w->level[column] < w->now_level) *outside = true;
        return 0;
    }
    for (size_t i = 0; i < e->n; i++) mask |= items_of(w, j, e->args[i], outside, depth + 1);
    return mask;
}

static void edge_add(struct walk *w, struct joins *j, const struct scalar *e, uint64_t mask) {
    bool outside;
    if (j->n_edges == EDGES_MAX) return;
    struct edge *edge = &j->edges[j->n_edges++];
    *edge = (struct edge){.e = e, .mask = mask};
    if ((e->op != SC_EQ && e->op != SC_SAME) || e->n != 2) return;
    uint64_t left = items_of(w, j, e->args[0], &outside, 0), right = items_of(w, j, e->args[1], &outside, 0);
    if (left && right && !(left & right)) edge->left = left, edge->right = right;
}

static uint64_t rel_items(struct walk *w, const struct joins *j, const struct rel *rel, int depth);

/* Items that a predicate speaks of, those that its sub-queries refer to included. */
static uint64_t query_items(struct walk *w, const struct joins *j, const struct scalar *e, int depth) {
    bool outside;
    if (depth > 60) return 0;
    if (e->op == SC_COLUMN) return items_of(w, j, e, &outside, 0);
    uint64_t mask = e->rel ? rel_items(w, j, e->rel, depth + 1) : 0;
    for (size_t i = 0; i < e->n; i++) mask |= query_items(w, j, e->args[i], depth + 1);
    return mask;
}

static uint64_t rel_items(struct walk *w, const struct joins *j, const struct rel *rel, int depth) {
    if (!rel || depth > 60) return 0;
    uint64_t mask = rel->condition ? query_items(w, j, rel->condition, depth + 1) : 0;
    for (size_t i = 0; i < rel->n_defs; i++) mask |= query_items(w, j, rel->defs[i].expr, depth + 1);
    for (size_t i = 0; i < rel->n_inputs; i++) mask |= rel_items(w, j, rel->inputs[i], depth + 1);
    return mask | rel_items(w, j, rel->left, depth + 1) | rel_items(w, j, rel->right, depth + 1);
}

static void pool_share(struct walk *w, struct joins *j) {
    for (size_t i = 0; i < j->pool.n; i++) {
        const struct scalar *e = j->pool.at[i];
        bool outside = false;
        uint64_t mask = items_of(w, j, e, &outside, 0);
        if (flow_has_query(e)) {
            mask = query_items(w, j, e, 0);
            bool one = mask && !(mask & (mask - 1));
            *vec_add(w->arena, one ? &j->items[__builtin_ctzll(mask)].queries : &j->queries) = e;
        } else if (outside) *vec_add(w->arena, &w->correlated) = e;
        else if (!mask) *vec_add(w->arena, &j->constant) = e;
        else if (!(mask & (mask - 1))) *vec_add(w->arena, &j->items[__builtin_ctzll(mask)].own) = e;
        else edge_add(w, j, e, mask);
    }
}

/* ---- how many rows a join gives ---- */

/* One side of an equation, within the range that both have. */
struct side {
    double rows, now, domain, base_rows;
    const struct rel *scan;
};

static struct side side_of(const struct column_flow *c, const struct column_flow *other, double rows) {
    struct side s = {rows, c->now, c->domain, c->base_rows, c->scan};
    if (c->nulls > 0) s.rows *= 1 - c->nulls;
    if (c->ranged && other->ranged && c->high > c->low && c->domain > 0) {
        double low = fmax(c->low, other->low), high = fmin(c->high, other->high);
        double within = high < low ? 0 : (high - low + 1) / (c->high - c->low + 1);
        s.domain = fmax(1, c->domain * fmin(1, within));
        if (s.base_rows > 0) s.base_rows *= fmin(1, within);
        if (s.now > s.domain) s.rows *= s.domain / s.now, s.now = s.domain;
    }
    return s;
}

/* Rows of a x b for which the equations hold. */
static double equal_rows(struct walk *w, const struct scalar *const *as, const struct scalar *const *bs, size_t n, double a_rows, double b_rows) {
    double left = a_rows, right = b_rows, a_all = 1, b_all = 1, a_base = 0, b_base = 0;
    for (size_t i = 0; i < n; i++) {
        struct column_flow a = flow_scalar(w, as[i], a_rows), b = flow_scalar(w, bs[i], b_rows);
        struct side x = side_of(&a, &b, a_rows), y = side_of(&b, &a, b_rows);
        left = fmin(left, x.rows);
        right = fmin(right, y.rows);
        double base_x = x.base_rows > 0 ? x.base_rows : a_rows, base_y = y.base_rows > 0 ? y.base_rows : b_rows;
        if (x.domain <= 0 && y.domain <= 0) { /* the smaller table has the key */
            flow_default(w, 0.5, "join columns without a count of their values are taken to be the key of the smaller table");
            x.domain = y.domain = fmax(1, fmin(base_x, base_y));
        }
        a_all = fmin(a_all * fmax(1, x.domain), 1e18);
        b_all = fmin(b_all * fmax(1, y.domain), 1e18);
        a_base = fmax(a_base, base_x);
        b_base = fmax(b_base, base_y);
    }
    if (n > 1) a_all = fmin(a_all, fmax(a_base, 1)), b_all = fmin(b_all, fmax(b_base, 1));
    return fmax(left * right / fmax(fmax(a_all, b_all), 1), SEL_LEAST);
}

/* Equations between two groups of items, turned so that the first speaks of `a`. */
static size_t equations(const struct joins *j, uint64_t a, uint64_t b, const struct scalar **as, const struct scalar **bs, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < j->n_edges && n < max; i++) {
        const struct edge *edge = &j->edges[i];
        if (edge->used || !edge->left) continue;
        bool straight = !(edge->left & ~a) && !(edge->right & ~b), turned = !(edge->left & ~b) && !(edge->right & ~a);
        if (!straight && !turned) continue;
        as[n] = edge->e->args[straight ? 0 : 1];
        bs[n++] = edge->e->args[straight ? 1 : 0];
    }
    return n;
}

static bool is_touched(const struct joins *j, uint64_t a, uint64_t b) {
    for (size_t i = 0; i < j->n_edges; i++) {
        const struct edge *edge = &j->edges[i];
        if (!edge->used && (edge->mask & a) && (edge->mask & b) && !(edge->mask & ~(a | b))) return true;
    }
    return false;
}

/* ---- the work of a join ---- */

/* A row that the build side has no key for need not get to the join: its scan asks a filter made of those keys, where rows may be left out at all. */
static double probe_cost(double rows, double matched, double each, bool filters) {
    double share = fmin(1, matched / fmax(rows, 1));
    return rows * (filters ? fmin(each, NS_FILTER + share * each) : each);
}

static double hash_join_cost(const struct flow *a, const struct flow *b, double keys, bool ordered, bool filters, const struct flow *out) {
    const struct flow *build = a->rows * a->width <= b->rows * b->width ? a : b, *probe = build == a ? b : a;
    double miss = flow_miss(build->rows * (build->width + 16)) * (ordered ? ORDERED_MISS : 1);
    return build->rows * (NS_BUILD + keys + 2 * miss + build->values * NS_CARRY) +
           probe_cost(probe->rows, out->rows, NS_PROBE + keys + miss, filters) + out->rows * out->values * NS_CARRY;
}

/* What a text key costs more than the number that is meant by NS_BUILD and NS_PROBE. */
static double keys_cost(struct walk *w, const struct scalar *const *as, size_t n) {
    double cost = 0;
    for (size_t i = 0; i < n; i++) cost += flow_key_cost(w, as[i]) - (i ? 0 : NS_KEY);
    return cost;
}

/* Do both sides come in the order of a key? Then look-ups go through the table as it was filled. */
static bool is_ordered(struct walk *w, const struct scalar *const *as, const struct scalar *const *bs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (flow_scalar(w, as[i], 1).ordered && flow_scalar(w, bs[i], 1).ordered) return true;
    }
    return false;
}

/* Columns that were left unread until it was known which rows pass. */
static double late_cost(struct flow *flow, double rows) {
    double cost = flow->late * fmin(1, fmax(flow->rows > 0 ? rows / flow->rows : 1, LATE_LEAST));
    flow->late = 0;
    return cost;
}

static void join_shuffle(struct walk *w, const struct flow *a, const struct flow *b) {
    double x = a->rows * a->width, y = b->rows * b->width;
    flow_shuffle(w, fmin(x, y) <= BROADCAST_BYTES ? fmin(x, y) : x + y);
}

static void group_keep(struct walk *w, const struct joins *j, uint64_t mask, double rows, double share) {
    for (size_t i = 0; share < 1 && i < j->n; i++) {
        if (mask >> i & 1) flow_columns_keep(w, j->items[i].rel, rows, share);
    }
}

/* What is left of predicates over two groups once they are one: their share. */
static double leftover_share(struct walk *w, struct joins *j, uint64_t mask, double rows, double *test) {
    struct predicates list = {0};
    for (size_t i = 0; i < j->n_edges; i++) {
        struct edge *edge = &j->edges[i];
        if (edge->used || (edge->mask & ~mask)) continue;
        edge->used = true;
        *vec_add(w->arena, &list) = edge->e;
        *test += flow_scalar_cost(w, edge->e);
    }
    return list.n ? flow_select(w, &list, rows) : 1;
}

static void pair_join(struct walk *w, struct joins *j, size_t at_a, size_t at_b, bool inner) {
    struct item *a = &j->items[at_a], *b = &j->items[at_b];
    const struct scalar *as[32], *bs[32];
    size_t n = equations(j, a->mask, b->mask, as, bs, 32);
    double pairs = a->flow.rows * b->flow.rows, rows = n ? equal_rows(w, as, bs, n, a->flow.rows, b->flow.rows) : pairs, test = 0;
    for (size_t i = 0; i < j->n_edges; i++) {
        struct edge *edge = &j->edges[i];
        if (edge->left && !(edge->mask & ~(a->mask | b->mask))) edge->used = true;
    }
    double matched = rows;
    rows = fmax(rows * leftover_share(w, j, a->mask | b->mask, rows, &test), 0);
    struct flow out = {.rows = rows, .width = a->flow.width + b->flow.width, .values = a->flow.values + b->flow.values};
    double cost = n ? hash_join_cost(&a->flow, &b->flow, keys_cost(w, as, n), is_ordered(w, as, bs, n), inner, &out)
                    : pairs * NS_PAIR + rows * out.values * NS_CARRY;
    cost += late_cost(&a->flow, rows) + late_cost(&b->flow, rows);
    double bytes = fmin(a->flow.rows * a->flow.width, b->flow.rows * b->flow.width);
    flow_step(w, n ? "join" : "join every row with every row", a->flow.rows + b->flow.rows, rows, bytes, cost + matched * test);
    join_shuffle(w, &a->flow, &b->flow);
    if (!w->mute) w->variance += 0.04;
    group_keep(w, j, a->mask, a->flow.rows, a->flow.rows > 0 ? rows / a->flow.rows : 1);
    group_keep(w, j, b->mask, b->flow.rows, b->flow.rows > 0 ? rows / b->flow.rows : 1);
    a->mask |= b->mask;
    b->mask = 0;
    a->flow = out;
}

/* The next pair: connected by an equation with the fewest rows, else by any predicate, else the smallest product. */
static void pair_pick(struct walk *w, struct joins *j, size_t *a, size_t *b) {
    double best = INFINITY;
    int best_kind = 3;
    for (size_t i = 0; i < j->n; i++) {
        for (size_t k = i + 1; j->items[i].mask && k < j->n; k++) {
            if (!j->items[k].mask) continue;
            const struct flow *x = &j->items[i].flow, *y = &j->items[k].flow;
            const struct scalar *as[32], *bs[32];
            size_t n = equations(j, j->items[i].mask, j->items[k].mask, as, bs, 32);
            bool tiny = x->rows <= 1.5 || y->rows <= 1.5;
            int kind = n || tiny ? 0 : is_touched(j, j->items[i].mask, j->items[k].mask) ? 1 : 2;
            if (kind > best_kind) continue;
            double rows = n ? equal_rows(w, as, bs, n, x->rows, y->rows) : x->rows * y->rows;
            rows += 0.05 * fmin(x->rows, y->rows); /* of equals, the one with the smaller table built */
            if (kind == best_kind && rows >= best) continue;
            best = rows, best_kind = kind, *a = i, *b = k;
        }
    }
}

static const struct err *all_join(struct walk *w, struct joins *j) {
    for (size_t i = 0; i < j->n; i++) TRY(flow_rel_late(w, j->items[i].rel, &j->items[i].own, &j->items[i].flow));
    for (size_t i = 0; i < j->n; i++) {
        double before = j->items[i].flow.rows;
        if (!j->items[i].queries.n) continue;
        TRY(flow_queries(w, &j->items[i].queries, &j->items[i].flow));
        if (before > 0) flow_columns_keep(w, j->items[i].rel, before, j->items[i].flow.rows / before);
    }
    w->mute_defaults++; /* while pairs are only weighed */
    for (size_t left = j->n; left > 1; left--) {
        size_t a = 0, b = 1;
        pair_pick(w, j, &a, &b);
        w->mute_defaults--;
        pair_join(w, j, a, b, true);
        w->mute_defaults++;
    }
    w->mute_defaults--;
    return NULL;
}

/* ---- outer joins ---- */

static const struct err *outer_join(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct predicates left = {0}, above = {0}, on = {0}, right = {0};
    struct joins *j = arena_new(w->arena, struct joins);
    j->n = 2;
    j->items[0] = (struct item){.rel = rel->left, .mask = 1};
    j->items[1] = (struct item){.rel = rel->right, .mask = 2};
    bool keeps_left = rel->join == RELJOIN_LEFT || rel->join == RELJOIN_INNER;
    for (size_t i = 0; i < list->n; i++) {
        bool outside = false, is_left = keeps_left && !flow_has_query(list->at[i]) && items_of(w, j, list->at[i], &outside, 0) == 1;
        *vec_add(w->arena, is_left ? &left : &above) = list->at[i];
    }
    predicates_add(w, &on, rel->condition);
    for (size_t i = 0; i < on.n; i++) {
        bool outside = false;
        uint64_t mask = items_of(w, j, on.at[i], &outside, 0);
        if (mask == 2 && keeps_left && !outside && !flow_has_query(on.at[i])) *vec_add(w->arena, &right) = on.at[i];
        else if (outside) *vec_add(w->arena, &w->correlated) = on.at[i];
        else if (mask) edge_add(w, j, on.at[i], mask);
    }
    TRY(flow_rel_late(w, rel->left, &left, &j->items[0].flow));
    TRY(flow_rel_late(w, rel->right, &right, &j->items[1].flow));
    struct flow a = j->items[0].flow, b = j->items[1].flow;
    struct column_flow *kept = arena_array(w->arena, rel->left->n_columns + 1, sizeof *kept);
    for (size_t i = 0; i < rel->left->n_columns; i++) kept[i] = w->columns[rel->left->columns[i]];
    pair_join(w, j, 0, 1, false);
    double rows = j->items[0].flow.rows;
    if (rel->join == RELJOIN_LEFT || rel->join == RELJOIN_FULL) {
        for (size_t i = 0; i < rel->left->n_columns; i++) w->columns[rel->left->columns[i]] = kept[i];
        rows = fmax(rows, a.rows);
    }
    if (rel->join == RELJOIN_FULL) rows = fmax(rows, fmax(a.rows, b.rows) + 0.5 * fmin(a.rows, b.rows));
    *out = flow_shape(w, rel, rows);
    if (!above.n) return NULL;
    double share = flow_select(w, &above, rows);
    flow_columns_keep(w, rel, rows, share);
    out->rows = rows * share;
    return flow_queries(w, &above, out);
}

const struct err *flow_join(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct joins *j = arena_new(w->arena, struct joins);
    for (size_t i = 0; i < list->n; i++) *vec_add(w->arena, &j->pool) = list->at[i];
    if (rel->kind == REL_JOIN && !is_inner_here(w, j, rel)) return outer_join(w, rel, list, out);
    gather(w, j, rel, 0);
    pool_share(w, j);
    TRY(all_join(w, j));
    size_t at = 0;
    while (at + 1 < j->n && !j->items[at].mask) at++;
    *out = j->items[at].flow;
    if (j->constant.n) out->rows *= flow_select(w, &j->constant, out->rows);
    struct rel whole = {.columns = rel->columns, .n_columns = rel->n_columns};
    double before = out->rows;
    TRY(flow_queries(w, &j->queries, out));
    if (before > 0) group_keep(w, j, ~(uint64_t)0, before, out->rows / before);
    double late = out->late;
    *out = flow_shape(w, &whole, out->rows);
    out->late = late;
    return NULL;
}
