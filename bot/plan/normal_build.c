/* normal_build.c - the bound plan as blocks: inner joins, filters and projections flatten as they come; the rest become sources. */
#include "normal_core.h"

static const struct sort_key *order_of(struct norm *n, const struct sort_key *order, size_t count) {
    struct sort_key *keys = arena_array(n->arena, count + 1, sizeof *keys);
    for (size_t i = 0; i < count; i++) keys[i] = (struct sort_key){expr_of_scalar(n, order[i].expr), order[i].descending, order[i].nulls_first};
    return keys;
}

static const struct window_spec *window_of(struct norm *n, const struct window_spec *w) {
    struct window_spec *out = arena_new(n->arena, struct window_spec);
    *out = *w;
    nexpr *partition = arena_array(n->arena, w->n_partition + 1, sizeof *partition);
    for (size_t i = 0; i < w->n_partition; i++) partition[i] = expr_of_scalar(n, w->partition[i]);
    out->partition = partition;
    out->order = order_of(n, w->order, w->n_order);
    if (w->start_by) out->start_by = expr_of_scalar(n, w->start_by);
    if (w->end_by) out->end_by = expr_of_scalar(n, w->end_by);
    bool whole = w->unit != WINDOW_NONE && w->start == EDGE_UNBOUNDED_PRECEDING && w->end == EDGE_UNBOUNDED_FOLLOWING && !w->exclude;
    bool plain = (w->unit == WINDOW_RANGE && w->start == EDGE_UNBOUNDED_PRECEDING && w->end == EDGE_CURRENT && !w->exclude) || (whole && !w->n_order);
    if (plain) out->unit = WINDOW_NONE, out->start = out->end = 0;
    return out;
}

/* COUNT looks at NULL alone: every value of a CASE that is some other literal is as good as 1. */
static nexpr counted_of(struct norm *n, nexpr e) {
    if (e->op != SC_CASE) return e;
    nexpr *args = arena_array(n->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++) {
        bool value = i % 2 == 1 || i + 1 == e->n;
        args[i] = value && e->args[i]->op == SC_LITERAL && !expr_is_null(e->args[i]) ? expr_int(n, 1) : e->args[i];
        if (value && args[i] == e->args[i] && !expr_is_null(e->args[i]) && e->args[i] != expr_int(n, 1)) return e;
    }
    return expr_make(n, (struct scalar){.op = SC_CASE, .n = e->n, .args = args, .type = expr_int(n, 1)->type});
}

/* An aggregate's FILTER becomes a CASE where NULL input rows are passed over. */
static nexpr aggregate_of(struct norm *n, struct scalar e) {
    static const char *const skips_null[] = {"sum",         "min",        "max",      "avg",      "count",  "stddev",
                                             "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"};
    if (e.filter && e.n <= 1)
        for (size_t i = 0; i < sizeof skips_null / sizeof *skips_null; i++) {
            if (strcmp(skips_null[i], e.name) != 0) continue;
            nexpr value = e.n ? e.args[0] : expr_int(n, 1);
            nexpr arg = expr_case2(n, e.filter, value, expr_null(n, value->type));
            e.filter = NULL;
            e.n = 1;
            nexpr *args = arena_array(n->arena, 1, sizeof *args);
            args[0] = arg;
            e.args = args;
            break;
        }
    if (strcmp(e.name, "count") == 0 && e.n == 1 && !e.distinct) {
        nexpr *args = arena_array(n->arena, 1, sizeof *args);
        args[0] = counted_of(n, e.args[0]);
        e.args = args;
    }
    bool min_max = strcmp(e.name, "min") == 0 || strcmp(e.name, "max") == 0;
    if (min_max) e.distinct = false;
    enum dialect d = n->plan->dialect;
    bool orders = d == DIALECT_SPARK || d == DIALECT_DATABRICKS || d == DIALECT_DUCKDB || d == DIALECT_TRINO;
    if (min_max && orders && e.n == 1 && e.args[0]->type.kind == TYPE_BOOL) e.name = strcmp(e.name, "max") == 0 ? "bool_or" : "bool_and";
    if (strcmp(e.name, "count") == 0 && e.n == 1 && e.args[0]->op == SC_LITERAL && !expr_is_null(e.args[0]) && !e.distinct) e.n = 0;
    return expr_make(n, e);
}

nexpr expr_of_scalar(struct norm *n, const struct scalar *e) {
    if (e->op == SC_COLUMN) {
        nexpr bound = n->bound[e->column];
        if (bound) return bound;
        normal_refuse(n, "column \"%s\" is out of scope", n->plan->columns[e->column].name);
        return expr_null(n, e->type);
    }
    struct scalar out = *e;
    nexpr *args = arena_array(n->arena, e->n ? e->n : 1, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = expr_of_scalar(n, e->args[i]);
    out.args = args;
    out.rel = NULL;
    if (e->filter) out.filter = expr_of_scalar(n, e->filter);
    if (e->window) out.window = window_of(n, e->window);
    if (e->n_order) out.order = order_of(n, e->order, e->n_order);
    if (e->op == SC_OPAQUE) normal_refuse(n, "%s is not understood", e->name ? e->name : "an expression");
    if (e->rel) {
        nexpr *saved = arena_array(n->arena, n->plan->n_columns + 1, sizeof *saved);
        memcpy(saved, n->bound, n->plan->n_columns * sizeof *saved);
        out.block = block_closed(n, e->rel);
        memcpy(n->bound, saved, n->plan->n_columns * sizeof *saved);
    }
    if (e->op == SC_AGG) return aggregate_of(n, out);
    return expr_make(n, out);
}

static struct block *block_with(struct norm *n, struct source *s) {
    struct block *b = block_new(n);
    block_source_add(n, b, s);
    return b;
}

/* Column `column` of the bound plan now is a new column of `s`. */
static void source_column_bind(struct norm *n, struct source *s, int column, struct type type) {
    int made = ncolumn_new(n, s, type, true);
    n->columns.at[made].name = n->plan->columns[column].name;
    n->bound[column] = expr_column(n, made);
}

static void columns_bind(struct norm *n, const struct rel *rel, struct source *s) {
    for (size_t i = 0; i < rel->n_columns; i++) source_column_bind(n, s, rel->columns[i], n->plan->columns[rel->columns[i]].type);
}

static struct block *scan_block(struct norm *n, const struct rel *rel) {
    struct source *s = source_new(n, SRC_TABLE, rel);
    s->table = rel->table;
    const char *name = rel->table ? str_lower(n->arena, str_of(scan_table_name(rel))) : rel->name;
    s->name = rel->version ? arena_printf(n->arena, "%s {%s}", name, rel->version) : name;
    s->ordinals = arena_array(n->arena, rel->n_columns + 1, sizeof *s->ordinals);
    for (size_t i = 0; i < rel->n_columns; i++) {
        const struct plan_column *pc = &n->plan->columns[rel->columns[i]];
        int at = rel->ordinals[i];
        if (rel->table && !n->wanted[rel->columns[i]]) continue;
        const struct schema_column *declared = rel->table && at >= 0 ? &rel->table->columns.at[at] : NULL;
        bool verified = declared && declared->not_null && declared->not_null_origin == ORIGIN_VERIFIED;
        int column = ncolumn_new(n, s, pc->type, !verified);
        n->columns.at[column].name = pc->name;
        if (declared && declared->not_null && !verified) n->columns.at[column].fact = column + 1;
        s->ordinals[s->n_columns - 1] = at;
        n->bound[rel->columns[i]] = expr_column(n, column);
    }
    return block_with(n, s);
}

static struct block *values_block(struct norm *n, const struct rel *rel) {
    if (rel->n_columns == 0 && rel->n_rows == 1) return block_new(n); /* no FROM: one row */
    if (rel->n_rows == 1) {
        for (size_t i = 0; i < rel->n_columns; i++) n->bound[rel->columns[i]] = expr_of_scalar(n, rel->rows[i]);
        return block_new(n);
    }
    struct source *s = source_new(n, SRC_VALUES, rel);
    s->n_rows = rel->n_rows;
    s->rows = arena_array(n->arena, rel->n_rows * rel->n_columns + 1, sizeof *s->rows);
    for (size_t i = 0; i < rel->n_rows * rel->n_columns; i++) s->rows[i] = expr_of_scalar(n, rel->rows[i]);
    columns_bind(n, rel, s);
    return block_with(n, s);
}

/* Output `e` of the right side of a left join, seen from outside: NULL where nothing matched. */
static nexpr extended(struct norm *n, const struct left_item *item, nexpr e) {
    if (expr_propagates(n, e, item->block)) return e;
    nexpr matched = expr_make(n, (struct scalar){.op = SC_MATCHED, .column = item->id, .type = {TYPE_BOOL, 0, 0}});
    return expr_case2(n, matched, e, expr_null(n, e->type));
}

static struct block *left_join(struct norm *n, const struct rel *rel) {
    struct block *left = block_of_rel(n, rel->left), *right = block_of_rel(n, rel->right);
    struct left_item item = {++n->next_item, right};
    if (rel->condition) block_pred_add(n, right, expr_truth(n, &(struct context){.block = right}, expr_of_scalar(n, rel->condition)));
    for (size_t i = 0; i < rel->right->n_columns; i++) {
        int c = rel->right->columns[i];
        if (n->bound[c]) n->bound[c] = extended(n, &item, n->bound[c]);
    }
    block_item_add(n, left, item);
    return left;
}

static void outs_set(struct norm *n, struct block *b, const struct rel *rel) {
    for (size_t i = 0; i < rel->n_columns; i++) {
        nexpr e = n->bound[rel->columns[i]];
        exprs_add(n, &b->outs, e ? e : expr_null(n, (struct type){0}));
    }
}

static struct block *full_join(struct norm *n, const struct rel *rel) {
    struct source *s = source_new(n, SRC_FULL, rel);
    s->branches = arena_array(n->arena, 2, sizeof *s->branches);
    s->branches[0] = block_of_rel(n, rel->left);
    s->branches[1] = block_of_rel(n, rel->right);
    s->n_branches = 2;
    outs_set(n, s->branches[0], rel->left);
    outs_set(n, s->branches[1], rel->right);
    columns_bind(n, rel, s);
    for (size_t i = 0; i < s->n_columns; i++) n->columns.at[s->columns[i]].nullable = true;
    if (rel->condition) exprs_add(n, &s->on, expr_of_scalar(n, rel->condition));
    source_simplify(n, NULL, s);
    return block_with(n, s);
}

/* After grouping nothing of the input is in scope but the keys. */
static void scope_close(struct norm *n, const struct rel *input, const struct rel *rel) {
    for (size_t i = 0; i < input->n_columns; i++) {
        bool kept = false;
        for (size_t k = 0; k < rel->n_columns; k++) kept |= rel->columns[k] == input->columns[i];
        if (!kept) n->bound[input->columns[i]] = NULL;
    }
}

/* Without input rows the grouping set () gives its row all the same; in Spark it does not. */
static bool total_always(enum dialect dialect) {
    return dialect == DIALECT_POSTGRES || dialect == DIALECT_DUCKDB || dialect == DIALECT_TRINO || dialect == DIALECT_ANSI;
}

static bool sets_known(const struct norm *n, const struct rel *rel) {
    bool known = total_always(n->plan->dialect) || n->plan->dialect == DIALECT_SPARK || n->plan->dialect == DIALECT_DATABRICKS;
    bool total = false;
    for (size_t i = 0; i < rel->n_sets; i++) total |= rel->sets[i] == 0;
    return rel->n_sets > 0 && rel->n_sets <= NORMAL_SETS_MAX && (known || !total);
}

/* The value of GROUPING(x, y) in one grouping set: a bit for each argument that is not in it. */
static nexpr grouping_value(struct norm *n, const struct rel *rel, const struct scalar *e, uint64_t set) {
    int64_t bits = 0;
    for (size_t i = 0; i < e->n; i++) {
        size_t k = 0;
        while (k < rel->n_keys && rel->keys[k].expr != e->args[i] &&
               (e->args[i]->op != SC_COLUMN || (rel->keys[k].column != e->args[i]->column &&
                                                (rel->keys[k].expr->op != SC_COLUMN || rel->keys[k].expr->column != e->args[i]->column))))
            k++;
        if (k == rel->n_keys) normal_refuse(n, "GROUPING of what is no key");
        bits = bits * 2 + !(set >> k & 1);
    }
    return expr_int(n, bits);
}

/* The rows of one grouping set: NULL for the keys that are not in it. */
static struct block *set_branch(struct norm *n, const struct rel *rel, uint64_t set) {
    struct source *s = source_new(n, SRC_AGG, rel);
    s->block = block_of_rel(n, rel->left);
    for (size_t i = 0; i < rel->n_keys; i++)
        if (set >> i & 1) exprs_add(n, &s->keys, expr_of_scalar(n, rel->keys[i].expr));
    s->grouped = s->keys.n > 0 || !total_always(n->plan->dialect);
    for (size_t i = 0; i < rel->n_defs; i++)
        if (rel->defs[i].expr->op != SC_GROUPING) exprs_add(n, &s->aggs, expr_of_scalar(n, rel->defs[i].expr));
    size_t key = 0, agg = 0;
    for (size_t i = 0; i < rel->n_keys; i++) {
        if (set >> i & 1) source_column_bind(n, s, rel->columns[i], s->keys.at[key]->type), key++;
        else n->bound[rel->columns[i]] = expr_null(n, (struct type){0});
    }
    for (size_t i = 0; i < rel->n_defs; i++) {
        int column = rel->columns[rel->n_keys + i];
        if (rel->defs[i].expr->op == SC_GROUPING) n->bound[column] = grouping_value(n, rel, rel->defs[i].expr, set);
        else source_column_bind(n, s, column, s->aggs.at[agg]->type), agg++;
    }
    struct block *b = block_with(n, s);
    outs_set(n, b, rel);
    source_simplify(n, NULL, s);
    block_simplify(n, NULL, b);
    return b;
}

/* GROUPING SETS, ROLLUP and CUBE are UNION ALL of one grouping for each set. */
static struct block *sets_open(struct norm *n, const struct rel *rel) {
    struct source *u = source_new(n, SRC_SETOP, rel);
    u->setop = RELSET_UNION;
    u->all = true;
    u->branches = arena_array(n->arena, rel->n_sets, sizeof *u->branches);
    nexpr *before = arena_array(n->arena, n->plan->n_columns + 1, sizeof *before); /* a branch must not see what an earlier one bound */
    memcpy(before, n->bound, n->plan->n_columns * sizeof *before);
    for (size_t i = 0; i < rel->n_sets; i++) {
        memcpy(n->bound, before, n->plan->n_columns * sizeof *before);
        u->branches[u->n_branches++] = set_branch(n, rel, rel->sets[i]);
    }
    scope_close(n, rel->left, rel);
    columns_bind(n, rel, u);
    source_refresh(n, u);
    step_add(n, "GROUPING SETS are a UNION ALL of one grouping for each set");
    return block_with(n, u);
}

static struct block *agg_block(struct norm *n, const struct rel *rel) {
    n->sets |= rel->n_sets > 0;
    if (n->opens_sets && sets_known(n, rel)) return sets_open(n, rel);
    struct block *inner = block_of_rel(n, rel->left);
    struct source *s = source_new(n, SRC_AGG, rel);
    s->block = inner;
    s->grouped = rel->n_keys > 0;
    s->sets = rel->sets;
    s->n_sets = rel->n_sets;
    for (size_t i = 0; i < rel->n_keys; i++) exprs_add(n, &s->keys, expr_of_scalar(n, rel->keys[i].expr));
    for (size_t i = 0; i < rel->n_defs; i++) exprs_add(n, &s->aggs, expr_of_scalar(n, rel->defs[i].expr));
    scope_close(n, rel->left, rel);
    for (size_t i = 0; i < rel->n_columns; i++) {
        nexpr e = i < rel->n_keys ? s->keys.at[i] : s->aggs.at[i - rel->n_keys];
        source_column_bind(n, s, rel->columns[i], e->type);
    }
    source_simplify(n, NULL, s);
    return block_with(n, s);
}

static struct block *distinct_block(struct norm *n, const struct rel *rel) {
    struct block *inner = block_of_rel(n, rel->left);
    struct source *s = source_new(n, SRC_AGG, rel);
    s->block = inner;
    s->grouped = true;
    for (size_t i = 0; i < rel->n_columns; i++)
        exprs_add(n, &s->keys, n->bound[rel->columns[i]] ? n->bound[rel->columns[i]] : expr_null(n, (struct type){0}));
    for (size_t i = 0; i < rel->n_columns; i++) source_column_bind(n, s, rel->columns[i], s->keys.at[i]->type);
    source_simplify(n, NULL, s);
    return block_with(n, s);
}

static struct block *window_block(struct norm *n, const struct rel *rel) {
    struct block *inner = block_of_rel(n, rel->left);
    struct source *s = source_new(n, SRC_WINDOW, rel);
    s->block = inner;
    for (size_t i = 0; i < rel->left->n_columns; i++) {
        nexpr e = n->bound[rel->left->columns[i]];
        exprs_add(n, &s->keys, e ? e : expr_null(n, (struct type){0}));
    }
    for (size_t i = 0; i < rel->n_defs; i++) exprs_add(n, &s->aggs, expr_of_scalar(n, rel->defs[i].expr));
    for (size_t i = 0; i < rel->n_columns; i++) {
        nexpr e = i < s->keys.n ? s->keys.at[i] : s->aggs.at[i - s->keys.n];
        source_column_bind(n, s, rel->columns[i], e->type);
    }
    source_simplify(n, NULL, s);
    return block_with(n, s);
}

static struct block *sort_block(struct norm *n, const struct rel *rel) {
    if (!rel->limit && !rel->offset) return block_of_rel(n, rel->left);
    struct block *inner = block_of_rel(n, rel->left);
    struct source *s = source_new(n, SRC_LIMIT, rel);
    s->block = inner;
    outs_set(n, inner, rel);
    s->n_order = rel->n_order;
    s->order = (struct sort_key *)order_of(n, rel->order, rel->n_order);
    s->limit = rel->limit ? expr_of_scalar(n, rel->limit) : NULL;
    s->offset = rel->offset ? expr_of_scalar(n, rel->offset) : NULL;
    s->name = rel->percent ? (rel->with_ties ? "percent ties" : "percent") : rel->with_ties ? "ties" : NULL;
    columns_bind(n, rel, s);
    source_simplify(n, NULL, s);
    return block_with(n, s);
}

static struct source *setop_source(struct norm *n, const struct rel *rel, enum setop_kind kind, bool all) {
    struct source *s = source_new(n, SRC_SETOP, rel);
    s->setop = kind;
    s->all = all;
    s->branches = arena_array(n->arena, 2, sizeof *s->branches);
    s->n_branches = 2;
    for (int i = 0; i < 2; i++) s->branches[i] = block_closed(n, i ? rel->right : rel->left);
    return s;
}

/* UNION is the distinct rows of UNION ALL. */
static struct block *setop_block(struct norm *n, const struct rel *rel) {
    bool distinct_union = rel->setop == RELSET_UNION && !rel->all;
    struct source *s = setop_source(n, rel, rel->setop, rel->all || distinct_union);
    columns_bind(n, rel, s);
    source_refresh(n, s);
    struct block *b = block_with(n, s);
    if (!distinct_union) return b;
    struct source *agg = source_new(n, SRC_AGG, rel);
    agg->block = b;
    agg->grouped = true;
    for (size_t i = 0; i < rel->n_columns; i++) exprs_add(n, &agg->keys, n->bound[rel->columns[i]]);
    for (size_t i = 0; i < rel->n_columns; i++) source_column_bind(n, agg, rel->columns[i], n->columns.at[s->columns[i]].type);
    source_simplify(n, NULL, agg);
    return block_with(n, agg);
}

static struct block *opaque_block(struct norm *n, const struct rel *rel) {
    struct source *s = source_new(n, SRC_OPAQUE, rel);
    s->name = rel->name;
    if (rel->call) exprs_add(n, &s->aggs, expr_of_scalar(n, rel->call));
    s->branches = arena_array(n->arena, rel->n_inputs + 1, sizeof *s->branches);
    for (size_t i = 0; i < rel->n_inputs; i++) s->branches[s->n_branches++] = block_closed(n, rel->inputs[i]);
    columns_bind(n, rel, s);
    return block_with(n, s);
}

static struct block *project_block(struct norm *n, const struct rel *rel) {
    struct block *b = block_of_rel(n, rel->left);
    nexpr *outs = arena_array(n->arena, rel->n_defs + 1, sizeof *outs);
    for (size_t i = 0; i < rel->n_defs; i++) outs[i] = expr_of_scalar(n, rel->defs[i].expr);
    for (size_t i = 0; i < rel->n_defs; i++) n->bound[rel->defs[i].column] = outs[i];
    return b;
}

static struct block *inner_join(struct norm *n, const struct rel *rel) {
    struct block *b = block_of_rel(n, rel->left);
    block_absorb(n, b, block_of_rel(n, rel->right));
    if (rel->condition) block_pred_add(n, b, expr_truth(n, &(struct context){.block = b}, expr_of_scalar(n, rel->condition)));
    return b;
}

static struct block *filter_block(struct norm *n, const struct rel *rel) {
    struct block *b = block_of_rel(n, rel->left);
    block_pred_add(n, b, expr_truth(n, &(struct context){.block = b}, expr_of_scalar(n, rel->condition)));
    return b;
}

struct block *block_of_rel(struct norm *n, const struct rel *rel) {
    if (work_spent(n, 1)) return block_new(n);
    switch (rel->kind) {
    case REL_SCAN:
        return scan_block(n, rel);
    case REL_VALUES:
        return values_block(n, rel);
    case REL_PROJECT:
        return project_block(n, rel);
    case REL_FILTER:
        return filter_block(n, rel);
    case REL_JOIN:
        return rel->join == RELJOIN_INNER ? inner_join(n, rel) : rel->join == RELJOIN_LEFT ? left_join(n, rel) : full_join(n, rel);
    case REL_AGG:
        return agg_block(n, rel);
    case REL_WINDOW:
        return window_block(n, rel);
    case REL_SORT:
        return sort_block(n, rel);
    case REL_SETOP:
        return setop_block(n, rel);
    case REL_DISTINCT:
        return distinct_block(n, rel);
    case REL_OPAQUE:
        return opaque_block(n, rel);
    }
    return block_new(n);
}

struct block *block_closed(struct norm *n, const struct rel *rel) {
    struct block *b = block_of_rel(n, rel);
    outs_set(n, b, rel);
    block_simplify(n, NULL, b);
    return b;
}
