/* check_sql_join.c - joins and set operations that an engine can only do the slow way, or does for nothing. */
#include "refute.h"
#include "tangle.h"
#include "unique.h"
#include "upstream.h"

#define BRANCHES_MAX   32
#define SLOW_BYTES     1e9 /* a side of a join from which on comparing every pair takes long */
#define REFUTE_WELL_US 20000

static double bytes_of(const struct look *look, const char *dataset) {
    const struct scan *scan = &look->subject->scan;
    for (size_t i = 0; i < scan->part_count; i++) {
        if (scan->parts[i].known && dataset_fits(scan->parts[i].dataset, dataset)) return scan->parts[i].all;
    }
    return -1;
}

/* ---- a join that no key leads through ---- */

enum compare { COMPARE_NONE, COMPARE_RANGE, COMPARE_SLOW };

/* How does the condition hold two inputs together, when not by equality: by a range, which some engines are good at, or by something that needs
 * every pair? */
static enum compare compare_of(const struct scalar *e) {
    switch (e->op) {
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
        return COMPARE_RANGE;
    case SC_OR:
    case SC_LIKE:
    case SC_NE:
        return COMPARE_SLOW;
    default:
        return COMPARE_NONE;
    }
}

static uint64_t group_of(const uint64_t *groups, size_t n, uint64_t leaves) {
    uint64_t all = leaves;
    for (size_t i = 0; i < n; i++) {
        if (groups[i] & leaves) all |= groups[i];
    }
    return all;
}

static bool is_one_leaf(uint64_t leaves) { return (leaves & (leaves - 1)) == 0; }

/* Is each side of the equality of other inputs than the other's? */
static bool equates_inputs(const struct tangle *t, const struct scalar *e, bool *unsure) {
    if ((e->op != SC_EQ && e->op != SC_SAME) || e->n != 2) return false;
    uint64_t a = tangle_leaves(t, e->args[0], unsure), b = tangle_leaves(t, e->args[1], unsure);
    return a && b && !(a & b);
}

/* Is it an equality of two inputs, or does each arm of its OR hold one? */
static bool has_equality(const struct tangle *t, const struct scalar *e, bool *unsure) {
    if (e->op != SC_AND && e->op != SC_OR) return equates_inputs(t, e, unsure);
    size_t with = 0;
    for (size_t i = 0; i < e->n; i++) with += has_equality(t, e->args[i], unsure);
    return e->op == SC_OR ? with == e->n : with > 0;
}

static bool is_large(const struct look *look, const struct tangle *t, uint64_t leaves) {
    for (size_t i = 0; i < t->n; i++) {
        const struct rel *scan = leaves >> i & 1 ? rel_scan(t->leaves[i]) : NULL;
        if (scan && bytes_of(look, scan->name) >= SLOW_BYTES) return true;
    }
    return false;
}

static bool is_small(const struct look *look, const struct tangle *t, uint64_t leaves) {
    for (size_t i = 0; i < t->n; i++) {
        if (!(leaves >> i & 1)) continue;
        const struct rel *scan = rel_scan(t->leaves[i]);
        double bytes = scan ? bytes_of(look, scan->name) : -1;
        if (bytes >= 0 && bytes < SLOW_BYTES / 100) return true;
        if (rel_is_single_row(t->leaves[i])) return true;
        for (size_t k = 0; k < t->n_conditions; k++) { /* compared with one value, which may be its key */
            const struct scalar *e = t->conditions[k];
            bool fixed = e->op == SC_EQ && e->n == 2 && (e->args[0]->op == SC_LITERAL || e->args[1]->op == SC_LITERAL), unsure = false;
            if (fixed && tangle_leaves(t, e, &unsure) == (uint64_t)1 << i) return true;
        }
    }
    return false;
}

/* Rows of one table paired with each other, or pairs that a function of both picks: that is what is wanted. */
static bool is_paired(const struct tangle *t, uint64_t left, uint64_t right) {
    bool unsure = false;
    for (size_t i = 0; i < t->n_conditions; i++) {
        uint64_t leaves = tangle_leaves(t, t->conditions[i], &unsure);
        if (leaves & left && leaves & right && compare_of(t->conditions[i]) == COMPARE_NONE) return true;
    }
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; k < t->n; k++) {
            const struct rel *a = left >> i & 1 ? rel_scan(t->leaves[i]) : NULL, *b = right >> k & 1 ? rel_scan(t->leaves[k]) : NULL;
            if (a && b && str_ieq(str_of(a->name), str_of(b->name))) return true;
        }
    }
    return unsure;
}

static void non_equi_say(struct look *look, const struct tangle *t, size_t at, uint64_t left, uint64_t right) {
    const struct scalar *e = t->conditions[at];
    const char *names[2] = {"a sub-query", "a sub-query"};
    for (size_t i = 0; i < t->n; i++) {
        if (left >> i & 1) names[0] = rel_name(t->leaves[i]);
        if (right >> i & 1) names[1] = rel_name(t->leaves[i]);
    }
    struct finding *f = look_finding(look, RULE_NON_EQUI, arena_printf(look->arena, "%s %s", names[0], names[1]), e->range);
    bool unsure = false, either = e->op == SC_OR && has_equality(t, e, &unsure);
    f->text = arena_printf(look->arena, "%s joins %s and %s by %s: without an equality every row is compared with every other.", f->subject, names[0],
                           names[1],
                           either             ? "either of several equalities"
                           : e->op == SC_LIKE ? "a pattern"
                           : e->op == SC_NE   ? "an inequality"
                                              : "a range");
    f->next_step =
        either ? "make one join for each equality, and UNION them" : "add an equality that both sides can be hashed by, such as a day or a region";
    look_say(look, f);
}

static void non_equi_look(struct look *look, const struct rel *rel) {
    if (!look_is_top(look, rel, true) || look->plan->reason) return;
    const struct tangle *t = tangle_of(look->arena, look->plan, rel, true);
    uint64_t groups[TANGLE_CONDITIONS_MAX];
    size_t n = 0;
    bool unsure = t->unsure || t->n < 2 || t->n > 60;
    for (size_t i = 0; i < t->n_conditions && !unsure; i++) {
        uint64_t leaves = tangle_leaves(t, t->conditions[i], &unsure);
        if (!equates_inputs(t, t->conditions[i], &unsure)) continue;
        for (uint64_t grown = 0; grown != leaves;) leaves = group_of(groups, n, grown = leaves);
        groups[n++] = leaves;
    }
    for (size_t i = 0; i < t->n_conditions && !unsure; i++) {
        uint64_t leaves = tangle_leaves(t, t->conditions[i], &unsure);
        enum compare how = compare_of(t->conditions[i]);
        if (t->conditions[i]->op == SC_OR && !has_equality(t, t->conditions[i], &unsure)) how = COMPARE_RANGE;
        if (how == COMPARE_NONE || is_one_leaf(leaves) || unsure || t->of[i]->kind != REL_JOIN) continue;
        uint64_t first = leaves & -leaves, own = group_of(groups, n, first);
        for (uint64_t grown = 0; grown != own;) own = group_of(groups, n, grown = own);
        uint64_t rest = leaves & ~own;
        if (!rest || is_small(look, t, first) || is_small(look, t, rest)) continue;
        if (how == COMPARE_RANGE && !(is_large(look, t, own) && is_large(look, t, rest))) continue;
        if (is_paired(t, own, rest)) continue;
        non_equi_say(look, t, i, own, rest);
        return;
    }
}

/* ---- a cast on a key ---- */

static const struct scalar *cast_column(const struct scalar *e) {
    return e->op == SC_CAST && e->args[0]->op == SC_COLUMN ? e->args[0] : e->op == SC_COLUMN ? e : NULL;
}

static bool is_number(enum type_kind k) { return k == TYPE_INT || k == TYPE_DECIMAL; }
static bool is_text(enum type_kind k) { return k == TYPE_STRING || k == TYPE_CHAR; }

/* A key kept as text on one side and as a number on the other. */
static bool is_mixed(enum type_kind a, enum type_kind b) { return (is_number(a) && is_text(b)) || (is_text(a) && is_number(b)); }

static void cast_say(struct look *look, const struct tangle *t, const struct scalar *e, const struct scalar *a, const struct scalar *b) {
    const struct plan_column *x = &look->plan->columns[a->column], *y = &look->plan->columns[b->column];
    long left = tangle_leaf(t, a->column), right = tangle_leaf(t, b->column);
    const char *names[2] = {rel_name(t->leaves[left]), rel_name(t->leaves[right])};
    struct finding *f = look_finding(look, RULE_JOIN_CAST, arena_printf(look->arena, "%s.%s %s.%s", names[0], x->name, names[1], y->name), e->range);
    bool known = is_mixed(x->type.kind, y->type.kind);
    f->text =
        known ? arena_printf(look->arena, "%s joins %s.%s (%s) and %s.%s (%s): the key is cast for every row, and no statistics of it are used.",
                             f->subject, names[0], x->name, type_name(x->type), names[1], y->name, type_name(y->type))
              : arena_printf(look->arena, "%s casts a key to join %s.%s and %s.%s: no statistics of it are used, and leading zeros or blanks decide.",
                             f->subject, names[0], x->name, names[1], y->name);
    f->next_step = "give the key one type where the tables are loaded";
    look_say(look, f);
}

/* CAST(a.k AS STRING) = b.k: to a number or to text; a timestamp cast to its day is no key of another type. */
static void join_cast_look(struct look *look, const struct rel *rel) {
    if (!look_is_top(look, rel, true)) return;
    const struct tangle *t = tangle_of(look->arena, look->plan, rel, true);
    for (size_t i = 0; i < t->n_conditions && t->n > 1; i++) {
        const struct scalar *e = t->conditions[i];
        const struct scalar *a = e->op == SC_EQ ? cast_column(e->args[0]) : NULL, *b = e->op == SC_EQ ? cast_column(e->args[1]) : NULL;
        if (!a || !b || tangle_leaf(t, a->column) < 0 || tangle_leaf(t, b->column) < 0 || tangle_leaf(t, a->column) == tangle_leaf(t, b->column))
            continue;
        enum type_kind x = look->plan->columns[a->column].type.kind, y = look->plan->columns[b->column].type.kind;
        bool one_cast = (e->args[0]->op == SC_CAST) != (e->args[1]->op == SC_CAST);
        const struct scalar *cast = e->args[0]->op == SC_CAST ? e->args[0] : e->args[1];
        bool known = is_mixed(x, y);
        bool plain = one_cast && (is_number(cast->type.kind) || is_text(cast->type.kind)) &&
                     (x == TYPE_UNKNOWN || y == TYPE_UNKNOWN || x == TYPE_OTHER || y == TYPE_OTHER);
        if (known || plain) cast_say(look, t, e, a, b);
    }
}

/* ---- DISTINCT over a join that repeats rows ---- */

static void distinct_look(struct look *look, const struct rel *rel) {
    if (rel->kind != REL_DISTINCT || look->plan->reason || !rel->left) return;
    const struct rel *top = rel->left;
    while (top->kind == REL_PROJECT && top->left) top = top->left;
    const struct tangle *t = tangle_of(look->arena, look->plan, top, true);
    if (t->unsure || t->n < 2 || t->n > 60) return;
    uint64_t from = 0;
    struct unique *u = unique_new(look->arena, look->plan, upstream_keys, look);
    for (size_t i = 0; i < rel->n_columns; i++) {
        long leaf = tangle_leaf(t, unique_origin(look->plan, rel->columns[i]));
        if (leaf < 0) return; /* computed of several, or a constant */
        from |= (uint64_t)1 << leaf;
        unique_give(u, rel->columns[i]);
    }
    const char *key;
    if (!is_one_leaf(from) || unique_ask(u, rel->left) != UNIQUE_NO) return;
    const struct rel *by = unique_culprit(u, &key);
    long kept = __builtin_ctzll(from);
    struct unique *alone = unique_new(look->arena, look->plan, upstream_keys, look);
    for (size_t i = 0; i < rel->n_columns; i++) unique_give(alone, unique_origin(look->plan, rel->columns[i]));
    if (!by || rel_holds(t->leaves[kept], by) || unique_ask(alone, t->leaves[kept]) != UNIQUE_YES) return;
    struct finding *f = look_finding(look, RULE_DISTINCT_FAN_OUT, rel_name(by), rel->range);
    f->text = arena_printf(
        look->arena, "%s selects only columns of %s, whose rows differ already: DISTINCT takes back what the join with %s (one row per %s) repeats.",
        f->subject, rel_name(t->leaves[kept]), rel_name(by), key);
    f->next_step = arena_printf(look->arena, "ask for %s with EXISTS, without DISTINCT", rel_name(by));
    look_say(look, f);
}

/* ---- UNION that need not compare ---- */

struct branches {
    const struct rel *at[BRANCHES_MAX];
    size_t n;
    bool unsure;
};

static void branches_take(struct branches *b, const struct rel *rel, bool all) {
    if (rel->kind == REL_SETOP && rel->setop == RELSET_UNION && rel->all == all) {
        branches_take(b, rel->left, all);
        branches_take(b, rel->right, all);
    } else if (b->n < BRANCHES_MAX) {
        b->at[b->n++] = rel;
    } else {
        b->unsure = true;
    }
}

/* The literal that the column is in every row of the relation; NULL when it is not fixed, or that is not seen. */
static const struct scalar *constant_of(const struct plan *plan, const struct rel *rel, int column, int depth) {
    if (!rel || depth > 60) return NULL;
    if (rel->kind == REL_PROJECT) {
        for (size_t i = 0; i < rel->n_defs; i++) {
            if (rel->defs[i].column != column) continue;
            if (rel->defs[i].expr->op == SC_LITERAL) return rel->defs[i].expr;
            return rel->defs[i].expr->op == SC_COLUMN ? constant_of(plan, rel->left, rel->defs[i].expr->column, depth + 1) : NULL;
        }
        return NULL;
    }
    if (rel->kind == REL_FILTER || (rel->kind == REL_JOIN && rel->join == RELJOIN_INNER)) {
        const struct scalar *c = rel->condition;
        for (size_t i = 0; c && i < (c->op == SC_AND ? c->n : 1); i++) {
            const struct scalar *e = c->op == SC_AND ? c->args[i] : c;
            if (e->op != SC_EQ || e->n != 2) continue;
            for (size_t side = 0; side < 2; side++) {
                if (e->args[side]->op == SC_COLUMN && e->args[side]->column == column && e->args[1 - side]->op == SC_LITERAL)
                    return e->args[1 - side];
            }
        }
    }
    if (rel->kind == REL_AGG) {
        for (size_t i = 0; i < rel->n_keys; i++) {
            if (rel->keys[i].column == column && rel->keys[i].expr->op == SC_COLUMN && !rel->n_sets)
                return constant_of(plan, rel->left, rel->keys[i].expr->column, depth + 1);
        }
        return NULL;
    }
    bool passes = rel->kind == REL_FILTER || rel->kind == REL_DISTINCT || rel->kind == REL_SORT || rel->kind == REL_WINDOW;
    if (passes) return constant_of(plan, rel->left, column, depth + 1);
    if (rel->kind != REL_JOIN || rel->join != RELJOIN_INNER) return NULL;
    const struct scalar *left = constant_of(plan, rel->left, column, depth + 1);
    return left ? left : constant_of(plan, rel->right, column, depth + 1);
}

static bool literals_differ(const struct literal *a, const struct literal *b) {
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case VALUE_INT:
    case VALUE_BOOL:
    case VALUE_DATE:
        return a->i != b->i && !a->s.n && !b->s.n;
    case VALUE_TEXT: /* a collation may hold case and blanks at the end for equal */
        return !str_ieq(a->s, b->s) && a->s.n && b->s.n && a->s.p[a->s.n - 1] != ' ' && b->s.p[b->s.n - 1] != ' ';
    default:
        return false;
    }
}

/* In which column do the two branches never meet? */
static const char *disjoint_by(const struct plan *plan, const struct rel *a, const struct rel *b) {
    for (size_t i = 0; i < a->n_columns && i < b->n_columns; i++) {
        const struct scalar *x = constant_of(plan, a, a->columns[i], 0), *y = constant_of(plan, b, b->columns[i], 0);
        if (x && y && literals_differ(&x->lit, &y->lit)) return plan->columns[a->columns[i]].name;
    }
    return NULL;
}

static bool reads_table(const struct rel *rel) {
    if (!rel) return false;
    if (rel->kind == REL_SCAN || reads_table(rel->left) || reads_table(rel->right)) return true;
    for (size_t i = 0; i < rel->n_inputs; i++) {
        if (reads_table(rel->inputs[i])) return true;
    }
    return false;
}

static bool is_set(struct look *look, const struct rel *rel) {
    struct unique *u = unique_new(look->arena, look->plan, upstream_keys, look);
    for (size_t i = 0; i < rel->n_columns; i++) unique_give(u, rel->columns[i]);
    return unique_ask(u, rel) == UNIQUE_YES;
}

/* Is a database found on which the relation gives something else than what is proposed in its place? */
static bool is_refuted(struct look *look, const struct rel *rel, const struct rel *instead) {
    struct plan *a = arena_new(look->arena, struct plan), *b = arena_new(look->arena, struct plan);
    *a = *b = *look->plan;
    a->root = (struct rel *)(uintptr_t)rel;
    b->root = (struct rel *)(uintptr_t)instead;
    a->n_outputs = b->n_outputs = rel->n_columns;
    const char **names = arena_array(look->arena, rel->n_columns + 1, sizeof *names);
    for (size_t i = 0; i < rel->n_columns; i++) names[i] = look->plan->columns[rel->columns[i]].name;
    a->names = b->names = names;
    const struct refute_limits limits = {.micros = REFUTE_WELL_US, .declared = true};
    return refute_pair(look->arena, a, b, NULL, &limits)->verdict == REFUTE_FOUND;
}

/* The column in which no two branches meet, when no branch repeats a row either; NULL: rows may be equal. */
static const char *branches_apart(struct look *look, const struct branches *b) {
    const char *by = NULL;
    for (size_t i = 0; i < b->n; i++) {
        for (size_t k = 0; k < i; k++) {
            by = disjoint_by(look->plan, b->at[k], b->at[i]);
            if (!by) return NULL;
        }
    }
    for (size_t i = 0; i < b->n && by; i++) {
        if (!reads_table(b->at[i]) || !is_set(look, b->at[i])) return NULL; /* a few constants cost nothing */
    }
    return b->unsure ? NULL : by;
}

static void union_look(struct look *look, const struct rel *rel) {
    bool is_union = rel->kind == REL_SETOP && rel->setop == RELSET_UNION && !rel->all;
    const struct rel *above = look->depth ? look->above[look->depth - 1] : NULL;
    bool inner = above && above->kind == REL_SETOP && above->setop == RELSET_UNION && !above->all;
    if (!is_union || inner || look->plan->reason) return;
    struct branches b = {.n = 0};
    branches_take(&b, rel, false);
    const char *by = branches_apart(look, &b);
    struct rel *all = arena_new(look->arena, struct rel);
    *all = *rel;
    all->all = true;
    if (!by || (b.n == 2 && is_refuted(look, rel, all))) return;
    struct finding *f = look_finding(look, RULE_UNION_ALL, by, rel->range);
    f->text = arena_printf(look->arena, "%s compares all rows of a UNION whose branches differ in %s and repeat no row: UNION ALL gives the same.",
                           f->subject, by);
    f->next_step = "write UNION ALL";
    look_say(look, f);
}

/* a.union(b).distinct(): the same in PySpark, whose union keeps all rows. */
static void union_distinct_look(struct look *look, const struct rel *rel) {
    const struct rel *below = rel->kind == REL_DISTINCT && !look->plan->reason ? rel->left : NULL;
    if (below && below->kind == REL_PROJECT && below->left && below->n_columns == below->left->n_columns) below = below->left;
    if (!below || below->kind != REL_SETOP || below->setop != RELSET_UNION || !below->all || below->n_columns != rel->n_columns) return;
    struct branches b = {.n = 0};
    branches_take(&b, below, true);
    const char *by = branches_apart(look, &b);
    if (!by || (b.n == 2 && is_refuted(look, rel, rel->left))) return;
    struct finding *f = look_finding(look, RULE_UNION_ALL, by, rel->range);
    f->text = arena_printf(
        look->arena, "%s takes the distinct rows of a union whose parts differ in %s and repeat no row: distinct() changes nothing.", f->subject, by);
    f->next_step = "leave out distinct()";
    look_say(look, f);
}

const struct look_rule sql_join_looks[] = {
    {.rule = RULE_NON_EQUI, .rel = non_equi_look},         {.rule = RULE_JOIN_CAST, .rel = join_cast_look},
    {.rule = RULE_DISTINCT_FAN_OUT, .rel = distinct_look}, {.rule = RULE_UNION_ALL, .rel = union_look},
    {.rule = RULE_UNION_ALL, .rel = union_distinct_look},  LOOKS_END,
};
