/* tangle.c - joins and filters taken apart into inputs and conditions. */
#include "tangle.h"

#define DEPTH_MAX 400

bool rel_holds(const struct rel *rel, const struct rel *part) {
    if (!rel || rel == part) return rel != NULL;
    if (rel_holds(rel->left, part) || rel_holds(rel->right, part)) return true;
    for (size_t i = 0; i < rel->n_inputs; i++) {
        if (rel_holds(rel->inputs[i], part)) return true;
    }
    return false;
}

bool rel_gives(const struct rel *rel, int column) {
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (rel->columns[i] == column) return true;
    }
    return false;
}

bool rel_is_single_row(const struct rel *rel) {
    switch (rel->kind) {
    case REL_AGG:
        return rel->n_keys == 0 && rel->n_sets == 0;
    case REL_VALUES:
        return rel->n_rows <= 1;
    case REL_PROJECT:
    case REL_FILTER:
    case REL_WINDOW:
    case REL_DISTINCT:
        return rel->left && rel_is_single_row(rel->left);
    case REL_SORT:
        return (rel->limit && rel->limit->op == SC_LITERAL && rel->limit->lit.i <= 1) || (rel->left && rel_is_single_row(rel->left));
    default:
        return false;
    }
}

const struct rel *rel_scan(const struct rel *rel) {
    while (rel && (rel->kind == REL_PROJECT || rel->kind == REL_FILTER)) rel = rel->left;
    return rel && rel->kind == REL_SCAN ? rel : NULL;
}

const char *rel_name(const struct rel *rel) {
    while (rel && rel->kind != REL_SCAN && rel->left && !rel->right) rel = rel->left;
    return rel && rel->kind == REL_SCAN ? rel->name : "a sub-query";
}

static void condition_add(struct tangle *t, const struct scalar *e, const struct rel *of) {
    if (!e) return;
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) condition_add(t, e->args[i], of);
    } else if (t->n_conditions < TANGLE_CONDITIONS_MAX) {
        t->of[t->n_conditions] = of;
        t->conditions[t->n_conditions++] = e;
    } else {
        t->unsure = true;
    }
}

static void rel_take(struct tangle *t, const struct rel *rel, bool outer, int depth) {
    bool join = rel->kind == REL_JOIN && (rel->join == RELJOIN_INNER || (outer && rel->join == RELJOIN_LEFT));
    if (depth > DEPTH_MAX) {
        t->unsure = true;
    } else if (rel->kind == REL_FILTER) {
        condition_add(t, rel->condition, rel);
        rel_take(t, rel->left, outer, depth + 1);
    } else if (join) {
        t->unsure |= rel->lateral;
        condition_add(t, rel->condition, rel);
        rel_take(t, rel->left, outer, depth + 1);
        rel_take(t, rel->right, outer, depth + 1);
    } else if (t->n == TANGLE_LEAVES_MAX || rel->kind == REL_OPAQUE || rel->kind == REL_VALUES || (outer && rel->kind == REL_JOIN)) {
        t->unsure = true;
    } else {
        t->leaves[t->n++] = rel;
    }
}

struct tangle *tangle_of(struct arena *arena, const struct plan *plan, const struct rel *rel, bool outer) {
    struct tangle *t = arena_new(arena, struct tangle);
    t->plan = plan;
    rel_take(t, rel, outer, 0);
    return t;
}

long tangle_leaf(const struct tangle *t, int column) {
    for (size_t i = 0; i < t->n; i++) {
        if (rel_gives(t->leaves[i], column)) return (long)i;
    }
    if (column < 0 || (size_t)column >= t->plan->n_columns) return -1;
    for (size_t i = 0; i < t->n; i++) { /* made below the leaf, and passed on under the same number */
        if (rel_holds(t->leaves[i], t->plan->columns[column].rel)) return (long)i;
    }
    return -1;
}

uint64_t tangle_leaves(const struct tangle *t, const struct scalar *e, bool *unsure) {
    uint64_t bits = 0;
    if (e->rel || e->op == SC_AMBIGUOUS || e->op == SC_OPAQUE) *unsure = true;
    bool guess = e->op == SC_FIELD && e->args[0]->op == SC_COLUMN && e->args[0]->type.kind == TYPE_UNKNOWN;
    if (guess) *unsure = true; /* t.c, where no t is known to have a c: read as a field of a column t of some other input */
    if (e->op == SC_COLUMN) {
        long leaf = tangle_leaf(t, e->column);
        if (leaf >= 0) bits |= (uint64_t)1 << leaf;
        else *unsure = true; /* of the query around it, or of a table that is said to have no such column */
    }
    for (size_t i = 0; i < e->n; i++) bits |= tangle_leaves(t, e->args[i], unsure);
    return bits;
}

bool tangle_equates(const struct tangle *t, const struct scalar *e, int *a, int *b) {
    if ((e->op != SC_EQ && e->op != SC_SAME) || e->n != 2 || e->args[0]->op != SC_COLUMN || e->args[1]->op != SC_COLUMN) return false;
    long x = tangle_leaf(t, e->args[0]->column), y = tangle_leaf(t, e->args[1]->column);
    *a = e->args[0]->column;
    *b = e->args[1]->column;
    return x >= 0 && y >= 0 && x != y;
}
