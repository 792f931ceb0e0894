/* prove.h - how one query relates to another, proved where it is said to be.
 * Layer: plan. May use: base, sql. */
#ifndef PROVE_H
#define PROVE_H

#include "normal.h"

enum relation_kind {
    RELATION_IDENTICAL,   /* proved: same bag of rows, up to order and names of columns */
    RELATION_DERIVABLE,   /* proved: `a` is computable from the result of `b`; rewrite given */
    RELATION_GENERALIZES, /* proved: `b` is computable from the result of `a` */
    RELATION_SHARES,      /* a proved common sub-plan worth storing once */
    RELATION_SIMILAR,     /* not proved; score and differences */
    RELATION_UNRELATED,
};

/* P0 same tokens; P1 proved without declared constraints; P2 proved, resting on `assumes`; L1 same but for ties, volatile functions or
 * output names; L2 same up to literals; L3 same under an unproved assumption; L4 alike by features. */
enum tier { TIER_NONE, TIER_P0, TIER_P1, TIER_P2, TIER_L1, TIER_L2, TIER_L3, TIER_L4 };

struct relation {
    enum relation_kind kind;
    enum tier tier;
    double score; /* 0..1 */
    size_t n_assumes, n_proof, n_differences, n_mapping;
    const char *const *assumes;     /* constraints the proof rests on */
    const char *const *proof;       /* the argument, a sentence each */
    const char *const *differences; /* for similar and parameterised: what differs, in words */
    const char *const *mapping;     /* "total = revenue": output of a = output of b */
    const char *instance;           /* "eu here, us there": the same logic over another instance of its sources (tier L2); NULL: not so */
    const char *rewrite;            /* SQL over `b_name` that gives a; NULL when none */
    const char *reason;             /* why nothing stronger was said; NULL */
};

struct prove_options {
    const char *b_name;           /* name of the dataset that b fills, used in the rewrite; NULL: "b" */
    const char *const *b_columns; /* its column names in order; NULL: the plan's own */
    bool refute;                  /* run the refuter on a claim before making it */
    int64_t micros_max;           /* time for one pair; 0: PROVE_MICROS */
};
#define PROVE_MICROS 5000

/* The relation of `a` (new) to `b` (existing), both bound under the same schema and dialect family. Never NULL. */
struct relation *relation_find(struct arena *arena, const struct plan *a, const struct plan *b, const struct prove_options *options);

/* As relation_find, with normal forms already made (both NORMAL_PURE; the declared ones are made when needed). */
struct relation *relation_of_normals(struct arena *arena, const struct normal *a, const struct normal *b, const struct prove_options *options);

/* A stored result among several. */
struct prove_stored {
    const struct plan *plan;
    const char *name;
    const char *const *columns; /* in order; NULL: the plan's own names */
};
#define PROVE_STORED_MAX 8

/* Is `a` computable from these results together? RELATION_DERIVABLE with the rewrite, used[i] telling which it reads; else RELATION_UNRELATED
 * with the reason. At most PROVE_STORED_MAX of them are looked at. Never NULL. */
struct relation *relation_to_several(struct arena *arena, const struct plan *a, const struct prove_stored *stored, size_t n,
                                     const struct prove_options *options, bool *used);

const char *relation_kind_name(enum relation_kind kind); /* "identical" ... */
const char *tier_name(enum tier tier);                   /* "P1" ..., "" for none */
#endif
