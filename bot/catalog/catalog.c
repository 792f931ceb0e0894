/* catalog.c - opening, counting and listing. */
#include "catalog_rows.h"

#include "fs.h"
#include "map.h"
#include "migrate.h"

#include <stdlib.h>

struct catalog *catalog_of(struct arena *arena, struct store *store) {
    struct catalog *catalog = arena_new(arena, struct catalog);
    *catalog = (struct catalog){arena, store};
    return catalog;
}

static void store_close_deferred(void *store) { store_close(store); }

const struct err *catalog_open(struct arena *arena, const char *path, struct catalog **out) {
    struct store *store = NULL;
    const struct err *failed = store_open(path, &store);
    if (!failed) {
        arena_defer(arena, store_close_deferred, store);
        failed = migrate_run(store);
    }
    if (failed) return err_wrap(failed, "catalog %s", store_name(arena, path));
    *out = catalog_of(arena, store);
    return NULL;
}

struct store *catalog_store(const struct catalog *catalog) {
    return catalog->store;
}

const struct err *catalog_lock(struct arena *arena, struct catalog *catalog, const char *repo) {
    return store_lock(catalog->store, arena_printf(arena, "catalog %s", repo));
}

struct files_ctx {
    struct arena *arena;
    struct map *files;
};

static const struct err *file_row(void *ctx, const struct val *c, size_t count) {
    struct files_ctx *f = ctx;
    struct hash128 *digest = arena_new(f->arena, struct hash128);
    if (c[1].n == sizeof *digest) memcpy(digest, c[1].p, sizeof *digest);
    map_put(f->files, (struct str){c[0].p, c[0].n}, digest);
    return NULL;
}

const struct err *catalog_files(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, struct map **out) {
    struct files_ctx f = {arena, map_new(arena)};
    *out = f.files;
    return store_each(catalog->store, "SELECT path, digest FROM catalog_file WHERE repo = $1 AND scope = $2", VALS(val_text(repo), val_text(scope)),
                      file_row, &f);
}

const char *catalog_key(struct arena *arena, const char *dataset) { return name_key(arena, dataset); }

struct paths_ctx {
    struct arena *arena;
    VEC(struct str) list;
};

static const struct err *path_row(void *ctx, const struct val *c, size_t count) {
    struct paths_ctx *p = ctx;
    char *path = val_as_text(p->arena, &c[0], "");
    *vec_add(p->arena, &p->list) = str_of(path);
    return NULL;
}

const struct err *catalog_paths(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, struct str **out, size_t *count) {
    struct paths_ctx p = {.arena = arena};
    TRY(store_each(catalog->store, "SELECT path FROM catalog_file WHERE repo = $1 AND scope = $2 ORDER BY path",
                   VALS(val_text(repo), val_text(scope)), path_row, &p));
    *out = p.list.at;
    *count = p.list.n;
    return NULL;
}

const struct err *catalog_stats(struct catalog *catalog, struct catalog_stats *out) {
    const struct {
        const char *sql;
        int64_t *into;
    } counts[] = {
        {"SELECT count(DISTINCT repo) FROM catalog_file", &out->repositories},
        {"SELECT count(*) FROM catalog_file", &out->files},
        {"SELECT count(*) FROM definition", &out->definitions},
        {"SELECT count(*) FROM definition WHERE state = 0", &out->planned},
        {"SELECT count(*) FROM definition WHERE state = 3", &out->formed},
        {"SELECT count(*) FROM definition WHERE state = 1", &out->bound},
        {"SELECT count(*) FROM definition WHERE state = 2", &out->text},
        {"SELECT count(*) FROM (SELECT dataset_key AS k FROM definition WHERE dataset_key IS NOT NULL UNION SELECT source_key FROM edge UNION "
         "SELECT name_key FROM dataset_fact) AS names",
         &out->datasets},
        {"SELECT count(DISTINCT name_key) FROM dataset_fact WHERE body LIKE '%\"bytes\":%'", &out->sized},
        {"SELECT count(*) FROM metric", &out->metrics},
        {"SELECT count(*) FROM job", &out->jobs},
        {"SELECT count(*) FROM edge", &out->edges},
        {"SELECT count(*) FROM feature", &out->features},
    };
    *out = (struct catalog_stats){0};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) TRY(store_number(catalog->store, counts[i].sql, VALS_NONE, counts[i].into));
    return NULL;
}

/* ---- lists of entries ---- */

struct entries_ctx {
    struct arena *arena;
    VEC(struct entry) list;
};

static const struct err *entry_row(void *ctx, const struct val *c, size_t count) {
    struct entries_ctx *e = ctx;
    entry_of_row(e->arena, c, vec_add(e->arena, &e->list));
    return NULL;
}

const struct err *catalog_fillers(struct arena *arena, struct catalog *catalog, const char *dataset, struct entry **out, size_t *count) {
    struct entries_ctx e = {.arena = arena};
    const char *key = name_key(arena, dataset);
    TRY(store_each(catalog->store,
                   "SELECT " ENTRY_COLUMNS
                   " FROM definition d WHERE d.dataset_last = $1 AND " FITS_KEY("d.dataset_key") " ORDER BY d.scope, d.id LIMIT 20",
                   VALS(val_text(name_last(key)), val_text(key)), entry_row, &e));
    *out = e.list.at;
    *count = e.list.n;
    return NULL;
}

const struct err *catalog_of_job(struct arena *arena, struct catalog *catalog, const char *job, size_t limit, struct entry **out, size_t *count) {
    struct entries_ctx e = {.arena = arena};
    TRY(store_each(catalog->store, "SELECT " ENTRY_COLUMNS " FROM definition d WHERE d.scope = 'main' AND d.job = $1 ORDER BY d.id LIMIT $2",
                   VALS(val_text(job), val_int((int64_t)limit)), entry_row, &e));
    *out = e.list.at;
    *count = e.list.n;
    return NULL;
}

const struct err *catalog_of_path(struct arena *arena, struct catalog *catalog, const char *repo, const char *path, struct entry **out,
                                  size_t *count) {
    struct entries_ctx e = {.arena = arena};
    TRY(store_each(catalog->store,
                   "SELECT " ENTRY_COLUMNS
                   " FROM definition d WHERE d.repo = $1 AND d.scope = 'main' AND d.path = $2 ORDER BY d.line, d.id LIMIT 500",
                   VALS(val_text(repo), val_text(path)), entry_row, &e));
    *out = e.list.at;
    *count = e.list.n;
    return NULL;
}

const struct err *readers_count(struct catalog *catalog, const char *key, int64_t *out) {
    return store_number(catalog->store, "SELECT count(*) FROM edge g WHERE g.source_last = $1 AND " FITS_KEY("g.source_key"),
                        VALS(val_text(name_last(key)), val_text(key)), out);
}

const struct err *catalog_readers(struct arena *arena, struct catalog *catalog, const char *dataset, size_t limit, struct entry **out, size_t *count,
                                  int64_t *all) {
    struct entries_ctx e = {.arena = arena};
    const char *key = name_key(arena, dataset);
    TRY(store_each(catalog->store,
                   "SELECT " ENTRY_COLUMNS " FROM edge g JOIN definition d ON d.id = g.definition WHERE g.source_last = $1 AND " FITS_KEY(
                       "g.source_key") " ORDER BY d.scope, d.id LIMIT $3",
                   VALS(val_text(name_last(key)), val_text(key), val_int((int64_t)limit)), entry_row, &e));
    *out = e.list.at;
    *count = e.list.n;
    return all ? readers_count(catalog, key, all) : NULL;
}

const struct err *catalog_find(struct arena *arena, struct catalog *catalog, const char *text, size_t limit, struct entry **out, size_t *count) {
    struct entries_ctx e = {.arena = arena};
    struct buf like = buf_new(arena);
    buf_char(&like, '%');
    for (const char *p = name_key(arena, text); *p; p++) {
        if (*p == '%' || *p == '_' || *p == '\\') buf_char(&like, '\\');
        buf_char(&like, *p);
    }
    buf_char(&like, '%');
    TRY(store_each(
        catalog->store,
        "SELECT " ENTRY_COLUMNS " FROM definition d WHERE lower(coalesce(d.dataset, '')) LIKE $1 ESCAPE '\\' OR lower(d.name) LIKE $1 ESCAPE '\\' "
        "OR lower(coalesce(d.description, '')) LIKE $1 ESCAPE '\\' OR lower(d.path) LIKE $1 ESCAPE '\\' "
        "ORDER BY CASE WHEN lower(coalesce(d.dataset, '')) LIKE $1 ESCAPE '\\' THEN 0 ELSE 1 END, length(coalesce(d.dataset, d.name)), d.id LIMIT $2",
        VALS(val_text(buf_str(&like)), val_int((int64_t)limit)), entry_row, &e));
    *out = e.list.at;
    *count = e.list.n;
    return NULL;
}

struct metrics_ctx {
    struct arena *arena;
    VEC(struct metric_entry) list;
};

static const struct err *metric_row(void *ctx, const struct val *c, size_t count) {
    struct metrics_ctx *m = ctx;
    *vec_add(m->arena, &m->list) = (struct metric_entry){
        .repo = val_as_text(m->arena, &c[0], ""),
        .name = val_as_text(m->arena, &c[1], ""),
        .dataset = val_as_text(m->arena, &c[2], NULL),
        .expression = val_as_text(m->arena, &c[3], NULL),
        .filter = val_as_text(m->arena, &c[4], NULL),
        .owner = val_as_text(m->arena, &c[5], NULL),
        .path = val_as_text(m->arena, &c[6], ""),
        .origin = val_as_text(m->arena, &c[7], NULL),
        .line = (int)val_as_int(&c[8], 0),
        .identity = {(uint64_t)val_as_int(&c[9], 0), (uint64_t)val_as_int(&c[10], 0)},
        .sql = val_as_text(m->arena, &c[11], NULL),
    };
    return NULL;
}

const struct err *catalog_metrics(struct arena *arena, struct catalog *catalog, const char *name, const struct hash128 *identity,
                                  struct metric_entry **out, size_t *count) {
    struct metrics_ctx m = {.arena = arena};
    struct val hi = identity ? val_int((int64_t)identity->hi) : val_null(), lo = identity ? val_int((int64_t)identity->lo) : val_null();
    TRY(store_each(catalog->store,
                   "SELECT repo, name, dataset, expression, filter, owner, path, origin, line, identity_hi, identity_lo, sql FROM metric "
                   "WHERE scope IN ('main', 'import') AND (name_key = $1 OR (identity_hi = $2 AND identity_lo = $3)) ORDER BY id LIMIT 50",
                   VALS(name ? val_text(name_key(arena, name)) : val_null(), hi, lo), metric_row, &m));
    *out = m.list.at;
    *count = m.list.n;
    return NULL;
}

const struct err *catalog_metrics_over(struct arena *arena, struct catalog *catalog, const char *dataset, struct metric_entry **out, size_t *count) {
    struct metrics_ctx m = {.arena = arena};
    const char *key = name_key(arena, dataset);
    TRY(store_each(catalog->store,
                   "SELECT repo, name, dataset, expression, filter, owner, path, origin, line, identity_hi, identity_lo, sql FROM metric "
                   "WHERE scope IN ('main', 'import') AND dataset IS NOT NULL AND "
                   "(lower(dataset) = $1 OR lower(dataset) LIKE '%.' || $1 OR $1 LIKE '%.' || lower(dataset)) ORDER BY name, id LIMIT 200",
                   VALS(val_text(key)), metric_row, &m));
    *out = m.list.at;
    *count = m.list.n;
    return NULL;
}

/* ---- every definition ---- */

#define EACH_BATCH 200

const struct err *catalog_each(struct catalog *catalog, catalog_visit fn, void *ctx) {
    struct arena *arena = arena_create(ARENA_JOB);
    const struct err *failed = NULL;
    int64_t last = 0;
    for (bool more = true; more && !failed;) {
        struct entries_ctx e = {.arena = arena};
        failed = store_each(catalog->store, "SELECT " ENTRY_COLUMNS " FROM definition d WHERE d.id > $1 ORDER BY d.id LIMIT $2",
                            VALS(val_int(last), val_int(EACH_BATCH)), entry_row, &e);
        for (size_t i = 0; !failed && i < e.list.n; i++) failed = fn(ctx, &e.list.at[i]);
        more = e.list.n == EACH_BATCH;
        if (e.list.n) last = e.list.at[e.list.n - 1].id;
        arena_reset(arena);
    }
    arena_destroy(arena);
    return failed;
}
