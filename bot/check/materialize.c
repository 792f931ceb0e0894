/* materialize.c - from repeated queries to one table that serves as many of them as it can. */
#include "materialize.h"

#include "feature.h"
#include "sql_ast.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <ctype.h>

#define MATERIALIZE_BYTES 10e9 /* what one run reads, from which on a table pays */
#define SHARE_PER_KEY     0.02 /* of what a table is made of, stored for each key it is grouped by */
#define SHARE_MAX         0.1  /* a table that stores more than that saves too little */
#define ITEMS_MAX         64

/* One query, when it is a plain aggregation: its keys, and the aggregates that can be added up again. */
struct want {
    const struct sql_select *select;
    const struct sql_expr *keys[ITEMS_MAX], *aggregates[ITEMS_MAX];
    size_t n_keys, n_aggregates;
    size_t table; /* index of the first subject of those that share its table */
    bool taken, plain;
};

struct materialize {
    struct arena *arena;
    const struct check_input *in;
    struct want *wants; /* by subject */
};

static bool computes(const struct entry *e) {
    for (size_t i = 0; e->features && i < e->features->n; i++) {
        enum feature_kind kind = e->features->at[i].kind;
        if (kind == FEATURE_AGGREGATE || kind == FEATURE_GROUP_KEY) return true;
    }
    return false;
}

static bool is_repeated_query(const struct subject *s) {
    const struct schedule *t = &s->entry.schedule;
    bool code = s->entry.artefact == ARTEFACT_NOTEBOOK || s->entry.artefact == ARTEFACT_PYTHON; /* display() in a job: nobody reads it */
    if (s->entry.dataset || s->entry.kind != DEF_QUERY || code) return false;
    return s->entry.artefact == ARTEFACT_DASHBOARD || t->cron || t->every_seconds > 0;
}

static bool param_found(void *ctx, struct sql_expr *e) {
    *(bool *)ctx |= e->kind == EX_PARAM;
    return true;
}

/* What the reader chooses (:date_range) cannot be computed beforehand. */
static bool has_parameter(const struct entry *e) {
    bool found = false;
    if (e->query) sql_walk_query(&(struct sql_visitor){.ctx = &found, .expr = param_found}, (struct sql_query *)(uintptr_t)e->query);
    return found;
}

static bool is_candidate(const struct subject *s) {
    return s->changed && !s->reused && is_repeated_query(s) && s->scan.known && s->scan.high >= MATERIALIZE_BYTES && computes(&s->entry) &&
           !has_parameter(&s->entry);
}

static bool same_tables(const struct subject *a, const struct subject *b) {
    if (a->entry.read_count != b->entry.read_count) return false;
    for (size_t i = 0; i < a->entry.read_count; i++) {
        if (strcmp(a->entry.reads[i], b->entry.reads[i]) != 0) return false;
    }
    return true;
}

/* "Sales / dataset by_day" -> "sales_by_day". */
static const char *table_name(struct arena *arena, const struct check_input *in, const struct entry *e) {
    struct buf b = buf_new(arena);
    const char *schema = "gold.";
    for (size_t i = 0; i < in->settings->layer_count; i++) {
        const struct layer_rule *layer = &in->settings->layers[i];
        if (strcmp(layer->layer, "gold") == 0 && text_ends(layer->pattern, ".*"))
            schema = str_dup(arena, (struct str){layer->pattern, strlen(layer->pattern) - 1});
    }
    buf_text(&b, strpbrk(schema, "*?") ? "gold." : schema);
    size_t start = b.n;
    for (const char *p = e->name; *p && b.n < start + 60; p++) {
        if (isalnum((unsigned char)*p)) buf_char(&b, (char)tolower((unsigned char)*p));
        else if (b.n > start && b.p[b.n - 1] != '_') buf_char(&b, '_');
    }
    while (b.n > start && b.p[b.n - 1] == '_') b.p[--b.n] = 0;
    if (b.n == start) buf_text(&b, "new_table");
    return buf_str(&b);
}

static const char *draft_text(struct arena *arena, const char *name, const char *sql, const char *grain) {
    struct buf b = buf_new(arena);
    buf_printf(&b, "CREATE OR REFRESH MATERIALIZED VIEW %s\n", name);
    if (grain && !strchr(grain, '\'')) buf_printf(&b, "COMMENT 'One row per %s.'\n", grain);
    buf_printf(&b, "AS\n%s;\n", sql);
    return buf_str(&b);
}

/* ---- what a query wants ---- */

static bool is_aggregate(const struct sql_expr *e) {
    static const char *const names[] = {"sum", "count", "min", "max"};
    if (e->kind != EX_CALL || e->flags & SQL_DISTINCT || (e->call && (e->call->over || e->call->filter))) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_iis(e->name, names[i])) return true;
    }
    return false;
}

static void expr_add(const struct sql_expr **list, size_t *n, const struct sql_expr *e) {
    for (size_t i = 0; i < *n; i++) {
        if (sql_equal_expr(list[i], e)) return;
    }
    if (*n < ITEMS_MAX) list[(*n)++] = e;
}

/* GROUP BY 1 is the first item. */
static const struct sql_expr *key_of(const struct sql_select *s, const struct sql_expr *e) {
    if (e->kind != EX_LITERAL || e->op != LIT_NUMBER) return e->kind == EX_GROUPING ? NULL : e;
    size_t at = 0;
    for (size_t i = 0; i < e->name.n && at <= s->item_count; i++) {
        if (e->name.p[i] < '0' || e->name.p[i] > '9') return NULL;
        at = at * 10 + (size_t)(e->name.p[i] - '0');
    }
    return at >= 1 && at <= s->item_count ? s->items[at - 1].expr : NULL;
}

/* The name that the select list gives to an expression; empty when none. */
static struct str item_name(const struct sql_select *s, const struct sql_expr *e) {
    for (uint32_t i = 0; i < s->item_count; i++) {
        if (s->items[i].alias.text.n && sql_equal_expr(s->items[i].expr, e)) return s->items[i].alias.text;
    }
    return e->kind == EX_NAME ? e->name : (struct str){0};
}

/* What one row stands for, in the names that its reader sees: GROUP BY 1, and a key that is computed, by their column. */
static const char *grain_text(struct arena *arena, const struct entry *e) {
    const struct sql_query *q = e->query;
    if (!q || q->body != BODY_SELECT || !q->select->group || !q->select->group->item_count) return NULL;
    struct buf b = buf_new(arena);
    for (uint32_t i = 0; i < q->select->group->item_count; i++) {
        const struct sql_expr *key = key_of(q->select, q->select->group->items[i]);
        if (!key) return NULL;
        struct str name = item_name(q->select, key);
        if (i) buf_text(&b, ", ");
        if (name.n) buf_slice(&b, name);
        else sql_print_expr(&b, key, e->dialect);
    }
    return buf_str(&b);
}

static bool is_key(const struct want *w, const struct sql_expr *e) {
    for (size_t i = 0; i < w->n_keys; i++) {
        if (sql_equal_expr(w->keys[i], e)) return true;
    }
    return false;
}

/* SELECT keys and sums FROM .. WHERE .. GROUP BY keys, and nothing that hides rows afterwards. */
static bool want_read(struct want *w, const struct sql_query *q) {
    const struct sql_select *s = q && q->body == BODY_SELECT && !q->cte_count && !q->pipe_count ? q->select : NULL;
    if (!s || !s->from || !s->group || s->group->all || s->group->with_rollup || s->group->with_cube || s->group->sets || s->having || s->qualify ||
        s->distinct == DISTINCT_ROWS || s->distinct == DISTINCT_ON)
        return false;
    w->select = s;
    for (uint32_t i = 0; i < s->group->item_count; i++) {
        const struct sql_expr *key = key_of(s, s->group->items[i]);
        if (!key) return false;
        expr_add(w->keys, &w->n_keys, key);
    }
    for (uint32_t i = 0; i < s->item_count; i++) {
        const struct sql_expr *e = s->items[i].expr;
        if (is_key(w, e)) continue;
        if (!is_aggregate(e)) return false;
        expr_add(w->aggregates, &w->n_aggregates, e);
    }
    return w->n_keys && w->n_aggregates;
}

/* ---- which tables ---- */

static bool where_equal(const struct sql_expr *a, const struct sql_expr *b) { return (!a && !b) || (a && b && sql_equal_expr(a, b)); }

/* Adds the wants of `more` to the table of `of` when it stays small; the table is the want of its first query. */
static bool want_join(struct want *of, const struct want *more) {
    if (!of->plain || !more->plain || !sql_equal_from(of->select->from, more->select->from) || !where_equal(of->select->where, more->select->where))
        return false;
    struct want both = *of;
    for (size_t i = 0; i < more->n_keys; i++) expr_add(both.keys, &both.n_keys, more->keys[i]);
    for (size_t i = 0; i < more->n_aggregates; i++) expr_add(both.aggregates, &both.n_aggregates, more->aggregates[i]);
    if ((double)both.n_keys * SHARE_PER_KEY > SHARE_MAX || both.n_aggregates == ITEMS_MAX) return false;
    *of = both;
    return true;
}

struct materialize *materialize_plan(struct arena *arena, const struct check_input *in) {
    struct materialize *m = arena_new(arena, struct materialize);
    *m = (struct materialize){arena, in, arena_array(arena, in->subject_count + 1, sizeof *m->wants)};
    for (size_t i = 0; i < in->subject_count; i++) {
        struct want *w = &m->wants[i];
        w->table = i;
        w->taken = is_candidate(&in->subjects[i]);
        w->plain = w->taken && want_read(w, in->subjects[i].entry.query);
        for (size_t k = 0; w->taken && k < i; k++) {
            struct want *first = &m->wants[k];
            bool shared = first->taken && first->table == k && (want_join(first, w) || same_tables(&in->subjects[k], &in->subjects[i]));
            if (shared) w->table = k;
            if (shared) break;
        }
    }
    return m;
}

bool materialize_takes(const struct materialize *m, size_t i) { return m->wants[i].taken; }

/* ---- what is said ---- */

static const char *alias_of(struct arena *arena, const struct sql_expr *e, size_t at) {
    if (e->kind == EX_NAME) return NULL;
    if (e->kind != EX_CALL) return arena_printf(arena, "key_%zu", at + 1);
    const char *call = str_lower(arena, e->name);
    if (e->arg_count == 1 && e->args[0]->kind == EX_STAR) return "row_count";
    if (e->arg_count == 1 && e->args[0]->kind == EX_NAME) return arena_printf(arena, "%s_%s", call, str_dup(arena, e->args[0]->name));
    return arena_printf(arena, "%s_%zu", call, at + 1);
}

static void item_print(struct arena *arena, struct buf *b, const struct sql_expr *e, size_t at, enum dialect dialect) {
    const char *alias = alias_of(arena, e, at);
    if (at) buf_text(b, ", ");
    sql_print_expr(b, e, dialect);
    if (alias) buf_printf(b, " AS %s", alias);
}

static const char *keys_text(struct arena *arena, const struct want *w, enum dialect dialect) {
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < w->n_keys; i++) {
        if (i) buf_text(&b, ", ");
        sql_print_expr(&b, w->keys[i], dialect);
    }
    return buf_str(&b);
}

/* All keys and all aggregates of those that it serves. */
static const char *shared_sql(struct arena *arena, const struct want *w, enum dialect dialect) {
    struct buf b = buf_new(arena);
    buf_text(&b, "SELECT ");
    for (size_t i = 0; i < w->n_keys; i++) item_print(arena, &b, w->keys[i], i, dialect);
    for (size_t i = 0; i < w->n_aggregates; i++) item_print(arena, &b, w->aggregates[i], w->n_keys + i, dialect);
    buf_text(&b, "\nFROM ");
    sql_print_from(&b, w->select->from, dialect);
    if (w->select->where) buf_text(&b, "\nWHERE "), sql_print_expr(&b, w->select->where, dialect);
    buf_printf(&b, "\nGROUP BY %s", keys_text(arena, w, dialect));
    return buf_str(&b);
}

/* Served from the table, or only over the same sources. */
static bool is_served(const struct want *table, const struct want *w) {
    if (!table->plain || !w->plain || !sql_equal_from(table->select->from, w->select->from) || !where_equal(table->select->where, w->select->where))
        return false;
    for (size_t i = 0; i < w->n_keys; i++) {
        if (!is_key(table, w->keys[i])) return false;
    }
    for (size_t i = 0; i < w->n_aggregates; i++) {
        bool has = false;
        for (size_t k = 0; k < table->n_aggregates; k++) has |= sql_equal_expr(table->aggregates[k], w->aggregates[i]);
        if (!has) return false;
    }
    return true;
}

/* The table is made as often as its busiest reader runs now: the costs of all others fall away. */
static struct cost saving_of(struct materialize *m, size_t at, size_t *others) {
    const struct cost *most = &m->in->subjects[at].cost;
    struct cost sum = cost_unknown("how often these are opened is not known");
    bool known = true;
    for (size_t i = at; i < m->in->subject_count; i++) {
        const struct cost *c = &m->in->subjects[i].cost;
        if (!m->wants[i].taken || m->wants[i].table != at || !is_served(&m->wants[at], &m->wants[i])) continue;
        *others += i != at;
        known &= c->known && c->period && strcmp(c->period, "month") == 0;
        if (c->high > most->high) most = c;
    }
    if (!known || !*others) return sum;
    bool first = true;
    for (size_t i = at; i < m->in->subject_count; i++) {
        const struct cost *c = &m->in->subjects[i].cost;
        if (!m->wants[i].taken || m->wants[i].table != at || c == most || !is_served(&m->wants[at], &m->wants[i])) continue;
        sum = first ? *c : cost_add(m->arena, &sum, c);
        first = false;
    }
    text_list_add(m->arena, &sum.assumptions, "the table is refreshed as often as its busiest reader runs, and costs what that costs now");
    return sum;
}

static void readers_note(struct materialize *m, size_t at, struct finding *f) {
    for (size_t i = at; i < m->in->subject_count; i++) {
        const struct entry *e = &m->in->subjects[i].entry;
        if (!m->wants[i].taken || m->wants[i].table != at) continue;
        struct fires fires = fires_of(m->arena, &e->schedule, m->in->now);
        if (i == at && !fires.known) continue;
        if (is_served(&m->wants[at], &m->wants[i]))
            text_list_printf(m->arena, &f->notes, "it serves %s (%s)", e->name, fires.known ? fires.text : "when it is opened");
        else if (i != at) text_list_printf(m->arena, &f->notes, "it could serve %s too: same tables", e->name);
    }
}

void materialize_say(struct materialize *m, size_t at, struct findings *out) {
    const struct subject *s = &m->in->subjects[at];
    struct arena *arena = m->arena;
    const struct want *w = &m->wants[at];
    size_t others = 0;
    if (w->table != at) return; /* said there */
    char low[32], high[32];
    text_bytes(s->scan.low, low, sizeof low);
    text_bytes(s->scan.high, high, sizeof high);
    struct finding *f = check_finding(arena, m->in, RULE_MATERIALIZE, s, NULL);
    struct fires fires = fires_of(arena, &s->entry.schedule, m->in->now);
    struct cost saving = saving_of(m, at, &others);
    const char *name = table_name(arena, m->in, &s->entry), *grain = others ? keys_text(arena, w, s->entry.dialect) : grain_text(arena, &s->entry);
    const char *when = fires.known ? fires.text : "each time it is opened";
    const char *many =
        others ? arena_printf(arena, ", as %s %zu other quer%s of the change", others == 1 ? "does" : "do", others, others == 1 ? "y" : "ies") : "";
    f->text = arena_printf(arena, "%s reads %s to %s %s%s; a table would do that once for all its readers.", f->subject, low, high, when, many);
    f->next_step = arena_printf(arena, "make %s%s%s and read that", name, grain ? ", one row per " : "", grain ? grain : "");
    const char *sql = others ? shared_sql(arena, w, s->entry.dialect) : s->entry.sql;
    f->draft = sql ? draft_text(arena, name, sql, grain) : NULL;
    f->cost = s->cost;
    f->saving = others ? saving : cost_unknown(fires.known ? "how many read its result is not known" : "how often it is opened is not known");
    readers_note(m, at, f);
    check_say(arena, m->in, out, f);
}
