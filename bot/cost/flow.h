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
#define SEL_EITHER   0.5  /* column < column: one way or the other */
#define SEL_NULL     0.05 /* IS NULL */
#define SEL_MATCH    0.5  /* a semi-join */
#define SEL_HAVING   0.3  /* a predicate on an aggregate */
#define SEL_LEAST    1e-9

/* Nanoseconds of one core in a column engine that works on batches, as single operations over 4 million rows measure in DuckDB. Ratios matter;
 * the unit is refitted from runs. */
#define NS_SCAN_BYTE  0.08 /* read, already unpacked: fetching and unpacking is the platform's, see bill.c */
#define NS_SCAN_VALUE 0.3  /* a value handed to the next step */
#define NS_COMPARE    1.5  /* a simple predicate or arithmetic on a row */
#define NS_TEXT       12.0 /* a function or comparison over text */
#define NS_PATTERN    45.0 /* LIKE, a regular expression */
#define NS_BUILD      25.0 /* a row into a hash table */
#define NS_PROBE      3.5  /* a row looked up there */
#define NS_FILTER     1.5  /* a row held against what the other side of a join has, at its scan */
#define NS_MISS       22.0 /* of either, for each power of ten that the table is beyond the cache; building and grouping miss twice */
#define NS_CARRY      1.0  /* a value carried through a join, sort or exchange */
#define NS_GROUP      6.0  /* a row into its group */
#define NS_KEY        5.0  /* a key of it */
#define NS_KEY_TEXT   15.0 /* a text key, and NS_KEY_BYTE for each of its bytes */
#define NS_KEY_BYTE   0.8
#define NS_AGGREGATE  1.0  /* one aggregate on a row */
#define NS_SORT       3.0  /* a row and level of a sort */
#define NS_SORT_KEY   1.3  /* and each of its keys; text four times that */
#define NS_WINDOW     35.0 /* a row and window function, its sort apart */
#define NS_PAIR       1.0  /* a pair of rows compared in a nested loop */
#define ORDERED_MISS  0.15 /* of the misses is left where both sides come in the key's order */
#define LATER_KEY     0.4  /* of a key's cost, from the second of a table on: it lies beside the first */
#define CACHE_BYTES   2e6  /* a hash table of this size is in cache */
#define STEP_SECONDS  1e-4 /* of any step */
#define LATE_LEAST    0.05 /* share of a scan's columns that is read even where a join lets few rows pass */

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
    bool ordered;     /* its table lies in its order */
    bool ranged;
    double low, high;           /* dates in days, text not at all */
    const struct scalar *alias; /* computed by a projection: its expression; NULL: not */
    const struct rel *scan;     /* it comes from */
};

struct flow {
    double rows;
    double width;  /* bytes of a row with its needed columns */
    double values; /* how many those are */
    double late;   /* nanoseconds of reading columns that only rows that pass the first join need: not counted yet */
};

struct predicates {
    const struct scalar **at;
    size_t n, cap;
};

/* A branch of a set operation in a shared part: how many of its users ask it for rows. */
struct branch_asks {
    struct range range; /* each use of a shared part has its own tree of the same text */
    enum rel_kind kind;
    size_t users, asking;
};

/* "device.os" of a struct column is read. */
struct need_field {
    int column;
    const char *path;
};
#define NEED_FIELDS_MAX 500

struct walk {
    struct arena *arena;
    struct catalog *const *catalogs;
    size_t catalog_count;
    const struct plan *plan;
    struct work *out;
    struct column_flow *columns; /* by column number */
    bool *needed;                /* by column number */
    bool *whole;                 /* by column number: needed is not only fields of it */
    VEC(struct need_field) fields;
    int *level;                   /* by column number: how deep the sub-query is that makes it */
    struct predicates correlated; /* conjuncts met inside the sub-query under work that speak of columns outside it */
    int now_level;
    double outer_rows; /* that ask the sub-query under work */
    int mute_defaults; /* > 0: estimates are only weighed */
    int mute;          /* > 0: work done already, only rows and columns count */
    double variance;   /* of the logarithm of the seconds: grows with each default used */
    VEC(struct work_step) steps;
    VEC(struct work_scan) scans;
    VEC(struct work_memo) memos;
    int depth;
    bool is_trial; /* a first walk: nothing counts but what users want of shared parts */
    double widen;  /* predicates of .widened keep so many times more: others want their rows too */
    const struct predicates *widened;
    VEC(struct branch_asks) branches;
    size_t shared; /* how often the part of the plan is used that is under work; 0: once */
    size_t walked;
};

/* A part of the plan that was met before: a common table expression used again is computed once and read. */
struct work_memo {
    struct range range;
    enum rel_kind kind;
    size_t n_columns;
    size_t uses;               /* in the whole plan */
    bool is_done;              /* its work is counted */
    double rows;               /* without any predicate of its users */
    VEC(struct hash128) asked; /* what was wanted of it so far */
    double first, wanted;      /* share that the first user, and all together, want of it */
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
/* Can no row fulfil them, for a literal is equated with another? */
bool flow_is_false(const struct walk *w, const struct predicates *list);
/* Predicate holds a sub-query. */
bool flow_has_query(const struct scalar *e);

/* ---- flow_scan.c ---- */

/* Marks the columns that anything above the scans needs. */
void flow_needed(struct walk *w, const struct rel *rel);
const struct err *flow_scan(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;

/* ---- flow_join.c ---- */

const struct err *flow_join(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;
/* Nanoseconds that a look-up in a table of that size waits for memory. */
double flow_miss(double bytes);
/* Nanoseconds that a value costs as (part of) a key that is hashed; as a key that is sorted, per level. */
double flow_key_cost(struct walk *w, const struct scalar *e);
double flow_order_cost(struct walk *w, const struct scalar *e);

/* ---- flow_nested.c ---- */

/* The column is needed, with all that is in it. */
void need_whole(struct walk *w, int column);
/* Takes x.a.b for a need of that field of column x; false when it is none. */
bool need_field(struct walk *w, const struct scalar *e);
/* What is needed of a column that a projection only passes on (`expr` is the column it passes); false when it is more than that. */
bool need_passed(struct walk *w, int from, const struct scalar *expr);
/* Bytes of a struct type by its fields; -1 of other types. */
double nested_width(struct walk *w, const char *type);
/* What the needed fields of a column are of its bytes: 1 of what is no struct, or needed whole. */
double nested_share(struct walk *w, int column, const char *type);

/* ---- flow_query.c ---- */

/* Predicates whose sub-queries join the flow as semi-joins, or are computed once: takes away the rows for which they do not hold. */
const struct err *flow_queries(struct walk *w, const struct predicates *list, struct flow *flow) MUST_CHECK;

/* ---- flow_rel.c ---- */

/* Rows of `rel` for which the predicates hold, and the work to get them. */
const struct err *flow_rel(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;
/* The same, but columns that the first join may spare are left in out->late. */
const struct err *flow_rel_late(struct walk *w, const struct rel *rel, const struct predicates *list, struct flow *out) MUST_CHECK;
/* Work of one step; exchange: its input goes over the network when the engine is spread over machines. */
void flow_step(struct walk *w, const char *what, double in, double out, double bytes, double nanoseconds);
void flow_shuffle(struct walk *w, double bytes);
/* The whole flow is brought into order. */
void flow_sorted(struct walk *w, const struct flow *flow);
/* Counts how often each part of the plan is there: a common table expression is unfolded at each use. */
void flow_uses(struct walk *w, const struct rel *rel, int depth);
/* Do several places of the plan use this part? */
bool flow_is_shared(struct walk *w, const struct rel *rel);
/* Width and number of the needed ones of a relation's columns. */
struct flow flow_shape(struct walk *w, const struct rel *rel, double rows);

#endif
