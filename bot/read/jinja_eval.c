/* jinja_eval.c - evaluates the tree of a template: scopes, macros, blocks, expressions. */
#include "jinja_ast.h"
#include "map.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define LOOP_MAX 20000

struct scope {
    struct scope *parent; /* NULL: the outermost of a template or macro */
    struct map *names;    /* to struct jv */
};

struct jinja {
    struct arena *arena;
    const struct jinja_host *host;
    struct scope *scope;
    struct buf *out;
    VEC(struct jinja_anchor) anchors;
    VEC(struct jinja_doubt) doubts;
    size_t steps, made;
    int depth;                                  /* of macros */
    int captures;                               /* of blocks whose output goes to a value */
    int line;                                   /* of the top template */
    bool quiet;                                 /* doubts are not kept */
    bool returning;                             /* return() was called in the macro being run */
    enum { LOOP_ON, LOOP_NEXT, LOOP_OUT } loop; /* a continue or break is on its way to its loop */
    struct jv returned;
    struct jv_args *caller; /* unused by hosts */
    const char *error;
    int error_line;
    const char *incremental;
};

struct arena *jinja_arena(struct jinja *j) {
    return j->arena;
}
int jinja_here(const struct jinja *j) { return j->line; }

static struct jv eval(struct jinja *j, const struct jx *e);
static void run(struct jinja *j, const struct jn *node);

static void stop(struct jinja *j, const char *why) {
    if (j->error) return;
    j->error = why;
    j->error_line = j->line;
}

static bool spend(struct jinja *j) {
    if (++j->steps > JINJA_STEPS_MAX) stop(j, "it takes too many steps to evaluate");
    return !j->error;
}

void jinja_doubt(struct jinja *j, bool loses_lineage, const char *fmt, ...) {
    if (j->quiet || j->doubts.n >= JINJA_DOUBTS_MAX) return;
    char text[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    for (size_t i = 0; i < j->doubts.n; i++) {
        if (j->doubts.at[i].line == j->line && strcmp(j->doubts.at[i].reason, text) == 0) return;
    }
    *vec_add(j->arena, &j->doubts) = (struct jinja_doubt){j->line, arena_strdup(j->arena, text), loses_lineage};
}

const struct jv *jv_arg(const struct jv_args *args, size_t i, const char *name) {
    if (i < args->n) return &args->at[i];
    for (size_t k = 0; name && k < args->named; k++) {
        if (str_is(args->names[k], name)) return &args->values[k];
    }
    return NULL;
}

/* Output. */

static void emit(struct jinja *j, struct str text, bool verbatim) {
    if (!text.n) return;
    j->made += text.n;
    if (j->made > JINJA_OUTPUT_MAX) {
        stop(j, "it renders to more than 8 MB");
        return;
    }
    if (j->captures == 0) *vec_add(j->arena, &j->anchors) = (struct jinja_anchor){j->out->n, j->line, verbatim && j->depth == 0};
    buf_slice(j->out, text);
}

/* Runs nodes with their output caught as a text. */
static struct str capture(struct jinja *j, const struct jn *body) {
    struct buf caught = buf_new(j->arena), *before = j->out;
    j->out = &caught;
    j->captures++;
    run(j, body);
    j->captures--;
    j->out = before;
    return (struct str){buf_str(&caught), caught.n};
}

/* Scopes. */

static void scope_push(struct jinja *j) {
    struct scope *s = arena_new(j->arena, struct scope);
    s->parent = j->scope;
    s->names = map_new(j->arena);
    j->scope = s;
}

static void scope_set(struct jinja *j, struct str name, struct jv value) {
    struct jv *kept = map_get(j->scope->names, name);
    if (!kept) map_put(j->scope->names, name, kept = arena_new(j->arena, struct jv));
    *kept = value;
}

static struct jv name_value(struct jinja *j, struct str name) {
    for (const struct scope *s = j->scope; s; s = s->parent) {
        const struct jv *found = map_get(s->names, name);
        if (found) return *found;
    }
    struct jv v = {.kind = JV_UNDEFINED};
    if (j->host && j->host->lookup && j->host->lookup(j->host->ctx, j, name, &v)) return v;
    return (struct jv){.kind = JV_UNDEFINED};
}

/* Calls. */

static struct jv pack_rest(struct jinja *j, const struct jv_args *args, size_t from) {
    struct jv list = jv_list_new(j->arena);
    for (size_t i = from; i < args->n; i++) jv_list_add(j->arena, list, args->at[i]);
    return list;
}

static void bind_parameters(struct jinja *j, const struct jn *node, const struct jv_args *args) {
    for (size_t i = 0; i < node->name_count; i++) {
        const char *name = str_dup(j->arena, node->names[i]);
        const struct jv *given = jv_arg(args, i, name);
        struct jv value = {.kind = JV_UNDEFINED};
        if (given) {
            value = *given;
        } else if (node->defaults[i]) {
            value = eval(j, node->defaults[i]);
        }
        scope_set(j, node->names[i], value);
    }
    scope_set(j, STR("varargs"), pack_rest(j, args, node->name_count));
    struct jv kwargs = jv_dict_new(j->arena);
    for (size_t k = 0; k < args->named; k++) {
        bool known = false;
        for (size_t i = 0; i < node->name_count; i++) known |= str_eq(node->names[i], args->names[k]);
        if (!known && !str_is(args->names[k], "caller")) jv_dict_put(j->arena, kwargs, jv_text(args->names[k]), args->values[k]);
        if (str_is(args->names[k], "caller")) scope_set(j, STR("caller"), args->values[k]);
    }
    scope_set(j, STR("kwargs"), kwargs);
}

static struct jv macro_call(struct jinja *j, const struct jinja_macro *macro, const struct jv_args *args, struct scope *closure) {
    const struct jn *node = macro->node;
    if (j->depth >= JINJA_DEPTH_MAX) {
        stop(j, "macros call each other too deeply");
        return jv_none();
    }
    struct scope *before = j->scope;
    struct jv returned = j->returned;
    j->scope = closure;
    scope_push(j);
    bind_parameters(j, node, args);
    j->depth++;
    struct str text = capture(j, node->body);
    j->depth--;
    struct jv result = j->returning ? j->returned : jv_text(text);
    j->returning = false;
    j->loop = LOOP_ON;
    j->returned = returned;
    j->scope = before;
    return result;
}

/* A macro defined in the template being rendered sees the template's variables. */
struct local_macro {
    struct jinja_macro macro;
    struct scope *scope;
};

static struct jv local_call(struct jinja *j, void *self, const struct jv_args *args) {
    struct local_macro *local = self;
    return macro_call(j, &local->macro, args, local->scope);
}

static struct jv local_function(struct jinja *j, const struct jn *node, struct str name) {
    struct local_macro *local = arena_new(j->arena, struct local_macro);
    local->macro = (struct jinja_macro){name, "", node->line, NULL, node};
    local->scope = j->scope;
    return jv_function_new(j->arena, &(struct jv_function){str_dup(j->arena, name), local_call, local, NULL});
}

static struct str args_text(struct jinja *j, const struct jv_args *args) {
    struct buf b = buf_new(j->arena);
    for (size_t i = 0; i < args->n; i++) {
        if (i) buf_char(&b, ',');
        jv_print(&b, args->at[i], true);
    }
    for (size_t i = 0; i < args->named; i++) {
        buf_printf(&b, "%s%.*s=", b.n ? "," : "", STR_ARG(args->names[i]));
        jv_print(&b, args->values[i], true);
    }
    return (struct str){buf_str(&b), b.n};
}

struct jv jinja_call(struct jinja *j, struct jv callee, const struct jv_args *args) {
    if (!spend(j)) return jv_none();
    if (callee.kind == JV_MACRO) return macro_call(j, callee.macro, args, NULL);
    if (callee.kind == JV_NATIVE) return callee.function->call(j, callee.function->self, args);
    if (callee.kind == JV_OBJECT) return callee;
    if (callee.kind != JV_UNKNOWN) return (struct jv){.kind = JV_UNDEFINED};
    struct str text = args_text(j, args);
    jinja_doubt(j, false, "what '%.*s' gives is only known when it runs", (int)(callee.s.n > 60 ? 60 : callee.s.n), callee.s.p);
    return jv_unknown(j->arena, "%.*s(%.*s)", STR_ARG(callee.s), STR_ARG(text));
}

static void splat_add(struct jinja *j, struct jv_args *args, size_t *caps, struct str how, struct jv value) {
    if (str_is(how, "*") && value.kind == JV_LIST) {
        for (size_t i = 0; i < value.list->n; i++) {
            args->at = arena_grow(j->arena, args->at, &caps[0], args->n + 1, sizeof *args->at);
            args->at[args->n++] = value.list->at[i];
        }
    }
    for (size_t i = 0; str_is(how, "**") && value.kind == JV_DICT && i < value.dict->n; i++) {
        args->names = arena_grow(j->arena, args->names, &caps[1], args->named + 1, sizeof *args->names);
        args->values = arena_grow(j->arena, args->values, &caps[2], args->named + 1, sizeof *args->values);
        args->names[args->named] = jv_str(j->arena, value.dict->keys[i]);
        args->values[args->named++] = value.dict->values[i];
    }
}

static struct jv_args eval_args(struct jinja *j, const struct jx *e, size_t from) {
    struct jv_args args = {.line = e->line};
    size_t caps[3] = {0};
    for (size_t i = from; i < e->count && !j->error; i++) {
        struct jv value = eval(j, e->args[i]);
        struct str name = e->names[i];
        if (!name.n) {
            args.at = arena_grow(j->arena, args.at, &caps[0], args.n + 1, sizeof *args.at);
            args.at[args.n++] = value;
        } else if (name.p[0] == '*') {
            splat_add(j, &args, caps, name, value);
        } else {
            args.names = arena_grow(j->arena, args.names, &caps[1], args.named + 1, sizeof *args.names);
            args.values = arena_grow(j->arena, args.values, &caps[2], args.named + 1, sizeof *args.values);
            args.names[args.named] = name;
            args.values[args.named++] = value;
        }
    }
    return args;
}

/* Expressions. */

static struct jv unknown_of(struct jinja *j, const struct jx *e, struct jv from) {
    return jv_unknown(j->arena, "%.*s<%.*s>", STR_ARG(e->source.n ? e->source : e->text), STR_ARG(from.s));
}

static struct jv eval_attr(struct jinja *j, struct jv object, struct str name, const struct jx *e) {
    if (object.kind == JV_UNKNOWN) return jv_unknown(j->arena, "%.*s.%.*s", STR_ARG(object.s), STR_ARG(name));
    if (object.kind == JV_NATIVE && object.function->member) return object.function->member(j, object.function->self, name);
    struct jv dict = object;
    if (object.kind == JV_OBJECT) dict = (struct jv){.kind = JV_DICT, .dict = object.object->fields};
    const struct jv *found = jv_dict_get(dict, name);
    if (found) return *found;
    if (object.kind == JV_OBJECT) return jv_unknown(j->arena, "%.*s.%.*s", STR_ARG(object.object->text), STR_ARG(name));
    return (struct jv){.kind = JV_UNDEFINED};
}

static struct jv eval_call(struct jinja *j, const struct jx *e) {
    const struct jx *callee = e->args[0];
    struct jv function, out = jv_none();
    if (callee->kind == JX_ATTR) {
        struct jv object = eval(j, callee->args[0]);
        struct jv_args args = eval_args(j, e, 1);
        if (j->error) return jv_none();
        if (jv_method(j, callee->text, object, &args, &out)) return out;
        function = eval_attr(j, object, callee->text, callee);
        if (function.kind == JV_UNDEFINED) {
            function = jv_unknown(j->arena, "%.*s", STR_ARG(callee->source));
        }
        return jinja_call(j, function, &args);
    }
    function = eval(j, callee);
    struct jv_args args = eval_args(j, e, 1);
    if (j->error) return jv_none();
    if (callee->kind == JX_NAME && str_is(callee->text, "return") && function.kind == JV_UNDEFINED) {
        j->returning = true;
        j->returned = args.n ? args.at[0] : jv_none();
        return jv_none();
    }
    if (function.kind == JV_UNDEFINED) {
        function = jv_unknown(j->arena, "%.*s", STR_ARG(callee->source.n ? callee->source : callee->text));
    }
    return jinja_call(j, function, &args);
}

static struct jv eval_item(struct jinja *j, const struct jx *e) {
    struct jv object = eval(j, e->args[0]), key = eval(j, e->args[1]);
    if (object.kind == JV_UNKNOWN) return unknown_of(j, e, object);
    if (key.kind == JV_UNKNOWN) return unknown_of(j, e, key);
    if (key.kind == JV_INT && (object.kind == JV_LIST || object.kind == JV_TEXT)) {
        int64_t n = (int64_t)(object.kind == JV_LIST ? object.list->n : object.s.n);
        int64_t i = key.i < 0 ? key.i + n : key.i;
        if (i < 0 || i >= n) return (struct jv){.kind = JV_UNDEFINED};
        if (object.kind == JV_LIST) return object.list->at[i];
        return jv_text((struct str){object.s.p + i, 1});
    }
    if (object.kind == JV_DICT) {
        for (size_t i = 0; i < object.dict->n; i++) {
            if (jv_eq(object.dict->keys[i], key)) return object.dict->values[i];
        }
        return (struct jv){.kind = JV_UNDEFINED};
    }
    return key.kind == JV_TEXT ? eval_attr(j, object, key.s, e) : (struct jv){.kind = JV_UNDEFINED};
}

static struct jv eval_slice(struct jinja *j, const struct jx *e) {
    struct jv object = eval(j, e->args[0]);
    if (object.kind == JV_UNKNOWN) return unknown_of(j, e, object);
    if (object.kind != JV_LIST && object.kind != JV_TEXT) return (struct jv){.kind = JV_UNDEFINED};
    int64_t n = (int64_t)(object.kind == JV_LIST ? object.list->n : object.s.n), bounds[2] = {0, n};
    for (int k = 0; k < 2; k++) {
        struct jv bound = e->args[k + 1] ? eval(j, e->args[k + 1]) : jv_none();
        if (bound.kind == JV_UNKNOWN) return unknown_of(j, e, bound);
        if (bound.kind == JV_INT) bounds[k] = bound.i < 0 ? bound.i + n : bound.i;
        if (bounds[k] < 0) bounds[k] = 0;
        if (bounds[k] > n) bounds[k] = n;
    }
    if (bounds[1] < bounds[0]) bounds[1] = bounds[0];
    if (object.kind == JV_TEXT) return jv_text((struct str){object.s.p + bounds[0], (size_t)(bounds[1] - bounds[0])});
    struct jv list = jv_list_new(j->arena);
    for (int64_t i = bounds[0]; i < bounds[1]; i++) jv_list_add(j->arena, list, object.list->at[i]);
    return list;
}

static double real_of(struct jv v) { return v.kind == JV_FLOAT ? v.d : v.kind == JV_INT ? (double)v.i : v.kind == JV_BOOL ? v.b : 0; }

static struct jv jv_real(double d) {
    struct jv v = {.kind = JV_FLOAT};
    v.d = d;
    return v;
}

static struct jv join_lists(struct jinja *j, struct jv a, struct jv b) {
    struct jv list = jv_list_new(j->arena);
    for (size_t i = 0; i < a.list->n; i++) jv_list_add(j->arena, list, a.list->at[i]);
    for (size_t i = 0; i < b.list->n; i++) jv_list_add(j->arena, list, b.list->at[i]);
    return list;
}

static struct jv join_texts(struct jinja *j, struct jv a, struct jv b) {
    struct str x = jv_str(j->arena, a), y = jv_str(j->arena, b);
    j->made += x.n + y.n;
    if (j->made > JINJA_OUTPUT_MAX) {
        stop(j, "it builds more than 8 MB of text");
        return jv_none();
    }
    char *p = arena_alloc(j->arena, x.n + y.n + 1);
    if (x.n) memcpy(p, x.p, x.n);
    if (y.n) memcpy(p + x.n, y.p, y.n);
    return jv_text((struct str){p, x.n + y.n});
}

static struct jv format_percent(struct jinja *j, const struct jx *e, struct jv a, struct jv b) {
    /* '%s' % x and '%s %s' % (x, y) */
    struct buf out = buf_new(j->arena);
    size_t next = 0;
    for (size_t i = 0; i < a.s.n; i++) {
        if (a.s.p[i] != '%' || i + 1 >= a.s.n) {
            buf_char(&out, a.s.p[i]);
            continue;
        }
        char c = a.s.p[++i];
        if (c == '%') {
            buf_char(&out, '%');
        } else if ((c == 's' || c == 'd') && (b.kind != JV_LIST || next < b.list->n)) {
            jv_print(&out, b.kind == JV_LIST ? b.list->at[next++] : b, false);
        } else {
            return unknown_of(j, e, jv_text(e->source));
        }
    }
    return jv_text((struct str){buf_str(&out), out.n});
}

static struct jv eval_integers(char op, bool twice, int64_t x, int64_t y) {
    int64_t r = 0;
    bool overflow = op == '+' ? __builtin_add_overflow(x, y, &r) : op == '-' ? __builtin_sub_overflow(x, y, &r) : __builtin_mul_overflow(x, y, &r);
    (void)twice;
    return overflow ? jv_real(op == '+' ? (double)x + (double)y : op == '-' ? (double)x - (double)y : (double)x * (double)y) : jv_int(r);
}

static struct jv eval_numbers(struct jinja *j, struct str op, struct jv a, struct jv b) {
    bool whole = a.kind != JV_FLOAT && b.kind != JV_FLOAT;
    double x = real_of(a), y = real_of(b);
    if (str_is(op, "**")) return whole && y >= 0 && pow(x, y) < 9e15 ? jv_int((int64_t)pow(x, y)) : jv_real(pow(x, y));
    if (op.p[0] == '/' || op.p[0] == '%') {
        if (y == 0) {
            stop(j, "division by zero");
            return jv_none();
        }
        if (str_is(op, "/")) return jv_real(x / y);
        double floored = floor(x / y);
        double result = op.p[0] == '%' ? x - floored * y : floored;
        return whole && fabs(result) < 9e15 ? jv_int((int64_t)result) : jv_real(result);
    }
    if (whole) return eval_integers(op.p[0], false, a.kind == JV_BOOL ? a.b : a.i, b.kind == JV_BOOL ? b.b : b.i);
    return jv_real(op.p[0] == '+' ? x + y : op.p[0] == '-' ? x - y : x * y);
}

static struct jv eval_binary(struct jinja *j, const struct jx *e) {
    struct jv a = eval(j, e->args[0]), b = eval(j, e->args[1]);
    if (j->error) return jv_none();
    bool texts = str_is(e->text, "~") || (str_is(e->text, "+") && (a.kind == JV_TEXT || b.kind == JV_TEXT));
    if (texts) return join_texts(j, a, b);
    if (a.kind == JV_UNKNOWN || b.kind == JV_UNKNOWN) {
        struct str x = jv_str(j->arena, a), y = jv_str(j->arena, b);
        return jv_unknown(j->arena, "%.*s%.*s%.*s", STR_ARG(x), STR_ARG(e->text), STR_ARG(y));
    }
    if (str_is(e->text, "+") && a.kind == JV_LIST && b.kind == JV_LIST) return join_lists(j, a, b);
    if (str_is(e->text, "%") && a.kind == JV_TEXT) return format_percent(j, e, a, b);
    if (str_is(e->text, "*") && a.kind == JV_TEXT && b.kind == JV_INT) {
        struct jv all = jv_cstr("");
        for (int64_t i = 0; i < b.i && i < LOOP_MAX && !j->error; i++) all = join_texts(j, all, a);
        return all;
    }
    bool numbers = (a.kind == JV_INT || a.kind == JV_FLOAT || a.kind == JV_BOOL) && (b.kind == JV_INT || b.kind == JV_FLOAT || b.kind == JV_BOOL);
    return numbers ? eval_numbers(j, e->text, a, b) : (struct jv){.kind = JV_UNDEFINED};
}

static bool contains(struct jv all, struct jv one) {
    if (all.kind == JV_TEXT && one.kind == JV_TEXT) return one.s.n == 0 || memmem(all.s.p, all.s.n, one.s.p, one.s.n) != NULL;
    if (all.kind == JV_DICT) {
        for (size_t i = 0; i < all.dict->n; i++) {
            if (jv_eq(all.dict->keys[i], one)) return true;
        }
    }
    for (size_t i = 0; all.kind == JV_LIST && i < all.list->n; i++) {
        if (jv_eq(all.list->at[i], one)) return true;
    }
    return false;
}

static bool holds_unknown(struct jv v) {
    if (v.kind == JV_UNKNOWN) return true;
    for (size_t i = 0; v.kind == JV_LIST && i < v.list->n; i++) {
        if (v.list->at[i].kind == JV_UNKNOWN) return true;
    }
    return false;
}

static struct jv eval_compare(struct jinja *j, const struct jx *e) {
    struct jv a = eval(j, e->args[0]), b = eval(j, e->args[1]);
    if (holds_unknown(a) || holds_unknown(b)) {
        struct str x = jv_str(j->arena, a), y = jv_str(j->arena, b);
        return jv_unknown(j->arena, "%.*s %.*s %.*s", STR_ARG(x), STR_ARG(e->text), STR_ARG(y));
    }
    if (str_is(e->text, "in")) return jv_bool(contains(b, a));
    if (str_is(e->text, "not in")) return jv_bool(!contains(b, a));
    if (str_is(e->text, "==")) return jv_bool(jv_eq(a, b));
    if (str_is(e->text, "!=")) return jv_bool(!jv_eq(a, b));
    int order = jv_cmp(a, b);
    bool equal = e->text.n == 2 && order == 0;
    return jv_bool(equal || (e->text.p[0] == '<' ? order < 0 : order > 0));
}

static struct jv eval_ternary(struct jinja *j, const struct jx *e) {
    struct jv condition = eval(j, e->args[1]);
    if (condition.kind == JV_UNKNOWN) return unknown_of(j, e, condition);
    if (jv_true(condition)) return eval(j, e->args[0]);
    return e->args[2] ? eval(j, e->args[2]) : jv_cstr("");
}

static struct jv eval_logic(struct jinja *j, const struct jx *e) {
    bool is_or = e->kind == JX_OR;
    struct jv a = eval(j, e->args[0]);
    if (a.kind != JV_UNKNOWN) return jv_true(a) == is_or ? a : eval(j, e->args[1]);
    struct jv b = eval(j, e->args[1]);
    if (b.kind != JV_UNKNOWN && jv_true(b) == is_or) return b;
    return unknown_of(j, e, a);
}

static struct jv eval_collection(struct jinja *j, const struct jx *e) {
    if (e->kind == JX_DICT) {
        struct jv dict = jv_dict_new(j->arena);
        for (size_t i = 0; i + 1 < e->count && !j->error; i += 2) {
            struct jv key = eval(j, e->args[i]);
            jv_dict_put(j->arena, dict, key, eval(j, e->args[i + 1]));
        }
        return dict;
    }
    struct jv list = jv_list_new(j->arena);
    for (size_t i = 0; i < e->count && !j->error; i++) jv_list_add(j->arena, list, eval(j, e->args[i]));
    return list;
}

static struct jv eval_filter(struct jinja *j, const struct jx *e, const struct jv *input) {
    struct jv in = input ? *input : eval(j, e->args[0]), out = jv_none();
    struct jv_args args = eval_args(j, e, 1);
    if (j->error || jv_filter(j, e->text, in, &args, &out)) return out;
    jinja_doubt(j, false, "the filter '%.*s' is not known here", STR_ARG(e->text));
    struct str text = jv_str(j->arena, in);
    return jv_unknown(j->arena, "%.*s|%.*s", STR_ARG(text), STR_ARG(e->text));
}

static struct jv eval_test(struct jinja *j, const struct jx *e) {
    struct jv in = eval(j, e->args[0]), out = jv_none();
    struct jv_args args = eval_args(j, e, 1);
    if (j->error || jv_test(j, e->text, in, &args, &out)) return out;
    return jv_unknown(j->arena, "%.*s", STR_ARG(e->source));
}

static struct jv eval_sign(struct jinja *j, const struct jx *e) {
    struct jv v = eval(j, e->args[0]);
    if (v.kind == JV_UNKNOWN) return unknown_of(j, e, v);
    if (e->kind == JX_NOT) return jv_bool(!jv_true(v));
    if (v.kind == JV_FLOAT) return jv_real(-v.d);
    return v.kind == JV_INT && v.i != INT64_MIN ? jv_int(-v.i) : v;
}

static struct jv eval(struct jinja *j, const struct jx *e) {
    if (!e || !spend(j)) return jv_none();
    if (j->depth == 0) j->line = e->line;
    switch (e->kind) {
    case JX_CONST:
        return e->value;
    case JX_NAME:
        return name_value(j, e->text);
    case JX_ATTR:
        return eval_attr(j, eval(j, e->args[0]), e->text, e);
    case JX_ITEM:
        return eval_item(j, e);
    case JX_SLICE:
        return eval_slice(j, e);
    case JX_CALL:
        return eval_call(j, e);
    case JX_FILTER:
        return eval_filter(j, e, NULL);
    case JX_TEST:
        return eval_test(j, e);
    case JX_NOT:
    case JX_NEG:
        return eval_sign(j, e);
    case JX_BINARY:
        return eval_binary(j, e);
    case JX_AND:
    case JX_OR:
        return eval_logic(j, e);
    case JX_COMPARE:
        return eval_compare(j, e);
    case JX_TERNARY:
        return eval_ternary(j, e);
    case JX_LIST:
    case JX_DICT:
        return eval_collection(j, e);
    }
    return jv_none();
}

/* Blocks. */

static bool mentions(struct str text, const char *word) { return text.n && memmem(text.p, text.n, word, strlen(word)) != NULL; }

/* The text of an incremental branch that a full refresh passes over: it holds the filter on new rows. */
static void keep_incremental(struct jinja *j, const struct jn *node) {
    if (j->incremental || j->depth) return;
    bool quiet = j->quiet;
    j->quiet = true;
    struct scope *before = j->scope;
    scope_push(j);
    struct str text = str_trim(capture(j, node->body));
    j->scope = before;
    j->quiet = quiet;
    j->incremental = str_dup(j->arena, text);
}

static void run_if(struct jinja *j, const struct jn *node) {
    for (; node && !j->error; node = node->otherwise) {
        if (node->kind != JN_IF || !node->expr) {
            run(j, node);
            return;
        }
        struct jv condition = eval(j, node->expr);
        if (condition.kind == JV_UNKNOWN) {
            struct str source = node->expr->source;
            jinja_doubt(j, true, "which branch of 'if %.*s' is taken is only known when it runs", (int)(source.n > 80 ? 80 : source.n), source.p);
        }
        if (jv_true(condition)) {
            run(j, node->body);
            return;
        }
        if (mentions(node->expr->source, "is_incremental")) keep_incremental(j, node);
    }
}

static struct jv loop_record(struct jinja *j, const struct jv_list *items, size_t i) {
    struct jv loop = jv_dict_new(j->arena);
    jv_dict_put(j->arena, loop, jv_cstr("index"), jv_int((int64_t)i + 1));
    jv_dict_put(j->arena, loop, jv_cstr("index0"), jv_int((int64_t)i));
    jv_dict_put(j->arena, loop, jv_cstr("revindex"), jv_int((int64_t)(items->n - i)));
    jv_dict_put(j->arena, loop, jv_cstr("revindex0"), jv_int((int64_t)(items->n - i) - 1));
    jv_dict_put(j->arena, loop, jv_cstr("first"), jv_bool(i == 0));
    jv_dict_put(j->arena, loop, jv_cstr("last"), jv_bool(i + 1 == items->n));
    jv_dict_put(j->arena, loop, jv_cstr("length"), jv_int((int64_t)items->n));
    if (i > 0) jv_dict_put(j->arena, loop, jv_cstr("previtem"), items->at[i - 1]);
    if (i + 1 < items->n) jv_dict_put(j->arena, loop, jv_cstr("nextitem"), items->at[i + 1]);
    return loop;
}

static void bind_targets(struct jinja *j, const struct jn *node, struct jv item) {
    if (node->name_count == 1) {
        scope_set(j, node->names[0], item);
        return;
    }
    for (size_t i = 0; i < node->name_count; i++) {
        struct jv part = {.kind = JV_UNDEFINED};
        if (item.kind == JV_LIST && i < item.list->n) part = item.list->at[i];
        if (item.kind == JV_UNKNOWN) part = jv_unknown(j->arena, "%.*s[%zu]", STR_ARG(item.s), i);
        scope_set(j, node->names[i], part);
    }
}

static struct jv iterable(struct jinja *j, struct jv v) {
    struct jv list = jv_list_new(j->arena);
    if (v.kind == JV_LIST) return v;
    for (size_t i = 0; v.kind == JV_DICT && i < v.dict->n; i++) jv_list_add(j->arena, list, v.dict->keys[i]);
    for (size_t i = 0; v.kind == JV_TEXT && i < v.s.n && i < LOOP_MAX; i++) jv_list_add(j->arena, list, jv_text((struct str){v.s.p + i, 1}));
    return list;
}

/* The items that pass `for ... if condition`. */
static const struct jv_list *chosen_items(struct jinja *j, const struct jn *node, struct jv items) {
    if (!node->condition) return items.list;
    struct jv chosen = jv_list_new(j->arena);
    for (size_t i = 0; i < items.list->n && i < LOOP_MAX && !j->error; i++) {
        bind_targets(j, node, items.list->at[i]);
        if (jv_true(eval(j, node->condition))) jv_list_add(j->arena, chosen, items.list->at[i]);
    }
    return chosen.list;
}

static void run_for(struct jinja *j, const struct jn *node) {
    struct jv over = eval(j, node->expr);
    struct scope *before = j->scope;
    if (over.kind == JV_UNKNOWN) {
        struct str source = node->expr->source;
        jinja_doubt(j, true, "the loop over '%.*s' runs over values only known when it runs", (int)(source.n > 80 ? 80 : source.n), source.p);
        struct jv one = jv_list_new(j->arena);
        jv_list_add(j->arena, one, jv_unknown(j->arena, "item of %.*s", STR_ARG(over.s)));
        over = one;
    }
    scope_push(j);
    struct scope *mine = j->scope;
    const struct jv_list *items = chosen_items(j, node, iterable(j, over));
    if (items->n > LOOP_MAX) stop(j, "a loop runs more than 20,000 times");
    for (size_t i = 0; i < items->n && !j->error && !j->returning; i++) {
        /* Each turn starts with a clean scope: what a loop sets does not outlive the turn. */
        j->scope = mine->parent;
        scope_push(j);
        bind_targets(j, node, items->at[i]);
        scope_set(j, STR("loop"), loop_record(j, items, i));
        run(j, node->body);
        bool out = j->loop == LOOP_OUT;
        j->loop = LOOP_ON;
        if (out) break;
    }
    j->scope = before;
    if (items->n == 0) run(j, node->otherwise);
}

static void run_set(struct jinja *j, const struct jn *node) {
    struct jv value = eval(j, node->expr);
    if (node->target) {
        struct jv object = eval(j, node->target->args[0]);
        struct jv key = node->target->kind == JX_ATTR ? jv_text(node->target->text) : jv_none();
        if (object.kind == JV_DICT) jv_dict_put(j->arena, object, key, value);
        return;
    }
    bind_targets(j, node, value);
}

static void run_set_block(struct jinja *j, const struct jn *node) {
    struct jv text = jv_text(capture(j, node->body));
    if (j->returning) return;
    if (node->expr) text = eval_filter(j, node->expr, &text);
    if (node->name_count) scope_set(j, node->names[0], text);
}

static void run_call(struct jinja *j, const struct jn *node) {
    if (!node->expr || node->expr->kind != JX_CALL) return;
    struct jv caller = local_function(j, node, STR("caller"));
    const struct jx *e = node->expr;
    struct jv function = e->args[0]->kind == JX_ATTR ? eval_attr(j, eval(j, e->args[0]->args[0]), e->args[0]->text, e) : eval(j, e->args[0]);
    struct jv_args args = eval_args(j, e, 1);
    if (j->error) return;
    size_t cap = 0, cap2 = 0;
    struct str *names = arena_grow(j->arena, NULL, &cap, args.named + 1, sizeof *names);
    struct jv *values = arena_grow(j->arena, NULL, &cap2, args.named + 1, sizeof *values);
    if (args.named) memcpy(names, args.names, args.named * sizeof *names), memcpy(values, args.values, args.named * sizeof *values);
    names[args.named] = STR("caller");
    values[args.named] = caller;
    args.names = names;
    args.values = values;
    args.named++;
    if (function.kind == JV_UNDEFINED) return;
    emit(j, jv_str(j->arena, jinja_call(j, function, &args)), false);
}

static void run_block(struct jinja *j, const struct jn *node) {
    bool wanted = j->host && j->host->block && j->host->block(j->host->ctx, node->text, node->name_count ? node->names[0] : node->text);
    if (wanted) run(j, node->body);
}

static void run_one(struct jinja *j, const struct jn *node) {
    if (j->depth == 0) j->line = node->line;
    switch (node->kind) {
    case JN_TEXT:
        emit(j, node->text, true);
        return;
    case JN_PRINT: {
        struct jv v = eval(j, node->expr);
        if (j->depth == 0) j->line = node->line;
        if (!j->returning && !j->error && v.kind != JV_NONE) emit(j, jv_str(j->arena, v), false);
        if (v.kind == JV_NONE && node->expr->kind != JX_CALL) emit(j, STR("None"), false);
        return;
    }
    case JN_IF:
        run_if(j, node);
        return;
    case JN_FOR:
        run_for(j, node);
        return;
    case JN_SET:
        run_set(j, node);
        return;
    case JN_SET_BLOCK:
        run_set_block(j, node);
        return;
    case JN_MACRO:
        scope_set(j, node->text, local_function(j, node, node->text));
        return;
    case JN_CALL:
        run_call(j, node);
        return;
    case JN_DO:
        eval(j, node->expr);
        return;
    case JN_FILTER: {
        struct jv text = jv_text(capture(j, node->body));
        emit(j, jv_str(j->arena, eval_filter(j, node->expr, &text)), false);
        return;
    }
    case JN_BREAK:
    case JN_CONTINUE:
        j->loop = node->kind == JN_BREAK ? LOOP_OUT : LOOP_NEXT;
        return;
    case JN_BLOCK:
        run_block(j, node);
        return;
    }
}

static void run(struct jinja *j, const struct jn *node) {
    for (; node && !j->returning && j->loop == LOOP_ON && spend(j); node = node->next) run_one(j, node);
}

static void render_into(struct jinja *j, const struct jinja_template *t, struct buf *out) {
    j->out = out;
    j->line = 1;
    scope_push(j);
    run(j, t->body);
}

void jinja_render(struct arena *arena, const struct jinja_template *t, const struct jinja_host *host, struct jinja_result *out) {
    struct jinja j = {.arena = arena, .host = host};
    struct buf text = buf_new(arena);
    *out = (struct jinja_result){.error = t->error, .error_line = t->error_line};
    if (t->error) return;
    render_into(&j, t, &text);
    *out = (struct jinja_result){
        .text = {buf_str(&text), text.n},
        .anchors = j.anchors.at,
        .anchor_count = j.anchors.n,
        .doubts = j.doubts.at,
        .doubt_count = j.doubts.n,
        .error = j.error,
        .error_line = j.error_line,
        .incremental = j.incremental,
    };
}

struct jv jinja_value_of(struct arena *arena, struct str text, const struct jinja_host *host) {
    if (!memmem(text.p, text.n, "{{", 2) && !memmem(text.p, text.n, "{%", 2)) return jv_text(text);
    const struct jinja_template *t = jinja_parse(arena, "", text);
    struct jinja j = {.arena = arena, .host = host, .quiet = true};
    struct buf out = buf_new(arena);
    j.out = &out;
    scope_push(&j);
    if (t->error) return jv_text(text);
    if (t->body && t->body->kind == JN_PRINT && !t->body->next) return eval(&j, t->body->expr);
    run(&j, t->body);
    return jv_text((struct str){buf_str(&out), out.n});
}

int jinja_line(const struct jinja_result *r, size_t at) {
    size_t low = 0, high = r->anchor_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->anchors[middle].offset <= at) low = middle + 1;
        if (r->anchors[middle].offset > at) high = middle;
    }
    if (low == 0) return r->anchor_count ? r->anchors[0].line : 1;
    const struct jinja_anchor *a = &r->anchors[low - 1];
    int line = a->line;
    for (size_t i = a->offset; a->verbatim && i < at && i < r->text.n; i++) line += r->text.p[i] == '\n';
    return line;
}
