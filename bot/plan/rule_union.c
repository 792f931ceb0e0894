/* rule_union.c - columns of UNION ALL: a number written in one branch has the type of the column, not its own. */
#include "normal_core.h"

/* A whole number, bare or cast to a decimal that holds it; `scale` is that of the cast. */
static bool number_in(nexpr e, int64_t *value, int *scale) {
    nexpr lit = e;
    *scale = 0;
    if (e->op == SC_CAST && e->type.kind == TYPE_DECIMAL && e->type.precision) {
        lit = e->args[0];
        *scale = e->type.scale;
    }
    if (lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT || lit->lit.s.n || lit->lit.i > INT32_MAX || lit->lit.i < INT32_MIN) return false;
    int64_t most = 1;
    for (int i = 0; lit != e && i < e->type.precision - e->type.scale && most < INT64_MAX / 10; i++) most *= 10;
    *value = lit->lit.i;
    return lit == e || (*value<most && * value> - most);
}

/* The largest scale of what the branches compute; -1 when some branch gives something else than decimals and written numbers. */
static int column_scale(const struct source *s, size_t column) {
    int most = -1, scale;
    int64_t value;
    for (size_t i = 0; i < s->n_branches; i++) {
        nexpr e = s->branches[i]->outs.at[column];
        if (number_in(e, &value, &scale) || expr_is_null(e)) continue;
        if (e->op == SC_LITERAL || e->type.kind != TYPE_DECIMAL || !e->type.precision) return -1;
        if (e->type.scale > most) most = e->type.scale;
    }
    return most;
}

static bool numbers_spell(struct norm *n, struct source *s) {
    bool changed = false;
    for (size_t c = 0; c < s->n_columns; c++) {
        int most = column_scale(s, c), scale;
        int64_t value;
        for (size_t i = 0; most >= 0 && i < s->n_branches; i++) {
            nexpr e = s->branches[i]->outs.at[c];
            if (!number_in(e, &value, &scale) || scale > most) continue;
            s->branches[i]->outs.at[c] = expr_int(n, value);
            changed |= e != s->branches[i]->outs.at[c];
        }
    }
    if (changed) step_add(n, "a number in a branch of UNION ALL takes the column's type");
    return changed;
}

/* Elsewhere the precision of a decimal, too, decides how many digits a quotient has. */
static bool only_scale_counts(enum dialect dialect) { return dialect == DIALECT_MYSQL || dialect == DIALECT_POSTGRES; }

bool rule_union(struct norm *n, const struct context *ctx) {
    bool changed = false;
    for (size_t i = 0; i < ctx->block->n_sources; i++) changed |= branches_disjoint(n, ctx->block->sources[i]);
    if (changed || !only_scale_counts(n->plan->dialect)) return changed;
    for (size_t i = 0; i < ctx->block->n_sources; i++) {
        struct source *s = ctx->block->sources[i];
        if (s->kind == SRC_SETOP && s->setop == RELSET_UNION && s->all && s->n_branches > 1) changed |= numbers_spell(n, s);
    }
    return changed;
}
