/* catalog_refresh.c - digests decide what is read; what readers of a changed file see decides what is read again. */
#include "catalog_refresh.h"

#include "catalog_touch.h"
#include "map.h"
#include "store.h"

#define FILES_MAX  200000
#define ROUNDS_MAX 60 /* a change travels down at most so many datasets before all is read */

static const struct err *tree_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    return clone_tree_get(ctx, arena, path, bytes);
}

struct file_source tree_source(const struct clone_tree *tree) {
    return (struct file_source){.ctx = (void *)tree, .count = tree->count, .paths = tree->paths, .get = tree_get};
}

/* Only what a reader could understand is worth its bytes. */
static bool path_wanted(const char *path) {
    static const char *const ends[] = {".sql", ".hql", ".ddl", ".py", ".ipynb", ".yml", ".yaml", ".json", ".scala", ".r", ".R", ".tf"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (text_ends(path, ends[i])) return true;
    }
    return text_ends(path, ".csv") && (strstr(path, "seed") || strstr(path, "data/"));
}

struct file_state {
    const char *path;
    struct hash128 digest;
    bool known, changed; /* stored before; with other bytes */
};

struct refreshing {
    struct arena *arena;
    struct catalog *catalog;
    const struct clone_tree *tree;
    const struct refresh *how;
    struct catalog_put_stats *stats;
    struct map *files; /* path -> struct file_state */
    VEC(struct file_state *) all;
    VEC(const char *) changed, gone;
    size_t stored;
};

/* ---- what changed ---- */

static const struct err *files_look(struct refreshing *r) {
    struct map *before;
    struct arena *scratch = arena_create(ARENA_JOB);
    const struct err *failed = catalog_files(r->arena, r->catalog, r->how->repo, r->how->scope, &before);
    for (size_t i = 0; !failed && i < r->tree->count && i < FILES_MAX; i++) {
        const char *path = r->tree->paths[i];
        struct str bytes;
        if (!path_wanted(path)) continue;
        const struct err *unread = clone_tree_get((void *)r->tree, scratch, path, &bytes);
        const struct hash128 *old = map_get(before, str_of(path));
        struct file_state *f = arena_new(r->arena, struct file_state);
        *f = (struct file_state){path, unread ? hash128(path, strlen(path)) : hash128(bytes.p, bytes.n), old != NULL, true};
        if (old) f->changed = !hash128_eq(*old, f->digest);
        map_put(r->files, str_of(path), f);
        *vec_add(r->arena, &r->all) = f;
        if (f->changed) *vec_add(r->arena, &r->changed) = path;
        arena_reset(scratch);
    }
    arena_destroy(scratch);
    if (failed) return failed;
    r->stored = map_count(before);
    for (size_t i = 0; i < r->stored; i++) {
        struct str path = map_at(before, i).key;
        if (!map_get(r->files, path)) *vec_add(r->arena, &r->gone) = str_dup(r->arena, path);
    }
    return NULL;
}

/* ---- reading and putting ---- */

static const struct err *files_read(struct refreshing *r, struct arena *arena, const char *const *paths, size_t count, struct reading **out) {
    struct file_source source = tree_source(r->tree);
    struct read_options options = {.dialect = r->how->dialect, .only = paths, .only_count = count};
    return read_files(arena, &source, &options, out);
}

static void stats_add(struct catalog_put_stats *into, const struct catalog_put_stats *from) {
    into->files += from->files;
    into->definitions += from->definitions;
    into->planned += from->planned;
    into->formed += from->formed;
    into->bound += from->bound;
    into->text += from->text;
    into->deleted += from->deleted;
    into->datasets += from->datasets;
    into->metrics += from->metrics;
    into->jobs += from->jobs;
}

static const struct err *files_put(struct refreshing *r, struct arena *arena, const struct reading *reading, const char *const *paths, size_t count) {
    struct put_file *files = arena_array(arena, count + 1, sizeof *files);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct file_state *f = map_get(r->files, str_of(paths[i]));
        if (f) files[n++] = (struct put_file){f->path, f->digest};
    }
    struct catalog_put put = {.repo = r->how->repo,
                              .scope = r->how->scope,
                              .commit = r->tree->sha,
                              .reading = reading,
                              .files = files,
                              .file_count = n,
                              .gone = r->gone.at,
                              .gone_count = r->gone.n,
                              .now = r->how->now};
    struct catalog_put_stats stats = {0};
    TRY(catalog_put_reading(r->catalog, &put, &stats));
    stats_add(r->stats, &stats);
    return NULL;
}

static const struct err *all_refresh(struct refreshing *r) {
    const char **paths = arena_array(r->arena, r->all.n + 1, sizeof *paths);
    for (size_t i = 0; i < r->all.n; i++) paths[i] = r->all.at[i]->path;
    struct reading *reading;
    TRY(files_read(r, r->arena, paths, r->all.n, &reading));
    *r->stats = (struct catalog_put_stats){0};
    return files_put(r, r->arena, reading, paths, r->all.n);
}

/* ---- a small change ---- */

/* The files of a round, and the datasets they touch as readers saw them before. */
struct round {
    struct arena *arena;
    struct touch_scope at;
    struct map *paths;  /* to be read */
    struct map *before; /* key -> struct touch */
    struct reading *reading;
};

static struct str name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return str_of(slash ? slash + 1 : path);
}

/* Does another file name this module or notebook? Then what it says may be read there. */
static const struct err *named_elsewhere(const struct refreshing *r, struct arena *scratch, const char *path, bool *yes) {
    struct str stem = name_of(path);
    const char *dot = memchr(stem.p, '.', stem.n);
    if (dot) stem.n = (size_t)(dot - stem.p);
    *yes = str_starts(stem, "__");
    for (size_t i = 0; i < r->all.n && !*yes; i++) {
        const char *other = r->all.at[i]->path;
        struct str bytes;
        bool code = text_ends(other, ".py") || text_ends(other, ".ipynb") || text_ends(other, ".sql") || text_ends(other, ".scala");
        if (!code || strcmp(other, path) == 0 || clone_tree_get((void *)r->tree, scratch, other, &bytes)) continue;
        *yes = memmem(bytes.p, bytes.n, stem.p, stem.n) != NULL;
        arena_reset(scratch);
    }
    return NULL;
}

/* Schema files say something of datasets alone when the same ones are told of as before, and the models among them are there. */
static const struct err *yaml_is_local(const struct round *round, const char *path, struct str bytes, bool *yes) {
    struct map *keys = map_new(round->arena);
    bool models = memmem(bytes.p, bytes.n, "models:", 7) || memmem(bytes.p, bytes.n, "seeds:", 6) || memmem(bytes.p, bytes.n, "snapshots:", 10);
    *yes = false;
    TRY(touch_keys_of(&round->at, path, keys));
    for (size_t i = 0; i < map_count(keys) && models; i++) {
        struct touch seen;
        TRY(touch_look(&round->at, str_dup(round->arena, map_at(keys, i).key), &seen));
        if (!seen.filled) return NULL;
    }
    *yes = map_count(keys) > 0;
    return NULL;
}

/* May this change be followed by what its definitions and facts touch? All else (macros, settings, jobs, files that come and go) may change how any
 * file is read. */
static const struct err *file_is_local(const struct refreshing *r, const struct round *round, const struct file_state *f, bool *yes) {
    struct arena *scratch = arena_create(ARENA_JOB);
    struct str bytes = {"", 0};
    bool definitions, jobs, named = false;
    const struct err *failed = touch_holds(&round->at, f->path, &definitions, &jobs);
    if (!failed) failed = clone_tree_get((void *)r->tree, scratch, f->path, &bytes);
    bool sql = text_ends(f->path, ".sql"), code = text_ends(f->path, ".py") || text_ends(f->path, ".ipynb");
    bool yaml = text_ends(f->path, ".yml") || text_ends(f->path, ".yaml");
    struct str name = name_of(f->path);
    bool settings = str_is(name, "dbt_project.yml") || str_is(name, "profiles.yml") || str_is(name, "databricks.yml") || str_is(name, "packages.yml");
    *yes = !failed && f->known && !jobs && !settings;
    if (*yes && sql) *yes = definitions && !memmem(bytes.p, bytes.n, "macro", 5);
    if (*yes && code) {
        *yes = definitions;
        arena_reset(scratch);
        if (*yes) failed = named_elsewhere(r, scratch, f->path, &named);
        *yes = *yes && !failed && !named;
    }
    if (*yes && yaml) failed = yaml_is_local(round, f->path, bytes, yes);
    if (!sql && !code && !yaml) *yes = false;
    arena_destroy(scratch);
    return failed;
}

static const struct err *key_enter(struct round *round, const char *key, bool *grew) {
    if (map_get(round->before, str_of(key))) return NULL;
    struct touch *seen = arena_new(round->arena, struct touch);
    size_t paths = map_count(round->paths);
    TRY(touch_look(&round->at, key, seen));
    map_put(round->before, str_of(key), seen);
    TRY(touch_fillers(&round->at, key, round->paths));
    *grew |= map_count(round->paths) > paths;
    return NULL;
}

static const struct err *stored_keys_enter(struct round *round, bool *grew) {
    struct map *keys = map_new(round->arena);
    for (size_t i = 0; i < map_count(round->paths); i++) TRY(touch_keys_of(&round->at, str_dup(round->arena, map_at(round->paths, i).key), keys));
    for (size_t i = 0; i < map_count(keys); i++) TRY(key_enter(round, str_dup(round->arena, map_at(keys, i).key), grew));
    return NULL;
}

static const struct err *read_keys_enter(struct round *round, bool *grew) {
    const struct reading *reading = round->reading;
    for (size_t i = 0; i < reading->definitions.n; i++) {
        const char *dataset = reading->definitions.at[i].dataset;
        if (dataset) TRY(key_enter(round, catalog_key(round->arena, dataset), grew));
    }
    for (size_t i = 0; i < reading->facts.n; i++) {
        const struct dataset_facts *f = &reading->facts.at[i];
        if (f->path && map_has(round->paths, str_of(f->path))) TRY(key_enter(round, catalog_key(round->arena, f->dataset), grew));
    }
    return NULL;
}

static const char **map_paths(struct arena *arena, const struct map *paths) {
    const char **list = arena_array(arena, map_count(paths) + 1, sizeof *list);
    for (size_t i = 0; i < map_count(paths); i++) list[i] = str_dup(arena, map_at(paths, i).key);
    return list;
}

/* Reads the round's files together with all others that fill what they fill: several writers of one dataset are told apart only together. */
static const struct err *round_read(struct refreshing *r, struct round *round) {
    for (int times = 0; times < ROUNDS_MAX; times++) {
        bool grew = false;
        TRY(stored_keys_enter(round, &grew));
        if (grew) continue;
        const char **paths = map_paths(round->arena, round->paths);
        TRY(files_read(r, round->arena, paths, map_count(round->paths), &round->reading));
        TRY(read_keys_enter(round, &grew));
        if (!grew) return files_put(r, round->arena, round->reading, paths, map_count(round->paths));
    }
    return err_new(ERR_RETRY, "files that fill the same datasets do not end");
}

/* Files that read what now looks different. */
static const struct err *round_next(struct round *round, struct map *next) {
    for (size_t i = 0; i < map_count(round->before); i++) {
        const char *key = str_dup(round->arena, map_at(round->before, i).key);
        const struct touch *old = map_at(round->before, i).value;
        struct touch now;
        struct map *readers = map_new(round->arena);
        TRY(touch_look(&round->at, key, &now));
        if (!old->is_view && !now.is_view && hash128_eq(old->seen, now.seen)) continue;
        TRY(touch_readers(&round->at, key, readers));
        /* A schema file names models, not datasets: what it tells moves with them. */
        if (old->filled != now.filled) TRY(touch_tellers(&round->at, key, readers));
        for (size_t k = 0; k < map_count(readers); k++) {
            struct str path = map_at(readers, k).key;
            if (!map_has(round->paths, path)) map_slot(next, path);
        }
    }
    return NULL;
}

/* Follows a small change down to all it reaches. False: it reaches too far, or could change anything. */
static const struct err *change_follow(struct refreshing *r, bool *done) {
    struct round round = {.arena = r->arena, .at = {r->arena, r->catalog, r->how->repo, r->how->scope}};
    size_t most = r->stored / 4 + 20, total = 0;
    *done = r->gone.n == 0 && r->changed.n <= most;
    for (size_t i = 0; i < r->changed.n && *done; i++) TRY(file_is_local(r, &round, map_get(r->files, str_of(r->changed.at[i])), done));
    struct map *paths = map_new(r->arena);
    for (size_t i = 0; i < r->changed.n; i++) map_slot(paths, str_of(r->changed.at[i]));
    for (int times = 0; *done && map_count(paths); times++) {
        round.paths = paths;
        round.before = map_new(r->arena);
        TRY(round_read(r, &round));
        total += map_count(round.paths);
        paths = map_new(r->arena);
        TRY(round_next(&round, paths));
        *done = total + map_count(paths) <= most && times < ROUNDS_MAX;
    }
    return NULL;
}

/* All of it or nothing: a file's digest must not be remembered before what it reaches was read again. */
static const struct err *change_try(struct refreshing *r, bool *done) {
    struct store *store = catalog_store(r->catalog);
    bool own;
    TRY(store_join(store, &own));
    const struct err *failed = catalog_lock(r->arena, r->catalog, r->how->repo);
    if (!failed) failed = change_follow(r, done);
    if (failed || *done || !own) return store_leave(store, own, failed);
    store_rollback(store);
    return NULL;
}

const struct err *catalog_refresh(struct arena *arena, struct catalog *catalog, const struct clone_tree *tree, const struct refresh *how,
                                  struct catalog_put_stats *stats) {
    struct refreshing r = {.arena = arena, .catalog = catalog, .tree = tree, .how = how, .stats = stats, .files = map_new(arena)};
    bool done = false;
    *stats = (struct catalog_put_stats){0};
    TRY(files_look(&r));
    if (r.changed.n == 0 && r.gone.n == 0) return NULL;
    if (r.stored) TRY(change_try(&r, &done));
    return done ? NULL : all_refresh(&r);
}

const struct err *catalog_refreshed(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, bool *yes) {
    struct str *stored;
    size_t count;
    TRY(catalog_paths(arena, catalog, repo, scope, &stored, &count));
    *yes = count > 0;
    return NULL;
}
