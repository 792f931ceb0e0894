/* py_delta.c - DeltaTable: MERGE as the calls that build it, and what changes a table in place. */
#include "pyspark.h"

#include "merge_key.h"

#include "fill_words.h"
#include "sql_build.h"
#include "sql_parse.h"

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }
static struct pv io_value(struct io *io) { return (struct pv){.kind = PV_IO, .io = io}; }

/* DeltaTable.forName(spark, "t").alias("t").merge(df, "t.id = s.id").whenMatchedUpdateAll()...execute() */

struct pv delta_call(struct py_run *r, struct str name, const struct py_node *call) {
    struct pv last = py_arg_value(r, call, 1, NULL);
    if (!pv_is_text(last)) last = py_arg_value(r, call, 0, NULL);
    bool path = str_is(name, "forPath"), table = str_is(name, "forName");
    if (!path && !table) return none();
    struct io *io = arena_new(r->arena, struct io);
    io->merge_target = !pv_is_text(last) ? "" : path ? path_dataset(r, STR("delta"), pv_str(last)) : session_dataset_text(r->session, pv_str(last));
    return io_value(io);
}

/* A text is parsed, a Column is one already, a number or a truth stands for itself; NULL: not known. */
struct sql_expr *py_sql_expr(struct py_run *r, struct pv v) {
    if (v.kind == PV_COLUMN) return v.column->expr;
    if (v.kind == PV_NUMBER || v.kind == PV_BOOL) return column_expr(r, v);
    if (!pv_is_text(v) || memmem(pv_str(v).p, pv_str(v).n, "${", 2)) return NULL;
    return sql_parse_expr(r->arena, pv_str(v), r->session->dialect, NULL);
}

#define CLAUSES_MAX 64

/* {"a": "s.a", "b": col("s.b")} as assignments, and as the columns and values of an insert. */
static void clause_sets(struct py_run *r, struct sql_merge_clause *c, struct pv sets) {
    size_t n = sets.kind == PV_DICT ? sets.dict->keys.n : 0;
    c->sets = arena_array(r->arena, n + 1, sizeof *c->sets);
    c->columns = arena_array(r->arena, n + 1, sizeof *c->columns);
    c->values = arena_array(r->arena, n + 1, sizeof *c->values);
    for (size_t i = 0; i < n; i++) {
        struct pv key = sets.dict->keys.at[i];
        struct str name = pv_is_text(key) ? pv_str(key) : STR("?");
        c->sets[i] = (struct sql_assignment){pv_is_text(key) ? sql_column(r->arena, name) : NULL, py_sql_expr(r, sets.dict->values.at[i])};
        c->columns[i] = *sql_name_of(r->arena, name);
        c->values[i] = c->sets[i].value;
    }
    c->set_count = c->column_count = c->value_count = (uint32_t)n;
}

/* whenMatchedUpdate, whenNotMatchedBySourceDelete, ...; false when the method is none of them. */
static bool clause_add(struct py_run *r, struct io *io, struct str m, const struct py_node *call) {
    struct sql_merge *merge = io->merge;
    bool by_source = str_starts(m, "whenNotMatchedBySource"), not_matched = str_starts(m, "whenNotMatched");
    if (!str_starts(m, "when") || merge->clause_count >= CLAUSES_MAX) return false;
    struct sql_merge_clause c = {.when = by_source ? WHEN_NOT_MATCHED_BY_SOURCE : not_matched ? WHEN_NOT_MATCHED : WHEN_MATCHED};
    bool all = str_ends(m, "All"), update = memmem(m.p, m.n, "Update", 6), insert = memmem(m.p, m.n, "Insert", 6);
    c.then = update ? (all ? THEN_UPDATE_ALL : THEN_UPDATE) : insert ? (all ? THEN_INSERT_ALL : THEN_INSERT) : THEN_DELETE;
    struct pv condition = py_arg_value(r, call, 0, "condition");
    bool said = !pv_absent(condition) && condition.kind != PV_NONE;
    if (said) c.condition = py_sql_expr(r, condition);
    if (said && !c.condition) merge->tail = STR("a condition that is not known");
    if (!all && (update || insert)) clause_sets(r, &c, py_arg_value(r, call, 1, insert ? "values" : "set"));
    struct sql_merge_clause *clauses = arena_array(r->arena, merge->clause_count + 1, sizeof *clauses);
    if (merge->clause_count) memcpy(clauses, merge->clauses, merge->clause_count * sizeof *clauses);
    clauses[merge->clause_count++] = c;
    merge->clauses = clauses;
    return true;
}

static void merge_begin(struct py_run *r, struct io *io, const struct py_node *call) {
    struct pv source = py_arg_value(r, call, 0, "source");
    io->frame = source.kind == PV_FRAME ? source.frame : frame_unknown(r, NULL, NULL, call, "the DataFrame merged here was not understood");
    io->merge = arena_new(r->arena, struct sql_merge);
    struct str alias = io->merge_alias;
    if (alias.n) io->merge->target = sql_from_table(r->arena, sql_name_of(r->arena, STR("t")), alias);
    if (io->frame->alias.n) io->merge->source = sql_from_table(r->arena, sql_name_of(r->arena, STR("s")), io->frame->alias);
    io->merge->on = py_sql_expr(r, py_arg_value(r, call, 1, "condition"));
}

static struct pv merge_end(struct py_run *r, struct io *io, const struct py_node *call) {
    if (!io->merge_target[0]) return write_unknown(r, io, call, "a table whose name is only known when it runs is merged into");
    struct definition *d = frame_define(r, io->frame, DEF_INCREMENTAL, io->merge_target, py_range(r, call));
    d->partial = true;
    d->fill = fill_of_merge(r->arena, io->merge, r->session->dialect);
    d->fill.stream = r->session->each_batch;
    d->strategy = "merge";
    d->merge_on = io->merge->on;
    merge_key_set(r->arena, io->merge->on, d);
    return none();
}

struct pv merge_call(struct py_run *r, struct io *io, struct str m, const struct py_node *call) {
    if (str_is(m, "toDF")) return pv_frame(frame_table(r, str_of(io->merge_target), false, py_line(r, call)));
    if (str_is(m, "alias") && !io->merge) {
        io->merge_alias = pv_str(py_arg_value(r, call, 0, "aliasName"));
        return io_value(io);
    }
    if (str_is(m, "merge")) {
        merge_begin(r, io, call);
        return io_value(io);
    }
    if ((str_is(m, "delete") || str_starts(m, "update")) && !io->merge && io->merge_target[0]) {
        session_changed(r->session, io->merge_target);
        return none();
    }
    if (!io->merge) return io_value(io);
    struct sql_merge *merge = arena_new(r->arena, struct sql_merge);
    *merge = *io->merge;
    io->merge = merge;
    if (str_is(m, "withSchemaEvolution")) merge->evolve = true;
    if (clause_add(r, io, m, call) || !str_is(m, "execute")) return io_value(io);
    return merge_end(r, io, call);
}
