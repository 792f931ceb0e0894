/* catalog_rows.h - how records of the catalog lie in the store's rows. Inside the catalog only.
 * Layer: catalog. May use: base, store, plan, read. */
#ifndef CATALOG_ROWS_H
#define CATALOG_ROWS_H

#include "catalog.h"
#include "feature.h"
#include "store.h"

struct catalog {
    struct arena *arena;
    struct store *store;
};

#define SQL_STORED_MAX ((size_t)4 << 20) /* a longer text is not kept */
#define ANCHOR_KIND    100               /* feature.kind of the posting under a definition's rarest table */

/* An index of PostgreSQL takes 2,700 bytes a row: names and paths that would not go in are no names that people give. */
#define KEY_MAX       1000
#define PATH_KEPT_MAX 1500 /* files of a longer path are not kept in the catalog */

/* Lower case, quotes taken off, and over KEY_MAX bytes the beginning and a hash of the whole; and the last dotted part of that. */
const char *name_key(struct arena *arena, const char *name);
const char *name_last(const char *key);
/* Two keys name the same dataset when equal, or one is the other's dotted suffix. */
bool names_fit(const char *key_a, const char *key_b);

/* A text as stored: zstd when that is shorter. */
struct val text_pack(struct arena *arena, const char *text);
const char *text_unpack(struct arena *arena, const struct val *packed, int64_t size);

/* Schedule and compute as JSON. */
const char *runs_write(struct arena *arena, const struct schedule *schedule, const struct compute *compute);
void runs_read(struct arena *arena, const char *json, struct schedule *schedule, struct compute *compute);

/* Lists of names, one per line. */
const char *lines_write(struct arena *arena, const char *const *lines, size_t count);
const char *const *lines_read(struct arena *arena, const char *text, size_t *count);

/* Features as stored: 9 bytes each, kind and hash. */
struct val features_pack(struct arena *arena, const struct features *features);
struct features *features_unpack(struct arena *arena, const struct val *packed);
/* A bit per table of the definition: a subset test over words before anything is loaded. */
uint64_t tables_bloom(const struct features *features);

#define ENTRY_COLUMNS                                                                                                                                \
    "d.id, d.repo, d.scope, d.uid, d.path, d.line, d.end_line, d.cell, d.name, d.dataset, d.kind, d.artefact, d.dialect, d.sql, d.sql_size, "        \
    "d.owner, "                                                                                                                                      \
    "d.description, d.job, d.runs, d.reads, d.state, d.why, d.identity_hi, d.identity_lo, d.exact_hi, d.exact_lo, d.features, d.fill"
#define ENTRY_COLUMN_COUNT 28
/* Does the name in `column` fit the name whose key is $2 and last part $1? names_fit, in SQL. */
#define FITS_KEY(column)                                                                                                                             \
    "(" column " = $2 OR " column " = $1 OR substr(" column ", length(" column                                                                       \
    ") - length($2)) = '.' || $2 OR substr($2, length($2) - length(" column ")) = '.' || " column ")"

/* How a definition fills a part of its dataset, as text; NULL when it fills it whole. */
const char *fill_write(struct arena *arena, const struct entry *entry);
void fill_read(const char *text, struct entry *entry);

/* How many definitions read the dataset of that key. */
const struct err *readers_count(struct catalog *catalog, const char *key, int64_t *out) MUST_CHECK;

/* The entry of a row of ENTRY_COLUMNS. */
void entry_of_row(struct arena *arena, const struct val *columns, struct entry *out);

/* Facts as JSON, in the shape of catalog_import's entries. */
const char *facts_write(struct arena *arena, const struct dataset_facts *facts, const char *refresh, int64_t readers);
struct stored_facts {
    struct dataset_facts facts;
    const char *refresh;
    int64_t readers;
};
bool facts_read(struct arena *arena, const char *json, struct stored_facts *out);
const char *columns_write(struct arena *arena, const struct column_fact *columns, size_t count);
struct column_fact *columns_read(struct arena *arena, const char *json, size_t *count);

#endif
