/* slack.c - one call, its answers read in one place; then the methods as one function each. */
#include "slack.h"

#include "clock.h"
#include "jsonx.h"
#include "killpoint.h"
#include "log.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define HOSTS_MAX    16
#define CHANNELS_MAX 64 /* names whose id is remembered */
#define PAGES_MAX    20
#define ANSWER_MAX   ((size_t)8 << 20)
#define EVENT_TYPE   "parley_message"

struct channel {
    char name[128], id[64];
};

struct slack {
    struct http *http;
    char *api, *token, *webhook_url, *hosts[HOSTS_MAX];
    size_t host_count;
    int spacing_ms;
    void (*pause)(void *ctx, int milliseconds);
    void *pause_ctx;
    pthread_mutex_t lock; /* over what follows */
    int64_t last_post_us;
    bool may_not_look;
    struct channel channels[CHANNELS_MAX];
    size_t channel_count;
};

static void pause_really(void *ctx, int milliseconds) {
    (void)ctx;
    nanosleep(&(struct timespec){milliseconds / 1000, (long)(milliseconds % 1000) * 1000000}, NULL);
}

const struct err *slack_create(struct http *http, const struct slack_config *config, struct slack **out) {
    static const char *const usual[] = {"hooks.slack.com"};
    const char *const *hosts = config->response_host_count ? config->response_hosts : usual;
    size_t count = config->response_host_count ? config->response_host_count : 1;
    if (count > HOSTS_MAX) return err_new(ERR_CONFIG, "slack.response_hosts has more than %d names", HOSTS_MAX);
    struct slack *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->http = http;
    s->api = strdup(config->api_base ? config->api_base : "https://slack.com/api");
    s->token = config->token && *config->token ? strdup(config->token) : NULL;
    s->webhook_url = config->webhook_url && *config->webhook_url ? strdup(config->webhook_url) : NULL;
    for (size_t i = 0; i < count; i++) s->hosts[s->host_count++] = strdup(hosts[i]);
    s->spacing_ms = config->spacing_ms < 0 ? 1000 : config->spacing_ms;
    s->pause = config->pause ? config->pause : pause_really;
    s->pause_ctx = config->pause_ctx;
    pthread_mutex_init(&s->lock, NULL);
    *out = s;
    return NULL;
}

void slack_destroy(struct slack *slack) {
    if (!slack) return;
    for (size_t i = 0; i < slack->host_count; i++) free(slack->hosts[i]);
    pthread_mutex_destroy(&slack->lock);
    free(slack->api);
    free(slack->token);
    free(slack->webhook_url);
    free(slack);
}

bool slack_has_token(const struct slack *slack) { return slack->token != NULL; }

/* About one message a second per channel is what Slack takes. */
static void space_out(struct slack *s) {
    pthread_mutex_lock(&s->lock);
    int64_t now = clock_monotonic_us(), wait = s->last_post_us ? s->last_post_us + (int64_t)s->spacing_ms * 1000 - now : 0;
    s->last_post_us = wait > 0 ? now + wait : now;
    pthread_mutex_unlock(&s->lock);
    if (wait > 0) s->pause(s->pause_ctx, (int)(wait / 1000) + 1);
}

/* ---- Answers */

static bool is_one_of(const char *word, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(word, *words) == 0) return true;
    }
    return false;
}

/* What an "ok":false means. */
static const struct err *error_of(const char *method, const json_t *body) {
    static const char *const later[] = {"ratelimited",         "rate_limited",    "internal_error",    "fatal_error",
                                        "service_unavailable", "request_timeout", "team_added_to_org", NULL};
    static const char *const operators[] = {"invalid_auth",           "not_authed",        "token_revoked",  "token_expired",
                                            "account_inactive",       "missing_scope",     "no_permission",  "org_login_required",
                                            "not_allowed_token_type", "ekm_access_denied", "not_in_channel", NULL};
    const char *code = jsx_str(body, "error", "unknown_error"), *needed = jsx_str(body, "needed", NULL);
    if (is_one_of(code, later)) return err_new(ERR_RETRY, "%s: Slack answered %s", method, code);
    if (needed) return err_new(ERR_CONFIG, "%s: the Slack app needs the scope %s (it has %s)", method, needed, jsx_str(body, "provided", "?"));
    if (strcmp(code, "not_in_channel") == 0)
        return err_new(ERR_CONFIG, "%s: the Slack app is not in the channel: /invite it, or grant chat:write.public", method);
    return err_new(is_one_of(code, operators) ? ERR_CONFIG : ERR_REFUSED, "%s: Slack answered %s", method, code);
}

/* Statuses that mean "later", for methods and for addresses alike. */
static const struct err *busy_check(const char *method, const struct http_response *answer) {
    int64_t after = http_retry_after(answer);
    if (answer->status == 429)
        return err_with_status(err_retry_at(clock_now() + (after > 0 ? after : 30), "%s: Slack's rate limit", method), answer->status);
    if (answer->status >= 500) return err_with_status(err_new(ERR_RETRY, "%s: Slack answered %d", method, answer->status), answer->status);
    return NULL;
}

/* One method: `body` (owned) as JSON, or `query` appended. */
static const struct err *method_call(struct slack *s, struct arena *arena, const char *method, json_t *body, json_t **out) {
    struct http_response answer;
    const char *name = arena_printf(arena, "%.*s", (int)strcspn(method, "?"), method);
    if (!s->token) return err_new(ERR_CONFIG, "%s needs a bot token: set PARLEY_SLACK_TOKEN", name);
    struct http_request request = {.method = body ? "POST" : "GET", .body_max = ANSWER_MAX};
    request.url = arena_printf(arena, "%s/%s", s->api, method);
    request.authorization = arena_printf(arena, "Bearer %s", s->token);
    if (body) {
        request.headers[0] = (struct http_header){"Content-Type", "application/json; charset=utf-8"};
        request.body = str_of(jsx_dump(arena, jsx_own(arena, body), false));
    }
    TRY(http_send(s->http, arena, &request, &answer));
    TRY(busy_check(name, &answer));
    if (answer.status != 200) return err_with_status(err_new(ERR_REFUSED, "%s: Slack answered %d", name, answer.status), answer.status);
    const struct err *e = jsx_load(arena, answer.body.p, answer.body.n, out);
    if (e) return err_new(ERR_RETRY, "%s: Slack's answer is no JSON: %s", name, e->text);
    return jsx_bool(*out, "ok", false) ? NULL : error_of(name, *out);
}

/* ---- Messages */

static json_t *message_json(struct arena *arena, const struct slack_message *m) {
    const char *text = m->text && *m->text ? slack_cut(arena, m->text, SLACK_TEXT_MAX) : "Parley";
    json_t *out = json_object(), *blocks = slack_fit(arena, m->blocks);
    jsx_set_text(out, "text", text);
    if (json_array_size(blocks)) json_object_set(out, "blocks", blocks);
    return out;
}

static json_t *channel_message_json(struct arena *arena, const struct slack_message *m) {
    json_t *out = message_json(arena, m);
    json_object_set_new(out, "channel", json_string(m->channel ? m->channel : ""));
    if (m->thread_ts) json_object_set_new(out, "thread_ts", json_string(m->thread_ts));
    if (m->key)
        json_object_set_new(out, "metadata",
                            json_pack("{sss{ssss}}", "event_type", EVENT_TYPE, "event_payload", "key", m->key, "digest", m->digest ? m->digest : ""));
    return out;
}

static void channel_learn(struct slack *s, const char *name, const char *id) {
    pthread_mutex_lock(&s->lock);
    size_t at = 0;
    while (at < s->channel_count && strcmp(s->channels[at].name, name) != 0) at++;
    if (at < CHANNELS_MAX && strlen(name) < sizeof s->channels[0].name && strlen(id) < sizeof s->channels[0].id) {
        memcpy(s->channels[at].name, name, strlen(name) + 1);
        memcpy(s->channels[at].id, id, strlen(id) + 1);
        if (at == s->channel_count) s->channel_count++;
    }
    pthread_mutex_unlock(&s->lock);
}

/* An incoming webhook or a response address: the address is the credential. */
static const struct err *address_post(struct slack *s, struct arena *arena, const char *what, const char *url, json_t *body) {
    struct http_response answer;
    struct http_request request = {.method = "POST", .url = url, .secret_url = true, .no_redirects = true, .body_max = 65536};
    request.headers[0] = (struct http_header){"Content-Type", "application/json; charset=utf-8"};
    request.body = str_of(jsx_dump(arena, jsx_own(arena, body), false));
    TRY(http_send(s->http, arena, &request, &answer));
    TRY(busy_check(what, &answer));
    if (answer.status == 200) {
        kill_point("slack.after_write");
        return NULL;
    }
    const char *words = arena_printf(arena, "%.100s", answer.body.p ? answer.body.p : "");
    return err_with_status(err_new(answer.status == 400 ? ERR_REFUSED : ERR_CONFIG, "%s: Slack answered %d %s", what, answer.status, words),
                           answer.status);
}

const struct err *slack_post(struct slack *slack, struct arena *arena, const struct slack_message *message, struct slack_place *out) {
    json_t *answer = NULL;
    *out = (struct slack_place){"", ""};
    space_out(slack);
    if (!slack->token && !slack->webhook_url)
        return err_new(ERR_CONFIG, "Slack is not connected: set PARLEY_SLACK_TOKEN or PARLEY_SLACK_WEBHOOK_URL");
    if (!slack->token) return address_post(slack, arena, "incoming webhook", slack->webhook_url, message_json(arena, message));
    json_t *body = channel_message_json(arena, message);
    json_object_set_new(body, "unfurl_links", json_false());
    json_object_set_new(body, "unfurl_media", json_false());
    TRY(method_call(slack, arena, "chat.postMessage", body, &answer));
    *out = (struct slack_place){arena_strdup(arena, jsx_str(answer, "channel", "")), arena_strdup(arena, jsx_str(answer, "ts", ""))};
    if (message->channel) channel_learn(slack, message->channel, out->channel);
    kill_point("slack.after_write");
    return NULL;
}

const struct err *slack_update(struct slack *slack, struct arena *arena, const struct slack_message *message, const struct slack_place *place) {
    json_t *answer = NULL;
    struct slack_message there = *message;
    there.channel = place->channel;
    there.thread_ts = NULL;
    json_t *body = channel_message_json(arena, &there);
    json_object_set_new(body, "ts", json_string(place->ts));
    if (!json_object_get(body, "blocks")) json_object_set_new(body, "blocks", json_array());
    TRY(method_call(slack, arena, "chat.update", body, &answer));
    kill_point("slack.after_write");
    return NULL;
}

const struct err *slack_ephemeral(struct slack *slack, struct arena *arena, const struct slack_message *message, const char *user) {
    json_t *answer = NULL;
    struct slack_message plain = *message;
    plain.key = NULL;
    json_t *body = channel_message_json(arena, &plain);
    json_object_set_new(body, "user", json_string(user));
    return method_call(slack, arena, "chat.postEphemeral", body, &answer);
}

static bool host_allowed(const struct slack *s, struct arena *arena, const char *url) {
    const char *host = http_host(arena, url);
    if (!host) return false;
    const char *bare = arena_printf(arena, "%.*s", (int)strcspn(host, ":"), host);
    for (size_t i = 0; i < s->host_count; i++) {
        if (strcasecmp(s->hosts[i], host) == 0 || strcasecmp(s->hosts[i], bare) == 0) return true;
    }
    return false;
}

const struct err *slack_respond(struct slack *slack, struct arena *arena, const struct slack_response *to, const struct slack_message *message) {
    if (!to->url || !host_allowed(slack, arena, to->url))
        return err_new(ERR_REFUSED, "the response address is not on a host of slack.response_hosts: nothing is sent there");
    json_t *body = message_json(arena, message);
    json_object_set_new(body, "response_type", json_string(to->in_channel ? "in_channel" : "ephemeral"));
    if (to->replace) json_object_set_new(body, "replace_original", json_true());
    if (message->thread_ts) json_object_set_new(body, "thread_ts", json_string(message->thread_ts));
    const struct err *e = address_post(slack, arena, "response address", to->url, body);
    if (e && e->kind == ERR_CONFIG && e->status) return err_with_status(err_new(ERR_REFUSED, "%s", e->text), e->status); /* used up, or too old */
    return e;
}

/* ---- Looking for what may have landed */

static bool is_channel_id(const char *name) {
    if (!strchr("CGD", name[0]) || strlen(name) < 6) return false;
    for (const char *p = name; *p; p++) {
        if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p)) return false;
    }
    return true;
}

static bool channel_known(struct slack *s, struct arena *arena, const char *name, const char **id) {
    *id = NULL;
    if (is_channel_id(name)) *id = name;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->channel_count && !*id; i++) {
        if (strcmp(s->channels[i].name, name) == 0) *id = arena_strdup(arena, s->channels[i].id);
    }
    pthread_mutex_unlock(&s->lock);
    return *id != NULL;
}

static const struct err *channel_find(struct slack *s, struct arena *arena, const char *name, const char **id) {
    if (channel_known(s, arena, name, id)) return NULL;
    const char *cursor = "", *bare = *name == '#' ? name + 1 : name;
    for (int page = 0; page < PAGES_MAX; page++) {
        json_t *answer = NULL;
        const char *method = arena_printf(arena, "conversations.list?limit=1000&exclude_archived=true&types=public_channel,private_channel&cursor=%s",
                                          http_escape(arena, cursor, false));
        TRY(method_call(s, arena, method, NULL, &answer));
        const json_t *list = jsx_at(answer, "channels");
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *item = json_array_get(list, i);
            if (strcmp(jsx_str(item, "name", ""), bare) != 0) continue;
            *id = arena_strdup(arena, jsx_str(item, "id", ""));
            channel_learn(s, name, *id);
            return NULL;
        }
        cursor = arena_strdup(arena, jsx_str(answer, "response_metadata.next_cursor", ""));
        if (!*cursor) return NULL;
    }
    return NULL;
}

static const struct err *look(struct slack *s, struct arena *arena, const struct slack_message *message, struct slack_found *out) {
    const char *id = NULL;
    json_t *answer = NULL;
    if (message->thread_ts) id = message->channel; /* a thread is known by what Slack answered, so its channel is an id */
    else TRY(channel_find(s, arena, message->channel, &id));
    if (!id) return NULL;
    const char *method = message->thread_ts ? arena_printf(arena, "conversations.replies?ts=%s&channel=%s", message->thread_ts, id)
                                            : arena_printf(arena, "conversations.history?channel=%s", id);
    TRY(method_call(s, arena, arena_printf(arena, "%s&limit=200&include_all_metadata=true", method), NULL, &answer));
    const json_t *list = jsx_at(answer, "messages");
    for (size_t i = 0; i < json_array_size(list) && !*out->place.ts; i++) {
        const json_t *item = json_array_get(list, i);
        if (strcmp(jsx_str(item, "metadata.event_type", ""), EVENT_TYPE) != 0) continue;
        if (strcmp(jsx_str(item, "metadata.event_payload.key", ""), message->key) != 0) continue;
        out->place = (struct slack_place){id, arena_strdup(arena, jsx_str(item, "ts", ""))};
        out->digest = arena_strdup(arena, jsx_str(item, "metadata.event_payload.digest", ""));
    }
    return NULL;
}

const struct err *slack_find(struct slack *slack, struct arena *arena, const struct slack_message *message, struct slack_found *out) {
    *out = (struct slack_found){{"", ""}, ""};
    pthread_mutex_lock(&slack->lock);
    bool skip = slack->may_not_look;
    pthread_mutex_unlock(&slack->lock);
    if (skip || !slack->token || !message->key || !message->channel) return NULL;
    const struct err *e = look(slack, arena, message, out);
    if (!e || e->kind == ERR_RETRY) return e;
    log_info("cannot look for messages already posted (%s): after a crash one may be posted twice", e->text);
    pthread_mutex_lock(&slack->lock);
    slack->may_not_look = true;
    pthread_mutex_unlock(&slack->lock);
    return NULL;
}

/* ---- People */

const struct err *slack_whoami(struct slack *slack, struct arena *arena, json_t **out) {
    return method_call(slack, arena, "auth.test", json_object(), out);
}

/* NULL for the two words by which Slack says it does not know the person. */
static const struct err *unknown_is_fine(const struct err *e) {
    return e && (text_ends(e->text, "users_not_found") || text_ends(e->text, "user_not_found")) ? NULL : e;
}

const struct err *slack_user_by_email(struct slack *slack, struct arena *arena, const char *email, const char **out) {
    json_t *answer = NULL;
    *out = NULL;
    const char *method = arena_printf(arena, "users.lookupByEmail?email=%s", http_escape(arena, email, false));
    const struct err *e = method_call(slack, arena, method, NULL, &answer);
    if (e) return unknown_is_fine(e);
    *out = arena_strdup(arena, jsx_str(answer, "user.id", NULL));
    return NULL;
}

const struct err *slack_user_email(struct slack *slack, struct arena *arena, const char *user, const char **out) {
    json_t *answer = NULL;
    *out = NULL;
    const struct err *e = method_call(slack, arena, arena_printf(arena, "users.info?user=%s", http_escape(arena, user, false)), NULL, &answer);
    if (e) return unknown_is_fine(e);
    *out = arena_strdup(arena, jsx_str(answer, "user.profile.email", NULL));
    return NULL;
}
