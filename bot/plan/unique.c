/* unique.c - what is decided by given columns: a closure over equalities, keys and groups of a bound plan. */
#include "unique.h"

#include "map.h"
#include "mention.h"

#define LEAVES_MAX 64
#define TEXTS_MAX  100
#define DEPTH_MAX  200

/* What was answered of a relation while so many of its columns were known: inner knowledge comes from its outputs alone; that of a lateral one
 * from anything. */
struct memo {
    size_t known;
    enum unique_answer answer;
    const struct rel *culprit;
    const char *culprit_key;
    bool given; /* one row of it is given */
    bool asked;
};

struct unique {
    struct arena *arena;
    const struct plan *plan;
    unique_keys keys;
    void *ctx;
    bool *known;    /* by column number */
    size_t learned; /* how many became known so far: a pass that learns nothing is the last */
    int depth;
    const struct rel *culprit;
    const char *culprit_key;
    struct map *memos; /* address of a relation -> struct memo */
    bool lateral;      /* inside of what reads the rows beside it */
    bool trial;        /* asked of one leaf, the others of its tangle being given */
};

struct unique *unique_new(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx) {
    struct unique *u = arena_new(arena, struct unique);
    *u = (struct unique){.arena = arena,
                         .plan = plan,
                         .keys = keys,
                         .ctx = ctx,
                         .memos = map_new(arena),
                         .known = arena_array(arena, plan->n_columns + 1, sizeof *u->known)};
    return u;
}

void unique_give(struct unique *u, int column) {
    if (column < 0 || (size_t)column >= u->plan->n_columns || u->known[column]) return;
    u->known[column] = true;
    u->learned++;
}

bool unique_knows(const struct unique *u, int column) { return column >= 0 && (size_t)column < u->plan->n_columns && u->known[column]; }

const struct rel *unique_culprit(const struct unique *u, const char **key) {
    *key = u->culprit_key;
    return u->culprit;
}

static bool is_fixed(const struct scalar *e) { return e->op == SC_LITERAL || e->op == SC_PARAM; }

/* Does the value follow from known columns? */
static bool knows_scalar(const struct unique *u, const struct scalar *e) {
    if (e->op == SC_COLUMN) return unique_knows(u, e->column);
    if (e->is_volatile || e->rel || e->window || e->op == SC_AGG || e->op == SC_OPAQUE || e->op == SC_AMBIGUOUS || e->op == SC_GROUPING) return false;
    for (size_t i = 0; i < e->n; i++) {
        if (!knows_scalar(u, e->args[i])) return false;
    }
    return true;
}

static void know_all(struct unique *u, const struct rel *rel) {
    for (size_t i = 0; i < rel->n_columns; i++) unique_give(u, rel->columns[i]);
}

static enum unique_answer ask(struct unique *u, const struct rel *rel);

/* ---- conditions ---- */

static bool holds_column(const struct rel *rel, int column) {
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (rel->columns[i] == column) return true;
    }
    return false;
}

/* Equalities make one side known by the other; `into`, when set, is the only relation about which something may be learned (the right side of
 * a left join). */
static void learn(struct unique *u, const struct scalar *e, const struct rel *into) {
    if (!e) return;
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) learn(u, e->args[i], into);
        return;
    }
    if ((e->op != SC_EQ && e->op != SC_SAME) || e->n != 2) return;
    for (size_t side = 0; side < 2; side++) {
        const struct scalar *column = e->args[side], *other = e->args[1 - side];
        if (column->op != SC_COLUMN || unique_knows(u, column->column) || !knows_scalar(u, other)) continue;
        if (!into || holds_column(into, column->column)) unique_give(u, column->column);
    }
}

int unique_origin(const struct plan *plan, int column) {
    for (int steps = 0; steps < DEPTH_MAX; steps++) {
        if (column < 0 || (size_t)column >= plan->n_columns) return column;
        const struct rel *rel = plan->columns[column].rel;
        const struct scalar *from = NULL;
        if (rel && rel->kind == REL_PROJECT) {
            for (size_t i = 0; i < rel->n_defs; i++) {
                if (rel->defs[i].column == column) from = rel->defs[i].expr;
            }
        }
        if (!from || from->op != SC_COLUMN) return column;
        column = from->column;
    }
    return column;
}

/* row_number() over (partition by ..), by which the column was made; NULL when it was not. */
static const struct window_spec *numbering_of(const struct unique *u, int column) {
    column = unique_origin(u->plan, column);
    const struct rel *rel = column >= 0 && (size_t)column < u->plan->n_columns ? u->plan->columns[column].rel : NULL;
    for (size_t i = 0; rel && rel->kind == REL_WINDOW && i < rel->n_defs; i++) {
        const struct scalar *e = rel->defs[i].expr;
        bool numbers = rel->defs[i].column == column && e->op == SC_WINDOW && e->window && e->n && e->args[0]->name;
        if (numbers && strcmp(e->args[0]->name, "row_number") == 0) return e->window;
    }
    return NULL;
}

/* row_number() = 1, over rows of the leaf, keeps one row of each partition. */
static bool keeps_first(const struct unique *u, const struct scalar *e, const struct rel *leaf) {
    if (!e) return false;
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) {
            if (keeps_first(u, e->args[i], leaf)) return true;
        }
        return false;
    }
    bool one = (e->op == SC_EQ || e->op == SC_LE) && e->n == 2 && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_LITERAL &&
               e->args[1]->lit.kind == VALUE_INT && e->args[1]->lit.i == 1;
    bool other_way = e->op == SC_EQ && e->n == 2 && e->args[1]->op == SC_COLUMN && e->args[0]->op == SC_LITERAL &&
                     e->args[0]->lit.kind == VALUE_INT && e->args[0]->lit.i == 1;
    if (!one && !other_way) return false;
    int column = e->args[one ? 0 : 1]->column;
    const struct window_spec *over = holds_column(leaf, column) ? numbering_of(u, column) : NULL;
    for (size_t i = 0; over && i < over->n_partition; i++) {
        if (!knows_scalar(u, over->partition[i])) return false;
    }
    return over != NULL;
}

/* Could this conjunct alone pick one row of many: a flag, a kind, an end that is NULL, a range of validity? Comparisons with a literal, IS NOT
 * NULL and equalities of columns do not. */
static bool may_single_out(const struct scalar *e) {
    if (e->op == SC_NOT && e->n == 1 && e->args[0]->op == SC_IS_NULL) return false;
    if (e->op >= SC_LT && e->op <= SC_GE && e->n == 2) return !is_fixed(e->args[0]) && !is_fixed(e->args[1]);
    if (e->op == SC_NE && e->n == 2) return !is_fixed(e->args[0]) && !is_fixed(e->args[1]);
    return !(e->op == SC_EQ && e->n == 2 && e->args[0]->op == SC_COLUMN && e->args[1]->op == SC_COLUMN);
}

struct leaf_columns {
    const struct plan *plan;
    const struct rel *rel;
};

static bool is_part(const struct rel *rel, const struct rel *part, int depth) {
    if (!rel || rel == part || depth > DEPTH_MAX) return rel != NULL;
    return is_part(rel->left, part, depth + 1) || is_part(rel->right, part, depth + 1);
}

static bool is_below(const void *ctx, int column) {
    const struct leaf_columns *leaf = ctx;
    return holds_column(leaf->rel, column) ||
           (column >= 0 && (size_t)column < leaf->plan->n_columns && is_part(leaf->rel, leaf->plan->columns[column].rel, 0));
}

/* Does a conjunct that may pick one row speak of the leaf? */
static bool single_mentioned(const struct scalar *e, const struct leaf_columns *leaf) {
    if (e->op != SC_AND) return may_single_out(e) && scalar_mentions(e, is_below, leaf);
    for (size_t i = 0; i < e->n; i++) {
        if (single_mentioned(e->args[i], leaf)) return true;
    }
    return false;
}

/* ---- one relation ---- */

static bool key_known(const struct unique *u, const struct rel *scan, const size_t *ordinals, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t c = 0; c < scan->n_columns && !found; c++) found = scan->ordinals[c] == (int)ordinals[i] && unique_knows(u, scan->columns[c]);
        if (!found) return false;
    }
    return true;
}

static bool names_known(const struct unique *u, const struct rel *scan, const struct unique_key *key) {
    for (size_t i = 0; i < key->n; i++) {
        bool found = false;
        for (size_t c = 0; c < scan->n_columns && !found; c++) {
            found = str_ieq(str_of(u->plan->columns[scan->columns[c]].name), str_of(key->columns[i])) && unique_knows(u, scan->columns[c]);
        }
        if (!found) return false;
    }
    return true;
}

static enum unique_answer blame(struct unique *u, const struct rel *rel, const char *key) {
    u->culprit = rel;
    u->culprit_key = key;
    return UNIQUE_NO;
}

static const char *ordinals_text(struct unique *u, const struct rel *scan, const struct schema_key *key) {
    struct buf b = buf_new(u->arena);
    for (size_t i = 0; i < key->n; i++) buf_printf(&b, "%s%s", i ? ", " : "", scan->table->columns.at[key->columns[i]].name);
    return buf_str(&b);
}

static const char *names_text(struct unique *u, const struct unique_key *key) {
    struct buf b = buf_new(u->arena);
    for (size_t i = 0; i < key->n; i++) buf_printf(&b, "%s%s", i ? ", " : "", key->columns[i]);
    return buf_str(&b);
}

static enum unique_answer ask_scan(struct unique *u, const struct rel *rel) {
    const char *key = NULL;
    for (size_t i = 0; rel->table && i < rel->table->keys.n; i++) {
        const struct schema_key *k = &rel->table->keys.at[i];
        if (key_known(u, rel, k->columns, k->n)) return know_all(u, rel), UNIQUE_YES;
        if (!key) key = ordinals_text(u, rel, k);
    }
    size_t count = 0;
    const struct unique_key *more = u->keys ? u->keys(u->ctx, rel, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (names_known(u, rel, &more[i])) return know_all(u, rel), UNIQUE_YES;
        if (!key) key = names_text(u, &more[i]);
    }
    return key && !rel->version ? blame(u, rel, key) : UNIQUE_UNKNOWN;
}

static const char *keys_text(struct unique *u, const struct rel *agg) {
    struct buf b = buf_new(u->arena);
    for (size_t i = 0; i < agg->n_keys && i < TEXTS_MAX; i++) {
        char *text = scalar_text(u->arena, u->plan, agg->keys[i].expr);
        const char *name = agg->keys[i].expr->op == SC_COLUMN ? u->plan->columns[agg->keys[i].expr->column].name : text;
        buf_printf(&b, "%s%s", i ? ", " : "", name);
    }
    return buf_str(&b);
}

/* A group is one row for each value of its keys; a key may follow from another through the keys of the tables below. */
static enum unique_answer ask_agg(struct unique *u, const struct rel *rel) {
    if (rel->n_sets) return UNIQUE_UNKNOWN;
    for (size_t i = 0; i < rel->n_keys; i++) {
        if (unique_knows(u, rel->keys[i].column) && rel->keys[i].expr->op == SC_COLUMN) unique_give(u, rel->keys[i].expr->column);
    }
    enum unique_answer below = ask(u, rel->left);
    bool all = true;
    for (size_t i = 0; i < rel->n_keys; i++) {
        if (knows_scalar(u, rel->keys[i].expr)) unique_give(u, rel->keys[i].column);
        all &= unique_knows(u, rel->keys[i].column);
    }
    if (all) return know_all(u, rel), UNIQUE_YES;
    return below == UNIQUE_NO ? blame(u, rel, keys_text(u, rel)) : UNIQUE_UNKNOWN;
}

static enum unique_answer ask_project(struct unique *u, const struct rel *rel) {
    for (size_t i = 0; i < rel->n_defs; i++) {
        if (unique_knows(u, rel->defs[i].column) && rel->defs[i].expr->op == SC_COLUMN) unique_give(u, rel->defs[i].expr->column);
    }
    enum unique_answer below = ask(u, rel->left);
    for (size_t i = 0; i < rel->n_defs; i++) {
        if (below == UNIQUE_YES || knows_scalar(u, rel->defs[i].expr)) unique_give(u, rel->defs[i].column);
    }
    return below;
}

static enum unique_answer ask_distinct(struct unique *u, const struct rel *rel) {
    enum unique_answer below = ask(u, rel->left);
    bool all = true;
    for (size_t i = 0; i < rel->n_columns; i++) all &= unique_knows(u, rel->columns[i]);
    if (all || below == UNIQUE_YES) return UNIQUE_YES;
    return UNIQUE_UNKNOWN;
}

static enum unique_answer ask_branches(struct unique *u, const struct rel *rel) {
    bool all = true, by_branch = rel->setop != RELSET_UNION;
    for (size_t i = 0; i < rel->n_columns; i++) {
        bool given = unique_knows(u, rel->columns[i]);
        all &= given;
        if (given && i < rel->left->n_columns) unique_give(u, rel->left->columns[i]);
    }
    if (!rel->all && all) return UNIQUE_YES;
    enum unique_answer left = by_branch ? ask(u, rel->left) : UNIQUE_UNKNOWN;
    if (left == UNIQUE_YES) know_all(u, rel);
    return left == UNIQUE_YES ? UNIQUE_YES : UNIQUE_UNKNOWN;
}

static enum unique_answer ask_sort(struct unique *u, const struct rel *rel) {
    bool one = rel->limit && rel->limit->op == SC_LITERAL && rel->limit->lit.kind == VALUE_INT && rel->limit->lit.i <= 1 && !rel->percent;
    enum unique_answer below = ask(u, rel->left);
    if (one && !rel->with_ties) return know_all(u, rel), UNIQUE_YES;
    return rel->limit && below == UNIQUE_NO ? UNIQUE_UNKNOWN : below;
}

/* ---- a tangle of joins and filters ---- */

struct tangle {
    const struct rel *leaves[LEAVES_MAX];
    bool lateral[LEAVES_MAX];  /* reads the rows to its left */
    bool may_miss[LEAVES_MAX]; /* and may have none for them */
    enum unique_answer answers[LEAVES_MAX];
    size_t n;
    struct {
        const struct scalar *e;
        const struct rel *into;
    } conditions[LEAVES_MAX];
    size_t n_conditions;
    bool too_much;
};

static void condition_add(struct tangle *t, const struct scalar *e, const struct rel *into) {
    if (!e) return;
    if (t->n_conditions == LEAVES_MAX) {
        t->too_much = true;
        return;
    }
    t->conditions[t->n_conditions].e = e;
    t->conditions[t->n_conditions++].into = into;
}

/* Leaves lie below joins and filters alone. */
static bool holds_rel(const struct rel *rel, const struct rel *leaf) {
    if (!rel || rel == leaf) return rel != NULL;
    return (rel->kind == REL_JOIN || rel->kind == REL_FILTER) && (holds_rel(rel->left, leaf) || holds_rel(rel->right, leaf));
}

/* A side of joins: `into` as for learn(). */
struct side {
    const struct rel *into;
    bool lateral, may_miss;
};

static void tangle_collect(struct tangle *t, const struct rel *rel, struct side side) {
    if (rel->kind == REL_FILTER) {
        condition_add(t, rel->condition, side.into);
        tangle_collect(t, rel->left, side);
    } else if (rel->kind == REL_JOIN && rel->join != RELJOIN_FULL) {
        bool outer = rel->join == RELJOIN_LEFT, lateral = side.lateral || rel->lateral;
        struct side right = {outer ? rel->right : side.into, lateral, lateral && (side.may_miss || outer)};
        condition_add(t, rel->condition, right.into);
        tangle_collect(t, rel->left, side);
        tangle_collect(t, rel->right, right);
    } else if (t->n < LEAVES_MAX) {
        t->lateral[t->n] = side.lateral;
        t->may_miss[t->n] = side.may_miss;
        t->leaves[t->n++] = rel;
    } else {
        t->too_much = true;
    }
}

/* A given row of the right side of a left join has found its partner: there the join is an inner one. */
static void partners_find(struct unique *u, struct tangle *t) {
    for (size_t i = 0; i < t->n; i++) {
        const struct memo *memo = map_get(u->memos, (struct str){(const char *)&t->leaves[i], sizeof t->leaves[i]});
        if (!memo || !memo->given) continue;
        for (size_t k = 0; k < t->n_conditions; k++) {
            if (t->conditions[k].into && holds_rel(t->conditions[k].into, t->leaves[i])) t->conditions[k].into = NULL;
        }
    }
}

static void tangle_learn(struct unique *u, const struct tangle *t) {
    for (size_t i = 0; i < t->n_conditions; i++) learn(u, t->conditions[i].e, t->conditions[i].into);
}

/* Could a condition pick one of the leaf's rows by itself? */
static bool is_singled(const struct unique *u, const struct tangle *t, size_t leaf) {
    struct leaf_columns of = {u->plan, t->leaves[leaf]};
    for (size_t i = 0; i < t->n_conditions; i++) {
        if (single_mentioned(t->conditions[i].e, &of)) return true;
    }
    return false;
}

/* What was given, without what followed. */
static struct unique *trial_new(struct unique *u, const struct tangle *t, size_t leaf) {
    struct unique *v = unique_new(u->arena, u->plan, u->keys, u->ctx);
    v->trial = true;
    v->depth = u->depth;
    memcpy(v->known, u->known, u->plan->n_columns * sizeof *v->known);
    for (size_t i = 0; i < t->n; i++) {
        if (i != leaf) know_all(v, t->leaves[i]);
    }
    for (size_t before = SIZE_MAX; before != v->learned;) {
        before = v->learned;
        tangle_learn(v, t);
    }
    return v;
}

/* Which leaf has several rows even where a row of each other one is given? It is to blame, and not those whose rows only follow from its. */
static enum unique_answer tangle_blame(struct unique *u, const struct tangle *t) {
    u->culprit = NULL;
    for (size_t i = 0; i < t->n; i++) {
        if (t->answers[i] != UNIQUE_NO || is_singled(u, t, i)) continue;
        if (!u->trial) {
            struct unique *v = trial_new(u, t, i);
            if (ask(v, t->leaves[i]) != UNIQUE_NO) continue;
        }
        return ask(u, t->leaves[i]);
    }
    return UNIQUE_UNKNOWN;
}

static bool first_kept(const struct unique *u, const struct tangle *t, const struct rel *leaf) {
    for (size_t i = 0; i < t->n_conditions; i++) {
        if (keeps_first(u, t->conditions[i].e, leaf)) return true;
    }
    return false;
}

static void forget_beside(struct unique *u, const struct rel *leaf, const bool *before) {
    struct leaf_columns of = {u->plan, leaf};
    for (size_t i = 0; i < u->plan->n_columns; i++) {
        if (!u->known[i] || before[i] || is_below(&of, (int)i)) continue;
        u->known[i] = false;
        u->learned--;
    }
}

/* Asks a leaf. What it may miss says nothing of the rows beside it: where it has no row, its columns are NULL whatever those are. */
static enum unique_answer ask_leaf(struct unique *u, const struct tangle *t, size_t leaf) {
    if (!t->lateral[leaf]) return ask(u, t->leaves[leaf]);
    bool *before = arena_array(u->arena, u->plan->n_columns + 1, sizeof *before), lateral = u->lateral;
    memcpy(before, u->known, u->plan->n_columns * sizeof *before);
    u->lateral = true;
    enum unique_answer answer = ask(u, t->leaves[leaf]);
    u->lateral = lateral;
    if (t->may_miss[leaf]) forget_beside(u, t->leaves[leaf], before);
    return answer;
}

static enum unique_answer ask_tangle(struct unique *u, const struct rel *rel) {
    struct tangle *t = arena_new(u->arena, struct tangle);
    tangle_collect(t, rel, (struct side){0});
    if (t->too_much) return UNIQUE_UNKNOWN;
    partners_find(u, t);
    for (size_t before = SIZE_MAX; before != u->learned;) {
        before = u->learned;
        tangle_learn(u, t);
        for (size_t i = 0; i < t->n; i++) {
            if (t->answers[i] != UNIQUE_YES) t->answers[i] = ask_leaf(u, t, i);
            if (t->answers[i] != UNIQUE_YES && first_kept(u, t, t->leaves[i])) t->answers[i] = UNIQUE_YES, know_all(u, t->leaves[i]);
        }
    }
    bool all = true;
    for (size_t i = 0; i < t->n; i++) all &= t->answers[i] == UNIQUE_YES;
    return all ? UNIQUE_YES : tangle_blame(u, t);
}

static enum unique_answer ask_kind(struct unique *u, const struct rel *rel) {
    switch (rel->kind) {
    case REL_SCAN:
        return ask_scan(u, rel);
    case REL_VALUES:
        return rel->n_rows <= 1 ? UNIQUE_YES : UNIQUE_UNKNOWN;
    case REL_PROJECT:
        return ask_project(u, rel);
    case REL_AGG:
        return ask_agg(u, rel);
    case REL_WINDOW: {
        enum unique_answer below = ask(u, rel->left);
        if (below == UNIQUE_YES) know_all(u, rel);
        return below;
    }
    case REL_SORT:
        return ask_sort(u, rel);
    case REL_SETOP:
        return ask_branches(u, rel);
    case REL_DISTINCT:
        return ask_distinct(u, rel);
    case REL_FILTER:
    case REL_JOIN:
        return rel->kind == REL_JOIN && rel->join == RELJOIN_FULL ? UNIQUE_UNKNOWN : ask_tangle(u, rel);
    default:
        return UNIQUE_UNKNOWN;
    }
}

static size_t known_outputs(const struct unique *u, const struct rel *rel) {
    size_t n = 0;
    if (u->lateral) return u->learned;
    for (size_t i = 0; i < rel->n_columns; i++) n += unique_knows(u, rel->columns[i]);
    return n;
}

static struct memo *memo_of(struct unique *u, const struct rel *rel) {
    struct memo *memo = map_get(u->memos, (struct str){(const char *)&rel, sizeof rel});
    if (memo) return memo;
    memo = arena_new(u->arena, struct memo);
    map_put(u->memos, (struct str){(const char *)&rel, sizeof rel}, memo);
    return memo;
}

void unique_give_row(struct unique *u, const struct rel *rel) {
    memo_of(u, rel)->given = true;
    know_all(u, rel);
}

static enum unique_answer ask(struct unique *u, const struct rel *rel) {
    if (!rel || u->depth == DEPTH_MAX) return UNIQUE_UNKNOWN;
    struct memo *memo = memo_of(u, rel);
    size_t known = known_outputs(u, rel);
    if (memo->given) return UNIQUE_YES;
    if (memo->asked && memo->known == known) {
        u->culprit = memo->culprit;
        u->culprit_key = memo->culprit_key;
        return memo->answer;
    }
    memo->asked = true;
    u->depth++;
    u->culprit = NULL;
    memo->answer = ask_kind(u, rel);
    u->depth--;
    memo->known = known_outputs(u, rel);
    memo->culprit = u->culprit;
    memo->culprit_key = u->culprit_key;
    return memo->answer;
}

enum unique_answer unique_ask(struct unique *u, const struct rel *rel) { return ask(u, rel); }

/* ---- the grain of a plan ---- */

static bool is_unique_without(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx, const bool *left_out) {
    struct unique *u = unique_new(arena, plan, keys, ctx);
    for (size_t i = 0; i < plan->n_outputs; i++) {
        if (!left_out[i]) unique_give(u, plan->root->columns[i]);
    }
    return unique_ask(u, plan->root) == UNIQUE_YES;
}

bool unique_by_output(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx, size_t output) {
    if (!plan->root || output >= plan->n_outputs || plan->n_outputs > plan->root->n_columns) return false;
    struct unique *u = unique_new(arena, plan, keys, ctx);
    unique_give(u, plan->root->columns[output]);
    return unique_ask(u, plan->root) == UNIQUE_YES;
}

bool unique_grain(struct arena *arena, const struct plan *plan, unique_keys keys, void *ctx, size_t **out, size_t *count) {
    *count = 0;
    if (!plan->root || plan->n_outputs > UNIQUE_OUTPUTS_MAX || plan->n_outputs > plan->root->n_columns) return false;
    bool *left_out = arena_array(arena, plan->n_outputs + 1, sizeof *left_out);
    if (!is_unique_without(arena, plan, keys, ctx, left_out)) return false;
    for (size_t i = plan->n_outputs; i > 0; i--) {
        left_out[i - 1] = true;
        left_out[i - 1] = is_unique_without(arena, plan, keys, ctx, left_out);
    }
    *out = arena_array(arena, plan->n_outputs + 1, sizeof **out);
    for (size_t i = 0; i < plan->n_outputs; i++) {
        if (!left_out[i]) (*out)[(*count)++] = i;
    }
    return true;
}
