/* share.h - the largest part that two queries have in common and that is worth storing once: a join or an aggregation.
 * Layer: plan. May use: base, sql, plan, normal. */
#ifndef SHARE_H
#define SHARE_H

#include "normal.h"

struct shared_part {
    size_t n_sources;   /* tables joined */
    bool aggregates;    /* it groups */
    size_t n_conjuncts; /* conditions in common */
    const char *sql;    /* the part as a query in the first one's dialect; NULL: it cannot be written */
    const char *words;  /* "the join of orders and customers" */
};

/* The largest part common to `a` and `b` by equality of normal forms: at least two sources joined by a common condition, or a whole
 * aggregation. NULL: none. Both can be computed from it when it keeps the columns they use, and it does. */
struct shared_part *share_find(struct arena *arena, const struct normal *a, const struct normal *b);
#endif
