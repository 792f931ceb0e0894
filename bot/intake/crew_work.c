/* crew_work.c - one delivery at a time: lease it, run its process, see what became of it. */
#include "crew_parts.h"

#include "clock.h"
#include "jsonx.h"
#include "killpoint.h"
#include "log.h"
#include "metrics.h"
#include "process.h"

#include <stdio.h>
#include <string.h>

#define LEASE_SPARE_SECONDS 60
#define CRASHES_MAX         3 /* a delivery whose process dies this often is buried */
#define ENV_MAX             256

extern char **environ;

struct job {
    struct crew *crew;
    struct store *store;
    struct arena *arena;
    struct delivery *delivery;
    char last[512]; /* the process's last line */
};

/* The environment without secrets: a job's process gets its tokens by its input, and no more of them than it needs. */
static char **env_clean(struct arena *arena) {
    VEC(char *) out = {0};
    for (char **e = environ; *e && out.n < ENV_MAX - 1; e++) {
        const char *equals = strchr(*e, '=');
        size_t n = equals ? (size_t)(equals - *e) : strlen(*e);
        if (!settings_is_secret_env(*e, n)) *vec_add(arena, &out) = *e;
    }
    *vec_add(arena, &out) = NULL;
    return out.at;
}

/* The child's own lines are "TIME LEVEL TEXT"; ours take over level and text. */
static void line_pass(void *ctx, const char *line) {
    struct job *job = ctx;
    char level[8] = "";
    int text = 0;
    enum log_level as = LOG_LEVEL_WARN;
    if (sscanf(line, "%*20[0-9TZ:-] %7[a-z] %n", level, &text) == 1 && text > 0 && log_level_parse(level) >= 0)
        as = (enum log_level)log_level_parse(level);
    else text = 0;
    snprintf(job->last, sizeof job->last, "%s", line + text);
    log_line(as, "job %lld: %s", (long long)job->delivery->id, line + text);
}

static const struct err *input_make(struct job *job, struct str *out) {
    const struct crew_config *config = &job->crew->config;
    json_t *credentials = NULL;
    if (config->credentials) TRY(config->credentials(config->credentials_ctx, job->arena, job->delivery, &credentials));
    if (!credentials) credentials = jsx_own(job->arena, json_object());
    *out = str_of(jsx_dump(job->arena, credentials, false));
    return NULL;
}

static const struct err *job_spawn(struct job *job, struct process_result *result) {
    const struct crew_config *config = &job->crew->config;
    struct process_call call = {.path = config->program, .seconds = (int)config->settings->limits.job_seconds, .stop_fd = job->crew->stop_fd};
    char *id = arena_printf(job->arena, "%lld", (long long)job->delivery->id);
    char *lease = arena_printf(job->arena, "%lld", (long long)job->delivery->lease);
    char program[] = "parley", command[] = "job", delivery[] = "--delivery", token[] = "--lease", file[] = "--settings";
    char *path = arena_strdup(job->arena, config->settings->path);
    char *argv[] = {program, command, delivery, id, token, lease, path ? file : NULL, path, NULL};
    TRY(input_make(job, &call.input));
    call.argv = argv;
    call.envp = env_clean(job->arena);
    call.line = line_pass;
    call.ctx = job;
    return process_run(&call, result);
}

/* Has the process settled its delivery itself? */
static const struct err *job_settled(struct job *job, bool *yes) {
    struct delivery *now;
    TRY(queue_get(job->store, job->arena, job->delivery->id, &now));
    *yes = !now || strcmp(now->state, "leased") != 0 || now->lease != job->delivery->lease;
    return NULL;
}

static const struct err *job_fail(struct job *job, const struct err *why) {
    const struct crew_config *config = &job->crew->config;
    struct queue_teller teller = {config->gave_up, config->gave_up_ctx, job->arena};
    return queue_fail_telling(job->store, job->delivery, why, &teller);
}

static const struct err *crash_err(const struct job *job, const struct process_result *r) {
    enum err_kind kind = job->delivery->attempts >= CRASHES_MAX ? ERR_REFUSED : ERR_RETRY;
    if (r->end == PROCESS_TIMED_OUT)
        return err_new(kind, "the job took longer than %lld s", (long long)job->crew->config.settings->limits.job_seconds);
    const char *between = *job->last ? "; its last words: " : "";
    if (r->end == PROCESS_SIGNALLED) return err_new(kind, "the job was ended by signal %d%s%s", r->code, between, job->last);
    return err_new(kind, "the job ended with status %d without a result%s%s", r->code, between, job->last);
}

static const struct err *job_end(struct job *job, const struct process_result *r) {
    bool settled;
    metrics_add(METRIC_JOB_MICROS, r->micros);
    TRY(job_settled(job, &settled));
    if (settled) {
        metrics_add(r->end == PROCESS_EXITED && r->code == 0 ? METRIC_JOBS_DONE : METRIC_JOBS_FAILED, 1);
        return NULL;
    }
    if (r->end == PROCESS_STOPPED) return queue_release(job->store, job->delivery);
    metrics_add(METRIC_JOBS_KILLED, 1);
    const struct err *why = crash_err(job, r);
    log_warn("delivery %lld: %s", (long long)job->delivery->id, why->text);
    return job_fail(job, why);
}

static void job_run(struct job *job) {
    struct process_result result;
    const struct delivery *d = job->delivery;
    log_info("delivery %lld: %s %s, %s, attempt %d", (long long)d->id, d->sender, d->event, d->subject, d->attempts);
    kill_point("claim.after");
    const struct err *e = job_spawn(job, &result);
    if (e) {
        log_warn("delivery %lld: %s", (long long)d->id, e->text);
        metrics_add(METRIC_JOBS_FAILED, 1);
        e = job_fail(job, e);
    } else {
        e = job_end(job, &result);
    }
    /* The lease ends by itself when even this could not be stored. */
    if (e) log_error("delivery %lld: %s", (long long)d->id, e->text);
}

/* True when there was one. */
static bool work_once(struct crew *crew, struct store *store, struct arena *arena) {
    struct job job = {.crew = crew, .store = store, .arena = arena};
    int lease = (int)crew->config.settings->limits.job_seconds + LEASE_SPARE_SECONDS;
    const struct err *e = queue_claim(store, arena, lease, &job.delivery);
    if (e) log_error("queue: %s", e->text);
    if (!job.delivery) return false;
    atomic_fetch_add(&crew->busy, 1);
    job_run(&job);
    atomic_fetch_sub(&crew->busy, 1);
    crew_wake_all(crew); /* its lane is free, it may have wanted something sent, and it may have added deliveries */
    return true;
}

void *crew_work_run(void *ctx) {
    struct crew *crew = ctx;
    struct store *store = crew_store(crew);
    struct arena *arena = arena_create(ARENA_JOB);
    unsigned long seen = 0;
    while (store && !wake_is_over(&crew->work)) {
        bool worked = work_once(crew, store, arena);
        arena_reset(arena);
        if (!worked) wake_wait(&crew->work, &seen, CREW_POLL_MS);
    }
    arena_destroy(arena);
    store_close(store);
    return NULL;
}
