/* local.h - a repository or folder on this machine, read for a review or a catalog. Shared by commands.
 * Layer: commands. May use: everything below. */
#ifndef LOCAL_H
#define LOCAL_H

#include "catalog.h"
#include "clone.h"
#include "read.h"
#include "repo_settings.h"
#include "review.h"

/* What `parley review` is asked. Any member may be NULL. */
struct local_ask {
    const char *dir; /* "." */
    const char *base, *head;
    const char *catalog; /* file */
    const char *prices;  /* file */
    const char *dialect; /* name */
    const char **paths;  /* only these files or folders */
    size_t path_count;
};

/* "acme/dw" by the remote origin; without one on another machine, the folder's name. */
const char *local_name(struct arena *arena, const char *dir);

/* Says on stderr what went wrong; EXIT_BROKEN, or EXIT_USAGE for wrong input. */
int local_fail(const struct err *failed);

/* With a base: the change between two revisions; else the folder as a whole against the catalog. */
const struct err *local_review(struct arena *arena, const struct local_ask *ask, struct review **out) MUST_CHECK;

/* What is scanned. */
struct scan_ask {
    const char *dir;
    const char *const *artifacts; /* manifest.json and catalog.json of dbt that are kept elsewhere; they count as lying in target/ */
    size_t artifact_count;
};

/* Definitions of the tree into the catalog, as "main"; progress goes to stderr when it is a terminal. */
const struct err *local_scan(struct arena *arena, struct catalog *catalog, const struct scan_ask *ask, struct catalog_put_stats *stats,
                             size_t *gaps) MUST_CHECK;

/* The server's store: --data, else the store of --settings, else of the environment. ERR_CONFIG when there is none yet. Closed with the arena.
 */
const struct err *local_store(struct arena *arena, const char *settings, const char *data, struct store **out) MUST_CHECK;

/* The .parley.yml of the folder, defaults where it is silent or absent. */
const struct err *local_settings(struct arena *arena, const char *dir, const struct repo_settings **out) MUST_CHECK;

/* "12.3 MB" of the process's largest memory so far. */
const char *local_memory(struct arena *arena);

#endif
