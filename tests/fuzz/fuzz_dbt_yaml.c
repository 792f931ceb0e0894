/* fuzz_dbt_yaml.c - any YAML beside a dbt project becomes facts, exposures, metrics and jobs, or an error. */
#include "read.h"

#include <setjmp.h>
#include <stdlib.h>

struct project {
    struct str schema;
};

static const struct err *file_get(void *ctx, struct arena *arena, const char *path, struct str *bytes) {
    const struct project *p = ctx;
    if (strcmp(path, "dbt_project.yml") == 0) *bytes = STR("name: shop\nmodel-paths: [models]\n");
    else if (strcmp(path, "models/orders.sql") == 0) *bytes = STR("select id, amount from {{ source('raw', 'orders') }}");
    else *bytes = p->schema;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char *const paths[] = {"dbt_project.yml", "models/orders.sql", "models/schema.yml", "jobs/dbt_jobs.yml"};
    struct arena *arena = arena_create((size_t)512 << 20);
    jmp_buf full;
    arena_catch(arena, &full);
    if (setjmp(full) == 0) {
        struct project project = {{arena_copy(arena, bytes, n), n}};
        struct file_source source = {&project, sizeof paths / sizeof *paths, paths, file_get};
        struct reading *r = NULL;
        if (!read_files(arena, &source, NULL, &r)) {
            for (size_t i = 0; i < r->facts.n; i++) {
                if (!r->facts.at[i].dataset) abort();
            }
        }
    }
    arena_destroy(arena);
    return 0;
}
