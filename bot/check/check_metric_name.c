/* check_metric_name.c - one name for two numbers: the same KPI computed otherwise in another definition, and numbers that nobody registered. */
#include "bind.h"
#include "kpi.h"
#include "layer.h"
#include "look.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "upstream.h"

#include <strings.h>

#define READERS_MAX 30 /* other definitions over the same table that are looked into */
#define KPIS_MAX    60 /* of one definition */
#define BARE_MAX    20 /* wrappings around a number */
#define NAME_MIN    6  /* shorter names, such as total or cnt, say nothing */

/* ---- the same name elsewhere ---- */

/* A name somebody chose for this number: of two words, none of which only says that it is a number. */
static bool is_telling(const char *name) {
    static const char *const vague[] = {"total_count", "row_count", "num_rows",     "record_count", "count_all", "total_rows",
                                        "max_date",    "min_date",  "total_amount", "sum_amount",   "avg_value", "total_value"};
    if (strlen(name) < NAME_MIN || !strchr(name, '_')) return false;
    for (size_t i = 0; i < sizeof vague / sizeof *vague; i++) {
        if (strcasecmp(name, vague[i]) == 0) return false;
    }
    return true;
}

static bool reads(const struct entry *e, const char *dataset) {
    for (size_t i = 0; i < e->read_count; i++) {
        if (dataset_fits(e->reads[i], dataset)) return true;
    }
    return false;
}

static const struct kpi *kpi_named(const struct kpis *list, const char *name, const char *dataset) {
    for (size_t i = 0; i < list->n; i++) {
        if (strcasecmp(list->at[i].name, name) == 0 && dataset_fits(list->at[i].dataset, dataset)) return &list->at[i];
    }
    return NULL;
}

/* sum(a) / sum(b), or sum(a / b): which of the two is a common mistake. */
enum ratio { RATIO_NONE, RATIO_OF_SUMS, RATIO_INSIDE };

static enum ratio ratio_of(struct arena *arena, const char *expression, enum dialect dialect) {
    const struct sql_expr *e = sql_parse_expr(arena, str_of(expression), dialect, NULL);
    while (e && (e->kind == EX_PAREN || e->kind == EX_CAST) && e->arg_count) e = e->args[0];
    if (!e) return RATIO_NONE;
    if (e->kind == EX_BINARY && e->op == OP_DIVIDE) return RATIO_OF_SUMS;
    bool aggregate = e->kind == EX_CALL && e->arg_count == 1 && (str_iis(e->name, "avg") || str_iis(e->name, "sum"));
    return aggregate && e->args[0]->kind == EX_BINARY && e->args[0]->op == OP_DIVIDE ? RATIO_INSIDE : RATIO_NONE;
}

static bool is_min_max(const char *expression) { return strncasecmp(expression, "max(", 4) == 0 || strncasecmp(expression, "min(", 4) == 0; }

static void differs_say(struct look *look, const struct kpi *mine, const struct kpi *theirs, const struct entry *other) {
    struct subject *s = look->subject;
    enum dialect dialect = s->entry.dialect;
    struct twin twin = check_twin(look->arena, other);
    struct range where = {.line = mine->line, .column = 1, .end_line = mine->line, .end_column = 1};
    struct finding *f = look_finding(look, RULE_METRIC_DIFFERS, arena_printf(look->arena, "%s %s", mine->name, twin.name), where);
    enum ratio a = ratio_of(look->arena, mine->expression, dialect), b = ratio_of(look->arena, theirs->expression, other->dialect);
    f->twin = twin;
    f->dataset = twin.dataset;
    f->text = arena_printf(look->arena, "%s in %s is not the %s of %s: it is %s here, and %s there.", mine->name, f->subject, mine->name, twin.name,
                           mine->expression, theirs->expression);
    f->next_step = "agree on one formula and register it, or take another name";
    if (a != b && a && b) text_list_add(look->arena, &f->notes, "one divides sums, the other takes ratios row by row: they weigh rows differently");
    text_list_printf(look->arena, &f->differences, "%s here; %s there", mine->expression, theirs->expression);
    look_say(look, f);
}

static const struct err *gives_same(struct look *look, const struct kpi *a, const struct kpi *b, enum dialect dialect, bool *same) {
    const char *left = kpi_sql(look->arena, a, NULL), *right = kpi_sql(look->arena, b, NULL);
    return kpi_gives_same(look->arena, look->in, a->dataset, left, look->subject->entry.dialect, right, dialect, same);
}

static bool is_zero(const struct sql_expr *e) { return e->kind == EX_LITERAL && str_is(e->name, "0"); }

/* coalesce(x, 0), and its other names: x. */
static const struct sql_expr *zero_free(const struct sql_expr *e) {
    bool filled = e->kind == EX_CALL && e->arg_count == 2 && (str_iis(e->name, "coalesce") || str_iis(e->name, "ifnull") || str_iis(e->name, "nvl"));
    return filled && is_zero(e->args[1]) ? zero_free(e->args[0]) : e;
}

/* What is summed, when the number is a sum of something, NULL or 0 where there is nothing; NULL when it is none. */
static const char *summed(struct arena *arena, const char *expression, enum dialect dialect) {
    const struct sql_expr *e = sql_parse_expr(arena, str_of(expression), dialect, NULL);
    if (e) e = zero_free(e);
    bool sum = e && e->kind == EX_CALL && e->arg_count == 1 && str_iis(e->name, "sum") && !(e->flags & SQL_DISTINCT) &&
               !(e->call && (e->call->over || e->call->filter));
    return sum ? str_lower(arena, str_of(sql_expr_text(arena, zero_free(e->args[0]), dialect))) : NULL;
}

/* sum(coalesce(x, 0)), coalesce(sum(x), 0) and sum(x) differ where nothing is summed, and nobody calls that another number. */
static bool differ_in_nothing(struct arena *arena, const struct kpi *a, enum dialect x, const struct kpi *b, enum dialect y) {
    const char *left = summed(arena, a->expression, x), *right = summed(arena, b->expression, y);
    return left && right && strcmp(left, right) == 0;
}

/* Users of a day and users of a month are two numbers, and neither adds up to the other. */
static bool spans_differ(const struct kpi *a, const struct kpi *b) {
    bool distinct = strncasecmp(a->expression, "count(distinct ", 15) == 0 || strncasecmp(a->expression, "approx_count_distinct(", 22) == 0;
    return distinct && a->period && b->period && strcmp(a->clock, b->clock) == 0 && strcmp(a->period, b->period) != 0;
}

static void spans_say(struct look *look, const struct kpi *mine, const struct kpi *theirs, const struct entry *other) {
    struct twin twin = check_twin(look->arena, other);
    struct range where = {.line = mine->line, .column = 1, .end_line = mine->line, .end_column = 1};
    struct finding *f = look_finding(look, RULE_METRIC_DIFFERS, arena_printf(look->arena, "%s by %s %s", mine->name, mine->period, twin.name), where);
    f->twin = twin;
    f->dataset = twin.dataset;
    f->text = arena_printf(look->arena, "%s in %s counts distinct values by %s, the %s of %s by %s: neither adds up to the other.", mine->name,
                           f->subject, mine->period, mine->name, twin.name, theirs->period);
    f->next_step = "say the span of time in the name";
    look_say(look, f);
}

static struct kpis other_kpis(struct look *look, const struct entry *other) {
    struct sql_error error = {0};
    const struct sql_query *query = other->query ? other->query : sql_parse_query(look->arena, str_of(other->sql), other->dialect, &error);
    return query ? kpis_of(look->arena, query, other->dialect) : (struct kpis){0};
}

#define FLAGS_DEPTH 20

/* The column of a condition that asks a truth alone: is_bot, NOT is_bot, is_bot = false. NULL: it asks something else. */
static const struct sql_expr *flag_of(const struct sql_expr *e) {
    if (e->kind == EX_UNARY && e->op == OP_NOT && e->arg_count) e = e->args[0];
    bool equal = e->kind == EX_BINARY && e->op == OP_EQ && e->arg_count == 2 && e->args[1]->kind == EX_LITERAL &&
                 (e->args[1]->op == LIT_TRUE || e->args[1]->op == LIT_FALSE);
    if (equal || (e->kind == EX_IS && e->arg_count == 1 && (e->op == OP_IS_TRUE || e->op == OP_IS_FALSE))) e = e->args[0];
    return e->kind == EX_NAME ? e : NULL;
}

/* A truth that one of them asks of its rows, and of which the other says nothing: not a slice of the same number, as a country or a day would be. */
static const struct sql_expr *flag_missing(const struct sql_expr *e, const char *other, int depth) {
    if (!e || depth > FLAGS_DEPTH) return NULL;
    if (e->kind == EX_BINARY && e->op == OP_AND) {
        const struct sql_expr *found = NULL;
        for (uint32_t i = 0; i < e->arg_count && !found; i++) found = flag_missing(e->args[i], other, depth + 1);
        return found;
    }
    const struct sql_expr *flag = flag_of(e);
    return flag && !(other && memmem(other, strlen(other), flag->name.p, flag->name.n)) ? e : NULL;
}

static const char *flag_text(struct look *look, const struct kpi *k, const struct entry *of, const struct entry *other) {
    const struct sql_expr *where = k->where ? sql_parse_expr(look->arena, str_of(k->where), of->dialect, NULL) : NULL;
    const struct sql_expr *flag = flag_missing(where, other->sql, 0);
    return flag ? sql_expr_text(look->arena, flag, of->dialect) : NULL;
}

/* One formula, and one of the two leaves out rows by a truth: users with bots and without. */
static bool flags_say(struct look *look, const struct kpi *mine, const struct kpi *theirs, const struct entry *other) {
    const struct entry *own = &look->subject->entry;
    const char *here = flag_text(look, mine, own, other), *there = here ? NULL : flag_text(look, theirs, other, own);
    if (!here && !there) return false;
    struct twin twin = check_twin(look->arena, other);
    struct range where = {.line = mine->line, .column = 1, .end_line = mine->line, .end_column = 1};
    struct finding *f = look_finding(look, RULE_METRIC_DIFFERS, arena_printf(look->arena, "%s filter %s", mine->name, twin.name), where);
    f->twin = twin;
    f->dataset = twin.dataset;
    f->text = arena_printf(look->arena, "%s in %s %s `%s`, the %s of %s %s.", mine->name, f->subject, here ? "is only over" : "is not limited to",
                           here ? here : there, mine->name, twin.name, here ? "is not" : "is");
    f->next_step = "agree on one filter and register it with the formula, or take another name";
    look_say(look, f);
    return true;
}

/* Is the other's number of that name over that table another one? Only when both formulas are understood. */
static const struct err *number_compare(struct look *look, const struct kpi *mine, const struct entry *other, bool *said) {
    if (!strcasestr(other->sql, mine->name)) return NULL;
    struct kpis list = other_kpis(look, other);
    const struct kpi *theirs = kpi_named(&list, mine->name, mine->dataset);
    bool spans = theirs && spans_differ(mine, theirs);
    if (!theirs) return NULL;
    if (!spans && strcmp(theirs->expression, mine->expression) == 0) return *said = flags_say(look, mine, theirs, other), NULL;
    struct kpi a = *mine, b = *theirs;
    struct hash128 x, y;
    a.where = b.where = NULL;
    TRY(kpi_identity(look->arena, look->in, kpi_sql(look->arena, &a, NULL), mine->dataset, look->subject->entry.dialect, &x));
    TRY(kpi_identity(look->arena, look->in, kpi_sql(look->arena, &b, NULL), mine->dataset, other->dialect, &y));
    bool same = false;
    if (kpi_is_unknown(x) || kpi_is_unknown(y)) return NULL;
    if (hash128_eq(x, y)) {
        *said = spans || flags_say(look, mine, theirs, other);
        if (spans) spans_say(look, mine, theirs, other);
        return NULL;
    }
    if (differ_in_nothing(look->arena, &a, look->subject->entry.dialect, &b, other->dialect)) return NULL;
    TRY(gives_same(look, &a, &b, other->dialect, &same));
    if (!same && (mine->where || theirs->where)) TRY(gives_same(look, mine, theirs, other->dialect, &same)); /* a filter inside, or WHERE */
    if (same) return NULL;
    *said = true;
    differs_say(look, mine, theirs, other);
    return NULL;
}

/* ---- one ratio, two weights ---- */

/* Without brackets, casts, rounding and what keeps it from dividing by zero. */
static const struct sql_expr *bare(const struct sql_expr *e) {
    for (int depth = 0; depth < BARE_MAX && e->arg_count; depth++) {
        bool wraps = e->kind == EX_PAREN || e->kind == EX_CAST;
        bool call = e->kind == EX_CALL && (str_iis(e->name, "round") || str_iis(e->name, "nullif") || str_iis(e->name, "coalesce"));
        if (!wraps && !call) return e;
        e = e->args[0];
    }
    return e;
}

static bool is_plain_call(const struct sql_expr *e, const char *name) {
    return e->kind == EX_CALL && e->arg_count == 1 && str_iis(e->name, name) && !(e->flags & SQL_DISTINCT) &&
           !(e->call && (e->call->over || e->call->filter));
}

/* The ratio row by row, sum(a / b), of one column to another, whichever way the number is computed; NULL when it is none. */
static const char *ratio_inside(struct arena *arena, const struct kpi *k, enum dialect dialect, enum ratio *kind) {
    const struct sql_expr *e = sql_parse_expr(arena, str_of(k->expression), dialect, NULL), *over, *under;
    if (!e) return NULL;
    e = bare(e);
    if (e->kind == EX_BINARY && e->op == OP_DIVIDE) {
        over = bare(e->args[0]), under = bare(e->args[1]);
        if (!is_plain_call(over, "sum") || !is_plain_call(under, "sum")) return NULL;
        over = bare(over->args[0]), under = bare(under->args[0]);
        *kind = RATIO_OF_SUMS;
    } else {
        if (!is_plain_call(e, "avg") && !is_plain_call(e, "sum")) return NULL;
        e = bare(e->args[0]);
        if (e->kind != EX_BINARY || e->op != OP_DIVIDE) return NULL;
        over = bare(e->args[0]), under = bare(e->args[1]);
        *kind = RATIO_INSIDE;
    }
    if (over->kind != EX_NAME || under->kind != EX_NAME) return NULL;
    return arena_printf(arena, "sum(%s / %s)", sql_expr_text(arena, over, dialect), sql_expr_text(arena, under, dialect));
}

static void ratio_say(struct look *look, const struct kpi *mine, const struct kpi *theirs, const struct entry *other) {
    struct twin twin = check_twin(look->arena, other);
    struct range where = {.line = mine->line, .column = 1, .end_line = mine->line, .end_column = 1};
    struct finding *f = look_finding(look, RULE_METRIC_DIFFERS, arena_printf(look->arena, "%s %s %s", mine->name, theirs->name, twin.name), where);
    f->twin = twin;
    f->dataset = twin.dataset;
    f->text = arena_printf(look->arena, "%s in %s and %s of %s are one ratio computed in two ways: %s here, and %s there.", mine->name, f->subject,
                           theirs->name, twin.name, mine->expression, theirs->expression);
    f->next_step = "agree on one formula; the ratio of the sums is that of all rows together";
    text_list_add(look->arena, &f->notes, "one divides sums, the other takes ratios row by row: they weigh rows differently");
    look_say(look, f);
}

/* Under another name, does the other divide sums of the columns of which this one takes ratios, or the other way round? */
static const struct err *ratio_compare(struct look *look, const struct kpi *mine, const struct entry *other, bool *said) {
    enum dialect dialect = look->subject->entry.dialect;
    enum ratio kind = RATIO_NONE, other_kind = RATIO_NONE;
    struct kpi a = *mine;
    struct hash128 x, y;
    a.where = NULL;
    a.expression = strchr(mine->expression, '/') && strchr(other->sql, '/') ? ratio_inside(look->arena, mine, dialect, &kind) : NULL;
    if (!a.expression) return NULL;
    TRY(kpi_identity(look->arena, look->in, kpi_sql(look->arena, &a, NULL), a.dataset, dialect, &x));
    struct kpis list = other_kpis(look, other);
    for (size_t i = 0; i < list.n && i < KPIS_MAX && !kpi_is_unknown(x); i++) {
        struct kpi b = list.at[i];
        bool same_name = strcasecmp(b.name, mine->name) == 0;
        if (same_name || !dataset_fits(b.dataset, mine->dataset)) continue;
        b.where = NULL;
        b.expression = ratio_inside(look->arena, &list.at[i], other->dialect, &other_kind);
        if (!b.expression || other_kind == kind) continue;
        TRY(kpi_identity(look->arena, look->in, kpi_sql(look->arena, &b, NULL), mine->dataset, other->dialect, &y));
        if (kpi_is_unknown(y) || !hash128_eq(x, y)) continue;
        *said = true;
        ratio_say(look, mine, &list.at[i], other);
        return NULL;
    }
    return NULL;
}

/* ---- who else computes numbers ---- */

/* A definition that stays, and whose numbers others look at. */
static bool is_other(const struct look *look, const struct entry *e) {
    const struct entry *own = &look->subject->entry;
    bool lasting = e->dataset || e->artefact == ARTEFACT_DASHBOARD;
    if (!lasting || !e->sql || e->kind == DEF_TEMP || strcmp(e->uid, own->uid) == 0) return false;
    return !(own->dataset && e->dataset && dataset_fits(own->dataset, e->dataset));
}

typedef const struct err *(*number_check)(struct look *look, const struct kpi *mine, const struct entry *other, bool *said);

/* Holds a number against all others over its table, until one is said to differ. */
static const struct err *number_look(struct look *look, const struct kpi *mine, number_check check) {
    bool said = false;
    for (size_t i = 0; i < look->in->subject_count && !said; i++) {
        const struct subject *s = &look->in->subjects[i];
        if (s == look->subject || s > look->subject || !is_other(look, &s->entry) || !reads(&s->entry, mine->dataset)) continue;
        TRY(check(look, mine, &s->entry, &said));
    }
    for (size_t c = 0; c < look->in->catalog_count && !said; c++) {
        struct entry *found;
        size_t count;
        TRY(catalog_readers(look->arena, look->in->catalogs[c], mine->dataset, READERS_MAX, &found, &count, NULL));
        for (size_t i = 0; i < count && !said; i++) {
            bool here = look->in->whole && strcmp(found[i].repo, look->in->repo) == 0; /* among the subjects */
            if (!here && is_other(look, &found[i])) TRY(check(look, mine, &found[i], &said));
        }
    }
    return NULL;
}

static bool is_product(const struct look *look) {
    const struct entry *e = &look->subject->entry;
    return (look->subject->definition->dataset && e->kind != DEF_TEMP && e->kind != DEF_EPHEMERAL) || e->artefact == ARTEFACT_DASHBOARD;
}

static const struct err *differs_look(struct look *look) {
    if (!look->query || !is_product(look) || look->subject->reused) return NULL;
    struct kpis list = kpis_of(look->arena, look->query, look->subject->entry.dialect);
    for (size_t i = 0; i < list.n && i < KPIS_MAX; i++) {
        const struct kpi *k = &list.at[i];
        if (!reads(&look->subject->entry, k->dataset)) continue;
        if (is_telling(k->name) && !is_min_max(k->expression)) TRY(number_look(look, k, number_compare));
        if (strchr(k->expression, '/')) TRY(number_look(look, k, ratio_compare));
    }
    return NULL;
}

/* ---- numbers nobody registered ---- */

/* The latest, the first, or how many rows: looks at a table, no KPI. */
static bool is_glance(const char *expression) {
    return is_min_max(expression) || strcasecmp(expression, "count(*)") == 0 || strcasecmp(expression, "count(1)") == 0;
}

/* Over a table that has registered metrics, a dashboard or gold table shows others. */
static const struct err *unregistered_names(struct look *look, const struct kpis *list, struct text_list *names, const char **dataset) {
    for (size_t i = 0; i < list->n && i < KPIS_MAX; i++) {
        const struct kpi *k = &list->at[i];
        bool registered = false, any = false;
        struct hash128 identity;
        if (is_glance(k->expression) || strlen(k->name) < 4 || !reads(&look->subject->entry, k->dataset)) continue;
        TRY(kpi_identity(look->arena, look->in, kpi_sql(look->arena, k, NULL), k->dataset, look->subject->entry.dialect, &identity));
        for (size_t c = 0; c < look->in->catalog_count; c++) {
            struct metric_entry *found;
            size_t count;
            TRY(catalog_metrics_over(look->arena, look->in->catalogs[c], k->dataset, &found, &count));
            for (size_t m = 0; m < count; m++) {
                if (!found[m].dataset || !dataset_fits(found[m].dataset, k->dataset)) continue;
                any = true;
                registered |= strcasecmp(found[m].name, k->name) == 0 || (!kpi_is_unknown(identity) && hash128_eq(found[m].identity, identity));
            }
        }
        if (!any || registered || text_list_has(names, k->name)) continue;
        text_list_add(look->arena, names, k->name);
        *dataset = k->dataset;
    }
    return NULL;
}

static const struct err *unregistered_look(struct look *look) {
    const struct entry *e = &look->subject->entry;
    bool shown = e->artefact == ARTEFACT_DASHBOARD || layer_of(look->in->settings, look->subject->definition->dataset) == LAYER_GOLD;
    struct text_list names = {0};
    const char *dataset = NULL;
    if (!look->query || !shown || look->subject->reused) return NULL;
    struct kpis list = kpis_of(look->arena, look->query, e->dialect);
    TRY(unregistered_names(look, &list, &names, &dataset));
    if (!names.n) return NULL;
    struct buf all = buf_new(look->arena);
    for (size_t i = 0; i < names.n; i++) buf_printf(&all, "%s%s", i ? ", " : "", names.at[i]);
    struct finding *f = look_finding(look, RULE_METRIC_UNREGISTERED, dataset, (struct range){0});
    f->dataset = dataset;
    f->text = arena_printf(look->arena, "%s shows %s over %s, whose metrics are registered; %s not.", f->subject, buf_str(&all), dataset,
                           names.n == 1 ? "this one is" : "these are");
    f->next_step = "register them, or use the registered ones";
    look_say(look, f);
    return NULL;
}

const struct look_rule metric_name_looks[] = {
    {.rule = RULE_METRIC_DIFFERS, .subject = differs_look},
    {.rule = RULE_METRIC_UNREGISTERED, .subject = unregistered_look},
    LOOKS_END,
};
