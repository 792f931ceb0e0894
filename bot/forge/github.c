/* github.c - the door: tokens, limits and spacing of writes for every call of an installation; then the calls that read, in github_read.c. */
#include "github.h"

#include "clock.h"
#include "github_answer.h"
#include "jsonx.h"
#include "killpoint.h"
#include "log.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define LANES_MAX   1024
#define FRESH_TRIES 5 /* seconds a brand-new token may be unknown to GitHub */

/* What is remembered of an installation between calls. */
struct lane {
    int64_t installation, blocked_until, last_write_us;
    int strikes; /* secondary limits met in a row */
};

struct github {
    struct github_app *app;
    int write_spacing_ms;
    void (*pause)(void *ctx, int milliseconds);
    void *pause_ctx;
    pthread_mutex_t lock;
    struct lane lanes[LANES_MAX];
    size_t lane_count;
};

static void pause_really(void *ctx, int milliseconds) {
    (void)ctx;
    nanosleep(&(struct timespec){milliseconds / 1000, (long)(milliseconds % 1000) * 1000000}, NULL);
}

const struct err *github_create(struct http *http, const struct github_config *config, struct github **out) {
    struct github_app *app = NULL;
    TRY(github_app_create(http, &config->app, &app));
    struct github *g = calloc(1, sizeof *g);
    if (!g) abort();
    g->app = app;
    g->write_spacing_ms = config->write_spacing_ms < 0 ? 1000 : config->write_spacing_ms;
    g->pause = config->pause ? config->pause : pause_really;
    g->pause_ctx = config->pause_ctx;
    pthread_mutex_init(&g->lock, NULL);
    *out = g;
    return NULL;
}

void github_destroy(struct github *github) {
    if (!github) return;
    github_app_destroy(github->app);
    pthread_mutex_destroy(&github->lock);
    free(github);
}

struct github_app *github_identity(struct github *github) {
    return github->app;
}

static bool name_part_valid(const char *p, size_t n) {
    if (n == 0 || n > 100 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.')) return false;
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)p[i]) && !strchr("._-", p[i])) return false;
    }
    return true;
}

bool github_repo_name_valid(const char *name) {
    const char *slash = name ? strchr(name, '/') : NULL;
    return slash && name_part_valid(name, (size_t)(slash - name)) && name_part_valid(slash + 1, strlen(slash + 1));
}

/* ---- Lanes */

/* Call with the lock held. A full table forgets the lane that was blocked longest ago. */
static struct lane *lane_of(struct github *g, int64_t installation) {
    struct lane *oldest = &g->lanes[0];
    for (size_t i = 0; i < g->lane_count; i++) {
        if (g->lanes[i].installation == installation) return &g->lanes[i];
        if (g->lanes[i].blocked_until < oldest->blocked_until) oldest = &g->lanes[i];
    }
    if (g->lane_count < LANES_MAX) oldest = &g->lanes[g->lane_count++];
    *oldest = (struct lane){.installation = installation};
    return oldest;
}

static const struct err *lane_enter(struct github *g, int64_t installation, bool is_write) {
    pthread_mutex_lock(&g->lock);
    struct lane *lane = lane_of(g, installation);
    int64_t until = lane->blocked_until, now = clock_monotonic_us();
    int64_t wait_us = is_write && lane->last_write_us ? lane->last_write_us + (int64_t)g->write_spacing_ms * 1000 - now : 0;
    if (is_write) lane->last_write_us = wait_us > 0 ? now + wait_us : now;
    pthread_mutex_unlock(&g->lock);
    if (until > clock_now()) return err_retry_at(until, "GitHub's rate limit of installation %lld is used up", (long long)installation);
    if (wait_us > 0) g->pause(g->pause_ctx, (int)(wait_us / 1000) + 1);
    return NULL;
}

/* Remembers what the answer says about limits; gives the strikes to reckon this answer with. */
static int lane_learn(struct github *g, struct arena *arena, int64_t installation, const struct http_response *answer) {
    bool limited = github_answer_is_limited(arena, answer);
    int64_t exhausted = github_answer_exhausted(answer);
    pthread_mutex_lock(&g->lock);
    struct lane *lane = lane_of(g, installation);
    int strikes = lane->strikes;
    if (limited) lane->strikes++;
    else if (answer->status < 400) lane->strikes = 0;
    if (exhausted) lane->blocked_until = exhausted;
    pthread_mutex_unlock(&g->lock);
    return strikes;
}

static void lane_block(struct github *g, int64_t installation, int64_t until) {
    pthread_mutex_lock(&g->lock);
    struct lane *lane = lane_of(g, installation);
    if (until > lane->blocked_until) lane->blocked_until = until;
    pthread_mutex_unlock(&g->lock);
}

/* ---- The door */

/* A new token may be unknown to GitHub's other machines for some seconds, an old one may have been revoked: asks again, which
 * is safe for any method since nothing was done. */
static const struct err *send_known(struct github *g, struct arena *arena, int64_t installation, struct http_request *request,
                                    struct http_response *out) {
    bool fixed = github_app_is_token_mode(g->app) || github_app_is_adopted(g->app);
    for (int attempt = 0;; attempt++) {
        const char *token = NULL;
        TRY(github_app_token(g->app, arena, installation, GITHUB_SCOPE_ALL, &token));
        request->authorization = arena_printf(arena, "Bearer %s", token);
        TRY(http_send(github_app_http(g->app), arena, request, out));
        if (out->status != 401 || fixed || attempt > FRESH_TRIES) return NULL;
        if (attempt == 0) github_app_forget(g->app, installation);
        else g->pause(g->pause_ctx, 1000);
    }
}

static const struct err *call_send(struct github *g, struct arena *arena, int64_t installation, const struct github_call *call,
                                   struct http_response *out) {
    bool is_write = strcmp(call->method, "GET") != 0;
    struct http_request request = {.method = call->method, .body_max = call->body_max};
    TRY(github_app_url(g->app, arena, call->path, &request.url));
    request.headers[0] = (struct http_header){"Accept", call->accept ? call->accept : "application/vnd.github+json"};
    request.headers[1] = (struct http_header){"X-GitHub-Api-Version", GITHUB_API_VERSION};
    if (call->body) {
        request.headers[2] = (struct http_header){"Content-Type", "application/json"};
        request.body = str_of(jsx_dump(arena, call->body, false));
    }
    TRY(lane_enter(g, installation, is_write));
    TRY(send_known(g, arena, installation, &request, out));
    int strikes = lane_learn(g, arena, installation, out);
    const char *what = arena_printf(arena, "%s %.*s", call->method, (int)strcspn(call->path, "?"), call->path);
    const struct err *e = github_answer_check(arena, out, what, strikes);
    if (!e && is_write) kill_point("github.after_write");
    if (e && e->kind == ERR_RETRY && e->retry_at) lane_block(g, installation, e->retry_at);
    if (e && e->status == 401 && github_app_is_adopted(g->app))
        return err_with_status(err_new(ERR_RETRY, "%s: the job's token has ended", what), 401);
    return e;
}

const struct err *github_send(struct github *github, struct arena *arena, int64_t installation, const struct github_call *call, json_t **out) {
    struct http_response answer;
    TRY(call_send(github, arena, installation, call, &answer));
    if (!out) return NULL;
    return github_answer_json(arena, &answer, call->path, out);
}

const struct err *github_fetch(struct github *github, struct arena *arena, int64_t installation, const struct github_call *call,
                               struct http_response *out) {
    return call_send(github, arena, installation, call, out);
}
