/* clone_api.c - the same change by GitHub's API, one call per file and side: for when git cannot. */
#include "clone.h"
#include "clone_git.h"
#include "fs.h"
#include "github.h"

#include <stdlib.h>

#define API_FILES_MAX 300 /* read with both sides: up to 600 calls of an hour's 5000 */
#define API_READS_MAX 500 /* of one tree */

struct api_tree {
    struct github *github;
    struct github_repo repo;
    const char *sha;
    struct clone_tree tree;
    int reads;
};

static const struct err *api_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    struct api_tree *t = ctx;
    if (clone_path_find(t->tree.paths, t->tree.count, path) < 0) return err_new(ERR_INPUT, "%s: no such file", path);
    if (t->reads++ >= API_READS_MAX) return err_new(ERR_REFUSED, "%s: more than %d files would have to be read by the API", path, API_READS_MAX);
    return github_content(t->github, arena, &t->repo, &(struct github_place){path, t->sha}, bytes);
}

static const struct err *api_tree_open(struct arena *arena, struct github *github, const struct github_repo *repo, const char *sha,
                                       struct clone_tree *out) {
    struct github_files files;
    TRY(github_tree(github, arena, repo, sha, &files));
    struct api_tree *t = arena_new(arena, struct api_tree);
    *t = (struct api_tree){.github = github, .repo = {arena_strdup(arena, repo->name), repo->installation}, .sha = arena_strdup(arena, sha)};
    const char **paths = arena_array(arena, files.count + 1, sizeof *paths);
    bool truncated = files.truncated;
    size_t n = 0;
    for (size_t i = 0; i < files.count; i++) {
        if (n < CLONE_TREE_MAX && fs_path_safe(files.at[i].path)) paths[n++] = files.at[i].path;
        else truncated = true;
    }
    t->tree = (struct clone_tree){.sha = t->sha, .count = n, .paths = paths, .truncated = truncated, .ctx = t, .get = api_get};
    *out = t->tree;
    return NULL;
}

/* One side of a file; absent (404) when GitHub has none there, too big when it gives none. */
static const struct err *side_read(struct arena *arena, struct api_tree *t, const char *path, struct clone_side *out) {
    struct str bytes;
    const struct err *e = github_content(t->github, arena, &t->repo, &(struct github_place){path, t->sha}, &bytes);
    if (!e) {
        clone_side_fill(out, bytes);
        return NULL;
    }
    if (e->kind != ERR_REFUSED) return e;
    out->present = out->too_big = e->status != 404;
    return NULL;
}

static enum clone_status status_of(const char *word) {
    if (strcmp(word, "added") == 0 || strcmp(word, "copied") == 0) return CLONE_ADDED;
    if (strcmp(word, "removed") == 0) return CLONE_REMOVED;
    return strcmp(word, "renamed") == 0 ? CLONE_RENAMED : CLONE_MODIFIED;
}

static const struct err *file_read(struct arena *arena, struct api_tree *before, struct api_tree *after, const struct github_file *in,
                                   struct clone_file *out) {
    *out = (struct clone_file){.status = status_of(in->status), .path = in->path, .old_path = in->path};
    if (out->status == CLONE_RENAMED && in->old_path) out->old_path = in->old_path;
    bool is_binary = !in->patch && in->additions + in->deletions == 0 && out->status == CLONE_MODIFIED;
    if (is_binary) {
        out->before = out->after = (struct clone_side){.present = true, .is_binary = true, .bytes = {"", 0}};
        return NULL;
    }
    if (out->status != CLONE_ADDED) TRY(side_read(arena, before, out->old_path, &out->before));
    if (out->status != CLONE_REMOVED) TRY(side_read(arena, after, out->path, &out->after));
    /* A patch that does not read leaves the file without lines for notes; the review itself goes on. */
    if (in->patch && diff_lines_read(arena, in->patch, strlen(in->patch), &out->lines)) out->lines = (struct diff_lines){0};
    return NULL;
}

static int file_order(const void *a, const void *b) { return strcmp(((const struct clone_file *)a)->path, ((const struct clone_file *)b)->path); }

static const struct err *files_read(struct arena *arena, const struct github_files *files, struct clone_change *out) {
    out->truncated = files->truncated;
    out->files = arena_array(arena, files->count + 1, sizeof *out->files);
    for (size_t i = 0; i < files->count; i++) {
        if (!fs_path_safe(files->at[i].path)) {
            out->note = CLONE_ODD_NAMES;
            continue;
        }
        if (out->count == API_FILES_MAX) {
            out->truncated = true;
            break;
        }
        TRY(file_read(arena, out->base.ctx, out->head.ctx, &files->at[i], &out->files[out->count]));
        out->count++;
    }
    qsort(out->files, out->count, sizeof *out->files, file_order);
    return NULL;
}

const struct err *clone_pull_by_api(struct arena *arena, struct github *github, const struct github_repo *repo, const struct clone_pull *pull,
                                    struct clone_change *out) {
    *out = (struct clone_change){.by_api = true};
    struct github_pull now;
    struct github_files files;
    TRY(github_pull_get(github, arena, repo, pull->number, &now));
    out->head_sha = pull->head_sha ? arena_strdup(arena, pull->head_sha) : now.head_sha;
    out->target_sha = now.base_sha;
    if (strcmp(out->head_sha, now.head_sha) != 0) return err_new(ERR_RETRY, "%s#%d has moved on to %s", pull->repo, pull->number, now.head_sha);
    TRY(github_merge_base(github, arena, repo, arena_printf(arena, "%s...%s", now.base_sha, out->head_sha), &out->merge_base));
    TRY(github_pull_files(github, arena, repo, pull->number, &files));
    TRY(api_tree_open(arena, github, repo, out->target_sha, &out->target));
    out->base = out->target;
    if (strcmp(out->merge_base, out->target_sha) != 0) TRY(api_tree_open(arena, github, repo, out->merge_base, &out->base));
    TRY(api_tree_open(arena, github, repo, out->head_sha, &out->head));
    return files_read(arena, &files, out);
}
