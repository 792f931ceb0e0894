/* mustache.c - one pass over the template text; sections are rendered again from their own text. */
#include "mustache.h"

#include <ctype.h>
#include <stdio.h>

#define DEPTH_MAX 40
#define OUT_MAX   ((size_t)4 << 20)
#define TAG_MAX   256

struct delims {
    char open[8], close[8];
};

struct stack {
    const json_t *value;
    const struct stack *outer;
};

struct render {
    struct arena *arena;
    const struct mustache_options *options;
    struct buf out;
    int depth;
};

/* One tag found in the text: where it lies, and where the text goes on when it stands alone on its line. */
struct tag {
    char kind; /* 'v' variable, '&', '#', '^', '/', '!', '>', '=' */
    char name[TAG_MAX];
    size_t start, end;    /* of the tag itself */
    size_t before, after; /* the same, or the whole line when it stands alone */
    struct str indent;    /* white space before a partial that stands alone */
};

static size_t line_of(struct str text, size_t at) {
    size_t line = 1;
    for (size_t i = 0; i < at && i < text.n; i++) line += text.p[i] == '\n';
    return line;
}

static size_t find(struct str text, size_t from, const char *what) {
    size_t n = strlen(what);
    for (size_t i = from; i + n <= text.n; i++) {
        if (memcmp(text.p + i, what, n) == 0) return i;
    }
    return text.n;
}

/* Sections, comments, partials and delimiter changes alone on a line take the line with them (specification, "standalone"). */
static void standalone_mark(struct str text, struct tag *t) {
    t->before = t->start;
    t->after = t->end;
    t->indent = (struct str){"", 0};
    if (t->kind == 'v' || t->kind == '&') return;
    size_t left = t->start, right = t->end;
    while (left > 0 && (text.p[left - 1] == ' ' || text.p[left - 1] == '\t')) left--;
    while (right < text.n && (text.p[right] == ' ' || text.p[right] == '\t')) right++;
    bool at_start = left == 0 || text.p[left - 1] == '\n';
    bool at_end = right == text.n || text.p[right] == '\n' || (text.p[right] == '\r' && right + 1 < text.n && text.p[right + 1] == '\n');
    if (!at_start || !at_end) return;
    if (right < text.n) right += text.p[right] == '\r' ? 2 : 1;
    t->before = left;
    t->after = right;
    t->indent = (struct str){text.p + left, t->start - left};
}

static bool delims_set(struct delims *d, struct str inner) {
    char open[8] = "", close[8] = "", text[64];
    if (inner.n >= sizeof text) return false;
    memcpy(text, inner.p, inner.n);
    text[inner.n] = 0;
    if (sscanf(text, "%7s %7s", open, close) != 2) return false;
    memcpy(d->open, open, sizeof open);
    memcpy(d->close, close, sizeof close);
    return true;
}

/* Finds the next tag at or after `from`; false when there is none. ERR_CONFIG for a tag that is not closed. */
static const struct err *tag_next(struct str text, size_t from, struct delims *d, struct tag *t, bool *found) {
    t->start = find(text, from, d->open);
    *found = t->start < text.n;
    if (!*found) return NULL;
    size_t p = t->start + strlen(d->open);
    char c = p < text.n ? text.p[p] : 0;
    t->kind = c == '{' ? '&' : c && strchr("#^/!>&=", c) ? c : 'v';
    char close[16];
    snprintf(close, sizeof close, "%s%s", c == '{' ? "}" : t->kind == '=' ? "=" : "", d->close);
    if (t->kind != 'v') p++;
    size_t stop = find(text, p, close);
    if (stop == text.n) return err_new(ERR_CONFIG, "%zu: tag is not closed", line_of(text, t->start));
    struct str inner = str_trim((struct str){text.p + p, stop - p});
    t->end = stop + strlen(close);
    if (t->kind == '=' && !delims_set(d, inner)) return err_new(ERR_CONFIG, "%zu: delimiters are not two words", line_of(text, t->start));
    if (inner.n >= TAG_MAX && t->kind != '!') return err_new(ERR_CONFIG, "%zu: name longer than %d", line_of(text, t->start), TAG_MAX - 1);
    if (t->kind == '!' || t->kind == '=') inner.n = 0;
    memcpy(t->name, inner.p, inner.n);
    t->name[inner.n] = 0;
    standalone_mark(text, t);
    return NULL;
}

/* From behind an opening tag to its closing tag. */
static const struct err *section_end(struct str text, const struct tag *open, struct delims d, struct tag *close) {
    int depth = 1;
    size_t at = open->after;
    bool found;
    TRY(tag_next(text, at, &d, close, &found));
    while (found) {
        if (strcmp(close->name, open->name) == 0) depth += close->kind == '#' || close->kind == '^' ? 1 : close->kind == '/' ? -1 : 0;
        if (depth == 0) return NULL;
        at = close->end;
        TRY(tag_next(text, at, &d, close, &found));
    }
    return err_new(ERR_CONFIG, "%zu: section '%s' is not closed", line_of(text, open->start), open->name);
}

static const json_t *lookup(const struct stack *stack, const char *name) {
    if (strcmp(name, ".") == 0) return stack->value;
    struct str rest = str_of(name), part;
    str_split(&rest, '.', &part);
    char head[TAG_MAX];
    memcpy(head, part.p, part.n);
    head[part.n] = 0;
    for (const struct stack *s = stack; s; s = s->outer) {
        const json_t *value = json_object_get(s->value, head);
        if (value) return rest.p ? jsx_at(value, rest.p) : value;
    }
    return NULL;
}

static bool is_truthy(const json_t *v) {
    if (!v || json_is_null(v) || json_is_false(v)) return false;
    if (json_is_array(v)) return json_array_size(v) > 0;
    return !json_is_string(v) || json_string_length(v) > 0;
}

static void value_text(const json_t *v, char *number, size_t size, struct str *out) {
    *out = (struct str){"", 0};
    number[0] = 0;
    if (json_is_string(v)) *out = (struct str){json_string_value(v), json_string_length(v)};
    if (json_is_integer(v)) snprintf(number, size, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v)) snprintf(number, size, "%.10g", json_real_value(v));
    if (json_is_boolean(v)) snprintf(number, size, "%s", json_is_true(v) ? "true" : "false");
    if (number[0]) *out = str_of(number);
}

static const struct err *text_render(struct render *r, struct str text, struct delims d, const struct stack *stack);

static const struct err *section_render(struct render *r, struct str inner, struct delims d, const struct stack *stack, const json_t *value) {
    if (!json_is_array(value)) {
        struct stack next = {value, stack};
        return text_render(r, inner, d, &next);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct stack next = {json_array_get(value, i), stack};
        TRY(text_render(r, inner, d, &next));
    }
    return NULL;
}

static const struct err *partial_render(struct render *r, const struct tag *t, const struct stack *stack) {
    const char *text = r->options->partial ? r->options->partial(r->options->ctx, t->name) : NULL;
    if (!text) return NULL;
    struct buf indented = buf_new(r->arena);
    struct str rest = str_of(text), line;
    while (t->indent.n && rest.n && str_split(&rest, '\n', &line)) {
        buf_slice(&indented, t->indent);
        buf_slice(&indented, line);
        if (rest.p) buf_char(&indented, '\n');
    }
    struct str body = t->indent.n ? (struct str){buf_str(&indented), indented.n} : str_of(text);
    return text_render(r, body, (struct delims){"{{", "}}"}, stack);
}

static void variable_render(struct render *r, const struct tag *t, const struct stack *stack) {
    char number[64];
    struct str text;
    value_text(lookup(stack, t->name), number, sizeof number, &text);
    if (t->kind == '&') buf_slice(&r->out, text);
    else r->options->escape(&r->out, text);
}

/* Renders one tag; `*at` is where the text goes on. */
static const struct err *tag_render(struct render *r, struct str text, struct delims *d, const struct stack *stack, const struct tag *t, size_t *at) {
    *at = t->after;
    if (t->kind == 'v' || t->kind == '&') variable_render(r, t, stack);
    if (t->kind == '>') return partial_render(r, t, stack);
    if (t->kind == '/') return err_new(ERR_CONFIG, "%zu: '%s' closes nothing", line_of(text, t->start), t->name);
    if (t->kind != '#' && t->kind != '^') return NULL;
    struct tag close;
    TRY(section_end(text, t, *d, &close));
    *at = close.after;
    const json_t *value = lookup(stack, t->name);
    if (is_truthy(value) != (t->kind == '#')) return NULL;
    struct str inner = {text.p + t->after, close.before > t->after ? close.before - t->after : 0};
    return section_render(r, inner, *d, stack, t->kind == '#' ? value : NULL);
}

static const struct err *text_render(struct render *r, struct str text, struct delims d, const struct stack *stack) {
    if (++r->depth > DEPTH_MAX) return err_new(ERR_CONFIG, "sections nested deeper than %d", DEPTH_MAX);
    size_t at = 0;
    while (at < text.n) {
        struct tag t;
        bool found;
        TRY(tag_next(text, at, &d, &t, &found));
        size_t stop = !found ? text.n : t.before > at ? t.before : at;
        buf_add(&r->out, text.p + at, stop - at);
        if (!found) break;
        TRY(tag_render(r, text, &d, stack, &t, &at));
        if (r->out.n > OUT_MAX) return err_new(ERR_INPUT, "output over %zu bytes", OUT_MAX);
    }
    r->depth--;
    return NULL;
}

static void escape_none(struct buf *out, struct str text) { buf_slice(out, text); }

const struct err *mustache_render(struct arena *arena, const char *text, const json_t *view, const struct mustache_options *options, char **out) {
    struct mustache_options plain = {.escape = escape_none, .name = "template"};
    struct render r = {.arena = arena, .options = options ? options : &plain, .out = buf_new(arena)};
    struct stack bottom = {view, NULL};
    TRY(err_wrap(text_render(&r, str_of(text), (struct delims){"{{", "}}"}, &bottom), "%s", r.options->name));
    buf_str(&r.out);
    *out = r.out.p;
    return NULL;
}

const struct err *mustache_check(const char *text, const char *name) {
    struct delims d = {"{{", "}}"};
    struct tag t, close;
    struct str whole = str_of(text);
    bool found;
    TRY(err_wrap(tag_next(whole, 0, &d, &t, &found), "%s", name));
    while (found) {
        if (t.kind == '#' || t.kind == '^') TRY(err_wrap(section_end(whole, &t, d, &close), "%s", name));
        TRY(err_wrap(tag_next(whole, t.end, &d, &t, &found), "%s", name));
    }
    return NULL;
}
