/* py_wide.c - all columns of a frame at once: df.columns, unpivot, and unions that fill what is missing. */
#include "pyspark.h"

#include "sql_build.h"

#define COLUMNS_MAX 1000

struct pv columns_of_frame(struct py_run *r, const struct frame *f) {
    if (frame_lost(f)) return pv_unknown(r, NULL);
    if (f->columns && f->column_count) {
        struct pv list = {.kind = PV_LIST, .list = arena_new(r->arena, struct pv_items)};
        for (size_t i = 0; i < f->column_count; i++) pv_add(r->arena, list.list, pv_text_new(r, str_of(f->columns[i]), f->line));
        return list;
    }
    struct frame_columns *columns = arena_new(r->arena, struct frame_columns);
    columns->frame = f;
    return (struct pv){.kind = PV_COLUMNS, .columns = columns};
}

static bool is_variable(const struct py_node *node, struct str name) { return node && node->kind == PY_NAME && str_eq(node->text, name); }

/* The texts that `node`, a condition on the variable, leaves out: c != "x", c not in ["x", "y"], both. */
static bool left_out(struct py_run *r, const struct py_node *node, struct str name, struct pv_items *out) {
    if (node->kind == PY_BINARY && node->count == 2 && str_is(node->text, "and"))
        return left_out(r, node->kids[0], name, out) && left_out(r, node->kids[1], name, out);
    bool fits = node->kind == PY_BINARY && node->count == 2 && is_variable(node->kids[0], name);
    struct pv v = fits ? py_eval(r, node->kids[1]) : pv_unknown(r, NULL);
    if (fits && str_is(node->text, "!=") && pv_is_text(v) && py_truth(v) >= 0) {
        pv_add(r->arena, out, v);
        return true;
    }
    if (!fits || !str_is(node->text, "not in") || v.kind != PV_LIST) return false;
    for (size_t i = 0; i < v.list->n; i++) {
        if (!pv_is_text(v.list->at[i]) || py_truth(v.list->at[i]) < 0) return false;
        pv_add(r->arena, out, v.list->at[i]);
    }
    return true;
}

/* c, F.col(c), df[c]: the column itself. */
static bool is_itself(struct py_run *r, const struct py_node *body, struct str name) {
    static const char mark[] = "each column";
    if (is_variable(body, name)) return true;
    struct py_env *before = r->env;
    py_env_push(r, before);
    py_assign(r, name, pv_text_new(r, STR(mark), py_line(r, body)));
    struct pv v = py_eval(r, body);
    r->env = before;
    return v.kind == PV_COLUMN && v.column->expr->kind == EX_NAME && str_is(v.column->expr->name, mark) && !v.column->alias.n;
}

struct pv columns_chosen(struct py_run *r, struct frame_columns *over, const struct py_node *node) {
    const struct py_node *target = node->kids[1]->kids[0];
    if (node->kids[0]->kind == PY_PAIR || target->kind != PY_NAME || !is_itself(r, node->kids[0], target->text)) return pv_unknown(r, NULL);
    struct frame_columns *chosen = arena_new(r->arena, struct frame_columns);
    chosen->frame = over->frame;
    for (size_t i = 0; i < over->except.n; i++) pv_add(r->arena, &chosen->except, over->except.at[i]);
    for (size_t i = 2; i < node->count; i++) {
        if (!node->kids[i]->count || !left_out(r, node->kids[i]->kids[0], target->text, &chosen->except)) return pv_unknown(r, NULL);
    }
    return (struct pv){.kind = PV_COLUMNS, .columns = chosen};
}

static bool is_plain_star(const struct sql_expr *e) {
    const struct sql_star *s = e->kind == EX_STAR ? e->star : NULL;
    return e->kind == EX_STAR && (!s || (!s->path && !s->except_count && !s->replace_count && !s->rename_count && !s->like));
}

/* Only on the frame itself, or one with fewer rows of it. */
static bool same_columns(const struct frame *selected, const struct frame *of) {
    for (int i = 0; selected && i < 100; i++, selected = selected->parents[0]) {
        if (selected == of) return true;
        const struct sql_select *s = selected->query && selected->query->body == BODY_SELECT ? selected->query->select : NULL;
        bool all = s && s->item_count == 1 && is_plain_star(s->items[0].expr) && !selected->joined;
        if (!all || selected->parents[1]) return false;
    }
    return false;
}

struct pv columns_star(struct py_run *r, const struct frame *selected, const struct frame_columns *columns) {
    if (!same_columns(selected, columns->frame) || columns->except.n > COLUMNS_MAX) return pv_unknown(r, NULL);
    struct sql_expr *star = sql_star(r->arena, NULL);
    if (!columns->except.n) return pv_column(r, star);
    if (!star->star) star->star = arena_new(r->arena, struct sql_star);
    star->star->except = arena_array(r->arena, columns->except.n, sizeof *star->star->except);
    for (size_t i = 0; i < columns->except.n; i++) star->star->except[star->star->except_count++] = sql_ident(pv_str(columns->except.at[i]), false);
    return pv_column(r, star);
}

/* unpivot(ids, values, "name", "value"): a union of one SELECT for each value column. */
static bool columns_listed(struct py_run *r, struct pv v, struct column **out, size_t *n) {
    struct pv_items items = {0};
    if (v.kind == PV_LIST) items = *v.list;
    else pv_add(r->arena, &items, v);
    *out = arena_array(r->arena, items.n + 3, sizeof **out);
    for (*n = 0; *n < items.n; ++*n) {
        if (!column_of(r, items.at[*n], &(*out)[*n]) || (*out)[*n].expr->kind != EX_NAME) return false;
    }
    return items.n > 0 && items.n <= COLUMNS_MAX;
}

struct frame *frame_unpivot(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv ids = py_arg_value(r, call, 0, "ids"), values = py_arg_value(r, call, 1, "values"),
              name = py_arg_value(r, call, 2, "variableColumnName"), value = py_arg_value(r, call, 3, "valueColumnName");
    struct column *keys, *cells;
    size_t key_count, cell_count;
    if (!columns_listed(r, ids, &keys, &key_count) || !columns_listed(r, values, &cells, &cell_count) || !pv_is_text(name) || !pv_is_text(value))
        return NULL;
    struct sql_query **arms = arena_array(r->arena, cell_count, sizeof *arms);
    struct frame *last = NULL;
    for (size_t i = 0; i < cell_count; i++) {
        struct column *all = arena_array(r->arena, key_count + 2, sizeof *all);
        memcpy(all, keys, key_count * sizeof *all);
        all[key_count] = (struct column){.expr = sql_string(r->arena, cells[i].expr->name), .alias = pv_str(name)};
        all[key_count + 1] = (struct column){.expr = cells[i].expr, .alias = pv_str(value)};
        last = frame_select(r, f, all, key_count + 2, py_line(r, call));
        arms[i] = last->query;
    }
    if (cell_count == 1) return last;
    last->query = sql_query_setop(r->arena, SETOP_UNION, SQL_SETOP_ALL, arms, cell_count);
    last->query->range = arms[0]->range;
    return last;
}

static bool has(const struct frame *f, const char *name) {
    for (size_t i = 0; i < f->column_count; i++) {
        if (strcasecmp(f->columns[i], name) == 0) return true;
    }
    return false;
}

static struct frame *widened(struct py_run *r, struct frame *f, const struct frame *by, int line) {
    struct column *all = arena_array(r->arena, f->column_count + by->column_count, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < f->column_count; i++) all[n++].expr = sql_column_plain(r, f->columns[i]);
    for (size_t i = 0; i < by->column_count; i++) {
        if (!has(f, by->columns[i])) all[n++] = (struct column){.expr = sql_null(r->arena), .alias = str_of(by->columns[i])};
    }
    return n == f->column_count ? f : frame_select(r, f, all, n, line);
}

bool frames_widen(struct py_run *r, struct frame **a, struct frame **b, int line) {
    struct frame *x = *a, *y = *b;
    if (!x->columns || !y->columns || x->column_count + y->column_count > COLUMNS_MAX) return false;
    *a = widened(r, x, y, line);
    *b = widened(r, y, x, line);
    return true;
}
