/* jinja_value.c - values of templates: making, comparing, printing. */
#include "hash.h"
#include "jinja.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define PRINT_DEPTH_MAX 20
#define LABEL_MAX       400

struct jv jv_none(void) {
    return (struct jv){.kind = JV_NONE};
}
struct jv jv_bool(bool b) {
    return (struct jv){.kind = JV_BOOL, .b = b};
}
struct jv jv_int(int64_t i) {
    return (struct jv){.kind = JV_INT, .i = i};
}
struct jv jv_text(struct str s) {
    return (struct jv){.kind = JV_TEXT, .s = s};
}
struct jv jv_cstr(const char *s) {
    return jv_text(str_of(s));
}

struct jv jv_list_new(struct arena *arena) {
    return (struct jv){.kind = JV_LIST, .list = arena_new(arena, struct jv_list)};
}

void jv_list_add(struct arena *arena, struct jv list, struct jv item) {
    struct jv_list *l = list.list;
    l->at = arena_grow(arena, l->at, &l->cap, l->n + 1, sizeof *l->at);
    l->at[l->n++] = item;
}

struct jv jv_dict_new(struct arena *arena) {
    return (struct jv){.kind = JV_DICT, .dict = arena_new(arena, struct jv_dict)};
}

void jv_dict_put(struct arena *arena, struct jv dict, struct jv key, struct jv value) {
    struct jv_dict *d = dict.dict;
    for (size_t i = 0; i < d->n; i++) {
        if (!jv_eq(d->keys[i], key)) continue;
        d->values[i] = value;
        return;
    }
    d->keys = arena_grow(arena, d->keys, &d->cap, d->n + 1, sizeof *d->keys);
    d->values = arena_grow(arena, d->values, &d->values_cap, d->n + 1, sizeof *d->values);
    d->keys[d->n] = key;
    d->values[d->n++] = value;
}

struct jv *jv_dict_get(struct jv dict, struct str key) {
    if (dict.kind != JV_DICT) return NULL;
    for (size_t i = 0; i < dict.dict->n; i++) {
        if (dict.dict->keys[i].kind == JV_TEXT && str_eq(dict.dict->keys[i].s, key)) return &dict.dict->values[i];
    }
    return NULL;
}

struct jv jv_object_new(struct arena *arena, struct str text) {
    struct jv v = {.kind = JV_OBJECT, .object = arena_new(arena, struct jv_object)};
    v.object->text = text;
    v.object->fields = jv_dict_new(arena).dict;
    return v;
}

struct jv jv_function_new(struct arena *arena, const struct jv_function *f) {
    struct jv_function *copy = arena_new(arena, struct jv_function);
    *copy = *f;
    return (struct jv){.kind = JV_NATIVE, .function = copy};
}

struct jv jv_unknown(struct arena *arena, const char *fmt, ...) {
    char label[LABEL_MAX];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(label, sizeof label, fmt, args);
    va_end(args);
    struct jv v = {.kind = JV_UNKNOWN};
    if (n >= (int)sizeof label) {
        /* Long labels keep their beginning and the hash of the whole. */
        va_start(args, fmt);
        char *whole = arena_alloc(arena, (size_t)n + 1);
        vsnprintf(whole, (size_t)n + 1, fmt, args);
        va_end(args);
        v.s = str_of(arena_printf(arena, "%.60s#%016llx", whole, (unsigned long long)hash64(whole, (size_t)n)));
        return v;
    }
    v.s = str_of(arena_copy(arena, label, n < 0 ? 0 : (size_t)n));
    return v;
}

bool jv_true(struct jv v) {
    switch (v.kind) {
    case JV_UNDEFINED:
    case JV_NONE:
        return false;
    case JV_BOOL:
        return v.b;
    case JV_INT:
        return v.i != 0;
    case JV_FLOAT:
        return v.d != 0;
    case JV_TEXT:
        return v.s.n > 0;
    case JV_LIST:
        return v.list->n > 0;
    case JV_DICT:
        return v.dict->n > 0;
    default:
        return true;
    }
}

static bool is_number(struct jv v) { return v.kind == JV_INT || v.kind == JV_FLOAT || v.kind == JV_BOOL; }
static double number_of(struct jv v) { return v.kind == JV_INT ? (double)v.i : v.kind == JV_BOOL ? v.b : v.d; }

static bool lists_eq(const struct jv_list *a, const struct jv_list *b) {
    if (a->n != b->n) return false;
    for (size_t i = 0; a != b && i < a->n; i++) {
        if (!jv_eq(a->at[i], b->at[i])) return false;
    }
    return true;
}

bool jv_eq(struct jv a, struct jv b) {
    if (is_number(a) && is_number(b)) return number_of(a) == number_of(b);
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case JV_TEXT:
        return str_eq(a.s, b.s);
    case JV_LIST:
        return lists_eq(a.list, b.list);
    case JV_DICT:
        return a.dict == b.dict || (a.dict->n == 0 && b.dict->n == 0);
    case JV_OBJECT:
        return str_eq(a.object->text, b.object->text);
    case JV_NONE:
    case JV_UNDEFINED:
        return true;
    case JV_UNKNOWN:
        return str_eq(a.s, b.s);
    default:
        return a.macro == b.macro;
    }
}

int jv_cmp(struct jv a, struct jv b) {
    if (is_number(a) && is_number(b)) {
        double x = number_of(a), y = number_of(b);
        return x < y ? -1 : x > y;
    }
    if (a.kind == JV_TEXT && b.kind == JV_TEXT) {
        size_t n = a.s.n < b.s.n ? a.s.n : b.s.n;
        int order = n ? memcmp(a.s.p, b.s.p, n) : 0;
        return order ? order : a.s.n < b.s.n ? -1 : a.s.n > b.s.n;
    }
    return (int)a.kind - (int)b.kind;
}

static bool is_column(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '_' && s.p[i] != '.') return false;
    }
    return s.n > 0 && (isalpha((unsigned char)s.p[0]) || s.p[0] == '_');
}

/* The arguments inside "name('a', b=2)" that could be columns: the function's value hangs on them. */
static void print_columns(struct buf *b, struct str label) {
    const char *open = memchr(label.p, '(', label.n);
    if (!open) return;
    struct str rest = {open + 1, label.n - (size_t)(open + 1 - label.p)}, part;
    bool first = true;
    while (str_split(&rest, ',', &part)) {
        while (part.n && strchr(" '\"[](){}", part.p[0])) part.p++, part.n--;
        while (part.n && strchr(" '\"[](){}", part.p[part.n - 1])) part.n--;
        bool constant = str_is(part, "True") || str_is(part, "False") || str_is(part, "None");
        if (constant || !is_column(part)) continue;
        buf_text(b, first ? "" : ", ");
        buf_slice(b, part);
        first = false;
    }
}

static void print_unknown(struct buf *b, struct str label) {
    /* A call of a function named after the origin: an expression of which nothing is known but that it is the same wherever the origin is. */
    buf_text(b, "jinja_");
    for (size_t i = 0; i < label.n && i < 40 && label.p[i] != '('; i++) {
        char c = label.p[i];
        if (isalnum((unsigned char)c)) {
            buf_char(b, c);
        } else if (b->n && b->p[b->n - 1] != '_') {
            buf_char(b, '_');
        }
    }
    buf_printf(b, "_%08x(", (unsigned)hash64(label.p, label.n));
    print_columns(b, label);
    buf_char(b, ')');
}

static void print_float(struct buf *b, double d) {
    char text[40];
    snprintf(text, sizeof text, "%.15g", d);
    if (!strpbrk(text, ".en")) buf_printf(b, "%s.0", text);
    if (strpbrk(text, ".en")) buf_text(b, text);
}

static void print_text(struct buf *b, struct str s, bool repr) {
    if (!repr) {
        buf_slice(b, s);
        return;
    }
    char quote = memchr(s.p, '\'', s.n) && !memchr(s.p, '"', s.n) ? '"' : '\'';
    buf_char(b, quote);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == quote || s.p[i] == '\\') buf_char(b, '\\');
        if (s.p[i] == '\n') buf_text(b, "\\n");
        if (s.p[i] != '\n') buf_char(b, s.p[i]);
    }
    buf_char(b, quote);
}

static void print_value(struct buf *b, struct jv v, bool repr, int depth);

static void print_items(struct buf *b, struct jv v, int depth) {
    bool dict = v.kind == JV_DICT;
    size_t n = dict ? v.dict->n : v.list->n;
    buf_char(b, dict ? '{' : '[');
    for (size_t i = 0; i < n && depth < PRINT_DEPTH_MAX && b->n < JINJA_OUTPUT_MAX; i++) {
        if (i) buf_text(b, ", ");
        print_value(b, dict ? v.dict->keys[i] : v.list->at[i], true, depth + 1);
        if (!dict) continue;
        buf_text(b, ": ");
        print_value(b, v.dict->values[i], true, depth + 1);
    }
    buf_char(b, dict ? '}' : ']');
}

static void print_value(struct buf *b, struct jv v, bool repr, int depth) {
    switch (v.kind) {
    case JV_UNDEFINED:
        return;
    case JV_NONE:
        buf_text(b, "None");
        return;
    case JV_BOOL:
        buf_text(b, v.b ? "True" : "False");
        return;
    case JV_INT:
        buf_printf(b, "%lld", (long long)v.i);
        return;
    case JV_FLOAT:
        print_float(b, v.d);
        return;
    case JV_TEXT:
        print_text(b, v.s, repr);
        return;
    case JV_LIST:
    case JV_DICT:
        print_items(b, v, depth);
        return;
    case JV_OBJECT:
        buf_slice(b, v.object->text);
        return;
    case JV_UNKNOWN:
        print_unknown(b, v.s);
        return;
    case JV_MACRO:
        buf_slice(b, v.macro->name);
        return;
    case JV_NATIVE:
        buf_text(b, v.function->name);
        return;
    }
}

void jv_print(struct buf *b, struct jv v, bool repr) { print_value(b, v, repr, 0); }

struct str jv_str(struct arena *arena, struct jv v) {
    if (v.kind == JV_TEXT) return v.s;
    if (v.kind == JV_OBJECT) return v.object->text;
    struct buf b = buf_new(arena);
    jv_print(&b, v, false);
    return (struct str){buf_str(&b), b.n};
}
