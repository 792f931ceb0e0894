/* parse_column.c - column lists of CREATE TABLE: columns, constraints, expectations; and lists of properties. */
#include "sql_parser.h"

static void tail_add(struct parser *p, struct str *tail, const struct token *first) {
    struct str text = parse_verbatim(p, first);
    *tail = tail->n ? str_of(arena_printf(p->arena, "%.*s %.*s", STR_ARG(*tail), STR_ARG(text))) : text;
}

/* ON DELETE CASCADE, DEFERRABLE, RELY ...: what may follow any constraint. */
static void constraint_tail(struct parser *p, uint32_t *flags, struct str *tail) {
    for (;;) {
        const struct token *first = p->t;
        if (parse_take2(p, KW_NOT, KW_ENFORCED)) *flags |= SQL_COLUMN_NOT_ENFORCED;
        else if (parse_take(p, KW_ENFORCED)) *flags |= SQL_COLUMN_ENFORCED;
        else if (parse_take(p, KW_RELY)) *flags |= SQL_COLUMN_RELY;
        else if (parse_at(p, KW_ON) && (parse_next_is(p, 1, KW_DELETE) || parse_next_is(p, 1, KW_UPDATE)) && p->t[2].type == TOKEN_WORD) {
            bool two = p->t[2].keyword == KW_SET || p->t[2].keyword == KW_NO;
            p->t += two ? 4 : 3;
            if (two && parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            *flags |= SQL_COLUMN_ON_DELETE;
            tail_add(p, tail, first);
        } else if (parse_at(p, KW_DEFERRABLE) || parse_word_is(p, 0, "initially") || parse_word_is(p, 0, "norely") ||
                   parse_word_is(p, 0, "disable") || parse_word_is(p, 0, "enable") || parse_word_is(p, 0, "validate") ||
                   parse_word_is(p, 0, "novalidate") || parse_word_is(p, 0, "valid")) {
            if (parse_take_word(p, "initially")) parse_skip(p);
            else p->t++;
            tail_add(p, tail, first);
        } else if (parse_at(p, KW_NOT) && (parse_next_is(p, 1, KW_DEFERRABLE) || parse_word_is(p, 1, "valid"))) {
            p->t += 2;
            tail_add(p, tail, first);
        } else if (parse_at(p, KW_MATCH) && p->t[1].type == TOKEN_WORD) {
            p->t += 2;
            tail_add(p, tail, first);
        } else {
            return;
        }
    }
}

static void references_read(struct parser *p, struct sql_name **name, struct sql_ident **columns, uint32_t *count) {
    *name = parse_table_name(p);
    if (parse_at(p, SY_LPAREN)) *columns = parse_ident_list(p, count);
}

/* (a, b DESC, lower(c)): the plain names of it. */
static struct sql_ident *key_columns(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    parse_must(p, SY_LPAREN);
    while (!parse_at(p, SY_RPAREN)) {
        if (p->t[1].keyword == SY_COMMA || p->t[1].keyword == SY_RPAREN || p->t[1].type == TOKEN_WORD ||
            (parse_next_is(p, 1, SY_LPAREN) && p->t[2].type == TOKEN_NUMBER)) {
            struct sql_ident one = parse_any_ident(p);
            list_push(p, &one, sizeof one);
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        }
        while (!parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN)) {
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else parse_skip(p);
        }
        if (!parse_take(p, SY_COMMA)) break;
    }
    parse_must(p, SY_RPAREN);
    return list_take(p, mark, sizeof(struct sql_ident), count);
}

static void expect_read(struct parser *p, struct sql_constraint *c) {
    c->kind = CONSTRAINT_EXPECT;
    bool brackets = parse_at(p, SY_LPAREN);
    c->expr = parse_expr(p);
    (void)brackets;
    if (!parse_at(p, KW_ON) || !parse_next_is(p, 1, KW_VIOLATION)) return;
    p->t += 2;
    if (parse_take2(p, KW_DROP, KW_ROW)) c->violation = VIOLATION_DROP_ROW;
    else if (parse_take2(p, KW_FAIL, KW_UPDATE)) c->violation = VIOLATION_FAIL_UPDATE;
    else parse_expected(p, "DROP ROW or FAIL UPDATE");
}

bool parse_constraint_starts(const struct parser *p) {
    const struct token *next = p->t + 1;
    switch (p->t->keyword) {
    case KW_CONSTRAINT:
        return next->type == TOKEN_WORD || next->type == TOKEN_QUOTED || next->type == TOKEN_PARAM;
    case KW_PRIMARY:
    case KW_FOREIGN:
        return next->keyword == KW_KEY;
    case KW_UNIQUE:
        return next->keyword == SY_LPAREN || next->keyword == KW_KEY || next->keyword == KW_INDEX ||
               (next->type != TOKEN_OP && next[1].keyword == SY_LPAREN);
    case KW_CHECK:
        return next->keyword == SY_LPAREN;
    case KW_KEY:
    case KW_INDEX:
        return next->keyword == SY_LPAREN ||
               (next[1].keyword == SY_LPAREN && (p->dialect == DIALECT_MYSQL || p->dialect == DIALECT_TSQL || p->dialect == DIALECT_CLICKHOUSE)) ||
               (p->dialect == DIALECT_CLICKHOUSE && next->type == TOKEN_WORD);
    case KW_LIKE:
        return next->type == TOKEN_WORD || next->type == TOKEN_QUOTED;
    case KW_EXCLUDE:
        return next->keyword == KW_USING;
    case KW_PERIOD:
        return next->keyword == KW_FOR;
    case KW_PROJECTION:
        return p->dialect == DIALECT_CLICKHOUSE && next->type == TOKEN_WORD;
    default:
        return false;
    }
}

static void constraint_kind(struct parser *p, struct sql_constraint *c) {
    const struct token *first = p->t;
    if (parse_take2(p, KW_PRIMARY, KW_KEY) || parse_at(p, KW_UNIQUE)) {
        c->kind = parse_take(p, KW_UNIQUE) ? CONSTRAINT_UNIQUE : CONSTRAINT_PRIMARY;
        for (int i = 0; i < 6 && !parse_at(p, SY_LPAREN) && !parse_at_end(p) && !parse_at(p, SY_COMMA); i++)
            p->t++; /* KEY, a name, CLUSTERED, NULLS NOT DISTINCT */
        if (!parse_at_end(p) || p->t[-2].keyword != KW_INDEX) c->columns = key_columns(p, &c->column_count); /* else UNIQUE USING INDEX i */
    } else if (parse_take2(p, KW_FOREIGN, KW_KEY)) {
        c->kind = CONSTRAINT_FOREIGN;
        if (!parse_at(p, SY_LPAREN)) parse_ident(p);
        c->columns = parse_ident_list(p, &c->column_count);
        parse_must(p, KW_REFERENCES);
        references_read(p, &c->references, &c->reference_columns, &c->reference_count);
    } else if (parse_take(p, KW_CHECK)) {
        c->kind = CONSTRAINT_CHECK;
        c->expr = parse_expr(p);
    } else if (parse_take(p, KW_EXPECT)) {
        expect_read(p, c);
    } else {
        c->kind = CONSTRAINT_OTHER;
        while (!parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN) && !parse_at_end(p)) {
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else p->t++;
        }
        c->tail = parse_verbatim(p, first);
    }
}

struct sql_constraint parse_constraint(struct parser *p) {
    struct sql_constraint c = {0};
    const struct token *first = p->t;
    if (parse_take(p, KW_CONSTRAINT) && !(parse_at(p, KW_CHECK) && parse_next_is(p, 1, SY_LPAREN)) && !parse_next_is(p, 1, SY_COMMA))
        c.name = parse_any_ident(p);
    constraint_kind(p, &c);
    constraint_tail(p, &c.flags, &c.tail);
    if (c.kind == CONSTRAINT_PRIMARY || c.kind == CONSTRAINT_UNIQUE || c.kind == CONSTRAINT_FOREIGN || c.kind == CONSTRAINT_CHECK) {
        const struct token *more = p->t;
        while (!parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN) && !parse_at_end(p)) {
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else p->t++;
        }
        if (p->t > more) tail_add(p, &c.tail, more);
    }
    c.range = parse_range(p, first);
    return c;
}

/* ---------------------------------------------------------------- columns */

static bool type_follows(const struct parser *p) {
    const struct token *t = p->t;
    if (t->type == TOKEN_QUOTED) return true;
    if (t->type != TOKEN_WORD && t->type != TOKEN_PARAM) return false;
    switch (t->keyword) {
    case KW_COMMENT:
        return t[1].type != TOKEN_STRING;
    case KW_NOT:
    case KW_NULL:
    case KW_CONSTRAINT:
    case KW_PRIMARY:
    case KW_DEFAULT:
    case KW_GENERATED:
    case KW_REFERENCES:
    case KW_CHECK:
    case KW_UNIQUE:
    case KW_COLLATE:
    case KW_WITH:
    case KW_TAG:
    case KW_AS:
    case KW_OPTIONS:
    case KW_MASK:
    case KW_MATERIALIZED:
    case KW_ASC:
    case KW_DESC:
        return false;
    default:
        return true;
    }
}

static void generated_read(struct parser *p, struct sql_column *c) {
    const struct token *first = p->t;
    if (parse_take(p, KW_GENERATED)) {
        if (!parse_take(p, KW_ALWAYS)) {
            parse_must(p, KW_BY);
            parse_must(p, KW_DEFAULT);
            if (parse_take(p, KW_ON)) parse_must(p, KW_NULL);
        }
    }
    parse_must(p, KW_AS);
    if (parse_take(p, KW_IDENTITY)) {
        c->flags |= SQL_COLUMN_IDENTITY;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        tail_add(p, &c->tail, first);
        return;
    }
    if (parse_take(p, KW_ROW)) { /* temporal tables */
        parse_skip(p);
        tail_add(p, &c->tail, first);
        return;
    }
    c->flags |= SQL_COLUMN_GENERATED;
    c->generated = parse_expr_above(p, 65);
    if (parse_at(p, KW_STORED) || parse_at(p, KW_VIRTUAL) || parse_word_is(p, 0, "persisted")) {
        const struct token *word = p->t++;
        tail_add(p, &c->tail, word);
    }
}

static bool column_attribute(struct parser *p, struct sql_column *c) {
    const struct token *first = p->t;
    switch (p->t->keyword) {
    case KW_NOT:
        if (parse_take2(p, KW_NOT, KW_NULL)) return c->flags |= SQL_COLUMN_NOT_NULL, true;
        if (parse_take2(p, KW_NOT, KW_ENFORCED)) return c->flags |= SQL_COLUMN_NOT_ENFORCED, true;
        return false;
    case KW_NULL:
        p->t++;
        return c->flags |= SQL_COLUMN_NULL, true;
    case KW_PRIMARY:
        if (!parse_take2(p, KW_PRIMARY, KW_KEY)) return false;
        return c->flags |= SQL_COLUMN_PRIMARY, true;
    case KW_UNIQUE:
        p->t++;
        parse_take(p, KW_KEY);
        return c->flags |= SQL_COLUMN_UNIQUE, true;
    case KW_REFERENCES:
        p->t++;
        references_read(p, &c->references, &c->reference_columns, &c->reference_count);
        return c->flags |= SQL_COLUMN_REFERENCES, true;
    case KW_FOREIGN:
        if (!parse_take3(p, KW_FOREIGN, KW_KEY, KW_REFERENCES)) return false;
        references_read(p, &c->references, &c->reference_columns, &c->reference_count);
        return c->flags |= SQL_COLUMN_REFERENCES, true;
    case KW_DEFAULT:
        p->t++;
        return c->default_value = parse_expr_above(p, 65), true;
    case KW_GENERATED:
        return generated_read(p, c), true;
    case KW_AS:
        if (p->dialect == DIALECT_TSQL || parse_next_is(p, 1, SY_LPAREN)) return generated_read(p, c), true;
        return false;
    case KW_AUTO_INCREMENT:
        p->t++;
        return c->flags |= SQL_COLUMN_IDENTITY, true;
    case KW_IDENTITY:
        p->t++;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        tail_add(p, &c->tail, first);
        return c->flags |= SQL_COLUMN_IDENTITY, true;
    case KW_COMMENT:
        if (p->t[1].type != TOKEN_STRING && !parse_next_is(p, 1, SY_EQ)) return false;
        p->t++;
        parse_take(p, SY_EQ);
        return c->comment = parse_string(p), true;
    case KW_CHECK:
        if (!parse_next_is(p, 1, SY_LPAREN)) return false;
        p->t++;
        return c->check = parse_expr(p), true;
    case KW_CONSTRAINT:
        p->t++;
        parse_any_ident(p);
        return true;
    default:
        return false;
    }
}

static bool column_ends(const struct parser *p) {
    return parse_at(p, SY_COMMA) || parse_at(p, SY_RPAREN) || p->t->type == TOKEN_END || parse_at(p, SY_SEMICOLON);
}

static struct sql_column column_read(struct parser *p) {
    struct sql_column c = {0};
    const struct token *first = p->t;
    bool mode = (parse_at(p, KW_IN) || parse_at(p, KW_OUT) || parse_at(p, KW_INOUT) || parse_word_is(p, 0, "variadic")) && p->t[1].type != TOKEN_OP &&
                !parse_next_is(p, 2, SY_COMMA) && !parse_next_is(p, 2, SY_RPAREN);
    if (mode) c.mode = parse_word(p, p->t++);
    c.name = parse_any_ident(p);
    if (type_follows(p)) c.type = parse_type(p);
    while (!column_ends(p)) {
        const struct token *at = p->t;
        if (column_attribute(p, &c)) continue;
        constraint_tail(p, &c.flags, &c.tail);
        if (p->t > at) continue;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else parse_skip(p);
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        tail_add(p, &c.tail, at);
    }
    c.range = parse_range(p, first);
    return c;
}

struct sql_column *parse_column_defs(struct parser *p, uint32_t *count, struct sql_constraint **constraints, uint32_t *constraint_count) {
    VEC(struct sql_constraint) extra = {0};
    bool brackets = parse_take(p, SY_LPAREN);
    size_t mark = list_start(p);
    for (uint32_t i = 0; i < constraint_count[0]; i++) *vec_add(p->arena, &extra) = (*constraints)[i];
    while (!(brackets ? parse_at(p, SY_RPAREN) : parse_at_end(p))) {
        if (parse_constraint_starts(p)) {
            struct sql_constraint c = parse_constraint(p);
            *vec_add(p->arena, &extra) = c;
        } else if (parse_at(p, SY_STAR) || (parse_at(p, SY_DOT) && p->t[1].keyword == SY_DOT)) {
            p->t++;
        } else {
            struct sql_column c = column_read(p);
            list_push(p, &c, sizeof c);
        }
        if (!parse_take(p, SY_COMMA) && !(brackets && parse_constraint_starts(p))) break;
    }
    if (brackets) parse_must(p, SY_RPAREN);
    *constraints = extra.at;
    *constraint_count = (uint32_t)extra.n;
    return list_take(p, mark, sizeof(struct sql_column), count);
}

/* ---------------------------------------------------------------- properties */

static void property_key(struct parser *p, struct sql_property *property) {
    const struct token *first = p->t;
    if (p->t->type == TOKEN_STRING) {
        property->key = parse_string(p);
        return;
    }
    parse_any_ident(p);
    while (parse_at(p, SY_DOT) || (parse_at(p, SY_MINUS) && !(p->t->flags & TOKEN_SPACED))) {
        p->t++;
        parse_any_ident(p);
    }
    property->key = parse_verbatim(p, first);
}

struct sql_property *parse_properties(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    parse_must(p, SY_LPAREN);
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_property property = {0};
        property_key(p, &property);
        bool value = parse_take(p, SY_EQ) || parse_take(p, SY_ARROW) || parse_take(p, SY_COLON);
        const struct token *first = p->t;
        if (parse_at(p, SY_LPAREN) && !value) {
            parse_skip_brackets(p);
            property.text = parse_verbatim(p, first);
        } else if (!parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN) && !parse_at(p, KW_ON)) {
            property.value = parse_expr(p);
        }
        while (value && !parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN)) { /* tsql: SYSTEM_VERSIONING = ON (..) */
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else parse_skip(p);
            property.value = NULL;
            property.text = parse_verbatim(p, first);
        }
        list_push(p, &property, sizeof property);
        if (!parse_take(p, SY_COMMA) && parse_at(p, SY_RPAREN)) break;
    }
    parse_must(p, SY_RPAREN);
    return list_take(p, mark, sizeof(struct sql_property), count);
}
