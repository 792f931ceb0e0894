/* zone.c - TZif version 2+ and the POSIX rule in its footer. RFC 8536. */
#include "zone.h"

#include "fs.h"
#include "text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_FILE_MAX ((size_t)1 << 20)
#define ZONE_DIR      "/usr/share/zoneinfo/"

/* "M3.5.0/2", "J60", "59" */
struct zone_rule {
    char kind; /* 'M', 'J', 'n' */
    int month, week, day;
    int32_t time;
};

struct zone {
    size_t count;
    int64_t *at;     /* transition instants, ascending */
    int32_t *offset; /* from at[i] on */
    int32_t first;   /* before at[0] */
    bool has_rule;   /* after the last transition */
    bool has_summer;
    int32_t standard, summer;
    struct zone_rule start, end; /* of summer time, in local wall time */
};

static int64_t be(const unsigned char *p, int n) {
    uint64_t v = p[0] & 0x80 ? ~(uint64_t)0 : 0;
    for (int i = 0; i < n; i++) v = v << 8 | p[i];
    return (int64_t)v;
}

/* Days since 1970-01-01 of a civil date: Hinnant, "chrono-compatible low-level date algorithms". */
static int64_t days_of(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t yoe = year - era * 400, doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool is_leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static bool number_read(const char **p, long max, long *out) {
    if (!isdigit((unsigned char)**p)) return false;
    long v = 0;
    while (isdigit((unsigned char)**p) && v <= max) v = v * 10 + *(*p)++ - '0';
    return *out = v, v <= max;
}

static bool clock_read(const char **p, int32_t *out) {
    int sign = 1;
    if (**p == '+' || **p == '-') sign = *(*p)++ == '-' ? -1 : 1;
    long h, m = 0, s = 0;
    if (!number_read(p, 167, &h)) return false;
    if (**p == ':' && (++*p, !number_read(p, 59, &m))) return false;
    if (**p == ':' && (++*p, !number_read(p, 59, &s))) return false;
    return *out = sign * (int32_t)(h * 3600 + m * 60 + s), true;
}

static bool name_skip(const char **p) {
    if (**p == '<') {
        const char *end = strchr(*p, '>');
        return end ? *p = end + 1, true : false;
    }
    const char *start = *p;
    while (isalpha((unsigned char)**p)) ++*p;
    return *p > start;
}

static bool rule_read(const char **p, struct zone_rule *out) {
    long a = 0, b = 0, c = 0;
    if (*(*p)++ != ',') return false;
    out->kind = **p == 'M' || **p == 'J' ? *(*p)++ : 'n';
    if (!number_read(p, 365, &a)) return false;
    if (out->kind == 'M') {
        if (*(*p)++ != '.' || !number_read(p, 5, &b) || *(*p)++ != '.' || !number_read(p, 6, &c) || a < 1 || a > 12 || b < 1) return false;
    }
    out->month = (int)a, out->week = (int)b, out->day = out->kind == 'M' ? (int)c : (int)a;
    out->time = 7200;
    if (**p == '/') return ++*p, clock_read(p, &out->time);
    return true;
}

static bool footer_read(struct zone *zone, const char *p) {
    int32_t west;
    if (!name_skip(&p) || !clock_read(&p, &west)) return false;
    zone->standard = -west;
    zone->has_rule = true;
    if (!*p) return true;
    if (!name_skip(&p)) return false;
    zone->summer = zone->standard + 3600;
    if (*p && *p != ',') {
        if (!clock_read(&p, &west)) return false;
        zone->summer = -west;
    }
    return zone->has_summer = rule_read(&p, &zone->start) && rule_read(&p, &zone->end);
}

/* Local wall time of the rule in a year. */
static int64_t rule_local(const struct zone_rule *rule, int64_t year) {
    int64_t day;
    if (rule->kind == 'M') {
        int64_t first = days_of(year, rule->month, 1);
        int weekday = (int)((first + 4) % 7 + 7) % 7;
        day = first + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
        int64_t next = rule->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, rule->month + 1, 1);
        while (day >= next) day -= 7;
    } else {
        day = days_of(year, 1, 1) + rule->day - (rule->kind == 'J');
        if (rule->kind == 'J' && is_leap(year) && rule->day >= 60) day++;
    }
    return day * 86400 + rule->time;
}

static int32_t rule_offset(const struct zone *zone, int64_t utc) {
    if (!zone->has_summer) return zone->standard;
    int64_t year = 1970 + utc / 31556952;
    for (int64_t y = year + 1; y >= year - 1; y--) { /* the latest change not after `utc` */
        int64_t on = rule_local(&zone->start, y) - zone->standard, off = rule_local(&zone->end, y) - zone->summer;
        if (on > off) {
            if (utc >= on) return zone->summer;
            if (utc >= off) return zone->standard;
        } else {
            if (utc >= off) return zone->standard;
            if (utc >= on) return zone->summer;
        }
    }
    return zone->standard;
}

/* One data block: header counts at `p`; gives the size of the block with `wide`-byte times, 0 when it does not fit. */
static size_t block_size(const unsigned char *p, size_t n, int wide, int64_t counts[6]) {
    if (n < 44 || memcmp(p, "TZif", 4) != 0) return 0;
    for (int i = 0; i < 6; i++) counts[i] = be(p + 20 + 4 * i, 4); /* isut, isstd, leap, time, type, char */
    for (int i = 0; i < 6; i++) {
        if (counts[i] < 0 || counts[i] > 100000) return 0;
    }
    size_t size = 44 + (size_t)(counts[3] * (wide + 1) + counts[4] * 6 + counts[5] + counts[2] * (wide + 4) + counts[1] + counts[0]);
    return size <= n ? size : 0;
}

static bool zone_read(struct arena *arena, struct zone *zone, struct str bytes) {
    const unsigned char *p = (const unsigned char *)bytes.p;
    int64_t c[6];
    size_t skip = block_size(p, bytes.n, 4, c);
    if (!skip || p[4] < '2') return false;
    p += skip;
    size_t n = bytes.n - skip, size = block_size(p, n, 8, c);
    if (!size || c[4] < 1) return false;
    zone->count = (size_t)c[3];
    zone->at = arena_array(arena, zone->count, sizeof *zone->at);
    zone->offset = arena_array(arena, zone->count, sizeof *zone->offset);
    const unsigned char *times = p + 44, *kinds = times + 8 * c[3], *types = kinds + c[3];
    zone->first = (int32_t)be(types, 4);
    for (size_t i = 0; i < zone->count; i++) {
        if (kinds[i] >= c[4]) return false;
        zone->at[i] = be(times + 8 * i, 8);
        zone->offset[i] = (int32_t)be(types + 6 * kinds[i], 4);
    }
    if (n > size + 2) {
        char *footer = arena_copy(arena, p + size + 1, n - size - 1);
        footer[strcspn(footer, "\n")] = 0;
        if (*footer && !footer_read(zone, footer)) return false;
    }
    return true;
}

struct zone *zone_open(struct arena *arena, const char *name) {
    struct zone *zone = arena_new(arena, struct zone);
    if (!name || !*name || strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0 || strcmp(name, "GMT") == 0 || strcmp(name, "Z") == 0)
        return zone;
    if (strlen(name) > 60 || !fs_path_safe(name)) return NULL;
    for (const char *p = name; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("/_+-", *p)) return NULL;
    }
    struct str bytes;
    if (fs_read(arena, arena_printf(arena, ZONE_DIR "%s", name), ZONE_FILE_MAX, &bytes)) return NULL;
    return zone_read(arena, zone, bytes) ? zone : NULL;
}

int32_t zone_offset(const struct zone *zone, int64_t utc) {
    if (!zone->count || utc < zone->at[0]) return zone->count || !zone->has_rule ? zone->first : rule_offset(zone, utc);
    if (utc >= zone->at[zone->count - 1] && zone->has_rule) return rule_offset(zone, utc);
    size_t low = 0, high = zone->count; /* the last transition not after `utc` */
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (zone->at[mid] <= utc) low = mid;
        else high = mid;
    }
    return zone->offset[low];
}

int zone_instants(const struct zone *zone, int64_t local, int64_t out[2], int64_t *change) {
    int32_t before = zone_offset(zone, local - 93600), after = zone_offset(zone, local + 93600);
    int n = 0;
    if (zone_offset(zone, local - before) == before) out[n++] = local - before;
    if (after != before && zone_offset(zone, local - after) == after) out[n++] = local - after;
    if (n == 2 && out[0] > out[1]) {
        int64_t swap = out[0];
        out[0] = out[1], out[1] = swap;
    }
    if (n) return n;
    int64_t low = local - 93600, high = local + 93600; /* offset differs between them */
    while (high - low > 1) {
        int64_t mid = low + (high - low) / 2;
        if (zone_offset(zone, mid) == before) low = mid;
        else high = mid;
    }
    return *change = high, 0;
}
