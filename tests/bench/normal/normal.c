/* normal.c - how long one query takes from text to fingerprint: parse, bind, normal form, each alone, over the first queries of a pairs file;
 * and how long the pair takes, from two texts to the relation (without the refuter). Processor time, the best of N rounds.
 * usage: bench_normal PAIRS.jsonl [--each] [--rounds N]   --each: a line per query, slowest last. */
#include "normal.h"
#include "bind.h"
#include "fs.h"
#include "map.h"
#include "prove.h"
#include "sql_parse.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define QUERIES_MAX  10000
#define LIMIT_MICROS 150.0

enum stage { STAGE_PARSE, STAGE_BIND, STAGE_NORMAL, STAGE_ALL, STAGE_PAIR, STAGES };

struct timing {
    const char *id;
    const char *reason;
    enum relation_kind relation;
    size_t memory; /* of the pair */
    double micros[STAGES];
    size_t bytes;
};

struct bench {
    struct arena *arena;
    const char *path;
    struct map *schemas;
    int rounds;
    bool each;
    size_t unread; /* lines whose schema is not understood */
    VEC(struct timing) timings;
};

static const struct err *schema_named(struct bench *b, const char *name, enum dialect dialect, struct schema **out) {
    *out = map_get(b->schemas, str_of(name));
    const char *hash = strchr(name, '#');
    if (*out || !hash) return NULL;
    const char *path = arena_printf(b->arena, "%s/%.*s", dirname(arena_strdup(b->arena, b->path)), (int)(hash - name), name);
    struct str text;
    json_t *json;
    TRY(fs_read(b->arena, path, (size_t)64 << 20, &text));
    TRY(jsx_load(b->arena, text.p, text.n, &json));
    TRY(schema_from_json(b->arena, json_object_get(json, hash + 1), dialect, out));
    map_put(b->schemas, str_of(arena_strdup(b->arena, name)), *out);
    return NULL;
}

/* Nanoseconds of this thread: microseconds are too coarse for the smallest queries. */
static double cpu_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void time_once(struct arena *arena, const struct str *sql, const struct schema *schema, enum dialect dialect, struct timing *t, bool first) {
    double at[STAGES] = {0};
    double start = cpu_now();
    struct sql_script *script;
    sql_parse_script(arena, sql[0], dialect, &script);
    double parsed = cpu_now();
    struct plan *plan, *other;
    const struct err *err = plan_from_sql(arena, sql[0], schema, dialect, &plan); /* parses once more */
    double bound = cpu_now();
    if (err) return;
    const struct normal *normal = normal_make(arena, plan, NORMAL_PURE);
    double done = cpu_now();
    at[STAGE_PARSE] = parsed - start;
    at[STAGE_BIND] = bound - parsed - at[STAGE_PARSE];
    at[STAGE_NORMAL] = done - bound;
    at[STAGE_ALL] = done - parsed;
    t->reason = normal->reason;
    arena_reset(arena);
    start = cpu_now();
    if (plan_from_sql(arena, sql[0], schema, dialect, &plan) || plan_from_sql(arena, sql[1], schema, dialect, &other)) return;
    const struct prove_options options = {0};
    t->relation = relation_find(arena, plan, other, &options)->kind;
    at[STAGE_PAIR] = cpu_now() - start;
    t->memory = arena_used(arena);
    for (int s = 0; s < STAGES; s++)
        if (first || at[s] < t->micros[s]) t->micros[s] = at[s];
}

static const struct err *query_time(struct bench *b, struct str line) {
    json_t *row;
    struct schema *schema = NULL;
    enum dialect dialect = DIALECT_DATABRICKS;
    TRY(jsx_load(b->arena, line.p, line.n, &row));
    (void)dialect_parse(str_of(jsx_str(row, "dialect", "databricks")), &dialect);
    TRY(schema_named(b, jsx_str(row, "schema", ""), dialect, &schema));
    struct timing *t = vec_add(b->arena, &b->timings);
    const struct str sql[2] = {str_of(jsx_str(row, "a", "")), str_of(jsx_str(row, "b", ""))};
    const json_t *id = json_object_get(row, "id");
    *t = (struct timing){.id = json_is_string(id) ? json_string_value(id) : json_dumps(id, JSON_ENCODE_ANY), .bytes = sql[0].n};
    struct arena *arena = arena_create((size_t)1 << 30);
    for (int i = 0; i < b->rounds; i++) {
        time_once(arena, sql, schema, dialect, t, i == 0);
        arena_reset(arena);
    }
    if (t->reason) t->reason = "(not provable)";
    arena_destroy(arena);
    return NULL;
}

static int by_pair(const void *a, const void *b) {
    const struct timing *x = a, *y = b;
    return (x->micros[STAGE_PAIR] > y->micros[STAGE_PAIR]) - (x->micros[STAGE_PAIR] < y->micros[STAGE_PAIR]);
}

static int by_value(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void report(struct bench *b) {
    static const char *const names[STAGES] = {"parse", "bind", "normal form + fingerprint", "all three", "the pair"};
    size_t n = b->timings.n;
    if (n == 0) return;
    qsort(b->timings.at, n, sizeof *b->timings.at, by_pair);
    for (size_t i = 0; b->each && i < n; i++) {
        const struct timing *t = &b->timings.at[i];
        printf("%-32s %6zu bytes  parse %7.1f  bind %7.1f  normal %8.1f  all %8.1f  pair %8.1f us %7zu KB %s %s\n", t->id, t->bytes, t->micros[0],
               t->micros[1], t->micros[2], t->micros[3], t->micros[4], t->memory >> 10, relation_kind_name(t->relation), t->reason ? t->reason : "");
    }
    double all = 0, *values = arena_array(b->arena, n, sizeof *values);
    for (int s = 0; s < STAGES; s++) {
        for (size_t i = 0; i < n; i++) values[i] = b->timings.at[i].micros[s];
        qsort(values, n, sizeof *values, by_value);
        if (s == STAGE_ALL) all = values[n / 2];
        printf("%-26s | median %8.1f us | p90 %8.1f us | worst %9.1f us\n", names[s], values[n / 2], values[n * 9 / 10], values[n - 1]);
    }
    if (b->unread) printf("%zu lines left out: their schema is not understood\n", b->unread);
    printf("%zu queries; median of all three is %.2f of the limit of %.0f us; quoted, not run here: a prototype in Python 10,000-14,000 us, "
           "sqlglot 52,000 us\n",
           n, all / LIMIT_MICROS, LIMIT_MICROS);
}

int main(int argc, char **argv) {
    struct bench b = {.arena = arena_create(ARENA_JOB), .path = argv[1], .rounds = 10};
    b.schemas = map_new(b.arena);
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--each") == 0) b.each = true;
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) b.rounds = atoi(argv[++i]);
    }
    struct str text, line;
    const struct err *err =
        argc < 2 ? err_new(ERR_INPUT, "usage: bench_normal PAIRS.jsonl [--each] [--rounds N]") : fs_read(b.arena, argv[1], 64 << 20, &text);
    while (!err && str_split(&text, '\n', &line) && b.timings.n < QUERIES_MAX)
        if (line.n && query_time(&b, line)) b.unread++;
    if (err) {
        fprintf(stderr, "%s\n", err->text);
        return 2;
    }
    report(&b);
    arena_destroy(b.arena);
    return 0;
}
