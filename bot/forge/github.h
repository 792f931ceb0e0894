/* github.h - GitHub's REST interface: the calls that read, and the one door through which all calls go.
 * Layer: forge. May use: base, http, github_app.
 * Errors of every call: ERR_RETRY with a time for primary (x-ratelimit-reset) and secondary (retry-after, else a minute, doubling) limits,
 * and without one for 5xx and network; ERR_REFUSED for 403, 404, 410, 422 (the status is in err.status, GitHub's words in the text);
 * ERR_CONFIG for a token that is not accepted. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
#ifndef GITHUB_H
#define GITHUB_H

#include "github_app.h"

#define GITHUB_PAGES_MAX 60    /* of 100 entries */
#define GITHUB_FILES_MAX 3000  /* GitHub lists no more files of a pull request */
#define GITHUB_BODY_MAX  65000 /* bytes of a comment; GitHub's limit is 65536 characters of unsaid kind */
#define GITHUB_BLOB_MAX  ((size_t)10 << 20)

struct github_config {
    struct github_app_config app;
    int write_spacing_ms;                       /* between writes of one installation; GitHub asks for 1000. 0: none (tests), -1: 1000 */
    void (*pause)(void *ctx, int milliseconds); /* NULL: sleeps */
    void *pause_ctx;
};

struct github; /* opaque; may be used by several threads at once, one installation's writes by one thread at a time */

const struct err *github_create(struct http *http, const struct github_config *config, struct github **out) MUST_CHECK;
void github_destroy(struct github *github);
struct github_app *github_identity(struct github *github);

/* "owner/name" of letters, digits, ".", "_", "-", neither part "." or "..": safe in paths. */
bool github_repo_name_valid(const char *name);

/* Where a call goes. */
struct github_repo {
    const char *name;     /* "acme/dw" */
    int64_t installation; /* 0 in token mode */
};

/* The one door: `path` is below the API base ("/repos/acme/dw/pulls/42") or a whole address of the same host (a Link). `body` NULL: none.
 * `out` (may be NULL) is the answer's JSON, json null for an empty one. */
struct github_call {
    const char *method, *path;
    const json_t *body;
    const char *accept; /* [application/vnd.github+json] */
    size_t body_max;    /* of the answer [HTTP_BODY_MAX] */
};
const struct err *github_send(struct github *github, struct arena *arena, int64_t installation, const struct github_call *call,
                              json_t **out) MUST_CHECK;
/* The same, the answer as it is (status 2xx, body, Link). */
const struct err *github_fetch(struct github *github, struct arena *arena, int64_t installation, const struct github_call *call,
                               struct http_response *out) MUST_CHECK;
/* A list: `path` is below /repos/OWNER/NAME; `key` names the array inside an object answer, NULL when the answer is the array. */
struct github_list {
    const char *path, *key;
};
/* All its pages as one array, following Link verbatim. ERR_INPUT over GITHUB_PAGES_MAX pages. */
const struct err *github_list(struct github *github, struct arena *arena, const struct github_repo *repo, const struct github_list *list,
                              json_t **out) MUST_CHECK;

/* ---- Pull requests. Strings live as long as the arena of the call. */
struct github_pull {
    int number;
    const char *state;                 /* "open", "closed" */
    bool is_draft, is_merged, is_fork; /* is_fork: head is not in the base repository: trust nothing in it */
    const char *title, *body;
    const char *author;
    bool author_is_bot;
    const char *author_association;
    const char *head_sha, *head_ref, *head_repo; /* head_repo NULL: the fork is gone */
    const char *base_sha, *base_ref, *base_repo, *default_branch;
    const char *const *labels;
    size_t label_count;
    int changed_files, additions, deletions;
};
const struct err *github_pull_get(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                                  struct github_pull *out) MUST_CHECK;
/* The same record out of a webhook's `pull_request` object, no call made. ERR_INPUT when it is not one. */
const struct err *github_pull_read(struct arena *arena, const json_t *object, struct github_pull *out) MUST_CHECK;

struct github_file {
    const char *path, *old_path; /* old_path NULL unless renamed or copied */
    const char *status;          /* added removed modified renamed copied changed unchanged */
    const char *blob;            /* object id on the head side */
    const char *patch;           /* hunks only; NULL for binary or too large: then compare the blobs */
    int additions, deletions;
};
struct github_files {
    struct github_file *at;
    size_t count;
    bool truncated; /* GitHub's 3000 were reached: say so, never "all fine" */
};
const struct err *github_pull_files(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                                    struct github_files *out) MUST_CHECK;
/* "base...head" by the compare call: the merge base. */
const struct err *github_merge_base(struct github *github, struct arena *arena, const struct github_repo *repo, const char *span,
                                    const char **out) MUST_CHECK;
struct github_numbers {
    int *at;
    size_t count;
};
/* Open pull requests that contain the commit. */
const struct err *github_commit_pulls(struct github *github, struct arena *arena, const struct github_repo *repo, const char *sha,
                                      struct github_numbers *out) MUST_CHECK;

/* ---- Contents. */
struct github_place {
    const char *path, *ref;
};
/* A file's raw bytes at a revision, at most GITHUB_BLOB_MAX; ERR_REFUSED with status 404 when it is not there. */
const struct err *github_content(struct github *github, struct arena *arena, const struct github_repo *repo, const struct github_place *place,
                                 struct str *out) MUST_CHECK;
/* Paths of all files at a commit, sorted; `truncated` when GitHub left some out. */
const struct err *github_tree(struct github *github, struct arena *arena, const struct github_repo *repo, const char *sha,
                              struct github_files *out) MUST_CHECK;

/* ---- Conversation. */
struct github_comment {
    int64_t id;
    const char *body, *author;
    bool author_is_bot;
    int64_t app_id; /* performed_via_github_app.id, 0 when none */
    const char *created_at, *updated_at;
};
struct github_comments {
    struct github_comment *at;
    size_t count;
};
const struct err *github_comments(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                                  struct github_comments *out) MUST_CHECK;
struct github_note {
    int64_t id, reply_to, review_id; /* reply_to 0: starts a thread */
    const char *path;
    int line; /* 0: outdated */
    const char *side, *commit, *body, *author;
};
struct github_notes {
    struct github_note *at;
    size_t count;
};
/* Review comments: those on lines. */
const struct err *github_notes(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                               struct github_notes *out) MUST_CHECK;
struct github_review {
    int64_t id;
    const char *state, *author, *body, *commit;
};
struct github_reviews {
    struct github_review *at;
    size_t count;
};
const struct err *github_reviews(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                                 struct github_reviews *out) MUST_CHECK;

/* ---- People. Commands are gated on this, never on author_association. */
enum github_permission { GITHUB_NONE, GITHUB_READ, GITHUB_WRITE, GITHUB_ADMIN };
/* A login GitHub does not know as a collaborator is GITHUB_NONE, no error. */
const struct err *github_permission(struct github *github, struct arena *arena, const struct github_repo *repo, const char *login,
                                    enum github_permission *out) MUST_CHECK;
struct github_member {
    int64_t installation;
    const char *team; /* "org/slug"; an "@" in front is fine */
    const char *login;
};
/* False when not an active member; ERR_REFUSED when we may not read teams. */
const struct err *github_team_has(struct github *github, struct arena *arena, const struct github_member *member, bool *out) MUST_CHECK;

/* ---- The App's own webhook deliveries, for catching up after downtime (kept 3 days by GitHub). */
struct github_delivery {
    int64_t id;
    const char *guid, *event, *action, *status;
    int status_code;
    int64_t installation, delivered_at;
    bool is_redelivery;
};
struct github_deliveries {
    struct github_delivery *at;
    size_t count;
};
/* Those since `since` (UTC seconds) that failed and whose guid was not delivered by a later attempt. Empty in token mode. */
const struct err *github_failed_deliveries(struct github *github, struct arena *arena, int64_t since, struct github_deliveries *out) MUST_CHECK;
const struct err *github_redeliver(struct github *github, struct arena *arena, int64_t id) MUST_CHECK;

/* The installation that covers a repository (App mode). ERR_REFUSED 404 when there is none. */
const struct err *github_installation_of(struct github *github, struct arena *arena, const char *repo, int64_t *out) MUST_CHECK;
/* The App's installation there, as GitHub gives it: "permissions": {"contents":"read",...}, "events": [..]. NULL in token mode. For `parley doctor`.
 */
const struct err *github_granted(struct github *github, struct arena *arena, const char *repo, json_t **out) MUST_CHECK;
#endif
