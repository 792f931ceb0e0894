/* schema.c - tables and their constraints, looked up by name. */
#include "schema.h"

#include "map.h"

#include <ctype.h>
#include <stdlib.h>

#define NAME_PARTS_MAX 8

struct schema {
    struct arena *arena;
    VEC(struct schema_table *) tables;
    struct map *suffixes; /* lower-case dotted suffix -> table; AMBIGUOUS when two tables share it */
};

static struct schema_table AMBIGUOUS;

struct schema *schema_new(struct arena *arena) {
    struct schema *s = arena_new(arena, struct schema);
    s->arena = arena;
    s->suffixes = map_new(arena);
    return s;
}

/* Enters the table under each dotted suffix of its name; a full name wins over a suffix. */
static void suffixes_enter(struct schema *schema, struct schema_table *table) {
    struct str rest = str_of(str_lower(schema->arena, str_of(table->name)));
    map_put(schema->suffixes, rest, table);
    for (;;) {
        const char *dot = memchr(rest.p, '.', rest.n);
        if (!dot) return;
        rest = (struct str){dot + 1, rest.n - (size_t)(dot + 1 - rest.p)};
        struct schema_table *there = map_get(schema->suffixes, rest);
        if (there && there != &AMBIGUOUS && strlen(there->name) == rest.n) continue;
        map_put(schema->suffixes, rest, there && there != table ? &AMBIGUOUS : table);
    }
}

struct schema_table *schema_table_add(struct schema *schema, const char *name) {
    struct schema_table *there = (struct schema_table *)map_get(schema->suffixes, str_of(str_lower(schema->arena, str_of(name))));
    if (there && there != &AMBIGUOUS && str_ieq(str_of(there->name), str_of(name))) return there;
    struct schema_table *table = arena_new(schema->arena, struct schema_table);
    table->name = arena_strdup(schema->arena, name);
    *vec_add(schema->arena, &schema->tables) = table;
    suffixes_enter(schema, table);
    return table;
}

int schema_column_find(const struct schema_table *table, const char *name) {
    struct str wanted = str_of(name);
    for (size_t i = 0; i < table->columns.n; i++)
        if (str_ieq(str_of(table->columns.at[i].name), wanted)) return (int)i;
    return -1;
}

struct schema_column *schema_column_add(struct schema *schema, struct schema_table *table, const char *name, struct type type) {
    int at = schema_column_find(table, name);
    if (at >= 0) {
        if (type.kind != TYPE_UNKNOWN) table->columns.at[at].type = type;
        return &table->columns.at[at];
    }
    struct schema_column *column = vec_add(schema->arena, &table->columns);
    *column = (struct schema_column){.name = arena_strdup(schema->arena, name), .type = type};
    return column;
}

static bool ordinals_find(struct schema *schema, const struct schema_table *table, const char *const *columns, size_t n, const size_t **out) {
    size_t *ordinals = arena_array(schema->arena, n ? n : 1, sizeof *ordinals);
    for (size_t i = 0; i < n; i++) {
        int at = schema_column_find(table, columns[i]);
        if (at < 0) return false;
        ordinals[i] = (size_t)at;
    }
    *out = ordinals;
    return n > 0;
}

bool schema_key_add(struct schema *schema, struct schema_table *table, const char *const *columns, size_t n, enum fact_origin origin) {
    const size_t *ordinals;
    if (!ordinals_find(schema, table, columns, n, &ordinals)) return false;
    *vec_add(schema->arena, &table->keys) = (struct schema_key){.n = n, .columns = ordinals, .origin = origin};
    return true;
}

bool schema_fk_add(struct schema *schema, struct schema_table *table, const char *const *columns, struct schema_table *target,
                   const char *const *target_columns, size_t n, enum fact_origin origin) {
    const size_t *from, *to;
    if (!ordinals_find(schema, table, columns, n, &from) || !ordinals_find(schema, target, target_columns, n, &to)) return false;
    *vec_add(schema->arena, &table->fks) = (struct schema_fk){.n = n, .columns = from, .target = target, .target_columns = to, .origin = origin};
    return true;
}

const struct schema_table *schema_find(const struct schema *schema, const char *name) {
    if (!schema || !name) return NULL;
    char *lower = str_lower(schema->arena, str_of(name));
    for (struct str rest = str_of(lower);;) {
        const struct schema_table *table = map_get(schema->suffixes, rest);
        if (table) return table == &AMBIGUOUS ? NULL : table;
        const char *dot = memchr(rest.p, '.', rest.n);
        if (!dot) return NULL;
        rest = (struct str){dot + 1, rest.n - (size_t)(dot + 1 - rest.p)};
        /* "x.orders" may name table "orders" of a schema that leaves qualifiers out, never "y.orders". */
        table = map_get(schema->suffixes, rest);
        if (table && table != &AMBIGUOUS && strchr(table->name, '.') && strlen(table->name) > rest.n) return NULL;
    }
}

size_t schema_count(const struct schema *schema) { return schema->tables.n; }

const struct schema_table *schema_at(const struct schema *schema, size_t i) { return schema->tables.at[i]; }

const struct schema_key *schema_key_within(const struct schema_table *table, const size_t *columns, size_t n) {
    for (size_t k = 0; k < table->keys.n; k++) {
        const struct schema_key *key = &table->keys.at[k];
        size_t found = 0;
        for (size_t i = 0; i < key->n; i++)
            for (size_t j = 0; j < n; j++)
                if (key->columns[i] == columns[j] && table->columns.at[columns[j]].not_null) {
                    found++;
                    break;
                }
        if (found == key->n) return key;
    }
    return NULL;
}

struct type_word {
    const char *word;
    enum type_kind kind;
    int precision;
    int scale;
};

static const struct type_word TYPE_WORDS[] = {
    {"bool", TYPE_BOOL, 0, 0},
    {"boolean", TYPE_BOOL, 0, 0},
    {"bit", TYPE_BOOL, 0, 0},
    {"tinyint", TYPE_INT, 8, 0},
    {"byte", TYPE_INT, 8, 0},
    {"smallint", TYPE_INT, 16, 0},
    {"short", TYPE_INT, 16, 0},
    {"int2", TYPE_INT, 16, 0},
    {"mediumint", TYPE_INT, 24, 0},
    {"int", TYPE_INT, 32, 0},
    {"integer", TYPE_INT, 32, 0},
    {"int4", TYPE_INT, 32, 0},
    {"serial", TYPE_INT, 32, 0},
    {"bigint", TYPE_INT, 64, 0},
    {"long", TYPE_INT, 64, 0},
    {"int8", TYPE_INT, 64, 0},
    {"int64", TYPE_INT, 64, 0},
    {"bigserial", TYPE_INT, 64, 0},
    {"signed", TYPE_INT, 64, 0},
    {"hugeint", TYPE_INT, 128, 0},
    {"decimal", TYPE_DECIMAL, 0, 0},
    {"numeric", TYPE_DECIMAL, 0, 0},
    {"number", TYPE_DECIMAL, 0, 0},
    {"dec", TYPE_DECIMAL, 0, 0},
    {"bignumeric", TYPE_DECIMAL, 0, SCALE_BIG},
    {"money", TYPE_DECIMAL, 0, SCALE_MONEY},
    {"float", TYPE_FLOAT, 0, 0},
    {"double", TYPE_FLOAT, 64, 0},
    {"real", TYPE_FLOAT, 32, 0},
    {"float4", TYPE_FLOAT, 32, 0},
    {"float8", TYPE_FLOAT, 64, 0},
    {"float64", TYPE_FLOAT, 64, 0},
    {"string", TYPE_STRING, 0, 0},
    {"varchar", TYPE_STRING, 0, 0},
    {"text", TYPE_STRING, 0, 0},
    {"nvarchar", TYPE_STRING, 0, SCALE_NATIONAL},
    {"longtext", TYPE_STRING, 0, 0},
    {"mediumtext", TYPE_STRING, 0, 0},
    {"tinytext", TYPE_STRING, 0, 0},
    {"varchar2", TYPE_STRING, 0, 0},
    {"clob", TYPE_STRING, 0, 0},
    {"enum", TYPE_STRING, 0, 0},
    {"char", TYPE_CHAR, 0, 0},
    {"character", TYPE_CHAR, 0, 0},
    {"nchar", TYPE_CHAR, 0, 0},
    {"bpchar", TYPE_CHAR, 0, 0},
    {"binary", TYPE_BYTES, 0, 0},
    {"varbinary", TYPE_BYTES, 0, 0},
    {"bytes", TYPE_BYTES, 0, 0},
    {"bytea", TYPE_BYTES, 0, 0},
    {"blob", TYPE_BYTES, 0, 0},
    {"date", TYPE_DATE, 0, 0},
    {"time", TYPE_TIME, 0, 0},
    {"timestamp", TYPE_TIMESTAMP, 0, 0},
    {"datetime", TYPE_TIMESTAMP, 0, SCALE_DATETIME},
    {"timestamptz", TYPE_TIMESTAMP, 0, SCALE_ZONED},
    {"timestamp_ntz", TYPE_TIMESTAMP, 0, SCALE_NAIVE},
    {"timestamp_ltz", TYPE_TIMESTAMP, 0, SCALE_LOCAL},
    {"timestamp_tz", TYPE_TIMESTAMP, 0, SCALE_ZONED},
    {"datetime2", TYPE_TIMESTAMP, 0, SCALE_DATETIME2},
    {"interval", TYPE_INTERVAL, 0, 0},
    {"array", TYPE_OTHER, 0, 0},
    {"struct", TYPE_OTHER, 0, 0},
    {"map", TYPE_OTHER, 0, 0},
    {"json", TYPE_OTHER, 0, 0},
    {"jsonb", TYPE_OTHER, 0, 0},
    {"variant", TYPE_OTHER, 0, 0},
    {"object", TYPE_OTHER, 0, 0},
    {"row", TYPE_OTHER, 0, 0},
    {"uuid", TYPE_OTHER, 0, 0},
    {"geography", TYPE_OTHER, 0, 0},
};

struct type type_parse(struct str text, enum dialect dialect) {
    text = str_trim(text);
    size_t n = 0;
    while (n < text.n && (isalnum((unsigned char)text.p[n]) || text.p[n] == '_')) n++;
    struct str word = {text.p, n};
    struct type type = {TYPE_UNKNOWN, 0, 0};
    for (size_t i = 0; i < sizeof TYPE_WORDS / sizeof *TYPE_WORDS; i++)
        if (str_iis(word, TYPE_WORDS[i].word))
            type = (struct type){TYPE_WORDS[i].kind, (uint16_t)TYPE_WORDS[i].precision, (int16_t)TYPE_WORDS[i].scale};
    if (type.kind == TYPE_STRING && dialect != DIALECT_TSQL) type.scale = 0;
    if (memchr(text.p, '<', text.n) || str_ends(text, "[]")) return (struct type){TYPE_OTHER, 0, 0};
    if (type.kind == TYPE_CHAR && text.n > n && memmem(text.p, text.n, "arying", 6)) type.kind = TYPE_STRING;
    if (type.kind == TYPE_CHAR &&
        (dialect == DIALECT_SPARK || dialect == DIALECT_DATABRICKS || dialect == DIALECT_SQLITE || dialect == DIALECT_DUCKDB))
        type.kind = TYPE_STRING;
    const char *open = memchr(text.p, '(', text.n);
    if (open && type.kind != TYPE_INT) {
        char *end;
        if (type.kind == TYPE_DECIMAL) type.scale = 0;
        char digits[24] = {0};
        size_t left = text.n - (size_t)(open + 1 - text.p);
        memcpy(digits, open + 1, left < sizeof digits - 1 ? left : sizeof digits - 1);
        long p = strtol(digits, &end, 10);
        if (p > 0 && p < 65536) type.precision = (uint16_t)p;
        if (*end == ',') type.scale = (int16_t)strtol(end + 1, NULL, 10);
    }
    return type;
}

const char *type_name(struct type type) {
    static const char *const names[] = {"unknown", "null",  "bool", "int",  "decimal",   "float",    "string",
                                        "char",    "bytes", "date", "time", "timestamp", "interval", "other"};
    return names[type.kind];
}

/* Splits "T.C" at its last dot. */
static bool column_split(struct arena *arena, const char *text, const char **table, const char **column) {
    const char *dot = text ? strrchr(text, '.') : NULL;
    if (!dot || dot == text) return false;
    *table = arena_copy(arena, text, (size_t)(dot - text));
    *column = dot + 1;
    return true;
}

/* The table and the columns of a list ["T.C1", "T.C2"]; NULL when it is malformed. */
static struct schema_table *columns_read(struct arena *arena, struct schema *schema, const json_t *list, const char **columns, size_t max) {
    struct schema_table *found = NULL;
    size_t n = json_array_size(list);
    if (n == 0 || n > max) return NULL;
    for (size_t i = 0; i < n; i++) {
        const char *table;
        if (!column_split(arena, json_string_value(json_array_get(list, i)), &table, &columns[i])) return NULL;
        struct schema_table *t = (struct schema_table *)schema_find(schema, table);
        if (!t || (found && t != found)) return NULL;
        found = t;
    }
    return found;
}

static const struct err *tables_read(struct arena *arena, struct schema *schema, json_t *tables, enum dialect dialect) {
    const char *name;
    json_t *columns;
    json_object_foreach(tables, name, columns) {
        struct schema_table *table = schema_table_add(schema, name);
        table->complete = true;
        const char *column;
        json_t *type;
        json_object_foreach(columns, column, type) {
            if (!json_is_string(type)) return err_new(ERR_INPUT, "schema: type of %s.%s is not a string", name, column);
            schema_column_add(schema, table, column, type_parse(str_of(json_string_value(type)), dialect));
        }
    }
    return NULL;
}

#define KEY_COLUMNS_MAX 32

const struct err *schema_from_json(struct arena *arena, const json_t *json, enum dialect dialect, struct schema **out) {
    json_t *tables = json_object_get(json, "tables");
    if (!json_is_object(tables)) return err_new(ERR_INPUT, "schema: \"tables\" is not an object");
    struct schema *schema = schema_new(arena);
    TRY(tables_read(arena, schema, tables, dialect));
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(json, "not_null"), i, item) {
        const char *table, *column;
        if (!column_split(arena, json_string_value(item), &table, &column)) continue;
        const struct schema_table *t = schema_find(schema, table);
        int at = t ? schema_column_find(t, column) : -1;
        if (at >= 0) ((struct schema_table *)t)->columns.at[at].not_null = true;
    }
    const char *columns[KEY_COLUMNS_MAX], *targets[KEY_COLUMNS_MAX];
    json_array_foreach(json_object_get(json, "keys"), i, item) {
        struct schema_table *t = columns_read(arena, schema, item, columns, KEY_COLUMNS_MAX);
        if (t) (void)schema_key_add(schema, t, columns, json_array_size(item), ORIGIN_DECLARED);
    }
    json_array_foreach(json_object_get(json, "fks"), i, item) {
        const char *from, *to;
        if (json_array_size(item) != 2) continue;
        if (!column_split(arena, json_string_value(json_array_get(item, 0)), &from, &columns[0])) continue;
        if (!column_split(arena, json_string_value(json_array_get(item, 1)), &to, &targets[0])) continue;
        struct schema_table *f = (struct schema_table *)schema_find(schema, from), *t = (struct schema_table *)schema_find(schema, to);
        if (f && t) (void)schema_fk_add(schema, f, columns, t, targets, 1, ORIGIN_DECLARED);
    }
    *out = schema;
    return NULL;
}
