/* fuzz_command.c - comments and Slack words from anybody: never more than COMMANDS_MAX commands, every text well-formed. */
#include "review_command.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct command found[COMMANDS_MAX];
    size_t count = commands_parse(arena, (struct str){(const char *)data, size}, "parley", 1767225600, found);
    assert(count <= COMMANDS_MAX);
    for (size_t i = 0; i < count; i++) assert(utf8_valid(found[i].text, strlen(found[i].text)) && found[i].finding >= 0);
    arena_destroy(arena);
    return 0;
}
