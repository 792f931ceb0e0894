/* forge.h - the clients of code hosts as the operator's settings have them: what serve and a job's process open at the start.
 * Layer: forge. May use: base, store, http, github. */
#ifndef FORGE_H
#define FORGE_H

#include "clone.h"
#include "github.h"
#include "settings.h"

/* The HTTP client with the proxy, CA bundle and timeout of the settings. Never NULL; shared by forge, chat and platform. */
struct http *forge_http(const struct settings *settings);

/* GitHub as App or with a token; without either (a job's process) every call fails until github_app_adopt took what was handed over. Writes are
 * a second apart, unless GitHub is on this machine (tests) or PARLEY_GITHUB_WRITE_SPACING_MS says otherwise. */
const struct err *forge_github(const struct settings *settings, struct http *http, struct github **out) MUST_CHECK;

/* Is GitHub set up at all? */
bool forge_has_github(const struct settings *settings);

struct delivery;

/* What a job's process gets of GitHub for a delivery (github_app_adopt takes it there); `*out` is NULL when it needs, or may have, none: without an
 * installation, and for events about installations, after which kept tokens are forgotten too. A delivery that is tried again gets a new token:
 * the old one may be what failed. `github` may be NULL. */
const struct err *forge_hand_over(struct github *github, struct arena *arena, const struct delivery *delivery, json_t **out) MUST_CHECK;

/* Where mirrors live and how to fetch, with a token of the installation that only reads. Lives as long as the arena and the settings. */
const struct err *forge_clone(const struct settings *settings, struct github *github, struct arena *arena, int64_t installation,
                              struct clone_config *out) MUST_CHECK;
#endif
