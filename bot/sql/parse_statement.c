/* parse_statement.c - scripts: one statement after another, and how to go on after one that is not understood. */
#include "sql_parser.h"

#include <ctype.h>

#define VERB_MAX 80

bool parse_at_end(const struct parser *p) {
    const struct token *t = p->t;
    if (t->keyword == SY_SEMICOLON || t->type == TOKEN_END) return true;
    if (t->keyword == SY_GET_TEXT && p->dialect == DIALECT_SNOWFLAKE) return true; /* s1 ->> s2: s2 reads the rows of s1 */
    if (!(t->flags & TOKEN_NEW_LINE) && t != p->tokens->at) return false;
    bool alone = t[1].type == TOKEN_END || (t[1].flags & TOKEN_NEW_LINE);
    if (t->keyword == KW_GO && alone) return true;
    if (t->keyword == SY_SLASH && alone && (p->dialect == DIALECT_ORACLE || p->dialect == DIALECT_TSQL)) return true;
    return false;
}

struct sql_statement *statement_new(struct parser *p, enum sql_statement_kind kind) {
    struct sql_statement *s = parse_new(p, struct sql_statement);
    s->kind = kind;
    return s;
}

void parse_verb(struct parser *p, struct sql_statement *s, const struct token *first) {
    struct buf b = buf_new(p->arena);
    for (const struct token *t = first; t < p->t && b.n < VERB_MAX; t++) {
        if (t->type != TOKEN_WORD) break;
        if (b.n) buf_char(&b, ' ');
        for (uint32_t i = t->start; i < t->end && b.n < VERB_MAX; i++) buf_char(&b, (char)toupper((unsigned char)p->text.p[i]));
    }
    s->verb = (struct str){buf_str(&b), b.n};
}

/* ---------------------------------------------------------------- refs by words */

static const struct token *guess_name(struct parser *p, const struct token *t, const struct token *end, struct sql_name **out) {
    size_t mark = list_start(p);
    const struct token *first = t;
    for (int i = 0; i < 8 && t < end; i++) {
        if (t->type != TOKEN_WORD && t->type != TOKEN_QUOTED && t->type != TOKEN_PARAM) break;
        struct sql_ident part = {.text = t->type == TOKEN_QUOTED ? sql_lex_value(p->arena, p->text, t, p->dialect) : parse_word(p, t),
                                 .quoted = t->type == TOKEN_QUOTED,
                                 .templated = (t->flags & TOKEN_TEMPLATED) != 0};
        list_push(p, &part, sizeof part);
        t++;
        if (t >= end || t->keyword != SY_DOT) break;
        t++;
    }
    struct sql_name *name = parse_new(p, struct sql_name);
    name->parts = list_take(p, mark, sizeof *name->parts, &name->part_count);
    if (t > first) name->range = parse_token_range(p, first, t - 1);
    *out = name->part_count ? name : NULL;
    return t;
}

static bool guess_applies(const struct token *t, const struct token *first, const struct token *end, bool *is_write) {
    *is_write = false;
    switch (t->keyword) {
    case KW_FROM:
        *is_write = t > first && t[-1].keyword == KW_DELETE;
        return !(t > first && t[-1].keyword == KW_DISTINCT);
    case KW_JOIN:
    case KW_USING:
        return true;
    case KW_INTO:
    case KW_OVERWRITE:
        return *is_write = true;
    case KW_UPDATE:
        *is_write = true;
        return t == first || t[-1].keyword == SY_SEMICOLON;
    case KW_TABLE:
    case KW_VIEW: {
        bool reads = first->keyword == KW_SHOW || first->keyword == KW_DESCRIBE || first->keyword == KW_DESC || first->keyword == KW_ANALYZE ||
                     first->keyword == KW_CACHE || first->keyword == KW_UNCACHE || first->keyword == KW_EXPLAIN || first->keyword == KW_GRANT ||
                     first->keyword == KW_REVOKE || first->keyword == KW_REFRESH || first->keyword == KW_MSCK;
        *is_write = !reads;
        return t + 1 < end && t[1].keyword != SY_LPAREN;
    }
    default:
        return false;
    }
}

void parse_guess_refs(struct parser *p, struct sql_statement *s, const struct token *first, const struct token *end) {
    size_t mark = list_start(p);
    for (uint32_t i = 0; i < s->ref_count; i++) list_push(p, &s->refs[i], sizeof *s->refs);
    for (const struct token *t = first; t < end;) {
        bool is_write;
        if (t->type != TOKEN_WORD || !guess_applies(t, first, end, &is_write)) {
            t++;
            continue;
        }
        t++;
        while (t < end && (t->keyword == KW_TABLE || t->keyword == KW_IF || t->keyword == KW_NOT || t->keyword == KW_EXISTS || t->keyword == KW_ONLY))
            t++;
        if (t >= end || (t->type == TOKEN_WORD && (sql_keyword_flags(t->keyword) & KW_RESERVED))) continue;
        struct sql_ref ref = {.is_write = is_write, .is_guess = true};
        struct sql_name *name;
        t = guess_name(p, t, end, &name);
        if (!name || (t < end && t->keyword == SY_LPAREN && !is_write)) continue;
        ref.name = name;
        list_push(p, &ref, sizeof ref);
    }
    s->refs = list_take(p, mark, sizeof *s->refs, &s->ref_count);
}

void parse_words_refs(struct parser *p, struct sql_statement *s, struct str text) {
    struct parser inner = *p;
    inner.text = text;
    inner.origin = NULL;
    inner.tokens = sql_lex(p->arena, text, p->dialect);
    inner.t = inner.tokens->at;
    size_t mark = inner.scratch_n;
    uint32_t known = s->ref_count;
    parse_guess_refs(&inner, s, inner.t, inner.t + inner.tokens->count - 1);
    for (uint32_t i = known; i < s->ref_count; i++) ((struct sql_name *)s->refs[i].name)->range = (struct range){0}; /* no place in the file */
    sql_lex_free(inner.tokens);
    p->block = inner.block;
    p->block_left = inner.block_left;
    p->scratch = inner.scratch;
    p->scratch_cap = inner.scratch_cap;
    p->scratch_n = mark;
}

void parse_tail(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t;
    while (!parse_at_end(p)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else if (p->t->type == TOKEN_ERROR) parse_expected(p, "more of the statement");
        else p->t++;
    }
    s->tail = parse_verbatim(p, first);
    parse_guess_refs(p, s, first, p->t);
}

/* ---------------------------------------------------------------- simple statements */

static void query_statement(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t;
    s->kind = STMT_QUERY;
    s->verb = STR("SELECT");
    if (!parse_at(p, KW_WITH)) {
        s->query = parse_query(p);
        return;
    }
    if (parse_next_is(p, 1, KW_FUNCTION) && p->t[3].keyword == SY_LPAREN && p->dialect == DIALECT_TRINO) return parse_with_functions(p, s);
    if (p->t[2].keyword == KW_AS && p->t[3].keyword == KW_PROCEDURE) { /* snowflake: WITH p AS PROCEDURE (..) .. CALL p(..) */
        s->kind = STMT_CALL;
        s->verb = STR("CALL");
        parse_tail(p, s);
        return;
    }
    s->ctes = parse_with(p, &s->cte_count, &s->recursive);
    switch (p->t->keyword) {
    case KW_INSERT:
    case KW_UPDATE:
    case KW_DELETE:
    case KW_MERGE:
        parse_dml(p, s);
        return;
    default:
        break;
    }
    s->query = parse_query_with(p, s->ctes, s->cte_count, s->recursive, first);
    s->ctes = NULL;
    s->cte_count = 0;
    s->recursive = false;
}

static void use_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_USE;
    switch (p->t->keyword) {
    case KW_CATALOG:
    case KW_SCHEMA:
    case KW_DATABASE:
    case KW_NAMESPACE:
    case KW_ROLE:
    case KW_WAREHOUSE:
        if (p->t[1].type != TOKEN_END && p->t[1].keyword != SY_SEMICOLON) p->t++;
        break;
    default:
        break;
    }
    parse_verb(p, s, first);
    s->name = parse_table_name(p);
    parse_tail(p, s);
}

static void names_read(struct parser *p, struct sql_statement *s) {
    size_t mark = list_start(p);
    do {
        struct sql_name *name = parse_table_name(p);
        list_push(p, &name, sizeof name);
    } while (parse_take(p, SY_COMMA));
    s->names = list_take(p, mark, sizeof *s->names, &s->name_count);
    s->name = s->names[0];
}

static void drop_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_DROP;
    for (int i = 0; i < 4 && p->t->type == TOKEN_WORD && p->t[1].type != TOKEN_END && !parse_next_is(p, 1, SY_SEMICOLON) &&
                    !parse_next_is(p, 1, SY_DOT) && !parse_next_is(p, 1, SY_COMMA);
         i++) {
        if (parse_at(p, KW_IF)) break;
        p->t++;
        enum sql_keyword last = p->t[-1].keyword;
        if (last == KW_TABLE || last == KW_VIEW || last == KW_SCHEMA || last == KW_DATABASE || last == KW_FUNCTION || last == KW_PROCEDURE ||
            last == KW_CATALOG || last == KW_INDEX)
            break;
    }
    parse_verb(p, s, first);
    if (parse_take2(p, KW_IF, KW_EXISTS)) s->flags |= SQL_IF_EXISTS;
    if (!parse_at_end(p) && (parse_can_be_name(p, p->t) || p->t->type == TOKEN_STRING)) names_read(p, s);
    parse_tail(p, s);
}

static void truncate_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_TRUNCATE;
    parse_take(p, KW_TABLE);
    parse_verb(p, s, first);
    parse_take2(p, KW_IF, KW_EXISTS);
    parse_take(p, KW_ONLY);
    names_read(p, s);
    parse_tail(p, s);
}

static void explain_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_EXPLAIN;
    parse_verb(p, s, first);
    for (int i = 0; i < 12; i++) {
        if (parse_at(p, SY_LPAREN) && !parse_query_starts(p, p->t + 1) && !parse_next_is(p, 1, SY_LPAREN)) parse_skip_brackets(p);
        else if (parse_at(p, SY_EQ) || p->t->type == TOKEN_STRING || parse_at(p, KW_FORMATTED) || parse_at(p, KW_FORMAT) || parse_at(p, KW_ANALYZE) ||
                 parse_at(p, KW_FOR))
            p->t++;
        else if (parse_at(p, KW_USING) && p->t[1].type == TOKEN_WORD && p->dialect == DIALECT_SNOWFLAKE) p->t += 2;
        else if (parse_at(p, KW_JSON) || parse_at(p, KW_TEXT) || parse_at(p, KW_XML)) p->t++;
        else if (p->t->type == TOKEN_WORD && p->t->keyword == KW_NONE && !parse_word_is(p, 0, "optimize")) p->t++;
        else break;
    }
    if (parse_at_end(p)) return;
    s->body = parse_new(p, struct sql_statement *);
    s->body[0] = parse_inner_statement(p);
    s->body_count = 1;
}

static void cache_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_CACHE;
    parse_take_word(p, "lazy");
    parse_must(p, KW_TABLE);
    parse_verb(p, s, first);
    s->name = parse_table_name(p);
    if (parse_take(p, KW_OPTIONS)) parse_skip_brackets(p);
    parse_take(p, KW_AS);
    if (!parse_at_end(p)) s->query = parse_query(p);
}

static void call_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_CALL;
    parse_verb(p, s, first);
    s->exprs = parse_new(p, struct sql_expr *);
    s->exprs[0] = parse_primary(p);
    s->expr_count = 1;
    parse_tail(p, s);
}

static void execute_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_EXECUTE;
    bool immediate = parse_take(p, KW_IMMEDIATE);
    parse_verb(p, s, first);
    if (immediate && !parse_at(p, KW_FROM)) { /* snowflake: EXECUTE IMMEDIATE FROM @stage/file */
        s->exprs = parse_new(p, struct sql_expr *);
        s->exprs[0] = parse_expr(p);
        s->expr_count = 1;
        if (s->exprs[0]->kind == EX_LITERAL) parse_words_refs(p, s, s->exprs[0]->name);
    }
    parse_tail(p, s);
}

/* Words that begin statements which are kept as they stand. */
// clang-format off
static const char *const other_words[] = {
    "show", "desc", "describe", "grant", "revoke", "optimize", "vacuum", "analyze", "comment", "refresh", "msck", "restore", "uncache",
    "clear", "add", "list", "ls", "put", "get", "rm", "remove", "commit", "rollback", "start", "savepoint", "release", "lock", "unlock",
    "kill", "reset", "prepare", "deallocate", "fetch", "open", "close", "return", "signal", "resignal", "leave", "iterate", "pragma",
    "attach", "detach", "import", "export", "load", "unload", "rename", "undrop", "exchange", "system", "convert", "fsck", "reorg",
    "generate", "sync", "print", "raise", "assert", "notify", "listen", "unlisten", "discard", "checkpoint", "cluster", "reindex",
    "security", "do", "handler", "install", "unset", "exit", "break", "continue", "abort", "dbcc", "backup", "end", "begin", "summarize",
    "pivot", "unpivot", "repair", "compute", "deny", "throw", "waitfor", "goto", "raiserror", "reconfigure", "bulk", "go", "null",
    "perform", "let", "copy", "flush", "change", "stop", "purge", "watch", "exists", "check", "shutdown", "move", "declare", "source",
    "delimiter", "audit", "noaudit", "whenever", "spool", "define", "undefine", "accept", "prompt", "connect", "suspend", "resume",
    "monitor", "clone", "force", "cancel", "reassign", "save", "enable", "disable", "dfs", "map", "reduce", "sp_rename",
};
// clang-format on

static bool is_other(const struct parser *p, const struct token *t) {
    struct str w = parse_word(p, t);
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++) {
        if (str_iis(w, other_words[i])) return true;
    }
    return false;
}

static void other_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t;
    s->kind = STMT_OTHER;
    p->t++;
    if (first->keyword == KW_RETURN && parse_query_starts(p, p->t)) {
        parse_verb(p, s, first);
        s->query = parse_query(p);
        return;
    }
    for (int i = 0; i < 2 && p->t->type == TOKEN_WORD && p->t->keyword != KW_NONE && !parse_at_end(p); i++) p->t++;
    parse_verb(p, s, first);
    p->t = (struct token *)first + 1;
    parse_tail(p, s);
    s->ref_count = 0;
    parse_guess_refs(p, s, first, p->t);
}

/* FROM t INSERT .. SELECT .. INSERT ..: each insert reads the same tables (hive). */
static bool multi_insert(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    struct sql_from *from = parse_from_list(p);
    if (!parse_at(p, KW_INSERT)) {
        p->t = (struct token *)first;
        return false;
    }
    size_t mark = list_start(p);
    s->kind = STMT_BLOCK;
    s->verb = STR("FROM");
    while (parse_at(p, KW_INSERT)) {
        struct sql_statement *one = statement_new(p, STMT_INSERT);
        parse_dml(p, one);
        if (one->query && one->query->body == BODY_SELECT && !one->query->select->from) one->query->select->from = from;
        one->understood = true;
        list_push(p, &one, sizeof one);
    }
    s->body = list_take(p, mark, sizeof *s->body, &s->body_count);
    return true;
}

void parse_statement_into(struct parser *p, struct sql_statement *s) {
    const struct token *t = p->t;
    if (parse_query_starts(p, t) || t->keyword == SY_LPAREN) {
        if (t->keyword == KW_FROM && p->traits->number_suffix && multi_insert(p, s)) return;
        if (t->keyword != KW_PIVOT && t->keyword != KW_UNPIVOT && t->keyword != KW_SUMMARIZE && t->keyword != KW_SHOW && t->keyword != KW_DESCRIBE)
            return query_statement(p, s);
    }
    switch (t->keyword) {
    case KW_CREATE:
        return parse_create(p, s);
    case KW_REPLACE:
        if (t[1].keyword == KW_TABLE || t[1].keyword == KW_VIEW) return parse_create(p, s);
        break;
    case KW_ALTER:
        return parse_alter(p, s);
    case KW_DROP:
        return drop_read(p, s);
    case KW_TRUNCATE:
        return truncate_read(p, s);
    case KW_USE:
        return use_read(p, s);
    case KW_EXPLAIN:
        return explain_read(p, s);
    case KW_CACHE:
        if (t[1].keyword == KW_TABLE || t[2].keyword == KW_TABLE) return cache_read(p, s);
        break;
    case KW_CALL:
        return call_read(p, s);
    case KW_EXEC:
    case KW_EXECUTE:
        return execute_read(p, s);
    case KW_CONSTRAINT: /* an expectation by itself, as pages on pipelines show it */
        if (t[1].type == TOKEN_WORD && t[2].keyword == KW_EXPECT) return other_read(p, s);
        break;
    case KW_APPLY:
        return parse_cdc(p, s);
    case KW_AUTO:
        return parse_cdc(p, s);
    default:
        break;
    }
    if (parse_dml(p, s) || parse_block(p, s)) return;
    if (t->type == TOKEN_WORD && is_other(p, t)) return other_read(p, s);
    bool assigned = t->type == TOKEN_WORD && p->block_depth && (t[1].keyword == SY_ASSIGN || (t[1].keyword == SY_EQ && p->traits->caret_power));
    if (assigned) {
        s->kind = STMT_SET;
        s->verb = STR("SET");
        s->assignments = parse_assignments(p, &s->assignment_count);
        return;
    }
    parse_expected(p, "a statement");
}

/* ---------------------------------------------------------------- one statement, and going on after an error */

static void error_add(struct parser *p, const struct token *where, const char *message) {
    struct sql_error *e = vec_add(p->arena, &p->errors);
    *e = (struct sql_error){.range = parse_token_range(p, where, where), .message = message};
}

static bool statement_try(struct parser *p, struct sql_statement *s) {
    jmp_buf here, *outer = p->fail;
    p->fail = &here;
    if (setjmp(here)) {
        p->fail = outer;
        return false;
    }
    parse_statement_into(p, s);
    if (!parse_at_end(p) && !(p->block_depth && parse_ends_body(p)) && p->dialect != DIALECT_TSQL) parse_expected(p, "the end of the statement");
    if (!parse_at_end(p) && !(p->t->type == TOKEN_WORD && p->t->keyword != KW_NONE) && p->dialect == DIALECT_TSQL)
        parse_expected(p, "the end of the statement");
    p->fail = outer;
    return true;
}

/* To the end of the statement that begins at `first`, from wherever reading stopped. */
static void resync(struct parser *p, const struct token *first) {
    uint32_t depth = 0;
    p->t = (struct token *)(p->where > first ? p->where : first);
    while (p->t->type != TOKEN_END && p->t->keyword != SY_SEMICOLON) {
        if (p->t > first && p->t->keyword == KW_GO && parse_at_end(p)) break;
        if (parse_at(p, SY_LPAREN)) depth++;
        if (parse_at(p, SY_RPAREN) && depth) depth--;
        p->t++;
    }
}

struct sql_statement *parse_statement(struct parser *p) {
    const struct token *first = p->t;
    struct sql_statement *s = statement_new(p, STMT_UNKNOWN);
    uint32_t nest = p->nest, in_call = p->in_call, block_depth = p->block_depth;
    size_t mark = p->scratch_n, errors = p->errors.n;
    if (statement_try(p, s)) {
        s->understood = p->errors.n == errors;
    } else {
        p->nest = nest;
        p->in_call = in_call;
        p->block_depth = block_depth;
        p->scratch_n = mark;
        p->is_lambda_call = false;
        p->in_changes = false;
        error_add(p, p->where, p->message);
        resync(p, first);
        if (p->t == first && p->t->type != TOKEN_END) p->t++;
        *s = (struct sql_statement){.kind = STMT_UNKNOWN, .verb = s->verb, .name = s->name}; /* half a tree is none */
        parse_guess_refs(p, s, first, p->t);
        if (!s->verb.n) {
            const struct token *end = p->t;
            p->t = (struct token *)(first + 1 < end ? first + 1 : end);
            parse_verb(p, s, first);
            p->t = (struct token *)end;
        }
    }
    s->text = parse_verbatim(p, first);
    s->range = parse_range(p, first);
    return s;
}

struct sql_statement *parse_inner_statement(struct parser *p) {
    const struct token *first = p->t;
    struct sql_statement *s = statement_new(p, STMT_UNKNOWN);
    parse_nest(p);
    bool was_other =
        (parse_at(p, KW_SHOW) || parse_at(p, KW_DESCRIBE) || parse_at(p, KW_PIVOT) || parse_at(p, KW_UNPIVOT) || parse_at(p, KW_SUMMARIZE)) &&
        p->t[-1].keyword == SY_LPAREN;
    if (was_other) { /* a statement in brackets, as a source of rows */
        s->kind = STMT_OTHER;
        uint32_t depth = 0;
        while (p->t->type != TOKEN_END && (depth || !parse_at(p, SY_RPAREN))) {
            depth += parse_at(p, SY_LPAREN);
            depth -= parse_at(p, SY_RPAREN) && depth;
            p->t++;
        }
        s->tail = parse_verbatim(p, first + 1);
        const struct token *end = p->t;
        p->t = (struct token *)first + 1;
        parse_verb(p, s, first);
        p->t = (struct token *)end;
        parse_guess_refs(p, s, first, end);
    } else {
        parse_statement_into(p, s);
    }
    p->nest--;
    s->understood = true;
    s->text = parse_verbatim(p, first);
    s->range = parse_range(p, first);
    return s;
}
