/* difference.c - how two queries differ: sources, grain, filters, measures, columns. */
#include "difference.h"

#include "derive_core.h"

/* One query seen as joins, filters, grain and measures. */
struct view {
    const struct normal *of;
    const struct block *core; /* joins and filters */
    const struct source *agg; /* the grouping over it; NULL: none */
    const struct exprs *outs; /* the result's columns */
};

struct comparing {
    struct arena *arena;
    struct view a, b;
    struct match m; /* of b to a */
    bool *in_a, *in_b;
    VEC(const char *) said;
    size_t literals;
    struct differences *out;
};

static struct view view_of(const struct normal *n) {
    struct view v = {.of = n, .core = n->root, .outs = &n->root->outs};
    while (v.core->n_sources == 1 && v.core->n_items == 0 && v.core->sources[0]->block) {
        const struct source *s = v.core->sources[0];
        if (s->kind == SRC_AGG && !v.agg && (s->aggs.n || s->keys.n)) v.agg = s;
        else if (s->kind == SRC_AGG && v.agg) break;
        v.core = s->block;
    }
    return v;
}

static void say(struct comparing *c, const char *sentence) {
    if (c->said.n < DIFFERENCES_MAX) *vec_add(c->arena, &c->said) = sentence;
}

static const char *words(struct comparing *c, const struct view *v, nexpr e) {
    /* What an outer join shows is NULL where nothing matched: that goes without saying. */
    bool extended = e->op == SC_CASE && e->n == 3 && e->args[0]->op == SC_MATCHED && e->args[2]->op == SC_LITERAL;
    return normal_expr_text(c->arena, v->of, extended ? e->args[1] : e);
}

static const char *source_name(const struct source *s) {
    static const char *const kinds[] = {[SRC_AGG] = "an aggregated sub-query", [SRC_SETOP] = "a union",    [SRC_LIMIT] = "a limited sub-query",
                                        [SRC_WINDOW] = "a windowed sub-query", [SRC_FULL] = "a full join", [SRC_VALUES] = "a list of values",
                                        [SRC_OPAQUE] = "a table function"};
    return s->kind == SRC_TABLE ? s->name : kinds[s->kind];
}

/* Pairs sources: tables of the same name, sub-queries that are equal. */
static void pair_sources(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    c->in_a = arena_array(c->arena, x->n_sources + 1, sizeof *c->in_a);
    c->in_b = arena_array(c->arena, y->n_sources + 1, sizeof *c->in_b);
    for (size_t i = 0; i < x->n_sources; i++)
        for (size_t k = 0; k < y->n_sources && !c->in_a[i]; k++) {
            if (c->in_b[k] || !match_source(&c->m, y->sources[k], x->sources[i])) continue;
            c->in_a[i] = c->in_b[k] = true;
        }
}

static const struct source *item_table(const struct block *b, const char *name) {
    for (size_t i = 0; i < b->n_items; i++)
        for (size_t k = 0; k < b->items[i].block->n_sources; k++) {
            const struct source *s = b->items[i].block->sources[k];
            if (s->kind == SRC_TABLE && strcmp(s->name, name) == 0) return s;
        }
    return NULL;
}

static void compare_sources(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    c->out->same_tables = true;
    for (size_t i = 0; i < x->n_sources; i++) {
        if (c->in_a[i]) continue;
        c->out->same_tables = false;
        const struct source *s = x->sources[i];
        bool outer = s->kind == SRC_TABLE && item_table(y, s->name);
        say(c, outer ? arena_printf(c->arena, "yours joins %s, where the existing one keeps rows without a match (LEFT JOIN)", s->name)
                     : arena_printf(c->arena, "yours also reads %s", source_name(s)));
    }
    for (size_t k = 0; k < y->n_sources; k++) {
        if (c->in_b[k]) continue;
        c->out->same_tables = false;
        const struct source *s = y->sources[k];
        bool outer = s->kind == SRC_TABLE && item_table(x, s->name);
        say(c, outer ? arena_printf(c->arena, "yours keeps rows without a match in %s (LEFT JOIN), where the existing one drops them", s->name)
                     : arena_printf(c->arena, "the existing one also reads %s", source_name(s)));
    }
    if (x->n_items == y->n_items || !c->out->same_tables) return;
    c->out->same_tables = false;
    say(c,
        x->n_items > y->n_items ? "yours has an outer join that the existing one has not" : "the existing one has an outer join that yours has not");
}

/* Pairs each of xs with one of ys; `in_x`, `in_y` say who found a partner. */
static void pair_exprs(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y) {
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && match_expr(&c->m, ys->at[k], xs->at[i])) in_x[i] = in_y[k] = true;
}

/* Are the two the same but for literals? Then `*la` and `*lb` are the first that differ. */
static bool same_but_literals(struct comparing *c, nexpr y, nexpr x, nexpr *la, nexpr *lb) {
    if (match_expr(&c->m, y, x)) return true;
    if (y->op == SC_LITERAL && x->op == SC_LITERAL) {
        if (!*la) {
            *la = x;
            *lb = y;
        }
        return true;
    }
    bool same_node = y->op == x->op && y->n == x->n && y->n && !y->block && !x->block && !y->window && !x->window && y->distinct == x->distinct;
    if (!same_node || (y->name && x->name && strcmp(y->name, x->name) != 0) || (y->filter != NULL) != (x->filter != NULL)) return false;
    for (size_t i = 0; i < y->n; i++)
        if (!same_but_literals(c, y->args[i], x->args[i], la, lb)) return false;
    return !y->filter || same_but_literals(c, y->filter, x->filter, la, lb);
}

static void compare_filters(struct comparing *c) {
    const struct exprs *xs = &c->a.core->preds, *ys = &c->b.core->preds;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    pair_exprs(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++) {
            nexpr la = NULL, lb = NULL;
            if (in_y[k] || !same_but_literals(c, ys->at[k], xs->at[i], &la, &lb) || !la) continue;
            in_x[i] = in_y[k] = true;
            c->literals++;
            say(c, arena_printf(c->arena, "`%s` here, `%s` there", words(c, &c->a, xs->at[i]), words(c, &c->b, ys->at[k])));
        }
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say(c, arena_printf(c->arena, "yours also filters `%s`", words(c, &c->a, xs->at[i])));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say(c, arena_printf(c->arena, "the existing one also filters `%s`", words(c, &c->b, ys->at[k])));
}

static void compare_grain(struct comparing *c) {
    static const struct exprs none = {0};
    const struct exprs *xs = c->a.agg ? &c->a.agg->keys : &none, *ys = c->b.agg ? &c->b.agg->keys : &none;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    c->out->same_grain = (c->a.agg != NULL) == (c->b.agg != NULL);
    if (!c->out->same_grain) {
        say(c, c->a.agg ? "yours aggregates, the existing one keeps single rows" : "yours keeps single rows, the existing one aggregates");
        return;
    }
    pair_exprs(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++) {
        if (in_x[i]) continue;
        c->out->same_grain = false;
        say(c, arena_printf(c->arena, "yours is also by `%s`", words(c, &c->a, xs->at[i])));
    }
    for (size_t k = 0; k < ys->n; k++) {
        if (in_y[k]) continue;
        c->out->same_grain = false;
        say(c, arena_printf(c->arena, "the existing one is also by `%s`", words(c, &c->b, ys->at[k])));
    }
}

/* What an output is made of: an aggregate's column stands for the aggregate. */
static nexpr meaning(const struct view *v, nexpr out) {
    if (out->op != SC_COLUMN || !v->agg) return out;
    for (size_t i = 0; i < v->agg->keys.n; i++)
        if (v->agg->columns[i] == out->column) return v->agg->keys.at[i];
    for (size_t i = 0; i < v->agg->aggs.n; i++)
        if (v->agg->columns[v->agg->keys.n + i] == out->column) return v->agg->aggs.at[i];
    return out;
}

/* The grouping's own columns pair when what they hold pairs, so that expressions over them can be compared. */
static void pair_measures(struct comparing *c) {
    if (!c->a.agg || !c->b.agg) return;
    for (size_t k = 0; k < c->b.agg->n_columns; k++)
        for (size_t i = 0; i < c->a.agg->n_columns && c->m.to_q[c->b.agg->columns[k]] < 0; i++) {
            const struct source *x = c->a.agg, *y = c->b.agg;
            nexpr ex = i < x->keys.n ? x->keys.at[i] : x->aggs.at[i - x->keys.n], ey = k < y->keys.n ? y->keys.at[k] : y->aggs.at[k - y->keys.n];
            if (match_expr(&c->m, ey, ex)) c->m.to_q[y->columns[k]] = x->columns[i];
        }
}

static const char *output_name(const struct view *v, size_t i) { return i < v->of->plan->n_outputs ? v->of->plan->names[i] : NULL; }

static void compare_outputs(struct comparing *c) {
    const struct exprs *xs = c->a.outs, *ys = c->b.outs;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    pair_measures(c);
    pair_exprs(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++) {
            const char *name = output_name(&c->a, i), *other = output_name(&c->b, k);
            if (in_y[k] || !name || !other || strcasecmp(name, other) != 0) continue;
            in_x[i] = in_y[k] = true;
            nexpr la = NULL, lb = NULL, x = meaning(&c->a, xs->at[i]), y = meaning(&c->b, ys->at[k]);
            if (same_but_literals(c, y, x, &la, &lb) && la) c->literals++;
            const char *here = words(c, &c->a, x), *there = words(c, &c->b, y); /* alike in words: only their tables differ, which is said already */
            if (strcmp(here, there) != 0) say(c, arena_printf(c->arena, "`%s` is `%s` here and `%s` there", name, here, there));
        }
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say(c, arena_printf(c->arena, "yours also has `%s`", words(c, &c->a, meaning(&c->a, xs->at[i]))));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say(c, arena_printf(c->arena, "the existing one also has `%s`", words(c, &c->b, meaning(&c->b, ys->at[k]))));
}

static void compare_having(struct comparing *c) {
    static const struct exprs none = {0};
    const struct exprs *xs = c->a.agg ? &c->a.of->root->preds : &none, *ys = c->b.agg ? &c->b.of->root->preds : &none;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    pair_measures(c);
    pair_exprs(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say(c, arena_printf(c->arena, "yours also keeps only groups with `%s`", words(c, &c->a, xs->at[i])));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say(c, arena_printf(c->arena, "the existing one also keeps only groups with `%s`", words(c, &c->b, ys->at[k])));
}

struct differences *difference_list(struct arena *arena, const struct normal *a, const struct normal *b) {
    struct comparing c = {.arena = arena, .out = arena_new(arena, struct differences)};
    if (!a->root || !b->root) return c.out;
    c.a = view_of(a);
    c.b = view_of(b);
    match_init(&c.m, arena, b, a);
    pair_sources(&c);
    compare_sources(&c);
    compare_grain(&c);
    compare_filters(&c);
    compare_having(&c);
    compare_outputs(&c);
    c.out->n = c.said.n;
    c.out->at = c.said.at;
    c.out->n_literals = c.literals;
    c.out->only_literals = c.literals > 0 && c.literals == c.said.n;
    return c.out;
}
