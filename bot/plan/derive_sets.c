/* derive_sets.c - a stored result of GROUPING SETS, ROLLUP or CUBE holds several groupings; the rows of one are told by the stored GROUPING(..). */
#include "bind.h"
#include "derive_core.h"
#include "sql_build.h"

#include <ctype.h>

#define FLAGS_MAX 16

/* A stored GROUPING(..) of keys. */
struct flag {
    const char *name;
    nexpr of;
};

struct sets {
    struct arena *arena;
    const struct normal *q, *v;
    const struct source *agg;
    const char *view_name;
    const char *const *columns;
    struct flag flags[FLAGS_MAX];
    size_t n_flags;
};

static const char *output_name(const struct sets *s, size_t i) { return s->columns ? s->columns[i] : s->v->plan->names[i]; }

static bool is_named(const struct sets *s, size_t i) {
    const char *name = output_name(s, i);
    if (!name || !*name) return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_') return false;
    for (size_t k = 0; k < s->v->plan->n_outputs; k++)
        if (k != i && strcasecmp(output_name(s, k), name) == 0) return false;
    return true;
}

/* Which of the grouping's columns the output shows; SIZE_MAX: none. */
static size_t shown_column(const struct sets *s, size_t output) {
    nexpr out = s->v->root->outs.at[output];
    for (size_t k = 0; out->op == SC_COLUMN && k < s->agg->n_columns; k++)
        if (s->agg->columns[k] == out->column) return k;
    return SIZE_MAX;
}

static size_t key_place(const struct source *agg, nexpr key) {
    size_t at = 0;
    while (at < agg->keys.n && agg->keys.at[at] != key) at++;
    return at;
}

static void find_flags(struct sets *s) {
    for (size_t i = 0; i < s->v->root->outs.n && s->n_flags < FLAGS_MAX; i++) {
        size_t k = shown_column(s, i);
        nexpr e = k != SIZE_MAX && k >= s->agg->keys.n ? s->agg->aggs.at[k - s->agg->keys.n] : NULL;
        bool good = e && e->op == SC_GROUPING && e->n && is_named(s, i);
        for (size_t a = 0; good && a < e->n; a++) good = key_place(s->agg, e->args[a]) < s->agg->keys.n;
        if (good) s->flags[s->n_flags++] = (struct flag){output_name(s, i), e};
    }
}

/* GROUPING(a, b) of a row of the set: a bit for each key that is not in it, the first one highest. */
static int64_t flag_value(const struct sets *s, const struct flag *f, uint64_t set) {
    int64_t bits = 0;
    for (size_t a = 0; a < f->of->n; a++) bits = bits * 2 + !(set >> key_place(s->agg, f->of->args[a]) & 1);
    return bits;
}

static bool is_told(const struct sets *s, size_t at) {
    for (size_t other = 0; other < s->agg->n_sets; other++) {
        bool same = other != at;
        for (size_t f = 0; f < s->n_flags && same; f++)
            same = flag_value(s, &s->flags[f], s->agg->sets[other]) == flag_value(s, &s->flags[f], s->agg->sets[at]);
        if (same) return false;
    }
    return true;
}

static bool is_in(const struct sets *s, size_t column, uint64_t set) {
    if (column < s->agg->keys.n) return set >> column & 1;
    return column != SIZE_MAX && s->agg->aggs.at[column - s->agg->keys.n]->op == SC_AGG;
}

/* The grouping by the keys of one set, as a source of its own. */
static struct source *source_of(const struct sets *s, uint64_t set) {
    struct source *out = arena_new(s->arena, struct source);
    *out = *s->agg;
    out->n_sets = 0;
    out->grouped = true;
    out->n_columns = 0;
    out->columns = arena_array(s->arena, s->agg->n_columns + 1, sizeof *out->columns);
    out->keys = out->aggs = (struct exprs){0};
    for (size_t k = 0; k < s->agg->n_columns; k++) {
        if (!is_in(s, k, set)) continue;
        bool key = k < s->agg->keys.n;
        struct exprs *list = key ? &out->keys : &out->aggs;
        list->at = arena_grow(s->arena, list->at, &list->cap, list->n + 1, sizeof *list->at);
        list->at[list->n++] = key ? s->agg->keys.at[k] : s->agg->aggs.at[k - s->agg->keys.n];
        out->columns[out->n_columns++] = s->agg->columns[k];
    }
    return out;
}

static struct sql_expr *column_expr(struct arena *arena, const char *name) {
    struct sql_ident ident = sql_ident(str_of(name), false);
    struct sql_expr *e = sql_expr_new(arena, EX_NAME, OP_NONE, NULL, 0);
    e->path = sql_name_new(arena, &ident, 1);
    e->name = ident.text;
    return e;
}

static struct derivation *derive_set(const struct sets *s, uint64_t set) {
    struct block *block = arena_new(s->arena, struct block);
    struct rewrite w = {.arena = s->arena, .q = s->v, .dialect = s->q->plan->dialect};
    struct sql_query *rows = sql_query_select(s->arena, sql_from_table(s->arena, sql_name_of(s->arena, str_of(s->view_name)), (struct str){0}));
    const char **names = arena_array(s->arena, s->v->root->outs.n + 1, sizeof *names);
    w.column = arena_array(s->arena, s->v->n_columns + 1, sizeof(struct sql_expr *));
    block->sources = arena_array(s->arena, 1, sizeof(struct source *));
    block->sources[block->n_sources++] = source_of(s, set);
    for (size_t i = 0; i < s->v->root->outs.n; i++) {
        if (!is_named(s, i) || !is_in(s, shown_column(s, i), set)) continue;
        names[block->outs.n] = output_name(s, i);
        conjuncts_add(s->arena, &block->outs, s->v->root->outs.at[i]);
        sql_select_add(s->arena, rows->select, column_expr(s->arena, output_name(s, i)), (struct str){0});
    }
    for (size_t f = 0; f < s->n_flags; f++) {
        struct sql_expr *value = sql_integer(s->arena, flag_value(s, &s->flags[f], set));
        struct sql_expr *is = sql_binary(s->arena, OP_EQ, column_expr(s->arena, s->flags[f].name), value);
        rows->select->where = sql_and(s->arena, rows->select->where, is);
    }
    struct sql_query *query = block->outs.n ? rewrite_block(&w, block, names) : NULL;
    struct plan *plan = query && !w.why ? plan_bind(s->arena, query, s->q->plan->schema, w.dialect) : NULL;
    const struct normal *form = plan && !plan->reason ? normal_make(s->arena, plan, s->q->mode) : NULL;
    if (form) *s->q->asked |= normal_hangs_on_facts(form);
    return form && !form->reason ? derive_from(s->arena, s->q, form, s->view_name, names, rows) : NULL;
}

struct derivation *derive_sets(struct arena *arena, const struct normal *q, const struct normal *v, const char *view_name,
                               const char *const *view_columns) {
    struct sets s = {.arena = arena, .q = q, .v = v, .view_name = view_name, .columns = view_columns};
    if (q->reason || v->reason || !q->root || !v->root || v->root->n_sources != 1 || v->root->n_items || v->root->preds.n) return NULL;
    s.agg = v->root->sources[0];
    if (s.agg->kind != SRC_AGG || !s.agg->n_sets || !s.agg->block || s.agg->block->empty) return NULL;
    find_flags(&s);
    for (size_t i = 0; i < s.agg->n_sets && s.n_flags; i++) {
        /* The grand total: engines differ in whether it has a row over nothing. */
        if (s.agg->sets[i] == 0 || !is_told(&s, i)) continue;
        struct derivation *d = derive_set(&s, s.agg->sets[i]);
        if (d && d->query) return d;
    }
    return NULL;
}
