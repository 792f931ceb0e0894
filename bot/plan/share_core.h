/* share_core.h - a part of a normal form, who has it, and writing it as a query.
 * Layer: plan, internal to share*.c. May use: base, sql, plan, normal. */
#ifndef SHARE_CORE_H
#define SHARE_CORE_H

#include "derive_core.h"
#include "share.h"

/* Some sources of a block and conjuncts over them; or a whole grouping. */
struct common {
    const struct normal *of;
    const struct block *block;
    bool *in, *in_items; /* by source and by outer join of the block */
    size_t n;            /* of both */
    struct exprs preds;
    const struct source *agg; /* NULL: a join */
};

/* A definition that has the part: its columns to those of the part. */
struct holder {
    const struct normal *of;
    const struct source *agg;
    struct match m;
};

/* The part as a query that shows what its own definition and the holders use of it. */
struct shared_part *share_write(struct arena *arena, const struct common *part, struct holder *holders, size_t n);
#endif
