/* rule_source.c - derived sources: opened into the block, conditions pushed into them, sub-queries decorrelated. */
#include "normal_core.h"

/* ------------------------------------------------------------ upkeep */

static void source_load(struct norm *n, struct source *s) {
    if (s->kind != SRC_AGG && s->kind != SRC_WINDOW) return;
    s->block->outs.n = 0;
    for (size_t i = 0; i < s->keys.n; i++) exprs_add(n, &s->block->outs, s->keys.at[i]);
    for (size_t i = 0; i < s->aggs.n; i++) exprs_add(n, &s->block->outs, s->aggs.at[i]);
}

static void source_store(struct source *s) {
    if (s->kind != SRC_AGG && s->kind != SRC_WINDOW) return;
    for (size_t i = 0; i < s->keys.n; i++) s->keys.at[i] = s->block->outs.at[i];
    for (size_t i = 0; i < s->aggs.n; i++) s->aggs.at[i] = s->block->outs.at[s->keys.n + i];
}

/* A limit's order rides along as further outputs while the block changes. */
static void limit_simplify(struct norm *n, const struct context *outer, struct source *s) {
    size_t outs = s->block->outs.n;
    for (size_t i = 0; i < s->n_order; i++) exprs_add(n, &s->block->outs, s->order[i].expr);
    block_simplify(n, outer, s->block);
    for (size_t i = 0; i < s->n_order; i++) s->order[i].expr = s->block->outs.at[outs + i];
    s->block->outs.n = outs;
    size_t kept = 0;
    for (size_t i = 0; i < s->n_order; i++) { /* a constant, or a key once more, orders nothing */
        bool seen = expr_is_literal(s->order[i].expr);
        for (size_t k = 0; k < kept; k++) seen |= s->order[k].expr == s->order[i].expr;
        if (!seen) s->order[kept++] = s->order[i];
    }
    s->n_order = kept;
}

static bool duplicates_ignored(const struct source *s) {
    static const char *const ignore[] = {"min", "max", "the", "bool_and", "bool_or", "every", "some", "logical_and", "logical_or"};
    if (s->kind != SRC_AGG) return false;
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr e = s->aggs.at[i];
        bool fine = e->op == SC_GROUPING || (e->distinct && e->op == SC_AGG);
        for (size_t k = 0; k < sizeof ignore / sizeof *ignore && e->op == SC_AGG; k++) fine |= strcmp(ignore[k], e->name) == 0;
        if (!fine) return false;
    }
    return s->grouped || s->aggs.n;
}

static void key_constants(struct norm *n, struct source *s) {
    (void)n;
    (void)s;
}

void source_simplify(struct norm *n, const struct context *outer, struct source *s) {
    source_load(n, s);
    if (s->kind == SRC_LIMIT) limit_simplify(n, outer, s);
    else if (s->block) {
        block_simplify(n, outer, s->block);
        if (duplicates_ignored(s)) block_set_context(n, outer, s->block);
    }
    for (size_t i = 0; i < s->n_branches; i++) block_simplify(n, outer, s->branches[i]);
    source_store(s);
    key_constants(n, s);
    source_refresh(n, s);
}

/* May the value that a column is made from be NULL? Where that hangs on one declared NOT NULL, *fact gets it, and nobody relies on it yet. */
static bool value_nullable(struct norm *n, const struct context *ctx, nexpr e, int *fact) {
    n->facts = FACTS_LEFT;
    bool nullable = expr_nullable(n, ctx, e);
    n->facts = FACTS_GATHERED;
    n->gathered = 0;
    bool still = nullable && expr_nullable(n, ctx, e);
    n->facts = FACTS_USED;
    if (!nullable || still) return nullable;
    if (n->gathered == FACTS_SEVERAL) return expr_nullable(n, ctx, e);
    *fact = n->gathered;
    return true;
}

void source_refresh(struct norm *n, struct source *s) {
    for (size_t i = 0; i < s->n_columns; i++) {
        bool nullable = true;
        int fact = 0;
        struct context inner = {.block = s->block};
        switch (s->kind) {
        case SRC_TABLE:
        case SRC_FULL:
        case SRC_OPAQUE:
            continue;
        case SRC_AGG:
        case SRC_WINDOW:
            if (i < s->keys.n) nullable = s->n_sets || value_nullable(n, &inner, s->keys.at[i], &fact);
            else {
                nexpr e = s->aggs.at[i - s->keys.n];
                nexpr fn = e->op == SC_WINDOW ? e->args[0] : e;
                bool counts = e->op == SC_GROUPING || (fn->name && (strcmp(fn->name, "count") == 0 || strcmp(fn->name, "row_number") == 0 ||
                                                                    strcmp(fn->name, "rank") == 0 || strcmp(fn->name, "dense_rank") == 0));
                bool takes_value = e->op == SC_AGG && e->n == 1 && !e->filter && s->grouped && !s->n_sets &&
                                   (strcmp(e->name, "min") == 0 || strcmp(e->name, "max") == 0 || strcmp(e->name, "the") == 0 ||
                                    (strcmp(e->name, "sum") == 0 && e->args[0]->type.kind == TYPE_INT));
                nullable = !counts && !(takes_value && !value_nullable(n, &inner, e->args[0], &fact));
            }
            break;
        case SRC_LIMIT:
            nullable = value_nullable(n, &inner, s->block->outs.at[i], &fact);
            break;
        case SRC_SETOP:
            nullable = false;
            for (size_t k = 0; k < s->n_branches; k++) {
                struct context branch = {.block = s->branches[k]};
                if (k == 0 || s->setop == RELSET_UNION)
                    nullable |= i >= s->branches[k]->outs.n || expr_nullable(n, &branch, s->branches[k]->outs.at[i]);
            }
            break;
        case SRC_VALUES:
            nullable = false;
            for (size_t r = 0; r < s->n_rows; r++)
                nullable |= s->rows[r * s->n_columns + i]->op != SC_LITERAL || expr_is_null(s->rows[r * s->n_columns + i]);
            break;
        }
        struct ncolumn *now = &n->columns.at[s->columns[i]];
        n->nullables += now->nullable != nullable || !now->fact != !fact;
        now->nullable = nullable;
        now->fact = fact;
    }
}

/* ------------------------------------------------------------ empties and constants */

static nexpr empty_aggregate(struct norm *n, nexpr e) {
    return e->op == SC_AGG && strcmp(e->name, "count") == 0 ? expr_int(n, 0) : expr_null(n, e->type);
}

/* What it gives over no rows is known: an array or an approximate count need not be NULL. */
static bool empty_known(const struct source *s) {
    static const char *const known[] = {"count",       "sum",        "min",      "max",     "avg",      "stddev",
                                        "stddev_samp", "stddev_pop", "variance", "var_pop", "var_samp", "bool_and",
                                        "bool_or",     "any_value",  "bare",     "the",     "median",   "string_agg"};
    for (size_t i = 0; i < s->aggs.n; i++) {
        bool found = s->aggs.at[i]->op == SC_GROUPING;
        for (size_t k = 0; k < sizeof known / sizeof *known && !found; k++) found = s->aggs.at[i]->name && strcmp(s->aggs.at[i]->name, known[k]) == 0;
        if (!found) return false;
    }
    return true;
}

static bool branch_prune(struct source *s) {
    size_t kept = 0;
    for (size_t i = 0; i < s->n_branches; i++)
        if (!s->branches[i]->empty) s->branches[kept++] = s->branches[i];
    bool changed = kept != s->n_branches;
    s->n_branches = kept;
    return changed;
}

/* Rows come out even when none go in: no GROUP BY, or the empty set among the grouping sets. */
static bool has_grand_total(const struct source *s) {
    bool total = s->kind == SRC_AGG && !s->grouped && !s->n_sets;
    for (size_t i = 0; s->kind == SRC_AGG && i < s->n_sets; i++) total |= s->sets[i] == 0;
    return total;
}

/* The source gives no row: neither does the block. A global aggregate over nothing gives one row of constants. */
static bool source_empty(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    bool none = false;
    if (source_is_union_all(s)) {
        bool changed = branch_prune(s);
        if (s->n_branches) return changed;
        none = true;
    } else if (s->kind == SRC_SETOP && s->n_branches == 2) {
        none = s->branches[0]->empty || (s->setop == RELSET_INTERSECT && s->branches[1]->empty);
        if (!none && s->setop == RELSET_EXCEPT && s->branches[1]->empty && s->all) {
            s->setop = RELSET_UNION; /* A EXCEPT ALL nothing is A */
            s->n_branches = 1;
            return true;
        }
    } else if (s->block && s->block->empty) none = !has_grand_total(s);
    else if (s->kind == SRC_LIMIT && s->limit && s->limit->op == SC_LITERAL && s->limit->lit.kind == VALUE_INT && s->limit->lit.i == 0) none = true;
    else if (s->kind == SRC_VALUES && s->n_rows == 0) none = true;
    if (none) {
        block_set_empty(n, b);
        return true;
    }
    if (s->kind == SRC_AGG && s->block->empty && !s->n_sets && empty_known(s)) {
        block_source_drop(b, at);
        replace_begin(n);
        for (size_t i = 0; i < s->n_columns; i++) replace_set(n, s->columns[i], empty_aggregate(n, s->aggs.at[i]));
        block_replace(n, b);
        replace_end(n);
        step_add(n, "an aggregate over no rows is one row of constants");
        return true;
    }
    return false;
}

struct uses {
    const struct norm *n;
    const struct source *s;
    bool *used;
    size_t left; /* columns that no one was seen to use */
};

static bool use_note(void *ctx, int column) {
    struct uses *u = ctx;
    const struct ncolumn *c = &u->n->columns.at[column];
    if (c->source->id != u->s->id || u->used[c->ordinal]) return true;
    u->used[c->ordinal] = true;
    return --u->left > 0;
}

static bool *columns_used(struct norm *n, const struct block *b, const struct source *s) {
    bool *used = arena_array(n->arena, s->n_columns + 1, sizeof *used);
    struct uses u = {n, s, used, s->n_columns};
    struct block rest = *b;
    (void)block_columns(&rest, use_note, &u);
    return used;
}

/* A global aggregate is one row: when nothing of it is used it multiplies nothing. */
static bool global_unused(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    if (s->kind != SRC_AGG || s->grouped || s->n_sets) return false;
    const bool *used = columns_used(n, b, s);
    for (size_t i = 0; i < s->n_columns; i++)
        if (used[i]) return false;
    block_source_drop(b, at);
    step_add(n, "dropped a one-row aggregate that is not used");
    return true;
}

void source_column_remove(struct norm *n, struct source *s, size_t at) {
    memmove(&s->columns[at], &s->columns[at + 1], (s->n_columns - at - 1) * sizeof *s->columns);
    s->n_columns--;
    for (size_t i = at; i < s->n_columns; i++) n->columns.at[s->columns[i]].ordinal = i;
}

/* Columns that nobody uses: outputs of unions, limits and windows, aggregates. */
static bool source_prune(struct norm *n, const struct block *b, struct source *s) {
    if (s->kind == SRC_TABLE || s->kind == SRC_OPAQUE || s->kind == SRC_FULL || s->kind == SRC_VALUES ||
        (s->kind == SRC_SETOP && !source_is_union_all(s)))
        return false;
    const bool *used = columns_used(n, b, s);
    bool changed = false;
    for (size_t i = s->n_columns; i-- > 0;) {
        if (used[i] || (s->kind == SRC_AGG && i < s->keys.n)) continue;
        source_column_remove(n, s, i);
        if (s->kind == SRC_AGG || s->kind == SRC_WINDOW) exprs_remove(i < s->keys.n ? &s->keys : &s->aggs, i < s->keys.n ? i : i - s->keys.n);
        else if (s->kind == SRC_LIMIT) exprs_remove(&s->block->outs, i);
        for (size_t k = 0; s->kind == SRC_SETOP && k < s->n_branches; k++) exprs_remove(&s->branches[k]->outs, i);
        changed = true;
    }
    if (changed) source_load(n, s);
    return changed;
}

/* A window source without windows left, or an aggregate key that is constant. */
static bool source_plain(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    bool opens = (s->kind == SRC_WINDOW && s->aggs.n == 0) || (source_is_union_all(s) && s->n_branches == 1);
    if (opens) {
        struct block *inner = s->kind == SRC_WINDOW ? s->block : s->branches[0];
        block_source_drop(b, at);
        replace_begin(n);
        for (size_t i = 0; i < s->n_columns; i++) replace_set(n, s->columns[i], s->kind == SRC_WINDOW ? s->keys.at[i] : inner->outs.at[i]);
        block_replace(n, b);
        replace_end(n);
        inner->outs.n = 0;
        block_absorb(n, b, inner);
        return true;
    }
    if (s->kind != SRC_AGG || s->n_sets) return false;
    bool changed = false;
    for (size_t i = s->keys.n; i-- > 0;) {
        bool double_key = false;
        size_t first = 0;
        for (size_t k = 0; k < i && !double_key; k++)
            if (s->keys.at[k] == s->keys.at[i]) double_key = true, first = k;
        if (!expr_is_literal(s->keys.at[i]) && !double_key) continue;
        replace_begin(n);
        replace_set(n, s->columns[i], double_key ? expr_column(n, s->columns[first]) : s->keys.at[i]);
        block_replace(n, b);
        replace_end(n);
        exprs_remove(&s->keys, i);
        source_column_remove(n, s, i);
        changed = true;
    }
    if (changed) {
        source_load(n, s);
        step_add(n, "dropped a grouping key that is constant or said twice");
    }
    return changed;
}

static bool same_column(const struct source *s, size_t i, size_t k) {
    if (s->kind == SRC_LIMIT) return s->block->outs.at[i] == s->block->outs.at[k];
    if (s->kind == SRC_WINDOW)
        return i < s->keys.n && k < s->keys.n ? s->keys.at[i] == s->keys.at[k]
                                              : i >= s->keys.n && k >= s->keys.n && s->aggs.at[i - s->keys.n] == s->aggs.at[k - s->keys.n];
    if (s->kind == SRC_AGG) return i >= s->keys.n && k >= s->keys.n && s->aggs.at[i - s->keys.n] == s->aggs.at[k - s->keys.n];
    if (!source_is_union_all(s)) return false;
    for (size_t b = 0; b < s->n_branches; b++)
        if (s->branches[b]->outs.at[i] != s->branches[b]->outs.at[k]) return false;
    return true;
}

/* Two columns that are the same everywhere are one. */
static bool column_doubles(struct norm *n, struct block *b, const struct source *s) {
    for (size_t i = 1; i < s->n_columns; i++)
        for (size_t k = 0; k < i; k++) {
            if (!same_column(s, i, k) || !columns_used(n, b, s)[i]) continue;
            replace_begin(n);
            replace_set(n, s->columns[i], expr_column(n, s->columns[k]));
            block_replace(n, b);
            replace_end(n);
            return true;
        }
    return false;
}

/* A column that passes a constant on is that constant. */
static bool column_constant(struct norm *n, struct block *b, const struct source *s) {
    const struct exprs *passed = s->kind == SRC_WINDOW                     ? &s->keys
                                 : s->kind == SRC_LIMIT                    ? &s->block->outs
                                 : source_is_union_all(s) && s->n_branches ? &s->branches[0]->outs
                                                                           : NULL;
    if (!passed) return false;
    const bool *used = NULL;
    for (size_t i = 0; i < passed->n && i < s->n_columns; i++) {
        if (!expr_is_literal(passed->at[i])) continue;
        if (!used) used = columns_used(n, b, s);
        if (!used[i]) continue;
        bool everywhere = true;
        for (size_t k = 1; source_is_union_all(s) && k < s->n_branches; k++)
            everywhere &= i < s->branches[k]->outs.n && s->branches[k]->outs.at[i] == passed->at[i];
        if (!everywhere) continue;
        replace_begin(n);
        replace_set(n, s->columns[i], passed->at[i]);
        block_replace(n, b);
        replace_end(n);
        return true;
    }
    return false;
}

/* LIMIT over what has at most one row anyway. */
static bool limit_needless(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    if (s->kind != SRC_LIMIT || s->offset || s->name || !s->limit || s->limit->op != SC_LITERAL || s->limit->lit.kind != VALUE_INT ||
        s->limit->lit.i < 1)
        return false;
    if (!block_at_most_one(n, s->block)) return false;
    block_source_drop(b, at);
    replace_begin(n);
    for (size_t i = 0; i < s->n_columns; i++) replace_set(n, s->columns[i], s->block->outs.at[i]);
    block_replace(n, b);
    replace_end(n);
    s->block->outs.n = 0;
    block_absorb(n, b, s->block);
    step_add(n, "dropped a LIMIT over at most one row");
    return true;
}

/* ------------------------------------------------------------ pushing conditions in */

struct push {
    const struct norm *n;
    const struct source *s;
    const bool *allowed; /* by ordinal */
    bool touches;
    const struct block *within; /* of a condition with a sub-query: the block at hand */
};

static bool pushable_column(void *ctx, int column) {
    struct push *p = ctx;
    const struct ncolumn *c = &p->n->columns.at[column];
    if (c->source->id != p->s->id) return p->within && !block_owns(p->within, c->source); /* of the sub-query itself, or of what is around */
    p->touches = true;
    return p->allowed[c->ordinal];
}

static bool partitioned_by(const struct source *s, nexpr e) {
    for (size_t i = 0; i < s->aggs.n; i++) {
        bool found = false;
        for (size_t k = 0; k < s->aggs.at[i]->window->n_partition; k++) found |= s->aggs.at[i]->window->partition[k] == e;
        if (!found) return false;
    }
    return true;
}

/* Conditions on grouping keys or on partition columns hold for all rows of a group or none. */
static bool push_down(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block;
    struct source *s = b->sources[at];
    bool agg = s->kind == SRC_AGG && s->grouped && !s->n_sets, window = s->kind == SRC_WINDOW;
    if (!agg && !window) return false;
    bool *allowed = arena_array(n->arena, s->n_columns + 1, sizeof *allowed);
    for (size_t i = 0; i < s->keys.n; i++) allowed[i] = agg || partitioned_by(s, s->keys.at[i]);
    bool changed = false;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i];
        struct push push = {n, s, allowed, false, expr_has_op(p, SC_EXISTS) ? b : NULL};
        if (expr_has_op(p, SC_MATCHED) || !expr_columns(p, pushable_column, &push) || !push.touches) continue;
        exprs_remove(&b->preds, i--);
        replace_begin(n);
        for (size_t k = 0; k < s->keys.n; k++) replace_set(n, s->columns[k], s->keys.at[k]);
        nexpr inner = expr_replace(n, p);
        replace_end(n);
        block_pred_add(n, s->block, inner);
        changed = true;
    }
    if (!changed) return false;
    step_add(n, agg ? "moved a condition on grouping keys below the aggregate" : "moved a condition on partition columns below the window");
    source_simplify(n, ctx->outer, s);
    return true;
}

/* Inside a grouping, NOT NULL of a key is said again by the outer condition that uses the key. */
static bool inner_not_null(struct norm *n, const struct context *ctx, struct source *s) {
    if (s->kind != SRC_AGG || !s->grouped || s->n_sets) return false;
    bool changed = false;
    for (size_t i = 0; i < s->block->preds.n; i++) {
        nexpr p = s->block->preds.at[i];
        if (p->op != SC_NOT || p->args[0]->op != SC_IS_NULL) continue;
        for (size_t k = 0; k < s->keys.n; k++) {
            if (s->keys.at[k] != p->args[0]->args[0] || !block_rejects(n, ctx->block, NULL, expr_column(n, s->columns[k]))) continue;
            exprs_remove(&s->block->preds, i--);
            changed = true;
            break;
        }
    }
    if (changed) source_refresh(n, s);
    return changed;
}

/* ------------------------------------------------------------ set operations */

/* INTERSECT and EXCEPT of sets are EXISTS and NOT EXISTS with IS NOT DISTINCT FROM, made distinct. */
static bool set_operation_open(struct norm *n, struct block *b, size_t at) {
    struct source *s = b->sources[at];
    if (s->kind != SRC_SETOP || s->all || s->setop == RELSET_UNION || s->n_branches != 2) return false;
    struct block *left = s->branches[0], *right = s->branches[1];
    for (size_t i = 0; i < s->n_columns; i++) block_pred_add(n, right, expr_of2(n, SC_SAME, left->outs.at[i], right->outs.at[i]));
    right->outs.n = 0;
    nexpr exists = right->empty ? expr_bool(n, false) : expr_block(n, SC_EXISTS, right, NULL, 0);
    block_pred_add(n, left, s->setop == RELSET_INTERSECT ? exists : expr_not(n, exists));
    s->kind = SRC_AGG;
    s->grouped = true;
    s->block = left;
    s->keys = (struct exprs){0};
    for (size_t i = 0; i < s->n_columns; i++) exprs_add(n, &s->keys, left->outs.at[i]);
    s->branches = NULL;
    s->n_branches = 0;
    step_add(n, "%s is %s over distinct rows", s->setop == RELSET_INTERSECT ? "INTERSECT" : "EXCEPT",
             s->setop == RELSET_INTERSECT ? "EXISTS" : "NOT EXISTS");
    source_simplify(n, NULL, s);
    return true;
}

/* ------------------------------------------------------------ distinct sources joined on all of their columns */

static bool looks_at_source(const struct norm *n, const struct block *b, nexpr e, const struct source *s) {
    for (size_t i = 0; i < s->n_columns; i++)
        if (expr_made_from(n, b, e, s->columns[i])) return true;
    return false;
}

/* e with p saying column = e, where e uses nothing of the source, not even from the inside of another one. */
nexpr key_partner(struct norm *n, const struct block *b, const struct source *s, nexpr column, nexpr *pred) {
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i];
        if (p->op != SC_EQ) continue;
        for (int k = 0; k < 2; k++)
            if (p->args[k] == column && !expr_uses_source(p->args[1 - k], n, s) && !expr_has_op(p->args[1 - k], SC_SUBQUERY) &&
                !looks_at_source(n, b, p->args[1 - k], s)) {
                *pred = p;
                return p->args[1 - k];
            }
    }
    return NULL;
}

static bool distinct_to_exists(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block;
    struct source *s = b->sources[at];
    if (s->kind != SRC_AGG || !s->grouped || s->n_sets || s->aggs.n || s->keys.n == 0) return false;
    nexpr *partner = arena_array(n->arena, s->keys.n, sizeof *partner), *pred = arena_array(n->arena, s->keys.n, sizeof *pred);
    for (size_t i = 0; i < s->keys.n; i++) {
        nexpr column = expr_column(n, s->columns[i]);
        partner[i] = key_partner(n, b, s, column, &pred[i]);
        if (!partner[i] || !class_eligible(n, column, partner[i])) return false;
    }
    block_source_drop(b, at);
    for (size_t i = 0; i < s->keys.n; i++)
        for (size_t k = 0; k < b->preds.n; k++)
            if (b->preds.at[k] == pred[i]) exprs_remove(&b->preds, k--);
    replace_begin(n);
    for (size_t i = 0; i < s->keys.n; i++) replace_set(n, s->columns[i], partner[i]);
    block_replace(n, b);
    replace_end(n);
    for (size_t i = 0; i < s->keys.n; i++) block_pred_add(n, s->block, expr_of2(n, SC_EQ, s->keys.at[i], partner[i]));
    s->block->outs.n = 0;
    block_pred_add(n, b, s->block->empty ? expr_bool(n, false) : expr_block(n, SC_EXISTS, s->block, NULL, 0));
    step_add(n, "a join with distinct rows on all of their columns is EXISTS");
    return true;
}

/* ------------------------------------------------------------ scalar sub-queries */

/* The inner side of `inner = outer`, where inner uses only the sub-query's own columns and outer none of them. */
static bool correlation_of(struct norm *n, const struct block *sub, nexpr p, nexpr *inner, nexpr *outer) {
    if (p->op != SC_EQ) return false;
    for (int k = 0; k < 2; k++)
        if (expr_local(n, sub, p->args[k]) && expr_touches(n, sub, p->args[k]) && !expr_touches(n, sub, p->args[1 - k])) {
            *inner = p->args[k];
            *outer = p->args[1 - k];
            return true;
        }
    return false;
}

/* True when nothing of the aggregate looks outside of it but the conjuncts listed in `skip`. */
static bool uncorrelated_but(struct norm *n, const struct source *agg, const struct exprs *skip) {
    const struct block *b = agg->block;
    struct block rest = *b;
    rest.preds = (struct exprs){0};
    rest.outs = agg->aggs;
    for (size_t i = 0; i < b->preds.n; i++)
        if (!exprs_have(skip, b->preds.at[i])) exprs_add(n, &rest.preds, b->preds.at[i]);
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->n_branches || b->sources[i]->kind == SRC_OPAQUE) return false; /* its inside is not walked apart */
    for (size_t i = 0; i < rest.preds.n; i++)
        if (expr_has_op(rest.preds.at[i], SC_EXISTS)) return false;
    return block_closed_in(n, &rest);
}

/* (select agg(..) ..) always gives one row: a source beside the others, which may look at them. */
static nexpr subquery_decorrelate(struct norm *n, struct block *b, nexpr e) {
    if (e->block->n_sources != 1 || e->block->n_items || e->block->preds.n || e->block->empty || e->block->outs.n != 1) return NULL;
    const struct source *old = e->block->sources[0];
    if (old->kind != SRC_AGG || old->grouped || old->n_sets) return NULL;
    struct block *copy = block_clone(n, e->block);
    source_load(n, copy->sources[0]);
    block_source_add(n, b, copy->sources[0]);
    step_add(n, "a scalar sub-query over an aggregate is a join with its one row");
    return copy->outs.at[0];
}

/* The columns of a one-row aggregate that became a left join with groups: COUNT is 0 where no group matched. */
static void group_columns(struct norm *n, struct block *b, struct source *agg, const int *old, size_t n_old) {
    nexpr *values = arena_array(n->arena, n_old + 1, sizeof *values);
    for (size_t i = 0; i < n_old; i++) {
        nexpr v = expr_column(n, ncolumn_new(n, agg, n->columns.at[old[i]].type, true));
        if (agg->aggs.at[i]->op == SC_AGG && strcmp(agg->aggs.at[i]->name, "count") == 0) {
            nexpr args[2] = {v, expr_int(n, 0)};
            v = expr_make(n, (struct scalar){.op = SC_COALESCE, .n = 2, .args = args, .type = v->type});
        }
        values[i] = v;
    }
    replace_begin(n);
    for (size_t i = 0; i < n_old; i++) replace_set(n, old[i], values[i]);
    block_replace(n, b);
    replace_end(n);
}

/* A one-row aggregate that looks at the others by `inner = outer` alone is a left join with the groups by `inner`. */
static bool lateral_decorrelate(struct norm *n, struct block *b, size_t at) {
    struct source *agg = b->sources[at];
    if (agg->kind != SRC_AGG || agg->grouped || agg->n_sets) return false;
    struct exprs links = {0}, keys = {0}, outers = {0};
    for (size_t i = 0; i < agg->block->preds.n; i++) {
        nexpr inner, outer;
        if (!correlation_of(n, agg->block, agg->block->preds.at[i], &inner, &outer) || !expr_touches(n, b, outer)) continue;
        exprs_add(n, &links, agg->block->preds.at[i]);
        exprs_add(n, &keys, inner);
        exprs_add(n, &outers, outer);
    }
    if (links.n == 0 || !uncorrelated_but(n, agg, &links)) return false;
    for (size_t i = 0; i < links.n; i++)
        for (size_t k = 0; k < agg->block->preds.n; k++)
            if (agg->block->preds.at[k] == links.at[i]) exprs_remove(&agg->block->preds, k--);
    struct block *right = block_new(n);
    struct left_item item = {++n->next_item, right};
    const int *old = agg->columns;
    size_t n_old = agg->n_columns;
    block_source_drop(b, at);
    agg->columns = NULL;
    agg->n_columns = 0;
    agg->grouped = true;
    agg->keys = keys;
    for (size_t i = 0; i < keys.n; i++)
        block_pred_add(n, right, expr_of2(n, SC_EQ, expr_column(n, ncolumn_new(n, agg, keys.at[i]->type, true)), outers.at[i]));
    group_columns(n, b, agg, old, n_old);
    source_load(n, agg);
    source_simplify(n, NULL, agg);
    block_source_add(n, right, agg);
    block_item_add(n, b, item);
    step_add(n, "a correlated aggregate is a left join with its groups");
    return true;
}

/* A sub-query of at most one row (it looks a key up, or has no FROM) is a left join. */
static nexpr subquery_lookup(struct norm *n, struct block *b, nexpr e) {
    if (e->block->outs.n != 1 || !block_at_most_one(n, (struct block *)e->block)) return NULL;
    struct block *copy = block_clone(n, e->block);
    nexpr out = copy->outs.at[0];
    copy->outs.n = 0;
    if (copy->empty) return expr_null(n, out->type);
    struct left_item item = {++n->next_item, copy};
    block_item_add(n, b, item);
    step_add(n, "a scalar sub-query of at most one row is a left join");
    if (expr_propagates(n, out, copy)) return out;
    nexpr matched = expr_make(n, (struct scalar){.op = SC_MATCHED, .column = item.id, .type = {TYPE_BOOL, 0, 0}});
    return expr_case2(n, matched, out, expr_null(n, out->type));
}

static nexpr subqueries_in(struct norm *n, const struct context *ctx, nexpr e) {
    struct block *b = ctx->block;
    nexpr less = e->op == SC_SUBQUERY || e->op == SC_IS_NULL ? subquery_less(n, ctx, e) : NULL;
    if (less) return less;
    if (e->op == SC_SUBQUERY) {
        nexpr out = subquery_decorrelate(n, b, e);
        if (!out) out = subquery_lookup(n, b, e);
        return out ? out : e;
    }
    if (e->op == SC_AGG || e->op == SC_WINDOW || !expr_has_op(e, SC_SUBQUERY) || (e->op == SC_EXISTS)) return e;
    struct scalar out = *e;
    nexpr *args = arena_array(n->arena, e->n ? e->n : 1, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = subqueries_in(n, ctx, e->args[i]);
    out.args = args;
    return expr_make(n, out);
}

static bool subqueries(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool changed = false;
    for (size_t i = 0; i < b->preds.n; i++) {
        struct context here = {.outer = ctx->outer, .block = b, .skip = b->preds.at[i]};
        nexpr e = subqueries_in(n, &here, b->preds.at[i]);
        if (e == b->preds.at[i]) continue;
        exprs_remove(&b->preds, i--);
        block_pred_add(n, b, e);
        changed = true;
        if (b->empty) return true;
    }
    for (size_t i = 0; i < b->outs.n; i++) {
        nexpr e = subqueries_in(n, ctx, b->outs.at[i]);
        changed |= e != b->outs.at[i];
        b->outs.at[i] = e;
    }
    return changed;
}

bool rule_sources(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    if (subqueries(n, ctx)) return true;
    for (size_t i = 0; i < b->n_sources; i++) {
        if (source_empty(n, b, i)) return true;
        if (global_unused(n, b, i) || single_value_open(n, b, i) || count_to_exists(n, ctx, i) || lateral_decorrelate(n, b, i)) return true;
        if (source_prune(n, b, b->sources[i])) {
            source_refresh(n, b->sources[i]);
            return true;
        }
        if (source_plain(n, b, i)) return true;
        if (column_constant(n, b, b->sources[i]) || column_doubles(n, b, b->sources[i]) || limit_needless(n, b, i)) return true;
        if (push_down(n, ctx, i)) return true;
        if (inner_not_null(n, ctx, b->sources[i])) return true;
        if (distinct_to_exists(n, ctx, i)) return true;
        if (set_operation_open(n, b, i) || union_opened(n, ctx, i)) return true;
    }
    return false;
}
