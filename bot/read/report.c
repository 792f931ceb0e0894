/* report.c - metrics of .parley.yml, and what `parley parse` says of one file. */
#include "dbt_metrics.h"
#include "reader.h"
#include "session.h"

static const char *const *texts(struct arena *arena, const struct yaml *list, size_t *count) {
    size_t n = list && list->kind == YAML_LIST ? list->count : 0;
    const char **out = arena_array(arena, n + 1, sizeof *out);
    for (size_t i = 0; i < n; i++) {
        if (list->items[i]->kind == YAML_SCALAR) out[(*count)++] = list->items[i]->text;
    }
    return out;
}

void read_settings_metrics(struct arena *arena, const char *path, const struct yaml *metrics, enum dialect dialect, struct reading *into) {
    for (size_t i = 0; metrics && metrics->kind == YAML_LIST && i < metrics->count; i++) {
        const struct yaml *y = metrics->items[i];
        struct metric *m = vec_add(arena, &into->metrics);
        *m = (struct metric){.name = yaml_str(y, "name", ""),
                             .label = yaml_str(y, "label", NULL),
                             .description = yaml_str(y, "description", NULL),
                             .owner = yaml_str(y, "owner", NULL),
                             .path = path,
                             .line = y->line,
                             .origin = "settings"};
        m->dataset = yaml_str(y, "dataset", NULL);
        m->expression = yaml_str(y, "expression", NULL);
        m->filter = yaml_str(y, "filter", NULL);
        m->dimensions = texts(arena, yaml_get(y, "dimensions"), &m->dimension_count);
        m->query = metric_query(arena, m, dialect);
        bool complete = m->name[0] && m->dataset && m->expression;
        if (complete && m->query) continue;
        struct not_understood gap = {
            path, y->line, 0, complete ? "the expression or filter of this metric is no SQL" : "a metric needs name, dataset and expression", false};
        reading_gap(arena, into, &gap);
    }
}

/* What else is in the file, and whether it is right, is for the review to say. */
void settings_file_read(struct arena *arena, struct reading *out, const char *path, struct str bytes, enum dialect dialect) {
    struct yaml *y;
    if (!yaml_load(arena, path, bytes.p, bytes.n, &y)) read_settings_metrics(arena, path, yaml_get(y, "metrics"), dialect, out);
}

static const char *kind_name(enum file_kind kind) {
    switch (kind) {
    case FILE_SQL:
        return "sql";
    case FILE_TEMPLATE:
        return "dbt_model";
    case FILE_NOTEBOOK:
    case FILE_IPYNB:
    case FILE_EXPORT:
        return "notebook";
    case FILE_PYTHON:
    case FILE_DAG:
        return "python";
    case FILE_JOB:
    case FILE_TERRAFORM:
    case FILE_DBT_JOBS:
        return "job";
    case FILE_BUNDLE:
        return "bundle";
    case FILE_DASHBOARD:
    case FILE_QUERY:
        return "dashboard";
    default:
        return "other";
    }
}

const char *read_kind(struct arena *arena, const char *path, struct str bytes) { return kind_name(file_kind_of(arena, path, bytes)); }

void read_parse_report(struct arena *arena, const char *path, struct str bytes, enum dialect dialect, struct read_report *out) {
    struct reading *reading = read_file(arena, path, bytes, dialect);
    *out = (struct read_report){.kind = kind_name(file_kind_of(arena, path, bytes)),
                                .dialect = dialect,
                                .statements = reading->statements,
                                .definitions = reading->definitions.n};
    if (reading->definitions.n) out->dialect = reading->definitions.at[0].dialect;
    out->errors = reading->gaps.at;
    out->error_count = reading->gaps.n;
    out->columns = reading->gap_columns.at;
    out->column_count = reading->gap_columns.n;
    out->definitions += reading->jobs.n;
}
