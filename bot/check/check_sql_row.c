/* check_sql_row.c - conditions, windows and sub-queries that lose rows, time, or their order. */
#include "look.h"
#include "tangle.h"
#include "unique.h"

#include <strings.h>

#define WILDCARD_BYTES 10e9 /* a table in which a search without a beginning takes long */
#define WINDOW_BYTES   1e9  /* sorted by one worker */
#define SUBQUERIES_MAX 40

static const struct scan_part *part_of(const struct look *look, const char *dataset) {
    const struct scan *scan = &look->subject->scan;
    for (size_t i = 0; i < scan->part_count; i++) {
        if (scan->parts[i].known && str_ieq(str_of(scan->parts[i].dataset), str_of(dataset))) return &scan->parts[i];
    }
    return NULL;
}

/* ---- NOT IN over NULLs ---- */

static bool mentions(const struct scalar *e, int column) {
    if (e->op == SC_COLUMN && e->column == column) return true;
    for (size_t i = 0; i < e->n; i++) {
        if (mentions(e->args[i], column)) return true;
    }
    return false;
}

/* Does the condition leave out rows in which the column is NULL? Said to be so when in doubt. */
static bool leaves_out_null(const struct scalar *e, int column) {
    if (!e) return false;
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) {
            if (leaves_out_null(e->args[i], column)) return true;
        }
        return false;
    }
    return e->op != SC_IS_NULL && mentions(e, column);
}

/* The stored column behind the one column of the sub-query, when the table declares that it may be NULL, and nothing on the way forbids it. */
static const struct rel *nullable_scan(const struct plan *plan, const struct rel *rel, int column, const char **name) {
    while (rel) {
        if (rel->kind == REL_FILTER && leaves_out_null(rel->condition, column)) return NULL;
        if (rel->kind == REL_PROJECT) {
            const struct scalar *from = NULL;
            for (size_t i = 0; i < rel->n_defs; i++) {
                if (rel->defs[i].column == column) from = rel->defs[i].expr;
            }
            if (!from || from->op != SC_COLUMN) return NULL;
            column = from->column;
        } else if (rel->kind == REL_SCAN) {
            break;
        } else if (rel->kind != REL_FILTER && rel->kind != REL_DISTINCT) {
            return NULL;
        }
        rel = rel->left;
    }
    if (!rel || !rel->table || !rel->table->complete) return NULL;
    for (size_t i = 0; i < rel->n_columns; i++) {
        if (rel->columns[i] != column || rel->ordinals[i] < 0) continue;
        const struct schema_column *c = &rel->table->columns.at[rel->ordinals[i]];
        *name = c->name;
        for (size_t k = 0; k < rel->table->keys.n; k++) {
            for (size_t m = 0; m < rel->table->keys.at[k].n; m++) {
                if (rel->table->keys.at[k].columns[m] == (size_t)rel->ordinals[i]) return NULL;
            }
        }
        return c->not_null ? NULL : rel;
    }
    return NULL;
}

/* A table that declares NOT NULL beside its keys tells by the others that they may be NULL; one that never does tells nothing. */
static bool tells_nulls(const struct schema_table *table) {
    for (size_t i = 0; i < table->columns.n; i++) {
        bool key = false;
        for (size_t k = 0; k < table->keys.n; k++) {
            for (size_t c = 0; c < table->keys.at[k].n; c++) key |= table->keys.at[k].columns[c] == i;
        }
        if (table->columns.at[i].not_null && !key) return true;
    }
    return false;
}

static void not_in_look(struct look *look, const struct scalar *e) {
    if (e->op != SC_NOT || e->args[0]->op != SC_IN_QUERY || !e->args[0]->rel || e->args[0]->rel->n_columns != 1) return;
    const struct rel *rel = e->args[0]->rel;
    const char *name = NULL;
    const struct rel *scan = nullable_scan(look->plan, rel, rel->columns[0], &name);
    if (!scan || !tells_nulls(scan->table)) return;
    struct finding *f =
        look_finding(look, RULE_NOT_IN, arena_printf(look->arena, "%s %s", scan->name, name), e->range.line ? e->range : e->args[0]->range);
    f->text = arena_printf(look->arena, "%s asks NOT IN over %s.%s, which may be NULL: with one NULL in it no row comes out.", f->subject, scan->name,
                           name);
    f->next_step = "use NOT EXISTS, or leave out the NULLs in the sub-query";
    look_say(look, f);
}

/* ---- LIKE '%x' ---- */

static void wildcard_take(struct look *look, const struct scalar *e) {
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) wildcard_take(look, e->args[i]);
        return;
    }
    bool text = e->n >= 2 && e->args[1]->op == SC_LITERAL && e->args[1]->lit.kind == VALUE_TEXT && e->args[1]->lit.s.n > 0;
    bool pattern = e->op == SC_LIKE && text && e->args[1]->lit.s.n > 1 && e->args[1]->lit.s.p[0] == '%';
    bool within = e->op == SC_CALL && text && e->name && (strcasecmp(e->name, "contains") == 0 || strcasecmp(e->name, "endswith") == 0);
    if ((!pattern && !within) || e->args[0]->op != SC_COLUMN) return;
    const struct plan_column *column = &look->plan->columns[unique_origin(look->plan, e->args[0]->column)];
    const struct scan_part *part = column->rel && column->rel->kind == REL_SCAN ? part_of(look, column->rel->name) : NULL;
    if (!part || part->pruned || part->all < WILDCARD_BYTES) return;
    char bytes[32];
    text_bytes(part->all, bytes, sizeof bytes);
    struct finding *f = look_finding(look, RULE_WILDCARD, arena_printf(look->arena, "%s %s", part->dataset, column->name), e->range);
    f->dataset = part->dataset;
    f->text = arena_printf(look->arena, "%s searches %s.%s (%s) by %s: nothing is skipped, every row is read.", f->subject, part->dataset,
                           column->name, bytes, within ? arena_printf(look->arena, "%s()", e->name) : "a pattern that begins with %");
    f->next_step = part->partition
                       ? arena_printf(look->arena, "filter on %s as well, or keep what is searched for in a column of its own", part->partition)
                       : "keep what is searched for in a column of its own when the table is loaded";
    look_say(look, f);
}

static void wildcard_look(struct look *look, const struct rel *rel) {
    if (rel->kind == REL_FILTER && rel->condition) wildcard_take(look, rel->condition);
}

/* ---- a window over everything ---- */

/* Bytes below, when all of it is stored rows of known size; -1 when something unknown or small (groups, limits) is below. */
static double bytes_below(const struct look *look, const struct rel *rel) {
    while (rel && (rel->kind == REL_PROJECT || rel->kind == REL_FILTER || rel->kind == REL_WINDOW)) rel = rel->left;
    if (!rel) return -1;
    if (rel->kind == REL_JOIN) {
        double left = bytes_below(look, rel->left), right = bytes_below(look, rel->right);
        return left > right ? left : right;
    }
    const struct scan_part *part = rel->kind == REL_SCAN ? part_of(look, rel->name) : NULL;
    return part ? part->high : -1;
}

static bool is_spark(enum dialect d) { return d == DIALECT_DATABRICKS || d == DIALECT_SPARK; }

static void window_look(struct look *look, const struct rel *rel) {
    if (rel->kind != REL_WINDOW || !is_spark(look->plan->dialect)) return;
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct scalar *e = rel->defs[i].expr;
        if (e->op != SC_WINDOW || !e->window || e->window->n_partition || !e->window->n_order) continue;
        double bytes = bytes_below(look, rel->left);
        if (bytes < WINDOW_BYTES) return;
        char text[32];
        text_bytes(bytes, text, sizeof text);
        struct finding *f = look_finding(look, RULE_WINDOW_ALL, NULL, e->range);
        f->text = arena_printf(look->arena, "%s orders all rows (up to %s) in one window without PARTITION BY: one worker sorts them all.",
                               f->subject, text);
        f->next_step = "partition the window, or take the number from the order within a partition";
        look_say(look, f);
        return;
    }
}

/* ---- a sub-query for every row ---- */

struct outside {
    const struct plan *plan;
    const struct rel *rel; /* the sub-query */
    bool found;            /* a column of the row around it */
};

static void rel_outside(struct outside *o, const struct rel *rel, int depth);

static void scalar_outside(struct outside *o, const struct scalar *e, int depth) {
    if (!e || o->found || depth > LOOK_DEPTH_MAX) return;
    if (e->op == SC_COLUMN && e->column >= 0 && (size_t)e->column < o->plan->n_columns)
        o->found |= !rel_holds(o->rel, o->plan->columns[e->column].rel);
    for (size_t i = 0; i < e->n; i++) scalar_outside(o, e->args[i], depth + 1);
    scalar_outside(o, e->filter, depth + 1);
    if (e->rel) rel_outside(o, e->rel, depth + 1);
}

static void rel_outside(struct outside *o, const struct rel *rel, int depth) {
    if (!rel || o->found || depth > LOOK_DEPTH_MAX) return;
    scalar_outside(o, rel->condition, depth + 1);
    for (size_t i = 0; rel->keys && i < rel->n_keys; i++) scalar_outside(o, rel->keys[i].expr, depth + 1);
    for (size_t i = 0; i < rel->n_defs; i++) scalar_outside(o, rel->defs[i].expr, depth + 1);
    rel_outside(o, rel->left, depth + 1);
    rel_outside(o, rel->right, depth + 1);
}

struct subqueries {
    struct look *look;
    const struct rel *scans[SUBQUERIES_MAX]; /* the one table each correlated value reads */
    struct range ranges[SUBQUERIES_MAX];
    size_t n;
};

/* The one table that a value is looked up in. */
static const struct rel *only_scan(const struct rel *rel) {
    while (rel && (rel->kind == REL_PROJECT || rel->kind == REL_FILTER || rel->kind == REL_AGG || rel->kind == REL_SORT)) rel = rel->left;
    return rel && rel->kind == REL_SCAN ? rel : NULL;
}

static void subqueries_take(struct subqueries *s, const struct scalar *e, int depth) {
    if (!e || depth > LOOK_DEPTH_MAX) return;
    if (e->op == SC_SUBQUERY && e->rel && s->n < SUBQUERIES_MAX) {
        struct outside o = {.plan = s->look->plan, .rel = e->rel};
        const struct rel *scan = only_scan(e->rel);
        rel_outside(&o, e->rel, 0);
        if (o.found && scan) {
            s->ranges[s->n] = e->range;
            s->scans[s->n++] = scan;
        }
        return;
    }
    for (size_t i = 0; i < e->n; i++) subqueries_take(s, e->args[i], depth + 1);
}

/* Two or more values looked up in one table for every row are one join with it. */
static void subquery_look(struct look *look, const struct rel *rel) {
    if (rel->kind != REL_PROJECT) return;
    struct subqueries *s = arena_new(look->arena, struct subqueries);
    s->look = look;
    for (size_t i = 0; i < rel->n_defs; i++) subqueries_take(s, rel->defs[i].expr, 0);
    for (size_t i = 0; i < s->n; i++) {
        size_t same = 0;
        for (size_t k = 0; k < s->n; k++) same += str_ieq(str_of(s->scans[i]->name), str_of(s->scans[k]->name));
        if (same < 2) continue;
        struct finding *f = look_finding(look, RULE_SUBQUERY_ROW, s->scans[i]->name, s->ranges[i]);
        f->text = arena_printf(look->arena, "%s looks up %zu values in %s by a sub-query each, for every row.", f->subject, same, s->scans[i]->name);
        f->next_step = arena_printf(look->arena, "aggregate %s once by the key, and join it", s->scans[i]->name);
        look_say(look, f);
        return;
    }
}

/* ---- an order that nothing keeps ---- */

static const struct err *order_look(struct look *look) {
    const struct entry *e = &look->subject->entry;
    const struct definition *d = look->subject->definition;
    bool stored = d->dataset && (definition_kind_stored(d->kind) || d->kind == DEF_INCREMENTAL);
    /* Snowflake and others lay a table out by the order of its load: there it is meant. */
    if (!stored || !look->plan || !look->plan->ordered || !is_spark(e->dialect) || !look->query->order_count) return NULL;
    struct finding *f = look_finding(look, RULE_ORDER, NULL, look->query->order[0].expr ? look->query->order[0].expr->range : (struct range){0});
    f->text = arena_printf(look->arena, "%s sorts all rows before they are stored: a table has no order, readers get none.", f->subject);
    f->next_step = "leave out ORDER BY; CLUSTER BY keeps rows together that are read together";
    look_say(look, f);
    return NULL;
}

const struct look_rule sql_row_looks[] = {
    {.rule = RULE_NOT_IN, .scalar = not_in_look},      {.rule = RULE_WILDCARD, .rel = wildcard_look}, {.rule = RULE_WINDOW_ALL, .rel = window_look},
    {.rule = RULE_SUBQUERY_ROW, .rel = subquery_look}, {.rule = RULE_ORDER, .subject = order_look},   LOOKS_END,
};
