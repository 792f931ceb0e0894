/* test_github.c - tokens, limits, pages and records against a scripted GitHub. */
#include "unit.h"

#include "clock.h"
#include "fake_http.h"
#include "github.h"
#include "github_answer.h"
#include "jsonx.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define NOW        "1767225600" /* 2026-01-01T00:00:00Z */
#define NOW_NUMBER 1767225600
#define BASE       "https://api.github.com"
#define DATE       "date: Thu, 01 Jan 2026 00:00:00 GMT"
#define TOKEN(name, until)                                                                                                                           \
    "{\"token\":\"" name "\",\"expires_at\":\"2026-01-01T" until "Z\",\"permissions\":{\"checks\":\"write\",\"contents\":\"read\"}}"

#define GET(where)                                                                                                                                   \
    &(struct github_call) { .method = "GET", .path = (where) }

static struct arena *arena;
static EVP_PKEY *key;
static char *pem;
static struct fake fake;
static struct http *http;
static struct github *github;
static const struct github_repo repo = {"acme/dw", 77};

static int begin(void **state) {
    setenv("PARLEY_NOW", NOW, 1);
    key = EVP_RSA_gen(2048);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    char *text;
    long n = BIO_get_mem_data(bio, &text);
    pem = strndup(text, (size_t)n);
    BIO_free(bio);
    return 0;
}
static int end(void **state) {
    EVP_PKEY_free(key);
    free(pem);
    return 0;
}

static int each_begin(void **state) {
    arena = arena_create((size_t)64 << 20);
    memset(&fake, 0, sizeof fake);
    fake.base = BASE;
    http = http_create_fake(fake_send, &fake);
    return 0;
}
static int each_end(void **state) {
    assert_int_equal(fake.at, fake.count);
    github_destroy(github);
    github = NULL;
    http_destroy(http);
    arena_destroy(arena);
    setenv("PARLEY_NOW", NOW, 1);
    return 0;
}

static void script(const struct fake_step *steps, size_t count) {
    fake.steps = steps;
    fake.count = count;
    fake.at = 0;
}
#define SCRIPT(...) script((const struct fake_step[]){__VA_ARGS__}, sizeof((const struct fake_step[]){__VA_ARGS__}) / sizeof(struct fake_step))

static void open_app(void) {
    struct github_config config = {.app = {.app_id = "Iv1.abc", .private_key = pem}, .pause = fake_pause, .pause_ctx = &fake};
    assert_null(github_create(http, &config, &github));
}
static void open_token(void) {
    struct github_config config = {.app = {.token = "ghp_personal_access"}, .pause = fake_pause, .pause_ctx = &fake};
    assert_null(github_create(http, &config, &github));
}

/* base64url back to bytes. */
static size_t unbase64(const char *in, size_t n, unsigned char *out) {
    char text[4096];
    size_t i = 0;
    for (; i < n; i++) text[i] = (char)(in[i] == '-' ? '+' : in[i] == '_' ? '/' : in[i]);
    while (i % 4) text[i++] = '=';
    int got = EVP_DecodeBlock(out, (unsigned char *)text, (int)i);
    return (size_t)got - (i - n);
}

static void the_signed_token_verifies(void **state) {
    open_app();
    const char *jwt;
    assert_null(github_app_jwt(github_identity(github), arena, NOW_NUMBER, &jwt));
    assert_true(text_starts(jwt, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."));
    assert_null(strchr(jwt, '='));
    const char *last = strrchr(jwt, '.'), *first = strchr(jwt, '.');
    unsigned char bytes[4096];
    size_t n = unbase64(first + 1, (size_t)(last - first - 1), bytes);
    json_t *claims;
    assert_null(jsx_load(arena, bytes, n, &claims));
    assert_int_equal(jsx_int(claims, "iat", 0), NOW_NUMBER - 60);
    assert_int_equal(jsx_int(claims, "exp", 0), NOW_NUMBER + 540);
    assert_string_equal(jsx_str(claims, "iss", ""), "Iv1.abc");
    n = unbase64(last + 1, strlen(last + 1), bytes);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestVerify(ctx, bytes, n, (const unsigned char *)jwt, (size_t)(last - jwt)), 1);
    EVP_MD_CTX_free(ctx);
}

static void bad_keys_are_the_operators(void **state) {
    struct github_config config = {.app = {.app_id = "1", .private_key = "nonsense"}};
    const struct err *e = github_create(http, &config, &github);
    assert_int_equal(e->kind, ERR_CONFIG);
    config.app = (struct github_app_config){.private_key = pem};
    e = github_create(http, &config, &github);
    assert_int_equal(e->kind, ERR_CONFIG);
    config.app = (struct github_app_config){0};
    assert_null(github_create(http, &config, &github));
    json_t *out;
    e = github_send(github, arena, 77, GET("/x"), &out);
    assert_int_equal(e->kind, ERR_CONFIG);
}

static void tokens_are_kept_and_renewed(void **state) {
    SCRIPT({"POST /app/installations/77/access_tokens", NULL, 201, NULL, TOKEN("ghs_one", "01:00:00")},
           {"GET /repos/acme/dw/a", NULL, 200, NULL, "{}"}, {"GET /repos/acme/dw/b", NULL, 200, NULL, "{}"},
           {"POST /app/installations/77/access_tokens", NULL, 201, NULL, TOKEN("ghs_two", "02:00:00")},
           {"GET /repos/acme/dw/c", NULL, 200, NULL, "{}"});
    open_app();
    assert_null(github_send(github, arena, 77, GET("/repos/acme/dw/a"), NULL));
    setenv("PARLEY_NOW", "1767229139", 1); /* 61 seconds before the end */
    assert_null(github_send(github, arena, 77, GET("/repos/acme/dw/b"), NULL));
    assert_string_equal(fake.auth[2], "Bearer ghs_one");
    setenv("PARLEY_NOW", "1767229140", 1);
    assert_null(github_send(github, arena, 77, GET("/repos/acme/dw/c"), NULL));
    assert_string_equal(fake.auth[4], "Bearer ghs_two");
}

static void a_clock_that_is_off_is_corrected_once(void **state) {
    static const char skewed[] = "{\"message\":\"'Expiration time' claim ('exp') is too far in the future\"}";
    SCRIPT({"GET /app", NULL, 401, "date: Thu, 01 Jan 2026 01:00:00 GMT", skewed}, {"GET /app", NULL, 200, NULL, "{\"id\":9,\"slug\":\"parley\"}"});
    open_app();
    const char *login;
    assert_null(github_app_login(github_identity(github), arena, &login));
    assert_string_equal(login, "parley[bot]");
    int64_t number;
    assert_null(github_app_number(github_identity(github), arena, &number));
    assert_int_equal(number, 9);
    const char *jwt = fake.auth[1] + strlen("Bearer ");
    unsigned char bytes[4096];
    const char *first = strchr(jwt, '.'), *last = strrchr(jwt, '.');
    size_t n = unbase64(first + 1, (size_t)(last - first - 1), bytes);
    json_t *claims;
    assert_null(jsx_load(arena, bytes, n, &claims));
    assert_int_equal(jsx_int(claims, "iat", 0), NOW_NUMBER + 3600 - 60);
}

static void a_revoked_token_is_renewed_at_once_and_a_fresh_one_waited_for(void **state) {
    SCRIPT({"POST /app/installations/77/access_tokens", NULL, 201, NULL, TOKEN("ghs_one", "01:00:00")}, {"GET /x", NULL, 401, NULL, "{}"},
           {"POST /app/installations/77/access_tokens", NULL, 201, NULL, TOKEN("ghs_two", "01:00:00")}, {"GET /x", NULL, 401, NULL, "{}"},
           {"GET /x", NULL, 200, NULL, "{\"ok\":1}"});
    open_app();
    json_t *out;
    assert_null(github_send(github, arena, 77, GET("/x"), &out));
    assert_int_equal(jsx_int(out, "ok", 0), 1);
    assert_int_equal(fake.pauses, 1);
    assert_string_equal(fake.auth[4], "Bearer ghs_two");
}

static void a_refused_personal_token_is_the_operators(void **state) {
    SCRIPT({"GET /x", NULL, 401, NULL, "{\"message\":\"Bad credentials\"}"});
    open_token();
    const struct err *e = github_send(github, arena, 0, GET("/x"), NULL);
    assert_int_equal(e->kind, ERR_CONFIG);
    assert_int_equal(e->status, 401);
    assert_non_null(strstr(e->text, "Bad credentials"));
}

static void limits_block_only_their_installation(void **state) {
    SCRIPT({"POST /app/installations/77/", NULL, 201, NULL, TOKEN("ghs_one", "01:00:00")},
           {"GET /x", NULL, 403, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1767226200\n" DATE, "{\"message\":\"API rate limit exceeded\"}"},
           {"POST /app/installations/78/", NULL, 201, NULL, TOKEN("ghs_two", "01:00:00")}, {"GET /y", NULL, 200, NULL, "{}"});
    open_app();
    const struct err *e = github_send(github, arena, 77, GET("/x"), NULL);
    assert_int_equal(e->kind, ERR_RETRY);
    assert_int_equal(e->retry_at, NOW_NUMBER + 601);
    e = github_send(github, arena, 77, GET("/x"), NULL); /* no request is made */
    assert_int_equal(e->retry_at, NOW_NUMBER + 601);
    assert_null(github_send(github, arena, 78, GET("/y"), NULL));
}

static void secondary_limits_double(void **state) {
    static const char words[] = "{\"message\":\"You have exceeded a secondary rate limit.\"}";
    SCRIPT({"GET /x", NULL, 403, NULL, words}, {"GET /x", NULL, 403, NULL, words}, {"GET /x", NULL, 429, "retry-after: 7", "{}"});
    open_token();
    const struct err *e = github_send(github, arena, 0, GET("/x"), NULL);
    assert_int_equal(e->retry_at, NOW_NUMBER + 60);
    setenv("PARLEY_NOW", "1767225660", 1);
    e = github_send(github, arena, 0, GET("/x"), NULL);
    assert_int_equal(e->retry_at, NOW_NUMBER + 60 + 120);
    setenv("PARLEY_NOW", "1767225780", 1);
    e = github_send(github, arena, 0, GET("/x"), NULL);
    assert_int_equal(e->retry_at, NOW_NUMBER + 180 + 7);
}

static void other_answers_have_their_kinds(void **state) {
    static const struct {
        int status;
        enum err_kind kind;
    } cases[] = {{403, ERR_REFUSED}, {404, ERR_REFUSED}, {410, ERR_REFUSED}, {422, ERR_REFUSED},
                 {409, ERR_RETRY},   {500, ERR_RETRY},   {502, ERR_RETRY}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_response r = {.status = cases[i].status,
                                  .body = str_of("{\"message\":\"No\",\"errors\":[\"plain\",{\"field\":\"line\",\"message\":\"off\"}]}")};
        const struct err *e = github_answer_check(arena, &r, "GET /x", 0);
        assert_int_equal(e->kind, cases[i].kind);
        assert_int_equal(e->status, cases[i].status);
        assert_int_equal(e->retry_at, 0);
        assert_non_null(strstr(e->text, "No; plain; line: off"));
    }
    struct http_response page = {.status = 503, .body = str_of("<html>")};
    assert_int_equal(github_answer_check(arena, &page, "GET /x", 0)->kind, ERR_RETRY);
}

static void an_emptied_allowance_is_remembered(void **state) {
    SCRIPT({"GET /x", NULL, 200, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1767225700\n" DATE, "{}"});
    open_token();
    assert_null(github_send(github, arena, 0, GET("/x"), NULL));
    const struct err *e = github_send(github, arena, 0, GET("/x"), NULL);
    assert_int_equal(e->retry_at, NOW_NUMBER + 101);
}

static void lists_follow_links_and_stay_on_the_host(void **state) {
    SCRIPT({"GET /repos/acme/dw/pulls/4/files?per_page=100", NULL, 200, "link: <" BASE "/repositories/5/pulls/4/files?page=2>; rel=\"next\"",
            "[{\"filename\":\"a.sql\",\"status\":\"added\",\"patch\":\"@@ -0,0 +1 @@\\n+a\"}]"},
           {"GET /repositories/5/pulls/4/files?page=2", NULL, 200, NULL,
            "[{\"filename\":\"b.sql\",\"status\":\"renamed\",\"previous_filename\":\"c.sql\"},{\"odd\":1}]"},
           {"GET /repos/acme/dw/pulls/5/files", NULL, 200, "link: <https://evil.example/x>; rel=\"next\"", "[]"});
    open_token();
    struct github_files files;
    assert_null(github_pull_files(github, arena, &repo, 4, &files));
    assert_int_equal(files.count, 2);
    assert_false(files.truncated);
    assert_string_equal(files.at[1].old_path, "c.sql");
    assert_null(files.at[1].patch);
    const struct err *e = github_pull_files(github, arena, &repo, 5, &files);
    assert_int_equal(e->kind, ERR_REFUSED);
}

static const char pull_text[] =
    "{\"number\":42,\"state\":\"open\",\"draft\":false,\"title\":\"T\",\"body\":null,\"user\":{\"login\":\"ana\",\"type\":\"User\"},"
    "\"head\":{\"ref\":\"f\",\"sha\":\"2222222222222222222222222222222222222222\",\"repo\":null},"
    "\"base\":{\"ref\":\"main\",\"sha\":\"3333333333333333333333333333333333333333\",\"repo\":{\"id\":5,\"full_name\":\"acme/dw\"}},"
    "\"labels\":[{\"name\":\"sql\"}]}";

static void pulls_of_lost_forks_are_forks(void **state) {
    SCRIPT({"GET /repos/acme/dw/pulls/42", NULL, 200, NULL, pull_text}, {"GET /repos/acme/dw/pulls/43", NULL, 200, NULL, "{\"number\":43}"});
    open_token();
    struct github_pull pull;
    assert_null(github_pull_get(github, arena, &repo, 42, &pull));
    assert_true(pull.is_fork);
    assert_null(pull.head_repo);
    assert_string_equal(pull.labels[0], "sql");
    assert_string_equal(pull.body, "");
    assert_int_equal(github_pull_get(github, arena, &repo, 43, &pull)->kind, ERR_INPUT);
}

static void rights_of_strangers_are_none(void **state) {
    SCRIPT({"GET /repos/acme/dw/collaborators/a%2Fb/permission", NULL, 404, NULL, "{}"},
           {"GET /repos/acme/dw/collaborators/bo/permission", NULL, 200, NULL, "{\"permission\":\"write\",\"role_name\":\"maintain\"}"},
           {"GET /orgs/acme/teams/eng/memberships/bo", NULL, 200, NULL, "{\"state\":\"pending\"}"},
           {"GET /orgs/acme/teams/eng/memberships/bo", NULL, 403, NULL, "{}"});
    open_token();
    enum github_permission p;
    assert_null(github_permission(github, arena, &repo, "a/b", &p));
    assert_int_equal(p, GITHUB_NONE);
    assert_null(github_permission(github, arena, &repo, "bo", &p));
    assert_int_equal(p, GITHUB_WRITE);
    bool in;
    assert_null(github_team_has(github, arena, &(struct github_member){77, "@acme/eng", "bo"}, &in));
    assert_false(in);
    assert_int_equal(github_team_has(github, arena, &(struct github_member){77, "acme/eng", "bo"}, &in)->kind, ERR_REFUSED);
    assert_int_equal(github_team_has(github, arena, &(struct github_member){77, "acme/../x", "bo"}, &in)->kind, ERR_INPUT);
}

static void failed_deliveries_leave_out_what_worked_later(void **state) {
    SCRIPT({"GET /app/hook/deliveries?per_page=100", NULL, 200, NULL,
            "[{\"id\":4,\"guid\":\"g1\",\"status_code\":200,\"redelivery\":true,\"delivered_at\":\"2026-01-01T00:00:09Z\"},"
            "{\"id\":3,\"guid\":\"g2\",\"status_code\":502,\"event\":\"push\",\"delivered_at\":\"2026-01-01T00:00:08Z\"},"
            "{\"id\":2,\"guid\":\"g1\",\"status_code\":500,\"delivered_at\":\"2026-01-01T00:00:07Z\"},"
            "{\"id\":1,\"guid\":\"g3\",\"status_code\":500,\"delivered_at\":\"2025-12-31T00:00:00Z\"}]"},
           {"POST /app/hook/deliveries/3/attempts", NULL, 202, NULL, "{}"});
    open_app();
    struct github_deliveries list;
    assert_null(github_failed_deliveries(github, arena, NOW_NUMBER, &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.at[0].id, 3);
    assert_null(github_redeliver(github, arena, 3));
}

static void a_child_gets_a_token_that_only_reads(void **state) {
    SCRIPT({"POST /app/installations/77/access_tokens", NULL, 201, NULL, TOKEN("ghs_all", "01:00:00")},
           {"POST /app/installations/77/access_tokens", "{\"permissions\":{\"checks\":\"read\",\"contents\":\"read\"}}", 201, NULL,
            TOKEN("ghs_read", "01:00:00")},
           {"GET /app", NULL, 200, NULL, "{\"id\":9,\"slug\":\"parley\"}"}, {"GET /x", NULL, 200, NULL, "{}"}, {"GET /x", NULL, 401, NULL, "{}"});
    open_app();
    json_t *handed;
    assert_null(github_app_handover(github_identity(github), arena, 77, &handed));
    assert_string_equal(jsx_str(handed, "token", ""), "ghs_read");
    struct github *child;
    struct github_config config = {.pause = fake_pause, .pause_ctx = &fake};
    assert_null(github_create(http, &config, &child));
    assert_null(github_app_adopt(github_identity(child), handed));
    assert_null(github_send(child, arena, 77, GET("/x"), NULL));
    assert_string_equal(fake.auth[3], "Bearer ghs_read");
    assert_int_equal(github_send(child, arena, 77, GET("/x"), NULL)->kind, ERR_RETRY);
    assert_int_equal(github_send(child, arena, 78, GET("/x"), NULL)->kind, ERR_RETRY);
    const char *login;
    assert_null(github_app_login(github_identity(child), arena, &login));
    assert_string_equal(login, "parley[bot]");
    github_destroy(child);
}

static void names_of_repositories(void **state) {
    assert_true(github_repo_name_valid("acme/dw.x-1_2"));
    static const char *const bad[] = {"acme", "acme/", "/dw", "a/b/c", "../x", "a/..", "a/b?c", "a b/c", "", NULL};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(github_repo_name_valid(bad[i]));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, each_begin, each_end)
int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(the_signed_token_verifies),
        EACH(bad_keys_are_the_operators),
        EACH(tokens_are_kept_and_renewed),
        EACH(a_clock_that_is_off_is_corrected_once),
        EACH(a_revoked_token_is_renewed_at_once_and_a_fresh_one_waited_for),
        EACH(a_refused_personal_token_is_the_operators),
        EACH(limits_block_only_their_installation),
        EACH(secondary_limits_double),
        EACH(other_answers_have_their_kinds),
        EACH(an_emptied_allowance_is_remembered),
        EACH(lists_follow_links_and_stay_on_the_host),
        EACH(pulls_of_lost_forks_are_forks),
        EACH(rights_of_strangers_are_none),
        EACH(failed_deliveries_leave_out_what_worked_later),
        EACH(a_child_gets_a_token_that_only_reads),
        EACH(names_of_repositories),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
