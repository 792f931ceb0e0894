/* cost_jobs.c - jobs, pipelines, clusters, warehouses and pools of a file, each with its price a month. */
#include "cost_jobs.h"

#include "clock.h"
#include "job_money.h"
#include "jsonx.h"
#include "local.h"
#include "text.h"

#include <stdio.h>

/* What is said of one. */
struct job_said {
    const struct job *job;
    struct job_cost_input input;
    struct job_cost cost;
    struct fires fires;
};

bool cost_is_jobs(struct arena *arena, const char *file, struct str bytes) {
    const char *kind = read_kind(arena, file, bytes);
    return strcmp(kind, "job") == 0 || strcmp(kind, "bundle") == 0 || text_ends(file, ".tf") || text_ends(file, ".tf.json");
}

/* ---- shown ---- */

static json_t *texts_json(const struct text_list *texts) {
    json_t *list = json_array();
    for (size_t i = 0; i < texts->n; i++) json_array_append_new(list, json_string(texts->at[i]));
    return list;
}

static json_t *amount_json(const struct cost *cost) {
    json_t *o = json_object();
    json_object_set_new(o, "low", cost->known ? json_real(cost->low) : json_null());
    json_object_set_new(o, "high", cost->known ? json_real(cost->high) : json_null());
    jsx_set_text(o, "currency", cost->currency);
    jsx_set_text(o, "period", cost->period);
    jsx_set_text(o, "unknown", cost->unknown);
    jsx_set_text(o, "price_date", cost->price_date);
    jsx_set_text(o, "price_date_last", cost->price_date_last);
    jsx_set_text(o, "price_source", cost->price_source);
    json_object_set_new(o, "assumptions", texts_json(&cost->assumptions));
    return o;
}

static json_t *tasks_json(const struct job_said *s) {
    json_t *list = json_array();
    for (size_t i = 0; i < s->job->task_count; i++) {
        const struct task_time *t = &s->input.tasks[i];
        json_t *o = json_object();
        jsx_set_text(o, "task", s->job->tasks[i].key);
        json_object_set_new(o, "seconds_low", t->known ? json_real(t->low) : json_null());
        json_object_set_new(o, "seconds_high", t->known ? json_real(t->high) : json_null());
        json_object_set_new(o, "bytes", t->known ? json_real(t->bytes) : json_null());
        jsx_set_text(o, "unknown", t->unknown);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *job_json(const char *file, const struct job_said *s) {
    json_t *o = json_object();
    jsx_set_text(o, "file", file);
    jsx_set_text(o, "kind", s->job->kind);
    jsx_set_text(o, "name", s->job->name);
    json_object_set_new(o, "line", json_integer(s->job->line));
    jsx_set_text(o, "schedule", s->fires.text);
    json_object_set_new(o, "runs_per_month", s->fires.known ? json_real(s->fires.per_month) : json_null());
    json_object_set_new(o, "seconds_low", s->cost.high > 0 ? json_real(s->cost.low) : json_null());
    json_object_set_new(o, "seconds_high", s->cost.high > 0 ? json_real(s->cost.high) : json_null());
    jsx_set_text(o, "critical_path", s->cost.critical);
    json_object_set_new(o, "tasks", tasks_json(s));
    json_object_set_new(o, "cost", amount_json(&s->cost.cost));
    return o;
}

static const char *time_text(struct arena *arena, double low, double high) {
    const char *unit = high < 180 ? "s" : high < 10800 ? "min" : "h";
    double by = high < 180 ? 1 : high < 10800 ? 60 : 3600;
    if (high <= low * 1.01) return arena_printf(arena, "%.3g %s", high / by, unit);
    return arena_printf(arena, "%.3g to %.3g %s", low / by, high / by, unit);
}

static void tasks_print(struct arena *arena, const struct job_said *s) {
    for (size_t i = 0; i < s->job->task_count; i++) {
        const struct task_time *t = &s->input.tasks[i];
        const char *key = s->job->tasks[i].key ? s->job->tasks[i].key : "";
        char bytes[32];
        text_bytes(t->bytes, bytes, sizeof bytes);
        if (!t->known) printf("  %-8s %s: %s\n", i ? "" : "tasks", key, t->unknown ? t->unknown : "not known");
        else printf("  %-8s %s: %s, up to %s read\n", i ? "" : "tasks", key, time_text(arena, t->low, t->high), bytes);
    }
}

static void job_print(struct arena *arena, const char *file, const struct job_said *s) {
    const struct cost *cost = &s->cost.cost;
    bool known = s->fires.known && !s->fires.continuous && s->fires.per_month > 0;
    printf("%s:%d: %s %s: %s\n", file, s->job->line, s->job->kind, s->job->name, cost_text(arena, cost));
    if (s->job->task_count) printf("  starts   %s\n", known ? fires_text(arena, &s->fires) : s->fires.known ? s->fires.text : s->fires.why);
    if (s->cost.high > 0 && !s->fires.continuous)
        printf("  runs     %s, by its tasks %s\n", time_text(arena, s->cost.low, s->cost.high), s->cost.critical ? s->cost.critical : "");
    tasks_print(arena, s);
    for (size_t i = 0; i < cost->assumptions.n; i++) printf("  %-8s %s\n", i ? "" : "assumed", cost->assumptions.at[i]);
    if (cost->price_date) printf("  prices   of %s (%s)\n", cost_dates(arena, cost), cost->price_source);
}

/* ---- worked out ---- */

static const struct err *job_say(struct arena *arena, const struct jobs_ask *ask, const struct check_input *in, const struct job *job, bool *known) {
    struct job_said s = {.job = job, .fires = fires_of(arena, &job->schedule, in->now)};
    TRY(job_money_input(arena, in, job, &s.input));
    if (job->task_count) s.cost = job_cost_of(arena, &s.input);
    else s.cost.cost = compute_stands_cost(arena, in->prices, &s.input.place, &job->clusters[0]);
    if (ask->json) puts(jsx_dump(arena, jsx_own(arena, job_json(ask->file, &s)), false));
    else job_print(arena, ask->file, &s);
    *known = *known && s.cost.cost.known;
    return NULL;
}

/* A bundle includes files: its jobs stand there. */
static bool is_of_file(const struct job *job, const char *path) {
    static const char *const bundles[] = {"databricks.yml", "databricks.yaml", "bundle.yml"};
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    if (job->path && strcmp(job->path, path) == 0) return true;
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) {
        size_t folder = (size_t)(base - path);
        if (strcmp(base, bundles[i]) == 0 && job->path && strncmp(job->path, path, folder) == 0) return true;
    }
    return false;
}

static struct repo_settings *settings_with(struct arena *arena, const struct repo_settings *found, const struct jobs_ask *ask) {
    struct repo_settings *s = arena_new(arena, struct repo_settings);
    *s = *found;
    if (ask->place.cloud) s->cloud = ask->place.cloud;
    if (ask->place.region) s->region = ask->place.region;
    if (ask->place.tier) s->tier = ask->place.tier;
    if (ask->size) s->warehouse_size = ask->size;
    if (ask->type) s->warehouse_type = ask->type;
    return s;
}

const struct err *cost_jobs(struct arena *arena, const struct jobs_ask *ask, bool *known) {
    const char *slash = strrchr(ask->file, '/');
    const char *dir = ask->repo ? ask->repo : slash ? arena_copy(arena, ask->file, (size_t)(slash - ask->file)) : ".";
    size_t n = strlen(dir);
    bool below = strncmp(ask->file, dir, n) == 0 && ask->file[n] == '/';
    const char *path = below ? ask->file + n + 1 : strncmp(ask->file, "./", 2) == 0 ? ask->file + 2 : ask->file;
    struct file_source source;
    struct reading *reading;
    const struct repo_settings *found;
    size_t count = 0;
    TRY(file_source_dir(arena, dir, &source));
    TRY(read_files(arena, &source, &(struct read_options){.dialect = ask->dialect}, &reading));
    TRY(local_settings(arena, dir, &found));
    struct check_input in = {.repo = dir,
                             .settings = settings_with(arena, found, ask),
                             .prices = ask->prices,
                             .catalogs = ask->catalogs,
                             .catalog_count = ask->catalog_count,
                             .head = reading,
                             .now = clock_now()};
    TRY(check_subjects(arena, &in, reading, &in.subjects, &in.subject_count));
    *known = true;
    for (size_t i = 0; i < reading->jobs.n; i++) {
        const struct job *job = &reading->jobs.at[i];
        if (!is_of_file(job, path) || (!job->task_count && !job->cluster_count)) continue;
        count++;
        TRY(job_say(arena, ask, &in, job, known));
    }
    if (!count) return err_new(ERR_INPUT, "%s holds no job, pipeline, cluster, warehouse or pool (its path below %s is %s)", ask->file, dir, path);
    return NULL;
}
