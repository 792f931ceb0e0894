/* store.h - what survives a crash: one small set of functions over an SQL database: SQLite in a file, or PostgreSQL, which replicas share.
 * Layer: store. May use: base. Queue, outbox and catalog are written once, in SQL that both read: placeholders are $1..$n, ids come by RETURNING,
 * conflicts are met by ON CONFLICT, whole numbers are BIGINT, reals DOUBLE PRECISION, and a value bound is of its column's kind. */
#ifndef STORE_H
#define STORE_H

#include "arena.h"
#include "err.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

struct store; /* opaque: one connection; used by one thread at a time */

enum val_kind { VAL_NULL, VAL_INT, VAL_REAL, VAL_TEXT, VAL_BYTES };

/* One value going in or coming out. A plain record. */
struct val {
    enum val_kind kind;
    int64_t i;     /* VAL_INT */
    double r;      /* VAL_REAL */
    const void *p; /* VAL_TEXT (coming out: NUL-terminated beyond n) and VAL_BYTES */
    size_t n;
};

static inline struct val val_null(void) { return (struct val){.kind = VAL_NULL}; }
static inline struct val val_int(int64_t i) { return (struct val){.kind = VAL_INT, .i = i}; }
static inline struct val val_real(double r) { return (struct val){.kind = VAL_REAL, .r = r}; }
static inline struct val val_text(const char *c_string) {
    return c_string ? (struct val){.kind = VAL_TEXT, .p = c_string, .n = strlen(c_string)} : val_null();
}
static inline struct val val_str(struct str s) { return (struct val){.kind = VAL_TEXT, .p = s.p ? s.p : "", .n = s.n}; }
static inline struct val val_bytes(const void *p, size_t n) { return (struct val){.kind = VAL_BYTES, .p = p ? p : "", .n = n}; }

/* Opens the database at `place`: the path of a file (made when missing, mode 0600; ":memory:" is one that goes with its connection), or the address
 * "postgresql://USER@HOST:PORT/DATABASE" (libpq's), whose password may also stand in PARLEY_STORE_PASSWORD or the file PARLEY_STORE_PASSWORD_FILE.
 * It waits up to 10 s for other writers, and a commit is on the disk when it returns. Does not migrate. ERR_CONFIG when the place cannot be used,
 * ERR_RETRY when it is busy, full or away: a connection that was lost is made anew at the next use. Close by store_close. */
const struct err *store_open(const char *place, struct store **out) MUST_CHECK;

/* Is it an address of PostgreSQL, which several processes on several machines may work on? */
bool store_is_shared(const char *place);

/* The place for people to read: an address without its password and options. */
const char *store_name(struct arena *arena, const char *place);

/* Rolls back what is open and closes. Takes NULL. */
void store_close(struct store *store);

/* Values for $1..$n: VALS(val_int(1), val_text("x")), VALS_NONE. */
struct vals {
    size_t n;
    const struct val *at;
};
#define VALS(...) ((struct vals){sizeof((struct val[]){__VA_ARGS__}) / sizeof(struct val), (const struct val[]){__VA_ARGS__}})
#define VALS_NONE ((struct vals){0, NULL})

/* Runs one statement; `*changed` (may be NULL) is the number of rows it changed.
 * A broken constraint is ERR_REFUSED; busy, full, a lost connection and input/output trouble are ERR_RETRY; a damaged file is ERR_CONFIG.
 * Inside a transaction and without `changed`, its error may be that of a later call, at the latest store_commit's.
 *     TRY(store_run(s, "UPDATE t SET a = $1 WHERE id = $2", VALS(val_int(1), val_int(id)), &changed)); */
const struct err *store_run(struct store *store, const char *sql, struct vals vals, int64_t *changed) MUST_CHECK;

/* Calls fn for each row, in order; the columns live until fn returns. fn may run other statements on the same store; its error
 * ends the walk and comes back. Works for INSERT/UPDATE/DELETE ... RETURNING too. */
typedef const struct err *(*store_row)(void *ctx, const struct val *cols, size_t count);
const struct err *store_each(struct store *store, const char *sql, struct vals vals, store_row fn, void *ctx) MUST_CHECK;

/* The first row, its text and bytes copied into the arena; count 0 (and nulls) when there is none. */
#define STORE_COLUMNS_MAX 40
struct row {
    size_t count;
    struct val at[STORE_COLUMNS_MAX];
};
const struct err *store_one(struct store *store, struct arena *arena, const char *sql, struct vals vals, struct row *out) MUST_CHECK;

/* The whole number in the first column of the first row; 0 when there is no row, or it is no number. For counts, and for SELECT 1: is there one? */
const struct err *store_number(struct store *store, const char *sql, struct vals vals, int64_t *out) MUST_CHECK;

/* A write transaction. They do not nest. After an error inside one, call store_rollback; store_commit's own error has rolled back.
 * SQLite lets one write at a time; in PostgreSQL others write meanwhile and what they commit is seen, so that what is read to decide what to write
 * is read under a lock of one name: store_lock, which the transaction's end gives back. Take "queue" before "outbox". */
const struct err *store_begin(struct store *store) MUST_CHECK;
const struct err *store_commit(struct store *store) MUST_CHECK;
void store_rollback(struct store *store);

const struct err *store_lock(struct store *store, const char *name) MUST_CHECK;

/* Tells those who wait on another connection that there is something new, once the transaction commits (at once outside one). */
const struct err *store_notify(struct store *store) MUST_CHECK;

/* Waits for that, at most so long. For a shared store, on a connection that does nothing else. */
const struct err *store_wait(struct store *store, int milliseconds, bool *woken) MUST_CHECK;

/* For functions that join the caller's transaction or are one of their own: `bool own; TRY(store_join(s, &own)); return
 * store_leave(s, own, work(s));` commits or rolls back what is their own, and passes the error on. */
const struct err *store_join(struct store *store, bool *own) MUST_CHECK;
const struct err *store_leave(struct store *store, bool own, const struct err *result) MUST_CHECK;

/* A part of the open transaction that may fail alone: `TRY(store_part(s)); return store_part_end(s, work(s));` keeps what it wrote, or undoes that
 * and no more, and passes the error on. They do not nest. */
const struct err *store_part(struct store *store) MUST_CHECK;
const struct err *store_part_end(struct store *store, const struct err *result) MUST_CHECK;

/* Runs a script of statements without values, split at ';' at line ends; {id} becomes the backend's growing primary key, {bytes}
 * its byte string, and the word TEXT a text compared byte by byte. For migrations. */
const struct err *store_script(struct store *store, const char *sql) MUST_CHECK;

/* Readers of a column: NULL or another kind gives `otherwise` (text is copied into the arena). */
int64_t val_as_int(const struct val *v, int64_t otherwise);
double val_as_real(const struct val *v, double otherwise);
char *val_as_text(struct arena *arena, const struct val *v, const char *otherwise);

#endif
