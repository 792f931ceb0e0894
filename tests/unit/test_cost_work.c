/* test_cost_work.c - rows, bytes and units of plans over measured tables, worked out by hand. */
#include "unit.h"

#include "store_place.h"

#include "bill.h"
#include "bind.h"

#include <math.h>
#include <string.h>

static struct arena *arena;
static struct catalog *catalog;
static struct price_list *prices;

static const char stats[] = "datasets:\n"
                            "  - name: fact\n"
                            "    bytes: 100000000\n"
                            "    rows: 1000000\n"
                            "    partition_by: [day]\n"
                            "    columns:\n"
                            "      - {name: id, type: bigint, distinct: 1000000, nulls: 0, width: 10, min: 1, max: 1000000}\n"
                            "      - {name: dim_id, type: bigint, distinct: 1000, nulls: 0, width: 10, min: 1, max: 1000}\n"
                            "      - {name: day, type: date, distinct: 100, nulls: 0, width: 5, min: 2026-01-01, max: 2026-04-10}\n"
                            "      - {name: amount, type: double, distinct: 5000, nulls: 0.5, width: 25, min: 0, max: 100}\n"
                            "      - {name: note, type: string, width: 50}\n"
                            "  - name: dim\n"
                            "    bytes: 10000\n"
                            "    rows: 1000\n"
                            "    columns:\n"
                            "      - {name: id, type: bigint, distinct: 1000, nulls: 0, width: 5, min: 1, max: 1000}\n"
                            "      - {name: kind, type: string, distinct: 10, nulls: 0, width: 5}\n"
                            "  - name: dates\n"
                            "    rows: 73000\n"
                            "    columns:\n"
                            "      - {name: day, type: date, distinct: 73000, nulls: 0, width: 4, min: 1900-01-01, max: 2099-11-12}\n"
                            "      - {name: month, type: int, distinct: 2400, nulls: 0, width: 4, min: 1, max: 2400}\n";

static int setup(void **state) {
    size_t count;
    arena = arena_create(ARENA_JOB);
    if (catalog_open(arena, place_brief(), &catalog)) return -1;
    if (catalog_import(catalog, "stats.yml", str_of(stats), &count) || count != 3) return -1;
    return price_list_load(arena, NULL, &prices) ? -1 : 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static struct work work_in(enum dialect dialect, const char *sql) {
    struct plan *plan;
    struct schema *schema;
    struct work work;
    const char *const names[] = {"fact", "dim", "dates"};
    assert_null(catalog_schema(arena, &catalog, 1, NULL, names, 3, &schema));
    assert_null(plan_from_sql(arena, str_of(sql), schema, dialect, &plan));
    assert_null(work_of_plan(arena, &catalog, 1, plan, &work));
    return work;
}

static struct work work_of(const char *sql) { return work_in(DIALECT_DATABRICKS, sql); }

static bool near(double a, double b, double part) { return fabs(a - b) <= fabs(b) * part; }

static void columns_and_partitions_are_pruned(void **state) {
    struct work w = work_of("SELECT id FROM fact");
    assert_true(w.known && near(w.read_bytes, 10e6, 0.001)); /* 10 of 100 bytes a row */
    w = work_of("SELECT id FROM fact WHERE day = DATE '2026-02-01'");
    assert_true(near(w.read_bytes, 15e4, 0.001) && near(w.output_rows, 1e4, 0.001) && w.scans[0].pruned);
    w = work_in(DIALECT_BIGQUERY, "SELECT id FROM fact WHERE EXTRACT(YEAR FROM day) = 2026");
    assert_true(near(w.read_bytes, 15e6, 0.001) && w.scans[0].function);
    w = work_of("SELECT id FROM fact WHERE year(day) = 2026"); /* Spark asks the function of each partition's value */
    assert_true(w.scans[0].pruned && !w.scans[0].function);
}

static void predicates_keep_what_statistics_say(void **state) {
    assert_true(near(work_of("SELECT id FROM fact WHERE amount >= 25 AND amount < 75").output_rows, 25e4, 0.01)); /* half are NULL */
    assert_true(near(work_of("SELECT id FROM fact WHERE dim_id IN (1, 2, 3)").output_rows, 3000, 0.01));
    assert_true(near(work_of("SELECT id FROM fact WHERE dim_id = 1 OR dim_id = 2").output_rows, 2000, 0.01));
    assert_true(near(work_of("SELECT id FROM fact WHERE amount IS NULL").output_rows, 5e5, 0.01));
    assert_true(work_of("SELECT id FROM fact WHERE dim_id = 4711").output_rows <= 2);
    assert_true(near(work_of("SELECT id FROM fact WHERE id > 900000").output_rows, 1e5, 0.01));
}

static void joins_follow_keys_and_ranges(void **state) {
    assert_true(near(work_of("SELECT f.id FROM fact f JOIN dim d ON f.dim_id = d.id").output_rows, 1e6, 0.01));
    assert_true(near(work_of("SELECT f.id FROM fact f, dim d WHERE f.dim_id = d.id AND d.kind = 'a'").output_rows, 1e5, 0.01));
    /* Of 200 years of dates a month that the facts have is wanted: all its days count. */
    assert_true(near(work_of("SELECT f.id FROM fact f JOIN dates t ON f.day = t.day").output_rows, 1e6, 0.02));
    assert_true(near(work_of("SELECT f.id FROM fact f JOIN dates t ON f.day = t.day WHERE t.month = 1514").output_rows, 3e5, 0.05));
    assert_true(near(work_of("SELECT f.id FROM fact f LEFT JOIN dim d ON f.dim_id = d.id AND d.kind = 'a'").output_rows, 1e6, 0.01));
    assert_true(near(work_of("SELECT f.id FROM fact f WHERE f.dim_id IN (SELECT id FROM dim WHERE kind = 'a')").output_rows, 1e5, 0.05));
    assert_true(near(work_of("SELECT f.id FROM fact f WHERE NOT EXISTS (SELECT 1 FROM dim d WHERE d.id = f.dim_id AND d.kind = 'a')").output_rows,
                     9e5, 0.05));
    assert_true(near(work_of("SELECT 1 FROM fact a, fact b WHERE a.dim_id = b.dim_id").output_rows, 1e9, 0.01));
}

static void groups_and_limits(void **state) {
    assert_true(near(work_of("SELECT dim_id, sum(amount) FROM fact GROUP BY dim_id").output_rows, 1000, 0.01));
    assert_true(near(work_of("SELECT sum(amount) FROM fact").output_rows, 1, 0.01));
    assert_true(near(work_of("SELECT id FROM fact ORDER BY amount LIMIT 10").output_rows, 10, 0.01));
    assert_true(near(work_of("SELECT DISTINCT dim_id FROM fact").output_rows, 1000, 0.01));
    assert_true(near(work_of("SELECT id FROM fact UNION ALL SELECT id FROM dim").output_rows, 1001000, 0.01));
    assert_true(
        near(work_of("SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY dim_id ORDER BY amount) n FROM fact) WHERE n <= 2").output_rows, 2000,
             0.01));
    struct work once = work_of("SELECT dim_id FROM fact GROUP BY dim_id");
    struct work twice = work_of("WITH g AS (SELECT dim_id FROM fact GROUP BY dim_id) SELECT a.dim_id FROM g a JOIN g b ON a.dim_id = b.dim_id");
    assert_true(twice.seconds < once.seconds * 1.2 && twice.read_bytes == once.read_bytes); /* the expression is computed once */
}

/* More tables than are ordered at once: those beyond are joined first. */
static void many_joins(void **state) {
    struct buf b = buf_new(arena);
    buf_text(&b, "SELECT f0.id FROM fact f0");
    for (int i = 1; i < 150; i++) buf_printf(&b, " JOIN fact f%d ON f%d.id = f%d.id", i, i, i - 1);
    struct work w = work_of(buf_str(&b));
    assert_true(w.known && w.scan_count == 150 && near(w.output_rows, 1e6, 0.1));
}

static void unknown_sizes_stay_unknown(void **state) {
    struct work w = work_of("SELECT * FROM fact JOIN nowhere n ON n.id = fact.id");
    assert_false(w.known);
    assert_int_equal(w.missing.n, 1);
    assert_string_equal(w.missing.at[0], "nowhere");
    struct bill bill = bill_of(arena, prices, &w, &(struct bill_target){.platform = PLATFORM_ATHENA});
    assert_false(bill.known || bill.cost.known);
    assert_non_null(strstr(bill.cost.unknown, "nowhere"));
}

static struct bill billed(const char *sql, struct bill_target target) {
    struct work work = work_of(sql);
    return bill_of(arena, prices, &work, &target);
}

static void each_platform_in_its_units(void **state) {
    struct bill b = billed("SELECT id FROM dim", (struct bill_target){.platform = PLATFORM_BIGQUERY});
    assert_true(b.known && b.units_low == 10485760 && strcmp(b.unit, "bytes billed") == 0);
    b = billed("SELECT id FROM fact", (struct bill_target){.platform = PLATFORM_BIGQUERY});
    assert_true(near(b.units_low, 10485760, 0.001)); /* 10 MB of columns are under the least of 10 MiB */
    b = billed("SELECT * FROM fact", (struct bill_target){.platform = PLATFORM_BIGQUERY});
    assert_true(near(b.cost.low, 1e8 / 1099511627776.0 * 6.25, 0.001));
    b = billed("SELECT id FROM dim", (struct bill_target){.platform = PLATFORM_ATHENA});
    assert_true(b.units_low == 10e6 && near(b.cost.low, 10e6 / 1e12 * 5, 0.001));
    b = billed("SELECT id, note FROM fact", (struct bill_target){.platform = PLATFORM_ATHENA});
    assert_true(near(b.units_low, 60e6, 0.001) && near(b.units_high, 100e6, 0.001));
    b = billed("SELECT id FROM dim", (struct bill_target){.platform = PLATFORM_SNOWFLAKE, .size = "X-Small", .type = "STANDARD"});
    assert_true(near(b.cost.high, 2.0 / 60, 0.001)); /* 60 seconds of one credit an hour at $2 */
    b = billed("SELECT id FROM dim", (struct bill_target){.platform = PLATFORM_GLUE, .units = 10});
    assert_true(near(b.units_low, 10.0 / 60, 0.001) && near(b.cost.low, 10.0 / 60 * 0.44, 0.001));
    b = billed("SELECT id FROM dim", (struct bill_target){.platform = PLATFORM_DATABRICKS, .size = "Medium"});
    assert_true(near(b.units_low / b.seconds_low * 3600, 24, 0.001) && near(b.cost.low / b.units_low, 0.70, 0.001));
    assert_true(b.cost.price_date && b.cost.assumptions.n > 0);
}

static void fitted_factors_replace_defaults(void **state) {
    struct bill before = billed("SELECT dim_id, sum(amount) FROM fact GROUP BY dim_id", (struct bill_target){.platform = PLATFORM_DATABRICKS});
    struct bill after = billed("SELECT dim_id, sum(amount) FROM fact GROUP BY dim_id",
                               (struct bill_target){.platform = PLATFORM_DATABRICKS, .factor = 100, .spread = 1.2});
    assert_true(after.seconds_high > before.seconds_high && near(after.seconds_high / after.seconds_low, 1.44, 0.01));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_partitions_are_pruned),
        cmocka_unit_test(predicates_keep_what_statistics_say),
        cmocka_unit_test(joins_follow_keys_and_ranges),
        cmocka_unit_test(groups_and_limits),
        cmocka_unit_test(many_joins),
        cmocka_unit_test(unknown_sizes_stay_unknown),
        cmocka_unit_test(each_platform_in_its_units),
        cmocka_unit_test(fitted_factors_replace_defaults),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
