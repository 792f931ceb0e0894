/* test_store.c - values go in and come out, transactions hold, migrations run once. */
#include "unit.h"

#include "store_place.h"

#include "process.h"
#include "record.h"

#include <sys/stat.h>
#include <unistd.h>

static char dir[PLACE_NAME];

static int open_one(void **state) {
    *state = place_open(dir);
    return 0;
}

static int close_one(void **state) {
    place_close(*state, dir);
    return 0;
}

static const struct err *count_row(void *ctx, const struct val *cols, size_t count) {
    ++*(int *)ctx;
    return NULL;
}

static void values_round_trip(void **state) {
    struct store *s = *state;
    struct arena *a = arena_create(ARENA_SMALL);
    struct row row;
    assert_fine(store_script(s, "CREATE TABLE t (id {id}, i BIGINT, r DOUBLE PRECISION, x TEXT, b {bytes});\n"));
    assert_fine(store_one(s, a, "INSERT INTO t (i, r, x, b) VALUES ($4, $3, $2, $1) RETURNING id, b, x, r, i",
                          VALS(val_bytes("\0\1", 2), val_text("it's"), val_real(0.5), val_int(INT64_MAX)), &row));
    assert_int_equal(row.count, 5);
    assert_int_equal(row.at[0].i, 1);
    assert_int_equal(row.at[1].n, 2);
    assert_string_equal(row.at[2].p, "it's");
    assert_true(row.at[3].r == 0.5);
    assert_true(row.at[4].i == INT64_MAX);
    assert_fine(store_one(s, a, "SELECT i FROM t WHERE x = $1", VALS(val_text("none")), &row));
    assert_int_equal(row.count, 0);
    arena_destroy(a);
}

static void rollback_undoes(void **state) {
    struct store *s = *state;
    int rows = 0;
    assert_fine(store_begin(s));
    assert_fine(setting_put(s, "a", "1"));
    store_rollback(s);
    assert_fine(store_each(s, "SELECT name FROM setting", VALS_NONE, count_row, &rows));
    assert_int_equal(rows, 0);
    bool own;
    assert_fine(store_join(s, &own));
    assert_true(own);
    assert_fine(setting_put(s, "a", "1"));
    const struct err *e = store_leave(s, own, err_retry_at(77, "no"));
    assert_int_equal(e->retry_at, 77);
    assert_fine(store_each(s, "SELECT name FROM setting", VALS_NONE, count_row, &rows));
    assert_int_equal(rows, 0);
}

static void a_broken_constraint_is_refused(void **state) {
    struct store *s = *state;
    assert_fine(store_run(s, "INSERT INTO setting (name, value, updated_at) VALUES ('a', 'b', 1)", VALS_NONE, NULL));
    const struct err *e = store_run(s, "INSERT INTO setting (name, value, updated_at) VALUES ('a', 'c', 1)", VALS_NONE, NULL);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_REFUSED);
}

struct nest {
    struct store *store;
    int deep;
};

static const struct err *nest_row(void *ctx, const struct val *cols, size_t count) {
    struct nest *n = ctx;
    if (n->deep++ > 3) return NULL;
    return store_each(n->store, "SELECT part FROM schema_level ORDER BY part", VALS_NONE, nest_row, n);
}

static void a_row_may_run_the_same_statement(void **state) {
    struct nest n = {.store = *state};
    assert_fine(store_each(n.store, "SELECT part FROM schema_level ORDER BY part", VALS_NONE, nest_row, &n));
    assert_true(n.deep > 4);
}

static void the_file_is_ours_alone(void **state) {
    if (place_is_shared()) skip();
    char path[PLACE_NAME + 16];
    struct stat st;
    snprintf(path, sizeof path, "%s/parley.db", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void migrating_again_changes_nothing(void **state) {
    assert_fine(migrate_run(*state));
    assert_fine(store_run(*state, "UPDATE schema_level SET number = 9999 WHERE part = 'core'", VALS_NONE, NULL));
    const struct err *e = migrate_run(*state);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_CONFIG);
}

/* What SQLite lets pass and PostgreSQL refuses must not make a difference. */
static void text_of_any_bytes_goes_in(void **state) {
    struct store *s = *state;
    struct arena *a = arena_create(ARENA_SMALL);
    struct row row;
    assert_fine(store_script(s, "CREATE TABLE t (x TEXT, n BIGINT);\n"));
    assert_fine(store_run(s, "INSERT INTO t (x, n) VALUES ($1, $2)", VALS(val_str((struct str){"a\xff\0b", 4}), val_null()), NULL));
    assert_fine(store_run(s, "INSERT INTO t (x, n) VALUES ($1, $2)", VALS(val_null(), val_int(-3)), NULL));
    assert_fine(store_one(s, a, "SELECT x, n, n IS NULL, n + 0.5, 7 / 2 FROM t ORDER BY x LIMIT 1", VALS_NONE, &row));
    assert_fine(store_one(s, a, "SELECT x, n, n IS NULL FROM t WHERE x = $1", VALS(val_str((struct str){"a\xff\0b", 4})), &row));
    assert_int_equal(row.count, 3);
    assert_int_equal(row.at[1].kind, VAL_NULL);
    assert_int_equal(val_as_int(&row.at[2], 0), 1);
    assert_fine(store_one(s, a, "SELECT n, n * 1.5, 7 / 2, SUM(n) FROM t WHERE n IS NOT NULL GROUP BY n", VALS_NONE, &row));
    assert_int_equal(val_as_int(&row.at[0], 0), -3);
    assert_true(val_as_real(&row.at[1], 0) == -4.5);
    assert_int_equal(val_as_int(&row.at[2], 0), 3);
    assert_int_equal(val_as_int(&row.at[3], 0), -3);
    arena_destroy(a);
}

static void text_is_ordered_by_its_bytes(void **state) {
    struct store *s = *state;
    struct arena *a = arena_create(ARENA_SMALL);
    struct row row;
    assert_fine(store_script(s, "CREATE TABLE t (x TEXT, CONTEXT_TEXT TEXT);\n"));
    assert_fine(store_run(s, "INSERT INTO t (x) VALUES ('b'), ('B'), ('a b'), ('ab'), ('_')", VALS_NONE, NULL));
    assert_fine(store_one(s, a, "SELECT MIN(x), MAX(x), COUNT(*) FROM t WHERE x > 'B'", VALS_NONE, &row));
    assert_string_equal(row.at[0].p, "_");
    assert_string_equal(row.at[1].p, "b");
    assert_int_equal(row.at[2].i, 4);
    arena_destroy(a);
}

/* In PostgreSQL they are sent without waiting: the error comes by the commit, and nothing is kept. */
static void an_error_inside_a_transaction_undoes_it(void **state) {
    struct store *s = *state;
    struct arena *a = arena_create(ARENA_SMALL);
    const char *value;
    for (int round = 0; round < 2; round++) {
        assert_fine(store_begin(s));
        const struct err *e = NULL;
        for (int i = 0; i < 300 && !e; i++)
            e = store_run(s, "INSERT INTO setting (name, value, updated_at) VALUES ($1, 'x', 1)", VALS(val_text(i % 299 ? "other" : "same")), NULL);
        if (!e) e = store_commit(s);
        else store_rollback(s);
        assert_non_null(e);
        assert_int_equal(e->kind, ERR_REFUSED);
        assert_fine(setting_get(s, a, "same", &value));
        assert_null(value);
    }
    assert_fine(setting_put(s, "same", "1"));
    arena_destroy(a);
}

static void many_at_once_are_all_kept(void **state) {
    struct store *s = *state;
    struct row row;
    struct arena *a = arena_create(ARENA_SMALL);
    assert_fine(store_script(s, "CREATE TABLE t (id {id}, n BIGINT NOT NULL);\n"));
    assert_fine(store_begin(s));
    for (int i = 0; i < 1000; i++) assert_fine(store_run(s, "INSERT INTO t (n) VALUES ($1)", VALS(val_int(i)), NULL));
    assert_fine(store_one(s, a, "SELECT COUNT(*), SUM(n) FROM t", VALS_NONE, &row));
    assert_int_equal(row.at[0].i, 1000);
    assert_int_equal(val_as_int(&row.at[1], 0), 499500);
    assert_fine(store_run(s, "DELETE FROM t WHERE n < $1", VALS(val_int(10)), NULL));
    assert_fine(store_commit(s));
    assert_fine(store_one(s, a, "SELECT COUNT(*) FROM t", VALS_NONE, &row));
    assert_int_equal(row.at[0].i, 990);
    arena_destroy(a);
}

/* Heard by another connection when it is committed, not before. */
static void news_is_heard_once_it_is_committed(void **state) {
    struct store *s = *state, *other;
    bool woken;
    if (!place_is_shared()) skip();
    assert_fine(migrate_open(dir, &other));
    assert_fine(store_wait(other, 0, &woken));
    assert_false(woken);
    assert_fine(store_begin(s));
    assert_fine(store_notify(s));
    assert_fine(store_wait(other, 10, &woken));
    assert_false(woken);
    assert_fine(store_commit(s));
    assert_fine(store_wait(other, 20000, &woken));
    assert_true(woken);
    store_close(other);
}

/* Two that would each read before the other writes: the lock puts them in a row. */
static void a_lock_is_held_until_the_end(void **state) {
    struct store *s = *state, *other;
    const char *value;
    if (!place_is_shared()) skip();
    struct arena *a = arena_create(ARENA_SMALL);
    assert_fine(migrate_open(dir, &other));
    assert_fine(store_run(other, "SET lock_timeout = '20ms'", VALS_NONE, NULL));
    assert_fine(store_begin(s));
    assert_fine(store_lock(s, "one"));
    assert_fine(setting_put(s, "a", "1"));
    assert_fine(store_begin(other));
    assert_fine(store_lock(other, "another"));
    const struct err *e = store_lock(other, "one");
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_RETRY);
    store_rollback(other);
    assert_fine(store_commit(s));
    assert_fine(store_begin(other));
    assert_fine(store_lock(other, "one"));
    assert_fine(setting_get(other, a, "a", &value));
    assert_string_equal(value, "1");
    store_rollback(other);
    store_close(other);
    arena_destroy(a);
}

static const struct err *link_cut(void *ctx, const struct val *cols, size_t count) {
    return store_run(ctx, "SELECT pg_terminate_backend(CAST($1 AS INTEGER))", VALS(val_int(cols[0].i)), NULL);
}

/* Outside a transaction nobody notices; inside one, what was done is gone and says so. */
static void a_lost_connection_is_made_anew(void **state) {
    struct store *s = *state, *other;
    const char *value;
    if (!place_is_shared()) skip();
    struct arena *a = arena_create(ARENA_SMALL);
    assert_fine(migrate_open(dir, &other));
    assert_fine(setting_put(s, "a", "1"));
    assert_fine(store_each(s, "SELECT CAST(pg_backend_pid() AS BIGINT)", VALS_NONE, link_cut, other));
    assert_fine(setting_get(s, a, "a", &value));
    assert_string_equal(value, "1");
    assert_fine(store_begin(s));
    assert_fine(setting_put(s, "a", "2"));
    assert_fine(store_each(s, "SELECT CAST(pg_backend_pid() AS BIGINT)", VALS_NONE, link_cut, other));
    const struct err *e = setting_put(s, "a", "3");
    if (!e) e = store_commit(s);
    else store_rollback(s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_RETRY);
    assert_fine(setting_get(s, a, "a", &value));
    assert_string_equal(value, "1");
    assert_fine(setting_put(s, "a", "4"));
    store_close(other);
    arena_destroy(a);
}

static void a_bad_place_is_bad_config(void **state) {
    struct store *s;
    const struct err *e = store_open("/nonexistent/x.db", &s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_CONFIG);
}

/* A closed port, a socket that is not there: later. A broken address: the operator. In no case are the password's words told. */
static void a_password_is_never_told(void **state) {
    static const struct {
        const char *place;
        enum err_kind kind;
    } cases[] = {{"postgresql://u:hush%21@127.0.0.1:1/x?connect_timeout=1", ERR_RETRY},
                 {"postgresql://u:hush%21@127.0.0.1:port/x", ERR_CONFIG},
                 {"postgresql://u:hush%zz@127.0.0.1/x", ERR_CONFIG},
                 {"postgres://u:hush@[::1/x", ERR_CONFIG},
                 {"postgres://u@/x?host=/nonexistent&password=hush", ERR_RETRY},
                 {"postgres://u@/x?nonsense=hush", ERR_CONFIG}};
    struct arena *a = arena_create(ARENA_SMALL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct store *s;
        const struct err *e = store_open(cases[i].place, &s);
        assert_non_null(e);
        if (e->kind != cases[i].kind) fail_msg("%s: %s: %s", cases[i].place, err_kind_name(e->kind), e->text);
        assert_null(s);
        assert_null(strstr(e->text, "hush"));
        assert_null(strstr(store_name(a, cases[i].place), "hush"));
    }
    arena_destroy(a);
}

/* Opening a second time must not drop the first one's locks: another process would then take itself for the last and do away with the log. */
static void a_second_connection_keeps_the_first_ones_locks(void **state) {
    if (place_is_shared()) skip();
    struct store *first = *state, *second;
    struct arena *a = arena_create(ARENA_SMALL);
    assert_fine(migrate_open(dir, &second));
    assert_fine(setting_put(first, "a", "1"));
    char self[] = "test_store", word[] = "other", *argv[] = {self, word, dir, NULL};
    struct process_call call = {.path = "/proc/self/exe", .argv = argv, .envp = environ, .seconds = 60, .stop_fd = -1};
    struct process_result result;
    assert_fine(process_run(&call, &result)); /* a fork would inherit what SQLite believes about locks */
    assert_int_equal(result.code, 0);
    const char *value;
    assert_fine(setting_get(first, a, "a", &value));
    assert_string_equal(value, "2");
    assert_fine(setting_put(first, "a", "3"));
    assert_fine(setting_get(second, a, "a", &value));
    assert_string_equal(value, "3");
    char path[PLACE_NAME + 16];
    snprintf(path, sizeof path, "%s/parley.db-wal", dir);
    assert_true(fs_exists(path));
    store_close(second);
    arena_destroy(a);
}

static void records_come_back(void **state) {
    struct store *s = *state;
    struct arena *a = arena_create(ARENA_SMALL);
    int64_t id = 0;
    struct review_record r = {.subject = "acme/dw#42", .repo = "acme/dw", .number = 42, .verdict = "advise", .body = "{\"a\":1}", .findings = 2};
    assert_fine(review_record_put(s, &r, &id));
    r.verdict = "clean";
    assert_fine(review_record_put(s, &r, &id));
    struct review_record *last;
    assert_fine(review_record_last(s, a, "acme/dw#42", &last));
    assert_string_equal(last->verdict, "clean");
    assert_string_equal(last->body, "{\"a\":1}");
    struct review_records all;
    assert_fine(review_record_list(s, a, "acme/dw", 10, &all));
    assert_int_equal(all.n, 2);
    struct ledger_line line = {.subject = "acme/dw#42", .actor = "github:ana", .action = "accept", .finding = "f-1", .detail = "because"};
    assert_fine(ledger_add(s, &line));
    struct ledger_lines lines;
    assert_fine(ledger_list(s, a, "acme/dw#42", "f-1", &lines));
    assert_int_equal(lines.n, 1);
    assert_fine(ledger_list(s, a, "acme/dw#42", "f-2", &lines));
    assert_int_equal(lines.n, 0);
    assert_fine(ledger_list(s, a, "acme/dw#42", NULL, &lines));
    assert_int_equal(lines.n, 1);
    const char *value;
    assert_fine(setting_put(s, "bot_login", "parley[bot]"));
    assert_fine(setting_get(s, a, "bot_login", &value));
    assert_string_equal(value, "parley[bot]");
    assert_fine(setting_put(s, "bot_login", NULL));
    assert_fine(setting_get(s, a, "bot_login", &value));
    assert_null(value);
    arena_destroy(a);
}

/* The other process: opens, writes, closes. */
static int other_run(const char *where) {
    struct store *other;
    bool fine = !migrate_open(where, &other) && !setting_put(other, "a", "2");
    store_close(other);
    return fine ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc == 3) return other_run(argv[2]);
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, open_one, close_one)
    const struct CMUnitTest tests[] = {ONE(values_round_trip),
                                       ONE(rollback_undoes),
                                       ONE(a_broken_constraint_is_refused),
                                       ONE(a_row_may_run_the_same_statement),
                                       ONE(the_file_is_ours_alone),
                                       ONE(migrating_again_changes_nothing),
                                       ONE(a_bad_place_is_bad_config),
                                       ONE(news_is_heard_once_it_is_committed),
                                       ONE(a_lock_is_held_until_the_end),
                                       ONE(a_lost_connection_is_made_anew),
                                       ONE(a_password_is_never_told),
                                       ONE(text_of_any_bytes_goes_in),
                                       ONE(text_is_ordered_by_its_bytes),
                                       ONE(an_error_inside_a_transaction_undoes_it),
                                       ONE(many_at_once_are_all_kept),
                                       ONE(a_second_connection_keeps_the_first_ones_locks),
                                       ONE(records_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
