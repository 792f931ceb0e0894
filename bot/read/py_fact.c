/* py_fact.c - what rules on Spark code want to know: which frames are computed, how often, and where rows leave the engine. */
#include "pyspark.h"

#include <stdlib.h>

#define NOTES_MAX      4000
#define NAMED_MAX      4000
#define WALK_MAX       2000000 /* frames visited in one file */
#define WALK_DEPTH_MAX 500

/* A place is told once, whatever runs it how often; the last round's frame stands for all. NULL: there are too many. */
static struct code_note *note_at(struct py_run *r, enum code_fact_kind kind, int line, int column) {
    const void *out = r->session->out;
    char *key = arena_printf(r->arena, "%d %d %d %p", (int)kind, line, column, out);
    struct code_note **note = (struct code_note **)map_slot(r->noted, str_of(key));
    if (*note || r->notes.n >= NOTES_MAX) return *note;
    *note = arena_new(r->arena, struct code_note);
    (*note)->home = out;
    *vec_add(r->arena, &r->notes) = *note;
    return *note;
}

static bool is_aggregate(const struct sql_expr *e) {
    static const char *const names[] = {"count", "sum", "min", "max", "avg", "mean", "any_value", "collect_list", "collect_set", "count_if", "first"};
    if (!e || e->kind != EX_CALL || (e->call && e->call->over)) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_iis(e->name, names[i])) return true;
    }
    return false;
}

/* The distinct values of one or two columns: few, as a rule. */
static bool lists_few(const struct frame *f, const struct sql_select *s) {
    if (s->item_count == 1 && s->items[0].expr->kind == EX_STAR) return f->columns && f->column_count <= 2;
    bool named = s->item_count > 0 && s->item_count <= 2;
    for (uint32_t i = 0; named && i < s->item_count; i++) named = s->items[i].expr->kind == EX_NAME;
    return named;
}

/* Grouped or aggregated last, by method or in SQL: few rows may be left. Of what is broadcast, filters count too. */
static bool is_reduced(const struct frame *f, enum code_fact_kind kind) {
    const struct sql_query *q = f->query;
    const struct sql_select *s = q && q->body == BODY_SELECT ? q->select : NULL;
    if (f->grouped || (q && q->limit)) return true;
    if (!s) return kind == FACT_BROADCAST;
    if (kind == FACT_BROADCAST && (s->where || s->distinct == DISTINCT_ROWS || !s->from || s->from->kind != FROM_TABLE)) return true;
    bool found = s->group != NULL || (s->distinct == DISTINCT_ROWS && lists_few(f, s));
    for (uint32_t i = 0; !found && i < s->item_count; i++) found = is_aggregate(s->items[i].expr);
    return found;
}

static long limit_of(struct py_run *r, const struct frame *f) {
    const struct sql_query *q = f->query;
    if (!q && f->why == rows_of_program) return 0;
    if (q && q->limit && q->limit->kind == EX_LITERAL) return strtol(str_dup(r->arena, q->limit->name), NULL, 10);
    return f->most ? f->most : -1;
}

/* What was few rows once is few rows after any step, and when others are joined to it; not when they are put below it. */
long frame_bound(struct py_run *r, const struct frame *f) {
    long most = f->query && f->grouped && f->query->select && !f->query->select->group ? 1 : -1;
    for (int depth = 0; f && most < 0 && depth < WALK_DEPTH_MAX; depth++, f = f->parents[0]) {
        most = limit_of(r, f);
        if (f->parents[1] && f->query && f->query->body != BODY_SELECT) break;
    }
    return most;
}

/* Rows were picked on the way: how many are left is not known. */
static bool is_narrowed(const struct frame *f) {
    for (int depth = 0; f && depth < WALK_DEPTH_MAX; depth++, f = f->parents[0]) {
        const struct sql_query *q = f->query;
        const struct sql_select *s = q && q->body == BODY_SELECT ? q->select : NULL;
        if (f->picked || (s && (s->where || s->having || s->qualify || s->distinct == DISTINCT_ROWS))) return true;
    }
    return false;
}

struct code_fact *fact_add(struct py_run *r, enum code_fact_kind kind, struct frame *f, const struct py_node *at) {
    struct range range = py_range(r, at);
    /* The place of a method is where its name stands, not where a chain of many lines begins. */
    const struct py_node *callee = at->kind == PY_CALL ? at->kids[0] : at;
    int line = callee->kind == PY_ATTRIBUTE && !py_abroad(r) ? py_line_at(r, callee->range.end_line) : range.line, column = range.column;
    if (line != range.line) column = callee->range.end_column > (int)callee->text.n ? callee->range.end_column - (int)callee->text.n : 1;
    struct code_note *note = note_at(r, kind, line, column);
    if (!note) note = arena_new(r->arena, struct code_note);
    note->frame = f;
    note->fact = (struct code_fact){.kind = kind,
                                    .path = r->session->path,
                                    .line = line,
                                    .column = column,
                                    .cell = r->session->cell,
                                    .amount = -1,
                                    .in_loop = r->loop > 0,
                                    .in_function = r->depth > 0};
    if (f && f->variable.n) note->fact.subject = str_dup(r->arena, f->variable);
    if (f) note->fact.aggregated = is_reduced(f, kind), note->fact.narrowed = is_narrowed(f);
    return &note->fact;
}

enum walk { WALK_ACTION, WALK_ESCAPE, WALK_CACHED };

/* Each frame below `f` once; true when WALK_CACHED finds one that is kept. */
static bool walk(struct py_run *r, struct frame *f, enum walk what, int depth) {
    bool found = false;
    while (f && f->visit != r->walks && r->walked < WALK_MAX && !found) {
        r->walked++;
        f->visit = r->walks;
        f->actions += what == WALK_ACTION;
        f->escaped |= what == WALK_ESCAPE;
        found = what == WALK_CACHED && f->cached;
        if (f->parents[1] && depth < WALK_DEPTH_MAX) found |= walk(r, f->parents[1], what, depth + 1);
        f = f->parents[0];
    }
    return found;
}

void frame_action(struct py_run *r, struct frame *f) {
    r->walks++;
    walk(r, f, WALK_ACTION, 0);
}

void frame_escape(struct py_run *r, struct frame *f) {
    r->walks++;
    walk(r, f, WALK_ESCAPE, 0);
}

void frame_named(struct py_run *r, struct frame *f, struct str variable) {
    if (f->variable.n) return;
    f->variable = variable;
    if (f->heavy && r->named.n < NAMED_MAX) *vec_add(r->arena, &r->named) = f;
}

/* What a loop does in each round: with the same dataset each time, or with others. */
void fact_round(struct py_run *r, enum code_fact_kind kind, struct frame *f, const char *dataset, const struct py_node *at) {
    if (!r->loop || r->rounds == 0 || r->rounds == 1) return;
    size_t before = r->notes.n;
    struct code_fact *fact = fact_add(r, kind, f, at);
    struct code_note *note = (struct code_note *)fact;
    bool first = r->notes.n > before;
    note->varies = !dataset || strstr(dataset, "${") || (!first && (note->varies || !note->dataset || strcmp(note->dataset, dataset) != 0));
    note->dataset = dataset;
    fact->subject = note->varies ? NULL : dataset;
    fact->amount = r->rounds;
}

void fact_udf(struct py_run *r, enum code_fact_kind kind, const struct py_function *f, const char *name, const struct py_node *at) {
    struct code_fact *fact = fact_add(r, kind, NULL, at);
    fact->subject = name;
    if (f) udf_describe(r, f, &fact->detail, &fact->twin);
}

/* At the end. */

static const char *const *frame_reads(struct py_run *r, const struct frame *f, size_t *count) {
    struct definition_spec spec = {.query = f->query, .deps = &f->deps, .reads = f->reads, .read_count = f->read_count};
    return session_reads(r->session, &spec, count);
}

/* Joins and aggregations that several actions run anew: of a chain only the last, which holds the others. */
static void again_add(struct py_run *r, const struct py_node *at) {
    for (size_t i = r->named.n; i-- > 0;) {
        struct frame *f = r->named.at[i];
        r->walks++;
        if (f->actions < 2 || walk(r, f, WALK_CACHED, 0)) continue;
        bool held = false;
        for (size_t k = i + 1; k < r->named.n && !held; k++) {
            const struct frame *later = r->named.at[k];
            held = later->actions >= f->actions && (later->parents[0] == f || later->parents[1] == f);
        }
        if (held) continue;
        struct code_fact *fact = fact_add(r, FACT_FRAME_USED_TWICE, f, at);
        fact->line = f->line;
        fact->cell = f->cell;
        fact->column = 1;
        fact->amount = f->actions;
        fact->in_loop = fact->in_function = false;
    }
}

static int fact_order(const void *a, const void *b) {
    const struct code_fact *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

void facts_end(struct py_run *r) {
    struct py_node here = {.kind = PY_OTHER, .range = {.line = 1, .end_line = 1}};
    again_add(r, &here);
    struct reading *out = r->session->out;
    size_t first = out->code.n;
    for (size_t i = 0; i < r->notes.n; i++) {
        struct code_note *n = r->notes.at[i];
        if (n->home != out || (n->fact.kind == FACT_READ_IN_LOOP && n->varies)) continue;
        if (n->frame) n->fact.reads = frame_reads(r, n->frame, &n->fact.read_count);
        if (n->fact.kind == FACT_CACHE) {
            n->fact.amount = n->frame->escaped ? -1 : n->frame->actions;
            n->fact.detail = n->frame->unpersisted ? "released" : NULL;
        }
        if (n->fact.kind == FACT_CACHE && n->frame->variable.n) n->fact.subject = str_dup(r->arena, n->frame->variable);
        *vec_add(r->arena, &out->code) = n->fact;
    }
    size_t count = out->code.n - first;
    if (!count) return;
    qsort(out->code.at + first, count, sizeof *out->code.at, fact_order);
    struct code_fact *own = arena_array(r->arena, count, sizeof *own);
    memcpy(own, out->code.at + first, count * sizeof *own);
    for (size_t i = r->session->first; i < out->definitions.n; i++) out->definitions.at[i].code = own, out->definitions.at[i].code_count = count;
}
