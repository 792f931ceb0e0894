/* slack_action.c - a button under a Slack message acts on the pull request it speaks of. */
#include "events.h"
#include "payload.h"
#include "slack_ask.h"

static const struct {
    const char *action, *verb;
} buttons[] = {{"parley_reuse", "reuse"}, {"parley_different", "different"}, {"parley_talk", "talk"}};

/* "acme/dw#42:f-0123": from the client, so nothing of it is believed before it parses. */
static bool value_parse(struct arena *arena, const char *value, struct pull_ask *ask) {
    const char *colon = strrchr(value, ':');
    if (!colon || !text_starts(colon + 1, "f-") || strlen(colon + 1) > 64) return false;
    ask->key = colon + 1;
    return payload_pull_parse(arena, arena_copy(arena, value, (size_t)(colon - value)), &ask->repo, &ask->number);
}

const struct err *on_slack_action(const struct handler_context *context, const json_t *payload) {
    const char *action = jsx_str(payload, "actions.0.action_id", ""), *value = jsx_str(payload, "actions.0.value", "");
    struct pull_ask ask = {0};
    for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++) {
        if (strcmp(buttons[i].action, action) == 0) ask.verb = buttons[i].verb;
    }
    if (!ask.verb) return queue_settle(context->store, context->delivery, "not a button of ours");
    if (!value_parse(context->arena, value, &ask))
        return slack_answer(context, payload, slack_text_message(context->arena, "That button is about a job: talk to its owner in this thread."));
    return slack_hand_over(context, payload, &ask);
}
