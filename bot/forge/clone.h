/* clone.h - what a change did to a repository: files before and after, and whole trees, by libgit2 or by GitHub's API behind one record.
 * Layer: forge. May use: base, http, github, libgit2. Runs no hooks, filters, submodules or LFS: bytes as they are in the object store. */
#ifndef CLONE_H
#define CLONE_H

#include "arena.h"
#include "diff_lines.h"
#include "err.h"
#include "text.h"

#include <stdint.h>

struct github;
struct github_repo;

#define CLONE_BLOB_MAX  ((size_t)10 << 20) /* larger files are listed, not read */
#define CLONE_FILES_MAX 10000              /* changed files */
#define CLONE_TREE_MAX  200000             /* files of a tree */

/* All strings are borrowed for the length of the call. */
struct clone_config {
    const char *mirrors;           /* folder for mirrors, e.g. DATA/mirrors */
    const char *git_base;          /* "https://github.com"; a folder ("/srv/git") in tests */
    const char *token;             /* github_app_token; NULL for none */
    const char *proxy, *ca_bundle; /* as in http_config */
    int64_t max_bytes;             /* received in one fetch [2 GB] */
    int max_seconds;               /* one fetch [240] */
};

/* A whole tree at one commit (or the working tree), in the shape of a file source: paths sorted, bytes on demand. */
struct clone_tree {
    const char *sha; /* 40 hex digits; "" for a working tree */
    size_t count;
    const char *const *paths;
    bool truncated;                                                                                /* some paths were left out: say so */
    void *ctx;                                                                                     /* for clone_tree_get */
    const struct err *(*get)(void *ctx, struct arena *arena, const char *path, struct str *bytes); /* give it `ctx` */
};

/* The bytes of one file of the tree (give it the clone_tree itself): ERR_INPUT when it is not there, no plain file, or over CLONE_BLOB_MAX. */
const struct err *clone_tree_get(void *tree, struct arena *arena, const char *path, struct str *bytes) MUST_CHECK;
bool clone_tree_has(const struct clone_tree *tree, const char *path);

enum clone_status { CLONE_ADDED, CLONE_MODIFIED, CLONE_REMOVED, CLONE_RENAMED };
const char *clone_status_name(enum clone_status status);

struct clone_side {
    bool present;   /* the file exists on this side */
    bool is_binary; /* has a NUL in its first 8000 bytes: bytes are empty */
    bool too_big;   /* over CLONE_BLOB_MAX: bytes are empty */
    struct str bytes;
};
struct clone_file {
    enum clone_status status;
    const char *path, *old_path;     /* old_path is path unless renamed */
    struct clone_side before, after; /* at the merge base, at the head */
    struct diff_lines lines;         /* where notes may stand; none for binary, too big or removed files */
};

/* A change: everything lives as long as the arena it was opened with (foreign handles are tied to it). */
struct clone_change {
    const char *target_sha; /* tip of the branch it goes into: settings and owners are read here */
    const char *merge_base, *head_sha;
    struct clone_file *files; /* by path */
    size_t count;
    bool truncated;                       /* more than CLONE_FILES_MAX (API: 3000) files changed */
    bool by_api;                          /* git failed (why is in `note`); trees then cost a call per file */
    const char *note;                     /* NULL, or words for the review's small print: names not read, no common ancestor, why git failed */
    struct clone_tree target, base, head; /* base: at the merge base */
};

/* What to look at. */
struct clone_pull {
    const char *repo;     /* "acme/dw" */
    int number;           /* of the pull request */
    const char *base_ref; /* branch it goes into, without refs/heads/ */
    const char *head_sha; /* the head it must have; NULL: whatever refs/pull/N/head is now */
};

/* Fetches `refs/heads/BASE` and `refs/pull/N/head` into the repository's mirror (made when absent, under a lock) and compares.
 * ERR_RETRY: network, limits of time; or the head is not there yet. ERR_REFUSED: too large, no such repository or no access. */
const struct err *clone_pull_open(struct arena *arena, const struct clone_config *config, const struct clone_pull *pull,
                                  struct clone_change *out) MUST_CHECK;
/* The same by the API: for when git cannot. */
const struct err *clone_pull_by_api(struct arena *arena, struct github *github, const struct github_repo *repo, const struct clone_pull *pull,
                                    struct clone_change *out) MUST_CHECK;
/* clone_pull_open, and when that fails clone_pull_by_api with the reason in `note`. The error is the API's when both fail. */
struct clone_door {
    const struct clone_config *config;
    struct github *github;
    const struct github_repo *repo;
};
const struct err *clone_pull_any(struct arena *arena, const struct clone_door *door, const struct clone_pull *pull,
                                 struct clone_change *out) MUST_CHECK;

/* Fetches one branch and gives its tree (for push to the default branch). */
const struct err *clone_branch_open(struct arena *arena, const struct clone_config *config, const char *repo, const char *branch,
                                    struct clone_tree *out) MUST_CHECK;

/* A local repository, nothing fetched: `base` is a revision (NULL: the merge base with origin/HEAD, main or master); `head` a revision, or NULL
 * for the working tree with uncommitted and untracked (not ignored) files. ERR_INPUT names the folder or revision that is not there. */
const struct err *clone_local_open(struct arena *arena, const char *dir, const char *base, const char *head, struct clone_change *out) MUST_CHECK;

/* A plain folder that need not be a repository, as a tree (fs_walk's rules). */
const struct err *clone_folder_open(struct arena *arena, const char *dir, struct clone_tree *out) MUST_CHECK;

/* The first of .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS (at most 3 MB); empty when there is none. */
const struct err *clone_codeowners(struct arena *arena, const struct clone_tree *tree, const char **path, struct str *bytes) MUST_CHECK;
/* The first of .parley.yml, .github/parley.yml; `*path` NULL when there is none. */
const struct err *clone_settings(struct arena *arena, const struct clone_tree *tree, const char **path, struct str *bytes) MUST_CHECK;
#endif
