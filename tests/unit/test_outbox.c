/* test_outbox.c - wanted states: replaced by newer ones, sent one at a time in a lane, lanes that sleep alone. */
#include "unit.h"

#include "lease.h"
#include "store_place.h"

#include "outbox.h"

static char dir[PLACE_NAME];
static struct arena *arena;

static void now_set(long when) {
    char text[24];
    snprintf(text, sizeof text, "%ld", when);
    setenv("PARLEY_NOW", text, 1);
}

static int open_one(void **state) {
    now_set(1000);
    arena = arena_create(ARENA_SMALL);
    *state = place_open(dir);
    return 0;
}

static int close_one(void **state) {
    place_close(*state, dir);
    arena_destroy(arena);
    return 0;
}

static bool put(struct store *s, const char *lane, const char *subject, int64_t valid_at, const char *payload) {
    struct outbox_item item = {.kind = "k", .lane = lane, .subject = subject, .valid_at = valid_at, .payload = payload};
    bool kept;
    assert_fine(outbox_put(s, &item, &kept));
    return kept;
}

static struct outbox_item *claim(struct store *s) {
    struct outbox_item *item;
    assert_fine(outbox_claim(s, arena, 60, &item));
    return item;
}

static int64_t count_of(struct store *s, const char *state) {
    int64_t count;
    assert_fine(outbox_count(s, state, &count));
    return count;
}

static void newer_replaces_pending(void **state) {
    struct store *s = *state;
    assert_true(put(s, "l", "a", 10, "one"));
    assert_true(put(s, "l", "a", 11, "two"));
    assert_false(put(s, "l", "a", 9, "stale"));
    assert_int_equal(count_of(s, "pending"), 1);
    struct outbox_item *item = claim(s);
    assert_string_equal(item->payload, "two");
    assert_null(item->outside);
    assert_fine(outbox_settle(s, item, "{\"id\":5}"));
    assert_false(put(s, "l", "a", 10, "stale"));
    assert_true(put(s, "l", "a", 12, "three"));
    item = claim(s);
    assert_string_equal(item->outside, "{\"id\":5}");
    assert_fine(outbox_settle(s, item, NULL));
    const char *outside;
    assert_fine(outbox_outside(s, arena, "k", "a", &outside));
    assert_string_equal(outside, "{\"id\":5}");
}

static void a_lane_sends_one_at_a_time(void **state) {
    struct store *s = *state;
    put(s, "l", "a", 1, "1");
    put(s, "l", "b", 1, "2");
    put(s, "m", "c", 1, "3");
    struct outbox_item *first = claim(s), *second = claim(s);
    assert_string_equal(first->subject, "a");
    assert_string_equal(second->subject, "c");
    assert_null(claim(s));
    assert_fine(outbox_settle(s, first, NULL));
    assert_string_equal(claim(s)->subject, "b");
}

static void a_rate_limit_puts_its_lane_to_sleep(void **state) {
    struct store *s = *state;
    put(s, "l", "a", 1, "1");
    put(s, "l", "b", 1, "2");
    put(s, "m", "c", 1, "3");
    struct outbox_item *item = claim(s);
    assert_fine(outbox_fail(s, item, err_retry_at(1500, "rate limit"), NULL));
    struct outbox_item *other = claim(s);
    assert_string_equal(other->lane, "m");
    assert_fine(outbox_settle(s, other, NULL));
    assert_null(claim(s));
    now_set(1499);
    assert_null(claim(s));
    now_set(1500);
    item = claim(s);
    assert_string_equal(item->subject, "a");
    assert_int_equal(item->attempts, 1);
}

static void a_failure_waits_alone(void **state) {
    struct store *s = *state;
    put(s, "l", "a", 1, "1");
    put(s, "l", "b", 1, "2");
    assert_fine(outbox_fail(s, claim(s), err_new(ERR_RETRY, "cut"), NULL));
    struct outbox_item *item = claim(s);
    assert_string_equal(item->subject, "b");
    assert_fine(outbox_fail(s, item, err_new(ERR_REFUSED, "422"), "{\"comment\":1}"));
    assert_int_equal(count_of(s, "buried"), 1);
    const char *outside;
    assert_fine(outbox_outside(s, arena, "k", "b", &outside));
    assert_string_equal(outside, "{\"comment\":1}");
    assert_true(put(s, "l", "b", 1, "2"));
    now_set(1010);
    assert_string_equal(claim(s)->subject, "a");
}

static void a_newer_one_takes_the_place_of_what_failed(void **state) {
    struct store *s = *state;
    put(s, "l", "a", 1, "old");
    struct outbox_item *item = claim(s);
    assert_true(put(s, "l", "a", 2, "new"));
    assert_null(claim(s));
    assert_fine(outbox_fail(s, item, err_new(ERR_RETRY, "cut"), NULL));
    assert_int_equal(count_of(s, "replaced"), 1);
    assert_string_equal(claim(s)->payload, "new");
}

static void a_crash_while_sending_sends_again(void **state) {
    struct store *s = *state;
    put(s, "l", "a", 1, "1");
    struct outbox_item *lost = claim(s);
    int64_t count;
    assert_fine(outbox_recover(s, LEASES_OVER, &count));
    assert_int_equal(count, 0);
    assert_fine(outbox_recover(s, LEASES_ALL, &count));
    assert_int_equal(count, 1);
    struct outbox_item *again = claim(s);
    assert_int_equal(again->id, lost->id);
    const struct err *e = outbox_settle(s, lost, NULL);
    assert_non_null(e);
    assert_fine(outbox_settle(s, again, NULL));
}

static void buried_ones_can_be_retried(void **state) {
    struct store *s = *state;
    put(s, "l", "a", 1, "1");
    struct outbox_item *item = claim(s);
    assert_fine(outbox_fail(s, item, err_new(ERR_CONFIG, "no token"), NULL));
    struct outbox_list list;
    assert_fine(outbox_items(s, arena, NULL, 10, &list));
    assert_int_equal(list.n, 1);
    assert_string_equal(list.at[0].reason, "bad config: no token");
    assert_fine(outbox_retry(s, item->id));
    assert_non_null(claim(s));
    assert_non_null(outbox_retry(s, 99));
}

int main(void) {
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, open_one, close_one)
    const struct CMUnitTest tests[] = {ONE(newer_replaces_pending),
                                       ONE(a_lane_sends_one_at_a_time),
                                       ONE(a_rate_limit_puts_its_lane_to_sleep),
                                       ONE(a_failure_waits_alone),
                                       ONE(a_newer_one_takes_the_place_of_what_failed),
                                       ONE(a_crash_while_sending_sends_again),
                                       ONE(buried_ones_can_be_retried)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
