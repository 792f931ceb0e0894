/* py_names.c - literal values of a Python file, with names put in; nothing is evaluated. */
#include "airflow.h"

#include "map.h"

#include <stdlib.h>

#define DEPTH_MAX 30

/* One assignment. Its value counts where it stands in the same function, and in no branch or loop that the use is not part of. */
struct py_assigned {
    const struct py_node *value;
    uint32_t at;
    const struct py_node *function, *block; /* the innermost ones around it; NULL: none */
    struct py_assigned *before;             /* the assignment before it, to the same name */
};

struct finding_names {
    struct py_names *names;
    const struct py_node *function, *block;
};

static void assignments_find(struct finding_names f, const struct py_node *node, int depth) {
    if (!node || depth > PY_DEPTH_MAX) return;
    if (node->kind == PY_ASSIGN && node->count == 2 && node->kids[0] && node->kids[0]->kind == PY_NAME) {
        void **slot = map_slot(f.names->values, node->kids[0]->text);
        struct py_assigned *one = arena_new(f.names->arena, struct py_assigned);
        *one = (struct py_assigned){node->kids[1], node->range.start, f.function, f.block, *slot};
        *slot = one;
    }
    if (node->kind == PY_FUNCTION) f.function = node, f.block = NULL;
    if (node->kind == PY_IF || node->kind == PY_FOR || node->kind == PY_WHILE || node->kind == PY_TRY) f.block = node;
    for (size_t i = 0; i < node->count; i++) assignments_find(f, node->kids[i], depth + 1);
}

struct py_names py_names_of(struct arena *arena, const struct py_node *module) {
    struct py_names names = {.arena = arena, .values = map_new(arena)};
    assignments_find((struct finding_names){.names = &names}, module, 0);
    return names;
}

static bool holds(const struct py_node *outer, const struct py_node *inner) {
    return !outer || (outer->range.start <= inner->range.start && inner->range.end <= outer->range.end);
}

/* What the name holds where `use` stands: the last assignment before it in its function, or in the module; NULL: not known. */
static const struct py_node *assigned_value(const struct py_names *names, const struct py_node *use) {
    const struct py_node *bound = names->bound ? map_get(names->bound, use->text) : NULL;
    const struct py_assigned *last = NULL, *module = NULL;
    if (bound) return bound;
    for (const struct py_assigned *a = map_get(names->values, use->text); a; a = a->before) {
        if (a->function && !holds(a->function, use)) continue;
        if (!a->function) module = module ? module : a;
        if (a->at < use->range.start && (!last || (a->function && !last->function))) last = a;
    }
    if (!last) last = module; /* a function that is called after it */
    return last && holds(last->block, use) ? last->value : NULL;
}

/* {"a": x}["a"] */
static const struct py_node *item_value(const struct py_names *names, const struct py_node *node) {
    const struct py_node *of = node->count == 2 ? py_names_value(names, node->kids[0]) : NULL,
                         *key = of ? py_names_value(names, node->kids[1]) : NULL;
    for (size_t i = 0; of && of->kind == PY_DICT && key->kind == PY_STRING && i + 1 < of->count; i += 2) {
        if (of->kids[i] && of->kids[i]->kind == PY_STRING && str_eq(of->kids[i]->text, key->text)) return of->kids[i + 1];
    }
    return NULL;
}

const struct py_node *py_names_value(const struct py_names *names, const struct py_node *node) {
    for (int i = 0; node && (node->kind == PY_NAME || node->kind == PY_SUBSCRIPT) && i < DEPTH_MAX; i++) {
        const struct py_node *value = node->kind == PY_NAME ? assigned_value(names, node) : item_value(names, node);
        if (!value || value == node) return node;
        node = value;
    }
    return node;
}

static bool text_add(const struct py_names *names, const struct py_node *node, struct buf *b, int depth) {
    const struct py_node *v = py_names_value(names, node);
    if (!v || depth > DEPTH_MAX) return false;
    switch (v->kind) {
    case PY_STRING:
        buf_slice(b, v->text);
        return true;
    case PY_NUMBER:
        buf_slice(b, v->text);
        return depth > 0;
    case PY_FSTRING:
        for (size_t i = 0; i < v->count; i++) {
            if (!text_add(names, v->kids[i], b, depth + 1)) buf_text(b, "${unknown}");
        }
        return true;
    case PY_BINARY:
        if (!str_is(v->text, "+") || v->count != 2) return false;
        for (size_t i = 0; i < 2; i++) {
            if (!text_add(names, v->kids[i], b, depth + 1)) buf_text(b, "${unknown}");
        }
        return true;
    default:
        return false;
    }
}

const char *py_names_text(const struct py_names *names, const struct py_node *node) {
    struct buf b = buf_new(names->arena);
    return text_add(names, node, &b, 0) ? buf_str(&b) : NULL;
}

static json_t *json_of(const struct py_names *names, const struct py_node *node, int depth) {
    const struct py_node *v = py_names_value(names, node);
    if (!v || depth > DEPTH_MAX) return NULL;
    if (v->kind == PY_DICT) {
        json_t *map = json_object();
        json_object_set_new(map, JOB_LINE, json_integer(v->range.line));
        for (size_t i = 0; i + 1 < v->count; i += 2) {
            const char *key = v->kids[i] ? py_names_text(names, v->kids[i]) : NULL;
            json_t *value = key ? json_of(names, v->kids[i + 1], depth + 1) : NULL;
            if (value) json_object_set_new(map, key, value);
        }
        return map;
    }
    if (v->kind == PY_LIST || v->kind == PY_TUPLE) {
        json_t *list = json_array();
        for (size_t i = 0; i < v->count; i++) {
            json_t *item = json_of(names, v->kids[i], depth + 1);
            if (item) json_array_append_new(list, item);
        }
        return list;
    }
    if (py_is_constant(v, "True") || py_is_constant(v, "False")) return json_boolean(py_is_constant(v, "True"));
    if (v->kind == PY_NUMBER) {
        char *end;
        const char *text = str_dup(names->arena, v->text);
        double d = strtod(text, &end);
        bool whole = d > -9e15 && d < 9e15 && d == (double)(int64_t)d;
        return *end ? NULL : whole ? json_integer((json_int_t)d) : json_real(d);
    }
    const char *text = py_names_text(names, v);
    return text ? json_string(text) : NULL;
}

json_t *py_names_json(const struct py_names *names, const struct py_node *node) {
    json_t *made = json_of(names, node, 0);
    return made ? jsx_own(names->arena, made) : NULL;
}

static double number_of(const struct py_names *names, const struct py_node *node) {
    const struct py_node *v = py_names_value(names, node);
    if (!v || v->kind != PY_NUMBER) return -1;
    return strtod(str_dup(names->arena, v->text), NULL);
}

double py_names_seconds(const struct py_names *names, const struct py_node *node) {
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"days", 86400}, {"seconds", 1},  {"microseconds", 1e-6}, {"milliseconds", 1e-3},
                 {"minutes", 60}, {"hours", 3600}, {"weeks", 604800}};
    const struct py_node *v = py_names_value(names, node);
    if (!v) return -1;
    if (v->kind == PY_NUMBER) return number_of(names, v);
    const char *called = v->kind == PY_CALL && v->count ? py_dotted(names->arena, v->kids[0]) : NULL;
    if (!called || !(text_ends(called, "timedelta") || text_ends(called, "duration"))) return -1;
    double sum = 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const struct py_node *kw = py_kwarg(v, units[i].unit), *arg = kw ? kw : i < 2 ? py_arg(v, i) : NULL;
        double n = arg ? number_of(names, arg->kind == PY_KWARG ? arg->kids[0] : arg) : 0;
        if (n < 0) return -1;
        sum += n * units[i].seconds;
    }
    return sum;
}
