/* test_gave_up.c - who is told, and how, when a delivery was given up. */
#include "unit.h"

#include "store_place.h"

#include "handlers.h"
#include "jsonx.h"
#include "outbox.h"

static char dir[PLACE_NAME];
static struct store *store;
static struct arena *arena;

static int up(void **state) {
    arena = arena_create(ARENA_SMALL);
    store = place_open(dir);
    return 0;
}

static int down(void **state) {
    place_close(store, dir);
    arena_destroy(arena);
    return 0;
}

/* The payload of the one item that was put, NULL when none was; `kind` gets its kind. */
static json_t *told(const char *sender, const char *event, const char *body, const char **kind) {
    struct delivery d = {.id = 7, .sender = sender, .event = event, .body = str_of(body), .installation = 77};
    struct outbox_list list;
    json_t *payload = NULL;
    assert_fine(handlers_gave_up(NULL, store, arena, &d));
    assert_fine(outbox_items(store, arena, NULL, 10, &list));
    assert_true(list.n <= 1);
    if (!list.n) return NULL;
    *kind = list.at[0].kind;
    assert_fine(jsx_load(arena, list.at[0].payload, strlen(list.at[0].payload), &payload));
    return payload;
}

static void a_pull_request_gets_a_neutral_check(void **state) {
    const char *kind;
    json_t *p = told(SENDER_GITHUB, "pull_request",
                     "{\"action\":\"opened\",\"pull_request\":{\"number\":42,\"head\":{\"sha\":\"2222222222222222222222222222222222222222\"},"
                     "\"base\":{\"sha\":\"3333333333333333333333333333333333333333\"}},\"repository\":{\"full_name\":\"acme/dw\"}}",
                     &kind);
    assert_non_null(p);
    assert_string_equal(kind, "github.pull_request");
    assert_string_equal(jsx_str(p, "check.conclusion", ""), "neutral");
    assert_int_equal(jsx_int(p, "number", 0), 42);
    assert_int_equal(jsx_int(p, "installation", 0), 77);
    assert_null(jsx_at(p, "inline")); /* notes stay */
}

static void one_who_asked_gets_a_reply(void **state) {
    const char *kind;
    json_t *p = told(SENDER_GITHUB, "issue_comment",
                     "{\"action\":\"created\",\"issue\":{\"number\":42,\"pull_request\":{}},\"comment\":{\"body\":\"/review-pipeline status\"},"
                     "\"repository\":{\"full_name\":\"acme/dw\"}}",
                     &kind);
    assert_non_null(p);
    assert_string_equal(kind, "github.reply");
    assert_non_null(strstr(jsx_str(p, "body", ""), "delivery 7"));
}

static void slack_gets_an_answer(void **state) {
    const char *kind;
    json_t *p = told(SENDER_SLACK_COMMAND, "command",
                     "command=%2Freview-pipeline&text=help&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1%2F2%2Fx", &kind);
    assert_non_null(p);
    assert_string_equal(kind, "slack.response");
    assert_string_equal(jsx_str(p, "response_url", ""), "https://hooks.slack.com/commands/T1/2/x");
}

static void others_hear_nothing(void **state) {
    const char *kind;
    assert_null(told(SENDER_GITHUB, "issue_comment",
                     "{\"issue\":{\"number\":1},\"comment\":{\"body\":\"thanks\"},\"repository\":{\"full_name\":\"acme/dw\"}}", &kind));
    assert_null(told(SENDER_GITHUB, "pull_request",
                     "{\"action\":\"closed\",\"pull_request\":{\"number\":1,\"head\":{\"sha\":\"x\"}},\"repository\":{\"full_name\":\"a/b\"}}",
                     &kind));
    assert_null(told(SENDER_GITHUB, "pull_request",
                     "{\"pull_request\":{\"number\":1,\"head\":{\"sha\":\"x\"}},\"repository\":{\"full_name\":\"../b\"}}", &kind));
    assert_null(told(SENDER_GITHUB, "push", "{}", &kind));
    assert_null(told(SENDER_LINEAGE, "event", "{}", &kind));
}

int main(void) {
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, up, down)
    const struct CMUnitTest tests[] = {ONE(a_pull_request_gets_a_neutral_check), ONE(one_who_asked_gets_a_reply), ONE(slack_gets_an_answer),
                                       ONE(others_hear_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
