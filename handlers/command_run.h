/* command_run.h - what the verbs do to a pull request, whoever said them and wherever.
 * Layer: handlers. May use: everything below. Shared by comments, Slack commands and Slack buttons. */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include "pull_review.h"
#include "review_command.h"

/* Who speaks: a login of the code host, and what is known of it before the pull request is looked at. */
struct speaker {
    const char *login; /* NULL: not known there (a Slack user nobody connected) */
    const char *name;  /* for answers: "@lee", "Lee (Slack)" */
    unsigned roles;    /* ROLE_* by permission; owner and engineering are found out here */
};

/* Roles by the code host's permission, and by being the author. */
const struct err *speaker_of(const struct handler_context *context, const struct github_repo *repo, const char *login, const char *author,
                             struct speaker *out) MUST_CHECK;

/* Does the commands to a loaded pull request: decisions go into p->decided and p->waivers, the answers into p->answer (markdown), the review is run
 * (again). Rights come first: somebody who has no role here is answered from what the last review said, and p->review stays NULL. `*acted` is false
 * when every command was refused or malformed. Commit with pull_review_commit. */
const struct err *commands_run(struct pull_review *p, const struct speaker *who, const struct command *commands, size_t count,
                               bool *acted) MUST_CHECK;

/* The catalog's answer to `find`: markdown, or plain when `plain`. */
const struct err *find_answer(const struct handler_context *context, const char *text, bool plain, const char **out) MUST_CHECK;

/* The list of verbs with who may say them. */
const char *help_answer(struct arena *arena, unsigned roles, bool plain);
#endif
