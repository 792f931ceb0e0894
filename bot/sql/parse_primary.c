/* parse_primary.c - values: literals, names, brackets, CASE, arrays, and what may follow a value: .field [i] ::type :path. */
#include "sql_parser.h"

static struct sql_expr *leaf(struct parser *p, enum sql_expr_kind kind, enum sql_op op) {
    const struct token *first = p->t++;
    struct sql_expr *e = expr_new(p, kind, op, first);
    e->name = parse_word(p, first);
    return e;
}

static struct sql_expr *constant(struct parser *p, enum sql_op op, struct str name) {
    struct sql_expr *e = leaf(p, EX_LITERAL, op);
    e->name = name;
    return e;
}

static struct sql_expr *param(struct parser *p, uint32_t tokens) {
    const struct token *first = p->t;
    p->t += tokens;
    struct sql_expr *e = expr_new(p, EX_PARAM, OP_NONE, first);
    e->name = parse_verbatim(p, first);
    return e;
}

/* 'a' 'b' is one string where the dialect says so; postgres wants a new line between. */
static bool string_goes_on(const struct parser *p) {
    if (p->t->type != TOKEN_STRING || !p->traits->join_strings || (p->t->flags & TOKEN_PREFIXED)) return false;
    if (p->dialect == DIALECT_DATABRICKS || p->dialect == DIALECT_SPARK || p->dialect == DIALECT_MYSQL) return true;
    return (p->t->flags & TOKEN_NEW_LINE) != 0;
}

static enum sql_op string_kind(const struct parser *p, const struct token *t, uint32_t *flags) {
    if (!(t->flags & TOKEN_PREFIXED)) return LIT_STRING;
    switch (p->text.p[t->start] | 0x20) {
    case 'x':
        return LIT_HEX;
    case 'b':
        return p->dialect == DIALECT_BIGQUERY ? LIT_BYTES : LIT_BITS;
    case 'r':
        return p->dialect == DIALECT_BIGQUERY && (p->text.p[t->start + 1] | 0x20) == 'b' ? LIT_BYTES : LIT_STRING;
    case 'n':
        *flags |= SQL_NATIONAL;
        return LIT_STRING;
    default:
        return LIT_STRING;
    }
}

static struct sql_expr *string_literal(struct parser *p) {
    const struct token *first = p->t;
    uint32_t flags = first->flags & TOKEN_TEMPLATED ? SQL_TEMPLATED : 0;
    enum sql_op op = string_kind(p, first, &flags);
    struct str value = parse_string(p);
    if (string_goes_on(p)) {
        struct buf b = buf_new(p->arena);
        buf_slice(&b, value);
        while (string_goes_on(p)) {
            if (p->t->flags & TOKEN_TEMPLATED) flags |= SQL_TEMPLATED;
            buf_slice(&b, parse_string(p));
        }
        value = (struct str){buf_str(&b), b.n};
    }
    struct sql_expr *e = expr_new(p, EX_LITERAL, op, first);
    e->name = value;
    e->flags = flags;
    return e;
}

/* ---------------------------------------------------------------- intervals and typed literals */

static bool is_unit(const struct parser *p, const struct token *t) {
    static const char *const units[] = {"year",    "quarter", "month",       "week",        "day",        "hour",
                                        "minute",  "second",  "millisecond", "microsecond", "nanosecond", "decade",
                                        "century", "isoweek", "isoyear",     "millennium",  "dayofyear"};
    static const char *const compounds[] = {"year_month",
                                            "day_hour",
                                            "day_minute",
                                            "day_second",
                                            "hour_minute",
                                            "hour_second",
                                            "minute_second",
                                            "second_microsecond",
                                            "day_microsecond",
                                            "minute_microsecond",
                                            "hour_microsecond",
                                            "mon",
                                            "mons",
                                            "min",
                                            "mins",
                                            "sec",
                                            "secs",
                                            "ms",
                                            "us"};
    if (t->type != TOKEN_WORD) return false;
    struct str w = parse_word(p, t), one = {w.p, w.n - 1};
    bool plural = (w.p[w.n - 1] | 0x20) == 's';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (str_iis(w, units[i]) || (plural && str_iis(one, units[i]))) return true;
    }
    for (size_t i = 0; i < sizeof compounds / sizeof *compounds; i++) {
        if (str_iis(w, compounds[i])) return true;
    }
    return p->t->type == TOKEN_PARAM;
}

static struct sql_expr *keyword_leaf(struct parser *p) { return leaf(p, EX_KEYWORD, OP_NONE); }

static struct sql_expr *interval_value(struct parser *p) {
    const struct token *first = p->t;
    if (first->type == TOKEN_STRING) return string_literal(p);
    if (first->type == TOKEN_NUMBER) {
        if (is_unit(p, first + 1)) return leaf(p, EX_LITERAL, LIT_NUMBER);
        return parse_expr_above(p, BIND_ADD);
    }
    return parse_expr_above(p, BIND_ADD);
}

static bool interval_goes_on(const struct parser *p) {
    const struct token *t = p->t;
    if (t->keyword == SY_MINUS || t->keyword == SY_PLUS) t++;
    return (t->type == TOKEN_NUMBER || t->type == TOKEN_STRING) && is_unit(p, t + 1) && (t == p->t || t->type == TOKEN_NUMBER) &&
           p->traits->number_suffix;
}

/* YEAR TO MONTH, DAY(3) TO SECOND(2): the text of the unit. */
static struct str interval_unit(struct parser *p) {
    const struct token *first = p->t++;
    if (parse_at(p, SY_LPAREN) && p->t[1].type == TOKEN_NUMBER) parse_skip_brackets(p);
    if (parse_at(p, KW_TO) && is_unit(p, p->t + 1)) {
        p->t += 2;
        if (parse_at(p, SY_LPAREN) && p->t[1].type == TOKEN_NUMBER) parse_skip_brackets(p);
        struct buf b = buf_new(p->arena);
        for (const struct token *t = first; t < p->t; t++) {
            if (t != first && t->type == TOKEN_WORD) buf_char(&b, ' ');
            buf_slice(&b, parse_word(p, t));
        }
        return (struct str){buf_str(&b), b.n};
    }
    return parse_verbatim(p, first);
}

static struct sql_expr *interval(struct parser *p) {
    const struct token *first = p->t++;
    struct sql_expr *value = interval_value(p);
    if (!is_unit(p, p->t)) {
        if (first[1].keyword == SY_LPAREN && value->kind == EX_TUPLE) { /* INTERVAL(a, b, c), a function of mysql */
            struct sql_expr *call = expr_new(p, EX_CALL, OP_NONE, first);
            call->name = parse_word(p, first);
            expr_args(p, call, value->args, value->arg_count);
            return call;
        }
        struct sql_expr *e = expr_new(p, EX_INTERVAL, OP_NONE, first);
        expr_args(p, e, &value, 1);
        return e;
    }
    const struct token *unit = p->t;
    struct str text = interval_unit(p);
    struct sql_expr *e = expr_new(p, EX_INTERVAL, OP_NONE, first);
    if (!interval_goes_on(p)) {
        e->name = text;
        expr_args(p, e, &value, 1);
        return e;
    }
    size_t mark = list_start(p);
    struct sql_expr *word = expr_new(p, EX_KEYWORD, OP_NONE, unit);
    word->name = text;
    list_push(p, &value, sizeof value);
    list_push(p, &word, sizeof word);
    while (interval_goes_on(p)) {
        value = parse_expr_above(p, BIND_ADD + 20);
        word = keyword_leaf(p);
        list_push(p, &value, sizeof value);
        list_push(p, &word, sizeof word);
    }
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    expr_args(p, e, args, count);
    e->flags = SQL_MULTI;
    expr_end(p, e, first);
    return e;
}

static bool interval_starts(const struct parser *p) {
    const struct token *next = p->t + 1;
    switch (next->type) {
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_PARAM:
        return true;
    case TOKEN_QUOTED:
        return is_unit(p, next + 1) || next[1].keyword == SY_DOT;
    case TOKEN_WORD:
        return !(sql_keyword_flags(next->keyword) & KW_NO_ALIAS) &&
               (is_unit(p, next + 1) || next[1].keyword == SY_DOT || next[1].keyword == SY_LPAREN || next[1].keyword == SY_STAR ||
                next[1].keyword == SY_MINUS || next[1].keyword == SY_PLUS || next->keyword == KW_CAST);
    case TOKEN_OP:
        return next->keyword == SY_LPAREN || (next->keyword == SY_MINUS && !(next[1].flags & TOKEN_SPACED)) ||
               (next->keyword == SY_MINUS && is_unit(p, next + 2)) ||
               ((next->keyword == SY_COLON || next->keyword == SY_QUESTION) && !(next[1].flags & TOKEN_SPACED)) || (next->keyword == SY_QUESTION) ||
               (next->keyword == SY_PLUS && is_unit(p, next + 2));
    default:
        return false;
    }
}

/* char 'a', real '1', text 'x': the types whose names could be columns, in dialects where a string never follows a column. */
static bool is_plain_type(const struct parser *p, const struct token *t) {
    static const char *const words[] = {"text", "char", "varchar", "real", "double", "boolean", "tinyint", "smallint", "integer", "int", "bigint"};
    if (p->dialect != DIALECT_TRINO && p->dialect != DIALECT_POSTGRES && p->dialect != DIALECT_REDSHIFT && p->dialect != DIALECT_DUCKDB) return false;
    if (t->type != TOKEN_WORD || (t[1].flags & TOKEN_PREFIXED)) return false;
    struct str w = parse_word(p, t);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_iis(w, words[i])) return true;
    }
    return false;
}

static bool is_typed_literal(const struct parser *p) {
    const struct token *t = p->t;
    if (t[1].type != TOKEN_STRING) return false;
    if (is_plain_type(p, t)) return true;
    switch (t->keyword) {
    case KW_DATE:
    case KW_TIME:
    case KW_TIMESTAMP:
    case KW_DATETIME:
    case KW_JSON:
        return true;
    case KW_NONE:
        break;
    default:
        return false;
    }
    static const char *const words[] = {"timestamp_ntz", "timestamp_ltz", "timestamptz", "numeric", "bignumeric", "decimal",
                                        "uuid",          "ipaddress",     "geometry",    "jsonb",   "binary"};
    struct str w = parse_word(p, t);
    if (p->dialect == DIALECT_MYSQL && w.p[0] == '_' && !(t[1].flags & TOKEN_SPACED)) return true; /* _utf8'x' */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_iis(w, words[i])) return true;
    }
    return p->traits->caret_power && !(t[1].flags & TOKEN_PREFIXED); /* postgres: any type */
}

static struct sql_expr *typed_literal(struct parser *p) {
    const struct token *first = p->t;
    struct sql_type *type = parse_type(p);
    if (p->t->type != TOKEN_STRING) parse_expected(p, "a string");
    struct sql_expr *value = string_literal(p);
    struct sql_expr *e = expr_new(p, EX_LITERAL, LIT_TYPED, first);
    e->type = type;
    expr_args(p, e, &value, 1);
    return e;
}

/* ---------------------------------------------------------------- brackets, arrays, maps, CASE */

static struct sql_expr *lambda(struct parser *p, const struct sql_ident *params, uint32_t count, const struct token *first) {
    struct sql_name *names = parse_new(p, struct sql_name);
    names->parts = parse_alloc(p, (count ? count : 1) * sizeof *names->parts);
    if (count) memcpy(names->parts, params, count * sizeof *params);
    names->part_count = count;
    p->t++;
    parse_nest(p);
    struct sql_expr *body = parse_expr(p);
    p->nest--;
    struct sql_expr *e = expr_new(p, EX_LAMBDA, OP_NONE, first);
    e->path = names;
    expr_args(p, e, &body, 1);
    return e;
}

static struct sql_expr *lambda_of_tuple(struct parser *p, const struct sql_expr *tuple, const struct token *first) {
    size_t mark = list_start(p);
    uint32_t count = tuple->kind == EX_TUPLE ? tuple->arg_count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct sql_expr *x = tuple->kind == EX_TUPLE ? tuple->args[i] : tuple;
        if (x->kind != EX_NAME || x->path->part_count != 1) parse_fail(p, "the parameters of a lambda are plain names");
        list_push(p, &x->path->parts[0], sizeof(struct sql_ident));
    }
    struct sql_ident *params = list_take(p, mark, sizeof *params, &count);
    return lambda(p, params, count, first);
}

static struct sql_expr *bracketed(struct parser *p) {
    const struct token *first = p->t++;
    struct sql_expr *e = NULL;
    parse_nest(p);
    if (parse_take(p, SY_RPAREN)) {
        e = expr_new(p, EX_TUPLE, OP_NONE, first);
        p->nest--;
    } else {
        struct sql_query *q = parse_query_or_expr(p, &e);
        if (q) {
            e = expr_new(p, EX_SUBQUERY, OP_NONE, first);
            e->query = q;
            expr_deepen(p, e, q->depth);
        } else if (parse_at(p, SY_COMMA) || parse_at(p, KW_AS)) {
            size_t mark = list_start(p);
            for (;;) {
                if (parse_at(p, KW_AS)) parse_fail(p, "no alias can stand here");
                list_push(p, &e, sizeof(struct sql_expr *));
                if (!parse_take(p, SY_COMMA) || parse_at(p, SY_RPAREN)) break;
                e = parse_expr(p);
            }
            uint32_t count;
            struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
            e = expr_new(p, EX_TUPLE, OP_NONE, first);
            expr_args(p, e, args, count);
        }
        p->nest--;
        parse_must(p, SY_RPAREN);
        if (e->kind == EX_TUPLE || e->kind == EX_SUBQUERY) expr_end(p, e, first);
    }
    if (parse_at(p, SY_LAMBDA) && p->in_call && p->traits->lambda_arrow) return lambda_of_tuple(p, e, first);
    return e;
}

static struct sql_expr *call_of_two(struct parser *p, const char *name, struct sql_expr *a, struct sql_expr *b, const struct token *first) {
    struct sql_expr *e = expr_new(p, EX_CALL, OP_NONE, first), *args[] = {a, b};
    e->name = str_of(name);
    expr_args(p, e, args, 2);
    return e;
}

static struct sql_expr *lambda_over(struct parser *p, struct sql_name *names, struct sql_expr *body, const struct token *first) {
    struct sql_expr *e = expr_new(p, EX_LAMBDA, OP_NONE, first);
    e->path = names;
    expr_args(p, e, &body, 1);
    return e;
}

/* [x + 1 FOR x IN l IF x > 1] of duckdb, after its first value: list_transform(list_filter(l, x -> x > 1), x -> x + 1), as duckdb itself defines it.
 */
static struct sql_expr *comprehension(struct parser *p, struct sql_expr *value, const struct token *first) {
    struct sql_name *names = parse_new(p, struct sql_name);
    const struct token *at = ++p->t;
    size_t mark = list_start(p);
    do {
        struct sql_ident one = parse_ident(p);
        list_push(p, &one, sizeof one);
    } while (parse_take(p, SY_COMMA));
    names->parts = list_take(p, mark, sizeof *names->parts, &names->part_count);
    names->range = parse_range(p, at);
    parse_must(p, KW_IN);
    struct sql_expr *list = parse_expr(p);
    if (parse_take_word(p, "if") || parse_take(p, KW_IF))
        list = call_of_two(p, "list_filter", list, lambda_over(p, names, parse_expr(p), first), first);
    p->nest--;
    parse_must(p, SY_RBRACKET);
    return call_of_two(p, "list_transform", list, lambda_over(p, names, value, first), first);
}

static struct sql_expr *array_literal(struct parser *p, const struct token *first, uint32_t flags) {
    parse_must(p, SY_LBRACKET);
    parse_nest(p);
    size_t mark = list_start(p);
    while (!parse_at(p, SY_RBRACKET)) {
        const struct token *at = p->t;
        struct sql_expr *x = parse_at(p, SY_STAR) ? parse_star(p, NULL, at) : parse_expr(p);
        if (parse_at(p, KW_FOR) && p->dialect == DIALECT_DUCKDB && p->scratch_n == mark) return comprehension(p, x, first);
        list_push(p, &x, sizeof x);
        if (!parse_take(p, SY_COMMA)) break;
    }
    p->nest--;
    parse_must(p, SY_RBRACKET);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *e = expr_new(p, EX_ARRAY, OP_NONE, first);
    expr_args(p, e, args, count);
    e->flags = flags;
    return e;
}

/* {fn f(x)}, {d '2024-01-01'}: the escapes of ODBC. */
static struct sql_expr *odbc(struct parser *p, const struct token *first) {
    bool is_call = parse_word_is(p, 0, "fn");
    struct sql_expr *e;
    p->t++;
    if (is_call) {
        e = parse_primary(p);
    } else {
        struct sql_expr *value = string_literal(p);
        e = expr_new(p, EX_LITERAL, LIT_TYPED, first);
        e->type = parse_new(p, struct sql_type);
        e->type->name = parse_word(p, first + 1);
        expr_args(p, e, &value, 1);
    }
    parse_must(p, SY_RBRACE);
    e->flags |= SQL_ODBC;
    return e;
}

/* {'a': 1, b: 2}, MAP {..} */
static struct sql_expr *map_literal(struct parser *p, const struct token *first, uint32_t flags) {
    parse_must(p, SY_LBRACE);
    if (!flags && p->t->type == TOKEN_WORD &&
        (parse_word_is(p, 0, "fn") ||
         ((parse_word_is(p, 0, "d") || parse_word_is(p, 0, "t") || parse_word_is(p, 0, "ts")) && p->t[1].type == TOKEN_STRING)))
        return odbc(p, first);
    parse_nest(p);
    size_t mark = list_start(p);
    while (!parse_at(p, SY_RBRACE)) {
        const struct token *at = p->t;
        struct sql_expr *key;
        if (parse_at(p, SY_STAR)) {
            key = parse_star(p, NULL, at);
            list_push(p, &key, sizeof key);
            list_push(p, &key, sizeof key);
        } else {
            key = p->t->type == TOKEN_WORD && p->t[1].keyword == SY_COLON ? keyword_leaf(p) : parse_expr(p);
            list_push(p, &key, sizeof key);
            if (!parse_take(p, SY_COLON)) parse_must(p, SY_EQ);
            struct sql_expr *value = parse_expr(p);
            list_push(p, &value, sizeof value);
        }
        if (!parse_take(p, SY_COMMA)) break;
    }
    p->nest--;
    parse_must(p, SY_RBRACE);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *e = expr_new(p, EX_MAP, OP_NONE, first);
    expr_args(p, e, args, count);
    e->flags = flags;
    return e;
}

static struct sql_expr *case_read(struct parser *p) {
    const struct token *first = p->t++;
    size_t mark = list_start(p);
    uint32_t flags = 0;
    struct sql_expr *x;
    parse_nest(p);
    if (!parse_at(p, KW_WHEN)) {
        x = parse_expr(p);
        list_push(p, &x, sizeof x);
        flags |= SQL_OPERAND;
    }
    if (!parse_at(p, KW_WHEN)) parse_expected(p, "WHEN");
    while (parse_take(p, KW_WHEN)) {
        x = parse_expr(p);
        list_push(p, &x, sizeof x);
        parse_must(p, KW_THEN);
        x = parse_expr(p);
        list_push(p, &x, sizeof x);
    }
    if (parse_take(p, KW_ELSE)) {
        x = parse_expr(p);
        list_push(p, &x, sizeof x);
        flags |= SQL_ELSE;
    }
    parse_must(p, KW_END);
    p->nest--;
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *e = expr_new(p, EX_CASE, OP_NONE, first);
    expr_args(p, e, args, count);
    e->flags = flags;
    return e;
}

/* ARRAY<T>[..], STRUCT<..>(..) */
static struct sql_expr *typed_constructor(struct parser *p) {
    const struct token *first = p->t;
    bool is_array = parse_at(p, KW_ARRAY);
    struct sql_type *type = parse_type(p);
    if (is_array && parse_at(p, SY_LBRACKET)) {
        struct sql_expr *e = array_literal(p, first, 0);
        e->type = type;
        return e;
    }
    if (p->t->type == TOKEN_STRING) {
        struct sql_expr *value = string_literal(p), *e = expr_new(p, EX_LITERAL, LIT_TYPED, first);
        e->type = type;
        expr_args(p, e, &value, 1);
        return e;
    }
    if (!parse_at(p, SY_LPAREN)) parse_expected(p, "'('");
    struct sql_expr *args = parse_call_named(p, type->name, first);
    struct sql_expr *e = expr_new(p, EX_STRUCT, OP_NONE, first);
    e->type = type;
    expr_args(p, e, args->args, args->arg_count);
    return e;
}

/* ---------------------------------------------------------------- names */

static struct sql_expr *name_expr(struct parser *p, struct sql_name *name, const struct token *first) {
    struct sql_expr *e = expr_new(p, EX_NAME, OP_NONE, first);
    e->path = name;
    if (name->dynamic) expr_deepen(p, e, name->dynamic->depth);
    if (name->part_count) e->name = name->parts[name->part_count - 1].text;
    return e;
}

/* The commonest value of all, in one piece of memory. */
static struct sql_expr *single_name(struct parser *p) {
    struct whole {
        struct sql_expr e;
        struct sql_name name;
        struct sql_ident ident;
    } *w = parse_new(p, struct whole);
    const struct token *first = p->t;
    w->ident = parse_any_ident(p);
    w->name = (struct sql_name){.parts = &w->ident, .part_count = 1, .range = parse_range(p, first)};
    w->e.kind = EX_NAME;
    w->e.depth = 1;
    w->e.name = w->ident.text;
    w->e.path = &w->name;
    w->e.range = w->name.range;
    return &w->e;
}

static bool is_bare_function(const struct parser *p, const struct token *t) {
    static const char *const words[] = {"current_timestamp", "current_catalog", "current_schema", "current_role", "current_datetime", "localtime",
                                        "localtimestamp",    "session_user",    "sysdate",        "systimestamp", "current_database", "current_path"};
    char c = (char)(p->text.p[t->start] | 0x20);
    if (t->keyword == KW_CURRENT_DATE || t->keyword == KW_CURRENT_TIME || t->keyword == KW_CURRENT_USER) return true;
    if (t->keyword != KW_NONE || (c != 'c' && c != 'l' && c != 's') || t->end - t->start < 7) return false;
    struct str w = parse_word(p, t);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_iis(w, words[i]))
            return c != 's' || str_iis(w, "session_user") || p->dialect == DIALECT_ORACLE || p->dialect == DIALECT_SNOWFLAKE ||
                   p->dialect == DIALECT_REDSHIFT;
    }
    return false;
}

static bool takes_lambda(const struct parser *p) {
    if (!p->in_call || !p->traits->lambda_arrow) return false;
    return p->dialect != DIALECT_DUCKDB || p->is_lambda_call;
}

static struct sql_expr *name_or_call(struct parser *p) {
    const struct token *first = p->t, *next = p->t + 1;
    struct sql_expr *special;
    if (next->keyword == SY_LPAREN && first->type == TOKEN_WORD) {
        if (parse_special_call(p, &special)) return special;
        if (first->keyword == KW_IDENTIFIER) {
            struct sql_name *name = parse_name(p);
            return parse_at(p, SY_LPAREN) ? parse_call(p, name, first) : name_expr(p, name, first);
        }
        p->t++;
        return parse_call_named(p, parse_word(p, first), first);
    }
    if (next->type == TOKEN_WORD && next[1].keyword == SY_LAMBDA && p->dialect == DIALECT_SNOWFLAKE && takes_lambda(p)) { /* x INT -> .. */
        struct sql_ident one = parse_any_ident(p);
        p->t++;
        one.text = parse_verbatim(p, first);
        return lambda(p, &one, 1, first);
    }
    if (next->keyword == SY_LAMBDA && takes_lambda(p)) {
        struct sql_ident one = parse_any_ident(p);
        return lambda(p, &one, 1, first);
    }
    if (next->keyword != SY_DOT) {
        if (first->type == TOKEN_WORD && is_bare_function(p, first)) {
            struct sql_expr *e = leaf(p, EX_CALL, OP_NONE);
            e->flags = SQL_NO_PARENS;
            return e;
        }
        struct sql_expr *e = single_name(p);
        if (first->type == TOKEN_QUOTED && parse_at(p, SY_LPAREN)) {
            struct sql_expr *call = parse_call(p, e->path, first);
            call->flags |= SQL_QUOTED;
            return call;
        }
        return e;
    }
    struct sql_name *name = parse_name(p);
    if (parse_at(p, SY_LPAREN) && !(parse_next_is(p, 1, SY_PLUS) && parse_next_is(p, 2, SY_RPAREN))) return parse_call(p, name, first);
    if (parse_at(p, SY_DOT) && parse_next_is(p, 1, SY_STAR)) {
        p->t++;
        return parse_star(p, name, first);
    }
    return name_expr(p, name, first);
}

/* ---------------------------------------------------------------- after a value */

static struct sql_expr *empty_bound(struct parser *p) {
    struct sql_expr *e = parse_new(p, struct sql_expr);
    e->kind = EX_KEYWORD;
    e->depth = 1;
    return e;
}

static bool slice_at_colon(const struct parser *p) { return parse_at(p, SY_COLON) || parse_at(p, SY_CAST); }

static struct sql_expr *subscript(struct parser *p, struct sql_expr *left, const struct token *first) {
    struct sql_expr *args[4] = {left};
    uint32_t count = 1;
    bool is_slice = false;
    p->t++;
    parse_nest(p);
    bool param = parse_at(p, SY_COLON) && p->t[1].type == TOKEN_WORD && !p->traits->caret_power;
    args[count++] = parse_at(p, SY_COLON) && !param ? empty_bound(p) : parse_expr(p);
    while (slice_at_colon(p) && count < 4) {
        is_slice = true;
        p->t++;
        args[count++] = parse_at(p, SY_COLON) || parse_at(p, SY_RBRACKET)        ? empty_bound(p)
                        : parse_at(p, SY_MINUS) && parse_next_is(p, 1, SY_COLON) ? (p->t++, empty_bound(p))
                                                                                 : parse_expr(p);
    }
    p->nest--;
    parse_must(p, SY_RBRACKET);
    if (is_slice && count == 2) args[count++] = empty_bound(p);
    struct sql_expr *e = expr_new(p, is_slice ? EX_SLICE : EX_SUBSCRIPT, OP_NONE, first);
    expr_args(p, e, args, count);
    return e;
}

static struct sql_expr *cast_colons(struct parser *p, struct sql_expr *left, const struct token *first) {
    enum sql_op op = parse_at(p, SY_CAST) ? CAST_COLON : CAST_TRY_COLON;
    p->t++;
    struct sql_type *type = parse_type(p);
    struct sql_expr *e = expr_new(p, EX_CAST, op, first);
    e->type = type;
    expr_args(p, e, &left, 1);
    return e;
}

static struct sql_expr *field(struct parser *p, struct sql_expr *left, enum sql_expr_kind kind, const struct token *first) {
    p->t++;
    struct sql_expr *e = expr_new(p, kind, OP_NONE, first);
    expr_args(p, e, &left, 1);
    if (kind == EX_FIELD && parse_at(p, SY_STAR)) {
        struct sql_expr *star = parse_star(p, NULL, p->t);
        bool changed = star->star->except_count || star->star->replace_count || star->star->rename_count || star->star->like;
        if (changed) expr_args(p, e, (struct sql_expr *[]){left, star}, 2);
        e->flags = SQL_STAR_FIELD;
    } else {
        if (kind == EX_PATH && parse_take(p, SY_LBRACKET)) {
            e->flags = SQL_BRACKETS;
            if (p->t->type != TOKEN_STRING && p->t->type != TOKEN_NUMBER && !parse_at(p, SY_STAR)) parse_expected(p, "a key");
        }
        struct sql_name *name = parse_new(p, struct sql_name);
        name->parts = parse_new(p, struct sql_ident);
        if (p->t->type == TOKEN_NUMBER || parse_at(p, SY_STAR)) name->parts[0].text = parse_word(p, p->t++);
        else name->parts[0] = parse_any_ident(p);
        name->part_count = 1;
        e->path = name;
        e->name = name->parts[0].text;
        if (name->parts[0].quoted) e->flags |= SQL_QUOTED;
        if (e->flags & SQL_BRACKETS) parse_must(p, SY_RBRACKET);
    }
    expr_end(p, e, first);
    return e;
}

/* x.f(y) on a value: f(x, y), duckdb. */
static struct sql_expr *method(struct parser *p, struct sql_expr *left, const struct token *first) {
    struct str name = parse_word(p, ++p->t);
    p->t++;
    struct sql_expr *call = parse_call_named(p, name, first);
    if (call->kind == EX_CALL && call->call && call->call->before) parse_fail(p, "words between the arguments of a method");
    size_t mark = list_start(p);
    list_push(p, &left, sizeof left);
    for (uint32_t i = 0; i < call->arg_count; i++) list_push(p, &call->args[i], sizeof call->args[i]);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    expr_args(p, call, args, count);
    return call;
}

static bool path_starts(const struct parser *p, const struct sql_expr *left) {
    const struct token *next = p->t + 1;
    if (!p->traits->colon_path || (next->flags & TOKEN_SPACED)) return false;
    if (next->type != TOKEN_WORD && next->type != TOKEN_QUOTED && next->keyword != SY_LBRACKET) return false;
    switch (left->kind) {
    case EX_NAME:
    case EX_FIELD:
    case EX_SUBSCRIPT:
    case EX_PATH:
    case EX_CALL:
    case EX_CAST:
    case EX_SUBQUERY:
        return true;
    case EX_PARAM:
        return !(p->t->flags & TOKEN_SPACED);
    default:
        return false;
    }
}

struct sql_expr *parse_postfix(struct parser *p, struct sql_expr *e, const struct token *first) {
    for (;;) {
        switch (p->t->keyword) {
        case SY_DOT:
            if (p->t[1].type == TOKEN_WORD && p->t[2].keyword == SY_LPAREN) e = method(p, e, first);
            else if (p->t[1].type == TOKEN_WORD || p->t[1].type == TOKEN_QUOTED || p->t[1].keyword == SY_STAR || p->t[1].type == TOKEN_PARAM)
                e = field(p, e, EX_FIELD, first);
            else return e;
            break;
        case SY_LBRACKET:
            e = subscript(p, e, first);
            break;
        case SY_CAST:
        case SY_TRY_CAST:
            e = cast_colons(p, e, first);
            break;
        case SY_COLON:
            if (!path_starts(p, e)) return e;
            e = field(p, e, EX_PATH, first);
            break;
        case SY_LPAREN:
            if (e->kind != EX_NAME || !parse_next_is(p, 1, SY_PLUS) || !parse_next_is(p, 2, SY_RPAREN)) return e;
            p->t += 3;
            {
                struct sql_expr *mark = expr_new(p, EX_UNARY, OP_OUTER, first);
                expr_args(p, mark, &e, 1);
                e = mark;
            }
            break;
        default:
            return e;
        }
    }
}

/* ---------------------------------------------------------------- the table of first tokens */

static struct sql_expr *param_read(struct parser *p) {
    const struct token *first = p->t;
    if (first[1].keyword == SY_DOT && (first[2].type == TOKEN_WORD || first[2].type == TOKEN_QUOTED || first[2].type == TOKEN_PARAM))
        return name_or_call(p);
    if (first[1].keyword == SY_DOT && first[2].keyword == SY_STAR) return name_or_call(p);
    if (first[1].keyword == SY_LPAREN && !(first[1].flags & TOKEN_SPACED)) return parse_call(p, parse_name(p), first);
    struct sql_expr *e = param(p, 1);
    if (first->flags & TOKEN_TEMPLATED) e->flags |= SQL_TEMPLATED;
    return e;
}

static struct sql_expr *sign_read(struct parser *p) {
    const struct token *t = p->t;
    bool tight = !(t[1].flags & TOKEN_SPACED);
    switch (t->keyword) {
    case SY_LPAREN:
        return bracketed(p);
    case SY_LBRACKET:
        return array_literal(p, t, 0);
    case SY_LBRACE:
        return map_literal(p, t, 0);
    case SY_QUESTION:
        return param(p, tight && t[1].type == TOKEN_NUMBER ? 2 : 1);
    case SY_COLON:
        if (tight && (t[1].type == TOKEN_WORD || t[1].type == TOKEN_NUMBER || t[1].type == TOKEN_STRING || t[1].type == TOKEN_QUOTED))
            return param(p, 2);
        break;
    case SY_AMP:
    case SY_PERCENT:
        if (tight && (t[1].type == TOKEN_WORD || (t[1].type == TOKEN_PARAM && t->keyword == SY_AMP))) return param(p, 2);
        break;
    case SY_STAR:
        return parse_star(p, NULL, t);
    case SY_HASH: /* duckdb: #1, a column by position */
        if (tight && t[1].type == TOKEN_NUMBER && p->dialect == DIALECT_DUCKDB) return param(p, 2);
        break;
    default:
        break;
    }
    parse_expected(p, "an expression");
}

static struct sql_expr *exists(struct parser *p) {
    const struct token *first = p->t;
    if (!parse_query_starts(p, first + 2) && first[2].keyword != SY_LPAREN) return name_or_call(p);
    p->t += 2;
    parse_nest(p);
    struct sql_expr *x = NULL;
    struct sql_query *q = parse_query_or_expr(p, &x);
    if (!q && x->kind == EX_SUBQUERY && parse_at(p, SY_RPAREN)) q = x->query;
    p->nest--;
    if (!q) { /* exists((a), x -> ..) */
        return parse_call_after(p, parse_word(p, first), first, x);
    }
    parse_must(p, SY_RPAREN);
    struct sql_expr *e = expr_new(p, EX_EXISTS, OP_NONE, first);
    e->query = q;
    expr_deepen(p, e, q->depth);
    return e;
}

static struct sql_expr *next_value(struct parser *p) {
    const struct token *first = p->t;
    p->t += 3;
    struct sql_name *name = parse_name(p);
    struct sql_expr *arg = name_expr(p, name, first + 3), *e = expr_new(p, EX_CALL, OP_NONE, first);
    e->name = STR("NEXT VALUE FOR");
    e->flags = SQL_NO_PARENS;
    expr_args(p, e, &arg, 1);
    return e;
}

/* A word that begins a form of its own; NULL when it is a plain name here. */
static struct sql_expr *word_form(struct parser *p) {
    const struct token *t = p->t, *next = p->t + 1;
    switch (t->keyword) {
    case KW_NULL:
        return constant(p, LIT_NULL, STR("NULL"));
    case KW_TRUE:
        return next->keyword == SY_DOT || next->keyword == SY_LPAREN ? NULL : constant(p, LIT_TRUE, STR("TRUE"));
    case KW_FALSE:
        return next->keyword == SY_DOT || next->keyword == SY_LPAREN ? NULL : constant(p, LIT_FALSE, STR("FALSE"));
    case KW_CASE:
        return case_read(p);
    case KW_INTERVAL:
        return interval_starts(p) ? interval(p) : NULL;
    case KW_EXISTS:
        return next->keyword == SY_LPAREN ? exists(p) : NULL;
    case KW_ARRAY:
        if (next->keyword == SY_LBRACKET) {
            p->t++;
            return array_literal(p, t, SQL_WORD);
        }
        return next->keyword == SY_LT && p->dialect == DIALECT_BIGQUERY ? typed_constructor(p) : NULL;
    case KW_STRUCT:
    case KW_RANGE:
        return next->keyword == SY_LT && p->dialect == DIALECT_BIGQUERY ? typed_constructor(p) : NULL;
    case KW_MAP:
        if (next->keyword != SY_LBRACE) return NULL;
        p->t++;
        return map_literal(p, t, SQL_WORD);
    case KW_DEFAULT:
        return next->keyword == SY_LPAREN || next->keyword == SY_DOT ? NULL : leaf(p, EX_DEFAULT, OP_NONE);
    case KW_NEXT:
        return next->keyword == KW_VALUE && t[2].keyword == KW_FOR ? next_value(p) : NULL;
    case KW_LAMBDA:
        break;
    case KW_TIMESTAMP:
    case KW_TIME:
        return (next->keyword == KW_WITH || next->keyword == KW_WITHOUT) && t[2].keyword == KW_TIME && t[4].type == TOKEN_STRING ? typed_literal(p)
                                                                                                                                 : NULL;
    case KW_DOUBLE:
        return next->keyword == KW_PRECISION && t[2].type == TOKEN_STRING ? typed_literal(p) : NULL;
    default:
        return NULL;
    }
    if (p->dialect != DIALECT_DUCKDB || !takes_lambda(p) || next->type != TOKEN_WORD || !(t[2].keyword == SY_COLON || t[2].keyword == SY_COMMA))
        return NULL;
    size_t mark = list_start(p); /* lambda x, y: x + y */
    p->t++;
    do {
        struct sql_ident one = parse_any_ident(p);
        list_push(p, &one, sizeof one);
    } while (parse_take(p, SY_COMMA));
    uint32_t count;
    struct sql_ident *params = list_take(p, mark, sizeof *params, &count);
    if (!parse_at(p, SY_COLON)) parse_expected(p, "':'");
    return lambda(p, params, count, t);
}

struct sql_expr *parse_primary(struct parser *p) {
    const struct token *first = p->t;
    struct sql_expr *e = NULL;
    switch (first->type) {
    case TOKEN_WORD:
        if (first->keyword != KW_NONE) {
            e = word_form(p);
            if (!e && (sql_keyword_flags(first->keyword) & KW_RESERVED)) parse_expected(p, "an expression");
        }
        if (!e) e = is_typed_literal(p) ? typed_literal(p) : name_or_call(p);
        break;
    case TOKEN_QUOTED:
        e = name_or_call(p);
        break;
    case TOKEN_NUMBER:
        e = leaf(p, EX_LITERAL, LIT_NUMBER);
        break;
    case TOKEN_STRING:
        if (first[1].keyword == SY_DOT && p->traits->double_quote_string && p->text.p[first->start] == '"' && first[2].type == TOKEN_WORD)
            e = name_or_call(p);
        else e = string_literal(p);
        break;
    case TOKEN_PARAM:
        e = param_read(p);
        break;
    case TOKEN_OP:
        e = sign_read(p);
        break;
    default:
        parse_expected(p, "an expression");
    }
    return parse_postfix(p, e, first);
}
