/* dbt_metrics.c - measures become expressions over their dataset; both generations of metrics. */
#include "dbt_metrics.h"

#include "sql_parse.h"

static struct dbt_run run_of(struct dbt_project *p) {
    return (struct dbt_run){.project = p, .arena = p->reader->arena, .config = jv_dict_new(p->reader->arena)};
}

const struct sql_query *metric_query(struct arena *arena, const struct metric *m, enum dialect dialect) {
    if (!m->expression || !m->dataset) return NULL;
    struct str from = dbt_relation_text(arena, m->dataset, dialect);
    struct str name = dbt_relation_text(arena, m->name, dialect);
    const char *text = arena_printf(arena, "SELECT %s AS %.*s FROM %.*s%s%s", m->expression, STR_ARG(name), STR_ARG(from), m->filter ? " WHERE " : "",
                                    m->filter ? m->filter : "");
    return sql_parse_query(arena, str_of(text), dialect, NULL);
}

/* The dataset that "ref('x')" names. */
static const char *model_dataset(struct dbt_project *p, const char *text) {
    if (!text) return NULL;
    struct dbt_run run = run_of(p);
    struct jinja_host host = dbt_host(&run);
    const char *wrapped = strstr(text, "{{") ? text : arena_printf(run.arena, "{{ %s }}", text);
    jinja_value_of(run.arena, str_of(wrapped), &host);
    return run.refs.n ? run.refs.at[0] : NULL;
}

static const char *aggregate(struct arena *arena, const char *agg, const char *expr) {
    static const struct {
        const char *agg, *fmt;
    } forms[] = {
        {"count_distinct", "count(distinct %s)"},
        {"sum_boolean", "sum(case when %s then 1 else 0 end)"},
        {"average", "avg(%s)"},
        {"avg", "avg(%s)"},
        {"sum", "sum(%s)"},
        {"count", "count(%s)"},
        {"min", "min(%s)"},
        {"max", "max(%s)"},
        {"median", "median(%s)"},
    };
    for (size_t i = 0; agg && expr && i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(agg, forms[i].agg) != 0) continue;
        struct buf b = buf_new(arena);
        const char *at = strstr(forms[i].fmt, "%s");
        buf_add(&b, forms[i].fmt, (size_t)(at - forms[i].fmt));
        buf_text(&b, expr);
        buf_text(&b, at + 2);
        return buf_str(&b);
    }
    return NULL;
}

/* "{{ Dimension('order__is_paid') }} = true" to "is_paid = true". */
static const char *filter_text(struct arena *arena, const struct yaml *y) {
    struct buf b = buf_new(arena);
    const struct yaml *list = y && y->kind == YAML_LIST ? y : NULL;
    size_t n = list ? list->count : y && y->kind == YAML_SCALAR ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const struct yaml *one = list ? list->items[i] : y;
        if (one->kind != YAML_SCALAR) continue;
        if (b.n) buf_text(&b, " AND ");
        const char *p = one->text;
        for (const char *open; (open = strstr(p, "{{"));) {
            const char *close = strstr(open, "}}");
            if (!close) break;
            buf_add(&b, p, (size_t)(open - p));
            const char *quote = strpbrk(open, "'\""), *end = quote && quote < close ? strchr(quote + 1, *quote) : NULL;
            struct str name = end ? (struct str){quote + 1, (size_t)(end - quote - 1)} : (struct str){open, (size_t)(close - open)};
            const char *cut = NULL;
            for (size_t k = 0; k + 1 < name.n; k++) {
                if (name.p[k] == '_' && name.p[k + 1] == '_') cut = name.p + k + 2;
            }
            if (cut) name = (struct str){cut, (size_t)(name.p + name.n - cut)};
            buf_slice(&b, name);
            p = close + 2;
        }
        buf_text(&b, p);
    }
    return b.n ? str_dup(arena, str_trim((struct str){b.p, b.n})) : NULL;
}

struct measure {
    const char *dataset, *expression;
    const struct yaml *model;
};

/* Measures of all semantic models of this file, by name. */
static struct map *measures_read(struct dbt_project *p, const struct yaml *models) {
    struct arena *arena = p->reader->arena;
    struct map *all = map_new(arena);
    for (size_t i = 0; models && models->kind == YAML_LIST && i < models->count; i++) {
        const struct yaml *list = yaml_get(models->items[i], "measures");
        const char *dataset = model_dataset(p, yaml_str(models->items[i], "model", NULL));
        for (size_t k = 0; list && list->kind == YAML_LIST && k < list->count; k++) {
            const char *name = yaml_str(list->items[k], "name", "");
            struct measure *m = arena_new(arena, struct measure);
            m->dataset = dataset;
            m->expression = aggregate(arena, yaml_str(list->items[k], "agg", NULL), yaml_str(list->items[k], "expr", name));
            m->model = models->items[i];
            map_put(all, str_of(name), m);
        }
    }
    return all;
}

static void dimensions_set(struct arena *arena, struct metric *m, const struct yaml *list) {
    size_t n = list && list->kind == YAML_LIST ? list->count : 0;
    const char **names = arena_array(arena, n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        const char *name = list->items[i]->kind == YAML_SCALAR ? list->items[i]->text : yaml_str(list->items[i], "name", NULL);
        if (name) names[m->dimension_count++] = name;
    }
    m->dimensions = names;
}

static const char *measure_name(const struct yaml *y) { return !y ? NULL : y->kind == YAML_SCALAR ? y->text : yaml_str(y, "name", NULL); }

static const struct measure *measure_of(struct map *measures, const struct yaml *y) {
    const char *name = measure_name(y);
    return name ? map_get(measures, str_of(name)) : NULL;
}

static const char *both(struct arena *arena, const char *a, const char *b) { return a && b ? arena_printf(arena, "(%s) AND (%s)", a, b) : a ? a : b; }

static void metric_of_measures(struct arena *arena, struct metric *m, const struct yaml *y, struct map *measures) {
    const struct yaml *params = yaml_get(y, "type_params");
    const char *type = yaml_str(y, "type", "simple");
    const struct yaml *one = yaml_get(params, "measure"), *over = yaml_get(params, "numerator"), *under = yaml_get(params, "denominator");
    const struct measure *a = measure_of(measures, one ? one : over), *b = measure_of(measures, under);
    m->filter = both(arena, filter_text(arena, yaml_get(y, "filter")), one ? filter_text(arena, yaml_get(one, "filter")) : NULL);
    if (strcmp(type, "ratio") == 0) {
        bool same = a && b && a->dataset && b->dataset && strcmp(a->dataset, b->dataset) == 0 && a->expression && b->expression;
        bool filtered = (over && yaml_get(over, "filter")) || (under && yaml_get(under, "filter"));
        if (same && !filtered) m->expression = arena_printf(arena, "%s / %s", a->expression, b->expression), m->dataset = a->dataset;
    } else if (strcmp(type, "simple") == 0 && a) {
        m->expression = a->expression;
        m->dataset = a->dataset;
    } else if (strcmp(type, "derived") == 0) {
        m->expression = yaml_str(params, "expr", NULL);
    }
    if (a) dimensions_set(arena, m, yaml_get(a->model, "dimensions"));
}

/* Metrics before dbt 1.6: the formula is in the metric itself. */
static void metric_of_columns(struct dbt_project *p, struct metric *m, const struct yaml *y) {
    struct arena *arena = p->reader->arena;
    m->dataset = model_dataset(p, yaml_str(y, "model", NULL));
    const char *expr = yaml_str(y, "expression", yaml_str(y, "sql", NULL));
    m->expression = aggregate(arena, yaml_str(y, "calculation_method", yaml_str(y, "type", NULL)), expr);
    dimensions_set(arena, m, yaml_get(y, "dimensions"));
    const struct yaml *filters = yaml_get(y, "filters");
    for (size_t i = 0; filters && filters->kind == YAML_LIST && i < filters->count; i++) {
        const struct yaml *f = filters->items[i];
        m->filter =
            both(arena, m->filter, arena_printf(arena, "%s %s %s", yaml_str(f, "field", ""), yaml_str(f, "operator", "="), yaml_str(f, "value", "")));
    }
}

static struct metric *metric_new(struct dbt_project *p, const struct yaml *y, const char *path) {
    struct metric *m = vec_add(p->reader->arena, &p->reader->out->metrics);
    *m = (struct metric){.name = yaml_str(y, "name", ""),
                         .label = yaml_str(y, "label", NULL),
                         .description = yaml_str(y, "description", NULL),
                         .path = path,
                         .line = y->line,
                         .origin = "dbt"};
    m->owner = yaml_str(y, "meta.owner", yaml_str(y, "config.meta.owner", NULL));
    return m;
}

void dbt_metrics_read(struct dbt_project *p, const struct yaml *file, const char *path) {
    const struct yaml *models = yaml_get(file, "semantic_models"), *metrics = yaml_get(file, "metrics");
    struct arena *arena = p->reader->arena;
    struct map *measures = measures_read(p, models);
    for (size_t i = 0; metrics && metrics->kind == YAML_LIST && i < metrics->count; i++) {
        const struct yaml *y = metrics->items[i];
        if (y->kind != YAML_MAP) continue;
        struct metric *m = metric_new(p, y, path);
        if (yaml_get(y, "type_params")) {
            metric_of_measures(arena, m, y, measures);
        } else {
            metric_of_columns(p, m, y);
        }
        m->query = metric_query(arena, m, p->dialect);
    }
    /* Measures with create_metric are metrics of the same name. */
    for (size_t i = 0; models && models->kind == YAML_LIST && i < models->count; i++) {
        const struct yaml *list = yaml_get(models->items[i], "measures");
        for (size_t k = 0; list && list->kind == YAML_LIST && k < list->count; k++) {
            if (!yaml_bool(list->items[k], "create_metric", false)) continue;
            struct metric *m = metric_new(p, list->items[k], path);
            const struct measure *measure = map_get(measures, str_of(m->name));
            m->expression = measure->expression;
            m->dataset = measure->dataset;
            dimensions_set(arena, m, yaml_get(models->items[i], "dimensions"));
            m->query = metric_query(arena, m, p->dialect);
        }
    }
}
