/* clone_local.c - a repository or folder on this machine, for `parley review --repo` and `parley scan --repo`. */
#include "clone.h"
#include "clone_git.h"
#include "fs.h"

static bool commit_find(git_repository *repo, const char *revision, git_oid *out) {
    git_object *object = NULL, *commit = NULL;
    bool found = git_revparse_single(&object, repo, revision) == 0 && git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0;
    if (found) *out = *git_object_id(commit);
    git_object_free(object);
    git_object_free(commit);
    return found;
}

static const struct err *base_find(git_repository *repo, const char *base, git_oid *out) {
    static const char *const usual[] = {"refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main",
                                        "refs/heads/master"};
    if (base) return commit_find(repo, base, out) ? NULL : err_new(ERR_INPUT, "there is no revision %s here", base);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (commit_find(repo, usual[i], out)) return NULL;
    }
    return err_new(ERR_INPUT, "there is no main or master branch here: name what to compare with by --base");
}

const struct err *clone_local_open(struct arena *arena, const char *dir, const char *base, const char *head, struct clone_change *out) {
    *out = (struct clone_change){0};
    git_repository *repo = NULL;
    git_oid target, tip, from;
    TRY(clone_git_open(arena, dir, true, &repo));
    TRY(base_find(repo, base, &target));
    if (!commit_find(repo, head ? head : "HEAD", &tip)) return err_new(ERR_INPUT, "there is no revision %s here", head ? head : "HEAD");
    if (git_merge_base(&from, repo, &target, &tip)) {
        from = target;
        out->note = "the branches have no common ancestor: compared with the base as it is";
    }
    out->target_sha = clone_git_hex(arena, &target);
    out->merge_base = clone_git_hex(arena, &from);
    out->head_sha = head ? clone_git_hex(arena, &tip) : "";
    TRY(clone_git_tree(arena, repo, &target, &out->target));
    TRY(clone_git_tree(arena, repo, &from, &out->base));
    TRY(head ? clone_git_tree(arena, repo, &tip, &out->head) : clone_git_worktree(arena, repo, &out->head));
    return clone_git_diff(arena, repo, &from, head ? &tip : NULL, out);
}

struct folder {
    struct arena *arena;
    const char *dir;
    VEC(const char *) paths;
};

static const struct err *folder_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    const struct folder *f = ctx;
    if (!fs_path_safe(path)) return err_new(ERR_INPUT, "%s: not a path below the folder", path);
    return fs_read(arena, arena_printf(arena, "%s/%s", f->dir, path), CLONE_BLOB_MAX, bytes);
}

static const struct err *folder_visit(void *ctx, const char *path, int64_t size) {
    struct folder *f = ctx;
    (void)size;
    *vec_add(f->arena, &f->paths) = arena_strdup(f->arena, path);
    return NULL;
}

const struct err *clone_folder_open(struct arena *arena, const char *dir, struct clone_tree *out) {
    struct folder *f = arena_new(arena, struct folder);
    f->arena = arena;
    f->dir = arena_strdup(arena, dir);
    if (!fs_is_dir(dir)) return err_new(ERR_INPUT, "%s is not a folder", dir);
    TRY(fs_walk(dir, CLONE_TREE_MAX, folder_visit, f));
    *out = (struct clone_tree){.sha = "", .count = f->paths.n, .paths = f->paths.at, .ctx = f, .get = folder_get};
    return NULL;
}
