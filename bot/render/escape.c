/* escape.c - one table of what is dangerous per output. */
#include "escape.h"

#include <stdio.h>

/* Length of a character at `p` that turns the direction of what follows (U+200E, U+200F, U+202A..202E, U+2066..2069), 0 when it is none:
 * with those a name can look like another one. */
static size_t bidi_length(const char *p, size_t n) {
    if (n < 3 || p[0] != '\xE2') return 0;
    unsigned char second = (unsigned char)p[1], third = (unsigned char)p[2];
    bool turns = (second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) ||
                 (second == 0x81 && third >= 0xA6 && third <= 0xA9);
    return turns ? 3 : 0;
}

/* The text with such characters made visible as U+FFFD: what every escape starts from. */
static struct str bidi_off(struct buf *out, struct str text) {
    bool any = false;
    for (size_t i = 0; i + 2 < text.n && !any; i++) any = bidi_length(text.p + i, text.n - i) > 0;
    if (!any) return text;
    struct buf b = buf_new(out->arena);
    for (size_t i = 0; i < text.n;) {
        size_t skip = bidi_length(text.p + i, text.n - i);
        if (skip) buf_text(&b, "\xEF\xBF\xBD");
        else buf_char(&b, text.p[i]);
        i += skip ? skip : 1;
    }
    return (struct str){buf_str(&b), b.n};
}

static bool entity_add(struct buf *out, char c) {
    if (c == '&') buf_text(out, "&amp;");
    else if (c == '<') buf_text(out, "&lt;");
    else if (c == '>') buf_text(out, "&gt;");
    else return false;
    return true;
}

void escape_markdown(struct buf *out, struct str text) {
    text = bidi_off(out, text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (entity_add(out, c)) continue;
        if (c == '\n' || c == '\r') {
            buf_char(out, ' ');
            continue;
        }
        if (strchr("\\`*_[]#|~$", c) && c) buf_char(out, '\\');
        if ((unsigned char)c >= 0x20 || c == '\t') buf_char(out, c);
        if (c == '@') buf_text(out, "\xE2\x80\x8B");
    }
}

void escape_code_span(struct buf *out, struct str text) {
    text = bidi_off(out, text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '`') c = '\'';
        if (c == '|') buf_char(out, '\\');
        buf_char(out, (unsigned char)c < 0x20 ? ' ' : c);
    }
}

void escape_slack(struct buf *out, struct str text) {
    text = bidi_off(out, text);
    for (size_t i = 0; i < text.n; i++) {
        if (!entity_add(out, text.p[i])) buf_char(out, text.p[i]);
    }
}

void escape_terminal(struct buf *out, struct str text) {
    text = bidi_off(out, text);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool is_c1 = c == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] >= 0x80 && (unsigned char)text.p[i + 1] <= 0x9F;
        if (is_c1) i++;
        buf_char(out, is_c1 || c == 0x7f || (c < 0x20 && c != '\n' && c != '\t') ? '?' : (char)c);
    }
}

void escape_html(struct buf *out, struct str text) {
    text = bidi_off(out, text);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') buf_text(out, "&quot;");
        else if (text.p[i] == '\'') buf_text(out, "&#39;");
        else if (!entity_add(out, text.p[i])) buf_char(out, text.p[i]);
    }
}

void fence_add(struct buf *out, const char *language, struct str text) {
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < text.n; i++) {
        run = text.p[i] == '`' ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    for (size_t i = 0; i <= longest; i++) buf_char(out, '`');
    buf_printf(out, "%s\n", language);
    buf_slice(out, text);
    if (text.n == 0 || text.p[text.n - 1] != '\n') buf_char(out, '\n');
    for (size_t i = 0; i <= longest; i++) buf_char(out, '`');
    buf_char(out, '\n');
}
