/* normal_words.h - parts of a normal form as people write SQL, for sentences.
 * Layer: plan. May use: base, sql, plan, normal. */
#ifndef NORMAL_WORDS_H
#define NORMAL_WORDS_H

#include "normal.h"

/* How the tables of a form are called in sentences. */
struct source_names; /* opaque; lives as long as its arena */

/* A table goes by the last part of its own name, the second of that name is `orders_2`: those of the form now, in its order, those of sub-queries in
 * conditions where they are met. `bare`: columns stand without their table. */
struct source_names *source_names_new(struct arena *arena, const struct normal *normal, bool bare);
/* For a form whose tables are called like those of another where they were paired: `to_other` gives the other's column by column, -1: none. */
struct source_names *source_names_like(struct source_names *other, const struct normal *normal, const int *to_other);
/* The name of a table, given now unless it has one. */
const char *source_names_of(struct source_names *names, const struct source *table);
/* What is named between these two is forgotten. */
size_t source_names_mark(const struct source_names *names);
void source_names_back(struct source_names *names, size_t mark);
/* Do columns stand without their table from here on? The answer until now. */
bool source_names_bare(struct source_names *names, bool bare);

/* The expression as SQL that a person would write (`x > 10`, not `10 < x`); never a name of our own making. A sub-query stands as
 * `EXISTS (SELECT 1 FROM orders WHERE ..)`. Long ones are cut. */
const char *words_of_expr(struct source_names *names, nexpr expr);
/* The same, with what nobody writes unless asked: where NULLs are sorted. */
const char *words_of_expr_fully(struct source_names *names, nexpr expr);
/* "ORDER BY net DESC LIMIT 10" */
const char *words_of_limit(struct source_names *names, const struct source *limit);
#endif
