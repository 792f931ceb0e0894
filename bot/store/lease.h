/* lease.h - what queue and outbox have in common: who holds a lease, and lanes that take turns.
 * Layer: store. May use: base, store. */
#ifndef LEASE_H
#define LEASE_H

#include "store.h"

/* Every lease that this process takes from now on bears `holder` (1 .. LEASE_HOLDER_MAX; 0, at first: nobody's), so that after an unclean end the
 * same server knows them again among those of others. Call it before threads are started. */
#define LEASE_HOLDER_MAX INT32_MAX
void lease_holder(int64_t holder);

/* A token that no other lease of the same thing has. */
int64_t lease_token(void);

/* Which leases to take up: those that ran out by themselves, and with them all, or those of one holder. */
#define LEASES_OVER 0
#define LEASES_ALL  (-1)
/* In SQL, over the columns lease and lease_until: $1 is now, $2 one of the above or a holder. */
#define LEASE_IS_LOST "(lease_until < $1 OR $2 = -1 OR ($2 > 0 AND lease / 4294967296 = $2))"

/* Makes the lane known. `part` is "queue" or "outbox". */
const struct err *lane_add(struct store *store, const char *part, const char *name) MUST_CHECK;

/* It had its turn: the others go first now. */
const struct err *lane_served(struct store *store, const char *part, const char *name) MUST_CHECK;

#endif
