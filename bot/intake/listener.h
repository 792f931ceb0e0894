/* listener.h - HTTP in, over libmicrohttpd: bounded requests, slow clients shown out, answers only after the commit.
 * Layer: intake. May use: base, store. */
#ifndef LISTENER_H
#define LISTENER_H

#include "settings.h"
#include "writer.h"

struct listener; /* opaque */

struct listener_config {
    const struct settings *settings;
    struct writer *writer;
    const char *data; /* place of the store (a folder or an address) that /metrics and /readyz read; NULL: none */
    int threads;      /* 0: two */
};

/* Listens; `*port` is the port taken. ERR_CONFIG when the address cannot be had. */
const struct err *listener_start(const struct listener_config *config, struct listener **out, int *port) MUST_CHECK;

/* Takes no new connections, /readyz says so, and waits up to `seconds` for the requests at work. */
void listener_drain(struct listener *listener, int seconds);

/* Ends every connection. Call writer_stop between drain and this, writer_destroy after. Takes NULL. */
void listener_stop(struct listener *listener);

#endif
