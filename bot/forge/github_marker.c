/* github_marker.c - one line, written last and read last, so that nothing in the text can pass for it. */
#include "github_marker.h"

#include "text.h"

#include <ctype.h>
#include <stdlib.h>

#define HEAD     "<!-- parley:"
#define TAIL     "-->"
#define WORD_MAX 200

/* Letters, digits and a few signs; anything else becomes "_", so that a word can neither end the marker nor look like another. */
static const char *word_clean(struct arena *arena, struct str word) {
    size_t n = word.n < WORD_MAX ? word.n : WORD_MAX;
    char *out = arena_copy(arena, n ? word.p : "", n);
    for (char *p = out; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("._:/#-", *p)) *p = '_';
    }
    while (strstr(out, "--")) *strstr(out, "--") = '_';
    return out;
}

/* Where the last marker starts, NULL when there is none. */
static const char *last_marker(const char *text) {
    const char *found = NULL;
    for (const char *p = text; (p = strstr(p, HEAD)); p++) found = p;
    return found && strstr(found, TAIL) ? found : NULL;
}

const char *marker_strip(struct arena *arena, const char *text) {
    const char *start = last_marker(text);
    if (!start) return text;
    const char *rest = strstr(start, TAIL) + strlen(TAIL);
    struct str before = {text, (size_t)(start - text)}, after = str_trim(str_of(rest));
    while (before.n && isspace((unsigned char)before.p[before.n - 1])) before.n--;
    return arena_printf(arena, "%.*s%s%.*s", STR_ARG(before), before.n && after.n ? "\n\n" : "", STR_ARG(after));
}

const char *marker_put(struct arena *arena, const char *text, struct marker *marker) {
    text = marker_strip(arena, text);
    hash128_hex(hash128(text, strlen(text)), marker->digest);
    struct buf out = buf_new(arena);
    buf_printf(&out, "%s\n\n" HEAD "%s", text, word_clean(arena, str_of(marker->kind)));
    if (marker->key && *marker->key) buf_printf(&out, " key=%s", word_clean(arena, str_of(marker->key)));
    buf_text(&out, " v=1");
    if (marker->head && *marker->head) buf_printf(&out, " head=%s", word_clean(arena, str_of(marker->head)));
    buf_printf(&out, " at=%lld digest=%s%s " TAIL, (long long)marker->at, marker->digest, marker->is_done ? " done" : "");
    return buf_str(&out);
}

static void attribute_read(struct arena *arena, struct str word, struct marker *out) {
    struct str name;
    if (str_is(word, "done")) out->is_done = true;
    if (!memchr(word.p, '=', word.n) || !str_split(&word, '=', &name)) return;
    const char *value = word_clean(arena, word);
    if (str_is(name, "key")) out->key = value;
    if (str_is(name, "head")) out->head = value;
    if (str_is(name, "at")) out->at = strtoll(value, NULL, 10);
    if (str_is(name, "digest") && strlen(value) == HASH_HEX - 1) memcpy(out->digest, value, HASH_HEX);
}

bool marker_get(struct arena *arena, const char *text, struct marker *out) {
    *out = (struct marker){.kind = "", .key = "", .head = ""};
    const char *start = last_marker(text);
    if (!start) return false;
    start += strlen(HEAD);
    struct str rest = {start, (size_t)(strstr(start, TAIL) - start)}, word;
    rest = str_trim(rest);
    if (!rest.n || !str_split(&rest, ' ', &word)) return false;
    out->kind = word_clean(arena, word);
    while (str_split(&rest, ' ', &word)) {
        if (word.n) attribute_read(arena, word, out);
    }
    return *out->kind != 0;
}

void marker_name(struct arena *arena, const char *named, const char *otherwise, struct marker *out) {
    out->kind = otherwise;
    out->key = "";
    if (!named || !text_starts(named, HEAD)) return;
    struct str rest = str_of(named + strlen(HEAD)), word;
    const char *end = strstr(rest.p, TAIL);
    if (end) rest.n = (size_t)(end - rest.p);
    rest = str_trim(rest);
    if (!rest.n || !str_split(&rest, ' ', &word)) return;
    out->kind = word_clean(arena, word);
    if (rest.p) out->key = word_clean(arena, str_trim(rest));
}
