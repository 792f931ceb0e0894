/* py_builtin.c - what Python has built in, and calls whose arguments stand in a list or dictionary. */
#include "pyspark.h"

#include <stdlib.h>

static struct pv list_new(struct py_run *r) { return (struct pv){.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)}; }

/* Always a new list: what is changed in it is not changed where it came from. */
static struct pv list_of(struct py_run *r, struct pv v) {
    struct pv list = list_new(r);
    const struct pv_items *from = v.kind == PV_DICT ? &v.dict->keys : v.kind == PV_LIST ? v.list : NULL;
    if (!from && !pv_absent(v)) return pv_unknown(r, NULL);
    for (size_t i = 0; from && i < from->n; i++) pv_add(r->arena, list.list, from->at[i]);
    return list;
}

static struct pv sorted_list(struct py_run *r, const struct py_node *call) {
    struct pv list = list_of(r, py_arg_value(r, call, 0, NULL));
    struct py_node plain = *call;
    if (list.kind != PV_LIST) return list;
    plain.count = call->count > 1 && !py_kwarg(call, "key") && !py_kwarg(call, "reverse") ? 1 : call->count;
    py_list_call(r, list, STR("sort"), &plain);
    return list;
}

static struct pv range_list(struct py_run *r, const struct py_node *call) {
    struct pv a = py_arg_value(r, call, 0, NULL), b = py_arg_value(r, call, 1, NULL), c = py_arg_value(r, call, 2, NULL), list = list_new(r);
    bool two = !pv_absent(b);
    if (a.kind != PV_NUMBER || (two && b.kind != PV_NUMBER) || (!pv_absent(c) && c.kind != PV_NUMBER)) return pv_unknown(r, NULL);
    long from = two ? strtol(a.s.p, NULL, 10) : 0, to = strtol(two ? b.s.p : a.s.p, NULL, 10),
         step = c.kind == PV_NUMBER ? strtol(c.s.p, NULL, 10) : 1;
    if (step == 0) return pv_unknown(r, NULL);
    for (long i = from; (step > 0 ? i < to : i > to) && list.list->n <= PY_LOOP_MAX; i += step)
        pv_add(r->arena, list.list, (struct pv){.kind = PV_NUMBER, .s = str_of(arena_printf(r->arena, "%ld", i))});
    return list;
}

static struct pv dict_new(struct py_run *r, const struct py_node *call) {
    struct pv d = {.kind = PV_DICT, .dict = arena_new(r->arena, struct pv_dict)}, a = py_arg_value(r, call, 0, NULL);
    int unsure = r->unsure;
    if (!pv_absent(a) && a.kind != PV_DICT) return pv_unknown(r, NULL);
    r->unsure = 0; /* it is new, wherever it is made */
    for (size_t i = 0; a.kind == PV_DICT && i < a.dict->keys.n; i++) pv_dict_put(r, d.dict, a.dict->keys.at[i], a.dict->values.at[i]);
    for (size_t i = 1; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind == PY_SPLAT) py_spoil(r, d);
        if (kid->kind != PY_KWARG || !kid->count) continue;
        pv_dict_put(r, d.dict, pv_text_new(r, kid->text, py_line(r, call)), py_eval(r, kid->kids[0]));
    }
    r->unsure = unsure;
    return d;
}

/* zip(a, b), enumerate(a): lists of pairs. */
static struct pv pairs_list(struct py_run *r, const struct py_node *call, bool numbered) {
    enum { LISTS_MAX = 8 };
    struct pv lists[LISTS_MAX], out = list_new(r), start = numbered ? py_arg_value(r, call, 1, "start") : pv_unknown(r, NULL);
    size_t n = 0, least = PY_LOOP_MAX + 1;
    long first = start.kind == PV_NUMBER ? strtol(start.s.p, NULL, 10) : 0;
    if (numbered && !pv_absent(start) && start.kind != PV_NUMBER) return pv_unknown(r, NULL);
    for (size_t i = 0; py_arg(call, i) && n < LISTS_MAX && (!numbered || i == 0); i++) {
        struct pv v = list_of(r, py_eval(r, py_arg(call, i)));
        if (v.kind != PV_LIST) return pv_unknown(r, NULL);
        if (v.list->n < least) least = v.list->n;
        lists[n++] = v;
    }
    for (size_t i = 0; n && i < least; i++) {
        struct pv pair = list_new(r);
        if (numbered) pv_add(r->arena, pair.list, (struct pv){.kind = PV_NUMBER, .s = str_of(arena_printf(r->arena, "%ld", first + (long)i))});
        for (size_t k = 0; k < n; k++) pv_add(r->arena, pair.list, lists[k].list->at[i]);
        pv_add(r->arena, out.list, pair);
    }
    return out;
}

static struct pv reversed_list(struct py_run *r, struct pv from) {
    struct pv v = list_of(r, from), out = list_new(r);
    for (size_t i = v.kind == PV_LIST ? v.list->n : 0; i-- > 0;) pv_add(r->arena, out.list, v.list->at[i]);
    return v.kind == PV_LIST ? out : v;
}

struct pv py_builtin(struct py_run *r, struct str name, const struct py_node *call) {
    if (py_splats(call)) return pv_unknown(r, NULL);
    struct pv a = py_arg_value(r, call, 0, NULL);
    if (str_is(name, "str")) return a.kind == PV_TEXT || a.kind == PV_NUMBER ? py_text_of(r, a, call) : a;
    if (str_is(name, "list") || str_is(name, "tuple") || str_is(name, "set")) return list_of(r, a);
    if (str_is(name, "sorted")) return sorted_list(r, call);
    if (str_is(name, "reversed")) return reversed_list(r, a);
    if (str_is(name, "range")) return range_list(r, call);
    if (str_is(name, "dict")) return dict_new(r, call);
    if (str_is(name, "zip")) return pairs_list(r, call, false);
    if (str_is(name, "enumerate")) return pairs_list(r, call, true);
    if (str_is(name, "len") && a.kind == PV_LIST) {
        for (size_t i = 0; i < a.list->n; i++) {
            if (a.list->at[i].kind == PV_UNKNOWN) return pv_unknown(r, NULL);
        }
        return (struct pv){.kind = PV_NUMBER, .s = str_of(arena_printf(r->arena, "%zu", a.list->n))};
    }
    for (size_t i = 1; py_arg(call, i); i++) py_eval(r, py_arg(call, i)); /* print("rows", df.count()) computes df */
    return pv_unknown(r, NULL);
}

struct pv py_operator(struct py_run *r, struct str name, const struct py_node *call) {
    static const struct {
        const char *name, *op;
    } words[] = {{"operator.and_", "&"}, {"operator.or_", "|"}, {"operator.add", "+"}, {"operator.sub", "-"}, {"operator.mul", "*"}};
    struct pv a = py_arg_value(r, call, 0, NULL), b = py_arg_value(r, call, 1, NULL);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(name, words[i].name) && (a.kind == PV_COLUMN || b.kind == PV_COLUMN)) return column_binary(r, str_of(words[i].op), a, b);
    }
    return pv_unknown(r, NULL);
}

/* Arguments in lists and dictionaries. */

#define LAID_OUT_MAX 200

bool py_splats(const struct py_node *call) {
    for (size_t i = 1; i < call->count; i++) {
        if (call->kids[i]->kind == PY_SPLAT) return true;
    }
    return false;
}

struct laying {
    struct py_run *r;
    struct py_env *env;
    struct py_node **kids;
    size_t n;
    const struct py_node *call;
};

/* A name that holds the value, as an argument. */
static void argument_add(struct laying *l, const char *keyword, struct pv v) {
    struct py_node *name = arena_new(l->r->arena, struct py_node), *argument = name;
    *name = (struct py_node){.kind = PY_NAME, .text = str_of(arena_printf(l->r->arena, "argument %zu", l->n)), .range = l->call->range};
    struct pv *kept = arena_new(l->r->arena, struct pv);
    *kept = v;
    map_put(l->env->names, name->text, kept);
    if (keyword) {
        argument = arena_new(l->r->arena, struct py_node);
        *argument = (struct py_node){.kind = PY_KWARG, .text = str_of(keyword), .range = l->call->range, .count = 1};
        argument->kids = arena_array(l->r->arena, 1, sizeof *argument->kids);
        argument->kids[0] = name;
    }
    l->kids[l->n++] = argument;
}

static bool keys_are_words(const struct pv_dict *d) {
    for (size_t i = 0; i < d->keys.n; i++) {
        if (!pv_is_text(d->keys.at[i]) || py_truth(d->keys.at[i]) < 0) return false;
    }
    return true;
}

const struct py_node *py_laid_out(struct py_run *r, const struct py_node *call) {
    if (!py_splats(call) || call->count > LAID_OUT_MAX) return call;
    struct laying l = {.r = r, .call = call};
    l.kids = arena_array(r->arena, call->count + call->count * PY_LOOP_MAX, sizeof(struct py_node *));
    struct py_env *before = r->env;
    py_env_push(r, before);
    l.env = r->env;
    r->env = before;
    for (size_t i = 0; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        struct pv v = kid->kind == PY_SPLAT && kid->count ? py_eval(r, kid->kids[0]) : (struct pv){.kind = PV_NONE};
        bool list = v.kind == PV_LIST && str_is(kid->text, "*") && v.list->n <= PY_LOOP_MAX;
        bool dict = v.kind == PV_DICT && str_is(kid->text, "**") && v.dict->keys.n <= PY_LOOP_MAX && keys_are_words(v.dict);
        if (!list && !dict) l.kids[l.n++] = (struct py_node *)(uintptr_t)kid;
        for (size_t k = 0; list && k < v.list->n; k++) argument_add(&l, NULL, v.list->at[k]);
        for (size_t k = 0; dict && k < v.dict->keys.n; k++) argument_add(&l, str_dup(r->arena, pv_str(v.dict->keys.at[k])), v.dict->values.at[k]);
    }
    struct py_node *out = arena_new(r->arena, struct py_node);
    *out = *call;
    out->kids = l.kids;
    out->count = l.n;
    r->env = l.env;
    return out;
}

struct pv py_partial_make(struct py_run *r, const struct py_node *call) {
    struct py_partial *p = arena_new(r->arena, struct py_partial);
    struct pv *of = arena_new(r->arena, struct pv);
    *of = py_arg_value(r, call, 0, NULL);
    p->of = of;
    if (py_splats(call) || (of->kind != PV_FUNCTION && of->kind != PV_NAME && of->kind != PV_CLASS)) return pv_unknown(r, call);
    for (size_t i = 1; py_arg(call, i); i++) pv_add(r->arena, &p->args, py_eval(r, py_arg(call, i)));
    for (size_t i = 1; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind != PY_KWARG || !kid->count) continue;
        pv_add(r->arena, &p->named.keys, pv_text_new(r, kid->text, py_line(r, call)));
        pv_add(r->arena, &p->named.values, py_eval(r, kid->kids[0]));
    }
    struct py_function *f = arena_new(r->arena, struct py_function);
    *f = (struct py_function){.partial = p, .called = true};
    return (struct pv){.kind = PV_FUNCTION, .function = f};
}

const struct py_node *py_partial_call(struct py_run *r, const struct py_partial *p, const struct pv *args, size_t n, const struct py_node *call) {
    if (!call || call->count + n > LAID_OUT_MAX || p->args.n + p->named.keys.n > LAID_OUT_MAX) return NULL;
    struct laying l = {.r = r, .call = call};
    l.kids = arena_array(r->arena, call->count + n + p->args.n + p->named.keys.n + 1, sizeof(struct py_node *));
    struct py_env *before = r->env;
    py_env_push(r, before);
    l.env = r->env;
    r->env = before;
    l.kids[l.n++] = call->kids[0];
    for (size_t i = 0; i < p->args.n; i++) argument_add(&l, NULL, p->args.at[i]);
    for (size_t i = 0; i < n; i++) argument_add(&l, NULL, args[i]);
    for (size_t i = 1; i < call->count; i++) {
        if (call->kids[i]->kind == PY_KWARG || call->kids[i]->kind == PY_SPLAT) l.kids[l.n++] = call->kids[i];
    }
    for (size_t i = 0; i < p->named.keys.n; i++) {
        const char *name = str_dup(r->arena, pv_str(p->named.keys.at[i]));
        if (!py_kwarg(call, name)) argument_add(&l, name, p->named.values.at[i]);
    }
    struct py_node *out = arena_new(r->arena, struct py_node);
    *out = *call;
    out->kids = l.kids;
    out->count = l.n;
    r->env = l.env;
    return out;
}

struct pv py_rest_placed(struct py_run *r, const struct pv *args, size_t n, size_t from, const struct py_node *call) {
    struct pv list = list_new(r);
    if (!call || py_splats(call) || r->entry) return pv_unknown(r, NULL);
    for (size_t i = from; i < n; i++) pv_add(r->arena, list.list, args[i]);
    return list;
}

struct pv py_rest_named(struct py_run *r, const struct py_node *parameters, const struct py_node *call) {
    struct pv d = {.kind = PV_DICT, .dict = arena_new(r->arena, struct pv_dict)};
    if (!call || py_splats(call)) return pv_unknown(r, NULL);
    int unsure = r->unsure;
    r->unsure = 0;
    for (size_t i = 1; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        bool own = kid->kind != PY_KWARG || !kid->count;
        for (size_t k = 0; k < parameters->count && !own; k++)
            own = parameters->kids[k]->kind != PY_SPLAT && str_eq(parameters->kids[k]->text, kid->text);
        if (!own) pv_dict_put(r, d.dict, pv_text_new(r, kid->text, py_line(r, call)), py_eval(r, kid->kids[0]));
    }
    r->unsure = unsure;
    return d;
}
