/* test_review_command.c - what is a command, what only looks like one, and who may say it. */
#include "unit.h"

#include "review_command.h"

#define NOW 1767225600 /* 2026-01-01 */

static struct arena *arena;
static struct command found[COMMANDS_MAX];

static size_t parsed(const char *comment) { return commands_parse(arena, str_of(comment), "parley[bot]", NOW, found); }

static void commands_are_found(void **state) {
    assert_int_equal(parsed("thanks!\r\n/review-pipeline accept F2 until 2026-09-30 agreed with Dana\r\n"), 1);
    assert_int_equal(found[0].verb, VERB_ACCEPT);
    assert_int_equal(found[0].finding, 2);
    assert_int_equal(found[0].line, 2);
    assert_string_equal(found[0].text, "agreed with Dana");
    assert_true(found[0].until > NOW);
    assert_null(found[0].missing);
    assert_int_equal(parsed("@parley[bot] why f3"), 1);
    assert_int_equal(found[0].verb, VERB_WHY);
    assert_int_equal(found[0].finding, 3);
    assert_int_equal(parsed("/review-pipeline\n/review-pipeline review --full models/a.sql"), 2);
    assert_int_equal(found[0].verb, VERB_REVIEW);
    assert_true(found[1].is_full);
    assert_string_equal(found[1].text, "models/a.sql");
    assert_int_equal(parsed("/review-pipeline snooze F1 30d noisy week"), 1);
    assert_int_equal(found[0].until, NOW + 30 * 86400);
    assert_string_equal(found[0].text, "noisy week");
}

static void lookalikes_are_not(void **state) {
    static const char *const none[] = {
        "> /review-pipeline accept F1 x",
        "```\n/review-pipeline accept F1 x\n```",
        "~~~sql\n```\n/review-pipeline help\n~~~",
        "    /review-pipeline help",
        "<!-- \n/review-pipeline help\n-->",
        "`/review-pipeline help`",
        "see /review-pipeline help",
        "/review-pipelines help",
        "",
        "@parley help",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_int_equal(parsed(none[i]), 0);
    assert_int_equal(parsed("```\nx\n```\n/review-pipeline help"), 1);
}

static void mistakes_are_named(void **state) {
    parsed("/review-pipeline acept F1 x");
    assert_int_equal(found[0].verb, VERB_UNKNOWN);
    assert_string_equal(found[0].nearest, "accept");
    parsed("/review-pipeline accept F1");
    assert_string_equal(found[0].missing, "a reason");
    parsed("/review-pipeline accept because");
    assert_string_equal(found[0].missing, "a finding, such as F1");
    parsed("/review-pipeline snooze F1 because");
    assert_non_null(found[0].missing);
    parsed("/review-pipeline accept F1 until 2020-01-01 x");
    assert_string_equal(found[0].missing, "a time that is still to come");
}

static void many_are_bounded(void **state) {
    struct buf b = buf_new(arena);
    for (int i = 0; i < 1000; i++) buf_text(&b, "/review-pipeline help\n");
    assert_int_equal(parsed(buf_str(&b)), COMMANDS_MAX);
}

static void rights(void **state) {
    assert_true(verb_allowed(VERB_HELP, ROLE_NONE));
    assert_false(verb_allowed(VERB_ACCEPT, ROLE_NONE));
    assert_false(verb_allowed(VERB_ACCEPT, ROLE_AUTHOR));
    assert_true(verb_allowed(VERB_ACCEPT, ROLE_AUTHOR | ROLE_WRITER));
    assert_true(verb_allowed(VERB_DIFFERENT, ROLE_AUTHOR));
    assert_false(verb_allowed(VERB_FIND, ROLE_NONE));
    assert_false(verb_allowed(VERB_UNKNOWN, ROLE_ADMIN));
    assert_string_equal(roles_describe(arena, ROLE_WRITER | ROLE_ADMIN), "somebody with write access or an admin");
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(commands_are_found), cmocka_unit_test(lookalikes_are_not),
                                       cmocka_unit_test(mistakes_are_named), cmocka_unit_test(many_are_bounded), cmocka_unit_test(rights)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
