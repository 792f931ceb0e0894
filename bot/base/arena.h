/* arena.h - memory of one job: handed out in a line, given back all at once.
 * Layer: base. May use: the C library. */
#ifndef ARENA_H
#define ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct arena; /* opaque; not shared between threads */

#define ARENA_SMALL ((size_t)16 << 20) /* a message, a settings file */
#define ARENA_JOB   ((size_t)2 << 30)  /* a whole review */

/* Makes an arena that never hands out more than `ceiling` bytes in all. Never NULL. Give it back by arena_destroy. */
struct arena *arena_create(size_t ceiling);

/* Runs the deferred calls, newest first, and frees everything. Takes NULL. */
void arena_destroy(struct arena *arena);

/* The same, but keeps one chunk for the next use: for loops over many small things. */
void arena_reset(struct arena *arena);

/* `size` zeroed bytes aligned for any type; never NULL. Over the ceiling, or without memory, control goes to the place that
 * arena_catch set, else the process ends with status 70 after one line on stderr. */
void *arena_alloc(struct arena *arena, size_t size);

/* Like arena_alloc for `count` items of `size` bytes, safe against overflow of the product. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Makes `*items` (of `item` bytes each, `*cap` of them) hold at least `want`; contents are kept, addresses may change. */
void *arena_grow(struct arena *arena, void *items, size_t *cap, size_t want, size_t item);

/* Copies `n` bytes and adds a NUL. */
char *arena_copy(struct arena *arena, const void *bytes, size_t n);

/* Copies a C string; NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *text);

/* Formats into the arena. */
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Calls fn(ptr) when the arena ends: put it on the line after a foreign handle is made. */
void arena_defer(struct arena *arena, void (*fn)(void *), void *ptr);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

/* Overflow jumps to `place` (by longjmp with 1) instead of ending the process; NULL takes it back. Returns the place set before. */
jmp_buf *arena_catch(struct arena *arena, jmp_buf *place);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* A growable array in an arena: `VEC(struct x) xs = {0}; *vec_add(arena, &xs) = x;` then xs.at[i], i < xs.n. */
#define VEC(type)                                                                                                                                    \
    struct {                                                                                                                                         \
        type *at;                                                                                                                                    \
        size_t n, cap;                                                                                                                               \
    }
#define vec_add(arena, v)                                                                                                                            \
    ((v)->at = (v)->n < (v)->cap ? (v)->at : arena_grow((arena), (v)->at, &(v)->cap, (v)->n + 1, sizeof *(v)->at), &(v)->at[(v)->n++])

#endif
