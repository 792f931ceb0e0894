/* rule_pull.c - a source of which each group sees one row at most stands beside the aggregate instead of inside it. */
#include "normal_core.h"

/* One source of an aggregate's block on its way out. */
struct pull {
    struct norm *n;
    struct source *agg;   /* the aggregate */
    struct block *inside; /* its block */
    struct source *out;   /* the source that leaves */
    struct block alone;   /* `out` with its conditions */
    struct exprs keys, aggs, rest;
    const bool *dropped; /* by key: it is computed outside */
};

static bool is_of(const struct norm *n, nexpr e, const struct source *s) {
    return e->op == SC_COLUMN && n->columns.at[e->column].source->id == s->id;
}

/* What a column of `out` equals, in terms of the sources that stay: a grouping key before anything else. */
static nexpr partner_of(const struct pull *p, nexpr column, size_t *pred) {
    nexpr found = NULL;
    for (size_t i = 0; i < p->inside->preds.n; i++) {
        nexpr e = p->inside->preds.at[i];
        for (int k = 0; k < 2 && e->op == SC_EQ; k++) {
            nexpr other = e->args[1 - k];
            if (e->args[k] != column || expr_uses_source(other, p->n, p->out) || expr_has_op(other, SC_SUBQUERY)) continue;
            if (!class_eligible(p->n, column, other) || (found && !exprs_have(&p->agg->keys, other))) continue;
            found = other;
            *pred = i;
            if (exprs_have(&p->agg->keys, other)) return found;
        }
    }
    return found;
}

/* Columns of `out` that equal something which stays are spelled as that, but in one condition each: what joins the two. */
static void partners_spell(struct pull *p, struct exprs *links) {
    struct norm *n = p->n;
    bool *link = arena_array(n->arena, p->inside->preds.n + 1, sizeof *link);
    nexpr *partner = arena_array(n->arena, p->out->n_columns + 1, sizeof *partner);
    for (size_t i = 0; i < p->out->n_columns; i++) {
        size_t at = 0;
        partner[i] = partner_of(p, expr_column(n, p->out->columns[i]), &at);
        if (partner[i]) link[at] = true;
    }
    replace_begin(n);
    for (size_t i = 0; i < p->out->n_columns; i++)
        if (partner[i]) replace_set(n, p->out->columns[i], partner[i]);
    for (size_t i = 0; i < p->agg->keys.n; i++) exprs_add(n, &p->keys, expr_replace(n, p->agg->keys.at[i]));
    for (size_t i = 0; i < p->agg->aggs.n; i++) exprs_add(n, &p->aggs, expr_replace(n, p->agg->aggs.at[i]));
    for (size_t i = 0; i < p->inside->preds.n; i++) {
        nexpr e = p->inside->preds.at[i];
        if (link[i]) exprs_add(n, links, e);
        else if ((e = expr_replace(n, e)), expr_uses_source(e, n, p->out)) exprs_add(n, links, e);
        else exprs_add(n, &p->rest, e);
    }
    replace_end(n);
}

/* `e` as it is seen from outside of the aggregate: grouping keys are its columns. NULL when it uses something else of the inside. */
static nexpr seen_outside(const struct pull *p, nexpr e) {
    struct norm *n = p->n;
    for (size_t i = 0; i < p->keys.n; i++)
        if (!p->dropped[i] && p->keys.at[i] == e) return expr_column(n, p->agg->columns[i]);
    if (expr_is_literal(e) || e->op == SC_PARAM || is_of(n, e, p->out)) return e;
    if (e->op == SC_COLUMN) return block_owns(p->inside, n->columns.at[e->column].source) ? NULL : e;
    if (e->block || e->filter || e->window || e->n_order || e->is_volatile || e->n == 0 || e->op == SC_AGG || e->op == SC_GROUPING) return NULL;
    nexpr *args = arena_array(n->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++)
        if (!(args[i] = seen_outside(p, e->args[i]))) return NULL;
    return expr_with(n, e, args);
}

static bool is_the(nexpr e) { return e->op == SC_AGG && e->name && strcmp(e->name, "the") == 0 && e->n == 1 && !e->filter; }

struct others {
    const struct pull *p;
    bool found;
};

static bool of_others(void *ctx, int column) {
    struct others *o = ctx;
    const struct source *s = o->p->n->columns.at[column].source;
    return s->id == o->p->out->id || !block_owns(o->p->inside, s);
}

static bool of_out(void *ctx, int column) {
    struct others *o = ctx;
    return o->p->n->columns.at[column].source->id != o->p->out->id;
}

/* Neither does `out` look at its neighbours from its inside, nor do they look at it from theirs. */
static bool stands_alone(const struct pull *p) {
    struct others ask = {.p = p};
    if (p->out->kind != SRC_TABLE && !block_columns(&p->alone, of_others, &ask)) return false;
    struct block rest = *p->inside;
    rest.preds.n = rest.outs.n = 0;
    rest.sources = arena_array(p->n->arena, rest.n_sources, sizeof *rest.sources);
    rest.n_sources = 0;
    for (size_t i = 0; i < p->inside->n_sources; i++)
        if (p->inside->sources[i]->id != p->out->id) rest.sources[rest.n_sources++] = p->inside->sources[i];
    return block_columns(&rest, of_out, &ask);
}

/* The conditions of `out` seen from outside, and what the columns of the aggregate that go with it are there. False: it cannot leave. */
static bool pull_plan(struct pull *p, struct exprs *conditions, nexpr *become) {
    struct norm *n = p->n;
    struct exprs links = {0};
    partners_spell(p, &links);
    bool *dropped = arena_array(n->arena, p->keys.n + 1, sizeof *dropped);
    for (size_t i = 0; i < p->keys.n; i++) dropped[i] = expr_uses_source(p->keys.at[i], n, p->out);
    p->dropped = dropped;
    for (size_t i = 0; i < links.n; i++) {
        nexpr e = expr_has_op(links.at[i], SC_MATCHED) ? NULL : seen_outside(p, links.at[i]);
        if (!e) return false;
        exprs_add(n, conditions, e);
    }
    for (size_t i = 0; i < p->keys.n; i++)
        if (dropped[i] && !(become[i] = seen_outside(p, p->keys.at[i]))) return false;
    for (size_t i = 0; i < p->aggs.n; i++) {
        nexpr e = p->aggs.at[i];
        if (!expr_uses_source(e, n, p->out)) continue;
        if (!is_the(e) || !(become[p->keys.n + i] = seen_outside(p, e->args[0]))) return false;
    }
    p->alone.preds = *conditions;
    return stands_alone(p) && block_at_most_one(n, &p->alone);
}

static void pull_do(struct pull *p, struct block *b, const struct exprs *conditions, const nexpr *become) {
    struct norm *n = p->n;
    struct source *s = p->agg;
    size_t kept = 0, keys = p->keys.n;
    for (size_t i = 0; i < p->inside->n_sources; i++)
        if (p->inside->sources[i]->id != p->out->id) p->inside->sources[kept++] = p->inside->sources[i];
    p->inside->n_sources = kept;
    p->inside->preds = p->rest;
    s->keys = p->keys;
    s->aggs = p->aggs;
    replace_begin(n);
    for (size_t i = 0; i < s->n_columns; i++)
        if (become[i]) replace_set(n, s->columns[i], become[i]);
    block_replace(n, b);
    replace_end(n);
    for (size_t i = s->n_columns; i-- > 0;) {
        if (!become[i]) continue;
        exprs_remove(i < keys ? &s->keys : &s->aggs, i < keys ? i : i - keys);
        source_column_remove(n, s, i);
    }
    block_source_add(n, b, p->out);
    for (size_t i = 0; i < conditions->n; i++) block_pred_add(n, b, conditions->at[i]);
    step_add(n, "a source of which a group sees one row at most is joined after grouping");
    source_simplify(n, NULL, s);
}

static bool pull_from(struct norm *n, struct block *b, struct source *s) {
    if (s->kind != SRC_AGG || !s->grouped || s->n_sets || s->keys.n == 0 || s->block->n_sources < 2 || s->block->empty) return false;
    for (size_t i = 0; i < s->block->n_sources; i++) {
        struct source *out = s->block->sources[i];
        struct pull p = {.n = n, .agg = s, .inside = s->block, .out = out, .alone = {.n_sources = 1, .sources = &out}};
        struct exprs conditions = {0};
        nexpr *become = arena_array(n->arena, s->n_columns + 1, sizeof *become);
        size_t before = n->assumes.n;
        if (!work_spent(n, 1) && pull_plan(&p, &conditions, become)) {
            pull_do(&p, b, &conditions, become);
            return true;
        }
        n->assumes.n = before;
    }
    return false;
}

bool rule_pull(struct norm *n, const struct context *ctx) {
    for (size_t i = 0; i < ctx->block->n_sources; i++)
        if (pull_from(n, ctx->block, ctx->block->sources[i])) return true;
    return false;
}
