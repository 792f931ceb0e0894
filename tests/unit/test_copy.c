/* test_copy.c - every table comes along, numbers go on, and only an empty store is copied into. */
#include "unit.h"

#include "store_place.h"

#include "copy.h"
#include "queue.h"
#include "record.h"

static int64_t number(struct store *s, const char *sql) {
    struct arena *a = arena_create(ARENA_SMALL);
    struct row row;
    assert_fine(store_one(s, a, sql, VALS_NONE, &row));
    int64_t out = val_as_int(&row.at[0], -1);
    arena_destroy(a);
    return out;
}

static void delivery_add(struct store *s, const char *guid) {
    struct delivery d = {.sender = SENDER_JOBS, .event = "event", .guid = guid, .body = STR("a body, \1 and all"), .received_at = 1000};
    assert_fine(queue_add(s, &d, NULL));
}

/* A row of each kind of value: numbers, reals, text, bytes, nothing. */
static void fill(struct store *s) {
    delivery_add(s, "g1");
    delivery_add(s, "g2");
    assert_fine(setting_put(s, "a", "it's"));
    assert_fine(store_run(s, "INSERT INTO estimate (fingerprint, seconds, spread, read_bytes, name, made_at) VALUES ('f', 0.1, 2, 1e300, NULL, 3)",
                          VALS_NONE, NULL));
    for (int i = 0; i < 2500; i++)
        assert_fine(store_run(s, "INSERT INTO feature (kind, hash, definition, tables) VALUES (1, $1, $2, 0)",
                              VALS(val_int(i % 2 ? INT64_MIN + i : INT64_MAX - i), val_int(i)), NULL));
}

static void assert_filled(struct store *s) {
    struct arena *a = arena_create(ARENA_SMALL);
    const char *value;
    struct delivery *d;
    struct row row;
    assert_int_equal(number(s, "SELECT COUNT(*) FROM feature"), 2500);
    assert_int_equal(number(s, "SELECT COUNT(*) FROM delivery WHERE state = 'received'"), 2);
    assert_fine(setting_get(s, a, "a", &value));
    assert_string_equal(value, "it's");
    assert_fine(queue_get(s, a, 1, &d));
    assert_true(str_is(d->body, "a body, \1 and all"));
    assert_fine(store_one(s, a, "SELECT seconds, read_bytes, name FROM estimate", VALS_NONE, &row));
    assert_true(row.at[0].r == 0.1 && row.at[1].r == 1e300 && row.at[2].kind == VAL_NULL);
    delivery_add(s, "g3");
    assert_int_equal(number(s, "SELECT id FROM delivery WHERE guid = 'g3'"), 3);
    arena_destroy(a);
}

static void there_and_back(void **state) {
    char here[PLACE_NAME], back[PLACE_NAME], folder[] = "/tmp/parley-test-XXXXXX";
    struct store *first = place_open(here), *file, *second = place_open(back);
    int64_t rows;
    assert_non_null(mkdtemp(folder));
    assert_fine(migrate_open(folder, &file));
    fill(first);
    assert_fine(store_copy(first, file, &rows));
    assert_int_equal(rows, 2504);
    assert_fine(store_copy(file, second, &rows));
    const struct err *e = store_copy(first, second, NULL);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_CONFIG);
    assert_filled(file);
    assert_filled(second);
    place_close(first, here);
    place_close(second, back);
    store_close(file);
    for (const char *const *name = (const char *const[]){"parley.db", "parley.db-wal", "parley.db-shm", NULL}; *name; name++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", folder, *name);
        remove(path);
    }
    remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
