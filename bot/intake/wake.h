/* wake.h - "there may be something to do", from any thread to any thread.
 * Layer: intake. May use: the C library. */
#ifndef WAKE_H
#define WAKE_H

#include <pthread.h>
#include <stdbool.h>

struct wake {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    unsigned long count;
    bool over;
};

void wake_init(struct wake *wake);
void wake_finish(struct wake *wake);
void wake_all(struct wake *wake);
/* Everybody leaves: wake_wait returns false from now on. */
void wake_end(struct wake *wake);
/* Waits until it was rung since `*seen`, or for `ms`; then `*seen` is up to date. False when it is over. */
bool wake_wait(struct wake *wake, unsigned long *seen, int ms);
bool wake_is_over(struct wake *wake);

#endif
