/* test_difference.c - differences in words, and parts in common. */
#include "unit.h"

#include "derive.h"
#include "difference.h"
#include "instance.h"
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

static const struct normal *form(const char *sql) { return normal_make(arena, plan_case(arena, sql), NORMAL_PURE); }

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

static void sub_queries_are_told_inside(void **state) {
    assert_said(
        "SELECT c.id, t.n FROM customers c JOIN (SELECT customer_id, SUM(net) AS n FROM orders WHERE status = 'paid' GROUP BY customer_id) t "
        "ON t.customer_id = c.id",
        "SELECT c.id, t.n FROM customers c JOIN (SELECT customer_id, SUM(net) AS n FROM orders GROUP BY customer_id) t ON t.customer_id = c.id",
        "same joins; in the aggregation of orders, yours also filters `status = 'paid'`");
    assert_said("SELECT id FROM orders WHERE status = 'DE' UNION ALL SELECT pieces FROM lines",
                "SELECT id FROM orders WHERE status = 'FR' UNION ALL SELECT pieces FROM lines",
                "in the part of the union from orders, `status = 'DE'` here, `status = 'FR'` there");
    assert_said("SELECT id FROM orders WHERE net > (SELECT AVG(net) FROM orders WHERE status = 'paid')",
                "SELECT id FROM orders WHERE net > (SELECT AVG(net) FROM orders)",
                "in the aggregation of orders, yours also filters `status = 'paid'`");
}

static void terms_are_told_by_pairs(void **state) {
    assert_said("SELECT status, SUM(net) FROM orders GROUP BY status", "SELECT upper(status), SUM(net) FROM orders GROUP BY upper(status)",
                "by `status` here, by `upper(status)` there");
    assert_said("SELECT a.id FROM orders a JOIN orders b ON a.customer_id = b.customer_id AND a.net < b.net",
                "SELECT a.id FROM orders a JOIN orders b ON a.customer_id = b.customer_id AND a.net <= b.net",
                "`orders.net < orders_2.net` here, `orders.net <= orders_2.net` there");
    assert_said("SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.net > 1)",
                "SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
                "yours keeps only rows without a match in orders (`orders.net >= 2`), the existing one those without a match in orders");
    assert_said("SELECT DISTINCT status, net FROM orders", "SELECT status, net FROM orders",
                "yours drops rows that are the same (DISTINCT), the existing one keeps them");
    assert_said(
        "SELECT status, CASE WHEN SUM(net) > 100 THEN 'gold' WHEN SUM(net) > 10 THEN 'silver' ELSE 'none' END AS tier FROM orders GROUP BY status",
        "SELECT status, CASE WHEN SUM(net) > 50 THEN 'gold' WHEN SUM(net) > 10 THEN 'silver' ELSE 'no' END AS tier FROM orders GROUP BY status",
        "`tier` has 101, 'none' here, 51, 'no' there");
}

/* No word of our own making: what stands in backticks is SQL. */
static void words_are_sql(void **state) {
    assert_said("SELECT id FROM orders WHERE day > current_date - interval '90' day", "SELECT id FROM orders", "INTERVAL 90 DAY");
    assert_said("SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id < c.id)", "SELECT id FROM customers",
                "yours also filters `EXISTS (SELECT 1 FROM orders WHERE orders.customer_id < customers.id)`");
    assert_said("SELECT id, SUM(net) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS x FROM orders",
                "SELECT id, SUM(net) AS x FROM orders GROUP BY id", "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW");
    assert_said("SELECT id FROM orders WHERE NOT (status = 'a' AND net > 1 OR status IS NULL) IS TRUE", "SELECT id FROM orders", "`");
    assert_said("SELECT id, net - (gross - net) AS x FROM orders", "SELECT id, net - gross - net AS x FROM orders",
                "`x` is `net - (gross - net)` here and `net - gross - net` there");
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

static void sentences_read_as_people_write(void **state) {
    assert_said("SELECT id FROM orders WHERE net >= 10", "SELECT id FROM orders", "same table; yours also filters `net >= 10`");
    assert_said("SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id", "SELECT o.id FROM orders o JOIN customers c ON c.id = o.id",
                "joined on `orders.customer_id = customers.id` here and on `orders.id = ");
    assert_said("SELECT id FROM orders WHERE status IN ('a', 'b')", "SELECT id FROM orders WHERE status IN ('a', 'c', 'b')",
                "the existing one also takes `status` 'c'");
    assert_said("SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id AND l.pieces > 1",
                "SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id",
                "yours joins lines (LEFT JOIN) with `lines.pieces >= 2` as well");
    assert_said("SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id", "SELECT o.id FROM orders o",
                "yours also joins lines (LEFT JOIN)");
    assert_said("SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM lines l WHERE l.order_id = o.id AND l.sku = 'x')", "SELECT o.id FROM orders o",
                "yours keeps only rows with a match in lines (`lines.sku = 'x'`)");
    assert_said("SELECT id FROM (SELECT id, RANK() OVER (ORDER BY net) AS r FROM orders) x WHERE r = 1",
                "SELECT id FROM (SELECT id, RANK() OVER (ORDER BY gross) AS r FROM orders) x WHERE r = 1",
                "only rows with `rank() OVER (ORDER BY net) = 1` here, with `rank() OVER (ORDER BY gross) = 1` there");
    assert_said("SELECT id FROM orders ORDER BY id LIMIT 10", "SELECT id FROM orders ORDER BY id LIMIT 20",
                "`ORDER BY id LIMIT 10` here, `ORDER BY id LIMIT 20` there");
    assert_said("SELECT o.day, l.sku FROM orders o JOIN lines l ON l.order_id = o.id", "SELECT o.day FROM orders o",
                "yours also reads lines on `orders.id = lines.order_id`");
}

static const struct instance *instance_of(const char *a, const char *b) {
    struct plan *x, *y;
    assert_null(plan_from_sql(arena, str_of(a), NULL, DIALECT_DATABRICKS, &x));
    assert_null(plan_from_sql(arena, str_of(b), NULL, DIALECT_DATABRICKS, &y));
    return instance_find(arena, normal_make(arena, x, NORMAL_PURE), normal_make(arena, y, NORMAL_PURE));
}

#define DAILY(region, table, status) "SELECT '" region "' AS region, day, SUM(net) AS net FROM " table " WHERE status = '" status "' GROUP BY day"

static void instances_are_told_from_literals(void **state) {
    const struct instance *word = instance_of(DAILY("eu", "eu_prod.orders", "paid"), DAILY("us", "us_prod.orders", "paid"));
    assert_non_null(word);
    assert_string_equal(word->a, "eu");
    assert_string_equal(word->b, "us");
    assert_non_null(instance_of(DAILY("", "uniswap_v2_ethereum.trades", "x"), DAILY("", "uniswap_v2_bnb.trades", "x")));
    assert_non_null(instance_of(DAILY("", "shop.orders_de", "x"), DAILY("", "shop.orders_fr", "x")));
    assert_non_null(
        instance_of("SELECT a.x, c.y FROM crm.a AS a JOIN crm.c AS c ON a.k = c.k", "SELECT a.x, c.y FROM erp.c AS c JOIN erp.a AS a ON a.k = c.k"));
    assert_null(instance_of(DAILY("eu", "eu_prod.orders", "paid"), DAILY("us", "us_prod.orders", "open")));
    assert_null(instance_of(DAILY("eu", "eu_prod.orders", "paid"), DAILY("de", "us_prod.orders", "paid")));
    assert_null(instance_of(DAILY("", "shop.fct_orders", "x"), DAILY("", "shop.fct_refunds", "x")));
    assert_null(instance_of(DAILY("", "sales.orders", "x"), DAILY("", "sales.refunds", "x")));
    assert_null(instance_of(DAILY("", "shop.trades_v2", "x"), DAILY("", "shop.trades_v3", "x")));
    assert_null(instance_of(DAILY("", "crm.orders", "x"), DAILY("", "erp.orders", "x")));
    assert_null(instance_of("SELECT day, SUM(net) FROM eu_prod.orders GROUP BY day", "SELECT day, MAX(net) FROM us_prod.orders GROUP BY day"));
    assert_null(instance_of("SELECT day, net FROM eu_prod.orders", "SELECT day, gross FROM us_prod.orders"));
    assert_null(
        instance_of("SELECT a.x, b.y FROM eu.t AS a JOIN us.u AS b ON a.k = b.k", "SELECT a.x, b.y FROM us.t AS a JOIN us.u AS b ON a.k = b.k"));
}

/* Whoever is said to share a part can be computed from it. */
static void assert_computable(const char *const *sql, size_t n, const struct shared_group *g) {
    struct plan *part = plan_case(arena, g->part->sql);
    for (size_t i = 0; i < g->n_members; i++) {
        assert_true(g->members[i] < n);
        struct plan *q = plan_case(arena, sql[g->members[i]]);
        struct derivation *d = derive_find(arena, normal_make(arena, q, NORMAL_PURE), normal_make(arena, part, NORMAL_PURE), "part", NULL);
        if (!d->query) fail_msg("%s\nnot from\n%s\n%s", sql[g->members[i]], g->part->sql, d->why);
        struct refute_limits limits = {.databases = 100, .micros = -1};
        assert_int_equal(derive_check(arena, d, q, part, "part", NULL, &limits)->verdict, REFUTE_NONE);
    }
}

static struct shared_group *shared(const char *const *sql, size_t n, size_t *count) {
    const struct normal *forms[8];
    for (size_t i = 0; i < n; i++) forms[i] = form(sql[i]);
    struct shared_group *groups = share_among(arena, forms, n, count);
    for (size_t i = 0; i < *count; i++) assert_computable(sql, n, &groups[i]);
    return groups;
}

static void any_number_share(void **state) {
    static const char *const sql[] = {
        "SELECT c.country, SUM(o.net) FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.status = 'a' GROUP BY c.country",
        "SELECT o.id, o.gross FROM customers c JOIN orders o ON c.id = o.customer_id AND o.status = 'a' WHERE c.country <> 'x'",
        "SELECT l.sku, COUNT(DISTINCT c.country) FROM orders o JOIN customers c ON c.id = o.customer_id JOIN lines l ON l.order_id = o.id WHERE "
        "o.status = 'a' GROUP BY l.sku",
        "SELECT l.sku, o.day FROM orders o JOIN lines l ON l.order_id = o.id JOIN customers c ON o.customer_id = c.id WHERE o.status = 'a'",
        "SELECT id FROM customers",
    };
    size_t count;
    struct shared_group *groups = shared(sql, 5, &count);
    assert_int_equal(count, 2);
    assert_int_equal(groups[0].n_members * groups[1].n_members, 8);
    const struct shared_group *four = groups[0].n_members == 4 ? &groups[0] : &groups[1];
    assert_int_equal(four->part->n_sources, 2);
    assert_null(strstr(four->part->sql, "lines"));
}

static void groups_show_what_all_compute(void **state) {
    static const char *const sql[] = {
        "SELECT day, SUM(net) AS net FROM orders WHERE status = 'a' GROUP BY day",
        "SELECT day, MAX(gross) AS top FROM orders WHERE status = 'a' GROUP BY day HAVING COUNT(*) > 2",
        "SELECT AVG(n) FROM (SELECT day, COUNT(*) AS n FROM orders WHERE status = 'a' GROUP BY day) x",
    };
    size_t count;
    struct shared_group *groups = shared(sql, 3, &count);
    assert_int_equal(count, 1);
    assert_int_equal(groups[0].n_members, 3);
    assert_true(groups[0].part->aggregates);
    assert_non_null(strstr(groups[0].part->sql, "max(orders.gross)"));
}

static void outer_joins_are_shared(void **state) {
    static const char *const sql[] = {
        "SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id WHERE o.net > 1",
        "SELECT o.day, COUNT(l.sku) FROM orders o LEFT JOIN lines l ON o.id = l.order_id GROUP BY o.day",
        "SELECT o.id, l.sku FROM orders o LEFT JOIN lines l ON l.order_id = o.id AND l.pieces > 1",
    };
    size_t count;
    struct shared_group *groups = shared(sql, 3, &count);
    assert_int_equal(count, 1);
    assert_int_equal(groups[0].n_members, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_named),
        cmocka_unit_test(grain_and_measures_are_named),
        cmocka_unit_test(sources_are_named),
        cmocka_unit_test(sentences_read_as_people_write),
        cmocka_unit_test(sub_queries_are_told_inside),
        cmocka_unit_test(terms_are_told_by_pairs),
        cmocka_unit_test(words_are_sql),
        cmocka_unit_test(instances_are_told_from_literals),
        cmocka_unit_test(the_largest_part_is_shared),
        cmocka_unit_test(any_number_share),
        cmocka_unit_test(groups_show_what_all_compute),
        cmocka_unit_test(outer_joins_are_shared),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
