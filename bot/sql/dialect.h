/* dialect.h - the SQL dialects Parley reads, and what tells them apart.
 * Layer: sql. May use: base. */
#ifndef DIALECT_H
#define DIALECT_H

#include "text.h"

enum dialect {
    DIALECT_DATABRICKS, /* the default; zero on purpose */
    DIALECT_SPARK,
    DIALECT_BIGQUERY,
    DIALECT_SNOWFLAKE,
    DIALECT_POSTGRES,
    DIALECT_REDSHIFT,
    DIALECT_TRINO,
    DIALECT_DUCKDB,
    DIALECT_MYSQL,
    DIALECT_TSQL,
    DIALECT_SQLITE,
    DIALECT_CLICKHOUSE,
    DIALECT_ORACLE,
    DIALECT_ANSI,
    DIALECT_COUNT,
};

/* How unquoted names compare. */
enum dialect_fold {
    FOLD_INSENSITIVE, /* any case is the same name, quoted or not (databricks, spark, duckdb, mysql columns, tsql, sqlite) */
    FOLD_LOWER,       /* unquoted names become lower case (postgres, redshift, trino) */
    FOLD_UPPER,       /* unquoted names become upper case (snowflake, oracle, ansi) */
};

/* One row per dialect; the lexer, parser and printer read nothing else about a dialect. */
struct dialect_traits {
    const char *name;
    const char *quote;        /* the characters that open a quoted name: a subset of  ` " [  ; the printer uses the first */
    bool double_quote_string; /* "x" is a string */
    bool backslash;           /* '\n' is an escape in a string */
    bool nested_comments;     /* block comments nest */
    bool hash_comment;        /* # starts a comment */
    bool slash_comment;       /* // starts a comment */
    bool dollar_string;       /* $$text$$ */
    bool digit_name;          /* a name may start with a digit: 2024_sales */
    bool number_suffix;       /* 1L 1S 1Y 1D 1F 1BD */
    bool dash_name;           /* my-project.dataset.table in FROM */
    bool colon_path;          /* a:b.c reads into JSON */
    bool join_strings;        /* 'a' 'b' is 'ab' */
    bool semi_join;           /* LEFT SEMI and LEFT ANTI are words of a join */
    bool double_equal;        /* == is = */
    bool pipe_or;             /* || is OR (mysql) */
    bool hash_operator;       /* # ## #> #>> and so on are operators (postgres) */
    bool null_safe_equal;     /* <=> is null-safe equality */
    bool lambda_arrow;        /* x -> y is a lambda, not JSON access */
    bool caret_power;         /* ^ is power, not xor */
    bool div_is_float;        /* 1 / 2 is 0.5 (databricks, spark, bigquery, duckdb, mysql, snowflake, oracle) */
    bool nulls_low;           /* NULL sorts as the smallest value */
    bool table_fold;          /* table names compare without case too */
    enum dialect_fold fold;
};

/* Never NULL; an id outside the enum gives the default. */
const struct dialect_traits *dialect_traits(enum dialect dialect);

/* "databricks", "spark", ... */
const char *dialect_name(enum dialect dialect);

/* The dialect of that name or of a common other one (presto, athena, hive, postgresql, mssql, synapse, sparksql ...), case-insensitive;
 * false when there is none. */
bool dialect_parse(struct str name, enum dialect *out);
#endif
