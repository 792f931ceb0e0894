/* eval_value.c - one SQL value with exact meaning. */
#include "eval_value.h"

#include <math.h>
#include <stdlib.h>

struct value value_null(void) {
    return (struct value){.kind = CELL_NULL};
}

struct value value_bool(bool truth) {
    return (struct value){.kind = CELL_BOOL, .i = truth};
}

struct value value_int(int64_t i) {
    return (struct value){.kind = CELL_INT, .i = i};
}

struct value value_real(double r) {
    return (struct value){.kind = CELL_REAL, .r = r};
}

struct value value_text(struct str text) {
    return (struct value){.kind = CELL_TEXT, .text = text};
}

struct value value_of_kind(enum cell_kind kind, int64_t i) {
    return (struct value){.kind = kind, .i = i};
}

static __int128 gcd(__int128 a, __int128 b) {
    if (a < 0) a = -a;
    while (b != 0) {
        __int128 rest = a % b;
        a = b;
        b = rest < 0 ? -rest : rest;
    }
    return a;
}

struct value value_fraction(__int128 num, __int128 den) {
    if (den < 0) {
        num = -num;
        den = -den;
    }
    __int128 by = gcd(num, den);
    if (by > 1) {
        num /= by;
        den /= by;
    }
    if (num > INT64_MAX || num < -INT64_MAX || den > INT64_MAX) return value_real((double)num / (double)den);
    if (den == 1) return value_int((int64_t)num);
    struct value v = {.kind = CELL_EXACT};
    v.exact.num = (int64_t)num;
    v.exact.den = (int64_t)den;
    return v;
}

bool value_is_number(struct value v) { return v.kind == CELL_INT || v.kind == CELL_EXACT || v.kind == CELL_REAL; }

void value_parts(struct value v, int64_t *num, int64_t *den) {
    bool fraction = v.kind == CELL_EXACT;
    *num = fraction ? v.exact.num : v.i;
    *den = fraction ? v.exact.den : 1;
}

double value_as_real(struct value v) {
    if (v.kind == CELL_REAL) return v.r;
    int64_t num, den;
    value_parts(v, &num, &den);
    return (double)num / (double)den;
}

static bool real_ok(double r, struct value *out) {
    *out = value_real(r);
    return isfinite(r);
}

static bool sum_of(struct value a, struct value b, int sign, struct value *out) {
    if (a.kind == CELL_REAL || b.kind == CELL_REAL) return real_ok(value_as_real(a) + sign * value_as_real(b), out);
    int64_t an, ad, bn, bd;
    value_parts(a, &an, &ad);
    value_parts(b, &bn, &bd);
    __int128 left = (__int128)an * bd, right = (__int128)bn * ad;
    *out = value_fraction(sign > 0 ? left + right : left - right, (__int128)ad * bd);
    return out->kind != CELL_REAL || ad != 1 || bd != 1;
}

bool value_add(struct value a, struct value b, struct value *out) { return sum_of(a, b, 1, out); }

bool value_subtract(struct value a, struct value b, struct value *out) { return sum_of(a, b, -1, out); }

bool value_multiply(struct value a, struct value b, struct value *out) {
    if (a.kind == CELL_REAL || b.kind == CELL_REAL) return real_ok(value_as_real(a) * value_as_real(b), out);
    int64_t an, ad, bn, bd;
    value_parts(a, &an, &ad);
    value_parts(b, &bn, &bd);
    *out = value_fraction((__int128)an * bn, (__int128)ad * bd);
    return out->kind != CELL_REAL || ad != 1 || bd != 1;
}

bool value_divide(struct value a, struct value b, struct value *out) {
    if (a.kind == CELL_REAL || b.kind == CELL_REAL) return real_ok(value_as_real(a) / value_as_real(b), out);
    int64_t an, ad, bn, bd;
    value_parts(a, &an, &ad);
    value_parts(b, &bn, &bd);
    *out = value_fraction((__int128)an * bd, (__int128)ad * bn);
    return true;
}

/* A real that is whole, as an integer. */
static bool whole(double r, struct value *out) {
    if (!(r > -9e18 && r < 9e18)) return false;
    *out = value_int((int64_t)r);
    return true;
}

bool value_truncate(struct value a, struct value *out) {
    if (a.kind == CELL_REAL) return whole(trunc(a.r), out);
    int64_t num, den;
    value_parts(a, &num, &den);
    *out = value_int(num / den);
    return true;
}

bool value_floor(struct value a, struct value *out) {
    if (a.kind == CELL_REAL) return whole(floor(a.r), out);
    int64_t num, den;
    value_parts(a, &num, &den);
    *out = value_int(num / den - (num % den < 0));
    return true;
}

bool value_round(struct value a, int places, struct value *out) {
    if (places > 15 || places < -15) return false;
    __int128 up = 1, down = 1;
    for (int i = 0; i < places; i++) up *= 10;
    for (int i = 0; i > places; i--) down *= 10;
    if (a.kind == CELL_REAL) return real_ok(round(a.r * (double)up / (double)down) * (double)down / (double)up, out);
    int64_t num, den;
    value_parts(a, &num, &den);
    __int128 n = (__int128)num * up, d = (__int128)den * down;
    __int128 twice = 2 * (n < 0 ? -n : n) + d;
    __int128 rounded = twice / (2 * d);
    *out = value_fraction((n < 0 ? -rounded : rounded) * down, up);
    return true;
}

static int number_order(struct value a, struct value b) {
    if (a.kind == CELL_INT && b.kind == CELL_INT) return (a.i > b.i) - (a.i < b.i);
    if (a.kind == CELL_REAL || b.kind == CELL_REAL) {
        double x = value_as_real(a), y = value_as_real(b);
        return (x > y) - (x < y);
    }
    int64_t an, ad, bn, bd;
    value_parts(a, &an, &ad);
    value_parts(b, &bn, &bd);
    __int128 left = (__int128)an * bd, right = (__int128)bn * ad;
    return (left > right) - (left < right);
}

static int text_order(struct str a, struct str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int by = n ? memcmp(a.p, b.p, n) : 0;
    return by ? by : (a.n > b.n) - (a.n < b.n);
}

/* Months count as 30 days when intervals are put in order, as PostgreSQL does. */
static int64_t interval_size(struct value v) { return v.months * INT64_C(30) * 86400000000 + v.i; }

int value_order(struct value a, struct value b) {
    if (value_is_number(a) && value_is_number(b)) return number_order(a, b);
    if (a.kind != b.kind) return (int)a.kind - (int)b.kind;
    if (a.kind == CELL_NULL) return 0;
    if (a.kind == CELL_TEXT) return text_order(a.text, b.text);
    int64_t x = a.kind == CELL_INTERVAL ? interval_size(a) : a.i;
    int64_t y = b.kind == CELL_INTERVAL ? interval_size(b) : b.i;
    return (x > y) - (x < y);
}

bool value_same(struct value a, struct value b) {
    if ((a.kind == CELL_REAL && value_is_number(b)) || (b.kind == CELL_REAL && value_is_number(a))) {
        double x = value_as_real(a), y = value_as_real(b);
        double scale = fmax(1, fmax(fabs(x), fabs(y)));
        return fabs(x - y) <= 1e-9 * scale;
    }
    return value_order(a, b) == 0;
}

/* Reads digits into *n, keeping their count; false when there are more than 17. */
static bool read_digits(struct str *rest, int64_t *n, int *count) {
    int seen = 0;
    while (rest->n && rest->p[0] >= '0' && rest->p[0] <= '9') {
        if (++seen > 17) return false;
        *n = *n * 10 + (rest->p[0] - '0');
        rest->p++;
        rest->n--;
    }
    *count = seen;
    return true;
}

static bool skip(struct str *rest, char c) {
    if (!rest->n || rest->p[0] != c) return false;
    rest->p++;
    rest->n--;
    return true;
}

/* The power of ten after an e, at most 15 either way. */
static bool read_exponent(struct str *rest, int *power) {
    *power = 0;
    if (!skip(rest, 'e') && !skip(rest, 'E')) return true;
    bool minus = skip(rest, '-');
    if (!minus) skip(rest, '+');
    int64_t n = 0;
    int count;
    if (!read_digits(rest, &n, &count) || count == 0 || n > 15) return false;
    *power = minus ? -(int)n : (int)n;
    return true;
}

bool value_read_number(struct str text, struct value *out) {
    struct str rest = str_trim(text);
    bool minus = skip(&rest, '-');
    if (!minus) skip(&rest, '+');
    int64_t n = 0;
    int before, after = 0, power;
    if (!read_digits(&rest, &n, &before)) return false;
    if (skip(&rest, '.')) {
        if (!read_digits(&rest, &n, &after) || before + after > 17) return false;
    }
    if (before + after == 0 || !read_exponent(&rest, &power) || rest.n) return false;
    __int128 num = minus ? -n : n, den = 1;
    for (int i = power - after; i < 0; i++) den *= 10;
    for (int i = power - after; i > 0; i--) num *= 10;
    *out = value_fraction(num, den);
    return true;
}

int64_t date_days(int year, int month, int day) {
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void date_parts(int64_t days, int *year, int *month, int *day) {
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

int date_month_length(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

static bool read_date_part(struct str *rest, int64_t *days) {
    int64_t y = 0, m = 0, d = 0;
    int count;
    if (!read_digits(rest, &y, &count) || count != 4 || !skip(rest, '-')) return false;
    if (!read_digits(rest, &m, &count) || count == 0 || count > 2 || !skip(rest, '-')) return false;
    if (!read_digits(rest, &d, &count) || count == 0 || count > 2) return false;
    if (m < 1 || m > 12 || d < 1 || d > date_month_length((int)y, (int)m)) return false;
    *days = date_days((int)y, (int)m, (int)d);
    return true;
}

bool value_read_date(struct str text, struct value *out) {
    struct str rest = str_trim(text);
    int64_t days;
    if (!read_date_part(&rest, &days) || rest.n) return false;
    *out = value_of_kind(CELL_DATE, days);
    return true;
}

static bool read_clock(struct str *rest, int64_t *micros) {
    int64_t h = 0, m = 0, s = 0, f = 0;
    int count, digits = 0;
    if (!read_digits(rest, &h, &count) || count == 0 || h > 23 || !skip(rest, ':')) return false;
    if (!read_digits(rest, &m, &count) || count == 0 || m > 59) return false;
    if (skip(rest, ':') && (!read_digits(rest, &s, &count) || count == 0 || s > 59)) return false;
    if (skip(rest, '.') && (!read_digits(rest, &f, &digits) || digits > 6)) return false;
    for (; digits < 6; digits++) f *= 10;
    *micros = ((h * 60 + m) * 60 + s) * 1000000 + f;
    return true;
}

bool value_read_time(struct str text, struct value *out) {
    struct str rest = str_trim(text);
    int64_t days, micros = 0;
    if (!read_date_part(&rest, &days)) return false;
    if (rest.n && (skip(&rest, ' ') || skip(&rest, 'T')) && !read_clock(&rest, &micros)) return false;
    if (rest.n) return false;
    *out = value_of_kind(CELL_TIME, days * 86400000000 + micros);
    return true;
}

static void print_date(struct buf *out, int64_t days) {
    int y, m, d;
    date_parts(days, &y, &m, &d);
    buf_printf(out, "%04d-%02d-%02d", y, m, d);
}

static void print_clock(struct buf *out, int64_t micros) {
    int64_t s = micros / 1000000, f = micros % 1000000;
    buf_printf(out, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    if (f) buf_printf(out, ".%06d", (int)f);
}

static void print_fraction(struct buf *out, struct value v) {
    int64_t den = v.exact.den;
    while (den % 2 == 0) den /= 2;
    while (den % 5 == 0) den /= 5;
    if (den == 1) buf_printf(out, "%.15g", (double)v.exact.num / (double)v.exact.den);
    else buf_printf(out, "%lld/%lld", (long long)v.exact.num, (long long)v.exact.den);
}

static void print_quoted(struct buf *out, struct str s) {
    buf_char(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'') buf_char(out, '\'');
        buf_char(out, s.p[i]);
    }
    buf_char(out, '\'');
}

static void print_time(struct buf *out, int64_t micros) {
    int64_t day = 86400000000;
    int64_t days = micros / day - (micros % day < 0);
    buf_text(out, "TIMESTAMP '");
    print_date(out, days);
    buf_char(out, ' ');
    print_clock(out, micros - days * day);
    buf_char(out, '\'');
}

void value_print(struct buf *out, struct value v) {
    switch (v.kind) {
    case CELL_NULL:
        buf_text(out, "NULL");
        return;
    case CELL_BOOL:
        buf_text(out, v.i ? "TRUE" : "FALSE");
        return;
    case CELL_INT:
        buf_printf(out, "%lld", (long long)v.i);
        return;
    case CELL_EXACT:
        print_fraction(out, v);
        return;
    case CELL_REAL:
        buf_printf(out, "%.12g", v.r);
        return;
    case CELL_TEXT:
        print_quoted(out, v.text);
        return;
    case CELL_TIME:
        print_time(out, v.i);
        return;
    case CELL_INTERVAL:
        buf_printf(out, "INTERVAL %d months %lld us", v.months, (long long)v.i);
        return;
    case CELL_DATE:
        buf_text(out, "DATE '");
        print_date(out, v.i);
        break;
    case CELL_CLOCK:
        buf_text(out, "TIME '");
        print_clock(out, v.i);
        break;
    }
    buf_char(out, '\'');
}
