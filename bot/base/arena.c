/* arena.c - chunks in a list; the newest one serves. */
#include "arena.h"

#include "format.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_MIN      ((size_t)16 << 10)
#define CHUNK_MAX      ((size_t)1 << 20)
#define ALIGN          ((size_t)16)
#define EXIT_NO_MEMORY 70

struct chunk {
    struct chunk *older;
    size_t size, used;
    _Alignas(16) unsigned char bytes[];
};

/* Whole chunks that arenas of this thread gave back, zeroed: the next one takes them without asking the system for fresh pages, which costs
 * more than what most jobs do in them. Sanitized builds keep none, so that memory used after its arena shows. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SPARE_MAX 0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SPARE_MAX 0
#endif
#ifndef SPARE_MAX
#define SPARE_MAX 8
#endif

static _Thread_local struct chunk *spare;
static _Thread_local size_t spares;

struct deferred {
    struct deferred *older;
    void (*fn)(void *);
    void *ptr;
};

struct arena {
    struct chunk *newest;
    struct deferred *deferred;
    jmp_buf *place;
    size_t ceiling, reserved, handed;
};

static _Noreturn void arena_overflow(struct arena *arena, size_t want) {
    if (arena && arena->place) longjmp(*arena->place, 1);
    fprintf(stderr, "parley: out of memory: %zu bytes wanted, %zu in use, ceiling %zu\n", want, arena ? arena->reserved : 0,
            arena ? arena->ceiling : 0);
    _exit(EXIT_NO_MEMORY);
}

struct arena *arena_create(size_t ceiling) {
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena) arena_overflow(NULL, sizeof *arena);
    arena->ceiling = ceiling;
    return arena;
}

static void deferred_run(struct arena *arena) {
    while (arena->deferred) {
        struct deferred *d = arena->deferred;
        arena->deferred = d->older;
        d->fn(d->ptr);
    }
}

static void chunk_drop(struct chunk *c) {
    if (c->size != CHUNK_MAX || spares + 1 > SPARE_MAX) {
        free(c);
        return;
    }
    memset(c->bytes, 0, c->used);
    c->used = 0;
    c->older = spare;
    spare = c;
    spares++;
}

static void chunks_drop(struct chunk *c) {
    while (c) {
        struct chunk *older = c->older;
        chunk_drop(c);
        c = older;
    }
}

void arena_reset(struct arena *arena) {
    deferred_run(arena);
    struct chunk *keep = arena->newest;
    if (!keep) return;
    chunks_drop(keep->older);
    keep->older = NULL;
    memset(keep->bytes, 0, keep->used);
    keep->used = 0;
    arena->reserved = keep->size;
    arena->handed = 0;
}

void arena_destroy(struct arena *arena) {
    if (!arena) return;
    deferred_run(arena);
    chunks_drop(arena->newest);
    free(arena);
}

static struct chunk *chunk_new(struct arena *arena, size_t size) {
    struct chunk *c = spare;
    if (size == CHUNK_MAX && c) {
        spare = c->older;
        spares--;
        return c;
    }
    c = calloc(1, sizeof *c + size);
    if (!c) arena_overflow(arena, size);
    c->size = size;
    return c;
}

static struct chunk *chunk_add(struct arena *arena, size_t want) {
    size_t size = arena->newest ? arena->newest->size * 2 : CHUNK_MIN;
    if (size > CHUNK_MAX) size = CHUNK_MAX;
    if (size < want) size = want;
    if (size > arena->ceiling - arena->reserved) size = want;
    if (want > arena->ceiling - arena->reserved) arena_overflow(arena, want);
    struct chunk *c = chunk_new(arena, size);
    c->older = arena->newest;
    arena->newest = c;
    arena->reserved += size;
    return c;
}

void *arena_alloc(struct arena *arena, size_t size) {
    if (size > SIZE_MAX - ALIGN) arena_overflow(arena, size);
    size_t want = (size + ALIGN - 1) & ~(ALIGN - 1);
    struct chunk *c = arena->newest;
    if (!c || c->size - c->used < want) c = chunk_add(arena, want);
    void *out = c->bytes + c->used;
    c->used += want;
    arena->handed += want;
    return out;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) arena_overflow(arena, SIZE_MAX);
    return arena_alloc(arena, bytes);
}

void *arena_grow(struct arena *arena, void *items, size_t *cap, size_t want, size_t item) {
    if (want <= *cap) return items;
    size_t next = *cap < 4 ? 4 : *cap * 2;
    if (next < want) next = want;
    void *out = arena_array(arena, next, item);
    if (items) memcpy(out, items, *cap * item);
    *cap = next;
    return out;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t n) {
    char *out = arena_alloc(arena, n + 1);
    if (n) memcpy(out, bytes, n);
    return out;
}

char *arena_strdup(struct arena *arena, const char *text) { return text ? arena_copy(arena, text, strlen(text)) : NULL; }

#define PRINTF_FEW 256 /* most texts are shorter: they are formatted once */

char *arena_printf(struct arena *arena, const char *fmt, ...) {
    char few[PRINTF_FEW];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    size_t n = format_text(few, sizeof few, fmt, args);
    va_end(args);
    char *out = arena_alloc(arena, n + 1);
    if (n < sizeof few) memcpy(out, few, n);
    else (void)format_text(out, n + 1, fmt, again);
    va_end(again);
    return out;
}

void arena_defer(struct arena *arena, void (*fn)(void *), void *ptr) {
    struct deferred *d = arena_new(arena, struct deferred);
    d->fn = fn;
    d->ptr = ptr;
    d->older = arena->deferred;
    arena->deferred = d;
}

size_t arena_used(const struct arena *arena) { return arena->handed; }

jmp_buf *arena_catch(struct arena *arena, jmp_buf *place) {
    jmp_buf *before = arena->place;
    arena->place = place;
    return before;
}
