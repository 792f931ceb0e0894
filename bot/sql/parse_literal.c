/* parse_literal.c - strings, intervals and literals with a type in front. */
#include "sql_parser.h"

struct sql_expr *parse_leaf(struct parser *p, enum sql_expr_kind kind, enum sql_op op) {
    const struct token *first = p->t++;
    struct sql_expr *e = expr_new(p, kind, op, first);
    e->name = parse_word(p, first);
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

struct sql_expr *parse_string_literal(struct parser *p) {
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
    if ((first->flags & TOKEN_PREFIXED) && parse_word_is(p, 0, "uescape") && p->t[1].type == TOKEN_STRING) { /* U&'d!0061' UESCAPE '!' */
        p->t++;
        value = sql_lex_unicode(p->arena, p->text, first, parse_string(p));
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

static struct sql_expr *keyword_leaf(struct parser *p) { return parse_leaf(p, EX_KEYWORD, OP_NONE); }

static struct sql_expr *interval_value(struct parser *p) {
    const struct token *first = p->t;
    if (first->type == TOKEN_STRING) return parse_string_literal(p);
    if (first->type == TOKEN_NUMBER) {
        if (is_unit(p, first + 1)) return parse_leaf(p, EX_LITERAL, LIT_NUMBER);
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

struct sql_expr *parse_interval(struct parser *p) {
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

bool parse_interval_starts(const struct parser *p) {
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

bool parse_is_typed_literal(const struct parser *p) {
    const struct token *t = p->t;
    bool sized = t[1].keyword == SY_LPAREN && t[2].type == TOKEN_NUMBER && t[3].keyword == SY_RPAREN && t[4].type == TOKEN_STRING;
    if (sized && p->traits->caret_power && !(t[4].flags & TOKEN_PREFIXED)) return true; /* postgres: char(3) 'abc' */
    if (t[1].type != TOKEN_STRING) return false;
    if (is_plain_type(p, t)) return true;
    switch (t->keyword) {
    case KW_DATE:
    case KW_TIME:
    case KW_TIMESTAMP:
    case KW_DATETIME:
    case KW_JSON:
        return true;
    case KW_BIT:
    case KW_FLOAT:
        return p->traits->caret_power && !(t[1].flags & TOKEN_PREFIXED);
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

struct sql_expr *parse_typed_literal(struct parser *p) {
    const struct token *first = p->t;
    struct sql_type *type = parse_type(p);
    if (p->t->type != TOKEN_STRING) parse_expected(p, "a string");
    struct sql_expr *value = parse_string_literal(p);
    struct sql_expr *e = expr_new(p, EX_LITERAL, LIT_TYPED, first);
    e->type = type;
    expr_args(p, e, &value, 1);
    return e;
}
