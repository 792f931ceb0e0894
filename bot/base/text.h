/* text.h - slices, growing strings, UTF-8, nearest words.
 * Layer: base. May use: arena. */
#ifndef TEXT_H
#define TEXT_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to somebody else; not NUL-terminated. Print with "%.*s", STR_ARG(s). */
struct str {
    const char *p;
    size_t n;
};
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s)   (int)(s).n, (s).p

struct str str_of(const char *c_string); /* NULL gives the empty slice */
bool str_eq(struct str a, struct str b);
bool str_ieq(struct str a, struct str b); /* ASCII case folded */
bool str_is(struct str a, const char *c_string);
bool str_iis(struct str a, const char *c_string);
bool str_starts(struct str a, const char *prefix);
bool str_ends(struct str a, const char *suffix);
struct str str_trim(struct str a);                           /* ASCII white space, both ends */
char *str_dup(struct arena *arena, struct str a);            /* with a NUL */
char *str_lower(struct arena *arena, struct str a);          /* ASCII only, with a NUL */
bool str_split(struct str *rest, char at, struct str *part); /* the next part of *rest; false when there is none left */

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* A string that grows in an arena. `buf_str` is always NUL-terminated. */
struct buf {
    struct arena *arena;
    char *p;
    size_t n, cap;
};
struct buf buf_new(struct arena *arena);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_text(struct buf *b, const char *c_string);
void buf_slice(struct buf *b, struct str s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *buf_str(struct buf *b);

/* True for well-formed UTF-8 (no surrogates, no overlong forms). */
bool utf8_valid(const void *bytes, size_t n);
/* A copy with each malformed byte replaced by U+FFFD. */
char *utf8_clean(struct arena *arena, const void *bytes, size_t n);
/* The largest length <= max that does not cut a UTF-8 sequence of `text` (n bytes). */
size_t utf8_cut(const char *text, size_t n, size_t max);

/* Of `words` (count of them), the one within two edits (or a third of its length) of `word`, NULL when none is near. */
const char *text_nearest(const char *word, const char *const *words, size_t count);

/* Does `path` match `glob`? `**` crosses slashes, `*` and `?` do not. Linear in practice: at most one backtrack point per kind of star. */
bool text_glob(const char *glob, const char *path);

/* "1.2 TB", "830 MB": decimal units, at most `size` bytes with the NUL, into `out`. */
void text_bytes(double bytes, char *out, size_t size);

/* Lower-case hex of `n` bytes into `out` (2n+1 bytes). */
void text_hex(const void *bytes, size_t n, char *out);
/* The reverse; false when `hex` is not exactly 2n hex digits. */
bool text_unhex(const char *hex, void *out, size_t n);
#endif
