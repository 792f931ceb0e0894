/* test_catalog_refresh.c - after any change, a catalog brought up to date holds exactly what one filled from nothing holds. */
#include "unit.h"

#include "store_place.h"

#include "catalog_refresh.h"
#include "catalog_rows.h"
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES 200

struct file {
    const char *path, *text; /* NULL: removed */
};

static struct file files[FILES];
static size_t file_count;
static struct arena *arena;

static void fine(const struct err *e) {
    if (e) fail_msg("%s", e->text);
}

static const struct err *tree_bytes(void *ctx, struct arena *into, const char *path, struct str *bytes) {
    for (size_t i = 0; i < file_count; i++) {
        if (files[i].text && strcmp(files[i].path, path) == 0) {
            *bytes = str_of(files[i].text);
            return NULL;
        }
    }
    return err_new(ERR_INPUT, "%s is not there", path);
}

static void file_set(const char *path, const char *text) {
    for (size_t i = 0; i < file_count; i++) {
        if (strcmp(files[i].path, path) == 0) {
            files[i].text = text;
            return;
        }
    }
    files[file_count++] = (struct file){path, text};
}

static struct catalog_put_stats refresh(struct catalog *catalog) {
    const char *paths[FILES];
    size_t n = 0;
    for (size_t i = 0; i < file_count; i++) {
        if (files[i].text) paths[n++] = files[i].path;
    }
    struct clone_tree tree = {.sha = "", .count = n, .paths = paths, .get = tree_bytes};
    struct refresh how = {"acme/dw", "main", DIALECT_DATABRICKS, 100};
    struct catalog_put_stats stats;
    fine(catalog_refresh(arena, catalog, &tree, &how, &stats));
    return stats;
}

struct dump {
    const char **lines;
    size_t n;
};

static const struct err *dump_row(void *ctx, const struct val *c, size_t count) {
    struct dump *d = ctx;
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < count; i++) {
        if (c[i].kind == VAL_TEXT) buf_printf(&b, "%.*s|", (int)c[i].n, (const char *)c[i].p);
        if (c[i].kind == VAL_INT) buf_printf(&b, "%lld|", (long long)c[i].i);
        if (c[i].kind == VAL_BYTES) buf_printf(&b, "%016llx|", (unsigned long long)hash64(c[i].p, c[i].n));
        if (c[i].kind == VAL_NULL) buf_text(&b, "-|");
    }
    d->lines[d->n++] = arena_strdup(arena, buf_str(&b));
    return NULL;
}

static int line_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* All but row numbers and times; the search's choice of an anchor goes by what is common at the time, and is left out. */
static struct dump dump_of(struct catalog *catalog) {
    static const char *const queries[] = {
        "SELECT uid, path, line, end_line, cell, name, dataset, kind, artefact, dialect, sql, sql_size, owner, description, job, runs, reads, "
        "columns, "
        "columns_complete, partition_by, state, why, identity_hi, identity_lo, exact_hi, exact_lo, features FROM definition",
        "SELECT path, line, name, name_key, body FROM dataset_fact",
        "SELECT path, line, name, dataset, expression, filter, identity_hi FROM metric",
        "SELECT path, line, uid, name, kind, owner, runs FROM job",
        "SELECT path, digest FROM catalog_file",
        "SELECT d.uid, e.source_key FROM edge e JOIN definition d ON d.id = e.definition",
        "SELECT d.uid, f.kind, f.hash, f.tables FROM feature f JOIN definition d ON d.id = f.definition WHERE f.kind <> 100",
    };
    struct dump d = {arena_array(arena, 20000, sizeof *d.lines), 0};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) fine(store_each(catalog_store(catalog), queries[i], VALS_NONE, dump_row, &d));
    qsort(d.lines, d.n, sizeof *d.lines, line_order);
    return d;
}

static void same_as_cold(struct catalog *warm, const char *after) {
    struct catalog *cold;
    fine(catalog_open(arena, place_brief(), &cold));
    refresh(cold);
    struct dump a = dump_of(warm), b = dump_of(cold);
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        if (strcmp(a.lines[i], b.lines[i]) != 0) fail_msg("after %s:\n warm %s\n cold %s", after, a.lines[i], b.lines[i]);
    }
    if (a.n != b.n) fail_msg("after %s: %zu rows, cold %zu", after, a.n, b.n);
}

static void project_make(void) {
    file_count = 0;
    file_set("dbt_project.yml", "name: p\nprofile: p\n");
    file_set("profiles.yml", "p: {target: x, outputs: {x: {type: databricks}}}\n");
    file_set("macros/m.sql", "{% macro half(c) %}({{ c }} / 2){% endmacro %}");
    file_set("models/sources.yml",
             "version: 2\nsources:\n  - name: raw\n    tables:\n      - name: orders\n        columns: [{name: id}, {name: amount}]\n");
    file_set("models/schema.yml", "version: 2\nmodels:\n  - name: stg\n    columns:\n      - name: id\n        tests: [unique, not_null]\n"
                                  "  - name: fct\n    description: facts\n    meta: {owner: mo}\n");
    file_set("models/stg.sql", "select id, amount, day from {{ source('raw', 'orders') }}");
    file_set("models/fct.sql",
             "{{ config(materialized='table') }} select day, sum({{ half('amount') }}) as total from {{ ref('stg') }} group by day");
    file_set("models/top.sql", "{{ config(materialized='table') }} select * from {{ ref('fct') }} where total > 10");
    file_set("models/last.sql", "select t.day, s.id from {{ ref('top') }} t join {{ ref('stg') }} s on s.day = t.day");
    file_set("jobs/nightly.json", "{\"name\": \"nightly\", \"schedule\": {\"quartz_cron_expression\": \"0 0 1 * * ?\"}, \"tasks\": [{\"task_key\": "
                                  "\"a\", \"notebook_task\": {\"notebook_path\": \"../nb/load\"}}]}");
    file_set("nb/load.py", "# Databricks notebook source\nspark.table('s.a').write.saveAsTable('g.loaded')\n");
    file_set("etl/one.sql", "CREATE TABLE g.t AS SELECT a, b FROM s.u;\n");
    file_set("etl/two.sql", "CREATE TABLE g.w AS SELECT * FROM g.t;\n");
    for (int i = 0; i < 60; i++) {
        file_set(arena_printf(arena, "models/pad/m%d.sql", i), arena_printf(arena, "select %d as x, y from {{ source('raw', 'pad%d') }}", i, i));
    }
}

struct edit {
    const char *path, *text;
    size_t most; /* files read again at most; 0: any number */
};

static void every_change_is_followed(void **state) {
    static const struct edit edits[] = {
        {"models/pad/m7.sql", "select 8 as x, z from {{ source('raw', 'pad7') }}", 1},
        {"models/stg.sql", "select id, amount, day, 1 as one from {{ source('raw', 'orders') }}", 4},
        {"models/fct.sql", "{{ config(materialized='table') }} select day, sum(amount) as total, 1 as n from {{ ref('stg') }} group by day", 3},
        {"models/fct.sql", "{{ config(materialized='table') }} select day, max(amount) as total, 1 as n from {{ ref('stg') }} group by day", 1},
        {"models/fct.sql", "{{ config(materialized='view') }} select day, max(amount) as total, 1 as n from {{ ref('stg') }} group by day", 3},
        {"models/fct.sql", "{{ config(alias='facts') }} select day, max(amount) as total, 1 as n from {{ ref('stg') }} group by day", 6},
        {"models/schema.yml", "version: 2\nmodels:\n  - name: stg\n    columns: [{name: id}]\n  - name: fct\n    description: other\n", 5},
        {"models/sources.yml", "version: 2\nsources:\n  - name: raw\n    schema: landing\n    tables: [{name: orders}]\n", 0},
        {"macros/m.sql", "{% macro half(c) %}({{ c }} / 2.0){% endmacro %}", 0},
        {"models/extra.sql", "select 1 as k from {{ ref('top') }}", 0},
        {"models/extra.sql", NULL, 0},
        {"etl/one.sql", "CREATE TABLE g.t AS SELECT a, c FROM s.u;\n", 2},
        {"etl/three.sql", "INSERT INTO g.t SELECT a, b FROM s.v;\n", 0},
        {"etl/one.sql", "CREATE TABLE g.t AS SELECT a, b FROM s.u2;\n", 3},
        {"etl/three.sql", "INSERT INTO g.other SELECT a, b FROM s.v;\n", 3},
        {"nb/load.py", "# Databricks notebook source\nspark.table('s.b').write.saveAsTable('g.loaded')\n", 1},
        {"jobs/nightly.json",
         "{\"name\": \"nightly\", \"schedule\": {\"quartz_cron_expression\": \"0 0 2 * * ?\"}, \"tasks\": [{\"task_key\": \"a\", "
         "\"notebook_task\": {\"notebook_path\": \"../nb/load\"}}]}",
         0},
        {"models/top.sql", "{{ config(enabled=false) }} select * from {{ ref('fct') }}", 0},
        {"models/top.sql", "select * from {{ ref('fct') }}", 0},
        {"dbt_project.yml", "name: p\nprofile: p\nmodels: {+schema: mart}\n", 0},
    };
    struct catalog *warm;
    arena = arena_create(ARENA_JOB * 8);
    project_make();
    fine(catalog_open(arena, place_brief(), &warm));
    refresh(warm);
    same_as_cold(warm, "the first reading");
    assert_int_equal(refresh(warm).files, 0);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        file_set(edits[i].path, edits[i].text);
        size_t read = refresh(warm).files;
        if (edits[i].most && read > edits[i].most) fail_msg("edit %zu, %s: %zu files read, %zu are enough", i, edits[i].path, read, edits[i].most);
        same_as_cold(warm, arena_printf(arena, "edit %zu, %s", i, edits[i].path));
    }
    arena_destroy(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_change_is_followed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
