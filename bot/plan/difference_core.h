/* difference_core.h - what the files of differences share.
 * Layer: plan, internal to difference*.c. May use: base, sql, plan, normal. */
#ifndef DIFFERENCE_CORE_H
#define DIFFERENCE_CORE_H

#include "derive_core.h"
#include "difference.h"
#include "normal_words.h"

#define LAYERS_MAX 8

/* One query, or one sub-query of it, seen as joins, filters, grain and measures. */
struct view {
    const struct normal *of;
    const struct block *root;
    const struct block *core; /* joins and filters */
    const struct source *agg; /* the grouping over it; NULL: none */
    const struct source *limit;
    const struct block *layers[LAYERS_MAX]; /* over the core, but for the outermost one over a grouping: their filters are on windows and the like */
    size_t n_layers;
    const char *who; /* "yours", "the existing one" */
    struct source_names *names;
};

/* What was said so far, of the queries and of their sub-queries. */
struct saying {
    VEC(const char *) said;
    size_t literals; /* of them are one literal in the place of another */
};

struct comparing {
    struct arena *arena;
    struct view a, b;
    struct match *m;    /* of b to a */
    const char *inside; /* "in the aggregation of orders, ": the sub-queries that are compared; "": the queries themselves */
    int depth;
    bool *in_a, *in_b;     /* sources of the cores that found a partner */
    bool *said_a, *said_b; /* conjuncts of the cores that were told with their source */
    struct saying *saying;
    bool same_tables, same_grain;
};

/* difference.c */
void say(struct comparing *c, const char *sentence);
void say_literal(struct comparing *c, const char *sentence); /* one literal in the place of another */
const char *words(const struct view *v, nexpr e);
/* An equation of columns of two sources. */
bool is_join(const struct view *v, nexpr e);
/* Does the expression use a column of the source? */
bool reads(const struct view *v, nexpr e, const struct source *s);
/* "an aggregation of orders", or the table's name */
const char *source_words(struct comparing *c, const struct source *s);

/* difference_filter.c */
/* Pairs each of xs with one of ys; `in_x`, `in_y` say who found a partner. */
void pair_exprs(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y);
/* Alike in words: only their tables differ, which is said already. */
void pair_alike(struct comparing *c, const struct exprs *xs, const struct exprs *ys, bool *in_x, bool *in_y);
/* Pairs of literals where two expressions are the same but for them. */
struct literals {
    size_t n;
    nexpr x[4], y[4]; /* the first of them */
};
bool same_but_literals(struct comparing *c, nexpr y, nexpr x, struct literals *found);
void compare_filters(struct comparing *c);
void compare_layers(struct comparing *c);
void compare_having(struct comparing *c);

/* difference_column.c */
void compare_grain(struct comparing *c);
/* The grouping's own columns pair when what they hold pairs, so that expressions over them can be compared. */
void pair_measures(struct comparing *c);
void compare_outputs(struct comparing *c);
#endif
