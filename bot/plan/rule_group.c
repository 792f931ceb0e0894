/* rule_group.c - what is known of a group: it has a row, its keys decide more than themselves, and a sum is NULL where nothing was counted. */
#include "normal_core.h"

static bool named(nexpr e, const char *name) { return e->op == SC_AGG && e->name && strcmp(e->name, name) == 0 && !e->filter; }

static bool plain_groups(const struct source *s) { return s->kind == SRC_AGG && s->grouped && !s->n_sets; }

/* ------------------------------------------------------------ values that the keys decide */

/* MIN, MAX and kin of what is the same in the whole group are that value. */
static bool decided_values(struct norm *n, struct source *s) {
    static const char *const keeps[] = {"min", "max", "any_value", "bool_and", "bool_or"};
    bool changed = false;
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr e = s->aggs.at[i];
        bool fits = false;
        for (size_t k = 0; k < sizeof keeps / sizeof *keeps; k++) fits |= named(e, keeps[k]);
        if (!fits || e->n != 1 || e->n_order || e->args[0]->is_volatile || !expr_determined(n, s->block, &s->keys, e->args[0])) continue;
        struct scalar the = {.op = SC_AGG, .name = "the", .n = 1, .args = e->args, .type = e->type, .nullable = true};
        s->aggs.at[i] = expr_make(n, the);
        changed = true;
    }
    if (changed) step_add(n, "an aggregate of a value that the grouping keys decide is that value");
    return changed;
}

/* Groups of which only decided values are asked are distinct rows. */
static bool decided_to_keys(struct norm *n, struct source *s) {
    for (size_t i = 0; i < s->aggs.n; i++)
        if (!named(s->aggs.at[i], "the") || s->aggs.at[i]->n != 1) return false;
    if (s->aggs.n == 0) return false;
    for (size_t i = 0; i < s->aggs.n; i++) exprs_add(n, &s->keys, s->aggs.at[i]->args[0]);
    s->aggs.n = 0;
    step_add(n, "groups without a true aggregate are distinct rows");
    source_simplify(n, NULL, s);
    return true;
}

/* Values of one group are the same value in every use: not so -0.0 and 0.0, nor texts that a collation takes for equal. */
static bool key_exact(const struct norm *n, nexpr e) {
    bool folds = n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_TSQL;
    return e->type.kind != TYPE_FLOAT && !(folds && (e->type.kind == TYPE_STRING || e->type.kind == TYPE_UNKNOWN));
}

/* `e` computed from columns of grouping keys other than `skip`; NULL when it is not. */
static nexpr from_keys(struct norm *n, const struct source *s, size_t skip, nexpr e) {
    for (size_t i = 0; i < s->keys.n; i++)
        if (i != skip && s->keys.at[i] == e) return key_exact(n, e) ? expr_column(n, s->columns[i]) : NULL;
    if (expr_is_literal(e) || e->op == SC_PARAM) return e;
    if (e->block || e->filter || e->window || e->n_order || e->is_volatile || e->n == 0) return NULL;
    nexpr *args = arena_array(n->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++)
        if (!(args[i] = from_keys(n, s, skip, e->args[i]))) return NULL;
    return expr_with(n, e, args);
}

/* GROUP BY x, x + 1 groups by x: the other is computed from it afterwards. */
static bool computed_key(struct norm *n, struct block *b, struct source *s) {
    for (size_t i = s->n_columns; i-- > 0;) {
        bool key = i < s->keys.n;
        nexpr e = key ? s->keys.at[i] : s->aggs.at[i - s->keys.n];
        if (!key && (!named(e, "the") || e->n != 1)) continue;
        if (!key) e = e->args[0];
        nexpr value = e->op == SC_LITERAL || (key && e->op == SC_COLUMN) ? NULL : from_keys(n, s, key ? i : s->keys.n, e);
        if (!value) continue;
        replace_begin(n);
        replace_set(n, s->columns[i], value);
        block_replace(n, b);
        replace_end(n);
        exprs_remove(key ? &s->keys : &s->aggs, key ? i : i - s->keys.n);
        source_column_remove(n, s, i);
        step_add(n, "dropped a grouping key that is computed from the others");
        return true;
    }
    return false;
}

/* ------------------------------------------------------------ counts */

/* What a column counts: the aggregate or window function; NULL when the expression is no such column. */
static nexpr made_by(const struct norm *n, nexpr e, const struct source **of) {
    if (e->op != SC_COLUMN) return NULL;
    const struct ncolumn *c = &n->columns.at[e->column];
    if ((c->source->kind != SRC_AGG && c->source->kind != SRC_WINDOW) || c->ordinal < c->source->keys.n) return NULL;
    *of = c->source;
    return c->source->aggs.at[c->ordinal - c->source->keys.n];
}

/* The least that a count or number can be; -1: it is none. */
static int least_of(const struct norm *n, nexpr e) {
    const struct source *s;
    nexpr made = made_by(n, e, &s);
    if (!made) return -1;
    if (made->op == SC_WINDOW) {
        const char *name = made->args[0]->name ? made->args[0]->name : "";
        return strcmp(name, "row_number") == 0 || strcmp(name, "rank") == 0 || strcmp(name, "dense_rank") == 0 ? 1 : -1;
    }
    if (!named(made, "count")) return -1;
    return made->n == 0 && !made->distinct && plain_groups(s) ? 1 : 0;
}

/* A comparison that holds for every count from `least` on, or for none. A count of a left-join item is NULL where nothing matched. */
nexpr count_compared(struct norm *n, const struct context *ctx, nexpr e, bool truth) {
    if (e->op < SC_EQ || e->op > SC_LE || e->n != 2) return e;
    bool left = expr_is_literal(e->args[1]);
    nexpr x = e->args[left ? 0 : 1], lit = e->args[left ? 1 : 0];
    if (lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT || lit->lit.s.n) return e;
    int64_t least = least_of(n, x), at = lit->lit.i;
    if (least < 0) return e;
    bool strict = e->op == SC_LT, equals = e->op == SC_EQ || e->op == SC_NE;
    bool never = equals ? at < least : left && (strict ? at <= least : at < least);
    bool always = !equals && !left && (strict ? at < least : at <= least);
    if (e->op == SC_NE && never) never = false, always = true;
    if (never || always) {
        if (!expr_nullable(n, ctx, x)) return expr_bool(n, always);
        if (truth) return always ? expr_not(n, expr_of1(n, SC_IS_NULL, x)) : expr_bool(n, false);
        return e;
    }
    /* At its least: c <= 1 is c = 1, and c <> 1 is c >= 2. */
    if (at == least && e->op == SC_LE && left) return expr_of2(n, SC_EQ, x, lit);
    return at == least && e->op == SC_NE ? expr_of2(n, SC_LE, expr_int(n, at + 1), x) : e;
}

/* SUM, MIN or MAX of `arg` beside its count, of the same source; NULL: there is none. */
static nexpr value_beside(struct norm *n, const struct source *s, nexpr count) {
    bool spark = n->plan->dialect == DIALECT_SPARK || n->plan->dialect == DIALECT_DATABRICKS;
    nexpr arg = count->args[0];
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr e = s->aggs.at[i];
        bool sum = named(e, "sum") && !(spark && arg->type.kind == TYPE_DECIMAL); /* a sum that overflows is NULL there */
        if ((!sum && !named(e, "min") && !named(e, "max")) || e->n != 1 || e->args[0] != arg || e->is_volatile) continue;
        return expr_column(n, s->columns[s->keys.n + i]);
    }
    return NULL;
}

/* COUNT(x) = 0 is SUM(x) IS NULL, where both are at hand and the count is not NULL for want of a left join's match. */
static nexpr count_to_null(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->op < SC_EQ || e->op > SC_LE || e->n != 2) return e;
    bool left = expr_is_literal(e->args[1]);
    nexpr x = e->args[left ? 0 : 1], lit = e->args[left ? 1 : 0];
    const struct source *s;
    nexpr count = made_by(n, x, &s);
    if (!count || s->kind != SRC_AGG || !named(count, "count") || count->n != 1 || lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT) return e;
    int64_t at = lit->lit.i;
    bool none = (e->op == SC_EQ && at == 0) || (left && ((e->op == SC_LT && at == 1) || (e->op == SC_LE && at == 0)));
    bool some = (e->op == SC_NE && at == 0) || (!left && ((e->op == SC_LT && at == 0) || (e->op == SC_LE && at == 1)));
    nexpr value = none || some ? value_beside(n, s, count) : NULL;
    if (!value || expr_nullable(n, ctx, x)) return e;
    nexpr null = expr_of1(n, SC_IS_NULL, value);
    return none ? null : expr_not(n, null);
}

/* COALESCE(CASE WHEN c >= 1 THEN c END, 0) of a count is COALESCE(c, 0). */
static nexpr count_filled(struct norm *n, nexpr e) {
    nexpr c = e->op == SC_COALESCE && e->n == 2 ? e->args[0] : NULL;
    const struct source *s;
    if (!c || c->op != SC_CASE || c->n != 3 || !expr_is_null(c->args[2]) || e->args[1] != expr_int(n, 0)) return e;
    nexpr made = made_by(n, c->args[1], &s), cond = c->args[0]->op == SC_IS_TRUE ? c->args[0]->args[0] : c->args[0];
    if (!made || !named(made, "count") || cond != expr_of2(n, SC_LE, expr_int(n, 1), c->args[1])) return e;
    nexpr both[2] = {c->args[1], e->args[1]};
    return expr_with(n, e, both);
}

static nexpr counts_in(struct norm *n, const struct context *ctx, nexpr e) {
    if (e->n == 0 || e->op == SC_AGG || e->op == SC_WINDOW || e->window || work_spent(n, 1)) return e;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = counts_in(n, ctx, e->args[i]);
        same &= args[i] == e->args[i];
    }
    if (!same) e = expr_with(n, e, args);
    e = count_filled(n, e);
    nexpr known = count_compared(n, ctx, e, false);
    return known != e ? known : count_to_null(n, ctx, e);
}

static bool counts_known(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool changed = false;
    for (size_t i = 0; i < b->preds.n && !b->empty; i++) {
        struct context here = {.outer = ctx->outer, .block = b, .skip = b->preds.at[i]};
        nexpr e = counts_in(n, &here, b->preds.at[i]);
        if (e == b->preds.at[i]) continue;
        exprs_remove(&b->preds, i--);
        block_pred_add(n, b, e);
        changed = true;
    }
    for (size_t i = 0; i < b->outs.n; i++) {
        nexpr e = b->outs.at[i]->op == SC_AGG ? b->outs.at[i] : counts_in(n, ctx, b->outs.at[i]);
        changed |= e != b->outs.at[i];
        b->outs.at[i] = e;
    }
    if (changed) step_add(n, "a count is compared with what it can never be, or with none");
    return changed;
}

/* MIN(x) = MAX(x) says that the values of the group are one: COUNT(DISTINCT x) = 1. Of numbers and dates, and texts that are told apart by bytes. */
static bool extremes_equal(struct norm *n, struct block *b) {
    bool folds = n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_TSQL;
    for (size_t i = 0; i < b->preds.n; i++) {
        const struct source *s, *t;
        nexpr p = b->preds.at[i], x = p->op == SC_EQ ? made_by(n, p->args[0], &s) : NULL, y = x ? made_by(n, p->args[1], &t) : NULL;
        bool pair = y && s == t && plain_groups(s) && ((named(x, "min") && named(y, "max")) || (named(x, "max") && named(y, "min")));
        if (!pair || x->n != 1 || y->n != 1 || x->args[0] != y->args[0] || x->args[0]->is_volatile || x->distinct || y->distinct) continue;
        enum type_kind k = x->args[0]->type.kind;
        if (k != TYPE_INT && k != TYPE_DECIMAL && k != TYPE_DATE && (k != TYPE_STRING || folds)) continue;
        struct source *own = (struct source *)s;
        nexpr count =
            expr_make(n, (struct scalar){.op = SC_AGG, .name = "count", .n = 1, .args = x->args, .distinct = true, .type = {TYPE_INT, 64, 0}});
        nexpr made = NULL;
        for (size_t m = 0; m < own->aggs.n && !made; m++)
            if (own->aggs.at[m] == count) made = expr_column(n, own->columns[own->keys.n + m]);
        if (!made) {
            exprs_add(n, &own->aggs, count);
            made = expr_column(n, ncolumn_new(n, own, count->type, false));
        }
        exprs_remove(&b->preds, i);
        block_pred_add(n, b, expr_of2(n, SC_EQ, made, expr_int(n, 1)));
        step_add(n, "the least value of a group is its greatest where it has one");
        return true;
    }
    return false;
}

bool rule_group(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool some = false;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        some |= s->kind == SRC_AGG || s->kind == SRC_WINDOW;
        if (!plain_groups(s)) continue;
        if (computed_key(n, b, s) || decided_to_keys(n, s) || decided_values(n, s)) return true;
    }
    return some && (extremes_equal(n, b) || counts_known(n, ctx));
}
