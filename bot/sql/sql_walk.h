/* sql_walk.h - over trees: visit every node, find the tables, compare.
 * Layer: sql. May use: base. */
#ifndef SQL_WALK_H
#define SQL_WALK_H

#include "sql_ast.h"

/* Calls in source order, parents first. A callback that returns false keeps the walk out of what is below that node. NULL callbacks pass. */
struct sql_visitor {
    void *ctx;
    bool (*expr)(void *ctx, struct sql_expr *expr);
    bool (*query)(void *ctx, struct sql_query *query);
    bool (*from)(void *ctx, struct sql_from *from);
    bool (*statement)(void *ctx, struct sql_statement *statement);
};

void sql_walk_expr(const struct sql_visitor *visitor, struct sql_expr *expr);
void sql_walk_query(const struct sql_visitor *visitor, struct sql_query *query);
void sql_walk_from(const struct sql_visitor *visitor, struct sql_from *from);
void sql_walk_statement(const struct sql_visitor *visitor, struct sql_statement *statement);

/* "literal", "call" ...: the kind's name in messages and dumps. */
const char *sql_kind_name(enum sql_expr_kind kind);
/* The whole tree as indented text, for goldens and eyes. */
void sql_dump(struct buf *out, const struct sql_statement *statement);

/* Sub-query of an expression, NULL when its kind has none (the query member of the union is only valid then). */
struct sql_query *sql_expr_query(const struct sql_expr *expr);

/* What a statement, or a query, reads and writes: each name once per role, in order of appearance, without the names of WITH clauses in scope. */
struct sql_ref *sql_refs(struct arena *arena, const struct sql_statement *statement, uint32_t *count);
struct sql_ref *sql_query_refs(struct arena *arena, const struct sql_query *query, uint32_t *count);

/* Same tree: all but ranges, depths, guessed refs and the text of statements counts. Names compare byte by byte. */
bool sql_equal_expr(const struct sql_expr *a, const struct sql_expr *b);
bool sql_equal_query(const struct sql_query *a, const struct sql_query *b);
bool sql_equal_from(const struct sql_from *a, const struct sql_from *b);
bool sql_equal_type(const struct sql_type *a, const struct sql_type *b);
bool sql_equal_statement(const struct sql_statement *a, const struct sql_statement *b);
#endif
