/* eval_window.c - window functions. What depends on how ties are ordered is a fault unless the tied rows are the same. */
#include "eval_tree.h"

/* One partition in order, and the window it is computed for. */
struct partition {
    const struct eval_rel *rel; /* the input's columns */
    const struct eval_window *window;
    size_t n, width;
    const struct value **rows;
    const struct value *keys; /* n_order for each row */
    size_t *place;            /* index in the input, for each row */
};

static bool peers(const struct partition *p, size_t a, size_t b) {
    size_t n = p->window->n_order;
    return eval_key_order(p->window->order, n, &p->keys[a * n], &p->keys[b * n]) == 0;
}

static bool ties_agree(const struct partition *p) {
    for (size_t i = 1; i < p->n; i++)
        if (peers(p, i - 1, i) && row_order(p->rows[i - 1], p->rows[i], p->width) != 0) return false;
    return true;
}

static bool bound_at(struct run *run, const struct partition *p, size_t i, bool is_end, int64_t *out) {
    const struct window_spec *spec = p->window->spec;
    enum edge_kind kind = is_end ? spec->end : spec->start;
    const struct eval_expr *by = is_end ? p->window->end_by : p->window->start_by;
    struct value v = value_int(0);
    bool offset = kind == EDGE_PRECEDING || kind == EDGE_FOLLOWING;
    if (offset && spec->unit != WINDOW_ROWS) return eval_unknown(&run->base, "RANGE with an offset");
    if (offset && (!by || !eval_expr_run(run, by, &v))) return false;
    if (v.kind != CELL_INT || v.i < 0 || v.i > 1000000) return eval_unknown(&run->base, "a frame bound that is no count");
    int64_t at = (int64_t)i;
    if (kind == EDGE_UNBOUNDED_PRECEDING) at = is_end ? -1 : 0;
    if (kind == EDGE_UNBOUNDED_FOLLOWING) at = (int64_t)p->n - 1;
    if (kind == EDGE_PRECEDING) at -= v.i;
    if (kind == EDGE_FOLLOWING) at += v.i;
    if (kind == EDGE_CURRENT && spec->unit == WINDOW_RANGE) {
        while (!is_end && at > 0 && peers(p, (size_t)at - 1, i)) at--;
        while (is_end && at + 1 < (int64_t)p->n && peers(p, (size_t)at + 1, i)) at++;
    }
    *out = at;
    return true;
}

/* The frame of row i as [from, to). */
static bool frame_of(struct run *run, const struct partition *p, size_t i, size_t *from, size_t *to) {
    const struct window_spec *spec = p->window->spec;
    int64_t start = 0, end = (int64_t)p->n - 1;
    if (spec->unit == WINDOW_NONE && p->window->n_order) {
        end = (int64_t)i;
        while (end + 1 < (int64_t)p->n && peers(p, (size_t)end + 1, i)) end++;
    }
    if (spec->unit == WINDOW_ROWS && !ties_agree(p)) return eval_fault(&run->base, "a ROWS frame over ties");
    if (spec->unit != WINDOW_NONE && (!bound_at(run, p, i, false, &start) || !bound_at(run, p, i, true, &end))) return false;
    if (start < 0) start = 0;
    if (end >= (int64_t)p->n) end = (int64_t)p->n - 1;
    *from = (size_t)start;
    *to = end < start ? *from : (size_t)end + 1;
    if (*from > p->n) *from = *to = p->n;
    return true;
}

static struct value rank_of(const struct partition *p, size_t i, bool dense) {
    int64_t rank = 1;
    for (size_t k = 1; k <= i; k++) {
        if (peers(p, k - 1, k)) continue;
        rank = dense ? rank + 1 : (int64_t)k + 1;
    }
    return value_int(rank);
}

static struct value last_peer(const struct partition *p, size_t i) {
    while (i + 1 < p->n && peers(p, i, i + 1)) i++;
    return value_int((int64_t)i + 1);
}

/* LAG and LEAD: the value `by` rows away, or the default. */
static bool shifted(struct run *run, const struct partition *p, size_t i, int sign, struct value *out) {
    const struct eval_expr *f = p->window->function;
    struct value by = value_int(1);
    eval_load(run, p->rel, p->rows[i]);
    if (f->n > 1 && !eval_expr_run(run, f->args[1], &by)) return false;
    if (by.kind != CELL_INT || by.i < 0) return eval_unknown(&run->base, "LAG by what is no count");
    int64_t at = (int64_t)i + sign * by.i;
    if (at < 0 || at >= (int64_t)p->n) {
        *out = value_null();
        return f->n < 3 || eval_expr_run(run, f->args[2], out);
    }
    eval_load(run, p->rel, p->rows[at]);
    return eval_expr_run(run, f->args[0], out);
}

static bool edge_value(struct run *run, const struct partition *p, size_t i, bool last, struct value *out) {
    size_t from, to;
    *out = value_null();
    if (!frame_of(run, p, i, &from, &to)) return false;
    if (from >= to) return true;
    eval_load(run, p->rel, p->rows[last ? to - 1 : from]);
    return eval_expr_run(run, p->window->function->args[0], out);
}

static bool ntile(struct run *run, const struct partition *p, size_t i, struct value *out) {
    struct value n;
    if (!eval_expr_run(run, p->window->function->args[0], &n)) return false;
    if (n.kind != CELL_INT || n.i < 1) return eval_unknown(&run->base, "NTILE of what is no count");
    size_t tiles = (size_t)n.i, small = p->n / tiles, large = p->n % tiles;
    size_t in_large = large * (small + 1);
    *out = value_int((int64_t)(i < in_large ? i / (small + 1) : large + (i - in_large) / (small ? small : 1)) + 1);
    return true;
}

static bool by_name(struct run *run, const struct partition *p, size_t i, struct value *out) {
    const char *name = p->window->function->from->name;
    size_t n = p->window->function->n;
    if (strcmp(name, "rank") == 0) *out = rank_of(p, i, false);
    else if (strcmp(name, "dense_rank") == 0) *out = rank_of(p, i, true);
    else if (strcmp(name, "cume_dist") == 0) *out = value_fraction(last_peer(p, i).i, (int64_t)p->n);
    else if (strcmp(name, "percent_rank") == 0) *out = p->n < 2 ? value_int(0) : value_fraction(rank_of(p, i, false).i - 1, (int64_t)p->n - 1);
    else if (!ties_agree(p)) return eval_fault(&run->base, "a window function over ties");
    else if (strcmp(name, "row_number") == 0) *out = value_int((int64_t)i + 1);
    else if (strcmp(name, "lag") == 0 && n) return shifted(run, p, i, -1, out);
    else if (strcmp(name, "lead") == 0 && n) return shifted(run, p, i, 1, out);
    else if (strcmp(name, "first_value") == 0 && n) return edge_value(run, p, i, false, out);
    else if (strcmp(name, "last_value") == 0 && n) return edge_value(run, p, i, true, out);
    else if (strcmp(name, "ntile") == 0 && n) return ntile(run, p, i, out);
    else return eval_unknown(&run->base, "a window function that is not known");
    return true;
}

static bool value_at(struct run *run, const struct partition *p, size_t i, struct value *out) {
    size_t from, to;
    if (p->window->function->op != SC_AGG || p->window->function->agg == AGG_UNKNOWN) return by_name(run, p, i, out);
    if (!frame_of(run, p, i, &from, &to)) return false;
    return eval_aggregate(run, p->rel, p->window->function, p->rows + from, to - from, out);
}

/* Computes one window for one partition: the rows of `in` whose numbers are in members[0..n). */
static bool run_partition(struct run *run, const struct eval_rel *rel, size_t def, const struct bag *in, const size_t *members, size_t n,
                          struct value *results) {
    struct partition p = {.rel = rel->left, .window = &rel->windows[def], .n = n, .width = in->width};
    struct bag part = {.width = in->width + 1};
    struct value *keys;
    /* The row's number rides along behind its columns, so that results find their way back after sorting. */
    for (size_t i = 0; i < n; i++) {
        struct value *row = bag_add(run->base.arena, &part);
        memcpy(row, &in->at[members[i] * in->width], in->width * sizeof *row);
        row[in->width] = value_int((int64_t)members[i]);
    }
    if (!eval_sort_rows(run, rel->left, &part, p.window->order, p.window->n_order, &p.rows, &keys)) return false;
    p.keys = keys;
    for (size_t i = 0; i < n; i++) {
        struct value v;
        eval_load(run, rel->left, p.rows[i]);
        if (!value_at(run, &p, i, &v)) return false;
        results[(size_t)p.rows[i][in->width].i * rel->n_exprs + def] = v;
    }
    return true;
}

static bool run_window(struct run *run, const struct eval_rel *rel, size_t def, const struct bag *in, struct value *results) {
    const struct eval_window *w = &rel->windows[def];
    size_t n_keys = w->n_partition;
    struct value *keys = arena_array(run->base.arena, in->count * n_keys + 1, sizeof *keys);
    size_t *members = arena_array(run->base.arena, in->count + 1, sizeof *members);
    bool *done = arena_array(run->base.arena, in->count + 1, sizeof *done);
    for (size_t i = 0; i < in->count; i++) {
        eval_load(run, rel->left, &in->at[i * in->width]);
        for (size_t k = 0; k < n_keys; k++)
            if (!eval_expr_run(run, w->partition[k], &keys[i * n_keys + k])) return false;
    }
    for (size_t i = 0; i < in->count; i++) {
        size_t n = 0;
        if (done[i]) continue;
        for (size_t k = i; k < in->count; k++) {
            if (done[k] || row_order(&keys[i * n_keys], &keys[k * n_keys], n_keys) != 0) continue;
            done[k] = true;
            members[n++] = k;
        }
        if (!run_partition(run, rel, def, in, members, n, results)) return false;
    }
    return true;
}

bool eval_window_run(struct run *run, const struct eval_rel *rel, const struct bag *in, struct bag *out) {
    struct value *results = arena_array(run->base.arena, in->count * rel->n_exprs + 1, sizeof *results);
    for (size_t i = 0; i < rel->n_exprs; i++)
        if (!run_window(run, rel, i, in, results)) return false;
    for (size_t i = 0; i < in->count; i++) {
        eval_load(run, rel->left, &in->at[i * in->width]);
        for (size_t d = 0; d < rel->n_exprs; d++) run->current[rel->from->defs[d].column] = results[i * rel->n_exprs + d];
        struct value *row = bag_add(run->base.arena, out);
        for (size_t c = 0; c < rel->n_columns; c++) row[c] = run->current[rel->columns[c]];
    }
    return true;
}
