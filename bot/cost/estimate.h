/* estimate.h - what a definition costs a month: bytes read x price of the compute x fires, as a range with its assumptions.
 * Layer: cost. May use: base, plan, read, catalog. */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "catalog.h"
#include "fires.h"
#include "price.h"

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
};

/* Sizes come from the first catalog that has one. `plan` may be NULL: then every read counts whole. */
const struct err *estimate_scan(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct entry *entry,
                                struct scan *out) MUST_CHECK;

struct estimate_input {
    const struct entry *entry;
    const struct scan *scan;
    const struct price_list *prices;
    struct price_place place;
    const char *default_size, *default_type; /* warehouse of queries that name none; NULL: Small, serverless */
    int64_t now;
};

/* Per month for what has a schedule, per run for what has none (period "run"). */
struct cost estimate_cost(struct arena *arena, const struct estimate_input *in);

#endif
