/* eval_standin.c - what the evaluator does not know stands for any function: its value is an arbitrary one, but always the same for the same
 * arguments. A proof takes such a function for a symbol, so it holds whichever meaning the symbol is given; a claim that fails under one is wrong. */
#include "eval_tree.h"

#include "hash.h"

#include <stdlib.h>

#define ROWS_OF_CALL 3 /* a table function gives fewer */
#define NULL_IN      8 /* a value that may be NULL is, so often */

static int order_values(const void *a, const void *b) { return value_order(*(const struct value *)a, *(const struct value *)b); }

/* False for values that are only known roughly: two ways to compute one would give two of the function's. */
static bool hash_values(struct run *run, const char *name, const struct value *at, size_t n, uint64_t *out) {
    struct buf text = buf_new(run->base.arena);
    buf_text(&text, name);
    for (size_t i = 0; i < n; i++) {
        if (at[i].kind == CELL_REAL) return eval_unknown(&run->base, "a function that is not known, of a rounded number");
        buf_char(&text, ',');
        value_print(&text, at[i]);
    }
    *out = hash64(buf_str(&text), text.n);
    return true;
}

static bool fits(struct value v, enum type_kind kind) {
    bool number = v.kind == CELL_INT || v.kind == CELL_EXACT;
    if (kind == TYPE_INT) return v.kind == CELL_INT;
    if (kind == TYPE_DECIMAL || kind == TYPE_FLOAT) return number;
    return (kind == TYPE_STRING || kind == TYPE_CHAR) ? v.kind == CELL_TEXT : kind == TYPE_DATE && v.kind == CELL_DATE;
}

/* The kind of a value whose type is not said: that of the first argument that has one. */
static enum type_kind kind_of_arguments(const struct value *at, size_t n) {
    static const enum type_kind kinds[] = {[CELL_BOOL] = TYPE_BOOL,   [CELL_INT] = TYPE_INT,   [CELL_EXACT] = TYPE_DECIMAL,
                                           [CELL_TEXT] = TYPE_STRING, [CELL_DATE] = TYPE_DATE, [CELL_TIME] = TYPE_TIMESTAMP};
    for (size_t i = 0; i < n; i++)
        if (at[i].kind >= CELL_BOOL && at[i].kind <= CELL_TIME && at[i].kind != CELL_REAL) return kinds[at[i].kind];
    return TYPE_INT;
}

/* A value of the kind: one of the query's own literals as often as not, so that comparisons with them hold now and then. */
static struct value pick(const struct run *run, uint64_t h, enum type_kind kind) {
    static const char *const words[] = {"a", "b", "ab"};
    static const int days[] = {18292, 18321, 18687, 18659};
    const struct eval_world *world = run->plan->world;
    size_t n = 0, at = (h >> 20) & 0xffff;
    for (size_t i = 0; i < world->literals.n; i++) n += fits(world->literals.at[i], kind);
    for (size_t i = 0, seen = 0; n && (h & 1) && i < world->literals.n; i++)
        if (fits(world->literals.at[i], kind) && seen++ == at % n) return world->literals.at[i];
    switch (kind) {
    case TYPE_BOOL:
        return value_bool(at & 1);
    case TYPE_STRING:
    case TYPE_CHAR:
        return value_text(str_of(words[at % 3]));
    case TYPE_DATE:
        return value_of_kind(CELL_DATE, days[at % 4]);
    case TYPE_TIMESTAMP:
        return value_of_kind(CELL_TIME, days[at % 4] * 86400000000);
    case TYPE_DECIMAL:
    case TYPE_FLOAT:
        return value_fraction((int64_t)(at % 7) - 2, 2);
    default:
        return value_int((int64_t)(at % 4));
    }
}

static struct value value_for(const struct run *run, uint64_t h, struct type type, bool nullable, enum type_kind otherwise) {
    if (nullable && (h >> 40) % NULL_IN == 0) return value_null();
    bool said = type.kind != TYPE_UNKNOWN && type.kind != TYPE_NULL && type.kind != TYPE_OTHER;
    return pick(run, h, said ? type.kind : otherwise);
}

bool eval_standin(struct run *run, const struct eval_expr *e, struct value *args, struct value *out) {
    const char *name = arena_printf(run->base.arena, "%d %s", (int)e->op, e->from->name ? e->from->name : "");
    uint64_t h;
    if (e->op == SC_AMBIGUOUS) qsort(args, e->n, sizeof *args, order_values); /* of whichever row: their order says nothing */
    if (!hash_values(run, name, args, e->n, &h)) return false;
    *out = value_for(run, h, e->from->type, e->from->nullable, kind_of_arguments(args, e->n));
    return true;
}

bool eval_standin_aggregate(struct run *run, const struct eval_expr *e, struct value *at, size_t width, size_t n, struct value *out) {
    uint64_t h = n, row;
    const char *name = e->from->name ? e->from->name : "";
    for (size_t i = 0; i < n; i++) { /* a sum: rows have no order */
        if (!hash_values(run, name, &at[i * width], e->n, &row)) return false;
        h += row * 0x9e3779b97f4a7c15u;
    }
    if (!hash_values(run, name, &(struct value){.kind = CELL_INT, .i = (int64_t)(h >> 1)}, 1, &h)) return false;
    *out = value_for(run, h, e->from->type, e->from->nullable, kind_of_arguments(at, n ? e->n : 0));
    return true;
}

bool eval_standin_rows(struct run *run, const struct eval_rel *rel, struct bag *out) {
    struct value *args = arena_array(run->base.arena, rel->n_exprs + 1, sizeof *args);
    uint64_t h;
    for (size_t i = 0; i < rel->n_exprs; i++)
        if (!eval_expr_run(run, rel->exprs[i], &args[i])) return false;
    if (!hash_values(run, rel->from->name, args, rel->n_exprs, &h)) return false;
    size_t count = (h >> 50) % ROWS_OF_CALL;
    bool nulls = count == 0 && rel->from->outer_rows;
    for (size_t i = 0; i < count + nulls; i++) {
        struct value *row = bag_add(run->base.arena, out);
        for (size_t c = 0; c < rel->n_columns; c++) {
            const struct plan_column *column = &run->plan->plan->columns[rel->columns[c]];
            struct value place[] = {value_int((int64_t)(h >> 1)), value_int((int64_t)i), value_int((int64_t)c)};
            uint64_t cell;
            if (!hash_values(run, rel->from->name, place, 3, &cell)) return false;
            row[c] = nulls ? value_null() : value_for(run, cell, column->type, column->nullable, kind_of_arguments(args, rel->n_exprs));
        }
    }
    return true;
}
