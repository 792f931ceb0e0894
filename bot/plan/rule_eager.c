/* rule_eager.c - aggregates computed early: groups that are only summed up again, and groups over a left join that are one row of its left
 * side each. */
#include "normal_core.h"

static bool named(nexpr e, const char *name) { return e->op == SC_AGG && e->name && strcmp(e->name, name) == 0 && !e->filter && !e->n_order; }

struct only {
    const struct norm *n;
    const struct source *s;
};

static bool no_aggregate_of(void *ctx, int column) {
    const struct only *o = ctx;
    const struct ncolumn *c = &o->n->columns.at[column];
    return c->source->id != o->s->id || c->ordinal < o->s->keys.n;
}

/* ------------------------------------------------------------ SUM of SUM over a join */

static bool other_column(void *ctx, int column) { return *(const int *)ctx != column; }

static bool block_uses(const struct norm *n, const struct block *b, int column) {
    (void)n;
    return !block_columns(b, other_column, &column);
}

static bool zero_filled(const struct norm *n, nexpr e, int column) {
    bool zero = e->op == SC_COALESCE && e->n == 2 && e->args[1]->op == SC_LITERAL && e->args[1]->lit.kind == VALUE_INT && e->args[1]->lit.i == 0;
    if (e->op == SC_COLUMN) return e->column != column;
    if (zero && e->args[0]->op == SC_COLUMN) return true;
    if (e->n == 0 || e->block || e->filter || e->window || e->n_order) {
        struct block one = {.outs = {1, 1, &e}};
        return !block_uses(n, &one, column);
    }
    for (size_t i = 0; i < e->n; i++)
        if (!zero_filled(n, e->args[i], column)) return false;
    return true;
}

bool sum_counts(const struct norm *n, const struct block *b, const struct source *s, nexpr sum) {
    if (s->grouped) return true;
    size_t at = 0;
    while (at < s->aggs.n && s->aggs.at[at] != sum) at++;
    if (at == s->aggs.n || b->n_items) return false;
    int column = s->columns[s->keys.n + at];
    struct block rest = *b;
    rest.preds.n = rest.outs.n = 0;
    if (block_uses(n, &rest, column)) return false;
    for (size_t i = 0; i < b->preds.n; i++)
        if (!zero_filled(n, b->preds.at[i], column)) return false;
    for (size_t i = 0; i < b->outs.n; i++)
        if (!zero_filled(n, b->outs.at[i], column)) return false;
    return true;
}

/* The outer aggregate over the rows below `t`, that each stand for their group now; NULL: it cannot be said. */
static nexpr over_rows(const struct norm *n, const struct block *b, const struct source *s, const struct source *t, nexpr e) {
    struct only ask = {n, t};
    if (expr_columns(e, no_aggregate_of, &ask)) {
        bool plain = named(e, "sum") || named(e, "count") || named(e, "avg");
        return named(e, "min") || named(e, "max") || named(e, "the") || (plain && e->distinct) ? e : NULL;
    }
    if (e->op != SC_AGG || e->n != 1 || e->distinct || e->args[0]->op != SC_COLUMN) return NULL;
    const struct ncolumn *c = &n->columns.at[e->args[0]->column];
    nexpr inner = c->source->id == t->id ? t->aggs.at[c->ordinal - t->keys.n] : NULL;
    if (!inner || inner->op != SC_AGG || inner->distinct || inner->filter || inner->is_volatile) return NULL;
    if ((named(e, "min") && named(inner, "min")) || (named(e, "max") && named(inner, "max"))) return inner;
    if (named(e, "sum") && named(inner, "sum")) return inner->args[0]->type.kind == TYPE_FLOAT ? NULL : inner;
    return named(e, "sum") && named(inner, "count") && sum_counts(n, b, s, e) ? inner : NULL;
}

/* Nothing but the outer aggregates looks at what `t` computes. */
static bool keys_alone_used(const struct norm *n, const struct block *b, const struct source *s, const struct source *t) {
    struct only ask = {n, t};
    struct block rest = *b;
    rest.n_sources = rest.outs.n = 0;
    if (!block_columns(&rest, no_aggregate_of, &ask)) return false;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct block one = {.n_sources = 1, .sources = &b->sources[i]};
        if (b->sources[i]->id != t->id && !block_columns(&one, no_aggregate_of, &ask)) return false;
    }
    for (size_t i = 0; i < s->keys.n; i++)
        if (!expr_columns(s->keys.at[i], no_aggregate_of, &ask)) return false;
    return true;
}

static bool early_open(struct norm *n, const struct block *around, struct source *s, size_t at) {
    struct block *b = s->block;
    struct source *t = b->sources[at];
    if (t->kind != SRC_AGG || !t->grouped || t->n_sets || t->aggs.n == 0 || t->block->empty || !keys_alone_used(n, b, s, t)) return false;
    struct exprs aggs = {0};
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr e = over_rows(n, around, s, t, s->aggs.at[i]);
        if (!e) return false;
        exprs_add(n, &aggs, e);
    }
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    b->outs.n = 0;
    replace_begin(n);
    for (size_t i = 0; i < t->keys.n; i++) replace_set(n, t->columns[i], t->keys.at[i]);
    for (size_t i = 0; i < aggs.n; i++) aggs.at[i] = expr_replace(n, aggs.at[i]);
    for (size_t i = 0; i < s->keys.n; i++) s->keys.at[i] = expr_replace(n, s->keys.at[i]);
    block_replace(n, b);
    replace_end(n);
    s->aggs = aggs;
    t->block->outs.n = 0;
    block_absorb(n, b, t->block);
    step_add(n, "groups that are only summed up again are opened");
    source_simplify(n, NULL, s);
    return true;
}

/* ------------------------------------------------------------ groups over a left join */

struct side {
    struct norm *n;
    struct source *s;
    struct block *left; /* what the groups are rows of */
    struct left_item item;
    struct exprs links, inner, outer, rest; /* ON: inner = outer, and what the right side says of itself */
};

/* ON in two: equations with the left side, and conditions on the right side alone. */
static bool on_splits(struct side *x) {
    struct block *right = x->item.block;
    for (size_t i = 0; i < right->preds.n; i++) {
        nexpr p = right->preds.at[i];
        bool local = expr_local(x->n, right, p) && !expr_has_op(p, SC_EXISTS) && !expr_has_op(p, SC_SUBQUERY);
        if (local) exprs_add(x->n, &x->rest, p);
        for (int k = 0; k < 2 && !local && p->op == SC_EQ; k++) {
            nexpr in = p->args[k], out = p->args[1 - k];
            if (!expr_local(x->n, right, in) || !expr_touches(x->n, right, in) || expr_touches(x->n, right, out) || expr_has_op(out, SC_SUBQUERY))
                continue;
            exprs_add(x->n, &x->links, p);
            exprs_add(x->n, &x->inner, in);
            exprs_add(x->n, &x->outer, out);
            local = true;
        }
        if (!local) return false;
    }
    return x->links.n > 0;
}

/* Over the right side alone, and NULL or 0 where nothing matched; or one value of the left side. */
static bool aggregate_fits(const struct side *x, nexpr e) {
    static const char *const known[] = {"count", "sum", "min", "max", "avg"};
    const struct block *right = x->item.block;
    if (named(e, "the")) return !expr_touches(x->n, right, e) && !expr_has_op(e, SC_MATCHED);
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= named(e, known[i]);
    return found && e->n == 1 && !e->is_volatile && expr_local(x->n, right, e->args[0]) && expr_propagates(x->n, e->args[0], right);
}

static bool left_fits(struct side *x) {
    struct norm *n = x->n;
    struct source *s = x->s;
    if (x->item.block->n_items || x->item.block->empty) return false;
    for (size_t i = 0; i < x->item.block->n_sources; i++)
        if (x->item.block->sources[i]->kind != SRC_TABLE && x->item.block->sources[i]->kind != SRC_AGG) return false;
    for (size_t i = 0; i < s->keys.n; i++)
        if (expr_touches(n, x->item.block, s->keys.at[i]) || expr_has_op(s->keys.at[i], SC_MATCHED)) return false;
    for (size_t i = 0; i < x->left->preds.n; i++)
        if (expr_touches(n, x->item.block, x->left->preds.at[i]) || expr_has_op(x->left->preds.at[i], SC_MATCHED)) return false;
    for (size_t i = 0; i < s->aggs.n; i++)
        if (!aggregate_fits(x, s->aggs.at[i])) return false;
    return on_splits(x);
}

/* The groups of the right side, as the left join's item; what each aggregate is then. */
static void item_group(struct side *x, nexpr *values) {
    struct norm *n = x->n;
    struct source *agg = source_new(n, SRC_AGG, x->s->rel);
    struct block *right = block_new(n);
    agg->block = x->item.block;
    agg->block->preds = x->rest;
    agg->block->is_item = false;
    agg->grouped = true;
    for (size_t i = 0; i < x->inner.n; i++) {
        exprs_add(n, &agg->keys, x->inner.at[i]);
        nexpr key = expr_column(n, ncolumn_new(n, agg, x->inner.at[i]->type, true));
        block_pred_add(n, right, expr_of2(n, SC_EQ, key, x->outer.at[i]));
    }
    for (size_t i = 0; i < x->s->aggs.n; i++) {
        nexpr e = x->s->aggs.at[i];
        values[i] = named(e, "the") ? e->args[0] : NULL;
        if (values[i]) continue;
        bool counts = strcmp(e->name, "count") == 0;
        if (counts && !e->distinct && exprs_have(&agg->keys, e->args[0])) { /* of a group that is found by it, it is never NULL */
            struct scalar star = *e;
            star.n = 0;
            e = expr_make(n, star);
        }
        exprs_add(n, &agg->aggs, e);
        nexpr both[2] = {expr_column(n, ncolumn_new(n, agg, e->type, true)), expr_int(n, 0)};
        values[i] = counts ? expr_make(n, (struct scalar){.op = SC_COALESCE, .n = 2, .args = both, .type = e->type}) : both[0];
    }
    source_simplify(n, NULL, agg);
    block_source_add(n, right, agg);
    x->item = (struct left_item){++n->next_item, right};
}

/* GROUP BY the key of the left side: each of its rows with the group that it matches. */
static bool left_open(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    if (s->kind != SRC_AGG || !s->grouped || s->n_sets || s->aggs.n == 0 || s->block->n_items != 1 || s->block->n_sources == 0) return false;
    struct side x = {.n = n, .s = s, .left = s->block, .item = s->block->items[0]};
    if (s->block->empty || !left_fits(&x)) return false;
    struct block alone = *s->block;
    alone.n_items = alone.outs.n = 0;
    if (!block_determined(n, &alone, &s->keys, true)) return false;
    nexpr *values = arena_array(n->arena, s->aggs.n + 1, sizeof *values);
    item_group(&x, values);
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    x.left->n_items = x.left->outs.n = 0;
    block_absorb(n, b, x.left);
    block_item_add(n, b, x.item);
    replace_begin(n);
    for (size_t i = 0; i < s->n_columns; i++) replace_set(n, s->columns[i], i < s->keys.n ? s->keys.at[i] : values[i - s->keys.n]);
    block_replace(n, b);
    replace_end(n);
    step_add(n, "groups over a left join, one for each row of its left side, are a left join with groups");
    return true;
}

bool rule_eager(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->kind != SRC_AGG || s->n_sets) continue;
        for (size_t k = 0; s->block->n_sources > 1 && s->aggs.n && k < s->block->n_sources; k++)
            if (early_open(n, b, s, k)) return true;
        if (left_open(n, b, i)) return true;
    }
    return false;
}
