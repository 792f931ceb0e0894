/* writer.c - group commit: takes all that is waiting, one transaction, tells each. */
#include "writer.h"

#include "clock.h"
#include "killpoint.h"
#include "log.h"
#include "metrics.h"
#include "migrate.h"
#include "record.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define BATCH_ITEMS_MAX 512
#define BATCH_BYTES_MAX ((size_t)32 << 20)
#define BEAT_SECONDS    1

struct writer {
    struct writer_config config;
    struct store *store; /* NULL: measuring without one */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct writer_item *first, **last;
    bool stopping;
    atomic_llong beat;
    atomic_bool well;
};

struct batch {
    struct writer_item *first;
    size_t items;
    bool fresh[BATCH_ITEMS_MAX];
};

/* Waits for items; empty when only time passed. Under the lock. */
static void batch_wait(struct writer *w) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += BEAT_SECONDS;
    while (!w->first && !w->stopping) {
        if (pthread_cond_timedwait(&w->more, &w->lock, &until) != 0) break;
    }
}

static bool batch_take(struct writer *w, struct batch *batch) {
    size_t bytes = 0;
    pthread_mutex_lock(&w->lock);
    batch_wait(w);
    struct writer_item **end = &w->first;
    batch->first = w->first;
    batch->items = 0;
    while (*end && batch->items < BATCH_ITEMS_MAX && (batch->items == 0 || bytes < BATCH_BYTES_MAX)) {
        bytes += (*end)->delivery.packed_size;
        batch->items++;
        end = &(*end)->next;
    }
    struct writer_item *rest = *end;
    *end = NULL;
    w->first = rest;
    if (!rest) w->last = &w->first;
    if (!batch->items) batch->first = NULL;
    bool over = w->stopping && !batch->items;
    pthread_mutex_unlock(&w->lock);
    return !over;
}

static const struct err *batch_put(struct writer *w, struct batch *batch) {
    size_t i = 0;
    for (struct writer_item *item = batch->first; item; item = item->next, i++)
        TRY(item->put ? item->put(w->store, item) : queue_put(w->store, &item->delivery, &batch->fresh[i]));
    return NULL;
}

static const struct err *batch_commit(struct writer *w, struct batch *batch) {
    for (size_t i = 0; i < batch->items; i++) batch->fresh[i] = true;
    if (!w->store) return NULL;
    bool own;
    int64_t start = clock_monotonic_us();
    TRY(store_join(w->store, &own));
    const struct err *e = batch_put(w, batch);
    if (!e) kill_point("delivery.before_commit");
    e = store_leave(w->store, own, e);
    if (!e) kill_point("delivery.after_commit");
    metrics_add(METRIC_COMMITS, 1);
    metrics_add(METRIC_COMMIT_MICROS, clock_monotonic_us() - start);
    return e;
}

static void batch_tell(struct batch *batch, const struct err *failed) {
    size_t i = 0;
    for (struct writer_item *item = batch->first, *next; item; item = next, i++) {
        next = item->next;
        if (!failed && !item->put) {
            metrics_add(batch->fresh[i] ? METRIC_DELIVERIES_NEW : METRIC_DELIVERIES_REPEATED, 1);
            metrics_add(METRIC_DELIVERY_BYTES, (int64_t)item->delivery.body_size);
        }
        item->done(item, failed, batch->fresh[i]);
    }
}

/* After a failure nobody may send any more, because we say that we are not ready: so we find out by ourselves when it is over. */
static void trouble_probe(struct writer *w) {
    if (atomic_load(&w->well) || !w->store) return;
    const struct err *e = setting_put(w->store, "writer.probe", "1");
    if (e) return;
    log_info("the store takes deliveries again");
    atomic_store(&w->well, true);
}

static void *writer_run(void *ctx) {
    struct writer *w = ctx;
    struct batch batch;
    while (batch_take(w, &batch)) {
        atomic_store(&w->beat, clock_monotonic_us());
        if (!batch.items) {
            trouble_probe(w);
            continue;
        }
        const struct err *e = batch_commit(w, &batch);
        if (e) log_error("%zu deliveries were not stored: %s", batch.items, e->text);
        if (e) metrics_add(METRIC_COMMIT_FAILURES, 1);
        atomic_store(&w->well, e == NULL);
        batch_tell(&batch, e);
        if (!e && w->config.committed) w->config.committed(w->config.ctx);
    }
    return NULL;
}

const struct err *writer_start(const struct writer_config *config, struct writer **out) {
    struct writer *w = calloc(1, sizeof *w);
    *out = NULL;
    if (!w) return err_new(ERR_RETRY, "no memory");
    w->config = *config;
    w->last = &w->first;
    atomic_store(&w->well, true);
    atomic_store(&w->beat, clock_monotonic_us());
    const struct err *e = config->data ? migrate_open(config->data, &w->store) : NULL;
    if (e) {
        free(w);
        return e;
    }
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&w->thread, NULL, writer_run, w) != 0) {
        store_close(w->store);
        free(w);
        return err_new(ERR_RETRY, "no thread for the writer");
    }
    *out = w;
    return NULL;
}

bool writer_submit(struct writer *w, struct writer_item *item) {
    item->next = NULL;
    pthread_mutex_lock(&w->lock);
    bool open = !w->stopping;
    if (open) {
        bool was_empty = !w->first;
        *w->last = item;
        w->last = &item->next;
        if (was_empty) pthread_cond_signal(&w->more);
    }
    pthread_mutex_unlock(&w->lock);
    return open;
}

int64_t writer_beat(const struct writer *w) { return atomic_load(&((struct writer *)(uintptr_t)w)->beat); }
bool writer_is_well(const struct writer *w) { return atomic_load(&((struct writer *)(uintptr_t)w)->well); }

void writer_stop(struct writer *w) {
    if (!w) return;
    pthread_mutex_lock(&w->lock);
    bool first = !w->stopping;
    w->stopping = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
    if (first) pthread_join(w->thread, NULL);
}

void writer_destroy(struct writer *w) {
    if (!w) return;
    writer_stop(w);
    store_close(w->store);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->more);
    free(w);
}
