/* test_store.c - values go in and come out, transactions hold, migrations run once. */
#include "unit.h"

#include "store_place.h"

#include "process.h"
#include "record.h"

#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

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
    char path[128];
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

static void a_bad_place_is_bad_config(void **state) {
    struct store *s;
    const struct err *e = store_open("/nonexistent/x.db", &s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_CONFIG);
    e = store_open("postgresql://x", &s);
    assert_non_null(e);
    assert_null(s);
}

/* Opening a second time must not drop the first one's locks: another process would then take itself for the last and do away with the log. */
static void a_second_connection_keeps_the_first_ones_locks(void **state) {
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
    char path[128];
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
                                       ONE(a_second_connection_keeps_the_first_ones_locks),
                                       ONE(records_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
