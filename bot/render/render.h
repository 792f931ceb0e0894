/* render.h - a review as people and programs see it: comment, inline notes, check run, Slack, terminal, JSON, SARIF.
 * Layer: render. May use: base, plan, read, catalog, cost, check, review. Same review, same bytes. */
#ifndef RENDER_H
#define RENDER_H

#include "review.h"

#include <jansson.h>

#define RENDER_COMMENT_MAX 60000 /* bytes; GitHub's limit is 65536 characters (reference: issue comments) */

/* A plain record; zero it and fill in what is known. */
struct render_options {
    const char *templates; /* folder whose files win over the built-in ones; NULL: none */
    const char *url;       /* page with the whole review; NULL: none */
    const char *bot;       /* login that also starts commands ("@parley"); NULL: only /review-pipeline */
    bool colour;           /* terminal: ANSI colours */
    bool is_paused;        /* automatic reviews are off for this pull request */
    const char *answer;    /* markdown of ours to be folded in as the answer to a command; NULL: none */
};

/* Checks every template, built-in or overriding; ERR_CONFIG names file and line. Call at start: a bad template stops the start, not a job. */
const struct err *render_check_templates(const char *folder) MUST_CHECK;

/* The sticky comment: GitHub-flavoured markdown of at most RENDER_COMMENT_MAX bytes: evidence is folded away first, then cut to what fits, and the
 * cut is said. The hidden tag is added by whoever posts it. */
const struct err *render_comment(struct arena *arena, const struct review *review, const struct render_options *options, char **out) MUST_CHECK;

/* What the comment becomes when nothing is left to say. */
const struct err *render_cleared(struct arena *arena, const struct review *review, const struct render_options *options, char **out) MUST_CHECK;

/* The check run: {"name","conclusion","title","summary","text","annotations":[{"path","start_line","end_line","level","title","message"}]}. */
const struct err *render_check_run(struct arena *arena, const struct review *review, const struct render_options *options, json_t **out) MUST_CHECK;

/* Inline notes, most important first: [{"key","path","line","start_line","body"}]; a suggestion where the rewrite fits whole lines.
 * Not cut to settings.max_inline: the caller keeps those on commentable lines. */
const struct err *render_inline(struct arena *arena, const struct review *review, const struct render_options *options, json_t **out) MUST_CHECK;

/* A Slack message {"text","blocks"}: at most 50 blocks and 12,000 characters. `where` is the link to the pull request, NULL for none;
 * `buttons` adds Reuse it / Different on purpose / Let's talk, whose value is "REPO#NUMBER:KEY". */
const struct err *render_slack(struct arena *arena, const struct review *review, const struct render_options *options, const char *where,
                               bool buttons, json_t **out) MUST_CHECK;

/* For a terminal. */
const struct err *render_text(struct arena *arena, const struct review *review, const struct render_options *options, char **out) MUST_CHECK;

/* The contract of `parley review --format json`. */
json_t *render_json(struct arena *arena, const struct review *review);

/* SARIF 2.1.0 with rules, partial fingerprints and suppressions. */
json_t *render_sarif(struct arena *arena, const struct review *review);

/* The whole evidence of one finding as markdown: `why F#`, `explain`. */
const struct err *render_finding(struct arena *arena, const struct finding *finding, const struct render_options *options, char **out) MUST_CHECK;
/* The same for a terminal. */
const struct err *render_finding_text(struct arena *arena, const struct finding *finding, const struct render_options *options,
                                      char **out) MUST_CHECK;

/* One-line summary: "2 findings, 1 place not understood", "nothing to say". */
const char *render_summary_line(struct arena *arena, const struct review *review);
#endif
