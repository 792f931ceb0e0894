/* normal.h - the normal form of a plan: equal forms are equal queries (bags of rows, NULLs and all).
 * Layer: plan. May use: base, sql.
 *
 * A query is a block: a multiset of sources joined by a set of conjuncts, left-join items beside them, and a list of outputs. Sources
 * are tables or nodes (aggregate, set operation, limit, ...) over further blocks. Columns keep plan-wide numbers; column number c
 * belongs to source number normal->column_source[c]. Scalars are interned: equal ids are equal expressions. */
#ifndef NORMAL_H
#define NORMAL_H

#include "hash.h"
#include "plan.h"

enum source_kind {
    SRC_TABLE,  /* .name */
    SRC_AGG,    /* .block, .keys, .aggs; columns: keys then aggs; no keys: one row always unless .grouped */
    SRC_SETOP,  /* .branches, .setop, .all (UNION is never here: it is SRC_AGG over UNION ALL) */
    SRC_LIMIT,  /* .block, .order, .limit, .offset */
    SRC_WINDOW, /* .block, .keys (what passes through), .aggs (SC_WINDOW each); columns: keys then aggs */
    SRC_FULL,   /* .branches[0] FULL JOIN .branches[1] ON .on; .on speaks of the source's own columns, before they are null-extended */
    SRC_VALUES, /* .rows */
    SRC_OPAQUE, /* .rel, .branches: what has no algebra here */
};

struct norm;
typedef const struct scalar *nexpr; /* an interned scalar */

struct exprs {
    size_t n, cap;
    nexpr *at;
};

struct source {
    enum source_kind kind;
    int id;           /* unique in the normal form */
    const char *name; /* SRC_TABLE: lower-case full name, with version; SRC_OPAQUE: function */
    const struct schema_table *table;
    const struct rel *rel; /* the relation it came from */
    size_t n_columns;
    int *columns;  /* column numbers it makes */
    int *ordinals; /* SRC_TABLE: ordinal in .table, -1 unknown */
    struct block *block;
    struct exprs keys, aggs;
    bool grouped; /* SRC_AGG: had GROUP BY, even when no key is left */
    size_t n_sets;
    const uint64_t *sets;
    size_t n_branches;
    struct block **branches;
    enum setop_kind setop;
    bool all;
    struct exprs on;
    size_t n_order;
    struct sort_key *order;
    nexpr limit, offset;
    size_t n_rows;
    nexpr *rows;
};

/* A left-join item: all of `block` (sources, nested items, conjuncts = ON), its columns NULL when nothing matches. */
struct left_item {
    int id; /* SC_MATCHED.column */
    struct block *block;
};

struct block {
    size_t n_sources, cap_sources;
    struct source **sources;
    size_t n_items, cap_items;
    struct left_item *items;
    struct exprs preds; /* conjuncts, kept where TRUE */
    struct exprs outs;
    bool empty;   /* provably no rows */
    bool is_item; /* of a left-join item: equalities inside say nothing about its outputs where nothing matched */
};

/* One thing the normaliser did, for proofs: "dropped `x IS NOT NULL`, implied by `x = 3`". */
struct step {
    const char *text;
};

enum normal_mode {
    NORMAL_PURE = 0,     /* no declared constraint is used: tier P1 */
    NORMAL_DECLARED = 1, /* keys, foreign keys and NOT NULL of the schema are used: tier P2, `assumes` says which */
};

struct normal {
    const struct plan *plan;
    enum normal_mode mode;
    const char *reason; /* NULL: fingerprints prove; else why they do not (limit ties, volatile, too many symmetric sources, ...) */
    bool complete;      /* every part of the plan is in the form: where `reason` is set all the same, it is that rows may differ from run to run,
                           or the plan's condition, which no fingerprint can decide */
    struct block *root; /* NULL only when the plan has no form at all */
    size_t n_columns;
    struct source **column_source; /* by column number, NULL when none */
    struct hash128 exact;          /* outputs in order */
    struct hash128 any_order;      /* outputs as a multiset */
    struct hash128 *outputs;       /* of each output alone, under the labels of `exact`: equal ones pair up between equal forms */
    size_t n_steps, n_assumes;
    const char *const *steps;
    const struct norm *state;   /* the normaliser's own */
    bool *asked;                /* set when somebody asks the finished form for what only declared constraints know */
    const char *const *assumes; /* sorted, each once: "orders.id is unique (declared)" */
};

/* What was made of a plan in the plan's own arena: nobody makes it a second time. A plan that was changed since has other forms. */
struct features; /* feature.h */
struct plan_forms {
    const struct rel *root;
    const char *reason, *condition;
    const struct normal *made[2]; /* by mode */
    const struct features *words; /* of made[NORMAL_PURE] */
};

/* Never NULL. Work is bounded: a limit reached is told in `reason`. One that was made in the plan's own arena is given again, whatever `arena`. */
const struct normal *normal_make(struct arena *arena, const struct plan *plan, enum normal_mode mode);
/* The form with declared constraints of a plan whose form without them is `pure`: the same one where no constraint was asked for. */
const struct normal *normal_declared(struct arena *arena, const struct normal *pure);

/* The form, of the same mode, with GROUPING SETS opened to UNION ALL; `normal` itself where the query has none. It is made for one comparison: what
 * is stored of a query is of the form that keeps them. */
const struct normal *normal_opened(struct arena *arena, const struct normal *normal);

/* Fingerprint of any block of a normal form on its own (as a multiset of outputs): for sub-plan postings. */
struct hash128 normal_block_hash(struct arena *arena, const struct normal *normal, const struct block *block);

/* Fingerprint with the outputs as a multiset and literals replaced by their types: equal ones may be the same logic over other literals. */
struct hash128 normal_parameters(struct arena *arena, const struct normal *normal);

/* Is the expression never NULL on the rows of the block? Declared facts that this rests on are added to `assumes`. */
struct texts {
    size_t n, cap;
    const char **at;
};
bool normal_never_null(struct arena *arena, const struct normal *normal, const struct block *block, nexpr expr, struct texts *assumes);
/* Can the form with declared constraints say more than this one, which is without them: is it another one, or was it asked for what they know? */
bool normal_hangs_on_facts(const struct normal *pure);

/* The normal form as a small tree for people. */
char *normal_text(struct arena *arena, const struct normal *normal);
/* One interned scalar in readable SQL-like words. */
char *normal_expr_text(struct arena *arena, const struct normal *normal, nexpr expr);
#endif
