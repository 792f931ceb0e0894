/* dashboard.c - AI/BI dashboards and saved queries: each dataset is a query; the dashboard is an exposure.
 * https://docs.databricks.com/aws/en/dashboards */
#include "jobs.h"
#include "session.h"

#define DATASETS_MAX 100000 /* further ones are told */
#define READS_MAX    20000
#define MISSES_MAX   100 /* texts that the file does not hold as they are: then no more are looked for */

struct dashboard {
    struct arena *arena;
    struct reading *out;
    const char *path, *name, *owner, *warehouse;
    struct str bytes; /* of the file, to find lines; empty when there is none */
    enum dialect dialect;
    struct schedule schedule; /* of its refreshes */
    size_t seen;              /* the place in `bytes` where the last text was found, and its line: the next one stands behind it */
    int line, misses;
    VEC(const char *) reads; /* of all its datasets */
};

static const char *kept(struct arena *arena, const char *text) { return text && text[0] ? arena_strdup(arena, text) : NULL; }

/* The line of the file where this text stands, as JSON writes it; 0 when it is not found. Texts are asked for in their order. */
static int line_of(struct dashboard *d, const char *text) {
    size_t n = 0;
    while (text[n] && n < 60 && text[n] != '"' && text[n] != '\\' && (unsigned char)text[n] >= ' ' && (unsigned char)text[n] < 0x80) n++;
    if (n < 3 || d->bytes.n == 0 || d->misses > MISSES_MAX) return 0;
    const char *from = d->bytes.p + d->seen, *at = memmem(from, d->bytes.n - d->seen, text, n);
    d->misses += at == NULL;
    if (!at) return 0;
    for (const char *p = from; p < at; p++) d->line += *p == '\n';
    d->seen = (size_t)(at - d->bytes.p);
    return d->line + 1;
}

static struct str query_text(struct dashboard *d, const json_t *dataset, const int **lines, size_t *line_count) {
    const json_t *parts = json_object_get(dataset, "queryLines");
    const char *whole = jsx_str(dataset, "query", NULL);
    struct buf b = buf_new(d->arena);
    if (whole) buf_text(&b, whole);
    for (size_t i = 0; !whole && i < json_array_size(parts); i++) {
        const char *part = json_string_value(json_array_get(parts, i));
        buf_text(&b, part ? part : "");
        bool ends = part && text_ends(part, "\n");
        if (!ends) buf_char(&b, '\n');
    }
    size_t count = 1;
    for (size_t i = 0; i < b.n; i++) count += b.p[i] == '\n';
    int *map = arena_array(d->arena, count, sizeof *map), line = whole ? line_of(d, whole) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *part = whole ? NULL : json_string_value(json_array_get(parts, i));
        int found = part ? line_of(d, part) : 0;
        line = found ? found : line ? line : 1;
        map[i] = line;
    }
    *lines = map;
    *line_count = count;
    return (struct str){b.n ? buf_str(&b) : "", b.n};
}

static void reads_keep(struct dashboard *d, const struct definition *made) {
    for (size_t k = 0; k < made->read_count && d->reads.n < READS_MAX; k++) *vec_add(d->arena, &d->reads) = made->reads[k];
}

static void dataset_read(struct dashboard *d, const json_t *dataset) {
    const int *lines = NULL;
    size_t line_count = 0;
    struct str text = query_text(d, dataset, &lines, &line_count);
    const char *name = jsx_str(dataset, "displayName", jsx_str(dataset, "name", "dataset")), *asset = jsx_str(dataset, "asset_name", NULL);
    if (asset && d->reads.n < READS_MAX) *vec_add(d->arena, &d->reads) = arena_strdup(d->arena, asset);
    struct session s;
    session_init(&s, d->arena, d->out, d->path, ARTEFACT_DASHBOARD, d->dialect);
    s.source = d->bytes;
    s.label = arena_printf(d->arena, "%s / %s", d->name, name);
    s.catalog = jsx_str(dataset, "catalog", NULL);
    s.schema = jsx_str(dataset, "schema", NULL);
    if (str_trim(text).n) session_run(&s, text, &(struct sql_origin){.lines = lines, .line_count = line_count});
    session_end(&s);
    for (size_t i = s.first; i < d->out->definitions.n; i++) {
        struct definition *made = &d->out->definitions.at[i];
        made->owner = d->owner;
        made->schedule = d->schedule;
        if (d->warehouse) made->compute.kind = COMPUTE_WAREHOUSE, made->compute.key = d->warehouse;
        reads_keep(d, made);
    }
}

static void exposure_add(struct dashboard *d) {
    struct exposure *e = vec_add(d->arena, &d->out->exposures);
    *e = (struct exposure){.name = d->name, .type = "dashboard", .owner = d->owner, .path = d->path, .line = 1, .read_count = d->reads.n};
    e->reads = names_sorted(d->arena, d->reads.at, &e->read_count, NULL);
}

/* How many of them are read; more are told. */
static size_t bounded(struct dashboard *d, size_t count, const char *what) {
    if (count <= DATASETS_MAX) return count;
    struct not_understood gap = {d->path, 1, 0, arena_printf(d->arena, "only the first %d of its %zu %s are read", DATASETS_MAX, count, what), true};
    reading_gap(d->arena, d->out, &gap);
    return DATASETS_MAX;
}

/* When it is refreshed: the schedules of the API's object, or the one of a legacy dashboard or query. The first that is not paused counts.
 * https://docs.databricks.com/api/workspace/lakeview/createschedule */
static void refresh_read(struct dashboard *d, const json_t *json) {
    const json_t *list = json_object_get(json, "schedules"), *one = json_object_get(json, "schedule");
    for (size_t i = 0; i < json_array_size(list) && (!one || d->schedule.paused); i++) {
        one = json_array_get(list, i);
        d->schedule.paused = strcmp(jsx_str(one, "pause_status", ""), "PAUSED") == 0;
    }
    const char *cron =
        jsx_str(one, "cron_schedule.quartz_cron_expression", jsx_str(one, "quartz_cron_expression", jsx_str(one, "cron.quartz_cron_schedule", NULL)));
    d->schedule.cron = kept(d->arena, cron);
    d->schedule.timezone =
        kept(d->arena, jsx_str(one, "cron_schedule.timezone_id", jsx_str(one, "timezone_id", jsx_str(one, "cron.timezone_id", NULL))));
    int64_t every = jsx_int(one, "interval", 0);
    if (every > 0) d->schedule.every_seconds = (double)every;
    if (d->schedule.cron || every > 0) d->schedule.path = d->path, d->schedule.line = 1;
}

static void title_set(struct dashboard *d, const json_t *json) {
    const char *title = jsx_str(json, "display_name", jsx_str(json, "displayName", NULL));
    if (!title) title = str_dup(d->arena, path_stem(d->path));
    if (text_ends(title, ".lvdash")) title = arena_copy(d->arena, title, strlen(title) - 7);
    d->name = title;
}

static void dashboard_read(struct dashboard *d, const json_t *json) {
    const json_t *datasets = json_object_get(json, "datasets");
    size_t count = bounded(d, json_array_size(datasets), "datasets");
    for (size_t i = 0; i < count; i++) dataset_read(d, json_array_get(datasets, i));
    if (count) exposure_add(d);
}

static void query_read(struct dashboard *d, const json_t *json) {
    if (json_object_get(json, "schedule")) refresh_read(d, json);
    const char *text = jsx_str(json, "query_text", jsx_str(json, "query", NULL));
    if (!text) return;
    struct session s;
    session_init(&s, d->arena, d->out, d->path, ARTEFACT_DASHBOARD, d->dialect);
    s.source = d->bytes;
    s.label = kept(d->arena, jsx_str(json, "display_name", jsx_str(json, "name", "saved query")));
    s.catalog = kept(d->arena, jsx_str(json, "catalog", NULL));
    s.schema = kept(d->arena, jsx_str(json, "schema", NULL));
    int *lines = arena_array(d->arena, 1, sizeof *lines), line = line_of(d, text);
    lines[0] = line ? line : (int)jsx_int(json, JOB_LINE, 1);
    session_run(&s, str_of(arena_strdup(d->arena, text)), &(struct sql_origin){.lines = lines, .line_count = 1});
    session_end(&s);
    const char *owner = kept(d->arena, jsx_str(json, "owner_user_name", jsx_str(json, "user.email", NULL)));
    for (size_t i = s.first; i < d->out->definitions.n; i++) {
        struct definition *made = &d->out->definitions.at[i];
        made->owner = owner;
        made->description = kept(d->arena, jsx_str(json, "description", NULL));
        made->schedule = d->schedule;
        if (d->warehouse) made->compute.kind = COMPUTE_WAREHOUSE, made->compute.key = d->warehouse;
    }
}

/* Legacy dashboards hold their queries in widgets. */
static void widgets_read(struct dashboard *d, const json_t *json) {
    const json_t *widgets = json_object_get(json, "widgets");
    size_t first = d->out->definitions.n, count = bounded(d, json_array_size(widgets), "widgets");
    struct schedule schedule = d->schedule;
    for (size_t i = 0; i < count; i++) {
        const json_t *query = jsx_at(json_array_get(widgets, i), "visualization.query");
        d->schedule = schedule; /* of the dashboard, unless the query has its own */
        if (query) query_read(d, query);
    }
    for (size_t i = first; i < d->out->definitions.n; i++) reads_keep(d, &d->out->definitions.at[i]);
    if (d->out->definitions.n > first) exposure_add(d);
}

static void any_read(struct dashboard *d, const json_t *json) {
    title_set(d, json);
    d->warehouse = kept(d->arena, jsx_str(json, "warehouse_id", NULL));
    d->owner = kept(d->arena, jsx_str(json, "owner_user_name", jsx_str(json, "creator_user_name", NULL)));
    refresh_read(d, json);
    const char *inner = jsx_str(json, "serialized_dashboard", NULL);
    if (inner) {
        json_t *parsed = NULL;
        const struct err *e = jsx_load(d->arena, inner, strlen(inner), &parsed);
        struct not_understood gap = {d->path, 1, 0, e ? arena_printf(d->arena, "the dashboard inside was not understood: %s", e->text) : "", true};
        if (e) reading_gap(d->arena, d->out, &gap);
        if (!e) dashboard_read(d, parsed);
        return;
    }
    if (json_object_get(json, "datasets")) {
        dashboard_read(d, json);
    } else if (json_object_get(json, "widgets")) {
        widgets_read(d, json);
    } else {
        query_read(d, json);
    }
}

void read_dashboard_json(struct arena *arena, const char *path, const json_t *json, enum dialect dialect, struct reading *into) {
    struct dashboard d = {.arena = arena, .out = into, .path = path, .dialect = dialect};
    any_read(&d, json);
}

#define PLACES_MAX ((size_t)256 << 10) /* a bigger file is read without the lines of its maps: YAML takes its time */

/* The same JSON with the lines of its maps, which jansson does not tell; NULL when it is no YAML. */
static json_t *with_places(struct arena *arena, const char *path, struct str bytes) {
    struct yaml *y = NULL;
    return bytes.n > PLACES_MAX || yaml_load(arena, path, bytes.p, bytes.n, &y) ? NULL : job_json_of_yaml(arena, y, path);
}

void json_file_read(struct reader *r, const char *path, struct str bytes, enum file_kind kind) {
    json_t *json = NULL;
    const struct err *e = jsx_load(r->arena, bytes.p, bytes.n, &json);
    if (e) {
        reader_gap(r, path, "JSON", e);
        return;
    }
    if (kind == FILE_DASHBOARD || kind == FILE_QUERY) {
        struct dashboard d = {.arena = r->arena, .out = r->out, .path = path, .bytes = bytes, .dialect = r->options->dialect};
        any_read(&d, json);
        return;
    }
    json_t *placed = with_places(r->arena, path, bytes);
    if (placed) json = placed;
    struct job_source from = {.arena = r->arena, .out = r->out, .reader = r, .path = path, .dialect = r->options->dialect};
    const json_t *jobs = json_object_get(json, "jobs");
    if (!jobs && json_is_array(json)) jobs = json;
    struct dashboard list = {.arena = r->arena, .out = r->out, .path = path};
    size_t count = bounded(&list, json_array_size(jobs), "jobs");
    for (size_t i = 0; i < count; i++) job_file_read(&from, json_array_get(jobs, i));
    if (!jobs) job_file_read(&from, json);
}
