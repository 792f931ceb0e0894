/* pull_command.c - a command on a pull request that came from Slack, in its turn. */
#include "command_run.h"
#include "events.h"
#include "payload.h"
#include "slack_ask.h"
#include "wanted.h"

#include <stdlib.h>

/* A button names the finding by key; its label may have moved since, so the command is made from the key. */
static const struct err *button_command(struct pull_review *p, const json_t *payload, struct command *out) {
    const char *verb = jsx_str(payload, "verb", ""), *key = jsx_str(payload, "key", "");
    command_parse_words(p->context->arena, str_of(verb), p->context->now, out);
    out->missing = NULL;
    for (size_t i = 0; i < p->past->n; i++) {
        if (strcmp(p->past->at[i].key, key) != 0 || !p->past->at[i].label) continue;
        out->finding = (int)strtol(p->past->at[i].label + 1, NULL, 10);
    }
    if (out->finding == 0) out->missing = "a finding that is still open";
    if (out->verb == VERB_DIFFERENT) out->text = arena_printf(p->context->arena, "said in Slack by %s", jsx_str(payload, "name", "somebody"));
    return NULL;
}

const struct err *on_pull_command(const struct handler_context *context, const json_t *payload) {
    struct pull_review p;
    struct speaker who;
    struct command command;
    bool acted;
    const char *repo = jsx_str(payload, "repo", ""), *login = jsx_str(payload, "login", NULL), *url = jsx_str(payload, "response_url", NULL);
    if (!payload_repo_valid(repo)) return err_new(ERR_INPUT, "not a repository name");
    TRY(pull_review_load(context, repo, (int)jsx_int(payload, "number", 0), &p));
    TRY(speaker_of(context, &p.repo, login, p.pull.author, &who));
    who.name =
        login ? arena_printf(context->arena, "@%s", login) : arena_printf(context->arena, "%s (in Slack)", jsx_str(payload, "name", "somebody"));
    if (jsx_str(payload, "words", NULL)) command_parse_words(context->arena, str_of(jsx_str(payload, "words", "")), context->now, &command);
    else TRY(button_command(&p, payload, &command));
    TRY(commands_run(&p, &who, &command, 1, &acted));
    p.may_speak_first = acted;
    const char *said = p.answer ? p.answer : acted ? "Done: the pull request shows it." : "Nothing was changed.";
    if (!login && !acted)
        said =
            arena_printf(context->arena, "%s\nYour Slack user is not connected to a login there: the operator can add it under slack.people.", said);
    bool for_all = acted && (command.verb == VERB_TALK || command.verb == VERB_REUSE);
    if (!for_all) p.answer = NULL; /* the rest is answered where it was asked */
    if (url) TRY(wanted_response(context, url, slack_text_message(context->arena, said), false));
    return pull_review_commit(&p);
}
