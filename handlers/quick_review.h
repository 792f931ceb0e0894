/* quick_review.h - reviews of things that are no pull request: pasted SQL, a table's name, a job.
 * Layer: handlers. May use: everything below. */
#ifndef QUICK_REVIEW_H
#define QUICK_REVIEW_H

#include "handlers.h"
#include "review.h"

struct reading;

/* Who asks, and how the thing is called. */
struct quick {
    const char *repo;   /* "jobs:databricks", "slack" */
    const char *source; /* "job", "slack" */
    const char *title, *author;
    const struct past *past; /* may be NULL */
};

/* Holds the reading against the whole catalog. */
const struct err *quick_run(const struct handler_context *context, const struct quick *what, const struct reading *reading,
                            struct review **out) MUST_CHECK;

/* Pasted SQL as a Slack message: what exists already. */
const struct err *quick_sql(const struct handler_context *context, const char *sql, json_t **message) MUST_CHECK;

/* What the catalog knows of a table, plain text; the nearest names when it knows none. */
const struct err *quick_table(const struct handler_context *context, const char *name, const char **out) MUST_CHECK;
#endif
