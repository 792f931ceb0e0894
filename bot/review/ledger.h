/* ledger.h - past reviews: what was said where, so that the next one can say what changed.
 * Layer: review. May use: base, store, check. Opens no transaction: commit it together with the outbox. */
#ifndef LEDGER_H
#define LEDGER_H

#include "review.h"

/* Writes the review and its findings; the one before it of the same (repo, number or title) is kept as history. */
const struct err *ledger_put(struct store *store, const struct review *review, int64_t *id) MUST_CHECK;

/* The newest review of the pull request as `past`; head_sha "" when there was none. */
const struct err *ledger_past(struct arena *arena, struct store *store, const char *repo, int64_t number, struct past **out) MUST_CHECK;

/* One line of `parley reviews`. */
struct ledger_line {
    int64_t id, number, made;
    const char *repo, *source, *title, *author, *head_sha, *verdict;
    int64_t open, waived, fixed;
};
/* Newest first, at most `limit`; repo NULL: all. */
const struct err *ledger_list(struct arena *arena, struct store *store, const char *repo, size_t limit, struct ledger_line **out, size_t *count) MUST_CHECK;

/* The finding (newest review that has it) by key, or by label within (repo, number), as the JSON that render wrote; NULL when there is none. */
const struct err *ledger_finding(struct arena *arena, struct store *store, const char *repo, int64_t number, const char *label_or_key,
                                 struct finding **out) MUST_CHECK;

#endif
