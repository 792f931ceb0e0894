/* work.h - what one run of a plan does: rows and bytes through every step of it, and the seconds of one core that takes.
 * Layer: cost. May use: base, plan, read, catalog.
 *
 * Sizes and column measurements come from the catalogs; where one is missing, the defaults named in flow.h stand in and widen `spread`.
 * The plan is walked as an engine would run it: predicates at the scans, only needed columns read, joins in the order that keeps
 * intermediate results small, hash joins with the smaller side built, sub-queries turned into semi-joins. */
#ifndef WORK_H
#define WORK_H

#include "catalog.h"
#include "plan.h"
#include "text_list.h"

/* One table read by a plan. */
struct work_scan {
    const char *dataset;
    bool known; /* is its size in the catalog? Else every number is 0 */
    double table_rows, table_bytes;
    double rows;            /* read after partition pruning */
    double column_share;    /* bytes of the needed columns over those of all, 0..1 */
    double partition_share; /* what is left after partition pruning, 0..1 */
    double bytes;           /* table_bytes x both shares */
    bool widths_known;      /* of all columns, by their types at least */
    bool widths_measured;   /* and by their values */
    bool pruned, partitioned;
    bool partition_measured; /* the share rests on counts or ranges of the column, not on defaults */
    const char *partition;   /* first partition column, or the one that a function hides; NULL */
    const char *function;    /* not pruned, for this function stands around it; NULL */
    const char *origin;      /* of the size */
    int64_t age;             /* UTC seconds when it was taken; 0 not known */
};

/* One step of the plan with something to say, in the order of execution. */
struct work_step {
    const char *what; /* "scan orders", "join", "aggregate", "sort" ... */
    double rows_in, rows_out, bytes, seconds;
};

struct work {
    bool known; /* every table's size is known: else only `scans` and `missing` count */
    double read_bytes, read_rows;
    double shuffle_bytes; /* through exchanges of joins, aggregations, windows, sorts: an upper bound where one side is small */
    double sort_bytes;
    double output_rows, output_bytes;
    double seconds; /* of one core */
    double spread;  /* the true seconds are taken to lie between seconds / spread and seconds x spread; >= 1 */
    struct work_scan *scans;
    size_t scan_count;
    struct work_step *steps;
    size_t step_count;
    struct text_list missing;  /* tables without a size */
    struct text_list defaults; /* what was not measured and what was assumed, one sentence each */
};

/* `out` lives in the arena. A plan of more steps than WORK_STEPS_MAX counts its first ones and says so in `defaults`. */
#define WORK_STEPS_MAX 2000
const struct err *work_of_plan(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct plan *plan,
                               struct work *out) MUST_CHECK;

#endif
