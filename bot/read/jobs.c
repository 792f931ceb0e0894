/* jobs.c - job settings of every API version become jobs with tasks, compute and schedule. */
#include "jobs.h"

#include "hash.h"
#include "job_facts.h"
#include "session.h"

#define TASKS_MAX 100000 /* of one job: Databricks allows 1000; further ones are told */
#define DEPTH_MAX 8

static const char *id_of(const struct job_source *from, const char *kind, const char *name) {
    char *key = arena_printf(from->arena, "%s\n%s\n%s", from->path, kind, name), *hex = arena_alloc(from->arena, HASH_HEX);
    hash128_hex(hash128(key, strlen(key)), hex);
    return hex;
}

static const json_t *cluster_named(const json_t *settings, const char *key) {
    const json_t *list = json_object_get(settings, "job_clusters");
    for (size_t i = 0; key && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (strcmp(jsx_str(one, "job_cluster_key", ""), key) == 0) return json_object_get(one, "new_cluster");
    }
    return NULL;
}

static const char *warehouse_of(const json_t *task) {
    static const char *const places[] = {"sql_task.warehouse_id",       "dbt_task.warehouse_id",   "notebook_task.warehouse_id",
                                         "dashboard_task.warehouse_id", "alert_task.warehouse_id", "warehouse_id"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *id = job_text(task, places[i]);
        if (id) return id;
    }
    return NULL;
}

static void task_compute(const struct job_source *from, const json_t *settings, const json_t *task, struct compute *c) {
    compute_none(c);
    const char *key = job_text(task, "job_cluster_key"), *existing = job_text(task, "existing_cluster_id"), *warehouse = warehouse_of(task);
    const json_t *fresh = json_object_get(task, "new_cluster"), *named = cluster_named(settings, key);
    if (warehouse) {
        c->kind = COMPUTE_WAREHOUSE;
        c->key = job_kept(from, warehouse);
    } else if (fresh || named) {
        c->key = job_kept(from, key);
        cluster_read(from, fresh ? fresh : named, c);
    } else if (existing) {
        c->kind = COMPUTE_ALL_PURPOSE;
        c->key = job_kept(from, existing);
        c->existing = true;
    } else if (key) {
        c->kind = COMPUTE_JOB;
        c->key = job_kept(from, key);
    } else if (json_object_get(task, "pipeline_task")) {
        c->kind = COMPUTE_PIPELINE;
    } else if (!json_object_get(task, "run_job_task") && !json_object_get(task, "condition_task")) {
        const char *target = job_text(settings, "performance_target");
        c->kind = COMPUTE_SERVERLESS;
        c->serverless = true;
        c->performance = !target ? SAID_NOTHING : strcmp(target, "STANDARD") == 0 ? SAID_NO : SAID_YES;
    }
    if (c->line) return;
    c->path = job_path(from, task);
    c->line = job_line(task, 0);
}

/* The repository file a task names: relative to the declaring file, or the tail of a workspace path. */
static const char *file_of(const struct job_source *from, const json_t *where, const char *written) {
    static const char *const endings[] = {"", ".py", ".sql", ".ipynb", ".scala", ".r"};
    if (!written || !from->reader || strstr(written, "${resources.")) return NULL;
    const char *declared = jsx_str(where, JOB_PATH, from->path);
    const char *dir = declared ? path_dir(from->arena, declared) : "";
    const char *tries[2] = {path_join(from->arena, dir, written), path_join(from->arena, "", written[0] == '/' ? written + 1 : written)};
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; tries[t] && i < sizeof endings / sizeof *endings; i++) {
            const char *path = arena_printf(from->arena, "%s%s", tries[t], endings[i]);
            if (reader_has(from->reader, path)) return path;
        }
    }
    /* /Workspace/Repos/me/project/src/a: the longest tail, of two parts or more, that is a file here. */
    for (const char *tail = written; (tail = strchr(tail, '/')) && strchr(tail + 1, '/');) {
        tail++;
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            const char *path = arena_printf(from->arena, "%s%s", tail, endings[i]);
            if (reader_has(from->reader, path)) return path;
        }
    }
    return NULL;
}

static const struct {
    const char *key, *type, *what; /* `what`: path of the text people know it by */
    bool is_file;
} kinds[] = {
    {"notebook_task", "notebook", "notebook_path", true},
    {"spark_python_task", "spark_python", "python_file", true},
    {"python_wheel_task", "wheel", "package_name", false},
    {"spark_jar_task", "jar", "main_class_name", false},
    {"spark_submit_task", "spark_submit", "parameters.0", false},
    {"pipeline_task", "pipeline", "pipeline_id", false},
    {"run_job_task", "run_job", "job_id", false},
    {"dbt_task", "dbt", "commands.0", false},
    {"dbt_cloud_task", "dbt", "dbt_cloud_job_id", false},
    {"dashboard_task", "dashboard", "dashboard_id", false},
    {"condition_task", "condition", "left", false},
    {"alert_task", "alert", "alert_id", false},
    {"clean_rooms_notebook_task", "notebook", "notebook_name", false},
    {"power_bi_task", "power_bi", "connection_resource_name", false},
};

static const char *what_text(const struct job_source *from, const json_t *body, const char *path) {
    const json_t *v = jsx_at(body, path);
    if (json_is_string(v)) return job_kept(from, json_string_value(v));
    return json_is_integer(v) ? arena_printf(from->arena, "%lld", (long long)json_integer_value(v)) : NULL;
}

static void sql_task_read(const struct job_source *from, const json_t *where, const json_t *body, struct task *t) {
    const char *file = job_text(body, "file.path");
    t->type = file ? "sql" : json_object_get(body, "dashboard") ? "dashboard" : json_object_get(body, "alert") ? "alert" : "sql";
    t->what = job_kept(from, file ? file : job_text(body, "query.query_id"));
    if (!t->what) t->what = job_kept(from, job_text(body, "dashboard.dashboard_id"));
    t->path = file_of(from, where, file);
    t->sql = job_kept(from, job_text(body, "query.query_text"));
    if (!t->sql) t->sql = job_kept(from, job_text(body, "query_text"));
}

static void dbt_commands(const struct job_source *from, const json_t *body, struct task *t) {
    struct buf b = buf_new(from->arena);
    const json_t *list = json_object_get(body, "commands");
    for (size_t i = 0; i < json_array_size(list) && i < 50; i++) {
        if (i) buf_text(&b, "; ");
        const char *command = json_string_value(json_array_get(list, i));
        buf_text(&b, command ? command : "");
    }
    if (b.n) t->what = buf_str(&b);
    const char *dir = job_text(body, "project_directory");
    t->path = dir ? path_join(from->arena, path_dir(from->arena, jsx_str(body, JOB_PATH, from->path)), dir) : "";
}

static void task_kind(const struct job_source *from, const json_t *where, const json_t *task, struct task *t) {
    t->type = "other";
    const json_t *sql = json_object_get(task, "sql_task");
    if (sql) {
        sql_task_read(from, where, sql, t);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const json_t *body = json_object_get(task, kinds[i].key);
        if (!body) continue;
        t->type = kinds[i].type;
        t->what = what_text(from, body, kinds[i].what);
        if (kinds[i].is_file) t->path = file_of(from, where, t->what);
        if (strcmp(kinds[i].key, "dbt_task") == 0) dbt_commands(from, body, t);
        return;
    }
}

static void after_read(const struct job_source *from, const json_t *task, struct task *t) {
    const json_t *list = json_object_get(task, "depends_on");
    const char **names = arena_array(from->arena, json_array_size(list) + 1, sizeof *names);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *key = job_text(json_array_get(list, i), "task_key");
        if (key) names[t->after_count++] = job_kept(from, key);
    }
    t->after = names;
}

static void limits_read(const struct job_source *from, const json_t *task, struct task *t) {
    t->timeout_seconds = job_whole(task, "timeout_seconds", NOT_SAID);
    t->max_retries = job_whole(task, "max_retries", NOT_SAID);
    int millis = job_whole(task, "min_retry_interval_millis", -1);
    t->min_retry_seconds = millis < 0 ? -1 : millis / 1000.0;
    t->retry_on_timeout = job_said(task, "retry_on_timeout");
    t->run_if = job_kept(from, job_text(task, "run_if"));
}

static void task_read(const struct job_source *from, const json_t *settings, const json_t *task, struct job *job, size_t *cap, int depth) {
    const json_t *each = jsx_at(task, "for_each_task.task");
    if (each && depth < DEPTH_MAX) {
        task_read(from, settings, each, job, cap, depth + 1);
        return;
    }
    if (job->task_count >= TASKS_MAX) {
        struct not_understood gap = {from->path, job->line, 0, "only the first 100000 tasks of a job are read", true};
        if (from->path) reading_gap(from->arena, from->out, &gap);
        return;
    }
    job->tasks = arena_grow(from->arena, job->tasks, cap, job->task_count + 1, sizeof *job->tasks);
    struct task *t = &job->tasks[job->task_count++];
    const char *key = job_text(task, "task_key");
    *t = (struct task){.key = job_kept(from, key ? key : job_text(task, "key"))};
    if (!t->key) t->key = job->name;
    t->line = (int)jsx_int(task, JOB_LINE, 0);
    t->path_said = job_path(from, task);
    task_kind(from, task, task, t);
    task_compute(from, settings, task, &t->compute);
    after_read(from, task, t);
    limits_read(from, task, t);
    libraries_read(from, task, &t->libraries, &t->library_count);
    task_parameters(from, task, t);
    notice_read(task, &t->notice);
}

static const char *owner_of(const struct job_source *from, const json_t *outer, const json_t *settings) {
    static const char *const places[] = {"run_as.user_name", "tags.owner", "tags.Owner", "tags.team", "run_as.group_name", "custom_tags.owner"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *owner = job_text(settings, places[i]);
        if (owner && !strstr(owner, "${")) return job_kept(from, owner);
    }
    const char *creator = job_text(outer, "creator_user_name");
    return job_kept(from, creator ? creator : job_text(outer, "run_as_user_name"));
}

static void tags_read(const struct job_source *from, const json_t *settings, struct job *job) {
    json_t *tags = json_object_get(settings, "tags");
    const char **names = arena_array(from->arena, json_object_size(tags) + 1, sizeof *names), *key;
    json_t *value;
    json_object_foreach(tags, key, value) {
        const char *v = json_string_value(value);
        if (strncmp(key, "__", 2) != 0) names[job->tag_count++] = arena_printf(from->arena, "%s%s%s", key, v && v[0] ? ":" : "", v ? v : "");
    }
    job->tags = names;
}

static void run_as_read(const struct job_source *from, const json_t *outer, const json_t *settings, struct job *job) {
    const char *user = job_text(settings, "run_as.user_name"), *principal = job_text(settings, "run_as.service_principal_name"),
               *group = job_text(settings, "run_as.group_name"), *said = job_text(outer, "run_as_user_name");
    job->run_as = job_kept(from, user ? user : principal ? principal : group ? group : said);
    job->run_as_kind = user ? RUN_AS_USER : principal ? RUN_AS_PRINCIPAL : group ? RUN_AS_GROUP : RUN_AS_UNKNOWN;
    /* The platform's own answer names users by address and principals by application id. */
    if (said && !job->run_as_kind) job->run_as_kind = strchr(said, '@') ? RUN_AS_USER : RUN_AS_PRINCIPAL;
}

static void warning_read(const json_t *settings, struct job *job) {
    const json_t *rules = jsx_at(settings, "health.rules");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);
        if (strcmp(jsx_str(rule, "metric", ""), "RUN_DURATION_SECONDS") == 0) job->warn_seconds = job_whole(rule, "value", 0);
    }
}

static void clusters_read(const struct job_source *from, const json_t *settings, struct job *job) {
    const json_t *list = json_object_get(settings, "job_clusters");
    const json_t *own = list ? list : json_object_get(settings, "clusters");
    job->clusters = arena_array(from->arena, json_array_size(own) + 1, sizeof *job->clusters);
    for (size_t i = 0; i < json_array_size(own) && i < TASKS_MAX; i++) {
        const json_t *item = json_array_get(own, i);
        struct compute *c = &job->clusters[job->cluster_count++];
        compute_none(c);
        c->kind = list ? COMPUTE_JOB : COMPUTE_PIPELINE;
        c->key = job_kept(from, job_text(item, list ? "job_cluster_key" : "label"));
        cluster_read(from, list ? json_object_get(item, "new_cluster") : item, c);
    }
}

static void settings_read(const struct job_source *from, const json_t *settings, struct job *job) {
    job->timeout_seconds = job_whole(settings, "timeout_seconds", NOT_SAID);
    job->max_concurrent_runs = job_whole(settings, "max_concurrent_runs", NOT_SAID);
    job->queue = job_said(settings, "queue.enabled");
    job->development = job_said(settings, "development");
    if (from->target_mode && strcmp(from->target_mode, "development") == 0) job->development = SAID_YES;
    job->target = from->target;
    job->channel = job_kept(from, job_text(settings, "channel"));
    job->git_branch = job_kept(from, job_text(settings, "git_source.git_branch"));
    warning_read(settings, job);
    clusters_read(from, settings, job);
    notice_read(settings, &job->notice);
    job_parameters(from, settings, job);
    if (!json_object_get(settings, "notebook_task") && !json_object_get(settings, "spark_python_task"))
        libraries_read(from, settings, &job->libraries, &job->library_count);
}

static struct job *job_new(const struct job_source *from, const char *key, const char *kind, const json_t *outer, const json_t *settings) {
    struct job *job = vec_add(from->arena, &from->out->jobs);
    const char *name = job_text(settings, "name");
    if (!name) name = job_text(settings, "display_name");
    if (!name) name = job_text(settings, "run_name");
    *job = (struct job){.key = job_kept(from, key), .name = job_kept(from, name ? name : key ? key : kind), .kind = kind, .path = from->path};
    const char *declared = job_text(settings, JOB_PATH);
    if (declared) job->path = job_kept(from, declared);
    const json_t *id = json_object_get(outer, "job_id");
    if (!id) id = json_object_get(outer, "pipeline_id");
    if (json_is_integer(id)) job->key = arena_printf(from->arena, "%lld", (long long)json_integer_value(id));
    if (json_is_string(id)) job->key = job_kept(from, json_string_value(id));
    if (!name && !key && id && job->key) job->name = arena_printf(from->arena, "%s %s", kind, job->key); /* settings to be changed, not all of them */
    job->id = id && job->key ? job->key : id_of(from, kind, key ? key : job->name);
    job->line = (int)jsx_int(settings, JOB_LINE, 1);
    job->owner = owner_of(from, outer, settings);
    job->description = job_kept(from, job_text(settings, "description"));
    tags_read(from, settings, job);
    schedule_read(from, settings, &job->schedule);
    run_as_read(from, outer, settings, job);
    settings_read(from, settings, job);
    return job;
}

/* SQL that a task holds itself is a definition of the job's file. */
static void inline_sql(const struct job_source *from, const struct job *job) {
    for (size_t i = 0; i < job->task_count; i++) {
        if (!job->tasks[i].sql) continue;
        struct session s;
        session_init(&s, from->arena, from->out, job->path, ARTEFACT_JOB, from->dialect);
        if (from->reader && job->path && reader_has(from->reader, job->path)) (void)reader_bytes(from->reader, job->path, &s.source);
        s.label = arena_printf(from->arena, "%s / %s", job->name, job->tasks[i].key);
        const int line = job->tasks[i].line ? job->tasks[i].line : job->line;
        int *lines = arena_array(from->arena, 1, sizeof *lines);
        lines[0] = line;
        session_run(&s, str_of(job->tasks[i].sql), &(struct sql_origin){.lines = lines, .line_count = 1});
        for (size_t k = s.first; k < from->out->definitions.n; k++) {
            struct definition *d = &from->out->definitions.at[k];
            d->job = job->name;
            d->schedule = job->schedule;
            d->compute = job->tasks[i].compute;
            d->owner = job->owner;
        }
        session_end(&s);
    }
}

static void tasks_read(const struct job_source *from, const json_t *settings, struct job *job) {
    const json_t *tasks = json_object_get(settings, "tasks");
    size_t cap = 0;
    for (size_t i = 0; i < json_array_size(tasks); i++) task_read(from, settings, json_array_get(tasks, i), job, &cap, 0);
    /* Jobs API 2.0: the one task is the job itself. */
    if (!json_array_size(tasks)) task_read(from, settings, settings, job, &cap, 0);
}

void job_read(const struct job_source *from, const char *key, const json_t *outer) {
    const json_t *settings = json_object_get(outer, "settings");
    if (!json_is_object(settings)) settings = json_object_get(outer, "new_settings");
    if (!json_is_object(settings)) settings = outer;
    struct job *job = job_new(from, key, "job", outer, settings);
    tasks_read(from, settings, job);
    inline_sql(from, job);
}

void cluster_resource_read(const struct job_source *from, const char *key, const json_t *spec) {
    struct job *job = job_new(from, key, "cluster", spec, spec);
    const char *name = job_text(spec, "cluster_name");
    if (name) job->name = job_kept(from, name);
    job->clusters = arena_array(from->arena, 1, sizeof *job->clusters);
    job->cluster_count = 1;
    compute_none(job->clusters);
    job->clusters->kind = COMPUTE_ALL_PURPOSE;
    job->clusters->key = job->key;
    cluster_read(from, spec, job->clusters);
}

/* Compute that jobs name by its id, as a job without tasks. */
static struct compute *resource_new(const struct job_source *from, const char *key, const char *kind, const char *name, const json_t *spec) {
    struct job *job = job_new(from, key, kind, spec, spec);
    if (name) job->name = job_kept(from, name);
    job->clusters = arena_array(from->arena, 1, sizeof *job->clusters);
    job->cluster_count = 1;
    compute_none(job->clusters);
    job->clusters->key = job->key;
    job->clusters->path = job->path;
    job->clusters->line = job->line;
    return job->clusters;
}

void warehouse_resource_read(const struct job_source *from, const char *key, const json_t *spec) {
    struct compute *c = resource_new(from, key, "warehouse", NULL, spec);
    c->kind = COMPUTE_WAREHOUSE;
    c->size = job_kept(from, job_text(spec, "cluster_size"));
    c->serverless = job_truth(spec, "enable_serverless_compute");
    c->edition = job_kept(from, job_text(spec, "warehouse_type"));
    c->workers_min = job_whole(spec, "min_num_clusters", 1);
    c->workers_max = job_whole(spec, "max_num_clusters", c->workers_min);
    c->autotermination_minutes = job_whole(spec, "auto_stop_mins", -1);
}

void pool_resource_read(const struct job_source *from, const char *key, const json_t *spec) {
    struct compute *c = resource_new(from, key, "pool", job_text(spec, "instance_pool_name"), spec);
    cluster_read(from, spec, c);
    c->kind = COMPUTE_POOL;
    c->workers_min = job_whole(spec, "min_idle_instances", 0);
    c->workers_max = job_whole(spec, "max_capacity", -1);
    c->autotermination_minutes = job_whole(spec, "idle_instance_autotermination_minutes", -1);
}

void pipeline_read(const struct job_source *from, const char *key, const json_t *outer) {
    const json_t *spec = json_object_get(outer, "spec");
    if (!json_is_object(spec)) spec = outer;
    struct job *job = job_new(from, key, "pipeline", outer, spec);
    const char *schema = job_text(spec, "schema");
    job->catalog = job_kept(from, job_text(spec, "catalog"));
    job->schema = job_kept(from, schema ? schema : job_text(spec, "target"));
    if (job->catalog && strstr(job->catalog, "${")) job->catalog = NULL;
    if (job->schema && strstr(job->schema, "${")) job->schema = NULL;
    const json_t *libraries = json_object_get(spec, "libraries"), *clusters = json_object_get(spec, "clusters");
    struct compute compute;
    compute_none(&compute);
    compute.kind = COMPUTE_PIPELINE;
    if (json_array_size(clusters)) cluster_read(from, json_array_get(clusters, 0), &compute);
    compute.serverless = job_truth(spec, "serverless");
    compute.photon |= job_truth(spec, "photon");
    compute.edition = job_kept(from, job_text(spec, "edition"));
    size_t cap = 0;
    for (size_t i = 0; i < json_array_size(libraries) && i < TASKS_MAX; i++) {
        const json_t *library = json_array_get(libraries, i);
        const char *written = job_text(library, "notebook.path");
        if (!written) written = job_text(library, "file.path");
        const char *glob = job_text(library, "glob.include");
        if (!written && !glob) continue;
        job->tasks = arena_grow(from->arena, job->tasks, &cap, job->task_count + 1, sizeof *job->tasks);
        struct task *t = &job->tasks[job->task_count++];
        *t = (struct task){.key = job_kept(from, written ? written : glob),
                           .type = "pipeline",
                           .what = job_kept(from, written ? written : glob),
                           .compute = compute};
        t->line = job_line(library, job->line);
        t->path_said = job_path(from, library);
        limits_read(from, library, t);
        if (written) t->path = file_of(from, library, written);
        if (glob) t->path = path_join(from->arena, path_dir(from->arena, jsx_str(library, JOB_PATH, from->path)), glob);
    }
}

void dashboard_resource_read(const struct job_source *from, const char *key, const json_t *spec) {
    struct job *job = job_new(from, key, "dashboard", spec, spec);
    size_t cap = 0;
    job->tasks = arena_grow(from->arena, NULL, &cap, 1, sizeof *job->tasks);
    struct task *t = &job->tasks[job->task_count++];
    *t = (struct task){.key = job->name, .type = "dashboard", .what = job_kept(from, job_text(spec, "file_path")), .line = job->line};
    limits_read(from, spec, t);
    t->path = file_of(from, spec, t->what);
    compute_none(&t->compute);
    if (job_text(spec, "warehouse_id")) t->compute.kind = COMPUTE_WAREHOUSE, t->compute.key = job_kept(from, job_text(spec, "warehouse_id"));
}

static bool is_pipeline(const json_t *j) {
    const json_t *spec = json_object_get(j, "spec");
    if (!json_is_object(spec)) spec = j;
    bool job = json_object_get(spec, "tasks") || json_object_get(spec, "new_cluster") || json_object_get(spec, "existing_cluster_id") ||
               json_object_get(spec, "settings");
    return json_object_get(spec, "libraries") && !job;
}

void job_file_read(const struct job_source *from, const json_t *json) {
    if (is_pipeline(json)) {
        pipeline_read(from, NULL, json);
    } else {
        job_read(from, NULL, json);
    }
}

void read_job_json(struct arena *arena, const char *path, const json_t *job, struct reading *into) {
    struct job_source from = {.arena = arena, .out = into, .path = path, .dialect = DIALECT_DATABRICKS};
    job_file_read(&from, job);
    jobs_compute_link(arena, into);
}

struct job *job_settings_read(const struct job_source *from, const char *kind, const json_t *settings) {
    struct job *job = job_new(from, NULL, kind, settings, settings);
    tasks_read(from, settings, job);
    return job;
}

void read_job_external(struct arena *arena, const char *path, const json_t *json, struct reading *into) {
    struct job_source from = {.arena = arena, .out = into, .path = path, .dialect = DIALECT_DATABRICKS};
    struct job *job = job_settings_read(&from, "external", json);
    const char *owner = job_text(json, "owner");
    if (owner) job->owner = job_kept(&from, owner);
    for (size_t i = 0; i < job->task_count; i++) {
        struct task *t = &job->tasks[i];
        bool said = t->compute.kind != COMPUTE_SERVERLESS;
        if (strcmp(t->type, "other") == 0) t->type = "sql";
        if (!said) compute_none(&t->compute);
    }
}

/* Definitions. */

bool job_runs_file(const struct task *t, const char *path) {
    if (!t->path || !t->path[0]) return false;
    if (strcmp(t->path, path) == 0) return true;
    return strchr(t->path, '*') && text_glob(t->path, path);
}

const struct job *pipeline_of(const struct reading *out, const char *path) {
    for (size_t i = 0; i < out->jobs.n; i++) {
        const struct job *job = &out->jobs.at[i];
        for (size_t k = 0; strcmp(job->kind, "pipeline") == 0 && k < job->task_count; k++) {
            if (job_runs_file(&job->tasks[k], path)) return job;
        }
    }
    return NULL;
}

void session_pipeline_set(struct session *s) {
    const struct job *pipeline = pipeline_of(s->out, s->path);
    if (!pipeline) return;
    s->is_pipeline = true;
    s->live_catalog = pipeline->catalog;
    s->live_schema = pipeline->schema;
}
