/* rule_push.c - a condition on what equals a grouping key, or a column that a window partitions by, is a condition on the key. */
#include "normal_core.h"

struct push {
    struct norm *n;
    const struct block *block;
    const struct source *into;
    const bool *allowed; /* by ordinal of `into` */
    bool by_class;       /* some column had to be replaced by one that equals it */
    bool fails;
};

static bool partitions_by(const struct source *s, nexpr e) {
    for (size_t i = 0; i < s->aggs.n; i++) {
        bool found = false;
        for (size_t k = 0; k < s->aggs.at[i]->window->n_partition; k++) found |= s->aggs.at[i]->window->partition[k] == e;
        if (!found) return false;
    }
    return true;
}

static bool is_allowed(const struct push *p, nexpr e) {
    const struct ncolumn *c = &p->n->columns.at[e->column];
    return c->source->id == p->into->id && p->allowed[c->ordinal];
}

/* The two columns of an equality that is the same value, not only equal. */
static bool equality(struct norm *n, nexpr e) {
    return e->op == SC_EQ && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN && class_eligible(n, e->args[0], e->args[1]);
}

/* A column of the source that equals `column`, by one equality or two; NULL: none. */
static nexpr key_equal(struct push *p, nexpr column) {
    const struct exprs *preds = &p->block->preds;
    for (size_t i = 0; i < preds->n; i++)
        for (int k = 0; k < 2 && equality(p->n, preds->at[i]); k++) {
            nexpr other = preds->at[i]->args[1 - k];
            if (preds->at[i]->args[k] != column) continue;
            if (is_allowed(p, other)) return other;
            for (size_t m = 0; m < preds->n; m++)
                for (int q = 0; q < 2 && m != i && equality(p->n, preds->at[m]); q++)
                    if (preds->at[m]->args[q] == other && is_allowed(p, preds->at[m]->args[1 - q])) return preds->at[m]->args[1 - q];
        }
    return NULL;
}

static bool column_note(void *ctx, int column) {
    struct push *p = ctx;
    nexpr e = expr_column(p->n, column);
    if (is_allowed(p, e)) return true;
    nexpr key = block_owns(p->block, p->n->columns.at[column].source) ? key_equal(p, e) : NULL;
    p->fails = !key;
    p->by_class = true;
    if (key) replace_set(p->n, column, key);
    return key != NULL;
}

/* The condition over columns of `into` alone; NULL: it is no such condition, or one that is pushed as it stands. */
static nexpr condition_for(struct push *p, nexpr e) {
    bool plain = !expr_has_op(e, SC_EXISTS) && !expr_has_op(e, SC_SUBQUERY) && !expr_has_op(e, SC_MATCHED) && !e->is_volatile;
    if (!plain || (e->op == SC_EQ && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN)) return NULL;
    p->by_class = p->fails = false;
    replace_begin(p->n);
    (void)expr_columns(e, column_note, p);
    nexpr out = p->fails || !p->by_class ? NULL : expr_replace(p->n, e);
    replace_end(p->n);
    return out;
}

/* Adds the conditions that hold for the source's keys by equality; `done` marks those of the block that it now says by itself. */
static bool push_into(struct norm *n, const struct context *ctx, struct source *s, bool *done) {
    bool agg = s->kind == SRC_AGG && s->grouped && !s->n_sets, changed = false;
    if ((!agg && s->kind != SRC_WINDOW) || s->keys.n == 0) return false;
    bool *allowed = arena_array(n->arena, s->n_columns + 1, sizeof *allowed);
    for (size_t i = 0; i < s->keys.n; i++) allowed[i] = agg || partitions_by(s, s->keys.at[i]);
    struct push push = {.n = n, .block = ctx->block, .into = s, .allowed = allowed};
    for (size_t i = 0; i < ctx->block->preds.n && !work_spent(n, 1); i++) {
        nexpr e = condition_for(&push, ctx->block->preds.at[i]);
        if (!e) continue;
        replace_begin(n);
        for (size_t k = 0; k < s->keys.n; k++) replace_set(n, s->columns[k], s->keys.at[k]);
        e = expr_replace(n, e);
        replace_end(n);
        block_pred_add(n, s->block, e);
        done[i] = changed = true;
    }
    if (changed) source_simplify(n, ctx->outer, s);
    return changed;
}

bool rule_push(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool *done = arena_array(n->arena, b->preds.n + 1, sizeof *done), changed = false;
    size_t before = n->assumes.n;
    for (size_t i = 0; i < b->n_sources; i++) changed |= push_into(n, ctx, b->sources[i], done);
    if (!changed) {
        n->assumes.n = before;
        return false;
    }
    size_t kept = 0;
    for (size_t i = 0; i < b->preds.n; i++)
        if (!done[i]) b->preds.at[kept++] = b->preds.at[i];
    b->preds.n = kept;
    step_add(n, "moved a condition to the grouping keys that equal what it speaks of");
    return true;
}
