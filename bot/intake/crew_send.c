/* crew_send.c - brings wanted outside states about, a lane at a time. */
#include "crew_parts.h"

#include "jsonx.h"
#include "killpoint.h"
#include "log.h"
#include "metrics.h"

#include <string.h>

#define LEASE_SECONDS 600 /* longer than any send: a send makes bounded calls, each with its own time limit */

static const struct crew_sender *sender_find(const struct crew *crew, const char *kind) {
    for (const struct crew_sender *s = crew->config.senders; s && s->kind; s++) {
        if (strcmp(s->kind, kind) == 0) return s;
    }
    return NULL;
}

static const struct err *item_send(struct crew *crew, struct arena *arena, const struct outbox_item *item, json_t **state) {
    const struct crew_sender *sender = sender_find(crew, item->kind);
    if (!sender) return err_new(ERR_CONFIG, "nobody is set up to send %s", item->kind);
    kill_point("outbox.before_send");
    const struct err *e = sender->send(sender->ctx, arena, item, state);
    kill_point("outbox.after_send");
    return e;
}

static void failure_note(const struct outbox_item *item, const struct err *e) {
    bool asleep = e->kind == ERR_RETRY && e->retry_at;
    metrics_add(asleep ? METRIC_SENDS_ASLEEP : METRIC_SENDS_FAILED, 1);
    log_line(e->kind == ERR_RETRY ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "%s of %s: %s: %s", item->kind, item->subject, err_kind_name(e->kind), e->text);
}

static const struct err *item_settle(struct store *store, struct arena *arena, const struct outbox_item *item, const struct err *sent,
                                     const json_t *state) {
    const char *outside = state ? jsx_dump(arena, state, false) : NULL;
    if (sent) {
        struct err kept = *sent;
        failure_note(item, &kept);
        return outbox_fail(store, item, &kept, outside);
    }
    metrics_add(METRIC_SENDS_DONE, 1);
    log_info("%s of %s: done", item->kind, item->subject);
    return outbox_settle(store, item, outside);
}

static bool send_once(struct crew *crew, struct store *store, struct arena *arena) {
    struct outbox_item *item;
    json_t *state = NULL;
    const struct err *e = outbox_claim(store, arena, LEASE_SECONDS, &item);
    if (e) log_error("outbox: %s", e->text);
    if (!item) return false;
    kill_point("outbox.after_claim");
    atomic_fetch_add(&crew->busy, 1);
    e = item_send(crew, arena, item, &state);
    e = item_settle(store, arena, item, e, state);
    if (e) log_error("%s of %s: %s", item->kind, item->subject, e->text);
    else kill_point("outbox.after_settle");
    atomic_fetch_sub(&crew->busy, 1);
    wake_all(&crew->send);
    return true;
}

void *crew_send_run(void *ctx) {
    struct crew *crew = ctx;
    struct store *store = crew_store(crew);
    struct arena *arena = arena_create(ARENA_JOB);
    unsigned long seen = 0;
    while (store && !wake_is_over(&crew->send)) {
        bool sent = send_once(crew, store, arena);
        arena_reset(arena);
        if (!sent) wake_wait(&crew->send, &seen, CREW_POLL_MS);
    }
    arena_destroy(arena);
    store_close(store);
    return NULL;
}
