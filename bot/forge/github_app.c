/* github_app.c - one private key, one small cache of tokens, one correction of the clock. */
#include "github_app.h"

#include "clock.h"
#include "github_answer.h"
#include "jsonx.h"
#include "log.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>

#define TOKENS_MAX       512
#define RENEW_BEFORE     60  /* seconds before a token's end */
#define HANDOVER_LEFT    900 /* a child may run for minutes */
#define CREDENTIAL_BYTES ((size_t)1 << 20)

struct kept_token {
    int64_t installation, expires_at, used_at;
    enum github_scope scope;
    char *token, *granted; /* granted: JSON text of its permissions */
};

struct github_app {
    struct http *http;
    char *api, *app_id, *token;
    EVP_PKEY *key;
    bool is_adopted;
    pthread_mutex_t lock; /* over what follows */
    char *login;
    int64_t number, skew;
    struct kept_token kept[TOKENS_MAX];
    size_t kept_count;
};

static const struct err *key_read(const char *pem, EVP_PKEY **out) {
    BIO *bio = BIO_new_mem_buf(pem, -1);
    *out = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    if (!*out) return err_new(ERR_CONFIG, "GitHub's private key is no PEM key (BEGIN RSA PRIVATE KEY or BEGIN PRIVATE KEY)");
    if (EVP_PKEY_base_id(*out) == EVP_PKEY_RSA && EVP_PKEY_bits(*out) >= 2048) return NULL;
    EVP_PKEY_free(*out);
    *out = NULL;
    return err_new(ERR_CONFIG, "GitHub's private key has to be an RSA key of 2048 bits or more");
}

const struct err *github_app_create(struct http *http, const struct github_app_config *config, struct github_app **out) {
    EVP_PKEY *key = NULL;
    if (config->private_key && *config->private_key) {
        if (!config->app_id || !*config->app_id) return err_new(ERR_CONFIG, "github.app_id is missing beside the private key");
        TRY(key_read(config->private_key, &key));
    }
    struct github_app *app = calloc(1, sizeof *app);
    if (!app) abort();
    app->http = http;
    app->key = key;
    app->api = strdup(config->api_base ? config->api_base : "https://api.github.com");
    for (size_t n = strlen(app->api); n && app->api[n - 1] == '/'; n--) app->api[n - 1] = 0;
    app->app_id = config->app_id ? strdup(config->app_id) : NULL;
    app->token = !key && config->token && *config->token ? strdup(config->token) : NULL;
    app->login = config->bot_login && *config->bot_login ? strdup(config->bot_login) : NULL;
    pthread_mutex_init(&app->lock, NULL);
    if (app->token) log_secret(app->token);
    *out = app;
    return NULL;
}

static void kept_free(struct kept_token *kept) {
    free(kept->token);
    free(kept->granted);
}

void github_app_destroy(struct github_app *app) {
    if (!app) return;
    for (size_t i = 0; i < app->kept_count; i++) kept_free(&app->kept[i]);
    pthread_mutex_destroy(&app->lock);
    EVP_PKEY_free(app->key);
    free(app->api);
    free(app->app_id);
    free(app->token);
    free(app->login);
    free(app);
}

bool github_app_is_token_mode(const struct github_app *app) { return app->token != NULL; }
bool github_app_is_adopted(const struct github_app *app) { return app->is_adopted; }
const char *github_app_api(const struct github_app *app) { return app->api; }
struct http *github_app_http(const struct github_app *app) {
    return app->http;
}

const struct err *github_app_url(const struct github_app *app, struct arena *arena, const char *path, const char **out) {
    if (*path == '/') {
        *out = arena_printf(arena, "%s%s", app->api, path);
        return NULL;
    }
    if (!http_same_host(path, app->api)) return err_new(ERR_REFUSED, "GitHub points to another host for a further page: not followed");
    *out = path;
    return NULL;
}

/* ---- The signed token of the App */

static char *base64url(struct arena *arena, const void *bytes, size_t n) {
    char *out = arena_alloc(arena, 4 * ((n + 2) / 3) + 1);
    int length = EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
    while (length > 0 && out[length - 1] == '=') length--;
    out[length] = 0;
    for (char *p = out; *p; p++) *p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
    return out;
}

const struct err *github_app_jwt(struct github_app *app, struct arena *arena, int64_t now, const char **out) {
    if (!app->key) return err_new(ERR_CONFIG, "this call needs the GitHub App's private key (github.app_id and github.private_key_file)");
    json_t *claims = jsx_own(arena, json_pack("{sIsIss}", "iat", (json_int_t)(now - 60), "exp", (json_int_t)(now + 540), "iss", app->app_id));
    const char *text = jsx_dump(arena, claims, false);
    static const char head[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
    char *body = arena_printf(arena, "%s.%s", base64url(arena, head, sizeof head - 1), base64url(arena, text, strlen(text)));
    unsigned char signature[1024];
    size_t n = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, app->key) == 1 &&
              EVP_DigestSign(ctx, signature, &n, (const unsigned char *)body, strlen(body)) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    if (!ok) return err_new(ERR_CONFIG, "the GitHub App's private key cannot sign");
    *out = arena_printf(arena, "%s.%s", body, base64url(arena, signature, n));
    return NULL;
}

static int64_t skew_get(struct github_app *app) {
    pthread_mutex_lock(&app->lock);
    int64_t skew = app->skew;
    pthread_mutex_unlock(&app->lock);
    return skew;
}

static void skew_set(struct github_app *app, int64_t skew) {
    pthread_mutex_lock(&app->lock);
    app->skew = skew;
    pthread_mutex_unlock(&app->lock);
    log_warn("our clock is %lld seconds off GitHub's: corrected for signing", (long long)skew);
}

static void headers_set(struct http_request *request) {
    request->headers[0] = (struct http_header){"Accept", "application/vnd.github+json"};
    request->headers[1] = (struct http_header){"X-GitHub-Api-Version", GITHUB_API_VERSION};
    if (request->body.p) request->headers[2] = (struct http_header){"Content-Type", "application/json"};
}

const struct err *github_app_call(struct github_app *app, struct arena *arena, const struct http_request *request, struct http_response *out) {
    struct http_request now = *request;
    TRY(github_app_url(app, arena, request->url, &now.url));
    headers_set(&now);
    for (int attempt = 0;; attempt++) {
        const char *jwt = NULL;
        TRY(github_app_jwt(app, arena, clock_now() + skew_get(app), &jwt));
        now.authorization = arena_printf(arena, "Bearer %s", jwt);
        TRY(http_send(app->http, arena, &now, out));
        if (!github_answer_is_skew(out) || attempt == 1 || !http_date(out)) break;
        skew_set(app, http_date(out) - clock_now());
    }
    return github_answer_check(arena, out, arena_printf(arena, "%s %.*s", now.method, (int)strcspn(now.url, "?"), now.url), 0);
}

/* ---- Installation tokens */

static struct kept_token *kept_find(struct github_app *app, int64_t installation, enum github_scope scope) {
    for (size_t i = 0; i < app->kept_count; i++) {
        if (app->kept[i].installation == installation && app->kept[i].scope == scope) return &app->kept[i];
    }
    return NULL;
}

/* Copies a kept token that is good for `left` seconds more; false when there is none. */
static bool kept_get(struct github_app *app, struct arena *arena, const struct kept_token *want, int64_t left, struct kept_token *out) {
    pthread_mutex_lock(&app->lock);
    struct kept_token *kept = kept_find(app, want->installation, want->scope);
    bool good = kept && kept->expires_at - left > clock_now() + app->skew;
    if (good) {
        kept->used_at = clock_now();
        *out = *kept;
        out->token = arena_strdup(arena, kept->token);
        out->granted = arena_strdup(arena, kept->granted);
    }
    pthread_mutex_unlock(&app->lock);
    return good;
}

/* Keeps a copy; a full cache gives up the one unused for longest. */
static void kept_put(struct github_app *app, const struct kept_token *made) {
    pthread_mutex_lock(&app->lock);
    struct kept_token *slot = kept_find(app, made->installation, made->scope);
    if (!slot && app->kept_count < TOKENS_MAX) slot = &app->kept[app->kept_count++];
    if (!slot) {
        slot = &app->kept[0];
        for (size_t i = 1; i < TOKENS_MAX; i++) {
            if (app->kept[i].used_at < slot->used_at) slot = &app->kept[i];
        }
    }
    kept_free(slot);
    *slot = *made;
    slot->used_at = clock_now();
    slot->token = strdup(made->token);
    slot->granted = strdup(made->granted ? made->granted : "{}");
    pthread_mutex_unlock(&app->lock);
}

void github_app_forget(struct github_app *app, int64_t installation) {
    if (app->is_adopted) return; /* it could not get another */
    pthread_mutex_lock(&app->lock);
    for (size_t i = 0; i < app->kept_count; i++) {
        if (app->kept[i].installation == installation) app->kept[i].expires_at = 0;
    }
    pthread_mutex_unlock(&app->lock);
}

static const struct err *token_make(struct github_app *app, struct arena *arena, const json_t *permissions, struct kept_token *made) {
    struct http_request request = {.method = "POST"};
    request.url = arena_printf(arena, "/app/installations/%lld/access_tokens", (long long)made->installation);
    if (permissions) request.body = str_of(arena_printf(arena, "{\"permissions\":%s}", jsx_dump(arena, permissions, true)));
    struct http_response answer;
    TRY(github_app_call(app, arena, &request, &answer));
    json_t *body = NULL;
    TRY(github_answer_json(arena, &answer, "installation token", &body));
    const char *token = jsx_str(body, "token", NULL);
    if (!token || !clock_parse_iso(jsx_str(body, "expires_at", ""), &made->expires_at))
        return err_new(ERR_RETRY, "GitHub's answer has no installation token in it");
    made->token = arena_strdup(arena, token);
    const json_t *granted = jsx_at(body, "permissions");
    made->granted = granted ? jsx_dump(arena, granted, true) : arena_strdup(arena, "{}");
    kept_put(app, made);
    return NULL;
}

/* The same permissions with every "write" and "admin" cut down to "read". */
static json_t *permissions_read(struct arena *arena, const char *granted) {
    json_t *all = NULL, *out = jsx_own(arena, json_object()), *value;
    const char *key;
    if (!granted || jsx_load(arena, granted, strlen(granted), &all)) return NULL;
    json_object_foreach(all, key, value) {
        if (strcmp(key, "workflows") != 0) json_object_set_new(out, key, json_string("read")); /* workflows knows only write */
    }
    return json_object_size(out) ? out : NULL;
}

static const struct err *token_get(struct github_app *app, struct arena *arena, int64_t left, struct kept_token *made) {
    struct kept_token want = *made;
    if (kept_get(app, arena, &want, left, made)) return NULL;
    if (app->is_adopted) return err_new(ERR_RETRY, "the token handed to this job is for another installation or has ended");
    if (!app->key) return err_new(ERR_CONFIG, "GitHub is not connected: set github.app_id and its private key, or PARLEY_GITHUB_TOKEN");
    if (want.scope == GITHUB_SCOPE_ALL) return token_make(app, arena, NULL, made);
    struct kept_token all = {.installation = want.installation, .scope = GITHUB_SCOPE_ALL};
    TRY(token_get(app, arena, left, &all));
    const struct err *e = token_make(app, arena, permissions_read(arena, all.granted), made);
    if (!e || e->status != 422) return e;
    *made = all; /* some right cannot be cut down: better the whole token than none */
    return NULL;
}

const struct err *github_app_token(struct github_app *app, struct arena *arena, int64_t installation, enum github_scope scope, const char **out) {
    if (app->token) {
        *out = app->token;
        return NULL;
    }
    struct kept_token made = {.installation = installation, .scope = scope};
    TRY(token_get(app, arena, RENEW_BEFORE, &made));
    *out = made.token;
    return NULL;
}

/* ---- Who we are */

static const struct err *identity_ask(struct github_app *app, struct arena *arena, struct http_response *answer) {
    if (!app->token) return github_app_call(app, arena, &(struct http_request){.method = "GET", .url = "/app"}, answer);
    struct http_request request = {.method = "GET"};
    request.url = arena_printf(arena, "%s/user", app->api);
    request.authorization = arena_printf(arena, "Bearer %s", app->token);
    headers_set(&request);
    TRY(http_send(app->http, arena, &request, answer));
    return github_answer_check(arena, answer, "GET /user", 0);
}

static const struct err *identity_learn(struct github_app *app, struct arena *arena) {
    struct http_response answer;
    json_t *body = NULL;
    TRY(identity_ask(app, arena, &answer));
    TRY(github_answer_json(arena, &answer, "who we are", &body));
    const char *name = jsx_str(body, app->token ? "login" : "slug", NULL);
    if (!name) return err_new(ERR_RETRY, "GitHub's answer does not say who we are");
    const char *login = app->token ? name : arena_printf(arena, "%s[bot]", name);
    pthread_mutex_lock(&app->lock);
    if (!app->login) app->login = strdup(login);
    if (!app->token) app->number = jsx_int(body, "id", 0);
    pthread_mutex_unlock(&app->lock);
    return NULL;
}

static const char *login_known(struct github_app *app, struct arena *arena) {
    pthread_mutex_lock(&app->lock);
    const char *login = app->login ? arena_strdup(arena, app->login) : NULL;
    pthread_mutex_unlock(&app->lock);
    return login;
}

const struct err *github_app_login(struct github_app *app, struct arena *arena, const char **out) {
    *out = login_known(app, arena);
    if (*out) return NULL;
    TRY(identity_learn(app, arena));
    *out = login_known(app, arena);
    return NULL;
}

const struct err *github_app_number(struct github_app *app, struct arena *arena, int64_t *out) {
    pthread_mutex_lock(&app->lock);
    *out = app->number;
    pthread_mutex_unlock(&app->lock);
    if (*out || app->token) return NULL;
    TRY(identity_learn(app, arena));
    pthread_mutex_lock(&app->lock);
    *out = app->number;
    pthread_mutex_unlock(&app->lock);
    return NULL;
}

/* ---- From parent to child */

const struct err *github_app_handover(struct github_app *app, struct arena *arena, int64_t installation, json_t **out) {
    struct kept_token made = {.installation = installation, .scope = GITHUB_SCOPE_READ};
    const char *login = NULL;
    int64_t number = 0;
    if (app->token) {
        made.token = app->token;
        made.expires_at = clock_now() + HANDOVER_LEFT;
    } else {
        TRY(token_get(app, arena, HANDOVER_LEFT, &made));
    }
    TRY(github_app_login(app, arena, &login));
    TRY(github_app_number(app, arena, &number));
    *out = jsx_own(arena,
                   json_pack("{sIsssIsssIss}", "installation", (json_int_t)installation, "token", made.token, "expires_at",
                             (json_int_t)made.expires_at, "bot_login", login, "app_id", (json_int_t)number, "mode", app->token ? "token" : "app"));
    return NULL;
}

const struct err *github_app_adopt(struct github_app *app, const json_t *handed) {
    const char *token = jsx_str(handed, "token", NULL), *login = jsx_str(handed, "bot_login", NULL);
    if (!token || !login) return err_new(ERR_CONFIG, "the credential handed over has no token or no login");
    log_secret(token);
    struct kept_token made = {.installation = jsx_int(handed, "installation", 0), .expires_at = jsx_int(handed, "expires_at", 0)};
    made.token = (char *)token;
    if (strcmp(jsx_str(handed, "mode", "app"), "token") == 0) {
        free(app->token);
        app->token = strdup(token);
    } else {
        kept_put(app, &made);
        made.scope = GITHUB_SCOPE_READ;
        kept_put(app, &made);
        app->is_adopted = true;
    }
    pthread_mutex_lock(&app->lock);
    free(app->login);
    app->login = strdup(login);
    app->number = jsx_int(handed, "app_id", 0);
    pthread_mutex_unlock(&app->lock);
    return NULL;
}
