/* manifest.h - what dbt itself wrote of a project: manifest.json and catalog.json.
 * Layer: read. May use: base, sql. https://docs.getdbt.com/reference/artifacts/dbt-artifacts */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "reader.h"

/* "database.schema.name" of a node of either file. */
const char *artifact_dataset(struct arena *arena, const json_t *node);
/* Columns, keys and references that a manifest tells of models, seeds, snapshots and sources, as facts of `path`. */
void manifest_facts(struct arena *arena, struct reading *out, const char *path, const json_t *manifest);
/* Columns with types, and sizes, as the warehouse has them. */
void catalog_json_read(struct arena *arena, struct reading *out, const char *path, const json_t *catalog);

#endif
