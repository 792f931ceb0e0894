/* fuzz_cron.c - any bytes as a cron expression: no expression, or fires that lie in the future and ascend. */
#include "fires.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    if (n > 200) return 0;
    struct arena *arena = arena_create(ARENA_SMALL);
    const char *why = NULL;
    struct cron *cron = cron_parse(arena, arena_copy(arena, bytes, n), &why);
    if (!cron && !why) __builtin_trap();
    int64_t at = 1767225600, next;
    for (int i = 0; cron && i < 3 && cron_next(cron, i ? "Europe/Berlin" : NULL, at, &next); i++, at = next) {
        if (next <= at) __builtin_trap();
    }
    arena_destroy(arena);
    return 0;
}
