/* py_rows.c - which rows stay, and what stands for NULL: dropDuplicates, dropna, fillna, replace, sample. */
#include "pyspark.h"

#include "sql_build.h"

#include <stdlib.h>

/* The same frame, good for lineage and likeness alone. */
struct frame *frame_doubted(struct py_run *r, struct frame *f, const struct py_node *call, const char *why) {
    struct frame *next = frame_over(r, f, py_line(r, call));
    if (f->open) frame_sources_keep(r, next, f);
    next->open = f->open;
    if (!next->doubt) next->doubt = why;
    return next;
}

static bool among(struct pv_items names, const char *name) {
    for (size_t i = 0; i < names.n; i++) {
        if (pv_is_text(names.at[i]) && str_iis(pv_str(names.at[i]), name)) return true;
    }
    return false;
}

/* Does `names` hold every column of the frame? */
static bool all_columns(const struct frame *f, struct pv_items names) {
    for (size_t i = 0; i < f->column_count; i++) {
        if (!among(names, f->columns[i])) return false;
    }
    return f->columns != NULL;
}

static struct frame *do_distinct(struct py_run *r, struct frame *f, const struct py_node *call, bool by_columns) {
    bool known = true;
    struct pv_items items = by_columns ? py_arguments(r, call, &known) : (struct pv_items){0};
    struct pv subset = by_columns && py_kwarg(call, "subset") ? py_eval(r, py_kwarg(call, "subset")) : (struct pv){.kind = PV_NONE};
    if (subset.kind == PV_LIST) items = *subset.list;
    if (subset.kind != PV_LIST && subset.kind != PV_NONE) known = false;
    if (items.n && items.at[0].kind == PV_NONE) items.n = 0;
    struct frame *next = frame_over(r, f, py_line(r, call));
    if (!known) return NULL;
    next->heavy = true;
    if (!items.n || all_columns(f, items)) {
        next->query->select->distinct = DISTINCT_ROWS;
        return next;
    }
    /* One row of each group stays; which one is not said. */
    struct sql_window *w = arena_new(r->arena, struct sql_window);
    w->partition = arena_array(r->arena, items.n, sizeof *w->partition);
    for (size_t i = 0; i < items.n; i++) {
        struct column c;
        if (!column_of(r, items.at[i], &c)) return NULL;
        w->partition[w->partition_count++] = c.expr;
    }
    struct sql_expr *row = sql_call(r->arena, STR("row_number"), NULL, 0);
    sql_order_add(r->arena, &w->order, &w->order_count, sql_null(r->arena), ORDER_UNSAID, NULLS_UNSAID);
    sql_call_more(r->arena, row)->over = w;
    next->query->select->qualify = sql_binary(r->arena, OP_EQ, row, sql_integer(r->arena, 1));
    next->doubt = "which of the duplicate rows dropDuplicates keeps is not defined";
    return next;
}

/* NULLs. */

static struct pv_items names_of(struct py_run *r, const struct frame *f, struct pv subset) {
    struct pv_items names = {0};
    if (subset.kind == PV_LIST) names = *subset.list;
    if (pv_is_text(subset)) pv_add(r->arena, &names, subset);
    for (size_t i = 0; (pv_absent(subset) || subset.kind == PV_NONE) && i < f->column_count; i++)
        pv_add(r->arena, &names, pv_text_new(r, str_of(f->columns[i]), f->line));
    return names;
}

/* fill replaces NaN of floating columns too, and leaves columns of another type as they are.
 * https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.fillna.html */
static struct sql_expr *filled(struct py_run *r, struct pv name, struct pv value) {
    struct sql_expr *with = column_expr(r, value), *column = pv_is_text(name) ? sql_column(r->arena, pv_str(name)) : NULL;
    if (!with || !column) return NULL;
    struct sql_expr *bare[2] = {column, sql_null(r->arena)};
    struct sql_expr *args[2] = {value.kind == PV_NUMBER ? sql_call(r->arena, STR("nanvl"), bare, 2) : column, with};
    struct sql_expr *full = sql_call(r->arena, STR("coalesce"), args, 2);
    /* A text fills columns of text, a number those of numbers, a truth those of truths. */
    const char *family = pv_is_text(value) ? "text" : value.kind == PV_NUMBER ? "number" : value.kind == PV_BOOL ? "truth" : NULL;
    if (!family) return NULL;
    struct sql_expr *of = sql_call(r->arena, STR("type_family"), &column, 1), *when[2];
    when[0] = sql_binary(r->arena, OP_EQ, of, sql_string(r->arena, str_of(family)));
    when[1] = full;
    return sql_case(r->arena, when, 1, column);
}

static struct frame *do_fill(struct py_run *r, struct frame *f, const struct py_node *call) {
    static const char unsaid[] = "which columns fillna changes hangs on their types";
    struct pv value = py_arg_value(r, call, 0, "value"), subset = py_arg_value(r, call, 1, "subset");
    bool each = value.kind == PV_DICT;
    struct pv_items names = each ? value.dict->keys : pv_absent(subset) ? (struct pv_items){0} : names_of(r, f, subset);
    if (!names.n) return frame_doubted(r, f, call, unsaid);
    struct frame *next = f;
    for (size_t i = 0; i < names.n; i++) {
        struct pv with = each ? value.dict->values.at[i] : value;
        struct sql_expr *e = filled(r, names.at[i], with);
        if (!e) return frame_doubted(r, f, call, unsaid);
        next = frame_with_column(r, next, str_dup(r->arena, pv_str(names.at[i])), e, py_line(r, call));
        /* A fraction is cut where the column holds whole numbers. */
        bool fraction = with.kind == PV_NUMBER && memchr(with.s.p, '.', with.s.n);
        if (fraction && !next->doubt) next->doubt = unsaid;
    }
    return next;
}

/* dropna drops NaN as well, which only floating columns hold: x IS NOT NULL AND NOT (typeof(x) IN ('float', 'double') AND isnan(x)). */
static struct sql_expr *there(struct py_run *r, struct str name) {
    struct sql_expr *x = sql_column(r->arena, name), *words[2] = {sql_string(r->arena, STR("float")), sql_string(r->arena, STR("double"))};
    struct sql_expr *floats = sql_in(r->arena, sql_call(r->arena, STR("typeof"), &x, 1), words, 2, false);
    struct sql_expr *nan = sql_and(r->arena, floats, sql_call(r->arena, STR("isnan"), &x, 1));
    return sql_and(r->arena, sql_is(r->arena, x, OP_IS_NULL, true), sql_unary(r->arena, OP_NOT, nan));
}

static struct frame *do_drop_null(struct py_run *r, struct frame *f, const struct py_node *call) {
    static const char unsaid[] = "which rows dropna leaves out hangs on columns that are not known";
    struct pv subset = py_arg_value(r, call, 2, "subset"), how = py_arg_value(r, call, 0, "how"), least = py_arg_value(r, call, 1, "thresh");
    struct pv_items names = names_of(r, f, subset);
    bool any = !pv_is_text(how) || str_is(pv_str(how), "any"), known = pv_absent(least) || least.kind == PV_NONE;
    struct sql_expr *all = NULL;
    for (size_t i = 0; i < names.n && any && known; i++) {
        known &= pv_is_text(names.at[i]);
        if (known) all = sql_and(r->arena, all, there(r, pv_str(names.at[i])));
    }
    return all && known ? frame_where(r, f, all) : frame_doubted(r, f, call, unsaid);
}

#define SAMPLE_SMALL 0.05
#define SAMPLE_ROWS  100000

/* sample(0.01), sample(False, 0.01), sample(fraction=0.01): some of the rows; a small fraction of them is few. */
static struct frame *do_sample(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv share = py_arg_value(r, call, 0, "fraction");
    if (share.kind == PV_BOOL || share.kind == PV_NONE || share.kind == PV_UNKNOWN) share = py_arg_value(r, call, 1, "fraction");
    struct frame *next = frame_doubted(r, f, call, "a sample is drawn at random");
    next->picked = true;
    if (share.kind == PV_NUMBER && strtod(str_dup(r->arena, share.s), NULL) <= SAMPLE_SMALL) next->most = SAMPLE_ROWS;
    return next;
}

struct frame *rows_step(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    if (str_is(m, "distinct")) return do_distinct(r, f, call, false);
    if (str_is(m, "dropDuplicates") || str_is(m, "drop_duplicates") || str_is(m, "dropDuplicatesWithinWatermark"))
        return do_distinct(r, f, call, true);
    if (str_is(m, "fillna") || str_is(m, "fill")) return do_fill(r, f, call);
    if (str_is(m, "dropna")) return do_drop_null(r, f, call);
    if (str_is(m, "replace")) return frame_doubted(r, f, call, "which values replace changes hangs on the types of the columns");
    if (str_is(m, "sample") || str_is(m, "sampleBy")) return do_sample(r, f, call);
    if (str_is(m, "offset")) return frame_doubted(r, f, call, "which rows an offset leaves out hangs on their order");
    return NULL;
}
