/* difference.h - how two queries differ, in a data engineer's words.
 * Layer: plan. May use: base, sql, plan, normal. */
#ifndef DIFFERENCE_H
#define DIFFERENCE_H

#include "normal.h"

struct differences {
    size_t n;
    const char *const *at; /* "yours also filters `status = 'paid'`"; yours is the first, the existing one the second */
    size_t n_literals;     /* how many of them are one literal in the place of another */
    bool only_literals;    /* nothing else differs: the same query with other parameters */
    bool same_tables, same_grain;
};

/* Never NULL; at most DIFFERENCES_MAX sentences, the weightiest first: sources, grain, filters, measures, columns. */
struct differences *difference_list(struct arena *arena, const struct normal *a, const struct normal *b);
#define DIFFERENCES_MAX 12
#endif
