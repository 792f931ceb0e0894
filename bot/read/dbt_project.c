/* dbt_project.c - finds dbt projects among the files, reads their macros and YAML, then each model. */
#include "dbt.h"

static const char *adapter_name(enum dialect dialect) { return dialect == DIALECT_TSQL ? "sqlserver" : dialect_name(dialect); }

/* The warehouse type that a profiles.yml in the repository gives the project's profile. */
static void dialect_find(struct dbt_project *p) {
    struct reader *r = p->reader;
    const char *profile = yaml_str(p->settings, "profile", "");
    for (size_t i = 0; i < r->count; i++) {
        struct str bytes;
        struct yaml *y = NULL;
        if (!text_ends(r->paths[i], "profiles.yml") || !path_below(r->paths[i], p->root) || !reader_bytes(r, r->paths[i], &bytes)) continue;
        if (yaml_load(r->arena, r->paths[i], bytes.p, bytes.n, &y)) continue;
        const struct yaml *outputs = yaml_get(yaml_get(y, profile), "outputs");
        if (!outputs && y->kind == YAML_MAP && y->count) outputs = yaml_get(y->items[0], "outputs");
        const char *type = outputs && outputs->kind == YAML_MAP && outputs->count ? yaml_str(outputs->items[0], "type", NULL) : NULL;
        if (type && dialect_parse(str_of(type), &p->dialect)) {
            p->adapter = type;
            p->dialect_known = true;
            return;
        }
    }
}

static bool in_folders(struct dbt_project *p, const char *path, const char *key, const char *old_key, const char *otherwise) {
    const struct yaml *list = yaml_get(p->settings, key);
    if (!list && old_key) list = yaml_get(p->settings, old_key);
    const char *relative = path + (p->root[0] ? strlen(p->root) + 1 : 0);
    if (!list || list->kind != YAML_LIST) return path_below(relative, otherwise);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind == YAML_SCALAR && path_below(relative, list->items[i]->text)) return true;
    }
    return false;
}

static void macros_read(struct dbt_project *p, const char *path, const char *package) {
    struct str bytes;
    struct arena *arena = p->reader->arena;
    if (!reader_bytes(p->reader, path, &bytes)) return;
    const struct jinja_template *t = jinja_parse(arena, path, bytes);
    struct jinja_macro macro;
    for (const struct jn *at = NULL; jinja_macro_next(t, &at, &macro);) {
        struct jinja_macro *kept = arena_new(arena, struct jinja_macro);
        *kept = macro;
        map_put(p->macros, str_of(arena_printf(arena, "%s.%.*s", package, STR_ARG(macro.name))), kept);
        if (strcmp(package, p->name) == 0 || !map_get(p->macros, macro.name)) map_put(p->macros, macro.name, kept);
    }
}

static struct dbt_model *model_new(struct dbt_project *p, const char *path, struct str name, struct str bytes) {
    struct dbt_model *model = arena_new(p->reader->arena, struct dbt_model);
    model->name = str_dup(p->reader->arena, name);
    model->path = path;
    model->bytes = bytes;
    map_put(p->models, str_of(model->name), model);
    *vec_add(p->reader->arena, &p->order) = model;
    return model;
}

/* One model per {% snapshot name %} block of the file. */
static void snapshots_find(struct dbt_project *p, const char *path, struct str bytes) {
    const char *end = bytes.p + bytes.n;
    for (const char *at = bytes.p; (at = memmem(at, (size_t)(end - at), "snapshot", 8)); at += 8) {
        const char *before = at;
        while (before > bytes.p && (before[-1] == ' ' || before[-1] == '-')) before--;
        if (before < bytes.p + 2 || memcmp(before - 2, "{%", 2) != 0) continue;
        struct str rest = str_trim((struct str){at + 8, (size_t)(end - at - 8)}), name = rest;
        for (name.n = 0;
             name.n < rest.n && name.n < 200 && strchr("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", rest.p[name.n]);)
            name.n++;
        if (!name.n) continue;
        struct dbt_model *model = model_new(p, path, name, bytes);
        model->kind = DBT_SNAPSHOT;
        model->snapshot = str_of(model->name);
    }
}

static void seed_read(struct dbt_project *p, const char *path) {
    struct str bytes;
    struct dbt_model *model = model_new(p, path, path_stem(path), STR(""));
    model->kind = DBT_SEED;
    if ((p->lazy && !reader_wants(p->reader, path)) || !reader_bytes(p->reader, path, &bytes)) return;
    const char *end = memchr(bytes.p, '\n', bytes.n);
    struct str header = {bytes.p, end ? (size_t)(end - bytes.p) : bytes.n}, part;
    model->bytes = str_trim(header);
    dbt_model_name(p, model);
    struct dataset_facts *facts = vec_add(p->reader->arena, &p->reader->out->facts);
    *facts = (struct dataset_facts){.dataset = model->dataset, .path = path, .line = 1, .bytes = -1, .rows = -1, .columns_complete = true};
    size_t cap = 0;
    for (struct str rest = model->bytes; str_split(&rest, ',', &part);) {
        part = str_trim(part);
        if (part.n > 1 && part.p[0] == '"') part = (struct str){part.p + 1, part.n - 2};
        facts->columns = arena_grow(p->reader->arena, facts->columns, &cap, facts->column_count + 1, sizeof *facts->columns);
        facts->columns[facts->column_count++] = (struct column_fact){.name = str_dup(p->reader->arena, part)};
    }
}

static bool in_packages(const char *relative) { return path_below(relative, "dbt_packages") || path_below(relative, "dbt_modules"); }

/* Is this path in another project below this one? */
static bool in_other(struct map *roots, const struct dbt_project *p, const char *path) {
    for (size_t i = 0; i < map_count(roots); i++) {
        const struct dbt_project *other = map_at(roots, i).value;
        if (other != p && strlen(other->root) > strlen(p->root) && path_below(path, other->root)) return true;
    }
    return false;
}

static void file_sort(struct dbt_project *p, const char *path) {
    struct reader *r = p->reader;
    const char *relative = path + (p->root[0] ? strlen(p->root) + 1 : 0);
    struct str bytes;
    if (in_packages(relative)) {
        struct str rest = str_of(relative), package = {"", 0};
        str_split(&rest, '/', &package);
        str_split(&rest, '/', &package);
        const char *name = str_dup(r->arena, package);
        map_put(p->packages, str_of(name), p);
        if (text_ends(path, ".sql") && memmem(rest.p, rest.n, "macros/", 7)) macros_read(p, path, name);
        map_put(r->taken, str_of(path), p);
        return;
    }
    bool sql = text_ends(path, ".sql"), taken = true, later = p->lazy && !reader_wants(r, path);
    if (sql && in_folders(p, path, "macro-paths", NULL, "macros")) {
        macros_read(p, path, p->name);
    } else if (sql && in_folders(p, path, "snapshot-paths", NULL, "snapshots")) {
        if (reader_bytes(r, path, &bytes)) snapshots_find(p, path, bytes);
    } else if (sql && in_folders(p, path, "model-paths", "source-paths", "models")) {
        if (later || reader_bytes(r, path, &bytes)) model_new(p, path, path_stem(path), later ? (struct str){NULL, 0} : bytes);
    } else if (text_ends(path, ".py") && in_folders(p, path, "model-paths", "source-paths", "models")) {
        if (reader_bytes(r, path, &bytes)) model_new(p, path, path_stem(path), bytes)->kind = DBT_PYTHON;
    } else if (sql && in_folders(p, path, "analysis-paths", NULL, "analyses")) {
        if (reader_bytes(r, path, &bytes)) model_new(p, path, path_stem(path), bytes)->kind = DBT_ANALYSIS;
    } else if (text_ends(path, ".csv") && in_folders(p, path, "seed-paths", "data-paths", "seeds")) {
        seed_read(p, path);
    } else {
        taken = sql && (in_folders(p, path, "test-paths", NULL, "tests") || in_folders(p, path, "target-path", NULL, "target"));
    }
    if (taken) map_put(r->taken, str_of(path), p);
}

static bool is_yaml(const char *path) { return text_ends(path, ".yml") || text_ends(path, ".yaml"); }

static void vars_read(struct dbt_project *p) {
    struct arena *arena = p->reader->arena;
    struct dbt_run run = {.project = p, .arena = arena, .config = jv_dict_new(arena)};
    p->vars = jv_dict_new(arena);
    const struct yaml *vars = yaml_get(p->settings, "vars");
    for (size_t i = 0; vars && vars->kind == YAML_MAP && i < vars->count; i++) {
        struct jv value = dbt_yaml_value(arena, vars->items[i], &run);
        bool own = strcmp(vars->keys[i], p->name) == 0;
        for (size_t k = 0; value.kind == JV_DICT && k < value.dict->n; k++) {
            /* Variables of this project win over those given to packages. */
            bool known = value.dict->keys[k].kind == JV_TEXT && jv_dict_get(p->vars, value.dict->keys[k].s);
            if (own || !known) jv_dict_put(arena, p->vars, value.dict->keys[k], value.dict->values[k]);
        }
        jv_dict_put(arena, p->vars, jv_cstr(vars->keys[i]), value);
    }
}

static struct dbt_project *project_open(struct reader *r, const char *path) {
    struct str bytes;
    struct dbt_project *p = arena_new(r->arena, struct dbt_project);
    *p = (struct dbt_project){.reader = r, .path = path, .root = path_dir(r->arena, path), .dialect = r->options->dialect, .name = ""};
    p->macros = map_new(r->arena);
    p->packages = map_new(r->arena);
    p->models = map_new(r->arena);
    p->missing = map_new(r->arena);
    p->groups = map_new(r->arena);
    p->sources = map_new(r->arena);
    p->vars = jv_dict_new(r->arena);
    if (!reader_bytes(r, path, &bytes)) return NULL;
    const struct err *e = yaml_load(r->arena, path, bytes.p, bytes.n, &p->settings);
    if (e) {
        reader_gap(r, path, "dbt project", e);
        return NULL;
    }
    p->name = yaml_str(p->settings, "name", "");
    map_put(p->packages, str_of(p->name), p);
    p->adapter = adapter_name(p->dialect);
    dialect_find(p);
    vars_read(p);
    return p;
}

#define LAZY_SHARE 20 /* a project is read lazily when less than 1 in so many files is asked for */

static void yamls_find(struct dbt_project *p, struct map *roots) {
    struct reader *r = p->reader;
    for (size_t i = 0; i < r->count; i++) {
        const char *path = r->paths[i], *relative = path + (p->root[0] ? strlen(p->root) + 1 : 0);
        if (!path_below(path, p->root) || !is_yaml(path) || in_packages(relative) || in_other(roots, p, path)) continue;
        bool ours = in_folders(p, path, "model-paths", "source-paths", "models") || in_folders(p, path, "snapshot-paths", NULL, "snapshots") ||
                    in_folders(p, path, "seed-paths", "data-paths", "seeds");
        if (!ours) continue;
        *vec_add(r->arena, &p->yamls) = (struct dbt_yaml){.path = path};
        map_put(r->taken, str_of(path), p);
    }
}

static void project_read(struct dbt_project *p, struct map *roots) {
    struct reader *r = p->reader;
    p->lazy = r->only && map_count(r->only) < r->count / LAZY_SHARE;
    for (size_t i = 0; i < r->count; i++) {
        if (path_below(r->paths[i], p->root) && !in_other(roots, p, r->paths[i])) file_sort(p, r->paths[i]);
    }
    yamls_find(p, roots);
    for (int facts = 0; facts < 2; facts++) {
        for (size_t i = 0; i < p->yamls.n; i++) {
            bool later = p->lazy && (!facts || !reader_wants(r, p->yamls.at[i].path));
            if (!later) dbt_yaml_read(p, &p->yamls.at[i], facts);
        }
    }
    for (size_t i = 0; i < p->order.n; i++) {
        struct dbt_model *model = p->order.at[i];
        if (model->kind == DBT_SEED || !reader_wants(r, model->path)) continue;
        dbt_model_find(p, model);
        dbt_model_facts(p, model);
        if (model->kind == DBT_PYTHON) dbt_python_read(p, model);
        if (model->kind != DBT_PYTHON) dbt_model_read(p, model);
    }
}

void dbt_read(struct reader *r) {
    struct map *roots = map_new(r->arena);
    for (size_t i = 0; i < r->count; i++) {
        const char *name = strrchr(r->paths[i], '/');
        name = name ? name + 1 : r->paths[i];
        if (strcmp(name, "dbt_project.yml") != 0 || strstr(r->paths[i], "dbt_packages/") || strstr(r->paths[i], "dbt_modules/")) continue;
        struct dbt_project *p = project_open(r, r->paths[i]);
        if (p) map_put(roots, str_of(p->root[0] ? p->root : "."), p);
        map_put(r->taken, str_of(r->paths[i]), r);
    }
    for (size_t i = 0; i < map_count(roots); i++) project_read(map_at(roots, i).value, roots);
}

/* A template by itself: no macros, no sources but those it names. */
void template_file_read(struct arena *arena, struct reading *out, const char *path, struct str bytes, enum dialect dialect) {
    static const struct read_options none = {0};
    struct reader *r = arena_new(arena, struct reader);
    *r = (struct reader){.arena = arena, .out = out, .options = &none, .index = map_new(arena), .bytes = map_new(arena), .taken = map_new(arena)};
    struct dbt_project *p = arena_new(arena, struct dbt_project);
    *p = (struct dbt_project){
        .reader = r, .root = "", .name = "", .path = "", .dialect = dialect, .adapter = adapter_name(dialect), .vars = jv_dict_new(arena)};
    p->models = map_new(arena);
    p->missing = map_new(arena);
    p->groups = map_new(arena);
    p->sources = map_new(arena);
    p->macros = map_new(arena);
    p->packages = map_new(arena);
    snapshots_find(p, path, bytes);
    if (!p->order.n) model_new(p, path, path_stem(path), bytes);
    for (size_t i = 0; i < p->order.n; i++) dbt_model_read(p, p->order.at[i]);
}
