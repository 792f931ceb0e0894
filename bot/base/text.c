/* text.c - slices and growing strings. */
#include "text.h"

#include "format.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct str str_of(const char *c_string) {
    return c_string ? (struct str){c_string, strlen(c_string)} : (struct str){"", 0};
}

bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

bool str_ieq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0); }

bool str_is(struct str a, const char *c_string) { return str_eq(a, str_of(c_string)); }

bool str_iis(struct str a, const char *c_string) { return str_ieq(a, str_of(c_string)); }

bool str_starts(struct str a, const char *prefix) {
    size_t n = strlen(prefix);
    return a.n >= n && memcmp(a.p, prefix, n) == 0;
}

bool str_ends(struct str a, const char *suffix) {
    size_t n = strlen(suffix);
    return a.n >= n && memcmp(a.p + a.n - n, suffix, n) == 0;
}

struct str str_trim(struct str a) {
    while (a.n && isspace((unsigned char)a.p[0])) a.p++, a.n--;
    while (a.n && isspace((unsigned char)a.p[a.n - 1])) a.n--;
    return a;
}

char *str_dup(struct arena *arena, struct str a) { return arena_copy(arena, a.p, a.n); }

char *str_lower(struct arena *arena, struct str a) {
    char *out = arena_copy(arena, a.p, a.n);
    for (size_t i = 0; i < a.n; i++) {
        if (out[i] >= 'A' && out[i] <= 'Z') out[i] = (char)(out[i] + 32);
    }
    return out;
}

bool str_split(struct str *rest, char at, struct str *part) {
    if (!rest->p) return false;
    const char *hit = rest->n ? memchr(rest->p, at, rest->n) : NULL;
    if (!hit) {
        *part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *part = (struct str){rest->p, (size_t)(hit - rest->p)};
    rest->n -= part->n + 1;
    rest->p = hit + 1;
    return true;
}

bool text_starts(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

bool text_ends(const char *text, const char *suffix) { return str_ends(str_of(text), suffix); }

struct buf buf_new(struct arena *arena) {
    return (struct buf){.arena = arena};
}

void buf_add(struct buf *b, const void *bytes, size_t n) {
    if (b->n + n + 1 > b->cap) b->p = arena_grow(b->arena, b->p, &b->cap, b->n + n + 1, 1);
    if (n) memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = 0;
}

void buf_text(struct buf *b, const char *c_string) { buf_add(b, c_string, strlen(c_string)); }

void buf_slice(struct buf *b, struct str s) { buf_add(b, s.p, s.n); }

void buf_char(struct buf *b, char c) { buf_add(b, &c, 1); }

void buf_printf(struct buf *b, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    size_t room = b->cap - b->n, n = format_text(b->p ? b->p + b->n : NULL, room, fmt, args);
    va_end(args);
    if (n && n >= room) {
        b->p = arena_grow(b->arena, b->p, &b->cap, b->n + n + 1, 1);
        (void)format_text(b->p + b->n, n + 1, fmt, again);
    }
    b->n += n;
    va_end(again);
}

const char *buf_str(struct buf *b) {
    buf_add(b, "", 0);
    return b->p;
}

/* Length of the sequence at `s`, 0 when malformed (RFC 3629, table in section 4). */
static size_t utf8_one(const unsigned char *s, size_t n) {
    if (s[0] < 0x80) return 1;
    size_t want = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    if (want == 0 || want > n) return 0;
    for (size_t i = 1; i < want; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
    }
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
    if (s[0] == 0xED && s[1] > 0x9F) return 0;
    if (s[0] == 0xF0 && s[1] < 0x90) return 0;
    if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
    return want;
}

bool utf8_valid(const void *bytes, size_t n) {
    const unsigned char *s = bytes;
    for (size_t i = 0; i < n;) {
        size_t one = utf8_one(s + i, n - i);
        if (!one) return false;
        i += one;
    }
    return true;
}

char *utf8_clean(struct arena *arena, const void *bytes, size_t n) {
    if (utf8_valid(bytes, n)) return arena_copy(arena, bytes, n);
    const unsigned char *s = bytes;
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < n;) {
        size_t one = utf8_one(s + i, n - i);
        if (one) buf_add(&b, s + i, one);
        if (!one) buf_text(&b, "\xEF\xBF\xBD");
        i += one ? one : 1;
    }
    buf_add(&b, "", 0);
    return b.p;
}

size_t utf8_cut(const char *text, size_t n, size_t max) {
    if (n <= max) return n;
    size_t cut = max;
    while (cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80) cut--;
    return cut;
}

#define NEAR_MAX 64

static size_t edit_distance(const char *a, const char *b) {
    size_t na = strlen(a), nb = strlen(b);
    if (na >= NEAR_MAX || nb >= NEAR_MAX) return NEAR_MAX;
    size_t row[NEAR_MAX];
    for (size_t j = 0; j <= nb; j++) row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t swap = diagonal + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            diagonal = row[j];
            size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = swap < step ? swap : step;
        }
    }
    return row[nb];
}

const char *text_nearest(const char *word, const char *const *words, size_t count) {
    const char *best = NULL;
    size_t best_distance = NEAR_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t allowed = strlen(words[i]) / 3 > 2 ? strlen(words[i]) / 3 : 2;
        size_t d = edit_distance(word, words[i]);
        if (d > allowed || d >= best_distance || d >= strlen(words[i])) continue;
        best = words[i];
        best_distance = d;
    }
    return best;
}

bool text_glob(const char *glob, const char *path) {
    const char *star = NULL, *star_path = NULL; /* last '*': may not eat a slash */
    const char *deep = NULL, *deep_path = NULL; /* last '**': may */
    while (*path) {
        if (glob[0] == '*' && glob[1] == '*') {
            deep = glob += 2;
            if (*glob == '/') deep = ++glob;
            deep_path = path;
            star = NULL;
            continue;
        }
        if (*glob == '*') {
            star = ++glob;
            star_path = path;
            continue;
        }
        if (*glob == *path || (*glob == '?' && *path != '/')) {
            glob++, path++;
            continue;
        }
        if (star && *star_path != '/') {
            glob = star;
            path = ++star_path;
            continue;
        }
        if (!deep) return false;
        star = NULL;
        glob = deep;
        path = ++deep_path;
    }
    while (*glob == '*') glob++;
    return *glob == 0;
}

void text_bytes(double bytes, char *out, size_t size) {
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
    size_t u = 0;
    while (bytes >= 1000 && u + 1 < sizeof units / sizeof *units) bytes /= 1000, u++;
    snprintf(out, size, bytes < 10 && u > 0 ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

void text_hex(const void *bytes, size_t n, char *out) {
    const unsigned char *s = bytes;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[s[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[s[i] & 15];
    }
    out[2 * n] = 0;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool text_unhex(const char *hex, void *out, size_t n) {
    unsigned char *o = out;
    for (size_t i = 0; i < n; i++) {
        int hi = hex_digit(hex[2 * i]);
        int lo = hi < 0 ? -1 : hex_digit(hex[2 * i + 1]);
        if (lo < 0) return false;
        o[i] = (unsigned char)(hi << 4 | lo);
    }
    return hex[2 * n] == 0;
}
