/* check_warehouse.c - scheduled queries that keep a SQL warehouse up between their runs: what is paid for waiting. */
#include "check.h"

#include "warehouse_up.h"

#define USES_MAX     200
#define HOURLY       3600.0
#define ALWAYS_HOURS 710.0 /* of the 730 of a month */
#define IDLE_LEAST   0.5   /* of the hours up, in which nothing runs: below, the warehouse has work */

/* One warehouse, and what runs on it by schedule. */
struct waiting {
    struct compute compute;
    const struct subject *busiest;
    struct fires fires;
    struct warehouse_use uses[USES_MAX];
    size_t n;
};

static bool is_scheduled(const struct subject *s) {
    const struct schedule *t = &s->entry.schedule;
    return (t->cron || t->every_seconds > 0) && !t->paused && !t->continuous && s->entry.compute.kind == COMPUTE_WAREHOUSE;
}

static bool same_warehouse(const struct compute *a, const struct compute *b) { return a->key && b->key && strcmp(a->key, b->key) == 0; }

/* Seconds of a run, short where it is not known: the wait is what counts. */
static double run_seconds(struct arena *arena, const struct check_input *in, const struct subject *s, const struct compute *compute) {
    struct span run;
    const char *why;
    return check_seconds(arena, in, s, compute, &run, &why) ? run.low : 1;
}

static struct compute sized(const struct check_input *in, const struct compute *c) {
    struct compute out = *c;
    if (out.size) return out;
    out.size = in->settings->warehouse_size ? in->settings->warehouse_size : "Small";
    out.serverless = !in->settings->warehouse_type || strcmp(in->settings->warehouse_type, "serverless") == 0;
    out.edition = out.serverless ? NULL : in->settings->warehouse_type;
    out.workers_min = out.workers_max = 1;
    return out;
}

static void gather(struct arena *arena, const struct check_input *in, size_t first, struct waiting *w) {
    for (size_t i = first; i < in->subject_count && w->n < USES_MAX; i++) {
        const struct subject *s = &in->subjects[i];
        if (!is_scheduled(s) || (i != first && !same_warehouse(&s->entry.compute, &w->compute))) continue;
        struct fires fires = fires_of(arena, &s->entry.schedule, in->now);
        if (!fires.known) continue;
        w->uses[w->n++] = (struct warehouse_use){&s->entry.schedule, run_seconds(arena, in, s, &w->compute)};
        if (s->touched && !s->reused && (!w->busiest || fires.per_month > w->fires.per_month)) w->busiest = s, w->fires = fires;
    }
}

/* Is it the first scheduled query of its warehouse? That one speaks for all. */
static bool is_first(const struct check_input *in, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (is_scheduled(&in->subjects[i]) && same_warehouse(&in->subjects[i].entry.compute, &in->subjects[at].entry.compute)) return false;
    }
    return true;
}

static void say(struct arena *arena, const struct check_input *in, const struct waiting *w, double up, double saved, struct findings *out) {
    struct price_place place = {in->settings->cloud, in->settings->region, in->settings->tier};
    struct compute one = w->compute;
    one.workers_max = one.workers_min; /* waiting, it has its fewest clusters */
    struct cost hour = price_compute_hour(arena, in->prices, &place, &one), month = hour, saving = hour;
    double stop = warehouse_stop_minutes(&w->compute);
    if (!hour.known) return;
    month.low = hour.low * up, month.high = hour.high * up, month.period = "month";
    saving.low = 0, saving.high = hour.high * saved, saving.period = "month";
    if (saving.high < in->settings->min_cost_per_month) return;
    struct finding *f = check_finding(arena, in, RULE_WAREHOUSE_UP, w->busiest, w->compute.key);
    const char *how_long = up >= ALWAYS_HOURS ? "all the time" : arena_printf(arena, "%.0f hours a month", up);
    const struct schedule *schedule = &w->busiest->entry.schedule;
    if (schedule->path) { /* where it is said how often */
        f->path = schedule->path;
        f->where = (struct range){.line = schedule->line, .column = 1, .end_line = schedule->line, .end_column = 1};
    }
    f->cost = month;
    f->saving = saving;
    f->text = arena_printf(arena, "%s runs %s on a warehouse that stops after %.0f minutes without work: it is up %s, %s.", f->subject, w->fires.text,
                           stop, how_long, cost_text(arena, &month));
    f->next_step = arena_printf(arena, "if an hour's delay will do, run it hourly%s",
                                stop > 1 && w->compute.serverless ? "; or let the warehouse stop after a minute" : "");
    text_list_printf(arena, &f->saving.assumptions, "hourly it would be up %.0f hours less, when nothing but the %zu quer%s of this change uses it",
                     saved, w->n, w->n == 1 ? "y" : "ies");
    if (w->compute.autotermination_minutes < 0)
        text_list_printf(arena, &f->saving.assumptions, "when it stops is not said here: %.0f minutes, the platform's default, are taken", stop);
    check_say(arena, in, out, f);
}

static void warehouse_check(struct arena *arena, const struct check_input *in, size_t at, struct findings *out) {
    struct waiting *w = arena_new(arena, struct waiting);
    *w = (struct waiting){.compute = sized(in, &in->subjects[at].entry.compute)};
    gather(arena, in, at, w);
    double stop = warehouse_stop_minutes(&w->compute) * 60, busy;
    if (!w->busiest || stop <= 0 || w->fires.shortest <= 0 || w->fires.shortest >= HOURLY || w->fires.shortest > stop + w->uses[0].seconds) return;
    double up = warehouse_hours(arena, w->uses, w->n, stop, in->now, &busy);
    struct schedule hourly = {.every_seconds = HOURLY};
    struct warehouse_use *slower = arena_array(arena, w->n, sizeof *slower);
    for (size_t i = 0; i < w->n; i++) {
        struct fires fires = fires_of(arena, w->uses[i].schedule, in->now);
        slower[i] = w->uses[i];
        if (fires.shortest > 0 && fires.shortest < HOURLY) slower[i].schedule = &hourly;
    }
    double then = warehouse_hours(arena, slower, w->n, stop, in->now, NULL);
    if (up - busy >= up * IDLE_LEAST && then < up) say(arena, in, w, up, up - then, out);
}

void check_warehouse(struct arena *arena, const struct check_input *in, struct findings *out) {
    for (size_t i = 0; i < in->subject_count; i++) {
        if (is_scheduled(&in->subjects[i]) && is_first(in, i)) warehouse_check(arena, in, i, out);
    }
}
