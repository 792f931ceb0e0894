/* copy.c - table by table, in the order of the migrations. */
#include "copy.h"

#include "migrate.h"
#include "store_backend.h"

#define TABLES_MAX 100
#define FETCH      "FETCH 2000 FROM copied"

struct table {
    const char *name;
    bool has_id; /* numbered by the database */
};

struct copying {
    struct arena *arena;
    struct store *from, *to;
    struct table tables[TABLES_MAX];
    size_t table_count;
    const char *insert; /* of the table at hand, made when its first row shows how many columns it has */
    const char *name;
    int64_t rows, fetched;
};

/* The tables that a script makes. */
static void script_tables(void *ctx, const char *sql) {
    struct copying *c = ctx;
    static const char make[] = "CREATE TABLE ";
    for (const char *at = sql; (at = strstr(at, make)) != NULL && c->table_count < TABLES_MAX;) {
        at += sizeof make - 1;
        const char *end = strstr(at, ";\n"), *id = strstr(at, "{id}");
        c->tables[c->table_count++] = (struct table){arena_copy(c->arena, at, strcspn(at, " (\n")), id && (!end || id < end)};
    }
}

static const struct err *row_insert(void *ctx, const struct val *cols, size_t count) {
    struct copying *c = ctx;
    c->fetched++;
    if (!c->insert) {
        struct buf sql = buf_new(c->arena);
        buf_printf(&sql, "INSERT INTO %s VALUES (", c->name);
        for (size_t i = 0; i < count; i++) buf_printf(&sql, "%s$%zu", i ? ", " : "", i + 1);
        buf_char(&sql, ')');
        c->insert = buf_str(&sql);
    }
    return store_run(c->to, c->insert, (struct vals){count, cols}, NULL);
}

/* By a cursor where rows would else all be held in memory at once. */
static const struct err *rows_copy(struct copying *c) {
    const char *select = arena_printf(c->arena, "SELECT * FROM %s", c->name);
    if (!c->from->backend->lock) return store_each(c->from, select, VALS_NONE, row_insert, c);
    TRY(store_run(c->from, arena_printf(c->arena, "DECLARE copied NO SCROLL CURSOR FOR %s", select), VALS_NONE, NULL));
    do {
        c->fetched = 0;
        TRY(store_each(c->from, FETCH, VALS_NONE, row_insert, c));
        c->rows += c->fetched;
    } while (c->fetched);
    return store_run(c->from, "CLOSE copied", VALS_NONE, NULL);
}

/* The next number comes after those copied. */
static const struct err *numbers_go_on(struct copying *c, const struct table *table) {
    if (!table->has_id || !c->to->backend->lock) return NULL;
    const char *sql = "SELECT setval(pg_get_serial_sequence('%s', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM %s), false)";
    return store_run(c->to, arena_printf(c->arena, sql, table->name, table->name), VALS_NONE, NULL);
}

static const struct err *table_copy(struct copying *c, const struct table *table) {
    struct row any;
    c->name = table->name;
    c->insert = NULL;
    c->fetched = 0;
    TRY(store_one(c->to, c->arena, arena_printf(c->arena, "SELECT 1 FROM %s LIMIT 1", table->name), VALS_NONE, &any));
    if (any.count) return err_new(ERR_CONFIG, "there is something in it already (%s): only an empty store is copied into", table->name);
    TRY(rows_copy(c));
    c->rows += c->fetched;
    return numbers_go_on(c, table);
}

static const struct err *tables_copy(struct copying *c) {
    for (size_t i = 0; i < c->table_count; i++) TRY(table_copy(c, &c->tables[i]));
    return NULL;
}

const struct err *store_copy(struct store *from, struct store *to, int64_t *rows) {
    struct copying c = {.arena = arena_create(ARENA_JOB), .from = from, .to = to};
    migrate_scripts(script_tables, &c);
    bool own_from, own_to = false;
    const struct err *e = store_join(from, &own_from);
    if (!e && from->backend->lock) e = store_run(from, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", VALS_NONE, NULL);
    if (!e) e = store_join(to, &own_to);
    if (!e) e = tables_copy(&c);
    if (own_to) e = store_leave(to, own_to, e);
    if (own_from) store_rollback(from);
    if (rows) *rows = c.rows;
    arena_destroy(c.arena);
    return e;
}
