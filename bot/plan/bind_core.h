/* bind_core.h - what the files of the binder share.
 * Layer: plan, internal to bind*.c. May use: base, sql. */
#ifndef BIND_CORE_H
#define BIND_CORE_H

#include "bind.h"
#include "plan.h"

#define BIND_DEPTH_MAX  120  /* nested queries and CTE uses */
#define BIND_SPREAD_MAX 2000 /* columns that a star is spread into */

/* One name that a relation in FROM offers. */
struct offer {
    const char *name; /* lower case */
    int column;
};

struct scope_source {
    const char *alias;           /* lower case; NULL when it has none */
    const struct sql_name *name; /* FROM_TABLE without alias: also matched by its qualified name */
    struct rel *rel;
    VEC(struct offer) offers;  /* grows by what is looked up behind a star */
    VEC(int) stars;            /* columns that stand for all of a relation of unknown columns: SELECT * FROM a JOIN b has two */
    int star;                  /* stars.at[0]; -1 when all columns are known */
    VEC(struct offer) outputs; /* what `*` gives, in order, stars among them; where there are stars */
    bool value;                /* UNNEST: the alias itself names the value column offers[0] */
    bool hidden;               /* not seen by `*` */
};

/* JOIN .. USING (c): one column for both sides. */
struct merged {
    const char *name;
    const struct scalar *expr;
    VEC(int) members;
    bool hidden; /* it is not known which of a side's relations has it */
};

struct item_alias {
    const char *name; /* lower case */
    const struct scalar *expr;
    bool has_aggregate;
};

enum clause { CLAUSE_INPUT, CLAUSE_SELECT }; /* CLAUSE_SELECT: aggregates and windows are collected */

struct cte_frame {
    const struct cte_frame *outer;
    const struct sql_cte *cte;
    const struct cte_frame *visible; /* what its own body may name */
    const char **self_names;         /* while the step of a recursion is bound: columns of the rows so far */
    size_t self_n;
    int self_level;
};

struct scope {
    struct scope *outer;
    const struct cte_frame *ctes;
    const struct sql_select *select;
    VEC(struct scope_source) sources;
    VEC(struct merged) merged;
    VEC(struct item_alias) aliases;
    VEC(struct column_def) aggs, windows;
    VEC(struct rel *) generators; /* explode(x) in the select list: joined beside the rows when the list is bound */
    VEC(struct column_def) keys;
    enum clause clause;
    bool aliases_visible; /* names not found among the sources may be aliases of the select list */
    bool aliases_ahead;   /* of items that are not bound yet, too */
    bool ahead;           /* one of them is being bound */
    bool has_group;
    uint32_t level;
};

struct rel_list {
    const struct rel **at;
    size_t n, cap;
};

struct binder {
    struct arena *arena;
    struct plan *plan;
    const struct schema *schema;
    enum dialect dialect;
    VEC(struct plan_column) columns;
    VEC(uint32_t) levels;   /* of each column: the select it was made under */
    VEC(struct rel *) rels; /* in order of making: inputs before users */
    VEC(const char *) tables;
    size_t nodes;
    int depth;
    size_t parameters; /* without a name, so far */
    int recursions;    /* whose steps are being bound */
    uint32_t next_level;
    bool widens, spells;              /* a column holds numbers of two types; a number that is no literal becomes a text */
    struct rel_list *table_arguments; /* of the table function being bound; NULL: none is */
};

/* Result of binding a query: a relation and the names of its columns. */
struct bound {
    struct rel *rel;
    size_t n;
    const char **names; /* lower case; "*" at a star column */
    bool open;          /* holds a star column */
};

/* bind_make.c: nodes */
struct rel *rel_new(struct binder *b, enum rel_kind kind, struct range range);
int column_new(struct binder *b, const char *name, struct type type, bool nullable, const struct rel *rel);
const struct scalar *scalar_column(struct binder *b, int column, struct range range);
const struct scalar *scalar_literal(struct binder *b, struct literal lit, struct type type);
const struct scalar *scalar_null(struct binder *b);
const struct scalar *scalar_bool(struct binder *b, bool value);
struct scalar *scalar_new(struct binder *b, enum scalar_op op, size_t n, struct range range);
const struct scalar *scalar_of(struct binder *b, enum scalar_op op, const struct scalar *left, const struct scalar *right, struct range range);
/* Does one of them become another value where both stand in one column: padded and other texts, dates and times? */
bool types_convert(struct type a, struct type b);
struct type type_wider(struct type a, struct type b); /* what both become; TYPE_UNKNOWN when that is not known */
const struct scalar *scalar_not(struct binder *b, const struct scalar *arg);
const struct scalar *scalar_and(struct binder *b, const struct scalar *left, const struct scalar *right); /* either may be NULL */
const struct scalar *scalar_if(struct binder *b, const struct scalar *cond, const struct scalar *then, const struct scalar *otherwise);
void scalar_finish(struct binder *b, struct scalar *e); /* type, nullability, volatility from the arguments */
bool scalar_equal(const struct scalar *a, const struct scalar *b);
struct rel *rel_filter(struct binder *b, struct rel *input, const struct scalar *condition);
struct rel *rel_join(struct binder *b, struct rel *left, struct rel *right, enum join_kind kind, const struct scalar *condition);
struct rel *rel_project(struct binder *b, struct rel *input, const struct column_def *defs, size_t n, struct range range);
/* Says once why the plan is not provable. */
void bind_refuse(struct binder *b, struct range range, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Says once what the plan takes for granted: see plan.condition. */
void bind_suppose(struct binder *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
const char *bind_lower(struct binder *b, struct str s);
const char *bind_words(struct binder *b, struct str s); /* words of SQL: lower case but for what stands in quotes */

/* bind_word.c */
struct call_word {
    const char *name;
    enum { AGG_PLAIN = 1, AGG_ORDERED, CALL_VOLATILE, CALL_CLOCK, CALL_WINDOW, CALL_RANK } kind;
    enum type_kind type;
    unsigned dialects; /* bits: where it means that; 0: everywhere */
};
/* What is known of the function of that name, lower case, qualified or not, in a dialect; NULL: nothing. */
const struct call_word *call_word(enum dialect dialect, const char *name);
/* The canonical name when the function makes rows of its own in the select list of this dialect; else NULL. */
const char *generator_word(enum dialect dialect, struct str name);
/* Spark reads string(x) as CAST(x AS STRING): is it a type's name of that kind? */
bool cast_word(enum dialect dialect, struct str name);
/* Is argument `i` of n a bare date part, which is no column: DATE_DIFF(a, b, DAY), DATEADD(day, 1, d)? */
bool unit_argument(enum dialect dialect, const char *function, const struct sql_expr *const *args, size_t i, size_t n);
/* bind_expr.c */
const struct scalar *bind_expr(struct binder *b, struct scope *scope, const struct sql_expr *expr);
/* ARRAY(SELECT ..): the array of a query's rows. */
const struct scalar *bind_array_query(struct binder *b, struct scope *scope, const struct sql_expr *expr);
/* bind_call.c */
const struct scalar *bind_call(struct binder *b, struct scope *scope, const struct sql_expr *expr);
const struct scalar *bind_plain_call(struct binder *b, struct scope *scope, const struct sql_expr *expr);
bool bind_has_aggregate(const struct binder *b, const struct sql_expr *expr);
bool bind_has_generator(const struct binder *b, const struct sql_expr *expr);
const char *bind_generator(const struct binder *b, const struct sql_expr *expr); /* explode and kin: canonical name, else NULL */
/* bind_literal.c */
const struct scalar *bind_literal(struct binder *b, const struct sql_expr *expr);
const struct scalar *bind_interval(struct binder *b, struct scope *scope, const struct sql_expr *expr);
bool literal_date(struct str text, int64_t *days);
struct type bind_type(struct binder *b, const struct sql_type *type);
/* bind_name.c */
bool ident_keeps_case(const struct binder *b, const struct sql_ident *ident);
const struct scalar *bind_name(struct binder *b, struct scope *scope, const struct sql_name *name);
/* The column `name` that one of several open sources [from, to) has; NULL when not several are open. */
const struct scalar *side_ambiguous(struct binder *b, struct scope *scope, const char *name, size_t from, size_t to);
int source_column(struct binder *b, struct scope_source *source, const char *name); /* -1: it has none of that name */
void source_star_add(struct binder *b, struct scope_source *source, int star);
struct scope_source *scope_source_find(struct scope *scope, const struct sql_name *name, uint32_t parts);
int star_column(struct binder *b, const struct rel *rel, int star, const char *name); /* the column `name` behind a star; -1: out of reach */
/* bind_from.c */
struct rel *bind_from(struct binder *b, struct scope *scope, const struct sql_from *from);
struct rel *sampled(struct binder *b, const struct sql_sample *sample, struct rel *rel);
/* bind_select.c */
/* The columns of a generator in the select list, pending until the list is bound. */
const int *generator_add(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *const *names, size_t n);
struct bound bind_select(struct binder *b, struct scope *scope, const struct sql_query *query);
const struct scalar *alias_ahead(struct binder *b, struct scope *scope, const char *name);
/* bind_pivot.c */
struct bound bind_pivot(struct binder *b, struct scope *scope, const struct sql_from *from);
struct bound bind_clause(struct binder *b, struct scope *scope, const struct sql_from *from); /* by its words alone: MATCH_RECOGNIZE */
struct bound bind_unpivot(struct binder *b, struct scope *scope, const struct sql_from *from);
/* bind_pipe.c */
const struct sql_query *bind_pipes(struct binder *b, const struct sql_query *query); /* NULL: refused */
/* bind_recursive.c */
struct bound bind_recursion_self(struct binder *b, const struct cte_frame *frame, struct range range);
bool bind_recursion(struct binder *b, struct cte_frame *frame, struct bound *out); /* false: not of a form that is read */
/* bind.c */
bool query_names(struct binder *b, const struct sql_query *query, struct str name); /* does it read a table of that one-part name? */
size_t star_place(const struct bound *bound);                                       /* of its only star; SIZE_MAX: there is none, or several */
struct bound bind_spread(struct binder *b, struct bound bound, size_t wanted,
                         struct range range); /* it has one star, and stands for `wanted` columns */
struct bound bind_union_all(struct binder *b, struct bound left, struct bound right, struct range range);
struct bound bind_query(struct binder *b, struct scope *outer, const struct cte_frame *ctes, const struct sql_query *query);
struct rel *bind_sort(struct binder *b, struct scope *scope, struct rel *rel, const struct sql_query *query);
struct bound bind_cte(struct binder *b, struct scope *scope, const struct cte_frame *frame);
#endif
