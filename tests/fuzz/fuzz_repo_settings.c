/* fuzz_repo_settings.c - any bytes as .parley.yml: always a usable record. */
#include "repo_settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create(ARENA_SMALL * 4);
    struct settings_problems problems = {0};
    struct repo_settings *s = repo_settings_read(arena, ".parley.yml", (struct str){(const char *)bytes, n}, NULL, &problems);
    if (!s || s->max_inline < 0 || s->max_inline > 20 || !s->when) __builtin_trap();
    repo_settings_ignores(s, "models/a.sql", "similar");
    arena_destroy(arena);
    return 0;
}
