/* refute.c - the refuter on pairs with known answers: how many of those that differ it tells apart, how many equal ones it refutes.
 * usage: bench_refute FILE.jsonl... [--databases N] [--all]   A pair's schema is FILE#KEY beside the file, or the object itself. */
#include "refute.h"
#include "bind.h"
#include "clock.h"
#include "fs.h"

#include <stdio.h>
#include <stdlib.h>

struct counts {
    int n, refuted, same, cannot, unread;
};

struct bench {
    struct refute_limits limits;
    bool all;
    struct counts eq, neq;
    json_t *schemas;
    int64_t micros;
};

static const json_t *schema_of(struct bench *b, struct arena *arena, const char *folder, const json_t *pair) {
    const json_t *inside = json_object_get(pair, "schema");
    if (!json_is_string(inside)) return inside;
    struct str rest = str_of(json_string_value(inside)), file, text;
    str_split(&rest, '#', &file);
    const char *path = arena_printf(arena, "%s/%.*s", folder, STR_ARG(file));
    if (!b->schemas) {
        if (fs_read(arena, path, 64 << 20, &text)) return NULL;
        if (jsx_load(arena, text.p, text.n, &b->schemas)) return NULL;
    }
    return json_object_get(b->schemas, str_dup(arena, rest));
}

static void run_pair(struct bench *b, struct arena *arena, const json_t *schema_json, const json_t *pair) {
    const char *label = jsx_str(pair, "label", "");
    struct counts *c = strcmp(label, "eq") == 0 ? &b->eq : &b->neq;
    enum dialect dialect = DIALECT_DATABRICKS;
    struct schema *schema = NULL;
    struct plan *left, *right;
    if (strcmp(label, "unknown") == 0) return;
    c->n++;
    dialect_parse(str_of(jsx_str(pair, "dialect", "")), &dialect);
    const struct err *err = schema_json ? schema_from_json(arena, schema_json, dialect, &schema) : NULL;
    if (!err) err = plan_from_sql(arena, str_of(jsx_str(pair, "a", "")), schema, dialect, &left);
    if (!err) err = plan_from_sql(arena, str_of(jsx_str(pair, "b", "")), schema, dialect, &right);
    if (err) {
        c->unread++;
        if (b->all) printf("unread %s: %s\n", jsx_str(pair, "id", ""), err->text);
        return;
    }
    int64_t start = clock_monotonic_us();
    struct refutation *r = refute_pair(arena, left, right, NULL, &b->limits);
    b->micros += clock_monotonic_us() - start;
    c->refuted += r->verdict == REFUTE_FOUND;
    c->same += r->verdict == REFUTE_NONE;
    c->cannot += r->verdict == REFUTE_CANNOT;
    bool expected = (c == &b->eq) == (r->verdict == REFUTE_NONE);
    if (!b->all || (expected && r->verdict != REFUTE_CANNOT)) return;
    printf("%s %s: %s %s\n    a: %s\n    b: %s\n", label, jsx_str(pair, "id", ""),
           r->verdict == REFUTE_FOUND  ? "REFUTED"
           : r->verdict == REFUTE_NONE ? "same"
                                       : "cannot",
           r->reason ? r->reason : "", jsx_str(pair, "a", ""), jsx_str(pair, "b", ""));
    if (r->verdict == REFUTE_FOUND) printf("%s    a gives:\n%s    b gives:\n%s", r->database, r->left, r->right);
}

static const struct err *run_file(struct bench *b, const char *path) {
    struct arena *arena = arena_create(ARENA_JOB), *pair_arena = arena_create(ARENA_JOB);
    struct str text, line;
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? arena_printf(arena, "%.*s", (int)(slash - path), path) : ".";
    const struct err *err = fs_read(arena, path, 64 << 20, &text);
    b->schemas = NULL;
    b->eq = b->neq = (struct counts){0};
    b->micros = 0;
    while (!err && str_split(&text, '\n', &line)) {
        json_t *pair;
        if (line.n == 0 || jsx_load(arena, line.p, line.n, &pair)) continue;
        run_pair(b, pair_arena, schema_of(b, arena, folder, pair), pair);
        arena_reset(pair_arena);
    }
    const char *name = slash ? slash + 1 : path;
    printf("%-30s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %.2f\n", name, b->neq.n, b->neq.refuted, b->neq.same, b->neq.cannot,
           b->neq.unread, b->eq.n, b->eq.refuted, b->eq.same, b->eq.cannot, b->eq.unread,
           (double)b->micros / 1000 / (b->eq.n + b->neq.n ? b->eq.n + b->neq.n : 1));
    arena_destroy(pair_arena);
    arena_destroy(arena);
    return err;
}

int main(int argc, char **argv) {
    struct bench b = {.limits = {.databases = 150, .micros = -1, .declared = true}};
    puts("set | neq | refuted | not | cannot run | not read | eq | refuted | not | cannot run | not read | ms per pair");
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--all") == 0) b.all = true;
        if (strcmp(argv[i], "--databases") == 0 && i + 1 < argc) b.limits.databases = (size_t)strtoul(argv[++i], NULL, 10);
        if (argv[i][0] == '-' || (argv[i][0] >= '0' && argv[i][0] <= '9')) continue;
        const struct err *err = run_file(&b, argv[i]);
        if (err) fprintf(stderr, "%s: %s\n", argv[i], err->text);
    }
    return 0;
}
