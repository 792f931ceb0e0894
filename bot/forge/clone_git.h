/* clone_git.h - the parts of clone.h that stand on libgit2: trees and differences of one open repository.
 * Layer: forge, for clone*.c only. May use: base, libgit2. */
#ifndef CLONE_GIT_H
#define CLONE_GIT_H

#include "clone.h"

#include <git2.h>

#define CLONE_ODD_NAMES "files with control characters, \"..\" or more than 1024 bytes in their names were not read"

/* Starts libgit2 once: no user or system configuration is read, no owner is checked (nothing of a repository is ever executed). */
void clone_git_begin(void);

/* What libgit2 said, as an error of `kind`. */
const struct err *clone_git_error(enum err_kind kind, const char *what) MUST_CHECK;

/* Opens a repository for as long as the arena lives. ERR_INPUT when there is none at `path`. */
const struct err *clone_git_open(struct arena *arena, const char *path, bool look_up, git_repository **out) MUST_CHECK;

/* All plain files at a commit; deeper than 64 folders, over CLONE_TREE_MAX files or with unsafe names are left out, and truncated says so. */
const struct err *clone_git_tree(struct arena *arena, git_repository *repo, const git_oid *commit, struct clone_tree *out) MUST_CHECK;
/* Tracked and untracked, not ignored, files of the working tree. */
const struct err *clone_git_worktree(struct arena *arena, git_repository *repo, struct clone_tree *out) MUST_CHECK;

/* Fills files, count, truncated with what differs between a commit and another (`to` NULL: the working tree). */
const struct err *clone_git_diff(struct arena *arena, git_repository *repo, const git_oid *from, const git_oid *to,
                                 struct clone_change *out) MUST_CHECK;

const char *clone_git_hex(struct arena *arena, const git_oid *oid);

/* Finds a path in a sorted list; -1 when it is not there. */
long clone_path_find(const char *const *paths, size_t count, const char *path);
/* Fills a side from bytes: binary ones keep none. */
void clone_side_fill(struct clone_side *side, struct str bytes);
#endif
