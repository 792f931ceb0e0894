/* slack_ask.c - Slack users are strangers until the operator connects them. */
#include "slack_ask.h"

#include "escape.h"
#include "installation.h"
#include "wanted.h"

#define SECTION_MAX 2900

const char *slack_login(const struct settings *settings, const char *user) {
    const struct yaml *login = user ? yaml_get(settings->slack.people, user) : NULL;
    return login && login->kind == YAML_SCALAR ? login->text : NULL;
}

json_t *slack_text_message(struct arena *arena, const char *text) {
    struct buf b = buf_new(arena);
    escape_slack(&b, str_of(text));
    const char *safe = buf_str(&b);
    safe = arena_copy(arena, safe, utf8_cut(safe, b.n, SECTION_MAX));
    json_t *message = jsx_own(arena, json_object()), *block = json_object(), *words = json_object(), *blocks = json_array();
    jsx_set_text(words, "type", "mrkdwn");
    jsx_set_text(words, "text", safe);
    jsx_set_text(block, "type", "section");
    json_object_set_new(block, "text", words);
    json_array_append_new(blocks, block);
    jsx_set_text(message, "text", safe);
    json_object_set_new(message, "blocks", blocks);
    return message;
}

static const struct err *answer_put(const struct handler_context *context, const json_t *payload, const json_t *message) {
    const char *url = jsx_str(payload, "response_url", NULL);
    if (url) TRY(wanted_response(context, url, message, false));
    return queue_settle(context->store, context->delivery, NULL);
}

const struct err *slack_answer(const struct handler_context *context, const json_t *payload, const json_t *message) {
    TRY(store_begin(context->store));
    const struct err *bad = answer_put(context, payload, message);
    if (bad) {
        store_rollback(context->store);
        return bad;
    }
    return store_commit(context->store);
}

static const char *user_of(const json_t *payload) { return jsx_str(payload, "user_id", jsx_str(payload, "user.id", NULL)); }

static const char *user_name(const json_t *payload) { return jsx_str(payload, "user_name", jsx_str(payload, "user.username", "somebody")); }

static const struct err *ask_put(const struct handler_context *context, const json_t *payload, const struct pull_ask *ask) {
    struct arena *arena = context->arena;
    int64_t installation;
    TRY(installation_recall(context, ask->repo, &installation));
    json_t *body = jsx_own(arena, json_object());
    jsx_set_text(body, "repo", ask->repo);
    json_object_set_new(body, "number", json_integer(ask->number));
    json_object_set_new(body, "installation", json_integer(installation));
    jsx_set_text(body, "words", ask->words);
    jsx_set_text(body, "verb", ask->verb);
    jsx_set_text(body, "key", ask->key);
    jsx_set_text(body, "login", slack_login(context->settings, user_of(payload)));
    jsx_set_text(body, "name", user_name(payload));
    jsx_set_text(body, "response_url", jsx_str(payload, "response_url", NULL));
    const char *text = jsx_dump(arena, body, false);
    struct delivery next = {.sender = SENDER_CLI,
                            .event = "pull_command",
                            .guid = arena_printf(arena, "from:%lld", (long long)context->delivery->id),
                            .body = str_of(text),
                            .received_at = context->now};
    TRY(queue_add(context->store, &next, NULL));
    return queue_settle(context->store, context->delivery, NULL);
}

const struct err *slack_hand_over(const struct handler_context *context, const json_t *payload, const struct pull_ask *ask) {
    TRY(store_begin(context->store));
    const struct err *bad = ask_put(context, payload, ask);
    if (bad) {
        store_rollback(context->store);
        return bad;
    }
    return store_commit(context->store);
}
