/* store_backend.h - what a database must offer to be a store.
 * Layer: store, for its own files only. May use: base. */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store.h"

/* One statement to run: rows go to `row` when it is not NULL. */
struct store_call {
    const char *sql;
    struct vals vals;
    store_row row;
    void *ctx;
    int64_t changed; /* out */
};

struct store_backend {
    const char *id_type;    /* what {id} stands for in a script */
    const char *bytes_type; /* what {bytes} stands for */
    const char *begin;      /* takes the write lock at once */
    const struct err *(*run)(struct store *store, struct store_call *call);
    void (*close)(struct store *store);
};

/* The head of every backend's own struct. */
struct store {
    const struct store_backend *backend;
    bool in_transaction;
};

const struct err *sqlite_open(const char *path, struct store **out) MUST_CHECK;

#endif
