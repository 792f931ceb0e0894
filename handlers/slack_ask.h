/* slack_ask.h - what Slack commands and buttons share: who the Slack user is on the code host, and answers.
 * Layer: handlers. May use: everything below. */
#ifndef SLACK_ASK_H
#define SLACK_ASK_H

#include "command_run.h"

/* The installation that covers the repository, put into a copy of the context's delivery; token mode has none. */
const struct err *slack_context(const struct handler_context *context, const char *repo, struct handler_context *out, struct delivery *delivery) MUST_CHECK;

/* The code host login an operator connected to the Slack user (slack.people in the settings), NULL when nobody did. */
const char *slack_login(const struct settings *settings, const char *user);

/* A plain text as a Slack message {"text","blocks"}: escaped, cut to one section. */
json_t *slack_text_message(struct arena *arena, const char *text);

/* One transaction: the response, and the delivery settled. */
const struct err *slack_answer(const struct handler_context *context, const json_t *payload, const json_t *message) MUST_CHECK;
#endif
