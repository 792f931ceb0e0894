/* normal_expr.c - interned scalars: equal ids are equal expressions. The makers fold what is the same in any context, in three-valued
 * logic: nothing here may take FALSE for NULL. */
#include "normal_core.h"

#include <stdlib.h>

static bool literal_same(const struct literal *a, const struct literal *b) {
    return a->kind == b->kind && a->i == b->i && a->scale == b->scale && memcmp(&a->r, &b->r, sizeof a->r) == 0 && str_eq(a->s, b->s);
}

static bool order_same(const struct sort_key *a, const struct sort_key *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a[i].expr != b[i].expr || a[i].descending != b[i].descending || a[i].nulls_first != b[i].nulls_first) return false;
    return true;
}

static bool text_same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool window_same(const struct window_spec *a, const struct window_spec *b) {
    if (a == b) return true;
    if (!a || !b || a->n_partition != b->n_partition || a->n_order != b->n_order || a->unit != b->unit || a->start != b->start || a->end != b->end)
        return false;
    if (a->start_by != b->start_by || a->end_by != b->end_by || a->ignore_nulls != b->ignore_nulls || !text_same(a->exclude, b->exclude))
        return false;
    for (size_t i = 0; i < a->n_partition; i++)
        if (a->partition[i] != b->partition[i]) return false;
    return order_same(a->order, b->order, a->n_order);
}

static bool proto_same(const struct scalar *a, const struct scalar *b) {
    if (a->op != b->op || a->n != b->n || a->column != b->column || a->distinct != b->distinct || a->block != b->block || a->filter != b->filter)
        return false;
    if (a->n_order != b->n_order || !text_same(a->name, b->name) || !window_same(a->window, b->window)) return false;
    if (a->op == SC_CAST && (a->type.kind != b->type.kind || a->type.precision != b->type.precision || a->type.scale != b->type.scale)) return false;
    if (a->op == SC_LITERAL && !literal_same(&a->lit, &b->lit)) return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->args[i] != b->args[i]) return false;
    return order_same(a->order, b->order, a->n_order);
}

static uint64_t mix(uint64_t h, uint64_t v) {
    h ^= v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
    return h * 0xff51afd7ed558ccdu;
}

static uint64_t proto_hash(const struct scalar *e) {
    uint64_t h = mix(e->op, (uint64_t)e->column);
    for (size_t i = 0; i < e->n; i++) h = mix(h, e->args[i]->id);
    if (e->op == SC_LITERAL) {
        h = mix(h, (uint64_t)e->lit.kind + (uint64_t)e->lit.i * 31 + (uint64_t)e->lit.scale);
        if (e->lit.s.n) h = mix(h, hash64(e->lit.s.p, e->lit.s.n));
    }
    if (e->name) h = mix(h, hash64(e->name, strlen(e->name)));
    if (e->block) h = mix(h, (uint64_t)(uintptr_t)e->block);
    return mix(h, e->filter ? e->filter->id : 0) ^ (h >> 29);
}

static void table_grow(struct norm *n) {
    size_t cap = n->table_cap ? n->table_cap * 2 : 512;
    nexpr *table = arena_array(n->arena, cap, sizeof *table);
    uint32_t *hashes = arena_array(n->arena, cap, sizeof *hashes);
    for (size_t i = 0; i < n->table_cap; i++) {
        if (!n->table[i]) continue;
        size_t at = n->table_hash[i] & (cap - 1);
        while (table[at]) at = (at + 1) & (cap - 1);
        table[at] = n->table[i];
        hashes[at] = n->table_hash[i];
    }
    n->table = table;
    n->table_hash = hashes;
    n->table_cap = cap;
}

static uint64_t mask_of(const struct scalar *e) {
    if (e->op == SC_COLUMN) return COLUMN_MASK(e->column);
    if (e->block || e->filter || e->window || e->n_order) return UINT64_MAX;
    uint64_t mask = 0;
    for (size_t i = 0; i < e->n; i++) mask |= e->args[i]->mask;
    return mask;
}

static nexpr scalar_keep(struct norm *n, const struct scalar *proto) {
    struct scalar *e = arena_new(n->arena, struct scalar);
    *e = *proto;
    if (e->n) e->args = (const nexpr *)(const void *)arena_copy(n->arena, proto->args, e->n * sizeof *e->args);
    e->rel = NULL;
    e->range = (struct range){0};
    e->id = (uint32_t)++n->table_n;
    e->mask = mask_of(e);
    return e;
}

static nexpr intern(struct norm *n, const struct scalar *proto) {
    if ((n->table_n + 1) * 2 > n->table_cap) table_grow(n);
    uint64_t whole = proto_hash(proto);
    uint32_t hash = (uint32_t)(whole ^ whole >> 32);
    size_t at = hash & (n->table_cap - 1);
    for (; n->table[at]; at = (at + 1) & (n->table_cap - 1))
        if (n->table_hash[at] == hash && proto_same(n->table[at], proto)) return n->table[at];
    nexpr e = scalar_keep(n, proto);
    n->table[at] = e;
    n->table_hash[at] = hash;
    (void)work_spent(n, 1);
    return e;
}

bool expr_is_literal(nexpr e) { return e->op == SC_LITERAL; }

bool expr_is_null(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_NULL; }

bool expr_is_true(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_BOOL && e->lit.i; }

bool expr_is_false(nexpr e) { return e->op == SC_LITERAL && e->lit.kind == VALUE_BOOL && !e->lit.i; }

nexpr expr_column(struct norm *n, int column) {
    size_t c = (size_t)column;
    if (c < n->column_expr_cap && n->column_expr[c]) return n->column_expr[c];
    n->column_expr = arena_grow(n->arena, n->column_expr, &n->column_expr_cap, c + 1, sizeof *n->column_expr);
    struct scalar e = {.op = SC_COLUMN, .column = column, .type = n->columns.at[column].type, .nullable = n->columns.at[column].nullable};
    (void)work_spent(n, 1);
    return n->column_expr[c] = scalar_keep(n, &e);
}

nexpr expr_bool(struct norm *n, bool value) {
    struct scalar e = {.op = SC_LITERAL, .lit = {.kind = VALUE_BOOL, .i = value}, .type = {TYPE_BOOL, 0, 0}};
    return intern(n, &e);
}

nexpr expr_null(struct norm *n, struct type type) {
    struct scalar e = {.op = SC_LITERAL, .lit = {.kind = VALUE_NULL}, .type = {TYPE_NULL, 0, 0}, .nullable = true};
    (void)type;
    return intern(n, &e);
}

nexpr expr_int(struct norm *n, int64_t value) {
    struct scalar e = {.op = SC_LITERAL, .lit = {.kind = VALUE_INT, .i = value}, .type = {TYPE_INT, 32, 0}};
    return intern(n, &e);
}

static struct type bool_type(void) { return (struct type){TYPE_BOOL, 0, 0}; }

nexpr expr_of1(struct norm *n, enum scalar_op op, nexpr a) {
    return expr_make(n, (struct scalar){.op = op, .n = 1, .args = &a, .type = bool_type()});
}

nexpr expr_of2(struct norm *n, enum scalar_op op, nexpr a, nexpr b) {
    nexpr args[2] = {a, b};
    return expr_make(n, (struct scalar){.op = op, .n = 2, .args = args, .type = bool_type()});
}

nexpr expr_with(struct norm *n, nexpr like, const nexpr *args) {
    struct scalar e = *like;
    e.args = args;
    return expr_make(n, e);
}

nexpr expr_block(struct norm *n, enum scalar_op op, struct block *block, const nexpr *args, size_t count) {
    struct scalar e = {.op = op, .block = block, .n = (uint16_t)count, .args = args, .type = bool_type(), .nullable = op != SC_EXISTS};
    return intern(n, &e);
}

static int id_compare(const void *a, const void *b) {
    uint32_t x = (*(const nexpr *)a)->id, y = (*(const nexpr *)b)->id;
    return x < y ? -1 : x > y;
}

#define SORT_SMALL 16

static void ids_sort(nexpr *at, size_t n) {
    if (n > SORT_SMALL) qsort(at, n, sizeof *at, id_compare);
    for (size_t i = 1; n <= SORT_SMALL && i < n; i++) {
        nexpr e = at[i];
        size_t k = i;
        for (; k > 0 && at[k - 1]->id > e->id; k--) at[k] = at[k - 1];
        at[k] = e;
    }
}

/* Flattens into `out`; false when a member decides the whole (`*decided`). */
static bool junction_collect(struct norm *n, enum scalar_op op, const nexpr *args, size_t count, struct exprs *out) {
    for (size_t i = 0; i < count; i++) {
        nexpr e = args[i];
        if (e->op == op) {
            if (!junction_collect(n, op, e->args, e->n, out)) return false;
            continue;
        }
        if (op == SC_AND ? expr_is_false(e) : expr_is_true(e)) return false;
        if (op == SC_AND ? expr_is_true(e) : expr_is_false(e)) continue;
        *vec_add(n->arena, out) = e;
    }
    return true;
}

nexpr expr_junction(struct norm *n, enum scalar_op op, const nexpr *args, size_t count) {
    struct exprs all = {0};
    if (!junction_collect(n, op, args, count, &all)) return expr_bool(n, op == SC_OR);
    if (all.n == 0) return expr_bool(n, op == SC_AND);
    ids_sort(all.at, all.n);
    size_t kept = 0;
    for (size_t i = 0; i < all.n; i++)
        if (kept == 0 || all.at[kept - 1] != all.at[i]) all.at[kept++] = all.at[i];
    if (kept == 1) return all.at[0];
    all.n = kept;
    if (points_counted(n, op, &all)) return expr_junction(n, op, all.at, all.n);
    if (kept > 60000) {
        normal_refuse(n, "a condition of more than 60000 parts");
        kept = 60000;
    }
    struct scalar e = {.op = op, .n = (uint16_t)kept, .args = all.at, .type = bool_type(), .nullable = true};
    return intern(n, &e);
}

nexpr expr_and2(struct norm *n, nexpr a, nexpr b) {
    nexpr args[2] = {a, b};
    return expr_junction(n, SC_AND, args, 2);
}

nexpr expr_or2(struct norm *n, nexpr a, nexpr b) {
    nexpr args[2] = {a, b};
    return expr_junction(n, SC_OR, args, 2);
}

nexpr expr_case2(struct norm *n, nexpr cond, nexpr then, nexpr otherwise) {
    nexpr args[3] = {cond, then, otherwise};
    return expr_make(n, (struct scalar){.op = SC_CASE, .n = 3, .args = args, .type = expr_is_null(then) ? otherwise->type : then->type});
}

static enum scalar_op comparison_negated(enum scalar_op op) {
    static const enum scalar_op map[] = {[SC_EQ] = SC_NE, [SC_NE] = SC_EQ, [SC_LT] = SC_GE, [SC_LE] = SC_GT, [SC_GT] = SC_LE, [SC_GE] = SC_LT};
    return map[op];
}

/* A comparison with a literal that is not TRUE is FALSE, or its other side is NULL. */
static nexpr not_true(struct norm *n, nexpr e) {
    if (e->op < SC_EQ || e->op > SC_GE || expr_is_literal(e->args[0]) == expr_is_literal(e->args[1])) return NULL;
    nexpr x = e->args[expr_is_literal(e->args[0])];
    bool plain = e->args[0]->type.kind == e->args[1]->type.kind && x->type.kind != TYPE_UNKNOWN && !x->is_volatile;
    return plain ? expr_or2(n, expr_not(n, e), expr_of1(n, SC_IS_NULL, x)) : NULL;
}

nexpr expr_not(struct norm *n, nexpr e) {
    if (expr_is_null(e)) return expr_null(n, bool_type());
    if (expr_is_true(e) || expr_is_false(e)) return expr_bool(n, expr_is_false(e));
    if (e->op == SC_NOT)
        return e->args[0]->type.kind == TYPE_BOOL
                   ? e->args[0]
                   : intern(n, &(struct scalar){.op = SC_NOT, .n = 1, .args = &e, .type = bool_type(), .nullable = true});
    if (e->op >= SC_EQ && e->op <= SC_GE) return expr_of2(n, comparison_negated(e->op), e->args[0], e->args[1]);
    if (e->op == SC_AND || e->op == SC_OR) {
        nexpr *args = arena_array(n->arena, e->n, sizeof *args);
        for (size_t i = 0; i < e->n; i++) args[i] = expr_not(n, e->args[i]);
        return expr_junction(n, e->op == SC_AND ? SC_OR : SC_AND, args, e->n);
    }
    nexpr apart = e->op == SC_IS_TRUE ? not_true(n, e->args[0]) : NULL;
    if (apart) return apart;
    struct scalar not = {.op = SC_NOT, .n = 1, .args = &e, .type = bool_type(), .nullable = e->nullable};
    return intern(n, &not );
}

/* A string that a DATE is compared with becomes a date, as every engine here does (but SQLite, which has no dates). */
static nexpr date_literal(struct norm *n, nexpr e, nexpr other) {
    bool text = e->op == SC_LITERAL && e->lit.kind == VALUE_TEXT && other->type.kind == TYPE_DATE && n->plan->dialect != DIALECT_SQLITE;
    int64_t days;
    if (!text || !literal_date(e->lit.s, &days) || e->lit.s.n != 10) return e;
    struct scalar lit = {.op = SC_LITERAL, .lit = {.kind = VALUE_DATE, .i = days}, .type = {TYPE_DATE, 0, 0}};
    return intern(n, &lit);
}

/* CASE .. END = literal, arm by arm, when every arm is a literal. */
static nexpr compare_case(struct norm *n, enum scalar_op op, nexpr c, nexpr lit, bool swapped) {
    if (c->op != SC_CASE || !expr_is_literal(lit)) return NULL;
    bool some = false;
    for (size_t i = 0; i < c->n; i++) some |= (i % 2 == 1 || i + 1 == c->n) && expr_is_literal(c->args[i]);
    if (!some) return NULL;
    nexpr *args = arena_array(n->arena, c->n, sizeof *args);
    for (size_t i = 0; i < c->n; i++) {
        bool value = i % 2 == 1 || i + 1 == c->n;
        args[i] = !value ? c->args[i] : swapped ? expr_of2(n, op, lit, c->args[i]) : expr_of2(n, op, c->args[i], lit);
    }
    return expr_make(n, (struct scalar){.op = SC_CASE, .n = c->n, .args = args, .type = bool_type()});
}

nexpr expr_without_widening(nexpr e) {
    if (e->op != SC_CAST || e->type.kind != TYPE_INT || e->args[0]->type.kind != TYPE_INT) return e;
    return e->args[0]->type.precision && e->type.precision > e->args[0]->type.precision ? e->args[0] : e;
}

static bool is_number(nexpr e) {
    bool computed = e->type.kind == TYPE_UNKNOWN && ((e->op >= SC_ADD && e->op <= SC_MOD) || e->op == SC_NEG);
    return computed || (e->type.kind >= TYPE_INT && e->type.kind <= TYPE_FLOAT);
}

/* Has the type room for all digits of the literal? Then a cast to it is the same number. */
static bool holds_literal(struct type to, nexpr e) {
    if (e->op != SC_LITERAL || e->lit.kind != VALUE_DECIMAL || e->lit.s.n || to.kind != TYPE_DECIMAL || to.scale < e->lit.scale) return false;
    int64_t most = 1;
    for (int digits = to.precision - to.scale + e->lit.scale; digits > 0 && most < INT64_MAX / 10; digits--) most *= 10;
    return e->lit.i < most && e->lit.i > -most;
}

bool expr_sums_to_itself(const struct norm *n, nexpr x) {
    enum dialect d = n->plan->dialect;
    bool numbers_only = d == DIALECT_POSTGRES || d == DIALECT_BIGQUERY || d == DIALECT_TRINO || d == DIALECT_REDSHIFT || d == DIALECT_ANSI;
    return is_number(x) || x->type.kind == TYPE_NULL || (x->type.kind == TYPE_UNKNOWN && numbers_only);
}

/* A cast of a number to a wider exact number keeps its value: nothing that a comparison with a number could notice. */
static nexpr without_widening(nexpr e, nexpr other) {
    if (!is_number(other)) return e;
    e = expr_without_widening(e);
    if (e->op != SC_CAST || e->type.kind != TYPE_DECIMAL || !e->type.precision) return e;
    struct type from = e->args[0]->type, to = e->type;
    int digits = from.kind == TYPE_INT && from.precision       ? (from.precision <= 32 ? 10 : 19)
                 : from.kind == TYPE_DECIMAL && from.precision ? from.precision - from.scale
                                                               : 99;
    bool wide = to.precision - to.scale >= digits && (from.kind == TYPE_INT || to.scale >= from.scale);
    wide |= holds_literal(to, e->args[0]);
    return wide ? e->args[0] : e;
}

/* 4.00 is 4 to a number that it is compared with. */
static nexpr whole_literal(struct norm *n, nexpr e, nexpr other) {
    bool number = other->type.kind >= TYPE_INT && other->type.kind <= TYPE_FLOAT;
    bool whole = e->op == SC_LITERAL && e->lit.kind == VALUE_DECIMAL && e->lit.scale == 0 && !e->lit.s.n;
    return number && whole && e->lit.i <= INT32_MAX && e->lit.i >= INT32_MIN ? expr_int(n, e->lit.i) : e;
}

/* e as x + by, of whole numbers. */
static nexpr offset_peel(nexpr e, int64_t *by) {
    *by = 0;
    if ((e->op != SC_ADD && e->op != SC_SUB) || e->n != 2 || e->type.kind != TYPE_INT) return e;
    for (int k = 1; k >= (e->op == SC_ADD ? 0 : 1); k--) {
        nexpr lit = e->args[k];
        bool small = lit->op == SC_LITERAL && lit->lit.kind == VALUE_INT && !lit->lit.s.n && lit->lit.i > -1000000 && lit->lit.i < 1000000;
        if (!small || e->args[1 - k]->op == SC_LITERAL || e->args[1 - k]->type.kind != TYPE_INT) continue;
        *by = e->op == SC_ADD ? lit->lit.i : -lit->lit.i;
        return e->args[1 - k];
    }
    return e;
}

/* x - 1 = y is y + 1 = x: either both overflow, or both wrap to the same. NULL: it is said so already. */
static nexpr equal_offsets(struct norm *n, enum scalar_op op, nexpr a, nexpr b) {
    int64_t i, k;
    if ((op != SC_EQ && op != SC_NE) || n->plan->dialect == DIALECT_SQLITE) return NULL; /* there a column of numbers may hold texts */
    nexpr x = offset_peel(a, &i), y = offset_peel(b, &k);
    bool settled = (i == 0 && k >= 0) || (k == 0 && i >= 0);
    if (settled || x->op == SC_LITERAL || y->op == SC_LITERAL || x->type.kind != TYPE_INT || y->type.kind != TYPE_INT) return NULL;
    if (x->type.precision != y->type.precision) return NULL;
    int64_t by = i > k ? i - k : k - i;
    nexpr low = i > k ? x : y, high = i > k ? y : x, args[2] = {low, expr_int(n, by)};
    nexpr sum = by ? expr_make(n, (struct scalar){.op = SC_ADD, .n = 2, .args = args, .type = low->type, .nullable = true}) : low;
    return expr_of2(n, op, sum, high);
}

static nexpr compare_make(struct norm *n, struct scalar *e) {
    nexpr a = date_literal(n, e->args[0], e->args[1]), b = date_literal(n, e->args[1], e->args[0]);
    a = without_widening(a, b);
    b = without_widening(b, a);
    a = whole_literal(n, a, b);
    b = whole_literal(n, b, a);
    a = moment_literal(n, a, b);
    b = moment_literal(n, b, a);
    if (expr_is_null(a) || expr_is_null(b)) return expr_null(n, bool_type());
    enum scalar_op op = e->op;
    if (op == SC_GT || op == SC_GE) {
        nexpr t = a;
        a = b;
        b = t;
        op = op == SC_GT ? SC_LT : SC_LE;
    }
    int order;
    bool ordered = op == SC_LT || op == SC_LE;
    bool text = a->op == SC_LITERAL && a->lit.kind == VALUE_TEXT; /* the order of texts depends on the collation */
    if (fold_compare(n, a, b, &order) && (!text || !ordered || order == 0)) {
        return expr_bool(n, scalar_order_holds(op, order));
    }
    nexpr cased = compare_case(n, op, a, b, false);
    if (!cased) cased = compare_case(n, op, b, a, true);
    if (!cased) cased = compare_literal(n, op, a, b);
    if (!cased) cased = calendar_compared(n, op, a, b);
    if (!cased && op <= SC_NE && (text_prefix(n, a, b, &cased) || text_prefix(n, b, a, &cased)) && op == SC_NE) cased = expr_not(n, cased);
    if (!cased) cased = equal_offsets(n, op, a, b);
    if (cased) return cased;
    if ((op == SC_EQ || op == SC_NE) && a->id > b->id) {
        nexpr t = a;
        a = b;
        b = t;
    }
    /* b = TRUE is b, for booleans: NULL stays NULL. */
    for (int i = 0; i < 2 && op <= SC_NE; i++) {
        nexpr lit = i ? a : b, x = i ? b : a;
        if (x->type.kind == TYPE_BOOL && lit->op == SC_LITERAL && lit->lit.kind == VALUE_BOOL && x->op != SC_LITERAL)
            return (op == SC_EQ) == (bool)lit->lit.i ? x : expr_not(n, x);
    }
    nexpr args[2] = {a, b};
    struct scalar out = {.op = op, .n = 2, .args = args, .type = bool_type(), .nullable = a->nullable || b->nullable};
    return intern(n, &out);
}

static nexpr is_null_make(struct norm *n, nexpr a) {
    if (a->op == SC_LITERAL) return expr_bool(n, expr_is_null(a));
    switch (a->op) {
    case SC_IS_NULL:
    case SC_IS_TRUE:
    case SC_SAME:
    case SC_EXISTS:
    case SC_MATCHED:
    case SC_GROUPING:
        return expr_bool(n, false);
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_NEG:
    case SC_NOT:
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE: {
        /* Comparing across types may give NULL (Spark casts), and so may decimals that overflow there. */
        bool spark = n->plan->dialect == DIALECT_SPARK || n->plan->dialect == DIALECT_DATABRICKS;
        bool compared = a->op >= SC_EQ && a->op <= SC_LE && a->args[0]->type.kind == a->args[1]->type.kind && a->args[0]->type.kind != TYPE_UNKNOWN;
        bool numbers = a->op >= SC_ADD && (a->type.kind == TYPE_INT || a->type.kind == TYPE_FLOAT || (a->type.kind == TYPE_DECIMAL && !spark));
        if (a->op != SC_NOT && !compared && !numbers) break;
        nexpr any = expr_bool(n, false);
        for (size_t i = 0; i < a->n; i++) any = expr_or2(n, any, expr_of1(n, SC_IS_NULL, a->args[i]));
        return any;
    }
    case SC_CASE: {
        nexpr *args = arena_array(n->arena, a->n, sizeof *args);
        for (size_t i = 0; i < a->n; i++) args[i] = i % 2 == 1 || i + 1 == a->n ? expr_of1(n, SC_IS_NULL, a->args[i]) : a->args[i];
        return expr_make(n, (struct scalar){.op = SC_CASE, .n = a->n, .args = args, .type = bool_type()});
    }
    case SC_COALESCE: {
        nexpr all = expr_bool(n, true);
        for (size_t i = 0; i < a->n; i++) all = expr_and2(n, all, expr_of1(n, SC_IS_NULL, a->args[i]));
        return all;
    }
    default:
        break;
    }
    struct scalar e = {.op = SC_IS_NULL, .n = 1, .args = &a, .type = bool_type()};
    return intern(n, &e);
}

/* True when the expression can only be TRUE or FALSE, whatever the data. */
static bool two_valued(nexpr e) {
    switch (e->op) {
    case SC_IS_NULL:
    case SC_IS_TRUE:
    case SC_SAME:
    case SC_EXISTS:
    case SC_MATCHED:
        return true;
    case SC_NOT:
        return two_valued(e->args[0]);
    case SC_LITERAL:
        return e->lit.kind == VALUE_BOOL;
    case SC_AND:
    case SC_OR:
        for (size_t i = 0; i < e->n; i++)
            if (!two_valued(e->args[i])) return false;
        return true;
    case SC_CASE:
        for (size_t i = 0; i < e->n; i++)
            if ((i % 2 == 1 || i + 1 == e->n) && !two_valued(e->args[i])) return false;
        return true;
    default:
        return false;
    }
}

static nexpr is_true_make(struct norm *n, nexpr a) {
    if (expr_is_null(a)) return expr_bool(n, false);
    if (two_valued(a)) return a;
    if (a->op == SC_AND || a->op == SC_OR) { /* TRUE-ness passes through both */
        nexpr *args = arena_array(n->arena, a->n, sizeof *args);
        for (size_t i = 0; i < a->n; i++) args[i] = is_true_make(n, a->args[i]);
        return expr_junction(n, a->op, args, a->n);
    }
    struct scalar e = {.op = SC_IS_TRUE, .n = 1, .args = &a, .type = bool_type()};
    return intern(n, &e);
}

/* CASE .. ELSE CASE .. END END is one CASE. */
static struct scalar case_flat(struct norm *n, const struct scalar *e) {
    struct scalar out = *e;
    while (out.args[out.n - 1]->op == SC_CASE && out.n + out.args[out.n - 1]->n <= 1000) {
        nexpr inner = out.args[out.n - 1];
        size_t kept = (size_t)out.n - 1;
        nexpr *args = arena_array(n->arena, kept + inner->n, sizeof *args);
        memcpy(args, out.args, kept * sizeof *args);
        memcpy(args + kept, inner->args, inner->n * sizeof *args);
        out.n = (uint16_t)(kept + inner->n);
        out.args = args;
    }
    return out;
}

/* What an arm that is reached first says of NULLs: CASE WHEN x IS NOT NULL THEN x .. is COALESCE(x, ..). */
static nexpr case_coalesce(struct norm *n, const struct scalar *e) {
    nexpr c = e->args[0];
    if (e->n <= 3 || c->op != SC_NOT || c->args[0]->op != SC_IS_NULL || c->args[0]->args[0] != e->args[1] || e->args[1]->is_volatile) return NULL;
    struct scalar rest = *e;
    rest.n = (uint16_t)(e->n - 2);
    rest.args = e->args + 2;
    nexpr both[2] = {e->args[1], expr_make(n, rest)};
    return expr_make(n, (struct scalar){.op = SC_COALESCE, .n = 2, .args = both, .type = e->type, .nullable = true});
}

/* CASE: arms that cannot be reached go; so do arms with the value of what follows when their condition has no say. */
static nexpr case_make(struct norm *n, struct scalar *nested) {
    struct scalar flat = case_flat(n, nested), *e = &flat;
    nexpr *args = arena_array(n->arena, (size_t)e->n + 1, sizeof *args), otherwise = e->args[e->n - 1];
    size_t kept = 0;
    for (size_t i = 0; i + 1 < e->n; i += 2) {
        nexpr cond = e->args[i];
        if (expr_is_false(cond) || expr_is_null(cond)) continue;
        if (expr_is_true(cond)) {
            otherwise = e->args[i + 1];
            break;
        }
        bool seen = false;
        for (size_t j = 0; j < kept; j += 2) seen |= args[j] == cond;
        if (seen) continue;
        args[kept++] = cond;
        args[kept++] = e->args[i + 1];
    }
    while (kept >= 2 && args[kept - 1] == otherwise) kept -= 2;
    if (kept == 0) return otherwise;
    args[kept++] = otherwise;
    bool booleans = kept == 3 && args[1]->op == SC_LITERAL && args[2]->op == SC_LITERAL;
    if (booleans && expr_is_true(args[1]) && expr_is_false(args[2])) return is_true_make(n, args[0]);
    if (booleans && expr_is_false(args[1]) && expr_is_true(args[2])) return expr_not(n, is_true_make(n, args[0]));
    struct scalar out = *e;
    out.n = (uint16_t)kept;
    out.args = args;
    nexpr coalesced = case_coalesce(n, &out);
    return coalesced ? coalesced : case_settled(n, intern(n, &out));
}

static nexpr coalesce_make(struct norm *n, struct scalar *e) {
    struct exprs kept = {0};
    for (size_t i = 0; i < e->n; i++) {
        nexpr a = e->args[i];
        if (expr_is_null(a)) continue;
        if (a->op == SC_COALESCE)
            for (size_t j = 0; j < a->n; j++) exprs_add(n, &kept, a->args[j]);
        else exprs_add(n, &kept, a);
        if (a->op == SC_LITERAL || two_valued(a)) break;
    }
    if (kept.n == 0) return expr_null(n, e->type);
    if (kept.n == 1) return kept.at[0];
    struct scalar out = *e;
    out.n = (uint16_t)kept.n;
    out.args = kept.at;
    return intern(n, &out);
}

/* x IN (a, b) is x = a OR x = b, in all three values. */
static nexpr in_make(struct norm *n, struct scalar *e) {
    nexpr *args = arena_array(n->arena, e->n, sizeof *args);
    for (size_t i = 1; i < e->n; i++) args[i - 1] = expr_of2(n, SC_EQ, e->args[0], e->args[i]);
    return expr_junction(n, SC_OR, args, (size_t)e->n - 1);
}

static nexpr same_make(struct norm *n, struct scalar *e) {
    nexpr a = e->args[0], b = e->args[1];
    if (a == b) return expr_bool(n, true);
    if (expr_is_null(a)) return expr_of1(n, SC_IS_NULL, b);
    if (expr_is_null(b)) return expr_of1(n, SC_IS_NULL, a);
    int order;
    if (fold_compare(n, a, b, &order)) return expr_bool(n, order == 0);
    if (expr_is_literal(a) || expr_is_literal(b)) return is_true_make(n, expr_of2(n, SC_EQ, a, b));
    nexpr args[2] = {a->id < b->id ? a : b, a->id < b->id ? b : a};
    struct scalar out = {.op = SC_SAME, .n = 2, .args = args, .type = bool_type()};
    return intern(n, &out);
}

static bool strict_null(struct norm *n, const struct scalar *e) {
    (void)n;
    if (!plan_strict(e)) return false;
    for (size_t i = 0; i < e->n; i++)
        if (expr_is_null(e->args[i])) return true;
    return false;
}

/* LIKE of a pattern without wildcards is equality, where texts are compared by their bytes and not padded. */
static nexpr like_make(struct norm *n, struct scalar *e) {
    bool plain = e->n == 2 && strcmp(e->name, "like") == 0 && e->args[0]->type.kind == TYPE_STRING && e->args[1]->op == SC_LITERAL &&
                 e->args[1]->lit.kind == VALUE_TEXT;
    if (!plain || n->plan->dialect == DIALECT_SQLITE) return intern(n, e);
    struct str pattern = e->args[1]->lit.s;
    for (size_t i = 0; i < pattern.n; i++)
        if (pattern.p[i] == '%' || pattern.p[i] == '_' || pattern.p[i] == '\\' || pattern.p[i] == '[') return intern(n, e);
    if (n->plan->dialect == DIALECT_TSQL || n->plan->dialect == DIALECT_REDSHIFT) return intern(n, e); /* = does not see blanks at the end there */
    if (n->plan->dialect == DIALECT_MYSQL) {
        if (!norm_declared(n)) return intern(n, e);
        assume_add(n, "texts are compared by their bytes (no case-folding collation)");
    }
    return expr_of2(n, SC_EQ, e->args[0], e->args[1]);
}

/* Engines in which whole numbers that overflow start again from the other end, for some of their settings. */
static bool overflow_wraps(enum dialect dialect) {
    return dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK || dialect == DIALECT_CLICKHOUSE;
}

/* A wider whole number is the same number to these; to other functions (a hash, a text) it may be another. */
static void arguments_narrow(struct norm *n, struct scalar *e) {
    static const char *const blind[] = {"count", "sum", "min", "max", "avg"};
    bool fits = e->op != SC_AGG && !overflow_wraps(n->plan->dialect);
    for (size_t i = 0; e->op == SC_AGG && i < sizeof blind / sizeof *blind; i++) fits |= e->name && strcmp(blind[i], e->name) == 0;
    bool some = false;
    for (size_t i = 0; fits && i < e->n; i++) some |= expr_without_widening(e->args[i]) != e->args[i];
    if (!some) return;
    nexpr *args = arena_array(n->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = expr_without_widening(e->args[i]);
    e->args = args;
}

/* x / CASE WHEN c THEN NULL ELSE y END is CASE WHEN c THEN NULL ELSE x / y END: what NULLIF says. */
static nexpr divide_case(struct norm *n, const struct scalar *e) {
    if ((e->op != SC_DIV && e->op != SC_IDIV && e->op != SC_MOD) || e->n != 2 || e->args[0]->is_volatile) return NULL;
    nexpr c = e->args[1], args[3];
    if (c->op != SC_CASE || c->n != 3 || !expr_is_null(c->args[1]) || c->args[0]->op != SC_EQ) return NULL;
    args[0] = c->args[0];
    if (args[0]->args[0] != c->args[2] && args[0]->args[1] != c->args[2]) return NULL;
    for (size_t i = 1; i < 3; i++) {
        struct scalar part = *e;
        nexpr both[2] = {e->args[0], c->args[i]};
        part.args = both;
        args[i] = expr_make(n, part);
    }
    return expr_make(n, (struct scalar){.op = SC_CASE, .n = 3, .args = args, .type = e->type, .nullable = true});
}

/* (a || b) || c and a || (b || c) are a || b || c. */
static nexpr concat_flat(struct norm *n, const struct scalar *e) {
    struct exprs parts = {0};
    if (e->op != SC_CONCAT) return NULL;
    for (size_t i = 0; i < e->n; i++) {
        bool inner = e->args[i]->op == SC_CONCAT;
        for (size_t k = 0; inner && k < e->args[i]->n; k++) exprs_add(n, &parts, e->args[i]->args[k]);
        if (!inner) exprs_add(n, &parts, e->args[i]);
    }
    if (parts.n == e->n || parts.n > UINT16_MAX) return NULL;
    struct scalar out = *e;
    out.n = (uint16_t)parts.n;
    out.args = parts.at;
    return intern(n, &out);
}

/* Where whole numbers divide to whole ones, what a division does was settled by the types that its operands had when it was written: it goes on so
 * when simpler operands take their place. */
static const char *division_kind(const struct norm *n, const struct scalar *e) {
    if (!plan_int_division(n->plan->dialect) || e->n != 2) return NULL;
    if (e->type.kind == TYPE_INT) return "whole";
    bool exact = e->type.kind == TYPE_DECIMAL || e->type.kind == TYPE_FLOAT;
    for (size_t i = 0; i < 2; i++) exact |= e->args[i]->type.kind == TYPE_DECIMAL || e->args[i]->type.kind == TYPE_FLOAT;
    return exact ? NULL : "perhaps whole";
}

nexpr expr_make(struct norm *n, struct scalar e) {
    e.id = 0;
    if (e.op == SC_DIV) e.name = division_kind(n, &e);
    e.range = (struct range){0};
    nexpr folded;
    switch (e.op) {
    case SC_COLUMN:
        return expr_column(n, e.column);
    case SC_AND:
    case SC_OR:
        return expr_junction(n, e.op, e.args, e.n);
    case SC_NOT:
        return expr_not(n, e.args[0]);
    case SC_EQ:
    case SC_NE:
    case SC_LT:
    case SC_LE:
    case SC_GT:
    case SC_GE:
        return compare_make(n, &e);
    case SC_SAME:
        return same_make(n, &e);
    case SC_IS_NULL:
        return is_null_make(n, e.args[0]);
    case SC_IS_TRUE:
        return is_true_make(n, e.args[0]);
    case SC_IN:
        return in_make(n, &e);
    case SC_CASE:
        return case_make(n, &e);
    case SC_COALESCE:
        return coalesce_make(n, &e);
    case SC_LIKE:
        return strict_null(n, &e) ? expr_null(n, e.type) : like_make(n, &e);
    case SC_CAST:
        folded = fold_cast(n, &e);
        return folded ? folded : intern(n, &e);
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_DIV:
    case SC_IDIV:
    case SC_MOD:
    case SC_NEG:
    case SC_CONCAT:
        if (strict_null(n, &e)) return expr_null(n, e.type);
        if (e.op != SC_CONCAT) arguments_narrow(n, &e);
        folded = fold_arithmetic(n, &e);
        if (!folded) folded = divide_case(n, &e);
        if (!folded) folded = concat_flat(n, &e);
        return folded ? folded : intern(n, &e);
    case SC_CALL:
        if (strict_null(n, &e)) return expr_null(n, e.type);
        folded = fold_call(n, &e);
        return folded ? folded : intern(n, &e);
    case SC_AGG:
        arguments_narrow(n, &e);
        return intern(n, &e);
    default:
        return intern(n, &e);
    }
}
