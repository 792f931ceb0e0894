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

/* A function whose body is looked at: the names of its parameters stand for columns. */
struct body {
    struct arena *arena;
    const struct py_node *parameters;
    struct buf twins; /* built-ins met, outermost first, without repeats */
    size_t count;
};

static bool is_parameter(const struct body *b, const struct py_node *e) {
    for (size_t i = 0; e->kind == PY_NAME && b->parameters && i < b->parameters->count; i++) {
        if (str_eq(b->parameters->kids[i]->text, e->text)) return true;
    }
    return false;
}

static void twin_add(struct body *b, const char *twin) {
    struct str all = str_of(buf_str(&b->twins)), one;
    while (str_split(&all, ',', &one)) {
        if (str_is(str_trim(one), twin)) return;
    }
    buf_printf(&b->twins, "%s%s", b->count++ ? ", " : "", twin);
}

static bool is_plain(struct body *b, const struct py_node *e, int depth);

static bool kids_plain(struct body *b, const struct py_node *e, size_t first, int depth) {
    for (size_t i = first; i < e->count; i++) {
        if (!is_plain(b, e->kids[i], depth + 1)) return false;
    }
    return true;
}

/* LOOKUP.get(x) asks a dictionary of the program, which no built-in knows. */
static bool is_of_row(const struct body *b, const struct py_node *e) { return e->kind != PY_NAME || is_parameter(b, e); }

static bool call_plain(struct body *b, const struct py_node *e, int depth) {
    const struct py_node *callee = e->kids[0];
    const char *dotted = py_dotted(b->arena, callee), *twin = twin_named(dotted);
    bool method = !twin && callee->kind == PY_ATTRIBUTE;
    if (method) twin = twin_named(arena_printf(b->arena, ".%.*s", STR_ARG(callee->text)));
    if (!twin || (method && !is_of_row(b, callee->kids[0]))) return false;
    twin_add(b, twin);
    return (!method || is_plain(b, callee->kids[0], depth + 1)) && kids_plain(b, e, 1, depth);
}

static bool is_constant_name(struct str name) {
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] >= 'a' && name.p[i] <= 'z') return false;
    }
    return name.n > 0;
}

/* Do built-ins do all of it? Columns, constants, operators, and calls that have a twin each. */
static bool is_plain(struct body *b, const struct py_node *e, int depth) {
    if (!e || depth > 40) return false;
    switch (e->kind) {
    case PY_NAME:
        return is_parameter(b, e) || is_constant_name(e->text);
    case PY_STRING:
    case PY_NUMBER:
    case PY_CONSTANT:
        return true;
    case PY_CALL:
        return call_plain(b, e, depth);
    case PY_ATTRIBUTE: {
        const char *twin = twin_named(arena_printf(b->arena, ".%.*s", STR_ARG(e->text)));
        if (!twin || !is_of_row(b, e->kids[0])) return false;
        twin_add(b, twin);
        return is_plain(b, e->kids[0], depth + 1);
    }
    case PY_SUBSCRIPT:
        if (!is_of_row(b, e->kids[0])) return false;
        twin_add(b, e->count > 1 && e->kids[1]->kind == PY_SLICE ? "substring" : "element_at");
        return kids_plain(b, e, 0, depth);
    case PY_TERNARY:
    case PY_FSTRING:
    case PY_BINARY:
    case PY_COMPARE:
    case PY_UNARY:
    case PY_SLICE:
    case PY_LIST:
    case PY_TUPLE:
        return kids_plain(b, e, 0, depth);
    default:
        return false;
    }
}

static bool is_none(const struct py_node *e) { return e && py_is_constant(e, "None"); }

/* The built-ins that do what the expression does; NULL when some of it is beyond them. */
static const char *twin_of(struct body *b, const struct py_node *e) {
    if (!e || !is_plain(b, e, 0)) return NULL;
    /* x.upper() if x else None: built-ins give NULL for NULL by themselves. */
    bool guarded = e->kind == PY_TERNARY && e->count > 2 && is_none(e->kids[2]);
    if (e->kind == PY_TERNARY && !guarded) return "when().otherwise()";
    if (e->kind == PY_FSTRING) return "concat";
    return b->count                                                                          ? buf_str(&b->twins)
           : e->kind == PY_BINARY || e->kind == PY_COMPARE || e->kind == PY_UNARY || guarded ? "a column expression"
                                                                                             : NULL;
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

/* if ..: return ..; return ..: each condition and each value. `last` is the value of the last return; `guard` when all others are None. */
static bool ladder_plain(struct body *b, const struct py_node *block, const struct py_node **last, bool *guard) {
    *guard = true;
    for (size_t i = 0; i < block->count; i++) {
        const struct py_node *s = block->kids[i];
        if (s->kind == PY_RETURN && s->count) *last = s->kids[0];
        for (size_t k = 0; s->kind == PY_IF && k < s->count; k++) {
            const struct py_node *kid = s->kids[k],
                                 *value = kid->kind == PY_BLOCK && kid->count && kid->kids[0]->count ? kid->kids[0]->kids[0] : NULL;
            if (kid->kind == PY_BLOCK) *guard &= !value || is_none(value);
            if (kid->kind == PY_BLOCK ? value && !is_plain(b, value, 0) : !is_plain(b, kid, 0)) return false;
        }
    }
    return !*last || is_plain(b, *last, 0);
}

/* Whole columns come into it, not rows. */
static bool is_vectorized(const struct py_node *f) {
    for (size_t i = 2; f->kind == PY_FUNCTION && i < f->count; i++) {
        const struct py_node *word = f->kids[i]->kind == PY_CALL ? f->kids[i]->kids[0] : f->kids[i];
        if (str_is(word->text, "pandas_udf") || str_is(word->text, "arrow_udf")) return true;
    }
    return false;
}

void udf_describe(struct py_run *r, const struct py_function *f, const char **body, const char **twin) {
    bool ladder = false, guard = false;
    const struct py_node *e = one_expression(f->node, &ladder), *last = NULL;
    struct body b = {.arena = r->arena, .parameters = f->node->count ? f->node->kids[0] : NULL, .twins = buf_new(r->arena)};
    *body = *twin = NULL;
    if (e) *twin = twin_of(&b, e);
    else if (ladder && ladder_plain(&b, f->node->kids[1], &last, &guard)) *twin = guard && last && b.count ? buf_str(&b.twins) : "when().otherwise()";
    if (is_vectorized(f->node)) *twin = NULL;
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
