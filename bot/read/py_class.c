/* py_class.c - classes of the files read, and their objects: fields are kept, methods are followed. */
#include "pyspark.h"

#define BASES_MAX 20

static const struct pv absent = {.kind = PV_UNKNOWN, .s = {NULL, 0}};

struct pv class_make(struct py_run *r, const struct py_node *node) {
    struct py_class *class = arena_new(r->arena, struct py_class);
    struct py_env *outer = r->env;
    class->name = node->text;
    for (size_t i = 1; i < node->count && !class->base; i++) {
        struct pv base = node->kids[i]->kind == PY_NAME || node->kids[i]->kind == PY_ATTRIBUTE ? py_eval(r, node->kids[i]) : absent;
        if (base.kind == PV_CLASS) class->base = base.class;
    }
    py_env_push(r, outer);
    class->body = r->env;
    py_block_run(r, node->kids[0]);
    /* Methods see the names around the class, not those of its body. */
    for (size_t i = 0; i < map_count(class->body->names); i++) {
        struct pv *v = map_at(class->body->names, i).value;
        if (v->kind != PV_FUNCTION || v->function->udf) continue;
        v->function->owner = class;
        v->function->home = outer;
    }
    r->env = outer;
    return (struct pv){.kind = PV_CLASS, .class = class};
}

struct pv class_get(struct py_run *r, struct py_class *class, struct str name) {
    for (int depth = 0; class && depth < BASES_MAX; class = class->base, depth++) {
        const struct pv *found = map_get(class->body->names, name);
        if (found) return *found;
    }
    return absent;
}

struct pv object_get(struct py_run *r, struct py_object *object, struct str name) {
    const struct pv *field = map_get(object->fields, name);
    if (field) return *field;
    struct pv v = class_get(r, object->class, name);
    if (v.kind != PV_FUNCTION || !v.function->owner || v.function->plain) return v;
    struct py_function *bound = arena_new(r->arena, struct py_function);
    *bound = *v.function;
    bound->self = object;
    v.function->called = true;
    if (bound->property) return py_call_function(r, bound, &(struct pv){.kind = PV_OBJECT, .object = object}, 1, NULL);
    return (struct pv){.kind = PV_FUNCTION, .function = bound};
}

void object_set(struct py_run *r, struct py_object *object, struct str name, struct pv v) {
    struct pv *kept = map_get(object->fields, name);
    if (kept && r->unsure && !pv_same(*kept, v)) v = pv_either(r, kept, &v, name, 0);
    if (!kept) map_put(object->fields, name, kept = arena_new(r->arena, struct pv));
    *kept = v;
}

struct pv class_call(struct py_run *r, struct py_class *class, const struct py_node *call) {
    struct py_object *object = arena_new(r->arena, struct py_object);
    *object = (struct py_object){class, map_new(r->arena)};
    struct pv self = {.kind = PV_OBJECT, .object = object}, init = class_get(r, class, STR("__init__"));
    if (init.kind == PV_FUNCTION) {
        enum { ARGS_MAX = 40 };
        struct pv args[ARGS_MAX] = {self};
        size_t n = 1;
        init.function->called = true;
        for (size_t i = 0; call && n < ARGS_MAX && py_arg(call, i); i++) args[n++] = py_eval(r, py_arg(call, i));
        py_call_function(r, init.function, args, n, call);
        return self;
    }
    /* A data class: its fields by name or place are what the body lists. */
    for (size_t i = 1; call && i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind == PY_KWARG && kid->count) object_set(r, object, kid->text, py_eval(r, kid->kids[0]));
    }
    for (size_t i = 0, k = 0; call && i < map_count(class->body->names) && py_arg(call, k); i++) {
        struct map_entry e = map_at(class->body->names, i);
        if (((const struct pv *)e.value)->kind != PV_FUNCTION) object_set(r, object, e.key, py_eval(r, py_arg(call, k++)));
    }
    return self;
}
