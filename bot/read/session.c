/* session.c - views, names and definitions of one session; the statements themselves are in session_run.c. */
#include "session.h"

#include "fill_words.h"
#include "hash.h"
#include "names.h"
#include "sql_build.h"
#include "sql_print.h"
#include "sql_walk.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define GAPS_PER_FILE_MAX 200
#define VIEWS_MAX         100000
#define DEPS_MAX          400 /* views that one query may stand on: of more, what it reads is told as not known */

void session_init(struct session *s, struct arena *arena, struct reading *out, const char *path, enum artefact artefact, enum dialect dialect) {
    *s = (struct session){.arena = arena, .out = out, .path = path, .artefact = artefact, .dialect = dialect};
    s->views = map_new(arena);
    s->opaque = map_new(arena);
    s->changed = map_new(arena);
    s->computed = map_new(arena);
    s->first = out->definitions.n;
}

void reading_gap(struct arena *arena, struct reading *out, const struct not_understood *gap) {
    size_t same = 0;
    for (size_t i = out->gaps.n; i-- > 0;) {
        const struct not_understood *g = &out->gaps.at[i];
        if (strcmp(g->path, gap->path) != 0) break;
        if (g->line == gap->line && strcmp(g->reason, gap->reason) == 0) return;
        if (++same >= GAPS_PER_FILE_MAX) return;
    }
    *vec_add(arena, &out->gaps) = *gap;
    if (out->gap_columns.n >= out->gaps.n) out->gap_columns.at[out->gaps.n - 1] = 0;
}

void session_gap(struct session *s, int line, bool loses_lineage, const char *fmt, ...) {
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    struct not_understood gap = {s->path, line, s->cell, utf8_clean(s->arena, text, utf8_cut(text, strlen(text), sizeof text)), loses_lineage};
    size_t before = s->out->gaps.n;
    reading_gap(s->arena, s->out, &gap);
    bool told = s->out->gaps.n > before && s->gap_column > 0;
    while (told && s->out->gap_columns.n <= before) *vec_add(s->arena, &s->out->gap_columns) = 0;
    if (told) s->out->gap_columns.at[before] = s->gap_column;
    s->gap_column = 0;
}

/* Names. */

const char *session_dataset_text(struct session *s, struct str dotted) {
    bool qualified = memchr(dotted.p, '.', dotted.n) != NULL || memchr(dotted.p, '/', dotted.n) != NULL;
    if (qualified) {
        bool live = dotted.n > 5 && str_ieq((struct str){dotted.p, 5}, STR("live."));
        if (live) return session_dataset_text(s, (struct str){dotted.p + 5, dotted.n - 5});
        return str_dup(s->arena, dotted);
    }
    const char *schema = s->is_pipeline && s->live_schema ? s->live_schema : s->schema;
    const char *catalog = s->is_pipeline && s->live_schema ? s->live_catalog : s->catalog;
    if (!schema) return str_dup(s->arena, dotted);
    return arena_printf(s->arena, "%s%s%s.%.*s", catalog ? catalog : "", catalog ? "." : "", schema, STR_ARG(dotted));
}

static bool has_hidden_dot(const struct sql_name *name) {
    for (uint32_t i = 0; i < name->part_count; i++) {
        if (memchr(name->parts[i].text.p, '.', name->parts[i].text.n)) return true;
    }
    return false;
}

const char *session_dataset(struct session *s, const struct sql_name *name) {
    const char *text = sql_name_text(s->arena, name);
    if (name->dynamic || (name->part_count == 1 && has_hidden_dot(name))) return text;
    if (name->part_count == 2 && s->catalog && s->schema && !str_iis(name->parts[0].text, "live") && !s->is_pipeline)
        return arena_printf(s->arena, "%s.%s", s->catalog, text);
    return session_dataset_text(s, str_of(text));
}

static char *lowered(struct arena *arena, struct str name) {
    char *copy = str_dup(arena, name);
    for (char *p = copy; *p; p++) *p = (char)tolower((unsigned char)*p);
    return copy;
}

struct temp_view *session_view_find(const struct session *s, struct str name) {
    if (str_starts(name, "global_temp.")) name = (struct str){name.p + 12, name.n - 12};
    return map_get(s->views, str_of(lowered(s->arena, name)));
}

/* Views. */

void view_set_add(struct arena *arena, struct view_set *set, struct temp_view *view) {
    for (size_t i = 0; i < set->n; i++) {
        if (set->at[i] == view) return;
    }
    set->full |= set->n >= DEPS_MAX;
    if (set->full) return;
    set->at = arena_grow(arena, set->at, &set->cap, set->n + 1, sizeof(struct temp_view *));
    set->at[set->n++] = view;
}

void view_set_join(struct arena *arena, struct view_set *set, const struct view_set *more) {
    for (size_t i = 0; more && i < more->n; i++) view_set_add(arena, set, more->at[i]);
    set->full |= more && more->full;
}

void session_view_add(struct session *s, struct str name, const struct temp_view *made) {
    if (s->all.n == VIEWS_MAX) session_gap(s, made->range.line, true, "only the first %d views of a file are followed", VIEWS_MAX);
    if (s->all.n >= VIEWS_MAX) return;
    struct temp_view *view = arena_new(s->arena, struct temp_view);
    char *key = lowered(s->arena, name);
    const struct temp_view *before = map_get(s->views, str_of(key));
    *view = *made;
    view->name = before ? arena_printf(s->arena, "%.*s__%zu", STR_ARG(name), s->all.n + 1) : str_dup(s->arena, name);
    view->place = s->all.n;
    if (s->conditional && !view->doubt) view->doubt = "whether a view it reads is made is only known when it runs";
    view->deps = (struct view_set){0};
    view_set_join(s->arena, &view->deps, &made->deps);
    s->all.at = arena_grow(s->arena, s->all.at, &s->all.cap, s->all.n + 1, sizeof(struct temp_view *));
    s->all.at[s->all.n++] = view;
    map_put(s->views, str_of(key), view);
}

/* Whatever fills them does not do it alone. */
static void changed_mark(struct session *s) {
    for (size_t i = s->first; i < s->out->definitions.n && map_count(s->changed); i++) {
        struct definition *d = &s->out->definitions.at[i];
        if (!d->dataset || !map_has(s->changed, str_of(lowered(s->arena, str_of(d->dataset))))) continue;
        d->partial = true;
        d->fill = fill_changed;
    }
}

void session_end(struct session *s) {
    changed_mark(s);
    for (size_t i = 0; i < s->all.n; i++) {
        struct temp_view *view = s->all.at[i];
        if (view->used) continue;
        struct definition_spec spec = {.kind = DEF_TEMP,
                                       .query = view->query,
                                       .deps = &view->deps,
                                       .reads = view->reads,
                                       .read_count = view->read_count,
                                       .range = view->range,
                                       .label = view->name};
        session_define(s, &spec);
    }
}

struct binding {
    struct session *s;
    struct view_set *deps;
};

static void qualify(struct session *s, struct sql_from *from) {
    const char *full = session_dataset(s, from->name);
    const char *written = sql_name_text(s->arena, from->name);
    if (strcmp(full, written) == 0 || from->name->dynamic) return;
    /* A qualified name is still found by its last part, so columns written as t.c stay right. */
    struct range range = from->name->range;
    struct sql_ident last = from->name->parts[from->name->part_count - 1];
    from->name = sql_name_of(s->arena, str_of(full));
    from->name->parts[from->name->part_count - 1] = last;
    from->name->range = range;
}

static void bind_from(void *ctx, struct sql_from *from) {
    struct binding *b = ctx;
    struct session *s = b->s;
    const struct sql_name *name = from->name;
    bool is_global = name->part_count == 2 && str_iis(name->parts[0].text, "global_temp");
    struct sql_ident last = name->parts[name->part_count - 1];
    struct temp_view *view = name->part_count == 1 || is_global ? session_view_find(s, last.text) : NULL;
    if (!view || name->dynamic) {
        qualify(s, from);
        return;
    }
    view_set_add(s->arena, b->deps, view);
    view->used = true;
    if (!is_global && str_iis(last.text, view->name)) return;
    if (from->alias.text.n == 0) from->alias = last;
    struct sql_ident unique = sql_ident(str_of(view->name), false);
    from->name = sql_name_new(s->arena, &unique, 1);
}

void session_bind(struct session *s, struct sql_query *query, struct view_set *deps) {
    names_walk_query(s->arena, query, bind_from, &(struct binding){s, deps});
}

/* The views of `deps` and those below them, in the order of creation. */
static struct view_set views_below(struct arena *arena, const struct view_set *deps) {
    struct view_set all = {0};
    view_set_join(arena, &all, deps);
    for (size_t i = 0; i < all.n; i++) view_set_join(arena, &all, &all.at[i]->deps);
    for (size_t i = 1; i < all.n; i++) {
        struct temp_view *moved = all.at[i];
        size_t k = i;
        for (; k > 0 && all.at[k - 1]->place > moved->place; k--) all.at[k] = all.at[k - 1];
        all.at[k] = moved;
    }
    return all;
}

/* `query` with its views as WITH entries; NULL when one of them was not understood. */
static struct sql_query *with_views(struct arena *arena, struct sql_query *query, const struct view_set *all) {
    bool clash = false;
    for (size_t i = 0; i < all->n; i++) {
        if (!all->at[i]->query) return NULL;
        clash |= names_defines(query, str_of(all->at[i]->name));
    }
    if (all->n == 0) return query;
    struct sql_query *out = arena_new(arena, struct sql_query);
    *out = *query;
    out->ctes = NULL;
    out->cte_count = 0;
    if (clash) {
        *out = (struct sql_query){.body = BODY_QUERY, .arm_count = 1, .depth = query->depth + 1, .range = query->range};
        out->arms = arena_array(arena, 1, sizeof *out->arms);
        out->arms[0] = query;
    }
    struct sql_cte *ctes = arena_array(arena, all->n + query->cte_count, sizeof *ctes);
    for (size_t i = 0; i < all->n; i++) {
        ctes[i] = (struct sql_cte){.name = sql_ident(str_of(all->at[i]->name), false), .query = all->at[i]->query, .range = all->at[i]->query->range};
    }
    if (query->cte_count && !clash) memcpy(ctes + all->n, query->ctes, query->cte_count * sizeof *ctes);
    out->ctes = ctes;
    out->cte_count = (uint32_t)all->n + (clash ? 0 : query->cte_count);
    return out;
}

/* Reads. */

static int name_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

const char *const *names_sorted(struct arena *arena, const char **names, size_t *count, const char *but) {
    if (*count) qsort(names, *count, sizeof *names, name_order);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (!names[i] || !*names[i] || (but && strcasecmp(names[i], but) == 0)) continue;
        if (kept && strcmp(names[kept - 1], names[i]) == 0) continue;
        names[kept++] = names[i];
    }
    *count = kept;
    return names;
}

struct names {
    const char **at;
    size_t n, cap;
};

static void name_add(struct arena *arena, struct names *names, const char *name) {
    names->at = arena_grow(arena, names->at, &names->cap, names->n + 1, sizeof *names->at);
    names->at[names->n++] = name;
}

static bool templated(const struct sql_name *name) {
    for (uint32_t i = 0; i < name->part_count; i++) {
        if (name->parts[i].templated) return true;
    }
    return name->dynamic != NULL;
}

/* Does the part that names the table itself hang on a parameter? */
static bool nameless(const struct sql_name *name) { return name->dynamic || (name->part_count && name->parts[name->part_count - 1].templated); }

static void reads_of_query(struct session *s, const struct sql_query *query, struct names *names, struct definition *d) {
    uint32_t count = 0;
    const struct sql_ref *refs = sql_query_refs(s->arena, query, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (refs[i].is_write) continue;
        if (nameless(refs[i].name)) d->reads_complete = false;
        const char *text = sql_name_text(s->arena, refs[i].name);
        bool jinja = strncmp(text, "jinja_", 6) == 0;
        if (templated(refs[i].name) && !d->doubt) d->doubt = arena_printf(s->arena, "the name %.80s is only known when it runs", text);
        if (jinja) d->reads_complete = false;
        if (text[0] && !jinja) name_add(s->arena, names, text);
    }
}

/* Base datasets of a spec: names of views are none. */
static void spec_reads(struct session *s, const struct definition_spec *spec, const struct view_set *all, struct definition *d) {
    struct names names = {0};
    if (all->full) d->reads_complete = false, d->doubt = "it stands on more views than are followed";
    for (size_t i = 0; i < spec->read_count; i++) name_add(s->arena, &names, spec->reads[i]);
    for (size_t i = 0; i < all->n; i++) {
        if (all->at[i]->doubt && !d->doubt) d->doubt = all->at[i]->doubt;
        for (size_t k = 0; k < all->at[i]->read_count; k++) name_add(s->arena, &names, all->at[i]->reads[k]);
        if (all->at[i]->query) reads_of_query(s, all->at[i]->query, &names, d);
        if (!all->at[i]->query) d->reads_complete = false;
    }
    if (spec->query) reads_of_query(s, spec->query, &names, d);
    for (size_t i = 0; i < names.n; i++) {
        for (size_t k = 0; k < all->n; k++) {
            if (names.at[i] && strcasecmp(names.at[i], all->at[k]->name) == 0 && spec->query) names.at[i] = NULL;
        }
        if (!names.at[i]) names.at[i] = "";
    }
    d->read_count = names.n;
    d->reads = names_sorted(s->arena, names.at, &d->read_count, spec->dataset);
}

const char *const *session_reads(struct session *s, const struct definition_spec *spec, size_t *count) {
    struct view_set all = views_below(s->arena, spec->deps);
    struct definition d = {0};
    spec_reads(s, spec, &all, &d);
    *count = d.read_count;
    return d.reads;
}

static const char *definition_name(struct session *s, const struct definition *d) {
    if (d->dataset) return d->dataset;
    if (s->label) return s->label;
    if (s->cell) return arena_printf(s->arena, "query in cell %d, line %d", s->cell, d->range.line);
    return arena_printf(s->arena, "query at line %d", d->range.line);
}

struct calls {
    struct session *s;
    bool found;
};

static bool visit_call(void *ctx, struct sql_expr *e) {
    struct calls *c = ctx;
    c->found |= e->kind == EX_CALL && map_get(c->s->opaque, str_of(str_lower(c->s->arena, e->name)));
    return !c->found;
}

struct placeholders {
    struct session *s;
    const char *found;
};

static bool visit_placeholder(void *ctx, struct sql_expr *e) {
    struct placeholders *c = ctx;
    bool text = e->kind == EX_PARAM || (e->kind == EX_LITERAL && e->op == LIT_STRING);
    if (!text || e->name.n == 0) return !c->found;
    const char *end = e->name.p + e->name.n, *at = memmem(e->name.p, e->name.n, "${", 2);
    while (at && !c->found) {
        const char *close = memchr(at, '}', (size_t)(end - at));
        if (!close) break;
        struct str name = {at + 2, (size_t)(close - at - 2)};
        if (map_get(c->s->computed, name)) c->found = str_dup(c->s->arena, name);
        at = memmem(close, (size_t)(end - close), "${", 2);
    }
    return !c->found;
}

/* A value that the program computes, and that stands in the query by its name alone. */
static const char *computed_value(struct session *s, struct sql_query *query) {
    struct placeholders c = {s, NULL};
    if (map_count(s->computed)) sql_walk_query(&(struct sql_visitor){.ctx = &c, .expr = visit_placeholder}, query);
    return c.found;
}

static bool calls_opaque(struct session *s, struct sql_query *query) {
    struct calls calls = {s, false};
    if (map_count(s->opaque)) sql_walk_query(&(struct sql_visitor){.ctx = &calls, .expr = visit_call}, query);
    return calls.found;
}

struct definition *session_define(struct session *s, const struct definition_spec *spec) {
    struct definition *d = vec_add(s->arena, &s->out->definitions);
    *d = (struct definition){.artefact = s->artefact,
                             .kind = spec->kind,
                             .path = s->path,
                             .range = spec->range,
                             .cell = s->cell,
                             .dataset = spec->dataset,
                             .dialect = s->dialect};
    d->compute.workers_min = d->compute.workers_max = d->compute.autotermination_minutes = -1;
    d->partial = s->conditional;
    struct view_set all = views_below(s->arena, spec->deps);
    d->reads_complete = spec->query != NULL || spec->reads_complete;
    spec_reads(s, spec, &all, d);
    d->query = spec->query ? with_views(s->arena, spec->query, &all) : NULL;
    if (d->query && !d->doubt && calls_opaque(s, (struct sql_query *)d->query)) d->doubt = "a function written in Python computes a column";
    if (d->query && d->query == spec->query) d->query_range = spec->query_range;
    if (d->query && d->query == spec->query && spec->text.n) d->sql = str_dup(s->arena, spec->text);
    if (d->query && !d->sql) d->sql = sql_query_text(s->arena, d->query, s->dialect);
    const char *value = d->query && !d->doubt ? computed_value(s, (struct sql_query *)d->query) : NULL;
    if (value) d->doubt = arena_printf(s->arena, "the value of %.80s is only known when it runs", value);
    d->name = spec->label ? spec->label : definition_name(s, d);
    return d;
}

void session_changed(struct session *s, const char *dataset) { map_put(s->changed, str_of(lowered(s->arena, str_of(dataset))), s); }

void session_tests(struct session *s, const struct definition *d) {
    if (d->tests <= 0 || !d->dataset) return;
    *vec_add(s->arena, &s->out->facts) =
        (struct dataset_facts){.dataset = d->dataset, .path = d->path, .line = d->range.line, .bytes = -1, .rows = -1, .tests = d->tests};
}

/* The end of a reading. */

static void id_set(struct arena *arena, struct definition *d, size_t twin) {
    const char *what = d->dataset ? d->dataset : d->sql ? d->sql : d->name;
    char *key = arena_printf(arena, "%s\n%d\n%s\n%zu", d->path, d->dataset != NULL, what, twin);
    char *hex = arena_alloc(arena, HASH_HEX);
    hash128_hex(hash128(key, strlen(key)), hex);
    d->id = hex;
}

/* INSERT goes by position: where the table's columns are known and named otherwise, its readers see other names than the query's. */
static bool renames(const struct reading *out, const struct definition *d) {
    const struct sql_select *select = d->query && d->query->body == BODY_SELECT ? d->query->select : NULL;
    for (size_t i = 0; select && i < out->facts.n; i++) {
        const struct dataset_facts *f = &out->facts.at[i];
        if (!f->columns_complete || strcasecmp(f->dataset, d->dataset) != 0) continue;
        bool same = f->column_count == select->item_count;
        for (size_t k = 0; same && k < f->column_count; k++) {
            const struct sql_item *item = &select->items[k];
            struct str name = item->alias.text.n ? item->alias.text : item->expr->kind == EX_NAME ? item->expr->name : (struct str){"", 0};
            same = str_iis(name, f->columns[k].name);
        }
        const struct sql_expr *only = select->item_count == 1 ? select->items[0].expr : NULL;
        bool star = only && only->kind == EX_STAR && (!only->star || (!only->star->replace_count && !only->star->except_count));
        return !same && !star;
    }
    return false;
}

/* Two files that give one bare name may mean two tables: then nothing is readable there, but each may still fill its own whole. */
static void shared_mark(struct definition *a, struct definition *b) {
    bool again = strcmp(a->path, b->path) == 0 && a->range.line == b->range.line && a->sql && b->sql && strcmp(a->sql, b->sql) == 0;
    if (again && a->kind == b->kind && !a->strategy && !b->strategy) return; /* a helper or loop that writes the same once more */
    a->partial = b->partial = true;
    if (strcmp(a->path, b->path) == 0 || strchr(b->dataset, '.')) a->fill = b->fill = fill_shared;
}

void reading_finish(struct arena *arena, struct reading *out) {
    struct map *writers = map_new(arena), *twins = map_new(arena);
    for (size_t i = 0; i < out->definitions.n; i++) {
        struct definition *d = &out->definitions.at[i];
        const char *what = d->dataset ? d->dataset : d->sql ? d->sql : d->name;
        char *key = arena_printf(arena, "%s\n%s", d->path, what);
        void **twin = map_slot(twins, str_of(key));
        id_set(arena, d, (size_t)(uintptr_t)*twin);
        *twin = (void *)((uintptr_t)*twin + 1);
        if (!d->dataset || d->kind == DEF_TEMP) continue;
        if (d->strategy && strcmp(d->strategy, "insert_overwrite") == 0 && !d->partial) d->partial = renames(out, d);
        struct definition **first = (struct definition **)map_slot(writers, str_of(lowered(arena, str_of(d->dataset))));
        if (*first) shared_mark(*first, d);
        *first = d;
    }
}
