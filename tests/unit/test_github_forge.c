/* test_github_forge.c - clients out of settings, and what a job's process is handed. */
#include "unit.h"

#include "chat.h"
#include "fake_http.h"
#include "forge.h"
#include "jsonx.h"
#include "queue.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define TOKEN(name) "{\"token\":\"" name "\",\"expires_at\":\"2026-01-01T01:00:00Z\",\"permissions\":{\"contents\":\"read\"}}"
#define MAKE(name)                                                                                                                                   \
    { "POST /app/installations/77/access_tokens", NULL, 201, NULL, TOKEN(name) }

static struct arena *arena;

static const char *pem_new(void) {
    EVP_PKEY *key = EVP_RSA_gen(2048);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    char *text;
    long n = BIO_get_mem_data(bio, &text);
    const char *out = arena_copy(arena, text, (size_t)n);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return out;
}

static int begin(void **state) {
    setenv("PARLEY_NOW", "1767225600", 1);
    arena = arena_create((size_t)64 << 20);
    return 0;
}
static int end(void **state) {
    arena_destroy(arena);
    return 0;
}

static void tokens_are_handed_over_by_need(void **state) {
    const struct fake_step steps[] = {
        MAKE("ghs_all"),  MAKE("ghs_read"), MAKE("ghs_all2"), MAKE("ghs_read2"), {"GET /app", NULL, 200, NULL, "{\"id\":9,\"slug\":\"parley\"}"},
        MAKE("ghs_all3"), MAKE("ghs_read3")};
    struct fake fake = {.base = "https://api.github.com", .steps = steps, .count = sizeof steps / sizeof *steps};
    struct http *http = http_create_fake(fake_send, &fake);
    struct settings settings = {.data = "/d",
                                .github = {.app_id = "9", .private_key = pem_new(), .git = "https://github.com", .bot_login = "parley[bot]"}};
    struct github *github;
    json_t *handed;
    assert_true(forge_has_github(&settings));
    assert_null(forge_github(&settings, http, &github));
    struct delivery delivery = {.event = "pull_request", .installation = 0, .attempts = 1};
    assert_null(forge_hand_over(NULL, arena, &delivery, &handed));
    assert_null(handed);
    assert_null(forge_hand_over(github, arena, &delivery, &handed));
    assert_null(handed);
    delivery = (struct delivery){.event = "installation_repositories", .installation = 77, .attempts = 1};
    assert_null(forge_hand_over(github, arena, &delivery, &handed));
    assert_null(handed);
    assert_int_equal(fake.at, 0);
    struct clone_config config;
    assert_null(forge_clone(&settings, github, arena, 77, &config));
    assert_string_equal(config.mirrors, "/d/mirrors");
    assert_string_equal(config.token, "ghs_read");
    assert_int_equal(fake.at, 2);
    github_app_forget(github_identity(github), 77);
    assert_null(forge_clone(&settings, github, arena, 77, &config));
    assert_string_equal(config.token, "ghs_read2");
    github_app_forget(github_identity(github), 78);
    assert_null(forge_clone(&settings, github, arena, 77, &config));
    assert_int_equal(fake.at, 4);
    delivery = (struct delivery){.event = "pull_request", .installation = 77, .attempts = 1};
    assert_null(forge_hand_over(github, arena, &delivery, &handed));
    assert_string_equal(jsx_str(handed, "token", ""), "ghs_read2");
    delivery.attempts = 2;
    assert_null(forge_hand_over(github, arena, &delivery, &handed));
    assert_string_equal(jsx_str(handed, "token", ""), "ghs_read3");
    assert_int_equal(fake.at, fake.count);
    github_destroy(github);
    http_destroy(http);
}

static void settings_without_hosts_have_no_clients(void **state) {
    struct settings none = {.data = "/d"};
    assert_false(forge_has_github(&none));
    assert_false(chat_has_slack(&none));
    struct http *http = forge_http(&none);
    struct slack *slack;
    assert_null(chat_slack(&none, http, &slack));
    struct slack_place place;
    const struct err *e = slack_post(slack, arena, &(struct slack_message){.channel = "C1", .text = "x"}, &place);
    assert_int_equal(e->kind, ERR_CONFIG);
    slack_destroy(slack);
    http_destroy(http);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tokens_are_handed_over_by_need), cmocka_unit_test(settings_without_hosts_have_no_clients)};
    return cmocka_run_group_tests(tests, begin, end);
}
