/* test_python_tree.c - Python source becomes our small tree. */
#include "unit.h"

#include "pytree.h"

static struct py_node *read_text(struct arena *arena, const char *text) {
    struct py_node *module = NULL;
    assert_null(pytree_parse(arena, text, strlen(text), &module));
    return module;
}

static const struct py_node *first_value(struct arena *arena, const char *text) {
    struct py_node *module = read_text(arena, text);
    assert_int_equal(module->kids[0]->kind, PY_EXPRESSION);
    return module->kids[0]->kids[0];
}

static void chains_have_calls_and_attributes(void **state) {
    struct arena *arena = *state;
    const struct py_node *call = first_value(arena, "(spark.table('a.b')\n   .filter(F.col('x') > 1)  # why\n   .select('x', y=2))\n");
    assert_int_equal(call->kind, PY_CALL);
    assert_int_equal(call->kids[0]->kind, PY_ATTRIBUTE);
    assert_true(str_is(call->kids[0]->text, "select"));
    assert_int_equal(py_arg_count(call), 1);
    assert_true(str_is(py_kwarg(call, "y")->text, "2"));
    const struct py_node *filter = call->kids[0]->kids[0];
    assert_int_equal(filter->kids[1]->kind, PY_BINARY);
    assert_true(str_is(filter->kids[1]->text, ">"));
    assert_int_equal(filter->range.line, 1);
    const struct py_node *table = filter->kids[0]->kids[0];
    assert_string_equal(py_dotted(arena, table->kids[0]), "spark.table");
    assert_true(str_is(py_arg(table, 0)->text, "a.b"));
}

static void strings_are_decoded(void **state) {
    struct arena *arena = *state;
    assert_true(str_is(first_value(arena, "'a\\n\\x41\\u00e9\\q'\n")->text, "a\nA\xc3\xa9\\q"));
    assert_true(str_is(first_value(arena, "r'a\\n'\n")->text, "a\\n"));
    const struct py_node *f = first_value(arena, "f'''select {{x}} from {db}.t where {a!r}'''\n");
    assert_int_equal(f->kind, PY_FSTRING);
    assert_int_equal(f->count, 4);
    assert_true(str_is(f->kids[0]->text, "select {x} from "));
    assert_int_equal(f->kids[1]->kind, PY_NAME);
    assert_true(str_is(f->kids[2]->text, ".t where "));
    assert_int_equal(f->kids[3]->kind, PY_OTHER);
    const struct py_node *joined = first_value(arena, "('a ' \n f'b {c}')\n");
    assert_int_equal(joined->kind, PY_FSTRING);
    assert_int_equal(joined->count, 3);
    assert_int_equal(first_value(arena, "''\n")->kind, PY_STRING);
}

static void statements_have_their_kids(void **state) {
    struct arena *arena = *state;
    struct py_node *m = read_text(arena, "import dlt as d, os\nfrom pyspark.sql import functions as F, Window\n"
                                         "@d.table(name='x')\n@d.expect('a', 'b')\ndef t(a, b=1, *c, d: int = 2):\n    return spark.sql('select 1')\n"
                                         "if a:\n  b = 1\nelif c:\n  b = 2\nelse:\n  b = 3\n"
                                         "for x in [1, 2]:\n  f(x)\nwith open('f') as g, h():\n  pass\ntry:\n  a\nexcept E as e:\n  b\n");
    assert_int_equal(m->kids[0]->kind, PY_IMPORT);
    assert_true(str_is(m->kids[0]->kids[0]->text, "d"));
    assert_true(str_is(m->kids[0]->kids[0]->kids[0]->text, "dlt"));
    assert_true(str_is(m->kids[1]->text, "pyspark.sql"));
    assert_true(str_is(m->kids[1]->kids[0]->text, "F"));
    const struct py_node *fn = m->kids[2];
    assert_int_equal(fn->kind, PY_FUNCTION);
    assert_true(str_is(fn->text, "t"));
    assert_int_equal(fn->kids[0]->count, 4);
    assert_int_equal(fn->kids[1]->kids[0]->kind, PY_RETURN);
    assert_int_equal(fn->count, 4);
    assert_string_equal(py_dotted(arena, fn->kids[2]->kids[0]), "d.table");
    assert_int_equal(m->kids[3]->kind, PY_IF);
    assert_int_equal(m->kids[3]->count, 5);
    assert_int_equal(m->kids[4]->kind, PY_FOR);
    assert_int_equal(m->kids[5]->kind, PY_WITH);
    assert_int_equal(m->kids[5]->count, 3);
    assert_int_equal(m->kids[6]->kind, PY_TRY);
    assert_int_equal(m->kids[6]->count, 2);
}

static void errors_are_named_and_depth_is_bounded(void **state) {
    struct arena *arena = *state;
    struct py_node *m = read_text(arena, "a = 1\nb = = 2\nc = 3\n");
    const struct py_node *e = pytree_first_error(m);
    assert_non_null(e);
    assert_int_equal(e->range.line, 2);
    assert_null(pytree_first_error(read_text(arena, "a = 1\n")));
    struct buf deep = buf_new(arena);
    for (int i = 0; i < 20000; i++) buf_char(&deep, '(');
    read_text(arena, buf_str(&deep));
    struct buf sum = buf_new(arena);
    for (int i = 0; i < 20000; i++) buf_text(&sum, "'a' + ");
    buf_text(&sum, "'b'\n");
    read_text(arena, buf_str(&sum));
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
        cmocka_unit_test_setup_teardown(chains_have_calls_and_attributes, setup, teardown),
        cmocka_unit_test_setup_teardown(strings_are_decoded, setup, teardown),
        cmocka_unit_test_setup_teardown(statements_have_their_kids, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_are_named_and_depth_is_bounded, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
