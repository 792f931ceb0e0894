/* jsonx.c - jansson with limits. */
#include "jsonx.h"

#include <stdlib.h>

#define DEPTH_MAX 200

static void value_release(void *value) { json_decref(value); }

json_t *jsx_own(struct arena *arena, json_t *value) {
    arena_defer(arena, value_release, value);
    return value;
}

/* jansson's own limit on nesting is 2048, enough to hurt a recursive reader: count brackets outside strings first. */
static bool depth_fits(const char *p, size_t n) {
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        if (in_string) {
            if (p[i] == '\\') i++;
            else if (p[i] == '"') in_string = false;
            continue;
        }
        if (p[i] == '"') in_string = true;
        if ((p[i] == '[' || p[i] == '{') && ++depth > DEPTH_MAX) return false;
        if ((p[i] == ']' || p[i] == '}') && depth > 0) depth--;
    }
    return true;
}

const struct err *jsx_load(struct arena *arena, const void *bytes, size_t n, json_t **out) {
    if (!depth_fits(bytes, n)) return err_new(ERR_INPUT, "JSON nested deeper than %d", DEPTH_MAX);
    json_error_t why;
    json_t *value = json_loadb(bytes, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!value) return err_new(ERR_INPUT, "line %d, column %d: %s", why.line, why.column, why.text);
    *out = jsx_own(arena, value);
    return NULL;
}

json_t *jsx_at(const json_t *value, const char *path) {
    struct str rest = str_of(path), part;
    const json_t *at = value;
    while (at && str_split(&rest, '.', &part)) {
        char key[128];
        if (part.n >= sizeof key) return NULL;
        memcpy(key, part.p, part.n);
        key[part.n] = 0;
        at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10)) : json_object_get(at, key);
    }
    return (json_t *)at;
}

const char *jsx_str(const json_t *value, const char *path, const char *otherwise) {
    const json_t *at = jsx_at(value, path);
    return json_is_string(at) ? json_string_value(at) : otherwise;
}

int64_t jsx_int(const json_t *value, const char *path, int64_t otherwise) {
    const json_t *at = jsx_at(value, path);
    return json_is_integer(at) ? json_integer_value(at) : otherwise;
}

double jsx_real(const json_t *value, const char *path, double otherwise) {
    const json_t *at = jsx_at(value, path);
    return json_is_number(at) ? json_number_value(at) : otherwise;
}

bool jsx_bool(const json_t *value, const char *path, bool otherwise) {
    const json_t *at = jsx_at(value, path);
    return json_is_boolean(at) ? json_is_true(at) : otherwise;
}

char *jsx_dump(struct arena *arena, const json_t *value, bool sorted) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | (sorted ? JSON_SORT_KEYS : 0));
    char *out = arena_strdup(arena, text ? text : "null");
    free(text);
    return out;
}

void jsx_set_text(json_t *object, const char *key, const char *text) {
    if (!text) {
        json_object_set_new(object, key, json_null());
        return;
    }
    size_t n = strlen(text);
    if (utf8_valid(text, n)) {
        json_object_set_new(object, key, json_stringn(text, n));
        return;
    }
    struct arena *scratch = arena_create(n * 4 + ARENA_SMALL);
    json_object_set_new(object, key, json_string(utf8_clean(scratch, text, n)));
    arena_destroy(scratch);
}
