/* check.h - holds the definitions of a change against what exists, and says what the change introduces.
 * Layer: check. May use: base, sql, plan, read, catalog, cost. Same input, same answer: no clock, no network. */
#ifndef CHECK_H
#define CHECK_H

#include "candidates.h"
#include "estimate.h"
#include "finding.h"
#include "price.h"
#include "repo_settings.h"

/* A definition bound against the schema, with what the rules need. Made by check_subject. */
struct subject {
    const struct definition *definition;
    struct entry entry;           /* as the catalog would hold it: name, hashes, features */
    struct scan scan;             /* what a run of it reads */
    struct run_past past;         /* what past runs say of it */
    struct cost cost;             /* of running it: per month when scheduled, else per run */
    const struct subject *before; /* the same definition at the base; NULL when new */
    bool changed;                 /* new, or its plan differs from the base's */
    bool touched;                 /* changed, or its schedule or compute differ */
    bool reused;                  /* a finding says it need not be: other rules on its cost are then silent */
};

struct check_input {
    const char *repo; /* "acme/dw" */
    const struct repo_settings *settings;
    const struct price_list *prices;
    struct catalog *const *catalogs; /* searched in order */
    size_t catalog_count;
    const struct candidates_skip *skip; /* what of the catalogs the change replaces; may be NULL */
    struct subject *subjects;           /* of the head, whole */
    size_t subject_count;
    const struct reading *head, *base; /* base may be NULL */
    bool whole;                        /* head is a whole tree that the catalogs hold too: of two equal ones the later is the repetition */
    int64_t now;                       /* UTC seconds: for costs per month and ages */
    bool refute;                       /* pass every proof by the refuter before it is said (always, but in a test of it) */
};

/* Binds the definitions of a reading against the catalogs and prices them. in->head, base and subjects are not read. */
/* How long a run of `s` takes on `compute`: past runs first, else the estimate. False, and why, when it is not known. */
struct span {
    double low, high; /* seconds */
};
bool check_seconds(struct arena *arena, const struct check_input *in, const struct subject *s, const struct compute *compute, struct span *out,
                   const char **why);

const struct err *check_subjects(struct arena *arena, const struct check_input *in, const struct reading *reading, struct subject **out,
                                 size_t *count) MUST_CHECK;

/* Fills scan and cost of a subject whose entry is bound. */
const struct err *check_price(struct arena *arena, const struct check_input *in, struct subject *subject) MUST_CHECK;

/* Do both run at the same times on the same machines? */
bool check_runs_same(const struct entry *a, const struct entry *b);

/* Finds each head subject's counterpart at the base: by id, else by dataset, else by plan; fills before, changed, touched. */
void check_compare(struct arena *arena, struct subject *head, size_t head_count, const struct subject *base, size_t base_count);

/* Where the platform's bill of a job that runs one definition is known: that is what it cost before, and what it costs after is scaled by it. */
const struct err *check_billed(struct arena *arena, const struct check_input *in) MUST_CHECK;

/* Definitions in files that the change leaves alone, but whose job it runs at other times or on other machines: as the catalogs have them, placed
 * at the job's task. Added to subjects, not changed but touched. */
const struct err *check_rescheduled(struct arena *arena, struct check_input *in) MUST_CHECK;

/* A finding of `rule` at the subject: place, names, SQL and key are filled; `other` (may be NULL) names the second party in the key. */
struct finding *check_finding(struct arena *arena, const struct check_input *in, enum rule rule, const struct subject *subject, const char *other);

/* The entry as people name it. */
struct twin check_twin(struct arena *arena, const struct entry *entry);

/* Keeps the finding unless its rule is off or its place ignored. */
void check_say(struct arena *arena, const struct check_input *in, struct findings *out, struct finding *finding);

/* One family of rules. It adds to `out`; a rule that cannot decide stays silent. ERR_RETRY when a catalog cannot be read. */
typedef const struct err *(*check_family)(struct arena *arena, const struct check_input *in, struct findings *out);

const struct err *check_duplicate(struct arena *arena, const struct check_input *in, struct findings *out) MUST_CHECK;
const struct err *check_metric(struct arena *arena, const struct check_input *in, struct findings *out) MUST_CHECK;
const struct err *check_cost(struct arena *arena, const struct check_input *in, struct findings *out) MUST_CHECK;

/* Scheduled queries that keep a warehouse up between their runs: part of check_cost. */
void check_warehouse(struct arena *arena, const struct check_input *in, struct findings *out);

/* Runs all families over the changed subjects. */
const struct err *check_run(struct arena *arena, const struct check_input *in, struct findings *out) MUST_CHECK;

#endif
