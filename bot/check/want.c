/* want.c - tables that serve several queries, from their trees. */
#include "want.h"

#include "sql_print.h"
#include "sql_walk.h"

static bool is_aggregate(const struct sql_expr *e) {
    static const char *const names[] = {"sum", "count", "min", "max"};
    if (e->kind != EX_CALL || e->flags & SQL_DISTINCT || (e->call && (e->call->over || e->call->filter))) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_iis(e->name, names[i])) return true;
    }
    return false;
}

static void expr_add(const struct sql_expr **list, size_t *n, const struct sql_expr *e) {
    for (size_t i = 0; i < *n; i++) {
        if (sql_equal_expr(list[i], e)) return;
    }
    if (*n < WANT_ITEMS) list[(*n)++] = e;
}

const struct sql_expr *want_key(const struct sql_select *s, const struct sql_expr *e) {
    if (e->kind != EX_LITERAL || e->op != LIT_NUMBER) return e->kind == EX_GROUPING ? NULL : e;
    size_t at = 0;
    for (size_t i = 0; i < e->name.n && at <= s->item_count; i++) {
        if (e->name.p[i] < '0' || e->name.p[i] > '9') return NULL;
        at = at * 10 + (size_t)(e->name.p[i] - '0');
    }
    return at >= 1 && at <= s->item_count ? s->items[at - 1].expr : NULL;
}

static bool is_key(const struct want *w, const struct sql_expr *e) {
    for (size_t i = 0; i < w->n_keys; i++) {
        if (sql_equal_expr(w->keys[i], e)) return true;
    }
    return false;
}

/* ---- conditions ---- */

struct names {
    const struct sql_expr **at;
    size_t n;
    bool odd; /* a sub-query, a parameter: no group can be asked for it */
};

static bool name_found(void *ctx, struct sql_expr *e) {
    struct names *names = ctx;
    names->odd |= sql_expr_query(e) || e->kind == EX_PARAM || e->kind == EX_LAMBDA || (e->kind == EX_CALL && e->call && e->call->over);
    if (e->kind == EX_NAME) expr_add(names->at, &names->n, e);
    return e->kind != EX_NAME;
}

static struct names names_of(const struct sql_expr *e, const struct sql_expr **room) {
    struct names names = {room, 0, false};
    sql_walk_expr(&(struct sql_visitor){.ctx = &names, .expr = name_found}, (struct sql_expr *)(uintptr_t)e);
    return names;
}

static void conditions_add(struct want *w, const struct sql_expr *e) {
    if (e->kind != EX_BINARY || e->op != OP_AND) {
        expr_add(w->conditions, &w->n_conditions, e);
        return;
    }
    for (uint32_t i = 0; i < e->arg_count; i++) conditions_add(w, e->args[i]);
}

/* What groups must keep so that the condition can be asked of them: the side that is compared with a constant, else its columns. */
static bool condition_keys(struct want *w, const struct sql_expr *e) {
    const struct sql_expr *room[WANT_ITEMS], *side[WANT_ITEMS];
    struct names all = names_of(e, room);
    bool compares = (e->kind == EX_BINARY && e->op >= OP_EQ && e->arg_count == 2) || e->kind == EX_BETWEEN || e->kind == EX_IN;
    if (all.odd || !all.n || w->n_keys + all.n > WANT_ITEMS) return false;
    bool constant = compares;
    for (uint32_t i = 1; compares && i < e->arg_count; i++) constant = constant && names_of(e->args[i], side).n == 0;
    if (constant) {
        expr_add(w->keys, &w->n_keys, e->args[0]);
        return true;
    }
    for (size_t i = 0; i < all.n; i++) expr_add(w->keys, &w->n_keys, all.at[i]);
    return true;
}

static bool has(const struct sql_expr *const *list, size_t n, const struct sql_expr *e) {
    for (size_t i = 0; i < n; i++) {
        if (sql_equal_expr(list[i], e)) return true;
    }
    return false;
}

/* ---- reading ---- */

static struct sql_expr *call_like(struct arena *arena, const struct sql_expr *e, const char *name) {
    struct sql_expr *copy = arena_new(arena, struct sql_expr);
    *copy = *e;
    copy->name = str_of(name);
    copy->call = NULL;
    return copy;
}

static bool aggregate_add(struct arena *arena, struct want *w, const struct sql_expr *e) {
    bool mean = e->kind == EX_CALL && str_iis(e->name, "avg") && e->arg_count == 1 && !(e->flags & SQL_DISTINCT) &&
                !(e->call && (e->call->over || e->call->filter));
    if (mean) {
        expr_add(w->aggregates, &w->n_aggregates, call_like(arena, e, "sum"));
        expr_add(w->aggregates, &w->n_aggregates, call_like(arena, e, "count"));
        return true;
    }
    if (!is_aggregate(e)) return false;
    expr_add(w->aggregates, &w->n_aggregates, e);
    return true;
}

bool want_read(struct arena *arena, const struct sql_query *q, struct want *w) {
    *w = (struct want){.n_keys = 0};
    const struct sql_select *s = q && q->body == BODY_SELECT && !q->cte_count && !q->pipe_count ? q->select : NULL;
    if (!s || !s->from || !s->group || s->group->all || s->group->with_rollup || s->group->with_cube || s->group->sets || s->having || s->qualify ||
        s->distinct == DISTINCT_ROWS || s->distinct == DISTINCT_ON)
        return false;
    w->select = s;
    for (uint32_t i = 0; i < s->group->item_count; i++) {
        const struct sql_expr *key = want_key(s, s->group->items[i]);
        if (!key) return false;
        expr_add(w->keys, &w->n_keys, key);
    }
    for (uint32_t i = 0; i < s->item_count; i++) {
        const struct sql_expr *e = s->items[i].expr;
        if (is_key(w, e)) continue;
        if (!aggregate_add(arena, w, e)) return false;
    }
    if (s->where) conditions_add(w, s->where);
    return w->n_keys && w->n_aggregates && w->n_conditions < WANT_ITEMS;
}

/* What `of` asks beyond the common conditions becomes keys of `out`. */
static bool rest_keys(struct want *out, const struct want *of) {
    for (size_t i = 0; i < of->n_conditions; i++) {
        if (!has(out->conditions, out->n_conditions, of->conditions[i]) && !condition_keys(out, of->conditions[i])) return false;
    }
    return true;
}

bool want_merge(const struct want *a, const struct want *b, struct want *out) {
    if (!sql_equal_from(a->select->from, b->select->from)) return false;
    *out = *a;
    out->n_conditions = 0;
    for (size_t i = 0; i < a->n_conditions; i++) {
        if (has(b->conditions, b->n_conditions, a->conditions[i])) out->conditions[out->n_conditions++] = a->conditions[i];
    }
    for (size_t i = 0; i < b->n_keys; i++) expr_add(out->keys, &out->n_keys, b->keys[i]);
    for (size_t i = 0; i < b->n_aggregates; i++) expr_add(out->aggregates, &out->n_aggregates, b->aggregates[i]);
    return rest_keys(out, a) && rest_keys(out, b) && out->n_keys < WANT_ITEMS && out->n_aggregates < WANT_ITEMS;
}

/* ---- as text ---- */

static const char *alias_of(struct arena *arena, const struct sql_expr *e, size_t at) {
    if (e->kind == EX_NAME) return NULL;
    if (e->kind != EX_CALL) return arena_printf(arena, "key_%zu", at + 1);
    const char *call = str_lower(arena, e->name);
    if (e->arg_count == 1 && e->args[0]->kind == EX_STAR) return "row_count";
    if (e->arg_count == 1 && e->args[0]->kind == EX_NAME) return arena_printf(arena, "%s_%s", call, str_dup(arena, e->args[0]->name));
    return arena_printf(arena, "%s_%zu", call, at + 1);
}

static void item_print(struct arena *arena, struct buf *b, const struct sql_expr *e, size_t at, enum dialect dialect) {
    const char *alias = alias_of(arena, e, at);
    if (at) buf_text(b, ", ");
    sql_print_expr(b, e, dialect);
    if (alias) buf_printf(b, " AS %s", alias);
}

const char *want_grain(struct arena *arena, const struct want *w, enum dialect dialect) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < w->n_keys; i++) {
        if (i) buf_text(&b, ", ");
        sql_print_expr(&b, w->keys[i], dialect);
    }
    return buf_str(&b);
}

static void condition_print(struct buf *b, const struct sql_expr *e, enum dialect dialect) {
    bool either = e->kind == EX_BINARY && e->op == OP_OR;
    if (either) buf_char(b, '(');
    sql_print_expr(b, e, dialect);
    if (either) buf_char(b, ')');
}

const char *want_sql(struct arena *arena, const struct want *w, enum dialect dialect) {
    struct buf b = buf_new(arena);
    buf_text(&b, "SELECT ");
    for (size_t i = 0; i < w->n_keys; i++) item_print(arena, &b, w->keys[i], i, dialect);
    for (size_t i = 0; i < w->n_aggregates; i++) item_print(arena, &b, w->aggregates[i], w->n_keys + i, dialect);
    buf_text(&b, "\nFROM ");
    sql_print_from(&b, w->select->from, dialect);
    for (size_t i = 0; i < w->n_conditions; i++) {
        buf_text(&b, i ? " AND " : "\nWHERE ");
        condition_print(&b, w->conditions[i], dialect);
    }
    buf_printf(&b, "\nGROUP BY %s", want_grain(arena, w, dialect));
    return buf_str(&b);
}

const char *want_rest(struct arena *arena, const struct want *table, const struct want *reader, enum dialect dialect) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < reader->n_conditions; i++) {
        if (has(table->conditions, table->n_conditions, reader->conditions[i])) continue;
        if (b.n) buf_text(&b, " AND ");
        condition_print(&b, reader->conditions[i], dialect);
    }
    return b.n ? buf_str(&b) : NULL;
}

const char *want_joined(struct arena *arena, const struct want *reader, enum dialect dialect) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < reader->n_joins; i++) {
        struct sql_from from = *reader->joins[i];
        from.alias = (struct sql_ident){0};
        if (i) buf_text(&b, ", ");
        sql_print_from(&b, &from, dialect);
    }
    return b.n ? buf_str(&b) : NULL;
}
