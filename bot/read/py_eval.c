/* py_eval.c - follows values through expressions: names, texts, calls of libraries and of the file's own functions. */
#include "pyspark.h"

#include <ctype.h>
#include <stdlib.h>

const char rows_of_program[] = "rows that the program itself makes";

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }

/* Places. */

bool py_abroad(const struct py_run *r) { return r->path && strcmp(r->path, r->session->path) != 0; }

int py_line_at(const struct py_run *r, int line) {
    if (py_abroad(r)) return r->site.line;
    return r->lines && line >= 1 && (size_t)line <= r->line_count ? r->lines[line - 1] : line;
}

int py_line(const struct py_run *r, const struct py_node *node) { return py_line_at(r, node ? node->range.line : 1); }

/* Cells of .ipynb are JSON strings: their columns are not those of the file. */
int py_column(const struct py_run *r, const struct py_node *node) {
    if (py_abroad(r)) return r->site.column;
    return node && !text_ends(r->session->path, ".ipynb") ? node->range.column : 0;
}

void py_gap(struct py_run *r, const struct py_node *at, const char *why) {
    r->session->gap_column = py_column(r, at);
    session_gap(r->session, py_line(r, at), true, "%s", why);
}

struct range py_range(const struct py_run *r, const struct py_node *node) {
    if (py_abroad(r)) return r->site;
    return (struct range){0, 0, py_line_at(r, node->range.line), node->range.column, py_line_at(r, node->range.end_line), node->range.end_column};
}

/* Values. */

struct pv pv_unknown(struct py_run *r, const struct py_node *node) {
    bool named = node && node->kind == PY_NAME;
    return (struct pv){.kind = PV_UNKNOWN, .s = named ? node->text : STR("")};
}

bool pv_absent(struct pv v) { return v.kind == PV_UNKNOWN && v.s.p == NULL; }

struct pv pv_frame(struct frame *f) {
    return (struct pv){.kind = PV_FRAME, .frame = f};
}
bool pv_is_text(struct pv v) { return v.kind == PV_TEXT; }
struct str pv_str(struct pv v) {
    return v.kind == PV_TEXT ? v.text->s : (struct str){"", 0};
}

struct pv pv_text_new(struct py_run *r, struct str s, int line) {
    size_t count = 1;
    for (size_t i = 0; i < s.n; i++) count += s.p[i] == '\n';
    int *lines = arena_array(r->arena, count, sizeof *lines);
    for (size_t i = 0; i < count; i++) lines[i] = line;
    return py_text_lines(r, s, lines, count);
}

void pv_add(struct arena *arena, struct pv_items *items, struct pv v) {
    items->at = arena_grow(arena, items->at, &items->cap, items->n + 1, sizeof *items->at);
    items->at[items->n++] = v;
}

const struct pv *pv_dict_get(const struct pv_dict *d, const char *key) {
    for (size_t i = 0; i < d->keys.n; i++) {
        if (pv_is_text(d->keys.at[i]) && str_is(pv_str(d->keys.at[i]), key)) return &d->values.at[i];
    }
    return NULL;
}

bool pv_same(struct pv a, struct pv b) {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case PV_NONE:
        return true;
    case PV_BOOL:
        return a.b == b.b;
    case PV_NUMBER:
    case PV_NAME:
    case PV_UNKNOWN:
        return str_eq(a.s, b.s);
    case PV_TEXT:
        return str_eq(a.text->s, b.text->s);
    default:
        return a.frame == b.frame;
    }
}

/* 1 true, 0 false, -1 not known. */
int py_truth(struct pv v) {
    switch (v.kind) {
    case PV_NONE:
        return 0;
    case PV_BOOL:
        return v.b;
    case PV_NUMBER:
        return strtod(v.s.p, NULL) != 0;
    case PV_TEXT:
        return memmem(v.text->s.p, v.text->s.n, "${", 2) ? -1 : v.text->s.n > 0;
    case PV_LIST:
        return v.list->n > 0;
    case PV_DICT:
        return v.dict->keys.n > 0;
    default:
        return -1;
    }
}

/* Names. */

struct pv py_assign(struct py_run *r, struct str name, struct pv v) {
    struct py_env *env = r->env;
    while (env->outside && map_get(env->outside, name) && env->outer) env = env->outer;
    struct pv *kept = map_get(env->names, name);
    /* Code that may not run, and changes what is not its own: it is one or the other. */
    if (env != r->env && r->unsure && kept && !pv_same(*kept, v)) v = pv_either(r, kept, &v, name, 0);
    if (!kept) map_put(env->names, name, kept = arena_new(r->arena, struct pv));
    *kept = v;
    return v;
}

static struct pv name_value(struct py_run *r, const struct py_node *node) {
    static const char *const library[] = {
        "spark",  "dlt",     "dp",           "dbutils",    "Window", "DeltaTable",   "display",    "displayHTML", "sc",       "range", "len",
        "str",    "int",     "float",        "list",       "dict",   "tuple",        "set",        "print",       "sorted",   "zip",   "enumerate",
        "reduce", "getattr", "SparkSession", "isinstance", "dp",     "SparkContext", "sqlContext", "table",       "DataFrame"};
    for (const struct py_env *env = r->env; env; env = env->outer) {
        const struct pv *found = map_get(env->names, node->text);
        if (found) return *found;
    }
    for (size_t i = 0; i < sizeof library / sizeof *library; i++) {
        if (str_is(node->text, library[i])) return (struct pv){.kind = PV_NAME, .s = node->text};
    }
    if (r->star_functions && functions_known(node->text))
        return (struct pv){.kind = PV_NAME, .s = str_of(arena_printf(r->arena, "functions.%.*s", STR_ARG(node->text)))};
    return (struct pv){.kind = PV_UNKNOWN, .s = node->text};
}

void py_env_push(struct py_run *r, struct py_env *outer) {
    struct py_env *env = arena_new(r->arena, struct py_env);
    env->outer = outer;
    env->names = map_new(r->arena);
    r->env = env;
}

/* a, *b, c = list */
static void starred_assign(struct py_run *r, const struct py_node *target, size_t at, struct pv v) {
    size_t after = target->count - at - 1, n = v.kind == PV_LIST ? v.list->n : 0;
    bool known = v.kind == PV_LIST && n >= at + after;
    struct pv rest = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
    for (size_t i = at; known && i < n - after; i++) pv_add(r->arena, rest.list, v.list->at[i]);
    if (target->kids[at]->count) py_target_assign(r, target->kids[at]->kids[0], known ? rest : pv_unknown(r, NULL));
    for (size_t i = 0; i < after; i++) py_target_assign(r, target->kids[at + 1 + i], known ? v.list->at[n - after + i] : pv_unknown(r, NULL));
}

void py_target_assign(struct py_run *r, const struct py_node *target, struct pv v) {
    if (target->kind == PY_NAME) {
        if (v.kind == PV_FRAME) frame_named(r, v.frame, target->text);
        py_assign(r, target->text, v);
    } else if (target->kind == PY_TUPLE || target->kind == PY_LIST) {
        for (size_t i = 0; i < target->count; i++) {
            if (target->kids[i]->kind == PY_SPLAT || (target->kids[i]->kind == PY_OTHER && target->kids[i]->text.p[0] == '*')) {
                starred_assign(r, target, i, v);
                return;
            }
            struct pv part = v.kind == PV_FRAME && v.frame->guessed ? v
                             : v.kind == PV_LIST && i < v.list->n   ? v.list->at[i]
                                                                    : (struct pv){.kind = PV_UNKNOWN, .s = target->kids[i]->text};
            py_target_assign(r, target->kids[i], part);
        }
    } else if (target->kind == PY_ATTRIBUTE) {
        struct pv object = py_eval(r, target->kids[0]);
        if (object.kind == PV_OBJECT) {
            if (v.kind == PV_FRAME) frame_named(r, v.frame, target->text);
            object_set(r, object.object, target->text, v);
            return;
        }
        /* x.y = v of what is not known is kept under its dotted text. */
        const char *dotted = py_dotted(r->arena, target);
        if (dotted) {
            struct py_env *env = r->env;
            r->env = r->global;
            py_assign(r, str_of(dotted), v);
            r->env = env;
        }
    } else if (target->kind == PY_SUBSCRIPT) {
        struct pv object = py_eval(r, target->kids[0]), key = py_eval(r, target->kids[1]);
        if (pandas_set(r, target, object, key, v)) return;
        py_item_set(r, object, key, v);
    }
}

/* Calls. */

struct pv py_arg_value(struct py_run *r, const struct py_node *call, size_t i, const char *name) {
    const struct py_node *node = name ? py_kwarg(call, name) : NULL;
    if (!node) node = py_arg(call, i);
    return node ? py_eval(r, node) : (struct pv){.kind = PV_UNKNOWN, .s = {NULL, 0}};
}

static void bind_parameters(struct py_run *r, const struct py_function *f, const struct pv *args, size_t n, const struct py_node *call,
                            struct py_env *caller) {
    const struct py_node *parameters = f->node->kids[0];
    struct py_env *mine = r->env;
    bool entry = r->entry, starred = false;
    r->entry = false;
    for (size_t i = 0; i < parameters->count; i++) {
        const struct py_node *p = parameters->kids[i];
        struct pv v = {.kind = PV_UNKNOWN, .s = p->text};
        char *name = str_dup(r->arena, p->text);
        const struct py_node *given = call ? py_kwarg(call, name) : NULL;
        if (p->kind == PY_SPLAT) {
            r->env = caller;
            v = str_is(p->text, "**") ? py_rest_named(r, parameters, call) : py_rest_placed(r, args, n, i, call);
            if (v.kind == PV_UNKNOWN) v.s = p->count ? p->kids[0]->text : p->text;
            starred |= !str_is(p->text, "**");
        } else if (i < n && !starred) {
            v = args[i];
        } else if (given) {
            r->env = caller;
            v = py_eval(r, given);
        } else if (p->count) {
            v = f->defaults ? f->defaults[i] : py_eval(r, p->kids[0]);
            if (entry && v.kind != PV_TEXT && v.kind != PV_DICT && v.kind != PV_LIST)
                v = (struct pv){.kind = PV_UNKNOWN, .parameter = true, .s = p->text};
        } else if (str_is(p->text, "spark") || str_is(p->text, "spark_session")) {
            v = (struct pv){.kind = PV_NAME, .s = STR("spark")};
        } else {
            v.parameter = entry;
        }
        r->env = mine;
        py_assign(r, p->kind == PY_SPLAT && p->count ? p->kids[0]->text : p->text, v);
    }
}

static struct pv call_value(struct py_run *r, struct pv f, const struct py_node *call);

static struct pv call_partial(struct py_run *r, const struct py_partial *p, const struct pv *args, size_t n, const struct py_node *call) {
    struct py_env *before = r->env;
    const struct py_node *whole = py_partial_call(r, p, args, n, call);
    r->depth++;
    struct pv v = whole ? call_value(r, *p->of, whole) : pv_unknown(r, call);
    r->depth--;
    r->env = before;
    return v;
}

struct pv py_call_function(struct py_run *r, struct py_function *f, const struct pv *args, size_t n, const struct py_node *call) {
    if (r->depth >= PY_CALL_DEPTH_MAX) return pv_unknown(r, call);
    if (f->partial) return call_partial(r, f->partial, args, n, call);
    if (!f->node) return pv_unknown(r, call);
    struct py_env *caller = r->env;
    const int *lines = r->lines;
    size_t line_count = r->line_count;
    struct str text = r->text;
    const char *path = r->path;
    struct range site = r->site;
    bool returned = r->returned;
    struct pv value = r->value, maybe = r->maybe;
    bool has_maybe = r->has_maybe;
    unsigned jump = r->jump, maybe_jump = r->maybe_jump;
    r->has_maybe = false;
    r->jump = r->maybe_jump = JUMP_NONE;
    f->called = true;
    if (!py_abroad(r) && call) r->site = py_range(r, call);
    py_env_push(r, f->home);
    bind_parameters(r, f, args, n, call, caller);
    r->depth++;
    r->returned = false;
    r->value = none();
    r->lines = f->lines;
    r->line_count = f->line_count;
    r->text = f->text;
    r->path = f->path;
    if (f->node->kind == PY_LAMBDA) r->value = py_eval(r, f->node->kids[1]);
    if (f->node->kind == PY_FUNCTION) py_block_run(r, f->node->kids[1]);
    struct pv result = r->value;
    /* A function that ends without return gives None, of which no DataFrame call would go on. */
    if (!r->returned && r->has_maybe && r->maybe.kind == PV_FRAME) result = r->maybe;
    if (r->has_maybe && !pv_same(r->maybe, result)) result = pv_either(r, &r->maybe, &result, STR(""), py_line(r, f->node));
    if (f->wrapped && result.kind == PV_FRAME && !frame_lost(result.frame))
        result = pv_frame(frame_doubted(r, result.frame, f->node, "a decorator may change what this function gives"));
    r->has_maybe = has_maybe;
    r->jump = jump;
    r->maybe_jump = maybe_jump;
    r->maybe = maybe;
    r->lines = lines;
    r->line_count = line_count;
    r->text = text;
    r->path = path;
    r->site = site;
    r->depth--;
    r->returned = returned;
    r->value = value;
    r->env = caller;
    return result;
}

/* def f(x=y), lambda x=y: y is taken when the function is made, not when it is called. */
static const struct pv *defaults_of(struct py_run *r, const struct py_node *parameters) {
    struct pv *list = NULL;
    for (size_t i = 0; i < parameters->count; i++) {
        const struct py_node *p = parameters->kids[i];
        if (p->kind == PY_SPLAT || !p->count) continue;
        if (!list) list = arena_array(r->arena, parameters->count, sizeof *list);
        list[i] = py_eval(r, p->kids[0]);
    }
    return list;
}

struct pv py_function_value(struct py_run *r, const struct py_node *node) {
    struct py_function *f = arena_new(r->arena, struct py_function);
    *f = (struct py_function){.node = node, .home = r->env, .lines = r->lines, .line_count = r->line_count, .text = r->text, .path = r->path};
    f->defaults = defaults_of(r, node->kids[0]);
    if (node->kind == PY_FUNCTION) *vec_add(r->arena, &r->functions) = f;
    return (struct pv){.kind = PV_FUNCTION, .function = f};
}

static struct pv call_user(struct py_run *r, struct py_function *f, const struct py_node *call) {
    enum { ARGS_MAX = 40 };
    struct pv args[ARGS_MAX];
    size_t n = 0;
    if (f->udf) return udf_call(r, f, call);
    if (f->self) args[n++] = (struct pv){.kind = PV_OBJECT, .object = f->self};
    if (r->given) {
        args[n++] = *r->given;
        r->given = NULL;
    }
    for (size_t i = 0; n < ARGS_MAX && py_arg(call, i); i++) args[n++] = py_eval(r, py_arg(call, i));
    return py_call_function(r, f, args, n, call);
}

static bool ends_with(struct str s, const char *tail) { return str_ends(s, tail); }

/* reduce(f, list, start): f is called with two names that hold the values. */
static struct pv reduce_call(struct py_run *r, const struct py_node *call) {
    struct pv f = py_arg_value(r, call, 0, "function"), list = py_arg_value(r, call, 1, "sequence"), so_far = py_arg_value(r, call, 2, "initial");
    if (list.kind == PV_DICT) list = (struct pv){.kind = PV_LIST, .list = &list.dict->keys};
    size_t first = pv_absent(so_far) ? 1 : 0;
    if (list.kind != PV_LIST || list.list->n < first || list.list->n > PY_LOOP_MAX) return pv_unknown(r, NULL);
    if (first) so_far = list.list->at[0];
    struct py_node a = {.kind = PY_NAME, .text = STR("so far"), .range = call->range},
                   b = {.kind = PY_NAME, .text = STR("next"), .range = call->range};
    struct py_node *kids[3] = {call->kids[0], &a, &b};
    struct py_node each = {.kind = PY_CALL, .range = call->range, .kids = kids, .count = 3};
    struct py_env *before = r->env;
    for (size_t i = first; i < list.list->n; i++) {
        py_env_push(r, before);
        py_assign(r, a.text, so_far);
        py_assign(r, b.text, list.list->at[i]);
        so_far = call_value(r, f, &each);
        r->env = before;
    }
    return so_far;
}

/* spark.catalog and spark.conf, as far as they change what names and writes mean; false: none of these. */
static bool catalog_or_conf(struct py_run *r, struct str name, const struct py_node *call) {
    if (str_is(name, "spark.catalog.setCurrentDatabase") || str_is(name, "spark.catalog.setCurrentCatalog")) {
        struct pv to = py_arg_value(r, call, 0, str_ends(name, "Catalog") ? "catalogName" : "dbName");
        bool said = pv_is_text(to) && !r->unsure && !memmem(pv_str(to).p, pv_str(to).n, "${", 2);
        if (said) *(str_ends(name, "Catalog") ? &r->session->catalog : &r->session->schema) = str_dup(r->arena, pv_str(to));
        return true;
    }
    if (str_is(name, "spark.catalog.dropTempView") && !r->unsure) {
        struct pv view = py_arg_value(r, call, 0, "viewName");
        if (pv_is_text(view)) map_put(r->session->views, str_of(str_lower(r->arena, pv_str(view))), NULL);
        return true;
    }
    return false;
}

/* A call of something that a library names. */
static struct pv call_named(struct py_run *r, struct str name, const struct py_node *call) {
    bool known = false;
    int line = py_line(r, call);
    if (udf_is(name)) {
        struct pv f = py_arg_value(r, call, 0, "f");
        return f.kind == PV_FUNCTION ? udf_make(r, f, STR(""), call) : (struct pv){.kind = PV_NAME, .s = STR("udf")};
    }
    if (ends_with(name, ".udf.register")) {
        struct pv as = py_arg_value(r, call, 0, "name"), f = py_arg_value(r, call, 1, "f");
        return udf_make(r, f, pv_str(as), call);
    }
    if (str_starts(name, "functions.")) {
        struct pv v = functions_call(r, (struct str){name.p + 10, name.n - 10}, call, &known);
        return known ? v : pv_unknown(r, call);
    }
    if (str_starts(name, "Window.")) return window_call(r, none(), (struct str){name.p + 7, name.n - 7}, call, &known);
    if (dlt_is(name)) return dlt_call(r, name, call);
    if (str_starts(name, "DeltaTable.")) return delta_call(r, (struct str){name.p + 11, name.n - 11}, call);
    if (str_is(name, "spark.sql") || str_is(name, "sqlContext.sql")) {
        return pv_frame(frame_sql_call(r, call));
    }
    if (str_is(name, "spark.table") || str_is(name, "spark.read.table") || str_is(name, "spark.readStream.table") ||
        str_is(name, "sqlContext.table") || str_is(name, "table")) {
        struct pv v = py_arg_value(r, call, 0, "tableName");
        if (!pv_is_text(v)) return pv_frame(frame_unknown(r, NULL, NULL, call, "a table whose name is only known when it runs is read"));
        return pv_frame(frame_read(r, pv_str(v), ends_with(name, "Stream.table"), call));
    }
    if (str_starts(name, "spark.read.") || str_starts(name, "spark.readStream.")) {
        struct io *io = arena_new(r->arena, struct io);
        bool stream = str_starts(name, "spark.readStream.");
        size_t skip = stream ? 17 : 11;
        io->stream = stream;
        return io_call(r, io, (struct str){name.p + skip, name.n - skip}, call);
    }
    if (str_is(name, "spark.createDataFrame") || str_is(name, "spark.range")) {
        struct pv data = py_arg_value(r, call, 0, "data");
        bool back = data.kind == PV_FRAME && !str_is(name, "spark.range");
        struct frame *f = frame_unknown(r, back ? data.frame : NULL, NULL, call, rows_of_program);
        f->guessed = false;
        return pv_frame(f);
    }
    if (str_starts(name, "dbutils.widgets.get") || str_is(name, "spark.conf.get")) {
        struct pv v = py_arg_value(r, call, 0, NULL);
        return pv_text_new(r, str_of(arena_printf(r->arena, "${%.*s}", STR_ARG(pv_is_text(v) ? pv_str(v) : STR("widget")))), line);
    }
    if (str_is(name, "display")) {
        struct pv v = py_arg_value(r, call, 0, NULL);
        if (v.kind != PV_FRAME || v.frame->guessed) return none();
        fact_add(r, FACT_DISPLAY, v.frame, call)->detail = "display";
        frame_define(r, v.frame, DEF_QUERY, NULL, py_range(r, call));
        return none();
    }
    if (str_is(name, "partial") || ends_with(name, "functools.partial")) return py_partial_make(r, call);
    if (str_is(name, "reduce") || ends_with(name, ".reduce")) return reduce_call(r, call);
    if (catalog_or_conf(r, name, call)) return none();
    if (str_starts(name, "operator.")) return py_operator(r, name, call);
    if (str_is(name, "spark.sparkSession")) return (struct pv){.kind = PV_NAME, .s = STR("spark")};
    if (str_starts(name, "ps.")) return pandas_named(r, (struct str){name.p + 3, name.n - 3}, call);
    if (str_starts(name, "DataFrame.")) {
        struct pv f = py_arg_value(r, call, 0, NULL);
        struct py_node rest = *call;
        if (f.kind != PV_FRAME || call->count < 2) return pv_unknown(r, NULL);
        rest.kids = arena_array(r->arena, call->count - 1, sizeof *rest.kids);
        rest.count = call->count - 1;
        rest.kids[0] = call->kids[0];
        memcpy(rest.kids + 1, call->kids + 2, (rest.count - 1) * sizeof *rest.kids);
        return frame_call(r, f.frame, (struct str){name.p + 10, name.n - 10}, &rest);
    }
    if (ends_with(name, "getOrCreate") || ends_with(name, "getActiveSession") || ends_with(name, ".builder"))
        return (struct pv){.kind = PV_NAME, .s = STR("spark")};
    if (str_starts(name, "SparkSession")) return (struct pv){.kind = PV_NAME, .s = STR("SparkSession.builder")};
    return py_builtin(r, name, call);
}

/* session.sql(..), pd.read_sql(..), cursor.execute(..): SQL run through objects that are not followed themselves. */
static bool runs_sql(struct str method) {
    static const char *const names[] = {"sql", "read_sql", "read_sql_query", "read_gbq", "execute", "query"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(method, names[i])) return true;
    }
    return false;
}

static bool looks_like_sql(struct str text) {
    static const char *const words[] = {"select ", "select\n", "with ", "insert ", "create ", "merge ", "update ", "delete ", "truncate ", "drop "};
    text = str_trim(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (text.n > n && str_ieq((struct str){text.p, n}, (struct str){words[i], n})) return true;
    }
    return false;
}

static struct pv sql_of_others(struct py_run *r, struct pv text, struct str method, const struct py_node *call) {
    struct frame *f = frame_sql(r, text, call);
    if (!str_is(method, "sql") && f->query) frame_define(r, f, DEF_QUERY, NULL, py_range(r, call));
    return str_is(method, "sql") ? pv_frame(f) : pv_unknown(r, NULL);
}

/* pool.submit(f, a, b), pool.map(f, list), Thread(target=f, args=(a, b)), and lambdas that anybody may call. */
static void call_handed(struct py_run *r, struct str method, const struct py_node *call) {
    enum { ARGS_MAX = 20 };
    struct pv args[ARGS_MAX], f = py_arg_value(r, call, 0, "target"), list = py_arg_value(r, call, 1, "args");
    size_t n = 0;
    if (f.kind != PV_FUNCTION || f.function->udf) return;
    if (f.function->self) args[n++] = (struct pv){.kind = PV_OBJECT, .object = f.function->self};
    bool each = str_is(method, "map") || str_is(method, "imap") || str_is(method, "starmap") || str_is(method, "imap_unordered");
    bool submit = str_is(method, "submit") || str_is(method, "run_in_executor"), thread = str_is(method, "Thread") || str_is(method, "apply_async");
    for (size_t i = 0; each && list.kind == PV_LIST && i < list.list->n && i < PY_LOOP_MAX; i++) {
        struct pv item = list.list->at[i];
        bool star = str_is(method, "starmap") && item.kind == PV_LIST && item.list->n + n <= ARGS_MAX;
        size_t count = star ? item.list->n : 1;
        for (size_t k = 0; k < count; k++) args[n + k] = star ? item.list->at[k] : item;
        py_call_function(r, f.function, args, n + count, NULL);
    }
    for (size_t i = 1; submit && n < ARGS_MAX && py_arg(call, i); i++) args[n++] = py_eval(r, py_arg(call, i));
    for (size_t i = 0; thread && list.kind == PV_LIST && n < ARGS_MAX && i < list.list->n; i++) args[n++] = list.list->at[i];
    bool before = r->session->conditional, lambda = f.function->node && f.function->node->kind == PY_LAMBDA;
    r->session->conditional |= !submit && !thread;
    if (submit || thread || (lambda && !each)) py_call_function(r, f.function, args, n, NULL);
    r->session->conditional = before;
}

/* Arguments are followed all the same: a write may hide in one. What is made of DataFrames among them may be one. */
static struct pv call_unknown(struct py_run *r, const struct py_node *call) {
    struct frame *made = NULL;
    for (size_t i = 1; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        struct pv v = py_eval(r, (kid->kind == PY_KWARG || kid->kind == PY_SPLAT) && kid->count ? kid->kids[0] : kid);
        size_t n = v.kind == PV_LIST ? v.list->n : 1;
        for (size_t k = 0; k < n && k < PY_LOOP_MAX; k++) {
            struct pv item = v.kind == PV_LIST ? v.list->at[k] : v;
            if (item.kind != PV_FRAME) continue;
            frame_escape(r, item.frame);
            made = frame_unknown(r, item.frame, made, call, "a function that is not in the files read makes this DataFrame");
            made->guessed = true;
        }
    }
    const struct py_node *callee = call->kids[0];
    if (str_is(callee->text, "shuffle")) py_spoil(r, py_arg_value(r, call, 0, NULL));
    call_handed(r, callee->text, call);
    return made ? pv_frame(made) : pv_unknown(r, NULL);
}

static struct pv call_value(struct py_run *r, struct pv f, const struct py_node *call) {
    if (f.kind == PV_FUNCTION) return call_user(r, f.function, call);
    if (f.kind == PV_CLASS) return class_call(r, f.class, call);
    if (f.kind == PV_NAME) return call_named(r, f.s, call);
    if (f.kind == PV_OBJECT) return call_value(r, object_get(r, f.object, STR("__call__")), call);
    return call_unknown(r, call);
}

/* spark.conf.set(key, value), builder.config(key, value), as far as they change what writes mean. */
static void conf_set(struct py_run *r, const struct py_node *call) {
    struct str key = pv_str(py_arg_value(r, call, 0, "key")), value = pv_str(py_arg_value(r, call, 1, "value"));
    bool fixed = str_iis(value, "static");
    if (str_iis(key, "spark.sql.sources.partitionOverwriteMode")) r->session->dynamic = fixed ? r->session->dynamic && r->session->conditional : true;
    if (str_iis(key, "spark.sql.streaming.checkpointLocation")) r->checkpoint = value.n ? value : STR("${checkpoint}");
}

static struct pv call_method(struct py_run *r, struct pv object, const struct py_node *callee, const struct py_node *call) {
    struct str method = callee->text;
    bool known = false;
    if (str_is(method, "config") || (str_is(method, "set") && py_arg(call, 1))) conf_set(r, call);
    switch (object.kind) {
    case PV_FRAME:
        return frame_call(r, object.frame, method, call);
    case PV_COLUMN:
        return column_call(r, object, method, call, &known);
    case PV_GROUPED:
        return grouped_call(r, object.grouped, method, call);
    case PV_WINDOW:
        return window_call(r, object, method, call, &known);
    case PV_IO:
        return io_call(r, object.io, method, call);
    case PV_TEXT:
        return str_is(method, "format") ? py_text_format(r, object, call) : py_text_call(r, object, method, call);
    case PV_LIST:
    case PV_DICT:
        return py_list_call(r, object, method, call);
    case PV_NAME:
        return call_named(r, str_of(arena_printf(r->arena, "%.*s.%.*s", STR_ARG(object.s), STR_ARG(method))), call);
    case PV_OBJECT:
        return call_value(r, object_get(r, object.object, method), call);
    case PV_CLASS:
        return call_value(r, class_get(r, object.class, method), call);
    case PV_MODULE: {
        const struct pv *v = map_get(object.module->names, method);
        return v ? call_value(r, *v, call) : call_unknown(r, call);
    }
    default:
        break;
    }
    if (object.kind == PV_UNKNOWN && (str_is(method, "getOrCreate") || str_is(method, "getActiveSession")))
        return (struct pv){.kind = PV_NAME, .s = STR("spark")};
    if (object.kind == PV_UNKNOWN && runs_sql(method)) {
        struct pv text = py_arg_value(r, call, 0, "sql");
        if (pv_is_text(text) && looks_like_sql(pv_str(text))) return sql_of_others(r, text, method, call);
    }
    return call_unknown(r, call);
}

static struct pv call_laid_out(struct py_run *r, const struct py_node *call, const struct py_node *callee) {
    if (callee->kind == PY_ATTRIBUTE) {
        const char *dotted = py_dotted(r->arena, callee);
        const struct pv *kept = dotted ? map_get(r->global->names, str_of(dotted)) : NULL;
        if (kept && kept->kind == PV_FUNCTION) return call_user(r, kept->function, call);
        return call_method(r, py_eval(r, callee->kids[0]), callee, call);
    }
    return call_value(r, py_eval(r, callee), call);
}

static struct pv eval_call(struct py_run *r, const struct py_node *written) {
    struct py_env *before = r->env;
    const struct py_node *call = py_laid_out(r, written), *callee = call->kids[0];
    struct pv v = call_laid_out(r, call, callee);
    if (r->env != before) r->env = before;
    return v;
}

/* Expressions. */

static struct pv eval_attribute(struct py_run *r, const struct py_node *node) {
    const char *dotted = py_dotted(r->arena, node);
    const struct pv *kept = dotted ? map_get(r->global->names, str_of(dotted)) : NULL;
    if (kept) return *kept;
    struct pv object = py_eval(r, node->kids[0]);
    if (object.kind == PV_NAME)
        return (struct pv){.kind = PV_NAME, .s = str_of(arena_printf(r->arena, "%.*s.%.*s", STR_ARG(object.s), STR_ARG(node->text)))};
    if (object.kind == PV_OBJECT || object.kind == PV_CLASS || object.kind == PV_MODULE) {
        const struct pv *named = object.kind == PV_MODULE ? map_get(object.module->names, node->text) : NULL;
        struct pv v = object.kind == PV_OBJECT  ? object_get(r, object.object, node->text)
                      : object.kind == PV_CLASS ? class_get(r, object.class, node->text)
                      : named                   ? *named
                                                : (struct pv){.kind = PV_UNKNOWN};
        bool spark = pv_absent(v) || (v.kind == PV_UNKNOWN && (str_ends(v.s, "spark") || str_ends(v.s, "session")));
        if (spark && (str_is(node->text, "spark") || str_ends(node->text, "_spark") || str_is(node->text, "spark_session")))
            return (struct pv){.kind = PV_NAME, .s = STR("spark")};
        return pv_absent(v) ? (struct pv){.kind = PV_UNKNOWN, .s = dotted ? str_of(dotted) : node->text} : v;
    }
    if (object.kind == PV_UNKNOWN && (str_is(node->text, "write") || str_is(node->text, "writeStream"))) {
        struct io *io = arena_new(r->arena, struct io);
        io->frame = frame_unknown(r, NULL, NULL, node, "the DataFrame written here was not understood");
        io->stream = str_is(node->text, "writeStream");
        return (struct pv){.kind = PV_IO, .io = io};
    }
    if (object.kind == PV_UNKNOWN && dotted &&
        (text_ends(dotted, ".spark") || text_ends(dotted, "_spark") || text_ends(dotted, ".spark_session") || text_ends(dotted, ".sparkSession")))
        return (struct pv){.kind = PV_NAME, .s = STR("spark")};
    bool writes = str_is(node->text, "write") || str_is(node->text, "writeStream");
    if (object.kind == PV_FRAME && object.frame->guessed && !writes) return object;
    if (object.kind == PV_FRAME) {
        struct io *io = arena_new(r->arena, struct io);
        io->frame = object.frame;
        io->stream = str_is(node->text, "writeStream");
        if (io->stream || str_is(node->text, "write")) return (struct pv){.kind = PV_IO, .io = io};
        if (str_is(node->text, "na") || str_is(node->text, "stat")) return object;
        if (str_is(node->text, "sparkSession") || str_is(node->text, "sql_ctx") || str_is(node->text, "_jdf"))
            return (struct pv){.kind = PV_NAME, .s = STR("spark")};
        if (str_is(node->text, "rdd")) {
            fact_add(r, FACT_RDD, object.frame, node);
            frame_escape(r, object.frame);
        }
        if (str_is(node->text, "columns")) return columns_of_frame(r, object.frame);
        if (str_is(node->text, "rdd") || str_is(node->text, "schema") || str_is(node->text, "dtypes")) return pv_unknown(r, NULL);
        return frame_item(r, object.frame, node->text);
    }
    if (object.kind == PV_COLUMN) {
        struct sql_expr *inner = object.column->expr;
        return pv_column(r, column_binary(r, STR("."), pv_column(r, inner), pv_text_new(r, node->text, 0)).column->expr);
    }
    return (struct pv){.kind = PV_UNKNOWN, .s = dotted ? str_of(dotted) : node->text};
}

static struct pv eval_subscript(struct py_run *r, const struct py_node *node) {
    struct pv object = py_eval(r, node->kids[0]);
    if (object.kind == PV_FRAME && object.frame->guessed) return object;
    if (node->kids[1]->kind == PY_SLICE) return pv_unknown(r, NULL);
    struct pv key = py_eval(r, node->kids[1]);
    if (object.kind == PV_FRAME && pv_is_text(key)) return frame_item(r, object.frame, pv_str(key));
    if (object.kind == PV_FRAME) {
        struct frame *f = frame_subscript(r, object.frame, key, node);
        return pv_frame(f ? f : frame_unknown(r, object.frame, NULL, node, "the columns or rows chosen here were not understood"));
    }
    if (object.kind == PV_DICT && pv_is_text(key)) {
        const struct pv *found = pv_dict_get(object.dict, str_dup(r->arena, pv_str(key)));
        return found ? *found : pv_unknown(r, NULL);
    }
    if (object.kind == PV_LIST && key.kind == PV_NUMBER) {
        long i = strtol(key.s.p, NULL, 10), n = (long)object.list->n;
        if (i < 0) i += n;
        return i >= 0 && i < n ? object.list->at[i] : pv_unknown(r, NULL);
    }
    if (object.kind == PV_COLUMN) return column_binary(r, STR("[]"), object, key);
    return pv_unknown(r, NULL);
}

static struct pv eval_numbers(struct py_run *r, struct str op, struct pv a, struct pv b) {
    double x = strtod(a.s.p, NULL), y = strtod(b.s.p, NULL), v = 0;
    if (str_is(op, "+")) {
        v = x + y;
    } else if (str_is(op, "-")) {
        v = x - y;
    } else if (str_is(op, "*")) {
        v = x * y;
    } else {
        return pv_unknown(r, NULL);
    }
    if (v != (double)(long)v || v > 1e15 || v < -1e15 || memchr(a.s.p, '.', a.s.n) || memchr(b.s.p, '.', b.s.n)) return pv_unknown(r, NULL);
    return (struct pv){.kind = PV_NUMBER, .s = str_of(arena_printf(r->arena, "%ld", (long)v))};
}

static struct pv eval_binary(struct py_run *r, const struct py_node *node) {
    if (node->kind == PY_COMPARE) return pv_unknown(r, NULL);
    /* df.count() > 0 asks whether there are rows. */
    bool small = node->kids[1]->kind == PY_NUMBER && (str_is(node->kids[1]->text, "0") || str_is(node->kids[1]->text, "1"));
    if (small && node->kids[0]->kind == PY_CALL && node->text.n && strchr("=!<>", node->text.p[0])) r->checked = node->kids[0];
    struct pv a = py_eval(r, node->kids[0]), b = py_eval(r, node->kids[1]);
    struct str op = node->text;
    if (str_starts(op, "is") || str_ends(op, "in")) return py_compare(r, op, a, b);
    if (a.kind == PV_COLUMN || b.kind == PV_COLUMN) return column_binary(r, op, a, b);
    if (str_is(op, "+") && (pv_is_text(a) || pv_is_text(b))) return py_text_join(r, py_text_of(r, a, node->kids[0]), py_text_of(r, b, node->kids[1]));
    if (str_is(op, "%") && pv_is_text(a)) return py_text_percent(r, a, b, node);
    if (str_is(op, "+") && a.kind == PV_LIST && b.kind == PV_LIST) {
        struct pv all = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
        for (size_t i = 0; i < a.list->n; i++) pv_add(r->arena, all.list, a.list->at[i]);
        for (size_t i = 0; i < b.list->n; i++) pv_add(r->arena, all.list, b.list->at[i]);
        return all;
    }
    if (str_is(op, "and") || str_is(op, "or")) {
        int x = py_truth(a), y = py_truth(b);
        bool is_or = op.p[0] == 'o';
        if (x == is_or || (x >= 0 && y >= 0)) return x == is_or ? a : b;
        return pv_unknown(r, NULL);
    }
    if (a.kind == PV_NUMBER && b.kind == PV_NUMBER && op.n == 1 && strchr("+-*", op.p[0])) return eval_numbers(r, op, a, b);
    return py_compare(r, op, a, b);
}

static struct pv eval_unary(struct py_run *r, const struct py_node *node) {
    struct pv v = py_eval(r, node->kids[0]);
    if (v.kind == PV_COLUMN)
        return column_binary(r, str_is(node->text, "~") ? STR("~") : str_is(node->text, "-") ? STR("neg") : node->text, v, none());
    if (str_is(node->text, "not") && py_truth(v) >= 0) return (struct pv){.kind = PV_BOOL, .b = !py_truth(v)};
    if (str_is(node->text, "-") && v.kind == PV_NUMBER)
        return (struct pv){.kind = PV_NUMBER, .s = str_of(arena_printf(r->arena, "-%.*s", STR_ARG(v.s)))};
    return pv_unknown(r, NULL);
}

static struct pv eval_items(struct py_run *r, const struct py_node *node) {
    struct pv list = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
    for (size_t i = 0; i < node->count && list.list->n < PY_LOOP_MAX * 4; i++) {
        const struct py_node *kid = node->kids[i];
        if (kid->kind != PY_SPLAT) {
            pv_add(r->arena, list.list, py_eval(r, kid));
            continue;
        }
        struct pv more = kid->count ? py_eval(r, kid->kids[0]) : none();
        if (more.kind != PV_LIST) return pv_unknown(r, NULL);
        for (size_t k = 0; k < more.list->n; k++) pv_add(r->arena, list.list, more.list->at[k]);
    }
    return list;
}

/* A new dictionary is known, wherever it is written. */
static void dict_add(struct py_run *r, struct pv_dict *d, struct pv key, struct pv v) {
    int unsure = r->unsure;
    r->unsure = 0;
    pv_dict_put(r, d, key, v);
    r->unsure = unsure;
}

static struct pv eval_dict(struct py_run *r, const struct py_node *node) {
    struct pv d = {.kind = PV_DICT, .dict = arena_new(r->arena, struct pv_dict)};
    for (size_t i = 0; i + 1 < node->count; i += 2) {
        const struct py_node *value = node->kids[i + 1];
        struct pv v = py_eval(r, !node->kids[i] && value->kind == PY_SPLAT && value->count ? value->kids[0] : value);
        if (node->kids[i]) dict_add(r, d.dict, py_eval(r, node->kids[i]), v);
        for (size_t k = 0; !node->kids[i] && v.kind == PV_DICT && k < v.dict->keys.n; k++)
            dict_add(r, d.dict, v.dict->keys.at[k], v.dict->values.at[k]);
        if (!node->kids[i] && v.kind != PV_DICT) py_spoil(r, d);
    }
    return d;
}

/* [f(x) for x in known if known] */
static struct pv eval_comprehension(struct py_run *r, const struct py_node *node) {
    struct pv list = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
    struct pv dict = {.kind = PV_DICT, .dict = arena_new(r->arena, struct pv_dict)};
    const struct py_node *pair = node->count && node->kids[0]->kind == PY_PAIR && node->kids[0]->count == 2 ? node->kids[0] : NULL;
    if (node->count < 2 || node->kids[1]->kind != PY_FOR_IN) return pv_unknown(r, NULL);
    struct pv over = py_eval(r, node->kids[1]->kids[1]);
    if (over.kind == PV_DICT) over = (struct pv){.kind = PV_LIST, .list = &over.dict->keys};
    bool nested = node->count > 2 && node->kids[2]->kind == PY_FOR_IN;
    if (over.kind == PV_COLUMNS && !nested) return columns_chosen(r, over.columns, node);
    if (over.kind != PV_LIST || nested) return pv_unknown(r, NULL);
    struct py_env *before = r->env;
    size_t n = over.list->n;
    for (size_t i = 0; i < n && i < PY_LOOP_MAX; i++) {
        py_env_push(r, before);
        py_target_assign(r, node->kids[1]->kids[0], over.list->at[i]);
        int wanted = 1;
        for (size_t k = 2; k < node->count && wanted == 1; k++) wanted = node->kids[k]->count ? py_truth(py_eval(r, node->kids[k]->kids[0])) : -1;
        struct pv k = wanted == 1 && pair ? py_eval(r, pair->kids[0]) : none();
        struct pv v = wanted == 1 ? py_eval(r, pair ? pair->kids[1] : node->kids[0]) : none();
        r->env = before;
        if (wanted < 0) return pv_unknown(r, NULL);
        if (wanted && pair) pv_add(r->arena, &dict.dict->keys, k);
        if (wanted) pv_add(r->arena, pair ? &dict.dict->values : list.list, v);
    }
    return pair ? dict : list;
}

static struct pv eval_ternary(struct py_run *r, const struct py_node *node) {
    if (node->count != 3) return pv_unknown(r, NULL);
    int which = py_truth(py_eval(r, node->kids[1]));
    if (which >= 0) return py_eval(r, node->kids[which ? 0 : 2]);
    struct pv a = py_eval(r, node->kids[0]), b = py_eval(r, node->kids[2]);
    return pv_same(a, b) ? a : pv_unknown(r, NULL);
}

/* a += b: a list grows in place, whatever else it is called; all else is a = a + b. */
static struct pv eval_augment(struct py_run *r, const struct py_node *node) {
    struct py_node sum = {.kind = PY_BINARY, .text = {node->text.p, node->text.n - 1}, .range = node->range, .kids = node->kids, .count = 2};
    struct pv before = str_is(node->text, "+=") ? py_eval(r, node->kids[0]) : none();
    if (before.kind == PV_LIST) {
        py_list_extend(r, before, py_eval(r, node->kids[1]));
        return before;
    }
    struct pv v = py_eval(r, &sum);
    py_target_assign(r, node->kids[0], v);
    return v;
}

struct pv py_eval(struct py_run *r, const struct py_node *node) {
    if (!node || ++r->steps > r->steps_max) return pv_unknown(r, NULL);
    switch (node->kind) {
    case PY_NAME:
        return name_value(r, node);
    case PY_STRING:
        return py_text_piece(r, node);
    case PY_FSTRING:
        return py_text_fstring(r, node);
    case PY_NUMBER:
        return (struct pv){.kind = PV_NUMBER, .s = str_of(str_dup(r->arena, node->text))};
    case PY_CONSTANT: {
        if (str_is(node->text, "None")) return none();
        bool is_bool = str_is(node->text, "True") || str_is(node->text, "False");
        return is_bool ? (struct pv){.kind = PV_BOOL, .b = node->text.p[0] == 'T'} : pv_unknown(r, NULL);
    }
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
        return eval_items(r, node);
    case PY_DICT:
        return eval_dict(r, node);
    case PY_ATTRIBUTE:
        return eval_attribute(r, node);
    case PY_SUBSCRIPT:
        return eval_subscript(r, node);
    case PY_CALL:
        return eval_call(r, node);
    case PY_BINARY:
    case PY_COMPARE:
        return eval_binary(r, node);
    case PY_UNARY:
        return eval_unary(r, node);
    case PY_TERNARY:
        return eval_ternary(r, node);
    case PY_LAMBDA:
        return py_function_value(r, node);
    case PY_COMPREHENSION:
        return eval_comprehension(r, node);
    case PY_AUGMENT:
        return eval_augment(r, node);
    case PY_ASSIGN: {
        struct pv v = py_eval(r, node->kids[1]);
        py_target_assign(r, node->kids[0], v);
        return v;
    }
    default:
        for (size_t i = 0; i < node->count; i++) {
            if (node->kids[i]) py_eval(r, node->kids[i]);
        }
        return pv_unknown(r, NULL);
    }
}
