/* test_jinja.c - templates are evaluated as Jinja does, within bounds. */
#include "unit.h"

#include "jinja.h"

static bool lookup(void *ctx, struct jinja *j, struct str name, struct jv *out) {
    if (str_is(name, "run")) {
        *out = jv_unknown(jinja_arena(j), "run");
        return true;
    }
    return false;
}

static const struct jinja_host host = {.lookup = lookup};

static struct jinja_result render(struct arena *arena, const char *text) {
    struct jinja_result r;
    jinja_render(arena, jinja_parse(arena, "t.sql", str_of(text)), &host, &r);
    return r;
}

static void renders(struct arena *arena, const char *text, const char *want) {
    struct jinja_result r = render(arena, text);
    assert_null(r.error);
    assert_string_equal(r.text.p, want);
}

static void expressions(void **state) {
    struct arena *a = *state;
    renders(a, "{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 2 ** 3 }} {{ 1 / 2 }}", "7 3 2 8 0.5");
    renders(a, "{{ 'a' ~ 1 ~ none }} {{ 'a' 'b' }} {{ 'x' if 1 > 2 else 'y' }}", "a1None ab y");
    renders(a, "{{ [1, 'b', {'c': 2}] }} {{ (1, 2)[0] }} {{ [1,2,3][-1] }} {{ 'abc'[1:] }}", "[1, 'b', {'c': 2}] 1 3 bc");
    renders(a, "{{ 1 in [1, 2] }} {{ 'a' not in 'abc' }} {{ 1 < 2 < 3 }} {{ not true or true and false }}", "True False True False");
    renders(a, "{{ x is defined }} {{ x is not none }} {{ 3 is odd }} {{ 'a' is string }} {{ 4 is divisibleby 2 }}", "False True True True True");
    renders(a, "{{ ['b','A']|sort|join(', ')|upper }} {{ x|default('d') }} {{ [1,2]|length }} {{ 'a,b'.split(',')|last }}", "A, B d 2 b");
    renders(a, "{{ [{'n': 1}, {'n': 2}]|map(attribute='n')|list }} {{ [0, 1, 2]|select('gt', 0)|list }}", "[1, 2] [1, 2]");
    renders(a, "{{ '%s-%s' % ('a', 2) }} {{ '{} {x}'.format(1, x=2) }} {{ 'abc'|replace('b', '') }}", "a-2 1 2 ac");
}

static void blocks(void **state) {
    struct arena *a = *state;
    renders(a, "{% for x in ['a', 'b'] %}{{ x }}{{ ',' if not loop.last }}{% else %}none{% endfor %}", "a,b");
    renders(a, "{% for k, v in {'a': 1, 'b': 2}.items() if v > 1 %}{{ k }}{% endfor %}{% for x in [] %}{% else %}!{% endfor %}", "b!");
    renders(a, "{% if false %}1{% elif 1 == 1 %}2{% else %}3{% endif %}", "2");
    renders(a, "a\n  {%- set x = 1 -%}\n b {{- x }}", "ab1");
    renders(a, "{% set x %}in {{ 1 }}{% endset %}[{{ x }}]{# note {{ }} #}{% raw %}{{ y }}{% endraw %}", "[in 1]{{ y }}");
    renders(a, "{% set n = [] %}{% for i in [1,2] %}{% do n.append(i) %}{% set lost = i %}{% endfor %}{{ n }}{{ lost }}", "[1, 2]");
    renders(a, "{% macro m(a, b='x') %}{{ a }}-{{ b }}{{ kwargs.z }}{% endmacro %}{{ m(1) }} {{ m(1, b=2, z=3) }}", "1-x 1-23");
    renders(a, "{% macro f(x) %}text{{ return(x * 2) }}more{% endmacro %}{{ f(4) + 1 }}", "9");
    renders(a, "{% macro f() %}<{{ caller() }}>{% endmacro %}{% call f() %}in{% endcall %}", "<in>");
    renders(a, "{% for i in [1,2,3,4] %}{% if i == 2 %}{% continue %}{% elif i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}.", "13.");
    renders(a, "{% for i in [1,2] %}{% for k in [1,2] %}{% break %}{% endfor %}{{ i }}{% endfor %}", "12");
    renders(a, "{% macro f() %}{% break %}x{% endmacro %}{{ f() }}{% for i in [1] %}{{ i }}{% endfor %}", "1");
    renders(a, "{{ '7'.zfill(3) }} {{ 'a.b.a'.count('a') }} {{ 'ab'.isalpha() }} {{ 'x_y'.removeprefix('x_') }} {{ 'a\nb'.splitlines()|length }}",
            "007 2 True y 2");
    renders(a, "{% set l = [3,1] %}{% do l.sort() %}{{ l }}{{ [1,2,3].difference([2]) }}{{ [1,2].union([2,3]) }}", "[1, 3][1, 3][1, 2, 3]");
    renders(a, "{% filter upper %}abc{% endfilter %}{{ none }}{{ undefined_name }}", "ABCNone");
}

static void unknown_values_print_the_same_for_the_same_origin(void **state) {
    struct arena *a = *state;
    struct jinja_result r = render(a, "{{ run() }} {{ run() }} {{ run().x }}");
    assert_true(r.text.n > 20);
    size_t half = (r.text.n - 1) / 3;
    (void)half;
    const char *space = strchr(r.text.p, ' ');
    assert_memory_equal(r.text.p, space + 1, (size_t)(space - r.text.p));
    r = render(a, "{% if run() %}a{% else %}b{% endif %}{% for x in run().y %}{{ x }}{% endfor %}");
    assert_int_equal(r.doubt_count, 3);
    assert_false(r.doubts[0].loses_lineage);
    assert_true(r.doubts[1].loses_lineage);
    r = render(a, "select {{ missing_macro(1) }}");
    assert_int_equal(r.doubt_count, 1);
    assert_non_null(strstr(r.text.p, "jinja_missing_macro"));
}

static void lines_are_those_of_the_template(void **state) {
    struct arena *a = *state;
    struct jinja_result r = render(a, "{% set x = 1 %}\n\nselect\n  {{ x }},\n{% for i in [1,2] %}\n  c{{ i }},\n{% endfor %}\nlast");
    const char *at = strstr(r.text.p, "select");
    assert_int_equal(jinja_line(&r, (size_t)(at - r.text.p)), 3);
    at = strstr(r.text.p, "1,");
    assert_int_equal(jinja_line(&r, (size_t)(at - r.text.p)), 4);
    at = strstr(r.text.p, "c2");
    assert_int_equal(jinja_line(&r, (size_t)(at - r.text.p)), 6);
    at = strstr(r.text.p, "last");
    assert_int_equal(jinja_line(&r, (size_t)(at - r.text.p)), 8);
}

static void mistakes_and_bounds(void **state) {
    struct arena *a = *state;
    assert_int_equal(render(a, "\n{% if x %}").error_line, 2);
    assert_non_null(render(a, "{{ 'abc }}").error);
    assert_non_null(render(a, "{{ (1 }}").error);
    assert_non_null(render(a, "{% nothing %}").error);
    assert_non_null(render(a, "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").error);
    assert_non_null(
        render(a, "{% set l = range %}{% set x = ['aaaaaaaaaa'] %}{% for i in [1,2,3,4,5,6,7,8,9] %}{% for j in "
                  "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}"
                  "{% for k in 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% for l in 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}"
                  "{{ 'a' * 500 }}{% endfor %}{% endfor %}{% endfor %}{% endfor %}")
            .error);
    struct buf deep = buf_new(a);
    buf_text(&deep, "{{ ");
    for (int i = 0; i < 50000; i++) buf_char(&deep, '(');
    assert_non_null(render(a, buf_str(&deep)).error);
    for (int i = 0; i < 50000; i++) buf_text(&deep, "{% if x %}");
    assert_non_null(render(a, buf_str(&deep)).error);
    struct buf nots = buf_new(a);
    buf_text(&nots, "{{ ");
    for (int i = 0; i < 50000; i++) buf_text(&nots, "not ");
    assert_non_null(render(a, buf_str(&nots)).error);
}

static int setup(void **state) {
    *state = arena_create(ARENA_JOB);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expressions, setup, teardown),
        cmocka_unit_test_setup_teardown(blocks, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_values_print_the_same_for_the_same_origin, setup, teardown),
        cmocka_unit_test_setup_teardown(lines_are_those_of_the_template, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_and_bounds, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
