/* fuzz_bundle.c - any YAML as a bundle, any JSON as a job. */
#include "read.h"

#include <setjmp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create((size_t)512 << 20);
    jmp_buf full;
    arena_catch(arena, &full);
    if (setjmp(full) == 0) {
        struct str text = {arena_copy(arena, bytes, n), n};
        bool json = n && bytes[0] == '{';
        struct reading *r = read_file(arena, json ? "a.json" : "databricks.yml", text, DIALECT_DATABRICKS);
        for (size_t i = 0; i < r->definitions.n; i++) {
            const struct definition *d = &r->definitions.at[i];
            if (!d->id || !d->name || !d->path || d->range.line < 0 || (d->query && !d->sql)) abort();
        }
    }
    arena_destroy(arena);
    return 0;
}
