/* eval_expr.c - the value of one expression over the current row: three-valued logic, comparisons, sub-queries. */
#include "eval_tree.h"

enum scalar_op eval_op_of(const char *sign) {
    static const struct {
        const char *sign;
        enum scalar_op op;
    } signs[] = {{"=", SC_EQ}, {"==", SC_EQ}, {"<>", SC_NE}, {"!=", SC_NE}, {"<", SC_LT}, {"<=", SC_LE}, {">", SC_GT}, {">=", SC_GE}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strcmp(signs[i].sign, sign) == 0) return signs[i].op;
    return SC_OPAQUE;
}

/* Makes `v` of the kind of `like`, as engines do when they compare different kinds. */
static bool bring_to(struct run *run, struct value *v, struct value like) {
    bool date = like.kind == CELL_DATE || like.kind == CELL_TIME;
    if (v->kind == CELL_TEXT && value_is_number(like)) return value_read_number(v->text, v) || eval_fault(&run->base, "text compared with a number");
    if (v->kind == CELL_TEXT && date)
        return value_read_date(v->text, v) || value_read_time(v->text, v) || eval_fault(&run->base, "text compared with a date");
    if (v->kind == CELL_BOOL && value_is_number(like)) {
        *v = value_int(v->i);
        return true;
    }
    if (v->kind == CELL_DATE && like.kind == CELL_TIME) {
        *v = value_of_kind(CELL_TIME, v->i * 86400000000);
        return true;
    }
    return true;
}

bool eval_compare(struct run *run, struct value a, struct value b, int *order) {
    if (a.kind != b.kind && !(value_is_number(a) && value_is_number(b))) {
        if (!bring_to(run, &a, b) || !bring_to(run, &b, a)) return false;
        if (!bring_to(run, &a, b)) return false;
        if (a.kind != b.kind && !(value_is_number(a) && value_is_number(b))) return eval_unknown(&run->base, "comparison of different kinds");
    }
    if ((a.kind == CELL_REAL || b.kind == CELL_REAL) && value_same(a, b)) {
        *order = 0;
        return true;
    }
    *order = value_order(a, b);
    return true;
}

/* TRUE, FALSE or NULL of a value used as a condition. */
static bool as_truth(struct run *run, struct value v, struct value *out) {
    *out = v;
    if (v.kind == CELL_NULL || v.kind == CELL_BOOL) return true;
    if (!value_is_number(v)) return eval_unknown(&run->base, "a condition that is no truth");
    *out = value_bool(value_order(v, value_int(0)) != 0);
    return true;
}

static bool run_truth(struct run *run, const struct eval_expr *expr, struct value *out) {
    struct value v;
    return eval_expr_run(run, expr, &v) && as_truth(run, v, out);
}

bool eval_truth(struct run *run, const struct eval_expr *expr, bool *is_true) {
    struct value v;
    if (!run_truth(run, expr, &v)) return false;
    *is_true = v.kind == CELL_BOOL && v.i;
    return true;
}

/* AND stops at FALSE, OR at TRUE: `stop` is that truth. */
static bool run_logic(struct run *run, const struct eval_expr *e, bool stop, struct value *out) {
    bool null = false;
    for (size_t i = 0; i < e->n; i++) {
        struct value v;
        if (!run_truth(run, e->args[i], &v)) return false;
        if (v.kind == CELL_NULL) null = true;
        if (v.kind == CELL_BOOL && (v.i != 0) == stop) {
            *out = value_bool(stop);
            return true;
        }
    }
    *out = null ? value_null() : value_bool(!stop);
    return true;
}

/* a op b in three-valued logic. */
static bool compare_values(struct run *run, enum scalar_op op, struct value a, struct value b, struct value *out) {
    int order;
    *out = value_null();
    if (a.kind == CELL_NULL || b.kind == CELL_NULL) return true;
    if (!eval_compare(run, a, b, &order)) return false;
    *out = value_bool(scalar_order_holds(op, order));
    return true;
}

/* Row against row for = and <>: FALSE as soon as one pair differs, else NULL when one is unknown. */
static bool compare_rows(struct run *run, const struct value *a, const struct value *b, size_t n, struct value *out) {
    bool null = false;
    for (size_t i = 0; i < n; i++) {
        struct value v;
        if (!compare_values(run, SC_EQ, a[i], b[i], &v)) return false;
        null |= v.kind == CELL_NULL;
        if (v.kind == CELL_BOOL && !v.i) {
            *out = v;
            return true;
        }
    }
    *out = null ? value_null() : value_bool(true);
    return true;
}

static bool run_values(struct run *run, struct eval_expr *const *exprs, size_t n, struct value *out) {
    for (size_t i = 0; i < n; i++)
        if (!eval_expr_run(run, exprs[i], &out[i])) return false;
    return true;
}

static bool negate(struct value *v) {
    if (v->kind == CELL_BOOL) v->i = !v->i;
    return true;
}

static bool run_comparison(struct run *run, const struct eval_expr *e, struct value *out) {
    struct value v[2];
    if (e->args[0]->op == SC_TUPLE && e->args[1]->op == SC_TUPLE) {
        size_t n = e->args[0]->n;
        if ((e->op != SC_EQ && e->op != SC_NE) || n != e->args[1]->n) return eval_unknown(&run->base, "order of rows");
        struct value *rows = arena_array(run->base.arena, 2 * n, sizeof *rows);
        if (!run_values(run, e->args[0]->args, n, rows) || !run_values(run, e->args[1]->args, n, rows + n)) return false;
        return compare_rows(run, rows, rows + n, n, out) && (e->op == SC_EQ || negate(out));
    }
    return run_values(run, e->args, 2, v) && compare_values(run, e->op, v[0], v[1], out);
}

static bool run_same(struct run *run, const struct eval_expr *e, struct value *out) {
    struct value v[2];
    int order = 0;
    if (!run_values(run, e->args, 2, v)) return false;
    bool null_a = v[0].kind == CELL_NULL, null_b = v[1].kind == CELL_NULL;
    if (!null_a && !null_b && !eval_compare(run, v[0], v[1], &order)) return false;
    *out = value_bool(null_a || null_b ? null_a && null_b : order == 0);
    return true;
}

static bool run_case(struct run *run, const struct eval_expr *e, struct value *out) {
    for (size_t i = 0; i + 1 < e->n; i += 2) {
        bool taken;
        if (!eval_truth(run, e->args[i], &taken)) return false;
        if (taken) return eval_expr_run(run, e->args[i + 1], out);
    }
    return eval_expr_run(run, e->args[e->n - 1], out);
}

static bool run_coalesce(struct run *run, const struct eval_expr *e, struct value *out) {
    *out = value_null();
    for (size_t i = 0; i < e->n && out->kind == CELL_NULL; i++)
        if (!eval_expr_run(run, e->args[i], out)) return false;
    return true;
}

/* Is `left` (a row of n) among the rows? TRUE, FALSE or NULL. */
static bool find_row(struct run *run, const struct value *left, size_t n, const struct value *rows, size_t count, struct value *out) {
    bool null = false;
    for (size_t i = 0; i < count; i++) {
        if (!compare_rows(run, left, rows + i * n, n, out)) return false;
        if (out->kind == CELL_BOOL && out->i) return true;
        null |= out->kind == CELL_NULL;
    }
    *out = null ? value_null() : value_bool(false);
    return true;
}

static bool run_in(struct run *run, const struct eval_expr *e, struct value *out) {
    bool tuple = e->args[0]->op == SC_TUPLE;
    size_t n = tuple ? e->args[0]->n : 1;
    struct value *rows = arena_array(run->base.arena, n * e->n, sizeof *rows);
    for (size_t i = 0; i < e->n; i++) {
        bool good = tuple ? e->args[i]->n == n && run_values(run, e->args[i]->args, n, rows + i * n) : eval_expr_run(run, e->args[i], rows + i);
        if (!good) return run->base.state != EVAL_FINE ? false : eval_unknown(&run->base, "rows of different width");
    }
    return find_row(run, rows, n, rows + n, e->n - 1, out);
}

static bool run_in_query(struct run *run, const struct eval_expr *e, struct value *out) {
    struct bag bag = {0};
    bool tuple = e->n == 1 && e->args[0]->op == SC_TUPLE;
    size_t n = tuple ? e->args[0]->n : e->n;
    if (n != e->rel->n_columns) return eval_unknown(&run->base, "rows of different width");
    struct value *left = arena_array(run->base.arena, n, sizeof *left);
    if (!eval_rel_run(run, e->rel, &bag)) return false;
    if (!run_values(run, tuple ? e->args[0]->args : e->args, n, left)) return false;
    return find_row(run, left, n, bag.at, bag.count, out);
}

/* x op ANY (rows): TRUE when one is, NULL when none is and one is unknown. ALL is NOT ANY of the opposite. */
static bool run_quantified(struct run *run, const struct eval_expr *e, bool all, struct value *out) {
    struct bag bag = {0};
    struct value x, v;
    bool null = false;
    enum scalar_op op = eval_op_of(e->from->name);
    if (op == SC_OPAQUE || e->rel->n_columns != 1) return eval_unknown(&run->base, "a quantified comparison of rows");
    if (!eval_rel_run(run, e->rel, &bag) || !eval_expr_run(run, e->args[0], &x)) return false;
    for (size_t i = 0; i < bag.count; i++) {
        if (!compare_values(run, op, x, bag.at[i], &v)) return false;
        null |= v.kind == CELL_NULL;
        if (v.kind == CELL_BOOL && (v.i != 0) != all) {
            *out = v;
            return true;
        }
    }
    *out = null ? value_null() : value_bool(all);
    return true;
}

static bool run_subquery(struct run *run, const struct eval_expr *e, struct value *out) {
    struct bag bag = {0};
    if (!eval_rel_run(run, e->rel, &bag)) return false;
    if (bag.count > 1) return eval_fault(&run->base, "a scalar sub-query with several rows");
    *out = bag.count ? bag.at[0] : value_null();
    return true;
}

static bool run_exists(struct run *run, const struct eval_expr *e, struct value *out) {
    struct bag bag = {0};
    if (!eval_rel_run(run, e->rel, &bag)) return false;
    *out = value_bool(bag.count > 0);
    return true;
}

static bool run_like(struct run *run, const struct eval_expr *e, struct value *out) {
    struct value v[3];
    if (e->n > 3 || !run_values(run, e->args, e->n, v)) return false;
    *out = value_null();
    for (size_t i = 0; i < e->n; i++) {
        if (v[i].kind == CELL_NULL) return true;
        if (v[i].kind != CELL_TEXT) return eval_unknown(&run->base, "LIKE of a value that is no text");
    }
    char escape = run->base.rules.like_backslash ? '\\' : 0;
    if (e->n == 3) escape = v[2].text.n ? v[2].text.p[0] : 0;
    bool folds = run->base.rules.like_folds_case || strcmp(e->from->name, "ilike") == 0;
    *out = value_bool(text_like(v[0].text, v[1].text, escape, folds));
    return true;
}

#define ARGS_MAX 64

static bool run_call(struct run *run, const struct eval_expr *e, struct value *out) {
    struct value v[ARGS_MAX];
    if (e->n > ARGS_MAX) return eval_unknown(&run->base, "too many arguments");
    if (!run_values(run, e->args, e->n, v)) return false;
    for (size_t i = 0; e->is_strict && i < e->n; i++) {
        if (v[i].kind != CELL_NULL) continue;
        *out = value_null();
        return true;
    }
    if (e->is_standin) return eval_standin(run, e, v, out);
    if (!e->call(&run->base, v, e->n, out)) return run->base.state == EVAL_FINE ? eval_fault(&run->base, "a function out of its range") : false;
    bool whole = e->whole != NOT_WHOLE && v[0].kind == CELL_INT && v[1].kind == CELL_INT && out->kind == CELL_EXACT;
    if (whole && e->whole == MAYBE_WHOLE) return eval_unknown(&run->base, "a division that may or may not truncate");
    if (whole) return value_truncate(*out, out);
    return true;
}

bool eval_expr_run(struct run *run, const struct eval_expr *e, struct value *out) {
    switch (e->op) {
    case SC_COLUMN:
        *out = run->current[e->column];
        return true;
    case SC_LITERAL:
        *out = e->constant;
        return true;
    case SC_PARAM:
        *out = run->params[e->param];
        return true;
    case SC_AND:
        return run_logic(run, e, false, out);
    case SC_OR:
        return run_logic(run, e, true, out);
    case SC_NOT:
        return run_truth(run, e->args[0], out) && negate(out);
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
        return run_comparison(run, e, out);
    case SC_SAME:
        return run_same(run, e, out);
    case SC_IS_NULL:
        if (!eval_expr_run(run, e->args[0], out)) return false;
        *out = value_bool(out->kind == CELL_NULL);
        return true;
    case SC_IS_TRUE:
        if (!run_truth(run, e->args[0], out)) return false;
        *out = value_bool(out->kind == CELL_BOOL && out->i);
        return true;
    case SC_CASE:
        return run_case(run, e, out);
    case SC_COALESCE:
        return run_coalesce(run, e, out);
    case SC_IN:
        return run_in(run, e, out);
    case SC_IN_QUERY:
        return run_in_query(run, e, out);
    case SC_EXISTS:
        return run_exists(run, e, out);
    case SC_SUBQUERY:
        return run_subquery(run, e, out);
    case SC_ANY:
        return run_quantified(run, e, false, out);
    case SC_ALL:
        return run_quantified(run, e, true, out);
    case SC_LIKE:
        return e->is_standin ? run_call(run, e, out) : run_like(run, e, out);
    case SC_CAST:
        return eval_expr_run(run, e->args[0], out) && eval_cast(run, *out, e, out);
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_DIV:
    case SC_IDIV:
    case SC_MOD:
    case SC_NEG:
    case SC_CONCAT:
    case SC_CALL:
    case SC_FIELD:
    case SC_AMBIGUOUS:
        return run_call(run, e, out);
    default:
        return eval_unknown(&run->base, "an expression out of place");
    }
}
