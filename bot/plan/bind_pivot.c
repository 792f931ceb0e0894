/* bind_pivot.c - PIVOT as one filtered aggregate per value, UNPIVOT as one branch of UNION ALL per column.
 * Over a relation whose columns are not all known neither can be written out: it is then a relation computed from its input and the clause's
 * words, which see the input's columns by name. */
#include "bind_core.h"
#include "sql_print.h"

#define PIVOT_OUTPUTS_MAX   2000
#define UNPIVOT_COLUMNS_MAX 100

struct pivoting {
    struct binder *b;
    struct scope *scope;
    const struct sql_from *from;
    const struct sql_pivot *pivot;
    struct bound input;
    struct scope over; /* one source: the input */
    VEC(struct column_def) defs, outs;
    VEC(const char *) names;
};

/* SELECT * over what stands left of the clause. */
static struct bound input_bind(struct binder *b, struct scope *scope, const struct sql_from *left) {
    struct sql_expr *star = arena_new(b->arena, struct sql_expr);
    struct sql_item *item = arena_new(b->arena, struct sql_item);
    struct sql_select *select = arena_new(b->arena, struct sql_select);
    struct sql_query *query = arena_new(b->arena, struct sql_query);
    *star = (struct sql_expr){.kind = EX_STAR, .range = left->range};
    *item = (struct sql_item){.expr = star, .range = left->range};
    *select = (struct sql_select){.items = item, .item_count = 1, .from = (struct sql_from *)(uintptr_t)left, .range = left->range};
    *query = (struct sql_query){.body = BODY_SELECT, .select = select, .range = left->range};
    return bind_query(b, scope->outer, scope->ctes, query);
}

static void over_make(struct pivoting *p) {
    struct scope_source *source = vec_add(p->b->arena, &p->over.sources);
    const struct sql_from *left = p->from->left;
    bool bare = left->kind == FROM_TABLE && !left->alias.text.n;
    *source = (struct scope_source){
        .rel = p->input.rel, .star = -1, .alias = left->alias.text.n ? bind_lower(p->b, left->alias.text) : NULL, .name = bare ? left->name : NULL};
    for (size_t i = 0; i < p->input.n; i++) *vec_add(p->b->arena, &source->offers) = (struct offer){p->input.names[i], p->input.rel->columns[i]};
}

static void column_mark(const struct scalar *e, bool *used) {
    if (e->op == SC_COLUMN) used[e->column] = true;
    for (size_t i = 0; i < e->n; i++) column_mark(e->args[i], used);
    if (e->filter) column_mark(e->filter, used);
    for (size_t i = 0; i < e->n_order; i++) column_mark(e->order[i].expr, used);
}

/* DuckDB's PIVOT holds the column's text against the value's: 1.000 is not 1 there. */
static void texts_check(struct pivoting *p, const struct scalar *column, const struct scalar *v) {
    enum type_kind kind = column->type.kind;
    bool one_text = kind == v->type.kind && (kind == TYPE_INT || kind == TYPE_STRING || kind == TYPE_BOOL || kind == TYPE_DATE);
    if (p->b->dialect == DIALECT_DUCKDB && !one_text && v->type.kind != TYPE_NULL)
        bind_suppose(p->b, "PIVOT compares texts, here of values of other types");
}

static const struct scalar *value_test(struct pivoting *p, const struct scalar *const *columns, size_t n, const struct sql_expr *value) {
    const struct scalar *all = NULL;
    bool tuple = value->kind == EX_TUPLE;
    if ((tuple ? value->arg_count : 1) != n) bind_refuse(p->b, value->range, "PIVOT: a value for each column is wanted");
    for (size_t i = 0; i < n && i < (tuple ? value->arg_count : 1); i++) {
        const struct scalar *v = bind_expr(p->b, &p->over, tuple ? value->args[i] : value);
        bool null = v->op == SC_LITERAL && v->lit.kind == VALUE_NULL;
        texts_check(p, columns[i], v);
        all = scalar_and(p->b, all, scalar_of(p->b, null ? SC_SAME : SC_EQ, columns[i], v, value->range));
    }
    return all ? all : scalar_bool(p->b, true);
}

static bool null_over_nothing(const char *name) {
    static const char *const names[] = {"sum", "min", "max", "avg", "stddev", "stddev_samp", "variance", "var_samp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static const struct scalar *def_add(struct pivoting *p, const struct scalar *agg) {
    int column = column_new(p->b, agg->name, agg->type, agg->nullable, NULL);
    *vec_add(p->b->arena, &p->defs) = (struct column_def){column, agg};
    return scalar_column(p->b, column, agg->range);
}

/* The aggregate over the rows of one value. Where it counts, spark gives NULL for a value without rows; of the others that is not known, and the
 * aggregate goes by a name of its own. */
static const struct scalar *agg_of_value(struct pivoting *p, const struct scalar *agg, const struct scalar *test) {
    struct binder *b = p->b;
    struct scalar *one = arena_new(b->arena, struct scalar);
    *one = *agg;
    one->filter = scalar_and(b, agg->filter, test);
    one->nullable = true;
    if (null_over_nothing(agg->name)) return def_add(p, one);
    if (b->dialect != DIALECT_DATABRICKS && b->dialect != DIALECT_SPARK) {
        one->name = arena_printf(b->arena, "pivot:%s", agg->name);
        return def_add(p, one);
    }
    struct scalar *rows = scalar_new(b, SC_AGG, 0, agg->range);
    rows->name = "count";
    rows->filter = test;
    scalar_finish(b, rows);
    rows->type = (struct type){TYPE_INT, 64, 0};
    const struct scalar *zero = scalar_literal(b, (struct literal){.kind = VALUE_INT}, (struct type){TYPE_INT, 32, 0});
    return scalar_if(b, scalar_of(b, SC_GT, def_add(p, rows), zero, agg->range), def_add(p, one), scalar_null(b));
}

/* The item of the clause with each aggregate in it replaced by that of the value. */
static const struct scalar *item_of_value(struct pivoting *p, const struct scalar *e, const struct scalar *test) {
    for (size_t i = 0; i < p->over.aggs.n; i++)
        if (e->op == SC_COLUMN && p->over.aggs.at[i].column == e->column) return agg_of_value(p, p->over.aggs.at[i].expr, test);
    if (e->n == 0) return e;
    struct scalar *copy = arena_new(p->b->arena, struct scalar);
    *copy = *e;
    const struct scalar **args = arena_array(p->b->arena, e->n, sizeof *args);
    for (size_t i = 0; i < e->n; i++) args[i] = item_of_value(p, e->args[i], test);
    copy->args = args;
    return copy;
}

static const char *value_name(struct binder *b, const struct sql_item *value) {
    if (value->alias.text.n) return bind_lower(b, value->alias.text);
    const struct sql_expr *e = value->expr;
    if (b->dialect == DIALECT_SNOWFLAKE && e->kind == EX_LITERAL && e->op == LIT_STRING)
        return arena_printf(b->arena, "'%s'", bind_lower(b, e->name));
    if (e->kind == EX_LITERAL && e->op == LIT_STRING) return bind_lower(b, e->name);
    if (b->dialect == DIALECT_BIGQUERY && e->kind == EX_LITERAL) return arena_printf(b->arena, "_%s", bind_lower(b, e->name));
    return str_lower(b->arena, str_of(sql_expr_text(b->arena, e, b->dialect)));
}

static const char *output_name(struct pivoting *p, const struct sql_item *value, const struct sql_item *item) {
    struct binder *b = p->b;
    const char *name = value_name(b, value);
    bool alone = p->pivot->aggregate_count == 1;
    if (b->dialect == DIALECT_BIGQUERY || b->dialect == DIALECT_REDSHIFT)
        return item->alias.text.n ? arena_printf(b->arena, "%s_%s", bind_lower(b, item->alias.text), name) : name;
    if (alone && (b->dialect != DIALECT_DUCKDB || !item->alias.text.n)) return name;
    return arena_printf(b->arena, "%s_%s", name,
                        item->alias.text.n ? bind_lower(b, item->alias.text)
                                           : str_lower(b->arena, str_of(sql_expr_text(b->arena, item->expr, b->dialect))));
}

static void out_add(struct pivoting *p, const char *name, const struct scalar *e) {
    *vec_add(p->b->arena, &p->outs) = (struct column_def){column_new(p->b, name, e->type, e->nullable, NULL), e};
    *vec_add(p->b->arena, &p->names) = name;
}

/* Columns neither aggregated nor turned: the grouping keys. */
static struct column_def *keys_make(struct pivoting *p, const bool *used, size_t *n) {
    struct binder *b = p->b;
    struct column_def *keys = arena_array(b->arena, p->input.n + p->pivot->group_count + 1, sizeof *keys);
    *n = 0;
    for (uint32_t i = 0; i < p->pivot->group_count; i++) {
        const struct scalar *e = bind_expr(b, &p->over, p->pivot->group[i]);
        keys[*n] = (struct column_def){e->op == SC_COLUMN ? e->column : column_new(b, "key", e->type, e->nullable, NULL), e};
        out_add(p, b->columns.at[keys[*n].column].name, scalar_column(b, keys[*n].column, e->range));
        ++*n;
    }
    for (size_t i = 0; i < p->input.n && !p->pivot->group_count; i++) {
        int column = p->input.rel->columns[i];
        if (used[column]) continue;
        keys[(*n)++] = (struct column_def){column, scalar_column(b, column, p->from->range)};
        out_add(p, p->input.names[i], scalar_column(b, column, p->from->range));
    }
    return keys;
}

static struct bound outs_project(struct pivoting *p, struct rel *over) {
    struct rel *rel = rel_project(p->b, over, p->outs.at, p->outs.n, p->from->range);
    int *columns = arena_array(p->b->arena, p->outs.n + 1, sizeof *columns);
    for (size_t i = 0; i < p->outs.n; i++) columns[i] = p->outs.at[i].column;
    rel->columns = columns;
    rel->n_columns = p->outs.n;
    return (struct bound){rel, p->outs.n, p->names.at, false};
}

static struct bound pivot_expand(struct pivoting *p) {
    struct binder *b = p->b;
    const struct sql_pivot *v = p->pivot;
    const struct scalar **items = arena_array(b->arena, v->aggregate_count + 1, sizeof *items);
    bool tuple = v->column_count == 1 && v->columns[0]->kind == EX_TUPLE;
    size_t n_columns = tuple ? v->columns[0]->arg_count : v->column_count;
    const struct scalar **columns = arena_array(b->arena, n_columns + 1, sizeof *columns);
    for (size_t i = 0; i < n_columns; i++) columns[i] = bind_expr(b, &p->over, tuple ? v->columns[0]->args[i] : v->columns[i]);
    p->over.clause = CLAUSE_SELECT;
    for (uint32_t i = 0; i < v->aggregate_count; i++) items[i] = bind_expr(b, &p->over, v->aggregates[i].expr);
    p->over.clause = CLAUSE_INPUT;
    bool *used = arena_array(b->arena, b->columns.n + 1, sizeof *used);
    for (size_t i = 0; i < n_columns; i++) column_mark(columns[i], used);
    for (size_t i = 0; i < p->over.aggs.n; i++) column_mark(p->over.aggs.at[i].expr, used);
    size_t n_keys;
    struct column_def *keys = keys_make(p, used, &n_keys);
    if ((size_t)v->value_count * v->aggregate_count > PIVOT_OUTPUTS_MAX)
        bind_refuse(b, p->from->range, "PIVOT into more than %d columns", PIVOT_OUTPUTS_MAX);
    for (uint32_t i = 0; i < v->value_count && p->outs.n < PIVOT_OUTPUTS_MAX; i++) {
        const struct scalar *test = value_test(p, columns, n_columns, v->values[i].expr);
        for (uint32_t k = 0; k < v->aggregate_count; k++) {
            const struct scalar *e = item_of_value(p, items[k], test);
            if (v->otherwise) {
                struct scalar *c = scalar_new(b, SC_COALESCE, 2, p->from->range);
                ((const struct scalar **)c->args)[0] = e;
                ((const struct scalar **)c->args)[1] = bind_expr(b, &p->over, v->otherwise);
                scalar_finish(b, c);
                e = c;
            }
            out_add(p, output_name(p, &v->values[i], &v->aggregates[k]), e);
        }
    }
    struct rel *agg = rel_new(b, REL_AGG, p->from->range);
    agg->left = p->input.rel;
    agg->keys = keys;
    agg->n_keys = n_keys;
    agg->defs = p->defs.at;
    agg->n_defs = p->defs.n;
    for (size_t i = 0; i < p->defs.n; i++) b->columns.at[p->defs.at[i].column].rel = agg, b->columns.at[p->defs.at[i].column].ordinal = n_keys + i;
    return outs_project(p, agg);
}

/* The clause in words over an input called by nothing: what the relation is computed by. */
static const char *clause_words(struct pivoting *p) {
    struct binder *b = p->b;
    struct sql_ident part = {.text = STR("input")};
    struct sql_name name = {.parts = &part, .part_count = 1};
    struct sql_from input = {.kind = FROM_TABLE, .name = &name}, whole = *p->from;
    whole.left = &input;
    whole.alias = (struct sql_ident){0};
    whole.column_count = 0;
    struct buf text = buf_new(b->arena);
    sql_print_from(&text, &whole, b->dialect);
    for (size_t i = 0; i < p->input.n; i++) buf_printf(&text, " %s", p->input.names[i]);
    return str_lower(b->arena, str_of(buf_str(&text)));
}

static struct bound whole_opaque(struct pivoting *p) {
    struct binder *b = p->b;
    struct rel *rel = rel_new(b, REL_OPAQUE, p->from->range);
    const struct rel **inputs = arena_array(b->arena, 1, sizeof *inputs);
    const char **names = arena_array(b->arena, 1, sizeof *names);
    int *columns = arena_array(b->arena, 1, sizeof *columns);
    inputs[0] = p->input.rel;
    rel->inputs = inputs;
    rel->n_inputs = 1;
    rel->name = clause_words(p);
    names[0] = "*";
    columns[0] = column_new(b, "*", (struct type){TYPE_OTHER, 0, 0}, true, rel);
    rel->columns = columns;
    rel->n_columns = 1;
    return (struct bound){rel, 1, names, true};
}

static struct pivoting pivoting_start(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct pivoting p = {.b = b, .scope = scope, .from = from, .pivot = from->pivot};
    p.over = (struct scope){.outer = scope->outer, .ctes = scope->ctes, .clause = CLAUSE_INPUT, .level = scope->level};
    p.input = input_bind(b, scope, from->left);
    return p;
}

struct bound bind_pivot(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct pivoting p = pivoting_start(b, scope, from);
    if (p.input.open || p.pivot->more.n || p.pivot->any || p.pivot->query || !p.pivot->value_count) return whole_opaque(&p);
    over_make(&p);
    return pivot_expand(&p);
}

struct bound bind_clause(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct pivoting p = pivoting_start(b, scope, from);
    return whole_opaque(&p);
}

/* ---- UNPIVOT ---- */

static size_t parts_of(const struct sql_expr *e) { return e->kind == EX_TUPLE ? e->arg_count : 1; }
static const struct sql_expr *part_of(const struct sql_expr *e, size_t i) { return e->kind == EX_TUPLE ? e->args[i] : e; }

/* What stands in the name column: the alias's literal, else the column's name, whose case only the table knows. */
static const struct scalar *label_of(struct binder *b, const struct sql_item *column) {
    struct literal text = {.kind = VALUE_TEXT, .s = str_of(str_dup(b->arena, column->alias.text))};
    if (column->alias.text.n) return scalar_literal(b, text, (struct type){TYPE_STRING, 0, 0});
    struct scalar *label = scalar_new(b, SC_CALL, 0, column->range);
    label->name = arena_printf(b->arena, "name of %s", str_lower(b->arena, str_of(sql_expr_text(b->arena, column->expr, b->dialect))));
    label->type = (struct type){TYPE_STRING, 0, 0};
    return label;
}

static bool is_turned(const struct sql_pivot *pivot, const char *name) {
    for (uint32_t i = 0; i < pivot->value_count; i++)
        for (size_t k = 0; k < parts_of(pivot->values[i].expr); k++)
            if (str_iis(part_of(pivot->values[i].expr, k)->name, name)) return true;
    return false;
}

static struct bound unpivot_branch(struct pivoting *p, const struct sql_item *column) {
    struct binder *b = p->b;
    const struct sql_pivot *v = p->pivot;
    const struct sql_expr *wanted = v->aggregates[0].expr;
    over_make(p);
    for (size_t i = 0; i < p->input.n; i++)
        if (!is_turned(v, p->input.names[i])) out_add(p, p->input.names[i], scalar_column(b, p->input.rel->columns[i], p->from->range));
    const char *label = v->column_count && v->columns[0]->kind == EX_NAME ? bind_lower(b, v->columns[0]->name) : "name";
    const struct scalar *some = NULL;
    if (b->dialect != DIALECT_BIGQUERY) out_add(p, label, label_of(b, column));
    for (size_t i = 0; i < parts_of(wanted) && i < parts_of(column->expr); i++) {
        const struct scalar *value = bind_expr(b, &p->over, part_of(column->expr, i));
        const struct scalar *there = scalar_not(b, scalar_of(b, SC_IS_NULL, value, NULL, column->range));
        some = some ? scalar_of(b, SC_OR, some, there, column->range) : there;
        out_add(p, bind_lower(b, part_of(wanted, i)->name), value);
    }
    if (b->dialect == DIALECT_BIGQUERY) out_add(p, label, label_of(b, column));
    bool keeps = p->from->flags & SQL_FROM_INCLUDE_NULLS;
    return outs_project(p, keeps || !some ? p->input.rel : rel_filter(b, p->input.rel, some));
}

struct bound bind_unpivot(struct binder *b, struct scope *scope, const struct sql_from *from) {
    struct pivoting first = pivoting_start(b, scope, from);
    const struct sql_pivot *v = from->pivot;
    bool plain = !first.input.open && v->value_count && v->value_count <= UNPIVOT_COLUMNS_MAX && v->aggregate_count == 1 && v->column_count == 1;
    for (uint32_t i = 0; plain && i < v->value_count; i++) plain = parts_of(v->values[i].expr) == parts_of(v->aggregates[0].expr);
    if (!plain) return whole_opaque(&first);
    struct bound all = unpivot_branch(&first, &v->values[0]);
    for (uint32_t i = 1; i < v->value_count; i++) {
        struct pivoting next = pivoting_start(b, scope, from);
        all = bind_union_all(b, all, unpivot_branch(&next, &v->values[i]), from->range);
    }
    return all;
}
