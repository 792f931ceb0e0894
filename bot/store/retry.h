/* retry.h - the one place that knows how long to wait before trying again.
 * Layer: store. May use: base. */
#ifndef RETRY_H
#define RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_ATTEMPTS 12              /* then it is buried */
#define RETRY_AGE      (3 * 24 * 3600) /* seconds; GitHub too keeps deliveries for three days */
#define RETRY_WAIT_MAX 3600            /* seconds */

struct retry_in {
    int64_t now;      /* UTC seconds */
    int64_t since;    /* when the thing came into being */
    int64_t asked_at; /* the other side's own time, 0 when it named none: then the attempt was not a failure of ours */
    int attempts;     /* made so far, this one included */
    int64_t id;       /* spreads equal failures over time */
};

/* When to try again: the time asked for, else 2 s, 4 s, 8 s ... up to an hour, plus up to a quarter of it by `id`.
 * False when it is time to give up: too many attempts, or too old. */
bool retry_next(const struct retry_in *in, int64_t *at);

#endif
