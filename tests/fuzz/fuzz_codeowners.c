/* fuzz_codeowners.c - any bytes as CODEOWNERS. */
#include "people.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create(ARENA_SMALL * 4);
    const struct codeowners *owners = codeowners_read(arena, (struct str){(const char *)bytes, n});
    codeowners_match(owners, "models/gold/a.sql");
    codeowners_match(owners, "");
    arena_destroy(arena);
    return 0;
}
