/* sql_build.h - trees made by hand, for readers of other languages (DataFrame chains, dashboards).
 * Layer: sql. May use: base.
 * Nothing is copied but pointers: strings and nodes live as long as their owner. Ranges are zero: set `->range` of what is returned. */
#ifndef SQL_BUILD_H
#define SQL_BUILD_H

#include "arena.h"
#include "sql_ast.h"

struct sql_ident sql_ident(struct str text, bool quoted);
/* "a.b.c" split at the dots; a part in backticks may hold dots. Never NULL. */
struct sql_name *sql_name_of(struct arena *arena, struct str dotted);
struct sql_name *sql_name_new(struct arena *arena, const struct sql_ident *parts, uint32_t count);

struct sql_expr *sql_expr_new(struct arena *arena, enum sql_expr_kind kind, enum sql_op op, struct sql_expr *const *args, uint32_t arg_count);
struct sql_expr *sql_column(struct arena *arena, struct str dotted); /* EX_NAME; quoted where a part is no plain word */
struct sql_expr *sql_string(struct arena *arena, struct str value);
struct sql_expr *sql_number(struct arena *arena, struct str digits); /* digits as written */
struct sql_expr *sql_integer(struct arena *arena, int64_t value);
struct sql_expr *sql_bool(struct arena *arena, bool value);
struct sql_expr *sql_null(struct arena *arena);
struct sql_expr *sql_param(struct arena *arena, struct str verbatim);
struct sql_expr *sql_star(struct arena *arena, struct sql_name *of); /* `of` NULL: a plain * */
struct sql_expr *sql_unary(struct arena *arena, enum sql_op op, struct sql_expr *x);
struct sql_expr *sql_binary(struct arena *arena, enum sql_op op, struct sql_expr *a, struct sql_expr *b); /* AND, OR, || are flattened */
struct sql_expr *sql_and(struct arena *arena, struct sql_expr *a, struct sql_expr *b);                    /* either may be NULL */
struct sql_expr *sql_is(struct arena *arena, struct sql_expr *x, enum sql_op op, bool negated);
struct sql_expr *sql_call(struct arena *arena, struct str name, struct sql_expr *const *args, uint32_t arg_count);
struct sql_call *sql_call_more(struct arena *arena, struct sql_expr *call); /* its struct sql_call, made when there is none */
struct sql_expr *sql_cast(struct arena *arena, struct sql_expr *x, struct sql_type *type, enum sql_op op);
struct sql_expr *sql_case(struct arena *arena, struct sql_expr *const *when_then, uint32_t pair_count, struct sql_expr *otherwise);
struct sql_expr *sql_in(struct arena *arena, struct sql_expr *x, struct sql_expr *const *list, uint32_t count, bool negated);
struct sql_expr *sql_subquery(struct arena *arena, enum sql_expr_kind kind, struct sql_query *query); /* EX_SUBQUERY, EX_EXISTS */
struct sql_type *sql_type_named(struct arena *arena, struct str name);

struct sql_from *sql_from_table(struct arena *arena, struct sql_name *name, struct str alias);
struct sql_from *sql_from_query(struct arena *arena, struct sql_query *query, struct str alias);
struct sql_from *sql_from_call(struct arena *arena, struct sql_expr *call, struct str alias);
/* `on` may be NULL; set using_columns by hand. `left` NULL gives `right`. */
struct sql_from *sql_from_join(struct arena *arena, enum sql_join join, struct sql_from *left, struct sql_from *right, struct sql_expr *on);

struct sql_query *sql_query_select(struct arena *arena, struct sql_from *from); /* SELECT * FROM from; fill ->select further by hand */
/* A query of the statement (its ->query, a MERGE's source) with the WITH that stands in front of the statement; NULL where `query` is. */
struct sql_query *sql_query_of(struct arena *arena, const struct sql_statement *statement, struct sql_query *query);
/* Adds SELECT items; the first drops the * that sql_query_select put there. */
void sql_select_add(struct arena *arena, struct sql_select *select, struct sql_expr *expr, struct str alias);
struct sql_query *sql_query_setop(struct arena *arena, enum sql_setop op, uint32_t flags, struct sql_query *const *arms, uint32_t arm_count);
struct sql_query *sql_query_values(struct arena *arena, struct sql_expr *const *rows, uint32_t row_count);
struct sql_group *sql_group_by(struct arena *arena, struct sql_expr *const *items, uint32_t count);
void sql_order_add(struct arena *arena, struct sql_order **order, uint32_t *count, struct sql_expr *expr, enum sql_direction direction,
                   enum sql_nulls nulls);
void sql_cte_add(struct arena *arena, struct sql_query *query, struct str name, struct sql_query *body);
struct sql_statement *sql_statement_query(struct arena *arena, struct sql_query *query);
#endif
