/* derive_cover.c - do conditions over one value divide all its values among themselves? Decided by cells: the truth of a comparison with literals
 * changes only at those literals, so each literal, each gap between two, what lies outside, and NULL stand for all values there are. */
#include "derive_core.h"

#include "eval_value.h"

#include <stdlib.h>

#define POINTS_MAX 64

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_NULL, TRUTH_UNKNOWN };

struct covering {
    struct arena *arena;
    struct match *m; /* of the condition at hand */
    bool paired;     /* conditions of both sides of m: atoms of the view's are matched with the query's, else with m alone */
    bool of_view, atom_of_view;
    nexpr atom; /* what they all are about, of the first */
    size_t n;
    struct value points[POINTS_MAX]; /* sorted, each once */
    bool ordered;                    /* some comparison asks for the order */
    bool failed;
};

static bool is_atom(struct covering *c, nexpr e) {
    if (!c->atom) {
        c->atom = e;
        c->atom_of_view = c->of_view;
    }
    if (!c->paired) return match_expr(c->m, e, c->atom);
    if (c->of_view == c->atom_of_view) return e == c->atom;
    return c->of_view ? match_expr(c->m, e, c->atom) : match_expr(c->m, c->atom, e);
}

static void point_add(struct covering *c, struct value v) {
    for (size_t i = 0; i < c->n; i++) {
        bool text = v.kind == CELL_TEXT, same_kind = c->points[i].kind == v.kind || (value_is_number(v) && value_is_number(c->points[i]));
        if (!same_kind) c->failed = true;
        if (!same_kind || value_order(c->points[i], v) == 0) return;
        /* Whether texts that differ in case or blanks alone are equal, the collation knows. */
        if (text && str_ieq(str_trim(v.text), str_trim(c->points[i].text))) c->failed = true;
    }
    if (c->n == POINTS_MAX) c->failed = true;
    else c->points[c->n++] = v;
}

static void literal_add(struct covering *c, nexpr literal) {
    struct value v;
    if (!literal_value(literal, &v)) c->failed = true;
    else point_add(c, v);
}

/* Finds the atom and the literals; false when the condition is no such one. */
static bool collect(struct covering *c, nexpr e) {
    if (c->failed) return false;
    switch (e->op) {
    case SC_AND:
    case SC_OR:
    case SC_NOT:
    case SC_IS_TRUE:
        for (size_t i = 0; i < e->n; i++)
            if (!collect(c, e->args[i])) return false;
        return true;
    case SC_IS_NULL:
        return is_atom(c, e->args[0]);
    case SC_IN:
        for (size_t i = 1; i < e->n; i++) literal_add(c, e->args[i]);
        return !c->failed && is_atom(c, e->args[0]);
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
        c->ordered = true; /* fall through */
    case SC_EQ:
    case SC_NE:
    case SC_SAME: {
        size_t at = e->args[0]->op == SC_LITERAL ? 0 : 1;
        literal_add(c, e->args[at]);
        return !c->failed && is_atom(c, e->args[1 - at]);
    }
    default:
        return false;
    }
}

static int point_order(const void *a, const void *b) { return value_order(*(const struct value *)a, *(const struct value *)b); }

/* May the order be relied on? Not that of texts under a collation, but below, at and above one text; not where NaN is a value. */
static bool order_is_known(const struct covering *c) {
    enum type_kind kind = c->atom->type.kind;
    bool text = c->n && c->points[0].kind == CELL_TEXT,
         typed = kind == TYPE_INT || kind == TYPE_DECIMAL || kind == TYPE_DATE || kind == TYPE_TIMESTAMP;
    if (!c->ordered || typed) return !(c->ordered && text);
    return kind == TYPE_STRING && text && c->n == 1;
}

/* Compares the value of a cell with a point: cell 2i+1 is point i, cell 2i what lies before it. */
static int cell_order(size_t cell, size_t point) {
    size_t at = 2 * point + 1;
    return cell < at ? -1 : cell > at;
}

static size_t point_of(const struct covering *c, nexpr literal) {
    struct value v;
    literal_value(literal, &v);
    for (size_t i = 0; i < c->n; i++)
        if (value_order(c->points[i], v) == 0) return i;
    return 0;
}

#define CELL_OF_NULL SIZE_MAX

static enum truth compare(const struct covering *c, nexpr e, size_t cell) {
    size_t at = e->args[0]->op == SC_LITERAL ? 0 : 1;
    if (cell == CELL_OF_NULL) return e->op == SC_SAME ? TRUTH_FALSE : TRUTH_NULL;
    int order = cell_order(cell, point_of(c, e->args[at]));
    if (at == 0) order = -order;
    return scalar_order_holds(e->op == SC_SAME ? SC_EQ : e->op, order) ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth truth_at(const struct covering *c, nexpr e, size_t cell);

static enum truth junction(const struct covering *c, nexpr e, size_t cell) {
    enum truth settles = e->op == SC_OR ? TRUTH_TRUE : TRUTH_FALSE, all = e->op == SC_OR ? TRUTH_FALSE : TRUTH_TRUE;
    for (size_t i = 0; i < e->n; i++) {
        enum truth t = truth_at(c, e->args[i], cell);
        if (t == settles) return settles;
        if (t == TRUTH_NULL) all = TRUTH_NULL;
    }
    return all;
}

static enum truth truth_at(const struct covering *c, nexpr e, size_t cell) {
    enum truth t;
    switch (e->op) {
    case SC_AND:
    case SC_OR:
        return junction(c, e, cell);
    case SC_NOT:
        t = truth_at(c, e->args[0], cell);
        return t == TRUTH_NULL ? t : t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
    case SC_IS_TRUE:
        return truth_at(c, e->args[0], cell) == TRUTH_TRUE;
    case SC_IS_NULL:
        return cell == CELL_OF_NULL;
    case SC_IN:
        if (cell == CELL_OF_NULL) return TRUTH_NULL;
        for (size_t i = 1; i < e->n; i++)
            if (cell_order(cell, point_of(c, e->args[i])) == 0) return TRUTH_TRUE;
        return TRUTH_FALSE;
    default:
        return compare(c, e, cell);
    }
}

/* Nothing lies between 3 and 4. */
static bool is_gap_empty(const struct covering *c, size_t cell) {
    size_t after = cell / 2;
    if (cell % 2 || after == 0 || after >= c->n) return false;
    enum type_kind kind = c->atom->type.kind;
    bool whole = kind == TYPE_INT || kind == TYPE_DATE;
    const struct value *a = &c->points[after - 1], *b = &c->points[after];
    return whole && a->kind == b->kind && (a->kind == CELL_INT || a->kind == CELL_DATE) && b->i == a->i + 1;
}

/* How many of the conditions are TRUE there. */
static size_t true_at(struct covering *c, const struct exprs *conditions, size_t n, size_t cell) {
    size_t count = 0;
    for (size_t k = 0; k < n; k++) {
        bool all = true;
        for (size_t i = 0; i < conditions[k].n && all; i++) all = truth_at(c, conditions[k].at[i], cell) == TRUTH_TRUE;
        count += all;
    }
    return count;
}

struct cover cover_of(struct arena *arena, const struct exprs *conditions, struct match *const *maps, size_t n) {
    struct covering c = {.arena = arena};
    struct cover out = {0};
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < conditions[k].n; i++) {
            c.m = maps[k];
            if (!collect(&c, conditions[k].at[i]) || c.failed) return out;
        }
    if (!c.atom || c.atom->is_volatile || !order_is_known(&c)) return out;
    qsort(c.points, c.n, sizeof *c.points, point_order);
    out = (struct cover){.known = true, .disjoint = true, .whole = true, .atom = c.atom};
    for (size_t cell = 0; cell <= 2 * c.n; cell++) {
        size_t count = is_gap_empty(&c, cell) ? 1 : true_at(&c, conditions, n, cell);
        out.disjoint &= count <= 1;
        out.whole &= count == 1;
    }
    size_t at_null = true_at(&c, conditions, n, CELL_OF_NULL);
    out.disjoint &= at_null <= 1;
    out.null_too = at_null == 1;
    return out;
}

/* Those of the premises that are about the atom, in place of the others NULL. */
static nexpr *premises_collect(struct covering *c, const struct exprs *premises) {
    nexpr *about = arena_array(c->arena, premises->n + 1, sizeof *about);
    for (size_t i = 0; i < premises->n; i++) {
        struct covering before = *c;
        if (collect(c, premises->at[i]) && !c->failed) about[i] = premises->at[i];
        else *c = before;
    }
    return about;
}

bool cover_implies(struct match *m, const struct exprs *premises, nexpr conclusion, bool turned) {
    struct covering *c = arena_new(m->arena, struct covering);
    *c = (struct covering){.arena = m->arena, .m = m, .paired = true, .of_view = !turned};
    if (!collect(c, conclusion) || c->failed || !c->atom || c->atom->is_volatile) return false;
    c->of_view = turned;
    nexpr *about = premises_collect(c, premises);
    if (!order_is_known(c)) return false;
    qsort(c->points, c->n, sizeof *c->points, point_order);
    for (size_t i = 0; i <= 2 * c->n + 1; i++) {
        size_t cell = i <= 2 * c->n ? i : CELL_OF_NULL;
        bool possible = cell == CELL_OF_NULL || !is_gap_empty(c, cell);
        for (size_t k = 0; k < premises->n && possible; k++) possible = !about[k] || truth_at(c, about[k], cell) == TRUTH_TRUE;
        if (possible && truth_at(c, conclusion, cell) != TRUTH_TRUE) return false;
    }
    return true;
}
