/* payload.c - bodies of all senders as one JSON value. */
#include "payload.h"

#include <ctype.h>
#include <stdlib.h>

#define FIELDS_MAX 200

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded (WHATWG URL standard, section 5.1). */
static char *form_decode(struct arena *arena, struct str text) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < text.n; i++) {
        int hi = text.p[i] == '%' && i + 2 < text.n ? hex_value(text.p[i + 1]) : -1;
        int lo = hi >= 0 ? hex_value(text.p[i + 2]) : -1;
        if (lo >= 0) {
            buf_char(&b, (char)(hi << 4 | lo));
            i += 2;
        } else {
            buf_char(&b, text.p[i] == '+' ? ' ' : text.p[i]);
        }
    }
    return utf8_clean(arena, buf_str(&b), b.n);
}

static json_t *form_read(struct arena *arena, struct str body) {
    json_t *form = jsx_own(arena, json_object());
    struct str part;
    for (int i = 0; i < FIELDS_MAX && str_split(&body, '&', &part); i++) {
        struct str value = part, key;
        str_split(&value, '=', &key);
        if (!value.p) value = (struct str){"", 0};
        jsx_set_text(form, form_decode(arena, key), form_decode(arena, value));
    }
    return form;
}

const struct err *payload_read(struct arena *arena, const struct delivery *in, json_t **out) {
    if (strcmp(in->sender, SENDER_SLACK_COMMAND) == 0) {
        *out = form_read(arena, in->body);
        return NULL;
    }
    if (strcmp(in->sender, SENDER_SLACK_ACTION) == 0) {
        const char *inner = jsx_str(form_read(arena, in->body), "payload", NULL);
        if (!inner) return err_new(ERR_INPUT, "interaction without a payload field");
        return err_wrap(jsx_load(arena, inner, strlen(inner), out), "payload field");
    }
    if (in->body.n == 0) {
        *out = jsx_own(arena, json_object());
        return NULL;
    }
    return jsx_load(arena, in->body.p, in->body.n, out);
}

static size_t name_length(const char *p) {
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || (p[n] && strchr("-_.", p[n]))) n++;
    return n;
}

bool payload_repo_valid(const char *name) {
    if (!name || strlen(name) > 200 || strstr(name, "..")) return false;
    size_t owner = name_length(name);
    if (owner == 0 || name[owner] != '/' || name[0] == '.') return false;
    size_t repo = name_length(name + owner + 1);
    return repo > 0 && name[owner + 1 + repo] == 0 && name[owner + 1] != '.';
}

bool payload_pull_parse(struct arena *arena, const char *text, const char **repo, int *number) {
    const char *p = text;
    const char *between = "#";
    if (text_starts(p, "https://") || text_starts(p, "http://")) {
        p = strchr(strstr(p, "://") + 3, '/');
        if (!p) return false;
        p++;
        between = "/pull/";
    }
    size_t owner = name_length(p);
    if (p[owner] != '/') return false;
    size_t n = owner + 1 + name_length(p + owner + 1);
    if (!text_starts(p + n, between)) return false;
    const char *digits = p + n + strlen(between);
    char *end;
    long value = strtol(digits, &end, 10);
    if (end == digits || value <= 0 || value > 100000000 || (*end && !isspace((unsigned char)*end) && !strchr("/?#:>|", *end))) return false;
    *repo = arena_copy(arena, p, n);
    *number = (int)value;
    return payload_repo_valid(*repo);
}
