/* py_column.c - Column expressions, pyspark.sql.functions and windows as SQL expressions. */
#include "pyspark.h"

#include "sql_build.h"
#include "sql_parse.h"

#include <stdlib.h>

struct pv pv_column(struct py_run *r, struct sql_expr *expr) {
    struct pv v = {.kind = PV_COLUMN, .column = arena_new(r->arena, struct column)};
    v.column->expr = expr;
    return v;
}

static struct pv unknown(void) { return (struct pv){.kind = PV_UNKNOWN, .s = STR("")}; }

/* A column's name as text: "a", "t.a", "*", "t.*", "`a b`". */
static struct sql_expr *named_column(struct py_run *r, struct str name) {
    if (str_is(name, "*")) return sql_star(r->arena, NULL);
    if (str_ends(name, ".*")) return sql_star(r->arena, sql_name_of(r->arena, (struct str){name.p, name.n - 2}));
    return sql_column(r->arena, name);
}

static struct sql_expr *literal(struct py_run *r, struct pv v) {
    switch (v.kind) {
    case PV_TEXT: {
        /* A text that is one unknown, "${x}", is a parameter. */
        struct str s = pv_str(v);
        bool parameter = s.n > 3 && str_starts(s, "${") && memchr(s.p, '}', s.n) == s.p + s.n - 1;
        return parameter ? sql_param(r->arena, s) : sql_string(r->arena, s);
    }
    case PV_NUMBER: {
        bool negative = v.s.n && v.s.p[0] == '-';
        struct sql_expr *e = sql_number(r->arena, negative ? (struct str){v.s.p + 1, v.s.n - 1} : v.s);
        return negative ? sql_unary(r->arena, OP_NEGATE, e) : e;
    }
    case PV_BOOL:
        return sql_bool(r->arena, v.b);
    case PV_NONE:
        return sql_null(r->arena);
    case PV_UNKNOWN:
        if (v.s.n && !v.parameter && !str_starts(v.s, "args.")) placeholder_computed(r, str_dup(r->arena, v.s));
        return v.s.n ? sql_param(r->arena, str_of(arena_printf(r->arena, "${%.*s}", STR_ARG(v.s)))) : NULL;
    default:
        return NULL;
    }
}

struct sql_expr *column_expr(struct py_run *r, struct pv v) {
    return v.kind == PV_COLUMN ? v.column->expr : literal(r, v);
}

struct sql_expr *column_or_name(struct py_run *r, struct pv v) {
    return pv_is_text(v) ? named_column(r, pv_str(v)) : column_expr(r, v);
}

bool column_of(struct py_run *r, struct pv v, struct column *out) {
    *out = (struct column){0};
    if (v.kind == PV_COLUMN) {
        *out = *v.column;
        return out->expr != NULL;
    }
    if (!pv_is_text(v)) return false;
    out->expr = named_column(r, pv_str(v));
    return true;
}

/* Operators. */

static const struct {
    const char *py;
    enum sql_op op;
} operators[] = {
    {"==", OP_EQ}, {"!=", OP_NE}, {"<", OP_LT},  {"<=", OP_LE}, {">", OP_GT},     {">=", OP_GE},    {"&", OP_AND},
    {"|", OP_OR},  {"+", OP_ADD}, {"-", OP_SUB}, {"*", OP_MUL}, {"/", OP_DIVIDE}, {"%", OP_MODULO}, {"**", OP_POWER},
};

static struct sql_expr *field_of(struct py_run *r, struct sql_expr *of, struct str name) {
    /* A field of a plain name is a longer name, as SQL writes it. */
    if (of->kind == EX_NAME && of->path) {
        struct sql_ident *parts = arena_array(r->arena, of->path->part_count + 1, sizeof *parts);
        memcpy(parts, of->path->parts, of->path->part_count * sizeof *parts);
        parts[of->path->part_count] = sql_ident(name, false);
        struct sql_expr *e = sql_column(r->arena, name);
        e->path = sql_name_new(r->arena, parts, of->path->part_count + 1);
        e->spare = of->spare;
        return e;
    }
    struct sql_expr *e = sql_expr_new(r->arena, EX_FIELD, OP_NONE, &of, 1);
    struct sql_ident part = sql_ident(name, false);
    e->path = sql_name_new(r->arena, &part, 1);
    e->name = name;
    return e;
}

struct pv column_binary(struct py_run *r, struct str op, struct pv a, struct pv b) {
    struct sql_expr *x = column_expr(r, a);
    if (!x) return unknown();
    if (str_is(op, "~")) return pv_column(r, sql_unary(r->arena, OP_NOT, x));
    if (str_is(op, "neg")) return pv_column(r, sql_unary(r->arena, OP_NEGATE, x));
    if (str_is(op, ".")) return pv_column(r, field_of(r, x, pv_str(b)));
    struct sql_expr *y = column_expr(r, b);
    if (!y) return unknown();
    if (str_is(op, "[]")) {
        if (pv_is_text(b)) return pv_column(r, field_of(r, x, pv_str(b)));
        struct sql_expr *args[2] = {x, y};
        return pv_column(r, sql_expr_new(r->arena, EX_SUBSCRIPT, OP_NONE, args, 2));
    }
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (str_is(op, operators[i].py)) return pv_column(r, sql_binary(r->arena, operators[i].op, x, y));
    }
    return unknown();
}

/* Types: "string", StringType(), T.DecimalType(10, 2). */
static struct sql_type *type_of(struct py_run *r, const struct py_node *node) {
    static const struct {
        const char *py, *sql;
    } types[] = {
        {"StringType", "STRING"},  {"IntegerType", "INT"},     {"LongType", "BIGINT"},   {"DoubleType", "DOUBLE"},
        {"FloatType", "FLOAT"},    {"BooleanType", "BOOLEAN"}, {"DateType", "DATE"},     {"TimestampType", "TIMESTAMP"},
        {"ShortType", "SMALLINT"}, {"ByteType", "TINYINT"},    {"BinaryType", "BINARY"}, {"DecimalType", "DECIMAL"},
    };
    if (!node) return NULL;
    if (node->kind == PY_STRING) return sql_parse_type(r->arena, node->text, r->session->dialect, NULL);
    const struct py_node *name = node->kind == PY_CALL ? node->kids[0] : node;
    struct str word = name->text;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!str_is(word, types[i].py)) continue;
        struct str args = {"", 0};
        bool plain = node->kind == PY_CALL;
        for (size_t k = 1; plain && k < node->count; k++) plain &= node->kids[k]->kind == PY_NUMBER;
        if (node->kind == PY_CALL && !plain) return NULL;
        if (node->kind == PY_CALL && node->count == 2) args = str_of(arena_printf(r->arena, "(%.*s)", STR_ARG(node->kids[1]->text)));
        if (node->kind == PY_CALL && node->count == 3)
            args = str_of(arena_printf(r->arena, "(%.*s, %.*s)", STR_ARG(node->kids[1]->text), STR_ARG(node->kids[2]->text)));
        return sql_parse_type(r->arena, str_of(arena_printf(r->arena, "%s%.*s", types[i].sql, STR_ARG(args))), r->session->dialect, NULL);
    }
    struct pv v = py_eval(r, node);
    return pv_is_text(v) ? sql_parse_type(r->arena, pv_str(v), r->session->dialect, NULL) : NULL;
}

/* Methods. */

static struct pv like(struct py_run *r, struct sql_expr *x, struct sql_expr *pattern, enum sql_op op) {
    struct sql_expr *args[2] = {x, pattern};
    return pattern ? pv_column(r, sql_expr_new(r->arena, EX_LIKE, op, args, 2)) : unknown();
}

static struct pv call_of(struct py_run *r, const char *name, struct sql_expr *a, struct sql_expr *b, struct sql_expr *c) {
    struct sql_expr *args[3] = {a, b, c};
    uint32_t n = c ? 3 : b ? 2 : a ? 1 : 0;
    return pv_column(r, sql_call(r->arena, str_of(name), args, n));
}

static struct pv is_in(struct py_run *r, struct sql_expr *x, const struct py_node *call) {
    enum { LIST_MAX = 2000 };
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    if (!known) return unknown();
    if (items.n > LIST_MAX || items.n == 0) return unknown();
    struct sql_expr **list = arena_array(r->arena, items.n, sizeof *list);
    for (size_t i = 0; i < items.n; i++) {
        list[i] = column_expr(r, items.at[i]);
        if (!list[i]) return unknown();
    }
    return pv_column(r, sql_in(r->arena, x, list, (uint32_t)items.n, false));
}

static struct pv between(struct py_run *r, struct sql_expr *x, const struct py_node *call) {
    struct sql_expr *args[3] = {x, column_expr(r, py_arg_value(r, call, 0, "lowerBound")), column_expr(r, py_arg_value(r, call, 1, "upperBound"))};
    return args[1] && args[2] ? pv_column(r, sql_expr_new(r->arena, EX_BETWEEN, OP_NONE, args, 3)) : unknown();
}

static struct pv when_more(struct py_run *r, struct sql_expr *x, struct sql_expr *a, struct sql_expr *b) {
    /* Adds a pair, or (b NULL) the ELSE, to a CASE: expressions are not changed once made. */
    uint32_t n = x->arg_count;
    bool has_else = x->flags & SQL_ELSE;
    if (has_else || x->kind != EX_CASE || !a) return unknown();
    struct sql_expr **pairs = arena_array(r->arena, n + 2, sizeof *pairs);
    memcpy(pairs, x->args, n * sizeof *pairs);
    if (b) pairs[n] = a, pairs[n + 1] = b;
    struct pv v = pv_column(r, sql_case(r->arena, pairs, (b ? n + 2 : n) / 2, b ? NULL : a));
    v.column->is_when = true;
    return v;
}

static struct pv ordered(struct py_run *r, struct sql_expr *x, struct str method) {
    struct pv v = pv_column(r, x);
    bool down = str_starts(method, "desc");
    v.column->direction = down ? ORDER_DESC : ORDER_ASC;
    if (str_ends(method, "nulls_first")) v.column->nulls = NULLS_FIRST;
    if (str_ends(method, "nulls_last")) v.column->nulls = NULLS_LAST;
    return v;
}

static struct pv aliased(struct py_run *r, struct pv column, const struct py_node *call) {
    struct pv name = py_arg_value(r, call, 0, NULL), v = pv_column(r, column.column->expr);
    if (!pv_is_text(name)) return unknown();
    *v.column = *column.column;
    if (!py_arg(call, 1)) v.column->alias = pv_str(name);
    bool known = true;
    struct pv_items names = py_arg(call, 1) ? py_arguments(r, call, &known) : (struct pv_items){0};
    v.column->aliases = arena_array(r->arena, names.n + 1, sizeof *v.column->aliases);
    for (size_t i = 0; i < names.n; i++) {
        known &= pv_is_text(names.at[i]);
        v.column->aliases[v.column->alias_count++] = sql_ident(pv_str(names.at[i]), false);
    }
    return known ? v : unknown();
}

static struct pv over(struct py_run *r, struct sql_expr *x, const struct py_node *call) {
    struct pv w = py_arg_value(r, call, 0, NULL);
    if (w.kind != PV_WINDOW || x->kind != EX_CALL) return unknown();
    struct sql_expr *copy = arena_new(r->arena, struct sql_expr);
    *copy = *x;
    /* Over a window SQL mostly says first_value and last_value. */
    if (str_is(x->name, "first")) copy->name = STR("first_value");
    if (str_is(x->name, "last")) copy->name = STR("last_value");
    if (x->call) {
        copy->call = arena_new(r->arena, struct sql_call);
        *copy->call = *x->call;
    }
    sql_call_more(r->arena, copy)->over = w.window;
    /* The tree grew: its depth is that of a fresh one over the same parts. */
    for (uint32_t i = 0; i < w.window->partition_count; i++) {
        if (w.window->partition[i]->depth + 2 > copy->depth) copy->depth = w.window->partition[i]->depth + 2;
    }
    return pv_column(r, copy);
}

struct pv column_call(struct py_run *r, struct pv column, struct str method, const struct py_node *call, bool *known) {
    struct sql_expr *x = column.column->expr;
    *known = true;
    if (str_is(method, "alias") || str_is(method, "name")) return aliased(r, column, call);
    if (str_starts(method, "asc") || str_starts(method, "desc")) return ordered(r, x, method);
    if (str_is(method, "isNull")) return pv_column(r, sql_is(r->arena, x, OP_IS_NULL, false));
    if (str_is(method, "isNotNull")) return pv_column(r, sql_is(r->arena, x, OP_IS_NULL, true));
    if (str_is(method, "isin")) return is_in(r, x, call);
    if (str_is(method, "between")) return between(r, x, call);
    if (str_is(method, "over")) return over(r, x, call);
    if (str_is(method, "cast") || str_is(method, "astype")) {
        struct sql_type *type = type_of(r, py_arg(call, 0) ? py_arg(call, 0) : py_kwarg(call, "dataType"));
        return type ? pv_column(r, sql_cast(r->arena, x, type, CAST_PLAIN)) : unknown();
    }
    struct pv a = py_arg_value(r, call, 0, NULL), b = py_arg_value(r, call, 1, NULL);
    struct sql_expr *y = pv_absent(a) ? NULL : column_expr(r, a), *z = pv_absent(b) ? NULL : column_expr(r, b);
    if (str_is(method, "otherwise")) return when_more(r, x, y, NULL);
    if (str_is(method, "when")) return y && z ? when_more(r, x, y, z) : unknown();
    if (!y) return unknown();
    if (str_is(method, "like")) return like(r, x, y, OP_LIKE);
    if (str_is(method, "ilike")) return like(r, x, y, OP_ILIKE);
    if (str_is(method, "rlike")) return like(r, x, y, OP_RLIKE);
    if (str_is(method, "eqNullSafe")) return pv_column(r, sql_binary(r->arena, OP_NULL_EQ, x, y));
    if (str_is(method, "startswith") || str_is(method, "endswith") || str_is(method, "contains"))
        return call_of(r, str_dup(r->arena, method), x, y, NULL);
    if (str_is(method, "substr")) return z ? call_of(r, "substring", x, y, z) : unknown();
    if (str_is(method, "getField")) return pv_is_text(a) ? pv_column(r, field_of(r, x, pv_str(a))) : unknown();
    if (str_is(method, "getItem")) return column_binary(r, STR("[]"), column, a);
    *known = false;
    return unknown();
}

/* Windows. */

static bool window_columns(struct py_run *r, struct sql_window *w, const struct py_node *call, bool order) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    struct sql_expr **partition = arena_array(r->arena, items.n + w->partition_count + 1, sizeof *partition);
    uint32_t n = 0;
    for (size_t i = 0; i < items.n; i++) {
        struct column c;
        if (!column_of(r, items.at[i], &c)) return false;
        if (order) sql_order_add(r->arena, &w->order, &w->order_count, c.expr, c.direction, c.nulls);
        if (!order) partition[n++] = c.expr;
    }
    if (!order) w->partition = partition, w->partition_count = n;
    return known;
}

/* Rows before the current one are negative, as in rowsBetween(-2, 0). */
static bool bound_of(struct py_run *r, struct pv v, enum sql_bound *bound, struct sql_expr **expr) {
    *expr = NULL;
    if (v.kind == PV_NAME) {
        *bound = str_ends(v.s, "unboundedPreceding")   ? BOUND_UNBOUNDED_PRECEDING
                 : str_ends(v.s, "unboundedFollowing") ? BOUND_UNBOUNDED_FOLLOWING
                                                       : BOUND_CURRENT;
        return true;
    }
    if (v.kind != PV_NUMBER) return false;
    long n = strtol(str_dup(r->arena, v.s), NULL, 10);
    *bound = n == 0 ? BOUND_CURRENT : n < 0 ? BOUND_PRECEDING : BOUND_FOLLOWING;
    if (n <= -9223372036854775807L) *bound = BOUND_UNBOUNDED_PRECEDING;
    if (*bound == BOUND_PRECEDING || *bound == BOUND_FOLLOWING) *expr = sql_integer(r->arena, n < 0 ? -n : n);
    return true;
}

struct pv window_call(struct py_run *r, struct pv base, struct str method, const struct py_node *call, bool *known) {
    struct pv v = {.kind = PV_WINDOW, .window = arena_new(r->arena, struct sql_window)};
    *known = true;
    if (base.kind == PV_WINDOW) *v.window = *base.window;
    /* Order items are appended: a window that others share keeps its own list. */
    if (v.window->order_count) {
        struct sql_order *order = arena_array(r->arena, v.window->order_count, sizeof *order);
        memcpy(order, v.window->order, v.window->order_count * sizeof *order);
        v.window->order = NULL;
        uint32_t n = v.window->order_count;
        v.window->order_count = 0;
        for (uint32_t i = 0; i < n && !str_is(method, "orderBy"); i++)
            sql_order_add(r->arena, &v.window->order, &v.window->order_count, order[i].expr, order[i].direction, order[i].nulls);
    }
    if (str_is(method, "partitionBy") || str_is(method, "orderBy")) {
        return window_columns(r, v.window, call, method.p[0] == 'o') ? v : unknown();
    }
    if (str_is(method, "rowsBetween") || str_is(method, "rangeBetween")) {
        v.window->unit = method.p[1] == 'o' ? FRAME_ROWS : FRAME_RANGE;
        bool fine = bound_of(r, py_arg_value(r, call, 0, "start"), &v.window->start, &v.window->start_expr) &&
                    bound_of(r, py_arg_value(r, call, 1, "end"), &v.window->end, &v.window->end_expr);
        if (fine) return v;
    }
    return unknown();
}

/* pyspark.sql.functions: most have an SQL twin of the same name. `literals`: bit i set where a str argument is a text, not a column's name. */
static const struct twin {
    const char *py, *sql; /* sql NULL: the same name */
    unsigned literals;
} twins[] = {
    {"abs", NULL, 0},
    {"acos", NULL, 0},
    {"add_months", NULL, 2},
    {"any_value", NULL, 0},
    {"approx_count_distinct", NULL, 2},
    {"approxCountDistinct", "approx_count_distinct", 2},
    {"array", NULL, 0},
    {"array_append", NULL, 2},
    {"array_contains", NULL, 2},
    {"array_distinct", NULL, 0},
    {"array_except", NULL, 0},
    {"array_intersect", NULL, 0},
    {"array_join", NULL, 6},
    {"array_max", NULL, 0},
    {"array_min", NULL, 0},
    {"array_position", NULL, 2},
    {"array_prepend", NULL, 2},
    {"array_remove", NULL, 2},
    {"array_sort", NULL, 0},
    {"array_union", NULL, 0},
    {"arrays_zip", NULL, 0},
    {"ascii", NULL, 0},
    {"asin", NULL, 0},
    {"atan", NULL, 0},
    {"avg", NULL, 0},
    {"base64", NULL, 0},
    {"bin", NULL, 0},
    {"bool_and", NULL, 0},
    {"bool_or", NULL, 0},
    {"bround", NULL, 2},
    {"cbrt", NULL, 0},
    {"ceil", NULL, 0},
    {"ceiling", NULL, 0},
    {"coalesce", NULL, 0},
    {"collect_list", NULL, 0},
    {"collect_set", NULL, 0},
    {"concat", NULL, 0},
    {"concat_ws", NULL, 1},
    {"conv", NULL, 6},
    {"corr", NULL, 0},
    {"cos", NULL, 0},
    {"count", NULL, 0},
    {"count_if", NULL, 0},
    {"covar_pop", NULL, 0},
    {"covar_samp", NULL, 0},
    {"crc32", NULL, 0},
    {"cume_dist", NULL, 0},
    {"current_date", NULL, 0},
    {"current_timestamp", NULL, 0},
    {"date_add", NULL, 2},
    {"date_format", NULL, 2},
    {"date_sub", NULL, 2},
    {"date_trunc", NULL, 1},
    {"datediff", NULL, 0},
    {"date_diff", "datediff", 0},
    {"day", NULL, 0},
    {"dayofmonth", NULL, 0},
    {"dayofweek", NULL, 0},
    {"dayofyear", NULL, 0},
    {"decode", NULL, 2},
    {"degrees", NULL, 0},
    {"dense_rank", NULL, 0},
    {"element_at", NULL, 2},
    {"encode", NULL, 2},
    {"exp", NULL, 0},
    {"explode", NULL, 0},
    {"explode_outer", NULL, 0},
    {"first", NULL, 0},
    {"first_value", NULL, 0},
    {"flatten", NULL, 0},
    {"floor", NULL, 0},
    {"format_number", NULL, 2},
    {"format_string", NULL, 1},
    {"from_json", NULL, 6},
    {"from_unixtime", NULL, 2},
    {"from_utc_timestamp", NULL, 2},
    {"get_json_object", NULL, 2},
    {"greatest", NULL, 0},
    {"hash", NULL, 0},
    {"hex", NULL, 0},
    {"hour", NULL, 0},
    {"hypot", NULL, 0},
    {"ifnull", NULL, 0},
    {"initcap", NULL, 0},
    {"inline", NULL, 0},
    {"input_file_name", NULL, 0},
    {"instr", NULL, 2},
    {"isnan", NULL, 0},
    {"kurtosis", NULL, 0},
    {"lag", NULL, 6},
    {"last", NULL, 0},
    {"last_value", NULL, 0},
    {"last_day", NULL, 0},
    {"lead", NULL, 6},
    {"least", NULL, 0},
    {"left", NULL, 0},
    {"length", NULL, 0},
    {"levenshtein", NULL, 0},
    {"ln", NULL, 0},
    {"locate", NULL, 1},
    {"log", NULL, 0},
    {"listagg", NULL, 2},
    {"log10", NULL, 0},
    {"log2", NULL, 0},
    {"lower", NULL, 0},
    {"lpad", NULL, 6},
    {"ltrim", NULL, 0},
    {"make_date", NULL, 0},
    {"map_contains_key", NULL, 2},
    {"map_keys", NULL, 0},
    {"map_values", NULL, 0},
    {"max", NULL, 0},
    {"max_by", NULL, 0},
    {"md5", NULL, 0},
    {"mean", "avg", 0},
    {"median", NULL, 0},
    {"min", NULL, 0},
    {"min_by", NULL, 0},
    {"minute", NULL, 0},
    {"mode", NULL, 0},
    {"monotonically_increasing_id", NULL, 0},
    {"month", NULL, 0},
    {"months_between", NULL, 4},
    {"nanvl", NULL, 0},
    {"next_day", NULL, 2},
    {"nth_value", NULL, 2},
    {"ntile", NULL, 1},
    {"nullif", NULL, 0},
    {"nvl", NULL, 0},
    {"nvl2", NULL, 0},
    {"percent_rank", NULL, 0},
    {"percentile", NULL, 0},
    {"percentile_approx", NULL, 6},
    {"pmod", NULL, 0},
    {"posexplode", NULL, 0},
    {"posexplode_outer", NULL, 0},
    {"pow", NULL, 0},
    {"power", NULL, 0},
    {"quarter", NULL, 0},
    {"radians", NULL, 0},
    {"rand", NULL, 0},
    {"randn", NULL, 0},
    {"rank", NULL, 0},
    {"regexp_extract", NULL, 6},
    {"regexp_extract_all", NULL, 6},
    {"regexp_replace", NULL, 6},
    {"repeat", NULL, 2},
    {"reverse", NULL, 0},
    {"right", NULL, 0},
    {"round", NULL, 2},
    {"row_number", NULL, 0},
    {"rpad", NULL, 6},
    {"rtrim", NULL, 0},
    {"second", NULL, 0},
    {"sha1", NULL, 0},
    {"sha2", NULL, 2},
    {"shuffle", NULL, 0},
    {"sign", NULL, 0},
    {"signum", NULL, 0},
    {"sin", NULL, 0},
    {"size", NULL, 0},
    {"skewness", NULL, 0},
    {"slice", NULL, 0},
    {"sort_array", NULL, 2},
    {"soundex", NULL, 0},
    {"split", NULL, 6},
    {"sqrt", NULL, 0},
    {"stddev", NULL, 0},
    {"stddev_pop", NULL, 0},
    {"stddev_samp", NULL, 0},
    {"string_agg", NULL, 2},
    {"substring", NULL, 6},
    {"substring_index", NULL, 6},
    {"sum", NULL, 0},
    {"tan", NULL, 0},
    {"to_date", NULL, 2},
    {"to_json", NULL, 0},
    {"to_timestamp", NULL, 2},
    {"to_utc_timestamp", NULL, 2},
    {"translate", NULL, 6},
    {"trim", NULL, 0},
    {"trunc", NULL, 2},
    {"unbase64", NULL, 0},
    {"unhex", NULL, 0},
    {"unix_timestamp", NULL, 2},
    {"upper", NULL, 0},
    {"uuid", NULL, 0},
    {"var_pop", NULL, 0},
    {"var_samp", NULL, 0},
    {"variance", NULL, 0},
    {"weekofyear", NULL, 0},
    {"window", NULL, 14},
    {"xxhash64", NULL, 0},
    {"year", NULL, 0},
};

static const struct twin *twin_of(struct str name) {
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        if (str_is(name, twins[i].py)) return &twins[i];
    }
    static const struct twin plain = {NULL, NULL, 0};
    return functions_plain(name) ? &plain : NULL;
}

bool functions_known(struct str name) {
    static const char *const special[] = {"col",         "column",       "lit",       "expr", "when",   "countDistinct", "count_distinct",
                                          "sumDistinct", "sum_distinct", "desc",      "asc",  "struct", "create_map",    "broadcast",
                                          "isnull",      "udf",          "pandas_udf"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (str_is(name, special[i])) return true;
    }
    return twin_of(name) != NULL;
}

/* Where a keyword argument of a function stands; -1: not known. */
static int keyword_place(struct str function, struct str name) {
    static const struct {
        const char *function, *name; /* function NULL: any */
        int place;
    } places[] = {
        {"lag", "offset", 1},
        {"lag", "default", 2},
        {"lead", "offset", 1},
        {"lead", "default", 2},
        {"date_trunc", "format", 0},
        {"date_trunc", "timestamp", 1},
        {"ntile", "n", 0},
        {"approx_count_distinct", "rsd", 1},
        {"regexp_replace", "string", 0},
        {"regexp_replace", "pattern", 1},
        {"regexp_replace", "replacement", 2},
        {"substring", "pos", 1},
        {"substring", "len", 2},
        {"lpad", "len", 1},
        {"lpad", "pad", 2},
        {"rpad", "len", 1},
        {"rpad", "pad", 2},
        {"concat_ws", "sep", 0},
        {"split", "pattern", 1},
        {"split", "limit", 2},
        {"date_add", "days", 1},
        {"date_sub", "days", 1},
        {"datediff", "end", 0},
        {"datediff", "start", 1},
        {NULL, "col", 0},
        {NULL, "scale", 1},
        {NULL, "ignorenulls", 1},
        {NULL, "ignoreNulls", 1},
        {NULL, "str", 0},
        {"to_date", "format", 1},
        {"to_timestamp", "format", 1},
        {"date_format", "format", 1},
        {"from_unixtime", "format", 1},
        {"unix_timestamp", "format", 1},
        {"sort_array", "asc", 1},
        {"array_contains", "value", 1},
        {"element_at", "extraction", 1},
        {"rand", "seed", 0},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (str_is(name, places[i].name) && (!places[i].function || str_is(function, places[i].function))) return places[i].place;
    }
    return -1;
}

/* All arguments, with `literals` telling where a str is a text; false when one is not known. */
static bool arguments(struct py_run *r, const struct py_node *call, unsigned literals, struct sql_expr ***out, uint32_t *count) {
    struct pv_items items = {0};
    struct str function = call->kids[0]->text;
    struct pv first = py_arg_value(r, call, 0, NULL);
    bool listed = first.kind == PV_LIST && !py_arg(call, 1);
    if (listed) items = *first.list;
    for (size_t i = 1; !listed && i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind == PY_SPLAT) {
            struct pv more = kid->count ? py_eval(r, kid->kids[0]) : unknown();
            if (more.kind != PV_LIST) return false;
            for (size_t k = 0; k < more.list->n; k++) pv_add(r->arena, &items, more.list->at[k]);
            continue;
        }
        /* By name only where that is its place in order. */
        if (kid->kind == PY_KWARG && (!kid->count || keyword_place(function, kid->text) != (int)items.n)) return false;
        pv_add(r->arena, &items, py_eval(r, kid->kind == PY_KWARG ? kid->kids[0] : kid));
    }
    *out = arena_array(r->arena, items.n + 1, sizeof **out);
    *count = (uint32_t)items.n;
    for (size_t i = 0; i < items.n; i++) {
        bool text = i < 31 && (literals >> i & 1u), calls = items.at[i].kind == PV_FUNCTION;
        (*out)[i] = calls ? py_lambda_expr(r, items.at[i].function, call) : text ? column_expr(r, items.at[i]) : column_or_name(r, items.at[i]);
        if (!(*out)[i]) return false;
    }
    return true;
}

static struct pv distinct_call(struct py_run *r, const char *name, const struct py_node *call) {
    struct sql_expr **args = NULL;
    uint32_t n = 0;
    if (!arguments(r, call, 0, &args, &n)) return unknown();
    struct sql_expr *e = sql_call(r->arena, str_of(name), args, n);
    e->flags |= SQL_DISTINCT;
    return pv_column(r, e);
}

static struct pv expr_text(struct py_run *r, const struct py_node *call) {
    struct pv text = py_arg_value(r, call, 0, "str");
    if (!pv_is_text(text)) return unknown();
    struct sql_item *item = sql_parse_item(r->arena, pv_str(text), r->session->dialect, NULL);
    if (!item || !item->expr) return unknown();
    struct pv v = pv_column(r, item->expr);
    v.column->alias = item->alias.text;
    return v;
}

static struct pv special_call(struct py_run *r, struct str name, const struct py_node *call, bool *known) {
    struct pv a = py_arg_value(r, call, 0, NULL);
    *known = true;
    if (str_is(name, "col") || str_is(name, "column")) return pv_is_text(a) ? pv_column(r, named_column(r, pv_str(a))) : unknown();
    if (str_is(name, "lit")) {
        struct sql_expr *e = column_expr(r, a);
        return e ? pv_column(r, e) : unknown();
    }
    if (str_is(name, "expr")) return expr_text(r, call);
    if (str_is(name, "when")) {
        struct sql_expr *pair[2] = {column_expr(r, a), column_expr(r, py_arg_value(r, call, 1, "value"))};
        if (!pair[0] || !pair[1]) return unknown();
        struct pv v = pv_column(r, sql_case(r->arena, pair, 1, NULL));
        v.column->is_when = true;
        return v;
    }
    if (str_is(name, "countDistinct") || str_is(name, "count_distinct")) return distinct_call(r, "count", call);
    if (str_is(name, "sumDistinct") || str_is(name, "sum_distinct")) return distinct_call(r, "sum", call);
    if (str_is(name, "desc") || str_is(name, "asc") || str_is(name, "desc_nulls_last") || str_is(name, "asc_nulls_last") ||
        str_is(name, "desc_nulls_first")) {
        struct sql_expr *e = column_or_name(r, a);
        return e ? ordered(r, e, name) : unknown();
    }
    if (str_is(name, "broadcast") && a.kind == PV_FRAME) {
        fact_add(r, FACT_BROADCAST, a.frame, call);
        return a;
    }
    if (str_is(name, "isnull")) {
        struct sql_expr *e = column_or_name(r, a);
        return e ? pv_column(r, sql_is(r->arena, e, OP_IS_NULL, false)) : unknown();
    }
    *known = false;
    return unknown();
}

/* struct(a, b.alias("c")): named_struct where a name is given. */
static struct pv struct_of(struct py_run *r, const struct py_node *call) {
    bool known = true, named = false;
    struct pv_items items = py_arguments(r, call, &known);
    struct sql_expr **args = arena_array(r->arena, items.n * 2 + 1, sizeof *args), **plain = arena_array(r->arena, items.n + 1, sizeof *plain);
    for (size_t i = 0; i < items.n; i++) {
        struct column c;
        if (!column_of(r, items.at[i], &c)) return unknown();
        struct str name = c.alias.n ? c.alias : c.expr->kind == EX_NAME ? c.expr->name : (struct str){"", 0};
        named |= c.alias.n > 0;
        known &= name.n > 0 || c.expr->kind == EX_STAR;
        args[i * 2] = sql_string(r->arena, name);
        args[i * 2 + 1] = plain[i] = c.expr;
        if (named && c.expr->kind == EX_STAR) return unknown();
    }
    if (!known || !items.n) return unknown();
    return pv_column(r, named ? sql_call(r->arena, STR("named_struct"), args, (uint32_t)items.n * 2)
                              : sql_call(r->arena, STR("struct"), plain, (uint32_t)items.n));
}

struct pv functions_call(struct py_run *r, struct str name, const struct py_node *call, bool *known) {
    struct pv special = special_call(r, name, call, known);
    if (*known) return special;
    const struct twin *twin = twin_of(name);
    struct sql_expr **args = NULL;
    uint32_t n = 0;
    *known = true;
    if (str_is(name, "struct")) return struct_of(r, call);
    if (str_is(name, "create_map")) return arguments(r, call, 0, &args, &n) ? pv_column(r, sql_call(r->arena, STR("map"), args, n)) : unknown();
    *known = twin != NULL;
    if (!twin || !arguments(r, call, twin->literals, &args, &n)) return unknown();
    return pv_column(r, sql_call(r->arena, twin->sql ? str_of(twin->sql) : name, args, n));
}
