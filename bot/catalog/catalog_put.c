/* catalog_put.c - a reading into rows: what the files held before is replaced, upstream definitions are bound before those that read them. */
#include "catalog_rows.h"

#include "bind.h"
#include "binding.h"
#include "entry.h"
#include "map.h"
#include "sql_print.h"

#define PUT_ARENA    ((size_t)1 << 30)
#define READS_MAX    500
#define POSTINGS_MAX 2000 /* features of one definition that are posted */

struct put {
    struct arena *arena;   /* of the whole put */
    struct arena *scratch; /* of one definition */
    struct catalog *catalog;
    const struct catalog_put *in;
    struct catalog_put_stats *stats;
    struct known *known;
    struct schema *schema;
    struct views *views;
    struct map *paths; /* of the files put: what was read of others for context is in the catalog already */
};

/* ---- away with what was there ---- */

static const struct err *posting_drop(struct put *p, int kind, uint64_t hash, int64_t definition) {
    return store_run(p->catalog->store, "DELETE FROM feature WHERE kind = $1 AND hash = $2 AND definition = $3",
                     VALS(val_int(kind), val_int((int64_t)hash), val_int(definition)), NULL);
}

static const struct err *definition_drop(void *ctx, const struct val *c, size_t count) {
    struct put *p = ctx;
    int64_t id = val_as_int(&c[0], 0);
    const struct features *features = features_unpack(p->arena, &c[1]);
    for (size_t i = 0; i < features->n; i++) {
        TRY(posting_drop(p, (int)features->at[i].kind, features->at[i].hash, id));
        if (features->at[i].kind == FEATURE_TABLE) TRY(posting_drop(p, ANCHOR_KIND, features->at[i].hash, id));
    }
    TRY(store_run(p->catalog->store, "DELETE FROM edge WHERE definition = $1", VALS(val_int(id)), NULL));
    p->stats->deleted++;
    return NULL;
}

static const struct err *path_drop(struct put *p, const char *path) {
    static const char *const deletes[] = {
        "DELETE FROM definition WHERE repo = $1 AND scope = $2 AND path = $3",
        "DELETE FROM dataset_fact WHERE repo = $1 AND scope = $2 AND path = $3",
        "DELETE FROM metric WHERE repo = $1 AND scope = $2 AND path = $3",
        "DELETE FROM job WHERE repo = $1 AND scope = $2 AND path = $3",
        "DELETE FROM catalog_file WHERE repo = $1 AND scope = $2 AND path = $3",
    };
    const struct vals where = VALS(val_text(p->in->repo), val_text(p->in->scope), val_text(path));
    TRY(store_each(p->catalog->store, "SELECT id, features FROM definition WHERE repo = $1 AND scope = $2 AND path = $3", where, definition_drop, p));
    for (size_t i = 0; i < sizeof deletes / sizeof *deletes; i++) TRY(store_run(p->catalog->store, deletes[i], where, NULL));
    return NULL;
}

/* ---- in with what was read ---- */

static const struct err *facts_put(struct put *p, const struct dataset_facts *f) {
    const char *key = name_key(p->arena, f->dataset);
    p->stats->datasets++;
    return store_run(
        p->catalog->store,
        "INSERT INTO dataset_fact (repo, scope, path, line, name, name_key, name_last, body, taken_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        VALS(val_text(p->in->repo), val_text(p->in->scope), val_text(f->path ? f->path : ""), val_int(f->line), val_text(f->dataset), val_text(key),
             val_text(name_last(key)), val_text(facts_write(p->arena, f, NULL, -1)), val_int(p->in->now)),
        NULL);
}

static const struct err *job_put(struct put *p, const struct job *job) {
    const struct compute none = {.workers_min = -1, .workers_max = -1, .autotermination_minutes = -1};
    p->stats->jobs++;
    return store_run(p->catalog->store,
                     "INSERT INTO job (repo, scope, path, line, uid, name, kind, owner, runs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     VALS(val_text(p->in->repo), val_text(p->in->scope), val_text(job->path ? job->path : ""), val_int(job->line), val_text(job->id),
                          val_text(job->name), val_text(job->kind), val_text(job->owner), val_text(runs_write(p->arena, &job->schedule, &none))),
                     NULL);
}

static const struct err *metric_put(struct put *p, const struct metric *m) {
    struct hash128 identity = {0, 0};
    const char *sql = NULL;
    if (m->query) {
        struct plan *plan = plan_bind(p->scratch, m->query, p->schema, DIALECT_DATABRICKS);
        identity = features_of(p->scratch, plan)->exact;
        sql = sql_query_text(p->scratch, m->query, DIALECT_DATABRICKS);
    }
    p->stats->metrics++;
    return store_run(
        p->catalog->store,
        "INSERT INTO metric (repo, scope, path, line, name, name_key, dataset, expression, filter, owner, origin, sql, identity_hi, identity_lo) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        VALS(val_text(p->in->repo), val_text(p->in->scope), val_text(m->path), val_int(m->line), val_text(m->name),
             val_text(name_key(p->scratch, m->name)), val_text(m->dataset), val_text(m->expression), val_text(m->filter), val_text(m->owner),
             val_text(m->origin), val_text(sql), val_int((int64_t)identity.hi), val_int((int64_t)identity.lo)),
        NULL);
}

static bool is_posted(enum feature_kind kind) { return kind != FEATURE_OUTPUT && kind != FEATURE_PREDICATE; }

static const struct err *posting_put(struct put *p, int kind, uint64_t hash, int64_t id, uint64_t tables) {
    return store_run(p->catalog->store, "INSERT INTO feature (kind, hash, definition, tables) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                     VALS(val_int(kind), val_int((int64_t)hash), val_int(id), val_int((int64_t)tables)), NULL);
}

/* The table that fewest definitions read stands for the definition: ENGINE 4.6, containment. */
static const struct err *anchor_put(struct put *p, const struct features *features, int64_t id, uint64_t tables) {
    uint64_t rarest = 0;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < features->n; i++) {
        if (features->at[i].kind != FEATURE_TABLE) continue;
        int64_t n;
        TRY(store_number(p->catalog->store, "SELECT count(*) FROM (SELECT 1 FROM feature WHERE kind = $1 AND hash = $2 LIMIT 1000) AS few",
                         VALS(val_int(FEATURE_TABLE), val_int((int64_t)features->at[i].hash)), &n));
        if (n < least) least = n, rarest = features->at[i].hash;
    }
    return least == INT64_MAX ? NULL : posting_put(p, ANCHOR_KIND, rarest, id, tables);
}

static const struct err *postings_put(struct put *p, const struct features *features, int64_t id) {
    uint64_t tables = tables_bloom(features);
    size_t posted = 0;
    TRY(anchor_put(p, features, id, tables));
    for (size_t i = 0; i < features->n && posted < POSTINGS_MAX; i++) {
        if (!is_posted(features->at[i].kind)) continue;
        TRY(posting_put(p, (int)features->at[i].kind, features->at[i].hash, id, tables));
        posted++;
    }
    return NULL;
}

static const struct err *edges_put(struct put *p, const struct entry *e, int64_t id) {
    for (size_t i = 0; i < e->read_count && i < READS_MAX; i++) {
        const char *key = name_key(p->scratch, e->reads[i]);
        TRY(store_run(p->catalog->store, "INSERT INTO edge (definition, source_last, source_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                      VALS(val_int(id), val_text(name_last(key)), val_text(key)), NULL));
    }
    return NULL;
}

static const struct err *entry_put(struct put *p, const struct entry *e, const struct definition *d, const char *columns) {
    const char *key = e->dataset ? name_key(p->scratch, e->dataset) : NULL;
    struct row id;
    TRY(store_one(
        p->catalog->store, p->scratch,
        "INSERT INTO definition (repo, scope, uid, path, line, end_line, cell, name, dataset, dataset_key, dataset_last, kind, artefact, dialect, "
        "sql, "
        "sql_size, owner, description, job, runs, reads, columns, columns_complete, partition_by, state, why, identity_hi, identity_lo, exact_hi, "
        "exact_lo, features, put_at, fill) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
        "$22, "
        "$23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ON CONFLICT (repo, scope, uid) DO NOTHING RETURNING id",
        VALS(val_text(p->in->repo), val_text(p->in->scope), val_text(e->uid), val_text(e->path), val_int(e->line), val_int(e->end_line),
             val_int(e->cell), val_text(e->name), val_text(e->dataset), val_text(key), val_text(key ? name_last(key) : NULL), val_int(e->kind),
             val_int(e->artefact), val_int(e->dialect), text_pack(p->scratch, e->sql), val_int(e->sql ? (int64_t)strlen(e->sql) : 0),
             val_text(e->owner), val_text(e->description), val_text(e->job), val_text(runs_write(p->scratch, &e->schedule, &e->compute)),
             val_text(lines_write(p->scratch, e->reads, e->read_count)), val_text(columns), val_int(columns != NULL),
             val_text(lines_write(p->scratch, d->partition_by, d->partition_count)), val_int(e->state), val_text(e->why),
             val_int((int64_t)e->identity.hi), val_int((int64_t)e->identity.lo), val_int((int64_t)e->exact.hi), val_int((int64_t)e->exact.lo),
             features_pack(p->scratch, e->features), val_int(p->in->now), val_text(fill_write(p->scratch, e))),
        &id));
    if (!id.count) return NULL; /* the reader gave two definitions one id: the first stays */
    p->stats->definitions++;
    p->stats->planned += e->state == ENTRY_PLANNED;
    p->stats->formed += e->state == ENTRY_FORMED;
    p->stats->bound += e->state == ENTRY_BOUND;
    p->stats->text += e->state == ENTRY_TEXT;
    TRY(edges_put(p, e, id.at[0].i));
    return e->features ? postings_put(p, e->features, id.at[0].i) : NULL;
}

/* Somebody downstream who says what they read, not how: a definition without a query. */
static const struct err *exposure_put(struct put *p, const struct exposure *e) {
    char *uid = arena_alloc(p->scratch, HASH_HEX);
    const char *key = arena_printf(p->scratch, "%s\nexposure\n%s", e->path, e->name);
    hash128_hex(hash128(key, strlen(key)), uid);
    struct definition d = {.id = uid};
    struct entry entry = {.uid = uid,
                          .path = e->path,
                          .line = e->line,
                          .end_line = e->line,
                          .name = arena_printf(p->scratch, "%s %s", e->type ? e->type : "exposure", e->name),
                          .kind = DEF_QUERY,
                          .artefact = ARTEFACT_DASHBOARD,
                          .owner = e->owner,
                          .reads = e->reads,
                          .read_count = e->read_count,
                          .compute = {.workers_min = -1, .workers_max = -1, .autotermination_minutes = -1},
                          .state = ENTRY_TEXT,
                          .why = "an exposure says what it reads, not how",
                          .exact = hash128(key, strlen(key))};
    entry.identity = entry.exact;
    const struct err *failed = entry_put(p, &entry, &d, NULL);
    arena_reset(p->scratch);
    return failed;
}

static const struct err *definition_put(struct put *p, const struct definition *d) {
    struct entry entry;
    entry_of_definition(p->scratch, d, p->schema, p->views, &entry);
    struct column_fact *columns;
    size_t count;
    const char *text = NULL;
    if (entry_outputs(p->scratch, &entry, d, &columns, &count)) {
        text = columns_write(p->scratch, columns, count);
        known_learn(p->known, entry.dataset, columns, count);
    }
    const struct err *failed = entry_put(p, &entry, d, text);
    arena_reset(p->scratch);
    return failed;
}

static bool is_kept(const char *path) { return !path || strlen(path) <= PATH_KEPT_MAX; }
static bool is_put(const struct put *p, const char *path) { return !path || map_get(p->paths, str_of(path)); }

static const struct err *files_put(struct put *p) {
    const struct catalog_put *in = p->in;
    p->paths = map_new(p->arena);
    for (size_t i = 0; i < in->file_count; i++) {
        if (is_kept(in->files[i].path)) map_put(p->paths, str_of(in->files[i].path), p);
    }
    for (size_t i = 0; i < in->gone_count; i++) TRY(path_drop(p, in->gone[i]));
    for (size_t i = 0; i < in->file_count; i++) {
        if (!is_kept(in->files[i].path)) continue;
        TRY(path_drop(p, in->files[i].path));
        TRY(store_run(p->catalog->store,
                      "INSERT INTO catalog_file (repo, scope, path, digest, commit_sha, put_at) VALUES ($1, $2, $3, $4, $5, $6) "
                      "ON CONFLICT (repo, scope, path) DO UPDATE SET digest = excluded.digest", /* names that differ in bytes no text has */
                      VALS(val_text(in->repo), val_text(in->scope), val_text(in->files[i].path),
                           val_bytes(&in->files[i].digest, sizeof in->files[i].digest), val_text(in->commit), val_int(in->now)),
                      NULL));
        p->stats->files++;
    }
    return NULL;
}

static const struct err *reading_put(struct put *p) {
    const struct reading *r = p->in->reading;
    TRY(files_put(p));
    for (size_t i = 0; i < r->facts.n; i++) {
        if (is_put(p, r->facts.at[i].path)) TRY(facts_put(p, &r->facts.at[i]));
    }
    for (size_t i = 0; i < r->jobs.n; i++) {
        if (is_put(p, r->jobs.at[i].path)) TRY(job_put(p, &r->jobs.at[i]));
    }
    size_t name_count;
    const char *const *names = reading_names(p->arena, r, &name_count);
    TRY(catalog_views(p->arena, &p->catalog, 1, r, names, name_count, &p->views));
    names = views_names(p->views, &name_count);
    TRY(catalog_known(p->arena, &p->catalog, 1, r, names, name_count, &p->known));
    p->schema = known_schema(p->known);
    const size_t *order = definitions_order(p->arena, r);
    for (size_t i = 0; i < r->definitions.n; i++) {
        if (is_kept(r->definitions.at[order[i]].path)) TRY(definition_put(p, &r->definitions.at[order[i]]));
        if (p->in->progress) p->in->progress(p->in->progress_ctx, i + 1, r->definitions.n);
    }
    for (size_t i = 0; i < r->exposures.n; i++) {
        if (r->exposures.at[i].from_dbt && is_put(p, r->exposures.at[i].path)) TRY(exposure_put(p, &r->exposures.at[i]));
    }
    for (size_t i = 0; i < r->metrics.n; i++) {
        if (is_put(p, r->metrics.at[i].path)) TRY(metric_put(p, &r->metrics.at[i]));
    }
    return NULL;
}

/* Inside the caller's transaction, or in one of its own. */
static const struct err *in_transaction(struct put *p, const struct err *(*work)(struct put *)) {
    bool own;
    TRY(store_join(p->catalog->store, &own));
    const struct err *failed = catalog_lock(p->arena, p->catalog, p->in->repo);
    return store_leave(p->catalog->store, own, failed ? failed : work(p));
}

const struct err *catalog_put_reading(struct catalog *catalog, const struct catalog_put *put, struct catalog_put_stats *stats) {
    struct catalog_put_stats ignored = {0};
    struct put p = {arena_create(PUT_ARENA), arena_create(PUT_ARENA), catalog, put, stats ? stats : &ignored, NULL, NULL, NULL, NULL};
    const struct err *failed = in_transaction(&p, reading_put);
    arena_destroy(p.scratch);
    arena_destroy(p.arena);
    return failed ? err_wrap(failed, "catalog of %s", put->repo) : NULL;
}

static const struct err *path_list_drop(struct put *p) {
    struct str *paths;
    size_t count;
    TRY(catalog_paths(p->arena, p->catalog, p->in->repo, p->in->scope, &paths, &count));
    for (size_t i = 0; i < count; i++) TRY(path_drop(p, paths[i].p));
    return NULL;
}

const struct err *catalog_drop_scope(struct catalog *catalog, const char *repo, const char *scope) {
    struct catalog_put put = {.repo = repo, .scope = scope};
    struct catalog_put_stats ignored = {0};
    struct put p = {arena_create(PUT_ARENA), NULL, catalog, &put, &ignored, NULL, NULL, NULL, NULL};
    const struct err *failed = in_transaction(&p, path_list_drop);
    arena_destroy(p.arena);
    return failed;
}
