/* hash.h - XXH3 fingerprints: quick and wide, never for secrets. https://github.com/Cyan4973/xxHash
 * Layer: base. May use: the C library, libxxhash. */
#ifndef HASH_H
#define HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash128 {
    uint64_t hi, lo;
};

uint64_t hash64(const void *bytes, size_t n);
struct hash128 hash128(const void *bytes, size_t n);
/* Order matters: for building a hash of parts. */
struct hash128 hash128_mix(struct hash128 a, struct hash128 b);
bool hash128_eq(struct hash128 a, struct hash128 b);
/* <0, 0, >0: any total order. */
int hash128_cmp(struct hash128 a, struct hash128 b);
#define HASH_HEX 33
/* 32 lower-case hex digits and a NUL. */
void hash128_hex(struct hash128 h, char out[HASH_HEX]);
#endif
