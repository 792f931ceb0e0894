/* dbt_model.c - one model: its template is evaluated as a full refresh would, and the SQL becomes a definition. */
#include "dbt.h"
#include "dbt_repair.h"
#include "sql_walk.h"

/* File lines of the output's lines. */
static const int *lines_of(struct arena *arena, const struct jinja_result *r, size_t *count) {
    size_t lines = 1, at = 0, anchor = 0;
    for (size_t i = 0; i < r->text.n; i++) lines += r->text.p[i] == '\n';
    int *map = arena_array(arena, lines + 1, sizeof *map);
    *count = lines;
    int line = 1;
    for (size_t k = 0; k < lines; k++) {
        /* The line of the first piece of text on it that is not blank. */
        size_t first = at;
        while (first < r->text.n && (r->text.p[first] == ' ' || r->text.p[first] == '\t')) first++;
        while (anchor + 1 < r->anchor_count && r->anchors[anchor + 1].offset <= first) anchor++;
        if (r->anchor_count) {
            const struct jinja_anchor *a = &r->anchors[anchor];
            line = a->line;
            for (size_t i = a->offset; a->verbatim && i < first && i < r->text.n; i++) line += r->text.p[i] == '\n';
        }
        map[k] = line;
        const char *end = at < r->text.n ? memchr(r->text.p + at, '\n', r->text.n - at) : NULL;
        at = end ? (size_t)(end - r->text.p) + 1 : r->text.n;
    }
    return map;
}

static enum definition_kind kind_of(struct dbt_run *run, struct dbt_model *model) {
    if (model->kind == DBT_SNAPSHOT) return DEF_TABLE;
    if (model->kind == DBT_ANALYSIS) return DEF_QUERY;
    struct jv v = dbt_config(run, model, "materialized");
    static const struct {
        const char *word;
        enum definition_kind kind;
    } kinds[] = {
        {"table", DEF_TABLE},
        {"incremental", DEF_INCREMENTAL},
        {"ephemeral", DEF_EPHEMERAL},
        {"materialized_view", DEF_MATERIALIZED},
        {"dynamic_table", DEF_MATERIALIZED},
        {"streaming_table", DEF_STREAMING},
        {"materializedview", DEF_MATERIALIZED},
        {"microbatch", DEF_INCREMENTAL},
    };
    for (size_t i = 0; v.kind == JV_TEXT && i < sizeof kinds / sizeof *kinds; i++) {
        if (str_is(v.s, kinds[i].word)) return kinds[i].kind;
    }
    return DEF_VIEW;
}

static const char *const *texts_of(struct arena *arena, struct jv v, size_t *count) {
    struct jv list = v;
    if (v.kind == JV_TEXT) {
        list = jv_list_new(arena);
        jv_list_add(arena, list, v);
    }
    *count = 0;
    if (list.kind != JV_LIST) return NULL;
    const char **out = arena_array(arena, list.list->n + 1, sizeof *out);
    for (size_t i = 0; i < list.list->n; i++) {
        struct jv item = list.list->at[i];
        struct jv *field = jv_dict_get(item, STR("field"));
        out[(*count)++] = str_dup(arena, jv_str(arena, field ? *field : item));
    }
    return out;
}

static const char *owner_of(struct dbt_run *run, struct dbt_model *model) {
    static const char *const keys[] = {"owner", "owners", "model_owner", "maintainer", "team"};
    struct jv meta = dbt_config(run, model, "meta");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct jv *owner = jv_dict_get(meta, str_of(keys[i]));
        if (owner && owner->kind == JV_LIST && owner->list->n) owner = &owner->list->at[0];
        if (owner && owner->kind == JV_TEXT && owner->s.n) return str_dup(run->arena, owner->s);
    }
    struct jv group = dbt_config(run, model, "group");
    return group.kind == JV_TEXT && group.s.n ? dbt_group_owner(run->project, str_dup(run->arena, group.s)) : NULL;
}

/* Hooks after the model may change its rows: then the table is not what the query gives. */
static bool hooks_change(struct dbt_run *run, struct dbt_model *model) {
    static const char *const keys[] = {"post_hook", "post-hook"}, *const words[] = {"delete ", "update ", "insert ", "merge ", "truncate "};
    for (size_t k = 0; k < 2; k++) {
        struct jv hooks = dbt_config(run, model, keys[k]);
        if (hooks.kind == JV_UNDEFINED) continue;
        char *text = str_lower(run->arena, jv_str(run->arena, hooks));
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (strstr(text, words[i])) return true;
        }
    }
    return false;
}

static void complete(struct dbt_run *run, struct dbt_model *model, struct definition *d, const char *watermark) {
    d->kind = kind_of(run, model);
    d->owner = owner_of(run, model);
    const char *description = yaml_str(model->properties, "description", NULL);
    if (description && description[0]) d->description = description;
    d->tags = texts_of(run->arena, dbt_config(run, model, "tags"), &d->tag_count);
    d->unique_key = texts_of(run->arena, dbt_config(run, model, "unique_key"), &d->unique_key_count);
    d->partition_by = texts_of(run->arena, dbt_config(run, model, "partition_by"), &d->partition_count);
    if (!d->partition_count) d->partition_by = texts_of(run->arena, dbt_config(run, model, "cluster_by"), &d->partition_count);
    if (!d->partition_count) d->partition_by = texts_of(run->arena, dbt_config(run, model, "liquid_clustered_by"), &d->partition_count);
    d->incremental = d->kind == DEF_INCREMENTAL;
    if (d->incremental) {
        struct jv strategy = dbt_config(run, model, "incremental_strategy");
        d->strategy = strategy.kind == JV_TEXT ? str_dup(run->arena, strategy.s) : d->unique_key_count ? "merge" : "append";
        d->watermark = watermark;
    }
    d->partial |= model->kind == DBT_SNAPSHOT || hooks_change(run, model);
    struct jv warehouse = dbt_config(run, model, "snowflake_warehouse");
    if (warehouse.kind != JV_TEXT) warehouse = dbt_config(run, model, "databricks_compute");
    if (warehouse.kind == JV_TEXT && warehouse.s.n) {
        d->compute.kind = COMPUTE_WAREHOUSE;
        d->compute.key = str_dup(run->arena, warehouse.s);
    }
}

struct star_check {
    bool ambiguous;
};

static bool star_query(void *ctx, struct sql_query *q) {
    struct star_check *check = ctx;
    if (q->body != BODY_SELECT || !q->select || !q->select->from || q->select->from->kind != FROM_JOIN) return true;
    for (uint32_t i = 0; i < q->select->item_count; i++) {
        const struct sql_expr *e = q->select->items[i].expr;
        if (e && e->kind == EX_STAR && e->star && !e->star->path) check->ambiguous = true;
    }
    return true;
}

/* A gap of a template stands where the first tag of its line begins. */
static void template_gap(struct session *s, int line, const char *reason) {
    struct str written = session_source_line(s, line);
    for (size_t i = 0; i + 1 < written.n && !s->gap_column; i++) {
        bool tag = written.p[i] == '{' && (written.p[i + 1] == '{' || written.p[i + 1] == '%');
        if (tag) s->gap_column = (int)i + 1;
    }
    session_gap(s, line, true, "%s", reason);
}

static void doubts_keep(struct session *s, struct dbt_run *run, const struct jinja_result *r, struct definition *d) {
    for (size_t i = 0; i < r->doubt_count; i++) {
        if (!d->doubt || r->doubts[i].loses_lineage) d->doubt = r->doubts[i].reason;
        if (!r->doubts[i].loses_lineage) continue;
        template_gap(s, r->doubts[i].line, r->doubts[i].reason);
        d->reads_complete = false;
    }
    struct star_check check = {false};
    if (run->has_star && d->query) sql_walk_query(&(struct sql_visitor){.ctx = &check, .query = star_query}, (struct sql_query *)d->query);
    if (check.ambiguous && !d->doubt) d->doubt = "the columns of 'star' are only known when it runs";
    if (d->query && !d->reads_complete && r->doubt_count == 0 && !d->doubt) d->doubt = "it reads something whose name is only known when it runs";
}

/* Names in ref('x') and source('a', 'b') of a text that could not be evaluated. */
static void refs_by_words(struct dbt_run *run, struct str text) {
    static const char *const words[] = {"ref(", "source("};
    struct jinja_host host = dbt_host(run);
    for (size_t w = 0; w < 2; w++) {
        const char *end = text.p + text.n;
        for (const char *at = text.p; (at = memmem(at, (size_t)(end - at), words[w], strlen(words[w]))); at++) {
            const char *close = memchr(at, ')', (size_t)(end - at));
            bool inside_word = at > text.p && (at[-1] == '_' || (at[-1] | 32) >= 'a');
            if (!close || close - at > 200 || inside_word) continue;
            jinja_value_of(run->arena, str_of(arena_printf(run->arena, "{{ %.*s }}", (int)(close - at + 1), at)), &host);
        }
    }
}

/* A file of macros, tests or materializations renders to nothing by design. */
static bool is_library(const struct dbt_model *model) {
    static const char *const ends[] = {"endmacro", "endtest", "enddata_test", "endmaterialization", "enddocs"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (model->bytes.n && memmem(model->bytes.p, model->bytes.n, ends[i], strlen(ends[i]))) return true;
    }
    return false;
}

static struct range whole_file(struct str bytes) {
    struct range range = {0, (uint32_t)bytes.n, 1, 1, 1, 1};
    for (size_t i = 0; i + 1 < bytes.n; i++) range.end_line += bytes.p[i] == '\n';
    return range;
}

static bool is_blank(struct str text) { return str_trim(text).n == 0; }

static bool is_disabled(struct dbt_run *run, struct dbt_model *model) {
    struct jv enabled = dbt_config(run, model, "enabled");
    return (enabled.kind == JV_BOOL && !enabled.b) || (enabled.kind == JV_TEXT && str_iis(enabled.s, "false"));
}

/* One way of rendering the model, and what SQL made of it. */
struct attempt {
    struct dbt_run run;
    struct jinja_result rendered;
    struct view_set deps;
    struct sql_query *query; /* NULL: it is no single query */
    struct str text;
    const char *doubt; /* of a repair; NULL */
    bool loses_lineage;
};

static struct attempt *attempt_render(struct dbt_project *p, struct dbt_model *model, bool flip) {
    struct arena *arena = p->reader->arena;
    struct attempt *a = arena_new(arena, struct attempt);
    a->run = (struct dbt_run){.project = p, .model = model, .arena = arena, .config = jv_dict_new(arena), .flip = flip};
    if (!model->template) model->template = jinja_parse(arena, model->path, model->bytes);
    struct jinja_host host = dbt_host(&a->run);
    model->config_read = false;
    jinja_render(arena, model->template, &host, &a->rendered);
    model->config = a->run.config;
    model->config_read = true;
    a->text = a->rendered.text;
    while (a->text.n && (a->text.p[a->text.n - 1] == ';' || strchr(" \t\r\n", a->text.p[a->text.n - 1]))) a->text.n--;
    return a;
}

static void attempt_parse(struct session *s, struct attempt *a) {
    struct sql_origin origin = {0};
    if (a->rendered.error) return;
    origin.lines = lines_of(s->arena, &a->rendered, &origin.line_count);
    a->query = session_query(s, a->text, &origin, &a->deps);
    if (!a->query) s->out->definitions.n = s->first; /* what other statements defined is no model */
}

/* Pieces that a call cannot stand for get the form their place needs, and the model a doubt. */
static bool attempt_repair(struct session *s, struct attempt *a) {
    struct repair repair;
    struct sql_origin origin = {0};
    if (a->rendered.error || !dbt_repair(s->arena, a->text, s->dialect, s->guess_dialect, &repair)) return false;
    origin.lines = lines_of(s->arena, &a->rendered, &origin.line_count);
    s->dialect = repair.dialect;
    a->query = session_query(s, repair.text, &origin, &a->deps);
    if (!a->query) return false;
    a->text = repair.text;
    for (size_t i = 0; i < repair.count; i++) {
        const struct repair_piece *p = &repair.pieces[i];
        int line = p->line < origin.line_count ? origin.lines[p->line] : 1;
        if (p->as == STAND_CALL) continue;
        a->doubt = arena_printf(s->arena, "what '%.*s' gives is only known when it runs", STR_ARG(p->name));
        a->loses_lineage |= p->as == STAND_QUERY || p->as == STAND_WITH;
        session_gap(s, line, p->as == STAND_QUERY || p->as == STAND_WITH, "%s: it is read without it", a->doubt);
    }
    return true;
}

/* What was named by ref and source inside pieces that are not known is read too, wherever in the query it would stand. */
static void reads_join(struct session *s, const struct dbt_run *run, struct definition *d) {
    const char **all = arena_array(s->arena, d->read_count + run->refs.n + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < d->read_count; i++) all[n++] = d->reads[i];
    for (size_t i = 0; i < run->refs.n; i++) all[n++] = run->refs.at[i];
    d->reads = names_sorted(s->arena, all, &n, d->dataset);
    d->read_count = n;
}

static void define(struct session *s, struct attempt *a, size_t gaps_before) {
    struct dbt_run *run = &a->run;
    struct dbt_model *model = run->model;
    const struct jinja_result *r = &a->rendered;
    if (r->error) {
        template_gap(s, r->error_line, arena_printf(s->arena, "this template was not understood: %s", r->error));
        refs_by_words(run, model->bytes);
    }
    dbt_model_name(run->project, model);
    struct definition_spec spec = {
        .kind = DEF_VIEW, .query = a->query, .deps = &a->deps, .reads = run->refs.at, .read_count = run->refs.n, .reads_complete = !r->error};
    spec.range = whole_file(model->bytes);
    spec.text = a->text;
    spec.dataset = model->kind == DBT_ANALYSIS ? NULL : model->dataset;
    spec.label = spec.dataset ? NULL : model->name;
    struct definition *d = session_define(s, &spec);
    complete(run, model, d, r->incremental);
    doubts_keep(s, run, r, d);
    if (a->doubt && !d->doubt) d->doubt = a->doubt;
    if (d->query && (a->doubt || r->doubt_count)) reads_join(s, run, d);
    if (a->loses_lineage) d->reads_complete = false;
    if (run->flipped) d->doubt = "it is off by default, and read as if the variables that switch it on were set";
    if (!r->error && !a->query && s->out->gaps.n == gaps_before) session_gap(s, 1, true, "it renders to no single query");
}

void dbt_python_read(struct dbt_project *p, struct dbt_model *model) {
    struct dbt_run run = {.project = p, .model = model, .arena = p->reader->arena, .config = jv_dict_new(p->reader->arena)};
    struct session s;
    dbt_model_find(p, model);
    session_init(&s, p->reader->arena, p->reader->out, model->path, ARTEFACT_DBT_MODEL, p->dialect);
    refs_by_words(&run, model->bytes);
    dbt_model_name(p, model);
    struct definition_spec spec = {.kind = DEF_TABLE,
                                   .dataset = model->dataset,
                                   .reads = run.refs.at,
                                   .read_count = run.refs.n,
                                   .reads_complete = true,
                                   .range = whole_file(model->bytes)};
    complete(&run, model, session_define(&s, &spec), NULL);
    session_gap(&s, 1, false, "what this Python model computes is not followed, only what it reads by ref and source");
    p->reader->out->statements++;
}

void dbt_model_read(struct dbt_project *p, struct dbt_model *model) {
    struct reader *reader = p->reader;
    dbt_model_find(p, model);
    struct attempt *a = attempt_render(p, model, false);
    if (!a->rendered.error && (is_disabled(&a->run, model) || is_blank(a->rendered.text))) {
        bool disabled = is_disabled(&a->run, model);
        a = attempt_render(p, model, true);
        if (!a->run.flipped || is_blank(a->rendered.text)) {
            struct not_understood gap = {model->path, 1, 0, "it renders to nothing", false};
            if (!disabled && !is_library(model)) reading_gap(reader->arena, reader->out, &gap);
            return;
        }
    }
    struct session s;
    session_init(&s, reader->arena, reader->out, model->path, ARTEFACT_DBT_MODEL, p->dialect);
    s.source = model->bytes;
    s.guess_dialect = !p->dialect_known;
    size_t gaps = reader->out->gaps.n;
    attempt_parse(&s, a);
    if (!a->query) {
        size_t after = reader->out->gaps.n, statements = reader->out->statements;
        reader->out->gaps.n = gaps;
        if (!attempt_repair(&s, a)) reader->out->gaps.n = after;
        reader->out->statements = statements;
    }
    define(&s, a, gaps);
}
