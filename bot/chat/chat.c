/* chat.c - settings in, client out. */
#include "chat.h"

bool chat_has_slack(const struct settings *settings) { return settings->slack.token || settings->slack.webhook_url; }

const struct err *chat_slack(const struct settings *settings, struct http *http, struct slack **out) {
    struct slack_config config = {.api_base = settings->slack.api, .token = settings->slack.token, .webhook_url = settings->slack.webhook_url};
    config.response_hosts = settings->slack.response_hosts;
    while (config.response_hosts && config.response_hosts[config.response_host_count]) config.response_host_count++;
    config.spacing_ms = settings->slack.api && http_is_loopback(settings->slack.api) ? 0 : -1;
    return slack_create(http, &config, out);
}
