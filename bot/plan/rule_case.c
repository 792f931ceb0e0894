/* rule_case.c - CASE: arms that the conditions around it decide, arms that only guard against NULL, and comparisons with one live arm. */
#include "normal_core.h"

/* ------------------------------------------------------------ in any context */

#define GIVEN_DEPTH_MAX 12

/* `e` where `x` is known to be NULL, or known not to be. Sub-queries are left as they are. */
static nexpr given(struct norm *n, nexpr e, nexpr x, bool null, int depth) {
    if (e == x) return null ? expr_null(n, x->type) : e;
    if (e->n == 0 || e->block || e->filter || e->window || e->n_order || depth > GIVEN_DEPTH_MAX || work_spent(n, 1)) return e;
    if (!null && e->op == SC_IS_NULL && e->args[0] == x) return expr_bool(n, false);
    if (!null && e->op == SC_COALESCE && e->args[0] == x) return x;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = given(n, e->args[i], x, null, depth + 1);
        same &= args[i] == e->args[i];
    }
    return same ? e : expr_with(n, e, args);
}

static nexpr case_of(struct norm *n, nexpr like, nexpr cond, nexpr then, nexpr otherwise) {
    nexpr args[3] = {cond, then, otherwise};
    return expr_with(n, like, args);
}

static bool is_never_null(nexpr e) { return e->op == SC_IS_NULL || e->op == SC_EXISTS || e->op == SC_MATCHED || e->op == SC_SAME; }

/* CASE WHEN s <> 0 THEN x / s END is CASE WHEN s = 0 THEN NULL ELSE x / s END: where s is NULL both are. */
static bool null_beside(struct norm *n, nexpr cond, nexpr value) {
    if (cond->op != SC_NE || value->is_volatile) return false;
    for (size_t i = 0; i < 2; i++)
        if (!expr_is_literal(cond->args[i]) && !expr_is_null(given(n, value, cond->args[i], true, 0))) return false;
    return true;
}

nexpr case_settled(struct norm *n, nexpr e) {
    if (e->op != SC_CASE || e->n != 3) return e;
    nexpr cond = e->args[0], then = e->args[1], otherwise = e->args[2];
    if (expr_is_null(otherwise) && null_beside(n, cond, then)) return case_of(n, e, expr_not(n, cond), otherwise, then);
    if (cond->op == SC_IS_NULL) return case_of(n, e, expr_not(n, cond), otherwise, then);
    if (cond->op != SC_NOT || !is_never_null(cond->args[0])) return e;
    if (cond->args[0]->op != SC_IS_NULL) return case_of(n, e, cond->args[0], otherwise, then);
    nexpr x = cond->args[0]->args[0];
    if (x->is_volatile || expr_is_literal(x)) return e;
    then = given(n, then, x, false, 0);
    otherwise = given(n, otherwise, x, true, 0);
    if (then == x) {
        nexpr both[2] = {x, otherwise};
        return expr_make(n, (struct scalar){.op = SC_COALESCE, .n = 2, .args = both, .type = e->type});
    }
    if (given(n, then, x, true, 0) == otherwise) return then;
    return then == e->args[1] && otherwise == e->args[2] ? e : case_of(n, e, cond, then, otherwise);
}

/* CASE whose values are TRUE and FALSE, and whose conditions are never NULL, is a condition itself. */
nexpr case_to_condition(struct norm *n, const struct context *ctx, nexpr e) {
    for (size_t i = 0; i < e->n; i++) {
        bool value = i % 2 == 1 || i + 1 == e->n;
        if (value ? !expr_is_true(e->args[i]) && !expr_is_false(e->args[i]) : expr_nullable(n, ctx, e->args[i])) return NULL;
    }
    nexpr any = expr_bool(n, false), before = expr_bool(n, true);
    for (size_t i = 0; i + 1 < e->n; i += 2) {
        if (expr_is_true(e->args[i + 1])) any = expr_or2(n, any, expr_and2(n, before, e->args[i]));
        before = expr_and2(n, before, expr_not(n, e->args[i]));
    }
    return expr_is_true(e->args[e->n - 1]) ? expr_or2(n, any, before) : any;
}

/* ------------------------------------------------------------ where only TRUE counts */

/* A comparison with a CASE of which all but one value are NULL; NULL when it is none. */
nexpr case_compared(struct norm *n, nexpr e) {
    for (int k = 0; k < 2; k++) {
        nexpr c = e->args[k];
        if (c->op != SC_CASE || c->n != 3 || (!expr_is_null(c->args[1]) && !expr_is_null(c->args[2]))) continue;
        bool first = expr_is_null(c->args[2]);
        nexpr value = c->args[first ? 1 : 2];
        nexpr compared = k ? expr_of2(n, e->op, e->args[0], value) : expr_of2(n, e->op, value, e->args[1]);
        return expr_and2(n, first ? c->args[0] : expr_not(n, expr_of1(n, SC_IS_TRUE, c->args[0])), compared);
    }
    return NULL;
}

/* ------------------------------------------------------------ under the conditions of its block */

nexpr case_under(struct norm *n, const struct context *ctx, nexpr e) {
    if (!ctx || ctx->block->preds.n == 0) return e;
    nexpr *args = arena_array(n->arena, (size_t)e->n, sizeof *args);
    size_t kept = 0;
    bool settled = false;
    for (size_t i = 0; i + 1 < e->n && !settled; i += 2) {
        if (pred_contradicted(n, &ctx->block->preds, ctx->skip, e->args[i])) continue;
        settled = pred_entailed(n, &ctx->block->preds, ctx->skip, e->args[i]);
        if (!settled) args[kept++] = e->args[i];
        args[kept++] = e->args[i + 1];
    }
    if (!settled) args[kept++] = e->args[e->n - 1];
    if (kept == e->n) return e;
    if (kept == 1) return args[0];
    struct scalar out = *e;
    out.n = (uint16_t)kept;
    out.args = args;
    return expr_make(n, out);
}
