/* cmd_cost.c - parley cost: what a run of a query does and costs, from measured tables. */
#include "bill.h"
#include "bind.h"
#include "clock.h"
#include "commands.h"
#include "cost_jobs.h"
#include "estimate.h"
#include "fires.h"
#include "fs.h"
#include "jsonx.h"
#include "local.h"

#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MONTH_SECONDS (730 * 3600.0)
#define FILE_MAX      ((size_t)64 << 20)
#define STATS_MAX     ((size_t)10 << 20)

static const char doc[] =
    "Say what one run of each query reads, computes and costs, before it runs: rows and bytes from the tables' statistics, through every step of "
    "the plan, to seconds, units and money. Of a file of jobs (Jobs or Pipelines JSON, bundle, Terraform): what each costs a month, by task graph, "
    "machines, time of a run and schedule.\v"
    "Examples:\n"
    "  parley cost --stats stats.yml daily_sales.sql\n"
    "  parley cost --schema ddl.sql --stats stats.json --warehouse Medium --schedule '0 0 5 * * ?' q.sql\n"
    "  parley cost --platform bigquery --dialect bigquery --catalog dw.db --json q.sql\n"
    "  parley cost --catalog dw.db --repo . resources/nightly.job.yml\n"
    "\n"
    "Statistics are what 'parley catalog import' reads: datasets with bytes, rows, partition_by, cluster_by, and columns with type, distinct, nulls "
    "(share), width (bytes), min, max. What is not measured is replaced by defaults that are named, and widens the range. A table whose size is not "
    "known makes the cost unknown.\n"
    "\n"
    "Exit codes: 0 all costs are known, 1 some query was not understood or some size is not known, 2 wrong usage, 3 it could not be done.";

enum {
    KEY_JSON = 256,
    KEY_STATS,
    KEY_PLATFORM,
    KEY_TYPE,
    KEY_UNITS,
    KEY_PRICES,
    KEY_CLOUD,
    KEY_REGION,
    KEY_TIER,
    KEY_SCHEDULE,
    KEY_ZONE,
    KEY_STEPS,
    KEY_REPO,
    KEY_STOP,
    KEY_COMPUTE
};

static const struct argp_option options[] = {
    {"dialect", 'd', "NAME", 0, "Dialect of the SQL [databricks]", 0},
    {"schema", 's', "DDL.sql", 0, "CREATE TABLE statements: columns, types, keys", 0},
    {"stats", KEY_STATS, "FILE", 0, "Sizes and column statistics, YAML or JSON; wins over the catalog", 0},
    {"catalog", 'c', "FILE", 0, "A catalog with sizes and past runs", 0},
    {"repo", KEY_REPO, "DIR", 0, "The folder whose files the tasks of a job run [the job file's own]", 0},
    {"platform", KEY_PLATFORM, "NAME", 0, "databricks (default), bigquery, bigquery-slots, athena, snowflake, glue", 1},
    {"warehouse", 'w', "SIZE", 0, "Size of the warehouse [Small]; Glue: worker type [G.1X]", 1},
    {"compute", KEY_COMPUTE, "ID", 0, "Warehouse id: past runs on it, imported into the catalog, fit the estimate", 1},
    {"type", KEY_TYPE, "NAME", 0, "Databricks: serverless (default), pro; Snowflake: edition [ENTERPRISE]; Glue: flex", 1},
    {"units", KEY_UNITS, "N", 0, "Glue workers [10], BigQuery slots [100]", 1},
    {"stop", KEY_STOP, "MINUTES", 0, "The warehouse stops so long after its last query, and that is paid too [not included, its price is told]", 1},
    {"schedule", KEY_SCHEDULE, "CRON", 0, "Quartz or Unix cron: the cost of a month instead of a run", 2},
    {"timezone", KEY_ZONE, "NAME", 0, "Of the schedule [UTC]", 2},
    {"prices", KEY_PRICES, "FILE", 0, "A price list [the one shipped]", 3},
    {"cloud", KEY_CLOUD, "NAME", 0, "AWS, AZURE or GCP [AWS]", 3},
    {"region", KEY_REGION, "NAME", 0, "Region [us-east-1]", 3},
    {"tier", KEY_TIER, "NAME", 0, "Databricks tier [PREMIUM]", 3},
    {"steps", KEY_STEPS, NULL, 0, "Every step of the plan with its rows", 4},
    {"json", KEY_JSON, NULL, 0, "One JSON object per query and line", 4},
    {0},
};

struct words {
    enum dialect dialect;
    struct bill_target target;
    struct schedule schedule;
    const char *schema, *stats, *catalog, *prices, *repo, *compute;
    const char **files;
    size_t file_count;
    bool json, steps;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'd':
        return dialect_parse(str_of(arg), &w->dialect) ? 0 : (argp_error(state, "unknown dialect '%s'", arg), 0);
    case KEY_PLATFORM:
        return platform_parse(arg, &w->target.platform) ? 0 : (argp_error(state, "unknown platform '%s'", arg), 0);
    case KEY_UNITS:
        w->target.units = (int)strtol(arg, NULL, 10);
        return w->target.units > 0 && w->target.units <= 100000 ? 0 : (argp_error(state, "--units is from 1 to 100000"), 0);
    case KEY_STOP:
        w->target.stop_minutes = strtod(arg, NULL);
        return w->target.stop_minutes > 0 && w->target.stop_minutes <= 10080 ? 0 : (argp_error(state, "--stop is from 1 to 10080 minutes"), 0);
#define TAKE(letter, member)                                                                                                                         \
    case letter:                                                                                                                                     \
        w->member = arg;                                                                                                                             \
        return 0;
        TAKE('s', schema)
        TAKE('c', catalog)
        TAKE('w', target.size)
        TAKE(KEY_STATS, stats)
        TAKE(KEY_REPO, repo)
        TAKE(KEY_COMPUTE, compute)
        TAKE(KEY_TYPE, target.type)
        TAKE(KEY_PRICES, prices)
        TAKE(KEY_CLOUD, target.place.cloud)
        TAKE(KEY_REGION, target.place.region)
        TAKE(KEY_TIER, target.place.tier)
        TAKE(KEY_SCHEDULE, schedule.cron)
        TAKE(KEY_ZONE, schedule.timezone)
#undef TAKE
    case KEY_JSON:
        w->json = true;
        return 0;
    case KEY_STEPS:
        w->steps = true;
        return 0;
    case ARGP_KEY_ARGS:
        w->files = (const char **)state->argv + state->next;
        w->file_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name the files with the queries");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What the run needs, opened once. */
struct cost_run {
    const struct words *words;
    struct arena *arena;
    struct catalog *catalogs[2];
    size_t catalog_count;
    struct schema *schema;
    struct price_list *prices;
    struct fires fires;
};

static const struct err *stats_open(struct cost_run *run) {
    struct str bytes;
    size_t count;
    struct catalog *own;
    TRY(fs_read(run->arena, run->words->stats, STATS_MAX, &bytes));
    TRY(catalog_open(run->arena, ":memory:", &own));
    TRY(catalog_import(own, run->words->stats, bytes, &count));
    run->catalogs[run->catalog_count++] = own;
    return NULL;
}

static const struct err *run_open(struct cost_run *run) {
    const struct words *w = run->words;
    if (w->stats) TRY(stats_open(run));
    if (w->catalog) TRY(catalog_open(run->arena, w->catalog, &run->catalogs[run->catalog_count++]));
    if (w->schema) {
        struct str ddl;
        TRY(fs_read(run->arena, w->schema, FILE_MAX, &ddl));
        TRY(err_wrap(schema_from_ddl(run->arena, ddl, w->dialect, &run->schema), "%s", w->schema));
    }
    TRY(price_list_load(run->arena, w->prices, &run->prices));
    if (w->schedule.cron) run->fires = fires_of(run->arena, &w->schedule, clock_now());
    if (w->schedule.cron && !run->fires.known) return err_new(ERR_INPUT, "--schedule: %s", run->fires.why);
    return NULL;
}

/* With --schema the columns come from there; else from the catalogs, for the tables that the text names. */
static const struct err *query_plan(struct cost_run *run, struct arena *arena, struct str text, struct plan **out) {
    TRY(plan_from_sql(arena, text, run->schema, run->words->dialect, out));
    if (run->schema || !run->catalog_count || !(*out)->n_tables) return NULL;
    struct schema *schema;
    TRY(catalog_schema(arena, run->catalogs, run->catalog_count, NULL, (*out)->tables, (*out)->n_tables, &schema));
    return plan_from_sql(arena, text, schema, run->words->dialect, out);
}

static struct cost monthly(struct arena *arena, const struct cost_run *run, const struct cost *a_run) {
    struct cost cost = *a_run;
    if (!cost.known || !run->fires.known) return cost;
    cost.low *= run->fires.per_month;
    cost.high *= run->fires.per_month;
    cost.period = "month";
    text_list_printf(arena, &cost.assumptions, "%s", fires_text(arena, &run->fires));
    return cost;
}

/* ---- shown ---- */

static json_t *number_json(bool known, double value) { return known ? json_real(value) : json_null(); }

static json_t *scans_json(const struct work *work) {
    json_t *list = json_array();
    for (size_t i = 0; i < work->scan_count; i++) {
        const struct work_scan *s = &work->scans[i];
        json_t *o = json_object();
        jsx_set_text(o, "table", s->dataset);
        json_object_set_new(o, "table_bytes", number_json(s->known, s->table_bytes));
        json_object_set_new(o, "table_rows", number_json(s->known, s->table_rows));
        json_object_set_new(o, "bytes", number_json(s->known, s->bytes));
        json_object_set_new(o, "rows", number_json(s->known, s->rows));
        json_object_set_new(o, "column_share", json_real(s->column_share));
        json_object_set_new(o, "partition_share", json_real(s->partition_share));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *steps_json(const struct work *work) {
    json_t *list = json_array();
    for (size_t i = 0; i < work->step_count; i++) {
        const struct work_step *s = &work->steps[i];
        json_t *o = json_object();
        jsx_set_text(o, "step", s->what);
        json_object_set_new(o, "rows_in", json_real(s->rows_in));
        json_object_set_new(o, "rows_out", json_real(s->rows_out));
        json_object_set_new(o, "core_seconds", json_real(s->seconds));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *texts_json(const struct text_list *texts) {
    json_t *list = json_array();
    for (size_t i = 0; i < texts->n; i++) json_array_append_new(list, json_string(texts->at[i]));
    return list;
}

static json_t *money_json(const struct cost *cost) {
    json_t *o = json_object();
    json_object_set_new(o, "low", number_json(cost->known, cost->low));
    json_object_set_new(o, "high", number_json(cost->known, cost->high));
    jsx_set_text(o, "currency", cost->currency);
    jsx_set_text(o, "period", cost->period);
    if (!cost->known) jsx_set_text(o, "unknown", cost->unknown);
    jsx_set_text(o, "price_date", cost->price_date);
    jsx_set_text(o, "price_date_last", cost->price_date_last);
    jsx_set_text(o, "price_source", cost->price_source);
    json_object_set_new(o, "assumptions", texts_json(&cost->assumptions));
    return o;
}

static json_t *query_json(const struct words *w, const char *file, const struct work *work, const struct bill *bill, const struct cost *cost) {
    json_t *o = json_object();
    jsx_set_text(o, "file", file);
    json_object_set_new(o, "known", json_boolean(work->known));
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"core_seconds", work->seconds},        {"spread", work->spread},
                   {"read_bytes", work->read_bytes},       {"read_rows", work->read_rows},
                   {"shuffle_bytes", work->shuffle_bytes}, {"sort_bytes", work->sort_bytes},
                   {"output_rows", work->output_rows},     {"output_bytes", work->output_bytes}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) json_object_set_new(o, numbers[i].name, number_json(work->known, numbers[i].value));
    jsx_set_text(o, "platform", platform_name(w->target.platform));
    jsx_set_text(o, "unit", bill->unit);
    json_object_set_new(o, "units_low", number_json(bill->known, bill->units_low));
    json_object_set_new(o, "units_high", number_json(bill->known, bill->units_high));
    json_object_set_new(o, "seconds_low", number_json(bill->known, bill->seconds_low));
    json_object_set_new(o, "seconds_high", number_json(bill->known, bill->seconds_high));
    json_object_set_new(o, "cost", money_json(cost));
    json_object_set_new(o, "tables", scans_json(work));
    if (w->steps) json_object_set_new(o, "steps", steps_json(work));
    return o;
}

/* Three digits, never as a power: "2,010,000,000", "0.0339". */
static const char *number_text(struct arena *arena, double n) {
    if (!isfinite(n) || n > 1e18) return "more than can be said";
    if (n < 1000) return arena_printf(arena, "%.3g", n);
    double step = pow(10, floor(log10(n)) - 2);
    const char *digits = arena_printf(arena, "%.0f", round(n / step) * step);
    struct buf b = buf_new(arena);
    for (size_t i = 0, all = strlen(digits); i < all; i++) {
        if (i && (all - i) % 3 == 0) buf_char(&b, ',');
        buf_char(&b, digits[i]);
    }
    return buf_str(&b);
}

static void range_print(struct arena *arena, const char *title, double low, double high, const char *unit) {
    const char *a = number_text(arena, low), *b = number_text(arena, high);
    if (strcmp(unit, "bytes billed") == 0) {
        char from[32], to[32];
        text_bytes(low, from, sizeof from);
        text_bytes(high, to, sizeof to);
        a = arena_strdup(arena, from), b = arena_strdup(arena, to), unit = "billed";
    }
    if (strcmp(a, b) == 0) printf("  %-8s %s %s\n", title, a, unit);
    else printf("  %-8s %s to %s %s\n", title, a, b, unit);
}

static void query_print(struct arena *arena, const struct words *w, const char *file, const struct work *work, const struct bill *bill,
                        const struct cost *cost) {
    char read[32], shuffle[32], sort[32];
    text_bytes(work->read_bytes, read, sizeof read);
    text_bytes(work->shuffle_bytes, shuffle, sizeof shuffle);
    text_bytes(work->sort_bytes, sort, sizeof sort);
    printf("%s: %s\n", file, cost_text(arena, cost));
    if (bill->known && bill->seconds_high > 0) range_print(arena, "runs", bill->seconds_low, bill->seconds_high, "s");
    if (bill->known) range_print(arena, "charged", bill->units_low, bill->units_high, bill->unit);
    if (work->known) {
        printf("  reads    %s, %s rows\n  moves    %s between machines, %s sorted\n  gives    %s row%s\n", read, number_text(arena, work->read_rows),
               shuffle, sort, number_text(arena, work->output_rows), work->output_rows == 1 ? "" : "s");
    }
    for (size_t i = 0; i < work->scan_count; i++) {
        const struct work_scan *s = &work->scans[i];
        text_bytes(s->bytes, read, sizeof read);
        text_bytes(s->table_bytes, shuffle, sizeof shuffle);
        if (!s->known) printf("  %-8s %s: its size is not known\n", i ? "" : "tables", s->dataset);
        else printf("  %-8s %s: %s of %s%s\n", i ? "" : "tables", s->dataset, read, shuffle, s->pruned ? ", partitions pruned" : "");
    }
    for (size_t i = 0; w->steps && i < work->step_count; i++) {
        const struct work_step *s = &work->steps[i];
        printf("  %-8s %-32s %10.3g -> %10.3g rows %10.4f core seconds\n", i ? "" : "steps", s->what, s->rows_in, s->rows_out, s->seconds);
    }
    for (size_t i = 0; i < cost->assumptions.n; i++) printf("  %-8s %s\n", i ? "" : "assumed", cost->assumptions.at[i]);
    if (cost->price_date) printf("  prices   of %s (%s)\n", cost_dates(arena, cost), cost->price_source);
}

static const struct err *file_cost(struct cost_run *run, struct arena *arena, const char *file, bool *known) {
    struct str text;
    struct plan *plan;
    struct work work;
    TRY(fs_read(arena, file, FILE_MAX, &text));
    if (cost_is_jobs(arena, file, text)) {
        const struct words *w = run->words;
        return cost_jobs(arena,
                         &(struct jobs_ask){file, w->repo, w->dialect, run->catalogs, run->catalog_count, run->prices, w->target.place,
                                            w->target.size, w->target.type, w->json},
                         known);
    }
    TRY(err_wrap(query_plan(run, arena, text, &plan), "%s", file));
    TRY(work_of_plan(arena, run->catalogs, run->catalog_count, plan, &work));
    struct bill_target target = run->words->target;
    struct entry entry = {.plan = plan, .sql = str_dup(arena, text), .compute = {.key = run->words->compute}};
    struct run_past past;
    TRY(estimate_runs(arena, run->catalogs, run->catalog_count, &entry, &past));
    estimate_target(arena, &past, &target);
    if (run->fires.known && run->fires.per_month > 0) target.gap_seconds = MONTH_SECONDS / run->fires.per_month;
    struct bill bill = bill_of(arena, run->prices, &work, &target);
    struct cost cost = monthly(arena, run, &bill.cost);
    if (run->words->json) puts(jsx_dump(arena, jsx_own(arena, query_json(run->words, file, &work, &bill, &cost)), false));
    else query_print(arena, run->words, file, &work, &bill, &cost);
    *known = cost.known;
    return NULL;
}

static int files_cost(struct cost_run *run) {
    int code = EXIT_FINE;
    for (size_t i = 0; i < run->words->file_count; i++) {
        struct arena *arena = arena_create(ARENA_JOB);
        bool known = false;
        const struct err *failed = file_cost(run, arena, run->words->files[i], &known);
        if (failed) fprintf(stderr, "parley cost: %s\n", failed->text);
        if (failed && failed->kind != ERR_INPUT) code = EXIT_BROKEN;
        if (!known && code == EXIT_FINE) code = EXIT_FOUND;
        arena_destroy(arena);
    }
    return code;
}

int cmd_cost(int argc, char **argv) {
    struct words words = {.dialect = DIALECT_DATABRICKS};
    const struct argp argp = {options, word_take, "FILE...", doc, NULL, NULL, NULL};
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) != 0) return EXIT_USAGE;
    struct cost_run run = {.words = &words, .arena = arena_create(ARENA_JOB)};
    const struct err *failed = run_open(&run);
    int code = failed ? local_fail(failed) : files_cost(&run);
    arena_destroy(run.arena);
    return code;
}
