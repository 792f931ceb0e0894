/* derive.c - finds the place in a query that a view can take, and proves that it may. */
#include "derive.h"

#include "bind.h"
#include "derive_core.h"
#include "normal_words.h"
#include "sql_build.h"
#include "sql_print.h"

#include <ctype.h>

#define TRIES_MAX 300

/* One search; the first way that can be written wins. */
struct deriving {
    struct arena *arena;
    const struct normal *q, *v;
    const char *view_name;
    const char *const *view_columns;
    struct sql_query *instead;     /* of the name, in brackets; NULL: the name */
    const struct block *view;      /* the block whose sources are looked for */
    const struct source *view_agg; /* the view groups: its SRC_AGG; NULL: it does not */
    struct derivation *out;
    VEC(const char *) proof;
    size_t tries, work;
    const char *closest;
    int closest_at; /* how far the closest try came */
};

/* One try: a block of the query, the source it groups by when there is one, and the pairing so far. */
struct placing {
    struct deriving *d;
    const struct block *block;
    const struct source *agg;   /* SRC_AGG of the query over `block`; NULL */
    const struct block *parent; /* the block whose only source that is; NULL */
    struct match m;
    bool *source_gone, *item_gone, *pred_gone, *all_shown;
    int *v_classes, *q_classes;
};

static void remember(struct deriving *d, int at, const char *why) {
    if (at < d->closest_at || (d->closest && at == d->closest_at)) return;
    d->closest_at = at;
    d->closest = why;
}

static void say(struct deriving *d, const char *sentence) { *vec_add(d->arena, &d->proof) = sentence; }

static const char *view_column(const struct deriving *d, size_t i) { return d->view_columns ? d->view_columns[i] : d->v->plan->names[i]; }

/* An output that has a name of its own. */
static bool is_nameable(const struct deriving *d, size_t i) {
    const char *name = view_column(d, i);
    if (!name || !*name || strcmp(name, "*") == 0) return false;
    for (const char *p = name; !d->view_columns && *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_') return false;
    for (size_t k = 0; k < d->v->plan->n_outputs; k++)
        if (k != i && strcasecmp(view_column(d, k), name) == 0) return false;
    return true;
}

struct sql_expr *view_ref(struct rewrite *w, const char *column) {
    struct sql_ident parts[2] = {sql_ident(str_of(w->view_alias), false), sql_ident(str_of(column), false)};
    for (const char *p = column; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_') parts[1].quoted = true;
    struct sql_expr *e = sql_expr_new(w->arena, EX_NAME, OP_NONE, NULL, 0);
    e->path = sql_name_new(w->arena, parts, 2);
    e->name = parts[1].text;
    return e;
}

/* The view shows `column`, written `as`: a key or an aggregate of its grouping. */
static void show_grouped(struct placing *p, struct rewrite *w, int column, struct sql_expr *as) {
    const struct source *agg = p->d->view_agg;
    for (size_t k = 0; k < agg->n_columns; k++) {
        if (agg->columns[k] != column) continue;
        if (k < agg->keys.n) *vec_add(w->arena, &w->shown) = (struct shown){agg->keys.at[k], as};
        else *vec_add(w->arena, &w->aggregates) = (struct shown){agg->aggs.at[k - agg->keys.n], as};
    }
}

/* x of `x + 1`, `1 + x` or `x - 1` over whole numbers, and how to get it back from the sum. */
static nexpr undone(struct rewrite *w, nexpr out, struct sql_expr *as, struct sql_expr **back) {
    if ((out->op != SC_ADD && out->op != SC_SUB) || out->n != 2) return NULL;
    int at = out->op == SC_ADD && out->args[0]->op == SC_LITERAL ? 0 : 1;
    nexpr literal = out->args[at], x = out->args[1 - at];
    if (literal->op != SC_LITERAL || literal->lit.kind != VALUE_INT || literal->lit.s.n || x->type.kind != TYPE_INT) return NULL;
    int64_t by = out->op == SC_ADD ? literal->lit.i : -literal->lit.i;
    if (by > 1000000 || by < -1000000) return NULL;
    *back = sql_binary(w->arena, by > 0 ? OP_SUB : OP_ADD, as, sql_integer(w->arena, by > 0 ? by : -by));
    return x;
}

/* What the view's columns show: its outputs; or, when it groups, its keys and its aggregates apart. */
static void list_shown(struct placing *p, struct rewrite *w) {
    const struct deriving *d = p->d;
    const struct exprs *outs = &d->v->root->outs;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < outs->n; i++) {
            if (!is_nameable(d, i)) continue;
            nexpr out = outs->at[i];
            struct sql_expr *as = view_ref(w, view_column(d, i));
            if (round == 1 && !(out = undone(w, out, as, &as))) continue;
            if (!d->view_agg) *vec_add(d->arena, &w->shown) = (struct shown){out, as};
            else if (out->op == SC_COLUMN) show_grouped(p, w, out->column, as);
        }
}

static bool is_pinned(struct placing *p, nexpr v_key) {
    for (size_t i = 0; i < p->block->preds.n; i++) {
        nexpr e = p->block->preds.at[i];
        if (e->op != SC_EQ) continue;
        int literal = e->args[1]->op == SC_LITERAL ? 1 : 0;
        if (e->args[literal]->op != SC_LITERAL || e->args[literal]->lit.kind == VALUE_NULL) continue;
        if (match_expr(&p->m, v_key, e->args[1 - literal])) return true;
    }
    return false;
}

/* Is every group of the query at most one group of the view? */
static bool grain_is_same(struct placing *p) {
    const struct exprs *v_keys = &p->d->view_agg->keys, *q_keys = &p->agg->keys;
    for (size_t i = 0; i < p->block->n_sources; i++)
        if (!p->source_gone[i]) return false;
    for (size_t i = 0; i < p->block->n_items; i++)
        if (!p->item_gone[i]) return false;
    for (size_t i = 0; i < v_keys->n; i++) {
        bool found = is_pinned(p, v_keys->at[i]);
        for (size_t k = 0; k < q_keys->n && !found; k++) found = match_expr(&p->m, v_keys->at[i], q_keys->at[k]);
        if (!found) return false;
    }
    return true;
}

static const char *pred_words(const struct placing *p, const struct normal *of, nexpr e) {
    return words_of_expr(source_names_new(p->d->arena, of, false), e);
}

static void explain(struct placing *p, const struct rewrite *w) {
    struct deriving *d = p->d;
    size_t joined = 0, filters = 0;
    d->proof.n = 0;
    for (size_t i = 0; i < p->block->n_sources; i++) joined += !p->source_gone[i];
    say(d, arena_printf(d->arena, "the sources of %s are among those of the query", d->view_name));
    for (size_t i = 0; i < d->view->preds.n; i++)
        say(d, arena_printf(d->arena, "its filter `%s` holds on every row of the query", pred_words(p, d->v, d->view->preds.at[i])));
    for (size_t i = 0; i < p->block->preds.n; i++) {
        if (p->pred_gone[i]) continue;
        filters++;
        say(d, arena_printf(d->arena, "`%s` is tested on its columns", pred_words(p, d->q, p->block->preds.at[i])));
    }
    if (joined) say(d, arena_printf(d->arena, "%zu more source%s joined on top", joined, joined == 1 ? " is" : "s are"));
    if (p->agg && d->view_agg) say(d, w->graft.same_grain ? "both have the same grain" : "its grain is finer and its aggregates can be combined");
    if (!filters && !joined && !d->view_agg) say(d, "only columns are taken or computed");
}

static struct rewrite *rewrite_new(struct placing *p) {
    struct deriving *d = p->d;
    struct rewrite *w = arena_new(d->arena, struct rewrite);
    w->arena = d->arena;
    w->q = d->q;
    w->dialect = d->q->plan->dialect;
    w->column = arena_array(d->arena, d->q->n_columns + 1, sizeof(struct sql_expr *));
    w->match = &p->m;
    w->view = sql_name_of(d->arena, str_of(d->view_name));
    w->view_query = d->instead;
    w->view_alias = str_lower(d->arena, w->view->parts[w->view->part_count - 1].text);
    *vec_add(d->arena, &w->aliases) = w->view_alias;
    w->pred_classes = p->v_classes;
    w->out_classes = p->q_classes;
    w->graft = (struct graft){.names = d->v->plan->names,
                              .n_names = d->v->plan->n_outputs,
                              .block = p->block,
                              .source_gone = p->source_gone,
                              .all_shown = p->all_shown,
                              .item_gone = p->item_gone,
                              .pred_gone = p->pred_gone};
    return w;
}

static nexpr column_meaning(const struct source *s, size_t i) { return i < s->keys.n ? s->keys.at[i] : s->aggs.at[i - s->keys.n]; }

/* The groups are the same; does the query keep only groups that the view keeps? */
static bool having_holds(struct placing *p) {
    const struct source *v = p->d->view_agg, *q = p->agg;
    if (!p->parent) return false;
    size_t mark = match_mark(&p->m);
    for (size_t i = 0; i < v->n_columns; i++)
        for (size_t k = 0; k < q->n_columns && p->m.to_q[v->columns[i]] < 0; k++)
            if (match_expr(&p->m, column_meaning(v, i), column_meaning(q, k))) match_map(&p->m, v->columns[i], q->columns[k]);
    bool holds = true;
    for (size_t i = 0; i < p->d->v->root->preds.n && holds; i++) holds = entails(&p->m, &p->parent->preds, p->d->v->root->preds.at[i]);
    match_undo(&p->m, mark);
    return holds;
}

/* The whole query with the view in its place; false when some part cannot be written. */
static bool write_all(struct placing *p) {
    struct deriving *d = p->d;
    struct rewrite *w = rewrite_new(p);
    list_shown(p, w);
    p->m.classes = p->q_classes;
    if (d->view_agg) {
        bool v_always = !d->view_agg->grouped && d->view_agg->keys.n == 0, q_always = !p->agg->grouped && p->agg->keys.n == 0 && !p->agg->n_sets;
        if (v_always && !q_always) return false; /* it gives a row over nothing, where the query gives none */
        for (size_t i = 0; v_always && i < p->block->preds.n; i++)
            if (!p->pred_gone[i]) {
                remember(d, 2, "it has one row always, which a condition cannot take back");
                return false;
            }
        w->graft.aggregate = p->agg;
        w->graft.row_over_nothing = v_always;
        w->graft.single = p->agg->n_sets == 0 && grain_is_same(p);
        w->graft.same_grain = w->graft.single && q_always == v_always && p->agg->n_sets == 0;
        if (d->v->root->preds.n && !(w->graft.same_grain && having_holds(p))) {
            remember(d, 2, "it keeps only some of its groups");
            return false;
        }
    }
    p->m.classes = p->v_classes;
    struct sql_query *query = rewrite_block(w, d->q->root, d->q->plan->names);
    if (!query || w->why) {
        remember(d, 3, w->why);
        return false;
    }
    explain(p, w);
    d->out->assumes = w->assumes.at;
    d->out->n_assumes = w->assumes.n;
    d->out->query = query;
    d->out->sql = sql_query_text(d->arena, query, w->dialect);
    return true;
}

/* All sources and items are paired: do the conjuncts allow it? */
static bool finish_place(struct placing *p) {
    struct deriving *d = p->d;
    if (++d->tries > TRIES_MAX) return false;
    p->q_classes = class_new(d->arena, d->q->n_columns);
    class_learn(p->q_classes, d->q, &p->block->preds, NULL);
    p->v_classes = class_new(d->arena, d->q->n_columns);
    class_learn(p->v_classes, d->v, &d->view->preds, p->m.to_q);
    for (size_t i = 0; i < p->m.aliases.n; i++) {
        class_join(p->q_classes, p->m.aliases.at[i].v, p->m.aliases.at[i].q);
        class_join(p->v_classes, p->m.aliases.at[i].v, p->m.aliases.at[i].q);
    }
    p->m.classes = p->q_classes;
    for (size_t i = 0; i < d->view->preds.n; i++) {
        if (entails(&p->m, &p->block->preds, d->view->preds.at[i])) continue;
        remember(d, 2,
                 arena_printf(d->arena, "it keeps only rows with `%s`, which the query does not ask for", pred_words(p, d->v, d->view->preds.at[i])));
        return false;
    }
    p->m.classes = p->v_classes;
    for (size_t i = 0; i < p->block->preds.n; i++) p->pred_gone[i] = entailed_by(&p->m, &d->view->preds, p->block->preds.at[i]);
    return write_all(p);
}

static bool place_item(struct placing *p, size_t at) {
    const struct block *view = p->d->view;
    if (at == view->n_items) return finish_place(p);
    for (size_t k = 0; k < p->block->n_items; k++) {
        size_t mark = match_mark(&p->m);
        if (p->item_gone[k]) continue;
        p->m.classes = NULL;
        if (!match_item(&p->m, &view->items[at], &p->block->items[k])) continue;
        p->item_gone[k] = true;
        if (place_item(p, at + 1)) return true;
        p->item_gone[k] = false;
        match_undo(&p->m, mark);
    }
    remember(p->d, 1, "its outer joins are not those of the query");
    return false;
}

/* Is the `*` of a table of unknown columns among the view's outputs? A stored table has no two columns of one name, so its columns
 * are reached by their own names. */
static bool shows_all(const struct deriving *d, const struct source *s) {
    if (d->view_columns || d->view_agg || s->kind != SRC_TABLE) return false;
    for (size_t i = 0; i < d->v->root->outs.n; i++) {
        nexpr out = d->v->root->outs.at[i];
        if (out->op != SC_COLUMN || d->v->column_source[out->column] != s) continue;
        const char *name = column_name(d->v, out->column);
        if (name && !*name) return true;
    }
    return false;
}

static bool place_source(struct placing *p, size_t at) {
    const struct block *view = p->d->view;
    if (at == view->n_sources) return place_item(p, 0);
    for (size_t k = 0; k < p->block->n_sources && p->d->tries < TRIES_MAX; k++) {
        size_t mark = match_mark(&p->m);
        if (p->source_gone[k]) continue;
        p->m.classes = NULL;
        if (!match_source(&p->m, view->sources[at], p->block->sources[k])) continue;
        p->source_gone[k] = true;
        p->all_shown[k] = shows_all(p->d, view->sources[at]);
        if (place_source(p, at + 1)) return true;
        p->source_gone[k] = p->all_shown[k] = false;
        match_undo(&p->m, mark);
    }
    remember(p->d, 0, "it reads sources that the query does not read in the same way");
    return false;
}

static bool try_block(struct deriving *d, const struct block *block, const struct source *agg, const struct block *parent) {
    struct placing p = {.d = d, .block = block, .agg = agg, .parent = parent};
    bool fits = block->n_sources >= d->view->n_sources && block->n_items >= d->view->n_items && !block->empty;
    if (!fits || (d->view_agg && !agg)) return false;
    match_init(&p.m, d->arena, d->v, d->q);
    p.m.work = d->work;
    p.source_gone = arena_array(d->arena, block->n_sources + 1, sizeof(bool));
    p.all_shown = arena_array(d->arena, block->n_sources + 1, sizeof(bool));
    p.item_gone = arena_array(d->arena, block->n_items + 1, sizeof(bool));
    p.pred_gone = arena_array(d->arena, block->preds.n + 1, sizeof(bool));
    bool found = place_source(&p, 0);
    d->work = p.m.work;
    return found;
}

static bool walk(struct deriving *d, const struct block *block, const struct source *agg, const struct block *parent);

static bool walk_source(struct deriving *d, const struct source *s, const struct block *inside) {
    bool lone = inside->n_sources == 1 && inside->n_items == 0;
    if (s->block && walk(d, s->block, s->kind == SRC_AGG ? s : NULL, lone ? inside : NULL)) return true;
    for (size_t k = 0; k < s->n_branches; k++)
        if (walk(d, s->branches[k], NULL, NULL)) return true;
    return false;
}

/* The block itself, then the blocks of its sources and outer joins. */
static bool walk(struct deriving *d, const struct block *block, const struct source *agg, const struct block *parent) {
    if (try_block(d, block, agg, parent)) return true;
    for (size_t i = 0; i < block->n_sources; i++)
        if (walk_source(d, block->sources[i], block)) return true;
    for (size_t i = 0; i < block->n_items; i++)
        for (size_t k = 0; k < block->items[i].block->n_sources; k++)
            if (walk_source(d, block->items[i].block->sources[k], block->items[i].block)) return true;
    return false;
}

/* What kind of view it is; false when nothing but equality will do. */
static bool look_at_view(struct deriving *d) {
    const struct block *root = d->v->root;
    d->view = root;
    if (root->empty || root->n_sources == 0) return false;
    const struct source *first = root->sources[0];
    bool groups = root->n_sources == 1 && root->n_items == 0 && first->kind == SRC_AGG;
    if (!groups) return true;
    if (first->n_sets || !first->block || first->block->empty) return false;
    d->view_agg = first;
    d->view = first->block;
    return true;
}

struct derivation *derive_from(struct arena *arena, const struct normal *q, const struct normal *v, const char *view_name,
                               const char *const *view_columns, struct sql_query *instead) {
    struct deriving d = {.arena = arena, .q = q, .v = v, .view_name = view_name, .view_columns = view_columns, .instead = instead, .closest_at = -1};
    d.out = arena_new(arena, struct derivation);
    if (!q->root || !v->root || q->reason || v->reason) {
        d.out->why = q->reason ? q->reason : v->reason ? v->reason : "no normal form";
        return d.out;
    }
    bool found = look_at_view(&d) && walk(&d, q->root, NULL, NULL);
    if (!found && d.view_agg) {
        /* A view that groups may still stand for a whole source of the query. */
        d.view_agg = NULL;
        d.view = v->root;
        found = walk(&d, q->root, NULL, NULL);
    }
    if (!found && d.work > MATCH_WORK_MAX) d.closest = "a limit was reached: too many ways to place it in the query";
    if (!found) d.out->why = d.closest ? d.closest : "nothing in the query is what it stores";
    d.out->n_proof = found ? d.proof.n : 0;
    d.out->proof = d.proof.at;
    return d.out;
}

struct derivation *derive_find(struct arena *arena, const struct normal *q, const struct normal *v, const char *view_name,
                               const char *const *view_columns) {
    struct derivation *whole = derive_from(arena, q, v, view_name, view_columns, NULL);
    struct derivation *part = whole->query ? NULL : derive_sets(arena, q, v, view_name, view_columns);
    return part ? part : whole;
}
