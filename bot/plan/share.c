/* share.c - the largest join or aggregation that two normal forms have in common. */
#include "share.h"

#include "derive_core.h"
#include "sql_build.h"
#include "sql_print.h"

#define BLOCKS_MAX 64
#define STARTS_MAX 64

/* A block, or an aggregation with its block. */
struct place {
    const struct block *block;
    const struct source *agg;
};

struct places {
    size_t n;
    struct place at[BLOCKS_MAX];
};

static void collect(struct places *places, const struct block *block, const struct source *agg) {
    if (places->n == BLOCKS_MAX || block->empty) return;
    places->at[places->n++] = (struct place){block, agg};
    for (size_t i = 0; i < block->n_sources; i++) {
        const struct source *s = block->sources[i];
        if (s->block) collect(places, s->block, s->kind == SRC_AGG ? s : NULL);
        for (size_t k = 0; k < s->n_branches; k++) collect(places, s->branches[k], NULL);
    }
    for (size_t i = 0; i < block->n_items; i++) collect(places, block->items[i].block, NULL);
}

/* A common part as it grows: sources of the two blocks in pairs. */
struct growing {
    struct arena *arena;
    const struct normal *a, *b;
    const struct block *x, *y;
    struct match m; /* of b (as view) to a (as query) */
    bool *in_x, *in_y;
    size_t n;
    struct exprs common; /* conjuncts of x */
};

static bool reads_only(const struct block *x, const bool *in, nexpr e, size_t *touched) {
    if (e->block || e->rel) return false;
    if (e->op == SC_COLUMN) {
        for (size_t i = 0; i < x->n_sources; i++)
            for (size_t k = 0; k < x->sources[i]->n_columns; k++) {
                if (x->sources[i]->columns[k] != e->column) continue;
                *touched |= (size_t)1 << (i % 60);
                return in[i];
            }
        return false;
    }
    for (size_t i = 0; i < e->n; i++)
        if (!reads_only(x, in, e->args[i], touched)) return false;
    return true;
}

static bool has_partner(struct growing *g, nexpr e) {
    for (size_t i = 0; i < g->y->preds.n; i++)
        if (match_expr(&g->m, g->y->preds.at[i], e)) return true;
    return false;
}

/* Is there a condition that both have and that ties source k of x to those already in? */
static bool is_tied(struct growing *g, size_t k) {
    for (size_t i = 0; i < g->x->preds.n; i++) {
        size_t touched = 0;
        nexpr e = g->x->preds.at[i];
        if (!reads_only(g->x, g->in_x, e, &touched)) continue;
        if ((touched & ((size_t)1 << (k % 60))) && (touched & (touched - 1)) && has_partner(g, e)) return true;
    }
    return false;
}

static bool grow_once(struct growing *g) {
    for (size_t k = 0; k < g->x->n_sources; k++) {
        if (g->in_x[k]) continue;
        for (size_t j = 0; j < g->y->n_sources; j++) {
            size_t mark = match_mark(&g->m);
            if (g->in_y[j] || !match_source(&g->m, g->y->sources[j], g->x->sources[k])) continue;
            g->in_x[k] = g->in_y[j] = true;
            if (g->n == 0 || is_tied(g, k)) {
                g->n++;
                return true;
            }
            g->in_x[k] = g->in_y[j] = false;
            match_undo(&g->m, mark);
        }
    }
    return false;
}

static void list_common(struct growing *g) {
    g->common = (struct exprs){0};
    for (size_t i = 0; i < g->x->preds.n; i++) {
        size_t touched = 0;
        if (reads_only(g->x, g->in_x, g->x->preds.at[i], &touched) && has_partner(g, g->x->preds.at[i]))
            conjuncts_add(g->arena, &g->common, g->x->preds.at[i]);
    }
}

/* Grows from the pair (k, j); keeps what it found in *best when that is larger. */
static void grow_from(struct growing *g, size_t k, size_t j, struct growing *best) {
    match_init(&g->m, g->arena, g->b, g->a);
    g->in_x = arena_array(g->arena, g->x->n_sources + 1, sizeof(bool));
    g->in_y = arena_array(g->arena, g->y->n_sources + 1, sizeof(bool));
    g->n = 0;
    if (!match_source(&g->m, g->y->sources[j], g->x->sources[k])) return;
    g->in_x[k] = g->in_y[j] = true;
    g->n = 1;
    while (grow_once(g)) {}
    list_common(g);
    if (g->n > best->n || (g->n == best->n && g->common.n > best->common.n)) *best = *g;
}

static void mark_columns(bool *used, nexpr e);

static void mark_block(bool *used, const struct block *block) {
    for (size_t i = 0; i < block->preds.n; i++) mark_columns(used, block->preds.at[i]);
    for (size_t i = 0; i < block->outs.n; i++) mark_columns(used, block->outs.at[i]);
    for (size_t i = 0; i < block->n_items; i++) mark_block(used, block->items[i].block);
    for (size_t i = 0; i < block->n_sources; i++) {
        const struct source *s = block->sources[i];
        for (size_t k = 0; k < s->keys.n; k++) mark_columns(used, s->keys.at[k]);
        for (size_t k = 0; k < s->aggs.n; k++) mark_columns(used, s->aggs.at[k]);
        for (size_t k = 0; k < s->on.n; k++) mark_columns(used, s->on.at[k]);
        for (size_t k = 0; k < s->n_order; k++) mark_columns(used, s->order[k].expr);
        if (s->block) mark_block(used, s->block);
        for (size_t k = 0; k < s->n_branches; k++) mark_block(used, s->branches[k]);
    }
}

static void mark_window(bool *used, const struct window_spec *w) {
    for (size_t i = 0; i < w->n_partition; i++) mark_columns(used, w->partition[i]);
    for (size_t i = 0; i < w->n_order; i++) mark_columns(used, w->order[i].expr);
}

static void mark_columns(bool *used, nexpr e) {
    if (e->op == SC_COLUMN) used[e->column] = true;
    for (size_t i = 0; i < e->n; i++) mark_columns(used, e->args[i]);
    if (e->filter) mark_columns(used, e->filter);
    if (e->window) mark_window(used, e->window);
    if (e->block) mark_block(used, e->block);
}

static bool is_used(const bool *used_a, const bool *used_b, const struct match *m, int column) {
    if (used_a[column]) return true;
    for (size_t i = 0; i < m->v->n_columns; i++)
        if (m->to_q[i] == column && used_b[i]) return true;
    return false;
}

/* Names for the part's columns: a name that two tables have gets its table's in front. */
static const char **part_names(const struct growing *g, const struct block *part) {
    const char **names = arena_array(g->arena, part->outs.n + 1, sizeof *names);
    for (size_t i = 0; i < part->outs.n; i++) {
        const struct source *s = g->a->column_source[part->outs.at[i]->column];
        const char *name = column_name(g->a, part->outs.at[i]->column), *table = s && s->kind == SRC_TABLE ? strrchr(s->name, '.') : NULL;
        bool taken = !name || !*name;
        for (size_t k = 0; k < i && !taken; k++) taken = strcasecmp(names[k], name) == 0;
        table = table ? table + 1 : s && s->kind == SRC_TABLE ? s->name : "part";
        names[i] = !taken ? name : arena_printf(g->arena, "%s_%s", table, name && *name ? name : arena_printf(g->arena, "%zu", i + 1));
    }
    return names;
}

static const char *write_part(const struct growing *g, const struct block *part) {
    struct rewrite w = {.arena = g->arena, .q = g->a, .dialect = g->a->plan->dialect};
    w.column = arena_array(g->arena, g->a->n_columns + 1, sizeof(struct sql_expr *));
    struct sql_query *query = rewrite_block(&w, part, part_names(g, part));
    return query && !w.why ? sql_query_text(g->arena, query, w.dialect) : NULL;
}

static const char *source_words(struct arena *arena, const struct source *const *sources, size_t n) {
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_text(&text, i + 1 == n ? " and " : ", ");
        buf_text(&text, sources[i]->kind == SRC_TABLE ? sources[i]->name : "a sub-query");
    }
    return buf_str(&text);
}

/* The common part as a block of its own, showing the columns that either query uses. */
static struct shared_part *part_of_join(struct growing *g) {
    struct shared_part *out = arena_new(g->arena, struct shared_part);
    struct block *part = arena_new(g->arena, struct block);
    bool *used_a = arena_array(g->arena, g->a->n_columns + 1, sizeof *used_a), *used_b = arena_array(g->arena, g->b->n_columns + 1, sizeof *used_b);
    mark_block(used_a, g->a->root);
    mark_block(used_b, g->b->root);
    part->sources = arena_array(g->arena, g->n + 1, sizeof(struct source *));
    part->preds = g->common;
    for (size_t i = 0; i < g->x->n_sources; i++) {
        if (!g->in_x[i]) continue;
        const struct source *s = g->x->sources[i];
        part->sources[part->n_sources++] = g->x->sources[i];
        for (size_t k = 0; k < s->n_columns; k++) {
            if (!is_used(used_a, used_b, &g->m, s->columns[k])) continue;
            struct scalar *column = arena_new(g->arena, struct scalar);
            column->op = SC_COLUMN;
            column->column = s->columns[k];
            conjuncts_add(g->arena, &part->outs, column);
        }
    }
    out->n_sources = g->n;
    out->n_conjuncts = g->common.n;
    out->sql = write_part(g, part);
    out->words = arena_printf(g->arena, "the join of %s", source_words(g->arena, (const struct source *const *)part->sources, part->n_sources));
    return out;
}

/* An aggregation that both have, with the same keys over the same rows; it shows what either computes. */
static struct shared_part *part_of_agg(struct arena *arena, const struct normal *a, const struct normal *b, const struct source *x,
                                       const struct source *y) {
    struct match m;
    match_init(&m, arena, b, a);
    if (x->n_sets || y->n_sets || !match_block(&m, y->block, x->block) || !match_sets(&m, &y->keys, &x->keys)) return NULL;
    struct shared_part *out = arena_new(arena, struct shared_part);
    struct block *part = arena_new(arena, struct block);
    struct growing g = {.arena = arena, .a = a, .b = b};
    part->sources = arena_array(arena, 1, sizeof(struct source *));
    part->sources[part->n_sources++] = (struct source *)x;
    for (size_t k = 0; k < x->n_columns; k++) {
        struct scalar *column = arena_new(arena, struct scalar);
        column->op = SC_COLUMN;
        column->column = x->columns[k];
        conjuncts_add(arena, &part->outs, column);
    }
    out->n_sources = x->block->n_sources + x->block->n_items;
    out->n_conjuncts = x->block->preds.n;
    out->aggregates = true;
    out->sql = write_part(&g, part);
    out->words =
        arena_printf(arena, "the aggregation of %s", source_words(arena, (const struct source *const *)x->block->sources, x->block->n_sources));
    return out;
}

static void grow_all(struct growing *g, struct growing *best) {
    size_t starts = 0;
    for (size_t k = 0; k < g->x->n_sources; k++)
        for (size_t j = 0; j < g->y->n_sources && starts < STARTS_MAX; j++) {
            if (g->x->sources[k]->kind != g->y->sources[j]->kind) continue;
            starts++;
            grow_from(g, k, j, best);
        }
}

struct shared_part *share_find(struct arena *arena, const struct normal *a, const struct normal *b) {
    if (!a->root || !b->root) return NULL;
    struct places *xs = arena_new(arena, struct places), *ys = arena_new(arena, struct places);
    struct growing best = {0};
    collect(xs, a->root, NULL);
    collect(ys, b->root, NULL);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n; k++) {
            bool both = xs->at[i].agg && ys->at[k].agg;
            struct shared_part *agg = both ? part_of_agg(arena, a, b, xs->at[i].agg, ys->at[k].agg) : NULL;
            if (agg) return agg;
            struct growing g = {.arena = arena, .a = a, .b = b, .x = xs->at[i].block, .y = ys->at[k].block};
            grow_all(&g, &best);
        }
    return best.n >= 2 ? part_of_join(&best) : NULL;
}
