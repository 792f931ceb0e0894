/* test_repo_settings.c - .parley.yml: every key, and every complaint with its line. */
#include "unit.h"

#include "repo_settings.h"

#include <string.h>

static struct arena *arena;
static struct settings_problems problems;

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    problems = (struct settings_problems){0};
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static struct repo_settings *read_text(const char *text) {
    problems = (struct settings_problems){0};
    return repo_settings_read(arena, ".parley.yml", str_of(text), NULL, &problems);
}

static void test_whole(void **state) {
    struct repo_settings *s =
        read_text("version: 1\n"
                  "dialect: databricks\n"
                  "mode: gate\n"
                  "when: [opened, command]\n"
                  "layers: {bronze: \"bronze.*\", gold: \"gold.*\"}\n"
                  "quiet: {clean: false, min_cost_per_month: 50 USD, max_inline: 3}\n"
                  "rules: {similar: {level: note, min_score: 0.9}, cost: {warn: [\"+10%\", 500 USD], gate: 2000 USD, save: -20%}, select-star: off}\n"
                  "owners: {\"gold.finance.*\": \"@acme/fin-data\", default: \"@acme/data-eng\"}\n"
                  "people: {rota: \"@acme/data-eng\", max_open_per_person: 3, away: [sam]}\n"
                  "accept: {max_days: 30, need_reason: false, who: [owner, data-eng]}\n"
                  "ignore: [{path: \"sandbox/**\"}, {rule: similar}]\n"
                  "slack: {channel: \"#data-reviews\", thread_per: pull_request, digest: \"Mon 09:00\"}\n"
                  "cost: {cloud: AZURE, region: westeurope, warehouse: Medium}\n"
                  "metrics: [{name: a, dataset: b, expression: count(*)}]\n");
    if (problems.n) fail_msg("line %d: %s", problems.at[0].line, problems.at[0].text);
    assert_int_equal(s->mode, MODE_GATE);
    assert_int_equal(s->when, WHEN_OPENED | WHEN_COMMAND);
    assert_int_equal(s->layer_count, 2);
    assert_false(s->quiet_clean);
    assert_true(s->min_cost_per_month == 50 && s->max_inline == 3);
    assert_true(s->similar_min_score > 0.89 && s->cost_warn.percent == 10 && s->cost_gate.amount == 2000);
    assert_true(s->cost_warn.amount == 500 && s->cost_save.percent == 20);
    assert_int_equal(s->levels[RULE_SELECT_STAR], SEV_OFF);
    assert_int_equal(s->owner_count, 1);
    assert_string_equal(s->owner_default, "@acme/data-eng");
    assert_int_equal(s->away_count, 1);
    assert_true(s->accept_max_days == 30 && !s->accept_need_reason && s->accept_who_count == 2);
    assert_true(repo_settings_ignores(s, "sandbox/x/y.sql", NULL));
    assert_true(repo_settings_ignores(s, "models/x.sql", "similar"));
    assert_false(repo_settings_ignores(s, "models/x.sql", "identical"));
    assert_non_null(s->metrics);
}

static void complains(const char *text, int line, const char *words) {
    read_text(text);
    assert_true(problems.n >= 1);
    assert_int_equal(problems.at[0].line, line);
    if (!strstr(problems.at[0].text, words)) fail_msg("'%s' lacks '%s'", problems.at[0].text, words);
}

static void test_complaints(void **state) {
    complains("version: 1\nownrs: {}\n", 2, "did you mean 'owners'");
    complains("mode: strict\n", 1, "neither advise nor gate");
    complains("rules:\n  similiar: {level: note}\n", 2, "did you mean 'similar'");
    complains("rules:\n  similar: {level: loud}\n", 2, "loud");
    complains("quiet:\n  max_inline: 99\n", 2, "from 0 to 20");
    complains("quiet:\n  min_cost_per_month: much\n", 2, "50 USD");
    complains("dialect: klingon\n", 1, "klingon");
    complains("when: [sometimes]\n", 1, "sometimes");
    complains("accept: {who: [king]}\n", 1, "king");
    complains("ignore: [{rule: nothing}]\n", 1, "nothing");
    complains("version: 2\n", 1, "version must be 1");
    complains("- a\n", 1, "map of keys");
    complains("a: [\n", 2, "parley.yml");
    complains("quiet: {max_inlin: 3}\n", 1, "quiet.max_inlin");
}

static void test_bad_keeps_defaults(void **state) {
    struct repo_settings *s = read_text("mode: strict\nquiet: {max_inline: 7}\n");
    assert_int_equal(s->mode, MODE_ADVISE);
    assert_int_equal(s->max_inline, 7);
    s = read_text("");
    assert_int_equal(problems.n, 0);
    assert_int_equal(s->max_inline, 5);
}

static void test_locked(void **state) {
    struct yaml *locked;
    const char *words = "mode: advise\n";
    assert_null(yaml_load(arena, "parley.yml", words, strlen(words), &locked));
    struct repo_settings *s = repo_settings_read(arena, ".parley.yml", str_of("mode: gate\nquiet: {max_inline: 2}\n"), locked, &problems);
    assert_int_equal(s->mode, MODE_ADVISE);
    assert_int_equal(s->max_inline, 2);
    assert_int_equal(problems.n, 1);
    assert_non_null(strstr(problems.at[0].text, "locked"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_complaints, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_keeps_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
