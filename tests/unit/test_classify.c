/* test_classify.c - which tags, meta keys and words of DDL mark a column as private. */
#include "unit.h"

#include "classify.h"

#include <string.h>

static const char *class_of(struct arena *arena, const char *text) {
    struct yaml *y = NULL;
    assert_null(yaml_load(arena, "t.yml", text, strlen(text), &y));
    const char *class = classify_yaml(arena, y);
    return class ? class : "-";
}

static void test_yaml(void **state) {
    struct arena *a = arena_create(ARENA_SMALL);
    assert_string_equal(class_of(a, "{name: email, tags: [pii]}"), "pii");
    assert_string_equal(class_of(a, "{name: email, tags: contains_pii}"), "contains_pii");
    assert_string_equal(class_of(a, "{name: email, config: {tags: [daily, 'privacy:GDPR']}}"), "privacy:GDPR");
    assert_string_equal(class_of(a, "{name: email, meta: {contains_pii: true}}"), "contains_pii");
    assert_string_equal(class_of(a, "{name: email, config: {meta: {classification: confidential}}}"), "confidential");
    assert_string_equal(class_of(a, "{name: email, databricks_tags: {pii: email}}"), "pii");
    assert_string_equal(class_of(a, "{name: email, policy_tags: ['projects/p/locations/eu/taxonomies/1/policyTags/2']}"), "policy tag");
    assert_string_equal(class_of(a, "{name: id, meta: {contains_pii: false, classification: public}, tags: [non_pii, daily]}"), "-");
    assert_string_equal(class_of(a, "{name: id, meta: {owner: dana}, tags: [shipping, epiphany]}"), "-");
    assert_string_equal(class_of(a, "[1, 2]"), "-");
    arena_destroy(a);
}

static void test_ddl(void **state) {
    assert_true(classify_is_masked(str_of("MASK gold.hide")));
    assert_true(classify_is_masked(str_of("WITH MASKING POLICY p")));
    assert_false(classify_is_masked(str_of("COLLATE unmasked")));
    assert_false(classify_is_masked(str_of("maskable")));
    assert_false(classify_is_masked((struct str){"", 0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yaml), cmocka_unit_test(test_ddl)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
