/* fuzz_settings.c - any bytes as the operator's settings: an error or a record, never more. */
#include "settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct settings *settings;
    const struct err *e = settings_parse(arena, "fuzz.yml", (struct str){(const char *)bytes, n}, &settings);
    if (!e && (settings->limits.workers < 1 || settings->limits.body < 1024)) __builtin_trap();
    arena_destroy(arena);
    return 0;
}
