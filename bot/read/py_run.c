/* py_run.c - follows statements: branches and loops that may or may not run leave what they change unknown. */
#include "pyspark.h"

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }

/* from a.b import c, d as e; from . import f; import a.b as m: names of files of the repository. */
static bool import_own(struct py_run *r, const struct py_node *node) {
    struct str module = node->text;
    if (r->import && !py_abroad(r)) r->site = py_range(r, node);
    struct py_env *env = module.n && r->import ? r->import(r->import_ctx, r, module) : NULL;
    bool found = env != NULL;
    for (size_t i = 0; r->import && i < node->count; i++) {
        struct str alias = node->kids[i]->text, name = node->kids[i]->count ? node->kids[i]->kids[0]->text : alias;
        if (env && str_is(name, "*")) {
            for (size_t k = 0; k < map_count(env->names); k++) py_assign(r, map_at(env->names, k).key, *(struct pv *)map_at(env->names, k).value);
            continue;
        }
        const struct pv *v = env ? map_get(env->names, name) : NULL;
        if (v) py_assign(r, alias, *v);
        if (v) continue;
        bool dots = module.n && module.p[module.n - 1] == '.';
        const char *below =
            module.n ? arena_printf(r->arena, "%.*s%s%.*s", STR_ARG(module), dots ? "" : ".", STR_ARG(name)) : str_dup(r->arena, name);
        struct py_env *file = r->import(r->import_ctx, r, str_of(below));
        if (file) py_assign(r, alias, (struct pv){.kind = PV_MODULE, .module = file});
        found |= file != NULL;
    }
    return found;
}

static void import_names(struct py_run *r, const struct py_node *node) {
    struct str module = node->text;
    bool library = str_starts(module, "pyspark") || str_starts(module, "delta") || str_starts(module, "functools");
    if (!library && import_own(r, node)) return;
    bool functions = str_ends(module, "sql.functions"), sql = str_ends(module, "pyspark.sql"), window = str_ends(module, "window");
    for (size_t i = 0; i < node->count; i++) {
        struct str alias = node->kids[i]->text, name = node->kids[i]->count ? node->kids[i]->kids[0]->text : alias;
        const char *value = NULL;
        if (functions && str_is(name, "*")) r->star_functions = true;
        if (functions) value = arena_printf(r->arena, "functions.%.*s", STR_ARG(name));
        if ((sql && str_is(name, "functions")) || (module.n == 0 && str_ends(name, "sql.functions"))) value = "functions";
        if (sql && str_is(name, "*")) r->star_functions = false;
        if ((sql || window) && str_is(name, "Window")) value = "Window";
        if (sql && str_is(name, "SparkSession")) value = "SparkSession";
        if (str_is(name, "DeltaTable")) value = "DeltaTable";
        if (module.n == 0 && str_is(name, "dlt")) value = "dlt";
        if (str_is(module, "pyspark") && str_is(name, "pipelines")) value = "dlt";
        if (str_is(module, "functools") && str_is(name, "reduce")) value = "reduce";
        if (str_is(module, "functools") && str_is(name, "partial")) value = "partial";
        if (module.n == 0 && (str_is(name, "functools") || str_is(name, "operator"))) value = str_dup(r->arena, name);
        if (str_is(module, "operator")) value = arena_printf(r->arena, "operator.%.*s", STR_ARG(name));
        if ((module.n == 0 && str_is(name, "pyspark.pandas")) || (str_is(module, "pyspark") && str_is(name, "pandas"))) value = "ps";
        if ((module.n == 0 && str_is(name, "databricks.koalas")) || (str_is(module, "databricks") && str_is(name, "koalas"))) value = "ps";
        if (value && !str_is(alias, "*")) py_assign(r, alias, (struct pv){.kind = PV_NAME, .s = str_of(value)});
    }
}

static struct py_env *env_copy(struct py_run *r, const struct py_env *env) {
    struct py_env *copy = arena_new(r->arena, struct py_env);
    copy->outer = env->outer;
    copy->outside = env->outside;
    copy->names = map_new(r->arena);
    for (size_t i = 0; i < map_count(env->names); i++) {
        struct map_entry e = map_at(env->names, i);
        struct pv *v = arena_new(r->arena, struct pv);
        *v = *(const struct pv *)e.value;
        map_put(copy->names, e.key, v);
    }
    return copy;
}

/* One of two values. */
struct pv pv_either(struct py_run *r, const struct pv *a, const struct pv *b, struct str name, int line) {
    if (a->kind == PV_FRAME && b->kind == PV_FRAME)
        return pv_frame(
            frame_unknown_at(r, a->frame, b->frame, line, "what this DataFrame holds hangs on a branch or loop that is only known when it runs"));
    if (a->kind == PV_IO && b->kind == PV_IO && a->io->frame == b->io->frame) {
        /* A reader or writer with another option or two. */
        struct io *io = arena_new(r->arena, struct io);
        *io = *b->io;
        if (!str_eq(a->io->format, io->format)) io->format = (struct str){"", 0};
        if (!str_eq(a->io->mode, io->mode)) io->mode = STR("${mode}");
        if (!str_eq(a->io->path, io->path)) io->path = (struct str){"", 0};
        if (!str_eq(a->io->table_option, io->table_option)) io->table_option = (struct str){"", 0};
        if (!str_eq(a->io->target, io->target)) io->target = (struct str){"", 0};
        bool merges = a->io->merge_target && io->merge_target;
        if (!merges || strcmp(a->io->merge_target, io->merge_target) != 0) io->merge_target = a->io->merge_target || io->merge_target ? "" : NULL;
        if (io->merge && a->io->merge != io->merge) {
            struct sql_merge *merge = arena_new(r->arena, struct sql_merge);
            *merge = *io->merge;
            merge->tail = STR("what else it does hangs on a branch");
            io->merge = merge;
        }
        return (struct pv){.kind = PV_IO, .io = io};
    }
    return (struct pv){.kind = PV_UNKNOWN, .s = name};
}

/* After a branch that may or may not have run: what differs is not known. */
static void env_merge(struct py_run *r, struct py_env *into, const struct py_env *other, int line) {
    for (size_t i = 0; i < map_count(other->names); i++) {
        struct map_entry e = map_at(other->names, i);
        const struct pv *b = e.value;
        struct pv *a = map_get(into->names, e.key);
        if (!a) {
            map_put(into->names, e.key, a = arena_new(r->arena, struct pv));
            *a = *b;
            continue;
        }
        if (pv_same(*a, *b)) continue;
        *a = pv_either(r, a, b, e.key, line);
    }
}

/* A return in code that may not run: the function gives this or what comes later. */
static void maybe_keep(struct py_run *r, bool returned_before, int line) {
    if (!r->returned || returned_before) return;
    bool same = r->has_maybe && pv_same(r->maybe, r->value);
    if (!r->has_maybe) r->maybe = r->value;
    if (r->has_maybe && !same) r->maybe = pv_either(r, &r->maybe, &r->value, STR(""), line);
    r->has_maybe = true;
}

static struct py_env *run_unsure(struct py_run *r, const struct py_node *block, struct py_env *start) {
    bool conditional = r->session->conditional, returned = r->returned;
    unsigned jump = r->jump;
    r->jump = JUMP_NONE;
    r->session->conditional = true;
    r->unsure++;
    r->env = env_copy(r, start);
    py_block_run(r, block);
    maybe_keep(r, returned, py_line(r, block));
    r->returned = returned;
    r->maybe_jump |= r->jump;
    r->jump = jump;
    r->unsure--;
    r->session->conditional = conditional;
    struct py_env *branch = r->env;
    r->env = start;
    return branch;
}

static void run_if(struct py_run *r, const struct py_node *node) {
    struct py_env *start = r->env, *merged = NULL;
    bool exhaustive = node->count % 2 == 1;
    for (size_t i = 0; i < node->count; i += 2) {
        bool last = i + 1 >= node->count;
        int taken = last ? 1 : py_truth(py_eval(r, node->kids[i]));
        if (taken == 0) continue;
        const struct py_node *block = node->kids[last ? i : i + 1];
        if (taken == 1 && !merged) {
            py_block_run(r, block);
            return;
        }
        struct py_env *branch = run_unsure(r, block, start);
        if (merged) env_merge(r, merged, branch, py_line(r, node));
        if (!merged) merged = branch;
        exhaustive |= taken == 1;
        if (taken == 1) break;
    }
    if (!merged) return;
    if (!exhaustive) env_merge(r, merged, start, py_line(r, node));
    start->names = merged->names;
}

/* A block that runs any number of times: what it changes is not known afterwards. */
static void run_often(struct py_run *r, const struct py_node *block) {
    struct py_env *start = r->env, *branch = run_unsure(r, block, start);
    for (size_t i = 0; i < map_count(branch->names); i++) {
        struct map_entry e = map_at(branch->names, i);
        const struct pv *after = e.value, *before = map_get(start->names, e.key);
        bool fixed = after->kind == PV_FUNCTION || after->kind == PV_NAME || (before && pv_same(*before, *after));
        struct pv v = fixed ? *after : pv_either(r, before ? before : after, after, e.key, py_line(r, block));
        if (!before) map_put(start->names, e.key, arena_new(r->arena, struct pv));
        *(struct pv *)map_get(start->names, e.key) = v;
    }
}

static bool returns(const struct py_node *node) {
    if (!node || node->kind == PY_FUNCTION) return false;
    if (node->kind == PY_RETURN) return true;
    for (size_t i = 0; i < node->count; i++) {
        if (returns(node->kids[i])) return true;
    }
    return false;
}

#define ROUNDS_MAX 64 /* of a loop that may be left */

/* What runs now may run or not, and goes on from there. */
static void run_perhaps(struct py_run *r, const struct py_node *block) {
    struct py_env *start = r->env;
    env_merge(r, start, run_unsure(r, block, start), py_line(r, block));
}

/* True when the loop was surely left. */
static bool round_run(struct py_run *r, const struct py_node *block, bool sure) {
    r->jump = JUMP_NONE;
    if (sure) py_block_run(r, block);
    else run_perhaps(r, block);
    bool left = r->jump == JUMP_BREAK;
    r->jump = JUMP_NONE;
    return left;
}

/* What became of a loop: an else behind it runs where nothing left it. */
enum rounds { ROUNDS_ALL, ROUNDS_LEFT, ROUNDS_UNSURE };

static enum rounds run_rounds(struct py_run *r, const struct py_node *node, struct pv over) {
    bool may_return = returns(node->kids[2]);
    if (over.kind == PV_LIST && over.list->n <= (may_return ? ROUNDS_MAX : PY_LOOP_MAX)) {
        size_t n = over.list->n;
        for (size_t i = 0; i < n; i++) {
            bool sure = !may_return && !(r->maybe_jump & JUMP_BREAK);
            r->maybe_jump &= JUMP_BREAK;
            py_target_assign(r, node->kids[0], over.list->at[i]);
            if (round_run(r, node->kids[2], sure)) return ROUNDS_LEFT;
        }
        return may_return || r->maybe_jump & JUMP_BREAK ? ROUNDS_UNSURE : ROUNDS_ALL;
    }
    py_target_assign(r, node->kids[0], pv_unknown(r, node->kids[0]));
    run_often(r, node->kids[2]);
    return ROUNDS_UNSURE;
}

/* A loop of its own: what leaves it does not leave the one around it. */
struct loop_state {
    long rounds;
    unsigned jump, maybe;
};

static struct loop_state loop_enter(struct py_run *r, long rounds) {
    struct loop_state before = {r->rounds, r->jump, r->maybe_jump};
    r->rounds = rounds;
    r->jump = r->maybe_jump = JUMP_NONE;
    r->loop++;
    return before;
}

static void loop_leave(struct py_run *r, struct loop_state before) {
    r->loop--;
    r->rounds = before.rounds;
    r->jump = before.jump;
    r->maybe_jump = before.maybe;
}

static void run_for(struct py_run *r, const struct py_node *node) {
    struct pv over = py_eval(r, node->kids[1]);
    if (over.kind == PV_DICT) over = (struct pv){.kind = PV_LIST, .list = &over.dict->keys};
    struct loop_state before = loop_enter(r, over.kind == PV_LIST ? (long)over.list->n : -1);
    enum rounds rounds = run_rounds(r, node, over);
    loop_leave(r, before);
    if (node->count < 4 || rounds == ROUNDS_LEFT) return;
    if (rounds == ROUNDS_ALL) py_block_run(r, node->kids[3]);
    else run_perhaps(r, node->kids[3]);
}

static void run_while(struct py_run *r, const struct py_node *node) {
    struct loop_state before = loop_enter(r, -1);
    run_often(r, node->kids[1]);
    loop_leave(r, before);
    if (node->count > 2) run_perhaps(r, node->kids[2]);
}

/* global a, b / nonlocal a */
static bool run_outside(struct py_run *r, const struct py_node *node) {
    bool names = node->kind == PY_OTHER && (str_starts(node->text, "global ") || str_starts(node->text, "nonlocal "));
    if (!names) return false;
    if (!r->env->outside) r->env->outside = map_new(r->arena);
    for (size_t i = 0; i < node->count; i++) map_put(r->env->outside, node->kids[i]->text, r);
    return true;
}

static bool is_case(const struct py_node *node) { return node->kind == PY_OTHER && str_starts(node->text, "case "); }

/* The blocks of match x: case ..: each may run or not, from the same start. */
static void cases_run(struct py_run *r, const struct py_node *node, struct py_env *start, struct py_env **merged) {
    for (size_t i = 0; i < node->count; i++) {
        const struct py_node *kid = node->kids[i];
        bool holds_cases = is_case(kid) || (kid->kind == PY_BLOCK && kid->count && is_case(kid->kids[0]));
        if (holds_cases) cases_run(r, kid, start, merged);
        if (holds_cases || kid->kind != PY_BLOCK) continue;
        struct py_env *branch = run_unsure(r, kid, start);
        if (*merged) env_merge(r, *merged, branch, py_line(r, node));
        if (!*merged) *merged = branch;
    }
}

static bool run_match(struct py_run *r, const struct py_node *node) {
    struct py_env *start = r->env, *merged = NULL;
    if (node->kind != PY_OTHER || !str_starts(node->text, "match ")) return false;
    cases_run(r, node, start, &merged);
    if (!merged) return false;
    env_merge(r, merged, start, py_line(r, node));
    start->names = merged->names;
    return true;
}

static void target_delete(struct py_run *r, const struct py_node *node) {
    if (node->kind == PY_SUBSCRIPT) py_item_delete(r, py_eval(r, node->kids[0]), py_eval(r, node->kids[1]));
    if (node->kind == PY_NAME) py_assign(r, node->text, (struct pv){.kind = PV_UNKNOWN, .s = node->text});
    bool list = node->kind == PY_TUPLE || node->kind == PY_LIST || node->kind == PY_OTHER;
    for (size_t i = 0; list && i < node->count; i++) target_delete(r, node->kids[i]);
}

/* del a, b[0] */
static bool run_delete(struct py_run *r, const struct py_node *node) {
    if (node->kind != PY_OTHER || !str_starts(node->text, "del ")) return false;
    for (size_t i = 0; i < node->count; i++) target_delete(r, node->kids[i]);
    return true;
}

static bool changes_nothing(struct str decorator) {
    static const char *const names[] = {"staticmethod", "classmethod", "property",  "abstractmethod", "wraps",   "lru_cache",   "cache",
                                        "command",      "option",      "argument",  "pass_context",   "fixture", "task",        "flow",
                                        "retry",        "override",    "dataclass", "timeit",         "timer",   "typechecked", "group"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(decorator, names[i])) return true;
    }
    return false;
}

static void run_function(struct py_run *r, const struct py_node *node) {
    struct pv function = py_assign(r, node->text, py_function_value(r, node));
    for (size_t i = 2; i < node->count; i++) {
        const struct py_node *decorator = node->kids[i];
        struct pv v = decorator->kind == PY_NAME || decorator->kind == PY_ATTRIBUTE || decorator->kind == PY_CALL
                          ? py_eval(r, decorator->kind == PY_CALL ? decorator->kids[0] : decorator)
                          : none();
        if (decorator->kind == PY_NAME && str_is(decorator->text, "staticmethod")) function.function->plain = true;
        if (decorator->kind == PY_NAME && str_is(decorator->text, "property")) function.function->property = true;
        struct str word = decorator->kind == PY_CALL ? decorator->kids[0]->text : decorator->text;
        if (v.kind != PV_NAME && !changes_nothing(word)) function.function->wrapped = true;
        if (v.kind != PV_NAME || !udf_is(v.s)) continue;
        py_assign(r, node->text, udf_make(r, function, node->text, node));
        return;
    }
    if (node->count > 2 && dlt_decorated(r, node)) return;
}

static void run_class(struct py_run *r, const struct py_node *node) { py_assign(r, node->text, class_make(r, node)); }

static void run_try(struct py_run *r, const struct py_node *node) {
    struct py_env *start = r->env;
    if (node->count) py_block_run(r, node->kids[0]);
    for (size_t i = 1; i < node->count; i++) env_merge(r, start, run_unsure(r, node->kids[i], start), py_line(r, node));
}

static bool is_main_guard(const struct py_node *node) {
    return node->count >= 2 && node->kids[0]->kind == PY_BINARY && node->kids[0]->count == 2 && str_is(node->kids[0]->kids[0]->text, "__name__");
}

static void run_statement(struct py_run *r, const struct py_node *node) {
    switch (node->kind) {
    case PY_IMPORT:
        import_names(r, node);
        return;
    case PY_FUNCTION:
        run_function(r, node);
        return;
    case PY_CLASS:
        run_class(r, node);
        return;
    case PY_IF:
        if (is_main_guard(node)) {
            if (!r->importing) py_block_run(r, node->kids[1]);
        } else {
            run_if(r, node);
        }
        return;
    case PY_FOR:
        run_for(r, node);
        return;
    case PY_WHILE:
        run_while(r, node);
        return;
    case PY_WITH:
        for (size_t i = 0; i + 1 < node->count; i++) {
            struct pv v = py_eval(r, node->kids[i]->kids[0]);
            if (node->kids[i]->kids[1]) py_target_assign(r, node->kids[i]->kids[1], v);
        }
        py_block_run(r, node->kids[node->count - 1]);
        return;
    case PY_TRY:
        run_try(r, node);
        return;
    case PY_RETURN:
        r->value = node->count ? py_eval(r, node->kids[0]) : none();
        r->returned = true;
        return;
    default:
        if (node->kind == PY_OTHER && str_is(node->text, "break")) r->jump = JUMP_BREAK;
        else if (node->kind == PY_OTHER && str_is(node->text, "continue")) r->jump = JUMP_CONTINUE;
        else if (!run_outside(r, node) && !run_delete(r, node) && !run_match(r, node)) py_eval(r, node);
        return;
    }
}

void py_block_run(struct py_run *r, const struct py_node *block) {
    if (block->kind != PY_BLOCK && block->kind != PY_MODULE) {
        run_statement(r, block);
        return;
    }
    for (size_t i = 0; i < block->count && !r->returned && !r->jump; i++) {
        if (r->steps >= r->steps_max) {
            if (!r->stopped) r->stopped = block->kids[i];
            return;
        }
        unsigned before = r->maybe_jump;
        run_statement(r, block->kids[i]);
        if (r->maybe_jump == before || r->jump || r->returned || i + 1 == block->count) continue;
        /* It may have left the loop: the rest of the block may run or not. */
        struct py_node rest = *block;
        rest.kids += i + 1;
        rest.count -= i + 1;
        run_perhaps(r, &rest);
        return;
    }
}

/* Front. */

#define FUNCTIONS_MAX 20000

static void names_mentioned(struct py_run *r, const struct py_node *node) {
    if (node->kind == PY_NAME || node->kind == PY_ATTRIBUTE) map_put(r->mentioned, node->text, r);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kids[i]) names_mentioned(r, node->kids[i]);
    }
}

void py_run_init(struct py_run *r, struct session *session) {
    *r = (struct py_run){.session = session, .arena = session->arena};
    r->noted = map_new(r->arena);
    r->mentioned = map_new(r->arena);
    r->rounds = -1;
    r->steps_max = PY_STEPS_MAX;
    r->path = session->path;
    py_env_push(r, NULL);
    r->global = r->env;
}

void py_run_text(struct py_run *r, struct str text, const int *lines, size_t line_count) {
    struct py_node *module = NULL;
    r->lines = lines;
    r->line_count = line_count;
    r->text = text;
    r->steps_max += text.n / PY_STEP_BYTES;
    r->stopped = NULL;
    const struct err *e = pytree_parse(r->arena, text.p, text.n, &module);
    if (e) {
        session_gap(r->session, lines ? lines[0] : 1, true, "this Python was not understood: %s", e->text);
        return;
    }
    const struct py_node *broken = pytree_first_error(module);
    if (broken) py_gap(r, broken, "this Python was not understood: a syntax error");
    names_mentioned(r, module);
    py_block_run(r, module);
    r->returned = false;
    if (r->stopped) py_gap(r, r->stopped, "this Python takes too many steps to follow: from here on nothing was read");
}

void py_run_import(struct py_run *r, const struct py_node *module, struct str text, const char *path, struct py_env *env) {
    struct py_run before = *r;
    r->env = r->global = env;
    r->lines = NULL;
    r->line_count = 0;
    r->text = text;
    r->path = path;
    r->importing = true;
    r->star_functions = r->returned = false;
    r->unsure = r->loop = 0;
    names_mentioned(r, module);
    py_block_run(r, module);
    r->env = before.env;
    r->global = before.global;
    r->lines = before.lines;
    r->line_count = before.line_count;
    r->text = before.text;
    r->path = before.path;
    r->site = before.site;
    r->importing = before.importing;
    r->star_functions = before.star_functions;
    r->returned = before.returned;
    r->value = before.value;
    r->unsure = before.unsure;
    r->loop = before.loop;
}

static void run_uncalled(struct py_run *r, struct py_function *f) {
    bool before = r->session->conditional;
    r->session->conditional = true;
    r->env = r->global;
    r->depth = 0;
    struct pv self = {.kind = PV_UNKNOWN, .s = STR("self")};
    if (f->owner && !f->plain) {
        if (!f->owner->self) f->owner->self = class_call(r, f->owner, NULL).object;
        self = (struct pv){.kind = PV_OBJECT, .object = f->owner->self};
    }
    r->entry = true;
    if (!f->called) py_call_function(r, f, &self, f->owner && !f->plain, NULL);
    r->session->conditional = before;
}

void py_run_end(struct py_run *r) {
    /* Those that nothing in the text names come first: they call the others with what these need. */
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < r->functions.n && i < FUNCTIONS_MAX; i++) {
            struct py_function *f = r->functions.at[i];
            bool named = map_get(r->mentioned, f->node->text) || str_starts(f->node->text, "__");
            if (!f->called && strcmp(f->path, r->session->path) == 0 && named == round) run_uncalled(r, f);
        }
    }
    facts_end(r);
}
