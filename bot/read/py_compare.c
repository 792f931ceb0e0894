/* py_compare.c - comparisons of values of the program: true and false only where both sides are known. */
#include "pyspark.h"

#include <stdlib.h>

static struct pv truth(bool b) { return (struct pv){.kind = PV_BOOL, .b = b}; }

static bool is_literal(struct pv v) { return v.kind == PV_NONE || v.kind == PV_BOOL || v.kind == PV_NUMBER || (pv_is_text(v) && py_truth(v) >= 0); }

/* Surely something other than None. */
static bool is_something(struct pv v) {
    switch (v.kind) {
    case PV_UNKNOWN:
    case PV_NONE:
    case PV_NAME:
        return false;
    case PV_TEXT:
        return py_truth(v) >= 0;
    case PV_FRAME:
        return !v.frame->guessed;
    default:
        return true;
    }
}

/* 1 equal, 0 not, -1 not known. */
static int equal(struct pv a, struct pv b) {
    if (a.kind == PV_NONE && is_something(b)) return 0;
    if (b.kind == PV_NONE && is_something(a)) return 0;
    if (!is_literal(a) || !is_literal(b)) return -1;
    if (a.kind == PV_NUMBER && b.kind == PV_NUMBER) return strtod(a.s.p, NULL) == strtod(b.s.p, NULL);
    bool mixed = (a.kind == PV_BOOL && b.kind == PV_NUMBER) || (a.kind == PV_NUMBER && b.kind == PV_BOOL);
    return mixed ? -1 : pv_same(a, b);
}

static int held(struct pv a, struct pv b) {
    const struct pv_items *items = b.kind == PV_LIST ? b.list : b.kind == PV_DICT ? &b.dict->keys : NULL;
    if (pv_is_text(a) && pv_is_text(b) && is_literal(a) && is_literal(b))
        return pv_str(a).n == 0 || memmem(pv_str(b).p, pv_str(b).n, pv_str(a).p, pv_str(a).n) != NULL;
    int found = items && is_literal(a) ? 0 : -1;
    for (size_t i = 0; found != -1 && i < items->n; i++) {
        int same = equal(a, items->at[i]);
        if (same == 1) return 1;
        if (same < 0) found = -2; /* it may be that one */
    }
    return found < 0 ? -1 : found;
}

static struct pv of_state(struct py_run *r, int state, bool wanted) { return state < 0 ? pv_unknown(r, NULL) : truth((state == 1) == wanted); }

struct pv py_compare(struct py_run *r, struct str op, struct pv a, struct pv b) {
    bool negated = str_is(op, "!=") || str_is(op, "is not") || str_is(op, "not in");
    if (str_is(op, "==") || str_is(op, "!=")) return of_state(r, equal(a, b), !negated);
    bool of_none = a.kind == PV_NONE || b.kind == PV_NONE || (a.kind == PV_BOOL && b.kind == PV_BOOL);
    if (str_starts(op, "is")) return of_none || (is_literal(a) && is_literal(b)) ? of_state(r, equal(a, b), !negated) : pv_unknown(r, NULL);
    if (str_is(op, "in") || str_is(op, "not in")) return of_state(r, held(a, b), !negated);
    if (a.kind != PV_NUMBER || b.kind != PV_NUMBER) return pv_unknown(r, NULL);
    double x = strtod(a.s.p, NULL), y = strtod(b.s.p, NULL);
    if (str_is(op, "<")) return truth(x < y);
    if (str_is(op, "<=")) return truth(x <= y);
    if (str_is(op, ">")) return truth(x > y);
    if (str_is(op, ">=")) return truth(x >= y);
    return pv_unknown(r, NULL);
}
