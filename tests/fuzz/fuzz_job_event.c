/* fuzz_job_event.c - events of schedulers and platforms: refused or a whole record, and nothing else. */
#include "job_event.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create(ARENA_SMALL);
    json_t *payload;
    struct job_event one, *many;
    size_t count, bad;
    if (!jsx_load(arena, data, size, &payload)) {
        if (!job_event_own(arena, payload, &one)) assert(one.name && one.id);
        if (!job_event_databricks(arena, payload, &one)) assert(one.id);
        if (!job_events_lineage(arena, payload, &many, &count, &bad)) {
            for (size_t i = 0; i < count; i++) assert(many[i].name && many[i].id);
        }
    }
    arena_destroy(arena);
    return 0;
}
