/* normal_tools.c - blocks and sources as things to take apart: replace columns, clone, ask what an expression uses and when it is NULL. */
#include "normal_core.h"

#include <stdarg.h>

bool work_spent(struct norm *n, size_t amount) {
    n->work += amount;
    if (n->work <= NORMAL_WORK_MAX) return false;
    normal_refuse(n, "a limit was reached: more than %d steps of rewriting", NORMAL_WORK_MAX);
    return true;
}

static void reason_set(struct norm *n, const char *fmt, va_list args) {
    if (n->out->reason) return;
    char text[256];
    vsnprintf(text, sizeof text, fmt, args);
    n->out->reason = arena_strdup(n->arena, text);
}

void normal_refuse(struct norm *n, const char *fmt, ...) {
    if (!n->broken && n->out->reason != n->plan->reason) n->out->reason = NULL; /* says more than that rows are not determined */
    n->broken = true;
    va_list args;
    va_start(args, fmt);
    reason_set(n, fmt, args);
    va_end(args);
}

void normal_undetermined(struct norm *n, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    reason_set(n, fmt, args);
    va_end(args);
}

#define NOTES_MAX 200

static void note_add(struct norm *n, bool assumed, const char *text) {
    size_t count = assumed ? n->assumes.n : n->steps.n;
    if (count >= NOTES_MAX) return;
    for (size_t i = 0; i < count; i++)
        if (strcmp(assumed ? n->assumes.at[i] : n->steps.at[i], text) == 0) return;
    if (assumed) *vec_add(n->arena, &n->assumes) = arena_strdup(n->arena, text);
    else *vec_add(n->arena, &n->steps) = arena_strdup(n->arena, text);
}

void step_add(struct norm *n, const char *fmt, ...) {
    char text[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    note_add(n, false, text);
}

void assume_add(struct norm *n, const char *fmt, ...) {
    char text[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    note_add(n, true, text);
}

bool exprs_have(const struct exprs *list, nexpr e) {
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] == e) return true;
    return false;
}

void exprs_add(struct norm *n, struct exprs *list, nexpr e) { *vec_add(n->arena, list) = e; }

void exprs_remove(struct exprs *list, size_t i) {
    memmove(&list->at[i], &list->at[i + 1], (list->n - i - 1) * sizeof *list->at);
    list->n--;
}

struct block *block_new(struct norm *n) {
    return arena_new(n->arena, struct block);
}

struct source *source_new(struct norm *n, enum source_kind kind, const struct rel *rel) {
    struct source *s = arena_new(n->arena, struct source);
    s->kind = kind;
    s->id = ++n->next_source;
    s->rel = rel;
    return s;
}

int ncolumn_new(struct norm *n, struct source *source, struct type type, bool nullable) {
    *vec_add(n->arena, &n->columns) =
        (struct ncolumn){.source = source, .ordinal = source->n_columns, .type = type, .nullable = nullable, .name = ""};
    int *columns = arena_array(n->arena, source->n_columns + 1, sizeof *columns);
    if (source->n_columns) memcpy(columns, source->columns, source->n_columns * sizeof *columns);
    columns[source->n_columns++] = (int)n->columns.n - 1;
    source->columns = columns;
    return (int)n->columns.n - 1;
}

void block_source_add(struct norm *n, struct block *b, struct source *s) {
    b->sources = arena_grow(n->arena, b->sources, &b->cap_sources, b->n_sources + 1, sizeof *b->sources);
    b->sources[b->n_sources++] = s;
}

void block_source_drop(struct block *b, size_t at) {
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
}

void block_item_add(struct norm *n, struct block *b, struct left_item item) {
    b->items = arena_grow(n->arena, b->items, &b->cap_items, b->n_items + 1, sizeof *b->items);
    b->items[b->n_items++] = item;
}

void block_set_empty(struct norm *n, struct block *b) {
    if (!b->empty) step_add(n, "found a condition that no row meets");
    b->empty = true;
}

void block_pred_add(struct norm *n, struct block *b, nexpr e) {
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) block_pred_add(n, b, e->args[i]);
        return;
    }
    if (expr_is_true(e) || exprs_have(&b->preds, e)) return;
    if (expr_is_false(e) || expr_is_null(e)) {
        block_set_empty(n, b);
        return;
    }
    exprs_add(n, &b->preds, e);
}

void block_absorb(struct norm *n, struct block *into, struct block *from) {
    for (size_t i = 0; i < from->n_sources; i++) block_source_add(n, into, from->sources[i]);
    for (size_t i = 0; i < from->n_items; i++) block_item_add(n, into, from->items[i]);
    for (size_t i = 0; i < from->preds.n; i++) block_pred_add(n, into, from->preds.at[i]);
    if (from->empty) block_set_empty(n, into);
}

/* ------------------------------------------------------------ replacing */

void replace_begin(struct norm *n) {
    for (size_t i = 0; i < n->replaced.n; i++) n->replace[n->replaced.at[i]] = NULL;
    n->replaced.n = 0;
    if (n->replace_cap < n->columns.n) {
        n->replace = arena_array(n->arena, n->columns.n * 2, sizeof *n->replace);
        n->replace_cap = n->columns.n * 2;
    }
    if (n->memo_cap <= n->table_n) {
        n->memo_cap = n->table_n * 2 + 256;
        n->memo = arena_array(n->arena, n->memo_cap, sizeof *n->memo);
        n->memo_epoch = arena_array(n->arena, n->memo_cap, sizeof *n->memo_epoch);
    }
    n->epoch++;
    n->item_from.n = n->item_to.n = 0;
}

void replace_set(struct norm *n, int column, nexpr with) {
    if (!n->replace[column]) *vec_add(n->arena, &n->replaced) = column;
    n->replace[column] = with;
}

void replace_end(struct norm *n) { (void)n; }

static nexpr memo_put(struct norm *n, nexpr e, nexpr to) {
    if (e->id < n->memo_cap) {
        n->memo[e->id] = to;
        n->memo_epoch[e->id] = n->epoch;
    }
    return to;
}

static const struct sort_key *order_replace(struct norm *n, const struct sort_key *order, size_t count) {
    struct sort_key *keys = arena_array(n->arena, count + 1, sizeof *keys);
    for (size_t i = 0; i < count; i++) keys[i] = (struct sort_key){expr_replace(n, order[i].expr), order[i].descending, order[i].nulls_first};
    return keys;
}

static const struct window_spec *window_replace(struct norm *n, const struct window_spec *w) {
    struct window_spec *out = arena_new(n->arena, struct window_spec);
    *out = *w;
    nexpr *partition = arena_array(n->arena, w->n_partition + 1, sizeof *partition);
    for (size_t i = 0; i < w->n_partition; i++) partition[i] = expr_replace(n, w->partition[i]);
    out->partition = partition;
    out->order = order_replace(n, w->order, w->n_order);
    if (w->start_by) out->start_by = expr_replace(n, w->start_by);
    if (w->end_by) out->end_by = expr_replace(n, w->end_by);
    return out;
}

static bool column_replaced(void *ctx, int column) {
    const struct norm *n = ctx;
    return !((size_t)column < n->replace_cap && n->replace[column]);
}

static struct block *block_shallow(struct norm *n, const struct block *b);
static void columns_claim(struct norm *n, const struct block *b);
static void clone_columns(struct norm *n, struct block *b);
static void mark_used(struct norm *n, const struct block *b);

nexpr expr_replace(struct norm *n, nexpr e) {
    if (e->op == SC_COLUMN) return (size_t)e->column < n->replace_cap && n->replace[e->column] ? n->replace[e->column] : e;
    if (e->op == SC_LITERAL || e->op == SC_PARAM) return e;
    if (e->op == SC_MATCHED) {
        for (size_t i = 0; i < n->item_from.n; i++)
            if (n->item_from.at[i] == e->column) return expr_make(n, (struct scalar){.op = SC_MATCHED, .column = n->item_to.at[i], .type = e->type});
        return e;
    }
    if (e->id < n->memo_cap && n->memo_epoch[e->id] == n->epoch) return n->memo[e->id];
    (void)work_spent(n, 1);
    struct scalar out = *e;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    bool same = !e->filter && !e->window && !e->n_order && !e->block;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = expr_replace(n, e->args[i]);
        same = same && args[i] == e->args[i];
    }
    if (same) return memo_put(n, e, e);
    out.args = args;
    if (e->filter) out.filter = expr_replace(n, e->filter);
    if (e->window) out.window = window_replace(n, e->window);
    if (e->n_order) out.order = order_replace(n, e->order, e->n_order);
    if (e->block && !block_columns(e->block, column_replaced, n)) {
        struct block *copy = block_shallow(n, e->block);
        columns_claim(n, e->block);
        mark_used(n, e->block);
        clone_columns(n, copy); /* its own columns get fresh numbers: no two blocks ever share any */
        n->epoch++;             /* what was replaced so far did not know of them */
        block_replace(n, copy);
        out.block = copy;
    }
    return memo_put(n, e, expr_make(n, out));
}

static void list_replace(struct norm *n, struct exprs *list) {
    for (size_t i = 0; i < list->n; i++) list->at[i] = expr_replace(n, list->at[i]);
}

static void source_replace(struct norm *n, struct source *s) {
    if (s->block) block_replace(n, s->block);
    for (size_t i = 0; i < s->n_branches; i++) block_replace(n, s->branches[i]);
    list_replace(n, &s->keys);
    list_replace(n, &s->aggs);
    list_replace(n, &s->on);
    if (s->n_order) {
        struct sort_key *keys = (struct sort_key *)order_replace(n, s->order, s->n_order);
        s->order = keys;
    }
    for (size_t i = 0; i < s->n_rows * s->n_columns; i++) s->rows[i] = expr_replace(n, s->rows[i]);
}

void block_replace(struct norm *n, struct block *b) {
    struct exprs before = b->preds;
    b->preds = (struct exprs){0};
    for (size_t i = 0; i < before.n; i++) block_pred_add(n, b, expr_replace(n, before.at[i]));
    list_replace(n, &b->outs);
    for (size_t i = 0; i < b->n_items; i++) block_replace(n, b->items[i].block);
    for (size_t i = 0; i < b->n_sources; i++) source_replace(n, b->sources[i]);
}

static struct exprs exprs_copy(struct norm *n, const struct exprs *list) {
    struct exprs out = {0};
    for (size_t i = 0; i < list->n; i++) exprs_add(n, &out, list->at[i]);
    return out;
}

/* A copy of the structure down to the sources; columns stay the same. Only sound when the original is dropped. */
static struct block *block_shallow(struct norm *n, const struct block *b) {
    struct block *out = block_new(n);
    out->preds = exprs_copy(n, &b->preds);
    out->outs = exprs_copy(n, &b->outs);
    out->empty = b->empty;
    for (size_t i = 0; i < b->n_items; i++) block_item_add(n, out, (struct left_item){b->items[i].id, block_shallow(n, b->items[i].block)});
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = arena_new(n->arena, struct source), *from = b->sources[i];
        *s = *from;
        s->block = from->block ? block_shallow(n, from->block) : NULL;
        s->branches = arena_array(n->arena, from->n_branches + 1, sizeof *s->branches);
        for (size_t k = 0; k < from->n_branches; k++) s->branches[k] = block_shallow(n, from->branches[k]);
        s->keys = exprs_copy(n, &from->keys);
        s->aggs = exprs_copy(n, &from->aggs);
        s->on = exprs_copy(n, &from->on);
        if (from->n_rows) {
            s->rows = arena_array(n->arena, from->n_rows * from->n_columns + 1, sizeof *s->rows);
            memcpy(s->rows, from->rows, from->n_rows * from->n_columns * sizeof *s->rows);
        }
        for (size_t k = 0; k < s->n_columns; k++) n->columns.at[s->columns[k]].source = s;
        block_source_add(n, out, s);
    }
    return out;
}

static bool mark_column(void *ctx, int column) {
    struct norm *n = ctx;
    if ((size_t)column < n->mark_cap) n->mark[column] = n->mark_epoch;
    return true;
}

/* Marks the columns that occur in `b`: a clone renames no others. */
static void mark_used(struct norm *n, const struct block *b) {
    if (n->mark_cap < n->columns.n) {
        n->mark_cap = n->columns.n * 2;
        n->mark = arena_array(n->arena, n->mark_cap, sizeof *n->mark);
    }
    n->mark_epoch++;
    (void)block_columns(b, mark_column, n);
}

/* Numbers for a clone's columns, entered as replacements. */
static void clone_columns(struct norm *n, struct block *b) {
    for (size_t i = 0; i < b->n_items; i++) {
        *vec_add(n->arena, &n->item_from) = b->items[i].id;
        b->items[i].id = ++n->next_item;
        *vec_add(n->arena, &n->item_to) = b->items[i].id;
        clone_columns(n, b->items[i].block);
    }
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->block) clone_columns(n, s->block);
        for (size_t k = 0; k < s->n_branches; k++) clone_columns(n, s->branches[k]);
        int *fresh = arena_array(n->arena, s->n_columns + 1, sizeof *fresh);
        s->id = ++n->next_source;
        for (size_t k = 0; k < s->n_columns; k++) {
            int old = s->columns[k];
            struct ncolumn column = n->columns.at[old];
            column.source = s;
            column.ordinal = k;
            fresh[k] = (int)n->columns.n;
            *vec_add(n->arena, &n->columns) = column;
            bool used = (size_t)old < n->mark_cap && n->mark[old] == n->mark_epoch;
            if (used && (size_t)old < n->replace_cap) replace_set(n, old, expr_column(n, fresh[k]));
        }
        s->columns = fresh;
    }
}

/* Gives the columns of `b` back to its own sources after a shallow copy took them. */
static void columns_claim(struct norm *n, const struct block *b) {
    for (size_t i = 0; i < b->n_items; i++) columns_claim(n, b->items[i].block);
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        for (size_t k = 0; k < s->n_columns; k++) n->columns.at[s->columns[k]].source = s;
        if (s->block) columns_claim(n, s->block);
        for (size_t k = 0; k < s->n_branches; k++) columns_claim(n, s->branches[k]);
    }
}

struct block *block_clone(struct norm *n, const struct block *b) {
    struct block *out = block_shallow(n, b);
    columns_claim(n, b);
    mark_used(n, b);
    replace_begin(n);
    clone_columns(n, out);
    block_replace(n, out);
    replace_end(n);
    return out;
}

/* ------------------------------------------------------------ asking */

static bool orders_columns(const struct sort_key *order, size_t count, bool (*fn)(void *, int), void *ctx) {
    for (size_t i = 0; i < count; i++)
        if (!expr_columns(order[i].expr, fn, ctx)) return false;
    return true;
}

bool expr_columns(nexpr e, bool (*fn)(void *, int), void *ctx) {
    if (e->op == SC_COLUMN) return fn(ctx, e->column);
    for (size_t i = 0; i < e->n; i++)
        if (!expr_columns(e->args[i], fn, ctx)) return false;
    if (e->filter && !expr_columns(e->filter, fn, ctx)) return false;
    if (!orders_columns(e->order, e->n_order, fn, ctx)) return false;
    if (e->window) {
        for (size_t i = 0; i < e->window->n_partition; i++)
            if (!expr_columns(e->window->partition[i], fn, ctx)) return false;
        if (!orders_columns(e->window->order, e->window->n_order, fn, ctx)) return false;
        if (e->window->start_by && !expr_columns(e->window->start_by, fn, ctx)) return false;
        if (e->window->end_by && !expr_columns(e->window->end_by, fn, ctx)) return false;
    }
    return !e->block || block_columns(e->block, fn, ctx);
}

static bool list_columns(const struct exprs *list, bool (*fn)(void *, int), void *ctx) {
    for (size_t i = 0; i < list->n; i++)
        if (!expr_columns(list->at[i], fn, ctx)) return false;
    return true;
}

static bool source_columns(const struct source *s, bool (*fn)(void *, int), void *ctx) {
    if (s->block && !block_columns(s->block, fn, ctx)) return false;
    for (size_t i = 0; i < s->n_branches; i++)
        if (!block_columns(s->branches[i], fn, ctx)) return false;
    if (!list_columns(&s->keys, fn, ctx) || !list_columns(&s->aggs, fn, ctx) || !list_columns(&s->on, fn, ctx)) return false;
    if (!orders_columns(s->order, s->n_order, fn, ctx)) return false;
    for (size_t i = 0; i < s->n_rows * s->n_columns; i++)
        if (!expr_columns(s->rows[i], fn, ctx)) return false;
    return true;
}

bool block_columns(const struct block *b, bool (*fn)(void *, int), void *ctx) {
    if (!list_columns(&b->preds, fn, ctx) || !list_columns(&b->outs, fn, ctx)) return false;
    for (size_t i = 0; i < b->n_items; i++)
        if (!block_columns(b->items[i].block, fn, ctx)) return false;
    for (size_t i = 0; i < b->n_sources; i++)
        if (!source_columns(b->sources[i], fn, ctx)) return false;
    return true;
}

bool block_owns(const struct block *b, const struct source *s) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->id == s->id) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (block_owns(b->items[i].block, s)) return true;
    return false;
}

struct within {
    const struct norm *n;
    struct arena *arena;
    VEC(int) ids;
};

static void block_gather(struct within *w, const struct block *b) {
    for (size_t i = 0; i < b->n_items; i++) block_gather(w, b->items[i].block);
    for (size_t i = 0; i < b->n_sources; i++) {
        *vec_add(w->arena, &w->ids) = b->sources[i]->id;
        if (b->sources[i]->block) block_gather(w, b->sources[i]->block);
        for (size_t k = 0; k < b->sources[i]->n_branches; k++) block_gather(w, b->sources[i]->branches[k]);
    }
}

static bool is_within(void *ctx, int column) {
    const struct within *w = ctx;
    for (size_t i = 0; i < w->ids.n; i++)
        if (w->ids.at[i] == w->n->columns.at[column].source->id) return true;
    return false;
}

bool block_closed_in(struct norm *n, const struct block *b) {
    struct within w = {.n = n, .arena = n->arena};
    block_gather(&w, b);
    return block_columns(b, is_within, &w);
}

struct ask {
    const struct norm *n;
    const struct block *block;
    const struct source *source;
};

static bool not_of_source(void *ctx, int column) {
    const struct ask *ask = ctx;
    return ask->n->columns.at[column].source->id != ask->source->id;
}

bool expr_uses_source(nexpr e, const struct norm *n, const struct source *s) {
    struct ask ask = {.n = n, .source = s};
    return !expr_columns(e, not_of_source, &ask);
}

#define LOOKS_MAX 64

struct looks {
    const struct norm *n;
    const struct block *block;
    int at;
    uint64_t been; /* by source of the block: looked into already */
};

static bool looks_elsewhere(void *ctx, int column) {
    struct looks *l = ctx;
    if (column == l->at) return false;
    const struct source *s = l->n->columns.at[column].source;
    if (s->kind == SRC_TABLE) return true;
    for (size_t i = 0; i < l->block->n_sources && i < LOOKS_MAX; i++) {
        if (l->block->sources[i]->id != s->id || (l->been >> i & 1)) continue;
        l->been |= (uint64_t)1 << i;
        const struct block inside = {.n_sources = 1, .sources = &l->block->sources[i]};
        return block_columns(&inside, looks_elsewhere, l);
    }
    return true;
}

bool expr_made_from(const struct norm *n, const struct block *b, nexpr e, int column) {
    struct looks looks = {.n = n, .block = b, .at = column};
    return !expr_columns(e, looks_elsewhere, &looks);
}

static bool of_block(void *ctx, int column) {
    const struct ask *ask = ctx;
    return block_owns(ask->block, ask->n->columns.at[column].source);
}

static bool not_of_block(void *ctx, int column) { return !of_block(ctx, column); }

bool expr_local(const struct norm *n, const struct block *b, nexpr e) {
    struct ask ask = {.n = n, .block = b};
    return !expr_has_op(e, SC_MATCHED) && expr_columns(e, of_block, &ask);
}

bool expr_touches(const struct norm *n, const struct block *b, nexpr e) {
    struct ask ask = {.n = n, .block = b};
    return !expr_columns(e, not_of_block, &ask);
}

static bool block_has_op(const struct block *b, enum scalar_op op) {
    for (size_t i = 0; i < b->preds.n; i++)
        if (expr_has_op(b->preds.at[i], op)) return true;
    for (size_t i = 0; i < b->outs.n; i++)
        if (expr_has_op(b->outs.at[i], op)) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (block_has_op(b->items[i].block, op)) return true;
    return false;
}

bool expr_has_op(nexpr e, enum scalar_op op) {
    if (e->op == op) return true;
    for (size_t i = 0; i < e->n; i++)
        if (expr_has_op(e->args[i], op)) return true;
    if (e->filter && expr_has_op(e->filter, op)) return true;
    return e->block && block_has_op(e->block, op);
}

/* True when the column comes from a left-join item of some block of the chain, so that it may be NULL whatever its table says. */
static bool column_extended(const struct context *ctx, const struct source *s) {
    for (; ctx; ctx = ctx->outer) {
        for (size_t i = 0; i < ctx->block->n_sources; i++)
            if (ctx->block->sources[i]->id == s->id) return false;
        for (size_t i = 0; i < ctx->block->n_items; i++)
            if (block_owns(ctx->block->items[i].block, s)) return true;
    }
    return true;
}

static bool context_rejects(struct norm *n, const struct context *ctx, nexpr e) {
    for (; ctx; ctx = ctx->outer)
        if (block_rejects(n, ctx->block, ctx->skip, e)) return true;
    return false;
}

bool column_declared(struct norm *n, const struct ncolumn *c) {
    if (!c->fact || n->facts == FACTS_LEFT) return false;
    if (n->facts == FACTS_GATHERED) {
        n->gathered = n->gathered == 0 || n->gathered == c->fact ? c->fact : FACTS_SEVERAL;
        return true;
    }
    if (!norm_declared(n)) return false;
    const struct ncolumn *of = &n->columns.at[c->fact - 1];
    assume_add(n, "%s.%s is NOT NULL (declared)", str_lower(n->arena, str_of(of->source->table->name)), of->name);
    return true;
}

static bool any_nullable(struct norm *n, const struct context *ctx, nexpr e) {
    for (size_t i = 0; i < e->n; i++)
        if (expr_nullable(n, ctx, e->args[i])) return true;
    return false;
}

bool expr_nullable(struct norm *n, const struct context *ctx, nexpr e) {
    switch (e->op) {
    case SC_LITERAL:
        return expr_is_null(e);
    case SC_COLUMN: {
        const struct ncolumn *c = &n->columns.at[e->column];
        bool extended = column_extended(ctx, c->source);
        if (!c->nullable && !extended) return false;
        return !context_rejects(n, ctx, e) && (extended || !column_declared(n, c));
    }
    case SC_IS_NULL:
    case SC_IS_TRUE:
    case SC_SAME:
    case SC_EXISTS:
    case SC_MATCHED:
    case SC_GROUPING:
        return false;
    case SC_COALESCE:
        for (size_t i = 0; i < e->n; i++)
            if (!expr_nullable(n, ctx, e->args[i])) return false;
        return true;
    case SC_CASE:
        for (size_t i = 0; i < e->n; i++)
            if ((i % 2 == 1 || i + 1 == e->n) && expr_nullable(n, ctx, e->args[i])) return true;
        return false;
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
        if (e->args[0]->type.kind != e->args[1]->type.kind || e->args[0]->type.kind == TYPE_UNKNOWN) return !context_rejects(n, ctx, e);
        return any_nullable(n, ctx, e);
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_NEG:
        if (e->type.kind != TYPE_INT && e->type.kind != TYPE_FLOAT) return !context_rejects(n, ctx, e);
        return any_nullable(n, ctx, e) && !context_rejects(n, ctx, e);
    case SC_AND:
    case SC_OR:
    case SC_NOT:
        return any_nullable(n, ctx, e);
    case SC_CONCAT: /* an empty text is NULL to oracle */
        return n->plan->dialect == DIALECT_ORACLE || any_nullable(n, ctx, e);
    case SC_CALL: /* mysql's ||, be it OR or a concatenation */
        if (e->name && strcmp(e->name, "operator:||") == 0) return any_nullable(n, ctx, e);
        return !context_rejects(n, ctx, e);
    default:
        return !context_rejects(n, ctx, e);
    }
}

static void strict_below(struct norm *n, nexpr e, struct exprs *out) {
    if (e->op == SC_LITERAL) return;
    if (!exprs_have(out, e)) exprs_add(n, out, e);
    if (!plan_strict(e) || e->op == SC_NOT) return;
    for (size_t i = 0; i < e->n; i++) strict_below(n, e->args[i], out);
}

void expr_strict(struct norm *n, nexpr e, struct exprs *out) {
    if (work_spent(n, 1)) return;
    switch (e->op) {
    case SC_AND:
        for (size_t i = 0; i < e->n; i++) expr_strict(n, e->args[i], out);
        return;
    case SC_OR: {
        struct exprs common = {0};
        expr_strict(n, e->args[0], &common);
        for (size_t i = 1; i < e->n && common.n; i++) {
            struct exprs other = {0};
            expr_strict(n, e->args[i], &other);
            for (size_t k = common.n; k-- > 0;)
                if (!exprs_have(&other, common.at[k])) exprs_remove(&common, k);
        }
        for (size_t i = 0; i < common.n; i++) exprs_add(n, out, common.at[i]);
        return;
    }
    case SC_NOT:
        if (e->args[0]->op == SC_IS_NULL) strict_below(n, e->args[0]->args[0], out);
        else if (e->args[0]->op != SC_IS_TRUE && e->args[0]->op != SC_EXISTS && e->args[0]->op != SC_MATCHED && e->args[0]->op != SC_SAME)
            strict_below(n, e->args[0], out);
        return;
    case SC_IS_TRUE:
        expr_strict(n, e->args[0], out);
        return;
    case SC_EXISTS:
        for (size_t i = 0; i < e->block->preds.n; i++) expr_strict(n, e->block->preds.at[i], out);
        return;
    case SC_IS_NULL:
    case SC_SAME:
    case SC_MATCHED:
        return;
    default:
        strict_below(n, e, out);
    }
}

bool block_rejects(struct norm *n, const struct block *b, nexpr skip, nexpr e) {
    for (size_t i = 0; i < b->preds.n; i++) {
        if (b->preds.at[i] == skip || (e->mask & ~b->preds.at[i]->mask)) continue; /* `e` is no part of the conjunct */
        struct exprs strict = {0};
        expr_strict(n, b->preds.at[i], &strict);
        if (exprs_have(&strict, e)) return true;
    }
    return false;
}

bool expr_propagates(const struct norm *n, nexpr e, const struct block *of) {
    if (e->op == SC_COLUMN) return block_owns(of, n->columns.at[e->column].source);
    if (expr_is_null(e)) return true;
    if (e->op == SC_CASE || e->op == SC_COALESCE) { /* every value it may take is NULL then */
        for (size_t i = 0; i < e->n; i++) {
            bool value = e->op == SC_COALESCE || i % 2 == 1 || i + 1 == e->n;
            if (value && !expr_propagates(n, e->args[i], of)) return false;
        }
        return true;
    }
    if (!plan_strict(e)) return false;
    for (size_t i = 0; i < e->n; i++)
        if (expr_propagates(n, e->args[i], of)) return true;
    return false;
}
