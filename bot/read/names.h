/* names.h - the table names of a query that are not names of its own WITH clauses.
 * Layer: read. May use: base, sql. */
#ifndef NAMES_H
#define NAMES_H

#include "arena.h"
#include "sql_ast.h"

/* Called for every FROM item that names a table outside the query; may change it. */
typedef void (*names_fn)(void *ctx, struct sql_from *from);

void names_walk_query(struct arena *arena, struct sql_query *query, names_fn fn, void *ctx);
void names_walk_statement(struct arena *arena, struct sql_statement *statement, names_fn fn, void *ctx);

/* Does any WITH clause inside the query define `name` (case ignored)? */
bool names_defines(struct sql_query *query, struct str name);

#endif
