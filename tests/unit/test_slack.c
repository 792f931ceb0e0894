/* test_slack.c - limits, escapes, and messages that are posted once, against a scripted Slack. */
#include "unit.h"

#include "fake_http.h"
#include "jsonx.h"
#include "slack.h"
#include "slack_post.h"

#define BASE  "https://slack.com/api/"
#define NOW   1767225600
#define OK_TS "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1.2\"}"
#define LIST  "{\"ok\":true,\"channels\":[{\"id\":\"C0\",\"name\":\"other\"},{\"id\":\"C1\",\"name\":\"data\"}]}"
#define EMPTY "{\"ok\":true,\"messages\":[]}"

static struct arena *arena;
static struct fake fake;
static struct http *http;
static struct slack *slack;

static int each_begin(void **state) {
    setenv("PARLEY_NOW", "1767225600", 1);
    arena = arena_create((size_t)64 << 20);
    memset(&fake, 0, sizeof fake);
    fake.base = BASE;
    http = http_create_fake(fake_send, &fake);
    return 0;
}
static int each_end(void **state) {
    assert_int_equal(fake.at, fake.count);
    slack_destroy(slack);
    slack = NULL;
    http_destroy(http);
    arena_destroy(arena);
    return 0;
}

static void open_with(const char *token, const char *webhook) {
    static const char *const hosts[] = {"hooks.slack.com", "127.0.0.1"};
    struct slack_config config = {.token = token, .webhook_url = webhook, .response_hosts = hosts, .response_host_count = 2};
    assert_null(slack_create(http, &config, &slack));
}

static void script(const struct fake_step *steps, size_t count) {
    fake.steps = steps;
    fake.count = count;
    fake.at = 0;
}
#define SCRIPT(...) script((const struct fake_step[]){__VA_ARGS__}, sizeof((const struct fake_step[]){__VA_ARGS__}) / sizeof(struct fake_step))

static json_t *load(const char *text) {
    json_t *out = NULL;
    const struct err *e = jsx_load(arena, text, strlen(text), &out);
    if (e) fail_msg("%s", e->text);
    return out;
}
static const struct err *post(const char *kind, const char *payload, const json_t *old, json_t **state) {
    return slack_post_run(slack, arena, &(struct slack_posting){kind, "acme/dw#42", load(payload), old}, state);
}

static void text_is_made_safe(void **state) {
    assert_string_equal(slack_escape(arena, "<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    assert_string_equal(slack_link(arena, "https://x/?a=1&b=2|>", "see <it>|\n"), "<https://x/?a=1&amp;b=2%7C%3E|see &lt;it&gt;  >");
    assert_string_equal(slack_link(arena, "javascript:alert(1)", "x"), "x");
    assert_string_equal(slack_cut(arena, "short", 10), "short");
    assert_string_equal(slack_cut(arena, "abcdefghij", 8), "abcde\xE2\x80\xA6");
    assert_string_equal(slack_cut(arena, "ab &amp; cdef", 9), "ab \xE2\x80\xA6");
    assert_string_equal(slack_cut(arena, "ab <https://x|y> tail", 15), "ab \xE2\x80\xA6");
    assert_string_equal(slack_cut(arena, "caf\xC3\xA9 au lait", 7), "caf\xE2\x80\xA6");
}

static void blocks_are_made_to_fit(void **state) {
    json_t *blocks = jsx_own(arena, json_array());
    char long_text[4001];
    memset(long_text, 'x', 4000);
    long_text[4000] = 0;
    for (int i = 0; i < 60; i++)
        json_array_append_new(blocks, json_pack("{sss{ssss}}", "type", "section", "text", "type", "mrkdwn", "text", long_text));
    json_t *out = slack_fit(arena, blocks);
    size_t total = 0;
    assert_in_range(json_array_size(out), 4, SLACK_BLOCKS_MAX);
    for (size_t i = 0; i < json_array_size(out); i++) {
        const char *text = jsx_str(json_array_get(out, i), "text.text", jsx_str(json_array_get(out, i), "elements.0.text", ""));
        assert_in_range(strlen(text), 1, SLACK_SECTION_MAX);
        total += strlen(text);
    }
    assert_in_range(total, 10000, SLACK_TOTAL_MAX);
    assert_string_equal(jsx_str(json_array_get(out, json_array_size(out) - 1), "elements.0.text", ""), "_Shortened to what Slack takes._");
    json_t *many = jsx_own(arena, json_array());
    for (int i = 0; i < 60; i++) json_array_append_new(many, json_pack("{ss}", "type", "divider"));
    assert_int_equal(json_array_size(slack_fit(arena, many)), 50);
    assert_null(slack_fit(arena, NULL));
}

static void buttons_keep_their_meaning_or_go(void **state) {
    char value[2002];
    memset(value, 'v', 2001);
    value[2001] = 0;
    json_t *blocks = load("[{\"type\":\"actions\",\"elements\":[{\"type\":\"button\",\"action_id\":\"a\",\"value\":\"ok\",\"text\":{\"type\":\"plain_"
                          "text\",\"text\":\"Go\"}},"
                          "{\"type\":\"button\",\"action_id\":\"b\",\"text\":{\"type\":\"plain_text\",\"text\":\"No\"}}]},"
                          "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"\"}}]");
    json_object_set_new(json_array_get(jsx_at(json_array_get(blocks, 0), "elements"), 1), "value", json_string(value));
    json_t *out = slack_fit(arena, blocks);
    assert_int_equal(json_array_size(out), 1);
    assert_int_equal(json_array_size(jsx_at(json_array_get(out, 0), "elements")), 1);
}

static void a_message_is_posted_once_and_updated(void **state) {
    static const char one[] = "{\"channel\":\"#data\",\"text\":\"one\",\"blocks\":[{\"type\":\"divider\"}]}";
    static const char two[] = "{\"channel\":\"#data\",\"text\":\"two\",\"thread_update\":\"1 fixed\"}";
    SCRIPT({"GET conversations.list?", NULL, 200, NULL, LIST}, {"GET conversations.history?channel=C1&", NULL, 200, NULL, EMPTY},
           {"POST chat.postMessage", "\"key\":\"acme/dw#42\"", 200, NULL, OK_TS}, {"POST chat.update", "\"ts\":\"1.2\"", 200, NULL, OK_TS},
           {"GET conversations.replies?ts=1.2&channel=C1", NULL, 200, NULL, EMPTY},
           {"POST chat.postMessage", "\"thread_ts\":\"1.2\"", 200, NULL, "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1.3\"}"});
    open_with("xoxb-1", NULL);
    json_t *first, *second, *third;
    assert_null(post("slack.message", one, NULL, &first));
    assert_null(post("slack.message", one, first, &second));
    assert_int_equal(fake.at, 3);
    assert_null(post("slack.message", two, second, &third));
    assert_string_equal(jsx_str(third, "ts", ""), "1.2");
    assert_null(post("slack.message", two, third, &second));
    assert_string_equal(fake.auth[2], "Bearer xoxb-1");
}

static void after_a_crash_it_is_found_again(void **state) {
    SCRIPT({"GET conversations.list?", NULL, 200, NULL, LIST}, {"GET conversations.history?channel=C1&", NULL, 200, NULL, EMPTY},
           {"POST chat.postMessage", NULL, 0, NULL, NULL},
           {"GET conversations.history?", NULL, 200, NULL,
            "{\"ok\":true,\"messages\":[{\"ts\":\"9\"},{\"ts\":\"5.5\",\"metadata\":{\"event_type\":\"parley_message\",\"event_payload\":{\"key\":"
            "\"acme/dw#42\",\"digest\":\"x\"}}}]}"},
           {"POST chat.update", "\"ts\":\"5.5\"", 200, NULL, OK_TS});
    open_with("xoxb-1", NULL);
    json_t *out;
    static const char one[] = "{\"channel\":\"#data\",\"text\":\"one\"}";
    assert_int_equal(post("slack.message", one, NULL, &out)->kind, ERR_RETRY);
    assert_null(post("slack.message", one, NULL, &out));
    assert_string_equal(jsx_str(out, "ts", ""), "5.5");
    assert_string_equal(jsx_str(out, "channel", ""), "C1");
}

static void without_the_right_to_look_it_posts(void **state) {
    SCRIPT({"GET conversations.list?", NULL, 200, NULL, "{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"channels:read\"}"},
           {"POST chat.postMessage", NULL, 200, NULL, OK_TS}, {"POST chat.postMessage", NULL, 200, NULL, OK_TS});
    open_with("xoxb-1", NULL);
    json_t *out;
    assert_null(post("slack.message", "{\"channel\":\"#data\",\"text\":\"one\"}", NULL, &out));
    assert_null(post("slack.message", "{\"channel\":\"#data\",\"text\":\"one\"}", NULL, &out));
}

static void a_deleted_message_is_posted_anew(void **state) {
    SCRIPT({"POST chat.update", NULL, 200, NULL, "{\"ok\":false,\"error\":\"message_not_found\"}"},
           {"POST chat.postMessage", NULL, 200, NULL, OK_TS});
    open_with("xoxb-1", NULL);
    json_t *out;
    assert_null(
        post("slack.message", "{\"channel\":\"#data\",\"text\":\"one\"}", load("{\"channel\":\"C1\",\"ts\":\"0.1\",\"digest\":\"old\"}"), &out));
    assert_string_equal(jsx_str(out, "ts", ""), "1.2");
}

static void errors_have_their_kinds(void **state) {
    SCRIPT(
        {"POST chat.postMessage", NULL, 200, NULL, "{\"ok\":false,\"error\":\"invalid_auth\"}"},
        {"POST chat.postMessage", NULL, 200, NULL, "{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"chat:write\",\"provided\":\"commands\"}"},
        {"POST chat.postMessage", NULL, 200, NULL, "{\"ok\":false,\"error\":\"channel_not_found\"}"},
        {"POST chat.postMessage", NULL, 429, "retry-after: 12", "{}"}, {"POST chat.postMessage", NULL, 503, NULL, ""},
        {"POST chat.postMessage", NULL, 200, NULL, "<html>"});
    open_with("xoxb-1", NULL);
    struct slack_message message = {.channel = "C1", .text = "x"};
    struct slack_place place;
    assert_int_equal(slack_post(slack, arena, &message, &place)->kind, ERR_CONFIG);
    const struct err *e = slack_post(slack, arena, &message, &place);
    assert_int_equal(e->kind, ERR_CONFIG);
    assert_non_null(strstr(e->text, "chat:write"));
    assert_int_equal(slack_post(slack, arena, &message, &place)->kind, ERR_REFUSED);
    e = slack_post(slack, arena, &message, &place);
    assert_int_equal(e->kind, ERR_RETRY);
    assert_int_equal(e->retry_at, NOW + 12);
    assert_int_equal(slack_post(slack, arena, &message, &place)->kind, ERR_RETRY);
    assert_int_equal(slack_post(slack, arena, &message, &place)->kind, ERR_RETRY);
}

static void responses_go_to_allowed_hosts_only(void **state) {
    SCRIPT({"POST https://hooks.slack.com/actions/T1/2/x", "\"replace_original\":true", 200, NULL, "ok"},
           {"POST http://127.0.0.1:9/x", "\"response_type\":\"ephemeral\"", 404, NULL, "used_url"});
    open_with("xoxb-1", NULL);
    json_t *out;
    assert_null(
        post("slack.response", "{\"response_url\":\"https://hooks.slack.com/actions/T1/2/x\",\"text\":\"done\",\"replace\":true}", NULL, &out));
    assert_null(
        post("slack.response", "{\"response_url\":\"https://hooks.slack.com/actions/T1/2/x\",\"text\":\"done\",\"replace\":true}", out, &out));
    assert_string_equal(fake.auth[0], "");
    assert_int_equal(post("slack.response", "{\"response_url\":\"http://127.0.0.1:9/x\",\"text\":\"t\"}", NULL, &out)->kind, ERR_REFUSED);
    static const char *const bad[] = {"https://evil.example/x", "https://hooks.slack.com.evil.example/x", "https://u@hooks.slack.com/", "file:///x",
                                      ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(post("slack.response", arena_printf(arena, "{\"response_url\":\"%s\",\"text\":\"t\"}", bad[i]), NULL, &out)->kind,
                         ERR_REFUSED);
}

static void a_webhook_alone_posts_only_what_matters(void **state) {
    SCRIPT({"POST https://hooks.slack.com/services/T/B/X", "\"text\":\"one\"", 200, NULL, "ok"},
           {"POST https://hooks.slack.com/services/T/B/X", "\"text\":\"three\"", 200, NULL, "ok"});
    open_with(NULL, "https://hooks.slack.com/services/T/B/X");
    json_t *out;
    assert_false(slack_has_token(slack));
    assert_null(post("slack.message", "{\"channel\":\"#data\",\"text\":\"one\"}", NULL, &out));
    assert_null(post("slack.message", "{\"channel\":\"#data\",\"text\":\"two\"}", out, &out));
    assert_null(post("slack.message", "{\"channel\":\"#data\",\"text\":\"three\",\"important\":true}", out, &out));
}

static void people_are_found_by_address(void **state) {
    SCRIPT({"GET users.lookupByEmail?email=a%2Bb%40x.y", NULL, 200, NULL, "{\"ok\":true,\"user\":{\"id\":\"U1\"}}"},
           {"GET users.lookupByEmail?", NULL, 200, NULL, "{\"ok\":false,\"error\":\"users_not_found\"}"},
           {"GET users.info?user=U1", NULL, 200, NULL, "{\"ok\":true,\"user\":{\"id\":\"U1\",\"profile\":{\"email\":\"a@x.y\"}}}"},
           {"POST auth.test", NULL, 200, NULL, "{\"ok\":true,\"bot_id\":\"B1\"}"});
    open_with("xoxb-1", NULL);
    const char *id, *email;
    json_t *us;
    assert_null(slack_user_by_email(slack, arena, "a+b@x.y", &id));
    assert_string_equal(id, "U1");
    assert_null(slack_user_by_email(slack, arena, "c@x.y", &id));
    assert_null(id);
    assert_null(slack_user_email(slack, arena, "U1", &email));
    assert_string_equal(email, "a@x.y");
    assert_null(slack_whoami(slack, arena, &us));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, each_begin, each_end)
int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(text_is_made_safe),
        EACH(blocks_are_made_to_fit),
        EACH(buttons_keep_their_meaning_or_go),
        EACH(a_message_is_posted_once_and_updated),
        EACH(after_a_crash_it_is_found_again),
        EACH(without_the_right_to_look_it_posts),
        EACH(a_deleted_message_is_posted_anew),
        EACH(errors_have_their_kinds),
        EACH(responses_go_to_allowed_hosts_only),
        EACH(a_webhook_alone_posts_only_what_matters),
        EACH(people_are_found_by_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
