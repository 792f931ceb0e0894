/* flow_rel.c - rows through every kind of relation, and the work each step is. */
#include "flow.h"

#include <math.h>

#define DEPTH_MAX   400
#define MEMOS_MAX   2000
#define UNNEST_ROWS 4.0 /* of one row */

double flow_miss(double bytes) { return bytes > CACHE_BYTES ? NS_MISS * log10(bytes / CACHE_BYTES) : 0; }

void flow_step(struct walk *w, const char *what, double in, double out, double bytes, double nanoseconds) {
    if (w->mute) return;
    double seconds = nanoseconds * 1e-9 + STEP_SECONDS;
    w->out->seconds += seconds;
    if (w->steps.n < WORK_STEPS_MAX)
        *vec_add(w->arena, &w->steps) = (struct work_step){.what = what, .rows_in = in, .rows_out = out, .bytes = bytes, .seconds = seconds};
}

void flow_shuffle(struct walk *w, double bytes) {
    if (!w->mute) w->out->shuffle_bytes += bytes;
}

struct flow flow_shape(struct walk *w, const struct rel *rel, double rows) {
    struct flow flow = {.rows = rows};
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (!w->needed[rel->columns[i]]) continue;
        double width = w->columns[rel->columns[i]].width;
        flow.width += width > 0 ? width : flow_type_width(w->plan->columns[rel->columns[i]].type);
        flow.values++;
    }
    return flow;
}

/* A column that a step makes: known by its count of values at most. */
static void column_made(struct walk *w, int column, double distinct, bool aggregate) {
    w->columns[column] = (struct column_flow){.made = true,
                                              .domain = distinct,
                                              .now = distinct,
                                              .nulls = -1,
                                              .top = -1,
                                              .base_rows = -1,
                                              .width = flow_type_width(w->plan->columns[column].type),
                                              .aggregate = aggregate};
}

/* ---- which predicates may go below a step ---- */

typedef bool (*passes)(const struct walk *w, const struct rel *rel, int column);

static bool speaks_only(const struct walk *w, const struct rel *rel, const struct scalar *e, passes fn, int depth) {
    const struct scalar *expr;
    if (e->rel || depth > 60) return false;
    if (e->op == SC_COLUMN) {
        int column = flow_column_base(w, e, &expr);
        return column >= 0 ? fn(w, rel, column) : !expr || speaks_only(w, rel, expr, fn, depth + 1);
    }
    for (size_t i = 0; i < e->n; i++) {
        if (!speaks_only(w, rel, e->args[i], fn, depth + 1)) return false;
    }
    return true;
}

static bool is_key(const struct walk *w, const struct rel *rel, int column) {
    for (size_t i = 0; i < rel->n_keys; i++) {
        if (rel->keys[i].column == column) return true;
    }
    return false;
}

static bool is_partition(const struct walk *w, const struct rel *rel, int column) {
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct window_spec *window = rel->defs[i].expr->window;
        bool found = false;
        for (size_t k = 0; window && k < window->n_partition; k++) {
            const struct scalar *expr;
            found = found || flow_column_base(w, window->partition[k], &expr) == column;
        }
        if (!found) return false;
    }
    return true;
}

static void predicates_part(struct walk *w, const struct rel *rel, const struct predicates *list, passes fn, struct predicates *below,
                            struct predicates *above) {
    for (size_t i = 0; i < list->n; i++) *vec_add(w->arena, speaks_only(w, rel, list->at[i], fn, 0) ? below : above) = list->at[i];
}

static const struct err *filter_above(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *flow) {
    if (!list->n) return NULL;
    double test = 0;
    for (size_t i = 0; i < list->n; i++) test += flow_scalar_cost(w, list->at[i]);
    double share = flow_select(w, list, flow->rows);
    flow_columns_keep(w, rel, flow->rows, share);
    double in = flow->rows;
    flow->rows *= share;
    flow_step(w, "filter", in, flow->rows, 0, in * test);
    return flow_queries(w, list, flow);
}

/* ---- aggregation ---- */

static double groups_of(struct walk *w, const struct rel *rel, double rows) {
    const struct scalar *keys[64];
    size_t n = rel->n_keys < 64 ? rel->n_keys : 64;
    double all = 0;
    for (size_t s = 0; s < (rel->n_sets ? rel->n_sets : 1); s++) {
        size_t in_set = 0;
        for (size_t i = 0; i < n; i++) {
            if (!rel->n_sets || (rel->sets[s] >> i & 1)) keys[in_set++] = rel->keys[i].expr;
        }
        all += in_set ? flow_combinations(w, keys, in_set, rows) : 1;
    }
    return all;
}

static double aggregates_cost(struct walk *w, const struct rel *rel, double rows, double groups, double width) {
    double miss = flow_miss(groups * (width + 32)), cost = 0, keys = 0; /* a distinct aggregate groups by keys and value first */
    const struct rel *table = NULL;
    for (size_t i = 0; i < rel->n_keys; i++) {
        struct column_flow c = flow_scalar(w, rel->keys[i].expr, rows);
        if (c.ordered && !rel->n_sets) miss *= ORDERED_MISS;
        keys += flow_key_cost(w, rel->keys[i].expr) * (c.scan && c.scan == table ? LATER_KEY : 1);
        cost += flow_scalar_cost(w, rel->keys[i].expr);
        table = c.scan;
    }
    if (rel->n_keys || groups > 1) cost += NS_GROUP + (rel->n_keys ? keys : NS_KEY) + 2 * miss;
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct scalar *e = rel->defs[i].expr;
        if (!w->needed[rel->defs[i].column]) continue;
        cost += NS_AGGREGATE + flow_scalar_cost(w, e);
        if (!e->distinct || !e->n) continue;
        struct column_flow c = flow_scalar(w, e->args[0], rows);
        cost += NS_GROUP + keys + flow_key_cost(w, e->args[0]) + 2 * flow_miss((c.now > 0 ? fmin(rows, c.now * groups) : rows) * (24 + width));
    }
    return rows * cost * (rel->n_sets ? (double)rel->n_sets : 1) + groups * NS_BUILD;
}

/* Conjuncts taken out of a sub-query from `first` on, that equate something of its own with something outside, as a group key. */
static double correlated_groups(struct walk *w, size_t first, double rows) {
    const struct scalar *own[16];
    size_t n = 0;
    for (size_t i = first; i < w->correlated.n && n < 16; i++) {
        const struct scalar *e = w->correlated.at[i];
        for (size_t k = 0; e->op == SC_EQ && k < 2; k++) {
            const struct scalar *expr, *side = e->args[k];
            int column = flow_column_base(w, side, &expr);
            if (column >= 0 && w->level[column] == w->now_level && n < 16) own[n++] = side;
        }
    }
    return n ? flow_combinations(w, own, n, rows) : 1;
}

/* Share of the rows whose keys the rows outside ask for: an engine joins the sub-query's input with those keys first, and groups only what is left.
 */
static double asked_share(struct walk *w, size_t first, double rows) {
    double inside = 1, outside = 1;
    for (size_t i = first; i < w->correlated.n; i++) {
        const struct scalar *e = w->correlated.at[i], *expr;
        if (e->op != SC_EQ) continue;
        int column = flow_column_base(w, e->args[0], &expr);
        bool own = column >= 0 && w->level[column] == w->now_level;
        struct column_flow in = flow_scalar(w, e->args[own ? 0 : 1], rows), out = flow_scalar(w, e->args[own ? 1 : 0], w->outer_rows);
        if (in.now <= 0 || out.now <= 0) return 1;
        inside *= fmax(1, in.now);
        outside *= fmax(1, out.now);
    }
    return fmin(1, fmin(outside, fmax(1, w->outer_rows)) / fmin(inside, fmax(1, rows)));
}

/* While its input is walked, a key is its expression: a predicate on a key holds for the rows of its groups. */
static void keys_alias(struct walk *w, const struct rel *rel, bool on) {
    for (size_t i = 0; i < rel->n_keys; i++) {
        const struct scalar *expr = rel->keys[i].expr;
        if (expr->op == SC_COLUMN && expr->column == rel->keys[i].column) continue;
        w->columns[rel->keys[i].column].alias = on ? expr : NULL;
    }
}

static const struct err *aggregate(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    static const struct rel one_row = {.kind = REL_VALUES, .n_rows = 1};
    struct predicates below = {0}, above = {0};
    struct flow in;
    size_t outside = w->correlated.n;
    keys_alias(w, rel, false);
    if (rel->n_sets) above = *list;
    else predicates_part(w, rel, list, is_key, &below, &above);
    keys_alias(w, rel, true);
    TRY(flow_rel(w, rel->left ? rel->left : &one_row, &below, &in));
    double groups = groups_of(w, rel, in.rows);
    double asked = 1, probed = 0;
    if (!rel->n_keys && w->correlated.n > outside) {
        groups = correlated_groups(w, outside, in.rows);
        asked = asked_share(w, outside, in.rows);
        probed = asked < 1 ? in.rows * NS_PROBE : 0;
    }
    groups = fmax(1, fmin(groups, in.rows * (rel->n_sets ? (double)rel->n_sets : 1)));
    groups = fmax(1, groups * asked);
    double cost = probed + aggregates_cost(w, rel, in.rows * asked, groups, in.width);
    struct column_flow kept[64];
    for (size_t i = 0; i < rel->n_keys && i < 64; i++) kept[i] = flow_scalar(w, rel->keys[i].expr, in.rows);
    for (size_t i = 0; i < rel->n_keys && i < 64; i++) {
        if (rel->keys[i].expr->op == SC_COLUMN && rel->keys[i].expr->column == rel->keys[i].column) continue;
        kept[i].alias = NULL;
        kept[i].kept = 0;
        w->columns[rel->keys[i].column] = kept[i];
    }
    for (size_t i = 0; i < rel->n_defs; i++) column_made(w, rel->defs[i].column, groups, true);
    *out = flow_shape(w, rel, groups);
    flow_step(w, rel->n_keys ? "aggregate" : "aggregate to one row", in.rows, groups, in.rows * in.width, cost);
    if (rel->n_keys) flow_shuffle(w, fmin(in.rows, groups * 8) * (in.width + 8)); /* each worker sends its own groups */
    return filter_above(w, rel, &above, out);
}

/* ---- windows, sorts, set operations ---- */

/* row_number() ... <= 3: so many rows of each partition. The share they are; 1 when no predicate is of that kind. */
static double ranked_share(struct walk *w, const struct rel *rel, const struct predicates *list, double rows) {
    double share = 1, most;
    for (size_t i = 0; i < list->n; i++) {
        const struct scalar *e = list->at[i], *expr;
        bool bounds = e->n == 2 && (e->op == SC_LE || e->op == SC_LT || e->op == SC_EQ) && flow_constant(w, e->args[1], &most);
        int column = bounds ? flow_column_base(w, e->args[0], &expr) : -1;
        for (size_t k = 0; column >= 0 && k < rel->n_defs; k++) {
            const struct scalar *call = rel->defs[k].expr;
            const char *name = call->n ? call->args[0]->name : NULL;
            if (rel->defs[k].column != column || !call->window || !name) continue;
            if (strcmp(name, "row_number") != 0 && strcmp(name, "rank") != 0 && strcmp(name, "dense_rank") != 0) continue;
            double parts = call->window->n_partition ? flow_combinations(w, call->window->partition, call->window->n_partition, rows) : 1;
            share = fmin(share, fmax(1, e->op == SC_EQ ? 1 : most) * parts / fmax(rows, 1));
        }
    }
    return fmin(1, share);
}

static const struct err *window(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct predicates below = {0}, above = {0};
    predicates_part(w, rel, list, is_partition, &below, &above);
    TRY(flow_rel(w, rel->left, &below, out));
    double rows = out->rows, cost = 0;
    const struct window_spec *sorted = NULL;
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct window_spec *spec = rel->defs[i].expr->window;
        column_made(w, rel->defs[i].column, rows, true);
        cost += NS_WINDOW * rows;
        if (!spec || (sorted && sorted->n_partition == spec->n_partition && sorted->n_order == spec->n_order)) continue;
        sorted = spec;
        double keys = NS_SORT;
        for (size_t k = 0; k < spec->n_partition; k++) keys += flow_order_cost(w, spec->partition[k]);
        for (size_t k = 0; k < spec->n_order; k++) keys += flow_order_cost(w, spec->order[k].expr);
        cost += rows * (keys * log2(fmax(rows, 2)) * (spec->n_order ? 1 : 0.4) + out->values * NS_CARRY);
        if (!w->mute) w->out->sort_bytes += rows * out->width;
        flow_shuffle(w, rows * out->width);
    }
    *out = flow_shape(w, rel, rows);
    flow_step(w, "window", rows, rows, rows * out->width, cost);
    double ranked = ranked_share(w, rel, &above, rows);
    if (ranked >= 1) return filter_above(w, rel, &above, out);
    flow_columns_keep(w, rel, rows, ranked);
    out->rows = rows * ranked;
    flow_step(w, "filter", rows, out->rows, 0, rows * NS_COMPARE);
    return flow_queries(w, &above, out);
}

void flow_sorted(struct walk *w, const struct flow *flow) {
    if (!w->mute) w->out->sort_bytes += flow->rows * flow->width;
    flow_shuffle(w, flow->rows * flow->width);
    flow_step(w, "sort", flow->rows, flow->rows, flow->rows * flow->width,
              flow->rows * (NS_SORT * log2(fmax(flow->rows, 2)) + flow->values * NS_CARRY));
}

static const struct err *sort(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct predicates none = {0};
    double limit, skip = 0;
    bool limited = rel->limit != NULL;
    TRY(flow_rel(w, rel->left, limited ? &none : list, out));
    double in = out->rows, rows = in;
    if (limited && flow_constant(w, rel->limit, &limit)) {
        if (rel->offset) flow_constant(w, rel->offset, &skip);
        rows = rel->percent ? in * fmin(1, limit / 100) : fmin(in, fmax(limit, 0));
    } else limited = false;
    double held = limited ? fmin(in, rows + skip + 1) : in, cost = 0;
    double keys = NS_SORT;
    for (size_t i = 0; i < rel->n_order; i++) {
        cost += flow_scalar_cost(w, rel->order[i].expr) * in;
        keys += flow_order_cost(w, rel->order[i].expr);
    }
    if (rel->n_order)
        cost += held < in / 4 ? in * NS_COMPARE * 2 + held * keys * log2(fmax(held, 2)) : in * (keys * log2(fmax(in, 2)) + out->values * NS_CARRY);
    if (rel->n_order && !w->mute) w->out->sort_bytes += held * out->width;
    if (rel->n_order) flow_shuffle(w, held * out->width);
    flow_step(w, rel->n_order ? limited ? "first rows in order" : "sort" : "first rows", in, rows, in * out->width, cost);
    flow_columns_keep(w, rel, in, in > 0 ? rows / in : 1);
    out->rows = rows;
    return limited || rel->limit ? filter_above(w, rel, list, out) : NULL;
}

/* Rows into a set of different rows. */
static double distinct_cost(struct walk *w, const struct scalar *const *keys, size_t n, double rows, double groups, double width) {
    double cost = NS_GROUP + 2 * flow_miss(groups * (width + 16));
    for (size_t i = 0; i < n; i++) cost += flow_key_cost(w, keys[i]);
    return rows * cost;
}

static const struct err *distinct(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    const struct scalar *keys[64];
    struct scalar columns[64];
    TRY(flow_rel(w, rel->left, list, out));
    size_t n = rel->n_columns < 64 ? rel->n_columns : 64;
    for (size_t i = 0; i < n; i++) {
        columns[i] = (struct scalar){.op = SC_COLUMN, .column = rel->columns[i], .type = w->plan->columns[rel->columns[i]].type};
        keys[i] = &columns[i];
    }
    double in = out->rows, groups = fmin(in, flow_combinations(w, keys, n, in));
    flow_step(w, "distinct", in, groups, in * out->width, distinct_cost(w, keys, n, in, groups, out->width));
    flow_shuffle(w, fmin(in, groups * 8) * out->width);
    out->rows = groups;
    return NULL;
}

/* Which users ask a branch is counted on the first walk; of what all users want together each branch has its part. */
static double branch_part(struct walk *w, const struct rel *branch, const struct predicates *list, bool empty) {
    struct branch_asks *b = NULL;
    if (branch->range.end <= branch->range.start) return 1;
    for (size_t i = 0; i < w->branches.n && !b; i++) {
        struct branch_asks *one = &w->branches.at[i];
        if (one->kind == branch->kind && one->range.start == branch->range.start && one->range.end == branch->range.end) b = one;
    }
    if (!b && w->branches.n >= MEMOS_MAX) return 1;
    if (!b) *(b = vec_add(w->arena, &w->branches)) = (struct branch_asks){.range = branch->range, .kind = branch->kind};
    if (w->is_trial && list->n) b->users++, b->asking += !empty;
    return b->users ? (double)b->asking / (double)b->users : 1;
}

/* The predicates as a branch sees them: each column of the set operation is the branch's column at its place. */
static const struct err *branch_flow(struct walk *w, const struct rel *rel, const struct rel *branch, const struct predicates *list,
                                     struct flow *out) {
    struct scalar *columns = arena_array(w->arena, branch->n_columns + 1, sizeof *columns);
    for (size_t i = 0; i < rel->n_columns && i < branch->n_columns; i++) {
        columns[i] = (struct scalar){.op = SC_COLUMN, .column = branch->columns[i], .type = w->plan->columns[branch->columns[i]].type};
        w->columns[rel->columns[i]].alias = &columns[i];
    }
    for (size_t i = 0; branch->kind == REL_PROJECT && i < branch->n_defs; i++) { /* its constants, before it is walked */
        if (branch->defs[i].expr->op == SC_LITERAL) w->columns[branch->defs[i].column].alias = branch->defs[i].expr;
    }
    bool widened = w->widened == list, empty = !widened && flow_is_false(w, list); /* an engine leaves it out */
    double part = branch_part(w, branch, list, empty), widen = w->widen;
    if (widened && !w->is_trial) w->widen = fmax(1, widen * part);
    *out = (struct flow){.rows = 0};
    for (size_t i = 0; empty && i < branch->n_columns; i++) column_made(w, branch->columns[i], 0, false);
    const struct err *failed = empty ? NULL : flow_rel(w, branch, list, out);
    w->widen = widen;
    for (size_t i = 0; i < rel->n_columns; i++) w->columns[rel->columns[i]].alias = NULL;
    return failed;
}

static struct column_flow setop_column(struct walk *w, const struct rel *rel, size_t i, double left_rows, double right_rows) {
    struct scalar a = {.op = SC_COLUMN, .column = rel->left->columns[i]}, b = {.op = SC_COLUMN, .column = rel->right->columns[i]};
    struct column_flow x = flow_scalar(w, &a, left_rows), y = flow_scalar(w, &b, right_rows), c = x;
    c.alias = NULL;
    c.scan = NULL;
    c.kept = 0;
    if (rel->setop != RELSET_UNION) return c;
    c.now = x.now < 0 || y.now < 0 ? -1 : x.domain == y.domain || x.now == 1 ? fmax(x.now, y.now) + (x.now == 1 && y.now == 1) : x.now + y.now;
    c.domain = c.now < 0 ? -1 : fmax(c.now, fmax(x.domain, y.domain));
    c.base_rows = x.base_rows < 0 || y.base_rows < 0 ? -1 : x.base_rows + y.base_rows;
    c.ranged = x.ranged && y.ranged;
    c.low = fmin(x.low, y.low);
    c.high = fmax(x.high, y.high);
    return c;
}

static const struct err *setop(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct flow a, b;
    TRY(branch_flow(w, rel, rel->left, list, &a));
    TRY(branch_flow(w, rel, rel->right, list, &b));
    for (size_t i = 0; i < rel->n_columns && i < rel->left->n_columns && i < rel->right->n_columns; i++)
        w->columns[rel->columns[i]] = setop_column(w, rel, i, a.rows, b.rows);
    double all = a.rows + b.rows;
    double rows = rel->setop == RELSET_UNION ? all : rel->setop == RELSET_INTERSECT ? fmin(a.rows, b.rows) * 0.5 : a.rows * 0.5;
    *out = flow_shape(w, rel, rows);
    if (rel->all && rel->setop == RELSET_UNION) return NULL;
    const struct scalar *keys[64];
    struct scalar columns[64];
    size_t n = rel->n_columns < 64 ? rel->n_columns : 64;
    for (size_t i = 0; i < n; i++) {
        columns[i] = (struct scalar){.op = SC_COLUMN, .column = rel->columns[i], .type = w->plan->columns[rel->columns[i]].type};
        keys[i] = &columns[i];
    }
    double groups = flow_combinations(w, keys, n, rows);
    out->rows = fmin(rows, groups);
    flow_step(w,
              rel->setop == RELSET_UNION       ? "union"
              : rel->setop == RELSET_INTERSECT ? "intersect"
                                               : "except",
              all, out->rows, all * out->width, distinct_cost(w, keys, n, all, groups, out->width));
    flow_shuffle(w, fmin(all, groups * 8) * out->width);
    return NULL;
}

/* ---- what the plan does not see into ---- */

static const struct err *opaque(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    struct predicates none = {0};
    double rows = 1;
    if (rel->left) {
        TRY(flow_rel(w, rel->left, &none, out));
        rows = fmax(rows, out->rows);
    }
    for (size_t i = 0; i < rel->n_inputs; i++) {
        TRY(flow_rel(w, rel->inputs[i], &none, out));
        rows = fmax(rows, out->rows);
    }
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (!w->columns[rel->columns[i]].made) column_made(w, rel->columns[i], -1, false);
    }
    flow_default(w, 0.7, "UNNEST, LATERAL VIEW, PIVOT and table functions are taken to give 4 rows for each");
    *out = flow_shape(w, rel, rows * UNNEST_ROWS);
    flow_step(w, "table function", rows, out->rows, 0, out->rows * (NS_COMPARE * 4 + out->values * NS_CARRY));
    return filter_above(w, rel, list, out);
}

static const struct err *project(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    double cost = 0;
    struct predicates queries = {0};
    struct rel none = {.kind = REL_VALUES, .n_rows = 1};
    for (size_t i = 0; i < rel->n_defs; i++) {
        w->columns[rel->defs[i].column].alias = rel->defs[i].expr;
        if (w->needed[rel->defs[i].column] && flow_has_query(rel->defs[i].expr)) *vec_add(w->arena, &queries) = rel->defs[i].expr;
    }
    TRY(flow_rel(w, rel->left ? rel->left : &none, list, out));
    for (size_t i = 0; i < rel->n_defs; i++) {
        int column = rel->defs[i].column;
        if (w->needed[column]) cost += flow_scalar_cost(w, rel->defs[i].expr);
        w->columns[column].width = flow_scalar(w, rel->defs[i].expr, out->rows).width;
    }
    if (cost > 0) flow_step(w, "compute", out->rows, out->rows, 0, out->rows * cost);
    double rows = out->rows;
    TRY(flow_queries(w, &queries, out));
    *out = flow_shape(w, rel, rows);
    return NULL;
}

/* ---- all of them ---- */

static const struct err *kind_flow(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    switch (rel->kind) {
    case REL_SCAN:
        TRY(flow_scan(w, rel, list, out));
        return flow_queries(w, list, out);
    case REL_VALUES:
        for (size_t i = 0; i < rel->n_columns; i++) column_made(w, rel->columns[i], (double)rel->n_rows, false);
        *out = flow_shape(w, rel, fmax(1, (double)rel->n_rows));
        return filter_above(w, rel, list, out);
    case REL_PROJECT:
        return project(w, rel, list, out);
    case REL_FILTER:
    case REL_JOIN:
        return flow_join(w, rel, list, out);
    case REL_AGG:
        return aggregate(w, rel, list, out);
    case REL_WINDOW:
        return window(w, rel, list, out);
    case REL_SORT:
        return sort(w, rel, list, out);
    case REL_SETOP:
        return setop(w, rel, list, out);
    case REL_DISTINCT:
        return distinct(w, rel, list, out);
    case REL_OPAQUE:
        return opaque(w, rel, list, out);
    }
    return NULL;
}

static struct work_memo *memo_find(struct walk *w, const struct rel *rel) {
    bool may = rel->kind == REL_PROJECT || rel->kind == REL_AGG || rel->kind == REL_SETOP || rel->kind == REL_DISTINCT || rel->kind == REL_WINDOW;
    if (!may || rel->range.end <= rel->range.start) return NULL;
    for (size_t i = 0; i < w->memos.n; i++) {
        struct work_memo *m = &w->memos.at[i];
        if (m->kind == rel->kind && m->n_columns == rel->n_columns && m->range.start == rel->range.start && m->range.end == rel->range.end) return m;
    }
    if (w->memos.n >= MEMOS_MAX) return NULL;
    *vec_add(w->arena, &w->memos) = (struct work_memo){.range = rel->range, .kind = rel->kind, .n_columns = rel->n_columns};
    return &w->memos.at[w->memos.n - 1];
}

static void uses_scalar(struct walk *w, const struct scalar *e, int depth) {
    if (!e || depth > DEPTH_MAX) return;
    if (e->rel) flow_uses(w, e->rel, depth + 1);
    for (size_t i = 0; i < e->n; i++) uses_scalar(w, e->args[i], depth + 1);
}

void flow_uses(struct walk *w, const struct rel *rel, int depth) {
    if (!rel || depth > DEPTH_MAX) return;
    struct work_memo *m = memo_find(w, rel);
    if (m) m->uses++;
    uses_scalar(w, rel->condition, depth);
    for (size_t i = 0; i < rel->n_defs; i++) uses_scalar(w, rel->defs[i].expr, depth);
    flow_uses(w, rel->left, depth + 1);
    flow_uses(w, rel->right, depth + 1);
    for (size_t i = 0; i < rel->n_inputs; i++) flow_uses(w, rel->inputs[i], depth + 1);
}

bool flow_is_shared(struct walk *w, const struct rel *rel) {
    const struct work_memo *m = memo_find(w, rel);
    return m && m->uses > 1 && m->uses > w->shared;
}

/* Predicates on a shared part, wherever it is used: columns count by their place in it. */
static struct hash128 wish_mix(const struct walk *w, const struct rel *rel, const struct scalar *e, struct hash128 hash, int depth) {
    struct {
        int32_t op, place;
    } own = {(int32_t)e->op, -1};
    const struct scalar *expr;
    if (depth > 60) return hash;
    if (e->op == SC_COLUMN) {
        int column = flow_column_base(w, e, &expr);
        for (size_t i = 0; i < rel->n_columns; i++) {
            if (rel->columns[i] == column || rel->columns[i] == e->column) own.place = (int32_t)i;
        }
    }
    hash = hash128_mix(hash, hash128(&own, sizeof own));
    if (e->op == SC_LITERAL) {
        struct buf text = buf_new(w->arena);
        literal_text(&text, &e->lit);
        hash = hash128_mix(hash, hash128(text.p, text.n));
    }
    for (size_t i = 0; i < e->n; i++) hash = wish_mix(w, rel, e->args[i], hash, depth + 1);
    return hash;
}

/* Was the same wanted of it before? */
static bool is_asked(struct walk *w, const struct rel *rel, const struct predicates *list, struct work_memo *m) {
    struct hash128 hash = {0, 0};
    for (size_t i = 0; i < list->n; i++) hash = wish_mix(w, rel, list->at[i], hash, 0);
    for (size_t i = 0; i < m->asked.n; i++) {
        if (hash128_eq(m->asked.at[i], hash)) return true;
    }
    *vec_add(w->arena, &m->asked) = hash;
    return false;
}

/* How much of it the uses want together, each by its predicates; found out by a first walk that counts no work. */
static double wanted_share(struct walk *w, const struct rel *rel, const struct predicates *list, struct work_memo *m, const struct flow *got) {
    static const struct predicates none = {0};
    struct flow whole;
    if (!list->n) return 1;
    if (m->rows <= 0) {
        if (kind_flow(w, rel, &none, &whole)) return 1;
        m->rows = fmax(whole.rows, 1);
    }
    return fmin(1, got->rows / m->rows);
}

/* What several places use is computed once, for all of them: of the predicates of each, what any of them wants is kept. */
static const struct err *shared_flow(struct walk *w, const struct rel *rel, const struct predicates *list, size_t at, struct flow *out) {
    static const struct predicates none = {0};
    struct work_memo *memos = w->memos.at;
    size_t outer = w->shared;
    w->shared = memos[at].uses; /* inside, what is used as often is part of the same */
    if (!w->is_trial && !memos[at].is_done) {
        bool all = memos[at].wanted >= 0.8;
        double widen = w->widen;
        w->widen = memos[at].wanted / fmax(memos[at].first, SEL_LEAST);
        w->widened = all ? NULL : list;
        const struct err *failed = kind_flow(w, rel, all ? &none : list, out);
        w->widen = widen;
        w->widened = NULL;
        if (failed) return failed;
        memos[at].is_done = true;
    }
    w->mute++;
    const struct err *failed = kind_flow(w, rel, list, out);
    if (!failed && w->is_trial) {
        double share = wanted_share(w, rel, list, &memos[at], out);
        if (memos[at].first <= 0) memos[at].first = share;
        if (!is_asked(w, rel, list, &memos[at])) memos[at].wanted = fmin(1, memos[at].wanted + share);
    }
    w->mute--;
    w->shared = outer;
    out->late = 0;
    flow_step(w, "read a shared part", out->rows, out->rows, out->rows * out->width, out->rows * fmax(1, out->values) * NS_CARRY);
    return failed;
}

const struct err *flow_rel_late(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    *out = (struct flow){.rows = 1};
    if (w->depth > DEPTH_MAX || w->walked > WORK_STEPS_MAX * 5) {
        flow_default(w, 1, "the plan is too long to be counted whole: its rest is left out");
        return NULL;
    }
    w->depth++;
    w->walked++;
    bool shared = flow_is_shared(w, rel);
    const struct err *failed = shared ? shared_flow(w, rel, list, (size_t)(memo_find(w, rel) - w->memos.at), out) : kind_flow(w, rel, list, out);
    w->depth--;
    return failed;
}

const struct err *flow_rel(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) {
    TRY(flow_rel_late(w, rel, list, out));
    if (out->late > 0 && !w->mute) {
        w->out->seconds += out->late * 1e-9;
        if (w->steps.n) w->steps.at[w->steps.n - 1].seconds += out->late * 1e-9;
    }
    out->late = 0;
    return NULL;
}
