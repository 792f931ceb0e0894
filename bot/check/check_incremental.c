/* check_incremental.c - loads that do again what they did before, or do it another way each time. */
#include "fill_words.h"
#include "layer.h"
#include "look.h"
#include "sql_ast.h"
#include "trace.h"
#include "unique.h"
#include "upstream.h"

#include <strings.h>

#define OFTEN_PER_MONTH  100.0 /* more than three times a day */
#define HOURLY_PER_MONTH 600.0
#define LARGE_BYTES      20e9 /* read anew every hour */
#define MERGE_BYTES      10e9 /* a target whose files are worth skipping */
#define STREAM_SECONDS   900.0

/* ---- everything, again and again ---- */

static bool adds_rows(const struct entry *e) {
    if (e->kind == DEF_STREAMING && !e->partial) return true;
    return e->fill.words && strncmp(e->fill.words, fill_appends.words, strlen(fill_appends.words)) == 0;
}

/* The source that only grows: all that fills it, in the change and in the catalogs, are streams and appends. */
static bool only_grows(struct look *look, const char *dataset) {
    size_t all = 0, adding = 0;
    for (size_t i = 0; i < look->in->subject_count; i++) {
        const struct entry *e = &look->in->subjects[i].entry;
        if (!e->dataset || e->kind == DEF_TEMP || !dataset_fits(e->dataset, dataset)) continue;
        all++;
        adding += adds_rows(e);
    }
    for (size_t c = 0; c < look->in->catalog_count && !all; c++) {
        struct entry *found;
        size_t count;
        look->failed = catalog_fillers(look->arena, look->in->catalogs[c], dataset, &found, &count);
        for (size_t i = 0; i < count && !look->failed; i++) {
            if (strcmp(found[i].scope, "main") != 0) continue;
            all++;
            adding += adds_rows(&found[i]);
        }
        if (look->failed) return false;
    }
    return all > 0 && adding == all;
}

#define WALK_DEPTH_MAX 200
#define SMALL_BYTES    1e9 /* read anew in a moment */

/* A range of a column of the table: WHERE day >= current_date() - 3. */
static bool ranges(const struct plan *plan, const struct scalar *e, const struct rel *scan, int depth) {
    if (!e || depth > WALK_DEPTH_MAX) return false;
    bool compares = e->op == SC_LT || e->op == SC_LE || e->op == SC_GT || e->op == SC_GE || e->op == SC_EQ;
    for (size_t i = 0; i < e->n; i++) {
        const struct scalar *arg = e->args[i];
        while (compares && (arg->op == SC_CAST || arg->op == SC_CALL) && arg->n) arg = arg->args[0];
        const struct plan_column *from = compares && arg->op == SC_COLUMN ? trace_source(plan, arg->column) : NULL;
        if (from && from->rel == scan && e->args[1 - (i > 0)]->op != SC_LITERAL) return true; /* a bound that moves with the day */
        if (from && from->rel == scan && e->op != SC_EQ) return true;
        if (ranges(plan, e->args[i], scan, depth + 1)) return true;
    }
    return false;
}

static const struct rel *scan_of(const struct rel *rel, const char *dataset, int depth) {
    if (!rel || depth > WALK_DEPTH_MAX) return NULL;
    if (rel->kind == REL_SCAN) return dataset_fits(rel->name, dataset) ? rel : NULL;
    const struct rel *left = scan_of(rel->left, dataset, depth + 1);
    return left ? left : scan_of(rel->right, dataset, depth + 1);
}

static bool is_ranged(const struct plan *plan, const struct rel *rel, const struct rel *scan, int depth) {
    if (!rel || depth > WALK_DEPTH_MAX) return false;
    if (rel->kind == REL_FILTER && ranges(plan, rel->condition, scan, 0)) return true;
    return is_ranged(plan, rel->left, scan, depth + 1) || is_ranged(plan, rel->right, scan, depth + 1);
}

/* All of it is read, and that is much as far as is known. */
static bool is_read_whole(const struct look *look, const char *dataset) {
    for (size_t i = 0; i < look->subject->scan.part_count; i++) {
        const struct scan_part *p = &look->subject->scan.parts[i];
        if (dataset_fits(p->dataset, dataset) && (p->pruned || (p->known && p->all < SMALL_BYTES))) return false;
    }
    const struct rel *scan = look->plan ? scan_of(look->plan->root, dataset, 0) : NULL;
    return !scan || !is_ranged(look->plan, look->plan->root, scan, 0);
}

static const char *growing_source(struct look *look, bool whole) {
    const struct entry *e = &look->subject->entry;
    for (size_t i = 0; i < e->read_count; i++) {
        if (only_grows(look, e->reads[i]) && (!whole || is_read_whole(look, e->reads[i]))) return e->reads[i];
    }
    return NULL;
}

static const struct scan_part *large_part(const struct look *look) {
    const struct scan *scan = &look->subject->scan;
    const struct scan_part *largest = NULL;
    for (size_t i = 0; i < scan->part_count; i++) {
        const struct scan_part *p = &scan->parts[i];
        if (p->known && !p->pruned && p->all >= LARGE_BYTES && (!largest || p->all > largest->all)) largest = p;
    }
    return largest;
}

static bool is_full_load(const struct look *look) {
    const struct definition *d = look->subject->definition;
    return d->dataset && d->kind == DEF_TABLE && !d->incremental && !d->partial && !look->subject->reused;
}

static const struct err *overwrite_look(struct look *look) {
    const struct subject *s = look->subject;
    struct fires fires = fires_of(look->arena, &s->entry.schedule, look->in->now);
    if (!is_full_load(look) || !fires.known || fires.continuous || fires.per_month < OFTEN_PER_MONTH || look_has_said(look, RULE_LARGE_SCAN))
        return NULL;
    const char *source = growing_source(look, true);
    const struct scan_part *part = fires.per_month >= HOURLY_PER_MONTH ? large_part(look) : NULL;
    if (look->failed || (!source && !part)) return look->failed;
    char bytes[32] = "";
    if (!source && part) text_bytes(part->all, bytes, sizeof bytes);
    struct finding *f = look_finding(look, RULE_FULL_OVERWRITE, source ? source : part->dataset, (struct range){0});
    f->dataset = source ? source : part->dataset;
    f->cost = s->cost;
    f->text = source
                  ? arena_printf(look->arena, "%s is written anew from all of %s %s, though %s only grows.", f->subject, source, fires.text, source)
                  : arena_printf(look->arena, "%s is written anew from all of %s (%s) %s.", f->subject, part->dataset, bytes, fires.text);
    f->next_step = "load only what is new since the last run: an incremental model, MERGE, or a streaming table";
    look_say(look, f);
    return NULL;
}

/* ---- a row at a time, every few minutes ---- */

static bool is_row_wise(const struct rel *rel) {
    while (rel && (rel->kind == REL_PROJECT || rel->kind == REL_FILTER)) rel = rel->left;
    return rel && rel->kind == REL_SCAN;
}

static const struct err *streaming_look(struct look *look) {
    const struct subject *s = look->subject;
    const struct definition *d = s->definition;
    struct fires fires = fires_of(look->arena, &s->entry.schedule, look->in->now);
    bool load = d->dataset && (d->kind == DEF_TABLE || d->kind == DEF_INCREMENTAL) && (!d->strategy || strcmp(d->strategy, "merge") != 0);
    if (!load || !fires.known || fires.continuous || fires.shortest <= 0 || fires.shortest > STREAM_SECONDS || s->reused) return NULL;
    if (!look->plan || look->plan->reason || !is_row_wise(look->plan->root) || look_has_said(look, RULE_FULL_OVERWRITE)) return NULL;
    const char *source = growing_source(look, false);
    if (look->failed || !source) return look->failed;
    struct finding *f = look_finding(look, RULE_STREAMING, source, (struct range){0});
    f->dataset = source;
    f->text = arena_printf(look->arena, "%s takes rows of %s one by one, %s: %s only grows, so a stream would read each row once.", f->subject,
                           source, fires.text, source);
    f->next_step = "make it a streaming table, or a stream with trigger availableNow on this schedule";
    look_say(look, f);
    return NULL;
}

/* ---- MERGE ---- */

/* Columns of two different relations, or of unnamed ones. */
static bool links(const struct sql_expr *e) {
    if (e->kind == EX_BINARY && (e->op == OP_AND || e->op == OP_OR)) {
        for (uint32_t i = 0; i < e->arg_count; i++) {
            if (links(e->args[i])) return true;
        }
        return false;
    }
    bool equal = (e->kind == EX_BINARY && (e->op == OP_EQ || e->op == OP_NULL_EQ)) || (e->kind == EX_IS && e->op == OP_IS_DISTINCT);
    if (!equal || e->arg_count < 2) return e->kind != EX_BINARY; /* a call, an IN: it may link them */
    const struct sql_expr *a = e->args[0], *b = e->args[1];
    if (a->kind == EX_LITERAL || b->kind == EX_LITERAL) return false;
    bool named = a->kind == EX_NAME && b->kind == EX_NAME && a->path->part_count > 1 && b->path->part_count > 1;
    return !named || !str_ieq(a->path->parts[a->path->part_count - 2].text, b->path->parts[b->path->part_count - 2].text);
}

/* ON FALSE, ON 1 = 0: rows are only inserted, and that is meant. */
static bool is_constant(const struct sql_expr *e) {
    if (e->kind == EX_LITERAL) return true;
    return e->kind == EX_BINARY && e->arg_count == 2 && e->args[0]->kind == EX_LITERAL && e->args[1]->kind == EX_LITERAL;
}

static bool speaks_of(const struct sql_expr *e, const char *column) {
    if (e->kind == EX_NAME && str_ieq(e->name, str_of(column))) return true;
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (speaks_of(e->args[i], column)) return true;
    }
    return false;
}

static const struct err *target_find(struct look *look, const char *name, struct dataset **out) {
    *out = NULL;
    for (size_t c = 0; c < look->in->catalog_count && !*out; c++) TRY(catalog_dataset(look->arena, look->in->catalogs[c], name, out));
    return NULL;
}

static bool is_keyed(const struct definition *d) { return is_constant(d->merge_on) || links(d->merge_on); }

static const struct err *merge_key_look(struct look *look) {
    const struct definition *d = look->subject->definition;
    if (!d->merge_on || !d->dataset || is_keyed(d)) return NULL;
    struct finding *f = look_finding(look, RULE_MERGE_KEY, NULL, (struct range){0});
    f->dataset = d->dataset;
    f->text =
        arena_printf(look->arena, "%s is merged without an equality between its rows and the new ones: every row meets every other.", f->subject);
    f->next_step = "merge on the key of the table";
    look_say(look, f);
    return NULL;
}

static const struct err *merge_scan_look(struct look *look) {
    const struct definition *d = look->subject->definition;
    struct dataset *target;
    if (!d->merge_on || !d->dataset || is_constant(d->merge_on) || !links(d->merge_on)) return NULL;
    TRY(target_find(look, d->dataset, &target));
    if (!target || !target->partition_count || target->bytes < MERGE_BYTES) return NULL;
    for (size_t i = 0; i < target->partition_count; i++) {
        if (speaks_of(d->merge_on, target->partition_by[i])) return NULL;
    }
    char bytes[32];
    text_bytes((double)target->bytes, bytes, sizeof bytes);
    struct finding *f = look_finding(look, RULE_MERGE_SCAN, NULL, (struct range){0});
    f->dataset = d->dataset;
    f->text =
        arena_printf(look->arena, "%s (%s) is merged into without a condition on %s, its partition column: each merge searches the whole table.",
                     f->subject, bytes, target->partition_by[0]);
    f->next_step = arena_printf(look->arena, "add %s to the condition: as an equality, or as the range of the new rows", target->partition_by[0]);
    look_say(look, f);
    return NULL;
}

/* ---- another result each time ---- */

static bool is_full_result(const struct look *look) {
    const struct definition *d = look->subject->definition;
    return d->dataset && (d->kind == DEF_TABLE || d->kind == DEF_MATERIALIZED) && !d->incremental && !d->partial;
}

static const char *chance_in(const struct scalar *e, int depth) {
    static const char *const names[] = {
        "rand", "random", "randn", "uuid", "uuid_string", "gen_random_uuid", "generate_uuid", "newid", "monotonically_increasing_id"};
    if (depth > 60) return NULL;
    for (size_t i = 0; (e->op == SC_CALL || e->is_volatile) && e->name && i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(e->name, names[i]) == 0 && e->n == 0) return names[i]; /* with a seed it is no chance */
    }
    for (size_t i = 0; i < e->n; i++) {
        const char *name = chance_in(e->args[i], depth + 1);
        if (name) return name;
    }
    return NULL;
}

static const struct scalar *def_of(const struct plan *plan, int column) {
    column = unique_origin(plan, column);
    const struct rel *rel = column >= 0 && (size_t)column < plan->n_columns ? plan->columns[column].rel : NULL;
    for (size_t i = 0; rel && i < rel->n_defs; i++) {
        if (rel->defs[i].column == column) return rel->defs[i].expr;
    }
    return NULL;
}

static void chance_say(struct look *look, const char *column, const char *name, struct range where) {
    struct finding *f = look_finding(look, RULE_CHANCE, column, where);
    f->text = arena_printf(look->arena, "%s.%s comes from %s(): each full refresh gives every row another value.", f->subject, column, name);
    f->next_step = "make it of the row's key, such as a hash of it";
    look_say(look, f);
}

static const struct err *chance_look(struct look *look) {
    const struct plan *plan = look->plan;
    if (!plan || !plan->root || !is_full_result(look) || !look->subject->entry.read_count) return NULL; /* rows made up are meant to be random */
    for (size_t i = 0; i < plan->n_outputs && i < plan->root->n_columns; i++) {
        const struct scalar *e = def_of(plan, plan->root->columns[i]);
        const char *name = e && e->op != SC_AGG ? chance_in(e, 0) : NULL;
        if (!name) continue;
        chance_say(look, plan->names[i], name, e->range);
        return NULL;
    }
    return NULL;
}

/* Nothing of the order tells two rows of a partition apart: there is none, it is constant, or it is what they are partitioned by. */
static bool orders_nothing(const struct window_spec *w) {
    for (size_t i = 0; i < w->n_order; i++) {
        const struct scalar *e = w->order[i].expr;
        bool said = e->op == SC_LITERAL;
        if (e->op == SC_SUBQUERY) said = e->rel && e->rel->left && e->rel->left->kind == REL_VALUES; /* ORDER BY (SELECT NULL) */
        for (size_t k = 0; k < w->n_partition && e->op == SC_COLUMN; k++)
            said |= w->partition[k]->op == SC_COLUMN && w->partition[k]->column == e->column;
        if (!said) return false;
    }
    return true;
}

/* Each partition has one row at most: there is nothing to pick from. */
static bool picks_from_one(struct look *look, const struct rel *rel, const struct window_spec *w) {
    struct unique *u = unique_new(look->arena, look->plan, upstream_keys, look);
    for (size_t i = 0; i < w->n_partition; i++) {
        if (w->partition[i]->op == SC_COLUMN) unique_give(u, w->partition[i]->column);
    }
    return unique_ask(u, rel->left) == UNIQUE_YES;
}

/* dropDuplicates of some columns, as the reader writes it: which of the rows stays is not said. */
static bool is_dropped(const struct definition *d, const struct window_spec *w) {
    bool any = w->n_order == 1 && w->order[0].expr->op == SC_LITERAL && w->order[0].expr->lit.kind == VALUE_NULL;
    return any && w->n_partition && d->doubt && strstr(d->doubt, "dropDuplicates");
}

static const char *partition_text(struct look *look, const struct window_spec *w) {
    struct buf b = buf_new(look->arena);
    for (size_t i = 0; i < w->n_partition; i++) {
        const struct scalar *e = w->partition[i];
        buf_printf(&b, "%s%s", i ? ", " : "", e->op == SC_COLUMN ? look->plan->columns[e->column].name : "an expression");
    }
    return buf_str(&b);
}

/* A stream keeps the first that comes, and what is taken in as it was delivered has the same row twice. */
static void dropped_say(struct look *look, const struct window_spec *w, struct range where) {
    const struct definition *d = look->subject->definition;
    if (d->kind == DEF_STREAMING || !is_full_result(look) || layer_of(look->in->settings, d->dataset) == LAYER_BRONZE) return;
    struct finding *f = look_finding(look, RULE_UNORDERED, "dropDuplicates", where);
    f->text = arena_printf(look->arena, "%s keeps any one of the rows with the same %s: dropDuplicates may take another one next time.", f->subject,
                           partition_text(look, w));
    f->next_step = "where those rows differ, choose one: row_number() in an order within the key, or max_by()";
    look_say(look, f);
}

static void unordered_look(struct look *look, const struct rel *rel) {
    static const char *const names[] = {"row_number", "first_value", "last_value", "lag", "lead", "ntile"};
    const struct definition *d = look->subject->definition;
    if (rel->kind != REL_WINDOW || !d->dataset || d->kind == DEF_VIEW || d->kind == DEF_EPHEMERAL) return;
    for (size_t i = 0; i < rel->n_defs; i++) {
        const struct scalar *e = rel->defs[i].expr;
        const char *name = e->op == SC_WINDOW && e->n && e->args[0]->name ? e->args[0]->name : "";
        bool wants = false;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) wants |= strcmp(names[k], name) == 0;
        if (!wants || !e->window || !orders_nothing(e->window) || picks_from_one(look, rel, e->window)) continue;
        if (is_dropped(d, e->window)) {
            dropped_say(look, e->window, e->range);
            return;
        }
        struct finding *f = look_finding(look, RULE_UNORDERED, name, e->range);
        f->text = arena_printf(look->arena, "%s stores what %s() picks by chance: %s.", f->subject, name,
                               e->window->n_order ? "all rows of a partition have the same place in its order" : "its window has no order");
        f->next_step = "order the window by something that tells its rows apart";
        look_say(look, f);
        return;
    }
}

const struct look_rule incremental_looks[] = {
    {.rule = RULE_FULL_OVERWRITE, .touched = true, .subject = overwrite_look},
    {.rule = RULE_STREAMING, .touched = true, .subject = streaming_look},
    {.rule = RULE_MERGE_KEY, .subject = merge_key_look},
    {.rule = RULE_MERGE_SCAN, .subject = merge_scan_look},
    {.rule = RULE_CHANCE, .subject = chance_look},
    {.rule = RULE_UNORDERED, .rel = unordered_look},
    LOOKS_END,
};
