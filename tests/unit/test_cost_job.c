/* test_cost_job.c - jobs over their task graph, and what their habits cost, worked out by hand. */
#include "unit.h"

#include "job_cost.h"

#include <math.h>
#include <string.h>

static struct arena *arena;
static struct price_list *prices;

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    return price_list_load(arena, NULL, &prices) ? -1 : 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static bool near(double a, double b) { return fabs(a - b) <= fabs(b) * 0.002 + 1e-9; }

#define CLUSTER(letter)                                                                                                                              \
    { .kind = COMPUTE_JOB, .key = letter, .node_type = "m5d.2xlarge", .workers_min = 4, .workers_max = 4 }
#define HOUR 3.2875 /* of that cluster, jobs compute: test_cost_price.c */

static const char *const after_a[] = {"a"}, *const after_ab[] = {"a", "b"};

static struct job_cost_input input(const struct job *job, const struct task_time *times) {
    return (struct job_cost_input){.job = job, .tasks = times, .prices = prices, .now = 1788300000};
}

/* a and b side by side, c after both: as long as b and c; one cluster is paid once. */
static void a_run_is_its_longest_path(void **state) {
    struct task tasks[] = {{.key = "a", .compute = CLUSTER("x")},
                           {.key = "b", .compute = CLUSTER("x")},
                           {.key = "c", .compute = CLUSTER("x"), .after = after_ab, .after_count = 2}};
    struct job job = {.name = "j", .tasks = tasks, .task_count = 3, .schedule = {.cron = "0 0 5 * * ?"}};
    struct task_time times[] = {
        {.known = true, .low = 100, .high = 100}, {.known = true, .low = 600, .high = 600}, {.known = true, .low = 300, .high = 300}};
    struct job_cost_input in = input(&job, times);
    struct job_cost c = job_cost_of(arena, &in);
    assert_true(c.cost.known && near(c.low, 900) && near(c.high, 900));
    assert_string_equal(c.critical, "b, c");
    assert_true(near(c.cost.low, HOUR * (900 + 60) / 3600 * 365.0 / 12) && near(c.cost.high, HOUR * (900 + 300) / 3600 * 365.0 / 12));
    tasks[2].compute.key = "y"; /* now two clusters: x for b's time, y for c's */
    c = job_cost_of(arena, &in);
    assert_true(near(c.cost.low, HOUR * (600 + 60 + 300 + 60) / 3600 * 365.0 / 12));
}

static void past_runs_come_first(void **state) {
    struct task tasks[] = {{.key = "a", .compute = CLUSTER("x")}};
    struct job job = {.tasks = tasks, .task_count = 1, .schedule = {.every_seconds = 86400}};
    struct task_time times[] = {{.known = false, .unknown = "the size of t is not in the catalog"}};
    struct job_cost_input in = input(&job, times);
    struct job_cost c = job_cost_of(arena, &in);
    assert_false(c.cost.known);
    assert_non_null(strstr(c.cost.unknown, "size of t"));
    in.past_low = 1000, in.past_high = 2000, in.past_runs = 7;
    c = job_cost_of(arena, &in);
    assert_true(c.cost.known && near(c.low, 1000) && near(c.high, 2000));
    assert_true(near(c.cost.low, HOUR * 1060 / 3600 * 30.4167));
}

static void circles_and_absent_tasks_end(void **state) {
    static const char *const after_b[] = {"b", "nobody"};
    struct task tasks[] = {{.key = "a", .compute = CLUSTER("x"), .after = after_b, .after_count = 2},
                           {.key = "b", .compute = CLUSTER("x"), .after = after_a, .after_count = 1}};
    struct job job = {.tasks = tasks, .task_count = 2};
    struct task_time times[] = {{.known = true, .low = 10, .high = 10}, {.known = true, .low = 10, .high = 10}};
    struct job_cost_input in = input(&job, times);
    assert_true(job_cost_of(arena, &in).cost.known);
    job.task_count = 0;
    assert_false(job_cost_of(arena, &in).cost.known);
}

static void habits_have_a_price(void **state) {
    struct task tasks[] = {{.key = "a", .compute = CLUSTER("x")}};
    tasks[0].compute.kind = COMPUTE_ALL_PURPOSE;
    struct job job = {.tasks = tasks, .task_count = 1, .schedule = {.cron = "0 0 * * * ?"}};
    struct task_time times[] = {{.known = true, .low = 1800, .high = 1800, .bytes = 1e9}};
    struct job_cost_input in = input(&job, times);
    struct cost saving = job_saves_own_cluster(arena, &in);
    /* 6.85 DBU an hour at 0.55 instead of 0.15, less what starting a cluster of its own costs */
    assert_true(saving.known && saving.high > 0 && saving.high <= 6.85 * 0.40 * 0.5 * 730 + 1);
    tasks[0].compute.node_type = NULL; /* a running cluster is named by its id: the two prices are said */
    saving = job_saves_own_cluster(arena, &in);
    assert_false(saving.known);
    assert_non_null(strstr(saving.unknown, "73 % less"));
    struct compute idle = CLUSTER("x");
    idle.kind = COMPUTE_ALL_PURPOSE;
    struct cost all = cluster_idle_cost(arena, prices, NULL, &idle);
    assert_true(all.known && near(all.high, (6.85 * 0.55 + 2.26) * 730) && near(all.low, all.high * 0.75));
}

static void too_many_workers(void **state) {
    struct task tasks[] = {{.key = "a", .compute = CLUSTER("x")}};
    struct job job = {.tasks = tasks, .task_count = 1, .schedule = {.cron = "0 0 * * * ?"}};
    struct task_time times[] = {{.known = true, .low = 60, .high = 60, .bytes = 1e9}};
    struct job_cost_input in = input(&job, times);
    int workers;
    assert_int_equal(workers_wanted(prices, NULL, &tasks[0].compute, 480e9), 10); /* 10 MB x 8 cores x 600 s = 48 GB a worker */
    struct cost saving = job_saves_smaller(arena, &in, 0, &workers);
    assert_true(workers == 1 && saving.known && saving.high > 0 && saving.low == 0);
    times[0].bytes = 100e9; /* three workers: four are not too many */
    assert_false(job_saves_smaller(arena, &in, 0, &workers).known);
}

static void always_on(void **state) {
    struct task tasks[] = {{.key = "a", .compute = CLUSTER("x")}};
    struct job job = {.tasks = tasks, .task_count = 1, .schedule = {.continuous = true}};
    struct task_time times[] = {{.known = true, .low = 300, .high = 300}};
    struct job_cost_input in = input(&job, times);
    struct job_cost c = job_cost_of(arena, &in);
    assert_true(c.cost.known && near(c.cost.low, HOUR * 730));
    struct cost saving = job_saves_scheduled(arena, &in, 3600);
    assert_true(saving.known && near(saving.high, HOUR * 730 * (1 - 600.0 / 3600)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_its_longest_path), cmocka_unit_test(past_runs_come_first), cmocka_unit_test(circles_and_absent_tasks_end),
        cmocka_unit_test(habits_have_a_price),       cmocka_unit_test(too_many_workers),     cmocka_unit_test(always_on),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
