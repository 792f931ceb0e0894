/* crew_timer.c - first looks at what came in, and what has to happen again and again. */
#include "crew_parts.h"

#include "clock.h"
#include "killpoint.h"
#include "lease.h"
#include "log.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define TRIAGE_BATCH    64
#define TRIAGE_NICE     10
#define ROUND_MS        5000
#define RECOVER_SECONDS 30
#define FORGET_SECONDS  3600
#define DAY             86400

/* Looks that the writer commits for us. */
struct look_item {
    struct writer_item item; /* first */
    const struct looks *looks;
    struct crew *crew;
    bool failed;
};

static const struct err *look_put(struct store *store, struct writer_item *item) {
    return queue_look_store(store, ((struct look_item *)item)->looks);
}

static void look_told(struct writer_item *item, const struct err *failed, bool fresh) {
    struct look_item *look = (struct look_item *)item;
    look->failed = failed != NULL;
    wake_all(&look->crew->told);
}

/* One writer means that a first look costs no commit of its own, and never stands in the way of those that senders wait for. */
static bool looks_commit(struct crew *crew, const struct looks *looks) {
    struct look_item look = {.item = {.put = look_put, .done = look_told}, .looks = looks, .crew = crew};
    unsigned long before = crew->told.count, seen = before; /* only rung for us, and not now */
    if (!writer_submit(crew->config.writer, &look.item)) return false;
    while (seen == before) wake_wait(&crew->told, &seen, CREW_POLL_MS);
    return !look.failed;
}

/* False when there was nothing, or it could not be stored. */
static bool triage_once(struct crew *crew, struct store *store, struct arena *arena) {
    struct looks *looks;
    int waiting;
    const struct err *e = queue_look(store, arena, crew->config.triage, TRIAGE_BATCH, &looks);
    if (!e && looks && !crew->config.writer) e = queue_look_store(store, looks);
    if (e) log_error("%s", e->text);
    if (e || !looks) return false;
    if (crew->config.writer && !looks_commit(crew, looks)) return false;
    kill_point("triage.after");
    bool full = queue_look_count(looks, &waiting) == TRIAGE_BATCH;
    if (waiting) wake_all(&crew->work);
    return full;
}

void *crew_triage_run(void *ctx) {
    struct crew *crew = ctx;
    struct store *store = crew_store(crew);
    struct arena *arena = arena_create(ARENA_SMALL);
    unsigned long seen = 0;
    setpriority(PRIO_PROCESS, (id_t)gettid(), TRIAGE_NICE); /* this thread only: those who wait for an answer go first */
    while (store && !wake_is_over(&crew->arrived)) {
        atomic_store(&crew->triage_at, clock_monotonic_us());
        bool more = triage_once(crew, store, arena);
        arena_reset(arena);
        if (!more) wake_wait(&crew->arrived, &seen, CREW_POLL_MS);
    }
    arena_destroy(arena);
    store_close(store);
    return NULL;
}

/* One delivery for each stretch of time, however often we start or however many we are. */
static const struct err *catch_up_add(struct store *store, int64_t minutes) {
    int64_t now = clock_now();
    char guid[64];
    snprintf(guid, sizeof guid, "catch_up:%lld", (long long)(now / (minutes * 60)));
    struct delivery d = {.sender = SENDER_TIMER, .event = "catch_up", .guid = guid, .body = STR("{}"), .received_at = now};
    return queue_add(store, &d, NULL);
}

static const struct err *old_forget(struct store *store, int64_t keep_days) {
    int64_t before = clock_now() - keep_days * DAY;
    TRY(queue_forget(store, before));
    return outbox_forget(store, before);
}

struct beat {
    int64_t seconds, last_us; /* 0: has not run yet */
};

static bool beat_due(struct beat *beat) {
    int64_t now = clock_monotonic_us();
    if (beat->last_us && now - beat->last_us < beat->seconds * 1000000) return false;
    beat->last_us = now;
    return true;
}

static void timer_say(const struct err *e, const char *what) {
    if (e) log_error("%s: %s", what, e->text);
}

void *crew_timer_run(void *ctx) {
    struct crew *crew = ctx;
    const struct settings *s = crew->config.settings;
    struct store *store = crew_store(crew);
    struct beat recover = {.seconds = RECOVER_SECONDS}, forget = {.seconds = FORGET_SECONDS}, catch_up = {.seconds = 60};
    unsigned long seen = 0;
    while (store && !wake_is_over(&crew->work)) {
        atomic_store(&crew->timer_at, clock_monotonic_us());
        if (beat_due(&recover)) {
            timer_say(queue_recover(store, LEASES_OVER, NULL), "leases");
            timer_say(outbox_recover(store, LEASES_OVER, NULL), "sends");
        }
        if (beat_due(&forget)) timer_say(old_forget(store, s->limits.keep_days), "old deliveries");
        if (s->catch_up_minutes && beat_due(&catch_up)) timer_say(catch_up_add(store, s->catch_up_minutes), "catch-up");
        for (int64_t start = clock_monotonic_us(); clock_monotonic_us() - start < ROUND_MS * 1000;) {
            if (!wake_wait(&crew->work, &seen, ROUND_MS)) break;
        }
    }
    store_close(store);
    return NULL;
}
