/* rule_order.c - orders that say more than they need: keys that earlier ones decide, windows over one row, limits over limits. */
#include "normal_core.h"

static bool called(nexpr e, const char *name) { return (e->op == SC_AGG || e->op == SC_CALL) && e->name && strcmp(e->name, name) == 0; }

static bool numbers_rows(nexpr fn) { return called(fn, "row_number") || called(fn, "rank") || called(fn, "dense_rank"); }

/* ------------------------------------------------------------ what a window says */

/* Partition keys without constants and doubles; `seed` gets them. */
static size_t partition_reduce(struct norm *n, const struct window_spec *w, nexpr *out, struct exprs *seed) {
    size_t kept = 0;
    for (size_t i = 0; i < w->n_partition; i++) {
        if (expr_is_literal(w->partition[i]) || exprs_have(seed, w->partition[i])) continue;
        exprs_add(n, seed, w->partition[i]);
        out[kept++] = w->partition[i];
    }
    return kept;
}

/* The order without constants and keys that what stands before decides; `seed` holds what does, and gets what is kept. */
static size_t order_reduce(struct norm *n, struct block *inside, const struct sort_key *order, size_t count, struct sort_key *out,
                           struct exprs *seed) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (expr_is_literal(order[i].expr) || exprs_have(seed, order[i].expr)) continue;
        if (seed->n && expr_determined(n, inside, seed, order[i].expr)) continue;
        exprs_add(n, seed, order[i].expr);
        out[kept++] = order[i];
    }
    return kept;
}

/* LAG over an order is LEAD over the opposite one. */
static nexpr lead_turned(struct norm *n, nexpr fn, struct sort_key *order, size_t count) {
    if (!called(fn, "lead")) return fn;
    for (size_t i = 0; i < count; i++) {
        order[i].descending = !order[i].descending;
        order[i].nulls_first = !order[i].nulls_first;
    }
    struct scalar lag = *fn;
    lag.name = "lag";
    return expr_make(n, lag);
}

static bool to_current(const struct window_spec *w) {
    return w->unit == WINDOW_ROWS && w->start == EDGE_UNBOUNDED_PRECEDING && w->end == EDGE_CURRENT && !w->exclude;
}

/* The same window with nothing in it that has no say. */
static nexpr window_reduce(struct norm *n, struct source *s, nexpr e) {
    const struct window_spec *w = e->window;
    struct window_spec spec = *w;
    struct exprs seed = {0};
    nexpr fn = e->args[0], *partition = arena_array(n->arena, w->n_partition + 1, sizeof *partition);
    struct sort_key *order = arena_array(n->arena, w->n_order + 1, sizeof *order);
    if (w->start_by || w->end_by || (w->unit != WINDOW_NONE && !to_current(w)) || w->exclude || fn->is_volatile) return e;
    spec.n_partition = partition_reduce(n, w, partition, &seed);
    spec.n_order = order_reduce(n, s->block, w->order, w->n_order, order, &seed);
    if (w->n_order && !spec.n_order) return e; /* all rows are peers: a number of a row is then any */
    spec.partition = partition;
    spec.order = order;
    if (spec.n_order && block_determined(n, s->block, &seed, true)) {
        if (to_current(w)) spec.unit = WINDOW_NONE, spec.start = spec.end = 0;
        fn = lead_turned(n, fn, order, spec.n_order);
        struct scalar number = *fn;
        number.name = "row_number";
        if (called(fn, "rank") || called(fn, "dense_rank")) fn = expr_make(n, number);
    }
    struct scalar out = *e;
    out.args = &fn;
    out.window = &spec;
    struct window_spec *stays = arena_new(n->arena, struct window_spec);
    *stays = spec;
    out.window = stays;
    return expr_make(n, out);
}

/* ------------------------------------------------------------ a window whose partitions are single rows */

static nexpr value_of_row(struct norm *n, nexpr e) {
    nexpr fn = e->args[0];
    if (numbers_rows(fn)) return expr_int(n, 1);
    if (e->window->unit != WINDOW_NONE || e->window->exclude || fn->is_volatile || fn->filter || fn->n > 1) return NULL;
    if (called(fn, "count")) return fn->n ? expr_case2(n, expr_of1(n, SC_IS_NULL, fn->args[0]), expr_int(n, 0), expr_int(n, 1)) : expr_int(n, 1);
    if ((called(fn, "lag") || called(fn, "lead")) && fn->n == 1) return expr_null(n, fn->type);
    if (fn->n == 1 && called(fn, "sum") && !expr_sums_to_itself(n, fn->args[0])) return NULL;
    static const char *const same[] = {"sum", "min", "max", "first_value", "last_value"};
    for (size_t i = 0; fn->n == 1 && i < sizeof same / sizeof *same; i++)
        if (called(fn, same[i])) return fn->args[0];
    return NULL;
}

nexpr window_pass(struct norm *n, struct source *s, nexpr e) {
    if (expr_is_literal(e)) return e;
    for (size_t i = 0; i < s->keys.n; i++)
        if (s->keys.at[i] == e) return expr_column(n, s->columns[i]);
    struct context inner = {.block = s->block};
    int made = ncolumn_new(n, s, e->type, expr_nullable(n, &inner, e)), *columns = s->columns;
    memmove(&columns[s->keys.n + 1], &columns[s->keys.n], (s->n_columns - 1 - s->keys.n) * sizeof *columns);
    columns[s->keys.n] = made;
    exprs_add(n, &s->keys, e);
    for (size_t i = 0; i < s->n_columns; i++) n->columns.at[columns[i]].ordinal = i;
    return expr_column(n, made);
}

static bool single_rows(struct norm *n, struct block *b, struct source *s, size_t i) {
    nexpr e = s->aggs.at[i], value = value_of_row(n, e);
    struct exprs seed = {0};
    for (size_t k = 0; k < e->window->n_partition; k++) exprs_add(n, &seed, e->window->partition[k]);
    if (!value || seed.n == 0 || !block_determined(n, s->block, &seed, true)) return false;
    int column = s->columns[s->keys.n + i];
    value = window_pass(n, s, value);
    replace_begin(n);
    replace_set(n, column, value);
    block_replace(n, b);
    replace_end(n);
    exprs_remove(&s->aggs, i);
    source_column_remove(n, s, s->keys.n + i);
    step_add(n, "a window over one row is the row");
    return true;
}

/* ------------------------------------------------------------ a window over a window */

struct maker {
    const struct norm *n;
    const struct source *t;
};

static bool passes_through(void *ctx, int column) {
    const struct maker *m = ctx;
    const struct ncolumn *c = &m->n->columns.at[column];
    return c->source->id != m->t->id || c->ordinal < m->t->keys.n;
}

/* Neither looks at what the other computes: both are computed over the same rows. */
static bool windows_meet(struct norm *n, struct source *s) {
    if (s->block->n_sources != 1 || s->block->n_items || s->block->preds.n || s->block->empty) return false;
    struct source *t = s->block->sources[0];
    struct maker ask = {n, t};
    if (t->kind != SRC_WINDOW) return false;
    for (size_t i = 0; i < s->aggs.n; i++)
        if (!expr_columns(s->aggs.at[i], passes_through, &ask)) return false;
    for (size_t i = 0; i < s->keys.n; i++) {
        nexpr e = s->keys.at[i];
        bool made = e->op == SC_COLUMN && n->columns.at[e->column].source->id == t->id;
        if (!made && !expr_columns(e, passes_through, &ask)) return false;
    }
    struct exprs keys = {0}, aggs = {0};
    int *columns = arena_array(n->arena, s->n_columns + 1, sizeof *columns);
    size_t at = 0;
    replace_begin(n);
    for (size_t i = 0; i < t->keys.n; i++) replace_set(n, t->columns[i], t->keys.at[i]);
    for (size_t i = 0; i < s->keys.n; i++)
        if (expr_columns(s->keys.at[i], passes_through, &ask)) exprs_add(n, &keys, expr_replace(n, s->keys.at[i])), columns[at++] = s->columns[i];
    for (size_t i = 0; i < s->keys.n; i++)
        if (!expr_columns(s->keys.at[i], passes_through, &ask))
            exprs_add(n, &aggs, t->aggs.at[n->columns.at[s->keys.at[i]->column].ordinal - t->keys.n]), columns[at++] = s->columns[i];
    for (size_t i = 0; i < s->aggs.n; i++) exprs_add(n, &aggs, expr_replace(n, s->aggs.at[i])), columns[at++] = s->columns[s->keys.n + i];
    replace_end(n);
    s->keys = keys;
    s->aggs = aggs;
    s->columns = columns;
    s->block = t->block;
    for (size_t i = 0; i < s->n_columns; i++) n->columns.at[columns[i]].ordinal = i;
    step_add(n, "windows over the same rows are computed side by side");
    source_simplify(n, NULL, s);
    return true;
}

/* ------------------------------------------------------------ limits */

static bool plain_limit(const struct source *s) {
    return s->kind == SRC_LIMIT && !s->offset && !s->name && s->limit && s->limit->op == SC_LITERAL && s->limit->lit.kind == VALUE_INT &&
           !s->limit->lit.s.n;
}

static bool orders_as(const struct norm *n, const struct source *s, const struct source *t) {
    if (s->n_order != t->n_order || s->n_order == 0) return false;
    for (size_t i = 0; i < s->n_order; i++) {
        nexpr e = s->order[i].expr;
        if (e->op != SC_COLUMN || n->columns.at[e->column].source->id != t->id) return false;
        if (t->block->outs.at[n->columns.at[e->column].ordinal] != t->order[i].expr) return false;
        if (s->order[i].descending != t->order[i].descending || s->order[i].nulls_first != t->order[i].nulls_first) return false;
    }
    return true;
}

/* The first 5 of the first 20 are the first 5, and so are the first 20 of the first 5. */
static bool limits_meet(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    if (!plain_limit(s) || s->block->n_sources != 1 || s->block->n_items || s->block->preds.n || s->block->empty) return false;
    struct source *t = s->block->sources[0];
    if (!plain_limit(t)) return false;
    bool more = s->limit->lit.i >= t->limit->lit.i;
    if (!more && !orders_as(n, s, t)) return false;
    if (!more) t->limit = s->limit;
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    replace_begin(n);
    for (size_t i = 0; i < s->n_columns; i++) replace_set(n, s->columns[i], s->block->outs.at[i]);
    block_replace(n, b);
    replace_end(n);
    block_source_add(n, b, t);
    step_add(n, "a LIMIT of a LIMIT is one");
    return true;
}

static bool limit_reduce(struct norm *n, struct source *s) {
    struct exprs seed = {0};
    struct sort_key *order = arena_array(n->arena, s->n_order + 1, sizeof *order);
    if (s->kind != SRC_LIMIT || s->n_order < 2 || s->name) return false;
    size_t kept = order_reduce(n, s->block, s->order, s->n_order, order, &seed);
    bool changed = kept && kept < s->n_order;
    if (changed) s->order = order, s->n_order = kept;
    return changed;
}

bool rule_order(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (limits_meet(n, b, i) || limit_reduce(n, s)) return true;
        if (s->kind != SRC_WINDOW) continue;
        if (windows_meet(n, s)) return true;
        for (size_t k = 0; k < s->aggs.n; k++) {
            s->aggs.at[k] = window_reduce(n, s, s->aggs.at[k]);
            if (single_rows(n, b, s, k)) return true;
        }
    }
    return false;
}
