/* terraform.c - databricks_job, databricks_pipeline, databricks_cluster and saved queries of Terraform, in the words of the platform's API.
 * https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/job */
#include "hcl.h"
#include "jobs.h"
#include "map.h"
#include "session.h"
#include "terraform_value.h"

#define DEPTH_MAX 30
#define FILES_MAX 500
#define STEPS_MAX 200000 /* values that locals and variables put in, for one file: of more, they stay out, and it is told */

/* Blocks that may stand several times, and what the API calls the list. */
static const struct {
    const char *block, *list;
} lists[] = {
    {"task", "tasks"},
    {"job_cluster", "job_clusters"},
    {"library", "libraries"},
    {"parameter", "parameters"},
    {"environment", "environments"},
    {"cluster", "clusters"},
    {"notification", "notifications"},
    {"depends_on", "depends_on"},
    {"on_failure", "on_failure"},
    {"on_success", "on_success"},
    {"on_start", "on_start"},
    {"rules", "rules"},
};

static const char *list_name(const char *block) {
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].block, block) == 0) return lists[i].list;
    }
    return NULL;
}

/* A block body as the API's object: lists by their names, single blocks without their list. */
static json_t *plain(const struct module *m, json_t *value, int depth) {
    if (depth > DEPTH_MAX || *m->steps >= STEPS_MAX) return json_null();
    if (json_is_string(value)) {
        json_t *known = terraform_text(m, json_string_value(value));
        *m->steps += json_array_size(known) + json_object_size(known);
        return !known ? json_incref(value) : json_is_string(known) ? json_incref(known) : plain(m, known, depth + 1);
    }
    if (json_is_array(value)) {
        json_t *out = json_array();
        for (size_t i = 0; i < json_array_size(value); i++) json_array_append_new(out, plain(m, json_array_get(value, i), depth + 1));
        return out;
    }
    if (!json_is_object(value)) return json_incref(value);
    json_t *out = json_object(), *item;
    const char *key;
    json_object_foreach(value, key, item) {
        const char *list = list_name(key);
        if (strcmp(key, "__labels") == 0) continue;
        json_t *made = plain(m, item, depth + 1);
        bool blocks = json_is_array(made) && json_is_object(json_array_get(made, 0));
        if (list && json_is_object(made)) made = json_pack("[o]", made); /* .tf.json may leave the list out */
        if (!list && blocks && json_array_size(made) == 1) {
            json_t *only = json_incref(json_array_get(made, 0));
            json_decref(made);
            made = only;
        }
        json_object_set_new(out, list ? list : key, made);
    }
    return out;
}

/* ---- files ---- */

static const struct err *text_parse(struct arena *arena, const char *path, struct str bytes, json_t **out) {
    return text_ends(path, ".json") ? jsx_load(arena, bytes.p, bytes.n, out) : hcl_load(arena, path, bytes, out);
}

static json_t *file_load(struct reader *r, const char *path) {
    struct str bytes;
    json_t *json = NULL;
    if (!reader_bytes(r, path, &bytes)) return NULL;
    const struct err *e = text_parse(r->arena, path, bytes, &json);
    if (!e) return json;
    reader_gap(r, path, "Terraform file", e);
    return NULL;
}

static void names_enter(struct module *m, const char *prefix, const char *name, json_t *value) {
    if (name && value && !json_is_null(value)) map_put(m->values, str_of(arena_printf(m->arena, "%s.%s", prefix, name)), value);
}

static void values_read(struct module *m, json_t *file) {
    const json_t *variables = json_object_get(file, "variable"), *locals = json_object_get(file, "locals");
    const char *key;
    json_t *value;
    for (size_t i = 0; i < json_array_size(variables); i++) {
        json_t *v = json_array_get(variables, i);
        names_enter(m, "var", jsx_str(v, "__labels.0", NULL), json_object_get(v, "default"));
    }
    json_object_foreach((json_t *)variables, key, value) names_enter(m, "var", key, json_object_get(value, "default"));
    for (size_t i = 0; i < json_array_size(locals); i++) {
        json_object_foreach(json_array_get(locals, i), key, value) names_enter(m, "local", key, value);
    }
    json_object_foreach((json_t *)locals, key, value) names_enter(m, "local", key, value);
}

static bool is_terraform(const char *path) { return text_ends(path, ".tf") || text_ends(path, ".tf.json"); }

/* Of the folder; a file that is not understood is told where it is read itself. */
static struct module module_of(struct reader *r, const char *path) {
    const char *dir = path_dir(r->arena, path);
    if (!r->modules) r->modules = map_new(r->arena);
    struct module m = {.arena = r->arena, .values = map_get(r->modules, str_of(dir)), .steps = arena_new(r->arena, size_t)};
    if (m.values) return m;
    m.values = map_new(r->arena);
    map_put(r->modules, str_of(dir), m.values);
    size_t files = 0;
    for (size_t i = 0; i < r->count && files < FILES_MAX; i++) {
        struct str bytes;
        json_t *file = NULL;
        if (!is_terraform(r->paths[i]) || strcmp(path_dir(r->arena, r->paths[i]), dir) != 0 || !reader_bytes(r, r->paths[i], &bytes)) continue;
        const struct err *e = text_parse(r->arena, r->paths[i], bytes, &file);
        if (!e) values_read(&m, file);
        files++;
    }
    return m;
}

/* ---- resources ---- */

static void query_resource(const struct job_source *from, const char *key, const json_t *spec) {
    json_t *copy = jsx_own(from->arena, json_deep_copy(spec));
    if (!jsx_str(copy, "name", NULL) && !jsx_str(copy, "display_name", NULL)) jsx_set_text(copy, "name", key);
    read_dashboard_json(from->arena, from->path, copy, from->dialect, from->out);
}

/* A view by its text: databricks_sql_table. */
static void table_resource(const struct job_source *from, const char *key, const json_t *spec) {
    const char *query = jsx_str(spec, "view_definition", NULL), *schema = jsx_str(spec, "schema_name", NULL), *name = jsx_str(spec, "name", NULL),
               *catalog = jsx_str(spec, "catalog_name", NULL);
    if (!query || !name || strstr(name, "${")) return;
    struct session s;
    int line = (int)jsx_int(spec, JOB_LINE, 1);
    session_init(&s, from->arena, from->out, from->path, ARTEFACT_SQL, from->dialect);
    s.catalog = catalog && !strstr(catalog, "${") ? arena_strdup(from->arena, catalog) : NULL;
    s.schema = schema && !strstr(schema, "${") ? arena_strdup(from->arena, schema) : NULL;
    session_run(&s, str_of(arena_printf(from->arena, "CREATE VIEW `%s` AS %s", name, query)), &(struct sql_origin){.lines = &line, .line_count = 1});
    const char *owner = jsx_str(spec, "owner", NULL);
    for (size_t i = s.first; owner && i < from->out->definitions.n; i++) from->out->definitions.at[i].owner = arena_strdup(from->arena, owner);
    session_end(&s);
}

/* A dashboard in a file; one that is written here is an expression of HCL. */
static void dashboard_resource(const struct job_source *from, const char *key, const json_t *spec) {
    struct not_understood gap = {from->path, (int)jsx_int(spec, JOB_LINE, 1), 0, "the datasets of a dashboard written in HCL are not read", true};
    dashboard_resource_read(from, key, spec);
    if (json_object_get(spec, "serialized_dashboard")) reading_gap(from->arena, from->out, &gap);
}

static const struct {
    const char *type;
    void (*read)(const struct job_source *from, const char *key, const json_t *spec);
} resources[] = {
    {"databricks_job", job_read},
    {"databricks_pipeline", pipeline_read},
    {"databricks_cluster", cluster_resource_read},
    {"databricks_query", query_resource},
    {"databricks_sql_query", query_resource},
    {"databricks_dashboard", dashboard_resource},
    {"databricks_sql_table", table_resource},
    {"databricks_sql_endpoint", warehouse_resource_read},
    {"databricks_instance_pool", pool_resource_read},
};

static void resource_read(const struct job_source *from, const struct module *m, const char *type, const char *name, json_t *body) {
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        if (strcmp(resources[i].type, type) == 0) resources[i].read(from, name, jsx_own(from->arena, plain(m, body, 0)));
    }
}

#define EACH_MAX 500

/* for_each over a list, set or map that is known makes one resource a round. */
static void resource_give(const struct job_source *from, const struct module *module, const char *type, const char *name, json_t *body) {
    json_t *each = json_object_get(body, "for_each"), *known = json_is_string(each) ? terraform_text(module, json_string_value(each)) : each, *value;
    struct module m = *module;
    const char *key;
    for (size_t i = 0; json_is_array(known) && i < json_array_size(known) && i < EACH_MAX; i++) {
        m.each_key = m.each_value = json_array_get(known, i);
        const char *word = json_string_value(m.each_key);
        if (word) resource_read(from, &m, type, arena_printf(from->arena, "%s[\"%s\"]", name, word), body);
    }
    size_t rounds = 0;
    json_object_foreach(json_is_object(known) ? known : NULL, key, value) {
        if (strcmp(key, JOB_LINE) == 0 || strcmp(key, JOB_PATH) == 0 || ++rounds > EACH_MAX) continue;
        m.each_key = jsx_own(from->arena, json_string(key));
        m.each_value = value;
        resource_read(from, &m, type, arena_printf(from->arena, "%s[\"%s\"]", name, key), body);
    }
    if (!json_is_array(known) && !json_is_object(known)) resource_read(from, module, type, name, body);
}

void terraform_file_read(struct reader *r, const char *path) {
    json_t *file = file_load(r, path), *of_type, *body;
    if (!file) return;
    struct module m = module_of(r, path);
    struct job_source from = {.arena = r->arena, .out = r->out, .reader = r, .path = path, .dialect = r->options->dialect};
    json_t *list = json_object_get(file, "resource");
    for (size_t i = 0; i < json_array_size(list); i++) {
        body = json_array_get(list, i);
        resource_give(&from, &m, jsx_str(body, "__labels.0", ""), jsx_str(body, "__labels.1", ""), body);
    }
    const char *type, *name;
    json_object_foreach(list, type, of_type) { json_object_foreach(of_type, name, body) resource_give(&from, &m, type, name, body); }
    struct not_understood gap = {path, 1, 0, "its locals and variables grow too big when they are put in: some are left out", true};
    if (*m.steps >= STEPS_MAX && reader_wants(r, path)) reading_gap(r->arena, r->out, &gap);
}
