/* want.h - what a query wants of a table that somebody else would keep for it: keys, aggregates that can be added up again, conditions.
 * Layer: check. May use: base, sql.
 *
 * Two wants over the same sources have one table that serves both: at the grain of both keys together, narrowed by the conditions that both have;
 * what only one of them asks for becomes a key too, by which its reader narrows the table. */
#ifndef WANT_H
#define WANT_H

#include "sql_ast.h"
#include "text.h"

#define WANT_ITEMS 64
#define WANT_JOINS 16

/* A plain record. */
struct want {
    const struct sql_select *select;
    const struct sql_expr *keys[WANT_ITEMS], *aggregates[WANT_ITEMS], *conditions[WANT_ITEMS];
    size_t n_keys, n_aggregates, n_conditions;
    const struct sql_from *joins[WANT_JOINS]; /* of a want below joins: what its reader joins to the table */
    size_t n_joins;
};

/* SELECT keys and sums FROM .. WHERE .. GROUP BY keys, and nothing that hides rows afterwards. avg(x) is sum(x) and count(x). False for others. */
bool want_read(struct arena *arena, const struct sql_query *query, struct want *out);

/* The want of the table that serves both. False when there is none: other sources, or a condition that cannot be asked of groups. */
bool want_merge(const struct want *a, const struct want *b, struct want *out);

/* ---- want_below.c ---- */

/* What it wants of the one table that all its aggregates speak of, before that is joined with others: the columns that joins ask for are keys too.
 * Columns carry the name of their table, unless there is only one. False when there is no such table. */
bool want_below(struct arena *arena, const struct want *want, struct want *out);

/* ---- want.c ---- */

/* SELECT .. FROM .. WHERE .. GROUP BY .. of its table; and its keys, "c.country, c.segment". */
const char *want_sql(struct arena *arena, const struct want *want, enum dialect dialect);
const char *want_grain(struct arena *arena, const struct want *want, enum dialect dialect);
/* What a reader still has to ask of the table: "status = 'open'"; NULL nothing. */
const char *want_rest(struct arena *arena, const struct want *table, const struct want *reader, enum dialect dialect);

/* GROUP BY 1 is the first item. NULL for what is no key. */
const struct sql_expr *want_key(const struct sql_select *select, const struct sql_expr *item);

/* "silver.customers": what a reader of a table below joins joins to it; NULL nothing. */
const char *want_joined(struct arena *arena, const struct want *reader, enum dialect dialect);

#endif
