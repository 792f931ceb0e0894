/* job_event.c - Parley's own JSON and Databricks' forms. */
#include "job_event.h"

#include <stdio.h>

/* A string or a number as text: ids come as both. */
static const char *id_text(struct arena *arena, const json_t *value) {
    if (json_is_string(value)) return json_string_value(value);
    if (json_is_integer(value)) return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    return NULL;
}

static const char *https_only(const char *url) { return url && text_starts(url, "https://") ? url : NULL; }

static const struct err *tasks_read(struct arena *arena, const json_t *tasks, struct job_event *out) {
    size_t n = json_array_size(tasks);
    if (n > JOB_TASKS_MAX) return err_new(ERR_INPUT, "tasks: more than %d", JOB_TASKS_MAX);
    out->tasks = arena_array(arena, n + 1, sizeof *out->tasks);
    for (size_t i = 0; i < n; i++) {
        const json_t *task = json_array_get(tasks, i);
        const char *sql = jsx_str(task, "sql", NULL);
        if (!sql) return err_new(ERR_INPUT, "tasks[%zu].sql: a string is needed", i);
        const char *key = jsx_str(task, "key", NULL);
        out->tasks[out->task_count++] = (struct event_task){.key = key ? key : arena_printf(arena, "task %zu", i + 1),
                                                            .sql = sql,
                                                            .dialect = jsx_str(task, "dialect", NULL),
                                                            .writes = jsx_str(task, "writes", NULL)};
    }
    return NULL;
}

const struct err *job_event_own(struct arena *arena, const json_t *payload, struct job_event *out) {
    const json_t *job = json_is_object(jsx_at(payload, "job")) ? jsx_at(payload, "job") : payload;
    *out = (struct job_event){.platform = "jobs",
                              .id = id_text(arena, jsx_at(job, "id")),
                              .name = jsx_str(job, "name", NULL),
                              .owner = jsx_str(job, "owner", NULL),
                              .description = jsx_str(job, "description", NULL),
                              .cron = jsx_str(job, "schedule", jsx_str(job, "schedule.cron", NULL)),
                              .timezone = jsx_str(job, "schedule.timezone", NULL),
                              .repo = jsx_str(job, "source.repo", NULL),
                              .path = jsx_str(job, "source.path", NULL),
                              .ref = jsx_str(job, "source.ref", NULL),
                              .link = https_only(jsx_str(job, "link", NULL)),
                              .own = job};
    if (!out->name) return err_new(ERR_INPUT, "name: a string is needed");
    if (!out->id) out->id = out->name;
    if (!json_is_array(jsx_at(job, "tasks"))) return err_new(ERR_INPUT, "tasks: a list of {\"key\",\"sql\"} is needed");
    return tasks_read(arena, jsx_at(job, "tasks"), out);
}

const struct err *job_event_databricks(struct arena *arena, const json_t *payload, struct job_event *out) {
    *out = (struct job_event){.platform = "databricks"};
    const json_t *notice = jsx_at(payload, "job.job_id");
    if (notice && jsx_str(payload, "event_type", NULL)) {
        out->job_id = id_text(arena, notice);
        out->id = out->job_id;
        out->name = jsx_str(payload, "job.name", out->job_id);
        out->run_id = id_text(arena, jsx_at(payload, "run.run_id"));
        return out->job_id ? NULL : err_new(ERR_INPUT, "job.job_id: a number or string is needed");
    }
    const json_t *settings = json_is_object(jsx_at(payload, "settings")) ? jsx_at(payload, "settings") : payload;
    if (!json_is_array(jsx_at(settings, "tasks")) && !jsx_at(settings, "libraries"))
        return err_new(ERR_INPUT, "neither a job (settings.tasks) nor a notice (event_type, job.job_id)");
    out->job = payload;
    out->id = id_text(arena, jsx_at(payload, "job_id"));
    out->name = jsx_str(settings, "name", NULL);
    if (!out->id) out->id = out->name;
    if (!out->id) return err_new(ERR_INPUT, "job_id or name is needed");
    if (!out->name) out->name = out->id;
    out->owner = jsx_str(payload, "creator_user_name", jsx_str(payload, "run_as_user_name", NULL));
    const char *git = jsx_str(settings, "git_source.git_url", NULL);
    if (git && text_starts(git, "https://")) {
        const char *slash = strchr(git + 8, '/');
        size_t n = slash ? strlen(slash + 1) : 0;
        if (n > 4 && text_ends(git, ".git")) n -= 4;
        out->repo = slash ? arena_copy(arena, slash + 1, n) : NULL;
        out->ref = jsx_str(settings, "git_source.git_branch", jsx_str(settings, "git_source.git_commit", NULL));
    }
    return NULL;
}
