/* test_queue.c - one delivery's life: repeats, first look, leases, turns, retries, burial. */
#include "unit.h"

#include "lease.h"
#include "store_place.h"

#include "clock.h"
#include "queue.h"
#include "retry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

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

/* Bodies of these tests are "subject kind lane", "-" for none; "ignore", "fail" and "later" do that. */
static const struct err *words_triage(struct arena *a, const struct delivery *in, struct triage *out) {
    if (str_is(in->body, "ignore")) {
        out->ignored = "nobody acts on it";
        return NULL;
    }
    if (str_is(in->body, "fail")) return err_new(ERR_INPUT, "no such words");
    if (str_is(in->body, "later")) return err_new(ERR_RETRY, "not now");
    if (str_is(in->body, "huge")) arena_alloc(a, (size_t)2 << 30);
    struct str rest = in->body, part;
    const char **fields[] = {&out->subject, &out->kind, &out->lane};
    for (size_t i = 0; i < 3 && str_split(&rest, ' ', &part); i++) *fields[i] = str_is(part, "-") ? NULL : str_dup(a, part);
    return NULL;
}

static void add(struct store *s, const char *guid, const char *body) {
    struct delivery d = {.sender = SENDER_GITHUB, .event = "x", .guid = guid, .body = str_of(body)};
    bool fresh;
    assert_fine(queue_add(s, &d, &fresh));
    assert_true(fresh);
}

static void triage_all(struct store *s) {
    int seen = 1;
    while (seen) assert_fine(queue_triage(s, words_triage, 8, &seen));
}

static struct delivery *claim(struct store *s) {
    struct delivery *d;
    assert_fine(queue_claim(s, arena, 60, &d));
    return d;
}

static const char *state_of(struct store *s, int64_t id) {
    struct delivery *d;
    assert_fine(queue_get(s, arena, id, &d));
    return d->state;
}

static void a_repeat_is_a_no_op(void **state) {
    struct store *s = *state;
    add(s, "g1", "a - l");
    struct delivery d = {.sender = SENDER_GITHUB, .event = "x", .guid = "g1", .body = STR("other")};
    bool fresh = true;
    assert_fine(queue_add(s, &d, &fresh));
    assert_false(fresh);
    struct delivery *got;
    assert_fine(queue_get(s, arena, 1, &got));
    assert_true(str_is(got->body, "a - l"));
    d.sender = SENDER_JOBS;
    assert_fine(queue_add(s, &d, &fresh));
    assert_true(fresh);
}

static void a_large_body_comes_back_whole(void **state) {
    size_t n = 3 << 20;
    char *body = malloc(n);
    for (size_t i = 0; i < n; i++) body[i] = (char)(i * i >> 7);
    struct delivery d = {.sender = SENDER_JOBS, .event = "x", .guid = "big", .body = {body, n}};
    assert_fine(queue_add(*state, &d, NULL));
    struct delivery *got;
    assert_fine(queue_get(*state, arena, 1, &got));
    assert_int_equal(got->body.n, n);
    assert_memory_equal(got->body.p, body, n);
    free(body);
}

static void a_life_without_trouble(void **state) {
    struct store *s = *state;
    add(s, "g1", "acme/dw#1 pull github:7");
    assert_null(claim(s));
    triage_all(s);
    struct delivery *d = claim(s);
    assert_non_null(d);
    assert_string_equal(d->subject, "acme/dw#1");
    assert_string_equal(d->lane, "github:7");
    assert_int_equal(d->attempts, 1);
    assert_true(str_is(d->body, "acme/dw#1 pull github:7"));
    assert_null(claim(s));
    assert_fine(queue_settle(s, d, NULL));
    assert_string_equal(state_of(s, d->id), "done");
    const struct err *e = queue_settle(s, d, NULL);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_REFUSED);
}

static void the_first_look_decides(void **state) {
    struct store *s = *state;
    add(s, "g1", "ignore");
    add(s, "g2", "fail");
    add(s, "g3", "huge");
    triage_all(s);
    assert_string_equal(state_of(s, 1), "ignored");
    assert_string_equal(state_of(s, 2), "buried");
    assert_string_equal(state_of(s, 3), "buried");
    assert_null(claim(s));
    add(s, "g4", "later");
    triage_all(s);
    assert_string_equal(state_of(s, 4), "received");
    assert_null(claim(s));
}

static void a_buried_one_is_taken_again_from_its_sender(void **state) {
    struct store *s = *state;
    add(s, "g1", "fail");
    triage_all(s);
    add(s, "g1", "fail"); /* asserts that it is fresh */
    assert_string_equal(state_of(s, 1), "received");
}

static void newer_replaces_older_waiting(void **state) {
    struct store *s = *state;
    add(s, "g1", "pr push l");
    add(s, "g2", "pr push l");
    add(s, "g3", "pr - l");
    triage_all(s);
    assert_string_equal(state_of(s, 1), "superseded");
    struct delivery *d = claim(s);
    assert_int_equal(d->id, 2);
    add(s, "g4", "pr push l");
    triage_all(s);
    assert_string_equal(state_of(s, 2), "leased"); /* at work: goes on */
    assert_null(claim(s));                         /* same subject: waits for it */
    assert_fine(queue_fail(s, d, err_new(ERR_RETRY, "timeout"), NULL));
    assert_string_equal(state_of(s, 2), "superseded"); /* not worth repeating */
    d = claim(s);
    assert_int_equal(d->id, 3);
    assert_fine(queue_settle(s, d, NULL));
    assert_int_equal(claim(s)->id, 4);
}

static void lanes_take_turns(void **state) {
    struct store *s = *state;
    char guid[16], body[24];
    for (int i = 0; i < 6; i++) {
        snprintf(guid, sizeof guid, "g%d", i);
        snprintf(body, sizeof body, "s%d - %s", i, i < 5 ? "busy" : "calm");
        add(s, guid, body);
    }
    triage_all(s);
    int64_t first = claim(s)->id, second = claim(s)->id;
    assert_int_equal(first, 1);
    assert_int_equal(second, 6); /* not the sixth in turn */
}

static void retries_wait_longer_and_end(void **state) {
    struct store *s = *state;
    add(s, "g1", "a - l");
    triage_all(s);
    long now = 1000;
    int64_t before = 0;
    for (int i = 1; i < RETRY_ATTEMPTS; i++) {
        struct delivery *d = claim(s);
        assert_non_null(d);
        assert_int_equal(d->attempts, i);
        assert_fine(queue_fail(s, d, err_new(ERR_RETRY, "down"), NULL));
        assert_null(claim(s));
        assert_fine(queue_get(s, arena, 1, &d));
        assert_true(d->not_before - now > before);
        before = d->not_before - now;
        now = (long)d->not_before;
        now_set(now);
    }
    assert_fine(queue_fail(s, claim(s), err_new(ERR_RETRY, "down"), NULL));
    assert_string_equal(state_of(s, 1), "buried");
    assert_fine(queue_retry(s, 1));
    triage_all(s);
    assert_non_null(claim(s));
    assert_non_null(queue_retry(s, 1));
    assert_non_null(queue_retry(s, 77));
}

static void a_wait_asked_for_is_no_failure(void **state) {
    struct store *s = *state;
    add(s, "g1", "a - l");
    triage_all(s);
    for (int i = 0; i < 3 * RETRY_ATTEMPTS; i++) {
        struct delivery *d = claim(s);
        assert_non_null(d);
        assert_fine(queue_fail(s, d, err_retry_at(1100 + 10 * i, "rate limit"), NULL));
        assert_null(claim(s));
        now_set(1100 + 10 * i);
    }
    assert_int_equal(claim(s)->attempts, 1);
}

static void other_errors_bury_at_once(void **state) {
    struct store *s = *state;
    add(s, "g1", "a - l");
    triage_all(s);
    assert_fine(queue_fail(s, claim(s), err_new(ERR_CONFIG, "no key"), NULL));
    struct delivery *d;
    assert_fine(queue_get(s, arena, 1, &d));
    assert_string_equal(d->state, "buried");
    assert_string_equal(d->reason, "bad config: no key");
}

/* Writes something, then fails: in PostgreSQL the second write would undo the whole transaction. */
static const struct err *tell_badly(void *ctx, struct store *s, struct arena *a, const struct delivery *d) {
    TRY(store_run(s, "INSERT INTO setting (name, value, updated_at) VALUES ('told', 'half', 0)", VALS_NONE, NULL));
    return store_run(s, "INSERT INTO setting (name, value, updated_at) VALUES ('told', 'again', 0)", VALS_NONE, ctx);
}

static const struct err *tell_later(void *ctx, struct store *s, struct arena *a, const struct delivery *d) { return err_new(ERR_RETRY, "not now"); }

static void a_delivery_is_buried_though_nobody_can_be_told(void **state) {
    struct store *s = *state;
    add(s, "g1", "a - l");
    triage_all(s);
    struct delivery *d = claim(s);
    int64_t changed, told;
    struct queue_teller later = {tell_later, NULL, arena}, counted = {tell_badly, &changed, arena};
    const struct err *e = queue_fail_telling(s, d, err_new(ERR_CONFIG, "no key"), &later);
    assert_non_null(e);
    assert_fine(queue_get(s, arena, 1, &d));
    assert_string_equal(d->state, "leased");
    assert_fine(queue_fail_telling(s, d, err_new(ERR_CONFIG, "no key"), &counted));
    assert_fine(queue_get(s, arena, 1, &d));
    assert_string_equal(d->state, "buried");
    assert_fine(store_number(s, "SELECT COUNT(*) FROM setting WHERE name = 'told'", VALS_NONE, &told));
    assert_int_equal(told, 0);
    add(s, "g2", "b - l");
    triage_all(s);
    struct queue_teller deferred = {tell_badly, NULL, arena}; /* the error comes with a later statement */
    assert_fine(queue_fail_telling(s, claim(s), err_new(ERR_CONFIG, "no key"), &deferred));
    assert_fine(queue_get(s, arena, 2, &d));
    assert_string_equal(d->state, "buried");
}

static void lost_leases_come_back(void **state) {
    struct store *s = *state;
    add(s, "g1", "a - l");
    triage_all(s);
    struct delivery *d = claim(s);
    int64_t count;
    assert_fine(queue_recover(s, LEASES_OVER, &count));
    assert_int_equal(count, 0);
    now_set(1061);
    assert_fine(queue_recover(s, LEASES_OVER, &count));
    assert_int_equal(count, 1);
    const struct err *e = queue_settle(s, d, NULL);
    assert_non_null(e); /* the worker that was given up cannot settle it */
    now_set(1100);
    d = claim(s);
    assert_int_equal(d->attempts, 2);
    assert_fine(queue_release(s, d));
    assert_int_equal(claim(s)->attempts, 2);
}

static void settled_ones_are_forgotten(void **state) {
    struct store *s = *state;
    add(s, "g1", "ignore");
    add(s, "g2", "a - l");
    triage_all(s);
    assert_fine(queue_forget(s, 2000));
    struct delivery *d;
    assert_fine(queue_get(s, arena, 1, &d));
    assert_null(d);
    struct delivery_list list;
    assert_fine(queue_list(s, arena, NULL, 10, &list));
    assert_int_equal(list.n, 1);
}

#define CROWD       4
#define CROWD_ITEMS 60
static atomic_int crowd_busy[8], crowd_bad, crowd_done;

static void *crowd_work(void *unused) {
    struct store *s;
    struct arena *a = arena_create(ARENA_SMALL);
    if (migrate_open(dir, &s)) abort();
    while (atomic_load(&crowd_done) < CROWD_ITEMS) {
        struct delivery *d;
        if (queue_claim(s, a, 60, &d)) abort();
        if (!d) continue;
        int subject = d->subject[1] - '0';
        if (atomic_fetch_add(&crowd_busy[subject], 1)) atomic_fetch_add(&crowd_bad, 1);
        atomic_fetch_sub(&crowd_busy[subject], 1);
        if (queue_settle(s, d, NULL)) atomic_fetch_add(&crowd_bad, 1);
        atomic_fetch_add(&crowd_done, 1);
    }
    store_close(s);
    arena_destroy(a);
    return NULL;
}

static void a_crowd_takes_each_once(void **state) {
    struct store *s = *state;
    char guid[16], body[24];
    for (int i = 0; i < CROWD_ITEMS; i++) {
        snprintf(guid, sizeof guid, "g%d", i);
        snprintf(body, sizeof body, "s%d - l%d", i % 8, i % 3);
        add(s, guid, body);
    }
    triage_all(s);
    pthread_t threads[CROWD];
    for (int i = 0; i < CROWD; i++) pthread_create(&threads[i], NULL, crowd_work, NULL);
    for (int i = 0; i < CROWD; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&crowd_bad), 0);
    assert_int_equal(atomic_load(&crowd_done), CROWD_ITEMS);
    int64_t count;
    assert_fine(queue_count(s, "done", &count));
    assert_int_equal(count, CROWD_ITEMS);
}

int main(void) {
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, open_one, close_one)
    const struct CMUnitTest tests[] = {ONE(a_repeat_is_a_no_op),
                                       ONE(a_large_body_comes_back_whole),
                                       ONE(a_life_without_trouble),
                                       ONE(the_first_look_decides),
                                       ONE(a_buried_one_is_taken_again_from_its_sender),
                                       ONE(newer_replaces_older_waiting),
                                       ONE(lanes_take_turns),
                                       ONE(retries_wait_longer_and_end),
                                       ONE(a_wait_asked_for_is_no_failure),
                                       ONE(other_errors_bury_at_once),
                                       ONE(a_delivery_is_buried_though_nobody_can_be_told),
                                       ONE(lost_leases_come_back),
                                       ONE(settled_ones_are_forgotten),
                                       ONE(a_crowd_takes_each_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
