/* plan_same.c - are two bound plans the same, node by node? Case, aliases, layout and comments have left no trace in them. */
#include "plan.h"

static bool text_same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool rel_same(const struct plan *p, const struct rel *a, const struct plan *q, const struct rel *b);
static bool scalar_same(const struct plan *p, const struct scalar *a, const struct plan *q, const struct scalar *b);

static bool orders_same(const struct plan *p, const struct sort_key *a, const struct plan *q, const struct sort_key *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a[i].descending != b[i].descending || a[i].nulls_first != b[i].nulls_first || !scalar_same(p, a[i].expr, q, b[i].expr)) return false;
    return true;
}

static bool windows_same(const struct plan *p, const struct window_spec *a, const struct plan *q, const struct window_spec *b) {
    if (!a || !b) return a == b;
    if (a->n_partition != b->n_partition || a->n_order != b->n_order || a->unit != b->unit || a->start != b->start || a->end != b->end) return false;
    if (a->ignore_nulls != b->ignore_nulls || !text_same(a->exclude, b->exclude)) return false;
    for (size_t i = 0; i < a->n_partition; i++)
        if (!scalar_same(p, a->partition[i], q, b->partition[i])) return false;
    return orders_same(p, a->order, q, b->order, a->n_order) && scalar_same(p, a->start_by, q, b->start_by) &&
           scalar_same(p, a->end_by, q, b->end_by);
}

static bool literals_same(const struct literal *a, const struct literal *b) {
    return a->kind == b->kind && a->i == b->i && a->scale == b->scale && memcmp(&a->r, &b->r, sizeof a->r) == 0 && str_eq(a->s, b->s);
}

static bool types_same(struct type a, struct type b) { return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale; }

static bool scalar_same(const struct plan *p, const struct scalar *a, const struct plan *q, const struct scalar *b) {
    if (!a || !b) return a == b;
    if (a->op != b->op || a->n != b->n || a->column != b->column || a->distinct != b->distinct || a->n_order != b->n_order) return false;
    if (!text_same(a->name, b->name) || !types_same(a->type, b->type) || !literals_same(&a->lit, &b->lit)) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!scalar_same(p, a->args[i], q, b->args[i])) return false;
    return rel_same(p, a->rel, q, b->rel) && scalar_same(p, a->filter, q, b->filter) && windows_same(p, a->window, q, b->window) &&
           orders_same(p, a->order, q, b->order, a->n_order);
}

static bool defs_same(const struct plan *p, const struct column_def *a, const struct plan *q, const struct column_def *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a[i].column != b[i].column || !scalar_same(p, a[i].expr, q, b[i].expr)) return false;
    return true;
}

static bool counts_same(const struct rel *a, const struct rel *b) {
    return a->kind == b->kind && a->n_columns == b->n_columns && a->n_rows == b->n_rows && a->n_defs == b->n_defs && a->n_keys == b->n_keys &&
           a->n_sets == b->n_sets && a->n_inputs == b->n_inputs && a->n_order == b->n_order && a->join == b->join && a->setop == b->setop &&
           a->lateral == b->lateral && a->all == b->all && a->with_ties == b->with_ties && a->percent == b->percent && a->outer_rows == b->outer_rows;
}

/* A scan's columns by name; columns made by other relations by their numbers, which binding gives in the order of the text. */
static bool columns_same(const struct plan *p, const struct rel *a, const struct plan *q, const struct rel *b) {
    for (size_t i = 0; i < a->n_columns; i++) {
        if (a->columns[i] != b->columns[i]) return false;
        if (a->kind == REL_SCAN && !text_same(p->columns[a->columns[i]].name, q->columns[b->columns[i]].name)) return false;
    }
    return true;
}

static bool rel_same(const struct plan *p, const struct rel *a, const struct plan *q, const struct rel *b) {
    if (!a || !b) return a == b;
    if (!counts_same(a, b) || !columns_same(p, a, q, b) || !text_same(a->version, b->version) || !text_same(a->name, b->name)) return false;
    for (size_t i = 0; i < a->n_rows * a->n_columns; i++)
        if (!scalar_same(p, a->rows[i], q, b->rows[i])) return false;
    for (size_t i = 0; i < a->n_sets; i++)
        if (a->sets[i] != b->sets[i]) return false;
    for (size_t i = 0; i < a->n_inputs; i++)
        if (!rel_same(p, a->inputs[i], q, b->inputs[i])) return false;
    return defs_same(p, a->defs, q, b->defs, a->n_defs) && defs_same(p, a->keys, q, b->keys, a->n_keys) &&
           scalar_same(p, a->condition, q, b->condition) && scalar_same(p, a->limit, q, b->limit) && scalar_same(p, a->offset, q, b->offset) &&
           scalar_same(p, a->call, q, b->call) && orders_same(p, a->order, q, b->order, a->n_order) && rel_same(p, a->left, q, b->left) &&
           rel_same(p, a->right, q, b->right);
}

bool plan_same(const struct plan *a, const struct plan *b) {
    return a->dialect == b->dialect && a->n_outputs == b->n_outputs && rel_same(a, a->root, b, b->root);
}
