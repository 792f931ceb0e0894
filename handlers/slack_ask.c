/* slack_ask.c - Slack users are strangers until the operator connects them. */
#include "slack_ask.h"

#include "escape.h"
#include "github_app.h"
#include "wanted.h"

#define SECTION_MAX 2900

const struct err *slack_context(const struct handler_context *context, const char *repo, struct handler_context *out, struct delivery *delivery) {
    *out = *context;
    *delivery = *context->delivery;
    out->delivery = delivery;
    if (!context->github) return err_new(ERR_CONFIG, "GitHub is not set up");
    return github_installation_known(context, repo, &delivery->installation);
}

const char *slack_login(const struct settings *settings, const char *user) { return user ? yaml_str(yaml_get(settings->slack.people, user), "", NULL) : NULL; }

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
