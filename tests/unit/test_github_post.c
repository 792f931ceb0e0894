/* test_github_post.c - the same end whatever breaks: posts against a GitHub in memory, cut off at every call. */
#include "unit.h"

#include "github_marker.h"
#include "github_post.h"
#include "jsonx.h"
#include "model_github.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static struct arena *arena;
static char *pem;
static struct model model;
static struct http *http;
static struct github *github;

static int begin(void **state) {
    setenv("PARLEY_NOW", "1767225600", 1);
    EVP_PKEY *key = EVP_RSA_gen(2048);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    char *text;
    long n = BIO_get_mem_data(bio, &text);
    pem = strndup(text, (size_t)n);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return 0;
}
static int end(void **state) {
    free(pem);
    return 0;
}

static void no_pause(void *ctx, int milliseconds) {}

static void open_world(bool token_mode) {
    model_open(&model);
    http = http_create_fake(model_send, &model);
    struct github_config config = {.pause = no_pause};
    if (token_mode) config.app.token = "ghp_personal";
    else config.app = (struct github_app_config){.app_id = "9", .private_key = pem};
    assert_null(github_create(http, &config, &github));
}
static void close_world(void) {
    github_destroy(github);
    http_destroy(http);
    model_close(&model);
}
static int each_begin(void **state) {
    arena = arena_create((size_t)256 << 20);
    open_world(false);
    return 0;
}
static int each_end(void **state) {
    close_world();
    arena_destroy(arena);
    return 0;
}

static json_t *payload_of(const char *text) {
    json_t *out = NULL;
    const struct err *e = jsx_load(arena, text, strlen(text), &out);
    if (e) fail_msg("%s", e->text);
    return out;
}

#define COMMON                                                                                                                                       \
    "\"repo\":\"acme/dw\",\"number\":42,\"installation\":77,\"head_sha\":\"" MODEL_HEAD "\",\"base_sha\":"                                           \
    "\"3333333333333333333333333333333333333333\""
#define COMMENT(text) "\"comment\":{\"marker\":\"<!-- parley:summary -->\",\"body\":\"" text "\"}"
#define CHECK                                                                                                                                        \
    "\"check\":{\"name\":\"parley\",\"conclusion\":\"neutral\",\"title\":\"1 finding\",\"summary\":\"s\",\"annotations\":["                          \
    "{\"path\":\"a.sql\",\"start_line\":1,\"end_line\":1,\"level\":\"warning\",\"title\":\"t\",\"message\":\"m\"}]}"
#define NOTE(key, line, text) "{\"key\":\"" key "\",\"path\":\"a.sql\",\"line\":" line ",\"body\":\"" text "\"}"
#define PEOPLE                "\"reviewers\":{\"users\":[\"dana\",\"@ana\"],\"teams\":[\"@acme/eng\",\"other/x\"]}"

static const char full[] =
    "{" COMMON ",\"valid_at\":10," COMMENT("hello") "," CHECK ",\"inline\":[" NOTE("f-1", "2", "one") "," NOTE("f-2", "3", "two") "]," PEOPLE "}";

static const struct err *post(const char *kind, const char *text, const json_t *old, json_t **state) {
    return github_post_run(github, arena, &(struct github_post){kind, payload_of(text), old}, state);
}
static const struct err *post_pull(const char *text) {
    json_t *state;
    return post("github.pull_request", text, NULL, &state);
}
static const char *note_body(size_t i) { return jsx_str(json_array_get(model.notes, i), "body", ""); }
static const char *comment_body(size_t i) { return jsx_str(json_array_get(model.comments, i), "body", ""); }

static void all_parts_once(void **state) {
    assert_null(post_pull(full));
    assert_int_equal(json_array_size(model.comments), 1);
    assert_int_equal(json_array_size(model.notes), 2);
    assert_int_equal(json_array_size(model.checks), 1);
    assert_int_equal(json_array_size(model.asked), 2); /* dana and the team; not the author, not another organisation's team */
    assert_true(text_starts(comment_body(0), "hello\n\n<!-- parley:summary v=1 head=" MODEL_HEAD " at=10 digest="));
    int writes = model.writes;
    assert_null(post_pull(full));
    assert_int_equal(model.writes, writes); /* the second time nothing is written */
}

static void cut_off_anywhere_ends_the_same(void **state) {
    assert_null(post_pull(full));
    char *wanted = model_show(arena, &model);
    int calls = model.calls;
    assert_in_range(calls, 10, 20);
    for (int at = 1; at <= calls; at++) {
        for (int after = 0; after < 3; after++) {
            close_world();
            open_world(false);
            model.fail_at = after < 2 ? at : 0;
            model.fail_after = after == 1;
            model.refuse_at = after == 2 ? at : 0;
            const struct err *e = post_pull(full);
            assert_non_null(e);
            assert_int_equal(e->kind, ERR_RETRY);
            model.fail_at = model.refuse_at = 0;
            assert_null(post_pull(full));
            assert_string_equal(model_show(arena, &model), wanted);
        }
    }
}

static void a_push_that_fixes_edits_and_removes(void **state) {
    assert_null(post_pull(full));
    assert_null(post_pull("{" COMMON ",\"valid_at\":20," COMMENT("less") "," CHECK ",\"inline\":[" NOTE("f-2", "3", "two, reworded") "]}"));
    assert_int_equal(json_array_size(model.comments), 1);
    assert_true(text_starts(comment_body(0), "less"));
    assert_int_equal(json_array_size(model.notes), 1);
    assert_true(text_starts(note_body(0), "two, reworded"));
    assert_int_equal(json_array_size(model.checks), 1);
}

static void answered_notes_stay(void **state) {
    assert_null(post_pull(full));
    int64_t id = jsx_int(json_array_get(model.notes, 0), "id", 0);
    json_array_append_new(model.notes, json_pack("{sisIs{ss}ss}", "id", 7, "in_reply_to_id", (json_int_t)id, "user", "login", "bo", "body", "why?"));
    static const char none[] = "{" COMMON ",\"valid_at\":20," COMMENT("less") ",\"inline\":[]}";
    assert_null(post_pull(none));
    assert_int_equal(json_array_size(model.notes), 2);
    assert_non_null(strstr(note_body(0), "_No longer the case at 2222222._"));
    int writes = model.writes;
    assert_null(post_pull(none));
    assert_int_equal(model.writes, writes);
}

static void an_older_run_changes_nothing(void **state) {
    static const char newer[] = "{" COMMON ",\"valid_at\":30," COMMENT("newer") ",\"inline\":[]}";
    assert_null(post_pull(newer));
    char *wanted = model_show(arena, &model);
    assert_null(post_pull(full));
    assert_string_equal(model_show(arena, &model), wanted);
}

static void markers_of_others_are_not_ours(void **state) {
    json_array_append_new(model.comments,
                          json_pack("{sis{ss}ss}", "id", 1, "user", "login", "eve", "body", "x <!-- parley:summary v=1 at=999 digest=0 -->"));
    json_array_append_new(model.notes, json_pack("{sis{ss}ss}", "id", 2, "user", "login", "eve", "body", "x <!-- parley:note key=f-1 v=1 at=9 -->"));
    assert_null(post_pull(full));
    assert_int_equal(json_array_size(model.comments), 2);
    assert_int_equal(json_array_size(model.notes), 3);
    assert_string_equal(comment_body(0), "x <!-- parley:summary v=1 at=999 digest=0 -->");
}

static void a_clean_change_has_no_comment_and_clears_an_old_one(void **state) {
    static const char clean[] = "{" COMMON ",\"valid_at\":20,\"comment\":null,\"clear_body\":\"All is well now.\"," CHECK ",\"inline\":[]}";
    assert_null(post_pull(clean));
    assert_int_equal(json_array_size(model.comments), 0);
    close_world();
    open_world(false);
    assert_null(post_pull(full));
    assert_null(post_pull(clean));
    assert_int_equal(json_array_size(model.comments), 1);
    assert_true(text_starts(comment_body(0), "All is well now."));
}

static void one_bad_line_loses_only_itself(void **state) {
    /* Line 3 is in the files' patch but refused all the same, line 9 is not in it, line 1 is fine. */
    static const char bad[] =
        "{" COMMON ",\"valid_at\":10,\"comment\":null,\"inline\":[" NOTE("f-1", "1", "one") "," NOTE("f-3", "3", "three") "," NOTE(
            "f-9", "9",
            "nine") ",{\"key\":\"f-s\",\"path\":\"a.sql\",\"line\":2,\"start_line\":1,\"body\":\"span\"},{\"key\":\"f-0\",\"path\":\"a.sql\"}]}";
    model.last_line = 2;
    json_t *out;
    assert_null(post("github.pull_request", bad, NULL, &out));
    assert_int_equal(json_array_size(model.notes), 2);
    assert_int_equal(json_array_size(jsx_at(out, "dropped")), 3);
    int writes = model.writes;
    assert_null(post("github.pull_request", bad, out, &out)); /* what no line takes is not tried again on the same head */
    assert_int_equal(model.writes, writes);
}

static void a_moved_head_gets_no_new_notes(void **state) {
    model.head = "5555555555555555555555555555555555555555";
    assert_null(post_pull(full));
    assert_int_equal(json_array_size(model.notes), 0);
    assert_int_equal(json_array_size(model.comments), 1);
}

static void outdated_notes_are_written_anew(void **state) {
    assert_null(post_pull(full));
    json_object_set_new(json_array_get(model.notes, 0), "line", json_null());
    json_object_set_new(json_array_get(model.notes, 0), "commit_id", json_string("0000000000000000000000000000000000000000"));
    assert_null(post_pull(full));
    assert_int_equal(json_array_size(model.notes), 2);
    assert_int_equal(jsx_int(json_array_get(model.notes, 1), "line", 0), 2);
}

static void annotations_go_in_batches(void **state) {
    json_t *payload = payload_of("{" COMMON ",\"valid_at\":10,\"comment\":null," CHECK "}"), *list = jsx_at(payload, "check.annotations");
    for (int i = 1; i < 120; i++)
        json_array_append_new(list, json_pack("{sssisiss}", "path", "a.sql", "start_line", i, "end_line", i, "message", "m"));
    const char *text = jsx_dump(arena, payload, false);
    assert_null(post_pull(text));
    const json_t *run = json_array_get(model.checks, 0);
    assert_int_equal(json_array_size(jsx_at(run, "seen")), 120);
    assert_string_equal(jsx_str(run, "conclusion", ""), "neutral");
    assert_string_equal(jsx_str(run, "status", ""), "completed");
    char *wanted = model_show(arena, &model);
    int calls = model.calls;
    for (int at = 1; at <= calls; at++) {
        for (int after = 0; after < 2; after++) {
            close_world();
            open_world(false);
            model.fail_at = at;
            model.fail_after = after;
            assert_non_null(post_pull(text));
            model.fail_at = 0;
            assert_null(post_pull(text));
            assert_string_equal(model_show(arena, &model), wanted);
        }
    }
}

static void other_annotations_need_a_new_run_another_verdict_does_not(void **state) {
    assert_null(post_pull(full));
    static const char verdict[] =
        "{" COMMON ",\"valid_at\":20,\"comment\":null,\"check\":{\"name\":\"parley\",\"conclusion\":\"success\",\"title\":\"ok\","
        "\"summary\":\"s\",\"annotations\":[{\"path\":\"a.sql\",\"start_line\":1,\"end_line\":1,\"level\":\"warning\","
        "\"title\":\"t\",\"message\":\"m\"}]}}";
    assert_null(post_pull(verdict));
    assert_int_equal(json_array_size(model.checks), 1);
    assert_string_equal(jsx_str(json_array_get(model.checks, 0), "conclusion", ""), "success");
    assert_int_equal(json_array_size(jsx_at(json_array_get(model.checks, 0), "seen")), 1);
    assert_null(post_pull(
        "{" COMMON
        ",\"valid_at\":30,\"comment\":null,\"check\":{\"name\":\"parley\",\"conclusion\":\"success\",\"title\":\"ok\",\"summary\":\"s\"}}"));
    assert_int_equal(json_array_size(model.checks), 2);
}

static void without_the_right_to_checks_a_status_stands_in(void **state) {
    model.no_checks = true;
    assert_null(post_pull(full));
    assert_int_equal(json_array_size(model.statuses), 1);
    assert_string_equal(jsx_str(json_array_get(model.statuses, 0), "state", ""), "success");
    close_world();
    open_world(true);
    model.login = "robot";
    assert_null(post_pull(full));
    assert_null(post_pull(full));
    assert_int_equal(json_array_size(model.checks), 0);
    assert_int_equal(json_array_size(model.statuses), 1);
    assert_int_equal(json_array_size(model.comments), 1);
}

static void one_bad_name_loses_only_itself(void **state) {
    model.bad_reviewer = "gone";
    static const char people[] = "{" COMMON ",\"valid_at\":10,\"comment\":null,\"reviewers\":{\"users\":[\"gone\",\"dana\"],\"teams\":[\"eng\"]}}";
    json_t *out, *again;
    assert_null(post("github.pull_request", people, NULL, &out));
    assert_int_equal(json_array_size(model.asked), 2);
    assert_int_equal(json_array_size(jsx_at(out, "refused")), 1);
    json_array_clear(model.asked); /* a person took them off: they are not asked again */
    assert_null(post("github.pull_request", people, out, &again));
    assert_int_equal(json_array_size(model.asked), 0);
    assert_int_equal(json_array_size(jsx_at(again, "asked")), 2);
}

static void issues_are_opened_once_and_kept(void **state) {
    static const char open[] =
        "{\"repo\":\"acme/dw\",\"installation\":77,\"key\":\"job:1\",\"title\":\"T\",\"body\":\"b\",\"labels\":[\"cost\"],\"closed\":false}";
    static const char closed[] = "{\"repo\":\"acme/dw\",\"key\":\"job:1\",\"title\":\"T\",\"body\":\"done\",\"closed\":true}";
    json_t *out;
    assert_null(post("github.issue", closed, NULL, &out));
    assert_int_equal(json_array_size(model.issues), 0);
    assert_null(post("github.issue", open, NULL, &out));
    assert_null(post("github.issue", open, NULL, &out));
    assert_int_equal(json_array_size(model.issues), 1);
    json_object_set_new(json_array_get(model.issues, 0), "id", json_integer(jsx_int(out, "issue", 0)));
    assert_null(post("github.issue", closed, NULL, &out));
    assert_string_equal(jsx_str(json_array_get(model.issues, 0), "state", ""), "closed");
    json_object_set_new(json_array_get(model.issues, 0), "state", json_string("open"));
}

static void replies_are_single(void **state) {
    static const char reply[] = "{\"repo\":\"acme/dw\",\"number\":42,\"installation\":77,\"body\":\"yes\",\"marker\":\"<!-- parley:reply 555 -->\"}";
    static const char other[] = "{\"repo\":\"acme/dw\",\"number\":42,\"installation\":77,\"body\":\"yes\",\"marker\":\"<!-- parley:reply 556 -->\"}";
    json_t *out;
    assert_null(post("github.reply", reply, NULL, &out));
    assert_null(post("github.reply", reply, NULL, &out));
    assert_null(post("github.reply", other, NULL, &out));
    assert_int_equal(json_array_size(model.comments), 2);
    json_array_append_new(model.notes, json_pack("{sissss s{ss}}", "id", 8, "path", "a.sql", "commit_id", "c", "user", "login", "bo"));
    static const char thread[] =
        "{\"repo\":\"acme/dw\",\"number\":42,\"installation\":77,\"body\":\"here\",\"marker\":\"<!-- parley:reply 8 -->\",\"in_reply_to\":8}";
    assert_null(post("github.reply", thread, NULL, &out));
    assert_null(post("github.reply", thread, NULL, &out));
    assert_int_equal(json_array_size(model.notes), 2);
    assert_int_equal(jsx_int(json_array_get(model.notes, 1), "in_reply_to", 0), 8);
    assert_null(post("github.reaction", "{\"repo\":\"acme/dw\",\"installation\":77,\"comment_id\":5,\"content\":\"eyes\"}", NULL, &out));
    assert_int_equal(json_array_size(model.reactions), 1);
    const struct err *e = post("github.other", reply, NULL, &out);
    assert_int_equal(e->kind, ERR_INPUT);
    e = post("github.reply", "{\"repo\":\"../x\"}", NULL, &out);
    assert_int_equal(e->kind, ERR_INPUT);
}

static void long_bodies_are_cut_with_their_marks_closed(void **state) {
    struct buf b = buf_new(arena);
    buf_text(&b, "<details>\n```sql\n");
    while (b.n < 70000) buf_text(&b, "select \xC3\xA9 from a_table\n");
    const char *cut = github_post_fit(arena, buf_str(&b), 400);
    assert_in_range(strlen(cut), 60000, GITHUB_BODY_MAX - 400);
    assert_true(utf8_valid(cut, strlen(cut)));
    assert_non_null(strstr(cut, "\n```\n</details>\n\n_Shortened"));
    assert_string_equal(github_post_fit(arena, "short", 0), "short");
}

static void markers_cannot_be_forged_from_within(void **state) {
    struct marker m = {.kind = "note", .key = "f-1 -->\n<!-- x", .head = "h", .at = 5}, back;
    const char *body = marker_put(arena, "text <!-- parley:summary v=1 at=99 digest=x --> more", &m);
    assert_null(strstr(body, "at=99"));
    assert_true(marker_get(arena, body, &back));
    assert_string_equal(back.kind, "note");
    assert_string_equal(back.key, "f-1__-_____-_x");
    assert_int_equal(back.at, 5);
    assert_string_equal(back.digest, m.digest);
    assert_false(marker_get(arena, "no marker", &back));
    assert_false(marker_get(arena, "<!-- parley: -->", &back));
    assert_false(marker_get(arena, "<!-- parley:summary", &back));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, each_begin, each_end)
int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(all_parts_once),
        EACH(cut_off_anywhere_ends_the_same),
        EACH(a_push_that_fixes_edits_and_removes),
        EACH(answered_notes_stay),
        EACH(an_older_run_changes_nothing),
        EACH(markers_of_others_are_not_ours),
        EACH(a_clean_change_has_no_comment_and_clears_an_old_one),
        EACH(one_bad_line_loses_only_itself),
        EACH(a_moved_head_gets_no_new_notes),
        EACH(outdated_notes_are_written_anew),
        EACH(annotations_go_in_batches),
        EACH(other_annotations_need_a_new_run_another_verdict_does_not),
        EACH(without_the_right_to_checks_a_status_stands_in),
        EACH(one_bad_name_loses_only_itself),
        EACH(issues_are_opened_once_and_kept),
        EACH(replies_are_single),
        EACH(long_bodies_are_cut_with_their_marks_closed),
        EACH(markers_cannot_be_forged_from_within),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
