/* job_cost.h - what a job costs a month: its task graph over its clusters, and what one of its habits costs.
 * Layer: cost. May use: base, read's records.
 *
 * What was billed for the job comes first, where it is known; then past runs of the whole, priced by its machines; then its tasks' estimates.
 * A cluster is up from the start of its first task to the end of its last; a run takes as long as the longest path of tasks. Past runs of the whole
 * job, where there are any, take the place of what its tasks are estimated to take. */
#ifndef JOB_COST_H
#define JOB_COST_H

#include "billed.h"
#include "fires.h"
#include "price.h"

/* How long a task runs. */
struct task_time {
    bool known;
    double low, high;    /* seconds */
    double bytes;        /* read by a run; 0 not known */
    const char *unknown; /* why not known */
};

struct job_cost_input {
    const struct job *job;
    const struct task_time *tasks; /* job->task_count of them */
    double past_low, past_high;    /* seconds of past runs of the whole; 0: there are none */
    size_t past_runs;
    const struct billed *billed; /* of this job as it is; NULL or `from` 0: nothing */
    const struct price_list *prices;
    struct price_place place;
    int64_t now;
};

struct job_cost {
    struct cost cost;     /* per month when it has a schedule, else per run */
    double low, high;     /* seconds of a run; 0 when not known */
    const char *critical; /* "ingest, marts": the tasks that make it as long as it is; NULL not known */
};
struct job_cost job_cost_of(struct arena *arena, const struct job_cost_input *in);

/* What is saved a month by running its all-purpose tasks on job clusters of the same machines. Unknown, with the two prices per DBU in words, where
 * the machines are not known. */
struct cost job_saves_own_cluster(struct arena *arena, const struct job_cost_input *in);

/* What a cluster costs a month at most that nobody ends: from evenings and weekends (three quarters of the time) to always. */
struct cost cluster_idle_cost(struct arena *arena, const struct price_list *prices, const struct price_place *place, const struct compute *compute);

/* Says whether the time a warehouse idles before it stops is in the amount; nothing for other compute. */
void warehouse_idle_say(struct arena *arena, const struct compute *compute, struct text_list *says);

/* What compute that stands for itself costs a month: a cluster or warehouse from never up to always up, a pool by what it keeps idle. */
struct cost compute_stands_cost(struct arena *arena, const struct price_list *prices, const struct price_place *place, const struct compute *compute);

/* Fewest workers that read so many bytes within the time in which starting a cluster no longer counts; -1 when it cannot be said. */
int workers_wanted(const struct price_list *prices, const struct price_place *place, const struct compute *compute, double bytes);
/* What is saved a month by fewer workers; `*workers` is how many would do. Unknown when the cluster is not too large. */
struct cost job_saves_smaller(struct arena *arena, const struct job_cost_input *in, size_t task, int *workers);

/* What is saved a month when what runs all the time ran every `seconds` instead, each run as long as the tasks are estimated (10 minutes where that
 * is not known, said so). */
struct cost job_saves_scheduled(struct arena *arena, const struct job_cost_input *in, double seconds);

#endif
