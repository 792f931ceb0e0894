/* rule_subquery.c - scalar sub-queries and one-row aggregates that ask for less than they say: a row at all, the greatest value. */
#include "normal_core.h"

/* ------------------------------------------------------------ the first row of an order */

static const struct source *lone_limit(const struct block *b) {
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty || b->outs.n != 1 || b->sources[0]->kind != SRC_LIMIT) return NULL;
    const struct source *s = b->sources[0];
    bool one = s->limit && s->limit->op == SC_LITERAL && s->limit->lit.kind == VALUE_INT && s->limit->lit.i >= 1 && !s->offset && !s->name;
    return one ? s : NULL;
}

/* What the one output of a sub-query with LIMIT is inside of it; NULL: something else. */
static nexpr limited_value(const struct norm *n, const struct block *b, const struct source *s) {
    nexpr out = b->outs.at[0];
    if (out->op == SC_LITERAL) return out;
    const struct ncolumn *c = out->op == SC_COLUMN ? &n->columns.at[out->column] : NULL;
    return c && c->source->id == s->id && c->ordinal < s->block->outs.n ? s->block->outs.at[c->ordinal] : NULL;
}

/* Values that compare equal are the same value: else the first of an order and the greatest may be told apart. */
static bool one_of_each(const struct norm *n, nexpr e) {
    bool folds = n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_TSQL;
    enum type_kind k = e->type.kind;
    return k == TYPE_INT || k == TYPE_DECIMAL || k == TYPE_DATE || k == TYPE_TIMESTAMP || (k == TYPE_STRING && !folds);
}

/* (SELECT x .. ORDER BY x DESC LIMIT 1) is (SELECT MAX(x) ..), where NULLs come last: over no rows both are NULL. */
static nexpr first_to_aggregate(struct norm *n, nexpr e) {
    const struct source *s = lone_limit(e->block);
    if (!s || s->limit->lit.i != 1 || s->n_order == 0 || e->block->outs.at[0]->op != SC_COLUMN) return NULL;
    const struct ncolumn *c = &n->columns.at[e->block->outs.at[0]->column];
    const struct sort_key *by = &s->order[0];
    struct context inner = {.block = s->block};
    if (c->source->id != s->id || c->ordinal >= s->block->outs.n || s->block->outs.at[c->ordinal] != by->expr) return NULL;
    if (by->expr->is_volatile || !one_of_each(n, by->expr) || (by->nulls_first && expr_nullable(n, &inner, by->expr))) return NULL;
    struct block *copy = block_clone(n, e->block), *under = copy->sources[0]->block;
    nexpr value = under->outs.at[c->ordinal];
    struct source *agg = source_new(n, SRC_AGG, s->rel);
    struct scalar best = {.op = SC_AGG, .name = by->descending ? "max" : "min", .n = 1, .args = &value, .type = value->type, .nullable = true};
    agg->block = under;
    exprs_add(n, &agg->aggs, expr_make(n, best));
    nexpr out = expr_column(n, ncolumn_new(n, agg, value->type, true));
    source_simplify(n, NULL, agg);
    struct block *b = block_new(n);
    block_source_add(n, b, agg);
    exprs_add(n, &b->outs, out);
    struct scalar again = *e;
    again.block = b;
    step_add(n, "the first value of an order is the greatest or the least");
    return expr_make(n, again);
}

/* (SELECT DISTINCT x .. ORDER BY x DESC LIMIT 1 OFFSET 1): the greatest of those that some x is greater than. */
static nexpr second_to_aggregate(struct norm *n, nexpr e) {
    const struct block *b = e->block;
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty || b->outs.n != 1 || b->sources[0]->kind != SRC_LIMIT) return NULL;
    const struct source *s = b->sources[0], *d = s->block->n_sources == 1 ? s->block->sources[0] : NULL;
    nexpr one = expr_int(n, 1);
    if (s->block->empty || s->limit != one || s->offset != one || s->name || s->n_order != 1 || s->n_columns != 1 || s->block->n_items ||
        s->block->preds.n)
        return NULL;
    if (!d || d->kind != SRC_AGG || !d->grouped || d->n_sets || d->keys.n != 1 || d->aggs.n || d->block->empty || s->block->outs.n != 1) return NULL;
    const struct sort_key *by = &s->order[0];
    nexpr key = expr_column(n, d->columns[0]);
    struct context inner = {.block = s->block};
    bool plain = b->outs.at[0] == expr_column(n, s->columns[0]) && s->block->outs.at[0] == key && by->expr == key;
    if (!plain || !one_of_each(n, key) || key->is_volatile || (by->nulls_first && expr_nullable(n, &inner, key))) return NULL;
    struct block whole = *d->block;
    whole.outs = (struct exprs){0};
    exprs_add(n, &whole.outs, d->keys.at[0]);
    struct block *under = block_clone(n, &whole), *beyond = block_clone(n, &whole);
    nexpr value = under->outs.at[0], other = beyond->outs.at[0];
    under->outs.n = beyond->outs.n = 0;
    block_pred_add(n, beyond, expr_of2(n, by->descending ? SC_GT : SC_LT, other, value));
    block_pred_add(n, under, expr_block(n, SC_EXISTS, beyond, NULL, 0));
    struct source *agg = source_new(n, SRC_AGG, s->rel);
    struct scalar best = {.op = SC_AGG, .name = by->descending ? "max" : "min", .n = 1, .args = &value, .type = value->type, .nullable = true};
    agg->block = under;
    exprs_add(n, &agg->aggs, expr_make(n, best));
    nexpr out = expr_column(n, ncolumn_new(n, agg, value->type, true));
    source_simplify(n, NULL, agg);
    struct block *made = block_new(n);
    block_source_add(n, made, agg);
    exprs_add(n, &made->outs, out);
    struct scalar again = *e;
    again.block = made;
    step_add(n, "the second value of an order is the greatest or the least that another one passes");
    return expr_make(n, again);
}

/* (SELECT x .. LIMIT 1) IS NULL, where x never is: there is no row. */
static nexpr null_to_exists(struct norm *n, const struct context *ctx, nexpr e) {
    const struct source *s = e->args[0]->op == SC_SUBQUERY ? lone_limit(e->args[0]->block) : NULL;
    if (!s) return NULL;
    nexpr value = limited_value(n, e->args[0]->block, s);
    struct context inner = {.outer = ctx, .block = s->block};
    if (!value || expr_nullable(n, &inner, value)) return NULL;
    struct block *copy = block_clone(n, e->args[0]->block);
    copy->outs.n = 0;
    step_add(n, "a sub-query that is compared with NULL only asks for a row");
    return expr_truth(n, ctx, expr_not(n, expr_block(n, SC_EXISTS, copy, NULL, 0)));
}

nexpr subquery_less(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->op == SC_SUBQUERY) {
        nexpr first = first_to_aggregate(n, e);
        return first ? first : second_to_aggregate(n, e);
    }
    return e->op == SC_IS_NULL ? null_to_exists(n, ctx, e) : NULL;
}

/* ------------------------------------------------------------ a count that only tells whether there is a row */

/* The block of a one-row aggregate with what its count passes over left out, as EXISTS. */
static nexpr counted_rows(struct norm *n, const struct source *s, nexpr count) {
    struct block holder = {.n_sources = 1, .sources = (struct source **)&s};
    struct block *copy = block_clone(n, &holder), *rows = copy->sources[0]->block;
    nexpr made = copy->sources[0]->aggs.at[n->columns.at[count->column].ordinal];
    if (made->n) block_pred_add(n, rows, expr_not(n, expr_of1(n, SC_IS_NULL, made->args[0])));
    rows->outs.n = 0;
    return rows->empty ? expr_bool(n, false) : expr_block(n, SC_EXISTS, rows, NULL, 0);
}

static bool is_count_of(const struct norm *n, const struct source *s, nexpr e) {
    if (e->op != SC_COLUMN || n->columns.at[e->column].source->id != s->id) return false;
    size_t at = n->columns.at[e->column].ordinal;
    nexpr made = at < s->aggs.n ? s->aggs.at[at] : NULL;
    return made && made->op == SC_AGG && strcmp(made->name, "count") == 0 && made->n <= 1 && !made->filter;
}

static bool is_int(nexpr e, int64_t value) { return e->op == SC_LITERAL && e->lit.kind == VALUE_INT && !e->lit.s.n && e->lit.i == value; }

/* `e` with count = 0 as NOT EXISTS and count >= 1 as EXISTS. A count is never NULL, so this is so in any context. */
static nexpr counts_asked(struct norm *n, const struct source *s, nexpr e) {
    if (e->op == SC_COLUMN || e->op == SC_LITERAL || !expr_uses_source(e, n, s)) return e;
    for (int k = 0; k < 2 && e->op == SC_EQ; k++)
        if (is_count_of(n, s, e->args[k]) && is_int(e->args[1 - k], 0)) return expr_not(n, counted_rows(n, s, e->args[k]));
    if (e->op == SC_LE && is_int(e->args[0], 1) && is_count_of(n, s, e->args[1])) return counted_rows(n, s, e->args[1]);
    if (e->n == 0 || e->block || e->op == SC_AGG || e->op == SC_WINDOW) return e;
    nexpr *args = arena_array(n->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = counts_asked(n, s, e->args[i]);
    return expr_with(n, e, args);
}

struct stranger {
    const struct norm *n;
    const struct source *s;
};

static bool of_another(void *ctx, int column) {
    const struct stranger *x = ctx;
    return x->n->columns.at[column].source->id != x->s->id;
}

/* Nothing but the lists of the block itself looks at the source. */
static bool used_by_lists_only(struct norm *n, const struct block *b, const struct source *s) {
    struct stranger ask = {n, s};
    for (size_t i = 0; i < b->n_items; i++)
        if (!block_columns(b->items[i].block, of_another, &ask)) return false;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct block one = {.n_sources = 1, .sources = &b->sources[i]};
        if (b->sources[i]->id != s->id && !block_columns(&one, of_another, &ask)) return false;
    }
    return true;
}

static bool list_asked(struct norm *n, const struct source *s, const struct exprs *list, struct exprs *out) {
    for (size_t i = 0; i < list->n; i++) {
        nexpr e = counts_asked(n, s, list->at[i]);
        if (expr_uses_source(e, n, s)) return false;
        exprs_add(n, out, e);
    }
    return true;
}

bool count_to_exists(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block;
    struct source *s = b->sources[at];
    struct exprs preds = {0}, outs = {0};
    bool counts = false;
    if (s->kind != SRC_AGG || s->grouped || s->n_sets || s->keys.n) return false;
    for (size_t i = 0; i < s->n_columns; i++) counts |= is_count_of(n, s, expr_column(n, s->columns[i]));
    if (!counts || !used_by_lists_only(n, b, s) || !list_asked(n, s, &b->preds, &preds) || !list_asked(n, s, &b->outs, &outs)) return false;
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    b->preds = (struct exprs){0};
    b->outs = outs;
    for (size_t i = 0; i < preds.n; i++) block_pred_add(n, b, preds.at[i]);
    step_add(n, "a count that is compared with 0 only asks for a row");
    return true;
}

/* ------------------------------------------------------------ SINGLE_VALUE */

/* The one row of SELECT SINGLE_VALUE(x) .. is a scalar sub-query: it fails as that does when there are several rows. */
bool single_value_open(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    bool single = s->kind == SRC_AGG && !s->grouped && !s->n_sets && s->aggs.n == 1 && s->aggs.at[0]->op == SC_AGG && s->aggs.at[0]->n == 1 &&
                  strcmp(s->aggs.at[0]->name, "single_value") == 0 && !s->aggs.at[0]->filter;
    if (!single) return false;
    nexpr value = s->aggs.at[0]->args[0];
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    s->block->outs.n = 0;
    exprs_add(n, &s->block->outs, value);
    struct scalar e = {.op = SC_SUBQUERY, .block = s->block, .type = value->type, .nullable = true};
    replace_begin(n);
    replace_set(n, s->columns[0], expr_make(n, e));
    block_replace(n, b);
    replace_end(n);
    step_add(n, "SINGLE_VALUE is a scalar sub-query");
    return true;
}
