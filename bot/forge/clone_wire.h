/* clone_wire.h - git's smart protocol over our own HTTP client: its timeouts, proxy and certificates, and a bound on what is received.
 * Layer: forge, for clone.c only. May use: base, http, libgit2.
 * libgit2's own transport waits for ever on a silent peer; here that is an error, and the API can stand in. */
#ifndef CLONE_WIRE_H
#define CLONE_WIRE_H

#include "http.h"

#include <git2.h>

/* One fetch. Fill the first part; it must outlive the fetch. */
struct wire {
    struct http *http;
    const char *token;   /* NULL: none */
    const char *folder;  /* where what is received waits to be indexed, in a file without a name */
    size_t max_bytes;    /* of all answers together */
    int64_t deadline_us; /* by clock_monotonic_us */
    size_t received;
    bool has_failed;
    struct err why; /* when it has */
};

/* For git_remote_callbacks: `transport` = wire_open, and `payload` = the struct wire. Takes http and https addresses; git-upload-pack only. */
int wire_open(git_transport **out, git_remote *owner, void *wire);
#endif
