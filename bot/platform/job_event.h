/* job_event.h - what data platforms and schedulers tell of jobs, as one record: Databricks, OpenLineage, Parley's own JSON.
 * Layer: platform. May use: base. Bytes in, records out: no network, no store. */
#ifndef JOB_EVENT_H
#define JOB_EVENT_H

#include "jsonx.h"

#define JOB_EVENTS_MAX 1000 /* of one batch */
#define JOB_TASKS_MAX  1000

/* A dataset as an event names it. */
struct event_dataset {
    const char *name;           /* "main.dw.orders"; for file stores the path */
    int64_t rows, bytes;        /* of this run; -1 not said */
    const char *const *columns; /* by the schema facet, in order; NULL when not said */
    const char *const *types;
    size_t column_count;
};

/* One query of a job. */
struct event_task {
    const char *key;
    const char *sql;
    const char *dialect; /* NULL: not said */
    const char *writes;  /* the dataset it fills, when the SQL does not say it; NULL */
};

/* A plain record: read any field; NULL is "not said". Lives as long as the arena of the reader. */
struct job_event {
    const char *platform; /* "databricks", "jobs", "openlineage" */
    const char *id;       /* stable id of the job on its platform */
    const char *name, *owner, *description;
    const char *cron, *timezone;   /* of the schedule */
    const char *repo, *path, *ref; /* where its source lives: "acme/dw", "jobs/daily.sql", branch or commit */
    int64_t pull_number;           /* the pull request it belongs to, 0 when none */
    const char *link;              /* https only */
    struct event_task *tasks;
    size_t task_count;
    struct event_dataset *inputs, *outputs;
    size_t input_count, output_count;
    const json_t *job;  /* databricks: the job as the Jobs API returns it; NULL */
    const json_t *own;  /* Parley's own form, whole: it may say of a job what the Jobs API says; NULL */
    const char *job_id; /* databricks: id to be asked for, when the event is only a notice */
    const char *run_id, *run_state;
    int64_t at; /* UTC seconds, 0 not said */
};

/* Parley's own form, for any scheduler (README, "A job source"):
 * {"id","name","owner","description","schedule":{"cron","timezone"} or "0 5 * * *","source":{"repo","path","ref"},"link",
 *  "tasks":[{"key","sql","dialect","writes"}]} or {"job": that}. What else is known may stand there in the words of the Jobs API: "timeout_seconds",
 *  "max_concurrent_runs", "run_as", "tags", "parameters", and in tasks "max_retries", "new_cluster", "libraries", ... ERR_INPUT names the field. */
const struct err *job_event_own(struct arena *arena, const json_t *payload, struct job_event *out) MUST_CHECK;

/* Databricks: a job of /api/2.2/jobs/get (`settings` in it), a create request ({"name","tasks"...}), or a webhook notice
 * {"event_type","job":{"job_id"}}. */
const struct err *job_event_databricks(struct arena *arena, const json_t *payload, struct job_event *out) MUST_CHECK;

/* OpenLineage RunEvent, JobEvent or DatasetEvent (spec 2-0-2): one, or an array of at most JOB_EVENTS_MAX. Events without a job are passed over;
 * malformed ones of a batch are counted in `*bad`. */
const struct err *job_events_lineage(struct arena *arena, const json_t *payload, struct job_event **out, size_t *count, size_t *bad) MUST_CHECK;
#endif
