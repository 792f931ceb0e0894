/* parse_script.c - the doors of the parser: whole texts, parts of files, single queries and expressions. */
#include "sql_parser.h"

static void parser_open(struct parser *p, struct arena *arena, struct str text, enum dialect dialect, const struct sql_origin *origin) {
    static const char empty[] = "";
    if (!text.p) text = (struct str){empty, 0};
    *p = (struct parser){.arena = arena, .text = text, .dialect = dialect, .traits = dialect_traits(dialect), .origin = origin};
    p->tokens = sql_lex(arena, text, dialect);
    p->t = p->tokens->at;
}

void sql_parse_part(struct arena *arena, struct str text, enum dialect dialect, const struct sql_origin *origin, struct sql_script **out) {
    struct parser *p = arena_new(arena, struct parser);
    struct sql_script *script = arena_new(arena, struct sql_script);
    VEC(struct sql_statement *) list = {0};
    if ((unsigned)dialect >= DIALECT_COUNT) dialect = DIALECT_DATABRICKS;
    parser_open(p, arena, text, dialect, origin);
    script->dialect = dialect;
    script->text = p->text;
    for (;;) {
        while (parse_at(p, SY_SEMICOLON) || (p->t->type != TOKEN_END && parse_at_end(p))) p->t++;
        if (p->t->type == TOKEN_END) break;
        size_t before = p->errors.n;
        struct sql_statement *s = parse_statement(p);
        for (size_t i = before; i < p->errors.n; i++) p->errors.at[i].statement = (uint32_t)list.n;
        *vec_add(arena, &list) = s;
        parse_routine_note(p, s);
        script->understood += s->understood;
    }
    if (text.n > SQL_LEX_MAX) {
        struct sql_error *e = vec_add(arena, &p->errors);
        *e = (struct sql_error){.range = parse_token_range(p, p->t, p->t),
                                .message = "the text is longer than 64 MB: the rest was not read",
                                .statement = (uint32_t)list.n};
    }
    script->statements = list.at;
    script->statement_count = (uint32_t)list.n;
    script->errors = p->errors.at;
    script->error_count = (uint32_t)p->errors.n;
    sql_lex_free(p->tokens);
    *out = script;
}

void sql_parse_script(struct arena *arena, struct str text, enum dialect dialect, struct sql_script **out) {
    sql_parse_part(arena, text, dialect, NULL, out);
}

void sql_parse_guess(struct arena *arena, struct str text, enum dialect dialect, const struct sql_origin *origin, struct sql_script **out) {
    struct sql_script *only = NULL;
    int count = 0;
    sql_parse_part(arena, text, dialect, origin, out);
    if ((*out)->error_count == 0 || text.n > SQL_GUESS_MAX) return;
    for (int d = 0; d < DIALECT_COUNT; d++) {
        struct sql_script *other;
        if ((enum dialect)d == dialect || (d == DIALECT_SPARK && dialect == DIALECT_DATABRICKS) ||
            (d == DIALECT_DATABRICKS && dialect == DIALECT_SPARK))
            continue;
        sql_parse_part(arena, text, (enum dialect)d, origin, &other);
        if (other->error_count) continue;
        only = other;
        count++;
    }
    if (count == 1) *out = only;
}

/* ---------------------------------------------------------------- one thing alone */

typedef void *(*reader)(struct parser *p, uint32_t *count);

static void *read_query(struct parser *p, uint32_t *count) { return parse_query(p); }
static void *read_expr(struct parser *p, uint32_t *count) {
    p->in_call = 1; /* a lambda may be all of it */
    return parse_at(p, SY_STAR) ? parse_star(p, NULL, p->t) : parse_expr(p);
}
static void *read_type(struct parser *p, uint32_t *count) { return parse_type(p); }
static void *read_name(struct parser *p, uint32_t *count) { return parse_table_name(p); }
static void *read_columns(struct parser *p, uint32_t *count) { return parse_fields(p, KW_NONE, count); }
static void *read_item(struct parser *p, uint32_t *count) {
    struct sql_item *items = parse_items(p, count);
    if (*count != 1) parse_expected(p, "one item");
    return items;
}

static void *one(struct arena *arena, struct str text, enum dialect dialect, reader read, uint32_t *count, struct sql_error *error) {
    struct parser *p = arena_new(arena, struct parser);
    jmp_buf place;
    if ((unsigned)dialect >= DIALECT_COUNT) dialect = DIALECT_DATABRICKS;
    parser_open(p, arena, text, dialect, NULL);
    p->fail = &place;
    if (setjmp(place)) {
        if (error) *error = (struct sql_error){.range = parse_token_range(p, p->where, p->where), .message = p->message};
        sql_lex_free(p->tokens);
        return NULL;
    }
    if (p->t->type == TOKEN_END) parse_expected(p, "a text");
    void *out = read(p, count);
    parse_take(p, SY_SEMICOLON);
    if (p->t->type != TOKEN_END) parse_expected(p, "the end");
    sql_lex_free(p->tokens);
    return out;
}

struct sql_query *sql_parse_query(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error) {
    return one(arena, text, dialect, read_query, NULL, error);
}

struct sql_expr *sql_parse_expr(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error) {
    return one(arena, text, dialect, read_expr, NULL, error);
}

struct sql_item *sql_parse_item(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error) {
    uint32_t count = 0;
    return one(arena, text, dialect, read_item, &count, error);
}

struct sql_type *sql_parse_type(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error) {
    return one(arena, text, dialect, read_type, NULL, error);
}

struct sql_name *sql_parse_name(struct arena *arena, struct str text, enum dialect dialect, struct sql_error *error) {
    return one(arena, text, dialect, read_name, NULL, error);
}

struct sql_column *sql_parse_columns(struct arena *arena, struct str text, enum dialect dialect, uint32_t *count, struct sql_error *error) {
    *count = 0;
    return one(arena, text, dialect, read_columns, count, error);
}
