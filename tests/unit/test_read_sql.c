/* test_read_sql.c - SQL files become definitions, statement by statement. */
#include "unit.h"

#include "read_helper.h"

static void statements_define_what_they_fill(void **state) {
    struct reading *r = read_one(*state, "a.sql",
                                 "USE CATALOG main;\nUSE sales;\n"
                                 "CREATE OR REPLACE TABLE daily AS\nSELECT day, sum(amount) AS amount FROM orders GROUP BY day;\n"
                                 "CREATE VIEW v (d) AS SELECT day FROM daily;\n"
                                 "INSERT INTO log SELECT * FROM daily;\n"
                                 "MERGE INTO dim t USING (SELECT id, name FROM raw.people) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *;\n"
                                 "SELECT count(*) FROM daily;\n");
    assert_int_equal(r->gaps.n, 0);
    assert_int_equal(r->definitions.n, 5);
    const struct definition *d = definition_of(r, "main.sales.daily");
    assert_int_equal(d->kind, DEF_TABLE);
    assert_int_equal(d->range.line, 3);
    assert_int_equal(d->query_range.line, 4);
    assert_string_equal(reads_text(*state, d), "main.sales.orders");
    assert_false(d->partial);
    d = definition_of(r, "main.sales.v");
    assert_int_equal(d->kind, DEF_VIEW);
    assert_string_equal(reads_text(*state, d), "main.sales.daily");
    d = definition_of(r, "main.sales.log");
    assert_int_equal(d->kind, DEF_INCREMENTAL);
    assert_true(d->partial);
    d = definition_of(r, "main.sales.dim");
    assert_string_equal(d->strategy, "merge");
    assert_string_equal(d->unique_key[0], "id");
    assert_string_equal(reads_text(*state, d), "main.raw.people");
    assert_string_equal(definition_of(r, "query at line 8")->dialect == DIALECT_DATABRICKS ? "databricks" : "", "databricks");
}

static void temp_views_are_inlined(void **state) {
    struct reading *r = read_one(*state, "a.sql",
                                 "CREATE TEMP VIEW a AS SELECT id FROM s.base;\n"
                                 "CREATE OR REPLACE TEMP VIEW b AS SELECT id FROM a WHERE id > 1;\n"
                                 "CREATE OR REPLACE TEMP VIEW a AS SELECT id FROM s.other;\n"
                                 "CREATE TABLE t AS SELECT a.id FROM a JOIN b ON a.id = b.id;\n"
                                 "CREATE TABLE u AS WITH b AS (SELECT 1 AS id) SELECT * FROM b;\n"
                                 "CREATE TABLE w AS WITH b AS (SELECT id FROM b) SELECT * FROM b;\n");
    const struct definition *t = definition_of(r, "t");
    assert_string_equal(reads_text(*state, t), "s.base s.other");
    assert_string_equal(flat_sql(*state, t),
                        "WITH a AS ( SELECT id FROM s.base ), b AS ( SELECT id FROM a WHERE id > 1 ), a__3 AS ( SELECT id FROM s.other ) "
                        "SELECT a.id FROM a__3 AS a JOIN b ON a.id = b.id");
    assert_string_equal(reads_text(*state, definition_of(r, "u")), "");
    assert_string_equal(reads_text(*state, definition_of(r, "w")), "s.base");
    assert_int_equal(r->gaps.n, 0);
}

static void writers_and_changes_make_partial(void **state) {
    struct reading *r = read_one(*state, "a.sql",
                                 "CREATE TABLE a AS SELECT 1 AS x FROM s; DELETE FROM a WHERE x = 1;\n"
                                 "CREATE TABLE b AS SELECT 1 AS x FROM s; INSERT INTO b VALUES (2);\n"
                                 "CREATE TABLE c AS SELECT 1 AS x FROM s;\n"
                                 "INSERT OVERWRITE d SELECT 1 FROM s; INSERT OVERWRITE d SELECT 2 FROM s;\n");
    assert_true(definition_of(r, "a")->partial);
    assert_true(definition_of(r, "b")->partial);
    assert_false(definition_of(r, "c")->partial);
    assert_true(definition_of(r, "d")->partial);
}

static void inserts_go_by_position(void **state) {
    struct reading *r =
        read_one(*state, "a.sql",
                 "CREATE TABLE a (id INT, total INT); INSERT OVERWRITE a SELECT customer_id, sum(x) AS total FROM s GROUP BY customer_id;\n"
                 "CREATE TABLE b (id INT, total INT); INSERT OVERWRITE b SELECT id, sum(x) AS total FROM s GROUP BY id;\n");
    assert_true(definition_of(r, "a")->partial);
    assert_false(definition_of(r, "b")->partial);
}

static void tables_give_facts(void **state) {
    struct reading *r = read_one(*state, "ddl.sql",
                                 "CREATE TABLE s.orders (id BIGINT NOT NULL COMMENT 'the order', customer_id BIGINT, day DATE,\n"
                                 "  CONSTRAINT pk PRIMARY KEY (id), CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES s.customers "
                                 "(id))\nPARTITIONED BY (day) COMMENT 'all orders';\n");
    assert_int_equal(r->facts.n, 1);
    const struct dataset_facts *f = &r->facts.at[0];
    assert_string_equal(f->dataset, "s.orders");
    assert_int_equal(f->column_count, 3);
    assert_true(f->columns_complete);
    assert_true(f->columns[0].not_null);
    assert_false(f->columns[1].not_null);
    assert_string_equal(f->columns[0].description, "the order");
    assert_string_equal(f->keys[0].columns[0], "id");
    assert_true(f->keys[0].primary);
    assert_string_equal(f->foreign_keys[0].dataset, "s.customers");
    assert_string_equal(f->partition_by[0], "day");
    assert_string_equal(f->description, "all orders");
}

static void what_is_not_sql_is_said(void **state) {
    struct reading *r = read_one(*state, "a.sql", "SELECT a FROM b;\n\nCREATE TABLE x AS SELEC !! FROM s.y;\nSELECT c FROM d;\n");
    assert_true(r->gaps.n >= 1);
    assert_int_equal(r->gaps.at[0].line, 3);
    assert_true(r->gaps.at[0].loses_lineage);
    assert_string_equal(reads_text(*state, definition_of(r, "query at line 4")), "d");
    const struct definition *x = definition_of(r, "x");
    assert_null(x->query);
}

static void pipelines_in_sql(void **state) {
    struct reading *r = read_one(
        *state, "p.sql",
        "CREATE OR REFRESH STREAMING TABLE bronze (CONSTRAINT ok EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW) AS SELECT * FROM STREAM(LIVE.raw);\n"
        "CREATE OR REFRESH MATERIALIZED VIEW gold AS SELECT count(*) AS n FROM LIVE.bronze;\n"
        "APPLY CHANGES INTO LIVE.dim FROM STREAM(LIVE.bronze) KEYS (id) SEQUENCE BY ts;\n");
    assert_int_equal(definition_of(r, "bronze")->kind, DEF_STREAMING);
    assert_string_equal(reads_text(*state, definition_of(r, "bronze")), "raw");
    assert_string_equal(reads_text(*state, definition_of(r, "gold")), "bronze");
    assert_string_equal(definition_of(r, "dim")->strategy, "cdc");
    assert_int_equal(r->gaps.n, 0);
}

static void ids_do_not_hang_on_lines(void **state) {
    struct reading *a = read_one(*state, "a.sql", "CREATE TABLE x AS SELECT 1 FROM s;\nSELECT 2 FROM t;\n");
    struct reading *b = read_one(*state, "a.sql", "\n\n-- more\nCREATE TABLE x AS SELECT 1 FROM s;\n\nSELECT 2 FROM t;\n");
    assert_string_equal(a->definitions.at[0].id, b->definitions.at[0].id);
    assert_string_equal(a->definitions.at[1].id, b->definitions.at[1].id);
    assert_string_not_equal(a->definitions.at[0].id, a->definitions.at[1].id);
}

/* Overwriting in dynamic mode replaces the partitions that are met, in SQL and in the Python behind it. */
static void overwriting_what_is_met(void **state) {
    struct arena *a = *state;
    static const char insert[] = "INSERT OVERWRITE gold.x SELECT * FROM raw.x;\n";
    static const char dynamic[] = "SET spark.sql.sources.partitionOverwriteMode = DYNAMIC;\n",
                      fixed[] = "SET spark.sql.sources.partitionOverwriteMode=static;\n";
    const struct definition *d = definition_of(read_one(a, "x.sql", arena_printf(a, "%s%s", dynamic, insert)), "gold.x");
    assert_true(d->partial);
    assert_string_equal(d->fill.words, "overwrites a part that is only known when it runs");
    assert_false(definition_of(read_one(a, "x.sql", arena_printf(a, "%s%s%s", dynamic, fixed, insert)), "gold.x")->partial);
    assert_false(definition_of(read_one(a, "x.sql", insert), "gold.x")->partial);
    static const char cells[] = "# Databricks notebook source\n# MAGIC %%sql\n# MAGIC %s\n# COMMAND ----------\n"
                                "spark.table('raw.x').write.mode('overwrite').saveAsTable('gold.x')\n";
    assert_true(
        definition_of(read_one(a, "n.py", arena_printf(a, cells, "SET spark.sql.sources.partitionOverwriteMode=dynamic")), "gold.x")->partial);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(statements_define_what_they_fill),
        TEST(temp_views_are_inlined),
        TEST(writers_and_changes_make_partial),
        TEST(inserts_go_by_position),
        TEST(tables_give_facts),
        TEST(what_is_not_sql_is_said),
        TEST(pipelines_in_sql),
        TEST(ids_do_not_hang_on_lines),
        TEST(overwriting_what_is_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
