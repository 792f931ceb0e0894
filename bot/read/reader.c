/* reader.c - goes through the files of a source once: projects first, then file by file. */
#include "reader.h"

#include "airflow.h"

#include "fs.h"
#include "session.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH_TEXT 4096

/* Paths. */

bool path_below(const char *path, const char *root) {
    size_t n = strlen(root);
    while (n && root[n - 1] == '/') n--;
    return n == 0 || (strncmp(path, root, n) == 0 && path[n] == '/');
}

const char *path_dir(struct arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(arena, path, (size_t)(slash - path)) : "";
}

struct str path_stem(const char *path) {
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    const char *dot = strrchr(name, '.');
    return (struct str){name, dot ? (size_t)(dot - name) : strlen(name)};
}

const char *path_join(struct arena *arena, const char *dir, const char *relative) {
    enum { PARTS_MAX = 100 };
    struct str parts[PARTS_MAX], part;
    size_t n = 0;
    const char *both[2] = {relative[0] == '/' ? "" : dir, relative};
    for (int i = 0; i < 2; i++) {
        for (struct str rest = str_of(both[i]); str_split(&rest, '/', &part);) {
            if (part.n == 0 || str_is(part, ".")) continue;
            if (str_is(part, "..")) {
                if (n == 0) return NULL;
                n--;
            } else if (n < PARTS_MAX) {
                parts[n++] = part;
            }
        }
    }
    struct buf out = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_char(&out, '/');
        buf_slice(&out, parts[i]);
    }
    return buf_str(&out);
}

/* Files. */

bool reader_has(const struct reader *r, const char *path) { return path && map_get(r->index, str_of(path)) != NULL; }

bool reader_wants(const struct reader *r, const char *path) { return !r->only || map_get(r->only, str_of(path)) != NULL; }

static void file_gap(struct reader *r, const char *path, const char *reason) {
    struct not_understood gap = {path, 0, 0, reason, true};
    if (reader_wants(r, path)) reading_gap(r->arena, r->out, &gap);
}

/* "PATH:LINE:COLUMN: why", "PATH:LINE: why" or "line L, column C: why": the reason, and the place. */
static const char *place_take(const char *path, const char *text, int *line, int *column) {
    size_t n = strlen(path);
    int read = 0;
    if (strncmp(text, path, n) == 0 && text[n] == ':') text += n + 1;
    if (sscanf(text, "line %d, column %d: %n", line, column, &read) == 2 && read) return text + read;
    if (sscanf(text, "%d:%d: %n", line, column, &read) == 2 && read) return text + read;
    *column = 0;
    if (sscanf(text, "%d: %n", line, &read) == 1 && read) return text + read;
    *line = 0;
    return str_trim(str_of(text)).p;
}

void reader_gap(struct reader *r, const char *path, const char *what, const struct err *e) {
    int line = 0, column = 0;
    if (!reader_wants(r, path)) return;
    const char *why = place_take(path, e->text, &line, &column);
    struct not_understood gap = {path, line, 0, arena_printf(r->arena, "this %s was not understood: %s", what, why), true};
    size_t before = r->out->gaps.n;
    reading_gap(r->arena, r->out, &gap);
    while (column > 0 && r->out->gaps.n > before && r->out->gap_columns.n <= before) *vec_add(r->arena, &r->out->gap_columns) = 0;
    if (column > 0 && r->out->gaps.n > before) r->out->gap_columns.at[before] = column;
}

static bool is_artifact(const char *path) { return text_ends(path, "manifest.json") || text_ends(path, "catalog.json"); }

bool reader_bytes(struct reader *r, const char *path, struct str *out) {
    struct str *kept = map_get(r->bytes, str_of(path));
    if (!kept) {
        kept = arena_new(r->arena, struct str);
        map_put(r->bytes, str_of(path), kept);
        const struct err *e = r->source ? r->source->get(r->source->ctx, r->arena, path, kept) : err_new(ERR_INPUT, "no source");
        if (e) {
            file_gap(r, path, arena_printf(r->arena, "it could not be read: %s", e->text));
            kept->p = NULL;
        } else if (kept->n > (is_artifact(path) ? READ_ARTIFACT_MAX : READ_FILE_MAX)) {
            file_gap(r, path, "it is over 10 MB");
            kept->p = NULL;
        } else if (kept->n >= 3 && memcmp(kept->p, "\xEF\xBB\xBF", 3) == 0) {
            kept->p += 3;
            kept->n -= 3;
        }
        if (!kept->p && !e && kept->n == 0) kept->p = "";
    }
    *out = *kept;
    return kept->p != NULL;
}

/* Kinds. */

static bool first_line_is(struct str bytes, const char *words) {
    struct str line = {bytes.p, bytes.n > BATCH_TEXT ? BATCH_TEXT : bytes.n};
    line = str_trim(line);
    return str_starts(line, words);
}

static bool holds(struct str bytes, const char *words) { return bytes.n && memmem(bytes.p, bytes.n, words, strlen(words)) != NULL; }

static bool is_notebook(const char *path, struct str bytes) {
    static const struct {
        const char *ending, *header;
    } headers[] = {{".py", "# Databricks notebook source"},
                   {".sql", "-- Databricks notebook source"},
                   {".scala", "// Databricks notebook source"},
                   {".r", "# Databricks notebook source"},
                   {".R", "# Databricks notebook source"}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        if (text_ends(path, headers[i].ending) && first_line_is(bytes, headers[i].header)) return true;
    }
    return false;
}

static enum file_kind json_kind(struct str bytes) {
    if (holds(bytes, "\"datasets\"") && (holds(bytes, "\"pages\"") || holds(bytes, "\"queryLines\""))) return FILE_DASHBOARD;
    if (holds(bytes, "\"serialized_dashboard\"")) return FILE_DASHBOARD;
    static const char *const job_words[] = {"\"tasks\"",        "\"notebook_task\"", "\"new_cluster\"", "\"spark_python_task\"",
                                            "\"new_settings\"", "\"pipeline_id\"",   "\"job_clusters\""};
    bool settings = holds(bytes, "\"settings\"") && holds(bytes, "\"schedule\"");
    for (size_t i = 0; i < sizeof job_words / sizeof *job_words; i++) {
        if (holds(bytes, job_words[i]) && !holds(bytes, "\"$schema\"")) return FILE_JOB;
    }
    if (settings || (holds(bytes, "\"libraries\"") && holds(bytes, "\"clusters\"")) ||
        (holds(bytes, "\"libraries\"") && holds(bytes, "\"notebook\"")))
        return FILE_JOB;
    if (holds(bytes, "\"query_text\"") || (holds(bytes, "\"query\"") && holds(bytes, "\"data_source_id\""))) return FILE_QUERY;
    return FILE_OTHER;
}

static bool is_settings(const char *path) { return strcmp(path, ".parley.yml") == 0 || strcmp(path, ".github/parley.yml") == 0; }

static enum file_kind yaml_kind(const char *path, struct str bytes) {
    if (is_settings(path)) return FILE_SETTINGS;
    if (holds(bytes, "execute_steps:") && holds(bytes, "jobs:")) return FILE_DBT_JOBS;
    bool resources = holds(bytes, "resources:") && (holds(bytes, "jobs:") || holds(bytes, "pipelines:") || holds(bytes, "dashboards:"));
    if (text_ends(path, "databricks.yml") || text_ends(path, "databricks.yaml") || resources) return FILE_BUNDLE;
    return FILE_OTHER;
}

/* What Databricks puts into the HTML of a notebook. https://docs.databricks.com/aws/en/notebooks/notebook-export-import */
#define EXPORT_MARK "__DATABRICKS_NOTEBOOK_MODEL"

enum file_kind file_kind_of(struct arena *arena, const char *path, struct str bytes) {
    if (is_notebook(path, bytes)) return FILE_NOTEBOOK;
    if (text_ends(path, ".ipynb")) return FILE_IPYNB;
    if (text_ends(path, ".html") || text_ends(path, ".htm")) return holds(bytes, EXPORT_MARK) ? FILE_EXPORT : FILE_OTHER;
    if (text_ends(path, ".dbc")) return FILE_EXPORT;
    if (text_ends(path, ".sql") || text_ends(path, ".hql") || text_ends(path, ".ddl")) {
        bool jinja = holds(bytes, "{{") || holds(bytes, "{%");
        return jinja && (holds(bytes, "ref(") || holds(bytes, "source(") || holds(bytes, "config(") || holds(bytes, "{%")) ? FILE_TEMPLATE : FILE_SQL;
    }
    if (text_ends(path, ".py")) return airflow_is_dag(bytes) ? FILE_DAG : FILE_PYTHON;
    if (text_ends(path, ".tf") || text_ends(path, ".tf.json")) return holds(bytes, "databricks_") ? FILE_TERRAFORM : FILE_OTHER;
    if (text_ends(path, ".lvdash.json")) return FILE_DASHBOARD;
    if (text_ends(path, ".json") && (holds(bytes, "getdbt.com/dbt/manifest/") || holds(bytes, "getdbt.com/dbt/catalog/"))) return FILE_MANIFEST;
    if (text_ends(path, ".json")) return json_kind(bytes);
    if (text_ends(path, ".yml") || text_ends(path, ".yaml")) return yaml_kind(path, bytes);
    return FILE_OTHER;
}

/* Reading. */

void sql_file_read(struct arena *arena, struct reading *out, const char *path, struct str bytes, enum dialect dialect) {
    struct session s;
    session_init(&s, arena, out, path, ARTEFACT_SQL, dialect);
    session_pipeline_set(&s);
    s.guess_dialect = true;
    session_run(&s, bytes, NULL);
    session_end(&s);
}

static bool worth_reading(const char *path) {
    static const char *const endings[] = {".sql", ".hql",   ".ddl", ".py", ".ipynb", ".json", ".yml", ".yaml",
                                          ".tf",  ".scala", ".r",   ".R",  ".html",  ".htm",  ".dbc"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (text_ends(path, endings[i])) return true;
    }
    return false;
}

static bool file_read(struct reader *r, const char *path, struct str bytes, enum file_kind kind) {
    enum dialect dialect = r->options->dialect;
    switch (kind) {
    case FILE_SQL:
        sql_file_read(r->arena, r->out, path, bytes, dialect);
        return true;
    case FILE_TEMPLATE:
        template_file_read(r->arena, r->out, path, bytes, dialect);
        return true;
    case FILE_EXPORT:
        file_gap(r, path, "an exported notebook is not read: keep it as source (.py, .sql, .ipynb)");
        return true;
    case FILE_NOTEBOOK:
    case FILE_IPYNB:
    case FILE_PYTHON:
    case FILE_DAG:
        code_file_read(r, path, bytes, kind != FILE_PYTHON && kind != FILE_DAG);
        return true;
    case FILE_JOB:
    case FILE_DASHBOARD:
    case FILE_QUERY:
        json_file_read(r, path, bytes, kind);
        return true;
    case FILE_BUNDLE:
        bundle_file_read(r, path, bytes);
        return true;
    case FILE_DBT_JOBS:
        dbt_jobs_read(r, path, bytes);
        return true;
    case FILE_TERRAFORM:
        terraform_file_read(r, path);
        return true;
    case FILE_MANIFEST:
        manifest_file_read(r, path, bytes);
        return true;
    case FILE_SETTINGS:
        settings_file_read(r->arena, r->out, path, bytes, dialect);
        return true;
    case FILE_OTHER:
        return false;
    }
    return false;
}

/* Jobs say where the datasets of pipelines go, and manifests what models are: they come before other code, and are read even where only other paths
 * are asked for. */
static bool is_context(enum file_kind kind) {
    return kind == FILE_JOB || kind == FILE_BUNDLE || kind == FILE_MANIFEST || kind == FILE_TERRAFORM || kind == FILE_DBT_JOBS;
}

static void files_read(struct reader *r, bool jobs) {
    for (size_t i = 0; i < r->count; i++) {
        struct str bytes;
        const char *path = r->paths[i];
        bool taken = map_get(r->taken, str_of(path)) != NULL, wanted = reader_wants(r, path);
        if (taken && jobs) r->out->files += wanted;
        bool job_file =
            text_ends(path, ".json") || text_ends(path, ".yml") || text_ends(path, ".yaml") || text_ends(path, ".py") || text_ends(path, ".tf");
        if (taken || !worth_reading(path) || (jobs ? !job_file : !wanted) || !reader_bytes(r, path, &bytes)) continue;
        enum file_kind kind = file_kind_of(r->arena, path, bytes);
        if (kind == FILE_DAG && jobs) airflow_file_read(r, path, bytes);
        if (is_context(kind) == jobs) r->out->files += file_read(r, path, bytes, kind) && wanted;
    }
}

/* Jobs and definitions of paths that were read for context alone are no part of the answer. */
static void unwanted_drop(struct reader *r) {
    size_t kept = 0;
    for (size_t i = 0; r->only && i < r->out->jobs.n; i++) {
        if (reader_wants(r, r->out->jobs.at[i].path)) r->out->jobs.at[kept++] = r->out->jobs.at[i];
    }
    if (r->only) r->out->jobs.n = kept;
    kept = 0;
    for (size_t i = 0; r->only && i < r->out->definitions.n; i++) {
        if (reader_wants(r, r->out->definitions.at[i].path)) r->out->definitions.at[kept++] = r->out->definitions.at[i];
    }
    if (r->only) r->out->definitions.n = kept;
    kept = 0;
    for (size_t i = 0; r->only && i < r->out->gaps.n; i++) {
        if (!reader_wants(r, r->out->gaps.at[i].path)) continue;
        if (kept < r->out->gap_columns.n) r->out->gap_columns.at[kept] = i < r->out->gap_columns.n ? r->out->gap_columns.at[i] : 0;
        r->out->gaps.at[kept++] = r->out->gaps.at[i];
    }
    if (r->only) r->out->gaps.n = kept;
    kept = 0;
    for (size_t i = 0; r->only && i < r->out->code.n; i++) {
        if (reader_wants(r, r->out->code.at[i].path)) r->out->code.at[kept++] = r->out->code.at[i];
    }
    if (r->only) r->out->code.n = kept;
}

static int path_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static struct reader *reader_open(struct arena *arena, const struct file_source *source, const struct read_options *options) {
    struct reader *r = arena_new(arena, struct reader);
    *r = (struct reader){.arena = arena, .source = source, .options = options, .out = arena_new(arena, struct reading)};
    r->index = map_new(arena);
    r->bytes = map_new(arena);
    r->taken = map_new(arena);
    r->trees = map_new(arena);
    r->paths = arena_array(arena, source->count + 1, sizeof *r->paths);
    for (size_t i = 0; i < source->count; i++) r->paths[i] = source->paths[i];
    if (source->count) qsort(r->paths, source->count, sizeof *r->paths, path_order);
    r->count = source->count;
    for (size_t i = 0; i < r->count; i++) map_put(r->index, str_of(r->paths[i]), r);
    if (!options->only) return r;
    r->only = map_new(arena);
    for (size_t i = 0; i < options->only_count; i++) map_put(r->only, str_of(options->only[i]), r);
    return r;
}

static int definition_order(const void *a, const void *b) {
    const struct definition *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    if (!order) order = x->range.line - y->range.line;
    if (!order) order = x->range.column - y->range.column;
    return order ? order : strcmp(x->name, y->name);
}

const struct err *read_files(struct arena *arena, const struct file_source *source, const struct read_options *options, struct reading **out) {
    static const struct read_options plain = {0};
    if (source->count > READ_FILES_MAX) return err_new(ERR_INPUT, "%zu files are more than the %d that are read", source->count, READ_FILES_MAX);
    struct reader *r = reader_open(arena, source, options ? options : &plain);
    dbt_read(r);
    bundles_read(r);
    files_read(r, true);
    files_read(r, false);
    jobs_link(arena, r->out);
    unwanted_drop(r);
    if (r->out->definitions.n) qsort(r->out->definitions.at, r->out->definitions.n, sizeof *r->out->definitions.at, definition_order);
    reading_finish(arena, r->out);
    *out = r->out;
    return NULL;
}

static const struct err *one_file(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    *bytes = *(const struct str *)ctx;
    return NULL;
}

struct reading *read_file(struct arena *arena, const char *path, struct str bytes, enum dialect dialect) {
    struct file_source source = {&bytes, 1, &path, one_file};
    struct reading *out = NULL;
    const struct err *e = read_files(arena, &source, &(struct read_options){.dialect = dialect}, &out);
    (void)e; /* one file is never too many */
    return out;
}

struct reading *read_sql_text(struct arena *arena, const char *path, struct str sql, enum dialect dialect) {
    struct reading *out = arena_new(arena, struct reading);
    sql_file_read(arena, out, path, sql, dialect);
    out->files = 1;
    reading_finish(arena, out);
    return out;
}

/* A directory as a source. */

struct dir_source {
    struct arena *arena;
    const char *dir;
    VEC(const char *) paths;
};

static const struct err *dir_visit(void *ctx, const char *path, int64_t size) {
    struct dir_source *d = ctx;
    *vec_add(d->arena, &d->paths) = arena_strdup(d->arena, path);
    return NULL;
}

static const struct err *dir_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    const struct dir_source *d = ctx;
    return fs_read(arena, arena_printf(arena, "%s/%s", d->dir, path), READ_FILE_MAX, bytes);
}

const struct err *file_source_dir(struct arena *arena, const char *dir, struct file_source *out) {
    struct dir_source *d = arena_new(arena, struct dir_source);
    d->arena = arena;
    d->dir = arena_strdup(arena, dir);
    TRY(fs_walk(dir, READ_FILES_MAX, dir_visit, d));
    *out = (struct file_source){d, d->paths.n, d->paths.at, dir_get};
    return NULL;
}
