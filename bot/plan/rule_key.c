/* rule_key.c - what determines what: keys of tables and groups, carried through equalities; and what falls away because of it. */
#include "normal_core.h"

struct closure {
    struct norm *n;
    const struct block *top;
    struct exprs known;
    struct exprs matched;       /* known of the rows that a left join finds; where it finds none, they are NULL */
    const struct block *inside; /* of the left join that is looked into; the top otherwise */
    int depth;
    VEC(int) fixed; /* ids of sources of which at most one row is left */
    bool null_safe; /* rows are compared as DISTINCT does: a NULL equals a NULL */
};

static bool is_fixed(const struct closure *c, const struct source *s) {
    for (size_t i = 0; i < c->fixed.n; i++)
        if (c->fixed.at[i] == s->id) return true;
    return false;
}

static bool known_expr(struct closure *c, nexpr e);

struct known_ask {
    struct closure *c;
};

#define SETTLED_DEPTH_MAX 40

static bool known_column(void *ctx, int column);

static bool holds_block(const struct block *b, const struct block *inner) {
    if (b == inner) return true;
    for (size_t i = 0; i < b->n_items; i++)
        if (holds_block(b->items[i].block, inner)) return true;
    return false;
}

struct settled_ask {
    struct known_ask ask; /* first */
    const struct block *item;
};

static bool known_around(void *ctx, int column) {
    struct settled_ask *s = ctx;
    return block_owns(s->item, s->ask.c->n->columns.at[column].source) || known_column(&s->ask, column);
}

/* Is it decided whether the left joins of `b` on the way to `s` find a row: by conditions on what is known, and on their own columns? */
static bool settled(struct closure *c, const struct block *b, const struct source *s) {
    for (size_t i = 0; i < b->n_items; i++) {
        const struct block *item = b->items[i].block;
        if (!block_owns(item, s)) continue;
        struct settled_ask ask = {{c}, item};
        for (size_t k = 0; k < item->preds.n && !holds_block(item, c->inside); k++)
            if (!expr_columns(item->preds.at[k], known_around, &ask)) return false;
        return settled(c, item, s);
    }
    return true;
}

static bool known_column(void *ctx, int column) {
    struct closure *c = ((struct known_ask *)ctx)->c;
    const struct source *s = c->n->columns.at[column].source;
    nexpr e = expr_column(c->n, column);
    if (!block_owns(c->top, s) || exprs_have(&c->known, e)) return true; /* of an enclosing block: given */
    if (!is_fixed(c, s) && !exprs_have(&c->matched, e)) return false;
    c->depth++;
    bool known = c->depth < SETTLED_DEPTH_MAX && settled(c, c->top, s);
    c->depth--;
    return known;
}

static bool known_expr(struct closure *c, nexpr e) {
    if (e->op == SC_LITERAL || e->op == SC_PARAM || exprs_have(&c->known, e)) return true;
    if (e->op != SC_COLUMN && c->inside != c->top && exprs_have(&c->matched, e) && expr_local(c->n, c->inside, e)) return true;
    if (e->is_volatile || e->op == SC_AGG || e->op == SC_WINDOW || e->op == SC_GROUPING || e->op == SC_MATCHED) return false;
    if (e->op != SC_COLUMN && e->n == 0 && !e->block) return true;
    struct known_ask ask = {c};
    if (e->block) return expr_columns(e, known_column, &ask);
    if (e->op == SC_COLUMN) return known_column(&ask, e->column);
    for (size_t i = 0; i < e->n; i++)
        if (!known_expr(c, e->args[i])) return false;
    return true;
}

static bool source_column_known(struct closure *c, const struct source *s, size_t i) { return known_expr(c, expr_column(c->n, s->columns[i])); }

static bool table_key_known(struct closure *c, const struct block *b, const struct source *s) {
    if (!s->table) return false;
    for (size_t k = 0; k < s->table->keys.n; k++) {
        const struct schema_key *key = &s->table->keys.at[k];
        size_t found = 0;
        for (size_t i = 0; i < key->n; i++)
            for (size_t m = 0; m < s->n_columns; m++) {
                if (s->ordinals[m] != (int)key->columns[i] || !source_column_known(c, s, m)) continue;
                nexpr column = expr_column(c->n, s->columns[m]);
                const struct ncolumn *made = &c->n->columns.at[s->columns[m]];
                bool safe = !c->null_safe || !made->nullable || block_rejects(c->n, b, NULL, column) || column_declared(c->n, made);
                found += safe;
                break;
            }
        if (found != key->n || (key->origin != ORIGIN_VERIFIED && !norm_declared(c->n))) continue;
        if (key->origin != ORIGIN_VERIFIED) {
            struct buf text = buf_new(c->n->arena);
            for (size_t i = 0; i < key->n; i++)
                buf_printf(&text, "%s%s.%s", i ? ", " : "", s->name, str_lower(c->n->arena, str_of(s->table->columns.at[key->columns[i]].name)));
            assume_add(c->n, "%s %s unique (declared)", buf_str(&text), key->n > 1 ? "together are" : "is");
        }
        return true;
    }
    return false;
}

/* Inside of a window or limit: the outputs that are known outside are known inside. */
static bool inner_known(struct closure *c, const struct source *s, const struct exprs *passed) {
    struct exprs seed = {0};
    for (size_t i = 0; i < passed->n && i < s->n_columns; i++)
        if (source_column_known(c, s, i)) exprs_add(c->n, &seed, passed->at[i]);
    return block_determined(c->n, s->block, &seed, true);
}

/* No two grouping sets give the same keys: some key that only one of the two groups by is never NULL. */
static bool sets_apart(struct norm *n, const struct source *s) {
    struct context inner = {.block = s->block};
    uint64_t solid = 0;
    for (size_t i = 0; i < s->keys.n && i < 64; i++)
        if (!expr_nullable(n, &inner, s->keys.at[i])) solid |= (uint64_t)1 << i;
    for (size_t i = 0; i < s->n_sets; i++)
        for (size_t k = 0; k < i; k++)
            if (!((s->sets[i] ^ s->sets[k]) & solid)) return false;
    return true;
}

/* Outputs that can never be the same value: other literals, or NULL beside what is never NULL. */
static bool outs_apart(struct norm *n, const struct block *a, const struct block *b, size_t column) {
    nexpr x = a->outs.at[column], y = b->outs.at[column];
    struct context in_a = {.block = (struct block *)a}, in_b = {.block = (struct block *)b};
    int order;
    if (expr_is_null(x) != expr_is_null(y)) return expr_is_null(x) ? !expr_nullable(n, &in_b, y) : !expr_nullable(n, &in_a, x);
    return fold_compare(n, x, y, &order) && order != 0;
}

/* UNION ALL: each branch gives one row for the known columns at most, and no two branches the same ones. */
static bool union_known(struct closure *c, const struct source *s) {
    struct exprs seed = {0};
    bool *known = arena_array(c->n->arena, s->n_columns + 1, sizeof *known), any = false;
    for (size_t i = 0; i < s->n_columns; i++) any |= known[i] = source_column_known(c, s, i);
    if (!any || s->n_branches > NORMAL_BRANCHES_MAX) return false;
    for (size_t i = 0; i < s->n_branches; i++)
        for (size_t k = 0; k < i; k++) {
            bool apart = false;
            for (size_t m = 0; m < s->n_columns && !apart; m++) apart = known[m] && outs_apart(c->n, s->branches[i], s->branches[k], m);
            if (!apart || work_spent(c->n, 1)) return false;
        }
    for (size_t i = 0; i < s->n_branches; i++) {
        seed.n = 0;
        for (size_t m = 0; m < s->n_columns; m++)
            if (known[m]) exprs_add(c->n, &seed, s->branches[i]->outs.at[m]);
        if (!block_determined(c->n, s->branches[i], &seed, true)) return false;
    }
    return true;
}

static bool group_known(struct closure *c, const struct source *s) {
    bool all = true;
    for (size_t i = 0; i < s->keys.n && all; i++) all = source_column_known(c, s, i) || (!s->n_sets && expr_is_literal(s->keys.at[i]));
    return s->n_sets ? all && sets_apart(c->n, s) : all || inner_known(c, s, &s->keys);
}

/* Is all that a source looks at beside it (LATERAL, a sub-query that became a join) decided? Else even its one row is another each time. */
static bool surroundings_known(struct closure *c, const struct source *s) {
    struct block one = {.n_sources = 1, .sources = (struct source **)&s};
    struct known_ask ask = {c};
    return (!s->block && !s->n_branches) || block_columns(&one, known_column, &ask);
}

static bool source_known(struct closure *c, const struct block *b, const struct source *s) {
    if (!surroundings_known(c, s)) return false;
    switch (s->kind) {
    case SRC_TABLE:
        return table_key_known(c, b, s);
    case SRC_AGG:
        return group_known(c, s);
    case SRC_SETOP:
        if (s->setop == RELSET_UNION && s->all) return union_known(c, s);
        if (s->setop == RELSET_UNION || s->all) return false;
        for (size_t i = 0; i < s->n_columns; i++)
            if (!source_column_known(c, s, i)) return false;
        return true;
    case SRC_LIMIT:
        if (s->limit && s->limit->op == SC_LITERAL && s->limit->lit.kind == VALUE_INT && s->limit->lit.i <= 1 && !s->name) return true;
        return inner_known(c, s, &s->block->outs);
    case SRC_WINDOW:
        return inner_known(c, s, &s->keys);
    default:
        return false;
    }
}

/* Is there one value of `to` that equals a value of `from`? Not when texts are compared as numbers or dates: '1' and '01' both equal 1. */
static bool equal_is_one(nexpr from, nexpr to) {
    enum type_kind f = from->type.kind, t = to->type.kind;
    if (f == t || f == TYPE_UNKNOWN || t == TYPE_UNKNOWN) return true;
    return t != TYPE_STRING && f != TYPE_FLOAT;
}

/* `mine` is the column of the sub-query's table that `e` is of another use of that table, the same one throughout. */
static bool own_column(const struct norm *n, nexpr mine, nexpr e, int *of) {
    if (mine->op != SC_COLUMN || e->op != SC_COLUMN) return false;
    const struct ncolumn *a = &n->columns.at[mine->column], *b = &n->columns.at[e->column];
    bool alike = b->source->kind == SRC_TABLE && strcmp(a->source->name, b->source->name) == 0 && strcmp(a->name, b->name) == 0;
    if (!alike || (*of && *of != b->source->id)) return false;
    *of = b->source->id;
    return true;
}

/* No row with the same k has a greater x: then k decides x. NULL when the conjunct says no such thing of a known k. */
static nexpr best_known(struct closure *c, const struct block *b, nexpr p) {
    const struct block *sub = p->op == SC_NOT && p->args[0]->op == SC_EXISTS ? p->args[0]->block : NULL;
    if (!sub || sub->n_sources != 1 || sub->n_items || sub->sources[0]->kind != SRC_TABLE) return NULL;
    struct context here = {.block = (struct block *)b}; /* a NULL is never beaten */
    nexpr best = NULL;
    int of = 0;
    for (size_t i = 0; i < sub->preds.n; i++) {
        nexpr q = sub->preds.at[i];
        if (q->op != SC_EQ && q->op != SC_LT) return NULL;
        size_t k = q->args[0]->op == SC_COLUMN && c->n->columns.at[q->args[0]->column].source->id == sub->sources[0]->id ? 0 : 1;
        if (!own_column(c->n, q->args[k], q->args[1 - k], &of) || (q->op == SC_LT && best)) return NULL;
        if (expr_nullable(c->n, &here, q->args[1 - k])) return NULL;
        if (q->op == SC_LT) best = q->args[1 - k];
        else if (!known_expr(c, q->args[1 - k])) return NULL;
    }
    return best;
}

/* One pass over the equalities and sources of `b`; `own` alone may become known (in an item, what the left side is stays as it is). */
static bool closure_pass(struct closure *c, const struct block *b) {
    bool changed = false;
    c->inside = b;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i], best = p->op == SC_NOT ? best_known(c, b, p) : NULL;
        if (best && !known_expr(c, best)) {
            exprs_add(c->n, &c->known, best);
            changed = true;
        }
        if (p->op != SC_EQ) continue;
        for (int k = 0; k < 2; k++) {
            nexpr from = p->args[k], to = p->args[1 - k];
            if (!equal_is_one(from, to) || !known_expr(c, from) || known_expr(c, to) || !(b == c->top || expr_local(c->n, b, to))) continue;
            exprs_add(c->n, b == c->top ? &c->known : &c->matched, to);
            changed = true;
        }
    }
    for (size_t i = 0; i < b->n_sources; i++) {
        if (is_fixed(c, b->sources[i]) || !source_known(c, b, b->sources[i])) continue;
        *vec_add(c->n->arena, &c->fixed) = b->sources[i]->id;
        changed = true;
    }
    for (size_t i = 0; i < b->n_items; i++)
        if (closure_pass(c, b->items[i].block)) changed = true;
    c->inside = c->top;
    return changed;
}

static bool all_fixed(const struct closure *c, const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (!is_fixed(c, b->sources[i])) return false;
    for (size_t i = 0; i < b->n_items; i++)
        if (!all_fixed(c, b->items[i].block)) return false;
    return true;
}

static struct closure closure_run(struct norm *n, struct block *b, const struct exprs *seed, bool null_safe) {
    struct closure c = {.n = n, .top = b, .inside = b, .null_safe = null_safe};
    for (size_t i = 0; seed && i < seed->n; i++) exprs_add(n, &c.known, seed->at[i]);
    while (closure_pass(&c, b) && !work_spent(n, 1)) continue;
    return c;
}

/* Assumptions made while asking in vain are taken back. */
static bool settle(struct norm *n, size_t before, bool answer) {
    if (!answer) n->assumes.n = before;
    return answer;
}

bool block_determined(struct norm *n, struct block *b, const struct exprs *seed, bool null_safe) {
    size_t before = n->assumes.n;
    if (b->empty) return true;
    struct closure c = closure_run(n, b, seed, null_safe);
    return settle(n, before, all_fixed(&c, b));
}

bool expr_determined(struct norm *n, struct block *b, const struct exprs *seed, nexpr e) {
    size_t before = n->assumes.n;
    if (b->empty) return true;
    struct closure c = closure_run(n, b, seed, true);
    return settle(n, before, known_expr(&c, e));
}

bool block_at_most_one(struct norm *n, struct block *b) { return block_determined(n, b, NULL, false); }

/* ------------------------------------------------------------ groups of one row */

/* The value of an aggregate over one row; NULL when that is not a plain expression. */
static nexpr aggregate_of_one(struct norm *n, nexpr e) {
    if (e->op != SC_AGG || e->filter || e->n > 1) return NULL;
    if (strcmp(e->name, "count") == 0) {
        if (e->n == 0) return expr_int(n, 1);
        return expr_case2(n, expr_of1(n, SC_IS_NULL, e->args[0]), expr_int(n, 0), expr_int(n, 1));
    }
    if (e->n == 1 && strcmp(e->name, "sum") == 0 && !expr_sums_to_itself(n, e->args[0])) return NULL;
    static const char *const same[] = {"sum", "min", "max", "bare", "the", "any_value"};
    for (size_t i = 0; e->n == 1 && i < sizeof same / sizeof *same; i++)
        if (strcmp(same[i], e->name) == 0) return e->args[0];
    return NULL;
}

static bool groups_of_one(struct norm *n, const struct context *ctx, size_t at) {
    struct block *b = ctx->block;
    struct source *s = b->sources[at];
    if (s->kind != SRC_AGG || s->n_sets || !s->grouped) return false;
    struct exprs values = {0};
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr v = aggregate_of_one(n, s->aggs.at[i]);
        if (!v) return false;
        exprs_add(n, &values, v);
    }
    if (!block_determined(n, s->block, &s->keys, true)) return false;
    block_source_drop(b, at);
    replace_begin(n);
    for (size_t i = 0; i < s->n_columns; i++) replace_set(n, s->columns[i], i < s->keys.n ? s->keys.at[i] : values.at[i - s->keys.n]);
    block_replace(n, b);
    replace_end(n);
    s->block->outs.n = 0;
    block_absorb(n, b, s->block);
    step_add(n, s->aggs.n ? "each group has one row: the aggregate is the row" : "rows are distinct already: DISTINCT falls away");
    return true;
}

struct only {
    const struct norm *n;
    const struct source *s;
    int but; /* uses of this column are fine */
};

static bool not_of(void *ctx, int column) {
    const struct only *only = ctx;
    return only->n->columns.at[column].source->id != only->s->id || column == only->but;
}

/* ------------------------------------------------------------ DISTINCT over joins that only filter */

/* e again, by way of equalities, without columns of the sources marked in `out`; NULL when it cannot be. */
static nexpr without_sources(struct norm *n, const struct block *b, nexpr e, const struct block *out) {
    if (!expr_touches(n, out, e)) return e;
    if (e->op != SC_COLUMN) return NULL;
    for (size_t i = 0; i < b->preds.n; i++)
        for (int k = 0; k < 2 && b->preds.at[i]->op == SC_EQ; k++) {
            nexpr other = b->preds.at[i]->args[1 - k];
            if (b->preds.at[i]->args[k] == e && !expr_touches(n, out, other) && class_eligible(n, e, other)) return other;
        }
    return NULL;
}

/* The sources that the grouping keys do not determine, when they can leave: no item may hang on them. */
static struct block *undetermined(struct norm *n, struct source *s) {
    struct block *b = s->block, *out = block_new(n);
    if (b->n_items) return NULL;
    struct closure c = closure_run(n, b, &s->keys, true);
    for (size_t i = 0; i < b->n_sources; i++)
        if (!is_fixed(&c, b->sources[i])) block_source_add(n, out, b->sources[i]);
    struct only ask = {.n = n, .but = -1};
    for (size_t i = 0; i < b->n_sources; i++) { /* what stays must not look into what goes */
        struct block one = {.n_sources = 1, .sources = &b->sources[i]};
        for (size_t k = 0; k < out->n_sources && !block_owns(out, b->sources[i]); k++) {
            ask.s = out->sources[k];
            if (!block_columns(&one, not_of, &ask)) return NULL;
        }
    }
    return out->n_sources && out->n_sources < b->n_sources ? out : NULL;
}

/* Distinct rows of D joined with U, where the rows of D are distinct by themselves and U gives no output, are the rows of D with a partner. */
static bool distinct_semi_join(struct norm *n, const struct context *ctx, size_t at) {
    struct source *s = ctx->block->sources[at];
    if (s->kind != SRC_AGG || s->aggs.n || s->n_sets || !s->grouped) return false;
    size_t before = n->assumes.n;
    struct block *b = s->block, *out = undetermined(n, s);
    if (!out) {
        n->assumes.n = before;
        return false;
    }
    struct exprs keys = {0};
    for (size_t i = 0; i < s->keys.n; i++) {
        nexpr e = without_sources(n, b, s->keys.at[i], out);
        if (!e) {
            n->assumes.n = before;
            return false;
        }
        exprs_add(n, &keys, e);
    }
    struct exprs preds = b->preds;
    b->preds = (struct exprs){0};
    for (size_t i = 0; i < preds.n; i++) exprs_add(n, expr_touches(n, out, preds.at[i]) ? &out->preds : &b->preds, preds.at[i]);
    size_t kept = 0;
    for (size_t i = 0; i < b->n_sources; i++)
        if (!block_owns(out, b->sources[i])) b->sources[kept++] = b->sources[i];
    b->n_sources = kept;
    s->keys = keys;
    block_pred_add(n, b, expr_block(n, SC_EXISTS, out, NULL, 0));
    step_add(n, "sources that only filter distinct rows are EXISTS");
    return groups_of_one(n, ctx, at) || true;
}

/* ------------------------------------------------------------ foreign keys */

static bool source_used_beside(const struct norm *n, const struct block *b, const struct source *s, int but) {
    struct only only = {n, s, but};
    for (size_t i = 0; i < b->preds.n; i++)
        if (!expr_columns(b->preds.at[i], not_of, &only)) return true;
    struct block rest = *b;
    rest.preds.n = 0;
    return !block_columns(&rest, not_of, &only);
}

/* Parent and child column equal to the same constant are equal: the child's column, when a foreign key leads from it to the parent. */
static nexpr child_of_constant(struct norm *n, const struct block *b, const struct source *parent, nexpr literal) {
    for (size_t i = 0; i < b->preds.n; i++)
        for (int k = 0; k < 2 && b->preds.at[i]->op == SC_EQ; k++) {
            nexpr c = b->preds.at[i]->args[k];
            if (b->preds.at[i]->args[1 - k] != literal || c->op != SC_COLUMN) continue;
            const struct source *child = n->columns.at[c->column].source;
            if (child->kind != SRC_TABLE || !child->table || child->id == parent->id || !block_owns(b, child)) continue;
            int from = child->ordinals[n->columns.at[c->column].ordinal];
            for (size_t f = 0; f < child->table->fks.n; f++)
                if (child->table->fks.at[f].n == 1 && child->table->fks.at[f].target == parent->table &&
                    (int)child->table->fks.at[f].columns[0] == from)
                    return c;
        }
    return NULL;
}

/* The parent of a foreign key, joined on it and not used otherwise, only says that the child's column is not NULL. */
static bool fk_parent(struct norm *n, struct block *b, size_t at, nexpr pred) {
    struct source *parent = b->sources[at];
    for (int side = 0; side < 2; side++) {
        nexpr p = pred->args[side], c = pred->args[1 - side];
        if (p->op != SC_COLUMN || n->columns.at[p->column].source->id != parent->id) continue;
        if (expr_is_literal(c)) c = child_of_constant(n, b, parent, c);
        if (!c || c->op != SC_COLUMN) continue;
        const struct source *child = n->columns.at[c->column].source;
        if (child->kind != SRC_TABLE || !child->table || child->id == parent->id) continue;
        int from = child->ordinals[n->columns.at[c->column].ordinal], to = parent->ordinals[n->columns.at[p->column].ordinal];
        for (size_t i = 0; i < child->table->fks.n; i++) {
            const struct schema_fk *fk = &child->table->fks.at[i];
            if (fk->n != 1 || fk->target != parent->table || (int)fk->columns[0] != from || (int)fk->target_columns[0] != to) continue;
            if (source_used_beside(n, b, parent, p->column)) continue;
            if (!norm_declared(n)) return false;
            struct exprs seed = {0};
            exprs_add(n, &seed, p);
            struct block alone = {.n_sources = 1, .sources = &parent};
            bool unique = block_determined(n, &alone, &seed, false);
            if (!unique || !class_eligible(n, p, c)) continue;
            if (fk->origin != ORIGIN_VERIFIED)
                assume_add(n, "%s.%s refers to %s (declared foreign key)", child->name, n->columns.at[c->column].name, parent->name);
            block_source_drop(b, at);
            for (size_t k = 0; k < b->preds.n; k++)
                if (b->preds.at[k] == pred) exprs_remove(&b->preds, k--);
            replace_begin(n);
            replace_set(n, p->column, c);
            block_replace(n, b);
            replace_end(n);
            block_pred_add(n, b, expr_not(n, expr_of1(n, SC_IS_NULL, c)));
            step_add(n, "dropped the join with %s: every row of %s has exactly one partner there", parent->name, child->name);
            return true;
        }
    }
    return false;
}

static bool foreign_keys(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++) {
        if (b->sources[i]->kind != SRC_TABLE || !b->sources[i]->table) continue;
        for (size_t k = 0; k < b->preds.n; k++)
            if (b->preds.at[k]->op == SC_EQ && fk_parent(n, b, i, b->preds.at[k])) return true;
    }
    return false;
}

/* ------------------------------------------------------------ grouping keys */

/* A key that the others determine is the same for all rows of its group. */
static bool keys_reduced(struct norm *n, struct source *s) {
    if (s->kind != SRC_AGG || s->n_sets) return false;
    bool changed = false;
    for (size_t i = 0; i < s->aggs.n; i++) {
        nexpr e = s->aggs.at[i];
        if (strcmp(e->name ? e->name : "", "bare") != 0 || !expr_determined(n, s->block, &s->keys, e->args[0])) continue;
        struct scalar the = *e;
        the.name = "the";
        the.is_volatile = false;
        s->aggs.at[i] = expr_make(n, the);
        changed = true;
    }
    return changed;
}

/* GROUP BY id, name, where id determines name, groups by id: name is then the one value of each group. */
static bool key_dependent(struct norm *n, struct block *b, struct source *s) {
    if (s->kind != SRC_AGG || s->n_sets || s->aggs.n == 0 || s->keys.n < 2) return false;
    for (size_t i = s->keys.n; i-- > 0;) {
        struct exprs others = {0};
        for (size_t k = 0; k < s->keys.n; k++)
            if (k != i) exprs_add(n, &others, s->keys.at[k]);
        nexpr key = s->keys.at[i];
        if (expr_is_literal(key) || !expr_determined(n, s->block, &others, key)) continue;
        int old = s->columns[i], made = ncolumn_new(n, s, key->type, n->columns.at[old].nullable);
        n->columns.at[made].fact = n->columns.at[old].fact;
        exprs_add(n, &s->aggs, expr_make(n, (struct scalar){.op = SC_AGG, .name = "the", .n = 1, .args = &key, .type = key->type, .nullable = true}));
        replace_begin(n);
        replace_set(n, old, expr_column(n, made));
        block_replace(n, b);
        replace_end(n);
        exprs_remove(&s->keys, i);
        source_column_remove(n, s, i);
        step_add(n, "dropped a grouping key that the others determine");
        return true;
    }
    return false;
}

bool rule_keys(struct norm *n, const struct context *ctx) {
    for (size_t i = 0; i < ctx->block->n_sources; i++) {
        if (keys_reduced(n, ctx->block->sources[i]) || key_dependent(n, ctx->block, ctx->block->sources[i])) return true;
        if (groups_of_one(n, ctx, i) || distinct_semi_join(n, ctx, i)) return true;
    }
    return rule_self(n, ctx) || foreign_keys(n, ctx) || rule_semi(n, ctx->block);
}
