/* records.h - an export of a platform's tables, row by row: JSON lines, a JSON array (also under "res", "runs" or "items"), or CSV with a header.
 * Layer: cost. May use: base. CSV: RFC 4180. */
#ifndef RECORDS_H
#define RECORDS_H

#include "err.h"
#include "jsonx.h"

#define RECORDS_MAX     2000000
#define RECORDS_COLUMNS 500

/* Calls fn for every row, as an object (of CSV all values are strings, empty ones are left out); `line` is where it begins, 1-based. fn's error ends
 * the walk and gets "NAME:LINE: " in front. ERR_INPUT for a row that cannot be read, with line and what to do. Rows live until fn returns;
 * `arena` is that of the row. */
typedef const struct err *(*record_visit)(void *ctx, struct arena *arena, const json_t *row, int line);
const struct err *records_read(const char *name, struct str bytes, record_visit fn, void *ctx) MUST_CHECK;

/* The field "a.b": nested, or as one flat name, or within a JSON text (as structs come in CSV). NULL when absent, null or empty. */
const json_t *record_field(struct arena *arena, const json_t *row, const char *path);
/* The first of several names that is there, as text (numbers in digits). NULL when none is. */
const char *record_text(struct arena *arena, const json_t *row, const char *const *paths);
/* As a number; false when none is there. ERR-free: a text that is no number counts as absent. */
bool record_number(struct arena *arena, const json_t *row, const char *const *paths, double *out);
/* As UTC seconds: ISO 8601 (a blank for the T will do), or milliseconds since 1970. False when none is there. */
bool record_time(struct arena *arena, const json_t *row, const char *const *paths, double *out);

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
