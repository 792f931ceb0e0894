/* plan.h - the bound relational plan of one query: names resolved, exact semantics, nothing rewritten yet.
 * Layer: plan. May use: base, sql.
 *
 * Every column of every relation has one number, unique in its plan: a scan makes numbers for its columns, a projection, aggregate,
 * window, values, set operation or opaque relation for its outputs; filters, joins, sorts and limits pass their inputs' numbers through.
 * A scalar refers to a column by that number alone, from its own input or, in a sub-query, from any enclosing one (correlation).
 * All of it is immutable once plan_bind returned and lives as long as the arena. */
#ifndef PLAN_H
#define PLAN_H

#include "dialect.h"
#include "fill.h"
#include "range.h"
#include "schema.h"
#include "text.h"

struct rel;
struct block; /* normal.h */

enum scalar_op {
    SC_COLUMN,  /* .column */
    SC_LITERAL, /* .lit */
    SC_PARAM,   /* .name: a placeholder; equal names are equal values */
    SC_AND,     /* n >= 2 */
    SC_OR,
    SC_NOT,
    SC_EQ, /* the six comparisons stand in this order */
    SC_NE,
    SC_LT,
    SC_LE,
    SC_GT,
    SC_GE,
    SC_SAME,    /* IS NOT DISTINCT FROM, <=> : never NULL */
    SC_IS_NULL, /* never NULL; IS NOT NULL is NOT of it */
    SC_IS_TRUE, /* never NULL; x IS FALSE is IS_TRUE(NOT x) */
    SC_ADD,
    SC_SUB,
    SC_MUL,
    SC_DIV,  /* `/` with the dialect's meaning: see plan_int_division */
    SC_IDIV, /* DIV, // : truncating */
    SC_MOD,
    SC_NEG,
    SC_CONCAT, /* || : NULL when an argument is */
    SC_LIKE,   /* args: value, pattern [, escape]; .name like | ilike | rlike | similar */
    SC_CASE,   /* cond, value, cond, value ... , otherwise (always there) */
    SC_COALESCE,
    SC_IN,       /* value, then the list (n >= 2); BETWEEN is already two comparisons */
    SC_CAST,     /* .type; .name "cast" | "try_cast" */
    SC_CALL,     /* .name: any other function, deterministic unless is_volatile; strictness unknown unless plan_strict says so */
    SC_FIELD,    /* .name of struct args[0] */
    SC_TUPLE,    /* (a, b): only under comparisons and IN_QUERY */
    SC_EXISTS,   /* .rel */
    SC_IN_QUERY, /* args = left tuple; .rel has as many columns */
    SC_SUBQUERY, /* .rel has one column; NULL when empty */
    SC_ANY,      /* args[0] cmp ANY .rel; .name is "=", "<" ... */
    SC_ALL,
    SC_AGG,       /* in REL_AGG (or as function of a window): .name lower-case, .distinct, args (count(*) has none), .filter, .order */
    SC_WINDOW,    /* in REL_WINDOW: args[0] is an SC_AGG or SC_CALL; .window */
    SC_GROUPING,  /* grouping(x)/grouping_id: in REL_AGG with sets; args are keys */
    SC_AMBIGUOUS, /* .name: a column that one of several relations of unknown schema supplies; args = their star columns */
    SC_MATCHED,   /* normal form only: the left-join item .column found a partner; never NULL */
    SC_OPAQUE,    /* not understood; .name tells; makes the plan not provable */
};

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_DECIMAL, VALUE_FLOAT, VALUE_TEXT, VALUE_DATE, VALUE_TIMESTAMP, VALUE_INTERVAL };

struct literal {
    enum value_kind kind;
    int64_t i;     /* BOOL 0/1; INT; DATE days since 1970; TIMESTAMP microseconds; INTERVAL microseconds; DECIMAL unscaled value */
    int32_t scale; /* DECIMAL: digits after the point; INTERVAL: months */
    double r;      /* FLOAT */
    struct str s;  /* TEXT; DECIMAL or INT too long for `i`: canonical digits, else empty */
};

struct sort_key {
    const struct scalar *expr;
    bool descending;
    bool nulls_first; /* the dialect's default is already filled in */
};

enum frame_unit { WINDOW_NONE, WINDOW_ROWS, WINDOW_RANGE, WINDOW_GROUPS };
enum edge_kind { EDGE_UNBOUNDED_PRECEDING, EDGE_PRECEDING, EDGE_CURRENT, EDGE_FOLLOWING, EDGE_UNBOUNDED_FOLLOWING };

struct window_spec {
    size_t n_partition, n_order;
    const struct scalar *const *partition;
    const struct sort_key *order;
    enum frame_unit unit; /* WINDOW_NONE: the default frame of the standard (RANGE to current row with ORDER BY, else everything) */
    enum edge_kind start, end;
    const struct scalar *start_by, *end_by; /* for PRECEDING / FOLLOWING */
    const char *exclude;                    /* NULL | "current row" | "group" | "ties" */
    bool ignore_nulls;
};

struct scalar {
    enum scalar_op op;
    struct type type;
    bool nullable;    /* may be NULL */
    bool is_volatile; /* another call may give another value: rand, uuid; time functions of one query are not volatile */
    bool distinct;    /* SC_AGG */
    uint16_t n;
    uint32_t id;   /* normal form: equal ids are equal expressions; 0 in a bound plan */
    uint64_t mask; /* normal form: bit (number % 64) of each column that it uses; all bits where that would take a look inside */
    const struct scalar *const *args;
    int column;
    const char *name;
    struct literal lit;
    const struct rel *rel;     /* bound plan: sub-query */
    const struct block *block; /* normal form: sub-query */
    const struct scalar *filter;
    const struct sort_key *order; /* SC_AGG: ORDER BY inside (array_agg) */
    size_t n_order;
    const struct window_spec *window;
    struct range range; /* empty when made by us */
};

enum rel_kind {
    REL_SCAN,    /* .name, .table; columns used so far (all of them when the table is complete) */
    REL_VALUES,  /* .rows: n_rows x n_columns scalars; no columns and one row is SELECT without FROM */
    REL_PROJECT, /* .defs: one for each output */
    REL_FILTER,  /* .condition: keeps rows where it is TRUE */
    REL_JOIN,    /* .join, .condition (NULL: none); RIGHT was turned into LEFT; SEMI and ANTI became EXISTS; .lateral: right sees left */
    REL_AGG,     /* .keys, .defs (SC_AGG or SC_GROUPING); outputs: keys' numbers, then defs'; .sets when GROUPING SETS/ROLLUP/CUBE */
    REL_WINDOW,  /* passes its input through and adds .defs (SC_WINDOW) */
    REL_SORT,    /* .order, .limit, .offset (NULL: none), .with_ties, .percent */
    REL_SETOP,   /* .setop, .all; columns pair by position */
    REL_DISTINCT,
    REL_OPAQUE, /* .name, .inputs, .call: UNNEST, LATERAL VIEW, PIVOT, table functions, recursion; .outer_rows keeps rows without result */
};
enum join_kind { RELJOIN_INNER, RELJOIN_LEFT, RELJOIN_FULL };
enum setop_kind { RELSET_UNION, RELSET_INTERSECT, RELSET_EXCEPT };

/* One computed output. */
struct column_def {
    int column;
    const struct scalar *expr;
};

struct rel {
    enum rel_kind kind;
    struct range range;
    size_t n_columns;
    const int *columns;             /* outputs, in order */
    const struct rel *left, *right; /* left is the input of the one-sided kinds */
    const char *name;
    const char *version; /* time travel or sample clause in canonical words; NULL: none */
    const struct schema_table *table;
    const int *ordinals; /* REL_SCAN: ordinal in .table for each column, -1 when unknown */
    size_t n_rows;
    const struct scalar *const *rows; /* row by row */
    size_t n_defs, n_keys, n_sets, n_inputs, n_order;
    const struct column_def *defs, *keys;
    const uint64_t *sets; /* bit i: keys[i] is in the set; at most 64 keys */
    const struct scalar *condition, *limit, *offset, *call;
    const struct sort_key *order;
    const struct rel *const *inputs;
    enum join_kind join;
    enum setop_kind setop;
    bool lateral, all, with_ties, percent, outer_rows, is_volatile;
};

struct plan_column {
    const char *name; /* "*" for the star column of a relation of unknown schema: stands for its whole row */
    struct type type;
    bool nullable;
    bool star;
    const struct rel *rel; /* the relation that makes it */
    size_t ordinal;        /* place among that relation's own columns */
};

struct plan_forms; /* normal.h */

struct plan {
    struct arena *arena;
    struct plan_forms *forms; /* what was made of it already, to be had again; NULL: nothing is kept */
    enum dialect dialect;
    const struct schema *schema; /* NULL: none */
    const struct rel *root;
    size_t n_columns;
    const struct plan_column *columns; /* by column number */
    size_t n_outputs;
    const char *const *names; /* output names, lower case where the query gave none of its own */
    size_t n_tables;
    const char *const *tables; /* lower-case names of all tables read, sorted, each once: known even when not provable */
    bool ordered;              /* the outermost query has ORDER BY without LIMIT: left out of .root, a definition is a bag */
    bool is_volatile;          /* rand(), uuid() ... anywhere */
    const char *takes;         /* a parameter that the run gives it; NULL: none */
    bool reads_clock;          /* current_date and kin: same text, other result tomorrow */
    const char *reason;        /* why it is not provable, in words; NULL: it is */
    struct range reason_range;
    const char *condition; /* what the plan takes for granted without knowing it ("a table's name holds a parameter: $db"): it has a normal form,
                              and plans of equal form are the same while it holds, but nothing is proved; NULL: nothing */
    struct fill fill;      /* of the definition it is the query of, set by who knows that; all empty: its result is the whole dataset */
};

/* True when `op`/`name` gives NULL whenever an argument is NULL (comparisons, arithmetic, known functions). */
bool plan_strict(const struct scalar *expr);
/* What tells the table of a REL_SCAN from others, as it may be written: the schema's name, or the one in the query where that says more of it:
 * a.orders and b.orders are not one table, although a schema that leaves qualifiers out knows but one `orders`. */
const char *scan_table_name(const struct rel *scan);
/* Does `a op b` hold where a compares to b as `order` to 0? For SC_EQ to SC_GE. */
bool scalar_order_holds(enum scalar_op op, int order);
/* `/` of two integers truncates in this dialect (postgres, trino, tsql, redshift, ansi, duckdb not). */
bool plan_int_division(enum dialect dialect);
/* Appends a literal in a plain notation. */
void literal_text(struct buf *b, const struct literal *lit);
/* The same plan node by node: the two texts differ in layout, case, aliases and comments at most. */
bool plan_same(const struct plan *a, const struct plan *b);
/* The plan as an indented tree, for people and goldens. */
char *plan_text(struct arena *arena, const struct plan *plan);
/* One scalar as text: columns as name#number. */
char *scalar_text(struct arena *arena, const struct plan *plan, const struct scalar *expr);
#endif
