/* test_feedback.c - answers are kept one per finding, and a rule falls only when it is nearly certain that it should. */
#include "unit.h"

#include "store_place.h"

#include "feedback.h"
#include "migrate.h"
#include "store.h"

#include <math.h>
#include <string.h>

static struct arena *arena;
static struct store *store;

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    if (store_open(place_brief(), &store)) return -1;
    return migrate_run(store) ? -1 : 0;
}

static int teardown(void **state) {
    store_close(store);
    arena_destroy(arena);
    return 0;
}

static struct feedback answer(int key, bool useful, const char *by) {
    return (struct feedback){.repo = "acme/dw",
                             .key = arena_printf(arena, "f-%d", key),
                             .rule = "similar",
                             .useful = useful,
                             .source = "word",
                             .by = by,
                             .why = "'quoted' \"words\"",
                             .made = 1000};
}

static struct rule_use similar_use(void) {
    struct rules_use use;
    assert_null(feedback_count(store, &use));
    return use.at[RULE_SIMILAR];
}

static void test_one_answer_per_finding(void **state) {
    struct feedback f = answer(1, true, "ana");
    assert_null(feedback_put(store, &f));
    f.useful = false;
    f.by = "lee";
    assert_null(feedback_put(store, &f)); /* the later word replaces the earlier */
    struct feedback seen = f;
    seen.useful = true;
    seen.source = "gone";
    assert_null(feedback_see(store, &seen)); /* what was only seen does not outvote a person */
    struct rule_use use = similar_use();
    assert_int_equal(use.useful, 0);
    assert_int_equal(use.not_useful, 1);
    assert_int_equal(use.voices_against, 1);
    assert_null(feedback_drop(store, "acme/dw", f.key)); /* a word is no decision: it stays */
    assert_int_equal(similar_use().not_useful, 1);
    f.source = "different";
    assert_null(feedback_put(store, &f));
    assert_null(feedback_drop(store, "acme/dw", f.key));
    assert_int_equal(similar_use().not_useful, 0);
    assert_null(feedback_see(store, &seen));
    assert_int_equal(similar_use().useful, 1);
    f.rule = "a-rule-of-another-version";
    f.key = "f-other";
    assert_null(feedback_put(store, &f)); /* counted for nobody */
    assert_int_equal(similar_use().useful, 1);
}

/* Figures of the score interval without continuity correction, worked by hand: 81 of 263 gives 0.2553..0.3662. */
static void test_wilson(void **state) {
    double low, high;
    feedback_wilson(81, 263, &low, &high);
    assert_true(fabs(low - 0.2553) < 0.0002 && fabs(high - 0.3662) < 0.0002);
    feedback_wilson(20, 20, &low, &high);
    assert_true(high <= 1.0000001 && low > 0.83 && low < 0.84);
    feedback_wilson(0, 1, &low, &high);
    assert_true(low >= -1e-12 && high < 1);
}

static enum severity level_after(int useful, int not_useful, int voices) {
    struct rules_use use = {0};
    use.at[RULE_IDENTICAL] = (struct rule_use){useful, not_useful, voices};
    return feedback_level(repo_settings_default(arena), &use, RULE_IDENTICAL).level;
}

static void test_levels(void **state) {
    assert_int_equal(level_after(0, 0, 0), SEV_WARNING);
    assert_int_equal(level_after(0, 19, 9), SEV_WARNING); /* too few answers */
    assert_int_equal(level_after(0, 20, 1), SEV_WARNING); /* one voice */
    assert_int_equal(level_after(0, 20, 2), SEV_NOTE);
    assert_int_equal(level_after(15, 5, 3), SEV_NOTE);    /* at most 89 % */
    assert_int_equal(level_after(16, 4, 3), SEV_WARNING); /* may be 92 % */
    assert_int_equal(level_after(100, 5, 3), SEV_WARNING);
}

static void test_said_levels_stand(void **state) {
    struct rules_use use = {0};
    use.at[RULE_IDENTICAL] = (struct rule_use){0, 50, 9};
    use.at[RULE_SIMILAR] = (struct rule_use){0, 50, 9};
    struct settings_problems problems = {0};
    const struct repo_settings *s =
        repo_settings_read(arena, ".parley.yml", str_of("version: 1\nrules: {identical: {level: warning}, cartesian-join: off}\n"), NULL, &problems);
    bool fallen[RULE_COUNT];
    const struct repo_settings *now = feedback_settings(arena, s, &use, fallen);
    assert_int_equal(problems.n, 0);
    assert_int_equal(now->levels[RULE_IDENTICAL], SEV_WARNING);
    assert_false(fallen[RULE_IDENTICAL]);
    assert_true(fallen[RULE_SIMILAR]);
    assert_int_equal(now->levels[RULE_CARTESIAN], SEV_OFF);
    assert_int_equal(feedback_level(s, &use, RULE_IDENTICAL).why, LEVEL_SETTINGS);
    assert_int_equal(feedback_level(s, NULL, RULE_SIMILAR).why, LEVEL_DEFAULT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_answer_per_finding, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wilson, setup, teardown),
        cmocka_unit_test_setup_teardown(test_levels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_said_levels_stand, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
