/* change_cost.h - what a change does to the monthly cost: before, after, and the difference against the repository's thresholds.
 * Layer: review. May use: cost, check. */
#ifndef CHANGE_COST_H
#define CHANGE_COST_H

#include "check.h"
#include "review.h"

/* Fills before, after and delta of the review: of definitions that run on a schedule and were touched, gone ones included. A definition's own
 * difference is that of its low ends and of its high ends, for what is not known of its tables and machines is the same before and after. */
void change_cost_fill(struct arena *arena, struct review *review, const struct subject *head, size_t head_count, const struct subject *base,
                      size_t base_count);

/* Lists what was estimated of changed definitions of known size, by fingerprint. */
void change_estimates_fill(struct arena *arena, struct review *review, const struct subject *head, size_t head_count);

/* `rules: {cost: {warn, gate, save}}`: a finding when the difference is beyond one of them, upwards or downwards. */
void change_cost_rule(struct arena *arena, const struct review_input *in, const struct review *review, struct findings *out);

#endif
