/* test_mustache.c - the cases of the Mustache specification that our templates lean on, in our own words. */
#include "unit.h"

#include "escape.h"
#include "mustache.h"

static struct arena *arena;

static const char *partial_of(void *ctx, const char *name) {
    return strcmp(name, "item") == 0 ? "<{{name}}>\n" : strcmp(name, "loop") == 0 ? "{{>loop}}" : NULL;
}

static const char *rendered(const char *template, const char *view) {
    json_t *v;
    assert_null(jsx_load(arena, view, strlen(view), &v));
    struct mustache_options o = {.escape = escape_html, .partial = partial_of, .name = "t"};
    char *out;
    const struct err *e = mustache_render(arena, template, v, &o, &out);
    return e ? e->text : out;
}

static void spec_cases(void **state) {
    static const struct {
        const char *template, *view, *want;
    } cases[] = {
        {"Hello {{a}}, {{{a}}}, {{&a}}", "{\"a\":\"<&>\"}", "Hello &lt;&amp;&gt;, <&>, <&>"},
        {"{{n}} {{r}} {{t}} {{x}}|", "{\"n\":85,\"r\":1.21,\"t\":true,\"x\":null}", "85 1.21 true |"},
        {"{{a.b.c}}|{{a.x.c}}", "{\"a\":{\"b\":{\"c\":1}}}", "1|"},
        {"{{#a}}{{b}}{{c}}{{/a}}", "{\"a\":{\"b\":1},\"c\":2}", "12"},
        {"{{#l}}{{.}},{{/l}}", "{\"l\":[1,2,3]}", "1,2,3,"},
        {"{{#l}}x{{/l}}{{^l}}none{{/l}}", "{\"l\":[]}", "none"},
        {"| A\n{{#b}}\n| B\n{{/b}}\n| C\n", "{\"b\":true}", "| A\n| B\n| C\n"},
        {"  {{#b}}\n  x\n  {{/b}}", "{\"b\":true}", "  x\n"},
        {"a {{! note }} b\n  {{! alone }}\nc", "{}", "a  b\nc"},
        {"{{=<% %>=}}(<%a%>){{a}}", "{\"a\":1}", "(1){{a}}"},
        {"> {{>item}}", "{\"name\":\"n\"}", "> <n>\n"},
        {"  {{>item}}\nend", "{\"name\":\"n\"}", "  <n>\nend"},
        {"{{#a}}{{#a}}x{{/a}}{{/a}}", "{\"a\":true}", "x"},
        {"{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"ERROR\"}}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_string_equal(rendered(cases[i].template, cases[i].view), cases[i].want);
}

static void errors_name_the_line(void **state) {
    assert_string_equal(rendered("a\n{{#b}}", "{}"), "t: 2: section 'b' is not closed");
    assert_string_equal(rendered("a\n\n{{b", "{}"), "t: 3: tag is not closed");
    assert_non_null(strstr(rendered("{{>loop}}", "{}"), "nested deeper"));
    assert_non_null(mustache_check("{{#a}}{{/b}}", "t"));
    assert_null(mustache_check("{{#a}}{{/a}}", "t"));
}

static const char *escaped(void (*fn)(struct buf *, struct str), const char *text) {
    struct buf b = buf_new(arena);
    fn(&b, str_of(text));
    return buf_str(&b);
}

static void outputs_are_disarmed(void **state) {
    assert_string_equal(escaped(escape_markdown, "@dana [x](y)"), "@\xE2\x80\x8B"
                                                                  "dana \\[x\\](y)");
    assert_string_equal(escaped(escape_markdown, "<!-- parley -->\n# h"), "&lt;!-- parley --&gt; \\# h");
    assert_string_equal(escaped(escape_slack, "<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
    assert_string_equal(escaped(escape_terminal, "a\x1b[31m\xC2\x9B"), "a?[31m?");
    assert_string_equal(escaped(escape_code_span, "a`b|c"), "a'b\\|c");
    assert_string_equal(escaped(escape_code_span, "a\xE2\x80\xAE"
                                                  "b"),
                        "a\xEF\xBF\xBD"
                        "b");
    assert_string_equal(escaped(escape_slack, "\xE2\x81\xA6x\xE2\x82\xAC"), "\xEF\xBF\xBDx\xE2\x82\xAC");
    struct buf b = buf_new(arena);
    fence_add(&b, "sql", STR("x ```` y"));
    assert_string_equal(buf_str(&b), "`````sql\nx ```` y\n`````\n");
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(spec_cases), cmocka_unit_test(errors_name_the_line), cmocka_unit_test(outputs_are_disarmed)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
