/* rule_compare.c - comparisons with literals, said one way: x < 5 as x <= 4 where x is whole, COALESCE taken apart. */
#include "normal_core.h"

#define WHOLE_DEPTH_MAX 12

static bool is_whole(const struct norm *n, nexpr e, int depth);

static bool whole_column(const struct norm *n, int column, int depth) {
    const struct ncolumn *c = &n->columns.at[column];
    const struct source *s = c->source;
    switch (s->kind) {
    case SRC_TABLE:
        return true;
    case SRC_AGG:
    case SRC_WINDOW:
        if (c->ordinal < s->keys.n) return is_whole(n, s->keys.at[c->ordinal], depth);
        return c->ordinal - s->keys.n < s->aggs.n && is_whole(n, s->aggs.at[c->ordinal - s->keys.n], depth);
    case SRC_LIMIT:
        return c->ordinal < s->block->outs.n && is_whole(n, s->block->outs.at[c->ordinal], depth);
    default:
        return false;
    }
}

/* Its values have no fraction, whatever the engine: the type alone would not say so of EXTRACT(SECOND ..). */
static bool is_whole(const struct norm *n, nexpr e, int depth) {
    static const char *const keeps[] = {"sum", "min", "max", "the"}, *const counts[] = {"count", "row_number", "rank",   "dense_rank",
                                                                                        "year",  "month",      "quarter"};
    if (e->type.kind != TYPE_INT || depth > WHOLE_DEPTH_MAX) return false;
    switch (e->op) {
    case SC_LITERAL:
        return e->lit.kind == VALUE_INT;
    case SC_COLUMN:
        return whole_column(n, e->column, depth + 1);
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_NEG:
        for (size_t i = 0; i < e->n; i++)
            if (!is_whole(n, e->args[i], depth + 1)) return false;
        return true;
    case SC_WINDOW:
        return is_whole(n, e->args[0], depth + 1);
    case SC_AGG:
    case SC_CALL:
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            if (e->name && strcmp(counts[i], e->name) == 0) return true;
        for (size_t i = 0; e->op == SC_AGG && e->n == 1 && i < sizeof keeps / sizeof *keeps; i++)
            if (e->name && strcmp(keeps[i], e->name) == 0) return is_whole(n, e->args[0], depth + 1);
        return false;
    default:
        return false;
    }
}

/* A count is whole even where columns may hold anything. */
static bool is_count(const struct norm *n, nexpr e) {
    if (e->op != SC_COLUMN) return false;
    const struct ncolumn *c = &n->columns.at[e->column];
    if (c->source->kind != SRC_AGG || c->ordinal < c->source->keys.n) return false;
    nexpr made = c->source->aggs.at[c->ordinal - c->source->keys.n];
    return made->op == SC_AGG && strcmp(made->name, "count") == 0;
}

/* Between a value and its neighbour there is no other: whole numbers and days. SQLite keeps fractions in whole columns, Oracle hours in dates. */
bool value_has_neighbours(const struct norm *n, nexpr x, nexpr lit) {
    enum dialect d = n->plan->dialect;
    if (lit->op != SC_LITERAL || lit->lit.s.n || (d == DIALECT_SQLITE && !is_count(n, x)) || x->op == SC_LITERAL) return false;
    if (lit->lit.kind == VALUE_INT) return lit->lit.i > INT32_MIN && lit->lit.i < INT32_MAX && is_whole(n, x, 0);
    return lit->lit.kind == VALUE_DATE && x->type.kind == TYPE_DATE && x->op == SC_COLUMN && d != DIALECT_ORACLE;
}

nexpr value_neighbour(struct norm *n, nexpr lit, int64_t by) {
    struct scalar e = *lit;
    e.lit.i += by;
    return expr_make(n, e);
}

static bool kinds_meet(enum type_kind type, nexpr lit) {
    switch (lit->lit.kind) {
    case VALUE_INT:
    case VALUE_DECIMAL:
        return type == TYPE_INT || type == TYPE_DECIMAL || type == TYPE_FLOAT;
    case VALUE_TEXT:
        return type == TYPE_STRING;
    case VALUE_DATE:
        return type == TYPE_DATE;
    default:
        return false;
    }
}

/* x has the type of its stand-in, or is a column that may be taken to have it. */
static bool same_kind(struct norm *n, nexpr x, nexpr lit) {
    if (kinds_meet(x->type.kind, lit)) return true;
    return x->type.kind == TYPE_UNKNOWN && x->op == SC_COLUMN && class_eligible(n, x, lit);
}

static bool literals_meet(nexpr a, nexpr b) {
    return a->lit.kind == b->lit.kind ||
           (a->lit.kind <= VALUE_DECIMAL && a->lit.kind >= VALUE_INT && b->lit.kind <= VALUE_DECIMAL && b->lit.kind >= VALUE_INT);
}

/* COALESCE(x, c) op d: what c op d is decides what a NULL in x comes to. Never NULL, and neither is what it becomes. */
static nexpr compare_coalesce(struct norm *n, enum scalar_op op, nexpr all, nexpr lit, bool swapped) {
    if (all->op != SC_COALESCE || all->n != 2 || !expr_is_literal(lit) || !expr_is_literal(all->args[1])) return NULL;
    nexpr x = all->args[0], c = all->args[1];
    if (x->is_volatile || !literals_meet(c, lit)) return NULL;
    nexpr instead = swapped ? expr_of2(n, op, lit, c) : expr_of2(n, op, c, lit);
    if ((!expr_is_true(instead) && !expr_is_false(instead)) || !same_kind(n, x, c)) return NULL;
    nexpr test = swapped ? expr_of2(n, op, lit, x) : expr_of2(n, op, x, lit), missing = expr_of1(n, SC_IS_NULL, x);
    return expr_is_true(instead) ? expr_or2(n, test, missing) : expr_and2(n, test, expr_not(n, missing));
}

nexpr compare_literal(struct norm *n, enum scalar_op op, nexpr a, nexpr b) {
    nexpr out = compare_coalesce(n, op, a, b, false);
    if (!out) out = compare_coalesce(n, op, b, a, true);
    if (out) return out;
    if (op == SC_LT && value_has_neighbours(n, a, b)) return expr_of2(n, SC_LE, a, value_neighbour(n, b, -1));
    if (op == SC_LT && value_has_neighbours(n, b, a)) return expr_of2(n, SC_LE, value_neighbour(n, a, 1), b);
    return NULL;
}

/* ------------------------------------------------------------ alternatives that meet */

static bool is_equation(nexpr e, nexpr *x, nexpr *lit) {
    if (e->op != SC_EQ || expr_is_literal(e->args[0]) == expr_is_literal(e->args[1])) return false;
    *lit = e->args[expr_is_literal(e->args[1])];
    *x = e->args[!expr_is_literal(e->args[1])];
    return true;
}

/* a = b OR (a IS NULL AND b IS NULL), where only TRUE counts. */
static nexpr same_spelled(struct norm *n, nexpr p, nexpr q) {
    if (p->op != SC_EQ || q->op != SC_AND || q->n != 2 || q->args[0]->op != SC_IS_NULL || q->args[1]->op != SC_IS_NULL) return NULL;
    nexpr a = q->args[0]->args[0], b = q->args[1]->args[0];
    bool fits = (p->args[0] == a && p->args[1] == b) || (p->args[0] == b && p->args[1] == a);
    return fits ? expr_of2(n, SC_SAME, a, b) : NULL;
}

/* x = 5 OR x > 5 is x >= 5; of whole numbers, x = 5 OR x >= 6 too. NULL: they do not meet. */
nexpr or_meets(struct norm *n, nexpr p, nexpr q) {
    nexpr x, lit, same = same_spelled(n, p, q);
    if (!same && p->op == SC_EXISTS && q->op == SC_EXISTS) same = exists_meets(n, p, q);
    if (!same && p->op == SC_AND) same = ranges_meet(n, p, q);
    if (same) return same;
    if (!is_equation(p, &x, &lit) || (q->op != SC_LT && q->op != SC_LE)) return NULL;
    for (int k = 0; k < 2; k++) { /* k 0: x below a bound; 1: above */
        if (q->args[k] != x || !expr_is_literal(q->args[1 - k])) continue;
        nexpr bound = q->args[1 - k], from[2] = {x, lit};
        bool meets = q->op == SC_LT ? bound == lit : value_has_neighbours(n, x, lit) && value_neighbour(n, lit, k ? 1 : -1) == bound;
        if (meets) return expr_of2(n, SC_LE, from[k], from[1 - k]);
    }
    return NULL;
}

/* ------------------------------------------------------------ CASE of two arms, the right way round */

static bool turns(nexpr c) {
    switch (c->op) {
    case SC_NOT:
    case SC_NE:
    case SC_OR:
        return true;
    case SC_LE: /* a <= b: not b < a; between literals and whole numbers both are <= */
        return !expr_is_literal(c->args[0]);
    default:
        return false;
    }
}

nexpr case_turned(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->op != SC_CASE || e->n != 3 || !turns(e->args[0]) || expr_nullable(n, ctx, e->args[0])) return e;
    nexpr args[3] = {expr_not(n, e->args[0]), e->args[2], e->args[1]};
    if (turns(args[0])) return e;
    return expr_with(n, e, args);
}

/* ------------------------------------------------------------ bounds that every alternative keeps */

/* `e` as x <= lit (`above` false) or lit <= x, strict or not, of numbers or days. */
static bool bound_of(nexpr e, bool *above, nexpr *x, nexpr *lit) {
    if (e->op != SC_LE && e->op != SC_LT) return false;
    *above = expr_is_literal(e->args[0]);
    *lit = e->args[!*above];
    *x = e->args[*above];
    return (*lit)->op == SC_LITERAL && (*lit)->lit.kind != VALUE_TEXT && (*lit)->lit.kind != VALUE_BOOL && (*x)->op != SC_LITERAL &&
           !(*x)->is_volatile;
}

static size_t parts_of(nexpr e, const nexpr **parts, nexpr *one) {
    *one = e;
    *parts = e->op == SC_AND ? e->args : one;
    return e->op == SC_AND ? e->n : 1;
}

/* The bound of `arm` on the same side of the same value; NULL: it has none. */
static nexpr bound_like(nexpr arm, nexpr like) {
    nexpr one, x, lit, y, other;
    const nexpr *parts;
    bool above, side;
    if (!bound_of(like, &above, &x, &lit)) return NULL;
    for (size_t i = 0, n = parts_of(arm, &parts, &one); i < n; i++)
        if (bound_of(parts[i], &side, &y, &other) && side == above && y == x) return parts[i];
    return NULL;
}

/* The weaker of two bounds on the same side; NULL when their order is not known. */
static nexpr bound_weaker(const struct norm *n, nexpr p, nexpr q) {
    nexpr x, a, b;
    bool above, side;
    int order;
    if (!bound_of(p, &above, &x, &a) || !bound_of(q, &side, &x, &b) || !fold_compare(n, a, b, &order)) return NULL;
    if (order == 0) return p->op == SC_LE ? p : q;
    return (order < 0) == above ? p : q;
}

/* What all alternatives bound `x` by; NULL when some does not, or when all say the same (that is a common factor). */
static nexpr bound_common(const struct norm *n, nexpr any, nexpr first) {
    nexpr weakest = first;
    bool differ = false;
    for (size_t i = 1; i < any->n && weakest; i++) {
        nexpr other = bound_like(any->args[i], first);
        differ |= other != first;
        weakest = other ? bound_weaker(n, weakest, other) : NULL;
    }
    return differ ? weakest : NULL;
}

static nexpr arm_without(struct norm *n, nexpr arm, nexpr bound) {
    nexpr one;
    const nexpr *parts;
    struct exprs kept = {0};
    for (size_t i = 0, count = parts_of(arm, &parts, &one); i < count; i++)
        if (parts[i] != bound) exprs_add(n, &kept, parts[i]);
    return expr_junction(n, SC_AND, kept.at, kept.n);
}

nexpr or_bounded(struct norm *n, nexpr any) {
    nexpr one;
    const nexpr *parts;
    if (any->op != SC_OR || work_spent(n, any->n)) return any;
    for (size_t i = 0, count = parts_of(any->args[0], &parts, &one); i < count; i++) {
        nexpr x, lit, bound;
        bool above;
        if (!bound_of(parts[i], &above, &x, &lit) || !(bound = bound_common(n, any, parts[i]))) continue;
        nexpr *arms = arena_array(n->arena, any->n, sizeof *arms);
        for (size_t k = 0; k < any->n; k++) arms[k] = arm_without(n, any->args[k], bound);
        step_add(n, "a bound that all alternatives keep stands beside them");
        return expr_and2(n, bound, expr_junction(n, SC_OR, arms, any->n));
    }
    return any;
}
