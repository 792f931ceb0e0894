/* dbt_jobs.c - jobs of dbt's own scheduler kept as YAML: {jobs: {key: {name, execute_steps, schedule, triggers, ..}}}.
 * https://github.com/dbt-labs/dbt-jobs-as-code */
#include "jobs.h"
#include "session.h"

#define JOBS_MAX  1000
#define STEPS_MAX 50

static json_t *place_of(const struct yaml *y, const char *path) { return json_pack("{s:i, s:s}", JOB_LINE, y->line, JOB_PATH, path); }

static json_t *task_of(const struct yaml *job, const char *path) {
    const struct yaml *steps = yaml_get(job, "execute_steps");
    json_t *task = place_of(steps, path), *commands = json_array();
    for (size_t i = 0; i < steps->count && i < STEPS_MAX; i++) {
        if (steps->items[i]->kind == YAML_SCALAR) json_array_append_new(commands, json_string(steps->items[i]->text));
    }
    jsx_set_text(task, "task_key", "dbt");
    json_object_set_new(task, "dbt_task", json_pack("{s:o}", "commands", commands));
    double seconds = 0;
    const struct yaml *limit = yaml_at(job, "execution.timeout_seconds");
    if (limit && limit->kind == YAML_SCALAR && yaml_number(limit, &seconds) && seconds >= 0 && seconds < 1e9)
        json_object_set_new(task, "timeout_seconds", json_integer((json_int_t)seconds));
    return task;
}

static void job_give(const struct job_source *from, const char *key, const struct yaml *y) {
    const struct yaml *steps = yaml_get(y, "execute_steps"), *schedule = yaml_get(y, "schedule");
    const char *cron = yaml_str(schedule, "cron", NULL);
    if (!steps || steps->kind != YAML_LIST) return;
    json_t *settings = jsx_own(from->arena, place_of(y, from->path));
    jsx_set_text(settings, "name", yaml_str(y, "name", key));
    const char *description = yaml_str(y, "description", NULL);
    if (description) jsx_set_text(settings, "description", description);
    if (cron && yaml_bool(y, "triggers.schedule", true)) {
        json_t *when = place_of(schedule, from->path);
        jsx_set_text(when, "cron", cron);
        jsx_set_text(when, "timezone", "UTC");
        json_object_set_new(settings, "schedule", when);
    }
    json_object_set_new(settings, "tasks", json_pack("[o]", task_of(y, from->path)));
    struct job *job = job_settings_read(from, "dbt", settings);
    for (size_t i = 0; i < job->task_count; i++)
        job->tasks[i].compute = (struct compute){.workers_min = -1, .workers_max = -1, .autotermination_minutes = -1};
}

void dbt_jobs_read(struct reader *r, const char *path, struct str bytes) {
    struct job_source from = {.arena = r->arena, .out = r->out, .reader = r, .path = path, .dialect = r->options->dialect};
    struct yaml *y = NULL;
    const struct err *e = yaml_load(r->arena, path, bytes.p, bytes.n, &y);
    if (e) {
        reader_gap(r, path, "YAML", e);
        return;
    }
    const struct yaml *jobs = yaml_get(y, "jobs");
    for (size_t i = 0; jobs && jobs->kind == YAML_MAP && i < jobs->count && i < JOBS_MAX; i++) job_give(&from, jobs->keys[i], jobs->items[i]);
}
