/* py_dlt.c - pipelines in Python (DLT, Lakeflow): which function fills which dataset, flows, and the rows that expectations drop. */
#include "pyspark.h"

#include "fill_words.h"
#include "sql_build.h"
#include "sql_parse.h"
#include "sql_print.h"

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }

/* Pipelines. https://docs.databricks.com/aws/en/ldp/developer/python-ref */

bool dlt_is(struct str name) { return str_starts(name, "dlt.") || str_starts(name, "dp."); }

static struct str dlt_method(struct str name) {
    const char *dot = memchr(name.p, '.', name.n);
    return (struct str){dot + 1, name.n - (size_t)(dot + 1 - name.p)};
}

/* A list of column names or Columns, one of them without brackets too; false when one is not known. */
static bool column_list(struct py_run *r, struct pv v, struct sql_expr ***out, uint32_t *count) {
    const struct pv *items = v.kind == PV_LIST ? v.list->at : &v;
    size_t n = pv_absent(v) || v.kind == PV_NONE ? 0 : v.kind == PV_LIST ? v.list->n : 1;
    *out = arena_array(r->arena, n + 1, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        struct sql_expr *e = py_sql_expr(r, items[i]);
        if (!e) return false;
        (*out)[(*count)++] = e;
    }
    return true;
}

static bool said(struct pv v) { return !pv_absent(v) && v.kind != PV_NONE; }

/* A condition or an order that is given must be known: else nothing is equal to it. */
static bool expr_take(struct py_run *r, struct pv v, struct sql_expr **out) {
    if (!said(v)) return true;
    *out = py_sql_expr(r, v);
    return *out != NULL;
}

static bool history_take(struct py_run *r, struct sql_cdc *c, const char *words, struct pv v) {
    struct sql_expr **list;
    uint32_t n = 0;
    struct buf b = buf_new(r->arena);
    if (!said(v)) return true;
    if (!column_list(r, v, &list, &n)) return false;
    buf_text(&b, words);
    for (uint32_t i = 0; i < n; i++) buf_printf(&b, "%s%s", i ? ", " : "", sql_expr_text(r->arena, list[i], r->session->dialect));
    c->history = str_of(buf_str(&b));
    return true;
}

static bool except_take(struct py_run *r, struct sql_cdc *c, struct pv v) {
    struct sql_expr **list;
    uint32_t n = 0;
    if (!column_list(r, v, &list, &n)) return false;
    c->except = arena_array(r->arena, n + 1, sizeof *c->except);
    for (uint32_t i = 0; i < n; i++) c->except[c->except_count++] = sql_ident(list[i]->name, false);
    return true;
}

/* The arguments of apply_changes as the clauses of APPLY CHANGES; false when one of them is only known when it runs. */
static bool changes_take(struct py_run *r, const struct py_node *call, struct sql_cdc *c) {
    size_t at = c->snapshot ? 99 : 0; /* snapshots have another order of arguments: by name alone */
    bool known = column_list(r, py_arg_value(r, call, 2, "keys"), &c->keys, &c->key_count);
    known &= expr_take(r, py_arg_value(r, call, at + 3, "sequence_by"), &c->sequence_by);
    known &= expr_take(r, py_arg_value(r, call, at + 4, "where"), &c->where);
    known &= expr_take(r, py_arg_value(r, call, at + 6, "apply_as_deletes"), &c->delete_when);
    known &= expr_take(r, py_arg_value(r, call, at + 7, "apply_as_truncates"), &c->truncate_when);
    known &= column_list(r, py_arg_value(r, call, at + 8, "column_list"), &c->columns, &c->column_count);
    known &= except_take(r, c, py_arg_value(r, call, at + 9, "except_column_list"));
    known &= history_take(r, c, "track history on ", py_arg_value(r, call, at + 11, "track_history_column_list"));
    known &= history_take(r, c, "track history on * except ", py_arg_value(r, call, at + 12, "track_history_except_column_list"));
    known &= !said(py_arg_value(r, call, 99, "ignore_null_updates_column_list")) &&
             !said(py_arg_value(r, call, 99, "ignore_null_updates_except_column_list"));
    struct pv scd = py_arg_value(r, call, c->snapshot ? 3 : 10, "stored_as_scd_type"), nulls = py_arg_value(r, call, at + 5, "ignore_null_updates");
    struct pv once = py_arg_value(r, call, at + 14, "once");
    if (said(scd)) c->scd_type = scd.kind == PV_NUMBER ? scd.s : pv_str(scd);
    if (said(scd) && !c->scd_type.n) known = false;
    c->ignore_null_updates = nulls.kind == PV_BOOL && nulls.b;
    c->once = once.kind == PV_BOOL && once.b;
    return known && (!said(nulls) || nulls.kind == PV_BOOL) && (!said(once) || once.kind == PV_BOOL);
}

static struct pv dlt_changes(struct py_run *r, const struct py_node *call, bool snapshot) {
    struct pv target = py_arg_value(r, call, 0, "target"), source = py_arg_value(r, call, 1, "source");
    if (pv_absent(source)) source = py_arg_value(r, call, 1, "snapshot_and_version");
    if (!pv_is_text(target)) {
        py_gap(r, call, "changes are applied to a table whose name is only known when it runs");
        return none();
    }
    struct frame *f = pv_is_text(source) ? frame_table(r, pv_str(source), !snapshot, py_line(r, call))
                                         : frame_unknown(r, NULL, NULL, call, "a source whose name is only known when it runs is read");
    struct definition *d = frame_define(r, f, DEF_STREAMING, session_dataset_text(r->session, pv_str(target)), py_range(r, call));
    struct sql_cdc c = {.snapshot = snapshot};
    bool known = changes_take(r, call, &c);
    d->partial = true;
    d->strategy = "cdc";
    d->fill = fill_of_cdc(r->arena, &c, r->session->dialect);
    d->fill.exact &= known;
    const char **names = arena_array(r->arena, c.key_count + 1, sizeof *names);
    for (uint32_t i = 0; i < c.key_count; i++) {
        if (c.keys[i]->kind == EX_NAME) names[d->unique_key_count++] = str_dup(r->arena, c.keys[i]->name);
    }
    d->unique_key = names;
    return none();
}

struct pv dlt_call(struct py_run *r, struct str name, const struct py_node *call) {
    struct str m = dlt_method(name);
    r->session->is_pipeline = true;
    if (str_is(m, "read") || str_is(m, "read_stream") || str_is(m, "readStream")) {
        struct pv table = py_arg_value(r, call, 0, "name");
        if (!pv_is_text(table)) return pv_frame(frame_unknown(r, NULL, NULL, call, "a dataset whose name is only known when it runs is read"));
        return pv_frame(frame_table(r, pv_str(table), m.n > 4, py_line(r, call)));
    }
    bool changes = str_starts(m, "apply_changes") || str_starts(m, "create_auto_cdc");
    return changes ? dlt_changes(r, call, memmem(m.p, m.n, "snapshot", 8) != NULL) : none();
}

/* expect_or_drop(name, condition) keeps the rows that fulfil it. */
static struct frame *expectations(struct py_run *r, struct frame *f, const struct py_node *decorator, struct str m) {
    bool drops = str_ends(m, "or_drop");
    if (!drops || !f->query || decorator->kind != PY_CALL) return f;
    struct pv a = py_arg_value(r, decorator, 0, NULL), b = py_arg_value(r, decorator, 1, "inv");
    struct pv_items conditions = {0};
    if (a.kind == PV_DICT) conditions = a.dict->values;
    if (a.kind != PV_DICT) pv_add(r->arena, &conditions, b);
    for (size_t i = 0; i < conditions.n; i++) {
        struct sql_expr *e = pv_is_text(conditions.at[i]) ? sql_parse_expr(r->arena, pv_str(conditions.at[i]), r->session->dialect, NULL) : NULL;
        if (!e) {
            f->doubt = "the rows an expectation drops are only known when it runs";
            continue;
        }
        f = frame_where(r, f, e);
    }
    return f;
}

static struct str decorator_name(struct py_run *r, const struct py_node *decorator) {
    const struct py_node *callee = decorator->kind == PY_CALL ? decorator->kids[0] : decorator;
    struct pv v = py_eval(r, callee);
    return v.kind == PV_NAME && dlt_is(v.s) ? dlt_method(v.s) : (struct str){"", 0};
}

static const struct py_node *decorator_argument(const struct py_node *decorator, const char *name) {
    return decorator->kind == PY_CALL ? py_kwarg(decorator, name) : NULL;
}

static bool decides_kind(struct str m) {
    return str_is(m, "table") || str_is(m, "view") || str_is(m, "temporary_view") || str_is(m, "materialized_view") || str_is(m, "append_flow") ||
           str_is(m, "create_table") || str_is(m, "create_view");
}

bool dlt_decorated(struct py_run *r, const struct py_node *node) {
    const struct py_node *main = NULL;
    struct str kind = {"", 0};
    for (size_t i = 2; i < node->count; i++) {
        struct str m = decorator_name(r, node->kids[i]);
        if (decides_kind(m)) main = node->kids[i], kind = m;
    }
    if (!main) return false;
    r->session->is_pipeline = true;
    struct pv function = *(const struct pv *)map_get(r->env->names, node->text);
    struct pv result = py_call_function(r, function.function, NULL, 0, NULL);
    struct frame *f = result.kind == PV_FRAME ? result.frame : frame_unknown(r, NULL, NULL, node, "what this function gives was not understood");
    for (size_t i = node->count; i-- > 2;) f = expectations(r, f, node->kids[i], decorator_name(r, node->kids[i]));
    bool flow = str_is(kind, "append_flow"), view = str_ends(kind, "view") && !str_is(kind, "materialized_view");
    const struct py_node *named = decorator_argument(main, flow ? "target" : "name");
    struct pv name = named ? py_eval(r, named) : pv_text_new(r, node->text, 0);
    const char *dataset = pv_is_text(name) ? session_dataset_text(r->session, pv_str(name)) : NULL;
    if (!dataset) py_gap(r, node, "a dataset whose name is only known when it runs is defined");
    const struct py_node *temporary = decorator_argument(main, "temporary");
    if (temporary && py_truth(py_eval(r, temporary)) != 0) view = true; /* a table that only its pipeline can read */
    enum definition_kind as = view ? DEF_EPHEMERAL : flow || f->stream ? DEF_STREAMING : DEF_MATERIALIZED;
    struct definition *d = frame_define(r, f, as, dataset, py_range(r, node));
    if (flow) d->partial = true, d->fill = fill_appends_stream;
    const struct py_node *comment = decorator_argument(main, "comment");
    struct pv text = comment ? py_eval(r, comment) : none();
    if (pv_is_text(text)) d->description = str_dup(r->arena, pv_str(text));
    for (size_t i = 2; i < node->count; i++) d->tests += str_starts(decorator_name(r, node->kids[i]), "expect");
    session_tests(r->session, d);
    return true;
}
