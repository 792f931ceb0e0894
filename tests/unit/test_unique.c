/* test_unique.c - which output columns tell the rows of a query apart. */
#include "unit.h"

#include "plan_case.h"
#include "unique.h"

static bool tells_apart(struct arena *arena, const char *sql, size_t output) {
    return unique_by_output(arena, plan_case(arena, sql), NULL, NULL, output);
}

static void test_lateral(void **state) {
    struct arena *arena = arena_create(ARENA_JOB);
    /* Of an inner one, a value that is passed through is that of the row beside it. */
    assert_true(tells_apart(arena, "SELECT r.c FROM orders o CROSS JOIN LATERAL (SELECT o.id AS c FROM customers k WHERE k.id = o.net) r", 0));
    /* Of an outer one, NULL stands where nothing was found: for many rows. */
    assert_false(
        tells_apart(arena, "SELECT r.c FROM orders o LEFT JOIN LATERAL (SELECT o.id AS c FROM customers k WHERE k.id = o.net) r ON TRUE", 0));
    assert_false(tells_apart(arena, "SELECT r.id FROM customers k LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.id = k.id) r ON TRUE", 0));
    assert_true(
        tells_apart(arena, "SELECT k.id, r.id FROM customers k LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.id = k.id) r ON TRUE", 0));
    arena_destroy(arena);
}

static void test_joins(void **state) {
    struct arena *arena = arena_create(ARENA_JOB);
    assert_true(tells_apart(arena, "SELECT o.id FROM orders o LEFT JOIN customers k ON k.id = o.customer_id", 0));
    assert_false(tells_apart(arena, "SELECT k.id FROM orders o LEFT JOIN customers k ON k.id = o.customer_id", 0));
    assert_false(tells_apart(arena, "SELECT o.id FROM orders o LEFT JOIN lines l ON l.order_id = o.id", 0));
    arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lateral), cmocka_unit_test(test_joins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
