/* normal.c - a plan's normal form: built, reduced, labelled and hashed; and why it does not prove, where it does not. */
#include "normal_core.h"

#include <stdlib.h>

/* A normaliser that only looks at what `normal` holds. */
static struct norm norm_again(struct arena *arena, const struct normal *normal, struct normal *scratch) {
    *scratch = *normal;
    const struct norm *made = normal->state;
    struct norm n = {.arena = arena, .plan = normal->plan, .out = scratch, .mode = normal->mode};
    n.columns.at = made->columns.at;
    n.columns.n = made->columns.n;
    n.next_source = made->next_source;
    n.next_item = made->next_item;
    n.table_n = made->table_n;
    return n;
}

static struct hash128 hash_again(struct arena *arena, const struct normal *normal, const struct block *block, int mode) {
    struct normal scratch;
    struct norm n = norm_again(arena, normal, &scratch);
    return root_hash(&n, (struct block *)block, mode, NULL);
}

struct hash128 normal_block_hash(struct arena *arena, const struct normal *normal, const struct block *block) {
    return hash_again(arena, normal, block, 1);
}

struct hash128 normal_parameters(struct arena *arena, const struct normal *normal) {
    return hash_again(arena, normal, normal->root, 2);
}

bool normal_never_null(struct arena *arena, const struct normal *normal, const struct block *block, nexpr expr, struct texts *assumes) {
    struct normal scratch;
    struct norm n = norm_again(arena, normal, &scratch);
    struct context here = {.block = (struct block *)block};
    bool nullable = expr_nullable(&n, &here, expr);
    *normal->asked |= n.modal;
    if (nullable) return false;
    for (size_t i = 0; i < n.assumes.n; i++) *vec_add(arena, assumes) = n.assumes.at[i];
    return true;
}

bool normal_hangs_on_facts(const struct normal *pure) { return pure->state->modal || *pure->asked; }

static int text_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void notes_finish(struct norm *n) {
    if (n->assumes.n) qsort(n->assumes.at, n->assumes.n, sizeof *n->assumes.at, text_order);
    n->out->steps = n->steps.at;
    n->out->n_steps = n->steps.n;
    n->out->assumes = n->assumes.at;
    n->out->n_assumes = n->assumes.n;
    n->out->n_columns = n->columns.n;
    n->out->column_source = arena_array(n->arena, n->columns.n + 1, sizeof *n->out->column_source);
    for (size_t i = 0; i < n->columns.n; i++) n->out->column_source[i] = n->columns.at[i].source;
}

/* A limit's rows are determined when rows equal under its order are equal rows. */
static bool limit_determined(struct norm *n, struct source *s) {
    if (s->name && strcmp(s->name, "ties") != 0) return false;
    struct exprs seed = {0};
    for (size_t i = 0; i < s->n_order; i++) exprs_add(n, &seed, s->order[i].expr);
    for (size_t i = 0; i < s->block->outs.n; i++)
        if (!expr_determined(n, s->block, &seed, s->block->outs.at[i])) return block_at_most_one(n, s->block);
    return true;
}

static void volatile_find(struct norm *n, const struct block *b);

static void volatile_expr(struct norm *n, nexpr e) {
    if (e->is_volatile && e->op == SC_AGG && strcmp(e->name, "bare") == 0)
        normal_undetermined(n, "a column outside GROUP BY: any row of the group may give its value");
    else if (e->is_volatile && e->n == 0) normal_undetermined(n, "%s() gives another value each time", e->name ? e->name : "a function");
    else if (e->is_volatile && e->op == SC_AGG) normal_undetermined(n, "%s(..) depends on the order of rows", e->name);
    else if (e->is_volatile && e->op == SC_CALL) normal_undetermined(n, "%s(..) gives another value each time", e->name);
    for (size_t i = 0; i < e->n; i++) volatile_expr(n, e->args[i]);
    if (e->block) volatile_find(n, e->block);
}

/* Functions of a window that pick rows by its order: determined when the order tells all rows of a partition apart. */
static void window_find(struct norm *n, struct source *s, nexpr e) {
    static const char *const by_peers[] = {"rank", "dense_rank", "percent_rank", "cume_dist", "ratio_to_report"};
    nexpr fn = e->args[0];
    bool rows = e->window->unit == WINDOW_ROWS && !(e->window->start == EDGE_UNBOUNDED_PRECEDING && e->window->end == EDGE_UNBOUNDED_FOLLOWING);
    bool picks = rows || fn->op != SC_AGG;
    for (size_t i = 0; i < sizeof by_peers / sizeof *by_peers; i++) picks &= strcmp(by_peers[i], fn->name ? fn->name : "") != 0;
    if (!picks) return;
    struct exprs seed = {0};
    for (size_t i = 0; i < e->window->n_partition; i++) exprs_add(n, &seed, e->window->partition[i]);
    for (size_t i = 0; i < e->window->n_order; i++) exprs_add(n, &seed, e->window->order[i].expr);
    if (!block_determined(n, s->block, &seed, true)) normal_undetermined(n, "%s(..) OVER an order that does not tell all rows apart", fn->name);
}

static void source_find(struct norm *n, struct source *s) {
    bool repeats = s->kind == SRC_AGG || s->kind == SRC_WINDOW; /* keys and aggs are what counts: the block's outputs repeat an earlier state */
    if (s->block) {
        struct block inside = *s->block;
        if (repeats) inside.outs.n = 0;
        volatile_find(n, &inside);
    }
    for (size_t i = 0; i < s->keys.n; i++) volatile_expr(n, s->keys.at[i]);
    for (size_t i = 0; i < s->n_branches; i++) volatile_find(n, s->branches[i]);
    for (size_t i = 0; i < s->aggs.n; i++) volatile_expr(n, s->aggs.at[i]);
    for (size_t i = 0; i < s->on.n; i++) volatile_expr(n, s->on.at[i]);
    for (size_t i = 0; s->kind == SRC_WINDOW && i < s->aggs.n; i++) window_find(n, s, s->aggs.at[i]);
    if (s->kind == SRC_LIMIT && !limit_determined(n, s)) {
        n->ties = true;
        normal_undetermined(n, "LIMIT: rows that tie in its order may be taken or left");
    }
}

static void volatile_find(struct norm *n, const struct block *b) {
    for (size_t i = 0; i < b->preds.n; i++) volatile_expr(n, b->preds.at[i]);
    for (size_t i = 0; i < b->outs.n; i++) volatile_expr(n, b->outs.at[i]);
    for (size_t i = 0; i < b->n_items; i++) volatile_find(n, b->items[i].block);
    for (size_t i = 0; i < b->n_sources; i++) source_find(n, b->sources[i]);
}

bool norm_declared(struct norm *n) {
    n->modal = true;
    return n->mode == NORMAL_DECLARED;
}

static struct normal *form_make(struct arena *arena, const struct plan *plan, enum normal_mode mode, bool opens_sets) {
    struct normal *out = arena_new(arena, struct normal);
    struct norm *state = arena_new(arena, struct norm);
    struct norm n = {.arena = arena, .plan = plan, .out = out, .mode = mode, .opens_sets = opens_sets};
    out->plan = plan;
    out->asked = arena_new(arena, bool);
    out->mode = mode;
    out->reason = plan->reason ? plan->reason : plan->condition;
    n.bound = arena_array(arena, plan->n_columns + 1, sizeof *n.bound);
    n.wanted = columns_wanted(&n);
    struct block *root = block_closed(&n, plan->root);
    if (plan->n_outputs < root->outs.n) root->outs.n = plan->n_outputs;
    for (size_t i = 0; i < root->outs.n; i++) root->outs.at[i] = expr_without_widening(root->outs.at[i]);
    out->root = root;
    volatile_find(&n, root);
    out->outputs = arena_array(arena, root->outs.n + 1, sizeof *out->outputs);
    out->any_order = root_hash(&n, root, 1, out->outputs);
    out->exact = hash128_mix(out->any_order, hash128(out->outputs, root->outs.n * sizeof *out->outputs));
    out->complete = !plan->reason && !n.broken;
    notes_finish(&n);
    *state = n;
    out->state = state;
    return out;
}

/* The place for the form among what is kept of the plan; NULL: it is not kept there. */
static const struct normal **form_place(const struct plan *plan, enum normal_mode mode) {
    struct plan_forms *forms = plan->forms;
    if (!forms) return NULL;
    if (forms->root != plan->root || forms->reason != plan->reason || forms->condition != plan->condition)
        *forms = (struct plan_forms){.root = plan->root, .reason = plan->reason, .condition = plan->condition};
    return &forms->made[mode];
}

const struct normal *normal_make(struct arena *arena, const struct plan *plan, enum normal_mode mode) {
    const struct normal **place = form_place(plan, mode);
    if (place && *place && (*place)->plan == plan) return *place;
    const struct normal *out = form_make(arena, plan, mode, false);
    if (place && arena == plan->arena) *place = out;
    return out;
}

const struct normal *normal_opened(struct arena *arena, const struct normal *normal) {
    return normal->state->sets ? form_make(arena, normal->plan, normal->mode, true) : normal;
}

const struct normal *normal_declared(struct arena *arena, const struct normal *pure) {
    if (pure->mode == NORMAL_DECLARED) return pure;
    if (pure->state->modal) return normal_make(arena, pure->plan, NORMAL_DECLARED);
    struct normal *out = arena_new(arena, struct normal);
    *out = *pure;
    out->mode = NORMAL_DECLARED;
    return out;
}
