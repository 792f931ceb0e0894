/* eval_tree.h - a bound plan made ready to run many times: functions looked up, inner joins flattened, what can be kept known.
 * Layer: plan. May use: base, sql, plan, eval_func.
 *
 * Running works on one array of current values by column number: whoever walks rows puts the row there, so that a correlated
 * sub-query simply reads what its enclosing query put. */
#ifndef EVAL_TREE_H
#define EVAL_TREE_H

#include "eval_func.h"
#include "plan.h"

struct eval_rel;

/* Does `/` truncate? It does between whole numbers, in some dialects. */
enum whole_kind { NOT_WHOLE, WHOLE, MAYBE_WHOLE };

struct eval_expr {
    enum scalar_op op;
    const struct scalar *from;
    size_t n;
    struct eval_expr **args;
    int column;            /* SC_COLUMN; SC_GROUPING and SC_AGG: none */
    struct value constant; /* SC_LITERAL, SC_PARAM */
    int param;             /* SC_PARAM: its place in run->params */
    eval_func call;
    bool is_strict, is_standin;
    enum whole_kind whole; /* SC_DIV */
    struct eval_rel *rel;
    struct eval_expr *filter;
    struct eval_expr **order; /* of an aggregate */
    int agg;                  /* enum agg_kind */
};

struct eval_key {
    struct eval_expr *expr;
    bool descending, nulls_first;
};

struct eval_window {
    size_t n_partition, n_order;
    struct eval_expr **partition;
    struct eval_key *order;
    struct eval_expr *start_by, *end_by, *function;
    const struct window_spec *spec;
};

/* A conjunct of a flattened join and the number of inputs that must be bound before it can be tested. */
struct eval_conjunct {
    struct eval_expr *expr;
    size_t level;
};

struct eval_rel {
    enum rel_kind kind;
    const struct rel *from;
    size_t id;        /* index in the cache */
    bool is_constant; /* does not read columns of an outer row: one result per database */
    bool is_inner;    /* REL_JOIN or REL_FILTER turned into `inputs` and `conjuncts` */
    size_t n_columns;
    const int *columns;
    struct eval_rel *left, *right;
    size_t n_inputs;
    struct eval_rel **inputs;
    bool *input_constant; /* inputs[i] does not read the other inputs */
    size_t n_conjuncts;
    struct eval_conjunct *conjuncts;
    size_t n_exprs; /* defs of a projection, aggregates, values row by row, or arguments of a table function */
    struct eval_expr **exprs;
    size_t n_keys;
    struct eval_expr **keys;
    struct eval_window *windows; /* one for each of exprs */
    struct eval_expr *condition, *limit, *offset;
    struct eval_key *order;
    size_t n_order;
    int table;         /* REL_SCAN: index in run->tables */
    int *table_column; /* REL_SCAN: column of that table for each output */
};

/* A table that the two plans read, as the random database holds it. */
struct eval_table {
    const char *name; /* lower case */
    const struct schema_table *schema;
    VEC(const char *) columns; /* lower case, "*" for the rest of an unknown table */
    VEC(struct type) types;
    VEC(bool) nullable;
    VEC(int) ordinals; /* in schema, -1 */
};

/* What both plans of a pair share: tables, parameters. */
struct eval_world {
    struct arena *arena;
    VEC(struct eval_table *) tables;
    VEC(const char *) params;
    VEC(struct type) param_types;
    VEC(struct value) literals; /* of the plans */
};

struct eval_plan {
    const struct plan *plan;
    const struct eval_world *world;
    struct eval_rules rules;
    struct eval_rel *root;
    size_t n_rels, n_columns;
    const char *reason; /* NULL: can be run; else what is not known exactly */
};

struct eval_world *eval_world_new(struct arena *arena);
/* Makes `plan` ready; what it reads is added to `world`. Never NULL. */
struct eval_plan *eval_prepare(struct eval_world *world, const struct plan *plan);
struct eval_rules eval_rules_of(enum dialect dialect);

/* Runs a prepared plan over tables (by their index in the world) and parameters; the rows belong to run->arena. False: run->state says. */
struct run {
    struct eval_run base;  /* first: functions take it */
    struct value *current; /* by column number */
    const struct value *params;
    const struct eval_plan *plan;
};
bool eval_plan_run(struct arena *arena, const struct eval_plan *plan, const struct bag *tables, const struct value *params, struct bag *out,
                   struct eval_run *result);

/* The steps of a run, for the files of the evaluator only. */
bool eval_expr_run(struct run *run, const struct eval_expr *expr, struct value *out);
bool eval_truth(struct run *run, const struct eval_expr *expr, bool *is_true);
bool eval_rel_run(struct run *run, const struct eval_rel *rel, struct bag *out);
bool eval_agg_run(struct run *run, const struct eval_rel *rel, const struct bag *in, struct bag *out);
bool eval_window_run(struct run *run, const struct eval_rel *rel, const struct bag *in, struct bag *out);
bool eval_cast(struct run *run, struct value v, const struct eval_expr *cast, struct value *out);
bool eval_compare(struct run *run, struct value a, struct value b, int *order);
enum scalar_op eval_op_of(const char *sign); /* "=" gives SC_EQ; SC_OPAQUE when it is none */
void eval_load(struct run *run, const struct eval_rel *rel, const struct value *row);
/* Rows of `in` in the given order; ties keep their place. */
bool eval_sort_rows(struct run *run, const struct eval_rel *rel, const struct bag *in, const struct eval_key *keys, size_t n_keys,
                    const struct value ***rows, struct value **key_values);
int eval_key_order(const struct eval_key *keys, size_t n, const struct value *a, const struct value *b);

/* Aggregates the evaluator knows. */
enum agg_kind {
    AGG_UNKNOWN,
    AGG_COUNT,
    AGG_SUM,
    AGG_AVG,
    AGG_MIN,
    AGG_MAX,
    AGG_AND,
    AGG_OR,
    AGG_COUNT_IF,
    AGG_COUNT_DISTINCT,
    AGG_ANY,
    AGG_VAR_POP,
    AGG_VAR_SAMP,
    AGG_STD_POP,
    AGG_STD_SAMP,
    AGG_MEDIAN,
    AGG_JOIN_TEXT,
    AGG_MIN_BY,
    AGG_MAX_BY,
    AGG_SUM_ZERO, /* SUM, 0 over nothing */
    AGG_BARE,     /* a column that is no key: the value of any row */
    AGG_SINGLE,   /* the value of the only row */
    AGG_BIT_AND,
    AGG_BIT_OR,
    AGG_BIT_XOR,
    AGG_STANDIN,
    AGG_SKETCH, /* eval_sketch.c: a sketch is taken for the set of its values */
    AGG_SKETCH_MERGE,
    AGG_SKETCH_COUNT, /* the estimate of the merged ones */
};
enum agg_kind agg_kind_of(const char *name, size_t n);
/* eval_sketch.c: AGG_UNKNOWN when it is none of sketches. */
enum agg_kind sketch_kind_of(const char *name, size_t n);
/* Over the n first values of rows `width` apart, none of them NULL, each once for AGG_SKETCH. */
bool eval_sketch(struct run *run, enum agg_kind kind, const struct value *at, size_t width, size_t n, struct value *out);
/* eval_standin.c: arbitrary values for functions, aggregates and table functions that are not known, the same for the same arguments. */
bool eval_standin(struct run *run, const struct eval_expr *e, struct value *args, struct value *out);
bool eval_standin_aggregate(struct run *run, const struct eval_expr *e, struct value *at, size_t width, size_t n, struct value *out);
bool eval_standin_rows(struct run *run, const struct eval_rel *rel, struct bag *out);
/* One aggregate over rows[0..n) of `in`, loaded one after another. */
bool eval_aggregate(struct run *run, const struct eval_rel *in, const struct eval_expr *agg, const struct value *const *rows, size_t n,
                    struct value *out);
#endif
