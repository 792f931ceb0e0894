/* jinja_filter.c - filters, tests and methods of values, by name. */
#include "jinja.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#define RANGE_MAX 20000

typedef struct jv (*value_fn)(struct jinja *j, struct jv in, const struct jv_args *args);

struct named_fn {
    const char *name;
    value_fn fn;
};

static struct arena *arena_of(struct jinja *j) { return jinja_arena(j); }
static struct jv undefined(void) { return (struct jv){.kind = JV_UNDEFINED}; }
static struct str text_of(struct jinja *j, struct jv v) { return jv_str(arena_of(j), v); }
static struct str text_arg(struct jinja *j, const struct jv_args *args, size_t i, const char *name, const char *otherwise) {
    const struct jv *v = jv_arg(args, i, name);
    return v && v->kind != JV_NONE && v->kind != JV_UNDEFINED ? text_of(j, *v) : str_of(otherwise);
}

static struct jv mapped(struct jinja *j, struct jv in, int (*fn)(int)) {
    struct str s = text_of(j, in);
    char *copy = str_dup(arena_of(j), s);
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)copy[i] < 0x80) copy[i] = (char)fn((unsigned char)copy[i]);
    }
    return jv_text((struct str){copy, s.n});
}

static struct jv do_upper(struct jinja *j, struct jv in, const struct jv_args *args) { return mapped(j, in, toupper); }
static struct jv do_lower(struct jinja *j, struct jv in, const struct jv_args *args) { return mapped(j, in, tolower); }

static struct jv do_title(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv out = mapped(j, in, tolower);
    char *p = str_dup(arena_of(j), out.s);
    for (size_t i = 0; i < out.s.n; i++) {
        if (i == 0 || !isalnum((unsigned char)p[i - 1])) p[i] = (char)toupper((unsigned char)p[i]);
    }
    return jv_text((struct str){p, out.s.n});
}

static struct jv do_capitalize(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv out = mapped(j, in, tolower);
    char *p = str_dup(arena_of(j), out.s);
    if (out.s.n) p[0] = (char)toupper((unsigned char)p[0]);
    return jv_text((struct str){p, out.s.n});
}

static struct jv strip(struct jinja *j, struct jv in, const struct jv_args *args, bool left, bool right) {
    struct str s = text_of(j, in), set = text_arg(j, args, 0, "chars", " \t\r\n\v\f");
    while (left && s.n && memchr(set.p, s.p[0], set.n)) s.p++, s.n--;
    while (right && s.n && memchr(set.p, s.p[s.n - 1], set.n)) s.n--;
    return jv_text(s);
}
static struct jv do_strip(struct jinja *j, struct jv in, const struct jv_args *args) { return strip(j, in, args, true, true); }
static struct jv do_lstrip(struct jinja *j, struct jv in, const struct jv_args *args) { return strip(j, in, args, true, false); }
static struct jv do_rstrip(struct jinja *j, struct jv in, const struct jv_args *args) { return strip(j, in, args, false, true); }

static struct jv do_replace(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str s = text_of(j, in), from = text_arg(j, args, 0, "old", ""), to = text_arg(j, args, 1, "new", "");
    struct buf out = buf_new(arena_of(j));
    while (from.n) {
        const char *hit = memmem(s.p, s.n, from.p, from.n);
        if (!hit || out.n > JINJA_OUTPUT_MAX) break;
        buf_add(&out, s.p, (size_t)(hit - s.p));
        buf_slice(&out, to);
        s.n -= (size_t)(hit - s.p) + from.n;
        s.p = hit + from.n;
    }
    buf_slice(&out, s);
    return jv_text((struct str){buf_str(&out), out.n});
}

static struct jv do_split(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str s = text_of(j, in), at = text_arg(j, args, 0, "sep", "");
    struct jv list = jv_list_new(arena_of(j));
    if (!at.n) {
        for (size_t i = 0; i < s.n;) {
            while (i < s.n && isspace((unsigned char)s.p[i])) i++;
            size_t start = i;
            while (i < s.n && !isspace((unsigned char)s.p[i])) i++;
            if (i > start) jv_list_add(arena_of(j), list, jv_text((struct str){s.p + start, i - start}));
        }
        return list;
    }
    const struct jv *most = jv_arg(args, 1, "maxsplit");
    for (int64_t left = most && most->kind == JV_INT && most->i >= 0 ? most->i : RANGE_MAX; left > 0; left--) {
        const char *hit = memmem(s.p, s.n, at.p, at.n);
        if (!hit) break;
        jv_list_add(arena_of(j), list, jv_text((struct str){s.p, (size_t)(hit - s.p)}));
        s.n -= (size_t)(hit - s.p) + at.n;
        s.p = hit + at.n;
    }
    jv_list_add(arena_of(j), list, jv_text(s));
    return list;
}

static struct jv items_of(struct jinja *j, struct jv in) {
    struct jv list = jv_list_new(arena_of(j));
    if (in.kind == JV_LIST) return in;
    for (size_t i = 0; in.kind == JV_DICT && i < in.dict->n; i++) jv_list_add(arena_of(j), list, in.dict->keys[i]);
    for (size_t i = 0; in.kind == JV_TEXT && i < in.s.n && i < RANGE_MAX; i++) jv_list_add(arena_of(j), list, jv_text((struct str){in.s.p + i, 1}));
    return list;
}

static struct jv join_items(struct jinja *j, struct jv items, struct str between, const char *attribute) {
    struct buf out = buf_new(arena_of(j));
    struct jv list = items_of(j, items);
    for (size_t i = 0; i < list.list->n && out.n < JINJA_OUTPUT_MAX; i++) {
        if (i) buf_slice(&out, between);
        struct jv item = list.list->at[i];
        if (attribute) {
            struct jv *part = jv_dict_get(item, str_of(attribute));
            item = part ? *part : undefined();
        }
        jv_print(&out, item, false);
    }
    return jv_text((struct str){buf_str(&out), out.n});
}

static struct jv do_join(struct jinja *j, struct jv in, const struct jv_args *args) {
    const struct jv *attribute = jv_arg(args, 1, "attribute");
    return join_items(j, in, text_arg(j, args, 0, "d", ""), attribute ? str_dup(arena_of(j), text_of(j, *attribute)) : NULL);
}

static struct jv do_length(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (in.kind == JV_DICT) return jv_int((int64_t)in.dict->n);
    return jv_int((int64_t)(in.kind == JV_LIST ? in.list->n : in.kind == JV_TEXT ? in.s.n : 0));
}

static struct jv do_default(struct jinja *j, struct jv in, const struct jv_args *args) {
    const struct jv *otherwise = jv_arg(args, 0, "default_value"), *also_false = jv_arg(args, 1, "boolean");
    bool missing = in.kind == JV_UNDEFINED || (also_false && jv_true(*also_false) && !jv_true(in));
    if (!missing) return in;
    return otherwise ? *otherwise : jv_cstr("");
}

static struct jv do_first(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in);
    return list.list->n ? list.list->at[0] : undefined();
}

static struct jv do_last(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in);
    return list.list->n ? list.list->at[list.list->n - 1] : undefined();
}

static struct jv do_list(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in), copy = jv_list_new(arena_of(j));
    for (size_t i = 0; i < list.list->n; i++) jv_list_add(arena_of(j), copy, list.list->at[i]);
    return copy;
}

static struct jv do_string(struct jinja *j, struct jv in, const struct jv_args *args) { return jv_text(text_of(j, in)); }
static struct jv do_same(struct jinja *j, struct jv in, const struct jv_args *args) { return in; }

static struct jv do_int(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (in.kind == JV_FLOAT) return fabs(in.d) < 9e15 ? jv_int((int64_t)in.d) : jv_int(0);
    if (in.kind == JV_INT) return in;
    return jv_int(strtoll(str_dup(arena_of(j), text_of(j, in)), NULL, 10));
}

static struct jv do_float(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv v = {.kind = JV_FLOAT};
    v.d = in.kind == JV_INT ? (double)in.i : in.kind == JV_FLOAT ? in.d : strtod(str_dup(arena_of(j), text_of(j, in)), NULL);
    return v;
}

static struct jv do_number(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (in.kind != JV_TEXT) return in;
    return memchr(in.s.p, '.', in.s.n) ? do_float(j, in, args) : do_int(j, in, args);
}

static struct jv do_bool(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (in.kind != JV_TEXT) return jv_bool(jv_true(in));
    return jv_bool(str_iis(in.s, "true") || str_is(in.s, "1"));
}

static struct jv do_round(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv v = do_float(j, in, args);
    const struct jv *digits = jv_arg(args, 0, "precision");
    double scale = pow(10, digits && digits->kind == JV_INT && digits->i < 15 ? (double)digits->i : 0);
    v.d = round(v.d * scale) / scale;
    return v;
}

static struct jv do_abs(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (in.kind == JV_INT && in.i != INT64_MIN) return jv_int(llabs(in.i));
    if (in.kind == JV_FLOAT) in.d = fabs(in.d);
    return in;
}

static struct jv part_of(struct jv item, struct str path) {
    for (struct str part; str_split(&path, '.', &part);) {
        struct jv dict = item;
        if (item.kind == JV_OBJECT) dict = (struct jv){.kind = JV_DICT, .dict = item.object->fields};
        struct jv *found = jv_dict_get(dict, part);
        if (!found) return undefined();
        item = *found;
    }
    return item;
}

/* The arguments after the first one, for filters that name another filter or test. */
static struct jv_args args_rest(const struct jv_args *args, size_t skip) {
    struct jv_args rest = *args;
    rest.at = args->n > skip ? args->at + skip : NULL;
    rest.n = args->n > skip ? args->n - skip : 0;
    return rest;
}

static struct jv do_map(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in), out = jv_list_new(arena_of(j));
    const struct jv *attribute = args->n ? NULL : jv_arg(args, 0, "attribute"), *otherwise = args->n ? NULL : jv_arg(args, 1, "default");
    struct jv_args rest = args_rest(args, 1);
    for (size_t i = 0; i < list.list->n; i++) {
        struct jv item = list.list->at[i], made = undefined();
        if (item.kind == JV_UNKNOWN) {
            made = jv_unknown(arena_of(j), "map of %.*s", STR_ARG(item.s));
        } else if (attribute) {
            made = part_of(item, text_of(j, *attribute));
            if (made.kind == JV_UNDEFINED && otherwise) made = *otherwise;
        } else if (!args->n || !jv_filter(j, text_of(j, args->at[0]), item, &rest, &made)) {
            made = jv_unknown(arena_of(j), "map");
        }
        jv_list_add(arena_of(j), out, made);
    }
    return out;
}

static struct jv choose(struct jinja *j, struct jv in, const struct jv_args *args, bool by_attribute, bool wanted) {
    struct jv list = items_of(j, in), out = jv_list_new(arena_of(j));
    size_t used = by_attribute ? 1 : 0;
    struct jv_args rest = args_rest(args, used + 1);
    for (size_t i = 0; i < list.list->n; i++) {
        struct jv item = list.list->at[i], verdict = jv_none();
        struct jv asked = by_attribute && args->n ? part_of(item, text_of(j, args->at[0])) : item;
        if (args->n <= used) verdict = jv_bool(jv_true(asked));
        if (args->n > used && !jv_test(j, text_of(j, args->at[used]), asked, &rest, &verdict)) return jv_unknown(arena_of(j), "select");
        if (verdict.kind == JV_UNKNOWN) return verdict;
        if (jv_true(verdict) == wanted) jv_list_add(arena_of(j), out, item);
    }
    return out;
}
static struct jv do_select(struct jinja *j, struct jv in, const struct jv_args *args) { return choose(j, in, args, false, true); }
static struct jv do_reject(struct jinja *j, struct jv in, const struct jv_args *args) { return choose(j, in, args, false, false); }
static struct jv do_selectattr(struct jinja *j, struct jv in, const struct jv_args *args) { return choose(j, in, args, true, true); }
static struct jv do_rejectattr(struct jinja *j, struct jv in, const struct jv_args *args) { return choose(j, in, args, true, false); }

struct sort_item {
    struct jv key, value;
    size_t place;
};

static int sort_order(const void *a, const void *b) {
    const struct sort_item *x = a, *y = b;
    int order = jv_cmp(x->key, y->key);
    return order ? order : x->place < y->place ? -1 : x->place > y->place;
}

static struct jv do_sort(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in), out = jv_list_new(arena_of(j));
    const struct jv *attribute = jv_arg(args, 2, "attribute"), *reverse = jv_arg(args, 0, "reverse");
    struct sort_item *items = arena_array(arena_of(j), list.list->n + 1, sizeof *items);
    for (size_t i = 0; i < list.list->n; i++) {
        struct jv key = attribute ? part_of(list.list->at[i], text_of(j, *attribute)) : list.list->at[i];
        if (key.kind == JV_TEXT) key = mapped(j, key, tolower);
        items[i] = (struct sort_item){key, list.list->at[i], i};
    }
    qsort(items, list.list->n, sizeof *items, sort_order);
    for (size_t i = 0; i < list.list->n; i++) {
        bool down = reverse && jv_true(*reverse);
        jv_list_add(arena_of(j), out, items[down ? list.list->n - 1 - i : i].value);
    }
    return out;
}

static struct jv do_unique(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in), out = jv_list_new(arena_of(j));
    for (size_t i = 0; i < list.list->n && i < 2000; i++) {
        bool seen = false;
        for (size_t k = 0; k < out.list->n && !seen; k++) seen = jv_eq(out.list->at[k], list.list->at[i]);
        if (!seen) jv_list_add(arena_of(j), out, list.list->at[i]);
    }
    return out;
}

static struct jv do_reverse(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in), out = jv_list_new(arena_of(j));
    for (size_t i = list.list->n; i-- > 0;) jv_list_add(arena_of(j), out, list.list->at[i]);
    return in.kind == JV_TEXT ? join_items(j, out, str_of(""), NULL) : out;
}

static struct jv do_sum(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = items_of(j, in);
    double sum = 0;
    bool whole = true;
    for (size_t i = 0; i < list.list->n; i++) {
        struct jv v = list.list->at[i];
        if (v.kind == JV_UNKNOWN) return v;
        whole &= v.kind == JV_INT;
        sum += v.kind == JV_INT ? (double)v.i : v.kind == JV_FLOAT ? v.d : 0;
    }
    struct jv real = {.kind = JV_FLOAT};
    real.d = sum;
    return whole && fabs(sum) < 9e15 ? jv_int((int64_t)sum) : real;
}

static struct jv extreme(struct jinja *j, struct jv in, int sign) {
    struct jv list = items_of(j, in), best = undefined();
    for (size_t i = 0; i < list.list->n; i++) {
        if (list.list->at[i].kind == JV_UNKNOWN) return list.list->at[i];
        if (i == 0 || jv_cmp(list.list->at[i], best) * sign > 0) best = list.list->at[i];
    }
    return best;
}
static struct jv do_max(struct jinja *j, struct jv in, const struct jv_args *args) { return extreme(j, in, 1); }
static struct jv do_min(struct jinja *j, struct jv in, const struct jv_args *args) { return extreme(j, in, -1); }

static struct jv do_indent(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str s = text_of(j, in);
    const struct jv *width = jv_arg(args, 0, "width");
    int64_t n = width && width->kind == JV_INT && width->i >= 0 && width->i < 100 ? width->i : 4;
    struct buf out = buf_new(arena_of(j));
    for (size_t i = 0; i < s.n; i++) {
        buf_char(&out, s.p[i]);
        for (int64_t k = 0; s.p[i] == '\n' && k < n; k++) buf_char(&out, ' ');
    }
    return jv_text((struct str){buf_str(&out), out.n});
}

static struct jv do_tojson(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct buf out = buf_new(arena_of(j));
    if (in.kind == JV_NONE) return jv_cstr("null");
    if (in.kind == JV_BOOL) return jv_cstr(in.b ? "true" : "false");
    jv_print(&out, in, true);
    for (size_t i = 0; i < out.n; i++) {
        if (out.p[i] == '\'') out.p[i] = '"';
    }
    return jv_text((struct str){buf_str(&out), out.n});
}

static struct jv do_items(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = jv_list_new(arena_of(j));
    for (size_t i = 0; in.kind == JV_DICT && i < in.dict->n; i++) {
        struct jv pair = jv_list_new(arena_of(j));
        jv_list_add(arena_of(j), pair, in.dict->keys[i]);
        jv_list_add(arena_of(j), pair, in.dict->values[i]);
        jv_list_add(arena_of(j), list, pair);
    }
    return list;
}

static struct jv do_values(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = jv_list_new(arena_of(j));
    for (size_t i = 0; in.kind == JV_DICT && i < in.dict->n; i++) jv_list_add(arena_of(j), list, in.dict->values[i]);
    return list;
}

static struct jv do_attr(struct jinja *j, struct jv in, const struct jv_args *args) { return part_of(in, text_arg(j, args, 0, "name", "")); }

static const struct named_fn filters[] = {
    {"upper", do_upper},
    {"lower", do_lower},
    {"title", do_title},
    {"capitalize", do_capitalize},
    {"trim", do_strip},
    {"replace", do_replace},
    {"split", do_split},
    {"join", do_join},
    {"length", do_length},
    {"count", do_length},
    {"default", do_default},
    {"d", do_default},
    {"first", do_first},
    {"last", do_last},
    {"list", do_list},
    {"string", do_string},
    {"int", do_int},
    {"float", do_float},
    {"round", do_round},
    {"abs", do_abs},
    {"map", do_map},
    {"select", do_select},
    {"reject", do_reject},
    {"selectattr", do_selectattr},
    {"rejectattr", do_rejectattr},
    {"sort", do_sort},
    {"unique", do_unique},
    {"reverse", do_reverse},
    {"sum", do_sum},
    {"max", do_max},
    {"min", do_min},
    {"indent", do_indent},
    {"tojson", do_tojson},
    {"items", do_items},
    {"dictsort", do_items},
    {"attr", do_attr},
    {"as_text", do_string},
    {"as_bool", do_bool},
    {"as_native", do_same},
    {"as_number", do_number},
    {"safe", do_same},
    {"escape", do_same},
    {"e", do_same},
    {"keys", do_list},
    {NULL, NULL},
};

static const struct named_fn *fn_named(const struct named_fn *all, struct str name) {
    for (; all->name; all++) {
        if (str_is(name, all->name)) return all;
    }
    return NULL;
}

bool jv_filter(struct jinja *j, struct str name, struct jv in, const struct jv_args *args, struct jv *out) {
    const struct named_fn *f = fn_named(filters, name);
    if (!f) return false;
    if (in.kind == JV_UNKNOWN && f->fn != do_same) {
        struct buf label = buf_new(arena_of(j));
        for (size_t i = 0; i < args->n; i++) jv_print(&label, args->at[i], true);
        *out = jv_unknown(arena_of(j), "%.*s|%.*s(%s)", STR_ARG(in.s), STR_ARG(name), buf_str(&label));
        return true;
    }
    *out = f->fn(j, in, args);
    return true;
}

/* Tests. https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-tests */

static bool is_kind(struct jv v, struct str name, bool *holds) {
    static const struct {
        const char *name;
        unsigned kinds;
    } kinds[] = {
        {"none", 1u << JV_NONE},
        {"string", 1u << JV_TEXT},
        {"number", 1u << JV_INT | 1u << JV_FLOAT},
        {"integer", 1u << JV_INT},
        {"float", 1u << JV_FLOAT},
        {"boolean", 1u << JV_BOOL},
        {"mapping", 1u << JV_DICT},
        {"sequence", 1u << JV_LIST | 1u << JV_TEXT | 1u << JV_DICT},
        {"iterable", 1u << JV_LIST | 1u << JV_TEXT | 1u << JV_DICT},
        {"callable", 1u << JV_MACRO | 1u << JV_NATIVE},
        {"undefined", 1u << JV_UNDEFINED},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_is(name, kinds[i].name)) continue;
        *holds = kinds[i].kinds >> v.kind & 1u;
        return true;
    }
    return false;
}

static bool is_compared(struct jv in, struct str name, struct jv other, bool *holds) {
    static const struct {
        const char *name;
        int low, high; /* of the order */
        bool negated;
    } tests[] = {
        {"eq", 0, 0, false}, {"equalto", 0, 0, false},     {"==", 0, 0, false},   {"sameas", 0, 0, false},
        {"ne", 0, 0, true},  {"!=", 0, 0, true},           {"lt", -1, -1, false}, {"lessthan", -1, -1, false},
        {"gt", 1, 1, false}, {"greaterthan", 1, 1, false}, {"le", -1, 0, false},  {"ge", 0, 1, false},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (!str_is(name, tests[i].name)) continue;
        int order = jv_eq(in, other) ? 0 : jv_cmp(in, other);
        order = jv_eq(in, other) ? 0 : order < 0 ? -1 : 1;
        *holds = (order >= tests[i].low && order <= tests[i].high) != tests[i].negated;
        return true;
    }
    return false;
}

static bool is_one_of(struct jinja *j, struct jv all, struct jv one) {
    struct jv list = items_of(j, all);
    if (all.kind == JV_TEXT && one.kind == JV_TEXT) return one.s.n == 0 || memmem(all.s.p, all.s.n, one.s.p, one.s.n) != NULL;
    for (size_t i = 0; i < list.list->n; i++) {
        if (jv_eq(list.list->at[i], one)) return true;
    }
    return false;
}

bool jv_test(struct jinja *j, struct str name, struct jv in, const struct jv_args *args, struct jv *out) {
    bool holds = false;
    struct jv other = args->n ? args->at[0] : undefined();
    if (str_is(name, "defined")) {
        *out = jv_bool(in.kind != JV_UNDEFINED);
        return true;
    }
    if (in.kind == JV_UNKNOWN || other.kind == JV_UNKNOWN) {
        if (str_is(name, "undefined")) {
            *out = jv_bool(false);
            return true;
        }
        *out = jv_unknown(arena_of(j), "%.*s is %.*s", STR_ARG(in.kind == JV_UNKNOWN ? in.s : other.s), STR_ARG(name));
        return true;
    }
    if (str_is(name, "true") || str_is(name, "false")) {
        holds = in.kind == JV_BOOL && in.b == str_is(name, "true");
    } else if (str_is(name, "in")) {
        holds = is_one_of(j, other, in);
    } else if (str_is(name, "odd") || str_is(name, "even")) {
        holds = in.kind == JV_INT && (in.i % 2 != 0) == str_is(name, "odd");
    } else if (str_is(name, "divisibleby")) {
        holds = in.kind == JV_INT && other.kind == JV_INT && other.i != 0 && other.i != -1 && in.i % other.i == 0;
    } else if (!is_kind(in, name, &holds) && !is_compared(in, name, other, &holds)) {
        return false;
    }
    *out = jv_bool(holds);
    return true;
}

/* Methods of texts, lists and dictionaries. https://docs.python.org/3/library/stdtypes.html */

static struct jv do_starts(struct jinja *j, struct jv in, const struct jv_args *args) {
    return jv_bool(str_starts(in.s, str_dup(arena_of(j), text_arg(j, args, 0, NULL, ""))));
}
static struct jv do_ends(struct jinja *j, struct jv in, const struct jv_args *args) {
    return jv_bool(str_ends(in.s, str_dup(arena_of(j), text_arg(j, args, 0, NULL, ""))));
}

static struct jv do_find(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str part = text_arg(j, args, 0, NULL, "");
    const char *hit = part.n ? memmem(in.s.p, in.s.n, part.p, part.n) : in.s.p;
    return jv_int(hit ? hit - in.s.p : -1);
}

static struct jv do_join_method(struct jinja *j, struct jv in, const struct jv_args *args) {
    return args->n ? join_items(j, args->at[0], in.s, NULL) : in;
}

static struct jv do_format(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct buf out = buf_new(arena_of(j));
    size_t next = 0;
    for (size_t i = 0; i < in.s.n; i++) {
        char c = in.s.p[i];
        bool twice = (c == '{' || c == '}') && i + 1 < in.s.n && in.s.p[i + 1] == c;
        const char *end = c == '{' && !twice ? memchr(in.s.p + i, '}', in.s.n - i) : NULL;
        if (!end) {
            buf_char(&out, c);
            i += twice;
            continue;
        }
        struct str name = {in.s.p + i + 1, (size_t)(end - in.s.p) - i - 1};
        bool number = name.n && isdigit((unsigned char)name.p[0]);
        const struct jv *v = name.n && !number ? jv_arg(args, args->n, str_dup(arena_of(j), name))
                                               : jv_arg(args, number ? (size_t)strtoul(name.p, NULL, 10) : next++, NULL);
        if (v) jv_print(&out, *v, false);
        i = (size_t)(end - in.s.p);
    }
    return jv_text((struct str){buf_str(&out), out.n});
}

static struct jv do_isdigit(struct jinja *j, struct jv in, const struct jv_args *args) {
    for (size_t i = 0; i < in.s.n; i++) {
        if (!isdigit((unsigned char)in.s.p[i])) return jv_bool(false);
    }
    return jv_bool(in.s.n > 0);
}

static bool all_chars(struct str s, int (*is)(int)) {
    for (size_t i = 0; i < s.n; i++) {
        if (!is((unsigned char)s.p[i])) return false;
    }
    return s.n > 0;
}
static struct jv do_isalpha(struct jinja *j, struct jv in, const struct jv_args *args) { return jv_bool(all_chars(in.s, isalpha)); }
static struct jv do_isalnum(struct jinja *j, struct jv in, const struct jv_args *args) { return jv_bool(all_chars(in.s, isalnum)); }
static struct jv do_isspace(struct jinja *j, struct jv in, const struct jv_args *args) { return jv_bool(all_chars(in.s, isspace)); }

static struct jv do_text_count(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str part = text_arg(j, args, 0, NULL, "");
    int64_t n = 0;
    for (const char *at = in.s.p, *end = in.s.p + in.s.n; part.n && (at = memmem(at, (size_t)(end - at), part.p, part.n)); at += part.n) n++;
    return jv_int(n);
}

static struct jv do_zfill(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct buf b = buf_new(arena_of(j));
    int64_t width = args->n && args->at[0].kind == JV_INT ? args->at[0].i : 0;
    for (int64_t i = (int64_t)in.s.n; i < width && i < 1000; i++) buf_char(&b, '0');
    buf_slice(&b, in.s);
    return jv_text((struct str){buf_str(&b), b.n});
}

static struct jv do_splitlines(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv list = jv_list_new(arena_of(j));
    struct str line;
    for (struct str rest = in.s; str_split(&rest, '\n', &line);) jv_list_add(arena_of(j), list, jv_text(line));
    return list;
}

static struct jv do_removeprefix(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str part = text_arg(j, args, 0, NULL, "");
    bool has = in.s.n >= part.n && memcmp(in.s.p, part.p, part.n) == 0;
    return has ? jv_text((struct str){in.s.p + part.n, in.s.n - part.n}) : in;
}
static struct jv do_removesuffix(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct str part = text_arg(j, args, 0, NULL, "");
    bool has = in.s.n >= part.n && memcmp(in.s.p + in.s.n - part.n, part.p, part.n) == 0;
    return has ? jv_text((struct str){in.s.p, in.s.n - part.n}) : in;
}

static const struct named_fn text_methods[] = {
    {"upper", do_upper},
    {"lower", do_lower},
    {"title", do_title},
    {"capitalize", do_capitalize},
    {"strip", do_strip},
    {"lstrip", do_lstrip},
    {"rstrip", do_rstrip},
    {"replace", do_replace},
    {"split", do_split},
    {"startswith", do_starts},
    {"endswith", do_ends},
    {"find", do_find},
    {"index", do_find},
    {"join", do_join_method},
    {"format", do_format},
    {"isdigit", do_isdigit},
    {"isnumeric", do_isdigit},
    {"isdecimal", do_isdigit},
    {"isalpha", do_isalpha},
    {"isalnum", do_isalnum},
    {"isspace", do_isspace},
    {"count", do_text_count},
    {"zfill", do_zfill},
    {"splitlines", do_splitlines},
    {"removeprefix", do_removeprefix},
    {"removesuffix", do_removesuffix},
    {"casefold", do_lower},
    {NULL, NULL},
};

static struct jv do_append(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (args->n && in.list->n < RANGE_MAX) jv_list_add(arena_of(j), in, args->at[0]);
    return jv_none();
}

static struct jv do_extend(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv more = args->n ? items_of(j, args->at[0]) : jv_list_new(arena_of(j));
    size_t n = more.list->n;
    for (size_t i = 0; i < n && in.list->n < RANGE_MAX; i++) jv_list_add(arena_of(j), in, more.list->at[i]);
    return jv_none();
}

static struct jv do_insert(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (args->n < 2 || args->at[0].kind != JV_INT) return jv_none();
    jv_list_add(arena_of(j), in, args->at[1]);
    size_t at = args->at[0].i < 0 ? 0 : (size_t)args->at[0].i;
    for (size_t i = in.list->n - 1; i > at; i--) {
        struct jv swap = in.list->at[i];
        in.list->at[i] = in.list->at[i - 1];
        in.list->at[i - 1] = swap;
    }
    return jv_none();
}

static struct jv do_pop(struct jinja *j, struct jv in, const struct jv_args *args) {
    if (!in.list->n) return undefined();
    int64_t n = (int64_t)in.list->n, i = args->n && args->at[0].kind == JV_INT ? args->at[0].i : n - 1;
    if (i < 0) i += n;
    if (i < 0 || i >= n) return undefined();
    struct jv out = in.list->at[i];
    memmove(in.list->at + i, in.list->at + i + 1, (size_t)(n - i - 1) * sizeof *in.list->at);
    in.list->n--;
    return out;
}

static struct jv do_remove(struct jinja *j, struct jv in, const struct jv_args *args) {
    for (size_t i = 0; args->n && i < in.list->n; i++) {
        if (!jv_eq(in.list->at[i], args->at[0])) continue;
        memmove(in.list->at + i, in.list->at + i + 1, (in.list->n - i - 1) * sizeof *in.list->at);
        in.list->n--;
        break;
    }
    return jv_none();
}

static struct jv do_index(struct jinja *j, struct jv in, const struct jv_args *args) {
    for (size_t i = 0; args->n && i < in.list->n; i++) {
        if (jv_eq(in.list->at[i], args->at[0])) return jv_int((int64_t)i);
    }
    return jv_int(-1);
}

static struct jv do_count(struct jinja *j, struct jv in, const struct jv_args *args) {
    int64_t n = 0;
    for (size_t i = 0; args->n && i < in.list->n; i++) n += jv_eq(in.list->at[i], args->at[0]);
    return jv_int(n);
}

static struct jv do_list_sort(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv sorted = do_sort(j, in, args);
    if (sorted.kind == JV_LIST && sorted.list != in.list && sorted.list->n == in.list->n && in.list->n)
        memcpy(in.list->at, sorted.list->at, in.list->n * sizeof *in.list->at);
    return jv_none();
}

static struct jv do_list_clear(struct jinja *j, struct jv in, const struct jv_args *args) {
    in.list->n = 0;
    return jv_none();
}

/* Sets are lists without repeats. */
static struct jv set_of(struct jinja *j, struct jv a, struct jv b, bool in_a_only, bool both) {
    struct jv out = jv_list_new(arena_of(j));
    for (size_t i = 0; i < a.list->n; i++) {
        bool in_b = is_one_of(j, b, a.list->at[i]);
        if ((in_a_only ? !in_b : !both || in_b) && !is_one_of(j, out, a.list->at[i])) jv_list_add(arena_of(j), out, a.list->at[i]);
    }
    return out;
}
static struct jv do_difference(struct jinja *j, struct jv in, const struct jv_args *args) {
    return args->n ? set_of(j, in, items_of(j, args->at[0]), true, false) : in;
}
static struct jv do_intersection(struct jinja *j, struct jv in, const struct jv_args *args) {
    return args->n ? set_of(j, in, items_of(j, args->at[0]), false, true) : in;
}
static struct jv do_union(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv all = set_of(j, in, jv_list_new(arena_of(j)), false, false);
    do_extend(j, all, args);
    return set_of(j, all, all, false, false);
}

static const struct named_fn list_methods[] = {
    {"append", do_append},
    {"extend", do_extend},
    {"insert", do_insert},
    {"pop", do_pop},
    {"remove", do_remove},
    {"index", do_index},
    {"count", do_count},
    {"copy", do_list},
    {"sort", do_list_sort},
    {"clear", do_list_clear},
    {"add", do_append},
    {"difference", do_difference},
    {"intersection", do_intersection},
    {"union", do_union},
    {NULL, NULL},
};

static struct jv do_get(struct jinja *j, struct jv in, const struct jv_args *args) {
    for (size_t i = 0; args->n && i < in.dict->n; i++) {
        if (jv_eq(in.dict->keys[i], args->at[0])) return in.dict->values[i];
    }
    return args->n > 1 ? args->at[1] : jv_none();
}

static struct jv do_update(struct jinja *j, struct jv in, const struct jv_args *args) {
    for (size_t i = 0; args->n && args->at[0].kind == JV_DICT && i < args->at[0].dict->n && in.dict != args->at[0].dict; i++) {
        jv_dict_put(arena_of(j), in, args->at[0].dict->keys[i], args->at[0].dict->values[i]);
    }
    for (size_t i = 0; i < args->named; i++) jv_dict_put(arena_of(j), in, jv_text(args->names[i]), args->values[i]);
    return jv_none();
}

static struct jv do_dict_pop(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv out = do_get(j, in, args);
    for (size_t i = 0; args->n && i < in.dict->n; i++) {
        if (!jv_eq(in.dict->keys[i], args->at[0])) continue;
        memmove(in.dict->keys + i, in.dict->keys + i + 1, (in.dict->n - i - 1) * sizeof *in.dict->keys);
        memmove(in.dict->values + i, in.dict->values + i + 1, (in.dict->n - i - 1) * sizeof *in.dict->values);
        in.dict->n--;
        break;
    }
    return out;
}

static struct jv do_setdefault(struct jinja *j, struct jv in, const struct jv_args *args) {
    for (size_t i = 0; args->n && i < in.dict->n; i++) {
        if (jv_eq(in.dict->keys[i], args->at[0])) return in.dict->values[i];
    }
    struct jv value = args->n > 1 ? args->at[1] : jv_none();
    if (args->n) jv_dict_put(arena_of(j), in, args->at[0], value);
    return value;
}

static struct jv do_dict_copy(struct jinja *j, struct jv in, const struct jv_args *args) {
    struct jv out = jv_dict_new(arena_of(j));
    for (size_t i = 0; i < in.dict->n; i++) jv_dict_put(arena_of(j), out, in.dict->keys[i], in.dict->values[i]);
    return out;
}

static const struct named_fn dict_methods[] = {
    {"get", do_get},       {"items", do_items},  {"iteritems", do_items},       {"keys", do_list},      {"values", do_values},
    {"update", do_update}, {"pop", do_dict_pop}, {"setdefault", do_setdefault}, {"copy", do_dict_copy}, {NULL, NULL},
};

bool jv_method(struct jinja *j, struct str name, struct jv in, const struct jv_args *args, struct jv *out) {
    if (in.kind == JV_TEXT && in.s.n && (memmem(in.s.p, in.s.n, "jinja_", 6) != NULL) && (str_is(name, "split") || str_is(name, "replace"))) {
        /* Cutting a text that holds a placeholder would cut the placeholder. */
        *out = jv_unknown(arena_of(j), "%.*s.%.*s", STR_ARG(in.s), STR_ARG(name));
        return true;
    }
    const struct named_fn *all = in.kind == JV_TEXT ? text_methods : in.kind == JV_LIST ? list_methods : in.kind == JV_DICT ? dict_methods : NULL;
    const struct named_fn *f = all ? fn_named(all, name) : NULL;
    if (!f) return false;
    *out = f->fn(j, in, args);
    return true;
}
