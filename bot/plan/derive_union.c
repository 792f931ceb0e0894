/* derive_union.c - several stored results taken together.
 *
 * Results over the same sources that differ in one filter each are, put under one another, the result of the query with all filters joined by OR,
 * when no row passes two of them. That query is written, bound and brought into its normal form, which decides everything else: whether two
 * filters exclude each other (their conjunction has no rows), whether they cover what is asked for (the OR is implied), and the grain. */
#include "bind.h"
#include "derive_core.h"
#include "normal_words.h"
#include "sql_build.h"
#include "sql_print.h"

#include <ctype.h>

#define UNION_TABLE "parts"

/* One view: joins and filters, and the grouping over them. */
struct part {
    const struct normal *of;
    const struct block *core;
    const struct source *agg; /* NULL: none */
    struct match m;           /* its columns to those of the first part */
    struct exprs own;         /* conjuncts that not all parts have */
    bool *shared;             /* by conjunct: all have it */
};

/* An output that all parts have: where it stands in each, or the column that tells the parts apart. */
struct common {
    size_t at[DERIVE_VIEWS_MAX];
    nexpr tag; /* of the first part; NULL: the output itself */
};

struct uniting {
    struct arena *arena;
    const struct normal *q;
    const struct derive_view *views;
    size_t n;
    struct part parts[DERIVE_VIEWS_MAX];
    VEC(struct common) outs;
    VEC(const char *) names; /* of outs: those of the first view */
    struct texts assumes;
    struct cover cover; /* of the parts' own filters */
    struct rewrite w;   /* of the first part */
};

static bool part_read(struct part *p, const struct normal *of) {
    const struct block *root = of->root;
    *p = (struct part){.of = of, .core = root};
    if (of->reason || !root || root->empty || root->n_sources == 0) return false;
    const struct source *first = root->sources[0];
    if (root->n_sources > 1 || root->n_items || first->kind != SRC_AGG) return true;
    p->agg = first;
    p->core = first->block;
    return !first->n_sets && (first->keys.n || first->grouped) && root->preds.n == 0 && p->core && !p->core->empty;
}

static const char *output_name(const struct derive_view *v, size_t i) { return v->columns ? v->columns[i] : v->plan->names[i]; }

/* What the output computes below the grouping's own columns. */
static nexpr meaning(const struct part *p, nexpr out) {
    if (!p->agg || out->op != SC_COLUMN) return out;
    for (size_t i = 0; i < p->agg->n_columns; i++)
        if (p->agg->columns[i] == out->column) return i < p->agg->keys.n ? p->agg->keys.at[i] : p->agg->aggs.at[i - p->agg->keys.n];
    return out;
}

static bool has_partner(struct part *p, nexpr of_first) {
    for (size_t i = 0; i < p->core->preds.n; i++)
        if (match_expr(&p->m, p->core->preds.at[i], of_first)) return true;
    return false;
}

static void share_conjunct(struct uniting *u, struct part *p, nexpr of_first) {
    for (size_t i = 0; i < p->core->preds.n; i++) {
        if (p->shared[i] || !match_expr(&p->m, p->core->preds.at[i], of_first)) continue;
        p->shared[i] = true;
        return;
    }
}

/* Is it held at one value by the part's conditions? */
static bool is_pinned(struct part *p, nexpr of_first) {
    for (size_t i = 0; i < p->core->preds.n; i++) {
        nexpr e = p->core->preds.at[i];
        if (e->op != SC_EQ) continue;
        int literal = e->args[1]->op == SC_LITERAL ? 1 : 0;
        if (e->args[literal]->op == SC_LITERAL && match_expr(&p->m, e->args[1 - literal], of_first)) return true;
    }
    return false;
}

/* The first part's keys, each once, but for those that have one value in this part: they are no keys in its form. */
static bool keys_pair(struct part *p, const struct source *first) {
    size_t found = 0;
    for (size_t i = 0; i < first->keys.n; i++) {
        bool there = false;
        for (size_t k = 0; k < p->agg->keys.n && !there; k++) there = match_expr(&p->m, p->agg->keys.at[k], first->keys.at[i]);
        found += there;
        if (!there && !is_pinned(p, first->keys.at[i])) return false;
    }
    return found == p->agg->keys.n;
}

/* Pairs sources and conjuncts of all parts with those of the first; every part needs a filter of its own. */
static bool parts_pair(struct uniting *u) {
    struct part *first = &u->parts[0];
    for (size_t k = 0; k < u->n; k++) {
        struct part *p = &u->parts[k];
        if (!part_read(p, u->views[k].normal) || (p->agg != NULL) != (first->agg != NULL)) return false;
        match_init(&p->m, u->arena, p->of, first->of);
        p->shared = arena_array(u->arena, p->core->preds.n + 1, sizeof *p->shared);
        if (!match_parts(&p->m, p->core, first->core)) return false;
        if (p->agg && !keys_pair(p, first->agg)) return false;
    }
    for (size_t i = 0; i < first->core->preds.n; i++) {
        bool all = true;
        for (size_t k = 0; k < u->n && all; k++) all = has_partner(&u->parts[k], first->core->preds.at[i]);
        for (size_t k = 0; k < u->n && all; k++) share_conjunct(u, &u->parts[k], first->core->preds.at[i]);
    }
    for (size_t k = 0; k < u->n; k++) {
        struct part *p = &u->parts[k];
        for (size_t i = 0; i < p->core->preds.n; i++)
            if (!p->shared[i]) conjuncts_add(u->arena, &p->own, p->core->preds.at[i]);
        if (!p->own.n) return false;
    }
    return true;
}

/* ---- which outputs all of them have ---- */

static bool is_named_once(const struct derive_view *v, size_t i) {
    const char *name = output_name(v, i);
    if (!name || !*name || strcmp(name, "*") == 0) return false;
    for (size_t k = 0; k < v->plan->n_outputs; k++)
        if (k != i && strcasecmp(output_name(v, k), name) == 0) return false;
    return true;
}

/* The column that the part's own filter holds at this literal; NULL: none. Values that are equal must be the same value. */
static nexpr tagged_column(const struct part *p, nexpr literal) {
    enum dialect d = p->of->plan->dialect;
    bool folds = d == DIALECT_MYSQL || d == DIALECT_TSQL;
    for (size_t i = 0; i < p->own.n; i++) {
        nexpr e = p->own.at[i];
        if (e->op != SC_EQ) continue;
        nexpr column = e->args[0]->op == SC_COLUMN ? e->args[0] : e->args[1], value = e->args[0]->op == SC_COLUMN ? e->args[1] : e->args[0];
        if (column->op != SC_COLUMN || value != literal) continue;
        enum type_kind kind = column->type.kind;
        bool same = kind == literal->type.kind && (kind == TYPE_INT || kind == TYPE_DATE || (kind == TYPE_STRING && !folds));
        return same || (kind == TYPE_UNKNOWN && p->of->mode == NORMAL_DECLARED && !folds) ? column : NULL;
    }
    return NULL;
}

/* The output of the part that is that of the first, or the value that the part holds it at. */
static bool find_output(struct uniting *u, size_t k, size_t first_at, size_t *at) {
    const struct part *first = &u->parts[0];
    struct part *p = &u->parts[k];
    nexpr wanted = meaning(first, first->of->root->outs.at[first_at]);
    for (size_t i = 0; i < p->of->root->outs.n; i++) {
        nexpr out = meaning(p, p->of->root->outs.at[i]), column = out->op == SC_LITERAL ? tagged_column(p, out) : NULL;
        *at = i;
        if (is_named_once(&u->views[k], i) && match_expr(&p->m, column && wanted->op != SC_LITERAL ? column : out, wanted)) return true;
    }
    return false;
}

/* `SELECT 'eu' AS region .. WHERE region = 'eu'`: the output is the column, as it is, or is held at another value, in every other part. */
static bool find_tag(struct uniting *u, size_t first_at, struct common *out) {
    const struct part *first = &u->parts[0];
    const char *name = output_name(&u->views[0], first_at);
    nexpr shown = first->of->root->outs.at[first_at];
    out->tag = shown->op == SC_LITERAL ? tagged_column(first, shown) : NULL;
    for (size_t k = 1; k < u->n && out->tag; k++) {
        struct part *p = &u->parts[k];
        size_t at = 0;
        while (at < p->of->root->outs.n && strcasecmp(output_name(&u->views[k], at), name) != 0) at++;
        if (at == p->of->root->outs.n || !is_named_once(&u->views[k], at)) return false;
        nexpr e = meaning(p, p->of->root->outs.at[at]), column = e->op == SC_LITERAL ? tagged_column(p, e) : e;
        if (!column || !match_expr(&p->m, column, out->tag)) return false;
        out->at[k] = at;
    }
    return out->tag != NULL;
}

static void list_outputs(struct uniting *u) {
    for (size_t i = 0; i < u->parts[0].of->root->outs.n; i++) {
        struct common c = {.at = {i}};
        bool all = is_named_once(&u->views[0], i);
        for (size_t k = 1; k < u->n && all; k++) all = find_output(u, k, i, &c.at[k]);
        if (!all) c.tag = NULL;
        if (!all && !(is_named_once(&u->views[0], i) && find_tag(u, i, &c))) continue;
        *vec_add(u->arena, &u->outs) = c;
        *vec_add(u->arena, &u->names) = output_name(&u->views[0], i);
    }
}

/* ---- the query that all of them together are ---- */

/* The part's own filter over the first part's tables. */
static struct sql_expr *write_own(struct uniting *u, size_t k) {
    struct part *p = &u->parts[k];
    struct rewrite w = {.arena = u->arena, .q = p->of, .dialect = u->w.dialect};
    struct sql_expr *all = NULL;
    w.column = arena_array(u->arena, p->of->n_columns + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < p->of->n_columns; i++)
        if (p->m.to_q[i] >= 0) w.column[i] = u->w.column[p->m.to_q[i]];
    for (size_t i = 0; i < p->own.n; i++) all = sql_and(u->arena, all, rewrite_expr(&w, p->own.at[i]));
    if (w.why) rewrite_fail(&u->w, w.why);
    return all;
}

static struct block *core_shared(struct uniting *u) {
    const struct part *first = &u->parts[0];
    struct block *core = arena_new(u->arena, struct block);
    *core = *first->core;
    core->preds = (struct exprs){0};
    core->outs = (struct exprs){0};
    for (size_t i = 0; i < first->core->preds.n; i++)
        if (first->shared[i]) conjuncts_add(u->arena, &core->preds, first->core->preds.at[i]);
    return core;
}

static bool is_key(struct uniting *u, size_t k, nexpr e) {
    struct part *p = &u->parts[k];
    const struct source *first = u->parts[0].agg;
    for (size_t i = 0; i < first->keys.n; i++)
        if (match_expr(&p->m, e, first->keys.at[i])) return true;
    for (size_t i = 0; i < u->outs.n; i++)
        if (u->outs.at[i].tag && match_expr(&p->m, e, u->outs.at[i].tag)) return true;
    return false;
}

static bool from_keys(struct uniting *u, size_t k, nexpr e) {
    if (is_key(u, k, e)) return true;
    if (e->op == SC_COLUMN || e->block || e->rel || e->op == SC_MATCHED || e->is_volatile) return false;
    for (size_t i = 0; i < e->n; i++)
        if (!from_keys(u, k, e->args[i])) return false;
    return true;
}

/* Does the key of a group, with the tag columns, tell which part it is in? */
static bool keys_tell(struct uniting *u) {
    for (size_t k = 0; k < u->n; k++)
        for (size_t i = 0; i < u->parts[k].own.n; i++)
            if (!from_keys(u, k, u->parts[k].own.at[i])) return false;
    return true;
}

/* GROUP BY the keys, the tag columns, and where those do not tell the parts apart, the part. */
static void write_group(struct uniting *u, struct sql_query *query, struct sql_expr *const *own) {
    const struct part *first = &u->parts[0];
    struct sql_expr **items = arena_array(u->arena, first->agg->keys.n + u->outs.n + 2, sizeof *items), *arms[2 * DERIVE_VIEWS_MAX];
    uint32_t n = 0;
    for (size_t i = 0; i < first->agg->keys.n; i++) items[n++] = rewrite_expr(&u->w, first->agg->keys.at[i]);
    for (size_t i = 0; i < u->outs.n; i++)
        if (u->outs.at[i].tag) items[n++] = rewrite_expr(&u->w, u->outs.at[i].tag);
    for (size_t k = 0; k < u->n; k++) {
        arms[2 * k] = own[k];
        arms[2 * k + 1] = sql_integer(u->arena, (int64_t)k);
    }
    if (!keys_tell(u)) items[n++] = sql_case(u->arena, arms, (uint32_t)u->n, NULL);
    query->select->group = sql_group_by(u->arena, items, n);
}

/* SELECT 1 FROM the shared sources WHERE the shared conjuncts; leaves its columns in u->w. */
static struct sql_query *write_core(struct uniting *u) {
    u->w = (struct rewrite){.arena = u->arena, .q = u->parts[0].of, .dialect = u->q->plan->dialect};
    u->w.column = arena_array(u->arena, u->parts[0].of->n_columns + 1, sizeof(struct sql_expr *));
    return rewrite_block(&u->w, core_shared(u), NULL);
}

static const struct normal *bound(struct uniting *u, struct sql_query *query) {
    struct plan *plan = u->w.why ? NULL : plan_bind(u->arena, query, u->q->plan->schema, u->w.dialect);
    if (!plan || plan->reason) return NULL;
    const struct normal *form = normal_make(u->arena, plan, u->q->mode);
    return form->reason ? NULL : form;
}

static void assumes_add(struct uniting *u, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool said = false;
        for (size_t k = 0; k < u->assumes.n; k++) said |= strcmp(u->assumes.at[k], list[i]) == 0;
        if (said) continue;
        u->assumes.at = arena_grow(u->arena, u->assumes.at, &u->assumes.cap, u->assumes.n + 1, sizeof *u->assumes.at);
        u->assumes.at[u->assumes.n++] = list[i];
    }
}

/* No row passes two of the filters. */
static bool are_disjoint(struct uniting *u) {
    struct exprs own[DERIVE_VIEWS_MAX];
    struct match *maps[DERIVE_VIEWS_MAX];
    for (size_t k = 0; k < u->n; k++) {
        own[k] = u->parts[k].own;
        maps[k] = &u->parts[k].m;
    }
    u->cover = cover_of(u->arena, own, maps, u->n);
    if (u->cover.known) return u->cover.disjoint;
    for (size_t a = 0; a < u->n; a++)
        for (size_t b = a + 1; b < u->n; b++) {
            struct sql_query *query = write_core(u);
            query->select->where = sql_and(u->arena, query->select->where, sql_and(u->arena, write_own(u, a), write_own(u, b)));
            const struct normal *form = bound(u, query);
            if (!form || !form->root || !form->root->empty) return false;
            assumes_add(u, form->assumes, form->n_assumes);
        }
    return true;
}

static const struct normal *write_whole(struct uniting *u) {
    struct sql_query *query = write_core(u);
    struct sql_expr *own[DERIVE_VIEWS_MAX], *any = NULL;
    const struct part *first = &u->parts[0];
    for (size_t k = 0; k < u->n; k++) {
        own[k] = write_own(u, k);
        any = any ? sql_binary(u->arena, OP_OR, any, own[k]) : own[k];
    }
    if (u->cover.known && u->cover.whole) any = u->cover.null_too ? NULL : sql_is(u->arena, rewrite_expr(&u->w, u->cover.atom), OP_IS_NULL, true);
    query->select->where = sql_and(u->arena, query->select->where, any);
    query->select->item_count = 0;
    for (size_t i = 0; i < u->outs.n; i++) {
        const struct common *c = &u->outs.at[i];
        nexpr e = c->tag ? c->tag : meaning(first, first->of->root->outs.at[c->at[0]]);
        sql_select_add(u->arena, query->select, rewrite_expr(&u->w, e), str_of(u->names.at[i]));
    }
    if (first->agg) write_group(u, query, own);
    return bound(u, query);
}

/* SELECT their common columns FROM each, UNION ALL. */
static struct sql_query *write_arms(struct uniting *u) {
    struct sql_query **arms = arena_array(u->arena, u->n + 1, sizeof(struct sql_query *));
    for (size_t k = 0; k < u->n; k++) {
        struct sql_query *arm =
            sql_query_select(u->arena, sql_from_table(u->arena, sql_name_of(u->arena, str_of(u->views[k].name)), (struct str){0}));
        for (size_t i = 0; i < u->outs.n; i++) {
            const char *name = output_name(&u->views[k], u->outs.at[i].at[k]);
            struct sql_ident ident = sql_ident(str_of(name), false);
            for (const char *p = name; *p; p++) ident.quoted |= !isalnum((unsigned char)*p) && *p != '_';
            struct sql_expr *e = sql_expr_new(u->arena, EX_NAME, OP_NONE, NULL, 0);
            e->path = sql_name_new(u->arena, &ident, 1);
            e->name = ident.text;
            bool same = strcmp(name, u->names.at[i]) == 0;
            sql_select_add(u->arena, arm->select, e, same ? (struct str){0} : str_of(u->names.at[i]));
        }
        arms[k] = arm;
    }
    return sql_query_setop(u->arena, SETOP_UNION, SQL_SETOP_ALL, arms, (uint32_t)u->n);
}

static const char *filters_text(struct uniting *u) {
    struct buf text = buf_new(u->arena);
    for (size_t k = 0; k < u->n; k++) {
        const struct exprs *own = &u->parts[k].own;
        buf_printf(&text, "%s%s: ", k ? "; " : "", u->views[k].name);
        for (size_t i = 0; i < own->n; i++)
            buf_printf(&text, "%s%s", i ? " AND " : "", words_of_expr(source_names_new(u->arena, u->parts[k].of, false), own->at[i]));
    }
    return buf_str(&text);
}

static void explain(struct uniting *u, struct derivation *d) {
    const char **proof = arena_array(u->arena, d->n_proof + 3, sizeof *proof);
    size_t n = 0;
    proof[n++] = arena_printf(u->arena, "they are parts of one thing, and no row is in two of them (%s)", filters_text(u));
    for (size_t i = 0; i < d->n_proof; i++) proof[n++] = d->proof[i];
    d->proof = proof;
    d->n_proof = n;
    assumes_add(u, d->assumes, d->n_assumes);
    d->assumes = u->assumes.at;
    d->n_assumes = u->assumes.n;
}

/* The one with most keys stands first: the others may lack those that their filters hold at one value. */
static void finest_first(const struct derive_view *views, size_t n, struct derive_view *sorted) {
    size_t best = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        struct part p;
        size_t keys = part_read(&p, views[i].normal) && p.agg ? p.agg->keys.n : 0;
        if (keys > most) best = i, most = keys;
        sorted[i] = views[i];
    }
    sorted[0] = views[best];
    sorted[best] = views[0];
}

static struct derivation *union_try(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n) {
    struct derive_view sorted[DERIVE_VIEWS_MAX];
    struct uniting u = {.arena = arena, .q = q, .views = sorted, .n = n};
    if (n < 2) return NULL;
    finest_first(views, n, sorted);
    if (!parts_pair(&u)) return NULL;
    list_outputs(&u);
    if (!u.outs.n || !are_disjoint(&u)) return NULL;
    const struct normal *whole = write_whole(&u);
    if (!whole) return NULL;
    assumes_add(&u, whole->assumes, whole->n_assumes);
    struct derivation *d = derive_from(arena, q, whole, UNION_TABLE, (const char *const *)u.names.at, write_arms(&u));
    if (d->query) explain(&u, d);
    return d;
}

static bool are_parts(struct arena *arena, const struct normal *q, const struct derive_view *a, const struct derive_view *b) {
    struct derive_view both[] = {*a, *b}, sorted[2];
    struct uniting u = {.arena = arena, .q = q, .views = sorted, .n = 2};
    finest_first(both, 2, sorted);
    return parts_pair(&u) && are_disjoint(&u);
}

static size_t take(const struct derive_view *views, size_t n, const bool *used, struct derive_view *out) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (used[i]) out[count++] = views[i];
    return count;
}

/* Those that are not needed are left out. */
static struct derivation *union_least(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n, bool *used,
                                      struct derivation *d) {
    struct derive_view some[DERIVE_VIEWS_MAX];
    for (size_t i = 0; i < n; i++) {
        if (!used[i]) continue;
        used[i] = false;
        struct derivation *less = union_try(arena, q, some, take(views, n, used, some));
        used[i] = !less || !less->query;
        if (!used[i]) d = less;
    }
    return d;
}

struct derivation *derive_union(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n, bool *used) {
    struct derivation *out = NULL;
    struct derive_view some[DERIVE_VIEWS_MAX];
    if (n < 2 || n > DERIVE_VIEWS_MAX || q->reason || !q->root) return NULL;
    for (size_t first = 0; first + 1 < n; first++) {
        size_t count = 1;
        for (size_t i = 0; i < n; i++) {
            used[i] = i == first || (i > first && are_parts(arena, q, &views[first], &views[i]));
            count += used[i] && i != first;
        }
        if (count < 2) continue;
        struct derivation *d = union_try(arena, q, some, take(views, n, used, some));
        if (d && d->query) return union_least(arena, q, views, n, used, d);
        if (d && !out) out = d;
    }
    memset(used, 0, n);
    return out;
}
