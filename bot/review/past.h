/* past.h - the review before this one, read back from what was stored of it.
 * Layer: review. May use: base, check. Reads any JSON that has a "findings" list with keys (the contract of `review --format json`). */
#ifndef PAST_H
#define PAST_H

#include "review.h"

/* Reads the body of a stored review: "findings" and "set_aside" (key, label, rule, path, text, owner, state), "head_sha". NULL or a text that is no
 * JSON gives a past without findings. Never NULL. */
struct past *past_read(struct arena *arena, const char *json);

#endif
