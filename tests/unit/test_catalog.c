/* test_catalog.c - put, replace, find, candidates, schema, import over a catalog in memory. */
#include "unit.h"

#include "store_place.h"

#include "binding.h"
#include "candidates.h"
#include "catalog.h"
#include "map.h"
#include "read.h"
#include "schema.h"

#include <string.h>

static struct arena *arena;
static struct catalog *catalog;

static int setup(void **state) {
    arena = arena_create(ARENA_JOB);
    return catalog_open(arena, place_brief(), &catalog) ? -1 : 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static void fine(const struct err *e) {
    if (e) fail_msg("%s", e->text);
}

static struct catalog_put_stats put(const char *repo, const char *scope, const char *path, const char *sql) {
    struct put_file file = {path, hash128(sql, strlen(sql))};
    struct catalog_put put = {.repo = repo,
                              .scope = scope,
                              .reading = read_sql_text(arena, path, str_of(sql), DIALECT_DATABRICKS),
                              .files = &file,
                              .file_count = 1,
                              .now = 1};
    struct catalog_put_stats stats = {0};
    fine(catalog_put_reading(catalog, &put, &stats));
    return stats;
}

static const char ddl[] = "CREATE TABLE silver.orders (order_id BIGINT NOT NULL, customer_id BIGINT, status STRING, amount DECIMAL(12,2));";
static const char paid[] =
    "CREATE TABLE gold.paid AS SELECT customer_id, sum(amount) AS amount FROM silver.orders WHERE status = 'paid' GROUP BY customer_id;";

static struct entry bound(const char *sql) {
    struct reading *reading = read_sql_text(arena, "new.sql", str_of(sql), DIALECT_DATABRICKS);
    struct entry *entries;
    struct schema *schema;
    fine(reading_bind(arena, &catalog, 1, reading, &entries, &schema));
    assert_true(reading->definitions.n >= 1);
    return entries[0];
}

static void test_put_replace(void **state) {
    put("acme/dw", "main", "ddl.sql", ddl);
    struct catalog_put_stats s = put("acme/dw", "main", "paid.sql", paid);
    assert_int_equal(s.definitions, 1);
    assert_int_equal(s.planned, 1);
    struct map *files;
    fine(catalog_files(arena, catalog, "acme/dw", "main", &files));
    assert_int_equal(map_count(files), 2);
    assert_true(hash128_eq(*(struct hash128 *)map_get(files, STR("paid.sql")), hash128(paid, strlen(paid))));
    struct catalog_stats before, after;
    fine(catalog_stats(catalog, &before));
    s = put("acme/dw", "main", "paid.sql", paid);
    assert_int_equal(s.deleted, 1);
    fine(catalog_stats(catalog, &after));
    assert_int_equal(before.definitions, after.definitions);
    assert_int_equal(before.features, after.features); /* no posting is left behind */
    assert_int_equal(before.edges, after.edges);
    fine(catalog_drop_scope(catalog, "acme/dw", "main"));
    fine(catalog_stats(catalog, &after));
    assert_int_equal(after.definitions + after.features + after.edges + after.files, 0);
}

static void test_dataset(void **state) {
    put("acme/dw", "main", "ddl.sql", ddl);
    put("acme/dw", "main", "paid.sql", paid);
    struct dataset *d;
    fine(catalog_dataset(arena, catalog, "gold.paid", &d));
    assert_non_null(d);
    assert_string_equal(d->kind, "table");
    assert_int_equal(d->column_count, 2);
    fine(catalog_dataset(arena, catalog, "SILVER.Orders", &d));
    assert_true(d && d->readers == 1 && d->column_count == 4);
    fine(catalog_dataset(arena, catalog, "main.silver.orders", &d)); /* a longer name of the same */
    assert_non_null(d);
    fine(catalog_dataset(arena, catalog, "nowhere", &d));
    assert_null(d);
    struct entry *list;
    size_t n;
    int64_t all;
    fine(catalog_readers(arena, catalog, "silver.orders", 10, &list, &n, &all));
    assert_true(n == 1 && all == 1);
    assert_string_equal(list[0].dataset, "gold.paid");
    assert_non_null(strstr(list[0].sql, "sum"));
    fine(catalog_fillers(arena, catalog, "paid", &list, &n));
    assert_int_equal(n, 1);
    fine(catalog_find(arena, catalog, "PAI", 5, &list, &n));
    assert_int_equal(n, 1);
    fine(catalog_find(arena, catalog, "100%_", 5, &list, &n));
    assert_int_equal(n, 0);
}

/* Letters that do not compress: an index refuses what stays long. */
static char *long_name(size_t n) {
    char *out = arena_alloc(arena, n + 1);
    uint64_t state = 1;
    for (size_t i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        out[i] = (char)('a' + (state >> 33) % 26);
    }
    out[n] = 0;
    return out;
}

static void test_long_names(void **state) {
    const char *name = long_name(6000);
    struct entry *list;
    size_t n;
    put("acme/dw", "main", "long.sql",
        arena_printf(arena, "CREATE TABLE gold.%s AS SELECT * FROM silver.%s; CREATE TABLE gold.next AS SELECT 1 AS one FROM gold.%s;", name, name,
                     name));
    fine(catalog_fillers(arena, catalog, arena_printf(arena, "gold.%s", name), &list, &n));
    assert_int_equal(n, 1);
    fine(catalog_readers(arena, catalog, arena_printf(arena, "gold.%s", name), 10, &list, &n, NULL));
    assert_int_equal(n, 1);
    assert_string_equal(list[0].dataset, "gold.next");
    struct catalog_stats before, after;
    fine(catalog_stats(catalog, &before));
    put("acme/dw", "main", arena_printf(arena, "models/%s.sql", name), paid);
    fine(catalog_stats(catalog, &after));
    assert_int_equal(before.definitions, after.definitions);
}

static void test_ambiguous(void **state) {
    put("a/a", "main", "a.sql", "CREATE TABLE a.orders (id INT);");
    put("b/b", "main", "b.sql", "CREATE TABLE b.orders (x INT);");
    struct schema *schema;
    const char *names[] = {"orders", "a.orders"};
    fine(catalog_schema(arena, &catalog, 1, NULL, names, 1, &schema));
    assert_int_equal(schema_count(schema), 0); /* which one is not known */
    fine(catalog_schema(arena, &catalog, 1, NULL, names + 1, 1, &schema));
    assert_int_equal(schema_count(schema), 1);
    assert_true(schema_column_find(schema_find(schema, "a.orders"), "id") == 0);
}

static void test_candidates(void **state) {
    put("acme/dw", "main", "ddl.sql", ddl);
    put("acme/dw", "main", "paid.sql", paid);
    put("acme/dw", "pr:7", "mine.sql",
        "CREATE TABLE x.mine AS SELECT customer_id, sum(amount) AS a FROM silver.orders WHERE status = 'paid' GROUP BY 1;");
    put("acme/dw", "main", "other.sql", "CREATE TABLE gold.other AS SELECT count(*) AS n FROM silver.refunds;");
    struct entry e = bound(
        "CREATE TABLE x.again AS SELECT sum(o.amount) AS total, o.customer_id FROM silver.orders o WHERE 'paid' = o.status GROUP BY o.customer_id");
    struct candidate *list;
    size_t n;
    fine(candidates_find(arena, catalog, &e, NULL, &list, &n));
    assert_true(n >= 2);
    assert_int_equal(list[0].why, CANDIDATE_IDENTITY);
    assert_string_equal(list[0].entry.dataset, "gold.paid");
    for (size_t i = 0; i < n; i++) assert_string_not_equal(list[i].entry.dataset, "gold.other");
    const char *gone[] = {"paid.sql"};
    struct candidates_skip skip = {.repo = "acme/dw", .scope = "pr:7", .paths = gone, .path_count = 1};
    fine(candidates_find(arena, catalog, &e, &skip, &list, &n));
    assert_int_equal(n, 0);
}

/* What reads a subset of my tables may hold what I need. */
static void test_containment(void **state) {
    put("acme/dw", "main", "wide.sql", "CREATE TABLE gold.wide AS SELECT o.a, o.b, o.c FROM silver.orders o WHERE o.c > 1;");
    struct entry e = bound("CREATE TABLE x.narrow AS SELECT o.a, c.z FROM silver.orders o JOIN silver.customers c ON c.id = o.a WHERE o.c > 5");
    struct candidate *list;
    size_t n;
    fine(candidates_find(arena, catalog, &e, NULL, &list, &n));
    assert_true(n == 1);
    assert_string_equal(list[0].entry.dataset, "gold.wide");
}

static void test_upstream_first(void **state) {
    /* b reads a's columns by *, and stands before it */
    put("acme/dw", "main", "ddl.sql", ddl);
    struct catalog_put_stats s = put("acme/dw", "main", "two.sql",
                                     "CREATE TABLE g.b AS SELECT * FROM g.a WHERE total > 1;\n"
                                     "CREATE TABLE g.a AS SELECT customer_id, sum(amount) AS total FROM silver.orders GROUP BY customer_id;");
    assert_int_equal(s.planned, 2);
    struct dataset *d;
    fine(catalog_dataset(arena, catalog, "g.b", &d));
    assert_true(d && d->columns_complete && d->column_count == 2);
}

static void test_import(void **state) {
    size_t count;
    fine(catalog_import(
        catalog, "sizes.yml",
        str_of("taken: 2026-11-20\n"
               "datasets:\n"
               "  - {name: silver.events, bytes: 2.1 TB, rows: 9, partition_by: event_date, owner: \"@dana\", readers: 11, refresh: daily}\n"
               "metrics:\n"
               "  - {name: active, dataset: silver.events, expression: count(distinct user_id), filter: not is_bot}\n"),
        &count));
    assert_int_equal(count, 2);
    struct dataset *d;
    fine(catalog_dataset(arena, catalog, "silver.events", &d));
    assert_true(d->bytes == 2100000000000 && d->readers == 11 && d->partition_count == 1);
    assert_string_equal(d->owner, "@dana");
    struct metric_entry *metrics;
    size_t n;
    fine(catalog_metrics(arena, catalog, "ACTIVE", NULL, &metrics, &n));
    assert_int_equal(n, 1);
    assert_string_equal(metrics[0].filter, "not is_bot");
    const struct err *e = catalog_import(catalog, "s.yml", str_of("datasets:\n  - {nam: x}\n"), &count);
    assert_true(e && strstr(e->text, "s.yml:2") && strstr(e->text, "did you mean 'name'"));
    e = catalog_import(catalog, "s.yml", str_of("datasets:\n  - {name: x, bytes: lots}\n"), &count);
    assert_true(e && strstr(e->text, "12 GB"));
    e = catalog_import(catalog, "s.yml", str_of("metrics:\n  - {name: x, dataset: d, expression: \"sum(\"}\n"), &count);
    assert_non_null(e);
    fine(catalog_dataset(arena, catalog, "x", &d));
    assert_null(d); /* nothing of a file that is wrong */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_put_replace, setup, teardown),    cmocka_unit_test_setup_teardown(test_dataset, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_names, setup, teardown),     cmocka_unit_test_setup_teardown(test_ambiguous, setup, teardown),
        cmocka_unit_test_setup_teardown(test_candidates, setup, teardown),     cmocka_unit_test_setup_teardown(test_containment, setup, teardown),
        cmocka_unit_test_setup_teardown(test_upstream_first, setup, teardown), cmocka_unit_test_setup_teardown(test_import, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
