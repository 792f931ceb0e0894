/* trace.c - follows a column of a plan down to the table it comes from. */
#include "trace.h"

#include <strings.h>

#define TRACE_MAX 200 /* steps from an output to the table it comes from */

const struct plan_column *trace_source(const struct plan *plan, int column) {
    for (int step = 0; step < TRACE_MAX && column >= 0 && (size_t)column < plan->n_columns; step++) {
        const struct plan_column *c = &plan->columns[column];
        const struct rel *rel = c->rel;
        const struct scalar *e = NULL;
        if (!rel) return NULL;
        if (rel->kind == REL_SCAN) return c->star ? NULL : c;
        for (size_t i = 0; i < rel->n_defs; i++) {
            if (rel->defs[i].column == column) e = rel->defs[i].expr;
        }
        for (size_t i = 0; i < rel->n_keys; i++) {
            if (rel->keys[i].column == column) e = rel->keys[i].expr;
        }
        if (rel->kind == REL_SETOP && rel->left && c->ordinal < rel->left->n_columns) {
            column = rel->left->columns[c->ordinal];
            continue;
        }
        bool same_call = e && e->op == SC_CALL && e->n == 1 &&
                         (strcasecmp(e->name, "lower") == 0 || strcasecmp(e->name, "upper") == 0 || strcasecmp(e->name, "trim") == 0);
        while (e && (e->op == SC_CAST || same_call)) e = e->args[0], same_call = false;
        if (!e || e->op != SC_COLUMN) return NULL;
        column = e->column;
    }
    return NULL;
}
