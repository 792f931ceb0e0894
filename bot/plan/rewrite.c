/* rewrite.c - a normal form written as SQL again, with the view's table in the place of what it holds. */
#include "derive_core.h"

#include "eval_func.h"
#include "sql_build.h"
#include "sql_print.h"

#include <ctype.h>
#include <stdio.h>

#define REWRITE_DEPTH_MAX 60

void rewrite_fail(struct rewrite *w, const char *why) {
    if (!w->why) w->why = why;
}

static struct sql_expr *fail(struct rewrite *w, const char *why) {
    rewrite_fail(w, why);
    return sql_null(w->arena);
}

static const char *digits_text(struct arena *arena, const struct literal *lit) {
    if (lit->s.n) return str_dup(arena, lit->s);
    if (lit->scale <= 0) return arena_printf(arena, "%lld", (long long)lit->i);
    bool minus = lit->i < 0;
    char *digits = arena_printf(arena, "%0*lld", lit->scale + 1, (long long)(minus ? -lit->i : lit->i));
    size_t n = strlen(digits) - (size_t)lit->scale;
    return arena_printf(arena, "%s%.*s.%s", minus ? "-" : "", (int)n, digits, digits + n);
}

static struct sql_expr *typed_literal(struct rewrite *w, const char *type, struct str value) {
    if (w->dialect == DIALECT_TSQL || w->dialect == DIALECT_SQLITE) return sql_string(w->arena, value);
    struct sql_expr *text = sql_string(w->arena, value), *e = sql_expr_new(w->arena, EX_LITERAL, LIT_TYPED, &text, 1);
    e->type = sql_type_named(w->arena, str_of(type));
    e->name = value;
    return e;
}

static struct sql_expr *interval_literal(struct rewrite *w, const struct literal *lit) {
    int64_t day = 86400000000;
    bool months = lit->scale != 0;
    if (months ? lit->i != 0 : lit->i % day != 0) return fail(w, "an interval of several units");
    int64_t count = months ? lit->scale : lit->i / day;
    struct sql_expr *value = sql_string(w->arena, str_of(arena_printf(w->arena, "%lld", (long long)count)));
    struct sql_expr *e = sql_expr_new(w->arena, EX_INTERVAL, OP_NONE, &value, 1);
    e->name = months ? STR("MONTH") : STR("DAY");
    return e;
}

static struct str civil_text(struct arena *arena, int64_t days) {
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int day = (int)(doy - (153 * mp + 2) / 5 + 1), month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return str_of(arena_printf(arena, "%04d-%02d-%02d", (int)(yoe + era * 400 + (month <= 2)), month, day));
}

static struct str moment_text(struct arena *arena, int64_t micros) {
    int64_t day = 86400000000, days = micros / day - (micros % day < 0), rest = micros - days * day, s = rest / 1000000;
    char fraction[16] = "";
    if (rest % 1000000) snprintf(fraction, sizeof fraction, ".%06d", (int)(rest % 1000000));
    struct str date = civil_text(arena, days);
    return str_of(arena_printf(arena, "%.*s %02d:%02d:%02d%s", STR_ARG(date), (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), fraction));
}

static struct sql_expr *number_literal(struct rewrite *w, const char *digits) {
    if (*digits != '-') return sql_number(w->arena, str_of(digits));
    return sql_unary(w->arena, OP_NEGATE, sql_number(w->arena, str_of(digits + 1)));
}

static struct sql_expr *write_literal(struct rewrite *w, const struct literal *lit) {
    switch (lit->kind) {
    case VALUE_NULL:
        return sql_null(w->arena);
    case VALUE_BOOL:
        return sql_bool(w->arena, lit->i != 0);
    case VALUE_INT:
    case VALUE_DECIMAL:
        return number_literal(w, digits_text(w->arena, lit));
    case VALUE_FLOAT:
        return number_literal(w, arena_printf(w->arena, "%.17ge0", lit->r));
    case VALUE_TEXT:
        return sql_string(w->arena, lit->s);
    case VALUE_DATE:
        return typed_literal(w, "DATE", civil_text(w->arena, lit->i));
    case VALUE_TIMESTAMP:
        return typed_literal(w, "TIMESTAMP", moment_text(w->arena, lit->i));
    case VALUE_INTERVAL:
        return interval_literal(w, lit);
    }
    return fail(w, "a literal");
}

static enum sql_op binary_op(enum scalar_op op) {
    switch (op) {
    case SC_EQ:
        return OP_EQ;
    case SC_NE:
        return OP_NE;
    case SC_LT:
        return OP_LT;
    case SC_LE:
        return OP_LE;
    case SC_GT:
        return OP_GT;
    case SC_GE:
        return OP_GE;
    case SC_ADD:
        return OP_ADD;
    case SC_SUB:
        return OP_SUB;
    case SC_MUL:
        return OP_MUL;
    case SC_DIV:
        return OP_DIVIDE;
    case SC_MOD:
        return OP_MODULO;
    case SC_AND:
        return OP_AND;
    case SC_OR:
        return OP_OR;
    default:
        return OP_NONE;
    }
}

static struct sql_expr **write_args(struct rewrite *w, const nexpr *args, size_t n) {
    struct sql_expr **out = arena_array(w->arena, n + 1, sizeof *out);
    for (size_t i = 0; i < n; i++) out[i] = rewrite_expr(w, args[i]);
    return out;
}

/* `10 < x` is written as `x > 10`. */
static bool is_turned(nexpr e) { return e->op >= SC_EQ && e->op <= SC_GE && e->args[0]->op == SC_LITERAL && e->args[1]->op != SC_LITERAL; }

static struct sql_expr *write_turned(struct rewrite *w, nexpr e) {
    static const enum sql_op turned[] = {[SC_EQ] = OP_EQ, [SC_NE] = OP_NE, [SC_LT] = OP_GT, [SC_LE] = OP_GE, [SC_GT] = OP_LT, [SC_GE] = OP_LE};
    struct sql_expr *literal = rewrite_expr(w, e->args[0]);
    return sql_binary(w->arena, turned[e->op], rewrite_expr(w, e->args[1]), literal);
}

/* A division that does not do what it would do between these operands, were it written anew. */
static bool divides_otherwise(const struct rewrite *w, nexpr e) {
    if (e->op != SC_DIV || !plan_int_division(w->dialect)) return false;
    bool whole = e->args[0]->type.kind == TYPE_INT && e->args[1]->type.kind == TYPE_INT;
    return whole != (e->name && strcmp(e->name, "whole") == 0);
}

static struct sql_expr *write_binary(struct rewrite *w, nexpr e) {
    if (divides_otherwise(w, e)) return fail(w, "a division of whole numbers that is not one between them");
    if (is_turned(e)) return write_turned(w, e);
    struct sql_expr *out = rewrite_expr(w, e->args[0]);
    for (size_t i = 1; i < e->n; i++) out = sql_binary(w->arena, binary_op(e->op), out, rewrite_expr(w, e->args[i]));
    return out;
}

static struct sql_expr *write_case(struct rewrite *w, nexpr e) {
    struct sql_expr **args = write_args(w, e->args, e->n);
    return sql_case(w->arena, args, (uint32_t)(e->n / 2), args[e->n - 1]);
}

static struct sql_expr *write_like(struct rewrite *w, nexpr e) {
    static const struct {
        const char *name;
        enum sql_op op;
    } ops[] = {{"like", OP_LIKE}, {"ilike", OP_ILIKE}, {"rlike", OP_RLIKE}, {"similar", OP_SIMILAR}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (!e->name || strcmp(ops[i].name, e->name) != 0) continue;
        struct sql_expr *out = sql_expr_new(w->arena, EX_LIKE, ops[i].op, write_args(w, e->args, e->n), e->n);
        if (e->n == 3) out->flags |= SQL_ESCAPE;
        return out;
    }
    return fail(w, "a pattern");
}

static const char *timestamp_text(struct arena *arena, struct type type) {
    static const char *const names[] = {"TIMESTAMP",
                                        [SCALE_DATETIME] = "DATETIME",
                                        [SCALE_ZONED] = "TIMESTAMPTZ",
                                        [SCALE_LOCAL] = "TIMESTAMP_LTZ",
                                        [SCALE_NAIVE] = "TIMESTAMP_NTZ",
                                        [SCALE_DATETIME2] = "DATETIME2"};
    const char *name = type.scale >= 0 && (size_t)type.scale < sizeof names / sizeof *names ? names[type.scale] : NULL;
    return name && type.precision ? arena_printf(arena, "%s(%d)", name, type.precision) : name;
}

/* FLOAT without a width has another one in every dialect: it is written as it was. */
static const char *float_text(enum dialect dialect, int width) {
    if (width == 0) return "FLOAT";
    if (width == 32) return "REAL";
    if (width != 64) return NULL;
    bool plain = dialect <= DIALECT_SPARK || dialect == DIALECT_TRINO || dialect == DIALECT_DUCKDB;
    return plain ? "DOUBLE" : dialect == DIALECT_BIGQUERY ? "FLOAT64" : "DOUBLE PRECISION";
}

static const char *decimal_text(struct arena *arena, struct type type) {
    if (type.precision) return arena_printf(arena, "DECIMAL(%d, %d)", type.precision, type.scale);
    return type.scale == SCALE_BIG ? "BIGNUMERIC" : type.scale == 0 ? "DECIMAL" : NULL;
}

static const char *cast_type_text(struct rewrite *w, struct type type) {
    switch (type.kind) {
    case TYPE_DECIMAL:
        return decimal_text(w->arena, type);
    case TYPE_INT:
        return type.precision == 64 ? "BIGINT" : type.precision == 32 || !type.precision ? "INT" : type.precision == 16 ? "SMALLINT" : NULL;
    case TYPE_FLOAT:
        return float_text(w->dialect, type.precision);
    case TYPE_DATE:
        return "DATE";
    case TYPE_TIMESTAMP:
        return timestamp_text(w->arena, type);
    case TYPE_BOOL:
        return "BOOLEAN";
    case TYPE_STRING:
        if (type.scale == SCALE_NATIONAL) return type.precision ? arena_printf(w->arena, "NVARCHAR(%d)", type.precision) : "NVARCHAR(MAX)";
        if (w->dialect == DIALECT_TSQL && !type.precision) return "VARCHAR(MAX)";
        return type.precision ? arena_printf(w->arena, "VARCHAR(%d)", type.precision) : w->dialect <= DIALECT_BIGQUERY ? "STRING" : "VARCHAR";
    default:
        return NULL;
    }
}

/* 1.00, whose places are kept as a cast; NULL: the cast is another one. */
static struct sql_expr *write_places(struct rewrite *w, nexpr e) {
    const struct literal *lit = &e->args[0]->lit;
    bool plain = e->op == SC_CAST && e->type.kind == TYPE_DECIMAL && e->args[0]->op == SC_LITERAL && lit->kind == VALUE_DECIMAL && !lit->s.n;
    if (!plain || lit->scale >= e->type.scale || (e->name && strcmp(e->name, "cast") != 0)) return NULL;
    const char *digits = digits_text(w->arena, lit);
    int wanted = e->type.scale - lit->scale;
    digits = arena_printf(w->arena, "%s%s%.*s", digits, lit->scale ? "" : ".", wanted, "00000000000000000000");
    size_t n = strlen(digits) - 1 - (lit->i < 0); /* without the point and the sign */
    return wanted <= 20 && n == e->type.precision ? number_literal(w, digits) : NULL;
}

static struct sql_expr *write_cast(struct rewrite *w, nexpr e) {
    struct sql_expr *number = write_places(w, e);
    if (number) return number;
    const char *type = cast_type_text(w, e->type);
    if (!type) return fail(w, "a cast");
    bool try_it = e->name && strcmp(e->name, "try_cast") == 0;
    struct sql_expr *out = sql_cast(w->arena, rewrite_expr(w, e->args[0]), sql_type_named(w->arena, str_of(type)), try_it ? CAST_TRY : CAST_PLAIN);
    if (try_it) out->name = STR("TRY_CAST");
    return out;
}

static struct sql_expr *keyword(struct rewrite *w, nexpr e) {
    struct sql_expr *out = sql_expr_new(w->arena, EX_KEYWORD, OP_NONE, NULL, 0);
    out->name = e->lit.s;
    return out;
}

/* "extract::from": the words between the arguments stand in the name. */
static struct sql_expr *write_worded(struct rewrite *w, nexpr e) {
    struct str rest = str_of(e->name), part;
    str_split(&rest, ':', &part);
    bool has_unit = str_is(part, "extract") || str_is(part, "floor") || str_is(part, "ceil");
    if (!has_unit && !str_is(part, "substring") && !str_is(part, "position")) return fail(w, "a function with words among its arguments");
    for (size_t i = 0; has_unit && i < e->n; i++)
        if (e->args[i]->op == SC_LITERAL && e->args[i]->lit.kind == VALUE_NULL) return fail(w, "a part of NULL, whose type is not known");
    struct sql_expr **args = write_args(w, e->args, e->n);
    for (size_t i = 0; has_unit && i < e->n; i++)
        if (e->args[i]->op == SC_LITERAL && e->args[i]->lit.kind == VALUE_TEXT) args[i] = keyword(w, e->args[i]);
    struct sql_expr *out = sql_call(w->arena, part, args, e->n);
    struct sql_call *more = sql_call_more(w->arena, out);
    more->before = arena_array(w->arena, e->n + 1u, sizeof *more->before);
    for (size_t i = 0; i < e->n && str_split(&rest, ':', &part); i++) {
        char *word = str_dup(w->arena, part);
        for (char *p = word; *p; p++) *p = (char)toupper((unsigned char)*p);
        more->before[i] = str_of(word);
    }
    return out;
}

static bool is_plain_name(const char *name) {
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '.') return false;
    return *name != 0;
}

/* A field of a date: year(x) in some dialects, EXTRACT(YEAR FROM x) in the others; NULL when it is none. */
static struct sql_expr *write_field(struct rewrite *w, nexpr e) {
    static const char *const fields[] = {"YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE"};
    enum dialect d = w->dialect;
    bool extracts =
        d == DIALECT_POSTGRES || d == DIALECT_REDSHIFT || d == DIALECT_BIGQUERY || d == DIALECT_TRINO || d == DIALECT_ORACLE || d == DIALECT_ANSI;
    const char *unit = NULL;
    for (size_t i = 0; e->n == 1 && extracts && i < sizeof fields / sizeof *fields; i++)
        if (strcasecmp(fields[i], e->name) == 0) unit = fields[i];
    if (!unit) return NULL;
    struct sql_expr *word = sql_expr_new(w->arena, EX_KEYWORD, OP_NONE, NULL, 0), *args[2] = {word, rewrite_expr(w, e->args[0])};
    word->name = str_of(unit);
    struct sql_expr *out = sql_call(w->arena, STR("EXTRACT"), args, 2);
    struct str *before = arena_array(w->arena, 2, sizeof *before);
    before[1] = STR("FROM");
    sql_call_more(w->arena, out)->before = before;
    return out;
}

static struct sql_expr *write_call(struct rewrite *w, nexpr e) {
    static const char *const made_up[] = {"array", "map",   "subscript", "in_array",  "json_get",  "json_get_text", "at_time_zone",
                                          "glob",  "match", "xor",       "tsql_plus", "member_of", "overlaps"};
    static const char *const bare[] = {"current_date", "current_timestamp", "current_time", "localtime", "localtimestamp", "current_user"};
    for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++)
        if (strcmp(made_up[i], e->name) == 0) return fail(w, "an operator that is kept as a function");
    if (strncmp(e->name, "bit_", 4) == 0 || strncmp(e->name, "shift_", 6) == 0) return fail(w, "a bit operator");
    size_t nulls = 0;
    for (size_t i = 0; i < e->n; i++) nulls += e->args[i]->op == SC_LITERAL && e->args[i]->lit.kind == VALUE_NULL;
    if (e->n && nulls == e->n) return fail(w, "a function of NULLs, whose type is not known");
    if (strchr(e->name, ':')) return write_worded(w, e);
    struct sql_expr *field = write_field(w, e);
    if (field) return field;
    if (!is_plain_name(e->name)) return fail(w, "a function with an unusual name");
    struct sql_expr *out = sql_call(w->arena, str_of(e->name), write_args(w, e->args, e->n), e->n);
    for (size_t i = 0; e->n == 0 && i < sizeof bare / sizeof *bare; i++)
        if (strcmp(bare[i], e->name) == 0) out->flags |= SQL_NO_PARENS;
    return out;
}

static struct sql_expr *write_aggregate(struct rewrite *w, nexpr e) {
    if (e->n_order || strchr(e->name, ':')) return fail(w, "an ordered aggregate");
    if (strcmp(e->name, "bare") == 0 || e->name[0] == '$') return fail(w, "a column that is no key");
    bool the = strcmp(e->name, "the") == 0; /* the normal form's: all rows of the group agree on the value */
    if (the && e->type.kind == TYPE_BOOL) return fail(w, "a truth that the key decides");
    bool counts = strcmp(e->name, "count") == 0, star = counts && e->n == 0;
    if (e->n == 1 && !counts && e->args[0]->op == SC_LITERAL && e->args[0]->lit.kind == VALUE_NULL) return fail(w, "an aggregate of NULL");
    struct sql_expr **args = write_args(w, e->args, e->n);
    if (star) args[0] = sql_star(w->arena, NULL);
    if (e->filter) {
        /* FILTER is not in every dialect; CASE is. */
        struct sql_expr *arms[2] = {rewrite_expr(w, e->filter), star ? sql_integer(w->arena, 1) : args[0]};
        if (e->n > 1) return fail(w, "a filtered aggregate of several arguments");
        args[0] = sql_case(w->arena, arms, 1, NULL);
        star = false;
    }
    struct sql_expr *out = sql_call(w->arena, the ? STR("MAX") : str_of(e->name), args, e->n || !e->n ? (uint32_t)(e->n ? e->n : 1) : 0);
    if (e->distinct) out->flags |= SQL_DISTINCT;
    return out;
}

static void write_order(struct rewrite *w, const struct sort_key *keys, size_t n, struct sql_order **order, uint32_t *count) {
    for (size_t i = 0; i < n; i++) {
        bool low = dialect_traits(w->dialect)->nulls_low;
        enum sql_nulls nulls = keys[i].nulls_first == (low != keys[i].descending) ? NULLS_UNSAID : keys[i].nulls_first ? NULLS_FIRST : NULLS_LAST;
        sql_order_add(w->arena, order, count, rewrite_expr(w, keys[i].expr), keys[i].descending ? ORDER_DESC : ORDER_UNSAID, nulls);
    }
}

static struct sql_expr *write_window(struct rewrite *w, nexpr e) {
    const struct window_spec *spec = e->window;
    if (spec->unit != WINDOW_NONE || spec->exclude || spec->ignore_nulls) return fail(w, "a window frame");
    nexpr f = e->args[0];
    struct sql_expr *call = f->op == SC_AGG ? write_aggregate(w, f) : write_call(w, f);
    if (call->kind != EX_CALL) return call;
    struct sql_window *window = arena_new(w->arena, struct sql_window);
    window->partition = write_args(w, spec->partition, spec->n_partition);
    window->partition_count = (uint32_t)spec->n_partition;
    write_order(w, spec->order, spec->n_order, &window->order, &window->order_count);
    sql_call_more(w->arena, call)->over = window;
    return call;
}

static struct sql_expr *write_not(struct rewrite *w, nexpr e) {
    nexpr x = e->args[0];
    struct sql_expr *inner = rewrite_expr(w, x);
    bool folds = inner->kind == EX_IS || inner->kind == EX_IN || inner->kind == EX_LIKE || inner->kind == EX_IN_QUERY;
    if (!folds || (inner->flags & SQL_NOT)) return sql_unary(w->arena, OP_NOT, inner);
    inner->flags |= SQL_NOT;
    return inner;
}

static struct sql_expr *write_query(struct rewrite *w, nexpr e) {
    struct sql_query *query = e->block ? rewrite_block(w, e->block, NULL) : NULL;
    if (!query) return fail(w, "a sub-query");
    if (e->op == SC_EXISTS) return sql_subquery(w->arena, EX_EXISTS, query);
    if (e->op == SC_SUBQUERY) return sql_subquery(w->arena, EX_SUBQUERY, query);
    if (e->op != SC_IN_QUERY) return fail(w, "a quantified comparison");
    struct sql_expr **args = write_args(w, e->args, e->n), *left = e->n == 1 ? args[0] : sql_expr_new(w->arena, EX_TUPLE, OP_NONE, args, e->n);
    struct sql_expr *out = sql_expr_new(w->arena, EX_IN_QUERY, OP_NONE, &left, 1);
    out->query = query;
    return out;
}

static struct sql_expr *write_same(struct rewrite *w, nexpr e) {
    struct sql_expr **args = write_args(w, e->args, 2);
    if (dialect_traits(w->dialect)->null_safe_equal) return sql_binary(w->arena, OP_NULL_EQ, args[0], args[1]);
    struct sql_expr *out = sql_expr_new(w->arena, EX_IS, OP_IS_DISTINCT, args, 2);
    out->flags |= SQL_NOT;
    return out;
}

bool rewrite_is_constant(nexpr e) {
    if (e->op == SC_COLUMN || e->op == SC_AGG || e->op == SC_WINDOW || e->op == SC_GROUPING || e->op == SC_MATCHED) return false;
    if (e->block || e->rel || e->is_volatile) return false;
    for (size_t i = 0; i < e->n; i++)
        if (!rewrite_is_constant(e->args[i])) return false;
    return true;
}

/* The view's column for an expression. Not for a constant: it is written again, also above a grouping that has no key for it. */
static struct sql_expr *shown_as(struct rewrite *w, nexpr e) {
    if (rewrite_is_constant(e) || w->view_hidden) return NULL;
    for (size_t i = 0; w->match && i < w->shown.n; i++)
        if (match_expr(w->match, w->shown.at[i].v, e)) return w->shown.at[i].as;
    return NULL;
}

/* A truncation of a date, or a field of it: the finest unit it depends on, and of what. */
static enum date_unit unit_of(nexpr e, nexpr *x, bool *truncates) {
    static const char *const truncations[] = {"date_trunc", "floor::to", "trunc", "timestamp_trunc", "datetime_trunc"};
    static const char *const fields[] = {"year", "quarter", "month", "day", "hour", "minute"};
    if (e->op != SC_CALL) return UNIT_NONE;
    for (size_t i = 0; e->n == 1 && i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i], e->name) != 0) continue;
        *x = e->args[0];
        *truncates = false;
        return date_unit_of(str_of(e->name));
    }
    for (size_t i = 0; e->n == 2 && i < sizeof truncations / sizeof *truncations; i++) {
        if (strcmp(truncations[i], e->name) != 0) continue;
        size_t at = e->args[0]->op == SC_LITERAL ? 0 : 1;
        *x = e->args[1 - at];
        *truncates = true;
        return e->args[at]->op == SC_LITERAL && e->args[at]->lit.kind == VALUE_TEXT ? date_unit_of(e->args[at]->lit.s) : UNIT_NONE;
    }
    return UNIT_NONE;
}

/* Is each unit `coarse` a whole number of units `fine`? A field such as MONTH needs all that lies between as well, which truncation keeps. */
static bool holds_units(enum date_unit coarse, enum date_unit fine) {
    if (fine == UNIT_NONE || coarse == UNIT_NONE || coarse > UNIT_YEAR || fine > UNIT_YEAR) return false;
    if (fine == UNIT_WEEK || coarse == UNIT_WEEK) return fine == coarse || (coarse == UNIT_WEEK && fine <= UNIT_DAY);
    return fine <= coarse;
}

/* date_trunc('month', x) from a column that shows date_trunc('day', x). */
static struct sql_expr *coarser(struct rewrite *w, nexpr e) {
    nexpr x, shown_x;
    bool truncates, shown_truncates;
    enum date_unit unit = w->view_hidden ? UNIT_NONE : unit_of(e, &x, &truncates);
    for (size_t i = 0; w->match && unit != UNIT_NONE && i < w->shown.n; i++) {
        nexpr v = w->shown.at[i].v;
        enum date_unit fine = unit_of(v, &shown_x, &shown_truncates);
        if (fine == UNIT_NONE || !shown_truncates || !holds_units(unit, fine) || !match_expr(w->match, shown_x, x)) continue;
        if (truncates && strcmp(v->name, e->name) != 0) continue;
        struct scalar *copy = arena_new(w->arena, struct scalar), *stored = arena_new(w->arena, struct scalar);
        nexpr *args = arena_array(w->arena, e->n, sizeof *args);
        *stored = (struct scalar){.op = SC_COLUMN, .column = (int)w->q->n_columns};
        for (size_t k = 0; k < e->n; k++) args[k] = e->args[k] == x ? stored : e->args[k];
        *copy = *e;
        copy->args = args;
        w->column[w->q->n_columns] = w->shown.at[i].as;
        return write_call(w, copy);
    }
    return NULL;
}

/* Is a column of the name among those of another source that the view shows all of, or among those that it names? A stored table has one of a name,
 * and which that is, engines differ in. */
static bool named_twice(const struct rewrite *w, size_t source, const char *name) {
    const struct graft *g = &w->graft;
    for (size_t i = 0; i < g->n_names; i++)
        if (g->names[i] && strcasecmp(g->names[i], name) == 0) return true;
    for (size_t i = 0; i < g->block->n_sources; i++) {
        const struct source *s = g->block->sources[i];
        for (size_t k = 0; i != source && g->all_shown[i] && k < s->n_columns; k++) {
            const char *other = column_name(w->q, s->columns[k]);
            if (other && strcasecmp(other, name) == 0) return true;
        }
    }
    return false;
}

static struct sql_expr *write_column(struct rewrite *w, nexpr e) {
    if ((size_t)e->column == w->q->n_columns) return w->column[e->column]; /* of coarser() */
    if (e->column >= 0 && (size_t)e->column < w->q->n_columns && w->column[e->column]) return w->column[e->column];
    const char *name = column_name(w->q, e->column);
    if (w->view_hidden) return fail(w, "a part that looks at the rows beside it");
    for (size_t i = 0; w->graft.block && name && *name && i < w->graft.block->n_sources; i++)
        if (w->graft.all_shown[i] && w->graft.block->sources[i] == w->q->column_source[e->column])
            return named_twice(w, i, name) ? fail(w, "two of its columns have one name") : view_ref(w, name);
    for (size_t i = w->beside; i < w->said.n; i++)
        if (w->said.at[i] == e->column) return fail(w, "a part that looks at the rows beside it");
    return fail(w, arena_printf(w->arena, "the stored result does not show `%s`", name ? name : "a computed column"));
}

static struct sql_expr *write_matched(struct rewrite *w, nexpr e) {
    for (size_t i = 0; i < w->witnesses.n; i++)
        if (w->witnesses.at[i].item == e->column) return w->witnesses.at[i].as;
    return fail(w, "whether an outer join found a partner");
}

static struct sql_expr *write_node(struct rewrite *w, nexpr e) {
    switch (e->op) {
    case SC_MATCHED:
        return write_matched(w, e);
    case SC_COLUMN:
        return write_column(w, e);
    case SC_LITERAL:
        return write_literal(w, &e->lit);
    case SC_PARAM:
        return strncmp(e->name, "lambda:", 7) == 0 ? fail(w, "a lambda") : sql_param(w->arena, str_of(e->name));
    case SC_AND:
    case SC_OR:
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_DIV:
    case SC_MOD:
        return write_binary(w, e);
    case SC_NOT:
        return write_not(w, e);
    case SC_SAME:
        return write_same(w, e);
    case SC_IS_NULL:
        return sql_is(w->arena, rewrite_expr(w, e->args[0]), OP_IS_NULL, false);
    case SC_IS_TRUE:
        return sql_is(w->arena, rewrite_expr(w, e->args[0]), OP_IS_TRUE, false);
    case SC_NEG:
        return sql_unary(w->arena, OP_NEGATE, rewrite_expr(w, e->args[0]));
    case SC_CONCAT:
        return sql_expr_new(w->arena, EX_BINARY, OP_CONCAT, write_args(w, e->args, e->n), e->n);
    case SC_LIKE:
        return write_like(w, e);
    case SC_CASE:
        return write_case(w, e);
    case SC_COALESCE:
        return sql_call(w->arena, STR("COALESCE"), write_args(w, e->args, e->n), e->n);
    case SC_IN: {
        struct sql_expr **args = write_args(w, e->args, e->n);
        return sql_in(w->arena, args[0], args + 1, e->n - 1u, false);
    }
    case SC_CAST:
        return write_cast(w, e);
    case SC_CALL:
        return write_call(w, e);
    case SC_AGG:
        return write_aggregate(w, e);
    case SC_WINDOW:
        return write_window(w, e);
    case SC_EXISTS:
    case SC_IN_QUERY:
    case SC_SUBQUERY:
        return write_query(w, e);
    default:
        return fail(w, "an expression that has no plain SQL");
    }
}

struct sql_expr *rewrite_expr(struct rewrite *w, nexpr e) {
    struct sql_expr *shown = shown_as(w, e);
    if (!shown) shown = coarser(w, e);
    if (shown) return shown;
    if (++w->depth > REWRITE_DEPTH_MAX) {
        w->depth--;
        return fail(w, "too deep");
    }
    struct sql_expr *out = write_node(w, e);
    w->depth--;
    return out;
}
