/* reader.h - what the readers of one repository share.
 * Layer: read. May use: base, sql, python. */
#ifndef READER_H
#define READER_H

#include "map.h"
#include "read.h"

struct reader {
    struct arena *arena;
    const struct file_source *source;
    const struct read_options *options;
    struct reading *out;
    const char **paths; /* sorted */
    size_t count;
    struct map *index;   /* path to its place + 1 */
    struct map *only;    /* NULL: all */
    struct map *bytes;   /* path to struct str, of files read */
    struct map *trees;   /* path to the struct py_node of a module that others import, read once */
    struct map *names;   /* last part of a path to the files so named; NULL: nobody asked */
    struct map *taken;   /* paths that a project or bundle reads */
    struct map *modules; /* folder to the values of its Terraform files; NULL: none was read */
};

/* The bytes of a path, read once. False when it cannot be read: then a gap says why. */
bool reader_bytes(struct reader *r, const char *path, struct str *out);
bool reader_has(const struct reader *r, const char *path);
/* Says that a file was not understood: `what` it is, and why, at the place that the error names. Nothing where the path is not asked for. */
void reader_gap(struct reader *r, const char *path, const char *what, const struct err *e);
/* Are definitions of this path asked for? */
bool reader_wants(const struct reader *r, const char *path);
/* Is it below `root` ("" is everything)? */
bool path_below(const char *path, const char *root);
/* "a/b" + "../c" to "a/c"; NULL when it leaves the repository. */
const char *path_join(struct arena *arena, const char *dir, const char *relative);
/* "a/b/c.sql" to "a/b"; "" at the top. */
const char *path_dir(struct arena *arena, const char *path);
/* "a/b/c.x.sql" to "c.x". */
struct str path_stem(const char *path);

/* Readers of one form each. They add to r->out. */
void dbt_read(struct reader *r);                          /* all dbt projects; takes their files */
void bundles_read(struct reader *r);                      /* databricks.yml and what they include */
void jobs_link(struct arena *arena, struct reading *out); /* schedules, compute and owners flow from jobs to definitions */

/* Of one file. */
enum file_kind {
    FILE_OTHER,
    FILE_SQL,
    FILE_TEMPLATE,
    FILE_NOTEBOOK,
    FILE_IPYNB,
    FILE_EXPORT, /* a notebook exported as HTML or as an archive: named as not understood */
    FILE_PYTHON,
    FILE_DAG, /* Airflow: a job, and Python like other */
    FILE_JOB,
    FILE_BUNDLE,
    FILE_DASHBOARD,
    FILE_QUERY,
    FILE_MANIFEST,
    FILE_TERRAFORM,
    FILE_DBT_JOBS,
    FILE_SETTINGS /* .parley.yml: its metrics */
};
enum file_kind file_kind_of(struct arena *arena, const char *path, struct str bytes);
void sql_file_read(struct arena *arena, struct reading *out, const char *path, struct str bytes, enum dialect dialect);
/* Notebooks of both forms, and Python scripts. */
void code_file_read(struct reader *r, const char *path, struct str bytes, bool is_notebook);
void template_file_read(struct arena *arena, struct reading *out, const char *path, struct str bytes, enum dialect dialect);

void json_file_read(struct reader *r, const char *path, struct str bytes, enum file_kind kind); /* jobs, pipelines, dashboards, queries */
void bundle_file_read(struct reader *r, const char *path, struct str bytes);                    /* resources that no databricks.yml includes */
void dbt_jobs_read(struct reader *r, const char *path, struct str bytes);                       /* jobs of dbt's scheduler */
void terraform_file_read(struct reader *r, const char *path);
void manifest_file_read(struct reader *r, const char *path, struct str bytes);
void settings_file_read(struct arena *arena, struct reading *out, const char *path, struct str bytes, enum dialect dialect);

#endif
