/* catalog_refresh.h - brings the catalog up to a tree: only files whose bytes changed are read again.
 * Layer: handlers. May use: catalog, read, forge. Shared by push, pull requests and jobs. */
#ifndef CATALOG_REFRESH_H
#define CATALOG_REFRESH_H

#include "catalog.h"
#include "clone.h"
#include "read.h"

struct refresh {
    const char *repo, *scope; /* "acme/dw", "main" */
    enum dialect dialect;
    int64_t now;
};

/* A commit's tree in the shape the readers take; borrows `tree`. */
struct file_source tree_source(const struct clone_tree *tree);

/* Puts what changed since the last time, and drops what vanished. */
const struct err *catalog_refresh(struct arena *arena, struct catalog *catalog, const struct clone_tree *tree, const struct refresh *how,
                                  struct catalog_put_stats *stats) MUST_CHECK;

/* Has this repository's scope been read at all? */
const struct err *catalog_refreshed(struct arena *arena, struct catalog *catalog, const char *repo, const char *scope, bool *yes) MUST_CHECK;
#endif
