/* merge_key.h - by which columns a MERGE finds the row that a new row replaces.
 * Layer: read. May use: base, sql. */
#ifndef MERGE_KEY_H
#define MERGE_KEY_H

#include "definition.h"

/* Sets unique_key of the definition to the columns c of `t.c = s.c` and `t.c <=> s.c` in the condition. What only one side is asked for leaves the
 * key as it is; where both sides meet in another way (an expression, a range, an OR) there is no key that can be told. */
void merge_key_set(struct arena *arena, const struct sql_expr *on, struct definition *d);

#endif
