/* eval_func.c - functions of numbers and of NULL, operators, and the look-up of all functions. */
#include "eval_func.h"

#include <math.h>

bool eval_fault(struct eval_run *run, const char *why) {
    if (run->state == EVAL_FINE) {
        run->state = EVAL_FAULT;
        run->why = why;
    }
    return false;
}

bool eval_unknown(struct eval_run *run, const char *why) {
    if (run->state != EVAL_UNKNOWN) {
        run->state = EVAL_UNKNOWN;
        run->why = why;
    }
    return false;
}

eval_func func_in(const struct func_row *rows, const char *name, size_t n, bool *is_strict) {
    for (const struct func_row *row = rows; row->name; row++) {
        if (strcmp(row->name, name) != 0 || n < row->least || n > row->most) continue;
        *is_strict = row->is_strict;
        return row->call;
    }
    return NULL;
}

static bool number_of(struct eval_run *run, struct value v, struct value *out) {
    if (value_is_number(v)) {
        *out = v;
        return true;
    }
    if (v.kind == CELL_BOOL) {
        *out = value_int(v.i);
        return true;
    }
    if (v.kind == CELL_TEXT && value_read_number(v.text, out)) return true;
    if (v.kind == CELL_TEXT) return eval_fault(run, "text that is no number");
    return eval_unknown(run, "arithmetic on a value that is no number");
}

static bool whole_of(struct eval_run *run, struct value v, int64_t *out) {
    struct value n;
    if (!number_of(run, v, &n)) return false;
    if (n.kind != CELL_INT) return eval_unknown(run, "a fraction where a whole number is wanted");
    *out = n.i;
    return true;
}

static bool is_date(struct value v) { return v.kind == CELL_DATE || v.kind == CELL_TIME; }

static bool add_interval(struct eval_run *run, struct value v, struct value by, int sign, struct value *out) {
    if (date_add_interval(v, by, sign, out)) return true;
    return eval_fault(run, "date out of range");
}

static bool op_add(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (a[1].kind == CELL_INTERVAL && (is_date(a[0]) || a[0].kind == CELL_INTERVAL)) return add_interval(run, a[0], a[1], 1, out);
    if (a[0].kind == CELL_INTERVAL && is_date(a[1])) return add_interval(run, a[1], a[0], 1, out);
    if (a[0].kind == CELL_DATE && a[1].kind == CELL_INT) return date_shift(a[0], UNIT_DAY, a[1].i, out);
    struct value x, y;
    if (!number_of(run, a[0], &x) || !number_of(run, a[1], &y)) return false;
    return value_add(x, y, out) || eval_fault(run, "overflow");
}

static bool subtract_dates(struct eval_run *run, const struct value *a, struct value *out) {
    if (a[0].kind == CELL_DATE && a[1].kind == CELL_DATE) {
        *out = run->rules.date_minus_is_days ? value_int(a[0].i - a[1].i) : value_of_kind(CELL_INTERVAL, (a[0].i - a[1].i) * 86400000000);
        return true;
    }
    if (a[0].kind == CELL_TIME && a[1].kind == CELL_TIME) {
        *out = value_of_kind(CELL_INTERVAL, a[0].i - a[1].i);
        return true;
    }
    return eval_unknown(run, "difference of a date and a time");
}

static bool op_subtract(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (a[1].kind == CELL_INTERVAL && (is_date(a[0]) || a[0].kind == CELL_INTERVAL)) return add_interval(run, a[0], a[1], -1, out);
    if (a[0].kind == CELL_DATE && a[1].kind == CELL_INT) return date_shift(a[0], UNIT_DAY, -a[1].i, out);
    if (is_date(a[0]) && is_date(a[1])) return subtract_dates(run, a, out);
    struct value x, y;
    if (!number_of(run, a[0], &x) || !number_of(run, a[1], &y)) return false;
    return value_subtract(x, y, out) || eval_fault(run, "overflow");
}

static bool op_multiply(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (a[0].kind == CELL_INTERVAL || a[1].kind == CELL_INTERVAL) {
        struct value by = a[0].kind == CELL_INTERVAL ? a[1] : a[0], of = a[0].kind == CELL_INTERVAL ? a[0] : a[1];
        if (by.kind != CELL_INT || by.i > 100000 || by.i < -100000) return eval_unknown(run, "interval times a fraction");
        *out = value_of_kind(CELL_INTERVAL, of.i * by.i);
        out->months = of.months * (int)by.i;
        return true;
    }
    struct value x, y;
    if (!number_of(run, a[0], &x) || !number_of(run, a[1], &y)) return false;
    return value_multiply(x, y, out) || eval_fault(run, "overflow");
}

static bool is_zero(struct value v) { return v.kind == CELL_REAL ? v.r == 0 : v.kind == CELL_INT && v.i == 0; }

static bool by_zero(struct eval_run *run, struct value *out) {
    *out = value_null();
    return run->rules.zero_division_null || eval_fault(run, "division by zero");
}

static bool op_divide(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x, y;
    if (!number_of(run, a[0], &x) || !number_of(run, a[1], &y)) return false;
    if (is_zero(y)) return by_zero(run, out);
    return value_divide(x, y, out) || eval_fault(run, "overflow");
}

static bool op_divide_whole(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value q;
    if (!op_divide(run, a, n, &q)) return false;
    *out = q;
    return q.kind == CELL_NULL || value_truncate(q, out) || eval_fault(run, "overflow");
}

static bool op_modulo(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x, y, q, back;
    if (!number_of(run, a[0], &x) || !number_of(run, a[1], &y)) return false;
    if (is_zero(y)) return by_zero(run, out);
    if (!value_divide(x, y, &q) || !value_truncate(q, &q) || !value_multiply(q, y, &back)) return eval_fault(run, "overflow");
    return value_subtract(x, back, out) || eval_fault(run, "overflow");
}

/* The text of a value as concatenation sees it. */
static bool text_of(struct eval_run *run, struct value v, struct str *out) {
    if (v.kind == CELL_TEXT) {
        *out = v.text;
        return true;
    }
    if (v.kind != CELL_INT) return eval_unknown(run, "a value other than an integer as text");
    *out = str_of(arena_printf(run->arena, "%lld", (long long)v.i));
    return true;
}

static bool op_concat(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct buf joined = buf_new(run->arena);
    for (size_t i = 0; i < n; i++) {
        struct str part;
        if (a[i].kind == CELL_NULL) continue;
        if (!text_of(run, a[i], &part)) return false;
        if (joined.n + part.n > 4096) return eval_fault(run, "text too long");
        buf_slice(&joined, part);
    }
    *out = value_text(str_of(buf_str(&joined)));
    return true;
}

static bool fn_concat(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    for (size_t i = 0; i < n && !run->rules.concat_skips_null; i++) {
        if (a[i].kind != CELL_NULL) continue;
        *out = value_null();
        return true;
    }
    return op_concat(run, a, n, out);
}

eval_func func_operator(const char *sign) {
    static const struct func_row rows[] = {
        {"+", 2, 2, true, op_add},     {"-", 2, 2, true, op_subtract}, {"*", 2, 2, true, op_multiply},
        {"/", 2, 2, true, op_divide},  {"%", 2, 2, true, op_modulo},   {"div", 2, 2, true, op_divide_whole},
        {"||", 2, 2, true, op_concat}, {"mod", 2, 2, true, op_modulo}, {NULL, 0, 0, false, NULL},
    };
    bool is_strict;
    return func_in(rows, sign, 2, &is_strict);
}

static bool fn_abs(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    if (!number_of(run, a[0], &x)) return false;
    if (value_order(x, value_int(0)) >= 0) {
        *out = x;
        return true;
    }
    return value_subtract(value_int(0), x, out) || eval_fault(run, "overflow");
}

static bool fn_sign(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    if (!number_of(run, a[0], &x)) return false;
    int by = value_order(x, value_int(0));
    *out = value_int((by > 0) - (by < 0));
    return true;
}

static bool fn_floor(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    if (!number_of(run, a[0], &x)) return false;
    return value_floor(x, out) || eval_fault(run, "overflow");
}

static bool fn_ceil(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    if (!number_of(run, a[0], &x)) return false;
    if (!value_subtract(value_int(0), x, &x) || !value_floor(x, &x)) return eval_fault(run, "overflow");
    return value_subtract(value_int(0), x, out) || eval_fault(run, "overflow");
}

static bool fn_round(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    int64_t places = 0;
    if (!number_of(run, a[0], &x) || (n > 1 && !whole_of(run, a[1], &places))) return false;
    if (places > 15 || places < -15) return eval_unknown(run, "ROUND to many digits");
    return value_round(x, (int)places, out) || eval_fault(run, "overflow");
}

static bool fn_truncate(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    if (n > 1 && a[1].kind != CELL_INT) return eval_unknown(run, "TRUNC of a date");
    if (n > 1 && a[1].i != 0) return eval_unknown(run, "TRUNC to digits");
    if (!number_of(run, a[0], &x)) return false;
    return value_truncate(x, out) || eval_fault(run, "overflow");
}

static bool fn_pmod(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    if (!op_modulo(run, a, n, out) || out->kind == CELL_NULL) return out->kind == CELL_NULL && run->state == EVAL_FINE;
    struct value y;
    if (value_order(*out, value_int(0)) >= 0) return true;
    if (!number_of(run, a[1], &y) || !value_add(*out, y, out)) return eval_fault(run, "overflow");
    struct value again[] = {*out, y};
    return op_modulo(run, again, 2, out);
}

static bool real_result(struct eval_run *run, double r, struct value *out) {
    if (!isfinite(r)) return eval_fault(run, "outside a function's range");
    *out = value_real(r);
    return true;
}

static bool fn_sqrt(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    return number_of(run, a[0], &x) && real_result(run, sqrt(value_as_real(x)), out);
}

static bool fn_exp(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    return number_of(run, a[0], &x) && real_result(run, exp(value_as_real(x)), out);
}

static bool fn_ln(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x;
    return number_of(run, a[0], &x) && real_result(run, log(value_as_real(x)), out);
}

static bool fn_power(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value x, y;
    if (!number_of(run, a[0], &x) || !number_of(run, a[1], &y)) return false;
    if (y.kind != CELL_INT || y.i < 0 || y.i > 8) return real_result(run, pow(value_as_real(x), value_as_real(y)), out);
    *out = value_int(1);
    for (int64_t i = 0; i < y.i; i++)
        if (!value_multiply(*out, x, out)) return eval_fault(run, "overflow");
    return true;
}

static bool pick(struct eval_run *run, const struct value *a, size_t n, int sign, struct value *out) {
    struct value best = value_null();
    for (size_t i = 0; i < n; i++) {
        if (a[i].kind == CELL_NULL) {
            if (run->rules.greatest_skips_null) continue;
            *out = value_null();
            return true;
        }
        if (best.kind != CELL_NULL && best.kind != a[i].kind && !(value_is_number(best) && value_is_number(a[i])))
            return eval_unknown(run, "GREATEST of different kinds");
        if (best.kind == CELL_NULL || sign * value_order(a[i], best) > 0) best = a[i];
    }
    *out = best;
    return true;
}

static bool fn_greatest(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return pick(run, a, n, 1, out); }

static bool fn_least(struct eval_run *run, const struct value *a, size_t n, struct value *out) { return pick(run, a, n, -1, out); }

static bool fn_coalesce(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    *out = value_null();
    for (size_t i = 0; i < n && out->kind == CELL_NULL; i++) *out = a[i];
    return true;
}

static bool fn_nullif(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    bool comparable = a[0].kind == a[1].kind || (value_is_number(a[0]) && value_is_number(a[1]));
    bool known = a[0].kind != CELL_NULL && a[1].kind != CELL_NULL;
    if (known && !comparable) return eval_unknown(run, "NULLIF of different kinds");
    *out = known && value_order(a[0], a[1]) == 0 ? value_null() : a[0];
    return true;
}

static bool fn_nvl2(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    *out = a[0].kind != CELL_NULL ? a[1] : a[2];
    return true;
}

static bool fn_if(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    bool truth = a[0].kind != CELL_NULL && a[0].i != 0;
    if (a[0].kind != CELL_NULL && a[0].kind != CELL_BOOL && a[0].kind != CELL_INT) return eval_unknown(run, "IF of a value that is no truth");
    *out = truth ? a[1] : a[2];
    return true;
}

static bool fn_negate(struct eval_run *run, const struct value *a, size_t n, struct value *out) {
    struct value zero_and_a[] = {value_int(0), a[0]};
    if (a[0].kind != CELL_INTERVAL) return op_subtract(run, zero_and_a, 2, out);
    *out = a[0];
    out->i = -out->i;
    out->months = -out->months;
    return true;
}

static const struct func_row number_rows[] = {
    {"abs", 1, 1, true, fn_abs},
    {"sign", 1, 1, true, fn_sign},
    {"signum", 1, 1, true, fn_sign},
    {"floor", 1, 1, true, fn_floor},
    {"ceil", 1, 1, true, fn_ceil},
    {"ceiling", 1, 1, true, fn_ceil},
    {"round", 1, 2, true, fn_round},
    {"truncate", 1, 2, true, fn_truncate},
    {"trunc", 1, 1, true, fn_truncate},
    {"mod", 2, 2, true, op_modulo},
    {"pmod", 2, 2, true, fn_pmod},
    {"sqrt", 1, 1, true, fn_sqrt},
    {"exp", 1, 1, true, fn_exp},
    {"ln", 1, 1, true, fn_ln},
    {"power", 2, 2, true, fn_power},
    {"pow", 2, 2, true, fn_power},
    {"greatest", 1, 64, false, fn_greatest},
    {"least", 1, 64, false, fn_least},
    {"coalesce", 1, 64, false, fn_coalesce},
    {"ifnull", 2, 2, false, fn_coalesce},
    {"nvl", 2, 2, false, fn_coalesce},
    {"isnull", 2, 2, false, fn_coalesce},
    {"nullif", 2, 2, false, fn_nullif},
    {"nvl2", 3, 3, false, fn_nvl2},
    {"if", 3, 3, false, fn_if},
    {"iff", 3, 3, false, fn_if},
    {"iif", 3, 3, false, fn_if},
    {"negate", 1, 1, true, fn_negate},
    {"concat", 1, 64, false, fn_concat},
    {NULL, 0, 0, false, NULL},
};

eval_func func_find(const char *name, size_t n, bool *is_strict) {
    eval_func found = func_in(number_rows, name, n, is_strict);
    if (!found) found = func_text_find(name, n, is_strict);
    if (!found) found = func_date_find(name, n, is_strict);
    if (!found) found = func_sketch_find(name, n, is_strict);
    return found;
}
