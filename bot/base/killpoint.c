/* killpoint.c - counts visits and ends the process at the named one. */
#include "killpoint.h"

#include <assert.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_KILLED 137

const char *const kill_points[] = {
    "delivery.before_commit", /* received, not yet on the disk: the sender gets no answer */
    "delivery.after_commit",  /* on the disk, the sender has no answer yet */
    "triage.after",           /* the first look is stored */
    "claim.after",            /* leased, the job not started */
    "job.before_commit",      /* worked out, nothing stored */
    "job.after_commit",       /* review, outbox and settlement stored */
    "outbox.after_claim",     /* taken, nothing sent */
    "outbox.before_send",     /* about to ask the other side */
    "github.after_write",     /* GitHub has taken one change (NAME:n: the n-th) of a post that makes several */
    "slack.after_write",      /* the same of Slack */
    "outbox.after_send",      /* the other side has it, we have not noted so */
    "outbox.after_settle",    /* noted */
    NULL,
};

static bool is_listed(const char *name) {
    for (const char *const *p = kill_points; *p; p++) {
        if (strcmp(*p, name) == 0) return true;
    }
    return false;
}

/* False when a process died here before. */
static bool once_take(void) {
    const char *mark = getenv("PARLEY_KILL_ONCE");
    if (!mark || !*mark) return true;
    int fd = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    close(fd);
    return true;
}

void kill_point(const char *name) {
    static atomic_long visits;
    assert(is_listed(name));
    const char *wanted = getenv("PARLEY_KILL_AT");
    if (!wanted || !*wanted) return;
    size_t n = strlen(name);
    if (strncmp(wanted, name, n) != 0 || (wanted[n] && wanted[n] != ':')) return;
    long at = wanted[n] == ':' ? strtol(wanted + n + 1, NULL, 10) : 1;
    if (atomic_fetch_add(&visits, 1) + 1 < at) return;
    if (once_take()) _exit(STATUS_KILLED);
}
