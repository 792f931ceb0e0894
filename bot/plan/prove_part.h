/* prove_part.h - the parts of relation_find beyond equal fingerprints: refuting a claim, deriving, sharing, describing.
 * Layer: plan, internal to prove.c. May use: base, sql, plan, normal. */
#ifndef PROVE_PART_H
#define PROVE_PART_H

#include "prove.h"

/* Runs the refuter on "a and b are identical" (column i of `a` is column order[i] of `b`; NULL: by place). False: it found a database
 * where they differ; the defect is recorded and the claim must not be made. `declared`: the proof rests on declared constraints. */
bool prove_survives(struct arena *arena, const struct plan *a, const struct plan *b, const size_t *order, bool declared,
                    const struct prove_options *options);

/* Is `a` computable from the result of `b` (swapped: `b` from that of `a`)? Fills kind, rewrite, proof and tier when it is. `na`, `nb`:
 * normal forms of one mode, whose `assumes` become the relation's. */
bool prove_derivable(struct arena *arena, const struct normal *na, const struct normal *nb, bool swapped, const struct prove_options *options,
                     struct relation *out);

/* Have they a join or an aggregation in common? Fills kind, rewrite (the shared part) and proof when they have. */
bool prove_shares(struct arena *arena, const struct normal *na, const struct normal *nb, struct relation *out);

/* Are they the same over another instance of their sources? Fills kind similar, tier L2, `instance` and the difference. */
bool prove_instance(struct arena *arena, const struct normal *na, const struct normal *nb, struct relation *out);

/* Fills differences; tier L2 and kind similar when only literals differ, else leaves kind and tier alone. */
void prove_differences(struct arena *arena, const struct normal *na, const struct normal *nb, struct relation *out);

/* A relation of two queries made one of what they fill: see plan.fill. */
void prove_fills(struct arena *arena, const struct plan *a, const struct plan *b, struct relation *r);

/* Where defects (claims that the refuter took back) go besides the log: a file named by PARLEY_DEFECTS, a line of JSON each. */
void prove_record_defect(const char *claim, const char *database, const char *left, const char *right);
#endif
