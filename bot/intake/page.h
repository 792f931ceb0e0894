/* page.h - what the operator's tools read: /healthz, /readyz, /metrics.
 * Layer: intake, for its own files only. May use: base, store. */
#ifndef PAGE_H
#define PAGE_H

#include "writer.h"

#include <pthread.h>
#include <stdatomic.h>

struct page_context {
    struct writer *writer;
    struct store *store; /* NULL: none; used under the lock */
    pthread_mutex_t lock;
    atomic_bool draining;
};

struct page {
    int status;
    const char *type;
    struct str body; /* malloc'd */
};

/* False when there is no page at `path`. */
bool page_make(struct page_context *ctx, const char *path, struct page *out);

#endif
