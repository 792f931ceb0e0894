/* fires.h - how often a schedule runs: Quartz and Unix cron by exact count, time zones included.
 * Layer: cost. May use: base, read's records. Quartz: https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html */
#ifndef FIRES_H
#define FIRES_H

#include "definition.h"

#include <stdint.h>

struct cron; /* opaque; lives as long as its arena */

/* Reads a Quartz (6-7 fields, seconds first), Unix (5 fields, or @hourly ...) or AWS expression (cron(..)): ranges, steps, lists, names, L, LW, L-3,
 * 15W, 6L, 6#3, years. NULL with `*why` in words when it is none. */
struct cron *cron_parse(struct arena *arena, const char *text, const char **why);

/* The first fire strictly after `after` (UTC seconds) in the zone (NULL: UTC). False when there is none within 5 years or the zone is unknown.
 * Where clocks change, each by its own rule. Quartz goes from one local time to the next: a time that is skipped fires as much later as the clock
 * jumps, an hour that comes twice counts once (quartz issue 81, and what the platform says of hourly jobs:
 * https://docs.databricks.com/jobs/scheduled). cron(8) runs what was skipped at once, what comes twice the first time only, and what begins with a
 * star by real time. */
bool cron_next(const struct cron *cron, const char *timezone, int64_t after, int64_t *out);

/* How many fires in [from, until); capped at `max`. -1 when the zone is unknown. */
int64_t cron_count(const struct cron *cron, const char *timezone, int64_t from, int64_t until, int64_t max);

/* The fires in [from, until), in order but for the hours of a clock change, up to `max` of them into `out`; how many. 0 when the zone is unknown. */
size_t cron_list(const struct cron *cron, const char *timezone, int64_t from, int64_t until, int64_t *out, size_t max);

/* Runs a month. */
struct fires {
    bool known;
    double per_month; /* mean over the twelve months from `now`'s month on */
    double shortest;  /* seconds between two fires, least seen; 0 when not known */
    bool continuous;  /* runs all the time: per_month is 1 run of a month */
    int64_t counted;  /* fires of a cron in those twelve months; 0: by its interval alone */
    int month, year;  /* the first of them */
    const char *text; /* "hourly", "daily at 05:00 Europe/Berlin", "every 15 minutes" */
    const char *why;  /* not known: why */
};
/* "daily at 05:00: 30.42 runs a month (365 from 2026-09 to 2027-08)" */
const char *fires_text(struct arena *arena, const struct fires *fires);
struct fires fires_of(struct arena *arena, const struct schedule *schedule, int64_t now);

#endif
