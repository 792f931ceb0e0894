/* queue.h - deliveries: what came in, committed before it is accepted, worked on once at a time, never lost.
 * Layer: store. May use: base, store. Every call is one statement or one transaction; inside an open transaction it joins that.
 *
 * received -> waiting | ignored            by queue_triage (the payload is parsed for the first time)
 * waiting, retry -> leased                 by queue_claim
 * leased -> done | ignored | retry | buried by queue_settle, queue_fail, queue_recover
 * waiting, retry -> superseded             when a newer one of the same subject and kind is triaged
 * buried -> received                       by queue_retry, or when its sender delivers it again */
#ifndef QUEUE_H
#define QUEUE_H

#include "store.h"

#define QUEUE_BODY_MAX ((size_t)64 << 20) /* no body inflates over this */

/* Who delivered. */
#define SENDER_GITHUB        "github"
#define SENDER_SLACK_COMMAND "slack.command"
#define SENDER_SLACK_ACTION  "slack.action"
#define SENDER_DATABRICKS    "databricks"
#define SENDER_JOBS          "jobs"
#define SENDER_LINEAGE       "lineage" /* event "event" or "batch" */
#define SENDER_TIMER         "timer"   /* event "catch_up" */
#define SENDER_CLI           "cli"

/* A plain record; strings belong to the arena it was read into. */
struct delivery {
    int64_t id;
    const char *sender; /* SENDER_... */
    const char *event;  /* X-GitHub-Event, "command", "action", "event", "batch", "catch_up" */
    const char *guid;   /* X-GitHub-Delivery, or what identifies a repeat for this sender; unique with sender */
    struct str body;    /* as it came, gzip undone; empty in lists */
    int64_t body_size;
    int64_t received_at;
    const char *state;    /* see above */
    const char *subject;  /* "github:acme/dw#42"; NULL before triage. At most one lease per subject at a time */
    const char *kind;     /* "pull_request"; NULL: never superseded */
    const char *lane;     /* "github:77": lanes take turns */
    int64_t installation; /* GitHub App installation, 0 when none */
    int attempts;         /* leases taken so far */
    int64_t not_before;   /* state retry: no earlier than this */
    int64_t lease;        /* the lease's token, 0 when not leased */
    int64_t lease_until;
    int64_t settled_at;
    const char *reason; /* why it is ignored, buried, in retry; NULL when there is none */
};

/* What the first look at a payload says. */
struct triage {
    const char *ignored; /* not NULL: why nobody needs to act on this; the rest is not read */
    const char *subject; /* what may be worked on by one job at a time; NULL gets one of its own */
    const char *kind;    /* a newer one with the same subject and kind replaces an older waiting one; NULL: never */
    const char *lane;    /* whose turn it is: "github:77", "slack", "lineage"; NULL: the sender */
    int64_t installation;
};

/* Given by handlers. Reads in->body (untrusted), acts on nothing. An error buries the delivery (ERR_RETRY: tries again). */
typedef const struct err *(*triage_fn)(struct arena *arena, const struct delivery *in, struct triage *out);

/* A delivery about to be stored. `packed` is the body by queue_pack. */
struct delivery_new {
    const char *sender, *event, *guid;
    const void *packed;
    size_t packed_size, body_size;
    int64_t received_at;
};

/* Compresses a body with zstd; `*out` is malloc'd: free it. */
const struct err *queue_pack(const void *body, size_t n, void **out, size_t *out_size) MUST_CHECK;

/* Stores it, unless (sender, guid) is known: then `*fresh` (may be NULL) is false and nothing changes, but a buried one is received
 * again, for its sender asked for that. Durable only once the surrounding transaction, or this call when there is none, has committed. */
const struct err *queue_put(struct store *store, const struct delivery_new *d, bool *fresh) MUST_CHECK;

/* queue_pack and queue_put of sender, event, guid, body and received_at (0: now). */
const struct err *queue_add(struct store *store, const struct delivery *d, bool *fresh) MUST_CHECK;

/* First looks that were taken but are not stored yet; opaque, belongs to an arena. */
struct looks;

/* Looks at up to `max` received deliveries, oldest first, and changes nothing; `*out` is NULL when there are none. */
const struct err *queue_look(struct store *store, struct arena *arena, triage_fn fn, int max, struct looks **out) MUST_CHECK;

/* Stores what they say; joins the caller's transaction. */
const struct err *queue_look_store(struct store *store, const struct looks *looks) MUST_CHECK;

/* How many there are, and how many of them are to be worked on. */
int queue_look_count(const struct looks *looks, int *waiting);

/* queue_look and queue_look_store; `*seen` says how many. */
const struct err *queue_triage(struct store *store, triage_fn fn, int max, int *seen) MUST_CHECK;

/* Leases the next delivery for `lease_seconds`; `*out` is NULL when there is none. Never two of one subject; lanes take turns;
 * the body is read. */
const struct err *queue_claim(struct store *store, struct arena *arena, int lease_seconds, struct delivery **out) MUST_CHECK;

/* The delivery with its body; `*out` is NULL when there is none of that id. */
const struct err *queue_get(struct store *store, struct arena *arena, int64_t id, struct delivery **out) MUST_CHECK;

/* Ends a lease as done, or as ignored when `ignored` says why. Call it inside the transaction that stores the work's results: ERR_REFUSED means
 * that the lease was lost to another worker, so roll back. */
const struct err *queue_settle(struct store *store, const struct delivery *d, const char *ignored) MUST_CHECK;

/* Ends a lease by an error: ERR_RETRY waits for why->retry_at or by backoff until the attempts are used up, all else is buried.
 * Superseded instead of retried when a newer one waits. Nothing happens when the lease is no longer held. `*buried` (may be NULL) says whether
 * nobody will try again, which those who wait for a result should hear. */
const struct err *queue_fail(struct store *store, const struct delivery *d, const struct err *why, bool *buried) MUST_CHECK;

/* Called in the transaction that buries a delivery: those who wait for its result should hear that there will be none. */
typedef const struct err *(*queue_gave_up)(void *ctx, struct store *store, struct arena *arena, const struct delivery *delivery);

/* Who is told, and by what. */
struct queue_teller {
    queue_gave_up gave_up; /* may be NULL */
    void *ctx;
    struct arena *arena;
};

/* queue_fail, and where that buries the delivery those who wait are told in the same transaction. When they cannot be told, that is logged and the
 * delivery is buried all the same; only what time may mend undoes both. */
const struct err *queue_fail_telling(struct store *store, const struct delivery *d, const struct err *why,
                                     const struct queue_teller *teller) MUST_CHECK;

/* Gives a lease back unused (shutdown): waiting again, the attempt not counted. */
const struct err *queue_release(struct store *store, const struct delivery *d) MUST_CHECK;

/* Leases that are lost (`of`: see lease.h; all of them at the start of the only server) are retried or buried; `*count` may be NULL. */
const struct err *queue_recover(struct store *store, int64_t of, int64_t *count) MUST_CHECK;

/* Buried, ignored, superseded or done: received again with no attempts. ERR_INPUT when there is none of that id or it is still at work. */
const struct err *queue_retry(struct store *store, int64_t id) MUST_CHECK;

struct delivery_list {
    struct delivery *at;
    size_t n;
};
/* Newest first, without bodies; `state` NULL gives all that is not done, ignored or superseded. At most `max`. */
const struct err *queue_list(struct store *store, struct arena *arena, const char *state, int max, struct delivery_list *out) MUST_CHECK;

/* How many are in `state`. */
const struct err *queue_count(struct store *store, const char *state, int64_t *count) MUST_CHECK;

/* Forgets settled deliveries received before `before` (their guids with them; repeats are known for as long as they are kept). */
const struct err *queue_forget(struct store *store, int64_t before) MUST_CHECK;

#endif
