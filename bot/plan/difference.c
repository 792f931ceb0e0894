/* difference.c - how two queries differ: sources, joins, grain, filters, measures, columns. */
#include "difference.h"

#include "derive_core.h"

#define LAYERS_MAX 8

/* One query seen as joins, filters, grain and measures. */
struct view {
    const struct normal *of;
    const struct block *core; /* joins and filters */
    const struct source *agg; /* the grouping over it; NULL: none */
    const struct exprs *outs; /* the result's columns */
    const struct source *limit;
    const struct block *layers[LAYERS_MAX]; /* over the core, but for the outermost one over a grouping: their filters are on windows and the like */
    size_t n_layers;
    const char *who; /* "yours", "the existing one" */
};

struct comparing {
    struct arena *arena;
    struct view a, b;
    struct match m; /* of b to a */
    bool bare;      /* both read the same one table */
    bool *in_a, *in_b;
    bool *said_a, *said_b; /* conjuncts of the cores that were told with their source */
    VEC(const char *) said;
    size_t literals;
    struct differences *out;
};

static struct view view_of(const struct normal *n, const char *who) {
    struct view v = {.of = n, .core = n->root, .outs = &n->root->outs, .who = who};
    while (v.core->n_sources == 1 && v.core->n_items == 0 && v.core->sources[0]->block) {
        const struct source *s = v.core->sources[0];
        if (s->kind == SRC_AGG && v.agg) break;
        if (s->kind == SRC_LIMIT && !v.limit) v.limit = s;
        if (s->kind != SRC_AGG && v.n_layers < LAYERS_MAX) v.layers[v.n_layers++] = v.core;
        if (s->kind == SRC_AGG && (s->aggs.n || s->keys.n)) v.agg = s;
        v.core = s->block;
    }
    return v;
}

static void say(struct comparing *c, const char *sentence) {
    if (c->said.n < DIFFERENCES_MAX) *vec_add(c->arena, &c->said) = sentence;
}

static bool has_query(nexpr e) {
    for (size_t i = 0; i < e->n; i++)
        if (has_query(e->args[i])) return true;
    return e->block != NULL;
}

static const char *words(struct comparing *c, const struct view *v, nexpr e) {
    /* What an outer join shows is NULL where nothing matched: that goes without saying. */
    bool extended = e->op == SC_CASE && e->n == 3 && e->args[0]->op == SC_MATCHED && e->args[2]->op == SC_LITERAL;
    return normal_expr_words(c->arena, v->of, extended ? e->args[1] : e, c->bare && !has_query(e));
}

static const char *source_name(const struct source *s) {
    static const char *const kinds[] = {[SRC_AGG] = "an aggregated sub-query", [SRC_SETOP] = "a union",    [SRC_LIMIT] = "a limited sub-query",
                                        [SRC_WINDOW] = "a windowed sub-query", [SRC_FULL] = "a full join", [SRC_VALUES] = "a list of values",
                                        [SRC_OPAQUE] = "a table function"};
    return s->kind == SRC_TABLE ? s->name : kinds[s->kind];
}

static bool is_one_table(const struct view *v) { return v->core->n_sources == 1 && v->core->n_items == 0 && v->core->sources[0]->kind == SRC_TABLE; }

/* Pairs sources: tables of the same name, sub-queries that are equal. */
static void pair_sources(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    c->in_a = arena_array(c->arena, x->n_sources + 1, sizeof *c->in_a);
    c->in_b = arena_array(c->arena, y->n_sources + 1, sizeof *c->in_b);
    c->said_a = arena_array(c->arena, x->preds.n + 1, sizeof *c->said_a);
    c->said_b = arena_array(c->arena, y->preds.n + 1, sizeof *c->said_b);
    c->bare = is_one_table(&c->a) && is_one_table(&c->b) && strcmp(x->sources[0]->name, y->sources[0]->name) == 0;
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

static bool reads(const struct view *v, nexpr e, const struct source *s) {
    if (e->op == SC_COLUMN) return v->of->column_source[e->column] == s;
    for (size_t i = 0; i < e->n; i++)
        if (reads(v, e->args[i], s)) return true;
    return false;
}

/* An equation of columns of two sources. */
static bool is_join(const struct view *v, nexpr e) {
    return e->op == SC_EQ && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN &&
           v->of->column_source[e->args[0]->column] != v->of->column_source[e->args[1]->column];
}

/* How the source is joined to the others: " on `a.x = b.x`"; marks that as said. */
static const char *join_words(struct comparing *c, const struct view *v, const struct source *s, bool *said) {
    struct buf text = buf_new(c->arena);
    for (size_t i = 0; i < v->core->preds.n; i++) {
        nexpr e = v->core->preds.at[i];
        if (said[i] || !is_join(v, e) || !reads(v, e, s)) continue;
        said[i] = true;
        buf_printf(&text, "%s%s", text.n ? " AND " : " on `", words(c, v, e));
    }
    return text.n ? arena_printf(c->arena, "%s`", buf_str(&text)) : "";
}

static void compare_sources(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    c->out->same_tables = true;
    for (size_t i = 0; i < x->n_sources; i++) {
        if (c->in_a[i]) continue;
        c->out->same_tables = false;
        const struct source *s = x->sources[i];
        bool outer = s->kind == SRC_TABLE && item_table(y, s->name);
        const char *on = join_words(c, &c->a, s, c->said_a);
        say(c, outer ? arena_printf(c->arena, "yours keeps only rows with a match in %s, where the existing one keeps all (LEFT JOIN)", s->name)
                     : arena_printf(c->arena, "yours also reads %s%s", source_name(s), on));
    }
    for (size_t k = 0; k < y->n_sources; k++) {
        if (c->in_b[k]) continue;
        c->out->same_tables = false;
        const struct source *s = y->sources[k];
        bool outer = s->kind == SRC_TABLE && item_table(x, s->name);
        const char *on = join_words(c, &c->b, s, c->said_b);
        say(c, outer ? arena_printf(c->arena, "yours keeps rows without a match in %s (LEFT JOIN), where the existing one drops them", s->name)
                     : arena_printf(c->arena, "the existing one also reads %s%s", source_name(s), on));
    }
}

/* ---- outer joins ---- */

static const struct source *only_table(const struct left_item *item) {
    const struct block *b = item->block;
    return b->n_sources == 1 && b->n_items == 0 && b->sources[0]->kind == SRC_TABLE ? b->sources[0] : NULL;
}

static bool is_inner(const struct block *b, const char *name) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind == SRC_TABLE && strcmp(b->sources[i]->name, name) == 0) return true;
    return false;
}

static void say_conjuncts(struct comparing *c, const struct view *v, const struct exprs *preds, const bool *paired, const char *table) {
    for (size_t i = 0; i < preds->n; i++)
        if (!paired[i]) say(c, arena_printf(c->arena, "%s joins %s (LEFT JOIN) with `%s` as well", v->who, table, words(c, v, preds->at[i])));
}

/* The same table joined on other terms. */
static void compare_item(struct comparing *c, const struct left_item *x, const struct left_item *y) {
    const struct exprs *xs = &x->block->preds, *ys = &y->block->preds;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    if (!match_source(&c->m, only_table(y), only_table(x))) return;
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && match_expr(&c->m, ys->at[k], xs->at[i])) in_x[i] = in_y[k] = true;
    say_conjuncts(c, &c->a, xs, in_x, only_table(x)->name);
    say_conjuncts(c, &c->b, ys, in_y, only_table(y)->name);
}

static void say_item(struct comparing *c, const struct view *v, const struct block *other, const struct left_item *item) {
    const struct source *s = item->block->n_sources == 1 ? item->block->sources[0] : NULL;
    if (s && s->kind == SRC_TABLE && is_inner(other, s->name)) return; /* told with the sources */
    say(c, arena_printf(c->arena, "%s also joins %s (LEFT JOIN)", v->who, s ? source_name(s) : "more tables"));
}

static void compare_items(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    bool *in_x = arena_array(c->arena, x->n_items + 1, sizeof *in_x), *in_y = arena_array(c->arena, y->n_items + 1, sizeof *in_y);
    for (int exact = 1; exact >= 0; exact--)
        for (size_t i = 0; i < x->n_items; i++)
            for (size_t k = 0; k < y->n_items && !in_x[i]; k++) {
                if (in_y[k]) continue;
                const struct source *s = only_table(&x->items[i]), *t = only_table(&y->items[k]);
                bool same = exact ? match_item(&c->m, &y->items[k], &x->items[i]) : s && t && strcmp(s->name, t->name) == 0;
                if (!same) continue;
                in_x[i] = in_y[k] = true;
                c->out->same_tables &= exact;
                if (!exact) compare_item(c, &x->items[i], &y->items[k]);
            }
    for (size_t i = 0; i < x->n_items; i++)
        if (!in_x[i]) say_item(c, &c->a, y, &x->items[i]), c->out->same_tables = false;
    for (size_t k = 0; k < y->n_items; k++)
        if (!in_y[k]) say_item(c, &c->b, x, &y->items[k]), c->out->same_tables = false;
}

/* ---- filters ---- */

/* Pairs each of xs with one of ys; `in_x`, `in_y` say who found a partner. */
static void pair_exprs(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y) {
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && match_expr(&c->m, ys->at[k], xs->at[i])) in_x[i] = in_y[k] = true;
}

/* Alike in words: only their tables differ, which is said already. */
static void pair_alike(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y) {
    for (size_t i = 0; i < xs->n && !c->out->same_tables; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && strcmp(words(c, &c->a, xs->at[i]), words(c, &c->b, ys->at[k])) == 0) in_x[i] = in_y[k] = true;
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

/* A sub-query's own conditions; equations that tie it to the outside go without saying. NULL: it is tied in another way. */
static const char *match_words(struct comparing *c, const struct view *v, const struct block *sub) {
    struct buf text = buf_new(c->arena), where = buf_new(c->arena);
    for (size_t i = 0; i < sub->n_sources; i++) buf_printf(&text, "%s%s", i ? ", " : "", source_name(sub->sources[i]));
    for (size_t i = 0; i < sub->preds.n; i++) {
        bool tied = false;
        for (size_t k = 0; k < v->core->n_sources && !tied; k++) tied = reads(v, sub->preds.at[i], v->core->sources[k]);
        if (tied && !is_join(v, sub->preds.at[i])) return NULL;
        const char *condition = tied ? NULL : normal_expr_words(c->arena, v->of, sub->preds.at[i], false);
        if (condition) buf_printf(&where, "%s%s", where.n ? " AND " : "", condition);
    }
    if (where.n) buf_printf(&text, " (`%s`)", buf_str(&where));
    return buf_str(&text);
}

static void say_filter(struct comparing *c, const struct view *v, nexpr e) {
    bool negated = e->op == SC_NOT && e->args[0]->op == SC_EXISTS;
    nexpr inner = negated ? e->args[0] : e;
    const char *match = inner->op == SC_EXISTS && inner->block ? match_words(c, v, inner->block) : NULL;
    if (match) say(c, arena_printf(c->arena, "%s keeps only rows %s a match in %s", v->who, negated ? "without" : "with", match));
    else say(c, arena_printf(c->arena, is_join(v, e) ? "%s also joins on `%s`" : "%s also filters `%s`", v->who, words(c, v, e)));
}

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
    if (!about || !other || xs.n + ys.n < 3 || !match_expr(&c->m, other, about)) return false;
    bool *in_x = arena_array(c->arena, xs.n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys.n + 1, sizeof *in_y);
    pair_exprs(c, &xs, &ys, in_x, in_y);
    for (int side = 0; side < 2; side++) {
        struct buf text = buf_new(c->arena);
        const struct exprs *values = side ? &ys : &xs;
        for (size_t i = 0; i < values->n; i++)
            if (!(side ? in_y : in_x)[i]) buf_printf(&text, "%s%s", text.n ? ", " : "", words(c, side ? &c->b : &c->a, values->at[i]));
        if (text.n)
            say(c, arena_printf(c->arena, "%s also takes `%s` %s", side ? "the existing one" : "yours", words(c, &c->a, about), buf_str(&text)));
    }
    return true;
}

/* Two conjuncts that stand for each other: the same but for literals, lists of values, or the terms of a join. */
static bool say_pair(struct comparing *c, nexpr x, nexpr y) {
    nexpr la = NULL, lb = NULL;
    if (same_but_literals(c, y, x, &la, &lb) && la) {
        c->literals++;
        say(c, arena_printf(c->arena, "`%s` here, `%s` there", words(c, &c->a, x), words(c, &c->b, y)));
        return true;
    }
    if (say_values(c, x, y)) return true;
    if (!is_join(&c->a, x) || !is_join(&c->b, y)) return false;
    bool shared = match_expr(&c->m, y->args[0], x->args[0]) || match_expr(&c->m, y->args[1], x->args[1]) ||
                  match_expr(&c->m, y->args[0], x->args[1]) || match_expr(&c->m, y->args[1], x->args[0]);
    if (shared) say(c, arena_printf(c->arena, "joined on `%s` here and on `%s` there", words(c, &c->a, x), words(c, &c->b, y)));
    return shared;
}

static void compare_filters(struct comparing *c) {
    const struct exprs *xs = &c->a.core->preds, *ys = &c->b.core->preds;
    bool *in_x = c->said_a, *in_y = c->said_b;
    pair_exprs(c, xs, ys, in_x, in_y);
    pair_alike(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n && !in_x[i]; k++)
            if (!in_y[k] && say_pair(c, xs->at[i], ys->at[k])) in_x[i] = in_y[k] = true;
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say_filter(c, &c->a, xs->at[i]);
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say_filter(c, &c->b, ys->at[k]);
}

/* Filters on windows and limits, held against each other as they read. */
static bool has_words(struct comparing *c, const struct view *v, const char *text) {
    for (size_t l = 0; l < v->n_layers; l++)
        for (size_t i = 0; i < v->layers[l]->preds.n; i++)
            if (strcmp(words(c, v, v->layers[l]->preds.at[i]), text) == 0) return true;
    return false;
}

static void say_layers(struct comparing *c, const struct view *v, const struct view *other) {
    for (size_t l = 0; l < v->n_layers; l++)
        for (size_t i = 0; i < v->layers[l]->preds.n; i++) {
            const char *text = words(c, v, v->layers[l]->preds.at[i]);
            if (!has_words(c, other, text)) say(c, arena_printf(c->arena, "%s keeps only rows with `%s`", v->who, text));
        }
}

static const char *limit_words(struct comparing *c, const struct view *v) {
    struct buf text = buf_new(c->arena);
    if (v->limit->limit) buf_printf(&text, "LIMIT %s", words(c, v, v->limit->limit));
    else buf_text(&text, "OFFSET");
    for (size_t i = 0; i < v->limit->n_order; i++)
        buf_printf(&text, "%s%s%s", i ? ", " : " by ", words(c, v, v->limit->order[i].expr), v->limit->order[i].descending ? " DESC" : "");
    return buf_str(&text);
}

static void compare_layers(struct comparing *c) {
    say_layers(c, &c->a, &c->b);
    say_layers(c, &c->b, &c->a);
    const struct view *only = c->a.limit && !c->b.limit ? &c->a : !c->a.limit && c->b.limit ? &c->b : NULL;
    if (only) say(c, arena_printf(c->arena, "%s takes only some rows (`%s`)", only->who, limit_words(c, only)));
    if (!c->a.limit || !c->b.limit) return;
    const char *here = limit_words(c, &c->a), *there = limit_words(c, &c->b);
    if (strcmp(here, there) != 0) say(c, arena_printf(c->arena, "`%s` here, `%s` there", here, there));
}

/* ---- grain ---- */

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
    pair_alike(c, xs, ys, in_x, in_y);
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

/* An output that the other has not: by its name, and what it is where that says more. */
static const char *output_words(struct comparing *c, const struct view *v, size_t i) {
    const char *name = output_name(v, i), *text = words(c, v, meaning(v, v->outs->at[i]));
    const char *dot = strrchr(text, '.'), *plain = strpbrk(text, " (") || !dot ? text : dot + 1;
    bool named = name && *name && strcmp(name, "*") != 0 && strcasecmp(plain, name) != 0 && strncasecmp(text, name, strlen(name)) != 0;
    return named ? arena_printf(c->arena, "`%s` (`%s`)", name, text) : arena_printf(c->arena, "`%s`", text);
}

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
        if (!in_x[i] && !is_key(&c->a, &c->b, xs->at[i])) say(c, arena_printf(c->arena, "yours also has %s", output_words(c, &c->a, i)));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k] && !is_key(&c->b, &c->a, ys->at[k])) say(c, arena_printf(c->arena, "the existing one also has %s", output_words(c, &c->b, k)));
}

static void compare_having(struct comparing *c) {
    static const struct exprs none = {0};
    bool over_a = c->a.agg && c->a.n_layers == 0, over_b = c->b.agg && c->b.n_layers == 0;
    const struct exprs *xs = over_a ? &c->a.of->root->preds : &none, *ys = over_b ? &c->b.of->root->preds : &none;
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    pair_measures(c);
    pair_exprs(c, xs, ys, in_x, in_y);
    for (size_t i = 0; i < xs->n; i++)
        if (!in_x[i]) say(c, arena_printf(c->arena, "yours also keeps only groups with `%s`", words(c, &c->a, xs->at[i])));
    for (size_t k = 0; k < ys->n; k++)
        if (!in_y[k]) say(c, arena_printf(c->arena, "the existing one also keeps only groups with `%s`", words(c, &c->b, ys->at[k])));
}

/* "same tables, joins and grain" in front of what differs. */
static void say_same(struct comparing *c, bool joins) {
    if (!c->out->same_tables || !joins || !c->said.n || c->said.n > 4) return;
    bool several = c->a.core->n_sources + c->a.core->n_items > 1, grain = c->out->same_grain && c->a.agg;
    const char *same = several && grain ? "same joins and grain" : several ? "same joins" : grain ? "same table and grain" : "same table";
    c->said.at[0] = arena_printf(c->arena, "%s; %s", same, c->said.at[0]);
}

static bool same_joins(struct comparing *c) {
    for (int side = 0; side < 2; side++) {
        const struct view *v = side ? &c->b : &c->a;
        for (size_t i = 0; i < v->core->preds.n; i++)
            if (!(side ? c->said_b : c->said_a)[i] && is_join(v, v->core->preds.at[i])) return false;
    }
    return true;
}

struct differences *difference_list(struct arena *arena, const struct normal *a, const struct normal *b) {
    struct comparing c = {.arena = arena, .out = arena_new(arena, struct differences)};
    if (!a->root || !b->root) return c.out;
    c.a = view_of(a, "yours");
    c.b = view_of(b, "the existing one");
    match_init(&c.m, arena, b, a);
    pair_sources(&c);
    compare_sources(&c);
    compare_items(&c);
    pair_exprs(&c, &c.a.core->preds, &c.b.core->preds, c.said_a, c.said_b);
    bool joins = same_joins(&c);
    compare_grain(&c);
    compare_filters(&c);
    compare_layers(&c);
    compare_having(&c);
    compare_outputs(&c);
    c.out->only_literals = c.literals > 0 && c.literals == c.said.n;
    say_same(&c, joins);
    c.out->n = c.said.n;
    c.out->at = c.said.at;
    c.out->n_literals = c.literals;
    return c.out;
}
