/* eval_rel.c - relations: scans, joins, projections, aggregation, set operations, sorting. */
#include "eval_tree.h"

#include <stdlib.h>

#define ROWS_MAX 60000

void eval_load(struct run *run, const struct eval_rel *rel, const struct value *row) {
    for (size_t i = 0; i < rel->n_columns; i++) run->current[rel->columns[i]] = row[i];
}

/* A new row of the relation's result; NULL when there are too many. */
static struct value *new_row(struct run *run, struct bag *out) {
    if (out->count >= ROWS_MAX || ++run->base.steps > run->base.max_steps) {
        eval_fault(&run->base, "too many rows");
        return NULL;
    }
    return bag_add(run->base.arena, out);
}

/* The current values of the relation's columns as a new row. */
static bool keep_current(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct value *row = new_row(run, out);
    if (!row) return false;
    for (size_t i = 0; i < rel->n_columns; i++) row[i] = run->current[rel->columns[i]];
    return true;
}

static bool run_scan(struct run *run, const struct eval_rel *rel, struct bag *out) {
    const struct bag *table = &run->base.tables[rel->table];
    for (size_t i = 0; i < table->count; i++) {
        struct value *row = new_row(run, out);
        if (!row) return false;
        for (size_t c = 0; c < rel->n_columns; c++) row[c] = table->at[i * table->width + (size_t)rel->table_column[c]];
    }
    return true;
}

static bool run_values_rel(struct run *run, const struct eval_rel *rel, struct bag *out) {
    for (size_t i = 0; i < rel->from->n_rows; i++) {
        struct value *row = new_row(run, out);
        if (!row) return false;
        for (size_t c = 0; c < rel->n_columns; c++)
            if (!eval_expr_run(run, rel->exprs[i * rel->n_columns + c], &row[c])) return false;
    }
    return true;
}

static bool run_project(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag in = {0};
    if (!eval_rel_run(run, rel->left, &in)) return false;
    for (size_t i = 0; i < in.count; i++) {
        eval_load(run, rel->left, &in.at[i * in.width]);
        struct value *row = new_row(run, out);
        if (!row) return false;
        for (size_t c = 0; c < rel->n_columns; c++)
            if (!eval_expr_run(run, rel->exprs[c], &row[c])) return false;
    }
    return true;
}

/* One flattened inner join on its way: the inputs' rows, made when first needed. */
struct joining {
    const struct eval_rel *rel;
    struct bag *bags;
    struct bag *out;
};

static bool conjuncts_hold(struct run *run, const struct eval_rel *rel, size_t level, bool *hold) {
    *hold = true;
    for (size_t i = 0; i < rel->n_conjuncts && *hold; i++) {
        if (rel->conjuncts[i].level != level) continue;
        if (!eval_truth(run, rel->conjuncts[i].expr, hold)) return false;
    }
    return true;
}

static bool join_from(struct run *run, struct joining *j, size_t level) {
    bool hold;
    if (!conjuncts_hold(run, j->rel, level, &hold)) return false;
    if (!hold) return true;
    if (level == j->rel->n_inputs) return keep_current(run, j->rel, j->out);
    const struct eval_rel *input = j->rel->inputs[level];
    struct bag lateral = {0}, *bag = &j->bags[level];
    if (!j->rel->input_constant[level]) {
        bag = &lateral;
        if (!eval_rel_run(run, input, bag)) return false;
    }
    for (size_t i = 0; i < bag->count; i++) {
        if (++run->base.steps > run->base.max_steps) return eval_fault(&run->base, "too many rows");
        eval_load(run, input, &bag->at[i * bag->width]);
        if (!join_from(run, j, level + 1)) return false;
    }
    return true;
}

static bool run_inner(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct joining j = {.rel = rel, .out = out, .bags = arena_array(run->base.arena, rel->n_inputs + 1, sizeof(struct bag))};
    for (size_t i = 0; i < rel->n_inputs; i++)
        if (rel->input_constant[i] && !eval_rel_run(run, rel->inputs[i], &j.bags[i])) return false;
    return join_from(run, &j, 0);
}

static void load_nulls(struct run *run, const struct eval_rel *rel) {
    for (size_t i = 0; i < rel->n_columns; i++) run->current[rel->columns[i]] = value_null();
}

/* Joins the current left row with every matching row of `right`; marks those that found it. */
static bool match_right(struct run *run, const struct eval_rel *rel, const struct bag *right, bool *used, struct bag *out, bool *any) {
    *any = false;
    for (size_t i = 0; i < right->count; i++) {
        bool hold = true;
        eval_load(run, rel->right, &right->at[i * right->width]);
        if (rel->condition && !eval_truth(run, rel->condition, &hold)) return false;
        if (!hold) continue;
        *any = true;
        if (used) used[i] = true;
        if (!keep_current(run, rel, out)) return false;
    }
    return true;
}

static bool run_outer(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag left = {0}, right = {0};
    bool full = rel->from->join == RELJOIN_FULL;
    if (!eval_rel_run(run, rel->left, &left)) return false;
    if (!rel->from->lateral && !eval_rel_run(run, rel->right, &right)) return false;
    bool *used = full ? arena_array(run->base.arena, right.count + 1, sizeof *used) : NULL;
    for (size_t i = 0; i < left.count; i++) {
        bool any;
        struct bag lateral = {0};
        eval_load(run, rel->left, &left.at[i * left.width]);
        if (rel->from->lateral && !eval_rel_run(run, rel->right, &lateral)) return false;
        if (!match_right(run, rel, rel->from->lateral ? &lateral : &right, used, out, &any)) return false;
        if (any) continue;
        load_nulls(run, rel->right);
        if (!keep_current(run, rel, out)) return false;
    }
    load_nulls(run, rel->left);
    for (size_t i = 0; full && i < right.count; i++) {
        if (used[i]) continue;
        eval_load(run, rel->right, &right.at[i * right.width]);
        if (!keep_current(run, rel, out)) return false;
    }
    return true;
}

static int compare_rows(const void *a, const void *b, void *width) {
    return row_order(*(const struct value *const *)a, *(const struct value *const *)b, *(size_t *)width);
}

static const struct value **sorted(struct run *run, const struct bag *bag) {
    const struct value **rows = arena_array(run->base.arena, bag->count + 1, sizeof *rows);
    size_t width = bag->width;
    for (size_t i = 0; i < bag->count; i++) rows[i] = &bag->at[i * width];
    qsort_r(rows, bag->count, sizeof *rows, compare_rows, &width);
    return rows;
}

static bool copy_row(struct run *run, const struct value *from, struct bag *out) {
    struct value *row = new_row(run, out);
    if (!row) return false;
    memcpy(row, from, out->width * sizeof *row);
    return true;
}

static bool distinct_rows(struct run *run, const struct bag *in, struct bag *out) {
    const struct value **rows = sorted(run, in);
    for (size_t i = 0; i < in->count; i++) {
        if (i > 0 && row_order(rows[i], rows[i - 1], in->width) == 0) continue;
        if (!copy_row(run, rows[i], out)) return false;
    }
    return true;
}

static bool run_distinct(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag in = {0};
    return eval_rel_run(run, rel->left, &in) && distinct_rows(run, &in, out);
}

/* How often a row that stands `a` times left and `b` times right stands in the result. */
static size_t setop_times(const struct rel *from, size_t a, size_t b) {
    bool all = from->all;
    switch (from->setop) {
    case RELSET_UNION:
        return all ? a + b : a + b > 0;
    case RELSET_INTERSECT:
        return all ? (a < b ? a : b) : a > 0 && b > 0;
    case RELSET_EXCEPT:
        return all ? (a > b ? a - b : 0) : a > 0 && b == 0;
    }
    return 0;
}

static size_t run_length(const struct value **rows, size_t i, size_t count, size_t width, const struct value *like) {
    size_t n = 0;
    while (i + n < count && row_order(rows[i + n], like, width) == 0) n++;
    return n;
}

static bool run_setop(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag left = {0}, right = {0};
    if (!eval_rel_run(run, rel->left, &left) || !eval_rel_run(run, rel->right, &right)) return false;
    if (left.width != right.width) return eval_unknown(&run->base, "set operation of different widths");
    const struct value **a = sorted(run, &left), **b = sorted(run, &right);
    for (size_t i = 0, k = 0; i < left.count || k < right.count;) {
        int by = i >= left.count ? 1 : k >= right.count ? -1 : row_order(a[i], b[k], left.width);
        const struct value *row = by <= 0 ? a[i] : b[k];
        size_t in_a = run_length(a, i, left.count, left.width, row), in_b = run_length(b, k, right.count, left.width, row);
        for (size_t times = setop_times(rel->from, in_a, in_b); times > 0; times--)
            if (!copy_row(run, row, out)) return false;
        i += in_a;
        k += in_b;
    }
    return true;
}

int eval_key_order(const struct eval_key *keys, size_t n, const struct value *a, const struct value *b) {
    for (size_t i = 0; i < n; i++) {
        bool null_a = a[i].kind == CELL_NULL, null_b = b[i].kind == CELL_NULL;
        if (null_a && null_b) continue;
        if (null_a != null_b) return null_a == keys[i].nulls_first ? -1 : 1;
        int by = value_order(a[i], b[i]);
        if (by) return keys[i].descending ? -by : by;
    }
    return 0;
}

/* A row on its way through a sort. */
struct sorting {
    const struct value *row, *keys;
    size_t place;
};

struct sort_by {
    const struct eval_key *keys;
    size_t n;
};

static int compare_sorting(const void *a, const void *b, void *by) {
    const struct sorting *x = a, *y = b;
    const struct sort_by *sort = by;
    int order = eval_key_order(sort->keys, sort->n, x->keys, y->keys);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

bool eval_sort_rows(struct run *run, const struct eval_rel *rel, const struct bag *in, const struct eval_key *keys, size_t n_keys,
                    const struct value ***rows, struct value **key_values) {
    struct sorting *items = arena_array(run->base.arena, in->count + 1, sizeof *items);
    struct value *values = arena_array(run->base.arena, (in->count + 1) * (n_keys + 1), sizeof *values);
    for (size_t i = 0; i < in->count; i++) {
        items[i] = (struct sorting){&in->at[i * in->width], &values[i * n_keys], i};
        eval_load(run, rel, items[i].row);
        for (size_t k = 0; k < n_keys; k++)
            if (!eval_expr_run(run, keys[k].expr, &values[i * n_keys + k])) return false;
    }
    struct sort_by by = {keys, n_keys};
    qsort_r(items, in->count, sizeof *items, compare_sorting, &by);
    *rows = arena_array(run->base.arena, in->count + 1, sizeof **rows);
    *key_values = arena_array(run->base.arena, (in->count + 1) * (n_keys + 1), sizeof **key_values);
    for (size_t i = 0; i < in->count; i++) {
        (*rows)[i] = items[i].row;
        memcpy(*key_values + i * n_keys, items[i].keys, n_keys * sizeof **key_values);
    }
    return true;
}

static bool want_count(struct run *run, const struct eval_expr *expr, size_t otherwise, size_t *out) {
    struct value v;
    *out = otherwise;
    if (!expr) return true;
    if (!eval_expr_run(run, expr, &v)) return false;
    if (v.kind == CELL_NULL) return true;
    if (v.kind != CELL_INT || v.i < 0) return eval_unknown(&run->base, "a LIMIT that is no count");
    *out = (size_t)v.i;
    return true;
}

/* Is the answer the same whichever way rows that tie across place `at` are put? */
static bool cut_is_clear(const struct eval_rel *rel, const struct value **rows, const struct value *keys, size_t count, size_t at, size_t width) {
    if (at == 0 || at >= count) return true;
    size_t n = rel->n_order, from = at, to = at;
    while (from > 0 && eval_key_order(rel->order, n, &keys[(from - 1) * n], &keys[at * n]) == 0) from--;
    while (to < count && eval_key_order(rel->order, n, &keys[to * n], &keys[at * n]) == 0) to++;
    if (from == at) return true;
    for (size_t i = from + 1; i < to; i++)
        if (row_order(rows[i], rows[from], width) != 0) return false;
    return true;
}

static bool run_sort(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag in = {0};
    const struct value **rows;
    struct value *keys;
    size_t offset, limit;
    if (!eval_rel_run(run, rel->left, &in)) return false;
    if (!eval_sort_rows(run, rel->left, &in, rel->order, rel->n_order, &rows, &keys)) return false;
    if (!want_count(run, rel->offset, 0, &offset) || !want_count(run, rel->limit, in.count, &limit)) return false;
    if (offset > in.count) offset = in.count;
    size_t end = limit < in.count - offset ? offset + limit : in.count;
    if (end > offset && (!cut_is_clear(rel, rows, keys, in.count, offset, in.width) || !cut_is_clear(rel, rows, keys, in.count, end, in.width)))
        return eval_fault(&run->base, "LIMIT cuts through a tie");
    for (size_t i = offset; i < end; i++)
        if (!copy_row(run, rows[i], out)) return false;
    return true;
}

static bool run_kind(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag in = {0};
    if (rel->is_inner) return run_inner(run, rel, out);
    switch (rel->kind) {
    case REL_SCAN:
        return run_scan(run, rel, out);
    case REL_VALUES:
        return run_values_rel(run, rel, out);
    case REL_PROJECT:
        return run_project(run, rel, out);
    case REL_JOIN:
        return run_outer(run, rel, out);
    case REL_AGG:
        return eval_rel_run(run, rel->left, &in) && eval_agg_run(run, rel, &in, out);
    case REL_WINDOW:
        return eval_rel_run(run, rel->left, &in) && eval_window_run(run, rel, &in, out);
    case REL_SORT:
        return run_sort(run, rel, out);
    case REL_SETOP:
        return run_setop(run, rel, out);
    case REL_DISTINCT:
        return run_distinct(run, rel, out);
    case REL_OPAQUE:
        return eval_standin_rows(run, rel, out);
    default:
        return eval_unknown(&run->base, "a relation that is not known");
    }
}

bool eval_rel_run(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct bag **kept = rel->is_constant ? &run->base.cache[rel->id] : NULL;
    if (kept && *kept) {
        *out = **kept;
        return true;
    }
    *out = (struct bag){.width = rel->n_columns};
    if (!run_kind(run, rel, out)) return false;
    if (!kept) return true;
    *kept = arena_new(run->base.arena, struct bag);
    **kept = *out;
    return true;
}

#define STEPS_MAX 400000

bool eval_plan_run(struct arena *arena, const struct eval_plan *plan, const struct bag *tables, const struct value *params, struct bag *out,
                   struct eval_run *result) {
    struct run run = {.params = params, .plan = plan};
    run.base = (struct eval_run){.arena = arena, .rules = plan->rules, .tables = tables, .max_steps = STEPS_MAX};
    run.base.cache = arena_array(arena, plan->n_rels + 1, sizeof *run.base.cache);
    run.current = arena_array(arena, plan->n_columns + 1, sizeof *run.current);
    bool good = eval_rel_run(&run, plan->root, out);
    *result = run.base;
    return good;
}
