/* bundle.c - Databricks Asset Bundles: includes, the production target's overrides, variables.
 * https://docs.databricks.com/aws/en/dev-tools/bundles/settings */
#include "jobs.h"
#include "session.h"

#include <math.h>

#define INCLUDES_MAX   2000
#define DEPTH_MAX      30
#define SUBSTITUTE_MAX 20
#define GROWTH_MAX     ((size_t)16 << 20) /* bytes and nodes that variables put in: of more, they are left as written */

struct bundle {
    struct reader *reader;
    const char *path, *root;
    json_t *all;       /* merged */
    json_t *variables; /* name to value */
    const char *target, *target_mode;
    size_t growth; /* what variables have put in so far */
};

/* YAML to JSON, each map with its place. */
static json_t *json_of(const struct yaml *y, const char *path, int depth) {
    if (!y || y->kind == YAML_NULL || depth > DEPTH_MAX) return json_null();
    if (y->kind == YAML_LIST) {
        json_t *list = json_array();
        for (size_t i = 0; i < y->count; i++) json_array_append_new(list, json_of(y->items[i], path, depth + 1));
        return list;
    }
    if (y->kind == YAML_MAP) {
        json_t *map = json_object();
        json_object_set_new(map, JOB_LINE, json_integer(y->line));
        jsx_set_text(map, JOB_PATH, path);
        for (size_t i = 0; i < y->count; i++) json_object_set_new(map, y->keys[i], json_of(y->items[i], path, depth + 1));
        return map;
    }
    double number = 0;
    bool is_true = strcmp(y->text, "true") == 0, is_false = strcmp(y->text, "false") == 0;
    if (!y->quoted && (is_true || is_false)) return json_boolean(is_true);
    if (!y->quoted && yaml_number(y, &number) && fabs(number) < 1e15 && number == floor(number)) return json_integer((json_int_t)number);
    json_t *text = json_string(y->text);
    return text ? text : json_null();
}

json_t *job_json_of_yaml(struct arena *arena, const struct yaml *y, const char *path) { return jsx_own(arena, json_of(y, path, 0)); }

static json_t *load(struct bundle *b, const char *path) {
    struct str bytes;
    struct yaml *y = NULL;
    struct reader *r = b->reader;
    if (!reader_bytes(r, path, &bytes)) return NULL;
    const struct err *e = yaml_load(r->arena, path, bytes.p, bytes.n, &y);
    if (e) {
        reader_gap(r, path, "YAML", e);
        return NULL;
    }
    return job_json_of_yaml(r->arena, y, path);
}

/* Lists whose items have names are merged by them. */
static const char *item_key(const char *list) {
    if (strcmp(list, "tasks") == 0) return "task_key";
    if (strcmp(list, "job_clusters") == 0) return "job_cluster_key";
    if (strcmp(list, "clusters") == 0) return "label";
    if (strcmp(list, "environments") == 0) return "environment_key";
    return strcmp(list, "parameters") == 0 ? "name" : NULL;
}

static void merge(json_t *into, json_t *from, int depth);

static void name_put(json_t *names, const char *key, json_t *item) {
    const char *name = key ? jsx_str(item, key, NULL) : NULL;
    if (name && !json_object_get(names, name)) json_object_set(names, name, item);
}

static void merge_list(json_t *into, json_t *from, const char *key, int depth) {
    json_t *names = json_object();
    for (size_t i = 0; i < json_array_size(into); i++) name_put(names, key, json_array_get(into, i));
    for (size_t i = 0; i < json_array_size(from); i++) {
        json_t *item = json_array_get(from, i);
        const char *name = key ? jsx_str(item, key, NULL) : NULL;
        json_t *same = name ? json_object_get(names, name) : NULL;
        if (same) merge(same, item, depth + 1);
        if (!same) json_array_append(into, item), name_put(names, key, item);
    }
    json_decref(names);
}

static void merge(json_t *into, json_t *from, int depth) {
    const char *key;
    json_t *value;
    if (!json_is_object(into) || !json_is_object(from) || depth > DEPTH_MAX) return;
    json_object_foreach(from, key, value) {
        json_t *there = json_object_get(into, key);
        if (strncmp(key, "__", 2) == 0 && there) continue;
        if (json_is_object(there) && json_is_object(value)) {
            merge(there, value, depth + 1);
        } else if (json_is_array(there) && json_is_array(value)) {
            merge_list(there, value, item_key(key), depth);
        } else {
            json_object_set(into, key, value);
        }
    }
}

static void include(struct bundle *b) {
    const json_t *globs = json_object_get(b->all, "include");
    struct reader *r = b->reader;
    for (size_t i = 0; i < json_array_size(globs) && i < INCLUDES_MAX; i++) {
        const char *written = json_string_value(json_array_get(globs, i));
        const char *glob = written ? path_join(r->arena, b->root, written) : NULL;
        for (size_t k = 0; glob && k < r->count; k++) {
            const char *path = r->paths[k];
            bool yaml = text_ends(path, ".yml") || text_ends(path, ".yaml");
            if (!yaml || strcmp(path, b->path) == 0 || map_get(r->taken, str_of(path)) || !text_glob(glob, path)) continue;
            json_t *more = load(b, path);
            map_put(r->taken, str_of(path), r);
            if (more) merge(b->all, more, 0);
        }
    }
}

/* The target that production runs: one in production mode, one named prod, else the default one. */
static json_t *target_choose(struct bundle *b) {
    json_t *targets = json_object_get(b->all, "targets"), *value, *best = NULL;
    const char *key;
    int rank = 0;
    json_object_foreach(targets, key, value) {
        if (!json_is_object(value)) continue;
        int mine = strcmp(jsx_str(value, "mode", ""), "production") == 0 ? 4
                   : strncmp(key, "prod", 4) == 0                        ? 3
                   : jsx_bool(value, "default", false)                   ? 2
                                                                         : 1;
        if (mine <= rank) continue;
        rank = mine;
        best = value;
        b->target = key;
        b->target_mode = jsx_str(value, "mode", NULL);
    }
    return best;
}

static void variables_read(struct bundle *b, const json_t *list) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)list, key, value) {
        if (strncmp(key, "__", 2) == 0) continue;
        json_t *otherwise = json_is_object(value) ? json_object_get(value, "default") : value;
        if (otherwise && !json_is_null(otherwise)) json_object_set(b->variables, key, otherwise);
    }
}

static const json_t *variable_value(struct bundle *b, struct str name) {
    char *key = str_dup(b->reader->arena, name);
    if (text_starts(key, "var.")) return jsx_at(b->variables, key + 4);
    if (strcmp(key, "bundle.target") == 0 || strcmp(key, "bundle.environment") == 0)
        return b->target ? jsx_own(b->reader->arena, json_string(b->target)) : NULL;
    if (strcmp(key, "bundle.name") == 0) return jsx_at(b->all, "bundle.name");
    return NULL;
}

/* What a copy of it takes, counted up to GROWTH_MAX. */
static size_t weight(const json_t *value, int depth) {
    size_t n = json_is_string(value) ? json_string_length(value) + 1 : 1;
    const char *key;
    json_t *item;
    for (size_t i = 0; depth < DEPTH_MAX && i < json_array_size(value) && n < GROWTH_MAX; i++) n += weight(json_array_get(value, i), depth + 1);
    json_object_foreach((json_t *)value, key, item) n += depth < DEPTH_MAX && n < GROWTH_MAX ? weight(item, depth + 1) : 0;
    return n;
}

/* May a value be put in once more? Variables that hold variables ten times over would fill any memory. */
static bool grows(struct bundle *b, const json_t *value) {
    if (b->growth < GROWTH_MAX) b->growth += weight(value, 0);
    return b->growth < GROWTH_MAX;
}

/* The next "${", NULL when there is none. */
static const char *opening(const char *at) {
    while ((at = strchr(at, '$')) && at[1] != '{') at++;
    return at;
}

/* A text with its ${..} replaced; a lone ${var.x} may become a map or list. NULL: unchanged. */
static json_t *text_substitute(struct bundle *b, const char *text) {
    const char *open = opening(text), *close = open ? strchr(open, '}') : NULL;
    if (!close) return NULL;
    if (open == text && close[1] == '\0') {
        const json_t *value = variable_value(b, (struct str){open + 2, (size_t)(close - open - 2)});
        return value && grows(b, value) ? json_deep_copy(value) : NULL;
    }
    struct buf out = buf_new(b->reader->arena);
    const char *at = text;
    bool changed = false;
    for (; (open = opening(at)) && (close = strchr(open, '}')); at = close + 1) {
        const json_t *value = variable_value(b, (struct str){open + 2, (size_t)(close - open - 2)});
        buf_add(&out, at, (size_t)(open - at));
        if (value && !grows(b, value)) value = NULL;
        if (json_is_string(value)) {
            buf_text(&out, json_string_value(value));
        } else if (json_is_integer(value)) {
            buf_printf(&out, "%lld", (long long)json_integer_value(value));
        } else {
            buf_add(&out, open, (size_t)(close + 1 - open));
            continue;
        }
        changed = true;
    }
    buf_text(&out, at);
    return changed ? json_string(buf_str(&out)) : NULL;
}

static void substitute(struct bundle *b, json_t *value, int depth);

static json_t *substituted(struct bundle *b, json_t *value, int depth) {
    if (!json_is_string(value)) {
        substitute(b, value, depth + 1);
        return NULL;
    }
    json_t *made = text_substitute(b, json_string_value(value));
    /* Variables may name variables. */
    for (int i = 0; made && i < SUBSTITUTE_MAX && json_is_string(made) && strstr(json_string_value(made), "${var."); i++) {
        json_t *more = text_substitute(b, json_string_value(made));
        if (!more) break;
        json_decref(made);
        made = more;
    }
    if (made && !json_is_string(made) && depth < DEPTH_MAX) substitute(b, made, depth + 1);
    return made;
}

static void substitute(struct bundle *b, json_t *value, int depth) {
    const char *key;
    json_t *item;
    void *next;
    if (depth > DEPTH_MAX) return;
    json_object_foreach_safe(value, next, key, item) {
        json_t *made = substituted(b, item, depth);
        if (made) json_object_set_new(value, key, made);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *made = substituted(b, json_array_get(value, i), depth);
        if (made) json_array_set_new(value, i, made);
    }
}

static void resources_read(struct bundle *b) {
    struct job_source from = {b->reader->arena, b->reader->out, b->reader, b->path, b->reader->options->dialect, b->target, b->target_mode};
    static const struct {
        const char *kind;
        void (*read)(const struct job_source *from, const char *key, const json_t *spec);
    } kinds[] = {{"jobs", job_read},
                 {"pipelines", pipeline_read},
                 {"dashboards", dashboard_resource_read},
                 {"clusters", cluster_resource_read},
                 {"sql_warehouses", warehouse_resource_read},
                 {"instance_pools", pool_resource_read}};
    const json_t *resources = json_object_get(b->all, "resources");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *key;
        json_t *value;
        json_object_foreach(json_object_get(resources, kinds[i].kind), key, value) {
            if (json_is_object(value)) kinds[i].read(&from, key, value);
        }
    }
}

/* Who the bundle runs as counts for each job and pipeline that does not say it. */
static void run_as_give(struct bundle *b, json_t *run_as) {
    static const char *const kinds[] = {"resources.jobs", "resources.pipelines"};
    for (size_t i = 0; run_as && i < sizeof kinds / sizeof *kinds; i++) {
        json_t *list = (json_t *)jsx_at(b->all, kinds[i]), *value;
        const char *key;
        json_object_foreach(list, key, value) {
            if (json_is_object(value) && !json_object_get(value, "run_as")) json_object_set(value, "run_as", run_as);
        }
    }
}

static void bundle_read(struct reader *r, const char *path) {
    struct bundle b = {.reader = r, .path = path, .root = path_dir(r->arena, path)};
    b.all = load(&b, path);
    map_put(r->taken, str_of(path), r);
    if (!b.all) return;
    b.variables = jsx_own(r->arena, json_object());
    include(&b);
    json_t *target = target_choose(&b);
    variables_read(&b, json_object_get(b.all, "variables"));
    variables_read(&b, json_object_get(target, "variables"));
    json_t *overrides = json_object_get(target, "resources");
    if (overrides && json_object_get(b.all, "resources")) merge(json_object_get(b.all, "resources"), overrides, 0);
    if (overrides && !json_object_get(b.all, "resources")) json_object_set(b.all, "resources", overrides);
    run_as_give(&b, json_object_get(target, "run_as"));
    run_as_give(&b, json_object_get(b.all, "run_as"));
    substitute(&b, json_object_get(b.all, "resources"), 0);
    struct not_understood gap = {path, 1, 0, "its variables grow too big when they are put in: some stay as written", true};
    if (b.growth >= GROWTH_MAX && reader_wants(r, path)) reading_gap(r->arena, r->out, &gap);
    resources_read(&b);
}

void bundles_read(struct reader *r) {
    for (size_t i = 0; i < r->count; i++) {
        const char *slash = strrchr(r->paths[i], '/'), *name = slash ? slash + 1 : r->paths[i];
        if (strcmp(name, "databricks.yml") == 0 || strcmp(name, "databricks.yaml") == 0) bundle_read(r, r->paths[i]);
    }
}

void bundle_file_read(struct reader *r, const char *path, struct str bytes) { bundle_read(r, path); }
