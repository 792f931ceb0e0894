/* test_sql_golden.c - tests/golden/sql/DIALECT_name.sql: prints each script, compares with .printed beside it, and checks that the printed
 * text parses to an equal tree. PARLEY_REGENERATE=1 writes the .printed files anew. */
#include "unit.h"

#include "fs.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <stdio.h>
#include <stdlib.h>

#define FOLDER     "tests/golden/sql"
#define GOLDEN_MAX (1u << 20)

/* Statements, errors, and what each reads and writes. */
static const char *report(struct arena *arena, const struct sql_script *script) {
    struct buf b = buf_new(arena);
    for (uint32_t i = 0; i < script->statement_count; i++) {
        const struct sql_statement *s = script->statements[i];
        uint32_t count;
        struct sql_ref *refs = sql_refs(arena, s, &count);
        buf_printf(&b, "-- %.*s%s", STR_ARG(s->verb), s->understood ? "" : ", not understood");
        for (int write = 1; write >= 0; write--) {
            for (uint32_t k = 0; k < count; k++) {
                if (refs[k].is_write == write) buf_printf(&b, " %s %s", write ? "writes" : "reads", sql_name_text(arena, refs[k].name));
            }
        }
        buf_char(&b, '\n');
        sql_print_statement(&b, s, script->dialect);
        buf_text(&b, ";\n");
    }
    for (uint32_t i = 0; i < script->error_count; i++)
        buf_printf(&b, "-- error %d:%d: %s\n", script->errors[i].range.line, script->errors[i].range.column, script->errors[i].message);
    return buf_str(&b);
}

static void round_trip(struct arena *arena, const struct sql_script *script) {
    struct buf b = buf_new(arena);
    struct sql_script *again;
    sql_print_script(&b, script);
    sql_parse_script(arena, (struct str){buf_str(&b), b.n}, script->dialect, &again);
    assert_int_equal(again->statement_count, script->statement_count);
    for (uint32_t i = 0; i < script->statement_count; i++) {
        if (!script->statements[i]->understood) continue;
        if (!sql_equal_statement(script->statements[i], again->statements[i]))
            fail_msg("prints as another tree: %.*s", STR_ARG(script->statements[i]->text));
    }
}

static void golden_check(struct arena *arena, const char *path, enum dialect dialect) {
    struct str text, want;
    struct sql_script *script;
    assert_null(fs_read(arena, path, GOLDEN_MAX, &text));
    sql_parse_script(arena, text, dialect, &script);
    const char *got = report(arena, script);
    const char *printed = arena_printf(arena, "%.*s.printed", (int)(strlen(path) - 4), path);
    if (getenv("PARLEY_REGENERATE")) assert_null(fs_write(printed, got, strlen(got)));
    assert_null(fs_read(arena, printed, GOLDEN_MAX, &want));
    assert_string_equal(got, want.p);
    round_trip(arena, script);
}

static const struct err *visit(void *ctx, const char *path, int64_t size) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct str name = str_of(path);
    int *seen = ctx;
    (void)size;
    if (str_ends(name, ".sql")) {
        enum dialect dialect;
        struct str first;
        assert_true(str_split(&name, '_', &first));
        assert_true(dialect_parse(first, &dialect));
        golden_check(arena, arena_printf(arena, FOLDER "/%s", path), dialect);
        ++*seen;
    }
    arena_destroy(arena);
    return NULL;
}

static void test_goldens(void **state) {
    int seen = 0;
    (void)state;
    assert_null(fs_walk(FOLDER, 1000, visit, &seen));
    assert_true(seen > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_goldens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
