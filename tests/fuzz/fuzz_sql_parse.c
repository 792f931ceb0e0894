/* fuzz_sql_parse.c - any bytes parse, print and walk; what was understood parses again, from its own print, to an equal tree.
 * The first byte picks the dialect. */
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool count_expr(void *ctx, struct sql_expr *e) {
    ++*(size_t *)ctx;
    if (e->depth > SQL_DEPTH_MAX || e->range.end < e->range.start) abort();
    return true;
}

static void query_check(struct arena *arena, const struct sql_query *query, enum dialect dialect) {
    struct buf b = buf_new(arena);
    struct sql_error error = {0};
    sql_print_query(&b, query, dialect);
    const char *text = buf_str(&b);
    struct sql_query *again = sql_parse_query(arena, (struct str){text, b.n}, dialect, &error);
    if (again && sql_equal_query(query, again)) return;
    fprintf(stderr, "%s: %s\n%s\n", dialect_name(dialect), again ? "another tree" : error.message, text);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    enum dialect dialect = data[0] % DIALECT_COUNT;
    struct arena *arena = arena_create(ARENA_JOB);
    struct sql_script *script;
    size_t nodes = 0;
    bool alone = true; /* no function is made by the script: what calls one is marked with its text, which its print alone has not */
    const struct sql_visitor visitor = {.ctx = &nodes, .expr = count_expr};
    sql_parse_script(arena, (struct str){(const char *)data + 1, size - 1}, dialect, &script);
    for (uint32_t i = 0; i < script->statement_count; i++) {
        struct sql_statement *s = script->statements[i];
        uint32_t count;
        if (s->text.n == 0) abort();
        sql_walk_statement(&visitor, s);
        sql_refs(arena, s, &count);
        alone = alone && !(s->kind == STMT_CREATE && s->create && s->create->object == OBJECT_FUNCTION);
        if (alone && s->understood && s->kind == STMT_QUERY) query_check(arena, s->query, dialect);
    }
    arena_destroy(arena);
    return 0;
}
