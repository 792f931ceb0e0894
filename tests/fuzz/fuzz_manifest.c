/* fuzz_manifest.c - any JSON that says it is dbt's becomes definitions and facts, or an error. */
#include "read.h"

#include <setjmp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create((size_t)512 << 20);
    jmp_buf full;
    arena_catch(arena, &full);
    if (setjmp(full) == 0) {
        const char *kind = n && bytes[0] & 1 ? "catalog" : "manifest";
        struct str text = str_of(arena_printf(arena, "{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/%s/v1.json\"}, %.*s",
                                              kind, (int)n, (const char *)bytes));
        struct reading *r = read_file(arena, "target/a.json", text, DIALECT_DATABRICKS);
        for (size_t i = 0; i < r->facts.n; i++) {
            if (!r->facts.at[i].dataset || !r->facts.at[i].path) abort();
        }
    }
    arena_destroy(arena);
    return 0;
}
