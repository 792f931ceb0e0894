/* difference.c - how two queries differ: sources and joins here, sub-queries one by one; the rest in difference_*.c. */
#include "difference_core.h"

#define DEPTH_MAX  6  /* of sub-queries in sub-queries */
#define TABLES_MAX 16 /* of a sub-query, for telling what it is about */

static struct view view_of(const struct normal *n, const struct block *root, const char *who, struct source_names *names) {
    struct view v = {.of = n, .root = root, .core = root, .who = who, .names = names};
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

void say(struct comparing *c, const char *sentence) {
    if (c->saying->said.n < DIFFERENCES_MAX) *vec_add(c->arena, &c->saying->said) = arena_printf(c->arena, "%s%s", c->inside, sentence);
}

void say_literal(struct comparing *c, const char *sentence) {
    if (!*c->inside) c->saying->literals++;
    say(c, sentence);
}

const char *words(const struct view *v, nexpr e) { return words_of_expr(v->names, e); }

/* ---- what a source is ---- */

struct tables {
    size_t n;
    const char *at[TABLES_MAX];
};

static void tables_of(const struct block *b, struct tables *out, int depth);

static void tables_in(const struct source *s, struct tables *out, int depth) {
    bool known = s->kind != SRC_TABLE;
    for (size_t i = 0; i < out->n; i++) known |= strcmp(out->at[i], s->name ? s->name : "") == 0;
    if (!known && out->n < TABLES_MAX) out->at[out->n++] = s->name;
    if (depth > DEPTH_MAX) return;
    if (s->block) tables_of(s->block, out, depth + 1);
    for (size_t i = 0; i < s->n_branches; i++) tables_of(s->branches[i], out, depth + 1);
}

static void tables_of(const struct block *b, struct tables *out, int depth) {
    for (size_t i = 0; i < b->n_sources; i++) tables_in(b->sources[i], out, depth);
    for (size_t i = 0; i < b->n_items; i++) tables_of(b->items[i].block, out, depth);
}

static size_t tables_shared(const struct tables *a, const struct tables *b) {
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++) n += strcmp(a->at[i], b->at[k]) == 0;
    return n;
}

/* "orders and customers" */
static const char *tables_words(struct comparing *c, const struct tables *t) {
    struct buf text = buf_new(c->arena);
    for (size_t i = 0; i < t->n && i < 3; i++) buf_printf(&text, "%s%s", i == 0 ? "" : i + 1 == t->n ? " and " : ", ", t->at[i]);
    if (t->n > 3) buf_text(&text, " and others");
    return t->n ? buf_str(&text) : "values";
}

static const char *sub_noun(const struct source *s) {
    static const char *const nouns[] = {
        [SRC_AGG] = "aggregation of", [SRC_LIMIT] = "sub-query with LIMIT over", [SRC_WINDOW] = "sub-query over", [SRC_FULL] = "full join of"};
    static const char *const setops[] = {"union of", "intersection of", "EXCEPT of"};
    if (s->kind == SRC_SETOP) return setops[s->setop];
    if (s->kind == SRC_AGG && s->aggs.n == 0) return "distinct rows of";
    return nouns[s->kind];
}

/* "explode(..)" of what binding calls "explode:0". */
static const char *opaque_words(struct comparing *c, const struct source *s) {
    const char *name = s->name ? s->name : "";
    if (text_starts(name, "recursion")) return "a recursive query";
    if (!*name || strcmp(name, "side_by_side") == 0) return "functions that make rows";
    return arena_printf(c->arena, "%.*s(..)", (int)strcspn(name, ":"), name);
}

const char *source_words(struct comparing *c, const struct source *s) {
    if (s->kind == SRC_TABLE) return s->name;
    if (s->kind == SRC_VALUES) return "a list of values";
    if (s->kind == SRC_OPAQUE) return opaque_words(c, s);
    struct tables t = {0};
    tables_in(s, &t, 0);
    const char *noun = sub_noun(s);
    const char *article = noun[0] == 'd' ? "" : strchr("aeioE", noun[0]) ? "an " : "a ";
    return arena_printf(c->arena, "%s%s %s", article, noun, tables_words(c, &t));
}

bool reads(const struct view *v, nexpr e, const struct source *s) {
    if (e->op == SC_COLUMN) return v->of->column_source[e->column] == s;
    for (size_t i = 0; i < e->n; i++)
        if (reads(v, e->args[i], s)) return true;
    return false;
}

bool is_join(const struct view *v, nexpr e) {
    return e->op == SC_EQ && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN &&
           v->of->column_source[e->args[0]->column] != v->of->column_source[e->args[1]->column];
}

/* ---- sub-queries ---- */

static void compare(struct comparing *c);

/* One table and nothing else, the same in both: columns stand without it. */
static bool is_bare(const struct view *a, const struct view *b) {
    const struct block *x = a->core, *y = b->core;
    bool single = x->n_sources == 1 && y->n_sources == 1 && x->n_items + y->n_items == 0;
    if (!single || x->sources[0]->kind != SRC_TABLE || y->sources[0]->kind != SRC_TABLE) return false;
    return strcmp(x->sources[0]->name, y->sources[0]->name) == 0;
}

/* Two blocks that stand for each other, each compared as a query of its own. True: their tables are the same. */
static bool compare_inside(struct comparing *c, const struct block *x, const struct block *y, const char *where) {
    struct comparing inner = {.arena = c->arena,
                              .a = view_of(c->a.of, x, c->a.who, c->a.names),
                              .b = view_of(c->b.of, y, c->b.who, c->b.names),
                              .m = c->m,
                              .inside = where,
                              .depth = c->depth + 1,
                              .saying = c->saying};
    bool bare = is_bare(&inner.a, &inner.b), was_a = source_names_bare(c->a.names, bare), was_b = source_names_bare(c->b.names, bare);
    compare(&inner);
    source_names_bare(c->a.names, was_a);
    source_names_bare(c->b.names, was_b);
    return inner.same_tables;
}

static const struct block *block_around(struct arena *arena, const struct source *s) {
    struct block *around = arena_new(arena, struct block);
    around->sources = arena_array(arena, 1, sizeof *around->sources);
    around->sources[0] = (struct source *)s;
    around->n_sources = 1;
    return around;
}

/* Which branch of y each of x stands for, plus one; those that are equal first, then those over the same tables. */
static size_t *branches_pair(struct comparing *c, const struct source *x, const struct source *y, bool *taken) {
    size_t *partner = arena_array(c->arena, x->n_branches + 1, sizeof *partner);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < x->n_branches; i++)
            for (size_t k = 0; k < y->n_branches && !partner[i]; k++) {
                struct tables s = {0}, t = {0};
                tables_of(x->branches[i], &s, 0);
                tables_of(y->branches[k], &t, 0);
                bool alike = pass ? tables_shared(&s, &t) == s.n && s.n == t.n : match_block(c->m, y->branches[k], x->branches[i]);
                if (!taken[k] && alike) taken[k] = (partner[i] = k + 1);
            }
    return partner;
}

/* A column of the one is that of the other when it is in each pair of branches, or by its place where both have as many. */
static void pair_union_columns(struct comparing *c, const struct source *x, const struct source *y, const size_t *partner) {
    for (size_t k = 0; k < y->n_columns; k++)
        for (size_t i = 0; i < x->n_columns && c->m->to_q[y->columns[k]] < 0; i++) {
            bool same = true;
            for (size_t at = 0; at < x->n_branches && same; at++) {
                const struct exprs *outs = &x->branches[at]->outs, *others = partner[at] ? &y->branches[partner[at] - 1]->outs : NULL;
                same = !others || (i < outs->n && k < others->n && match_expr(c->m, others->at[k], outs->at[i]));
            }
            if (same) match_map(c->m, y->columns[k], x->columns[i]);
        }
    for (size_t i = 0; i < x->n_columns && x->n_columns == y->n_columns; i++)
        if (c->m->to_q[y->columns[i]] < 0) match_map(c->m, y->columns[i], x->columns[i]);
}

static bool compare_branches(struct comparing *c, const struct source *x, const struct source *y) {
    bool *taken = arena_array(c->arena, y->n_branches + 1, sizeof *taken), same = true;
    const size_t *partner = branches_pair(c, x, y, taken);
    for (size_t i = 0; i < x->n_branches; i++) {
        struct tables t = {0};
        tables_of(x->branches[i], &t, 0);
        const char *whole = x->kind == SRC_FULL ? "full join" : "union";
        const char *where = arena_printf(c->arena, "%sin the part of the %s from %s, ", c->inside, whole, tables_words(c, &t));
        if (partner[i]) same &= compare_inside(c, x->branches[i], y->branches[partner[i] - 1], where);
        else say(c, arena_printf(c->arena, "yours also takes rows of %s", tables_words(c, &t))), same = false;
    }
    for (size_t k = 0; k < y->n_branches; k++) {
        struct tables t = {0};
        tables_of(y->branches[k], &t, 0);
        if (!taken[k]) say(c, arena_printf(c->arena, "the existing one also takes rows of %s", tables_words(c, &t))), same = false;
    }
    if (x->kind == SRC_SETOP) pair_union_columns(c, x, y, partner);
    return same;
}

static nexpr sub_column(const struct source *s, size_t i) {
    if (s->kind == SRC_AGG || s->kind == SRC_WINDOW)
        return i < s->keys.n ? s->keys.at[i] : i < s->keys.n + s->aggs.n ? s->aggs.at[i - s->keys.n] : NULL;
    return s->block && i < s->block->outs.n ? s->block->outs.at[i] : NULL;
}

/* Columns pair when what they hold pairs: the others are told where they are used. */
static void pair_columns(struct comparing *c, const struct source *x, const struct source *y) {
    for (size_t k = 0; k < y->n_columns; k++)
        for (size_t i = 0; i < x->n_columns && c->m->to_q[y->columns[k]] < 0; i++) {
            nexpr ex = sub_column(x, i), ey = sub_column(y, k);
            if (ex && ey && match_expr(c->m, ey, ex)) c->m->to_q[y->columns[k]] = x->columns[i];
        }
}

/* The sub-query of ys that x stands for best: of one kind, with the most tables in common. */
static size_t partner_of(struct comparing *c, const struct source *x, struct source *const *ys, size_t n, const bool *taken) {
    size_t best = n, most = 0;
    struct tables s = {0};
    bool sub = x->block || (x->kind == SRC_SETOP || x->kind == SRC_FULL);
    if (sub && c->depth < DEPTH_MAX) tables_in(x, &s, 0);
    for (size_t k = 0; k < n; k++) {
        struct tables t = {0};
        if (taken[k] || ys[k]->kind != x->kind || strcmp(sub ? sub_noun(x) : "", sub ? sub_noun(ys[k]) : "") != 0) continue;
        tables_in(ys[k], &t, 0);
        if (tables_shared(&s, &t) > most) most = tables_shared(&s, &t), best = k;
    }
    return best;
}

/* What a set operation or full join is, beside its branches. */
static void compare_terms(struct comparing *c, const struct source *x, const struct source *y) {
    if (x->all != y->all) say(c, arena_printf(c->arena, "%s keeps duplicates (ALL)", x->all ? c->a.who : c->b.who));
    for (size_t i = 0; i < x->on.n || i < y->on.n; i++) {
        const char *here = i < x->on.n ? words(&c->a, x->on.at[i]) : "nothing", *there = i < y->on.n ? words(&c->b, y->on.at[i]) : "nothing";
        if (strcmp(here, there) != 0) say(c, arena_printf(c->arena, "full join on `%s` here, on `%s` there", here, there));
    }
}

/* Two sub-queries of one kind. True: they read the same tables. */
static bool compare_sub(struct comparing *c, const struct source *x, const struct source *y) {
    struct tables t = {0};
    tables_in(x, &t, 0);
    if (x->n_branches) {
        bool same = compare_branches(c, x, y);
        compare_terms(c, x, y);
        return same;
    }
    const char *where = arena_printf(c->arena, "%sin the %s %s, ", c->inside, sub_noun(x), tables_words(c, &t));
    bool same = compare_inside(c, block_around(c->arena, x), block_around(c->arena, y), where);
    pair_columns(c, x, y);
    return same;
}

/* ---- sources ---- */

/* Pairs sources: tables of the same name, sub-queries that are equal, then sub-queries that stand for each other. */
static void pair_sources(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    c->in_a = arena_array(c->arena, x->n_sources + 1, sizeof *c->in_a);
    c->in_b = arena_array(c->arena, y->n_sources + 1, sizeof *c->in_b);
    c->said_a = arena_array(c->arena, x->preds.n + 1, sizeof *c->said_a);
    c->said_b = arena_array(c->arena, y->preds.n + 1, sizeof *c->said_b);
    for (size_t i = 0; i < x->n_sources; i++)
        for (size_t k = 0; k < y->n_sources && !c->in_a[i]; k++) {
            if (c->in_b[k] || !match_source(c->m, y->sources[k], x->sources[i])) continue;
            c->in_a[i] = c->in_b[k] = true;
        }
}

static void compare_subs(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    for (size_t i = 0; i < x->n_sources; i++) {
        size_t k = c->in_a[i] ? y->n_sources : partner_of(c, x->sources[i], y->sources, y->n_sources, c->in_b);
        if (k == y->n_sources) continue;
        c->in_a[i] = c->in_b[k] = true;
        c->same_tables &= compare_sub(c, x->sources[i], y->sources[k]);
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

/* How the source is joined to the others: " on `a.x = b.x`"; marks that as said. */
static const char *join_words(struct comparing *c, const struct view *v, const struct source *s, bool *said) {
    struct buf text = buf_new(c->arena);
    for (size_t i = 0; i < v->core->preds.n; i++) {
        nexpr e = v->core->preds.at[i];
        if (said[i] || !is_join(v, e) || !reads(v, e, s)) continue;
        said[i] = true;
        buf_printf(&text, "%s%s", text.n ? " AND " : " on `", words(v, e));
    }
    return text.n ? arena_printf(c->arena, "%s`", buf_str(&text)) : "";
}

static void compare_sources(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    for (size_t i = 0; i < x->n_sources; i++) {
        if (c->in_a[i]) continue;
        c->same_tables = false;
        const struct source *s = x->sources[i];
        bool outer = s->kind == SRC_TABLE && item_table(y, s->name);
        const char *on = join_words(c, &c->a, s, c->said_a);
        say(c, outer ? arena_printf(c->arena, "yours keeps only rows with a match in %s, where the existing one keeps all (LEFT JOIN)", s->name)
                     : arena_printf(c->arena, "yours also reads %s%s", source_words(c, s), on));
    }
    for (size_t k = 0; k < y->n_sources; k++) {
        if (c->in_b[k]) continue;
        c->same_tables = false;
        const struct source *s = y->sources[k];
        bool outer = s->kind == SRC_TABLE && item_table(x, s->name);
        const char *on = join_words(c, &c->b, s, c->said_b);
        say(c, outer ? arena_printf(c->arena, "yours keeps rows without a match in %s (LEFT JOIN), where the existing one drops them", s->name)
                     : arena_printf(c->arena, "the existing one also reads %s%s", source_words(c, s), on));
    }
}

/* ---- outer joins ---- */

static const struct source *only_source(const struct left_item *item) {
    const struct block *b = item->block;
    return b->n_sources == 1 && b->n_items == 0 ? b->sources[0] : NULL;
}

static bool is_inner(const struct block *b, const char *name) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind == SRC_TABLE && strcmp(b->sources[i]->name, name) == 0) return true;
    return false;
}

static void say_conjuncts(struct comparing *c, const struct view *v, const struct exprs *preds, const bool *paired, const struct source *joined) {
    for (size_t i = 0; i < preds->n; i++)
        if (!paired[i])
            say(c, arena_printf(c->arena, "%s joins %s (LEFT JOIN) with `%s` as well", v->who, source_words(c, joined), words(v, preds->at[i])));
}

/* The same thing joined on other terms, or another sub-query over the same tables. */
static void compare_item(struct comparing *c, const struct left_item *x, const struct left_item *y) {
    const struct exprs *xs = &x->block->preds, *ys = &y->block->preds;
    const struct source *s = only_source(x), *t = only_source(y);
    bool *in_x = arena_array(c->arena, xs->n + 1, sizeof *in_x), *in_y = arena_array(c->arena, ys->n + 1, sizeof *in_y);
    if (!match_source(c->m, t, s)) {
        if (s->kind == SRC_TABLE) return;
        c->same_tables &= compare_sub(c, s, t);
    }
    pair_exprs(c, xs, ys, in_x, in_y);
    pair_alike(c, xs, ys, in_x, in_y);
    bool same = true;
    for (size_t i = 0; i < xs->n; i++) same &= in_x[i];
    for (size_t k = 0; k < ys->n; k++) same &= in_y[k];
    if (same) *vec_add(c->m->arena, &c->m->items) = (struct item_pair){y->id, x->id};
    else c->same_tables = false;
    say_conjuncts(c, &c->a, xs, in_x, s);
    say_conjuncts(c, &c->b, ys, in_y, t);
}

static void say_item(struct comparing *c, const struct view *v, const struct block *other, const struct left_item *item) {
    const struct source *s = item->block->n_sources == 1 ? item->block->sources[0] : NULL;
    c->same_tables = false;
    if (s && s->kind == SRC_TABLE && is_inner(other, s->name)) return; /* told with the sources */
    say(c, arena_printf(c->arena, "%s also joins %s (LEFT JOIN)", v->who, s ? source_words(c, s) : "more tables"));
}

static bool items_alike(struct comparing *c, const struct left_item *x, const struct left_item *y) {
    struct source *s = (struct source *)only_source(x), *t = (struct source *)only_source(y);
    bool free = false;
    if (!s || !t || s->kind != t->kind) return false;
    return s->kind == SRC_TABLE ? strcmp(s->name, t->name) == 0 : partner_of(c, s, &t, 1, &free) == 0;
}

static void compare_items(struct comparing *c) {
    const struct block *x = c->a.core, *y = c->b.core;
    bool *in_x = arena_array(c->arena, x->n_items + 1, sizeof *in_x), *in_y = arena_array(c->arena, y->n_items + 1, sizeof *in_y);
    for (int exact = 1; exact >= 0; exact--)
        for (size_t i = 0; i < x->n_items; i++)
            for (size_t k = 0; k < y->n_items && !in_x[i]; k++) {
                if (in_y[k]) continue;
                bool same = exact ? match_item(c->m, &y->items[k], &x->items[i]) : items_alike(c, &x->items[i], &y->items[k]);
                if (!same) continue;
                in_x[i] = in_y[k] = true;
                if (!exact) compare_item(c, &x->items[i], &y->items[k]);
            }
    for (size_t i = 0; i < x->n_items; i++)
        if (!in_x[i]) say_item(c, &c->a, y, &x->items[i]);
    for (size_t k = 0; k < y->n_items; k++)
        if (!in_y[k]) say_item(c, &c->b, x, &y->items[k]);
}

/* ---- all of it ---- */

static bool same_joins(struct comparing *c) {
    for (int side = 0; side < 2; side++) {
        const struct view *v = side ? &c->b : &c->a;
        for (size_t i = 0; i < v->core->preds.n; i++)
            if (!(side ? c->said_b : c->said_a)[i] && is_join(v, v->core->preds.at[i])) return false;
    }
    return true;
}

/* "same tables, joins and grain" in front of what differs. */
static void say_same(struct comparing *c, bool joins) {
    if (!c->same_tables || !joins || !c->saying->said.n || c->saying->said.n > 4) return;
    bool several = c->a.core->n_sources + c->a.core->n_items > 1, grain = c->same_grain && c->a.agg;
    const char *same = several && grain ? "same joins and grain" : several ? "same joins" : grain ? "same table and grain" : "same table";
    c->saying->said.at[0] = arena_printf(c->arena, "%s; %s", same, c->saying->said.at[0]);
}

/* Tables of the query itself are called before those of sub-queries in its conditions. */
static void block_name(struct source_names *names, const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind == SRC_TABLE) source_names_of(names, b->sources[i]);
    for (size_t i = 0; i < b->n_items; i++) block_name(names, b->items[i].block);
}

static void compare(struct comparing *c) {
    c->same_tables = true;
    pair_sources(c);
    block_name(c->b.names, c->b.core);
    compare_subs(c);
    compare_sources(c);
    compare_items(c);
    pair_exprs(c, &c->a.core->preds, &c->b.core->preds, c->said_a, c->said_b);
    bool joins = same_joins(c);
    compare_grain(c);
    compare_filters(c);
    compare_layers(c);
    compare_having(c);
    compare_outputs(c);
    if (!c->depth) say_same(c, joins);
}

struct differences *difference_list(struct arena *arena, const struct normal *a, const struct normal *b) {
    struct differences *out = arena_new(arena, struct differences);
    if (!a->root || !b->root) return out;
    struct saying saying = {0};
    struct match m;
    match_init(&m, arena, b, a);
    struct source_names *names = source_names_new(arena, a, false);
    struct comparing c = {.arena = arena,
                          .a = view_of(a, a->root, "yours", names),
                          .b = view_of(b, b->root, "the existing one", source_names_like(names, b, m.to_q)),
                          .m = &m,
                          .inside = "",
                          .saying = &saying};
    bool bare = is_bare(&c.a, &c.b);
    source_names_bare(c.a.names, bare);
    source_names_bare(c.b.names, bare);
    compare(&c);
    *out = (struct differences){.n = saying.said.n,
                                .at = saying.said.at,
                                .n_literals = saying.literals,
                                .only_literals = saying.literals > 0 && saying.literals == saying.said.n,
                                .same_tables = c.same_tables,
                                .same_grain = c.same_grain};
    return out;
}
