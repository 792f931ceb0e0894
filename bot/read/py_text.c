/* py_text.c - texts that know the file line of each of their lines, through joining, formatting and f-strings. */
#include "pyspark.h"

#include <ctype.h>
#include <stdlib.h>

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }

struct pv py_text_lines(struct py_run *r, struct str s, const int *lines, size_t count) {
    struct pv v = {.kind = PV_TEXT, .text = arena_new(r->arena, struct pv_text)};
    *v.text = (struct pv_text){s, lines, count};
    return v;
}

/* Texts. */

struct pv py_text_join(struct py_run *r, struct pv a, struct pv b) {
    struct pv_text *x = a.text, *y = b.text;
    if (x->s.n + y->s.n > ((size_t)4 << 20)) return pv_unknown(r, NULL);
    char *p = arena_alloc(r->arena, x->s.n + y->s.n + 1);
    if (x->s.n) memcpy(p, x->s.p, x->s.n);
    if (y->s.n) memcpy(p + x->s.n, y->s.p, y->s.n);
    size_t count = x->line_count + y->line_count - 1;
    int *lines = arena_array(r->arena, count + 1, sizeof *lines);
    memcpy(lines, x->lines, x->line_count * sizeof *lines);
    /* A line that both share is the second's when the first has nothing on it. */
    bool blank = x->s.n == 0 || x->s.p[x->s.n - 1] == '\n';
    if (blank) lines[x->line_count - 1] = y->lines[0];
    if (y->line_count > 1) memcpy(lines + x->line_count, y->lines + 1, (y->line_count - 1) * sizeof *lines);
    return py_text_lines(r, (struct str){p, x->s.n + y->s.n}, lines, count);
}

struct pv py_text_piece(struct py_run *r, const struct py_node *node) {
    size_t count = 1;
    for (size_t i = 0; i < node->text.n; i++) count += node->text.p[i] == '\n';
    bool faithful = node->range.end_line - node->range.line == (int)count - 1;
    int *lines = arena_array(r->arena, count, sizeof *lines);
    for (size_t i = 0; i < count; i++) lines[i] = py_line_at(r, node->range.line + (faithful ? (int)i : 0));
    return py_text_lines(r, node->text, lines, count);
}

/* What a value looks like inside a text; what is not known becomes ${name}, which SQL is read with. */
struct pv py_text_of(struct py_run *r, struct pv v, const struct py_node *node) {
    int line = py_line(r, node);
    switch (v.kind) {
    case PV_TEXT:
        return v;
    case PV_NUMBER:
        return pv_text_new(r, v.s, line);
    case PV_BOOL:
        return pv_text_new(r, v.b ? STR("True") : STR("False"), line);
    case PV_NONE:
        return pv_text_new(r, STR("None"), line);
    case PV_FRAME: {
        if (v.frame->guessed) break;
        /* spark.sql("SELECT .. FROM {df}", df=df) */
        const char *view = arena_printf(r->arena, "frame_%u", v.frame->id);
        frame_view(r, v.frame, str_of(view), (struct range){0, 0, line, 1, line, 1});
        return pv_text_new(r, str_of(view), line);
    }
    default:
        break;
    }
    const char *dotted = py_dotted(r->arena, node);
    struct buf name = buf_new(r->arena);
    struct str source = dotted ? str_of(dotted) : v.kind == PV_UNKNOWN && v.s.n ? v.s : STR("value");
    for (size_t i = 0; i < source.n && i < 60; i++) buf_char(&name, isalnum((unsigned char)source.p[i]) ? source.p[i] : '_');
    bool parameter = (v.kind == PV_UNKNOWN && v.parameter) || (dotted && text_starts(dotted, "args."));
    if (!parameter) placeholder_computed(r, buf_str(&name));
    return pv_text_new(r, str_of(arena_printf(r->arena, "${%s}", buf_str(&name))), line);
}

void placeholder_computed(struct py_run *r, const char *name) { map_put(r->session->computed, str_of(arena_strdup(r->arena, name)), r); }

struct pv py_text_fstring(struct py_run *r, const struct py_node *node) {
    struct pv all = pv_text_new(r, STR(""), py_line(r, node));
    for (size_t i = 0; i < node->count && all.kind == PV_TEXT; i++) {
        const struct py_node *kid = node->kids[i];
        struct pv piece = kid->kind == PY_STRING ? py_text_piece(r, kid) : py_text_of(r, py_eval(r, kid), kid);
        all = py_text_join(r, all, piece);
    }
    return all;
}

/* "{} {name} {0}".format(...) */
struct pv py_text_format(struct py_run *r, struct pv text, const struct py_node *call) {
    struct str s = text.text->s;
    struct pv all = pv_text_new(r, STR(""), text.text->lines[0]);
    size_t start = 0, line = 0, next = 0;
    for (size_t i = 0; i <= s.n && all.kind == PV_TEXT; i++) {
        bool end = i == s.n, twice = !end && i + 1 < s.n && (s.p[i] == '{' || s.p[i] == '}') && s.p[i + 1] == s.p[i];
        const char *close = !end && !twice && s.p[i] == '{' ? memchr(s.p + i, '}', s.n - i) : NULL;
        if (!end && !twice && !close) continue;
        struct str before = {s.p + start, i - start + (twice ? 1 : 0)};
        size_t count = 1;
        for (size_t k = 0; k < before.n; k++) count += before.p[k] == '\n';
        all = py_text_join(r, all, py_text_lines(r, before, text.text->lines + line, count));
        line += count - 1;
        if (end) break;
        if (twice) {
            start = ++i + 1;
            continue;
        }
        struct str name = {s.p + i + 1, (size_t)(close - s.p) - i - 1};
        bool number = true; /* "{0!r}" and "{0:>5}" are none: what they come to is not known */
        for (size_t k = 0; k < name.n; k++) number &= isdigit((unsigned char)name.p[k]) != 0;
        const struct py_node *argument =
            number ? py_arg(call, name.n ? (size_t)strtoul(name.p, NULL, 10) : next++) : py_kwarg(call, str_dup(r->arena, name));
        struct pv piece = argument ? py_text_of(r, py_eval(r, argument), argument)
                                   : pv_text_new(r, str_of(arena_printf(r->arena, "${%.*s}", STR_ARG(name))), text.text->lines[line]);
        if (!argument) placeholder_computed(r, str_dup(r->arena, name));
        if (all.kind == PV_TEXT) all = py_text_join(r, all, piece);
        i = (size_t)(close - s.p);
        start = i + 1;
    }
    return all;
}

/* "%s" % x */
struct pv py_text_percent(struct py_run *r, struct pv text, struct pv b, const struct py_node *node) {
    struct str s = text.text->s;
    struct pv all = pv_text_new(r, STR(""), text.text->lines[0]);
    size_t start = 0, line = 0, next = 0;
    for (size_t i = 0; i <= s.n && all.kind == PV_TEXT; i++) {
        bool mark = i + 1 < s.n && s.p[i] == '%' && strchr("sdif", s.p[i + 1]);
        if (i < s.n && !mark) continue;
        struct str before = {s.p + start, i - start};
        size_t count = 1;
        for (size_t k = 0; k < before.n; k++) count += before.p[k] == '\n';
        all = py_text_join(r, all, py_text_lines(r, before, text.text->lines + line, count));
        line += count - 1;
        if (!mark) break;
        struct pv v = b.kind == PV_LIST ? (next < b.list->n ? b.list->at[next] : none()) : b;
        next++;
        if (all.kind == PV_TEXT) all = py_text_join(r, all, py_text_of(r, v, node->kids[1]));
        start = i + 2;
        i++;
    }
    return all;
}

struct pv py_text_call(struct py_run *r, struct pv text, struct str method, const struct py_node *call) {
    struct str s = text.text->s;
    if (str_is(method, "strip") && py_arg_count(call) == 0) return pv_text_new(r, str_trim(s), text.text->lines[0]);
    if (str_is(method, "lower") || str_is(method, "upper")) {
        char *copy = str_dup(r->arena, s);
        for (size_t i = 0; i < s.n; i++) copy[i] = (char)(method.p[0] == 'l' ? tolower((unsigned char)copy[i]) : toupper((unsigned char)copy[i]));
        return py_text_lines(r, (struct str){copy, s.n}, text.text->lines, text.text->line_count);
    }
    if (str_is(method, "replace")) {
        struct pv from = py_arg_value(r, call, 0, NULL), to = py_arg_value(r, call, 1, NULL);
        if (!pv_is_text(from) || !pv_is_text(to) || !pv_str(from).n) return pv_unknown(r, NULL);
        struct buf out = buf_new(r->arena);
        struct str rest = s;
        for (const char *hit; (hit = memmem(rest.p, rest.n, pv_str(from).p, pv_str(from).n));) {
            buf_add(&out, rest.p, (size_t)(hit - rest.p));
            buf_slice(&out, pv_str(to));
            rest.n -= (size_t)(hit - rest.p) + pv_str(from).n;
            rest.p = hit + pv_str(from).n;
        }
        buf_slice(&out, rest);
        return pv_text_new(r, (struct str){buf_str(&out), out.n}, text.text->lines[0]);
    }
    if (str_is(method, "join")) {
        struct pv list = py_arg_value(r, call, 0, NULL);
        struct pv all = pv_text_new(r, STR(""), text.text->lines[0]);
        if (list.kind != PV_LIST) return pv_unknown(r, NULL);
        for (size_t i = 0; i < list.list->n && all.kind == PV_TEXT; i++) {
            if (i) all = py_text_join(r, all, text);
            if (all.kind == PV_TEXT) all = py_text_join(r, all, py_text_of(r, list.list->at[i], NULL));
        }
        return all;
    }
    if (str_is(method, "split")) {
        struct pv at = py_arg_value(r, call, 0, NULL);
        struct pv list = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
        struct str part, rest = s;
        if (!pv_is_text(at) || pv_str(at).n != 1) return pv_unknown(r, NULL);
        while (str_split(&rest, pv_str(at).p[0], &part)) pv_add(r->arena, list.list, pv_text_new(r, part, text.text->lines[0]));
        return list;
    }
    return pv_unknown(r, NULL);
}
