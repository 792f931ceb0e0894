/* sql_build.c - constructors of tree nodes. */
#include "sql_build.h"
#include "sql_keyword.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>

static bool is_plain_word(struct str s) {
    if (s.n == 0 || isdigit((unsigned char)s.p[0])) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!isalnum(c) && c != '_') return false;
    }
    return !(sql_keyword_flags(sql_keyword_find(s.p, s.n)) & (KW_RESERVED | KW_NO_ALIAS));
}

struct sql_ident sql_ident(struct str text, bool quoted) {
    return (struct sql_ident){.text = text, .quoted = quoted};
}

struct sql_name *sql_name_new(struct arena *arena, const struct sql_ident *parts, uint32_t count) {
    struct sql_name *name = arena_new(arena, struct sql_name);
    name->parts = arena_array(arena, count ? count : 1, sizeof *parts);
    if (count) memcpy(name->parts, parts, count * sizeof *parts);
    name->part_count = count;
    return name;
}

struct sql_name *sql_name_of(struct arena *arena, struct str dotted) {
    VEC(struct sql_ident) parts = {0};
    size_t i = 0;
    while (i < dotted.n) {
        struct str part;
        bool ticks = dotted.p[i] == '`';
        size_t from = ticks ? i + 1 : i;
        const char *close = memchr(dotted.p + from, ticks ? '`' : '.', dotted.n - from);
        size_t end = close ? (size_t)(close - dotted.p) : dotted.n;
        part = (struct str){dotted.p + from, end - from};
        *vec_add(arena, &parts) = sql_ident(part, ticks || !is_plain_word(part));
        i = end + 1;
        if (ticks && i < dotted.n && dotted.p[i] == '.') i++;
    }
    return sql_name_new(arena, parts.at, (uint32_t)parts.n);
}

/* The depth is kept below what the bit field holds: trees made by hand are as deep as their maker makes them. */
static void deepen(struct sql_expr *e, uint32_t depth) {
    uint32_t want = depth + 1;
    if (want > e->depth) e->depth = (want > UINT16_MAX ? UINT16_MAX : want) & 0xFFFF;
}

struct sql_expr *sql_expr_new(struct arena *arena, enum sql_expr_kind kind, enum sql_op op, struct sql_expr *const *args, uint32_t arg_count) {
    struct sql_expr *e = arena_new(arena, struct sql_expr);
    e->kind = kind;
    e->op = op;
    e->depth = 1;
    e->args = arena_array(arena, arg_count ? arg_count : 1, sizeof *e->args);
    e->arg_count = arg_count;
    for (uint32_t i = 0; i < arg_count; i++) {
        assert(args[i]);
        e->args[i] = args[i];
        deepen(e, args[i]->depth);
    }
    return e;
}

static struct sql_expr *leaf(struct arena *arena, enum sql_expr_kind kind, enum sql_op op, struct str name) {
    struct sql_expr *e = sql_expr_new(arena, kind, op, NULL, 0);
    e->name = name;
    return e;
}

struct sql_expr *sql_column(struct arena *arena, struct str dotted) {
    struct sql_expr *e = sql_expr_new(arena, EX_NAME, OP_NONE, NULL, 0);
    e->path = sql_name_of(arena, dotted);
    if (e->path->part_count) e->name = e->path->parts[e->path->part_count - 1].text;
    return e;
}

struct sql_expr *sql_string(struct arena *arena, struct str value) {
    return leaf(arena, EX_LITERAL, LIT_STRING, value);
}

struct sql_expr *sql_number(struct arena *arena, struct str digits) {
    return leaf(arena, EX_LITERAL, LIT_NUMBER, digits);
}

struct sql_expr *sql_integer(struct arena *arena, int64_t value) {
    if (value >= 0) return sql_number(arena, str_of(arena_printf(arena, "%" PRId64, value)));
    struct sql_expr *digits = sql_number(arena, str_of(arena_printf(arena, "%" PRIu64, (uint64_t)0 - (uint64_t)value)));
    return sql_unary(arena, OP_NEGATE, digits);
}

struct sql_expr *sql_bool(struct arena *arena, bool value) {
    return leaf(arena, EX_LITERAL, value ? LIT_TRUE : LIT_FALSE, value ? STR("TRUE") : STR("FALSE"));
}

struct sql_expr *sql_null(struct arena *arena) {
    return leaf(arena, EX_LITERAL, LIT_NULL, STR("NULL"));
}

struct sql_expr *sql_param(struct arena *arena, struct str verbatim) {
    return leaf(arena, EX_PARAM, OP_NONE, verbatim);
}

struct sql_expr *sql_star(struct arena *arena, struct sql_name *of) {
    struct sql_expr *e = sql_expr_new(arena, EX_STAR, OP_NONE, NULL, 0);
    e->star = arena_new(arena, struct sql_star);
    e->star->path = of;
    return e;
}

struct sql_expr *sql_unary(struct arena *arena, enum sql_op op, struct sql_expr *x) {
    return sql_expr_new(arena, EX_UNARY, op, &x, 1);
}

static bool is_chain(const struct sql_expr *e, enum sql_op op) {
    return e->kind == EX_BINARY && e->op == op && (op == OP_AND || op == OP_OR || op == OP_CONCAT);
}

struct sql_expr *sql_binary(struct arena *arena, enum sql_op op, struct sql_expr *a, struct sql_expr *b) {
    if (!is_chain(a, op)) return sql_expr_new(arena, EX_BINARY, op, (struct sql_expr *[]){a, b}, 2);
    struct sql_expr **args = arena_array(arena, a->arg_count + 1, sizeof *args);
    memcpy(args, a->args, a->arg_count * sizeof *args);
    args[a->arg_count] = b;
    return sql_expr_new(arena, EX_BINARY, op, args, a->arg_count + 1);
}

struct sql_expr *sql_and(struct arena *arena, struct sql_expr *a, struct sql_expr *b) {
    if (!a || !b) return a ? a : b;
    return sql_binary(arena, OP_AND, a, b);
}

struct sql_expr *sql_is(struct arena *arena, struct sql_expr *x, enum sql_op op, bool negated) {
    struct sql_expr *e = sql_expr_new(arena, EX_IS, op, &x, 1);
    e->flags = negated ? SQL_NOT : 0;
    return e;
}

struct sql_expr *sql_call(struct arena *arena, struct str name, struct sql_expr *const *args, uint32_t arg_count) {
    struct sql_expr *e = sql_expr_new(arena, EX_CALL, OP_NONE, args, arg_count);
    e->name = name;
    return e;
}

struct sql_call *sql_call_more(struct arena *arena, struct sql_expr *call) {
    assert(call->kind == EX_CALL);
    if (!call->call) call->call = arena_new(arena, struct sql_call);
    return call->call;
}

struct sql_expr *sql_cast(struct arena *arena, struct sql_expr *x, struct sql_type *type, enum sql_op op) {
    struct sql_expr *e = sql_expr_new(arena, EX_CAST, op, &x, 1);
    e->type = type;
    if (op == CAST_TRY) e->name = STR("TRY_CAST");
    return e;
}

struct sql_expr *sql_case(struct arena *arena, struct sql_expr *const *when_then, uint32_t pair_count, struct sql_expr *otherwise) {
    uint32_t count = 2 * pair_count;
    struct sql_expr **args = arena_array(arena, count + 1, sizeof *args);
    memcpy(args, when_then, count * sizeof *args);
    if (otherwise) args[count] = otherwise;
    struct sql_expr *e = sql_expr_new(arena, EX_CASE, OP_NONE, args, count + (otherwise ? 1 : 0));
    e->flags = otherwise ? SQL_ELSE : 0;
    return e;
}

struct sql_expr *sql_in(struct arena *arena, struct sql_expr *x, struct sql_expr *const *list, uint32_t count, bool negated) {
    struct sql_expr **args = arena_array(arena, count + 1, sizeof *args);
    args[0] = x;
    if (count) memcpy(args + 1, list, count * sizeof *args);
    struct sql_expr *e = sql_expr_new(arena, EX_IN, OP_NONE, args, count + 1);
    e->flags = negated ? SQL_NOT : 0;
    return e;
}

struct sql_expr *sql_subquery(struct arena *arena, enum sql_expr_kind kind, struct sql_query *query) {
    struct sql_expr *e = sql_expr_new(arena, kind, OP_NONE, NULL, 0);
    e->query = query;
    deepen(e, query->depth);
    return e;
}

struct sql_type *sql_type_named(struct arena *arena, struct str name) {
    struct sql_type *type = arena_new(arena, struct sql_type);
    type->name = name;
    return type;
}

/* ---------------------------------------------------------------- FROM */

static struct sql_from *from_new(struct arena *arena, enum sql_from_kind kind, struct str alias) {
    struct sql_from *f = arena_new(arena, struct sql_from);
    f->kind = kind;
    f->depth = 1;
    if (alias.n) f->alias = sql_ident(alias, !is_plain_word(alias));
    return f;
}

static void from_deepen(struct sql_from *f, uint32_t depth) {
    uint32_t want = depth + 1;
    if (want > f->depth) f->depth = (want > UINT16_MAX ? UINT16_MAX : want) & 0xFFFF;
}

struct sql_from *sql_from_table(struct arena *arena, struct sql_name *name, struct str alias) {
    struct sql_from *f = from_new(arena, FROM_TABLE, alias);
    f->name = name;
    return f;
}

struct sql_from *sql_from_query(struct arena *arena, struct sql_query *query, struct str alias) {
    struct sql_from *f = from_new(arena, FROM_QUERY, alias);
    f->query = query;
    from_deepen(f, query->depth);
    return f;
}

struct sql_from *sql_from_call(struct arena *arena, struct sql_expr *call, struct str alias) {
    struct sql_from *f = from_new(arena, FROM_CALL, alias);
    f->call = call;
    from_deepen(f, call->depth);
    return f;
}

struct sql_from *sql_from_join(struct arena *arena, enum sql_join join, struct sql_from *left, struct sql_from *right, struct sql_expr *on) {
    if (!left) return right;
    struct sql_from *f = from_new(arena, FROM_JOIN, (struct str){NULL, 0});
    f->join = join;
    f->left = left;
    f->right = right;
    f->on = on;
    from_deepen(f, left->depth);
    from_deepen(f, right->depth);
    if (on) from_deepen(f, on->depth);
    return f;
}

/* ---------------------------------------------------------------- queries */

static void query_deepen(struct sql_query *q, uint32_t depth) {
    if (depth + 1 > q->depth) q->depth = depth + 1;
}

struct sql_query *sql_query_select(struct arena *arena, struct sql_from *from) {
    struct sql_query *q = arena_new(arena, struct sql_query);
    q->body = BODY_SELECT;
    q->select = arena_new(arena, struct sql_select);
    q->select->from = from;
    if (from) query_deepen(q, from->depth);
    q->select->items = arena_new(arena, struct sql_item);
    q->select->items[0].expr = sql_star(arena, NULL);
    q->select->item_count = 1;
    return q;
}

struct sql_query *sql_query_of(struct arena *arena, const struct sql_statement *statement, struct sql_query *query) {
    if (!statement->cte_count || !query) return query;
    struct sql_query *q = arena_new(arena, struct sql_query);
    *q = (struct sql_query){.body = BODY_QUERY,
                            .ctes = statement->ctes,
                            .cte_count = statement->cte_count,
                            .recursive = statement->recursive,
                            .arm_count = 1,
                            .range = query->range,
                            .depth = query->depth + 1};
    q->arms = arena_array(arena, 1, sizeof *q->arms);
    q->arms[0] = query;
    return q;
}

void sql_select_add(struct arena *arena, struct sql_select *select, struct sql_expr *expr, struct str alias) {
    const struct sql_item *first = select->item_count == 1 ? &select->items[0] : NULL;
    bool untouched = first && first->expr->kind == EX_STAR && !first->expr->star->path && !first->expr->range.end &&
                     !first->expr->star->except_count && !first->expr->star->replace_count && !select->built;
    uint32_t keep = untouched ? 0 : select->item_count;
    struct sql_item *items = arena_array(arena, keep + 1, sizeof *items);
    if (keep) memcpy(items, select->items, keep * sizeof *items);
    items[keep].expr = expr;
    if (alias.n) items[keep].alias = sql_ident(alias, !is_plain_word(alias));
    select->items = items;
    select->item_count = keep + 1;
    select->built = true;
}

struct sql_query *sql_query_setop(struct arena *arena, enum sql_setop op, uint32_t flags, struct sql_query *const *arms, uint32_t arm_count) {
    struct sql_query *q = arena_new(arena, struct sql_query);
    q->body = BODY_SETOP;
    q->setop = op;
    q->setop_flags = flags;
    q->arms = arena_array(arena, arm_count, sizeof *q->arms);
    q->arm_count = arm_count;
    for (uint32_t i = 0; i < arm_count; i++) {
        q->arms[i] = arms[i];
        query_deepen(q, arms[i]->depth);
    }
    return q;
}

struct sql_query *sql_query_values(struct arena *arena, struct sql_expr *const *rows, uint32_t row_count) {
    struct sql_query *q = arena_new(arena, struct sql_query);
    q->body = BODY_VALUES;
    q->rows = arena_array(arena, row_count ? row_count : 1, sizeof *q->rows);
    q->row_count = row_count;
    for (uint32_t i = 0; i < row_count; i++) {
        q->rows[i] = rows[i];
        query_deepen(q, rows[i]->depth);
    }
    return q;
}

struct sql_group *sql_group_by(struct arena *arena, struct sql_expr *const *items, uint32_t count) {
    struct sql_group *g = arena_new(arena, struct sql_group);
    g->items = arena_array(arena, count ? count : 1, sizeof *g->items);
    if (count) memcpy(g->items, items, count * sizeof *items);
    g->item_count = count;
    return g;
}

void sql_order_add(struct arena *arena, struct sql_order **order, uint32_t *count, struct sql_expr *expr, enum sql_direction direction,
                   enum sql_nulls nulls) {
    struct sql_order *more = arena_array(arena, *count + 1, sizeof *more);
    if (*count) memcpy(more, *order, *count * sizeof *more);
    more[*count] = (struct sql_order){.expr = expr, .direction = direction, .nulls = nulls};
    *order = more;
    ++*count;
}

void sql_cte_add(struct arena *arena, struct sql_query *query, struct str name, struct sql_query *body) {
    struct sql_cte *more = arena_array(arena, query->cte_count + 1, sizeof *more);
    if (query->cte_count) memcpy(more, query->ctes, query->cte_count * sizeof *more);
    more[query->cte_count].name = sql_ident(name, !is_plain_word(name));
    more[query->cte_count].query = body;
    query->ctes = more;
    query->cte_count++;
    query_deepen(query, body->depth);
}

struct sql_statement *sql_statement_query(struct arena *arena, struct sql_query *query) {
    struct sql_statement *s = arena_new(arena, struct sql_statement);
    s->kind = STMT_QUERY;
    s->verb = STR("SELECT");
    s->understood = true;
    s->query = query;
    return s;
}
