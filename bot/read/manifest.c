/* manifest.c - dbt's manifest.json: what dbt itself compiled fills in where the source was not understood, or is not there.
 * https://docs.getdbt.com/reference/artifacts/manifest-json */
#include "reader.h"
#include "session.h"

static const char *kept(struct arena *arena, const char *text) { return text && text[0] ? arena_strdup(arena, text) : NULL; }

static struct definition *known(struct reading *out, const char *dir, const char *original) {
    for (size_t i = 0; original && i < out->definitions.n; i++) {
        struct definition *d = &out->definitions.at[i];
        if (d->artefact == ARTEFACT_DBT_MODEL && text_ends(d->path, original)) return d;
    }
    return NULL;
}

static enum definition_kind kind_of(const char *materialized) {
    if (strcmp(materialized, "table") == 0) return DEF_TABLE;
    if (strcmp(materialized, "incremental") == 0) return DEF_INCREMENTAL;
    if (strcmp(materialized, "ephemeral") == 0) return DEF_EPHEMERAL;
    if (strcmp(materialized, "materialized_view") == 0) return DEF_MATERIALIZED;
    return DEF_VIEW;
}

static const char *dataset_of(struct arena *arena, const json_t *node) {
    const char *database = jsx_str(node, "database", ""), *schema = jsx_str(node, "schema", ""),
               *alias = jsx_str(node, "alias", jsx_str(node, "identifier", jsx_str(node, "name", "")));
    return arena_printf(arena, "%s%s%s%s%s", database ? database : "", database && database[0] ? "." : "", schema, schema[0] ? "." : "", alias);
}

static void columns_read(struct arena *arena, struct reading *out, const json_t *node, const char *path, const char *dataset) {
    json_t *columns = json_object_get(node, "columns"), *column;
    const char *key;
    if (!json_object_size(columns)) return;
    struct dataset_facts *facts = vec_add(arena, &out->facts);
    *facts = (struct dataset_facts){
        .dataset = dataset, .path = path, .line = 1, .bytes = -1, .rows = -1, .description = kept(arena, jsx_str(node, "description", NULL))};
    facts->owner = kept(arena, jsx_str(node, "meta.owner", NULL));
    facts->columns = arena_array(arena, json_object_size(columns), sizeof *facts->columns);
    json_object_foreach(columns, key, column) {
        facts->columns[facts->column_count++] = (struct column_fact){.name = arena_strdup(arena, key),
                                                                     .type = kept(arena, jsx_str(column, "data_type", NULL)),
                                                                     .description = kept(arena, jsx_str(column, "description", NULL))};
    }
}

static void model_read(struct reader *r, const char *manifest, const json_t *node, enum dialect dialect) {
    const char *original = jsx_str(node, "original_file_path", NULL);
    const char *code = jsx_str(node, "compiled_code", jsx_str(node, "compiled_sql", NULL));
    struct definition *d = known(r->out, manifest, original);
    const char *dataset = dataset_of(r->arena, node);
    if (!code || !original || strcmp(jsx_str(node, "language", "sql"), "sql") != 0) return;
    if (d && d->query && !d->doubt) return;
    struct session s;
    const char *path = d ? d->path : arena_strdup(r->arena, original);
    struct reading scratch = {0};
    session_init(&s, r->arena, &scratch, path, ARTEFACT_DBT_MODEL, dialect);
    struct view_set deps = {0};
    struct str text = str_of(arena_strdup(r->arena, code));
    int *lines = arena_array(r->arena, 1, sizeof *lines);
    lines[0] = 1;
    struct sql_query *query = session_query(&s, text, &(struct sql_origin){.lines = lines, .line_count = 1}, &deps);
    if (!query) return;
    scratch.definitions.n = 0;
    struct definition_spec spec = {.kind = kind_of(jsx_str(node, "config.materialized", "view")),
                                   .dataset = dataset,
                                   .query = query,
                                   .deps = &deps,
                                   .range = {0, 0, 1, 1, 1, 1},
                                   .text = text};
    struct definition made = *session_define(&s, &spec);
    made.owner = kept(r->arena, jsx_str(node, "meta.owner", NULL));
    made.description = kept(r->arena, jsx_str(node, "description", NULL));
    made.incremental = made.kind == DEF_INCREMENTAL;
    columns_read(r->arena, r->out, node, path, dataset);
    if (!d) {
        *vec_add(r->arena, &r->out->definitions) = made;
        return;
    }
    d->query = made.query;
    d->sql = made.sql;
    d->reads = made.reads;
    d->read_count = made.read_count;
    d->reads_complete = true;
    d->doubt = NULL;
}

void manifest_file_read(struct reader *r, const char *path, struct str bytes) {
    json_t *json = NULL, *node;
    const char *key;
    const struct err *e = jsx_load(r->arena, bytes.p, bytes.n, &json);
    if (e) {
        struct not_understood gap = {path, 0, 0, arena_printf(r->arena, "this JSON was not understood: %s", e->text), true};
        reading_gap(r->arena, r->out, &gap);
        return;
    }
    enum dialect dialect = r->options->dialect;
    dialect_parse(str_of(jsx_str(json, "metadata.adapter_type", "")), &dialect);
    json_object_foreach(json_object_get(json, "nodes"), key, node) {
        if (strcmp(jsx_str(node, "resource_type", ""), "model") == 0) model_read(r, path, node, dialect);
    }
}
