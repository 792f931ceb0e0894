/* parse_primary.c - values: names, parameters, brackets, CASE, arrays, and what may follow a value: .field [i] ::type :path. */
#include "sql_parser.h"

static struct sql_expr *constant(struct parser *p, enum sql_op op, struct str name) {
    struct sql_expr *e = parse_leaf(p, EX_LITERAL, op);
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
        struct sql_expr *value = parse_string_literal(p);
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
            key = p->t->type == TOKEN_WORD && p->t[1].keyword == SY_COLON ? parse_leaf(p, EX_KEYWORD, OP_NONE) : parse_expr(p);
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
        struct sql_expr *value = parse_string_literal(p), *e = expr_new(p, EX_LITERAL, LIT_TYPED, first);
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

/* CURRENT_DATE, SYSDATE, USER: functions without brackets, and where they are that. */
static bool is_bare_function(const struct parser *p, const struct token *t) {
#define IN(dialect) (1u << DIALECT_##dialect)
    static const struct {
        const char *word;
        unsigned dialects; /* 0: all */
    } words[] = {
        {"current_timestamp", 0},
        {"current_catalog", 0},
        {"current_schema", 0},
        {"current_role", 0},
        {"current_datetime", 0},
        {"current_database", 0},
        {"current_path", 0},
        {"localtime", 0},
        {"localtimestamp", 0},
        {"session_user", 0},
        {"sysdate", IN(ORACLE) | IN(SNOWFLAKE) | IN(REDSHIFT)},
        {"systimestamp", IN(ORACLE) | IN(SNOWFLAKE) | IN(REDSHIFT)},
        {"system_user", IN(POSTGRES) | IN(TSQL) | IN(ANSI)},
        {"utc_date", IN(MYSQL)},
        {"utc_time", IN(MYSQL)},
        {"utc_timestamp", IN(MYSQL)},
        {"user", IN(POSTGRES) | IN(REDSHIFT) | IN(TSQL) | IN(ORACLE)},
    };
#undef IN
    char c = (char)(p->text.p[t->start] | 0x20);
    if (t->keyword == KW_CURRENT_DATE || t->keyword == KW_CURRENT_TIME || t->keyword == KW_CURRENT_USER) return true;
    if ((t->keyword != KW_NONE && t->keyword != KW_USER) || (c != 'c' && c != 'l' && c != 's' && c != 'u')) return false;
    struct str w = parse_word(p, t);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_iis(w, words[i].word)) return !words[i].dialects || words[i].dialects & 1u << p->dialect;
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
        if (parse_is_typed_literal(p)) return parse_typed_literal(p);
        if (parse_special_call(p, &special)) return special;
        if (first->keyword == KW_IDENTIFIER) {
            struct sql_name *name = parse_name(p);
            return parse_at(p, SY_LPAREN) ? parse_call(p, name, first) : name_expr(p, name, first);
        }
        p->t++;
        return parse_call_named(p, parse_word(p, first), first);
    }
    bool two_words = next->type == TOKEN_WORD && next[1].keyword == SY_LPAREN &&
                     ((p->dialect == DIALECT_REDSHIFT && parse_word_is(p, 0, "approximate")) ||
                      (p->dialect == DIALECT_POSTGRES && first->keyword == KW_COLLATION && next->keyword == KW_FOR));
    if (two_words) { /* APPROXIMATE COUNT(DISTINCT a), COLLATION FOR (a) */
        struct str word = parse_word(p, first), name = parse_word(p, next);
        p->t += 2;
        return parse_call_named(p, str_of(arena_printf(p->arena, "%.*s %.*s", STR_ARG(word), STR_ARG(name))), first);
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
            struct sql_expr *e = parse_leaf(p, EX_CALL, OP_NONE);
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
    if (p->t->type == TOKEN_STRING && p->traits->caret_power && !(p->t->flags & (TOKEN_PREFIXED | TOKEN_NEW_LINE))) { /* s.mytype 'x' */
        p->t = (struct token *)first;
        return parse_typed_literal(p);
    }
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
    case SY_AT: /* @`odd name` */
        if (tight && t[1].type == TOKEN_QUOTED && (p->dialect == DIALECT_BIGQUERY || p->dialect == DIALECT_MYSQL)) return param(p, 2);
        break;
    case SY_BACKSLASH: /* mysql: \N */
        if (!tight || p->dialect != DIALECT_MYSQL || !parse_word_is(p, 1, "n")) break;
        p->t++;
        return constant(p, LIT_NULL, STR("NULL"));
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
    if (parse_at(p, KW_OVER) && parse_next_is(p, 1, SY_LPAREN)) {
        const struct token *over = p->t++;
        parse_skip_brackets(p);
        e->call = parse_new(p, struct sql_call);
        e->call->after = parse_verbatim(p, over);
    }
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
        if (next->keyword == SY_LPAREN && parse_is_typed_literal(p)) return parse_typed_literal(p);
        return parse_interval_starts(p) ? parse_interval(p) : NULL;
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
        return next->keyword == SY_LPAREN || next->keyword == SY_DOT ? NULL : parse_leaf(p, EX_DEFAULT, OP_NONE);
    case KW_NEXT:
        return next->keyword == KW_VALUE && t[2].keyword == KW_FOR ? next_value(p) : NULL;
    case KW_LAMBDA:
        break;
    case KW_TIMESTAMP:
    case KW_TIME:
        return (next->keyword == KW_WITH || next->keyword == KW_WITHOUT) && t[2].keyword == KW_TIME && t[4].type == TOKEN_STRING
                   ? parse_typed_literal(p)
                   : NULL;
    case KW_DOUBLE:
        return next->keyword == KW_PRECISION && t[2].type == TOKEN_STRING ? parse_typed_literal(p) : NULL;
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
        if (!e) e = parse_is_typed_literal(p) ? parse_typed_literal(p) : name_or_call(p);
        break;
    case TOKEN_QUOTED:
        e = name_or_call(p);
        break;
    case TOKEN_NUMBER:
        e = parse_leaf(p, EX_LITERAL, LIT_NUMBER);
        break;
    case TOKEN_STRING:
        if (first[1].keyword == SY_DOT && p->traits->double_quote_string && p->text.p[first->start] == '"' && first[2].type == TOKEN_WORD)
            e = name_or_call(p);
        else e = parse_string_literal(p);
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
