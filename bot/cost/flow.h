/* flow.h - the inside of work.h: estimates of columns and of rows on their way through a plan.
 * Layer: cost. May use: base, plan, read, catalog. Used by work.c and the flow_*.c files only.
 *
 * Distinct values and selectivities as in Selinger et al., "Access path selection in a relational database management system" (1979); the
 * number of different values left after a selection by Cardenas's formula (1975). */
#ifndef FLOW_H
#define FLOW_H

#include "work.h"

/* Selectivities where nothing is measured. */
#define SEL_EQUAL    0.05 /* column = constant */
#define SEL_RANGE    0.3  /* column < constant, and what nothing is known of */
#define SEL_BETWEEN  0.1  /* a range closed on both sides */
#define SEL_PREFIX   0.05 /* LIKE 'abc%' */
#define SEL_CONTAINS 0.1  /* LIKE '%abc%' */
#define SEL_NULL     0.05 /* IS NULL */
#define SEL_MATCH    0.5  /* a semi-join */
#define SEL_HAVING   0.3  /* a predicate on an aggregate */
#define SEL_LEAST    1e-9

/* Nanoseconds of one core of some years' age, in a column engine that works on batches. Ratios matter; the unit is refitted from runs. */
#define NS_SCAN_BYTE  0.15 /* read and decode */
#define NS_SCAN_VALUE 0.6  /* a value handed to the next step */
#define NS_COMPARE    1.2  /* a simple predicate or arithmetic on a row */
#define NS_TEXT       18.0 /* a function or pattern over text */
#define NS_BUILD      32.0 /* a row into a hash table in cache */
#define NS_PROBE      9.0  /* a row looked up there */
#define NS_CARRY      1.6  /* a value carried through a join, sort or exchange */
#define NS_GROUP      11.0 /* a row into its group, groups in cache */
#define NS_AGGREGATE  3.0  /* one aggregate on a row */
#define NS_DISTINCT   40.0 /* a value into a set of different values */
#define NS_SORT       7.0  /* a row and level of a sort */
#define NS_WINDOW     25.0 /* a row and window function, its sort apart */
#define NS_PAIR       1.5  /* a pair of rows compared in a nested loop */
#define CACHE_BYTES   1e6  /* a hash table of this size is in cache; beyond, look-ups grow dearer by powers of ten */
#define STEP_SECONDS  5e-5 /* of any step */

/* What is known of a column of the plan. A negative number: not known. */
struct column_flow {
    bool made;
    double domain;    /* different values in its table */
    double now;       /* different values left */
    double nulls;     /* share of rows */
    double width;     /* bytes */
    double top;       /* share of the most frequent value */
    double base_rows; /* of its table */
    double kept;      /* share of rows its own predicates leave, already in `now`; 0: all */
    bool aggregate;   /* made by one */
    bool ranged;
    double low, high;           /* dates in days, text not at all */
    const struct scalar *alias; /* computed by a projection: its expression; NULL: not */
    const struct rel *scan;     /* it comes from */
};

struct flow {
    double rows;
    double width;  /* bytes of a row with its needed columns */
    double values; /* how many those are */
};

struct predicates {
    const struct scalar **at;
    size_t n, cap;
};

struct walk {
    struct arena *arena;
    struct catalog *const *catalogs;
    size_t catalog_count;
    const struct plan *plan;
    struct work *out;
    struct column_flow *columns;  /* by column number */
    bool *needed;                 /* by column number */
    int *level;                   /* by column number: how deep the sub-query is that makes it */
    struct predicates correlated; /* conjuncts met inside the sub-query under work that speak of columns outside it */
    int now_level;
    int mute_defaults; /* > 0: estimates are only weighed */
    int mute;          /* > 0: work done already, only rows and columns count */
    double variance;   /* of the logarithm of the seconds: grows with each default used */
    VEC(struct work_step) steps;
    VEC(struct work_scan) scans;
    VEC(struct work_memo) memos;
    int depth;
    size_t walked;
};

/* A part of the plan that was met before: a common table expression used again is computed once and read. */
struct work_memo {
    struct range range;
    enum rel_kind kind;
    size_t n_columns;
};

/* ---- flow_column.c ---- */

/* Follows projections that only rename; -1 when it ends in an expression (`*expr`) or nowhere (`*expr` NULL). */
int flow_column_base(const struct walk *w, const struct scalar *e, const struct scalar **expr);
/* What is known of a scalar's values over `rows` rows. */
struct column_flow flow_scalar(struct walk *w, const struct scalar *e, double rows);
/* A constant's value on the scale of `ranged` columns. False when it is no constant, or no number or date. */
bool flow_constant(const struct walk *w, const struct scalar *e, double *out);
bool flow_is_constant(const struct scalar *e);
/* "2024-01-31", "12.5" on that scale. */
bool flow_number(const char *text, double *out);
/* Bytes of a value by its type. */
double flow_type_width(struct type type);
/* Different values left of `distinct` when a share of `rows` rows stays. */
double flow_left(double distinct, double rows, double share);
/* The columns of `rel` in a flow that keeps `share` of its rows. */
void flow_columns_keep(struct walk *w, const struct rel *rel, double rows, double share);
/* Distinct combinations of n scalars over so many rows, at least 1. */
double flow_combinations(struct walk *w, const struct scalar *const *at, size_t n, double rows);
/* Nanoseconds to compute a scalar once. */
double flow_scalar_cost(struct walk *w, const struct scalar *e);

/* ---- flow_select.c ---- */

/* Share of rows for which all predicates hold; ranges on the columns are narrowed by it. */
double flow_select(struct walk *w, const struct predicates *list, double rows);
/* Adds the conjuncts of a condition. */
void predicates_add(struct walk *w, struct predicates *list, const struct scalar *condition);
/* A default was used: its sentence, and how wrong it may be (standard deviation of the logarithm). */
void flow_default(struct walk *w, double deviation, const char *sentence);
/* Predicate holds a sub-query. */
bool flow_has_query(const struct scalar *e);

/* ---- flow_scan.c ---- */

/* Marks the columns that anything above the scans needs. */
void flow_needed(struct walk *w, const struct rel *rel);
const struct err *flow_scan(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;

/* ---- flow_join.c ---- */

const struct err *flow_join(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;
double flow_cache(double bytes); /* how much dearer a look-up in a table of that size is than one in cache */

/* ---- flow_query.c ---- */

/* Predicates whose sub-queries join the flow as semi-joins, or are computed once: takes away the rows for which they do not hold. */
const struct err *flow_queries(struct walk *w, const struct predicates *list, struct flow *flow) MUST_CHECK;

/* ---- flow_rel.c ---- */

/* Rows of `rel` for which the predicates hold, and the work to get them. */
const struct err *flow_rel(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;
/* Work of one step; exchange: its input goes over the network when the engine is spread over machines. */
void flow_step(struct walk *w, const char *what, double in, double out, double bytes, double nanoseconds);
void flow_shuffle(struct walk *w, double bytes);
/* The whole flow is brought into order. */
void flow_sorted(struct walk *w, const struct flow *flow);
/* Width and number of the needed ones of a relation's columns. */
struct flow flow_shape(struct walk *w, const struct rel *rel, double rows);

#endif
