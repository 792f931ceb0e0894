/* check_grain.c - joins that repeat rows: under a sum, for want of a part of the key, on both sides; and what one row of a table stands for. */
#include "mention.h"
#include "tangle.h"
#include "unique.h"
#include "upstream.h"

#include <strings.h>

/* ---- a sum over repeated rows ---- */

/* A number taken from stored columns as it is: not a flag turned into 1 and 0, which counts rows. */
static bool is_measure(const struct scalar *e, int depth) {
    if (depth > 20) return false;
    switch (e->op) {
    case SC_COLUMN:
        return true;
    case SC_CAST:
    case SC_NEG:
        return is_measure(e->args[0], depth + 1);
    case SC_COALESCE:
        return is_measure(e->args[0], depth + 1);
    case SC_ADD:
    case SC_SUB:
    case SC_MUL:
    case SC_DIV: {
        bool any = false;
        for (size_t i = 0; i < e->n; i++) {
            if (e->args[i]->op == SC_LITERAL) continue;
            if (!is_measure(e->args[i], depth + 1)) return false;
            any = true;
        }
        return any;
    }
    default:
        return false;
    }
}

/* The only leaf that the scalar's columns come from; -1: several, none, or not known. */
static long only_leaf(const struct tangle *t, const struct scalar *e, long found) {
    if (e->rel || e->op == SC_AMBIGUOUS || e->op == SC_OPAQUE) return -2;
    if (e->op == SC_COLUMN) {
        long leaf = tangle_leaf(t, unique_origin(t->plan, e->column));
        if (leaf < 0) leaf = tangle_leaf(t, e->column);
        return leaf < 0 || (found >= 0 && found != leaf) ? -2 : leaf;
    }
    for (size_t i = 0; i < e->n && found != -2; i++) found = only_leaf(t, e->args[i], found);
    return found;
}

static bool columns_give(struct unique *u, const struct scalar *e) {
    if (e->op != SC_COLUMN) return false;
    unique_give(u, e->column);
    return true;
}

/* A count of a leaf's own key means to count its rows; but where each group is one row of the leaf, it counts what is joined to it. */
static bool counts_rows(struct look *look, const struct rel *agg, const struct rel *leaf, const struct scalar *e) {
    struct unique *u = unique_new(look->arena, look->plan, upstream_keys, look), *group = unique_new(look->arena, look->plan, upstream_keys, look);
    for (size_t i = 0; i < agg->n_keys; i++) columns_give(group, agg->keys[i].expr);
    return columns_give(u, e) && unique_ask(u, leaf) == UNIQUE_YES && unique_ask(group, leaf) != UNIQUE_YES;
}

/* Is a row of the leaf taken into one group several times? Then by which table. */
static const struct rel *repeated_by(struct look *look, const struct rel *agg, const struct rel *leaf, const char **key) {
    struct unique *u = unique_new(look->arena, look->plan, upstream_keys, look);
    unique_give_row(u, leaf);
    for (size_t i = 0; i < agg->n_keys; i++) {
        if (!columns_give(u, agg->keys[i].expr) && agg->keys[i].expr->op != SC_LITERAL) {
            return NULL; /* a computed key may tell the repeated rows apart */
        }
    }
    return unique_ask(u, agg->left) == UNIQUE_NO ? unique_culprit(u, key) : NULL;
}

static void fan_out_say(struct look *look, const struct column_def *def, const struct rel *leaf, const struct rel *by, const char *key) {
    const char *repeated = rel_name(leaf), *many = rel_name(by), *what = def->expr->name;
    const char *column = scalar_text(look->arena, look->plan, def->expr->args[0]);
    const char *hash = strchr(column, '#');
    if (hash) column = arena_copy(look->arena, column, (size_t)(hash - column));
    struct finding *f = look_finding(look, RULE_FAN_OUT, arena_printf(look->arena, "%s %s %s", what, column, many), def->expr->range);
    f->dataset = by->kind == REL_SCAN ? by->name : NULL;
    f->text = arena_printf(look->arena, "%s takes each row of %s once for every matching row of %s (one row per %s): %s(%s) adds it up as often.",
                           f->subject, repeated, many, key, what, column);
    f->next_step = arena_printf(look->arena, "aggregate %s to the grain of %s before the join, or use EXISTS if it only filters", many, repeated);
    look_say(look, f);
}

/* A table joined to itself: a count of its key counts the pairs, which is what such joins are for. */
static bool is_same_table(const struct rel *a, const struct rel *b) {
    const struct rel *x = rel_scan(a), *y = rel_scan(b);
    return x && y && strcasecmp(x->name, y->name) == 0;
}

static void fan_out_look(struct look *look, const struct rel *rel) {
    if (rel->kind != REL_AGG || rel->n_sets || !rel->left || look->plan->reason) return;
    const struct rel *top = rel->left;
    while (top->kind == REL_PROJECT && top->left) top = top->left;
    const struct tangle *t = tangle_of(look->arena, look->plan, top, true);
    if (t->unsure || t->n < 2) return;
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct scalar *e = rel->defs[i].expr;
        if (e->op != SC_AGG || e->distinct || e->filter || e->n != 1 || !e->name) continue;
        bool sum = strcmp(e->name, "sum") == 0 && is_measure(e->args[0], 0), count = strcmp(e->name, "count") == 0 && e->args[0]->op == SC_COLUMN;
        if (!sum && !count) continue;
        long leaf = only_leaf(t, e->args[0], -1);
        if (leaf < 0 || (count && !counts_rows(look, rel, t->leaves[leaf], e->args[0]))) continue;
        const char *key = NULL;
        const struct rel *by = repeated_by(look, rel, t->leaves[leaf], &key);
        if (!by || !key || rel_holds(t->leaves[leaf], by) || (count && is_same_table(t->leaves[leaf], by))) continue;
        fan_out_say(look, &rel->defs[i], t->leaves[leaf], by, key);
        return;
    }
}

/* ---- a part of the key is missing ---- */

static bool is_it(const void *ctx, int column) { return *(const int *)ctx == column; }

static int column_named(const struct plan *plan, const struct rel *scan, const char *name) {
    for (size_t i = 0; i < scan->n_columns; i++) {
        if (strcasecmp(plan->columns[scan->columns[i]].name, name) == 0) return scan->columns[i];
    }
    return -1;
}

static long partner_of(const struct tangle *t, int column) {
    int a, b;
    for (size_t i = 0; i < t->n_conditions; i++) {
        if (!tangle_equates(t, t->conditions[i], &a, &b)) continue;
        if (a == column || b == column) return tangle_leaf(t, a == column ? b : a);
    }
    return -1;
}

/* One composite key of a table in the tangle: some of its columns are joined, and one that the other side has too is never mentioned. */
static bool key_check(struct look *look, const struct tangle *t, const struct rel *scan, const struct unique_key *key) {
    long partner = -1;
    const char *missing = NULL;
    for (size_t i = 0; i < key->n; i++) {
        int column = column_named(look->plan, scan, key->columns[i]);
        long joined = column >= 0 ? partner_of(t, column) : -1;
        if (joined >= 0) partner = joined;
        else if (column < 0 || rel_mentions(look->plan->root, is_it, &column)) return false;
        else if (!missing) missing = key->columns[i];
    }
    if (partner < 0 || !missing) return false;
    const struct rel *other = rel_scan(t->leaves[partner]);
    if (!other || strcasecmp(other->name, scan->name) == 0 || column_named(look->plan, other, missing) < 0) return false;
    struct finding *f = look_finding(look, RULE_JOIN_KEY, arena_printf(look->arena, "%s %s", scan->name, missing), scan->range);
    f->dataset = scan->name;
    f->text = arena_printf(look->arena, "%s joins %s and %s on a part of the key of %s: %s, which both have, is not compared.", f->subject,
                           other->name, scan->name, scan->name, missing);
    f->next_step = arena_printf(look->arena, "join on %s too", missing);
    look_say(look, f);
    return true;
}

static bool keys_check(struct look *look, const struct tangle *t, const struct rel *scan) {
    for (size_t i = 0; scan->table && i < scan->table->keys.n; i++) {
        const struct schema_key *k = &scan->table->keys.at[i];
        const char **names = arena_array(look->arena, k->n + 1, sizeof *names);
        for (size_t c = 0; c < k->n; c++) names[c] = scan->table->columns.at[k->columns[c]].name;
        if (k->n > 1 && key_check(look, t, scan, &(struct unique_key){names, k->n})) return true;
    }
    size_t count;
    const struct unique_key *more = upstream_keys(look, scan, &count);
    for (size_t i = 0; i < count; i++) {
        if (more[i].n > 1 && key_check(look, t, scan, &more[i])) return true;
    }
    return false;
}

static void join_key_look(struct look *look, const struct rel *rel) {
    if (!look_is_top(look, rel, true)) return;
    const struct tangle *t = tangle_of(look->arena, look->plan, rel, true);
    if (t->unsure || t->n < 2) return;
    for (size_t i = 0; i < t->n; i++) {
        if (t->leaves[i]->kind == REL_SCAN && keys_check(look, t, t->leaves[i])) return;
    }
}

/* ---- many to many ---- */

/* May several rows of the leaf have the same values in the columns it is joined by? */
static bool several_for(struct look *look, const struct tangle *t, size_t leaf, const char **key) {
    struct unique *u = unique_new(look->arena, look->plan, upstream_keys, look);
    int a, b;
    for (size_t i = 0; i < t->n_conditions; i++) {
        if (tangle_equates(t, t->conditions[i], &a, &b)) unique_give(u, tangle_leaf(t, a) == (long)leaf ? a : b);
    }
    return unique_ask(u, t->leaves[leaf]) == UNIQUE_NO && unique_culprit(u, key) && *key;
}

/* By equalities of columns, and nothing else: another condition may be what makes the pairs few. */
static bool are_joined(const struct tangle *t) {
    int a, b;
    for (size_t i = 0; i < t->n_conditions; i++) {
        if (!tangle_equates(t, t->conditions[i], &a, &b)) return false;
    }
    return t->n_conditions > 0;
}

/* Only where the pairs reach the result: what is grouped, or made distinct, above them may be meant so. */
static bool reaches_result(const struct look *look) {
    for (size_t i = 0; i < look->depth; i++) {
        enum rel_kind kind = look->above[i]->kind;
        if (kind != REL_PROJECT && kind != REL_SORT) return false;
    }
    return true;
}

static void many_look(struct look *look, const struct rel *rel) {
    if (!look_is_top(look, rel, true) || look->plan->reason || !reaches_result(look) || look_has_said(look, RULE_JOIN_KEY)) return;
    const struct tangle *t = tangle_of(look->arena, look->plan, rel, true);
    if (t->unsure || t->n != 2 || !are_joined(t)) return;
    const struct rel *a = rel_scan(t->leaves[0]), *b = rel_scan(t->leaves[1]);
    const char *key_a = NULL, *key_b = NULL;
    if (!a || !b || strcasecmp(a->name, b->name) == 0) return;
    if (!several_for(look, t, 0, &key_a) || !several_for(look, t, 1, &key_b)) return;
    struct finding *f = look_finding(look, RULE_MANY_TO_MANY, arena_printf(look->arena, "%s %s", a->name, b->name), rel->range);
    f->text =
        arena_printf(look->arena, "%s pairs many rows of %s (one per %s) with many of %s (one per %s).", f->subject, a->name, key_a, b->name, key_b);
    f->next_step = "join on a key of one of the two, or bring one to the grain of the join first";
    look_say(look, f);
}

/* ---- the grain of a table ---- */

static const char *grain_text(struct look *look, const struct plan *plan, const size_t *outputs, size_t count) {
    struct buf b = buf_new(look->arena);
    for (size_t i = 0; i < count; i++) buf_printf(&b, "%s%s", i ? ", " : "", plan->names[outputs[i]]);
    return count ? buf_str(&b) : "the whole table";
}

static bool has_name(const struct plan *plan, const size_t *outputs, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(plan->names[outputs[i]], name) == 0) return true;
    }
    return false;
}

static bool is_table(const struct entry *e) { return e->dataset && !e->partial && (definition_kind_stored(e->kind) || e->kind == DEF_VIEW); }

/* The same grain, or one that goes by a column of another name in the same place. */
static bool same_grain(const struct plan *a, const size_t *ours, size_t n, const struct plan *b, const size_t *theirs, size_t m) {
    for (size_t i = 0; n == m && i < n; i++) {
        if (!has_name(b, theirs, m, a->names[ours[i]])) return false;
    }
    return n == m;
}

static const struct err *grain_look(struct look *look) {
    const struct subject *s = look->subject;
    const struct plan *now = look->plan, *then = s->before ? s->before->entry.plan : NULL;
    size_t *ours, *theirs, n, m;
    if (!now || !then || now->reason || then->reason || !is_table(&s->entry)) return NULL;
    if (!unique_grain(look->arena, then, upstream_keys, look, &theirs, &m) || !unique_grain(look->arena, now, upstream_keys, look, &ours, &n))
        return NULL;
    if (same_grain(now, ours, n, then, theirs, m)) return NULL;
    struct unique *u = unique_new(look->arena, now, upstream_keys, look); /* the old key may still do */
    for (size_t i = 0; i < now->n_outputs; i++) {
        if (has_name(then, theirs, m, now->names[i])) unique_give(u, now->root->columns[i]);
    }
    if (unique_ask(u, now->root) == UNIQUE_YES) return NULL;
    struct finding *f = look_finding(look, RULE_GRAIN, NULL, (struct range){0});
    f->dataset = s->entry.dataset;
    f->text = arena_printf(look->arena, "%s had one row per %s; now it has one row per %s.", f->subject, grain_text(look, then, theirs, m),
                           grain_text(look, now, ours, n));
    f->next_step = "tell its readers, or make it a table of its own";
    look_say(look, f);
    return NULL;
}

/* What one row of a new table stands for, said beside what the table overlaps with: the first thing a reader of both wants to know. */
static const struct err *grain_state(struct look *look) {
    const struct subject *s = look->subject;
    const struct plan *plan = look->plan;
    struct finding *f = NULL;
    size_t *outputs, n;
    if (!plan || plan->reason || s->before || !is_table(&s->entry)) return NULL;
    for (size_t i = 0; i < look->out->n && !f; i++) {
        struct finding *g = look->out->at[i];
        if (g->relation && g->path && strcmp(g->path, s->entry.path) == 0 && strcmp(g->subject, s->entry.dataset) == 0) f = g;
    }
    if (!f || !unique_grain(look->arena, plan, upstream_keys, look, &outputs, &n)) return NULL;
    const char *names = grain_text(look, plan, outputs, n);
    text_list_add(look->arena, &f->notes,
                  n ? arena_printf(look->arena, "`%s` has one row per `%s`", f->subject, names)
                    : arena_printf(look->arena, "`%s` has one row", f->subject));
    return NULL;
}

/* A key that is promised (unique_key, a test, a constraint), against the rows that the query gives. */
static const struct err *grain_key_look(struct look *look) {
    const struct definition *d = look->subject->definition;
    const struct plan *plan = look->plan;
    if (!plan || plan->reason || !d->unique_key_count || !d->dataset) return NULL;
    struct unique *u = unique_new(look->arena, plan, upstream_keys, look);
    struct buf names = buf_new(look->arena);
    for (size_t i = 0; i < d->unique_key_count; i++) {
        int column = -1;
        for (size_t c = 0; c < plan->n_outputs; c++) {
            if (strcasecmp(plan->names[c], d->unique_key[i]) == 0) column = plan->root->columns[c];
        }
        if (column < 0) return NULL;
        unique_give(u, column);
        buf_printf(&names, "%s%s", i ? ", " : "", d->unique_key[i]);
    }
    const char *key = NULL;
    if (unique_ask(u, plan->root) != UNIQUE_NO || !unique_culprit(u, &key)) return NULL;
    struct finding *f = look_finding(look, RULE_GRAIN_KEY, NULL, (struct range){0});
    f->dataset = d->dataset;
    f->text = arena_printf(look->arena, "%s is loaded by the key %s, but its query may give several rows for it: %s has one row per %s.", f->subject,
                           buf_str(&names), rel_name(unique_culprit(u, &key)), key);
    f->next_step = "add the missing columns to the key, or aggregate to it";
    look_say(look, f);
    return NULL;
}

const struct look_rule grain_looks[] = {
    {.rule = RULE_FAN_OUT, .rel = fan_out_look},
    {.rule = RULE_JOIN_KEY, .rel = join_key_look},
    {.rule = RULE_MANY_TO_MANY, .rel = many_look},
    {.rule = RULE_GRAIN, .subject = grain_look},
    {.rule = RULE_GRAIN, .subject = grain_state},
    {.rule = RULE_GRAIN_KEY, .subject = grain_key_look},
    LOOKS_END,
};
