/* github_post.h - makes GitHub show what a review wants shown, and nothing twice.
 * Layer: forge. May use: base, store, github.
 * Every function lists what is there first (own comments by hidden marker AND own author), then creates, edits, deletes, or does nothing:
 * run twice, or again after a crash between any two calls, the end is the same. An older `valid_at` never overwrites a newer one.
 *
 * Payloads, by kind of outbox item ("installation" 0 or absent: looked up):
 * github.pull_request
 *   {"repo","number","installation","head_sha","base_sha","valid_at",
 *    "comment": null | {"marker":"<!-- parley:summary -->","body"}, "clear_body": text for an existing comment when `comment` is null (null: leave
 * it), "check": null | {"name","conclusion":"success|neutral|failure","title","summary","text","details_url",
 *                     "annotations":[{"path","start_line","end_line","level":"notice|warning|failure","title","message"}]},
 *    "inline":[{"key","path","line","start_line":null|n,"body"}], "review_body": the sentence above new notes (optional),
 *    "reviewers":{"users":[],"teams":[]}}
 *   The hidden marker is written here, at the end of the body: `<!-- parley:summary v=1 head=SHA at=VALID_AT digest=HEX -->`; of the payload's marker
 *   only its first word ("parley:summary") counts, and a copy of it in the body is taken out.
 *   External state: {"comment":id,"check":id,"valid_at":n,"head":sha,"asked":["login","org/team"...],"refused":[names],"dropped":[keys of notes no
 * line takes]}. github.issue    {"repo","installation","key","title","body","labels":[],"closed":bool}   one issue per key, kept up to date; state
 * {"issue":n} github.reaction {"repo","installation","comment_id","content":"eyes","review_comment":bool} github.reply
 * {"repo","installation","number","body","marker":"<!-- parley:reply WHAT-MAKES-IT-SINGLE -->","in_reply_to":null|id}   state {"comment":id} */
#ifndef GITHUB_POST_H
#define GITHUB_POST_H

#include "github.h"
#include "outbox.h"

/* One desired state: `payload` as above, `state` what the last send left (NULL: nothing known). `*state_out` is an object of the arena,
 * set even when an error is returned: keep it. Refusals of one part (say reviewers) do not keep the other parts from being done. */
struct github_post {
    const char *kind;
    const json_t *payload, *state;
};
const struct err *github_post_run(struct github *github, struct arena *arena, const struct github_post *post, json_t **state_out) MUST_CHECK;

/* The same as a delivery function of the outbox; `ctx` is the struct github. */
const struct err *github_post_send(void *ctx, struct arena *arena, const struct outbox_item *item, json_t **state_out) MUST_CHECK;

/* The kinds it takes, NULL-ended, to register with the outbox. */
extern const char *const github_post_kinds[];

/* A comment's body cut to GITHUB_BODY_MAX bytes minus `reserve`, at a line, with open fences and <details> closed and a line that says so. */
const char *github_post_fit(struct arena *arena, const char *body, size_t reserve);
#endif
