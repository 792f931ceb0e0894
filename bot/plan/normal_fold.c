/* normal_fold.c - arithmetic over literals, exactly: what could overflow, round or depend on the engine stays as written. */
#include "normal_core.h"

static bool number_of(nexpr e, __int128 *value, int *scale) {
    if (e->op != SC_LITERAL || e->lit.s.n || (e->lit.kind != VALUE_INT && e->lit.kind != VALUE_DECIMAL)) return false;
    *value = e->lit.i;
    *scale = e->lit.kind == VALUE_INT ? 0 : e->lit.scale;
    return true;
}

static bool scale_to(__int128 *value, int by) {
    for (int i = 0; i < by; i++) {
        if (*value > ((__int128)1 << 100) || *value < -((__int128)1 << 100)) return false;
        *value *= 10;
    }
    return true;
}

/* Letters' case decides nothing where the default collation folds it. */
static bool text_order_known(const struct norm *n, struct str a, struct str b) {
    bool folds = n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_TSQL;
    if (!folds) return true;
    for (size_t i = 0; i < a.n; i++)
        if ((unsigned char)a.p[i] >= 0x80) return false;
    for (size_t i = 0; i < b.n; i++)
        if ((unsigned char)b.p[i] >= 0x80) return false;
    return !(str_ieq(a, b) && !str_eq(a, b)) && !(a.n && a.p[a.n - 1] == ' ') && !(b.n && b.p[b.n - 1] == ' ');
}

bool fold_compare(const struct norm *n, nexpr a, nexpr b, int *order) {
    __int128 x, y;
    int sx, sy;
    if (number_of(a, &x, &sx) && number_of(b, &y, &sy)) {
        if (!scale_to(&x, sy > sx ? sy - sx : 0) || !scale_to(&y, sx > sy ? sx - sy : 0)) return false;
        *order = x < y ? -1 : x > y;
        return true;
    }
    if (a->op != SC_LITERAL || b->op != SC_LITERAL || a->lit.kind != b->lit.kind) return false;
    if (a->lit.kind == VALUE_DATE || a->lit.kind == VALUE_BOOL) {
        *order = a->lit.i < b->lit.i ? -1 : a->lit.i > b->lit.i;
        return true;
    }
    if (a->lit.kind == VALUE_TIMESTAMP) return moments_order(n, a, b, order);
    if (a->lit.kind == VALUE_TEXT && text_order_known(n, a->lit.s, b->lit.s)) {
        size_t m = a->lit.s.n < b->lit.s.n ? a->lit.s.n : b->lit.s.n;
        int c = memcmp(a->lit.s.p, b->lit.s.p, m);
        *order = c ? c : a->lit.s.n < b->lit.s.n ? -1 : a->lit.s.n > b->lit.s.n;
        /* Only equality is the same under every collation. */
        return *order == 0 || !memchr(a->lit.s.p, 0, a->lit.s.n);
    }
    return false;
}

static nexpr number_make(struct norm *n, __int128 value, int scale, bool decimal) {
    if (value > INT64_MAX / 4 || value < INT64_MIN / 4) return NULL;
    if (!decimal && (value > INT32_MAX || value < INT32_MIN)) return NULL;
    if (scale > 0 && value % 10 == 0) return NULL; /* 3.0 has one digit more than the decimal 3, which a division shows */
    struct scalar e = {.op = SC_LITERAL,
                       .lit = {.kind = decimal ? VALUE_DECIMAL : VALUE_INT, .i = (int64_t)value, .scale = value ? scale : 0},
                       .type = {decimal ? TYPE_DECIMAL : TYPE_INT, decimal ? 0 : 32, 0}};
    return expr_make(n, e);
}

/* -1.00, whose places are kept as a cast. */
static nexpr fold_negated_places(struct norm *n, nexpr a) {
    if (a->op != SC_CAST || a->type.kind != TYPE_DECIMAL || a->args[0]->op != SC_LITERAL || a->args[0]->lit.kind != VALUE_DECIMAL) return NULL;
    nexpr x = expr_of1(n, SC_NEG, a->args[0]);
    return expr_with(n, a, &x);
}

static nexpr fold_numbers(struct norm *n, const struct scalar *e) {
    __int128 x, y = 0;
    int sx, sy = 0;
    nexpr negated = e->op == SC_NEG ? fold_negated_places(n, e->args[0]) : NULL;
    if (negated) return negated;
    if (!number_of(e->args[0], &x, &sx) || (e->n > 1 && !number_of(e->args[1], &y, &sy))) return NULL;
    bool decimal = e->args[0]->lit.kind == VALUE_DECIMAL || (e->n > 1 && e->args[1]->lit.kind == VALUE_DECIMAL);
    if (e->op == SC_NEG) return number_make(n, -x, sx, decimal);
    if (e->n != 2) return NULL;
    if (e->op == SC_MUL) {
        if (x > INT32_MAX || x < INT32_MIN || y > INT32_MAX || y < INT32_MIN) return NULL;
        return number_make(n, x * y, sx + sy, decimal);
    }
    if (e->op != SC_ADD && e->op != SC_SUB) return NULL;
    int scale = sx > sy ? sx : sy;
    if (!scale_to(&x, scale - sx) || !scale_to(&y, scale - sy)) return NULL;
    return number_make(n, e->op == SC_ADD ? x + y : x - y, scale, decimal);
}

static void civil_from_days(int64_t z, int64_t *y, int *m, int *d) {
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (int)((5 * doy + 2) / 153);
    *d = (int)(doy - (153 * mp + 2) / 5) + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = yoe + era * 400 + (*m <= 2);
}

static int64_t days_of(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Engines in which DATE + INTERVAL is a timestamp, which no date literal equals in every use. */
static bool dates_become_timestamps(enum dialect dialect) {
    return dialect == DIALECT_POSTGRES || dialect == DIALECT_REDSHIFT || dialect == DIALECT_DUCKDB || dialect == DIALECT_BIGQUERY ||
           dialect == DIALECT_ORACLE;
}

/* DATE + INTERVAL of whole days or months, where that is a date again. */
static nexpr fold_date(struct norm *n, const struct scalar *e) {
    if (dates_become_timestamps(n->plan->dialect)) return NULL;
    if (e->n != 2 || (e->op != SC_ADD && e->op != SC_SUB)) return NULL;
    nexpr date = e->args[0], interval = e->args[1];
    if (e->op == SC_ADD && date->op == SC_LITERAL && date->lit.kind == VALUE_INTERVAL) date = e->args[1], interval = e->args[0];
    if (date->op != SC_LITERAL || date->lit.kind != VALUE_DATE || interval->op != SC_LITERAL || interval->lit.kind != VALUE_INTERVAL) return NULL;
    int sign = e->op == SC_ADD ? 1 : -1;
    if (interval->lit.i % 86400000000 != 0) return NULL;
    int64_t y;
    int m, d;
    civil_from_days(date->lit.i, &y, &m, &d);
    int64_t months = y * 12 + (m - 1) + (int64_t)sign * interval->lit.scale;
    if (months < 12 || months > 9999 * 12) return NULL;
    y = months / 12;
    m = (int)(months % 12) + 1;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int length = lengths[m - 1] + (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0));
    if (d > length) d = length;
    int64_t days = days_of(y, m, d) + sign * (interval->lit.i / 86400000000);
    struct scalar lit = {.op = SC_LITERAL, .lit = {.kind = VALUE_DATE, .i = days}, .type = {TYPE_DATE, 0, 0}};
    return expr_make(n, lit);
}

static bool int_literal(nexpr e, int64_t *v) {
    if (e->op != SC_LITERAL || e->lit.kind != VALUE_INT || e->lit.s.n) return false;
    *v = e->lit.i;
    return true;
}

/* (x + 1) + 2 is x + 3: with equal signs both overflow together. x + 0, x * 1 are x. */
static nexpr fold_identity(struct norm *n, const struct scalar *e) {
    if (e->n != 2 || e->type.kind != TYPE_INT) return NULL;
    nexpr a = e->args[0], b = e->args[1];
    int64_t x, y;
    if ((e->op == SC_ADD || e->op == SC_MUL) && int_literal(a, &x)) {
        nexpr t = a;
        a = b;
        b = t;
    }
    if (!int_literal(b, &y) || a->type.kind != TYPE_INT) return NULL;
    if ((e->op == SC_ADD || e->op == SC_SUB) && y == 0) return a;
    if (e->op == SC_MUL && y == 1) return a;
    if (e->op == SC_ADD && a->op == SC_ADD)
        for (int i = 0; i < 2; i++)
            if (int_literal(a->args[i], &x) && (x >= 0) == (y >= 0) && x + y <= INT32_MAX && x + y >= INT32_MIN) {
                nexpr args[2] = {a->args[1 - i], expr_int(n, x + y)};
                struct scalar sum = *e;
                sum.args = args;
                return expr_make(n, sum);
            }
    return NULL;
}

/* 30 * INTERVAL 1 DAY */
static nexpr fold_interval(struct norm *n, const struct scalar *e) {
    if (e->op != SC_MUL || e->n != 2) return NULL;
    int64_t times;
    for (int i = 0; i < 2; i++) {
        nexpr interval = e->args[1 - i];
        if (!int_literal(e->args[i], &times) || interval->op != SC_LITERAL || interval->lit.kind != VALUE_INTERVAL || times > 100000 ||
            times < -100000)
            continue;
        struct scalar lit = *interval;
        lit.lit.i *= times;
        lit.lit.scale = (int32_t)(lit.lit.scale * times);
        return expr_make(n, lit);
    }
    return NULL;
}

nexpr fold_arithmetic(struct norm *n, const struct scalar *e) {
    if (e->op == SC_CONCAT) {
        for (size_t i = 0; i < e->n; i++)
            if (e->args[i]->op != SC_LITERAL || e->args[i]->lit.kind != VALUE_TEXT) return NULL;
        struct buf all = buf_new(n->arena);
        for (size_t i = 0; i < e->n; i++) buf_slice(&all, e->args[i]->lit.s);
        struct scalar lit = {.op = SC_LITERAL, .lit = {.kind = VALUE_TEXT, .s = str_of(buf_str(&all))}, .type = {TYPE_STRING, 0, 0}};
        return expr_make(n, lit);
    }
    nexpr folded = fold_numbers(n, e);
    if (!folded) folded = fold_interval(n, e);
    if (!folded) folded = fold_date(n, e);
    if (!folded) folded = fold_identity(n, e);
    return folded;
}

nexpr fold_cast(struct norm *n, const struct scalar *e) {
    nexpr a = e->args[0];
    struct type from = a->type, to = e->type;
    if (expr_is_null(a)) return expr_null(n, to);
    bool plain = from.kind == to.kind;
    if (plain && (to.kind == TYPE_BOOL || to.kind == TYPE_DATE)) return a;
    if (plain && to.kind == TYPE_INT && to.precision == from.precision && from.precision) return a;
    if (plain && to.kind == TYPE_STRING && to.scale == from.scale && (to.precision == 0 || (from.precision && to.precision >= from.precision)))
        return a;
    if ((plain || from.kind == TYPE_STRING) && to.kind == TYPE_CHAR && to.precision == 0 && n->plan->dialect == DIALECT_MYSQL &&
        norm_declared(n)) { /* CHAR without a length cuts nothing there, but may bring another collation */
        assume_add(n, "texts are compared by their bytes (no case-folding collation)");
        return a;
    }
    if (plain && to.kind == TYPE_DECIMAL && to.precision == from.precision && to.scale == from.scale && to.precision) return a;
    if (plain && to.kind == TYPE_FLOAT && to.precision == from.precision && to.precision && a->op != SC_LITERAL) return a;
    if (to.kind == TYPE_INT && a->op == SC_LITERAL && a->lit.kind == VALUE_BOOL) return expr_int(n, a->lit.i != 0);
    int64_t days;
    if (to.kind == TYPE_DATE && a->op == SC_LITERAL && a->lit.kind == VALUE_TEXT && a->lit.s.n == 10 && literal_date(a->lit.s, &days) &&
        n->plan->dialect != DIALECT_SQLITE) {
        struct scalar lit = {.op = SC_LITERAL, .lit = {.kind = VALUE_DATE, .i = days}, .type = {TYPE_DATE, 0, 0}};
        return expr_make(n, lit);
    }
    return NULL;
}
