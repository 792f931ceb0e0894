/* derive_entail.c - when conjuncts imply another: the same, a narrower range, a subset of a list, a part of an OR, a NULL test. */
#include "derive_core.h"

#include "eval_value.h"

void conjuncts_add(struct arena *arena, struct exprs *out, nexpr e) {
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) conjuncts_add(arena, out, e->args[i]);
        return;
    }
    out->at = arena_grow(arena, out->at, &out->cap, out->n + 1, sizeof *out->at);
    out->at[out->n++] = e;
}

bool literal_value(nexpr e, struct value *out) {
    __int128 den = 1;
    if (e->op != SC_LITERAL || e->lit.s.n > 0) {
        if (e->op != SC_LITERAL || e->lit.kind != VALUE_TEXT) return false;
        *out = value_text(e->lit.s);
        return true;
    }
    switch (e->lit.kind) {
    case VALUE_INT:
        *out = value_int(e->lit.i);
        return true;
    case VALUE_TEXT:
        *out = value_text(e->lit.s);
        return true;
    case VALUE_DATE:
        *out = value_of_kind(CELL_DATE, e->lit.i);
        return true;
    case VALUE_TIMESTAMP:
        *out = value_of_kind(CELL_TIME, e->lit.i);
        return true;
    case VALUE_DECIMAL:
        for (int i = 0; i < e->lit.scale && i < 18; i++) den *= 10;
        *out = value_fraction(e->lit.i, den);
        return true;
    default:
        return false;
    }
}

/* `expr op literal`, however it was turned. */
struct bound {
    nexpr expr;
    enum scalar_op op;
    struct value at;
};

static bool bound_of(nexpr e, struct bound *out) {
    static const enum scalar_op turned[] = {[SC_EQ] = SC_EQ, [SC_NE] = SC_NE, [SC_LT] = SC_GT, [SC_LE] = SC_GE, [SC_GT] = SC_LT, [SC_GE] = SC_LE};
    if (e->op < SC_EQ || e->op > SC_GE) return false;
    bool right = literal_value(e->args[1], &out->at);
    if (!right && !literal_value(e->args[0], &out->at)) return false;
    out->expr = e->args[right ? 0 : 1];
    out->op = right ? e->op : turned[e->op];
    return out->expr->op != SC_LITERAL;
}

static bool comparable(struct value a, struct value b) { return a.kind == b.kind || (value_is_number(a) && value_is_number(b)); }

/* Does `x p.op p.at` imply `x c.op c.at`? Text is only compared for equality: its order depends on the collation. */
static bool bound_implies(const struct bound *p, const struct bound *c) {
    if (!comparable(p->at, c->at)) return false;
    int order = value_order(p->at, c->at);
    bool text = p->at.kind == CELL_TEXT;
    if (order == 0 && p->op == c->op) return true;
    /* Collations may fold case and drop blanks, so only texts that differ beyond that are surely different. */
    bool apart = text && !str_ieq(str_trim(p->at.text), str_trim(c->at.text));
    if (p->op == SC_EQ && text) return (c->op == SC_NE && apart) || ((c->op == SC_LE || c->op == SC_GE) && order == 0);
    if (text) return false;
    switch (c->op) {
    case SC_EQ:
        return false;
    case SC_NE:
        return (p->op == SC_EQ && order != 0) || (p->op == SC_LT && order <= 0) || (p->op == SC_LE && order < 0) || (p->op == SC_GT && order >= 0) ||
               (p->op == SC_GE && order > 0);
    case SC_LT:
        return (p->op == SC_LT && order <= 0) || ((p->op == SC_LE || p->op == SC_EQ) && order < 0);
    case SC_LE:
        return (p->op == SC_LT || p->op == SC_LE || p->op == SC_EQ) && order <= 0;
    case SC_GT:
        return (p->op == SC_GT && order >= 0) || ((p->op == SC_GE || p->op == SC_EQ) && order > 0);
    case SC_GE:
        return (p->op == SC_GT || p->op == SC_GE || p->op == SC_EQ) && order >= 0;
    default:
        return false;
    }
}

/* One side of an implication: expressions of the query or of the view. `turned`: the premise is the view's, the conclusion the query's. */
struct sides {
    struct match *m;
    bool turned;
};

static bool same(struct sides *s, nexpr premise, nexpr conclusion) {
    return s->turned ? match_expr(s->m, premise, conclusion) : match_expr(s->m, conclusion, premise);
}

static bool implies(struct sides *s, nexpr premise, nexpr conclusion);

/* Every value of the premise's list satisfies the conclusion. */
static bool list_implies(struct sides *s, nexpr list, nexpr conclusion) {
    struct bound c, p = {.op = SC_EQ};
    bool bounded = bound_of(conclusion, &c);
    bool in = conclusion->op == SC_IN && same(s, list->args[0], conclusion->args[0]);
    if (!in && !(bounded && same(s, list->args[0], c.expr))) return false;
    for (size_t i = 1; i < list->n; i++) {
        if (!literal_value(list->args[i], &p.at)) return false;
        bool good = !in && bound_implies(&p, &c);
        for (size_t k = 1; in && k < conclusion->n && !good; k++) {
            struct value v;
            good = literal_value(conclusion->args[k], &v) && comparable(v, p.at) && value_order(v, p.at) == 0;
        }
        if (!good) return false;
    }
    return true;
}

static bool equals_member(struct sides *s, nexpr premise, nexpr in) {
    struct bound p;
    if (!bound_of(premise, &p) || p.op != SC_EQ || !same(s, p.expr, in->args[0])) return false;
    for (size_t k = 1; k < in->n; k++) {
        struct value v;
        if (literal_value(in->args[k], &v) && comparable(v, p.at) && value_order(v, p.at) == 0) return true;
    }
    return false;
}

/* Is the premise's expression NULL whenever `x` (of the conclusion's side) is? */
static bool passes_null(struct sides *s, nexpr e, nexpr x) {
    bool strict = (e->op >= SC_EQ && e->op <= SC_GE) || e->op == SC_LIKE || e->op == SC_ADD || e->op == SC_SUB || e->op == SC_MUL ||
                  e->op == SC_NEG || e->op == SC_CAST || e->op == SC_NOT;
    if (same(s, e, x)) return true;
    for (size_t i = 0; strict && i < e->n; i++)
        if (passes_null(s, e->args[i], x)) return true;
    return e->op == SC_IN && passes_null(s, e->args[0], x);
}

/* Is the premise never TRUE when `x` is NULL? */
static bool rejects_null(struct sides *s, nexpr premise, nexpr x) {
    if (premise->op == SC_OR) {
        for (size_t i = 0; i < premise->n; i++)
            if (!rejects_null(s, premise->args[i], x)) return false;
        return premise->n > 0;
    }
    if (premise->op == SC_AND) {
        for (size_t i = 0; i < premise->n; i++)
            if (rejects_null(s, premise->args[i], x)) return true;
        return false;
    }
    if (premise->op == SC_NOT && premise->args[0]->op == SC_IS_NULL) return same(s, premise->args[0]->args[0], x);
    return passes_null(s, premise, x);
}

static bool implies(struct sides *s, nexpr premise, nexpr conclusion) {
    struct bound p, c;
    if (same(s, premise, conclusion)) return true;
    if (premise->op == SC_OR) {
        for (size_t i = 0; i < premise->n; i++)
            if (!implies(s, premise->args[i], conclusion)) return false;
        return premise->n > 0;
    }
    if (premise->op == SC_AND) {
        for (size_t i = 0; i < premise->n; i++)
            if (implies(s, premise->args[i], conclusion)) return true;
    }
    if (conclusion->op == SC_AND) {
        for (size_t i = 0; i < conclusion->n; i++)
            if (!implies(s, premise, conclusion->args[i])) return false;
        return conclusion->n > 0;
    }
    if (conclusion->op == SC_OR) {
        for (size_t i = 0; i < conclusion->n; i++)
            if (implies(s, premise, conclusion->args[i])) return true;
    }
    if (conclusion->op == SC_NOT && conclusion->args[0]->op == SC_IS_NULL) return rejects_null(s, premise, conclusion->args[0]->args[0]);
    if (premise->op == SC_IN) return list_implies(s, premise, conclusion);
    if (conclusion->op == SC_IN) return equals_member(s, premise, conclusion);
    return bound_of(premise, &p) && bound_of(conclusion, &c) && same(s, p.expr, c.expr) && bound_implies(&p, &c);
}

/* x = y where both are columns of one class. */
static bool equal_by_class(const struct match *m, nexpr e, bool of_view) {
    if (e->op != SC_EQ || !m->classes || e->args[0]->op != SC_COLUMN || e->args[1]->op != SC_COLUMN) return false;
    int a = e->args[0]->column, b = e->args[1]->column;
    if (of_view) {
        a = m->to_q[a];
        b = m->to_q[b];
    }
    return a >= 0 && b >= 0 && a != b && class_find(m->classes, a) == class_find(m->classes, b);
}

static bool some_implies(struct sides *s, const struct exprs *premises, nexpr conclusion) {
    for (size_t i = 0; i < premises->n; i++)
        if (implies(s, premises->at[i], conclusion)) return true;
    for (size_t i = 0; conclusion->op == SC_OR && i < conclusion->n; i++)
        if (some_implies(s, premises, conclusion->args[i])) return true;
    for (size_t i = 0; conclusion->op == SC_AND && i < conclusion->n; i++)
        if (!some_implies(s, premises, conclusion->args[i])) return false;
    return conclusion->op == SC_AND;
}

/* Alternatives that together hold what the premises leave: each by itself need not. */
static bool jointly_implied(struct match *m, const struct exprs *premises, nexpr conclusion, bool turned) {
    return conclusion->op == SC_OR && cover_implies(m, premises, conclusion, turned);
}

bool entails(struct match *m, const struct exprs *q_preds, nexpr v_pred) {
    struct sides s = {.m = m};
    return equal_by_class(m, v_pred, true) || some_implies(&s, q_preds, v_pred) || jointly_implied(m, q_preds, v_pred, false);
}

bool entailed_by(struct match *m, const struct exprs *v_preds, nexpr q_pred) {
    struct sides s = {.m = m, .turned = true};
    return equal_by_class(m, q_pred, false) || some_implies(&s, v_preds, q_pred) || jointly_implied(m, v_preds, q_pred, true);
}
