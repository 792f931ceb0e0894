/* test_difference.c - differences in words, and parts in common. */
#include "unit.h"

#include "difference.h"
#include "plan_case.h"
#include "share.h"

static struct arena *arena;

static int setup(void **state) {
    arena = arena_create(ARENA_JOB);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static struct normal *form(const char *sql) { return normal_make(arena, plan_case(arena, sql), NORMAL_PURE); }

static void assert_said(const char *a, const char *b, const char *words) {
    struct differences *d = difference_list(arena, form(a), form(b));
    struct buf all = buf_new(arena);
    for (size_t i = 0; i < d->n; i++) buf_printf(&all, "%s\n", d->at[i]);
    if (!strstr(buf_str(&all), words)) fail_msg("wanted \"%s\", said:\n%s", words, buf_str(&all));
}

static void filters_are_named(void **state) {
    assert_said("SELECT id FROM orders WHERE status = 'paid' AND net > 1", "SELECT id FROM orders WHERE net > 1", "yours also filters `");
    assert_said("SELECT id FROM orders", "SELECT id FROM orders WHERE status = 'paid'", "the existing one also filters `");
    struct differences *d =
        difference_list(arena, form("SELECT id FROM orders WHERE status = 'US'"), form("SELECT id FROM orders WHERE status = 'DE'"));
    assert_true(d->only_literals);
    assert_int_equal(d->n, 1);
    assert_non_null(strstr(d->at[0], "'US'"));
    assert_non_null(strstr(d->at[0], "'DE'"));
}

static void grain_and_measures_are_named(void **state) {
    assert_said("SELECT day, status, SUM(net) AS revenue FROM orders GROUP BY day, status",
                "SELECT day, SUM(net) AS revenue FROM orders GROUP BY day", "yours is also by `");
    assert_said("SELECT day, SUM(net) AS revenue FROM orders GROUP BY day", "SELECT day, SUM(gross) AS revenue FROM orders GROUP BY day",
                "`revenue` is `");
    assert_said("SELECT id FROM orders", "SELECT COUNT(*) FROM orders", "the existing one aggregates");
    assert_said("SELECT day, SUM(net) FROM orders GROUP BY day HAVING SUM(net) > 3", "SELECT day, SUM(net) FROM orders GROUP BY day",
                "yours also keeps only groups with `");
}

static void sources_are_named(void **state) {
    assert_said("SELECT o.id FROM orders o JOIN lines l ON l.order_id = o.id", "SELECT o.id FROM orders o", "yours also reads lines");
    assert_said("SELECT o.id FROM orders o JOIN lines l ON l.order_id = o.id", "SELECT o.id FROM orders o LEFT JOIN lines l ON l.order_id = o.id",
                "LEFT JOIN");
}

static void the_largest_part_is_shared(void **state) {
    struct shared_part *part = share_find(
        arena, form("SELECT c.country, SUM(o.net) FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.net > 1 GROUP BY c.country"),
        form("SELECT o.id FROM orders o JOIN customers c ON o.customer_id = c.id JOIN lines l ON l.order_id = o.id"));
    assert_non_null(part);
    assert_int_equal(part->n_sources, 2);
    assert_int_equal(part->n_conjuncts, 1);
    assert_non_null(part->sql);
    part = share_find(arena, form("SELECT status, COUNT(*) FROM orders GROUP BY status HAVING COUNT(*) > 1"),
                      form("SELECT status, SUM(net) FROM orders GROUP BY status"));
    assert_non_null(part);
    assert_true(part->aggregates);
    assert_null(share_find(arena, form("SELECT id FROM orders"), form("SELECT net FROM orders")));
    assert_null(share_find(arena, form("SELECT id FROM orders"), form("SELECT order_id FROM lines")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_named),
        cmocka_unit_test(grain_and_measures_are_named),
        cmocka_unit_test(sources_are_named),
        cmocka_unit_test(the_largest_part_is_shared),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
