/* catalog_refresh.c - digests decide what is read. */
#include "catalog_refresh.h"

#include "map.h"

#define FILES_MAX 200000

static const struct err *tree_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    return clone_tree_get(ctx, arena, path, bytes);
}

struct file_source tree_source(const struct clone_tree *tree) {
    return (struct file_source){.ctx = (void *)tree, .count = tree->count, .paths = tree->paths, .get = tree_get};
}

/* Only what a reader could understand is worth its bytes. */
static bool path_wanted(const char *path) {
    static const char *const ends[] = {".sql", ".py", ".ipynb", ".yml", ".yaml", ".json", ".scala", ".r", ".tf"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (text_ends(path, ends[i])) return true;
    }
    return false;
}

struct changes {
    VEC(struct put_file) changed;
    VEC(const char *) paths, gone;
};

static const struct err *changes_find(struct arena *arena, struct catalog *catalog, const struct clone_tree *tree, const struct refresh *how,
                                      struct changes *out) {
    struct map *present = map_new(arena);
    for (size_t i = 0; i < tree->count && i < FILES_MAX; i++) {
        const char *path = tree->paths[i];
        if (!path_wanted(path)) continue;
        map_put(present, str_of(path), (void *)path);
        struct arena *scratch = arena_create(ARENA_JOB);
        struct str bytes;
        const struct err *unread = clone_tree_get((void *)tree, scratch, path, &bytes);
        struct hash128 digest = unread ? hash128(path, strlen(path)) : hash128(bytes.p, bytes.n);
        arena_destroy(scratch);
        bool known;
        TRY(catalog_file_known(catalog, how->repo, how->scope, path, digest, &known));
        if (known) continue;
        *vec_add(arena, &out->changed) = (struct put_file){path, digest};
        *vec_add(arena, &out->paths) = path;
    }
    struct str *stored;
    size_t count;
    TRY(catalog_paths(arena, catalog, how->repo, how->scope, &stored, &count));
    for (size_t i = 0; i < count; i++) {
        if (!map_get(present, stored[i])) *vec_add(arena, &out->gone) = str_dup(arena, stored[i]);
    }
    return NULL;
}

const struct err *catalog_refresh(struct arena *arena, struct catalog *catalog, const struct clone_tree *tree, const struct refresh *how,
                                  struct catalog_put_stats *stats) {
    struct changes c = {0};
    *stats = (struct catalog_put_stats){0};
    TRY(changes_find(arena, catalog, tree, how, &c));
    if (c.changed.n == 0 && c.gone.n == 0) return NULL;
    struct file_source source = tree_source(tree);
    struct read_options options = {.dialect = how->dialect, .only = c.paths.at, .only_count = c.paths.n};
    struct reading *reading;
    TRY(read_files(arena, &source, &options, &reading));
    struct catalog_put put = {.repo = how->repo,
                              .scope = how->scope,
                              .commit = tree->sha,
                              .reading = reading,
                              .files = c.changed.at,
                              .file_count = c.changed.n,
                              .gone = c.gone.at,
                              .gone_count = c.gone.n,
                              .now = how->now};
    return catalog_put_reading(catalog, &put, stats);
}

const struct err *catalog_refreshed(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, bool *yes) {
    struct str *stored;
    size_t count;
    TRY(catalog_paths(arena, catalog, repo, scope, &stored, &count));
    *yes = count > 0;
    return NULL;
}
