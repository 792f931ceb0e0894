/* work.c - what one run of a plan does: the walk from its root. */
#include "work.h"

#include "flow.h"

#include <math.h>

#define SPREAD_LEAST 0.4 /* standard deviation of the logarithm when all is measured: engines differ */
#define SPREAD_MOST  2.5

const struct err *work_of_plan(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct plan *plan,
                               struct work *out) {
    struct walk w = {.arena = arena, .catalogs = catalogs, .catalog_count = catalog_count, .plan = plan, .out = out};
    struct predicates none = {0};
    struct flow flow = {.rows = 0};
    *out = (struct work){.known = false, .spread = exp(SPREAD_MOST)};
    if (!plan || !plan->root) return NULL;
    w.columns = arena_array(arena, plan->n_columns + 1, sizeof *w.columns);
    w.needed = arena_array(arena, plan->n_columns + 1, sizeof *w.needed);
    w.whole = arena_array(arena, plan->n_columns + 1, sizeof *w.whole);
    w.level = arena_array(arena, plan->n_columns + 1, sizeof *w.level);
    for (size_t i = 0; i < plan->root->n_columns; i++) need_whole(&w, plan->root->columns[i]);
    flow_needed(&w, plan->root);
    flow_uses(&w, plan->root, 0);
    w.is_trial = true;
    w.mute = 1;
    TRY(flow_rel(&w, plan->root, &none, &flow));
    w.is_trial = false;
    w.mute = 0;
    w.walked = 0;
    w.correlated.n = 0;
    memset(w.columns, 0, plan->n_columns * sizeof *w.columns);
    TRY(flow_rel(&w, plan->root, &none, &flow));
    if (plan->ordered) flow_sorted(&w, &flow);
    out->scans = w.scans.at;
    out->scan_count = w.scans.n;
    out->steps = w.steps.at;
    out->step_count = w.steps.n;
    out->known = w.scans.n > 0 && out->missing.n == 0;
    out->output_rows = flow.rows;
    out->output_bytes = flow.rows * flow.width;
    out->spread = exp(fmin(sqrt(SPREAD_LEAST * SPREAD_LEAST + w.variance), SPREAD_MOST));
    return NULL;
}
