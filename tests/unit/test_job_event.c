/* test_job_event.c - events of three kinds of sender become the same record. */
#include "unit.h"

#include "job_event.h"

static struct arena *arena;

static json_t *parsed(const char *text) {
    json_t *v;
    assert_null(jsx_load(arena, text, strlen(text), &v));
    return v;
}

static void own_form(void **state) {
    struct job_event e;
    assert_null(
        job_event_own(arena,
                      parsed("{\"id\":7,\"name\":\"daily\",\"owner\":\"dana\",\"schedule\":{\"cron\":\"0 5 * * *\"},\"link\":\"javascript:x\","
                             "\"tasks\":[{\"sql\":\"select 1\",\"writes\":\"gold.x\"}]}"),
                      &e));
    assert_string_equal(e.id, "7");
    assert_string_equal(e.tasks[0].key, "task 1");
    assert_string_equal(e.tasks[0].writes, "gold.x");
    assert_null(e.link);
    const struct err *bad = job_event_own(arena, parsed("{\"name\":\"x\",\"tasks\":[{\"key\":\"a\"}]}"), &e);
    assert_string_equal(bad->text, "tasks[0].sql: a string is needed");
    assert_non_null(job_event_own(arena, parsed("{}"), &e));
}

static void databricks_forms(void **state) {
    struct job_event e;
    assert_null(job_event_databricks(
        arena, parsed("{\"event_type\":\"jobs.on_start\",\"job\":{\"job_id\":\"12\",\"name\":\"n\"},\"run\":{\"run_id\":3}}"), &e));
    assert_string_equal(e.job_id, "12");
    assert_string_equal(e.run_id, "3");
    assert_null(e.job);
    assert_null(job_event_databricks(arena,
                                     parsed("{\"job_id\":9,\"creator_user_name\":\"a@b.c\",\"settings\":{\"name\":\"nightly\",\"tasks\":[],"
                                            "\"git_source\":{\"git_url\":\"https://github.com/acme/dw.git\",\"git_branch\":\"main\"}}}"),
                                     &e));
    assert_string_equal(e.id, "9");
    assert_string_equal(e.repo, "acme/dw");
    assert_non_null(e.job);
    assert_non_null(job_event_databricks(arena, parsed("{\"x\":1}"), &e));
}

static const char run_event[] = "{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-01-01T00:00:05Z\",\"run\":{\"runId\":\"u\"},\"job\":{\"namespace\":"
                                "\"s\",\"name\":\"daily.load\","
                                "\"facets\":{\"sql\":{\"query\":\"insert into orders select * from "
                                "raw\",\"dialect\":\"spark\"},\"sourceCodeLocation\":{\"repoUrl\":\"https://github.com/acme/dw\","
                                "\"pullRequestNumber\":\"12\"}}},\"inputs\":[{\"namespace\":\"s3://l\",\"name\":\"raw/"
                                "orders\"}],\"outputs\":[{\"namespace\":\"d\",\"name\":\"/path\","
                                "\"facets\":{\"symlinks\":{\"identifiers\":[{\"namespace\":\"x\",\"name\":\"main.dw.orders\",\"type\":\"TABLE\"}]},"
                                "\"schema\":{\"fields\":[{\"name\":\"id\"}]}},"
                                "\"outputFacets\":{\"outputStatistics\":{\"rowCount\":10,\"size\":2048}}}]}";

static void lineage_forms(void **state) {
    struct job_event *e;
    size_t n, bad;
    assert_null(job_events_lineage(arena, parsed(run_event), &e, &n, &bad));
    assert_int_equal(n, 1);
    assert_string_equal(e[0].outputs[0].name, "main.dw.orders");
    assert_int_equal(e[0].outputs[0].bytes, 2048);
    assert_string_equal(e[0].outputs[0].columns[0], "id");
    assert_string_equal(e[0].tasks[0].writes, "main.dw.orders");
    assert_int_equal(e[0].pull_number, 12);
    assert_string_equal(e[0].repo, "acme/dw");
    assert_null(job_events_lineage(arena, parsed(arena_printf(arena, "[%s,{\"job\":1},{\"dataset\":{}}]", run_event)), &e, &n, &bad));
    assert_int_equal(n, 1);
    assert_int_equal(bad, 1);
    assert_non_null(job_events_lineage(arena, parsed("{\"job\":{\"namespace\":\"a\",\"name\":\"b\"},\"eventTime\":\"x\"}"), &e, &n, &bad));
}

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(own_form), cmocka_unit_test(databricks_forms), cmocka_unit_test(lineage_forms)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
