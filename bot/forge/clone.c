/* clone.c - mirrors: made once, fetched a little at a time, under a lock, within limits. */
#include "clone.h"

#include "clock.h"
#include "clone_git.h"
#include "clone_wire.h"
#include "fs.h"
#include "github.h"
#include "http.h"
#include "log.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX   ((int64_t)2 << 30)
#define SECONDS_MAX 240
#define PACKS_MAX   400

const char *clone_status_name(enum clone_status status) {
    static const char *const names[] = {"added", "modified", "removed", "renamed"};
    return names[status];
}

const struct err *clone_tree_get(void *tree, struct arena *arena, const char *path, struct str *bytes) {
    const struct clone_tree *t = tree;
    return t->get(t->ctx, arena, path, bytes);
}

bool clone_tree_has(const struct clone_tree *tree, const char *path) { return clone_path_find(tree->paths, tree->count, path) >= 0; }

/* ---- Fetching */

static int on_progress(const git_indexer_progress *stats, void *ctx) {
    const struct wire *wire = ctx;
    return stats->received_bytes > wire->max_bytes || clock_monotonic_us() > wire->deadline_us ? GIT_EUSER : 0;
}

static const struct err *fetch_failure(const struct wire *wire, git_remote *remote, const char *url) {
    const git_error *last = git_error_last();
    size_t received = git_remote_stats(remote)->received_bytes;
    if (wire->has_failed) return err_with_status(err_new(wire->why.kind, "git fetch: %s", wire->why.text), wire->why.status);
    if (received > wire->max_bytes) return err_new(ERR_REFUSED, "%s: more than %zu MB to fetch", url, wire->max_bytes >> 20);
    if (clock_monotonic_us() > wire->deadline_us) return err_new(ERR_RETRY, "%s: fetching took too long", url);
    return err_new(ERR_RETRY, "%s: git fetch: %s", url, last && last->message ? last->message : "unknown reason");
}

static void remote_release(void *p) { git_remote_free(p); }

static const struct err *remote_open(struct arena *arena, git_repository *mirror, const char *url, git_remote **out) {
    git_remote_create_options how;
    git_remote_create_options_init(&how, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    how.repository = mirror;
    how.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC; /* no configuration bends the address */
    if (git_remote_create_with_opts(out, url, &how)) return clone_git_error(ERR_CONFIG, url);
    arena_defer(arena, remote_release, *out);
    return NULL;
}

static const struct err *fetch_by(struct arena *arena, struct wire *wire, git_repository *mirror, const char *url, char **refs) {
    git_remote *remote = NULL;
    git_fetch_options options;
    TRY(remote_open(arena, mirror, url, &remote));
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks.transport = wire->http ? wire_open : NULL;
    options.callbacks.transfer_progress = on_progress;
    options.callbacks.payload = wire;
    options.prune = GIT_FETCH_NO_PRUNE;
    options.update_fetchhead = 0;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    size_t count = 0;
    while (refs[count]) count++;
    int64_t start = clock_monotonic_us();
    if (git_remote_fetch(remote, &(git_strarray){refs, count}, &options, NULL)) return fetch_failure(wire, remote, url);
    log_debug("%s: fetched in %lld ms, %zu bytes", url, (long long)(clock_monotonic_us() - start) / 1000, git_remote_stats(remote)->received_bytes);
    return NULL;
}

static const struct err *fetch(struct arena *arena, const struct clone_config *config, git_repository *mirror, const char *repo, char **refs) {
    int64_t seconds = config->max_seconds > 0 ? config->max_seconds : SECONDS_MAX;
    struct wire wire = {.token = config->token, .folder = config->mirrors, .deadline_us = clock_monotonic_us() + seconds * 1000000};
    wire.max_bytes = (size_t)(config->max_bytes > 0 ? config->max_bytes : BYTES_MAX);
    if (*config->git_base != '/') wire.http = http_create(&(struct http_config){.proxy = config->proxy, .ca_bundle = config->ca_bundle});
    const struct err *e = fetch_by(arena, &wire, mirror, arena_printf(arena, "%s/%s.git", config->git_base, repo), refs);
    http_destroy(wire.http);
    return e;
}

/* ---- Mirrors */

/* Waits for the lock; closing the descriptor gives it back. */
static const struct err *lock_take(const char *path, int seconds, int *out) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return err_new(ERR_CONFIG, "cannot make %s: the data folder has to be writable", path);
    for (int64_t tries = (int64_t)seconds * 20; flock(fd, LOCK_EX | LOCK_NB) != 0; tries--) {
        if (tries <= 0) {
            close(fd);
            return err_new(ERR_RETRY, "%s is held by another job", path);
        }
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    *out = fd;
    return NULL;
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

/* Takes away what fetches that were killed left, which may be gigabytes; gives the number of packs. */
static size_t packs_tidy(struct arena *arena, const char *path) {
    const char *folder = arena_printf(arena, "%s/objects/pack", path);
    DIR *dir = opendir(folder);
    size_t packs = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        packs += text_ends(entry->d_name, ".pack");
        if (text_starts(entry->d_name, "pack_git2_")) unlink(arena_printf(arena, "%s/%s", folder, entry->d_name));
    }
    if (dir) closedir(dir);
    return packs;
}

/* Every fetch leaves a pack, and libgit2 joins none: after many the mirror is made anew. The old one stays beside it until the next time, for
 * jobs that still read from it. Under the lock. */
static void mirror_tidy(struct arena *arena, const char *path) {
    const char *aside = arena_printf(arena, "%s.aside", path);
    if (packs_tidy(arena, path) <= PACKS_MAX) return;
    nftw(aside, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
    if (rename(path, aside) == 0) log_info("%s is made anew: it had more than %d packs", path, PACKS_MAX);
}

static const struct err *mirror_open(struct arena *arena, const char *path, git_repository **out) {
    clone_git_begin();
    if (!fs_exists(arena_printf(arena, "%s/HEAD", path))) {
        git_repository *made = NULL;
        if (git_repository_init(&made, path, 1)) return clone_git_error(ERR_CONFIG, path);
        git_repository_free(made);
    }
    return clone_git_open(arena, path, false, out);
}

/* mirrors/HOST/owner/name.git, with its folder made; the git base in tests is a folder, its mirrors lie under "local". */
static const struct err *mirror_path(struct arena *arena, const struct clone_config *config, const char *repo, const char **out) {
    if (!github_repo_name_valid(repo)) return err_new(ERR_INPUT, "\"%.200s\" is not a repository's name (owner/name)", repo ? repo : "");
    const char *host = *config->git_base == '/' ? "local" : http_host(arena, config->git_base);
    if (!host) return err_new(ERR_CONFIG, "github.git (%s) is no address", config->git_base);
    const char *folder = arena_printf(arena, "%s/%s/%.*s", config->mirrors, host, (int)(strchr(repo, '/') - repo), repo);
    TRY(fs_make_dirs(folder));
    *out = arena_printf(arena, "%s%s.git", folder, strchr(repo, '/'));
    return NULL;
}

static const struct err *mirror_fetch(struct arena *arena, const struct clone_config *config, const char *repo, char **refs, git_repository **out) {
    const char *path = NULL;
    int lock = -1;
    TRY(mirror_path(arena, config, repo, &path));
    TRY(lock_take(arena_printf(arena, "%s.lock", path), config->max_seconds > 0 ? config->max_seconds : SECONDS_MAX, &lock));
    mirror_tidy(arena, path);
    const struct err *e = mirror_open(arena, path, out);
    if (!e) e = fetch(arena, config, *out, repo, refs);
    close(lock);
    return e;
}

static const struct err *branch_refspec(struct arena *arena, const char *branch, char **out) {
    const char *name = arena_printf(arena, "refs/heads/%s", branch);
    int valid = 0;
    if (!branch || git_reference_name_is_valid(&valid, name) || !valid)
        return err_new(ERR_INPUT, "\"%.200s\" is no branch name", branch ? branch : "");
    *out = arena_printf(arena, "+%s:%s", name, name);
    return NULL;
}

/* ---- A pull request */

/* The head to compare: the one asked for when the mirror has it, else what refs/pull/N/head is. */
static const struct err *head_find(git_repository *mirror, const struct clone_pull *pull, const char *ref, git_oid *out) {
    if (!pull->head_sha) return git_reference_name_to_id(out, mirror, ref) ? clone_git_error(ERR_RETRY, ref) : NULL;
    git_commit *commit = NULL;
    if (git_oid_fromstr(out, pull->head_sha) || strlen(pull->head_sha) != GIT_OID_HEXSZ)
        return err_new(ERR_INPUT, "%.60s is no commit id", pull->head_sha);
    if (git_commit_lookup(&commit, mirror, out))
        return err_new(ERR_RETRY, "commit %s of %s#%d is not there yet", pull->head_sha, pull->repo, pull->number);
    git_commit_free(commit);
    return NULL;
}

static const struct err *change_fill(struct arena *arena, git_repository *repo, const git_oid *target, const git_oid *head,
                                     struct clone_change *out) {
    git_oid base;
    int code = git_merge_base(&base, repo, target, head);
    if (code == GIT_ENOTFOUND) {
        base = *target;
        out->note = "the branches have no common ancestor: compared with the target branch as it is";
    } else if (code) {
        return clone_git_error(ERR_INPUT, "merge base");
    }
    out->target_sha = clone_git_hex(arena, target);
    out->merge_base = clone_git_hex(arena, &base);
    out->head_sha = clone_git_hex(arena, head);
    TRY(clone_git_tree(arena, repo, target, &out->target));
    out->base = out->target;
    if (!git_oid_equal(target, &base)) TRY(clone_git_tree(arena, repo, &base, &out->base));
    TRY(clone_git_tree(arena, repo, head, &out->head));
    return clone_git_diff(arena, repo, &base, head, out);
}

const struct err *clone_pull_open(struct arena *arena, const struct clone_config *config, const struct clone_pull *pull, struct clone_change *out) {
    *out = (struct clone_change){0};
    git_repository *mirror = NULL;
    git_oid target, head;
    const char *head_ref = arena_printf(arena, "refs/pull/%d/head", pull->number);
    char *refs[3] = {NULL, arena_printf(arena, "+%s:%s", head_ref, head_ref), NULL};
    clone_git_begin();
    TRY(branch_refspec(arena, pull->base_ref, &refs[0]));
    TRY(mirror_fetch(arena, config, pull->repo, refs, &mirror));
    if (git_reference_name_to_id(&target, mirror, strchr(refs[0], ':') + 1))
        return err_new(ERR_REFUSED, "%s has no branch %s", pull->repo, pull->base_ref);
    TRY(head_find(mirror, pull, head_ref, &head));
    return change_fill(arena, mirror, &target, &head, out);
}

const struct err *clone_pull_any(struct arena *arena, const struct clone_door *door, const struct clone_pull *pull, struct clone_change *out) {
    const struct err *e = clone_pull_open(arena, door->config, pull, out);
    if (!e) return NULL;
    const char *why = arena_printf(arena, "read by the API, since git failed: %s", e->text);
    log_warn("%s#%d: %s", pull->repo, pull->number, why);
    if (e->kind == ERR_RETRY && strstr(e->text, "not there yet")) return e; /* the API would be behind as well */
    TRY(clone_pull_by_api(arena, door->github, door->repo, pull, out));
    out->note = out->note ? arena_printf(arena, "%s; %s", why, out->note) : why;
    return NULL;
}

const struct err *clone_branch_open(struct arena *arena, const struct clone_config *config, const char *repo, const char *branch,
                                    struct clone_tree *out) {
    git_repository *mirror = NULL;
    git_oid tip;
    char *refs[2] = {NULL, NULL};
    clone_git_begin();
    TRY(branch_refspec(arena, branch, &refs[0]));
    TRY(mirror_fetch(arena, config, repo, refs, &mirror));
    if (git_reference_name_to_id(&tip, mirror, strchr(refs[0], ':') + 1)) return err_new(ERR_REFUSED, "%s has no branch %s", repo, branch);
    return clone_git_tree(arena, mirror, &tip, out);
}

/* ---- Well-known files */

static const struct err *first_of(struct arena *arena, const struct clone_tree *tree, const char *const *names, const char **path,
                                  struct str *bytes) {
    *path = NULL;
    *bytes = (struct str){"", 0};
    for (; *names; names++) {
        if (!clone_tree_has(tree, *names)) continue;
        *path = *names;
        return tree->get(tree->ctx, arena, *names, bytes);
    }
    return NULL;
}

const struct err *clone_codeowners(struct arena *arena, const struct clone_tree *tree, const char **path, struct str *bytes) {
    static const char *const names[] = {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", NULL};
    TRY(first_of(arena, tree, names, path, bytes));
    if (bytes->n > ((size_t)3 << 20)) *bytes = (struct str){"", 0}; /* GitHub does not read a larger one either */
    return NULL;
}

const struct err *clone_settings(struct arena *arena, const struct clone_tree *tree, const char **path, struct str *bytes) {
    static const char *const names[] = {".parley.yml", ".github/parley.yml", NULL};
    return first_of(arena, tree, names, path, bytes);
}
