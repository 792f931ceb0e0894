/* search.c - one new definition against a large catalog: how long, how much memory, and against looking at every entry.
 * usage: bench_search [DEFINITIONS] [PROBES] [PLACE]     PLACE: the address of an empty PostgreSQL instead of a file of SQLite */
#include "binding.h"
#include "candidates.h"
#include "clock.h"
#include "entry.h"
#include "feature.h"
#include "prove.h"
#include "read.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH  500
#define PROOFS 16

static uint64_t state;

static unsigned roll(unsigned n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

/* Few tables are read by many, most by few: the shape of real catalogs. */
static unsigned table_pick(unsigned tables) {
    unsigned high = 1 + roll(tables);
    return roll(high);
}

/* Definition number i, always the same text; `copy` writes the same meaning in another way. */
static void definition_write(struct buf *b, unsigned i, unsigned tables, bool copy) {
    state = i * 2654435761u + 12345;
    unsigned t[4] = {0}, n = 1 + roll(4), filter = roll(50), day = roll(28) + 1, key = roll(3);
    for (unsigned k = 0; k < n; k++) t[k] = table_pick(tables);
    const char *a = copy ? "x" : "t";
    buf_printf(b, "CREATE TABLE gold.d%u%s AS\n", i, copy ? "_again" : "");
    if (copy) buf_printf(b, "WITH base AS (SELECT * FROM silver.s%u)\n", t[0]);
    buf_printf(b, "SELECT %s0.k%u AS grp, %s, max(%s0.v2) AS m%u\nFROM %s %s0", a, key, copy ? "count(1) AS n" : "count(*) AS n", a, i % 7,
               copy ? "base" : arena_printf(b->arena, "silver.s%u", t[0]), a);
    for (unsigned k = 1; k < n; k++) {
        if (copy) buf_printf(b, "\nJOIN silver.s%u %s%u ON %s%u.k0 = %s%u.k1", t[k], a, k, a, k, a, k - 1);
        else buf_printf(b, "\nJOIN silver.s%u %s%u ON %s%u.k1 = %s%u.k0", t[k], a, k, a, k - 1, a, k);
    }
    if (copy) buf_printf(b, "\nWHERE '2026-01-%02u' <= %s0.v1 AND NOT (%s0.v2 <= %u)", day, a, a, filter);
    else buf_printf(b, "\nWHERE %s0.v2 > %u AND %s0.v1 >= '2026-01-%02u'", a, filter, a, day);
    buf_printf(b, "\nGROUP BY %s0.k%u;\n", a, key);
}

static void check(const struct err *failed) {
    if (!failed) return;
    fprintf(stderr, "bench_search: %s\n", failed->text);
    exit(1);
}

static void catalog_fill(struct catalog *catalog, unsigned count, unsigned tables) {
    int64_t start = clock_monotonic_us();
    for (unsigned first = 0; first < count; first += BATCH) {
        struct arena *arena = arena_create(ARENA_JOB);
        struct buf b = buf_new(arena);
        for (unsigned i = first; i < first + BATCH && i < count; i++) definition_write(&b, i, tables, false);
        const char *path = arena_printf(arena, "models/batch%u.sql", first / BATCH);
        struct reading *reading = read_sql_text(arena, path, (struct str){b.p, b.n}, DIALECT_DATABRICKS);
        struct put_file file = {path, {first, 1}};
        struct catalog_put put = {.repo = "bench", .scope = "main", .reading = reading, .files = &file, .file_count = 1, .now = 1};
        check(catalog_put_reading(catalog, &put, NULL));
        arena_destroy(arena);
    }
    double seconds = (double)(clock_monotonic_us() - start) / 1e6;
    printf("filled     %u definitions over %u tables in %.1f s (%.0f a second)\n", count, tables, seconds, count / seconds);
}

struct timing {
    double search, whole; /* microseconds of processor */
    double waited;        /* microseconds by the clock for the search: another process may be at work for it */
};

static int by_search(const void *a, const void *b) {
    double d = ((const struct timing *)a)->search - ((const struct timing *)b)->search;
    return d < 0 ? -1 : d > 0;
}

static int by_waited(const void *a, const void *b) {
    double d = ((const struct timing *)a)->waited - ((const struct timing *)b)->waited;
    return d < 0 ? -1 : d > 0;
}

static int by_whole(const void *a, const void *b) {
    double d = ((const struct timing *)a)->whole - ((const struct timing *)b)->whole;
    return d < 0 ? -1 : d > 0;
}

/* One probe, as a review does it: candidates, then proofs until an equal one is found. Definition i of the catalog in other words, or one
 * that the catalog has not: is it found, and proved? */
static struct timing probe(struct catalog *catalog, unsigned i, unsigned tables, size_t *found, size_t *proved) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct buf b = buf_new(arena);
    struct entry *entries;
    struct schema *schema;
    struct candidate *list;
    size_t count;
    definition_write(&b, i, tables, true);
    int64_t start = clock_cpu_us(), clock = clock_monotonic_us();
    struct reading *reading = read_sql_text(arena, "new.sql", (struct str){b.p, b.n}, DIALECT_DATABRICKS);
    check(reading_bind(arena, &catalog, 1, reading, &entries, &schema));
    check(candidates_find(arena, catalog, &entries[0], NULL, &list, &count));
    struct timing t = {.search = (double)(clock_cpu_us() - start), .waited = (double)(clock_monotonic_us() - clock)};
    const char *wanted = arena_printf(arena, "gold.d%u", i);
    bool is_found = false, is_proved = false;
    for (size_t k = 0; k < count && k < PROOFS; k++) {
        entry_bind(arena, &list[k].entry, schema, NULL);
        if (!list[k].entry.plan || !entries[0].plan) continue;
        struct relation *r =
            relation_find(arena, entries[0].plan, list[k].entry.plan, &(struct prove_options){.b_name = list[k].entry.dataset, .refute = true});
        bool same = list[k].entry.dataset && strcmp(list[k].entry.dataset, wanted) == 0;
        is_found |= same;
        is_proved |= same && r->kind == RELATION_IDENTICAL;
        bool last = k + 1 == count || list[k + 1].why != CANDIDATE_IDENTITY;
        if (r->kind == RELATION_IDENTICAL && last) break;
    }
    t.whole = (double)(clock_cpu_us() - start);
    *found += is_found;
    *proved += is_proved;
    arena_destroy(arena);
    return t;
}

/* The peer: features of every definition, one after the other. */
struct linear {
    const struct features *mine;
    double best;
    size_t seen;
};

static const struct err *linear_visit(void *ctx, const struct entry *e) {
    struct linear *l = ctx;
    double score = e->features ? features_similarity(l->mine, e->features) : 0;
    if (score > l->best) l->best = score;
    l->seen++;
    return NULL;
}

static double linear_time(struct catalog *catalog, unsigned tables) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct buf b = buf_new(arena);
    struct entry *entries;
    struct schema *schema;
    definition_write(&b, 1, tables, true);
    struct reading *reading = read_sql_text(arena, "new.sql", (struct str){b.p, b.n}, DIALECT_DATABRICKS);
    check(reading_bind(arena, &catalog, 1, reading, &entries, &schema));
    struct linear l = {.mine = entries[0].features};
    int64_t start = clock_monotonic_us();
    check(catalog_each(catalog, linear_visit, &l));
    double taken = (double)(clock_monotonic_us() - start);
    arena_destroy(arena);
    return taken;
}

/* Runs all probes of one sort and prints their times; the median of the search alone. */
static double probes_run(struct catalog *catalog, unsigned count, unsigned probes, unsigned tables, bool fresh) {
    struct timing *times = calloc(probes, sizeof *times);
    size_t found = 0, proved = 0;
    for (unsigned p = 0; times && p < probes; p++)
        times[p] = probe(catalog, fresh ? count + p : (unsigned)((uint64_t)p * count / probes), tables, &found, &proved);
    if (!times) return 0;
    qsort(times, probes, sizeof *times, by_search);
    double p50 = times[probes / 2].search, p99 = times[probes * 99 / 100].search;
    qsort(times, probes, sizeof *times, by_waited);
    double clock = times[probes / 2].waited;
    qsort(times, probes, sizeof *times, by_whole);
    printf("%s\n", fresh ? "definitions that the catalog has not:" : "definitions of the catalog in other words:");
    printf("  search     p50 %.2f ms, p99 %.2f ms (read, bind, candidates; processor time), by the clock p50 %.2f ms\n", p50 / 1000, p99 / 1000,
           clock / 1000);
    printf("  with proof p50 %.2f ms, p99 %.2f ms (at most %d candidates bound, proved, refuted)\n", times[probes / 2].whole / 1000,
           times[probes * 99 / 100].whole / 1000, PROOFS);
    printf("  found      %zu of %u, %zu proved identical\n", found, probes, proved);
    free(times);
    return p50;
}

int main(int argc, char **argv) {
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000, probes = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200;
    if (!count || count > 2000000 || !probes || probes > 100000) return fprintf(stderr, "usage: bench_search [DEFINITIONS] [PROBES] [PLACE]\n"), 2;
    unsigned tables = count / 3 + 10;
    struct arena *arena = arena_create(ARENA_JOB);
    struct catalog *catalog;
    char path[] = "/tmp/bench-search-XXXXXX";
    int fd = mkstemp(path);
    if (fd >= 0) close(fd);
    check(catalog_open(arena, argc > 3 ? argv[3] : path, &catalog));
    catalog_fill(catalog, count, tables);
    double p50 = probes_run(catalog, count, probes, tables, false);
    (void)probes_run(catalog, count, probes, tables, true);
    double linear = linear_time(catalog, tables);
    struct rusage usage;
    struct stat file = {0};
    getrusage(RUSAGE_SELF, &usage);
    stat(path, &file);
    printf("memory     %.0f MB at most; catalog file %.0f MB\n", (double)usage.ru_maxrss / 1024, (double)file.st_size / 1e6);
    printf("peer       every entry's features in turn: %.1f ms; the search at p50 is %.1f times as fast\n", linear / 1000, linear / p50);
    arena_destroy(arena);
    unlink(path);
    return 0;
}
