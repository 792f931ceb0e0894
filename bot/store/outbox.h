/* outbox.h - the outside state we want, committed with the work that wants it, then brought about.
 * Layer: store. May use: base, store. Sending is repeated after a crash, so every send function must reconcile: the same item sent
 * twice leaves the same outside state. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "store.h"

#include <jansson.h>

/* One wanted state. A plain record; strings belong to the arena it was read into. */
struct outbox_item {
    int64_t id;
    const char *kind;    /* "github.pull_request", "slack.message" ... */
    const char *lane;    /* "github:77", "slack": one item of a lane is sent at a time, and a lane sleeps as a whole */
    const char *subject; /* "acme/dw#42": an item replaces the pending one of the same kind and subject. Single acts
                          * (a reply, a reaction) put what makes them single in here */
    int64_t valid_at;    /* UTC seconds of the knowledge behind it: an older one never replaces a newer one */
    const char *payload; /* JSON */
    const char *outside; /* JSON that the last send of this kind and subject left (comment id, channel and ts), NULL at first */
    const char *state;   /* pending | sending | done | replaced | buried */
    const char *reason;  /* of the last failure, NULL when none */
    int attempts;
    int64_t not_before, created_at, settled_at;
    int64_t lease;
};

/* Brings one item about. `*state_out` (an object of the arena; may stay NULL: unchanged) is kept for the next send of this kind and subject,
 * also when an error is returned: what was done before it was done.
 * ERR_RETRY with retry_at puts the lane to sleep until then; ERR_RETRY without retries this item by backoff; all else buries it. */
typedef const struct err *(*outbox_send)(void *ctx, struct arena *arena, const struct outbox_item *in, json_t **state_out);

/* Wants `item` (kind, lane, subject, valid_at, payload are read). Joins the caller's transaction. `*kept` (may be NULL) is false when a
 * newer one is pending, or was sent already. */
const struct err *outbox_put(struct store *store, const struct outbox_item *item, bool *kept) MUST_CHECK;

/* Takes the next item of a lane that is awake and that nobody sends from; `*out` is NULL when there is none. */
const struct err *outbox_claim(struct store *store, struct arena *arena, int lease_seconds, struct outbox_item **out) MUST_CHECK;

/* The item is brought about; `outside` is JSON text to remember, NULL to keep what was there. */
const struct err *outbox_settle(struct store *store, const struct outbox_item *item, const char *outside) MUST_CHECK;

/* It failed: waits, sleeps with its lane, is buried, or is replaced by the newer one that waits. `outside` as above. */
const struct err *outbox_fail(struct store *store, const struct outbox_item *item, const struct err *why, const char *outside) MUST_CHECK;

/* Items left in sending by a crash (`of`: see lease.h) are pending again. */
const struct err *outbox_recover(struct store *store, int64_t of, int64_t *count) MUST_CHECK;

/* What the last send of (kind, subject) left, NULL when nothing was sent. */
const struct err *outbox_outside(struct store *store, struct arena *arena, const char *kind, const char *subject, const char **json) MUST_CHECK;

/* A buried item is pending again. ERR_INPUT when there is none of that id. */
const struct err *outbox_retry(struct store *store, int64_t id) MUST_CHECK;

struct outbox_list {
    struct outbox_item *at;
    size_t n;
};
/* Newest first; `state` NULL gives pending, sending and buried ones. At most `max`. */
const struct err *outbox_items(struct store *store, struct arena *arena, const char *state, int max, struct outbox_list *out) MUST_CHECK;

const struct err *outbox_count(struct store *store, const char *state, int64_t *count) MUST_CHECK;

/* Forgets done and replaced items settled before `before`; what they left outside stays known. */
const struct err *outbox_forget(struct store *store, int64_t before) MUST_CHECK;

#endif
