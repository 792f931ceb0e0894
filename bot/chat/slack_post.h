/* slack_post.h - makes Slack show what is wanted, once, updated in place.
 * Layer: chat. May use: base, store, slack.
 * slack.message  {"channel","text","blocks":[..],"thread_subject":null|"subject whose message this hangs under","thread":null|{"channel","ts"},
 *                 "thread_update":null|"a line put into the thread when an existing message changed"}
 *   External state: {"channel","ts","digest","thread_digest"}; the same digest again is no call. A message whose state is not known is looked for
 *   before it is posted. Without a token the webhook is used, which can neither look nor update: then a changed message is posted anew only when
 *   "important" is true.
 * slack.response {"response_url","text","blocks":[..],"in_channel":bool,"replace":bool}   state {"sent":true} */
#ifndef SLACK_POST_H
#define SLACK_POST_H

#include "outbox.h"
#include "slack.h"

struct slack_posting {
    const char *kind, *subject;    /* of the outbox item; the subject is kept unseen with a message, to find it again */
    const json_t *payload, *state; /* state NULL: nothing sent yet */
};
/* `*state_out` is set even when an error is returned. */
const struct err *slack_post_run(struct slack *slack, struct arena *arena, const struct slack_posting *posting, json_t **state_out) MUST_CHECK;

/* The same as a delivery function of the outbox; `ctx` is the struct slack. */
const struct err *slack_post_send(void *ctx, struct arena *arena, const struct outbox_item *item, json_t **state_out) MUST_CHECK;

/* The kinds it takes, NULL-ended, to register with the outbox. */
extern const char *const slack_post_kinds[];
#endif
