/* kpi.c - named aggregates of a query, and their formulas as normal forms. */
#include "kpi.h"

#include "bind.h"
#include "catalog.h"
#include "feature.h"
#include "refute.h"
#include "sql_print.h"
#include "sql_walk.h"

#define REFUTE_WELL_US 10000
#define ITEMS_MAX      300 /* named aggregates of one definition */

/* The normal form's fingerprint of a query; zero when it proves nothing. */
const struct err *kpi_identity(struct arena *arena, const struct check_input *in, const char *sql, const char *dataset, enum dialect dialect,
                               struct hash128 *out) {
    struct schema *schema;
    struct plan *plan;
    *out = (struct hash128){0, 0};
    TRY(catalog_schema(arena, in->catalogs, in->catalog_count, in->head, &dataset, 1, &schema));
    if (plan_from_sql(arena, str_of(sql), schema, dialect, &plan)) return NULL;
    *out = features_of(arena, plan)->exact;
    return NULL;
}

bool kpi_is_unknown(struct hash128 h) { return !h.hi && !h.lo; }

const struct err *kpi_gives_same(struct arena *arena, const struct check_input *in, const char *dataset, const char *left, enum dialect left_dialect,
                                 const char *right, enum dialect right_dialect, bool *out) {
    /* Over no rows sum(coalesce(x, 0)) and coalesce(sum(x), 0) differ: groups have rows. A filter inside a number leaves its row, WHERE does not. */
    static const char *const some[] = {"", "HAVING count(*) > 0"};
    struct schema *schema;
    struct plan *x, *y;
    *out = false;
    TRY(catalog_schema(arena, in->catalogs, in->catalog_count, in->head, &dataset, 1, &schema));
    for (size_t i = 0; i < 2 && !*out; i++) {
        if (plan_from_sql(arena, str_of(arena_printf(arena, "%s %s", left, some[i])), schema, left_dialect, &x)) return NULL;
        if (plan_from_sql(arena, str_of(arena_printf(arena, "%s %s", right, some[i])), schema, right_dialect, &y)) return NULL;
        const struct refute_limits limits = {.micros = REFUTE_WELL_US, .declared = true};
        const struct refutation *r = refute_pair(arena, x, y, NULL, &limits);
        *out = r->verdict == REFUTE_NONE && r->rows > 0;
    }
    return NULL;
}

/* ---- aggregates of queries ---- */

struct collecting {
    struct arena *arena;
    enum dialect dialect;
    struct kpis list;
    bool aggregate; /* seen inside an expression */
};

static bool aggregate_seen(void *ctx, struct sql_expr *e) {
    static const char *const names[] = {"count", "sum", "avg", "min", "max", "count_if", "approx_count_distinct", "median", "stddev", "mean"};
    struct collecting *k = ctx;
    if (e->kind != EX_CALL || (e->call && e->call->over)) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) k->aggregate |= str_iis(e->name, names[i]);
    return true;
}

/* GROUP BY 1, and GROUP BY day of "date(x) AS day": the item that is meant. */
static const struct sql_expr *group_key(const struct sql_select *s, const struct sql_expr *e) {
    for (uint32_t i = 0; i < s->item_count; i++) {
        struct str number = str_of((char[]){(char)('1' + i), 0});
        bool ordinal = i < 9 && e->kind == EX_LITERAL && e->op == LIT_NUMBER && str_eq(e->name, number);
        if (ordinal || (e->kind == EX_NAME && str_ieq(s->items[i].alias.text, e->name))) return s->items[i].expr;
    }
    return e;
}

static const char *unit_name(struct arena *arena, struct str written) {
    static const char *const also[][2] = {{"mm", "month"}, {"mon", "month"}, {"yyyy", "year"}, {"yy", "year"}, {"dd", "day"}, {"hh", "hour"}};
    for (size_t i = 0; i < sizeof also / sizeof *also; i++) {
        if (str_iis(written, also[i][0])) return also[i][1];
    }
    return str_lower(arena, written);
}

/* The one span of time that the rows are grouped by. */
static void period_find(struct collecting *k, const struct sql_select *s, const char **period, const char **clock) {
    size_t found = 0;
    for (uint32_t i = 0; s->group && i < s->group->item_count; i++) {
        const struct sql_expr *e = group_key(s, s->group->items[i]), *of = NULL;
        if (!e || e->kind != EX_CALL || !e->arg_count) continue;
        const struct sql_expr *unit = e->args[0];
        bool day = e->arg_count == 1 && (str_iis(e->name, "date") || str_iis(e->name, "to_date"));
        bool cut = e->arg_count == 2 && str_iis(e->name, "date_trunc") && unit->kind == EX_LITERAL && unit->op == LIT_STRING;
        if (day) of = e->args[0], *period = "day";
        if (cut) of = e->args[1], *period = unit_name(k->arena, unit->name);
        found += of != NULL;
        if (of) *clock = of->kind == EX_NAME ? str_lower(k->arena, of->name) : NULL;
    }
    if (found != 1 || !*clock) *period = *clock = NULL;
}

static bool query_seen(void *ctx, struct sql_query *q) {
    struct collecting *k = ctx;
    const struct sql_select *s = q->body == BODY_SELECT ? q->select : NULL;
    if (!s || !s->from || s->from->kind != FROM_TABLE || !s->from->name || s->from->sample || s->from->travel || s->qualify || s->connect ||
        q->pipe_count)
        return true;
    for (uint32_t i = 0; i < s->item_count && k->list.n < ITEMS_MAX; i++) {
        struct sql_item *item = &s->items[i];
        if (!item->alias.text.n || !item->expr) continue;
        k->aggregate = false;
        sql_walk_expr(&(struct sql_visitor){.ctx = k, .expr = aggregate_seen}, item->expr);
        if (!k->aggregate) continue;
        struct buf from = buf_new(k->arena);
        sql_print_from(&from, s->from, k->dialect);
        const char *period = NULL, *clock = NULL;
        period_find(k, s, &period, &clock);
        *vec_add(k->arena, &k->list) = (struct kpi){
            .name = str_dup(k->arena, item->alias.text),
            .dataset = sql_name_text(k->arena, s->from->name),
            .expression = sql_expr_text(k->arena, item->expr, k->dialect),
            .from = buf_str(&from),
            .where = s->where ? sql_expr_text(k->arena, s->where, k->dialect) : NULL,
            .period = period,
            .clock = clock,
            .line = item->range.line,
        };
    }
    return true;
}

const char *kpi_sql(struct arena *arena, const struct kpi *k, const char *filter) {
    struct buf b = buf_new(arena);
    buf_printf(&b, "SELECT %s AS kpi FROM %s", k->expression, k->from);
    if (k->where || filter) buf_text(&b, " WHERE ");
    if (k->where) buf_printf(&b, "(%s)", k->where);
    if (k->where && filter) buf_text(&b, " AND ");
    if (filter) buf_printf(&b, "(%s)", filter);
    return buf_str(&b);
}

struct kpis kpis_of(struct arena *arena, const struct sql_query *query, enum dialect dialect) {
    struct collecting k = {.arena = arena, .dialect = dialect};
    sql_walk_query(&(struct sql_visitor){.ctx = &k, .query = query_seen}, (struct sql_query *)(uintptr_t)query);
    return k.list;
}
