/* difference_filter.c - how two queries differ in what rows they keep. */
#include "difference_core.h"

void pair_exprs(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y) {
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && match_expr(c->m, ys->at[k], xs->at[i])) in_x[i] = in_y[k] = true;
}

void pair_alike(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y) {
    for (size_t i = 0; i < xs->n && !c->same_tables; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && strcmp(words(&c->a, xs->at[i]), words(&c->b, ys->at[k])) == 0) in_x[i] = in_y[k] = true;
}

bool same_but_literals(struct comparing *c, nexpr y, nexpr x, struct literals *found) {
    if (match_expr(c->m, y, x)) return true;
    if (y->op == SC_LITERAL && x->op == SC_LITERAL) {
        if (found->n < 4) found->x[found->n] = x, found->y[found->n] = y;
        found->n++;
        return true;
    }
    bool same_node = y->op == x->op && y->n == x->n && y->n && !y->block && !x->block && !y->window && !x->window && y->distinct == x->distinct;
    if (!same_node || (y->name && x->name && strcmp(y->name, x->name) != 0) || (y->filter != NULL) != (x->filter != NULL)) return false;
    for (size_t i = 0; i < y->n; i++)
        if (!same_but_literals(c, y->args[i], x->args[i], found)) return false;
    return !y->filter || same_but_literals(c, y->filter, x->filter, found);
}

/* ---- sub-queries in conditions ---- */

/* `x.k = y.k OR x.k IS NULL OR y.k IS NULL`: what NOT IN asks of the two. */
static bool is_not_in_tie(const struct view *v, nexpr e) {
    bool join = false, null = false;
    for (size_t i = 0; e->op == SC_OR && i < e->n; i++) {
        if (!is_join(v, e->args[i]) && e->args[i]->op != SC_IS_NULL) return false;
        join |= is_join(v, e->args[i]);
        null |= e->args[i]->op == SC_IS_NULL;
    }
    return join && null;
}

/* "a match in orders (`status = 'open'`)": equations that tie it to the outside go without saying. NULL: it is tied in another way. */
static const char *match_words(struct comparing *c, const struct view *v, const struct block *sub) {
    struct buf text = buf_new(c->arena), where = buf_new(c->arena);
    bool nulls = false, other = false, bare = source_names_bare(v->names, false);
    size_t mark = source_names_mark(v->names);
    buf_text(&text, "a match in ");
    for (size_t i = 0; i < sub->n_sources; i++) buf_printf(&text, "%s%s", i ? ", " : "", source_words(c, sub->sources[i]));
    for (size_t i = 0; i < sub->preds.n; i++) {
        nexpr e = sub->preds.at[i];
        bool tied = false;
        for (size_t k = 0; k < v->core->n_sources && !tied; k++) tied = reads(v, e, v->core->sources[k]);
        if (tied && is_not_in_tie(v, e)) nulls = true;
        else if (tied && !is_join(v, e)) other = true;
        else if (!tied) buf_printf(&where, "%s%s", where.n ? " AND " : "", words(v, e));
    }
    source_names_bare(v->names, bare);
    source_names_back(v->names, mark);
    if (other) return NULL;
    if (where.n) buf_printf(&text, " (`%s`)", buf_str(&where));
    if (nulls) buf_text(&text, " and without a NULL to compare with (NOT IN)");
    return buf_str(&text);
}

/* "with a match in ..", "without a match in .."; NULL: it is no such condition. */
static const char *exists_words(struct comparing *c, const struct view *v, nexpr e) {
    bool negated = e->op == SC_NOT && e->args[0]->op == SC_EXISTS;
    nexpr inner = negated ? e->args[0] : e;
    const char *match = inner->op == SC_EXISTS && inner->block ? match_words(c, v, inner->block) : NULL;
    return match ? arena_printf(c->arena, "%s %s", negated ? "without" : "with", match) : NULL;
}

static void say_filter(struct comparing *c, const struct view *v, nexpr e) {
    const char *match = exists_words(c, v, e);
    if (match) say(c, arena_printf(c->arena, "%s keeps only rows %s", v->who, match));
    else say(c, arena_printf(c->arena, is_join(v, e) ? "%s also joins on `%s`" : "%s also filters `%s`", v->who, words(v, e)));
}

/* ---- pairs ---- */

/* The values of `x = 1 OR x = 2`, or of `x = 1`. */
static nexpr values_of(nexpr e, struct exprs *values, struct arena *arena) {
    nexpr about = NULL;
    size_t n = e->op == SC_OR ? e->n : 1;
    for (size_t i = 0; i < n; i++) {
        nexpr one = e->op == SC_OR ? e->args[i] : e;
        if (one->op != SC_EQ) return NULL;
        size_t at = one->args[0]->op == SC_LITERAL ? 0 : 1;
        if (one->args[at]->op != SC_LITERAL || (about && one->args[1 - at] != about)) return NULL;
        about = one->args[1 - at];
        conjuncts_add(arena, values, one->args[at]);
    }
    return about;
}

/* Lists of which one has values that the other has not: those are told, not the lists. */
static bool say_values(struct comparing *c, nexpr x, nexpr y) {
    struct exprs xs = {0}, ys = {0};
    nexpr about = values_of(x, &xs, c->arena), other = values_of(y, &ys, c->arena);
    if (!about || !other || xs.n + ys.n < 3 || !match_expr(c->m, other, about)) return false;
    bool *in_x = arena_array(c->arena, xs.n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys.n + 1, sizeof *in_y);
    pair_exprs(c, &xs, &ys, in_x, in_y);
    for (int side = 0; side < 2; side++) {
        struct buf text = buf_new(c->arena);
        const struct exprs *values = side ? &ys : &xs;
        for (size_t i = 0; i < values->n; i++)
            if (!(side ? in_y : in_x)[i]) buf_printf(&text, "%s%s", text.n ? ", " : "", words(side ? &c->b : &c->a, values->at[i]));
        if (text.n) say(c, arena_printf(c->arena, "%s also takes `%s` %s", side ? c->b.who : c->a.who, words(&c->a, about), buf_str(&text)));
    }
    return true;
}

static void say_both(struct comparing *c, nexpr x, nexpr y) {
    say(c, arena_printf(c->arena, "`%s` here, `%s` there", words(&c->a, x), words(&c->b, y)));
}

static bool say_literals(struct comparing *c, nexpr x, nexpr y) {
    struct literals found = {0};
    if (!same_but_literals(c, y, x, &found) || !found.n) return false;
    say_literal(c, arena_printf(c->arena, "`%s` here, `%s` there", words(&c->a, x), words(&c->b, y)));
    return true;
}

static bool is_comparison(nexpr e) { return e->op >= SC_EQ && e->op <= SC_SAME; }

/* `a < b` in the place of `a <= b`, and joins that share a side. */
static bool say_terms(struct comparing *c, nexpr x, nexpr y) {
    if (!is_comparison(x) || !is_comparison(y)) return false;
    bool straight = match_expr(c->m, y->args[0], x->args[0]), straight_too = match_expr(c->m, y->args[1], x->args[1]);
    bool crossed = match_expr(c->m, y->args[0], x->args[1]), crossed_too = match_expr(c->m, y->args[1], x->args[0]);
    bool same = (straight && straight_too) || (crossed && crossed_too);
    if (same && x->args[0]->op != SC_LITERAL && x->args[1]->op != SC_LITERAL) {
        say_both(c, x, y);
        return true;
    }
    bool joins = is_join(&c->a, x) && is_join(&c->b, y) && (straight || straight_too || crossed || crossed_too);
    if (joins) say(c, arena_printf(c->arena, "joined on `%s` here and on `%s` there", words(&c->a, x), words(&c->b, y)));
    return joins;
}

/* Rows with and without a match in the same tables, on other terms. */
static bool say_matches(struct comparing *c, nexpr x, nexpr y) {
    const char *here = exists_words(c, &c->a, x), *there = exists_words(c, &c->b, y);
    if (!here || !there || strcmp(here, there) == 0) return false;
    nexpr ex = x->op == SC_NOT ? x->args[0] : x, ey = y->op == SC_NOT ? y->args[0] : y;
    if (ex->block->n_sources != ey->block->n_sources) return false;
    for (size_t i = 0; i < ex->block->n_sources; i++)
        if (strcmp(source_words(c, ex->block->sources[i]), source_words(c, ey->block->sources[i])) != 0) return false;
    say(c, arena_printf(c->arena, "yours keeps only rows %s, the existing one those %s", here, there));
    return true;
}

void compare_filters(struct comparing *c) {
    static bool (*const ways[])(struct comparing *, nexpr, nexpr) = {say_literals, say_values, say_terms, say_matches};
    const struct exprs *xs = &c->a.core->preds, *ys = &c->b.core->preds;
    bool *in_x = c->said_a, *in_y = c->said_b;
    pair_exprs(c, xs, ys, in_x, in_y);
    pair_alike(c, xs, ys, in_x, in_y);
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
        for (size_t i = 0; i < xs->n; i++)
            for (size_t k = 0; k < ys->n && !in_x[i]; k++)
                if (!in_y[k] && ways[w](c, xs->at[i], ys->at[k])) in_x[i] = in_y[k] = true;
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say_filter(c, &c->a, xs->at[i]);
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say_filter(c, &c->b, ys->at[k]);
}

/* ---- over the rows: filters on windows, limits, groups ---- */

static void layers_collect(struct comparing *c, const struct view *v, struct exprs *out) {
    for (size_t l = 0; l < v->n_layers; l++)
        for (size_t i = 0; i < v->layers[l]->preds.n; i++) *vec_add(c->arena, out) = v->layers[l]->preds.at[i];
}

/* Filters on windows and limits, held against each other as they read. */
static void compare_kept(struct comparing *c) {
    struct exprs xs = {0}, ys = {0};
    layers_collect(c, &c->a, &xs);
    layers_collect(c, &c->b, &ys);
    bool *in_x = arena_array(c->arena, xs.n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys.n + 1, sizeof *in_y);
    for (int same = 1; same >= 0; same--)
        for (size_t i = 0; i < xs.n; i++)
            for (size_t k = 0; k < ys.n && !in_x[i]; k++) {
                const char *here = words(&c->a, xs.at[i]), *there = words(&c->b, ys.at[k]);
                if (in_y[k] || (same && strcmp(here, there) != 0)) continue;
                in_x[i] = in_y[k] = true;
                if (!same) say(c, arena_printf(c->arena, "only rows with `%s` here, with `%s` there", here, there));
            }
    for (size_t i = 0; i < xs.n; i++)
        if (!in_x[i]) say(c, arena_printf(c->arena, "%s keeps only rows with `%s`", c->a.who, words(&c->a, xs.at[i])));
    for (size_t k = 0; k < ys.n; k++)
        if (!in_y[k]) say(c, arena_printf(c->arena, "%s keeps only rows with `%s`", c->b.who, words(&c->b, ys.at[k])));
}

void compare_layers(struct comparing *c) {
    compare_kept(c);
    const struct view *only = c->a.limit && !c->b.limit ? &c->a : !c->a.limit && c->b.limit ? &c->b : NULL;
    if (only) say(c, arena_printf(c->arena, "%s takes only some rows (`%s`)", only->who, words_of_limit(only->names, only->limit)));
    if (!c->a.limit || !c->b.limit) return;
    const char *here = words_of_limit(c->a.names, c->a.limit), *there = words_of_limit(c->b.names, c->b.limit);
    if (strcmp(here, there) != 0) say(c, arena_printf(c->arena, "`%s` here, `%s` there", here, there));
}

void compare_having(struct comparing *c) {
    static const struct exprs none = {0};
    bool over_a = c->a.agg && c->a.n_layers == 0, over_b = c->b.agg && c->b.n_layers == 0;
    const struct exprs *xs = over_a ? &c->a.root->preds : &none, *ys = over_b ? &c->b.root->preds : &none;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    pair_measures(c);
    pair_exprs(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++) {
            struct literals found = {0};
            if (in_y[k] || !same_but_literals(c, ys->at[k], xs->at[i], &found) || !found.n) continue;
            in_x[i] = in_y[k] = true;
            say_literal(c, arena_printf(c->arena, "only groups with `%s` here, with `%s` there", words(&c->a, xs->at[i]), words(&c->b, ys->at[k])));
        }
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say(c, arena_printf(c->arena, "yours also keeps only groups with `%s`", words(&c->a, xs->at[i])));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say(c, arena_printf(c->arena, "the existing one also keeps only groups with `%s`", words(&c->b, ys->at[k])));
}
