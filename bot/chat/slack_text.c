/* slack_text.c - escapes, links and cuts. */
#include "slack_text.h"

#include "text.h"

#define ELLIPSIS "\xE2\x80\xA6"

char *slack_escape(struct arena *arena, const char *text) {
    struct buf out = buf_new(arena);
    for (const char *p = text; *p; p++) {
        if (*p == '&') buf_text(&out, "&amp;");
        else if (*p == '<') buf_text(&out, "&lt;");
        else if (*p == '>') buf_text(&out, "&gt;");
        else buf_char(&out, *p);
    }
    return (char *)buf_str(&out);
}

char *slack_link(struct arena *arena, const char *url, const char *label) {
    char *safe = slack_escape(arena, label);
    if (!url || (!text_starts(url, "https://") && !text_starts(url, "http://"))) return safe;
    struct buf out = buf_new(arena);
    buf_char(&out, '<');
    for (const char *p = url; *p; p++) {
        if (strchr("<>|\" \n\r\t", *p)) buf_printf(&out, "%%%02X", (unsigned char)*p);
        else if (*p == '&') buf_text(&out, "&amp;");
        else buf_char(&out, *p);
    }
    buf_char(&out, '|');
    for (const char *p = safe; *p; p++) buf_char(&out, (char)(*p == '|' || *p == '\n' ? ' ' : *p));
    buf_char(&out, '>');
    return (char *)buf_str(&out);
}

/* Steps back before an entity or a <...> that `n` would cut. */
static size_t whole_until(const char *text, size_t n) {
    const char *open = memrchr(text, '<', n), *close = memrchr(text, '>', n);
    if (open && (!close || close < open)) n = (size_t)(open - text);
    const char *entity = memrchr(text, '&', n);
    if (entity && (size_t)(text + n - entity) < sizeof "&amp;" - 1 && !memchr(entity, ';', (size_t)(text + n - entity))) n = (size_t)(entity - text);
    return n;
}

char *slack_cut(struct arena *arena, const char *text, size_t max) {
    size_t n = strlen(text);
    if (n <= max) return arena_copy(arena, text, n);
    size_t room = max > sizeof ELLIPSIS ? max - (sizeof ELLIPSIS - 1) : 0;
    size_t cut = whole_until(text, utf8_cut(text, n, room));
    return arena_printf(arena, "%.*s%s", (int)cut, text, max > sizeof ELLIPSIS ? ELLIPSIS : "");
}
