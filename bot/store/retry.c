/* retry.c - the arithmetic of waiting. */
#include "retry.h"

#define FIRST_WAIT    5
#define DOUBLINGS_MAX 12

bool retry_next(const struct retry_in *in, int64_t *at) {
    if (in->now - in->since > RETRY_AGE) return false;
    if (in->asked_at) {
        *at = in->asked_at > in->now ? in->asked_at : in->now + 1;
        return true;
    }
    if (in->attempts >= RETRY_ATTEMPTS) return false;
    int doublings = in->attempts > 1 ? in->attempts - 1 : 0;
    int64_t wait = (int64_t)FIRST_WAIT << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
    if (wait > RETRY_WAIT_MAX) wait = RETRY_WAIT_MAX;
    *at = in->now + wait + (in->id % 97) * wait / 4 / 97;
    return true;
}
