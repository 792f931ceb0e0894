/* test_triage.c - what a delivery is about, before anybody acts on it; and payloads of all senders. */
#include "unit.h"

#include "handlers.h"
#include "payload.h"

static struct arena *arena;
static struct triage seen;

static const struct err *looked(const char *sender, const char *event, const char *body) {
    struct delivery d = {.id = 1, .sender = sender, .event = event, .guid = "g", .body = str_of(body)};
    return handlers_triage(arena, &d, &seen);
}

static void pull_requests_have_a_subject(void **state) {
    assert_null(looked(SENDER_GITHUB, "pull_request",
                       "{\"action\":\"synchronize\",\"number\":42,\"pull_request\":{\"number\":42},\"repository\":{\"full_name\":\"acme/"
                       "dw\"},\"installation\":{\"id\":77}}"));
    assert_null(seen.ignored);
    assert_string_equal(seen.subject, "github:acme/dw#42");
    assert_string_equal(seen.kind, "pull_request");
    assert_string_equal(seen.lane, "github:77");
    assert_int_equal(seen.installation, 77);
    assert_null(looked(SENDER_GITHUB, "pull_request",
                       "{\"action\":\"closed\",\"number\":42,\"pull_request\":{\"number\":42},\"repository\":{\"full_name\":\"acme/dw\"}}"));
    assert_null(seen.kind);
    assert_null(looked(SENDER_GITHUB, "pull_request", "{\"action\":\"labeled\",\"repository\":{\"full_name\":\"acme/dw\"}}"));
    assert_non_null(seen.ignored);
}

static void our_own_words_are_ignored(void **state) {
    assert_null(looked(
        SENDER_GITHUB, "issue_comment",
        "{\"action\":\"created\",\"issue\":{\"number\":1,\"pull_request\":{}},\"comment\":{\"user\":{\"login\":\"parley[bot]\",\"type\":\"Bot\"}},"
        "\"repository\":{\"full_name\":\"acme/dw\"}}"));
    assert_non_null(seen.ignored);
    assert_null(looked(
        SENDER_GITHUB, "issue_comment",
        "{\"action\":\"created\",\"issue\":{\"number\":1},\"comment\":{\"user\":{\"type\":\"User\"}},\"repository\":{\"full_name\":\"acme/dw\"}}"));
    assert_string_equal(seen.ignored, "a comment on an issue");
    assert_null(looked(SENDER_GITHUB, "issue_comment",
                       "{\"action\":\"created\",\"issue\":{\"number\":1,\"pull_request\":{}},\"comment\":{\"user\":{\"type\":\"User\"}},"
                       "\"repository\":{\"full_name\":\"acme/dw\"}}"));
    assert_null(seen.ignored);
    assert_string_equal(seen.subject, "github:acme/dw#1");
    assert_null(seen.kind); /* commands are never superseded */
}

static void hostile_names_go_nowhere(void **state) {
    assert_null(looked(SENDER_GITHUB, "push", "{\"ref\":\"refs/heads/main\",\"repository\":{\"full_name\":\"../../etc\"}}"));
    assert_non_null(seen.ignored);
    assert_non_null(looked(SENDER_GITHUB, "push", "{\"ref\":"));
    assert_false(payload_repo_valid("acme/dw/x"));
    assert_false(payload_repo_valid("acme/.."));
    assert_false(payload_repo_valid("acme/d w"));
    assert_false(payload_repo_valid(""));
    assert_false(payload_repo_valid(NULL));
    assert_true(payload_repo_valid("acme/dw.core_1"));
}

static void forms_are_decoded(void **state) {
    json_t *v;
    struct delivery d = {
        .sender = SENDER_SLACK_COMMAND, .event = "command", .body = STR("command=%2Freview-pipeline&text=acme%2Fdw%2342+why+F1&x=%zz&y&=1")};
    assert_null(payload_read(arena, &d, &v));
    assert_string_equal(jsx_str(v, "text", ""), "acme/dw#42 why F1");
    assert_string_equal(jsx_str(v, "x", ""), "%zz");
    struct delivery action = {.sender = SENDER_SLACK_ACTION, .event = "action", .body = STR("payload=%7B%22type%22%3A%22block_actions%22%7D")};
    assert_null(payload_read(arena, &action, &v));
    assert_string_equal(jsx_str(v, "type", ""), "block_actions");
    struct delivery bad = {.sender = SENDER_SLACK_ACTION, .event = "action", .body = STR("x=1")};
    assert_non_null(payload_read(arena, &bad, &v));
}

static void pull_requests_are_named_two_ways(void **state) {
    const char *repo;
    int number;
    assert_true(payload_pull_parse(arena, "acme/dw#42 status", &repo, &number));
    assert_string_equal(repo, "acme/dw");
    assert_int_equal(number, 42);
    assert_true(payload_pull_parse(arena, "https://github.com/acme/dw/pull/7/files", &repo, &number));
    assert_int_equal(number, 7);
    assert_false(payload_pull_parse(arena, "acme/dw#0", &repo, &number));
    assert_false(payload_pull_parse(arena, "acme/dw#42x", &repo, &number));
    assert_false(payload_pull_parse(arena, "select 1", &repo, &number));
    assert_false(payload_pull_parse(arena, "https://github.com", &repo, &number));
}

static void every_row_has_help(void **state) {
    for (const struct handler *h = handlers; h->sender; h++) {
        assert_non_null(h->run);
        assert_non_null(h->help);
    }
}

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pull_requests_have_a_subject),     cmocka_unit_test(our_own_words_are_ignored),
                                       cmocka_unit_test(hostile_names_go_nowhere),         cmocka_unit_test(forms_are_decoded),
                                       cmocka_unit_test(pull_requests_are_named_two_ways), cmocka_unit_test(every_row_has_help)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
