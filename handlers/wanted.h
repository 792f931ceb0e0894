/* wanted.h - the outside state a review wants, as outbox items: the comment, check run, notes and reviewers, and the Slack message.
 * Layer: handlers. May use: render, forge's records, store. Joins the caller's transaction. */
#ifndef WANTED_H
#define WANTED_H

#include "clone.h"
#include "handlers.h"
#include "review.h"

struct wanted {
    const struct handler_context *context;
    const struct review *review;
    const struct clone_change *change; /* NULL for jobs */
    int64_t installation;
    const char *answer;   /* markdown folded into the comment, NULL when none */
    const char *link;     /* to the pull request or job, NULL when none */
    bool may_speak_first; /* a comment, notes, reviewers or a Slack message may be made new; else what is there is only kept true */
    bool is_paused;
};

/* github.pull_request: everything about one pull request in one item, so that a newer review replaces an older one whole. */
const struct err *wanted_pull(const struct wanted *wanted) MUST_CHECK;

/* slack.message in the repository's channel or the server's; nothing when Slack is not set up, or there is nothing to say and nothing was said. */
const struct err *wanted_slack(const struct wanted *wanted) MUST_CHECK;

/* github.issue for a job's review: opened once, kept up to date, closed when settled. */
const struct err *wanted_issue(const struct wanted *wanted) MUST_CHECK;

/* github.reply: one comment for each person asked by and pull request, edited when there is more to say. `body` is markdown. */
const struct err *wanted_reply(const struct handler_context *context, const char *repo, int number, const char *login, const char *body) MUST_CHECK;

/* github.reaction to a comment. */
const struct err *wanted_reaction(const struct handler_context *context, const char *repo, int64_t comment, const char *content,
                                  bool on_review_comment) MUST_CHECK;

/* slack.response to the person who asked. `message` is {"text","blocks"}. */
const struct err *wanted_response(const struct handler_context *context, const char *response_url, const json_t *message, bool in_channel) MUST_CHECK;
#endif
