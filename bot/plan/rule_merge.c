/* rule_merge.c - where duplicates do not count, branches of a UNION over the same rows are one branch that keeps what either keeps. */
#include "normal_core.h"

#define MERGE_SOURCES_MAX  6
#define MERGE_BRANCHES_MAX 16

static bool tables_only(const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_TABLE) return false;
    return b->n_items == 0 && !b->empty && b->n_sources > 0 && b->n_sources <= MERGE_SOURCES_MAX;
}

static int column_like(const struct norm *n, const struct source *s, int column) {
    for (size_t i = 0; i < s->n_columns; i++)
        if (strcmp(n->columns.at[s->columns[i]].name, n->columns.at[column].name) == 0) return s->columns[i];
    return -1;
}

static bool source_sends(struct norm *n, const struct source *from, const struct source *to) {
    if (strcmp(from->name, to->name) != 0 || from->n_columns != to->n_columns) return false;
    for (size_t i = 0; i < from->n_columns; i++)
        if (column_like(n, to, from->columns[i]) < 0) return false;
    return true;
}

static bool pinned(const struct exprs *preds, nexpr column, nexpr literal) {
    for (size_t i = 0; i < preds->n; i++) {
        nexpr p = preds->at[i];
        if (p->op == SC_EQ && ((p->args[0] == column && p->args[1] == literal) || (p->args[1] == column && p->args[0] == literal))) return true;
    }
    return false;
}

/* An output that both branches give: the same expression, or a column that is `x` or `y` by the conditions of the branch. NULL: none. */
static nexpr out_met(struct norm *n, const struct exprs *a, nexpr x, const struct exprs *b, nexpr y) {
    if (x == y) return x;
    if (expr_is_literal(y) && !expr_is_literal(x)) return pinned(b, x, y) ? x : NULL;
    if (expr_is_literal(x) && !expr_is_literal(y)) return pinned(a, y, x) ? y : NULL;
    if (!expr_is_literal(x) || expr_is_null(x) || expr_is_null(y)) return NULL;
    for (size_t i = 0; i < a->n; i++)
        for (int k = 0; k < 2 && a->at[i]->op == SC_EQ; k++) {
            nexpr column = a->at[i]->args[k];
            if (a->at[i]->args[1 - k] == x && column->op == SC_COLUMN && pinned(b, column, y) && class_eligible(n, column, x)) return column;
        }
    return NULL;
}

/* The other branch in terms of this one's sources, by the choice made; false when its outputs are not the same then. */
static bool outs_meet(struct norm *n, struct block *a, struct block *b, const size_t *choice) {
    replace_begin(n);
    for (size_t i = 0; i < b->n_sources; i++)
        for (size_t k = 0; k < b->sources[i]->n_columns; k++) {
            int to = column_like(n, a->sources[choice[i]], b->sources[i]->columns[k]);
            replace_set(n, b->sources[i]->columns[k], expr_column(n, to));
        }
    struct exprs preds = {0}, outs = {0};
    for (size_t i = 0; i < b->preds.n; i++) exprs_add(n, &preds, expr_replace(n, b->preds.at[i]));
    bool meet = a->outs.n == b->outs.n;
    for (size_t i = 0; i < a->outs.n && meet; i++) {
        nexpr both = out_met(n, &a->preds, a->outs.at[i], &preds, expr_replace(n, b->outs.at[i]));
        meet = both != NULL;
        if (meet) exprs_add(n, &outs, both);
    }
    if (meet) block_replace(n, b);
    replace_end(n);
    if (meet) a->outs = outs;
    return meet;
}

static bool branch_sends(struct norm *n, struct block *a, struct block *b, size_t *choice, size_t at) {
    if (work_spent(n, 1)) return false;
    if (at == b->n_sources) return outs_meet(n, a, b, choice);
    for (size_t i = 0; i < a->n_sources; i++) {
        bool taken = false;
        for (size_t k = 0; k < at; k++) taken |= choice[k] == i;
        if (taken || !source_sends(n, b->sources[at], a->sources[i])) continue;
        choice[at] = i;
        if (branch_sends(n, a, b, choice, at + 1)) return true;
    }
    return false;
}

/* Sources that give no output only filter, where duplicates do not count. */
static struct block *branch_alone(struct norm *n, const struct context *ctx, const struct block *branch) {
    struct block *b = block_clone(n, branch), *rest = block_new(n);
    size_t kept = 0;
    for (size_t i = 0; i < b->n_sources; i++) {
        struct block one = {.n_sources = 1, .sources = &b->sources[i]};
        bool gives = false;
        for (size_t k = 0; k < b->outs.n; k++) gives |= expr_touches(n, &one, b->outs.at[k]);
        if (gives) b->sources[kept++] = b->sources[i];
        else block_source_add(n, rest, b->sources[i]);
    }
    if (kept == 0 || rest->n_sources == 0) return NULL;
    b->n_sources = kept;
    struct exprs preds = b->preds;
    b->preds = (struct exprs){0};
    for (size_t i = 0; i < preds.n; i++) exprs_add(n, expr_touches(n, rest, preds.at[i]) ? &rest->preds : &b->preds, preds.at[i]);
    struct context here = {.outer = ctx->outer, .block = b};
    block_pred_add(n, b, expr_truth(n, &here, expr_block(n, SC_EXISTS, rest, NULL, 0)));
    return b;
}

/* `a` takes in the rows of `b`, which is used up. */
static bool pair_merge(struct norm *n, const struct context *ctx, struct block *a, struct block *b) {
    size_t choice[MERGE_SOURCES_MAX];
    if (a->n_sources != b->n_sources || !branch_sends(n, a, b, choice, 0)) return false;
    nexpr either = expr_or2(n, expr_junction(n, SC_AND, a->preds.at, a->preds.n), expr_junction(n, SC_AND, b->preds.at, b->preds.n));
    a->preds = (struct exprs){0};
    block_pred_add(n, a, either);
    block_simplify(n, ctx->outer, a);
    step_add(n, "branches of UNION over the same rows are one branch");
    return true;
}

static struct block *branches_meet(struct norm *n, const struct context *ctx, const struct block *a, const struct block *b) {
    struct block *into = block_clone(n, a);
    if (pair_merge(n, ctx, into, block_clone(n, b))) return into;
    struct block *alone = branch_alone(n, ctx, a), *other = branch_alone(n, ctx, b);
    if (!alone && !other) return NULL;
    into = alone ? alone : into;
    return pair_merge(n, ctx, into, other ? other : block_clone(n, b)) ? into : NULL;
}

/* Branches of UNION ALL that no row is in both of are one branch that keeps what either keeps. */
bool branches_disjoint(struct norm *n, struct source *s) {
    size_t choice[MERGE_SOURCES_MAX];
    if (s->kind != SRC_SETOP || s->setop != RELSET_UNION || !s->all || s->n_branches > MERGE_BRANCHES_MAX) return false;
    for (size_t i = 0; i < s->n_branches; i++)
        for (size_t k = i + 1; k < s->n_branches; k++) {
            if (!tables_only(s->branches[i]) || !tables_only(s->branches[k]) || s->branches[i]->n_sources != s->branches[k]->n_sources) continue;
            struct block *a = block_clone(n, s->branches[i]), *b = block_clone(n, s->branches[k]);
            if (!branch_sends(n, a, b, choice, 0)) continue;
            struct exprs all = {0};
            for (size_t m = 0; m < a->preds.n; m++) exprs_add(n, &all, a->preds.at[m]);
            for (size_t m = 0; m < b->preds.n; m++) exprs_add(n, &all, b->preds.at[m]);
            if (!preds_contradict(n, &all)) continue;
            nexpr either = expr_or2(n, expr_junction(n, SC_AND, a->preds.at, a->preds.n), expr_junction(n, SC_AND, b->preds.at, b->preds.n));
            a->preds = (struct exprs){0};
            block_pred_add(n, a, either);
            block_simplify(n, NULL, a);
            s->branches[i] = a;
            memmove(&s->branches[k], &s->branches[k + 1], (s->n_branches - k - 1) * sizeof *s->branches);
            s->n_branches--;
            source_refresh(n, s);
            step_add(n, "branches of UNION ALL that no row is in both of are one branch");
            return true;
        }
    return false;
}

bool branches_merge(struct norm *n, const struct context *ctx, struct source *s) {
    if (s->kind != SRC_SETOP || s->setop != RELSET_UNION || !s->all || s->n_branches > MERGE_BRANCHES_MAX) return false;
    for (size_t i = 0; i < s->n_branches; i++)
        for (size_t k = i + 1; k < s->n_branches; k++) {
            if (!tables_only(s->branches[i]) || !tables_only(s->branches[k])) continue;
            struct block *both = branches_meet(n, ctx, s->branches[i], s->branches[k]);
            if (!both) continue;
            s->branches[i] = both;
            memmove(&s->branches[k], &s->branches[k + 1], (s->n_branches - k - 1) * sizeof *s->branches);
            s->n_branches--;
            source_refresh(n, s);
            return true;
        }
    return false;
}
