/* query_file.h - the query that a file on this machine computes. Shared by the commands that compare and explain.
 * Layer: commands. May use: base, sql, plan, read, catalog. */
#ifndef QUERY_FILE_H
#define QUERY_FILE_H

#include "err.h"
#include "plan.h"
#include "schema.h"

/* `path` is a file of SQL (a query, or a statement that holds one), a notebook or a Python file, or FILE#NAME for one of several datasets
 * that it fills. ERR_INPUT, with the file and line, when it computes nothing or was not understood. */
const struct err *query_file_plan(struct arena *arena, const char *path, enum dialect dialect, const struct schema *schema,
                                  struct plan **out) MUST_CHECK;

/* The tables of a file of CREATE TABLE statements; NULL for no path. */
const struct err *query_file_schema(struct arena *arena, const char *path, enum dialect dialect, struct schema **out) MUST_CHECK;

#endif
