/* sqlite.c - the embedded store: one file in WAL mode, every commit on the disk, statements prepared once.
 * https://www.sqlite.org/wal.html https://www.sqlite.org/pragma.html#pragma_synchronous */
#include "store_backend.h"

#include "hash.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define STATEMENTS_MAX 128
#define PARAMETERS_MAX 64
#define BUSY_WAIT_MS   10000
#define BUSY_NAP_MS    2

struct statement {
    uint64_t hash;
    char *sql;
    sqlite3_stmt *handle;
    bool busy;
    uint64_t used_at;
    int order[PARAMETERS_MAX]; /* order[i]: which of $1.. the database's i-th parameter is, 0-based */
    int parameters;
};

struct sqlite_store {
    struct store head;
    sqlite3 *db;
    struct statement statements[STATEMENTS_MAX];
    uint64_t uses;
};

static const struct err *sqlite_err(sqlite3 *db, int code, const char *doing) {
    const char *why = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return err_new(ERR_REFUSED, "store: %s: %s", doing, why);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_new(ERR_CONFIG, "store: %s: %s", doing, why);
    default:
        return err_new(ERR_RETRY, "store: %s: %s", doing, why);
    }
}

/* Short naps: SQLite's own handler sleeps up to 100 ms, which is long beside a commit. */
static int busy_nap(void *ctx, int times) {
    if (times * BUSY_NAP_MS > BUSY_WAIT_MS) return 0;
    struct timespec nap = {.tv_nsec = BUSY_NAP_MS * 1000000L};
    nanosleep(&nap, NULL);
    return 1;
}

static void statement_drop(struct statement *s) {
    sqlite3_finalize(s->handle);
    free(s->sql);
    memset(s, 0, sizeof *s);
}

static void sqlite_shut(struct store *store) {
    struct sqlite_store *s = (struct sqlite_store *)store;
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        if (s->statements[i].handle) statement_drop(&s->statements[i]);
    }
    sqlite3_close_v2(s->db);
    free(s);
}

/* "$12" -> 11. SQLite numbers named parameters by first appearance, so the names say where each value goes. */
static const struct err *order_read(struct statement *st) {
    st->parameters = sqlite3_bind_parameter_count(st->handle);
    assert(st->parameters <= PARAMETERS_MAX);
    for (int i = 0; i < st->parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(st->handle, i + 1);
        long k = name && *name == '$' ? strtol(name + 1, NULL, 10) : 0;
        assert(k >= 1 && k <= PARAMETERS_MAX);
        st->order[i] = (int)k - 1;
    }
    return NULL;
}

static const struct err *statement_prepare(struct sqlite_store *s, const char *sql, struct statement *st) {
    const char *tail = NULL;
    int code = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->handle, &tail);
    if (code != SQLITE_OK) return sqlite_err(s->db, code, sql);
    st->sql = strdup(sql);
    if (!st->sql) {
        statement_drop(st);
        return err_new(ERR_RETRY, "store: no memory");
    }
    st->hash = hash64(sql, strlen(sql));
    return order_read(st);
}

/* The idle statement of this text, or the slot of the one idle for longest; NULL when all are busy. */
static struct statement *statement_slot(struct sqlite_store *s, const char *sql, bool *known) {
    uint64_t hash = hash64(sql, strlen(sql));
    struct statement *oldest = NULL;
    *known = true;
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        struct statement *st = &s->statements[i];
        if (st->busy) continue;
        if (st->handle && st->hash == hash && strcmp(st->sql, sql) == 0) return st;
        if (!oldest || st->used_at < oldest->used_at) oldest = st;
    }
    *known = false;
    return oldest;
}

static const struct err *statement_take(struct sqlite_store *s, const char *sql, struct statement **out) {
    bool known;
    struct statement *st = statement_slot(s, sql, &known);
    assert(st);
    if (!known) {
        if (st->handle) statement_drop(st);
        TRY(statement_prepare(s, sql, st));
    }
    st->used_at = ++s->uses;
    st->busy = true;
    *out = st;
    return NULL;
}

static int value_bind(sqlite3_stmt *handle, int at, const struct val *v) {
    switch (v->kind) {
    case VAL_INT:
        return sqlite3_bind_int64(handle, at, v->i);
    case VAL_REAL:
        return sqlite3_bind_double(handle, at, v->r);
    case VAL_TEXT:
        return sqlite3_bind_text64(handle, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
    case VAL_BYTES:
        return sqlite3_bind_blob64(handle, at, v->p, v->n, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(handle, at);
    }
}

static const struct err *values_bind(struct sqlite_store *s, struct statement *st, struct vals vals) {
    for (int i = 0; i < st->parameters; i++) {
        assert((size_t)st->order[i] < vals.n);
        int code = value_bind(st->handle, i + 1, &vals.at[st->order[i]]);
        if (code != SQLITE_OK) return sqlite_err(s->db, code, "bind");
    }
    return NULL;
}

static struct val column_read(sqlite3_stmt *handle, int i) {
    switch (sqlite3_column_type(handle, i)) {
    case SQLITE_INTEGER:
        return val_int(sqlite3_column_int64(handle, i));
    case SQLITE_FLOAT:
        return val_real(sqlite3_column_double(handle, i));
    case SQLITE_TEXT: {
        const void *p = sqlite3_column_text(handle, i);
        return (struct val){.kind = VAL_TEXT, .p = p ? p : "", .n = (size_t)sqlite3_column_bytes(handle, i)};
    }
    case SQLITE_BLOB: {
        const void *p = sqlite3_column_blob(handle, i);
        return val_bytes(p, (size_t)sqlite3_column_bytes(handle, i));
    }
    default:
        return val_null();
    }
}

static const struct err *rows_step(struct sqlite_store *s, struct statement *st, struct store_call *call) {
    for (;;) {
        int code = sqlite3_step(st->handle);
        if (code == SQLITE_DONE) break;
        if (code != SQLITE_ROW) return sqlite_err(s->db, code, "run");
        if (!call->row) continue;
        struct val cols[STORE_COLUMNS_MAX];
        int count = sqlite3_column_count(st->handle);
        assert(count <= STORE_COLUMNS_MAX);
        for (int i = 0; i < count; i++) cols[i] = column_read(st->handle, i);
        TRY(call->row(call->ctx, cols, (size_t)count));
    }
    call->changed = sqlite3_stmt_readonly(st->handle) ? 0 : sqlite3_changes64(s->db);
    return NULL;
}

static const struct err *sqlite_run(struct store *store, struct store_call *call) {
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct statement *st;
    TRY(statement_take(s, call->sql, &st));
    const struct err *e = values_bind(s, st, call->vals);
    if (!e) e = rows_step(s, st, call);
    sqlite3_reset(st->handle);
    sqlite3_clear_bindings(st->handle);
    st->busy = false;
    return e;
}

static const struct store_backend sqlite_backend = {
    .id_type = "INTEGER PRIMARY KEY AUTOINCREMENT",
    .bytes_type = "BLOB",
    .text_type = "TEXT",
    .begin = "BEGIN IMMEDIATE",
    .run = sqlite_run,
    .close = sqlite_shut,
};

static const struct err *pragmas_set(struct sqlite_store *s) {
    static const char *const pragmas[] = {
        "PRAGMA journal_mode = WAL",  "PRAGMA synchronous = FULL",        "PRAGMA foreign_keys = ON",    "PRAGMA temp_store = MEMORY",
        "PRAGMA cache_size = -32768", "PRAGMA wal_autocheckpoint = 4000", "PRAGMA trusted_schema = OFF", "PRAGMA journal_size_limit = 67108864",
    };
    for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++) {
        int code = sqlite3_exec(s->db, pragmas[i], NULL, NULL, NULL);
        if (code != SQLITE_OK) return sqlite_err(s->db, code, pragmas[i]);
    }
    return NULL;
}

/* Made by us first, so that nobody else on the machine can read it: the log files take over its mode. Only when it is new: closing any
 * descriptor of a file drops this process's locks on it, those of other connections too (https://www.sqlite.org/howtocorrupt.html 2.2). */
static const struct err *file_make(const char *path) {
    if (strcmp(path, ":memory:") == 0) return NULL;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) return err_new(ERR_CONFIG, "store: %s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    return NULL;
}

const struct err *sqlite_open(const char *path, struct store **out) {
    TRY(file_make(path));
    struct sqlite_store *s = calloc(1, sizeof *s);
    if (!s) return err_new(ERR_RETRY, "store: no memory");
    s->head.backend = &sqlite_backend;
    int code = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    const struct err *e = code == SQLITE_OK ? NULL : sqlite_err(s->db, code, path);
    if (!e) {
        sqlite3_busy_handler(s->db, busy_nap, NULL);
        sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, 256 << 20);
        e = err_wrap(pragmas_set(s), "%s", path);
    }
    if (e) {
        sqlite_shut(&s->head);
        return e;
    }
    *out = &s->head;
    return NULL;
}
