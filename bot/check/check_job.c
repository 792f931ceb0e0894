/* check_job.c - how jobs are run: their machines, people, limits, libraries and parameters. What a job does not say is only held against it when the
 * whole of its settings is known and it runs by itself. */
#include "look.h"

#include "fires.h"
#include "job_money.h"

#include <ctype.h>
#include <math.h>
#include <strings.h>

#define NAMES_MAX 4 /* named in a sentence; the others are counted */

/* A job of the platform itself, of which all settings are known. */
static bool is_job(const struct job *job) { return strcmp(job->kind, "job") == 0 && job->development != SAID_YES; }

static bool is_reference(const char *text) { return strstr(text, "${") || strstr(text, "{{"); }

/* ---- names in a sentence ---- */

struct names {
    const char *at[NAMES_MAX];
    size_t n;
};

static void names_add(struct names *names, const char *name) {
    for (size_t i = 0; i < names->n && i < NAMES_MAX; i++) {
        if (strcmp(names->at[i], name) == 0) return;
    }
    if (names->n < NAMES_MAX) names->at[names->n] = name;
    names->n++;
}

static const char *names_text(struct arena *arena, const struct names *names) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < names->n && i < NAMES_MAX; i++) buf_printf(&b, "%s%s", i ? ", " : "", names->at[i]);
    if (names->n > NAMES_MAX) buf_printf(&b, " and %zu more", names->n - NAMES_MAX);
    return buf_str(&b);
}

/* At the line of a part of the job, when that part is in the job's own file. */
static void place_at(struct finding *f, int line) {
    if (line <= 0) return;
    f->where.line = f->where.end_line = line;
}

/* Its sentence begins with "the job": a sentence has a capital. */
static void job_say(struct look *look, struct finding *f, const char *text) {
    char *sentence = arena_strdup(look->arena, text);
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    f->text = sentence;
    look_say(look, f);
}

/* ---- where it runs ---- */

static bool is_here(const struct job *job, const struct task *t) { return t->path_said && job->path && strcmp(t->path_said, job->path) == 0; }

static const char *task_name(const struct task *t) { return t->key ? t->key : "a task"; }

static const struct err *all_purpose_look(struct look *look, const struct job *job) {
    struct names tasks = {0};
    int line = 0;
    if (!job_is_live(job)) return NULL;
    for (size_t i = 0; i < job->task_count; i++) {
        const struct task *t = &job->tasks[i];
        if (t->compute.kind != COMPUTE_ALL_PURPOSE) continue;
        names_add(&tasks, task_name(t));
        if (!line && is_here(job, t)) line = t->line;
    }
    if (!tasks.n) return NULL;
    struct finding *f = look_job_finding(look, RULE_JOB_ALL_PURPOSE, job, NULL);
    place_at(f, line);
    f->next_step = "run it on a job cluster or serverless";
    job_money_own_cluster(look, job, f);
    job_say(look, f,
            arena_printf(look->arena, "%s runs %s by itself on an all-purpose cluster, whose price is higher and whose machines are shared.",
                         f->subject, names_text(look->arena, &tasks)));
    return NULL;
}

/* ---- who answers for it ---- */

static const char *settings_owner(const struct look *look, const struct job *job) {
    for (size_t i = 0; i < look->in->settings->owner_count; i++) {
        const struct owner_rule *rule = &look->in->settings->owners[i];
        if (job->path && strchr(rule->pattern, '/') && text_glob(rule->pattern, job->path)) return rule->who;
    }
    return look->in->settings->owner_default;
}

static const struct err *owner_look(struct look *look, const struct job *job) {
    bool told = job->notice.failure > 0;
    for (size_t i = 0; i < job->task_count; i++) told = told || job->tasks[i].notice.failure > 0;
    if (!job_is_live(job) || told || job->owner || job->run_as || job->run_as_kind || settings_owner(look, job)) return NULL;
    struct finding *f = look_job_finding(look, RULE_JOB_OWNER, job, NULL);
    f->next_step = "name an owner by a tag or run_as, and whom to tell on failure";
    job_say(look, f, arena_printf(look->arena, "%s runs by itself, has no owner, and tells nobody when it fails.", f->subject));
    return NULL;
}

static const struct err *run_as_look(struct look *look, const struct job *job) {
    if (!job_is_live(job) || job->run_as_kind != RUN_AS_USER || !job->run_as || is_reference(job->run_as) || !strchr(job->run_as, '@')) return NULL;
    struct finding *f = look_job_finding(look, RULE_JOB_RUN_AS, job, NULL);
    f->next_step = "let a service principal run it";
    job_say(look, f,
            arena_printf(look->arena, "%s runs as the person %s: it stops when they leave, and may do all that they may.", f->subject, job->run_as));
    return NULL;
}

/* ---- limits ---- */

/* Ends by a limit. A task of another machinery (a pipeline, another job, a warehouse) has its limits there. */
static bool task_is_bounded(const struct task *t) {
    static const char *const elsewhere[] = {"pipeline", "run_job", "condition", "for_each", "dashboard", "sql", "power_bi", "alert"};
    for (size_t i = 0; t->type && i < sizeof elsewhere / sizeof *elsewhere; i++) {
        if (strcmp(t->type, elsewhere[i]) == 0) return true;
    }
    return t->timeout_seconds != NOT_SAID && t->timeout_seconds > 0;
}

static const struct err *timeout_look(struct look *look, const struct job *job) {
    struct names tasks = {0};
    bool limited = job->timeout_seconds != NOT_SAID && job->timeout_seconds > 0;
    if (!job_is_live(job) || job->schedule.continuous || limited || job->warn_seconds > 0 || job->notice.slow > 0) return NULL;
    for (size_t i = 0; i < job->task_count; i++) {
        if (!task_is_bounded(&job->tasks[i])) names_add(&tasks, task_name(&job->tasks[i]));
    }
    if (!tasks.n) return NULL;
    struct finding *f = look_job_finding(look, RULE_JOB_TIMEOUT, job, NULL);
    f->next_step = "set timeout_seconds, or a health rule on the duration of a run";
    job_say(look, f,
            arena_printf(look->arena, "%s has no timeout: a run of %s that hangs is paid for until somebody looks.", f->subject,
                         names_text(look->arena, &tasks)));
    return NULL;
}

/* A stream is meant to be started again for ever; what a timetable starts is not. */
static const struct err *retries_look(struct look *look, const struct job *job) {
    bool timetable = job->schedule.cron || job->schedule.every_seconds > 0;
    if (!is_job(job) || !timetable || job->schedule.continuous) return NULL;
    for (size_t i = 0; i < job->task_count; i++) {
        const struct task *t = &job->tasks[i];
        if (t->max_retries != -1) continue;
        struct finding *f = look_job_finding(look, RULE_JOB_RETRIES, job, t->key);
        place_at(f, is_here(job, t) ? t->line : 0);
        f->next_step = "set max_retries to 1 or 2; its timetable starts it anew anyhow";
        job_say(look, f,
                arena_printf(look->arena, "%s retries %s without end: a mistake that stays is paid for again and again.", f->subject, task_name(t)));
    }
    return NULL;
}

/* ---- libraries ---- */

static void libraries_add(const struct library *libraries, size_t count, struct names *names, int *line) {
    for (size_t i = 0; i < count; i++) {
        const struct library *l = &libraries[i];
        bool indexed = strcmp(l->kind, "pypi") == 0 || strcmp(l->kind, "maven") == 0 || strcmp(l->kind, "cran") == 0;
        if (l->pinned || !indexed || !l->name || is_reference(l->name) || strchr(l->name, '/')) continue;
        names_add(names, l->name);
        if (!*line) *line = l->line;
    }
}

static const struct err *libraries_look(struct look *look, const struct job *job) {
    struct names names = {0};
    int line = 0;
    bool pipeline = strcmp(job->kind, "pipeline") == 0 && job->development != SAID_YES;
    if (!job_is_live(job) && !pipeline) return NULL;
    libraries_add(job->libraries, job->library_count, &names, &line);
    for (size_t i = 0; i < job->task_count; i++) {
        int elsewhere = 0;
        libraries_add(job->tasks[i].libraries, job->tasks[i].library_count, &names, is_here(job, &job->tasks[i]) ? &line : &elsewhere);
    }
    if (!names.n) return NULL;
    struct finding *f = look_job_finding(look, RULE_JOB_LIBRARY, job, NULL);
    place_at(f, line);
    f->next_step = "pin each to a version";
    job_say(look, f,
            arena_printf(look->arena, "%s installs whatever version of %s is newest when it starts.", f->subject, names_text(look->arena, &names)));
    return NULL;
}

/* ---- secrets ---- */

/* Only the names are ever said. `where` is the task or cluster. */
static void secrets_say(struct look *look, const struct job *job, const struct parameter *list, size_t count, const char *where) {
    for (size_t i = 0; i < count; i++) {
        const struct parameter *p = &list[i];
        if (!p->secret) continue;
        struct finding *f =
            look_job_finding(look, RULE_JOB_SECRET, job, arena_printf(look->arena, "%s %s %s", where ? where : "", p->where, p->name));
        place_at(f, p->line);
        f->next_step = "take it back where it was issued, keep the new one in a secret scope, and refer to that";
        job_say(look, f, arena_printf(look->arena, "%s has a secret in plain text in %s, under the name %s.", f->subject, p->where, p->name));
    }
}

static const struct err *secrets_look(struct look *look, const struct job *job) {
    secrets_say(look, job, job->parameters, job->parameter_count, NULL);
    for (size_t i = 0; i < job->cluster_count; i++)
        secrets_say(look, job, job->clusters[i].configuration, job->clusters[i].configuration_count, job->clusters[i].key);
    for (size_t i = 0; i < job->task_count; i++) {
        const struct task *t = &job->tasks[i];
        secrets_say(look, job, t->parameters, t->parameter_count, t->key);
        if (!t->compute.key) secrets_say(look, job, t->compute.configuration, t->compute.configuration_count, t->key);
    }
    return NULL;
}

/* ---- timetables ---- */

#define OFTEN_FACTOR 4 /* so many runs see the same source before it is said */

/* "daily at 05:00", "hourly", "every 15 minutes", a cron expression: seconds between two refreshes; 0 when it cannot be told. */
static double refresh_seconds(struct arena *arena, const char *words, int64_t now) {
    static const struct {
        const char *start;
        double seconds;
    } known[] = {{"hourly", 3600},  {"daily", 86400},  {"nightly", 86400},       {"weekly", 7 * 86400.0},   {"monthly", 30 * 86400.0},
                 {"@hourly", 3600}, {"@daily", 86400}, {"@weekly", 7 * 86400.0}, {"@monthly", 30 * 86400.0}};
    if (!words) return 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].start);
        if (strncasecmp(words, known[i].start, n) == 0 && !isalnum((unsigned char)words[n])) return known[i].seconds;
    }
    struct fires fires = fires_of(arena, &(struct schedule){.cron = words}, now);
    return fires.known ? fires.shortest : 0;
}

static double schedule_seconds(struct arena *arena, const struct schedule *s, int64_t now) {
    if (s->continuous || s->trigger || s->paused) return 0;
    struct fires fires = fires_of(arena, s, now);
    return fires.known && !fires.continuous ? fires.shortest : 0;
}

/* How often the source gets new rows, at the least; 0 when it is not known of every way it is filled. */
static const struct err *source_seconds(struct look *look, const char *dataset, double *out) {
    double least = INFINITY;
    for (size_t c = 0; c < look->in->catalog_count; c++) {
        struct dataset *known;
        struct entry *fillers;
        size_t count;
        TRY(catalog_dataset(look->arena, look->in->catalogs[c], dataset, &known));
        double said = known ? refresh_seconds(look->arena, known->refresh, look->in->now) : 0;
        if (said > 0) return *out = said, NULL;
        TRY(catalog_fillers(look->arena, look->in->catalogs[c], dataset, &fillers, &count));
        for (size_t i = 0; i < count; i++) {
            double one = schedule_seconds(look->arena, &fillers[i].schedule, look->in->now);
            if (fillers[i].kind == DEF_VIEW || fillers[i].kind == DEF_STREAMING || one <= 0) return *out = 0, NULL;
            least = one < least ? one : least;
        }
    }
    *out = isinf(least) ? 0 : least;
    return NULL;
}

static const char *interval_text(struct arena *arena, double seconds) {
    if (seconds < 90) return "every minute";
    if (seconds < 3600) return arena_printf(arena, "every %.0f minutes", seconds / 60);
    if (seconds < 5400) return "every hour";
    if (seconds < 86400 * 0.9) return arena_printf(arena, "every %.0f hours", seconds / 3600);
    if (seconds < 86400 * 1.5) return "once a day";
    return arena_printf(arena, "every %.0f days", seconds / 86400);
}

static const struct err *often_look(struct look *look) {
    const struct subject *s = look->subject;
    const struct definition *d = s->definition;
    double mine = schedule_seconds(look->arena, &d->schedule, look->in->now), fastest = INFINITY;
    const char *name = NULL;
    if (mine <= 0 || !definition_kind_stored(d->kind) || d->kind == DEF_STREAMING || !d->reads_complete || !d->read_count) return NULL;
    for (size_t i = 0; i < d->read_count; i++) {
        double one;
        TRY(source_seconds(look, d->reads[i], &one));
        if (one <= 0) return NULL;
        if (one < fastest) fastest = one, name = d->reads[i];
    }
    if (mine * OFTEN_FACTOR > fastest) return NULL;
    struct finding *f = look_finding(look, RULE_JOB_OFTEN, name, (struct range){0});
    f->dataset = name;
    f->text = arena_printf(look->arena, "%s is computed %s, but what it reads changes %s at the most (%s): most runs give what the last one gave.",
                           f->subject, interval_text(look->arena, mine), interval_text(look->arena, fastest), name);
    f->next_step = "run it after its source is refreshed: on a table update trigger, or as often as the source";
    f->cost = s->cost;
    look_say(look, f);
    return NULL;
}

const struct look_rule job_looks[] = {
    {.rule = RULE_JOB_ALL_PURPOSE, .job = all_purpose_look},
    {.rule = RULE_JOB_OWNER, .job = owner_look},
    {.rule = RULE_JOB_TIMEOUT, .job = timeout_look},
    {.rule = RULE_JOB_RETRIES, .job = retries_look},
    {.rule = RULE_JOB_OFTEN, .touched = true, .subject = often_look},
    {.rule = RULE_JOB_LIBRARY, .job = libraries_look},
    {.rule = RULE_JOB_RUN_AS, .job = run_as_look},
    {.rule = RULE_JOB_SECRET, .job = secrets_look},
    LOOKS_END,
};
