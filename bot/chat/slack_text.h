/* slack_text.h - text that enters Slack's mrkdwn.
 * Layer: chat. May use: base. */
#ifndef SLACK_TEXT_H
#define SLACK_TEXT_H

#include "arena.h"

/* `&`, `<`, `>` as entities: nothing of the text can become a mention or a link. */
char *slack_escape(struct arena *arena, const char *text);
/* "<url|label>" with both made safe; just the label when the url is not http(s). */
char *slack_link(struct arena *arena, const char *url, const char *label);
/* At most `max` bytes, cut between characters and never inside an entity or <...>, ending in an ellipsis when cut. */
char *slack_cut(struct arena *arena, const char *text, size_t max);
#endif
