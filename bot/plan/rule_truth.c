/* rule_truth.c - conditions where only TRUE counts (WHERE, ON, HAVING, EXISTS): FALSE and NULL may be exchanged there, and nowhere else. */
#include "normal_core.h"

static nexpr null_of(struct norm *n, nexpr e) { return expr_of1(n, SC_IS_NULL, e); }

/* The outputs of a sub-query's block, with the block to add conditions to: a clone, so that the original stays as it is. */
static struct block *membership(struct norm *n, nexpr e, bool negated, enum scalar_op op) {
    struct block *b = block_clone(n, e->block);
    for (size_t i = 0; i < e->n && i < b->outs.n; i++) {
        nexpr left = e->args[i], right = b->outs.at[i], test = expr_of2(n, op, left, right);
        if (negated) test = expr_or2(n, test, expr_or2(n, null_of(n, left), null_of(n, right)));
        block_pred_add(n, b, test);
    }
    b->outs.n = 0;
    return b;
}

static enum scalar_op comparison_named(const char *name) {
    return strcmp(name, "=") == 0    ? SC_EQ
           : strcmp(name, "<>") == 0 ? SC_NE
           : strcmp(name, "<") == 0  ? SC_LT
           : strcmp(name, "<=") == 0 ? SC_LE
           : strcmp(name, ">") == 0  ? SC_GT
                                     : SC_GE;
}

/* Is there a row: a LIMIT of one row or more does not matter. */
static bool limit_opens(const struct block *b) {
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty || b->sources[0]->kind != SRC_LIMIT) return false;
    const struct source *s = b->sources[0];
    return !s->offset && !s->name && s->limit && s->limit->op == SC_LITERAL && s->limit->lit.kind == VALUE_INT && s->limit->lit.i >= 1;
}

static nexpr exists_of(struct norm *n, const struct context *ctx, struct block *b);

/* Takes out the conditions that say nothing of the sub-query's own rows: they hold for the whole of it. */
static nexpr conditions_given(struct norm *n, struct block *b) {
    nexpr all = expr_bool(n, true);
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i];
        if (expr_touches(n, b, p) || expr_has_op(p, SC_MATCHED) || p->is_volatile || b->n_sources == 0) continue;
        all = expr_and2(n, all, expr_of1(n, SC_IS_TRUE, p));
        exprs_remove(&b->preds, i--);
    }
    return all;
}

/* A row of a union is a row of one branch or of another. */
static nexpr exists_branches(struct norm *n, const struct context *ctx, const struct block *b) {
    const struct source *s = b->n_sources == 1 && !b->n_items && !b->preds.n ? b->sources[0] : NULL;
    if (!s || s->kind != SRC_SETOP || s->setop != RELSET_UNION || !s->all || s->n_branches > NORMAL_BRANCHES_MAX) return NULL;
    nexpr any = expr_bool(n, false);
    for (size_t i = 0; i < s->n_branches; i++) any = expr_or2(n, any, exists_of(n, ctx, block_clone(n, s->branches[i])));
    step_add(n, "EXISTS over a union is EXISTS over one branch or over another");
    return any;
}

/* The row of a sub-query with LIMIT or aggregate keeps its block whole: conditions go above its outputs, which are columns already. */
static nexpr exists_of(struct norm *n, const struct context *ctx, struct block *b) {
    b->outs.n = 0;
    if (ctx) {
        while (limit_opens(b)) b = b->sources[0]->block;
        b->outs.n = 0;
        do block_simplify(n, ctx, b);
        while (self_in_exists(n, ctx, b));
        block_set_context(n, ctx, b);
    }
    b->outs.n = 0;
    if (b->empty) return expr_bool(n, false);
    nexpr given = ctx ? conditions_given(n, b) : expr_bool(n, true);
    if (!expr_is_true(given)) return expr_and2(n, given, exists_of(n, ctx, b));
    nexpr known = ctx ? exists_known(n, ctx, b) : NULL;
    if (!known && ctx) known = exists_branches(n, ctx, b);
    if (known) return known;
    nexpr apart = ctx ? exists_apart(n, ctx, b) : NULL; /* TRUE or no: its parts may be unknown */
    if (apart) return expr_nullable(n, ctx, apart) ? expr_of1(n, SC_IS_TRUE, apart) : apart;
    if (b->n_sources == 0 && b->n_items == 0) return expr_of1(n, SC_IS_TRUE, expr_junction(n, SC_AND, b->preds.at, b->preds.n));
    return ctx ? exists_parts(n, b) : expr_block(n, SC_EXISTS, b, NULL, 0);
}

/* An EXISTS that the rules left as it is under the same surroundings is not taken through them again: each round of the block around it asks. */
static nexpr exists_again(struct norm *n, const struct context *ctx, nexpr e) {
    if (!ctx) return exists_of(n, ctx, block_clone(n, e->block));
    if (!n->settled) n->settled = arena_array(n->arena, SETTLED_SLOTS, sizeof *n->settled);
    uint64_t state = context_state(n, ctx);
    const struct settled *known = &n->settled[e->id % SETTLED_SLOTS];
    if (known->e == e && known->state == state) return e;
    nexpr out = exists_of(n, ctx, block_clone(n, e->block));
    if (out->op == SC_EXISTS) n->settled[out->id % SETTLED_SLOTS] = (struct settled){out, state};
    return out;
}

/* Where only TRUE counts. */
static nexpr only_true(nexpr e) { return e->op == SC_IS_TRUE ? e->args[0] : e; }

/* Where `e` does not hold: a comparison is false, or one of its sides is NULL. */
static nexpr not_true(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->op < SC_EQ || e->op > SC_GE || e->is_volatile) return expr_not(n, expr_of1(n, SC_IS_TRUE, e));
    nexpr any = expr_truth(n, ctx, expr_not(n, e));
    for (size_t i = 0; i < e->n; i++)
        if (expr_nullable(n, ctx, e->args[i])) any = expr_or2(n, any, null_of(n, e->args[i]));
    return any;
}

static nexpr truth_case(struct norm *n, const struct context *ctx, nexpr e) {
    nexpr any = expr_bool(n, false), before = expr_bool(n, true);
    for (size_t i = 0; i + 1 < e->n; i += 2) {
        nexpr arm = expr_truth(n, ctx, e->args[i + 1]);
        if (!expr_is_false(arm)) any = expr_or2(n, any, expr_and2(n, before, expr_and2(n, expr_truth(n, ctx, e->args[i]), arm)));
        before = expr_and2(n, before, expr_not(n, expr_of1(n, SC_IS_TRUE, e->args[i])));
    }
    nexpr last = expr_truth(n, ctx, e->args[e->n - 1]);
    return expr_is_false(last) ? any : expr_or2(n, any, expr_and2(n, before, last));
}

static nexpr truth_compare(struct norm *n, const struct context *ctx, nexpr e) {
    nexpr a = expr_value(n, ctx, e->args[0]), b = expr_value(n, ctx, e->args[1]);
    if (a == b && !a->is_volatile)
        return e->op == SC_EQ || e->op == SC_LE || e->op == SC_GE ? expr_truth(n, ctx, expr_not(n, null_of(n, a))) : expr_bool(n, false);
    if (a != e->args[0] || b != e->args[1]) e = expr_of2(n, e->op, a, b);
    nexpr date = date_equation(n, e);
    if (!date) date = calendar_within(n, ctx, e);
    if (date) return date;
    nexpr live = e->op >= SC_EQ && e->op <= SC_GE ? case_compared(n, e) : NULL;
    return live ? expr_truth(n, ctx, live) : count_compared(n, ctx, e, true);
}

static nexpr truth_coalesce(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->n == 2 && expr_is_false(e->args[1])) return expr_truth(n, ctx, e->args[0]);
    return e;
}

/* NOT of something that NNF cannot push further. */
static nexpr truth_not(struct norm *n, const struct context *ctx, nexpr e) {
    nexpr a = e->args[0];
    switch (a->op) {
    case SC_IN_QUERY:
        return expr_not(n, exists_of(n, ctx, membership(n, a, true, SC_EQ)));
    case SC_ANY:
        return expr_not(n, exists_of(n, ctx, membership(n, a, true, comparison_named(a->name))));
    case SC_IS_NULL: {
        nexpr x = expr_value(n, ctx, a->args[0]);
        if (!expr_nullable(n, ctx, x)) return expr_bool(n, true);
        return x == a->args[0] ? e : expr_not(n, null_of(n, x));
    }
    case SC_IS_TRUE: {
        nexpr x = expr_value(n, ctx, a->args[0]);
        if (!expr_nullable(n, ctx, x)) return expr_truth(n, ctx, expr_not(n, x));
        return not_true(n, ctx, x);
    }
    case SC_SAME:
        if (!expr_nullable(n, ctx, a->args[0]) && !expr_nullable(n, ctx, a->args[1])) return expr_of2(n, SC_NE, a->args[0], a->args[1]);
        return e;
    case SC_EXISTS:
        return expr_not(n, exists_again(n, ctx, a));
    case SC_CASE: { /* FALSE is what counts: negate the arms */
        nexpr *args = arena_array(n->arena, a->n, sizeof *args);
        for (size_t i = 0; i < a->n; i++) args[i] = i % 2 == 1 || i + 1 == a->n ? expr_not(n, a->args[i]) : a->args[i];
        return truth_case(n, ctx, expr_make(n, (struct scalar){.op = SC_CASE, .n = a->n, .args = args, .type = a->type}));
    }
    default: {
        nexpr x = expr_value(n, ctx, a);
        return x == a ? e : expr_not(n, x);
    }
    }
}

#define AND_PARTS_MAX 12

/* Within a condition too, a part that another one implies goes; `truth`: where only TRUE counts. */
static nexpr and_reduced(struct norm *n, nexpr e, bool truth) {
    if (e->op != SC_AND || e->n > AND_PARTS_MAX) return e;
    struct exprs kept = {0};
    for (size_t i = 0; i < e->n; i++) exprs_add(n, &kept, e->args[i]);
    if (truth && preds_contradict(n, &kept)) return expr_bool(n, false);
    for (size_t i = kept.n; i-- > 0;)
        if (pred_entailed(n, &kept, kept.at[i], kept.at[i])) exprs_remove(&kept, i);
    if (kept.n == e->n) return e;
    step_add(n, "dropped a condition that another one implies");
    return expr_junction(n, SC_AND, kept.at, kept.n);
}

nexpr expr_truth(struct norm *n, const struct context *ctx, nexpr e) {
    if (work_spent(n, 1)) return e;
    switch (e->op) {
    case SC_AND:
    case SC_OR: {
        nexpr *args = arena_array(n->arena, e->n, sizeof *args);
        bool same = true;
        for (size_t i = 0; i < e->n; i++) {
            args[i] = expr_truth(n, ctx, e->args[i]);
            same = same && args[i] == e->args[i];
        }
        if (!same) e = expr_junction(n, e->op, args, e->n);
        return e->op == SC_OR ? or_reduced(n, ctx, e) : and_reduced(n, e, true);
    }
    case SC_LITERAL:
        return expr_is_null(e) ? expr_bool(n, false) : e;
    case SC_NOT:
        return truth_not(n, ctx, e);
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
        return truth_compare(n, ctx, e);
    case SC_IS_TRUE:
        return expr_truth(n, ctx, e->args[0]);
    case SC_CASE:
        return truth_case(n, ctx, e);
    case SC_COALESCE:
        return truth_coalesce(n, ctx, e);
    case SC_IN_QUERY:
        return only_true(exists_of(n, ctx, membership(n, e, false, SC_EQ)));
    case SC_ANY:
        return only_true(exists_of(n, ctx, membership(n, e, false, comparison_named(e->name))));
    case SC_ALL: { /* no row for which the comparison is not TRUE */
        enum scalar_op op = comparison_named(e->name);
        static const enum scalar_op negated[] = {
            [SC_EQ] = SC_NE, [SC_NE] = SC_EQ, [SC_LT] = SC_GE, [SC_LE] = SC_GT, [SC_GT] = SC_LE, [SC_GE] = SC_LT};
        return expr_not(n, exists_of(n, ctx, membership(n, e, true, negated[op])));
    }
    case SC_EXISTS:
        return only_true(exists_again(n, ctx, e));
    case SC_IS_NULL: {
        nexpr x = expr_value(n, ctx, e->args[0]);
        if (!expr_nullable(n, ctx, x)) return expr_bool(n, false);
        return x == e->args[0] ? e : null_of(n, x);
    }
    case SC_SAME: /* one side that is never NULL is enough */
        if (!expr_nullable(n, ctx, e->args[0]) || !expr_nullable(n, ctx, e->args[1])) return expr_of2(n, SC_EQ, e->args[0], e->args[1]);
        return e;
    default:
        return expr_value(n, ctx, e);
    }
}

static nexpr value_in_query(struct norm *n, const struct context *ctx, nexpr e) {
    struct context inner = {.outer = ctx, .block = (struct block *)e->block};
    for (size_t i = 0; i < e->n && i < e->block->outs.n; i++)
        if (expr_nullable(n, ctx, e->args[i]) || expr_nullable(n, &inner, e->block->outs.at[i])) return e;
    return exists_of(n, ctx, membership(n, e, false, SC_EQ));
}

static nexpr value_count(struct norm *n, const struct context *ctx, nexpr e) {
    bool count = strcmp(e->name, "count") == 0 && e->n == 1 && !e->distinct && !e->filter;
    if (count && !expr_nullable(n, ctx, e->args[0])) {
        struct scalar star = *e;
        star.n = 0;
        return expr_make(n, star);
    }
    nexpr c = count && e->args[0]->op == SC_CASE ? e->args[0] : NULL, one = expr_int(n, 1);
    if (!c) return e;
    nexpr *args = arena_array(n->arena, c->n, sizeof *args); /* which value is counted has no say */
    for (size_t i = 0; i < c->n; i++) {
        bool value = i % 2 == 1 || i + 1 == c->n;
        args[i] = value && !expr_is_null(c->args[i]) ? one : c->args[i];
        if (value && args[i] != c->args[i] && expr_nullable(n, ctx, c->args[i])) return e;
    }
    nexpr flag = expr_make(n, (struct scalar){.op = SC_CASE, .n = c->n, .args = args, .type = one->type, .nullable = true});
    return flag == c ? e : expr_with(n, e, &flag);
}

/* What a window column computes; NULL when the expression is none. */
static nexpr window_of_column(const struct norm *n, nexpr e) {
    if (e->op != SC_COLUMN) return NULL;
    const struct ncolumn *c = &n->columns.at[e->column];
    if (c->source->kind != SRC_WINDOW || c->ordinal < c->source->keys.n) return NULL;
    return c->source->aggs.at[c->ordinal - c->source->keys.n];
}

static bool windows_alike(const struct window_spec *a, const struct window_spec *b) {
    if (a->n_partition != b->n_partition || a->n_order != b->n_order || a->unit != b->unit || a->start != b->start || a->end != b->end) return false;
    if (a->start_by != b->start_by || a->end_by != b->end_by || a->exclude || b->exclude) return false;
    for (size_t i = 0; i < a->n_partition; i++)
        if (a->partition[i] != b->partition[i]) return false;
    for (size_t i = 0; i < a->n_order; i++)
        if (a->order[i].expr != b->order[i].expr || a->order[i].descending != b->order[i].descending ||
            a->order[i].nulls_first != b->order[i].nulls_first)
            return false;
    return true;
}

/* CASE WHEN COUNT(x) OVER w > 0 THEN COALESCE(SUM(x) OVER w, 0) END is SUM(x) OVER w: some rewriters spell sums that way. */
static nexpr value_case(const struct norm *n, nexpr e) {
    if (e->n != 3 || !expr_is_null(e->args[2]) || (e->args[0]->op != SC_LT && e->args[0]->op != SC_LE) || e->args[1]->op != SC_COALESCE ||
        e->args[1]->n != 2)
        return e;
    nexpr bound = e->args[0]->args[0], other = e->args[1]->args[1];
    bool zeros = expr_is_literal(bound) && bound->lit.kind == VALUE_INT && bound->lit.i == (e->args[0]->op == SC_LE) && expr_is_literal(other) &&
                 (other->lit.kind == VALUE_INT || other->lit.kind == VALUE_DECIMAL) && other->lit.i == 0;
    nexpr count = window_of_column(n, e->args[0]->args[1]), sum = window_of_column(n, e->args[1]->args[0]);
    if (!zeros || !count || !sum || n->columns.at[e->args[0]->args[1]->column].source->id != n->columns.at[e->args[1]->args[0]->column].source->id)
        return e;
    nexpr c = count->args[0], s = sum->args[0];
    bool fits = c->op == SC_AGG && s->op == SC_AGG && strcmp(c->name, "count") == 0 && strcmp(s->name, "sum") == 0 && c->n == 1 && s->n == 1 &&
                c->args[0] == s->args[0] && !c->distinct && !s->distinct && !c->filter && !s->filter;
    return fits && windows_alike(count->window, sum->window) ? e->args[1]->args[0] : e;
}

nexpr expr_value(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->op == SC_COLUMN || e->op == SC_LITERAL || e->op == SC_PARAM || e->op == SC_MATCHED || work_spent(n, 1)) return e;
    if (e->op == SC_EXISTS) return exists_again(n, ctx, e);
    struct scalar out = *e;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        bool condition = e->op == SC_CASE && i % 2 == 0 && i + 1 < e->n;
        args[i] = condition || e->op == SC_IS_TRUE ? expr_truth(n, ctx, e->args[i]) : expr_value(n, ctx, e->args[i]);
        same = same && args[i] == e->args[i];
    }
    out.args = args;
    if (!same) e = expr_make(n, out);
    switch (e->op) {
    case SC_ANY:
    case SC_ALL: /* of no rows, whatever is compared */
        return e->block && e->block->empty ? expr_bool(n, e->op == SC_ALL) : e;
    case SC_IN_QUERY:
        if (e->block->empty) return expr_bool(n, false);
        return value_in_query(n, ctx, e);
    case SC_IS_NULL:
        return expr_nullable(n, ctx, e->args[0]) ? e : expr_bool(n, false);
    case SC_IS_TRUE:
        return expr_nullable(n, ctx, e->args[0]) ? e : e->args[0];
    case SC_AGG:
        return value_count(n, ctx, e);
    case SC_CASE:
        e = case_under(n, ctx, e);
        if (e->op == SC_CASE && e->n > 3) {
            nexpr condition = case_to_condition(n, ctx, e);
            if (condition) return expr_value(n, ctx, condition);
        }
        return e->op == SC_CASE ? value_case(n, case_turned(n, ctx, e)) : e;
    case SC_COALESCE:
        for (size_t i = 0; i + 1 < e->n; i++)
            if (!expr_nullable(n, ctx, e->args[i])) {
                struct scalar cut = *e;
                cut.n = (uint16_t)(i + 1);
                return expr_make(n, cut);
            }
        return e;
    case SC_AND:
        return expr_nullable(n, ctx, e) ? e : and_reduced(n, e, false);
    case SC_EQ:
    case SC_LE:
    case SC_NE:
    case SC_LT:
        if (e->args[0] == e->args[1] && !expr_nullable(n, ctx, e->args[0])) return expr_bool(n, e->op == SC_EQ || e->op == SC_LE);
        return e;
    case SC_SAME:
        if (!expr_nullable(n, ctx, e->args[0]) && !expr_nullable(n, ctx, e->args[1])) return expr_of2(n, SC_EQ, e->args[0], e->args[1]);
        return e;
    default:
        return e;
    }
}
