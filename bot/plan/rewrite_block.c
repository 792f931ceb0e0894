/* rewrite_block.c - blocks of a normal form as SELECT statements. */
#include "derive_core.h"

#include "sql_build.h"
#include "sql_print.h"

#include <ctype.h>

/* A name that is not taken yet: base, base_2, base_3 ... */
static const char *alias_new(struct rewrite *w, const char *base) {
    const char *name = base;
    for (int n = 2;; n++) {
        bool taken = false;
        for (size_t i = 0; i < w->aliases.n; i++) taken |= strcasecmp(w->aliases.at[i], name) == 0;
        if (!taken) break;
        name = arena_printf(w->arena, "%s_%d", base, n);
    }
    *vec_add(w->arena, &w->aliases) = name;
    return name;
}

static struct sql_expr *column_of(struct rewrite *w, const char *alias, const char *column) {
    struct sql_ident parts[2] = {sql_ident(str_of(alias), false), sql_ident(str_of(column), false)};
    struct sql_expr *e = sql_expr_new(w->arena, EX_NAME, OP_NONE, NULL, 0);
    e->path = sql_name_new(w->arena, parts, 2);
    e->name = parts[1].text;
    return e;
}

/* From here on the column is written so. */
static void column_say(struct rewrite *w, int column, struct sql_expr *as) {
    w->column[column] = as;
    *vec_add(w->arena, &w->said) = column;
}

static struct sql_from *write_table(struct rewrite *w, const struct source *s) {
    const char *name = s->table ? scan_table_name(s->rel) : s->name;
    struct sql_name *path = sql_name_of(w->arena, str_of(name));
    const char *base = str_lower(w->arena, path->parts[path->part_count - 1].text), *alias = alias_new(w, base);
    if (s->rel && s->rel->version) rewrite_fail(w, "a table at a point in time, or a sample");
    for (size_t i = 0; i < s->n_columns; i++) {
        const char *column = column_name(w->q, s->columns[i]);
        if (column && *column) column_say(w, s->columns[i], column_of(w, alias, column));
    }
    return sql_from_table(w->arena, path, alias == base && path->part_count == 1 ? (struct str){0} : str_of(alias));
}

/* A column's name inside a derived table: its own where it is plain and free, else by place. */
static const char *inner_name(struct rewrite *w, int column, size_t place, const char *const *before) {
    const char *name = column_name(w->q, column);
    bool plain = name && (isalpha((unsigned char)*name) || *name == '_');
    for (const char *p = name; plain && *p; p++) plain = isalnum((unsigned char)*p) || *p == '_';
    for (size_t i = 0; plain && i < place; i++) plain = strcasecmp(before[i], name) != 0;
    return plain ? name : arena_printf(w->arena, "col_%zu", place + 1);
}

/* One output; a column that has the wanted name already is not named again. */
static void select_add(struct rewrite *w, struct sql_select *select, struct sql_expr *e, const char *name) {
    bool same = e->kind == EX_NAME && name && str_is(e->name, name);
    sql_select_add(w->arena, select, e, name && !same ? str_of(name) : (struct str){0});
}

static struct sql_query *write_aggregation(struct rewrite *w, const struct source *s, const nexpr *outs, size_t n_outs, const struct exprs *having,
                                           const char *const *names);
static struct sql_query *write_select(struct rewrite *w, const struct block *block, struct sql_select **select);

static struct sql_query *write_windows(struct rewrite *w, const struct source *s, const char *const *names) {
    struct sql_select *select;
    struct sql_query *query = write_select(w, s->block, &select);
    for (size_t i = 0; i < s->n_columns; i++) {
        nexpr e = i < s->keys.n ? s->keys.at[i] : s->aggs.at[i - s->keys.n];
        select_add(w, select, rewrite_expr(w, e), names[i]);
    }
    return query;
}

/* Brackets in FROM do not see what stands beside them, without LATERAL: the columns said since `beside` are out of reach meanwhile, and so is the
 * view where it stands there. */
struct apart {
    struct sql_expr **columns;
    size_t n;
    bool view_hidden;
};

static struct apart apart_begin(struct rewrite *w) {
    struct apart kept = {.n = w->said.n, .view_hidden = w->view_hidden};
    kept.columns = arena_array(w->arena, kept.n + 1, sizeof(struct sql_expr *));
    for (size_t i = w->beside; i < kept.n; i++) {
        kept.columns[i] = w->column[w->said.at[i]];
        w->column[w->said.at[i]] = NULL;
    }
    w->view_hidden |= w->graft.block && w->from == w->graft.block;
    return kept;
}

static void apart_end(struct rewrite *w, struct apart kept) {
    for (size_t i = w->beside; i < kept.n; i++)
        if (kept.columns[i]) w->column[w->said.at[i]] = kept.columns[i];
    w->view_hidden = kept.view_hidden;
}

/* A source that is a query of its own: written in brackets, its columns named. */
static struct sql_from *write_derived(struct rewrite *w, const struct source *s) {
    const char **names = arena_array(w->arena, s->n_columns + 1, sizeof *names);
    struct sql_query *query = NULL;
    struct apart kept = apart_begin(w);
    for (size_t i = 0; i < s->n_columns; i++) names[i] = inner_name(w, s->columns[i], i, names);
    if (s->kind == SRC_AGG) query = write_aggregation(w, s, NULL, s->n_columns, NULL, names);
    if (s->kind == SRC_WINDOW) query = write_windows(w, s, names);
    if (s->kind == SRC_SETOP && s->n_branches >= 2) {
        struct sql_query **arms = arena_array(w->arena, s->n_branches, sizeof(struct sql_query *));
        static const enum sql_setop ops[] = {[RELSET_UNION] = SETOP_UNION, [RELSET_INTERSECT] = SETOP_INTERSECT, [RELSET_EXCEPT] = SETOP_EXCEPT};
        for (size_t i = 0; i < s->n_branches; i++) arms[i] = rewrite_block(w, s->branches[i], names);
        query = sql_query_setop(w->arena, ops[s->setop], s->all ? SQL_SETOP_ALL : 0, arms, (uint32_t)s->n_branches);
    }
    apart_end(w, kept);
    if (!query) {
        rewrite_fail(w, "a part that is kept as it is");
        return NULL;
    }
    const char *alias = alias_new(w, "part");
    for (size_t i = 0; i < s->n_columns; i++) column_say(w, s->columns[i], column_of(w, alias, names[i]));
    return sql_from_query(w->arena, query, str_of(alias));
}

static struct sql_from *write_source(struct rewrite *w, const struct source *s) {
    return s->kind == SRC_TABLE ? write_table(w, s) : write_derived(w, s);
}

static bool reads_unbound(const struct rewrite *w, nexpr e, const struct block *block, const bool *bound) {
    if (e->block) return true;
    if (e->op == SC_COLUMN) {
        for (size_t i = 0; i < block->n_sources; i++)
            for (size_t k = 0; k < block->sources[i]->n_columns; k++)
                if (block->sources[i]->columns[k] == e->column) return !bound[i];
        return true;
    }
    for (size_t i = 0; i < e->n; i++)
        if (reads_unbound(w, e->args[i], block, bound)) return true;
    return false;
}

/* The conjuncts that can be tested as soon as the sources marked in `bound` are there, joined by AND; marks them as written. */
static struct sql_expr *ready_conjuncts(struct rewrite *w, const struct block *block, const bool *bound, bool *written) {
    struct sql_expr *all = NULL;
    for (size_t i = 0; i < block->preds.n; i++) {
        if (written[i] || reads_unbound(w, block->preds.at[i], block, bound)) continue;
        written[i] = true;
        all = sql_and(w->arena, all, rewrite_expr(w, block->preds.at[i]));
    }
    return all;
}

static struct sql_from *join_source(struct rewrite *w, struct sql_from *from, struct sql_from *next, struct sql_expr *on) {
    if (!from) return next;
    return sql_from_join(w->arena, on ? JOIN_INNER : JOIN_CROSS, from, next, on);
}

/* A column that ON compares is NULL exactly where nothing matched. */
static void add_witness(struct rewrite *w, const struct left_item *item) {
    const struct block *b = item->block;
    for (size_t i = 0; i < b->preds.n; i++) {
        nexpr e = b->preds.at[i];
        for (size_t k = 0; e->op == SC_EQ && k < 2; k++) {
            if (e->args[k]->op != SC_COLUMN || w->q->column_source[e->args[k]->column] != b->sources[0]) continue;
            struct sql_expr *as = sql_is(w->arena, rewrite_expr(w, e->args[k]), OP_IS_NULL, true);
            *vec_add(w->arena, &w->witnesses) = (struct witness){item->id, as};
            return;
        }
    }
}

static struct sql_from *write_item(struct rewrite *w, struct sql_from *from, const struct left_item *item) {
    const struct block *b = item->block;
    struct sql_expr *on = NULL;
    if (b->n_sources != 1 || b->n_items != 0 || b->empty) {
        rewrite_fail(w, "an outer join of several tables");
        return from;
    }
    struct sql_from *right = write_source(w, b->sources[0]);
    for (size_t i = 0; i < b->preds.n; i++) on = sql_and(w->arena, on, rewrite_expr(w, b->preds.at[i]));
    add_witness(w, item);
    if (!from) rewrite_fail(w, "an outer join to a single row");
    if (!from || !right) return from;
    return sql_from_join(w->arena, JOIN_LEFT, from, right, on ? on : sql_bool(w->arena, true));
}

/* The view where it stands in the block, and the sources that it does not hold. */
static struct sql_from *write_parts(struct rewrite *w, const struct block *block, bool *written) {
    bool here = w->graft.block == block;
    bool *bound = arena_array(w->arena, block->n_sources + 1, sizeof *bound);
    struct sql_from *from = NULL;
    if (here) {
        struct sql_ident alias = sql_ident(str_of(w->view_alias), false);
        from = w->view_query ? sql_from_query(w->arena, w->view_query, alias.text) : sql_from_table(w->arena, (struct sql_name *)w->view, alias.text);
        for (size_t i = 0; i < block->n_sources; i++) bound[i] = w->graft.source_gone[i];
    }
    for (size_t i = 0; i < block->n_sources; i++) {
        if (bound[i]) continue;
        struct sql_from *next = write_source(w, block->sources[i]);
        if (!next) return from;
        bound[i] = true;
        bool first = !from;
        from = join_source(w, from, next, first ? NULL : ready_conjuncts(w, block, bound, written));
    }
    for (size_t i = 0; i < block->n_items; i++)
        if (!here || !w->graft.item_gone[i]) from = write_item(w, from, &block->items[i]);
    return from;
}

static struct sql_from *write_from(struct rewrite *w, const struct block *block, bool *written) {
    size_t beside = w->beside;
    const struct block *around = w->from;
    w->beside = w->said.n;
    w->from = block;
    struct sql_from *from = write_parts(w, block, written);
    w->beside = beside;
    w->from = around;
    return from;
}

/* FROM and WHERE of a block; the select list is the caller's. */
static struct sql_query *write_select(struct rewrite *w, const struct block *block, struct sql_select **select) {
    bool here = w->graft.block == block;
    bool *written = arena_array(w->arena, block->preds.n + 1, sizeof *written);
    for (size_t i = 0; here && i < block->preds.n; i++) written[i] = w->graft.pred_gone[i];
    if (here) w->match->classes = w->pred_classes;
    struct sql_from *from = write_from(w, block, written);
    struct sql_query *query = sql_query_select(w->arena, from);
    for (size_t i = 0; i < block->preds.n; i++)
        if (!written[i]) query->select->where = sql_and(w->arena, query->select->where, rewrite_expr(w, block->preds.at[i]));
    if (block->empty) query->select->where = sql_bool(w->arena, false);
    if (here) w->match->classes = w->out_classes;
    *select = query->select;
    return query;
}

static bool expr_asks(nexpr e) {
    if (e->block) return true;
    for (size_t i = 0; i < e->n; i++)
        if (expr_asks(e->args[i])) return true;
    return false;
}

/* GROUP BY GROUPING SETS ((a, b), a, ()). */
static void write_sets(struct rewrite *w, const struct source *s, struct sql_select *select) {
    struct sql_expr **sets = arena_array(w->arena, s->n_sets + 1, sizeof *sets);
    for (size_t i = 0; i < s->n_sets; i++) {
        struct sql_expr **members = arena_array(w->arena, s->keys.n + 1, sizeof *members);
        uint32_t n = 0;
        for (size_t k = 0; k < s->keys.n; k++) {
            if (!(s->sets[i] >> k & 1)) continue;
            if (rewrite_is_constant(s->keys.at[k])) rewrite_fail(w, "a grouping set by a constant, which would read as a column's place");
            members[n++] = rewrite_expr(w, s->keys.at[k]);
        }
        sets[i] = n == 1 ? members[0] : sql_expr_new(w->arena, EX_TUPLE, OP_NONE, members, n);
    }
    struct sql_expr *grouping = sql_expr_new(w->arena, EX_GROUPING, OP_SETS, sets, (uint32_t)s->n_sets);
    select->group = sql_group_by(w->arena, &grouping, 1);
}

/* Puts GROUP BY on the select; a grouping without keys that may be empty is kept empty by HAVING. */
static void write_grouping(struct rewrite *w, const struct source *s, struct sql_select *select) {
    struct sql_expr **items = arena_array(w->arena, s->keys.n + 1, sizeof *items);
    uint32_t n = 0;
    for (size_t i = 0; i < s->keys.n; i++)
        if (expr_asks(s->keys.at[i])) rewrite_fail(w, "a grouping by a sub-query, which engines do not find again in the select list");
    if (s->n_sets) {
        write_sets(w, s, select);
        return;
    }
    for (size_t i = 0; i < s->keys.n; i++)
        if (!rewrite_is_constant(s->keys.at[i])) items[n++] = rewrite_expr(w, s->keys.at[i]);
    if (n) select->group = sql_group_by(w->arena, items, n);
    if (n || !s->grouped) return;
    struct sql_expr *star = sql_star(w->arena, NULL), *count = sql_call(w->arena, STR("COUNT"), &star, 1);
    select->having = sql_and(w->arena, select->having, sql_binary(w->arena, OP_GT, count, sql_integer(w->arena, 0)));
}

/* Does it read some column, and none of the block's own? In a sub-query it would be taken for an aggregate of the query around it. */
static bool aggregates_outside(const struct rewrite *w, const struct block *b, nexpr e, bool *own) {
    bool reads = e->op == SC_COLUMN;
    const struct source *from = reads ? w->q->column_source[e->column] : NULL;
    for (size_t i = 0; from && i < b->n_sources; i++) *own |= b->sources[i] == from;
    for (size_t i = 0; from && i < b->n_items; i++)
        for (size_t k = 0; k < b->items[i].block->n_sources; k++) *own |= b->items[i].block->sources[k] == from;
    for (size_t i = 0; i < e->n; i++) reads |= aggregates_outside(w, b, e->args[i], own);
    return reads;
}

static struct sql_expr *write_measure(struct rewrite *w, const struct source *s, nexpr aggregate) {
    bool own = false;
    if (aggregates_outside(w, s->block, aggregate, &own) && !own) rewrite_fail(w, "an aggregate of a value from the query around it");
    return w->graft.aggregate == s ? rewrite_aggregate(w, aggregate) : rewrite_expr(w, aggregate);
}

/* SELECT outs FROM .. GROUP BY keys HAVING having; `outs` NULL: the source's own columns. */
static struct sql_query *write_aggregation(struct rewrite *w, const struct source *s, const nexpr *outs, size_t n_outs, const struct exprs *having,
                                           const char *const *names) {
    struct sql_select *select;
    struct sql_query *query = write_select(w, s->block, &select);
    bool stored = w->graft.aggregate == s && w->graft.same_grain;
    for (size_t i = 0; i < s->keys.n; i++) w->column[s->columns[i]] = rewrite_expr(w, s->keys.at[i]);
    for (size_t i = 0; i < s->aggs.n; i++) w->column[s->columns[s->keys.n + i]] = write_measure(w, s, s->aggs.at[i]);
    if (!stored) write_grouping(w, s, select);
    for (size_t i = 0; having && i < having->n; i++) {
        struct sql_expr **place = stored ? &select->where : &select->having, *condition = rewrite_expr(w, having->at[i]);
        *place = sql_and(w->arena, *place, condition);
    }
    for (size_t i = 0; i < n_outs; i++) {
        struct sql_expr *e = outs ? rewrite_expr(w, outs[i]) : w->column[s->columns[i]];
        select_add(w, select, e, names ? names[i] : NULL);
    }
    if (n_outs == 0) sql_select_add(w->arena, select, sql_integer(w->arena, 1), (struct str){0});
    return query;
}

/* A sub-query in HAVING would hold aggregates of the query around it, which few readers take: it is asked above a derived table. */
static bool asks_queries(const struct exprs *list) {
    for (size_t i = 0; i < list->n; i++)
        if (expr_asks(list->at[i])) return true;
    return false;
}

struct sql_query *rewrite_block(struct rewrite *w, const struct block *block, const char *const *names) {
    bool lone = block->n_sources == 1 && block->n_items == 0 && block->sources[0]->kind == SRC_AGG && !block->empty && w->graft.block != block;
    lone = lone && !asks_queries(&block->preds) && !asks_queries(&block->outs);
    if (lone) return write_aggregation(w, block->sources[0], block->outs.at, block->outs.n, &block->preds, names);
    struct sql_select *select;
    struct sql_query *query = write_select(w, block, &select);
    for (size_t i = 0; i < block->outs.n; i++) select_add(w, select, rewrite_expr(w, block->outs.at[i]), names ? names[i] : NULL);
    if (block->outs.n == 0) sql_select_add(w->arena, select, sql_integer(w->arena, 1), (struct str){0});
    return query;
}
