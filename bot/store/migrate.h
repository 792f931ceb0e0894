/* migrate.h - the tables and how they came to be: numbered steps, forward only, applied at start under a lock.
 * Layer: store. May use: base, store. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "store.h"

/* One step of one part. Never edited after a release: a change is a new step. The last of a list has number 0. */
struct migration {
    int number;      /* 1, 2, 3 ... within the part */
    const char *sql; /* a script for store_script */
};

/* Each part owns its list; migrate.c names them all. */
extern const struct migration migrate_core[];     /* delivery, lane, outbox, outside, review, ledger, setting */
extern const struct migration migrate_catalog[];  /* what the catalog keeps */
extern const struct migration migrate_feedback[]; /* what people said of findings */
extern const struct migration migrate_runs[];     /* runs and estimates */

/* Applies what is missing, each step in its own transaction. ERR_CONFIG when the database is of a newer version. */
const struct err *migrate_run(struct store *store) MUST_CHECK;

/* Calls fn with the script of every step of every part, in order. */
void migrate_scripts(void (*fn)(void *ctx, const char *sql), void *ctx);

/* store_open of PLACE/parley.db (the folder is made when missing), of PLACE itself when it ends in ".db", or of the address that it is, then
 * migrate_run. */
const struct err *migrate_open(const char *place, struct store **out) MUST_CHECK;

#endif
