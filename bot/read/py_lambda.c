/* py_lambda.c - functions of pyspark.sql.functions that are called in SQL as they are, and those that take a function of Python.
 * https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/functions.html */
#include "pyspark.h"

#include "sql_build.h"
#include "sql_walk.h"

/* A str is the name of a column in each of their arguments. */
static const char *const plain_names[] = {"acosh",
                                          "aggregate",
                                          "array_agg",
                                          "array_compact",
                                          "array_repeat",
                                          "array_size",
                                          "arrays_overlap",
                                          "asinh",
                                          "atan2",
                                          "atanh",
                                          "bit_and",
                                          "bit_count",
                                          "bit_length",
                                          "bit_or",
                                          "bit_xor",
                                          "btrim",
                                          "cardinality",
                                          "char",
                                          "char_length",
                                          "character_length",
                                          "contains",
                                          "cosh",
                                          "cot",
                                          "csc",
                                          "curdate",
                                          "current_catalog",
                                          "current_database",
                                          "current_schema",
                                          "current_timezone",
                                          "current_user",
                                          "date_from_unix_date",
                                          "date_part",
                                          "dateadd",
                                          "datepart",
                                          "dayname",
                                          "e",
                                          "elt",
                                          "endswith",
                                          "equal_null",
                                          "every",
                                          "exists",
                                          "expm1",
                                          "factorial",
                                          "filter",
                                          "find_in_set",
                                          "forall",
                                          "get",
                                          "grouping",
                                          "grouping_id",
                                          "ilike",
                                          "inline_outer",
                                          "isnotnull",
                                          "json_array_length",
                                          "json_object_keys",
                                          "lcase",
                                          "like",
                                          "log1p",
                                          "make_dt_interval",
                                          "make_interval",
                                          "make_timestamp",
                                          "make_ym_interval",
                                          "map_concat",
                                          "map_entries",
                                          "map_filter",
                                          "map_from_arrays",
                                          "map_from_entries",
                                          "map_zip_with",
                                          "monthname",
                                          "negative",
                                          "now",
                                          "nullifzero",
                                          "octet_length",
                                          "overlay",
                                          "pi",
                                          "position",
                                          "positive",
                                          "reduce",
                                          "regexp",
                                          "regexp_count",
                                          "regexp_instr",
                                          "regexp_like",
                                          "regexp_substr",
                                          "regr_avgx",
                                          "regr_avgy",
                                          "regr_count",
                                          "regr_intercept",
                                          "regr_r2",
                                          "regr_slope",
                                          "regr_sxx",
                                          "regr_sxy",
                                          "regr_syy",
                                          "replace",
                                          "rint",
                                          "rlike",
                                          "sec",
                                          "sequence",
                                          "sha",
                                          "shiftleft",
                                          "shiftright",
                                          "sinh",
                                          "some",
                                          "split_part",
                                          "startswith",
                                          "std",
                                          "str_to_map",
                                          "substr",
                                          "tanh",
                                          "timestamp_micros",
                                          "timestamp_millis",
                                          "timestamp_seconds",
                                          "to_binary",
                                          "to_char",
                                          "to_number",
                                          "to_unix_timestamp",
                                          "to_varchar",
                                          "transform",
                                          "transform_keys",
                                          "transform_values",
                                          "try_add",
                                          "try_avg",
                                          "try_divide",
                                          "try_element_at",
                                          "try_multiply",
                                          "try_subtract",
                                          "try_sum",
                                          "try_to_binary",
                                          "try_to_number",
                                          "try_to_timestamp",
                                          "typeof",
                                          "ucase",
                                          "unix_date",
                                          "unix_micros",
                                          "unix_millis",
                                          "unix_seconds",
                                          "url_decode",
                                          "url_encode",
                                          "weekday",
                                          "width_bucket",
                                          "zeroifnull",
                                          "zip_with"};

bool functions_plain(struct str name) {
    for (size_t i = 0; i < sizeof plain_names / sizeof *plain_names; i++) {
        if (str_is(name, plain_names[i])) return true;
    }
    return false;
}

enum { PARAMETERS_MAX = 3 };

struct named_column {
    struct str name;
    bool found;
};

static bool visit_name(void *ctx, struct sql_expr *e) {
    struct named_column *c = ctx;
    c->found |= e->kind == EX_NAME && e->path && e->path->part_count && str_ieq(e->path->parts[0].text, c->name);
    return !c->found;
}

/* The body over columns of these names; NULL: it is no expression of columns. */
static struct sql_expr *body_of(struct py_run *r, struct py_function *f, const struct str *names, size_t n, const struct py_node *call) {
    struct pv args[PARAMETERS_MAX];
    for (size_t i = 0; i < n; i++) args[i] = pv_column(r, sql_column(r->arena, names[i]));
    return column_expr(r, py_call_function(r, f, args, n, call));
}

struct sql_expr *py_lambda_expr(struct py_run *r, struct py_function *f, const struct py_node *call) {
    const struct py_node *parameters = f->node && !f->partial && !f->udf ? f->node->kids[0] : NULL;
    struct str plain[PARAMETERS_MAX], own[PARAMETERS_MAX];
    if (!parameters || !parameters->count || parameters->count > PARAMETERS_MAX) return NULL;
    size_t n = parameters->count;
    for (size_t i = 0; i < n; i++) {
        if (parameters->kids[i]->kind != PY_NAME) return NULL;
        plain[i] = parameters->kids[i]->text;
        own[i] = str_of(arena_printf(r->arena, "%.*s__%u", STR_ARG(plain[i]), ++r->next_id));
    }
    /* A column of the table that has the parameter's name is not the parameter. */
    struct sql_expr *body = body_of(r, f, own, n, call);
    bool clash = false;
    for (size_t i = 0; body && i < n; i++) {
        struct named_column c = {plain[i], false};
        sql_walk_expr(&(struct sql_visitor){.ctx = &c, .expr = visit_name}, body);
        clash |= c.found;
    }
    if (body && !clash) body = body_of(r, f, plain, n, call);
    if (!body) return NULL;
    struct sql_ident *parts = arena_array(r->arena, n, sizeof *parts);
    for (size_t i = 0; i < n; i++) parts[i] = sql_ident(clash ? own[i] : plain[i], false);
    struct sql_expr *e = sql_expr_new(r->arena, EX_LAMBDA, OP_NONE, &body, 1);
    e->path = sql_name_new(r->arena, parts, (uint32_t)n);
    return e;
}
