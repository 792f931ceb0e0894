/* test_cost_runs.c - runs of four kinds of exports, matched and counted once; factors that few runs do not swing. */
#include "unit.h"

#include "store_place.h"

#include "billed.h"
#include "bind.h"
#include "estimate.h"
#include "runs.h"
#include "store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct catalog *catalog;

static const char sizes[] =
    "datasets:\n"
    "  - {name: shop.orders, bytes: 40 GB, rows: 500000000, columns: [{name: id, type: bigint, distinct: 500000000}, {name: price, type: double}]}\n";

static int setup(void **state) {
    size_t count;
    arena = arena_create(ARENA_JOB);
    if (catalog_open(arena, place_brief(), &catalog)) return -1;
    return catalog_import(catalog, "sizes.yml", str_of(sizes), &count) ? -1 : 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static struct runs_imported imported(const char *name, const char *text) {
    struct runs_imported n;
    const struct err *failed = runs_import(catalog, name, str_of(text), &n);
    if (failed) fail_msg("%s", failed->text);
    return n;
}

static bool near(double a, double b, double part) { return fabs(a - b) <= fabs(b) * part; }

static const char history[] =
    "{\"statement_id\":\"q1\",\"execution_status\":\"FINISHED\",\"compute\":{\"warehouse_id\":\"w1\"},\"statement_text\":\"SELECT sum(price) FROM "
    "shop.orders\","
    "\"execution_duration_ms\":12000,\"start_time\":\"2026-08-01 10:00:00.500\",\"read_bytes\":4000000}\n"
    "{\"statement_id\":\"q2\",\"execution_status\":\"FINISHED\",\"compute\":{\"warehouse_id\":\"w1\"},\"statement_text\":\"select SUM(o.price) from "
    "shop.orders o\","
    "\"execution_duration_ms\":18000,\"start_time\":\"2026-08-02T10:00:00Z\"}\n"
    "{\"statement_id\":\"q3\",\"execution_status\":\"FAILED\",\"compute\":{\"warehouse_id\":\"w1\"},\"statement_text\":\"SELECT "
    "1\",\"execution_duration_ms\":5}\n"
    "{\"statement_id\":\"q4\",\"execution_status\":\"FINISHED\",\"from_result_cache\":true,\"statement_text\":\"SELECT sum(price) FROM shop.orders\","
    "\"execution_duration_ms\":5}\n"
    "{\"statement_id\":\"q5\",\"execution_status\":\"FINISHED\",\"statement_text\":\"SELECT * FROM nowhere\",\"execution_duration_ms\":700}\n";

/* Two texts of one plan have one history; failed and cached ones say nothing; nothing counts twice. */
static void queries_match_by_plan(void **state) {
    struct runs_imported n = imported("history.jsonl", history);
    assert_true(n.rows == 5 && n.added == 3 && n.failed == 2 && n.by_statement == 3 && n.estimated == 2);
    n = imported("history.jsonl", history);
    assert_true(n.added == 0 && n.repeated == 3);
    struct row row;
    assert_null(store_one(catalog_store(catalog), arena, "SELECT fingerprint, estimated FROM run WHERE run_key = 'q1'", VALS_NONE, &row));
    struct history h;
    assert_null(history_of(arena, catalog, val_as_text(arena, &row.at[0], ""), &h));
    assert_true(h.runs == 2 && h.low < 12 && h.high > 18 && h.high < 30);
    assert_true(val_as_real(&row.at[1], 0) > 0);
}

static void csv_has_structs_as_json(void **state) {
    struct runs_imported n =
        imported("history.csv", "statement_id,execution_status,compute,statement_text,total_duration_ms,start_time\n"
                                "c1,FINISHED,\"{\"\"type\"\":\"\"WAREHOUSE\"\",\"\"warehouse_id\"\":\"\"w9\"\"}\",\"SELECT id\nFROM shop.orders, "
                                "(SELECT 1) x\",900,2026-08-01T00:00:00Z\n");
    assert_true(n.added == 1);
    struct row row;
    assert_null(store_one(catalog_store(catalog), arena, "SELECT compute, seconds FROM run WHERE run_key = 'c1'", VALS_NONE, &row));
    assert_string_equal(val_as_text(arena, &row.at[0], ""), "w9");
    assert_true(near(val_as_real(&row.at[1], 0), 0.9, 0.001));
}

/* Slices of an hour are one run; the last says how it ended; billing comes later. */
static void job_slices_are_one_run(void **state) {
    struct runs_imported n = imported("jobs.csv", "job_id,run_id,period_start_time,period_end_time,result_state,compute_ids\n"
                                                  "7,100,2026-08-01T00:10:00Z,2026-08-01T01:00:00Z,,\"[\"\"c-1\"\"]\"\n"
                                                  "7,100,2026-08-01T01:00:00Z,2026-08-01T01:40:00Z,SUCCEEDED,\"[\"\"c-1\"\"]\"\n"
                                                  "7,101,2026-08-02T00:10:00Z,2026-08-02T00:20:00Z,FAILED,\n"
                                                  "7,102,2026-08-03T00:10:00Z,2026-08-03T00:20:00Z,,\n");
    assert_true(n.rows == 4 && n.added == 1 && n.failed == 2 && n.unmatched == 1);
    struct history h;
    assert_null(history_of_job(arena, catalog, "7", &h));
    assert_true(h.runs == 1 && h.low < 5400 && h.high > 5400);
    n = imported("usage.jsonl",
                 "{\"usage_quantity\":3.5,\"usage_unit\":\"DBU\",\"usage_metadata\":{\"job_run_id\":\"100\"}}\n"
                 "{\"usage_quantity\":-1.5,\"usage_unit\":\"DBU\",\"record_type\":\"RETRACTION\",\"usage_metadata\":{\"job_run_id\":\"100\"}}\n"
                 "{\"usage_quantity\":9,\"usage_unit\":\"GB\",\"usage_metadata\":{\"job_run_id\":\"100\"}}\n");
    assert_int_equal(n.usage, 2);
    struct row row;
    assert_null(store_one(catalog_store(catalog), arena, "SELECT units FROM run WHERE run_key = '100'", VALS_NONE, &row));
    assert_true(near(val_as_real(&row.at[0], 0), 2, 0.001));
}

static void lineage_events_are_one_run(void **state) {
    struct runs_imported n =
        imported("events.jsonl", "{\"eventType\":\"START\",\"eventTime\":\"2026-08-01T00:00:00Z\",\"run\":{\"runId\":\"r1\"},\"job\":{\"namespace\":"
                                 "\"spark\",\"name\":\"load\"},\"inputs\":"
                                 "[{\"namespace\":\"s\",\"name\":\"raw\",\"inputFacets\":{\"inputStatistics\":{\"size\":1000,\"rowCount\":10}}}]}\n"
                                 "{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:01:30Z\",\"run\":{\"runId\":\"r1\"},\"job\":{"
                                 "\"namespace\":\"spark\",\"name\":\"load\"},\"outputs\":"
                                 "[{\"namespace\":\"s\",\"name\":\"shop.daily\",\"outputFacets\":{\"outputStatistics\":{\"rowCount\":7}}}]}\n");
    assert_true(n.added == 1);
    struct row row;
    assert_null(store_one(catalog_store(catalog), arena, "SELECT seconds, read_bytes, produced_rows, dataset FROM run WHERE run_key = 'r1'",
                          VALS_NONE, &row));
    assert_true(near(val_as_real(&row.at[0], 0), 90, 0.001) && near(val_as_real(&row.at[1], 0), 1000, 0.001) &&
                near(val_as_real(&row.at[2], 0), 7, 0.001));
    assert_string_equal(val_as_text(arena, &row.at[3], ""), "shop.daily");
}

/* Plans that differ in a constant go before those that group the same tables the same way; the plan's own runs are not its kin's. */
static struct run_kin kin_of(const char *sql, const char **fingerprint) {
    struct plan *plan;
    struct schema *schema;
    const char *const names[] = {"shop.orders"};
    assert_null(catalog_schema(arena, &catalog, 1, NULL, names, 1, &schema));
    assert_null(plan_from_sql(arena, str_of(sql), schema, DIALECT_DATABRICKS, &plan));
    *fingerprint = run_fingerprint(arena, plan, sql);
    return run_kin_of(arena, plan);
}

static void similar_plans_are_next(void **state) {
    imported("kin.jsonl", "{\"statement_id\":\"k1\",\"compute\":{\"warehouse_id\":\"w7\"},\"statement_text\":\"SELECT count(price) FROM shop.orders "
                          "WHERE id > 100\",\"execution_duration_ms\":60000,\"start_time\":\"2026-08-01 10:00:00\"}\n");
    const char *own, *other;
    struct run_kin same = kin_of("SELECT count(price) FROM shop.orders WHERE id > 250", &other),
                   ran = kin_of("SELECT count(price) FROM shop.orders WHERE id > 100", &own);
    struct calibration c;
    bool family = false;
    assert_null(history_of_kin(arena, catalog, &same, other, "w7", &c, &family));
    assert_true(c.runs == 1 && family && c.factor > 0);
    assert_null(history_of_kin(arena, catalog, &ran, own, "w7", &c, &family));
    assert_true(c.runs >= 1 && !family); /* of its own family only it ran itself: the shape is left, of other computes */
    struct run_kin shape = kin_of("SELECT max(price) FROM shop.orders", &other), none = {NULL, NULL};
    assert_null(history_of_kin(arena, catalog, &shape, other, "w7", &c, &family));
    assert_true(c.runs >= 1 && !family);
    assert_null(history_of_kin(arena, catalog, &none, NULL, NULL, &c, &family));
    assert_true(c.runs == 0 && near(c.factor, 1, 0.001));
}

#define USAGE(id, day, run, dbu, owner)                                                                                                              \
    "{\"record_id\":\"" id "\",\"usage_quantity\":" dbu ",\"usage_unit\":\"DBU\",\"sku_name\":\"PREMIUM_JOBS_COMPUTE\",\"cloud\":\"AWS\","           \
    "\"usage_start_time\":\"2026-08-" day "T02:00:00Z\",\"usage_end_time\":\"2026-08-" day "T03:00:00Z\"," owner ",\"job_run_id\":\"" run "\"}\n"

static void bills_count_once_and_by_owner(void **state) {
    static const char rows[] = USAGE("b1", "01", "r1", "10", "\"usage_metadata\":{\"job_id\":\"900\",\"job_name\":\"nightly\"}")
        USAGE("b2", "11", "r2", "14", "\"usage_metadata\":{\"job_id\":\"900\",\"job_name\":\"nightly\"}")
            USAGE("b3", "11", "r2", "-4", "\"record_type\":\"RETRACTION\",\"usage_metadata\":{\"job_id\":\"900\"}")
                USAGE("b4", "02", "r3", "5", "\"custom_tags\":{\"JobId\":\"901\"}");
    assert_int_equal(imported("bills.jsonl", rows).usage, 4);
    assert_int_equal(imported("bills.jsonl", rows).usage, 0);
    struct price_list *prices;
    struct billed b;
    assert_null(price_list_load(arena, NULL, &prices));
    assert_null(billed_of(arena, catalog, prices, BILLED_JOB, NULL, "nightly", &b)); /* the retraction names no job: by name it is not found */
    assert_null(billed_of(arena, catalog, prices, BILLED_JOB, "900", "nightly", &b));
    assert_true(near(b.dbu, 20, 0.001) && near(b.usd, 20 * 0.15, 0.001) && b.runs == 2 && !b.machines);
    assert_non_null(strstr(billed_text(arena, &b), "billed from 2026-08-01 to 2026-08-11: 20 DBU of JOBS_COMPUTE in 2 runs, $3.00"));
    struct cost month = billed_monthly(arena, prices, &b);
    assert_true(month.known && near(month.low, 3.0 / 11 * 30.436875, 0.001));
    double low, high;
    struct compute c = {.kind = COMPUTE_JOB, .node_type = "m5d.2xlarge", .workers_min = 4, .workers_max = 4}; /* 6.85 DBU, 2.26 USD an hour */
    assert_true(billed_run(prices, NULL, &c, &b, &low, &high));
    assert_true(near(low, 1.5 + 10 / 6.85 * 2.26, 0.001) && near(high, low, 0.001));
    assert_null(billed_of(arena, catalog, prices, BILLED_JOB, "901", NULL, &b));
    assert_true(near(b.dbu, 5, 0.001));
    assert_false(billed_monthly(arena, prices, &b).known); /* one day says little of a month */
    assert_null(billed_of(arena, catalog, prices, BILLED_WAREHOUSE, "900", NULL, &b));
    assert_true(b.from == 0);
}

static struct calibration fitted(size_t n, double ratio) {
    double logs[100];
    for (size_t i = 0; i < n; i++) logs[i] = log(ratio);
    return calibration_fit(logs, n, 0, 0.9);
}

static void few_runs_do_not_swing_it(void **state) {
    assert_true(near(fitted(0, 1).factor, 1, 0.001));
    assert_true(fitted(3, 10).factor < 2.5);                                 /* 3 of 8 parts of the way, in logarithms */
    assert_true(fitted(80, 10).factor > 8.5 && fitted(80, 10).spread < 1.5); /* many that agree */
    double logs[5] = {0, 0.1, -0.1, 0.05, log(1000)};                        /* one that hung does not count */
    assert_true(calibration_fit(logs, 5, 0, 0.9).factor < 1.1);
    double spread_out[4] = {log(0.1), log(10), log(0.2), log(5)};
    assert_true(calibration_fit(spread_out, 4, 0, 0.9).within > 3);
}

static void factors_are_fitted_per_compute(void **state) {
    struct calibration c;
    assert_null(calibration_of(arena, catalog, "w1", &c));
    assert_true(c.runs == 2 && c.all_runs >= 2 && c.factor > 0 && c.spread > 1);
    assert_null(calibration_of(arena, catalog, "never seen", &c));
    assert_true(c.runs == 0 && c.all_runs >= 2);
    struct runs_line *lines;
    size_t n;
    assert_null(runs_lines(arena, catalog, &lines, &n));
    assert_true(n >= 3 && lines[0].runs >= 4 && *lines[0].compute == 0);
    assert_null(calibration_text(arena, &(struct calibration){.runs = 2, .within = 1.6}));
    assert_non_null(strstr(calibration_text(arena, &(struct calibration){.runs = 40, .within = 1.6}), "1.6x"));
}

/* Runs of the plan itself, then of similar plans, then of its compute; which it was is said. */
static void a_bill_rests_on_the_nearest_runs(void **state) {
    struct run_past past = {.history = {.runs = 4, .low = 30, .high = 50},
                            .kin = {.runs = 3, .factor = 4, .spread = 1.5},
                            .calibration = {.runs = 9, .all_runs = 20, .factor = 2, .spread = 2, .within = 1.4}};
    struct bill_target t = {.platform = PLATFORM_DATABRICKS};
    estimate_target(arena, &past, &t);
    assert_true(t.past_low == 30 && t.past_high == 50 && strstr(t.basis, "the last 4 runs of it"));
    past.history.runs = 0, t = (struct bill_target){.platform = PLATFORM_DATABRICKS};
    estimate_target(arena, &past, &t);
    assert_true(t.past_high == 0 && t.factor == 4 && t.cores == REFERENCE_CORES && strstr(t.basis, "similar plans"));
    past.kin.runs = 0, t = (struct bill_target){.platform = PLATFORM_DATABRICKS};
    estimate_target(arena, &past, &t);
    assert_true(t.factor == 2 && t.cores == REFERENCE_CORES && strstr(t.basis, "9 runs on this compute"));
    past.calibration.runs = 0, t = (struct bill_target){.platform = PLATFORM_DATABRICKS};
    estimate_target(arena, &past, &t);
    assert_true(t.factor == 2 && t.cores == 0 && strstr(t.basis, "all computes"));
    past.calibration.all_runs = 2, t = (struct bill_target){.platform = PLATFORM_DATABRICKS};
    estimate_target(arena, &past, &t);
    assert_true(t.factor == 0 && !t.basis);
}

static void wrong_files_are_named(void **state) {
    static const struct {
        const char *text, *words;
    } cases[] = {{"{\"a\":1}\n", "f:1: not a row of query history"},
                 {"{\"statement_text\":\"SELECT 1\"}\n", "f:1: a query without statement_id"},
                 {"{\"statement_text\":\"SELECT 1\",\"statement_id\":\"x\"}\n", "execution_duration_ms"},
                 {"{\"statement_text\":\"SELECT 1\",\"statement_id\":\"x\",\"execution_duration_ms\":1e300}\n", "f:1: it would have run for"},
                 {"{\"usage_quantity\":-1e300,\"usage_metadata\":{\"job_id\":\"1\"}}\n", "f:1: a usage_quantity of -1e+300 DBU"},
                 {"[1,2]", "not an object"},
                 {"justtext", "neither JSON lines nor a CSV"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct runs_imported n;
        const struct err *failed = runs_import(catalog, "f", str_of(cases[i].text), &n);
        assert_non_null(failed);
        if (!strstr(failed->text, cases[i].words)) fail_msg("wanted '%s', got '%s'", cases[i].words, failed->text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_match_by_plan),          cmocka_unit_test(csv_has_structs_as_json),
        cmocka_unit_test(job_slices_are_one_run),         cmocka_unit_test(a_bill_rests_on_the_nearest_runs),
        cmocka_unit_test(similar_plans_are_next),         cmocka_unit_test(bills_count_once_and_by_owner),
        cmocka_unit_test(lineage_events_are_one_run),     cmocka_unit_test(few_runs_do_not_swing_it),
        cmocka_unit_test(factors_are_fitted_per_compute), cmocka_unit_test(wrong_files_are_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
