/* derive_core.h - what the files of derivability share: matching two normal forms, entailment, and writing the rewrite.
 * Layer: plan, internal to derive*.c, rewrite.c, share.c, difference.c. May use: base, sql, plan, normal. */
#ifndef DERIVE_CORE_H
#define DERIVE_CORE_H

#include "derive.h"
#include "instance.h"
#include "normal.h"
#include "sql_ast.h"

/* ---- matching: which column of the query is which of the view (derive_match.c) */

struct item_pair {
    int v, q;
};

struct match {
    struct arena *arena;
    const struct normal *v, *q;
    int *to_q;                       /* by v column number: the q column it is; -1: none yet */
    int *classes;                    /* by q column number: union-find of columns that are equal on every row; NULL: every column its own */
    VEC(int) trail;                  /* v columns that were mapped, for taking it back */
    VEC(struct item_pair) aliases;   /* pairs of query columns that are the same output twice */
    VEC(struct item_pair) items;     /* left-join items that were paired, the newest last */
    size_t work;                     /* steps done; over MATCH_WORK_MAX everything fails */
    const struct instance *instance; /* tables and texts that differ in this word alone pair as well (its `a` is q's); NULL: none do */
};
#define MATCH_WORK_MAX 20000

void match_init(struct match *m, struct arena *arena, const struct normal *v, const struct normal *q);
size_t match_mark(const struct match *m);
void match_undo(struct match *m, size_t mark);
/* Says that the view's column is the query's; false when it was said to be another. */
bool match_map(struct match *m, int v, int q);
/* Is the view's expression the query's, under the columns mapped so far? */
bool match_expr(struct match *m, nexpr v, nexpr q);
/* The same block: sources, items and conjuncts one to one, outputs not looked at. Maps columns; on failure takes that back. */
bool match_block(struct match *m, const struct block *v, const struct block *q);
/* The same source; columns of `q` must all be made by `v`, which may make more. */
bool match_source(struct match *m, const struct source *v, const struct source *q);
/* The same left-join item. */
bool match_item(struct match *m, const struct left_item *v, const struct left_item *q);
/* The same sources and items one to one, whatever the conjuncts are. Maps columns; on failure takes that back. */
bool match_parts(struct match *m, const struct block *v, const struct block *q);
/* Do the names differ in that word alone, or not at all? (instance.c) */
bool instance_same_table(const struct instance *instance, const char *a, const char *b);
/* Every expression of `v` has its own partner in `q`, both ways. */
bool match_sets(struct match *m, const struct exprs *v, const struct exprs *q);

/* Equality classes of q columns: `classes` by union-find. */
int class_find(const int *classes, int column);
int *class_new(struct arena *arena, size_t n);
void class_join(int *classes, int a, int b);
/* Joins the columns that conjuncts equate (not of floating point or padded text). `map` gives q columns for v ones, or NULL. */
void class_learn(int *classes, const struct normal *of, const struct exprs *preds, const int *map);

/* The name of a column of a normal form; "" for one that stands for all columns of a table that is not known; NULL: it has none. */
const char *column_name(const struct normal *n, int column);

/* ---- entailment (derive_entail.c) */

/* Do the query's conjuncts imply the view's conjunct on every row? m->classes should hold the query's equalities. */
bool entails(struct match *m, const struct exprs *q_preds, nexpr v_pred);
/* Do the view's conjuncts imply the query's conjunct `q_pred`? m->classes should hold the view's equalities. */
bool entailed_by(struct match *m, const struct exprs *v_preds, nexpr q_pred);

/* A literal as a value; false for kinds that have no plain order here. */
struct value;
bool literal_value(nexpr e, struct value *out);

/* How conditions over one value divide its values (derive_cover.c). */
struct cover {
    bool known;    /* else nothing is said */
    bool disjoint; /* no value meets two of them */
    bool whole;    /* every value but NULL meets one of them */
    bool null_too; /* and so does NULL */
    nexpr atom;    /* what they are about, of the first condition's form */
};
/* conditions[k] is a conjunction whose columns maps[k] takes to those of one form. */
/* Is every value of which the premises are TRUE one of which the conclusion is? It is about one value, and so are those of the premises that
 * count. `turned`: the premises are the view's and the conclusion the query's; else the other way round. */
bool cover_implies(struct match *m, const struct exprs *premises, nexpr conclusion, bool turned);
struct cover cover_of(struct arena *arena, const struct exprs *conditions, struct match *const *maps, size_t n);

/* ---- writing a normal form as SQL (rewrite.c) */

/* An expression of the view that its output shows. */
struct shown {
    nexpr v;
    struct sql_expr *as;
};

/* What tells that a left-join item found a partner. */
struct witness {
    int item;
    struct sql_expr *as;
};

/* Where in the query the view's table takes the place of sources. */
struct graft {
    const struct block *block; /* NULL: nowhere */
    const bool *source_gone;   /* by place in block->sources */
    const bool *all_shown;     /* by place in block->sources: gone, and the view shows all columns under their own names (`*`) */
    const char *const *names;  /* of the view's columns; "*" among them */
    size_t n_names;
    const bool *item_gone;          /* by place in block->items */
    const bool *pred_gone;          /* by place in block->preds */
    const struct source *aggregate; /* the SRC_AGG over block whose grouping the view has done; NULL: none */
    bool same_grain;                /* its aggregates are columns of the view */
    bool single;                    /* each of its groups is at most one row of the view */
    bool row_over_nothing;          /* the view gives a row also where it read none: that row says nothing of its tables */
};

struct rewrite {
    struct arena *arena;
    const struct normal *q;
    enum dialect dialect;
    struct sql_expr **column; /* by q column number: how to write it; NULL: not in reach */
    VEC(int) said;            /* columns of sources written so far, in order */
    size_t beside;            /* where in `said` those of the FROM at hand begin */
    const struct block *from; /* whose FROM that is */
    bool view_hidden;         /* the view stands in a FROM that what is being written does not see */
    struct graft graft;
    struct match *match; /* of the graft; NULL: none */
    const struct sql_name *view;
    struct sql_query *view_query; /* stands in brackets where the view's name would; NULL: the name does */
    const char *view_alias;
    VEC(struct shown) shown;      /* plain outputs of the view */
    VEC(struct shown) aggregates; /* its aggregates */
    VEC(struct witness) witnesses;
    VEC(const char *) aliases;       /* in use */
    int *pred_classes, *out_classes; /* equality classes of the graft: those the view keeps, those the query keeps */
    struct texts assumes;            /* declared facts that the rewrite rests on, beyond those of the forms */
    int depth;
    const char *why; /* first reason why something could not be written */
};

/* Is the value the same on every row, by what is written alone? */
bool rewrite_is_constant(nexpr e);
struct sql_expr *rewrite_expr(struct rewrite *w, nexpr e);
/* The whole block as a query; NULL with w->why when it cannot be written. */
struct sql_query *rewrite_block(struct rewrite *w, const struct block *block, const char *const *names);
void rewrite_fail(struct rewrite *w, const char *why);
/* How an aggregate of the graft is computed from the view's columns (derive_aggregate.c). */
struct sql_expr *rewrite_aggregate(struct rewrite *w, nexpr aggregate);
/* The same for an approximate aggregate, from a stored sketch; NULL when none is stored (derive_sketch.c). `always_one_row`: the grouping gives a row
 * over nothing too. */
struct sql_expr *rewrite_sketch(struct rewrite *w, nexpr aggregate, bool always_one_row);
/* A column of the view's table (derive.c). */
struct sql_expr *view_ref(struct rewrite *w, const char *column);
/* derive_find, with `instead` in brackets in the place of the view's name (NULL: the name). */
struct derivation *derive_from(struct arena *arena, const struct normal *q, const struct normal *v, const char *view_name,
                               const char *const *view_columns, struct sql_query *instead);
/* From two or more of the views, those in `used`, as the branches of one UNION ALL; NULL when none are parts of one thing (derive_union.c). */
struct derivation *derive_union(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n, bool *used);
/* From the rows of one grouping of a view of GROUPING SETS; NULL when that does not do (derive_sets.c). */
struct derivation *derive_sets(struct arena *arena, const struct normal *q, const struct normal *v, const char *view_name,
                               const char *const *view_columns);
/* Splits at AND, into `out`. */
void conjuncts_add(struct arena *arena, struct exprs *out, nexpr e);
#endif
