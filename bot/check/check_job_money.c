/* check_job_money.c - clusters that nobody ends, that are too large for what they read, that run all the time: named with what that costs; and jobs
 * that start again before they have ended. */
#include "job_money.h"

#include "job_cost.h"

#include <ctype.h>
#include <math.h>

#define HOURLY       3600.0 /* what running all the time is held against */
#define RUNS_TELLING 3      /* past runs from which on they say how long the next takes */

/* Its file, one of a pipeline's files, a model of the dbt project it builds, or the SQL it holds itself. */
static bool task_runs(const struct job *job, const struct task *task, const struct subject *s) {
    const char *path = s->entry.path;
    bool own = s->entry.job && job->name && strcmp(s->entry.job, job->name) == 0;
    if (!path) return false;
    if (task->sql) return own && job->path && strcmp(path, job->path) == 0 && s->entry.line == task->line;
    if (!task->path) return false;
    if (strcmp(path, task->path) == 0) return true;
    if (strchr(task->path, '*')) return text_glob(task->path, path);
    return own && s->entry.artefact == ARTEFACT_DBT_MODEL && task->type && strcmp(task->type, "dbt") == 0;
}

/* The time of a task is that of the definitions it runs, one after the other. */
static struct task_time time_of(struct arena *arena, const struct check_input *in, const struct job *job, const struct task *task) {
    struct task_time t = {.unknown = "what it runs is not in this repository"};
    for (size_t i = 0; i < in->subject_count; i++) {
        const struct subject *s = &in->subjects[i];
        struct span run;
        const char *why;
        if (!task_runs(job, task, s) || s->entry.kind == DEF_TEMP || s->entry.kind == DEF_VIEW || s->entry.kind == DEF_EPHEMERAL) continue;
        if (!check_seconds(arena, in, s, &task->compute, &run, &why)) return (struct task_time){.unknown = why};
        t.known = true;
        t.low += run.low;
        t.high += run.high;
        t.bytes += s->scan.high;
    }
    return t;
}

static const struct job *job_before(const struct check_input *in, const struct job *job) {
    for (size_t i = 0; in->base && i < in->base->jobs.n; i++) {
        const struct job *old = &in->base->jobs.at[i];
        if (strcmp(old->id, job->id) == 0 || (old->name && job->name && strcmp(old->name, job->name) == 0)) return old;
    }
    return NULL;
}

/* Does it run the same on the same machines as before the change? Then what was billed for it still says what it costs. */
static bool is_as_before(const struct check_input *in, const struct job *job) {
    const struct job *old = job_before(in, job);
    if (!in->base) return true;
    for (size_t i = 0; i < in->subject_count; i++) {
        const struct subject *s = &in->subjects[i];
        if (s->changed && s->entry.job && job->name && strcmp(s->entry.job, job->name) == 0) return false;
    }
    for (size_t i = 0; old && i < job->task_count; i++) {
        if (i >= old->task_count || !look_compute_same(&old->tasks[i].compute, &job->tasks[i].compute)) return false;
    }
    return old && old->task_count == job->task_count;
}

static const struct err *billed_find(struct arena *arena, const struct check_input *in, const struct job *job, struct job_cost_input *out) {
    struct billed *billed = arena_new(arena, struct billed);
    enum billed_kind kind = strcmp(job->kind, "pipeline") == 0 ? BILLED_PIPELINE : BILLED_JOB;
    if (!job->task_count || !is_as_before(in, job)) return NULL;
    for (size_t i = 0; i < in->catalog_count && !billed->from; i++)
        TRY(billed_of(arena, in->catalogs[i], in->prices, kind, job->key, job->name, billed));
    if (billed->from) out->billed = billed;
    return NULL;
}

const struct err *job_money_input(struct arena *arena, const struct check_input *in, const struct job *job, struct job_cost_input *out) {
    struct task_time *times = arena_array(arena, job->task_count + 1, sizeof *times);
    for (size_t i = 0; i < job->task_count; i++) times[i] = time_of(arena, in, job, &job->tasks[i]);
    *out = (struct job_cost_input){
        .job = job, .tasks = times, .prices = in->prices, .place = {in->settings->cloud, in->settings->region, in->settings->tier}, .now = in->now};
    for (size_t i = 0; i < in->catalog_count && !out->past_runs; i++) {
        struct history h;
        TRY(history_of_job(arena, in->catalogs[i], job->name, &h));
        if (!h.runs) TRY(history_of_job(arena, in->catalogs[i], job->key, &h)); /* by the platform's id */
        out->past_runs = h.runs, out->past_low = h.low, out->past_high = h.high;
    }
    return billed_find(arena, in, job, out);
}

static const struct err *input_of(struct look *look, const struct job *job, struct job_cost_input *out) {
    return job_money_input(look->arena, look->in, job, out);
}

void job_money_own_cluster(struct look *look, const struct job *job, struct finding *f) {
    struct job_cost_input in;
    if (input_of(look, job, &in)) return;
    f->cost = job_cost_of(look->arena, &in).cost;
    f->saving = job_saves_own_cluster(look->arena, &in);
    if (!f->saving.known && f->saving.unknown) text_list_add(look->arena, &f->notes, f->saving.unknown);
    if (!f->cost.known) f->cost = cost_unknown(NULL);
}

static void say(struct look *look, struct finding *f, const char *text) {
    char *sentence = arena_strdup(look->arena, text);
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    f->text = sentence;
    look_say(look, f);
}

/* ---- a cluster that stands for itself ---- */

static const struct err *idle_look(struct look *look, const struct job *job) {
    if (strcmp(job->kind, "cluster") != 0 || !job->cluster_count) return NULL;
    const struct compute *c = &job->clusters[0];
    struct price_place place = {look->in->settings->cloud, look->in->settings->region, look->in->settings->tier};
    if (c->autotermination_minutes > 0 || c->policy) return NULL; /* a policy may set it */
    struct finding *f = look_job_finding(look, RULE_JOB_IDLE, job, NULL);
    struct compute priced = *c;
    if (priced.kind == COMPUTE_UNKNOWN) priced.kind = COMPUTE_ALL_PURPOSE;
    f->next_step = "let it end after 30 minutes without work: autotermination_minutes";
    f->saving = cluster_idle_cost(look->arena, look->in->prices, &place, &priced);
    say(look, f,
        arena_printf(look->arena, "The cluster %s does not end by itself%s.", job->name ? job->name : "",
                     f->saving.known ? arena_printf(look->arena, ": idle, it costs %s", cost_text(look->arena, &f->saving)) : ""));
    return NULL;
}

/* ---- too large ---- */

static const struct err *oversized_look(struct look *look, const struct job *job) {
    struct job_cost_input in;
    if (!job_is_live(job) || job->schedule.continuous) return NULL;
    TRY(input_of(look, job, &in));
    for (size_t i = 0; i < job->task_count; i++) {
        const struct task *t = &job->tasks[i];
        int workers;
        struct cost saving = job_saves_smaller(look->arena, &in, i, &workers);
        if (!in.tasks[i].known || !saving.known) continue;
        char bytes[32];
        text_bytes(in.tasks[i].bytes, bytes, sizeof bytes);
        struct finding *f = look_job_finding(look, RULE_JOB_OVERSIZED, job, t->key);
        f->saving = saving;
        f->next_step = arena_printf(look->arena, "try it with %d worker%s", workers, workers == 1 ? "" : "s");
        say(look, f,
            arena_printf(look->arena, "%s has %d workers or more for its task %s, which reads up to %s a run.", f->subject, t->compute.workers_min,
                         t->key ? t->key : "", bytes));
        return NULL;
    }
    return NULL;
}

/* ---- always on ---- */

static const struct err *always_on_look(struct look *look, const struct job *job) {
    struct job_cost_input in;
    if (!job_is_live(job) || !job->schedule.continuous) return NULL;
    TRY(input_of(look, job, &in));
    struct job_cost now = job_cost_of(look->arena, &in);
    struct cost saving = job_saves_scheduled(look->arena, &in, HOURLY);
    if (!saving.known || saving.high < look->in->settings->min_cost_per_month) return NULL;
    struct finding *f = look_job_finding(look, RULE_JOB_ALWAYS_ON, job, NULL);
    f->cost = now.cost.known ? now.cost : cost_unknown(NULL);
    f->saving = saving;
    f->next_step = "if an hour's delay will do, let it run hourly and take what is there (availableNow)";
    say(look, f, arena_printf(look->arena, "%s runs all the time; once an hour it would cost %s less.", f->subject, cost_text(look->arena, &saving)));
    return NULL;
}

/* ---- starts again before it has ended ---- */

/* Seconds that a run takes at the least: of three quarters of its past runs, else as estimated. 0 when not known. */
static double run_seconds(struct look *look, const struct job_cost_input *in, const char **basis) {
    if (in->past_runs) {
        *basis = arena_printf(look->arena, "three quarters of its last %zu runs took longer", in->past_runs);
        return in->past_runs >= RUNS_TELLING ? in->past_low : 0;
    }
    *basis = "estimated from what its tasks read, at the least";
    struct job_cost estimated = job_cost_of(look->arena, in);
    return estimated.cost.known ? estimated.low : 0; /* on machines that are known */
}

static const char *duration_text(struct arena *arena, double seconds) {
    if (seconds < 120) return arena_printf(arena, "%.0f seconds", seconds);
    if (seconds < 7200) return arena_printf(arena, "%.0f minutes", seconds / 60);
    return arena_printf(arena, "%.1f hours", seconds / 3600);
}

/* What is not said of the queue depends on how the job is deployed: only a queue that is switched off lets starts be lost. */
static const struct err *overlap_look(struct look *look, const struct job *job) {
    bool at_once = job->max_concurrent_runs != NOT_SAID && job->max_concurrent_runs > 1, lost = !at_once && job->queue == SAID_NO;
    struct job_cost_input in;
    const char *basis;
    if (!job_is_live(job) || job->schedule.continuous || job->schedule.trigger || (!at_once && !lost)) return NULL;
    struct fires fires = fires_of(look->arena, &job->schedule, look->in->now);
    if (!fires.known || fires.continuous || fires.shortest <= 0) return NULL;
    if (job->timeout_seconds != NOT_SAID && job->timeout_seconds > 0 && job->timeout_seconds <= fires.shortest) return NULL; /* ended before */
    TRY(input_of(look, job, &in));
    double seconds = run_seconds(look, &in, &basis);
    if (seconds <= fires.shortest) return NULL;
    int runs = (int)fmin(job->max_concurrent_runs, floor(seconds / fires.shortest) + 1);
    struct finding *f = look_job_finding(look, RULE_JOB_OVERLAP, job, NULL);
    f->next_step = at_once ? "start it less often, or set max_concurrent_runs to 1 with a queue, so that no two runs write at once"
                           : "start it only as often as its runs can end";
    f->cost = job_cost_of(look->arena, &in).cost;
    if (!f->cost.known) f->cost = cost_unknown(NULL);
    text_list_add(look->arena, &f->notes, basis);
    say(look, f,
        arena_printf(look->arena, "%s starts %s, but a run takes more than %s: %s.", f->subject, fires.text, duration_text(look->arena, seconds),
                     at_once ? arena_printf(look->arena, "up to %d runs work on the same tables at once", runs)
                             : "without a queue the starts in between are lost"));
    return NULL;
}

const struct look_rule job_money_looks[] = {
    {.rule = RULE_JOB_IDLE, .job = idle_look},
    {.rule = RULE_JOB_OVERSIZED, .job = oversized_look},
    {.rule = RULE_JOB_ALWAYS_ON, .job = always_on_look},
    {.rule = RULE_JOB_OVERLAP, .job = overlap_look},
    LOOKS_END,
};
