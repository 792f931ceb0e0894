/* test_sql_parse.c - what trees say, where errors are, and that hostile text only costs time in proportion to its length. */
#include "unit.h"

#include "sql_build.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sql_expr *expr(struct arena *arena, const char *text, enum dialect dialect) {
    struct sql_error error = {0};
    struct sql_expr *e = sql_parse_expr(arena, str_of(text), dialect, &error);
    if (!e) fail_msg("%s: %s", text, error.message);
    return e;
}

static void print_check(const char *text, const char *printed, enum dialect dialect) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct sql_expr *e = expr(arena, text, dialect);
    assert_string_equal(sql_expr_text(arena, e, dialect), printed);
    assert_true(sql_equal_expr(e, expr(arena, printed, dialect)));
    arena_destroy(arena);
}

static void test_precedence(void **state) {
    (void)state;
    print_check("a or b and not c = d + e * f", "a OR b AND NOT (c = d + e * f)", DIALECT_DATABRICKS);
    print_check("(a or b) and c", "(a OR b) AND c", DIALECT_DATABRICKS);
    print_check("a - (b - c) - d", "a - (b - c) - d", DIALECT_DATABRICKS);
    print_check("a = b in (1)", "(a = b) IN (1)", DIALECT_DATABRICKS);
    print_check("a = b like c", "a = (b LIKE c)", DIALECT_POSTGRES);
    print_check("a = b is null", "(a = b) IS NULL", DIALECT_POSTGRES);
    print_check("a || b + c", "(a || b) + c", DIALECT_DATABRICKS);
    print_check("a || b + c", "a || (b + c)", DIALECT_TRINO);
    print_check("-2 ^ 2", "(-2) ^ 2", DIALECT_POSTGRES);
    print_check("a & b = c", "(a & b) = c", DIALECT_MYSQL);
    print_check("x between 1 and 2 and y", "x BETWEEN 1 AND 2 AND y", DIALECT_DATABRICKS);
    print_check("not a between b and c", "NOT (a BETWEEN b AND c)", DIALECT_DATABRICKS);
    print_check("case when a then b end is null", "CASE WHEN a THEN b END IS NULL", DIALECT_DATABRICKS);
}

/* Attributes that a reader must not miss are flags, and make trees differ. */
static void test_attributes_differ(void **state) {
    static const char *const pairs[][2] = {
        {"a LIKE b", "a NOT LIKE b"},
        {"a IS NULL", "a IS NOT NULL"},
        {"a IN (1)", "a NOT IN (1)"},
        {"a BETWEEN 1 AND 2", "a NOT BETWEEN 1 AND 2"},
        {"count(a)", "count(DISTINCT a)"},
        {"first(a)", "first(a) IGNORE NULLS"},
        {"sum(a)", "sum(a) FILTER (WHERE b)"},
        {"sum(a) OVER (ORDER BY b)", "sum(a) OVER (ORDER BY b ROWS CURRENT ROW)"},
        {"sum(a) OVER (ORDER BY b)", "sum(a) OVER (ORDER BY b DESC)"},
        {"cast(a AS int)", "try_cast(a AS int)"},
        {"cast(a AS decimal(10, 2))", "cast(a AS decimal(10, 3))"},
        {"a LIKE ANY ('x')", "a LIKE ALL ('x')"},
        {"'a'", "'A'"},
        {"a = 1", "a <=> 1"},
        {"`a`", "a"},
        {"trim(BOTH 'x' FROM y)", "trim(LEADING 'x' FROM y)"},
        {"(SELECT a FROM t)", "(SELECT DISTINCT a FROM t)"},
        {"(SELECT a FROM t JOIN u)", "(SELECT a FROM t LEFT JOIN u)"},
        {"(SELECT a FROM t LIMIT 1)", "(SELECT a FROM t LIMIT 2)"},
        {"(SELECT a FROM t)", "(SELECT a FROM t TABLESAMPLE (10 ROWS))"},
        {"(SELECT a FROM t)", "(SELECT a FROM t VERSION AS OF 1)"},
        {"(SELECT a UNION SELECT b)", "(SELECT a UNION ALL SELECT b)"},
    };
    struct arena *arena = arena_create(ARENA_SMALL);
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct sql_expr *a = expr(arena, pairs[i][0], DIALECT_DATABRICKS), *b = expr(arena, pairs[i][1], DIALECT_DATABRICKS);
        if (sql_equal_expr(a, b)) fail_msg("equal: %s and %s", pairs[i][0], pairs[i][1]);
    }
    arena_destroy(arena);
}

/* SQLite has no brackets around the queries of a set operation: an answer that never ran must not be compared as if it did. */
static void test_brackets_in_set_operations(void **state) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct sql_error error;
    (void)state;
    const char *right = "SELECT a FROM t UNION (SELECT a FROM s)", *left = "(SELECT a FROM t) UNION SELECT a FROM s";
    assert_non_null(sql_parse_query(arena, str_of(right), DIALECT_POSTGRES, &error));
    assert_non_null(sql_parse_query(arena, str_of("SELECT a FROM (SELECT a FROM t) UNION SELECT a FROM s"), DIALECT_SQLITE, &error));
    assert_null(sql_parse_query(arena, str_of(right), DIALECT_SQLITE, &error));
    assert_string_equal(error.message, "SQLite takes no query in brackets as part of a set operation");
    assert_null(sql_parse_query(arena, str_of(left), DIALECT_SQLITE, &error));
    arena_destroy(arena);
}

static void test_errors_and_ranges(void **state) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct sql_script *script;
    struct sql_origin origin = {.offset = 100, .line = 7, .column = 3};
    (void)state;
    sql_parse_part(arena, str_of("SELECT a;\n SELECT FROM\n x;\nSELECT b FROM c"), DIALECT_DATABRICKS, &origin, &script);
    assert_int_equal(script->statement_count, 3);
    assert_int_equal(script->understood, 2);
    assert_int_equal(script->error_count, 1);
    assert_int_equal(script->errors[0].range.line, 8);
    assert_int_equal(script->errors[0].range.column, 9);
    assert_int_equal(script->errors[0].statement, 1);
    assert_string_equal(script->errors[0].message, "expected an expression, found 'FROM'");
    const struct sql_statement *first = script->statements[0], *last = script->statements[2];
    assert_int_equal(first->range.line, 7);
    assert_int_equal(first->range.column, 3);
    assert_int_equal(last->range.line, 10);
    assert_int_equal(last->query->select->from->range.column, 15);
    assert_int_equal(last->query->select->from->range.start, 100 + 41);
    arena_destroy(arena);
}

static void test_guess(void **state) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct sql_script *script;
    (void)state;
    sql_parse_guess(arena, str_of("SELECT [a b] FROM #t"), DIALECT_DATABRICKS, NULL, &script);
    assert_int_equal(script->dialect, DIALECT_TSQL);
    assert_int_equal(script->error_count, 0);
    sql_parse_guess(arena, str_of("SELECT 1 FROM"), DIALECT_DATABRICKS, NULL, &script);
    assert_int_equal(script->dialect, DIALECT_DATABRICKS);
    assert_int_equal(script->error_count, 1);
    arena_destroy(arena);
}

static void test_built(void **state) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct sql_query *q = sql_query_select(arena, sql_from_table(arena, sql_name_of(arena, str_of("c.s.t")), str_of("x")));
    struct sql_error error;
    (void)state;
    q->select->where = sql_and(arena, sql_binary(arena, OP_GT, sql_column(arena, str_of("x.a")), sql_integer(arena, -3)),
                               sql_is(arena, sql_column(arena, str_of("order")), OP_IS_NULL, true));
    sql_select_add(arena, q->select, sql_call(arena, str_of("sum"), (struct sql_expr *[]){sql_column(arena, str_of("a b"))}, 1), str_of("s"));
    struct sql_query *outer = sql_query_select(arena, sql_from_query(arena, q, str_of("y")));
    const char *text = sql_query_text(arena, outer, DIALECT_DATABRICKS);
    assert_string_equal(
        text, "SELECT\n    *\nFROM (\n    SELECT\n        sum(`a b`) AS s\n    FROM c.s.t AS x\n    WHERE x.a > -3 AND `order` IS NOT NULL\n) AS y");
    assert_true(sql_equal_query(q, q));
    assert_non_null(sql_parse_query(arena, str_of(text), DIALECT_DATABRICKS, &error));
    arena_destroy(arena);
}

/* ---------------------------------------------------------------- hostile text */

static struct sql_script *hostile(struct arena *arena, const char *prefix, const char *unit, size_t times, const char *suffix, enum dialect dialect) {
    struct buf b = buf_new(arena);
    struct sql_script *script;
    buf_text(&b, prefix);
    for (size_t i = 0; i < times; i++) buf_text(&b, unit);
    buf_text(&b, suffix);
    sql_parse_script(arena, (struct str){buf_str(&b), b.n}, dialect, &script);
    for (uint32_t i = 0; i < script->statement_count; i++) {
        uint32_t count;
        struct buf out = buf_new(arena);
        sql_refs(arena, script->statements[i], &count);
        sql_print_statement(&out, script->statements[i], dialect);
        assert_true(sql_equal_statement(script->statements[i], script->statements[i]));
    }
    return script;
}

static void test_hostile(void **state) {
    static const struct {
        const char *prefix, *unit, *suffix;
    } cases[] = {
        {"SELECT ", "(", ""},
        {"SELECT ", "(SELECT ", ""},
        {"SELECT ", "- ", "1"},
        {"SELECT ", "NOT ", "1"},
        {"SELECT ", "a+", "1"},
        {"SELECT ", "a OR ", "1"},
        {"SELECT ", "f(", ""},
        {"SELECT ", "CASE WHEN ", ""},
        {"SELECT a", "[1", ""},
        {"SELECT a", "::int", ""},
        {"SELECT a", ".b", ""},
        {"SELECT a", "[1]", ""},
        {"SELECT 1 ", "UNION SELECT 1 ", ""},
        {"SELECT 1 ", "UNION SELECT 1 EXCEPT SELECT 1 ", ""},
        {"SELECT * FROM a ", "JOIN b ", ""},
        {"SELECT * FROM ", "(", ""},
        {"SELECT * FROM a ", ", b", ""},
        {"", "WITH a AS (", ""},
        {"", "BEGIN ", ""},
        {"", "IF a THEN ", ""},
        {"", "';", ""},
        {"", "\\'\n", ""},
        {"", "/*", ""},
        {"", "\"\n", ""},
        {"", "`a", ""},
        {"", "$a$", ""},
        {"", "{{", ""},
        {"", "${", ""},
        {"CREATE TABLE t (a ", "array<", ""},
        {"CREATE TABLE t (", "a int,", ""},
        {"SELECT ", "x -> ", "1"},
        {"SELECT f(", "x -> ", "1)"},
        {"SELECT exists(", "exists((", ""},
        {"SELECT * FROM t ", "|> WHERE a ", ""},
        {"SELECT 1 IN (", "(", ""},
        {"SELECT ", "1 BETWEEN 1 AND ", "1"},
        {"SELECT ", "{'a':", ""},
        {"SELECT ", "[", ""},
        {"SELECT a ", "LIKE a ", ""},
        {"SELECT * FROM a ", "LEFT ", ""},
        {"MERGE INTO a USING ", "(", ""},
        {"SELECT ", "INTERVAL ", ""},
        {"EXPLAIN ", "EXPLAIN ", ""},
        {"SELECT * FROM a ", "LATERAL VIEW explode(x) t ", ""},
        {"SELECT * FROM a", " PIVOT (sum(x) FOR y IN (1))", ""},
    };
    const char *slow = getenv("PARLEY_HOSTILE");
    size_t times = slow ? strtoul(slow, NULL, 10) : 20000;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int d = 0; d < 4; d++) {
            static const enum dialect dialects[] = {DIALECT_DATABRICKS, DIALECT_POSTGRES, DIALECT_DUCKDB, DIALECT_BIGQUERY};
            struct arena *arena = arena_create(ARENA_JOB);
            hostile(arena, cases[i].prefix, cases[i].unit, times, cases[i].suffix, dialects[d]);
            arena_destroy(arena);
        }
    }
}

static void test_any_bytes(void **state) {
    unsigned char bytes[4096];
    uint32_t seed = 12345;
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct arena *arena = arena_create(ARENA_JOB);
        struct sql_script *script;
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = round % 2 ? (unsigned char)(seed >> 24) : (unsigned char)("SELECT(),.*'\"`$[]{}:;-/#@ab1 \n"[(seed >> 16) % 30]);
        }
        for (int d = 0; d < DIALECT_COUNT; d++) sql_parse_script(arena, (struct str){(char *)bytes, sizeof bytes}, (enum dialect)d, &script);
        arena_destroy(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_attributes_differ),
        cmocka_unit_test(test_errors_and_ranges),
        cmocka_unit_test(test_brackets_in_set_operations),
        cmocka_unit_test(test_guess),
        cmocka_unit_test(test_built),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
