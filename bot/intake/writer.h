/* writer.h - one thread that commits the deliveries of all connections together: one fsync serves as many as came meanwhile.
 * Layer: intake. May use: base, store. */
#ifndef WRITER_H
#define WRITER_H

#include "queue.h"

struct writer; /* opaque */

/* Lives in the caller's memory until done was called. */
struct writer_item {
    struct delivery_new delivery; /* what to store, unless `put` is set */
    /* Another piece of work for the same transaction: it must fail for no reason of its own, for its error fails all that are committed with it. */
    const struct err *(*put)(struct store *store, struct writer_item *item);
    /* Called on the writer's thread once it is on the disk (`failed` NULL) or is not; `fresh` is false for a repeat. */
    void (*done)(struct writer_item *item, const struct err *failed, bool fresh);
    struct writer_item *next; /* the writer's own */
};

struct writer_config {
    const char *data; /* place of the store (a folder or an address), NULL: nothing is stored and every item is done at once (for measuring) */
    void (*committed)(void *ctx); /* called after each commit, to wake who works; may be NULL */
    void *ctx;
};

/* Opens the store and starts the thread. */
const struct err *writer_start(const struct writer_config *config, struct writer **out) MUST_CHECK;

/* Hands an item over; false when the writer is stopping: then done is not called. */
bool writer_submit(struct writer *writer, struct writer_item *item);

/* When the writer last proved to be alive, by clock_monotonic_us. */
int64_t writer_beat(const struct writer *writer);
/* Did the last commit work? */
bool writer_is_well(const struct writer *writer);

/* Commits what was handed over, then ends its thread: from now on writer_submit says false. Takes NULL. */
void writer_stop(struct writer *writer);

/* Stops it when that was not done, and gives its memory back: nobody may hold it any more. Takes NULL. */
void writer_destroy(struct writer *writer);

#endif
