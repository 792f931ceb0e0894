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

/* Definitions with a part in common. */
struct shared_group {
    size_t n_members;
    const size_t *members; /* places in `forms`, ascending */
    size_t weight;         /* sources, conjuncts and keys of the part */
    const struct shared_part *part;
};
#define SHARE_FORMS_MAX 24

/* The maximal parts that two or more of the definitions have, each with all that have it, heaviest (weight times definitions) first: none
 * whose members all share a larger one. Forms of one mode; at most SHARE_FORMS_MAX of them are looked at. NULL when there is none. */
struct shared_group *share_among(struct arena *arena, const struct normal *const *forms, size_t n, size_t *count);
#endif
