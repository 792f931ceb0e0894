/* test_refute.c - the refuter tells different queries apart and leaves equal ones alone. */
#include "unit.h"

#include "plan_case.h"
#include "refute.h"

static struct arena *arena;

static int setup(void **state) {
    arena = arena_create(ARENA_JOB);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static struct refutation *compared(const char *a, const char *b, bool declared) {
    struct refute_limits limits = {.databases = 300, .micros = -1, .declared = declared};
    return refute_pair(arena, plan_case(arena, a), plan_case(arena, b), NULL, &limits);
}

static void assert_refuted(const char *a, const char *b) {
    struct refutation *r = compared(a, b, true);
    if (r->verdict != REFUTE_FOUND) fail_msg("not refuted (%s): %s <> %s", r->reason ? r->reason : "", a, b);
    assert_non_null(r->database);
}

static void assert_same(const char *a, const char *b, bool declared) {
    struct refutation *r = compared(a, b, declared);
    if (r->verdict != REFUTE_NONE) fail_msg("%s: %s <> %s\n%s a: %s b: %s", r->reason ? r->reason : "refuted", a, b, r->database, r->left, r->right);
    assert_true(r->rows > 0);
}

static void edits_are_found(void **state) {
    assert_refuted("SELECT id FROM orders WHERE net > 10", "SELECT id FROM orders WHERE net >= 10");
    assert_refuted("SELECT status FROM orders WHERE status LIKE 'a%'", "SELECT status FROM orders WHERE NOT status LIKE 'a%'");
    assert_refuted("SELECT o.id FROM orders o JOIN lines l ON o.id = l.order_id", "SELECT o.id FROM orders o LEFT JOIN lines l ON o.id = l.order_id");
    assert_refuted("SELECT status FROM orders", "SELECT DISTINCT status FROM orders");
    assert_refuted("SELECT COUNT(net) FROM orders", "SELECT COUNT(*) FROM orders");
    assert_refuted("SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM lines)",
                   "SELECT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM lines l WHERE l.order_id = o.id)");
    assert_refuted("SELECT SUM(net) FROM orders", "SELECT SUM(net) FROM orders HAVING COUNT(*) > 0");
    assert_refuted("SELECT id FROM orders UNION ALL SELECT order_id FROM lines", "SELECT id FROM orders UNION SELECT order_id FROM lines");
    assert_refuted("SELECT id FROM orders WHERE day >= DATE '2024-02-01'", "SELECT id FROM orders WHERE day > DATE '2024-02-01'");
    assert_refuted("SELECT id, SUM(net) OVER (PARTITION BY status) FROM orders", "SELECT id, SUM(net) OVER (PARTITION BY customer_id) FROM orders");
}

static void equals_are_left_alone(void **state) {
    assert_same("SELECT id FROM orders WHERE net IN (1, 2)", "SELECT id FROM orders WHERE net = 1 OR net = 2", false);
    assert_same("SELECT status, COUNT(*) FROM orders GROUP BY status",
                "SELECT s, n FROM (SELECT status AS s, COUNT(*) AS n FROM orders GROUP BY status) x", false);
    assert_same("SELECT o.id FROM orders o JOIN customers c ON o.customer_id = c.id", "SELECT id FROM orders", true);
    assert_same("SELECT AVG(net) FROM orders",
                "SELECT SUM(net) * 1.0 / COUNT(net) FROM orders WHERE net IS NOT NULL HAVING COUNT(*) > 0 UNION ALL SELECT NULL WHERE NOT EXISTS "
                "(SELECT 1 FROM orders WHERE net IS NOT NULL)",
                false);
    assert_same("SELECT id FROM orders EXCEPT SELECT order_id FROM lines",
                "SELECT DISTINCT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM lines l WHERE l.order_id = o.id) AND id IS NOT NULL", true);
}

static void constraints_matter(void **state) {
    const char *join = "SELECT o.id FROM orders o JOIN customers c ON o.customer_id = c.id", *plain = "SELECT id FROM orders";
    assert_int_equal(compared(join, plain, true)->verdict, REFUTE_NONE);
    assert_int_equal(compared(join, plain, false)->verdict, REFUTE_FOUND);
}

static void ties_are_not_judged(void **state) {
    struct refutation *r = compared("SELECT id FROM orders ORDER BY status LIMIT 1", "SELECT id FROM orders ORDER BY status LIMIT 1", false);
    assert_int_equal(r->verdict, REFUTE_NONE);
    assert_true(r->skipped > 0);
}

/* What is not known stands for any function of its arguments. */
static void unknown_functions_stand_for_any(void **state) {
    const char *one = "SELECT soundex(id) AS s FROM orders WHERE soundex(id) > 1";
    assert_same(one, "SELECT x.s FROM (SELECT soundex(id) AS s FROM orders) x WHERE 1 < x.s", false);
    assert_int_equal(compared("SELECT soundex(status) FROM orders", "SELECT status FROM orders", false)->verdict, REFUTE_FOUND);
    assert_int_equal(compared(one, "SELECT soundex(id) AS s FROM orders WHERE soundex(id) > 2", false)->verdict, REFUTE_FOUND);
    assert_same("SELECT skew(net) FROM orders WHERE id > 1", "SELECT skew(net) FROM orders WHERE NOT id <= 1", false);
    assert_int_equal(compared("SELECT skew(net) FROM orders", "SELECT skew(gross) FROM orders", false)->verdict, REFUTE_FOUND);
    assert_same("SELECT id, x FROM orders, UNNEST(tags(id)) AS u (x) WHERE x > 1",
                "SELECT id, x FROM orders CROSS JOIN UNNEST(tags(id)) AS u (x) WHERE NOT x <= 1", false);
    struct refutation *r = compared("SELECT id, x FROM orders, UNNEST(tags(id)) AS u (x)",
                                    "SELECT id, x FROM orders LEFT JOIN UNNEST(tags(id)) AS u (x) ON TRUE", false);
    assert_int_equal(r->verdict, REFUTE_FOUND);
}

static void the_same_seed_gives_the_same(void **state) {
    struct refutation *a = compared("SELECT net FROM orders", "SELECT gross FROM orders", true),
                      *b = compared("SELECT net FROM orders", "SELECT gross FROM orders", true);
    assert_string_equal(a->database, b->database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_found),     cmocka_unit_test(equals_are_left_alone),           cmocka_unit_test(constraints_matter),
        cmocka_unit_test(ties_are_not_judged), cmocka_unit_test(unknown_functions_stand_for_any), cmocka_unit_test(the_same_seed_gives_the_same),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
