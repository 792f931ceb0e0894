/* column_origin.h - which columns of which tables the outputs of a query are made of.
 * Layer: plan. May use: base, sql. */
#ifndef COLUMN_ORIGIN_H
#define COLUMN_ORIGIN_H

#include "plan.h"

struct column_origin {
    const char *table;  /* as the query names it */
    const char *column; /* "*": some column of a table whose columns are not known */
    bool computed;      /* it is part of an expression; false: the output is this column */
};

struct column_origins {
    const char *name; /* of the output */
    struct column_origin *at;
    size_t n, cap;
    bool partial; /* it also hangs on something that is not known, or on too much to list */
};

/* One for each output of the plan, each with its origins sorted and without repeats. Values decide, rows do not: what only filters or joins is no
 * origin. Bounded: 200 origins of one output. Lives as long as the arena. */
struct column_origins *column_origins_of(struct arena *arena, const struct plan *plan);

#endif
