/* check_billed.c - what was billed for a job says what its definition costs now; the estimate of the change is scaled by it. */
#include "check.h"

#include "billed.h"
#include "fires.h"

/* The job that runs the definition, when it runs that alone: of several nobody knows which part of the bill is whose. */
static const struct err *job_alone(struct arena *arena, const struct check_input *in, const struct subject *s, bool *alone) {
    size_t all = 0;
    *alone = false;
    for (size_t i = 0; s->entry.job && i < in->catalog_count; i++) {
        struct entry *entries;
        size_t n;
        TRY(catalog_of_job(arena, in->catalogs[i], s->entry.job, 2, &entries, &n));
        all = n > all ? n : all;
    }
    *alone = s->entry.job && all == 1;
    return NULL;
}

/* What a run was billed, as often as the schedule says. */
static struct cost by_schedule(struct arena *arena, const struct check_input *in, const struct billed *billed, const struct fires *fires, double low,
                               double high) {
    struct cost cost = billed_cost_new(arena, in->prices, billed, "month");
    cost.low = low * fires->per_month;
    cost.high = high * fires->per_month;
    text_list_add(arena, &cost.assumptions, fires_text(arena, fires));
    return cost;
}

static bool same_but_schedule(const struct subject *a, const struct subject *b) {
    struct entry as_before = a->entry;
    as_before.schedule = b->entry.schedule;
    return !a->changed && check_runs_same(&as_before, &b->entry);
}

static void scale(struct arena *arena, struct cost *cost, double factor, const struct billed *billed) {
    cost->low *= factor;
    cost->high *= factor;
    text_list_printf(arena, &cost->assumptions, "scaled by what it was billed before: %s", billed_text(arena, billed));
}

static const struct err *subject_bill(struct arena *arena, const struct check_input *in, struct subject *head, struct subject *before) {
    struct billed billed = {0};
    bool alone;
    double low, high;
    struct price_place place = {in->settings->cloud, in->settings->region, in->settings->tier};
    TRY(job_alone(arena, in, before, &alone));
    for (size_t i = 0; alone && i < in->catalog_count && !billed.from; i++)
        TRY(billed_of(arena, in->catalogs[i], in->prices, BILLED_JOB, NULL, before->entry.job, &billed));
    struct fires was = fires_of(arena, &before->entry.schedule, in->now), is = fires_of(arena, &head->entry.schedule, in->now);
    if (!billed.from || !billed.runs || !was.known || was.continuous) return NULL;
    if (!billed_run(in->prices, &place, &before->entry.compute, &billed, &low, &high)) return NULL;
    double estimated = before->cost.known && cost_is_monthly(&before->cost) ? (before->cost.low + before->cost.high) / 2 : 0;
    before->cost = by_schedule(arena, in, &billed, &was, low, high);
    if (is.known && !is.continuous && same_but_schedule(head, before)) head->cost = by_schedule(arena, in, &billed, &is, low, high);
    else if (head->cost.known && estimated > 0 && cost_is_monthly(&head->cost))
        scale(arena, &head->cost, (before->cost.low + before->cost.high) / 2 / estimated, &billed);
    return NULL;
}

const struct err *check_billed(struct arena *arena, const struct check_input *in) {
    for (size_t i = 0; i < in->subject_count; i++) {
        struct subject *head = &in->subjects[i];
        if (head->touched && head->before) TRY(subject_bill(arena, in, head, (struct subject *)(uintptr_t)head->before));
    }
    return NULL;
}
