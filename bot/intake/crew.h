/* crew.h - the threads that work off what came in: first looks, jobs, sends, and a timer.
 * Layer: intake. May use: base, store. Knows handlers and forges only as functions it is given. */
#ifndef CREW_H
#define CREW_H

#include "outbox.h"
#include "queue.h"
#include "settings.h"
#include "writer.h"

#include <jansson.h>

/* What a job's process gets on its standard input, as JSON: tokens, so that long-lived keys stay here. `*out` belongs to the arena; NULL: an empty
 * object. An error fails the delivery. */
typedef const struct err *(*crew_credentials)(void *ctx, struct arena *arena, const struct delivery *delivery, json_t **out);

/* Who brings about outbox items of a kind. */
struct crew_sender {
    const char *kind; /* NULL ends the table */
    outbox_send send;
    void *ctx;
};

struct crew_config {
    const struct settings *settings;
    const char *data; /* the place of the store: a folder, or an address */
    int64_t holder;   /* this server among those that share the store, the same after every start (lease_holder); 0: it has the store for itself */
    triage_fn triage;
    crew_credentials credentials; /* may be NULL */
    void *credentials_ctx;
    queue_gave_up gave_up; /* may be NULL */
    void *gave_up_ctx;
    const struct crew_sender *senders;
    struct writer *writer; /* first looks are committed by it, along with new deliveries; NULL: by the crew itself */
    const char *program;   /* the job's program: "/proc/self/exe" */
    int threads;           /* that send; 0: four */
};

struct crew; /* opaque */

/* Recovers what a crash left, then starts the threads. */
const struct err *crew_start(const struct crew_config *config, struct crew **out) MUST_CHECK;

/* New deliveries were committed: may be called from any thread. */
void crew_wake(struct crew *crew);

/* Seconds since the slowest of the looping threads last came round (jobs and sends at work do not count). */
int64_t crew_silence(struct crew *crew);

/* Takes nothing new, gives jobs `seconds` to end, kills the rest (they will be done again), and ends the threads. Takes NULL. */
void crew_stop(struct crew *crew, int seconds);

#endif
