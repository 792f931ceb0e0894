/* store.c - the front of every backend: transactions, scripts, first rows, columns. */
#include "store_backend.h"

#include <assert.h>
#include <stdlib.h>

#define SCRIPT_STATEMENTS_MAX 1000
#define PLACE_MAX             512

const struct err *store_open(const char *path, struct store **out) {
    *out = NULL;
    return store_is_shared(path) ? postgres_open(path, out) : sqlite_open(path, out);
}

bool store_is_shared(const char *place) { return text_starts(place, "postgres://") || text_starts(place, "postgresql://"); }

const char *store_name(struct arena *arena, const char *place) {
    if (!store_is_shared(place)) return place;
    char *name = arena_alloc(arena, PLACE_MAX);
    postgres_name(place, name, PLACE_MAX);
    return name;
}

void store_close(struct store *store) {
    if (!store) return;
    store_rollback(store);
    store->backend->close(store);
}

const struct err *store_run(struct store *store, const char *sql, struct vals vals, int64_t *changed) {
    struct store_call call = {.sql = sql, .vals = vals, .counted = changed != NULL};
    TRY(store->backend->run(store, &call));
    if (changed) *changed = call.changed;
    return NULL;
}

const struct err *store_each(struct store *store, const char *sql, struct vals vals, store_row fn, void *ctx) {
    struct store_call call = {.sql = sql, .vals = vals, .row = fn, .ctx = ctx};
    return store->backend->run(store, &call);
}

struct first {
    struct arena *arena;
    struct row *out;
};

static const struct err *first_take(void *ctx, const struct val *cols, size_t count) {
    struct first *first = ctx;
    if (first->out->count) return NULL;
    assert(count <= STORE_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        first->out->at[i] = cols[i];
        if (cols[i].kind == VAL_TEXT || cols[i].kind == VAL_BYTES) first->out->at[i].p = arena_copy(first->arena, cols[i].p, cols[i].n);
    }
    first->out->count = count;
    return NULL;
}

const struct err *store_one(struct store *store, struct arena *arena, const char *sql, struct vals vals, struct row *out) {
    memset(out, 0, sizeof *out);
    struct first first = {.arena = arena, .out = out};
    return store_each(store, sql, vals, first_take, &first);
}

/* The first row's; those after it are passed over. */
struct first_number {
    bool seen;
    int64_t number;
};

static const struct err *number_take(void *ctx, const struct val *cols, size_t count) {
    struct first_number *first = ctx;
    if (!first->seen) *first = (struct first_number){true, val_as_int(&cols[0], 0)};
    return NULL;
}

const struct err *store_number(struct store *store, const char *sql, struct vals vals, int64_t *out) {
    struct first_number first = {0};
    *out = 0;
    TRY(store_each(store, sql, vals, number_take, &first));
    *out = first.number;
    return NULL;
}

/* Whether it worked is always asked. */
static const struct err *control_run(struct store *store, const char *sql) {
    int64_t changed;
    return store_run(store, sql, VALS_NONE, &changed);
}

const struct err *store_begin(struct store *store) {
    assert(!store->in_transaction);
    TRY(control_run(store, store->backend->begin));
    store->in_transaction = true;
    return NULL;
}

const struct err *store_commit(struct store *store) {
    assert(store->in_transaction);
    const struct err *e = control_run(store, "COMMIT");
    if (e) {
        store_rollback(store);
        return err_wrap(e, "commit");
    }
    store->in_transaction = false;
    return NULL;
}

void store_rollback(struct store *store) {
    if (!store->in_transaction) return;
    store->in_transaction = false;
    /* It fails only when the database has rolled back by itself, which is what is wanted. */
    const struct err *e = control_run(store, "ROLLBACK");
    (void)e;
}

const struct err *store_join(struct store *store, bool *own) {
    *own = !store->in_transaction;
    return *own ? store_begin(store) : NULL;
}

/* The error is made anew: the ring of errors may turn while its statements are undone. */
static const struct err *err_again(const struct err *kept) {
    const struct err *e = kept->retry_at ? err_retry_at(kept->retry_at, "%s", kept->text) : err_new(kept->kind, "%s", kept->text);
    return err_with_status(e, kept->status);
}

const struct err *store_leave(struct store *store, bool own, const struct err *result) {
    if (!own) return result;
    if (!result) return store_commit(store);
    struct err kept = *result;
    store_rollback(store);
    return err_again(&kept);
}

const struct err *store_part(struct store *store) {
    assert(store->in_transaction);
    return control_run(store, STORE_PART);
}

const struct err *store_part_end(struct store *store, const struct err *result) {
    const struct err *failed = result ? result : control_run(store, STORE_PART_KEEP);
    if (!failed) return NULL;
    struct err kept = *failed;
    TRY(control_run(store, STORE_PART_UNDO));
    return err_again(&kept);
}

const struct err *store_lock(struct store *store, const char *name) {
    assert(store->in_transaction);
    return store->backend->lock ? store->backend->lock(store, name) : NULL;
}

const struct err *store_notify(struct store *store) { return store->backend->notify ? store->backend->notify(store) : NULL; }

const struct err *store_wait(struct store *store, int milliseconds, bool *woken) {
    assert(store->backend->wait && !store->in_transaction);
    return store->backend->wait(store, milliseconds, woken);
}

/* The word TEXT itself, not a part of another. */
static bool is_text_word(struct str all, size_t i) {
    return str_starts((struct str){all.p + i, all.n - i}, "TEXT") && i > 0 && all.p[i - 1] == ' ' &&
           (i + 4 == all.n || strchr(" ,)\n", all.p[i + 4]) != NULL);
}

static void placeholder_fill(struct buf *out, struct str statement, const struct store_backend *backend) {
    for (size_t i = 0; i < statement.n; i++) {
        struct str rest = {statement.p + i, statement.n - i};
        if (str_starts(rest, "{id}")) {
            buf_text(out, backend->id_type);
            i += 3;
        } else if (str_starts(rest, "{bytes}")) {
            buf_text(out, backend->bytes_type);
            i += 6;
        } else if (is_text_word(statement, i)) {
            buf_text(out, backend->text_type);
            i += 3;
        } else {
            buf_char(out, statement.p[i]);
        }
    }
}

static const struct err *script_run(struct store *store, struct arena *arena, const char *sql) {
    const char *at = sql;
    for (int i = 0; *at; i++) {
        assert(i < SCRIPT_STATEMENTS_MAX);
        const char *end = strstr(at, ";\n");
        size_t n = end ? (size_t)(end - at) : strlen(at);
        struct str statement = str_trim((struct str){at, n});
        if (statement.n && statement.p[statement.n - 1] == ';') statement.n--;
        at += n + (end ? 2 : 0);
        if (!statement.n) continue;
        struct buf text = buf_new(arena);
        placeholder_fill(&text, statement, store->backend);
        TRY(store_run(store, buf_str(&text), VALS_NONE, NULL));
    }
    return NULL;
}

const struct err *store_script(struct store *store, const char *sql) {
    struct arena *arena = arena_create(ARENA_SMALL);
    const struct err *e = script_run(store, arena, sql);
    arena_destroy(arena);
    return e;
}

int64_t val_as_int(const struct val *v, int64_t otherwise) {
    if (v->kind == VAL_INT) return v->i;
    return v->kind == VAL_REAL ? (int64_t)v->r : otherwise;
}

double val_as_real(const struct val *v, double otherwise) {
    if (v->kind == VAL_REAL) return v->r;
    return v->kind == VAL_INT ? (double)v->i : otherwise;
}

char *val_as_text(struct arena *arena, const struct val *v, const char *otherwise) {
    if (v->kind != VAL_TEXT && v->kind != VAL_BYTES) return arena_strdup(arena, otherwise);
    return arena_copy(arena, v->p, v->n);
}
