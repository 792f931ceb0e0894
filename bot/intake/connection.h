/* connection.h - who is connected, since when in which state; those who are too slow are shown out.
 * Layer: intake. May use: base. libmicrohttpd's own timeout counts idle time only, so one byte a second would hold a place for ever. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connection_state {
    CONNECTION_HEAD, /* a request's head is awaited */
    CONNECTION_BODY, /* its body */
    CONNECTION_WORK, /* ours to answer: never shown out */
};

struct connection {
    int fd;
    atomic_int state;
    atomic_llong since;  /* clock_monotonic_us of the state's begin */
    atomic_int requests; /* answered before on it */
    struct connection *previous, *next;
};

struct connections; /* opaque */

struct connection_limits {
    int64_t most;                                     /* connections; with three quarters of them taken, heads get a second only */
    int64_t head_seconds, body_seconds, idle_seconds; /* whole time, not idle time */
};

/* Starts the thread that looks once a second. NULL when there is no memory or thread. */
struct connections *connections_start(const struct connection_limits *limits);
void connections_stop(struct connections *all);

/* A client came / left; `fd` stays open until connection_end returns. NULL when there is no memory. */
struct connection *connection_begin(struct connections *all, int fd);
void connection_end(struct connections *all, struct connection *c);
void connection_enter(struct connection *c, enum connection_state state);

/* How many requests are at work or have their body coming in. */
size_t connections_busy(struct connections *all);

#endif
