/* tangle.h - what one FROM and WHERE amount to: the inputs of a tangle of joins and filters, and the conditions among them.
 * Layer: check. May use: base, plan. */
#ifndef TANGLE_H
#define TANGLE_H

#include "plan.h"

#define TANGLE_LEAVES_MAX     64
#define TANGLE_CONDITIONS_MAX 300

struct tangle {
    const struct plan *plan;
    const struct rel *leaves[TANGLE_LEAVES_MAX]; /* neither joins nor filters */
    size_t n;
    const struct scalar *conditions[TANGLE_CONDITIONS_MAX]; /* ANDs are taken apart */
    const struct rel *of[TANGLE_CONDITIONS_MAX];            /* the join or filter each stands at */
    size_t n_conditions;
    bool unsure; /* something in it is not looked through: opaque or lateral relations, full joins, too many */
};

/* The tangle whose top is `rel` (a join, a filter, or a lone input). `outer`: left joins are looked through, else they are leaves. */
struct tangle *tangle_of(struct arena *arena, const struct plan *plan, const struct rel *rel, bool outer);

/* The leaf that gives the column; -1: none does. */
long tangle_leaf(const struct tangle *t, int column);
/* The bits of all leaves the scalar speaks of; *unsure is set when some of it is not understood. */
uint64_t tangle_leaves(const struct tangle *t, const struct scalar *e, bool *unsure);
/* The two columns of different leaves that the condition equates. */
bool tangle_equates(const struct tangle *t, const struct scalar *e, int *a, int *b);

/* Is `part` the relation or somewhere below it? */
bool rel_holds(const struct rel *rel, const struct rel *part);
/* Does the relation give the column? */
bool rel_gives(const struct rel *rel, int column);
/* At most one row comes out. */
bool rel_is_single_row(const struct rel *rel);
/* The table under projections and filters alone; NULL when there is more to it. */
const struct rel *rel_scan(const struct rel *rel);
/* The table as people name it, or "a sub-query". */
const char *rel_name(const struct rel *rel);
#endif
