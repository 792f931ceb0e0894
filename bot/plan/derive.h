/* derive.h - is a query computable from the stored result of another, and by what SQL?
 * Layer: plan. May use: base, sql, plan, normal.
 * The argument follows Goldstein and Larson (SIGMOD 2001): sources, conjuncts, equality classes, outputs, grain. */
#ifndef DERIVE_H
#define DERIVE_H

#include "normal.h"
#include "refute.h"
#include "sql_ast.h"

struct derivation {
    const struct sql_query *query; /* the rewrite; NULL: none was found */
    const char *sql;               /* the same as text in the query's dialect */
    size_t n_proof;
    const char *const *proof;
    size_t n_assumes;
    const char *const *assumes; /* declared facts that it rests on, beyond those of the two forms */
    const char *why;            /* when none was found: the first thing that stood in the way of the closest try */
};

/* Looks for a query over the table `view_name` (columns `view_columns` in order; NULL: the names of the view's own outputs) that gives
 * what `q` gives, for every database. Both normal forms are of the same mode. Never NULL. */
struct derivation *derive_find(struct arena *arena, const struct normal *q, const struct normal *v, const char *view_name,
                               const char *const *view_columns);

/* A stored result. */
struct derive_view {
    const struct plan *plan;
    const struct normal *normal; /* of that plan */
    const char *name;
    const char *const *columns; /* its columns in order; NULL: the names of the plan's outputs */
};
#define DERIVE_VIEWS_MAX 8

/* The same from several stored results together: one of them alone where that will do; a UNION ALL of results that differ in one filter, where
 * no row is in two of them and every row the query asks for is in one (derive_union.c); else one in the place of each part it holds.
 * used[i] tells which the rewrite reads. At most DERIVE_VIEWS_MAX views, all forms of one mode. Never NULL. */
struct derivation *derive_find_several(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n, bool *used);

/* Binds the rewrite again and runs it against the query on random databases. */
struct refutation *derive_check(struct arena *arena, const struct derivation *d, const struct plan *query, const struct plan *view,
                                const char *view_name, const char *const *view_columns, const struct refute_limits *limits);
struct refutation *derive_check_several(struct arena *arena, const struct derivation *d, const struct plan *query, const struct derive_view *views,
                                        size_t n, const struct refute_limits *limits);

/* The tables that the query knows, and the views as tables. */
const struct schema *derive_schema(struct arena *arena, const struct plan *query, const struct derive_view *views, size_t n);
#endif
