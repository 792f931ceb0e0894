/* feedback.h - whether people found findings useful, counted per rule, and the level a rule has earned.
 * Layer: review. May use: base, store, check. One answer is kept for each finding of a repository, so that no one voice counts twice:
 *   a person's own word (parley feedback) and decisions (accept: it was right and is lived with, useful; different on purpose: not useful) replace
 *   what was kept; a finding that is gone after the next push, or whose note is resolved, counts as useful when nobody has said anything. A snooze
 * says nothing. A rule falls back to notes in the folded part of the comment when it is nearly certain that fewer than USE_FLOOR of its findings are
 * useful: the upper end of the 95 % Wilson score interval (https://doi.org/10.1080/01621459.1927.10502953) over its answers, at least USE_ANSWERS_MIN
 * of them, lies below the floor, and at least USE_VOICES_MIN people were against it. It speaks up again when the answers do. A level that .parley.yml
 * or the server's lock names stands. */
#ifndef FEEDBACK_H
#define FEEDBACK_H

#include "repo_settings.h"

struct store;

#define USE_FLOOR       0.90
#define USE_ANSWERS_MIN 20
#define USE_VOICES_MIN  2

/* One answer. A plain record. */
struct feedback {
    const char *repo, *key; /* whose finding */
    const char *rule;       /* its rule's id */
    bool useful;
    const char *source; /* "word", "accept", "different", "gone", "resolved" */
    const char *by;     /* login; "parley" for what was only seen */
    const char *why;    /* may be NULL */
    int64_t made;       /* UTC seconds */
};

/* Keeps a person's answer in place of any other on the finding. Joins the caller's transaction, as the next two do. */
const struct err *feedback_put(struct store *store, const struct feedback *answer) MUST_CHECK;
/* Keeps what was only seen, unless there is an answer already. */
const struct err *feedback_see(struct store *store, const struct feedback *answer) MUST_CHECK;
/* Forgets what was seen by that source ("resolved"); any other answer stays. */
const struct err *feedback_unsee(struct store *store, const char *repo, const char *key, const char *source) MUST_CHECK;
/* Forgets the answer that came from a decision which was taken back; a person's own word stays. */
const struct err *feedback_drop(struct store *store, const char *repo, const char *key) MUST_CHECK;

/* The answers to one rule, over all repositories of the store. */
struct rule_use {
    int64_t useful, not_useful;
    int64_t voices_against; /* people who said not useful */
};
struct rules_use {
    struct rule_use at[RULE_COUNT];
};
/* Counts them; answers on rules that are no more are left out. */
const struct err *feedback_count(struct store *store, struct rules_use *out) MUST_CHECK;

/* The lower and upper end of the 95 % Wilson score interval for `good` out of `all` (> 0). */
void feedback_wilson(int64_t good, int64_t all, double *low, double *high);

enum level_why { LEVEL_DEFAULT, LEVEL_SETTINGS, LEVEL_USE };
struct level_now {
    enum severity level;
    enum level_why why;
};
/* The level of `rule`; use NULL: nobody has said anything. */
struct level_now feedback_level(const struct repo_settings *settings, const struct rules_use *use, enum rule rule);

/* A copy of the settings with the levels that the rules have earned; fallen[rule] says which fell back. */
const struct repo_settings *feedback_settings(struct arena *arena, const struct repo_settings *settings, const struct rules_use *use,
                                              bool fallen[RULE_COUNT]);

#endif
