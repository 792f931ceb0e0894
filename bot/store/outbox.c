/* outbox.c - wanted outside states, one pending for each thing, one sender for each lane. */
#include "outbox.h"

#include "clock.h"
#include "lease.h"
#include "retry.h"

#include <stdio.h>

#define COLUMNS                                                                                                                                      \
    "o.id, o.kind, o.lane, o.subject, o.valid_at, o.payload, o.state, o.reason, o.attempts, o.not_before, o.created_at, o.settled_at, o.lease"
#define RECOVER_MAX 10000
#define LOCK        "outbox" /* held by what reads what is pending, being sent or sent to decide what to write */

static const struct err *newer_sent(struct store *store, const struct outbox_item *item, bool *yes) {
    int64_t found;
    TRY(store_number(store, "SELECT 1 FROM outside WHERE kind = $1 AND subject = $2 AND valid_at > $3",
                     VALS(val_text(item->kind), val_text(item->subject), val_int(item->valid_at)), &found));
    *yes = found != 0;
    return NULL;
}

static const struct err *put_inside(struct store *store, const struct outbox_item *item, bool *kept) {
    bool newer;
    int64_t changed;
    *kept = false;
    TRY(store_lock(store, LOCK));
    TRY(newer_sent(store, item, &newer));
    if (newer) return NULL;
    TRY(lane_add(store, "outbox", item->lane));
    TRY(store_run(store,
                  "INSERT INTO outbox (kind, lane, subject, valid_at, payload, state, created_at) VALUES ($1, $2, $3, $4, $5, 'pending', $6) "
                  "ON CONFLICT (kind, subject) WHERE state = 'pending' DO UPDATE SET valid_at = excluded.valid_at, payload = excluded.payload, "
                  "lane = excluded.lane, created_at = excluded.created_at, attempts = 0, not_before = 0, reason = NULL "
                  "WHERE outbox.valid_at <= excluded.valid_at",
                  VALS(val_text(item->kind), val_text(item->lane), val_text(item->subject), val_int(item->valid_at), val_text(item->payload),
                       val_int(clock_now())),
                  &changed));
    *kept = changed > 0;
    return store_notify(store);
}

const struct err *outbox_put(struct store *store, const struct outbox_item *item, bool *kept) {
    bool own, held = false;
    TRY(store_join(store, &own));
    TRY(store_leave(store, own, put_inside(store, item, &held)));
    if (kept) *kept = held;
    return NULL;
}

static void item_read(struct arena *arena, const struct val *cols, struct outbox_item *item) {
    memset(item, 0, sizeof *item);
    item->id = val_as_int(&cols[0], 0);
    item->kind = val_as_text(arena, &cols[1], "");
    item->lane = val_as_text(arena, &cols[2], "");
    item->subject = val_as_text(arena, &cols[3], "");
    item->valid_at = val_as_int(&cols[4], 0);
    item->payload = val_as_text(arena, &cols[5], "{}");
    item->state = val_as_text(arena, &cols[6], "");
    item->reason = val_as_text(arena, &cols[7], NULL);
    item->attempts = (int)val_as_int(&cols[8], 0);
    item->not_before = val_as_int(&cols[9], 0);
    item->created_at = val_as_int(&cols[10], 0);
    item->settled_at = val_as_int(&cols[11], 0);
    item->lease = val_as_int(&cols[12], 0);
}

/* The first due item of the lane that is awake, not being sent from, and has waited longest for its turn. */
static const struct err *next_find(struct store *store, int64_t *id) {
    return store_number(store,
                        "SELECT x.id FROM (SELECT l.served AS served, (SELECT o.id FROM outbox o WHERE o.lane = l.name AND o.state = 'pending' "
                        "AND o.not_before <= $1 ORDER BY o.id LIMIT 1) AS id FROM lane l WHERE l.part = 'outbox' AND l.asleep_until <= $1 "
                        "AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.lane = l.name AND b.state = 'sending')) x "
                        "WHERE x.id IS NOT NULL ORDER BY x.served, x.id LIMIT 1",
                        VALS(val_int(clock_now())), id);
}

static const struct err *item_write(struct store *store, struct arena *arena, int64_t id, int seconds, bool *taken) {
    struct row row;
    *taken = false;
    TRY(store_one(store, arena,
                  "UPDATE outbox SET state = 'sending', lease = $1, lease_until = $2, attempts = attempts + 1 WHERE id = $3 AND state = 'pending' "
                  "AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.lane = outbox.lane AND b.state = 'sending') RETURNING lane",
                  VALS(val_int(lease_token()), val_int(clock_now() + seconds), val_int(id)), &row));
    if (!row.count) return NULL;
    *taken = true;
    return lane_served(store, "outbox", val_as_text(arena, &row.at[0], NULL));
}

static const struct err *item_take(struct store *store, struct arena *arena, int seconds, int64_t *id, bool *taken) {
    TRY(store_lock(store, LOCK));
    TRY(next_find(store, id)); /* again: another sender may have taken what was free */
    return *id ? item_write(store, arena, *id, seconds, taken) : NULL;
}

const struct err *outbox_claim(struct store *store, struct arena *arena, int lease_seconds, struct outbox_item **out) {
    int64_t id;
    bool own, taken = false;
    *out = NULL;
    TRY(next_find(store, &id));
    if (!id) return NULL;
    TRY(store_join(store, &own));
    const struct err *e = store_leave(store, own, item_take(store, arena, lease_seconds, &id, &taken));
    if (e && e->kind == ERR_REFUSED) return NULL; /* another thread began to send from this lane meanwhile */
    TRY(e);
    if (!taken) return NULL;
    struct row row;
    TRY(store_one(store, arena,
                  "SELECT " COLUMNS ", x.state FROM outbox o LEFT JOIN outside x ON x.kind = o.kind AND x.subject = o.subject WHERE o.id = $1",
                  VALS(val_int(id)), &row));
    if (!row.count) return NULL;
    *out = arena_new(arena, struct outbox_item);
    item_read(arena, row.at, *out);
    (*out)->outside = val_as_text(arena, &row.at[13], NULL);
    return NULL;
}

static const struct err *settle_inside(struct store *store, const struct outbox_item *item, const char *outside) {
    int64_t changed;
    TRY(store_lock(store, LOCK));
    TRY(store_run(store,
                  "UPDATE outbox SET state = 'done', settled_at = $1, reason = NULL, lease = 0 WHERE id = $2 AND state = 'sending' AND lease = $3",
                  VALS(val_int(clock_now()), val_int(item->id), val_int(item->lease)), &changed));
    if (!changed) return err_new(ERR_REFUSED, "outbox item %lld is no longer ours", (long long)item->id);
    return store_run(store,
                     "INSERT INTO outside (kind, subject, valid_at, state, updated_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, subject) "
                     "DO UPDATE SET valid_at = excluded.valid_at, state = COALESCE(excluded.state, outside.state), updated_at = excluded.updated_at",
                     VALS(val_text(item->kind), val_text(item->subject), val_int(item->valid_at), val_text(outside), val_int(clock_now())), NULL);
}

const struct err *outbox_settle(struct store *store, const struct outbox_item *item, const char *outside) {
    bool own;
    TRY(store_join(store, &own));
    return store_leave(store, own, settle_inside(store, item, outside));
}

static const struct err *item_end(struct store *store, const struct outbox_item *item, const char *state, const char *reason) {
    return store_run(store,
                     "UPDATE outbox SET state = $1, reason = $2, settled_at = $3, lease = 0 WHERE id = $4 AND state = 'sending' AND lease = $5",
                     VALS(val_text(state), val_text(reason), val_int(clock_now()), val_int(item->id), val_int(item->lease)), NULL);
}

/* Back to pending at `at`; a newer one that was put while this one was being sent has taken its place. */
static const struct err *item_again(struct store *store, const struct outbox_item *item, int64_t at, const char *reason) {
    int64_t changed;
    TRY(store_run(store,
                  "UPDATE outbox SET state = 'pending', not_before = $1, reason = $2, attempts = $3, lease = 0 "
                  "WHERE id = $4 AND state = 'sending' AND lease = $5 "
                  "AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.kind = outbox.kind AND p.subject = outbox.subject AND p.state = 'pending')",
                  VALS(val_int(at), val_text(reason), val_int(item->attempts), val_int(item->id), val_int(item->lease)), &changed));
    return changed ? NULL : item_end(store, item, "replaced", "a newer one waits");
}

/* What a failed send did bring about; the item itself does not count as sent. */
static const struct err *outside_note(struct store *store, const struct outbox_item *item, const char *outside) {
    if (!outside) return NULL;
    return store_run(store,
                     "INSERT INTO outside (kind, subject, valid_at, state, updated_at) VALUES ($1, $2, 0, $3, $4) "
                     "ON CONFLICT (kind, subject) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at",
                     VALS(val_text(item->kind), val_text(item->subject), val_text(outside), val_int(clock_now())), NULL);
}

static const struct err *fail_inside(struct store *store, const struct outbox_item *item, const struct err *why) {
    struct retry_in in = {.now = clock_now(), .since = item->created_at, .asked_at = why->retry_at, .attempts = item->attempts, .id = item->id};
    int64_t at;
    if (why->kind != ERR_RETRY || !retry_next(&in, &at)) {
        char reason[ERR_TEXT_MAX + 16];
        snprintf(reason, sizeof reason, "%s: %s", err_kind_name(why->kind), why->text);
        return item_end(store, item, "buried", reason);
    }
    if (!why->retry_at) return item_again(store, item, at, why->text);
    struct outbox_item waited = *item;
    waited.attempts--; /* a wait that the other side asked for is no failed attempt */
    TRY(store_run(store, "UPDATE lane SET asleep_until = $1 WHERE part = 'outbox' AND name = $2 AND asleep_until < $1",
                  VALS(val_int(at), val_text(item->lane)), NULL));
    return item_again(store, &waited, at, why->text);
}

const struct err *outbox_fail(struct store *store, const struct outbox_item *item, const struct err *why, const char *outside) {
    struct err kept = *why;
    bool own;
    TRY(store_join(store, &own));
    const struct err *e = store_lock(store, LOCK);
    if (!e) e = outside_note(store, item, outside);
    return store_leave(store, own, e ? e : fail_inside(store, item, &kept));
}

struct listing {
    struct arena *arena;
    VEC(struct outbox_item) items;
};

static const struct err *listing_add(void *ctx, const struct val *cols, size_t count) {
    struct listing *listing = ctx;
    item_read(listing->arena, cols, vec_add(listing->arena, &listing->items));
    return NULL;
}

static const struct err *recover_inside(struct store *store, struct listing *lost, int64_t of) {
    TRY(store_lock(store, LOCK));
    TRY(store_each(store, "SELECT " COLUMNS " FROM outbox o WHERE o.state = 'sending' AND " LEASE_IS_LOST " ORDER BY o.id LIMIT $3",
                   VALS(val_int(clock_now()), val_int(of), val_int(RECOVER_MAX)), listing_add, lost));
    for (size_t i = 0; i < lost->items.n; i++) TRY(item_again(store, &lost->items.at[i], 0, "its sender ended before it was done"));
    return NULL;
}

const struct err *outbox_recover(struct store *store, int64_t of, int64_t *count) {
    struct listing lost = {.arena = arena_create(ARENA_JOB)};
    bool own;
    const struct err *e = store_join(store, &own);
    if (!e) e = store_leave(store, own, recover_inside(store, &lost, of));
    if (count) *count = e ? 0 : (int64_t)lost.items.n;
    arena_destroy(lost.arena);
    return e;
}

const struct err *outbox_outside(struct store *store, struct arena *arena, const char *kind, const char *subject, const char **json) {
    struct row row;
    *json = NULL;
    TRY(store_one(store, arena, "SELECT state FROM outside WHERE kind = $1 AND subject = $2", VALS(val_text(kind), val_text(subject)), &row));
    if (row.count) *json = val_as_text(arena, &row.at[0], NULL);
    return NULL;
}

const struct err *outbox_retry(struct store *store, int64_t id) {
    int64_t changed;
    TRY(store_run(
        store,
        "UPDATE outbox SET state = 'pending', created_at = $1, attempts = 0, not_before = 0, settled_at = 0 "
        "WHERE id = $2 AND state = 'buried' AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.kind = outbox.kind AND p.subject = outbox.subject "
        "AND p.state = 'pending')",
        VALS(val_int(clock_now()), val_int(id)), &changed));
    if (!changed) return err_new(ERR_INPUT, "outbox item %lld is not buried, or a newer one waits in its place", (long long)id);
    return NULL;
}

const struct err *outbox_items(struct store *store, struct arena *arena, const char *state, int max, struct outbox_list *out) {
    struct listing listing = {.arena = arena};
    const struct err *e;
    if (state) {
        e = store_each(store, "SELECT " COLUMNS " FROM outbox o WHERE o.state = $1 ORDER BY o.id DESC LIMIT $2", VALS(val_text(state), val_int(max)),
                       listing_add, &listing);
    } else {
        e = store_each(store, "SELECT " COLUMNS " FROM outbox o WHERE o.state IN ('pending', 'sending', 'buried') ORDER BY o.id DESC LIMIT $1",
                       VALS(val_int(max)), listing_add, &listing);
    }
    out->at = listing.items.at;
    out->n = listing.items.n;
    return e;
}

const struct err *outbox_count(struct store *store, const char *state, int64_t *count) {
    return store_number(store, "SELECT COUNT(*) FROM outbox WHERE state = $1", VALS(val_text(state)), count);
}

const struct err *outbox_forget(struct store *store, int64_t before) {
    return store_run(store, "DELETE FROM outbox WHERE state IN ('done', 'replaced') AND settled_at > 0 AND settled_at < $1", VALS(val_int(before)),
                     NULL);
}
