/* check.h - holds the definitions of a change against what exists, and says what the change introduces.
 * Layer: check. May use: base, sql, plan, read, catalog, cost. Same input, same answer: no clock, no network. */
#ifndef CHECK_H
#define CHECK_H

#include "candidates.h"
#include "finding.h"
#include "price.h"
#include "repo_settings.h"

/* A definition bound against the schema, with what the rules need. Made by check_subject. */
struct subject {
    const struct definition *definition;
    struct entry entry;      /* as the catalog would hold it: name, hashes, features */
    struct cost cost;        /* of running it as scheduled, per month */
    bool changed;            /* new, or its plan differs from the base's */
    const struct subject *before; /* the same definition at the base; NULL when new */
};

struct check_input {
    const char *repo;                    /* "acme/dw" */
    const struct repo_settings *settings;
    const struct price_list *prices;
    struct catalog *const *catalogs;     /* searched in order */
    size_t catalog_count;
    const struct candidates_skip *skip;  /* what of the catalogs the change replaces */
    struct subject *subjects;            /* of the head, whole */
    size_t subject_count;
    const struct reading *head, *base;   /* base may be NULL */
    int64_t now;                         /* UTC seconds: for costs per month and ages */
    bool refute;                         /* pass every proof by the refuter before it is said (always, but in a test of it) */
};

/* One family of rules. It adds to `out`; a rule that cannot decide stays silent. ERR_RETRY when a catalog cannot be read. */
typedef const struct err *(*check_family)(struct arena *arena, const struct check_input *in, struct findings *out);

/* Runs all families over the changed subjects. */
const struct err *check_run(struct arena *arena, const struct check_input *in, struct findings *out) MUST_CHECK;

#endif
