/* text_list.h - a growable list of lines of text in an arena.
 * Layer: catalog. May use: base. */
#ifndef TEXT_LIST_H
#define TEXT_LIST_H

#include "arena.h"

/* Open: read at[i], i < n. Grow it by vec_add or text_list_add. */
struct text_list {
    const char **at;
    size_t n, cap;
};

/* Adds `text` (kept, not copied); NULL and empty texts are passed over. */
void text_list_add(struct arena *arena, struct text_list *list, const char *text);
/* Formats a line into the arena and adds it. */
void text_list_printf(struct arena *arena, struct text_list *list, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Is `text` in the list? ASCII case folded. */
int text_list_has(const struct text_list *list, const char *text);

#endif
