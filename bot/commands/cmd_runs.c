/* cmd_runs.c - parley runs: what ran, from the platform's history; how good estimates were. */
#include "billed.h"
#include "catalog.h"
#include "clock.h"
#include "commands.h"
#include "fs.h"
#include "jsonx.h"
#include "local.h"
#include "runs.h"

#include <argp.h>
#include <stdio.h>

#define IMPORT_MAX ((size_t)1 << 30)

static const char doc[] =
    "Import what ran and how long it took, match it to plans, and say how far estimates were off.\n"
    "\n"
    "  import FILE    runs into the catalog: each counts once, however often it is imported\n"
    "  stats          runs per compute, and the factor that estimates there are multiplied by\n"
    "  billed         what was billed per job, pipeline, warehouse and cluster: DBU, days, money at list price\v"
    "FILE is JSON lines, JSON or CSV with a header, of any of these rows:\n"
    "  query history: system.query.history, or what /api/2.0/sql/history/queries answers (statement_id, statement_text, compute, durations, bytes)\n"
    "  job runs: system.lakeflow.job_run_timeline and job_task_run_timeline, or what /api/2.2/jobs/runs/list answers\n"
    "  billing usage: system.billing.usage (what a job or warehouse cost comes from it first; each record counts once)\n"
    "  OpenLineage run events, with their statistics\n"
    "\n"
    "A run is matched by its statement's plan, else by its job, else by the dataset it fills. Runs of tables whose size is known in the catalog fit "
    "the "
    "model: the factor of a compute is the median of measured over estimated, drawn towards that of all computes while there are few runs.\n"
    "\n"
    "Examples:\n"
    "  parley runs --catalog dw.db import query_history.jsonl\n"
    "  parley runs --catalog dw.db stats --json\n"
    "  parley runs --catalog dw.db billed\n"
    "\n"
    "Exit codes: 0 done, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256, KEY_PRICES };

static const struct argp_option options[] = {
    {"catalog", 'c', "FILE", 0, "The catalog: a file, or the address of a PostgreSQL [parley.db]", 0},
    {"prices", KEY_PRICES, "FILE", 0, "A price list [the one shipped]", 0},
    {"json", KEY_JSON, NULL, 0, "JSON instead of text", 0},
    {0},
};

struct words {
    const char *catalog, *verb, *file, *prices;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'c':
        w->catalog = arg;
        return 0;
    case KEY_PRICES:
        w->prices = arg;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1) return ARGP_ERR_UNKNOWN;
        *(state->arg_num ? &w->file : &w->verb) = arg;
        return 0;
    case ARGP_KEY_END:;
        bool alone = strcmp(w->verb, "stats") == 0 || strcmp(w->verb, "billed") == 0;
        if ((alone && !w->file) || (strcmp(w->verb, "import") == 0 && w->file)) return 0;
        argp_error(state, "wanted is import FILE, stats, or billed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct err *file_import(struct arena *arena, struct catalog *catalog, const struct words *w) {
    struct str bytes;
    struct runs_imported n;
    TRY(fs_read(arena, w->file, IMPORT_MAX, &bytes));
    TRY(runs_import(catalog, w->file, bytes, &n));
    const struct {
        const char *name, *words;
        size_t value;
    } rows[] = {{"rows", "rows read", n.rows},
                {"added", "runs added", n.added},
                {"by_statement", "  matched by their statement", n.by_statement},
                {"by_job", "  matched by their job", n.by_job},
                {"by_dataset", "  matched by the dataset they fill", n.by_dataset},
                {"unmatched", "  matched to nothing here", n.unmatched},
                {"estimated", "  of known size: they fit the model", n.estimated},
                {"repeated", "imported before", n.repeated},
                {"passed", "failed, unfinished or answered from a cache", n.failed},
                {"usage", "billing rows kept", n.usage}};
    json_t *o = jsx_own(arena, json_object());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_object_set_new(o, rows[i].name, json_integer((json_int_t)rows[i].value));
        if (!w->json && (rows[i].value || i < 2)) printf("%-46s %zu\n", rows[i].words, rows[i].value);
    }
    if (w->json) puts(jsx_dump(arena, o, false));
    return NULL;
}

static json_t *line_json(const struct runs_line *line) {
    json_t *o = json_object();
    jsx_set_text(o, "compute", *line->compute ? line->compute : NULL);
    json_object_set_new(o, "runs", json_integer((json_int_t)line->runs));
    json_object_set_new(o, "seconds", json_real(line->seconds));
    json_object_set_new(o, "fitted", json_integer((json_int_t)line->calibration.runs));
    json_object_set_new(o, "factor", json_real(line->calibration.factor));
    json_object_set_new(o, "within", json_real(line->calibration.within));
    json_object_set_new(o, "spread", json_real(line->calibration.spread));
    return o;
}

static const struct err *stats_show(struct arena *arena, struct catalog *catalog, const struct words *w) {
    struct runs_line *lines;
    size_t n;
    TRY(runs_lines(arena, catalog, &lines, &n));
    json_t *list = jsx_own(arena, json_array());
    if (!w->json)
        printf(n ? "%-28s %8s %10s %8s %8s %8s\n" : "no runs were imported: 'parley runs import FILE'\n", "compute", "runs", "hours", "fitted",
               "factor", "within");
    for (size_t i = 0; i < n; i++) {
        const struct calibration *c = &lines[i].calibration;
        if (w->json) {
            json_array_append_new(list, line_json(&lines[i]));
            continue;
        }
        printf("%-28s %8zu %10.2f %8zu", i ? *lines[i].compute ? lines[i].compute : "(not said)" : "all", lines[i].runs, lines[i].seconds / 3600,
               c->runs);
        if (c->runs) printf(" %8.2f %7.2fx\n", c->factor, c->within);
        else printf(" %8s %8s\n", "-", "-");
    }
    if (w->json) puts(jsx_dump(arena, list, false));
    return NULL;
}

static json_t *billed_json(struct arena *arena, const struct billed *b, const struct cost *month) {
    json_t *o = json_object();
    char from[CLOCK_ISO], until[CLOCK_ISO];
    clock_iso(b->from, from);
    clock_iso(b->until, until);
    jsx_set_text(o, "kind", billed_kind_name(b->kind));
    jsx_set_text(o, "id", b->id);
    jsx_set_text(o, "name", b->name);
    jsx_set_text(o, "from", from);
    jsx_set_text(o, "until", until);
    json_object_set_new(o, "dbu", json_real(b->dbu));
    json_object_set_new(o, "usd", json_real(b->usd));
    json_object_set_new(o, "unpriced_dbu", json_real(b->unpriced));
    json_object_set_new(o, "runs", json_integer((json_int_t)b->runs));
    jsx_set_text(o, "products", b->products);
    json_object_set_new(o, "usd_per_month", month->known ? json_real(month->low) : json_null());
    return o;
}

static const struct err *billed_show(struct arena *arena, struct catalog *catalog, const struct words *w) {
    struct price_list *prices;
    struct billed *list;
    size_t n;
    TRY(price_list_load(arena, w->prices, &prices));
    TRY(billed_all(arena, catalog, prices, &list, &n));
    json_t *all = jsx_own(arena, json_array());
    if (!w->json && !n) puts("nothing billed was imported: 'parley runs import FILE' with rows of system.billing.usage");
    for (size_t i = 0; i < n; i++) {
        struct cost month = billed_monthly(arena, prices, &list[i]);
        const char *id = list[i].id ? list[i].id : "", *name = list[i].name ? list[i].name : "";
        if (w->json) json_array_append_new(all, billed_json(arena, &list[i], &month));
        else
            printf("%s %s%s%s: %s\n  %s\n", billed_kind_name(list[i].kind), id, *id && *name ? " " : "", name, cost_text(arena, &month),
                   billed_text(arena, &list[i]));
    }
    if (w->json) puts(jsx_dump(arena, all, false));
    return NULL;
}

int cmd_runs(int argc, char **argv) {
    struct words words = {.catalog = "parley.db", .verb = "stats"};
    const struct argp argp = {options, word_take, "[import FILE | stats | billed]", doc, NULL, NULL, NULL};
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) != 0) return EXIT_USAGE;
    struct arena *arena = arena_create(ARENA_JOB);
    struct catalog *catalog;
    const struct err *failed = catalog_open(arena, words.catalog, &catalog);
    if (!failed)
        failed = strcmp(words.verb, "stats") == 0    ? stats_show(arena, catalog, &words)
                 : strcmp(words.verb, "billed") == 0 ? billed_show(arena, catalog, &words)
                                                     : file_import(arena, catalog, &words);
    int code = failed ? local_fail(failed) : EXIT_FINE;
    arena_destroy(arena);
    return code;
}
