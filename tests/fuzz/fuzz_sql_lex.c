/* fuzz_sql_lex.c - any bytes become tokens that cover the text in order; the first byte picks the dialect. */
#include "sql_lex.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    enum dialect dialect = data[0] % DIALECT_COUNT;
    struct str text = {(const char *)data + 1, size - 1};
    struct arena *arena = arena_create(ARENA_JOB);
    struct token_list *list = sql_lex(arena, text, dialect);
    uint32_t end = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct token *t = &list->at[i];
        if (t->start < end || t->end < t->start || t->end > text.n || t->line >= list->line_count) abort();
        if (t->start == t->end && t->type != TOKEN_END) abort();
        if (t->type == TOKEN_STRING || t->type == TOKEN_QUOTED) {
            struct str value = sql_lex_value(arena, text, t, dialect);
            if (value.n > 4 * (size_t)(t->end - t->start)) abort();
        }
        end = t->end;
    }
    arena_destroy(arena);
    return 0;
}
