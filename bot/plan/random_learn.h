/* random_learn.h - what a random database must know of the plans: which columns are compared with each other and with what.
 * Layer: plan. May use: base, plan, eval_tree. Only random_*.c look inside. */
#ifndef RANDOM_LEARN_H
#define RANDOM_LEARN_H

#include "random_db.h"

#define FK_COLUMNS_MAX 16

/* Values that a column may take. */
struct domain {
    size_t n, cap;
    struct value *at;
};

/* An element is a column of a table, or a parameter; elements that meet in a comparison are of one class. */
struct random_db {
    struct arena *arena;
    struct eval_world *world;
    size_t n_elements;
    size_t *first;            /* element of column 0, by table */
    size_t *parent;           /* union-find over elements */
    struct type *types;       /* by element: what it is, guessed where no schema says */
    struct domain *constants; /* by root: what the class is compared with */
    struct domain *domains;   /* by element */
    bool *numeric;            /* by element: text that is used as a number */
    size_t *fill_order;
    struct domain everywhere;   /* constants of both plans, wherever they stand */
    struct witness **witnesses; /* one for each plan */
    size_t n_witnesses;
};

size_t learn_element(const struct random_db *db, size_t table, size_t column);
size_t learn_param(const struct random_db *db, size_t param);
size_t learn_root(const struct random_db *db, size_t element);
/* The world's table for a table of the schema; SIZE_MAX when no plan reads it. */
size_t learn_table(const struct eval_world *world, const struct schema_table *table);
/* A constant as a value of the element's type; NULL when it has none. */
struct value learn_as_type(const struct random_db *db, struct value v, size_t element);
/* May the element hold the value as it is? */
bool learn_fits(const struct random_db *db, struct value v, size_t element);

/* random_witness.c: rows for each scan of a plan, so drawn that the plan's conditions hold. After the domains are filled. */
struct witness *witness_new(struct random_db *db, const struct eval_plan *plan);
size_t witness_rows(const struct witness *w);
size_t witness_table(const struct witness *w, size_t row);
/* One value for each column of the plan, in `arena`. */
struct value *witness_draw(const struct random_db *db, struct arena *arena, struct witness *w, uint64_t *state);
/* Puts what the row must hold over what it has, where its columns may hold it. */
void witness_put(const struct random_db *db, const struct witness *w, size_t row, const struct value *values, struct value *out);
#endif
