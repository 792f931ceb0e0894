/* bind_recursive.c - WITH RECURSIVE: a relation computed from its first rows and its step.
 * The step is bound with the name of the WITH standing for a relation of unknown rows. What a recursion gives is determined by the first rows, the
 * step as a function of those rows, and whether doubles are dropped; so two of the same first rows and the same step, proved for any rows, are the
 * same. Nothing is known of the result beyond that: no key, no rule reaches into it. */
#include "bind_core.h"

static bool depends(const struct binder *b, const struct sql_query *query, struct str name) {
    return query_names((struct binder *)(uintptr_t)b, query, name);
}

/* The rows so far, as the step reads them. */
struct bound bind_recursion_self(struct binder *b, const struct cte_frame *frame, struct range range) {
    struct rel *rel = rel_new(b, REL_OPAQUE, range);
    int *columns = arena_array(b->arena, frame->self_n + 1, sizeof *columns);
    for (size_t i = 0; i < frame->self_n; i++) {
        columns[i] = column_new(b, frame->self_names[i], (struct type){TYPE_UNKNOWN, 0, 0}, true, rel);
        b->columns.at[columns[i]].ordinal = i;
    }
    rel->name = arena_printf(b->arena, "rows so far:%d", frame->self_level);
    rel->columns = columns;
    rel->n_columns = frame->self_n;
    return (struct bound){rel, frame->self_n, frame->self_names, false};
}

static const char **names_of(struct binder *b, const struct sql_cte *cte, const struct bound *first) {
    const char **names = arena_array(b->arena, first->n + 1, sizeof *names);
    for (size_t i = 0; i < first->n; i++) names[i] = i < cte->column_count ? bind_lower(b, cte->columns[i].text) : first->names[i];
    return names;
}

static struct bound recursion_make(struct binder *b, const struct sql_cte *cte, bool all, struct bound first, struct bound next) {
    struct rel *rel = rel_new(b, REL_OPAQUE, cte->range);
    const struct rel **inputs = arena_array(b->arena, 2, sizeof *inputs);
    int *columns = arena_array(b->arena, first.n + 1, sizeof *columns);
    inputs[0] = first.rel;
    inputs[1] = next.rel;
    for (size_t i = 0; i < first.n; i++) {
        columns[i] = column_new(b, first.names[i], (struct type){TYPE_UNKNOWN, 0, 0}, true, rel);
        b->columns.at[columns[i]].ordinal = i;
    }
    rel->name = all ? "recursion" : "recursion of distinct rows";
    rel->inputs = inputs;
    rel->n_inputs = 2;
    rel->columns = columns;
    rel->n_columns = first.n;
    return (struct bound){rel, first.n, first.names, false};
}

bool bind_recursion(struct binder *b, struct cte_frame *frame, struct bound *out) {
    const struct sql_cte *cte = frame->cte;
    const struct sql_query *q = cte->query;
    bool plain = q->body == BODY_SETOP && q->setop == SETOP_UNION && q->arm_count == 2 && !q->cte_count && !q->limit && !q->offset &&
                 !q->pipe_count && !(q->setop_flags & ~(uint32_t)(SQL_SETOP_ALL | SQL_SETOP_DISTINCT)) && !depends(b, q->arms[0], cte->name.text) &&
                 !frame->self_names;
    if (!plain) return false;
    struct bound first = bind_query(b, NULL, frame->outer, q->arms[0]);
    if (first.open || cte->column_count > first.n) return false;
    first.names = frame->self_names = names_of(b, cte, &first);
    frame->self_n = first.n;
    frame->self_level = b->recursions++;
    struct bound next = bind_query(b, NULL, frame, q->arms[1]);
    b->recursions--;
    frame->self_names = NULL;
    if (next.open || next.n != first.n) return false;
    *out = recursion_make(b, cte, q->setop_flags & SQL_SETOP_ALL, first, next);
    return true;
}
