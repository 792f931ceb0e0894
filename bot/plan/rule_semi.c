/* rule_semi.c - of a table only its key is wanted, of the rows that a foreign key leads to: those are the distinct values of the foreign key.
 *
 * customers WHERE EXISTS (orders of the customer), of which only the customer's key is used, gives each key that some order has, once: the key is
 * unique, every value of the foreign key that is not NULL is there, and a comparison with NULL finds no partner. */
#include "normal_core.h"

struct lookup {
    struct norm *n;
    struct block *b;
    struct source *parent;
    nexpr key; /* of the parent */
};

static bool not_parent(void *ctx, int column) {
    const struct lookup *l = ctx;
    return l->n->columns.at[column].source->id != l->parent->id || column == l->key->column;
}

/* Nothing of the parent but the key is used in the block, sub-queries included. */
static bool key_alone(struct lookup *l) {
    struct block rest = *l->b;
    return block_columns(&rest, not_parent, l);
}

static bool from_inside(void *ctx, int column) {
    const struct lookup *l = ctx;
    return column == l->key->column || !block_owns(l->b, l->n->columns.at[column].source);
}

/* The conjunct of the sub-query that equates a foreign key of one of its tables with the parent's key; NULL: none. */
static nexpr link_of(struct lookup *l, const struct block *sub, nexpr *child) {
    struct norm *n = l->n;
    int to = l->parent->ordinals[n->columns.at[l->key->column].ordinal], from;
    for (size_t i = 0; i < sub->preds.n; i++)
        for (int k = 0; k < 2 && sub->preds.at[i]->op == SC_EQ; k++) {
            nexpr c = sub->preds.at[i]->args[k];
            if (sub->preds.at[i]->args[1 - k] != l->key || c->op != SC_COLUMN) continue;
            const struct source *s = n->columns.at[c->column].source;
            if (s->kind != SRC_TABLE || !s->table || s->table == l->parent->table || !block_owns(sub, s)) continue;
            from = s->ordinals[n->columns.at[c->column].ordinal];
            bool listed = false;
            for (size_t m = 0; m < sub->n_sources; m++) listed |= sub->sources[m]->id == s->id;
            if (!listed || from < 0 || to < 0 || !class_eligible(n, l->key, c) || !value_is_there(n, s, from, l->parent, to)) continue;
            *child = c;
            return sub->preds.at[i];
        }
    return NULL;
}

/* The sub-query's rows, grouped by the foreign key, in place of the parent. */
static void parent_replace(struct lookup *l, size_t at, nexpr exists, nexpr link, nexpr child) {
    struct norm *n = l->n;
    struct block whole = *exists->block;
    whole.outs = (struct exprs){0};
    exprs_add(n, &whole.outs, child);
    exprs_add(n, &whole.outs, link);
    struct source *groups = source_new(n, SRC_AGG, l->parent->rel);
    groups->grouped = true;
    groups->block = block_clone(n, &whole);
    nexpr value = groups->block->outs.at[0], copied = groups->block->outs.at[1];
    groups->block->outs.n = 0;
    for (size_t i = groups->block->preds.n; i-- > 0;)
        if (groups->block->preds.at[i] == copied) exprs_remove(&groups->block->preds, i);
    replace_begin(n);
    replace_set(n, l->key->column, value);
    block_replace(n, groups->block);
    replace_end(n);
    block_pred_add(n, groups->block, expr_not(n, expr_of1(n, SC_IS_NULL, value)));
    exprs_add(n, &groups->keys, value);
    nexpr made = expr_column(n, ncolumn_new(n, groups, value->type, false));
    for (size_t i = l->b->preds.n; i-- > 0;)
        if (l->b->preds.at[i] == exists) exprs_remove(&l->b->preds, i);
    block_source_drop(l->b, at);
    replace_begin(n);
    replace_set(n, l->key->column, made);
    block_replace(n, l->b);
    replace_end(n);
    source_simplify(n, NULL, groups);
    block_source_add(n, l->b, groups);
}

static bool lookup_open(struct norm *n, struct block *b, size_t at, nexpr exists) {
    struct lookup l = {.n = n, .b = b, .parent = b->sources[at]};
    const struct block *sub = exists->block;
    if (sub->n_sources == 0 || sub->empty) return false;
    for (size_t i = 0; i < l.parent->n_columns; i++) {
        nexpr child;
        l.key = expr_column(n, l.parent->columns[i]);
        if (!key_alone(&l) || !block_columns(sub, from_inside, &l)) continue;
        size_t before = n->assumes.n;
        struct exprs seed = {0};
        exprs_add(n, &seed, l.key);
        struct block alone = {.n_sources = 1, .sources = &l.parent};
        nexpr link = norm_declared(n) && block_determined(n, &alone, &seed, false) ? link_of(&l, sub, &child) : NULL;
        if (!link) {
            n->assumes.n = before;
            continue;
        }
        parent_replace(&l, at, exists, link, child);
        step_add(n, "the keys of %s that a foreign key leads to are its distinct values", l.parent->name);
        return true;
    }
    return false;
}

bool rule_semi(struct norm *n, struct block *b) {
    for (size_t k = 0; k < b->preds.n && b->n_items == 0; k++)
        for (size_t i = 0; i < b->n_sources && b->preds.at[k]->op == SC_EXISTS; i++) {
            struct source *s = b->sources[i];
            if (s->kind == SRC_TABLE && s->table && lookup_open(n, b, i, b->preds.at[k])) return true;
        }
    return false;
}
