/* rule_block.c - the rules over one block, to a fixpoint; here the conjuncts: simplified, absorbed, contradicted, equal columns unified. */
#include "normal_core.h"

/* ------------------------------------------------------------ entailment */

struct atom {
    nexpr x, lit;
    enum scalar_op op; /* x op lit */
};

static bool atom_of(nexpr e, struct atom *out) {
    if (e->op < SC_EQ || e->op > SC_GE) return false;
    nexpr a = e->args[0], b = e->args[1];
    static const enum scalar_op swapped[] = {[SC_EQ] = SC_EQ, [SC_NE] = SC_NE, [SC_LT] = SC_GT, [SC_LE] = SC_GE, [SC_GT] = SC_LT, [SC_GE] = SC_LE};
    if (expr_is_literal(b)) *out = (struct atom){a, b, e->op};
    else if (expr_is_literal(a)) *out = (struct atom){b, a, swapped[e->op]};
    else return false;
    return !out->x->is_volatile;
}

/* Does (x p.op p.lit) being TRUE make (x q.op q.lit) TRUE? */
static bool atom_implies(const struct norm *n, const struct atom *p, const struct atom *q) {
    int order; /* of p's literal to q's */
    if (p->x != q->x || !fold_compare(n, p->lit, q->lit, &order)) return false;
    bool text = p->lit->lit.kind == VALUE_TEXT;
    if (text && !((p->op == SC_EQ || p->op == SC_NE) && (q->op == SC_EQ || q->op == SC_NE)) && !(p->op == q->op && order == 0)) return false;
    switch (p->op) {
    case SC_EQ:
        return scalar_order_holds(q->op, order);
    case SC_NE:
        return q->op == SC_NE && order == 0;
    case SC_LT:
        return (q->op == SC_LT || q->op == SC_LE || q->op == SC_NE) && order <= 0;
    case SC_LE:
        return ((q->op == SC_LT || q->op == SC_NE) && order < 0) || (q->op == SC_LE && order <= 0);
    case SC_GT:
        return (q->op == SC_GT || q->op == SC_GE || q->op == SC_NE) && order >= 0;
    default:
        return ((q->op == SC_GT || q->op == SC_NE) && order > 0) || (q->op == SC_GE && order >= 0);
    }
}

static enum scalar_op op_negated(enum scalar_op op) {
    static const enum scalar_op map[] = {[SC_EQ] = SC_NE, [SC_NE] = SC_EQ, [SC_LT] = SC_GE, [SC_LE] = SC_GT, [SC_GT] = SC_LE, [SC_GE] = SC_LT};
    return map[op];
}

static bool atom_contradicts(const struct norm *n, const struct atom *p, const struct atom *q) {
    struct atom negated = {q->x, q->lit, op_negated(q->op)};
    return atom_implies(n, p, &negated);
}

/* TRUE(p) makes TRUE(q). */
static bool implies(struct norm *n, nexpr p, nexpr q, int depth) {
    if (p == q) return true;
    if (depth > 6 || work_spent(n, 1)) return false;
    if (p->op == SC_OR) {
        for (size_t i = 0; i < p->n; i++)
            if (!implies(n, p->args[i], q, depth + 1)) return false;
        return true;
    }
    if (q->op == SC_AND) {
        for (size_t i = 0; i < q->n; i++)
            if (!implies(n, p, q->args[i], depth + 1)) return false;
        return true;
    }
    if (p->op == SC_AND)
        for (size_t i = 0; i < p->n; i++)
            if (implies(n, p->args[i], q, depth + 1)) return true;
    if (q->op == SC_OR)
        for (size_t i = 0; i < q->n; i++)
            if (implies(n, p, q->args[i], depth + 1)) return true;
    if (p->mask && q->mask && !(p->mask & q->mask)) return false;
    if (q->op == SC_NOT && q->args[0]->op == SC_IS_NULL) {
        struct exprs strict = {0};
        expr_strict(n, p, &strict);
        return exprs_have(&strict, q->args[0]->args[0]);
    }
    if (p->op == SC_EXISTS && q->op == SC_EXISTS) return exists_implies(n, p, q);
    if (p->op == SC_NOT && q->op == SC_NOT && p->args[0]->op == SC_EXISTS && q->args[0]->op == SC_EXISTS)
        return exists_implies(n, q->args[0], p->args[0]);
    struct atom a, b;
    return atom_of(p, &a) && atom_of(q, &b) && atom_implies(n, &a, &b);
}

bool pred_entailed(struct norm *n, const struct exprs *facts, nexpr skip, nexpr e) {
    for (size_t i = 0; i < facts->n; i++)
        if (facts->at[i] != skip && implies(n, facts->at[i], e, 0)) return true;
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++)
            if (!pred_entailed(n, facts, skip, e->args[i])) return false;
        return true;
    }
    return false;
}

static bool contradicts(struct norm *n, nexpr p, nexpr q) {
    struct atom a, b;
    if (work_spent(n, 1)) return false;
    if (p->op == SC_AND) {
        for (size_t i = 0; i < p->n; i++)
            if (contradicts(n, p->args[i], q)) return true;
        return false;
    }
    if (q->op == SC_AND) return contradicts(n, q, p);
    if (p->op == SC_OR) {
        for (size_t i = 0; i < p->n; i++)
            if (!contradicts(n, p->args[i], q)) return false;
        return true;
    }
    if (q->op == SC_OR) return contradicts(n, q, p);
    if (p->mask && q->mask && !(p->mask & q->mask)) return false;
    if ((p->op == SC_NOT && p->args[0] == q) || (q->op == SC_NOT && q->args[0] == p)) return true;
    if (p->op == SC_IS_NULL || q->op == SC_IS_NULL) {
        struct exprs strict = {0};
        expr_strict(n, p->op == SC_IS_NULL ? q : p, &strict);
        return exprs_have(&strict, (p->op == SC_IS_NULL ? p : q)->args[0]);
    }
    if (p->op >= SC_EQ && p->op <= SC_LE && q->op >= SC_EQ && q->op <= SC_LE) {
        bool same = p->args[0] == q->args[0] && p->args[1] == q->args[1], crossed = p->args[0] == q->args[1] && p->args[1] == q->args[0];
        if ((same || crossed) && ((p->op == SC_EQ && (q->op == SC_NE || q->op == SC_LT)) || (q->op == SC_EQ && (p->op == SC_NE || p->op == SC_LT))))
            return true;
        if (crossed && p->op == SC_LT && (q->op == SC_LT || q->op == SC_LE)) return true;
        if (crossed && p->op == SC_LE && q->op == SC_LT) return true;
    }
    return atom_of(p, &a) && atom_of(q, &b) && a.x == b.x && (atom_contradicts(n, &a, &b) || atom_contradicts(n, &b, &a));
}

bool pred_contradicted(struct norm *n, const struct exprs *facts, nexpr skip, nexpr e) {
    for (size_t i = 0; i < facts->n; i++)
        if (facts->at[i] != skip && contradicts(n, facts->at[i], e)) return true;
    return false;
}

bool preds_contradict(struct norm *n, const struct exprs *preds) {
    for (size_t i = 0; i < preds->n; i++)
        for (size_t k = i + 1; k < preds->n; k++)
            if (contradicts(n, preds->at[i], preds->at[k])) return true;
    return false;
}

/* ------------------------------------------------------------ one condition */

/* (A and B) or (A and C) is A and (B or C). */
static nexpr or_factored(struct norm *n, nexpr e) {
    if (e->op != SC_OR || e->args[0]->op == SC_OR) return e;
    struct exprs common = {0};
    nexpr first = e->args[0];
    for (size_t i = 0; i < (first->op == SC_AND ? first->n : 1); i++) exprs_add(n, &common, first->op == SC_AND ? first->args[i] : first);
    for (size_t i = 1; i < e->n && common.n; i++)
        for (size_t k = common.n; k-- > 0;) {
            nexpr d = e->args[i];
            bool has = d == common.at[k];
            for (size_t m = 0; d->op == SC_AND && m < d->n; m++) has |= d->args[m] == common.at[k];
            if (!has) exprs_remove(&common, k);
        }
    if (common.n == 0) return e;
    struct exprs rest = {0};
    for (size_t i = 0; i < e->n; i++) {
        struct exprs left = {0};
        nexpr d = e->args[i];
        for (size_t m = 0; m < (d->op == SC_AND ? d->n : 1); m++) {
            nexpr part = d->op == SC_AND ? d->args[m] : d;
            if (!exprs_have(&common, part)) exprs_add(n, &left, part);
        }
        exprs_add(n, &rest, expr_junction(n, SC_AND, left.at, left.n));
    }
    exprs_add(n, &common, expr_junction(n, SC_OR, rest.at, rest.n));
    step_add(n, "took a common factor out of an OR");
    return expr_junction(n, SC_AND, common.at, common.n);
}

/* Disjuncts: those that imply another go; x or (not x and y) is x or y when x is never NULL. */
nexpr or_reduced(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->op != SC_OR) return e;
    struct exprs kept = {0};
    for (size_t i = 0; i < e->n; i++) exprs_add(n, &kept, e->args[i]);
    for (size_t i = 0; i < kept.n; i++)
        for (size_t k = 0; k < kept.n; k++) {
            nexpr a = kept.at[i], d = kept.at[k];
            if (i == k || d->op != SC_AND) continue;
            nexpr negated = expr_not(n, a);
            struct exprs parts = {0};
            for (size_t m = 0; m < d->n; m++)
                if (!implies(n, negated, d->args[m], 0)) exprs_add(n, &parts, d->args[m]);
            if (parts.n == d->n || expr_nullable(n, ctx, a)) continue;
            kept.at[k] = expr_junction(n, SC_AND, parts.at, parts.n);
        }
    for (size_t i = kept.n; i-- > 0;)
        for (size_t k = 0; k < kept.n; k++)
            if (k != i && implies(n, kept.at[i], kept.at[k], 0)) {
                exprs_remove(&kept, i);
                break;
            }
    for (size_t i = 0; i < kept.n; i++)
        for (size_t k = 0; k < kept.n; k++) {
            nexpr both = i == k ? NULL : or_meets(n, kept.at[i], kept.at[k]);
            if (!both) continue;
            kept.at[i] = both;
            exprs_remove(&kept, k);
            i = k = (size_t)-1;
            break;
        }
    /* x < 5 or x >= 5 is x is not null, where only TRUE counts. */
    for (size_t i = 0; i < kept.n; i++)
        for (size_t k = i + 1; k < kept.n; k++)
            if (kept.at[k] == expr_not(n, kept.at[i])) {
                nexpr a = kept.at[i];
                if (a->op >= SC_EQ && a->op <= SC_LE && a->args[0]->type.kind == a->args[1]->type.kind && a->args[0]->type.kind != TYPE_UNKNOWN &&
                    expr_is_literal(a->args[0]) + expr_is_literal(a->args[1]) == 1) {
                    kept.at[i] = expr_not(n, expr_of1(n, SC_IS_NULL, expr_is_literal(a->args[0]) ? a->args[1] : a->args[0]));
                    exprs_remove(&kept, k);
                    k = i;
                } else if (!expr_nullable(n, ctx, a)) return expr_bool(n, true);
            }
    return expr_junction(n, SC_OR, kept.at, kept.n);
}

/* Only by facts that are no alternatives themselves: else two ORs could each be cut down because of the other. */
static bool atoms_entail(struct norm *n, const struct exprs *facts, nexpr skip, nexpr e) {
    for (size_t i = 0; i < facts->n; i++)
        if (facts->at[i] != skip && facts->at[i]->op != SC_OR && implies(n, facts->at[i], e, 0)) return true;
    return false;
}

/* Disjuncts that cannot be TRUE beside the other conjuncts go. */
static nexpr or_pruned(struct norm *n, const struct context *ctx, nexpr e, nexpr old) {
    if (e->op != SC_OR) return e;
    struct exprs kept = {0};
    for (size_t i = 0; i < e->n; i++) {
        bool dead = false;
        for (size_t k = 0; k < ctx->block->preds.n && !dead; k++)
            dead = ctx->block->preds.at[k] != old && contradicts(n, ctx->block->preds.at[k], e->args[i]);
        /* Conjuncts of a disjunct that the others entail go. */
        nexpr d = e->args[i];
        if (d->op == SC_AND) {
            struct exprs parts = {0};
            for (size_t m = 0; m < d->n; m++)
                if (!atoms_entail(n, &ctx->block->preds, old, d->args[m])) exprs_add(n, &parts, d->args[m]);
            d = expr_junction(n, SC_AND, parts.at, parts.n);
        }
        if (!dead) exprs_add(n, &kept, d);
    }
    return kept.n == e->n && 0 ? e : expr_junction(n, SC_OR, kept.at, kept.n);
}

static bool alike(nexpr a, nexpr b) {
    if (a == b) return true;
    if (a->op != b->op || a->n != b->n || a->op == SC_COLUMN || a->op == SC_LITERAL) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!alike(a->args[i], b->args[i])) return false;
    return a->n > 0 || a->block;
}

static bool conditions_pass(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool changed = false;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr old = b->preds.at[i];
        struct context here = {.outer = ctx->outer, .block = b, .skip = old};
        nexpr e = expr_truth(n, &here, old);
        e = or_pruned(n, &here, or_factored(n, or_bounded(n, e)), old);
        if (e == old) continue;
        if (alike(e, old)) {
            b->preds.at[i] = e;
            continue;
        }
        exprs_remove(&b->preds, i);
        block_pred_add(n, b, e);
        i--;
        changed = true;
        if (b->empty || work_spent(n, 1)) return true;
    }
    return changed;
}

bool rule_predicates(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool changed = conditions_pass(n, ctx);
    changed |= !b->empty && rule_points(n, b);
    for (size_t i = 0; i < b->preds.n && !b->empty; i++) {
        nexpr e = b->preds.at[i];
        if (e->op == SC_EQ && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN) continue; /* classes */
        if (!pred_entailed(n, &b->preds, e, e)) continue;
        step_add(n, "dropped a condition that another one implies");
        exprs_remove(&b->preds, i--);
        changed = true;
    }
    if (!b->empty && preds_contradict(n, &b->preds)) {
        block_set_empty(n, b);
        return true;
    }
    for (size_t i = 0; i < b->outs.n; i++) {
        nexpr e = expr_value(n, ctx, b->outs.at[i]);
        if (e != b->outs.at[i] && !alike(e, b->outs.at[i])) changed = true;
        b->outs.at[i] = e;
    }
    return changed;
}

/* ------------------------------------------------------------ equality */

static const char *column_text(struct norm *n, nexpr e) {
    const struct ncolumn *c = &n->columns.at[e->column];
    return c->source->kind == SRC_TABLE ? arena_printf(n->arena, "%s.%s", c->source->name, c->name) : c->name;
}

bool class_eligible(struct norm *n, nexpr a, nexpr b) {
    if (a->is_volatile || b->is_volatile) return false;
    bool literal = expr_is_literal(b);
    enum type_kind x = a->type.kind, y = b->type.kind;
    bool folds = n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_TSQL;
    if (x == y && (x == TYPE_INT || x == TYPE_DATE || x == TYPE_BOOL || x == TYPE_TIME)) return true;
    if (x == TYPE_TIMESTAMP && y == TYPE_TIMESTAMP) return a->type.scale == b->type.scale; /* else a time zone lies between them */
    if (x == TYPE_DECIMAL && y == TYPE_DECIMAL && !literal) return a->type.scale == b->type.scale;
    if (n->plan->dialect == DIALECT_SQLITE && x == TYPE_DECIMAL && y == TYPE_INT && literal) return true;
    if (x == TYPE_STRING && y == TYPE_STRING) {
        if (folds && !norm_declared(n)) return false;
        if (folds) assume_add(n, "texts are compared by their bytes (no case-folding collation)");
        return true;
    }
    if (x != TYPE_UNKNOWN || a->op != SC_COLUMN || (!literal && b->op != SC_COLUMN) || !norm_declared(n)) return false;
    if (y == TYPE_UNKNOWN && b->op == SC_COLUMN) {
        assume_add(n, "%s and %s have the same type", column_text(n, a), column_text(n, b));
        return true;
    }
    if (literal && (b->lit.kind == VALUE_TEXT || b->lit.kind == VALUE_INT)) {
        assume_add(n, "%s has the type of the literal it is compared with", column_text(n, a));
        return true;
    }
    return false;
}

static bool core_column(const struct norm *n, const struct block *b, nexpr e) {
    if (e->op != SC_COLUMN) return false;
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->id == n->columns.at[e->column].source->id) return true;
    return false;
}

/* What a conjunct says a column is: column = literal, column = column, column IS NULL, a boolean column itself. */
static bool equation_of(struct norm *n, const struct block *b, nexpr p, nexpr *column, nexpr *value) {
    *value = NULL;
    if (p->op == SC_COLUMN && p->type.kind == TYPE_BOOL && core_column(n, b, p)) *column = p, *value = expr_bool(n, true);
    else if (p->op == SC_NOT && p->args[0]->op == SC_COLUMN && p->args[0]->type.kind == TYPE_BOOL && core_column(n, b, p->args[0]))
        *column = p->args[0], *value = expr_bool(n, false);
    else if (p->op == SC_IS_NULL && core_column(n, b, p->args[0])) *column = p->args[0], *value = expr_null(n, p->args[0]->type);
    else if (p->op == SC_EQ || p->op == SC_SAME)
        for (int k = 0; k < 2 && !*value; k++) {
            nexpr c = p->args[k], v = p->args[1 - k];
            bool given = c->op == SC_COLUMN && expr_is_literal(v) && !block_owns(b, n->columns.at[c->column].source);
            if ((!core_column(n, b, c) && !given) || c == v) continue;
            bool free_value = expr_is_literal(v) || (v->op == SC_COLUMN && !expr_touches(n, b, v));
            if (free_value && class_eligible(n, c, v)) *column = c, *value = v;
        }
    if (*value || (p->op != SC_EQ && p->op != SC_SAME)) return *value != NULL;
    nexpr x = p->args[0], y = p->args[1];
    if (!core_column(n, b, x) || !core_column(n, b, y) || !class_eligible(n, x, y)) return false;
    *column = x->column > y->column ? x : y; /* the older column stands for both */
    *value = x->column > y->column ? y : x;
    if (!expr_made_from(n, b, *value, (*column)->column)) return true;
    nexpr other = *column;
    *column = *value;
    *value = other;
    return !expr_made_from(n, b, *value, (*column)->column);
}

struct use {
    int column;
};

static bool other_column(void *ctx, int column) { return ((struct use *)ctx)->column != column; }

static bool used_elsewhere(const struct block *b, nexpr p, nexpr column) {
    struct use use = {column->column};
    for (size_t i = 0; i < b->preds.n; i++)
        if (b->preds.at[i] != p && (b->preds.at[i]->mask & COLUMN_MASK(column->column)) && !expr_columns(b->preds.at[i], other_column, &use))
            return true;
    struct block rest = *b;
    rest.preds.n = 0;
    if (b->is_item) rest.outs.n = 0;
    return !block_columns(&rest, other_column, &use);
}

bool rule_classes(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool changed = false;
    for (size_t i = 0; i < b->preds.n && !b->empty; i++) {
        nexpr p = b->preds.at[i], column, value;
        if (!equation_of(n, b, p, &column, &value) || !used_elsewhere(b, p, column)) continue;
        /* The ON of a full join speaks of these columns before rows without a match were made: what holds afterwards says nothing there. */
        if (n->columns.at[column->column].source->kind == SRC_FULL) continue;
        if (work_spent(n, 1)) return changed;
        exprs_remove(&b->preds, i);
        struct exprs outs = b->outs;
        if (b->is_item) b->outs = (struct exprs){0};
        replace_begin(n);
        replace_set(n, column->column, value);
        block_replace(n, b);
        replace_end(n);
        if (b->is_item) b->outs = outs;
        block_pred_add(n, b, p);
        changed = true;
        i = (size_t)-1;
    }
    return changed;
}

/* ------------------------------------------------------------ the fixpoint */

static void block_clear(struct norm *n, struct block *b) {
    b->n_sources = b->n_items = b->preds.n = 0;
    for (size_t i = 0; i < b->outs.n; i++)
        if (b->outs.at[i]->op != SC_AGG && b->outs.at[i]->op != SC_WINDOW && b->outs.at[i]->op != SC_GROUPING)
            b->outs.at[i] = expr_null(n, b->outs.at[i]->type);
}

/* In the order in which they are tried; the last one only when no other has anything left to do. */
static bool (*const rules[])(struct norm *, const struct context *) = {
    rule_predicates, rule_classes, rule_offset, rule_join,  rule_sources, rule_push, rule_exists, rule_keys,    rule_aggregate, rule_union,
    rule_group,      rule_having,  rule_pull,   rule_order, rule_extreme, rule_twin, rule_eager,  rule_product, rule_spread,
};
#define RULES (sizeof rules / sizeof *rules)

/* Round and round, until every rule has seen the block as it is and had nothing to say: a rule that looked since the last change is not asked again.
 */
void block_simplify(struct norm *n, const struct context *outer, struct block *b) {
    struct context ctx = {.outer = outer, .block = b};
    size_t quiet = 0; /* rules in a row that changed nothing */
    for (size_t at = 0; at < NORMAL_ROUNDS_MAX * RULES && !b->empty; at++) {
        bool changed = rules[at % RULES](n, &ctx);
        quiet = changed ? 0 : quiet + 1;
        if (quiet >= RULES && !b->empty) {
            if (!rule_sums(n, &ctx)) return;
            quiet = 0;
        }
        if (at % RULES == RULES - 1 && work_spent(n, 1)) break;
    }
    if (b->empty) block_clear(n, b);
}
