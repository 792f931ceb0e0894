/* rule_twin.c - aggregates over the same rows side by side are one; conditions that all aggregates of a row have in common are WHERE. */
#include "normal_core.h"

#define TWIN_SOURCES_MAX 6

static bool skips_null(nexpr e) {
    static const char *const names[] = {"count", "sum", "min", "max", "avg"};
    for (size_t i = 0; e->op == SC_AGG && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], e->name) == 0) return e->n <= 1 && !e->filter && !e->n_order && !e->is_volatile;
    return false;
}

static nexpr aggregate_over(struct norm *n, nexpr like, nexpr arg) {
    struct scalar e = *like;
    e.n = arg ? 1 : 0;
    e.args = &arg;
    return expr_make(n, e);
}

/* ------------------------------------------------------------ conditions of all aggregates */

static size_t parts_of(const nexpr *cond, const nexpr **parts) {
    *parts = (*cond)->op == SC_AND ? (*cond)->args : cond;
    return (*cond)->op == SC_AND ? (*cond)->n : 1;
}

static bool has_part(nexpr cond, nexpr part) {
    const nexpr *parts;
    for (size_t i = 0, count = parts_of(&cond, &parts); i < count; i++)
        if (parts[i] == part) return true;
    return false;
}

/* The condition of an aggregate over CASE WHEN c THEN x END; NULL: it has none. */
static nexpr condition_of(nexpr e) {
    nexpr a = skips_null(e) && e->n == 1 ? e->args[0] : NULL;
    return a && a->op == SC_CASE && a->n == 3 && expr_is_null(a->args[2]) ? a->args[0] : NULL;
}

static nexpr without_part(struct norm *n, nexpr e, nexpr part) {
    nexpr c = e->args[0], cond = c->args[0];
    const nexpr *parts;
    struct exprs rest = {0};
    for (size_t i = 0, count = parts_of(&cond, &parts); i < count; i++)
        if (parts[i] != part) exprs_add(n, &rest, parts[i]);
    bool star = rest.n == 0 && strcmp(e->name, "count") == 0 && !e->distinct && c->args[1]->op == SC_LITERAL && !expr_is_null(c->args[1]);
    nexpr left = expr_junction(n, SC_AND, rest.at, rest.n);
    return aggregate_over(n, e, star ? NULL : rest.n ? expr_case2(n, left, c->args[1], c->args[2]) : c->args[1]);
}

/* Without groups, rows that no aggregate looks at may go: what all of them ask for is WHERE. */
static bool condition_lift(struct norm *n, struct source *s) {
    if (s->kind != SRC_AGG || s->grouped || s->n_sets || s->aggs.n == 0 || s->block->empty) return false;
    nexpr first = condition_of(s->aggs.at[0]);
    const nexpr *parts;
    for (size_t i = 0, count = first ? parts_of(&first, &parts) : 0; i < count; i++) {
        nexpr part = parts[i];
        bool all = !part->is_volatile && !expr_has_op(part, SC_SUBQUERY);
        for (size_t k = 1; k < s->aggs.n && all; k++) {
            nexpr cond = condition_of(s->aggs.at[k]);
            all = cond && has_part(cond, part);
        }
        if (!all) continue;
        for (size_t k = 0; k < s->aggs.n; k++) s->aggs.at[k] = without_part(n, s->aggs.at[k], part);
        block_pred_add(n, s->block, part);
        step_add(n, "what all aggregates of one row ask for is WHERE");
        source_simplify(n, NULL, s);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------ two aggregates over the same rows */

struct twin {
    struct norm *n;
    const struct block *a, *b;
    size_t choice[TWIN_SOURCES_MAX]; /* source of `b` -> source of `a` */
};

static bool tables_only(const struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i]->kind != SRC_TABLE) return false;
    for (size_t i = 0; i < b->preds.n; i++)
        if (b->preds.at[i]->is_volatile || expr_has_op(b->preds.at[i], SC_EXISTS) || expr_has_op(b->preds.at[i], SC_SUBQUERY)) return false;
    return b->n_sources > 0 && b->n_sources <= TWIN_SOURCES_MAX && b->n_items == 0 && !b->empty;
}

static int column_like(const struct norm *n, const struct source *s, int column) {
    for (size_t i = 0; i < s->n_columns; i++)
        if (strcmp(n->columns.at[s->columns[i]].name, n->columns.at[column].name) == 0) return s->columns[i];
    return -1;
}

static bool source_sends(const struct norm *n, const struct source *from, const struct source *to) {
    if (strcmp(from->name, to->name) != 0) return false;
    for (size_t i = 0; i < from->n_columns; i++)
        if (column_like(n, to, from->columns[i]) < 0) return false;
    return true;
}

static void twin_replace(const struct twin *t) {
    replace_begin(t->n);
    for (size_t i = 0; i < t->b->n_sources; i++)
        for (size_t k = 0; k < t->b->sources[i]->n_columns; k++) {
            int column = t->b->sources[i]->columns[k];
            replace_set(t->n, column, expr_column(t->n, column_like(t->n, t->a->sources[t->choice[i]], column)));
        }
}

/* Every equality between columns that one of the two says, the other says too: the rows are joined alike. */
static bool joins_alike(const struct twin *t) {
    struct exprs mapped = {0};
    twin_replace(t);
    for (size_t i = 0; i < t->b->preds.n; i++) exprs_add(t->n, &mapped, expr_replace(t->n, t->b->preds.at[i]));
    replace_end(t->n);
    if (t->a->n_sources == 1) return true;
    size_t links = 0;
    for (size_t i = 0; i < mapped.n; i++) {
        bool link = mapped.at[i]->op == SC_EQ && mapped.at[i]->args[0]->op == SC_COLUMN && mapped.at[i]->args[1]->op == SC_COLUMN;
        if (link && !exprs_have(&t->a->preds, mapped.at[i])) return false;
        links += link;
    }
    return links > 0;
}

static bool twin_find(struct twin *t, size_t at) {
    if (work_spent(t->n, 1)) return false;
    if (at == t->b->n_sources) return joins_alike(t);
    for (size_t i = 0; i < t->a->n_sources; i++) {
        bool taken = false;
        for (size_t k = 0; k < at; k++) taken |= t->choice[k] == i;
        if (taken || !source_sends(t->n, t->b->sources[at], t->a->sources[i])) continue;
        t->choice[at] = i;
        if (twin_find(t, at + 1)) return true;
    }
    return false;
}

bool aggregates_alike(struct norm *n, const struct source *s, const struct source *t) {
    if (s->kind != SRC_AGG || t->kind != SRC_AGG || s->n_sets || t->n_sets || s->grouped != t->grouped) return false;
    if (s->keys.n != t->keys.n || s->aggs.n != t->aggs.n || s->block->n_sources != t->block->n_sources || s->block->preds.n != t->block->preds.n)
        return false;
    struct twin twin = {.n = n, .a = s->block, .b = t->block};
    if (!tables_only(s->block) || !tables_only(t->block) || !twin_find(&twin, 0)) return false;
    bool same = true;
    twin_replace(&twin);
    for (size_t i = 0; i < t->block->preds.n; i++) same &= exprs_have(&s->block->preds, expr_replace(n, t->block->preds.at[i]));
    for (size_t i = 0; i < t->keys.n; i++) same &= expr_replace(n, t->keys.at[i]) == s->keys.at[i];
    for (size_t i = 0; i < t->aggs.n; i++) same &= expr_replace(n, t->aggs.at[i]) == s->aggs.at[i];
    replace_end(n);
    return same;
}

/* An aggregate of the rows of a condition alone. */
static nexpr conditioned(struct norm *n, nexpr e, nexpr cond) {
    if (expr_is_true(cond)) return e;
    nexpr value = e->n ? e->args[0] : expr_int(n, 1);
    if (value->op == SC_CASE && value->n == 3 && expr_is_null(value->args[2])) cond = expr_and2(n, cond, value->args[0]), value = value->args[1];
    return aggregate_over(n, e, expr_case2(n, cond, value, expr_null(n, value->type)));
}

static nexpr beyond(struct norm *n, const struct exprs *all, const struct exprs *common) {
    struct exprs rest = {0};
    for (size_t i = 0; i < all->n; i++)
        if (!exprs_have(common, all->at[i])) exprs_add(n, &rest, all->at[i]);
    return expr_junction(n, SC_AND, rest.at, rest.n);
}

/* Takes the aggregates of `t` into `s`; the columns of `t` become those of `s` in the block. */
static void twin_take(struct norm *n, struct block *b, struct source *s, struct source *t, const struct exprs *aggs, size_t at) {
    memmove(&b->sources[at], &b->sources[at + 1], (b->n_sources - at - 1) * sizeof *b->sources);
    b->n_sources--;
    int *become = arena_array(n->arena, aggs->n + 1, sizeof *become);
    for (size_t i = 0; i < aggs->n; i++) {
        size_t found = s->aggs.n;
        for (size_t k = 0; k < s->aggs.n && found == s->aggs.n; k++)
            if (s->aggs.at[k] == aggs->at[i]) found = k;
        if (found == s->aggs.n) {
            exprs_add(n, &s->aggs, aggs->at[i]);
            (void)ncolumn_new(n, s, aggs->at[i]->type, true);
        }
        become[i] = s->columns[s->keys.n + found];
    }
    replace_begin(n);
    for (size_t i = 0; i < t->keys.n; i++) replace_set(n, t->columns[i], expr_column(n, s->columns[i]));
    for (size_t i = 0; i < aggs->n; i++) replace_set(n, t->columns[t->keys.n + i], expr_column(n, become[i]));
    block_replace(n, b);
    replace_end(n);
    step_add(n, "two aggregates over the same rows are one");
    source_simplify(n, NULL, s);
}

/* One row each: what either asks for beyond the other becomes a condition of its aggregates. */
static bool rows_meet(struct norm *n, struct block *b, size_t i, size_t k) {
    struct source *s = b->sources[i], *t = b->sources[k];
    struct twin twin = {.n = n, .a = s->block, .b = t->block};
    for (size_t m = 0; m < s->aggs.n; m++)
        if (!skips_null(s->aggs.at[m])) return false;
    for (size_t m = 0; m < t->aggs.n; m++)
        if (!skips_null(t->aggs.at[m])) return false;
    if (!twin_find(&twin, 0)) return false;
    struct exprs mapped = {0}, common = {0}, aggs = {0};
    twin_replace(&twin);
    for (size_t m = 0; m < t->block->preds.n; m++) exprs_add(n, &mapped, expr_replace(n, t->block->preds.at[m]));
    for (size_t m = 0; m < t->aggs.n; m++) exprs_add(n, &aggs, expr_replace(n, t->aggs.at[m]));
    replace_end(n);
    for (size_t m = 0; m < mapped.n; m++)
        if (exprs_have(&s->block->preds, mapped.at[m])) exprs_add(n, &common, mapped.at[m]);
    nexpr mine = beyond(n, &s->block->preds, &common), other = beyond(n, &mapped, &common);
    for (size_t m = 0; m < s->aggs.n; m++) s->aggs.at[m] = conditioned(n, s->aggs.at[m], mine);
    for (size_t m = 0; m < aggs.n; m++) aggs.at[m] = conditioned(n, aggs.at[m], other);
    s->block->preds = common;
    twin_take(n, b, s, t, &aggs, k);
    return true;
}

/* The conjunct that equates key `i` of the two; NULL: none. */
static nexpr keys_linked(struct norm *n, const struct block *b, const struct source *s, const struct source *t, size_t i) {
    nexpr x = expr_column(n, s->columns[i]), y = expr_column(n, t->columns[i]);
    for (size_t k = 0; k < b->preds.n; k++) {
        nexpr p = b->preds.at[k];
        bool equal = (p->op == SC_EQ || p->op == SC_SAME) && ((p->args[0] == x && p->args[1] == y) || (p->args[0] == y && p->args[1] == x));
        if (equal) return p;
    }
    return NULL;
}

/* Groups of the same rows by the same keys, joined on all of them. */
static bool groups_meet(struct norm *n, struct block *b, size_t i, size_t k) {
    struct source *s = b->sources[i], *t = b->sources[k];
    struct twin twin = {.n = n, .a = s->block, .b = t->block};
    if (s->keys.n != t->keys.n || s->keys.n == 0 || s->block->preds.n != t->block->preds.n) return false;
    for (size_t m = 0; m < s->keys.n; m++)
        if (!keys_linked(n, b, s, t, m)) return false;
    if (!twin_find(&twin, 0)) return false;
    struct exprs aggs = {0};
    bool same = true;
    twin_replace(&twin);
    for (size_t m = 0; m < t->block->preds.n; m++) same &= exprs_have(&s->block->preds, expr_replace(n, t->block->preds.at[m]));
    for (size_t m = 0; m < t->keys.n; m++) same &= expr_replace(n, t->keys.at[m]) == s->keys.at[m];
    for (size_t m = 0; m < t->aggs.n; m++) exprs_add(n, &aggs, expr_replace(n, t->aggs.at[m]));
    replace_end(n);
    if (!same) return false;
    for (size_t m = 0; m < s->keys.n; m++) {
        nexpr p = keys_linked(n, b, s, t, m);
        for (size_t q = 0; q < b->preds.n; q++)
            if (b->preds.at[q] == p) exprs_remove(&b->preds, q--);
        if (p->op == SC_EQ) block_pred_add(n, b, expr_not(n, expr_of1(n, SC_IS_NULL, expr_column(n, s->columns[m]))));
    }
    twin_take(n, b, s, t, &aggs, k);
    return true;
}

static bool twins_meet(struct norm *n, struct block *b) {
    for (size_t i = 0; i < b->n_sources; i++)
        for (size_t k = i + 1; k < b->n_sources; k++) {
            const struct source *s = b->sources[i], *t = b->sources[k];
            if (s->kind != SRC_AGG || t->kind != SRC_AGG || s->n_sets || t->n_sets || s->grouped != t->grouped) continue;
            if (s->block->n_sources != t->block->n_sources || !tables_only(s->block) || !tables_only(t->block)) continue;
            if (s->grouped ? groups_meet(n, b, i, k) : rows_meet(n, b, i, k)) return true;
        }
    return false;
}

/* ------------------------------------------------------------ groups of some of the rows, beside those of all, in a left join */

/* The column of `s` for an aggregate, made where there is none. */
static nexpr aggregate_column(struct norm *n, struct source *s, nexpr e) {
    for (size_t i = 0; i < s->aggs.n; i++)
        if (s->aggs.at[i] == e) return expr_column(n, s->columns[s->keys.n + i]);
    exprs_add(n, &s->aggs, e);
    return expr_column(n, ncolumn_new(n, s, e->type, true));
}

/* What the ON equates key `i` of its one source with; NULL: nothing. */
static nexpr key_equated(struct norm *n, const struct block *on, size_t i) {
    nexpr key = expr_column(n, on->sources[0]->columns[i]);
    for (size_t k = 0; k < on->preds.n; k++)
        for (int side = 0; side < 2 && on->preds.at[k]->op == SC_EQ; side++)
            if (on->preds.at[k]->args[side] == key) return on->preds.at[k]->args[1 - side];
    return NULL;
}

static const struct source *lone_groups(const struct block *b) {
    return b->n_sources == 1 && !b->n_items && !b->empty && b->sources[0]->kind == SRC_AGG ? b->sources[0] : NULL;
}

/* Each group of `s` meets one group of `t` at most: that of its own rows, or none where no row is left. `beside`: the ON of `s`, where it is joined
 * too, to the same. */
static bool groups_within(struct norm *n, const struct block *on, const struct source *s, const struct source *t, const struct block *beside) {
    struct context inner = {.block = s->block};
    if (s->kind != SRC_AGG || t->kind != SRC_AGG || s->n_sets || t->n_sets || !s->grouped || !t->grouped || s->block->empty) return false;
    if (s->keys.n != t->keys.n || s->keys.n == 0 || on->preds.n != s->keys.n || s->block->n_sources != t->block->n_sources) return false;
    if (!tables_only(s->block) || !tables_only(t->block)) return false;
    for (size_t m = 0; m < t->aggs.n; m++)
        if (!skips_null(t->aggs.at[m])) return false;
    for (size_t m = 0; m < s->keys.n; m++) {
        nexpr p = keys_linked(n, on, s, t, m), x = beside ? key_equated(n, beside, m) : NULL;
        if (beside && (!x || beside->preds.n != s->keys.n || key_equated(n, on, m) != x)) return false;
        if (beside) continue;
        if (!p || (p->op == SC_EQ && expr_nullable(n, &inner, s->keys.at[m]))) return false;
    }
    return true;
}

/* A left join with groups of some of the same rows: aggregates of those rows, NULL where there are none. */
static bool item_meets(struct norm *n, struct block *b, struct source *s, size_t at, const struct left_item *beside) {
    struct left_item item = b->items[at];
    int holder = beside ? beside->id : 0;
    const struct source *t = lone_groups(item.block);
    if (!t || !groups_within(n, item.block, s, t, beside ? beside->block : NULL)) return false;
    struct twin twin = {.n = n, .a = s->block, .b = t->block};
    if (!twin_find(&twin, 0)) return false;
    struct exprs mapped = {0}, aggs = {0};
    bool same = true;
    twin_replace(&twin);
    for (size_t m = 0; m < t->block->preds.n; m++) exprs_add(n, &mapped, expr_replace(n, t->block->preds.at[m]));
    for (size_t m = 0; m < t->keys.n; m++) same &= expr_replace(n, t->keys.at[m]) == s->keys.at[m];
    for (size_t m = 0; m < t->aggs.n; m++) exprs_add(n, &aggs, expr_replace(n, t->aggs.at[m]));
    replace_end(n);
    for (size_t m = 0; m < s->block->preds.n; m++) same &= exprs_have(&mapped, s->block->preds.at[m]);
    if (!same) return false;
    nexpr extra = beyond(n, &mapped, &s->block->preds), all = expr_make(n, (struct scalar){.op = SC_AGG, .name = "count", .type = {TYPE_INT, 64, 0}});
    nexpr matched = expr_is_true(extra) ? extra : expr_of2(n, SC_LE, expr_int(n, 1), aggregate_column(n, s, conditioned(n, all, extra)));
    memmove(&b->items[at], &b->items[at + 1], (b->n_items - at - 1) * sizeof *b->items);
    b->n_items--;
    nexpr found = expr_make(n, (struct scalar){.op = SC_MATCHED, .column = holder, .type = {TYPE_BOOL, 0, 0}});
    if (holder) matched = expr_is_true(matched) ? found : expr_of1(n, SC_IS_TRUE, matched); /* what `s` gives may be NULL, too */
    nexpr *values = arena_array(n->arena, t->n_columns + 1, sizeof *values);
    for (size_t m = 0; m < t->n_columns; m++) {
        bool key = m < t->keys.n;
        nexpr e = key ? expr_column(n, s->columns[m]) : aggregate_column(n, s, conditioned(n, aggs.at[m - t->keys.n], extra));
        bool nulls = !key && strcmp(aggs.at[m - t->keys.n]->name, "count") != 0;
        values[m] = nulls ? e : expr_case2(n, matched, e, expr_null(n, e->type));
    }
    replace_begin(n);
    for (size_t m = 0; m < t->n_columns; m++) replace_set(n, t->columns[m], values[m]);
    block_replace(n, b);
    replace_end(n);
    item_matched_replace(n, b, item.id, matched);
    step_add(n, "a left join with groups of some of the same rows is an aggregate of those rows");
    source_simplify(n, NULL, s);
    return true;
}

static bool items_meet(struct norm *n, struct block *b) {
    for (size_t k = 0; k < b->n_items; k++) {
        for (size_t i = 0; i < b->n_sources; i++)
            if (item_meets(n, b, b->sources[i], k, NULL)) return true;
        for (size_t i = 0; i < b->n_items; i++) {
            struct source *s = (struct source *)lone_groups(b->items[i].block);
            if (s && i != k && item_meets(n, b, s, k, &b->items[i])) return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------ HAVING COUNT(*) > 0 without groups */

/* One row always, kept where something was counted, is a group of all rows. */
static bool row_to_group(struct norm *n, struct block *b, struct source *s) {
    if (s->kind != SRC_AGG || s->grouped || s->n_sets || b->n_sources != 1 || b->n_items) return false;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr p = b->preds.at[i], c = p->op == SC_LE && p->args[0] == expr_int(n, 1) ? p->args[1] : NULL;
        if (!c || c->op != SC_COLUMN || n->columns.at[c->column].source->id != s->id) continue;
        nexpr made = s->aggs.at[n->columns.at[c->column].ordinal];
        if (made->op != SC_AGG || strcmp(made->name, "count") != 0 || made->n || made->filter) continue;
        exprs_remove(&b->preds, i);
        s->grouped = true;
        step_add(n, "one row, kept where there is something to count, is one group");
        source_refresh(n, s);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------ COALESCE(SUM(x), 0) of a group */

static bool is_zero(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_INT && e->lit.i == 0 && !e->lit.s.n; }

/* The summed value with 0 where it is NULL. */
static nexpr zero_filled(struct norm *n, const struct context *inner, nexpr e) {
    if (expr_is_null(e)) return expr_int(n, 0);
    if (e->op == SC_CASE) {
        nexpr *args = arena_array(n->arena, e->n, sizeof *args);
        for (size_t i = 0; i < e->n; i++) args[i] = i % 2 == 1 || i + 1 == e->n ? zero_filled(n, inner, e->args[i]) : e->args[i];
        return expr_with(n, e, args);
    }
    if (!expr_nullable(n, inner, e)) return e;
    nexpr both[2] = {e, expr_int(n, 0)};
    return expr_make(n, (struct scalar){.op = SC_COALESCE, .n = 2, .args = both, .type = e->type});
}

/* The sum behind COALESCE(sum, 0), of a group of a source of the block itself. */
static struct source *sum_of(const struct norm *n, const struct block *b, nexpr e, size_t *at) {
    bool fits = e->op == SC_COALESCE && e->n == 2 && is_zero(e->args[1]) && e->args[0]->op == SC_COLUMN;
    if (!fits) return NULL;
    const struct ncolumn *c = &n->columns.at[e->args[0]->column];
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->id != c->source->id || s->kind != SRC_AGG || !s->grouped || s->n_sets || c->ordinal < s->keys.n) continue;
        *at = c->ordinal - s->keys.n;
        nexpr made = s->aggs.at[*at];
        bool sums = made->op == SC_AGG && strcmp(made->name, "sum") == 0 && made->n == 1 && !made->distinct && !made->filter && !made->is_volatile;
        return sums && (made->args[0]->type.kind == TYPE_INT || made->args[0]->type.kind == TYPE_DECIMAL) ? s : NULL;
    }
    return NULL;
}

static nexpr sums_filled(struct norm *n, const struct context *ctx, nexpr e) {
    size_t at;
    struct source *s = sum_of(n, ctx->block, e, &at);
    if (s && expr_nullable(n, ctx, e->args[0])) {
        struct context inner = {.block = s->block};
        nexpr made = aggregate_over(n, s->aggs.at[at], zero_filled(n, &inner, s->aggs.at[at]->args[0]));
        exprs_add(n, &s->aggs, made);
        step_add(n, "COALESCE(SUM(x), 0) of a group sums 0 for NULL");
        return expr_column(n, ncolumn_new(n, s, e->type, false));
    }
    if (e->n == 0 || e->block || e->op == SC_AGG || e->op == SC_WINDOW) return e;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = sums_filled(n, ctx, e->args[i]);
        same &= args[i] == e->args[i];
    }
    return same ? e : expr_with(n, e, args);
}

/* ------------------------------------------------------------ shares of a count */

static struct source *one_row_of(const struct norm *n, const struct block *b, nexpr e, nexpr *made) {
    if (e->op != SC_COLUMN) return NULL;
    const struct ncolumn *c = &n->columns.at[e->column];
    for (size_t i = 0; i < b->n_sources; i++) {
        struct source *s = b->sources[i];
        if (s->id != c->source->id || s->kind != SRC_AGG || s->grouped || s->n_sets) continue;
        *made = s->aggs.at[c->ordinal];
        return s;
    }
    return NULL;
}

/* The one row that the divisor counts: where it is 0 there is no quotient. */
static struct source *divisor_counts(const struct norm *n, const struct block *b, nexpr e) {
    nexpr made;
    while (e->op == SC_CAST) e = e->args[0];
    struct source *s = one_row_of(n, b, e, &made);
    return s && made->op == SC_AGG && strcmp(made->name, "count") == 0 && !made->filter ? s : NULL;
}

static bool is_one(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_INT && e->lit.i == 1 && !e->lit.s.n; }

/* SUM(CASE WHEN c THEN 1 ELSE 0 END) of `s` as a count: where there are rows they are the same. */
static nexpr flags_counted(struct norm *n, const struct block *b, struct source *s, nexpr e) {
    nexpr made, arg;
    if (one_row_of(n, b, e, &made) == s) {
        bool sum = made->op == SC_AGG && strcmp(made->name, "sum") == 0 && made->n == 1 && !made->distinct && !made->filter;
        arg = sum ? made->args[0] : e;
        if (!sum || arg->op != SC_CASE || arg->n != 3 || !is_one(arg->args[1]) || !is_zero(arg->args[2])) return e;
        struct scalar count = *made;
        count.name = "count";
        arg = expr_case2(n, arg->args[0], arg->args[1], expr_null(n, arg->type));
        count.args = &arg;
        exprs_add(n, &s->aggs, expr_make(n, count));
        step_add(n, "a share of a count sums nothing where there is nothing to count");
        return expr_column(n, ncolumn_new(n, s, made->type, false));
    }
    if (e->n == 0 || e->block || e->op == SC_AGG || e->op == SC_WINDOW || e->op == SC_COALESCE || e->op == SC_CASE || e->op == SC_IS_NULL) return e;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = flags_counted(n, b, s, e->args[i]);
        same &= args[i] == e->args[i];
    }
    return same ? e : expr_with(n, e, args);
}

/* Below a division that gives NULL where its divisor, a count, is 0. */
static nexpr shares_counted(struct norm *n, const struct block *b, nexpr e) {
    if (e->n == 0 || e->block || e->op == SC_AGG || e->op == SC_WINDOW) return e;
    nexpr few[4], *args = e->n <= 4 ? few : arena_array(n->arena, e->n, sizeof *args);
    struct source *s = e->op == SC_DIV && e->n == 2 && plan_strict(e->args[0]) ? divisor_counts(n, b, e->args[1]) : NULL;
    if (!s && e->op == SC_DIV && e->n == 2 && e->args[0]->op == SC_COLUMN) s = divisor_counts(n, b, e->args[1]);
    bool same = true;
    for (size_t i = 0; i < e->n; i++) {
        args[i] = s && i == 0 ? flags_counted(n, b, s, e->args[i]) : shares_counted(n, b, e->args[i]);
        same &= args[i] == e->args[i];
    }
    return same ? e : expr_with(n, e, args);
}

static bool shares_of_counts(struct norm *n, struct block *b) {
    bool zero_is_null = n->plan->dialect == DIALECT_MYSQL || n->plan->dialect == DIALECT_SQLITE, changed = false;
    for (size_t i = 0; zero_is_null && b->n_sources && i < b->outs.n; i++) {
        nexpr e = shares_counted(n, b, b->outs.at[i]);
        changed |= e != b->outs.at[i];
        b->outs.at[i] = e;
    }
    return changed;
}

bool rule_sums(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    bool some = false, changed = false;
    for (size_t i = 0; i < b->n_sources; i++) some |= b->sources[i]->kind == SRC_AGG && b->sources[i]->grouped;
    for (size_t i = 0; some && i < b->outs.n; i++) {
        nexpr e = b->outs.at[i]->op == SC_COLUMN ? b->outs.at[i] : sums_filled(n, ctx, b->outs.at[i]);
        changed |= e != b->outs.at[i];
        b->outs.at[i] = e;
    }
    return changed || shares_of_counts(n, b);
}

bool rule_twin(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    for (size_t i = 0; i < b->n_sources; i++)
        if (condition_lift(n, b->sources[i]) || row_to_group(n, b, b->sources[i])) return true;
    return twins_meet(n, b) || items_meet(n, b);
}
