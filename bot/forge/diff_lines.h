/* diff_lines.h - which lines of a changed file a note may stand on, and which the change wrote.
 * Layer: forge. May use: base. */
#ifndef DIFF_LINES_H
#define DIFF_LINES_H

#include "arena.h"
#include "err.h"
#include "text.h"

#define DIFF_LINES_HUNKS_MAX 20000

/* Hunks of one file in order; a plain record, read any field. Lines are 1-based. */
struct diff_hunk {
    int old_start, old_count; /* the whole hunk, three lines of context included */
    int new_start, new_count;
    size_t added, added_count; /* this hunk's slice of diff_lines.added */
};
struct diff_lines {
    struct diff_hunk *hunks;
    size_t hunk_count;
    int *added; /* new-side line numbers the change wrote, ascending */
    size_t added_count;
};

/* Reads the hunks of a unified diff ("@@ -1,2 +3,4 @@ ..."), with or without the "---/+++" lines. ERR_INPUT when counts and lines
 * do not agree: then no line is safe to comment on. Empty text is no hunks. */
const struct err *diff_lines_read(struct arena *arena, const char *patch, size_t n, struct diff_lines *out) MUST_CHECK;

/* May a note stand on this line of the new file (added or context)? */
bool diff_lines_new(const struct diff_lines *lines, int line);
/* Did the change write it? */
bool diff_lines_added(const struct diff_lines *lines, int line);
/* May a note span start..end (start < end, one hunk)? */
bool diff_lines_span(const struct diff_lines *lines, int start, int end);
/* The first line within start..end that the change wrote, 0 when it wrote none there. */
int diff_lines_pick(const struct diff_lines *lines, int start, int end);
#endif
