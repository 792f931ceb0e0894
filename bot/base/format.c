/* format.c - the few directives that names and counts need; the rest is vsnprintf's. */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 20 /* of a 64-bit number */

struct sink {
    char *out;
    size_t cap, n;
};

static void sink_add(struct sink *s, const char *bytes, size_t n) {
    if (s->n + 1 < s->cap) {
        size_t room = s->cap - s->n - 1;
        memcpy(s->out + s->n, bytes, n < room ? n : room);
    }
    s->n += n;
}

static void sink_number(struct sink *s, uint64_t value, bool negative) {
    char digits[DIGITS_MAX + 1];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    if (negative) digits[--at] = '-';
    sink_add(s, digits + at, sizeof digits - at);
}

/* The directive behind a '%'; its length, 0 when it is none of ours. */
static size_t directive_write(struct sink *s, const char *at, va_list *args) {
    if (at[0] == 's') {
        const char *text = va_arg(*args, const char *);
        if (!text) text = "(null)";
        sink_add(s, text, strlen(text));
        return 1;
    }
    if (at[0] == '.' && at[1] == '*' && at[2] == 's') {
        int most = va_arg(*args, int);
        const char *text = va_arg(*args, const char *);
        if (most < 0 || !text) return 0;
        sink_add(s, text, strnlen(text, (size_t)most));
        return 3;
    }
    if (at[0] == 'd') {
        int value = va_arg(*args, int);
        sink_number(s, value < 0 ? (uint64_t)0 - (uint64_t)(int64_t)value : (uint64_t)value, value < 0);
        return 1;
    }
    if (at[0] == 'z' && at[1] == 'u') {
        sink_number(s, va_arg(*args, size_t), false);
        return 2;
    }
    if (at[0] == 'c') {
        char c = (char)va_arg(*args, int);
        sink_add(s, &c, 1);
        return 1;
    }
    if (at[0] == '%') {
        sink_add(s, "%", 1);
        return 1;
    }
    return 0;
}

size_t format_text(char *out, size_t cap, const char *fmt, va_list args) {
    struct sink s = {out, cap, 0};
    va_list ours;
    va_copy(ours, args);
    bool known = true;
    for (const char *p = fmt; *p && known;) {
        const char *next = strchrnul(p, '%');
        sink_add(&s, p, (size_t)(next - p));
        if (!*next) break;
        size_t n = directive_write(&s, next + 1, &ours);
        known = n > 0;
        p = next + 1 + n;
    }
    va_end(ours);
    if (!known) {
        int n = vsnprintf(out, cap, fmt, args);
        return n < 0 ? 0 : (size_t)n;
    }
    if (cap) out[s.n < cap ? s.n : cap - 1] = 0;
    return s.n;
}
