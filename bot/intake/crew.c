/* crew.c - starts and ends the threads. */
#include "crew_parts.h"

#include "clock.h"
#include "lease.h"
#include "log.h"
#include "migrate.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define SEND_THREADS  4
#define DRAIN_STEP_MS 20

static const struct err *crash_clear(const char *data, int64_t holder) {
    struct store *store;
    int64_t jobs = 0, sends = 0;
    TRY(migrate_open(data, &store));
    int64_t lost = store_is_shared(data) ? holder : LEASES_ALL; /* others may be at work there */
    const struct err *e = queue_recover(store, lost, &jobs);
    if (!e) e = outbox_recover(store, lost, &sends);
    store_close(store);
    if (jobs || sends) log_info("after an unclean end: %lld jobs and %lld sends are taken up again", (long long)jobs, (long long)sends);
    return e;
}

static const struct err *thread_add(struct crew *crew, void *(*run)(void *)) {
    if (crew->thread_count == CREW_THREADS_MAX) return err_new(ERR_CONFIG, "at most %d threads", CREW_THREADS_MAX);
    if (pthread_create(&crew->threads[crew->thread_count], NULL, run, crew) != 0) return err_new(ERR_RETRY, "a thread cannot be started");
    crew->thread_count++;
    return NULL;
}

static const struct err *threads_add(struct crew *crew) {
    TRY(thread_add(crew, crew_triage_run));
    TRY(thread_add(crew, crew_timer_run));
    if (store_is_shared(crew->config.data)) TRY(thread_add(crew, crew_hear_run));
    for (int64_t i = 0; i < crew->config.settings->limits.workers; i++) TRY(thread_add(crew, crew_work_run));
    for (int i = 0; i < (crew->config.threads ? crew->config.threads : SEND_THREADS); i++) TRY(thread_add(crew, crew_send_run));
    return NULL;
}

const struct err *crew_start(const struct crew_config *config, struct crew **out) {
    *out = NULL;
    lease_holder(config->holder);
    TRY(crash_clear(config->data, config->holder));
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew) return err_new(ERR_RETRY, "no memory");
    crew->config = *config;
    crew->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    wake_init(&crew->arrived);
    wake_init(&crew->work);
    wake_init(&crew->send);
    wake_init(&crew->told);
    atomic_store(&crew->timer_at, clock_monotonic_us());
    atomic_store(&crew->triage_at, clock_monotonic_us());
    const struct err *e = crew->stop_fd < 0 ? err_new(ERR_RETRY, "no eventfd") : threads_add(crew);
    if (e) {
        crew_stop(crew, 0);
        return e;
    }
    *out = crew;
    return NULL;
}

struct store *crew_store(struct crew *crew) {
    struct store *store;
    unsigned long seen = 0;
    const struct err *e;
    while ((e = migrate_open(crew->config.data, &store)) != NULL) {
        log_error("%s", e->text);
        if (!wake_wait(&crew->arrived, &seen, CREW_POLL_MS)) return NULL;
    }
    return store;
}

void crew_wake(struct crew *crew) { wake_all(&crew->arrived); }

void crew_wake_all(struct crew *crew) {
    wake_all(&crew->arrived);
    wake_all(&crew->work);
    wake_all(&crew->send);
}

int64_t crew_silence(struct crew *crew) {
    int64_t timer = atomic_load(&crew->timer_at), triage = atomic_load(&crew->triage_at);
    return (clock_monotonic_us() - (timer < triage ? timer : triage)) / 1000000;
}

void crew_stop(struct crew *crew, int seconds) {
    if (!crew) return;
    struct timespec nap = {.tv_nsec = DRAIN_STEP_MS * 1000000L};
    wake_end(&crew->arrived);
    wake_end(&crew->work);
    wake_end(&crew->send);
    for (int left = seconds * 1000; left > 0 && atomic_load(&crew->busy); left -= DRAIN_STEP_MS) nanosleep(&nap, NULL);
    uint64_t one = 1;
    if (crew->stop_fd >= 0 && write(crew->stop_fd, &one, sizeof one) < 0) log_warn("jobs at work could not be told to end");
    for (size_t i = 0; i < crew->thread_count; i++) pthread_join(crew->threads[i], NULL);
    if (crew->stop_fd >= 0) close(crew->stop_fd);
    wake_finish(&crew->arrived);
    wake_finish(&crew->work);
    wake_finish(&crew->send);
    wake_finish(&crew->told);
    free(crew);
}
