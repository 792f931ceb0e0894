/* queue_lease.c - who works on which delivery, and what becomes of it. */
#include "clock.h"
#include "lease.h"
#include "log.h"
#include "queue.h"
#include "queue_row.h"
#include "retry.h"

#include <stdio.h>

#define RECOVER_MAX  10000
#define LOST_AT_ONCE 2

/* The oldest due delivery of the lane that has waited longest for its turn. */
static const struct err *next_find(struct store *store, int64_t *id) {
    return store_number(
        store,
        "SELECT x.id FROM (SELECT l.served AS served, (SELECT d.id FROM delivery d WHERE d.lane = l.name AND d.state IN ('waiting', 'retry') "
        "AND d.not_before <= $1 AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.subject = d.subject AND o.state = 'leased') "
        "ORDER BY d.id LIMIT 1) AS id FROM lane l WHERE l.part = 'queue') x WHERE x.id IS NOT NULL ORDER BY x.served, x.id LIMIT 1",
        VALS(val_int(clock_now())), id);
}

static const struct err *lease_write(struct store *store, struct arena *arena, int64_t id, int seconds, bool *taken) {
    struct row row;
    *taken = false;
    TRY(store_one(
        store, arena,
        "UPDATE delivery SET state = 'leased', lease = $1, lease_until = $2, attempts = attempts + 1 WHERE id = $3 AND state IN ('waiting', 'retry') "
        "AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.subject = delivery.subject AND o.state = 'leased') RETURNING lane",
        VALS(val_int(lease_token()), val_int(clock_now() + seconds), val_int(id)), &row));
    if (!row.count) return NULL;
    *taken = true;
    return lane_served(store, "queue", val_as_text(arena, &row.at[0], NULL));
}

/* Which one is next is asked again under the lock: another worker may have taken what was free. Rows locked one by one would not do, for a lease
 * also keeps others away from its subject, and moves its lane to the end. */
static const struct err *lease_take(struct store *store, struct arena *arena, int seconds, int64_t *id, bool *taken) {
    TRY(store_lock(store, QUEUE_LOCK));
    TRY(next_find(store, id));
    return *id ? lease_write(store, arena, *id, seconds, taken) : NULL;
}

const struct err *queue_claim(struct store *store, struct arena *arena, int lease_seconds, struct delivery **out) {
    int64_t id;
    bool own, taken = false;
    *out = NULL;
    TRY(next_find(store, &id)); /* an empty queue costs no lock */
    if (!id) return NULL;
    TRY(store_join(store, &own));
    const struct err *e = store_leave(store, own, lease_take(store, arena, lease_seconds, &id, &taken));
    if (e && e->kind == ERR_REFUSED) return NULL; /* another worker took one of the same subject meanwhile */
    TRY(e);
    return taken ? queue_get(store, arena, id, out) : NULL;
}

const struct err *queue_settle(struct store *store, const struct delivery *d, const char *ignored) {
    int64_t changed;
    TRY(store_run(store, "UPDATE delivery SET state = $1, reason = $2, settled_at = $3, lease = 0 WHERE id = $4 AND state = 'leased' AND lease = $5",
                  VALS(val_text(ignored ? "ignored" : "done"), val_text(ignored), val_int(clock_now()), val_int(d->id), val_int(d->lease)),
                  &changed));
    if (!changed) return err_new(ERR_REFUSED, "the lease of delivery %lld was lost", (long long)d->id);
    return NULL;
}

static const struct err *newer_waits(struct store *store, const struct delivery *d, bool *yes) {
    int64_t found;
    TRY(store_number(store, "SELECT 1 FROM delivery WHERE subject = $1 AND kind = $2 AND state IN ('waiting', 'retry') AND id > $3 LIMIT 1",
                     VALS(val_text(d->subject), val_text(d->kind), val_int(d->id)), &found));
    *yes = found != 0;
    return NULL;
}

static const struct err *lease_end(struct store *store, const struct delivery *d, const char *state, const char *reason, int64_t *changed) {
    return store_run(store,
                     "UPDATE delivery SET state = $1, reason = $2, settled_at = $3, lease = 0 WHERE id = $4 AND state = 'leased' AND lease = $5",
                     VALS(val_text(state), val_text(reason), val_int(clock_now()), val_int(d->id), val_int(d->lease)), changed);
}

/* A wait that the other side asked for is no failed attempt. */
static const struct err *lease_again(struct store *store, const struct delivery *d, int64_t at, const struct err *why) {
    return store_run(
        store,
        "UPDATE delivery SET state = 'retry', not_before = $1, reason = $2, attempts = $3, lease = 0 "
        "WHERE id = $4 AND state = 'leased' AND lease = $5",
        VALS(val_int(at), val_text(why->text), val_int(why->retry_at ? d->attempts - 1 : d->attempts), val_int(d->id), val_int(d->lease)), NULL);
}

static const struct err *fail_inside(struct store *store, const struct delivery *d, const struct err *why, bool *buried) {
    bool newer = false;
    int64_t changed = 0;
    TRY(store_lock(store, QUEUE_LOCK));
    if (d->kind) TRY(newer_waits(store, d, &newer));
    if (newer) return lease_end(store, d, "superseded", "a newer delivery of the same subject came", &changed);
    struct retry_in in = {.now = clock_now(), .since = d->received_at, .asked_at = why->retry_at, .attempts = d->attempts, .id = d->id};
    int64_t at;
    if (why->kind == ERR_RETRY && retry_next(&in, &at)) return lease_again(store, d, at, why);
    char reason[ERR_TEXT_MAX + 16];
    snprintf(reason, sizeof reason, "%s: %s", err_kind_name(why->kind), why->text);
    TRY(lease_end(store, d, "buried", reason, &changed));
    *buried = changed > 0;
    return NULL;
}

const struct err *queue_fail(struct store *store, const struct delivery *d, const struct err *why, bool *buried) {
    struct err kept = *why; /* the ring of errors may turn under us */
    bool own, ended = false;
    TRY(store_join(store, &own));
    TRY(store_leave(store, own, fail_inside(store, d, &kept, &ended)));
    if (buried) *buried = ended;
    return NULL;
}

static const struct err *fail_telling(struct store *store, const struct delivery *d, const struct err *why, const struct queue_teller *teller) {
    bool buried = false;
    TRY(queue_fail(store, d, why, &buried));
    if (!buried || !teller->gave_up) return NULL;
    TRY(store_part(store));
    const struct err *e = store_part_end(store, teller->gave_up(teller->ctx, store, teller->arena, d));
    if (!e || e->kind == ERR_RETRY) return e;
    log_warn("delivery %lld: nobody could be told: %s", (long long)d->id, e->text);
    return NULL;
}

const struct err *queue_fail_telling(struct store *store, const struct delivery *d, const struct err *why, const struct queue_teller *teller) {
    struct err kept = *why; /* the ring of errors may turn under us */
    bool own;
    TRY(store_join(store, &own));
    return store_leave(store, own, fail_telling(store, d, &kept, teller));
}

const struct err *queue_release(struct store *store, const struct delivery *d) {
    return store_run(store,
                     "UPDATE delivery SET state = 'waiting', attempts = attempts - 1, lease = 0 WHERE id = $1 AND state = 'leased' AND lease = $2",
                     VALS(val_int(d->id), val_int(d->lease)), NULL);
}

struct lost {
    struct arena *arena;
    VEC(struct delivery) items;
};

static const struct err *lost_add(void *ctx, const struct val *cols, size_t count) {
    struct lost *lost = ctx;
    struct delivery *d = vec_add(lost->arena, &lost->items);
    memset(d, 0, sizeof *d);
    d->id = val_as_int(&cols[0], 0);
    d->subject = val_as_text(lost->arena, &cols[1], NULL);
    d->kind = val_as_text(lost->arena, &cols[2], NULL);
    d->attempts = (int)val_as_int(&cols[3], 0);
    d->received_at = val_as_int(&cols[4], 0);
    d->lease = val_as_int(&cols[5], 0);
    return NULL;
}

static const struct err *recover_inside(struct store *store, struct lost *lost, int64_t of) {
    TRY(store_lock(store, QUEUE_LOCK));
    TRY(store_each(store,
                   "SELECT id, subject, kind, attempts, received_at, lease FROM delivery WHERE state = 'leased' AND " LEASE_IS_LOST
                   " ORDER BY id LIMIT $3",
                   VALS(val_int(clock_now()), val_int(of), val_int(RECOVER_MAX)), lost_add, lost));
    for (size_t i = 0; i < lost->items.n; i++) {
        const struct delivery *d = &lost->items.at[i];
        const struct err *why = err_new(ERR_RETRY, "its worker ended before it was done");
        /* The first times it is most likely the machine's fault and goes on at once. */
        TRY(d->attempts <= LOST_AT_ONCE ? lease_again(store, d, clock_now(), why) : queue_fail(store, d, why, NULL));
    }
    return NULL;
}

const struct err *queue_recover(struct store *store, int64_t of, int64_t *count) {
    struct lost lost = {.arena = arena_create(ARENA_SMALL)};
    bool own;
    const struct err *e = store_join(store, &own);
    if (!e) e = store_leave(store, own, recover_inside(store, &lost, of));
    if (count) *count = e ? 0 : (int64_t)lost.items.n;
    arena_destroy(lost.arena);
    return e;
}
