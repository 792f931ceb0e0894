/* sql_print.c - expressions, names, types and strings as text; brackets where precedence needs them. */
#include "sql_printer.h"

#include <ctype.h>

/* ---------------------------------------------------------------- names and strings */

static bool needs_quotes(const struct sql_ident *ident) { return ident->quoted && !ident->templated; }

void sql_print_ident(struct buf *out, const struct sql_ident *ident, enum dialect dialect) {
    if (!needs_quotes(ident)) {
        buf_slice(out, ident->text);
        return;
    }
    char open = dialect_traits(dialect)->quote[0], close = open == '[' ? ']' : open;
    buf_char(out, open);
    for (size_t i = 0; i < ident->text.n; i++) {
        char c = ident->text.p[i];
        if (c == close) buf_char(out, dialect == DIALECT_BIGQUERY ? '\\' : c);
        if (c == '\\' && dialect == DIALECT_BIGQUERY) buf_char(out, c);
        buf_char(out, c);
    }
    buf_char(out, close);
}

void sql_print_name(struct buf *out, const struct sql_name *name, enum dialect dialect) {
    if (name->dynamic) {
        buf_text(out, "IDENTIFIER(");
        sql_print_expr(out, name->dynamic, dialect);
        buf_char(out, ')');
        if (name->part_count) buf_char(out, '.');
    }
    for (uint32_t i = 0; i < name->part_count; i++) {
        if (i) buf_char(out, '.');
        sql_print_ident(out, &name->parts[i], dialect);
    }
}

void sql_print_string(struct buf *out, struct str value, enum dialect dialect) {
    bool backslash = dialect_traits(dialect)->backslash;
    buf_char(out, '\'');
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool keep = c == '\\' && (dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK || dialect == DIALECT_MYSQL) && i + 1 < value.n &&
                    (value.p[i + 1] == '%' || value.p[i + 1] == '_');
        if (c == '\\' && backslash && !keep) buf_text(out, "\\\\");
        else if (c == '\'' && dialect == DIALECT_BIGQUERY) buf_text(out, "\\'");
        else if (c == '\'') buf_text(out, "''");
        else if (c == '\n' && dialect == DIALECT_BIGQUERY) buf_text(out, "\\n");
        else if (c == '\r' && dialect == DIALECT_BIGQUERY) buf_text(out, "\\r");
        else buf_char(out, c);
    }
    buf_char(out, '\'');
}

static void idents(struct buf *out, const struct sql_ident *list, uint32_t count, enum dialect d) {
    buf_char(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_ident(out, &list[i], d);
    }
    buf_char(out, ')');
}

void print_idents(struct buf *out, const struct sql_ident *list, uint32_t count, enum dialect d) { idents(out, list, count, d); }

/* ---------------------------------------------------------------- types */

static void fields(struct buf *out, const struct sql_type *t, enum dialect d) {
    buf_char(out, t->brackets ? '(' : '<');
    for (uint32_t i = 0; i < t->field_count; i++) {
        const struct sql_column *c = &t->fields[i];
        if (i) buf_text(out, ", ");
        if (c->name.text.n || c->name.quoted) {
            sql_print_ident(out, &c->name, d);
            buf_text(out, (d == DIALECT_DATABRICKS || d == DIALECT_SPARK) && !t->brackets ? ": " : " ");
        }
        print_column_rest(out, c, d);
    }
    buf_char(out, t->brackets ? ')' : '>');
}

void sql_print_type(struct buf *out, const struct sql_type *t, enum dialect d) {
    if (t->element) {
        sql_print_type(out, t->element, d);
        buf_char(out, '[');
        buf_slice(out, t->size);
        buf_char(out, ']');
        return;
    }
    if (t->path) sql_print_name(out, t->path, d);
    else buf_slice(out, t->name);
    bool typed = t->arg_count || t->field_count;
    if (t->field_count) {
        fields(out, t, d);
    } else if (typed || t->param_count || t->brackets) {
        buf_char(out, t->brackets ? '(' : '<');
        for (uint32_t i = 0; i < t->arg_count; i++) {
            if (i) buf_text(out, ", ");
            sql_print_type(out, t->args[i], d);
            if (t->args[i]->not_null) buf_text(out, " NOT NULL");
        }
        if (t->arg_count && t->param_count) buf_text(out, ", ");
        print_exprs(out, t->params, t->param_count, d);
        buf_char(out, t->brackets ? ')' : '>');
    }
    if (t->tail.n) {
        buf_char(out, ' ');
        buf_slice(out, t->tail);
    }
}

/* ---------------------------------------------------------------- expressions */

static const char *const op_texts[OP_COUNT] = {
    [OP_OR] = "OR",
    [OP_AND] = "AND",
    [OP_XOR] = "XOR",
    [OP_EQ] = "=",
    [OP_NE] = "<>",
    [OP_LT] = "<",
    [OP_LE] = "<=",
    [OP_GT] = ">",
    [OP_GE] = ">=",
    [OP_NULL_EQ] = "<=>",
    [OP_ADD] = "+",
    [OP_SUB] = "-",
    [OP_MUL] = "*",
    [OP_DIVIDE] = "/",
    [OP_MODULO] = "%",
    [OP_CONCAT] = "||",
    [OP_BIT_AND] = "&",
    [OP_BIT_OR] = "|",
    [OP_BIT_XOR] = "^",
    [OP_SHIFT_LEFT] = "<<",
    [OP_SHIFT_RIGHT] = ">>",
    [OP_SHIFT_RIGHT_UNSIGNED] = ">>>",
    [OP_JSON_GET] = "->",
    [OP_JSON_GET_TEXT] = "->>",
    [OP_OVERLAPS] = "OVERLAPS",
    [OP_MEMBER_OF] = "MEMBER OF",
    [OP_LIKE] = "LIKE",
    [OP_ILIKE] = "ILIKE",
    [OP_RLIKE] = "RLIKE",
    [OP_SIMILAR] = "SIMILAR TO",
    [OP_GLOB] = "GLOB",
    [OP_MATCH] = "MATCH",
    [OP_NEGATE] = "-",
    [OP_PLUS] = "+",
    [OP_NOT] = "NOT ",
    [OP_BIT_NOT] = "~",
    [OP_PRIOR] = "PRIOR ",
    [OP_ROOT] = "CONNECT_BY_ROOT ",
    [OP_SPLAT] = "*",
};

static const char *op_text(enum sql_op op, enum dialect d) {
    if (op == OP_INT_DIVIDE) return d == DIALECT_DUCKDB ? "//" : "DIV";
    if (op == OP_POWER) return dialect_traits(d)->caret_power ? "^" : "**";
    return op < OP_COUNT && op_texts[op] ? op_texts[op] : "?";
}

/* A value that can stand beside any operator, and before . [ :: without brackets. */
static bool is_atom(const struct sql_expr *e) {
    switch (e->kind) {
    case EX_LITERAL:
        return e->op != LIT_TYPED || (e->flags & SQL_ODBC);
    case EX_UNARY:
        return e->op == OP_OUTER;
    case EX_NAME:
    case EX_PARAM:
    case EX_IN_QUERY:
    case EX_EXISTS:
    case EX_SUBQUERY:
    case EX_ARRAY:
    case EX_STRUCT:
    case EX_MAP:
    case EX_TUPLE:
    case EX_FIELD:
    case EX_SUBSCRIPT:
    case EX_SLICE:
    case EX_PATH:
    case EX_KEYWORD:
    case EX_DEFAULT:
    case EX_PAREN:
        return e->kind != EX_IN_QUERY;
    case EX_CALL:
        return !(e->flags & SQL_NO_PARENS && e->arg_count);
    case EX_CASE:
        return true;
    case EX_CAST:
        return true;
    default:
        return false;
    }
}

static void operand(struct buf *out, const struct sql_expr *e, enum dialect d) {
    if (is_atom(e)) {
        sql_print_expr(out, e, d);
        return;
    }
    buf_char(out, '(');
    sql_print_expr(out, e, d);
    buf_char(out, ')');
}

/* What stands before . [ and : wants brackets where it would be read as something else: (a.b).c, (x::int)[1], (1).x */
static void base(struct buf *out, const struct sql_expr *e, enum dialect d) {
    bool joins = (e->kind == EX_CAST && (e->op == CAST_COLON || e->op == CAST_TRY_COLON)) || (e->kind == EX_LITERAL && e->op == LIT_NUMBER) ||
                 e->kind == EX_CASE || e->kind == EX_KEYWORD;
    if (!joins) {
        operand(out, e, d);
        return;
    }
    buf_char(out, '(');
    sql_print_expr(out, e, d);
    buf_char(out, ')');
}

/* Inside AND and OR most predicates need no brackets. */
static bool is_predicate(const struct sql_expr *e) {
    switch (e->kind) {
    case EX_IS:
    case EX_BETWEEN:
    case EX_IN:
    case EX_IN_QUERY:
    case EX_LIKE:
    case EX_QUANTIFIED:
        return true;
    case EX_BINARY:
        return e->op != OP_AND && e->op != OP_OR && e->op != OP_XOR && e->op != OP_CUSTOM;
    case EX_LITERAL:
        return true;
    case EX_UNARY:
        return e->op == OP_NEGATE || e->op == OP_NOT;
    default:
        return is_atom(e);
    }
}

/* Levels of arithmetic that hold in every dialect; 0: none, brackets it is. */
static int arithmetic(enum sql_op op) {
    switch (op) {
    case OP_ADD:
    case OP_SUB:
        return 1;
    case OP_MUL:
    case OP_DIVIDE:
    case OP_MODULO:
        return 2;
    default:
        return 0;
    }
}

static bool is_comparison(enum sql_op op) { return op >= OP_EQ && op <= OP_NULL_EQ; }

static bool stands_bare(const struct sql_expr *parent, const struct sql_expr *e, uint32_t i) {
    if (is_atom(e)) return true;
    if (parent->op == OP_AND) return is_predicate(e);
    if (parent->op == OP_OR) return is_predicate(e) || (e->kind == EX_BINARY && e->op == OP_AND);
    if (e->kind == EX_LITERAL || (e->kind == EX_INTERVAL && i > 0)) return true;
    if (e->kind == EX_UNARY && e->op == OP_NEGATE) return is_comparison(parent->op) || arithmetic(parent->op);
    if (e->kind != EX_BINARY) return false;
    int mine = arithmetic(parent->op), its = arithmetic(e->op);
    if (is_comparison(parent->op)) return its > 0;
    if (!mine || !its) return false;
    return i == 0 ? its >= mine : its > mine;
}

static void binary(struct buf *out, const struct sql_expr *e, enum dialect d) {
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (i) {
            buf_char(out, ' ');
            if (e->op == OP_CUSTOM) buf_slice(out, e->name);
            else buf_text(out, op_text(e->op, d));
            buf_char(out, ' ');
        }
        if (stands_bare(e, e->args[i], i)) {
            sql_print_expr(out, e->args[i], d);
        } else {
            buf_char(out, '(');
            sql_print_expr(out, e->args[i], d);
            buf_char(out, ')');
        }
    }
}

static void unary(struct buf *out, const struct sql_expr *e, enum dialect d) {
    const struct sql_expr *x = e->args[0];
    if (e->op == OP_OUTER || e->op == OP_FACTORIAL) {
        operand(out, x, d);
        buf_text(out, e->op == OP_OUTER ? " (+)" : " !");
        return;
    }
    if (e->op == OP_PREFIX) {
        buf_slice(out, e->name);
        buf_char(out, ' ');
    } else {
        buf_text(out, op_text(e->op, d));
    }
    operand(out, x, d);
}

static void negation(struct buf *out, const struct sql_expr *e) { buf_text(out, e->flags & SQL_NOT ? " NOT " : " "); }

static void query_brackets(struct buf *out, const struct sql_query *q, enum dialect d) {
    buf_char(out, '(');
    print_query_inline(out, q, d);
    buf_char(out, ')');
}

void print_exprs(struct buf *out, struct sql_expr *const *list, uint32_t count, enum dialect d) {
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_expr(out, list[i], d);
    }
}

static void is_test(struct buf *out, const struct sql_expr *e, enum dialect d) {
    operand(out, e->args[0], d);
    buf_text(out, e->flags & SQL_NOT ? " IS NOT " : " IS ");
    switch (e->op) {
    case OP_IS_NULL:
        buf_text(out, "NULL");
        return;
    case OP_IS_TRUE:
        buf_text(out, "TRUE");
        return;
    case OP_IS_FALSE:
        buf_text(out, "FALSE");
        return;
    case OP_IS_UNKNOWN:
        buf_text(out, "UNKNOWN");
        return;
    case OP_IS_DISTINCT:
        buf_text(out, "DISTINCT FROM ");
        break;
    case OP_IS_JSON:
        buf_text(out, "JSON");
        if (e->name.n) buf_char(out, ' ');
        buf_slice(out, e->name);
        return;
    case OP_IS_NORMALIZED:
        buf_slice(out, e->name);
        return;
    default:
        break;
    }
    operand(out, e->args[1], d);
}

static void in_test(struct buf *out, const struct sql_expr *e, enum dialect d) {
    operand(out, e->args[0], d);
    negation(out, e);
    buf_text(out, "IN ");
    if (e->flags & SQL_NO_PARENS) {
        operand(out, e->args[1], d);
        return;
    }
    if (e->flags & SQL_UNNEST) buf_text(out, "UNNEST");
    if (e->kind == EX_IN_QUERY) {
        query_brackets(out, e->query, d);
        return;
    }
    buf_char(out, '(');
    print_exprs(out, e->args + 1, e->arg_count - 1, d);
    buf_char(out, ')');
}

static void like(struct buf *out, const struct sql_expr *e, enum dialect d) {
    uint32_t count = e->arg_count - (e->flags & SQL_ESCAPE ? 1 : 0);
    operand(out, e->args[0], d);
    negation(out, e);
    buf_text(out, e->op == OP_MATCH && e->name.n ? "SOUNDS LIKE" : e->op == OP_RLIKE && d == DIALECT_SQLITE ? "REGEXP" : op_text(e->op, d));
    buf_char(out, ' ');
    if (e->flags & (SQL_ANY | SQL_ALL)) {
        buf_text(out, e->flags & SQL_ANY ? "ANY " : "ALL ");
        if (e->flags & SQL_UNNEST) buf_text(out, "UNNEST");
        if (e->query) {
            query_brackets(out, e->query, d);
        } else {
            buf_char(out, '(');
            print_exprs(out, e->args + 1, count - 1, d);
            buf_char(out, ')');
        }
    } else {
        operand(out, e->args[1], d);
    }
    if (e->flags & SQL_ESCAPE) {
        buf_text(out, " ESCAPE ");
        operand(out, e->args[e->arg_count - 1], d);
    }
}

static void quantified(struct buf *out, const struct sql_expr *e, enum dialect d) {
    operand(out, e->args[0], d);
    buf_char(out, ' ');
    if (e->op == OP_CUSTOM) buf_slice(out, e->name);
    else buf_text(out, op_text(e->op, d));
    buf_text(out, e->flags & SQL_ALL ? " ALL " : " ANY ");
    if (e->query) {
        query_brackets(out, e->query, d);
        return;
    }
    buf_char(out, '(');
    print_exprs(out, e->args + 1, e->arg_count - 1, d);
    buf_char(out, ')');
}

static void case_text(struct buf *out, const struct sql_expr *e, enum dialect d) {
    uint32_t i = 0, end = e->arg_count - (e->flags & SQL_ELSE ? 1 : 0);
    buf_text(out, "CASE");
    if (e->flags & SQL_OPERAND) {
        buf_char(out, ' ');
        sql_print_expr(out, e->args[i++], d);
    }
    for (; i + 1 < end; i += 2) {
        buf_text(out, " WHEN ");
        sql_print_expr(out, e->args[i], d);
        buf_text(out, " THEN ");
        sql_print_expr(out, e->args[i + 1], d);
    }
    if (e->flags & SQL_ELSE) {
        buf_text(out, " ELSE ");
        sql_print_expr(out, e->args[e->arg_count - 1], d);
    }
    buf_text(out, " END");
}

static void cast(struct buf *out, const struct sql_expr *e, enum dialect d) {
    if (e->op == CAST_COLON || e->op == CAST_TRY_COLON) {
        operand(out, e->args[0], d);
        buf_text(out, e->op == CAST_COLON ? "::" : "?::");
        sql_print_type(out, e->type, d);
        return;
    }
    if (e->op == CAST_CONVERT) {
        buf_slice(out, e->name);
        buf_char(out, '(');
        sql_print_type(out, e->type, d);
        buf_text(out, ", ");
        print_exprs(out, e->args, e->arg_count, d);
        buf_char(out, ')');
        return;
    }
    if (e->op == CAST_TRY && e->name.n) buf_slice(out, e->name);
    else buf_text(out, e->op == CAST_TRY ? "TRY_CAST" : "CAST");
    buf_char(out, '(');
    sql_print_expr(out, e->args[0], d);
    buf_text(out, " AS ");
    sql_print_type(out, e->type, d);
    if (e->flags & SQL_FORMAT) {
        buf_text(out, " FORMAT ");
        operand(out, e->args[1], d);
    }
    if (e->flags & SQL_AT_ZONE) {
        buf_text(out, " AT TIME ZONE ");
        sql_print_expr(out, e->args[e->arg_count - 1], d);
    }
    buf_char(out, ')');
}

static void literal(struct buf *out, const struct sql_expr *e, enum dialect d) {
    switch (e->op) {
    case LIT_NULL:
        buf_text(out, "NULL");
        return;
    case LIT_TRUE:
        buf_text(out, "TRUE");
        return;
    case LIT_FALSE:
        buf_text(out, "FALSE");
        return;
    case LIT_STRING:
        if (e->flags & SQL_NATIONAL) buf_char(out, 'N');
        sql_print_string(out, e->name, d);
        return;
    case LIT_BYTES:
        buf_char(out, 'b');
        sql_print_string(out, e->name, d);
        return;
    case LIT_HEX:
    case LIT_BITS:
        buf_text(out, e->op == LIT_HEX ? "X'" : "B'");
        buf_slice(out, e->name);
        buf_char(out, '\'');
        return;
    case LIT_TYPED:
        if (e->flags & SQL_ODBC) buf_char(out, '{');
        sql_print_type(out, e->type, d);
        if (!e->type->name.n || e->type->name.p[0] != '_') buf_char(out, ' '); /* _utf8'x' */
        sql_print_expr(out, e->args[0], d);
        if (e->flags & SQL_ODBC) buf_char(out, '}');
        return;
    default:
        buf_slice(out, e->name);
    }
}

static void interval(struct buf *out, const struct sql_expr *e, enum dialect d) {
    buf_text(out, "INTERVAL");
    for (uint32_t i = 0; i < e->arg_count; i++) {
        const struct sql_expr *x = e->args[i];
        buf_char(out, ' ');
        bool negative = x->kind == EX_UNARY && (x->op == OP_NEGATE || x->op == OP_PLUS) && x->args[0]->kind == EX_LITERAL;
        bool bare = negative || x->kind == EX_LITERAL || x->kind == EX_KEYWORD || x->kind == EX_PARAM || x->kind == EX_TUPLE;
        if (!bare) buf_char(out, '(');
        sql_print_expr(out, x, d);
        if (!bare) buf_char(out, ')');
    }
    if (!e->name.n) return;
    buf_char(out, ' ');
    buf_slice(out, e->name);
}

static void quoted_name(struct buf *out, const struct sql_expr *e, enum dialect d) {
    struct sql_ident ident = {.text = e->name, .quoted = (e->flags & SQL_QUOTED) != 0};
    if (e->kind == EX_FIELD && e->path && e->path->part_count) ident = e->path->parts[0];
    sql_print_ident(out, &ident, d);
}

static void lambda(struct buf *out, const struct sql_expr *e, enum dialect d) {
    if (e->path->part_count == 1) sql_print_ident(out, &e->path->parts[0], d);
    else idents(out, e->path->parts, e->path->part_count, d);
    buf_text(out, " -> ");
    sql_print_expr(out, e->args[0], d);
}

static void array(struct buf *out, const struct sql_expr *e, enum dialect d) {
    if (e->type) sql_print_type(out, e->type, d);
    else if (e->flags & SQL_WORD) buf_text(out, "ARRAY");
    buf_char(out, '[');
    print_exprs(out, e->args, e->arg_count, d);
    buf_char(out, ']');
}

static void map(struct buf *out, const struct sql_expr *e, enum dialect d) {
    buf_text(out, e->flags & SQL_WORD ? "MAP {" : "{");
    for (uint32_t i = 0; i + 1 < e->arg_count; i += 2) {
        if (i) buf_text(out, ", ");
        sql_print_expr(out, e->args[i], d);
        if (e->args[i]->kind == EX_STAR) continue;
        buf_text(out, ": ");
        sql_print_expr(out, e->args[i + 1], d);
    }
    buf_char(out, '}');
}

static void slice(struct buf *out, const struct sql_expr *e, enum dialect d) {
    base(out, e->args[0], d);
    buf_char(out, '[');
    for (uint32_t i = 1; i < e->arg_count; i++) {
        if (i > 1) buf_text(out, e->args[i]->kind == EX_KEYWORD && i + 1 < e->arg_count ? ":-" : " : ");
        if (e->args[i]->kind != EX_KEYWORD || e->args[i]->name.n) sql_print_expr(out, e->args[i], d);
    }
    buf_char(out, ']');
}

static void star(struct buf *out, const struct sql_expr *e, enum dialect d) {
    const struct sql_star *s = e->star;
    if (s->path) {
        sql_print_name(out, s->path, d);
        buf_char(out, '.');
    }
    buf_char(out, '*');
    if (s->like) {
        buf_text(out, s->like_not ? " NOT" : "");
        buf_text(out, s->like_similar ? " SIMILAR TO " : s->like_case ? " LIKE " : " ILIKE ");
        sql_print_expr(out, s->like, d);
    }
    if (s->except_count) {
        buf_text(out, d == DIALECT_SNOWFLAKE || d == DIALECT_DUCKDB || d == DIALECT_REDSHIFT ? " EXCLUDE " : " EXCEPT ");
        idents(out, s->except, s->except_count, d);
    }
    if (s->replace_count) {
        buf_text(out, s->adds ? " REPLACE OR ADD (" : " REPLACE (");
        print_items(out, s->replace, s->replace_count, d, ", ");
        buf_char(out, ')');
    }
    if (!s->rename_count) return;
    buf_text(out, " RENAME (");
    for (uint32_t i = 0; i < s->rename_count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_ident(out, &s->rename[i].from, d);
        buf_text(out, " AS ");
        sql_print_ident(out, &s->rename[i].to, d);
    }
    buf_char(out, ')');
}

static void path(struct buf *out, const struct sql_expr *e, enum dialect d) {
    base(out, e->args[0], d);
    buf_char(out, ':');
    const struct sql_ident *key = &e->path->parts[0];
    if (!(e->flags & SQL_BRACKETS)) {
        sql_print_ident(out, key, d);
        return;
    }
    buf_char(out, '[');
    if (key->quoted) sql_print_string(out, key->text, d);
    else buf_slice(out, key->text);
    buf_char(out, ']');
}

static void grouping(struct buf *out, const struct sql_expr *e, enum dialect d) {
    buf_text(out, e->op == OP_ROLLUP ? "ROLLUP (" : e->op == OP_CUBE ? "CUBE (" : "GROUPING SETS (");
    print_exprs(out, e->args, e->arg_count, d);
    buf_char(out, ')');
}

static void field_text(struct buf *out, const struct sql_expr *e, enum dialect d) {
    bool brackets = e->args[0]->kind == EX_NAME || (e->args[0]->kind == EX_CALL && (d == DIALECT_POSTGRES || d == DIALECT_REDSHIFT));
    if (brackets) buf_char(out, '(');
    base(out, e->args[0], d);
    buf_text(out, brackets ? ")." : ".");
    if (e->flags & SQL_STAR_FIELD && e->arg_count > 1) sql_print_expr(out, e->args[1], d);
    else if (e->flags & SQL_STAR_FIELD) buf_char(out, '*');
    else quoted_name(out, e, d);
}

static void simple(struct buf *out, const struct sql_expr *e, enum dialect d) {
    switch (e->kind) {
    case EX_SUBSCRIPT:
        base(out, e->args[0], d);
        buf_char(out, '[');
        sql_print_expr(out, e->args[1], d);
        buf_char(out, ']');
        return;
    case EX_FIELD:
        field_text(out, e, d);
        return;
    case EX_AT_ZONE:
        operand(out, e->args[0], d);
        buf_text(out, e->arg_count > 1 ? " AT TIME ZONE " : " AT LOCAL");
        if (e->arg_count > 1) operand(out, e->args[1], d);
        return;
    case EX_COLLATE:
        operand(out, e->args[0], d);
        buf_text(out, " COLLATE ");
        if (e->path->part_count == 1 && e->path->parts[0].quoted && (d == DIALECT_BIGQUERY || d == DIALECT_SNOWFLAKE))
            sql_print_string(out, e->path->parts[0].text, d);
        else sql_print_name(out, e->path, d);
        return;
    case EX_BETWEEN:
        operand(out, e->args[0], d);
        negation(out, e);
        buf_text(out, e->flags & SQL_SYMMETRIC ? "BETWEEN SYMMETRIC " : "BETWEEN ");
        operand(out, e->args[1], d);
        buf_text(out, " AND ");
        operand(out, e->args[2], d);
        return;
    case EX_NAMED_ARG:
        quoted_name(out, e, d);
        buf_text(out, e->op == OP_ASSIGN ? " := " : " => ");
        sql_print_expr(out, e->args[0], d);
        return;
    case EX_ALIASED:
        if (e->flags & SQL_WORD) sql_print_name(out, e->path, d), buf_text(out, " AS ");
        sql_print_expr(out, e->args[0], d);
        if (!(e->flags & SQL_WORD)) buf_text(out, " AS "), sql_print_name(out, e->path, d);
        return;
    case EX_STRUCT:
        sql_print_type(out, e->type, d);
        buf_char(out, '(');
        print_exprs(out, e->args, e->arg_count, d);
        buf_char(out, ')');
        return;
    case EX_TUPLE:
        buf_char(out, '(');
        print_exprs(out, e->args, e->arg_count, d);
        buf_text(out, e->arg_count == 1 ? ",)" : ")");
        return;
    case EX_SUBQUERY:
        if (e->flags & SQL_TABLE_ARG) buf_text(out, "TABLE");
        query_brackets(out, e->query, d);
        return;
    case EX_EXISTS:
        buf_text(out, "EXISTS ");
        query_brackets(out, e->query, d);
        return;
    default:
        buf_slice(out, e->name);
    }
}

void sql_print_expr(struct buf *out, const struct sql_expr *e, enum dialect d) {
    switch (e->kind) {
    case EX_LITERAL:
        literal(out, e, d);
        return;
    case EX_INTERVAL:
        interval(out, e, d);
        return;
    case EX_NAME:
        sql_print_name(out, e->path, d);
        return;
    case EX_STAR:
        star(out, e, d);
        return;
    case EX_UNARY:
        unary(out, e, d);
        return;
    case EX_BINARY:
        binary(out, e, d);
        return;
    case EX_IS:
        is_test(out, e, d);
        return;
    case EX_IN:
    case EX_IN_QUERY:
        in_test(out, e, d);
        return;
    case EX_LIKE:
        like(out, e, d);
        return;
    case EX_QUANTIFIED:
        quantified(out, e, d);
        return;
    case EX_CASE:
        case_text(out, e, d);
        return;
    case EX_CAST:
        cast(out, e, d);
        return;
    case EX_CALL:
    case EX_TABLE_ARG:
        print_call(out, e, d);
        return;
    case EX_LAMBDA:
        lambda(out, e, d);
        return;
    case EX_ARRAY:
        array(out, e, d);
        return;
    case EX_MAP:
        map(out, e, d);
        return;
    case EX_SLICE:
        slice(out, e, d);
        return;
    case EX_PATH:
        path(out, e, d);
        return;
    case EX_GROUPING:
        grouping(out, e, d);
        return;
    case EX_QUERY_ARG:
        print_query_inline(out, e->query, d);
        return;
    case EX_PAREN:
        operand(out, e->args[0], d);
        return;
    default:
        simple(out, e, d);
    }
}

const char *sql_expr_text(struct arena *arena, const struct sql_expr *expr, enum dialect dialect) {
    struct buf b = buf_new(arena);
    sql_print_expr(&b, expr, dialect);
    return buf_str(&b);
}

const char *sql_name_text(struct arena *arena, const struct sql_name *name) {
    struct buf b = buf_new(arena);
    if (name->dynamic) buf_text(&b, "IDENTIFIER(..)");
    for (uint32_t i = 0; i < name->part_count; i++) {
        if (i || name->dynamic) buf_char(&b, '.');
        buf_slice(&b, name->parts[i].text);
    }
    return buf_str(&b);
}
