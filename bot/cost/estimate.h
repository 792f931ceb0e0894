/* estimate.h - what a definition costs a month: time of a run x price of the compute x fires, as a range with its assumptions.
 * Layer: cost. May use: base, store, plan, read, catalog.
 *
 * The time of a run is that of past runs of the same plan; without them, that of the work its plan is (work.h), times what past runs of similar
 * plans were longer than estimated; without those, what runs on the same compute, or on all, were; without a plan, that of the bytes of what it
 * reads. Which of them it was is said. */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "bill.h"
#include "catalog.h"
#include "fires.h"
#include "price.h"
#include "runs.h"
#include "work.h"

/* One table read by a plan. */
struct scan_part {
    const char *dataset;
    bool known;            /* is its size in the catalog? */
    double all;            /* bytes of the table */
    double low, high;      /* bytes read after pruning, range */
    bool pruned;           /* a predicate on a partition column was found */
    bool partitioned;      /* it has partition columns */
    const char *partition; /* the first of them; NULL */
    const char *function;  /* not pruned, for a function stands around a partition column in a predicate; NULL */
    const char *why;       /* how the range came about */
};

/* Bytes read by one run. */
struct scan {
    bool known; /* every table's size is known */
    double low, high;
    struct scan_part *parts;
    size_t part_count;
    struct text_list missing; /* tables without a size */
    const struct work *work;  /* what the plan does; NULL: it has none */
};

/* Sizes come from the first catalog that has one. The entry's plan may be NULL: then every read counts whole. */
const struct err *estimate_scan(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct entry *entry,
                                struct scan *out) MUST_CHECK;

/* What past runs say of it. */
struct run_past {
    struct history history; /* of its plan */
    struct calibration kin; /* of similar plans; runs 0: none */
    bool kin_is_family;     /* they differ only in constants */
    struct calibration calibration;
};
const struct err *estimate_runs(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct entry *entry,
                                struct run_past *out) MUST_CHECK;

/* What past runs say of a run priced by bill_of: those of the plan itself, of similar ones, of its compute or of all, the first that there are. */
void estimate_target(struct arena *arena, const struct run_past *past, struct bill_target *target);

struct estimate_input {
    const struct entry *entry;
    const struct scan *scan;
    const struct price_list *prices;
    struct price_place place;
    const char *default_size, *default_type; /* warehouse of queries that name none; NULL: Small, serverless */
    int64_t now;
    const struct run_past *past; /* NULL: nothing is known of past runs */
};

/* Seconds of one run on its compute; false, with why in words, when they are not known. */
bool estimate_seconds(struct arena *arena, const struct estimate_input *in, double *low, double *high, const char **why);

/* Per month for what has a schedule, per run for what has none (period "run"). */
struct cost estimate_cost(struct arena *arena, const struct estimate_input *in);

#endif
