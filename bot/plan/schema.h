/* schema.h - what is known of tables: columns, types, keys, foreign keys, and where each fact comes from.
 * Layer: plan. May use: base, sql. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "arena.h"
#include "dialect.h"
#include "err.h"
#include "jsonx.h"
#include "text.h"

#include <stdbool.h>

enum type_kind {
    TYPE_UNKNOWN,
    TYPE_NULL, /* the bare NULL */
    TYPE_BOOL,
    TYPE_INT,
    TYPE_DECIMAL,
    TYPE_FLOAT,
    TYPE_STRING,
    TYPE_CHAR, /* blank padded: equal values may differ in bytes */
    TYPE_BYTES,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_TIMESTAMP,
    TYPE_INTERVAL,
    TYPE_OTHER, /* arrays, structs, maps, JSON ... */
};

/* Types of one kind that keep, round or move a value otherwise have another scale: a cast to one is no cast to the other. */
enum type_scale {
    SCALE_DATETIME = 1,
    SCALE_ZONED,
    SCALE_LOCAL,
    SCALE_NAIVE,
    SCALE_DATETIME2,
    SCALE_BIG = 1, /* of decimals without digits */
    SCALE_MONEY,
    SCALE_NATIONAL = 1, /* of texts: nvarchar keeps what varchar cannot hold */
};

/* A column or expression type: its family, and precision/scale (0 when not said; bits for ints). */
struct type {
    enum type_kind kind;
    uint16_t precision;
    int16_t scale;
};

/* Who vouches for a constraint. Anything but ORIGIN_VERIFIED makes a proof that uses it say so. */
enum fact_origin { ORIGIN_DECLARED, ORIGIN_TEST, ORIGIN_VERIFIED };

struct schema_column {
    const char *name; /* as written */
    struct type type;
    bool not_null;
    enum fact_origin not_null_origin;
};

struct schema_key {
    size_t n;
    const size_t *columns; /* ordinals in the table */
    enum fact_origin origin;
};

struct schema_fk {
    size_t n;
    const size_t *columns;
    const struct schema_table *target;
    const size_t *target_columns;
    enum fact_origin origin;
};

struct schema_table {
    const char *name; /* full name, as written: "db.orders" */
    bool complete;    /* all columns are listed, in order: `*` may be expanded */
    VEC(struct schema_column) columns;
    VEC(struct schema_key) keys;
    VEC(struct schema_fk) fks;
};

struct schema; /* opaque; lives as long as its arena */

struct schema *schema_new(struct arena *arena);

/* The table `name` ("a.b.c", quotes taken off); made when absent. */
struct schema_table *schema_table_add(struct schema *schema, const char *name);
/* Adds a column, or gives the one of that name. Pointers are valid until the next column is added. */
struct schema_column *schema_column_add(struct schema *schema, struct schema_table *table, const char *name, struct type type);
/* Adds a key over named columns; unknown names leave the key out and give false. */
bool schema_key_add(struct schema *schema, struct schema_table *table, const char *const *columns, size_t n, enum fact_origin origin);
bool schema_fk_add(struct schema *schema, struct schema_table *table, const char *const *columns, struct schema_table *target,
                   const char *const *target_columns, size_t n, enum fact_origin origin);

/* By full name, else by the longest dotted suffix that names exactly one table; ASCII case is ignored. NULL when unknown or two fit. */
const struct schema_table *schema_find(const struct schema *schema, const char *name);
size_t schema_count(const struct schema *schema);
const struct schema_table *schema_at(const struct schema *schema, size_t i);
/* Ordinal of a column by name, case ignored; -1 when absent. */
int schema_column_find(const struct schema_table *table, const char *name);
/* Is the set of ordinals (n of them) a superset of some key, all of whose columns are NOT NULL? The key, or NULL. */
const struct schema_key *schema_key_within(const struct schema_table *table, const size_t *columns, size_t n);

/* "varchar(20)", "INT64", "decimal(10,2)" ... to a type; unknown words give TYPE_OTHER for nested types, else TYPE_UNKNOWN. */
struct type type_parse(struct str text, enum dialect dialect);
const char *type_name(struct type type);

/* {"tables": {T: {COLUMN: TYPE}}, "not_null": ["T.C"], "keys": [["T.C", ..]], "fks": [["T.C", "T.C"]]}; all count as declared. */
const struct err *schema_from_json(struct arena *arena, const json_t *json, enum dialect dialect, struct schema **out) MUST_CHECK;

/* CREATE TABLE statements of a script: columns, types, NOT NULL, keys and foreign keys (declared). Other statements are passed over. */
const struct err *schema_from_ddl(struct arena *arena, struct str ddl, enum dialect dialect, struct schema **out) MUST_CHECK;
#endif
