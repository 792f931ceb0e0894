/* test_review_waiver.c - decisions that stick, and the past read back. */
#include "unit.h"

#include "store_place.h"

#include "migrate.h"
#include "past.h"
#include "waiver.h"

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

static void test_waivers(void **state) {
    struct waiver w = {.repo = "acme/dw",
                       .key = "f-1",
                       .kind = WAIVER_ACCEPT,
                       .by = "lee",
                       .reason = "known; <b>'quoted'</b>",
                       .until = 2000,
                       .made = 1000,
                       .number = 42};
    assert_null(waiver_put(store, &w));
    w.kind = WAIVER_SNOOZE;
    w.until = 3000;
    assert_null(waiver_put(store, &w)); /* the later decision replaces the earlier */
    struct waiver other = {.repo = "acme/other", .key = "f-1", .kind = WAIVER_DIFFERENT, .by = "mo", .made = 1};
    assert_null(waiver_put(store, &other));
    struct waiver *list;
    size_t count;
    assert_null(waivers_load(arena, store, "acme/dw", &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].kind, WAIVER_SNOOZE);
    assert_string_equal(list[0].reason, "known; <b>'quoted'</b>");
    struct finding f = {.key = "f-1"}, g = {.key = "f-2"};
    assert_true(waiver_apply(list, count, 2999, &f));
    assert_int_equal(f.state, FINDING_SNOOZED);
    assert_string_equal(f.state_by, "lee");
    struct finding late = {.key = "f-1"};
    assert_false(waiver_apply(list, count, 3000, &late)); /* over */
    assert_int_equal(late.state, FINDING_OPEN);
    assert_false(waiver_apply(list, count, 0, &g));
    bool found;
    assert_null(waiver_drop(store, "acme/dw", "f-1", &found));
    assert_true(found);
    assert_null(waiver_drop(store, "acme/dw", "f-1", &found));
    assert_false(found);
}

static void test_past(void **state) {
    struct past *p = past_read(arena, NULL);
    assert_true(p->n == 0 && !*p->head_sha);
    p = past_read(arena, "not json");
    assert_int_equal(p->n, 0);
    p = past_read(arena,
                  "{\"findings\":[{\"key\":\"f-1\",\"label\":\"F1\",\"rule\":\"identical\",\"path\":\"a.sql\",\"text\":\"t\",\"state\":\"open\"},3],"
                  "\"set_aside\":[{\"key\":\"f-2\",\"state\":\"different\"}]}");
    assert_int_equal(p->n, 3);
    assert_string_equal(p->at[0].rule_id, "identical");
    assert_int_equal(p->at[0].state, FINDING_OPEN);
    assert_int_equal(p->at[2].state, FINDING_DIFFERENT);
}

static void test_findings(void **state) {
    struct findings list = {0};
    struct finding a = {.key = "k1", .rule = RULE_SIMILAR, .severity = SEV_NOTE, .path = "a"},
                   b = {.key = "k2", .rule = RULE_IDENTICAL, .severity = SEV_WARNING, .path = "b", .proved = true},
                   c = {.key = "k3", .rule = RULE_LARGE_SCAN, .severity = SEV_WARNING, .path = "c", .cost = {.known = true, .high = 1e6}},
                   again = {.key = "k1", .rule = RULE_SIMILAR};
    assert_true(findings_add(arena, &list, &a));
    assert_true(findings_add(arena, &list, &c));
    assert_true(findings_add(arena, &list, &b));
    assert_false(findings_add(arena, &list, &again));
    findings_sort(arena, &list);
    assert_string_equal(list.at[0]->key, "k2"); /* a proof before money before a note */
    assert_string_equal(list.at[0]->label, "F1");
    assert_string_equal(list.at[1]->key, "k3");
    assert_string_equal(list.at[2]->label, "F3");
    assert_string_not_equal(finding_key(arena, RULE_SIMILAR, "ab", "c"), finding_key(arena, RULE_SIMILAR, "a", "bc"));
    assert_string_equal(finding_key(arena, RULE_SIMILAR, "a", "b"), finding_key(arena, RULE_SIMILAR, "a", "b"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_waivers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_past, setup, teardown),
        cmocka_unit_test_setup_teardown(test_findings, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
