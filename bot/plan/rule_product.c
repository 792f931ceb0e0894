/* rule_product.c - groups of two sides joined, where a sum or count of the one is multiplied by how many rows the other has, are groups of the join.
 *
 * Each row of the one group meets each row of the other: SUM(x) over the join is SUM(x) times the other's COUNT(*), COUNT likewise, and MIN and MAX
 * do not change. A group has a row, so that COUNT(*) is never 0; a NULL sum stays NULL. Floating point, where the order of additions counts, is
 * left alone. */
#include "normal_core.h"

struct product {
    struct norm *n;
    struct block *b;
    struct source *many, *times; /* the side with the sums; the side that is counted */
    struct exprs made, columns;  /* aggregates over the join, and what stands for each */
    struct source *join;
    bool some;
};

static bool named(nexpr e, const char *name) { return e->op == SC_AGG && e->name && strcmp(e->name, name) == 0 && !e->filter && !e->n_order; }

static bool plain_groups(const struct source *s) { return s->kind == SRC_AGG && s->grouped && !s->n_sets && s->aggs.n && !s->block->empty; }

/* The aggregate of `s` that the column stands for; NULL: it is none. */
static nexpr aggregate_of(const struct norm *n, const struct source *s, nexpr e) {
    if (e->op != SC_COLUMN) return NULL;
    const struct ncolumn *c = &n->columns.at[e->column];
    return c->source->id == s->id && c->ordinal >= s->keys.n ? s->aggs.at[c->ordinal - s->keys.n] : NULL;
}

static bool adds_up(nexpr e) {
    bool sum = named(e, "sum") && e->n == 1 && e->args[0]->type.kind != TYPE_FLOAT;
    return (sum || named(e, "count")) && !e->distinct && !e->is_volatile;
}

static bool counts_rows(nexpr e) { return named(e, "count") && e->n == 0 && !e->distinct; }

static bool keeps(nexpr e) { return (named(e, "min") || named(e, "max") || named(e, "the")) && !e->is_volatile; }

/* The column of the join's groups for an aggregate of the one side. */
static nexpr join_column(struct product *p, nexpr made) {
    for (size_t i = 0; i < p->made.n; i++)
        if (p->made.at[i] == made) return p->columns.at[i];
    exprs_add(p->n, &p->made, made);
    nexpr column = expr_column(p->n, ncolumn_new(p->n, p->join, made->type, true));
    exprs_add(p->n, &p->columns, column);
    return column;
}

static bool not_aggregate(void *ctx, int column) {
    const struct product *p = ctx;
    const struct ncolumn *c = &p->n->columns.at[column];
    bool mine = c->source->id == p->many->id || c->source->id == p->times->id;
    return !mine || c->ordinal < c->source->keys.n;
}

/* `e` over the groups of the join; NULL when it uses an aggregate in another way. */
static nexpr over_join(struct product *p, nexpr e) {
    if (expr_columns(e, not_aggregate, p)) return e;
    if (e->op == SC_MUL && e->n == 2)
        for (int k = 0; k < 2; k++) {
            nexpr sum = aggregate_of(p->n, p->many, e->args[k]), count = aggregate_of(p->n, p->times, e->args[1 - k]);
            if (!sum || !count || !adds_up(sum) || !counts_rows(count)) continue;
            p->some = true;
            return join_column(p, sum);
        }
    nexpr alone = aggregate_of(p->n, p->many, e);
    if (alone) return keeps(alone) ? join_column(p, alone) : NULL;
    if (e->n == 0 || e->block || e->filter || e->window || e->n_order || work_spent(p->n, 1)) return NULL;
    nexpr *args = arena_array(p->n->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++)
        if (!(args[i] = over_join(p, e->args[i]))) return NULL;
    return expr_with(p->n, e, args);
}

/* Conditions on keys of the two alone hold for whole groups: they go inside. */
static bool goes_inside(const struct product *p, nexpr e) {
    struct source *both[2] = {p->many, p->times};
    struct block sides = {.n_sources = 2, .sources = both};
    return expr_local(p->n, &sides, e) && expr_columns(e, not_aggregate, (void *)p) && !expr_has_op(e, SC_EXISTS) && !expr_has_op(e, SC_SUBQUERY) &&
           !expr_has_op(e, SC_MATCHED) && !e->is_volatile;
}

static void groups_join(struct product *p, const struct exprs *preds, const struct exprs *outs) {
    struct norm *n = p->n;
    struct source *w = p->join, *sides[2] = {p->many, p->times};
    struct block *inside = block_new(n);
    size_t kept = 0;
    w->block = inside;
    w->grouped = true;
    p->b->preds = (struct exprs){0};
    p->b->outs = *outs;
    for (size_t i = 0; i < p->b->n_sources; i++)
        if (p->b->sources[i]->id != p->many->id && p->b->sources[i]->id != p->times->id) p->b->sources[kept++] = p->b->sources[i];
    p->b->n_sources = kept;
    replace_begin(n);
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < sides[i]->keys.n; k++) replace_set(n, sides[i]->columns[k], sides[i]->keys.at[k]);
    struct exprs linked = {0};
    for (size_t i = 0; i < preds->n; i++)
        if (goes_inside(p, preds->at[i])) exprs_add(n, &linked, expr_replace(n, preds->at[i]));
    replace_end(n);
    for (int i = 0; i < 2; i++) {
        sides[i]->block->outs.n = 0;
        block_absorb(n, inside, sides[i]->block);
    }
    for (size_t i = 0; i < linked.n; i++) block_pred_add(n, inside, linked.at[i]);
    for (size_t i = 0; i < preds->n; i++)
        if (!goes_inside(p, preds->at[i])) exprs_add(n, &p->b->preds, preds->at[i]);
    block_source_add(n, p->b, w);
    replace_begin(n);
    for (int i = 0, at = 0; i < 2; i++)
        for (size_t k = 0; k < sides[i]->keys.n; k++, at++) replace_set(n, sides[i]->columns[k], expr_column(n, w->columns[at]));
    block_replace(n, p->b);
    replace_end(n);
    w->aggs = p->made;
    step_add(n, "groups of two sides, the one's sums times the other's rows, are groups of the join");
    source_simplify(n, NULL, w);
}

static bool product_open(struct norm *n, struct block *b, struct source *many, struct source *times) {
    struct product p = {.n = n, .b = b, .many = many, .times = times, .join = source_new(n, SRC_AGG, many->rel)};
    struct exprs preds = {0}, outs = {0};
    for (int i = 0; i < 2; i++) {
        struct source *s = i ? times : many;
        for (size_t k = 0; k < s->keys.n; k++) {
            exprs_add(n, &p.join->keys, s->keys.at[k]);
            (void)ncolumn_new(n, p.join, s->keys.at[k]->type, true);
        }
    }
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr e = over_join(&p, b->preds.at[i]);
        if (!e) return false;
        exprs_add(n, &preds, e);
    }
    for (size_t i = 0; i < b->outs.n; i++) {
        nexpr e = over_join(&p, b->outs.at[i]);
        if (!e) return false;
        exprs_add(n, &outs, e);
    }
    if (!p.some) return false;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct block one = {.n_sources = 1, .sources = &b->sources[i]};
        if (b->sources[i] != many && b->sources[i] != times && !block_columns(&one, not_aggregate, &p)) return false;
    }
    groups_join(&p, &preds, &outs);
    return true;
}

bool rule_product(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    size_t groups = 0;
    for (size_t i = 0; i < b->n_sources; i++) groups += plain_groups(b->sources[i]);
    if (groups < 2 || b->n_items) return false;
    for (size_t k = 0; k < b->n_sources; k++) {
        struct source *times = b->sources[k];
        if (!plain_groups(times) || times->aggs.n != 1 || !counts_rows(times->aggs.at[0])) continue;
        for (size_t i = 0; i < b->n_sources; i++)
            if (i != k && plain_groups(b->sources[i]) && product_open(n, b, b->sources[i], times)) return true;
    }
    return false;
}
