/* rule_calendar.c - a year, month or day of a date compared with a literal is a range of dates: YEAR(d) = 2020 is d from 2020-01-01 to
 * 2020-12-31.
 *
 * Sound in every context: the year, the truncation and the day of a moment never fall while the moment rises, so that the moments of one value
 * are an unbroken range; and both spellings are NULL exactly where the moment is. Moments of a session's time zone keep that only while no
 * change of the clock crosses midnight: that is assumed, never silently. MySQL may store dates without a month or a day: assumed not. */
#include "normal_core.h"

#include <ctype.h>

#define DAY       INT64_C(86400000000)
#define YEAR_LAST 9998
#define NAME_MAX_ 24

/* ------------------------------------------------------------ moments */

enum clock { CLOCK_NONE, CLOCK_PLAIN, CLOCK_SESSION };

/* Is a timestamp of that type a local time, or one of a session's time zone? */
static enum clock clock_of(const struct norm *n, struct type type) {
    if (type.kind != TYPE_TIMESTAMP) return CLOCK_NONE;
    switch (n->plan->dialect) {
    case DIALECT_POSTGRES:
    case DIALECT_REDSHIFT:
    case DIALECT_DUCKDB:
    case DIALECT_TRINO:
        return type.scale == 0 ? CLOCK_PLAIN : CLOCK_NONE;
    case DIALECT_SNOWFLAKE:
        return type.scale == 0 || type.scale == SCALE_NAIVE || type.scale == SCALE_DATETIME ? CLOCK_PLAIN : CLOCK_NONE;
    case DIALECT_BIGQUERY: /* a TIMESTAMP is an instant, and all functions of it are in UTC unless told otherwise */
        return type.scale == 0 ? CLOCK_PLAIN : CLOCK_NONE;
    case DIALECT_SPARK:
    case DIALECT_DATABRICKS:
        return type.scale == SCALE_NAIVE ? CLOCK_PLAIN : type.scale == 0 || type.scale == SCALE_LOCAL ? CLOCK_SESSION : CLOCK_NONE;
    case DIALECT_MYSQL:
        return type.scale == SCALE_DATETIME ? CLOCK_PLAIN : CLOCK_NONE;
    default:
        return CLOCK_NONE;
    }
}

static bool two_digits(const char *p, int max, int64_t *out) {
    if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1])) return false;
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    return *out <= max;
}

/* '2024-01-31', '2024-01-31 10:00:00', '2024-01-31 10:00:00.25'; no zone. */
static bool moment_text(struct str s, int64_t *micros) {
    int64_t days, h, m, sec, fraction = 0, unit = 100000;
    if (s.n < 10 || !literal_date((struct str){s.p, 10}, &days)) return false;
    *micros = days * DAY;
    if (s.n == 10) return true;
    if (s.n < 19 || (s.p[10] != ' ' && s.p[10] != 'T') || s.p[13] != ':' || s.p[16] != ':') return false;
    if (!two_digits(s.p + 11, 23, &h) || !two_digits(s.p + 14, 59, &m) || !two_digits(s.p + 17, 59, &sec)) return false;
    if (s.n > 19 && (s.p[19] != '.' || s.n < 21 || s.n > 26)) return false;
    for (size_t i = 20; i < s.n; i++, unit /= 10) {
        if (!isdigit((unsigned char)s.p[i])) return false;
        fraction += (s.p[i] - '0') * unit;
    }
    *micros += ((h * 60 + m) * 60 + sec) * 1000000 + fraction;
    return true;
}

static nexpr moment_make(struct norm *n, struct type type, int64_t micros) {
    struct scalar e = {.op = SC_LITERAL,
                       .lit = {.kind = VALUE_TIMESTAMP, .i = micros},
                       .type = {TYPE_TIMESTAMP, 0, clock_of(n, type) == CLOCK_NONE ? 0 : type.scale}};
    return expr_make(n, e);
}

/* The moment that a literal stands for beside a timestamp: a date is its midnight. */
static bool moment_of(nexpr e, int64_t *micros) {
    bool cast = e->op == SC_CAST && (e->type.kind == TYPE_TIMESTAMP || e->type.kind == TYPE_DATE) && strcmp(e->name, "cast") == 0;
    bool date = cast && e->type.kind == TYPE_DATE, rounds = cast && e->type.precision;
    if (cast) e = e->args[0];
    if (e->op != SC_LITERAL || rounds) return false;
    if (e->lit.kind == VALUE_TEXT) return (!date || e->lit.s.n == 10) && moment_text(e->lit.s, micros);
    if (e->lit.kind == VALUE_DATE) *micros = e->lit.i * DAY;
    else if (e->lit.kind == VALUE_TIMESTAMP) *micros = e->lit.i;
    else return false;
    return true;
}

nexpr moment_literal(struct norm *n, nexpr e, nexpr other) {
    int64_t micros;
    if (other->type.kind != TYPE_TIMESTAMP || other->op == SC_LITERAL || (e->op != SC_LITERAL && e->op != SC_CAST)) return e;
    bool same = e->op != SC_CAST || (e->type.kind == TYPE_TIMESTAMP && (e->type.scale == other->type.scale || e->type.scale == 0));
    if (!same || (e->op == SC_CAST && e->type.precision) || clock_of(n, other->type) == CLOCK_NONE || !moment_of(e, &micros)) return e;
    return moment_make(n, other->type, micros);
}

/* Two local times are in order as they read; of a session's time zone, those a few days apart are. */
bool moments_order(const struct norm *n, nexpr a, nexpr b, int *order) {
    if (a->lit.kind != VALUE_TIMESTAMP || b->lit.kind != VALUE_TIMESTAMP || a->type.scale != b->type.scale) return false;
    *order = a->lit.i < b->lit.i ? -1 : a->lit.i > b->lit.i;
    int64_t apart = a->lit.i < b->lit.i ? b->lit.i - a->lit.i : a->lit.i - b->lit.i;
    return clock_of(n, a->type) == CLOCK_PLAIN || apart == 0 || apart > 3 * DAY;
}

/* ------------------------------------------------------------ steps of the calendar */

enum unit { UNIT_NONE, UNIT_DAY, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR };

/* What is compared: the year, the start of a unit, or the day of `x`. */
struct part {
    nexpr x;
    enum unit unit;
    bool number;        /* the year as a number; else the date that the unit starts with */
    bool last;          /* the date that it ends with */
    const char *format; /* the text "2024-03", said in letters: y four digits of the year, m two of the month, d two of the day */
};

static enum unit unit_named(nexpr e) {
    static const struct {
        const char *name;
        enum unit unit;
    } units[] = {
        {"day", UNIT_DAY},         {"dd", UNIT_DAY},    {"month", UNIT_MONTH}, {"mon", UNIT_MONTH}, {"mm", UNIT_MONTH},
        {"quarter", UNIT_QUARTER}, {"year", UNIT_YEAR}, {"yyyy", UNIT_YEAR},   {"yy", UNIT_YEAR},
    };
    for (size_t i = 0; e->op == SC_LITERAL && e->lit.kind == VALUE_TEXT && i < sizeof units / sizeof *units; i++)
        if (str_iis(e->lit.s, units[i].name)) return units[i].unit;
    return UNIT_NONE;
}

/* date_trunc('month', x), date_trunc(x, 'month'), trunc(x, 'month') */
static bool truncation_of(const struct norm *n, nexpr e, struct part *out) {
    bool bigquery = n->plan->dialect == DIALECT_BIGQUERY, spark = n->plan->dialect == DIALECT_SPARK || n->plan->dialect == DIALECT_DATABRICKS;
    bool last =
        (bigquery && (strcmp(e->name, "date_trunc") == 0 || strcmp(e->name, "timestamp_trunc") == 0)) || (spark && strcmp(e->name, "trunc") == 0);
    if (e->n != 2 || (!last && (bigquery || strcmp(e->name, "date_trunc") != 0))) return false;
    *out = (struct part){.x = e->args[last ? 0 : 1], .unit = unit_named(e->args[last ? 1 : 0])};
    return out->unit != UNIT_NONE && (out->x->type.kind == TYPE_DATE || strcmp(e->name, "trunc") != 0);
}

/* DATE_FORMAT(x, 'yyyy-MM') and kin, where no date has a year of another length. */
static bool format_of(const struct norm *n, nexpr e, struct part *out) {
    static const struct {
        const char *java, *percent, *format;
        enum unit unit;
    } formats[] = {
        {"yyyy-MM", "%Y-%m", "y-m", UNIT_MONTH},       {"yyyyMM", "%Y%m", "ym", UNIT_MONTH},    {"yyyy", "%Y", "y", UNIT_YEAR},
        {"yyyy-MM-dd", "%Y-%m-%d", "y-m-d", UNIT_DAY}, {"yyyyMMdd", "%Y%m%d", "ymd", UNIT_DAY},
    };
    enum dialect d = n->plan->dialect;
    bool spark = d == DIALECT_SPARK || d == DIALECT_DATABRICKS, bigquery = d == DIALECT_BIGQUERY;
    bool named = strcmp(e->name, "date_format") == 0 ? spark || d == DIALECT_MYSQL : bigquery && strcmp(e->name, "format_date") == 0;
    if (!named || e->n != 2) return false;
    nexpr pattern = e->args[bigquery ? 0 : 1];
    for (size_t i = 0; pattern->op == SC_LITERAL && pattern->lit.kind == VALUE_TEXT && i < sizeof formats / sizeof *formats; i++) {
        if (!str_is(pattern->lit.s, spark ? formats[i].java : formats[i].percent)) continue;
        *out = (struct part){.x = e->args[bigquery ? 1 : 0], .unit = formats[i].unit, .format = formats[i].format};
        return true;
    }
    return false;
}

static bool last_day_of(const struct norm *n, nexpr e, struct part *out) {
    enum dialect d = n->plan->dialect;
    bool known = d == DIALECT_SPARK || d == DIALECT_DATABRICKS || d == DIALECT_SNOWFLAKE || d == DIALECT_MYSQL || d == DIALECT_BIGQUERY;
    *out = (struct part){.x = e->args[0], .unit = UNIT_MONTH, .last = true};
    return known && e->n == 1 && strcmp(e->name, "last_day") == 0;
}

static bool part_of(struct norm *n, nexpr e, struct part *out) {
    enum dialect d = n->plan->dialect;
    if (d == DIALECT_SQLITE || d == DIALECT_ORACLE || d == DIALECT_CLICKHOUSE || e->is_volatile) return false;
    if (e->op == SC_CAST && e->type.kind == TYPE_DATE && strcmp(e->name, "cast") == 0) *out = (struct part){.x = e->args[0], .unit = UNIT_DAY};
    else if (e->op != SC_CALL || !e->name) return false;
    else if (strcmp(e->name, "year") == 0 && e->n == 1) *out = (struct part){.x = e->args[0], .unit = UNIT_YEAR, .number = true};
    else if (!truncation_of(n, e, out) && !last_day_of(n, e, out) && !format_of(n, e, out)) return false;
    if (out->x->op == SC_LITERAL || (out->x->type.kind != TYPE_DATE && clock_of(n, out->x->type) == CLOCK_NONE)) return false;
    return out->unit != UNIT_DAY || out->x->type.kind != TYPE_DATE || out->format; /* else it is `x` itself, but for its type */
}

static int64_t month_start(int64_t months) { /* since the year 0 */
    char text[NAME_MAX_];
    int64_t days = 0;
    snprintf(text, sizeof text, "%04d-%02d-01", (int)(months / 12), (int)(months % 12) + 1);
    (void)literal_date(str_of(text), &days);
    return days;
}

bool calendar_add_months(int64_t days, int64_t months, int64_t *out) {
    int64_t guess = days * 12 / 365 + 1970 * 12;
    for (int64_t m = guess - 40; m <= guess + 40; m++) {
        if (m < 12 || m / 12 > YEAR_LAST || month_start(m) > days || month_start(m + 1) <= days) continue;
        int64_t day = days - month_start(m), to = m + months;
        if (day > 27 || to < 12 || to / 12 > YEAR_LAST) return false;
        *out = month_start(to) + day;
        return true;
    }
    return false;
}

/* The unit's months that begin on that day; false when none does. */
static bool month_begins(int64_t days, int step, int64_t *months) {
    int64_t guess = days * 12 / 365 + 1970 * 12;
    for (int64_t m = guess - 40; m <= guess + 40; m++) {
        if (m < 12 || m / 12 > YEAR_LAST || month_start(m) != days) continue;
        *months = m;
        return m % step == 0;
    }
    return false;
}

/* The first day that a text written in the format stands for. */
static bool format_read(const char *format, nexpr lit, int64_t *day) {
    char text[] = "0000-01-01";
    if (lit->op != SC_LITERAL || lit->lit.kind != VALUE_TEXT) return false;
    struct str s = lit->lit.s;
    size_t at = 0;
    for (const char *f = format; *f; f++) {
        size_t n = *f == 'y' ? 4 : *f == '-' ? 1 : 2;
        if (s.n - at < n || (*f == '-' && s.p[at] != '-')) return false;
        if (*f != '-') memcpy(text + (*f == 'y' ? 0 : *f == 'm' ? 5 : 8), s.p + at, n);
        for (size_t i = 0; *f != '-' && i < n; i++)
            if (!isdigit((unsigned char)s.p[at + i])) return false;
        at += n;
    }
    return at == s.n && literal_date(str_of(text), day);
}

/* The first day with the value, and the first one beyond it. */
static bool range_of(const struct part *p, nexpr lit, int64_t *from, int64_t *to) {
    int64_t micros, months;
    if (p->format) {
        int step = p->unit == UNIT_YEAR ? 12 : 1;
        if (!format_read(p->format, lit, from)) return false;
        *to = *from + 1;
        if (p->unit != UNIT_DAY && !month_begins(*from, step, &months)) return false;
        if (p->unit != UNIT_DAY) *to = month_start(months + step);
        return true;
    }
    int step = p->unit == UNIT_YEAR ? 12 : p->unit == UNIT_QUARTER ? 3 : 1;
    if (p->number) {
        if (lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT || lit->lit.s.n || lit->lit.i < 1 || lit->lit.i > YEAR_LAST) return false;
        *from = month_start(lit->lit.i * 12);
        *to = month_start(lit->lit.i * 12 + 12);
        return true;
    }
    if (!moment_of(lit, &micros) || micros % DAY != 0) return false;
    *from = micros / DAY;
    *to = *from + 1;
    if (p->unit == UNIT_DAY) return true;
    if (p->last) {
        if (!month_begins(*to, 1, &months) || months <= 12) return false;
        *from = month_start(months - 1);
        return true;
    }
    if (!month_begins(*from, step, &months)) return false;
    *to = month_start(months + step);
    return true;
}

static nexpr edge(struct norm *n, nexpr x, int64_t days) {
    if (x->type.kind != TYPE_DATE) return moment_make(n, x->type, days * DAY);
    return expr_make(n, (struct scalar){.op = SC_LITERAL, .lit = {.kind = VALUE_DATE, .i = days}, .type = {TYPE_DATE, 0, 0}});
}

static bool calendar_assumed(struct norm *n, nexpr x) {
    bool session = clock_of(n, x->type) == CLOCK_SESSION, partial = n->plan->dialect == DIALECT_MYSQL;
    if ((session || partial) && !norm_declared(n)) return false;
    if (session) assume_add(n, "no change of the session's clock crosses midnight");
    if (partial) assume_add(n, "no date is without a month or a day");
    return true;
}

/* `part op lit` for the moments in [from, to) that have the value. */
static nexpr part_compared(struct norm *n, enum scalar_op op, nexpr x, int64_t from, int64_t to) {
    nexpr low = edge(n, x, from), high = edge(n, x, to);
    switch (op) {
    case SC_EQ:
        return expr_and2(n, expr_of2(n, SC_LE, low, x), expr_of2(n, SC_LT, x, high));
    case SC_NE:
        return expr_or2(n, expr_of2(n, SC_LT, x, low), expr_of2(n, SC_LE, high, x));
    case SC_LT:
        return expr_of2(n, SC_LT, x, low);
    case SC_LE:
        return expr_of2(n, SC_LT, x, high);
    case SC_GT:
        return expr_of2(n, SC_LE, high, x);
    default:
        return expr_of2(n, SC_LE, low, x);
    }
}

static enum scalar_op turned(enum scalar_op op) {
    static const enum scalar_op map[] = {[SC_EQ] = SC_EQ, [SC_NE] = SC_NE, [SC_LT] = SC_GT, [SC_LE] = SC_GE, [SC_GT] = SC_LT, [SC_GE] = SC_LE};
    return map[op];
}

/* Days between a date and a literal one, compared with a number: the date compared with another. */
static nexpr days_compared(struct norm *n, enum scalar_op op, nexpr e, nexpr lit) {
    nexpr from, to;
    if (lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT || lit->lit.s.n || lit->lit.i > 1000000 || lit->lit.i < -1000000) return NULL;
    if (!days_between(n, e, &from, &to)) return NULL;
    if (from->op == SC_LITERAL && from->lit.kind == VALUE_DATE && to->op != SC_LITERAL)
        return expr_of2(n, op, to, edge(n, to, from->lit.i + lit->lit.i));
    if (to->op == SC_LITERAL && to->lit.kind == VALUE_DATE && from->op != SC_LITERAL)
        return expr_of2(n, turned(op), from, edge(n, from, to->lit.i - lit->lit.i));
    return NULL;
}

nexpr calendar_compared(struct norm *n, enum scalar_op op, nexpr a, nexpr b) {
    for (int k = 0; k < 2; k++) {
        nexpr e = k ? b : a, lit = k ? a : b;
        enum scalar_op said = k ? turned(op) : op;
        struct part part;
        int64_t from, to;
        if (e->op != SC_CALL && e->op != SC_CAST && e->op != SC_SUB) continue;
        nexpr days = days_compared(n, said, e, lit);
        if (days) return days;
        bool ordered = said != SC_EQ && said != SC_NE;
        if (part_of(n, e, &part) && !(part.format && ordered) && range_of(&part, lit, &from, &to) && calendar_assumed(n, part.x))
            return part_compared(n, said, part.x, from, to);
    }
    return NULL;
}

/* ------------------------------------------------------------ the month of a known year */

/* A bound on `x` among the conjuncts: the first day that it may be (`low`), or the last. */
static bool bound_days(const struct exprs *preds, nexpr skip, nexpr x, bool low, int64_t *days) {
    bool found = false;
    for (size_t i = 0; i < preds->n; i++) {
        nexpr p = preds->at[i];
        if (p == skip || (p->op != SC_LE && p->op != SC_LT)) continue;
        nexpr side = p->args[low ? 1 : 0], lit = p->args[low ? 0 : 1];
        if (side != x || lit->op != SC_LITERAL || (lit->lit.kind != VALUE_DATE && lit->lit.kind != VALUE_TIMESTAMP)) continue;
        int64_t at = lit->lit.kind == VALUE_DATE ? lit->lit.i : (lit->lit.i - (p->op == SC_LT && !low)) / DAY;
        if (!found || (low ? at > *days : at < *days)) *days = at;
        found = true;
    }
    return found;
}

/* Where the conjuncts keep `x` within one year, its month and its quarter do not fall while it rises. */
nexpr calendar_within(struct norm *n, const struct context *ctx, nexpr e) {
    enum dialect d = n->plan->dialect;
    if (e->op < SC_EQ || e->op > SC_GE || !ctx || d == DIALECT_SQLITE || d == DIALECT_ORACLE || d == DIALECT_CLICKHOUSE) return NULL;
    for (int k = 0; k < 2; k++) {
        nexpr call = e->args[k], lit = e->args[1 - k];
        if (call->op != SC_CALL || !call->name || call->n != 1 || lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT || lit->lit.s.n) continue;
        int step = strcmp(call->name, "month") == 0 ? 1 : strcmp(call->name, "quarter") == 0 ? 3 : 0;
        nexpr x = call->args[0];
        int64_t first, last, year = 0;
        if (!step || lit->lit.i < 1 || lit->lit.i > 12 / step || (x->type.kind != TYPE_DATE && clock_of(n, x->type) == CLOCK_NONE)) continue;
        if (!bound_days(&ctx->block->preds, ctx->skip, x, true, &first) || !bound_days(&ctx->block->preds, ctx->skip, x, false, &last)) continue;
        if (first < -700000 || last > 2900000 || first > last) continue;
        for (int64_t y = first / 366 + 1969; y <= first / 365 + 1972 && y > 0 && y <= YEAR_LAST; y++)
            if (month_start(y * 12) <= first && last < month_start(y * 12 + 12)) year = y;
        if (!year || !calendar_assumed(n, x)) continue;
        int64_t month = year * 12 + (lit->lit.i - 1) * step;
        return part_compared(n, k ? turned(e->op) : e->op, x, month_start(month), month_start(month + step));
    }
    return NULL;
}
