/* catch_up.h - what was missed while we or the network were away: failed webhook deliveries, and pull requests that moved unseen.
 * Layer: handlers. May use: forge, store. Runs in the server, which holds the App's key; a job's child does not. */
#ifndef CATCH_UP_H
#define CATCH_UP_H

#include "outbox.h"
#include "settings.h"

struct github;

struct catch_up_stats {
    size_t redelivered, moved;
};

/* Asks GitHub to deliver again what failed since the last time (at most three days back), and queues a review for each open pull request, of
 * repositories seen before, whose head is not the one last reviewed. Bounded: 500 deliveries, 200 repositories, 100 pull requests each. */
const struct err *catch_up_run(struct github *github, struct store *store, struct arena *arena, struct catch_up_stats *stats) MUST_CHECK;

/* The same as an outbox_send of kind CATCH_UP_KIND, so that it is retried and waits for rate limits like any other call. */
#define CATCH_UP_KIND "github.catch_up"
struct catch_up_context {
    struct github *github;
    const struct settings *settings;
};
const struct err *catch_up_bring(void *catch_up_context, struct arena *arena, const struct outbox_item *in, json_t **state_out) MUST_CHECK;
#endif
