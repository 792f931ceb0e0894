/* eval_prepare.c - a bound plan made ready to run: functions looked up, inner joins flattened. */
#include "eval_tree.h"

#include <stdio.h>

#define REL_MAX 400

struct preparing {
    struct eval_world *world;
    struct eval_plan *out;
    struct arena *arena;
};

static struct eval_expr *prepare_expr(struct preparing *p, const struct scalar *from);
static struct eval_rel *prepare_rel(struct preparing *p, const struct rel *from);

struct eval_world *eval_world_new(struct arena *arena) {
    struct eval_world *world = arena_new(arena, struct eval_world);
    world->arena = arena;
    return world;
}

static void refuse(struct preparing *p, const char *why) {
    if (!p->out->reason) p->out->reason = why;
}

static int param_index(struct preparing *p, const struct scalar *from) {
    struct eval_world *world = p->world;
    const char *name = from->name ? from->name : "?";
    for (size_t i = 0; i < world->params.n; i++)
        if (strcmp(world->params.at[i], name) == 0) return (int)i;
    *vec_add(world->arena, &world->params) = name;
    *vec_add(world->arena, &world->param_types) = from->type;
    return (int)world->params.n - 1;
}

static struct value literal_read(struct preparing *p, const struct scalar *from) {
    const struct literal *lit = &from->lit;
    __int128 den = 1;
    struct value v;
    switch (lit->kind) {
    case VALUE_NULL:
        return value_null();
    case VALUE_BOOL:
        return value_bool(lit->i != 0);
    case VALUE_TEXT:
        return value_text(lit->s);
    case VALUE_DATE:
        return value_of_kind(CELL_DATE, lit->i);
    case VALUE_TIMESTAMP:
        return value_of_kind(CELL_TIME, lit->i);
    case VALUE_INTERVAL:
        v = value_of_kind(CELL_INTERVAL, lit->i);
        v.months = lit->scale;
        return v;
    case VALUE_INT:
        if (lit->s.n) refuse(p, "an integer beyond 64 bits");
        return value_int(lit->i);
    case VALUE_DECIMAL:
        if (lit->s.n || lit->scale > 18) refuse(p, "a decimal beyond 64 bits");
        for (int i = 0; i < lit->scale && i <= 18; i++) den *= 10;
        return value_fraction(lit->i, den);
    case VALUE_FLOAT:
        break;
    }
    /* A float is read back from its shortest text, so that 0.1 is a tenth. */
    char text[40];
    snprintf(text, sizeof text, "%.15g", lit->r);
    return value_read_number(str_of(text), &v) ? v : value_real(lit->r);
}

#define LITERALS_MAX 64

static struct value literal_value(struct preparing *p, const struct scalar *from) {
    struct value v = literal_read(p, from);
    if (v.kind != CELL_NULL && p->world->literals.n < LITERALS_MAX) *vec_add(p->world->arena, &p->world->literals) = v;
    return v;
}

/* Is it surely a whole number, surely not, or not known? */
static enum whole_kind whole_kind(const struct scalar *a, const struct scalar *b) {
    bool int_a = a->type.kind == TYPE_INT, int_b = b->type.kind == TYPE_INT;
    if (int_a && int_b) return WHOLE;
    bool known_a = a->type.kind != TYPE_UNKNOWN && a->type.kind != TYPE_NULL, known_b = b->type.kind != TYPE_UNKNOWN && b->type.kind != TYPE_NULL;
    return (known_a && !int_a) || (known_b && !int_b) ? NOT_WHOLE : MAYBE_WHOLE;
}

static const char *operator_sign(enum scalar_op op) {
    switch (op) {
    case SC_ADD:
        return "+";
    case SC_SUB:
        return "-";
    case SC_MUL:
        return "*";
    case SC_DIV:
        return "/";
    case SC_IDIV:
        return "div";
    case SC_MOD:
        return "%";
    case SC_CONCAT:
        return "||";
    default:
        return NULL;
    }
}

static void prepare_call(struct preparing *p, struct eval_expr *e) {
    const struct scalar *from = e->from;
    if (from->is_volatile) refuse(p, "a volatile function");
    e->call = func_find(from->name, from->n, &e->is_strict);
    if (e->call) return;
    e->is_standin = true;
    e->is_strict = plan_strict(from);
}

static void prepare_aggregate(struct preparing *p, struct eval_expr *e) {
    const struct scalar *from = e->from;
    e->agg = agg_kind_of(from->name, from->n);
    if (e->agg == AGG_UNKNOWN && (from->n_order || from->is_volatile)) refuse(p, arena_printf(p->arena, "aggregate %s", from->name));
    if (e->agg == AGG_UNKNOWN) e->agg = AGG_STANDIN;
    bool of_all = p->out->plan->dialect == DIALECT_MYSQL; /* STDDEV is that of the population there */
    if (of_all && strcmp(from->name, "stddev") == 0) e->agg = AGG_STD_POP;
    if (of_all && strcmp(from->name, "variance") == 0) e->agg = AGG_VAR_POP;
    if (of_all && e->agg >= AGG_BIT_AND && e->agg <= AGG_BIT_XOR) refuse(p, "bits of nothing"); /* 0 or all ones there, NULL elsewhere */
    if (from->filter) e->filter = prepare_expr(p, from->filter);
    if (from->n_order && e->agg == AGG_JOIN_TEXT) refuse(p, "an ordered text aggregate");
}

static void prepare_special(struct preparing *p, struct eval_expr *e) {
    const struct scalar *from = e->from;
    const char *sign = operator_sign(from->op);
    bool plain_like = from->name && (strcmp(from->name, "like") == 0 || strcmp(from->name, "ilike") == 0);
    if (sign && !(e->call = func_operator(sign))) refuse(p, "an operator");
    e->is_strict = true;
    if (from->op == SC_DIV && plan_int_division(p->out->plan->dialect)) e->whole = whole_kind(from->args[0], from->args[1]);
    switch (from->op) {
    case SC_CONCAT:
        e->call = func_operator("||");
        break;
    case SC_NEG:
        e->call = func_find("negate", 1, &e->is_strict);
        break;
    case SC_LITERAL:
        e->constant = literal_value(p, from);
        break;
    case SC_PARAM:
        e->param = param_index(p, from);
        break;
    case SC_CALL:
        prepare_call(p, e);
        break;
    case SC_AGG:
        prepare_aggregate(p, e);
        break;
    case SC_LIKE:
        e->is_standin = !plain_like;
        break;
    case SC_FIELD:
        e->is_standin = true;
        break;
    case SC_AMBIGUOUS:
        e->is_standin = true;
        e->is_strict = false;
        break;
    case SC_OPAQUE:
        refuse(p, arena_printf(p->arena, "%s", from->name ? from->name : "an expression that is not known"));
        break;
    case SC_MATCHED:
        refuse(p, "a marker of the normal form");
        break;
    default:
        break;
    }
}

static struct eval_expr *prepare_expr(struct preparing *p, const struct scalar *from) {
    struct eval_expr *e = arena_new(p->arena, struct eval_expr);
    e->op = from->op;
    e->from = from;
    e->n = from->n;
    e->column = from->column;
    e->args = arena_array(p->arena, from->n + 1u, sizeof *e->args);
    for (size_t i = 0; i < from->n; i++) e->args[i] = prepare_expr(p, from->args[i]);
    if (from->rel) e->rel = prepare_rel(p, from->rel);
    prepare_special(p, e);
    return e;
}

static struct eval_table *table_of(struct preparing *p, const struct rel *scan, int *index) {
    struct eval_world *world = p->world;
    char *name = str_lower(world->arena, str_of(scan_table_name(scan)));
    if (scan->version) name = arena_printf(world->arena, "%s %s", name, scan->version);
    for (size_t i = 0; i < world->tables.n; i++) {
        *index = (int)i;
        if (strcmp(world->tables.at[i]->name, name) == 0) return world->tables.at[i];
    }
    struct eval_table *table = arena_new(world->arena, struct eval_table);
    table->name = name;
    table->schema = scan->table;
    *index = (int)world->tables.n;
    *vec_add(world->arena, &world->tables) = table;
    return table;
}

static int table_column_of(struct preparing *p, struct eval_table *table, const struct plan_column *column, int ordinal) {
    struct arena *arena = p->world->arena;
    const char *name = str_lower(arena, str_of(column->star ? "*" : column->name));
    for (size_t i = 0; i < table->columns.n; i++)
        if (strcmp(table->columns.at[i], name) == 0) return (int)i;
    *vec_add(arena, &table->columns) = name;
    *vec_add(arena, &table->types) = column->type;
    *vec_add(arena, &table->nullable) = column->nullable;
    *vec_add(arena, &table->ordinals) = ordinal;
    return (int)table->columns.n - 1;
}

static void prepare_scan(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    struct eval_table *table = table_of(p, from, &r->table);
    r->table_column = arena_array(p->arena, from->n_columns + 1, sizeof *r->table_column);
    for (size_t i = 0; i < from->n_columns; i++)
        r->table_column[i] = table_column_of(p, table, &p->out->plan->columns[from->columns[i]], from->ordinals ? from->ordinals[i] : -1);
}

/* Sets of column numbers, a bit each. */
struct columns {
    size_t words;
    uint64_t *read, *made;
};

static void mark(uint64_t *set, int column) { set[column / 64] |= UINT64_C(1) << (column % 64); }

static void collect_rel(struct columns *c, const struct eval_rel *r);

static void collect_expr(struct columns *c, const struct eval_expr *e) {
    if (!e) return;
    if (e->op == SC_COLUMN) mark(c->read, e->column);
    for (size_t i = 0; i < e->n; i++) collect_expr(c, e->args[i]);
    collect_expr(c, e->filter);
    if (e->rel) collect_rel(c, e->rel);
}

static void collect_window(struct columns *c, const struct eval_window *w) {
    for (size_t i = 0; i < w->n_partition; i++) collect_expr(c, w->partition[i]);
    for (size_t i = 0; i < w->n_order; i++) collect_expr(c, w->order[i].expr);
    collect_expr(c, w->start_by);
    collect_expr(c, w->end_by);
    collect_expr(c, w->function);
}

static void collect_rel(struct columns *c, const struct eval_rel *r) {
    if (!r) return;
    for (size_t i = 0; i < r->n_columns; i++) mark(c->made, r->columns[i]);
    collect_rel(c, r->left);
    collect_rel(c, r->right);
    for (size_t i = 0; i < r->n_inputs; i++) collect_rel(c, r->inputs[i]);
    for (size_t i = 0; i < r->n_conjuncts; i++) collect_expr(c, r->conjuncts[i].expr);
    for (size_t i = 0; i < r->n_exprs; i++) collect_expr(c, r->exprs[i]);
    for (size_t i = 0; i < r->n_keys; i++) collect_expr(c, r->keys[i]);
    for (size_t i = 0; r->windows && i < r->n_exprs; i++) collect_window(c, &r->windows[i]);
    for (size_t i = 0; i < r->n_order; i++) collect_expr(c, r->order[i].expr);
    collect_expr(c, r->condition);
    collect_expr(c, r->limit);
    collect_expr(c, r->offset);
}

static struct columns columns_new(struct preparing *p) {
    struct columns c = {.words = p->out->n_columns / 64 + 1};
    c.read = arena_array(p->arena, c.words, sizeof *c.read);
    c.made = arena_array(p->arena, c.words, sizeof *c.made);
    return c;
}

/* Does the relation read no column but its own? */
static bool rel_is_constant(struct preparing *p, const struct eval_rel *r) {
    struct columns c = columns_new(p);
    collect_rel(&c, r);
    for (size_t i = 0; i < c.words; i++)
        if (c.read[i] & ~c.made[i]) return false;
    return true;
}

static void add_conjuncts(struct preparing *p, struct eval_rel *r, const struct scalar *condition, size_t *cap) {
    if (condition->op == SC_AND) {
        for (size_t i = 0; i < condition->n; i++) add_conjuncts(p, r, condition->args[i], cap);
        return;
    }
    r->conjuncts = arena_grow(p->arena, r->conjuncts, cap, r->n_conjuncts + 1, sizeof *r->conjuncts);
    r->conjuncts[r->n_conjuncts++] = (struct eval_conjunct){.expr = prepare_expr(p, condition)};
}

static void add_inputs(struct preparing *p, struct eval_rel *r, const struct rel *from, size_t caps[2]) {
    if (from->kind == REL_JOIN && from->join == RELJOIN_INNER) {
        add_inputs(p, r, from->left, caps);
        add_inputs(p, r, from->right, caps);
        if (from->condition) add_conjuncts(p, r, from->condition, &caps[1]);
        return;
    }
    if (from->kind == REL_FILTER) {
        add_inputs(p, r, from->left, caps);
        add_conjuncts(p, r, from->condition, &caps[1]);
        return;
    }
    r->inputs = arena_grow(p->arena, r->inputs, &caps[0], r->n_inputs + 1, sizeof(struct eval_rel *));
    r->inputs[r->n_inputs++] = prepare_rel(p, from);
}

/* The least number of inputs that together make every column of the join that `expr` reads. */
static size_t level_of(struct preparing *p, const struct eval_rel *r, const struct eval_expr *expr) {
    struct columns c = columns_new(p);
    collect_expr(&c, expr);
    size_t level = 0;
    for (size_t i = 0; i < r->n_inputs; i++)
        for (size_t k = 0; k < r->inputs[i]->n_columns; k++) {
            int column = r->inputs[i]->columns[k];
            if (c.read[column / 64] >> (column % 64) & 1) level = i + 1;
        }
    return level;
}

/* Does input `i` read a column that one of the other inputs makes, and is not marked in `bound`? */
static bool reads_sibling(struct preparing *p, const struct eval_rel *r, size_t i, const bool *bound) {
    struct columns c = columns_new(p);
    collect_rel(&c, r->inputs[i]);
    for (size_t k = 0; k < r->n_inputs; k++) {
        if (k == i || (bound && bound[k])) continue;
        for (size_t m = 0; m < r->inputs[k]->n_columns; m++) {
            int column = r->inputs[k]->columns[m];
            if (c.read[column / 64] >> (column % 64) & 1) return true;
        }
    }
    return false;
}

/* How many conjuncts can be tested once input `i` is bound too, and not before. */
static size_t conjuncts_after(struct preparing *p, const struct eval_rel *r, size_t i, bool *bound) {
    size_t count = 0;
    for (size_t k = 0; k < r->n_conjuncts; k++) {
        struct columns c = columns_new(p);
        collect_expr(&c, r->conjuncts[k].expr);
        bool reads_it = false, ready = true;
        for (size_t m = 0; m < r->n_inputs; m++)
            for (size_t n = 0; n < r->inputs[m]->n_columns; n++) {
                int column = r->inputs[m]->columns[n];
                if (!(c.read[column / 64] >> (column % 64) & 1)) continue;
                reads_it |= m == i;
                ready &= m == i || bound[m];
            }
        count += reads_it && ready;
    }
    return count;
}

/* Puts the inputs in an order in which conjuncts cut early; an input that reads another comes after it. */
static void order_inputs(struct preparing *p, struct eval_rel *r) {
    bool *bound = arena_array(p->arena, r->n_inputs + 1, sizeof *bound);
    struct eval_rel **ordered = arena_array(p->arena, r->n_inputs + 1, sizeof *ordered);
    for (size_t done = 0; done < r->n_inputs; done++) {
        size_t best = SIZE_MAX, most = 0;
        for (size_t i = 0; i < r->n_inputs; i++) {
            if (bound[i] || reads_sibling(p, r, i, bound)) continue;
            size_t gain = conjuncts_after(p, r, i, bound);
            if (best == SIZE_MAX || gain > most) {
                best = i;
                most = gain;
            }
        }
        if (best == SIZE_MAX) {
            refuse(p, "inputs of a join that read each other");
            return;
        }
        bound[best] = true;
        ordered[done] = r->inputs[best];
    }
    r->inputs = ordered;
}

static void prepare_inner(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    size_t caps[2] = {0, 0};
    r->is_inner = true;
    add_inputs(p, r, from, caps);
    order_inputs(p, r);
    r->input_constant = arena_array(p->arena, r->n_inputs, sizeof(bool));
    for (size_t i = 0; i < r->n_inputs; i++) r->input_constant[i] = !reads_sibling(p, r, i, NULL);
    for (size_t i = 0; i < r->n_conjuncts; i++) r->conjuncts[i].level = level_of(p, r, r->conjuncts[i].expr);
}

static struct eval_key *prepare_keys(struct preparing *p, const struct sort_key *order, size_t n) {
    struct eval_key *keys = arena_array(p->arena, n + 1, sizeof *keys);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct eval_key){.expr = prepare_expr(p, order[i].expr), .descending = order[i].descending, .nulls_first = order[i].nulls_first};
    return keys;
}

static void prepare_window(struct preparing *p, struct eval_window *w, const struct scalar *from) {
    const struct window_spec *spec = from->window;
    w->spec = spec;
    w->function = prepare_expr(p, from->args[0]);
    w->n_partition = spec->n_partition;
    w->partition = arena_array(p->arena, spec->n_partition + 1, sizeof *w->partition);
    for (size_t i = 0; i < spec->n_partition; i++) w->partition[i] = prepare_expr(p, spec->partition[i]);
    w->n_order = spec->n_order;
    w->order = prepare_keys(p, spec->order, spec->n_order);
    if (spec->start_by) w->start_by = prepare_expr(p, spec->start_by);
    if (spec->end_by) w->end_by = prepare_expr(p, spec->end_by);
    if (spec->exclude || spec->ignore_nulls || spec->unit == WINDOW_GROUPS) refuse(p, "a window with EXCLUDE, GROUPS or IGNORE NULLS");
}

/* A window function that is no aggregate is run by name, so it is not looked up among the scalar functions. */
static struct eval_expr *window_function(struct preparing *p, const struct scalar *call) {
    static const char *const known[] = {"row_number", "rank", "dense_rank",  "percent_rank", "cume_dist",
                                        "lag",        "lead", "first_value", "last_value",   "ntile"};
    struct eval_expr *e = arena_new(p->arena, struct eval_expr);
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= strcmp(known[i], call->name) == 0;
    if (!found) refuse(p, arena_printf(p->arena, "window function %s", call->name));
    e->op = SC_CALL;
    e->from = call;
    e->n = call->n;
    e->args = arena_array(p->arena, call->n + 1u, sizeof *e->args);
    for (size_t i = 0; i < call->n; i++) e->args[i] = prepare_expr(p, call->args[i]);
    return e;
}

static void prepare_windows(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    r->n_exprs = from->n_defs;
    r->exprs = arena_array(p->arena, from->n_defs + 1, sizeof *r->exprs);
    r->windows = arena_array(p->arena, from->n_defs + 1, sizeof *r->windows);
    for (size_t i = 0; i < from->n_defs; i++) {
        const struct scalar *window = from->defs[i].expr, *call = window->args[0];
        bool by_name = call->op == SC_CALL || agg_kind_of(call->name, call->n) == AGG_UNKNOWN;
        struct scalar copy = *window;
        if (by_name) {
            static const struct scalar null = {.op = SC_LITERAL};
            static const struct scalar *const nulls[] = {&null};
            copy.args = nulls;
        }
        prepare_window(p, &r->windows[i], &copy);
        r->windows[i].spec = window->window;
        if (by_name) r->windows[i].function = window_function(p, call);
        r->exprs[i] = r->windows[i].function;
    }
}

static void prepare_defs(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    r->n_exprs = from->n_defs;
    r->exprs = arena_array(p->arena, from->n_defs + 1, sizeof *r->exprs);
    for (size_t i = 0; i < from->n_defs; i++) r->exprs[i] = prepare_expr(p, from->defs[i].expr);
    r->n_keys = from->n_keys;
    r->keys = arena_array(p->arena, from->n_keys + 1, sizeof *r->keys);
    for (size_t i = 0; i < from->n_keys; i++) r->keys[i] = prepare_expr(p, from->keys[i].expr);
}

static void prepare_values(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    r->n_exprs = from->n_rows * from->n_columns;
    r->exprs = arena_array(p->arena, r->n_exprs + 1, sizeof *r->exprs);
    for (size_t i = 0; i < r->n_exprs; i++) r->exprs[i] = prepare_expr(p, from->rows[i]);
}

/* A table function of values; what reads whole tables is not run. */
static void prepare_opaque(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    if (!from->name || !from->call || from->n_inputs || from->left || from->call->op != SC_CALL) {
        refuse(p, arena_printf(p->arena, "%s", from->name ? from->name : "a relation that is not known"));
        return;
    }
    r->n_exprs = from->call->n;
    r->exprs = arena_array(p->arena, r->n_exprs + 1, sizeof *r->exprs);
    for (size_t i = 0; i < r->n_exprs; i++) r->exprs[i] = prepare_expr(p, from->call->args[i]);
}

static void prepare_parts(struct preparing *p, struct eval_rel *r, const struct rel *from) {
    bool inner = from->kind == REL_FILTER || (from->kind == REL_JOIN && from->join == RELJOIN_INNER);
    if (inner) {
        prepare_inner(p, r, from);
        return;
    }
    if (from->left) r->left = prepare_rel(p, from->left);
    if (from->right) r->right = prepare_rel(p, from->right);
    if (from->condition) r->condition = prepare_expr(p, from->condition);
    switch (from->kind) {
    case REL_SCAN:
        prepare_scan(p, r, from);
        break;
    case REL_VALUES:
        prepare_values(p, r, from);
        break;
    case REL_PROJECT:
    case REL_AGG:
        prepare_defs(p, r, from);
        break;
    case REL_WINDOW:
        prepare_windows(p, r, from);
        break;
    case REL_SORT:
        r->n_order = from->n_order;
        r->order = prepare_keys(p, from->order, from->n_order);
        if (from->limit) r->limit = prepare_expr(p, from->limit);
        if (from->offset) r->offset = prepare_expr(p, from->offset);
        if (from->percent || from->with_ties) refuse(p, "LIMIT by percent or WITH TIES");
        break;
    case REL_OPAQUE:
        prepare_opaque(p, r, from);
        break;
    default:
        break;
    }
}

static struct eval_rel *prepare_rel(struct preparing *p, const struct rel *from) {
    struct eval_rel *r = arena_new(p->arena, struct eval_rel);
    r->kind = from->kind;
    r->from = from;
    r->id = p->out->n_rels++;
    r->n_columns = from->n_columns;
    r->columns = from->columns;
    if (from->is_volatile) refuse(p, "a volatile relation");
    if (r->id >= REL_MAX) {
        refuse(p, "too many relations");
        return r;
    }
    prepare_parts(p, r, from);
    r->is_constant = rel_is_constant(p, r);
    return r;
}

struct eval_plan *eval_prepare(struct eval_world *world, const struct plan *plan) {
    struct eval_plan *out = arena_new(world->arena, struct eval_plan);
    struct preparing p = {.world = world, .out = out, .arena = world->arena};
    out->plan = plan;
    out->world = world;
    out->n_columns = plan->n_columns;
    out->rules = eval_rules_of(plan->dialect);
    if (!plan->root) {
        out->reason = plan->reason ? plan->reason : "no plan";
        return out;
    }
    out->root = prepare_rel(&p, plan->root);
    return out;
}
