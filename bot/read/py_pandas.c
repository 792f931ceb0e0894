/* py_pandas.c - pandas-on-Spark: the same frames under the names of pandas. Where pandas and SQL part over NULL, nothing is proved.
 * https://spark.apache.org/docs/latest/api/python/reference/pyspark.pandas */
#include "pyspark.h"

#include "sql_build.h"
#include "sql_parse.h"
#include "sql_walk.h"

static const char other_nulls[] = "pandas counts and compares NULL in its own way";

static struct pv pandas_frame(struct frame *f) {
    f->pandas = true;
    return pv_frame(f);
}

/* Only comparisons that hold, and products and differences, are the same in both: x != 1 and NOT keep NULL, + joins texts, / gives infinity. */
static bool plain_visit(void *ctx, struct sql_expr *e) {
    bool *plain = ctx;
    static const enum sql_op same[] = {OP_EQ, OP_LT, OP_LE, OP_GT, OP_GE, OP_AND, OP_OR, OP_MUL, OP_SUB};
    bool fine = e->kind == EX_NAME || e->kind == EX_LITERAL;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) fine |= e->kind == EX_BINARY && e->op == same[i];
    *plain &= fine;
    return *plain;
}

struct frame *pandas_checked(struct frame *next, struct sql_expr *e) {
    bool plain = true;
    sql_walk_expr(&(struct sql_visitor){.ctx = &plain, .expr = plain_visit}, e);
    if (!plain && !next->doubt) next->doubt = other_nulls;
    next->pandas = true;
    return next;
}

/* df["x"] = value changes the frame itself, under all its names. */
bool pandas_set(struct py_run *r, const struct py_node *target, struct pv object, struct pv key, struct pv v) {
    if (object.kind != PV_FRAME) return false;
    struct sql_expr *e = column_expr(r, v);
    struct frame *f = object.frame, *before = arena_new(r->arena, struct frame), *next;
    *before = *f;
    if (frame_lost(f) || !pv_is_text(key) || !e || r->unsure) {
        next = frame_unknown(r, before, v.kind == PV_FRAME ? v.frame : NULL, target, "what this column is set to was not understood");
    } else {
        next = pandas_checked(frame_with_column(r, before, str_dup(r->arena, pv_str(key)), e, py_line(r, target)), e);
    }
    next->pandas = true;
    next->variable = f->variable;
    *f = *next;
    return true;
}

static struct str words_of(struct str method, const char *const (*table)[2], size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_is(method, table[i][0])) return str_of(table[i][1]);
    }
    return (struct str){"", 0};
}

/* The call as DataFrame would have it: its name, and its arguments by the names they have there. */
static struct pv renamed_call(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    static const char *const names[][2] = {{"merge", "join"}, {"drop_duplicates", "dropDuplicates"}, {"sort_values", "orderBy"}, {"isna", "isNull"}};
    static const char *const keywords[][2] = {{"right", "other"}, {"by", "cols"}};
    struct py_node *other = arena_new(r->arena, struct py_node);
    struct str name = words_of(m, names, sizeof names / sizeof *names);
    *other = *call;
    other->kids = arena_array(r->arena, call->count, sizeof *other->kids);
    for (size_t i = 0; i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        struct str word = kid->kind == PY_KWARG ? words_of(kid->text, keywords, 2) : (struct str){"", 0};
        other->kids[i] = (struct py_node *)kid;
        if (!word.n) continue;
        other->kids[i] = arena_new(r->arena, struct py_node);
        *other->kids[i] = *kid;
        other->kids[i]->text = word;
        if (str_is(word, "cols") && kid->count) other->kids[i] = kid->kids[0];
    }
    /* merge(right, how, on): by place it is other than join(other, on, how). */
    if (str_is(m, "merge") && py_arg(call, 1)) return pv_frame(frame_unknown(r, f, NULL, call, "the arguments of 'merge' were not understood"));
    struct frame *plain = arena_new(r->arena, struct frame);
    *plain = *f;
    plain->parents[0] = f;
    plain->pandas = false;
    struct pv v = frame_call(r, plain, name.n ? name : m, other);
    if (v.kind == PV_FRAME && !v.frame->doubt) v.frame->doubt = other_nulls;
    return v.kind == PV_FRAME ? pandas_frame(v.frame) : v;
}

static struct pv pandas_columns(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    struct pv columns = py_arg_value(r, call, 99, "columns"), first = py_arg_value(r, call, 0, "labels");
    struct frame *next = f;
    if (str_is(m, "rename") && columns.kind == PV_DICT) {
        struct py_node dict = {.kind = PY_CALL, .range = call->range, .kids = call->kids, .count = 1};
        for (size_t i = 0; i < columns.dict->keys.n && next; i++)
            next = frame_rename(r, next, pv_str(columns.dict->keys.at[i]), pv_str(columns.dict->values.at[i]), py_line(r, &dict));
        return pandas_frame(next);
    }
    struct pv gone = pv_absent(columns) ? first : columns;
    if (str_is(m, "drop")) next = frame_without(r, f, gone, py_line(r, call));
    if (str_is(m, "rename") || !next)
        next = frame_unknown(r, f, NULL, call, arena_printf(r->arena, "the arguments of '%.*s' were not understood", STR_ARG(m)));
    return pandas_frame(next);
}

static struct pv pandas_assign(struct py_run *r, struct frame *f, const struct py_node *call) {
    for (size_t i = 1; i < call->count; i++) {
        struct pv v = call->kids[i]->kind == PY_KWARG && call->kids[i]->count ? py_eval(r, call->kids[i]->kids[0]) : (struct pv){.kind = PV_UNKNOWN};
        if (v.kind == PV_FUNCTION) {
            struct pv self = pv_frame(f);
            v = py_call_function(r, v.function, &self, 1, call);
        }
        struct sql_expr *e = column_expr(r, v);
        if (!e) return pandas_frame(frame_unknown(r, f, NULL, call, "the arguments of 'assign' were not understood"));
        f = pandas_checked(frame_with_column(r, f, str_dup(r->arena, call->kids[i]->text), e, py_line(r, call)), e);
    }
    return pandas_frame(f);
}

/* query("a == 'x' and b > 1"): SQL but for ==. */
static struct pv pandas_query(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv text = py_arg_value(r, call, 0, "expr");
    struct buf b = buf_new(r->arena);
    char quote = 0;
    for (size_t i = 0; i < pv_str(text).n; i++) {
        char c = pv_str(text).p[i];
        bool twice = !quote && c == '=' && i + 1 < pv_str(text).n && pv_str(text).p[i + 1] == '=';
        if (c == '\'' || c == '"') quote = quote == c ? 0 : quote ? quote : c;
        buf_char(&b, c == '"' ? '\'' : c);
        i += twice;
    }
    bool plain = pv_is_text(text) && b.n && !memchr(buf_str(&b), '@', b.n) && !memchr(buf_str(&b), '`', b.n);
    struct sql_expr *e = plain ? sql_parse_expr(r->arena, (struct str){buf_str(&b), b.n}, r->session->dialect, NULL) : NULL;
    if (!e) return pandas_frame(frame_unknown(r, f, NULL, call, "the condition of 'query' was not understood"));
    return pandas_frame(pandas_checked(frame_where(r, f, e), e));
}

/* to_table("t", mode="append"), to_delta(path), to_parquet(path) */
static struct pv pandas_write(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    struct io *io = arena_new(r->arena, struct io);
    struct pv mode = py_arg_value(r, call, 99, "mode");
    *io = (struct io){.frame = f, .mode = pv_is_text(mode) ? pv_str(mode) : STR("overwrite")};
    bool table = str_is(m, "to_table") || str_is(m, "to_spark_io");
    if (!table) io->format = (struct str){m.p + 3, m.n - 3};
    return io_call(r, io, table ? STR("saveAsTable") : STR("save"), call);
}

struct pv pandas_call(struct py_run *r, struct frame *f, struct str m, const struct py_node *call, bool *known) {
    static const char *const writes[] = {"to_table", "to_delta", "to_parquet", "to_csv", "to_json", "to_orc"};
    static const char *const renamed[] = {"merge", "drop_duplicates", "sort_values", "dropna", "fillna", "join"};
    *known = true;
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        if (str_is(m, writes[i])) return pandas_write(r, f, m, call);
    }
    if (str_is(m, "to_spark") || str_is(m, "spark")) {
        struct frame *plain = frame_lost(f) ? f : frame_doubted(r, f, call, f->doubt);
        plain->pandas = false;
        return pv_frame(plain);
    }
    if (str_is(m, "reset_index") || str_is(m, "copy") || str_is(m, "sort_index") || str_is(m, "set_index")) return pv_frame(f);
    if (str_is(m, "rename") || str_is(m, "drop")) return frame_lost(f) ? pv_frame(f) : pandas_columns(r, f, m, call);
    if (str_is(m, "assign") && !frame_lost(f)) return pandas_assign(r, f, call);
    if (str_is(m, "query") && !frame_lost(f)) return pandas_query(r, f, call);
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
        if (str_is(m, renamed[i])) return renamed_call(r, f, m, call);
    }
    if (str_is(m, "groupby")) {
        struct pv g = frame_group(r, f, call, GROUP_PLAIN);
        if (!frame_lost(f) && g.kind == PV_GROUPED && !frame_lost(g.grouped->frame)) g.grouped->frame = frame_doubted(r, f, call, other_nulls);
        return g;
    }
    *known = false;
    return (struct pv){.kind = PV_UNKNOWN, .s = STR("")};
}

/* ps.read_table("t"), ps.sql("..."), ps.concat([a, b]) */
struct pv pandas_named(struct py_run *r, struct str m, const struct py_node *call) {
    struct pv a = py_arg_value(r, call, 0, NULL);
    if (str_is(m, "sql")) return pandas_frame(frame_sql_call(r, call));
    if (str_is(m, "DataFrame") || str_is(m, "from_pandas") || str_is(m, "Series"))
        return pandas_frame(a.kind == PV_FRAME ? a.frame : frame_unknown(r, NULL, NULL, call, rows_of_program));
    if (str_is(m, "concat") || str_is(m, "merge")) {
        struct frame *all = NULL;
        for (size_t i = 0; i < (a.kind == PV_LIST ? a.list->n : py_arg_count(call)); i++) {
            struct pv v = a.kind == PV_LIST ? a.list->at[i] : py_eval(r, py_arg(call, i));
            if (v.kind == PV_FRAME) all = frame_unknown(r, v.frame, all, call, "how pandas puts DataFrames together is not followed");
        }
        return all ? pandas_frame(all) : pv_unknown(r, NULL);
    }
    if (!str_starts(m, "read_")) return pv_unknown(r, NULL);
    struct io *io = arena_new(r->arena, struct io);
    struct str what = {m.p + 5, m.n - 5};
    bool table = str_is(what, "table");
    io->format = what;
    struct pv v = io_call(r, io, table ? what : STR("load"), call);
    return v.kind == PV_FRAME ? pandas_frame(v.frame) : v;
}
