/* difference_column.c - how two queries differ in grain and columns. */
#include "difference_core.h"

#define LONG_WORDS 60 /* what is longer is told by what differs in it */

/* ---- grain ---- */

static bool uses_partner(struct comparing *c, nexpr y, int column) {
    if (y->op == SC_COLUMN) return c->m->to_q[y->column] == column;
    for (size_t i = 0; i < y->n; i++)
        if (uses_partner(c, y->args[i], column)) return true;
    return false;
}

/* Do the two read a column in common? */
static bool same_column(struct comparing *c, nexpr x, nexpr y) {
    if (x->op == SC_COLUMN) return uses_partner(c, y, x->column);
    for (size_t i = 0; i < x->n; i++)
        if (same_column(c, x->args[i], y)) return true;
    return false;
}

static bool is_distinct(const struct view *v) { return v->agg && v->agg->aggs.n == 0 && v->agg->n_sets == 0; }

/* Only one of the two groups. */
static void say_grouping(struct comparing *c) {
    const struct view *one = c->a.agg ? &c->a : &c->b, *other = c->a.agg ? &c->b : &c->a;
    if (is_distinct(one)) say(c, arena_printf(c->arena, "%s drops rows that are the same (DISTINCT), %s keeps them", one->who, other->who));
    else say(c, c->a.agg ? "yours aggregates, the existing one keeps single rows" : "yours keeps single rows, the existing one aggregates");
}

void compare_grain(struct comparing *c) {
    static const struct exprs none = {0};
    const struct exprs *xs = c->a.agg ? &c->a.agg->keys : &none, *ys = c->b.agg ? &c->b.agg->keys : &none;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    c->same_grain = (c->a.agg != NULL) == (c->b.agg != NULL);
    if (!c->same_grain) {
        say_grouping(c);
        return;
    }
    pair_exprs(c, xs, ys, in_x, in_y);
    pair_alike(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++) {
            if (in_y[k] || !same_column(c, xs->at[i], ys->at[k])) continue;
            in_x[i] = in_y[k] = true;
            c->same_grain = false;
            say(c, arena_printf(c->arena, "by `%s` here, by `%s` there", words(&c->a, xs->at[i]), words(&c->b, ys->at[k])));
        }
    for (size_t i = 0; i < xs->n; i++) {
        if (in_x[i]) continue;
        c->same_grain = false;
        say(c, arena_printf(c->arena, "yours is also by `%s`", words(&c->a, xs->at[i])));
    }
    for (size_t k = 0; k < ys->n; k++) {
        if (in_y[k]) continue;
        c->same_grain = false;
        say(c, arena_printf(c->arena, "the existing one is also by `%s`", words(&c->b, ys->at[k])));
    }
    if (c->a.agg && (c->a.agg->n_sets != 0) != (c->b.agg->n_sets != 0))
        say(c, arena_printf(c->arena, "%s also gives subtotals (GROUPING SETS, ROLLUP or CUBE)", c->a.agg->n_sets ? c->a.who : c->b.who));
}

/* ---- columns ---- */

/* What an output is made of: an aggregate's column stands for the aggregate. */
static nexpr meaning(const struct view *v, nexpr out) {
    if (out->op != SC_COLUMN || !v->agg) return out;
    for (size_t i = 0; i < v->agg->keys.n; i++)
        if (v->agg->columns[i] == out->column) return v->agg->keys.at[i];
    for (size_t i = 0; i < v->agg->aggs.n; i++)
        if (v->agg->columns[v->agg->keys.n + i] == out->column) return v->agg->aggs.at[i];
    return out;
}

/* It was told with the grain, when the other one groups too. */
static bool is_key(const struct view *v, const struct view *other, nexpr out) {
    for (size_t i = 0; v->agg && other->agg && i < v->agg->keys.n; i++)
        if (out->op == SC_COLUMN && v->agg->columns[i] == out->column) return true;
    return false;
}

void pair_measures(struct comparing *c) {
    if (!c->a.agg || !c->b.agg) return;
    for (size_t k = 0; k < c->b.agg->n_columns; k++)
        for (size_t i = 0; i < c->a.agg->n_columns && c->m->to_q[c->b.agg->columns[k]] < 0; i++) {
            const struct source *x = c->a.agg, *y = c->b.agg;
            nexpr ex = i < x->keys.n ? x->keys.at[i] : x->aggs.at[i - x->keys.n], ey = k < y->keys.n ? y->keys.at[k] : y->aggs.at[k - y->keys.n];
            if (match_expr(c->m, ey, ex)) c->m->to_q[y->columns[k]] = x->columns[i];
        }
}

/* Only the query itself has names; its sub-queries' columns go by their place. */
static const char *output_name(const struct view *v, size_t i) {
    if (v->root != v->of->root) return NULL;
    return i < v->of->plan->n_outputs ? v->of->plan->names[i] : NULL;
}

/* An output that the other has not: by its name, and what it is where that says more. */
static const char *output_words(struct comparing *c, const struct view *v, size_t i) {
    const char *name = output_name(v, i), *text = words(v, meaning(v, v->root->outs.at[i]));
    const char *dot = strrchr(text, '.'), *plain = strpbrk(text, " (") || !dot ? text : dot + 1;
    bool named = name && *name && strcmp(name, "*") != 0 && strcasecmp(plain, name) != 0 && strncasecmp(text, name, strlen(name)) != 0;
    return named ? arena_printf(c->arena, "`%s` (`%s`)", name, text) : arena_printf(c->arena, "`%s`", text);
}

/* "10, 'gold' here, 5, 'silver' there" */
static const char *literals_words(struct comparing *c, const struct literals *found) {
    struct buf here = buf_new(c->arena), there = buf_new(c->arena);
    for (size_t i = 0; i < found->n; i++) {
        buf_printf(&here, "%s%s", i ? ", " : "", words(&c->a, found->x[i]));
        buf_printf(&there, "%s%s", i ? ", " : "", words(&c->b, found->y[i]));
    }
    return arena_printf(c->arena, "has %s here, %s there", buf_str(&here), buf_str(&there));
}

/* Two outputs that stand for each other. */
static void compare_output(struct comparing *c, size_t i, size_t k) {
    nexpr out = c->a.root->outs.at[i], other = c->b.root->outs.at[k], x = meaning(&c->a, out), y = meaning(&c->b, other);
    if (is_key(&c->a, &c->b, out) && is_key(&c->b, &c->a, other)) return;
    struct literals found = {0};
    bool literal = same_but_literals(c, y, x, &found) && found.n;
    const char *name = output_name(&c->a, i), *here = words(&c->a, x), *there = words(&c->b, y);
    const char *called = name ? arena_printf(c->arena, "`%s`", name) : arena_printf(c->arena, "column %zu", i + 1);
    bool alike = strcmp(here, there) == 0;
    if (alike && !c->same_tables) return; /* only their tables differ, which is said already */
    if (alike) here = words_of_expr_fully(c->a.names, x), there = words_of_expr_fully(c->b.names, y);
    if (alike && strcmp(here, there) == 0) return;
    const char *sentence = literal && found.n <= 4 && strlen(here) > LONG_WORDS
                               ? arena_printf(c->arena, "%s %s", called, literals_words(c, &found))
                               : arena_printf(c->arena, "%s is `%s` here and `%s` there", called, here, there);
    if (literal) say_literal(c, sentence);
    else say(c, sentence);
}

void compare_outputs(struct comparing *c) {
    const struct exprs *xs = &c->a.root->outs, *ys = &c->b.root->outs;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    pair_measures(c);
    if (!c->depth) pair_exprs(c, xs, ys, in_x, in_y);
    if (c->depth && xs->n != ys->n) return; /* told where they are used */
    for (size_t i = 0; i < xs->n && c->depth; i++) in_x[i] = in_y[i] = match_expr(c->m, ys->at[i], xs->at[i]);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++) {
            const char *name = output_name(&c->a, i), *other = output_name(&c->b, k);
            bool same = c->depth ? i == k : name && other && strcasecmp(name, other) == 0;
            if (in_y[k] || !same) continue;
            in_x[i] = in_y[k] = true;
            compare_output(c, i, k);
        }
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i] && !is_key(&c->a, &c->b, xs->at[i])) say(c, arena_printf(c->arena, "yours also has %s", output_words(c, &c->a, i)));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k] && !is_key(&c->b, &c->a, ys->at[k])) say(c, arena_printf(c->arena, "the existing one also has %s", output_words(c, &c->b, k)));
}
