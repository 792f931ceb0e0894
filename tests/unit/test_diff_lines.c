/* test_diff_lines.c - hunks, and the lines a note may stand on. */
#include "unit.h"

#include "diff_lines.h"

#include <string.h>

static const char two_hunks[] = "@@ -1,4 +1,5 @@ select\n a\n-b\n+B\n+C\n c\n d\n@@ -20,2 +21,3 @@\n x\n+y\n z\n\\ No newline at end of file";

static struct arena *arena;
static int arena_begin(void **state) {
    arena = arena_create(ARENA_SMALL);
    return 0;
}
static int arena_end(void **state) {
    arena_destroy(arena);
    return 0;
}

static const struct err *read_text(const char *text, struct diff_lines *out) { return diff_lines_read(arena, text, strlen(text), out); }

static void lines_of_two_hunks(void **state) {
    struct diff_lines d;
    assert_null(read_text(two_hunks, &d));
    assert_int_equal(d.hunk_count, 2);
    assert_int_equal(d.added_count, 3);
    assert_true(diff_lines_new(&d, 1));
    assert_true(diff_lines_new(&d, 5));
    assert_false(diff_lines_new(&d, 6));
    assert_false(diff_lines_new(&d, 20));
    assert_true(diff_lines_new(&d, 23));
    assert_false(diff_lines_new(&d, 24));
    assert_true(diff_lines_added(&d, 2));
    assert_true(diff_lines_added(&d, 3));
    assert_false(diff_lines_added(&d, 4));
    assert_true(diff_lines_added(&d, 22));
}

static void spans_stay_in_one_hunk(void **state) {
    struct diff_lines d;
    assert_null(read_text(two_hunks, &d));
    assert_true(diff_lines_span(&d, 1, 5));
    assert_false(diff_lines_span(&d, 5, 5));
    assert_false(diff_lines_span(&d, 5, 4));
    assert_false(diff_lines_span(&d, 5, 21));
    assert_false(diff_lines_span(&d, 5, 6));
}

static void pick_takes_the_first_written(void **state) {
    struct diff_lines d;
    assert_null(read_text(two_hunks, &d));
    assert_int_equal(diff_lines_pick(&d, 1, 30), 2);
    assert_int_equal(diff_lines_pick(&d, 4, 30), 22);
    assert_int_equal(diff_lines_pick(&d, 4, 5), 0);
}

static void headers_before_hunks_are_passed_over(void **state) {
    struct diff_lines d;
    assert_null(read_text("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", &d));
    assert_int_equal(d.added_count, 1);
    assert_true(diff_lines_added(&d, 1));
}

static void removed_files_offer_nothing(void **state) {
    struct diff_lines d;
    assert_null(read_text("@@ -1,2 +0,0 @@\n-a\n-b\n", &d));
    assert_false(diff_lines_new(&d, 0));
    assert_false(diff_lines_new(&d, 1));
    assert_null(read_text("", &d));
    assert_int_equal(d.hunk_count, 0);
}

static void disagreeing_patches_are_refused(void **state) {
    static const char *const bad[] = {
        "@@ -1,2 +1,2 @@\n a\n",      "@@ -1 +1 @@\n+a\n+b\n-c\n",          "@@ -1,99999999999 +1 @@\n a\n",
        "@@ -1 +1 @@\n a\nrubbish\n", "@@ -1 +5 @@\n a\n@@ -1 +5 @@\n a\n", "@@ -1 @@\n",
        "@@ -1 +1 @@\n~a\n",
    };
    struct diff_lines d;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_non_null(read_text(bad[i], &d));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_two_hunks),           cmocka_unit_test(spans_stay_in_one_hunk),
        cmocka_unit_test(pick_takes_the_first_written), cmocka_unit_test(headers_before_hunks_are_passed_over),
        cmocka_unit_test(removed_files_offer_nothing),  cmocka_unit_test(disagreeing_patches_are_refused),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
