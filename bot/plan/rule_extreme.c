/* rule_extreme.c - comparisons with the greatest or least of a set, and rows that come first in their partition: EXISTS and NOT EXISTS of a
 * better row. */
#include "normal_core.h"

#define EXTREME_ORDER_MAX   3
#define EXTREME_SOURCES_MAX 3 /* a copy of more would cost more than it shows */

struct extreme {
    struct norm *n;
    struct block *b;
    struct source *s;
    struct exprs partner; /* what each grouping key equals */
    nexpr value;          /* what the aggregate is compared with */
};

static bool is_named(nexpr e, const char *name) { return e->op == SC_AGG && e->name && strcmp(e->name, name) == 0; }

struct only {
    const struct norm *n;
    const struct source *s;
    size_t from; /* ordinals from here on are asked for */
};

static bool not_from(void *ctx, int column) {
    const struct only *o = ctx;
    const struct ncolumn *c = &o->n->columns.at[column];
    return c->source->id != o->s->id || c->ordinal < o->from;
}

/* Some column of `s` from ordinal `from` on is used by the block, `but` (or NULL) left out. */
static bool used_beside(const struct norm *n, const struct block *b, const struct source *s, size_t from, nexpr but) {
    struct only ask = {n, s, from};
    for (size_t i = 0; i < b->preds.n; i++)
        if (b->preds.at[i] != but && !expr_columns(b->preds.at[i], not_from, &ask)) return true;
    struct block rest = *b;
    rest.preds.n = rest.n_sources = 0;
    if (!block_columns(&rest, not_from, &ask)) return true;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct block one = {.n_sources = 1, .sources = &b->sources[i]};
        if (b->sources[i]->id != s->id && !block_columns(&one, not_from, &ask)) return true;
    }
    return false;
}

/* EXISTS of a row of the group for which x `op` value; SC_NOT: for which x is not NULL. */
static nexpr row_with(const struct extreme *x, enum scalar_op op) {
    struct norm *n = x->n;
    struct block whole = *x->s->block;
    whole.outs = (struct exprs){0};
    for (size_t i = 0; i < x->s->keys.n; i++) exprs_add(n, &whole.outs, x->s->keys.at[i]);
    exprs_add(n, &whole.outs, x->s->aggs.at[0]->args[0]);
    struct block *sub = block_clone(n, &whole);
    struct exprs outs = sub->outs;
    sub->outs = (struct exprs){0};
    for (size_t i = 0; i < x->s->keys.n; i++) block_pred_add(n, sub, expr_of2(n, SC_EQ, outs.at[i], x->partner.at[i]));
    nexpr arg = outs.at[x->s->keys.n];
    block_pred_add(n, sub, op == SC_NOT ? expr_not(n, expr_of1(n, SC_IS_NULL, arg)) : expr_of2(n, op, arg, x->value));
    return sub->empty ? expr_bool(n, false) : expr_block(n, SC_EXISTS, sub, NULL, 0);
}

/* "extreme op value" for the greatest (`most`) or least, where only TRUE counts. */
static nexpr asked(const struct extreme *x, enum scalar_op op, bool most) {
    struct norm *n = x->n;
    enum scalar_op better = most ? SC_GT : SC_LT, as_good = most ? SC_GE : SC_LE;
    if (op == better || op == as_good) return row_with(x, op);
    if (op == SC_EQ) return expr_and2(n, row_with(x, SC_EQ), expr_not(n, row_with(x, better)));
    nexpr none = op == (most ? SC_LE : SC_GE) ? row_with(x, better) : row_with(x, as_good);
    nexpr worse = expr_and2(n, row_with(x, SC_NOT), expr_not(n, none)), known = expr_not(n, expr_of1(n, SC_IS_NULL, x->value));
    return expr_and2(n, known, op == SC_NE ? expr_or2(n, row_with(x, better), worse) : worse);
}

/* The only comparison of the aggregate's column; its operator with the column on the left. */
static nexpr comparison_of(const struct extreme *x, nexpr column, enum scalar_op *op, nexpr *value) {
    static const enum scalar_op swapped[] = {[SC_EQ] = SC_EQ, [SC_NE] = SC_NE, [SC_LT] = SC_GT, [SC_LE] = SC_GE, [SC_GT] = SC_LT, [SC_GE] = SC_LE};
    for (size_t i = 0; i < x->b->preds.n; i++) {
        nexpr p = x->b->preds.at[i];
        for (int k = 0; k < 2 && p->op >= SC_EQ && p->op <= SC_GE; k++) {
            if (p->args[k] != column || expr_uses_source(p->args[1 - k], x->n, x->s) || expr_has_op(p->args[1 - k], SC_SUBQUERY)) continue;
            *op = k ? swapped[p->op] : p->op;
            *value = p->args[1 - k];
            return p;
        }
    }
    return NULL;
}

/* WHERE v = (SELECT MAX(x) ..): there is a row with x = v, and none with x > v. */
static bool extreme_open(struct norm *n, struct block *b, size_t at) {
    struct extreme x = {.n = n, .b = b, .s = b->sources[at]};
    struct source *s = x.s;
    if (s->kind != SRC_AGG || s->n_sets || s->aggs.n != 1 || s->block->empty || s->block->n_sources > EXTREME_SOURCES_MAX ||
        (s->grouped && s->keys.n == 0))
        return false;
    nexpr e = s->aggs.at[0], column = expr_column(n, s->columns[s->keys.n]);
    bool most = is_named(e, "max");
    if ((!most && !is_named(e, "min")) || e->n != 1 || e->filter || e->n_order || e->is_volatile || expr_is_literal(e->args[0])) return false;
    nexpr *pred = arena_array(n->arena, s->keys.n + 1, sizeof *pred);
    for (size_t i = 0; i < s->keys.n; i++) {
        nexpr key = expr_column(n, s->columns[i]), other = key_partner(n, b, s, key, &pred[i]);
        if (!other || !class_eligible(n, key, other)) return false;
        exprs_add(n, &x.partner, other);
    }
    enum scalar_op op;
    nexpr p = comparison_of(&x, column, &op, &x.value);
    if (!p || !class_eligible(n, e->args[0], x.value) || x.value->is_volatile) return false;
    if (used_beside(n, b, s, s->keys.n, p)) return false;
    for (size_t i = 0; i < b->preds.n; i++) {
        bool link = b->preds.at[i] == p;
        for (size_t k = 0; k < s->keys.n; k++) link |= b->preds.at[i] == pred[k];
        if (link) exprs_remove(&b->preds, i--);
    }
    nexpr instead = asked(&x, op, most);
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    replace_begin(n);
    for (size_t i = 0; i < s->keys.n; i++) replace_set(n, s->columns[i], x.partner.at[i]);
    block_replace(n, b);
    replace_end(n);
    block_pred_add(n, b, instead);
    step_add(n, "a comparison with the greatest or least asks for a row, or for none, beyond it");
    return true;
}

/* ------------------------------------------------------------ the first of a partition */

static bool few_tables(const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_TABLE) return false;
    for (size_t i = 0; i < b->preds.n; i++)
        if (expr_has_op(b->preds.at[i], SC_EXISTS) || b->preds.at[i]->is_volatile) return false;
    return b->n_sources && b->n_sources <= EXTREME_SOURCES_MAX && !b->n_items && !b->empty;
}

/* Comes first by rank, or by number where no two rows come equal. */
static bool tells_first(struct norm *n, struct source *s, nexpr e) {
    const struct window_spec *w = e->window;
    const char *name = e->args[0]->name ? e->args[0]->name : "";
    bool number = strcmp(name, "row_number") == 0, rank = strcmp(name, "rank") == 0 || strcmp(name, "dense_rank") == 0;
    if ((!number && !rank) || w->n_order == 0 || w->n_order > EXTREME_ORDER_MAX) return false;
    struct exprs seed = {0};
    for (size_t i = 0; i < w->n_partition; i++) exprs_add(n, &seed, w->partition[i]);
    for (size_t i = 0; i < w->n_order; i++) exprs_add(n, &seed, w->order[i].expr);
    struct context inner = {.block = s->block};
    size_t before = n->assumes.n;
    bool solid = true;
    for (size_t i = 0; i < seed.n && solid; i++) {
        enum type_kind k = seed.at[i]->type.kind;
        bool sorts = k == TYPE_INT || k == TYPE_DECIMAL || k == TYPE_DATE || k == TYPE_TIMESTAMP || k == TYPE_STRING;
        solid = !seed.at[i]->is_volatile && sorts && class_eligible(n, seed.at[i], seed.at[i]) && !expr_nullable(n, &inner, seed.at[i]);
    }
    if (solid && number) solid = block_determined(n, s->block, &seed, true);
    if (!solid) n->assumes.n = before;
    return solid;
}

static bool other_column(void *ctx, int column) { return *(const int *)ctx != column; }

static bool column_used_beside(const struct block *b, int column, nexpr but) {
    struct block rest = *b;
    rest.preds.n = 0;
    for (size_t i = 0; i < b->preds.n; i++)
        if (b->preds.at[i] != but && !expr_columns(b->preds.at[i], other_column, &column)) return true;
    return !block_columns(&rest, other_column, &column);
}

/* Another row of the partition comes before this one. */
static nexpr row_before(struct norm *n, struct source *s, const struct window_spec *w) {
    struct block whole = *s->block;
    whole.outs = (struct exprs){0};
    for (size_t i = 0; i < w->n_partition; i++) exprs_add(n, &whole.outs, w->partition[i]);
    for (size_t i = 0; i < w->n_order; i++) exprs_add(n, &whole.outs, w->order[i].expr);
    struct block *sub = block_clone(n, &whole);
    struct exprs outs = sub->outs;
    sub->outs = (struct exprs){0};
    for (size_t i = 0; i < w->n_partition; i++) block_pred_add(n, sub, expr_of2(n, SC_EQ, outs.at[i], window_pass(n, s, w->partition[i])));
    nexpr before = expr_bool(n, false), even = expr_bool(n, true);
    for (size_t i = 0; i < w->n_order; i++) {
        nexpr there = outs.at[w->n_partition + i], here = window_pass(n, s, w->order[i].expr);
        before = expr_or2(n, before, expr_and2(n, even, expr_of2(n, w->order[i].descending ? SC_GT : SC_LT, there, here)));
        even = expr_and2(n, even, expr_of2(n, SC_EQ, there, here));
    }
    block_pred_add(n, sub, before);
    return sub->empty ? expr_bool(n, false) : expr_block(n, SC_EXISTS, sub, NULL, 0);
}

/* WHERE RANK() OVER (PARTITION BY k ORDER BY x) = 1: no row of the partition has a smaller x. */
static bool first_open(struct norm *n, struct block *b, struct source *s) {
    if (s->kind != SRC_WINDOW || !few_tables(s->block)) return false;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i];
        for (int k = 0; k < 2 && p->op == SC_EQ; k++) {
            nexpr c = p->args[k], one = p->args[1 - k];
            if (c->op != SC_COLUMN || n->columns.at[c->column].source->id != s->id || one != expr_int(n, 1)) continue;
            size_t at = n->columns.at[c->column].ordinal;
            if (at < s->keys.n || !tells_first(n, s, s->aggs.at[at - s->keys.n])) continue;
            if (column_used_beside(b, c->column, p)) continue;
            nexpr window = s->aggs.at[at - s->keys.n];
            exprs_remove(&b->preds, i);
            exprs_remove(&s->aggs, at - s->keys.n);
            source_column_remove(n, s, at);
            block_pred_add(n, b, expr_not(n, row_before(n, s, window->window)));
            step_add(n, "the first of each partition is the row with none before it");
            return true;
        }
    }
    return false;
}

/* DENSE_RANK() = 1 where RANK() = 1. */
static bool rank_spelled(struct norm *n, struct block *b, struct source *s) {
    for (size_t i = 0; s->kind == SRC_WINDOW && i < b->preds.n; i++) {
        nexpr p = b->preds.at[i];
        for (int k = 0; k < 2 && p->op == SC_EQ; k++) {
            nexpr c = p->args[k];
            if (c->op != SC_COLUMN || n->columns.at[c->column].source->id != s->id || p->args[1 - k] != expr_int(n, 1)) continue;
            size_t at = n->columns.at[c->column].ordinal;
            nexpr e = at < s->keys.n ? NULL : s->aggs.at[at - s->keys.n];
            if (!e || strcmp(e->args[0]->name ? e->args[0]->name : "", "dense_rank") != 0 || column_used_beside(b, c->column, p)) continue;
            struct scalar rank = *e->args[0];
            rank.name = "rank";
            nexpr fn = expr_make(n, rank);
            s->aggs.at[at - s->keys.n] = expr_with(n, e, &fn);
            return true;
        }
    }
    return false;
}

bool rule_extreme(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++)
        if (extreme_open(n, b, i) || first_open(n, b, b->sources[i]) || rank_spelled(n, b, b->sources[i])) return true;
    return false;
}
