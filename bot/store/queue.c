/* queue.c - putting deliveries in, looking at them first, listing them. Leases are in queue_lease.c. */
#include "queue.h"

#include "clock.h"
#include "lease.h"
#include "queue_row.h"
#include "retry.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#define PACK_LEVEL    1
#define PACK_SHRINK   ((size_t)256 << 10)
#define TRIAGE_MAX    64
#define TRIAGE_MEMORY ((size_t)1 << 30)
#define SUBJECT_MAX   64

#define COLUMNS                                                                                                                                      \
    "id, sender, event, guid, body_size, received_at, state, subject, kind, lane, installation, attempts, not_before, lease, lease_until, "          \
    "settled_at, reason"

static pthread_key_t packer_key;
static pthread_once_t packer_once = PTHREAD_ONCE_INIT;

static void packer_drop(void *packer) { ZSTD_freeCCtx(packer); }
static void packer_key_make(void) {
    if (pthread_key_create(&packer_key, packer_drop) != 0) abort();
}

/* One for each thread: making it costs as much as packing a usual body. NULL when there is no memory. */
static ZSTD_CCtx *packer(void) {
    pthread_once(&packer_once, packer_key_make);
    ZSTD_CCtx *mine = pthread_getspecific(packer_key);
    if (mine) return mine;
    mine = ZSTD_createCCtx();
    if (mine) pthread_setspecific(packer_key, mine);
    return mine;
}

const struct err *queue_pack(const void *body, size_t n, void **out, size_t *out_size) {
    size_t room = ZSTD_compressBound(n);
    ZSTD_CCtx *mine = packer();
    *out = mine ? malloc(room) : NULL;
    if (!*out) return err_new(ERR_RETRY, "no memory to compress %zu bytes", n);
    size_t size = ZSTD_compressCCtx(mine, *out, room, body, n, PACK_LEVEL);
    if (ZSTD_isError(size)) {
        free(*out);
        *out = NULL;
        return err_new(ERR_RETRY, "zstd: %s", ZSTD_getErrorName(size));
    }
    void *less = size < room / 2 && room > PACK_SHRINK ? realloc(*out, size + 1) : NULL; /* it waits for its commit in memory */
    if (less) *out = less;
    *out_size = size;
    return NULL;
}

static const struct err *body_unpack(struct arena *arena, const struct val *packed, int64_t size, struct str *out) {
    if (size < 0 || (size_t)size > QUEUE_BODY_MAX) return err_new(ERR_INPUT, "a stored body of %lld bytes", (long long)size);
    char *body = arena_alloc(arena, (size_t)size + 1);
    size_t n = ZSTD_decompress(body, (size_t)size, packed->p, packed->n);
    if (ZSTD_isError(n) || n != (size_t)size)
        return err_new(ERR_INPUT, "a stored body is damaged: %s", ZSTD_isError(n) ? ZSTD_getErrorName(n) : "its size is off");
    *out = (struct str){body, n};
    return NULL;
}

const struct err *queue_put(struct store *store, const struct delivery_new *d, bool *fresh) {
    int64_t changed = 0;
    TRY(store_run(store,
                  "INSERT INTO delivery (sender, event, guid, body, body_size, received_at, state) VALUES ($1, $2, $3, $4, $5, $6, 'received') "
                  "ON CONFLICT (sender, guid) DO UPDATE SET state = 'received', received_at = excluded.received_at, attempts = 0, not_before = 0, "
                  "settled_at = 0, reason = NULL WHERE delivery.state = 'buried'",
                  VALS(val_text(d->sender), val_text(d->event), val_text(d->guid), val_bytes(d->packed, d->packed_size),
                       val_int((int64_t)d->body_size), val_int(d->received_at)),
                  &changed));
    if (fresh) *fresh = changed > 0;
    return NULL;
}

const struct err *queue_add(struct store *store, const struct delivery *d, bool *fresh) {
    if (d->body.n > QUEUE_BODY_MAX) return err_new(ERR_INPUT, "a body of %zu bytes is too large", d->body.n);
    struct delivery_new in = {.sender = d->sender, .event = d->event, .guid = d->guid, .body_size = d->body.n};
    in.received_at = d->received_at ? d->received_at : clock_now();
    void *packed;
    TRY(queue_pack(d->body.p ? d->body.p : "", d->body.n, &packed, &in.packed_size));
    in.packed = packed;
    const struct err *e = queue_put(store, &in, fresh);
    free(packed);
    return e;
}

void delivery_read(struct arena *arena, const struct val *cols, struct delivery *d) {
    memset(d, 0, sizeof *d);
    d->id = val_as_int(&cols[0], 0);
    d->sender = val_as_text(arena, &cols[1], "");
    d->event = val_as_text(arena, &cols[2], "");
    d->guid = val_as_text(arena, &cols[3], "");
    d->body_size = val_as_int(&cols[4], 0);
    d->received_at = val_as_int(&cols[5], 0);
    d->state = val_as_text(arena, &cols[6], "");
    d->subject = val_as_text(arena, &cols[7], NULL);
    d->kind = val_as_text(arena, &cols[8], NULL);
    d->lane = val_as_text(arena, &cols[9], NULL);
    d->installation = val_as_int(&cols[10], 0);
    d->attempts = (int)val_as_int(&cols[11], 0);
    d->not_before = val_as_int(&cols[12], 0);
    d->lease = val_as_int(&cols[13], 0);
    d->lease_until = val_as_int(&cols[14], 0);
    d->settled_at = val_as_int(&cols[15], 0);
    d->reason = val_as_text(arena, &cols[16], NULL);
}

const struct err *queue_get(struct store *store, struct arena *arena, int64_t id, struct delivery **out) {
    struct row row;
    *out = NULL;
    TRY(store_one(store, arena, "SELECT " COLUMNS ", body FROM delivery WHERE id = $1", VALS(val_int(id)), &row));
    if (!row.count) return NULL;
    struct delivery *d = arena_new(arena, struct delivery);
    delivery_read(arena, row.at, d);
    TRY(body_unpack(arena, &row.at[17], d->body_size, &d->body));
    *out = d;
    return NULL;
}

/* One delivery's first look, before it is stored. */
struct look {
    int64_t id;
    struct triage triage;
    const char *failed; /* why the delivery is buried */
    int64_t again_at;   /* or looked at again */
    int attempts;
};

static void look_fail(struct arena *arena, struct look *look, const struct delivery *d, const struct err *why) {
    look->attempts = d->attempts + 1;
    struct retry_in in = {.now = clock_now(), .since = d->received_at, .asked_at = why->retry_at, .attempts = look->attempts, .id = d->id};
    if (why->kind == ERR_RETRY && retry_next(&in, &look->again_at)) return;
    look->again_at = 0;
    look->failed = arena_printf(arena, "%s: %s", err_kind_name(why->kind), why->text);
}

static const struct err *look_safely(struct arena *scratch, triage_fn fn, const struct delivery *d, struct triage *out) {
    jmp_buf place;
    if (setjmp(place)) return err_new(ERR_INPUT, "the payload needs more memory than a first look may take");
    arena_catch(scratch, &place);
    const struct err *e = fn(scratch, d, out);
    arena_catch(scratch, NULL);
    return e;
}

static const struct err *look_take(struct store *store, struct arena *arena, triage_fn fn, struct look *look) {
    struct arena *scratch = arena_create(TRIAGE_MEMORY);
    struct delivery *d, unread = {.id = look->id};
    const struct err *e = queue_get(store, scratch, look->id, &d);
    if (e && e->kind == ERR_RETRY) {
        arena_destroy(scratch);
        return e;
    }
    struct triage t = {0};
    if (!e && d) e = look_safely(scratch, fn, d, &t);
    if (e) look_fail(arena, look, d ? d : &unread, e);
    look->triage.ignored = arena_strdup(arena, t.ignored);
    look->triage.subject = t.subject ? arena_strdup(arena, t.subject) : arena_printf(arena, "delivery:%lld", (long long)look->id);
    look->triage.kind = arena_strdup(arena, t.kind);
    look->triage.lane = arena_strdup(arena, t.lane ? t.lane : d ? d->sender : "none");
    look->triage.installation = t.installation;
    arena_destroy(scratch);
    return NULL;
}

static const struct err *look_settle(struct store *store, const struct look *look, const char *state, const char *reason) {
    return store_run(store, "UPDATE delivery SET state = $1, reason = $2, settled_at = $3, attempts = $4 WHERE id = $5 AND state = 'received'",
                     VALS(val_text(state), val_text(reason), val_int(clock_now()), val_int(look->attempts), val_int(look->id)), NULL);
}

/* The newest waiting one of a subject and kind is the one that counts, whichever was looked at first. */
static const struct err *look_supersede(struct store *store, const struct look *look) {
    const struct triage *t = &look->triage;
    if (!t->kind) return NULL;
    return store_run(store,
                     "UPDATE delivery SET state = 'superseded', settled_at = $1, reason = 'a newer delivery of the same subject came' "
                     "WHERE subject = $2 AND kind = $3 AND state IN ('waiting', 'retry') "
                     "AND id < (SELECT MAX(n.id) FROM delivery n WHERE n.subject = $2 AND n.kind = $3 AND n.state IN ('waiting', 'retry'))",
                     VALS(val_int(clock_now()), val_text(t->subject), val_text(t->kind)), NULL);
}

static const struct err *look_store(struct store *store, const struct look *look) {
    const struct triage *t = &look->triage;
    if (look->failed) return look_settle(store, look, "buried", look->failed);
    if (look->again_at) {
        return store_run(store, "UPDATE delivery SET not_before = $1, attempts = $2 WHERE id = $3 AND state = 'received'",
                         VALS(val_int(look->again_at), val_int(look->attempts), val_int(look->id)), NULL);
    }
    if (t->ignored) return look_settle(store, look, "ignored", t->ignored);
    TRY(lane_add(store, "queue", t->lane));
    TRY(store_run(store,
                  "UPDATE delivery SET state = 'waiting', subject = $1, kind = $2, lane = $3, installation = $4, attempts = 0, not_before = 0 "
                  "WHERE id = $5 AND state = 'received'",
                  VALS(val_text(t->subject), val_text(t->kind), val_text(t->lane), val_int(t->installation), val_int(look->id)), NULL));
    return look_supersede(store, look);
}

struct looks {
    struct look at[TRIAGE_MAX];
    int n;
};

static const struct err *looks_add(void *ctx, const struct val *cols, size_t count) {
    struct looks *looks = ctx;
    assert(looks->n < TRIAGE_MAX);
    looks->at[looks->n++].id = val_as_int(&cols[0], 0);
    return NULL;
}

const struct err *queue_look(struct store *store, struct arena *arena, triage_fn fn, int max, struct looks **out) {
    struct looks *looks = arena_new(arena, struct looks);
    *out = NULL;
    TRY(store_each(store, "SELECT id FROM delivery WHERE state = 'received' AND not_before <= $1 ORDER BY id LIMIT $2",
                   VALS(val_int(clock_now()), val_int(max < TRIAGE_MAX ? max : TRIAGE_MAX)), looks_add, looks));
    for (int i = 0; i < looks->n; i++) TRY(look_take(store, arena, fn, &looks->at[i]));
    if (looks->n) *out = looks;
    return NULL;
}

static const struct err *looks_store(struct store *store, const struct looks *looks) {
    TRY(store_lock(store, QUEUE_LOCK));
    for (int i = 0; i < looks->n; i++) TRY(look_store(store, &looks->at[i]));
    return store_notify(store);
}

const struct err *queue_look_store(struct store *store, const struct looks *looks) {
    bool own;
    TRY(store_join(store, &own));
    return err_wrap(store_leave(store, own, looks_store(store, looks)), "triage");
}

int queue_look_count(const struct looks *looks, int *waiting) {
    *waiting = 0;
    for (int i = 0; looks && i < looks->n; i++) {
        const struct look *look = &looks->at[i];
        *waiting += !look->failed && !look->again_at && !look->triage.ignored;
    }
    return looks ? looks->n : 0;
}

const struct err *queue_triage(struct store *store, triage_fn fn, int max, int *seen) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct looks *looks;
    int waiting;
    *seen = 0;
    const struct err *e = queue_look(store, arena, fn, max, &looks);
    if (!e && looks) e = queue_look_store(store, looks);
    if (!e) *seen = queue_look_count(looks, &waiting);
    arena_destroy(arena);
    return e;
}

const struct err *queue_retry(struct store *store, int64_t id) {
    int64_t changed;
    TRY(store_run(
        store,
        "UPDATE delivery SET state = 'received', received_at = $1, attempts = 0, not_before = 0, settled_at = 0, reason = NULL, subject = NULL "
        "WHERE id = $2 AND state IN ('buried', 'ignored', 'superseded', 'done')",
        VALS(val_int(clock_now()), val_int(id)), &changed));
    if (!changed) return err_new(ERR_INPUT, "delivery %lld is not known, or is still to be worked on", (long long)id);
    return NULL;
}

struct listing {
    struct arena *arena;
    VEC(struct delivery) items;
};

static const struct err *listing_add(void *ctx, const struct val *cols, size_t count) {
    struct listing *listing = ctx;
    delivery_read(listing->arena, cols, vec_add(listing->arena, &listing->items));
    return NULL;
}

const struct err *queue_list(struct store *store, struct arena *arena, const char *state, int max, struct delivery_list *out) {
    struct listing listing = {.arena = arena};
    const struct err *e;
    if (state) {
        e = store_each(store, "SELECT " COLUMNS " FROM delivery WHERE state = $1 ORDER BY id DESC LIMIT $2", VALS(val_text(state), val_int(max)),
                       listing_add, &listing);
    } else {
        e = store_each(
            store, "SELECT " COLUMNS " FROM delivery WHERE state IN ('received', 'waiting', 'retry', 'leased', 'buried') ORDER BY id DESC LIMIT $1",
            VALS(val_int(max)), listing_add, &listing);
    }
    out->at = listing.items.at;
    out->n = listing.items.n;
    return e;
}

const struct err *queue_count(struct store *store, const char *state, int64_t *count) {
    return store_number(store, "SELECT COUNT(*) FROM delivery WHERE state = $1", VALS(val_text(state)), count);
}

const struct err *queue_forget(struct store *store, int64_t before) {
    return store_run(store, "DELETE FROM delivery WHERE settled_at > 0 AND settled_at < $1", VALS(val_int(before)), NULL);
}
