/* refute.h - the other side of a proof: runs two queries over many tiny databases and looks for one where they differ.
 * Layer: plan. May use: base, sql, plan.
 * It never proves; what it finds is certain as far as the evaluator's meaning of SQL is (tests/property holds it against PostgreSQL). */
#ifndef REFUTE_H
#define REFUTE_H

#include "plan.h"

enum refute_verdict {
    REFUTE_FOUND,  /* they differ on `database` */
    REFUTE_NONE,   /* no difference on `runs` databases */
    REFUTE_CANNOT, /* not run: `reason` */
    REFUTE_BROKEN, /* derive_check: the rewrite is no query over the view and the tables: `reason` */
};

#define REFUTE_DATABASES 100
#define REFUTE_MICROS    2000

struct refute_limits {
    size_t databases; /* 0: REFUTE_DATABASES */
    int64_t micros;   /* 0: REFUTE_MICROS; negative: no limit of time */
    bool declared;    /* databases keep declared keys, foreign keys and NOT NULL; else only verified ones */
    uint64_t seed;    /* the first database's number */
};

struct refutation {
    enum refute_verdict verdict;
    size_t runs;    /* databases on which both gave an answer */
    size_t rows;    /* rows in all answers of the first: 0 says that nothing was tested */
    size_t skipped; /* databases on which one failed, or depended on ties */
    const char *reason;
    const char *database;     /* REFUTE_FOUND: tables and rows */
    const char *left, *right; /* REFUTE_FOUND: what each gave */
};

/* Columns pair by position, or, when `order` is given, column i of `a` with column order[i] of `b`. Never NULL. */
struct refutation *refute_pair(struct arena *arena, const struct plan *a, const struct plan *b, const size_t *order,
                               const struct refute_limits *limits);

/* A table that holds what a query gives. */
struct refute_view {
    const struct plan *plan;
    const char *name;
};
#define REFUTE_VIEWS_MAX 8

/* `rewrite` reads, among others, some of these tables: is its answer that of `query`? Never NULL. */
struct refutation *refute_rewrite(struct arena *arena, const struct plan *query, const struct plan *rewrite, const struct refute_view *views,
                                  size_t n, const struct refute_limits *limits);
#endif
