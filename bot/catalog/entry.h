/* entry.h - a definition made ready for the catalog: parsed, bound against a schema, normalized, its features taken.
 * Layer: catalog. May use: base, sql, plan, read. */
#ifndef ENTRY_H
#define ENTRY_H

#include "catalog.h"
#include "views.h"

/* How the SQL of an entry begins that the reader was not sure of; the rest of the line says why. */
#define ENTRY_DOUBT "-- not proved on: "

/* Fills `out` from a definition as read; binds its query, views unfolded (NULL: none), against `schema`. Never fails: state and why say how far it
 * came. */
void entry_of_definition(struct arena *arena, const struct definition *definition, const struct schema *schema, const struct views *views,
                         struct entry *out);

/* Parses and binds a stored entry again (query, plan, features), against `schema`. */
void entry_bind(struct arena *arena, struct entry *entry, const struct schema *schema, const struct views *views);

#endif
