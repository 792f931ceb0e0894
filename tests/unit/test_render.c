/* test_render.c - a review as each reader sees it: bounded, escaped, and the same bytes each time. Goldens in tests/golden/render. */
#include "unit.h"

#include "fs.h"
#include "jsonx.h"
#include "render.h"

#include <stdio.h>
#include <stdlib.h>

#define GOLDEN PARLEY_SOURCE_DIR "/tests/golden/render/"

static struct arena *arena;

static struct cost money(double low, double high) {
    struct cost c = {
        .known = true, .low = low, .high = high, .currency = "USD", .period = "month", .price_date = "2026-11-22", .price_source = "list prices"};
    text_list_add(arena, &c.assumptions, "24 runs a day, 2.1 TB scanned each");
    return c;
}

static struct finding *reuse(void) {
    struct finding *f = arena_new(arena, struct finding);
    *f = (struct finding){.key = "f-00000000000000a1",
                          .label = "F1",
                          .rule = RULE_DERIVABLE,
                          .rule_id = "derivable",
                          .severity = SEV_WARNING,
                          .proved = true,
                          .relation = "derivable",
                          .tier = "P2",
                          .score = 1,
                          .path = "models/churn.sql",
                          .where = {.line = 3, .end_line = 20},
                          .subject = "ds.churn_features",
                          .dataset = "gold.customer_features",
                          .owner = "@dana",
                          .owner_why = "owner of gold.customer_features",
                          .text = "ds.churn_features is derivable from gold.customer_features (11 readers, refreshed 05:00)",
                          .next_step = "read gold.customer_features instead",
                          .rewrite = "SELECT customer_id, churned\nFROM gold.customer_features\nWHERE country = 'DE'"};
    f->twin = (struct twin){.dataset = "gold.customer_features", .name = "gold.customer_features", .path = "pipelines/features.py", .line = 12};
    f->saving = money(310, 420);
    text_list_add(arena, &f->proof, "same joins on customer_id; your filter is applied on top");
    text_list_add(arena, &f->assumes, "customers.customer_id is unique (declared)");
    f->is_new = true;
    return f;
}

static struct finding *hostile(int i) {
    struct finding *f = arena_new(arena, struct finding);
    *f = (struct finding){.key = arena_printf(arena, "f-%016x", i),
                          .label = arena_printf(arena, "F%d", i),
                          .rule = RULE_SIMILAR,
                          .rule_id = "similar",
                          .severity = SEV_WARNING,
                          .relation = "similar",
                          .tier = "L4",
                          .score = 0.8,
                          .path = "a|b`<!-- x -->.sql",
                          .where = {.line = 1},
                          .subject = "x",
                          .dataset = "gold.`evil`|@all",
                          .owner = "someone <b>@x</b>",
                          .text = "x looks like gold.`evil`|@all\n# heading <!channel> [l](u)",
                          .next_step = "compare"};
    for (int n = 0; n < 30; n++) text_list_add(arena, &f->differences, "yours also filters `status = 'paid'` and 1 < 2 & 3 > 2 ```");
    f->rewrite = "SELECT 1 -- ``` ```` \x1b[31m";
    return f;
}

static struct review *review_of(int extra) {
    struct review *r = arena_new(arena, struct review);
    *r = (struct review){.repo = "acme/dw",
                         .number = 42,
                         .source = "pull_request",
                         .title = "Churn | <features>",
                         .author = "ana",
                         .base_sha = "1111111111",
                         .head_sha = "2222222222",
                         .made = 1767225600,
                         .verdict = VERDICT_ADVISE,
                         .files = 3,
                         .definitions = 4,
                         .changed_definitions = 1,
                         .new_count = 1};
    *vec_add(arena, &r->findings) = reuse();
    for (int i = 0; i < extra; i++) *vec_add(arena, &r->findings) = hostile(i + 2);
    r->spoken = r->findings.n;
    r->delta = money(310, 420);
    struct not_understood *gap = arena_new(arena, struct not_understood);
    *gap = (struct not_understood){.path = "load.py", .line = 40, .reason = "a table name that is computed"};
    r->gaps = gap;
    r->gap_count = 1;
    return r;
}

/* Compares with the golden; PARLEY_REGENERATE=1 writes it. */
static void golden(const char *name, const char *text) {
    const char *path = arena_printf(arena, GOLDEN "%s", name);
    struct str want;
    if (getenv("PARLEY_REGENERATE")) assert_null(fs_write(path, text, strlen(text)));
    assert_null(fs_read(arena, path, 1 << 20, &want));
    assert_string_equal(text, want.p);
}

/* Indented, freed with the arena's other texts. */
static const char *pretty(json_t *json) {
    char *text = json_dumps(json, JSON_INDENT(1));
    const char *out = arena_strdup(arena, text);
    free(text);
    return out;
}

static void goldens(void **state) {
    struct render_options o = {0};
    struct review *r = review_of(0);
    char *text;
    json_t *json;
    assert_null(render_comment(arena, r, &o, &text));
    golden("comment.md", text);
    assert_null(render_text(arena, r, &o, &text));
    golden("review.txt", text);
    assert_null(render_check_run(arena, r, &o, &json));
    golden("check.json", pretty(json));
    assert_null(render_inline(arena, r, &o, &json));
    golden("inline.json", pretty(json));
    assert_null(render_slack(arena, r, &o, "https://github.com/acme/dw/pull/42", true, &json));
    golden("slack.json", pretty(json));
    golden("review.json", pretty(render_json(arena, r)));
    json = render_sarif(arena, r);
    assert_true(json_array_size(jsx_at(json, "runs.0.tool.driver.rules")) == RULE_COUNT);
    json_object_del(jsx_at(json, "runs.0.tool.driver"), "rules"); /* rules.def has its own tests */
    golden("sarif.json", pretty(json));
}

static void comments_fit_and_are_disarmed(void **state) {
    struct render_options o = {0};
    char *text;
    assert_null(render_comment(arena, review_of(1), &o, &text));
    assert_null(strstr(text, "<!channel>"));
    assert_null(strstr(text, "<b>"));
    assert_null(strstr(text, "\n# heading"));
    assert_null(strstr(text, "@x"));
    for (int n = 10; n <= 480; n += 470) {
        assert_null(render_comment(arena, review_of(n), &o, &text));
        assert_true(strlen(text) <= RENDER_COMMENT_MAX);
        assert_non_null(strstr(text, "/review-pipeline"));
    }
}

static size_t texts_total(const json_t *blocks) {
    size_t total = 0;
    for (size_t i = 0; i < json_array_size(blocks); i++) total += strlen(jsx_str(json_array_get(blocks, i), "text.text", ""));
    return total;
}

static void slack_limits_hold(void **state) {
    struct render_options o = {0};
    json_t *json;
    assert_null(render_slack(arena, review_of(400), &o, NULL, true, &json));
    json_t *blocks = json_object_get(json, "blocks");
    assert_true(json_array_size(blocks) <= 50);
    assert_true(texts_total(blocks) <= 12000);
    assert_null(strstr(jsx_dump(arena, json, false), "<!channel>"));
}

static void annotations_are_cut(void **state) {
    struct render_options o = {0};
    json_t *json;
    assert_null(render_check_run(arena, review_of(490), &o, &json));
    assert_true(json_array_size(json_object_get(json, "annotations")) <= 500);
    assert_true(strlen(jsx_str(json, "summary", "")) <= 65535);
    assert_string_equal(jsx_str(json, "conclusion", ""), "neutral");
}

static void templates_are_whole(void **state) { assert_null(render_check_templates(NULL)); }

static int setup(void **state) {
    arena = arena_create((size_t)1 << 30);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(goldens), cmocka_unit_test(comments_fit_and_are_disarmed),
                                       cmocka_unit_test(slack_limits_hold), cmocka_unit_test(annotations_are_cut),
                                       cmocka_unit_test(templates_are_whole)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
