/* inflate_bounded.h - gzip bodies, with a ceiling on what they become.
 * Layer: intake. May use: base, zlib. */
#ifndef INFLATE_BOUNDED_H
#define INFLATE_BOUNDED_H

#include "err.h"
#include "text.h"

/* Inflates one gzip member (what follows it is refused) to at most `max` bytes; `*out` is malloc'd: free its p. ERR_INPUT with status
 * 413 when it would be larger, 400 when it is no gzip. */
const struct err *inflate_bounded(struct str gzip, size_t max, struct str *out) MUST_CHECK;

#endif
