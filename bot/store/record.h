/* record.h - what was reviewed, who decided what, and small named values.
 * Layer: store. May use: base, store. All join the caller's transaction. */
#ifndef RECORD_H
#define RECORD_H

#include "store.h"

/* One finished review. */
struct review_record {
    int64_t id;
    const char *subject; /* "acme/dw#42", "job:databricks/123" */
    const char *repo;    /* "acme/dw", NULL for jobs without one */
    int64_t number;      /* pull request, 0 when none */
    const char *base_sha, *head_sha;
    const char *verdict;
    const char *title;
    const char *body; /* the review as JSON */
    int64_t findings, delivery_id, created_at;
};

const struct err *review_record_put(struct store *store, const struct review_record *r, int64_t *id) MUST_CHECK;
/* The newest of a subject; `*out` is NULL when there is none. */
const struct err *review_record_last(struct store *store, struct arena *arena, const char *subject, struct review_record **out) MUST_CHECK;
struct review_records {
    struct review_record *at;
    size_t n;
};
/* Newest first, at most `max`, without bodies; `repo` NULL gives all. */
const struct err *review_record_list(struct store *store, struct arena *arena, const char *repo, int max, struct review_records *out) MUST_CHECK;

/* One line of the ledger: kept for ever, never edited. */
struct ledger_line {
    int64_t id, at;
    const char *subject; /* "acme/dw#42" */
    const char *actor;   /* "github:ana", "slack:U1", "parley" */
    const char *action;  /* "accept", "snooze", "different", "review" ... */
    const char *finding; /* the finding's key, NULL when it is about no single one */
    const char *detail;  /* JSON or a sentence, NULL when there is none */
};

const struct err *ledger_add(struct store *store, const struct ledger_line *line) MUST_CHECK;
struct ledger_lines {
    struct ledger_line *at;
    size_t n;
};
/* Newest first, at most LEDGER_MAX; `finding` NULL gives all of the subject. */
#define LEDGER_MAX 1000
const struct err *ledger_list(struct store *store, struct arena *arena, const char *subject, const char *finding,
                              struct ledger_lines *out) MUST_CHECK;

/* A value kept under a name; `*value` is NULL when there is none. */
const struct err *setting_get(struct store *store, struct arena *arena, const char *name, const char **value) MUST_CHECK;
/* Keeps it; NULL forgets it. */
const struct err *setting_put(struct store *store, const char *name, const char *value) MUST_CHECK;

#endif
