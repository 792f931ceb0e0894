/* check_sql.c - what can be said of one query by itself, when it is certain. */
#include "look.h"

#include "sql_print.h"
#include "sql_walk.h"

#include <strings.h>

#define LEAVES_MAX     64
#define STAR_DEPTH_MAX 30

/* ---- cartesian join ---- */

/* The inputs of one tangle of inner joins, and which of them hang together. */
struct tangle {
    const struct plan *plan;
    const struct rel *leaves[LEAVES_MAX];
    size_t group[LEAVES_MAX];
    bool single[LEAVES_MAX]; /* one row, or perhaps one by a key: pairing multiplies nothing */
    size_t n;
    bool unsure; /* something here is not looked through: say nothing */
};

/* Is `part` somewhere below `rel`? */
static bool holds(const struct rel *rel, const struct rel *part) {
    if (!rel || rel == part) return rel != NULL;
    if (holds(rel->left, part) || holds(rel->right, part)) return true;
    for (size_t i = 0; i < rel->n_inputs; i++) {
        if (holds(rel->inputs[i], part)) return true;
    }
    return false;
}

/* Does the column come out of the leaf? Numbers are unique in a plan: what made the column is in the leaf or not. */
static bool has_column(const struct tangle *t, size_t leaf, int column) {
    return column >= 0 && (size_t)column < t->plan->n_columns && holds(t->leaves[leaf], t->plan->columns[column].rel);
}

/* At most one row: pairing it with everything multiplies nothing. */
static bool is_single_row(const struct rel *rel) {
    switch (rel->kind) {
    case REL_AGG:
        return rel->n_keys == 0 && rel->n_sets == 0;
    case REL_VALUES:
        return rel->n_rows <= 1;
    case REL_PROJECT:
    case REL_FILTER:
    case REL_WINDOW:
    case REL_DISTINCT:
        return rel->left && is_single_row(rel->left);
    case REL_SORT:
        return (rel->limit && rel->limit->op == SC_LITERAL && rel->limit->lit.i <= 1) || (rel->left && is_single_row(rel->left));
    default:
        return false;
    }
}

static void leaves_collect(struct tangle *t, const struct rel *rel) {
    if (rel->kind == REL_FILTER) {
        leaves_collect(t, rel->left);
    } else if (rel->kind == REL_JOIN && rel->join == RELJOIN_INNER) {
        t->unsure |= rel->lateral;
        leaves_collect(t, rel->left);
        leaves_collect(t, rel->right);
    } else if (t->n == LEAVES_MAX || rel->kind == REL_OPAQUE || rel->kind == REL_VALUES) {
        t->unsure = true;
    } else {
        t->group[t->n] = t->n;
        t->leaves[t->n++] = rel;
    }
}

static void groups_join(struct tangle *t, size_t a, size_t b) {
    size_t from = t->group[a], to = t->group[b];
    for (size_t i = 0; i < t->n; i++) {
        if (t->group[i] == from) t->group[i] = to;
    }
}

/* All leaves that one conjunct speaks of hang together. `first` is the first of them, -1 when none was seen yet. */
static void scalar_connect(struct tangle *t, const struct scalar *e, long *first) {
    if (e->rel || e->op == SC_AMBIGUOUS || e->op == SC_OPAQUE) t->unsure = true;
    if (e->op == SC_COLUMN) {
        for (size_t i = 0; i < t->n; i++) {
            if (!has_column(t, i, e->column)) continue;
            if (*first >= 0) groups_join(t, (size_t)*first, i);
            *first = (long)i;
        }
    }
    for (size_t i = 0; i < e->n; i++) scalar_connect(t, e->args[i], first);
}

static bool is_fixed(const struct tangle *t, const struct scalar *e, size_t *leaf) {
    if (e->op != SC_EQ || e->n != 2) return false;
    for (size_t side = 0; side < 2; side++) {
        const struct scalar *column = e->args[side], *other = e->args[1 - side];
        if (column->op != SC_COLUMN || (other->op != SC_LITERAL && other->op != SC_PARAM)) continue;
        for (size_t i = 0; i < t->n; i++) {
            if (has_column(t, i, column->column)) return *leaf = i, true;
        }
    }
    return false;
}

static void conjunct_connect(struct tangle *t, const struct scalar *e) {
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) conjunct_connect(t, e->args[i]);
        return;
    }
    long first = -1;
    size_t leaf;
    if (is_fixed(t, e, &leaf)) t->single[leaf] = true;
    scalar_connect(t, e, &first);
}

static void conditions_connect(struct tangle *t, const struct rel *rel) {
    if (rel->kind == REL_FILTER) {
        conjunct_connect(t, rel->condition);
        conditions_connect(t, rel->left);
    } else if (rel->kind == REL_JOIN && rel->join == RELJOIN_INNER) {
        if (rel->condition) conjunct_connect(t, rel->condition);
        conditions_connect(t, rel->left);
        conditions_connect(t, rel->right);
    }
}

static const char *leaf_name(const struct rel *rel) {
    while (rel && rel->kind != REL_SCAN && rel->left && !rel->right) rel = rel->left;
    return rel && rel->kind == REL_SCAN ? rel->name : "a sub-query";
}

struct cartesian {
    const char *a, *b;
};

static bool cartesian_find(const struct plan *plan, const struct rel *rel, struct cartesian *out);

static bool tangle_check(const struct plan *plan, const struct rel *rel, struct cartesian *out) {
    struct tangle t = {.plan = plan};
    leaves_collect(&t, rel);
    if (t.unsure || t.n < 2) return false;
    for (size_t i = 0; i < t.n; i++) {
        t.single[i] = is_single_row(t.leaves[i]);
    }
    conditions_connect(&t, rel);
    const struct rel *first = NULL;
    for (size_t i = 0, group = 0; i < t.n && !t.unsure; i++) {
        if (t.single[i]) continue;
        if (!first) first = t.leaves[i], group = t.group[i];
        if (t.group[i] == group) continue;
        *out = (struct cartesian){leaf_name(first), leaf_name(t.leaves[i])};
        return true;
    }
    return false;
}

static bool children_find(const struct plan *plan, const struct rel *rel, struct cartesian *out) {
    if (rel->left && cartesian_find(plan, rel->left, out)) return true;
    if (rel->right && cartesian_find(plan, rel->right, out)) return true;
    for (size_t i = 0; i < rel->n_inputs; i++) {
        if (cartesian_find(plan, rel->inputs[i], out)) return true;
    }
    return false;
}

static bool is_tangle(const struct rel *rel) {
    while (rel->kind == REL_FILTER) rel = rel->left;
    return rel->kind == REL_JOIN && rel->join == RELJOIN_INNER;
}

/* The whole tangle is looked at from its top; below it only what is not part of it. */
static bool cartesian_find(const struct plan *plan, const struct rel *rel, struct cartesian *out) {
    if (!is_tangle(rel)) return children_find(plan, rel, out);
    if (tangle_check(plan, rel, out)) return true;
    struct tangle t = {.plan = plan};
    leaves_collect(&t, rel);
    for (size_t i = 0; i < t.n; i++) {
        if (children_find(plan, t.leaves[i], out)) return true;
    }
    return false;
}

/* CROSS JOIN, ON TRUE, ON 1 = 1. */
static bool cross_seen(void *ctx, struct sql_from *from) {
    bool cross = from->kind == FROM_JOIN && (from->join == JOIN_CROSS || from->join == JOIN_POSITIONAL);
    const struct sql_expr *on = from->kind == FROM_JOIN ? from->on : NULL;
    bool always = on && ((on->kind == EX_LITERAL && on->op == LIT_TRUE) ||
                         (on->kind == EX_BINARY && on->op == OP_EQ && on->args[0]->kind == EX_LITERAL && on->args[1]->kind == EX_LITERAL));
    if (cross || always) *(bool *)ctx = true;
    return true;
}

static const struct err *cartesian_look(struct look *look) {
    struct cartesian found;
    bool meant = false; /* CROSS JOIN was written: then it was meant */
    if (!look->plan || look->plan->reason || look->plan->condition || !look->query) return NULL;
    sql_walk_query(&(struct sql_visitor){.ctx = &meant, .from = cross_seen}, (struct sql_query *)(uintptr_t)look->query);
    if (meant || !cartesian_find(look->plan, look->plan->root, &found)) return NULL;
    struct finding *f = look_finding(look, RULE_CARTESIAN, NULL, (struct range){0});
    f->text = arena_printf(look->arena, "%s joins %s and %s without any condition between them.", f->subject, found.a, found.b);
    f->next_step = "join them on their keys, or write CROSS JOIN if every pair is wanted";
    look_say(look, f);
    return NULL;
}

/* ---- SELECT * ---- */

/* Names of WITH in scope, innermost first. */
struct scope {
    const struct sql_query *query;
    const struct scope *outer;
};

static const struct sql_query *cte_find(const struct scope *scope, const struct sql_name *name) {
    if (name->part_count != 1) return NULL;
    for (; scope; scope = scope->outer) {
        for (uint32_t i = 0; i < scope->query->cte_count; i++) {
            if (str_ieq(scope->query->ctes[i].name.text, name->parts[0].text)) return scope->query->ctes[i].query;
        }
    }
    return NULL;
}

static const struct sql_name *star_source(const struct sql_query *query, const struct scope *outer, int depth);

/* The base table whose every column comes through; NULL when the columns are listed somewhere on the way. */
static const struct sql_name *leg_source(const struct sql_from *from, const struct sql_name *path, const struct scope *scope, int depth) {
    if (!from) return NULL;
    if (from->kind == FROM_JOIN || from->kind == FROM_BRACKETS) {
        const struct sql_name *left = leg_source(from->left, path, scope, depth);
        return left ? left : leg_source(from->right, path, scope, depth);
    }
    if (from->kind == FROM_QUERY) return star_source(from->query, scope, depth + 1);
    if (from->kind != FROM_TABLE || !from->name || from->name->dynamic || !from->name->part_count) return NULL;
    struct str called = from->alias.text.n ? from->alias.text : from->name->parts[from->name->part_count - 1].text;
    if (path && !str_ieq(path->parts[path->part_count - 1].text, called)) return NULL;
    const struct sql_query *cte = cte_find(scope, from->name);
    return cte ? star_source(cte, scope, depth + 1) : from->name;
}

static const struct sql_name *star_source(const struct sql_query *query, const struct scope *outer, int depth) {
    struct scope scope = {query, outer};
    if (depth > STAR_DEPTH_MAX || !query || query->body != BODY_SELECT || query->pipe_count) return NULL;
    const struct sql_select *select = query->select;
    for (uint32_t i = 0; i < select->item_count; i++) {
        const struct sql_expr *e = select->items[i].expr;
        if (!e || e->kind != EX_STAR || (e->star && e->star->like)) continue;
        const struct sql_name *source = leg_source(select->from, e->star ? e->star->path : NULL, &scope, depth);
        if (source) return source;
    }
    return NULL;
}

/* SELECT * FROM t, and nothing else. */
static bool is_copy(const struct sql_query *q) {
    const struct sql_select *s = q->body == BODY_SELECT ? q->select : NULL;
    if (!s || q->cte_count || q->limit || q->pipe_count || s->distinct == DISTINCT_ROWS || s->where || s->group || s->having || s->qualify || s->top)
        return false;
    if (s->item_count != 1 || s->items[0].expr->kind != EX_STAR || !s->from || s->from->kind != FROM_TABLE || s->from->sample || s->from->travel)
        return false;
    const struct sql_star *star = s->items[0].expr->star;
    return !(s->from->flags & SQL_FROM_STREAM) && (!star || (!star->except_count && !star->replace_count && !star->rename_count && !star->like));
}

/* parquet.`/path`, or a name that is only known at run time: not a table one could read instead. */
static bool is_file_or_open(const char *name) {
    static const char *const formats[] = {"csv.",  "parquet.", "delta.",      "json.",       "orc.",
                                          "avro.", "text.",    "binaryfile.", "cloudfiles.", "read_files"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strncasecmp(name, formats[i], strlen(formats[i])) == 0) return true;
    }
    return strpbrk(name, "/${}@&:") != NULL;
}

/* Landing zones take what comes: there every column is wanted. */
static bool is_landing(struct arena *arena, const struct check_input *in, const struct entry *e) {
    static const char *const words[] = {"bronze", "raw", "landing", "staging", "stg_"};
    const char *name = str_lower(arena, str_of(e->dataset));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(name, words[i])) return true;
    }
    for (size_t i = 0; i < in->settings->layer_count; i++) {
        if (strcmp(in->settings->layers[i].layer, "bronze") == 0 && text_glob(in->settings->layers[i].pattern, e->dataset)) return true;
    }
    return false;
}

/* A copy is said by the one rule, a part of other columns by the other. */
static const struct err *star_look(struct look *look, enum rule rule) {
    const struct entry *e = &look->subject->entry;
    bool stored = definition_kind_stored(e->kind) && e->kind != DEF_STREAMING;
    if (!e->query || !e->dataset || look->subject->reused || (!stored && e->kind != DEF_VIEW) || is_landing(look->arena, look->in, e)) return NULL;
    const struct sql_name *source = star_source(e->query, NULL, 0);
    if (!source) return NULL;
    const char *name = sql_name_text(look->arena, source);
    bool copy = is_copy(e->query);
    if (copy != (rule == RULE_RENAME) || (!copy && !stored) || is_file_or_open(name) || is_file_or_open(e->dataset)) return NULL;
    struct finding *f = look_finding(look, rule, name, (struct range){0});
    f->dataset = name;
    if (copy) {
        f->text = arena_printf(look->arena, "%s is %s under another name.", f->subject, name);
        f->next_step = arena_printf(look->arena, "read %s itself", name);
    } else {
        f->text = arena_printf(look->arena, "%s takes every column of %s: its own columns change whenever those do.", f->subject, name);
        f->next_step = "list the columns";
    }
    look_say(look, f);
    return NULL;
}

static const struct err *copy_look(struct look *look) { return star_look(look, RULE_RENAME); }
static const struct err *select_star_look(struct look *look) { return star_look(look, RULE_SELECT_STAR); }

/* ---- function on the partition column ---- */

static const struct err *partition_look(struct look *look) {
    const struct scan *scan = &look->subject->scan;
    for (size_t i = 0; i < scan->part_count; i++) {
        const struct scan_part *p = &scan->parts[i];
        if (!p->function || p->pruned) continue;
        struct finding *f = look_finding(look, RULE_PARTITION_FUNCTION, p->dataset, (struct range){0});
        f->dataset = p->dataset;
        f->text = arena_printf(look->arena, "%s filters %s by %s(%s): with the partition column inside a function no partition is skipped.",
                               f->subject, p->dataset, p->function, p->partition);
        f->next_step = arena_printf(look->arena, "compare %s itself with a range", p->partition);
        look_say(look, f);
        return NULL;
    }
    return NULL;
}

const struct look_rule sql_looks[] = {
    {.rule = RULE_CARTESIAN, .subject = cartesian_look},
    {.rule = RULE_RENAME, .subject = copy_look},
    {.rule = RULE_SELECT_STAR, .subject = select_star_look},
    {.rule = RULE_PARTITION_FUNCTION, .subject = partition_look},
    LOOKS_END,
};
