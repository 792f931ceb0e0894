/* local.c - a repository or folder on this machine, read for a review or a catalog. */
#include "local.h"

#include "catalog_refresh.h"
#include "clock.h"
#include "commands.h"
#include "fs.h"
#include "migrate.h"
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* The folder that holds `config`: .git, or for a further working tree what its .git file points to. */
static const char *git_config_path(struct arena *arena, const char *dir) {
    struct str text;
    const char *git = arena_printf(arena, "%s/.git", dir);
    if (fs_is_dir(git)) return arena_printf(arena, "%s/config", git);
    if (!fs_exists(git) || fs_read(arena, git, 4096, &text) || !str_starts(text, "gitdir: ")) return NULL;
    struct str link = str_trim((struct str){text.p + 8, text.n - 8});
    if (link.n && link.p[0] == '/') return arena_printf(arena, "%.*s/../../config", STR_ARG(link));
    return arena_printf(arena, "%s/%.*s/../../config", dir, STR_ARG(link));
}

/* "https://github.com/acme/dw.git", "git@github.com:acme/dw" -> "acme/dw"; NULL for a path on this machine. */
static const char *name_of_url(struct arena *arena, struct str url) {
    bool remote = memchr(url.p, ':', url.n) && !str_starts(url, "file:");
    if (str_ends(url, ".git")) url.n -= 4;
    size_t start = url.n, slashes = 0;
    while (start > 0 && url.p[start - 1] != ':' && (url.p[start - 1] != '/' || ++slashes < 2)) start--;
    struct str name = {url.p + start, url.n - start};
    return remote && slashes >= 1 && name.n > 2 && name.n < 200 ? str_dup(arena, name) : NULL;
}

static const char *origin_name(struct arena *arena, const char *dir) {
    struct str text, line;
    bool inside = false;
    const char *path = git_config_path(arena, dir);
    if (!path || !fs_exists(path) || fs_read(arena, path, (size_t)1 << 20, &text)) return NULL;
    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (str_starts(line, "[")) inside = str_is(line, "[remote \"origin\"]");
        const char *equals = inside && str_starts(line, "url") ? memchr(line.p, '=', line.n) : NULL;
        if (equals) return name_of_url(arena, str_trim((struct str){equals + 1, (size_t)(line.p + line.n - equals - 1)}));
    }
    return NULL;
}

const char *local_name(struct arena *arena, const char *dir) {
    const char *origin = origin_name(arena, dir);
    char *full = origin ? NULL : realpath(dir, NULL);
    if (!full) return origin ? origin : dir;
    const char *slash = strrchr(full, '/');
    const char *name = arena_strdup(arena, slash && slash[1] ? slash + 1 : full);
    free(full);
    return name;
}

int local_fail(const struct err *failed) {
    fprintf(stderr, "parley: %s\n", failed->text);
    return EXIT_BROKEN;
}

const char *local_memory(struct arena *arena) {
    struct rusage usage;
    char text[32] = "not known";
    if (getrusage(RUSAGE_SELF, &usage) == 0) text_bytes((double)usage.ru_maxrss * 1024, text, sizeof text);
    return arena_strdup(arena, text);
}

static const struct err *dialect_of(const char *asked, const struct repo_settings *settings, enum dialect *out) {
    *out = DIALECT_DATABRICKS;
    const char *name = asked ? asked : settings->dialect;
    if (name && !dialect_parse(str_of(name), out)) return err_new(ERR_INPUT, "unknown dialect '%s'", name);
    return NULL;
}

static void store_close_deferred(void *store) { store_close(store); }

const struct err *local_store(struct arena *arena, const char *settings, const char *data, struct store **out) {
    if (!data) {
        struct settings *s;
        TRY(settings_load(arena, settings, SETTINGS_NO_SECRETS, &s));
        data = settings_place(s);
    }
    if (!store_is_shared(data) && !fs_exists(arena_printf(arena, "%s/parley.db", data)))
        return err_new(ERR_CONFIG, "there is no parley.db in %s: name the data folder by --data or --settings", data);
    TRY(migrate_open(data, out));
    arena_defer(arena, store_close_deferred, *out);
    return NULL;
}

/* ---- one side of a change ---- */

/* What a review of this machine's files is made from. */
struct local {
    struct arena *arena;
    const struct local_ask *ask;
    const char *name;
    enum dialect dialect;
    struct clone_change change;
    struct review_input in;
    struct catalog *catalogs[2];
    VEC(const char *) changed;
};

static bool path_asked(const struct local_ask *ask, const char *path) {
    if (!ask->path_count) return true;
    for (size_t i = 0; i < ask->path_count; i++) {
        const char *want = ask->paths[i];
        if (strncmp(want, "./", 2) == 0) want += 2;
        size_t n = strlen(want);
        while (n && want[n - 1] == '/') n--;
        if (n == 0 || strcmp(want, ".") == 0 || (strncmp(path, want, n) == 0 && (path[n] == 0 || path[n] == '/')) || text_glob(want, path))
            return true;
    }
    return false;
}

static const struct err *settings_load_tree(struct local *l, const struct clone_tree *tree) {
    const char *path;
    struct str bytes;
    TRY(clone_settings(l->arena, tree, &path, &bytes));
    struct settings_problems *problems = arena_new(l->arena, struct settings_problems);
    l->in.settings = repo_settings_read(l->arena, path ? path : ".parley.yml", path ? bytes : (struct str){"", 0}, NULL, problems);
    if (problems->n) l->in.settings_problems = problems;
    const char *owners_path;
    TRY(clone_codeowners(l->arena, tree, &owners_path, &bytes));
    if (owners_path) l->in.codeowners = codeowners_read(l->arena, bytes);
    return dialect_of(l->ask->dialect, l->in.settings, &l->dialect);
}

static const struct err *side_read(struct local *l, const struct clone_tree *tree, const char *const *only, size_t only_count, struct reading **out) {
    struct file_source source = tree_source(tree);
    if (!only_count) source.count = 0;
    struct read_options options = {.dialect = l->dialect, .only = only, .only_count = only_count};
    return read_files(l->arena, &source, &options, out);
}

const struct err *local_settings(struct arena *arena, const char *dir, const struct repo_settings **out) {
    struct clone_tree tree;
    struct local l = {.arena = arena, .ask = &(struct local_ask){.dir = dir}};
    TRY(clone_folder_open(arena, dir, &tree));
    TRY(settings_load_tree(&l, &tree));
    *out = l.in.settings;
    return NULL;
}

/* ---- catalogs ---- */

/* The base tree as a catalog in memory: what a change repeats is most often in its own repository. */
static const struct err *memory_catalog(struct local *l, const struct clone_tree *tree) {
    struct catalog *catalog;
    struct catalog_put_stats stats;
    struct refresh how = {l->name, "main", l->dialect, l->in.now};
    TRY(catalog_open(l->arena, ":memory:", &catalog));
    TRY(catalog_refresh(l->arena, catalog, tree, &how, &stats));
    l->catalogs[l->in.catalog_count++] = catalog;
    return NULL;
}

static const struct err *catalogs_make(struct local *l, const struct clone_tree *tree) {
    bool known = false;
    l->in.catalogs = l->catalogs;
    if (l->ask->catalog) {
        TRY(catalog_open(l->arena, l->ask->catalog, &l->catalogs[0]));
        l->in.catalog_count = 1;
        TRY(catalog_refreshed(l->arena, l->catalogs[0], l->name, "main", &known));
        struct waiver *waivers;
        TRY(waivers_load(l->arena, catalog_store(l->catalogs[0]), l->name, &waivers, &l->in.waiver_count));
        l->in.waivers = waivers;
        struct rules_use *use = arena_new(l->arena, struct rules_use);
        TRY(feedback_count(catalog_store(l->catalogs[0]), use));
        l->in.use = use;
    }
    return known ? NULL : memory_catalog(l, tree);
}

/* ---- the two ways ---- */

static const struct err *change_read(struct local *l) {
    VEC(const char *) before = {0}, after = {0};
    struct reading *base, *head;
    TRY(clone_local_open(l->arena, l->ask->dir, l->ask->base, l->ask->head, &l->change));
    TRY(settings_load_tree(l, &l->change.target));
    for (size_t i = 0; i < l->change.count; i++) {
        const struct clone_file *f = &l->change.files[i];
        if (!path_asked(l->ask, f->path) || repo_settings_ignores(l->in.settings, f->path, NULL)) continue;
        if (f->before.present) *vec_add(l->arena, &before) = f->old_path;
        if (f->after.present) *vec_add(l->arena, &after) = f->path;
        *vec_add(l->arena, &l->changed) = f->path;
        if (strcmp(f->path, f->old_path) != 0) *vec_add(l->arena, &l->changed) = f->old_path;
    }
    TRY(side_read(l, &l->change.base, before.at, before.n, &base));
    TRY(side_read(l, &l->change.head, after.at, after.n, &head));
    if (l->change.note) *vec_add(l->arena, &head->gaps) = (struct not_understood){.path = "", .reason = l->change.note};
    l->in.base = base;
    l->in.head = head;
    l->in.changed = l->changed.at;
    l->in.changed_count = l->changed.n;
    l->in.base_sha = l->change.merge_base;
    l->in.head_sha = l->change.head_sha;
    return catalogs_make(l, &l->change.base);
}

static const struct err *folder_read(struct local *l) {
    struct clone_tree *tree = arena_new(l->arena, struct clone_tree);
    struct reading *head;
    VEC(const char *) only = {0};
    TRY(clone_folder_open(l->arena, l->ask->dir, tree));
    TRY(settings_load_tree(l, tree));
    for (size_t i = 0; i < tree->count; i++) {
        if (path_asked(l->ask, tree->paths[i]) && !repo_settings_ignores(l->in.settings, tree->paths[i], NULL))
            *vec_add(l->arena, &only) = tree->paths[i];
    }
    if (!only.n && l->ask->path_count) return err_new(ERR_INPUT, "%s: no such file in %s", l->ask->paths[0], l->ask->dir);
    TRY(side_read(l, tree, only.at, only.n, &head));
    l->in.head = head;
    l->in.whole = true;
    return catalogs_make(l, tree);
}

const struct err *local_review(struct arena *arena, const struct local_ask *ask, struct review **out) {
    struct local *l = arena_new(arena, struct local);
    struct price_list *prices;
    l->arena = arena;
    l->ask = ask;
    l->name = local_name(arena, ask->dir);
    l->in = (struct review_input){.repo = l->name, .source = "command", .now = clock_now()};
    TRY(price_list_load(arena, ask->prices, &prices));
    l->in.prices = prices;
    TRY(ask->base || ask->head ? change_read(l) : folder_read(l));
    return review_run(arena, &l->in, out);
}

/* ---- scan ---- */

/* A tree with some files that lie elsewhere. */
struct overlay {
    const struct clone_tree *inner;
    const struct scan_ask *ask;
    const char **names; /* one for each artifact */
};

static const struct err *overlay_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    const struct overlay *o = ctx;
    for (size_t i = 0; i < o->ask->artifact_count; i++) {
        if (strcmp(o->names[i], path) == 0) return fs_read(arena, o->ask->artifacts[i], READ_ARTIFACT_MAX, bytes);
    }
    return clone_tree_get((void *)(uintptr_t)o->inner, arena, path, bytes);
}

static const struct err *overlay_make(struct arena *arena, const struct clone_tree *inner, const struct scan_ask *ask, struct clone_tree *out) {
    struct overlay *o = arena_new(arena, struct overlay);
    const char **paths = arena_array(arena, inner->count + ask->artifact_count + 1, sizeof *paths);
    size_t n = 0;
    *o = (struct overlay){inner, ask, arena_array(arena, ask->artifact_count + 1, sizeof *o->names)};
    for (size_t i = 0; i < ask->artifact_count; i++) {
        const char *slash = strrchr(ask->artifacts[i], '/');
        if (!fs_exists(ask->artifacts[i])) return err_new(ERR_INPUT, "%s: there is no such file", ask->artifacts[i]);
        o->names[i] = arena_printf(arena, "target/%s", slash ? slash + 1 : ask->artifacts[i]);
        paths[n++] = o->names[i];
    }
    for (size_t i = 0; i < inner->count; i++) {
        bool hidden = false;
        for (size_t k = 0; k < ask->artifact_count; k++) hidden |= strcmp(inner->paths[i], o->names[k]) == 0;
        if (!hidden) paths[n++] = inner->paths[i];
    }
    *out = *inner;
    out->paths = paths;
    out->count = n;
    out->ctx = o;
    out->get = overlay_get;
    return NULL;
}

const struct err *local_scan(struct arena *arena, struct catalog *catalog, const struct scan_ask *ask, struct catalog_put_stats *stats,
                             size_t *gaps) {
    struct clone_tree folder, tree;
    struct local l = {.arena = arena, .ask = &(struct local_ask){.dir = ask->dir}, .name = local_name(arena, ask->dir)};
    TRY(clone_folder_open(arena, ask->dir, &folder));
    TRY(settings_load_tree(&l, &folder));
    TRY(overlay_make(arena, &folder, ask, &tree));
    struct refresh how = {l.name, "main", l.dialect, clock_now()};
    *gaps = 0;
    return catalog_refresh(arena, catalog, &tree, &how, stats);
}
