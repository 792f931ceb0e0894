/* runs.h - what ran: imported from the platform's history, matched to plans, and held against what was estimated.
 * Layer: cost. May use: base, store, plan, read, catalog.
 *
 * Read are exports (records.h) of: query history (system.query.history, or the answer of its API), job runs (system.lakeflow.job_run_timeline,
 * job_task_run_timeline, or the answer of the Jobs API), billing usage (system.billing.usage), and OpenLineage run events with statistics. A run is
 * matched by its statement's plan, else by its job, else by the dataset it fills. A run imported again is passed over. */
#ifndef RUNS_H
#define RUNS_H

#include "catalog.h"
#include "cost.h"

struct work;

struct runs_imported {
    size_t rows;            /* in the file */
    size_t added, repeated; /* runs */
    size_t failed;          /* not finished, failed, or answered from a cache: say nothing on cost */
    size_t by_statement, by_job, by_dataset, unmatched;
    size_t estimated; /* matched to something of known size: they fit the model */
    size_t usage;     /* billing rows kept: see billed.h */
};
const struct err *runs_import(struct catalog *catalog, const char *name, struct str bytes, struct runs_imported *out) MUST_CHECK;

/* "f3a0...": what a plan is known by in runs and estimates; of the normal form, else of the text. NULL without either. */
const char *run_fingerprint(struct arena *arena, const struct plan *plan, const char *sql);

/* What plans are alike by: `family` when they differ only in the constants they compare with, `shape` when they join and group the same tables the
 * same way. NULL: none. */
struct run_kin {
    const char *family, *shape;
};
struct run_kin run_kin_of(struct arena *arena, const struct plan *plan);

/* Seconds that REFERENCE_CORES cores would take: the unit that runs are held against. */
#define REFERENCE_CORES 32.0

/* Keeps what is estimated of a plan now; a later import holds runs of it against that. */
const struct err *estimate_store(struct catalog *catalog, const char *fingerprint, const struct work *work, const char *name, int64_t now) MUST_CHECK;

/* ---- what the runs teach ---- */

/* How much longer runs take than estimated on one compute: exp of the shrunk median of the logarithms. */
struct calibration {
    size_t runs;     /* on this compute; 0: the factor is that of all computes together, or 1 */
    size_t all_runs; /* on all */
    double factor;
    double spread; /* half of the runs were within [factor / within, factor x within]; two thirds within spread */
    double within;
};
/* `compute` is a warehouse or cluster id; NULL: all together. Never fails for want of runs: factor 1, spread 0. */
const struct err *calibration_of(struct arena *arena, struct catalog *catalog, const char *compute, struct calibration *out) MUST_CHECK;
/* The arithmetic: logarithms of measured over estimated, and what is believed before (mean 0 and deviation when there are none). */
struct calibration calibration_fit(double *logs, size_t n, double prior_mean, double prior_deviation);

/* Past runs of one plan. */
struct history {
    size_t runs;
    double low, high; /* seconds: from the lower to the upper quartile of the last HISTORY_RUNS */
};
#define HISTORY_RUNS 50
const struct err *history_of(struct arena *arena, struct catalog *catalog, const char *fingerprint, struct history *out) MUST_CHECK;
/* Past runs of a job as a whole, by its name or the platform's id. */
const struct err *history_of_job(struct arena *arena, struct catalog *catalog, const char *job, struct history *out) MUST_CHECK;
/* How much longer runs of similar plans took than estimated, on this compute when there are such, else on all; `runs` 0: there are none. Plans of one
 * family go before those of one shape (`*family` tells which it was). */
const struct err *history_of_kin(struct arena *arena, struct catalog *catalog, const struct run_kin *kin, const char *fingerprint,
                                 const char *compute, struct calibration *out, bool *family) MUST_CHECK;

/* One line per compute with runs, and all together under "". */
struct runs_line {
    const char *compute;
    size_t runs;
    struct calibration calibration;
    double seconds; /* measured in all */
};
const struct err *runs_lines(struct arena *arena, struct catalog *catalog, struct runs_line **out, size_t *count) MUST_CHECK;

/* "fitted to 40 runs on this compute: past estimates here were off by 1.6x or less in half of them"; NULL when there were fewer than 3. */
const char *calibration_text(struct arena *arena, const struct calibration *calibration);

#endif
