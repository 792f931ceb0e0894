/* test_eval_value.c - exact numbers, dates, LIKE and bags of the evaluator. */
#include "unit.h"

#include "eval_func.h"

static struct arena *arena;

static int setup(void **state) {
    arena = arena_create(ARENA_SMALL);
    return 0;
}

static int teardown(void **state) {
    arena_destroy(arena);
    return 0;
}

static const char *shown(struct value v) {
    struct buf b = buf_new(arena);
    value_print(&b, v);
    return buf_str(&b);
}

static struct value number(const char *text) {
    struct value v;
    assert_true(value_read_number(str_of(text), &v));
    return v;
}

static void fractions_are_exact(void **state) {
    struct value v, third;
    assert_true(value_divide(value_int(1), value_int(3), &third));
    assert_true(value_multiply(third, value_int(3), &v));
    assert_int_equal(v.kind, CELL_INT);
    assert_int_equal(v.i, 1);
    assert_true(value_add(number("0.1"), number("0.2"), &v));
    assert_int_equal(value_order(v, number("0.3")), 0);
    assert_false(value_add(value_int(INT64_MAX), value_int(1), &v));
    assert_string_equal(shown(number("-1.50")), "-1.5");
}

static void rounding_goes_away_from_zero(void **state) {
    struct value v;
    assert_true(value_round(number("2.5"), 0, &v));
    assert_int_equal(v.i, 3);
    assert_true(value_round(number("-2.5"), 0, &v));
    assert_int_equal(v.i, -3);
    assert_true(value_round(number("1.005"), 2, &v));
    assert_string_equal(shown(v), "1.01");
    assert_true(value_round(value_int(1250), -2, &v));
    assert_int_equal(v.i, 1300);
    assert_true(value_floor(number("-0.5"), &v));
    assert_int_equal(v.i, -1);
}

static void dates_follow_the_calendar(void **state) {
    struct value v, out;
    assert_false(value_read_date(STR("2021-02-29"), &v));
    assert_true(value_read_date(STR("2020-01-31"), &v));
    assert_true(date_shift(v, UNIT_MONTH, 1, &out));
    assert_string_equal(shown(out), "DATE '2020-02-29'");
    assert_true(date_truncate(v, UNIT_WEEK, &out));
    assert_string_equal(shown(out), "DATE '2020-01-27'");
    assert_true(value_read_time(STR("1969-12-31 23:59:58.5"), &v));
    assert_true(date_truncate(v, UNIT_HOUR, &out));
    assert_string_equal(shown(out), "TIMESTAMP '1969-12-31 23:00:00'");
    assert_true(date_field(v, UNIT_SECOND, &out));
    assert_string_equal(shown(out), "58.5");
}

static void like_matches(void **state) {
    assert_true(text_like(STR("abc"), STR("a%"), 0, false));
    assert_true(text_like(STR("abc"), STR("%b_"), 0, false));
    assert_true(text_like(STR(""), STR("%"), 0, false));
    assert_false(text_like(STR("abc"), STR("a_"), 0, false));
    assert_false(text_like(STR("abc"), STR("A%"), 0, false));
    assert_true(text_like(STR("abc"), STR("A%"), 0, true));
    assert_true(text_like(STR("a%c"), STR("a\\%c"), '\\', false));
    assert_false(text_like(STR("abc"), STR("a\\%c"), '\\', false));
    assert_true(text_like(STR("aXbXc"), STR("%X%c"), 0, false));
}

static void bags_count_duplicates(void **state) {
    struct bag a = {.width = 1}, b = {.width = 1};
    *bag_add(arena, &a) = value_int(1);
    *bag_add(arena, &a) = value_null();
    *bag_add(arena, &a) = value_int(1);
    *bag_add(arena, &b) = value_null();
    *bag_add(arena, &b) = value_int(1);
    assert_false(bag_same(arena, &a, &b));
    *bag_add(arena, &b) = value_int(1);
    assert_true(bag_same(arena, &a, &b));
    *bag_add(arena, &a) = value_int(2);
    *bag_add(arena, &b) = value_real(2.0000000000001);
    assert_true(bag_same(arena, &a, &b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_are_exact), cmocka_unit_test(rounding_goes_away_from_zero), cmocka_unit_test(dates_follow_the_calendar),
        cmocka_unit_test(like_matches),        cmocka_unit_test(bags_count_duplicates),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
