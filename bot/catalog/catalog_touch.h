/* catalog_touch.h - what else changes when files change: the datasets they fill or tell of, and the files that read or share those.
 * Layer: catalog. May use: base, store, plan, read. */
#ifndef CATALOG_TOUCH_H
#define CATALOG_TOUCH_H

#include "catalog.h"
#include "map.h"

/* One dataset as its readers see it. */
struct touch {
    struct hash128 seen; /* of all that binding a reader looks at: kinds, columns, what facts say */
    bool is_view;        /* readers see through it, to what it reads */
    bool filled;         /* some definition fills it */
};

/* A scope of a repository, to ask about. */
struct touch_scope {
    struct arena *arena;
    struct catalog *catalog;
    const char *repo, *scope;
};

/* The keys of the datasets that the stored definitions and facts of a path name, added to `keys` with NULL values. */
const struct err *touch_keys_of(const struct touch_scope *at, const char *path, struct map *keys) MUST_CHECK;
/* The dataset as it is stored now. */
const struct err *touch_look(const struct touch_scope *at, const char *key, struct touch *out) MUST_CHECK;
/* Files of the scope with definitions that fill the dataset. */
const struct err *touch_fillers(const struct touch_scope *at, const char *key, struct map *paths) MUST_CHECK;
/* Files of the scope with definitions that read it, or metrics over it. */
const struct err *touch_readers(const struct touch_scope *at, const char *key, struct map *paths) MUST_CHECK;
/* Files of the scope that tell facts of it. */
const struct err *touch_tellers(const struct touch_scope *at, const char *key, struct map *paths) MUST_CHECK;
/* Does the path hold definitions that are stored? Jobs? */
const struct err *touch_holds(const struct touch_scope *at, const char *path, bool *definitions, bool *jobs) MUST_CHECK;

#endif
