/* check_metric.c - one name, one formula: registered metrics against new ones, and against what queries call by the same name.
 *
 * A formula is compared by its normal form over its source, so spelling does not matter; what cannot be normalized is left alone. */
#include "check.h"

#include "bind.h"
#include "feature.h"
#include "schema.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <strings.h>

#define ITEMS_MAX 300 /* named aggregates of one definition */

static bool names_alike(const char *a, const char *b) {
    size_t an = strlen(a), bn = strlen(b);
    if (an < bn) return names_alike(b, a);
    return strcasecmp(a + an - bn, b) == 0 && (an == bn || a[an - bn - 1] == '.');
}

/* The normal form's fingerprint of a query; zero when it proves nothing. */
static const struct err *identity_of(struct arena *arena, const struct check_input *in, const char *sql, const char *dataset, enum dialect dialect,
                                     struct hash128 *out) {
    struct schema *schema;
    struct plan *plan;
    *out = (struct hash128){0, 0};
    TRY(catalog_schema(arena, in->catalogs, in->catalog_count, in->head, &dataset, 1, &schema));
    if (plan_from_sql(arena, str_of(sql), schema, dialect, &plan)) return NULL;
    *out = features_of(arena, plan)->exact;
    return NULL;
}

static bool is_zero(struct hash128 h) { return !h.hi && !h.lo; }

/* ---- aggregates of queries ---- */

/* One select item that is an aggregate with a name, over one table. */
struct kpi {
    const char *name;
    const char *dataset;
    const char *expression, *from, *where; /* as SQL; where NULL: none */
    int line;
};

struct kpis {
    struct arena *arena;
    enum dialect dialect;
    VEC(struct kpi) list;
    bool aggregate; /* seen inside an expression */
};

static bool aggregate_seen(void *ctx, struct sql_expr *e) {
    static const char *const names[] = {"count", "sum", "avg", "min", "max", "count_if", "approx_count_distinct", "median", "stddev", "mean"};
    struct kpis *k = ctx;
    if (e->kind != EX_CALL || (e->call && e->call->over)) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) k->aggregate |= str_iis(e->name, names[i]);
    return true;
}

static bool query_seen(void *ctx, struct sql_query *q) {
    struct kpis *k = ctx;
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
        *vec_add(k->arena, &k->list) = (struct kpi){
            .name = str_dup(k->arena, item->alias.text),
            .dataset = sql_name_text(k->arena, s->from->name),
            .expression = sql_expr_text(k->arena, item->expr, k->dialect),
            .from = buf_str(&from),
            .where = s->where ? sql_expr_text(k->arena, s->where, k->dialect) : NULL,
            .line = item->range.line,
        };
    }
    return true;
}

static const char *kpi_sql(struct arena *arena, const struct kpi *k, const char *filter) {
    struct buf b = buf_new(arena);
    buf_printf(&b, "SELECT %s AS kpi FROM %s", k->expression, k->from);
    if (k->where || filter) buf_text(&b, " WHERE ");
    if (k->where) buf_printf(&b, "(%s)", k->where);
    if (k->where && filter) buf_text(&b, " AND ");
    if (filter) buf_printf(&b, "(%s)", filter);
    return buf_str(&b);
}

/* How the query's formula departs from the registered one, line by line. Nothing when it does not, or when that cannot be told. */
static const struct err *kpi_compare(struct arena *arena, const struct check_input *in, const struct kpi *k, const struct metric_entry *m,
                                     enum dialect dialect, struct text_list *differences) {
    struct kpi bare = *k;
    struct hash128 mine, theirs, filtered, plain;
    bare.where = NULL;
    TRY(identity_of(arena, in, kpi_sql(arena, &bare, NULL), k->dataset, dialect, &mine));
    TRY(identity_of(arena, in, arena_printf(arena, "SELECT %s AS kpi FROM %s", m->expression, k->dataset), k->dataset, dialect, &theirs));
    if (is_zero(mine) || is_zero(theirs)) return NULL;
    if (!hash128_eq(mine, theirs)) text_list_printf(arena, differences, "the formula is %s; registered is %s", k->expression, m->expression);
    if (!m->filter || !*m->filter) return NULL;
    TRY(identity_of(arena, in, kpi_sql(arena, k, m->filter), k->dataset, dialect, &filtered));
    TRY(identity_of(arena, in, kpi_sql(arena, k, NULL), k->dataset, dialect, &plain));
    if (is_zero(filtered) || is_zero(plain) || hash128_eq(filtered, plain)) return NULL;
    text_list_printf(arena, differences, "the filter %s of the registered metric is not applied", m->filter);
    return NULL;
}

static struct twin metric_twin(struct arena *arena, const struct metric_entry *m) {
    return (struct twin){.dataset = m->dataset,
                         .name = arena_printf(arena, "the metric %s", m->name),
                         .repo = *m->repo ? m->repo : NULL,
                         .path = m->path,
                         .line = m->line,
                         .kind = "metric",
                         .owner = m->owner,
                         .readers = -1,
                         .scope = "main",
                         .sql = m->sql};
}

static void kpi_say(struct arena *arena, const struct check_input *in, const struct subject *s, enum rule rule, const struct kpi *k,
                    const struct metric_entry *m, const struct text_list *differences, struct findings *out) {
    struct finding *f = check_finding(arena, in, rule, s, arena_printf(arena, "%s %s", k->name, m->name));
    if (k->line) f->where = (struct range){.line = k->line, .column = 1, .end_line = k->line, .end_column = 1};
    f->twin = metric_twin(arena, m);
    f->dataset = m->dataset;
    f->this_sql = kpi_sql(arena, k, NULL);
    if (differences) f->differences = *differences;
    if (rule == RULE_METRIC_CONFLICT) {
        f->text = arena_printf(arena, "%s in %s is not the registered metric of that name.", k->name, f->subject);
        f->next_step = "use the registered formula, or another name";
    } else {
        f->text = arena_printf(arena, "%s in %s is the registered metric %s under another name.", k->name, f->subject, m->name);
        f->next_step = arena_printf(arena, "call it %s", m->name);
    }
    check_say(arena, in, out, f);
}

static const struct err *kpi_check(struct arena *arena, const struct check_input *in, const struct subject *s, const struct kpi *k,
                                   struct findings *out) {
    struct hash128 identity;
    TRY(identity_of(arena, in, kpi_sql(arena, k, NULL), k->dataset, s->entry.dialect, &identity));
    bool named = false;
    for (size_t c = 0; c < in->catalog_count; c++) {
        struct metric_entry *found;
        size_t count;
        TRY(catalog_metrics(arena, in->catalogs[c], k->name, is_zero(identity) ? NULL : &identity, &found, &count));
        for (size_t i = 0; i < count; i++) {
            const struct metric_entry *m = &found[i];
            if (!str_ieq(str_of(m->name), str_of(k->name)) || !m->dataset || !m->expression || !names_alike(m->dataset, k->dataset)) continue;
            struct text_list differences = {0};
            named = true;
            TRY(kpi_compare(arena, in, k, m, s->entry.dialect, &differences));
            if (differences.n) return kpi_say(arena, in, s, RULE_METRIC_CONFLICT, k, m, &differences, out), NULL;
        }
        for (size_t i = 0; i < count && !named; i++) {
            if (str_ieq(str_of(found[i].name), str_of(k->name)) || is_zero(identity) || !hash128_eq(found[i].identity, identity)) continue;
            return kpi_say(arena, in, s, RULE_METRIC_DUPLICATE, k, &found[i], NULL, out), NULL;
        }
    }
    return NULL;
}

static const struct err *subject_kpis(struct arena *arena, const struct check_input *in, const struct subject *s, struct findings *out) {
    struct kpis k = {.arena = arena, .dialect = s->entry.dialect};
    if (!s->changed || !s->entry.query) return NULL;
    sql_walk_query(&(struct sql_visitor){.ctx = &k, .query = query_seen}, (struct sql_query *)(uintptr_t)s->entry.query);
    for (size_t i = 0; i < k.list.n; i++) TRY(kpi_check(arena, in, s, &k.list.at[i], out));
    return NULL;
}

/* ---- metrics that the change registers ---- */

static bool text_same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

static bool is_old(const struct check_input *in, const struct metric *m) {
    for (size_t i = 0; in->base && i < in->base->metrics.n; i++) {
        const struct metric *b = &in->base->metrics.at[i];
        if (text_same(b->name, m->name) && text_same(b->expression, m->expression) && text_same(b->filter, m->filter) &&
            text_same(b->dataset, m->dataset))
            return true;
    }
    return false;
}

static bool is_replaced(const struct check_input *in, const struct metric_entry *m) {
    const struct candidates_skip *skip = in->skip;
    if (!skip || strcmp(m->repo, in->repo) != 0) return false;
    for (size_t i = 0; i < skip->path_count; i++) {
        if (strcmp(skip->paths[i], m->path) == 0) return true;
    }
    return false;
}

static void metric_say(struct arena *arena, const struct check_input *in, enum rule rule, const struct metric *m, const struct metric_entry *other,
                       struct findings *out) {
    struct finding *f = arena_new(arena, struct finding);
    *f = (struct finding){.rule = rule,
                          .rule_id = rule_info(rule)->id,
                          .severity = in->settings->levels[rule],
                          .path = m->path,
                          .where = {.line = m->line, .column = 1, .end_line = m->line, .end_column = 1},
                          .subject = arena_printf(arena, "the metric %s", m->name),
                          .dataset = other->dataset,
                          .twin = metric_twin(arena, other)};
    f->key = finding_key(arena, rule, arena_printf(arena, "%s %s %s", m->name, m->expression ? m->expression : "", m->filter ? m->filter : ""),
                         arena_printf(arena, "%s %s", other->name, other->path));
    if (rule == RULE_METRIC_CONFLICT) {
        f->text = arena_printf(arena, "The metric %s is registered already, with another formula (%s).", m->name, other->path);
        f->next_step = "agree on one formula, or take another name";
        text_list_printf(arena, &f->differences, "%s%s%s here; %s%s%s there", m->expression ? m->expression : "?", m->filter ? " where " : "",
                         m->filter ? m->filter : "", other->expression ? other->expression : "?", other->filter ? " where " : "",
                         other->filter ? other->filter : "");
    } else {
        f->text = arena_printf(arena, "The metric %s has the formula of the registered metric %s.", m->name, other->name);
        f->next_step = arena_printf(arena, "use %s", other->name);
    }
    check_say(arena, in, out, f);
}

static const struct err *metric_check(struct arena *arena, const struct check_input *in, const struct metric *m, struct findings *out) {
    struct hash128 identity = {0, 0};
    if (!m->query || !m->dataset) return NULL;
    TRY(identity_of(arena, in, sql_query_text(arena, m->query, DIALECT_DATABRICKS), m->dataset, DIALECT_DATABRICKS, &identity));
    if (is_zero(identity)) return NULL;
    for (size_t c = 0; c < in->catalog_count; c++) {
        struct metric_entry *found;
        size_t count;
        TRY(catalog_metrics(arena, in->catalogs[c], m->name, &identity, &found, &count));
        for (size_t i = 0; i < count; i++) {
            const struct metric_entry *other = &found[i];
            bool same_name = str_ieq(str_of(other->name), str_of(m->name)), same_formula = hash128_eq(other->identity, identity);
            bool same_place = !*other->repo || strcmp(other->repo, in->repo) == 0 || (other->dataset && names_alike(other->dataset, m->dataset));
            if (is_replaced(in, other) || is_zero(other->identity) || !same_place) continue;
            if (same_name && !same_formula) metric_say(arena, in, RULE_METRIC_CONFLICT, m, other, out);
            if (!same_name && same_formula) metric_say(arena, in, RULE_METRIC_DUPLICATE, m, other, out);
        }
    }
    return NULL;
}

const struct err *check_metric(struct arena *arena, const struct check_input *in, struct findings *out) {
    for (size_t i = 0; i < in->subject_count; i++) TRY(subject_kpis(arena, in, &in->subjects[i], out));
    for (size_t i = 0; !in->whole && in->head && i < in->head->metrics.n; i++) {
        if (!is_old(in, &in->head->metrics.at[i])) TRY(metric_check(arena, in, &in->head->metrics.at[i], out));
    }
    return NULL;
}
