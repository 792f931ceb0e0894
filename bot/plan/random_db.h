/* random_db.h - tiny random databases for a pair of queries: values near the constants that the queries test, columns that are
 * compared drawn from one domain, NULLs and duplicates, declared constraints kept or not.
 * Layer: plan. May use: base, sql, plan, eval_tree. */
#ifndef RANDOM_DB_H
#define RANDOM_DB_H

#include "eval_tree.h"

struct random_db; /* opaque: what was learnt from the plans */

/* Learns from `n` prepared plans over one world; lives as long as `arena`. May add columns of keys to the world's tables. */
struct random_db *random_db_new(struct arena *arena, struct eval_world *world, struct eval_plan *const *plans, size_t n);

/* Database number `seed`: one bag for each table of the world, one value for each parameter, in `arena`. The same seed gives the same
 * database. `declared`: keys, foreign keys and NOT NULL hold whoever vouches for them; else only the verified ones. */
void random_db_fill(const struct random_db *db, struct arena *arena, uint64_t seed, bool declared, struct bag **tables, struct value **params);

/* "orders(id, status)\n(1, 'paid')\n..." for every table. */
void random_db_print(struct buf *out, const struct eval_world *world, const struct bag *tables);

/* splitmix64: the next number of a stream. */
uint64_t random_next(uint64_t *state);
/* 0 <= result < n. */
size_t random_below(uint64_t *state, size_t n);
#endif
