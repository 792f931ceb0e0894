/* pull_review.h - one pull request from its number to a committed review: the steps that events and commands share.
 * Layer: handlers. May use: everything below. */
#ifndef PULL_REVIEW_H
#define PULL_REVIEW_H

#include "clone.h"
#include "github.h"
#include "handlers.h"
#include "review.h"

/* A plain record, filled in step by step. Lives as long as the context's arena. */
struct pull_review {
    const struct handler_context *context;
    struct github_repo repo;
    struct github_pull pull;
    struct clone_change change;
    struct repo_settings *settings;
    struct settings_problems *problems; /* of the head's .parley.yml when the change touches it; NULL otherwise */
    struct catalog *catalog;
    struct past *past;    /* what the last review of this pull request said */
    struct rules_use use; /* what people said of the rules */
    VEC(struct waiver) waivers;
    VEC(struct waiver) decided;   /* by this very command: stored with the review; a key of "" was taken back again */
    VEC(const char *) taken_back; /* keys of findings whose decisions are dropped with the review */
    bool pause_decided;           /* `is_paused` is kept with the review */
    struct review *review;        /* NULL before pull_review_run */
    const char *answer;           /* markdown for the comment, or when there was no review for a reply of its own */
    const char *asked_by;         /* login that the reply is for; NULL: none */
    bool is_paused;
    bool may_speak_first;
    bool is_full;      /* bring the catalog up to the target branch first */
    const char *paths; /* words: only changed files that match one of them; NULL or "": all */
};

/* Steps: who and what (API), the change (git, API when not), settings, past, waivers. */
const struct err *pull_review_load(const struct handler_context *context, const char *repo, int number, struct pull_review *out) MUST_CHECK;

/* Reads base and head, keeps the catalog's picture of this pull request, finds what the change introduces. */
const struct err *pull_review_run(struct pull_review *p) MUST_CHECK;

/* One transaction; without a review only the reply and the settled delivery, else decisions, the review, the wanted comment, check, notes, reviewers
 * and Slack message, the settled delivery. */
const struct err *pull_review_commit(struct pull_review *p) MUST_CHECK;

/* How to fetch for this delivery: mirrors below the data folder, a token that can only read. */
const struct err *clone_config_for(const struct handler_context *context, struct clone_config *out) MUST_CHECK;

/* The dialect that .parley.yml names, else Databricks. */
enum dialect settings_dialect(const struct repo_settings *settings);

/* Settles the delivery without acting, saying why. */
const struct err *delivery_ignore(const struct handler_context *context, const char *why) MUST_CHECK;

/* "https://github.com/acme/dw/pull/42" for links. */
const char *pull_link(struct arena *arena, const struct settings *settings, const char *repo, int number);

/* Is the pull request paused? (setting "paused:acme/dw#42") */
const struct err *pull_paused(const struct handler_context *context, const char *repo, int number, bool *out) MUST_CHECK;
#endif
