/* column_origin.c - walks from an output's number to the relation that makes it, down to the scans. */
#include "column_origin.h"

#include <stdlib.h>

#define ORIGINS_MAX 200
#define STEPS_MAX   20000
#define DEPTH_MAX   400

struct trace {
    struct arena *arena;
    const struct plan *plan;
    struct column_origins *out;
    unsigned char *seen; /* per column: 1 as it is, 2 computed */
    size_t steps;
};

static void column_trace(struct trace *t, int column, bool computed, int depth);

static void origin_add(struct trace *t, const char *table, const char *column, bool computed) {
    for (size_t i = 0; i < t->out->n; i++) {
        struct column_origin *o = &t->out->at[i];
        if (strcmp(o->table, table) != 0 || strcmp(o->column, column) != 0) continue;
        o->computed |= computed;
        return;
    }
    if (t->out->n >= ORIGINS_MAX) {
        t->out->partial = true;
        return;
    }
    *vec_add(t->arena, t->out) = (struct column_origin){table, column, computed};
}

static void scalar_trace(struct trace *t, const struct scalar *e, bool computed, int depth) {
    if (!e || t->steps++ > STEPS_MAX || depth > DEPTH_MAX) {
        t->out->partial |= e != NULL;
        return;
    }
    if (e->op == SC_COLUMN) {
        column_trace(t, e->column, computed, depth + 1);
        return;
    }
    t->out->partial |= e->op == SC_OPAQUE;
    for (size_t i = 0; i < e->n; i++) scalar_trace(t, e->args[i], true, depth + 1);
    scalar_trace(t, e->filter, true, depth + 1);
    for (size_t i = 0; i < e->n_order; i++) scalar_trace(t, e->order[i].expr, true, depth + 1);
    for (size_t i = 0; e->window && i < e->window->n_partition; i++) scalar_trace(t, e->window->partition[i], true, depth + 1);
    for (size_t i = 0; e->window && i < e->window->n_order; i++) scalar_trace(t, e->window->order[i].expr, true, depth + 1);
    for (size_t i = 0; e->rel && i < e->rel->n_columns; i++) column_trace(t, e->rel->columns[i], true, depth + 1);
}

static const struct scalar *def_of(const struct column_def *defs, size_t n, int column) {
    for (size_t i = 0; i < n; i++) {
        if (defs[i].column == column) return defs[i].expr;
    }
    return NULL;
}

static size_t place_of(const struct rel *rel, int column) {
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (rel->columns[i] == column) return i;
    }
    return SIZE_MAX;
}

static void opaque_trace(struct trace *t, const struct rel *rel, int depth) {
    t->out->partial = true;
    scalar_trace(t, rel->call, true, depth);
    for (size_t i = 0; i < rel->n_inputs; i++) {
        for (size_t c = 0; c < rel->inputs[i]->n_columns; c++) column_trace(t, rel->inputs[i]->columns[c], true, depth);
    }
}

static void setop_trace(struct trace *t, const struct rel *rel, int column, bool computed, int depth) {
    size_t place = place_of(rel, column);
    if (rel->left && place < rel->left->n_columns) column_trace(t, rel->left->columns[place], computed, depth);
    /* EXCEPT takes rows away; its values are the left side's. */
    if (rel->setop != RELSET_EXCEPT && rel->right && place < rel->right->n_columns) column_trace(t, rel->right->columns[place], computed, depth);
}

static void column_trace(struct trace *t, int column, bool computed, int depth) {
    unsigned char mark = computed ? 2 : 1;
    if (column < 0 || (size_t)column >= t->plan->n_columns || t->seen[column] & mark || t->seen[column] & 2) return;
    t->seen[column] |= mark;
    if (t->steps++ > STEPS_MAX || depth > DEPTH_MAX) {
        t->out->partial = true;
        return;
    }
    const struct plan_column *c = &t->plan->columns[column];
    const struct rel *rel = c->rel;
    switch (rel ? rel->kind : REL_OPAQUE) {
    case REL_SCAN:
        origin_add(t, rel->name, c->star ? "*" : c->name, computed);
        t->out->partial |= c->star;
        return;
    case REL_SETOP:
        setop_trace(t, rel, column, computed, depth + 1);
        return;
    case REL_VALUES: {
        size_t place = place_of(rel, column);
        for (size_t i = 0; place < rel->n_columns && i < rel->n_rows; i++) scalar_trace(t, rel->rows[i * rel->n_columns + place], true, depth + 1);
        return;
    }
    case REL_OPAQUE:
        if (rel) opaque_trace(t, rel, depth + 1);
        return;
    default: {
        const struct scalar *e = def_of(rel->defs, rel->n_defs, column);
        if (!e) e = def_of(rel->keys, rel->n_keys, column);
        scalar_trace(t, e, computed, depth + 1);
    }
    }
}

static int origin_order(const void *a, const void *b) {
    const struct column_origin *x = a, *y = b;
    int order = strcmp(x->table, y->table);
    return order ? order : strcmp(x->column, y->column);
}

struct column_origins *column_origins_of(struct arena *arena, const struct plan *plan) {
    struct column_origins *out = arena_array(arena, plan->n_outputs + 1, sizeof *out);
    struct trace t = {.arena = arena, .plan = plan, .seen = arena_alloc(arena, plan->n_columns + 1)};
    for (size_t i = 0; i < plan->n_outputs && plan->root; i++) {
        out[i].name = plan->names[i];
        t.out = &out[i];
        t.steps = 0;
        memset(t.seen, 0, plan->n_columns + 1);
        column_trace(&t, plan->root->columns[i], false, 0);
        if (out[i].n) qsort(out[i].at, out[i].n, sizeof *out[i].at, origin_order);
    }
    return out;
}
