/* test_plan_rules.c - the register of rules: for each, a pair that it proves and a pair that it must leave alone (tests/golden/compare/rules*.jsonl).
 */
#include "unit.h"

#include "bind.h"
#include "fs.h"
#include "jsonx.h"
#include "prove.h"

#include <stdio.h>

static struct arena *arena;

static int setup(void **state) {
    arena = arena_create(ARENA_JOB);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static const struct err *case_run(const json_t *c, struct relation **out) {
    struct schema *schema;
    struct plan *a, *b;
    enum dialect dialect;
    if (!dialect_parse(str_of(jsx_str(c, "dialect", "")), &dialect)) return err_new(ERR_INPUT, "no such dialect");
    TRY(schema_from_json(arena, json_object_get(c, "schema"), dialect, &schema));
    TRY(plan_from_sql(arena, str_of(jsx_str(c, "a", "")), schema, dialect, &a));
    TRY(plan_from_sql(arena, str_of(jsx_str(c, "b", "")), schema, dialect, &b));
    struct prove_options options = {.refute = true, .micros_max = 100000};
    *out = relation_find(arena, a, b, &options);
    return NULL;
}

/* How many of the register's pairs are not as they should be. */
static int register_run(const char *path, int *cases) {
    struct str text, line;
    assert_null(fs_read(arena, path, 1 << 22, &text));
    int wrong = 0;
    while (str_split(&text, '\n', &line)) {
        json_t *c;
        struct relation *relation = NULL;
        if (str_trim(line).n == 0) continue;
        assert_null(jsx_load(arena, line.p, line.n, &c));
        const struct err *err = case_run(c, &relation);
        bool wanted = strcmp(jsx_str(c, "relation", ""), "identical") == 0, is = relation && relation->kind == RELATION_IDENTICAL;
        if (err || wanted != is) {
            print_message("%s: %s%s %s\n", jsx_str(c, "id", "?"), wanted ? "should be identical" : "must not be identical", err ? ": " : "",
                          err ? err->text : "");
            wrong++;
        }
        ++*cases;
    }
    return wrong;
}

static void each_rule_fires_and_stays_silent(void **state) {
    static const char *const registers[] = {"rules.jsonl",          "rules_grouping.jsonl",   "rules_self_exists.jsonl",
                                            "rules_calendar.jsonl", "rules_neighbours.jsonl", "rules_sets.jsonl",
                                            "rules_product.jsonl",  "rules_having.jsonl",     "rules_part.jsonl"};
    int wrong = 0, cases = 0;
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        wrong += register_run(arena_printf(arena, PARLEY_SOURCE_DIR "/tests/golden/compare/%s", registers[i]), &cases);
    assert_true(cases > 50);
    assert_int_equal(wrong, 0);
}

static const char *bound(const char *sql) {
    struct plan *plan;
    const struct err *err = plan_from_sql(arena, str_of(sql), NULL, DIALECT_POSTGRES, &plan);
    return err ? err->text : plan->reason;
}

static void what_is_not_understood_is_said(void **state) {
    assert_null(bound("select a.x from a join b on a.k = b.k where b.y > 1"));
    assert_null(bound("select x from a, b where x > 1")); /* x of one of them: symbolic */
    assert_null(bound("with recursive r as (select 1 as n union all select n + 1 from r) select n from r"));
    assert_non_null(bound("with recursive r as (select 1 as n except select n + 1 from r) select n from r"));
    assert_non_null(bound("select q.z from (select x from a) q"));
    assert_non_null(bound("select x from from y"));
}

/* A whole normal form that proves nothing, and why; "whole" or "" in front. */
static const char *formed(const char *sql) {
    struct plan *plan;
    assert_null(plan_from_sql(arena, str_of(sql), NULL, DIALECT_POSTGRES, &plan));
    const struct normal *normal = normal_make(arena, plan, NORMAL_PURE);
    return arena_printf(arena, "%s %s", normal->complete ? "whole" : "holes", normal->reason ? normal->reason : "proves");
}

static void a_form_may_be_whole_and_prove_nothing(void **state) {
    assert_string_equal(formed("select x from a where y > 1"), "whole proves");
    assert_true(text_starts(formed("select x from a tablesample system (10)"), "whole system sample 10"));
    assert_true(text_starts(formed("select x from a order by y limit 3"), "whole LIMIT"));
    assert_true(text_starts(formed("select x from ${env}.a"), "whole a table's name holds a parameter"));
    assert_true(text_starts(formed("select array(select x from a order by x) as l from b"), "whole array_query"));
    assert_true(text_starts(formed("select q.z from (select x from a) q"), "holes"));
}

static void columns_may_stand_in_another_order(void **state) {
    struct plan *a, *b;
    assert_null(plan_from_sql(arena, STR("select x, y from t"), NULL, DIALECT_POSTGRES, &a));
    assert_null(plan_from_sql(arena, STR("select y, x from t"), NULL, DIALECT_POSTGRES, &b));
    struct relation *r = relation_find(arena, a, b, NULL);
    assert_int_equal(r->kind, RELATION_DERIVABLE);
    assert_non_null(r->rewrite);
}

static void a_limit_of_work_is_said(void **state) {
    struct buf sql = buf_new(arena);
    buf_text(&sql, "with a0 as (select x from t)");
    for (int i = 1; i < 40; i++) buf_printf(&sql, ", a%d as (select p.x from a%d p join a%d q on p.x = q.x)", i, i - 1, i - 1);
    buf_text(&sql, " select x from a39");
    struct plan *plan;
    assert_null(plan_from_sql(arena, str_of(buf_str(&sql)), NULL, DIALECT_POSTGRES, &plan));
    assert_non_null(plan->reason);
}

static const struct normal *normal_of(const char *sql, const char *schema_json, enum dialect dialect) {
    json_t *json = NULL;
    struct schema *schema = NULL;
    struct plan *plan;
    if (schema_json) {
        assert_null(jsx_load(arena, schema_json, strlen(schema_json), &json));
        assert_null(schema_from_json(arena, json, dialect, &schema));
    }
    assert_null(plan_from_sql(arena, str_of(sql), schema, dialect, &plan));
    return normal_make(arena, plan, NORMAL_PURE);
}

/* c = (aggregate of what equals c): the aggregate's column must not become the c that the aggregate itself looks at. */
static void no_column_is_defined_by_itself(void **state) {
    const char *schema = "{\"tables\": {\"t\": {\"id\": \"int\", \"a\": \"int\"}, \"u\": {\"id\": \"int\", \"a\": \"int\"}}}";
    const struct normal *n = normal_of("select q.c, sum(q.c) from (select distinct a as c from t) q where q.c = (select min(u.id) from u "
                                       "where u.id = q.c and u.a not in (2, 3)) and q.c < 1 group by q.c",
                                       schema, DIALECT_POSTGRES);
    assert_null(n->reason);
}

/* Twelve rows, each asked for thirteen in two sub-queries: the copies must not be copied again, branch by branch. */
static void rows_in_rows_stay_small(void **state) {
    struct buf sql = buf_new(arena);
    for (int v = 0; v < 2; v++) {
        buf_printf(&sql, "%s v%d as (select * from values ", v ? "," : "with", v);
        for (int i = 0; i < 12 + v; i++) {
            const char *b = i % 5 ? arena_printf(arena, "%d", i % 4 * 2 + 6) : "null";
            buf_printf(&sql, "%s('val%d', %s, %d, timestamp '2014-0%d-04 01:00:00.00%d')", i ? ", " : "", i % 7, b, i, 1 + i % 7, i % 3);
        }
        buf_printf(&sql, " as v%d(a%d, b%d, c%d, h%d))", v, v, v, v, v);
    }
    buf_text(&sql, " select count(distinct a0), b0 from v0 join v1 on a0 > a1 where b0 in (select b1 from v1 where h1 > h0)"
                   " or a0 in (select a1 from v1 where h1 < h0) group by b0 having b0 > 6");
    size_t before = arena_used(arena);
    const struct normal *n = normal_of(buf_str(&sql), NULL, DIALECT_SPARK);
    assert_null(n->reason);
    assert_true(arena_used(arena) - before < (size_t)20 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_fires_and_stays_silent),
        cmocka_unit_test(what_is_not_understood_is_said),
        cmocka_unit_test(a_form_may_be_whole_and_prove_nothing),
        cmocka_unit_test(columns_may_stand_in_another_order),
        cmocka_unit_test(a_limit_of_work_is_said),
        cmocka_unit_test(no_column_is_defined_by_itself),
        cmocka_unit_test(rows_in_rows_stay_small),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
