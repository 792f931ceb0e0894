/* escape.c - one table of what is dangerous per output. */
#include "escape.h"

#include <stdio.h>

static bool entity_add(struct buf *out, char c) {
    if (c == '&') buf_text(out, "&amp;");
    else if (c == '<') buf_text(out, "&lt;");
    else if (c == '>') buf_text(out, "&gt;");
    else return false;
    return true;
}

void escape_markdown(struct buf *out, struct str text) {
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
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '`') c = '\'';
        if (c == '|') buf_char(out, '\\');
        buf_char(out, (unsigned char)c < 0x20 ? ' ' : c);
    }
}

void escape_slack(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        if (!entity_add(out, text.p[i])) buf_char(out, text.p[i]);
    }
}

void escape_terminal(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool is_c1 = c == 0xC2 && i + 1 < text.n && (unsigned char)text.p[i + 1] >= 0x80 && (unsigned char)text.p[i + 1] <= 0x9F;
        if (is_c1) i++;
        buf_char(out, is_c1 || c == 0x7f || (c < 0x20 && c != '\n' && c != '\t') ? '?' : (char)c);
    }
}

void escape_html(struct buf *out, struct str text) {
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
