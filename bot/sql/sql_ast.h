/* sql_ast.h - the syntax tree of SQL: what was written, nothing concluded.
 * Layer: sql. May use: base.
 *
 * For a closed-world reader: all that the syntax can say is a kind, an op, a flag bit or a pointer here; nothing is hidden in text.
 * A reader that switches over kinds and ops, and refuses flag bits and pointers that it does not know, can never take
 * NOT LIKE for LIKE. Unused pointers are NULL, unused counts 0, unused strings {NULL, 0}.
 *
 * Trees are plain records in an arena; strings are slices of the source text (or of the arena, where unescaping changed them), so the
 * text must live as long as the tree. No tree is deeper than SQL_DEPTH_MAX, so plain recursion over it is safe.
 * Numbers of items are uint32_t `x_count` beside the array `x`. */
#ifndef SQL_AST_H
#define SQL_AST_H

#include "dialect.h"
#include "range.h"
#include "text.h"

/* The longest path from a statement to a leaf that the parser makes; deeper text is an error of that statement. */
#define SQL_DEPTH_MAX 2000
/* The deepest nesting of brackets, CASE, sub-queries and blocks. */
#define SQL_NEST_MAX 300
/* The longest text taken, in bytes. */
#define SQL_TEXT_MAX (64u << 20)

struct sql_expr;
struct sql_query;
struct sql_from;
struct sql_type;

/* One part of a name. The text has no quotes and no escapes. */
struct sql_ident {
    struct str text;
    bool quoted;
    bool templated; /* holds a parameter, verbatim: ${env}_sales, {{ schema }}, :p, &db */
};

/* catalog.schema.table, table, x.y.z: as written, 1 to 8 parts. An empty part is what db..table leaves out. */
struct sql_name {
    struct sql_ident *parts;
    uint32_t part_count;
    struct sql_expr *dynamic; /* IDENTIFIER(expr), TABLE($x): then the parts are those written after it, if any */
    struct range range;
};

/* ---------------------------------------------------------------- expressions */

enum sql_expr_kind {
    EX_LITERAL,  /* op LIT_*, name = the value (strings: unescaped; numbers: as written, suffix included); LIT_TYPED: type + args[0] */
    EX_INTERVAL, /* INTERVAL args[0] UNIT: name = "DAY", "YEAR TO MONTH", empty when the value holds it ('1 day') or when multi-unit:
                    then args = value, EX_KEYWORD unit, value, EX_KEYWORD unit ... and SQL_MULTI is set */
    EX_NAME,     /* path = column, column of a table, struct field: name resolution decides; name = the last part's text */
    EX_KEYWORD,  /* a bare word where the grammar wants one: the YEAR of EXTRACT, a date part, a unit; name = the word */
    EX_STAR,     /* *, t.*: star (NULL for a plain *) */
    EX_PARAM,    /* name = verbatim: :p ? $1 ${x} @p @@p {{p}} &p %(p)s #{x} */
    EX_UNARY,    /* op args[0] */
    EX_BINARY,   /* args[0] op args[1]; OP_AND, OP_OR, OP_CONCAT: two or more args, folded from the left; OP_CUSTOM: name = operator */
    EX_IS,       /* args[0] IS [SQL_NOT] op: OP_IS_NULL, _TRUE, _FALSE, _UNKNOWN, _NORMALIZED, _JSON (name = "OBJECT"...); OP_IS_DISTINCT: args[1] */
    EX_BETWEEN,  /* args[0] [SQL_NOT] BETWEEN [SQL_SYMMETRIC] args[1] AND args[2] */
    EX_IN,       /* args[0] [SQL_NOT] IN (args[1..]); SQL_UNNEST: IN UNNEST(args[1]); SQL_NO_PARENS: IN args[1] */
    EX_IN_QUERY, /* args[0] [SQL_NOT] IN (query) */
    EX_LIKE,     /* args[0] [SQL_NOT] op args[1] [SQL_ESCAPE: last arg]; SQL_ANY, SQL_ALL: over the list args[1..], or the query when set */
    EX_QUANTIFIED, /* args[0] op [SQL_ANY | SQL_ALL] (query), or over args[1] (an array) or a list args[1..] when query is NULL; op a comparison */
    EX_EXISTS,     /* EXISTS (query); NOT EXISTS is an EX_UNARY over it */
    EX_SUBQUERY,   /* (query) as a value; SQL_TABLE_ARG: TABLE(query); also the query of ARRAY(SELECT ..) inside EX_CALL */
    EX_CASE,       /* args = [SQL_OPERAND: operand,] when, then, when, then ... [SQL_ELSE: else] */
    EX_CAST,       /* type, args[0]; op CAST_*; SQL_FORMAT: args[1] is its FORMAT; SQL_AT_ZONE: the last arg is the zone */
    EX_CALL,       /* name(args): name = the function's last name part; flags and call (may be NULL) hold the rest */
    EX_LAMBDA,     /* params in path (one part each), args[0] = body */
    EX_NAMED_ARG,  /* name => args[0]; op OP_ARROW or OP_ASSIGN (:=) */
    EX_ALIASED,    /* args[0] AS name inside a call or a pivot; path[0] holds the alias as a name; SQL_WORD: name AS args[0] of WITH(a AS 1, a + 1) */
    EX_ARRAY,      /* [args] or ARRAY[args] (SQL_WORD); type when ARRAY<T>[args] */
    EX_STRUCT,     /* STRUCT<..>(args), type set; plain STRUCT(..) and ROW(..) are EX_CALL */
    EX_MAP,        /* {'a': 1} or MAP {..} (SQL_WORD): args = key, value, key, value */
    EX_TUPLE,      /* (a, b), () */
    EX_PAREN,      /* never made by the parser, which drops redundant brackets; the printer puts back those that matter */
    EX_FIELD, /* args[0].name after something that is no name: f(x).a, x[1].b; path[0] holds it as a name; SQL_STAR_FIELD: args[0].*, path NULL, and
                 args[1], an EX_STAR, its EXCEPT and REPLACE if any */
    EX_SUBSCRIPT, /* args[0][args[1]] */
    EX_SLICE,     /* args[0][args[1]:args[2]]: a missing bound is an EX_KEYWORD with an empty name; a third bound is the step */
    EX_PATH,      /* args[0]:name..., semi-structured access; the rest is EX_FIELD and EX_SUBSCRIPT above it; path[0] holds the key */
    EX_AT_ZONE,   /* args[0] AT TIME ZONE args[1]; AT LOCAL: one arg */
    EX_COLLATE,   /* args[0] COLLATE path */
    EX_GROUPING,  /* GROUP BY element: op OP_ROLLUP, OP_CUBE, OP_SETS over args (each an expression, an EX_TUPLE, or an EX_GROUPING) */
    EX_DEFAULT,   /* DEFAULT as a value */
    EX_QUERY_ARG, /* a whole query as an argument of a call without brackets of its own: ARRAY(SELECT 1), f(TABLE t ..) */
    EX_TABLE_ARG, /* TABLE t / TABLE(t) [PARTITION BY ..] [ORDER BY ..] as an argument: call->path the table, or args[0] an EX_SUBQUERY; call its
                     PARTITION BY, ORDER BY, tail AS x (a, b), after PRUNE WHEN EMPTY; SQL_NO_PARENS: the word is not there, SEMANTIC_VIEW(v ..) */
    EX_KIND_COUNT,
};

enum sql_op {
    OP_NONE,
    /* literals */
    LIT_NULL,
    LIT_TRUE,
    LIT_FALSE,
    LIT_NUMBER,
    LIT_STRING,
    LIT_BYTES, /* b'..' of bigquery: unescaped */
    LIT_HEX,   /* x'0f': the digits as written; 0x0f is a LIT_NUMBER */
    LIT_BITS,  /* B'0101' */
    LIT_TYPED, /* DATE '2024-01-01', TIMESTAMP '..', JSON '..': type + args[0], a LIT_STRING */
    /* unary */
    OP_NEGATE,
    OP_PLUS,
    OP_NOT,
    OP_BIT_NOT,
    OP_PRIOR,     /* CONNECT BY */
    OP_ROOT,      /* CONNECT_BY_ROOT */
    OP_PREFIX,    /* name = some other prefix operator: |/ ||/ @ !! */
    OP_FACTORIAL, /* name! */
    OP_SPLAT,     /* *COLUMNS(..), duckdb */
    OP_OUTER,     /* x (+), oracle's outer join mark */
    /* binary */
    OP_OR,
    OP_AND,
    OP_XOR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_NULL_EQ, /* <=> */
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIVIDE,
    OP_INT_DIVIDE, /* DIV, // */
    OP_MODULO,     /* %, MOD as an operator */
    OP_POWER,      /* ^ (postgres), ** */
    OP_CONCAT,
    OP_BIT_AND,
    OP_BIT_OR,
    OP_BIT_XOR,
    OP_SHIFT_LEFT,
    OP_SHIFT_RIGHT,
    OP_SHIFT_RIGHT_UNSIGNED,
    OP_JSON_GET,      /* -> */
    OP_JSON_GET_TEXT, /* ->> */
    OP_OVERLAPS,
    OP_MEMBER_OF,
    OP_CUSTOM, /* name = the operator: @> <@ #> ~* && ?| OPERATOR(pg_catalog.+) ... */
    /* IS */
    OP_IS_NULL,
    OP_IS_TRUE,
    OP_IS_FALSE,
    OP_IS_UNKNOWN,
    OP_IS_DISTINCT, /* IS [NOT] DISTINCT FROM args[1] */
    OP_IS_NORMALIZED,
    OP_IS_JSON,
    OP_IS_VALUE, /* x IS [NOT] args[1]: sqlite and clickhouse */
    /* LIKE */
    OP_LIKE,
    OP_ILIKE,
    OP_RLIKE, /* RLIKE, REGEXP, REGEXP_LIKE as operators */
    OP_SIMILAR,
    OP_GLOB,
    OP_MATCH, /* sqlite MATCH, mysql SOUNDS LIKE: name = the words */
    /* casts */
    CAST_PLAIN,     /* CAST(x AS t) */
    CAST_TRY,       /* TRY_CAST, SAFE_CAST: NULL instead of an error; name = the word used */
    CAST_COLON,     /* x::t */
    CAST_TRY_COLON, /* x?::t */
    CAST_CONVERT,   /* CONVERT(t, x [, style]): tsql; args[1] = style with SQL_FORMAT */
    /* grouping */
    OP_ROLLUP,
    OP_CUBE,
    OP_SETS,
    /* named arguments */
    OP_ARROW,
    OP_ASSIGN,
    OP_COUNT,
};

/* Flags of expressions; the comment of each kind says which it may carry. */
enum sql_expr_flag {
    SQL_NOT = 1 << 0,
    SQL_SYMMETRIC = 1 << 1,
    SQL_ANY = 1 << 2, /* ANY or SOME */
    SQL_ALL = 1 << 3,
    SQL_ESCAPE = 1 << 4,
    SQL_OPERAND = 1 << 5,
    SQL_ELSE = 1 << 6,
    SQL_DISTINCT = 1 << 7,  /* EX_CALL: f(DISTINCT ..) */
    SQL_ALL_ROWS = 1 << 8,  /* EX_CALL: f(ALL ..), which says nothing */
    SQL_NO_PARENS = 1 << 9, /* EX_CALL: CURRENT_DATE and the like */
    SQL_UNNEST = 1 << 10,
    SQL_WORD = 1 << 11,
    SQL_FORMAT = 1 << 12,
    SQL_MULTI = 1 << 13,
    SQL_STAR_FIELD = 1 << 14,   /* EX_FIELD: x.* */
    SQL_QUOTED = 1 << 15,       /* EX_CALL, EX_NAMED_ARG, EX_FIELD: the name was quoted */
    SQL_IGNORE_NULLS = 1 << 16, /* EX_CALL */
    SQL_RESPECT_NULLS = 1 << 17,
    SQL_ODBC = 1 << 18, /* {fn f(x)}, {d '..'}: escapes around it */
    SQL_TABLE_ARG = 1 << 19,
    SQL_AT_ZONE = 1 << 20,
    SQL_NATIONAL = 1 << 21,     /* N'..' */
    SQL_NULLS_INSIDE = 1 << 22, /* IGNORE/RESPECT NULLS stood inside the brackets */
    SQL_TEMPLATED = 1 << 23,    /* a name or string that holds ${..} or {{..}} */
    SQL_BRACKETS = 1 << 24,     /* EX_PATH: x:['key'] */
};

struct sql_expr {
    enum sql_expr_kind kind : 8;
    enum sql_op op : 8;
    uint32_t depth : 16; /* of this tree, 1 for a leaf */
    uint32_t flags;      /* enum sql_expr_flag */
    struct sql_expr **args;
    uint32_t arg_count;
    uint32_t spare;
    struct str name;
    union {                      /* by kind, see enum sql_expr_kind */
        struct sql_name *path;   /* EX_NAME, EX_LAMBDA, EX_ALIASED, EX_FIELD, EX_PATH, EX_COLLATE */
        struct sql_query *query; /* EX_IN_QUERY, EX_LIKE, EX_QUANTIFIED, EX_EXISTS, EX_SUBQUERY, EX_QUERY_ARG */
        struct sql_type *type;   /* EX_CAST, EX_ARRAY, EX_STRUCT, EX_LITERAL with LIT_TYPED */
        struct sql_call *call;   /* EX_CALL, EX_TABLE_ARG */
        struct sql_star *star;   /* EX_STAR */
    };
    struct range range;
};

/* t.* EXCEPT (a) REPLACE (x AS b) RENAME (c AS d) ILIKE 'x%' */
struct sql_star {
    struct sql_name *path; /* the t of t.*; NULL for * */
    struct sql_ident *except;
    uint32_t except_count;
    struct sql_item *replace; /* expr AS alias */
    uint32_t replace_count;
    uint32_t adds; /* 1: REPLACE OR ADD, Parley's own word for withColumn: those that are not among the columns stand behind them */
    struct sql_rename *rename;
    uint32_t rename_count;
    struct sql_expr *like; /* * ILIKE 'pattern' */
    bool like_case;        /* * LIKE 'pattern': case counts */
    bool like_not;         /* * NOT ILIKE, duckdb */
    bool like_similar;     /* * SIMILAR TO, duckdb */
};

struct sql_rename {
    struct sql_ident from, to;
};

enum sql_nulls { NULLS_UNSAID, NULLS_FIRST, NULLS_LAST };
enum sql_direction { ORDER_UNSAID, ORDER_ASC, ORDER_DESC, ORDER_USING };

struct sql_order {
    struct sql_expr *expr;
    enum sql_direction direction;
    enum sql_nulls nulls;
    struct str using_op; /* ORDER_USING: the operator (postgres) */
    struct str fill;     /* WITH FILL ... verbatim (clickhouse) */
};

enum sql_frame_unit { FRAME_NONE, FRAME_ROWS, FRAME_RANGE, FRAME_GROUPS };
enum sql_bound { BOUND_NONE, BOUND_UNBOUNDED_PRECEDING, BOUND_PRECEDING, BOUND_CURRENT, BOUND_FOLLOWING, BOUND_UNBOUNDED_FOLLOWING };
enum sql_exclude { EXCLUDE_UNSAID, EXCLUDE_NO_OTHERS, EXCLUDE_CURRENT, EXCLUDE_GROUP, EXCLUDE_TIES };

/* OVER (...), or an entry of WINDOW. */
struct sql_window {
    struct sql_ident name; /* WINDOW name AS (...); empty in OVER */
    struct sql_ident base; /* OVER (base ...) */
    bool is_reference;     /* OVER base, without brackets */
    struct sql_expr **partition;
    uint32_t partition_count;
    struct sql_order *order;
    uint32_t order_count;
    enum sql_frame_unit unit;
    enum sql_bound start, end; /* end BOUND_NONE: the short form */
    struct sql_expr *start_expr, *end_expr;
    enum sql_exclude exclude;
    struct range range;
};

/* What a call has beyond name(args). All NULL and empty when it is only schema-qualified. */
struct sql_call {
    struct sql_name *path;   /* the full name when it has more than one part or is dynamic */
    struct sql_order *order; /* ORDER BY inside the brackets */
    uint32_t order_count;
    struct sql_order *within; /* WITHIN GROUP (ORDER BY ...) */
    uint32_t within_count;
    struct sql_expr *filter; /* FILTER (WHERE ...) */
    struct sql_window *over;
    struct sql_expr *limit;  /* STRING_AGG(x LIMIT 5) */
    struct sql_expr *having; /* ANY_VALUE(x HAVING MAX y): having_word MAX or MIN */
    struct str having_word;
    struct sql_expr *separator;   /* GROUP_CONCAT(x SEPARATOR ',') */
    struct str *before;           /* one per argument: the word before it instead of a comma, such as the FROM of EXTRACT(YEAR FROM x); or NULL */
    struct str tail;              /* further words before the closing bracket, verbatim: ON OVERFLOW TRUNCATE, NULL ON NULL, RETURNING json ... */
    struct str after;             /* after it, verbatim: FROM FIRST, FROM LAST */
    struct sql_expr **parameters; /* quantile(0.9)(x) of clickhouse: the first brackets */
    uint32_t parameter_count;
    struct sql_expr **partition; /* TABLE(t) PARTITION BY .. of a table argument */
    uint32_t partition_count;
    struct sql_column *columns; /* JSON_TABLE(... COLUMNS (...)), OPENJSON WITH (...) */
    uint32_t column_count;
    struct str routine; /* text of the CREATE FUNCTION of the same script that makes it; empty: none does */
};

/* A data type. ARRAY<INT>, INT[], DECIMAL(10, 2), STRUCT<a: INT>, MAP<STRING, INT>, TIMESTAMP WITH TIME ZONE, ENUM('a'), my.type. */
struct sql_type {
    struct str name;          /* as written, words joined by one blank; the last part for a qualified one; empty for a bare ARRAY suffix */
    struct sql_name *path;    /* a qualified type */
    struct sql_expr **params; /* (10, 2), (MAX), ('a', 'b') */
    uint32_t param_count;
    struct sql_type **args; /* the T of ARRAY<T>, K and V of MAP<K, V> */
    uint32_t arg_count;
    struct sql_column *fields; /* STRUCT<...>, ROW(...), OBJECT(...), TABLE<...> */
    uint32_t field_count;
    struct sql_type *element; /* T[] and T ARRAY: name is empty */
    struct str size;          /* T[3] */
    struct str tail;          /* WITH TIME ZONE, UNSIGNED, CHARACTER SET x, COLLATE x: as written, words joined by one blank */
    bool not_null;            /* ARRAY<INT NOT NULL>, T NOT NULL inside types */
    bool brackets;            /* ARRAY(T) instead of ARRAY<T> */
    bool percent;             /* t.c%TYPE, t%ROWTYPE: name holds it */
    struct range range;
};

/* ---------------------------------------------------------------- queries */

struct sql_item {
    struct sql_expr *expr;
    struct sql_ident alias;    /* empty when there is none */
    struct sql_ident *aliases; /* f(x) AS (a, b) */
    uint32_t alias_count;
    enum sql_direction direction; /* of AGGREGATE and GROUP BY items of |> syntax */
    enum sql_nulls nulls;
    struct range range;
};

enum sql_join {
    JOIN_COMMA, /* FROM a, b */
    JOIN_CROSS,
    JOIN_INNER,
    JOIN_LEFT,
    JOIN_RIGHT,
    JOIN_FULL,
    JOIN_LEFT_SEMI, /* LEFT SEMI, SEMI */
    JOIN_LEFT_ANTI,
    JOIN_RIGHT_SEMI,
    JOIN_RIGHT_ANTI,
    JOIN_CROSS_APPLY,
    JOIN_OUTER_APPLY,
    JOIN_POSITIONAL, /* duckdb */
    JOIN_ARRAY,      /* clickhouse ARRAY JOIN: the columns are in call */
    JOIN_LEFT_ARRAY,
    JOIN_STRAIGHT, /* mysql STRAIGHT_JOIN */
    JOIN_UNION,
    JOIN_KIND_COUNT,
};

enum sql_from_kind {
    FROM_TABLE,    /* name */
    FROM_QUERY,    /* (query); a VALUES list too */
    FROM_CALL,     /* call, an EX_CALL: a table function, UNNEST(..), TABLE(f(..)) (SQL_FROM_TABLE_WORD), ROWS FROM (several: args of an EX_TUPLE) */
    FROM_JOIN,     /* left, right, join .. */
    FROM_BRACKETS, /* (left), brackets around a join, needed for its alias or its order */
    FROM_PIVOT,    /* left, pivot */
    FROM_UNPIVOT,  /* left, pivot */
    FROM_LATERAL_VIEW, /* left LATERAL VIEW [OUTER] call alias AS columns */
    FROM_MATCH,        /* left MATCH_RECOGNIZE (tail) verbatim */
    FROM_PARAM,        /* call = an EX_PARAM: FROM ?, FROM @t */
    FROM_DUAL_VALUES,  /* VALUES (..), (..) without brackets, spark: query */
    FROM_STAGE,        /* @stage/path of snowflake: tail verbatim, args after it in call or NULL */
    FROM_KIND_COUNT,
};

enum sql_from_flag {
    SQL_FROM_LATERAL = 1 << 0,
    SQL_FROM_OUTER = 1 << 1,      /* LATERAL VIEW OUTER */
    SQL_FROM_ONLY = 1 << 2,       /* ONLY t */
    SQL_FROM_STREAM = 1 << 3,     /* STREAM t, STREAM(t), STREAM f(..) */
    SQL_FROM_ORDINALITY = 1 << 4, /* WITH ORDINALITY */
    SQL_FROM_OFFSET = 1 << 5,     /* WITH OFFSET [AS offset] */
    SQL_FROM_NATURAL = 1 << 6,    /* joins */
    SQL_FROM_ASOF = 1 << 7,       /* joins */
    SQL_FROM_TABLE_WORD = 1 << 8, /* TABLE(..) around it */
    SQL_FROM_ROWS_FROM = 1 << 9,
    SQL_FROM_GLOBAL = 1 << 10,        /* clickhouse GLOBAL / ANY / ALL joins: hint holds the words */
    SQL_FROM_INCLUDE_NULLS = 1 << 11, /* UNPIVOT INCLUDE NULLS */
    SQL_FROM_EXCLUDE_NULLS = 1 << 12,
    SQL_FROM_FINAL = 1 << 13,       /* clickhouse FINAL */
    SQL_FROM_DESCENDANTS = 1 << 14, /* t * */
    SQL_FROM_AS_WORD = 1 << 15,     /* an alias stands after AS: tells the printer nothing, kept for readers of style */
};

/* AS OF, FOR SYSTEM_TIME ..., AT(..), BEFORE(..), VERSION AS OF, t@v3, CHANGES */
enum sql_travel_kind { TRAVEL_VERSION, TRAVEL_TIMESTAMP, TRAVEL_AT, TRAVEL_BEFORE, TRAVEL_RANGE, TRAVEL_ALL, TRAVEL_CHANGES };

struct sql_travel {
    enum sql_travel_kind kind;
    struct str words;       /* canonical: "VERSION AS OF", "FOR SYSTEM_TIME AS OF", "AT", "BEFORE", "FOR SYSTEM_TIME BETWEEN", "CHANGES" ... */
    struct sql_expr *expr;  /* AT(TIMESTAMP => x) is an EX_NAMED_ARG */
    struct sql_expr *upper; /* TRAVEL_RANGE */
};

struct sql_sample {
    struct str method;     /* BERNOULLI, SYSTEM, RESERVOIR, BLOCK ... or empty */
    struct str word;       /* TABLESAMPLE, SAMPLE, USING SAMPLE */
    struct sql_expr *size; /* the number; x OUT OF y: size and of */
    struct sql_expr *of;
    struct str unit;       /* PERCENT, ROWS, BUCKET (with of), BYTES, or empty */
    struct sql_expr *on;   /* BUCKET x OUT OF y ON f(c) */
    struct sql_expr *seed; /* REPEATABLE (n), SEED (n) */
};

struct sql_pivot {
    struct sql_item *aggregates; /* PIVOT: aggregates; UNPIVOT: value columns, as names (each an EX_NAME or EX_TUPLE) */
    uint32_t aggregate_count;
    struct sql_expr **columns; /* FOR columns: EX_NAME each */
    uint32_t column_count;
    struct sql_item *values; /* IN (v AS alias, ...); UNPIVOT: the columns */
    uint32_t value_count;
    struct sql_query *query; /* IN (SELECT ..) or NULL */
    bool any;                /* IN (ANY [ORDER BY ..]) */
    struct sql_order *any_order;
    uint32_t any_order_count;
    struct sql_expr *otherwise; /* DEFAULT ON NULL (x) */
    struct sql_expr **group;    /* duckdb: PIVOT t ON c USING f GROUP BY g */
    uint32_t group_count;
    bool is_statement; /* duckdb's short form */
    struct str more;   /* duckdb: further columns with their own IN (..), verbatim */
};

struct sql_from {
    enum sql_from_kind kind : 8;
    enum sql_join join : 8;
    uint32_t depth : 16;
    uint32_t flags; /* enum sql_from_flag */
    struct sql_from *left, *right;
    struct sql_expr *on;
    struct sql_ident *using_columns; /* USING (a, b) */
    uint32_t using_count;
    uint32_t column_count;
    struct sql_expr *match; /* ASOF: MATCH_CONDITION (..) */
    struct sql_name *name;
    struct sql_query *query;
    struct sql_expr *call;
    struct sql_pivot *pivot;
    struct sql_ident alias;     /* empty when there is none */
    struct sql_column *columns; /* alias(a, b) or alias(a INT, b TEXT) */
    struct sql_ident offset;    /* WITH OFFSET AS offset */
    struct sql_travel *travel;
    struct sql_sample *sample;
    struct str hint; /* WITH (NOLOCK), HASH of HASH JOIN, USE INDEX (..), [BROADCAST]: verbatim; says nothing about the rows, but for NOLOCK */
    struct sql_property *options; /* WITH ('key' = 'value') of databricks, PARTITION (p) of mysql under the key PARTITION */
    uint32_t option_count;
    struct str tail; /* FROM_MATCH, FROM_STAGE, WATERMARK: verbatim */
    struct range range;
};

enum sql_distinct { DISTINCT_UNSAID, DISTINCT_ALL, DISTINCT_ROWS, DISTINCT_ON };

struct sql_group {
    struct sql_expr **items; /* expressions and EX_GROUPING */
    uint32_t item_count;
    bool all;                                 /* GROUP BY ALL */
    bool distinct;                            /* GROUP BY DISTINCT */
    bool with_rollup, with_cube, with_totals; /* the older suffixes */
    struct sql_expr *sets;                    /* GROUP BY a, b GROUPING SETS (...) of hive: an EX_GROUPING */
};

struct sql_top {
    struct sql_expr *count;
    bool percent, ties;
};

struct sql_select {
    struct str hint; /* what stands in the hint comment, without its marks; or empty */
    enum sql_distinct distinct;
    struct sql_expr **distinct_on;
    uint32_t distinct_count;
    struct sql_top *top;
    bool as_struct, as_value; /* bigquery SELECT AS STRUCT / VALUE */
    struct str as_type;       /* SELECT AS some.type */
    bool from_first;          /* duckdb, spark: FROM t SELECT x, or FROM t alone (items: one EX_STAR) */
    struct str modifiers;     /* mysql: HIGH_PRIORITY, SQL_CALC_FOUND_ROWS ... */
    struct sql_item *items;
    uint32_t item_count;
    struct sql_name *into; /* SELECT .. INTO t: also a write; a variable list is verbatim in into_text */
    struct str into_text;
    struct sql_from *from;
    struct sql_expr *prewhere;
    struct sql_expr *where;
    struct sql_expr *connect, *start; /* CONNECT BY, START WITH */
    bool nocycle;
    struct sql_group *group;
    struct sql_expr *having;
    struct sql_window *windows;
    uint32_t window_count;
    struct sql_expr *qualify;
    bool built;           /* made by sql_build.h, and its items were set */
    struct str transform; /* spark TRANSFORM (..) USING ..: verbatim, from the word TRANSFORM; items hold the inputs */
    struct range range;
};

enum sql_body { BODY_SELECT, BODY_SETOP, BODY_VALUES, BODY_TABLE, BODY_QUERY, BODY_FROM, BODY_STATEMENT, BODY_KIND_COUNT };
enum sql_setop { SETOP_UNION, SETOP_INTERSECT, SETOP_EXCEPT };
enum sql_setop_flag {
    SQL_SETOP_ALL = 1 << 0,
    SQL_SETOP_DISTINCT = 1 << 1, /* said, else neither bit: the dialect's meaning, which is DISTINCT but in clickhouse */
    SQL_SETOP_BY_NAME = 1 << 2,
    SQL_SETOP_CORRESPONDING = 1 << 3,
    SQL_SETOP_MINUS = 1 << 4,  /* the word MINUS; same meaning as EXCEPT */
    SQL_SETOP_STRICT = 1 << 5, /* STRICT CORRESPONDING */
    SQL_SETOP_LEFT = 1 << 6,   /* LEFT / FULL / INNER outer modes of bigquery: LEFT OUTER UNION ... */
    SQL_SETOP_FULL = 1 << 7,
    SQL_SETOP_INNER = 1 << 8,
    SQL_SETOP_OUTER_WORD = 1 << 9,
};

struct sql_cte {
    struct sql_ident name;
    struct sql_ident *columns;
    uint32_t column_count;
    enum { CTE_PLAIN, CTE_MATERIALIZED, CTE_NOT_MATERIALIZED } materialized;
    struct sql_query *query;
    struct sql_statement *statement;  /* WITH x AS (INSERT .. RETURNING ..): then query is NULL */
    struct sql_expr *scalar;          /* clickhouse: WITH expr AS name */
    struct sql_expr *recursion_limit; /* MAX RECURSION LEVEL n */
    struct str cycle;                 /* SEARCH .. CYCLE ..: verbatim */
    struct sql_expr **key;            /* duckdb USING KEY (..) */
    uint32_t key_count;
    struct range range;
};

struct sql_lock {
    struct str text; /* FOR UPDATE OF t NOWAIT, WITH UR, FOR JSON PATH, FOR XML .., OPTION (..), SETTINGS .., FORMAT ..: verbatim */
    bool shapes;     /* FOR JSON, FOR XML, FORMAT: changes the result's shape */
};

/* One step of |> syntax, over what stands before it. */
enum sql_pipe_kind {
    PIPE_WHERE,     /* expr */
    PIPE_SELECT,    /* select (items, distinct, windows) without from */
    PIPE_EXTEND,    /* items */
    PIPE_SET,       /* items: expr AS column */
    PIPE_DROP,      /* names */
    PIPE_RENAME,    /* items: EX_NAME AS new */
    PIPE_AS,        /* alias */
    PIPE_AGGREGATE, /* select: items; group_items or select->group */
    PIPE_JOIN,      /* from: joins over a FROM_BRACKETS whose left is NULL, which stands for the rows so far */
    PIPE_FROM,      /* the same: PIVOT, UNPIVOT, LATERAL VIEW, TABLESAMPLE (that FROM_BRACKETS itself, with a sample) */
    PIPE_SETOP,     /* query: a BODY_SETOP; arms[0], a BODY_VALUES without rows, stands for the rows so far */
    PIPE_ORDER,     /* query: its order, limit, offset, cluster_by.. */
    PIPE_CALL,      /* call, alias */
    PIPE_WINDOW,    /* windows in select */
    PIPE_WITH,      /* query->ctes */
    PIPE_DISTINCT,
    PIPE_ASSERT, /* select: condition, and what to say where it does not hold */
    PIPE_KIND_COUNT,
};

struct sql_pipe {
    enum sql_pipe_kind kind;
    struct sql_expr *expr;
    struct sql_select *select;    /* items, group, where it says so */
    struct sql_item *group_items; /* AGGREGATE .. GROUP BY: with aliases and directions; or select->group for ROLLUP, CUBE, GROUPING SETS, ALL */
    uint32_t group_item_count;
    bool and_order; /* GROUP AND ORDER BY */
    struct sql_from *from;
    struct sql_query *query; /* order, limit, set operation (setop, flags, arms) */
    struct sql_ident alias;
    uint32_t depth;
    struct range range;
};

struct sql_query {
    struct sql_cte *ctes;
    uint32_t cte_count;
    bool recursive;
    enum sql_body body;
    struct sql_select *select; /* BODY_SELECT */
    enum sql_setop setop;      /* BODY_SETOP: arms folded from the left: ((a0 op a1) op a2) */
    uint32_t setop_flags;
    struct sql_query **arms; /* BODY_SETOP: two or more; BODY_QUERY: one, a query in brackets that has its own clauses */
    uint32_t arm_count;
    struct sql_ident *corresponding; /* CORRESPONDING BY (a, b), BY NAME ON (a, b) */
    uint32_t corresponding_count;
    struct sql_expr **rows; /* BODY_VALUES: EX_TUPLE each, or any expression in dialects where VALUES 1, 2 is two rows */
    uint32_t row_count;
    struct sql_from *from;           /* BODY_TABLE: TABLE t; BODY_FROM: spark's FROM t in front of |> */
    struct sql_statement *statement; /* BODY_STATEMENT: SHOW .., DESCRIBE .. as a source, duckdb and snowflake */
    struct sql_order *order;
    uint32_t order_count;
    bool order_all;            /* ORDER BY ALL: order[0] (expr NULL) has its direction */
    bool order_siblings;       /* ORDER SIBLINGS BY */
    struct sql_order *sort_by; /* spark */
    uint32_t sort_count;
    struct sql_expr **cluster_by, **distribute_by;
    uint32_t cluster_count, distribute_count;
    struct sql_expr *limit;         /* LIMIT n, FETCH FIRST n ROWS */
    bool limit_all;                 /* LIMIT ALL, LIMIT NULL: no limit */
    bool limit_percent, limit_ties; /* FETCH .. PERCENT .. WITH TIES; LIMIT 10% */
    bool fetch;                     /* it was FETCH */
    struct sql_expr *offset;
    struct sql_expr **limit_by; /* clickhouse LIMIT n BY x: then limit_by_limit, limit_by_offset */
    uint32_t limit_by_count;
    struct sql_expr *limit_by_limit, *limit_by_offset;
    struct sql_window *windows; /* spark: WINDOW after ORDER BY */
    uint32_t window_count;
    struct sql_sample *sample; /* duckdb USING SAMPLE */
    struct sql_lock *locks;
    uint32_t lock_count;
    struct sql_pipe *pipes;
    uint32_t pipe_count;
    uint32_t depth;
    struct range range;
};

/* ---------------------------------------------------------------- statements */

struct sql_property {
    struct str key;         /* without quotes */
    struct sql_expr *value; /* NULL when it is a bare word */
    struct str text;        /* verbatim, when it is no expression */
};

enum sql_column_flag {
    SQL_COLUMN_NOT_NULL = 1 << 0,
    SQL_COLUMN_NULL = 1 << 1,
    SQL_COLUMN_PRIMARY = 1 << 2,
    SQL_COLUMN_UNIQUE = 1 << 3,
    SQL_COLUMN_REFERENCES = 1 << 4, /* references .. reference_columns */
    SQL_COLUMN_IDENTITY = 1 << 5,   /* GENERATED .. AS IDENTITY, AUTO_INCREMENT, IDENTITY(1,1), SERIAL is a type */
    SQL_COLUMN_GENERATED = 1 << 6,  /* generated */
    SQL_COLUMN_ENFORCED = 1 << 7,
    SQL_COLUMN_NOT_ENFORCED = 1 << 8,
    SQL_COLUMN_RELY = 1 << 9,
    SQL_COLUMN_ON_DELETE = 1 << 10, /* words of ON DELETE / ON UPDATE are in tail */
};

/* A column of a table, a field of a struct, a parameter of a routine, a typed alias. */
struct sql_column {
    struct sql_ident name; /* may be empty in a type */
    struct sql_type *type; /* NULL when not given */
    uint32_t flags;
    struct sql_expr *default_value;
    struct sql_expr *generated; /* GENERATED ALWAYS AS (expr) */
    struct sql_expr *check;
    struct sql_name *references;
    struct sql_ident *reference_columns;
    uint32_t reference_count;
    struct str comment; /* the string's value */
    struct str mode;    /* IN, OUT, INOUT of a parameter */
    struct str path;    /* JSON path of JSON_TABLE and OPENJSON columns */
    struct str tail;    /* other words, verbatim: COLLATE x, MASK f, ENCODE zstd, CODEC(..), OPTIONS (..) */
    struct range range;
};

enum sql_constraint_kind { CONSTRAINT_PRIMARY, CONSTRAINT_UNIQUE, CONSTRAINT_FOREIGN, CONSTRAINT_CHECK, CONSTRAINT_EXPECT, CONSTRAINT_OTHER };
enum sql_violation { VIOLATION_UNSAID, VIOLATION_DROP_ROW, VIOLATION_FAIL_UPDATE };

struct sql_constraint {
    enum sql_constraint_kind kind;
    struct sql_ident name;
    struct sql_ident *columns; /* PRIMARY, UNIQUE, FOREIGN */
    uint32_t column_count;
    struct sql_name *references;
    struct sql_ident *reference_columns;
    uint32_t reference_count;
    struct sql_expr *expr; /* CHECK, EXPECT */
    enum sql_violation violation;
    uint32_t flags;  /* SQL_COLUMN_ENFORCED, _NOT_ENFORCED, _RELY */
    struct str tail; /* ON DELETE CASCADE, DEFERRABLE ..., or all of a CONSTRAINT_OTHER: verbatim */
    struct range range;
};

enum sql_statement_kind {
    STMT_UNKNOWN,  /* not understood: refs hold what was found by its words */
    STMT_QUERY,    /* query */
    STMT_CREATE,   /* create, name, query */
    STMT_INSERT,   /* insert, name, query */
    STMT_MERGE,    /* merge */
    STMT_UPDATE,   /* change */
    STMT_DELETE,   /* change */
    STMT_COPY,     /* COPY INTO t FROM .., COPY t FROM ..: name, change->from, refs */
    STMT_CDC,      /* APPLY CHANGES INTO, AUTO CDC INTO: cdc */
    STMT_FLOW,     /* CREATE FLOW x AS <insert or cdc>: name, body[0] */
    STMT_TRUNCATE, /* name */
    STMT_DROP,     /* verb "DROP TABLE", names */
    STMT_ALTER,    /* verb "ALTER TABLE", name, alter constraints and columns in create when they add any */
    STMT_USE,      /* USE [CATALOG | SCHEMA ..] name: verb tells which */
    STMT_SET,      /* SET x = ..: assignments; or verbatim */
    STMT_DECLARE,  /* DECLARE x INT DEFAULT 1: create->columns */
    STMT_BLOCK,    /* BEGIN .. END, IF, LOOP, WHILE, FOR, CASE: verb, body, exprs (conditions), query (the FOR's) */
    STMT_CALL,     /* CALL p(..), EXEC p ..: exprs[0] or verbatim */
    STMT_EXECUTE,  /* EXECUTE IMMEDIATE x: exprs */
    STMT_EXPLAIN,  /* body[0] */
    STMT_CACHE,    /* CACHE TABLE x AS query: name, query */
    STMT_OTHER,    /* known by its leading words (verb), kept verbatim, refs by its words: SHOW, DESCRIBE, GRANT, OPTIMIZE, VACUUM, COMMENT ON ... */
    STMT_KIND_COUNT,
};

enum sql_object {
    OBJECT_TABLE,
    OBJECT_VIEW,
    OBJECT_MATERIALIZED_VIEW,
    OBJECT_STREAMING_TABLE, /* CREATE STREAMING TABLE, STREAMING LIVE TABLE, INCREMENTAL LIVE TABLE */
    OBJECT_LIVE_TABLE,      /* CREATE LIVE TABLE: the older word of a materialized view */
    OBJECT_LIVE_VIEW,       /* CREATE [TEMPORARY] LIVE VIEW */
    OBJECT_STREAMING_VIEW,  /* CREATE STREAMING LIVE VIEW */
    OBJECT_DYNAMIC_TABLE,   /* snowflake */
    OBJECT_FUNCTION,        /* columns = parameters, type = RETURNS, query or exprs[0] or body or text = body */
    OBJECT_PROCEDURE,
    OBJECT_SCHEMA,
    OBJECT_DATABASE,
    OBJECT_CATALOG,
    OBJECT_INDEX,
    OBJECT_OTHER, /* the statement's verb says what */
};

enum sql_create_flag {
    SQL_OR_REPLACE = 1 << 0,
    SQL_OR_REFRESH = 1 << 1,
    SQL_OR_ALTER = 1 << 2,
    SQL_IF_NOT_EXISTS = 1 << 3,
    SQL_TEMPORARY = 1 << 4,
    SQL_GLOBAL = 1 << 5,
    SQL_EXTERNAL = 1 << 6,
    SQL_TRANSIENT = 1 << 7,
    SQL_PRIVATE = 1 << 8,
    SQL_RECURSIVE = 1 << 9,
    SQL_SECURE = 1 << 10,
    SQL_UNLOGGED = 1 << 11,
    SQL_WITH_NO_DATA = 1 << 12,
    SQL_REPLACE = 1 << 13, /* spark: REPLACE TABLE; duckdb, mysql: REPLACE INTO */
    SQL_UNIQUE_INDEX = 1 << 14,
    SQL_AGGREGATE_FUNCTION = 1 << 15,
    SQL_TABLE_FUNCTION = 1 << 16, /* CREATE TABLE FUNCTION, RETURNS TABLE (columns in returns->fields) */
    SQL_IF_EXISTS = 1 << 17,      /* DROP, ALTER */
    SQL_METRIC_VIEW = 1 << 18,    /* WITH METRICS: text holds the YAML */
    SQL_WITH_DATA = 1 << 19,
};

struct sql_create {
    enum sql_object object;
    uint32_t flags;
    struct sql_column *columns;
    uint32_t column_count;
    struct sql_constraint *constraints;
    uint32_t constraint_count;
    struct str format; /* USING delta */
    struct str location;
    struct str comment;
    struct sql_expr **partition_by; /* PARTITIONED BY, PARTITION BY */
    uint32_t partition_count;
    struct sql_column *partition_columns; /* hive: PARTITIONED BY (d DATE) */
    uint32_t partition_column_count;
    struct sql_expr **cluster_by; /* CLUSTER BY, CLUSTERED BY, SORTED BY .. */
    uint32_t cluster_count;
    bool cluster_auto;
    struct sql_property *properties; /* TBLPROPERTIES, OPTIONS, WITH (..): keys as written */
    uint32_t property_count;
    struct sql_name *like;    /* LIKE t, CLONE t, COPY GRANTS is in tail */
    struct str like_word;     /* LIKE, CLONE, DEEP CLONE, SHALLOW CLONE, COPY, PARTITION OF, INHERITS */
    struct str schedule;      /* SCHEDULE .., TRIGGER ON UPDATE, TARGET_LAG = ..: verbatim */
    struct sql_type *returns; /* routines */
    struct str language;
    struct str body_text; /* a routine's body that is no SQL, or the value of its string */
    struct str tail;      /* further clauses, verbatim */
};

struct sql_assignment {
    struct sql_expr *target; /* EX_NAME, EX_SUBSCRIPT, EX_TUPLE */
    struct sql_expr *value;  /* EX_DEFAULT; a sub-query for tuples */
};

enum sql_insert_flag {
    SQL_INSERT_OVERWRITE = 1 << 0,
    SQL_INSERT_BY_NAME = 1 << 1,
    SQL_INSERT_BY_POSITION = 1 << 2,
    SQL_INSERT_REPLACE = 1 << 3, /* REPLACE INTO, INSERT OR REPLACE */
    SQL_INSERT_IGNORE = 1 << 4,
    SQL_INSERT_DEFAULT_VALUES = 1 << 5,
    SQL_INSERT_IF_NOT_EXISTS = 1 << 6, /* after PARTITION */
    SQL_INSERT_DIRECTORY = 1 << 7,     /* INSERT OVERWRITE DIRECTORY 'path': location */
    SQL_INSERT_ALL = 1 << 8,           /* snowflake, oracle INSERT ALL / FIRST: into */
    SQL_INSERT_ONCE = 1 << 9,          /* flows */
    SQL_INSERT_TABLE_WORD = 1 << 10,
    SQL_INSERT_EVOLVE = 1 << 11, /* WITH SCHEMA EVOLUTION */
};

struct sql_insert {
    uint32_t flags;
    struct sql_ident alias;
    struct sql_ident *columns;
    uint32_t column_count;
    struct sql_assignment *partition; /* PARTITION (d = '..', h): value NULL when dynamic */
    uint32_t partition_count;
    struct sql_expr *replace_where;  /* REPLACE WHERE */
    struct sql_ident *replace_using; /* REPLACE USING (a, b) */
    uint32_t replace_using_count;
    struct sql_expr *replace_on; /* REPLACE ON cond */
    struct str location;
    struct str conflict; /* ON CONFLICT .., ON DUPLICATE KEY UPDATE ..: verbatim */
    struct sql_item *returning;
    uint32_t returning_count;
    struct sql_property *options;
    uint32_t option_count;
    struct str tail;
};

enum sql_when { WHEN_MATCHED, WHEN_NOT_MATCHED, WHEN_NOT_MATCHED_BY_SOURCE };
enum sql_then { THEN_UPDATE, THEN_UPDATE_ALL, THEN_INSERT, THEN_INSERT_ALL, THEN_INSERT_ROW, THEN_DELETE, THEN_NOTHING };

struct sql_merge_clause {
    enum sql_when when;
    bool by_target; /* the words BY TARGET were there */
    struct sql_expr *condition;
    enum sql_then then;
    struct sql_assignment *sets;
    uint32_t set_count;
    struct sql_name *columns; /* one name per inserted column */
    uint32_t column_count;
    struct sql_expr **values;
    uint32_t value_count;
    struct sql_expr *where;   /* oracle, databricks: UPDATE .. WHERE */
    struct sql_expr **except; /* UPDATE SET * EXCEPT (..) */
    uint32_t except_count;
};

struct sql_merge {
    struct sql_from *target, *source;
    struct sql_expr *on;
    bool evolve; /* WITH SCHEMA EVOLUTION */
    struct sql_merge_clause *clauses;
    uint32_t clause_count;
    struct sql_item *returning;
    uint32_t returning_count;
    struct str tail;
};

/* UPDATE target SET sets FROM from WHERE where; DELETE FROM target USING from WHERE where. */
struct sql_change {
    struct sql_from *target;
    struct sql_from *from;
    struct sql_assignment *sets;
    uint32_t set_count;
    struct sql_expr *where;
    struct sql_order *order;
    uint32_t order_count;
    struct sql_expr *limit;
    struct sql_item *returning;
    uint32_t returning_count;
    struct str modifiers; /* OR IGNORE, LOW_PRIORITY, TOP (10): verbatim */
    struct str tail;
};

/* APPLY CHANGES INTO, AUTO CDC INTO */
struct sql_cdc {
    struct sql_from *source; /* FROM STREAM(x); snapshot forms: FROM SNAPSHOT x */
    bool snapshot, once;
    struct sql_expr **keys;
    uint32_t key_count;
    bool ignore_null_updates;
    struct sql_expr *ignore_null_on; /* the column list, an EX_TUPLE */
    struct sql_expr *delete_when, *truncate_when, *where;
    struct sql_expr *sequence_by;
    struct sql_expr **columns;
    uint32_t column_count;
    struct sql_ident *except; /* COLUMNS * EXCEPT (..) */
    uint32_t except_count;
    struct str scd_type; /* "1" or "2", empty when not said */
    struct str history;  /* TRACK HISTORY ON ..: verbatim */
};

/* A name that a statement reads or writes, as found without a schema; temporary names of its own WITH are left out. */
struct sql_ref {
    const struct sql_name *name;
    bool is_write;
    bool is_stream;
    bool is_guess; /* found by the words of a text that was not understood */
    bool is_path;  /* the name is a file path or a stage in a string */
};

struct sql_statement {
    enum sql_statement_kind kind;
    bool understood; /* false: the parser met an error in it, or does not know it, and only verb, name, refs, text and range are set; or something
                        inside a block was not understood */
    struct str verb; /* upper case words, such as "CREATE TABLE", "OPTIMIZE", "BEGIN" */
    uint32_t flags;  /* enum sql_create_flag, for DROP and ALTER */
    struct str text; /* the statement's source, without its semicolon */
    struct sql_ident label; /* blocks */
    struct sql_name *name;
    struct sql_name **names; /* DROP a, b; further targets */
    uint32_t name_count;
    struct sql_query *query;
    struct sql_create *create;
    struct sql_insert *insert;
    struct sql_merge *merge;
    struct sql_change *change;
    struct sql_cdc *cdc;
    struct sql_assignment *assignments;
    uint32_t assignment_count;
    struct sql_expr **exprs;
    uint32_t expr_count;
    struct sql_statement **body; /* blocks and routines */
    uint32_t body_count;
    struct sql_ref *refs; /* STMT_UNKNOWN, STMT_OTHER, verbatim parts: found by words. Use sql_refs() of sql_walk.h for all of a statement */
    uint32_t ref_count;
    struct sql_cte *ctes; /* WITH in front of INSERT, UPDATE, DELETE, MERGE */
    uint32_t cte_count;
    bool recursive;
    struct str tail; /* verbatim rest */
    struct range range;
};

struct sql_error {
    struct range range; /* line and column where it was noticed */
    const char *message;
    uint32_t statement; /* index into the script's statements */
};

/* A parsed text. Statements are in the order of the text; empty ones are left out. */
struct sql_script {
    enum dialect dialect;
    struct str text;
    struct sql_statement **statements;
    uint32_t statement_count;
    struct sql_error *errors;
    uint32_t error_count;
    uint32_t understood; /* number of statements understood */
};
#endif
