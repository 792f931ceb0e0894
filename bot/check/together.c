/* together.c - what several existing definitions give that no one of them does. */
#include "together.h"

#include "bind.h"

static bool reads_only(struct arena *arena, const struct relation *r, const struct entry *subject, const struct prove_stored *stored,
                       const bool *used, size_t n) {
    for (size_t i = 0; i < subject->read_count; i++) {
        bool there = false;
        for (size_t k = 0; k < n; k++) there |= strcasecmp(stored[k].name, subject->reads[i]) == 0;
        if (there) return false;
    }
    struct plan *plan;
    size_t all = 0, read = 0;
    if (plan_from_sql(arena, str_of(r->rewrite), NULL, subject->dialect, &plan)) return false;
    for (size_t k = 0; k < n; k++) {
        all += used[k];
        for (size_t i = 0; used[k] && i < plan->n_tables; i++) read += strcasecmp(plan->tables[i], stored[k].name) == 0;
    }
    return all >= 2 && read == all && plan->n_tables == all;
}

const struct relation *together_derive(struct arena *arena, const struct entry *subject, const struct entry *const *others, size_t n, bool refute,
                                       bool *used) {
    struct prove_stored stored[PROVE_STORED_MAX];
    struct prove_options options = {.refute = refute};
    if (n > PROVE_STORED_MAX) n = PROVE_STORED_MAX;
    if (n < 2 || !subject->plan) return NULL;
    for (size_t i = 0; i < n; i++) stored[i] = (struct prove_stored){.plan = others[i]->plan, .name = others[i]->dataset};
    const struct relation *r = relation_to_several(arena, subject->plan, stored, n, &options, used);
    return r->kind == RELATION_DERIVABLE && reads_only(arena, r, subject, stored, used, n) ? r : NULL;
}

const struct shared_group *together_share(struct arena *arena, const struct entry *subject, const struct entry *const *others, size_t n) {
    const struct normal *forms[TOGETHER_MAX + 1];
    size_t count;
    if (n > TOGETHER_MAX) n = TOGETHER_MAX;
    if (!subject->plan || n < 2) return NULL;
    forms[0] = normal_make(arena, subject->plan, NORMAL_PURE);
    for (size_t i = 0; i < n; i++) forms[i + 1] = normal_make(arena, others[i]->plan, NORMAL_PURE);
    const struct shared_group *groups = share_among(arena, forms, n + 1, &count);
    for (size_t i = 0; i < count; i++)
        if (groups[i].members[0] == 0) return groups[i].n_members > 2 && groups[i].part->sql ? &groups[i] : NULL;
    return NULL;
}
