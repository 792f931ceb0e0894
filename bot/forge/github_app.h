/* github_app.h - who we are to GitHub: signed app tokens (RS256) and installation tokens, kept until just before they end.
 * Layer: forge. May use: base, http, OpenSSL. */
#ifndef GITHUB_APP_H
#define GITHUB_APP_H

#include "http.h"

#include <jansson.h>

#define GITHUB_API_VERSION "2022-11-28"

/* All strings are copied. Exactly one of (app_id and private_key), token, or a handed-over credential (github_app_adopt). */
struct github_app_config {
    const char *api_base;    /* [https://api.github.com]; GHES: https://HOST/api/v3 */
    const char *app_id;      /* client id or numeric id */
    const char *private_key; /* PEM text, PKCS#1 or PKCS#8 */
    const char *token;       /* token mode: a personal access token, used for everything */
    const char *bot_login;   /* who we are, when the operator says it; else asked once */
};

struct github_app; /* opaque; may be used by several threads at once */

/* ERR_CONFIG when the key cannot be read. With neither key nor token every call fails with ERR_CONFIG until github_app_adopt. */
const struct err *github_app_create(struct http *http, const struct github_app_config *config, struct github_app **out) MUST_CHECK;
void github_app_destroy(struct github_app *app);

/* Signs a JWT good for nine minutes: iat a minute ago, exp in nine (10 is GitHub's maximum). `now` is UTC seconds.
 * https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
const struct err *github_app_jwt(struct github_app *app, struct arena *arena, int64_t now, const char **out) MUST_CHECK;

/* What an installation token may do: all that was granted, or the same rights cut down to reading (what a job's child gets). */
enum github_scope { GITHUB_SCOPE_ALL, GITHUB_SCOPE_READ };

/* The token for calls of one installation (opaque, up to 2 KB): from the cache until a minute before its end, else asked for. In token mode
 * always that token. ERR_REFUSED: no such installation, suspended; ERR_CONFIG: GitHub does not take our key. */
const struct err *github_app_token(struct github_app *app, struct arena *arena, int64_t installation, enum github_scope scope,
                                   const char **out) MUST_CHECK;

/* Forgets the tokens of an installation (401, or an installation event). */
void github_app_forget(struct github_app *app, int64_t installation);

/* Is the client run by a handed-over credential? Then it cannot renew its token. */
bool github_app_is_adopted(const struct github_app *app);

/* What a child needs to act for one installation, read-only: {"installation","token","expires_at","bot_login","app_id","mode"}. Secret:
 * hand it over by pipe only. `github_app_adopt` takes it on the other side; the child's client then needs no key. */
const struct err *github_app_handover(struct github_app *app, struct arena *arena, int64_t installation, json_t **out) MUST_CHECK;
const struct err *github_app_adopt(struct github_app *app, const json_t *handed) MUST_CHECK;

/* Token mode has no check runs (they need an App): commit statuses take their place. */
bool github_app_is_token_mode(const struct github_app *app);

/* Our login, "slug[bot]" or the token's user; asked once. */
const struct err *github_app_login(struct github_app *app, struct arena *arena, const char **out) MUST_CHECK;
/* The App's numeric id (0 in token mode); asked once. For telling our check runs from others'. */
const struct err *github_app_number(struct github_app *app, struct arena *arena, int64_t *out) MUST_CHECK;

/* One call that needs the JWT (paths under /app and the like, or a Link to a further page of one); the answer's status is 2xx, else the error that
 * github_answer.h makes of it. `body` NULL: none. */
const struct err *github_app_call(struct github_app *app, struct arena *arena, const struct http_request *request,
                                  struct http_response *out) MUST_CHECK;
/* `path` below the API base; an address of the same host stays as it is. ERR_REFUSED for another host: no token goes there. */
const struct err *github_app_url(const struct github_app *app, struct arena *arena, const char *path, const char **out) MUST_CHECK;

const char *github_app_api(const struct github_app *app);
struct http *github_app_http(const struct github_app *app);
#endif
