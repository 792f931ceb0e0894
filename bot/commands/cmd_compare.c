/* cmd_compare.c - how one query relates to another, for one pair on the command line or for a file of pairs. */
#include "commands.h"

#include "bind.h"
#include "clock.h"
#include "compare_several.h"
#include "fs.h"
#include "jsonx.h"
#include "map.h"
#include "prove.h"
#include "query_file.h"
#include "read.h"
#include "views.h"

#include <argp.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX       ((size_t)64 << 20)
#define LINE_MAX_BYTES ((size_t)16 << 20)
#define PAIR_MEMORY    ((size_t)1 << 30)

struct compare_options {
    enum dialect dialect;
    const char *schema, *pairs, *a, *b;
    const char *paths[SEVERAL_MAX];
    size_t n_paths;
    bool json, refute;
};

static const struct argp_option options[] = {
    {"dialect", 'd', "NAME", 0, "databricks (default), spark, bigquery, snowflake, postgres, redshift, trino, duckdb, mysql, tsql, sqlite, ansi", 0},
    {"schema", 's', "DDL.sql", 0, "CREATE TABLE statements: columns, types, keys, foreign keys", 0},
    {"pairs", 'p', "FILE.jsonl", 0, "compare each pair of the file: {\"id\",\"dialect\",\"schema\",\"a\",\"b\"} a line", 0},
    {"json", 'j', NULL, 0, "one JSON object instead of text", 0},
    {"no-refute", 'n', NULL, 0, "do not run claims on test databases", 0},
    {0},
};

static const char doc[] =
    "Tells how query A (new) relates to query B (existing): identical, derivable, generalizes, shares, similar or unrelated, "
    "with the proof in words, the mapping of columns, the rewrite as SQL and the differences. Of several existing ones it tells each, whether A can "
    "be computed from them together (parts of one thing under one another, or one in the place of each part of A), and the joins and aggregations "
    "that any of the files share, as SQL.\v"
    "Examples:\n"
    "  parley compare new.sql old.sql\n"
    "  parley compare new.sql sales_eu.sql sales_us.sql\n"
    "  parley compare --dialect snowflake --schema ddl.sql --json new.sql old.sql\n"
    "  parley compare notebook.py old.sql\n"
    "  parley compare pipeline.py#gold.daily 'etl.ipynb#silver.orders'\n"
    "  parley compare --pairs pairs.jsonl\n\n"
    "A file may be SQL, a Python script or a notebook (.py, .ipynb, Databricks source); of several datasets in one, FILE#NAME picks one.\n"
    "With --pairs, \"schema\" is FILE#KEY beside the pairs file, an object, or absent; each line out is one JSON object; a line that cannot be "
    "read gives relation \"unrelated\" with a \"reason\". \"micros\" is processor time, parsing included, reading the schema not.\n\n"
    "Exit codes: 0 a relation was found out (whichever), 1 some query was not understood, 2 wrong usage, 3 a file cannot be read.";

static error_t option_take(int key, char *arg, struct argp_state *state) {
    struct compare_options *o = state->input;
    switch (key) {
    case 'd':
        if (!dialect_parse(str_of(arg), &o->dialect)) argp_error(state, "unknown dialect '%s'", arg);
        return 0;
    case 's':
        o->schema = arg;
        return 0;
    case 'p':
        o->pairs = arg;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case 'n':
        o->refute = false;
        return 0;
    case ARGP_KEY_ARG:
        if (o->n_paths == SEVERAL_MAX) argp_error(state, "more than %d files", SEVERAL_MAX);
        o->paths[o->n_paths++] = arg;
        if (state->arg_num < 2) *(state->arg_num == 0 ? &o->a : &o->b) = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->pairs && o->a) argp_error(state, "--pairs and files exclude each other");
        if (!o->pairs && !o->b) argp_error(state, "two files or more are wanted: A B..");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static json_t *texts_json(const char *const *texts, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *relation_json(const struct relation *r, int64_t micros) {
    json_t *o = json_object();
    jsx_set_text(o, "relation", relation_kind_name(r->kind));
    jsx_set_text(o, "tier", tier_name(r->tier));
    json_object_set_new(o, "micros", json_integer(micros));
    json_object_set_new(o, "assumes", texts_json(r->assumes, r->n_assumes));
    json_object_set_new(o, "differences", texts_json(r->differences, r->n_differences));
    jsx_set_text(o, "rewrite", r->rewrite);
    if (r->reason) jsx_set_text(o, "reason", r->reason);
    return o;
}

/* ---------------------------------------------------------------- one pair */

static void list_print(const char *title, const char *const *texts, size_t n) {
    if (n) printf("%s:\n", title);
    for (size_t i = 0; i < n; i++) printf("  %s\n", texts[i]);
}

static void relation_print(const struct relation *r) {
    printf("%s%s%s%s\n", relation_kind_name(r->kind), r->tier ? " (" : "", tier_name(r->tier), r->tier ? ")" : "");
    if (r->reason) printf("because: %s\n", r->reason);
    list_print("assuming", r->assumes, r->n_assumes);
    list_print("proof", r->proof, r->n_proof);
    list_print("columns", r->mapping, r->n_mapping);
    list_print("differences", r->differences, r->n_differences);
    if (r->rewrite) printf("rewrite:\n%s\n", r->rewrite);
}

static const struct err *files_compare(struct arena *arena, const struct compare_options *o, struct relation **out) {
    struct schema *schema = NULL;
    TRY(query_file_schema(arena, o->schema, o->dialect, &schema));
    struct plan *a, *b;
    TRY(query_file_plan(arena, o->a, o->dialect, schema, &a));
    TRY(query_file_plan(arena, o->b, o->dialect, schema, &b));
    struct prove_options prove = {.refute = o->refute};
    *out = relation_find(arena, a, b, &prove);
    return NULL;
}

static int files_run(const struct compare_options *o) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct relation *relation = NULL;
    int64_t start = clock_cpu_us();
    const struct err *err = files_compare(arena, o, &relation);
    if (err) {
        fprintf(stderr, "parley compare: %s\n", err->text);
        arena_destroy(arena);
        return err->kind == ERR_INPUT ? EXIT_FOUND : EXIT_BROKEN;
    }
    if (o->json) {
        json_t *json = jsx_own(arena, relation_json(relation, clock_cpu_us() - start));
        json_object_set_new(json, "proof", texts_json(relation->proof, relation->n_proof));
        json_object_set_new(json, "mapping", texts_json(relation->mapping, relation->n_mapping));
        puts(jsx_dump(arena, json, false));
    } else relation_print(relation);
    arena_destroy(arena);
    return EXIT_FINE;
}

/* ---------------------------------------------------------------- a file of pairs */

struct pairs {
    const struct compare_options *options;
    struct arena *arena; /* lives as long as the run: schema files and the schemas read from them */
    const char *folder;
    struct map *files;   /* path -> json_t */
    struct map *schemas; /* "file#key@dialect" -> struct schema */
    int64_t start;       /* when the pair's own work began, its schema being known */
};

static const struct err *schema_named(struct pairs *run, const char *name, enum dialect dialect, struct schema **out) {
    char *cache = arena_printf(run->arena, "%s@%d", name, (int)dialect);
    *out = map_get(run->schemas, str_of(cache));
    if (*out) return NULL;
    const char *hash = strrchr(name, '#');
    if (!hash) return err_new(ERR_INPUT, "schema \"%s\" is not FILE#KEY", name);
    char *path = arena_printf(run->arena, "%s/%.*s", run->folder, (int)(hash - name), name);
    json_t *json = map_get(run->files, str_of(path));
    if (!json) {
        struct str text;
        TRY(fs_read(run->arena, path, FILE_MAX, &text));
        TRY(err_wrap(jsx_load(run->arena, text.p, text.n, &json), "%s", path));
        map_put(run->files, str_of(path), json);
    }
    json_t *entry = json_object_get(json, hash + 1);
    if (!entry) return err_new(ERR_INPUT, "%s has no schema \"%s\"", path, hash + 1);
    TRY(schema_from_json(run->arena, entry, dialect, out));
    map_put(run->schemas, str_of(cache), *out);
    return NULL;
}

static const struct err *schema_of(struct pairs *run, struct arena *arena, const json_t *line, enum dialect dialect, struct schema **out) {
    const json_t *schema = json_object_get(line, "schema");
    *out = NULL;
    if (!schema || json_is_null(schema)) return NULL;
    if (json_is_object(schema)) return schema_from_json(arena, schema, dialect, out);
    if (json_is_string(schema)) return schema_named(run, json_string_value(schema), dialect, out);
    return err_new(ERR_INPUT, "\"schema\" is neither a string nor an object");
}

static const struct err *pair_compare(struct pairs *run, struct arena *arena, const json_t *line, struct relation **out) {
    const char *a = jsx_str(line, "a", NULL), *b = jsx_str(line, "b", NULL), *name = jsx_str(line, "dialect", NULL);
    enum dialect dialect = run->options->dialect;
    if (!a || !b) return err_new(ERR_INPUT, "\"a\" and \"b\" are wanted, as strings");
    if (name && strcmp(name, "calcite") == 0) name = "mysql"; /* the standard benchmark's own name for the dialect of its pairs */
    if (name && !dialect_parse(str_of(name), &dialect)) return err_new(ERR_INPUT, "unknown dialect \"%s\"", name);
    struct schema *schema;
    TRY(schema_of(run, arena, line, dialect, &schema));
    run->start = clock_cpu_us();
    struct plan *pa, *pb;
    TRY(err_wrap(plan_from_sql(arena, str_of(a), schema, dialect, &pa), "a"));
    TRY(err_wrap(plan_from_sql(arena, str_of(b), schema, dialect, &pb), "b"));
    struct prove_options prove = {.refute = run->options->refute};
    *out = relation_find(arena, pa, pb, &prove);
    return NULL;
}

static void line_print(struct arena *arena, const json_t *line, const struct err *err, const struct relation *relation, int64_t micros) {
    static const struct relation none = {.kind = RELATION_UNRELATED};
    json_t *out = jsx_own(arena, json_object());
    const json_t *id = line ? json_object_get(line, "id") : NULL;
    json_object_set_new(out, "id", id ? json_deep_copy(id) : json_null());
    json_t *rest = relation_json(relation ? relation : &none, micros);
    if (err) jsx_set_text(rest, "reason", err->text);
    json_object_update(out, rest);
    json_decref(rest);
    puts(jsx_dump(arena, out, false));
    fflush(stdout);
}

/* One line, in its own memory: whatever happens in it, the next line starts afresh. */
static bool line_run(struct pairs *run, struct arena *arena, const char *text, size_t n) {
    jmp_buf place;
    json_t *volatile line = NULL;
    run->start = clock_cpu_us();
    if (setjmp(place)) {
        arena_catch(arena, NULL);
        line_print(run->arena, line, err_new(ERR_INPUT, "a limit was reached: memory"), NULL, clock_cpu_us() - run->start);
        return false;
    }
    arena_catch(arena, &place);
    json_t *read = NULL;
    struct relation *relation = NULL;
    const struct err *err = jsx_load(arena, text, n, &read);
    line = read;
    if (!err && !json_is_object(read)) err = err_new(ERR_INPUT, "the line is not an object");
    if (!err) err = pair_compare(run, arena, read, &relation);
    line_print(arena, read, err, relation, clock_cpu_us() - run->start);
    arena_catch(arena, NULL);
    return err == NULL;
}

static int pairs_run(const struct compare_options *o) {
    struct pairs run = {.options = o, .arena = arena_create(ARENA_JOB)};
    run.files = map_new(run.arena);
    run.schemas = map_new(run.arena);
    run.folder = dirname(arena_strdup(run.arena, o->pairs));
    FILE *file = strcmp(o->pairs, "-") == 0 ? stdin : fopen(o->pairs, "r");
    if (!file) {
        fprintf(stderr, "parley compare: %s: %s\n", o->pairs, strerror(errno));
        arena_destroy(run.arena);
        return EXIT_BROKEN;
    }
    struct arena *arena = arena_create(PAIR_MEMORY);
    char *text = NULL;
    size_t cap = 0;
    bool all = true;
    for (ssize_t n; (n = getline(&text, &cap, file)) >= 0; arena_reset(arena)) {
        if (str_trim((struct str){text, (size_t)n}).n == 0) continue;
        if ((size_t)n > LINE_MAX_BYTES) {
            line_print(arena, NULL, err_new(ERR_INPUT, "a line of more than %zu bytes", LINE_MAX_BYTES), NULL, 0);
            all = false;
        } else if (!line_run(&run, arena, text, (size_t)n)) all = false;
    }
    free(text);
    if (file != stdin) fclose(file);
    arena_destroy(arena);
    arena_destroy(run.arena);
    return all ? EXIT_FINE : EXIT_FOUND;
}

int cmd_compare(int argc, char **argv) {
    struct compare_options o = {.refute = true};
    const struct argp argp = {options, option_take, "A B...\n--pairs FILE.jsonl", doc, NULL, NULL, NULL};
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    if (o.n_paths <= 2) return o.pairs ? pairs_run(&o) : files_run(&o);
    struct several several = {o.dialect, o.schema, o.paths, o.n_paths, o.json, o.refute};
    return compare_several(&several);
}
