/* forge.c - settings in, clients out. */
#include "forge.h"

#include "queue.h"

#include <stdlib.h>

#define SPACING_ENV "PARLEY_GITHUB_WRITE_SPACING_MS"

struct http *forge_http(const struct settings *settings) {
    return http_create(&(struct http_config){
        .proxy = settings->http.proxy, .ca_bundle = settings->http.ca_bundle, .timeout_seconds = (int)settings->http.timeout_seconds});
}

bool forge_has_github(const struct settings *settings) { return settings->github.token || (settings->github.app_id && settings->github.private_key); }

/* -1: what GitHub asks for. */
static int spacing_of(const struct settings *settings) {
    const char *said = getenv(SPACING_ENV), *api = settings->github.api;
    if (said && *said) return (int)strtol(said, NULL, 10);
    return api && http_is_loopback(api) ? 0 : -1;
}

const struct err *forge_github(const struct settings *settings, struct http *http, struct github **out) {
    struct github_config config = {.write_spacing_ms = spacing_of(settings)};
    config.app = (struct github_app_config){.api_base = settings->github.api,
                                            .app_id = settings->github.app_id,
                                            .private_key = settings->github.private_key,
                                            .token = settings->github.token,
                                            .bot_login = settings->github.bot_login};
    return github_create(http, &config, out);
}

const struct err *forge_hand_over(struct github *github, struct arena *arena, const struct delivery *delivery, json_t **out) {
    *out = NULL;
    if (!github) return NULL;
    struct github_app *app = github_identity(github);
    bool about_us = delivery->event && text_starts(delivery->event, "installation");
    if (about_us || delivery->attempts > 1) github_app_forget(app, delivery->installation);
    if (about_us || (delivery->installation == 0 && !github_app_is_token_mode(app))) return NULL;
    return github_app_handover(app, arena, delivery->installation, out);
}

const struct err *forge_clone(const struct settings *settings, struct github *github, struct arena *arena, int64_t installation,
                              struct clone_config *out) {
    const char *token = NULL;
    TRY(github_app_token(github_identity(github), arena, installation, GITHUB_SCOPE_READ, &token));
    *out = (struct clone_config){.mirrors = arena_printf(arena, "%s/mirrors", settings->data),
                                 .git_base = settings->github.git,
                                 .token = token,
                                 .proxy = settings->http.proxy,
                                 .ca_bundle = settings->http.ca_bundle};
    return NULL;
}
