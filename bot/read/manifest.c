/* manifest.c - what dbt itself compiled wins over the source it was compiled from, and stands in where there is no source.
 * https://docs.getdbt.com/reference/artifacts/manifest-json */
#include "manifest.h"

#include "session.h"

static const char *kept(struct arena *arena, const char *text) { return text && text[0] ? arena_strdup(arena, text) : NULL; }

struct artifact {
    struct reader *reader;
    const char *path;   /* of the manifest */
    struct map *models; /* path -> struct definition number + 1 */
    enum dialect dialect;
    size_t stale;
    const char *stale_path;
};

static struct map *models_index(struct reader *r) {
    struct map *models = map_new(r->arena);
    for (size_t i = 0; i < r->out->definitions.n; i++) {
        const struct definition *d = &r->out->definitions.at[i];
        if (d->artefact == ARTEFACT_DBT_MODEL) map_put(models, str_of(d->path), (void *)(uintptr_t)(i + 1));
    }
    return models;
}

/* The file a node was made of: beside the manifest, beside its target/ folder, or from the top. */
static const char *source_path(const struct artifact *a, const char *original) {
    struct arena *arena = a->reader->arena;
    const char *dir = path_dir(arena, a->path), *up = path_dir(arena, dir);
    const char *tries[] = {path_join(arena, up, original), path_join(arena, dir, original), path_join(arena, "", original)};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        if (reader_has(a->reader, tries[i])) return tries[i];
    }
    /* A manifest kept elsewhere: the one project of the repository that has such a file. */
    const char *found = NULL, *tail = arena_printf(arena, "/%s", original);
    for (size_t i = 0; i < map_count(a->models); i++) {
        const char *path = map_at(a->models, i).key.p;
        if (!text_ends(path, tail)) continue;
        if (found) return NULL;
        found = path;
    }
    return found;
}

/* Is the file what the manifest was made of? dbt keeps its text without blanks around it. */
static bool is_current(const struct artifact *a, const char *path, const json_t *node) {
    struct str bytes;
    const char *raw = jsx_str(node, "raw_code", jsx_str(node, "raw_sql", NULL));
    if (!raw || !reader_bytes(a->reader, path, &bytes)) return false;
    return str_eq(str_trim(bytes), str_trim(str_of(raw)));
}

static enum definition_kind kind_of(const char *materialized) {
    if (strcmp(materialized, "table") == 0) return DEF_TABLE;
    if (strcmp(materialized, "incremental") == 0) return DEF_INCREMENTAL;
    if (strcmp(materialized, "ephemeral") == 0) return DEF_EPHEMERAL;
    if (strcmp(materialized, "materialized_view") == 0) return DEF_MATERIALIZED;
    return DEF_VIEW;
}

/* The compiled query as a definition that is nowhere yet; false when it was not understood. */
static bool compiled_read(const struct artifact *a, const json_t *node, const char *path, struct definition *out) {
    struct arena *arena = a->reader->arena;
    struct session s;
    struct reading scratch = {0};
    struct view_set deps = {0};
    struct str text = str_of(arena_strdup(arena, jsx_str(node, "compiled_code", jsx_str(node, "compiled_sql", ""))));
    int *lines = arena_array(arena, 1, sizeof *lines);
    lines[0] = 1;
    session_init(&s, arena, &scratch, path, ARTEFACT_DBT_MODEL, a->dialect);
    struct sql_query *query = session_query(&s, text, &(struct sql_origin){.lines = lines, .line_count = 1}, &deps);
    if (!query) return false;
    scratch.definitions.n = 0;
    struct definition_spec spec = {.kind = kind_of(jsx_str(node, "config.materialized", "view")),
                                   .dataset = artifact_dataset(arena, node),
                                   .query = query,
                                   .deps = &deps,
                                   .reads_complete = true,
                                   .range = {0, 0, 1, 1, 1, 1},
                                   .text = text};
    *out = *session_define(&s, &spec);
    out->owner = kept(arena, jsx_str(node, "meta.owner", jsx_str(node, "config.meta.owner", jsx_str(node, "group", NULL))));
    out->description = kept(arena, jsx_str(node, "description", NULL));
    out->incremental = out->kind == DEF_INCREMENTAL;
    return true;
}

static void model_read(struct artifact *a, const json_t *node) {
    struct reader *r = a->reader;
    const char *original = jsx_str(node, "original_file_path", NULL);
    const char *code = jsx_str(node, "compiled_code", jsx_str(node, "compiled_sql", NULL));
    if (!code || !original || strcmp(jsx_str(node, "language", "sql"), "sql") != 0) return;
    const char *path = source_path(a, original);
    size_t at = path ? (size_t)(uintptr_t)map_get(a->models, str_of(path)) : 0;
    struct definition *d = at ? &r->out->definitions.at[at - 1] : NULL, made;
    if (path && !d) return; /* not asked for, or switched off */
    if (d && !is_current(a, path, node)) {
        a->stale++;
        a->stale_path = path;
        return;
    }
    /* An incremental model may have been compiled as a run that adds rows; its source tells what a full refresh gives. */
    bool incremental = strcmp(jsx_str(node, "config.materialized", ""), "incremental") == 0;
    if (incremental && d && d->query && !d->doubt) return;
    if (!compiled_read(a, node, path ? path : a->path, &made)) return;
    if (incremental) made.doubt = "it is known only as compiled, which may be for a run that adds rows";
    if (!d) {
        *vec_add(r->arena, &r->out->definitions) = made;
        return;
    }
    d->query = made.query;
    d->sql = made.sql;
    d->reads = made.reads;
    d->read_count = made.read_count;
    d->reads_complete = made.reads_complete;
    d->doubt = made.doubt;
    d->dataset = made.dataset;
    d->dialect = made.dialect;
    d->query_range = (struct range){0};
}

static void exposures_read(const struct artifact *a, const json_t *manifest) {
    struct arena *arena = a->reader->arena;
    const char *id;
    json_t *e;
    json_object_foreach(json_object_get(manifest, "exposures"), id, e) {
        const json_t *nodes = jsx_at(e, "depends_on.nodes");
        const char *name = jsx_str(e, "label", jsx_str(e, "name", id)), *file = jsx_str(e, "original_file_path", NULL);
        if (file && source_path(a, file)) continue; /* read from its source */
        const char **reads = arena_array(arena, json_array_size(nodes) + 1, sizeof *reads);
        size_t n = 0;
        for (size_t i = 0; i < json_array_size(nodes); i++) {
            const char *node = json_string_value(json_array_get(nodes, i));
            const json_t *on = node ? json_object_get(json_object_get(manifest, "nodes"), node) : NULL;
            if (!on && node) on = json_object_get(json_object_get(manifest, "sources"), node);
            if (on) reads[n++] = artifact_dataset(arena, on);
        }
        struct exposure *out = vec_add(arena, &a->reader->out->exposures);
        *out = (struct exposure){
            .name = arena_strdup(arena, name), .type = kept(arena, jsx_str(e, "type", NULL)), .path = a->path, .line = 1, .from_dbt = true};
        out->owner = kept(arena, jsx_str(e, "owner.email", jsx_str(e, "owner.name", NULL)));
        out->url = kept(arena, jsx_str(e, "url", NULL));
        out->reads = names_sorted(arena, reads, &n, NULL);
        out->read_count = n;
    }
}

static void manifest_read(struct reader *r, const char *path, const json_t *json) {
    struct artifact a = {.reader = r, .path = path, .models = models_index(r), .dialect = r->options->dialect};
    json_t *node;
    const char *key;
    dialect_parse(str_of(jsx_str(json, "metadata.adapter_type", "")), &a.dialect);
    json_object_foreach(json_object_get(json, "nodes"), key, node) {
        if (strcmp(jsx_str(node, "resource_type", ""), "model") == 0) model_read(&a, node);
    }
    exposures_read(&a, json);
    manifest_facts(r->arena, r->out, path, json);
    if (!a.stale) return;
    struct not_understood gap = {path, 1, 0, NULL, false};
    gap.reason = arena_printf(r->arena, "%zu models changed since this manifest was made, %s among them: they are read from their source", a.stale,
                              a.stale_path);
    reading_gap(r->arena, r->out, &gap);
}

void manifest_file_read(struct reader *r, const char *path, struct str bytes) {
    json_t *json = NULL;
    const struct err *e = jsx_load(r->arena, bytes.p, bytes.n, &json);
    if (e) {
        reader_gap(r, path, "JSON", e);
        return;
    }
    bool is_catalog = strstr(jsx_str(json, "metadata.dbt_schema_version", ""), "/catalog/") != NULL;
    if (is_catalog) catalog_json_read(r->arena, r->out, path, json);
    if (!is_catalog) manifest_read(r, path, json);
}
