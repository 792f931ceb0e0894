/* bind_make.c - makes relations and scalars of a bound plan, with types and nullability worked out from their arguments. */
#include "bind_core.h"

#include <stdarg.h>

static const char *sentence(struct binder *b, const char *fmt, va_list args) {
    char text[256];
    vsnprintf(text, sizeof text, fmt, args);
    return arena_strdup(b->arena, text);
}

void bind_refuse(struct binder *b, struct range range, const char *fmt, ...) {
    if (b->plan->reason) return;
    va_list args;
    va_start(args, fmt);
    b->plan->reason = sentence(b, fmt, args);
    va_end(args);
    b->plan->reason_range = range;
}

void bind_suppose(struct binder *b, const char *fmt, ...) {
    if (b->plan->condition) return;
    va_list args;
    va_start(args, fmt);
    b->plan->condition = sentence(b, fmt, args);
    va_end(args);
}

const char *bind_lower(struct binder *b, struct str s) { return str_lower(b->arena, s); }

const char *bind_words(struct binder *b, struct str s) {
    char *out = str_lower(b->arena, s), quote = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quote) out[i] = c;
        if (quote ? c == quote : c == '\'' || c == '"' || c == '`') quote = quote ? 0 : c;
    }
    return out;
}

static void node_count(struct binder *b) {
    if (++b->nodes == BIND_NODES_MAX) bind_refuse(b, (struct range){0}, "the query unfolds to more than %d nodes", BIND_NODES_MAX);
}

struct rel *rel_new(struct binder *b, enum rel_kind kind, struct range range) {
    node_count(b);
    struct rel *rel = arena_new(b->arena, struct rel);
    rel->kind = kind;
    rel->range = range;
    *vec_add(b->arena, &b->rels) = rel;
    return rel;
}

int column_new(struct binder *b, const char *name, struct type type, bool nullable, const struct rel *rel) {
    *vec_add(b->arena, &b->columns) =
        (struct plan_column){.name = name, .type = type, .nullable = nullable, .star = strcmp(name, "*") == 0, .rel = rel};
    *vec_add(b->arena, &b->levels) = b->next_level;
    return (int)b->columns.n - 1;
}

struct scalar *scalar_new(struct binder *b, enum scalar_op op, size_t n, struct range range) {
    node_count(b);
    struct scalar *e = arena_new(b->arena, struct scalar);
    e->op = op;
    e->range = range;
    e->n = (uint16_t)(n > 60000 ? 60000 : n);
    if (n > 60000) bind_refuse(b, range, "more than 60000 operands");
    e->args = arena_array(b->arena, n ? n : 1, sizeof *e->args);
    return e;
}

const struct scalar *scalar_column(struct binder *b, int column, struct range range) {
    struct scalar *e = scalar_new(b, SC_COLUMN, 0, range);
    e->column = column;
    e->type = b->columns.at[column].type;
    e->nullable = b->columns.at[column].nullable;
    return e;
}

const struct scalar *scalar_literal(struct binder *b, struct literal lit, struct type type) {
    struct scalar *e = scalar_new(b, SC_LITERAL, 0, (struct range){0});
    e->lit = lit;
    e->type = type;
    e->nullable = lit.kind == VALUE_NULL;
    return e;
}

const struct scalar *scalar_null(struct binder *b) { return scalar_literal(b, (struct literal){.kind = VALUE_NULL}, (struct type){TYPE_NULL, 0, 0}); }

const struct scalar *scalar_bool(struct binder *b, bool value) {
    return scalar_literal(b, (struct literal){.kind = VALUE_BOOL, .i = value}, (struct type){TYPE_BOOL, 0, 0});
}

struct type type_wider(struct type a, struct type b) {
    if (a.kind == TYPE_NULL) return b;
    if (b.kind == TYPE_NULL) return a;
    if (a.kind == b.kind) return a.precision >= b.precision ? a : b;
    if (a.kind == TYPE_UNKNOWN || b.kind == TYPE_UNKNOWN) return (struct type){TYPE_UNKNOWN, 0, 0};
    if ((a.kind == TYPE_STRING && b.kind == TYPE_CHAR) || (a.kind == TYPE_CHAR && b.kind == TYPE_STRING)) return (struct type){TYPE_CHAR, 0, 0};
    bool numbers = a.kind >= TYPE_INT && a.kind <= TYPE_FLOAT && b.kind >= TYPE_INT && b.kind <= TYPE_FLOAT;
    if (numbers) return (struct type){a.kind > b.kind ? a.kind : b.kind, 0, 0};
    return (struct type){TYPE_UNKNOWN, 0, 0};
}

static struct type arithmetic_type(struct binder *b, const struct scalar *e) {
    struct type x = e->args[0]->type, y = e->n > 1 ? e->args[1]->type : x;
    bool times = (x.kind >= TYPE_DATE && x.kind <= TYPE_INTERVAL) || (y.kind >= TYPE_DATE && y.kind <= TYPE_INTERVAL);
    if (times) return (struct type){TYPE_UNKNOWN, 0, 0};
    struct type wide = type_wider(x, y);
    if (wide.kind < TYPE_INT || wide.kind > TYPE_FLOAT) return (struct type){TYPE_UNKNOWN, 0, 0};
    if (e->op == SC_DIV && wide.kind == TYPE_INT && !plan_int_division(b->dialect))
        wide.kind = b->dialect == DIALECT_MYSQL ? TYPE_DECIMAL : TYPE_FLOAT;
    if (wide.kind == TYPE_DECIMAL) wide.precision = 0, wide.scale = 0;
    return wide;
}

static struct type values_type(const struct scalar *e) {
    struct type type = {TYPE_NULL, 0, 0};
    for (size_t i = 0; i < e->n; i++) {
        bool condition = e->op == SC_CASE && i % 2 == 0 && i + 1 < e->n;
        if (!condition) type = type_wider(type, e->args[i]->type);
    }
    return type;
}

static struct type result_type(struct binder *b, const struct scalar *e) {
    switch (e->op) {
    case SC_AND:
    case SC_OR:
    case SC_NOT:
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
    case SC_SAME:
    case SC_IS_NULL:
    case SC_IS_TRUE:
    case SC_LIKE:
    case SC_IN:
    case SC_EXISTS:
    case SC_IN_QUERY:
    case SC_ANY:
    case SC_ALL:
    case SC_MATCHED:
        return (struct type){TYPE_BOOL, 0, 0};
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_DIV:
    case SC_IDIV:
    case SC_MOD:
    case SC_NEG:
        return arithmetic_type(b, e);
    case SC_CONCAT:
        return (struct type){TYPE_STRING, 0, 0};
    case SC_CASE:
    case SC_COALESCE:
        return values_type(e);
    default:
        return e->type;
    }
}

static bool result_nullable(const struct scalar *e) {
    switch (e->op) {
    case SC_SAME:
    case SC_IS_NULL:
    case SC_IS_TRUE:
    case SC_EXISTS:
    case SC_MATCHED:
    case SC_GROUPING:
        return false;
    case SC_COALESCE:
        for (size_t i = 0; i < e->n; i++)
            if (!e->args[i]->nullable) return false;
        return true;
    case SC_CASE:
        for (size_t i = 1; i < e->n; i += 2)
            if (e->args[i]->nullable) return true;
        return e->args[e->n - 1]->nullable;
    case SC_AND:
    case SC_OR:
    case SC_NOT:
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_NEG:
    case SC_CONCAT:
    case SC_IN:
    case SC_LIKE:
        for (size_t i = 0; i < e->n; i++)
            if (e->args[i]->nullable) return true;
        return false;
    case SC_AGG:
        return !(strcmp(e->name, "count") == 0);
    default:
        return true;
    }
}

bool types_convert(struct type a, struct type b) {
    bool texts = (a.kind == TYPE_CHAR && b.kind == TYPE_STRING) || (a.kind == TYPE_STRING && b.kind == TYPE_CHAR);
    return texts || (a.kind == TYPE_DATE && b.kind == TYPE_TIMESTAMP) || (a.kind == TYPE_TIMESTAMP && b.kind == TYPE_DATE);
}

/* Padded and other texts, dates and times as the values of one CASE: what becomes what, an engine decides. A literal joins either. */
static void values_check(struct binder *b, const struct scalar *e) {
    struct type first = {TYPE_NULL, 0, 0};
    for (size_t i = 0; i < e->n; i++) {
        bool condition = e->op == SC_CASE && i % 2 == 0 && i + 1 < e->n;
        if (condition || e->args[i]->op == SC_LITERAL || e->args[i]->type.kind == TYPE_NULL) continue;
        if (types_convert(first, e->args[i]->type)) bind_suppose(b, "values of two types that meet in one expression stay as they are");
        first = e->args[i]->type;
    }
}

void scalar_finish(struct binder *b, struct scalar *e) {
    e->type = result_type(b, e);
    if ((e->type.kind == TYPE_CHAR || e->type.kind == TYPE_UNKNOWN) && (e->op == SC_CASE || e->op == SC_COALESCE)) values_check(b, e);
    e->nullable = result_nullable(e);
    for (size_t i = 0; i < e->n; i++)
        if (e->args[i]->is_volatile) e->is_volatile = true;
    if (e->rel && e->rel->is_volatile) e->is_volatile = true;
    if (e->filter && e->filter->is_volatile) e->is_volatile = true;
    if (e->is_volatile) b->plan->is_volatile = true;
}

const struct scalar *scalar_of(struct binder *b, enum scalar_op op, const struct scalar *left, const struct scalar *right, struct range range) {
    struct scalar *e = scalar_new(b, op, right ? 2 : 1, range);
    const struct scalar **args = (const struct scalar **)e->args;
    args[0] = left;
    if (right) args[1] = right;
    scalar_finish(b, e);
    return e;
}

const struct scalar *scalar_not(struct binder *b, const struct scalar *arg) { return scalar_of(b, SC_NOT, arg, NULL, arg->range); }

const struct scalar *scalar_and(struct binder *b, const struct scalar *left, const struct scalar *right) {
    if (!left || !right) return left ? left : right;
    return scalar_of(b, SC_AND, left, right, left->range);
}

const struct scalar *scalar_if(struct binder *b, const struct scalar *cond, const struct scalar *then, const struct scalar *otherwise) {
    struct scalar *e = scalar_new(b, SC_CASE, 3, cond->range);
    const struct scalar **args = (const struct scalar **)e->args;
    args[0] = cond;
    args[1] = then;
    args[2] = otherwise;
    scalar_finish(b, e);
    return e;
}

static bool literal_equal(const struct literal *a, const struct literal *b) {
    return a->kind == b->kind && a->i == b->i && a->scale == b->scale && memcmp(&a->r, &b->r, sizeof a->r) == 0 && str_eq(a->s, b->s);
}

static bool scalar_maybe_equal(const struct scalar *a, const struct scalar *b) { return a == b || (a && b && scalar_equal(a, b)); }

bool scalar_equal(const struct scalar *a, const struct scalar *b) {
    if (a == b) return true;
    if (a->op != b->op || a->n != b->n || a->column != b->column || a->distinct != b->distinct || a->rel != b->rel || a->window || b->window)
        return false;
    if (a->is_volatile || b->is_volatile || a->n_order || b->n_order || !scalar_maybe_equal(a->filter, b->filter)) return false;
    if ((a->name == NULL) != (b->name == NULL) || (a->name && strcmp(a->name, b->name) != 0)) return false;
    if (a->op == SC_CAST && (a->type.kind != b->type.kind || a->type.precision != b->type.precision || a->type.scale != b->type.scale)) return false;
    if (!literal_equal(&a->lit, &b->lit)) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!scalar_equal(a->args[i], b->args[i])) return false;
    return true;
}

struct rel *rel_filter(struct binder *b, struct rel *input, const struct scalar *condition) {
    struct rel *rel = rel_new(b, REL_FILTER, condition->range);
    rel->left = input;
    rel->condition = condition;
    return rel;
}

struct rel *rel_join(struct binder *b, struct rel *left, struct rel *right, enum join_kind kind, const struct scalar *condition) {
    struct rel *rel = rel_new(b, REL_JOIN, right->range);
    rel->left = left;
    rel->right = right;
    rel->join = kind;
    rel->condition = condition;
    return rel;
}

struct rel *rel_project(struct binder *b, struct rel *input, const struct column_def *defs, size_t n, struct range range) {
    struct rel *rel = rel_new(b, REL_PROJECT, range);
    rel->left = input;
    struct column_def *copy = arena_array(b->arena, n ? n : 1, sizeof *copy);
    memcpy(copy, defs, n * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        if (!b->columns.at[copy[i].column].rel) b->columns.at[copy[i].column].rel = rel, b->columns.at[copy[i].column].ordinal = i;
    rel->defs = copy;
    rel->n_defs = n;
    return rel;
}
