/* test_cost_fires.c - cron of both kinds, zones, counts a month. */
#include "unit.h"

#include "clock.h"
#include "fires.h"
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t at(const char *iso) {
    int64_t when = 0;
    assert_true(clock_parse_iso(iso, &when));
    return when;
}

static void next_is(const char *cron, const char *zone, const char *after, const char *want) {
    struct arena *arena = arena_create(ARENA_SMALL);
    const char *why = NULL;
    struct cron *c = cron_parse(arena, cron, &why);
    if (!c) fail_msg("%s: %s", cron, why);
    int64_t next = 0;
    bool found = cron_next(c, zone, at(after), &next);
    char text[CLOCK_ISO] = "none";
    if (found) clock_iso(next, text);
    assert_string_equal(text, want);
    arena_destroy(arena);
}

static void test_next(void **state) {
    next_is("0 0 5 * * ?", NULL, "2026-01-01T05:00:00Z", "2026-01-02T05:00:00Z");
    next_is("0 5 * * *", NULL, "2026-01-01T04:59:59Z", "2026-01-01T05:00:00Z");
    next_is("0 0/15 * * * ?", NULL, "2026-01-01T05:01:00Z", "2026-01-01T05:15:00Z");
    next_is("0 0 12 ? * MON-FRI", NULL, "2026-01-02T12:00:00Z", "2026-01-05T12:00:00Z"); /* Friday to Monday */
    next_is("0 0 9 L * ?", NULL, "2026-02-01T00:00:00Z", "2026-02-28T09:00:00Z");
    next_is("0 0 9 LW * ?", NULL, "2026-02-01T00:00:00Z", "2026-02-27T09:00:00Z");  /* the 28th is a Saturday */
    next_is("0 0 9 15W * ?", NULL, "2026-02-01T00:00:00Z", "2026-02-16T09:00:00Z"); /* the 15th is a Sunday */
    next_is("0 15 10 ? * 6L", NULL, "2026-01-01T00:00:00Z", "2026-01-30T10:15:00Z");
    next_is("0 15 10 ? * 6#3", NULL, "2026-01-01T00:00:00Z", "2026-01-16T10:15:00Z");
    next_is("0 0 0 29 2 ?", NULL, "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z");
    next_is("@weekly", NULL, "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z");
    next_is("0 0 1 1 0", NULL, "2026-01-01T12:00:00Z", "2026-01-04T00:00:00Z"); /* Unix: 1 January or a Sunday in January */
    next_is("0 0 0 1 1 ? 2030", NULL, "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
    next_is("0 0 0 1 1 ? 2020", NULL, "2026-01-01T00:00:00Z", "none");
    next_is("0 0 0 1 1 ? 2027/2", NULL, "2027-06-01T00:00:00Z", "2029-01-01T00:00:00Z");
    next_is("0 0 0 1 1 ? 2020,2030-2031", NULL, "2030-06-01T00:00:00Z", "2031-01-01T00:00:00Z");
    next_is("0 0 9 L-3 * ?", NULL, "2026-02-01T00:00:00Z", "2026-02-25T09:00:00Z");
    next_is("0 0 9 L-1W * ?", NULL, "2026-02-01T00:00:00Z", "2026-02-27T09:00:00Z");
    next_is("0 0 9 1,L * ?", NULL, "2026-02-02T00:00:00Z", "2026-02-28T09:00:00Z");
    next_is("0 0 9 ? * MON#1,MON#3", NULL, "2026-01-06T00:00:00Z", "2026-01-19T09:00:00Z");
    next_is("0 0 9 ? * FRIL", NULL, "2026-01-01T00:00:00Z", "2026-01-30T09:00:00Z");
    next_is("0 9 * * 5#3", NULL, "2026-01-01T00:00:00Z", "2026-01-16T09:00:00Z");
    next_is("0 9 * * L5", NULL, "2026-01-01T00:00:00Z", "2026-01-30T09:00:00Z");
    next_is("0 9 L * *", NULL, "2026-02-01T00:00:00Z", "2026-02-28T09:00:00Z");
    next_is("cron(30 9 ? * 2-6 *)", NULL, "2026-01-03T00:00:00Z", "2026-01-05T09:30:00Z"); /* AWS: 2 is Monday */
    next_is("cron(0 12 1 1 ? 2028)", NULL, "2026-01-03T00:00:00Z", "2028-01-01T12:00:00Z");
}

static void test_refused(void **state) {
    static const char *const bad[] = {"",
                                      "* * *",
                                      "61 * * * *",
                                      "0 0 25 * * ?",
                                      "a b c d e",
                                      "0 0 0 32 * ?",
                                      "*/0 * * * *",
                                      "1 2 3 4 5 6 7 8",
                                      "0 0 5 * * 9",
                                      "0 0 5 L-40 * ?",
                                      "0 0 5 32W * ?",
                                      "0 0 5 ? * 6#6",
                                      "0 0 5 ? * 6LL",
                                      "cron(0 5 * * ?)",
                                      "0 0 5 * * ? 1900"};
    struct arena *arena = arena_create(ARENA_SMALL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        assert_null(cron_parse(arena, bad[i], &why));
        assert_non_null(why);
    }
    arena_destroy(arena);
}

static int64_t count(const char *cron, const char *zone, const char *from, const char *until) {
    struct arena *arena = arena_create(ARENA_SMALL);
    const char *why = NULL;
    int64_t n = cron_count(cron_parse(arena, cron, &why), zone, at(from), at(until), INT64_MAX);
    arena_destroy(arena);
    return n;
}

static void test_count(void **state) {
    assert_int_equal(count("0 0 5 * * ?", NULL, "2026-01-01", "2026-02-01"), 31);
    assert_int_equal(count("*/5 * * * *", NULL, "2026-02-01", "2026-03-01"), 28 * 288);
    assert_int_equal(count("0 * * * *", NULL, "2026-01-01T00:30:00Z", "2026-01-01T03:30:00Z"), 3);
    assert_int_equal(count("* * * * * ?", NULL, "2026-01-01", "2026-01-02"), 86400);
}

static void test_zone(void **state) {
    struct arena *arena = arena_create(ARENA_SMALL);
    bool there = zone_open(arena, "Europe/Berlin") != NULL;
    assert_null(zone_open(arena, "../../etc/passwd"));
    assert_null(zone_open(arena, "Nowhere/Town"));
    arena_destroy(arena);
    if (!there) skip(); /* the system has no zone files */
    next_is("0 0 5 * * ?", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-01-01T04:00:00Z");
    next_is("0 0 5 * * ?", "Europe/Berlin", "2026-07-01T00:00:00Z", "2026-07-01T03:00:00Z");
    /* 2026-03-29 02:00 to 03:00 does not exist: Quartz fires an hour later, once; cron at the moment of the change */
    next_is("0 30 2 * * ?", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z");
    next_is("0 30 2 * * ?", "Europe/Berlin", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
    next_is("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z");
    assert_int_equal(count("0 0,30 2,3 * * ?", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), 2); /* 02:00 is 03:00 is one */
    assert_int_equal(count("0 0,30 2 * * ?", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), 1);
    assert_int_equal(count("0 30 * * * ?", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), 23);
    assert_int_equal(count("30 * * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), 23);
    /* 2026-10-25 02:00 to 03:00 comes twice: a fixed time fires once; an hourly one once in Quartz, twice in cron, which goes by real time */
    assert_int_equal(count("0 30 2 * * ?", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 1);
    assert_int_equal(count("30 2 * * *", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 1);
    assert_int_equal(count("0 30 * * * ?", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 24);
    assert_int_equal(count("30 * * * *", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 25);
    assert_int_equal(count("*/15 * * * *", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 100);
    assert_int_equal(count("0 0 5 * * ?", "America/New_York", "2040-01-01", "2041-01-01"), 366); /* by the rule in the footer */
    next_is("0 0 5 * * ?", "America/New_York", "2040-07-01T00:00:00Z", "2040-07-01T09:00:00Z");
    next_is("0 0 5 * * ?", "Australia/Sydney", "2040-01-01T00:00:00Z", "2040-01-01T18:00:00Z"); /* summer in January */
}

/* ---- against a count that looks at every minute and asks nothing but the words ---- */

static bool part_names(const char *part, int value, int low, int high) {
    int from, to, step = 1, read = 0;
    if (*part == '*' || *part == '?') from = low, to = high, read = 1;
    else if (sscanf(part, "%d-%d%n", &from, &to, &read) < 2) sscanf(part, "%d%n", &from, &read), to = part[read] == '/' ? high : from;
    if (part[read] == '/') step = atoi(part + read + 1);
    return value >= from && value <= to && (value - from) % step == 0;
}

static bool field_names(const char *field, int value, int low, int high) {
    char copy[64], *rest = copy;
    snprintf(copy, sizeof copy, "%s", field);
    for (char *part; (part = strsep(&rest, ","));) {
        if (part_names(part, value, low, high)) return true;
    }
    return false;
}

static bool is_star(const char *field) { return *field == '*' && !field[1]; }

/* Unix fields, or those of Quartz with its seconds 0; numbers only. */
static int64_t counted_by_hand(const char *cron, int64_t from, int64_t until) {
    char f[6][32];
    int n = sscanf(cron, "%31s %31s %31s %31s %31s %31s", f[0], f[1], f[2], f[3], f[4], f[5]), quartz = n == 6;
    char(*g)[32] = f + quartz;
    int64_t count = 0;
    for (int64_t at = from; at < until; at += 60) {
        time_t when = (time_t)at;
        struct tm t;
        gmtime_r(&when, &t);
        if (!field_names(g[0], t.tm_min, 0, 59) || !field_names(g[1], t.tm_hour, 0, 23)) continue;
        bool day = field_names(g[2], t.tm_mday, 1, 31), weekday = field_names(g[4], t.tm_wday + quartz, quartz, 6 + quartz);
        if (!quartz && t.tm_wday == 0) weekday = weekday || field_names(g[4], 7, 0, 7);
        bool days = !quartz && !is_star(g[2]) && !is_star(g[4]) ? day || weekday : day && weekday;
        count += days && field_names(g[3], t.tm_mon + 1, 1, 12);
    }
    return count;
}

static void test_counts_by_hand(void **state) {
    static const char *const minutes[] = {"0", "*/7", "5-50/15", "1,2,59", "*"}, *const hours[] = {"*", "3", "*/5", "22-23,0", "8-18/2"};
    static const char *const days[] = {"*", "1", "31", "*/10", "29-31"}, *const months[] = {"*", "2", "1-12/5"};
    static const char *const weekdays[] = {"*", "1-5", "6", "2,4"};
    int64_t from = at("2028-01-20"), until = at("2028-03-10"); /* a leap day among them */
    unsigned seed = 1;
    for (int i = 0; i < 25; i++) {
        char unix_words[160], quartz_words[160];
        seed = seed * 1103515245u + 12345u;
        unsigned r = seed >> 8;
        const char *m = minutes[r % 5], *h = hours[r / 5 % 5], *d = days[r / 25 % 5], *mo = months[r / 125 % 3], *w = weekdays[r / 375 % 4];
        snprintf(unix_words, sizeof unix_words, "%s %s %s %s %s", m, h, d, mo, w);
        snprintf(quartz_words, sizeof quartz_words, "0 %s %s %s %s %s", m, h, d, mo, strcmp(w, "*") == 0 ? "?" : w);
        const char *const both[] = {unix_words, quartz_words};
        for (int k = 0; k < 2; k++) {
            int64_t wanted = counted_by_hand(both[k], from, until), got = count(both[k], NULL, "2028-01-20", "2028-03-10");
            static int64_t list[300000];
            const char *why;
            struct arena *arena = arena_create(ARENA_SMALL);
            int64_t listed = (int64_t)cron_list(cron_parse(arena, both[k], &why), NULL, from, until, list, 300000);
            arena_destroy(arena);
            if (listed != wanted) fail_msg("%s: %lld fires listed, by hand %lld", both[k], (long long)listed, (long long)wanted);
            if (got != wanted) fail_msg("%s: %lld fires, by hand %lld", both[k], (long long)got, (long long)wanted);
        }
    }
}

static void words(const char *cron, const char *want, double per_month) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct fires f = fires_of(arena, &(struct schedule){.cron = cron}, at("2026-01-10"));
    assert_true(f.known);
    assert_string_equal(f.text, want);
    assert_true(f.per_month > per_month - 0.01 && f.per_month < per_month + 0.01);
    arena_destroy(arena);
}

static void test_words(void **state) {
    words("0 0 5 * * ?", "daily at 05:00", 365 / 12.0);
    words("0 0 * * * ?", "hourly", 8760 / 12.0);
    words("0 0/15 * * * ?", "every 15 minutes", 8760 * 4 / 12.0);
    words("0 0 */6 * * ?", "every 6 hours", 1460 / 12.0);
    words("0 6 * * 1", "MON at 06:00", 52 / 12.0);
    words("0 0 6 1 * ?", "monthly on day 1 at 06:00", 1);
}

static void test_other_schedules(void **state) {
    struct arena *arena = arena_create(ARENA_SMALL);
    int64_t now = at("2026-01-10");
    struct fires f = fires_of(arena, &(struct schedule){.every_seconds = 3600}, now);
    assert_true(f.known && f.per_month > 730 && f.per_month < 731);
    assert_string_equal(f.text, "every hour");
    f = fires_of(arena, &(struct schedule){.cron = "0 0 * * * ?", .paused = true}, now);
    assert_true(f.known && f.per_month == 0);
    f = fires_of(arena, &(struct schedule){.continuous = true}, now);
    assert_true(f.known && f.continuous);
    f = fires_of(arena, &(struct schedule){.trigger = "file arrival"}, now);
    assert_false(f.known);
    assert_non_null(strstr(f.why, "file arrival"));
    f = fires_of(arena, &(struct schedule){0}, now);
    assert_false(f.known);
    f = fires_of(arena, &(struct schedule){.cron = "rate(15 minutes)"}, now);
    assert_true(f.known && f.shortest == 900);
    f = fires_of(arena, &(struct schedule){.cron = "0 0 5 1 * ?", .timezone = "UTC"}, now);
    assert_string_equal(fires_text(arena, &f), "monthly on day 1 at 05:00: 1 runs a month (12 from 2026-01 to 2026-12)");
    f = fires_of(arena, &(struct schedule){.cron = "0 0 5 L 2 ?"}, now);
    assert_true(f.known && f.counted == 1 && strstr(f.text, "cron"));
    f = fires_of(arena, &(struct schedule){.cron = "not a cron"}, now);
    assert_false(f.known);
    arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next), cmocka_unit_test(test_refused), cmocka_unit_test(test_count),           cmocka_unit_test(test_counts_by_hand),
        cmocka_unit_test(test_zone), cmocka_unit_test(test_words),   cmocka_unit_test(test_other_schedules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
