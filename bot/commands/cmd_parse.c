/* cmd_parse.c - parley parse: reads SQL and the other forms of artefacts and says what was understood, one line per file. */
#include "clock.h"
#include "commands.h"
#include "fs.h"
#include "jsonx.h"
#include "read.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <argp.h>
#include <stdio.h>
#include <time.h>

#define SHOWN_ERRORS 20 /* per file, in text output */
#define SHOWN_REFS   6  /* per error */
#define MEMORY_MAX   (ARENA_JOB * 2)
#define TOO_LARGE    "it takes more memory to read than one file may"

struct options {
    enum dialect dialect;
    bool has_dialect, json;
    char **files;
    int file_count;
};

static const struct argp_option argp_options[] = {
    {"dialect", 'd', "NAME", 0,
     "databricks (the default), spark, bigquery, snowflake, postgres, redshift, trino, duckdb, mysql, tsql, sqlite, clickhouse, oracle or ansi", 0},
    {"json", 'j', NULL, 0, "one JSON object per file and line", 0},
    {0},
};

static const char doc[] =
    "Read SQL files, dbt models, notebooks, Python, jobs, bundles and dashboards and report what was understood.\v"
    "Without --dialect, a file that Databricks SQL does not understand whole is tried in the other dialects; when exactly one of them "
    "understands all of it, that one is taken and named.\n\n"
    "Examples:\n"
    "  parley parse models/orders.sql\n"
    "  parley parse --dialect snowflake --json *.sql\n\n"
    "Each JSON line: "
    "{\"path\",\"dialect\",\"kind\",\"statements\",\"definitions\",\"errors\":[{\"line\",\"column\",\"message\",\"until\"}],\"micros\"}.\n"
    "until (SQL files): the last line of the statement that was not read; reading goes on behind it.\n\n"
    "Exit codes: 0 all was understood, 1 something was not, 2 wrong usage, 3 a file could not be read.";

static error_t option_read(int key, char *arg, struct argp_state *state) {
    struct options *o = state->input;
    switch (key) {
    case 'd':
        if (!dialect_parse(str_of(arg), &o->dialect)) argp_error(state, "unknown dialect '%s'", arg);
        o->has_dialect = true;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case ARGP_KEY_ARGS:
        o->files = state->argv + state->next;
        o->file_count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no FILE given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int64_t micros_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Statements that say what a dataset holds. */
static bool is_definition(const struct sql_statement *s) {
    switch (s->kind) {
    case STMT_QUERY:
    case STMT_MERGE:
    case STMT_CDC:
    case STMT_FLOW:
        return true;
    case STMT_INSERT:
        return s->query && s->query->body != BODY_VALUES;
    case STMT_CREATE:
        return s->query && s->create->object <= OBJECT_DYNAMIC_TABLE;
    case STMT_CACHE:
        return s->query != NULL;
    default:
        return false;
    }
}

static uint32_t definitions_count(struct sql_statement *const *list, uint32_t count) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        n += is_definition(list[i]);
        if (list[i]->kind == STMT_BLOCK) n += definitions_count(list[i]->body, list[i]->body_count);
    }
    return n;
}

/* The statement that an error is in; NULL: it is of the whole text. */
static const struct sql_statement *statement_of(const struct sql_script *script, const struct sql_error *e) {
    return e->statement < script->statement_count ? script->statements[e->statement] : NULL;
}

static void json_print(struct arena *arena, const char *path, const struct sql_script *script, int64_t micros) {
    json_t *line = jsx_own(arena, json_object()), *errors = json_array();
    jsx_set_text(line, "path", path);
    jsx_set_text(line, "dialect", dialect_name(script->dialect));
    jsx_set_text(line, "kind", "sql");
    json_object_set_new(line, "statements", json_integer(script->statement_count));
    json_object_set_new(line, "definitions", json_integer(definitions_count(script->statements, script->statement_count)));
    for (uint32_t i = 0; i < script->error_count; i++) {
        const struct sql_error *e = &script->errors[i];
        json_t *one = json_object();
        json_object_set_new(one, "line", json_integer(e->range.line));
        json_object_set_new(one, "column", json_integer(e->range.column));
        jsx_set_text(one, "message", e->message);
        if (statement_of(script, e)) json_object_set_new(one, "until", json_integer(statement_of(script, e)->range.end_line));
        json_array_append_new(errors, one);
    }
    json_object_set_new(line, "errors", errors);
    json_object_set_new(line, "micros", json_integer(micros));
    puts(jsx_dump(arena, line, false));
}

/* How far the error reaches, and what is known all the same: "; the rest up to line 9 is left out, but for reading a and writing b". */
static const char *reach_text(struct arena *arena, const struct sql_script *script, const struct sql_error *e) {
    const struct sql_statement *s = statement_of(script, e);
    if (!s || s->kind != STMT_UNKNOWN) return "";
    struct buf b = buf_new(arena);
    uint32_t count;
    const struct sql_ref *refs = sql_refs(arena, s, &count);
    buf_printf(&b, "; left out up to line %d", s->range.end_line);
    for (uint32_t i = 0; i < count && i < SHOWN_REFS; i++)
        buf_printf(&b, "%s%s %s", i ? ", " : ", but for its words: it ", refs[i].is_write ? "writes" : "reads", sql_name_text(arena, refs[i].name));
    if (count > SHOWN_REFS) buf_printf(&b, " and %u more", count - SHOWN_REFS);
    return buf_str(&b);
}

static void text_print(struct arena *arena, const char *path, const struct sql_script *script) {
    printf("%s: %s, %u of %u statements understood\n", path, dialect_name(script->dialect), script->understood, script->statement_count);
    for (uint32_t i = 0; i < script->error_count && i < SHOWN_ERRORS; i++) {
        const struct sql_error *e = &script->errors[i];
        printf("%s:%d:%d: %s%s\n", path, e->range.line, e->range.column, e->message, reach_text(arena, script, e));
    }
    if (script->error_count > SHOWN_ERRORS) printf("%s: %u more\n", path, script->error_count - SHOWN_ERRORS);
}

/* Anything but plain SQL: dbt models, notebooks, Python, jobs, bundles, dashboards. */
static int report_print(struct arena *arena, const char *path, struct str text, const struct options *o) {
    struct read_report report;
    int64_t start = micros_now();
    read_parse_report(arena, path, text, o->has_dialect ? o->dialect : DIALECT_DATABRICKS, &report);
    int64_t micros = micros_now() - start;
    if (!o->json) printf("%s: %s, %zu statements, %zu definitions\n", path, report.kind, report.statements, report.definitions);
    json_t *line = jsx_own(arena, json_object()), *errors = json_array();
    for (size_t i = 0; i < report.error_count; i++) {
        const struct not_understood *e = &report.errors[i];
        int column = i < report.column_count && report.columns[i] > 0 ? report.columns[i] : 1;
        json_t *one = json_object();
        json_object_set_new(one, "line", json_integer(e->line > 0 ? e->line : 1));
        json_object_set_new(one, "column", json_integer(column));
        jsx_set_text(one, "message", e->reason);
        json_array_append_new(errors, one);
        if (!o->json && i < SHOWN_ERRORS) printf("%s:%d: %s\n", path, e->line, e->reason);
    }
    jsx_set_text(line, "path", path);
    jsx_set_text(line, "dialect", dialect_name(report.dialect));
    jsx_set_text(line, "kind", report.kind);
    json_object_set_new(line, "statements", json_integer((json_int_t)report.statements));
    json_object_set_new(line, "definitions", json_integer((json_int_t)report.definitions));
    json_object_set_new(line, "errors", errors);
    json_object_set_new(line, "micros", json_integer(micros));
    if (o->json) puts(jsx_dump(arena, line, false));
    return report.error_count ? EXIT_FOUND : EXIT_FINE;
}

/* Other texts are tried as SQL, whatever their ending, but for those that are surely something else. */
static bool is_sql(const char *kind, const char *path) {
    bool is_data = text_ends(path, ".yml") || text_ends(path, ".yaml") || text_ends(path, ".json");
    return strcmp(kind, "sql") == 0 || (strcmp(kind, "other") == 0 && !is_data);
}

static int file_read(struct arena *arena, const char *path, const struct options *o) {
    struct str text;
    struct sql_script *script;
    const struct err *err = fs_read(arena, path, SQL_TEXT_MAX, &text);
    if (err) {
        fprintf(stderr, "parley parse: %s\n", err->text);
        return EXIT_BROKEN;
    }
    const char *kind = read_kind(arena, path, text);
    if (!is_sql(kind, path)) return report_print(arena, path, text, o);
    int64_t start = micros_now();
    if (o->has_dialect) sql_parse_script(arena, text, o->dialect, &script);
    else sql_parse_guess(arena, text, DIALECT_DATABRICKS, NULL, &script);
    int64_t micros = micros_now() - start;
    if (o->json) json_print(arena, path, script, micros);
    else text_print(arena, path, script);
    return script->error_count ? EXIT_FOUND : EXIT_FINE;
}

/* A file that takes more memory than one may: said as any other error, and the next file has its turn. */
static int too_large_print(const char *path, const struct options *o) {
    if (!o->json) {
        printf("%s:1:1: %s\n", path, TOO_LARGE);
        return EXIT_FOUND;
    }
    json_t *line = json_pack("{s:s, s:s, s:s, s:i, s:i, s:[{s:i, s:i, s:s}], s:i}", "path", path, "dialect",
                             dialect_name(o->has_dialect ? o->dialect : DIALECT_DATABRICKS), "kind", "other", "statements", 0, "definitions", 0,
                             "errors", "line", 1, "column", 1, "message", TOO_LARGE, "micros", 0);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
    return EXIT_FOUND;
}

static int file_read_bounded(const char *path, const struct options *o) {
    struct arena *arena = arena_create(MEMORY_MAX);
    jmp_buf place;
    (void)arena_catch(arena, &place);
    int code = setjmp(place) == 0 ? file_read(arena, path, o) : too_large_print(path, o);
    arena_destroy(arena);
    return code;
}

int cmd_parse(int argc, char **argv) {
    static const struct argp argp = {argp_options, option_read, "FILE...", doc, NULL, NULL, NULL};
    struct options o = {0};
    int worst = EXIT_FINE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &o)) return EXIT_USAGE;
    for (int i = 0; i < o.file_count; i++) {
        int code = file_read_bounded(o.files[i], &o);
        if (code > worst) worst = code;
    }
    return worst;
}
