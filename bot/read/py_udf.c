/* py_udf.c - Python functions that compute columns: what they do is not proved, but its built-in twin can often be named.
 * https://spark.apache.org/docs/latest/api/python/user_guide/sql/python_udf.html */
#include "pyspark.h"

#include "sql_build.h"

#define BODY_MAX 200

static const struct {
    const char *python, *twin; /* a method of a text, a function, or a dotted call */
} twins[] = {
    {".upper", "upper"},
    {".lower", "lower"},
    {".strip", "trim"},
    {".lstrip", "ltrim"},
    {".rstrip", "rtrim"},
    {".title", "initcap"},
    {".capitalize", "initcap"},
    {".replace", "replace"},
    {".split", "split"},
    {".startswith", "startswith"},
    {".endswith", "endswith"},
    {".find", "instr"},
    {".zfill", "lpad"},
    {".join", "concat_ws"},
    {".strftime", "date_format"},
    {".isoformat", "date_format"},
    {".year", "year"},
    {".month", "month"},
    {".day", "day"},
    {".hour", "hour"},
    {".weekday", "weekday"},
    {".get", "element_at"},
    {"len", "length"},
    {"str", "cast to string"},
    {"int", "cast to int"},
    {"float", "cast to double"},
    {"bool", "cast to boolean"},
    {"abs", "abs"},
    {"round", "round"},
    {"max", "greatest"},
    {"min", "least"},
    {"sorted", "array_sort"},
    {"sum", "aggregate"},
    {"math.sqrt", "sqrt"},
    {"math.log", "ln"},
    {"math.exp", "exp"},
    {"math.floor", "floor"},
    {"math.ceil", "ceil"},
    {"math.pow", "pow"},
    {"np.log", "ln"},
    {"np.exp", "exp"},
    {"np.sqrt", "sqrt"},
    {"np.abs", "abs"},
    {"re.sub", "regexp_replace"},
    {"re.search", "regexp_extract"},
    {"re.match", "regexp_extract"},
    {"re.findall", "regexp_extract_all"},
    {"json.loads", "from_json"},
    {"json.dumps", "to_json"},
    {"datetime.strptime", "to_timestamp"},
    {"datetime.datetime.strptime", "to_timestamp"},
    {"datetime.fromtimestamp", "from_unixtime"},
    {"datetime.datetime.fromtimestamp", "from_unixtime"},
    {"hashlib.md5", "md5"},
    {"hashlib.sha256", "sha2"},
    {"uuid.uuid4", "uuid"},
};

static const char *twin_named(const char *name) {
    for (size_t i = 0; name && i < sizeof twins / sizeof *twins; i++) {
        if (strcmp(twins[i].python, name) == 0) return twins[i].twin;
    }
    return NULL;
}

/* The built-in for one expression: only shapes where one function, operator or CASE does all of it. */
static const char *twin_of(struct arena *arena, const struct py_node *e) {
    if (!e) return NULL;
    switch (e->kind) {
    case PY_CALL: {
        const char *dotted = py_dotted(arena, e->kids[0]), *twin = twin_named(dotted);
        bool method = e->kids[0]->kind == PY_ATTRIBUTE;
        return twin ? twin : method ? twin_named(arena_printf(arena, ".%.*s", STR_ARG(e->kids[0]->text))) : NULL;
    }
    case PY_ATTRIBUTE:
        return twin_named(arena_printf(arena, ".%.*s", STR_ARG(e->text)));
    case PY_TERNARY:
        return "when().otherwise()";
    case PY_SUBSCRIPT:
        return e->count > 1 && e->kids[1]->kind == PY_SLICE ? "substring" : "element_at";
    case PY_FSTRING:
        return "concat";
    case PY_BINARY:
    case PY_COMPARE:
    case PY_UNARY:
        return "a column expression";
    default:
        return NULL;
    }
}

/* def f(x): return E; also `if ...: return ...` ladders, which are a CASE. */
static const struct py_node *one_expression(const struct py_node *f, bool *ladder) {
    if (f->kind == PY_LAMBDA) return f->count > 1 ? f->kids[1] : NULL;
    const struct py_node *block = f->count > 1 ? f->kids[1] : NULL;
    size_t first = 0;
    if (!block) return NULL;
    bool doc = block->count && block->kids[0]->kind == PY_EXPRESSION && block->kids[0]->count && block->kids[0]->kids[0]->kind == PY_STRING;
    first += doc || (block->count && block->kids[0]->kind == PY_STRING);
    *ladder = block->count > first;
    for (size_t i = first; i < block->count; i++) {
        const struct py_node *s = block->kids[i];
        bool arm = s->kind == PY_RETURN;
        if (s->kind == PY_IF) {
            arm = true;
            for (size_t k = 0; k < s->count; k++) {
                const struct py_node *b = s->kids[k];
                if (b->kind == PY_BLOCK) arm &= b->count == 1 && b->kids[0]->kind == PY_RETURN;
            }
        }
        *ladder &= arm;
    }
    const struct py_node *only = block->count == first + 1 && block->kids[first]->kind == PY_RETURN ? block->kids[first] : NULL;
    *ladder &= only == NULL;
    return only && only->count ? only->kids[0] : NULL;
}

void udf_describe(struct py_run *r, const struct py_function *f, const char **body, const char **twin) {
    bool ladder = false;
    const struct py_node *e = one_expression(f->node, &ladder);
    *body = NULL;
    *twin = e ? twin_of(r->arena, e) : ladder ? "when().otherwise()" : NULL;
    bool inside = e && f->text.p && e->range.end <= f->text.n && e->range.start < e->range.end;
    if (inside && e->range.end - e->range.start <= BODY_MAX)
        *body = str_dup(r->arena, (struct str){f->text.p + e->range.start, e->range.end - e->range.start});
}

/* Making and calling. */

bool udf_is(struct str name) {
    return str_is(name, "functions.udf") || str_is(name, "functions.pandas_udf") || str_is(name, "udf") || str_is(name, "pandas_udf") ||
           str_is(name, "functions.arrow_udf") || str_is(name, "functions.udtf");
}

struct pv udf_make(struct py_run *r, struct pv function, struct str name, const struct py_node *at) {
    struct py_function *f = arena_new(r->arena, struct py_function);
    if (function.kind == PV_FUNCTION) *f = *function.function;
    if (function.kind == PV_FUNCTION) function.function->called = true;
    if (!name.n && f->node && f->node->kind == PY_FUNCTION) name = f->node->text;
    f->called = true;
    f->udf = name.n ? str_dup(r->arena, name) : "lambda";
    fact_udf(r, FACT_UDF, f->node ? f : NULL, f->udf, at);
    map_put(r->session->opaque, str_of(str_lower(r->arena, str_of(f->udf))), f);
    return (struct pv){.kind = PV_FUNCTION, .function = f};
}

struct pv udf_call(struct py_run *r, struct py_function *f, const struct py_node *call) {
    enum { ARGS_MAX = 40 };
    struct sql_expr *args[ARGS_MAX];
    uint32_t n = 0;
    for (size_t i = 0; n < ARGS_MAX && py_arg(call, i); i++) {
        struct sql_expr *e = column_or_name(r, py_eval(r, py_arg(call, i)));
        if (e) args[n++] = e;
    }
    fact_udf(r, FACT_UDF_CALL, f->node ? f : NULL, f->udf, call);
    return pv_column(r, sql_call(r->arena, str_of(f->udf), args, n));
}
