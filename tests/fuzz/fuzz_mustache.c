/* fuzz_mustache.c - operators' templates: an error that names the line, or text; what is checked as whole also renders. */
#include "escape.h"
#include "mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char view[] = "{\"a\":{\"b\":\"<x>\"},\"l\":[1,{\"a\":2},[3]],\"t\":true,\"f\":false,\"s\":\"`@x`|\"}";
    if (size > 4096) return 0;
    struct arena *arena = arena_create((size_t)256 << 20);
    jmp_buf place;
    if (setjmp(place) == 0) {
        arena_catch(arena, &place);
        json_t *v;
        char *out;
        const char *text = utf8_clean(arena, data, size);
        struct mustache_options options = {.escape = escape_markdown, .name = "t"};
        if (!jsx_load(arena, view, sizeof view - 1, &v) && !mustache_check(text, "t") && !mustache_render(arena, text, v, &options, &out))
            (void)strlen(out);
    }
    arena_destroy(arena);
    return 0;
}
