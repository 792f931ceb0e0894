/* random_learn.h - what a random database must know of the plans: which columns are compared with each other and with what.
 * Layer: plan. May use: base, plan, eval_tree. Only random_db.c and random_learn.c look inside. */
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
    struct domain everywhere; /* constants of both plans, wherever they stand */
};

size_t learn_element(const struct random_db *db, size_t table, size_t column);
size_t learn_param(const struct random_db *db, size_t param);
size_t learn_root(const struct random_db *db, size_t element);
/* The world's table for a table of the schema; SIZE_MAX when no plan reads it. */
size_t learn_table(const struct eval_world *world, const struct schema_table *table);
#endif
