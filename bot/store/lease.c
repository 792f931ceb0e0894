/* lease.c - tokens of leases, turns of lanes. */
#include "lease.h"

#include <assert.h>
#include <sys/random.h>

static int64_t holder_now;

void lease_holder(int64_t holder) {
    assert(holder >= 0 && holder <= LEASE_HOLDER_MAX);
    holder_now = holder;
}

int64_t lease_token(void) {
    uint32_t token = 0;
    while (getrandom(&token, sizeof token, 0) != (ssize_t)sizeof token) {}
    return holder_now << 32 | token | 1;
}

const struct err *lane_add(struct store *store, const char *part, const char *name) {
    return store_run(store, "INSERT INTO lane (part, name) VALUES ($1, $2) ON CONFLICT (part, name) DO NOTHING", VALS(val_text(part), val_text(name)),
                     NULL);
}

const struct err *lane_served(struct store *store, const char *part, const char *name) {
    return store_run(store, "UPDATE lane SET served = (SELECT MAX(m.served) + 1 FROM lane m WHERE m.part = $1) WHERE part = $1 AND name = $2",
                     VALS(val_text(part), val_text(name)), NULL);
}
