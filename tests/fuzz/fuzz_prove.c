/* fuzz_prove.c - any two texts, a NUL or else a semicolon between them: bound without a schema, brought to their normal forms, related.
 * A form is the same each time it is made, a query is identical to itself, and the refuter finds nothing against a claim.
 * The first byte picks the dialect. */
#include "bind.h"
#include "prove.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX 2000 /* longer texts only cost time */

static struct plan *plan_of(struct arena *arena, struct str text, enum dialect dialect) {
    struct plan *plan = NULL;
    return plan_from_sql(arena, text, NULL, dialect, &plan) ? NULL : plan;
}

static void fail(const char *why, enum dialect dialect, struct str a, struct str b) {
    fprintf(stderr, "%s (%s)\n%.*s\n----\n%.*s\n", why, dialect_name(dialect), STR_ARG(a), STR_ARG(b));
    abort();
}

/* The same text bound twice. */
static void same_check(struct arena *arena, struct str text, enum dialect dialect) {
    struct plan *p = plan_of(arena, text, dialect), *q = plan_of(arena, text, dialect);
    if (!p != !q) fail("bound once and not again", dialect, text, text);
    if (!p) return;
    for (int mode = NORMAL_PURE; mode <= NORMAL_DECLARED; mode++) {
        const struct normal *x = normal_make(arena, p, mode), *y = normal_make(arena, q, mode);
        if (!hash128_eq(x->exact, y->exact) || !x->reason != !y->reason) fail("another form each time", dialect, text, text);
        (void)normal_text(arena, x);
    }
    bool known = !p->reason && !p->condition && !p->is_volatile;
    if (known && relation_find(arena, p, q, NULL)->kind != RELATION_IDENTICAL) fail("not identical to itself", dialect, text, text);
}

static void pair_check(struct arena *arena, struct str a, struct str b, enum dialect dialect) {
    struct plan *p = plan_of(arena, a, dialect), *q = plan_of(arena, b, dialect);
    if (!p || !q) return;
    static const struct prove_options careful = {.refute = true, .micros_max = 20000};
    bool claimed = relation_find(arena, p, q, NULL)->kind == RELATION_IDENTICAL;
    if (claimed && relation_find(arena, p, q, &careful)->kind != RELATION_IDENTICAL) fail("a claim was refuted", dialect, a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > TEXT_MAX) return 0;
    enum dialect dialect = data[0] % DIALECT_COUNT;
    struct str whole = {(const char *)data + 1, size - 1};
    const char *cut = memchr(whole.p, 0, whole.n);
    if (!cut) cut = memchr(whole.p, ';', whole.n);
    struct str a = {whole.p, cut ? (size_t)(cut - whole.p) : whole.n}, b = {cut ? cut + 1 : whole.p, cut ? whole.n - a.n - 1 : whole.n};
    struct arena *arena = arena_create(ARENA_JOB);
    jmp_buf place;
    if (!setjmp(place)) {
        arena_catch(arena, &place);
        same_check(arena, a, dialect);
        pair_check(arena, a, b, dialect);
    }
    arena_destroy(arena);
    return 0;
}
