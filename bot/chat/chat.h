/* chat.h - Slack as the operator's settings have it.
 * Layer: chat. May use: base, http, slack. */
#ifndef CHAT_H
#define CHAT_H

#include "settings.h"
#include "slack.h"

/* With the bot token, else the incoming webhook, else with neither (then posts fail with ERR_CONFIG). Messages are a second apart, unless Slack is
 * on this machine (tests). */
const struct err *chat_slack(const struct settings *settings, struct http *http, struct slack **out) MUST_CHECK;

/* Is there a way to post? */
bool chat_has_slack(const struct settings *settings);
#endif
