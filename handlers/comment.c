/* comment.c - somebody wrote under a pull request: are there commands in it? */
#include "command_run.h"
#include "events.h"
#include "wanted.h"

#include <stdlib.h>

/* Our login without "[bot]" also starts commands: people type "@parley". */
static const char *mention_of(struct arena *arena, const char *login) {
    if (!login) return NULL;
    size_t n = strlen(login);
    return text_ends(login, "[bot]") ? arena_copy(arena, login, n - 5) : login;
}

static const struct err *react(const struct handler_context *context, const json_t *payload, bool acted) {
    bool on_line = strcmp(context->delivery->event, "pull_request_review_comment") == 0;
    return wanted_reaction(context, jsx_str(payload, "repository.full_name", ""), jsx_int(payload, "comment.id", 0), acted ? "eyes" : "confused",
                           on_line);
}

const struct err *on_comment(const struct handler_context *context, const json_t *payload) {
    struct command commands[COMMANDS_MAX];
    const char *body = jsx_str(payload, "comment.body", ""), *login = jsx_str(payload, "comment.user.login", NULL);
    size_t count = commands_parse(context->arena, str_of(body), mention_of(context->arena, context->bot_login), context->now, commands);
    if (count == 0) return delivery_ignore(context, "no command in it");
    if (!login || (context->bot_login && strcmp(login, context->bot_login) == 0)) return delivery_ignore(context, "our own comment");
    int64_t number = jsx_int(payload, "issue.number", jsx_int(payload, "pull_request.number", 0));
    struct pull_review p;
    struct speaker who;
    bool acted;
    TRY(pull_review_load(context, jsx_str(payload, "repository.full_name", ""), (int)number, &p));
    TRY(speaker_of(context, &p.repo, login, p.pull.author, &who));
    TRY(commands_run(&p, &who, commands, count, &acted));
    p.may_speak_first = acted || p.answer;
    p.asked_by = login;
    TRY(react(context, payload, acted));
    return pull_review_commit(&p);
}
