/* py_io.c - readers, writers, Delta merges and pipelines (DLT, Lakeflow): what fills which dataset. */
#include "pyspark.h"

#include "fill_words.h"
#include "sql_build.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <ctype.h>
#include <stdlib.h>

static struct pv none(void) { return (struct pv){.kind = PV_NONE}; }
static struct pv io_value(struct io *io) { return (struct pv){.kind = PV_IO, .io = io}; }

static struct io *io_copy(struct py_run *r, const struct io *io) {
    struct io *copy = arena_new(r->arena, struct io);
    *copy = *io;
    return copy;
}

/* Rows made of other rows: of one batch they are not those of the whole stream. */

struct gathers {
    bool found;
};

static bool gathers_expr(void *ctx, struct sql_expr *e) {
    struct gathers *g = ctx;
    g->found |= e->kind == EX_CALL && e->call && e->call->over;
    return !g->found;
}

static bool gathers_query(void *ctx, struct sql_query *q) {
    struct gathers *g = ctx;
    const struct sql_select *s = q->body == BODY_SELECT ? q->select : NULL;
    g->found |= q->limit || (s && (s->group || s->distinct || s->qualify)) || q->body == BODY_SETOP;
    return !g->found;
}

static bool gathers_from(void *ctx, struct sql_from *from) {
    struct gathers *g = ctx;
    g->found |= from->kind == FROM_JOIN;
    return !g->found;
}

static bool row_by_row(struct sql_query *q) {
    struct gathers g = {false};
    sql_walk_query(&(struct sql_visitor){.ctx = &g, .expr = gathers_expr, .query = gathers_query, .from = gathers_from}, q);
    return !g.found;
}

struct definition *frame_define(struct py_run *r, struct frame *f, enum definition_kind kind, const char *dataset, struct range range) {
    struct session *s = r->session;
    frame_action(r, f);
    bool made_here = !f->query && !f->read_count && !f->deps.n && f->why == rows_of_program;
    if (!f->query && f->why && !made_here) s->gap_column = f->column, session_gap(s, f->line, true, "%s", f->why);
    struct definition_spec spec = {.kind = kind,
                                   .dataset = dataset,
                                   .query = f->query,
                                   .deps = &f->deps,
                                   .reads = f->reads,
                                   .read_count = f->read_count,
                                   .range = range,
                                   .reads_complete = made_here};
    struct definition *d = session_define(s, &spec);
    if (f->doubt) d->doubt = f->doubt;
    if (f->batch && f->query && !d->doubt && !row_by_row(f->query)) d->doubt = "each batch is computed by itself";
    s->out->statements++;
    return d;
}

/* A path as a table name: delta.`/mnt/x`. */
static struct str path_table(struct py_run *r, struct str format, struct str path) {
    return str_of(arena_printf(r->arena, "%.*s.`%.*s`", STR_ARG(format.n ? format : STR("delta")), STR_ARG(path)));
}

const char *path_dataset(struct py_run *r, struct str format, struct str path) {
    return arena_printf(r->arena, "%.*s.%.*s", STR_ARG(format.n ? format : STR("delta")), STR_ARG(path));
}

/* Options that say how to read, not what, and those that must not be kept. */
static bool harmless(struct str name) {
    static const char *const names[] = {"path",
                                        "dbtable",
                                        "table",
                                        "subscribe",
                                        "mergeSchema",
                                        "maxFilesPerTrigger",
                                        "maxBytesPerTrigger",
                                        "checkpointLocation",
                                        "fetchsize",
                                        "numPartitions",
                                        "partitionColumn",
                                        "lowerBound",
                                        "upperBound",
                                        "batchsize",
                                        "driver",
                                        "failOnDataLoss"};
    static const char *const secret[] = {"password", "secret", "token", "user", "key", "credential"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_iis(name, names[i])) return true;
    }
    char lower[64];
    size_t n = name.n < sizeof lower - 1 ? name.n : sizeof lower - 1;
    for (size_t i = 0; i < n; i++) lower[i] = (char)tolower((unsigned char)name.p[i]);
    lower[n] = 0;
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        if (strstr(lower, secret[i])) return true;
    }
    return strncmp(lower, "cloudfiles.", 11) == 0;
}

static int option_order(const void *a, const void *b) {
    const struct sql_property *x = a, *y = b;
    size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
    int order = strncasecmp(x->key.p, y->key.p, n);
    return order ? order : (int)x->key.n - (int)y->key.n;
}

/* What is read is the table with these options: another relation than the table alone. */
static void option_keep(struct py_run *r, struct io *io, struct str name, struct pv v) {
    if (io->frame || harmless(name)) return;
    if (v.kind == PV_BOOL) v = pv_text_new(r, v.b ? STR("true") : STR("false"), 0);
    if (v.kind == PV_NUMBER) v = pv_text_new(r, v.s, 0);
    if (!pv_is_text(v) || memmem(pv_str(v).p, pv_str(v).n, "${", 2)) {
        io->doubt = "an option of this read is only known when it runs";
        return;
    }
    struct sql_property *options = arena_array(r->arena, io->option_count + 1, sizeof *options);
    uint32_t n = 0;
    for (uint32_t i = 0; i < io->option_count; i++) {
        if (!str_ieq(io->options[i].key, name)) options[n++] = io->options[i];
    }
    options[n++] = (struct sql_property){.key = name, .value = sql_string(r->arena, pv_str(v))};
    qsort(options, n, sizeof *options, option_order);
    io->options = options;
    io->option_count = n;
}

/* The frame that a reader gives, with its options. */
static struct pv io_frame(const struct io *io, struct frame *f) {
    if (f->query && f->open && io->option_count) {
        f->query->select->from->options = io->options;
        f->query->select->from->option_count = io->option_count;
    }
    if (io->doubt && !f->doubt) f->doubt = io->doubt;
    return pv_frame(f);
}

static struct pv read_path(struct py_run *r, const struct io *io, struct str format, struct pv path, const struct py_node *call) {
    int line = py_line(r, call);
    if (path.kind == PV_LIST && path.list->n == 1) path = path.list->at[0];
    if (!pv_is_text(path) && io->path.n) path = pv_text_new(r, io->path, line);
    if (str_iis(format, "jdbc") || str_iis(format, "kafka") || str_iis(format, "bigquery") || str_iis(format, "snowflake")) {
        if (!io->table_option.n) return pv_frame(frame_unknown(r, NULL, NULL, call, "a source whose name is only known when it runs is read"));
        return io_frame(io, frame_read(r, io->table_option, io->stream, call));
    }
    if (!pv_is_text(path)) return pv_frame(frame_unknown(r, NULL, NULL, call, "a path that is only known when it runs is read"));
    struct frame *f = frame_read(r, path_table(r, format, pv_str(path)), io->stream, call);
    struct pv second = str_is(format, "parquet") ? py_arg_value(r, call, 1, NULL) : none();
    if (pv_is_text(second)) { /* parquet(a, b): the rows of all */
        struct frame *more = frame_table(r, path_table(r, format, pv_str(second)), io->stream, py_line(r, call));
        return pv_frame(frame_unknown(r, f, more, call, "several paths are read at once"));
    }
    if (io->infers) fact_add(r, FACT_INFER_SCHEMA, f, call)->subject = str_dup(r->arena, pv_str(path));
    return io_frame(io, f);
}

static void option_set(struct py_run *r, struct io *io, struct str name, struct pv v) {
    option_keep(r, io, name, v);
    if (v.kind == PV_BOOL) v = pv_text_new(r, v.b ? STR("true") : STR("false"), 0);
    if (!pv_is_text(v) && str_iis(name, "checkpointLocation")) io->checkpoint = STR("${checkpoint}");
    if (!pv_is_text(v)) return;
    if (str_iis(name, "dbtable") || str_iis(name, "subscribe") || str_iis(name, "table")) io->table_option = pv_str(v);
    if (str_iis(name, "path")) io->path = pv_str(v);
    if (str_iis(name, "cloudFiles.format")) io->format = str_of(arena_printf(r->arena, "cloudFiles_%.*s", STR_ARG(pv_str(v))));
    if (str_iis(name, "inferSchema")) io->infers = str_iis(pv_str(v), "true");
    if (str_iis(name, "checkpointLocation")) io->checkpoint = pv_str(v);
    if (str_iis(name, "replaceWhere")) io->mode = STR("replaceWhere"), io->replace_where = py_sql_expr(r, v);
    if (str_iis(name, "partitionOverwriteMode") && str_iis(pv_str(v), "dynamic")) io->mode = STR("dynamic");
}

/* Settings that readers and writers share; false when the method is none. */
static bool io_setting(struct py_run *r, struct io *io, struct str m, const struct py_node *call) {
    struct pv a = py_arg_value(r, call, 0, NULL);
    if (str_is(m, "format")) {
        io->format = pv_str(a);
    } else if (str_is(m, "mode") || str_is(m, "outputMode")) {
        bool known = pv_is_text(a) && !memmem(pv_str(a).p, pv_str(a).n, "${", 2);
        if (!known) io->mode = STR("${mode}");
        bool partial = str_is(io->mode, "replaceWhere") || str_is(io->mode, "dynamic");
        if (known && (!partial || !str_is(pv_str(a), "overwrite"))) io->mode = pv_str(a);
    } else if (str_is(m, "option")) {
        option_set(r, io, pv_str(a), py_arg_value(r, call, 1, "value"));
    } else if (str_is(m, "options")) {
        for (size_t i = 1; i < call->count; i++) {
            const struct py_node *kid = call->kids[i];
            if (kid->kind == PY_KWARG && kid->count) option_set(r, io, kid->text, py_eval(r, kid->kids[0]));
            struct pv all = kid->kind == PY_SPLAT && kid->count ? py_eval(r, kid->kids[0]) : none();
            for (size_t k = 0; all.kind == PV_DICT && k < all.dict->keys.n; k++)
                option_set(r, io, pv_str(all.dict->keys.at[k]), all.dict->values.at[k]);
            if (kid->kind == PY_SPLAT && all.kind != PV_DICT && !io->checkpoint.n) io->checkpoint = STR("${checkpoint}");
            if (kid->kind == PY_SPLAT && all.kind != PV_DICT && !io->frame) io->doubt = "an option of this read is only known when it runs";
        }
    } else if (str_is(m, "partitionBy") || str_is(m, "clusterBy") || str_is(m, "partitionedBy")) {
        const char **names = arena_array(r->arena, call->count + 1, sizeof *names);
        for (size_t i = 0; py_arg(call, i); i++) {
            struct pv v = py_eval(r, py_arg(call, i));
            if (pv_is_text(v)) names[io->partition_count++] = str_dup(r->arena, pv_str(v));
        }
        io->partition_by = names;
    } else if (str_is(m, "schema")) {
        option_keep(r, io, STR("schema"), a);
    } else if (str_is(m, "using")) {
        io->format = pv_str(a);
    } else if (str_is(m, "trigger") || str_is(m, "queryName") || str_is(m, "bucketBy") || str_is(m, "sortBy") || str_is(m, "tableProperty")) {
        (void)a;
    } else {
        return false;
    }
    return true;
}

/* Its own, or the session's. */
static const char *checkpoint_of(struct py_run *r, const struct io *io) {
    struct str said = io->checkpoint.n ? io->checkpoint : r->checkpoint;
    return said.n ? str_dup(r->arena, said) : NULL;
}

/* What the rules want to know of a write. */
static void write_facts(struct py_run *r, const struct io *io, const char *dataset, const struct py_node *call) {
    const char *mode = io->mode.n ? str_dup(r->arena, io->mode) : NULL;
    struct code_fact *fact = fact_add(r, io->stream ? FACT_STREAM_WRITE : FACT_WRITE, io->frame, call);
    fact->subject = dataset;
    fact->detail = !io->stream ? mode : checkpoint_of(r, io);
    fact_round(r, FACT_WRITE_IN_LOOP, io->frame, dataset, call);
}

static void partly(struct definition *d, struct fill fill) {
    d->partial = true;
    d->fill = fill;
}

static struct pv write_to(struct py_run *r, struct io *io, const char *dataset, const struct py_node *call) {
    write_facts(r, io, dataset, call);
    bool append = str_is(io->mode, "append") || io->stream;
    bool part = str_is(io->mode, "replaceWhere") || str_is(io->mode, "dynamic") || str_is(io->mode, "ignore") || str_is(io->mode, "${mode}");
    part |= r->session->dynamic && str_is(io->mode, "overwrite") && !io->is_v2;
    struct definition *d = frame_define(r, io->frame, io->stream ? DEF_STREAMING : append ? DEF_INCREMENTAL : DEF_TABLE, dataset, py_range(r, call));
    if (append && !io->stream) partly(d, r->session->each_batch ? fill_appends_stream : fill_appends);
    else if (part) partly(d, io->replace_where ? fill_of_replace(r->arena, io->replace_where, r->session->dialect) : fill_part);
    else if (r->session->each_batch) partly(d, fill_batch);
    d->strategy = append ? "append" : part ? "insert_overwrite" : NULL;
    d->partition_by = io->partition_by;
    d->partition_count = io->partition_count;
    return none();
}

struct pv write_unknown(struct py_run *r, struct io *io, const struct py_node *call, const char *why) {
    write_facts(r, io, NULL, call);
    py_gap(r, call, why);
    frame_define(r, io->frame, DEF_QUERY, NULL, py_range(r, call))->partial = true;
    return none();
}

static bool stream_off(void *ctx, struct sql_from *from) {
    from->flags &= ~(uint32_t)SQL_FROM_STREAM;
    return true;
}

/* The stream as a batch sees it: a table, of which each row comes once. */
static struct frame *batch_frame(struct py_run *r, struct frame *f, const struct py_node *call) {
    if (frame_lost(f)) return f;
    struct frame *batch = frame_doubted(r, f, call, f->doubt);
    struct sql_error error = {0};
    const char *text = sql_query_text(r->arena, f->query, r->session->dialect);
    struct sql_query *query = sql_parse_query(r->arena, str_of(text), r->session->dialect, &error);
    batch->batch = true;
    batch->stream = batch->open = false;
    if (!query) return batch;
    sql_walk_query(&(struct sql_visitor){.from = stream_off}, query);
    batch->query = query;
    batch->open = f->open && query->body == BODY_SELECT;
    return batch;
}

/* foreachBatch(f): f is called with the rows of each batch; what it writes is never all there is. */
static struct pv each_batch(struct py_run *r, struct io *io, struct pv f, const struct py_node *call) {
    if (f.kind != PV_FUNCTION) return write_unknown(r, io, call, "what foreachBatch does with each batch is not followed");
    struct pv args[2] = {pv_frame(batch_frame(r, io->frame, call)), {.kind = PV_UNKNOWN, .s = STR("batch_id")}}, bound[3];
    bool before = r->session->conditional, batch = r->session->each_batch;
    size_t n = 0;
    if (f.function->self) bound[n++] = (struct pv){.kind = PV_OBJECT, .object = f.function->self};
    bound[n++] = args[0];
    bound[n++] = args[1];
    r->session->conditional = r->session->each_batch = true;
    py_call_function(r, f.function, bound, n, NULL);
    r->session->conditional = before;
    r->session->each_batch = batch;
    io->batched = true;
    return io_value(io);
}

static struct pv write_end(struct py_run *r, struct io *io, struct str m, const struct py_node *call) {
    struct pv a = py_arg_value(r, call, 0, NULL);
    if (str_is(m, "saveAsTable") || str_is(m, "toTable") || str_is(m, "insertInto") || str_is(m, "table")) {
        if (!pv_is_text(a)) a = py_arg_value(r, call, 0, str_is(m, "toTable") || m.p[0] == 'i' ? "tableName" : "name");
        const struct py_node *mode = py_kwarg(call, "mode"), *overwrite = py_kwarg(call, "overwrite");
        struct pv said = mode ? py_eval(r, mode) : none();
        if (mode) io->mode = pv_is_text(said) && !memmem(pv_str(said).p, pv_str(said).n, "${", 2) ? pv_str(said) : STR("${mode}");
        if (str_is(m, "insertInto") && !str_is(io->mode, "overwrite"))
            io->mode = overwrite && py_is_constant(overwrite, "True") ? STR("overwrite") : STR("append");
        if (!pv_is_text(a)) return write_unknown(r, io, call, "a table whose name is only known when it runs is written");
        return write_to(r, io, session_dataset_text(r->session, pv_str(a)), call);
    }
    if (str_is(m, "foreachBatch")) return each_batch(r, io, a, call);
    if (io->batched) {
        struct code_fact *fact = fact_add(r, FACT_STREAM_WRITE, io->frame, call);
        fact->subject = NULL;
        fact->detail = checkpoint_of(r, io);
        return none();
    }
    struct str path = pv_is_text(a) ? pv_str(a) : io->path;
    bool sink = str_is(io->format, "console") || str_is(io->format, "memory") || str_is(io->format, "noop");
    if (sink || str_is(m, "awaitTermination")) {
        frame_action(r, io->frame);
        return none();
    }
    const char *formats[] = {"parquet", "csv", "json", "orc", "text"};
    for (size_t i = 0; i < 5; i++) {
        if (str_is(m, formats[i])) io->format = m;
    }
    if (!path.n && io->table_option.n) return write_to(r, io, str_dup(r->arena, io->table_option), call);
    if (!path.n) return write_unknown(r, io, call, "a path that is only known when it runs is written");
    return write_to(r, io, path_dataset(r, io->format, path), call);
}

struct pv io_call(struct py_run *r, struct io *before, struct str m, const struct py_node *call) {
    struct io *io = io_copy(r, before);
    if (io->merge_target) return merge_call(r, io, m, call);
    /* spark.read.format(..).option(..).load(..) arrives as one dotted name up to the first call. */
    if (io_setting(r, io, m, call)) {
        return io_value(io);
    }
    if (!io->frame) {
        static const char *const formats[] = {"parquet", "csv", "json", "orc", "text", "delta"};
        struct pv path = py_arg_value(r, call, 0, "path");
        if (str_is(m, "table"))
            return pv_is_text(path) ? io_frame(io, frame_read(r, pv_str(path), io->stream, call))
                                    : pv_frame(frame_unknown(r, NULL, NULL, call, "a table whose name is only known when it runs is read"));
        for (size_t i = 1; i < call->count; i++) {
            const struct py_node *kid = call->kids[i];
            if (kid->kind == PY_KWARG && kid->count && !str_is(kid->text, "path") && !str_is(kid->text, "format") && !str_is(kid->text, "tableName"))
                option_set(r, io, kid->text, py_eval(r, kid->kids[0]));
        }
        if (str_is(m, "load")) return read_path(r, io, io->format, path, call);
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
            if (str_is(m, formats[i])) return read_path(r, io, m, path, call);
        }
        if (str_is(m, "jdbc")) return read_path(r, io, m, path, call);
        return pv_frame(frame_unknown(r, NULL, NULL, call, arena_printf(r->arena, "'read.%.*s' was not understood", STR_ARG(m))));
    }
    if (io->is_v2) {
        bool append = str_is(m, "append"), over = str_starts(m, "overwrite");
        bool create = str_is(m, "create") || str_is(m, "createOrReplace") || str_is(m, "replace");
        io->mode = append ? STR("append") : over ? STR("dynamic") : STR("overwrite");
        if (!append && !over && !create) return io_value(io);
        if (!io->target.n) return write_unknown(r, io, call, "a table whose name is only known when it runs is written");
        return write_to(r, io, session_dataset_text(r->session, io->target), call);
    }
    static const char *const ends[] = {"saveAsTable", "insertInto", "save", "toTable",      "start", "parquet", "csv",
                                       "json",        "orc",        "text", "foreachBatch", "table", "jdbc",    "awaitTermination"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (str_is(m, ends[i])) return write_end(r, io, m, call);
    }
    return io_value(io);
}
