/* clock.c - UTC only; calendars by timegm. */
#include "clock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_now(void) {
    const char *fixed = getenv("PARLEY_NOW");
    int64_t when;
    if (fixed && *fixed) return clock_parse_iso(fixed, &when) ? when : strtoll(fixed, NULL, 10);
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec;
}

static int64_t clock_us(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void) { return clock_us(CLOCK_MONOTONIC); }

int64_t clock_cpu_us(void) { return clock_us(CLOCK_THREAD_CPUTIME_ID); }

void clock_iso(int64_t when, char out[CLOCK_ISO]) {
    time_t t = (time_t)when;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(out, CLOCK_ISO, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) snprintf(out, CLOCK_ISO, "1970-01-01T00:00:00Z");
}

/* "+hh:mm", "+hhmm" or "Z" at `p`: seconds east of UTC. */
static bool zone_parse(const char *p, int64_t *east) {
    *east = 0;
    if (*p == 0 || strcmp(p, "Z") == 0 || strcmp(p, "z") == 0) return true;
    int h = 0, m = 0;
    char sign = *p;
    if (sign != '+' && sign != '-') return false;
    if (sscanf(p + 1, "%2d:%2d", &h, &m) != 2 && sscanf(p + 1, "%2d%2d", &h, &m) != 2) return false;
    *east = (sign == '+' ? 1 : -1) * (h * 3600 + m * 60);
    return true;
}

bool clock_parse_iso(const char *text, int64_t *when) {
    struct tm tm = {0};
    int used = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &used) != 3) return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31) return false;
    const char *p = text + used;
    int64_t east = 0;
    if (*p == 'T' || *p == 't' || *p == ' ') {
        p++;
        if (sscanf(p, "%2d:%2d:%2d%n", &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 3) return false;
        p += used;
        if (*p == '.') {
            do p++;
            while (isdigit((unsigned char)*p));
        }
        if (!zone_parse(p, &east)) return false;
    } else if (*p) {
        return false;
    }
    *when = (int64_t)timegm(&tm) - east;
    return true;
}

bool clock_parse_duration(const char *text, int64_t *seconds) {
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}, {"mo", 2592000}, {"y", 31536000}};
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || n <= 0 || n > 400000000) return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) != 0) continue;
        *seconds = n * units[i].seconds;
        return *seconds <= 315360000;
    }
    return false;
}
