/* binding.h - a reading's definitions bound together: those that fill a table before those that read it.
 * Layer: catalog. May use: base, store, plan, read. */
#ifndef BINDING_H
#define BINDING_H

#include "catalog.h"

/* Every dataset that the definitions and metrics read, once, in order of appearance. */
const char *const *reading_names(struct arena *arena, const struct reading *reading, size_t *count);

/* Indices of reading->definitions with those they read before them; what goes round in a circle comes in the order it was read. */
size_t *definitions_order(struct arena *arena, const struct reading *reading);

/* Output columns of the entry's plan, in order, when they are the columns of what it fills. False when one has no name or it is not known. */
bool entry_outputs(struct arena *arena, const struct entry *entry, const struct definition *definition, struct column_fact **out, size_t *count);

/* What catalogs and a reading know of datasets, as a schema that learns: a definition bound before those that read it adds its columns to what
 * schema files and tests say of them. */
struct known;
/* Like catalog_schema. Lives as long as `arena`. */
const struct err *catalog_known(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *extra,
                                const char *const *names, size_t name_count, struct known **out) MUST_CHECK;
struct schema *known_schema(const struct known *known);
/* The dataset has these columns, all of them, in order, when no better fact says otherwise. Types and names only: whether a stored column holds
 * NULLs is a matter of its rows, not of today's query. The columns are copied. */
void known_learn(struct known *known, const char *dataset, const struct column_fact *columns, size_t count);

/* Binds all of them against the catalogs, the reading's own facts and each other. `out[i]` is of reading->definitions.at[i]. */
const struct err *reading_bind(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *reading,
                               struct entry **out, struct schema **schema) MUST_CHECK;

#endif
