/* warehouse_up.h - how long a SQL warehouse is up a month for the queries that run on it by schedule: each wakes it, and it stops so long after the
 * last. Layer: cost. May use: base, read's records. */
#ifndef WAREHOUSE_UP_H
#define WAREHOUSE_UP_H

#include "fires.h"

/* A query that starts by itself. */
struct warehouse_use {
    const struct schedule *schedule;
    double seconds; /* of a run */
};

/* Hours a month that are paid; `*busy` (may be NULL) those in which a query runs. Times are gone through one by one over 30 days from `now`;
 * schedules that cannot be read count as never. At most WAREHOUSE_STARTS starts, the rest of the days is taken to be like the first. */
#define WAREHOUSE_STARTS 100000
double warehouse_hours(struct arena *arena, const struct warehouse_use *uses, size_t count, double stop_seconds, int64_t now, double *busy);

/* Minutes after which it stops: as said, else the platform's default (10 for serverless, 45 for others). */
double warehouse_stop_minutes(const struct compute *warehouse);

#endif
