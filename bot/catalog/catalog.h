/* catalog.h - all that exists: datasets, definitions, metrics, jobs, lineage and owners, kept in a store.
 * Layer: catalog. May use: base, store, sql, plan, read.
 *
 * Everything is scoped: "main" is the default branch, "pr:42" an open pull request. A repository is replaced file by file. */
#ifndef CATALOG_H
#define CATALOG_H

#include "definition.h"
#include "err.h"
#include "hash.h"
#include "text.h"

struct features;
struct map;
struct plan;
struct schema;
struct store;

/* An open catalog. `store` is borrowed when it was given. One thread. */
struct catalog;

/* The catalog in a store whose migrations were applied (the server's database). */
struct catalog *catalog_of(struct arena *arena, struct store *store);

/* The catalog in a file, made when absent; closed with the arena. ":memory:" makes one that is gone afterwards.
 * ERR_CONFIG when the file is not a catalog or cannot be written. */
const struct err *catalog_open(struct arena *arena, const char *path, struct catalog **out) MUST_CHECK;

struct store *catalog_store(const struct catalog *catalog);

/* Inside a transaction: nobody else changes what the catalog keeps of `repo` until it ends (store_lock). */
const struct err *catalog_lock(struct arena *arena, struct catalog *catalog, const char *repo) MUST_CHECK;

/* ---- what a catalog holds of a definition ---- */

/* How far a definition was understood: what may be claimed of it. */
enum entry_state {
    ENTRY_PLANNED, /* bound and normalized: proofs are possible */
    ENTRY_BOUND,   /* a plan, but with parts that are in no normal form: similar only */
    ENTRY_TEXT,    /* no plan: reads and name only */
    ENTRY_FORMED,  /* a whole normal form that proves nothing: rows may differ from run to run, or a condition is not known to hold */
};

struct entry;
/* Does the dataset hold what the query gives, and nothing else? */
bool entry_is_whole(const struct entry *entry);

/* A definition as stored, or as it would be. A plain record. */
struct entry {
    int64_t id; /* 0: not stored */
    const char *repo, *scope;
    const char *uid; /* definition.id */
    const char *path;
    int line, end_line, cell;
    const char *name;    /* for people */
    const char *dataset; /* NULL when it fills none */
    enum definition_kind kind;
    bool partial;     /* its dataset may hold other rows than the query gives: nothing is said to be readable there */
    struct fill fill; /* how, as far as that is known */
    enum artefact artefact;
    enum dialect dialect;
    const char *sql; /* NULL when none */
    const char *owner, *description;
    const char *job;
    struct schedule schedule;
    struct compute compute;
    const char *const *reads;
    size_t read_count;
    enum entry_state state;
    const char *why;                 /* not ENTRY_PLANNED: the reason in words */
    struct hash128 identity;         /* of the normal form; the text's when there is none */
    struct hash128 exact;            /* of the tokens */
    const struct features *features; /* NULL when not loaded */
    const struct plan *plan;         /* NULL when not bound in this process */
    const struct sql_query *query;   /* NULL when not parsed in this process */
    bool unfolded;                   /* the plan is not of `query` alone: views that it reads stand in it */
    int64_t readers;                 /* definitions that read its dataset, plus imported readers; -1 not known */
};

/* What is known of a dataset. */
struct dataset {
    const char *name;
    const char *repo; /* that fills it; NULL when none is known */
    const char *kind; /* "table", "view", ..., "source" */
    const char *owner, *description;
    const char *refresh; /* in words, NULL when not known */
    int64_t bytes, rows; /* -1: not known */
    int64_t readers;     /* -1: not known */
    const char *origin;  /* where the figures come from: "import sizes.yml", "DDL", ... */
    int64_t age;         /* UTC seconds when they were taken; 0 not known */
    struct column_fact *columns;
    size_t column_count;
    bool columns_complete;
    const char *const *partition_by;
    size_t partition_count;
    const char *const *cluster_by;
    size_t cluster_count;
    int tests;                  /* known of, on its rows */
    const char *classification; /* of the dataset as a whole; NULL when nothing says it */
};

/* ---- writing ---- */

struct catalog_put_stats {
    size_t files, definitions, planned, formed, bound, text, deleted, datasets, metrics, jobs;
};

/* Files as remembered from the last put: path to struct hash128 of its bytes. Lets a scan pass over files that did not change. */
const struct err *catalog_files(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, struct map **out) MUST_CHECK;

/* One file of a put: its digest as catalog_files will give it. */
struct put_file {
    const char *path;
    struct hash128 digest;
};

struct catalog_put {
    const char *repo, *scope, *commit; /* commit may be NULL */
    const struct reading *reading;     /* of `files` */
    const struct put_file *files;      /* all that were read: what the catalog holds of these paths is replaced */
    size_t file_count;
    const char *const *gone; /* paths that do not exist any more */
    size_t gone_count;
    int64_t now;
    void (*progress)(void *ctx, size_t done, size_t all); /* may be NULL */
    void *progress_ctx;
};

/* Stores the reading; binds every definition against the datasets known then. One transaction. */
const struct err *catalog_put_reading(struct catalog *catalog, const struct catalog_put *put, struct catalog_put_stats *stats) MUST_CHECK;

/* Drops a scope of a repository: a closed pull request. */
const struct err *catalog_drop_scope(struct catalog *catalog, const char *repo, const char *scope) MUST_CHECK;

/* A dataset's name as the catalog compares it: lower case, quotes taken off. */
const char *catalog_key(struct arena *arena, const char *dataset);

/* Paths stored for a scope, sorted. */
const struct err *catalog_paths(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, struct str **out,
                                size_t *count) MUST_CHECK;

/* Datasets with sizes, readers, refresh and owners from YAML or JSON (JSON is YAML):
 *   datasets:
 *     - {name: gold.customer_features, bytes: 12 GB, rows: 40000000, readers: 11, refresh: "daily at 05:00", owner: "@dana",
 *        description: ..., partition_by: [event_date], cluster_by: [user_id], keys: [[id]], verified: true,
 *        columns: [{name: id, type: bigint, not_null: true, distinct: 40000000, nulls: 0, width: 8, min: 1, max: 99999999, top: 0.001,
 *                   classification: pii}]}
 *   metrics:
 *     - {name: active_users, dataset: gold.users, expression: "count(distinct user_id)", filter: "not is_bot", owner: "@mo"}
 *   taken: 2026-11-20
 * ERR_INPUT names line and nearest key. `*count` is the number of datasets and metrics. */
const struct err *catalog_import(struct catalog *catalog, const char *name, struct str bytes, size_t *count) MUST_CHECK;

/* ---- reading ---- */

/* A schema of the named datasets (full or suffix names): columns and keys with their origins. Names that are not known stay out of it.
 * `extra` (may be NULL) wins over what is stored: facts and definitions of the change itself. Bounded: 200,000 datasets. */
const struct err *catalog_schema(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *extra,
                                 const char *const *names, size_t name_count, struct schema **out) MUST_CHECK;

/* The dataset by full or unambiguous suffix name, case-insensitive; NULL when it is not known. */
const struct err *catalog_dataset(struct arena *arena, struct catalog *catalog, const char *name, struct dataset **out) MUST_CHECK;

/* Definitions that fill the dataset, scope main first, at most 20. */
const struct err *catalog_fillers(struct arena *arena, struct catalog *catalog, const char *dataset, struct entry **out, size_t *count) MUST_CHECK;

/* Definitions of the main branches that the job of that name runs, at most `limit`. */
const struct err *catalog_of_job(struct arena *arena, struct catalog *catalog, const char *job, size_t limit, struct entry **out,
                                 size_t *count) MUST_CHECK;

/* Definitions of one file of a repository's main branch, by line, at most 500. */
const struct err *catalog_of_path(struct arena *arena, struct catalog *catalog, const char *repo, const char *path, struct entry **out,
                                  size_t *count) MUST_CHECK;

/* Definitions that read the dataset, at most `limit`. `*all` (may be NULL) is how many there are. */
const struct err *catalog_readers(struct arena *arena, struct catalog *catalog, const char *dataset, size_t limit, struct entry **out, size_t *count,
                                  int64_t *all) MUST_CHECK;

/* Registered metrics with that name, or with that hash of their normal form; at most 50. */
struct metric_entry {
    const char *repo, *name, *dataset, *expression, *filter, *owner, *path, *origin;
    int line;
    struct hash128 identity; /* of the plan of SELECT expression FROM dataset WHERE filter; zero when there is none */
    const char *sql;
};
const struct err *catalog_metrics(struct arena *arena, struct catalog *catalog, const char *name, const struct hash128 *identity,
                                  struct metric_entry **out, size_t *count) MUST_CHECK;

/* Names that have `text` in them (datasets first, then definitions and metrics), at most `limit`. */
const struct err *catalog_find(struct arena *arena, struct catalog *catalog, const char *text, size_t limit, struct entry **out,
                               size_t *count) MUST_CHECK;

/* Registered metrics over the dataset (full or suffix name), by name; at most 200. */
const struct err *catalog_metrics_over(struct arena *arena, struct catalog *catalog, const char *dataset, struct metric_entry **out,
                                       size_t *count) MUST_CHECK;

struct catalog_stats {
    int64_t repositories, files, definitions, planned, formed, bound, text, datasets, sized, columns, metrics, jobs, edges, features, bytes;
};
const struct err *catalog_stats(struct catalog *catalog, struct catalog_stats *out) MUST_CHECK;

/* Calls fn for every definition by id, features not loaded; `entry` lives during the call. */
typedef const struct err *(*catalog_visit)(void *ctx, const struct entry *entry);
const struct err *catalog_each(struct catalog *catalog, catalog_visit fn, void *ctx) MUST_CHECK;

#endif
