/* check_metric.c - one name, one formula: registered metrics against new ones, and against what queries call by the same name.
 *
 * A formula is compared by its normal form over its source, so spelling does not matter; what cannot be normalized is left alone. */
#include "kpi.h"
#include "sql_print.h"
#include "upstream.h"

/* How the query's formula departs from the registered one, line by line. Nothing when it does not, or when that cannot be told. */
static const struct err *kpi_compare(struct arena *arena, const struct check_input *in, const struct kpi *k, const struct metric_entry *m,
                                     enum dialect dialect, struct text_list *differences) {
    struct kpi bare = *k;
    struct hash128 mine, theirs, filtered, plain;
    bare.where = NULL;
    TRY(kpi_identity(arena, in, kpi_sql(arena, &bare, NULL), k->dataset, dialect, &mine));
    TRY(kpi_identity(arena, in, arena_printf(arena, "SELECT %s AS kpi FROM %s", m->expression, k->dataset), k->dataset, dialect, &theirs));
    if (kpi_is_unknown(mine) || kpi_is_unknown(theirs)) return NULL;
    if (!hash128_eq(mine, theirs) && m->filter && *m->filter) { /* the filter stands inside: count(..) FILTER (WHERE ..), CASE WHEN .. END */
        bool same;
        const char *registered = arena_printf(arena, "SELECT %s AS kpi FROM %s WHERE %s", m->expression, k->dataset, m->filter);
        TRY(kpi_gives_same(arena, in, k->dataset, kpi_sql(arena, &bare, NULL), dialect, registered, dialect, &same));
        if (same) return NULL;
    }
    if (!hash128_eq(mine, theirs)) text_list_printf(arena, differences, "the formula is `%s`; registered is `%s`", k->expression, m->expression);
    if (!m->filter || !*m->filter) return NULL;
    TRY(kpi_identity(arena, in, kpi_sql(arena, k, m->filter), k->dataset, dialect, &filtered));
    TRY(kpi_identity(arena, in, kpi_sql(arena, k, NULL), k->dataset, dialect, &plain));
    if (kpi_is_unknown(filtered) || kpi_is_unknown(plain) || hash128_eq(filtered, plain)) return NULL;
    text_list_printf(arena, differences, "the filter `%s` of the registered metric is not applied", m->filter);
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
        f->text = arena_printf(arena, "%s in %s is not the registered metric of that name%s%s.", k->name, f->subject, f->differences.n ? ": " : "",
                               f->differences.n ? f->differences.at[0] : "");
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
    TRY(kpi_identity(arena, in, kpi_sql(arena, k, NULL), k->dataset, s->entry.dialect, &identity));
    bool named = false;
    for (size_t c = 0; c < in->catalog_count; c++) {
        struct metric_entry *found;
        size_t count;
        TRY(catalog_metrics(arena, in->catalogs[c], k->name, kpi_is_unknown(identity) ? NULL : &identity, &found, &count));
        for (size_t i = 0; i < count; i++) {
            const struct metric_entry *m = &found[i];
            if (!str_ieq(str_of(m->name), str_of(k->name)) || !m->dataset || !m->expression || !dataset_fits(m->dataset, k->dataset)) continue;
            struct text_list differences = {0};
            named = true;
            TRY(kpi_compare(arena, in, k, m, s->entry.dialect, &differences));
            if (differences.n) return kpi_say(arena, in, s, RULE_METRIC_CONFLICT, k, m, &differences, out), NULL;
        }
        for (size_t i = 0; i < count && !named; i++) {
            if (str_ieq(str_of(found[i].name), str_of(k->name)) || kpi_is_unknown(identity) || !hash128_eq(found[i].identity, identity)) continue;
            return kpi_say(arena, in, s, RULE_METRIC_DUPLICATE, k, &found[i], NULL, out), NULL;
        }
    }
    return NULL;
}

static const struct err *subject_kpis(struct arena *arena, const struct check_input *in, const struct subject *s, struct findings *out) {
    if (!s->changed || !s->entry.query) return NULL;
    struct kpis k = kpis_of(arena, s->entry.query, s->entry.dialect);
    for (size_t i = 0; i < k.n; i++) TRY(kpi_check(arena, in, s, &k.at[i], out));
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
    TRY(kpi_identity(arena, in, sql_query_text(arena, m->query, DIALECT_DATABRICKS), m->dataset, DIALECT_DATABRICKS, &identity));
    if (kpi_is_unknown(identity)) return NULL;
    for (size_t c = 0; c < in->catalog_count; c++) {
        struct metric_entry *found;
        size_t count;
        TRY(catalog_metrics(arena, in->catalogs[c], m->name, &identity, &found, &count));
        for (size_t i = 0; i < count; i++) {
            const struct metric_entry *other = &found[i];
            bool same_name = str_ieq(str_of(other->name), str_of(m->name)), same_formula = hash128_eq(other->identity, identity);
            bool same_place = !*other->repo || strcmp(other->repo, in->repo) == 0 || (other->dataset && dataset_fits(other->dataset, m->dataset));
            if (is_replaced(in, other) || kpi_is_unknown(other->identity) || !same_place) continue;
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
