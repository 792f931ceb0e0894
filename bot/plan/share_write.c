/* share_write.c - a shared part as a query that could be stored once. */
#include "share_core.h"
#include "sql_build.h"
#include "sql_print.h"

/* Columns that a definition uses, but for those that only the part's own conditions read. */
struct marking {
    bool *used;
    const struct exprs *skip;
};

static void mark_columns(const struct marking *m, nexpr e);

static bool is_skipped(const struct marking *m, nexpr e) {
    for (size_t i = 0; i < m->skip->n; i++)
        if (m->skip->at[i] == e) return true;
    return false;
}

static void mark_block(const struct marking *m, const struct block *block) {
    for (size_t i = 0; i < block->preds.n; i++)
        if (!is_skipped(m, block->preds.at[i])) mark_columns(m, block->preds.at[i]);
    for (size_t i = 0; i < block->outs.n; i++) mark_columns(m, block->outs.at[i]);
    for (size_t i = 0; i < block->n_items; i++) mark_block(m, block->items[i].block);
    for (size_t i = 0; i < block->n_sources; i++) {
        const struct source *s = block->sources[i];
        for (size_t k = 0; k < s->keys.n; k++) mark_columns(m, s->keys.at[k]);
        for (size_t k = 0; k < s->aggs.n; k++) mark_columns(m, s->aggs.at[k]);
        for (size_t k = 0; k < s->on.n; k++) mark_columns(m, s->on.at[k]);
        for (size_t k = 0; k < s->n_order; k++) mark_columns(m, s->order[k].expr);
        if (s->block) mark_block(m, s->block);
        for (size_t k = 0; k < s->n_branches; k++) mark_block(m, s->branches[k]);
    }
}

static void mark_window(const struct marking *m, const struct window_spec *w) {
    for (size_t i = 0; i < w->n_partition; i++) mark_columns(m, w->partition[i]);
    for (size_t i = 0; i < w->n_order; i++) mark_columns(m, w->order[i].expr);
}

static void mark_columns(const struct marking *m, nexpr e) {
    if (e->op == SC_COLUMN) m->used[e->column] = true;
    for (size_t i = 0; i < e->n; i++) mark_columns(m, e->args[i]);
    for (size_t i = 0; i < e->n_order; i++) mark_columns(m, e->order[i].expr);
    if (e->filter) mark_columns(m, e->filter);
    if (e->window) mark_window(m, e->window);
    if (e->block) mark_block(m, e->block);
}

/* The conjuncts of the part, those of its outer joins too, as `of` has them under m (NULL: as they stand). */
static void list_skipped(struct arena *arena, const struct common *part, struct match *m, const struct block *block, struct exprs *out) {
    for (size_t i = 0; i < block->preds.n; i++) {
        bool same = false;
        for (size_t k = 0; k < part->preds.n && !same; k++)
            same = m ? match_expr(m, block->preds.at[i], part->preds.at[k]) : part->preds.at[k] == block->preds.at[i];
        for (size_t x = 0; x < part->block->n_items && !same; x++)
            for (size_t k = 0; part->in_items[x] && k < part->block->items[x].block->preds.n && !same; k++) {
                nexpr on = part->block->items[x].block->preds.at[k];
                same = m ? match_expr(m, block->preds.at[i], on) : on == block->preds.at[i];
            }
        if (same) conjuncts_add(arena, out, block->preds.at[i]);
    }
    for (size_t i = 0; i < block->n_items; i++) list_skipped(arena, part, m, block->items[i].block, out);
    for (size_t i = 0; i < block->n_sources; i++) {
        if (block->sources[i]->block) list_skipped(arena, part, m, block->sources[i]->block, out);
        for (size_t k = 0; k < block->sources[i]->n_branches; k++) list_skipped(arena, part, m, block->sources[i]->branches[k], out);
    }
}

/* What is being written: the part's query, and the names its columns have so far. */
struct writing {
    struct arena *arena;
    const struct common *part;
    struct holder *holders;
    size_t n;
    struct rewrite w;
    struct sql_query *query;
    VEC(const char *) names;
};

/* The name that a definition shows the column under; NULL: it computes something from it. */
static const char *shown_name(const struct normal *of, int column) {
    for (size_t i = 0; of->root && i < of->root->outs.n; i++) {
        nexpr out = of->root->outs.at[i];
        if (out->op == SC_COLUMN && out->column == column && i < of->plan->n_outputs) return of->plan->names[i];
    }
    return NULL;
}

/* A name that is free: the wanted one, with the table's in front, or with a number behind. */
static const char *name_new(struct writing *wr, const char *wanted, const char *table) {
    const char *base = wanted && *wanted && strcmp(wanted, "*") != 0 ? wanted : "column", *name = base;
    for (int n = 1;; n++) {
        bool taken = false;
        for (size_t i = 0; i < wr->names.n; i++) taken |= strcasecmp(wr->names.at[i], name) == 0;
        if (!taken) break;
        name = n == 1 && table ? arena_printf(wr->arena, "%s_%s", table, base) : arena_printf(wr->arena, "%s_%d", base, n + !table);
    }
    *vec_add(wr->arena, &wr->names) = name;
    return name;
}

static void item_add(struct writing *wr, struct sql_expr *e, const char *name) {
    bool same = e->kind == EX_NAME && str_is(e->name, name);
    sql_select_add(wr->arena, wr->query->select, e, same ? (struct str){0} : str_of(name));
}

/* The source of the part that one of the holder's is, as their columns were paired; NULL: none. */
static const struct source *twin_source(const struct writing *wr, const struct holder *h, const struct source *s) {
    for (size_t i = 0; i < s->n_columns; i++)
        if (h->m.to_q[s->columns[i]] >= 0) return wr->part->of->column_source[h->m.to_q[s->columns[i]]];
    return NULL;
}

/* A column of the holder in terms of the part's tables, also one that the part's own definition does not read; NULL: it cannot be named. */
static struct sql_expr *holder_column(struct writing *wr, const struct holder *h, int column) {
    if (h->m.to_q[column] >= 0) return wr->w.column[h->m.to_q[column]];
    const struct source *s = h->of->column_source[column], *twin = s && s->kind == SRC_TABLE ? twin_source(wr, h, s) : NULL;
    const char *name = column_name(h->of, column);
    for (size_t i = 0; twin && name && *name && i < twin->n_columns; i++) {
        const struct sql_expr *beside = wr->w.column[twin->columns[i]];
        if (!beside || beside->kind != EX_NAME || !beside->path || beside->path->part_count != 2) continue;
        struct sql_ident parts[2] = {beside->path->parts[0], sql_ident(str_of(name), false)};
        struct sql_expr *e = sql_expr_new(wr->arena, EX_NAME, OP_NONE, NULL, 0);
        e->path = sql_name_new(wr->arena, parts, 2);
        e->name = parts[1].text;
        return e;
    }
    return NULL;
}

static void column_add(struct writing *wr, const struct source *s, struct sql_expr *e, const char *name) {
    const char *table = s->kind == SRC_TABLE ? strrchr(s->name, '.') ? strrchr(s->name, '.') + 1 : s->name : "part";
    const char *text = e ? sql_expr_text(wr->arena, e, wr->w.dialect) : "";
    for (uint32_t i = 0; e && i < wr->query->select->item_count; i++)
        if (strcmp(sql_expr_text(wr->arena, wr->query->select->items[i].expr, wr->w.dialect), text) == 0) return;
    if (e) item_add(wr, e, name_new(wr, name, table));
    else rewrite_fail(&wr->w, "a column that has no name"); /* the * of a table that is not known */
}

static bool *columns_used(struct writing *wr, const struct normal *of, struct match *m) {
    struct exprs skip = {0};
    bool *used = arena_array(wr->arena, of->n_columns + 1, sizeof *used);
    list_skipped(wr->arena, wr->part, m, of->root, &skip);
    mark_block(&(struct marking){used, &skip}, of->root);
    return used;
}

static bool is_of(const struct source *wanted, struct source *const *sources, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (sources[i] == wanted) return true;
    return false;
}

/* Is the source one of those that the part joins? */
static bool is_joined(const struct common *part, const struct source *s) {
    for (size_t i = 0; i < part->block->n_sources; i++)
        if (part->in[i] && part->block->sources[i] == s) return true;
    for (size_t i = 0; i < part->block->n_items; i++)
        if (part->in_items[i] && is_of(s, part->block->items[i].block->sources, part->block->items[i].block->n_sources)) return true;
    return false;
}

/* The columns of the joined sources that some definition uses. */
static void write_columns(struct writing *wr) {
    const struct normal *own = wr->part->of;
    bool *used = columns_used(wr, own, NULL);
    for (size_t i = 0; i < own->n_columns; i++)
        if (used[i] && own->column_source[i] && is_joined(wr->part, own->column_source[i]))
            column_add(wr, own->column_source[i], wr->w.column[i], column_name(own, (int)i));
    for (size_t h = 0; h < wr->n; h++) {
        struct holder *holder = &wr->holders[h];
        if (holder->of == own) continue;
        used = columns_used(wr, holder->of, &holder->m);
        for (size_t i = 0; i < holder->of->n_columns; i++) {
            if (!used[i] || !holder->of->column_source[i]) continue;
            const struct source *twin = twin_source(wr, holder, holder->of->column_source[i]);
            if (twin && is_joined(wr->part, twin)) column_add(wr, twin, holder_column(wr, holder, (int)i), column_name(holder->of, (int)i));
        }
    }
}

/* The aggregates that another definition has over the same groups, unless they are there already. */
static void write_more(struct writing *wr, struct holder *h) {
    struct rewrite w = {.arena = wr->arena, .q = h->of, .dialect = wr->w.dialect};
    const struct source *own = wr->part->agg;
    w.column = arena_array(wr->arena, h->of->n_columns + 1, sizeof(struct sql_expr *));
    for (size_t i = 0; i < h->of->n_columns; i++) w.column[i] = holder_column(wr, h, (int)i);
    for (size_t i = 0; i < h->agg->aggs.n; i++) {
        bool there = h->of == wr->part->of;
        for (size_t k = 0; k < own->aggs.n && !there; k++) there = match_expr(&h->m, h->agg->aggs.at[i], own->aggs.at[k]);
        if (there) continue;
        struct sql_expr *e = rewrite_expr(&w, h->agg->aggs.at[i]);
        const char *text = sql_expr_text(wr->arena, e, w.dialect);
        for (uint32_t k = 0; k < wr->query->select->item_count && !there; k++)
            there = strcmp(sql_expr_text(wr->arena, wr->query->select->items[k].expr, w.dialect), text) == 0;
        const char *name = shown_name(h->of, h->agg->columns[h->agg->keys.n + i]);
        if (!there) item_add(wr, e, name_new(wr, name ? name : h->agg->aggs.at[i]->name, NULL));
    }
    if (w.why) rewrite_fail(&wr->w, w.why);
}

static void write_groups(struct writing *wr) {
    const struct source *agg = wr->part->agg;
    for (size_t i = 0; i < agg->n_columns; i++) {
        int column = agg->columns[i];
        nexpr made = i < agg->keys.n ? agg->keys.at[i] : agg->aggs.at[i - agg->keys.n];
        const char *name = shown_name(wr->part->of, column);
        if (!name && made->op == SC_COLUMN) name = column_name(wr->part->of, made->column);
        if (!name) name = made->name;
        item_add(wr, wr->w.column[column], name_new(wr, name, NULL));
    }
    for (size_t h = 0; h < wr->n; h++) write_more(wr, &wr->holders[h]);
}

/* FROM and WHERE or GROUP BY, with a select list still to be filled. */
static bool write_body(struct writing *wr) {
    const struct common *part = wr->part;
    struct block *block = arena_new(wr->arena, struct block);
    block->sources = arena_array(wr->arena, part->block->n_sources + 1, sizeof(struct source *));
    if (part->agg) block->sources[block->n_sources++] = (struct source *)part->agg;
    for (size_t i = 0; !part->agg && i < part->block->n_sources; i++)
        if (part->in[i]) block->sources[block->n_sources++] = part->block->sources[i];
    block->items = arena_array(wr->arena, part->block->n_items + 1, sizeof *block->items);
    for (size_t i = 0; !part->agg && i < part->block->n_items; i++)
        if (part->in_items[i]) block->items[block->n_items++] = part->block->items[i];
    if (!part->agg) block->preds = part->preds;
    wr->w = (struct rewrite){.arena = wr->arena, .q = part->of, .dialect = part->of->plan->dialect};
    wr->w.column = arena_array(wr->arena, part->of->n_columns + 1, sizeof(struct sql_expr *));
    wr->query = rewrite_block(&wr->w, block, NULL);
    if (!wr->query || wr->w.why) return false;
    wr->query->select->item_count = 0;
    return true;
}

static const char *source_words(struct arena *arena, const struct common *part) {
    struct buf text = buf_new(arena);
    size_t said = 0, all = part->block->n_sources + part->block->n_items;
    for (size_t i = 0; i < all; i++) {
        bool item = i >= part->block->n_sources;
        size_t at = item ? i - part->block->n_sources : i;
        if (!(item ? part->in_items[at] : part->in[at])) continue;
        const struct source *s = item ? part->block->items[at].block->sources[0] : part->block->sources[at];
        if (said) buf_text(&text, said + 1 == part->n ? " and " : ", ");
        buf_text(&text, s && s->kind == SRC_TABLE ? s->name : "a sub-query");
        said++;
    }
    return buf_str(&text);
}

struct shared_part *share_write(struct arena *arena, const struct common *part, struct holder *holders, size_t n) {
    struct shared_part *out = arena_new(arena, struct shared_part);
    struct writing wr = {.arena = arena, .part = part, .holders = holders, .n = n};
    if (write_body(&wr)) {
        if (part->agg) write_groups(&wr);
        else write_columns(&wr);
        if (wr.query->select->item_count == 0) sql_select_add(arena, wr.query->select, sql_integer(arena, 1), (struct str){0});
        if (!wr.w.why) out->sql = sql_query_text(arena, wr.query, wr.w.dialect);
    }
    out->n_sources = part->n;
    out->n_conjuncts = part->preds.n;
    out->aggregates = part->agg != NULL;
    out->words = arena_printf(arena, "the %s of %s", part->agg ? "aggregation" : "join", source_words(arena, part));
    return out;
}
