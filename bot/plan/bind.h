/* bind.h - syntax tree to bound plan: every name is resolved, or the plan says why it cannot be proved.
 * Layer: plan. May use: base, sql. */
#ifndef BIND_H
#define BIND_H

#include "err.h"
#include "plan.h"
#include "sql_ast.h"

#define BIND_NODES_MAX 60000 /* relations and scalars of one plan; CTEs count each time they are used */

/* Binds `query` (which must outlive the plan). `schema` may be NULL: columns are then resolved where only one source can supply them,
 * else kept symbolic. What is outside the closed world sets plan->reason and never fails the call. Never NULL. */
struct plan *plan_bind(struct arena *arena, const struct sql_query *query, const struct schema *schema, enum dialect dialect);

/* Parses `text` (one query, or a statement that holds one: CTAS, CREATE VIEW, INSERT .. SELECT) and binds it. ERR_INPUT with line and
 * column when it cannot be parsed or holds no query. */
const struct err *plan_from_sql(struct arena *arena, struct str text, const struct schema *schema, enum dialect dialect,
                                struct plan **out) MUST_CHECK;
#endif
