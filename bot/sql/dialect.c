/* dialect.c - the table of dialects. */
#include "dialect.h"

static const struct dialect_traits traits[DIALECT_COUNT] = {
    [DIALECT_DATABRICKS] = {.name = "databricks", .quote = "`", .double_quote_string = true, .backslash = true, .nested_comments = true, .dollar_string = true,
                            .digit_name = true, .number_suffix = true, .dash_name = true, .colon_path = true, .join_strings = true, .semi_join = true,
                            .double_equal = true, .null_safe_equal = true, .lambda_arrow = true, .div_is_float = true, .nulls_low = true, .table_fold = true},
    [DIALECT_SPARK] = {.name = "spark", .quote = "`", .double_quote_string = true, .backslash = true, .nested_comments = true, .dollar_string = true,
                       .digit_name = true, .number_suffix = true, .dash_name = true, .colon_path = true, .join_strings = true, .semi_join = true,
                       .double_equal = true, .null_safe_equal = true, .lambda_arrow = true, .div_is_float = true, .nulls_low = true, .table_fold = true},
    [DIALECT_BIGQUERY] = {.name = "bigquery", .quote = "`", .double_quote_string = true, .backslash = true, .hash_comment = true, .dash_name = true,
                          .lambda_arrow = true, .div_is_float = true, .nulls_low = true},
    [DIALECT_SNOWFLAKE] = {.name = "snowflake", .quote = "\"", .backslash = true, .slash_comment = true, .dollar_string = true, .colon_path = true,
                           .lambda_arrow = true, .div_is_float = true, .fold = FOLD_UPPER},
    [DIALECT_POSTGRES] = {.name = "postgres", .quote = "\"", .nested_comments = true, .dollar_string = true, .join_strings = true, .hash_operator = true,
                          .caret_power = true, .fold = FOLD_LOWER},
    [DIALECT_REDSHIFT] = {.name = "redshift", .quote = "\"", .backslash = true, .nested_comments = true, .dollar_string = true, .join_strings = true,
                          .caret_power = true, .fold = FOLD_LOWER},
    [DIALECT_TRINO] = {.name = "trino", .quote = "\"", .lambda_arrow = true, .fold = FOLD_LOWER},
    [DIALECT_DUCKDB] = {.name = "duckdb", .quote = "\"", .nested_comments = true, .dollar_string = true, .join_strings = true, .semi_join = true,
                        .double_equal = true, .lambda_arrow = true, .caret_power = true, .div_is_float = true},
    [DIALECT_MYSQL] = {.name = "mysql", .quote = "`", .double_quote_string = true, .backslash = true, .hash_comment = true, .digit_name = true,
                       .join_strings = true, .pipe_or = true, .null_safe_equal = true, .div_is_float = true, .nulls_low = true},
    [DIALECT_TSQL] = {.name = "tsql", .quote = "[\"", .nested_comments = true, .nulls_low = true},
    [DIALECT_SQLITE] = {.name = "sqlite", .quote = "\"`[", .double_equal = true, .nulls_low = true},
    [DIALECT_CLICKHOUSE] = {.name = "clickhouse", .quote = "`\"", .backslash = true, .hash_comment = true, .semi_join = true, .double_equal = true,
                            .null_safe_equal = true, .lambda_arrow = true, .div_is_float = true},
    [DIALECT_ORACLE] = {.name = "oracle", .quote = "\"", .div_is_float = true, .fold = FOLD_UPPER},
    [DIALECT_ANSI] = {.name = "ansi", .quote = "\"", .nested_comments = true, .join_strings = true, .fold = FOLD_UPPER},
};

const struct dialect_traits *dialect_traits(enum dialect dialect) {
    return &traits[(unsigned)dialect < DIALECT_COUNT ? dialect : DIALECT_DATABRICKS];
}

const char *dialect_name(enum dialect dialect) {
    return dialect_traits(dialect)->name;
}

bool dialect_parse(struct str name, enum dialect *out) {
    static const struct {
        const char *name;
        enum dialect dialect;
    } others[] = {
        {"presto", DIALECT_TRINO},       {"athena", DIALECT_TRINO},     {"hive", DIALECT_SPARK},        {"sparksql", DIALECT_SPARK},
        {"postgresql", DIALECT_POSTGRES}, {"pg", DIALECT_POSTGRES},      {"greenplum", DIALECT_POSTGRES}, {"mssql", DIALECT_TSQL},
        {"sqlserver", DIALECT_TSQL},     {"synapse", DIALECT_TSQL},     {"fabric", DIALECT_TSQL},       {"mariadb", DIALECT_MYSQL},
        {"standard", DIALECT_ANSI},      {"calcite", DIALECT_ANSI},     {"dremio", DIALECT_TRINO},      {"starrocks", DIALECT_MYSQL},
        {"doris", DIALECT_MYSQL},        {"delta", DIALECT_DATABRICKS}, {"singlestore", DIALECT_MYSQL}, {"materialize", DIALECT_POSTGRES},
    };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        if (str_iis(name, traits[i].name)) return *out = (enum dialect)i, true;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (str_iis(name, others[i].name)) return *out = others[i].dialect, true;
    }
    return false;
}
