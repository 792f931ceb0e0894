/* fires.c - cron expressions, day by day in local time; only days around a clock change are looked at instant by instant. */
#include "fires.h"

#include "text.h"
#include "zone.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define CRON_YEARS 5
#define DAY        86400
#define MONTH_DAYS 30.436875 /* mean of the Gregorian calendar */

#define YEAR_FIRST 1970
#define YEAR_LAST  2199

struct cron {
    uint64_t seconds, minutes;
    uint32_t hours, days, months; /* bit n: value n */
    uint32_t weekdays;            /* bit 0: Sunday */
    bool any_day, any_weekday;    /* the field is * or ? */
    bool either;                  /* Unix: both day fields given: one of them is enough */
    uint32_t near_days;           /* 15W: bit 15 */
    uint32_t last_days;           /* L: bit 0; L-3: bit 3 */
    uint32_t last_near;           /* LW: bit 0; L-3W: bit 3 */
    uint32_t last_weekdays;       /* 6L: bit of the weekday */
    uint8_t nth_weekdays[7];      /* 6#3: bit 3 of the weekday */
    bool some_years;
    uint64_t years[4]; /* bit 0: YEAR_FIRST */
    bool quartz;       /* clock changes are Quartz's way */
    bool by_real_time; /* Unix: minutes or hours begin with a star: as real time goes on */
};

/* Civil date of a day number. Hinnant, "chrono-compatible low-level date algorithms". */
struct civil {
    int64_t year;
    int month, day, weekday, month_days;
};

static int month_length(int64_t y, int m) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0) ? 29 : lengths[m - 1];
}

static struct civil civil_of(int64_t days) {
    struct civil c = {.weekday = (int)(((days + 4) % 7 + 7) % 7)};
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = yoe + era * 400 + (c.month <= 2);
    c.month_days = month_length(c.year, c.month);
    return c;
}

/* ---- reading ---- */

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
static const char *const day_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct field {
    const char *what;
    int low, high;
    const char *const *names;
    size_t name_count;
    int name_base;
};

static bool value_read(struct str *at, const struct field *field, int *out) {
    size_t n = 0;
    while (n < at->n && isalpha((unsigned char)at->p[n])) n++;
    if (n == 4 && at->p[3] == 'L') n = 3; /* FRIL */
    if (n >= 3) {
        for (size_t i = 0; i < field->name_count; i++) {
            if (!str_iis((struct str){at->p, 3}, field->names[i])) continue;
            *at = (struct str){at->p + n, at->n - n};
            return *out = field->name_base + (int)i, true;
        }
        return false;
    }
    int v = 0;
    for (n = 0; n < at->n && n < 5 && isdigit((unsigned char)at->p[n]); n++) v = v * 10 + at->p[n] - '0';
    if (n == 0) return false;
    *at = (struct str){at->p + n, at->n - n};
    return *out = v, true;
}

/* One element of a list: "*", "5", "1-5", "0/15", "1-10/2". */
static bool range_read(struct str part, const struct field *field, int *from, int *to, int *step) {
    *step = 1;
    bool open = false;
    if (part.n && (part.p[0] == '*' || part.p[0] == '?')) {
        *from = field->low, *to = field->high;
        part = (struct str){part.p + 1, part.n - 1};
    } else {
        if (!value_read(&part, field, from)) return false;
        *to = *from;
        open = true;
        if (part.n && part.p[0] == '-') {
            part = (struct str){part.p + 1, part.n - 1};
            if (!value_read(&part, field, to)) return false;
            open = false;
        }
    }
    if (part.n && part.p[0] == '/') {
        part = (struct str){part.p + 1, part.n - 1};
        if (!value_read(&part, field, step) || *step < 1) return false;
        if (open) *to = field->high;
    }
    return part.n == 0 && *from >= field->low && *from <= field->high && *to >= field->low && *to <= field->high;
}

static bool field_read(struct str text, const struct field *field, uint64_t *bits) {
    *bits = 0;
    struct str part;
    while (str_split(&text, ',', &part)) {
        int from, to, step;
        if (!range_read(part, field, &from, &to, &step)) return false;
        if (to < from) to += field->high - field->low + 1; /* FRI-MON, 22-2 */
        for (int v = from; v <= to; v += step) *bits |= (uint64_t)1 << (v > field->high ? v - (field->high - field->low + 1) : v);
    }
    return *bits != 0;
}

static bool is_any(struct str text) { return str_is(text, "*") || str_is(text, "?"); }

static int small_number(struct str text) {
    int v = 0;
    if (text.n == 0 || text.n > 2) return -1;
    for (size_t i = 0; i < text.n; i++) {
        if (!isdigit((unsigned char)text.p[i])) return -1;
        v = v * 10 + text.p[i] - '0';
    }
    return v;
}

/* L, LW, L-3, L-3W: days from the end of the month. */
static bool last_day_read(struct cron *cron, struct str part) {
    bool near = part.n > 1 && part.p[part.n - 1] == 'W';
    struct str rest = {part.p + 1, part.n - 1 - near};
    int back = rest.n == 0 ? 0 : rest.p[0] == '-' ? small_number((struct str){rest.p + 1, rest.n - 1}) : -1;
    if (back < 0 || back > 30) return false;
    *(near ? &cron->last_near : &cron->last_days) |= 1u << back;
    return true;
}

static bool days_read(struct cron *cron, struct str text) {
    static const struct field field = {"day of month", 1, 31, NULL, 0, 0};
    struct str part;
    cron->any_day = is_any(text);
    while (str_split(&text, ',', &part)) {
        if (part.n && part.p[0] == 'L') {
            if (!last_day_read(cron, part)) return false;
        } else if (part.n > 1 && part.p[part.n - 1] == 'W') {
            int day = small_number((struct str){part.p, part.n - 1});
            if (day < 1 || day > 31) return false;
            cron->near_days |= 1u << day;
        } else {
            uint64_t bits;
            if (!field_read(part, &field, &bits)) return false;
            cron->days |= (uint32_t)bits;
        }
    }
    return cron->days || cron->near_days || cron->last_days || cron->last_near;
}

/* 6L, L6, 6#3, FRIL; a range or step is the caller's. */
static bool special_weekday_read(struct cron *cron, struct str part, const struct field *field, bool *failed) {
    struct str at = part;
    int day, base = field->name_base;
    if (!cron->quartz && part.n == 2 && part.p[0] == 'L') at = (struct str){part.p + 1, 1}; /* as croniter writes it */
    if (!value_read(&at, field, &day) || (!at.n && part.p[0] != 'L') || (at.n && at.p[0] != 'L' && at.p[0] != '#')) return false;
    int weekday = (day - base) % 7, nth = at.n && at.p[0] == '#' ? small_number((struct str){at.p + 1, at.n - 1}) : 0;
    *failed = day < field->low || day > field->high || (at.n && at.p[0] == '#' ? nth < 1 || nth > 5 : at.n > 1);
    if (*failed) return true;
    if (nth) cron->nth_weekdays[weekday] |= (uint8_t)(1u << nth);
    else cron->last_weekdays |= 1u << weekday;
    return true;
}

static bool weekdays_read(struct cron *cron, struct str text) {
    const struct field field = {"day of week", cron->quartz ? 1 : 0, 7, day_names, 7, cron->quartz ? 1 : 0};
    struct str part;
    cron->any_weekday = is_any(text);
    if (cron->any_weekday) return cron->weekdays = 127, true;
    if (cron->quartz && str_is(text, "L")) return cron->weekdays = 1 << 6, true; /* Saturday */
    while (str_split(&text, ',', &part)) {
        bool failed = false;
        uint64_t bits;
        if (special_weekday_read(cron, part, &field, &failed)) {
            if (failed) return false;
            continue;
        }
        if (!field_read(part, &field, &bits)) return false;
        cron->weekdays |= (uint32_t)(cron->quartz ? bits >> 1 : bits | bits >> 7) & 127; /* Unix: 7 is Sunday too */
    }
    return true;
}

static bool years_read(struct cron *cron, struct str text) {
    static const struct field field = {"year", YEAR_FIRST, YEAR_LAST, NULL, 0, 0};
    struct str part;
    if (is_any(text)) return true;
    cron->some_years = true;
    while (str_split(&text, ',', &part)) {
        int from, to, step;
        if (!range_read(part, &field, &from, &to, &step)) return false;
        for (int y = from - YEAR_FIRST; y <= to - YEAR_FIRST; y += step) cron->years[y / 64] |= (uint64_t)1 << (y % 64);
    }
    return true;
}

static const char *macro_expand(const char *text) {
    static const char *const macros[][2] = {{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
                                            {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"}};
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++) {
        if (str_iis(str_of(text), macros[i][0])) return macros[i][1];
    }
    return text;
}

static bool times_read(struct cron *cron, const struct str *f, bool seconds) {
    static const struct field second = {"second", 0, 59, NULL, 0, 0}, minute = {"minute", 0, 59, NULL, 0, 0}, hour = {"hour", 0, 23, NULL, 0, 0};
    static const struct field month = {"month", 1, 12, month_names, 12, 1};
    uint64_t hours, months;
    cron->seconds = 1;
    if (seconds && !field_read(f[0], &second, &cron->seconds)) return false;
    f += seconds;
    if (!field_read(f[0], &minute, &cron->minutes) || !field_read(f[1], &hour, &hours) || !field_read(f[3], &month, &months)) return false;
    cron->hours = (uint32_t)hours, cron->months = (uint32_t)months;
    cron->by_real_time = !cron->quartz && (f[0].p[0] == '*' || f[1].p[0] == '*');
    return true;
}

/* cron(0 12 * * ? *) of AWS: Quartz without seconds, the year always there. */
static struct str aws_take(struct str text, bool *aws) {
    *aws = str_starts(text, "cron(") && str_ends(text, ")");
    return *aws ? str_trim((struct str){text.p + 5, text.n - 6}) : text;
}

struct cron *cron_parse(struct arena *arena, const char *text, const char **why) {
    bool aws;
    struct str rest = aws_take(str_trim(str_of(macro_expand(text))), &aws), f[7];
    size_t n = 0;
    while (rest.n && n < 8) {
        size_t len = 0;
        while (len < rest.n && !isspace((unsigned char)rest.p[len])) len++;
        if (n == 7) return *why = "more than 7 fields", NULL;
        f[n++] = (struct str){rest.p, len};
        rest = str_trim((struct str){rest.p + len, rest.n - len});
    }
    struct cron *cron = arena_new(arena, struct cron);
    bool seconds = n >= 6 && !aws;
    size_t days = 2 + seconds;
    cron->quartz = n >= 6;
    if (n < 5) return *why = "fewer than 5 fields", NULL;
    if (aws && n != 6) return *why = "cron(..) wants 6 fields", NULL;
    if (!times_read(cron, f, seconds)) return *why = "a field of seconds, minutes, hours or months cannot be read", NULL;
    if (!days_read(cron, f[days])) return *why = "the day of month cannot be read", NULL;
    if (!weekdays_read(cron, f[days + 2])) return *why = "the day of week cannot be read", NULL;
    if (n > days + 3 && !years_read(cron, f[days + 3])) return *why = "the year cannot be read", NULL;
    cron->either = !cron->quartz && !cron->any_day && !cron->any_weekday;
    return cron;
}

/* ---- days ---- */

static int near_day(int day, const struct civil *c) {
    int first_weekday = ((c->weekday - (c->day - 1)) % 7 + 7) % 7; /* of the 1st */
    if (day > c->month_days) return 0;
    int weekday = (first_weekday + day - 1) % 7;
    if (weekday == 6) return day > 1 ? day - 1 : 3;
    if (weekday == 0) return day < c->month_days ? day + 1 : day - 2;
    return day;
}

static bool day_of_month_fits(const struct cron *cron, const struct civil *c) {
    uint32_t back = 1u << (c->month_days - c->day);
    if ((cron->days >> c->day & 1) || (cron->last_days & back)) return true;
    for (int day = 1; cron->near_days && day <= c->month_days; day++) {
        if (cron->near_days >> day & 1 && near_day(day, c) == c->day) return true;
    }
    for (int k = 0; cron->last_near && k < c->month_days; k++) {
        if (cron->last_near >> k & 1 && near_day(c->month_days - k, c) == c->day) return true;
    }
    return false;
}

static bool weekday_fits(const struct cron *cron, const struct civil *c) {
    bool last = c->day > c->month_days - 7;
    return (cron->weekdays >> c->weekday & 1) || (last && cron->last_weekdays >> c->weekday & 1) ||
           (cron->nth_weekdays[c->weekday] >> ((c->day - 1) / 7 + 1) & 1);
}

static bool year_fits(const struct cron *cron, int64_t year) {
    if (!cron->some_years) return true;
    int64_t at = year - YEAR_FIRST;
    return at >= 0 && at <= YEAR_LAST - YEAR_FIRST && cron->years[at / 64] >> (at % 64) & 1;
}

static bool day_fits(const struct cron *cron, const struct civil *c) {
    if (!(cron->months >> c->month & 1) || !year_fits(cron, c->year)) return false;
    if (cron->either) return day_of_month_fits(cron, c) || weekday_fits(cron, c);
    return (cron->any_day || day_of_month_fits(cron, c)) && (cron->any_weekday || weekday_fits(cron, c));
}

/* Calls for every local time of the day, in order; a true answer ends it. */
typedef bool (*time_visit)(void *ctx, int second_of_day);

static bool times_each(const struct cron *cron, time_visit fn, void *ctx) {
    for (int h = 0; h < 24; h++) {
        if (!(cron->hours >> h & 1)) continue;
        for (int m = 0; m < 60; m++) {
            if (!(cron->minutes >> m & 1)) continue;
            for (int s = 0; s < 60; s++) {
                if (cron->seconds >> s & 1 && fn(ctx, h * 3600 + m * 60 + s)) return true;
            }
        }
    }
    return false;
}

struct day_walk {
    const struct cron *cron;
    const struct zone *zone;
    int64_t day, from, until; /* from inclusive, until exclusive, UTC */
    int64_t first, count, skipped_at;
    bool once;     /* the first fire is enough: instants of the day ascend */
    int64_t *list; /* all of them are wanted; NULL: not */
    size_t listed, most;
};

static void walk_take(struct day_walk *w, int64_t at) {
    if (at < w->from || at >= w->until) return;
    w->count++;
    if (w->list && w->listed < w->most) w->list[w->listed++] = at;
    if (at < w->first) w->first = at;
}

static bool names_time(const struct cron *cron, int second) {
    return cron->hours >> (second / 3600) & 1 && cron->minutes >> (second / 60 % 60) & 1 && cron->seconds >> (second % 60) & 1;
}

/* A local time that the clock jumps over. Quartz asks a lenient calendar, which gives the hour after it, and goes on from there: the first of such
 * times fires, so much later, unless that is a fire anyway. cron runs what it missed at once, but not what goes by real time. */
static void gap_take(struct day_walk *w, int second, int64_t change) {
    bool first = change != w->skipped_at;
    int64_t gap = zone_offset(w->zone, change) - zone_offset(w->zone, change - 1), later = second + gap;
    w->skipped_at = change;
    if (!first || w->cron->by_real_time) return;
    if (!w->cron->quartz) walk_take(w, change);
    else if (later >= DAY || !names_time(w->cron, (int)later)) walk_take(w, w->day * DAY + second - zone_offset(w->zone, change - 1));
}

static bool walk_visit(void *ctx, int second) {
    struct day_walk *w = ctx;
    int64_t at[2], change;
    int n = zone_instants(w->zone, w->day * DAY + second, at, &change);
    if (n == 0) return gap_take(w, second, change), false;
    /* What comes twice: Quartz takes the later and never the same local time again, cron the first, or both by real time. */
    if (n == 1 || !w->cron->quartz) walk_take(w, at[0]);
    if (n == 2 && (w->cron->quartz || w->cron->by_real_time)) walk_take(w, at[1]);
    return w->once && w->count;
}

static int bits_count(uint64_t bits) { return __builtin_popcountll(bits); }

/* Fires of the local day within [from, until); *first is lowered to the earliest. */
static int64_t day_count(const struct cron *cron, const struct zone *zone, int64_t day, int64_t from, int64_t until, int64_t *first) {
    int64_t start = day * DAY;
    int32_t offset = zone_offset(zone, start - DAY);
    bool plain = offset == zone_offset(zone, start + 2 * DAY) && offset == zone_offset(zone, start + DAY / 2);
    if (plain && start - offset >= from && start + DAY - offset <= until && *first <= start - offset) {
        return (int64_t)bits_count(cron->hours) * bits_count(cron->minutes) * bits_count(cron->seconds);
    }
    struct day_walk w = {.cron = cron,
                         .zone = zone,
                         .day = day,
                         .from = from,
                         .until = until,
                         .first = *first,
                         .skipped_at = INT64_MIN,
                         .once = plain && until == INT64_MAX};
    times_each(cron, walk_visit, &w);
    *first = w.first;
    return w.count;
}

static int64_t local_day(const struct zone *zone, int64_t utc) {
    int64_t local = utc + zone_offset(zone, utc);
    return local >= 0 ? local / DAY : -((DAY - 1 - local) / DAY);
}

static bool next_in(const struct cron *cron, const struct zone *zone, int64_t after, int64_t *out) {
    int64_t day = local_day(zone, after);
    for (int64_t d = day; d <= day + 366 * CRON_YEARS; d++) {
        struct civil c = civil_of(d);
        if (!day_fits(cron, &c)) continue;
        int64_t first = INT64_MAX;
        if (day_count(cron, zone, d, after + 1, INT64_MAX, &first) && first != INT64_MAX) return *out = first, true;
    }
    return false;
}

bool cron_next(const struct cron *cron, const char *timezone, int64_t after, int64_t *out) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct zone *zone = zone_open(arena, timezone);
    bool found = zone && next_in(cron, zone, after, out);
    arena_destroy(arena);
    return found;
}

static int64_t count_in(const struct cron *cron, const struct zone *zone, int64_t from, int64_t until, int64_t max) {
    int64_t count = 0, last = local_day(zone, until);
    for (int64_t d = local_day(zone, from); d <= last && count < max; d++) {
        struct civil c = civil_of(d);
        int64_t none = INT64_MIN;
        if (day_fits(cron, &c)) count += day_count(cron, zone, d, from, until, &none);
    }
    return count < max ? count : max;
}

int64_t cron_count(const struct cron *cron, const char *timezone, int64_t from, int64_t until, int64_t max) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct zone *zone = zone_open(arena, timezone);
    int64_t count = zone ? count_in(cron, zone, from, until, max) : -1;
    arena_destroy(arena);
    return count;
}

size_t cron_list(const struct cron *cron, const char *timezone, int64_t from, int64_t until, int64_t *out, size_t max) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct zone *zone = zone_open(arena, timezone);
    struct day_walk w = {.cron = cron, .zone = zone, .from = from, .until = until, .skipped_at = INT64_MIN, .list = out, .most = max};
    for (int64_t d = zone ? local_day(zone, from) : 0; zone && d <= local_day(zone, until) && w.listed < max; d++) {
        struct civil c = civil_of(d);
        w.day = d;
        if (day_fits(cron, &c)) times_each(cron, walk_visit, &w);
    }
    arena_destroy(arena);
    return w.listed;
}

/* ---- in words ---- */

static int bit_lowest(uint64_t bits) { return __builtin_ctzll(bits); }

/* "every 15 minutes" when the bits are evenly spaced from 0 over `span`. */
static int bits_step(uint64_t bits, int span) {
    int n = bits_count(bits), step = n ? span / n : 0;
    if (n < 2 || span % n) return 0;
    for (int v = 0, low = bit_lowest(bits); v < n; v++) {
        if (low + v * step >= span || !(bits >> (low + v * step) & 1)) return 0;
    }
    return step;
}

/* Days by number or by weekday alone, no other words and no years. */
static bool is_plain(const struct cron *cron) {
    uint32_t special = cron->near_days | cron->last_days | cron->last_near | cron->last_weekdays;
    for (size_t i = 0; i < 7; i++) special |= cron->nth_weekdays[i];
    return !special && !cron->some_years && cron->months == 8190;
}

static const char *cron_words(struct arena *arena, const struct cron *cron, const char *text, const char *timezone) {
    bool all_days = cron->any_day && cron->any_weekday && is_plain(cron);
    const char *zone = timezone && strcmp(timezone, "UTC") != 0 ? arena_printf(arena, " %s", timezone) : "";
    int hours = bits_count(cron->hours), minutes = bits_count(cron->minutes);
    if (bits_count(cron->seconds) == 1 && all_days) {
        if (hours == 24 && minutes == 60) return "every minute";
        if (hours == 24 && minutes == 1) return "hourly";
        if (hours == 24 && bits_step(cron->minutes, 60)) return arena_printf(arena, "every %d minutes", bits_step(cron->minutes, 60));
        if (minutes == 1 && bits_step(cron->hours, 24)) return arena_printf(arena, "every %d hours", bits_step(cron->hours, 24));
    }
    if (bits_count(cron->seconds) == 1 && hours == 1 && minutes == 1 && is_plain(cron)) {
        const char *at = arena_printf(arena, "%02d:%02d%s", bit_lowest(cron->hours), bit_lowest(cron->minutes), zone);
        if (all_days) return arena_printf(arena, "daily at %s", at);
        if (cron->any_day && bits_count(cron->weekdays) == 1) {
            return arena_printf(arena, "%s at %s", day_names[bit_lowest(cron->weekdays)], at);
        }
        if (cron->any_weekday && bits_count(cron->days) == 1) return arena_printf(arena, "monthly on day %d at %s", bit_lowest(cron->days), at);
    }
    return arena_printf(arena, "cron \"%s\"%s", text, zone);
}

static struct fires fires_unknown(const char *why) { return (struct fires){.why = why, .text = "schedule not known"}; }

static struct fires fires_every(struct arena *arena, double seconds) {
    struct fires f = {.known = true, .per_month = MONTH_DAYS * DAY / seconds, .shortest = seconds};
    double n = seconds;
    const char *unit = "second";
    if (n >= DAY) n /= DAY, unit = "day";
    else if (n >= 3600) n /= 3600, unit = "hour";
    else if (n >= 60) n /= 60, unit = "minute";
    f.text = n == 1 ? arena_printf(arena, "every %s", unit) : arena_printf(arena, "every %.4g %ss", n, unit);
    return f;
}

static struct fires fires_cron(struct arena *arena, const struct schedule *schedule, int64_t now) {
    const char *why = NULL;
    struct cron *cron = cron_parse(arena, schedule->cron, &why);
    if (!cron) return fires_unknown(arena_printf(arena, "the schedule \"%.100s\" cannot be read: %s", schedule->cron, why));
    struct zone *zone = zone_open(arena, schedule->timezone);
    const char *shown = schedule->timezone;
    if (!zone) {
        zone = zone_open(arena, NULL);
        shown = arena_printf(arena, "%.60s (zone not known here, counted in UTC)", schedule->timezone);
    }
    struct civil c = civil_of(local_day(zone, now));
    int64_t from = (local_day(zone, now) - c.day + 1) * DAY;
    int64_t days = 0;
    for (int i = 0, m = c.month, y = (int)c.year; i < 12; i++, y += m == 12, m = m % 12 + 1) days += month_length(y, m);
    struct fires f = {.known = true, .text = cron_words(arena, cron, schedule->cron, shown)};
    f.counted = count_in(cron, zone, from, from + days * DAY, INT64_MAX);
    f.per_month = (double)f.counted / 12;
    f.month = c.month, f.year = (int)c.year;
    int64_t at = now, next;
    for (int i = 0; i < 50 && next_in(cron, zone, at, &next); i++, at = next) {
        if (i && (f.shortest == 0 || (double)(next - at) < f.shortest)) f.shortest = (double)(next - at);
    }
    return f;
}

/* rate(5 minutes), of AWS. */
static bool rate_read(const char *text, double *seconds) {
    double n;
    char unit[12];
    if (sscanf(text, "rate(%lf %11[a-z])", &n, unit) != 2 || !(n > 0) || n > 1e6) return false;
    *seconds = n * (unit[0] == 'm' ? 60 : unit[0] == 'h' ? 3600 : DAY);
    return true;
}

/* dbt tags and triggers only hint at a rhythm. */
static struct fires fires_hint(struct arena *arena, const char *trigger) {
    static const struct {
        const char *word;
        double seconds;
    } hints[] = {{"hourly", 3600}, {"nightly", DAY}, {"daily", DAY}, {"weekly", 7 * DAY}, {"monthly", MONTH_DAYS * DAY}};
    char *low = str_lower(arena, str_of(trigger));
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (!strstr(low, hints[i].word)) continue;
        struct fires f = fires_every(arena, hints[i].seconds);
        f.text = arena_printf(arena, "%s (by \"%s\")", hints[i].word, trigger);
        return f;
    }
    return fires_unknown(arena_printf(arena, "it runs on %s, how often is not known", trigger));
}

const char *fires_text(struct arena *arena, const struct fires *f) {
    if (!f->counted) return arena_printf(arena, "%s: %.4g runs a month", f->text, f->per_month);
    int last = f->month == 1 ? 12 : f->month - 1;
    return arena_printf(arena, "%s: %.4g runs a month (%lld from %d-%02d to %d-%02d)", f->text, f->per_month, (long long)f->counted, f->year,
                        f->month, f->year + (f->month > 1), last);
}

struct fires fires_of(struct arena *arena, const struct schedule *schedule, int64_t now) {
    if (schedule->paused) return (struct fires){.known = true, .text = "paused"};
    if (schedule->continuous) return (struct fires){.known = true, .per_month = 1, .continuous = true, .text = "continuously"};
    double seconds;
    if (schedule->cron && rate_read(schedule->cron, &seconds)) return fires_every(arena, seconds);
    if (schedule->cron) return fires_cron(arena, schedule, now);
    if (schedule->every_seconds > 0) return fires_every(arena, schedule->every_seconds);
    if (schedule->trigger) return fires_hint(arena, schedule->trigger);
    return fires_unknown("no schedule is known");
}
