/* text_list.c - a growable list of lines of text in an arena. */
#include "text_list.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>

void text_list_add(struct arena *arena, struct text_list *list, const char *text) {
    if (text && *text) *vec_add(arena, list) = text;
}

void text_list_printf(struct arena *arena, struct text_list *list, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    char line[2048];
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    text_list_add(arena, list, arena_strdup(arena, line));
}

int text_list_has(const struct text_list *list, const char *text) {
    for (size_t i = 0; i < list->n; i++) {
        if (str_ieq(str_of(list->at[i]), str_of(text))) return 1;
    }
    return 0;
}
