/* fuzz_link_header.c - any bytes of a Link header give an address out of it or nothing. */
#include "link_header.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create(ARENA_SMALL);
    const char *link = arena_copy(arena, bytes, n);
    const char *next = link_header_next(arena, link);
    if (next && !strstr(link, next)) abort();
    arena_destroy(arena);
    return 0;
}
