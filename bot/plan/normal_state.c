/* normal_state.c - the surroundings of a sub-query as a number, so that the rules are not sent through it again while nothing changed. A
 * number that stays the same by chance costs a rule that is not applied: a form that is less reduced, never a wrong one. */
#include "normal_core.h"

static uint64_t mix(uint64_t state, uint64_t x) {
    state = (state ^ x) * 0x9e3779b97f4a7c15u;
    return state ^ state >> 29;
}

uint64_t context_state(const struct norm *n, const struct context *ctx) {
    uint64_t state = n->nullables;
    for (; ctx; ctx = ctx->outer) {
        const struct block *b = ctx->block;
        state = mix(state, (uintptr_t)b);
        for (size_t i = 0; i < b->preds.n; i++)
            if (b->preds.at[i] != ctx->skip) state = mix(state, expr_has_op(b->preds.at[i], SC_EXISTS) ? 1 : b->preds.at[i]->id);
        for (size_t i = 0; i < b->n_sources; i++) state = mix(state, (uint64_t)b->sources[i]->id);
        for (size_t i = 0; i < b->n_items; i++) state = mix(state, (uint64_t)b->items[i].id);
    }
    return state;
}
