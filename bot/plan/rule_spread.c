/* rule_spread.c - an aggregate over whole partitions is a join with the groups; rows with none before them, of which only the group and the
 * order are asked, are the groups with their least. */
#include "normal_core.h"

#define SPREAD_SOURCES_MAX 3 /* a copy of more would cost more than it shows */

static bool few_tables(const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_TABLE) return false;
    for (size_t i = 0; i < b->preds.n; i++)
        if (expr_has_op(b->preds.at[i], SC_EXISTS) || expr_has_op(b->preds.at[i], SC_SUBQUERY) || b->preds.at[i]->is_volatile) return false;
    return b->n_sources && b->n_sources <= SPREAD_SOURCES_MAX && !b->n_items && !b->empty;
}

/* ------------------------------------------------------------ windows without an order */

static bool spreads(nexpr e) {
    static const char *const known[] = {"count", "sum", "min", "max", "avg"};
    const struct window_spec *w = e->window;
    nexpr fn = e->args[0];
    if (w->n_order || w->unit != WINDOW_NONE || w->exclude || fn->op != SC_AGG || fn->filter || fn->n_order || fn->n > 1 || fn->is_volatile)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], fn->name) == 0) return true;
    return false;
}

static bool same_partition(const struct window_spec *a, const struct window_spec *b) {
    if (a->n_partition != b->n_partition) return false;
    for (size_t i = 0; i < a->n_partition; i++)
        if (a->partition[i] != b->partition[i]) return false;
    return true;
}

/* Every row finds its group by equality: the keys are never NULL, and equal ones are the same value. */
static bool partition_solid(struct norm *n, const struct source *s, const struct window_spec *w) {
    struct context inner = {.block = s->block};
    size_t before = n->assumes.n;
    for (size_t i = 0; i < w->n_partition; i++) {
        if (!w->partition[i]->is_volatile && class_eligible(n, w->partition[i], w->partition[i]) && !expr_nullable(n, &inner, w->partition[i]))
            continue;
        n->assumes.n = before;
        return false;
    }
    return true;
}

static void spread_open(struct norm *n, struct block *b, struct source *s, const struct window_spec *w) {
    struct block whole = *s->block;
    whole.outs = (struct exprs){0};
    for (size_t i = 0; i < w->n_partition; i++) exprs_add(n, &whole.outs, w->partition[i]);
    for (size_t i = 0; i < s->aggs.n; i++)
        if (spreads(s->aggs.at[i]) && same_partition(s->aggs.at[i]->window, w)) exprs_add(n, &whole.outs, s->aggs.at[i]->args[0]);
    struct block *copy = block_clone(n, &whole);
    struct source *agg = source_new(n, SRC_AGG, s->rel);
    agg->block = copy;
    agg->grouped = w->n_partition > 0;
    for (size_t i = 0; i < copy->outs.n; i++) {
        exprs_add(n, i < w->n_partition ? &agg->keys : &agg->aggs, copy->outs.at[i]);
        (void)ncolumn_new(n, agg, copy->outs.at[i]->type, true);
    }
    for (size_t i = 0; i < w->n_partition; i++)
        block_pred_add(n, b, expr_of2(n, SC_EQ, expr_column(n, agg->columns[i]), window_pass(n, s, w->partition[i])));
    replace_begin(n);
    for (size_t i = 0, at = w->n_partition; i < s->aggs.n; i++)
        if (spreads(s->aggs.at[i]) && same_partition(s->aggs.at[i]->window, w))
            replace_set(n, s->columns[s->keys.n + i], expr_column(n, agg->columns[at++]));
    block_replace(n, b);
    replace_end(n);
    for (size_t i = s->aggs.n; i-- > 0;) {
        if (!spreads(s->aggs.at[i]) || !same_partition(s->aggs.at[i]->window, w)) continue;
        exprs_remove(&s->aggs, i);
        source_column_remove(n, s, s->keys.n + i);
    }
    source_simplify(n, NULL, agg);
    block_source_add(n, b, agg);
    step_add(n, "an aggregate over whole partitions is a join with the groups");
}

static bool window_spread(struct norm *n, struct block *b, struct source *s) {
    if (s->kind != SRC_WINDOW || !few_tables(s->block)) return false;
    for (size_t i = 0; i < s->aggs.n; i++) {
        const struct window_spec *w = s->aggs.at[i]->window;
        if (!spreads(s->aggs.at[i]) || !partition_solid(n, s, w)) continue;
        spread_open(n, b, s, w);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------ the least of each group */

struct least {
    struct norm *n;
    const struct source *table;
    struct exprs keys;
    nexpr value;
    bool most;
};

static bool same_column(const struct norm *n, nexpr mine, nexpr other) {
    if (mine->op != SC_COLUMN || other->op != SC_COLUMN) return false;
    return strcmp(n->columns.at[mine->column].name, n->columns.at[other->column].name) == 0;
}

static bool is_of(const struct norm *n, nexpr e, const struct source *s) {
    return e->op == SC_COLUMN && n->columns.at[e->column].source->id == s->id;
}

/* NOT EXISTS of a row of the same table with the same k and a smaller x, and of nothing else. */
static bool least_of(struct least *l, nexpr p) {
    struct norm *n = l->n;
    const struct block *sub = p->op == SC_NOT && p->args[0]->op == SC_EXISTS ? p->args[0]->block : NULL;
    if (!sub || sub->n_sources != 1 || sub->n_items || sub->sources[0]->kind != SRC_TABLE || strcmp(sub->sources[0]->name, l->table->name) != 0)
        return false;
    for (size_t i = 0; i < sub->preds.n; i++) {
        nexpr q = sub->preds.at[i];
        if (q->op != SC_EQ && q->op != SC_LT) return false;
        size_t inner = is_of(n, q->args[0], sub->sources[0]) ? 0 : 1;
        nexpr mine = q->args[inner], here = q->args[1 - inner];
        if (!is_of(n, mine, sub->sources[0]) || !is_of(n, here, l->table) || !same_column(n, mine, here)) return false;
        if (q->op == SC_EQ) exprs_add(n, &l->keys, here);
        else if (l->value) return false;
        else l->value = here, l->most = inner == 1;
    }
    return l->value && l->keys.n;
}

struct asks {
    const struct least *l;
};

static bool key_or_value(void *ctx, int column) {
    const struct least *l = ((const struct asks *)ctx)->l;
    nexpr e = expr_column(l->n, column);
    return e == l->value || exprs_have(&l->keys, e);
}

static bool key_column(void *ctx, int column) {
    const struct least *l = ((const struct asks *)ctx)->l;
    return exprs_have(&l->keys, expr_column(l->n, column));
}

static bool group_condition(const struct least *l, nexpr p) {
    struct asks ask = {l};
    return !p->is_volatile && !expr_has_op(p, SC_EXISTS) && !expr_has_op(p, SC_SUBQUERY) && !expr_has_op(p, SC_MATCHED) &&
           expr_columns(p, key_column, &ask);
}

static bool least_group(struct norm *n, struct block *b) {
    if (b->n_sources != 1 || b->n_items || b->preds.n == 0 || b->sources[0]->kind != SRC_TABLE || b->outs.n == 0) return false;
    struct least l = {.n = n, .table = b->sources[0]};
    size_t at = 0;
    while (at < b->preds.n && !least_of(&l, b->preds.at[at])) l.keys.n = 0, l.value = NULL, at++;
    struct asks ask = {&l};
    struct context here = {.block = b};
    size_t before = n->assumes.n;
    if (at == b->preds.n) return false;
    for (size_t i = 0; i < b->preds.n; i++) /* the others say something of the whole group */
        if (i != at && !group_condition(&l, b->preds.at[i])) return false;
    bool fits = class_eligible(n, l.value, l.value) && !expr_nullable(n, &here, l.value);
    for (size_t i = 0; i < l.keys.n && fits; i++) fits = !expr_nullable(n, &here, l.keys.at[i]);
    for (size_t i = 0; i < b->outs.n && fits; i++)
        fits = b->outs.at[i]->op != SC_AGG && b->outs.at[i]->op != SC_WINDOW && expr_columns(b->outs.at[i], key_or_value, &ask);
    struct exprs seed = {0};
    for (size_t i = 0; i < l.keys.n; i++) exprs_add(n, &seed, l.keys.at[i]);
    exprs_add(n, &seed, l.value);
    struct block alone = *b;
    alone.preds.n = alone.outs.n = 0;
    if (!fits || !block_determined(n, &alone, &seed, true)) {
        n->assumes.n = before;
        return false;
    }
    struct source *agg = source_new(n, SRC_AGG, l.table->rel);
    agg->block = block_new(n);
    agg->grouped = true;
    block_source_add(n, agg->block, b->sources[0]);
    struct scalar best = {.op = SC_AGG, .name = l.most ? "max" : "min", .n = 1, .args = &l.value, .type = l.value->type, .nullable = true};
    agg->keys = l.keys;
    exprs_add(n, &agg->aggs, expr_make(n, best));
    for (size_t i = 0; i <= l.keys.n; i++) (void)ncolumn_new(n, agg, i < l.keys.n ? l.keys.at[i]->type : l.value->type, false);
    for (size_t i = 0; i < b->preds.n; i++)
        if (i != at) exprs_add(n, &agg->block->preds, b->preds.at[i]);
    b->n_sources = b->preds.n = 0;
    replace_begin(n);
    for (size_t i = 0; i < l.keys.n; i++) replace_set(n, l.keys.at[i]->column, expr_column(n, agg->columns[i]));
    replace_set(n, l.value->column, expr_column(n, agg->columns[l.keys.n]));
    block_replace(n, b);
    replace_end(n);
    block_source_add(n, b, agg);
    source_simplify(n, NULL, agg);
    step_add(n, "the row with none before it, of which only group and order are asked, is the least of its group");
    return true;
}

bool rule_spread(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++)
        if (window_spread(n, b, b->sources[i])) return true;
    return least_group(n, b);
}
