/* hash.c - XXH3, in one place so that the choice can change. */
#include "hash.h"

#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(const void *bytes, size_t n) { return XXH3_64bits(n ? bytes : "", n); }

struct hash128 hash128(const void *bytes, size_t n) {
    XXH128_hash_t h = XXH3_128bits(n ? bytes : "", n);
    return (struct hash128){h.high64, h.low64};
}

struct hash128 hash128_mix(struct hash128 a, struct hash128 b) {
    uint64_t both[4] = {a.hi, a.lo, b.hi, b.lo};
    return hash128(both, sizeof both);
}

bool hash128_eq(struct hash128 a, struct hash128 b) { return a.hi == b.hi && a.lo == b.lo; }

int hash128_cmp(struct hash128 a, struct hash128 b) {
    if (a.hi != b.hi) return a.hi < b.hi ? -1 : 1;
    return a.lo < b.lo ? -1 : a.lo > b.lo;
}

void hash128_hex(struct hash128 h, char out[HASH_HEX]) {
    snprintf(out, HASH_HEX, "%016llx%016llx", (unsigned long long)h.hi, (unsigned long long)h.lo);
}
