/* slack.h - Slack's web methods we use, its limits and its escapes.
 * Layer: chat. May use: base, http, slack_text, slack_fit. https://docs.slack.dev/reference/methods
 * Errors: ERR_RETRY (429 with its Retry-After, 5xx, network; "ratelimited"), ERR_CONFIG (token revoked or without a scope, webhook gone: the text
 * names what is missing), ERR_REFUSED (channel not found or archived, message gone, blocks not taken). */
#ifndef SLACK_H
#define SLACK_H

#include "http.h"
#include "slack_fit.h"
#include "slack_text.h"

#include <jansson.h>

/* All strings are copied. */
struct slack_config {
    const char *api_base;              /* [https://slack.com/api] */
    const char *token;                 /* xoxb-...; NULL: only the webhook */
    const char *webhook_url;           /* incoming webhook, when there is no token */
    const char *const *response_hosts; /* [hooks.slack.com] host or host:port that response_url may name */
    size_t response_host_count;
    int spacing_ms;                             /* between posts; Slack takes about one a second per channel. 0: none, -1: 1000 */
    void (*pause)(void *ctx, int milliseconds); /* NULL: sleeps */
    void *pause_ctx;
};
struct slack; /* opaque; may be used by several threads at once */

const struct err *slack_create(struct http *http, const struct slack_config *config, struct slack **out) MUST_CHECK;
void slack_destroy(struct slack *slack);
bool slack_has_token(const struct slack *slack);

/* A message: `text` is always sent (notification, screen readers); `blocks` an array or NULL. Both are cut to the limits here. */
struct slack_message {
    const char *channel;   /* id, or name with #; with a thread_ts the id */
    const char *thread_ts; /* NULL: not in a thread */
    const char *text;
    const json_t *blocks;
    const char *key, *digest; /* NULL, or kept with the message unseen, for slack_find */
};
/* Where a message landed: keep both to update it. Empty strings when sent by a webhook. */
struct slack_place {
    const char *channel, *ts;
};
struct slack_found {
    struct slack_place place;
    const char *digest;
};
const struct err *slack_post(struct slack *slack, struct arena *arena, const struct slack_message *message, struct slack_place *out) MUST_CHECK;
/* ERR_REFUSED with text "message_not_found..." when it was deleted: post anew. */
const struct err *slack_update(struct slack *slack, struct arena *arena, const struct slack_message *message,
                               const struct slack_place *place) MUST_CHECK;
/* Seen by one user only. */
const struct err *slack_ephemeral(struct slack *slack, struct arena *arena, const struct slack_message *message, const char *user) MUST_CHECK;
/* Answers a slash command or a button; `in_channel` shows it to all, `replace` swaps the message the button was on. ERR_REFUSED when the
 * address is not https on one of the allowed hosts (loopback may be http). At most 5 uses in 30 minutes. */
struct slack_response {
    const char *url;
    bool in_channel, replace;
};
const struct err *slack_respond(struct slack *slack, struct arena *arena, const struct slack_response *to,
                                const struct slack_message *message) MUST_CHECK;

/* Who we are, and whether the token works: {"url","team_id","user_id","bot_id"...}. */
const struct err *slack_whoami(struct slack *slack, struct arena *arena, json_t **out) MUST_CHECK;
/* The user's id by e-mail, NULL when Slack knows none. */
const struct err *slack_user_by_email(struct slack *slack, struct arena *arena, const char *email, const char **out) MUST_CHECK;

/* The e-mail address of a user id, NULL when Slack does not show it (scope users:read.email). */
const struct err *slack_user_email(struct slack *slack, struct arena *arena, const char *user, const char **out) MUST_CHECK;

/* Our newest message in a channel (or thread) that carries `message->key`: after a crash the answer to a post may be lost, though the post landed.
 * `out->ts` is "" when there is none, or when we may not look (scopes channels:history and channels:read; groups:* in private channels). */
const struct err *slack_find(struct slack *slack, struct arena *arena, const struct slack_message *message, struct slack_found *out) MUST_CHECK;
#endif
