/* fill_words.h - MERGE and APPLY CHANGES in canonical words, whatever language they were written in.
 * Layer: read. May use: base, sql, plan. */
#ifndef FILL_WORDS_H
#define FILL_WORDS_H

#include "arena.h"
#include "fill.h"
#include "sql_ast.h"

/* `t.id = s.id` in any order, case and aliases gives "merges by `id` (..)", with what each WHEN does in brackets. Not exact when a name may be of
 * either side, or something in it is not known (a NULL condition, set or value where there should be one). */
struct fill fill_of_merge(struct arena *arena, const struct sql_merge *merge, enum dialect dialect);

/* "applies changes by `id` in the order of `seq` (..)". Not exact without keys or without an order. */
struct fill fill_of_cdc(struct arena *arena, const struct sql_cdc *cdc, enum dialect dialect);

/* The rows that fulfil a condition are overwritten. */
struct fill fill_of_replace(struct arena *arena, const struct sql_expr *where, enum dialect dialect);

/* INSERT INTO and INSERT OVERWRITE of a part; all empty when the whole dataset is overwritten. */
struct fill fill_of_insert(struct arena *arena, const struct sql_insert *insert, enum dialect dialect);

extern const struct fill fill_appends, fill_appends_stream; /* rows are added to those that are there */
extern const struct fill fill_changed;                      /* another statement changes what it gave */
extern const struct fill fill_shared;                       /* one of several that fill the dataset */
extern const struct fill fill_part;                         /* overwrites a part which only the run knows */
extern const struct fill fill_batch;                        /* overwritten by each batch of a stream */
#endif
