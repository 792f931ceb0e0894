/* crew_hear.c - what other servers over the same store commit: heard of at once, not at the next look. */
#include "crew_parts.h"

#include "log.h"

void *crew_hear_run(void *ctx) {
    struct crew *crew = ctx;
    struct store *store = crew_store(crew);
    unsigned long seen = 0;
    while (store && !wake_is_over(&crew->work)) {
        bool woken = false;
        const struct err *e = store_wait(store, CREW_POLL_MS, &woken);
        if (e) log_error("%s", e->text);
        if (e) wake_wait(&crew->work, &seen, CREW_POLL_MS); /* everybody looks now and then, heard or not */
        if (woken) crew_wake_all(crew);
    }
    store_close(store);
    return NULL;
}
