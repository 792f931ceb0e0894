/* materialize.h - queries that run again and again, and the tables that would do their work once.
 * Layer: check. May use: base, sql, plan, read, catalog, cost.
 *
 * Which tables: as in view selection (Harinarayan, Rajaraman, Ullman, SIGMOD 1996) the one that saves most for what it stores. Queries over the same
 * sources that differ in keys, aggregates and conditions are served by one table (want.h): of all that could be made, again and again the one that
 * saves most reading for each byte it stores, as long as all together store little. */
#ifndef MATERIALIZE_H
#define MATERIALIZE_H

#include "check.h"

struct materialize; /* opaque; lives as long as the arena */

struct materialize *materialize_plan(struct arena *arena, const struct check_input *in);
/* Is subject `i` a query that is worth a table, its own or a shared one? */
bool materialize_takes(const struct materialize *m, size_t i);
/* Says so at the first of those that share a table; nothing at the others. */
void materialize_say(struct materialize *m, size_t i, struct findings *out);
#endif
