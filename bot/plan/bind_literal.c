/* bind_literal.c - literals, intervals and types of the syntax tree to values. */
#include "bind_core.h"
#include "sql_print.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int64_t days_from_civil(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

bool literal_date(struct str text, int64_t *days) {
    int y, m, d, used = 0;
    char copy[16];
    text = str_trim(text);
    if (text.n < 8 || text.n > 10) return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    for (size_t i = 0; i < text.n; i++)
        if (!isdigit((unsigned char)copy[i]) && copy[i] != '-') return false;
    if (sscanf(copy, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || (size_t)used != text.n) return false;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (y < 1 || m < 1 || m > 12 || d < 1) return false;
    int length = lengths[m - 1] + (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0));
    if (d > length) return false;
    *days = days_from_civil(y, m, d);
    return true;
}

/* Digits without leading zeros and, after the point, without trailing ones; false when it is not a plain decimal number. */
static bool decimal_parse(struct str text, struct literal *out) {
    char digits[64];
    size_t n = 0;
    int scale = 0;
    bool point = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '_') continue;
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char)c) || n >= sizeof digits - 1) return false;
        if (n == 0 && c == '0' && !point) continue;
        digits[n++] = c;
        scale += point;
    }
    while (scale > 0 && n > 0 && digits[n - 1] == '0') n--, scale--;
    digits[n] = 0;
    if (n > 18) return false;
    out->kind = point ? VALUE_DECIMAL : VALUE_INT;
    out->i = n ? strtoll(digits, NULL, 10) : 0;
    out->scale = out->i ? scale : 0;
    return true;
}

/* 1.00 is a decimal of two places, where 1.0 is one of one: a division has more digits by it, and as a text it is another one. */
static const struct scalar *as_written(struct binder *b, const struct sql_expr *expr, const struct scalar *e) {
    int digits = 0, scale = 0;
    bool point = false;
    for (size_t i = 0; i < expr->name.n; i++) {
        point |= expr->name.p[i] == '.';
        if (!isdigit((unsigned char)expr->name.p[i])) continue;
        digits++;
        scale += point;
    }
    if (scale == e->lit.scale) return e;
    struct scalar *cast = scalar_new(b, SC_CAST, 1, expr->range);
    ((const struct scalar **)cast->args)[0] = e;
    cast->name = "cast";
    scalar_finish(b, cast);
    cast->type = (struct type){TYPE_DECIMAL, (uint16_t)digits, (int16_t)scale};
    return cast;
}

static const struct scalar *number_bind(struct binder *b, const struct sql_expr *expr) {
    struct literal lit = {0};
    bool float_points = b->dialect == DIALECT_BIGQUERY || b->dialect == DIALECT_SQLITE; /* 1.5 is a double there */
    bool plain = decimal_parse(expr->name, &lit);
    if (plain && lit.kind == VALUE_INT) return scalar_literal(b, lit, (struct type){TYPE_INT, lit.i > INT32_MAX ? 64 : 32, 0});
    if (plain && !float_points) {
        return as_written(b, expr, scalar_literal(b, lit, (struct type){TYPE_DECIMAL, 0, (int16_t)lit.scale}));
    }
    char *copy = str_dup(b->arena, expr->name), *end;
    double r = strtod(copy, &end);
    if (*end == 0 && isfinite(r) && !memchr(expr->name.p, 'x', expr->name.n) && !memchr(expr->name.p, 'X', expr->name.n) &&
        (memchr(expr->name.p, 'e', expr->name.n) || memchr(expr->name.p, 'E', expr->name.n) || float_points))
        return scalar_literal(b, (struct literal){.kind = VALUE_FLOAT, .r = r}, (struct type){TYPE_FLOAT, 64, 0});
    /* Suffixes, hexadecimal, very long: by its own text, as a value of unknown type. */
    struct scalar *call = scalar_new(b, SC_CALL, 0, expr->range);
    call->name = arena_printf(b->arena, "number:%s", bind_lower(b, expr->name));
    return call;
}

static const struct scalar *typed_bind(struct binder *b, const struct sql_expr *expr) {
    struct str text = expr->arg_count ? expr->args[0]->name : (struct str){0};
    struct type type = bind_type(b, expr->type);
    int64_t days;
    if (type.kind == TYPE_DATE && literal_date(text, &days)) return scalar_literal(b, (struct literal){.kind = VALUE_DATE, .i = days}, type);
    struct scalar *cast = scalar_new(b, SC_CAST, 1, expr->range);
    ((const struct scalar **)cast->args)[0] = scalar_literal(b, (struct literal){.kind = VALUE_TEXT, .s = text}, (struct type){TYPE_STRING, 0, 0});
    cast->name = "cast";
    cast->type = type;
    cast->nullable = true;
    if (type.kind == TYPE_UNKNOWN || type.kind == TYPE_OTHER || type.kind == TYPE_INTERVAL) {
        cast->op = SC_CALL;
        struct buf words = buf_new(b->arena);
        if (expr->type) sql_print_type(&words, expr->type, b->dialect);
        cast->name = arena_printf(b->arena, "literal:%s", bind_lower(b, str_of(buf_str(&words))));
    }
    return cast;
}

const struct scalar *bind_literal(struct binder *b, const struct sql_expr *expr) {
    struct literal text = {.kind = VALUE_TEXT, .s = expr->name};
    switch (expr->op) {
    case LIT_NULL:
        return scalar_null(b);
    case LIT_TRUE:
        return scalar_bool(b, true);
    case LIT_FALSE:
        return scalar_bool(b, false);
    case LIT_NUMBER:
        return number_bind(b, expr);
    case LIT_STRING:
        return scalar_literal(b, text, (struct type){TYPE_STRING, 0, 0});
    case LIT_TYPED:
        return typed_bind(b, expr);
    case LIT_BYTES:
    case LIT_HEX:
    case LIT_BITS: {
        struct scalar *call = scalar_new(b, SC_CALL, 1, expr->range);
        ((const struct scalar **)call->args)[0] = scalar_literal(b, text, (struct type){TYPE_STRING, 0, 0});
        call->name = expr->op == LIT_BYTES ? "literal:bytes" : expr->op == LIT_HEX ? "literal:hex" : "literal:bits";
        return call;
    }
    default:
        bind_refuse(b, expr->range, "a literal of an unknown kind");
        return scalar_null(b);
    }
}

static bool unit_add(struct str unit, int64_t count, struct literal *lit) {
    static const struct {
        const char *word;
        int64_t micros;
        int months;
    } units[] = {
        {"year", 0, 12},         {"quarter", 0, 3},       {"month", 0, 1},        {"week", 604800000000, 0}, {"day", 86400000000, 0},
        {"hour", 3600000000, 0}, {"minute", 60000000, 0}, {"second", 1000000, 0}, {"millisecond", 1000, 0},  {"microsecond", 1, 0},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i].word);
        if (!(str_iis(unit, units[i].word) || (unit.n == n + 1 && strncasecmp(unit.p, units[i].word, n) == 0 && (unit.p[n] | 32) == 's'))) continue;
        if (count > 1000000 || count < -1000000) return false;
        lit->i += count * units[i].micros;
        lit->scale += (int32_t)(count * units[i].months);
        return true;
    }
    return false;
}

static bool count_parse(const struct sql_expr *value, int64_t *count) {
    bool negative = value->kind == EX_UNARY && value->op == OP_NEGATE;
    if (negative) value = value->args[0];
    if (value->kind != EX_LITERAL || (value->op != LIT_NUMBER && value->op != LIT_STRING)) return false;
    struct str s = str_trim(value->name);
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
        negative ^= s.p[0] == '-';
        s = (struct str){s.p + 1, s.n - 1};
    }
    if (s.n == 0 || s.n > 9) return false;
    *count = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!isdigit((unsigned char)s.p[i])) return false;
        *count = *count * 10 + (s.p[i] - '0');
    }
    if (negative) *count = -*count;
    return true;
}

/* '3 months', '1 day': value and unit in one string. */
static bool interval_text(struct str text, struct literal *lit) {
    text = str_trim(text);
    const char *blank = memchr(text.p, ' ', text.n);
    if (!blank) return false;
    struct sql_expr value = {.kind = EX_LITERAL, .op = LIT_STRING, .name = {text.p, (size_t)(blank - text.p)}};
    int64_t count;
    return count_parse(&value, &count) && unit_add(str_trim((struct str){blank + 1, text.n - (size_t)(blank + 1 - text.p)}), count, lit);
}

const struct scalar *bind_interval(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    struct literal lit = {.kind = VALUE_INTERVAL};
    struct type type = {TYPE_INTERVAL, 0, 0};
    int64_t count;
    bool multi = expr->flags & SQL_MULTI;
    if (!multi && expr->arg_count == 1 && expr->name.n && count_parse(expr->args[0], &count) && unit_add(expr->name, count, &lit))
        return scalar_literal(b, lit, type);
    if (!multi && expr->arg_count == 1 && !expr->name.n && expr->args[0]->kind == EX_LITERAL && interval_text(expr->args[0]->name, &lit))
        return scalar_literal(b, lit, type);
    struct scalar *call = scalar_new(b, SC_CALL, expr->arg_count, expr->range);
    call->name = arena_printf(b->arena, "interval:%s", bind_lower(b, expr->name));
    call->type = type;
    call->nullable = true;
    for (size_t i = 0; i < call->n; i++) {
        const struct sql_expr *arg = expr->args[i];
        struct literal word = {.kind = VALUE_TEXT, .s = arg->name};
        ((const struct scalar **)call->args)[i] =
            arg->kind == EX_KEYWORD ? scalar_literal(b, word, (struct type){TYPE_STRING, 0, 0}) : bind_expr(b, scope, arg);
    }
    scalar_finish(b, call);
    return call;
}

struct type bind_type(struct binder *b, const struct sql_type *type) {
    if (!type || type->element || type->arg_count || type->field_count) return (struct type){TYPE_OTHER, 0, 0};
    struct buf text = buf_new(b->arena);
    buf_slice(&text, type->name);
    for (uint32_t i = 0; i < type->param_count; i++) {
        buf_char(&text, i ? ',' : '(');
        buf_slice(&text, type->params[i]->name);
    }
    if (type->param_count) buf_char(&text, ')');
    struct type parsed = type_parse((struct str){text.p, text.n}, b->dialect);
    bool short_text = b->dialect == DIALECT_TSQL && type->param_count == 0 && (str_iis(type->name, "varchar") || str_iis(type->name, "nvarchar"));
    if (short_text) parsed.precision = 30; /* https://learn.microsoft.com/sql/t-sql/data-types/char-and-varchar-transact-sql: n in CAST */
    if (type->tail.n && parsed.kind != TYPE_INT && parsed.kind != TYPE_STRING) parsed.kind = TYPE_UNKNOWN;
    return parsed;
}
