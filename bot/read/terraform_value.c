/* terraform_value.c - a recursive descent over one expression; what is not known gives NULL. */
#include "terraform_value.h"

#include <ctype.h>
#include <stdlib.h>

#define DEPTH_MAX 12
#define STEPS_MAX 20000 /* of one text, with those it refers to */

struct eval {
    const struct module *m;
    const char *at, *end;
    int depth;
    size_t *steps;
};

static json_t *expression(struct eval *e);
static json_t *text_value(const struct module *m, struct str text, int depth, size_t *steps);

static void blanks(struct eval *e) {
    while (e->at < e->end && isspace((unsigned char)*e->at)) e->at++;
}

static bool take(struct eval *e, const char *word) {
    size_t n = strlen(word);
    blanks(e);
    if ((size_t)(e->end - e->at) < n || memcmp(e->at, word, n) != 0) return false;
    e->at += n;
    return true;
}

static struct str word_take(struct eval *e) {
    const char *start = e->at;
    while (e->at < e->end && (isalnum((unsigned char)*e->at) || *e->at == '_' || *e->at == '-')) e->at++;
    return (struct str){start, (size_t)(e->at - start)};
}

/* "a ${b} c", whose quotes inside ${..} are not its end. */
static json_t *quoted(struct eval *e) {
    const char *start = ++e->at;
    int depth = 0;
    for (; e->at < e->end && (*e->at != '"' || depth); e->at++) {
        if (*e->at == '{' && e->at > start && e->at[-1] == '$') depth++;
        else if (*e->at == '}' && depth) depth--;
    }
    if (e->at >= e->end) return NULL;
    struct str text = {start, (size_t)(e->at++ - start)};
    return text_value(e->m, text, e->depth + 1, e->steps);
}

static json_t *item_of(struct arena *arena, json_t *of, json_t *key) {
    if (!of || !key) return NULL;
    if (json_is_array(of) && json_is_integer(key)) return json_array_get(of, (size_t)json_integer_value(key));
    return json_is_string(key) ? json_object_get(of, json_string_value(key)) : NULL;
}

/* A value that is itself a text with expressions, or a list of such. */
static json_t *settle(struct eval *e, json_t *v) {
    if (!json_is_string(v) || !strstr(json_string_value(v), "${")) return v;
    return e->depth > DEPTH_MAX ? NULL : text_value(e->m, str_of(json_string_value(v)), e->depth + 1, e->steps);
}

static json_t *reference(struct eval *e, struct str root) {
    json_t *v = NULL;
    if (!take(e, ".")) return NULL;
    struct str name = word_take(e);
    const char *dotted = arena_printf(e->m->arena, "%.*s.%.*s", STR_ARG(root), STR_ARG(name));
    v = strcmp(dotted, "each.key") == 0     ? e->m->each_key
        : strcmp(dotted, "each.value") == 0 ? e->m->each_value
                                            : map_get(e->m->values, str_of(dotted));
    v = settle(e, v);
    for (;;) {
        if (take(e, "[")) {
            json_t *key = expression(e);
            if (!take(e, "]")) return NULL;
            v = settle(e, item_of(e->m->arena, v, key));
        } else if (e->at < e->end && *e->at == '.') {
            e->at++;
            const char *key = str_dup(e->m->arena, word_take(e));
            v = settle(e, v ? json_object_get(v, key) : NULL);
        } else {
            return v;
        }
    }
}

static json_t *case_of(struct arena *arena, json_t *v, bool upper) {
    if (!json_is_string(v)) return NULL;
    char *text = arena_strdup(arena, json_string_value(v));
    for (char *p = text; *p; p++) *p = (char)(upper ? toupper((unsigned char)*p) : tolower((unsigned char)*p));
    return jsx_own(arena, json_string(text));
}

static json_t *list_value(struct eval *e) {
    json_t *list = jsx_own(e->m->arena, json_array());
    while (!take(e, "]")) {
        json_t *item = expression(e);
        if (!item || json_array_size(list) > 1000) return NULL;
        json_array_append(list, item);
        take(e, ",");
    }
    return list;
}

static json_t *primary(struct eval *e) {
    blanks(e);
    if (e->at >= e->end || e->depth > DEPTH_MAX || ++*e->steps > STEPS_MAX) return NULL;
    if (*e->at == '"') return quoted(e);
    if (take(e, "[")) return list_value(e);
    if (take(e, "(")) {
        json_t *v = expression(e);
        return take(e, ")") ? v : NULL;
    }
    struct str word = word_take(e);
    if (str_is(word, "true") || str_is(word, "false")) return jsx_own(e->m->arena, json_boolean(word.p[0] == 't'));
    if (word.n && isdigit((unsigned char)word.p[0])) {
        char *end, *digits = str_dup(e->m->arena, word);
        long long number = strtoll(digits, &end, 10);
        return *end || (e->at < e->end && *e->at == '.') ? NULL : jsx_own(e->m->arena, json_integer(number));
    }
    if (!take(e, "(")) return reference(e, word);
    json_t *v = expression(e);
    if (!take(e, ")")) return NULL;
    if (str_is(word, "toset") || str_is(word, "tolist") || str_is(word, "tomap")) return v;
    return str_is(word, "lower") || str_is(word, "upper") ? case_of(e->m->arena, v, word.p[0] == 'u') : NULL;
}

static json_t *expression(struct eval *e) {
    if (++e->depth > DEPTH_MAX) return NULL;
    json_t *v = primary(e);
    bool equal = take(e, "=="), compared = equal || take(e, "!=");
    if (compared) {
        json_t *other = primary(e);
        v = v && other ? jsx_own(e->m->arena, json_boolean((json_equal(v, other) != 0) == equal)) : NULL;
    }
    if (take(e, "?")) {
        json_t *yes = expression(e);
        if (!take(e, ":")) return NULL;
        json_t *no = expression(e);
        v = json_is_true(v) ? yes : json_is_false(v) ? no : NULL;
    }
    e->depth--;
    return v;
}

/* The end of the ${..} that starts at `at`, past its bracket; NULL when it is not closed. */
static const char *closing(const char *at, const char *end) {
    int depth = 0;
    for (const char *p = at + 1; p < end; p++) {
        depth += *p == '{';
        if (*p == '}' && --depth == 0) return p + 1;
    }
    return NULL;
}

static json_t *expression_value(const struct module *m, struct str text, int depth, size_t *steps) {
    struct eval e = {m, text.p, text.p + text.n, depth, steps};
    json_t *v = expression(&e);
    blanks(&e);
    return e.at == e.end ? v : NULL;
}

static void value_add(struct buf *b, const json_t *v) {
    if (json_is_string(v)) buf_text(b, json_string_value(v));
    else if (json_is_integer(v)) buf_printf(b, "%lld", (long long)json_integer_value(v));
    else buf_text(b, json_is_true(v) ? "true" : "false");
}

static json_t *text_value(const struct module *m, struct str text, int depth, size_t *steps) {
    const char *at = text.p, *end = text.p + text.n;
    struct buf b = buf_new(m->arena);
    if (depth > DEPTH_MAX || ++*steps > STEPS_MAX) return NULL;
    while (at < end) {
        const char *open = memmem(at, (size_t)(end - at), "${", 2), *close = open ? closing(open, end) : NULL;
        if (!close) break;
        json_t *v = expression_value(m, (struct str){open + 2, (size_t)(close - open) - 3}, depth + 1, steps);
        if (open == text.p && close == end) return v;
        buf_slice(&b, (struct str){at, (size_t)(open - at)});
        if (json_is_string(v) || json_is_integer(v) || json_is_boolean(v)) value_add(&b, v);
        else buf_slice(&b, (struct str){open, (size_t)(close - open)});
        at = close;
    }
    buf_slice(&b, (struct str){at, (size_t)(end - at)});
    return jsx_own(m->arena, json_string(b.n ? buf_str(&b) : ""));
}

json_t *terraform_text(const struct module *m, const char *text) {
    size_t steps = 0;
    return strstr(text, "${") ? text_value(m, str_of(text), 0, &steps) : NULL;
}
