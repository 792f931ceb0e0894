/* jobs.h - jobs and pipelines as JSON, however they were written.
 * Layer: read. May use: base. https://docs.databricks.com/api/workspace/jobs */
#ifndef JOBS_H
#define JOBS_H

#include "reader.h"

/* Keys that a reader of YAML adds to each map: where it stood. */
#define JOB_LINE "__line"
#define JOB_PATH "__path"

struct job_source {
    struct arena *arena;
    struct reading *out;
    struct reader *reader; /* NULL when there is no repository */
    const char *path;
    enum dialect dialect;
    const char *target, *target_mode; /* of a bundle: "prod", "production"; NULL */
};

/* YAML (JSON is YAML too) as JSON, each map with its place; bounded in depth. */
json_t *job_json_of_yaml(struct arena *arena, const struct yaml *y, const char *path);

void job_read(const struct job_source *from, const char *key, const json_t *settings);
void pipeline_read(const struct job_source *from, const char *key, const json_t *spec);
/* A job with its tasks in the words of the Jobs API, whatever it was written in; no definitions. Valid until the next job is added. */
struct job *job_settings_read(const struct job_source *from, const char *kind, const json_t *settings);
/* Either, told apart by its keys. */
void job_file_read(const struct job_source *from, const json_t *json);
/* A cluster that stands for itself: jobs[..].kind "cluster". */
void cluster_resource_read(const struct job_source *from, const char *key, const json_t *spec);
/* A SQL warehouse or an instance pool: jobs[..].kind "warehouse", "pool". Tasks, clusters and dashboards that name it get what is known of it. */
void warehouse_resource_read(const struct job_source *from, const char *key, const json_t *spec);
void pool_resource_read(const struct job_source *from, const char *key, const json_t *spec);
/* A dashboard resource: which file, on which warehouse. */
void dashboard_resource_read(const struct job_source *from, const char *key, const json_t *spec);
/* What clusters, pools and warehouses that stand for themselves are known to be flows to the tasks that name them. */
void jobs_compute_link(struct arena *arena, struct reading *out);
/* Is it the file, or one of the files, that the task runs? */
bool job_runs_file(const struct task *t, const char *path);
/* The pipeline whose libraries hold this file; NULL when none does. */
const struct job *pipeline_of(const struct reading *out, const char *path);

#endif
