/* runs.c - rows of a platform's history into runs: recognized by their columns, matched to plans, each once. */
#include "runs.h"

#include "bill.h"
#include "billed.h"
#include "bind.h"
#include "clock.h"
#include "entry.h"
#include "feature.h"
#include "map.h"
#include "records.h"
#include "store.h"
#include "views.h"

#include <math.h>

#define JOB_DEFINITIONS_MAX 200
#define YEAR_SECONDS        (366 * 86400.0)
#define STATEMENT_MAX       ((size_t)1 << 20)

/* One run on its way in. */
struct run {
    const char *source; /* "query", "job", "openlineage" */
    const char *key;    /* of the platform */
    const char *compute, *statement, *job, *job_id, *task, *dataset;
    double started, seconds;
    double read_bytes, read_rows, produced_rows; /* -1: not said */
    enum dialect dialect;
};

/* What a statement or definition was matched to. */
struct matched {
    const char *how; /* "statement", "job", "dataset"; NULL: nothing */
    const char *fingerprint;
    struct run_kin kin;
    double estimated; /* seconds of REFERENCE_CORES; 0 not known */
};

struct importing {
    struct arena *arena; /* of the import */
    struct catalog *catalog;
    struct runs_imported *out;
    struct map *seen;    /* statement or job -> struct matched */
    struct map *pending; /* runs put together of several rows: key -> struct partial */
    int64_t now;
};

/* A run of which rows come in slices or events. */
struct partial {
    struct run run;
    double from, until;
    bool done, failed;
};

/* ---- fingerprints and estimates ---- */

static const char *hex_of(struct arena *arena, struct hash128 hash) {
    char *hex = arena_alloc(arena, HASH_HEX);
    hash128_hex(hash, hex);
    return hex;
}

/* The text without layout and case: for what cannot be bound. */
static struct hash128 text_hash(struct arena *arena, const char *sql) {
    struct buf b = buf_new(arena);
    for (const char *p = sql; *p; p++) {
        bool blank = *p == ' ' || *p == '\n' || *p == '\t' || *p == '\r';
        if (blank && (!b.n || b.p[b.n - 1] == ' ')) continue;
        buf_char(&b, blank ? ' ' : *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
    }
    while (b.n && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == ';')) b.n--;
    return hash128(b.p, b.n);
}

const char *run_fingerprint(struct arena *arena, const struct plan *plan, const char *sql) {
    struct hash128 hash = {0, 0};
    if (plan) hash = features_of(arena, plan)->exact;
    if (!hash.hi && !hash.lo && sql) hash = text_hash(arena, sql);
    return hash.hi || hash.lo ? hex_of(arena, hash) : NULL;
}

/* What plans have in common that differ in what they select, show and compare with. */
static struct hash128 shape_hash(struct arena *arena, const struct features *f) {
    struct buf b = buf_new(arena);
    size_t tables = 0;
    for (size_t i = 0; i < f->n; i++) {
        enum feature_kind kind = f->at[i].kind;
        if (kind != FEATURE_TABLE && kind != FEATURE_JOIN_EDGE && kind != FEATURE_GROUP_KEY) continue;
        tables += kind == FEATURE_TABLE;
        buf_printf(&b, "%d %llx\n", (int)kind, (unsigned long long)f->at[i].hash);
    }
    return tables ? hash128(b.p, b.n) : (struct hash128){0, 0};
}

struct run_kin run_kin_of(struct arena *arena, const struct plan *plan) {
    struct run_kin kin = {0};
    if (!plan) return kin;
    const struct features *f = features_of(arena, plan);
    struct hash128 shape = shape_hash(arena, f);
    if (f->parameters.hi || f->parameters.lo) kin.family = hex_of(arena, f->parameters);
    if (shape.hi || shape.lo) kin.shape = hex_of(arena, shape);
    return kin;
}

static double work_seconds(const struct work *work) { return work->known ? bill_seconds(work, REFERENCE_CORES) : 0; }

/* What was estimated of the plan when it was reviewed; 0 when it was not. */
static const struct err *estimate_load(struct arena *arena, struct catalog *catalog, const char *fingerprint, double *out) {
    struct row row;
    TRY(store_one(catalog_store(catalog), arena, "SELECT seconds FROM estimate WHERE fingerprint = $1", VALS(val_text(fingerprint)), &row));
    *out = row.count ? val_as_real(&row.at[0], 0) : 0;
    return NULL;
}

const struct err *estimate_store(struct catalog *catalog, const char *fingerprint, const struct work *work, const char *name, int64_t now) {
    if (!fingerprint || !work->known) return NULL;
    return store_run(
        catalog_store(catalog),
        "INSERT INTO estimate (fingerprint, seconds, spread, read_bytes, name, made_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT "
        "(fingerprint) DO UPDATE SET seconds = excluded.seconds, spread = excluded.spread, read_bytes = excluded.read_bytes, made_at = "
        "excluded.made_at",
        VALS(val_text(fingerprint), val_real(work_seconds(work)), val_real(work->spread), val_real(work->read_bytes), val_text(name), val_int(now)),
        NULL);
}

static const struct err *plan_estimate(struct importing *in, struct arena *arena, const struct plan *plan, const char *sql, struct matched *out) {
    struct work work;
    const char *fingerprint = run_fingerprint(arena, plan, sql);
    struct run_kin kin = run_kin_of(arena, plan);
    out->fingerprint = arena_strdup(in->arena, fingerprint);
    out->kin = (struct run_kin){arena_strdup(in->arena, kin.family), arena_strdup(in->arena, kin.shape)};
    if (!fingerprint) return NULL;
    TRY(estimate_load(arena, in->catalog, fingerprint, &out->estimated));
    if (out->estimated > 0 || !plan) return NULL;
    TRY(work_of_plan(arena, &in->catalog, 1, plan, &work));
    out->estimated = work_seconds(&work);
    return estimate_store(in->catalog, fingerprint, &work, NULL, in->now);
}

/* ---- matching ---- */

static const struct err *statement_match(struct importing *in, const struct run *run, struct matched *out) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct plan *plan = NULL;
    struct schema *schema;
    const struct err *failed = NULL;
    if (!plan_from_sql(arena, str_of(run->statement), NULL, run->dialect, &plan) && plan->n_tables) {
        failed = catalog_schema(arena, &in->catalog, 1, NULL, plan->tables, plan->n_tables, &schema);
        if (!failed && plan_from_sql(arena, str_of(run->statement), schema, run->dialect, &plan)) plan = NULL;
    }
    if (!failed) failed = plan_estimate(in, arena, plan, run->statement, out);
    out->how = out->fingerprint ? "statement" : NULL;
    arena_destroy(arena);
    return failed;
}

/* The estimates of definitions one after the other: what a job does. */
static const struct err *entries_estimate(struct importing *in, struct arena *arena, struct entry *entries, size_t n, struct matched *out) {
    double all = 0;
    for (size_t i = 0; i < n; i++) {
        struct matched one = {0};
        struct schema *schema;
        struct views *views;
        TRY(catalog_views(arena, &in->catalog, 1, NULL, entries[i].reads, entries[i].read_count, &views));
        size_t names;
        const char *const *all_names = views_names(views, &names);
        TRY(catalog_schema(arena, &in->catalog, 1, NULL, all_names, names, &schema));
        entry_bind(arena, &entries[i], schema, views);
        TRY(plan_estimate(in, arena, entries[i].plan, entries[i].sql, &one));
        if (one.estimated <= 0) return NULL; /* of a part only: no measure of the whole */
        all += one.estimated;
        if (n == 1) out->fingerprint = one.fingerprint, out->kin = one.kin;
    }
    out->estimated = all;
    return NULL;
}

static const struct err *job_match(struct importing *in, const struct run *run, struct matched *out) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct entry *entries;
    size_t n;
    const struct err *failed = catalog_of_job(arena, in->catalog, run->job, JOB_DEFINITIONS_MAX, &entries, &n);
    if (!failed && n) {
        out->how = "job";
        failed = entries_estimate(in, arena, entries, n, out);
    }
    arena_destroy(arena);
    return failed;
}

static const struct err *dataset_match(struct importing *in, const struct run *run, struct matched *out) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct entry *entries;
    size_t n;
    const struct err *failed = catalog_fillers(arena, in->catalog, run->dataset, &entries, &n);
    if (!failed && n) {
        out->how = "dataset";
        if (n == 1) failed = entries_estimate(in, arena, entries, n, out);
    }
    arena_destroy(arena);
    return failed;
}

/* Statement first, then job, then dataset; the same is looked up once. */
static const struct err *run_match(struct importing *in, const struct run *run, struct matched *out) {
    const struct {
        const char *what, *kind;
        const struct err *(*match)(struct importing *, const struct run *, struct matched *);
    } ways[] = {{run->statement, "s", statement_match}, {run->task ? NULL : run->job, "j", job_match}, {run->dataset, "d", dataset_match}};
    *out = (struct matched){0};
    for (size_t i = 0; !out->how && i < sizeof ways / sizeof *ways; i++) {
        if (!ways[i].what || strlen(ways[i].what) > STATEMENT_MAX) continue;
        const char *key = arena_printf(in->arena, "%s%s", ways[i].kind, ways[i].what);
        struct matched *known = map_get(in->seen, str_of(key));
        if (!known) {
            known = arena_new(in->arena, struct matched);
            TRY(ways[i].match(in, run, known));
            map_put(in->seen, str_of(key), known);
        }
        *out = *known;
    }
    return NULL;
}

static struct val number_val(double value) { return value >= 0 && isfinite(value) ? val_real(value) : val_null(); }

static const struct err *run_add(struct importing *in, const struct run *run) {
    struct matched m;
    int64_t changed;
    TRY(run_match(in, run, &m));
    TRY(store_run(
        catalog_store(in->catalog),
        "INSERT INTO run (source, run_key, compute, fingerprint, job, task, dataset, started_at, seconds, read_bytes, read_rows, produced_rows, "
        "estimated, matched, imported_at, job_id, family, shape) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
        "$17, $18) ON CONFLICT (source, run_key) DO NOTHING",
        VALS(val_text(run->source), val_text(run->key), val_text(run->compute ? run->compute : ""), val_text(m.fingerprint), val_text(run->job),
             val_text(run->task), val_text(run->dataset), val_int((int64_t)run->started), val_real(run->seconds), number_val(run->read_bytes),
             number_val(run->read_rows), number_val(run->produced_rows), m.estimated > 0 ? val_real(m.estimated) : val_null(), val_text(m.how),
             val_int(in->now), val_text(run->job_id), val_text(m.kin.family), val_text(m.kin.shape)),
        &changed));
    if (!changed) return in->out->repeated++, NULL;
    in->out->added++;
    *(!m.how ? &in->out->unmatched : *m.how == 's' ? &in->out->by_statement : *m.how == 'j' ? &in->out->by_job : &in->out->by_dataset) += 1;
    in->out->estimated += m.estimated > 0;
    return NULL;
}

/* Longer than any run: what is wrong is the figure. */
static const struct err *seconds_check(double seconds) {
    if (seconds <= YEAR_SECONDS) return NULL;
    return err_new(ERR_INPUT, "it would have run for %.3g days: the figure is wrong, or in another unit than milliseconds", seconds / 86400);
}

/* ---- query history ---- */

static bool text_is(const char *text, const char *const *words) {
    for (; text && *words; words++) {
        if (str_iis(str_of(text), *words)) return true;
    }
    return false;
}

static double number_of(struct arena *arena, const json_t *row, const char *const *names, double otherwise) {
    double value;
    return record_number(arena, row, names, &value) ? value : otherwise;
}

static const struct err *query_row(struct importing *in, struct arena *arena, const json_t *row, const char *statement) {
    const char *status = record_text(arena, row, NAMES("execution_status", "status"));
    const char *cached = record_text(arena, row, NAMES("from_result_cache", "metrics.result_from_cache"));
    const json_t *is_cached = record_field(arena, row, "from_result_cache");
    if (!is_cached) is_cached = record_field(arena, row, "metrics.result_from_cache");
    struct run run = {.source = "query", .statement = statement, .dialect = DIALECT_DATABRICKS};
    run.key = record_text(arena, row, NAMES("statement_id", "query_id", "queryExecutionId", "job_id"));
    if (!run.key) return err_new(ERR_INPUT, "a query without statement_id or query_id: export that column too, or runs would count twice");
    run.compute = record_text(
        arena, row, NAMES("compute.warehouse_id", "compute_warehouse_id", "warehouse_id", "compute.cluster_id", "endpoint_id", "warehouse_name"));
    run.seconds = number_of(arena, row, NAMES("execution_duration_ms", "metrics.execution_time_ms", "execution_time"), -1);
    if (run.seconds < 0)
        run.seconds = number_of(arena, row, NAMES("total_duration_ms", "metrics.total_time_ms", "duration", "total_elapsed_time"), -1);
    if (run.seconds < 0) return err_new(ERR_INPUT, "a query without execution_duration_ms or total_duration_ms: export one of them");
    run.seconds /= 1000;
    TRY(seconds_check(run.seconds));
    record_time(arena, row, NAMES("start_time", "query_start_time_ms"), &run.started);
    run.job_id = record_text(arena, row, NAMES("query_source.job_info.job_id"));
    run.job = record_text(arena, row, NAMES("job_name"));
    if (!run.job) run.job = run.job_id;
    run.task = run.job ? record_text(arena, row, NAMES("query_source.job_info.job_task_run_id")) : NULL;
    run.read_bytes = number_of(arena, row, NAMES("read_bytes", "metrics.read_bytes", "bytes_scanned"), -1);
    run.read_rows = number_of(arena, row, NAMES("read_rows", "metrics.rows_read_count"), -1);
    run.produced_rows = number_of(arena, row, NAMES("produced_rows", "rows_produced", "metrics.rows_produced_count"), -1);
    if ((status && !text_is(status, NAMES("FINISHED", "SUCCESS", "SUCCEEDED"))) || json_is_true(is_cached) ||
        text_is(cached, NAMES("true", "TRUE", "1")))
        return in->out->failed++, NULL;
    return run_add(in, &run);
}

/* ---- what comes in several rows ---- */

static struct partial *partial_of(struct importing *in, const char *source, const char *key) {
    void **slot = map_slot(in->pending, str_of(arena_printf(in->arena, "%s:%s", source, key)));
    struct partial *p = *slot;
    if (p) return p;
    *slot = p = arena_new(in->arena, struct partial);
    p->run = (struct run){.source = source, .key = arena_strdup(in->arena, key), .read_bytes = -1, .read_rows = -1, .produced_rows = -1};
    p->from = INFINITY;
    p->until = -INFINITY;
    return p;
}

static void text_keep(struct importing *in, const char **at, const char *text) {
    if (text && !*at) *at = arena_strdup(in->arena, text);
}

/* system.lakeflow.job_run_timeline and job_task_run_timeline come in slices of an hour, the last with the result; the API gives one row. */
static const struct err *job_row(struct importing *in, struct arena *arena, const json_t *row, const char *run_id) {
    static const char *const good[] = {"SUCCEEDED", "SUCCESS", NULL};
    const char *task = record_text(arena, row, NAMES("task_key")), *result = record_text(arena, row, NAMES("result_state", "state.result_state"));
    struct partial *p = partial_of(in, "job", arena_printf(arena, "%s%s%s", run_id, task ? "/" : "", task ? task : ""));
    double at, seconds;
    text_keep(in, &p->run.job, record_text(arena, row, NAMES("job_name", "name", "run_name")));
    text_keep(in, &p->run.job_id, record_text(arena, row, NAMES("job_id")));
    text_keep(in, &p->run.job, p->run.job_id);
    text_keep(in, &p->run.task, task);
    text_keep(in, &p->run.compute, record_text(arena, row, NAMES("compute_ids.0", "compute_id", "cluster_id", "cluster_instance.cluster_id")));
    const json_t *computes = record_field(arena, row, "compute_ids");
    if (json_is_array(computes)) text_keep(in, &p->run.compute, json_string_value(json_array_get(computes, 0)));
    if (record_time(arena, row, NAMES("period_start_time", "start_time"), &at)) p->from = fmin(p->from, at);
    if (record_time(arena, row, NAMES("period_end_time", "end_time"), &at)) p->until = fmax(p->until, at);
    if (record_number(arena, row, NAMES("execution_duration_seconds"), &seconds) && seconds > 0) p->run.seconds = seconds;
    if (record_number(arena, row, NAMES("run_duration"), &seconds) && seconds > 0) p->run.seconds = seconds / 1000;
    if (result) p->done = true, p->failed = !text_is(result, good);
    return NULL;
}

/* Kept by itself; runs that are here, or come later, get their part at the end. */
static const struct err *usage_row(struct importing *in, struct arena *arena, const json_t *row) {
    bool kept;
    TRY(billed_keep(in->catalog, arena, row, in->now, &kept));
    in->out->usage += kept;
    return NULL;
}

/* ---- OpenLineage ---- */

static void event_datasets(struct importing *in, struct arena *arena, const json_t *event, struct partial *p) {
    const json_t *inputs = json_object_get(event, "inputs"), *outputs = json_object_get(event, "outputs");
    double bytes = 0, rows = 0, value;
    bool sized = false;
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const json_t *d = json_array_get(inputs, i);
        if (record_number(arena, d, NAMES("inputFacets.inputStatistics.size"), &value)) bytes += value, sized = true;
        if (record_number(arena, d, NAMES("inputFacets.inputStatistics.rowCount"), &value)) rows += value;
    }
    if (sized) p->run.read_bytes = bytes, p->run.read_rows = rows;
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        const json_t *d = json_array_get(outputs, i);
        const json_t *alias = jsx_at(d, "facets.symlinks.identifiers");
        const char *name = jsx_str(json_array_get(alias, 0), "name", NULL);
        text_keep(in, &p->run.dataset, name ? name : jsx_str(d, "name", NULL));
        if (record_number(arena, d, NAMES("outputFacets.outputStatistics.rowCount"), &value)) p->run.produced_rows = value;
    }
}

static const struct err *event_row(struct importing *in, struct arena *arena, const json_t *row, const char *run_id) {
    const char *type = record_text(arena, row, NAMES("eventType")), *sql = jsx_str(row, "job.facets.sql.query", NULL);
    const char *dialect = jsx_str(row, "job.facets.sql.dialect", NULL);
    struct partial *p = partial_of(in, "openlineage", run_id);
    double at;
    text_keep(in, &p->run.statement, sql);
    text_keep(in, &p->run.job, jsx_str(row, "job.name", NULL));
    text_keep(in, &p->run.compute, jsx_str(row, "job.namespace", NULL));
    if (dialect) dialect_parse(str_of(dialect), &p->run.dialect);
    if (record_time(arena, row, NAMES("eventTime"), &at)) {
        p->from = fmin(p->from, at);
        p->until = fmax(p->until, at);
    }
    event_datasets(in, arena, row, p);
    if (text_is(type, NAMES("COMPLETE"))) p->done = true;
    if (text_is(type, NAMES("FAIL", "ABORT"))) p->done = p->failed = true;
    return NULL;
}

static const struct err *pending_add(struct importing *in) {
    for (size_t i = 0; i < map_count(in->pending); i++) {
        struct partial *p = map_at(in->pending, i).value;
        if (p->run.seconds <= 0 && p->until > p->from) p->run.seconds = p->until - p->from;
        if (!p->done || p->failed || p->run.seconds <= 0 || p->run.seconds > YEAR_SECONDS) {
            in->out->failed++;
            continue;
        }
        p->run.started = isfinite(p->from) ? p->from : 0;
        TRY(run_add(in, &p->run));
    }
    return NULL;
}

/* ---- the file ---- */

static const struct err *row_import(void *ctx, struct arena *arena, const json_t *row, int line) {
    struct importing *in = ctx;
    const char *statement = record_text(arena, row, NAMES("statement_text", "query_text"));
    const char *run_id = record_text(arena, row, NAMES("run_id", "job_run_id")), *event = jsx_str(row, "run.runId", NULL);
    in->out->rows++;
    if (event) return event_row(in, arena, row, event);
    if (record_field(arena, row, "usage_quantity")) return usage_row(in, arena, row);
    if (statement) return query_row(in, arena, row, statement);
    if (run_id) return job_row(in, arena, row, run_id);
    if (record_field(arena, row, "statement_id")) return in->out->failed++, NULL; /* its text is hidden from us */
    return err_new(ERR_INPUT,
                   "not a row of query history (statement_text), job runs (run_id), billing usage (usage_quantity) or a run event (run.runId)");
}

static const struct err *all_import(struct importing *in, const char *name, struct str bytes) {
    TRY(store_lock(catalog_store(in->catalog), "runs"));
    TRY(records_read(name, bytes, row_import, in));
    TRY(pending_add(in));
    return billed_to_runs(in->catalog);
}

const struct err *runs_import(struct catalog *catalog, const char *name, struct str bytes, struct runs_imported *out) {
    *out = (struct runs_imported){0};
    struct arena *arena = arena_create(ARENA_JOB);
    struct importing in = {.arena = arena, .catalog = catalog, .out = out, .seen = map_new(arena), .pending = map_new(arena), .now = clock_now()};
    bool own;
    const struct err *failed = store_join(catalog_store(catalog), &own);
    if (!failed) failed = store_leave(catalog_store(catalog), own, all_import(&in, name, bytes));
    arena_destroy(arena);
    return failed;
}
