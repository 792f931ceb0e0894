/* lineage.c - OpenLineage events (reference: openlineage, sections 2 to 4). */
#include "clock.h"
#include "job_event.h"

#include <stdlib.h>

#define DATASETS_MAX 500
#define COLUMNS_MAX  2000

/* A table's name without the store it lies in: by symlink first (catalog names), else as it is. */
static const char *dataset_name(const json_t *dataset) {
    const json_t *links = jsx_at(dataset, "facets.symlinks.identifiers");
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *link = json_array_get(links, i);
        if (strcmp(jsx_str(link, "type", ""), "TABLE") == 0 && jsx_str(link, "name", NULL)) return jsx_str(link, "name", NULL);
    }
    return jsx_str(dataset, "name", NULL);
}

static void columns_read(struct arena *arena, const json_t *dataset, struct event_dataset *out) {
    const json_t *fields = jsx_at(dataset, "facets.schema.fields");
    size_t n = json_array_size(fields) < COLUMNS_MAX ? json_array_size(fields) : COLUMNS_MAX;
    const char **names = arena_array(arena, n + 1, sizeof *names), **types = arena_array(arena, n + 1, sizeof *types);
    for (size_t i = 0; i < n; i++) {
        names[out->column_count] = jsx_str(json_array_get(fields, i), "name", NULL);
        types[out->column_count] = jsx_str(json_array_get(fields, i), "type", NULL);
        out->column_count += names[out->column_count] != NULL;
    }
    out->columns = names;
    out->types = types;
}

static size_t datasets_read(struct arena *arena, const json_t *list, const char *statistics, struct event_dataset **out) {
    size_t n = json_array_size(list) < DATASETS_MAX ? json_array_size(list) : DATASETS_MAX, count = 0;
    *out = arena_array(arena, n + 1, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        const json_t *dataset = json_array_get(list, i);
        struct event_dataset *d = &(*out)[count];
        *d = (struct event_dataset){.name = dataset_name(dataset), .rows = -1, .bytes = -1};
        if (!d->name) continue;
        d->rows = jsx_int(dataset, arena_printf(arena, "%s.rowCount", statistics), -1);
        d->bytes = jsx_int(dataset, arena_printf(arena, "%s.size", statistics), -1);
        columns_read(arena, dataset, d);
        count++;
    }
    return count;
}

static const char *repo_of_url(struct arena *arena, const char *url) {
    if (!url || !text_starts(url, "https://")) return NULL;
    const char *slash = strchr(url + 8, '/');
    if (!slash) return NULL;
    size_t n = strlen(slash + 1);
    if (n > 4 && text_ends(url, ".git")) n -= 4;
    return arena_copy(arena, slash + 1, n);
}

static const struct err *event_read(struct arena *arena, const json_t *e, struct job_event *out) {
    const char *space = jsx_str(e, "job.namespace", NULL), *name = jsx_str(e, "job.name", NULL);
    if (!jsx_str(e, "eventTime", NULL)) return err_new(ERR_INPUT, "eventTime: a string is needed");
    if (!space || !name) return err_new(ERR_INPUT, "job.namespace and job.name are needed");
    *out = (struct job_event){.platform = "openlineage",
                              .id = arena_printf(arena, "%s/%s", space, name),
                              .name = name,
                              .owner = jsx_str(e, "job.facets.ownership.owners.0.name", NULL),
                              .run_id = jsx_str(e, "run.runId", NULL),
                              .run_state = jsx_str(e, "eventType", NULL),
                              .repo = repo_of_url(arena, jsx_str(e, "job.facets.sourceCodeLocation.repoUrl", NULL)),
                              .path = jsx_str(e, "job.facets.sourceCodeLocation.path", NULL),
                              .ref = jsx_str(e, "job.facets.sourceCodeLocation.version", NULL)};
    out->pull_number = strtol(jsx_str(e, "job.facets.sourceCodeLocation.pullRequestNumber", "0"), NULL, 10);
    if (out->pull_number < 0 || out->pull_number > 100000000) out->pull_number = 0;
    if (!clock_parse_iso(jsx_str(e, "eventTime", ""), &out->at)) return err_new(ERR_INPUT, "eventTime: not ISO 8601");
    out->input_count = datasets_read(arena, jsx_at(e, "inputs"), "inputFacets.inputStatistics", &out->inputs);
    out->output_count = datasets_read(arena, jsx_at(e, "outputs"), "outputFacets.outputStatistics", &out->outputs);
    const char *sql = jsx_str(e, "job.facets.sql.query", NULL);
    if (!sql) return NULL;
    out->tasks = arena_new(arena, struct event_task);
    out->task_count = 1;
    out->tasks[0] = (struct event_task){.key = name,
                                        .sql = sql,
                                        .dialect = jsx_str(e, "job.facets.sql.dialect", NULL),
                                        .writes = out->output_count == 1 ? out->outputs[0].name : NULL};
    return NULL;
}

const struct err *job_events_lineage(struct arena *arena, const json_t *payload, struct job_event **out, size_t *count, size_t *bad) {
    size_t n = json_is_array(payload) ? json_array_size(payload) : 1;
    if (n > JOB_EVENTS_MAX) return err_new(ERR_INPUT, "more than %d events in a batch", JOB_EVENTS_MAX);
    *out = arena_array(arena, n + 1, sizeof **out);
    *count = *bad = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_is_array(payload) ? json_array_get(payload, i) : payload;
        if (json_is_object(jsx_at(e, "dataset")) && !jsx_at(e, "job")) continue;
        const struct err *malformed = event_read(arena, e, &(*out)[*count]);
        if (malformed && !json_is_array(payload)) return malformed;
        if (malformed) ++*bad;
        else ++*count;
    }
    return NULL;
}
