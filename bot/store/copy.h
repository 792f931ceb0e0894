/* copy.h - a store's rows into another store, of the same kind or the other.
 * Layer: store. May use: base, store. */
#ifndef COPY_H
#define COPY_H

#include "store.h"

/* Copies every table of the migrations from `from` into `to`, in one transaction of each: what is written to `from` meanwhile is not in it (SQLite
 * lets nobody write meanwhile). Both are migrated; ERR_CONFIG when `to` holds anything already. `*rows` (may be NULL) is how many were copied. */
const struct err *store_copy(struct store *from, struct store *to, int64_t *rows) MUST_CHECK;

#endif
