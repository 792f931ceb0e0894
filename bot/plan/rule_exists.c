/* rule_exists.c - EXISTS among the conjuncts: opened into a join where that cannot multiply rows, dropped where a source proves it. */
#include "normal_core.h"

/* Conjuncts of a sub-query that use none of its own columns hold or fail for the whole of it. */
static bool outer_conjuncts(struct norm *n, struct block *b, struct block *sub) {
    bool changed = false;
    for (size_t i = 0; i < sub->preds.n; i++) {
        if (expr_touches(n, sub, sub->preds.at[i]) || expr_has_op(sub->preds.at[i], SC_MATCHED)) continue;
        nexpr e = sub->preds.at[i];
        exprs_remove(&sub->preds, i--);
        block_pred_add(n, b, e);
        changed = true;
    }
    return changed;
}

static int column_like(const struct norm *n, const struct source *s, int column) {
    for (size_t i = 0; i < s->n_columns; i++)
        if (strcmp(n->columns.at[s->columns[i]].name, n->columns.at[column].name) == 0) return s->columns[i];
    return -1;
}

/* x = x holds where x is not NULL; of a conjunct inner = x, the sub-query itself says that x is not. */
static bool reflexive_follows(struct norm *n, const struct context *here, const struct block *sub, nexpr conjunct, nexpr x, struct exprs *needs) {
    if (!expr_nullable(n, here, x)) return true;
    bool said = conjunct->args[0] == x || conjunct->args[1] == x;
    if (!needs || !said || expr_touches(n, sub, x) || x->is_volatile) return false;
    exprs_add(n, needs, expr_not(n, expr_of1(n, SC_IS_NULL, x)));
    return true;
}

/* After replacing: does each conjunct of `sub` follow from those of `b`? x = x needs x to be not NULL: `needs` (or NULL) gets such demands. */
static bool conjuncts_follow(struct norm *n, const struct context *ctx, const struct block *sub, struct exprs *needs) {
    nexpr skip = ctx->skip;
    if (needs) needs->n = 0;
    for (size_t i = 0; i < sub->preds.n; i++) {
        nexpr e = expr_replace(n, sub->preds.at[i]);
        if ((e->op == SC_EQ || e->op == SC_LE) && e->args[0] == e->args[1]) {
            struct context here = {.outer = ctx->outer, .block = ctx->block, .skip = skip};
            if (!reflexive_follows(n, &here, sub, sub->preds.at[i], e->args[0], needs)) return false;
            continue;
        }
        if (expr_is_true(e)) continue;
        if (!pred_entailed(n, &ctx->block->preds, skip, e)) return false;
    }
    return true;
}

#define WITNESS_SOURCES_MAX 4

struct witness {
    const struct block *sub;
    int choice[WITNESS_SOURCES_MAX]; /* source of the sub-query -> source of the block */
    struct exprs *needs;
};

/* Tries to send sources `at`.. of the sub-query to sources of the block, same table to same table. */
static bool witness_from(struct norm *n, const struct context *ctx, struct witness *w, size_t at) {
    const struct block *sub = w->sub;
    struct block *b = ctx->block;
    if (work_spent(n, 1)) return false;
    if (at == sub->n_sources) {
        replace_begin(n);
        for (size_t i = 0; i < sub->n_sources; i++)
            for (size_t k = 0; k < sub->sources[i]->n_columns; k++) {
                const struct source *s = b->sources[w->choice[i]];
                int to = s->kind == SRC_TABLE ? column_like(n, s, sub->sources[i]->columns[k]) : s->columns[k];
                if (to >= 0) replace_set(n, sub->sources[i]->columns[k], expr_column(n, to));
            }
        bool follow = conjuncts_follow(n, ctx, sub, w->needs);
        replace_end(n);
        return follow;
    }
    for (size_t i = 0; i < b->n_sources; i++) {
        const struct source *s = b->sources[i], *t = sub->sources[at];
        if (s->kind != t->kind || (s->kind == SRC_TABLE ? strcmp(s->name, t->name) != 0 : !aggregates_alike(n, s, t))) continue;
        w->choice[at] = (int)i;
        if (witness_from(n, ctx, w, at + 1)) return true;
    }
    return false;
}

bool exists_witnessed(struct norm *n, const struct context *ctx, const struct block *sub, struct exprs *needs) {
    struct witness w = {.sub = sub, .needs = needs};
    if (sub->n_sources == 0 || sub->n_sources > WITNESS_SOURCES_MAX || sub->n_items || sub->empty) return false;
    for (size_t i = 0; i < sub->n_sources; i++)
        if (sub->sources[i]->kind != SRC_TABLE && sub->sources[i]->kind != SRC_AGG) return false;
    return witness_from(n, ctx, &w, 0);
}

/* Sources of `sub` that hang together with its first one by conjuncts. */
static struct block *component(struct norm *n, const struct block *sub) {
    struct block *part = block_new(n);
    block_source_add(n, part, sub->sources[0]);
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 1; i < sub->n_sources; i++) {
            if (block_owns(part, sub->sources[i])) continue;
            struct block one = {.n_sources = 1, .sources = &sub->sources[i]};
            bool linked = false;
            for (size_t k = 0; k < sub->preds.n && !linked; k++)
                linked = expr_touches(n, part, sub->preds.at[k]) && expr_touches(n, &one, sub->preds.at[k]);
            if (!linked) continue;
            block_source_add(n, part, sub->sources[i]);
            grown = true;
        }
    }
    return part;
}

static bool tables_only(const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_TABLE) return false; /* others may look at their neighbours */
    return b->n_items == 0 && !b->empty;
}

nexpr exists_parts(struct norm *n, struct block *sub) {
    nexpr all = expr_bool(n, true);
    while (sub->n_sources > 1 && tables_only(sub)) {
        struct block *part = component(n, sub), *rest = block_new(n);
        if (part->n_sources == sub->n_sources) break;
        for (size_t i = 0; i < sub->n_sources; i++)
            if (!block_owns(part, sub->sources[i])) block_source_add(n, rest, sub->sources[i]);
        for (size_t i = 0; i < sub->preds.n; i++)
            exprs_add(n, expr_touches(n, part, sub->preds.at[i]) ? &part->preds : &rest->preds, sub->preds.at[i]);
        all = expr_and2(n, all, expr_block(n, SC_EXISTS, part, NULL, 0));
        sub = rest;
        step_add(n, "EXISTS over unconnected sources is one EXISTS for each");
    }
    return expr_and2(n, all, expr_block(n, SC_EXISTS, sub, NULL, 0));
}

/* ------------------------------------------------------------ two sub-queries over one table */

static const struct source *lone_table(const struct block *b) {
    return b->n_sources == 1 && !b->n_items && !b->empty && b->sources[0]->kind == SRC_TABLE ? b->sources[0] : NULL;
}

nexpr exists_meets(struct norm *n, nexpr p, nexpr q) {
    const struct source *s = p->op == SC_EXISTS ? lone_table(p->block) : NULL, *t = q->op == SC_EXISTS ? lone_table(q->block) : NULL;
    if (!s || !t || strcmp(s->name, t->name) != 0) return NULL;
    for (size_t i = 0; i < t->n_columns; i++)
        if (column_like(n, s, t->columns[i]) < 0) return NULL;
    struct exprs other = {0}, common = {0}, mine = {0}, theirs = {0};
    bool linked = false;
    replace_begin(n);
    for (size_t i = 0; i < t->n_columns; i++) replace_set(n, t->columns[i], expr_column(n, column_like(n, s, t->columns[i])));
    for (size_t i = 0; i < q->block->preds.n; i++) exprs_add(n, &other, expr_replace(n, q->block->preds.at[i]));
    replace_end(n);
    for (size_t i = 0; i < p->block->preds.n; i++) {
        nexpr e = p->block->preds.at[i];
        bool both = exprs_have(&other, e);
        linked |= both && e->op == SC_EQ && !expr_local(n, p->block, e);
        exprs_add(n, both ? &common : &mine, e);
    }
    for (size_t i = 0; i < other.n; i++)
        if (!exprs_have(&common, other.at[i])) exprs_add(n, &theirs, other.at[i]);
    if (!linked || mine.n == 0 || theirs.n == 0) return NULL; /* one covers the other, or they ask for different rows */
    struct block whole = *p->block;
    exprs_add(n, &common, expr_or2(n, expr_junction(n, SC_AND, mine.at, mine.n), expr_junction(n, SC_AND, theirs.at, theirs.n)));
    whole.preds = common;
    struct block *made = block_clone(n, &whole);
    step_add(n, "EXISTS of one or of the other is EXISTS of either");
    return expr_block(n, SC_EXISTS, made, NULL, 0);
}

/* NOT EXISTS of one and NOT EXISTS of the other is NOT EXISTS of either. */
static bool absences_meet(struct norm *n, struct block *b) {
    for (size_t i = 0; i < b->preds.n; i++)
        for (size_t k = i + 1; k < b->preds.n; k++) {
            nexpr p = b->preds.at[i], q = b->preds.at[k];
            nexpr either = p->op == SC_NOT && q->op == SC_NOT ? exists_meets(n, p->args[0], q->args[0]) : NULL;
            if (!either) continue;
            exprs_remove(&b->preds, k);
            exprs_remove(&b->preds, i);
            block_pred_add(n, b, expr_not(n, either));
            return true;
        }
    return false;
}

/* ------------------------------------------------------------ alternatives over different sources */

#define APART_ARMS_MAX 6

/* Some source of `b` has a part in one alternative of `e` and none in another. */
static bool arms_differ(const struct norm *n, const struct block *b, nexpr e) {
    if (e->op != SC_OR || e->n > APART_ARMS_MAX) return false;
    for (size_t s = 0; s < b->n_sources; s++) {
        struct block one = {.n_sources = 1, .sources = &b->sources[s]};
        bool first = expr_touches(n, &one, e->args[0]);
        for (size_t i = 1; i < e->n; i++)
            if (expr_touches(n, &one, e->args[i]) != first) return true;
    }
    return false;
}

nexpr exists_apart(struct norm *n, const struct context *ctx, const struct block *sub) {
    size_t at = 0;
    while (at < sub->preds.n && !arms_differ(n, sub, sub->preds.at[at])) at++;
    if (sub->n_sources < 2 || at == sub->preds.n || !tables_only(sub)) return NULL;
    nexpr any = expr_bool(n, false);
    for (size_t i = 0; i < sub->preds.at[at]->n; i++) {
        struct block *copy = block_clone(n, sub);
        nexpr arm = copy->preds.at[at]->args[i];
        exprs_remove(&copy->preds, at);
        block_pred_add(n, copy, arm);
        if (!copy->empty) any = expr_or2(n, any, expr_truth(n, ctx, expr_block(n, SC_EXISTS, copy, NULL, 0)));
    }
    step_add(n, "EXISTS of alternatives is EXISTS of one or of the other");
    return expr_truth(n, ctx, any);
}

/* Where duplicates do not count: sources that one alternative alone speaks of are asked for there, instead of being joined. */
static bool alternatives_close(struct norm *n, struct block *b) {
    if (b->n_items || !tables_only(b)) return false;
    for (size_t p = 0; p < b->preds.n; p++) {
        if (!arms_differ(n, b, b->preds.at[p])) continue;
        struct block *rest = block_new(n);
        struct block others = *b;
        others.preds = (struct exprs){0};
        for (size_t i = 0; i < b->preds.n; i++)
            if (i != p) exprs_add(n, &others.preds, b->preds.at[i]);
        size_t kept = 0;
        for (size_t i = 0; i < b->n_sources; i++) {
            struct block one = {.n_sources = 1, .sources = &b->sources[i]};
            bool inside = expr_touches(n, &one, b->preds.at[p]);
            for (size_t k = 0; k < others.preds.n && inside; k++) inside = !expr_touches(n, &one, others.preds.at[k]);
            for (size_t k = 0; k < b->outs.n && inside; k++) inside = !expr_touches(n, &one, b->outs.at[k]);
            if (inside) block_source_add(n, rest, b->sources[i]);
        }
        if (rest->n_sources == b->n_sources || !arms_differ(n, rest, b->preds.at[p])) continue;
        for (size_t i = 0; i < b->n_sources; i++)
            if (!block_owns(rest, b->sources[i])) b->sources[kept++] = b->sources[i];
        b->n_sources = kept;
        exprs_add(n, &rest->preds, b->preds.at[p]);
        exprs_remove(&b->preds, p);
        block_pred_add(n, b, expr_block(n, SC_EXISTS, rest, NULL, 0));
        step_add(n, "sources that only one alternative speaks of are EXISTS in it");
        return true;
    }
    return false;
}

static bool exists_rules(struct norm *n, const struct context *ctx, size_t i) {
    struct block *b = ctx->block, *sub = (struct block *)b->preds.at[i]->block;
    nexpr e = b->preds.at[i];
    if (sub->empty) return block_set_empty(n, b), true;
    if (outer_conjuncts(n, b, sub)) return true;
    struct context here = {.outer = ctx->outer, .block = b, .skip = e};
    if (exists_witnessed(n, &here, sub, NULL)) {
        exprs_remove(&b->preds, i);
        step_add(n, "dropped an EXISTS that a row of the query itself proves");
        return true;
    }
    bool one = block_at_most_one(n, sub);
    if (!one) return false;
    exprs_remove(&b->preds, i);
    struct block *copy = block_clone(n, sub);
    copy->outs.n = 0;
    block_absorb(n, b, copy);
    step_add(n, "EXISTS over at most one row is a join");
    return true;
}

bool rule_exists(struct norm *n, const struct context *ctx) {
    for (size_t i = 0; i < ctx->block->preds.n; i++)
        if (ctx->block->preds.at[i]->op == SC_EXISTS && exists_rules(n, ctx, i)) return true;
    return absences_meet(n, ctx->block);
}

/* ------------------------------------------------------------ where duplicates do not count */

static bool exists_open(struct norm *n, struct block *b) {
    bool opened = false;
    for (size_t i = 0; i < b->preds.n;) {
        if (b->preds.at[i]->op != SC_EXISTS || b->empty) {
            i++;
            continue;
        }
        struct block *copy = block_clone(n, b->preds.at[i]->block);
        exprs_remove(&b->preds, i);
        copy->outs.n = 0;
        block_absorb(n, b, copy);
        opened = true;
    }
    if (opened) step_add(n, "EXISTS is a join where duplicates do not count");
    return opened;
}

static bool column_unused(const struct norm *n, const struct block *b, const struct source *s, size_t from) {
    (void)n;
    struct block rest = *b;
    (void)rest;
    for (size_t i = from; i < s->n_columns; i++) {
        int column = s->columns[i];
        for (size_t k = 0; k < b->outs.n; k++)
            if (b->outs.at[k]->op == SC_COLUMN && b->outs.at[k]->column == column) return false;
    }
    return true;
}

static bool distinct_open(struct norm *n, struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->kind != SRC_AGG || s->aggs.n || s->n_sets || !s->grouped || !column_unused(n, b, s, s->keys.n)) continue;
        block_source_drop(b, i);
        replace_begin(n);
        for (size_t k = 0; k < s->keys.n; k++) replace_set(n, s->columns[k], s->keys.at[k]);
        block_replace(n, b);
        replace_end(n);
        s->block->outs.n = 0;
        block_absorb(n, b, s->block);
        step_add(n, "an inner DISTINCT falls away where duplicates do not count");
        return true;
    }
    return false;
}

static bool in_item(const struct norm *n, const struct block *b, int item);

static bool expr_item(nexpr e, int item) {
    if (e->op == SC_MATCHED) return e->column == item;
    for (size_t i = 0; i < e->n; i++)
        if (expr_item(e->args[i], item)) return true;
    return e->block && in_item(NULL, e->block, item);
}

static bool in_item(const struct norm *n, const struct block *b, int item) {
    (void)n;
    for (size_t i = 0; i < b->preds.n; i++)
        if (expr_item(b->preds.at[i], item)) return true;
    for (size_t i = 0; i < b->outs.n; i++)
        if (expr_item(b->outs.at[i], item)) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (in_item(n, b->items[i].block, item)) return true;
    return false;
}

struct owner {
    const struct norm *n;
    const struct block *of;
};

static bool not_owned(void *ctx, int column) {
    const struct owner *o = ctx;
    return !block_owns(o->of, o->n->columns.at[column].source);
}

static bool items_drop(struct norm *n, struct block *b) {
    for (size_t i = 0; i < b->n_items; i++) {
        struct left_item item = b->items[i];
        struct owner owner = {n, item.block};
        memmove(&b->items[i], &b->items[i + 1], (b->n_items - i - 1) * sizeof *b->items);
        b->n_items--;
        if (block_columns(b, not_owned, &owner) && !in_item(n, b, item.id)) {
            step_add(n, "dropped a left join that only multiplies rows, where duplicates do not count");
            return true;
        }
        block_item_add(n, b, item);
        if (i + 1 == b->n_items) break;
    }
    return false;
}

/* A source all of whose conjuncts also hold for another use of its table adds nothing to the set. */
static bool source_folds(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block;
    struct source *s = b->sources[at];
    struct block one = {.n_sources = 1, .sources = &s};
    struct owner owner = {n, &one};
    if (s->kind != SRC_TABLE) return false;
    struct block rest = *b;
    rest.preds.n = 0;
    if (!block_columns(&rest, not_owned, &owner)) return false;
    struct block others = *b;
    others.preds = (struct exprs){0};
    for (size_t i = 0; i < b->preds.n; i++)
        exprs_add(n, expr_columns(b->preds.at[i], not_owned, &owner) ? &others.preds : &one.preds, b->preds.at[i]);
    others.sources = arena_array(n->arena, b->n_sources, sizeof *others.sources);
    others.n_sources = 0;
    for (size_t i = 0; i < b->n_sources; i++)
        if (i != at) others.sources[others.n_sources++] = b->sources[i];
    struct context here = {.outer = ctx->outer, .block = &others};
    struct exprs needs = {0};
    if (!exists_witnessed(n, &here, &one, &needs)) return false;
    block_source_drop(b, at);
    b->preds = others.preds;
    for (size_t i = 0; i < needs.n; i++) block_pred_add(n, b, needs.at[i]);
    step_add(n, "dropped a second use of %s that adds nothing where duplicates do not count", s->name);
    return true;
}

/* ------------------------------------------------------------ branches said twice */

/* Blocks of one fingerprint have one shape: what is in it without regard to who is who. It costs a fraction of the fingerprint. */
static uint64_t expr_shape(nexpr e) {
    uint64_t shape = (uint64_t)e->op * 31 + e->n;
    if (e->name) shape = shape * 31 + hash64(e->name, strlen(e->name));
    if (e->op == SC_LITERAL) shape = shape * 31 + (uint64_t)e->lit.kind + (uint64_t)e->lit.i * 7 + hash64(e->lit.s.p ? e->lit.s.p : "", e->lit.s.n);
    for (size_t i = 0; i < e->n; i++) shape += expr_shape(e->args[i]) * 0x9e3779b97f4a7c15u;
    return shape ^ shape >> 32;
}

static uint64_t block_shape(const struct block *b) {
    uint64_t shape = (uint64_t)b->n_sources << 16 | (uint64_t)b->n_items << 8 | b->empty;
    for (size_t i = 0; i < b->n_sources; i++) {
        const struct source *s = b->sources[i];
        shape += ((uint64_t)s->kind + 1) * 0x9e3779b97f4a7c15u;
        if (s->kind == SRC_TABLE) shape += hash64(s->name, strlen(s->name));
    }
    for (size_t i = 0; i < b->preds.n; i++) { /* equal columns are spelled as classes, however many conditions say it */
        nexpr e = b->preds.at[i];
        if (e->op != SC_EQ || e->args[0]->op != SC_COLUMN || e->args[1]->op != SC_COLUMN) shape += expr_shape(e) * 0xff51afd7ed558ccdu;
    }
    for (size_t i = 0; i < b->n_items; i++) shape += block_shape(b->items[i].block) * 0xc4ceb9fe1a85ec53u;
    for (size_t i = 0; i < b->outs.n; i++) shape = shape * 31 + expr_shape(b->outs.at[i]);
    return shape;
}

static struct hash128 branch_hash(struct norm *n, struct block *b) {
    struct hash128 *outs = arena_array(n->arena, b->outs.n + 1, sizeof *outs);
    struct hash128 h = root_hash(n, b, 1, outs);
    return hash128_mix(h, hash128(outs, b->outs.n * sizeof *outs));
}

struct branch_known {
    uint64_t shape;
    bool hashed;
    struct hash128 hash;
};

static struct hash128 branch_known_hash(struct norm *n, struct block *b, struct branch_known *known) {
    if (!known->hashed) known->hash = branch_hash(n, b);
    known->hashed = true;
    return known->hash;
}

/* Where duplicates do not count a branch said twice is said once, and each branch may be reduced as a set. */
static bool branches_as_sets(struct norm *n, const struct context *ctx, struct source *s, bool first) {
    if (s->kind != SRC_SETOP || s->setop != RELSET_UNION || !s->all) return false;
    for (size_t i = 0; first && i < s->n_branches; i++) block_set_context(n, ctx->outer, s->branches[i]);
    struct branch_known *known = arena_array(n->arena, s->n_branches + 1, sizeof *known);
    size_t kept = 0;
    for (size_t i = 0; i < s->n_branches; i++) {
        struct branch_known *now = &known[kept];
        *now = (struct branch_known){.shape = block_shape(s->branches[i])};
        bool twice = false;
        for (size_t k = 0; k < kept && !twice; k++)
            twice = known[k].shape == now->shape &&
                    hash128_eq(branch_known_hash(n, s->branches[k], &known[k]), branch_known_hash(n, s->branches[i], now));
        if (!twice) s->branches[kept++] = s->branches[i];
    }
    bool changed = kept != s->n_branches, nested = false;
    s->n_branches = kept;
    if (changed) step_add(n, "dropped a branch of UNION that stands there twice");
    for (size_t i = 0; first && i < kept; i++) nested |= s->branches[i]->n_sources == 1 && s->branches[i]->sources[0]->kind == SRC_SETOP;
    return changed || nested;
}

void block_set_context(struct norm *n, const struct context *outer, struct block *b) {
    struct context ctx = {.outer = outer, .block = b};
    bool any = false;
    for (int round = 0; round < 64 && !b->empty && !work_spent(n, 1); round++) {
        bool changed = alternatives_close(n, b) || exists_open(n, b) || distinct_open(n, b) || items_drop(n, b);
        for (size_t i = 0; i < b->n_sources && !changed; i++)
            changed = source_folds(n, &ctx, i) || branches_as_sets(n, &ctx, b->sources[i], round == 0) || branches_merge(n, &ctx, b->sources[i]);
        if (!changed) break;
        any = true;
        block_simplify(n, outer, b);
    }
    (void)any;
}
