/* share.c - the largest joins and aggregations that normal forms have in common. */
#include "share_core.h"

#include <stdlib.h>

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
    bool *in_x, *in_y, *items_x, *items_y;
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

/* An outer join that both have, on what is in already. */
static bool grow_item(struct growing *g) {
    for (size_t k = 0; k < g->x->n_items; k++)
        for (size_t j = 0; j < g->y->n_items && !g->items_x[k]; j++) {
            bool whole = g->x->items[k].block->n_sources > 0; /* its columns can be named */
            if (g->items_y[j] || !whole || !match_item(&g->m, &g->y->items[j], &g->x->items[k])) continue;
            g->items_x[k] = g->items_y[j] = true;
            g->n++;
            return true;
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
    g->items_x = arena_array(g->arena, g->x->n_items + 1, sizeof(bool));
    g->items_y = arena_array(g->arena, g->y->n_items + 1, sizeof(bool));
    g->n = 0;
    if (!match_source(&g->m, g->y->sources[j], g->x->sources[k])) return;
    g->in_x[k] = g->in_y[j] = true;
    g->n = 1;
    while (grow_once(g)) {}
    while (grow_item(g)) {}
    list_common(g);
    if (g->n > best->n || (g->n == best->n && g->common.n > best->common.n)) *best = *g;
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

/* The same keys over the same rows. */
static bool same_grouping(struct match *m, const struct source *y, const struct source *x) {
    return !x->n_sets && !y->n_sets && x->grouped == y->grouped && match_block(m, y->block, x->block) && match_sets(m, &y->keys, &x->keys);
}

static void common_of_agg(struct arena *arena, const struct normal *of, const struct source *agg, struct common *out) {
    *out = (struct common){.of = of, .block = agg->block, .agg = agg, .n = agg->block->n_sources + agg->block->n_items, .preds = agg->block->preds};
    out->in = arena_array(arena, agg->block->n_sources + 1, sizeof *out->in);
    memset(out->in, 1, agg->block->n_sources);
    out->in_items = arena_array(arena, agg->block->n_items + 1, sizeof *out->in_items);
    memset(out->in_items, 1, agg->block->n_items);
}

/* The largest part common to two; false: none that is worth storing. */
static bool common_find(struct arena *arena, const struct normal *a, const struct normal *b, struct common *out) {
    struct places *xs = arena_new(arena, struct places), *ys = arena_new(arena, struct places);
    struct growing best = {0};
    if (!a->root || !b->root) return false;
    collect(xs, a->root, NULL);
    collect(ys, b->root, NULL);
    for (size_t i = 0; i < xs->n; i++)
        for (size_t k = 0; k < ys->n; k++) {
            struct match m;
            match_init(&m, arena, b, a);
            if (xs->at[i].agg && ys->at[k].agg && same_grouping(&m, ys->at[k].agg, xs->at[i].agg)) {
                common_of_agg(arena, a, xs->at[i].agg, out);
                return true;
            }
            struct growing g = {.arena = arena, .a = a, .b = b, .x = xs->at[i].block, .y = ys->at[k].block};
            grow_all(&g, &best);
        }
    *out = (struct common){.of = a, .block = best.x, .in = best.in_x, .in_items = best.items_x, .n = best.n, .preds = best.common};
    return best.n >= 2;
}

/* ---- who else has it ---- */

static bool has_conjuncts(struct holder *h, const struct common *part, const struct block *y) {
    for (size_t i = 0; i < part->preds.n; i++) {
        bool found = false;
        for (size_t k = 0; k < y->preds.n && !found; k++) found = match_expr(&h->m, y->preds.at[k], part->preds.at[i]);
        if (!found) return false;
    }
    return true;
}

/* Pairs source or outer join number `at` of the part, and those after it, with those of y. */
static bool pair_rest(struct holder *h, const struct common *part, const struct block *y, size_t at, bool *taken) {
    const struct block *x = part->block;
    while (at < x->n_sources + x->n_items && !(at < x->n_sources ? part->in[at] : part->in_items[at - x->n_sources])) at++;
    if (at == x->n_sources + x->n_items) return has_conjuncts(h, part, y);
    bool item = at >= x->n_sources;
    for (size_t k = 0; k < (item ? y->n_items : y->n_sources); k++) {
        size_t mark = match_mark(&h->m), place = item ? y->n_sources + k : k;
        if (taken[place]) continue;
        bool same = item ? match_item(&h->m, &y->items[k], &x->items[at - x->n_sources]) : match_source(&h->m, y->sources[k], x->sources[at]);
        if (!same) continue;
        taken[place] = true;
        if (pair_rest(h, part, y, at + 1, taken)) return true;
        taken[place] = false;
        match_undo(&h->m, mark);
    }
    return false;
}

static bool holds(struct arena *arena, const struct common *part, const struct normal *of, struct holder *out) {
    struct places *ys = arena_new(arena, struct places);
    if (!of->root || of->reason) return false;
    collect(ys, of->root, NULL);
    for (size_t k = 0; k < ys->n; k++) {
        const struct place *y = &ys->at[k];
        *out = (struct holder){.of = of, .agg = part->agg ? y->agg : NULL};
        match_init(&out->m, arena, of, part->of);
        if (part->agg && !(y->agg && same_grouping(&out->m, y->agg, part->agg))) continue;
        bool *taken = arena_array(arena, y->block->n_sources + y->block->n_items + 1, sizeof *taken);
        if (part->agg || pair_rest(out, part, y->block, 0, taken)) return true;
    }
    return false;
}

struct shared_part *share_find(struct arena *arena, const struct normal *a, const struct normal *b) {
    struct common part;
    struct holder *other = arena_array(arena, 1, sizeof *other);
    if (!common_find(arena, a, b, &part) || !holds(arena, &part, b, other)) return NULL;
    return share_write(arena, &part, other, 1);
}

/* ---- any number of them ---- */

static size_t size_of(const struct common *part) { return part->n + part->preds.n + (part->agg ? 2 + part->agg->keys.n : 0); }

struct candidate {
    struct common part;
    uint32_t members; /* bit k: definition k has it */
    size_t n_members;
    struct holder *holders;
};

/* All of its members share something at least as large, or more share the same. */
static bool is_covered(const struct candidate *c, const struct candidate *by) {
    bool within = (c->members & ~by->members) == 0;
    return within && size_of(&by->part) >= size_of(&c->part);
}

static int group_order(const void *left, const void *right) {
    const struct shared_group *a = left, *b = right;
    size_t x = a->weight * a->n_members, y = b->weight * b->n_members;
    if (x != y) return x > y ? -1 : 1;
    for (size_t i = 0; i < a->n_members && i < b->n_members; i++)
        if (a->members[i] != b->members[i]) return a->members[i] < b->members[i] ? -1 : 1;
    return 0;
}

static void members_find(struct arena *arena, const struct normal *const *forms, size_t n, struct candidate *c) {
    c->holders = arena_array(arena, n + 1, sizeof *c->holders);
    for (size_t k = 0; k < n; k++) {
        if (!holds(arena, &c->part, forms[k], &c->holders[c->n_members])) continue;
        c->members |= (uint32_t)1 << k;
        c->n_members++;
    }
}

static void group_write(struct arena *arena, const struct candidate *c, size_t n, struct shared_group *out) {
    size_t *members = arena_array(arena, c->n_members + 1, sizeof *members);
    for (size_t k = 0; k < n; k++)
        if (c->members >> k & 1) members[out->n_members++] = k;
    out->members = members;
    out->weight = size_of(&c->part);
    out->part = share_write(arena, &c->part, c->holders, c->n_members);
}

struct shared_group *share_among(struct arena *arena, const struct normal *const *forms, size_t n, size_t *count) {
    VEC(struct candidate) found = {0};
    VEC(struct shared_group) out = {0};
    if (n > SHARE_FORMS_MAX) n = SHARE_FORMS_MAX;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            struct candidate c = {0};
            if (forms[a]->reason || forms[b]->reason || !common_find(arena, forms[a], forms[b], &c.part)) continue;
            members_find(arena, forms, n, &c);
            bool covered = c.n_members < 2;
            for (size_t i = 0; i < found.n && !covered; i++) covered = is_covered(&c, &found.at[i]);
            size_t kept = 0;
            for (size_t i = 0; i < found.n && !covered; i++)
                if (!is_covered(&found.at[i], &c)) found.at[kept++] = found.at[i];
            if (covered) continue;
            found.n = kept;
            *vec_add(arena, &found) = c;
        }
    for (size_t i = 0; i < found.n; i++) {
        struct shared_group g = {0};
        group_write(arena, &found.at[i], n, &g);
        *vec_add(arena, &out) = g;
    }
    if (out.n) qsort(out.at, out.n, sizeof *out.at, group_order);
    *count = out.n;
    return out.at;
}
