/* check_sql.c - what can be said of one query by itself, when it is certain. */
#include "look.h"

#include "sql_print.h"
#include "sql_walk.h"
#include "tangle.h"
#include "unique.h"
#include "upstream.h"

#include <strings.h>

#define STAR_DEPTH_MAX 30

/* ---- cartesian join ---- */

/* Which of the inputs of one tangle of inner joins hang together. */
struct groups {
    const struct tangle *t;
    size_t group[TANGLE_LEAVES_MAX];
    bool single[TANGLE_LEAVES_MAX]; /* one row, or perhaps one by a key: pairing multiplies nothing */
};

static void groups_join(struct groups *g, size_t a, size_t b) {
    size_t from = g->group[a], to = g->group[b];
    for (size_t i = 0; i < g->t->n; i++) {
        if (g->group[i] == from) g->group[i] = to;
    }
}

/* May the column be a key by itself? A truth never is, and where keys are declared, only they are. */
static bool may_be_key(const struct plan *plan, const struct rel *leaf, int column) {
    const struct rel *scan = rel_scan(leaf);
    if (column < 0 || (size_t)column >= plan->n_columns || plan->columns[column].type.kind == TYPE_BOOL) return false;
    if (!scan || !scan->table || !scan->table->keys.n) return true;
    int base = unique_origin(plan, column);
    for (size_t i = 0; i < scan->n_columns; i++) {
        if (scan->columns[i] != base) continue;
        for (size_t k = 0; k < scan->table->keys.n; k++) {
            const struct schema_key *key = &scan->table->keys.at[k];
            if (key->n == 1 && scan->ordinals[i] >= 0 && key->columns[0] == (size_t)scan->ordinals[i]) return true;
        }
        return false;
    }
    return true;
}

/* A column compared with one value may be a key: then one row is left. */
static long fixed_leaf(const struct tangle *t, const struct scalar *e) {
    if (e->op != SC_EQ || e->n != 2) return -1;
    for (size_t side = 0; side < 2; side++) {
        const struct scalar *column = e->args[side], *other = e->args[1 - side];
        long leaf = column->op == SC_COLUMN && (other->op == SC_LITERAL || other->op == SC_PARAM) ? tangle_leaf(t, column->column) : -1;
        if (leaf >= 0 && may_be_key(t->plan, t->leaves[leaf], column->column)) return leaf;
    }
    return -1;
}

/* All leaves that one condition speaks of hang together. False when it is not understood. */
static bool condition_connect(struct groups *g, const struct scalar *e) {
    bool unsure = false, never = e->op == SC_LITERAL && (e->lit.kind == VALUE_NULL || (e->lit.kind == VALUE_BOOL && !e->lit.i));
    if (never) return false; /* ON FALSE: no pair at all comes out */
    long fixed = fixed_leaf(g->t, e), first = -1;
    uint64_t leaves = tangle_leaves(g->t, e, &unsure);
    if (fixed >= 0) g->single[fixed] = true;
    unsure |= !leaves && e->op != SC_LITERAL;
    for (size_t i = 0; i < g->t->n; i++) {
        if (!(leaves >> i & 1)) continue;
        if (first >= 0) groups_join(g, (size_t)first, i);
        first = (long)i;
    }
    return !unsure;
}

struct cartesian {
    const char *a, *b;
};

static bool tangle_check(const struct tangle *t, struct cartesian *out) {
    struct groups g = {.t = t};
    if (t->unsure || t->n < 2) return false;
    for (size_t i = 0; i < t->n; i++) {
        g.group[i] = i;
        g.single[i] = rel_is_single_row(t->leaves[i]);
    }
    for (size_t i = 0; i < t->n_conditions; i++) {
        if (!condition_connect(&g, t->conditions[i])) return false;
    }
    const struct rel *first = NULL;
    for (size_t i = 0, group = 0; i < t->n; i++) {
        if (g.single[i]) continue;
        if (!first) first = t->leaves[i], group = g.group[i];
        if (g.group[i] == group) continue;
        *out = (struct cartesian){rel_name(first), rel_name(t->leaves[i])};
        return true;
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

static void cartesian_look(struct look *look, const struct rel *rel) {
    struct cartesian found;
    bool meant = false; /* CROSS JOIN was written: then it was meant */
    if (!look_is_top(look, rel, false) || look->plan->reason || !look->query || look_has_said(look, RULE_CARTESIAN)) return;
    if (!tangle_check(tangle_of(look->arena, look->plan, rel, false), &found)) return;
    sql_walk_query(&(struct sql_visitor){.ctx = &meant, .from = cross_seen}, (struct sql_query *)(uintptr_t)look->query);
    if (meant) return;
    struct finding *f = look_finding(look, RULE_CARTESIAN, NULL, (struct range){0});
    f->text = arena_printf(look->arena, "%s joins %s and %s without any condition between them.", f->subject, found.a, found.b);
    f->next_step = "join them on their keys, or write CROSS JOIN if every pair is wanted";
    look_say(look, f);
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

/* Every column of one table, by name, and nothing else: a copy whose columns are listed. dbt's staging models do that by convention. */
static const char *listed_copy(const struct look *look) {
    const struct rel *root = look->plan && !look->plan->reason ? look->plan->root : NULL;
    if (!root || root->kind != REL_PROJECT || !root->left || root->left->kind != REL_SCAN || look->subject->entry.artefact == ARTEFACT_DBT_MODEL)
        return NULL;
    const struct rel *scan = root->left;
    if (!scan->table || !scan->table->complete || scan->version || root->n_defs != scan->table->columns.n || look->plan->n_outputs != root->n_defs)
        return NULL;
    for (size_t i = 0; i < scan->n_columns; i++) {
        bool taken = false;
        for (size_t k = 0; k < root->n_defs; k++) taken |= root->defs[k].expr->op == SC_COLUMN && root->defs[k].expr->column == scan->columns[i];
        if (!taken) return NULL;
    }
    return scan->name;
}

/* The schema of a name with a dot; empty when it has none. */
static struct str schema_part(const char *name) {
    const char *dot = strrchr(name, '.');
    return (struct str){name, dot ? (size_t)(dot - name) : 0};
}

/* A copy that is kept because it is one. */
static bool is_backup(struct arena *arena, const char *name) {
    static const char *const words[] = {"backup", "_bak", "bak_", "snapshot", "archive", "clone"};
    const char *lower = str_lower(arena, str_of(name));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(lower, words[i])) return true;
    }
    return false;
}

/* To store what a view computes is no copy; and a view in another schema publishes the table, which is what views are for. */
static bool is_meant(struct look *look, const char *source) {
    const struct entry *e = &look->subject->entry;
    if (is_backup(look->arena, e->dataset)) return true;
    struct str own = schema_part(e->dataset), other = schema_part(source);
    const struct upstream *up = upstream_of(look, source);
    bool of_view = up && (up->entry->kind == DEF_VIEW || up->entry->kind == DEF_EPHEMERAL || up->entry->kind == DEF_TEMP);
    bool of_pipeline = !up && !other.n && e->kind == DEF_MATERIALIZED; /* a bare name that nothing is known of: a view of the same pipeline */
    if (definition_kind_stored(e->kind)) return of_view || of_pipeline;
    return own.n && other.n && !str_ieq(own, other);
}

/* A copy is said by the one rule, a part of other columns by the other. */
static const struct err *star_look(struct look *look, enum rule rule) {
    const struct entry *e = &look->subject->entry;
    bool stored = definition_kind_stored(e->kind) && e->kind != DEF_STREAMING && !e->partial;
    if (!e->query || !e->dataset || look->subject->reused || e->partial || (!stored && e->kind != DEF_VIEW) || is_landing(look->arena, look->in, e))
        return NULL;
    const struct sql_name *source = star_source(e->query, NULL, 0);
    bool whole = source && is_copy(e->query);
    const char *listed = whole ? NULL : listed_copy(look); /* SELECT * with a column renamed, too */
    if (!source && !listed) return NULL;
    const char *name = listed ? listed : sql_name_text(look->arena, source);
    bool copy = listed || whole;
    if (copy != (rule == RULE_RENAME) || (!copy && !stored) || is_file_or_open(name) || is_file_or_open(e->dataset)) return NULL;
    if (copy && is_meant(look, name)) return look->failed;
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

/* Only where the engine's own pages say that a function around the column keeps it from skipping. Spark, Trino and DuckDB know the values of each
 * partition, and put them into the function. */
static bool hides_partitions(enum dialect d) {
    return d == DIALECT_BIGQUERY || d == DIALECT_POSTGRES || d == DIALECT_MYSQL || d == DIALECT_ORACLE || d == DIALECT_TSQL;
}

static const struct err *partition_look(struct look *look) {
    const struct scan *scan = &look->subject->scan;
    if (!look->plan || !hides_partitions(look->plan->dialect)) return NULL;
    for (size_t i = 0; i < scan->part_count; i++) {
        const struct scan_part *p = &scan->parts[i];
        if (!p->function || p->pruned) continue;
        struct finding *f = look_finding(look, RULE_PARTITION_FUNCTION, p->dataset, (struct range){0});
        f->dataset = p->dataset;
        size_t plain = strcspn(p->function, ":"); /* extract::from, as the reader keeps forms of one function apart */
        f->text = arena_printf(look->arena, "%s filters %s by %.*s(%s): with the partition column inside a function no partition is skipped.",
                               f->subject, p->dataset, (int)plain, p->function, p->partition);
        f->next_step = arena_printf(look->arena, "compare %s itself with a range", p->partition);
        look_say(look, f);
        return NULL;
    }
    return NULL;
}

const struct look_rule sql_looks[] = {
    {.rule = RULE_CARTESIAN, .rel = cartesian_look},
    {.rule = RULE_RENAME, .subject = copy_look},
    {.rule = RULE_SELECT_STAR, .subject = select_star_look},
    {.rule = RULE_PARTITION_FUNCTION, .subject = partition_look},
    LOOKS_END,
};
