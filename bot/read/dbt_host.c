/* dbt_host.c - the names that dbt gives to its templates. https://docs.getdbt.com/reference/dbt-jinja-functions */
#include "dbt.h"

#include <ctype.h>

static struct jv undefined(void) { return (struct jv){.kind = JV_UNDEFINED}; }

static bool plain_word(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!isalnum(c) && c != '_' && c != '$' && c < 0x80) return false;
    }
    return s.n > 0 && !isdigit((unsigned char)s.p[0]);
}

struct str dbt_relation_text(struct arena *arena, const char *dataset, enum dialect dialect) {
    struct buf b = buf_new(arena);
    struct str rest = str_of(dataset), part;
    char quote = dialect_traits(dialect)->quote[0];
    while (str_split(&rest, '.', &part)) {
        if (b.n) buf_char(&b, '.');
        bool plain = plain_word(part);
        if (!plain) buf_char(&b, quote);
        buf_slice(&b, part);
        if (!plain) buf_char(&b, quote == '[' ? ']' : quote);
    }
    return (struct str){buf_str(&b), b.n};
}

struct jv dbt_relation(struct dbt_run *run, const char *dataset) {
    struct arena *arena = run->arena;
    struct jv relation = jv_object_new(arena, dbt_relation_text(arena, dataset, run->project->dialect));
    struct jv fields = {.kind = JV_DICT, .dict = relation.object->fields};
    struct str whole = str_of(dataset), parts[3];
    size_t n = 0;
    while (n < 3 && str_split(&whole, '.', &parts[n])) n++;
    static const char *const names[] = {"identifier", "schema", "database"};
    for (size_t i = 0; i < 3; i++) {
        struct jv value = i < n ? jv_text(parts[n - 1 - i]) : jv_unknown(arena, "%s of %s", names[i], dataset);
        jv_dict_put(arena, fields, jv_cstr(names[i]), value);
        if (i == 0) jv_dict_put(arena, fields, jv_cstr("name"), value);
        if (i == 0) jv_dict_put(arena, fields, jv_cstr("table"), value);
    }
    return relation;
}

/* ref and source. */

static struct str text_at(struct dbt_run *run, const struct jv_args *args, size_t i) {
    return i < args->n ? jv_str(run->arena, args->at[i]) : STR("");
}

static struct jv reads(struct dbt_run *run, const char *dataset) {
    *vec_add(run->arena, &run->refs) = dataset;
    return dbt_relation(run, dataset);
}

static struct jv call_ref(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    struct str name = text_at(run, args, args->n > 1 ? 1 : 0);
    if (args->n == 0 || args->at[args->n > 1 ? 1 : 0].kind != JV_TEXT) {
        jinja_doubt(j, true, "a 'ref' whose name is only known when it runs");
        return jv_unknown(run->arena, "ref of %.*s", STR_ARG(name));
    }
    const struct jv *version = jv_arg(args, args->n, "v");
    if (!version) version = jv_arg(args, args->n, "version");
    char *wanted = str_dup(run->arena, name);
    if (version) {
        struct str v = jv_str(run->arena, *version);
        wanted = arena_printf(run->arena, "%s_v%.*s", wanted, STR_ARG(v));
    }
    struct dbt_model *model = dbt_model_named(run->project, wanted);
    if (model) dbt_model_name(run->project, model);
    return reads(run, model && model->dataset ? model->dataset : wanted);
}

static struct jv call_source(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    if (args->n < 2 || args->at[0].kind != JV_TEXT || args->at[1].kind != JV_TEXT) {
        jinja_doubt(j, true, "a 'source' whose name is only known when it runs");
        return jv_unknown(run->arena, "source");
    }
    char *key = arena_printf(run->arena, "%.*s.%.*s", STR_ARG(args->at[0].s), STR_ARG(args->at[1].s));
    dbt_source_find(run->project, args->at[0].s);
    const char *known = run->project->sources ? map_get(run->project->sources, str_of(key)) : NULL;
    return reads(run, known ? known : key);
}

/* config(...) and config.get(...). */

static struct jv call_config(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    for (size_t i = 0; i < args->named; i++) jv_dict_put(run->arena, run->config, jv_text(args->names[i]), args->values[i]);
    for (size_t i = 0; args->n && args->at[0].kind == JV_DICT && i < args->at[0].dict->n; i++) {
        jv_dict_put(run->arena, run->config, args->at[0].dict->keys[i], args->at[0].dict->values[i]);
    }
    return jv_cstr("");
}

static struct jv config_get(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    struct str key = text_at(run, args, 0);
    struct jv *here = jv_dict_get(run->config, key);
    struct jv found = here ? *here : run->model ? dbt_config(run, run->model, str_dup(run->arena, key)) : undefined();
    if (found.kind != JV_UNDEFINED) return found;
    const struct jv *otherwise = jv_arg(args, 1, "default");
    return otherwise ? *otherwise : jv_none();
}

static struct jv nothing(struct jinja *j, void *self, const struct jv_args *args) { return jv_cstr(""); }

static struct jv config_member(struct jinja *j, void *self, struct str name) {
    struct dbt_run *run = self;
    if (str_is(name, "get") || str_is(name, "require") || str_is(name, "meta_get"))
        return jv_function_new(run->arena, &(struct jv_function){"config.get", config_get, run, NULL});
    return jv_function_new(run->arena, &(struct jv_function){"config", nothing, run, NULL});
}

/* var and env_var. */

static struct jv call_var(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    struct str name = text_at(run, args, 0);
    struct jv *known = jv_dict_get(run->project->vars, name);
    if (known) return *known;
    const struct jv *otherwise = jv_arg(args, 1, "default");
    bool off = otherwise && (otherwise->kind == JV_BOOL && !otherwise->b);
    if (off && run->flip) {
        run->flipped = true;
        return jv_bool(true);
    }
    if (otherwise) return *otherwise;
    return jv_unknown(run->arena, "var %.*s", STR_ARG(name));
}

static struct jv call_env_var(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    const struct jv *otherwise = jv_arg(args, 1, "default");
    if (otherwise) return *otherwise;
    struct str name = text_at(run, args, 0);
    return jv_unknown(run->arena, "env %.*s", STR_ARG(name));
}

static struct jv call_is_incremental(struct jinja *j, void *self, const struct jv_args *args) {
    ((struct dbt_run *)self)->incremental_asked = true;
    return jv_bool(false);
}

/* adapter.dispatch(name, package): the macro with the adapter's prefix, else default__, else one known by heart. */

struct dispatched {
    struct dbt_run *run;
    struct str package, name;
};

static const struct jinja_macro *macro_named(struct dbt_run *run, struct str package, const char *prefix, struct str name) {
    if (!run->project->macros) return NULL;
    char *key = arena_printf(run->arena, "%s%.*s", prefix, STR_ARG(name));
    const struct jinja_macro *found = NULL;
    if (package.n) found = map_get(run->project->macros, str_of(arena_printf(run->arena, "%.*s.%s", STR_ARG(package), key)));
    return found ? found : map_get(run->project->macros, str_of(key));
}

static struct jv unknown_macro(struct dbt_run *run, struct str package, struct str name) {
    return jv_unknown(run->arena, "%.*s%s%.*s", STR_ARG(package), package.n ? "." : "", STR_ARG(name));
}

static struct jv dispatch_call(struct jinja *j, void *self, const struct jv_args *args) {
    struct dispatched *d = self;
    struct dbt_run *run = d->run;
    const char *prefixes[4] = {arena_printf(run->arena, "%s__", run->project->adapter), NULL, "default__", NULL};
    prefixes[1] = strcmp(run->project->adapter, "databricks") == 0 ? "spark__"
                  : strcmp(run->project->adapter, "redshift") == 0 ? "postgres__"
                                                                   : "default__";
    for (const char *const *prefix = prefixes; *prefix; prefix++) {
        const struct jinja_macro *macro = macro_named(run, d->package, *prefix, d->name);
        if (macro) return jinja_call(j, (struct jv){.kind = JV_MACRO, .macro = macro}, args);
    }
    struct jv known = undefined();
    if (dbt_builtin(run, j, d->package, d->name, &known)) return jinja_call(j, known, args);
    return jinja_call(j, unknown_macro(run, d->package, d->name), args);
}

static struct jv call_dispatch(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    struct dispatched *d = arena_new(run->arena, struct dispatched);
    const struct jv *package = jv_arg(args, 1, "macro_namespace");
    d->run = run;
    d->name = text_at(run, args, 0);
    d->package = package && package->kind == JV_TEXT ? package->s : STR("");
    struct str rest = d->name, head;
    if (memchr(d->name.p, '.', d->name.n) && str_split(&rest, '.', &head)) d->package = head, d->name = rest;
    return jv_function_new(run->arena, &(struct jv_function){"dispatch", dispatch_call, d, NULL});
}

static struct jv call_quote(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    struct str name = text_at(run, args, 0);
    char quote = dialect_traits(run->project->dialect)->quote[0];
    return jv_cstr(arena_printf(run->arena, "%c%.*s%c", quote, STR_ARG(name), quote == '[' ? ']' : quote));
}

static struct jv call_unknown(struct jinja *j, void *self, const struct jv_args *args) {
    return jinja_call(j, jv_unknown(jinja_arena(j), "%s", (const char *)self), args);
}

static struct jv adapter_member(struct jinja *j, void *self, struct str name) {
    struct dbt_run *run = self;
    if (str_is(name, "dispatch")) return jv_function_new(run->arena, &(struct jv_function){"dispatch", call_dispatch, run, NULL});
    if (str_is(name, "quote") || str_is(name, "quote_as_configured"))
        return jv_function_new(run->arena, &(struct jv_function){"quote", call_quote, run, NULL});
    if (str_is(name, "type")) return jv_function_new(run->arena, &(struct jv_function){"type", nothing, run, NULL});
    return jv_function_new(run->arena, &(struct jv_function){"adapter", call_unknown, arena_printf(run->arena, "adapter.%.*s", STR_ARG(name)), NULL});
}

/* Python's range, zip, dict, list; namespace. */

#define RANGE_MAX 20000

static struct jv call_range(struct jinja *j, void *self, const struct jv_args *args) {
    int64_t bounds[3] = {0, 0, 1};
    for (size_t i = 0; i < args->n && i < 3; i++) {
        if (args->at[i].kind == JV_UNKNOWN) return jv_unknown(jinja_arena(j), "range %.*s", STR_ARG(args->at[i].s));
        if (args->at[i].kind == JV_INT) bounds[i] = args->at[i].i;
    }
    if (args->n == 1) bounds[1] = bounds[0], bounds[0] = 0;
    struct jv list = jv_list_new(jinja_arena(j));
    for (int64_t i = bounds[0]; bounds[2] != 0 && (bounds[2] > 0 ? i < bounds[1] : i > bounds[1]) && list.list->n < RANGE_MAX; i += bounds[2]) {
        jv_list_add(jinja_arena(j), list, jv_int(i));
    }
    return list;
}

static struct jv call_zip(struct jinja *j, void *self, const struct jv_args *args) {
    struct jv list = jv_list_new(jinja_arena(j));
    size_t n = args->n ? RANGE_MAX : 0;
    for (size_t i = 0; i < args->n; i++) {
        size_t mine = args->at[i].kind == JV_LIST ? args->at[i].list->n : 0;
        if (mine < n) n = mine;
    }
    for (size_t k = 0; k < n; k++) {
        struct jv row = jv_list_new(jinja_arena(j));
        for (size_t i = 0; i < args->n; i++) jv_list_add(jinja_arena(j), row, args->at[i].list->at[k]);
        jv_list_add(jinja_arena(j), list, row);
    }
    return list;
}

static struct jv call_dict(struct jinja *j, void *self, const struct jv_args *args) {
    struct jv dict = jv_dict_new(jinja_arena(j));
    for (size_t i = 0; args->n && args->at[0].kind == JV_DICT && i < args->at[0].dict->n; i++)
        jv_dict_put(jinja_arena(j), dict, args->at[0].dict->keys[i], args->at[0].dict->values[i]);
    for (size_t i = 0; i < args->named; i++) jv_dict_put(jinja_arena(j), dict, jv_text(args->names[i]), args->values[i]);
    return dict;
}

static struct jv call_same(struct jinja *j, void *self, const struct jv_args *args) { return args->n ? args->at[0] : jv_list_new(jinja_arena(j)); }

/* fromyaml('..') and fromjson('..') of a text that is known: JSON is YAML. */
static struct jv call_fromyaml(struct jinja *j, void *self, const struct jv_args *args) {
    struct dbt_run *run = self;
    struct yaml *y = NULL;
    const struct jv *text = jv_arg(args, 0, "value");
    const struct jv *otherwise = jv_arg(args, 1, "default");
    if (!text || text->kind != JV_TEXT) return jv_unknown(run->arena, "fromyaml");
    if (yaml_load(run->arena, "fromyaml", text->s.p, text->s.n, &y)) return otherwise ? *otherwise : jv_none();
    return dbt_yaml_value(run->arena, y, NULL);
}

static struct jv call_tojson(struct jinja *j, void *self, const struct jv_args *args) {
    struct jv out = jv_unknown(jinja_arena(j), "tojson");
    if (args->n) jv_filter(j, STR("tojson"), args->at[0], &(struct jv_args){.line = args->line}, &out);
    return out;
}

/* Names. */

static struct jv function(struct dbt_run *run, const char *name, jv_native call) {
    return jv_function_new(run->arena, &(struct jv_function){name, call, run, NULL});
}

static struct jv target_value(struct dbt_run *run) {
    struct jv target = jv_dict_new(run->arena);
    jv_dict_put(run->arena, target, jv_cstr("name"), jv_cstr("prod"));
    jv_dict_put(run->arena, target, jv_cstr("target_name"), jv_cstr("prod"));
    jv_dict_put(run->arena, target, jv_cstr("profile_name"), jv_cstr("prod"));
    jv_dict_put(run->arena, target, jv_cstr("type"), jv_cstr(run->project->adapter));
    jv_dict_put(run->arena, target, jv_cstr("threads"), jv_int(4));
    static const char *const unknown[] = {"schema", "database", "catalog", "dataset", "project", "user", "role", "warehouse", "host"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        jv_dict_put(run->arena, target, jv_cstr(unknown[i]), jv_cstr(arena_printf(run->arena, "target_%s", unknown[i])));
    }
    return target;
}

/* A production run of all models, as `dbt build` is. */
static struct jv flags_value(struct dbt_run *run) {
    struct jv flags = jv_dict_new(run->arena);
    jv_dict_put(run->arena, flags, jv_cstr("WHICH"), jv_cstr("build"));
    static const char *const off[] = {"FULL_REFRESH", "STORE_FAILURES", "DEFER", "EMPTY", "WARN_ERROR", "FAIL_FAST"};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) jv_dict_put(run->arena, flags, jv_cstr(off[i]), jv_bool(false));
    return flags;
}

/* A macro of a package that is not here. Those that build vaults name the models they read by `source_model`. */
static struct jv call_missing(struct jinja *j, void *self, const struct jv_args *args) {
    struct dispatched *d = self;
    const struct jv *source = jv_arg(args, args->n, "source_model");
    struct jv list = jv_list_new(d->run->arena);
    if (source && source->kind == JV_TEXT) jv_list_add(d->run->arena, list, *source);
    if (source && source->kind == JV_LIST) list = *source;
    for (size_t i = 0; i < list.list->n; i++) {
        struct jv one = list.list->at[i];
        if (one.kind == JV_TEXT) call_ref(j, d->run, &(struct jv_args){.at = &one, .n = 1, .line = args->line});
    }
    return jinja_call(j, unknown_macro(d->run, d->package, d->name), args);
}

static struct jv package_member(struct jinja *j, void *self, struct str name) {
    struct dispatched *d = self;
    const struct jinja_macro *macro = macro_named(d->run, d->package, "", name);
    if (macro) return (struct jv){.kind = JV_MACRO, .macro = macro};
    struct jv known = undefined();
    if (dbt_builtin(d->run, j, d->package, name, &known)) return known;
    struct dispatched *missing = arena_new(d->run->arena, struct dispatched);
    *missing = (struct dispatched){d->run, d->package, name};
    return jv_function_new(d->run->arena, &(struct jv_function){"missing", call_missing, missing, NULL});
}

static struct jv package_value(struct dbt_run *run, struct str name) {
    struct dispatched *d = arena_new(run->arena, struct dispatched);
    d->run = run;
    d->package = (struct str){str_dup(run->arena, name), name.n};
    return jv_function_new(run->arena, &(struct jv_function){d->package.p, nothing, d, package_member});
}

static bool is_package(struct dbt_run *run, struct str name) {
    static const char *const known[] = {"dbt",          "dbt_utils",      "dbt_expectations",
                                        "dbt_date",     "codegen",        "spark_utils",
                                        "elementary",   "fivetran_utils", "dbt_project_evaluator",
                                        "audit_helper", "tsql_utils",     "automate_dv",
                                        "dbtvault",     "datavault4dbt",  NULL};
    for (const char *const *k = known; *k; k++) {
        if (str_is(name, *k)) return true;
    }
    return run->project->packages && map_get(run->project->packages, name);
}

static bool plain_function(struct dbt_run *run, struct str name, struct jv *out) {
    static const struct {
        const char *name;
        jv_native call;
    } functions[] = {
        {"ref", call_ref},
        {"source", call_source},
        {"var", call_var},
        {"env_var", call_env_var},
        {"is_incremental", call_is_incremental},
        {"range", call_range},
        {"zip", call_zip},
        {"zip_strict", call_zip},
        {"set_strict", call_same},
        {"fromyaml", call_fromyaml},
        {"fromjson", call_fromyaml},
        {"tojson", call_tojson},
        {"dict", call_dict},
        {"namespace", call_dict},
        {"list", call_same},
        {"set", call_same},
        {"log", nothing},
        {"print", nothing},
        {"set_sql_header", nothing},
        {"metric", call_ref},
        {"should_full_refresh", call_is_incremental},
        {"depends_on", nothing},
        {"store_result", nothing},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!str_is(name, functions[i].name)) continue;
        *out = function(run, functions[i].name, functions[i].call);
        return true;
    }
    return false;
}

/* What only a run knows. */
static bool known_at_run(struct str name) {
    static const char *const names[] = {
        "modules",   "graph",       "run_started_at", "invocation_id", "builtins",  "api",    "model",     "dbt_version", "schema", "database",
        "run_query", "load_result", "load_relation",  "statement",     "local_md5", "toyaml", "thread_id", "doc",         NULL,
    };
    for (const char *const *k = names; *k; k++) {
        if (str_is(name, *k)) return true;
    }
    return false;
}

static bool plain_value(struct dbt_run *run, struct str name, struct jv *out) {
    if (str_is(name, "config")) {
        *out = jv_function_new(run->arena, &(struct jv_function){"config", call_config, run, config_member});
    } else if (str_is(name, "this")) {
        if (run->model) dbt_model_name(run->project, run->model);
        *out = dbt_relation(run, run->model && run->model->dataset ? run->model->dataset : "this");
    } else if (str_is(name, "target")) {
        *out = target_value(run);
    } else if (str_is(name, "flags")) {
        *out = flags_value(run);
    } else if (str_is(name, "execute")) {
        *out = jv_bool(true);
    } else if (str_is(name, "adapter")) {
        *out = jv_function_new(run->arena, &(struct jv_function){"adapter", nothing, run, adapter_member});
    } else if (str_is(name, "exceptions")) {
        struct jv dict = jv_dict_new(run->arena);
        jv_dict_put(run->arena, dict, jv_cstr("raise_compiler_error"), function(run, "raise", nothing));
        jv_dict_put(run->arena, dict, jv_cstr("warn"), function(run, "warn", nothing));
        *out = dict;
    } else if (str_is(name, "project_name")) {
        *out = jv_cstr(run->project->name);
    } else if (known_at_run(name)) {
        *out = jv_unknown(run->arena, "%.*s", STR_ARG(name));
    } else {
        return false;
    }
    return true;
}

static bool host_lookup(void *ctx, struct jinja *j, struct str name, struct jv *out) {
    struct dbt_run *run = ctx;
    if (plain_function(run, name, out)) return true;
    const struct jinja_macro *macro = macro_named(run, STR(""), "", name);
    if (macro) {
        *out = (struct jv){.kind = JV_MACRO, .macro = macro};
        return true;
    }
    if (plain_value(run, name, out)) return true;
    if (is_package(run, name)) {
        *out = package_value(run, name);
        return true;
    }
    return dbt_builtin(run, j, STR(""), name, out);
}

static bool host_block(void *ctx, struct str kind, struct str name) {
    const struct dbt_run *run = ctx;
    if (!str_is(kind, "snapshot")) return str_is(kind, "block") || str_is(kind, "with") || str_is(kind, "autoescape");
    return run->model && run->model->kind == DBT_SNAPSHOT && str_eq(run->model->snapshot, name);
}

struct jinja_host dbt_host(struct dbt_run *run) {
    return (struct jinja_host){.ctx = run, .lookup = host_lookup, .block = host_block};
}
