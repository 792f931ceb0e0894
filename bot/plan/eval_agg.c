/* eval_agg.c - grouping and the aggregates. What depends on the order of rows is a fault unless all rows agree. */
#include "eval_tree.h"

#include <math.h>
#include <stdlib.h>

enum agg_kind agg_kind_of(const char *name, size_t n) {
    static const struct {
        const char *name;
        size_t least, most;
        enum agg_kind kind;
    } known[] = {
        {"count", 0, 8, AGG_COUNT},
        {"sum", 1, 1, AGG_SUM},
        {"avg", 1, 1, AGG_AVG},
        {"mean", 1, 1, AGG_AVG},
        {"min", 1, 1, AGG_MIN},
        {"max", 1, 1, AGG_MAX},
        {"bool_and", 1, 1, AGG_AND},
        {"every", 1, 1, AGG_AND},
        {"bool_or", 1, 1, AGG_OR},
        {"some", 1, 1, AGG_OR},
        {"any", 1, 1, AGG_OR},
        {"logical_and", 1, 1, AGG_AND},
        {"logical_or", 1, 1, AGG_OR},
        {"count_if", 1, 1, AGG_COUNT_IF},
        {"countif", 1, 1, AGG_COUNT_IF},
        {"approx_count_distinct", 1, 1, AGG_COUNT_DISTINCT},
        {"approx_distinct", 1, 1, AGG_COUNT_DISTINCT},
        {"hll", 1, 1, AGG_COUNT_DISTINCT},
        {"any_value", 1, 1, AGG_ANY},
        {"first", 1, 1, AGG_ANY},
        {"last", 1, 1, AGG_ANY},
        {"arbitrary", 1, 1, AGG_ANY},
        {"var_pop", 1, 1, AGG_VAR_POP},
        {"var_samp", 1, 1, AGG_VAR_SAMP},
        {"stddev_pop", 1, 1, AGG_STD_POP},
        {"stddev_samp", 1, 1, AGG_STD_SAMP},
        {"stddev", 1, 1, AGG_STD_SAMP},
        {"variance", 1, 1, AGG_VAR_SAMP},
        {"bare", 1, 1, AGG_BARE},
        {"single_value", 1, 1, AGG_SINGLE},
        {"median", 1, 1, AGG_MEDIAN},
        {"string_agg", 2, 2, AGG_JOIN_TEXT},
        {"listagg", 2, 2, AGG_JOIN_TEXT},
        {"min_by", 2, 2, AGG_MIN_BY},
        {"max_by", 2, 2, AGG_MAX_BY},
        {"$sum0", 1, 1, AGG_SUM_ZERO},
        {"bit_and", 1, 1, AGG_BIT_AND},
        {"bit_or", 1, 1, AGG_BIT_OR},
        {"bit_xor", 1, 1, AGG_BIT_XOR},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0 && n >= known[i].least && n <= known[i].most) return known[i].kind;
    return sketch_kind_of(name, n);
}

#define AGG_ARGS_MAX 8

/* The arguments of the rows that count: not filtered out, no NULL in the first argument (COUNT: in none). */
struct taken {
    size_t n, width;
    struct value *at;
};

static bool take_row(struct run *run, const struct eval_expr *agg, struct taken *t) {
    struct value *row = &t->at[t->n * t->width];
    bool keep = true;
    if (agg->filter && !eval_truth(run, agg->filter, &keep)) return false;
    if (!keep) return true;
    for (size_t i = 0; i < agg->n; i++) {
        if (!eval_expr_run(run, agg->args[i], &row[i])) return false;
        bool any_row = agg->agg == AGG_BARE || agg->agg == AGG_SINGLE;
        bool counts = !any_row && (i == 0 || agg->agg == AGG_COUNT || agg->agg == AGG_MIN_BY || agg->agg == AGG_MAX_BY);
        if (row[i].kind == CELL_NULL && counts && !(i == 0 && (agg->agg == AGG_MIN_BY || agg->agg == AGG_MAX_BY))) return true;
    }
    t->n++;
    return true;
}

static int compare_rows(const void *a, const void *b, void *width) { return row_order(a, b, *(size_t *)width); }

static void make_distinct(struct taken *t) {
    size_t kept = 0;
    qsort_r(t->at, t->n, t->width * sizeof *t->at, compare_rows, &t->width);
    for (size_t i = 0; i < t->n; i++) {
        if (kept && row_order(&t->at[i * t->width], &t->at[(kept - 1) * t->width], t->width) == 0) continue;
        memmove(&t->at[kept++ * t->width], &t->at[i * t->width], t->width * sizeof *t->at);
    }
    t->n = kept;
}

static bool as_number(struct run *run, struct value v, struct value *out) {
    *out = v.kind == CELL_BOOL ? value_int(v.i) : v;
    return value_is_number(*out) || eval_unknown(&run->base, "a sum of values that are no numbers");
}

static bool sum_of(struct run *run, const struct taken *t, struct value *out) {
    *out = value_int(0);
    for (size_t i = 0; i < t->n; i++) {
        struct value v;
        if (!as_number(run, t->at[i * t->width], &v)) return false;
        if (!value_add(*out, v, out)) return eval_fault(&run->base, "overflow");
    }
    return true;
}

static bool average(struct run *run, const struct eval_expr *agg, const struct taken *t, struct value *out) {
    if (!sum_of(run, t, out) || !value_divide(*out, value_int((int64_t)t->n), out)) return false;
    bool whole = run->base.rules.average_whole && agg->args[0]->from->type.kind == TYPE_INT;
    return !whole || value_truncate(*out, out);
}

/* The best value by `sign` of value_order; for MIN_BY and MAX_BY of the second argument, the first is given. */
static bool extreme(struct run *run, const struct taken *t, int sign, bool by, struct value *out) {
    size_t best = 0;
    for (size_t i = 1; i < t->n; i++) {
        int order = value_order(t->at[i * t->width + by], t->at[best * t->width + by]);
        if (by && order == 0 && !value_same(t->at[i * t->width], t->at[best * t->width]))
            return eval_fault(&run->base, "an aggregate that depends on ties");
        if (sign * order > 0) best = i;
    }
    *out = t->at[best * t->width];
    return true;
}

static bool only_value(struct run *run, const struct taken *t, struct value *out) {
    *out = t->at[0];
    for (size_t i = 1; i < t->n; i++)
        if (!value_same(t->at[i * t->width], *out)) return eval_fault(&run->base, "an aggregate that depends on the order of rows");
    return true;
}

static bool single_value(struct run *run, const struct taken *t, struct value *out) {
    *out = t->at[0];
    return t->n == 1 || eval_fault(&run->base, "a single value of several rows");
}

static bool truth_of_all(struct run *run, const struct taken *t, bool all, struct value *out) {
    bool truth = all;
    for (size_t i = 0; i < t->n; i++) {
        struct value v = t->at[i * t->width];
        if (v.kind != CELL_BOOL && v.kind != CELL_INT) return eval_unknown(&run->base, "a truth aggregate of another kind");
        if ((v.i != 0) != all) truth = !all;
    }
    *out = value_bool(truth);
    return true;
}

static bool bits_of(struct run *run, enum agg_kind kind, const struct taken *t, struct value *out) {
    uint64_t bits = kind == AGG_BIT_AND ? UINT64_MAX : 0;
    for (size_t i = 0; i < t->n; i++) {
        struct value v = t->at[i * t->width];
        if (v.kind != CELL_INT) return eval_unknown(&run->base, "bits of what is no integer");
        if (kind == AGG_BIT_AND) bits &= (uint64_t)v.i;
        else if (kind == AGG_BIT_OR) bits |= (uint64_t)v.i;
        else bits ^= (uint64_t)v.i;
    }
    *out = value_int((int64_t)bits);
    return true;
}

static bool spread(struct run *run, enum agg_kind kind, const struct taken *t, struct value *out) {
    bool sample = kind == AGG_VAR_SAMP || kind == AGG_STD_SAMP, root = kind == AGG_STD_POP || kind == AGG_STD_SAMP;
    struct value sum, squares = value_int(0), mean_part, n = value_int((int64_t)t->n);
    *out = value_null();
    if (sample && t->n < 2) return true;
    if (!sum_of(run, t, &sum)) return false;
    for (size_t i = 0; i < t->n; i++) {
        struct value v, square;
        if (!as_number(run, t->at[i * t->width], &v) || !value_multiply(v, v, &square)) return eval_fault(&run->base, "overflow");
        if (!value_add(squares, square, &squares)) return eval_fault(&run->base, "overflow");
    }
    bool good = value_multiply(sum, sum, &mean_part) && value_divide(mean_part, n, &mean_part) && value_subtract(squares, mean_part, out) &&
                value_divide(*out, sample ? value_int((int64_t)t->n - 1) : n, out);
    if (!good) return eval_fault(&run->base, "overflow");
    if (root) *out = value_real(sqrt(fmax(0, value_as_real(*out))));
    return true;
}

static bool median(struct run *run, struct taken *t, struct value *out) {
    qsort_r(t->at, t->n, t->width * sizeof *t->at, compare_rows, &t->width);
    struct value low, high;
    if (!as_number(run, t->at[(t->n - 1) / 2 * t->width], &low) || !as_number(run, t->at[t->n / 2 * t->width], &high)) return false;
    return (value_add(low, high, out) && value_divide(*out, value_int(2), out)) || eval_fault(&run->base, "overflow");
}

static bool join_text(struct run *run, const struct taken *t, struct value *out) {
    struct value only;
    struct buf text = buf_new(run->base.arena);
    if (!only_value(run, t, &only)) return false;
    for (size_t i = 0; i < t->n; i++) {
        struct value part = t->at[i * t->width], separator = t->at[i * t->width + 1];
        if (part.kind != CELL_TEXT || separator.kind != CELL_TEXT) return eval_unknown(&run->base, "a text aggregate of another kind");
        if (i) buf_slice(&text, separator.text);
        buf_slice(&text, part.text);
    }
    *out = value_text(str_of(buf_str(&text)));
    return true;
}

static bool finish(struct run *run, const struct eval_expr *agg, struct taken *t, struct value *out) {
    enum agg_kind kind = (enum agg_kind)agg->agg;
    bool counts = kind == AGG_COUNT || kind == AGG_COUNT_DISTINCT;
    if (kind == AGG_STANDIN) return eval_standin_aggregate(run, agg, t->at, t->width, t->n, out);
    if (kind >= AGG_SKETCH) return eval_sketch(run, kind, t->at, t->width, t->n, out);
    if (counts || (t->n == 0 && (kind == AGG_COUNT_IF || kind == AGG_SUM_ZERO))) {
        *out = value_int((int64_t)t->n);
        return true;
    }
    *out = value_null();
    if (t->n == 0) return true;
    switch (kind) {
    case AGG_COUNT_IF:
        return sum_of(run, t, out);
    case AGG_SUM_ZERO:
    case AGG_SUM:
        return sum_of(run, t, out);
    case AGG_AVG:
        return average(run, agg, t, out);
    case AGG_MIN:
        return extreme(run, t, -1, false, out);
    case AGG_MAX:
        return extreme(run, t, 1, false, out);
    case AGG_MIN_BY:
        return extreme(run, t, -1, true, out);
    case AGG_MAX_BY:
        return extreme(run, t, 1, true, out);
    case AGG_AND:
        return truth_of_all(run, t, true, out);
    case AGG_OR:
        return truth_of_all(run, t, false, out);
    case AGG_SINGLE:
        return single_value(run, t, out);
    case AGG_BARE:
    case AGG_ANY:
        return only_value(run, t, out);
    case AGG_BIT_AND:
    case AGG_BIT_OR:
    case AGG_BIT_XOR:
        return bits_of(run, kind, t, out);
    case AGG_MEDIAN:
        return median(run, t, out);
    case AGG_JOIN_TEXT:
        return join_text(run, t, out);
    case AGG_VAR_POP:
    case AGG_VAR_SAMP:
    case AGG_STD_POP:
    case AGG_STD_SAMP:
        return spread(run, kind, t, out);
    default:
        return eval_unknown(&run->base, "an aggregate that is not known");
    }
}

bool eval_aggregate(struct run *run, const struct eval_rel *in, const struct eval_expr *agg, const struct value *const *rows, size_t n,
                    struct value *out) {
    struct taken t = {.width = agg->n ? agg->n : 1};
    if (agg->n > AGG_ARGS_MAX) return eval_unknown(&run->base, "an aggregate of many arguments");
    t.at = arena_array(run->base.arena, (n + 1) * t.width, sizeof *t.at);
    for (size_t i = 0; i < n; i++) {
        eval_load(run, in, rows[i]);
        if (!take_row(run, agg, &t)) return false;
    }
    if ((agg->from->distinct || agg->agg == AGG_COUNT_DISTINCT || agg->agg == AGG_SKETCH) && agg->n) make_distinct(&t);
    return finish(run, agg, &t, out);
}

/* Which key does the argument of GROUPING name? */
static size_t key_index(const struct rel *from, const struct scalar *arg) {
    for (size_t i = 0; i < from->n_keys; i++) {
        const struct scalar *key = from->keys[i].expr;
        if (key == arg || (arg->op == SC_COLUMN && arg->column == from->keys[i].column)) return i;
        if (key->op == SC_COLUMN && arg->op == SC_COLUMN && key->column == arg->column) return i;
    }
    return SIZE_MAX;
}

static bool grouping(struct run *run, const struct eval_rel *rel, const struct eval_expr *e, uint64_t set, struct value *out) {
    int64_t bits = 0;
    for (size_t i = 0; i < e->n; i++) {
        size_t key = key_index(rel->from, e->from->args[i]);
        if (key == SIZE_MAX) return eval_unknown(&run->base, "GROUPING of what is no key");
        bits = bits * 2 + !(set >> key & 1);
    }
    *out = value_int(bits);
    return true;
}

/* The rows with their key values, one grouping set at a time. */
struct grouping_state {
    const struct eval_rel *rel;
    const struct bag *in;
    struct value *keys; /* n_keys for each row of `in` */
    struct bag *out;
};

static bool emit_group(struct run *run, struct grouping_state *g, const size_t *members, size_t n, uint64_t set) {
    const struct eval_rel *rel = g->rel;
    const struct value **rows = arena_array(run->base.arena, n + 1, sizeof *rows);
    for (size_t i = 0; i < n; i++) rows[i] = &g->in->at[members[i] * g->in->width];
    struct value *row = arena_array(run->base.arena, rel->n_columns + 1, sizeof *row);
    for (size_t k = 0; k < rel->n_keys; k++) row[k] = n && (set >> k & 1) ? g->keys[members[0] * rel->n_keys + k] : value_null();
    for (size_t i = 0; i < rel->n_exprs; i++) {
        const struct eval_expr *e = rel->exprs[i];
        struct value *out = &row[rel->n_keys + i];
        bool good = e->op == SC_GROUPING ? grouping(run, rel, e, set, out)
                    : e->op == SC_AGG    ? eval_aggregate(run, rel->left, e, rows, n, out)
                                         : eval_unknown(&run->base, "an aggregate out of place");
        if (!good) return false;
    }
    if (++run->base.steps > run->base.max_steps) return eval_fault(&run->base, "too many rows");
    memcpy(bag_add(run->base.arena, g->out), row, rel->n_columns * sizeof *row);
    return true;
}

static bool same_group(const struct grouping_state *g, size_t a, size_t b, uint64_t set) {
    size_t n = g->rel->n_keys;
    for (size_t k = 0; k < n; k++)
        if ((set >> k & 1) && value_order(g->keys[a * n + k], g->keys[b * n + k]) != 0) return false;
    return true;
}

static bool group_by(struct run *run, struct grouping_state *g, uint64_t set) {
    size_t count = g->in->count;
    bool *done = arena_array(run->base.arena, count + 1, sizeof *done);
    size_t *members = arena_array(run->base.arena, count + 1, sizeof *members);
    if (count == 0) return set != 0 || emit_group(run, g, members, 0, set);
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        if (done[i]) continue;
        for (size_t k = i; k < count; k++) {
            if (done[k] || !same_group(g, i, k, set)) continue;
            done[k] = true;
            members[n++] = k;
        }
        if (!emit_group(run, g, members, n, set)) return false;
    }
    return true;
}

bool eval_agg_run(struct run *run, const struct eval_rel *rel, const struct bag *in, struct bag *out) {
    struct grouping_state g = {.rel = rel, .in = in, .out = out};
    g.keys = arena_array(run->base.arena, in->count * rel->n_keys + 1, sizeof *g.keys);
    for (size_t i = 0; i < in->count; i++) {
        eval_load(run, rel->left, &in->at[i * in->width]);
        for (size_t k = 0; k < rel->n_keys; k++)
            if (!eval_expr_run(run, rel->keys[k], &g.keys[i * rel->n_keys + k])) return false;
    }
    if (rel->n_keys > 63) return eval_unknown(&run->base, "more than 63 grouping keys");
    if (rel->from->n_sets == 0) return group_by(run, &g, (UINT64_C(1) << rel->n_keys) - 1);
    for (size_t i = 0; i < rel->from->n_sets; i++)
        if (!group_by(run, &g, rel->from->sets[i])) return false;
    return true;
}
