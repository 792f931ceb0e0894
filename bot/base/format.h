/* format.h - printf for the directives that most texts are made of, without the C library's machinery: most of what a review says is names
 * put together, and it was a sixth of the time a pair takes.
 * Layer: base. May use: the C library. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf: writes at most `cap` bytes, a NUL among them, and returns the length of the whole text. %s, %.*s, %c, %d, %zu and %% are
 * written here; a format with any other directive goes to vsnprintf. */
size_t format_text(char *out, size_t cap, const char *fmt, va_list args) __attribute__((format(printf, 3, 0)));

#endif
