/* random_witness.c - rows made so that a query's own conditions hold: random rows alone seldom meet ten equalities at once.
 *
 * Every scan of a plan becomes one row. Columns that the plan makes equal share a value; one compared with literals takes one of them. */
#include "random_learn.h"

#define CANDIDATES_MAX 8

/* Plan columns that are equal where the conditions hold, by root. */
struct share {
    size_t parent;
    size_t element; /* a column of a table that belongs to it, SIZE_MAX: none */
    struct domain candidates;
};

struct witness_row {
    size_t table, n;
    const size_t *columns; /* of the table */
    const int *shares;     /* plan columns, one for each */
};

struct witness {
    struct share *shares; /* by plan column */
    size_t n_shares;
    VEC(struct witness_row) rows;
};

struct weaving {
    struct random_db *db;
    struct witness *w;
};

static struct share *share_of(struct witness *w, int column) {
    size_t at = (size_t)column;
    while (w->shares[at].parent != at) at = w->shares[at].parent;
    return &w->shares[at];
}

static void share_take(struct weaving *v, struct share *s, struct value value) {
    if (value.kind == CELL_NULL || s->candidates.n >= CANDIDATES_MAX) return;
    s->candidates.at = arena_grow(v->db->arena, s->candidates.at, &s->candidates.cap, s->candidates.n + 1, sizeof *s->candidates.at);
    s->candidates.at[s->candidates.n++] = value;
}

static void share_join(struct weaving *v, int a, int b) {
    if (a < 0 || b < 0) return;
    struct share *x = share_of(v->w, a), *y = share_of(v->w, b);
    if (x == y) return;
    y->parent = x->parent;
    if (x->element == SIZE_MAX) x->element = y->element;
    for (size_t i = 0; i < y->candidates.n; i++) share_take(v, x, y->candidates.at[i]);
}

/* The column whose value an expression has, at least where there is one row; -1: none. */
static int column_behind(const struct eval_expr *e) {
    bool extreme = e->op == SC_AGG && (e->agg == AGG_MIN || e->agg == AGG_MAX || e->agg == AGG_ANY);
    if (e->op == SC_COLUMN) return e->column;
    if (e->op == SC_CAST || (extreme && e->n)) return column_behind(e->args[0]);
    return e->op == SC_SUBQUERY && e->rel->n_columns == 1 ? e->rel->columns[0] : -1;
}

static void weave_rel(struct weaving *v, const struct eval_rel *r);

static void weave_equal(struct weaving *v, const struct eval_expr *a, const struct eval_expr *b) {
    int x = column_behind(a), y = column_behind(b);
    share_join(v, x, y);
    if (x >= 0 && b->op == SC_LITERAL) share_take(v, share_of(v->w, x), b->constant);
    if (y >= 0 && a->op == SC_LITERAL) share_take(v, share_of(v->w, y), a->constant);
}

static void weave_expr(struct weaving *v, const struct eval_expr *e, bool holds) {
    if (!e) return;
    bool both = holds && (e->op == SC_AND || e->op == SC_OR);
    for (size_t i = 0; i < e->n; i++) weave_expr(v, e->args[i], both);
    weave_expr(v, e->filter, false);
    if (e->rel) weave_rel(v, e->rel);
    if (!holds) return;
    if (e->op == SC_EQ || e->op == SC_SAME) weave_equal(v, e->args[0], e->args[1]);
    for (size_t i = 1; e->op == SC_IN && i < e->n; i++)
        if (e->args[i]->op == SC_LITERAL) weave_equal(v, e->args[0], e->args[i]);
    bool one = e->op == SC_IN_QUERY && e->n == 1 && e->rel->n_columns == 1;
    if (one) share_join(v, column_behind(e->args[0]), e->rel->columns[0]);
}

static void weave_scan(struct weaving *v, const struct eval_rel *r) {
    struct arena *arena = v->db->arena;
    size_t *columns = arena_array(arena, r->n_columns + 1, sizeof *columns);
    for (size_t i = 0; i < r->n_columns; i++) {
        struct share *s = share_of(v->w, r->columns[i]);
        columns[i] = (size_t)r->table_column[i];
        if (s->element == SIZE_MAX) s->element = learn_element(v->db, (size_t)r->table, columns[i]);
    }
    *vec_add(arena, &v->w->rows) = (struct witness_row){(size_t)r->table, r->n_columns, columns, r->columns};
}

static void weave_rel(struct weaving *v, const struct eval_rel *r) {
    if (r->kind == REL_SCAN) weave_scan(v, r);
    if (r->left) weave_rel(v, r->left);
    if (r->right) weave_rel(v, r->right);
    for (size_t i = 0; i < r->n_inputs; i++) weave_rel(v, r->inputs[i]);
    for (size_t i = 0; i < r->n_conjuncts; i++) weave_expr(v, r->conjuncts[i].expr, true);
    weave_expr(v, r->condition, true);
    for (size_t i = 0; i < r->n_exprs; i++) weave_expr(v, r->exprs[i], false);
    for (size_t i = 0; i < r->n_keys; i++) {
        weave_expr(v, r->keys[i], false);
        share_join(v, r->from->keys[i].column, column_behind(r->keys[i]));
    }
    bool defines = r->kind == REL_PROJECT || r->kind == REL_AGG;
    for (size_t i = 0; defines && i < r->n_exprs; i++) share_join(v, r->from->defs[i].column, column_behind(r->exprs[i]));
    for (size_t i = 0; r->kind == REL_SETOP && i < r->n_columns; i++) share_join(v, r->columns[i], r->left->columns[i]);
}

struct witness *witness_new(struct random_db *db, const struct eval_plan *plan) {
    struct witness *w = arena_new(db->arena, struct witness);
    struct weaving v = {.db = db, .w = w};
    w->n_shares = plan->n_columns;
    w->shares = arena_array(db->arena, plan->n_columns + 1, sizeof *w->shares);
    for (size_t i = 0; i < plan->n_columns; i++) w->shares[i] = (struct share){.parent = i, .element = SIZE_MAX};
    if (plan->root) weave_rel(&v, plan->root);
    for (size_t i = 0; i < w->n_shares; i++) {
        struct share *s = &w->shares[i];
        for (size_t k = 0; s->parent == i && s->element != SIZE_MAX && k < s->candidates.n; k++)
            s->candidates.at[k] = learn_as_type(db, s->candidates.at[k], s->element);
    }
    return w;
}

size_t witness_rows(const struct witness *w) { return w->rows.n; }

size_t witness_table(const struct witness *w, size_t row) { return w->rows.at[row].table; }

/* The value of a share: one of its literals, else any of its column's domain. */
static struct value share_draw(const struct random_db *db, const struct share *s, uint64_t *state) {
    if (s->element == SIZE_MAX) return value_null();
    const struct domain *domain = &db->domains[s->element];
    if (s->candidates.n) return s->candidates.at[random_below(state, s->candidates.n)];
    return domain->n ? domain->at[random_below(state, domain->n)] : value_null();
}

struct value *witness_draw(const struct random_db *db, struct arena *arena, struct witness *w, uint64_t *state) {
    struct value *values = arena_array(arena, w->n_shares + 1, sizeof *values);
    for (size_t i = 0; i < w->n_shares; i++)
        if (w->shares[i].parent == i) values[i] = share_draw(db, &w->shares[i], state);
    for (size_t i = 0; i < w->n_shares; i++) values[i] = values[share_of(w, (int)i)->parent];
    return values;
}

void witness_put(const struct random_db *db, const struct witness *w, size_t row, const struct value *values, struct value *out) {
    const struct witness_row *r = &w->rows.at[row];
    for (size_t i = 0; i < r->n; i++) {
        struct value v = values[r->shares[i]];
        if (learn_fits(db, v, learn_element(db, r->table, r->columns[i]))) out[r->columns[i]] = v;
    }
}
