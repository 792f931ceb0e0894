/* metrics.h - numbers for the operator, in Prometheus' text form.
 * Layer: intake. May use: base, store. All counters may be raised from any thread. */
#ifndef METRICS_H
#define METRICS_H

#include "store.h"

#include <stdatomic.h>

/* What is counted: name, label (NULL for none), help. */
#define METRICS(X)                                                                                                                                   \
    X(REQUESTS_ACCEPTED, "parley_requests_total", "answer=\"accepted\"", "Requests by their answer.")                                                \
    X(REQUESTS_REFUSED, "parley_requests_total", "answer=\"refused\"", NULL)                                                                         \
    X(REQUESTS_UNSIGNED, "parley_requests_total", "answer=\"unsigned\"", NULL)                                                                       \
    X(REQUESTS_BUSY, "parley_requests_total", "answer=\"busy\"", NULL)                                                                               \
    X(REQUESTS_SLOW, "parley_requests_total", "answer=\"slow\"", NULL)                                                                               \
    X(DELIVERIES_NEW, "parley_deliveries_total", "kind=\"new\"", "Deliveries committed.")                                                            \
    X(DELIVERIES_REPEATED, "parley_deliveries_total", "kind=\"repeated\"", NULL)                                                                     \
    X(DELIVERY_BYTES, "parley_delivery_bytes_total", NULL, "Bytes of bodies committed, before compression.")                                         \
    X(COMMITS, "parley_commits_total", NULL, "Commits of deliveries; one holds those of many connections.")                                          \
    X(COMMIT_MICROS, "parley_commit_microseconds_total", NULL, "Time in those commits.")                                                             \
    X(COMMIT_FAILURES, "parley_commit_failures_total", NULL, "Commits of deliveries that failed.")                                                   \
    X(JOBS_DONE, "parley_jobs_total", "outcome=\"done\"", "Jobs by how they ended.")                                                                 \
    X(JOBS_FAILED, "parley_jobs_total", "outcome=\"failed\"", NULL)                                                                                  \
    X(JOBS_KILLED, "parley_jobs_total", "outcome=\"killed\"", NULL)                                                                                  \
    X(JOB_MICROS, "parley_job_microseconds_total", NULL, "Time in jobs.")                                                                            \
    X(SENDS_DONE, "parley_sends_total", "outcome=\"done\"", "Outside states by how bringing them about ended.")                                      \
    X(SENDS_FAILED, "parley_sends_total", "outcome=\"failed\"", NULL)                                                                                \
    X(SENDS_ASLEEP, "parley_sends_total", "outcome=\"asleep\"", NULL)

enum metric {
#define X(id, name, label, help) METRIC_##id,
    METRICS(X)
#undef X
        METRIC_COUNT
};

void metrics_add(enum metric metric, int64_t n);
int64_t metrics_get(enum metric metric);

/* The whole page; the depths of queue and outbox are read from `store`, NULL leaves them out. */
const struct err *metrics_page(struct store *store, struct buf *out) MUST_CHECK;

#endif
