/* rule_agg.c - aggregates over aggregates and over unions of partial aggregates; counts written as sums. */
#include "normal_core.h"

static bool named(nexpr e, const char *name) { return e->op == SC_AGG && e->name && strcmp(e->name, name) == 0 && !e->filter; }

static nexpr aggregate_make(struct norm *n, nexpr like, const char *name, nexpr arg, bool distinct) {
    struct scalar e = *like;
    e.name = name;
    e.n = arg ? 1 : 0;
    e.args = &arg;
    e.distinct = distinct;
    e.filter = NULL;
    return expr_make(n, e);
}

static bool is_int(nexpr e, int64_t value) { return e->op == SC_LITERAL && e->lit.kind == VALUE_INT && e->lit.i == value; }

/* SUM(1) is COUNT(*), SUM(CASE WHEN c THEN 1 ELSE 0 END) counts c: a group has a row, so neither is NULL. */
static nexpr sum_to_count(struct norm *n, const struct source *s, nexpr e) {
    if (!named(e, "sum") || e->distinct || e->n != 1 || !s->grouped || s->n_sets) return e;
    nexpr a = e->args[0];
    if (is_int(a, 1)) return aggregate_make(n, e, "count", NULL, false);
    struct context inner = {.block = s->block};
    bool counts_truth = (n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_SQLITE) && a->type.kind == TYPE_BOOL;
    if (counts_truth && !expr_is_literal(a) && !expr_nullable(n, &inner, a))
        return aggregate_make(n, e, "count", expr_case2(n, a, expr_int(n, 1), expr_null(n, a->type)), false);
    bool flag = a->op == SC_CASE && a->n == 3 && is_int(a->args[1], 1) && is_int(a->args[2], 0);
    if (flag) return aggregate_make(n, e, "count", expr_case2(n, a->args[0], expr_int(n, 1), expr_null(n, a->type)), false);
    bool turned = a->op == SC_CASE && a->n == 3 && is_int(a->args[1], 0) && is_int(a->args[2], 1);
    return turned ? aggregate_make(n, e, "count", expr_case2(n, a->args[0], expr_null(n, a->type), expr_int(n, 1)), false) : e;
}

/* What an aggregate of a value that is the same in the whole group comes to; NULL when it depends on how many rows there are. */
static nexpr of_constant(struct norm *n, const struct source *s, nexpr e) {
    if (e->op != SC_AGG || e->n != 1 || e->filter || !s->grouped || s->n_sets) return NULL;
    bool keeps = named(e, "min") || named(e, "max") || named(e, "the") || (named(e, "sum") && e->distinct && expr_sums_to_itself(n, e->args[0]));
    bool counts = named(e, "count") && e->distinct;
    if (!keeps && !counts) return NULL;
    bool key = expr_is_literal(e->args[0]);
    for (size_t i = 0; i < s->keys.n; i++) key |= s->keys.at[i] == e->args[0];
    if (!key) return NULL;
    return e->args[0];
}

/* SUM, MIN, MAX, AVG of NULL. */
static bool sums_nothing(nexpr e) {
    bool known = named(e, "sum") || named(e, "min") || named(e, "max") || named(e, "avg");
    return known && e->n == 1 && expr_is_null(e->args[0]);
}

static bool counts_nothing(nexpr e) { return e->op == SC_AGG && strcmp(e->name, "count") == 0 && e->n == 1 && expr_is_null(e->args[0]); }

/* COUNT(DISTINCT x) counts x when no group holds a value of x twice. */
static nexpr distinct_needless(struct norm *n, const struct source *s, nexpr e) {
    bool plain = e->distinct && e->n == 1 && e->op == SC_AGG && !e->filter &&
                 (strcmp(e->name, "count") == 0 || strcmp(e->name, "sum") == 0 || strcmp(e->name, "avg") == 0);
    if (!plain || s->n_sets) return e;
    struct exprs seed = {0};
    for (size_t i = 0; i < s->keys.n; i++) exprs_add(n, &seed, s->keys.at[i]);
    exprs_add(n, &seed, e->args[0]);
    if (!block_determined(n, s->block, &seed, true)) return e;
    step_add(n, "DISTINCT inside an aggregate falls away: no value comes twice");
    struct context inner = {.block = s->block};
    bool star = strcmp(e->name, "count") == 0 && !expr_nullable(n, &inner, e->args[0]);
    return aggregate_make(n, e, e->name, star ? NULL : e->args[0], false);
}

/* Without groups, rows where x is NULL say nothing to aggregates of x alone. */
static bool not_null_needless(struct norm *n, struct source *s) {
    static const char *const skips[] = {"count", "sum", "min", "max", "avg"};
    if (s->grouped || s->n_sets || s->aggs.n == 0) return false;
    nexpr x = s->aggs.at[0]->n == 1 ? s->aggs.at[0]->args[0] : NULL;
    for (size_t i = 0; x && i < s->aggs.n; i++) {
        nexpr e = s->aggs.at[i];
        bool known = false;
        for (size_t k = 0; k < sizeof skips / sizeof *skips; k++) known |= e->op == SC_AGG && strcmp(e->name, skips[k]) == 0;
        if (!known || e->n != 1 || e->args[0] != x || e->filter) x = NULL;
    }
    for (size_t i = 0; x && i < s->block->preds.n; i++) {
        nexpr p = s->block->preds.at[i];
        if (p->op != SC_NOT || p->args[0]->op != SC_IS_NULL || p->args[0]->args[0] != x) continue;
        exprs_remove(&s->block->preds, i);
        source_refresh(n, s);
        return true;
    }
    return false;
}

static bool aggregates_simple(struct norm *n, struct block *b, struct source *s) {
    if (s->kind != SRC_AGG) return false;
    bool changed = not_null_needless(n, s);
    for (size_t i = 0; i < s->aggs.n; i++) {
        bool sums = sums_nothing(s->aggs.at[i]);
        if (sums || counts_nothing(s->aggs.at[i])) {
            replace_begin(n);
            replace_set(n, s->columns[s->keys.n + i], sums ? expr_null(n, s->aggs.at[i]->type) : expr_int(n, 0));
            block_replace(n, b);
            replace_end(n);
            exprs_remove(&s->aggs, i);
            source_column_remove(n, s, s->keys.n + i);
            return true;
        }
        nexpr e = distinct_needless(n, s, sum_to_count(n, s, s->aggs.at[i]));
        changed |= e != s->aggs.at[i];
        s->aggs.at[i] = e;
        nexpr value = of_constant(n, s, e);
        if (!value) continue;
        nexpr out = value;
        for (size_t k = 0; k < s->keys.n; k++)
            if (s->keys.at[k] == value) out = expr_column(n, s->columns[k]);
        if (named(e, "count")) out = expr_case2(n, expr_of1(n, SC_IS_NULL, out), expr_int(n, 0), expr_int(n, 1));
        replace_begin(n);
        replace_set(n, s->columns[s->keys.n + i], out);
        block_replace(n, b);
        replace_end(n);
        step_add(n, "an aggregate of a grouping key is the key");
        return true; /* the column is pruned next */
    }
    return changed;
}

/* ------------------------------------------------------------ aggregate over aggregate */

/* The only source of the block under `s`, when it is an aggregate and nothing else happens between the two. */
static struct source *inner_aggregate(const struct block *b) {
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty) return NULL;
    struct source *t = b->sources[0];
    return t->kind == SRC_AGG && !t->n_sets && t->grouped ? t : NULL;
}

/* The same without groups: one row always. */
static struct source *one_row_aggregate(const struct block *b) {
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty) return NULL;
    struct source *t = b->sources[0];
    return t->kind == SRC_AGG && !t->n_sets && !t->grouped ? t : NULL;
}

struct below {
    const struct norm *n;
    const struct source *t;
};

static bool key_column(void *ctx, int column) {
    const struct below *b = ctx;
    const struct ncolumn *c = &b->n->columns.at[column];
    return c->source->id != b->t->id || c->ordinal < b->t->keys.n;
}

static bool keys_only(const struct norm *n, const struct source *t, nexpr e) {
    struct below b = {n, t};
    return expr_columns(e, key_column, &b);
}

/* Inner keys = outer keys and `extra`: then the inner rows of an outer group differ in `extra` alone. */
static bool keys_are_with(const struct norm *n, const struct source *s, const struct source *t, nexpr extra) {
    for (size_t i = 0; i < t->keys.n; i++) {
        bool found = extra->op == SC_COLUMN && extra->column == t->columns[i];
        for (size_t k = 0; k < s->keys.n; k++) found |= s->keys.at[k]->op == SC_COLUMN && s->keys.at[k]->column == t->columns[i];
        if (!found) return false;
    }
    (void)n;
    return true;
}

/* COUNT(*) of groups that differ in one key, which is never NULL, counts its values. */
static nexpr counted_key(struct norm *n, const struct source *s, const struct source *t, nexpr count) {
    nexpr extra = NULL;
    for (size_t i = 0; i < t->keys.n; i++) {
        nexpr key = expr_column(n, t->columns[i]);
        bool outer = false;
        for (size_t k = 0; k < s->keys.n; k++) outer |= s->keys.at[k] == key;
        if (!outer && extra) return NULL;
        if (!outer) extra = key;
    }
    struct context inner = {.block = s->block};
    return extra && !expr_nullable(n, &inner, extra) ? aggregate_make(n, count, "count", extra, true) : NULL;
}

/* The outer aggregate `e` over the rows below the inner one; NULL when it cannot be said. */
static nexpr merged_aggregate(struct norm *n, const struct block *b, const struct source *s, const struct source *t, nexpr e) {
    if (named(e, "count") && e->n == 0 && !e->n_order) return counted_key(n, s, t, e);
    if (e->op != SC_AGG || e->n != 1 || e->filter || e->n_order) return NULL;
    nexpr a = e->args[0];
    bool plain = named(e, "sum") || named(e, "count") || named(e, "avg");
    bool insensitive = named(e, "min") || named(e, "max") || named(e, "the") || (e->distinct && plain);
    if (keys_only(n, t, a) && insensitive) return e;
    if (keys_only(n, t, a) && plain && !e->distinct && keys_are_with(n, s, t, a)) return aggregate_make(n, e, e->name, a, true);
    if (a->op != SC_COLUMN || n->columns.at[a->column].source->id != t->id || e->distinct || n->columns.at[a->column].ordinal < t->keys.n)
        return NULL;
    nexpr inner = t->aggs.at[n->columns.at[a->column].ordinal - t->keys.n];
    if (inner->op != SC_AGG || inner->distinct || inner->filter) return NULL;
    if (named(e, "min") && named(inner, "min")) return inner;
    if (named(e, "max") && named(inner, "max")) return inner;
    if (named(e, "sum") && named(inner, "sum")) return inner->args[0]->type.kind == TYPE_FLOAT ? NULL : inner;
    if (named(e, "sum") && named(inner, "count") && sum_counts(n, b, s, e)) return inner;
    return NULL;
}

static bool aggregate_merge(struct norm *n, const struct block *b, struct source *s) {
    if (s->kind != SRC_AGG || s->n_sets || s->aggs.n == 0) return false;
    struct source *t = inner_aggregate(s->block);
    if (!t) return false;
    for (size_t i = 0; i < s->keys.n; i++)
        if (!keys_only(n, t, s->keys.at[i])) return false;
    struct exprs aggs = {0};
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr e = merged_aggregate(n, b, s, t, s->aggs.at[i]);
        if (!e) return false;
        exprs_add(n, &aggs, e);
    }
    replace_begin(n);
    for (size_t i = 0; i < t->keys.n; i++) replace_set(n, t->columns[i], t->keys.at[i]);
    for (size_t i = 0; i < s->keys.n; i++) s->keys.at[i] = expr_replace(n, s->keys.at[i]);
    for (size_t i = 0; i < aggs.n; i++) aggs.at[i] = expr_replace(n, aggs.at[i]);
    replace_end(n);
    s->aggs = aggs;
    s->block = t->block;
    s->block->outs.n = 0;
    step_add(n, "an aggregate over finer groups of the same rows is one aggregate");
    source_simplify(n, NULL, s);
    return true;
}

/* ------------------------------------------------------------ aggregate over a union of partial aggregates */

struct partial {
    size_t column;    /* of the union */
    const char *name; /* outer aggregate over raw rows: sum, count, min, max */
    bool star;
};

/* Outer aggregate i over union column c, and the same kind of partial aggregate in branch `t`. */
static bool partial_fits(struct norm *n, nexpr outer, nexpr inner, struct partial *out) {
    if (inner->op != SC_AGG || inner->distinct || inner->filter || inner->n > 1) return false;
    const char *name = NULL;
    if (named(outer, "sum") && named(inner, "sum") && inner->args[0]->type.kind != TYPE_FLOAT) name = "sum";
    if (named(outer, "sum") && named(inner, "count")) name = "count";
    if (named(outer, "min") && named(inner, "min")) name = "min";
    if (named(outer, "max") && named(inner, "max")) name = "max";
    (void)n;
    if (!name || (out->name && strcmp(out->name, name) != 0)) return false;
    out->name = name;
    return true;
}

static bool union_shape(const struct source *s, struct source **u) {
    if (s->kind != SRC_AGG || !s->grouped || s->n_sets || s->aggs.n == 0) return false;
    const struct block *b = s->block;
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty || b->sources[0]->kind != SRC_SETOP) return false;
    *u = b->sources[0];
    return (*u)->setop == RELSET_UNION && (*u)->all && (*u)->n_branches > 0;
}

/* Every branch groups, and the outer keys are grouping keys of the branches; every outer aggregate continues a partial one. */
static bool partials_check(struct norm *n, const struct source *s, const struct source *u, struct partial *partials) {
    for (size_t k = 0; k < u->n_branches; k++) {
        struct block *branch = u->branches[k];
        struct source *t = s->grouped ? inner_aggregate(branch) : one_row_aggregate(branch);
        if (!t) return false;
        for (size_t i = 0; i < s->keys.n; i++) {
            if (s->keys.at[i]->op != SC_COLUMN) return false;
            if (!keys_only(n, t, branch->outs.at[n->columns.at[s->keys.at[i]->column].ordinal])) return false;
        }
        for (size_t i = 0; i < s->aggs.n; i++) {
            nexpr e = s->aggs.at[i];
            if (e->op != SC_AGG || e->n != 1 || e->distinct || e->filter || e->args[0]->op != SC_COLUMN) return false;
            partials[i].column = n->columns.at[e->args[0]->column].ordinal;
            nexpr out = branch->outs.at[partials[i].column];
            if (out->op != SC_COLUMN || n->columns.at[out->column].source->id != t->id || n->columns.at[out->column].ordinal < t->keys.n)
                return false;
            if (!partial_fits(n, e, t->aggs.at[n->columns.at[out->column].ordinal - t->keys.n], &partials[i])) return false;
            for (size_t m = 0; m < i; m++)
                if (partials[m].column == partials[i].column) return false;
            for (size_t m = 0; m < s->keys.n; m++)
                if (n->columns.at[s->keys.at[m]->column].ordinal == partials[i].column) return false;
        }
    }
    return true;
}

static void branch_open(struct norm *n, struct source *u, size_t k, const struct partial *partials, size_t count) {
    struct block *branch = u->branches[k];
    struct source *t = branch->sources[0];
    struct exprs outs = {0};
    replace_begin(n);
    for (size_t i = 0; i < t->keys.n; i++) replace_set(n, t->columns[i], t->keys.at[i]);
    for (size_t c = 0; c < branch->outs.n; c++) {
        nexpr e = branch->outs.at[c];
        bool partial = false;
        for (size_t i = 0; i < count; i++) partial |= partials[i].column == c;
        nexpr agg = partial ? t->aggs.at[n->columns.at[e->column].ordinal - t->keys.n] : NULL;
        exprs_add(n, &outs, !partial ? expr_replace(n, e) : agg->n ? agg->args[0] : expr_int(n, 1));
    }
    replace_end(n);
    t->block->outs = outs;
    u->branches[k] = t->block;
    block_simplify(n, NULL, u->branches[k]);
}

static bool partial_merge(struct norm *n, struct source *s) {
    struct source *u;
    if (!union_shape(s, &u)) return false;
    struct partial *partials = arena_array(n->arena, s->aggs.n + 1, sizeof *partials);
    if (!partials_check(n, s, u, partials)) return false;
    for (size_t k = 0; k < u->n_branches; k++) branch_open(n, u, k, partials, s->aggs.n);
    for (size_t i = 0; i < s->aggs.n; i++) s->aggs.at[i] = aggregate_make(n, s->aggs.at[i], partials[i].name, s->aggs.at[i]->args[0], false);
    source_refresh(n, u);
    step_add(n, "an aggregate over a union of partial aggregates is one aggregate over the union of their rows");
    source_simplify(n, NULL, s);
    return true;
}

bool rule_aggregate(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->kind != SRC_AGG) continue;
        if (aggregates_simple(n, b, s)) return true;
        if (aggregate_merge(n, b, s) || partial_merge(n, s)) return true;
    }
    return false;
}
