/* sql_keyword.c - the words of the grammar in a hash table made once. */
#include "sql_keyword.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define WORD_MAX  16
#define SLOT_BITS 12
#define SLOTS     (1u << SLOT_BITS)

static const struct {
    const char *text;
    unsigned flags;
} keywords[KW_COUNT] = {
    [KW_NONE] = {"", 0},
#define KEYWORD(word, word_flags) [KW_##word] = {#word, word_flags},
#include "sql_keyword.def"
#undef KEYWORD
};

/* A word of up to 16 bytes, case folded, as two numbers that overlap in the middle. */
struct folded {
    uint64_t head, tail;
};

static struct slot {
    struct folded word;
    uint16_t length;
    uint16_t keyword;
} slots[SLOTS];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;
static atomic_bool slots_ready; /* spares the call in the hot path */

static uint64_t load(const char *p, size_t n) {
    uint64_t value = 0;
    memcpy(&value, p, n);
    return value;
}

/* Bit 0x20 set in every byte folds the case of letters; what else it folds together cannot be part of a word, but for '_' and DEL. */
static struct folded fold(const char *p, size_t n) {
    struct folded f;
    if (n >= 8) {
        f.head = load(p, 8);
        f.tail = load(p + n - 8, 8);
    } else if (n >= 4) {
        f.head = load(p, 4);
        f.tail = load(p + n - 4, 4);
    } else {
        f.head = (unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8;
        f.tail = (unsigned char)p[n - 1];
    }
    f.head |= 0x2020202020202020u;
    f.tail |= 0x2020202020202020u;
    return f;
}

static unsigned slot_of(struct folded f, size_t n) {
    return (unsigned)(((f.head * 0x9E3779B97F4A7C15u) ^ ((f.tail + n) * 0xC2B2AE3D27D4EB4Fu)) >> (64 - SLOT_BITS));
}

static void slots_fill(void) {
    for (unsigned k = 1; k < KW_COUNT; k++) {
        size_t n = strlen(keywords[k].text);
        assert(n > 0 && n <= WORD_MAX);
        struct folded f = fold(keywords[k].text, n);
        unsigned at = slot_of(f, n);
        while (slots[at].length) at = (at + 1) & (SLOTS - 1);
        slots[at] = (struct slot){f, (uint16_t)n, (uint16_t)k};
    }
    atomic_store_explicit(&slots_ready, true, memory_order_release);
}

enum sql_keyword sql_keyword_find(const char *word, size_t length) {
    if (length == 0 || length > WORD_MAX) return KW_NONE;
    if (!atomic_load_explicit(&slots_ready, memory_order_acquire)) pthread_once(&slots_once, slots_fill);
    struct folded f = fold(word, length);
    for (unsigned at = slot_of(f, length); slots[at].length; at = (at + 1) & (SLOTS - 1)) {
        if (slots[at].length == length && slots[at].word.head == f.head && slots[at].word.tail == f.tail) return slots[at].keyword;
    }
    return KW_NONE;
}

unsigned sql_keyword_flags(enum sql_keyword keyword) { return keyword < KW_COUNT ? keywords[keyword].flags : 0; }

const char *sql_keyword_text(enum sql_keyword keyword) { return keyword < KW_COUNT ? keywords[keyword].text : ""; }
