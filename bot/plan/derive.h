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

/* Binds the rewrite again and runs it against the query on random databases. */
struct refutation *derive_check(struct arena *arena, const struct derivation *d, const struct plan *query, const struct plan *view,
                                const char *view_name, const char *const *view_columns, const struct refute_limits *limits);
#endif
