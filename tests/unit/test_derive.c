/* test_derive.c - what can be computed from a stored result, what cannot, and that the printed rewrite gives the same. */
#include "unit.h"

#include "derive.h"
#include "plan_case.h"

static struct arena *arena;

static int setup(void **state) {
    arena = arena_create(ARENA_JOB);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static struct derivation *derived(const char *query, const char *view, enum normal_mode mode) {
    struct plan *q = plan_case(arena, query), *v = plan_case(arena, view);
    struct derivation *d = derive_find(arena, normal_make(arena, q, mode), normal_make(arena, v, mode), "mart.view", NULL);
    if (!d->query) return d;
    struct refute_limits limits = {.databases = 200, .micros = -1, .declared = mode == NORMAL_DECLARED};
    struct refutation *r = derive_check(arena, d, q, v, "mart.view", NULL, &limits);
    if (r->verdict != REFUTE_NONE)
        fail_msg("%s\n%s\n%s query: %s rewrite: %s", r->reason ? r->reason : "refuted", d->sql, r->database, r->left, r->right);
    assert_true(d->n_proof > 0);
    return d;
}

static void assert_derived(const char *query, const char *view) {
    struct derivation *d = derived(query, view, NORMAL_PURE);
    if (!d->query) fail_msg("not derived (%s): %s from %s", d->why, query, view);
}

static void assert_not(const char *query, const char *view) {
    struct derivation *d = derived(query, view, NORMAL_PURE);
    if (d->query) fail_msg("derived: %s from %s by %s", query, view, d->sql);
    assert_non_null(d->why);
}

#define DAILY                                                                                                                                        \
    "SELECT day, status, SUM(net) AS net, COUNT(*) AS n, COUNT(gross) AS m, SUM(gross) AS gross, MAX(net) AS top FROM orders GROUP BY day, status"

static void filters_and_columns(void **state) {
    assert_derived("SELECT id FROM orders WHERE net > 20", "SELECT id, net FROM orders WHERE net > 10");
    assert_derived("SELECT id, net + 1 FROM orders WHERE status = 'a' AND net IN (1, 2)",
                   "SELECT id, net, status FROM orders WHERE net IN (1, 2, 3)");
    assert_derived("SELECT o.id FROM orders o WHERE o.net BETWEEN 3 AND 5", "SELECT * FROM orders WHERE net >= 1");
    assert_derived("SELECT o.id, c.country FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.net > 5",
                   "SELECT id, customer_id FROM orders WHERE net > 5");
    assert_derived("SELECT id, SUM(net) FROM orders WHERE status = 'a' GROUP BY id", "SELECT id, net FROM orders WHERE status = 'a'");
    assert_derived("SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id WHERE o.status = 'a'",
                   "SELECT o.id, o.status, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id");
    assert_not("SELECT id FROM orders WHERE net > 5", "SELECT id, net FROM orders WHERE net > 10");
    assert_not("SELECT id FROM orders WHERE net > 20", "SELECT id FROM orders WHERE net > 10");
    assert_not("SELECT id FROM orders", "SELECT DISTINCT id FROM orders WHERE net > 1");
    assert_not("SELECT id FROM orders WHERE status <> 'A'", "SELECT id FROM orders WHERE status <> 'b'");
    assert_not("SELECT o.id, l.sku FROM orders o JOIN lines l ON l.order_id = o.id",
               "SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id AND l.pieces > 1");
}

static void coarser_grain(void **state) {
    assert_derived("SELECT day, SUM(net) FROM orders GROUP BY day", DAILY);
    assert_derived("SELECT day, COUNT(*), MAX(net) FROM orders WHERE status = 'a' GROUP BY day", DAILY);
    assert_derived("SELECT COUNT(*), SUM(net) FROM orders", DAILY);
    assert_derived("SELECT day, AVG(gross) FROM orders GROUP BY day", DAILY);
    assert_derived("SELECT status, COUNT(DISTINCT day) FROM orders GROUP BY status", DAILY);
    assert_derived("SELECT day, status, COUNT(gross), AVG(gross) FROM orders GROUP BY day, status HAVING SUM(net) > 3", DAILY);
    assert_derived("SELECT date_trunc('month', day), SUM(net) FROM orders GROUP BY date_trunc('month', day)", DAILY);
    assert_derived("SELECT DISTINCT status FROM orders", DAILY);
    assert_not("SELECT day, SUM(net) FROM orders WHERE customer_id = 1 GROUP BY day", DAILY);
    assert_not("SELECT day, AVG(net) FROM orders GROUP BY day", "SELECT day, status, AVG(net) AS net FROM orders GROUP BY day, status");
    assert_not("SELECT day, COUNT(DISTINCT status) FROM orders GROUP BY day",
               "SELECT day, COUNT(DISTINCT status) AS n, customer_id FROM orders GROUP BY day, customer_id");
    assert_not("SELECT id FROM orders", DAILY);
}

static void one_row_over_nothing(void **state) {
    assert_derived("SELECT COUNT(DISTINCT id) FROM orders WHERE status = 'a'", "SELECT status, COUNT(DISTINCT id) AS n FROM orders GROUP BY status");
    assert_not("SELECT SUM(net) FROM orders GROUP BY 'x'", "SELECT SUM(net) AS net FROM orders");
    assert_not("SELECT MAX(status) FROM orders WHERE status = 'a'", "SELECT MAX(net) AS top FROM orders WHERE status = 'a'");
    assert_not("SELECT COUNT(DISTINCT c.id) FROM orders o CROSS JOIN customers c", "SELECT COUNT(*) AS n FROM orders");
    assert_derived("SELECT MAX(status) FROM orders WHERE status = 'a'", "SELECT status, MAX(net) AS top FROM orders GROUP BY status");
}

static void groups_that_are_kept(void **state) {
    const char *view = "SELECT status, SUM(net) AS net FROM orders GROUP BY status HAVING SUM(net) > 10";
    assert_derived("SELECT status, SUM(net) FROM orders WHERE status = 'a' GROUP BY status HAVING SUM(net) > 20", view);
    assert_not("SELECT status, SUM(net) FROM orders GROUP BY status", view);
    assert_not("SELECT status, SUM(net) FROM orders GROUP BY status HAVING SUM(net) > 5", view);
}

static void an_outer_join_makes_null(void **state) {
    const char *view = "SELECT c.country, COUNT(*) AS n FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.country";
    const char *query = "SELECT c.country, COUNT(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.country";
    assert_null(derived(query, view, NORMAL_DECLARED)->query);
    assert_null(derived(query, view, NORMAL_PURE)->query);
}

static void literals_are_written_as_such(void **state) {
    assert_derived("SELECT status, COUNT(*) FROM orders WHERE status = 'a' AND net = 3 GROUP BY status",
                   "SELECT id, status FROM orders WHERE status = 'a' AND net = 3");
    assert_derived("SELECT date_trunc('year', TIMESTAMP '1997-01-20 12:34:56'), SUM(net) FROM orders GROUP BY date_trunc('year', TIMESTAMP "
                   "'1997-01-20 12:34:56')",
                   "SELECT customer_id, date_trunc('month', TIMESTAMP '1997-01-20 12:34:56') AS m, SUM(net) AS net FROM orders GROUP BY customer_id, "
                   "date_trunc('month', TIMESTAMP '1997-01-20 12:34:56')");
}

static void truncation_needs_a_finer_one(void **state) {
    const char *by_day = "SELECT date_trunc('day', day) AS d, COUNT(*) AS n FROM orders GROUP BY date_trunc('day', day)";
    assert_derived("SELECT date_trunc('year', day), COUNT(*) FROM orders GROUP BY date_trunc('year', day)", by_day);
    assert_not("SELECT date_trunc('month', day), COUNT(*) FROM orders GROUP BY date_trunc('month', day)",
               "SELECT date_trunc('week', day) AS d, COUNT(*) AS n FROM orders GROUP BY date_trunc('week', day)");
}

static void a_key_makes_a_table_more_harmless(void **state) {
    const char *query = "SELECT id FROM orders WHERE net > 5",
               *view = "SELECT o.id, c.country FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.net > 5";
    assert_null(derived(query, view, NORMAL_PURE)->query);
    assert_non_null(derived(query, "SELECT o.id FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.net > 5", NORMAL_DECLARED)->query);
}

static void sketches_merge_and_estimates_do_not(void **state) {
    const char *view = "SELECT day, status, hll_sketch_agg(customer_id) AS s, hll_sketch_agg(net) AS t FROM orders GROUP BY day, status";
    assert_derived("SELECT day, hll_sketch_estimate(hll_sketch_agg(customer_id)) FROM orders GROUP BY day", view);
    assert_derived("SELECT approx_count_distinct(net) FROM orders", view);
    assert_derived("SELECT c.country, approx_count_distinct(o.net) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.country",
                   "SELECT customer_id, hll_sketch_agg(net) AS s FROM orders GROUP BY customer_id");
    assert_derived("SELECT day, hll_union_agg(s) FROM (SELECT day, status, hll_sketch_agg(net) AS s FROM orders GROUP BY day, status) x GROUP BY day",
                   view);
    assert_not("SELECT hll_sketch_estimate(hll_sketch_agg(customer_id)) FROM orders", view);
    assert_not("SELECT day, COUNT(DISTINCT net) FROM orders GROUP BY day", view);
    assert_not("SELECT day, approx_count_distinct(gross) FROM orders GROUP BY day", view);
    assert_not("SELECT day, hll_sketch_estimate(hll_sketch_agg(net) FILTER (WHERE gross > 1)) FROM orders GROUP BY day", view);
    assert_not("SELECT day, approx_count_distinct(net) FROM orders GROUP BY day",
               "SELECT day, status, approx_count_distinct(net) AS n FROM orders GROUP BY day, status");
}

static void bits_come_together(void **state) {
    const char *view = "SELECT day, status, bit_and(net) AS a, bit_or(net) AS o, bit_xor(net) AS x FROM orders GROUP BY day, status";
    const char *sql = derived("SELECT day, bit_and(net), bit_or(net), bit_xor(net) FROM orders GROUP BY day", view, NORMAL_PURE)->sql;
    assert_string_equal(sql, "SELECT\n    view.day,\n    bit_and(view.a) AS bit_and,\n    bit_or(view.o) AS bit_or,\n    bit_xor(view.x) AS "
                             "bit_xor\nFROM mart.view AS view\nGROUP BY view.day");
    assert_null(derived("SELECT status, bit_xor(day) FROM orders GROUP BY status", "SELECT status, day FROM orders GROUP BY status, day", NORMAL_PURE)
                    ->query);
}

#define VIEWS_MAX 3

/* From several views called a, b, c. */
static struct derivation *derived_of(const char *query, const char *const *sql, size_t n, enum normal_mode mode) {
    static const char *const names[VIEWS_MAX] = {"mart.a", "mart.b", "mart.c"};
    struct derive_view views[VIEWS_MAX];
    bool used[VIEWS_MAX];
    struct plan *q = plan_case(arena, query);
    for (size_t i = 0; i < n; i++) {
        struct plan *v = plan_case(arena, sql[i]);
        views[i] = (struct derive_view){.plan = v, .normal = normal_make(arena, v, mode), .name = names[i]};
    }
    struct derivation *d = derive_find_several(arena, normal_make(arena, q, mode), views, n, used);
    if (!d->query) return d;
    struct refute_limits limits = {.databases = 200, .micros = -1, .declared = mode == NORMAL_DECLARED};
    struct refutation *r = derive_check_several(arena, d, q, views, n, &limits);
    if (r->verdict != REFUTE_NONE)
        fail_msg("%s\n%s\n%s query: %s rewrite: %s", r->reason ? r->reason : "refuted", d->sql, r->database, r->left, r->right);
    return d;
}

static void assert_from_two(const char *query, const char *a, const char *b) {
    struct derivation *d = derived_of(query, (const char *const[]){a, b}, 2, NORMAL_PURE);
    if (!d->query) fail_msg("not derived (%s): %s from %s and %s", d->why, query, a, b);
    assert_true(strstr(d->sql, "mart.a") && strstr(d->sql, "mart.b"));
}

static void assert_not_from_two(const char *query, const char *a, const char *b) {
    struct derivation *d = derived_of(query, (const char *const[]){a, b}, 2, NORMAL_PURE);
    if (d->query) fail_msg("derived: %s from %s and %s by %s", query, a, b, d->sql);
}

#define PAID   "SELECT id, day, net, gross FROM orders WHERE status = 'paid'"
#define OTHERS "SELECT id, day, net, gross FROM orders WHERE status <> 'paid' OR status IS NULL"

static void parts_of_one_thing(void **state) {
    assert_from_two("SELECT id, net FROM orders WHERE gross > 3", PAID, OTHERS);
    assert_from_two("SELECT day, SUM(net), COUNT(*) FROM orders GROUP BY day", PAID, OTHERS);
    assert_from_two("SELECT id FROM orders WHERE status = 'paid' OR status = 'open'", PAID, "SELECT id FROM orders WHERE status = 'open'");
    assert_from_two("SELECT id, status FROM orders WHERE status IN ('paid', 'open')", "SELECT id, status FROM orders WHERE status = 'paid'",
                    "SELECT id, 'open' AS status FROM orders WHERE status = 'open'");
    /* NULL is in neither part; a row in both counts twice; a part that is missing */
    assert_not_from_two("SELECT id, net FROM orders", PAID, "SELECT id, net FROM orders WHERE status <> 'paid'");
    assert_not_from_two("SELECT id, net FROM orders", PAID, "SELECT id, net FROM orders WHERE status <> 'open' OR status IS NULL");
    assert_not_from_two("SELECT id FROM orders WHERE net > 1 AND net < 9", "SELECT id FROM orders WHERE net > 1 AND net <= 4",
                        "SELECT id FROM orders WHERE net >= 4 AND net < 9");
    assert_not_from_two("SELECT id FROM orders WHERE net > 1 AND net < 9", "SELECT id FROM orders WHERE net > 1 AND net < 4",
                        "SELECT id FROM orders WHERE net > 4 AND net < 9");
    assert_from_two("SELECT id FROM orders WHERE net > 1 AND net < 9", "SELECT id FROM orders WHERE net > 1 AND net < 4",
                    "SELECT id FROM orders WHERE net >= 4 AND net < 9");
    assert_not_from_two("SELECT DISTINCT day FROM orders", "SELECT DISTINCT day FROM orders WHERE status = 'paid'",
                        "SELECT DISTINCT day FROM orders WHERE status = 'open'");
}

#define BY_DAY "SELECT day, SUM(net) AS net, COUNT(*) AS n, COUNT(DISTINCT customer_id) AS buyers FROM orders WHERE "

static void parts_that_group(void **state) {
    const char *early = BY_DAY "day < DATE '2024-01-01' GROUP BY day", *late = BY_DAY "day >= DATE '2024-01-01' GROUP BY day";
    assert_from_two("SELECT day, SUM(net) FROM orders WHERE day IS NOT NULL GROUP BY day", early, late);
    assert_from_two("SELECT day, COUNT(DISTINCT customer_id) FROM orders WHERE day IS NOT NULL GROUP BY day", early, late);
    assert_from_two("SELECT SUM(net) / COUNT(*) FROM orders WHERE day > DATE '2020-05-01'", early, late);
    const char *paid = BY_DAY "status = 'paid' GROUP BY day", *rest = BY_DAY "status <> 'paid' OR status IS NULL GROUP BY day";
    assert_from_two("SELECT day, SUM(net) FROM orders GROUP BY day", paid, rest);
    assert_from_two("SELECT day, COUNT(*) FROM orders GROUP BY day", paid, rest);
    assert_not_from_two("SELECT day, COUNT(DISTINCT customer_id) FROM orders GROUP BY day", paid, rest);
    assert_from_two("SELECT status, SUM(net) FROM orders WHERE status IN ('a', 'b') GROUP BY status",
                    "SELECT status, SUM(net) AS net FROM orders WHERE status = 'a' GROUP BY status",
                    "SELECT 'b' AS status, SUM(net) AS net FROM orders WHERE status = 'b' GROUP BY 1");
    const char *halves[] = {"SELECT day, status, SUM(net) AS net, COUNT(DISTINCT id) AS n FROM orders WHERE status = 'a' GROUP BY day, status",
                            "SELECT day, status, SUM(net) AS net, COUNT(DISTINCT id) AS n FROM orders WHERE status <> 'a' OR status IS NULL GROUP BY "
                            "day, status"};
    assert_from_two("SELECT day, SUM(net) FROM orders GROUP BY day", halves[0], halves[1]);
    assert_from_two("SELECT day, status, COUNT(DISTINCT id) FROM orders GROUP BY day, status", halves[0], halves[1]);
    assert_from_two("SELECT status, SUM(net) FROM orders WHERE net > 0 OR day > DATE '2020-01-01' GROUP BY status",
                    "SELECT status, day, net, id FROM orders WHERE status = 'a'",
                    "SELECT id, status, day, net FROM orders WHERE status <> 'a' OR status IS NULL");
    assert_not_from_two("SELECT day, COUNT(DISTINCT id) FROM orders GROUP BY day", halves[0], halves[1]);
    /* one tag in two parts: its groups are not whole */
    const char *two[] = {"SELECT status, COUNT(DISTINCT customer_id) AS c FROM orders WHERE status = 'a' AND net < 5 GROUP BY status, day",
                         "SELECT status, COUNT(DISTINCT customer_id) AS c FROM orders WHERE status = 'a' AND net >= 5 GROUP BY status, day"};
    assert_not_from_two("SELECT status, COUNT(DISTINCT customer_id) FROM orders WHERE status = 'a' AND net IS NOT NULL GROUP BY status, day", two[0],
                        two[1]);
}

static void one_view_after_another(void **state) {
    assert_from_two(
        "SELECT o.day, c.country, SUM(o.net) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'a' AND c.country <> "
        "'x' GROUP BY o.day, c.country",
        "SELECT day, customer_id, net FROM orders WHERE status = 'a'", "SELECT id, country FROM customers WHERE country <> 'x'");
    assert_from_two(
        "SELECT d.day, d.net, s.pieces FROM (SELECT day, SUM(net) AS net FROM orders GROUP BY day) d JOIN (SELECT o.day, SUM(l.pieces) AS "
        "pieces FROM orders o JOIN lines l ON l.order_id = o.id GROUP BY o.day) s ON s.day = d.day",
        "SELECT day, SUM(net) AS net FROM orders GROUP BY day",
        "SELECT o.day, SUM(l.pieces) AS pieces FROM orders o JOIN lines l ON l.order_id = o.id GROUP BY o.day");
    assert_from_two("SELECT id FROM orders WHERE net > 3 UNION ALL SELECT order_id FROM lines WHERE pieces > 4",
                    "SELECT id, net FROM orders WHERE net > 2", "SELECT order_id, pieces FROM lines WHERE pieces > 1");
    const char *views[] = {"SELECT id, net FROM orders WHERE status = 'a'", "SELECT id, net FROM orders WHERE status = 'b'",
                           "SELECT id, net FROM orders WHERE status NOT IN ('a', 'b') OR status IS NULL"};
    assert_non_null(derived_of("SELECT SUM(net) FROM orders", views, 3, NORMAL_PURE)->query);
    assert_null(derived_of("SELECT SUM(net) FROM orders", views, 2, NORMAL_PURE)->query);
    views[2] = "SELECT id, net FROM orders WHERE status <> 'a' AND status <> 'b'";
    assert_null(derived_of("SELECT SUM(net) FROM orders", views, 3, NORMAL_PURE)->query);
    assert_non_null(derived_of("SELECT SUM(net) FROM orders WHERE status IS NOT NULL", views, 3, NORMAL_PURE)->query);
    views[2] = "SELECT id, net FROM orders WHERE status <> 'A' AND status <> 'b'";
    assert_null(derived_of("SELECT SUM(net) FROM orders WHERE status IS NOT NULL", views, 3, NORMAL_PURE)->query);
}

#define ROLLED                                                                                                                                       \
    "SELECT day, status, GROUPING(day) AS no_day, GROUPING(status) AS no_status, SUM(net) AS net, COUNT(*) AS n, COUNT(DISTINCT id) AS ids FROM "    \
    "orders GROUP BY "

static void one_grouping_of_several(void **state) {
    assert_derived("SELECT day, SUM(net) FROM orders GROUP BY day", ROLLED "ROLLUP (day, status)");
    assert_derived("SELECT status, COUNT(DISTINCT id) FROM orders GROUP BY status", ROLLED "CUBE (day, status)");
    assert_derived("SELECT day, status, COUNT(DISTINCT id) FROM orders WHERE day > DATE '2024-01-01' GROUP BY day, status",
                   ROLLED "ROLLUP (day, status)");
    assert_derived("SELECT SUM(net), COUNT(*) FROM orders WHERE status = 'a'", ROLLED "GROUPING SETS ((status), (day))");
    assert_derived(
        "SELECT status, SUM(net) FROM orders GROUP BY status",
        "SELECT day, status, GROUPING(day, status) AS g, SUM(net) AS net FROM orders GROUP BY GROUPING SETS ((day, status), (status), (day))");
    assert_not("SELECT status, COUNT(DISTINCT id) FROM orders GROUP BY status", ROLLED "ROLLUP (day, status)");
    assert_not("SELECT day, SUM(net) FROM orders GROUP BY day", "SELECT day, status, SUM(net) AS net FROM orders GROUP BY ROLLUP (day, status)");
    assert_not("SELECT day, COUNT(DISTINCT id) FROM orders GROUP BY day",
               "SELECT day, status, GROUPING(day) AS g, COUNT(DISTINCT id) AS n FROM orders GROUP BY ROLLUP (day, status)");
    assert_not("SELECT day, SUM(net) FROM orders GROUP BY day", ROLLED "GROUPING SETS ((day), (day), (status))");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_and_columns),
        cmocka_unit_test(coarser_grain),
        cmocka_unit_test(one_row_over_nothing),
        cmocka_unit_test(groups_that_are_kept),
        cmocka_unit_test(an_outer_join_makes_null),
        cmocka_unit_test(literals_are_written_as_such),
        cmocka_unit_test(truncation_needs_a_finer_one),
        cmocka_unit_test(a_key_makes_a_table_more_harmless),
        cmocka_unit_test(sketches_merge_and_estimates_do_not),
        cmocka_unit_test(bits_come_together),
        cmocka_unit_test(one_grouping_of_several),
        cmocka_unit_test(parts_of_one_thing),
        cmocka_unit_test(parts_that_group),
        cmocka_unit_test(one_view_after_another),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
