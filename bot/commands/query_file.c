/* query_file.c - the query of a file as a plan: SQL as it stands, of code the DataFrame that is written. */
#include "query_file.h"

#include "bind.h"
#include "fs.h"
#include "read.h"
#include "views.h"

#define FILE_MAX ((size_t)64 << 20)

/* Of several datasets of one file, the one named after '#', else the only one that is stored; views count where none is, then what is shown. */
static const struct err *definition_pick(struct arena *arena, const struct reading *r, const char *name, const struct definition **out) {
    struct buf names = buf_new(arena);
    size_t found = 0;
    for (int rank = 0; rank < 3 && !found; rank++) {
        for (size_t i = 0; i < r->definitions.n; i++) {
            const struct definition *d = &r->definitions.at[i];
            int own = d->dataset && definition_kind_stored(d->kind) ? 0 : d->dataset ? 1 : 2;
            bool wanted = name ? strcasecmp(d->name, name) == 0 : own == rank;
            buf_printf(&names, "%s%s", names.n ? ", " : "", d->name);
            if (!wanted || (found && !name && (*out)->dataset && d->dataset && strcasecmp((*out)->dataset, d->dataset) == 0)) continue;
            *out = d;
            found++;
        }
    }
    if (found == 1) return NULL;
    if (!r->definitions.n) return err_new(ERR_INPUT, "nothing is computed in it that is written or shown");
    return err_new(ERR_INPUT, "%s; name one as FILE#NAME: %.400s", name ? "it has no such dataset" : "it fills several datasets", buf_str(&names));
}

/* Python and notebooks: the query of a DataFrame that is written. */
static const struct err *code_plan(struct arena *arena, const char *path, struct str text, enum dialect dialect, const char *name,
                                   const struct schema *schema, struct plan **out) {
    struct reading *r = read_file(arena, path, text, dialect);
    const struct definition *d = NULL;
    if (!r->definitions.n && r->gaps.n) return err_new(ERR_INPUT, "line %d: %s", r->gaps.at[0].line, r->gaps.at[0].reason);
    TRY(definition_pick(arena, r, name, &d));
    if (!d->query && r->gaps.n) return err_new(ERR_INPUT, "line %d: %s", r->gaps.at[0].line, r->gaps.at[0].reason);
    if (!d->query) return err_new(ERR_INPUT, "line %d: what %s holds was not understood", d->range.line, d->name);
    /* Views of the same file, as those of a pipeline, are computed anew by their readers. */
    struct views *views = NULL;
    TRY(catalog_views(arena, NULL, 0, r, d->reads, d->read_count, &views));
    const struct sql_query *unfolded = views_unfold(arena, views, d->sql, d->dialect);
    *out = plan_bind(arena, unfolded ? unfolded : d->query, schema, d->dialect);
    if (!(*out)->condition) (*out)->condition = d->doubt;
    (*out)->fill = d->fill;
    return NULL;
}

/* The one query of a script may not be all that its table holds: INSERT INTO, a DELETE beside it, rows that an expectation drops. */
static void script_look(struct arena *arena, const char *path, struct str text, enum dialect dialect, const struct schema *schema,
                        struct plan **plan) {
    struct reading *r = read_file(arena, path, text, dialect);
    const struct definition *only = NULL;
    struct fill fill = {0};
    for (size_t i = 0; i < r->definitions.n; i++) {
        const struct definition *d = &r->definitions.at[i];
        if (!d->query) continue;
        only = only ? NULL : d;
        if (d->fill.words && !fill.words) fill = d->fill;
    }
    bool wrapped = only && r->definitions.n == 1 && only->dataset && !only->query_range.line && only->dialect == dialect && !fill.words;
    if (wrapped) *plan = plan_bind(arena, only->query, schema, dialect);
    (*plan)->fill = fill;
}

const struct err *query_file_plan(struct arena *arena, const char *path, enum dialect dialect, const struct schema *schema, struct plan **out) {
    struct str text;
    const char *hash = strrchr(path, '#'), *file = hash ? arena_copy(arena, path, (size_t)(hash - path)) : path;
    TRY(fs_read(arena, file, FILE_MAX, &text));
    const char *kind = read_kind(arena, file, text);
    bool code = strcmp(kind, "notebook") == 0 || strcmp(kind, "python") == 0;
    if (code || hash) return err_wrap(code_plan(arena, file, text, dialect, hash ? hash + 1 : NULL, schema, out), "%s", path);
    const struct err *e = plan_from_sql(arena, text, schema, dialect, out);
    /* Several statements, MERGE: what they fill, as a session that runs them. */
    if (e && !code_plan(arena, file, text, dialect, NULL, schema, out)) return NULL;
    if (!e) script_look(arena, file, text, dialect, schema, out);
    return err_wrap(e, "%s", path);
}

const struct err *query_file_schema(struct arena *arena, const char *path, enum dialect dialect, struct schema **out) {
    struct str ddl;
    *out = NULL;
    if (!path) return NULL;
    TRY(fs_read(arena, path, FILE_MAX, &ddl));
    return err_wrap(schema_from_ddl(arena, ddl, dialect, out), "%s", path);
}
