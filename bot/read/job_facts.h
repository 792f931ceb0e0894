/* job_facts.h - what the settings of a job, task, pipeline or cluster say, one kind of fact at a time.
 * Layer: read. May use: base. https://docs.databricks.com/api/workspace/jobs · .../clusters · .../pipelines */
#ifndef JOB_FACTS_H
#define JOB_FACTS_H

#include "jobs.h"

/* The string at the path, NULL when it is absent or empty; borrowed from the JSON. */
const char *job_text(const json_t *j, const char *path);
/* Copied to the arena; NULL stays NULL. */
const char *job_kept(const struct job_source *from, const char *s);
/* A whole number written as a number or as text; `otherwise` when it is absent, a reference, or out of range. */
int job_whole(const json_t *j, const char *path, int otherwise);
bool job_truth(const json_t *j, const char *path);
enum said job_said(const json_t *j, const char *path);
/* The file and line a map was written at. */
const char *job_path(const struct job_source *from, const json_t *map);
int job_line(const json_t *map, int otherwise);

/* Schedules, with Quartz fields as written, periodic triggers and what waits for files or tables. */
void schedule_read(const struct job_source *from, const json_t *settings, struct schedule *out);

void compute_none(struct compute *c);
/* A cluster specification. `kind` of `c` is kept when it is set. */
void cluster_read(const struct job_source *from, const json_t *spec, struct compute *c);

/* The `libraries` list of a task, `environments` of a job and `environment` of a pipeline. */
void libraries_read(const struct job_source *from, const json_t *settings, struct library **out, size_t *count);

/* Parameters of a job (`parameters`), a task (of its kind's body) or a pipeline (`configuration`): names, and whether a value is a secret in plain
 * text. */
void job_parameters(const struct job_source *from, const json_t *settings, struct job *job);
void task_parameters(const struct job_source *from, const json_t *task, struct task *t);

void notice_read(const json_t *settings, struct notice *out);

/* Does this value, under this name, look like a password, key or token in plain text? References ({{secrets/..}}, ${..}) do not. */
bool value_is_secret(const char *name, const char *value);

#endif
