/* fuzz_signature.c - any header and any gzip from outside. The first byte says where the header ends. */
#include "inflate_bounded.h"
#include "signature.h"

#include <stdlib.h>

#define INFLATED_MAX 100000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const struct secret secret = {"the current one", "the one before"};
    struct arena *arena = arena_create(ARENA_SMALL);
    size_t cut = n ? bytes[0] : 0;
    if (cut > n) cut = n;
    const char *header = arena_copy(arena, bytes, cut);
    struct str body = {(const char *)bytes + cut, n - cut}, out;
    if (signature_github(&secret, header, body) == AUTH_FINE) __builtin_trap(); /* it would have to guess */
    if (signature_slack(&secret, "1531420618", header, body, 1531420618) == AUTH_FINE) __builtin_trap();
    enum auth word = signature_bearer(&secret, header, NULL);
    if (word != AUTH_FINE) word = signature_bearer(&secret, NULL, header);
    if (!inflate_bounded(body, INFLATED_MAX, &out)) {
        if (out.n > INFLATED_MAX) __builtin_trap();
        free((void *)(uintptr_t)out.p);
    }
    arena_destroy(arena);
    return 0;
}
