/* session.h - SQL statements one after the other, as one connection would run them: temp views, USE, and what each statement defines.
 * Layer: read. May use: base, sql. */
#ifndef SESSION_H
#define SESSION_H

#include "definition.h"
#include "map.h"
#include "sql_parse.h"
#include "text.h"

struct temp_view;

/* Temp views that a query reads; without repeats. */
struct view_set {
    struct temp_view **at;
    size_t n, cap;
    bool full; /* there were more */
};

struct temp_view {
    const char *name;        /* unique in the session: the second view of a name is name__2 */
    size_t place;            /* order of creation */
    struct sql_query *query; /* over base tables and views created before; NULL when it was not understood */
    struct view_set deps;
    const char *const *reads; /* when not understood */
    size_t read_count;
    struct range range;
    const char *doubt; /* why no proof may rest on it; NULL: it may */
    bool used;         /* something reads it */
};

struct session {
    struct arena *arena;
    struct reading *out;
    const char *path;
    enum artefact artefact;
    enum dialect dialect;
    int gap_column;                         /* of the next gap; 0: not known */
    struct str source;                      /* the bytes of the file, where columns of texts inside it are looked for; empty: not given */
    int cell;                               /* of the text being read; 0 none */
    const char *label;                      /* for names of queries that fill nothing: "Sales / by day"; NULL: made from the line */
    const char *catalog, *schema;           /* USE; NULL when not said */
    const char *live_catalog, *live_schema; /* where a pipeline's datasets go; NULL when not known */
    bool is_pipeline;                       /* CREATE LIVE / STREAMING TABLE were seen, or the file is a pipeline's */
    bool guess_dialect;                     /* other dialects may be tried */
    bool conditional;                       /* inside a branch or a loop */
    bool dynamic;                           /* partitionOverwriteMode is dynamic: what is overwritten are the partitions that are met */
    bool each_batch;                        /* inside what foreachBatch calls */
    struct map *views;                      /* lower-case name to the newest struct temp_view */
    struct map *computed;                   /* placeholders ${x} whose value the program computes: two of one name need not be equal */
    struct map *opaque;                     /* lower-case names of functions that are no SQL: nothing is proved of their columns */
    struct map *changed;                    /* datasets whose rows a statement changes: UPDATE, DELETE, TRUNCATE */
    struct view_set all;                    /* in the order of creation */
    size_t first;                           /* definitions of this session start there in out->definitions */
};

void session_init(struct session *s, struct arena *arena, struct reading *out, const char *path, enum artefact artefact, enum dialect dialect);

/* When a pipeline of the reading runs the file: its datasets go where the pipeline says. */
void session_pipeline_set(struct session *s);

/* A line of `source`, 1-based, without its end; empty where there is none. */
struct str session_source_line(const struct session *s, int line);

/* Temp views that nothing read are outputs of their own. Once, after the last statement. */
void session_end(struct session *s);

/* Runs all statements of `text`: definitions, facts and gaps go to the reading. `origin` places it in the file (NULL: it is the file). */
void session_run(struct session *s, struct str text, const struct sql_origin *origin);

/* What a DataFrame call gets from SQL text: the query when the text is exactly one, with the views it reads; all else is run like
 * session_run and gives NULL. */
struct sql_query *session_query(struct session *s, struct str text, const struct sql_origin *origin, struct view_set *deps);

/* Finds the views a tree reads and qualifies its table names; for trees built by hand. */
void session_bind(struct session *s, struct sql_query *query, struct view_set *deps);
/* The newest view of that name, NULL when there is none. */
struct temp_view *session_view_find(const struct session *s, struct str name);
/* Makes a view from the query, deps, reads and range of `view`. A NULL query: not understood, then `reads` say what it reads. */
void session_view_add(struct session *s, struct str name, const struct temp_view *view);
void view_set_add(struct arena *arena, struct view_set *set, struct temp_view *view);
void view_set_join(struct arena *arena, struct view_set *set, const struct view_set *more);

/* A definition to be completed by the caller; in `out` already, valid until the next one. `query` may be NULL: then `reads` count. */
struct definition_spec {
    enum definition_kind kind;
    const char *dataset;     /* NULL: none */
    struct sql_query *query; /* bound */
    const struct view_set *deps;
    const char *const *reads;
    size_t read_count;
    bool reads_complete;
    struct range range, query_range;
    struct str text;   /* the query as written, when it is the file's own text; else empty */
    const char *label; /* name of a definition that fills nothing; NULL: made from its place */
};
struct definition *session_define(struct session *s, const struct definition_spec *spec);

/* Rows of the dataset are changed, deleted or added by a statement that no definition stands for. */
void session_changed(struct session *s, const char *dataset);

/* What is written with a definition to test its rows becomes a fact on its dataset. */
void session_tests(struct session *s, const struct definition *d);

/* The base datasets that `spec` reads, sorted, without repeats. */
const char *const *session_reads(struct session *s, const struct definition_spec *spec, size_t *count);

/* "catalog.schema.name" of a name as written, with USE and the pipeline's target applied. */
const char *session_dataset(struct session *s, const struct sql_name *name);
/* The same for dotted text. */
const char *session_dataset_text(struct session *s, struct str dotted);

/* Adds what was not understood. */
void session_gap(struct session *s, int line, bool loses_lineage, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void reading_gap(struct arena *arena, struct reading *out, const struct not_understood *gap);

/* Columns and keys of CREATE TABLE, as facts on `dataset`. */
void ddl_facts(struct session *s, const struct sql_statement *statement, const char *dataset);

/* ALTER TABLE t ADD PRIMARY KEY, UNIQUE, FOREIGN KEY: keys that the table has besides those of its CREATE. */
void ddl_alter(struct session *s, const struct sql_statement *statement);

/* tag_facts.c: adds the classes that an ALTER or SET TAG statement gives a dataset or column. */
void tag_facts(struct session *s, const struct sql_statement *statement);
/* Sorted, without repeats and without `but`. */
const char *const *names_sorted(struct arena *arena, const char **names, size_t *count, const char *but);

/* Sets ids, and marks definitions whose dataset has several writers as partial. Once per reading. */
void reading_finish(struct arena *arena, struct reading *out);

#endif
