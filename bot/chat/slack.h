/* slack.h - Slack's web methods we use, its limits and its escapes.
 * Layer: chat. May use: base, http. https://docs.slack.dev/reference/methods
 * Errors: ERR_RETRY (429 with its Retry-After, 5xx, network; "ratelimited"), ERR_CONFIG (token revoked or without a scope, webhook gone: the text
 * names what is missing), ERR_REFUSED (channel not found or archived, message gone, blocks not taken). */
#ifndef SLACK_H
#define SLACK_H

#include "http.h"

#include <jansson.h>

/* Limits of reference pages and of what was seen in the field. */
#define SLACK_BLOCKS_MAX  50
#define SLACK_TEXT_MAX    4000
#define SLACK_SECTION_MAX 3000
#define SLACK_FIELD_MAX   2000
#define SLACK_HEADER_MAX  150
#define SLACK_BUTTON_MAX  75
#define SLACK_VALUE_MAX   2000
#define SLACK_TOTAL_MAX   12000

/* All strings are copied. */
struct slack_config {
    const char *api_base;              /* [https://slack.com/api] */
    const char *token;                 /* xoxb-...; NULL: only the webhook */
    const char *webhook_url;           /* incoming webhook, when there is no token */
    const char *const *response_hosts; /* [hooks.slack.com] host or host:port that response_url may name */
    size_t response_host_count;
};
struct slack; /* opaque; may be used by several threads at once */

const struct err *slack_create(struct http *http, const struct slack_config *config, struct slack **out) MUST_CHECK;
void slack_destroy(struct slack *slack);
bool slack_has_token(const struct slack *slack);

/* A message: `text` is always sent (notification, screen readers); `blocks` an array or NULL. Both are cut to the limits here. */
struct slack_message {
    const char *channel;   /* id, or name with # */
    const char *thread_ts; /* NULL: not in a thread */
    const char *text;
    const json_t *blocks;
};
/* Where a message landed: keep both to update it. Empty strings when sent by a webhook. */
struct slack_place {
    const char *channel, *ts;
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

/* `&`, `<`, `>` as entities: nothing of the text can become a mention or a link. */
char *slack_escape(struct arena *arena, const char *text);
/* "<url|label>" with both made safe; just the label when the url is not http(s). */
char *slack_link(struct arena *arena, const char *url, const char *label);
/* At most `max` bytes, cut between characters and never inside an entity or <...>, ending in an ellipsis when cut. */
char *slack_cut(struct arena *arena, const char *text, size_t max);
/* A copy of `blocks` that meets every limit above; what does not fit is cut, and the last block then says so. */
json_t *slack_fit(struct arena *arena, const json_t *blocks);
#endif
