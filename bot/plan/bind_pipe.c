/* bind_pipe.c - |> syntax as the nested query it stands for, so that both give one plan.
 * Rows so far are a FROM with a WHERE over it; a step that cannot be said in those wraps them as a derived table. A name of FROM that a wrap hides
 * (the a of `FROM t AS a JOIN u |> EXTEND .. |> WHERE a.x`) may still be meant by later steps: such a query is refused, not misread. */
#include "bind_core.h"
#include "sql_build.h"
#include "sql_walk.h"

struct piping {
    struct binder *b;
    struct range range;
    struct sql_from *from; /* the rows so far */
    struct sql_expr *where;
    struct str alias;       /* what names all of them; empty: nothing does */
    VEC(struct str) hidden; /* names that a wrap took away */
    bool refused;
};

static void refuse(struct piping *p, const char *what) {
    bind_refuse(p->b, p->range, "pipe syntax: %s", what);
    p->refused = true;
}

static struct sql_query *query_now(struct piping *p) {
    struct sql_query *q = sql_query_select(p->b->arena, p->from);
    q->select->where = p->where;
    q->range = q->select->range = p->range;
    return q;
}

/* The names of FROM, into the list of hidden ones; the only one, or that it is alone, comes back. */
static void names_take(struct piping *p, const struct sql_from *from, struct str *only, size_t *count) {
    if (!from) return;
    if (from->kind == FROM_JOIN || from->kind == FROM_LATERAL_VIEW) {
        names_take(p, from->left, only, count);
        if (from->kind == FROM_JOIN) names_take(p, from->right, only, count);
        else *vec_add(p->b->arena, &p->hidden) = from->alias.text, ++*count;
        return;
    }
    if (from->kind == FROM_BRACKETS && !from->alias.text.n) {
        names_take(p, from->left, only, count);
        return;
    }
    struct str name = from->alias.text;
    if (!name.n && from->kind == FROM_TABLE && from->name->part_count) name = from->name->parts[from->name->part_count - 1].text;
    if (name.n) *vec_add(p->b->arena, &p->hidden) = name;
    *only = name;
    ++*count;
}

static void rows_are(struct piping *p, struct sql_query *query, struct str alias) {
    p->from = sql_from_query(p->b->arena, query, alias);
    p->from->range = p->range;
    p->where = NULL;
    p->alias = alias;
}

/* The rows so far become a derived table; a single name stays theirs. */
static void wrap(struct piping *p, struct sql_query *query) {
    struct str only = {0};
    size_t count = 0, before = p->hidden.n;
    names_take(p, p->from, &only, &count);
    if (count == 1 && only.n) p->hidden.n = before;
    rows_are(p, query, count == 1 ? only : (struct str){0});
}

static bool name_seen(void *ctx, struct sql_expr *e) {
    struct piping *p = ctx;
    if (e->kind != EX_NAME || !e->path || e->path->part_count < 2) return true;
    for (size_t i = 0; i < p->hidden.n; i++)
        if (str_ieq(p->hidden.at[i], e->path->parts[0].text)) refuse(p, "a name of FROM after a step that hides it");
    return true;
}

static void expr_check(struct piping *p, struct sql_expr *e) {
    if (e && p->hidden.n) sql_walk_expr(&(struct sql_visitor){.ctx = p, .expr = name_seen}, e);
}

static void select_check(struct piping *p, const struct sql_select *select) {
    for (uint32_t i = 0; select && i < select->item_count; i++) expr_check(p, select->items[i].expr);
}

/* SELECT *, items: what EXTEND gives. */
static struct sql_query *star_and(struct piping *p, const struct sql_select *more) {
    struct sql_query *q = query_now(p);
    struct arena *arena = p->b->arena;
    struct sql_item *items = arena_array(arena, more->item_count + 1, sizeof *items);
    items[0] = q->select->items[0];
    for (uint32_t i = 0; i < more->item_count; i++) items[i + 1] = more->items[i];
    q->select->items = items;
    q->select->item_count = more->item_count + 1;
    q->select->windows = more->windows;
    q->select->window_count = more->window_count;
    return q;
}

static struct sql_star *star_of(struct piping *p, struct sql_query *q) {
    struct sql_expr *star = sql_star(p->b->arena, NULL);
    star->range = p->range;
    star->star = arena_new(p->b->arena, struct sql_star);
    q->select->items[0].expr = star;
    return star->star;
}

static void columns_change(struct piping *p, const struct sql_pipe *pipe) {
    struct sql_query *q = query_now(p);
    struct sql_star *star = star_of(p, q);
    const struct sql_select *s = pipe->select;
    struct arena *arena = p->b->arena;
    star->replace = pipe->kind == PIPE_SET ? s->items : NULL;
    star->replace_count = pipe->kind == PIPE_SET ? s->item_count : 0;
    star->except = arena_array(arena, s->item_count + 1, sizeof *star->except);
    star->rename = arena_array(arena, s->item_count + 1, sizeof *star->rename);
    for (uint32_t i = 0; i < s->item_count && pipe->kind != PIPE_SET; i++) {
        const struct sql_expr *e = s->items[i].expr;
        if (e->kind != EX_NAME || !e->path || e->path->part_count != 1) refuse(p, "a column of this form");
        else if (pipe->kind == PIPE_DROP) star->except[star->except_count++] = e->path->parts[0];
        else star->rename[star->rename_count++] = (struct sql_rename){e->path->parts[0], s->items[i].alias};
    }
    wrap(p, q);
}

static void aggregate(struct piping *p, const struct sql_pipe *pipe) {
    struct arena *arena = p->b->arena;
    const struct sql_select *s = pipe->select;
    bool sets = s->group && !pipe->group_item_count && (s->group->all || s->group->sets || s->group->item_count || s->group->with_rollup);
    if (sets) {
        refuse(p, "AGGREGATE over grouping sets");
        return;
    }
    struct sql_query *q = query_now(p);
    struct sql_item *items = arena_array(arena, pipe->group_item_count + s->item_count + 1, sizeof *items);
    struct sql_expr **keys = arena_array(arena, pipe->group_item_count + 1, sizeof *keys);
    uint32_t n = 0;
    for (uint32_t i = 0; i < pipe->group_item_count; i++) items[n++] = pipe->group_items[i], keys[i] = pipe->group_items[i].expr;
    for (uint32_t i = 0; i < s->item_count; i++) items[n++] = s->items[i];
    q->select->items = items;
    q->select->item_count = n;
    if (pipe->group_item_count) q->select->group = sql_group_by(arena, keys, pipe->group_item_count);
    else if (!s->item_count) refuse(p, "AGGREGATE of nothing");
    p->hidden.n = 0;
    rows_are(p, q, (struct str){0});
}

/* The step's FROM with the rows so far in the empty brackets at its left end. */
static struct sql_from *spine_fill(struct piping *p, const struct sql_from *from, struct sql_from *rows) {
    struct sql_from *copy = arena_new(p->b->arena, struct sql_from);
    *copy = *from;
    if (from->kind == FROM_BRACKETS && !from->left) copy->left = rows;
    else if (from->left) copy->left = spine_fill(p, from->left, rows);
    else refuse(p, "a step of this form");
    return copy;
}

static void join(struct piping *p, const struct sql_pipe *pipe) {
    if (p->where) wrap(p, query_now(p));
    p->from = spine_fill(p, pipe->from, p->from);
    p->alias = (struct str){0};
}

static void order(struct piping *p, const struct sql_pipe *pipe) {
    struct sql_query *q = query_now(p), *more = pipe->query;
    for (uint32_t i = 0; i < more->order_count; i++) expr_check(p, more->order[i].expr);
    q->order = more->order;
    q->order_count = more->order_count;
    q->limit = more->limit;
    q->offset = more->offset;
    q->limit_percent = more->limit_percent;
    q->limit_ties = more->limit_ties;
    q->order_all = more->order_all;
    wrap(p, q);
}

static void setop(struct piping *p, const struct sql_pipe *pipe) {
    struct arena *arena = p->b->arena;
    struct sql_query *q = arena_new(arena, struct sql_query);
    *q = *pipe->query;
    q->arms = arena_array(arena, q->arm_count + 1, sizeof *q->arms);
    memcpy(q->arms, pipe->query->arms, q->arm_count * sizeof *q->arms);
    q->arms[0] = query_now(p);
    q->range = p->range;
    p->hidden.n = 0;
    rows_are(p, q, (struct str){0});
}

static void select_step(struct piping *p, const struct sql_pipe *pipe) {
    struct sql_query *q = query_now(p);
    struct sql_select *s = arena_new(p->b->arena, struct sql_select);
    *s = *pipe->select;
    s->from = p->from;
    s->where = p->where;
    s->range = p->range;
    q->select = s;
    p->hidden.n = 0;
    rows_are(p, q, (struct str){0});
}

static void step(struct piping *p, const struct sql_pipe *pipe) {
    expr_check(p, pipe->expr);
    select_check(p, pipe->select);
    for (uint32_t i = 0; i < pipe->group_item_count; i++) expr_check(p, pipe->group_items[i].expr);
    switch (pipe->kind) {
    case PIPE_WHERE:
        p->where = sql_and(p->b->arena, p->where, pipe->expr);
        return;
    case PIPE_SELECT:
        return select_step(p, pipe);
    case PIPE_EXTEND:
    case PIPE_WINDOW:
        return wrap(p, star_and(p, pipe->select));
    case PIPE_SET:
    case PIPE_DROP:
    case PIPE_RENAME:
        return columns_change(p, pipe);
    case PIPE_AS:
        p->hidden.n = 0;
        return rows_are(p, query_now(p), pipe->alias.text);
    case PIPE_AGGREGATE:
        return aggregate(p, pipe);
    case PIPE_JOIN:
    case PIPE_FROM:
        return join(p, pipe);
    case PIPE_SETOP:
        return setop(p, pipe);
    case PIPE_ORDER:
        return order(p, pipe);
    case PIPE_DISTINCT: {
        struct sql_query *q = query_now(p);
        q->select->distinct = DISTINCT_ROWS;
        return wrap(p, q);
    }
    default:
        refuse(p, "a step of this form");
    }
}

/* The outermost wrap comes off again: SELECT * over one query is that query. */
static struct sql_query *result(struct piping *p, const struct sql_query *query) {
    bool bare = !p->where && p->from->kind == FROM_QUERY && !p->from->column_count;
    struct sql_query *body = bare ? p->from->query : query_now(p), *out = arena_new(p->b->arena, struct sql_query);
    *out = (struct sql_query){
        .body = BODY_QUERY, .ctes = query->ctes, .cte_count = query->cte_count, .recursive = query->recursive, .range = query->range};
    out->arms = arena_array(p->b->arena, 1, sizeof *out->arms);
    out->arms[0] = body;
    out->arm_count = 1;
    return out;
}

const struct sql_query *bind_pipes(struct binder *b, const struct sql_query *query) {
    struct piping p = {.b = b, .range = query->range};
    bool plain = (query->body == BODY_FROM || query->body == BODY_TABLE) && query->from && !query->order_count && !query->limit && !query->offset;
    if (plain) p.from = query->from;
    else {
        struct sql_query *base = arena_new(b->arena, struct sql_query);
        *base = *query;
        base->pipes = NULL;
        base->pipe_count = base->cte_count = 0;
        rows_are(&p, base, (struct str){0});
    }
    for (uint32_t i = 0; i < query->pipe_count && !p.refused; i++) step(&p, &query->pipes[i]);
    return p.refused ? NULL : result(&p, query);
}
