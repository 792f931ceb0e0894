/* candidates.h - which stored definitions are worth a proof against a new one: by posting lists, most telling first, bounded.
 * Layer: catalog. May use: base, store, plan. ENGINE 4.6: Goldstein and Larson, SIGMOD 2001; CloudViews, SIGMOD 2018. */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include "catalog.h"

/* Why an entry is a candidate, strongest first. */
enum candidate_why {
    CANDIDATE_IDENTITY,    /* same normal form */
    CANDIDATE_PARAMETER,   /* same normal form but for literals */
    CANDIDATE_SUBPLAN,     /* a sub-plan in common */
    CANDIDATE_CONTAINMENT, /* it reads only tables this one reads: this one may be derivable from it */
    CANDIDATE_SIMILAR,     /* features in common */
};

struct candidate {
    struct entry entry;
    enum candidate_why why;
    double score; /* 0..1: weighted overlap of features */
};

/* What must not come back: what the change itself replaces. */
struct candidates_skip {
    const char *repo;         /* "acme/dw" */
    const char *scope;        /* "pr:42": the change's own scope; NULL: none */
    const char *const *paths; /* of `repo`, in scope main */
    size_t path_count;
    const char *uid; /* one definition, in any scope of `repo`; NULL: none */
};

#define CANDIDATES_MAX 60

/* At most CANDIDATES_MAX entries for `entry` (features needed), by why, then score, then id. Their features are loaded, plans are not. */
const struct err *candidates_find(struct arena *arena, struct catalog *catalog, const struct entry *entry, const struct candidates_skip *skip,
                                  struct candidate **out, size_t *count) MUST_CHECK;

#endif
