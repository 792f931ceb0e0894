/* names.c - walks a query with the scopes of its WITH clauses. */
#include "names.h"

#include "sql_build.h"
#include "sql_walk.h"

/* A query being walked, and how many of its WITH entries are visible where the walk stands. */
struct frame {
    const struct frame *outer;
    const struct sql_cte *ctes;
    uint32_t count, visible;
    bool recursive;
};

struct scope_walk {
    struct arena *arena;
    names_fn fn;
    void *ctx;
    struct frame *top;
    const struct sql_query *entered; /* the query whose callback must let the walk in */
    struct sql_visitor visitor;
};

static bool is_visible(const struct frame *frame, struct str name) {
    for (; frame; frame = frame->outer) {
        for (uint32_t i = 0; i < frame->visible; i++) {
            if (str_ieq(frame->ctes[i].name.text, name)) return true;
        }
    }
    return false;
}

static bool visit_from(void *ctx, struct sql_from *from) {
    struct scope_walk *w = ctx;
    if (from->kind != FROM_TABLE || !from->name) return true;
    const struct sql_expr *dynamic = from->name->dynamic;
    /* IDENTIFIER('a.b') is a.b. */
    if (dynamic && dynamic->kind == EX_LITERAL && dynamic->op == LIT_STRING && dynamic->name.n && !from->name->part_count) {
        struct range range = from->name->range;
        from->name = sql_name_of(w->arena, dynamic->name);
        from->name->range = range;
    }
    if (from->name->part_count == 0) return true;
    if (from->name->part_count == 1 && !dynamic && is_visible(w->top, from->name->parts[0].text)) return true;
    w->fn(w->ctx, from);
    return true;
}

static void enter(struct scope_walk *w, struct sql_query *query) {
    struct frame frame = {w->top, query->ctes, query->cte_count, query->cte_count, query->recursive};
    w->top = &frame;
    w->entered = query;
    sql_walk_query(&w->visitor, query);
    w->top = (struct frame *)frame.outer;
}

static bool visit_query(void *ctx, struct sql_query *query) {
    struct scope_walk *w = ctx;
    if (query == w->entered) {
        w->entered = NULL;
        return true;
    }
    /* The body of entry i sees the entries before it, and all of them when they may be recursive. */
    struct frame *top = w->top;
    uint32_t before = top ? top->visible : 0;
    for (uint32_t i = 0; top && i < top->count; i++) {
        if (top->ctes[i].query == query) top->visible = top->recursive ? top->count : i;
    }
    enter(w, query);
    if (top) top->visible = before;
    return false;
}

static struct scope_walk walk_new(struct arena *arena, names_fn fn, void *ctx) {
    struct scope_walk w = {.arena = arena, .fn = fn, .ctx = ctx};
    w.visitor = (struct sql_visitor){.query = visit_query, .from = visit_from};
    return w;
}

void names_walk_query(struct arena *arena, struct sql_query *query, names_fn fn, void *ctx) {
    struct scope_walk w = walk_new(arena, fn, ctx);
    w.visitor.ctx = &w;
    if (query) enter(&w, query);
}

void names_walk_statement(struct arena *arena, struct sql_statement *statement, names_fn fn, void *ctx) {
    struct scope_walk w = walk_new(arena, fn, ctx);
    w.visitor.ctx = &w;
    struct frame frame = {NULL, statement->ctes, statement->cte_count, statement->cte_count, statement->recursive};
    w.top = &frame;
    sql_walk_statement(&w.visitor, statement);
}

struct defines {
    struct str name;
    bool found;
};

static bool visit_defines(void *ctx, struct sql_query *query) {
    struct defines *d = ctx;
    for (uint32_t i = 0; i < query->cte_count; i++) d->found |= str_ieq(query->ctes[i].name.text, d->name);
    return !d->found;
}

bool names_defines(struct sql_query *query, struct str name) {
    struct defines d = {name, false};
    sql_walk_query(&(struct sql_visitor){.ctx = &d, .query = visit_defines}, query);
    return d.found;
}
