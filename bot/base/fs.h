/* fs.h - files, read with a bound and written whole or not at all.
 * Layer: base. May use: arena, err, text. */
#ifndef FS_H
#define FS_H

#include "arena.h"
#include "err.h"
#include "text.h"

/* Reads a regular file of at most `max` bytes; `out` is NUL-terminated beyond its n. ERR_INPUT names the path and why. */
const struct err *fs_read(struct arena *arena, const char *path, size_t max, struct str *out) MUST_CHECK;

/* Writes to a temporary file beside `path`, syncs, renames: a reader sees the old bytes or the new ones. */
const struct err *fs_write(const char *path, const void *bytes, size_t n) MUST_CHECK;

/* Makes `path` and its parents (mode 0700 for what is made). */
const struct err *fs_make_dirs(const char *path) MUST_CHECK;

bool fs_exists(const char *path);
bool fs_is_dir(const char *path);

/* Calls fn for every regular file under `dir` in sorted order, path relative to it; symbolic links are not followed; names that
 * start with a dot, and node_modules, target, dbt_packages, venv are passed over unless they are .parley.yml or under .github.
 * At most `max` files and depth 40: over that ERR_INPUT. fn's error ends the walk. */
typedef const struct err *(*fs_visit)(void *ctx, const char *path, int64_t size);
const struct err *fs_walk(const char *dir, size_t max, fs_visit fn, void *ctx) MUST_CHECK;

/* Is this path from outside safe below a root: relative, no "..", no control characters, no empty part, at most 1024 bytes? */
bool fs_path_safe(const char *path);
#endif
