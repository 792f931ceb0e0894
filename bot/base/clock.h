/* clock.h - the time, and its one written form. Fixed in tests by PARLEY_NOW (UTC seconds, or ISO 8601).
 * Layer: base. May use: arena, the C library. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_now(void);          /* UTC seconds since 1970; PARLEY_NOW when set */
int64_t clock_monotonic_us(void); /* for durations; never fixed */
int64_t clock_cpu_us(void);       /* processor time of this thread: what a computation costs however busy the machine is */

#define CLOCK_ISO 21
/* "2026-01-31T19:29:35Z" */
void clock_iso(int64_t when, char out[CLOCK_ISO]);
/* Reads ISO 8601 with optional fraction and Z or +hh:mm; a bare date is its midnight UTC. False when it is neither. */
bool clock_parse_iso(const char *text, int64_t *when);
/* "90m", "30d", "2w", "12h", "1mo", "1y": seconds. False when it is not a duration or is over ten years. */
bool clock_parse_duration(const char *text, int64_t *seconds);
#endif
