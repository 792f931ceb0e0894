/* calibrate.c - what past runs say of estimates: factors per compute, and histories of plans. */
#include "runs.h"

#include "store.h"
#include "work.h"

#include <math.h>
#include <stdlib.h>

#define PRIOR_RUNS      5.0 /* what is believed before weighs as much as so many runs */
#define PRIOR_DEVIATION 0.9 /* of the logarithm: a factor of 2.5 */
#define LEAST_DEVIATION 0.15
#define MAD_DEVIATION   1.4826 /* deviation of a normal distribution over its median absolute deviation */
#define RUNS_MAX        5000   /* the newest count */
#define COMPUTES_MAX    2000
#define FEW_RUNS        3

static int number_order(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* The value at `share` of a sorted list. */
static double quantile(const double *sorted, size_t n, double share) {
    double at = share * (double)(n - 1);
    size_t low = (size_t)at;
    double part = at - (double)low;
    return low + 1 < n ? sorted[low] * (1 - part) + sorted[low + 1] * part : sorted[low];
}

struct calibration calibration_fit(double *logs, size_t n, double prior_mean, double prior_deviation) {
    struct calibration c = {.runs = n, .factor = exp(prior_mean), .spread = exp(prior_deviation), .within = exp(prior_deviation / MAD_DEVIATION)};
    if (!n) return c;
    qsort(logs, n, sizeof *logs, number_order);
    double median = quantile(logs, n, 0.5), weight = (double)n / ((double)n + PRIOR_RUNS);
    double mean = weight * median + (1 - weight) * prior_mean;
    for (size_t i = 0; i < n; i++) logs[i] = fabs(logs[i] - mean);
    qsort(logs, n, sizeof *logs, number_order);
    double mad = quantile(logs, n, 0.5), deviation = MAD_DEVIATION * mad;
    double variance = weight * deviation * deviation + (1 - weight) * prior_deviation * prior_deviation;
    c.factor = exp(mean);
    c.spread = exp(fmax(sqrt(variance), LEAST_DEVIATION));
    c.within = exp(mad);
    return c;
}

struct numbers {
    struct arena *arena;
    double *at;
    size_t n, cap;
};

static const struct err *number_row(void *ctx, const struct val *c, size_t count) {
    struct numbers *list = ctx;
    double value = val_as_real(&c[0], -1);
    if (count > 1) value = log(value / val_as_real(&c[1], 1));
    if (isfinite(value)) *vec_add(list->arena, list) = value;
    return NULL;
}

/* Logarithms of measured over estimated seconds; of all computes when `compute` is NULL. */
static const struct err *ratios_load(struct catalog *catalog, const char *compute, struct numbers *out) {
    return store_each(catalog_store(catalog),
                      "SELECT seconds, estimated FROM run WHERE estimated > 0 AND seconds > 0 AND (CAST($1 AS TEXT) IS NULL OR compute = $1) ORDER "
                      "BY started_at DESC, "
                      "id DESC LIMIT $2",
                      VALS(val_text(compute), val_int(RUNS_MAX)), number_row, out);
}

const struct err *calibration_of(struct arena *arena, struct catalog *catalog, const char *compute, struct calibration *out) {
    struct numbers all = {.arena = arena}, own = {.arena = arena};
    TRY(ratios_load(catalog, NULL, &all));
    size_t all_runs = all.n;
    *out = calibration_fit(all.at, all.n, 0, PRIOR_DEVIATION);
    out->all_runs = all_runs;
    out->runs = 0; /* none of one compute */
    if (!compute) return NULL;
    TRY(ratios_load(catalog, compute, &own));
    if (!own.n) return NULL;
    double mean = all_runs ? log(out->factor) : 0;
    *out = calibration_fit(own.at, own.n, mean, PRIOR_DEVIATION);
    out->all_runs = all_runs;
    return NULL;
}

const char *calibration_text(struct arena *arena, const struct calibration *c) {
    size_t n = c->runs ? c->runs : c->all_runs;
    if (n < FEW_RUNS) return NULL;
    return arena_printf(arena, "fitted to %zu runs %s: past estimates here were off by %.1fx or less in half of them", n,
                        c->runs ? "on this compute" : "on all computes", c->within);
}

static void history_fill(struct numbers *list, struct history *out) {
    *out = (struct history){.runs = list->n};
    if (!list->n) return;
    qsort(list->at, list->n, sizeof *list->at, number_order);
    double few = list->n < FEW_RUNS ? 1.3 : 1; /* one run says little of the next */
    out->low = quantile(list->at, list->n, 0.25) / few;
    out->high = quantile(list->at, list->n, 0.75) * few;
}

const struct err *history_of(struct arena *arena, struct catalog *catalog, const char *fingerprint, struct history *out) {
    struct numbers list = {.arena = arena};
    *out = (struct history){0};
    if (!fingerprint) return NULL;
    TRY(store_each(catalog_store(catalog),
                   "SELECT seconds FROM run WHERE fingerprint = $1 AND seconds > 0 ORDER BY started_at DESC, id DESC LIMIT $2",
                   VALS(val_text(fingerprint), val_int(HISTORY_RUNS)), number_row, &list));
    history_fill(&list, out);
    return NULL;
}

const struct err *history_of_job(struct arena *arena, struct catalog *catalog, const char *job, struct history *out) {
    struct numbers list = {.arena = arena};
    *out = (struct history){0};
    if (!job) return NULL;
    TRY(store_each(
        catalog_store(catalog),
        "SELECT seconds FROM run WHERE (job = $1 OR job_id = $1) AND source = 'job' AND task IS NULL AND seconds > 0 ORDER BY started_at DESC, id "
        "DESC LIMIT $2",
        VALS(val_text(job), val_int(HISTORY_RUNS)), number_row, &list));
    history_fill(&list, out);
    return NULL;
}

/* ---- similar plans ---- */

#define KIN_DEVIATION 0.5 /* of the logarithm, before a run is seen: plans that are alike are off alike */

static const struct err *kin_load(struct catalog *catalog, const char *column, const char *kin, const char *fingerprint, const char *compute,
                                  struct numbers *out) {
    const char *sql = *column == 'f'
                          ? "SELECT seconds, estimated FROM run WHERE family = $1 AND estimated > 0 AND seconds > 0 AND (CAST($2 AS TEXT) IS NULL OR "
                            "fingerprint <> $2) AND (CAST($3 AS TEXT) IS NULL OR compute = $3) ORDER BY started_at DESC, id DESC LIMIT $4"
                          : "SELECT seconds, estimated FROM run WHERE shape = $1 AND estimated > 0 AND seconds > 0 AND (CAST($2 AS TEXT) IS NULL OR "
                            "fingerprint <> $2) AND (CAST($3 AS TEXT) IS NULL OR compute = $3) ORDER BY started_at DESC, id DESC LIMIT $4";
    if (!kin) return NULL;
    return store_each(catalog_store(catalog), sql, VALS(val_text(kin), val_text(fingerprint), val_text(compute), val_int(HISTORY_RUNS)), number_row,
                      out);
}

const struct err *history_of_kin(struct arena *arena, struct catalog *catalog, const struct run_kin *kin, const char *fingerprint,
                                 const char *compute, struct calibration *out, bool *family) {
    const struct {
        const char *column, *kin, *compute;
    } ways[] = {{"family", kin->family, compute}, {"family", kin->family, NULL}, {"shape", kin->shape, compute}, {"shape", kin->shape, NULL}};
    *out = (struct calibration){.factor = 1};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct numbers list = {.arena = arena};
        if (i % 2 == 0 && !compute) continue;
        TRY(kin_load(catalog, ways[i].column, ways[i].kin, fingerprint, ways[i].compute, &list));
        if (!list.n) continue;
        struct calibration prior;
        TRY(calibration_of(arena, catalog, compute, &prior));
        *family = i < 2;
        *out = calibration_fit(list.at, list.n, log(prior.factor), KIN_DEVIATION);
        return NULL;
    }
    return NULL;
}

/* ---- for people ---- */

struct lines {
    struct arena *arena;
    struct runs_line *at;
    size_t n, cap;
};

static const struct err *line_row(void *ctx, const struct val *c, size_t count) {
    struct lines *list = ctx;
    *vec_add(list->arena, list) =
        (struct runs_line){.compute = val_as_text(list->arena, &c[0], ""), .runs = (size_t)val_as_int(&c[1], 0), .seconds = val_as_real(&c[2], 0)};
    return NULL;
}

const struct err *runs_lines(struct arena *arena, struct catalog *catalog, struct runs_line **out, size_t *count) {
    struct lines list = {.arena = arena};
    struct store *store = catalog_store(catalog);
    TRY(store_each(store, "SELECT '', count(*), sum(seconds) FROM run HAVING count(*) > 0", VALS_NONE, line_row, &list));
    TRY(store_each(store, "SELECT compute, count(*), sum(seconds) FROM run GROUP BY compute ORDER BY count(*) DESC, compute LIMIT $1",
                   VALS(val_int(COMPUTES_MAX)), line_row, &list));
    for (size_t i = 0; i < list.n; i++) TRY(calibration_of(arena, catalog, i ? list.at[i].compute : NULL, &list.at[i].calibration));
    if (list.n) list.at[0].calibration.runs = list.at[0].calibration.all_runs;
    *out = list.at;
    *count = list.n;
    return NULL;
}
