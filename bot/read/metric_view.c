/* metric_view.c - the YAML of a metric view into metrics. */
#include "metric_view.h"

#include "dbt_metrics.h"
#include "yaml.h"

#include <ctype.h>

#define MEASURES_MAX 1000

/* Columns of the source may be written "source.amount". */
static const char *without_source(struct arena *arena, const char *text) {
    struct buf b = buf_new(arena);
    for (const char *p = text; p && *p;) {
        bool start = p == text || !(isalnum((unsigned char)p[-1]) || p[-1] == '_' || p[-1] == '.' || p[-1] == '`');
        if (start && strncasecmp(p, "source.", 7) == 0) {
            p += 7;
            continue;
        }
        buf_char(&b, *p++);
    }
    return text ? buf_str(&b) : NULL;
}

static bool has_word(const char *text, const char *word) {
    size_t n = strlen(word);
    for (const char *p = text; p && *p; p++) {
        if (strncasecmp(p, word, n) == 0 && (p == text || !(isalnum((unsigned char)p[-1]) || p[-1] == '_'))) return true;
    }
    return false;
}

/* "catalog.schema.table"; a query as the source is none. */
static const char *source_of(struct session *s, const struct yaml *root) {
    const char *source = yaml_str(root, "source", NULL);
    if (!source || !*source || strpbrk(source, " \n\t(")) return NULL;
    return session_dataset_text(s, str_of(source));
}

static const char *const *dimensions_of(struct arena *arena, const struct yaml *root, size_t *count) {
    const struct yaml *list = yaml_get(root, "dimensions");
    size_t n = list && list->kind == YAML_LIST ? list->count : 0;
    const char **names = arena_array(arena, n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        const char *name = yaml_str(list->items[i], "name", NULL);
        if (name) names[(*count)++] = name;
    }
    return names;
}

/* The line of the file on which the YAML begins. */
static int line_of(const struct sql_statement *st) {
    int line = (int)st->range.line;
    const char *at = st->text.n ? memmem(st->text.p, st->text.n, "$$", 2) : NULL;
    for (const char *p = st->text.p; at && p < at; p++) line += *p == '\n';
    return line;
}

static void measure_add(struct session *s, const struct yaml *root, const struct yaml *y, const char *dataset, int line) {
    struct arena *arena = s->arena;
    struct metric *m = vec_add(arena, &s->out->metrics);
    const char *expr = yaml_str(y, "expr", NULL), *own = yaml_str(y, "filter", NULL);
    *m = (struct metric){.name = yaml_str(y, "name", ""),
                         .label = yaml_str(y, "display_name", NULL),
                         .description = yaml_str(y, "comment", NULL),
                         .path = s->path,
                         .line = line + y->line - 1,
                         .origin = "metric view"};
    m->dataset = dataset;
    m->expression = without_source(arena, expr);
    m->filter = without_source(arena, yaml_str(root, "filter", NULL));
    m->dimensions = dimensions_of(arena, root, &m->dimension_count);
    bool plain = !yaml_get(root, "joins") && !yaml_get(y, "window") && !own && !has_word(expr, "measure(") && !has_word(expr, "measure (");
    m->query = plain ? metric_query(arena, m, s->dialect) : NULL;
}

void metric_view_read(struct session *s, const struct sql_statement *st) {
    struct yaml *root;
    const char *name = session_dataset(s, st->name);
    int line = line_of(st);
    const struct err *failed = yaml_load(s->arena, name, st->create->body_text.p, st->create->body_text.n, &root);
    const struct yaml *list = failed ? NULL : yaml_get(root, "measures");
    if (!list || list->kind != YAML_LIST) {
        session_gap(s, line, false, "the metric view %s was not understood: %s", name, failed ? failed->text : "it has no list of measures");
        return;
    }
    const char *dataset = source_of(s, root);
    for (size_t i = 0; i < list->count && i < MEASURES_MAX; i++) {
        if (list->items[i]->kind == YAML_MAP) measure_add(s, root, list->items[i], dataset, line);
    }
}
