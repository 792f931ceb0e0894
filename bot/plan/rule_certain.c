/* rule_certain.c - partners that are there for sure: the row itself is one, or a foreign key says so. EXISTS over them is true, and a left
 * join with them is an inner one. */
#include "normal_core.h"

#define ORIGIN_DEPTH_MAX 16

/* The table whose column `e` hands on, value by value (some may be left out, or be NULL); its ordinal in the table. */
static const struct source *origin_of(const struct norm *n, nexpr e, int *ordinal) {
    for (int depth = 0; depth < ORIGIN_DEPTH_MAX && e->op == SC_COLUMN; depth++) {
        const struct ncolumn *c = &n->columns.at[e->column];
        const struct source *s = c->source;
        if (s->kind == SRC_TABLE) {
            *ordinal = s->ordinals[c->ordinal];
            return s->table && *ordinal >= 0 ? s : NULL;
        }
        if (s->kind == SRC_LIMIT) e = s->block->outs.at[c->ordinal];
        else if ((s->kind == SRC_AGG || s->kind == SRC_WINDOW) && c->ordinal < s->keys.n) e = s->keys.at[c->ordinal];
        else return NULL;
    }
    return NULL;
}

/* Every value of the child's column is one of the parent's: it is the same column, or a foreign key leads there. One from a table to itself
 * is not relied on: parts of a hierarchy are what loads leave out first. */
bool value_is_there(struct norm *n, const struct source *child, int from, const struct source *parent, int to) {
    if (strcmp(child->name, parent->name) == 0 && from == to) return true;
    if (child->table == parent->table || strchr(parent->name, '{')) return false; /* so is another version of the parent */
    for (size_t i = 0; i < child->table->fks.n; i++) {
        const struct schema_fk *fk = &child->table->fks.at[i];
        if (fk->n != 1 || fk->target != parent->table || (int)fk->columns[0] != from || (int)fk->target_columns[0] != to) continue;
        if (fk->origin != ORIGIN_VERIFIED && !norm_declared(n)) continue;
        if (fk->origin != ORIGIN_VERIFIED)
            assume_add(n, "%s.%s refers to %s (declared foreign key)", child->name, str_lower(n->arena, str_of(child->table->columns.at[from].name)),
                       parent->name);
        return true;
    }
    return false;
}

/* One table, one condition: its column = a value that is there for sure. What is left to ask: that the value is not NULL. */
static nexpr lookup_known(struct norm *n, const struct block *sub) {
    if (sub->n_sources != 1 || sub->n_items || sub->preds.n != 1 || sub->preds.at[0]->op != SC_EQ) return NULL;
    struct source *parent = sub->sources[0];
    if (parent->kind != SRC_TABLE || !parent->table) return NULL;
    for (int k = 0; k < 2; k++) {
        nexpr p = sub->preds.at[0]->args[k], x = sub->preds.at[0]->args[1 - k];
        int from, to;
        if (p->op != SC_COLUMN || n->columns.at[p->column].source->id != parent->id || expr_touches(n, sub, x)) continue;
        const struct source *child = origin_of(n, x, &from);
        to = parent->ordinals[n->columns.at[p->column].ordinal];
        if (child && to >= 0 && value_is_there(n, child, from, parent, to)) return expr_not(n, expr_of1(n, SC_IS_NULL, x));
    }
    return NULL;
}

nexpr exists_known(struct norm *n, const struct context *ctx, const struct block *sub) {
    if (sub->empty) return expr_bool(n, false);
    size_t before = n->assumes.n;
    struct exprs needs = {0};
    if (exists_witnessed(n, ctx, sub, &needs)) {
        step_add(n, "dropped an EXISTS that a row of the query itself proves");
        return expr_junction(n, SC_AND, needs.at, needs.n);
    }
    n->assumes.n = before;
    nexpr known = lookup_known(n, sub);
    if (known) step_add(n, "EXISTS asks for a value that is there for sure");
    return known;
}

bool exists_implies(struct norm *n, nexpr p, nexpr q) {
    size_t before = n->assumes.n;
    struct context inside = {.block = (struct block *)p->block};
    if (exists_witnessed(n, &inside, q->block, NULL)) return true;
    n->assumes.n = before;
    return false;
}

bool item_certain(struct norm *n, const struct context *ctx, size_t at) {
    size_t before = n->assumes.n;
    struct block *copy = block_clone(n, ctx->block->items[at].block);
    copy->is_item = false;
    copy->outs.n = 0;
    nexpr e = expr_truth(n, ctx, expr_block(n, SC_EXISTS, copy, NULL, 0));
    if (expr_is_true(e) || expr_is_true(expr_truth(n, ctx, e))) return true;
    n->assumes.n = before;
    return false;
}
