/* derive.c - derivability on the pairs of Calcite's tests for materialized views: how many are found, how many claims are refuted.
 * usage: bench_derive CALCITE_MV.jsonl [--keys] [--all]   --keys: the keys that the tests assume; --all: every pair, with its rewrite. */
#include "derive.h"
#include "bind.h"
#include "clock.h"
#include "fs.h"

#include <stdio.h>
#include <stdlib.h>

/* Calcite's HR schema (JavaHrSchema.java): nullable but for the primitive fields. */
static const char HR[] =
    "{\"tables\": {"
    "\"emps\": {\"empid\": \"int\", \"deptno\": \"int\", \"name\": \"varchar\", \"salary\": \"decimal(10,2)\", \"commission\": \"int\"},"
    "\"depts\": {\"deptno\": \"int\", \"name\": \"varchar\"},"
    "\"depts2\": {\"deptno\": \"int\", \"name\": \"varchar\", \"inceptiondate\": \"timestamp\"},"
    "\"dependents\": {\"empid\": \"int\", \"name\": \"varchar\"},"
    "\"locations\": {\"empid\": \"int\", \"name\": \"varchar\"},"
    "\"events\": {\"eventid\": \"int\", \"ts\": \"timestamp\"},"
    "\"nullables\": {\"col1\": \"int\", \"col2\": \"int\", \"col3\": \"int\"},"
    "\"emp\": {\"empno\": \"int\", \"ename\": \"varchar\", \"job\": \"varchar\", \"mgr\": \"int\", \"hiredate\": \"date\", \"sal\": "
    "\"decimal(7,2)\", \"comm\": "
    "\"decimal(7,2)\", \"deptno\": \"int\"}},"
    "\"not_null\": [\"emps.empid\", \"emps.deptno\", \"emps.salary\", \"depts.deptno\", \"depts2.deptno\", \"dependents.empid\", "
    "\"locations.empid\", "
    "\"events.eventid\"]";
static const char KEYS[] = ", \"keys\": [[\"emps.empid\"], [\"depts.deptno\"]], \"fks\": [[\"emps.deptno\", \"depts.deptno\"]]}";
static const char NO_KEYS[] = ", \"keys\": [], \"fks\": []}";

struct counts {
    int found, missed, unread, refuted, unchecked;
};

struct bench {
    const struct schema *schema;
    bool all, keys;
    struct counts ok, no;
    VEC(double) micros;
};

/* Names for the view's columns, many of which have none; a `*` over a table that is not known keeps its own. */
static const char *const *column_names(struct arena *arena, const struct plan *view) {
    const char **names = arena_array(arena, view->n_outputs + 1, sizeof *names);
    for (size_t i = 0; i < view->n_outputs; i++) {
        if (strcmp(view->names[i], "*") == 0) return NULL;
        names[i] = arena_printf(arena, "c%zu", i);
    }
    return names;
}

static void show(const struct bench *b, const json_t *pair, const char *what, const char *more) {
    if (b->all)
        printf("%-8s %-6s %s\n    mv:    %s\n    query: %s\n    %s\n", what, jsx_str(pair, "label", ""), jsx_str(pair, "id", ""),
               jsx_str(pair, "mv", ""), jsx_str(pair, "query", ""), more);
}

static void judge(struct bench *b, struct arena *arena, const json_t *pair, struct counts *c, struct plan *query, struct plan *view) {
    const char *const *names = column_names(arena, view);
    int64_t start = clock_monotonic_us();
    struct derivation *d = NULL;
    for (int mode = NORMAL_PURE; mode <= (b->keys ? NORMAL_DECLARED : NORMAL_PURE) && !(d && d->query); mode++)
        d = derive_find(arena, normal_make(arena, query, mode), normal_make(arena, view, mode), "mv", names);
    *vec_add(arena, &b->micros) = (double)(clock_monotonic_us() - start);
    if (!d->query) {
        c->missed++;
        show(b, pair, "missed", d->why);
        return;
    }
    struct refute_limits limits = {.databases = 300, .micros = -1, .declared = true};
    struct refutation *r = derive_check(arena, d, query, view, "mv", names, &limits);
    c->found++;
    c->refuted += r->verdict == REFUTE_FOUND || r->verdict == REFUTE_BROKEN;
    c->unchecked += r->verdict == REFUTE_CANNOT;
    show(b, pair,
         r->verdict == REFUTE_FOUND    ? "REFUTED"
         : r->verdict == REFUTE_CANNOT ? "found?"
                                       : "found",
         arena_printf(arena, "%s\n    -- %s%s %s", d->sql, r->reason ? r->reason : "", r->verdict == REFUTE_FOUND ? r->database : "",
                      r->verdict == REFUTE_FOUND ? arena_printf(arena, "query: %s rewrite: %s", r->left, r->right) : ""));
}

static void run_pair(struct bench *b, struct arena *arena, const json_t *pair) {
    bool ok = strcmp(jsx_str(pair, "label", ""), "ok") == 0;
    struct counts *c = ok ? &b->ok : &b->no;
    struct plan *query, *view;
    const struct err *err = plan_from_sql(arena, str_of(jsx_str(pair, "query", "")), b->schema, DIALECT_ANSI, &query);
    if (!err) err = plan_from_sql(arena, str_of(jsx_str(pair, "mv", "")), b->schema, DIALECT_ANSI, &view);
    if (err) {
        c->unread++;
        show(b, pair, "unread", err->text);
        return;
    }
    judge(b, arena, pair, c, query, view);
}

static int compare_doubles(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int main(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct bench b = {0};
    struct str text;
    json_t *json;
    struct schema *schema;
    for (int i = 2; i < argc; i++) {
        b.keys |= strcmp(argv[i], "--keys") == 0;
        b.all |= strcmp(argv[i], "--all") == 0;
    }
    const char *facts = arena_printf(arena, "%s%s", HR, b.keys ? KEYS : NO_KEYS);
    const struct err *err =
        argc < 2 ? err_new(ERR_INPUT, "usage: bench_derive CALCITE_MV.jsonl [--keys] [--all]") : fs_read(arena, argv[1], 16 << 20, &text);
    if (!err) err = jsx_load(arena, facts, strlen(facts), &json);
    if (!err) err = schema_from_json(arena, json, DIALECT_ANSI, &schema);
    if (err) {
        fprintf(stderr, "%s\n", err->text);
        return 2;
    }
    b.schema = schema;
    struct str line;
    while (str_split(&text, '\n', &line)) {
        if (line.n == 0) continue;
        if (!jsx_load(arena, line.p, line.n, &json)) run_pair(&b, arena, json);
    }
    qsort(b.micros.at, b.micros.n, sizeof *b.micros.at, compare_doubles);
    printf("derive on calcite_mv%s | found | missed | not read | refuted | not run\n", b.keys ? " with keys" : "");
    printf("ok (should be found)  | %d | %d | %d | %d | %d\n", b.ok.found, b.ok.missed, b.ok.unread, b.ok.refuted, b.ok.unchecked);
    printf("noMat (by Calcite)    | %d | %d | %d | %d | %d\n", b.no.found, b.no.missed, b.no.unread, b.no.refuted, b.no.unchecked);
    printf("micros: median %.0f, worst %.0f; a prototype in Python (quoted): 109 of 159 ok, 0 noMat, 4-7 ms\n",
           b.micros.n ? b.micros.at[b.micros.n / 2] : 0, b.micros.n ? b.micros.at[b.micros.n - 1] : 0);
    arena_destroy(arena);
    return b.ok.refuted + b.no.refuted ? 1 : 0;
}
