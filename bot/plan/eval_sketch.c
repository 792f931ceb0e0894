/* eval_sketch.c - sketches of counts, taken for the set of their values: what a rewrite over them does wrong shows, their errors do not. */
#include "eval_tree.h"

#include <stdlib.h>

#define MARK  '\x1e' /* in front of every value of a sketch, which is a text of this module's own */
#define START "\x1d"

enum agg_kind sketch_kind_of(const char *name, size_t n) {
    static const struct {
        const char *name;
        enum agg_kind kind;
    } known[] = {
        {"hll_sketch_agg", AGG_SKETCH},
        {"theta_sketch_agg", AGG_SKETCH},
        {"hll_count.init", AGG_SKETCH},
        {"hll_accumulate", AGG_SKETCH},
        {"hll_create_sketch", AGG_SKETCH},
        {"hll_add_agg", AGG_SKETCH},
        {"approx_set", AGG_SKETCH},
        {"hll_union_agg", AGG_SKETCH_MERGE},
        {"theta_union_agg", AGG_SKETCH_MERGE},
        {"hll_count.merge_partial", AGG_SKETCH_MERGE},
        {"hll_combine", AGG_SKETCH_MERGE},
        {"merge", AGG_SKETCH_MERGE},
        {"hll_count.merge", AGG_SKETCH_COUNT},
    };
    for (size_t i = 0; n == 1 && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) return known[i].kind;
    return AGG_UNKNOWN;
}

static bool is_sketch(struct value v) { return v.kind == CELL_TEXT && v.text.n && v.text.p[0] == START[0]; }

static bool has_value(struct str sketch, struct str wanted) {
    struct str part;
    while (str_split(&sketch, MARK, &part))
        if (str_eq(part, wanted)) return true;
    return false;
}

static void sketch_add(struct arena *arena, struct value *sketch, struct str value) {
    if (has_value(sketch->text, value)) return;
    *sketch = value_text(str_of(arena_printf(arena, "%.*s%c%.*s", STR_ARG(sketch->text), MARK, STR_ARG(value))));
}

static int64_t sketch_count(struct value sketch) {
    int64_t n = 0;
    for (size_t i = 0; i < sketch.text.n; i++) n += sketch.text.p[i] == MARK;
    return n;
}

static int value_compare(const void *a, const void *b) { return value_order(*(const struct value *)a, *(const struct value *)b); }

/* The values in one order, so that equal sets are equal texts. */
static struct value sketch_sorted(struct arena *arena, struct value sketch) {
    size_t n = (size_t)sketch_count(sketch), at = 0;
    struct value *parts = arena_array(arena, n + 1, sizeof *parts), out = value_text(str_of(START));
    struct str rest = sketch.text, part;
    str_split(&rest, MARK, &part);
    while (at < n && str_split(&rest, MARK, &part)) parts[at++] = value_text(part);
    qsort(parts, at, sizeof *parts, value_compare);
    for (size_t i = 0; i < at; i++) sketch_add(arena, &out, parts[i].text);
    return out;
}

bool eval_sketch(struct run *run, enum agg_kind kind, const struct value *at, size_t width, size_t n, struct value *out) {
    struct value all = value_text(str_of(START));
    for (size_t i = 0; i < n; i++) {
        struct value v = at[i * width];
        if (kind == AGG_SKETCH) {
            struct buf text = buf_new(run->base.arena);
            value_print(&text, v);
            sketch_add(run->base.arena, &all, str_of(buf_str(&text)));
            continue;
        }
        struct str rest = v.kind == CELL_TEXT ? v.text : (struct str){0}, part;
        if (!is_sketch(v)) return eval_unknown(&run->base, "a merge of what is no sketch");
        str_split(&rest, MARK, &part);
        while (str_split(&rest, MARK, &part)) sketch_add(run->base.arena, &all, part);
    }
    *out = kind == AGG_SKETCH_COUNT ? value_int(sketch_count(all)) : sketch_sorted(run->base.arena, all);
    return true;
}

static bool fn_estimate(struct eval_run *run, const struct value *args, size_t n, struct value *out) {
    if (!is_sketch(args[0])) return eval_unknown(run, "the estimate of what is no sketch");
    *out = value_int(sketch_count(args[0]));
    return true;
}

eval_func func_sketch_find(const char *name, size_t n, bool *is_strict) {
    static const char *const names[] = {"hll_sketch_estimate", "theta_sketch_estimate", "hll_count.extract",
                                        "hll_estimate",        "hll_cardinality",       "cardinality"};
    for (size_t i = 0; n == 1 && i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *is_strict = true;
        return fn_estimate;
    }
    return NULL;
}
