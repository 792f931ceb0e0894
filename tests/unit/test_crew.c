/* test_crew.c - deliveries worked off by real processes (this program, called again), sends by lane, unclean ends taken up. */
#include "unit.h"

#include "lease.h"
#include "store_place.h"

#include "crew.h"
#include "jsonx.h"
#include "metrics.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define STEP_MS     10

#define HOLDER 7
static char dir[PLACE_NAME];

/* ---- the job's process: does what its delivery's body says ---- */

static int job_body(struct store *s, struct arena *a, const struct delivery *d) {
    char input[256];
    ssize_t n = read(STDIN_FILENO, input, sizeof input - 1);
    if (str_is(d->body, "done")) return queue_settle(s, d, NULL) ? 3 : 0;
    if (str_is(d->body, "crash")) raise(SIGKILL);
    if (str_is(d->body, "hang")) pause();
    if (str_is(d->body, "forget")) return 0;
    if (str_is(d->body, "fail")) {
        fputs("2026-01-01T00:00:00Z error it is like this\n", stderr);
        return queue_fail(s, d, err_new(ERR_INPUT, "no such column"), NULL) ? 4 : 3;
    }
    if (str_is(d->body, "look")) {
        bool clean = !getenv("PARLEY_JOBS_SECRET") && getenv("PARLEY_GITHUB_API") && n > 0;
        input[n > 0 ? n : 0] = 0;
        return queue_settle(s, d, clean && strstr(input, "\"token\":\"t-77\"") ? "clean" : "leaky") ? 3 : 0;
    }
    struct outbox_item item = {.kind = "test", .lane = "l", .subject = str_dup(a, d->body), .valid_at = d->id, .payload = "{}"};
    if (store_begin(s) || outbox_put(s, &item, NULL) || queue_settle(s, d, NULL)) return 3;
    return store_commit(s) ? 3 : 0;
}

static int job_run(char **argv) {
    struct store *s;
    struct arena *a = arena_create(ARENA_SMALL);
    struct delivery *d;
    if (migrate_open(getenv("TEST_DIR"), &s) || queue_get(s, a, strtoll(argv[3], NULL, 10), &d) || !d) return 9;
    if (d->lease != strtoll(argv[5], NULL, 10)) return 8;
    int code = job_body(s, a, d);
    store_close(s);
    arena_destroy(a);
    return code;
}

/* ---- the service around it ---- */

static struct store *store;
static struct settings *settings;
static struct arena *arena;
static struct crew *crew;
static atomic_int sends, sends_at_once, sends_most;

static const struct err *body_triage(struct arena *a, const struct delivery *in, struct triage *out) {
    if (str_is(in->body, "ignore")) out->ignored = "it says so";
    out->installation = 77;
    return NULL;
}

static const struct err *token_give(void *ctx, struct arena *a, const struct delivery *d, json_t **out) {
    *out = jsx_own(a, json_object());
    jsx_set_text(*out, "token", d->installation == 77 ? "t-77" : "none");
    return NULL;
}

static const struct err *send_count(void *ctx, struct arena *a, const struct outbox_item *item, json_t **state) {
    int now = atomic_fetch_add(&sends_at_once, 1) + 1;
    if (now > atomic_load(&sends_most)) atomic_store(&sends_most, now);
    atomic_fetch_add(&sends, 1);
    *state = jsx_own(a, json_object());
    jsx_set_text(*state, "sent", item->subject);
    atomic_fetch_sub(&sends_at_once, 1);
    return strcmp(item->subject, "refused") == 0 ? err_new(ERR_REFUSED, "422") : NULL;
}

static atomic_int told;

static const struct err *told_count(void *ctx, struct store *s, struct arena *a, const struct delivery *d) {
    struct outbox_item item = {.kind = "test", .lane = "l", .subject = "sorry", .valid_at = 1, .payload = "{}"};
    atomic_fetch_add(&told, 1);
    return outbox_put(s, &item, NULL);
}

static const struct crew_sender senders[] = {{"test", send_count, NULL}, {0}};

static void crew_go(void) {
    struct crew_config config = {.settings = settings,
                                 .data = dir,
                                 .holder = HOLDER,
                                 .triage = body_triage,
                                 .credentials = token_give,
                                 .gave_up = told_count,
                                 .senders = senders,
                                 .program = "/proc/self/exe"};
    assert_fine(crew_start(&config, &crew));
}

static int up(void **state) {
    arena = arena_create(ARENA_SMALL);
    store = place_open(dir);
    lease_holder(HOLDER);
    setenv("TEST_DIR", dir, 1);
    setenv("PARLEY_JOBS_SECRET", "not for children", 1);
    setenv("PARLEY_GITHUB_API", "http://127.0.0.1:1", 1);
    atomic_store(&sends, 0);
    atomic_store(&told, 0);
    static const char text[] = "limits: {job_seconds: 2, workers: 2}\ncatch_up_minutes: 0\n";
    return settings_parse(arena, "test", str_of(text), &settings) ? -1 : 0;
}

static int down(void **state) {
    crew_stop(crew, 5);
    crew = NULL;
    place_close(store, dir);
    arena_destroy(arena);
    return 0;
}

static void add(const char *guid, const char *body) {
    struct delivery d = {.sender = SENDER_JOBS, .event = "event", .guid = guid, .body = str_of(body)};
    assert_fine(queue_add(store, &d, NULL));
    if (crew) crew_wake(crew);
}

static struct delivery *get(int64_t id) {
    struct delivery *d;
    assert_fine(queue_get(store, arena, id, &d));
    return d;
}

/* Looks until delivery `id` is in `state`. */
static void wait_for(int64_t id, const char *state) {
    for (int left = PATIENCE_MS; left > 0; left -= STEP_MS) {
        if (strcmp(get(id)->state, state) == 0) return;
        poll(NULL, 0, STEP_MS);
    }
    fail_msg("delivery %d is %s, not %s: %s", (int)id, get(id)->state, state, get(id)->reason ? get(id)->reason : "");
}

static void wait_for_outbox(const char *state, int64_t want) {
    int64_t count = -1;
    for (int left = PATIENCE_MS; left > 0; left -= STEP_MS) {
        assert_fine(outbox_count(store, state, &count));
        if (count == want) return;
        poll(NULL, 0, STEP_MS);
    }
    fail_msg("%d of the outbox are %s, not %d", (int)count, state, (int)want);
}

static void each_ends_as_it_should(void **state) {
    crew_go();
    add("g1", "done");
    add("g2", "ignore");
    add("g3", "fail");
    add("g4", "look");
    wait_for(1, "done");
    wait_for(2, "ignored");
    wait_for(3, "buried");
    assert_string_equal(get(3)->reason, "bad input: no such column");
    wait_for(4, "ignored");
    assert_string_equal(get(4)->reason, "clean");
}

static void a_crash_is_tried_again_then_buried(void **state) {
    crew_go();
    add("g1", "crash");
    wait_for(1, "retry");
    assert_non_null(strstr(get(1)->reason, "signal 9"));
    assert_fine(store_run(store, "UPDATE delivery SET attempts = 2, not_before = 0", VALS_NONE, NULL));
    crew_wake(crew);
    wait_for(1, "buried");
    assert_int_equal(atomic_load(&told), 1);
    wait_for_outbox("done", 1); /* whoever waited has heard */
    add("g2", "forget");
    wait_for(2, "retry");
    assert_non_null(strstr(get(2)->reason, "without a result"));
}

static void a_job_that_hangs_is_ended(void **state) {
    crew_go();
    add("g1", "hang");
    add("g2", "done");
    wait_for(2, "done"); /* the other worker goes on */
    wait_for(1, "retry");
    assert_non_null(strstr(get(1)->reason, "longer than 2 s"));
}

static void what_a_job_wants_is_sent(void **state) {
    crew_go();
    add("g1", "thing");
    add("g2", "refused");
    wait_for_outbox("done", 1);
    wait_for_outbox("buried", 1);
    const char *outside;
    assert_fine(outbox_outside(store, arena, "test", "thing", &outside));
    assert_string_equal(outside, "{\"sent\":\"thing\"}");
    assert_int_equal(atomic_load(&sends), 2);
    assert_int_equal(atomic_load(&sends_most), 1); /* one lane */
}

static void an_unclean_end_is_taken_up(void **state) {
    int seen;
    struct delivery *d;
    struct outbox_item item = {.kind = "test", .lane = "l", .subject = "left", .valid_at = 1, .payload = "{}"}, *taken;
    add("g1", "done");
    assert_fine(queue_triage(store, body_triage, 8, &seen));
    assert_fine(queue_claim(store, arena, 600, &d));
    assert_fine(outbox_put(store, &item, NULL));
    assert_fine(outbox_claim(store, arena, 600, &taken));
    crew_go(); /* nobody holds these leases any more */
    wait_for(1, "done");
    wait_for_outbox("done", 1);
}

/* Where servers share a store, another one's lease is its own until it runs out. */
static void a_lease_of_another_server_stays(void **state) {
    int seen;
    struct delivery *d;
    if (!place_is_shared()) skip();
    add("g1", "done");
    assert_fine(queue_triage(store, body_triage, 8, &seen));
    lease_holder(HOLDER + 1);
    assert_fine(queue_claim(store, arena, 600, &d));
    add("g2", "done");
    crew_go();
    wait_for(2, "done");
    assert_string_equal(get(1)->state, "leased");
}

static void ending_gives_jobs_back(void **state) {
    settings->limits.job_seconds = 600;
    crew_go();
    add("g1", "hang");
    wait_for(1, "leased");
    crew_stop(crew, 0);
    crew = NULL;
    assert_string_equal(get(1)->state, "waiting");
    assert_int_equal(get(1)->attempts, 0);
}

static void the_timer_asks_for_what_was_missed(void **state) {
    settings->catch_up_minutes = 15;
    crew_go();
    for (int left = PATIENCE_MS; left > 0 && !get(1); left -= STEP_MS) poll(NULL, 0, STEP_MS);
    assert_string_equal(get(1)->sender, SENDER_TIMER);
    assert_string_equal(get(1)->event, "catch_up");
}

int main(int argc, char **argv) {
    if (argc > 5 && strcmp(argv[1], "job") == 0) return job_run(argv);
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, up, down)
    const struct CMUnitTest tests[] = {ONE(each_ends_as_it_should),   ONE(a_crash_is_tried_again_then_buried), ONE(a_job_that_hangs_is_ended),
                                       ONE(what_a_job_wants_is_sent), ONE(an_unclean_end_is_taken_up),         ONE(a_lease_of_another_server_stays),
                                       ONE(ending_gives_jobs_back),   ONE(the_timer_asks_for_what_was_missed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
