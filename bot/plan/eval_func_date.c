/* eval_func_date.c - units, truncation, fields and shifts of dates and times. No time zones: a function that needs one is not known. */
#include "eval_func.h"

#define DAY      INT64_C(86400000000)
#define YEAR_MIN (-4000)
#define YEAR_MAX 9999

enum date_unit date_unit_of(struct str name) {
    static const struct {
        const char *name;
        enum date_unit unit;
    } names[] = {
        {"microsecond", UNIT_MICROSECOND},
        {"millisecond", UNIT_MILLISECOND},
        {"second", UNIT_SECOND},
        {"minute", UNIT_MINUTE},
        {"hour", UNIT_HOUR},
        {"day", UNIT_DAY},
        {"dd", UNIT_DAY},
        {"week", UNIT_WEEK},
        {"month", UNIT_MONTH},
        {"mon", UNIT_MONTH},
        {"mm", UNIT_MONTH},
        {"quarter", UNIT_QUARTER},
        {"year", UNIT_YEAR},
        {"yyyy", UNIT_YEAR},
        {"yy", UNIT_YEAR},
        {"dow", UNIT_DOW},
        {"doy", UNIT_DOY},
        {"dayofyear", UNIT_DOY},
        {"epoch", UNIT_EPOCH},
        {"isodow", UNIT_ISODOW},
    };
    if (name.n > 3 && (name.p[name.n - 1] | 32) == 's') name.n--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_iis(name, names[i].name)) return names[i].unit;
    return UNIT_NONE;
}

static int64_t floor_to(int64_t n, int64_t step) { return n - ((n % step) + step) % step; }

static int64_t days_of(struct value v) { return v.kind == CELL_DATE ? v.i : floor_to(v.i, DAY) / DAY; }

static struct value at_days(struct value like, int64_t days) {
    return like.kind == CELL_DATE ? value_of_kind(CELL_DATE, days) : value_of_kind(CELL_TIME, days * DAY);
}

bool date_truncate(struct value v, enum date_unit unit, struct value *out) {
    static const int64_t steps[] = {[UNIT_MICROSECOND] = 1,   [UNIT_MILLISECOND] = 1000, [UNIT_SECOND] = 1000000,
                                    [UNIT_MINUTE] = 60000000, [UNIT_HOUR] = 3600000000,  [UNIT_DAY] = DAY};
    if (v.kind != CELL_DATE && v.kind != CELL_TIME) return false;
    int y, m, d;
    int64_t days = days_of(v);
    date_parts(days, &y, &m, &d);
    switch (unit) {
    case UNIT_MICROSECOND:
    case UNIT_MILLISECOND:
    case UNIT_SECOND:
    case UNIT_MINUTE:
    case UNIT_HOUR:
    case UNIT_DAY:
        *out = v.kind == CELL_DATE ? v : value_of_kind(CELL_TIME, floor_to(v.i, steps[unit]));
        return true;
    case UNIT_WEEK:
        *out = at_days(v, floor_to(days + 3, 7) - 3);
        return true;
    case UNIT_MONTH:
        *out = at_days(v, date_days(y, m, 1));
        return true;
    case UNIT_QUARTER:
        *out = at_days(v, date_days(y, (m - 1) / 3 * 3 + 1, 1));
        return true;
    case UNIT_YEAR:
        *out = at_days(v, date_days(y, 1, 1));
        return true;
    default:
        return false;
    }
}

static int64_t iso_week(int64_t days) {
    int64_t thursday = floor_to(days + 3, 7) - 3 + 3;
    int y, m, d;
    date_parts(thursday, &y, &m, &d);
    return (thursday - date_days(y, 1, 1)) / 7 + 1;
}

bool date_field(struct value v, enum date_unit unit, struct value *out) {
    if (v.kind != CELL_DATE && v.kind != CELL_TIME) return false;
    int y, m, d;
    int64_t days = days_of(v), rest = v.kind == CELL_TIME ? v.i - days * DAY : 0;
    date_parts(days, &y, &m, &d);
    switch (unit) {
    case UNIT_YEAR:
        *out = value_int(y);
        return true;
    case UNIT_QUARTER:
        *out = value_int((m - 1) / 3 + 1);
        return true;
    case UNIT_MONTH:
        *out = value_int(m);
        return true;
    case UNIT_WEEK:
        *out = value_int(iso_week(days));
        return true;
    case UNIT_DAY:
        *out = value_int(d);
        return true;
    case UNIT_HOUR:
        *out = value_int(rest / 3600000000);
        return true;
    case UNIT_MINUTE:
        *out = value_int(rest / 60000000 % 60);
        return true;
    case UNIT_SECOND:
        *out = value_fraction(rest % 60000000, 1000000);
        return true;
    case UNIT_DOY:
        *out = value_int(days - date_days(y, 1, 1) + 1);
        return true;
    case UNIT_EPOCH:
        *out = value_fraction((__int128)days * DAY + rest, 1000000);
        return true;
    case UNIT_DOW:
        *out = value_int(((days + 4) % 7 + 7) % 7);
        return true;
    case UNIT_ISODOW:
        *out = value_int(((days + 3) % 7 + 7) % 7 + 1);
        return true;
    default:
        return false;
    }
}

static bool shift_months(struct value v, int64_t count, struct value *out) {
    int y, m, d;
    int64_t days = days_of(v), rest = v.kind == CELL_TIME ? v.i - days * DAY : 0;
    date_parts(days, &y, &m, &d);
    int64_t months = y * INT64_C(12) + m - 1 + count;
    int64_t year = floor_to(months, 12) / 12;
    if (year < YEAR_MIN || year > YEAR_MAX) return false;
    int month = (int)(months - year * 12) + 1, length = date_month_length((int)year, month);
    *out = at_days(v, date_days((int)year, month, d < length ? d : length));
    if (v.kind == CELL_TIME) out->i += rest;
    return true;
}

bool date_shift(struct value v, enum date_unit unit, int64_t count, struct value *out) {
    if ((v.kind != CELL_DATE && v.kind != CELL_TIME) || count > 4000000 || count < -4000000) return false;
    int64_t micros = 0;
    switch (unit) {
    case UNIT_YEAR:
        return shift_months(v, count * 12, out);
    case UNIT_QUARTER:
        return shift_months(v, count * 3, out);
    case UNIT_MONTH:
        return shift_months(v, count, out);
    case UNIT_WEEK:
        micros = count * 7 * DAY;
        break;
    case UNIT_DAY:
        micros = count * DAY;
        break;
    case UNIT_HOUR:
        micros = count * 3600000000;
        break;
    case UNIT_MINUTE:
        micros = count * 60000000;
        break;
    case UNIT_SECOND:
        micros = count * 1000000;
        break;
    case UNIT_MILLISECOND:
        micros = count * 1000;
        break;
    case UNIT_MICROSECOND:
        micros = count;
        break;
    default:
        return false;
    }
    *out = v;
    if (v.kind == CELL_DATE && micros % DAY == 0) out->i += micros / DAY;
    else *out = value_of_kind(CELL_TIME, (v.kind == CELL_DATE ? v.i * DAY : v.i) + micros);
    return true;
}

bool date_add_interval(struct value v, struct value interval, int sign, struct value *out) {
    if (v.kind == CELL_INTERVAL) {
        *out = value_of_kind(CELL_INTERVAL, v.i + sign * interval.i);
        out->months = v.months + sign * interval.months;
        return true;
    }
    *out = v;
    if (interval.months && !shift_months(v, (int64_t)sign * interval.months, out)) return false;
    if (interval.i % DAY == 0) return date_shift(*out, UNIT_DAY, sign * (interval.i / DAY), out);
    *out = value_of_kind(CELL_TIME, (out->kind == CELL_DATE ? out->i * DAY : out->i) + sign * interval.i);
    return true;
}

/* Adds `count` units to an interval. */
static bool interval_grow(struct value *interval, enum date_unit unit, int64_t count) {
    struct value origin = value_of_kind(CELL_TIME, 0), moved;
    if (unit == UNIT_YEAR || unit == UNIT_QUARTER || unit == UNIT_MONTH) {
        if (count > 100000 || count < -100000) return false;
        interval->months += (int)count * (unit == UNIT_YEAR ? 12 : unit == UNIT_QUARTER ? 3 : 1);
        return true;
    }
    if (!date_shift(origin, unit, count, &moved)) return false;
    interval->i += moved.i;
    return true;
}

bool interval_read(struct str text, enum date_unit unit, struct value *out) {
    struct str rest = str_trim(text), word;
    *out = value_of_kind(CELL_INTERVAL, 0);
    while (rest.n) {
        struct value number;
        str_split(&rest, ' ', &word);
        rest = str_trim(rest);
        if (!value_read_number(word, &number) || number.kind != CELL_INT) return false;
        enum date_unit of = unit;
        if (of == UNIT_NONE && (!str_split(&rest, ' ', &word) || (of = date_unit_of(word)) == UNIT_NONE)) return false;
        rest = str_trim(rest);
        if (!interval_grow(out, of, number.i)) return false;
    }
    return true;
}

static bool want_date(struct eval_run *run, struct value v, struct value *out) {
    *out = v;
    if (v.kind == CELL_DATE || v.kind == CELL_TIME) return true;
    if (v.kind != CELL_TEXT) return eval_unknown(run, "a date function on another kind");
    return value_read_date(v.text, out) || value_read_time(v.text, out) || eval_fault(run, "text that is no date");
}

static bool field(struct eval_run *run, struct value v, enum date_unit unit, struct value *out) {
    struct value date;
    if (!want_date(run, v, &date)) return false;
    return date_field(date, unit, out) || eval_unknown(run, "a date field that is not known");
}

#define FIELD(fn, unit)                                                                                                                              \
    static bool fn(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return field(run, a[0], unit, out); }
FIELD(fn_year, UNIT_YEAR)
FIELD(fn_quarter, UNIT_QUARTER)
FIELD(fn_month, UNIT_MONTH)
FIELD(fn_day, UNIT_DAY)
FIELD(fn_hour, UNIT_HOUR)
FIELD(fn_minute, UNIT_MINUTE)
FIELD(fn_second, UNIT_SECOND)
FIELD(fn_dayofyear, UNIT_DOY)

/* 1 is Sunday in Spark, MySQL, SQL Server and BigQuery. */
static bool fn_dayofweek(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (!field(run, a[0], UNIT_DOW, out)) return false;
    out->i++;
    return true;
}

static bool fn_extract(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (a[0].kind != CELL_TEXT) return eval_unknown(run, "EXTRACT without a unit");
    return field(run, a[1], date_unit_of(a[0].text), out);
}

/* date_trunc('month', x), or trunc(x, 'MM') and x, month as other dialects write it. */
static bool fn_date_trunc(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    bool unit_first = a[0].kind == CELL_TEXT && date_unit_of(a[0].text) != UNIT_NONE;
    struct value unit = unit_first ? a[0] : a[1], date;
    if (unit.kind != CELL_TEXT || !want_date(run, unit_first ? a[1] : a[0], &date)) return eval_unknown(run, "DATE_TRUNC without a unit");
    return date_truncate(date, date_unit_of(unit.text), out) || eval_unknown(run, "DATE_TRUNC to an unknown unit");
}

static bool fn_to_date(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value date;
    if (!want_date(run, a[0], &date)) return false;
    *out = value_of_kind(CELL_DATE, days_of(date));
    return true;
}

static bool shift_days(struct eval_run *run, const struct value *a, int sign, struct value *out) {
    struct value date;
    if (!want_date(run, a[0], &date)) return false;
    if (a[1].kind == CELL_INTERVAL) return date_add_interval(date, a[1], sign, out) || eval_fault(run, "date out of range");
    if (a[1].kind != CELL_INT) return eval_unknown(run, "days that are no integer");
    return date_shift(date, UNIT_DAY, sign * a[1].i, out) || eval_fault(run, "date out of range");
}

static bool fn_date_add(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return shift_days(run, a, 1, out); }

static bool fn_date_sub(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return shift_days(run, a, -1, out); }

static bool fn_add_months(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value date;
    if (!want_date(run, a[0], &date)) return false;
    if (a[1].kind != CELL_INT) return eval_unknown(run, "months that are no integer");
    return date_shift(date, UNIT_MONTH, a[1].i, out) || eval_fault(run, "date out of range");
}

/* datediff(end, start) in days, as Spark and MySQL have it; with a unit first its meaning differs and is not known. */
static bool fn_datediff(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value end, start;
    if (!want_date(run, a[0], &end) || !want_date(run, a[1], &start)) return false;
    *out = value_int(days_of(end) - days_of(start));
    return true;
}

static bool fn_last_day(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value date;
    int y, m, d;
    if (!want_date(run, a[0], &date)) return false;
    date_parts(days_of(date), &y, &m, &d);
    *out = value_of_kind(CELL_DATE, date_days(y, m, date_month_length(y, m)));
    return true;
}

/* Both queries of a pair see the same clock. */
static bool fn_today(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    *out = value_of_kind(CELL_DATE, date_days(2021, 3, 1));
    return true;
}

static bool fn_now(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    *out = value_of_kind(CELL_TIME, date_days(2021, 3, 1) * DAY + 45296000000);
    return true;
}

static const struct func_row date_rows[] = {
    {"year", 1, 1, true, fn_year},
    {"quarter", 1, 1, true, fn_quarter},
    {"month", 1, 1, true, fn_month},
    {"day", 1, 1, true, fn_day},
    {"dayofmonth", 1, 1, true, fn_day},
    {"dayofyear", 1, 1, true, fn_dayofyear},
    {"dayofweek", 1, 1, true, fn_dayofweek},
    {"hour", 1, 1, true, fn_hour},
    {"minute", 1, 1, true, fn_minute},
    {"second", 1, 1, true, fn_second},
    {"extract", 2, 2, true, fn_extract},
    {"extract::from", 2, 2, true, fn_extract},
    {"floor::to", 2, 2, true, fn_date_trunc},
    {"current_date", 0, 0, true, fn_today},
    {"curdate", 0, 0, true, fn_today},
    {"current_timestamp", 0, 0, true, fn_now},
    {"now", 0, 0, true, fn_now},
    {"localtimestamp", 0, 0, true, fn_now},
    {"date_part", 2, 2, true, fn_extract},
    {"date_trunc", 2, 2, true, fn_date_trunc},
    {"trunc", 2, 2, true, fn_date_trunc},
    {"to_date", 1, 1, true, fn_to_date},
    {"date", 1, 1, true, fn_to_date},
    {"date_add", 2, 2, true, fn_date_add},
    {"date_sub", 2, 2, true, fn_date_sub},
    {"add_months", 2, 2, true, fn_add_months},
    {"datediff", 2, 2, true, fn_datediff},
    {"last_day", 1, 1, true, fn_last_day},
    {NULL, 0, 0, false, NULL},
};

eval_func func_date_find(const char *name, size_t n, bool *is_strict) { return func_in(date_rows, name, n, is_strict); }
