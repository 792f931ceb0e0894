/* killpoint.h - places where a test may end the process at once, to prove that nothing is lost or doubled.
 * Layer: base. May use: the C library. */
#ifndef KILLPOINT_H
#define KILLPOINT_H

#include <stddef.h>

/* When the environment says PARLEY_KILL_AT=NAME (or NAME:3 for the third time it is reached), ends the process with status 137 and
 * no clean-up, as kill -9 would. When PARLEY_KILL_ONCE names a file, it is made at that moment, and no process dies while it exists:
 * so that the retry after the crash gets through. It lies in the data folder, for jobs can write nowhere else. Does nothing otherwise. `name` must be
 * in the list. */
void kill_point(const char *name);

/* All names, in the order in which one delivery passes them; ends with NULL. */
extern const char *const kill_points[];

#endif
