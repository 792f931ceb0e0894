/* wake.c - a counter under a condition. */
#include "wake.h"

#include <time.h>

void wake_init(struct wake *w) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->rung, &attr);
    pthread_condattr_destroy(&attr);
    w->count = 0;
    w->over = false;
}

void wake_finish(struct wake *w) {
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->rung);
}

void wake_all(struct wake *w) {
    pthread_mutex_lock(&w->lock);
    w->count++;
    pthread_cond_broadcast(&w->rung);
    pthread_mutex_unlock(&w->lock);
}

void wake_end(struct wake *w) {
    pthread_mutex_lock(&w->lock);
    w->over = true;
    pthread_cond_broadcast(&w->rung);
    pthread_mutex_unlock(&w->lock);
}

bool wake_wait(struct wake *w, unsigned long *seen, int ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    pthread_mutex_lock(&w->lock);
    while (!w->over && w->count == *seen) {
        if (pthread_cond_timedwait(&w->rung, &w->lock, &until) != 0) break;
    }
    *seen = w->count;
    bool goes_on = !w->over;
    pthread_mutex_unlock(&w->lock);
    return goes_on;
}

bool wake_is_over(struct wake *w) {
    pthread_mutex_lock(&w->lock);
    bool over = w->over;
    pthread_mutex_unlock(&w->lock);
    return over;
}
