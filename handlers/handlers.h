/* handlers.h - the table of what Parley does when something happens: the index a newcomer reads first.
 * Layer: handlers. May use: everything below. Handlers do not see each other. */
#ifndef HANDLERS_H
#define HANDLERS_H

#include "arena.h"
#include "err.h"
#include "queue.h"
#include "settings.h"

#include <jansson.h>

struct github;
struct http;

/* What a handler is given. A plain record; everything outlives the call. */
struct handler_context {
    struct arena *arena; /* of this delivery */
    struct store *store; /* migrated; no transaction open */
    const struct settings *settings;
    struct http *http;
    struct github *github; /* reads with the delivery's installation; NULL when GitHub is not set up */
    const struct delivery *delivery;
    const char *bot_login;        /* "parley[bot]"; NULL when not known */
    const char *databricks_token; /* for reading jobs; NULL when not set */
    int64_t now;                  /* UTC seconds */
};

/* One row: what is called for which event. The first row that matches acts. */
struct handler {
    const char *sender, *event, *action; /* action NULL: any */
    /* Does the work and, in ONE transaction, stores its results, the wanted outside state and the settled delivery. Returning an error leaves
     * the delivery to the worker: ERR_RETRY tries again, all else buries it. */
    const struct err *(*run)(const struct handler_context *context, const json_t *payload);
    const char *help; /* what it does, for the documentation */
};
extern const struct handler handlers[]; /* ends with sender NULL */

/* First look at a payload (triage_fn): subject, kind, lane; says why when nobody needs to act, as for our own events. */
const struct err *handlers_triage(struct arena *arena, const struct delivery *in, struct triage *out) MUST_CHECK;

/* A delivery was given up: whoever waits for a review or an answer is told that there will be none, so that nothing looks fine that was not
 * read. Joins the caller's transaction; says nothing of why, which is for the operator. */
const struct err *handlers_gave_up(void *ctx, struct store *store, struct arena *arena, const struct delivery *delivery) MUST_CHECK;

/* Parses the payload and runs the first handler that matches; a delivery nobody handles is settled as ignored. */
const struct err *handlers_run(const struct handler_context *context) MUST_CHECK;
#endif
