/* test_read_notebook.c - notebooks become cells that know their lines. */
#include "unit.h"

#include "notebook.h"
#include "read_helper.h"

static void databricks_source_is_split(void **state) {
    struct arena *arena = *state;
    struct cells cells;
    cells_split(arena, "n.py",
                str_of("# Databricks notebook source\n"
                       "# MAGIC %md\n# MAGIC # Title\n\n"
                       "# COMMAND ----------\n\n"
                       "# DBTITLE 1,Load orders\n"
                       "df = spark.table('a')\n"
                       "# COMMAND ----------\n"
                       "# MAGIC %sql\n# MAGIC SELECT 1\n# MAGIC FROM t\n"
                       "# COMMAND ----------\n"
                       "# MAGIC %run ./lib/common $env=\"dev\"\n"),
                &cells);
    assert_int_equal(cells.n, 4);
    assert_int_equal(cells.at[0].language, CELL_TEXT);
    assert_int_equal(cells.at[1].language, CELL_PYTHON);
    assert_string_equal(cells.at[1].title, "Load orders");
    assert_int_equal(cells.at[1].number, 2);
    assert_int_equal(cells.at[2].language, CELL_SQL);
    assert_int_equal(cells.at[2].lines[0], 10);
    assert_int_equal(cells.at[2].lines[2], 12);
    assert_int_equal(cells.at[2].columns[2], 9);
    assert_int_equal(cells.at[3].language, CELL_RUN);
    assert_string_equal(cells.at[3].run_path, "./lib/common");
}

static void sql_notebooks_default_to_sql(void **state) {
    struct cells cells;
    cells_split(*state, "n.sql", str_of("-- Databricks notebook source\nSELECT 1\n-- COMMAND ----------\n-- MAGIC %python\n-- MAGIC x = 1\n"),
                &cells);
    assert_int_equal(cells.n, 2);
    assert_int_equal(cells.at[0].language, CELL_SQL);
    assert_int_equal(cells.at[1].language, CELL_PYTHON);
    assert_int_equal(cells.at[1].lines[1], 5);
}

static void jupyter_lines_are_those_of_the_file(void **state) {
    struct cells cells;
    const char *json = "{\n \"cells\": [\n  {\"cell_type\": \"markdown\", \"source\": [\"# x\"]},\n  {\n   \"cell_type\": \"code\",\n   "
                       "\"metadata\": {\"a\": {\"source\": \"no\"}},\n"
                       "   \"source\": [\n    \"%sql\\n\",\n    \"SELECT 1\\n\",\n    \"FROM \\\"t\\\"\"\n   ]\n  }\n ],\n \"metadata\": "
                       "{\"kernelspec\": {\"language\": \"python\"}}\n}\n";
    assert_null(cells_jupyter(*state, str_of(json), &cells));
    assert_int_equal(cells.n, 2);
    assert_int_equal(cells.at[0].language, CELL_TEXT);
    assert_int_equal(cells.at[1].language, CELL_SQL);
    assert_int_equal(cells.at[1].line_count, 3);
    assert_int_equal(cells.at[1].lines[1], 9);
    assert_int_equal(cells.at[1].lines[2], 10);
    assert_non_null(strstr(cells.at[1].text.p, "FROM \"t\""));
    assert_non_null(cells_jupyter(*state, str_of("[1]"), &cells));
}

static void views_live_across_cells(void **state) {
    struct reading *r = read_one(*state, "nb.py",
                                 "# Databricks notebook source\n"
                                 "# MAGIC %sql\n# MAGIC CREATE OR REPLACE TEMP VIEW paid AS SELECT * FROM silver.orders WHERE status = 'paid'\n"
                                 "# COMMAND ----------\n"
                                 "df = spark.table('paid').groupBy('region').count()\n"
                                 "df.write.mode('overwrite').saveAsTable('gold.by_region')\n"
                                 "# COMMAND ----------\n"
                                 "# MAGIC %scala\n# MAGIC spark.sql(\"\"\"\n# MAGIC INSERT OVERWRITE gold.x SELECT id\n# MAGIC FROM paid\"\"\")\n");
    const struct definition *d = definition_of(r, "gold.by_region");
    assert_int_equal(d->cell, 2);
    assert_int_equal(d->range.line, 6);
    assert_string_equal(reads_text(*state, d), "silver.orders");
    assert_non_null(d->query);
    assert_false(d->partial);
    d = definition_of(r, "gold.x");
    assert_int_equal(d->range.line, 10);
    assert_string_equal(reads_text(*state, d), "silver.orders");
}

static void run_brings_in_names_and_views(void **state) {
    static const struct memory_file files[] = {
        {"lib/common.py", "# Databricks notebook source\nDB = 'silver'\ndef load(name):\n    return spark.table(f'{DB}.{name}')\n"},
        {"jobs/main.py", "# Databricks notebook source\n# MAGIC %run ../lib/common\n# COMMAND ----------\nload('orders').filter('amount > "
                         "0').write.saveAsTable(f'{DB}.big_orders')\n"},
    };
    struct reading *r = read_memory(*state, files, 2);
    const struct definition *d = definition_of(r, "silver.big_orders");
    assert_string_equal(reads_text(*state, d), "silver.orders");
    assert_string_equal(d->path, "jobs/main.py");
    assert_int_equal(r->gaps.n, 0);
}

static void exported_html_is_named(void **state) {
    struct reading *r = read_one(*state, "export.html", "<!DOCTYPE html><script>var __DATABRICKS_NOTEBOOK_MODEL = 'eyJ2';</script>");
    assert_int_equal(r->gaps.n, 1);
    assert_string_equal(r->gaps.at[0].path, "export.html");
    assert_non_null(strstr(r->gaps.at[0].reason, "exported notebook"));
    r = read_one(*state, "page.html", "<!DOCTYPE html><p>a page</p>");
    assert_int_equal(r->gaps.n, 0);
}

static void magics_of_a_line_and_of_a_cell(void **state) {
    struct arena *a = *state;
    static const char jupyter[] =
        "{\"cells\": [\n"
        " {\"cell_type\": \"code\", \"source\": [\"%pip install x\\n\", \"df = spark.table('raw.t')\\n\", \"df.write.saveAsTable('gold.a')\"]},\n"
        " {\"cell_type\": \"code\", \"source\": [\"%%sql -o out\\n\", \"CREATE TABLE gold.b AS SELECT * FROM gold.a\"]},\n"
        " {\"cell_type\": \"code\", \"source\": \"%%scala\\nval y = spark.sql(\\\"CREATE TABLE gold.c AS SELECT a FROM gold.b\\\")\"},\n"
        " {\"cell_type\": \"code\", \"source\": [\"%%bash\\n\", \"echo spark.table\"]}], \"metadata\": {}}";
    struct reading *r = read_one(a, "n.ipynb", jupyter);
    assert_string_equal(reads_text(a, definition_of(r, "gold.a")), "raw.t");
    assert_string_equal(reads_text(a, definition_of(r, "gold.b")), "gold.a");
    assert_string_equal(reads_text(a, definition_of(r, "gold.c")), "gold.b");
    r = read_one(a, "n.py", "# Databricks notebook source\n# MAGIC %pip install x\n# MAGIC spark.table('raw.t').write.saveAsTable('gold.a')\n");
    assert_string_equal(reads_text(a, definition_of(r, "gold.a")), "raw.t");
    r = read_one(a, "n.r", "# Databricks notebook source\nlibrary(SparkR)\nx <- sql(\"CREATE TABLE gold.a AS SELECT * FROM raw.t\")\n");
    assert_string_equal(reads_text(a, definition_of(r, "gold.a")), "raw.t");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(databricks_source_is_split),     TEST(sql_notebooks_default_to_sql),  TEST(jupyter_lines_are_those_of_the_file),
        TEST(views_live_across_cells),        TEST(run_brings_in_names_and_views), TEST(exported_html_is_named),
        TEST(magics_of_a_line_and_of_a_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
