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
    const char *price_date;       /* "2026-04-10": the oldest day that one of its prices is of */
    const char *price_date_last;  /* the newest; NULL: the same */
    const char *price_source;     /* "list prices, deploy/prices.json" */
};

/* The sum; unknown as soon as one of them is unknown. Assumptions are joined without repetition. */
struct cost cost_add(struct arena *arena, const struct cost *a, const struct cost *b);
/* "about $310-420 a month", "up to $90 a month", "under $1 a month", "not known: ..." in the arena. */
const char *cost_text(struct arena *arena, const struct cost *cost);
/* A price of that day is part of it; NULL changes nothing. */
void cost_dated(struct cost *cost, const char *day);
/* "2026-04-10", "2024-07-11 to 2026-04-10"; NULL when its prices have no date. */
const char *cost_dates(struct arena *arena, const struct cost *cost);
/* What one unit costs, exactly: "$0.15", "0.15 EUR". */
const char *cost_rate(struct arena *arena, const char *currency, double rate);
/* No money a month: where a sum begins. */
struct cost cost_nothing(void);
/* Per month? */
bool cost_is_monthly(const struct cost *cost);
/* The same amount the other way round: what is spent less. */
struct cost cost_negated(const struct cost *cost);
/* An unknown amount with its reason. */
struct cost cost_unknown(const char *why);

#endif
