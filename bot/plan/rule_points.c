/* rule_points.c - whole numbers and days, said one way: x > 1 AND x < 3 is x = 2, BETWEEN 1 AND 3 is IN (1, 2, 3), and a list of more neighbours
 * than POINTS_MAX is a range.
 *
 * Sound in every context: between a value and its neighbour there is no other (value_has_neighbours), so that both spellings hold for the same
 * values of x, and both are NULL exactly where x is. */
#include "normal_core.h"

#include <stdlib.h>

#define POINTS_MAX 4

/* One comparison of x with a literal of its own. */
struct point {
    nexpr e, x, lit;
};

static int point_order(const void *a, const void *b) {
    const struct point *p = a, *q = b;
    if (p->x->id != q->x->id) return p->x->id < q->x->id ? -1 : 1;
    return p->lit->lit.i < q->lit->lit.i ? -1 : p->lit->lit.i > q->lit->lit.i;
}

static bool countable(nexpr lit) { return lit->op == SC_LITERAL && (lit->lit.kind == VALUE_INT || lit->lit.kind == VALUE_DATE) && !lit->lit.s.n; }

/* `e` as x op literal. */
static bool point_of(enum scalar_op op, nexpr e, struct point *out) {
    if (e->op != op || countable(e->args[0]) == countable(e->args[1])) return false;
    bool first = countable(e->args[0]);
    *out = (struct point){e, e->args[first], e->args[!first]};
    return out->x->op != SC_LITERAL && !out->x->is_volatile;
}

static nexpr range_make(struct norm *n, bool inside, nexpr x, nexpr low, nexpr high) {
    if (inside) return expr_and2(n, expr_of2(n, SC_LE, low, x), expr_of2(n, SC_LE, x, high));
    return expr_or2(n, expr_of2(n, SC_LE, x, value_neighbour(n, low, -1)), expr_of2(n, SC_LE, value_neighbour(n, high, 1), x));
}

/* Long runs of neighbours among x = 1 OR x = 2 OR .. (x <> 1 AND x <> 2 AND ..) become ranges; false when there are none. */
static bool runs_found(struct norm *n, bool any, struct exprs *all) {
    struct point *points = arena_array(n->arena, all->n, sizeof *points);
    size_t count = 0, rest = 0;
    bool found = false;
    for (size_t i = 0; i < all->n; i++)
        if (point_of(any ? SC_EQ : SC_NE, all->at[i], &points[count])) count++;
    if (count <= POINTS_MAX) return false;
    qsort(points, count, sizeof *points, point_order);
    struct exprs out = {0};
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && points[end].x == points[i].x && points[end].lit->lit.kind == points[i].lit->lit.kind &&
                          points[end].lit->lit.i == points[end - 1].lit->lit.i + 1;)
            end++;
        nexpr low = points[i].lit, high = points[end - 1].lit, x = points[i].x;
        bool run = end - i > POINTS_MAX && value_has_neighbours(n, x, low) && value_has_neighbours(n, x, high);
        found |= run;
        if (run) *vec_add(n->arena, &out) = range_make(n, any, x, low, high);
        for (size_t k = i; k < end && !run; k++) *vec_add(n->arena, &out) = points[k].e;
    }
    if (!found) return false;
    struct point one;
    for (size_t i = 0; i < all->n; i++)
        if (!point_of(any ? SC_EQ : SC_NE, all->at[i], &one)) all->at[rest++] = all->at[i];
    all->n = rest;
    for (size_t i = 0; i < out.n; i++) *vec_add(n->arena, all) = out.at[i];
    return true;
}

/* low <= x and x <= high beside each other (x <= low or high <= x) with few values between them: those values; NULL: they are no such two. */
static nexpr few_between(struct norm *n, bool inside, nexpr p, nexpr q) {
    if (p->op != SC_LE || q->op != SC_LE) return NULL;
    nexpr from = inside ? p : q, to = inside ? q : p; /* literal <= x, and x <= literal */
    if (!countable(from->args[0]) || !countable(to->args[1]) || from->args[1] != to->args[0] || from->args[1]->op == SC_LITERAL) return NULL;
    nexpr x = from->args[1], low = from->args[0], high = to->args[1];
    if (low->lit.kind != high->lit.kind || x->is_volatile) return NULL;
    int64_t first = low->lit.i, last = high->lit.i;
    if (!inside) first = high->lit.i + 1, last = low->lit.i - 1;
    if (last < first || last - first >= POINTS_MAX || !value_has_neighbours(n, x, low) || !value_has_neighbours(n, x, high)) return NULL;
    nexpr points[POINTS_MAX];
    for (int64_t i = 0; i <= last - first; i++) points[i] = expr_of2(n, inside ? SC_EQ : SC_NE, x, value_neighbour(n, low, first + i - low->lit.i));
    return expr_junction(n, inside ? SC_OR : SC_AND, points, (size_t)(last - first + 1));
}

/* `e` as low <= x AND x <= high, or x = low; false: it is neither. */
static bool interval_of(nexpr e, nexpr *x, nexpr *low, nexpr *high) {
    struct point one;
    if (point_of(SC_EQ, e, &one)) {
        *x = one.x;
        *low = *high = one.lit;
        return true;
    }
    if (e->op != SC_AND || e->n != 2 || e->args[0]->op != SC_LE || e->args[1]->op != SC_LE) return false;
    bool first = countable(e->args[0]->args[0]); /* which one is the lower bound */
    nexpr lower = e->args[!first], upper = e->args[first];
    *x = lower->args[1];
    *low = lower->args[0];
    *high = upper->args[1];
    return countable(*low) && countable(*high) && upper->args[0] == *x && (*x)->op != SC_LITERAL && !(*x)->is_volatile;
}

/* A range and what touches it are one range. Points alone stay a list. */
nexpr ranges_meet(struct norm *n, nexpr p, nexpr q) {
    nexpr x, y, low, high, from, to;
    if (p->op == SC_EQ || !interval_of(p, &x, &low, &high) || !interval_of(q, &y, &from, &to) || x != y) return NULL;
    if (low->lit.kind != high->lit.kind || from->lit.kind != to->lit.kind || low->lit.kind != from->lit.kind) return NULL;
    if (from->lit.i > high->lit.i + 1 || low->lit.i > to->lit.i + 1 || !value_has_neighbours(n, x, low) || !value_has_neighbours(n, x, to))
        return NULL;
    return range_make(n, true, x, from->lit.i < low->lit.i ? from : low, to->lit.i > high->lit.i ? to : high);
}

bool points_counted(struct norm *n, enum scalar_op op, struct exprs *all) {
    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < all->n && all->at[i]->op == SC_LE && all->n <= 64; k++) {
            nexpr few = k == i ? NULL : few_between(n, op == SC_AND, all->at[i], all->at[k]);
            if (!few) continue;
            all->at[i] = few;
            exprs_remove(all, k);
            return true;
        }
    return all->n > POINTS_MAX && runs_found(n, op == SC_OR, all);
}

/* Bounds that stand beside each other as conjuncts. */
bool rule_points(struct norm *n, struct block *b) {
    for (size_t i = 0; i < b->preds.n; i++)
        for (size_t k = 0; k < b->preds.n && b->preds.at[i]->op == SC_LE; k++) {
            nexpr few = k == i ? NULL : few_between(n, true, b->preds.at[i], b->preds.at[k]);
            if (!few) continue;
            exprs_remove(&b->preds, i > k ? i : k);
            exprs_remove(&b->preds, i > k ? k : i);
            block_pred_add(n, b, few);
            return true;
        }
    struct exprs all = {0};
    size_t distinct = 0;
    for (size_t i = 0; i < b->preds.n; i++) distinct += b->preds.at[i]->op == SC_NE;
    if (distinct <= POINTS_MAX) return false;
    for (size_t i = 0; i < b->preds.n; i++) *vec_add(n->arena, &all) = b->preds.at[i];
    if (!runs_found(n, false, &all)) return false;
    b->preds.n = 0;
    for (size_t i = 0; i < all.n; i++) block_pred_add(n, b, all.at[i]);
    return true;
}
