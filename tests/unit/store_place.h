/* store_place.h - a fresh store of one's own, for the tests of what survives a crash: a folder, or with PARLEY_TEST_STORE, the address of a
 * PostgreSQL, a schema there. So the same tests run on both. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "fs.h"
#include "migrate.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PLACE_NAME 256

/* Is the store under test one that replicas share? */
static inline bool place_is_shared(void) { return getenv("PARLEY_TEST_STORE") != NULL; }

static inline void place_die(const struct err *e) {
    if (!e) return;
    fprintf(stderr, "%s\n", e->text);
    abort();
}

/* Runs one statement on the database that holds the schemas. */
static inline void place_admin(const char *sql) {
    struct store *admin;
    place_die(store_open(getenv("PARLEY_TEST_STORE"), &admin));
    place_die(store_run(admin, sql, VALS_NONE, NULL));
    store_close(admin);
}

/* Makes an empty place; `name` is what migrate_open takes. */
static inline void place_make(char name[PLACE_NAME]) {
    static int made;
    char sql[PLACE_NAME];
    if (!place_is_shared()) {
        snprintf(name, PLACE_NAME, "/tmp/parley-test-XXXXXX");
        if (!mkdtemp(name)) abort();
        return;
    }
    snprintf(sql, sizeof sql, "CREATE SCHEMA t%d_%d", (int)getpid(), ++made);
    place_admin(sql);
    snprintf(name, PLACE_NAME, "%s%coptions=-csearch_path%%3Dt%d_%d", getenv("PARLEY_TEST_STORE"),
             strchr(getenv("PARLEY_TEST_STORE"), '?') ? '&' : '?', (int)getpid(), made);
}

static inline void place_remove(const char *name) {
    static const char *const files[] = {"parley.db", "parley.db-wal", "parley.db-shm"};
    char path[PLACE_NAME + 64];
    if (place_is_shared()) {
        snprintf(path, sizeof path, "DROP SCHEMA %s CASCADE", strstr(name, "%3D") + 3);
        place_admin(path);
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", name, files[i]);
        remove(path);
    }
    remove(name);
}

/* Where a catalog of one test may lie: in memory, or in a schema that goes with the server. */
static inline const char *place_brief(void) {
    static char name[PLACE_NAME];
    if (!place_is_shared()) return ":memory:";
    place_make(name);
    return name;
}

/* Makes a place and opens a migrated store there; `name` is for a second connection, and for place_close. */
static inline struct store *place_open(char name[PLACE_NAME]) {
    struct store *store = NULL;
    place_make(name);
    place_die(migrate_open(name, &store));
    return store;
}

/* Closes and removes it. */
static inline void place_close(struct store *store, const char *name) {
    store_close(store);
    place_remove(name);
}

/* Fails the test with the error's text. */
#define assert_fine(call)                                                                                                                            \
    do {                                                                                                                                             \
        const struct err *fine_err = (call);                                                                                                         \
        if (fine_err) fail_msg("%s", fine_err->text);                                                                                                \
    } while (0)

#endif
