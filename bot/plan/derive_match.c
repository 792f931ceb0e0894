/* derive_match.c - when an expression, source or block of one normal form is that of another, under a mapping of columns. */
#include "derive_core.h"

void match_init(struct match *m, struct arena *arena, const struct normal *v, const struct normal *q) {
    *m = (struct match){.arena = arena, .v = v, .q = q};
    m->to_q = arena_array(arena, v->n_columns + 1, sizeof *m->to_q);
    for (size_t i = 0; i < v->n_columns; i++) m->to_q[i] = -1;
}

size_t match_mark(const struct match *m) { return m->trail.n; }

void match_undo(struct match *m, size_t mark) {
    while (m->trail.n > mark) m->to_q[m->trail.at[--m->trail.n]] = -1;
}

const char *column_name(const struct normal *n, int column) {
    const struct source *s = (size_t)column < n->n_columns ? n->column_source[column] : NULL;
    for (size_t i = 0; s && i < s->n_columns; i++) {
        if (s->columns[i] != column) continue;
        if (s->table && s->ordinals && s->ordinals[i] >= 0) return s->table->columns.at[s->ordinals[i]].name;
        if (!s->rel || s->rel->n_columns != s->n_columns) return NULL;
        const struct plan_column *made = &n->plan->columns[s->rel->columns[i]];
        return made->star ? "" : made->name;
    }
    return NULL;
}

bool match_map(struct match *m, int v, int q) {
    if (m->to_q[v] >= 0) return m->to_q[v] == q;
    m->to_q[v] = q;
    *vec_add(m->arena, &m->trail) = v;
    return true;
}

int class_find(const int *classes, int column) {
    while (classes[column] != column) column = classes[column];
    return column;
}

int *class_new(struct arena *arena, size_t n) {
    int *classes = arena_array(arena, n + 1, sizeof *classes);
    for (size_t i = 0; i <= n; i++) classes[i] = (int)i; /* one more, for the column that coarser() makes up */
    return classes;
}

void class_join(int *classes, int a, int b) {
    a = class_find(classes, a);
    b = class_find(classes, b);
    if (a != b) classes[a > b ? a : b] = a > b ? b : a;
}

/* May one of two equal values stand for the other? Not for floats (-0, NaN), texts that compare equal without being the same, or values of
 * different types. */
static bool is_exchangeable(enum dialect dialect, struct type a, struct type b) {
    bool blurs = dialect == DIALECT_MYSQL || dialect == DIALECT_TSQL || dialect == DIALECT_REDSHIFT; /* case, blanks at the end */
    if (a.kind != b.kind || (a.kind == TYPE_TIMESTAMP && a.scale != b.scale)) return false;
    return a.kind == TYPE_INT || (a.kind == TYPE_STRING && !blurs) || a.kind == TYPE_DATE || a.kind == TYPE_TIMESTAMP || a.kind == TYPE_BOOL;
}

void class_learn(int *classes, const struct normal *of, const struct exprs *preds, const int *map) {
    for (size_t i = 0; i < preds->n; i++) {
        nexpr p = preds->at[i];
        if (p->op != SC_EQ || p->args[0]->op != SC_COLUMN || p->args[1]->op != SC_COLUMN) continue;
        if (!is_exchangeable(of->plan->dialect, p->args[0]->type, p->args[1]->type)) continue;
        int a = p->args[0]->column, b = p->args[1]->column;
        if (map) {
            a = map[a];
            b = map[b];
        }
        if (a >= 0 && b >= 0) class_join(classes, a, b);
    }
}

/* Maps v to q; when v is another q column already, the two of the query are one output shown twice. */
static void map_or_alias(struct match *m, int v, int q) {
    if (m->to_q[v] >= 0 && m->to_q[v] != q) *vec_add(m->arena, &m->aliases) = (struct item_pair){m->to_q[v], q};
    else match_map(m, v, q);
}

static bool match_column(const struct match *m, int v, int q) {
    int mapped = m->to_q[v];
    if (mapped < 0) return false;
    if (mapped == q) return true;
    return m->classes && class_find(m->classes, mapped) == class_find(m->classes, q);
}

static bool same_text(const char *a, const char *b) { return (a == NULL && b == NULL) || (a && b && strcmp(a, b) == 0); }

static bool same_literal(const struct literal *a, const struct literal *b) {
    if (a->kind != b->kind) return false;
    if (a->kind == VALUE_FLOAT) return a->r == b->r;
    if (a->kind == VALUE_TEXT || a->s.n || b->s.n) return str_eq(a->s, b->s);
    return a->i == b->i && a->scale == b->scale;
}

/* 'eu' where the tables are those of eu, 'us' where they are those of us. */
static bool tells_instance(const struct match *m, const struct literal *v, const struct literal *q) {
    return m->instance && v->kind == VALUE_TEXT && q->kind == VALUE_TEXT && str_iis(v->s, m->instance->b) && str_iis(q->s, m->instance->a);
}

static bool is_commutative(enum scalar_op op) {
    return op == SC_AND || op == SC_OR || op == SC_EQ || op == SC_NE || op == SC_SAME || op == SC_ADD || op == SC_MUL;
}

/* The comparison read from right to left. */
static enum scalar_op turned(enum scalar_op op) {
    switch (op) {
    case SC_LT:
        return SC_GT;
    case SC_LE:
        return SC_GE;
    case SC_GT:
        return SC_LT;
    case SC_GE:
        return SC_LE;
    default:
        return op;
    }
}

/* Each of v[0..n) has its own partner among q[0..n). Equality is transitive, so taking the first that fits loses nothing. */
static bool match_multiset(struct match *m, const nexpr *v, const nexpr *q, size_t n) {
    bool *used = arena_array(m->arena, n + 1, sizeof *used);
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t k = 0; k < n && !found; k++) {
            if (used[k] || !match_expr(m, v[i], q[k])) continue;
            used[k] = found = true;
        }
        if (!found) return false;
    }
    return true;
}

static bool match_list(struct match *m, const nexpr *v, const nexpr *q, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!match_expr(m, v[i], q[i])) return false;
    return true;
}

static bool match_order(struct match *m, const struct sort_key *v, size_t n_v, const struct sort_key *q, size_t n_q) {
    if (n_v != n_q) return false;
    for (size_t i = 0; i < n_v; i++)
        if (v[i].descending != q[i].descending || v[i].nulls_first != q[i].nulls_first || !match_expr(m, v[i].expr, q[i].expr)) return false;
    return true;
}

static bool match_optional(struct match *m, nexpr v, nexpr q) { return (!v && !q) || (v && q && match_expr(m, v, q)); }

static bool match_window(struct match *m, const struct window_spec *v, const struct window_spec *q) {
    if (!v || !q) return v == q;
    bool same = v->n_partition == q->n_partition && v->unit == q->unit && v->ignore_nulls == q->ignore_nulls && same_text(v->exclude, q->exclude);
    if (same && v->unit != WINDOW_NONE) same = v->start == q->start && v->end == q->end;
    return same && match_multiset(m, v->partition, q->partition, v->n_partition) && match_order(m, v->order, v->n_order, q->order, q->n_order) &&
           match_optional(m, v->start_by, q->start_by) && match_optional(m, v->end_by, q->end_by);
}

/* A sub-query's own block; its columns are mapped for as long as it is compared. */
static bool match_inner(struct match *m, const struct scalar *v, const struct scalar *q) {
    size_t mark = match_mark(m);
    bool same = match_block(m, v->block, q->block) && v->block->outs.n == q->block->outs.n &&
                (v->op == SC_EXISTS || match_list(m, v->block->outs.at, q->block->outs.at, v->block->outs.n));
    match_undo(m, mark);
    return same;
}

static bool same_kind_of_node(const struct scalar *v, const struct scalar *q) {
    if (v->op != q->op || v->n != q->n || v->distinct != q->distinct || v->is_volatile || q->is_volatile) return false;
    if (v->op != SC_CAST) return same_text(v->name, q->name);
    return v->type.kind == q->type.kind && v->type.precision == q->type.precision && v->type.scale == q->type.scale && same_text(v->name, q->name);
}

bool match_expr(struct match *m, nexpr v, nexpr q) {
    if (++m->work > MATCH_WORK_MAX) return false;
    if (v->op == SC_COLUMN) return q->op == SC_COLUMN && match_column(m, v->column, q->column);
    if (v->op == SC_LITERAL) return q->op == SC_LITERAL && (same_literal(&v->lit, &q->lit) || tells_instance(m, &v->lit, &q->lit));
    bool comparison = v->op >= SC_LT && v->op <= SC_GE;
    if (comparison && q->op == turned(v->op)) return match_expr(m, v->args[0], q->args[1]) && match_expr(m, v->args[1], q->args[0]);
    if (v->op == SC_MATCHED) {
        for (size_t i = m->items.n; i-- > 0;)
            if (m->items.at[i].v == v->column) return q->op == SC_MATCHED && m->items.at[i].q == q->column;
        return false;
    }
    if (v->op == SC_OPAQUE || v->op == SC_AMBIGUOUS || !same_kind_of_node(v, q)) return false;
    if ((v->rel || q->rel) && (!v->block || !q->block)) return false;
    if (v->block || q->block) {
        if (!v->block || !q->block || !match_inner(m, v, q)) return false;
    }
    if (!match_optional(m, v->filter, q->filter) || !match_order(m, v->order, v->n_order, q->order, q->n_order)) return false;
    if (!match_window(m, v->window, q->window)) return false;
    if (is_commutative(v->op)) return match_multiset(m, v->args, q->args, v->n);
    if (v->op == SC_IN) return match_expr(m, v->args[0], q->args[0]) && match_multiset(m, v->args + 1, q->args + 1, v->n - 1u);
    return match_list(m, v->args, q->args, v->n);
}

bool match_sets(struct match *m, const struct exprs *v, const struct exprs *q) { return v->n == q->n && match_multiset(m, v->at, q->at, v->n); }

/* Columns of one table pair by place in the schema, else by name. */
static bool match_table(struct match *m, const struct source *v, const struct source *q) {
    bool same_table = same_text(v->name, q->name);
    if (!same_table && !(m->instance && instance_same_table(m->instance, q->name, v->name))) return false;
    if (m->instance && v->n_columns != q->n_columns) return false;
    for (size_t k = 0; k < q->n_columns; k++) {
        int found = -1;
        for (size_t i = 0; i < v->n_columns && found < 0; i++) {
            bool known = same_table && v->ordinals && q->ordinals && v->ordinals[i] >= 0 && q->ordinals[k] >= 0;
            bool same = known ? v->ordinals[i] == q->ordinals[k] : same_text(column_name(m->v, v->columns[i]), column_name(m->q, q->columns[k]));
            if (same) found = v->columns[i];
        }
        if (found >= 0 && !match_map(m, found, q->columns[k])) return false;
    }
    return true;
}

static nexpr made_by(const struct source *s, size_t i) { return i < s->keys.n ? s->keys.at[i] : s->aggs.at[i - s->keys.n]; }

/* Columns [from, to) of q each have a partner in [v_from, v_to) of v that computes the same. */
static bool match_made(struct match *m, const struct source *v, const struct source *q, bool keys) {
    size_t v_from = keys ? 0 : v->keys.n, v_to = keys ? v->keys.n : v->n_columns, q_from = keys ? 0 : q->keys.n,
           q_to = keys ? q->keys.n : q->n_columns;
    for (size_t k = q_from; k < q_to; k++) {
        bool found = false;
        for (size_t i = v_from; i < v_to && !found; i++) {
            bool grouping = keys && v->kind == SRC_AGG; /* there every key of the one is one key of the other */
            found = !(grouping && m->to_q[v->columns[i]] >= 0) && match_expr(m, made_by(v, i), made_by(q, k));
            if (found) map_or_alias(m, v->columns[i], q->columns[k]);
        }
        if (!found) return false;
    }
    return true;
}

/* The same grouping; every aggregate of the query is one of the view's. */
static bool match_agg(struct match *m, const struct source *v, const struct source *q) {
    if (v->grouped != q->grouped || v->keys.n != q->keys.n || v->n_sets || q->n_sets || !match_block(m, v->block, q->block)) return false;
    return match_made(m, v, q, true) && match_made(m, v, q, false);
}

/* The same rows with windows over them: what the query passes through and computes, the view does too. */
static bool match_windows(struct match *m, const struct source *v, const struct source *q) {
    return match_block(m, v->block, q->block) && match_made(m, v, q, true) && match_made(m, v, q, false);
}

/* Blocks whose outputs are the source's columns by place. */
static bool match_outputs(struct match *m, const struct source *v, const struct source *q) {
    if (!match_block(m, v->block, q->block)) return false;
    for (size_t k = 0; k < q->n_columns && k < q->block->outs.n; k++) {
        bool found = false;
        for (size_t i = 0; i < v->n_columns && i < v->block->outs.n && !found; i++)
            found =
                m->to_q[v->columns[i]] < 0 && match_expr(m, v->block->outs.at[i], q->block->outs.at[k]) && match_map(m, v->columns[i], q->columns[k]);
        if (!found) return false;
    }
    return true;
}

static bool match_limit(struct match *m, const struct source *v, const struct source *q) {
    return match_outputs(m, v, q) && match_order(m, v->order, v->n_order, q->order, q->n_order) && match_optional(m, v->limit, q->limit) &&
           match_optional(m, v->offset, q->offset);
}

/* Branch k of the view may be any branch of the query that was not taken; outputs pair by place. */
static bool match_branches(struct match *m, const struct source *v, const struct source *q) {
    if (v->setop != q->setop || v->all != q->all || v->n_branches != q->n_branches || v->n_columns != q->n_columns) return false;
    bool ordered = v->setop != RELSET_UNION && v->setop != RELSET_INTERSECT;
    bool *used = arena_array(m->arena, v->n_branches + 1, sizeof *used);
    for (size_t i = 0; i < v->n_branches; i++) {
        bool found = false;
        for (size_t k = 0; k < q->n_branches && !found; k++) {
            if (used[k] || (ordered && k != i)) continue;
            size_t mark = match_mark(m);
            const struct block *a = v->branches[i], *b = q->branches[k];
            found = a->outs.n == b->outs.n && match_block(m, a, b) && match_list(m, a->outs.at, b->outs.at, a->outs.n);
            match_undo(m, mark);
            used[k] = found;
        }
        if (!found) return false;
    }
    for (size_t i = 0; i < v->n_columns; i++)
        if (!match_map(m, v->columns[i], q->columns[i])) return false;
    return true;
}

/* Column k of a full join shows this output of one of its sides. */
static nexpr side_output(const struct source *s, size_t k, bool *right) {
    size_t left = s->branches[0]->outs.n;
    *right = k >= left;
    return *right ? s->branches[1]->outs.at[k - left] : s->branches[0]->outs.at[k];
}

static bool match_full_sides(struct match *m, const struct source *v, const struct source *q, bool swapped) {
    if (!match_block(m, v->branches[swapped], q->branches[0]) || !match_block(m, v->branches[!swapped], q->branches[1])) return false;
    for (size_t k = 0; k < q->n_columns; k++) {
        bool right, v_right, found = false;
        nexpr e = side_output(q, k, &right);
        for (size_t i = 0; i < v->n_columns && !found; i++) {
            nexpr made = side_output(v, i, &v_right);
            found = (v_right != swapped) == right && match_expr(m, made, e);
            if (found) map_or_alias(m, v->columns[i], q->columns[k]);
        }
        if (!found) return false;
    }
    return match_sets(m, &v->on, &q->on);
}

static bool match_full(struct match *m, const struct source *v, const struct source *q) {
    size_t mark = match_mark(m);
    if (match_full_sides(m, v, q, false)) return true;
    match_undo(m, mark);
    return match_full_sides(m, v, q, true);
}

static bool match_values(struct match *m, const struct source *v, const struct source *q) {
    if (v->n_rows != q->n_rows || v->n_columns != q->n_columns) return false;
    if (!match_list(m, v->rows, q->rows, v->n_rows * v->n_columns)) return false;
    for (size_t i = 0; i < v->n_columns; i++)
        if (!match_map(m, v->columns[i], q->columns[i])) return false;
    return true;
}

static bool match_source_kind(struct match *m, const struct source *v, const struct source *q) {
    switch (v->kind) {
    case SRC_TABLE:
        return match_table(m, v, q);
    case SRC_AGG:
        return match_agg(m, v, q);
    case SRC_SETOP:
        return match_branches(m, v, q);
    case SRC_LIMIT:
        return match_limit(m, v, q);
    case SRC_WINDOW:
        return match_windows(m, v, q);
    case SRC_FULL:
        return match_full(m, v, q);
    case SRC_VALUES:
        return match_values(m, v, q);
    default:
        return false;
    }
}

bool match_source(struct match *m, const struct source *v, const struct source *q) {
    size_t mark = match_mark(m);
    if (++m->work > MATCH_WORK_MAX || v->kind != q->kind) return false;
    if (match_source_kind(m, v, q)) return true;
    match_undo(m, mark);
    return false;
}

bool match_item(struct match *m, const struct left_item *v, const struct left_item *q) {
    if (!match_block(m, v->block, q->block)) return false;
    *vec_add(m->arena, &m->items) = (struct item_pair){v->id, q->id};
    return true;
}

/* Pairs sources from number `at` on, then items, then looks at the conjuncts, if asked to; goes back when that fails. */
static bool pair_rest(struct match *m, const struct block *v, const struct block *q, size_t at, bool *used, bool conjuncts) {
    if (at == v->n_sources + v->n_items) return !conjuncts || match_sets(m, &v->preds, &q->preds);
    bool is_item = at >= v->n_sources;
    size_t n = is_item ? q->n_items : q->n_sources, base = is_item ? q->n_sources : 0;
    for (size_t k = 0; k < n; k++) {
        size_t mark = match_mark(m);
        if (used[base + k]) continue;
        used[base + k] = true;
        bool same = is_item ? match_item(m, &v->items[at - v->n_sources], &q->items[k]) : match_source(m, v->sources[at], q->sources[k]);
        if (same && pair_rest(m, v, q, at + 1, used, conjuncts)) return true;
        used[base + k] = false;
        match_undo(m, mark);
    }
    return false;
}

static bool match_pieces(struct match *m, const struct block *v, const struct block *q, bool conjuncts) {
    if (++m->work > MATCH_WORK_MAX || v->empty || q->empty) return false;
    if (v->n_sources != q->n_sources || v->n_items != q->n_items) return false;
    bool *used = arena_array(m->arena, q->n_sources + q->n_items + 1, sizeof *used);
    return pair_rest(m, v, q, 0, used, conjuncts);
}

bool match_parts(struct match *m, const struct block *v, const struct block *q) { return match_pieces(m, v, q, false); }

bool match_block(struct match *m, const struct block *v, const struct block *q) { return v->preds.n == q->preds.n && match_pieces(m, v, q, true); }
