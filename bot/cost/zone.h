/* zone.h - time zones from the system's compiled files, without the process-wide TZ. RFC 8536.
 * Layer: cost. May use: base. */
#ifndef ZONE_H
#define ZONE_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

struct zone; /* opaque; lives as long as its arena */

/* "Europe/Berlin", "UTC". NULL when there is no such zone, or the system has no zone files. NULL name: UTC. Never follows a path out of the zone
 * folder. */
struct zone *zone_open(struct arena *arena, const char *name);

/* Seconds to add to UTC to get local time at the instant `utc`. */
int32_t zone_offset(const struct zone *zone, int64_t utc);

/* UTC instants whose local time is `local` (seconds of the civil time as if it were UTC): 1, 2 in the hour that comes twice (earlier first),
 * or 0 in one that a change skips; then `*change` is the instant of the change. */
int zone_instants(const struct zone *zone, int64_t local, int64_t out[2], int64_t *change);

#endif
