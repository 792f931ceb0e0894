/* bind_expr.c - expressions of the syntax tree to scalars; what is not known here makes the plan not provable. */
#include "bind_core.h"
#include "sql_build.h"
#include "sql_print.h"

static void arg_set(struct scalar *e, size_t i, const struct scalar *arg) { ((const struct scalar **)e->args)[i] = arg; }

static const struct scalar *opaque(struct binder *b, const struct sql_expr *expr, const char *what) {
    bind_refuse(b, expr->range, "%s is not understood", what);
    struct scalar *e = scalar_new(b, SC_OPAQUE, 0, expr->range);
    e->name = what;
    e->nullable = true;
    return e;
}

/* An uninterpreted function of the bound arguments. */
static const struct scalar *call_of(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *name) {
    struct scalar *e = scalar_new(b, SC_CALL, expr->arg_count, expr->range);
    for (uint32_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    e->name = name;
    scalar_finish(b, e);
    e->nullable = true;
    return e;
}

static const char *prefix_operator(struct binder *b, const struct sql_expr *expr) {
    switch (expr->op) {
    case OP_BIT_NOT:
        return "bit_not";
    case OP_FACTORIAL:
        return "factorial";
    case OP_PREFIX:
        return arena_printf(b->arena, "prefix:%.*s", STR_ARG(expr->name));
    default:
        return NULL;
    }
}

static const struct scalar *unary_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const char *name = prefix_operator(b, expr); /* first: an operand bound twice on each level is bound 2^n times */
    if (name) return call_of(b, scope, expr, name);
    const struct scalar *arg = expr->arg_count ? bind_expr(b, scope, expr->args[0]) : NULL;
    if (!arg) return opaque(b, expr, "an operator without operand");
    switch (expr->op) {
    case OP_NOT:
        return scalar_not(b, arg);
    case OP_PLUS:
        return arg;
    case OP_NEGATE: {
        if (arg->op == SC_LITERAL && (arg->lit.kind == VALUE_INT || arg->lit.kind == VALUE_DECIMAL)) {
            struct literal lit = arg->lit;
            lit.i = -lit.i;
            return scalar_literal(b, lit, arg->type);
        }
        return scalar_of(b, SC_NEG, arg, NULL, expr->range);
    }
    default:
        return opaque(b, expr, "an operator");
    }
}

static const char *call_operator(struct binder *b, const struct sql_expr *expr) {
    switch (expr->op) {
    case OP_POWER:
        return "power";
    case OP_BIT_AND:
        return "bit_and";
    case OP_BIT_OR:
        return "bit_or";
    case OP_BIT_XOR:
        return "bit_xor";
    case OP_XOR:
        return "xor";
    case OP_SHIFT_LEFT:
        return "shift_left";
    case OP_SHIFT_RIGHT:
        return "shift_right";
    case OP_SHIFT_RIGHT_UNSIGNED:
        return "shift_right_unsigned";
    case OP_JSON_GET:
        return "json_get";
    case OP_JSON_GET_TEXT:
        return "json_get_text";
    case OP_OVERLAPS:
        return "overlaps";
    case OP_MEMBER_OF:
        return "member_of";
    case OP_CUSTOM:
        return arena_printf(b->arena, "operator:%.*s", STR_ARG(expr->name));
    default:
        return NULL;
    }
}

static bool operator_map(enum sql_op op, enum scalar_op *out) {
    static const enum scalar_op map[OP_COUNT] = {
        [OP_OR] = SC_OR,      [OP_AND] = SC_AND,         [OP_EQ] = SC_EQ,        [OP_NE] = SC_NE,         [OP_LT] = SC_LT,   [OP_LE] = SC_LE,
        [OP_GT] = SC_GT,      [OP_GE] = SC_GE,           [OP_NULL_EQ] = SC_SAME, [OP_ADD] = SC_ADD,       [OP_SUB] = SC_SUB, [OP_MUL] = SC_MUL,
        [OP_DIVIDE] = SC_DIV, [OP_INT_DIVIDE] = SC_IDIV, [OP_MODULO] = SC_MOD,   [OP_CONCAT] = SC_CONCAT,
    };
    *out = map[op];
    return *out != 0;
}

/* (a, b) < (c, d): some function of all of them. */
static const struct scalar *rows_compare(struct binder *b, const struct scalar *l, const struct scalar *r, enum scalar_op op, struct range range) {
    size_t n = l->n;
    struct scalar *e = scalar_new(b, SC_CALL, 2 * n, range);
    for (size_t i = 0; i < n; i++) {
        arg_set(e, i, l->args[i]);
        arg_set(e, n + i, r->args[i]);
    }
    e->name = arena_printf(b->arena, "rows:%d", (int)op);
    scalar_finish(b, e);
    e->type = (struct type){TYPE_BOOL, 0, 0};
    e->nullable = true;
    return e;
}

/* (a, b) = (c, d), part by part. Where a row is a struct, two NULLs in one place are equal: in DuckDB, and in Spark as far as is known. */
static const struct scalar *tuple_compare(struct binder *b, const struct scalar *l, const struct scalar *r, enum scalar_op op, struct range range) {
    bool nullable = false;
    for (size_t i = 0; i < l->n; i++) nullable |= l->args[i]->nullable || r->args[i]->nullable;
    bool equal = op == SC_EQ && nullable;
    if (equal && (b->dialect == DIALECT_SPARK || b->dialect == DIALECT_DATABRICKS)) return rows_compare(b, l, r, op, range);
    if (equal && b->dialect == DIALECT_DUCKDB) op = SC_SAME;
    const struct scalar *all = NULL;
    for (size_t i = 0; i < l->n; i++) all = scalar_and(b, all, scalar_of(b, op, l->args[i], r->args[i], range));
    return all;
}

static const struct scalar *binary_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    enum scalar_op op;
    if (!operator_map(expr->op, &op)) {
        const char *name = call_operator(b, expr);
        return name ? call_of(b, scope, expr, name) : opaque(b, expr, "an operator");
    }
    if (expr->arg_count < 2) return opaque(b, expr, "an operator without operands");
    if (op == SC_CONCAT && dialect_traits(b->dialect)->pipe_or) op = SC_OR;
    if (op == SC_ADD && b->dialect == DIALECT_TSQL) return call_of(b, scope, expr, "tsql_plus"); /* sum or concatenation, by type */
    struct scalar *e = scalar_new(b, op, expr->arg_count, expr->range);
    for (uint32_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    if (e->n > 2 && op != SC_AND && op != SC_OR && op != SC_CONCAT) return opaque(b, expr, "a chain of operators");
    bool tuples = e->n == 2 && e->args[0]->op == SC_TUPLE && e->args[1]->op == SC_TUPLE;
    if (tuples && (op == SC_EQ || op == SC_SAME) && e->args[0]->n == e->args[1]->n && e->args[0]->n)
        return tuple_compare(b, e->args[0], e->args[1], op, expr->range);
    if (tuples && e->args[0]->n == e->args[1]->n) return rows_compare(b, e->args[0], e->args[1], op, expr->range);
    if (tuples || (e->n && e->args[0]->op == SC_TUPLE)) return opaque(b, expr, "a comparison of rows");
    scalar_finish(b, e);
    if (op == SC_DIV || op == SC_MOD || op == SC_IDIV) e->nullable = true;
    return e;
}

static const struct scalar *negate_if(struct binder *b, const struct sql_expr *expr, const struct scalar *e) {
    return expr->flags & SQL_NOT ? scalar_not(b, e) : e;
}

static const struct scalar *is_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const struct scalar *arg = bind_expr(b, scope, expr->args[0]);
    switch (expr->op) {
    case OP_IS_NULL:
    case OP_IS_UNKNOWN:
        return negate_if(b, expr, scalar_of(b, SC_IS_NULL, arg, NULL, expr->range));
    case OP_IS_TRUE:
        return negate_if(b, expr, scalar_of(b, SC_IS_TRUE, arg, NULL, expr->range));
    case OP_IS_FALSE:
        return negate_if(b, expr, scalar_of(b, SC_IS_TRUE, scalar_not(b, arg), NULL, expr->range));
    case OP_IS_DISTINCT: {
        const struct scalar *same = scalar_of(b, SC_SAME, arg, bind_expr(b, scope, expr->args[1]), expr->range);
        return expr->flags & SQL_NOT ? same : scalar_not(b, same);
    }
    case OP_IS_VALUE:
        return negate_if(b, expr, scalar_of(b, SC_SAME, arg, bind_expr(b, scope, expr->args[1]), expr->range));
    default:
        return opaque(b, expr, "an IS test");
    }
}

static const struct scalar *between_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const struct scalar *x = bind_expr(b, scope, expr->args[0]), *lo = bind_expr(b, scope, expr->args[1]), *hi = bind_expr(b, scope, expr->args[2]);
    if (x->is_volatile) return opaque(b, expr, "BETWEEN over a volatile value");
    const struct scalar *both = scalar_and(b, scalar_of(b, SC_GE, x, lo, expr->range), scalar_of(b, SC_LE, x, hi, expr->range));
    if (expr->flags & SQL_SYMMETRIC) {
        const struct scalar *other = scalar_and(b, scalar_of(b, SC_GE, x, hi, expr->range), scalar_of(b, SC_LE, x, lo, expr->range));
        both = scalar_of(b, SC_OR, both, other, expr->range);
    }
    return negate_if(b, expr, both);
}

static const struct scalar *in_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    if (expr->flags & (SQL_UNNEST | SQL_NO_PARENS)) return negate_if(b, expr, call_of(b, scope, expr, "in_array"));
    struct scalar *e = scalar_new(b, SC_IN, expr->arg_count, expr->range);
    for (uint32_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    if (e->n < 2) return opaque(b, expr, "IN without a list");
    if (e->args[0]->op == SC_TUPLE) {
        const struct scalar *any = NULL;
        for (size_t i = 1; i < e->n; i++) {
            if (e->args[i]->op != SC_TUPLE || e->args[i]->n != e->args[0]->n || !e->args[0]->n) return opaque(b, expr, "IN over rows");
            const struct scalar *one = tuple_compare(b, e->args[0], e->args[i], SC_EQ, expr->range);
            any = any ? scalar_of(b, SC_OR, any, one, expr->range) : one;
        }
        return negate_if(b, expr, any);
    }
    scalar_finish(b, e);
    return negate_if(b, expr, e);
}

static bool is_struct(const struct sql_query *query) { return query->body == BODY_SELECT && query->select && query->select->as_struct; }
static bool is_value(const struct sql_query *query) { return query->body == BODY_SELECT && query->select && query->select->as_value; }

/* SELECT AS STRUCT a, b as a value: one column, the struct of its fields. */
static struct rel *struct_pack(struct binder *b, const struct bound *sub, struct range range) {
    struct scalar *pack = scalar_new(b, SC_CALL, sub->n, range);
    struct buf name = buf_new(b->arena);
    buf_text(&name, "row");
    for (size_t i = 0; i < sub->n; i++) {
        arg_set(pack, i, scalar_column(b, sub->rel->columns[i], range));
        buf_printf(&name, ":%s", sub->names[i]);
    }
    pack->name = buf_str(&name);
    scalar_finish(b, pack);
    pack->type = (struct type){TYPE_OTHER, 0, 0};
    struct column_def def = {column_new(b, "row", pack->type, pack->nullable = false, NULL), pack};
    struct rel *rel = rel_project(b, sub->rel, &def, 1, range);
    int *columns = arena_array(b->arena, 1, sizeof *columns);
    columns[0] = def.column;
    rel->columns = columns;
    rel->n_columns = 1;
    return rel;
}

static const struct rel *subquery_bind(struct binder *b, struct scope *scope, const struct sql_query *query, size_t wanted, size_t *n) {
    struct bound sub = bind_query(b, scope, scope->ctes, query);
    bool spreads = wanted && sub.open && !is_value(query) && !is_struct(query) && star_place(&sub) != SIZE_MAX && sub.n <= wanted;
    if (spreads) sub = bind_spread(b, sub, wanted, query->range); /* it would not run with another number of columns */
    *n = is_value(query) || is_struct(query) ? 1 : sub.open ? 0 : sub.n;
    return is_struct(query) ? struct_pack(b, &sub, query->range) : sub.rel;
}

const struct scalar *bind_array_query(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    size_t n;
    const struct rel *rows = subquery_bind(b, scope, expr->query, 1, &n);
    if (n != 1) return opaque(b, expr, n ? "an array of a query of several columns" : "an array of a query over * of an unknown table");
    struct scalar *array = scalar_new(b, SC_AGG, 1, expr->range);
    arg_set(array, 0, scalar_column(b, rows->columns[0], expr->range));
    array->name = "array_query";
    array->type = (struct type){TYPE_OTHER, 0, 0};
    array->is_volatile = true; /* which row comes first is not said, or its ORDER BY may have ties */
    struct column_def *def = arena_new(b->arena, struct column_def);
    *def = (struct column_def){column_new(b, "array", array->type, false, NULL), array};
    struct rel *agg = rel_new(b, REL_AGG, expr->range);
    agg->left = rows;
    agg->defs = def;
    agg->n_defs = 1;
    b->columns.at[def->column].rel = agg;
    int *columns = arena_array(b->arena, 1, sizeof *columns);
    columns[0] = def->column;
    agg->columns = columns;
    agg->n_columns = 1;
    struct scalar *e = scalar_new(b, SC_SUBQUERY, 0, expr->range);
    e->rel = agg;
    e->type = array->type;
    scalar_finish(b, e);
    e->type = array->type;
    b->plan->is_volatile = true;
    return e;
}

static const struct scalar *query_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr, enum scalar_op op) {
    static const char *const words[OP_COUNT] = {[OP_EQ] = "=", [OP_NE] = "<>", [OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">", [OP_GE] = ">="};
    bool left = op == SC_IN_QUERY || op == SC_ANY || op == SC_ALL;
    const struct scalar *arg = left ? bind_expr(b, scope, expr->args[0]) : NULL;
    size_t wanted = left ? (arg->op == SC_TUPLE ? arg->n : 1) : 1, n = 0;
    struct scalar *e = scalar_new(b, op, left ? wanted : 0, expr->range);
    for (size_t i = 0; left && i < wanted; i++) arg_set(e, i, arg->op == SC_TUPLE ? arg->args[i] : arg);
    e->rel = subquery_bind(b, scope, expr->query, op == SC_EXISTS ? 0 : wanted, &n);
    if (op != SC_EXISTS && n != wanted)
        return opaque(b, expr, n ? "a sub-query of another number of columns" : "a sub-query over * of an unknown table");
    if (op == SC_ANY || op == SC_ALL) e->name = words[expr->op] ? words[expr->op] : "?";
    if (op == SC_SUBQUERY && e->rel->n_columns) e->type = b->columns.at[e->rel->columns[0]].type;
    scalar_finish(b, e);
    return negate_if(b, expr, e);
}

static const struct scalar *quantified_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    bool any = expr->flags & SQL_ANY;
    if (!expr->query) return call_of(b, scope, expr, arena_printf(b->arena, "quantified:%d:%d", (int)expr->op, any));
    if (any && expr->op == OP_EQ) return query_bind(b, scope, expr, SC_IN_QUERY);
    if (!any && expr->op == OP_NE) return scalar_not(b, query_bind(b, scope, expr, SC_IN_QUERY));
    return query_bind(b, scope, expr, any ? SC_ANY : SC_ALL);
}

static const struct scalar *like_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const char *name = expr->op == OP_LIKE      ? "like"
                       : expr->op == OP_ILIKE   ? "ilike"
                       : expr->op == OP_RLIKE   ? "rlike"
                       : expr->op == OP_SIMILAR ? "similar"
                                                : NULL;
    if (expr->flags & (SQL_ANY | SQL_ALL)) {
        bool any = expr->flags & SQL_ANY;
        if (expr->query || !name) return opaque(b, expr, "LIKE ANY");
        const struct scalar *value = bind_expr(b, scope, expr->args[0]), *all = NULL;
        for (uint32_t i = 1; i < expr->arg_count; i++) {
            struct scalar *one = (struct scalar *)scalar_of(b, SC_LIKE, value, bind_expr(b, scope, expr->args[i]), expr->range);
            one->name = name;
            const struct scalar *part = any ? one : negate_if(b, expr, one);
            all = all ? scalar_of(b, any ? SC_OR : SC_AND, all, part, expr->range) : part;
        }
        if (any && all && (expr->flags & SQL_NOT)) return opaque(b, expr, "NOT LIKE ANY");
        return all ? all : opaque(b, expr, "LIKE over nothing");
    }
    if (!name) return negate_if(b, expr, call_of(b, scope, expr, expr->op == OP_GLOB ? "glob" : "match"));
    struct scalar *e = scalar_new(b, SC_LIKE, expr->arg_count, expr->range);
    for (uint32_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    e->name = name;
    scalar_finish(b, e);
    return negate_if(b, expr, e);
}

static const struct scalar *case_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    bool operand = expr->flags & SQL_OPERAND, otherwise = expr->flags & SQL_ELSE;
    uint32_t first = operand, arms = (expr->arg_count - first - otherwise) / 2;
    const struct scalar *value = operand ? bind_expr(b, scope, expr->args[0]) : NULL;
    if (value && value->is_volatile) return opaque(b, expr, "CASE over a volatile value");
    struct scalar *e = scalar_new(b, SC_CASE, arms * 2 + 1, expr->range);
    for (uint32_t i = 0; i < arms; i++) {
        const struct scalar *when = bind_expr(b, scope, expr->args[first + 2 * i]);
        arg_set(e, 2 * i, value ? scalar_of(b, SC_EQ, value, when, expr->range) : when);
        arg_set(e, 2 * i + 1, bind_expr(b, scope, expr->args[first + 2 * i + 1]));
    }
    arg_set(e, arms * 2, otherwise ? bind_expr(b, scope, expr->args[expr->arg_count - 1]) : scalar_null(b));
    scalar_finish(b, e);
    return e;
}

static const struct scalar *cast_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    struct type type = bind_type(b, expr->type);
    bool try_cast = expr->op == CAST_TRY || expr->op == CAST_TRY_COLON;
    bool plain = !(expr->flags & (SQL_FORMAT | SQL_AT_ZONE)) && expr->arg_count == 1;
    if (!plain || type.kind == TYPE_UNKNOWN || type.kind == TYPE_OTHER || type.kind == TYPE_INTERVAL) {
        struct buf text = buf_new(b->arena);
        sql_print_type(&text, expr->type, b->dialect);
        return call_of(b, scope, expr,
                       arena_printf(b->arena, "%s:%u:%s", try_cast ? "try_cast" : "cast", expr->flags & (SQL_FORMAT | SQL_AT_ZONE),
                                    bind_lower(b, str_of(buf_str(&text)))));
    }
    struct scalar *e = scalar_new(b, SC_CAST, 1, expr->range);
    arg_set(e, 0, bind_expr(b, scope, expr->args[0]));
    e->name = try_cast ? "try_cast" : "cast";
    e->type = type;
    scalar_finish(b, e);
    e->type = type;
    enum type_kind from = e->args[0]->type.kind;
    b->spells |= (type.kind == TYPE_STRING || type.kind == TYPE_CHAR) && (from == TYPE_UNKNOWN || from == TYPE_DECIMAL || from == TYPE_FLOAT);
    return e;
}

static const struct scalar *field_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *prefix) {
    if (!expr->path || expr->path->part_count == 0) return opaque(b, expr, "a field without name");
    struct scalar *e = scalar_new(b, SC_FIELD, 1, expr->range);
    arg_set(e, 0, bind_expr(b, scope, expr->args[0]));
    struct str name = expr->path->parts[0].text;
    e->name = *prefix ? arena_printf(b->arena, "%s%.*s", prefix, STR_ARG(name)) : bind_lower(b, name);
    scalar_finish(b, e);
    e->nullable = true;
    return e;
}

static const struct scalar *tuple_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    struct scalar *e = scalar_new(b, SC_TUPLE, expr->arg_count, expr->range);
    for (uint32_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    scalar_finish(b, e);
    return e;
}

static struct sql_query *table_query(struct binder *b, const struct sql_expr *expr) {
    if (expr->kind == EX_SUBQUERY) return expr->query;
    if (expr->arg_count && expr->args[0]->kind == EX_SUBQUERY) return expr->args[0]->query;
    if (!expr->call || !expr->call->path) return NULL;
    struct sql_from *from = sql_from_table(b->arena, expr->call->path, (struct str){"", 0});
    from->range = expr->range;
    struct sql_query *query = sql_query_select(b->arena, from);
    query->range = query->select->range = expr->range;
    return query;
}

/* A table given to a table function is an input of it, and it sees the columns' names. */
static const struct scalar *table_argument(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const struct sql_query *query = table_query(b, expr);
    if (!query || !b->table_arguments) return opaque(b, expr, "a table as argument");
    struct rel_list *inputs = b->table_arguments;
    b->table_arguments = NULL;
    struct bound table = bind_query(b, scope, scope->ctes, query);
    b->table_arguments = inputs;
    struct buf words = buf_new(b->arena);
    buf_printf(&words, "table %zu", inputs->n);
    for (size_t i = 0; i < table.n; i++) buf_printf(&words, " %s", table.names[i]);
    const struct sql_call *call = expr->kind == EX_TABLE_ARG ? expr->call : NULL;
    for (uint32_t i = 0; call && i < call->partition_count; i++)
        buf_printf(&words, " partition %s", bind_words(b, str_of(sql_expr_text(b->arena, call->partition[i], b->dialect))));
    if (call && call->tail.n) buf_printf(&words, " %s", bind_words(b, call->tail));
    if (call && call->after.n) buf_printf(&words, " %s", bind_words(b, call->after));
    for (uint32_t i = 0; call && i < call->order_count; i++)
        buf_printf(&words, " order %s %d %d", bind_words(b, str_of(sql_expr_text(b->arena, call->order[i].expr, b->dialect))),
                   (int)call->order[i].direction, (int)call->order[i].nulls);
    *vec_add(b->arena, inputs) = table.rel;
    return scalar_literal(b, (struct literal){.kind = VALUE_TEXT, .s = str_of(buf_str(&words))}, (struct type){TYPE_OTHER, 0, 0});
}

/* x -> f(x): the parameters are named by their place, so that their spelling does not matter. */
static const struct scalar *lambda_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    struct scope inner = {.outer = scope, .ctes = scope->ctes, .clause = CLAUSE_INPUT, .aliases_visible = true, .level = scope->level};
    int depth = 0;
    for (struct scope *s = scope; s; s = s->outer) depth++;
    for (uint32_t i = 0; expr->path && i < expr->path->part_count; i++) {
        struct scalar *param = scalar_new(b, SC_PARAM, 0, expr->range);
        param->name = arena_printf(b->arena, "lambda:%d:%u", depth, i);
        param->nullable = true;
        *vec_add(b->arena, &inner.aliases) = (struct item_alias){.name = bind_lower(b, expr->path->parts[i].text), .expr = param};
    }
    struct scalar *e = scalar_new(b, SC_CALL, 1, expr->range);
    arg_set(e, 0, bind_expr(b, &inner, expr->args[0]));
    e->name = arena_printf(b->arena, "lambda:%u", expr->path ? expr->path->part_count : 0);
    scalar_finish(b, e);
    e->nullable = true;
    return e;
}

/* * as an argument: struct(*), hash(*). The row with its columns' names. */
static const struct scalar *row_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const struct sql_star *star = expr->star;
    size_t n = 0, at = 0;
    if ((star && (star->path || star->except_count || star->replace_count || star->rename_count || star->like)) || scope->merged.n)
        return opaque(b, expr, "* as a value");
    for (size_t i = 0; i < scope->sources.n; i++) n += scope->sources.at[i].star >= 0 ? 1 : scope->sources.at[i].offers.n;
    struct scalar *e = scalar_new(b, SC_CALL, n, expr->range);
    struct buf name = buf_new(b->arena);
    buf_text(&name, "row");
    for (size_t i = 0; i < scope->sources.n; i++) {
        const struct scope_source *source = &scope->sources.at[i];
        bool open = source->star >= 0;
        if (open && (source->stars.n > 1 || (source->offers.n && source->rel->kind != REL_SCAN))) return opaque(b, expr, "* as a value");
        for (size_t k = 0; k < (open ? 1 : source->offers.n); k++, at++) {
            arg_set(e, at, scalar_column(b, open ? source->star : source->offers.at[k].column, expr->range));
            buf_printf(&name, ":%s", open ? "*" : source->offers.at[k].name);
        }
    }
    e->name = buf_str(&name);
    scalar_finish(b, e);
    e->type = (struct type){TYPE_OTHER, 0, 0};
    e->nullable = false;
    return e;
}

static const struct scalar *other_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    switch (expr->kind) {
    case EX_ARRAY:
        return call_of(b, scope, expr, "array");
    case EX_MAP:
        return call_of(b, scope, expr, "map");
    case EX_SUBSCRIPT:
        return call_of(b, scope, expr, "subscript");
    case EX_FIELD:
        return expr->flags & (SQL_STAR_FIELD) ? opaque(b, expr, "x.*") : field_bind(b, scope, expr, "");
    case EX_LAMBDA:
        return lambda_bind(b, scope, expr);
    case EX_NAMED_ARG:
        return call_of(b, scope, expr, arena_printf(b->arena, "argument:%s", bind_lower(b, expr->name)));
    case EX_ALIASED:
        if (expr->flags & SQL_WORD) return opaque(b, expr, "WITH(..) as an expression"); /* its names are no columns */
        return expr->path && expr->path->part_count
                   ? call_of(b, scope, expr, arena_printf(b->arena, "alias:%s", bind_lower(b, expr->path->parts[0].text)))
                   : opaque(b, expr, "an alias");
    case EX_PATH:
        return field_bind(b, scope, expr, "path:");
    case EX_AT_ZONE:
        return call_of(b, scope, expr, "at_time_zone");
    case EX_PARAM: {
        struct scalar *e = scalar_new(b, SC_PARAM, 0, expr->range);
        b->plan->takes = e->name = str_dup(b->arena, expr->name);
        e->nullable = true;
        if (str_is(expr->name, "?")) {
            bind_suppose(b, "a parameter without a name");
            e->name = arena_printf(b->arena, "?%zu", ++b->parameters);
        }
        return e;
    }
    case EX_STRUCT: {
        struct buf text = buf_new(b->arena);
        sql_print_type(&text, expr->type, b->dialect);
        return call_of(b, scope, expr, arena_printf(b->arena, "struct:%s", buf_str(&text)));
    }
    case EX_KEYWORD: {
        struct literal word = {.kind = VALUE_TEXT, .s = str_of(bind_lower(b, expr->name))};
        return scalar_literal(b, word, (struct type){TYPE_STRING, 0, 0});
    }
    case EX_STAR:
        return row_bind(b, scope, expr);
    case EX_QUERY_ARG:
        return query_bind(b, scope, expr, SC_SUBQUERY);
    case EX_COLLATE: {
        const char *collation = expr->path && expr->path->part_count ? bind_lower(b, expr->path->parts[0].text) : "";
        return call_of(b, scope, expr, arena_printf(b->arena, "collate:%s", collation));
    }
    case EX_SLICE:
        return call_of(b, scope, expr, "slice");
    default: {
        static const char *const names[EX_KIND_COUNT] = {
            [EX_GROUPING] = "a grouping set",
            [EX_DEFAULT] = "DEFAULT",
        };
        return opaque(b, expr, names[expr->kind] ? names[expr->kind] : "an expression");
    }
    }
}

const struct scalar *bind_expr(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    if (!expr) return scalar_null(b);
    switch (expr->kind) {
    case EX_LITERAL:
        return bind_literal(b, expr);
    case EX_INTERVAL:
        return bind_interval(b, scope, expr);
    case EX_NAME:
        return bind_name(b, scope, expr->path);
    case EX_UNARY:
        return unary_bind(b, scope, expr);
    case EX_BINARY:
        return binary_bind(b, scope, expr);
    case EX_IS:
        return is_bind(b, scope, expr);
    case EX_BETWEEN:
        return between_bind(b, scope, expr);
    case EX_IN:
        return in_bind(b, scope, expr);
    case EX_IN_QUERY:
        return query_bind(b, scope, expr, SC_IN_QUERY);
    case EX_LIKE:
        return like_bind(b, scope, expr);
    case EX_QUANTIFIED:
        return quantified_bind(b, scope, expr);
    case EX_EXISTS:
        return query_bind(b, scope, expr, SC_EXISTS);
    case EX_SUBQUERY:
        return expr->flags & SQL_TABLE_ARG || (b->table_arguments && b->dialect == DIALECT_BIGQUERY) ? table_argument(b, scope, expr)
                                                                                                     : query_bind(b, scope, expr, SC_SUBQUERY);
    case EX_TABLE_ARG:
        return table_argument(b, scope, expr);
    case EX_CASE:
        return case_bind(b, scope, expr);
    case EX_CAST:
        return cast_bind(b, scope, expr);
    case EX_CALL:
        return bind_call(b, scope, expr);
    case EX_TUPLE:
        return tuple_bind(b, scope, expr);
    case EX_PAREN:
        return expr->arg_count ? bind_expr(b, scope, expr->args[0]) : opaque(b, expr, "empty brackets");
    default:
        return other_bind(b, scope, expr);
    }
}
