/* flow_select.c - the share of rows for which predicates hold. */
#include "flow.h"

#include <math.h>

#define RANGES_MAX     64
#define SHARES_MAX     256
#define PREDICATES_MAX 4000

void flow_default(struct walk *w, double deviation, const char *sentence) {
    if (w->mute || w->mute_defaults) return;
    w->variance += deviation * deviation;
    if (!text_list_has(&w->out->defaults, sentence)) text_list_add(w->arena, &w->out->defaults, sentence);
}

bool flow_has_query(const struct scalar *e) {
    if (e->rel) return true;
    for (size_t i = 0; i < e->n; i++) {
        if (flow_has_query(e->args[i])) return true;
    }
    return false;
}

/* ---- conjuncts ---- */

static bool scalar_same(const struct scalar *a, const struct scalar *b, int depth) {
    if (a == b) return true;
    if (depth > 30 || a->op != b->op || a->n != b->n || a->rel || b->rel || a->column != b->column) return false;
    if (a->op == SC_LITERAL) {
        const struct literal *x = &a->lit, *y = &b->lit;
        return x->kind == y->kind && x->i == y->i && x->scale == y->scale && !memcmp(&x->r, &y->r, sizeof x->r) && str_eq(x->s, y->s);
    }
    if ((a->name || b->name) && !str_eq(str_of(a->name), str_of(b->name))) return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!scalar_same(a->args[i], b->args[i], depth + 1)) return false;
    }
    return true;
}

static bool list_has(const struct predicates *list, const struct scalar *wanted) {
    for (size_t i = 0; i < list->n; i++) {
        if (scalar_same(list->at[i], wanted, 0)) return true;
    }
    return false;
}

static struct predicates conjuncts_of(struct walk *w, const struct scalar *e) {
    struct predicates list = {0};
    for (size_t i = 0; e->op == SC_AND && i < e->n; i++) *vec_add(w->arena, &list) = e->args[i];
    if (e->op != SC_AND) *vec_add(w->arena, &list) = e;
    return list;
}

static const struct scalar *scalar_of(struct walk *w, enum scalar_op op, const struct scalar *like, const struct predicates *args) {
    if (args->n == 1) return args->at[0];
    struct scalar *e = arena_new(w->arena, struct scalar);
    *e = *like;
    e->op = op;
    e->n = (uint16_t)args->n;
    e->args = args->at;
    return e;
}

/* (k = j AND a) OR (k = j AND b) holds only where k = j does: as an engine takes it out, so that the join has a key. What is left: a OR b;
 * NULL when a branch has nothing more to ask. */
static const struct scalar *common_take(struct walk *w, struct predicates *list, const struct scalar *either) {
    struct predicates common = conjuncts_of(w, either->args[0]), branches = {0};
    size_t kept = 0;
    for (size_t i = 0; i < common.n; i++) {
        bool all = true;
        for (size_t k = 1; all && k < either->n; k++) {
            struct predicates branch = conjuncts_of(w, either->args[k]);
            all = list_has(&branch, common.at[i]);
        }
        if (all) common.at[kept++] = common.at[i];
    }
    common.n = kept;
    if (!kept) return either;
    for (size_t i = 0; i < kept; i++) *vec_add(w->arena, list) = common.at[i];
    for (size_t k = 0; k < either->n; k++) {
        struct predicates branch = conjuncts_of(w, either->args[k]), rest = {0};
        for (size_t i = 0; i < branch.n; i++) {
            if (!list_has(&common, branch.at[i])) *vec_add(w->arena, &rest) = branch.at[i];
        }
        if (!rest.n) return NULL;
        *vec_add(w->arena, &branches) = scalar_of(w, SC_AND, either, &rest);
    }
    return scalar_of(w, SC_OR, either, &branches);
}

void predicates_add(struct walk *w, struct predicates *list, const struct scalar *condition) {
    if (!condition || list->n >= PREDICATES_MAX) return;
    if (condition->op == SC_AND) {
        for (size_t i = 0; i < condition->n; i++) predicates_add(w, list, condition->args[i]);
        return;
    }
    if (condition->op == SC_OR && condition->n > 1) condition = common_take(w, list, condition);
    if (condition) *vec_add(w->arena, list) = condition;
}

/* ---- ranges: all bounds on a column together ---- */

struct span {
    int column; /* -1: an expression */
    const struct scalar *of;
    double low, high;
    bool has_low, has_high;
};

struct spans {
    struct span at[RANGES_MAX];
    size_t n;
};

static enum scalar_op turned(enum scalar_op op) { return op == SC_LT ? SC_GT : op == SC_LE ? SC_GE : op == SC_GT ? SC_LT : op == SC_GE ? SC_LE : op; }

/* column < constant, either way round. */
static bool bound_read(struct walk *w, const struct scalar *e, const struct scalar **of, enum scalar_op *op, double *value) {
    if (e->op < SC_LT || e->op > SC_GE || e->n != 2) return false;
    bool right = flow_is_constant(e->args[1]), left = flow_is_constant(e->args[0]);
    if (left == right) return false;
    *of = e->args[right ? 0 : 1];
    *op = right ? e->op : turned(e->op);
    if (!flow_constant(w, e->args[right ? 1 : 0], value)) *value = NAN;
    return true;
}

static bool span_add(struct walk *w, struct spans *spans, const struct scalar *e) {
    const struct scalar *of, *expr;
    enum scalar_op op;
    double value;
    if (!bound_read(w, e, &of, &op, &value)) return false;
    int column = flow_column_base(w, of, &expr);
    size_t i = 0;
    while (i < spans->n && (column >= 0 ? spans->at[i].column != column : !scalar_same(spans->at[i].of, expr ? expr : of, 0))) i++;
    if (i == RANGES_MAX) return false;
    if (i == spans->n) spans->at[spans->n++] = (struct span){.column = column, .of = expr ? expr : of, .low = -INFINITY, .high = INFINITY};
    struct span *s = &spans->at[i];
    if (op == SC_GT || op == SC_GE) {
        s->has_low = true;
        if (!isnan(value)) s->low = fmax(s->low, value);
    } else {
        s->has_high = true;
        if (!isnan(value)) s->high = fmin(s->high, value);
    }
    return true;
}

static double span_share(struct walk *w, struct span *s, double rows) {
    struct column_flow c = flow_scalar(w, s->of, rows);
    bool measured = c.ranged && (isfinite(s->low) || isfinite(s->high));
    double values = 1 - fmax(c.nulls, 0);
    if (!measured) {
        flow_default(w, 0.5, "ranges over columns without a known least and greatest value are taken to keep 30 % (10 % when closed on both sides)");
        return (s->has_low && s->has_high ? SEL_BETWEEN : SEL_RANGE) * values;
    }
    double low = fmax(s->low, c.low), high = fmin(s->high, c.high), all = c.high - c.low;
    double share = high < low ? 0 : all > 0 ? (high - low) / all : 1;
    if (c.now > 0 && high >= low) share = fmax(share, 1 / c.now);
    share = fmin(fmax(share, SEL_LEAST), 1);
    if (s->column >= 0 && !w->columns[s->column].alias) {
        struct column_flow *kept = &w->columns[s->column];
        kept->low = fmin(low, high);
        kept->high = fmax(low, high);
        if (kept->now > 0) kept->now = fmax(1, kept->now * share);
        if (kept->domain > 0) kept->domain = fmax(1, kept->domain * share);
        if (kept->base_rows > 0) kept->base_rows *= share;
        kept->kept = (kept->kept > 0 ? kept->kept : 1) * share;
    }
    return share * values;
}

/* ---- one predicate ---- */

static double share_of(struct walk *w, const struct scalar *e, double rows, bool fix, int depth);

/* From now on the column has so many values of those it had. */
static void column_fix(struct walk *w, const struct scalar *e, double values, double share, double at) {
    const struct scalar *expr;
    int column = flow_column_base(w, e, &expr);
    if (column < 0) return;
    struct column_flow *c = &w->columns[column];
    if (c->now > 0) c->now = fmin(c->now, values);
    if (c->domain > 0) c->domain = fmin(c->domain, values);
    if (c->base_rows > 0) c->base_rows *= share;
    c->kept = (c->kept > 0 ? c->kept : 1) * share;
    if (values == 1 && c->ranged && isfinite(at)) c->low = c->high = at;
}

/* A literal, also one that a projection gives a name. NULL when it is none. */
static const struct scalar *literal_at(const struct walk *w, const struct scalar *e) {
    const struct scalar *expr = e;
    if (e->op == SC_COLUMN && flow_column_base(w, e, &expr) >= 0) return NULL;
    return expr && expr->op == SC_LITERAL ? expr : NULL;
}

bool flow_is_false(const struct walk *w, const struct predicates *list) {
    for (size_t i = 0; i < list->n; i++) {
        const struct scalar *e = list->at[i];
        const struct scalar *x = e->op == SC_EQ ? literal_at(w, e->args[0]) : NULL, *y = x ? literal_at(w, e->args[1]) : NULL;
        if (y && x->lit.kind == y->lit.kind && !scalar_same(x, y, 0)) return true;
    }
    return false;
}

static double equal_share(struct walk *w, const struct scalar *e, double rows, bool fix) {
    bool right = flow_is_constant(e->args[1]), left = flow_is_constant(e->args[0]);
    struct column_flow a = flow_scalar(w, e->args[0], rows), b = flow_scalar(w, e->args[1], rows);
    const struct scalar *x = literal_at(w, e->args[0]), *y = literal_at(w, e->args[1]);
    if (x && y && x->lit.kind == y->lit.kind)
        return w->widened || scalar_same(x, y, 0) ? 1 : SEL_LEAST; /* another user of a shared part may want it */
    if (!left && !right) {
        double most = fmax(a.now, b.now);
        if (most < 0) flow_default(w, 0.7, "columns without a count of their values are taken to equal one value in 5 % of rows");
        return most > 0 ? 1 / most : SEL_EQUAL;
    }
    const struct scalar *of = e->args[right ? 0 : 1];
    struct column_flow c = right ? a : b;
    double value = NAN;
    bool number = flow_constant(w, e->args[right ? 1 : 0], &value);
    if (c.now <= 0) {
        flow_default(w, 0.7, "columns without a count of their values are taken to equal one value in 5 % of rows");
        return SEL_EQUAL;
    }
    if (number && c.ranged && (value < c.low || value > c.high)) return fmax(SEL_LEAST, 1 / fmax(rows, 1));
    double share = (1 - fmax(c.nulls, 0)) / fmax(c.now, 1);
    if (fix) column_fix(w, of, 1, share, number ? value : NAN);
    return share;
}

static double in_share(struct walk *w, const struct scalar *e, double rows, bool fix) {
    struct column_flow c = flow_scalar(w, e->args[0], rows);
    double values = e->n - 1;
    if (c.now <= 0) {
        flow_default(w, 0.7, "columns without a count of their values are taken to equal one value in 5 % of rows");
        return fmin(0.6, values * SEL_EQUAL);
    }
    double share = fmin(1, values / fmax(c.now, 1)) * (1 - fmax(c.nulls, 0));
    if (fix) column_fix(w, e->args[0], values, share, NAN);
    return share;
}

static double like_share(const struct scalar *e) {
    const struct scalar *pattern = e->n > 1 ? e->args[1] : NULL;
    if (!pattern || pattern->op != SC_LITERAL || pattern->lit.kind != VALUE_TEXT || !pattern->lit.s.n) return SEL_CONTAINS;
    return pattern->lit.s.p[0] == '%' ? SEL_CONTAINS : SEL_PREFIX;
}

static double either_share(struct walk *w, const struct scalar *e, double rows, int depth) {
    double none = 1;
    for (size_t i = 0; i < e->n; i++) none *= 1 - share_of(w, e->args[i], rows, false, depth + 1);
    return 1 - none;
}

static bool has_aggregate(const struct walk *w, const struct scalar *e) {
    const struct scalar *expr;
    if (e->op == SC_COLUMN) {
        int column = flow_column_base(w, e, &expr);
        return column >= 0 && w->columns[column].aggregate;
    }
    for (size_t i = 0; i < e->n; i++) {
        if (has_aggregate(w, e->args[i])) return true;
    }
    return false;
}

static double other_share(struct walk *w, const struct scalar *e) {
    if (has_aggregate(w, e)) {
        flow_default(w, 0.4, "predicates on aggregates are taken to keep 30 % of the groups");
        return SEL_HAVING;
    }
    if (e->op >= SC_LT && e->op <= SC_GE && !flow_is_constant(e->args[0]) && !flow_is_constant(e->args[1])) return SEL_EITHER;
    flow_default(w, 0.5, "predicates of other kinds are taken to keep 30 % of the rows");
    return SEL_RANGE;
}

static double null_share(struct walk *w, const struct scalar *e, double rows) {
    struct column_flow c = flow_scalar(w, e->args[0], rows);
    if (c.nulls >= 0) return fmax(c.nulls, SEL_LEAST);
    return SEL_NULL;
}

static double share_of(struct walk *w, const struct scalar *e, double rows, bool fix, int depth) {
    struct spans one = {.n = 0};
    double share = 1;
    if (depth > 30) return 1;
    switch (e->op) {
    case SC_LITERAL:
        return e->lit.kind == VALUE_BOOL && e->lit.i ? 1 : SEL_LEAST;
    case SC_AND: {
        struct predicates list = {0};
        predicates_add(w, &list, e);
        for (size_t i = 0; i < list.n; i++) {
            if (!span_add(w, &one, list.at[i])) share *= share_of(w, list.at[i], rows, false, depth + 1);
        }
        struct column_flow before;
        for (size_t i = 0; i < one.n; i++) { /* one branch of an OR: what it narrows is not narrowed for all */
            bool own = one.at[i].column >= 0;
            if (own) before = w->columns[one.at[i].column];
            share *= span_share(w, &one.at[i], rows);
            if (own) w->columns[one.at[i].column] = before;
        }
        return share;
    }
    case SC_OR:
        return either_share(w, e, rows, depth);
    case SC_NOT:
        return fmax(1 - share_of(w, e->args[0], rows, false, depth + 1), SEL_LEAST);
    case SC_IS_TRUE:
        return share_of(w, e->args[0], rows, false, depth + 1);
    case SC_EQ:
    case SC_SAME:
        return has_aggregate(w, e) ? other_share(w, e) : equal_share(w, e, rows, fix);
    case SC_NE:
        return fmax(1 - equal_share(w, e, rows, false), SEL_LEAST);
    case SC_IN:
        return in_share(w, e, rows, fix);
    case SC_LIKE:
        return like_share(e);
    case SC_IS_NULL:
        return null_share(w, e, rows);
    case SC_COLUMN:
        return 0.5;
    default:
        return other_share(w, e);
    }
}

/* Independent, but for what many predicates on one row usually have in common: from the third on they count less and less. */
static double shares_join(double *at, size_t n) {
    for (size_t i = 1; i < n; i++) {
        double one = at[i];
        size_t k = i;
        for (; k > 0 && at[k - 1] > one; k--) at[k] = at[k - 1];
        at[k] = one;
    }
    double all = 1, weight = 1;
    for (size_t i = 0; i < n; i++) {
        if (i >= 3) weight /= 2;
        all *= pow(at[i], weight);
    }
    return all;
}

/* Is it what one of several users wants of a shared part? */
static bool is_widened(const struct walk *w, const struct scalar *e) {
    for (size_t k = 0; k < w->widened->n; k++) {
        if (w->widened->at[k] == e) return true;
    }
    return false;
}

static double list_share(struct walk *w, const struct predicates *list, double rows) {
    double shares[SHARES_MAX];
    size_t n = 0;
    struct spans spans = {.n = 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct scalar *e = list->at[i];
        if (flow_has_query(e) || (!has_aggregate(w, e) && span_add(w, &spans, e))) continue;
        if (n < SHARES_MAX) shares[n++] = share_of(w, e, rows, true, 0);
    }
    for (size_t i = 0; i < spans.n; i++) {
        if (n < SHARES_MAX) shares[n++] = span_share(w, &spans.at[i], rows);
    }
    return fmax(shares_join(shares, n), SEL_LEAST);
}

double flow_select(struct walk *w, const struct predicates *list, double rows) {
    struct predicates own = {0}, wide = {0};
    if (!w->widened) return list_share(w, list, rows);
    for (size_t i = 0; i < list->n; i++) *vec_add(w->arena, is_widened(w, list->at[i]) ? &wide : &own) = list->at[i];
    double share = list_share(w, &own, rows);
    return wide.n ? fmax(share * fmin(1, list_share(w, &wide, rows) * w->widen), SEL_LEAST) : share;
}
