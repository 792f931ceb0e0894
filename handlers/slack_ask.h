/* slack_ask.h - what Slack commands and buttons share: who the Slack user is on the code host, answers, and handing work on a pull request over.
 * Layer: handlers. May use: base, store, render, review_command. */
#ifndef SLACK_ASK_H
#define SLACK_ASK_H

#include "handlers.h"

/* The code host login an operator connected to the Slack user (slack.people in the settings), NULL when nobody did. */
const char *slack_login(const struct settings *settings, const char *user);

/* A plain text as a Slack message {"text","blocks"}: escaped, cut to one section. */
json_t *slack_text_message(struct arena *arena, const char *text);

/* One transaction: the response, and the delivery settled. */
const struct err *slack_answer(const struct handler_context *context, const json_t *payload, const json_t *message) MUST_CHECK;

/* What a Slack user wants of a pull request, to be done by a delivery of its own ("cli", "pull_command"): so that it takes its turn behind
 * what is under way there, with that repository's credentials. Settles this delivery in the same transaction. */
struct pull_ask {
    const char *repo;
    int number;
    const char *words; /* "accept F1 agreed", or NULL with key and verb */
    const char *verb;  /* of a button: "talk" */
    const char *key;   /* of a button: the finding */
};
const struct err *slack_hand_over(const struct handler_context *context, const json_t *payload, const struct pull_ask *ask) MUST_CHECK;
#endif
