/* fill.h - how the rows of a query reach the dataset they fill, where the query alone does not say it.
 * Layer: plan. May use: base. */
#ifndef FILL_H
#define FILL_H

#include <stdbool.h>

/* A verb phrase in canonical words: "merges by `id` (matched: updates all columns)"; what stands in brackets is the fine print. NULL: the result of
 * the query is the whole dataset. */
struct fill {
    const char *words;
    bool stream; /* it is fed with new rows alone: no part of its query is computed over all of them */
    bool exact;  /* the words say all that counts: a definition of equal words, query and column names fills its dataset alike */
};

/* Do two queries that give the same rows give the same datasets, as far as the way they fill them goes? */
bool fill_same(struct fill a, struct fill b);
#endif
