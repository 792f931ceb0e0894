/* hcl.c - one pass over the bytes. */
#include "hcl.h"

#include "jobs.h"

#include <ctype.h>
#include <stdlib.h>

struct hcl {
    struct arena *arena;
    const char *path;
    struct str text;
    size_t at, nodes;
    int line;
    const char *error;
};

static void fail(struct hcl *h, const char *why) {
    if (!h->error) h->error = arena_printf(h->arena, "%s:%d: %s", h->path, h->line, why);
    h->at = h->text.n;
}

static char peek(const struct hcl *h, size_t ahead) { return h->at + ahead < h->text.n ? h->text.p[h->at + ahead] : '\0'; }

static void step(struct hcl *h) {
    if (h->at >= h->text.n) return;
    if (peek(h, 0) == '\n') h->line++;
    h->at++;
}

/* Blanks and comments; newlines too when `lines`. */
static void blanks(struct hcl *h, bool lines) {
    while (h->at < h->text.n) {
        char c = peek(h, 0);
        if (c == '#' || (c == '/' && peek(h, 1) == '/')) {
            while (h->at < h->text.n && peek(h, 0) != '\n') h->at++;
        } else if (c == '/' && peek(h, 1) == '*') {
            while (h->at < h->text.n && !(peek(h, 0) == '*' && peek(h, 1) == '/')) step(h);
            step(h);
            step(h);
        } else if (c == ' ' || c == '\t' || c == '\r' || (lines && c == '\n')) {
            step(h);
        } else {
            return;
        }
    }
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-'; }

static const char *word_take(struct hcl *h) {
    size_t start = h->at;
    while (is_word(peek(h, 0))) h->at++;
    return arena_copy(h->arena, h->text.p + start, h->at - start);
}

/* The text inside quotes, with ${..} kept as it is. */
static const char *string_take(struct hcl *h) {
    struct buf b = buf_new(h->arena);
    int depth = 0;
    step(h);
    while (h->at < h->text.n) {
        char c = peek(h, 0);
        if (c == '"' && depth == 0) break;
        if (c == '\n' && depth == 0) fail(h, "a text is not closed on its line");
        if ((c == '$' || c == '%') && peek(h, 1) == '{') depth++, buf_char(&b, c), step(h), c = '{';
        else if (depth && c == '{') depth++;
        else if (depth && c == '}') depth--;
        if (c == '\\' && depth == 0) {
            step(h);
            c = peek(h, 0) == 'n' ? '\n' : peek(h, 0) == 't' ? '\t' : peek(h, 0);
        }
        if (c) buf_char(&b, c);
        step(h);
    }
    if (h->at >= h->text.n) fail(h, "a text is not closed");
    step(h);
    return buf_str(&b);
}

/* <<EOT .. EOT, <<-EOT */
static json_t *heredoc_take(struct hcl *h) {
    step(h);
    step(h);
    bool indented = peek(h, 0) == '-';
    if (indented) step(h);
    struct str mark = str_of(word_take(h));
    while (h->at < h->text.n && peek(h, 0) != '\n') h->at++;
    step(h);
    struct buf b = buf_new(h->arena);
    while (h->at < h->text.n) {
        const char *end = memchr(h->text.p + h->at, '\n', h->text.n - h->at);
        struct str line = {h->text.p + h->at, end ? (size_t)(end - h->text.p) - h->at : h->text.n - h->at};
        bool closes = mark.n && str_eq(str_trim(line), mark);
        if (!closes) buf_slice(&b, line), buf_char(&b, '\n');
        h->at += line.n;
        if (closes) break;
        step(h);
    }
    return json_string(b.n ? buf_str(&b) : "");
}

/* Any other expression, up to the end of the line, a comma or the bracket that closes what it is in. */
static json_t *raw_take(struct hcl *h, size_t start) {
    int depth = 0;
    h->at = start;
    while (h->at < h->text.n) {
        char c = peek(h, 0);
        if (depth == 0 && (c == '\n' || c == ',' || c == ']' || c == '}' || c == ')' || c == '#')) break;
        if (c == '"') {
            string_take(h);
            continue;
        }
        depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        step(h);
    }
    struct str raw = str_trim((struct str){h->text.p + start, h->at - start});
    return json_string(arena_printf(h->arena, "${%.*s}", STR_ARG(raw)));
}

static json_t *value_take(struct hcl *h, int depth);

static bool ends_value(struct hcl *h) {
    blanks(h, false);
    char c = peek(h, 0);
    return c == '\n' || c == ',' || c == ']' || c == '}' || c == ')' || c == '\0';
}

static json_t *list_take(struct hcl *h, int depth) {
    json_t *list = json_array();
    step(h);
    for (blanks(h, true); h->at < h->text.n && peek(h, 0) != ']'; blanks(h, true)) {
        size_t before = h->at;
        json_array_append_new(list, value_take(h, depth + 1));
        blanks(h, true);
        if (peek(h, 0) == ',') step(h);
        if (h->at == before) fail(h, "expected a value");
    }
    step(h);
    return list;
}

static json_t *place_new(struct hcl *h) { return json_pack("{s:i, s:s}", JOB_LINE, h->line, JOB_PATH, h->path); }

static json_t *object_take(struct hcl *h, int depth) {
    json_t *map = place_new(h);
    step(h);
    for (blanks(h, true); h->at < h->text.n && peek(h, 0) != '}'; blanks(h, true)) {
        size_t before = h->at;
        const char *key = peek(h, 0) == '"' ? string_take(h) : NULL;
        if (!key && peek(h, 0) == '(') json_decref(raw_take(h, h->at)); /* (expression) = value: whose name is not known */
        if (!key) key = word_take(h);
        blanks(h, false);
        if (peek(h, 0) == '=' || peek(h, 0) == ':') step(h);
        blanks(h, false);
        json_t *value = value_take(h, depth + 1);
        json_object_set_new(map, key, value);
        blanks(h, true);
        if (peek(h, 0) == ',') step(h);
        if (h->at == before) fail(h, "expected a name");
    }
    step(h);
    return map;
}

static json_t *literal_take(struct hcl *h, int depth) {
    char c = peek(h, 0);
    if (c == '[') return list_take(h, depth);
    if (c == '{') return object_take(h, depth);
    if (c == '"') {
        json_t *text = json_string(string_take(h));
        return text ? text : json_null();
    }
    const char *word = word_take(h);
    char *end;
    if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) return json_boolean(word[0] == 't');
    if (strcmp(word, "null") == 0) return json_null();
    double number = strtod(word, &end);
    bool whole = *word && !*end && peek(h, 0) != '.' && number > -9e15 && number < 9e15;
    return whole ? json_integer((json_int_t)number) : NULL;
}

static json_t *value_take(struct hcl *h, int depth) {
    size_t start = h->at;
    int line = h->line;
    if (depth > HCL_DEPTH_MAX || ++h->nodes > HCL_NODES_MAX) {
        fail(h, "it is nested too deeply, or too big");
        return json_null();
    }
    if (peek(h, 0) == '<' && peek(h, 1) == '<') return heredoc_take(h);
    /* [for ..] and {for ..} are expressions. */
    size_t ahead = 1;
    while (isspace((unsigned char)peek(h, ahead))) ahead++;
    bool is_for = (peek(h, 0) == '[' || peek(h, 0) == '{') && h->at + ahead + 4 < h->text.n && memcmp(h->text.p + h->at + ahead, "for ", 4) == 0;
    json_t *value = is_for ? NULL : literal_take(h, depth);
    if (value && ends_value(h)) return value;
    json_decref(value);
    if (h->error) return json_null();
    h->line = line;
    json_t *raw = raw_take(h, start);
    return raw ? raw : json_null();
}

static void block_add(json_t *body, const char *type, json_t *block) {
    json_t *list = json_object_get(body, type);
    if (!json_is_array(list)) json_object_set_new(body, type, list = json_array());
    json_array_append_new(list, block);
}

static void body_read(struct hcl *h, json_t *body, bool is_top, int depth);

static void block_read(struct hcl *h, json_t *body, const char *type, int line, int depth) {
    json_t *block = json_pack("{s:i, s:s}", JOB_LINE, line, JOB_PATH, h->path), *labels = json_array();
    const char *label = "";
    while (peek(h, 0) == '"' || is_word(peek(h, 0))) {
        label = peek(h, 0) == '"' ? string_take(h) : word_take(h);
        json_array_append_new(labels, json_string(label));
        blanks(h, false);
    }
    json_object_set_new(block, "__labels", labels);
    if (peek(h, 0) != '{') {
        fail(h, "expected '=' or a block");
        json_decref(block);
        return;
    }
    step(h);
    if (depth > HCL_DEPTH_MAX || ++h->nodes > HCL_NODES_MAX) fail(h, "it is nested too deeply, or too big");
    body_read(h, block, false, depth + 1);
    /* dynamic "task" { for_each = .. content { .. } } is at least one task. */
    json_t *content = strcmp(type, "dynamic") == 0 ? json_array_get(json_object_get(block, "content"), 0) : NULL;
    if (content) block_add(body, label, json_incref(content));
    if (content) json_decref(block);
    if (!content) block_add(body, type, block);
}

static void body_read(struct hcl *h, json_t *body, bool is_top, int depth) {
    for (blanks(h, true); h->at < h->text.n; blanks(h, true)) {
        if (peek(h, 0) == '}' && !is_top) {
            step(h);
            return;
        }
        int line = h->line;
        const char *name = word_take(h);
        if (!name[0]) {
            fail(h, "expected the name of a block or attribute");
            return;
        }
        blanks(h, false);
        if (peek(h, 0) == '=' && peek(h, 1) != '=') {
            step(h);
            blanks(h, false);
            json_object_set_new(body, name, value_take(h, depth));
        } else {
            block_read(h, body, name, line, depth);
        }
    }
    if (!is_top) fail(h, "a block is not closed");
}

const struct err *hcl_load(struct arena *arena, const char *path, struct str text, json_t **out) {
    struct hcl h = {.arena = arena, .path = path, .text = text, .line = 1};
    json_t *file = jsx_own(arena, json_object());
    body_read(&h, file, true, 0);
    if (h.error) return err_new(ERR_INPUT, "%s", h.error);
    *out = file;
    return NULL;
}
