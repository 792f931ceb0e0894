/* prove.c - the relation of two queries: equal fingerprints first, then what can be derived, what is shared, and what differs. */
#include "prove.h"

#include "clock.h"
#include "feature.h"
#include "prove_part.h"
#include "sql_print.h"

#include <stdlib.h>

const char *relation_kind_name(enum relation_kind kind) {
    static const char *const names[] = {"identical", "derivable", "generalizes", "shares", "similar", "unrelated"};
    return names[kind];
}

const char *tier_name(enum tier tier) {
    static const char *const names[] = {"", "P0", "P1", "P2", "L1", "L2", "L3", "L4"};
    return names[tier];
}

static void proof_add(struct arena *arena, struct relation *r, const char *text) {
    const char **list = arena_array(arena, r->n_proof + 1, sizeof *list);
    if (r->n_proof) memcpy(list, r->proof, r->n_proof * sizeof *list);
    list[r->n_proof++] = text;
    r->proof = list;
}

/* Column i of `a` is column order[i] of `b`; NULL when the outputs do not pair up. */
static size_t *outputs_pair(struct arena *arena, const struct normal *a, const struct normal *b) {
    size_t n = a->root->outs.n;
    if (b->root->outs.n != n) return NULL;
    size_t *order = arena_array(arena, n + 1, sizeof *order);
    bool *taken = arena_array(arena, n + 1, sizeof *taken);
    for (size_t i = 0; i < n; i++) {
        size_t found = n;
        if (!taken[i] && hash128_eq(a->outputs[i], b->outputs[i])) found = i;
        for (size_t k = 0; k < n && found == n; k++)
            if (!taken[k] && hash128_eq(a->outputs[i], b->outputs[k])) found = k;
        if (found == n) return NULL;
        taken[found] = true;
        order[i] = found;
    }
    return order;
}

static void mapping_fill(struct arena *arena, struct relation *r, const struct normal *a, const struct normal *b, const size_t *order) {
    size_t n = a->root->outs.n;
    const char **list = arena_array(arena, n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++) list[i] = arena_printf(arena, "%s = %s", a->plan->names[i], b->plan->names[order ? order[i] : i]);
    r->mapping = list;
    r->n_mapping = n;
}

/* The columns of `b` in the order of `a`; false when they cannot be named. */
static bool rewrite_reorder(struct arena *arena, struct relation *r, const struct normal *b, const size_t *order,
                            const struct prove_options *options) {
    size_t n = b->root->outs.n;
    const char *const *names = options->b_columns ? options->b_columns : b->plan->names;
    struct buf sql = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        const char *name = names[order[i]];
        if (strcmp(name, "*") == 0) return false;
        for (size_t k = 0; k < n; k++)
            if (k != order[i] && strcmp(names[k], name) == 0) return false;
        struct sql_ident ident = {.text = str_of(name)};
        buf_text(&sql, i ? ", " : "SELECT ");
        sql_print_ident(&sql, &ident, b->plan->dialect);
    }
    buf_printf(&sql, "\nFROM %s", options->b_name ? options->b_name : "b");
    r->rewrite = buf_str(&sql);
    return true;
}

static int text_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void assumes_fill(struct arena *arena, struct relation *r, const struct normal *a, const struct normal *b) {
    const char **list = arena_array(arena, a->n_assumes + b->n_assumes + 1, sizeof *list);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < a->n_assumes; i++) list[n++] = a->assumes[i];
    for (size_t i = 0; i < b->n_assumes; i++) list[n++] = b->assumes[i];
    qsort(list, n, sizeof *list, text_order);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(list[kept - 1], list[i]) != 0) list[kept++] = list[i];
    r->assumes = list;
    r->n_assumes = kept;
}

static void say_inputs(struct arena *arena, struct relation *r, const struct plan *plan) {
    if (plan->reads_clock) proof_add(arena, r, "both read the clock: they are the same when run at the same time");
    if (plan->takes) proof_add(arena, r, arena_printf(arena, "both are given `%s`: they are the same where it has the same value", plan->takes));
}

static void proof_fill(struct arena *arena, struct relation *r, const struct normal *a, const struct normal *b) {
    for (size_t i = 0; i < a->n_steps; i++) proof_add(arena, r, arena_printf(arena, "in the first: %s", a->steps[i]));
    for (size_t i = 0; i < b->n_steps; i++) proof_add(arena, r, arena_printf(arena, "in the second: %s", b->steps[i]));
    proof_add(arena, r, "both then have the same normal form: the same rows, as often, NULLs and all");
    if (a->plan->ordered || b->plan->ordered) proof_add(arena, r, "ORDER BY without LIMIT is left out: a table's rows have no order");
    say_inputs(arena, r, a->plan);
}

/* Equal forms of one mode; false when they are not, or when the refuter objects. */
static bool equal_claim(struct arena *arena, const struct normal *a, const struct normal *b, const struct prove_options *options,
                        struct relation *r) {
    if (a->reason || b->reason || !hash128_eq(a->any_order, b->any_order)) return false;
    size_t *order = outputs_pair(arena, a, b);
    if (!order) return false;
    bool declared = a->mode == NORMAL_DECLARED, same_order = hash128_eq(a->exact, b->exact);
    if (!same_order && !rewrite_reorder(arena, r, b, order, options)) return false;
    if (options->refute && !prove_survives(arena, a->plan, b->plan, order, declared, options)) {
        r->reason = "the forms are the same, but a test database tells the queries apart: kept as a defect";
        return false;
    }
    r->kind = same_order ? RELATION_IDENTICAL : RELATION_DERIVABLE;
    if (!same_order) proof_add(arena, r, "the same columns in another order");
    r->tier = declared ? TIER_P2 : TIER_P1;
    r->score = 1;
    if (declared) assumes_fill(arena, r, a, b);
    if (declared && r->n_assumes == 0) r->tier = TIER_P1;
    proof_fill(arena, r, a, b);
    mapping_fill(arena, r, a, b, order);
    return true;
}

/* GROUPING SETS on one side, a UNION ALL of groupings on the other. */
static bool equal_opened(struct arena *arena, const struct normal *a, const struct normal *b, const struct prove_options *options,
                         struct relation *r) {
    const struct normal *oa = normal_opened(arena, a), *ob = normal_opened(arena, b);
    return (oa != a || ob != b) && equal_claim(arena, oa, ob, options, r);
}

/* The same query, but for layout and aliases: even a LIMIT with ties says the same thing twice. Volatile functions never do. */
static bool same_text(struct arena *arena, const struct normal *a, const struct normal *b, struct relation *r) {
    bool known = !a->plan->reason && !b->plan->reason && !a->plan->condition && !b->plan->condition && !a->plan->is_volatile && !b->plan->is_volatile;
    if (!known || !plan_same(a->plan, b->plan)) return false;
    r->kind = RELATION_IDENTICAL;
    r->tier = TIER_P0;
    r->score = 1;
    proof_add(arena, r, "the two are the same query, but for layout, case and aliases");
    say_inputs(arena, r, a->plan);
    if (a->reason) proof_add(arena, r, arena_printf(arena, "(each run may still choose other rows: %s)", a->reason));
    mapping_fill(arena, r, a, b, NULL);
    return true;
}

/* The same form, but one that does not prove: ties of a LIMIT, volatile functions, a condition. */
static bool almost_equal(struct arena *arena, const struct normal *a, const struct normal *b, struct relation *r) {
    const char *why = a->reason ? a->reason : b->reason;
    bool bound = !a->plan->reason && !b->plan->reason;
    if (!hash128_eq(a->any_order, b->any_order) || !bound) return false;
    if (!why && hash128_eq(a->exact, b->exact)) return false;
    if (!why) why = "the columns stand in another order";
    r->kind = RELATION_SIMILAR;
    r->tier = a->plan->condition || b->plan->condition ? TIER_L3 : TIER_L1;
    r->score = 0.99;
    r->reason = arena_printf(arena, "the same form, but not proved equal: %s", why);
    return true;
}

static void similarity(struct arena *arena, const struct normal *a, const struct normal *b, struct relation *r) {
    const struct features *fa = features_of_words(arena, a), *fb = features_of_words(arena, b);
    r->score = features_similarity(fa, fb);
    if (r->score >= 0.3) {
        r->kind = RELATION_SIMILAR;
        r->tier = TIER_L4;
        prove_differences(arena, a, b, r);
    }
    if (!r->reason) r->reason = a->reason ? a->reason : b->reason;
}

static struct relation *relation_of_queries(struct arena *arena, const struct normal *a, const struct normal *b,
                                            const struct prove_options *options) {
    static const struct prove_options plain = {0};
    struct relation *r = arena_new(arena, struct relation);
    r->kind = RELATION_UNRELATED;
    if (!options) options = &plain;
    if (same_text(arena, a, b, r)) return r;
    if (equal_claim(arena, a, b, options, r)) return r;
    bool possible = a->root && b->root && !a->plan->reason && !b->plan->reason;
    const struct normal *da = a, *db = b;
    if (possible) {
        da = normal_declared(arena, a);
        db = normal_declared(arena, b);
        if (equal_claim(arena, da, db, options, r)) return r;
        if (equal_opened(arena, a, b, options, r) || equal_opened(arena, da, db, options, r)) return r;
        if (almost_equal(arena, a, b, r) || almost_equal(arena, da, db, r)) return r;
        for (int swapped = 0; swapped < 2; swapped++) {
            if (prove_derivable(arena, a, b, swapped, options, r)) return r;
            bool more = normal_hangs_on_facts(a) || normal_hangs_on_facts(b);
            if (more && prove_derivable(arena, da, db, swapped, options, r)) return r;
        }
        if (prove_instance(arena, a, b, r)) return r;
        struct relation shared = *r;
        if (prove_shares(arena, a, b, &shared) && !hash128_eq(normal_parameters(arena, a), normal_parameters(arena, b))) {
            *r = shared;
            prove_differences(arena, a, b, r);
            r->kind = RELATION_SHARES;
            return r;
        }
    }
    similarity(arena, a, b, r);
    return r;
}

struct relation *relation_of_normals(struct arena *arena, const struct normal *a, const struct normal *b, const struct prove_options *options) {
    struct relation *r = relation_of_queries(arena, a, b, options);
    prove_fills(arena, a->plan, b->plan, r);
    return r;
}

struct relation *relation_find(struct arena *arena, const struct plan *a, const struct plan *b, const struct prove_options *options) {
    const struct normal *na = normal_make(arena, a, NORMAL_PURE), *nb = normal_make(arena, b, NORMAL_PURE);
    return relation_of_normals(arena, na, nb, options);
}
