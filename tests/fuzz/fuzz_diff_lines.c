/* fuzz_diff_lines.c - a patch is refused, or every line it offers is inside one of its hunks. */
#include "diff_lines.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create((size_t)256 << 20);
    struct diff_lines lines;
    if (!diff_lines_read(arena, (const char *)bytes, n, &lines)) {
        for (size_t i = 0; i < lines.added_count; i++) {
            if (!diff_lines_new(&lines, lines.added[i]) || !diff_lines_added(&lines, lines.added[i])) abort();
        }
        if (lines.added_count && diff_lines_pick(&lines, lines.added[0], lines.added[0]) != lines.added[0]) abort();
    }
    arena_destroy(arena);
    return 0;
}
