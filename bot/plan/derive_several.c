/* derive_several.c - one stored result, several as parts of one, or one after another in the place of what each holds. */
#include "bind.h"
#include "derive_core.h"

static bool reads(const struct plan *plan, const char *name) {
    for (size_t i = 0; i < plan->n_tables; i++)
        if (strcasecmp(plan->tables[i], name) == 0) return true;
    return false;
}

/* Tables that the rewrite still reads besides the views; SIZE_MAX when it cannot be read back. */
static size_t tables_left(struct arena *arena, const struct normal *q, const struct derivation *d, const struct derive_view *views, size_t n,
                          struct plan **plan) {
    size_t left = 0;
    if (plan_from_sql(arena, str_of(d->sql), derive_schema(arena, q->plan, views, n), q->plan->dialect, plan) || (*plan)->reason) return SIZE_MAX;
    for (size_t i = 0; i < (*plan)->n_tables; i++) {
        bool view = false;
        for (size_t k = 0; k < n; k++) view |= strcasecmp((*plan)->tables[i], views[k].name) == 0;
        left += !view;
    }
    return left;
}

static void lines_add(struct arena *arena, struct texts *to, const char *const *lines, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool said = false;
        for (size_t k = 0; k < to->n; k++) said |= strcmp(to->at[k], lines[i]) == 0;
        if (said) continue;
        to->at = arena_grow(arena, to->at, &to->cap, to->n + 1, sizeof *to->at);
        to->at[to->n++] = lines[i];
    }
}

/* Each view in the place of what it holds, as long as that leaves something to replace. */
static struct derivation *derive_steps(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n, bool *used) {
    struct derivation *out = NULL;
    struct texts proof = {0}, assumes = {0};
    const struct normal *now = q;
    for (size_t round = 0, found = 1; round < n && found; round++) {
        found = 0;
        for (size_t i = 0; i < n; i++) {
            struct derivation *d = used[i] ? NULL : derive_find(arena, now, views[i].normal, views[i].name, views[i].columns);
            struct plan *plan = NULL;
            if (!d || !d->query || tables_left(arena, q, d, views, n, &plan) == SIZE_MAX) continue;
            used[i] = true;
            found++;
            out = d;
            lines_add(arena, &proof, d->proof, d->n_proof);
            lines_add(arena, &assumes, d->assumes, d->n_assumes);
            now = normal_make(arena, plan, q->mode);
            if (now->reason || !now->root) found = 0, round = n;
            if (now->reason || !now->root) break;
        }
    }
    if (!out) return NULL;
    out->proof = proof.at, out->n_proof = proof.n;
    out->assumes = assumes.at, out->n_assumes = assumes.n;
    return out;
}

struct derivation *derive_find_several(struct arena *arena, const struct normal *q, const struct derive_view *views, size_t n, bool *used) {
    struct derivation *none = arena_new(arena, struct derivation), *best = NULL;
    struct plan *plan = NULL;
    if (n > DERIVE_VIEWS_MAX) n = DERIVE_VIEWS_MAX;
    for (size_t i = 0; i < n; i++) {
        used[i] = false;
        if (reads(q->plan, views[i].name)) none->why = arena_printf(arena, "the query reads %s itself", views[i].name);
    }
    if (none->why) return none;
    for (size_t i = 0; i < n; i++) {
        struct derivation *d = derive_find(arena, q, views[i].normal, views[i].name, views[i].columns);
        if (!none->why) none->why = d->why;
        if (!d->query || tables_left(arena, q, d, views, n, &plan) != 0) continue;
        used[i] = true;
        return d;
    }
    best = derive_union(arena, q, views, n, used);
    if (best && best->query) return best;
    if (best) none->why = best->why;
    best = derive_steps(arena, q, views, n, used);
    return best ? best : none;
}
