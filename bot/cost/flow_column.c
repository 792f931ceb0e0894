/* flow_column.c - what is known of the values of a column or expression on their way through a plan. */
#include "flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SCALAR_DEPTH_MAX 60
#define DAY_MICROS       86400e6
#define MONTH_DAYS       30.44

static const struct column_flow nothing = {.domain = -1, .now = -1, .nulls = -1, .width = -1, .top = -1, .base_rows = -1};

int flow_column_base(const struct walk *w, const struct scalar *e, const struct scalar **expr) {
    *expr = NULL;
    for (int depth = 0; e && e->op == SC_COLUMN && depth < SCALAR_DEPTH_MAX; depth++) {
        if (e->column < 0 || (size_t)e->column >= w->plan->n_columns) return -1;
        const struct scalar *alias = w->columns[e->column].alias;
        if (!alias) return e->column;
        e = alias;
    }
    *expr = e;
    return -1;
}

/* ---- numbers ---- */

bool flow_number(const char *text, double *out) {
    int year, month, day, hour = 0, minute = 0, second = 0, end = 0;
    if (!text) return false;
    if (sscanf(text, "%4d-%2d-%2d%n%*[T ]%2d:%2d:%2d", &year, &month, &day, &end, &hour, &minute, &second) >= 3 && end >= 8) {
        struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
        time_t at = timegm(&tm);
        *out = (double)at / 86400 + (hour * 3600 + minute * 60 + second) / 86400.0;
        return true;
    }
    char *rest;
    double number = strtod(text, &rest);
    while (*rest == ' ') rest++;
    if (rest == text || *rest || !isfinite(number)) return false;
    *out = number;
    return true;
}

static bool literal_number(const struct literal *lit, struct arena *arena, double *out) {
    switch (lit->kind) {
    case VALUE_BOOL:
    case VALUE_DATE:
        return *out = (double)lit->i, true;
    case VALUE_INT:
    case VALUE_DECIMAL:
        if (lit->s.n) return flow_number(str_dup(arena, lit->s), out);
        return *out = (double)lit->i / pow(10, lit->scale), true;
    case VALUE_FLOAT:
        return *out = lit->r, isfinite(lit->r);
    case VALUE_TIMESTAMP:
        return *out = (double)lit->i / DAY_MICROS, true;
    case VALUE_INTERVAL:
        return *out = lit->scale * MONTH_DAYS + (double)lit->i / DAY_MICROS, true;
    case VALUE_TEXT:
        return flow_number(str_dup(arena, lit->s), out);
    default:
        return false;
    }
}

static bool name_is(const struct scalar *e, const char *const *names) {
    for (; e->name && *names; names++) {
        if (str_iis(str_of(e->name), *names)) return true;
    }
    return false;
}

static bool constant_at(const struct walk *w, const struct scalar *e, int depth, double *out) {
    static const char *const dates[] = {"date", "to_date", "timestamp", "to_timestamp", NULL}, *const adds[] = {"date_add", "dateadd", NULL};
    static const char *const subs[] = {"date_sub", "datesub", NULL};
    double a, b;
    if (depth > SCALAR_DEPTH_MAX || e->rel) return false;
    if (e->op == SC_LITERAL) return literal_number(&e->lit, w->arena, out);
    if (e->op == SC_CAST || (e->op == SC_CALL && e->n >= 1 && name_is(e, dates))) return constant_at(w, e->args[0], depth + 1, out);
    if (e->op == SC_NEG) return constant_at(w, e->args[0], depth + 1, &a) && (*out = -a, true);
    bool add = e->op == SC_ADD || (e->op == SC_CALL && name_is(e, adds)), sub = e->op == SC_SUB || (e->op == SC_CALL && name_is(e, subs));
    if (e->n != 2 || !(add || sub || e->op == SC_MUL || e->op == SC_DIV)) return false;
    if (!constant_at(w, e->args[0], depth + 1, &a) || !constant_at(w, e->args[1], depth + 1, &b)) return false;
    if (e->op == SC_DIV && b == 0) return false;
    *out = add ? a + b : sub ? a - b : e->op == SC_MUL ? a * b : a / b;
    return isfinite(*out);
}

bool flow_constant(const struct walk *w, const struct scalar *e, double *out) {
    const struct scalar *expr = e;
    if (e->op == SC_COLUMN && flow_column_base(w, e, &expr) >= 0) return false;
    return expr && constant_at(w, expr, 0, out);
}

bool flow_is_constant(const struct scalar *e) {
    if (e->op == SC_COLUMN || e->rel || e->op == SC_AGG || e->op == SC_WINDOW || e->op == SC_OPAQUE) return false;
    for (size_t i = 0; i < e->n; i++) {
        if (!flow_is_constant(e->args[i])) return false;
    }
    return true;
}

double flow_type_width(struct type type) {
    switch (type.kind) {
    case TYPE_BOOL:
        return 1;
    case TYPE_INT:
        return type.precision && type.precision <= 32 ? type.precision / 8.0 : 8;
    case TYPE_DATE:
        return 4;
    case TYPE_FLOAT:
    case TYPE_DECIMAL:
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
    case TYPE_INTERVAL:
        return 8;
    case TYPE_CHAR:
        return type.precision ? type.precision : 8;
    case TYPE_STRING:
        return type.precision ? fmin(type.precision / 2.0 + 1, 64) : 20;
    case TYPE_BYTES:
    case TYPE_OTHER:
        return 64;
    default:
        return 12;
    }
}

/* ---- distinct values ---- */

double flow_left(double distinct, double rows, double share) {
    if (distinct < 0 || rows <= 0 || share >= 1) return distinct;
    if (distinct > rows) distinct = rows;
    double left = distinct * -expm1(rows / fmax(distinct, 1) * log1p(-fmin(share, 1 - 1e-12)));
    return fmax(fmin(left, rows * share), fmin(distinct, 1));
}

void flow_columns_keep(struct walk *w, const struct rel *rel, double rows, double share) {
    for (size_t i = 0; i < rel->n_columns; i++) {
        struct column_flow *c = &w->columns[rel->columns[i]];
        if (!c->made || c->alias || c->now < 0) continue;
        double kept = c->kept > 0 ? c->kept : 1; /* of its own predicates: already in `now` */
        c->now = flow_left(c->now, rows * kept, fmin(1, share / kept));
        c->kept = 1;
    }
}

/* Columns of one table have together at most as many different combinations as the table has rows. */
struct of_table {
    const struct rel *scan;
    double all, rows;
};

static struct of_table *table_of(struct of_table *list, size_t *n, const struct column_flow *c, double rows) {
    for (size_t i = 0; c->scan && i < *n; i++) {
        if (list[i].scan == c->scan) {
            list[i].rows = fmax(list[i].rows, c->base_rows > 0 ? c->base_rows : rows);
            return &list[i];
        }
    }
    list[*n] = (struct of_table){c->scan, 1, c->scan && c->base_rows > 0 ? c->base_rows : rows};
    return &list[(*n)++];
}

double flow_combinations(struct walk *w, const struct scalar *const *at, size_t n, double rows) {
    struct of_table tables[64];
    size_t n_tables = 0;
    double all = 1;
    for (size_t i = 0; i < n && i < 64; i++) {
        struct column_flow c = flow_scalar(w, at[i], rows);
        if (c.now < 0) {
            flow_default(w, 0.5, "keys without a count of their values are taken to have as many as the square root of the rows");
            c.now = sqrt(fmax(rows, 1));
        }
        struct of_table *t = table_of(tables, &n_tables, &c, rows);
        t->all = fmin(t->all * (fmax(1, c.now) + (c.nulls > 0 ? 1 : 0)), fmax(t->rows, 1));
    }
    for (size_t i = 0; i < n_tables; i++) all = fmin(all * tables[i].all, 1e18);
    if (n == 1) return fmax(1, fmin(all, rows));
    /* Not every combination that may be is there: rows fall into them as balls into bins. */
    return fmax(1, all > 1 ? fmin(-expm1(rows * log1p(-1 / all)) * all, rows) : 1);
}

/* ---- expressions ---- */

/* Parts of a date, and how many values they have. */
static double part_count(const struct scalar *e, const struct column_flow *of) {
    static const struct {
        const char *name;
        double count;
    } parts[] = {{"month", 12}, {"quarter", 4}, {"day", 31},        {"dayofmonth", 31}, {"dayofweek", 7},  {"weekday", 7},
                 {"hour", 24},  {"minute", 60}, {"dayofyear", 366}, {"week", 53},       {"weekofyear", 53}};
    if (!e->name) return -1;
    if (str_iis(str_of(e->name), "year")) return of->ranged ? floor((of->high - of->low) / 365.25) + 1 : 20;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (str_iis(str_of(e->name), parts[i].name)) return parts[i].count;
    }
    return -1;
}

/* substr(x, 1, 2): so many letters have so many values. */
static double prefix_count(const struct walk *w, const struct scalar *e) {
    static const char *const names[] = {"substr", "substring", "left", "right", NULL};
    double length;
    if (!name_is(e, names) || e->n < 2 || !flow_constant(w, e->args[e->n - 1], &length)) return -1;
    return pow(24, fmin(fmax(length, 0), 8));
}

static struct column_flow scalar_at(struct walk *w, const struct scalar *e, double rows, int depth);

static struct column_flow call_flow(struct walk *w, const struct scalar *e, double rows, int depth) {
    struct column_flow out = nothing, first = nothing;
    double all = 1;
    bool known = e->n > 0;
    for (size_t i = 0; i < e->n && i < 32; i++) {
        if (flow_is_constant(e->args[i])) continue;
        struct column_flow c = scalar_at(w, e->args[i], rows, depth + 1);
        if (!first.made) first = c;
        known = known && c.now >= 0;
        all *= fmax(1, c.now);
        if (c.nulls > out.nulls) out.nulls = c.nulls;
    }
    out.now = known ? fmin(all, fmax(rows, 1)) : -1;
    double most = e->op == SC_CALL ? part_count(e, &first) : -1;
    if (most < 0 && e->op == SC_CALL) most = prefix_count(w, e);
    if (most >= 0) out.now = out.now >= 0 ? fmin(out.now, most) : most;
    out.domain = out.now;
    out.scan = first.scan;
    out.base_rows = first.base_rows;
    return out;
}

/* CASE WHEN .. THEN 'a' ELSE 'b' END has two values. */
static struct column_flow branches_flow(struct walk *w, const struct scalar *e, double rows, int depth) {
    struct column_flow out = nothing;
    double all = 0;
    for (size_t i = 0; i < e->n && i < 64; i++) {
        bool is_value = e->op == SC_COALESCE || i % 2 == 1 || i + 1 == e->n;
        if (!is_value) continue;
        struct column_flow c = flow_is_constant(e->args[i]) ? (struct column_flow){.now = 1} : scalar_at(w, e->args[i], rows, depth + 1);
        all = all < 0 || c.now < 0 ? -1 : all + c.now;
    }
    out.now = out.domain = all < 0 ? -1 : fmin(all, fmax(rows, 1));
    return out;
}

/* x + 1, 2 * x: as many values, moved. */
static bool shifted_flow(struct walk *w, const struct scalar *e, double rows, int depth, struct column_flow *out) {
    double by;
    if (e->n != 2 || !(e->op == SC_ADD || e->op == SC_SUB || e->op == SC_MUL)) return false;
    size_t at = flow_constant(w, e->args[1], &by) ? 0 : 1;
    if (at == 1 && (e->op == SC_SUB || !flow_constant(w, e->args[0], &by))) return false;
    *out = scalar_at(w, e->args[at], rows, depth + 1);
    if (e->op == SC_SUB) by = -by;
    double low = e->op == SC_MUL ? out->low * by : out->low + by, high = e->op == SC_MUL ? out->high * by : out->high + by;
    out->low = fmin(low, high);
    out->high = fmax(low, high);
    return true;
}

static struct column_flow scalar_at(struct walk *w, const struct scalar *e, double rows, int depth) {
    struct column_flow out = nothing;
    if (depth > SCALAR_DEPTH_MAX) return out;
    if (e->op == SC_COLUMN) {
        const struct scalar *expr;
        int column = flow_column_base(w, e, &expr);
        if (column >= 0) out = w->columns[column].made ? w->columns[column] : nothing;
        else if (expr) out = scalar_at(w, expr, rows, depth + 1);
    } else if (e->op == SC_LITERAL) out.now = out.domain = 1;
    else if (e->op == SC_CAST && e->n) out = scalar_at(w, e->args[0], rows, depth + 1);
    else if (e->op == SC_CASE || e->op == SC_COALESCE) out = branches_flow(w, e, rows, depth);
    else if ((e->op >= SC_AND && e->op <= SC_IS_TRUE) || e->op == SC_LIKE || e->op == SC_IN || e->op == SC_EXISTS) out.now = out.domain = 2;
    else if (!shifted_flow(w, e, rows, depth, &out)) out = call_flow(w, e, rows, depth);
    out.made = true;
    if (out.now > rows && rows >= 1) out.now = rows;
    if (out.width < 0) out.width = flow_type_width(e->type);
    return out;
}

struct column_flow flow_scalar(struct walk *w, const struct scalar *e, double rows) {
    return scalar_at(w, e, rows, 0);
}

static bool is_text(const struct scalar *e) { return e->type.kind == TYPE_STRING || e->type.kind == TYPE_CHAR || e->type.kind == TYPE_BYTES; }

static double cost_at(struct walk *w, const struct scalar *e, int depth) {
    if (depth > SCALAR_DEPTH_MAX || e->op == SC_LITERAL || e->op == SC_PARAM) return 0;
    if (e->op == SC_COLUMN) {
        const struct scalar *expr;
        return flow_column_base(w, e, &expr) < 0 && expr ? cost_at(w, expr, depth + 1) : 0;
    }
    double cost = NS_COMPARE;
    bool text = is_text(e);
    for (size_t i = 0; i < e->n; i++) {
        text = text || is_text(e->args[i]);
        double later = e->op == SC_AND && i ? 0.3 : 1; /* looked at only where the first holds */
        cost += e->op == SC_IN && i ? 0 : later * cost_at(w, e->args[i], depth + 1);
    }
    if (e->op == SC_LIKE) return cost + NS_PATTERN;
    if ((e->op == SC_CALL && text) || e->op == SC_CONCAT) return cost + NS_TEXT;
    if (e->op == SC_IN) return cost + (text ? NS_TEXT : NS_COMPARE) * log2(e->n + 1);
    return cost + (text && e->op >= SC_EQ && e->op <= SC_GE ? NS_TEXT : 0);
}

double flow_scalar_cost(struct walk *w, const struct scalar *e) { return cost_at(w, e, 0); }

double flow_key_cost(struct walk *w, const struct scalar *e) {
    if (!is_text(e)) return NS_KEY;
    struct column_flow c = flow_scalar(w, e, 1);
    return NS_KEY_TEXT + NS_KEY_BYTE * fmin(fmax(c.width, 0), 200);
}

double flow_order_cost(struct walk *w, const struct scalar *e) { return is_text(e) ? 4 * NS_SORT_KEY : NS_SORT_KEY; }
