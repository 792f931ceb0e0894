/* fs.c - bounded file access. */
#include "fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX      40
#define PATH_BYTES_MAX 1024

const struct err *fs_read(struct arena *arena, const char *path, size_t max, struct str *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return err_new(ERR_INPUT, "%s: %s", path, strerror(errno));
    struct stat st;
    const struct err *bad = NULL;
    if (fstat(fd, &st) != 0) bad = err_new(ERR_INPUT, "%s: %s", path, strerror(errno));
    else if (S_ISDIR(st.st_mode)) bad = err_new(ERR_INPUT, "%s: is a directory", path);
    else if ((size_t)st.st_size > max) bad = err_new(ERR_INPUT, "%s: %lld bytes, over the limit of %zu", path, (long long)st.st_size, max);
    if (bad) {
        close(fd);
        return bad;
    }
    struct buf b = buf_new(arena);
    if (st.st_size > 0) b.p = arena_grow(arena, b.p, &b.cap, (size_t)st.st_size + 1, 1);
    char block[65536];
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0 && b.n <= max) buf_add(&b, block, (size_t)n);
    int why = errno;
    close(fd);
    if (n < 0) return err_new(ERR_INPUT, "%s: %s", path, strerror(why));
    if (b.n > max) return err_new(ERR_INPUT, "%s: over the limit of %zu bytes", path, max);
    *out = (struct str){buf_str(&b), b.n};
    return NULL;
}

static const struct err *write_all(int fd, const char *path, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return err_new(ERR_CONFIG, "%s: %s", path, strerror(errno));
        bytes += done;
        n -= (size_t)done;
    }
    return fsync(fd) == 0 ? NULL : err_new(ERR_CONFIG, "%s: %s", path, strerror(errno));
}

const struct err *fs_write(const char *path, const void *bytes, size_t n) {
    char temporary[PATH_BYTES_MAX + 16];
    snprintf(temporary, sizeof temporary, "%.*s.%d.new", PATH_BYTES_MAX, path, (int)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return err_new(ERR_CONFIG, "%s: %s", temporary, strerror(errno));
    const struct err *bad = write_all(fd, temporary, bytes, n);
    close(fd);
    if (!bad && rename(temporary, path) != 0) bad = err_new(ERR_CONFIG, "%s: %s", path, strerror(errno));
    if (bad) unlink(temporary);
    return bad;
}

const struct err *fs_make_dirs(const char *path) {
    char part[PATH_BYTES_MAX + 1];
    size_t n = strlen(path);
    if (n > PATH_BYTES_MAX) return err_new(ERR_CONFIG, "path longer than %d bytes", PATH_BYTES_MAX);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return err_new(ERR_CONFIG, "%s: %s", part, strerror(errno));
    }
    return NULL;
}

bool fs_exists(const char *path) { return access(path, F_OK) == 0; }

bool fs_is_dir(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct walk {
    const char *root;
    size_t max, seen;
    fs_visit fn;
    void *ctx;
};

static bool name_wanted(const struct dirent *e) {
    static const char *const passed[] = {"node_modules", "target", "dbt_packages", "venv", "__pycache__"};
    if (e->d_name[0] == '.') return strcmp(e->d_name, ".parley.yml") == 0 || strcmp(e->d_name, ".github") == 0;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        if (strcmp(e->d_name, passed[i]) == 0) return false;
    }
    return true;
}

static int entry_filter(const struct dirent *e) { return name_wanted(e); }

static int entry_order(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static const struct err *dir_walk(struct walk *w, const char *relative, int depth);

static const struct err *entry_walk(struct walk *w, const char *relative, const char *name, int depth) {
    char path[PATH_BYTES_MAX + 1], full[2 * PATH_BYTES_MAX + 2];
    int n = snprintf(path, sizeof path, "%s%s%s", relative, *relative ? "/" : "", name);
    if (n < 0 || (size_t)n >= sizeof path) return NULL;
    n = snprintf(full, sizeof full, "%s/%s", w->root, path);
    struct stat st;
    if (n < 0 || (size_t)n >= sizeof full || lstat(full, &st) != 0) return NULL;
    if (S_ISDIR(st.st_mode)) return dir_walk(w, path, depth + 1);
    if (!S_ISREG(st.st_mode)) return NULL;
    if (++w->seen > w->max) return err_new(ERR_INPUT, "%s: more than %zu files", w->root, w->max);
    return w->fn(w->ctx, path, st.st_size);
}

static const struct err *dir_walk(struct walk *w, const char *relative, int depth) {
    if (depth > DEPTH_MAX) return err_new(ERR_INPUT, "%s/%s: folders nested deeper than %d", w->root, relative, DEPTH_MAX);
    char full[2 * PATH_BYTES_MAX + 2];
    int n = snprintf(full, sizeof full, "%s%s%s", w->root, *relative ? "/" : "", relative);
    if (n < 0 || (size_t)n >= sizeof full) return NULL;
    struct dirent **entries;
    int count = scandir(full, &entries, entry_filter, entry_order);
    if (count < 0) return err_new(ERR_INPUT, "%s: %s", full, strerror(errno));
    const struct err *bad = NULL;
    for (int i = 0; i < count; i++) {
        if (!bad) bad = entry_walk(w, relative, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return bad;
}

const struct err *fs_walk(const char *dir, size_t max, fs_visit fn, void *ctx) {
    struct walk w = {.root = dir, .max = max, .fn = fn, .ctx = ctx};
    return dir_walk(&w, "", 0);
}

bool fs_path_safe(const char *path) {
    size_t n = strlen(path);
    if (n == 0 || n > PATH_BYTES_MAX || path[0] == '/') return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f) return false;
    }
    struct str rest = str_of(path), part;
    while (str_split(&rest, '/', &part)) {
        if (part.n == 0 || str_is(part, "..") || str_is(part, ".")) return false;
    }
    return true;
}
