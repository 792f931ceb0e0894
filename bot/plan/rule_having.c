/* rule_having.c - groups that are kept for what some or none of their rows say, and of which nothing else is asked, are distinct rows: HAVING
 * MAX(x) > 5 is WHERE x > 5, HAVING COUNT(CASE WHEN p THEN 1 END) = 0 is WHERE NOT EXISTS a row of the group with p.
 *
 * Sound because a group's MAX(x) exceeds c exactly when some x of the group does (its order is the one that comparisons go by: floating point,
 * where it need not be, is left alone), COUNT(x) is 0 exactly when no x is there, and a group without aggregates is one row for each combination
 * of keys that some row has. Rows of one group are those with keys that are the same, NULL or not. */
#include "normal_core.h"

#define ASKS_MAX    6
#define MEMBERS_MAX 6
#define CLONED_MAX  3

/* Of the rows of a group: some has `cond` TRUE, or none has. */
struct ask {
    nexpr cond;
    bool none;
};

struct asks {
    struct norm *n;
    const struct source *s;
    size_t count;
    struct ask at[ASKS_MAX];
};

static bool named(nexpr e, const char *name) { return e->op == SC_AGG && e->name && strcmp(e->name, name) == 0 && !e->filter && !e->n_order; }

static bool ask_add(struct asks *a, nexpr cond, bool none) {
    if (a->count == ASKS_MAX || cond->is_volatile) return false;
    a->at[a->count++] = (struct ask){cond, none};
    return true;
}

static bool own(const struct asks *a, nexpr e) { return e->op == SC_COLUMN && a->n->columns.at[e->column].source->id == a->s->id; }

/* The aggregate that a column of the source stands for; NULL: it is none. */
static nexpr aggregate_at(const struct asks *a, nexpr e) {
    size_t at = own(a, e) ? a->n->columns.at[e->column].ordinal : 0;
    return own(a, e) && at >= a->s->keys.n ? a->s->aggs.at[at - a->s->keys.n] : NULL;
}

static bool total_order(nexpr x) {
    enum type_kind k = x->type.kind;
    return k == TYPE_INT || k == TYPE_DECIMAL || k == TYPE_DATE || k == TYPE_TIMESTAMP || k == TYPE_STRING;
}

static nexpr there(struct norm *n, nexpr x) { return expr_not(n, expr_of1(n, SC_IS_NULL, x)); }

/* The least and the greatest of the literals that x, a CASE of nothing else, may be. */
static bool arms_between(struct norm *n, nexpr x, nexpr *low, nexpr *high) {
    *low = *high = NULL;
    for (size_t i = 0; x->op == SC_CASE && i < x->n; i++) {
        nexpr arm = x->args[i];
        int less, more;
        if (i % 2 == 0 && i + 1 < x->n) continue;
        if (arm->op != SC_LITERAL || expr_is_null(arm) || !fold_compare(n, arm, *low ? *low : arm, &less) ||
            !fold_compare(n, arm, *high ? *high : arm, &more))
            return false;
        if (!*low || less < 0) *low = arm;
        if (!*high || more > 0) *high = arm;
    }
    return *low != NULL;
}

/* MAX(x) = c. Where c is the most that x can be some x is c, where it is the least no x is more. */
static bool equal_asks(struct asks *a, nexpr x, nexpr c, bool max) {
    struct norm *n = a->n;
    nexpr low, high, beyond = expr_of2(n, SC_LT, max ? c : x, max ? x : c);
    bool arms = x->type.kind != TYPE_STRING && arms_between(n, x, &low, &high);
    if (arms && c == (max ? low : high)) return ask_add(a, beyond, true);
    if (arms && c == (max ? high : low)) return ask_add(a, expr_of2(n, SC_EQ, x, c), false);
    return ask_add(a, expr_of2(n, SC_EQ, x, c), false) && ask_add(a, beyond, true);
}

/* MAX(x) op c, or MIN(x) op c with the order reversed: `above` when the extreme stands on the greater side. */
static bool extreme_asks(struct asks *a, enum scalar_op op, nexpr made, nexpr c, bool above) {
    struct norm *n = a->n;
    nexpr x = made->args[0];
    bool max = named(made, "max");
    if (!total_order(x) || x->is_volatile) return false;
    if (op == SC_EQ) return equal_asks(a, x, c, max);
    nexpr low = above ? c : x, high = above ? x : c;
    if (above == max) return ask_add(a, expr_of2(n, op, low, high), false);
    return ask_add(a, there(n, x), false) && ask_add(a, expr_of2(n, op == SC_LT ? SC_LE : SC_LT, high, low), true);
}

/* x is one of `count` values by the conditions of the block, and of no others. */
static bool members_asked(struct asks *a, nexpr x, int64_t count) {
    const struct exprs *preds = &a->s->block->preds;
    enum dialect d = a->n->plan->dialect;
    if (count < 2 || count > MEMBERS_MAX || (x->type.kind == TYPE_STRING && (d == DIALECT_MYSQL || d == DIALECT_TSQL))) return false;
    if (x->type.kind != TYPE_STRING && x->type.kind != TYPE_INT && x->type.kind != TYPE_DATE) return false;
    for (size_t i = 0; i < preds->n; i++) {
        nexpr any = preds->at[i];
        if (any->op != SC_OR || any->n != count) continue;
        bool fits = true;
        for (size_t k = 0; k < any->n && fits; k++) {
            nexpr e = any->args[k];
            fits = e->op == SC_EQ && ((e->args[0] == x && expr_is_literal(e->args[1])) || (e->args[1] == x && expr_is_literal(e->args[0])));
        }
        for (size_t k = 0; k < any->n && fits; k++)
            if (!ask_add(a, any->args[k], false)) return false;
        if (fits) return true;
    }
    return false;
}

static bool count_asks(struct asks *a, enum scalar_op op, nexpr made, nexpr c, bool above) {
    if (made->n != 1 || c->op != SC_LITERAL || c->lit.kind != VALUE_INT || c->lit.s.n) return false;
    int64_t at = c->lit.i;
    nexpr x = made->args[0];
    bool some = above && ((op == SC_LT && at == 0) || (op == SC_LE && at == 1));
    bool none = (op == SC_EQ && at == 0) || (!above && ((op == SC_LT && at == 1) || (op == SC_LE && at == 0)));
    if (some || none) return ask_add(a, there(a->n, x), none);
    bool all = op == SC_EQ || (above && op == SC_LE);
    return all && made->distinct && members_asked(a, x, at);
}

/* COUNT(*) = COUNT(x): no x is missing. */
static bool counts_equal(struct asks *a, nexpr p) {
    for (int k = 0; k < 2 && p->op == SC_EQ; k++) {
        nexpr all = aggregate_at(a, p->args[k]), some = aggregate_at(a, p->args[1 - k]);
        if (!all || !some || !named(all, "count") || all->n || !named(some, "count") || some->n != 1 || some->distinct) continue;
        return ask_add(a, expr_of1(a->n, SC_IS_NULL, some->args[0]), true);
    }
    return false;
}

/* What the condition on the group asks of its rows; false: it cannot be said. */
static bool condition_asks(struct asks *a, nexpr p) {
    bool missing = p->op == SC_IS_NULL, given = p->op == SC_NOT && p->args[0]->op == SC_IS_NULL;
    nexpr made = aggregate_at(a, missing ? p->args[0] : given ? p->args[0]->args[0] : p);
    if (made && (missing || given)) return (named(made, "max") || named(made, "min")) && ask_add(a, there(a->n, made->args[0]), missing);
    if (made) return (named(made, "bool_or") || named(made, "any")) && made->n == 1 && ask_add(a, made->args[0], false);
    if (p->op != SC_EQ && p->op != SC_LT && p->op != SC_LE) return false;
    if (counts_equal(a, p)) return true;
    for (int k = 0; k < 2; k++) {
        nexpr c = p->args[1 - k];
        made = aggregate_at(a, p->args[k]);
        if (!made || !expr_is_literal(c)) continue;
        if (named(made, "max") || named(made, "min")) return extreme_asks(a, p->op, made, c, k == 1);
        if (named(made, "count")) return count_asks(a, p->op, made, c, k == 1);
    }
    return false;
}

static bool no_aggregate(void *ctx, int column) {
    const struct asks *a = ctx;
    const struct ncolumn *c = &a->n->columns.at[column];
    return c->source->id != a->s->id || c->ordinal < a->s->keys.n;
}

/* The conjuncts that ask for aggregates of the source, said of its rows; nothing else looks at them. */
static bool groups_asked(struct asks *a, const struct block *b, struct exprs *used) {
    struct block rest = *b;
    rest.preds.n = 0;
    if (!block_columns(&rest, no_aggregate, a)) return false;
    for (size_t i = 0; i < b->preds.n; i++) {
        if (expr_columns(b->preds.at[i], no_aggregate, a)) continue;
        if (!condition_asks(a, b->preds.at[i])) return false;
        exprs_add(a->n, used, b->preds.at[i]);
    }
    return a->count > 0;
}

static bool simple_rows(const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_TABLE) return false;
    for (size_t i = 0; i < b->preds.n; i++)
        if (b->preds.at[i]->is_volatile) return false;
    return b->n_items == 0 && b->n_sources > 0 && b->n_sources <= CLONED_MAX && !b->empty;
}

/* EXISTS a row of the same group with the condition. */
static nexpr group_row(struct norm *n, const struct source *s, nexpr cond) {
    struct block whole = *s->block;
    whole.outs = (struct exprs){0};
    for (size_t i = 0; i < s->keys.n; i++) exprs_add(n, &whole.outs, s->keys.at[i]);
    exprs_add(n, &whole.outs, cond);
    struct block *copy = block_clone(n, &whole);
    for (size_t i = 0; i < s->keys.n; i++) block_pred_add(n, copy, expr_of2(n, SC_SAME, copy->outs.at[i], s->keys.at[i]));
    block_pred_add(n, copy, copy->outs.at[s->keys.n]);
    copy->outs.n = 0;
    return expr_block(n, SC_EXISTS, copy, NULL, 0);
}

static void asks_answer(struct asks *a, struct source *s) {
    struct norm *n = a->n;
    struct exprs found = {0};
    bool taken = false; /* the first row that is asked for may be the one that stands for its group */
    for (size_t i = 0; i < a->count; i++) {
        bool here = !a->at[i].none && !taken;
        taken |= here;
        nexpr e = here ? a->at[i].cond : group_row(n, s, a->at[i].cond);
        exprs_add(n, &found, a->at[i].none ? expr_not(n, e) : e);
    }
    while (s->aggs.n) {
        source_column_remove(n, s, s->keys.n + s->aggs.n - 1);
        s->aggs.n--;
    }
    for (size_t i = 0; i < found.n; i++) block_pred_add(n, s->block, found.at[i]);
    step_add(n, "groups that are kept for what some or none of their rows say are distinct rows");
    source_simplify(n, NULL, s);
}

bool rule_having(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; b->preds.n && i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->kind != SRC_AGG || !s->grouped || s->n_sets || s->aggs.n == 0 || s->keys.n == 0 || s->block->empty) continue;
        struct asks a = {.n = n, .s = s};
        struct exprs used = {0};
        if (!groups_asked(&a, b, &used)) continue;
        bool copies = a.count > 1 || a.at[0].none;
        if (copies && !simple_rows(s->block)) continue;
        for (size_t k = b->preds.n; k-- > 0;)
            if (exprs_have(&used, b->preds.at[k])) exprs_remove(&b->preds, k);
        asks_answer(&a, s);
        return true;
    }
    return false;
}
