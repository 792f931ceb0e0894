/* dry_run.h - a delivery through the handlers on a copy of the data: GitHub is only read, nothing is posted.
 * Layer: commands. May use: everything below. For `parley simulate --dry-run`. */
#ifndef DRY_RUN_H
#define DRY_RUN_H

#include <stdbool.h>

/* settings may be NULL: defaults and environment. */
struct dry_run_ask {
    const char *settings, *event, *sender, *file;
    bool json;
};

/* Prints what would be posted; an exit code. */
int dry_run(const struct dry_run_ask *ask);

#endif
