/* test_cost_price.c - the shipped price list and its formulas. */
#include "unit.h"

#include "price.h"

#include <math.h>
#include <string.h>

static struct arena *arena;
static struct price_list *list;

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    return price_list_load(arena, NULL, &list) ? -1 : 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static bool near(double a, double b) { return fabs(a - b) < 0.0005; }

/* The worked check of the price notes: m5d.2xlarge driver and 4 workers, AWS us-east-1 Premium. */
static void test_cluster(void **state) {
    struct compute c = {.kind = COMPUTE_JOB, .node_type = "m5d.2xlarge", .workers_min = 4, .workers_max = 4};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && near(hour.low, 3.2875) && near(hour.high, 3.2875));
    c.photon = true;
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && near(hour.low, 5.2398));
    assert_true(hour.assumptions.n > 0 && hour.price_date && hour.price_source);
    c.workers_min = 2;
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.low < hour.high);
}

static void test_spot(void **state) {
    struct compute c = {.kind = COMPUTE_JOB, .node_type = "m6i.xlarge", .workers_min = 2, .workers_max = 2, .spot = true};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && hour.low < hour.high);
    assert_true(near(hour.low, 3 * 0.76 * 0.15 + 0.192 + 2 * 0.0853));
}

/* The first machines on demand, the driver first; without a fallback the market's price is the most. */
static void test_first_on_demand(void **state) {
    struct compute c = {.kind = COMPUTE_JOB,
                        .node_type = "m6i.xlarge",
                        .workers_min = 4,
                        .workers_max = 4,
                        .spot = true,
                        .availability = "SPOT_WITH_FALLBACK",
                        .first_on_demand = 3};
    double dbu = 5 * 0.76 * 0.15;
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && near(hour.low, dbu + 3 * 0.192 + 2 * 0.0853) && near(hour.high, dbu + 5 * 0.192));
    c.availability = "SPOT";
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(near(hour.low, hour.high) && near(hour.high, dbu + 3 * 0.192 + 2 * 0.0853));
    c.first_on_demand = -1; /* said to be 0: the driver too */
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(near(hour.high, dbu + 5 * 0.0853));
    c.first_on_demand = 10; /* more than there are */
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(near(hour.low, dbu + 5 * 0.192) && near(hour.high, hour.low));
    c.node_type = "m5d.2xlarge", c.first_on_demand = 1; /* its spot price was not measured: the discounts seen of others, 40 to 79 % */
    hour = price_compute_hour(arena, list, NULL, &c);
    dbu = 5 * 1.37 * 0.15;
    assert_true(near(hour.low, dbu + 0.452 * (1 + 4 * 0.21)) && near(hour.high, dbu + 0.452 * (1 + 4 * 0.6)));
}

/* Idle machines of a pool cost the cloud's price alone; a cluster of a pool whose type nobody knows has no price. */
static void test_pool(void **state) {
    struct compute pool = {.kind = COMPUTE_POOL, .node_type = "m5d.2xlarge", .workers_min = 3, .workers_max = 20};
    struct cost hour = price_compute_hour(arena, list, NULL, &pool);
    assert_true(hour.known && near(hour.low, 3 * 0.452) && near(hour.high, hour.low));
    struct compute c = {.kind = COMPUTE_JOB, .pool = "0807-pool", .workers_min = 2, .workers_max = 2};
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(!hour.known && strstr(hour.unknown, "0807-pool"));
}

/* By the planning rule: 1 + 2 to 1 + 8 machines of 2 DBU under Photon x2.9, standard to performance mode. */
static void test_serverless(void **state) {
    struct compute c = {.kind = COMPUTE_SERVERLESS, .serverless = true, .workers_min = -1, .workers_max = -1};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && near(hour.low, 3 * 2 * 2.9 * 0.35) && near(hour.high, 9 * 2 * 2.9 * 2 * 0.35));
    assert_non_null(strstr(hour.assumptions.at[0], "a planning rule, not a price"));
    c.performance = SAID_NO;
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(near(hour.high, 9 * 2 * 2.9 * 0.35));
    c.kind = COMPUTE_PIPELINE, c.performance = SAID_YES; /* serverless pipelines are billed as serverless jobs */
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && near(hour.low, 3 * 2 * 2.9 * 2 * 0.35));
    struct price_place nowhere = {.region = "mars-1"};
    assert_false(price_compute_hour(arena, list, &nowhere, &c).known);
}

static void test_pipeline_editions(void **state) {
    struct compute c = {.kind = COMPUTE_PIPELINE, .node_type = "m5d.xlarge", .workers_min = 1, .workers_max = 1, .edition = "CORE"};
    assert_true(near(price_compute_hour(arena, list, NULL, &c).low, 2 * 0.69 * 0.2 + 2 * 0.226));
    c.edition = "PRO";
    assert_true(near(price_compute_hour(arena, list, NULL, &c).low, 2 * 0.69 * 0.25 + 2 * 0.226));
    c.edition = NULL; /* the platform's default is the dearest */
    assert_true(near(price_compute_hour(arena, list, NULL, &c).low, 2 * 0.69 * 0.36 + 2 * 0.226));
}

static void test_warehouse(void **state) {
    struct compute c = {.kind = COMPUTE_WAREHOUSE, .size = "Small", .serverless = true};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && near(hour.low, 8.40));
    c.serverless = false;
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(hour.known && hour.low > 6.60); /* plus machines */
    double pro = hour.low;
    c.edition = "CLASSIC";
    assert_true(near(pro - price_compute_hour(arena, list, NULL, &c).low, 12 * (0.55 - 0.22)));
    c.edition = NULL, c.serverless = true, c.workers_min = 1, c.workers_max = 3; /* as many clusters as its queries need */
    hour = price_compute_hour(arena, list, NULL, &c);
    assert_true(near(hour.low, 8.40) && near(hour.high, 25.20));
    c.workers_min = c.workers_max = 0;
    struct price_place azure = {.cloud = "AZURE", .region = "westeurope"};
    c.serverless = true;
    hour = price_compute_hour(arena, list, &azure, &c);
    assert_true(hour.known && near(hour.low, 12 * 0.91));
}

static void test_unknown(void **state) {
    struct compute c = {.kind = COMPUTE_JOB, .node_type = "zz.large", .workers_min = 1, .workers_max = 1};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_false(hour.known);
    assert_non_null(strstr(hour.unknown, "zz.large"));
    assert_true(hour.low == 0 && hour.high == 0);
    hour = price_compute_hour(arena, list, NULL, &(struct compute){.kind = COMPUTE_WAREHOUSE, .size = "Huge"});
    assert_false(hour.known);
    struct price_place mars = {.region = "mars-1"};
    hour = price_compute_hour(arena, list, &mars, &(struct compute){.kind = COMPUTE_WAREHOUSE, .size = "Small"});
    assert_false(hour.known);
}

static void test_text(void **state) {
    struct cost c = {.known = true, .low = 312.3, .high = 418, .currency = "USD", .period = "month"};
    assert_string_equal(cost_text(arena, &c), "about $310-420 a month");
    c.low = 0.1, c.high = 0.4;
    assert_string_equal(cost_text(arena, &c), "under $1 a month");
    c.low = 1234, c.high = 56789;
    assert_string_equal(cost_text(arena, &c), "about $1,200-57,000 a month");
    c.low = -420, c.high = 10, c.period = "run";
    assert_string_equal(cost_text(arena, &c), "about -$420 to $10 a run");
    c.low = 2.942, c.high = 17.3;
    assert_string_equal(cost_text(arena, &c), "about $2.90-17 a run");
    c.low = 0.001, c.high = 18396;
    assert_string_equal(cost_text(arena, &c), "up to $18,000 a run");
    c.low = -0.4, c.high = 0.3, c.period = "month";
    assert_string_equal(cost_text(arena, &c), "under $1 a month more or less");
    c.low = 0, c.high = INFINITY;
    assert_string_equal(cost_text(arena, &c), "not known: larger than can be said");
    c = cost_unknown("size of x is not known");
    assert_string_equal(cost_text(arena, &c), "not known: size of x is not known");
    struct cost a = {.known = true, .low = 1, .high = 2}, sum = cost_add(arena, &a, &c);
    assert_false(sum.known);
    sum = cost_add(arena, &a, &a);
    assert_true(sum.known && sum.high == 4);
}

/* Every amount says the days that its prices are of, oldest to newest. */
static void test_dates(void **state) {
    struct cost a = price_cost_new(list, "month"), b = a;
    assert_null(cost_dates(arena, &a));
    cost_dated(&a, "2026-04-10");
    cost_dated(&b, "2024-07-11");
    assert_string_equal(cost_dates(arena, &a), "2026-04-10");
    struct cost sum = cost_add(arena, &a, &b);
    assert_string_equal(cost_dates(arena, &sum), "2024-07-11 to 2026-04-10");
    cost_dated(&sum, "2025-01-01");
    assert_string_equal(cost_dates(arena, &sum), "2024-07-11 to 2026-04-10");
    struct compute c = {.kind = COMPUTE_WAREHOUSE, .size = "Small", .edition = "PRO"};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_string_equal(cost_dates(arena, &hour), "2024-07-11 to 2026-04-10");
    assert_string_equal(price_number_date(list, "athena.usd_per_tb_scanned"), "2020-10-15");
    assert_string_equal(price_number_date(list, "glue.usd_per_dpu_hour_flex"), "2025");
    assert_string_equal(cost_rate(arena, "USD", 0.7), "$0.70");
    assert_string_equal(cost_rate(arena, "EUR", 0.0875), "0.0875 EUR");
}

static void test_sizes(void **state) {
    static const char *const names[] = {"X-Small", "XSMALL", "xxlarge", "X4LARGE", "MEDIUM"};
    static const double credits[] = {1, 1, 32, 128, 4};
    for (size_t i = 0; i < 5; i++) {
        const char *size = names[i];
        double n;
        assert_true(price_size_find(list, "snowflake.credits_per_hour", &size, &n) && near(n, credits[i]));
    }
    const char *size = "Huge";
    double n;
    assert_false(price_size_find(list, "snowflake.credits_per_hour", &size, &n));
}

static void test_bad_list(void **state) {
    struct price_list *bad;
    assert_non_null(price_list_read(arena, "p.json", "{", 1, &bad));
    const struct err *e = price_list_read(arena, "p.json", "{\"schema_version\":1}", 20, &bad);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_CONFIG);
    assert_non_null(strstr(e->text, "dbu_price"));
    e = price_list_load(arena, "/nowhere/prices.json", &bad);
    assert_true(e && strstr(e->text, "/nowhere/prices.json"));
}

static const struct err *imported(const char *name, const char *text, struct price_import *done) {
    struct price_list *fresh;
    const struct err *failed = price_list_load(arena, NULL, &fresh);
    return failed ? failed : (list = fresh, price_list_import(fresh, name, str_of(text), done));
}

static double dbu_usd(const char *region, const char *sku) {
    double usd = -1;
    struct price_place place = {.region = region};
    return price_dbu(list, &place, sku, &usd) ? usd : -1;
}

/* Rows as system.billing.list_prices gives them: newest valid one counts, regions by the product's name, other units passed over. */
static void test_import_list_prices(void **state) {
    struct price_import done;
    const char *csv = "sku_name,cloud,currency_code,usage_unit,price_start_time,price_end_time,pricing\n"
                      "PREMIUM_JOBS_SERVERLESS_COMPUTE_US_EAST_N_VIRGINIA,AWS,USD,DBU,2026-06-01T00:00:00Z,,\"{\"\"default\"\":0.37,\"\"effective_"
                      "list\"\":{\"\"default\"\":0.33}}\"\n"
                      "PREMIUM_JOBS_COMPUTE,aws,USD,DBU,2026-06-01T00:00:00Z,2026-06-02T00:00:00Z,\"{\"\"default\"\":9}\"\n"
                      "PREMIUM_JOBS_COMPUTE,AWS,USD,DBU,2026-06-02T00:00:00Z,,\"{\"\"default\"\":0.11}\"\n"
                      "PREMIUM_JOBS_COMPUTE,AWS,USD,DBU,2999-01-01T00:00:00Z,,\"{\"\"default\"\":7}\"\n"
                      "PREMIUM_NETWORK_EGRESS,AWS,USD,GB,2026-06-01T00:00:00Z,,\"{\"\"default\"\":1}\"\n";
    assert_null(imported("lp.csv", csv, &done));
    assert_true(done.added == 4 && done.replaced == 0 && done.passed == 1);
    assert_true(near(dbu_usd("us-east-1", "JOBS_SERVERLESS_COMPUTE"), 0.33) && near(dbu_usd("eu-west-1", "JOBS_SERVERLESS_COMPUTE"), 0.39));
    assert_true(near(dbu_usd("us-east-1", "JOBS_COMPUTE"), 0.11) && near(dbu_usd("eu-west-1", "JOBS_COMPUTE"), 0.11));
    struct compute c = {.kind = COMPUTE_JOB, .node_type = "m5d.2xlarge", .workers_min = 1, .workers_max = 1};
    struct cost hour = price_compute_hour(arena, list, NULL, &c);
    assert_non_null(strstr(hour.assumptions.at[0], "price of 2026-06-02"));
}

static void test_import_rates(void **state) {
    struct price_import done;
    double number;
    assert_null(
        imported("rates.csv", "cloud,tier,sku,price,region,valid_from\nAWS,PREMIUM,SERVERLESS_SQL_COMPUTE,0.5,us-east-1,2026-07-01\n", &done));
    assert_true(done.added == 1 && near(dbu_usd("us-east-1", "SERVERLESS_SQL_COMPUTE"), 0.5) &&
                near(dbu_usd("eu-west-1", "SERVERLESS_SQL_COMPUTE"), 0.91));
    assert_null(price_list_import(
        list, "again.csv", str_of("cloud,tier,sku,price,region,valid_from\nAWS,PREMIUM,SERVERLESS_SQL_COMPUTE,0.4,us-east-1,2026-07-01\n"), &done));
    assert_true(done.replaced == 1 && near(dbu_usd("us-east-1", "SERVERLESS_SQL_COMPUTE"), 0.4));
    assert_null(imported("items.jsonl",
                         "{\"item\":\"bigquery.usd_per_slot_hour\",\"price\":0.04}\n{\"node_type\":\"m5d.2xlarge\",\"usd_per_hour\":0.3}\n", &done));
    assert_true(price_number(list, "bigquery.usd_per_slot_hour", &number) && near(number, 0.04));
    struct price_node node;
    assert_true(price_node_find(list, NULL, "m5d.2xlarge", &node) && near(node.usd, 0.3));
}

static void test_import_says_what_is_wrong(void **state) {
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "empty"},
        {"sku,cloud,price\nJOBS_COMPUTE,AWS,abc\n", "f:2: the price 'abc' is no number"},
        {"sku,cloud,price\nJOBS_COMPUTE,AWS,nan\n", "is no number"},
        {"sku,cloud\nJOBS_COMPUTE,AWS\n", "f:2: no price"},
        {"sku,cloud,tier,price\nJOBS_COMPUTE,AWS,GOLD,1\n", "unknown tier 'GOLD'"},
        {"sku,cloud,price,valid_from\nJOBS_COMPUTE,AWS,1,soon\n", "the date 'soon' cannot be read"},
        {"node_type,usd_per_hour,dbu_per_hour\nx9.large,1,-3\n", "dbu_per_hour -3 is out of range"},
        {"sku,cloud,price\n\nJOBS_COMPUTE,MARS,1\n", "f:3: unknown cloud 'MARS'"},
        {"sku,cloud,price,currency\nJOBS_COMPUTE,AWS,1,EUR\n", "one currency"},
        {"sku,cloud,price\nJOBS_COMPUTE,AWS\n", "f:2: 2 values under 3"},
        {"a,b\n1,2\n", "sku_name"},
        {"{\"sku\":\"X\",\"cloud\":\"AWS\",\"price\":1}\n{oops\n", "f:2: not a JSON object"},
        {"item,price\nmoon.cheese,1\n", "unknown item"},
        {"sku,cloud,price\n\"JOBS,AWS,1\n", "closing quote"},
        {"sku,cloud,price\nJOBS_COMPUTE,AWS,-1\n", "out of range"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct price_import done;
        const struct err *failed = imported("f", cases[i].text, &done);
        assert_non_null(failed);
        if (!strstr(failed->text, cases[i].words)) fail_msg("wanted '%s', got '%s'", cases[i].words, failed->text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cluster),
        cmocka_unit_test(test_spot),
        cmocka_unit_test(test_first_on_demand),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_serverless),
        cmocka_unit_test(test_pipeline_editions),
        cmocka_unit_test(test_warehouse),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_bad_list),
        cmocka_unit_test(test_import_list_prices),
        cmocka_unit_test(test_import_rates),
        cmocka_unit_test(test_import_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
