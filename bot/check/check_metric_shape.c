/* check_metric_shape.c - aggregates of aggregates: numbers that do not add up, across sub-queries and across tables. */
#include "look.h"
#include "unique.h"
#include "upstream.h"

#define DEPTH_MAX 40
#define HOPS_MAX  5 /* tables between a number and what it was made of */

/* Where a number was made: the expression, and the plan it stands in. */
struct source {
    const struct plan *plan;
    const struct scalar *expr;
    const struct rel *agg; /* the aggregation that made it; NULL when it is an expression over aggregates */
    const char *dataset;   /* the table it was stored in since; NULL when all is one query */
};

static const struct scalar *def_in(const struct rel *rel, int column) {
    for (size_t i = 0; rel && i < rel->n_defs; i++) {
        if (rel->defs[i].column == column) return rel->defs[i].expr;
    }
    return NULL;
}

static bool source_find(struct look *look, const struct plan *plan, int column, int hops, struct source *out);

/* A stored column: what the query that fills its table makes it of. */
static bool stored_find(struct look *look, const struct rel *scan, const char *name, int hops, struct source *out) {
    const struct upstream *up = hops < HOPS_MAX ? upstream_of(look, scan->name) : NULL;
    if (!up || !up->plan || up->plan->reason || !up->plan->root) return false;
    for (size_t i = 0; i < up->plan->n_outputs && i < up->plan->root->n_columns; i++) {
        if (!str_ieq(str_of(up->plan->names[i]), str_of(name))) continue;
        if (!source_find(look, up->plan, up->plan->root->columns[i], hops + 1, out)) return false;
        if (!out->dataset) out->dataset = scan->name;
        return true;
    }
    return false;
}

static bool source_find(struct look *look, const struct plan *plan, int column, int hops, struct source *out) {
    column = unique_origin(plan, column);
    if (column < 0 || (size_t)column >= plan->n_columns) return false;
    const struct rel *rel = plan->columns[column].rel;
    if (!rel) return false;
    if (rel->kind == REL_SCAN) return stored_find(look, rel, plan->columns[column].name, hops, out);
    const struct scalar *e = def_in(rel, column);
    if (!e) return false;
    *out = (struct source){.plan = plan, .expr = e, .agg = rel->kind == REL_AGG ? rel : NULL};
    return rel->kind == REL_AGG || rel->kind == REL_PROJECT;
}

/* round(x, 2), CAST(x AS ..), coalesce(x, 0), x * 100: the same number for our purpose. */
static const struct scalar *bare(const struct scalar *e) {
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        bool wraps = e->op == SC_CAST || e->op == SC_COALESCE || (e->op == SC_CALL && e->name && strcmp(e->name, "round") == 0);
        bool scaled = e->op == SC_MUL && e->n == 2 && (e->args[0]->op == SC_LITERAL || e->args[1]->op == SC_LITERAL);
        if (wraps && e->n) e = e->args[0];
        else if (scaled) e = e->args[e->args[0]->op == SC_LITERAL ? 1 : 0];
        else return e;
    }
    return e;
}

/* An aggregate function among what the scalar is made of, in this query. */
static bool has_aggregate(const struct plan *plan, const struct scalar *e, int depth) {
    if (depth > DEPTH_MAX) return false;
    if (e->op == SC_AGG) return true;
    if (e->op == SC_COLUMN) {
        int column = unique_origin(plan, e->column);
        const struct rel *rel = column >= 0 && (size_t)column < plan->n_columns ? plan->columns[column].rel : NULL;
        const struct scalar *def = rel && rel->kind == REL_AGG ? def_in(rel, column) : NULL;
        return def && def->op == SC_AGG;
    }
    for (size_t i = 0; i < e->n; i++) {
        if (has_aggregate(plan, e->args[i], depth + 1)) return true;
    }
    return false;
}

enum inner { INNER_OTHER, INNER_MEAN, INNER_RATIO, INNER_DISTINCT };

static bool is_named(const struct scalar *e, const char *name) { return e->name && strcmp(e->name, name) == 0; }

static enum inner inner_of(const struct source *s, int depth) {
    const struct scalar *e = bare(s->expr);
    if (e->op == SC_COLUMN && depth < DEPTH_MAX) {
        int column = unique_origin(s->plan, e->column);
        const struct rel *rel = column >= 0 && (size_t)column < s->plan->n_columns ? s->plan->columns[column].rel : NULL;
        const struct scalar *def = rel && (rel->kind == REL_AGG || rel->kind == REL_PROJECT) ? def_in(rel, column) : NULL;
        struct source below = {.plan = s->plan, .expr = def, .agg = rel && rel->kind == REL_AGG ? rel : NULL};
        return def ? inner_of(&below, depth + 1) : INNER_OTHER;
    }
    if (e->op == SC_DIV && e->n == 2 && has_aggregate(s->plan, e->args[0], 0) && has_aggregate(s->plan, e->args[1], 0)) return INNER_RATIO;
    if (e->op != SC_AGG) return INNER_OTHER;
    if (is_named(e, "avg") || is_named(e, "mean")) return INNER_MEAN;
    bool distinct = (is_named(e, "count") && e->distinct) || is_named(e, "approx_count_distinct");
    return distinct ? INNER_DISTINCT : INNER_OTHER;
}

/* count(distinct order_id) by day, where order_id decides the day: no order is in two groups, so the sum is right. */
static bool adds_up(struct look *look, const struct source *s) {
    const struct scalar *e = bare(s->expr);
    if (!s->agg || e->op != SC_AGG || e->n != 1 || s->agg->n_sets) return true; /* not seen through */
    struct unique *u = unique_new(look->arena, s->plan, upstream_keys, look);
    if (e->args[0]->op != SC_COLUMN) return false;
    unique_give(u, e->args[0]->column);
    unique_ask(u, s->agg->left);
    for (size_t i = 0; i < s->agg->n_keys; i++) {
        const struct scalar *key = s->agg->keys[i].expr;
        if (key->op == SC_COLUMN && !unique_knows(u, key->column)) return false;
        if (key->op != SC_COLUMN && key->op != SC_LITERAL) {
            for (size_t k = 0; k < key->n; k++) {
                if (key->args[k]->op == SC_COLUMN && !unique_knows(u, key->args[k]->column)) return false;
            }
        }
    }
    return true;
}

static const char *place_of(struct look *look, const struct source *s) {
    return s->dataset ? arena_printf(look->arena, " of %s", s->dataset) : " of its sub-query";
}

static void mean_say(struct look *look, const struct scalar *e, const char *column, const struct source *s, enum inner inner) {
    struct finding *f = look_finding(look, RULE_METRIC_MEAN, arena_printf(look->arena, "%s %s", e->name, column), e->range);
    f->dataset = s->dataset;
    f->text = arena_printf(look->arena, "%s takes %s(%s), where %s%s is %s already: every group weighs the same, however many rows it has.",
                           f->subject, e->name, column, column, place_of(look, s), inner == INNER_RATIO ? "a ratio" : "an average");
    f->next_step = "divide the sum of the numerators by the sum of the denominators: keep both where the groups are made";
    look_say(look, f);
}

static void distinct_say(struct look *look, const struct scalar *e, const char *column, const struct source *s) {
    struct finding *f = look_finding(look, RULE_METRIC_DISTINCT, arena_printf(look->arena, "%s %s", e->name, column), e->range);
    f->dataset = s->dataset;
    f->text =
        arena_printf(look->arena, "%s adds up %s%s, which counts distinct values in each group: a value of several groups is counted several times.",
                     f->subject, column, place_of(look, s));
    f->next_step = "count the distinct values over all rows, or keep sketches (HyperLogLog) where the groups are made";
    look_say(look, f);
}

static void again_look(struct look *look, const struct rel *rel, enum rule rule) {
    if (rel->kind != REL_AGG || look->plan->reason) return;
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct scalar *e = rel->defs[i].expr;
        bool sum = e->op == SC_AGG && e->name && is_named(e, "sum"), mean = e->op == SC_AGG && e->name && (is_named(e, "avg") || is_named(e, "mean"));
        const struct scalar *arg = (sum || mean) && e->n == 1 && !e->distinct ? bare(e->args[0]) : NULL;
        struct source s;
        if (!arg || arg->op != SC_COLUMN || !source_find(look, look->plan, arg->column, 0, &s)) continue;
        enum inner inner = inner_of(&s, 0);
        const char *column = look->plan->columns[arg->column].name;
        if (rule == RULE_METRIC_MEAN && ((inner == INNER_MEAN && mean) || inner == INNER_RATIO)) mean_say(look, e, column, &s, inner);
        if (rule == RULE_METRIC_DISTINCT && inner == INNER_DISTINCT && sum && !adds_up(look, &s)) distinct_say(look, e, column, &s);
    }
}

static void mean_look(struct look *look, const struct rel *rel) { again_look(look, rel, RULE_METRIC_MEAN); }
static void distinct_look(struct look *look, const struct rel *rel) { again_look(look, rel, RULE_METRIC_DISTINCT); }

const struct look_rule metric_shape_looks[] = {
    {.rule = RULE_METRIC_MEAN, .rel = mean_look},
    {.rule = RULE_METRIC_DISTINCT, .rel = distinct_look},
    LOOKS_END,
};
