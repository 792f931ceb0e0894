/* fill_words.c - MERGE and APPLY CHANGES in canonical words: names lower-cased, sides named, lists sorted. */
#include "fill_words.h"

#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <stdlib.h>

#define LIST_MAX 400 /* columns, conjuncts */

const struct fill fill_appends = {"appends to what is there", false, true};
const struct fill fill_appends_stream = {"appends to what is there", true, true};
const struct fill fill_changed = {"is changed by another statement", false, false};
const struct fill fill_shared = {"is one of several statements that fill its table", false, false};
const struct fill fill_part = {"overwrites a part that is only known when it runs", false, false};
const struct fill fill_batch = {"is overwritten by each batch", true, false};

struct words {
    struct arena *arena;
    enum dialect dialect;
    struct str target; /* what the target is called in expressions; empty: there is one side only */
    struct str source; /* the same of the source; empty: not known */
    bool sides;        /* names are of one of two sides */
    bool of_source;    /* a name that does not say its side is the source's */
    bool unsure;
};

struct texts {
    const char **at;
    size_t n, cap;
};

static void text_add(struct arena *arena, struct texts *list, const char *text) {
    list->at = arena_grow(arena, list->at, &list->cap, list->n + 1, sizeof *list->at);
    list->at[list->n++] = text;
}

static int text_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static const char *text_join(struct arena *arena, struct texts *list, const char *between, bool sorted) {
    struct buf b = buf_new(arena);
    if (sorted && list->n) qsort(list->at, list->n, sizeof *list->at, text_order);
    for (size_t i = 0; i < list->n; i++) buf_printf(&b, "%s%s", i ? between : "", list->at[i]);
    return buf_str(&b);
}

/* `t.id` becomes `target.id`; a name of one part is the source's, or of a side that is not known. */
static void name_settle(struct words *w, struct sql_expr *e) {
    struct sql_name *path = e->path;
    for (uint32_t i = 0; i < path->part_count; i++) path->parts[i] = (struct sql_ident){.text = str_of(str_lower(w->arena, path->parts[i].text))};
    if (path->part_count) e->name = path->parts[path->part_count - 1].text;
    if (!w->sides) return;
    if (path->part_count < 2) {
        w->unsure |= !w->of_source;
        if (!w->of_source) return;
    }
    struct str first = path->part_count > 1 ? path->parts[path->part_count - 2].text : STR("");
    bool target = path->part_count > 1 && str_iis(first, str_dup(w->arena, w->target));
    if (!target && path->part_count > 1 && w->source.n && !str_ieq(first, w->source)) w->unsure = true; /* a field of a struct, or something else */
    struct sql_ident *parts = arena_array(w->arena, 2, sizeof *parts);
    parts[0] = (struct sql_ident){.text = target ? STR("target") : STR("source")};
    parts[1] = (struct sql_ident){.text = e->name};
    path->parts = parts;
    path->part_count = 2;
}

static bool expr_settle(void *ctx, struct sql_expr *e) {
    struct words *w = ctx;
    if (e->kind == EX_NAME && e->path) name_settle(w, e);
    if (e->kind == EX_CALL) e->name = str_of(str_lower(w->arena, e->name));
    w->unsure |= e->kind == EX_PARAM || sql_expr_query(e) != NULL;
    return true;
}

/* A copy with its names settled; NULL when there is none. */
static struct sql_expr *settled(struct words *w, const struct sql_expr *e) {
    struct sql_expr *copy = e ? sql_parse_expr(w->arena, str_of(sql_expr_text(w->arena, e, w->dialect)), w->dialect, NULL) : NULL;
    if (copy) sql_walk_expr(&(struct sql_visitor){.ctx = w, .expr = expr_settle}, copy);
    if (!copy) w->unsure = true;
    return copy;
}

static const char *plain_text(struct words *w, const struct sql_expr *e) {
    const struct sql_expr *copy = settled(w, e);
    return copy ? sql_expr_text(w->arena, copy, w->dialect) : "what is not known";
}

static const char *column_text(struct words *w, const struct sql_expr *e) {
    if (e && e->kind == EX_NAME && e->path && e->path->part_count) return str_lower(w->arena, e->path->parts[e->path->part_count - 1].text);
    return plain_text(w, e);
}

/* The conjuncts of a condition: columns equal on both sides are keys, the others stand as they are. */
static void conjuncts(struct words *w, const struct sql_expr *e, struct texts *keys, struct texts *others) {
    if (e->kind == EX_BINARY && e->op == OP_AND) {
        for (uint32_t i = 0; i < e->arg_count && i < LIST_MAX; i++) conjuncts(w, e->args[i], keys, others);
        w->unsure |= e->arg_count > LIST_MAX;
        return;
    }
    bool equal = e->kind == EX_BINARY && (e->op == OP_EQ || e->op == OP_NULL_EQ) && e->arg_count == 2;
    if (!equal) {
        text_add(w->arena, others, sql_expr_text(w->arena, e, w->dialect));
        return;
    }
    const struct sql_expr *a = e->args[0], *b = e->args[1];
    const char *left = sql_expr_text(w->arena, a, w->dialect), *right = sql_expr_text(w->arena, b, w->dialect);
    bool names = a->kind == EX_NAME && b->kind == EX_NAME && a->path->part_count == 2 && b->path->part_count == 2;
    if (names && e->op == OP_EQ && str_eq(a->name, b->name) && !str_eq(a->path->parts[0].text, b->path->parts[0].text)) {
        text_add(w->arena, keys, arena_printf(w->arena, "`%.*s`", STR_ARG(a->name)));
        return;
    }
    bool turn = strcmp(left, right) > 0;
    text_add(w->arena, others, arena_printf(w->arena, "%s %s %s", turn ? right : left, e->op == OP_EQ ? "=" : "<=>", turn ? left : right));
}

static const char *condition_text(struct words *w, const struct sql_expr *on) {
    struct texts keys = {0}, others = {0};
    const struct sql_expr *copy = settled(w, on);
    if (!copy) return "on what is not known";
    conjuncts(w, copy, &keys, &others);
    const char *by = text_join(w->arena, &keys, ", ", true), *and = text_join(w->arena, &others, " and ", true);
    return arena_printf(w->arena, "%s%s%s%s", keys.n ? "by " : "on ", by, keys.n && others.n ? ", where " : "", and);
}

static const char *sets_text(struct words *w, const struct sql_merge_clause *c) {
    struct texts list = {0};
    for (uint32_t i = 0; i < c->set_count && i < LIST_MAX; i++)
        text_add(w->arena, &list, arena_printf(w->arena, "%s = %s", column_text(w, c->sets[i].target), plain_text(w, c->sets[i].value)));
    w->unsure |= c->set_count > LIST_MAX || !c->set_count;
    return arena_printf(w->arena, "sets %s", text_join(w->arena, &list, ", ", true));
}

static const char *insert_text(struct words *w, const struct sql_merge_clause *c) {
    struct texts list = {0};
    w->of_source = true;
    for (uint32_t i = 0; i < c->column_count && i < c->value_count && i < LIST_MAX; i++) {
        const struct sql_name *name = &c->columns[i];
        struct str column = name->part_count ? name->parts[name->part_count - 1].text : STR("?");
        text_add(w->arena, &list, arena_printf(w->arena, "%s = %s", str_lower(w->arena, column), plain_text(w, c->values[i])));
    }
    w->of_source = false;
    w->unsure |= c->column_count != c->value_count || c->column_count > LIST_MAX || !c->column_count;
    return arena_printf(w->arena, "inserts %s", text_join(w->arena, &list, ", ", true));
}

static const char *then_text(struct words *w, const struct sql_merge_clause *c) {
    struct texts except = {0};
    switch (c->then) {
    case THEN_UPDATE:
        return sets_text(w, c);
    case THEN_UPDATE_ALL:
        for (uint32_t i = 0; i < c->except_count && i < LIST_MAX; i++) text_add(w->arena, &except, column_text(w, c->except[i]));
        return arena_printf(w->arena, "updates all%s%s", except.n ? " but " : "", text_join(w->arena, &except, ", ", true));
    case THEN_INSERT:
        return insert_text(w, c);
    case THEN_INSERT_ALL:
    case THEN_INSERT_ROW:
        return "inserts all";
    case THEN_DELETE:
        return "deletes";
    default:
        return "does nothing";
    }
}

static const char *clause_text(struct words *w, const struct sql_merge_clause *c) {
    static const char *const when[] = {"matched", "not matched", "not in the source"};
    w->of_source = c->when == WHEN_NOT_MATCHED;
    const char *condition = c->condition ? condition_text(w, c->condition) : NULL;
    w->of_source = false;
    const char *then = then_text(w, c), *where = c->where ? condition_text(w, c->where) : NULL;
    return arena_printf(w->arena, "%s%s%s: %s%s%s", when[c->when], condition ? " " : "", condition ? condition : "", then, where ? " " : "",
                        where ? where : "");
}

static struct str called(const struct sql_from *from) {
    if (!from) return STR("");
    if (from->alias.text.n) return from->alias.text;
    return from->name && from->name->part_count ? from->name->parts[from->name->part_count - 1].text : STR("");
}

struct fill fill_of_merge(struct arena *arena, const struct sql_merge *m, enum dialect dialect) {
    struct words w = {.arena = arena, .dialect = dialect, .sides = true, .target = called(m->target), .source = called(m->source)};
    w.unsure = !m->on || !w.target.n || str_ieq(w.target, w.source) || m->tail.n || !m->clause_count;
    const char *by = condition_text(&w, m->on);
    struct texts clauses = {0};
    for (uint32_t i = 0; i < m->clause_count && i < LIST_MAX; i++) text_add(arena, &clauses, clause_text(&w, &m->clauses[i]));
    const char *text =
        arena_printf(arena, "merges %s (%s%s)", by, text_join(arena, &clauses, "; ", false), m->evolve ? "; its columns follow the source" : "");
    return (struct fill){text, false, !w.unsure};
}

static const char *columns_text(struct words *w, struct sql_expr *const *columns, uint32_t count) {
    struct texts list = {0};
    for (uint32_t i = 0; i < count && i < LIST_MAX; i++) text_add(w->arena, &list, column_text(w, columns[i]));
    w->unsure |= count > LIST_MAX;
    return text_join(w->arena, &list, ", ", true);
}

/* TRACK HISTORY ON * EXCEPT (a, b): the words in one case, with single blanks between them. */
static const char *history_text(struct arena *arena, struct str text) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (blank || c == '(' || c == ')' || c == '`') {
            if (b.n && b.p[b.n - 1] != ' ') buf_char(&b, ' ');
        } else buf_char(&b, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    while (b.n && b.p[b.n - 1] == ' ') b.n--;
    return arena_copy(arena, b.p ? b.p : "", b.n);
}

static const char *cdc_options(struct words *w, const struct sql_cdc *c) {
    struct texts list = {0};
    bool first = !c->scd_type.n || str_is(c->scd_type, "1");
    text_add(w->arena, &list, arena_printf(w->arena, "SCD type %.*s", STR_ARG(first ? STR("1") : c->scd_type)));
    if (c->ignore_null_updates) text_add(w->arena, &list, "NULLs change nothing");
    if (c->ignore_null_on) text_add(w->arena, &list, arena_printf(w->arena, "in %s", plain_text(w, c->ignore_null_on)));
    if (c->delete_when) text_add(w->arena, &list, arena_printf(w->arena, "deletes when %s", plain_text(w, c->delete_when)));
    if (c->truncate_when) text_add(w->arena, &list, arena_printf(w->arena, "empties it when %s", plain_text(w, c->truncate_when)));
    if (c->where) text_add(w->arena, &list, arena_printf(w->arena, "of rows where %s", plain_text(w, c->where)));
    if (c->column_count) text_add(w->arena, &list, arena_printf(w->arena, "columns %s", columns_text(w, c->columns, c->column_count)));
    struct texts except = {0};
    for (uint32_t i = 0; i < c->except_count && i < LIST_MAX; i++) text_add(w->arena, &except, str_lower(w->arena, c->except[i].text));
    if (except.n) text_add(w->arena, &list, arena_printf(w->arena, "without %s", text_join(w->arena, &except, ", ", true)));
    if (c->history.n) text_add(w->arena, &list, history_text(w->arena, c->history));
    if (c->once) text_add(w->arena, &list, "once");
    return text_join(w->arena, &list, "; ", false);
}

struct fill fill_of_cdc(struct arena *arena, const struct sql_cdc *c, enum dialect dialect) {
    struct words w = {.arena = arena, .dialect = dialect};
    struct texts keys = {0};
    for (uint32_t i = 0; i < c->key_count && i < LIST_MAX; i++) text_add(arena, &keys, arena_printf(arena, "`%s`", column_text(&w, c->keys[i])));
    w.unsure |= !c->key_count || c->key_count > LIST_MAX || (!c->sequence_by && !c->snapshot);
    const char *by = text_join(arena, &keys, ", ", true);
    const char *order = c->sequence_by ? arena_printf(arena, " in the order of `%s`", plain_text(&w, c->sequence_by)) : "";
    const char *text = arena_printf(arena, "applies %s by %s%s (%s)", c->snapshot ? "snapshots" : "changes", by, order, cdc_options(&w, c));
    return (struct fill){text, true, !w.unsure};
}

struct fill fill_of_replace(struct arena *arena, const struct sql_expr *where, enum dialect dialect) {
    struct words w = {.arena = arena, .dialect = dialect};
    const char *text = arena_printf(arena, "overwrites the rows where %s", plain_text(&w, where));
    return (struct fill){text, false, !w.unsure};
}

struct fill fill_of_insert(struct arena *arena, const struct sql_insert *i, enum dialect dialect) {
    struct words w = {.arena = arena, .dialect = dialect};
    if (!i) return fill_appends;
    bool over = i->flags & SQL_INSERT_OVERWRITE;
    struct texts list = {0};
    for (uint32_t k = 0; k < i->column_count && k < LIST_MAX; k++) text_add(arena, &list, str_lower(arena, i->columns[k].text));
    bool plain = !i->partition_count && !i->replace_where && !i->replace_using_count && !i->replace_on && !i->conflict.n;
    const char *columns = text_join(arena, &list, ", ", false);
    if (plain && !over)
        return list.n ? (struct fill){arena_printf(arena, "appends to what is there (columns %s)", columns), false, true} : fill_appends;
    if (plain) return list.n ? (struct fill){arena_printf(arena, "overwrites it (columns %s)", columns), false, true} : (struct fill){0};
    if (i->replace_where && !list.n) return fill_of_replace(arena, i->replace_where, dialect);
    if (!i->partition_count || i->conflict.n || i->replace_where) return (struct fill){"replaces the rows that it meets", false, false};
    struct texts parts = {0};
    for (uint32_t k = 0; k < i->partition_count && k < LIST_MAX; k++) {
        const struct sql_assignment *p = &i->partition[k];
        text_add(arena, &parts,
                 arena_printf(arena, "%s%s%s", column_text(&w, p->target), p->value ? " = " : "", p->value ? plain_text(&w, p->value) : ""));
    }
    const char *which = text_join(arena, &parts, ", ", true);
    return (struct fill){
        arena_printf(arena, "%s the partitions of %s%s%s", over ? "overwrites" : "appends to", which, list.n ? ", columns " : "", columns), false,
        !w.unsure};
}
