/* unique.h - which columns of a bound relation tell its rows apart: its grain.
 * Layer: plan. May use: base, sql.
 *
 * For advice, not for proofs (those rest on rule_key.c over the normal form): keys are believed as declared, tested or derived.
 * Darwen, "The Role of Functional Dependence in Query Decomposition" (1989); Paulley, "Exploiting Functional Dependence in Query Optimization"
 * (2000). */
#ifndef UNIQUE_H
#define UNIQUE_H

#include "plan.h"

enum unique_answer {
    UNIQUE_NO,      /* keys are known, and by them several rows may share the given values */
    UNIQUE_UNKNOWN, /* too little is known */
    UNIQUE_YES,
};

/* Further keys of a table that its schema does not tell: sets of column names. `*count` sets come back. */
struct unique_key {
    const char *const *columns;
    size_t n;
};
typedef const struct unique_key *(*unique_keys)(void *ctx, const struct rel *scan, size_t *count);

struct unique; /* opaque: one question's state; lives as long as the arena */

/* A question over the plan's relations. `keys` may be NULL. */
struct unique *unique_new(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx);
/* One value of this column is given. */
void unique_give(struct unique *u, int column);
/* One row of `rel`, a relation below the one that will be asked about, is given: all its columns are. */
void unique_give_row(struct unique *u, const struct rel *rel);
/* May there be more than one row of `rel` for one value of each given column? What follows from the given ones is then known too. */
enum unique_answer unique_ask(struct unique *u, const struct rel *rel);
/* After asking: is the column decided by what was given? */
bool unique_knows(const struct unique *u, int column);
/* After UNIQUE_NO: the table, or aggregate, of which several rows may fit, and the key of it that is not fully given ("order_id, line"). */
const struct rel *unique_culprit(const struct unique *u, const char **key);

/* The fewest output columns that tell the rows of the whole plan apart, as indices of plan->names in order; false when none are known to.
 * Zero columns: there is one row at most. Plans of more than UNIQUE_OUTPUTS_MAX outputs are not tried. */
#define UNIQUE_OUTPUTS_MAX 80
bool unique_grain(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx, size_t **out, size_t *count);

/* Does the one output column tell the rows of the whole plan apart? A plan may have several such keys; unique_grain finds one. */
bool unique_by_output(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx, size_t output);

/* Where a column comes from when it is passed on unchanged: through projections, filters, joins and groupings, to the column that is made or
 * stored; the same number when it is made right there. */
int unique_origin(const struct plan *plan, int column);
#endif
