/* test_read_sizes.c - what a file takes in memory grows with its bytes alone, and what is cut short is said. */
#include "unit.h"

#include "read_helper.h"
#include "yaml.h"

/* `part` over and over, each "%d" its number. */
static const char *repeated(struct arena *arena, const char *head, const char *part, int count, const char *tail) {
    struct buf b = buf_new(arena);
    buf_text(&b, head);
    for (int i = 0; i < count; i++) {
        for (const char *p = part; *p; p++) {
            bool number = p[0] == '%' && p[1] == 'd';
            if (number) buf_printf(&b, "%d", i);
            else buf_char(&b, *p);
            p += number;
        }
    }
    buf_text(&b, tail);
    return buf_str(&b);
}

struct shape {
    const char *path, *head, *part, *tail;
    size_t bytes_max; /* of memory for a byte of text */
};

static const char write_py[] = "df%d = spark.table('silver.orders').where('amount > %d').groupBy('id').agg(F.sum('amount').alias('s'))\n"
                               "df%d.write.saveAsTable('gold.t%d')\n";
static const char create_sql[] = "CREATE OR REPLACE TABLE gold.t%d AS SELECT region, count(*) AS n, sum(amount) AS total FROM silver.orders\n"
                                 "WHERE amount > %d GROUP BY region;\n";
static const char job_yml[] =
    "    job_%d:\n      name: job %d\n      tasks:\n        - task_key: a\n          notebook_task: {notebook_path: ./src/a%d.py}\n";
static const char job_tf[] = "resource \"databricks_job\" \"j%d\" {\n  name = \"job %d\"\n  task {\n    task_key = \"a\"\n"
                             "    notebook_task { notebook_path = \"/jobs/a%d\" }\n  }\n}\n";
static const char dataset_json[] =
    "{\"name\": \"d%d\", \"queryLines\": [\"SELECT region, count(*) AS n FROM silver.orders WHERE x > %d GROUP BY region\"]},\n";

static const struct shape shapes[] = {
    {"a.py", "from pyspark.sql import functions as F\n", write_py, "", 150},
    {"n.py", "# Databricks notebook source\nfrom pyspark.sql import functions as F\n", write_py, "", 150},
    {"a.sql", "", create_sql, "", 60},
    {"databricks.yml", "bundle: {name: big}\nresources:\n  jobs:\n", job_yml, "", 60},
    {"main.tf", "", job_tf, "", 60},
    {"d.lvdash.json", "{\"datasets\": [", dataset_json, "{\"name\": \"z\", \"query\": \"SELECT 1\"}], \"pages\": []}", 80},
};

/* Bytes of memory for one byte of text, over and above what any file takes. */
static size_t taken(const struct shape *s, int count, size_t *definitions) {
    struct arena *arena = arena_create((size_t)1 << 30);
    const char *text = repeated(arena, s->head, s->part, count, s->tail);
    size_t before = arena_used(arena);
    struct reading *r = read_one(arena, s->path, text);
    size_t per_byte = (arena_used(arena) - before) / strlen(text);
    for (size_t i = 0; i < r->gaps.n; i++) print_message("%s: %s\n", s->path, r->gaps.at[i].reason);
    assert_int_equal(r->gaps.n, 0);
    *definitions = r->definitions.n + r->jobs.n;
    arena_destroy(arena);
    return per_byte;
}

static void memory_grows_with_the_text(void **state) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t few, many, small = taken(&shapes[i], 300, &few), big = taken(&shapes[i], 2400, &many);
        print_message("%s: %zu and %zu bytes of memory for a byte of text\n", shapes[i].path, small, big);
        assert_true(few >= 300 && many >= 2400);
        assert_true(big <= shapes[i].bytes_max);
        assert_true(big <= small + small / 4 + 2);
    }
}

static void a_long_yaml_is_read(void **state) {
    struct arena *a = *state;
    struct yaml *y = NULL;
    const char *text = repeated(a, "list:\n", "- {a%d: 1, b: 2}\n", 60000, "");
    assert_null(yaml_load(a, "t.yml", text, strlen(text), &y));
    assert_int_equal(yaml_get(y, "list")->count, 60000);
    text = repeated(a, "", "k%d: {v: %d}\n", 40000, "last: 1\n");
    assert_null(yaml_load(a, "t.yml", text, strlen(text), &y));
    assert_string_equal(yaml_str(y, "k39999.v", ""), "39999");
    text = repeated(a, "", "k%d: 1\n", 40, "k7: 2\n");
    const struct err *e = yaml_load(a, "t.yml", text, strlen(text), &y);
    assert_non_null(e);
    assert_string_equal(e->text, "t.yml:41:1: duplicate key");
    text = "base: &b {a: 1, b: 2}\nuse: {<<: *b, b: 3}\n";
    assert_null(yaml_load(a, "t.yml", text, strlen(text), &y));
    assert_string_equal(yaml_str(y, "use.a", ""), "1");
    assert_string_equal(yaml_str(y, "use.b", ""), "3");
}

/* Values that hold values ten times over stay out, and it is told. */
static void what_grows_too_big_is_told(void **state) {
    struct arena *a = *state;
    struct buf tf = buf_new(a), yml = buf_new(a);
    buf_text(&tf, "locals {\n");
    buf_text(&yml, "bundle: {name: x}\nvariables:\n");
    for (int i = 0; i < 20; i++) {
        buf_printf(&tf, "  a%d = [", i);
        buf_printf(&yml, "  a%d: {default: \"", i);
        for (int k = 0; k < 10; k++) buf_printf(&tf, "local.a%d, ", i + 1), buf_printf(&yml, "${var.a%d}", i + 1);
        buf_text(&tf, "]\n");
        buf_text(&yml, "\"}\n");
    }
    buf_text(&tf, "  a20 = [1]\n}\nresource \"databricks_job\" \"j\" {\n  name = \"x\"\n  tags = { a = local.a0 }\n}\n");
    buf_text(&yml, "  a20: {default: z}\nresources:\n  jobs:\n    j: {name: \"${var.a0}\"}\n");
    struct reading *r = read_one(a, "main.tf", buf_str(&tf));
    assert_int_equal(r->gaps.n, 1);
    assert_non_null(strstr(r->gaps.at[0].reason, "grow too big"));
    r = read_one(a, "databricks.yml", buf_str(&yml));
    assert_int_equal(r->gaps.n, 1);
    assert_non_null(strstr(r->gaps.at[0].reason, "grow too big"));
}

static void an_error_stands_where_it_is(void **state) {
    struct arena *a = *state;
    struct reading *r = read_one(a, "databricks.yml", "bundle:\n  name: x\n  name: y\nresources: {}\n");
    assert_int_equal(r->gaps.n, 1);
    assert_int_equal(r->gaps.at[0].line, 3);
    assert_int_equal(r->gap_columns.at[0], 3);
    assert_string_equal(r->gaps.at[0].reason, "this YAML was not understood: duplicate key");
    r = read_one(a, "job.json", "{\n \"tasks\": [\n  {\"task_key\" \"a\"}]}\n");
    assert_int_equal(r->gaps.n, 1);
    assert_int_equal(r->gaps.at[0].line, 3);
    assert_true(r->gap_columns.at[0] > 1);
}

/* The first gap of a file is at that line and column of the file, whatever its text is wrapped in. */
static void gap_at(struct arena *a, const char *path, const char *text, int line, int column) {
    const struct memory_file files[] = {{"dbt_project.yml", "name: p\n"}, {path, text}};
    struct reading *r = read_memory(a, files, 2);
    assert_true(r->gaps.n >= 1);
    print_message("%s:%d: %s\n", r->gaps.at[0].path, r->gaps.at[0].line, r->gaps.at[0].reason);
    assert_int_equal(r->gaps.at[0].line, line);
    assert_int_equal(r->gap_columns.n ? r->gap_columns.at[0] : 0, column);
}

static void an_error_in_sql_within_another_file(void **state) {
    struct arena *a = *state;
    gap_at(a, "models/m.sql", "{{ config(materialized='table') }}\nselect a,\n  b frm {{ ref('x') }}\nwhere a = 1\n", 3, 9);
    gap_at(a, "models/m.sql", "select a\nfrom {{ ref('x') }}\nwhere a = = 1\n", 3, 11);
    gap_at(a, "models/m.sql", "select a\nfrom {{ ref('x' }}\n", 2, 6);
    gap_at(a, "d.lvdash.json",
           "{\"datasets\": [\n {\"name\": \"a\", \"queryLines\": [\"SELECT day\\n\", \"FROM t GROUP day\\n\"]},\n"
           " {\"name\": \"b\", \"query\": \"SELECT * FORM u\"}], \"pages\": []}",
           2, 55);
    gap_at(a, "d.lvdash.json", "{\"datasets\": [\n {\"name\": \"b\",\n  \"query\": \"SELECT * FORM u\"}], \"pages\": []}", 3, 27);
    gap_at(a, "n.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\n  \"%%sql\\n\",\n  \"select a b c from t\"]}], \"metadata\": {}}", 3,
           15);
    gap_at(a, "p.py", "q = f'''\n  select a,, b\n  from t'''\nspark.sql(q).write.saveAsTable('z')\n", 2, 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(memory_grows_with_the_text),          TEST(a_long_yaml_is_read), TEST(what_grows_too_big_is_told), TEST(an_error_stands_where_it_is),
        TEST(an_error_in_sql_within_another_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
