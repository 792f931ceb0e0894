/* sql_shape.h - what each record of sql_ast.h is made of, as data: comparing, walking and dumping are loops over these tables.
 * Not for others: see sql_walk.h. A field that is not listed here is not compared: add it when you add it there.
 * Layer: sql. May use: base. */
#ifndef SQL_SHAPE_H
#define SQL_SHAPE_H

#include "sql_ast.h"

enum shape {
    SHAPE_NONE,
    SHAPE_IDENT,
    SHAPE_NAME,
    SHAPE_EXPR,
    SHAPE_STAR,
    SHAPE_RENAME,
    SHAPE_ORDER,
    SHAPE_WINDOW,
    SHAPE_CALL,
    SHAPE_TYPE,
    SHAPE_ITEM,
    SHAPE_TRAVEL,
    SHAPE_SAMPLE,
    SHAPE_PIVOT,
    SHAPE_FROM,
    SHAPE_GROUP,
    SHAPE_TOP,
    SHAPE_SELECT,
    SHAPE_CTE,
    SHAPE_LOCK,
    SHAPE_PIPE,
    SHAPE_QUERY,
    SHAPE_PROPERTY,
    SHAPE_COLUMN,
    SHAPE_CONSTRAINT,
    SHAPE_CREATE,
    SHAPE_ASSIGNMENT,
    SHAPE_INSERT,
    SHAPE_MERGE_CLAUSE,
    SHAPE_MERGE,
    SHAPE_CHANGE,
    SHAPE_CDC,
    SHAPE_STATEMENT,
    SHAPE_COUNT,
};

enum field_kind {
    FIELD_BOOL,
    FIELD_NUMBER, /* an enum or uint32_t */
    FIELD_TEXT,   /* struct str */
    FIELD_INLINE, /* a record in place */
    FIELD_ONE,    /* a pointer to a record, or NULL */
    FIELD_LIST,   /* an array of records, counted */
    FIELD_MANY,   /* an array of pointers to records, counted */
    FIELD_TEXTS,  /* an array of struct str, one per argument of the call, or NULL */
};

struct field {
    const char *name;
    uint16_t offset, count_offset;
    uint8_t kind, shape;
};

struct shape_info {
    const char *name;
    const struct field *fields;
    size_t field_count, size;
};

extern const struct shape_info shapes[SHAPE_COUNT];

/* The record in the union of an expression, by its kind: its shape and where it is; SHAPE_NONE when there is none. */
enum shape shape_of_union(const struct sql_expr *e, const void **record);

static inline const void *field_at(const void *record, const struct field *f) { return (const char *)record + f->offset; }
static inline uint32_t field_count(const void *record, const struct field *f) {
    uint32_t n;
    memcpy(&n, (const char *)record + f->count_offset, sizeof n);
    return n;
}
#endif
