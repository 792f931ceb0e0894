/* clone_git.c - walks trees with a bound on depth and count, reads blobs with a bound on size. */
#include "clone_git.h"

#include "fs.h"

#include <pthread.h>
#include <stdlib.h>

#define DEPTH_MAX 64
#define SNIFF     8000
#define READ_MAX  ((size_t)512 << 20) /* all changed files together; the rest is said to be too big */

static pthread_once_t git_ready = PTHREAD_ONCE_INIT;

static void git_begin(void) {
    git_libgit2_init();
    static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    /* Its own bounds on mapped packs are 1 GB and 8 GB: more than a job's process may have of address space. */
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)32 << 20);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)256 << 20);
}

void clone_git_begin(void) { pthread_once(&git_ready, git_begin); }

const struct err *clone_git_error(enum err_kind kind, const char *what) {
    const git_error *e = git_error_last();
    return err_new(kind, "%s: %s", what, e && e->message ? e->message : "unknown reason");
}

static void repository_release(void *p) { git_repository_free(p); }
static void tree_release(void *p) { git_tree_free(p); }
static void diff_release(void *p) { git_diff_free(p); }

const struct err *clone_git_open(struct arena *arena, const char *path, bool look_up, git_repository **out) {
    clone_git_begin();
    if (git_repository_open_ext(out, path, look_up ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH, NULL))
        return clone_git_error(ERR_INPUT, arena_printf(arena, "%s is not a git repository", path));
    arena_defer(arena, repository_release, *out);
    return NULL;
}

const char *clone_git_hex(struct arena *arena, const git_oid *oid) {
    char *hex = arena_alloc(arena, GIT_OID_HEXSZ + 1);
    return git_oid_tostr(hex, GIT_OID_HEXSZ + 1, oid);
}

long clone_path_find(const char *const *paths, size_t count, const char *path) {
    for (size_t low = 0, high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(path, paths[middle]);
        if (order == 0) return (long)middle;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return -1;
}

void clone_side_fill(struct clone_side *side, struct str bytes) {
    side->present = true;
    side->is_binary = bytes.n && memchr(bytes.p, 0, bytes.n < SNIFF ? bytes.n : SNIFF);
    side->bytes = side->is_binary ? (struct str){"", 0} : bytes;
}

/* ---- Blobs */

/* Bytes whose p is NULL when the blob is over `most`; its size is asked before it is unpacked. */
static const struct err *blob_read(struct arena *arena, git_repository *repo, const git_oid *oid, size_t most, struct str *out) {
    git_odb *odb = NULL;
    git_blob *blob = NULL;
    size_t size = 0;
    git_object_t type;
    *out = (struct str){NULL, 0};
    if (git_repository_odb(&odb, repo)) return clone_git_error(ERR_RETRY, "object store");
    int failed = git_odb_read_header(&size, &type, odb, oid);
    git_odb_free(odb);
    if (failed || type != GIT_OBJECT_BLOB) return clone_git_error(ERR_RETRY, "object");
    if (size > most) return NULL;
    if (git_blob_lookup(&blob, repo, oid)) return clone_git_error(ERR_RETRY, "object");
    size = (size_t)git_blob_rawsize(blob);
    *out = (struct str){arena_copy(arena, git_blob_rawcontent(blob), size), size};
    git_blob_free(blob);
    return NULL;
}

/* ---- Trees */

struct entry {
    const char *path;
    git_oid oid;
};

struct tree_state {
    git_repository *repo;
    const char *workdir; /* NULL: objects */
    struct clone_tree tree;
    VEC(struct entry) entries;
};

static void entry_add(struct arena *arena, struct tree_state *t, const char *path, const git_oid *oid) {
    if (t->entries.n == CLONE_TREE_MAX || !fs_path_safe(path)) {
        t->tree.truncated = true;
        return;
    }
    struct entry *e = vec_add(arena, &t->entries);
    e->path = arena_strdup(arena, path);
    if (oid) e->oid = *oid;
}

static bool is_plain(unsigned mode) { return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE; }

static const struct err *tree_walk(struct arena *arena, struct tree_state *t, const git_tree *tree, const char *folder, int depth) {
    size_t n = git_tree_entrycount(tree);
    for (size_t i = 0; i < n && t->entries.n < CLONE_TREE_MAX; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        const char *path = arena_printf(arena, "%s%s", folder, git_tree_entry_name(entry));
        git_filemode_t mode = git_tree_entry_filemode(entry);
        if (is_plain(mode)) entry_add(arena, t, path, git_tree_entry_id(entry));
        if (mode != GIT_FILEMODE_TREE) continue; /* links and submodules are not files of ours */
        if (depth == DEPTH_MAX || strlen(path) > 1000) {
            t->tree.truncated = true;
            continue;
        }
        git_tree *child = NULL;
        if (git_tree_lookup(&child, t->repo, git_tree_entry_id(entry))) return clone_git_error(ERR_RETRY, path);
        const struct err *e = tree_walk(arena, t, child, arena_printf(arena, "%s/", path), depth + 1);
        git_tree_free(child);
        TRY(e);
    }
    return NULL;
}

static int entry_order(const void *a, const void *b) { return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path); }

static const struct err *state_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    const struct tree_state *t = ctx;
    long i = clone_path_find(t->tree.paths, t->tree.count, path);
    if (i < 0) return err_new(ERR_INPUT, "%s: no such file", path);
    if (t->workdir) return fs_read(arena, arena_printf(arena, "%s%s", t->workdir, path), CLONE_BLOB_MAX, bytes);
    TRY(err_wrap(blob_read(arena, t->repo, &t->entries.at[i].oid, CLONE_BLOB_MAX, bytes), "%s", path));
    return !bytes->p ? err_new(ERR_INPUT, "%s: larger than %zu MB", path, CLONE_BLOB_MAX >> 20) : NULL;
}

static void state_finish(struct arena *arena, struct tree_state *t, const char *sha, struct clone_tree *out) {
    if (t->entries.n) qsort(t->entries.at, t->entries.n, sizeof *t->entries.at, entry_order);
    const char **paths = arena_array(arena, t->entries.n + 1, sizeof *paths);
    for (size_t i = 0; i < t->entries.n; i++) paths[i] = t->entries.at[i].path;
    t->tree.sha = sha;
    t->tree.paths = paths;
    t->tree.count = t->entries.n;
    t->tree.ctx = t;
    t->tree.get = state_get;
    *out = t->tree;
}

static const struct err *commit_tree(struct arena *arena, git_repository *repo, const git_oid *oid, git_tree **out) {
    git_commit *commit = NULL;
    if (git_commit_lookup(&commit, repo, oid)) return clone_git_error(ERR_RETRY, "commit");
    int failed = git_commit_tree(out, commit);
    git_commit_free(commit);
    if (failed) return clone_git_error(ERR_RETRY, "tree of a commit");
    arena_defer(arena, tree_release, *out);
    return NULL;
}

const struct err *clone_git_tree(struct arena *arena, git_repository *repo, const git_oid *commit, struct clone_tree *out) {
    git_tree *root = NULL;
    TRY(commit_tree(arena, repo, commit, &root));
    struct tree_state *t = arena_new(arena, struct tree_state);
    t->repo = repo;
    TRY(tree_walk(arena, t, root, "", 0));
    t->tree.truncated = t->tree.truncated || t->entries.n == CLONE_TREE_MAX;
    state_finish(arena, t, clone_git_hex(arena, commit), out);
    return NULL;
}

const struct err *clone_git_worktree(struct arena *arena, git_repository *repo, struct clone_tree *out) {
    const char *workdir = git_repository_workdir(repo);
    if (!workdir) return err_new(ERR_INPUT, "this repository has no working tree: name a revision by --head");
    git_status_options options;
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.show = GIT_STATUS_SHOW_WORKDIR_ONLY;
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS | GIT_STATUS_OPT_INCLUDE_UNMODIFIED |
                    GIT_STATUS_OPT_EXCLUDE_SUBMODULES | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
    git_status_list *list = NULL;
    if (git_status_list_new(&list, repo, &options)) return clone_git_error(ERR_INPUT, "working tree");
    struct tree_state *t = arena_new(arena, struct tree_state);
    t->repo = repo;
    t->workdir = arena_strdup(arena, workdir);
    for (size_t i = 0, n = git_status_list_entrycount(list); i < n; i++) {
        const git_status_entry *entry = git_status_byindex(list, i);
        const git_diff_delta *delta = entry->index_to_workdir;
        if (!delta || entry->status == GIT_STATUS_WT_DELETED || entry->status == GIT_STATUS_IGNORED) continue;
        if (is_plain(delta->new_file.mode)) entry_add(arena, t, delta->new_file.path, NULL);
    }
    git_status_list_free(list);
    state_finish(arena, t, "", out);
    return NULL;
}

/* ---- Differences */

struct diff_state {
    git_repository *repo;
    const char *workdir; /* NULL: the new side is objects */
    size_t read;         /* bytes so far */
};

static const struct err *side_read(struct arena *arena, struct diff_state *d, const git_diff_file *file, bool from_disk, struct clone_side *out) {
    struct str bytes = {"", 0};
    size_t most = d->read < READ_MAX ? CLONE_BLOB_MAX : 0;
    bool too_big = false;
    if (!is_plain(file->mode)) return NULL;
    out->present = true;
    if (from_disk) {
        const struct err *e = fs_read(arena, arena_printf(arena, "%s%s", d->workdir, file->path), most, &bytes);
        too_big = e != NULL;
    } else {
        TRY(err_wrap(blob_read(arena, d->repo, &file->id, most, &bytes), "%s", file->path));
        too_big = !bytes.p;
    }
    out->too_big = too_big;
    d->read += bytes.n;
    if (!too_big) clone_side_fill(out, bytes);
    return NULL;
}

static void hunk_take(struct arena *arena, git_patch *patch, size_t index, struct diff_lines *out, size_t *cap) {
    const git_diff_hunk *hunk = NULL;
    size_t n = 0;
    if (git_patch_get_hunk(&hunk, &n, patch, index)) return;
    struct diff_hunk *h = &out->hunks[out->hunk_count++];
    *h = (struct diff_hunk){hunk->old_start, hunk->old_lines, hunk->new_start, hunk->new_lines, out->added_count, 0};
    for (size_t i = 0; i < n; i++) {
        const git_diff_line *line = NULL;
        if (git_patch_get_line_in_hunk(&line, patch, index, i) || line->origin != GIT_DIFF_LINE_ADDITION) continue;
        out->added = arena_grow(arena, out->added, cap, out->added_count + 1, sizeof *out->added);
        out->added[out->added_count++] = line->new_lineno;
        h->added_count++;
    }
}

static void lines_read(struct arena *arena, git_diff *diff, size_t index, struct diff_lines *out) {
    git_patch *patch = NULL;
    if (git_patch_from_diff(&patch, diff, index) || !patch) return;
    size_t n = git_patch_num_hunks(patch), cap = 0;
    if (n > DIFF_LINES_HUNKS_MAX) n = DIFF_LINES_HUNKS_MAX;
    out->hunks = arena_array(arena, n + 1, sizeof *out->hunks);
    for (size_t i = 0; i < n; i++) hunk_take(arena, patch, i, out, &cap);
    git_patch_free(patch);
}

static const struct err *delta_read(struct arena *arena, struct diff_state *d, git_diff *diff, size_t index, struct clone_file *out) {
    const git_diff_delta *delta = git_diff_get_delta(diff, index);
    const char *new_path = delta->new_file.path, *old_path = delta->old_file.path;
    *out = (struct clone_file){.path = arena_strdup(arena, new_path ? new_path : old_path)};
    out->old_path = delta->status == GIT_DELTA_RENAMED ? arena_strdup(arena, old_path) : out->path;
    bool was = delta->status != GIT_DELTA_ADDED && delta->status != GIT_DELTA_UNTRACKED && delta->status != GIT_DELTA_COPIED;
    bool is = delta->status != GIT_DELTA_DELETED;
    if (was) TRY(side_read(arena, d, &delta->old_file, false, &out->before));
    if (is) TRY(side_read(arena, d, &delta->new_file, d->workdir != NULL, &out->after));
    if (out->before.present && out->after.present) out->status = delta->status == GIT_DELTA_RENAMED ? CLONE_RENAMED : CLONE_MODIFIED;
    else out->status = out->before.present ? CLONE_REMOVED : CLONE_ADDED;
    bool text = out->after.present && !out->after.is_binary && !out->after.too_big && !out->before.is_binary && !out->before.too_big;
    if (text) lines_read(arena, diff, index, &out->lines);
    return NULL;
}

static int file_order(const void *a, const void *b) { return strcmp(((const struct clone_file *)a)->path, ((const struct clone_file *)b)->path); }

static const struct err *deltas_read(struct arena *arena, struct diff_state *d, git_diff *diff, struct clone_change *out) {
    size_t n = git_diff_num_deltas(diff);
    out->truncated = n > CLONE_FILES_MAX;
    if (out->truncated) n = CLONE_FILES_MAX;
    out->files = arena_array(arena, n + 1, sizeof *out->files);
    out->count = 0;
    for (size_t i = 0; i < n; i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        if (!is_plain(delta->new_file.mode) && !is_plain(delta->old_file.mode)) continue;
        const char *path = delta->new_file.path ? delta->new_file.path : delta->old_file.path;
        if (!fs_path_safe(path)) {
            out->note = CLONE_ODD_NAMES;
            continue;
        }
        TRY(delta_read(arena, d, diff, i, &out->files[out->count]));
        if (out->files[out->count].before.present || out->files[out->count].after.present) out->count++;
    }
    qsort(out->files, out->count, sizeof *out->files, file_order);
    return NULL;
}

const struct err *clone_git_diff(struct arena *arena, git_repository *repo, const git_oid *from, const git_oid *to, struct clone_change *out) {
    struct diff_state d = {.repo = repo, .workdir = to ? NULL : git_repository_workdir(repo)};
    git_tree *old_tree = NULL, *new_tree = NULL;
    TRY(commit_tree(arena, repo, from, &old_tree));
    if (to) TRY(commit_tree(arena, repo, to, &new_tree));
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 3;
    options.max_size = (git_off_t)CLONE_BLOB_MAX;
    options.flags = GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_DISABLE_PATHSPEC_MATCH | GIT_DIFF_INDENT_HEURISTIC;
    if (!to) options.flags |= GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_SHOW_UNTRACKED_CONTENT;
    git_diff *diff = NULL;
    int failed =
        to ? git_diff_tree_to_tree(&diff, repo, old_tree, new_tree, &options) : git_diff_tree_to_workdir_with_index(&diff, repo, old_tree, &options);
    if (failed) return clone_git_error(ERR_INPUT, "comparing");
    arena_defer(arena, diff_release, diff);
    git_diff_find_options find;
    git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
    find.flags = GIT_DIFF_FIND_RENAMES | (to ? 0 : GIT_DIFF_FIND_FOR_UNTRACKED);
    find.rename_limit = 500;
    if (git_diff_num_deltas(diff) <= CLONE_FILES_MAX && git_diff_find_similar(diff, &find)) return clone_git_error(ERR_INPUT, "comparing names");
    return deltas_read(arena, &d, diff, out);
}
