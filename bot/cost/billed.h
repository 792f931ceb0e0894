/* billed.h - what the platform billed: rows of system.billing.usage, kept once each, priced by the list of the day they fell on.
 * Layer: cost. May use: base, store, catalog. https://docs.databricks.com/admin/system-tables/billing
 *
 * The first source of what something that exists costs: before any estimate, with the days it speaks of. */
#ifndef BILLED_H
#define BILLED_H

#include "catalog.h"
#include "price.h"

#include "jsonx.h"

enum billed_kind { BILLED_JOB, BILLED_WAREHOUSE, BILLED_PIPELINE, BILLED_CLUSTER };
const char *billed_kind_name(enum billed_kind kind); /* "job", ... */

/* Keeps a row. `*kept` is false for what is no DBU, belongs to nothing, or was kept before. RETRACTION rows are negative: all are summed. */
const struct err *billed_keep(struct catalog *catalog, struct arena *arena, const json_t *row, int64_t now, bool *kept) MUST_CHECK;
/* Gives runs of jobs the DBU that were billed for them. */
const struct err *billed_to_runs(struct catalog *catalog) MUST_CHECK;

/* What was billed for one thing. */
struct billed {
    const char *id, *name; /* of the platform; NULL not known */
    enum billed_kind kind;
    double dbu, usd;                                 /* in all; usd by list price, of what has one */
    double unpriced;                                 /* DBU of products that the list does not have */
    size_t runs;                                     /* of a job that could be told apart; 0 none */
    int64_t from, until;                             /* UTC seconds of the first and last usage; 0: nothing was billed */
    bool machines;                                   /* its machines are in the price: serverless products alone */
    const char *currency, *price_first, *price_last; /* of the list it was priced by; NULL no price was found */
    const char *products;                            /* "JOBS_COMPUTE, JOBS_COMPUTE_(PHOTON)" */
};
/* By the platform's id or the name in usage_metadata or custom_tags; either may be NULL. `out->from` 0: nothing is known. */
const struct err *billed_of(struct arena *arena, struct catalog *catalog, const struct price_list *prices, enum billed_kind kind, const char *id,
                            const char *name, struct billed *out) MUST_CHECK;

/* All that was billed, dearest first, at most 1000. */
const struct err *billed_all(struct arena *arena, struct catalog *catalog, const struct price_list *prices, struct billed **out,
                             size_t *count) MUST_CHECK;

/* No money yet, per `period`, that rests on what was billed and says so, with the days of its prices. */
struct cost billed_cost_new(struct arena *arena, const struct price_list *prices, const struct billed *billed, const char *period);

/* What it came to a month over its days, as billed. Unknown when nothing was, or fewer than BILLED_DAYS are known. */
#define BILLED_DAYS 3
struct cost billed_monthly(struct arena *arena, const struct price_list *prices, const struct billed *billed);

/* Dollars of one run as billed, its machines added: they are up as long as its DBU take on this compute, from its most to its fewest workers. All of
 * it where no runs are told apart. False when the machines are not known; then low and high are what was billed alone. */
bool billed_run(const struct price_list *prices, const struct price_place *place, const struct compute *compute, const struct billed *billed,
                double *low, double *high);

/* "billed from 2026-08-01 to 2026-08-31: 412 DBU of JOBS_COMPUTE in 31 runs, $61.80 at list price" */
const char *billed_text(struct arena *arena, const struct billed *billed);

#endif
