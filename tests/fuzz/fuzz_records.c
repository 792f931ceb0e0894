/* fuzz_records.c - exports of a platform's tables: prices and runs from any bytes. */
#include "price.h"
#include "runs.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct price_list *list;
    struct price_import prices;
    struct runs_imported runs;
    struct catalog *catalog;
    struct str bytes = {(const char *)data, size};
    const struct err *failed = price_list_load(arena, NULL, &list);
    if (!failed) failed = price_list_import(list, "fuzz", bytes, &prices);
    failed = catalog_open(arena, ":memory:", &catalog);
    if (!failed) failed = runs_import(catalog, "fuzz", bytes, &runs);
    arena_destroy(arena);
    return failed ? 0 : 0;
}
