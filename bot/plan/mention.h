/* mention.h - which columns an expression or a relation speaks of, sub-queries included.
 * Layer: plan. May use: base, sql. */
#ifndef MENTION_H
#define MENTION_H

#include "plan.h"

/* Is it one of the columns that are asked for? */
typedef bool (*column_test)(const void *ctx, int column);

/* Does any scalar below speak of such a column? True as well where it is nested too deeply to tell. */
bool scalar_mentions(const struct scalar *e, column_test test, const void *ctx);
bool rel_mentions(const struct rel *rel, column_test test, const void *ctx);

#endif
