/* test_read_manifest.c - what dbt compiled wins over current source, never over newer source. */
#include "unit.h"

#include "read_helper.h"

#define MANIFEST                                                                                                                                     \
    "{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/manifest/v12.json\", \"adapter_type\": \"snowflake\"}, \"nodes\": {"   \
    "\"model.p.a\": {\"resource_type\": \"model\", \"database\": \"DB\", \"schema\": \"MART\", \"alias\": \"A\", \"original_file_path\": "           \
    "\"models/a.sql\", \"raw_code\": \"select {{ mystery() }} as x from {{ source('s', 't') }}\", \"compiled_code\": \"select y + 1 as x from "      \
    "raw.s.t\", \"config\": {\"materialized\": \"table\"}, \"meta\": {\"owner\": \"mo\"}, \"columns\": {\"x\": {\"name\": \"x\", \"data_type\": "    \
    "\"int\", \"description\": \"a number\"}}},"                                                                                                     \
    "\"model.p.b\": {\"resource_type\": \"model\", \"schema\": \"mart\", \"name\": \"b\", \"original_file_path\": \"models/b.sql\", \"raw_code\": "  \
    "\"select 1 as old\", \"compiled_code\": \"select 1 as old\"},"                                                                                  \
    "\"model.p.c\": {\"resource_type\": \"model\", \"schema\": \"mart\", \"name\": \"c\", \"original_file_path\": \"models/gone.sql\", "             \
    "\"raw_code\": "                                                                                                                                 \
    "\"x\", \"compiled_code\": \"select k from DB.MART.A\"},"                                                                                        \
    "\"model.p.i\": {\"resource_type\": \"model\", \"schema\": \"mart\", \"name\": \"i\", \"original_file_path\": \"models/i.sql\", \"raw_code\": "  \
    "\"{{ config(materialized='incremental') }} select d from s.t {% if is_incremental() %} where d > 1 {% endif %}\", \"compiled_code\": "          \
    "\"select d from s.t where d > 1\", \"config\": {\"materialized\": \"incremental\"}},"                                                           \
    "\"test.p.u\": {\"resource_type\": \"test\", \"test_metadata\": {\"name\": \"unique\", \"kwargs\": {\"column_name\": \"x\"}}, \"depends_on\": "  \
    "{\"nodes\": [\"model.p.a\"]}},"                                                                                                                 \
    "\"test.p.w\": {\"resource_type\": \"test\", \"test_metadata\": {\"name\": \"not_null\", \"kwargs\": {\"column_name\": \"x\"}}, "                \
    "\"depends_on\": "                                                                                                                               \
    "{\"nodes\": [\"model.p.a\"]}, \"config\": {\"where\": \"x > 1\"}},"                                                                             \
    "\"test.p.r\": {\"resource_type\": \"test\", \"test_metadata\": {\"name\": \"relationships\", \"kwargs\": {\"column_name\": \"k\", \"field\": "  \
    "\"x\"}}, \"attached_node\": \"model.p.c\", \"depends_on\": {\"nodes\": [\"model.p.a\", \"model.p.c\"]}}}, \"exposures\": {\"exposure.p.e\": "   \
    "{\"name\": \"board\", \"type\": \"dashboard\", \"owner\": {\"email\": \"v@x.y\"}, \"depends_on\": {\"nodes\": [\"model.p.a\"]}}}}"

static const struct memory_file files[] = {
    {"dbt_project.yml", "name: p\n"},
    {"models/a.sql", "select {{ mystery() }} as x from {{ source('s', 't') }}\n"},
    {"models/b.sql", "select 2 as newer"},
    {"models/i.sql", "{{ config(materialized='incremental') }} select d from s.t {% if is_incremental() %} where d > 1 {% endif %}"},
    {"target/manifest.json", MANIFEST},
    {"target/catalog.json",
     "{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/catalog/v1.json\"}, \"nodes\": {\"model.p.a\": {\"metadata\": "
     "{\"database\": \"DB\", \"schema\": \"MART\", \"name\": \"A\", \"owner\": \"LOADER\"}, \"columns\": {\"Z\": {\"type\": \"TEXT\", \"index\": 2, "
     "\"name\": \"Z\"}, \"X\": {\"type\": \"NUMBER\", \"index\": 1, \"name\": \"X\"}}, \"stats\": {\"bytes\": {\"value\": 2048.0}, \"row_count\": "
     "{\"value\": 12}}}}, \"sources\": {}}"},
};

static const struct dataset_facts *facts_of(const struct reading *r, const char *dataset, const char *path) {
    for (size_t i = 0; i < r->facts.n; i++) {
        if (strcmp(r->facts.at[i].dataset, dataset) == 0 && strcmp(r->facts.at[i].path, path) == 0) return &r->facts.at[i];
    }
    fail_msg("no facts of %s in %s", dataset, path);
    return NULL;
}

static void compiled_wins_over_the_source_it_was_made_of(void **state) {
    struct reading *r = read_memory(*state, files, 6);
    const struct definition *a = definition_of(r, "DB.MART.A");
    assert_string_equal(a->path, "models/a.sql");
    assert_string_equal(flat_sql(*state, a), "select y + 1 as x from raw.s.t");
    assert_null(a->doubt);
    assert_int_equal(a->dialect, DIALECT_SNOWFLAKE);
    assert_string_equal(flat_sql(*state, definition_of(r, "b")), "select 2 as newer");
    assert_string_equal(definition_of(r, "mart.c")->path, "target/manifest.json");
    assert_null(strstr(flat_sql(*state, definition_of(r, "i")), "where"));
    assert_int_equal(r->gaps.n, 1); /* the stale b */
    assert_int_equal(r->exposures.n, 1);
    assert_string_equal(r->exposures.at[0].reads[0], "DB.MART.A");
}

static void tests_and_warehouse_columns_are_facts(void **state) {
    struct reading *r = read_memory(*state, files, 6);
    const struct dataset_facts *f = facts_of(r, "DB.MART.A", "target/manifest.json");
    assert_int_equal(f->key_count, 1);
    assert_string_equal(f->keys[0].columns[0], "x");
    assert_int_equal(f->keys[0].origin, ORIGIN_TEST);
    assert_false(f->columns[0].not_null);
    assert_string_equal(f->columns[0].type, "int");
    assert_string_equal(f->owner, "mo");
    const struct dataset_facts *c = facts_of(r, "mart.c", "target/manifest.json");
    assert_int_equal(c->foreign_key_count, 1);
    assert_string_equal(c->foreign_keys[0].dataset, "DB.MART.A");
    const struct dataset_facts *w = facts_of(r, "DB.MART.A", "target/catalog.json");
    assert_true(w->columns_complete);
    assert_int_equal(w->column_count, 2);
    assert_string_equal(w->columns[0].name, "X");
    assert_int_equal(w->bytes, 2048);
    assert_int_equal(w->rows, 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(compiled_wins_over_the_source_it_was_made_of), TEST(tests_and_warehouse_columns_are_facts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
