/* store_place.h - a fresh store in a folder of its own, for the tests of what survives a crash. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "fs.h"
#include "migrate.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Makes a folder below the temporary one and opens a migrated store there; `dir` holds its name. */
static inline struct store *place_open(char dir[64]) {
    snprintf(dir, 64, "/tmp/parley-test-XXXXXX");
    struct store *store = NULL;
    if (!mkdtemp(dir)) abort();
    const struct err *e = migrate_open(dir, &store);
    if (e) {
        fprintf(stderr, "%s\n", e->text);
        abort();
    }
    return store;
}

/* Closes and removes it. */
static inline void place_close(struct store *store, const char *dir) {
    static const char *const names[] = {"parley.db", "parley.db-wal", "parley.db-shm"};
    char path[128];
    store_close(store);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        remove(path);
    }
    remove(dir);
}

/* Fails the test with the error's text. */
#define assert_fine(call)                                                                                                                            \
    do {                                                                                                                                             \
        const struct err *fine_err = (call);                                                                                                         \
        if (fine_err) fail_msg("%s", fine_err->text);                                                                                                \
    } while (0)

#endif
