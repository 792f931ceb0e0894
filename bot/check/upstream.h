/* upstream.h - the definition behind a table that a plan reads: of the change itself, else the one the catalogs know.
 * Layer: check. May use: base, sql, plan, read, catalog. */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include "look.h"
#include "unique.h"

/* What fills a dataset. A plain record that lives as long as the look's arena. */
struct upstream {
    const struct entry *entry;
    const struct plan *plan; /* of its own query; NULL when it is not understood */
    bool whole;              /* the dataset holds what the query gives, no more and no less */
    struct unique_key *keys; /* its grain, by column name */
    size_t key_count;
};

/* The one definition that fills `dataset` (as a plan or a reading names it); NULL when there is none, or several do. Remembered. */
const struct upstream *upstream_of(struct look *look, const char *dataset);

/* The keys that what fills the table gives it: for unique_new, with the look as its ctx. */
const struct unique_key *upstream_keys(void *look, const struct rel *scan, size_t *count);

/* "orders" and "sales.orders" may be the same: one ends in the other, at a dot. ASCII case is ignored. */
bool dataset_fits(const char *a, const char *b);
#endif
