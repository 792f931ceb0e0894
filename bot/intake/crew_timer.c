/* crew_timer.c - first looks at what came in, and what has to happen again and again. */
#include "crew_parts.h"

#include "clock.h"
#include "killpoint.h"
#include "log.h"

#include <stdio.h>

#define TRIAGE_BATCH    32
#define ROUND_MS        5000
#define RECOVER_SECONDS 30
#define FORGET_SECONDS  3600
#define DAY             86400

void *crew_triage_run(void *ctx) {
    struct crew *crew = ctx;
    struct store *store = crew_store(crew);
    unsigned long seen = 0;
    while (store && !wake_is_over(&crew->wake)) {
        int looked = 0;
        atomic_store(&crew->triage_at, clock_monotonic_us());
        const struct err *e = queue_triage(store, crew->config.triage, TRIAGE_BATCH, &looked);
        if (e) log_error("%s", e->text);
        if (looked) {
            kill_point("triage.after");
            wake_all(&crew->wake);
        }
        if (looked < TRIAGE_BATCH) wake_wait(&crew->wake, &seen, CREW_POLL_MS);
    }
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
    while (store && !wake_is_over(&crew->wake)) {
        atomic_store(&crew->timer_at, clock_monotonic_us());
        if (beat_due(&recover)) {
            timer_say(queue_recover(store, false, NULL), "leases");
            timer_say(outbox_recover(store, false, NULL), "sends");
        }
        if (beat_due(&forget)) timer_say(old_forget(store, s->limits.keep_days), "old deliveries");
        if (s->catch_up_minutes && beat_due(&catch_up)) timer_say(catch_up_add(store, s->catch_up_minutes), "catch-up");
        for (int64_t start = clock_monotonic_us(); clock_monotonic_us() - start < ROUND_MS * 1000;) {
            if (!wake_wait(&crew->wake, &seen, ROUND_MS)) break;
        }
    }
    store_close(store);
    return NULL;
}
