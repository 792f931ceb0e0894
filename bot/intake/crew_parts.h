/* crew_parts.h - what the crew's files share.
 * Layer: intake, for crew*.c only. */
#ifndef CREW_PARTS_H
#define CREW_PARTS_H

#include "crew.h"
#include "wake.h"

#include <stdatomic.h>

#define CREW_THREADS_MAX 80
#define CREW_POLL_MS     1000

struct crew {
    struct crew_config config;
    struct wake arrived, work, send; /* what each kind of thread waits for */
    struct wake told;                /* the writer has committed the looks it was given */
    int stop_fd;                     /* readable once jobs at work are to be killed */
    pthread_t threads[CREW_THREADS_MAX];
    size_t thread_count;
    atomic_int busy;       /* jobs and sends at work */
    atomic_llong timer_at; /* clock_monotonic_us of the timer's last round */
    atomic_llong triage_at;
};

/* The threads' main functions; ctx is the crew. */
void *crew_triage_run(void *ctx); /* crew_timer.c */
void *crew_timer_run(void *ctx);  /* crew_timer.c */
void *crew_work_run(void *ctx);   /* crew_work.c */
void *crew_send_run(void *ctx);   /* crew_send.c */
void *crew_hear_run(void *ctx);   /* crew_hear.c */

/* There is work for those who work, or something to send. */
void crew_wake_all(struct crew *crew);

/* Opens the store for a thread, trying again until it works or all is over; NULL: over. */
struct store *crew_store(struct crew *crew);

#endif
