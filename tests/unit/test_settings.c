/* test_settings.c - what the operator may write, and how mistakes are told. */
#include "unit.h"

#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena *arena;

static int open_one(void **state) {
    arena = arena_create(ARENA_SMALL);
    return 0;
}

static int close_one(void **state) {
    arena_destroy(arena);
    return 0;
}

static void refused(const char *text, const char *part) {
    struct settings *s;
    const struct err *e = settings_parse(arena, "p.yml", str_of(text), &s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_CONFIG);
    if (!strstr(e->text, part)) fail_msg("'%s' lacks '%s'", e->text, part);
}

static void defaults_hold(void **state) {
    struct settings *s;
    assert_null(settings_parse(arena, "p.yml", STR(""), &s));
    assert_string_equal(s->listen, "127.0.0.1:8080");
    assert_int_equal(s->limits.body, 25 << 20);
    assert_string_equal(s->slack.response_hosts[0], "hooks.slack.com");
    assert_null(s->github.webhook.now);
}

static void keys_are_read(void **state) {
    struct settings *s;
    static const char text[] = "data: /srv/p\nlimits: {body: 1.5MB, workers: 4}\ngithub:\n  api: https://ghe.example/api/v3/\n  app_id: \"7\"\n"
                               "slack: {response_hosts: [a.example, b.example]}\nlog: {format: json, level: debug}\nlocked: {mode: advise}\n"
                               "repositories:\n  acme/dw: {dialect: databricks}\n";
    assert_null(settings_parse(arena, "p.yml", str_of(text), &s));
    assert_string_equal(s->data, "/srv/p");
    assert_int_equal(s->limits.body, 1572864);
    assert_int_equal(s->limits.workers, 4);
    assert_string_equal(s->github.api, "https://ghe.example/api/v3");
    assert_string_equal(s->slack.response_hosts[1], "b.example");
    assert_null(s->slack.response_hosts[2]);
    assert_true(s->log.json);
    assert_int_equal(s->log.level, LOG_LEVEL_DEBUG);
    assert_string_equal(yaml_str(yaml_get(s->repositories, "acme/dw"), "dialect", ""), "databricks");
    assert_string_equal(yaml_str(s->locked, "mode", ""), "advise");
}

static void mistakes_name_line_and_nearest(void **state) {
    refused("data: x\nlisten: y\nlimit: {}\n", "p.yml:3: unknown key 'limit'; did you mean 'limits'?");
    refused("github:\n  aip: https://x\n", "p.yml:2: unknown key 'aip' in 'github'; did you mean 'api'?");
    refused("github:\n  api: ftp://x\n", "p.yml:2: 'api' wants an address");
    refused("limits:\n  workers: many\n", "p.yml:2: 'workers' wants a whole number from 1 to 64");
    refused("limits:\n  body: 25XB\n", "bytes");
    refused("log: {level: loud}\n", "'level' wants debug");
    refused("github: [a]\n", "wants keys below it");
    refused("- a\n", "map of keys");
    refused("a: {\n", "p.yml:");
}

static void a_secret_in_the_file_is_refused(void **state) {
    refused("github:\n  webhook_secret: hush\n", "PARLEY_GITHUB_WEBHOOK_SECRET");
    refused("store_password: hush\n", "PARLEY_STORE_PASSWORD");
    refused("store: postgresql://parley:hush@db.example/parley\n", "PARLEY_STORE_PASSWORD");
    refused("store: postgres://parley@db.example/parley?password=hush\n", "PARLEY_STORE_PASSWORD");
    refused("store: mysql://db.example/parley\n", "postgresql://");
    refused("slack: {token: xoxb-1}\n", "PARLEY_SLACK_TOKEN");
}

static void the_environment_rules(void **state) {
    struct settings *s;
    char path[] = "/tmp/parley-secret-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "from-a-file\n", 12), 12);
    close(fd);
    setenv("PARLEY_LISTEN", "127.0.0.1:0", 1);
    setenv("PARLEY_GITHUB_WEBHOOK_SECRET", "hush-hush", 1);
    setenv("PARLEY_JOBS_SECRET_FILE", path, 1);
    assert_null(settings_load(arena, NULL, SETTINGS_WHOLE, &s));
    assert_string_equal(s->listen, "127.0.0.1:0");
    assert_string_equal(s->github.webhook.now, "hush-hush");
    assert_string_equal(s->jobs.secret.now, "from-a-file");
    assert_null(settings_load(arena, NULL, SETTINGS_NO_SECRETS, &s));
    assert_null(s->github.webhook.now);
    assert_null(s->jobs.secret.now);
    setenv("PARLEY_JOBS_SECRET", "both", 1);
    const struct err *e = settings_load(arena, NULL, SETTINGS_WHOLE, &s);
    assert_non_null(e);
    unsetenv("PARLEY_JOBS_SECRET");
    setenv("PARLEY_LIMITS_WORKERS", "0", 1);
    e = settings_load(arena, NULL, SETTINGS_WHOLE, &s);
    assert_non_null(e);
    assert_non_null(strstr(e->text, "PARLEY_LIMITS_WORKERS"));
    unsetenv("PARLEY_LIMITS_WORKERS");
    unlink(path);
}

static void secret_variables_are_known(void **state) {
    assert_true(settings_is_secret_env("PARLEY_SLACK_TOKEN", 18));
    assert_true(settings_is_secret_env("PARLEY_JOBS_SECRET_OLD_FILE", 27));
    assert_true(settings_is_secret_env("PARLEY_GITHUB_PRIVATE_KEY_FILE", 30));
    assert_false(settings_is_secret_env("PARLEY_GITHUB_API", 17));
    assert_false(settings_is_secret_env("PATH", 4));
}

int main(void) {
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, open_one, close_one)
    const struct CMUnitTest tests[] = {ONE(defaults_hold),
                                       ONE(keys_are_read),
                                       ONE(mistakes_name_line_and_nearest),
                                       ONE(a_secret_in_the_file_is_refused),
                                       ONE(the_environment_rules),
                                       ONE(secret_variables_are_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
