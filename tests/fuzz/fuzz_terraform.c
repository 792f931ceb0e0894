/* fuzz_terraform.c - any HCL becomes jobs or an error, within bounds. */
#include "read.h"

#include <setjmp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create((size_t)512 << 20);
    jmp_buf full;
    arena_catch(arena, &full);
    if (setjmp(full) == 0) {
        struct str text = str_of(arena_printf(arena, "resource \"databricks_job\" \"a\" {\n%.*s", (int)n, (const char *)bytes));
        struct reading *r = read_file(arena, "jobs.tf", text, DIALECT_DATABRICKS);
        for (size_t i = 0; i < r->jobs.n; i++) {
            if (!r->jobs.at[i].id || !r->jobs.at[i].name || r->jobs.at[i].line < 0) abort();
        }
    }
    arena_destroy(arena);
    return 0;
}
