/* read.h - artefacts of any form become definitions: SQL files, dbt, notebooks, Python, jobs, bundles, dashboards.
 * Layer: read. May use: base, sql, python, plan. Touches neither network nor store, and never executes what it reads. */
#ifndef READ_H
#define READ_H

#include "definition.h"
#include "err.h"
#include "jsonx.h"
#include "text.h"
#include "yaml.h"

#define READ_FILE_MAX     ((size_t)10 << 20)  /* a bigger file is named as not understood */
#define READ_ARTIFACT_MAX ((size_t)200 << 20) /* of dbt's manifest.json and catalog.json */
#define READ_FILES_MAX    200000

/* Where bytes come from: a directory, the blobs of a commit, a test's array. Paths are relative with slashes. */
struct file_source {
    void *ctx;
    size_t count;
    const char *const *paths; /* any order */
    /* The bytes of a path; they live as long as `arena`. An error is reported as a gap of that file, never fatal. */
    const struct err *(*get)(void *ctx, struct arena *arena, const char *path, struct str *bytes);
};

struct read_options {
    enum dialect dialect; /* where neither path nor project says another */
    /* Only these paths give definitions, jobs, metrics and gaps; the others are still read where they give context (macros,
     * dbt_project.yml, schema.yml, bundles, notebooks that %run names). NULL: all. */
    const char *const *only;
    size_t only_count;
};

/* The regular files below a directory as a source (fs_walk's rules). */
const struct err *file_source_dir(struct arena *arena, const char *dir, struct file_source *out) MUST_CHECK;

/* Reads all. Bad files become gaps; the error is for a source that cannot be read at all. Same bytes, same reading. */
const struct err *read_files(struct arena *arena, const struct file_source *source, const struct read_options *options,
                             struct reading **out) MUST_CHECK;

/* One file by itself, its kind told from path and bytes. */
struct reading *read_file(struct arena *arena, const char *path, struct str bytes, enum dialect dialect);

/* SQL text from anywhere (pasted, a query's text of a platform). `path` names it for people. */
struct reading *read_sql_text(struct arena *arena, const char *path, struct str sql, enum dialect dialect);

/* A job or pipeline as the Databricks Jobs or Pipelines API gives it (2.0 and 2.1+ shapes, settings nested or not, submit shape), added to `into`.
 * Inline SQL of tasks becomes definitions. `path` names it for people. */
void read_job_json(struct arena *arena, const char *path, const json_t *job, struct reading *into);

/* A job in Parley's own form (README, "A job source"), of any scheduler: `name`, `owner`, `schedule`, `tasks`, and of the Jobs API's words those it
 * cares to say (timeout_seconds, max_retries, run_as, tags, parameters, new_cluster, ..). Adds a job of kind "external", no definitions. */
void read_job_external(struct arena *arena, const char *path, const json_t *job, struct reading *into);

/* A dashboard (.lvdash.json, or the API's object with serialized_dashboard) or a saved query (both shapes), added to `into`. */
void read_dashboard_json(struct arena *arena, const char *path, const json_t *dashboard, enum dialect dialect, struct reading *into);

/* The `metrics:` list of .parley.yml, added to `into`:
 * `{name, dataset, expression, filter?, dimensions?, label?, description?, owner?}`. */
void read_settings_metrics(struct arena *arena, const char *path, const struct yaml *metrics, enum dialect dialect, struct reading *into);

/* The form of a file, told from path and bytes: the words of struct read_report's kind. */
const char *read_kind(struct arena *arena, const char *path, struct str bytes);

/* What `parley parse` says of one file. */
struct read_report {
    const char *kind; /* "sql", "dbt_model", "notebook", "python", "job", "bundle", "dashboard", "other" */
    enum dialect dialect;
    size_t statements, definitions;
    struct not_understood *errors;
    size_t error_count;
    const int *columns; /* of the first `column_count` errors; 0: not known */
    size_t column_count;
};
void read_parse_report(struct arena *arena, const char *path, struct str bytes, enum dialect dialect, struct read_report *out);

#endif
