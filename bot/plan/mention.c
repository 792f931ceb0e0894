/* mention.c - a walk over all scalars of a relation. */
#include "mention.h"

#define DEPTH_MAX 400

struct mention {
    column_test test;
    const void *ctx;
    bool found;
};

static void rel_walk(struct mention *m, const struct rel *rel, int depth);

static void scalar_walk(struct mention *m, const struct scalar *e, int depth) {
    if (!e || m->found) return;
    m->found = depth > DEPTH_MAX || (e->op == SC_COLUMN && m->test(m->ctx, e->column));
    if (m->found) return;
    for (size_t i = 0; i < e->n; i++) scalar_walk(m, e->args[i], depth + 1);
    scalar_walk(m, e->filter, depth + 1);
    for (size_t i = 0; i < e->n_order; i++) scalar_walk(m, e->order[i].expr, depth + 1);
    for (size_t i = 0; e->window && i < e->window->n_partition; i++) scalar_walk(m, e->window->partition[i], depth + 1);
    for (size_t i = 0; e->window && i < e->window->n_order; i++) scalar_walk(m, e->window->order[i].expr, depth + 1);
    rel_walk(m, e->rel, depth + 1);
}

static void rel_walk(struct mention *m, const struct rel *rel, int depth) {
    if (!rel || m->found) return;
    m->found = depth > DEPTH_MAX;
    if (m->found) return;
    scalar_walk(m, rel->condition, depth + 1);
    for (size_t i = 0; rel->keys && i < rel->n_keys; i++) scalar_walk(m, rel->keys[i].expr, depth + 1);
    for (size_t i = 0; i < rel->n_defs; i++) scalar_walk(m, rel->defs[i].expr, depth + 1);
    for (size_t i = 0; rel->order && i < rel->n_order; i++) scalar_walk(m, rel->order[i].expr, depth + 1);
    scalar_walk(m, rel->call, depth + 1);
    rel_walk(m, rel->left, depth + 1);
    rel_walk(m, rel->right, depth + 1);
    for (size_t i = 0; i < rel->n_inputs; i++) rel_walk(m, rel->inputs[i], depth + 1);
}

bool scalar_mentions(const struct scalar *e, column_test test, const void *ctx) {
    struct mention m = {.test = test, .ctx = ctx};
    scalar_walk(&m, e, 0);
    return m.found;
}

bool rel_mentions(const struct rel *rel, column_test test, const void *ctx) {
    struct mention m = {.test = test, .ctx = ctx};
    rel_walk(&m, rel, 0);
    return m.found;
}
