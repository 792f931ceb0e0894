/* cost.h - an amount of money as it is shown: a range, what it rests on, and when it is not known, why.
 * Layer: cost. May use: base, catalog's text_list. */
#ifndef COST_H
#define COST_H

#include "text_list.h"

#include <stdbool.h>

/* A plain record. When `known` is false every number is 0 and `unknown` says in words what is missing; nobody may show a number then. */
struct cost {
    bool known;
    double low, high;             /* low <= high, in `currency` per `period` */
    const char *currency;         /* "USD" */
    const char *period;           /* "month", "run" or "hour" */
    const char *unknown;          /* "size of silver.events is not in the catalog" */
    struct text_list assumptions; /* what the range rests on, one sentence each */
    const char *price_date;       /* "2026-11-22", date of the price list */
    const char *price_source;     /* "deploy/prices.json: list prices" */
};

/* The sum; unknown as soon as one of them is unknown. Assumptions are joined without repetition. */
struct cost cost_add(struct arena *arena, const struct cost *a, const struct cost *b);
/* "about $310-420 a month", "under $1 a month", "not known: ..." in the arena. */
const char *cost_text(struct arena *arena, const struct cost *cost);
/* No money a month: where a sum begins. */
struct cost cost_nothing(void);
/* Per month? */
bool cost_is_monthly(const struct cost *cost);
/* The same amount the other way round: what is spent less. */
struct cost cost_negated(const struct cost *cost);
/* An unknown amount with its reason. */
struct cost cost_unknown(const char *why);

#endif
