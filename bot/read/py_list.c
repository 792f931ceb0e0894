/* py_list.c - lists and dictionaries of Python: their methods, and what changes them in place. What is changed in a way that is not followed, or in
 * code that may not run, holds nothing that is known any more. */
#include "pyspark.h"

#include <stdlib.h>

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }

static bool literal(struct pv v) { return v.kind == PV_NONE || v.kind == PV_BOOL || v.kind == PV_NUMBER || (pv_is_text(v) && py_truth(v) >= 0); }

void py_spoil(struct py_run *r, struct pv v) {
    struct pv_items *items = v.kind == PV_LIST ? v.list : v.kind == PV_DICT ? &v.dict->values : NULL;
    for (size_t i = 0; items && i < items->n; i++) items->at[i] = pv_unknown(r, NULL);
    if (items) pv_add(r->arena, items, pv_unknown(r, NULL));
    if (v.kind == PV_DICT) pv_add(r->arena, &v.dict->keys, pv_unknown(r, NULL));
}

static void item_remove(struct pv_items *items, size_t at) {
    for (size_t i = at; i + 1 < items->n; i++) items->at[i] = items->at[i + 1];
    items->n--;
}

/* The place a number means in a list; `count` when it is none of its places. */
static size_t place_of(struct pv key, size_t count) {
    if (key.kind != PV_NUMBER || memchr(key.s.p, '.', key.s.n)) return count;
    long i = strtol(key.s.p, NULL, 10);
    if (i < 0) i += (long)count;
    return i >= 0 && (size_t)i < count ? (size_t)i : count;
}

static size_t key_place(const struct pv_dict *d, struct pv key) {
    for (size_t i = 0; i < d->keys.n; i++) {
        if (literal(d->keys.at[i]) && pv_same(d->keys.at[i], key)) return i;
    }
    return d->keys.n;
}

void pv_dict_put(struct py_run *r, struct pv_dict *d, struct pv key, struct pv v) {
    if (!literal(key)) {
        py_spoil(r, (struct pv){.kind = PV_DICT, .dict = d});
        return;
    }
    size_t at = key_place(d, key);
    if (r->unsure) v = pv_unknown(r, NULL);
    if (at < d->keys.n) {
        d->values.at[at] = v;
        return;
    }
    pv_add(r->arena, &d->keys, key);
    pv_add(r->arena, &d->values, v);
}

void py_item_set(struct py_run *r, struct pv object, struct pv key, struct pv v) {
    if (object.kind == PV_DICT) pv_dict_put(r, object.dict, key, v);
    if (object.kind != PV_LIST) return;
    size_t at = place_of(key, object.list->n);
    if (at < object.list->n) object.list->at[at] = r->unsure ? pv_unknown(r, NULL) : v;
    else py_spoil(r, object);
}

void py_item_delete(struct py_run *r, struct pv object, struct pv key) {
    size_t at = object.kind == PV_LIST ? place_of(key, object.list->n) : object.kind == PV_DICT ? key_place(object.dict, key) : 0;
    struct pv_items *items = object.kind == PV_LIST ? object.list : object.kind == PV_DICT ? &object.dict->keys : NULL;
    if (!items) return;
    if (r->unsure || at >= items->n) {
        py_spoil(r, object);
        return;
    }
    item_remove(items, at);
    if (object.kind == PV_DICT) item_remove(&object.dict->values, at);
}

static int text_order(const void *a, const void *b) {
    struct str x = pv_str(*(const struct pv *)a), y = pv_str(*(const struct pv *)b);
    int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
    return order ? order : (x.n > y.n) - (x.n < y.n);
}

static bool sort_in_place(struct pv_items *items, const struct py_node *call) {
    for (size_t i = 0; i < items->n; i++) {
        if (!pv_is_text(items->at[i]) || !literal(items->at[i])) return false;
    }
    if (call->count > 1) return false; /* key, reverse */
    if (items->n) qsort(items->at, items->n, sizeof *items->at, text_order);
    return true;
}

/* Changes that are followed step by step; false: the list is not known any more. */
static bool list_change(struct py_run *r, struct pv_items *items, struct str m, const struct py_node *call, struct pv *out) {
    struct pv v = py_arg_value(r, call, 0, NULL);
    if (r->unsure) return false;
    if (str_is(m, "clear")) return items->n = 0, true;
    if (str_is(m, "sort")) return sort_in_place(items, call);
    if (str_is(m, "reverse")) {
        for (size_t i = 0; i < items->n / 2; i++) {
            struct pv kept = items->at[i];
            items->at[i] = items->at[items->n - 1 - i];
            items->at[items->n - 1 - i] = kept;
        }
        return true;
    }
    if (str_is(m, "pop")) {
        size_t at = pv_absent(v) && items->n ? items->n - 1 : place_of(v, items->n);
        if (at >= items->n) return false;
        *out = items->at[at];
        item_remove(items, at);
        return true;
    }
    for (size_t i = 0; str_is(m, "remove") && literal(v) && i < items->n && literal(items->at[i]); i++) {
        if (pv_same(items->at[i], v)) return item_remove(items, i), true;
    }
    size_t at = str_is(m, "insert") ? place_of(v, items->n) : items->n;
    if (at >= items->n) return false;
    pv_add(r->arena, items, none());
    memmove(items->at + at + 1, items->at + at, (items->n - 1 - at) * sizeof *items->at);
    items->at[at] = py_arg_value(r, call, 1, NULL);
    return true;
}

static void list_add(struct py_run *r, struct pv list, struct str m, struct pv v) {
    bool many = !str_is(m, "append") && !str_is(m, "add");
    if (r->unsure || (many && v.kind != PV_LIST) || list.list->n >= PY_LOOP_MAX) {
        pv_add(r->arena, list.list, pv_unknown(r, NULL)); /* it holds something that is not known, too */
        return;
    }
    if (!many) {
        for (size_t i = 0; str_is(m, "add") && i < list.list->n; i++) {
            if (literal(v) && pv_same(list.list->at[i], v)) return;
        }
        pv_add(r->arena, list.list, v);
        return;
    }
    size_t n = v.list->n;
    for (size_t i = 0; i < n && list.list->n < PY_LOOP_MAX; i++) pv_add(r->arena, list.list, v.list->at[i]);
}

void py_list_extend(struct py_run *r, struct pv list, struct pv more) { list_add(r, list, STR("extend"), more); }

static struct pv items_copy(struct py_run *r, const struct pv_items *from) {
    struct pv list = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
    for (size_t i = 0; i < from->n; i++) pv_add(r->arena, list.list, from->at[i]);
    return list;
}

static struct pv list_method(struct py_run *r, struct pv list, struct str m, const struct py_node *call) {
    static const char *const changes[] = {"insert", "remove", "pop", "sort", "reverse", "clear", "discard"};
    struct pv out = none();
    if (str_is(m, "copy")) return items_copy(r, list.list);
    if (str_is(m, "append") || str_is(m, "add") || str_is(m, "extend") || str_is(m, "update")) {
        list_add(r, list, m, py_arg_value(r, call, 0, NULL));
        return none();
    }
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (!str_is(m, changes[i])) continue;
        if (list_change(r, list.list, m, call, &out)) return out;
        py_spoil(r, list);
        return pv_unknown(r, NULL);
    }
    return pv_unknown(r, NULL);
}

/* Are all its keys known, so that one that is not found is not there? */
static bool keys_known(const struct pv_dict *d) {
    for (size_t i = 0; i < d->keys.n; i++) {
        if (!literal(d->keys.at[i])) return false;
    }
    return true;
}

static void dict_update(struct py_run *r, struct pv_dict *d, const struct py_node *call) {
    struct pv more = py_arg_value(r, call, 0, NULL);
    if (!pv_absent(more) && more.kind != PV_DICT) py_spoil(r, (struct pv){.kind = PV_DICT, .dict = d});
    for (size_t i = 0; more.kind == PV_DICT && i < more.dict->keys.n; i++) pv_dict_put(r, d, more.dict->keys.at[i], more.dict->values.at[i]);
    for (size_t i = 1; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind == PY_KWARG && kid->count) pv_dict_put(r, d, pv_text_new(r, kid->text, 0), py_eval(r, kid->kids[0]));
        if (kid->kind == PY_SPLAT) py_spoil(r, (struct pv){.kind = PV_DICT, .dict = d});
    }
}

static struct pv dict_items(struct py_run *r, const struct pv_dict *d) {
    struct pv out = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
    for (size_t i = 0; i < d->keys.n; i++) {
        struct pv pair = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
        pv_add(r->arena, pair.list, d->keys.at[i]);
        pv_add(r->arena, pair.list, d->values.at[i]);
        pv_add(r->arena, out.list, pair);
    }
    return out;
}

static struct pv dict_method(struct py_run *r, struct pv dict, struct str m, const struct py_node *call) {
    struct pv_dict *d = dict.dict;
    struct pv key = py_arg_value(r, call, 0, NULL), otherwise = py_arg_value(r, call, 1, NULL);
    size_t at = literal(key) ? key_place(d, key) : d->keys.n;
    bool found = at < d->keys.n;
    struct pv v = found ? d->values.at[at] : !literal(key) || !keys_known(d) ? pv_unknown(r, NULL) : pv_absent(otherwise) ? none() : otherwise;
    if (str_is(m, "get")) return v;
    if (str_is(m, "keys")) return items_copy(r, &d->keys);
    if (str_is(m, "values")) return items_copy(r, &d->values);
    if (str_is(m, "items")) return dict_items(r, d);
    if (str_is(m, "copy")) {
        struct pv_dict *copy = arena_new(r->arena, struct pv_dict);
        *copy = (struct pv_dict){*items_copy(r, &d->keys).list, *items_copy(r, &d->values).list};
        return (struct pv){.kind = PV_DICT, .dict = copy};
    }
    if (str_is(m, "update")) return dict_update(r, d, call), none();
    if (str_is(m, "setdefault")) {
        if (!found) pv_dict_put(r, d, key, v);
        return v;
    }
    if (str_is(m, "pop")) {
        if (found || !keys_known(d)) py_item_delete(r, dict, key);
        return v;
    }
    if (str_is(m, "clear") && !r->unsure) return d->keys.n = d->values.n = 0, none();
    if (str_is(m, "clear") || str_is(m, "popitem")) py_spoil(r, dict);
    return pv_unknown(r, NULL);
}

struct pv py_list_call(struct py_run *r, struct pv object, struct str method, const struct py_node *call) {
    return object.kind == PV_LIST ? list_method(r, object, method, call) : dict_method(r, object, method, call);
}
