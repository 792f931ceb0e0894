/* catch_up.h - what was missed while we or the network were away: failed webhook deliveries, and pull requests that moved unseen.
 * Layer: handlers. May use: forge, store. Runs in the server, which holds the App's key; a job's child does not. */
#ifndef CATCH_UP_H
#define CATCH_UP_H

#include "arena.h"
#include "err.h"

struct github;
struct store;

struct catch_up_stats {
    size_t redelivered, moved;
};

/* Asks GitHub to deliver again what failed since the last time (at most three days back), and queues a review for each open pull request, of
 * repositories seen before, whose head is not the one last reviewed. Bounded: 500 deliveries, 200 repositories, 100 pull requests each. */
const struct err *catch_up_run(struct github *github, struct store *store, struct arena *arena, struct catch_up_stats *stats) MUST_CHECK;
#endif
