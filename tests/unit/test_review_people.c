/* test_review_people.c - CODEOWNERS, owners by settings, reviewers. */
#include "unit.h"

#include "people.h"

#include <string.h>

static struct arena *arena;

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static const char *owner_of(const char *rules, const char *path) {
    const char *const *who = codeowners_match(codeowners_read(arena, str_of(rules)), path);
    return !who ? "none" : who[0] ? who[0] : "nobody";
}

static void test_codeowners(void **state) {
    static const char rules[] = "# comment\n"
                                "*       @global\n"
                                "*.sql   @sql # note\n"
                                "/build/logs/ @doctocat\n"
                                "docs/*  docs@example.com\n"
                                "apps/   @octocat\n"
                                "/models/gold/** @acme/gold\n"
                                "/models/gold/free.sql\n"
                                "**/secret @safe\n"
                                "with\\ blank.txt @blank\r\n"
                                "!no @x\n";
    assert_string_equal(owner_of(rules, "a.txt"), "@global");
    assert_string_equal(owner_of(rules, "x/y/a.sql"), "@sql");
    assert_string_equal(owner_of(rules, "build/logs/x/y.log"), "@doctocat");
    assert_string_equal(owner_of(rules, "src/build/logs/y.log"), "@global");
    assert_string_equal(owner_of(rules, "docs/a.md"), "docs@example.com");
    assert_string_equal(owner_of(rules, "docs/b/a.md"), "@global");
    assert_string_equal(owner_of(rules, "x/apps/y/a.md"), "@octocat");
    assert_string_equal(owner_of(rules, "models/gold/a/b.sql"), "@acme/gold");
    assert_string_equal(owner_of(rules, "models/gold/free.sql"), "nobody");
    assert_string_equal(owner_of(rules, "a/b/secret/key"), "@safe");
    assert_string_equal(owner_of(rules, "with blank.txt"), "@blank");
    assert_string_equal(owner_of("/only @x\n", "other"), "none");
}

static void test_order(void **state) {
    struct repo_settings *s = repo_settings_default(arena);
    struct owner_rule owners[] = {{"gold.*", "@acme/gold"}, {"gold.finance", "@fin"}};
    static const char *away[] = {"sam"};
    s->owners = owners, s->owner_count = 2;
    s->away = away, s->away_count = 1;
    s->owner_default = "@acme/data-eng";
    struct people_input in = {
        .repo = "acme/dw", .author = "ana", .settings = s, .codeowners = codeowners_read(arena, str_of("* @ana @acme/core @other/team\n"))};
    struct finding f = {.rule = RULE_IDENTICAL,
                        .path = "new.sql",
                        .subject = "ds.churn",
                        .dataset = "gold.finance",
                        .twin = {.owner = "@dana", .repo = "acme/dw", .path = "old.sql"}};
    struct persons p = people_find(arena, &in, &f);
    assert_int_equal(p.n, 4);
    assert_string_equal(p.at[0].who, "@dana");
    assert_string_equal(p.at[1].who, "@fin");
    assert_string_equal(p.at[2].who, "@acme/core"); /* the author is left out */
    assert_string_equal(f.owner, "@dana");
    struct text_list users = {0}, teams = {0};
    people_reviewers(arena, &in, &p, &users, &teams);
    assert_int_equal(users.n, 2);
    assert_string_equal(users.at[0], "dana");
    assert_int_equal(teams.n, 1); /* the other organization's team cannot be asked */
    assert_string_equal(teams.at[0], "core");
    f.twin.owner = "@sam";
    p = people_find(arena, &in, &f);
    assert_string_equal(p.at[0].who, "@fin"); /* sam is away */
    struct people_input bare = {.repo = "acme/dw", .settings = s};
    struct finding lone = {.rule = RULE_SELECT_STAR, .path = "x.sql", .subject = "tmp.x"};
    p = people_find(arena, &bare, &lone);
    assert_int_equal(p.n, 1);
    assert_string_equal(lone.owner, "@acme/data-eng");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_codeowners, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
