/* posting.h - what the parts of a pull request's desired state share while it is being brought about.
 * Layer: forge, for github_post.c and post_*.c only. May use: base, github. */
#ifndef POSTING_H
#define POSTING_H

#include "github.h"

struct posting {
    struct github *github;
    struct arena *arena;
    struct github_repo repo;
    int number;
    int64_t valid_at;
    const char *head_sha;
    const char *login;             /* ours */
    const json_t *payload, *old;   /* old: the state the last send left, NULL when unknown */
    json_t *state;                 /* what this send leaves */
    struct github_pull pull;       /* as it is now */
    struct github_comments spoken; /* the conversation as it was at the start */
};

/* One call below /repos/OWNER/NAME; `body` is a new reference, given back here; `out` may be NULL. */
const struct err *posting_call(struct posting *p, const char *method, const char *path, json_t *body, json_t **out) MUST_CHECK;

/* Is this login ours? */
bool posting_is_ours(const struct posting *p, const char *login);

/* Is the answer a "no" of the kind that asking again will not change (4xx)? */
bool posting_is_no(const struct err *e);

/* The one sticky comment. */
const struct err *post_comment(struct posting *p) MUST_CHECK;
/* Notes on lines: new ones in one review, changed ones edited, fixed ones removed unless someone answered. */
const struct err *post_notes(struct posting *p) MUST_CHECK;
/* The check run, or in token mode the commit status. */
const struct err *post_check(struct posting *p) MUST_CHECK;
/* Reviewers, asked once. */
const struct err *post_people(struct posting *p) MUST_CHECK;
#endif
