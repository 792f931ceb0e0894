/* normal_core.h - what the files of the normaliser share.
 * Layer: plan, internal to normal*.c and rule*.c. May use: base, sql. */
#ifndef NORMAL_CORE_H
#define NORMAL_CORE_H

#include "normal.h"

#define NORMAL_WORK_MAX     100000 /* expression and block visits of one normal form */
#define NORMAL_LABEL_MAX    720    /* labellings tried for symmetric sources of one block */
#define NORMAL_BRANCHES_MAX 64     /* branches that a join may be distributed over */
#define NORMAL_SETS_MAX     16     /* grouping sets that are opened */
#define NORMAL_ROUNDS_MAX   12     /* rounds of rules over one block */
#define NORMAL_COPIED_MAX   20000  /* parts that distributing one block over a union may copy */

/* The column's bit in scalar.mask. */
#define COLUMN_MASK(column) ((uint64_t)1 << ((column)&63))

struct ncolumn {
    struct source *source;
    size_t ordinal;
    struct type type;
    bool nullable;
    const char *name;
    int fact; /* 1 + the table's column that is declared NOT NULL, so that this one never is NULL either; 0 none */
};

/* An EXISTS and what was around it when the rules had nothing more to say about it. */
struct settled {
    nexpr e;
    uint64_t state;
};
#define SETTLED_SLOTS 256

/* What becomes of declared NOT NULLs while it is asked whether an expression may be NULL. */
enum facts {
    FACTS_USED,     /* relied on where the mode allows it, and told as an assumption */
    FACTS_LEFT,     /* as if nothing were declared */
    FACTS_GATHERED, /* believed, and noted in .gathered: somebody may rely on what follows from them later */
};
#define FACTS_SEVERAL (-1)

struct norm {
    struct arena *arena;
    const struct plan *plan;
    struct normal *out;
    enum normal_mode mode;
    nexpr *table;         /* interned scalars, open addressing */
    uint32_t *table_hash; /* of each, so that a look-up meets no scalar in vain */
    size_t table_cap, table_n;
    VEC(struct ncolumn) columns;
    nexpr *column_expr; /* by column: its scalar, NULL not made yet */
    size_t column_expr_cap;
    nexpr *bound;   /* what a column of the bound plan stands for now */
    bool *wanted;   /* by column of the bound plan: false, a table's column that nothing reads */
    nexpr *replace; /* by column: replacement in force, NULL none */
    size_t replace_cap;
    nexpr *memo;          /* by expression id, for the replacement in force */
    uint32_t *memo_epoch; /* the replacement that memo[id] belongs to */
    size_t memo_cap;
    uint32_t epoch;
    uint32_t *mark; /* by column: last walk that met it */
    size_t mark_cap;
    uint32_t mark_epoch;
    VEC(int) replaced;           /* columns with a replacement in force */
    VEC(int) item_from, item_to; /* left-join items renamed by the clone in force */
    struct settled *settled;     /* SETTLED_SLOTS, by expression id; NULL none yet */
    uint64_t nullables;          /* counts changes of what is known to be NOT NULL */
    enum facts facts;
    int gathered; /* the one fact that was met, FACTS_SEVERAL, or 0 */
    int next_source, next_item;
    size_t work;
    VEC(const char *) steps, assumes;
    bool opens_sets; /* GROUPING SETS become a UNION ALL */
    bool sets;       /* there are some */
    bool modal;      /* it was asked whether declared constraints hold: the form may be another one with them */
    bool broken;     /* something is not in the form, or it is not canonical */
    bool ties;       /* a limit whose rows are not determined */
};

/* A chain of blocks from the inside out: where a column may come from. */
struct context {
    const struct context *outer;
    struct block *block;
    nexpr skip; /* conjunct under simplification: it proves nothing about itself */
};

bool column_declared(struct norm *n, const struct ncolumn *c); /* normal_tools.c: NOT NULL by declaration, as n->facts has it; to be asked last */
bool norm_declared(struct norm *n); /* normal.c: may declared constraints be relied on? To be asked last: who asks gets a form of each mode */
/* normal_expr.c: interned scalars. Every maker folds what can be folded in any context. */
nexpr expr_make(struct norm *n, struct scalar proto);
nexpr expr_column(struct norm *n, int column);
nexpr expr_bool(struct norm *n, bool value);
nexpr expr_null(struct norm *n, struct type type);
nexpr expr_int(struct norm *n, int64_t value);
nexpr expr_of1(struct norm *n, enum scalar_op op, nexpr a);
nexpr expr_of2(struct norm *n, enum scalar_op op, nexpr a, nexpr b);
nexpr expr_not(struct norm *n, nexpr e);
/* Is SUM(x) over one row x itself? Not where it makes a number of what is none: a truth value, a text. */
bool expr_sums_to_itself(const struct norm *n, nexpr x);
/* x of CAST(x AS a wider whole number): the same number, but not in arithmetic that may overflow or in a function that sees the type. */
nexpr expr_without_widening(nexpr e);
nexpr expr_junction(struct norm *n, enum scalar_op op, const nexpr *args, size_t count);
nexpr expr_and2(struct norm *n, nexpr a, nexpr b);
nexpr expr_or2(struct norm *n, nexpr a, nexpr b);
nexpr expr_case2(struct norm *n, nexpr cond, nexpr then, nexpr otherwise);
nexpr expr_block(struct norm *n, enum scalar_op op, struct block *block, const nexpr *args, size_t count); /* EXISTS and kin */
nexpr expr_with(struct norm *n, nexpr like, const nexpr *args); /* the same operator over other arguments */
bool expr_is_true(nexpr e);
bool expr_is_false(nexpr e);
bool expr_is_null(nexpr e);
bool expr_is_literal(nexpr e);
bool literal_date(struct str text, int64_t *days); /* bind_literal.c */
/* normal_fold.c */
bool fold_compare(const struct norm *n, nexpr a, nexpr b, int *order); /* order of two literals of one kind; false when not known */
nexpr fold_arithmetic(struct norm *n, const struct scalar *e);         /* NULL: nothing to fold */
nexpr fold_cast(struct norm *n, const struct scalar *e);
/* normal_call.c */
nexpr fold_call(struct norm *n, const struct scalar *e);                  /* NULL: nothing to fold */
bool days_between(const struct norm *n, nexpr e, nexpr *from, nexpr *to); /* e counts the days from one date to another */
/* a = b where a is the start of a text, as long as the literal b: *like says so with LIKE */
bool text_prefix(struct norm *n, nexpr a, nexpr b, nexpr *like);
nexpr date_equation(struct norm *n, nexpr e); /* days between two dates = a number, where only TRUE counts; NULL: it is none */
/* normal_tools.c */
void exprs_add(struct norm *n, struct exprs *list, nexpr e);
bool exprs_have(const struct exprs *list, nexpr e);
void exprs_remove(struct exprs *list, size_t i);
void replace_begin(struct norm *n);
void replace_set(struct norm *n, int column, nexpr with);
nexpr expr_replace(struct norm *n, nexpr e);
void block_replace(struct norm *n, struct block *b); /* in place */
void replace_end(struct norm *n);
struct block *block_new(struct norm *n);
struct block *block_clone(struct norm *n, const struct block *b); /* fresh sources */
struct source *source_new(struct norm *n, enum source_kind kind, const struct rel *rel);
int ncolumn_new(struct norm *n, struct source *source, struct type type, bool nullable);
void block_source_add(struct norm *n, struct block *b, struct source *s);
void block_source_drop(struct block *b, size_t at);
void block_item_add(struct norm *n, struct block *b, struct left_item item);
void block_absorb(struct norm *n, struct block *into, struct block *from); /* sources, items and conjuncts */
void block_pred_add(struct norm *n, struct block *b, nexpr e);             /* splits conjunctions, drops doubles, notices FALSE */
void block_set_empty(struct norm *n, struct block *b);
bool expr_uses_source(nexpr e, const struct norm *n, const struct source *s);
/* Calls fn for every column of the expression, sub-queries included; false from fn ends the walk. */
bool expr_columns(nexpr e, bool (*fn)(void *, int), void *ctx);
bool block_columns(const struct block *b, bool (*fn)(void *, int), void *ctx);
bool block_owns(const struct block *b, const struct source *s);          /* among its sources or its items' */
bool expr_local(const struct norm *n, const struct block *b, nexpr e);   /* uses columns of b's own sources (or none) only */
bool expr_touches(const struct norm *n, const struct block *b, nexpr e); /* uses some column of b's own sources */
/* Is `column` among what `e` is made from, by way of the insides of sources of `b`? Said for `column`, it would be defined by itself. */
bool expr_made_from(const struct norm *n, const struct block *b, nexpr e, int column);
bool expr_has_op(nexpr e, enum scalar_op op);
bool block_closed_in(struct norm *n,
                     const struct block *b); /* no column of it, however deep, comes from outside; false too where sub-queries bring their own */
bool expr_nullable(struct norm *n, const struct context *ctx, nexpr e);
void expr_strict(struct norm *n, nexpr e, struct exprs *out);                   /* expressions that are NOT NULL where e is TRUE */
bool block_rejects(struct norm *n, const struct block *b, nexpr skip, nexpr e); /* some conjunct other than skip is not TRUE when e is NULL */
bool expr_propagates(const struct norm *n, nexpr e, const struct block *of);    /* NULL when the columns of `of` all are */
void step_add(struct norm *n, const char *fmt, ...) PRINTF_LIKE(2, 3);
void assume_add(struct norm *n, const char *fmt, ...) PRINTF_LIKE(2, 3);
void normal_refuse(struct norm *n, const char *fmt, ...) PRINTF_LIKE(2, 3);       /* the form is not complete, or not canonical */
void normal_undetermined(struct norm *n, const char *fmt, ...) PRINTF_LIKE(2, 3); /* the form is complete, the query's rows are not determined */
bool work_spent(struct norm *n, size_t amount);
/* normal_used.c */
bool *columns_wanted(struct norm *n); /* by column of the bound plan */
/* normal_build.c */
struct block *block_of_rel(struct norm *n, const struct rel *rel); /* open: outputs stand in n->bound */
struct block *block_closed(struct norm *n, const struct rel *rel); /* outs set, rules applied */
nexpr expr_of_scalar(struct norm *n, const struct scalar *e);
void source_column_remove(struct norm *n, struct source *s, size_t at); /* takes column `at` out of its list, not out of what it is made of */
/* rule_truth.c */
nexpr expr_truth(struct norm *n, const struct context *ctx, nexpr e);    /* the same where only TRUE matters */
nexpr expr_value(struct norm *n, const struct context *ctx, nexpr e);    /* the same value, with what is known in ctx */
uint64_t context_state(const struct norm *n, const struct context *ctx); /* normal_state.c: what an EXISTS under `ctx` may see, as a number */
/* rule_case.c */
nexpr case_settled(struct norm *n, nexpr e);                          /* the same CASE, in any context */
nexpr case_compared(struct norm *n, nexpr e);                         /* a comparison with one: what it is where only TRUE counts; or NULL */
nexpr case_under(struct norm *n, const struct context *ctx, nexpr e); /* the same CASE where the block's conditions hold */
/* rule_block.c */
void block_simplify(struct norm *n, const struct context *outer, struct block *b);
/* Applies the rules inside a source; keys, aggs and order follow. */
void source_simplify(struct norm *n, const struct context *outer, struct source *s);
/* Works out anew which of a source's columns may be NULL: after anything inside it changed. */
void source_refresh(struct norm *n, struct source *s);
/* The consumer does not count duplicates: EXISTS, DISTINCT, MIN, MAX. */
void block_set_context(struct norm *n, const struct context *outer, struct block *b);
bool rule_join(struct norm *n, const struct context *ctx);
bool rule_predicates(struct norm *n, const struct context *ctx);
bool rule_classes(struct norm *n, const struct context *ctx);
bool rule_sources(struct norm *n, const struct context *ctx); /* merges, pushes */
/* rule_distribute.c */
bool source_is_union_all(const struct source *s);
bool union_opened(struct norm *n, const struct context *ctx, size_t at); /* source `at` */
bool rule_exists(struct norm *n, const struct context *ctx);
bool rule_keys(struct norm *n, const struct context *ctx);
bool rule_aggregate(struct norm *n, const struct context *ctx);
bool rule_push(struct norm *n, const struct context *ctx);
bool rule_union(struct norm *n, const struct context *ctx);
bool rule_group(struct norm *n, const struct context *ctx);
bool rule_pull(struct norm *n, const struct context *ctx);
bool rule_having(struct norm *n, const struct context *ctx);
bool rule_semi(struct norm *n, struct block *b);
/* rule_eager.c: may SUM over counts be a count? There are groups, or where it is NULL for want of rows the block says 0. */
bool sum_counts(const struct norm *n, const struct block *b, const struct source *s, nexpr sum);
bool rule_product(struct norm *n, const struct context *ctx);
bool rule_order(struct norm *n, const struct context *ctx);
bool rule_extreme(struct norm *n, const struct context *ctx);
bool rule_twin(struct norm *n, const struct context *ctx);
bool rule_eager(struct norm *n, const struct context *ctx);
bool rule_offset(struct norm *n, const struct context *ctx);
bool rule_spread(struct norm *n, const struct context *ctx);
bool aggregates_alike(struct norm *n, const struct source *s, const struct source *t); /* rule_twin.c: the same groups, column by column */
bool rule_sums(struct norm *n, const struct context *ctx);                             /* rule_twin.c, once nothing else is left to do */
/* rule_source.c: e with a conjunct (`pred`) saying column = e, where e uses nothing of the source; NULL: none */
nexpr key_partner(struct norm *n, const struct block *b, const struct source *s, nexpr column, nexpr *pred);
/* rule_order.c: a column of the window source `s` that passes on `e`, an expression over its block */
nexpr window_pass(struct norm *n, struct source *s, nexpr e);
/* rule_group.c: a comparison of a count or rank with what it can never be; `truth`: where only TRUE counts */
nexpr count_compared(struct norm *n, const struct context *ctx, nexpr e, bool truth);
nexpr case_to_condition(struct norm *n, const struct context *ctx, nexpr e); /* rule_case.c; NULL: it is none */
/* rule_calendar.c: parts of dates compared with literals; NULL: it is none */
nexpr moment_literal(struct norm *n, nexpr e, nexpr other); /* e, or what it stands for beside a timestamp */
bool moments_order(const struct norm *n, nexpr a, nexpr b, int *order);
nexpr calendar_compared(struct norm *n, enum scalar_op op, nexpr a, nexpr b); /* the same in any context */
bool calendar_add_months(int64_t days, int64_t months, int64_t *out);         /* false: the day is not in every month */
nexpr calendar_within(struct norm *n, const struct context *ctx, nexpr e);    /* beside the conjuncts of the block */
/* rule_compare.c */
nexpr compare_literal(struct norm *n, enum scalar_op op, nexpr a, nexpr b); /* a op b said another way, the same in any context; or NULL */
bool value_has_neighbours(const struct norm *n, nexpr x, nexpr lit);        /* between the literal and the next lower or higher one x is never */
nexpr value_neighbour(struct norm *n, nexpr lit, int64_t by);
/* rule_points.c: members of an AND or OR over neighbouring values, said one way; false: they are */
nexpr ranges_meet(struct norm *n, nexpr p, nexpr q); /* p OR q, where p is a range of them; NULL: they do not meet */
bool points_counted(struct norm *n, enum scalar_op op, struct exprs *all);
bool rule_points(struct norm *n, struct block *b);
nexpr or_meets(struct norm *n, nexpr p, nexpr q); /* p OR q in one; or NULL */
nexpr or_bounded(struct norm *n, nexpr any);      /* alternatives that all bound a value: the weakest bound beside them; where only TRUE counts */
nexpr case_turned(struct norm *n, const struct context *ctx, nexpr e); /* CASE WHEN NOT c THEN x ELSE y END as CASE WHEN c THEN y ELSE x END */
/* rule_subquery.c */
nexpr subquery_less(struct norm *n, const struct context *ctx, nexpr e); /* a sub-query, or IS NULL of one, that asks for less; or NULL */
bool count_to_exists(struct norm *n, const struct context *ctx, size_t at);
bool single_value_open(struct norm *n, struct block *b, size_t at);
/* rule_self.c: two uses of one row */
bool rule_self(struct norm *n, const struct context *ctx);
bool self_in_exists(struct norm *n, const struct context *ctx, struct block *sub); /* `sub` is asked for under `ctx` */
bool self_in_item(struct norm *n, const struct context *ctx, size_t at);
/* rule_join.c */
void item_matched_replace(struct norm *n, struct block *b, int item, nexpr with); /* SC_MATCHED of `item`, everywhere in the block */
/* rule_certain.c: what every row at hand finds. NULL when it is not known; else what EXISTS over `sub` comes to under `ctx`. */
nexpr exists_known(struct norm *n, const struct context *ctx, const struct block *sub);
/* Every value of the child's column, by ordinal, is one of the parent's, or NULL. */
bool value_is_there(struct norm *n, const struct source *child, int from, const struct source *parent, int to);
bool exists_implies(struct norm *n, nexpr p, nexpr q);                   /* a row of the sub-query of `p` is one of that of `q` */
bool item_certain(struct norm *n, const struct context *ctx, size_t at); /* the left-join item matches for every row that is kept */
/* rule_exists.c: sources of the block itself, one each, are a row of `sub` */
bool exists_witnessed(struct norm *n, const struct context *ctx, const struct block *sub,
                      struct exprs *needs);            /* needs: or NULL; it is so where these hold */
nexpr exists_meets(struct norm *n, nexpr p, nexpr q);  /* EXISTS p OR EXISTS q over one table in one; NULL: they do not meet */
nexpr exists_parts(struct norm *n, struct block *sub); /* EXISTS, part by part where sources are unconnected */
nexpr exists_apart(struct norm *n, const struct context *ctx, const struct block *sub); /* alternatives over different sources; NULL: none */
/* rule_merge.c: branches of a union whose duplicates do not count, over the same rows, are one branch */
bool branches_merge(struct norm *n, const struct context *ctx, struct source *s);
bool branches_disjoint(struct norm *n, struct source *s);
bool pred_entailed(struct norm *n, const struct exprs *facts, nexpr skip, nexpr e);
nexpr or_reduced(struct norm *n, const struct context *ctx, nexpr e); /* a condition: alternatives that others cover go, those that meet are one */
bool pred_contradicted(struct norm *n, const struct exprs *facts, nexpr skip, nexpr e); /* e is not TRUE where the facts are */
bool preds_contradict(struct norm *n, const struct exprs *preds);
/* May one column stand for the other wherever they are equal? Same type, and equal values are the same value. */
bool class_eligible(struct norm *n, nexpr a, nexpr b);
/* rule_key.c: what determines a row */
bool block_determined(struct norm *n, struct block *b, const struct exprs *seed, bool null_safe); /* all rows of b equal under seed are one row */
bool expr_determined(struct norm *n, struct block *b, const struct exprs *seed, nexpr e);
bool block_at_most_one(struct norm *n, struct block *b); /* given its outer columns, at most one row */
/* normal_hash.c */
/* The fingerprint of a block with its outputs as a multiset; mode 2 leaves literals out. `outputs` (or NULL) gets that of each output. */
struct hash128 root_hash(struct norm *n, struct block *b, int mode, struct hash128 *outputs);
#endif
