/* test_base.c - the small things everything stands on. */
#include "unit.h"

#include "arena.h"
#include "clock.h"
#include "format.h"
#include "jsonx.h"
#include "map.h"
#include "text.h"
#include "yaml.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>

static void arena_overflow_jumps(void **state) {
    struct arena *a = arena_create(1 << 20);
    jmp_buf place;
    volatile int jumped = 0;
    if (setjmp(place)) jumped = 1;
    arena_catch(a, &place);
    if (!jumped) arena_alloc(a, 2 << 20);
    assert_int_equal(jumped, 1);
    arena_destroy(a);
}

static void arena_reset_zeroes(void **state) {
    struct arena *a = arena_create(1 << 20);
    memset(arena_alloc(a, 100), 0xff, 100);
    arena_reset(a);
    const char *p = arena_alloc(a, 100);
    for (int i = 0; i < 100; i++) assert_int_equal(p[i], 0);
    arena_destroy(a);
}

static const char *formatted(char *out, size_t cap, size_t *n, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    *n = format_text(out, cap, fmt, args);
    va_end(args);
    return out;
}

/* As printf says it, in full or cut; directives that are not written here come out all the same. */
static void format_is_printf(void **state) {
    char text[64], few[8];
    size_t n;
    assert_string_equal(formatted(text, sizeof text, &n, "%s %.*s|%c%%", "a", 2, "bcd", 'e'), "a bc|e%");
    assert_int_equal(n, 7);
    assert_string_equal(formatted(text, sizeof text, &n, "%d %d %d %zu", 0, -42, INT_MIN, SIZE_MAX), "0 -42 -2147483648 18446744073709551615");
    assert_string_equal(formatted(text, sizeof text, &n, "%s is %5.2f, %03d, %lld", "it", 1.5, 7, 1LL << 40), "it is  1.50, 007, 1099511627776");
    assert_string_equal(formatted(few, sizeof few, &n, "%s%s", "123456", "789"), "1234567");
    assert_int_equal(n, 9);
    struct arena *arena = arena_create(ARENA_SMALL);
    const char *longer = arena_printf(arena, "%s%0300d", "x", 1);
    assert_int_equal(strlen(longer), 301);
    struct buf b = buf_new(arena);
    for (int i = 0; i < 100; i++) buf_printf(&b, "%d,", i);
    assert_int_equal(b.n, 290);
    assert_string_equal(buf_str(&b) + 284, "98,99,");
    arena_destroy(arena);
}

static void map_keeps_order(void **state) {
    struct arena *a = arena_create(ARENA_SMALL);
    struct map *m = map_new(a);
    char key[16];
    for (intptr_t i = 1; i <= 1000; i++) {
        snprintf(key, sizeof key, "k%d", (int)i);
        map_put(m, str_of(key), (void *)i);
    }
    assert_int_equal(map_count(m), 1000);
    assert_ptr_equal(map_get(m, STR("k77")), (void *)77);
    assert_null(map_get(m, STR("k0")));
    assert_true(str_is(map_at(m, 999).key, "k1000"));
    arena_destroy(a);
}

static void glob_crosses_only_with_two_stars(void **state) {
    assert_true(text_glob("bronze.*", "bronze.events"));
    assert_true(text_glob("sandbox/**", "sandbox/a/b.sql"));
    assert_true(text_glob("**/x.sql", "a/b/x.sql"));
    assert_true(text_glob("**/x.sql", "x.sql"));
    assert_false(text_glob("a/*.sql", "a/b/c.sql"));
    assert_true(text_glob("a/**/c?.sql", "a/b/d/c1.sql"));
    assert_false(text_glob("a", "ab"));
}

static void utf8_is_strict(void **state) {
    assert_true(utf8_valid("\xC3\xA9", 2));
    assert_false(utf8_valid("\xC0\x80", 2));
    assert_false(utf8_valid("\xED\xA0\x80", 3));
    assert_int_equal(utf8_cut("a\xC3\xA9", 3, 2), 1);
}

static void nearest_word(void **state) {
    const char *const words[] = {"review", "status", "accept"};
    assert_string_equal(text_nearest("reveiw", words, 3), "review");
    assert_null(text_nearest("zzzzzz", words, 3));
}

/* Chunks of one arena serve the next one: it must not see what was in them. */
static void memory_is_zero_again(void **state) {
    enum { PIECE = 100000, PIECES = 100 };
    for (int round = 0; round < 3; round++) {
        struct arena *a = arena_create(ARENA_JOB);
        for (int half = 0; half < 2; half++, arena_reset(a))
            for (int i = 0; i < PIECES; i++) {
                unsigned char *p = arena_alloc(a, PIECE);
                size_t dirty = 0;
                for (size_t k = 0; k < PIECE; k++) dirty += p[k] != 0;
                assert_int_equal(dirty, 0);
                memset(p, 0xff, PIECE);
            }
        arena_destroy(a);
    }
}

static void time_forms(void **state) {
    int64_t t;
    char iso[CLOCK_ISO];
    assert_true(clock_parse_iso("2026-01-31T19:29:35.78+01:00", &t));
    clock_iso(t, iso);
    assert_string_equal(iso, "2026-01-31T18:29:35Z");
    assert_true(clock_cpu_us() <= clock_monotonic_us() && clock_cpu_us() >= 0);
    assert_false(clock_parse_iso("yesterday", &t));
    assert_true(clock_parse_duration("30d", &t));
    assert_int_equal(t, 30 * 86400);
    assert_false(clock_parse_duration("d", &t));
}

static void json_is_bounded(void **state) {
    struct arena *a = arena_create(ARENA_SMALL);
    char deep[1001];
    memset(deep, '[', 1000);
    deep[1000] = 0;
    json_t *v;
    assert_non_null(jsx_load(a, deep, 1000, &v));
    assert_null(jsx_load(a, "{\"a\":[{\"b\":5}]}", 15, &v));
    assert_int_equal(jsx_int(v, "a.0.b", 0), 5);
    arena_destroy(a);
}

static void yaml_has_lines_and_merges(void **state) {
    static const char text[] = "base: &b\n  x: 1\n  y: 'two'\nuse:\n  <<: *b\n  x: 3\nlist: [a, ~]\n";
    struct arena *a = arena_create(ARENA_SMALL);
    struct yaml *y;
    assert_null(yaml_load(a, "t.yml", text, sizeof text - 1, &y));
    assert_string_equal(yaml_str(y, "use.x", ""), "3");
    assert_string_equal(yaml_str(y, "use.y", ""), "two");
    assert_int_equal(yaml_at(y, "use.x")->line, 6);
    assert_int_equal(yaml_at(y, "list.1")->kind, YAML_NULL);
    const struct err *e = yaml_load(a, "t.yml", "a: [1\n", 6, &y);
    assert_non_null(e);
    assert_true(text_starts(e->text, "t.yml:"));
    arena_destroy(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_overflow_jumps),
        cmocka_unit_test(arena_reset_zeroes),
        cmocka_unit_test(format_is_printf),
        cmocka_unit_test(map_keeps_order),
        cmocka_unit_test(glob_crosses_only_with_two_stars),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(nearest_word),
        cmocka_unit_test(memory_is_zero_again),
        cmocka_unit_test(time_forms),
        cmocka_unit_test(json_is_bounded),
        cmocka_unit_test(yaml_has_lines_and_merges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
