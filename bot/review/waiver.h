/* waiver.h - decisions of people about findings, kept over pushes and rebases because they hang on the finding's key.
 * Layer: review. May use: base, store, check. */
#ifndef WAIVER_H
#define WAIVER_H

#include "finding.h"

struct store;

enum waiver_kind { WAIVER_ACCEPT, WAIVER_SNOOZE, WAIVER_DIFFERENT };

/* A plain record. */
struct waiver {
    const char *repo; /* "acme/dw" */
    const char *key;  /* of the finding */
    enum waiver_kind kind;
    const char *by; /* login */
    const char *reason;
    int64_t until;  /* UTC seconds; 0: for good */
    int64_t made;   /* UTC seconds */
    int64_t number; /* the pull request it was made in; it holds beyond it */
};

/* Stores or replaces the decision on (repo, key). */
const struct err *waiver_put(struct store *store, const struct waiver *waiver) MUST_CHECK;
/* Takes it back; `*found` says whether there was one. */
const struct err *waiver_drop(struct store *store, const char *repo, const char *key, bool *found) MUST_CHECK;
/* All decisions of the repository, newest first, at most 10,000. */
const struct err *waivers_load(struct arena *arena, struct store *store, const char *repo, struct waiver **out, size_t *count) MUST_CHECK;

/* Puts the decision on the finding when one with its key is in force at `now`. */
bool waiver_apply(const struct waiver *waivers, size_t count, int64_t now, struct finding *finding);

/* "accept", "snooze", "different". */
const char *waiver_kind_name(enum waiver_kind kind);

#endif
