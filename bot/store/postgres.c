/* postgres.c - the shared store: any number of replicas over one PostgreSQL, statements prepared once for each connection.
 * Inside a transaction, statements whose outcome nobody asks for are sent without waiting (pipeline mode): the next one that is asked for, at the
 * latest COMMIT, brings their errors. Rows are fetched whole before they are walked, so that a row's function may run other statements.
 * https://www.postgresql.org/docs/15/libpq-pipeline-mode.html https://www.postgresql.org/docs/15/errcodes-appendix.html */
#include "store_backend.h"

#include "clock.h"
#include "hash.h"
#include "log.h"
#include "postgres_link.h"
#include "postgres_value.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define STATEMENTS_MAX 256
#define NAME_MAX_BYTES 24
#define PENDING_MAX    128
#define LOCK_CLASS     0x5061726cLL /* "Parl": our locks among those of others in the database */
#define CHANNEL        "parley"

struct statement {
    uint64_t hash;
    char *sql;
    int count;
    Oid types[PG_PARAMETERS_MAX];
    char name[NAME_MAX_BYTES];
    uint64_t used_at;
};

struct pg_store {
    struct store head;
    PGconn *link;
    struct arena *scratch; /* of one statement's parameters */
    struct statement statements[STATEMENTS_MAX];
    uint64_t uses, names;
    int pending;    /* results not read yet, in pipeline mode */
    bool forgotten; /* the server may know statements that we have forgotten */
    bool listening;
    bool lost; /* the server said that it ends the connection */
};

static bool is_lost(const struct pg_store *s) { return s->lost || PQstatus(s->link) != CONNECTION_OK; }

/* ---- statements ---- */

static void statement_drop(struct statement *st) {
    free(st->sql);
    memset(st, 0, sizeof *st);
}

static void statements_forget(struct pg_store *s) {
    for (size_t i = 0; i < STATEMENTS_MAX; i++) statement_drop(&s->statements[i]);
    s->forgotten = true;
}

static bool statement_is(const struct statement *st, uint64_t hash, const char *sql, const struct pg_parameters *p) {
    return st->sql && st->hash == hash && st->count == p->count && strcmp(st->sql, sql) == 0 &&
           memcmp(st->types, p->types, (size_t)p->count * sizeof *p->types) == 0;
}

/* The statement of this text and these types, or the slot of the one idle for longest. */
static struct statement *statement_slot(struct pg_store *s, uint64_t hash, const char *sql, const struct pg_parameters *p, bool *known) {
    struct statement *oldest = &s->statements[0];
    *known = true;
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        struct statement *st = &s->statements[i];
        if (statement_is(st, hash, sql, p)) return st;
        if (st->used_at < oldest->used_at) oldest = st;
    }
    *known = false;
    return oldest;
}

static const struct err *statement_name(struct pg_store *s, struct statement *st, uint64_t hash, const char *sql, const struct pg_parameters *p) {
    if (st->sql) s->forgotten = true; /* the slot's last owner stays with the server until all are dropped */
    statement_drop(st);
    st->sql = strdup(sql);
    if (!st->sql) return err_new(ERR_RETRY, "store: no memory");
    st->hash = hash;
    st->count = p->count;
    memcpy(st->types, p->types, (size_t)p->count * sizeof *p->types);
    snprintf(st->name, sizeof st->name, "p%llu", (unsigned long long)++s->names);
    return NULL;
}

/* ---- results ---- */

/* Takes the error out of a result and lets go of it; NULL when it is fine. */
static const struct err *result_end(struct pg_store *s, PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
    const struct err *e = fine ? NULL : link_err(s->link, result);
    if (e && link_is_ended(result)) s->lost = true;
    PQclear(result);
    return e;
}

/* Ends pipeline mode: reads what is outstanding. The first error is the one that counts, the others follow from it. */
static const struct err *pending_read(struct pg_store *s) {
    if (!s->pending) return NULL;
    const struct err *first = NULL;
    bool synced = false;
    if (!PQpipelineSync(s->link)) first = link_err(s->link, NULL);
    for (int gaps = 0; !first && !synced && gaps <= s->pending + 1;) {
        PGresult *result = PQgetResult(s->link);
        gaps = result ? gaps : gaps + 1; /* one after each statement */
        synced = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (result) first = result_end(s, result);
    }
    for (int left = 0; first && !synced && left <= 4 * PENDING_MAX && !is_lost(s); left++) {
        PGresult *result = PQgetResult(s->link);
        synced = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
    }
    s->pending = 0;
    PQexitPipelineMode(s->link);
    if (first) statements_forget(s); /* those after the error were never prepared */
    return first;
}

static const struct err *plain_run(struct pg_store *s, const char *sql) { return result_end(s, PQexec(s->link, sql)); }

/* ---- one call ---- */

static const struct err *statement_take(struct pg_store *s, const char *sql, const struct pg_parameters *p, bool later, struct statement **out) {
    uint64_t hash = hash64(sql, strlen(sql));
    bool known;
    struct statement *st = statement_slot(s, hash, sql, p, &known);
    st->used_at = ++s->uses;
    *out = st;
    if (known) return NULL;
    TRY(statement_name(s, st, hash, sql, p));
    st->used_at = s->uses;
    if (!later) {
        const struct err *e = result_end(s, PQprepare(s->link, st->name, sql, p->count, p->types));
        if (e) statement_drop(st);
        return e;
    }
    if (!PQsendPrepare(s->link, st->name, sql, p->count, p->types)) {
        statement_drop(st);
        return link_err(s->link, NULL);
    }
    s->pending++;
    return NULL;
}

/* Sends it and goes on. */
static const struct err *call_defer(struct pg_store *s, const struct store_call *call, const struct pg_parameters *p) {
    struct statement *st;
    if (s->pending >= PENDING_MAX) TRY(pending_read(s));
    if (!s->pending && !PQenterPipelineMode(s->link)) return link_err(s->link, NULL);
    s->pending += s->pending == 0; /* so that an error below still leaves the mode: one more gap is waited for at the most */
    TRY(statement_take(s, call->sql, p, true, &st));
    if (!PQsendQueryPrepared(s->link, st->name, p->count, p->values, p->lengths, p->formats, 1)) return link_err(s->link, NULL);
    s->pending++;
    return NULL;
}

static const struct err *rows_walk(PGresult *result, struct store_call *call) {
    int rows = PQntuples(result), count = PQnfields(result);
    assert(count <= STORE_COLUMNS_MAX);
    struct val cols[STORE_COLUMNS_MAX];
    for (int row = 0; row < rows; row++) {
        for (int i = 0; i < count; i++) cols[i] = pg_field(result, row, i);
        TRY(call->row(call->ctx, cols, (size_t)count));
    }
    return NULL;
}

static const struct err *call_run(struct pg_store *s, struct store_call *call, const struct pg_parameters *p) {
    struct statement *st;
    TRY(pending_read(s));
    TRY(statement_take(s, call->sql, p, false, &st));
    PGresult *result = PQexecPrepared(s->link, st->name, p->count, p->values, p->lengths, p->formats, 1);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return result_end(s, result);
    const char *changed = PQcmdTuples(result);
    bool reads = strncmp(PQcmdStatus(result), "SELECT", 6) == 0;
    call->changed = *changed && !reads ? strtoll(changed, NULL, 10) : 0;
    const struct err *e = call->row ? rows_walk(result, call) : NULL;
    PQclear(result);
    return e;
}

/* ---- transactions ---- */

static bool is_control(const char *sql) {
    static const char *const all[] = {"BEGIN", "COMMIT", "ROLLBACK", STORE_PART, STORE_PART_KEEP, STORE_PART_UNDO};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(sql, all[i]) == 0) return true;
    return false;
}

static const struct err *control_run(struct pg_store *s, const char *sql) {
    const struct err *late = pending_read(s);
    if (late && !text_starts(sql, "ROLLBACK")) return late;
    if (*sql == 'B' && s->forgotten) TRY(plain_run(s, "DEALLOCATE ALL"));
    if (*sql == 'B' && s->forgotten) statements_forget(s), s->forgotten = false;
    PGresult *result = PQexec(s->link, sql);
    bool undone = *sql == 'C' && PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "ROLLBACK") == 0;
    TRY(result_end(s, result));
    return undone ? err_new(ERR_RETRY, "store: an earlier statement of the transaction had failed") : NULL;
}

/* A lost connection is made anew outside a transaction only: inside, what was done before is gone. */
static const struct err *link_ready(struct pg_store *s) {
    if (!is_lost(s)) return NULL;
    if (s->head.in_transaction) return err_new(ERR_RETRY, "store: the connection was lost");
    s->pending = 0;
    s->listening = s->lost = false;
    statements_forget(s);
    s->forgotten = false;
    return link_renew(s->link);
}

static const struct err *run_once(struct pg_store *s, struct store_call *call) {
    if (is_control(call->sql)) return control_run(s, call->sql);
    struct pg_parameters p;
    arena_reset(s->scratch);
    TRY(pg_parameters_fill(s->scratch, call->vals, &p));
    if (s->head.in_transaction && !call->row && !call->counted) return call_defer(s, call, &p);
    return call_run(s, call, &p);
}

static const struct err *pg_run(struct store *store, struct store_call *call) {
    struct pg_store *s = (struct pg_store *)store;
    if (strcmp(call->sql, "ROLLBACK") == 0 && is_lost(s)) return NULL; /* the server did it */
    TRY(link_ready(s));
    const struct err *e = run_once(s, call);
    bool harmless = strcmp(call->sql, "BEGIN") == 0 || (!s->head.in_transaction && strncmp(call->sql, "SELECT", 6) == 0);
    if (!e || !harmless || !is_lost(s)) return e;
    TRY(link_ready(s)); /* it was idle while the server was started again: nothing was done yet */
    return run_once(s, call);
}

/* ---- between replicas ---- */

static const struct err *pg_lock(struct store *store, const char *name) {
    struct store_call call = {.sql = "SELECT pg_advisory_xact_lock($1)"};
    call.vals = VALS(val_int(LOCK_CLASS << 32 | (int64_t)(hash64(name, strlen(name)) & 0xffffffff)));
    call.counted = true; /* what is read after it must be read under it */
    return pg_run(store, &call);
}

static const struct err *pg_notify(struct store *store) { return store_run(store, "SELECT pg_notify('" CHANNEL "', '')", VALS_NONE, NULL); }

static const struct err *pg_wait(struct store *store, int milliseconds, bool *woken) {
    struct pg_store *s = (struct pg_store *)store;
    *woken = false;
    TRY(link_ready(s));
    if (!s->listening) TRY(plain_run(s, "LISTEN " CHANNEL));
    s->listening = true;
    struct pollfd fd = {.fd = PQsocket(s->link), .events = POLLIN};
    if (poll(&fd, 1, milliseconds) > 0 && !PQconsumeInput(s->link)) return link_err(s->link, NULL);
    for (PGnotify *n; (n = PQnotifies(s->link)) != NULL; PQfreemem(n)) *woken = true;
    return NULL;
}

/* ---- opening and closing ---- */

static void pg_shut(struct store *store) {
    struct pg_store *s = (struct pg_store *)store;
    PQfinish(s->link);
    statements_forget(s);
    arena_destroy(s->scratch);
    free(s);
}

static const struct store_backend postgres_backend = {
    .id_type = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    .bytes_type = "BYTEA",
    .text_type = "TEXT COLLATE \"C\"",
    .begin = "BEGIN",
    .run = pg_run,
    .close = pg_shut,
    .lock = pg_lock,
    .notify = pg_notify,
    .wait = pg_wait,
};

const struct err *postgres_open(const char *url, struct store **out) {
    struct pg_store *s = calloc(1, sizeof *s);
    if (!s) return err_new(ERR_RETRY, "store: no memory");
    s->head.backend = &postgres_backend;
    s->scratch = arena_create(ARENA_JOB);
    const struct err *e = link_open(url, &s->link);
    if (e) {
        pg_shut(&s->head);
        return e;
    }
    *out = &s->head;
    return NULL;
}
