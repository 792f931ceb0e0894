/* feature.h - what of a plan goes into the catalog's posting lists.
 * Layer: plan. May use: base, sql. */
#ifndef FEATURE_H
#define FEATURE_H

#include "normal.h"

enum feature_kind {
    FEATURE_EXACT,      /* identity fingerprint, outputs in any order, no declared constraint */
    FEATURE_DECLARED,   /* the same with declared constraints */
    FEATURE_PARAMETERS, /* literals of predicates left out */
    FEATURE_SUBPLAN,    /* a block of the form with more than one source or an aggregate */
    FEATURE_JOIN_SHAPE, /* table set and join edges of a block, predicates left out */
    FEATURE_TABLE,
    FEATURE_JOIN_EDGE,
    FEATURE_GROUP_KEY,
    FEATURE_AGGREGATE,
    FEATURE_PREDICATE, /* column and operator */
    FEATURE_OUTPUT,
};

struct feature {
    enum feature_kind kind;
    uint64_t hash;
    const char *text; /* readable: "orders", "orders.customer_id = customers.id"; NULL for fingerprints */
};

struct features {
    size_t n;
    const struct feature *at;                   /* sorted by kind and hash, each once */
    struct hash128 exact, declared, parameters; /* zero when the plan is not provable */
};

/* Features of a plan; a plan that is not provable still gives tables, edges and names. Never NULL. */
struct features *features_of(struct arena *arena, const struct plan *plan);
/* The same from a form already made. */
struct features *features_of_normal(struct arena *arena, const struct normal *normal);
/* Tables, edges, keys, functions, conditions and outputs alone, without fingerprints: enough to tell how alike two plans are. */
const struct features *features_of_words(struct arena *arena, const struct normal *normal);
/* Weighted Jaccard of two feature lists, 0..1: tables and edges weigh most. */
double features_similarity(const struct features *a, const struct features *b);
#endif
