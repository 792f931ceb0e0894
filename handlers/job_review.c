/* job_review.c - a job was made or ran: its queries enter the catalog and get the same review, in Slack and, where its source is connected, as an
 * issue. */
#include "catalog.h"
#include "events.h"
#include "http.h"
#include "installation.h"
#include "job_event.h"
#include "log.h"
#include "past.h"
#include "payload.h"
#include "quick_review.h"
#include "read.h"
#include "record.h"
#include "render.h"
#include "wanted.h"

#define JOB_BODY_MAX ((size_t)10 << 20)

/* ---- event to reading ---- */

static void schedule_set(const struct job_event *e, struct reading *reading) {
    for (size_t i = 0; i < reading->definitions.n; i++) {
        struct definition *d = &reading->definitions.at[i];
        if (!d->schedule.cron) d->schedule.cron = e->cron;
        if (!d->schedule.timezone) d->schedule.timezone = e->timezone;
        if (!d->owner) d->owner = e->owner;
        if (!d->job) d->job = e->name;
    }
}

static enum dialect dialect_of(const struct event_task *task) {
    enum dialect dialect = DIALECT_DATABRICKS;
    if (task->dialect) dialect_parse(str_of(task->dialect), &dialect);
    return dialect;
}

static void reading_join(struct arena *arena, struct reading *into, const struct reading *from) {
    for (size_t i = 0; i < from->definitions.n; i++) *vec_add(arena, &into->definitions) = from->definitions.at[i];
    for (size_t i = 0; i < from->facts.n; i++) *vec_add(arena, &into->facts) = from->facts.at[i];
    for (size_t i = 0; i < from->gaps.n; i++) *vec_add(arena, &into->gaps) = from->gaps.at[i];
    into->files += from->files;
    into->statements += from->statements;
}

static void task_read(struct arena *arena, const struct event_task *task, const char *path, struct reading *into) {
    struct reading *one = read_sql_text(arena, path, str_of(task->sql), dialect_of(task));
    bool names_one = task->writes && one->definitions.n == 1 && !one->definitions.at[0].dataset;
    if (names_one) {
        one->definitions.at[0].dataset = task->writes;
        one->definitions.at[0].kind = DEF_TABLE;
    }
    reading_join(arena, into, one);
}

/* What a run says of its tables: sizes and columns. */
static void facts_read(struct arena *arena, const struct job_event *e, const char *path, struct reading *into) {
    const struct event_dataset *lists[2] = {e->inputs, e->outputs};
    size_t counts[2] = {e->input_count, e->output_count};
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < counts[side]; i++) {
            const struct event_dataset *d = &lists[side][i];
            struct dataset_facts f = {.dataset = d->name, .path = path, .bytes = side == 1 ? d->bytes : -1, .rows = side == 1 ? d->rows : -1};
            f.columns = arena_array(arena, d->column_count + 1, sizeof *f.columns);
            for (size_t c = 0; c < d->column_count; c++)
                f.columns[f.column_count++] = (struct column_fact){.name = d->columns[c], .type = d->types[c]};
            *vec_add(arena, &into->facts) = f;
        }
    }
}

static struct reading *event_reading(struct arena *arena, const struct job_event *e, const char *path) {
    struct reading *reading = arena_new(arena, struct reading);
    if (e->job) read_job_json(arena, path, e->job, reading);
    if (e->own) read_job_external(arena, path, e->own, reading);
    for (size_t i = 0; i < e->task_count; i++) task_read(arena, &e->tasks[i], path, reading);
    schedule_set(e, reading);
    facts_read(arena, e, path, reading);
    return reading;
}

/* ---- reading to review ---- */

static const struct err *catalog_keep(const struct handler_context *context, const char *repo, const char *path, const struct reading *reading) {
    struct put_file file = {path, hash128(context->delivery->body.p, context->delivery->body.n)};
    struct catalog_put put = {.repo = repo, .scope = "main", .reading = reading, .files = &file, .file_count = 1, .now = context->now};
    struct catalog_put_stats stats;
    return catalog_put_reading(catalog_of(context->arena, context->store), &put, &stats);
}

struct job_done {
    const struct handler_context *context;
    const struct job_event *event;
    struct review *review;
    const char *subject;
};

static const struct err *record_put(const struct job_done *done) {
    struct arena *arena = done->context->arena;
    const struct review *r = done->review;
    struct review_record record = {.subject = done->subject,
                                   .repo = r->repo,
                                   .verdict = verdict_name(r->verdict),
                                   .title = done->event->name,
                                   .body = jsx_dump(arena, render_json(arena, r), false),
                                   .findings = (int64_t)r->findings.n,
                                   .delivery_id = done->context->delivery->id,
                                   .created_at = done->context->now};
    int64_t id;
    return review_record_put(done->context->store, &record, &id);
}

/* The issue goes to the repository the job's source lives in, when that one is connected. */
static const struct err *issue_want(const struct job_done *done, struct wanted *wanted) {
    const struct job_event *e = done->event;
    bool known = false;
    if (!payload_repo_valid(e->repo)) return NULL;
    TRY(installation_known(done->context, e->repo, &known));
    if (!known) return NULL;
    TRY(installation_recall(done->context, e->repo, &wanted->installation));
    struct review in_repo = *done->review;
    in_repo.repo = e->repo;
    wanted->review = &in_repo;
    const struct err *bad = wanted_issue(wanted);
    wanted->review = done->review;
    return bad;
}

static const struct err *job_put(const struct job_done *done) {
    struct wanted wanted = {.context = done->context, .review = done->review, .link = done->event->link, .may_speak_first = true};
    TRY(record_put(done));
    TRY(wanted_slack(&wanted));
    return issue_want(done, &wanted);
}

/* Everything about one event but the transaction. */
static const struct err *job_review(const struct handler_context *context, const struct job_event *e, struct job_done *done) {
    struct arena *arena = context->arena;
    const char *path = e->name, *repo = arena_printf(arena, "%s:%s", e->platform, e->id);
    struct reading *reading = event_reading(arena, e, path);
    struct review_record *last;
    *done = (struct job_done){.context = context, .event = e, .subject = arena_printf(arena, "job:%s/%s", e->platform, e->id)};
    if (reading->definitions.n == 0 && reading->facts.n == 0 && reading->jobs.n == 0 && reading->gaps.n == 0) return NULL;
    TRY(review_record_last(context->store, arena, done->subject, &last));
    struct quick what = {.repo = repo, .source = "job", .title = path, .author = e->owner, .past = past_read(arena, last ? last->body : NULL)};
    if (reading->definitions.n || reading->jobs.n) TRY(quick_run(context, &what, reading, &done->review));
    return catalog_keep(context, repo, path, reading);
}

static const struct err *all_put(const struct handler_context *context, const struct job_done *done, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (done[i].review) TRY(job_put(&done[i]));
    }
    return queue_settle(context->store, context->delivery, NULL);
}

static const struct err *events_commit(const struct handler_context *context, const struct job_event *events, size_t count) {
    struct job_done *done = arena_array(context->arena, count + 1, sizeof *done);
    for (size_t i = 0; i < count; i++) TRY(job_review(context, &events[i], &done[i]));
    TRY(store_begin(context->store));
    const struct err *bad = all_put(context, done, count);
    if (bad) {
        store_rollback(context->store);
        return bad;
    }
    return store_commit(context->store);
}

/* ---- the three senders ---- */

const struct err *on_job(const struct handler_context *context, const json_t *payload) {
    struct job_event e;
    TRY(job_event_own(context->arena, payload, &e));
    return events_commit(context, &e, 1);
}

const struct err *on_lineage(const struct handler_context *context, const json_t *payload) {
    struct job_event *events;
    size_t count, bad;
    TRY(job_events_lineage(context->arena, payload, &events, &count, &bad));
    if (bad) log_warn("lineage: %zu malformed event(s) of a batch passed over", bad);
    if (count == 0) return queue_settle(context->store, context->delivery, "no event with a job");
    return events_commit(context, events, count);
}

/* A notice carries only an id, and no signature: the job itself is asked for. */
static const struct err *job_fetch(const struct handler_context *context, struct job_event *e) {
    const struct settings *s = context->settings;
    struct arena *arena = context->arena;
    if (!s->databricks.host || !context->databricks_token)
        return err_new(ERR_CONFIG, "a notice about job %s: set databricks.host and PARLEY_DATABRICKS_TOKEN to read it", e->job_id);
    struct http_request request = {.method = "GET",
                                   .url =
                                       arena_printf(arena, "%s/api/2.2/jobs/get?job_id=%s", s->databricks.host, http_escape(arena, e->job_id, false)),
                                   .authorization = arena_printf(arena, "Bearer %s", context->databricks_token),
                                   .body_max = JOB_BODY_MAX};
    struct http_response response;
    TRY(http_send(context->http, arena, &request, &response));
    if (response.status == 429 || response.status >= 500) return err_new(ERR_RETRY, "databricks answered %d", response.status);
    if (response.status != 200) return err_new(ERR_REFUSED, "databricks answered %d for job %s", response.status, e->job_id);
    json_t *job;
    TRY(jsx_load(arena, response.body.p, response.body.n, &job));
    return job_event_databricks(arena, job, e);
}

const struct err *on_databricks(const struct handler_context *context, const json_t *payload) {
    struct job_event e;
    TRY(job_event_databricks(context->arena, payload, &e));
    if (e.job_id) TRY(job_fetch(context, &e));
    return events_commit(context, &e, 1);
}
