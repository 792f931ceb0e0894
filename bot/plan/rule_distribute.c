/* rule_distribute.c - blocks over UNION ALL become unions of blocks: branches in branches flattened, joins and conditions moved into them. */
#include "normal_core.h"

bool source_is_union_all(const struct source *s) { return s->kind == SRC_SETOP && s->setop == RELSET_UNION && s->all; }

/* VALUES rows are a union of one-row blocks. */
static bool values_open(struct norm *n, struct source *s) {
    if (s->kind != SRC_VALUES || s->n_rows > NORMAL_BRANCHES_MAX || s->n_rows == 0) return false;
    s->kind = SRC_SETOP;
    s->setop = RELSET_UNION;
    s->all = true;
    s->branches = arena_array(n->arena, s->n_rows, sizeof *s->branches);
    for (size_t r = 0; r < s->n_rows; r++) {
        s->branches[r] = block_new(n);
        for (size_t c = 0; c < s->n_columns; c++) exprs_add(n, &s->branches[r]->outs, s->rows[r * s->n_columns + c]);
    }
    s->n_branches = s->n_rows;
    s->n_rows = 0;
    return true;
}

/* What the branches have to give: outputs, or the arguments of aggregates over the block; literals stay above. */
static bool parts_collect(struct norm *n, const struct block *b, struct exprs *parts) {
    for (size_t i = 0; i < b->outs.n; i++) {
        nexpr e = b->outs.at[i];
        if (e->op == SC_WINDOW || e->op == SC_GROUPING || e->is_volatile || e->filter || e->n_order) return false;
        if (e->op != SC_AGG && e->op != SC_LITERAL) exprs_add(n, parts, e);
        for (size_t k = 0; e->op == SC_AGG && k < e->n; k++)
            if (e->args[k]->op != SC_LITERAL) exprs_add(n, parts, e->args[k]);
    }
    return true;
}

static bool is_identity(const struct norm *n, const struct block *b, const struct source *s) {
    if (b->n_sources != 1 || b->n_items || b->preds.n || b->empty) return false;
    struct exprs parts = {0};
    if (!parts_collect((struct norm *)n, b, &parts)) return false;
    for (size_t i = 0; i < parts.n; i++)
        if (parts.at[i]->op != SC_COLUMN || n->columns.at[parts.at[i]->column].source->id != s->id) return false;
    return true;
}

/* Its columns as they are, and constants: nothing is aggregated. */
static bool only_passes(const struct block *b) {
    for (size_t i = 0; i < b->outs.n; i++)
        if (b->outs.at[i]->op != SC_COLUMN && b->outs.at[i]->op != SC_LITERAL) return false;
    return true;
}

/* (A union all B) union all C: a branch that only passes a union on gives its branches. */
static bool union_flatten(struct norm *n, struct source *s) {
    for (size_t i = 0; i < s->n_branches; i++) {
        struct block *branch = s->branches[i];
        if (branch->n_sources != 1 || !source_is_union_all(branch->sources[0]) || !is_identity(n, branch, branch->sources[0])) continue;
        if (!only_passes(branch)) continue;
        struct source *inner = branch->sources[0];
        if (s->n_branches + inner->n_branches > 4 * NORMAL_BRANCHES_MAX) return false;
        struct block **all = arena_array(n->arena, s->n_branches + inner->n_branches, sizeof *all);
        size_t count = 0;
        for (size_t k = 0; k < s->n_branches; k++)
            if (k != i) all[count++] = s->branches[k];
        for (size_t k = 0; k < inner->n_branches; k++) {
            struct block *from = inner->branches[k];
            struct exprs outs = {0};
            for (size_t c = 0; c < branch->outs.n; c++) {
                nexpr e = branch->outs.at[c];
                exprs_add(n, &outs, e->op == SC_LITERAL ? e : from->outs.at[n->columns.at[e->column].ordinal]);
            }
            from->outs = outs;
            all[count++] = from;
        }
        s->branches = all;
        s->n_branches = count;
        return true;
    }
    return false;
}

/* The whole block, with the union's branch k in its place: the other branches are not copied at all. */
static struct block *with_branch(struct norm *n, const struct block *b, size_t at, size_t k) {
    struct source *s = b->sources[at], alone = *s;
    struct block whole = *b;
    whole.sources = (struct source **)(void *)arena_copy(n->arena, b->sources, b->n_sources * sizeof *b->sources);
    whole.sources[at] = &alone;
    alone.branches = &s->branches[k];
    alone.n_branches = 1;
    struct block *copy = block_clone(n, &whole);
    for (size_t i = 0; i < s->n_columns; i++) n->columns.at[s->columns[i]].source = s;
    struct source *u = copy->sources[at];
    struct block *branch = u->branches[0];
    block_source_drop(copy, at);
    replace_begin(n);
    for (size_t i = 0; i < u->n_columns; i++) replace_set(n, u->columns[i], branch->outs.at[i]);
    block_replace(n, copy);
    replace_end(n);
    branch->outs.n = 0;
    block_absorb(n, copy, branch);
    return copy;
}

/* ------------------------------------------------------------ how much a copy is */

static size_t block_weight(const struct block *b);

static size_t expr_weight(nexpr e) {
    size_t weight = 1 + e->n_order;
    for (size_t i = 0; i < e->n && weight < NORMAL_COPIED_MAX; i++) weight += expr_weight(e->args[i]);
    return e->block ? weight + block_weight(e->block) : weight;
}

static size_t exprs_weight(const struct exprs *list) {
    size_t weight = 0;
    for (size_t i = 0; i < list->n && weight < NORMAL_COPIED_MAX; i++) weight += expr_weight(list->at[i]);
    return weight;
}

static size_t source_weight(const struct source *s) {
    size_t weight = 1 + s->n_columns + exprs_weight(&s->keys) + exprs_weight(&s->aggs) + exprs_weight(&s->on) + s->n_rows * s->n_columns;
    if (s->block) weight += block_weight(s->block);
    for (size_t i = 0; i < s->n_branches && weight < NORMAL_COPIED_MAX; i++) weight += block_weight(s->branches[i]);
    return weight;
}

/* How many sources, columns and expressions are in it; over NORMAL_COPIED_MAX it may say less than there are. */
static size_t block_weight(const struct block *b) {
    size_t weight = exprs_weight(&b->preds) + exprs_weight(&b->outs);
    for (size_t i = 0; i < b->n_sources && weight < NORMAL_COPIED_MAX; i++) weight += source_weight(b->sources[i]);
    for (size_t i = 0; i < b->n_items && weight < NORMAL_COPIED_MAX; i++) weight += block_weight(b->items[i].block);
    return weight;
}

/* Every branch gets a copy of all but the union. */
static bool copies_fit(const struct block *b, const struct source *s) {
    size_t all = block_weight(b), own = source_weight(s), rest = all > own ? all - own : 0;
    return all < NORMAL_COPIED_MAX && rest * s->n_branches <= NORMAL_COPIED_MAX;
}

/* The outputs again, over columns of the union. */
static void parts_restore(struct norm *n, struct block *b, struct source *out) {
    size_t at = 0;
    for (size_t i = 0; i < b->outs.n; i++) {
        nexpr e = b->outs.at[i];
        if (e->op == SC_LITERAL) continue;
        if (e->op != SC_AGG) {
            b->outs.at[i] = expr_column(n, out->columns[at++]);
            continue;
        }
        nexpr *args = arena_array(n->arena, (size_t)e->n + 1, sizeof *args);
        for (size_t k = 0; k < e->n; k++) args[k] = e->args[k]->op == SC_LITERAL ? e->args[k] : expr_column(n, out->columns[at++]);
        b->outs.at[i] = expr_with(n, e, args);
    }
}

/* A block over a union is the union of the block over each branch. */
static bool union_distribute(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block;
    struct source *s = b->sources[at];
    struct exprs parts = {0};
    if (!parts_collect(n, b, &parts) || is_identity(n, b, s) || s->n_branches > NORMAL_BRANCHES_MAX) return false;
    size_t others = 1;
    for (size_t i = 0; i < b->n_sources; i++)
        if (i != at && source_is_union_all(b->sources[i])) others *= b->sources[i]->n_branches;
    if (others * s->n_branches > NORMAL_BRANCHES_MAX || !copies_fit(b, s)) return false;
    struct source *out = source_new(n, SRC_SETOP, s->rel);
    out->setop = RELSET_UNION;
    out->all = true;
    out->branches = arena_array(n->arena, s->n_branches + 1, sizeof *out->branches);
    struct block whole = *b;
    whole.outs = parts;
    for (size_t k = 0; k < s->n_branches; k++) {
        out->branches[out->n_branches] = with_branch(n, &whole, at, k);
        block_simplify(n, ctx->outer, out->branches[out->n_branches]);
        out->n_branches++;
    }
    b->n_sources = b->n_items = b->preds.n = 0;
    for (size_t i = 0; i < parts.n; i++) (void)ncolumn_new(n, out, parts.at[i]->type, true);
    parts_restore(n, b, out);
    block_source_add(n, b, out);
    source_refresh(n, out);
    step_add(n, "moved conditions, joins and projections into the branches of UNION ALL");
    return true;
}

bool union_opened(struct norm *n, const struct context *ctx, size_t at) {
    struct source *s = ctx->block->sources[at];
    if (values_open(n, s)) return true;
    return source_is_union_all(s) && (union_flatten(n, s) || union_distribute(n, ctx, at));
}
