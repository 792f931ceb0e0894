/* slack_post.c - one message per subject, made once and updated in place; what changed goes into its thread. */
#include "slack_post.h"

#include "hash.h"
#include "jsonx.h"
#include "log.h"

const char *const slack_post_kinds[] = {"slack.message", "slack.response", NULL};

struct sending {
    struct slack *slack;
    struct arena *arena;
    const char *subject;
    const json_t *payload, *old;
    json_t *state;
};

static const char *digest_of(struct arena *arena, const char *text) {
    char *hex = arena_alloc(arena, HASH_HEX);
    hash128_hex(hash128(text, strlen(text)), hex);
    return hex;
}

static void state_set(struct sending *s, const char *key, const char *value) { json_object_set_new(s->state, key, json_string(value)); }

/* Posts unless a message with that key is there already; then brings that one up to date. */
static const struct err *message_make(struct sending *s, const struct slack_message *message, struct slack_place *place) {
    struct slack_found found;
    TRY(slack_find(s->slack, s->arena, message, &found));
    if (!*found.place.ts) return slack_post(s->slack, s->arena, message, place);
    *place = found.place;
    if (strcmp(found.digest, message->digest) == 0) return NULL;
    return slack_update(s->slack, s->arena, message, place);
}

static bool is_lost(const struct err *e) {
    return strstr(e->text, "message_not_found") || strstr(e->text, "cant_update_message") || strstr(e->text, "edit_window_closed");
}

static const struct err *message_settle(struct sending *s, const struct slack_message *message, struct slack_place *place) {
    const char *old_digest = jsx_str(s->old, "digest", "");
    *place = (struct slack_place){jsx_str(s->old, "channel", ""), jsx_str(s->old, "ts", "")};
    bool same = strcmp(old_digest, message->digest) == 0;
    if (!slack_has_token(s->slack)) {
        if (same || (*old_digest && !jsx_bool(s->payload, "important", false))) return NULL;
        return slack_post(s->slack, s->arena, message, place);
    }
    if (!*place->ts) return message_make(s, message, place);
    if (same) return NULL;
    const struct err *e = slack_update(s->slack, s->arena, message, place);
    if (!e || !is_lost(e)) return e;
    log_info("%s: the Slack message is gone or closed: posted anew", s->subject);
    return slack_post(s->slack, s->arena, message, place);
}

/* A line under the message for those who follow it: an update in place notifies nobody. */
static const struct err *thread_settle(struct sending *s, const struct slack_place *place) {
    const char *line = jsx_str(s->payload, "thread_update", NULL), *done = jsx_str(s->old, "thread_digest", "");
    state_set(s, "thread_digest", done);
    if (!line || !*line || !*place->ts) return NULL;
    const char *digest = digest_of(s->arena, line);
    if (strcmp(digest, done) == 0) return NULL;
    struct slack_message reply = {.channel = place->channel, .thread_ts = place->ts, .text = line, .digest = digest};
    reply.key = arena_printf(s->arena, "%s:%s", s->subject, digest);
    struct slack_place ignored;
    TRY(message_make(s, &reply, &ignored));
    state_set(s, "thread_digest", digest);
    return NULL;
}

static const struct err *message_post(struct sending *s) {
    struct slack_message message = {.channel = jsx_str(s->payload, "channel", NULL), .text = jsx_str(s->payload, "text", ""), .key = s->subject};
    struct slack_place place;
    message.blocks = jsx_at(s->payload, "blocks");
    message.thread_ts = jsx_str(s->payload, "thread.ts", NULL);
    if (message.thread_ts) message.channel = jsx_str(s->payload, "thread.channel", message.channel);
    if (!message.channel && slack_has_token(s->slack)) return err_new(ERR_INPUT, "the payload names no channel");
    const char *whole = message.blocks ? jsx_dump(s->arena, message.blocks, true) : "";
    message.digest = digest_of(s->arena, arena_printf(s->arena, "%s\n%s", message.text, whole));
    bool was_there = *jsx_str(s->old, "ts", "") != 0;
    TRY(message_settle(s, &message, &place));
    state_set(s, "channel", place.channel);
    state_set(s, "ts", place.ts);
    state_set(s, "digest", message.digest);
    return was_there ? thread_settle(s, &place) : NULL;
}

static const struct err *response_post(struct sending *s) {
    struct slack_response to = {.url = jsx_str(s->payload, "response_url", NULL)};
    to.in_channel = jsx_bool(s->payload, "in_channel", false);
    to.replace = jsx_bool(s->payload, "replace", false);
    if (jsx_bool(s->old, "sent", false)) return NULL;
    struct slack_message message = {.text = jsx_str(s->payload, "text", ""), .blocks = jsx_at(s->payload, "blocks")};
    TRY(slack_respond(s->slack, s->arena, &to, &message));
    json_object_set_new(s->state, "sent", json_true());
    return NULL;
}

const struct err *slack_post_run(struct slack *slack, struct arena *arena, const struct slack_posting *posting, json_t **state_out) {
    struct sending s = {.slack = slack, .arena = arena, .subject = posting->subject, .payload = posting->payload, .old = posting->state};
    s.state = jsx_own(arena, posting->state ? json_deep_copy(posting->state) : json_object());
    *state_out = s.state;
    if (strcmp(posting->kind, "slack.message") == 0) return message_post(&s);
    if (strcmp(posting->kind, "slack.response") == 0) return response_post(&s);
    return err_new(ERR_INPUT, "\"%s\" is no kind of post to Slack", posting->kind);
}

const struct err *slack_post_send(void *ctx, struct arena *arena, const struct outbox_item *item, json_t **state_out) {
    json_t *payload = NULL, *old = NULL;
    TRY(err_wrap(jsx_load(arena, item->payload, strlen(item->payload), &payload), "payload"));
    if (item->outside && jsx_load(arena, item->outside, strlen(item->outside), &old)) old = NULL;
    return slack_post_run(ctx, arena, &(struct slack_posting){item->kind, item->subject, payload, old}, state_out);
}
