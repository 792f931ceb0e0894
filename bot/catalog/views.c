/* views.c - which datasets are views, and queries with them unfolded. */
#include "views.h"

#include "catalog_rows.h"
#include "entry.h"
#include "map.h"
#include "names.h"
#include "sql_parse.h"
#include "sql_print.h"
#include "sql_walk.h"

#define VIEW_DEPTH     8
#define TREE_DEPTH_MAX 300 /* a deeper view is left as it is */
#define UNFOLDED_MAX   60  /* in one query */

struct view {
    const char *sql;
    enum dialect dialect;
    bool bare; /* it has no schema in its name, as the datasets of a pipeline that does not say where they go */
};

struct views {
    struct arena *arena;
    struct map *views; /* key of the name as it is read -> struct view */
    struct map *own;   /* last part -> struct own_fill of the extra reading */
    VEC(const char *) names;
    struct map *seen;
    struct map *several; /* keys of bare names that several views go by: which of them is meant depends on who reads */
};

struct own_fill {
    const struct definition *definition;
    const char *key;
    struct own_fill *next;
};

static bool is_view(enum definition_kind kind) { return kind == DEF_VIEW || kind == DEF_EPHEMERAL; }

static void own_index(struct views *v, const struct reading *extra) {
    v->own = map_new(v->arena);
    for (size_t i = 0; extra && i < extra->definitions.n; i++) {
        const struct definition *d = &extra->definitions.at[i];
        if (!d->dataset) continue;
        struct own_fill *fill = arena_new(v->arena, struct own_fill);
        *fill = (struct own_fill){d, name_key(v->arena, d->dataset), NULL};
        void **slot = map_slot(v->own, str_of(name_last(fill->key)));
        fill->next = *slot;
        *slot = fill;
    }
}

/* What the change itself fills the dataset with; *count says how often. */
static const struct definition *own_filler(const struct views *v, const char *key, size_t *count) {
    const struct definition *found = NULL;
    for (const struct own_fill *f = map_get(v->own, str_of(name_last(key))); f; f = f->next) {
        if (names_fit(f->key, key)) found = f->definition, ++*count;
    }
    return found;
}

static void name_add(struct views *v, const char *name) {
    if (!map_put(v->seen, str_of(name), v)) *vec_add(v->arena, &v->names) = name;
}

/* One that the reader was not sure of, or whose tables only the run knows, stays a name: nothing may be proved through it. */
static bool is_sure(const char *sql, const char *const *reads, size_t read_count) {
    if (text_starts(sql, ENTRY_DOUBT)) return false;
    for (size_t i = 0; i < read_count; i++) {
        if (strpbrk(reads[i], "${}@&:")) return false;
    }
    return true;
}

static struct view *view_add(struct views *v, const char *key, const char *sql, enum dialect dialect, const char *const *reads, size_t read_count) {
    if (!is_sure(sql, reads, read_count)) return NULL;
    struct view *view = arena_new(v->arena, struct view);
    *view = (struct view){.sql = sql, .dialect = dialect};
    map_put(v->views, str_of(key), view);
    for (size_t i = 0; i < read_count; i++) name_add(v, reads[i]);
    return view;
}

/* Kinds whose bare name means nothing outside the pipeline that makes them. */
static bool is_of_pipeline(enum definition_kind kind) { return is_view(kind) || kind == DEF_MATERIALIZED || kind == DEF_STREAMING; }

/* The only filler of a dataset, as far as a view needs to be known. */
struct filler {
    struct arena *arena;
    const char *key;
    bool bare, apart;  /* apart: datasets of several files go by it */
    const char *place; /* repository and path of the last one */
    size_t count;
    enum definition_kind kind;
    int64_t id;
};

static const struct err *filler_row(void *ctx, const struct val *c, size_t count) {
    struct filler *f = ctx;
    const char *named = val_as_text(f->arena, &c[2], "");
    const char *place = arena_printf(f->arena, "%s\n%s", val_as_text(f->arena, &c[4], ""), val_as_text(f->arena, &c[5], ""));
    bool of_pipeline = is_of_pipeline((enum definition_kind)val_as_int(&c[1], 0));
    f->bare = strcmp(named, f->key) == 0;
    f->apart |= of_pipeline && f->place && strcmp(f->place, place) != 0;
    if (of_pipeline) f->place = place;
    f->count++;
    f->id = val_as_int(&c[0], 0);
    f->kind = c[3].kind == VAL_NULL ? (enum definition_kind)val_as_int(&c[1], 0) : DEF_QUERY; /* in part: its text is not all of it */
    return NULL;
}

static const struct err *stored_view_add(struct views *v, struct catalog *catalog, const struct filler *filler, const char *key) {
    struct row row;
    size_t count;
    TRY(store_one(catalog->store, v->arena, "SELECT sql, sql_size, dialect, reads FROM definition WHERE id = $1", VALS(val_int(filler->id)), &row));
    const char *sql = row.count ? text_unpack(v->arena, &row.at[0], val_as_int(&row.at[1], 0)) : NULL;
    if (!sql) return NULL;
    const char *const *reads = lines_read(v->arena, val_as_text(v->arena, &row.at[3], NULL), &count);
    struct view *view = view_add(v, key, sql, (enum dialect)val_as_int(&row.at[2], 0), reads, count);
    if (view) view->bare = filler->bare;
    return NULL;
}

struct others {
    struct arena *arena;
    const struct definition *own;
    bool several;
};

/* One of the same file with the same text is the same one, as it was; with another text it stands in another repository, or was changed. */
static const struct err *other_row(void *ctx, const struct val *c, size_t count) {
    struct others *o = ctx;
    bool same_path = strcmp(val_as_text(o->arena, &c[0], ""), o->own->path) == 0;
    const char *sql = same_path ? text_unpack(o->arena, &c[1], val_as_int(&c[2], 0)) : NULL;
    o->several |= !same_path || (sql && o->own->sql && strcmp(sql, o->own->sql) != 0);
    return NULL;
}

/* Does the change itself, or another file of the main branch, make another dataset of this bare name? */
static const struct err *bare_look(struct views *v, struct catalog *const *catalogs, size_t catalog_count, const struct definition *own,
                                   const char *key, bool *several) {
    struct others others = {.arena = v->arena, .own = own};
    for (const struct own_fill *f = map_get(v->own, str_of(key)); f; f = f->next) {
        bool apart = is_view(f->definition->kind) || strcmp(f->definition->path, own->path) != 0;
        if (f->definition != own && apart && is_of_pipeline(f->definition->kind) && strcmp(f->key, key) == 0) *several = true;
    }
    for (size_t c = 0; c < catalog_count && !*several; c++) {
        TRY(store_each(catalogs[c]->store,
                       "SELECT path, sql, sql_size FROM definition WHERE dataset_last = $1 AND dataset_key = $1 AND scope = 'main' AND "
                       "kind IN ($2, $3, $4, $5) LIMIT 50",
                       VALS(val_text(key), val_int(DEF_VIEW), val_int(DEF_EPHEMERAL), val_int(DEF_MATERIALIZED), val_int(DEF_STREAMING)), other_row,
                       &others));
        *several = others.several;
    }
    return NULL;
}

static const struct err *name_look(struct views *v, struct catalog *const *catalogs, size_t catalog_count, const char *name) {
    const char *key = name_key(v->arena, name);
    size_t count = 0;
    const struct definition *own = own_filler(v, key, &count);
    if (own) {
        bool several = false;
        if (strcmp(name_last(key), key) == 0 && is_of_pipeline(own->kind)) TRY(bare_look(v, catalogs, catalog_count, own, key, &several));
        if (several) map_put(v->several, str_of(key), v);
        bool fits = count == 1 && !several && is_view(own->kind) && !own->partial && own->sql && !own->doubt;
        struct view *view = fits ? view_add(v, key, own->sql, own->dialect, own->reads, own->read_count) : NULL;
        if (view) view->bare = strcmp(key, name_key(v->arena, own->dataset)) == 0;
        return NULL;
    }
    struct filler only = {.arena = v->arena, .key = key};
    struct catalog *where = NULL;
    for (size_t c = 0; c < catalog_count; c++) {
        size_t before = only.count;
        TRY(store_each(catalogs[c]->store,
                       "SELECT d.id, d.kind, d.dataset_key, d.fill, d.repo, d.path FROM definition d WHERE d.dataset_last = $1 AND d.scope = 'main' "
                       "AND " FITS_KEY("d.dataset_key") " LIMIT 20",
                       VALS(val_text(name_last(key)), val_text(key)), filler_row, &only));
        if (only.count > before) where = catalogs[c];
    }
    if (only.apart && only.bare) map_put(v->several, str_of(key), v);
    return only.count == 1 && is_view(only.kind) ? stored_view_add(v, where, &only, key) : NULL;
}

const struct err *catalog_views(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *extra,
                                const char *const *names, size_t name_count, struct views **out) {
    struct views *v = arena_new(arena, struct views);
    *v = (struct views){.arena = arena, .views = map_new(arena), .seen = map_new(arena), .several = map_new(arena)};
    own_index(v, extra);
    for (size_t i = 0; i < name_count; i++) name_add(v, names[i]);
    size_t from = 0;
    for (int depth = 0; depth < VIEW_DEPTH && from < v->names.n; depth++) {
        size_t until = v->names.n;
        for (; from < until; from++) TRY(name_look(v, catalogs, catalog_count, v->names.at[from]));
    }
    *out = v;
    return NULL;
}

bool views_several(const struct views *views, const char *name) { return map_has(views->several, str_of(name_key(views->arena, name))); }

const char *const *views_names(const struct views *views, size_t *count) {
    *count = views->names.n;
    return views->names.at;
}

/* ---- unfolding ---- */

struct unfolding {
    struct arena *arena;
    const struct views *views;
    enum dialect dialect;
    int depth;
    size_t count;
    struct sql_query *around;         /* the query being unfolded into */
    const char *open[VIEW_DEPTH + 1]; /* texts being unfolded: one that reads a table of its own name is not unfolded into itself */
};

static bool is_open(const struct unfolding *u, const char *sql) {
    for (int i = 0; i <= u->depth; i++)
        if (u->open[i] && strcmp(u->open[i], sql) == 0) return true;
    return false;
}

static struct sql_query *text_unfold(struct unfolding *u, const char *sql);

/* A view's name has its schema, or neither it nor the name read has one. */
static const struct view *view_of(const struct unfolding *u, const struct sql_from *from) {
    if (from->kind != FROM_TABLE || !from->name || from->name->dynamic) return NULL;
    if (from->travel || from->sample || from->column_count || from->flags & (SQL_FROM_STREAM | SQL_FROM_ONLY | SQL_FROM_FINAL)) return NULL;
    const struct view *view = map_get(u->views->views, str_of(name_key(u->arena, sql_name_text(u->arena, from->name))));
    return view && view->dialect == u->dialect && (view->bare || from->name->part_count > 1) ? view : NULL;
}

/* Would a name that the view reads be taken for one of the WITH clauses around it? */
static bool is_captured(struct unfolding *u, struct sql_query *view) {
    uint32_t count = 0;
    const struct sql_ref *refs = sql_query_refs(u->arena, view, &count);
    for (uint32_t i = 0; i < count; i++)
        if (refs[i].name->part_count == 1 && names_defines(u->around, refs[i].name->parts[0].text)) return true;
    return false;
}

/* Names of WITH are not offered. */
static void from_seen(void *ctx, struct sql_from *from) {
    struct unfolding *u = ctx;
    const struct view *view = view_of(u, from);
    if (!view || u->depth >= VIEW_DEPTH || u->count >= UNFOLDED_MAX || is_open(u, view->sql)) return;
    struct sql_ident called = from->alias.text.n ? from->alias : from->name->parts[from->name->part_count - 1];
    u->depth++;
    struct sql_query *query = text_unfold(u, view->sql);
    u->depth--;
    if (!query || query->depth > TREE_DEPTH_MAX || is_captured(u, query)) return;
    from->kind = FROM_QUERY;
    from->query = query;
    from->name = NULL;
    from->alias = called;
    u->count++;
}

static struct sql_query *text_unfold(struct unfolding *u, const char *sql) {
    struct sql_error error = {0};
    struct sql_query *query = sql_parse_query(u->arena, str_of(sql), u->dialect, &error);
    struct sql_query *around = u->around;
    u->open[u->depth] = sql;
    u->around = query;
    if (query) names_walk_query(u->arena, query, from_seen, u);
    u->around = around;
    return query;
}

struct sql_query *views_unfold(struct arena *arena, const struct views *views, const char *sql, enum dialect dialect) {
    struct unfolding u = {.arena = arena, .views = views, .dialect = dialect};
    if (!sql || !map_count(views->views)) return NULL;
    struct sql_query *query = text_unfold(&u, sql);
    return query && u.count ? query : NULL;
}
