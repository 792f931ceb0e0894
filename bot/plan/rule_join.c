/* rule_join.c - left-join items: turned into inner joins, into NOT EXISTS, or dropped, each under its guard; full joins likewise. */
#include "normal_core.h"

static nexpr matched_expr(struct norm *n, int item) {
    return expr_make(n, (struct scalar){.op = SC_MATCHED, .column = item, .type = {TYPE_BOOL, 0, 0}});
}

/* ------------------------------------------------------------ MATCHED replaced */

static struct block *matched_in_block(struct norm *n, struct block *b, int item, nexpr with);

static nexpr matched_replace(struct norm *n, nexpr e, int item, nexpr with) {
    if (e->op == SC_MATCHED) return e->column == item ? with : e;
    if (!expr_has_op(e, SC_MATCHED)) return e;
    struct scalar out = *e;
    nexpr *args = arena_array(n->arena, e->n ? e->n : 1, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = matched_replace(n, e->args[i], item, with);
    out.args = args;
    if (e->filter) out.filter = matched_replace(n, e->filter, item, with);
    if (e->block) out.block = matched_in_block(n, (struct block *)e->block, item, with);
    return expr_make(n, out);
}

static void matched_list(struct norm *n, struct exprs *list, int item, nexpr with) {
    for (size_t i = 0; i < list->n; i++) list->at[i] = matched_replace(n, list->at[i], item, with);
}

/* In place: the blocks of sub-queries that mention an item of an enclosing block belong to that block alone. */
static struct block *matched_in_block(struct norm *n, struct block *b, int item, nexpr with) {
    struct exprs before = b->preds;
    b->preds = (struct exprs){0};
    for (size_t i = 0; i < before.n; i++) block_pred_add(n, b, matched_replace(n, before.at[i], item, with));
    matched_list(n, &b->outs, item, with);
    for (size_t i = 0; i < b->n_items; i++) (void)matched_in_block(n, b->items[i].block, item, with);
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->block) (void)matched_in_block(n, s->block, item, with);
        matched_list(n, &s->keys, item, with);
        matched_list(n, &s->aggs, item, with);
        for (size_t k = 0; k < s->n_branches; k++) (void)matched_in_block(n, s->branches[k], item, with);
    }
    return b;
}

void item_matched_replace(struct norm *n, struct block *b, int item, nexpr with) { (void)matched_in_block(n, b, item, with); }

/* ------------------------------------------------------------ how an item is used */

struct item_use {
    const struct norm *n;
    const struct block *item;
};

static bool not_item_column(void *ctx, int column) {
    const struct item_use *use = ctx;
    return !block_owns(use->item, use->n->columns.at[column].source);
}

static bool item_columns_used(const struct norm *n, const struct block *b, size_t skip) {
    struct item_use use = {n, b->items[skip].block};
    struct block rest = *b;
    struct left_item *items = rest.items;
    rest.n_items = 0;
    if (!block_columns(&rest, not_item_column, &use)) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (i != skip && !block_columns(items[i].block, not_item_column, &use)) return true;
    return false;
}

static bool mentions(nexpr e, int item);

static bool block_mentions(const struct block *b, int item) {
    for (size_t i = 0; i < b->preds.n; i++)
        if (mentions(b->preds.at[i], item)) return true;
    for (size_t i = 0; i < b->outs.n; i++)
        if (mentions(b->outs.at[i], item)) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (block_mentions(b->items[i].block, item)) return true;
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->block && block_mentions(b->sources[i]->block, item)) return true;
    return false;
}

static bool mentions(nexpr e, int item) {
    if (e->op == SC_MATCHED) return e->column == item;
    for (size_t i = 0; i < e->n; i++)
        if (mentions(e->args[i], item)) return true;
    return (e->filter && mentions(e->filter, item)) || (e->block && block_mentions(e->block, item));
}

static void item_remove(struct block *b, size_t i) {
    memmove(&b->items[i], &b->items[i + 1], (b->n_items - i - 1) * sizeof *b->items);
    b->n_items--;
}

/* ------------------------------------------------------------ the rules */

static bool rejects_item(struct norm *n, const struct block *b, const struct left_item *item) {
    nexpr matched = matched_expr(n, item->id);
    for (size_t i = 0; i < b->preds.n; i++) {
        if (b->preds.at[i] == matched) return true;
        struct exprs strict = {0};
        expr_strict(n, b->preds.at[i], &strict);
        for (size_t k = 0; k < strict.n; k++)
            if (expr_propagates(n, strict.at[k], item->block)) return true;
        if (b->preds.at[i]->op == SC_OR) { /* every way to be TRUE rejects it */
            bool all = true;
            for (size_t k = 0; k < b->preds.at[i]->n && all; k++) {
                struct block one = {.preds = {.n = 1, .at = (nexpr *)&b->preds.at[i]->args[k]}};
                all = b->preds.at[i]->args[k]->op != SC_OR && rejects_item(n, &one, item);
            }
            if (all) return true;
        }
        if (b->preds.at[i]->op == SC_AND) {
            struct block parts = {.preds = {.n = b->preds.at[i]->n, .at = (nexpr *)b->preds.at[i]->args}};
            if (rejects_item(n, &parts, item)) return true;
        }
    }
    return false;
}

static void item_to_inner(struct norm *n, struct block *b, size_t i) {
    struct left_item item = b->items[i];
    item_remove(b, i);
    (void)matched_in_block(n, b, item.id, expr_bool(n, true));
    item.block->is_item = false;
    block_absorb(n, b, item.block);
    step_add(n, "a left join whose missing rows are filtered out is an inner join");
}

static void item_null_out(struct norm *n, const struct block *item) {
    for (size_t i = 0; i < item->n_sources; i++)
        for (size_t k = 0; k < item->sources[i]->n_columns; k++) replace_set(n, item->sources[i]->columns[k], expr_null(n, (struct type){0}));
    for (size_t i = 0; i < item->n_items; i++) item_null_out(n, item->items[i].block);
}

static void nested_unmatched(struct norm *n, struct block *b, const struct block *item) {
    for (size_t i = 0; i < item->n_items; i++) {
        (void)matched_in_block(n, b, item->items[i].id, expr_bool(n, false));
        nested_unmatched(n, b, item->items[i].block);
    }
}

static void item_drop_empty(struct norm *n, struct block *b, size_t i) {
    struct left_item item = b->items[i];
    item_remove(b, i);
    nested_unmatched(n, b, item.block);
    (void)matched_in_block(n, b, item.id, expr_bool(n, false));
    replace_begin(n);
    item_null_out(n, item.block);
    block_replace(n, b);
    replace_end(n);
    step_add(n, "dropped a left join that never matches");
}

/* x IS NULL, for a column that is NULL only where nothing matched, is NOT MATCHED. */
static bool nulls_to_matched(struct norm *n, const struct context *ctx, const struct left_item *item);

struct null_test {
    const struct context *ctx;
    const struct left_item *item;
};

static nexpr null_to_matched(struct norm *n, const struct null_test *t, nexpr e) {
    if (e->op == SC_IS_NULL && e->args[0]->op == SC_COLUMN) {
        const struct source *s = n->columns.at[e->args[0]->column].source;
        bool direct = false;
        for (size_t i = 0; i < t->item->block->n_sources; i++) direct |= t->item->block->sources[i]->id == s->id;
        struct context inner = {.outer = t->ctx, .block = t->item->block};
        if (direct && !expr_nullable(n, &inner, e->args[0])) return expr_not(n, matched_expr(n, t->item->id));
        return e;
    }
    if (e->op == SC_COLUMN || e->op == SC_LITERAL || e->block) return e;
    struct scalar out = *e;
    nexpr *args = arena_array(n->arena, e->n ? e->n : 1, sizeof *args);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = null_to_matched(n, t, e->args[i]);
        same &= args[i] == e->args[i];
    }
    out.args = args;
    return same ? e : expr_make(n, out);
}

static bool nulls_to_matched(struct norm *n, const struct context *ctx, const struct left_item *item) {
    struct null_test t = {ctx, item};
    bool changed = false;
    for (size_t i = 0; i < ctx->block->preds.n; i++) {
        nexpr e = null_to_matched(n, &t, ctx->block->preds.at[i]);
        if (e == ctx->block->preds.at[i]) continue;
        exprs_remove(&ctx->block->preds, i--);
        block_pred_add(n, ctx->block, e);
        changed = true;
        if (ctx->block->empty) return true;
    }
    for (size_t i = 0; i < ctx->block->outs.n; i++) {
        nexpr e = null_to_matched(n, &t, ctx->block->outs.at[i]);
        changed |= e != ctx->block->outs.at[i];
        ctx->block->outs.at[i] = e;
    }
    return changed;
}

/* CASE WHEN matched THEN x END is x again, once x gives NULL with the item's columns. */
static nexpr case_unwrap(struct norm *n, const struct left_item *item, nexpr e) {
    if (e->op == SC_COLUMN || e->op == SC_LITERAL || e->block || !expr_has_op(e, SC_MATCHED)) return e;
    struct scalar out = *e;
    nexpr *args = arena_array(n->arena, e->n ? e->n : 1, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = case_unwrap(n, item, e->args[i]);
    out.args = args;
    bool wrapped = e->op == SC_CASE && e->n == 3 && args[0]->op == SC_MATCHED && args[0]->column == item->id && expr_is_null(args[2]);
    if (wrapped && expr_propagates(n, args[1], item->block)) return args[1];
    return expr_make(n, out);
}

static void cases_unwrap(struct norm *n, struct block *b, const struct left_item *item) {
    for (size_t i = 0; i < b->outs.n; i++) b->outs.at[i] = case_unwrap(n, item, b->outs.at[i]);
    for (size_t i = 0; i < b->preds.n; i++) b->preds.at[i] = case_unwrap(n, item, b->preds.at[i]);
}

static void exists_form(struct norm *n, struct block *item) {
    (void)n;
    item->outs.n = 0;
    item->is_item = false;
}

/* Columns of the item are not used: it counts matches, or says whether there is one. */
static bool item_unused(struct norm *n, const struct context *ctx, size_t i) {
    struct block *b = ctx->block;
    struct left_item item = b->items[i];
    bool tested = false;
    for (size_t k = 0; k < b->n_items; k++) tested |= k != i && block_mentions(b->items[k].block, item.id);
    struct block rest = *b;
    rest.n_items = 0;
    bool said = block_mentions(&rest, item.id) || tested;
    nexpr unmatched = expr_not(n, matched_expr(n, item.id));
    bool anti = exprs_have(&b->preds, unmatched);
    if (!anti && !block_at_most_one(n, item.block)) return false;
    item_remove(b, i);
    exists_form(n, item.block);
    if (anti) {
        nexpr absent = expr_not(n, expr_block(n, SC_EXISTS, item.block, NULL, 0));
        for (size_t k = 0; k < b->preds.n; k++)
            if (b->preds.at[k] == unmatched) exprs_remove(&b->preds, k--);
        (void)matched_in_block(n, b, item.id, expr_bool(n, false));
        block_pred_add(n, b, absent);
        step_add(n, "a left join kept only where nothing matched is NOT EXISTS");
    } else if (said) {
        (void)matched_in_block(n, b, item.id, expr_block(n, SC_EXISTS, item.block, NULL, 0));
        step_add(n, "a left join that only tells whether a row matched is EXISTS");
    } else step_add(n, "dropped a left join that adds nothing: at most one row matches and none of it is used");
    return true;
}

/* Under NOT MATCHED the item's columns are NULL. */
static bool anti_nulls(struct norm *n, struct block *b, size_t i) {
    if (!exprs_have(&b->preds, expr_not(n, matched_expr(n, b->items[i].id))) || !item_columns_used(n, b, i)) return false;
    struct left_item item = b->items[i];
    item_remove(b, i);
    replace_begin(n);
    item_null_out(n, item.block);
    block_replace(n, b);
    replace_end(n);
    nested_unmatched(n, b, item.block);
    block_item_add(n, b, item);
    return true;
}

/* What the rest of the block uses of an item: its columns, and whether items inside it matched. */
struct item_outs {
    struct norm *n;
    const struct block *item;
    struct exprs *out;
};

static bool item_out_note(void *ctx, int column) {
    struct item_outs *o = ctx;
    if (!block_owns(o->item, o->n->columns.at[column].source)) return true;
    nexpr e = expr_column(o->n, column);
    if (!exprs_have(o->out, e)) exprs_add(o->n, o->out, e);
    return true;
}

static void nested_note(struct norm *n, const struct block *rest, const struct block *item, struct exprs *out) {
    for (size_t i = 0; i < item->n_items; i++) {
        if (block_mentions(rest, item->items[i].id)) exprs_add(n, out, matched_expr(n, item->items[i].id));
        nested_note(n, rest, item->items[i].block, out);
    }
}

/* Simplifies an item's block as a query whose outputs are what is used outside, and puts what they became in their places. */
static void item_simplify(struct norm *n, const struct context *ctx, size_t i) {
    struct block *b = ctx->block;
    struct left_item item = b->items[i];
    struct exprs outs = {0}, before = {0};
    struct item_outs note = {n, item.block, &outs};
    item_remove(b, i);
    (void)block_columns(b, item_out_note, &note);
    nested_note(n, b, item.block, &outs);
    for (size_t k = 0; k < outs.n; k++) exprs_add(n, &before, outs.at[k]);
    item.block->outs = outs;
    item.block->is_item = true;
    block_simplify(n, ctx, item.block);
    outs = item.block->outs;
    item.block->outs = (struct exprs){0};
    bool changed = item.block->empty; /* sources may have been dissolved before it was found empty: their columns are NULL outside */
    for (size_t k = 0; k < before.n && !item.block->empty; k++) {
        if (outs.at[k] == before.at[k]) continue;
        changed = true;
        if (before.at[k]->op == SC_MATCHED) (void)matched_in_block(n, b, before.at[k]->column, expr_and2(n, matched_expr(n, item.id), outs.at[k]));
    }
    if (changed) {
        replace_begin(n);
        for (size_t k = 0; k < before.n; k++) {
            nexpr e = item.block->empty ? expr_null(n, before.at[k]->type) : outs.at[k];
            if (e == before.at[k] || before.at[k]->op != SC_COLUMN) continue;
            if (!expr_propagates(n, e, item.block)) e = expr_case2(n, matched_expr(n, item.id), e, expr_null(n, e->type));
            replace_set(n, before.at[k]->column, e);
        }
        block_replace(n, b);
        replace_end(n);
    }
    b->items = arena_grow(n->arena, b->items, &b->cap_items, b->n_items + 1, sizeof *b->items);
    memmove(&b->items[i + 1], &b->items[i], (b->n_items - i) * sizeof *b->items);
    b->items[i] = item;
    b->n_items++;
}

static bool one_row_always(const struct block *b) {
    if (b->n_items || b->preds.n || b->empty) return false;
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_AGG || b->sources[i]->grouped || b->sources[i]->n_sets) return false;
    return true;
}

/* What ON says of the left side alone, and every row that is kept meets anyway. */
static bool item_conditions(struct norm *n, const struct block *b, struct block *item) {
    bool changed = false;
    for (size_t i = 0; i < item->preds.n; i++) {
        nexpr p = item->preds.at[i];
        if (expr_touches(n, item, p) || expr_has_op(p, SC_MATCHED) || p->is_volatile || !pred_entailed(n, &b->preds, NULL, p)) continue;
        exprs_remove(&item->preds, i--);
        changed = true;
    }
    if (changed) step_add(n, "dropped a condition of a left join that every row meets");
    return changed;
}

/* Some conjunct of `inner` is not TRUE where all columns of the item's own sources are NULL. */
static bool hangs_on(struct norm *n, const struct block *inner, const struct block *item) {
    struct block own = {.n_sources = item->n_sources, .sources = item->sources};
    for (size_t i = 0; i < inner->preds.n; i++) {
        struct exprs strict = {0};
        expr_strict(n, inner->preds.at[i], &strict);
        for (size_t k = 0; k < strict.n; k++)
            if (expr_propagates(n, strict.at[k], &own)) return true;
    }
    return false;
}

/* A LEFT JOIN (B LEFT JOIN C ON p) ON q is (A LEFT JOIN B ON q) LEFT JOIN C ON p, when p needs a row of B and q says nothing of C. */
static bool nested_raise(struct norm *n, struct block *b, size_t at) {
    struct block *item = b->items[at].block;
    for (size_t i = 0; i < item->n_items; i++) {
        struct left_item nested = item->items[i];
        bool asked = false;
        for (size_t k = 0; k < item->preds.n; k++)
            asked |= expr_touches(n, nested.block, item->preds.at[k]) || mentions(item->preds.at[k], nested.id);
        for (size_t k = 0; k < item->n_items; k++) {
            struct item_use use = {n, nested.block};
            asked |= k != i && (!block_columns(item->items[k].block, not_item_column, &use) || block_mentions(item->items[k].block, nested.id));
        }
        if (asked || !hangs_on(n, nested.block, item)) continue;
        item_remove(item, i);
        block_item_add(n, b, nested);
        step_add(n, "a left join inside a left join, which needs a row of it, stands beside it");
        return true;
    }
    return false;
}

static bool item_rules(struct norm *n, const struct context *ctx, size_t i) {
    struct block *b = ctx->block;
    if (nested_raise(n, b, i)) return true;
    if (rejects_item(n, b, &b->items[i])) {
        item_to_inner(n, b, i);
        return true;
    }
    item_simplify(n, ctx, i);
    if (b->empty) return true;
    if (b->items[i].block->empty) {
        item_drop_empty(n, b, i);
        return true;
    }
    if (one_row_always(b->items[i].block)) {
        item_to_inner(n, b, i); /* one row always */
        return true;
    }
    if (item_conditions(n, b, b->items[i].block)) return true;
    if (self_in_item(n, ctx, i)) return true;
    if (item_certain(n, ctx, i)) {
        item_to_inner(n, b, i);
        return true;
    }
    bool changed = nulls_to_matched(n, ctx, &b->items[i]);
    cases_unwrap(n, b, &b->items[i]);
    if (b->empty) return true;
    if (anti_nulls(n, b, i)) changed = true;
    if (!item_columns_used(n, b, i) && item_unused(n, ctx, i)) return true;
    return changed;
}

/* ------------------------------------------------------------ full joins */

static bool rejects_side(struct norm *n, const struct block *b, const struct source *s, int side) {
    size_t first = side ? s->branches[0]->outs.n : 0, last = side ? s->n_columns : s->branches[0]->outs.n;
    for (size_t i = first; i < last; i++)
        if (block_rejects(n, b, NULL, expr_column(n, s->columns[i]))) return true;
    return false;
}

/* Puts the outputs of a side in place of the full join's columns. */
static void side_open(struct norm *n, const struct source *s, int side, const struct left_item *item) {
    size_t first = side ? s->branches[0]->outs.n : 0;
    for (size_t i = 0; i < s->branches[side]->outs.n && first + i < s->n_columns; i++) {
        nexpr e = s->branches[side]->outs.at[i];
        if (item && !expr_propagates(n, e, item->block)) e = expr_case2(n, matched_expr(n, item->id), e, expr_null(n, e->type));
        replace_set(n, s->columns[first + i], e);
    }
}

static bool full_rules(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    bool keeps_left = rejects_side(n, b, s, 0), keeps_right = rejects_side(n, b, s, 1);
    if (!keeps_left && !keeps_right) return false;
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    int core = keeps_left ? 0 : 1;
    struct block *inside = s->branches[core], *other = s->branches[1 - core];
    struct left_item item = {++n->next_item, other};
    /* ON speaks of the columns as they are before extension. */
    replace_begin(n);
    side_open(n, s, core, NULL);
    side_open(n, s, 1 - core, NULL);
    nexpr on = expr_bool(n, true);
    for (size_t i = 0; i < s->on.n; i++) on = expr_and2(n, on, expr_replace(n, s->on.at[i]));
    bool is_inner = keeps_left && keeps_right;
    if (!is_inner) on = expr_truth(n, &(struct context){.block = other}, on);
    replace_begin(n);
    side_open(n, s, core, NULL);
    side_open(n, s, 1 - core, is_inner ? NULL : &item);
    inside->outs.n = other->outs.n = 0;
    block_absorb(n, b, inside);
    if (is_inner) {
        block_absorb(n, b, other);
        block_pred_add(n, b, on);
    } else {
        /* The item is there before the block's own conditions speak of its columns: only so are they known to be NULL where nothing matched. */
        block_pred_add(n, other, on);
        block_item_add(n, b, item);
    }
    block_replace(n, b);
    replace_end(n);
    step_add(n, "a full join whose missing rows are filtered out is %s join", is_inner ? "an inner" : "a left");
    return true;
}

bool rule_join(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind == SRC_FULL && full_rules(n, b, i)) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (item_rules(n, ctx, i)) return true;
    return false;
}
