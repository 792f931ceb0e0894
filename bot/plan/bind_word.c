/* bind_word.c - what is known of functions by name: aggregates, volatile ones, those that read the clock, those that make rows, and the words they
 * take. A function that is not listed is uninterpreted: the same value for the same arguments. So a function that may give another value, or that
 * sees several rows, must stand here before a proof meets it; names of all dialects share one table, since a wrong entry only loses proofs. */
#include "bind_core.h"

#include <stdlib.h>

#define ON(dialect) (1u << DIALECT_##dialect)

/* Sorted by name. AGG_ORDERED depends on the order of its input rows; CALL_RANK on ties of the window's order. */
static const struct call_word CALLS[] = {
#define CALL(name, kind, type, dialects) {name, kind, type, dialects},
#include "call_word.def"
#undef CALL
};

static int call_compare(const void *key, const void *item) { return strcmp(key, ((const struct call_word *)item)->name); }

static const struct call_word *word_of(enum dialect dialect, const char *name) {
    const struct call_word *word = bsearch(name, CALLS, sizeof CALLS / sizeof *CALLS, sizeof *CALLS, call_compare);
    return word && (!word->dialects || word->dialects & 1u << dialect) ? word : NULL;
}

/* Families whose every member asks a model, a random source or the session. */
static bool is_volatile_family(struct str name) {
    static const char *const starts[] = {"ai_",     "ai.",     "try_ai_",      "ml.generate_", "snowflake.cortex.",
                                         "cortex.", "system$", "dbms_random.", "dbms_crypto.", NULL};
    for (const char *const *start = starts; *start; start++) {
        if (str_starts(name, *start)) return true;
    }
    return false;
}

/* sumIf, uniqState, avgOrNull: an aggregate of clickhouse with what it does besides. */
static const struct call_word *combined_word(struct str name) {
    static const char *const ends[] = {"if",       "array",     "map",    "simplestate", "state",  "merge",  "mergestate", "foreach",
                                       "distinct", "ordefault", "ornull", "resample",    "argmin", "argmax", NULL};
    static const struct call_word plain = {"", AGG_PLAIN, 0, 0}, ordered = {"", AGG_ORDERED, 0, 0};
    char base[64];
    for (const char *const *end = ends; *end; end++) {
        size_t n = strlen(*end);
        if (name.n <= n || name.n - n >= sizeof base || !str_ends(name, *end)) continue;
        memcpy(base, name.p, name.n - n);
        base[name.n - n] = 0;
        const struct call_word *word = word_of(DIALECT_CLICKHOUSE, base);
        if (!word) word = combined_word((struct str){base, name.n - n});
        if (word && (word->kind == AGG_PLAIN || word->kind == AGG_ORDERED)) return word->kind == AGG_PLAIN && **end != 'a' ? &plain : &ordered;
    }
    return NULL;
}

const struct call_word *call_word(enum dialect dialect, const char *name) {
    static const char *const homes[] = {"safe.", "pg_catalog.", "system.builtin.", "builtin.", "sys.", "main.", NULL};
    static const struct call_word unsure = {"", CALL_VOLATILE, 0, 0};
    const struct call_word *word = word_of(dialect, name);
    if (word) return word;
    struct str text = str_of(name);
    for (const char *const *home = homes; *home; home++) {
        if (str_starts(text, *home)) return call_word(dialect, name + strlen(*home));
    }
    if (is_volatile_family(text)) return &unsure;
    return dialect == DIALECT_CLICKHOUSE ? combined_word(text) : NULL;
}

static bool listed(struct str name, const char *const *list) {
    for (; *list; list++)
        if (str_iis(name, *list)) return true;
    return false;
}

bool cast_word(enum dialect dialect, struct str name) {
    static const char *const types[] = {"string", "int",       "bigint", "double",  "float",    "boolean",
                                        "date",   "timestamp", "binary", "tinyint", "smallint", NULL};
    return (dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK) && listed(name, types);
}

const char *generator_word(enum dialect dialect, struct str name) {
    static const char *const spark[] = {"explode", "explode_outer", "posexplode",      "posexplode_outer",      "inline", "inline_outer",
                                        "stack",   "json_tuple",    "variant_explode", "variant_explode_outer", NULL};
    static const char *const postgres[] = {"generate_series",
                                           "generate_subscripts",
                                           "unnest",
                                           "json_array_elements",
                                           "json_array_elements_text",
                                           "jsonb_array_elements",
                                           "jsonb_array_elements_text",
                                           "json_each",
                                           "json_each_text",
                                           "jsonb_each",
                                           "jsonb_each_text",
                                           "json_object_keys",
                                           "jsonb_object_keys",
                                           "json_to_recordset",
                                           "jsonb_to_recordset",
                                           "json_populate_recordset",
                                           "jsonb_populate_recordset",
                                           "jsonb_path_query",
                                           "regexp_matches",
                                           "regexp_split_to_table",
                                           "string_to_table",
                                           NULL};
    static const char *const others[] = {"unnest", "generate_series", "explode", "explode_outer", "posexplode", "posexplode_outer",
                                         "inline", "stack",           "flatten", "arrayjoin",     NULL};
    const char *const *list = dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK    ? spark
                              : dialect == DIALECT_POSTGRES || dialect == DIALECT_REDSHIFT ? postgres
                                                                                           : others;
    for (; *list; list++)
        if (str_iis(name, *list)) return *list;
    return NULL;
}

static bool is_unit(const struct sql_expr *arg) {
    static const char *const units[] = {
        "year",   "years",   "yyyy", "yy",          "quarter",     "qq",         "month", "months", "mm",      "week", "weeks",  "isoweek", "isoyear",
        "day",    "days",    "dd",   "dayofweek",   "dayofyear",   "dow",        "doy",   "hour",   "hours",   "hh",   "minute", "minutes", "mi",
        "second", "seconds", "ss",   "millisecond", "microsecond", "nanosecond", "epoch", "decade", "century", "date", NULL};
    if (arg->kind == EX_CALL && arg->arg_count == 1 && arg->args[0]->kind == EX_NAME && str_iis(arg->name, "week")) return true; /* WEEK(MONDAY) */
    if (arg->kind == EX_NAME && str_starts(arg->name, "SQL_TSI_")) return true;
    return arg->kind == EX_NAME && arg->path && arg->path->part_count == 1 && !arg->path->parts[0].quoted && listed(arg->name, units);
}

bool unit_argument(enum dialect dialect, const char *function, const struct sql_expr *const *args, size_t i, size_t n) {
    static const char *const last[] = {"date_diff",      "datetime_diff",   "timestamp_diff", "time_diff", "date_trunc",
                                       "datetime_trunc", "timestamp_trunc", "time_trunc",     "last_day",  NULL};
    static const char *const first[] = {"dateadd",       "date_add", "datediff", "date_diff", "datediff_big", "timestampadd",
                                        "timestampdiff", "timeadd",  "timediff", "date_sub",  "datesub",      NULL};
    static const char *const leading[] = {"date_trunc", "date_part", "datename", "datepart", "datetrunc", NULL};
    struct str name = str_of(function);
    if (!is_unit(args[i])) return false;
    if (dialect == DIALECT_BIGQUERY || (n == 3 && i == 2 && !is_unit(args[0]))) return i + 1 == n && i > 0 && listed(name, last);
    if (n == 3 && i == 0) return listed(name, first);
    bool bare = dialect == DIALECT_SNOWFLAKE || dialect == DIALECT_REDSHIFT || dialect == DIALECT_TSQL || dialect == DIALECT_CLICKHOUSE;
    if (bare && n == 2 && i == 0) return listed(name, leading);
    return n == 2 && i == 1 && str_is(name, "last_day");
}
