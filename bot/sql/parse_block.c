/* parse_block.c - scripts inside scripts: BEGIN .. END, IF, loops, DECLARE, SET. */
#include "sql_parser.h"

bool parse_ends_body(const struct parser *p) {
    switch (p->t->keyword) {
    case KW_END:
    case KW_ELSE:
    case KW_ELSEIF:
    case KW_ELSIF:
    case KW_WHEN:
    case KW_UNTIL:
        return true;
    case KW_EXCEPTION:
        return parse_next_is(p, 1, KW_WHEN);
    default:
        return p->t->type == TOKEN_END;
    }
}

struct sql_statement **parse_body(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    parse_nest(p);
    p->block_depth++;
    for (;;) {
        while (parse_take(p, SY_SEMICOLON)) continue;
        if (parse_ends_body(p) || (p->dialect == DIALECT_TSQL && parse_at_end(p))) break;
        struct sql_statement *s = parse_statement(p);
        list_push(p, &s, sizeof s);
    }
    p->block_depth--;
    p->nest--;
    return list_take(p, mark, sizeof(struct sql_statement *), count);
}

/* ---------------------------------------------------------------- parts are collected, in order, for the one block */

struct parts {
    VEC(struct sql_statement *) body;
    VEC(struct sql_expr *) exprs;
};

static void body_add(struct parser *p, struct parts *parts) {
    uint32_t count;
    struct sql_statement **list = parse_body(p, &count);
    for (uint32_t i = 0; i < count; i++) *vec_add(p->arena, &parts->body) = list[i];
}

static void expr_add(struct parser *p, struct parts *parts) {
    struct sql_expr *e = parse_expr(p);
    *vec_add(p->arena, &parts->exprs) = e;
}

static void parts_store(struct sql_statement *s, const struct parts *parts) {
    s->body = parts->body.at;
    s->body_count = (uint32_t)parts->body.n;
    s->exprs = parts->exprs.at;
    s->expr_count = (uint32_t)parts->exprs.n;
}

static void end_read(struct parser *p, enum sql_keyword word) {
    parse_must(p, KW_END);
    if (word != KW_NONE) parse_take(p, word);
    if (p->dialect == DIALECT_TSQL) {
        if (!parse_take_word(p, "try")) parse_take_word(p, "catch");
        return;
    }
    if (p->t->type == TOKEN_WORD && p->t->keyword == KW_NONE && !(p->t->flags & TOKEN_NEW_LINE)) p->t++; /* a label */
}

/* tsql: IF cond statement [ELSE statement]; the others: IF cond THEN .. END IF. */
static void if_read(struct parser *p, struct sql_statement *s) {
    struct parts parts = {0};
    p->t++;
    s->verb = STR("IF");
    expr_add(p, &parts);
    if (!parse_take(p, KW_THEN)) {
        if (p->dialect != DIALECT_TSQL) parse_expected(p, "THEN");
        p->block_depth++;
        *vec_add(p->arena, &parts.body) = parse_inner_statement(p);
        parse_take(p, SY_SEMICOLON);
        if (parse_take(p, KW_ELSE)) *vec_add(p->arena, &parts.body) = parse_inner_statement(p);
        p->block_depth--;
        parts_store(s, &parts);
        return;
    }
    body_add(p, &parts);
    while (parse_at(p, KW_ELSEIF) || parse_at(p, KW_ELSIF) || parse_at(p, KW_ELSE)) {
        if (p->t++->keyword != KW_ELSE) {
            expr_add(p, &parts);
            parse_must(p, KW_THEN);
        }
        body_add(p, &parts);
    }
    end_read(p, KW_IF);
    parts_store(s, &parts);
}

static void case_statement(struct parser *p, struct sql_statement *s) {
    struct parts parts = {0};
    p->t++;
    s->verb = STR("CASE");
    if (!parse_at(p, KW_WHEN)) expr_add(p, &parts);
    while (parse_take(p, KW_WHEN)) {
        expr_add(p, &parts);
        parse_must(p, KW_THEN);
        body_add(p, &parts);
    }
    if (parse_take(p, KW_ELSE)) body_add(p, &parts);
    end_read(p, KW_CASE);
    parts_store(s, &parts);
}

static void while_read(struct parser *p, struct sql_statement *s) {
    struct parts parts = {0};
    p->t++;
    s->verb = STR("WHILE");
    expr_add(p, &parts);
    if (!parse_take(p, KW_DO) && !parse_take(p, KW_LOOP)) {
        if (p->dialect != DIALECT_TSQL) parse_expected(p, "DO");
        p->block_depth++;
        *vec_add(p->arena, &parts.body) = parse_inner_statement(p);
        p->block_depth--;
        parts_store(s, &parts);
        return;
    }
    body_add(p, &parts);
    end_read(p, parse_next_is(p, 1, KW_LOOP) ? KW_LOOP : KW_WHILE);
    parts_store(s, &parts);
}

static void loop_read(struct parser *p, struct sql_statement *s) {
    struct parts parts = {0};
    bool repeat = parse_at(p, KW_REPEAT);
    p->t++;
    s->verb = repeat ? STR("REPEAT") : STR("LOOP");
    body_add(p, &parts);
    if (repeat) {
        parse_must(p, KW_UNTIL);
        expr_add(p, &parts);
    }
    end_read(p, repeat ? KW_REPEAT : KW_LOOP);
    parts_store(s, &parts);
}

/* FOR x AS query DO, FOR x IN (query) DO, FOR i IN 1 TO 10 DO, FOR i IN 1..10 LOOP */
static void for_read(struct parser *p, struct sql_statement *s) {
    struct parts parts = {0};
    p->t++;
    s->verb = STR("FOR");
    if (!parse_query_starts(p, p->t)) {
        parse_any_ident(p);
        if (!parse_take(p, KW_AS)) parse_must(p, KW_IN);
        if (parse_word_is(p, 0, "reverse")) p->t++;
    }
    if (parse_query_starts(p, p->t) || (parse_at(p, SY_LPAREN) && parse_query_starts(p, p->t + 1))) {
        s->query = parse_query(p);
    } else {
        while (!parse_at(p, KW_DO) && !parse_at(p, KW_LOOP) && !parse_at(p, SY_SEMICOLON) && p->t->type != TOKEN_END) p->t++;
    }
    if (!parse_take(p, KW_DO) && !parse_take(p, KW_LOOP)) parse_expected(p, "DO");
    body_add(p, &parts);
    end_read(p, parse_next_is(p, 1, KW_LOOP) ? KW_LOOP : KW_FOR);
    parts_store(s, &parts);
}

static void begin_read(struct parser *p, struct sql_statement *s) {
    struct parts parts = {0};
    p->t++;
    s->verb = STR("BEGIN");
    if (parse_take(p, KW_NOT)) parse_must(p, KW_ATOMIC);
    else parse_take(p, KW_ATOMIC);
    if (parse_word_is(p, 0, "try") || parse_word_is(p, 0, "catch")) p->t++;
    body_add(p, &parts);
    if (parse_take(p, KW_EXCEPTION)) {
        while (parse_take(p, KW_WHEN)) {
            while (!parse_at(p, KW_THEN) && p->t->type != TOKEN_END && !parse_at(p, SY_SEMICOLON)) p->t++;
            parse_must(p, KW_THEN);
            body_add(p, &parts);
        }
    }
    end_read(p, KW_NONE);
    parts_store(s, &parts);
}

/* ---------------------------------------------------------------- DECLARE, SET */

static void skip_to_end(struct parser *p) {
    while (!parse_at_end(p)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
}

static bool declare_special(struct parser *p, struct sql_statement *s) {
    const struct token *t = p->t;
    bool cursor = false, handler = false, condition = false;
    for (int i = 0; i < 6 && t[i].type != TOKEN_END && t[i].keyword != SY_SEMICOLON; i++) {
        if (t[i].keyword == KW_CURSOR) cursor = true;
        if (t[i].keyword == KW_HANDLER) handler = true;
        if (i == 1 && parse_word_is(p, 1, "condition") && (t[2].keyword == KW_FOR || t[2].keyword == SY_SEMICOLON)) condition = true;
        if (i > 4) break;
    }
    if (condition) return skip_to_end(p), true;
    if (!cursor && !handler) return false;
    while (!parse_at(p, KW_FOR) && !parse_at_end(p)) p->t++;
    if (!parse_take(p, KW_FOR)) return true;
    if (cursor) {
        if (parse_query_starts(p, p->t) || parse_at(p, SY_LPAREN)) s->query = parse_query(p);
        else skip_to_end(p);
        return true;
    }
    while (!parse_at_end(p) && !parse_at(p, KW_BEGIN) && !parse_at(p, KW_SET) && !parse_at(p, KW_ROLLBACK) && !parse_at(p, KW_INSERT) &&
           !parse_at(p, KW_SELECT) && !parse_at(p, KW_RESIGNAL))
        p->t++;
    if (parse_at_end(p)) return true;
    s->body = parse_new(p, struct sql_statement *);
    s->body[0] = parse_inner_statement(p);
    s->body_count = 1;
    return true;
}

/* One of: a, b INT DEFAULT 1 | @a INT = 1 | a := 1 */
static void variable_read(struct parser *p, size_t *pushed) {
    struct sql_column c = {0};
    const struct token *first = p->t;
    c.name = parse_any_ident(p);
    (*pushed)++;
    parse_take(p, KW_AS);
    bool typed = !parse_at_end(p) && !parse_at(p, KW_DEFAULT) && !parse_at(p, SY_EQ) && !parse_at(p, SY_ASSIGN) && !parse_at(p, SY_COMMA);
    if (typed && parse_at(p, KW_TABLE)) {
        skip_to_end(p);
        c.tail = parse_verbatim(p, first);
    } else if (typed) {
        c.type = parse_type(p);
    }
    if (parse_take2(p, KW_NOT, KW_NULL)) c.flags |= SQL_COLUMN_NOT_NULL;
    if (parse_take(p, KW_DEFAULT) || parse_take(p, SY_EQ) || parse_take(p, SY_ASSIGN)) c.default_value = parse_expr(p);
    c.range = parse_range(p, first);
    list_push(p, &c, sizeof c);
}

static void declare_one(struct parser *p, struct sql_statement *s) {
    s->kind = STMT_DECLARE;
    s->verb = STR("DECLARE");
    if (declare_special(p, s)) return;
    parse_take2(p, KW_OR, KW_REPLACE);
    if (parse_at(p, KW_VARIABLE) || (parse_word_is(p, 0, "var") && p->t[1].type == TOKEN_WORD)) p->t++;
    s->create = parse_new(p, struct sql_create);
    size_t mark = list_start(p), pushed = 0;
    do variable_read(p, &pushed);
    while (parse_take(p, SY_COMMA));
    s->create->columns = list_take(p, mark, sizeof *s->create->columns, &s->create->column_count);
}

/* DECLARE a INT; b TEXT; BEGIN .. END: the head of a block in snowflake and oracle. */
static void declare_read(struct parser *p, struct sql_statement *s) {
    p->t++;
    bool section = p->dialect == DIALECT_SNOWFLAKE || p->dialect == DIALECT_ORACLE;
    if (!section) return declare_one(p, s);
    VEC(struct sql_statement *) body = {0};
    s->kind = STMT_BLOCK;
    s->verb = STR("DECLARE");
    while (!parse_at(p, KW_BEGIN) && p->t->type != TOKEN_END) {
        const struct token *first = p->t;
        struct sql_statement *one = statement_new(p, STMT_DECLARE);
        declare_one(p, one);
        one->understood = true;
        one->text = parse_verbatim(p, first);
        one->range = parse_range(p, first);
        *vec_add(p->arena, &body) = one;
        if (!parse_take(p, SY_SEMICOLON)) break;
    }
    if (parse_at(p, KW_BEGIN)) *vec_add(p->arena, &body) = parse_inner_statement(p);
    s->body = body.at;
    s->body_count = (uint32_t)body.n;
}

static void set_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_SET;
    bool variable = parse_at(p, KW_VARIABLE) || (parse_word_is(p, 0, "var") && p->t[1].type != TOKEN_OP);
    if (variable) p->t++;
    parse_verb(p, s, first);
    for (const struct token *t = p->t; p->dialect == DIALECT_MYSQL && t->type != TOKEN_END && t->keyword != SY_SEMICOLON; t++) {
        if (t->keyword == SY_COMMA && t[1].type == TOKEN_WORD && t[2].type == TOKEN_WORD && (t[1].keyword == KW_GLOBAL || t[1].keyword == KW_SESSION))
            return parse_tail(p, s); /* SET @a = 1, GLOBAL x = 2 */
    }
    bool lake = p->traits->number_suffix;
    bool names = p->t[1].keyword == SY_EQ || p->t[1].keyword == SY_ASSIGN || parse_at(p, SY_LPAREN);
    if (variable || (lake ? p->block_depth > 0 && names : names && p->dialect != DIALECT_POSTGRES && p->dialect != DIALECT_REDSHIFT)) {
        s->assignments = parse_assignments(p, &s->assignment_count);
        if (parse_at_end(p) || p->block_depth) return;
    }
    parse_tail(p, s);
}

/* BEGIN; BEGIN TRANSACTION: no block. */
static bool begins_transaction(const struct parser *p) {
    const struct token *next = p->t + 1;
    return next->keyword == SY_SEMICOLON || next->type == TOKEN_END || next->keyword == KW_TRANSACTION || next->keyword == KW_WORK ||
           parse_word_is(p, 1, "tran") || parse_word_is(p, 1, "deferred") || parse_word_is(p, 1, "immediate") || parse_word_is(p, 1, "isolation");
}

bool parse_block(struct parser *p, struct sql_statement *s) {
    const struct token *t = p->t;
    if ((t->type == TOKEN_WORD || t->type == TOKEN_QUOTED) && t[1].keyword == SY_COLON && t[2].type == TOKEN_WORD) { /* label: */
        s->label = parse_any_ident(p);
        p->t++;
        t = p->t;
    }
    s->kind = STMT_BLOCK;
    switch (t->keyword) {
    case KW_BEGIN:
        if (begins_transaction(p)) break;
        return begin_read(p, s), true;
    case KW_IF:
        return if_read(p, s), true;
    case KW_CASE:
        return case_statement(p, s), true;
    case KW_WHILE:
        return while_read(p, s), true;
    case KW_LOOP:
        return loop_read(p, s), true;
    case KW_REPEAT:
        return loop_read(p, s), true;
    case KW_FOR:
        return for_read(p, s), true;
    case KW_DECLARE:
        return declare_read(p, s), true;
    case KW_SET:
        return set_read(p, s), true;
    default:
        break;
    }
    s->kind = STMT_UNKNOWN;
    return false;
}
