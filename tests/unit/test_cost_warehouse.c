/* test_cost_warehouse.c - hours that a warehouse is up, worked out by hand. */
#include "unit.h"

#include "warehouse_up.h"

#include <math.h>

static bool near(double a, double b) { return fabs(a - b) <= fabs(b) * 0.01 + 0.01; }

static double hours(const struct warehouse_use *uses, size_t n, double stop, double *busy) {
    struct arena *arena = arena_create(ARENA_JOB);
    double up = warehouse_hours(arena, uses, n, stop, 1788220800, busy); /* 2026-09-01 */
    arena_destroy(arena);
    return up;
}

static void what_comes_before_it_stops_keeps_it_up(void **state) {
    struct schedule five = {.cron = "0 0/5 * * * ?"}, hourly = {.cron = "0 * * * *"}, daily = {.every_seconds = 86400}, never = {.cron = "no"};
    struct schedule paused = {.cron = "* * * * *", .paused = true};
    double busy;
    assert_true(near(hours(&(struct warehouse_use){&five, 10}, 1, 600, &busy), 730) && near(busy, 730 / 30.0));
    assert_true(near(hours(&(struct warehouse_use){&five, 10}, 1, 60, NULL), 730 * 70 / 300.0));
    assert_true(near(hours(&(struct warehouse_use){&hourly, 300}, 1, 600, NULL), 730 * 900 / 3600.0));
    struct warehouse_use both[] = {{&hourly, 300}, {&daily, 3600}};
    /* once a day, at midnight, they overlap: a run of an hour and ten minutes reaches into the next hour's start */
    assert_true(hours(both, 2, 600, NULL) < 730 * 900 / 3600.0 + 30.5 * 4200 / 3600);
    assert_true(hours(both, 2, 600, NULL) > 730 * 900 / 3600.0);
    assert_true(hours(&(struct warehouse_use){&never, 10}, 1, 600, &busy) == 0 && busy == 0);
    assert_true(hours(&(struct warehouse_use){&paused, 10}, 1, 600, NULL) == 0);
    assert_true(hours(NULL, 0, 600, NULL) == 0);
}

static void it_stops_as_said_or_as_the_platform_does(void **state) {
    assert_true(warehouse_stop_minutes(&(struct compute){.autotermination_minutes = 5}) == 5);
    assert_true(warehouse_stop_minutes(&(struct compute){.autotermination_minutes = -1, .serverless = true}) == 10);
    assert_true(warehouse_stop_minutes(&(struct compute){.autotermination_minutes = -1}) == 45);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_before_it_stops_keeps_it_up),
        cmocka_unit_test(it_stops_as_said_or_as_the_platform_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
