/* connection.c - a list under a lock, looked through once a second. */
#include "connection.h"

#include "clock.h"
#include "metrics.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SECOND               1000000
#define PRESSED_HEAD_SECONDS 1
#define LOOK_MS              250

struct connections {
    struct connection_limits limits;
    struct connection first; /* head of a ring */
    int64_t count;
    pthread_mutex_t lock;
    pthread_t thread;
    atomic_bool stopping;
};

static int64_t seconds_allowed(const struct connections *all, struct connection *c) {
    bool pressed = all->count * 4 > all->limits.most * 3;
    switch (atomic_load(&c->state)) {
    case CONNECTION_BODY:
        return all->limits.body_seconds;
    case CONNECTION_HEAD:
        if (pressed) return PRESSED_HEAD_SECONDS;
        return atomic_load(&c->requests) ? all->limits.idle_seconds : all->limits.head_seconds;
    default:
        return INT64_MAX / SECOND;
    }
}

/* Nothing of an answer was sent yet in these states, so this one cannot land inside another. A kept connection just closes. */
static void show_out(struct connection *c) {
    static const char answer[] = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    bool waits = atomic_load(&c->state) == CONNECTION_BODY || !atomic_load(&c->requests);
    if (waits && send(c->fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) waits = false;
    shutdown(c->fd, SHUT_RDWR);
    metrics_add(METRIC_REQUESTS_SLOW, 1);
}

static void all_look(struct connections *all) {
    int64_t now = clock_monotonic_us();
    pthread_mutex_lock(&all->lock);
    for (struct connection *c = all->first.next; c != &all->first; c = c->next) {
        if (now - atomic_load(&c->since) < seconds_allowed(all, c) * SECOND) continue;
        show_out(c);
        connection_enter(c, CONNECTION_WORK); /* once is enough; the server now sees it closed */
    }
    pthread_mutex_unlock(&all->lock);
}

static void *looker_run(void *ctx) {
    struct connections *all = ctx;
    struct timespec nap = {.tv_nsec = LOOK_MS * 1000000L};
    while (!atomic_load(&all->stopping)) {
        nanosleep(&nap, NULL);
        all_look(all);
    }
    return NULL;
}

struct connections *connections_start(const struct connection_limits *limits) {
    struct connections *all = calloc(1, sizeof *all);
    if (!all) return NULL;
    all->limits = *limits;
    all->first.previous = all->first.next = &all->first;
    pthread_mutex_init(&all->lock, NULL);
    if (pthread_create(&all->thread, NULL, looker_run, all) == 0) return all;
    free(all);
    return NULL;
}

void connections_stop(struct connections *all) {
    if (!all) return;
    atomic_store(&all->stopping, true);
    pthread_join(all->thread, NULL);
    while (all->first.next != &all->first) connection_end(all, all->first.next);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

struct connection *connection_begin(struct connections *all, int fd) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->fd = fd;
    connection_enter(c, CONNECTION_HEAD);
    pthread_mutex_lock(&all->lock);
    c->previous = all->first.previous;
    c->next = &all->first;
    c->previous->next = c->next->previous = c;
    all->count++;
    pthread_mutex_unlock(&all->lock);
    return c;
}

void connection_end(struct connections *all, struct connection *c) {
    if (!c) return;
    pthread_mutex_lock(&all->lock);
    c->previous->next = c->next;
    c->next->previous = c->previous;
    all->count--;
    pthread_mutex_unlock(&all->lock);
    free(c);
}

void connection_enter(struct connection *c, enum connection_state state) {
    if (!c) return;
    atomic_store(&c->since, clock_monotonic_us());
    atomic_store(&c->state, (int)state);
}

size_t connections_busy(struct connections *all) {
    size_t busy = 0;
    pthread_mutex_lock(&all->lock);
    for (struct connection *c = all->first.next; c != &all->first; c = c->next) busy += atomic_load(&c->state) != CONNECTION_HEAD;
    pthread_mutex_unlock(&all->lock);
    return busy;
}
