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
    bool counted;    /* somebody asks for `changed`; if not, and there is no `row`, an error may come back later in the same transaction */
    int64_t changed; /* out, when counted */
};

/* A part of a transaction that may be undone alone: store_part. */
#define STORE_PART      "SAVEPOINT part"
#define STORE_PART_KEEP "RELEASE SAVEPOINT part"
#define STORE_PART_UNDO "ROLLBACK TO SAVEPOINT part"

struct store_backend {
    const char *id_type;    /* what {id} stands for in a script */
    const char *bytes_type; /* what {bytes} stands for */
    const char *text_type;  /* what the word TEXT stands for: a type that compares byte by byte */
    const char *begin;
    const struct err *(*run)(struct store *store, struct store_call *call);
    void (*close)(struct store *store);
    /* NULL where `begin` has locked everything: see store_lock. */
    const struct err *(*lock)(struct store *store, const char *name);
    /* NULL where one process has the store for itself: see store_notify and store_wait. */
    const struct err *(*notify)(struct store *store);
    const struct err *(*wait)(struct store *store, int milliseconds, bool *woken);
};

/* The head of every backend's own struct. */
struct store {
    const struct store_backend *backend;
    bool in_transaction;
};

const struct err *sqlite_open(const char *path, struct store **out) MUST_CHECK;

/* `url` is "postgresql://..."; the password may also come from PARLEY_STORE_PASSWORD (or _FILE) or from where libpq looks. */
const struct err *postgres_open(const char *url, struct store **out) MUST_CHECK;

/* "postgresql://user@host:port/database": `url` without password and options, for people; `out` is cut at n. */
void postgres_name(const char *url, char *out, size_t n);

#endif
