/* link_header.c - one pass over <address>; name=value; ..., stopping at the first that is next. */
#include "link_header.h"

#include "text.h"

#include <string.h>

#define LINK_MAX 65536

static const char *blank_skip(const char *p) {
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

/* One parameter value, quoted or a token; the slice excludes the quotes. */
static const char *value_read(const char *p, struct str *out) {
    if (*p == '"') {
        const char *start = ++p;
        while (*p && *p != '"') p += p[0] == '\\' && p[1] ? 2 : 1;
        *out = (struct str){start, (size_t)(p - start)};
        return *p ? p + 1 : p;
    }
    const char *start = p;
    while (*p && !strchr(" \t;,", *p)) p++;
    *out = (struct str){start, (size_t)(p - start)};
    return p;
}

/* "next" among the space-separated relations? */
static bool relation_has_next(struct str relations) {
    struct str part;
    while (str_split(&relations, ' ', &part)) {
        if (str_iis(part, "next")) return true;
    }
    return false;
}

/* Reads the parameters after <...> up to the comma; sets *is_next by the first rel. */
static const char *params_read(const char *p, bool *is_next) {
    bool seen = false;
    while (*(p = blank_skip(p)) == ';') {
        p = blank_skip(p + 1);
        const char *start = p;
        while (*p && !strchr("=;, \t", *p)) p++;
        struct str name = {start, (size_t)(p - start)}, value = {"", 0};
        p = blank_skip(p);
        if (*p == '=') p = value_read(blank_skip(p + 1), &value);
        if (str_iis(name, "rel") && !seen) {
            seen = true;
            *is_next = relation_has_next(value);
        }
    }
    return p;
}

char *link_header_next(struct arena *arena, const char *link) {
    if (!link || strnlen(link, LINK_MAX) == LINK_MAX) return NULL;
    for (const char *p = link; *p;) {
        p = blank_skip(p);
        if (*p == ',') {
            p++;
            continue;
        }
        if (*p != '<') return NULL; /* not a Link header as the RFC has it */
        const char *end = strchr(p, '>');
        if (!end) return NULL;
        struct str target = {p + 1, (size_t)(end - p - 1)};
        bool is_next = false;
        p = params_read(end + 1, &is_next);
        if (is_next) return target.n ? str_dup(arena, target) : NULL;
        if (*p && *p != ',') return NULL;
    }
    return NULL;
}
