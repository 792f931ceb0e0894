/* views.h - views are computed anew by each reader: they are unfolded before anything is compared or priced.
 * Layer: catalog. May use: base, store, sql, read. */
#ifndef VIEWS_H
#define VIEWS_H

#include "catalog.h"

struct views; /* opaque; lives as long as its arena */

/* The views among `names`, and those that they read in turn (8 deep). A dataset counts as a view when exactly one definition on the main branch
 * fills it, and that is a view; what `extra` (may be NULL) says wins. */
const struct err *catalog_views(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *extra,
                                const char *const *names, size_t name_count, struct views **out) MUST_CHECK;

/* Is it a bare name that views of several files go by, as in several pipelines? Then it need not mean the same in two queries. */
bool views_several(const struct views *views, const char *name);

/* `names` and what the views read: all that the schema of an unfolded query needs. */
const char *const *views_names(const struct views *views, size_t *count);

/* The query of the text with its views as sub-queries; NULL when it reads none of them. */
struct sql_query *views_unfold(struct arena *arena, const struct views *views, const char *sql, enum dialect dialect);

#endif
