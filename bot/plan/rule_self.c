/* rule_self.c - two uses of a table that its key ties to each other are one row: side by side, in a sub-query, in a left-join item. */
#include "normal_core.h"

static int column_like(const struct norm *n, const struct source *s, int column) {
    for (size_t i = 0; i < s->n_columns; i++)
        if (strcmp(n->columns.at[s->columns[i]].name, n->columns.at[column].name) == 0) return s->columns[i];
    return -1;
}

static bool says_equal(nexpr e, nexpr x, nexpr y) {
    return e->op == SC_EQ && ((e->args[0] == x && e->args[1] == y) || (e->args[0] == y && e->args[1] == x));
}

/* x = y among the conjuncts of the block or of those around it. */
static bool equal_in(const struct context *ctx, nexpr x, nexpr y) {
    for (; ctx; ctx = ctx->outer)
        for (size_t i = 0; i < ctx->block->preds.n; i++)
            if (says_equal(ctx->block->preds.at[i], x, y)) return true;
    return false;
}

/* `inner` is equal to `outer` by a conjunct of `b`, or both are equal to a third of their type. */
static bool columns_equated(struct norm *n, const struct context *ctx, nexpr inner, nexpr outer) {
    const struct block *b = ctx->block;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr e = b->preds.at[i];
        if (says_equal(e, inner, outer)) return true;
        if (e->op != SC_EQ || (e->args[0] != inner && e->args[1] != inner)) continue;
        nexpr via = e->args[e->args[0] == inner];
        if (via != outer && equal_in(ctx, via, outer) && class_eligible(n, inner, via)) return true;
    }
    return false;
}

static bool key_equated(struct norm *n, const struct context *ctx, const struct source *inner, const struct source *outer,
                        const struct schema_key *key) {
    for (size_t i = 0; i < key->n; i++) {
        bool equated = false;
        for (size_t m = 0; m < inner->n_columns && !equated; m++) {
            if (inner->ordinals[m] != (int)key->columns[i]) continue;
            int other = column_like(n, outer, inner->columns[m]);
            equated = other >= 0 && columns_equated(n, ctx, expr_column(n, inner->columns[m]), expr_column(n, other));
        }
        if (!equated) return false;
    }
    return key->n > 0;
}

/* Rows of the two uses are the same row: a key says so. `ctx` is the block of `inner`. */
static bool same_row(struct norm *n, const struct context *ctx, const struct source *inner, const struct source *outer) {
    bool alike = inner->kind == SRC_TABLE && outer->kind == SRC_TABLE && inner->table && strcmp(inner->name, outer->name) == 0;
    if (!alike || inner->id == outer->id || inner->n_columns != outer->n_columns) return false;
    for (size_t i = 0; i < inner->n_columns; i++)
        if (column_like(n, outer, inner->columns[i]) < 0) return false;
    for (size_t i = 0; i < inner->table->keys.n; i++) {
        const struct schema_key *key = &inner->table->keys.at[i];
        size_t before = n->assumes.n;
        bool equated = key_equated(n, ctx, inner, outer, key);
        if (!equated || (key->origin != ORIGIN_VERIFIED && !norm_declared(n))) {
            n->assumes.n = before;
            continue;
        }
        if (key->origin != ORIGIN_VERIFIED)
            assume_add(n, "%s.%s%s unique (declared)", inner->name, inner->table->columns.at[key->columns[0]].name,
                       key->n > 1 ? " and the rest of its key together are" : " is");
        return true;
    }
    return false;
}

static void columns_send(struct norm *n, const struct source *from, const struct source *to, nexpr matched) {
    for (size_t i = 0; i < from->n_columns; i++) {
        nexpr e = expr_column(n, column_like(n, to, from->columns[i]));
        replace_set(n, from->columns[i], matched ? expr_case2(n, matched, e, expr_null(n, e->type)) : e);
    }
}

/* Takes source `drop` out of `b`; its columns become those of `keep`. */
static void source_unify(struct norm *n, struct block *b, size_t drop, const struct source *keep) {
    struct source *s = b->sources[drop];
    block_source_drop(b, drop);
    struct exprs strict = {0};
    for (size_t i = 0; i < b->preds.n; i++) expr_strict(n, b->preds.at[i], &strict);
    replace_begin(n);
    columns_send(n, s, keep, NULL);
    for (size_t i = 0; i < strict.n; i++) strict.at[i] = expr_replace(n, strict.at[i]);
    block_replace(n, b);
    replace_end(n);
    /* x = x was dropped by no one yet, but keep what it said: x is not NULL. */
    for (size_t i = 0; i < strict.n; i++)
        if (strict.at[i]->op == SC_COLUMN && n->columns.at[strict.at[i]->column].source->id == keep->id)
            block_pred_add(n, b, expr_not(n, expr_of1(n, SC_IS_NULL, strict.at[i])));
}

bool self_in_exists(struct norm *n, const struct context *ctx, struct block *sub) {
    struct context here = {.outer = ctx, .block = sub};
    for (size_t i = 0; i < sub->n_sources; i++)
        for (const struct context *at = ctx; at; at = at->outer)
            for (size_t k = 0; k < at->block->n_sources; k++) {
                if (!same_row(n, &here, sub->sources[i], at->block->sources[k])) continue;
                step_add(n, "in a sub-query, %s joined on its key to a row at hand is that row", sub->sources[i]->name);
                source_unify(n, sub, i, at->block->sources[k]);
                return true;
            }
    return false;
}

/* The item's source `drop` is a row of the block itself, or nothing where the item does not match. */
static void item_unify(struct norm *n, struct block *b, size_t at, size_t drop, const struct source *keep) {
    struct left_item item = b->items[at];
    struct scalar proto = {.op = SC_MATCHED, .column = item.id, .type = {TYPE_BOOL, 0, 0}};
    memmove(&b->items[at], &b->items[at + 1], (b->n_items - at - 1) * sizeof *b->items);
    b->n_items--;
    replace_begin(n);
    columns_send(n, item.block->sources[drop], keep, expr_make(n, proto));
    block_replace(n, b);
    replace_end(n);
    source_unify(n, item.block, drop, keep);
    bool gone = item.block->n_sources == 0 && item.block->n_items == 0 && !item.block->empty;
    if (!gone) {
        block_item_add(n, b, item);
        return;
    }
    nexpr on = expr_junction(n, SC_AND, item.block->preds.at, item.block->preds.n);
    item_matched_replace(n, b, item.id, expr_of1(n, SC_IS_TRUE, on));
}

bool self_in_item(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block, *item = b->items[at].block;
    struct context here = {.outer = ctx, .block = item};
    for (size_t i = 0; i < item->n_sources; i++)
        for (size_t k = 0; k < b->n_sources; k++) {
            if (!same_row(n, &here, item->sources[i], b->sources[k])) continue;
            step_add(n, "a left join of %s with itself on its key finds the row itself", b->sources[k]->name);
            item_unify(n, b, at, i, b->sources[k]);
            return true;
        }
    return false;
}

bool rule_self(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    struct context here = {.block = b};
    for (size_t i = 0; i < b->n_sources; i++)
        for (size_t k = i + 1; k < b->n_sources; k++) {
            if (!same_row(n, &here, b->sources[k], b->sources[i])) continue;
            step_add(n, "two uses of %s joined on its key are one", b->sources[i]->name);
            source_unify(n, b, k, b->sources[i]);
            return true;
        }
    return false;
}
