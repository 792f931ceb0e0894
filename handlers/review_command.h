/* review_command.h - the grammar of /review-pipeline and who may say what; the same words on GitHub, in Slack and on the terminal.
 * Layer: handlers. May use: base. */
#ifndef REVIEW_COMMAND_H
#define REVIEW_COMMAND_H

#include "arena.h"
#include "text.h"

/* A person has several roles at once: a set of bits. */
enum role {
    ROLE_NONE = 0,
    ROLE_AUTHOR = 1 << 0,      /* of the pull request or job */
    ROLE_WRITER = 1 << 1,      /* may push to the repository */
    ROLE_OWNER = 1 << 2,       /* of the dataset a finding is about */
    ROLE_ENGINEERING = 1 << 3, /* named as data engineering in .parley.yml */
    ROLE_ADMIN = 1 << 4,
    ROLE_ANYONE = 1 << 5,
    ROLE_TRUSTED = ROLE_WRITER | ROLE_OWNER | ROLE_ENGINEERING | ROLE_ADMIN,
    ROLE_PEOPLE = ROLE_TRUSTED | ROLE_AUTHOR,
};

enum verb {
#define VERB(id, word, arguments, who, help) VERB_##id,
#include "verbs.def"
#undef VERB
    VERB_COUNT,
    VERB_UNKNOWN = VERB_COUNT,
};

/* What a verb is; plain records in the order of the enum. */
struct verb_info {
    const char *word, *arguments, *help;
    unsigned who; /* any of these roles */
};
const struct verb_info *verb_info(enum verb verb);

#define COMMANDS_MAX 5 /* of one comment; more are passed over */

/* One command as written. Its strings belong to the arena of commands_parse. */
struct command {
    enum verb verb;
    int line;            /* 1-based, in the comment */
    const char *word;    /* as typed, for VERB_UNKNOWN */
    const char *nearest; /* the verb probably meant, or NULL */
    int finding;         /* 3 for F3, 0 when none was given */
    bool is_full;        /* review --full */
    int64_t until;       /* accept, snooze: UTC seconds; 0 = none given */
    const char *text;    /* reason, search text or path; "" when none */
    const char *missing; /* what a well-formed command lacks ("a finding such as F1"), NULL when it is complete */
};

/* The commands of a comment: lines that start with "/review-pipeline" or "@bot" outside fenced, indented and inline code, quotes and HTML comments.
 * `bot` is the login without "@", NULL when there is none. `now` makes durations into times. Returns their number, at most COMMANDS_MAX. */
size_t commands_parse(struct arena *arena, struct str comment, const char *bot, int64_t now, struct command out[COMMANDS_MAX]);

/* One command from its words alone ("accept F1 done until ..."), as Slack sends them. */
void command_parse_words(struct arena *arena, struct str words, int64_t now, struct command *out);

/* May somebody with these roles use the verb? ROLE_ANYONE verbs are for all. */
bool verb_allowed(enum verb verb, unsigned roles);

/* "a person with write access, the dataset's owner or data engineering": for the polite refusal. */
const char *roles_describe(struct arena *arena, unsigned roles);
#endif
