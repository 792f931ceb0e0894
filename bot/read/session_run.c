/* session_run.c - what each kind of statement defines. */
#include "classify.h"
#include "fill_words.h"
#include "merge_key.h"
#include "metric_view.h"
#include "session.h"
#include "sql_build.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <stddef.h>

#define BLOCK_DEPTH_MAX 40

static void run_statement(struct session *s, struct sql_statement *st, int depth);

static bool same_text(struct session *s) { return s->artefact == ARTEFACT_SQL || s->artefact == ARTEFACT_NOTEBOOK; }

/* The text of the query inside its statement, when the statement's text holds it unbroken. */
static struct str query_text(const struct sql_statement *st, const struct sql_query *q) {
    uint32_t start = q->range.start - st->range.start, end = q->range.end - st->range.start;
    bool inside = q->range.start >= st->range.start && q->range.end <= st->range.end && end <= st->text.n && start < end;
    return inside ? (struct str){st->text.p + start, end - start} : (struct str){NULL, 0};
}

static struct definition_spec spec_of(struct session *s, const struct sql_statement *st, struct sql_query *query, struct view_set *deps) {
    struct definition_spec spec = {.query = query, .deps = deps, .range = st->range};
    if (!query) return spec;
    spec.text = query_text(st, query);
    if (same_text(s)) spec.query_range = query->range;
    return spec;
}

/* Base datasets that an unread statement names. */
static const char *const *refs_read(struct session *s, const struct sql_statement *st, size_t *count, const char **written, struct view_set *deps) {
    uint32_t n = 0;
    const struct sql_ref *refs = sql_refs(s->arena, st, &n);
    const char **names = arena_array(s->arena, n + 1, sizeof *names);
    *count = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct temp_view *view = refs[i].name->part_count == 1 ? session_view_find(s, refs[i].name->parts[0].text) : NULL;
        if (view && !refs[i].is_write) {
            view_set_add(s->arena, deps, view);
            view->used = true;
            continue;
        }
        const char *dataset = session_dataset(s, refs[i].name);
        if (refs[i].is_write && !*written) *written = dataset;
        if (!refs[i].is_write) names[(*count)++] = dataset;
    }
    return names;
}

/* CREATE VIEW v (a, b) AS query: the query with its columns renamed. */
static struct sql_query *rename_columns(struct session *s, const struct sql_create *create, struct sql_query *query) {
    bool rename = create->column_count > 0;
    for (uint32_t i = 0; i < create->column_count; i++) rename &= create->columns[i].name.text.n > 0;
    bool is_view = create->object == OBJECT_VIEW || create->object == OBJECT_MATERIALIZED_VIEW || create->object == OBJECT_LIVE_VIEW ||
                   create->object == OBJECT_STREAMING_VIEW;
    if (!rename || (!is_view && create->columns[0].type)) return query;
    struct sql_from *from = sql_from_query(s->arena, query, STR("v"));
    from->columns = arena_array(s->arena, create->column_count, sizeof *from->columns);
    from->column_count = create->column_count;
    for (uint32_t i = 0; i < create->column_count; i++) from->columns[i].name = create->columns[i].name;
    struct sql_query *out = sql_query_select(s->arena, from);
    out->range = query->range;
    return out;
}

/* CONSTRAINT c EXPECT (x) ON VIOLATION DROP ROW: the rows that fulfil it are kept. */
static struct sql_query *rows_expected(struct session *s, const struct sql_create *create, struct sql_query *query) {
    struct sql_expr *all = NULL;
    for (uint32_t i = 0; i < create->constraint_count; i++) {
        const struct sql_constraint *c = &create->constraints[i];
        if (c->kind == CONSTRAINT_EXPECT && c->violation == VIOLATION_DROP_ROW) all = sql_and(s->arena, all, c->expr);
    }
    if (!all) return query;
    struct sql_query *out = sql_query_select(s->arena, sql_from_query(s->arena, query, STR("expected")));
    out->select->where = all;
    out->range = query->range;
    return out;
}

static enum definition_kind create_kind(const struct sql_create *create) {
    switch (create->object) {
    case OBJECT_VIEW:
        return create->flags & SQL_TEMPORARY ? DEF_TEMP : DEF_VIEW;
    case OBJECT_MATERIALIZED_VIEW:
    case OBJECT_DYNAMIC_TABLE:
    case OBJECT_LIVE_TABLE:
        return DEF_MATERIALIZED;
    case OBJECT_STREAMING_TABLE:
        return DEF_STREAMING;
    case OBJECT_LIVE_VIEW:
    case OBJECT_STREAMING_VIEW:
        return DEF_EPHEMERAL;
    default:
        return create->flags & SQL_TEMPORARY ? DEF_TEMP : DEF_TABLE;
    }
}

static void pipeline_seen(struct session *s, const struct sql_create *create) {
    bool live = create->object == OBJECT_STREAMING_TABLE || create->object == OBJECT_LIVE_TABLE || create->object == OBJECT_LIVE_VIEW ||
                create->object == OBJECT_STREAMING_VIEW;
    if (live || (create->object == OBJECT_MATERIALIZED_VIEW && create->flags & SQL_OR_REFRESH)) s->is_pipeline = true;
}

static void partition_set(struct session *s, struct definition *d, const struct sql_create *create) {
    uint32_t count = create->partition_count + create->cluster_count;
    const char **names = arena_array(s->arena, count + 1, sizeof *names);
    for (uint32_t i = 0; i < create->partition_count; i++) names[i] = sql_expr_text(s->arena, create->partition_by[i], s->dialect);
    for (uint32_t i = 0; i < create->cluster_count; i++)
        names[create->partition_count + i] = sql_expr_text(s->arena, create->cluster_by[i], s->dialect);
    d->partition_by = names;
    d->partition_count = count;
}

/* ROW FILTER and MASK: what comes out depends on who reads. */
static bool differs_by_reader(const struct sql_create *create) {
    for (size_t i = 0; i + 10 <= create->tail.n; i++) {
        if (strncasecmp(create->tail.p + i, "ROW FILTER", 10) == 0) return true;
    }
    for (uint32_t i = 0; i < create->column_count; i++) {
        if (classify_is_masked(create->columns[i].tail)) return true;
    }
    return false;
}

static void run_create(struct session *s, struct sql_statement *st, int depth) {
    struct sql_create *create = st->create;
    bool routine = create->object == OBJECT_FUNCTION || create->object == OBJECT_PROCEDURE;
    if (routine) {
        bool before = s->conditional;
        s->conditional = true;
        for (uint32_t i = 0; i < st->body_count; i++) run_statement(s, st->body[i], depth + 1);
        s->conditional = before;
        return;
    }
    bool relation = create->object <= OBJECT_DYNAMIC_TABLE;
    if (!relation || !st->name) return;
    if (create->flags & SQL_METRIC_VIEW && create->body_text.n) metric_view_read(s, st);
    pipeline_seen(s, create);
    enum definition_kind kind = create_kind(create);
    const char *dataset = session_dataset(s, st->name);
    if (kind != DEF_TEMP) ddl_facts(s, st, dataset);
    struct view_set deps = {0};
    if (!st->query && create->like) {
        st->query = sql_query_select(s->arena, sql_from_table(s->arena, create->like, (struct str){"", 0}));
        st->query->range = st->range;
        bool copies = create->like_word.n >= 5 && str_iis((struct str){create->like_word.p + create->like_word.n - 5, 5}, "CLONE");
        if (!copies) return;
    }
    if (!st->query) return;
    session_bind(s, st->query, &deps);
    struct sql_query *query = rows_expected(s, create, rename_columns(s, create, st->query));
    if (kind == DEF_TEMP) {
        session_view_add(s, st->name->parts[st->name->part_count - 1].text, &(struct temp_view){.query = query, .deps = deps, .range = st->range});
        return;
    }
    struct definition_spec spec = spec_of(s, st, query, &deps);
    if (query != st->query) spec.text = (struct str){NULL, 0}, spec.query_range = (struct range){0}; /* it is more than what stands there */
    spec.kind = kind;
    spec.dataset = dataset;
    struct definition *d = session_define(s, &spec);
    if (create->flags & SQL_IF_NOT_EXISTS && kind == DEF_TABLE) d->partial = true;
    if (create->flags & SQL_WITH_NO_DATA || differs_by_reader(create)) d->partial = true;
    if (create->comment.n) d->description = str_dup(s->arena, create->comment);
    if (create->schedule.n) d->schedule.trigger = str_dup(s->arena, create->schedule);
    for (uint32_t i = 0; i < create->constraint_count; i++)
        d->tests += create->constraints[i].kind == CONSTRAINT_EXPECT || create->constraints[i].kind == CONSTRAINT_CHECK;
    partition_set(s, d, create);
    session_tests(s, d);
}

static void partly(struct definition *d, struct fill fill) {
    bool other = d->fill.words && !fill_same(d->fill, fill);
    d->partial = true;
    d->fill = other ? fill_shared : fill;
}

static void run_insert(struct session *s, struct sql_statement *st) {
    struct sql_query *query = sql_query_of(s->arena, st, st->query);
    const char *dataset = st->name ? session_dataset(s, st->name) : NULL;
    if (!query || (query->body == BODY_VALUES && !query->cte_count)) {
        if (dataset) session_changed(s, dataset);
        return;
    }
    struct view_set deps = {0};
    session_bind(s, query, &deps);
    struct definition_spec spec = spec_of(s, st, query, &deps);
    bool overwrite = st->insert && st->insert->flags & SQL_INSERT_OVERWRITE;
    bool whole =
        overwrite && !st->insert->partition_count && !st->insert->replace_where && !st->insert->replace_using_count && !st->insert->replace_on;
    spec.kind = overwrite ? DEF_TABLE : DEF_INCREMENTAL;
    spec.dataset = dataset;
    struct definition *d = session_define(s, &spec);
    if (whole && s->dynamic) partly(d, fill_part);
    else if (!whole || (st->insert && st->insert->column_count > 0)) partly(d, fill_of_insert(s->arena, st->insert, s->dialect));
    d->strategy = overwrite ? "insert_overwrite" : "append";
    /* The columns of the list, or of the table, are the names its readers see: the query's own are not. */
}

static struct sql_query *query_over(struct session *s, struct sql_from *from) {
    if (from->kind == FROM_QUERY && from->query && !from->column_count) return from->query;
    struct sql_query *query = sql_query_select(s->arena, from);
    query->range = from->range;
    return query;
}

static void run_merge(struct session *s, struct sql_statement *st) {
    struct sql_merge *m = st->merge;
    if (!m->target || !m->source || m->target->kind != FROM_TABLE) return;
    struct view_set deps = {0};
    struct sql_query *query = sql_query_of(s->arena, st, query_over(s, m->source));
    session_bind(s, query, &deps);
    struct definition_spec spec = spec_of(s, st, query, &deps);
    spec.kind = DEF_INCREMENTAL;
    spec.dataset = session_dataset(s, m->target->name);
    struct definition *d = session_define(s, &spec);
    partly(d, fill_of_merge(s->arena, m, s->dialect));
    d->strategy = "merge";
    d->merge_on = m->on;
    merge_key_set(s->arena, m->on, d);
}

static void run_change(struct session *s, struct sql_statement *st) {
    if (st->change->target && st->change->target->kind == FROM_TABLE) session_changed(s, session_dataset(s, st->change->target->name));
}

static void run_cdc(struct session *s, struct sql_statement *st, const struct sql_name *target) {
    s->is_pipeline = true;
    if (!st->cdc || !st->cdc->source || !target) return;
    struct view_set deps = {0};
    struct sql_query *query = query_over(s, st->cdc->source);
    session_bind(s, query, &deps);
    struct definition_spec spec = spec_of(s, st, query, &deps);
    spec.kind = DEF_STREAMING;
    spec.dataset = session_dataset(s, target);
    spec.text = (struct str){NULL, 0};
    struct definition *d = session_define(s, &spec);
    partly(d, fill_of_cdc(s->arena, st->cdc, s->dialect));
    d->strategy = "cdc";
    const char **keys = arena_array(s->arena, st->cdc->key_count + 1, sizeof *keys);
    for (uint32_t i = 0; i < st->cdc->key_count; i++) keys[i] = sql_expr_text(s->arena, st->cdc->keys[i], s->dialect);
    d->unique_key = keys;
    d->unique_key_count = st->cdc->key_count;
}

static void run_use(struct session *s, const struct sql_statement *st) {
    if (!st->name || !st->name->part_count || st->name->dynamic || st->name->parts[0].templated) return;
    const char *text = sql_name_text(s->arena, st->name);
    bool catalog = memmem(st->verb.p, st->verb.n, "CATALOG", 7) != NULL;
    bool other = memmem(st->verb.p, st->verb.n, "WAREHOUSE", 9) || memmem(st->verb.p, st->verb.n, "ROLE", 4);
    if (other) return;
    if (catalog) {
        s->catalog = text;
        s->schema = NULL;
        return;
    }
    if (st->name->part_count >= 2) {
        s->catalog = str_dup(s->arena, st->name->parts[0].text);
        text = str_dup(s->arena, st->name->parts[1].text);
    }
    s->schema = text;
}

static void run_query(struct session *s, struct sql_statement *st) {
    if (!st->query) return;
    const struct sql_name *into = st->query->body == BODY_SELECT && st->query->select ? st->query->select->into : NULL;
    struct view_set deps = {0};
    bool constant = st->query->body == BODY_VALUES || (st->query->body == BODY_SELECT && st->query->select && !st->query->select->from);
    session_bind(s, st->query, &deps);
    if (constant && !into) return;
    struct definition_spec spec = spec_of(s, st, st->query, &deps);
    spec.kind = into ? DEF_TABLE : DEF_QUERY;
    if (into) spec.dataset = session_dataset(s, into);
    struct definition *d = session_define(s, &spec);
    d->partial |= into != NULL;
}

/* A statement that did not parse, or copies files: its reads and writes are kept, its query is not known. */
static void run_opaque(struct session *s, struct sql_statement *st, enum definition_kind kind) {
    struct view_set deps = {0};
    size_t count = 0;
    const char *written = NULL;
    const char *const *reads = refs_read(s, st, &count, &written, &deps);
    if (!written && count == 0 && deps.n == 0) return;
    struct definition_spec spec = {.kind = written ? kind : DEF_QUERY,
                                   .dataset = written,
                                   .deps = &deps,
                                   .reads = reads,
                                   .read_count = count,
                                   .range = st->range,
                                   .reads_complete = kind == DEF_INCREMENTAL};
    partly(session_define(s, &spec), fill_part);
}

static void run_block(struct session *s, struct sql_statement *st, int depth) {
    bool before = s->conditional, plain = str_iis(st->verb, "BEGIN") || str_iis(st->verb, "BLOCK");
    s->conditional |= !plain;
    for (uint32_t i = 0; i < st->body_count; i++) run_statement(s, st->body[i], depth + 1);
    s->conditional = before;
}

static void run_drop(struct session *s, const struct sql_statement *st) {
    for (uint32_t i = 0; i < st->name_count; i++) {
        const struct sql_name *name = st->names[i];
        if (name->part_count != 1 || !session_view_find(s, name->parts[0].text)) continue;
        map_put(s->views, str_of(str_lower(s->arena, name->parts[0].text)), NULL);
    }
}

static void run_cache(struct session *s, struct sql_statement *st) {
    if (!st->query || !st->name || !st->name->part_count) return;
    struct view_set deps = {0};
    session_bind(s, st->query, &deps);
    session_view_add(s, st->name->parts[st->name->part_count - 1].text, &(struct temp_view){.query = st->query, .deps = deps, .range = st->range});
}

static void run_broken(struct session *s, struct sql_statement *st) {
    /* A view that did not parse still stands for what it reads. */
    bool temp = st->kind == STMT_CREATE && st->create && create_kind(st->create) == DEF_TEMP && st->name && st->name->part_count;
    if (!temp) {
        run_opaque(s, st, DEF_TABLE);
        return;
    }
    struct view_set deps = {0};
    size_t count = 0;
    const char *written = "";
    const char *const *reads = refs_read(s, st, &count, &written, &deps);
    session_view_add(s, st->name->parts[st->name->part_count - 1].text,
                     &(struct temp_view){.deps = deps, .reads = reads, .read_count = count, .range = st->range});
}

static void run_flow(struct session *s, struct sql_statement *st, int depth) {
    for (uint32_t i = 0; i < st->body_count; i++) {
        struct sql_statement *inner = st->body[i];
        s->is_pipeline = true;
        if (inner->kind == STMT_CDC) run_cdc(s, inner, inner->name ? inner->name : st->name);
        if (inner->kind != STMT_CDC) run_statement(s, inner, depth + 1);
    }
}

/* SET spark.sql.sources.partitionOverwriteMode = dynamic; set back only where it surely is. */
static void run_set(struct session *s, const struct sql_statement *st) {
    char *text = str_lower(s->arena, st->text);
    const char *at = strstr(text, "partitionoverwritemode"), *value = at ? strchr(at, '=') : NULL;
    if (value && strstr(value, "static")) s->dynamic &= s->conditional;
    else if (value) s->dynamic = true;
    tag_facts(s, st);
}

static void run_statement(struct session *s, struct sql_statement *st, int depth) {
    if (depth > BLOCK_DEPTH_MAX) return;
    if (!st->understood) {
        run_broken(s, st);
        return;
    }
    switch (st->kind) {
    case STMT_QUERY:
        run_query(s, st);
        return;
    case STMT_CREATE:
        run_create(s, st, depth);
        return;
    case STMT_INSERT:
        run_insert(s, st);
        return;
    case STMT_MERGE:
        run_merge(s, st);
        return;
    case STMT_UPDATE:
    case STMT_DELETE:
        run_change(s, st);
        return;
    case STMT_TRUNCATE:
        for (uint32_t i = 0; i < st->name_count; i++) session_changed(s, session_dataset(s, st->names[i]));
        return;
    case STMT_COPY:
        run_opaque(s, st, DEF_INCREMENTAL);
        return;
    case STMT_CDC:
        run_cdc(s, st, st->name);
        return;
    case STMT_FLOW:
        run_flow(s, st, depth);
        return;
    case STMT_USE:
        run_use(s, st);
        return;
    case STMT_CACHE:
        run_cache(s, st);
        return;
    case STMT_DROP:
        run_drop(s, st);
        return;
    case STMT_BLOCK:
        run_block(s, st, depth);
        return;
    case STMT_ALTER:
        ddl_alter(s, st);
        tag_facts(s, st);
        return;
    case STMT_SET:
        run_set(s, st);
        return;
    case STMT_OTHER:
        tag_facts(s, st);
        return;
    default:
        return;
    }
}

struct str session_source_line(const struct session *s, int line) {
    const char *end = s->source.p + s->source.n, *at = s->source.n ? s->source.p : NULL;
    for (int i = 1; i < line && at; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    const char *stop = at ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    return at && line > 0 ? (struct str){at, (size_t)((stop ? stop : end) - at)} : (struct str){"", 0};
}

/* The column in the file of an error in a text that stands in it, rendered or in a string: where the file's line holds the text's line up to
 * there, and a little of what follows. 0: it does not. */
static int column_in_file(const struct session *s, struct str text, size_t offset, int line) {
    enum { FOLLOWS_MAX = 12 };
    if (!s->source.n || offset > text.n || line < 1) return 0;
    size_t start = offset, end = offset;
    while (start > 0 && text.p[start - 1] != '\n') start--;
    while (end < text.n && text.p[end] != '\n' && text.p[end] != '"' && end < offset + FOLLOWS_MAX) end++;
    while (end > offset && (text.p[end - 1] == ' ' || text.p[end - 1] == '\r')) end--;
    struct str written = session_source_line(s, line);
    const char *found = end > start ? memmem(written.p, written.n, text.p + start, end - start) : NULL;
    /* What follows may be rendered: then the text before it tells. */
    size_t first = start;
    while (first < offset && text.p[first] == ' ') first++;
    if (!found && offset - first > 2) found = memmem(written.p, written.n, text.p + start, offset - start);
    return found ? (int)(found - written.p + (ptrdiff_t)(offset - start)) + 1 : 0;
}

static struct sql_script *parse_text(struct session *s, struct str text, const struct sql_origin *origin) {
    struct sql_script *script = NULL;
    if (s->guess_dialect) {
        sql_parse_guess(s->arena, text, s->dialect, origin, &script);
        s->dialect = script->dialect;
    } else {
        sql_parse_part(s->arena, text, s->dialect, origin, &script);
    }
    for (uint32_t i = 0; i < script->error_count; i++) {
        const struct sql_error *e = &script->errors[i];
        bool file = (s->artefact == ARTEFACT_SQL || s->artefact == ARTEFACT_NOTEBOOK) && !text_ends(s->path, ".ipynb");
        bool own = file && (!origin || origin->columns); /* else its columns are those of a string */
        size_t offset = e->range.start - (origin ? origin->offset : 0);
        s->gap_column = own ? e->range.column : column_in_file(s, text, offset, e->range.line);
        session_gap(s, e->range.line, true, "this SQL was not understood: %s", e->message);
    }
    s->out->statements += script->statement_count;
    return script;
}

void session_run(struct session *s, struct str text, const struct sql_origin *origin) {
    struct sql_script *script = parse_text(s, text, origin);
    for (uint32_t i = 0; i < script->statement_count; i++) run_statement(s, script->statements[i], 0);
}

struct sql_query *session_query(struct session *s, struct str text, const struct sql_origin *origin, struct view_set *deps) {
    struct sql_script *script = parse_text(s, text, origin);
    if (script->statement_count == 1 && script->statements[0]->kind == STMT_QUERY && script->statements[0]->understood &&
        script->statements[0]->query) {
        session_bind(s, script->statements[0]->query, deps);
        return script->statements[0]->query;
    }
    for (uint32_t i = 0; i < script->statement_count; i++) run_statement(s, script->statements[i], 0);
    return NULL;
}
