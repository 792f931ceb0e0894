/* fuzz_airflow.c - any DAG file gives jobs with tasks, or nothing. */
#include "read.h"

#include <setjmp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    struct arena *arena = arena_create((size_t)512 << 20);
    jmp_buf full;
    arena_catch(arena, &full);
    if (setjmp(full) == 0) {
        struct str text = str_of(arena_printf(arena, "from airflow import DAG\ndag = DAG('d')\n%.*s", (int)n, (const char *)bytes));
        struct reading *r = read_file(arena, "dags/d.py", text, DIALECT_DATABRICKS);
        for (size_t i = 0; i < r->jobs.n; i++) {
            const struct job *job = &r->jobs.at[i];
            if (!job->id || !job->name) abort();
            for (size_t k = 0; k < job->task_count; k++) {
                if (!job->tasks[k].key || !job->tasks[k].type) abort();
            }
        }
    }
    arena_destroy(arena);
    return 0;
}
