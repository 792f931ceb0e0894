/* together.h - a new definition held against several existing ones at once.
 * Layer: check. May use: base, sql, plan, catalog. */
#ifndef TOGETHER_H
#define TOGETHER_H

#include "entry.h"
#include "prove.h"
#include "share.h"

#define TOGETHER_MAX 16

/* Computable from these stored results together, and from nothing else: the relation, with used[i] for each that the rewrite reads (two at
 * least); NULL when not. All are bound with one schema. The first PROVE_STORED_MAX of them are looked at. */
const struct relation *together_derive(struct arena *arena, const struct entry *subject, const struct entry *const *others, size_t n, bool refute,
                                       bool *used);

/* The part that weighs most of those that the subject has in common with others, when two or more of them have it; its members are 0 for the
 * subject and i + 1 for others[i]. NULL: none. */
const struct shared_group *together_share(struct arena *arena, const struct entry *subject, const struct entry *const *others, size_t n);
#endif
