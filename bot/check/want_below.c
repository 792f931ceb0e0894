/* want_below.c - what a query over joins wants of one of its tables alone: grouped by its own keys and by the columns that the joins ask for, so that
 * the joins can be done afterwards.
 *
 * Every row of a group meets the same rows of the other tables, for it has the same values in all that the joins and conditions ask: sums of sums,
 * sums of counts, least and greatest values come out the same (Yan and Larson, "Eager aggregation and lazy aggregation", 1995). */
#include "want.h"

#include "sql_walk.h"

#define SOURCES_MAX 16

struct source {
    const struct sql_from *from;
    struct str name;
    bool may_be_null; /* of an outer join: not every one of its rows is kept as it is */
};

struct below {
    struct arena *arena;
    struct source sources[SOURCES_MAX];
    size_t n, at; /* at: the one that is grouped */
    struct want *out;
};

static struct str source_name(const struct sql_from *from) {
    if (from->alias.text.n) return from->alias.text;
    return from->name->part_count ? from->name->parts[from->name->part_count - 1].text : (struct str){0};
}

/* Tables that are joined, and what they are joined on. False for anything else that could be a source. */
static bool sources_gather(struct below *b, const struct sql_from *from, bool may_be_null, int depth) {
    unsigned odd = from->flags & (SQL_FROM_NATURAL | SQL_FROM_ASOF | SQL_FROM_LATERAL | SQL_FROM_STREAM);
    if (odd || depth > SOURCES_MAX) return false;
    if (from->kind == FROM_TABLE) {
        bool plain = from->name && !from->name->dynamic && !from->travel && !from->sample && !from->column_count && b->n < SOURCES_MAX;
        if (plain) b->sources[b->n++] = (struct source){from, source_name(from), may_be_null};
        return plain && b->sources[b->n - 1].name.n;
    }
    if (from->kind != FROM_JOIN || from->using_count || from->match || from->join > JOIN_LEFT) return false;
    return sources_gather(b, from->left, may_be_null, depth + 1) && sources_gather(b, from->right, may_be_null || from->join == JOIN_LEFT, depth + 1);
}

/* ---- whose columns ---- */

struct speaks {
    const struct below *below;
    uint32_t sources; /* bits */
    bool odd;
};

static bool speaks_found(void *ctx, struct sql_expr *e) {
    struct speaks *s = ctx;
    const struct below *b = s->below;
    bool call = e->kind == EX_CALL && e->call && (e->call->over || e->call->filter);
    s->odd |= sql_expr_query(e) || e->kind == EX_PARAM || e->kind == EX_LAMBDA || call;
    if (e->kind != EX_NAME) return true;
    size_t found = b->n;
    bool bare = e->path->part_count == 1 && b->n == 1, qualified = e->path->part_count == 2;
    for (size_t i = 0; qualified && i < b->n; i++) {
        if (str_ieq(b->sources[i].name, e->path->parts[0].text)) found = i;
    }
    if (bare) found = 0;
    if (found == b->n) s->odd = true;
    else s->sources |= 1U << found;
    return false;
}

static struct speaks speaks_of(const struct below *b, const struct sql_expr *e) {
    struct speaks s = {b, 0, false};
    sql_walk_expr(&(struct sql_visitor){.ctx = &s, .expr = speaks_found}, (struct sql_expr *)(uintptr_t)e);
    return s;
}

/* The same without "o." in front of columns; NULL for what holds more than its arguments. */
static struct sql_expr *bare_copy(struct arena *arena, const struct sql_expr *e) {
    struct sql_expr *copy = arena_new(arena, struct sql_expr);
    *copy = *e;
    if (e->kind == EX_NAME) {
        struct sql_name *path = arena_new(arena, struct sql_name);
        *path = (struct sql_name){.parts = &e->path->parts[e->path->part_count - 1], .part_count = 1, .range = e->path->range};
        copy->path = path;
        return copy;
    }
    copy->args = arena_array(arena, e->arg_count + 1, sizeof *copy->args);
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (!(copy->args[i] = bare_copy(arena, e->args[i]))) return NULL;
    }
    return e->kind == EX_CALL && e->call ? NULL : copy;
}

/* ---- what the group must keep ---- */

static bool item_add(const struct sql_expr **list, size_t *n, const struct sql_expr *e) {
    for (size_t i = 0; e && i < *n; i++) {
        if (sql_equal_expr(list[i], e)) return true;
    }
    if (!e || *n == WANT_ITEMS) return false;
    list[(*n)++] = e;
    return true;
}

struct columns {
    struct below *below;
    bool full;
};

static bool column_found(void *ctx, struct sql_expr *e) {
    struct columns *c = ctx;
    if (e->kind != EX_NAME) return true;
    if (speaks_of(c->below, e).sources == 1U << c->below->at)
        c->full |= !item_add(c->below->out->keys, &c->below->out->n_keys, bare_copy(c->below->arena, e));
    return false;
}

/* Its own columns within an expression that speaks of others too. */
static bool columns_keep(struct below *b, const struct sql_expr *e) {
    struct columns c = {b, false};
    sql_walk_expr(&(struct sql_visitor){.ctx = &c, .expr = column_found}, (struct sql_expr *)(uintptr_t)e);
    return !c.full;
}

/* `narrows`: a condition of the table alone that takes rows away for good. */
static bool condition_keep(struct below *b, const struct sql_expr *e, bool narrows) {
    if (e->kind == EX_BINARY && e->op == OP_AND) {
        for (uint32_t i = 0; i < e->arg_count; i++) {
            if (!condition_keep(b, e->args[i], narrows)) return false;
        }
        return true;
    }
    struct speaks s = speaks_of(b, e);
    if (s.odd) return false;
    if (narrows && s.sources == 1U << b->at) return item_add(b->out->conditions, &b->out->n_conditions, bare_copy(b->arena, e));
    return columns_keep(b, e);
}

static bool joins_keep(struct below *b, const struct sql_from *from) {
    if (from->kind != FROM_JOIN) return true;
    bool narrows = from->join != JOIN_LEFT;
    return (!from->on || condition_keep(b, from->on, narrows)) && joins_keep(b, from->left) && joins_keep(b, from->right);
}

/* The source that all aggregates speak of; count(*) speaks of none. */
static bool source_pick(struct below *b, const struct want *w) {
    uint32_t all = 0;
    for (size_t i = 0; i < w->n_aggregates; i++) {
        struct speaks s = speaks_of(b, w->aggregates[i]);
        if (s.odd) return false;
        all |= s.sources;
    }
    if (!all || all & (all - 1)) return false;
    b->at = (size_t)__builtin_ctz(all);
    return !b->sources[b->at].may_be_null;
}

bool want_below(struct arena *arena, const struct want *w, struct want *out) {
    struct below *b = arena_new(arena, struct below);
    *b = (struct below){.arena = arena, .out = out};
    *out = (struct want){.n_keys = 0};
    if (!sources_gather(b, w->select->from, false, 0) || !source_pick(b, w)) return false;
    for (size_t i = 0; i < w->n_keys; i++) {
        struct speaks s = speaks_of(b, w->keys[i]);
        bool own = s.sources == 1U << b->at;
        if (s.odd || !(own ? item_add(out->keys, &out->n_keys, bare_copy(arena, w->keys[i])) : columns_keep(b, w->keys[i]))) return false;
    }
    for (size_t i = 0; i < w->n_aggregates; i++) {
        if (!item_add(out->aggregates, &out->n_aggregates, bare_copy(arena, w->aggregates[i]))) return false;
    }
    for (size_t i = 0; i < w->n_conditions; i++) {
        if (!condition_keep(b, w->conditions[i], true)) return false;
    }
    if (!joins_keep(b, w->select->from)) return false;
    struct sql_select *select = arena_new(arena, struct sql_select);
    struct sql_from *from = arena_new(arena, struct sql_from);
    *from = *b->sources[b->at].from;
    from->alias = (struct sql_ident){0};
    *select = (struct sql_select){.from = from};
    out->select = select;
    for (size_t i = 0; i < b->n; i++) {
        if (i != b->at) out->joins[out->n_joins++] = b->sources[i].from;
    }
    return out->n_keys > 0;
}
