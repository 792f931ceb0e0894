/* rule_offset.c - columns that differ by constants: b = a + 1 and c = b + 1 are b = a + 1 and c = a + 2, told from the least of them. */
#include "normal_core.h"

#define OFFSET_COLUMNS_MAX 16

struct offsets {
    struct norm *n;
    size_t count;
    nexpr column[OFFSET_COLUMNS_MAX];
    int64_t by[OFFSET_COLUMNS_MAX];   /* above the least of its class */
    size_t class[OFFSET_COLUMNS_MAX]; /* index of its first member */
};

/* p as low + by = high, of columns of whole numbers. */
static bool offset_of(nexpr p, nexpr *low, nexpr *high, int64_t *by) {
    if (p->op != SC_EQ) return false;
    for (int k = 0; k < 2; k++) {
        nexpr sum = p->args[k];
        *high = p->args[1 - k];
        if (sum->op != SC_ADD || sum->n != 2 || (*high)->op != SC_COLUMN) continue;
        for (int i = 0; i < 2; i++) {
            nexpr lit = sum->args[i];
            *low = sum->args[1 - i];
            if (lit->op != SC_LITERAL || lit->lit.kind != VALUE_INT || lit->lit.s.n || (*low)->op != SC_COLUMN) continue;
            *by = lit->lit.i;
            bool same = (*low)->type.kind == TYPE_INT && (*high)->type.kind == TYPE_INT && (*low)->type.precision == (*high)->type.precision;
            return same && *by > -1000000 && *by < 1000000;
        }
    }
    return false;
}

static size_t member(struct offsets *o, nexpr column) {
    for (size_t i = 0; i < o->count; i++)
        if (o->column[i] == column) return i;
    if (o->count == OFFSET_COLUMNS_MAX) return OFFSET_COLUMNS_MAX;
    o->column[o->count] = column;
    o->by[o->count] = 0;
    o->class[o->count] = o->count;
    return o->count++;
}

/* low + by = high joins their classes; false when it says of one class what it already said, or something else. */
static bool join(struct offsets *o, size_t low, size_t high, int64_t by) {
    size_t from = o->class[high], to = o->class[low];
    int64_t shift = o->by[low] + by - o->by[high];
    if (from == to) return false;
    for (size_t i = 0; i < o->count; i++)
        if (o->class[i] == from) o->class[i] = to, o->by[i] += shift;
    return true;
}

static size_t least(const struct offsets *o, size_t class) {
    size_t best = OFFSET_COLUMNS_MAX;
    for (size_t i = 0; i < o->count; i++)
        if (o->class[i] == class && (best == OFFSET_COLUMNS_MAX || o->by[i] < o->by[best])) best = i;
    return best;
}

bool rule_offset(struct norm *n, const struct context *ctx) {
    struct block *b = ctx->block;
    struct offsets o = {.n = n};
    struct exprs said = {0}, told = {0};
    nexpr low, high;
    int64_t by;
    for (size_t i = 0; i < b->preds.n; i++) {
        if (!offset_of(b->preds.at[i], &low, &high, &by)) continue;
        size_t x = member(&o, low), y = member(&o, high);
        if (x == OFFSET_COLUMNS_MAX || y == OFFSET_COLUMNS_MAX || !join(&o, x, y, by)) return false;
        exprs_add(n, &said, b->preds.at[i]);
    }
    if (said.n < 2) return false;
    for (size_t i = 0; i < o.count; i++) {
        size_t root = least(&o, o.class[i]);
        if (root == i) continue;
        nexpr args[2] = {o.column[root], expr_int(n, o.by[i] - o.by[root])};
        nexpr sum = expr_make(n, (struct scalar){.op = SC_ADD, .n = 2, .args = args, .type = args[0]->type, .nullable = true});
        exprs_add(n, &told, expr_of2(n, SC_EQ, sum, o.column[i]));
    }
    bool same = said.n == told.n;
    for (size_t i = 0; i < told.n; i++) same &= exprs_have(&said, told.at[i]);
    if (same) return false;
    for (size_t i = b->preds.n; i-- > 0;)
        if (exprs_have(&said, b->preds.at[i])) exprs_remove(&b->preds, i);
    for (size_t i = 0; i < told.n; i++) block_pred_add(n, b, told.at[i]);
    step_add(n, "columns that differ by constants are told from the least of them");
    return true;
}
