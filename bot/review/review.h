/* review.h - base reading against head reading: what the change introduces, after waivers, settings and people; the verdict.
 * Layer: review. May use: base, store, sql, plan, read, catalog, cost, check. */
#ifndef REVIEW_H
#define REVIEW_H

#include "catalog.h"
#include "check.h"
#include "feedback.h"
#include "people.h"
#include "waiver.h"

struct reading;
struct store;

enum verdict {
    VERDICT_CLEAN,  /* nothing to say */
    VERDICT_ADVISE, /* something to say; never blocks */
    VERDICT_GATE,   /* mode gate, and a proof (or the cost limit) at level blocker is open */
};

/* A finding of the review before this one, as kept in the ledger. */
struct past_finding {
    const char *key, *label, *rule_id, *path, *text;
    const char *owner; /* "@dana", NULL when nobody was known */
    enum finding_state state;
};
struct past {
    const char *head_sha; /* "" when there was no review */
    struct past_finding *at;
    size_t n;
};

struct review_input {
    const char *repo;                /* "acme/dw"; for a folder on disk its name */
    int64_t number;                  /* pull request; 0 when none */
    const char *source;              /* "pull_request", "job", "command", "slack" */
    const char *title;               /* of the pull request or job; may be NULL */
    const char *author;              /* login; may be NULL */
    const char *base_sha, *head_sha; /* may be NULL */
    const struct reading *base;      /* the changed files before; NULL: everything in head is new */
    const struct reading *head;      /* the changed files after */
    const char *const *changed;      /* every path of the change, deleted ones too: the catalogs' definitions there are replaced by head */
    size_t changed_count;
    bool whole;                      /* head is a whole tree, not a change: it is held against the catalogs, which may hold it too */
    struct catalog *const *catalogs; /* searched in order; may be none */
    size_t catalog_count;
    const struct repo_settings *settings;              /* from the target branch */
    const struct settings_problems *settings_problems; /* of the file at the head, when the change touches it; may be NULL */
    const struct price_list *prices;
    const struct codeowners *codeowners; /* from the target branch; may be NULL */
    const struct waiver *waivers;
    size_t waiver_count;
    const struct rules_use *use; /* what people said of the rules; may be NULL */
    const struct past *past;     /* may be NULL */
    int64_t now;                 /* UTC seconds */
};

/* What was estimated of a definition, to be held against its runs later. */
struct estimate_made {
    const char *fingerprint, *name;
    const struct work *work;
};

/* A plain record: read any field. */
struct review {
    const char *repo;
    int64_t number;
    const char *source, *title, *author, *base_sha, *head_sha;
    int64_t made; /* UTC seconds */
    enum verdict verdict;
    struct findings findings;   /* open ones at level note or higher, sorted and labelled F1.. */
    size_t spoken;              /* the first of them are said; the others are folded notes */
    struct findings waived;     /* accepted, snoozed, different: labelled after the open ones */
    struct past_finding *fixed; /* in the past review, gone now */
    size_t fixed_count;
    size_t new_count;                  /* open and not in the past review */
    const struct not_understood *gaps; /* places that were not understood: said, never passed over */
    size_t gap_count;
    size_t files, definitions, changed_definitions;
    struct cost before, after;       /* of the changed definitions that run on a schedule */
    struct cost delta;               /* after - before per month: low may be negative */
    struct estimate_made *estimates; /* of the changed definitions whose size is known */
    size_t estimate_count;
    struct cost avoidable;                             /* sum of savings of open findings */
    struct persons people;                             /* everyone concerned, first the owners of duplicated datasets */
    struct text_list reviewer_users, reviewer_teams;   /* forms for the forge */
    const struct repo_settings *settings;              /* with the levels that the rules have earned */
    bool fallen[RULE_COUNT];                           /* rules that are notes now because too few found them useful */
    const struct settings_problems *settings_problems; /* may be NULL */
    bool quiet;                                        /* no comment is wanted */
    int64_t micros;                                    /* how long it took */
};

/* Runs the whole of it. ERR_RETRY when a catalog cannot be read. Everything lives as long as `arena`. */
const struct err *review_run(struct arena *arena, const struct review_input *in, struct review **out) MUST_CHECK;

/* "clean", "advise", "gate". */
const char *verdict_name(enum verdict verdict);

/* The finding with that label ("F1") or key, open or waived; NULL when there is none. */
struct finding *review_find(const struct review *review, const char *label_or_key);

#endif
