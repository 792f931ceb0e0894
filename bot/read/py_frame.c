/* py_frame.c - DataFrame methods as SQL: SELECT over what came before, merged into it while that only selects everything. */
#include "pyspark.h"

#include "sql_build.h"
#include "sql_parse.h"
#include "sql_walk.h"

#include <stdlib.h>

#define ITEMS_MAX 2000

static struct pv unknown(void) { return (struct pv){.kind = PV_UNKNOWN, .s = STR("")}; }

/* Making frames. */

static struct frame *frame_new(struct py_run *r, int line) {
    struct frame *f = arena_new(r->arena, struct frame);
    f->id = ++r->next_id;
    f->line = line;
    f->cost = 1;
    f->cell = r->session->cell;
    return f;
}

static void redefine(struct py_run *r, struct frame *f, struct str name) {
    struct redefined *d = arena_new(r->arena, struct redefined);
    *d = (struct redefined){name, f->id, f->redefined};
    f->redefined = d;
}

static void source_add(struct py_run *r, struct frame *f, uint32_t id, struct str alias) {
    struct frame_source *bigger = arena_array(r->arena, f->source_count + 1, sizeof *bigger);
    if (f->source_count) memcpy(bigger, f->sources, f->source_count * sizeof *bigger);
    bigger[f->source_count++] = (struct frame_source){id, alias};
    f->sources = bigger;
}

static struct range line_range(int line) { return (struct range){0, 0, line, 1, line, 1}; }

struct frame *frame_table(struct py_run *r, struct str name, bool stream, int line) {
    struct frame *f = frame_new(r, line);
    struct sql_name *n = sql_parse_name(r->arena, name, r->session->dialect, NULL);
    if (!n) n = sql_name_of(r->arena, name);
    struct sql_from *from = sql_from_table(r->arena, n, (struct str){"", 0});
    from->range = line_range(line);
    if (stream) from->flags |= SQL_FROM_STREAM;
    f->query = sql_query_select(r->arena, from);
    f->query->range = f->query->select->range = from->range;
    session_bind(r->session, f->query, &f->deps);
    f->open = true;
    f->stream = stream;
    return f;
}

struct frame *frame_read(struct py_run *r, struct str name, bool stream, const struct py_node *call) {
    struct frame *f = frame_table(r, name, stream, py_line(r, call));
    fact_round(r, FACT_READ_IN_LOOP, f, str_dup(r->arena, name), call);
    return f;
}

static void reads_add(struct py_run *r, struct frame *f, const char *name) {
    const char **bigger = arena_array(r->arena, f->read_count + 1, sizeof *bigger);
    if (f->read_count) memcpy(bigger, f->reads, f->read_count * sizeof *bigger);
    bigger[f->read_count++] = name;
    f->reads = bigger;
}

static void reads_join(struct py_run *r, struct frame *f, const struct frame *from) {
    if (!from) return;
    for (size_t i = 0; i < from->read_count && f->read_count < 200; i++) reads_add(r, f, from->reads[i]);
    uint32_t n = 0;
    const struct sql_ref *refs = from->query ? sql_query_refs(r->arena, from->query, &n) : NULL;
    for (uint32_t i = 0; i < n && f->read_count < 200; i++) {
        bool view = refs[i].name->part_count == 1 && session_view_find(r->session, refs[i].name->parts[0].text);
        if (!refs[i].is_write && !view) reads_add(r, f, session_dataset(r->session, refs[i].name));
    }
    view_set_join(r->arena, &f->deps, &from->deps);
    f->stream |= from->stream;
    if (!f->why) f->why = from->why;
}

struct frame *frame_unknown_at(struct py_run *r, const struct frame *from, const struct frame *other, int line, const char *why) {
    struct frame *f = frame_new(r, line);
    f->why = from && from->why ? from->why : why;
    reads_join(r, f, from);
    reads_join(r, f, other);
    f->pandas = from && from->pandas;
    f->guessed = (from && from->guessed) || (other && other->guessed);
    f->parents[0] = (struct frame *)from;
    f->parents[1] = (struct frame *)other;
    return f;
}

struct frame *frame_unknown(struct py_run *r, const struct frame *from, const struct frame *other, const struct py_node *at, const char *why) {
    struct frame *f = frame_unknown_at(r, from, other, py_line(r, at), why);
    f->column = py_column(r, at);
    return f;
}

struct frame *frame_sql(struct py_run *r, struct pv text, const struct py_node *call) {
    int line = py_line(r, call);
    if (!pv_is_text(text)) return frame_unknown(r, NULL, NULL, call, "SQL whose text is only known when it runs is run");
    struct frame *f = frame_new(r, line);
    struct sql_origin origin = {.lines = text.text->lines, .line_count = text.text->line_count};
    f->query = session_query(r->session, pv_str(text), &origin, &f->deps);
    if (!f->query) f->why = "what this SQL statement gives is not followed";
    return f;
}

/* spark.sql(text, args={"x": 1}): :x is 1. */
struct sql_arguments {
    struct py_run *r;
    const struct pv_dict *args;
    bool missing;
};

static bool argument_set(void *ctx, struct sql_expr *e) {
    struct sql_arguments *m = ctx;
    const struct pv_dict *args = m->args;
    if (e->kind != EX_PARAM || e->name.n < 2 || e->name.p[0] != ':') return true;
    const struct pv *v = pv_dict_get(args, str_dup(m->r->arena, (struct str){e->name.p + 1, e->name.n - 1}));
    struct sql_expr *value = v && v->kind != PV_UNKNOWN ? column_expr(m->r, *v) : NULL;
    m->missing |= !value;
    if (value) *e = *value;
    return true;
}

struct frame *frame_sql_call(struct py_run *r, const struct py_node *call) {
    struct pv text = py_arg_value(r, call, 0, "sqlQuery"), args = py_arg_value(r, call, 1, "args");
    bool formats = false;
    for (size_t i = 1; i < call->count; i++)
        formats |= call->kids[i]->kind == PY_KWARG && !str_is(call->kids[i]->text, "args") && !str_is(call->kids[i]->text, "sqlQuery");
    if (formats && pv_is_text(text)) text = py_text_format(r, text, call);
    struct frame *f = frame_sql(r, text, call);
    if (pv_absent(args) || args.kind == PV_NONE || !f->query) return f;
    struct sql_arguments given = {.r = r, .args = args.kind == PV_DICT ? args.dict : NULL};
    if (given.args) sql_walk_query(&(struct sql_visitor){.ctx = &given, .expr = argument_set}, f->query);
    if (!given.args || given.missing) f->doubt = "the arguments of this SQL are only known when it runs";
    return f;
}

bool frame_lost(const struct frame *f) { return !f->query || f->cost > FRAME_COST_MAX || f->query->depth > SQL_DEPTH_MAX / 4; }

/* The frame after `f` in a chain; fields that go on are kept. */
static struct frame *frame_next(struct py_run *r, const struct frame *f, int line) {
    struct frame *next = frame_new(r, line);
    next->deps = (struct view_set){0};
    view_set_join(r->arena, &next->deps, &f->deps);
    next->stream = f->stream;
    next->batch = f->batch;
    next->cost = f->cost + 1;
    next->parents[0] = (struct frame *)f;
    next->grouped = f->grouped;
    next->doubt = f->doubt;
    next->redefined = f->redefined;
    next->pandas = f->pandas;
    next->columns = f->columns;
    next->column_count = f->column_count;
    next->alias = f->alias;
    return next;
}

/* A SELECT of its own that shares FROM and WHERE with an open frame, or selects from it. */
static struct sql_query *select_over(struct py_run *r, const struct frame *f, int line) {
    struct sql_query *q;
    if (f->open) {
        q = arena_new(r->arena, struct sql_query);
        *q = *f->query;
        q->select = arena_new(r->arena, struct sql_select);
        *q->select = *f->query->select;
    } else {
        q = sql_query_select(r->arena, sql_from_query(r->arena, f->query, f->alias));
    }
    q->range = q->select->range = line_range(line);
    return q;
}

void frame_sources_keep(struct py_run *r, struct frame *next, const struct frame *f) {
    next->sources = f->sources;
    next->source_count = f->source_count;
    next->joined = f->joined;
    if (f->joined) source_add(r, next, next->id, (struct str){"", 0});
}

/* Columns taken from a frame (df.x) are marked by its id; in a join they get the alias of the side it stands on. */
struct marks {
    struct py_run *r;
    const struct frame *scope;
    bool stale; /* a column is meant that a later step has replaced */
};

/* df.x where a frame made after df has another x: Spark goes by the old one, a name gives the new. */
static bool is_stale(const struct frame *scope, const struct sql_expr *e) {
    enum { LOOK_MAX = 2000 };
    int looked = 0;
    for (const struct redefined *d = scope->redefined; d && looked < LOOK_MAX; d = d->next, looked++) {
        if (d->at > e->spare && str_ieq(d->name, e->name)) return true;
    }
    return looked >= LOOK_MAX;
}

static bool mark_visit(void *ctx, struct sql_expr *e) {
    struct marks *m = ctx;
    if (e->kind != EX_NAME || !e->spare) return true;
    for (size_t i = 0; m->scope->joined && i < m->scope->source_count; i++) {
        const struct frame_source *s = &m->scope->sources[i];
        if (s->id != e->spare || !s->alias.n || e->path->part_count == 0) continue;
        struct sql_ident *parts = arena_array(m->r->arena, e->path->part_count + 1, sizeof *parts);
        parts[0] = sql_ident(s->alias, false);
        memcpy(parts + 1, e->path->parts, e->path->part_count * sizeof *parts);
        e->path = sql_name_new(m->r->arena, parts, e->path->part_count + 1);
        e->spare = 0;
        return true;
    }
    m->stale |= is_stale(m->scope, e);
    return true;
}

/* `next` is the frame that `e` becomes part of. */
static void marks_resolve(struct py_run *r, const struct frame *scope, struct sql_expr *e, struct frame *next) {
    struct marks marks = {.r = r, .scope = scope};
    sql_walk_expr(&(struct sql_visitor){.ctx = &marks, .expr = mark_visit}, e);
    if (marks.stale && !next->doubt) next->doubt = "a column is named through a DataFrame from before it was replaced";
}

struct pv frame_item(struct py_run *r, struct frame *f, struct str name) {
    struct sql_expr *e = sql_column(r->arena, name);
    e->spare = f->id;
    return pv_column(r, e);
}

/* Single steps. */

struct frame *frame_where(struct py_run *r, struct frame *f, struct sql_expr *condition) {
    struct frame *next = frame_next(r, f, f->line);
    marks_resolve(r, f, condition, next);
    next->query = select_over(r, f, f->line);
    next->query->select->where = sql_and(r->arena, f->open ? f->query->select->where : NULL, condition);
    next->open = true;
    if (f->open) frame_sources_keep(r, next, f);
    return next;
}

static struct frame *do_filter(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv v = py_arg_value(r, call, 0, "condition");
    struct sql_expr *e = pv_is_text(v) ? sql_parse_expr(r->arena, pv_str(v), r->session->dialect, NULL) : v.kind == PV_COLUMN ? v.column->expr : NULL;
    return e ? frame_where(r, f, e) : NULL;
}

struct pv_items py_arguments(struct py_run *r, const struct py_node *call, bool *known) {
    struct pv_items items = {0};
    for (size_t i = 1; i < call->count && items.n < ITEMS_MAX; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind == PY_KWARG) continue;
        struct pv v = py_eval(r, kid->kind == PY_SPLAT && kid->count ? kid->kids[0] : kid);
        if (v.kind == PV_LIST) {
            for (size_t k = 0; k < v.list->n; k++) pv_add(r->arena, &items, v.list->at[k]);
        } else if (v.kind == PV_COLUMNS) {
            pv_add(r->arena, &items, v);
        } else if (kid->kind == PY_SPLAT) {
            *known = false;
        } else {
            pv_add(r->arena, &items, v);
        }
    }
    return items;
}

/* A column of that very name, dots and all. */
struct sql_expr *sql_column_plain(struct py_run *r, const char *name) {
    return sql_column(r->arena, str_of(arena_printf(r->arena, "`%s`", name)));
}

/* df[condition], df[["a", "b"]] */
struct frame *frame_subscript(struct py_run *r, struct frame *f, struct pv key, const struct py_node *node) {
    if (frame_lost(f)) return f;
    if (key.kind == PV_COLUMN) {
        struct frame *kept = frame_where(r, f, key.column->expr);
        return f->pandas ? pandas_checked(kept, key.column->expr) : kept;
    }
    if (key.kind != PV_LIST || !key.list->n) return NULL;
    struct column *columns = arena_array(r->arena, key.list->n, sizeof *columns);
    for (size_t i = 0; i < key.list->n; i++) {
        if (!column_of(r, key.list->at[i], &columns[i])) return NULL;
    }
    return frame_select(r, f, columns, key.list->n, py_line(r, node));
}

static const char *item_name(struct py_run *r, const struct column *c) {
    if (c->alias.n) return str_dup(r->arena, c->alias);
    if (c->expr->kind == EX_NAME) return str_dup(r->arena, c->expr->name);
    return NULL;
}

static void columns_set(struct frame *f, const char **names, size_t n) {
    f->columns = names;
    f->column_count = n;
}

struct frame *frame_select(struct py_run *r, struct frame *f, const struct column *columns, size_t n, int line) {
    struct frame *next = frame_next(r, f, line);
    const char **names = arena_array(r->arena, n + 1, sizeof *names);
    bool named = true;
    next->query = select_over(r, f, line);
    next->query->select->items = NULL;
    next->query->select->item_count = 0;
    for (size_t i = 0; i < n; i++) {
        marks_resolve(r, f, columns[i].expr, next);
        bool same = !columns[i].alias.n || (columns[i].expr->kind == EX_NAME && str_ieq(columns[i].alias, columns[i].expr->name));
        if (!same) redefine(r, next, columns[i].alias);
        sql_select_add(r->arena, next->query->select, columns[i].expr, columns[i].alias);
        struct sql_item *item = &next->query->select->items[next->query->select->item_count - 1];
        item->aliases = columns[i].aliases;
        item->alias_count = columns[i].alias_count;
        names[i] = item_name(r, &columns[i]);
        named &= names[i] != NULL && !columns[i].alias_count && columns[i].expr->kind != EX_STAR;
    }
    columns_set(next, named ? names : NULL, named ? n : 0);
    next->alias = (struct str){"", 0};
    return next;
}

static struct frame *do_select(struct py_run *r, struct frame *f, const struct py_node *call) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    struct column *columns = arena_array(r->arena, items.n + 1, sizeof *columns);
    for (size_t i = 0; i < items.n; i++)
        known &= column_of(r, items.at[i].kind == PV_COLUMNS ? columns_star(r, f, items.at[i].columns) : items.at[i], &columns[i]);
    return known && items.n ? frame_select(r, f, columns, items.n, py_line(r, call)) : NULL;
}

static struct frame *do_select_expr(struct py_run *r, struct frame *f, const struct py_node *call) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    struct column *columns = arena_array(r->arena, items.n + 1, sizeof *columns);
    for (size_t i = 0; i < items.n; i++) {
        struct sql_item *item = pv_is_text(items.at[i]) ? sql_parse_item(r->arena, pv_str(items.at[i]), r->session->dialect, NULL) : NULL;
        if (!item || !item->expr) return NULL;
        columns[i] = (struct column){.expr = item->expr, .alias = item->alias.text};
    }
    return known && items.n ? frame_select(r, f, columns, items.n, py_line(r, call)) : NULL;
}

static bool mentions(const struct frame *f, const char *name) {
    for (size_t i = 0; i < f->column_count; i++) {
        if (f->columns[i] && strcasecmp(f->columns[i], name) == 0) return true;
    }
    return false;
}

/* SELECT * REPLACE OR ADD (e AS name, ...): a column is replaced where there is one of the name. All see the frame as it was. */
static struct frame *with_columns(struct py_run *r, struct frame *f, const char *const *names, struct sql_expr *const *exprs, size_t n, int line) {
    struct frame *next = frame_next(r, f, line);
    next->query = select_over(r, f, line);
    struct sql_expr *star = sql_star(r->arena, NULL);
    const char **columns = arena_array(r->arena, f->column_count + n, sizeof *columns);
    size_t column_count = f->column_count;
    if (f->columns) memcpy(columns, f->columns, f->column_count * sizeof *columns);
    next->query->select->items = NULL;
    next->query->select->item_count = 0;
    sql_select_add(r->arena, next->query->select, star, (struct str){"", 0});
    star->star->replace = arena_array(r->arena, n, sizeof *star->star->replace);
    for (size_t i = 0; i < n; i++) {
        struct str alias = str_of(names[i]);
        bool replaces = f->columns && mentions(f, names[i]);
        marks_resolve(r, f, exprs[i], next);
        redefine(r, next, alias);
        if (!replaces) star->star->adds = 1, columns[column_count++] = names[i];
        star->star->replace[star->star->replace_count++] = (struct sql_item){.expr = exprs[i], .alias = sql_ident(alias, false)};
        if (star->depth <= exprs[i]->depth) star->depth = exprs[i]->depth + 1;
    }
    if (f->columns) columns_set(next, columns, column_count);
    return next;
}

struct frame *frame_with_column(struct py_run *r, struct frame *f, const char *name, struct sql_expr *e, int line) {
    return with_columns(r, f, &name, &e, 1, line);
}

static struct frame *do_with_column(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv name = py_arg_value(r, call, 0, "colName"), v = py_arg_value(r, call, 1, "col");
    if (name.kind == PV_DICT) {
        size_t n = name.dict->keys.n;
        const char **names = arena_array(r->arena, n + 1, sizeof *names);
        struct sql_expr **exprs = arena_array(r->arena, n + 1, sizeof *exprs);
        for (size_t i = 0; i < n; i++) {
            if (!pv_is_text(name.dict->keys.at[i]) || name.dict->values.at[i].kind != PV_COLUMN) return NULL;
            names[i] = str_dup(r->arena, pv_str(name.dict->keys.at[i]));
            exprs[i] = name.dict->values.at[i].column->expr;
        }
        return n ? with_columns(r, f, names, exprs, n, py_line(r, call)) : f;
    }
    if (!pv_is_text(name) || v.kind != PV_COLUMN) return NULL;
    return frame_with_column(r, f, str_dup(r->arena, pv_str(name)), v.column->expr, py_line(r, call));
}

/* toDF("a", "b"): other names, in order. */
static struct frame *do_names(struct py_run *r, struct frame *f, const struct py_node *call) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    for (size_t i = 0; i < items.n; i++) known &= pv_is_text(items.at[i]);
    if (!known || (f->columns && f->column_count != items.n)) return NULL;
    if (!items.n) return f;
    struct column *columns = arena_array(r->arena, items.n, sizeof *columns);
    for (size_t i = 0; f->columns && i < items.n; i++)
        columns[i] = (struct column){.expr = sql_column_plain(r, f->columns[i]), .alias = pv_str(items.at[i])};
    if (f->columns) return frame_select(r, f, columns, items.n, py_line(r, call));
    struct frame *next = frame_next(r, f, py_line(r, call));
    struct sql_from *from = sql_from_query(r->arena, f->query, STR("t"));
    from->columns = arena_array(r->arena, items.n, sizeof *from->columns);
    from->column_count = (uint32_t)items.n;
    const char **names = arena_array(r->arena, items.n, sizeof *names);
    for (size_t i = 0; i < items.n; i++) {
        from->columns[i].name = sql_ident(pv_str(items.at[i]), false);
        names[i] = str_dup(r->arena, pv_str(items.at[i]));
    }
    next->query = sql_query_select(r->arena, from);
    next->query->range = next->query->select->range = line_range(py_line(r, call));
    columns_set(next, names, items.n);
    for (size_t i = 0; i < items.n; i++) redefine(r, next, pv_str(items.at[i]));
    return next;
}

static struct frame *star_frame(struct py_run *r, struct frame *f, struct sql_expr **star, int line) {
    struct frame *next = frame_next(r, f, line);
    next->query = select_over(r, f, line);
    next->query->select->items = NULL;
    next->query->select->item_count = 0;
    *star = sql_star(r->arena, NULL);
    sql_select_add(r->arena, next->query->select, *star, (struct str){"", 0});
    return next;
}

struct frame *frame_rename(struct py_run *r, struct frame *f, struct str from, struct str to, int line) {
    if (f->columns && !mentions(f, str_dup(r->arena, from))) return f;
    struct sql_expr *star = NULL;
    struct frame *next = star_frame(r, f, &star, line);
    star->star->rename = arena_array(r->arena, 1, sizeof *star->star->rename);
    star->star->rename[0] = (struct sql_rename){sql_ident(from, false), sql_ident(to, false)};
    star->star->rename_count = 1;
    redefine(r, next, to);
    const char **names = arena_array(r->arena, f->column_count + 1, sizeof *names);
    for (size_t i = 0; i < f->column_count; i++) names[i] = str_iis(from, f->columns[i]) ? str_dup(r->arena, to) : f->columns[i];
    if (f->columns) columns_set(next, names, f->column_count);
    return next;
}

static struct frame *do_rename(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv from = py_arg_value(r, call, 0, "existing"), to = py_arg_value(r, call, 1, "new");
    return pv_is_text(from) && pv_is_text(to) ? frame_rename(r, f, pv_str(from), pv_str(to), py_line(r, call)) : NULL;
}

/* withColumnsRenamed({"a": "b"}): one after the other, as no name is there twice. */
static struct frame *do_renames(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv map = py_arg_value(r, call, 0, "colsMap");
    if (map.kind != PV_DICT) return NULL;
    struct frame *next = f;
    for (size_t i = 0; i < map.dict->keys.n; i++) {
        if (!pv_is_text(map.dict->keys.at[i]) || !pv_is_text(map.dict->values.at[i])) return NULL;
        for (size_t k = 0; k < map.dict->keys.n; k++) {
            if (pv_same(map.dict->keys.at[i], map.dict->values.at[k])) return NULL;
        }
        next = frame_rename(r, next, pv_str(map.dict->keys.at[i]), pv_str(map.dict->values.at[i]), py_line(r, call));
    }
    return next;
}

/* drop(df.x) after a join leaves the other side's x. */
static struct frame *drop_side(struct py_run *r, struct frame *f, const struct sql_expr *e, int line) {
    struct frame *next = frame_next(r, f, line);
    next->query = select_over(r, f, line);
    next->query->select->items = NULL;
    next->query->select->item_count = 0;
    bool found = false;
    struct str done[64];
    size_t done_count = 0;
    for (size_t i = 0; i < f->source_count; i++) {
        struct str alias = f->sources[i].alias;
        bool seen = !alias.n;
        for (size_t k = 0; k < done_count; k++) seen |= str_eq(done[k], alias);
        if (seen || done_count == 64) continue;
        done[done_count++] = alias;
        bool here = false;
        for (size_t k = 0; k < f->source_count; k++) here |= str_eq(f->sources[k].alias, alias) && f->sources[k].id == e->spare;
        struct sql_expr *star = sql_star(r->arena, sql_name_of(r->arena, alias));
        if (here) {
            star->star->except = arena_array(r->arena, 1, sizeof *star->star->except);
            star->star->except[0] = sql_ident(e->name, false);
            star->star->except_count = 1;
            found = true;
        }
        sql_select_add(r->arena, next->query->select, star, (struct str){"", 0});
    }
    columns_set(next, NULL, 0);
    return found ? next : NULL;
}

static struct frame *without(struct py_run *r, struct frame *f, struct pv_items items, int line) {
    struct sql_expr *star = NULL;
    struct frame *next = star_frame(r, f, &star, line);
    star->star->except = arena_array(r->arena, items.n, sizeof *star->star->except);
    const char **names = arena_array(r->arena, f->column_count + 1, sizeof *names);
    size_t left = 0;
    for (size_t i = 0; i < items.n; i++) {
        struct column c;
        if (!column_of(r, items.at[i], &c) || c.expr->kind != EX_NAME) return NULL;
        star->star->except[star->star->except_count++] = sql_ident(c.expr->name, false);
    }
    for (size_t i = 0; i < f->column_count; i++) {
        bool gone = false;
        for (uint32_t k = 0; k < star->star->except_count; k++) gone |= str_iis(star->star->except[k].text, f->columns[i]);
        if (!gone) names[left++] = f->columns[i];
    }
    if (f->columns) columns_set(next, names, left);
    return next;
}

struct frame *frame_without(struct py_run *r, struct frame *f, struct pv columns, int line) {
    struct pv_items items = {0};
    if (columns.kind == PV_LIST) items = *columns.list;
    if (pv_is_text(columns)) pv_add(r->arena, &items, columns);
    return items.n ? without(r, f, items, line) : NULL;
}

static struct frame *do_drop(struct py_run *r, struct frame *f, const struct py_node *call) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    if (!known || !items.n) return NULL;
    if (items.n == 1 && items.at[0].kind == PV_COLUMN && items.at[0].column->expr->spare && f->joined && f->open)
        return drop_side(r, f, items.at[0].column->expr, py_line(r, call));
    return without(r, f, items, py_line(r, call));
}

/* Joins. */

static enum sql_join join_of(struct str how, bool *known) {
    static const struct {
        const char *word;
        enum sql_join join;
    } joins[] = {
        {"inner", JOIN_INNER},        {"left", JOIN_LEFT},           {"leftouter", JOIN_LEFT},      {"left_outer", JOIN_LEFT},
        {"right", JOIN_RIGHT},        {"rightouter", JOIN_RIGHT},    {"right_outer", JOIN_RIGHT},   {"outer", JOIN_FULL},
        {"full", JOIN_FULL},          {"fullouter", JOIN_FULL},      {"full_outer", JOIN_FULL},     {"cross", JOIN_CROSS},
        {"semi", JOIN_LEFT_SEMI},     {"leftsemi", JOIN_LEFT_SEMI},  {"left_semi", JOIN_LEFT_SEMI}, {"anti", JOIN_LEFT_ANTI},
        {"leftanti", JOIN_LEFT_ANTI}, {"left_anti", JOIN_LEFT_ANTI},
    };
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        if (str_is(how, joins[i].word)) return joins[i].join;
    }
    *known = false;
    return JOIN_INNER;
}

static bool plain_table(const struct frame *f) {
    return f->open && !f->joined && !f->query->select->where && f->query->select->from->kind == FROM_TABLE && !f->query->cte_count;
}

/* One side of a join as FROM, its ids answering to its alias. */
static struct sql_from *join_side(struct py_run *r, struct frame *next, const struct frame *f, bool left) {
    if (left && f->joined && f->open && !f->query->select->where) {
        for (size_t i = 0; i < f->source_count; i++) source_add(r, next, f->sources[i].id, f->sources[i].alias);
        source_add(r, next, f->id, (struct str){"", 0});
        return f->query->select->from;
    }
    struct str alias = f->alias.n ? f->alias : str_of(arena_printf(r->arena, "t%u", f->id));
    struct sql_from *from;
    if (plain_table(f)) {
        from = arena_new(r->arena, struct sql_from);
        *from = *f->query->select->from;
        from->alias = sql_ident(alias, false);
    } else {
        from = sql_from_query(r->arena, f->query, alias);
    }
    source_add(r, next, f->id, alias);
    for (size_t i = 0; i < f->source_count; i++) source_add(r, next, f->sources[i].id, alias);
    return from;
}

static bool join_using(struct py_run *r, struct sql_from *join, struct pv on) {
    struct pv_items items = {0};
    if (pv_is_text(on)) pv_add(r->arena, &items, on);
    if (on.kind == PV_LIST) items = *on.list;
    join->using_columns = arena_array(r->arena, items.n + 1, sizeof *join->using_columns);
    for (size_t i = 0; i < items.n; i++) {
        if (!pv_is_text(items.at[i])) return false;
        join->using_columns[join->using_count++] = sql_ident(pv_str(items.at[i]), false);
    }
    return join->using_count > 0;
}

static struct sql_expr *join_condition(struct py_run *r, struct frame *next, struct pv on) {
    struct sql_expr *all = NULL;
    if (on.kind == PV_COLUMN) all = on.column->expr;
    for (size_t i = 0; on.kind == PV_LIST && i < on.list->n; i++) {
        if (on.list->at[i].kind != PV_COLUMN) return NULL;
        all = sql_and(r->arena, all, on.list->at[i].column->expr);
    }
    if (all) marks_resolve(r, next, all, next);
    return all;
}

static struct frame *do_join(struct py_run *r, struct frame *f, const struct py_node *call, bool cross) {
    struct pv other = py_arg_value(r, call, 0, "other"), on = py_arg_value(r, call, 1, "on"), how = py_arg_value(r, call, 2, "how");
    bool known = other.kind == PV_FRAME;
    int line = py_line(r, call);
    if (!known || frame_lost(other.frame)) return known ? frame_unknown(r, f, other.frame, call, other.frame->why) : NULL;
    enum sql_join join = cross ? JOIN_CROSS : pv_is_text(how) ? join_of(pv_str(how), &known) : JOIN_INNER;
    if (!known || (!pv_is_text(how) && !pv_absent(how)))
        return frame_unknown(r, f, other.frame, call, "the kind of this join is only known when it runs");
    struct frame *next = frame_next(r, f, line);
    view_set_join(r->arena, &next->deps, &other.frame->deps);
    next->cost += other.frame->cost;
    next->stream |= other.frame->stream;
    next->joined = next->open = next->heavy = true;
    next->batch |= other.frame->batch;
    int count = 0;
    for (const struct redefined *d = other.frame->redefined; d && count < 500; d = d->next, count++) {
        redefine(r, next, d->name);
        next->redefined->at = d->at;
    }
    next->parents[1] = other.frame;
    next->grouped = false;
    next->alias = (struct str){"", 0};
    if (!next->doubt) next->doubt = other.frame->doubt;
    columns_set(next, NULL, 0);
    struct sql_from *left = join_side(r, next, f, true), *right = join_side(r, next, other.frame, false);
    source_add(r, next, next->id, (struct str){"", 0});
    struct sql_from *from = sql_from_join(r->arena, join, left, right, NULL);
    from->range = line_range(line);
    bool none = pv_absent(on) || on.kind == PV_NONE;
    if (!none && !join_using(r, from, on)) {
        from->using_count = 0;
        from->on = join_condition(r, next, on);
        if (!from->on) return frame_unknown(r, f, other.frame, call, "the condition of this join was not understood");
        if (from->depth <= from->on->depth) from->depth = from->on->depth + 1;
    }
    bool pairs =
        from->join == JOIN_CROSS || (none && from->join == JOIN_INNER); /* crossJoin() says it is meant; join() without a condition does not */
    if (pairs) fact_add(r, FACT_CROSS_JOIN, next, call);
    if (none && !pairs) return frame_unknown(r, f, other.frame, call, "a join without a condition");
    next->query = sql_query_select(r->arena, from);
    next->query->range = next->query->select->range = from->range;
    return next;
}

/* Sets, order, limits. */

static struct frame *do_setop(struct py_run *r, struct frame *f, const struct py_node *call, enum sql_setop op, uint32_t flags) {
    struct pv other = py_arg_value(r, call, 0, "other");
    int line = py_line(r, call);
    if (other.kind != PV_FRAME) return NULL;
    if (frame_lost(other.frame)) return frame_unknown(r, f, other.frame, call, other.frame->why);
    const struct py_node *missing = py_kwarg(call, "allowMissingColumns");
    bool fills = missing && !py_is_constant(missing, "False");
    if (fills && !frames_widen(r, &f, &other.frame, line)) return frame_unknown(r, f, other.frame, call, "a union that fills missing columns");
    struct frame *next = frame_next(r, f, line);
    view_set_join(r->arena, &next->deps, &other.frame->deps);
    next->cost += other.frame->cost;
    next->stream |= other.frame->stream;
    next->parents[1] = other.frame;
    if (!next->doubt) next->doubt = other.frame->doubt;
    next->alias = (struct str){"", 0};
    struct sql_query *arms[2] = {f->query, other.frame->query};
    next->query = sql_query_setop(r->arena, op, flags, arms, 2);
    next->query->range = line_range(line);
    return next;
}

struct frame *frame_over(struct py_run *r, struct frame *f, int line) {
    /* Order, limit and distinct stand on a SELECT of their own, or on an open one. */
    struct frame *next = frame_next(r, f, line);
    next->query = select_over(r, f, line);
    return next;
}

static struct frame *do_order(struct py_run *r, struct frame *f, const struct py_node *call) {
    bool known = true;
    struct pv_items items = py_arguments(r, call, &known);
    struct pv ascending = py_kwarg(call, "ascending") ? py_eval(r, py_kwarg(call, "ascending")) : (struct pv){.kind = PV_BOOL, .b = true};
    struct frame *next = frame_over(r, f, py_line(r, call));
    for (size_t i = 0; i < items.n; i++) {
        struct column c;
        bool listed = ascending.kind == PV_LIST && i < ascending.list->n;
        int up = py_truth(listed ? ascending.list->at[i] : ascending);
        if (!column_of(r, items.at[i], &c) || up < 0) return NULL;
        if (!up) c.direction = ORDER_DESC;
        marks_resolve(r, f, c.expr, next);
        sql_order_add(r->arena, &next->query->order, &next->query->order_count, c.expr, c.direction, c.nulls);
    }
    bool fits = ascending.kind != PV_LIST || ascending.list->n == items.n;
    return known && fits ? next : NULL;
}

static struct frame *do_limit(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv n = py_arg_value(r, call, 0, "num");
    struct sql_expr *e = column_expr(r, n);
    if (!e) return NULL;
    struct frame *next = frame_next(r, f, py_line(r, call));
    bool ordered = f->query->body == BODY_SELECT && f->query->order_count && !f->query->limit;
    if (ordered) {
        /* orderBy().limit() is one ORDER BY LIMIT: a sub-query would lose the order. */
        next->query = arena_new(r->arena, struct sql_query);
        *next->query = *f->query;
    } else {
        next->query = select_over(r, f, py_line(r, call));
    }
    next->query->limit = e;
    return next;
}

/* The table of methods. */

static struct frame *step(struct py_run *r, struct frame *f, struct str m, const struct py_node *call, bool *known) {
    if (str_is(m, "filter") || str_is(m, "where")) return do_filter(r, f, call);
    if (str_is(m, "select")) return do_select(r, f, call);
    if (str_is(m, "selectExpr")) return do_select_expr(r, f, call);
    if (str_is(m, "withColumn") || str_is(m, "withColumns")) return do_with_column(r, f, call);
    if (str_is(m, "withColumnRenamed")) return do_rename(r, f, call);
    if (str_is(m, "withColumnsRenamed")) return do_renames(r, f, call);
    if (str_is(m, "drop") && (call->count == 1 || py_kwarg(call, "subset") || py_kwarg(call, "how"))) return rows_step(r, f, STR("dropna"), call);
    if (str_is(m, "drop")) return do_drop(r, f, call);
    if (str_is(m, "join") || str_is(m, "crossJoin")) return do_join(r, f, call, m.p[0] == 'c');
    if (str_is(m, "union") || str_is(m, "unionAll")) return do_setop(r, f, call, SETOP_UNION, SQL_SETOP_ALL);
    if (str_is(m, "unionByName")) return do_setop(r, f, call, SETOP_UNION, SQL_SETOP_ALL | SQL_SETOP_BY_NAME);
    if (str_is(m, "intersect")) return do_setop(r, f, call, SETOP_INTERSECT, SQL_SETOP_DISTINCT);
    if (str_is(m, "intersectAll")) return do_setop(r, f, call, SETOP_INTERSECT, SQL_SETOP_ALL);
    if (str_is(m, "subtract")) return do_setop(r, f, call, SETOP_EXCEPT, SQL_SETOP_DISTINCT);
    if (str_is(m, "exceptAll")) return do_setop(r, f, call, SETOP_EXCEPT, SQL_SETOP_ALL);
    if (str_is(m, "orderBy") || str_is(m, "sort")) return do_order(r, f, call);
    if (str_is(m, "limit")) return do_limit(r, f, call);
    if (str_is(m, "toDF")) return do_names(r, f, call);
    if (str_is(m, "unpivot") || str_is(m, "melt")) return frame_unpivot(r, f, call);
    struct frame *rows = rows_step(r, f, m, call);
    if (rows) return rows;
    *known = false;
    return NULL;
}

void frame_view(struct py_run *r, struct frame *f, struct str name, struct range range) {
    struct temp_view view = {
        .query = frame_lost(f) ? NULL : f->query, .deps = f->deps, .reads = f->reads, .read_count = f->read_count, .doubt = f->doubt, .range = range};
    frame_escape(r, f);
    session_view_add(r->session, name, &view);
    if (!frame_lost(f) || !f->why || f->why == rows_of_program) return;
    r->session->gap_column = f->column;
    session_gap(r->session, f->line, true, "%s", f->why);
}

static struct pv make_view(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv name = py_arg_value(r, call, 0, "name");
    if (pv_is_text(name)) frame_view(r, f, pv_str(name), py_range(r, call));
    return (struct pv){.kind = PV_NONE};
}

static struct pv do_alias(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv name = py_arg_value(r, call, 0, "alias");
    struct frame *next = arena_new(r->arena, struct frame);
    *next = *f;
    next->id = ++r->next_id;
    next->parents[0] = f;
    next->parents[1] = NULL;
    next->variable = (struct str){"", 0};
    next->actions = 0;
    next->heavy = next->cached = next->unpersisted = next->escaped = false;
    next->sources = NULL;
    next->source_count = 0;
    for (size_t i = 0; i < f->source_count; i++) source_add(r, next, f->sources[i].id, f->sources[i].alias);
    source_add(r, next, f->id, (struct str){"", 0});
    if (pv_is_text(name)) next->alias = pv_str(name);
    /* A join under one alias is a sub-query from now on; a table keeps its place and gets the alias. */
    if (f->joined) next->open = next->joined = false;
    if (!f->joined && f->open && f->query->select->from->kind == FROM_TABLE) {
        next->query = select_over(r, f, f->line);
        next->query->select->from = arena_new(r->arena, struct sql_from);
        *next->query->select->from = *f->query->select->from;
        next->query->select->from->alias = sql_ident(next->alias, false);
    } else {
        next->open = false;
    }
    return pv_frame(next);
}

static struct pv do_transform(struct py_run *r, struct frame *f, const struct py_node *call) {
    struct pv function = py_arg_value(r, call, 0, "func"), args[8] = {pv_frame(f)};
    size_t n = 1;
    for (size_t i = 1; n < 8 && py_arg(call, i); i++) args[n++] = py_eval(r, py_arg(call, i));
    if (function.kind == PV_FUNCTION) return py_call_function(r, function.function, args, n, call);
    return pv_frame(frame_unknown(r, f, NULL, call, "a function that is not in the files read changes this DataFrame"));
}

static struct pv frame_method(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    bool pandas = false;
    struct pv p = f->pandas ? pandas_call(r, f, m, call, &pandas) : unknown();
    if (pandas) return p;
    if (str_is(m, "pandas_api") || str_is(m, "to_pandas_on_spark") || str_is(m, "to_koalas")) {
        struct frame *next = frame_lost(f) ? f : frame_doubted(r, f, call, f->doubt);
        next->pandas = true;
        return pv_frame(next);
    }
    if (str_is(m, "createOrReplaceTempView") || str_is(m, "createTempView") || str_is(m, "createOrReplaceGlobalTempView") ||
        str_is(m, "createGlobalTempView") || str_is(m, "registerTempTable"))
        return make_view(r, f, call);
    if (str_is(m, "display") || str_is(m, "show")) {
        if (f->guessed) return (struct pv){.kind = PV_NONE};
        fact_add(r, FACT_DISPLAY, f, call)->detail = m.p[0] == 'd' ? "display" : "show";
        frame_define(r, f, DEF_QUERY, NULL, py_range(r, call));
        return (struct pv){.kind = PV_NONE};
    }
    if (str_is(m, "writeTo")) {
        struct io *io = arena_new(r->arena, struct io);
        struct pv name = py_arg_value(r, call, 0, "table");
        *io = (struct io){.frame = f, .is_v2 = true, .target = pv_str(name)};
        return (struct pv){.kind = PV_IO, .io = io};
    }
    struct pv ended;
    if (action_call(r, f, m, call, &ended)) return ended;
    if (str_is(m, "alias")) return frame_lost(f) ? pv_frame(f) : do_alias(r, f, call);
    if (str_is(m, "transform")) return do_transform(r, f, call);
    if (str_is(m, "groupBy") || str_is(m, "groupby")) return frame_group(r, f, call, GROUP_PLAIN);
    if (str_is(m, "rollup") || str_is(m, "cube")) return frame_group(r, f, call, m.p[0] == 'c' ? GROUP_CUBE : GROUP_ROLLUP);
    if (str_is(m, "groupingSets")) return frame_grouping_sets(r, f, call);
    if (str_is(m, "agg")) {
        struct grouped g = {.frame = f};
        return grouped_call(r, &g, m, call);
    }
    if (str_starts(m, "applyIn") || str_starts(m, "mapIn") || str_is(m, "apply"))
        fact_add(r, FACT_APPLY_PANDAS, f, call)->detail = str_dup(r->arena, m);
    if (frame_lost(f)) {
        /* The other side of a join or union is read as well. */
        struct pv other = py_arg_value(r, call, 0, NULL);
        return pv_frame(
            frame_unknown(r, f, other.kind == PV_FRAME ? other.frame : NULL, call, f->why ? f->why : "this DataFrame is built in too many steps"));
    }
    bool known = true;
    struct frame *next = step(r, f, m, call, &known);
    if (next) return pv_frame(next);
    if (str_is(m, "writeStream") || str_is(m, "write")) return unknown();
    return pv_frame(frame_unknown(
        r, f, NULL, call, arena_printf(r->arena, known ? "the arguments of '%.*s' were not understood" : "'%.*s' was not understood", STR_ARG(m))));
}

/* What is not followed still tells how much is left: limit(n) of anything is few rows, and where() picks some. */
static void bound_keep(struct py_run *r, struct frame *f, struct frame *next, struct str m, const struct py_node *call) {
    if (next == f || !frame_lost(next)) return;
    struct pv n = str_is(m, "limit") ? py_arg_value(r, call, 0, "num") : (struct pv){.kind = PV_NONE};
    if (n.kind == PV_NUMBER) next->most = strtol(str_dup(r->arena, n.s), NULL, 10);
    next->picked |= str_is(m, "where") || str_is(m, "filter") || str_is(m, "sample");
}

struct pv frame_call(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    struct pv v = frame_method(r, f, m, call);
    if (v.kind == PV_FRAME) bound_keep(r, f, v.frame, m, call);
    bool lists = false; /* *columns that are not known are told by those that read them */
    for (size_t i = 1; i < call->count; i++) lists |= call->kids[i]->kind == PY_SPLAT && str_is(call->kids[i]->text, "**");
    if (!lists || v.kind != PV_FRAME || frame_lost(v.frame)) return v;
    return pv_frame(frame_doubted(r, v.frame, call, "an argument is only known when it runs"));
}
