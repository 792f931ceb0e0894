/* job_cost.c - what a job costs a month, and what its habits cost. */
#include "job_cost.h"

#include "text.h"

#include <math.h>

#define TASKS_MAX         1000
#define MONTH_HOURS       730.0
#define MONTH_SECONDS     (MONTH_HOURS * 3600)
#define START_LOW         60.0 /* a job cluster's machines are paid while they start */
#define START_HIGH        300.0
#define START_POOL        30.0  /* those of a pool are there already */
#define IDLE_LEAST        0.75  /* of the time nobody works: evenings and weekends */
#define WORTH_SECONDS     600.0 /* a run shorter than this gains little by more workers */
#define CORE_SECOND_BYTES 10e6  /* a core works through at least so much */
#define OVERSIZE          4     /* times the workers wanted */
#define UNKNOWN_RUN       600.0

/* One task's place in a run. */
struct place {
    double start_low, start_high, end_low, end_high;
    int before; /* the task it waits for longest; -1 none */
    int state;  /* 0 not seen, 1 under way, 2 done */
};

static int task_find(const struct job *job, const char *key) {
    for (size_t i = 0; i < job->task_count && i < TASKS_MAX; i++) {
        if (job->tasks[i].key && key && strcmp(job->tasks[i].key, key) == 0) return (int)i;
    }
    return -1;
}

/* Starts when all that it waits for have ended. A circle, which no platform takes, is cut. */
static void task_place(const struct job_cost_input *in, struct place *places, size_t at, int depth) {
    struct place *p = &places[at];
    if (p->state || depth > TASKS_MAX) return;
    p->state = 1;
    p->before = -1;
    const struct task *t = &in->job->tasks[at];
    for (size_t i = 0; i < t->after_count; i++) {
        int k = task_find(in->job, t->after[i]);
        if (k < 0 || places[k].state == 1) continue;
        task_place(in, places, (size_t)k, depth + 1);
        if (p->before < 0 || places[k].end_high > places[p->before].end_high) p->before = k;
        p->start_low = fmax(p->start_low, places[k].end_low);
        p->start_high = fmax(p->start_high, places[k].end_high);
    }
    p->end_low = p->start_low + in->tasks[at].low;
    p->end_high = p->start_high + in->tasks[at].high;
    p->state = 2;
}

static bool same_compute(const struct compute *a, const struct compute *b) {
    if (a == b) return true;
    return a->kind == b->kind && a->key && b->key && strcmp(a->key, b->key) == 0;
}

static const char *critical_path(struct arena *arena, const struct job *job, const struct place *places, size_t n) {
    size_t last = 0;
    for (size_t i = 1; i < n; i++) {
        if (places[i].end_high > places[last].end_high) last = i;
    }
    const char *path = NULL;
    for (int at = (int)last, steps = 0; at >= 0 && steps < TASKS_MAX; at = places[at].before, steps++) {
        const char *key = job->tasks[at].key ? job->tasks[at].key : "a task";
        path = path ? arena_printf(arena, "%s, %s", key, path) : key;
    }
    return path;
}

/* Seconds that the compute of task `at` is up: from its first task's start to its last one's end. */
static void up_time(const struct job_cost_input *in, const struct place *places, size_t n, size_t at, double *low, double *high) {
    double from = INFINITY, from_high = INFINITY, until = 0, until_high = 0;
    for (size_t i = 0; i < n; i++) {
        if (!same_compute(&in->job->tasks[i].compute, &in->job->tasks[at].compute)) continue;
        from = fmin(from, places[i].start_low);
        from_high = fmin(from_high, places[i].start_high);
        until = fmax(until, places[i].end_low);
        until_high = fmax(until_high, places[i].end_high);
    }
    *low = fmax(0, until - from);
    *high = fmax(*low, until_high - from_high);
    const struct compute *c = &in->job->tasks[at].compute;
    if (c->kind == COMPUTE_JOB && !c->existing && !c->serverless) *low += c->pool ? 0 : START_LOW, *high += c->pool ? START_POOL : START_HIGH;
    if (c->kind == COMPUTE_WAREHOUSE && c->autotermination_minutes > 0) *high += c->autotermination_minutes * 60.0; /* when nobody else uses it */
}

static struct cost hour_of(struct arena *arena, const struct job_cost_input *in, const struct compute *compute) {
    struct compute one = *compute;
    if (one.kind == COMPUTE_WAREHOUSE) one.workers_min = one.workers_max = 1; /* its tasks have one of the clusters, others bring up the rest */
    return price_compute_hour(arena, in->prices, &in->place, &one);
}

static struct cost by_schedule(struct arena *arena, const struct job_cost_input *in, struct cost cost) {
    struct fires fires = fires_of(arena, &in->job->schedule, in->now);
    if (!cost.known) return cost;
    cost.period = "run";
    if (!fires.known || fires.continuous) return cost;
    cost.low *= fires.per_month;
    cost.high *= fires.per_month;
    cost.period = "month";
    text_list_printf(arena, &cost.assumptions, "%s", fires_text(arena, &fires));
    return cost;
}

void warehouse_idle_say(struct arena *arena, const struct compute *c, struct text_list *says) {
    if (c->kind != COMPUTE_WAREHOUSE) return;
    if (c->autotermination_minutes > 0)
        text_list_printf(arena, says, "the warehouse stops %d minutes after its last query: at most they are paid too, at least others use it anyway",
                         c->autotermination_minutes);
    else text_list_add(arena, says, "time the warehouse idles before it stops is not included");
}

/* All computes of a run together; unknown as soon as one is. */
static struct cost run_cost(struct arena *arena, const struct job_cost_input *in, const struct place *places, size_t n) {
    struct cost all = cost_nothing();
    all.period = "run";
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++) first = first && !same_compute(&in->job->tasks[k].compute, &in->job->tasks[i].compute);
        if (!first) continue;
        double low, high;
        struct cost cost = hour_of(arena, in, &in->job->tasks[i].compute);
        up_time(in, places, n, i, &low, &high);
        warehouse_idle_say(arena, &in->job->tasks[i].compute, &cost.assumptions);
        cost.low *= low / 3600;
        cost.high *= high / 3600;
        cost.period = "run";
        all = cost_add(arena, &all, &cost);
    }
    return all;
}

/* Stretches the graph to what past runs of the whole took. */
static void past_apply(const struct job_cost_input *in, struct place *places, size_t n, double *low, double *high) {
    if (!in->past_runs) return;
    double a = *low > 0 ? in->past_low / *low : 0, b = *high > 0 ? in->past_high / *high : 0;
    for (size_t i = 0; i < n; i++) {
        places[i].start_low *= a;
        places[i].start_high *= b;
        places[i].end_low = a > 0 ? places[i].end_low * a : in->past_low;
        places[i].end_high = b > 0 ? places[i].end_high * b : in->past_high;
    }
    *low = in->past_low;
    *high = in->past_high;
}

/* The classic compute of the job's tasks; NULL when there are several kinds, for whose DBU were which is not known. */
static const struct compute *classic_compute(const struct job *job) {
    const struct compute *one = NULL;
    for (size_t i = 0; i < job->task_count; i++) {
        const struct compute *c = &job->tasks[i].compute;
        if (c->kind == COMPUTE_WAREHOUSE || c->kind == COMPUTE_SERVERLESS) continue;
        if (one && !same_compute(one, c)) return NULL;
        one = c;
    }
    return one;
}

/* By its runs where they can be told apart, so that a new schedule counts; else by its days. */
static bool billed_cost(struct arena *arena, const struct job_cost_input *in, struct cost *out) {
    const struct billed *b = in->billed;
    const struct compute none = {.workers_min = -1, .workers_max = -1}, *classic = classic_compute(in->job);
    struct fires fires = fires_of(arena, &in->job->schedule, in->now);
    double low, high;
    if (!b || !b->from) return false;
    struct cost cost = billed_monthly(arena, in->prices, b);
    bool by_run = b->runs > 0 && fires.known && !fires.continuous && b->unpriced <= 0;
    if (!cost.known && !by_run) return false;
    bool machines = billed_run(in->prices, &in->place, classic ? classic : &none, b, &low, &high);
    double times = by_run ? fires.per_month : b->usd > 0 ? cost.low / b->usd * fmax(1, (double)b->runs) : 0;
    if (by_run) {
        cost = billed_cost_new(arena, in->prices, b, "month");
        text_list_printf(arena, &cost.assumptions, "%s, each as those were on average", fires_text(arena, &fires));
    }
    if (by_run && !machines && !b->machines) text_list_add(arena, &cost.assumptions, "the cloud's machines are not on that bill");
    if (machines && !b->machines) text_list_add(arena, &cost.assumptions, "the cloud's machines are added, as many as those DBU take");
    cost.low = low * times;
    cost.high = high * times;
    *out = cost;
    return true;
}

/* What runs all the time costs its hours, however long its tasks take. */
static struct cost always_cost(struct arena *arena, const struct job_cost_input *in, size_t n) {
    struct cost all = cost_nothing();
    for (size_t i = 0; i < n; i++) {
        struct cost hour = hour_of(arena, in, &in->job->tasks[i].compute);
        bool first = true;
        for (size_t k = 0; k < i; k++) first = first && !same_compute(&in->job->tasks[k].compute, &in->job->tasks[i].compute);
        hour.low *= MONTH_HOURS, hour.high *= MONTH_HOURS;
        hour.period = "month";
        if (first) all = cost_add(arena, &all, &hour);
    }
    text_list_add(arena, &all.assumptions, "runs all the time: 730 hours a month");
    return all;
}

static struct job_cost estimated_cost(struct arena *arena, const struct job_cost_input *in) {
    size_t n = in->job->task_count < TASKS_MAX ? in->job->task_count : TASKS_MAX;
    struct fires fires = fires_of(arena, &in->job->schedule, in->now);
    bool always = n && fires.known && fires.continuous;
    struct job_cost out = {.cost = always ? always_cost(arena, in, n) : cost_unknown("the job has no tasks")};
    struct place *places = arena_array(arena, n + 1, sizeof *places);
    for (size_t i = 0; i < n; i++) {
        if (!in->tasks[i].known && !in->past_runs) {
            out.low = out.high = 0;
            if (always) return out;
            const char *why = in->tasks[i].unknown ? in->tasks[i].unknown : "it is not known what it reads";
            return out.cost = cost_unknown(arena_printf(arena, "how long task %s runs: %s", in->job->tasks[i].key ? in->job->tasks[i].key : "", why)),
                   out;
        }
        task_place(in, places, i, 0);
        out.low = fmax(out.low, places[i].end_low);
        out.high = fmax(out.high, places[i].end_high);
    }
    if (!n) return out;
    out.critical = critical_path(arena, in->job, places, n);
    past_apply(in, places, n, &out.low, &out.high);
    struct cost run = run_cost(arena, in, places, n);
    if (in->past_runs)
        text_list_printf(arena, &run.assumptions, "its last %zu runs took %.0f to %.0f seconds", in->past_runs, in->past_low, in->past_high);
    else if (run.known)
        text_list_printf(arena, &run.assumptions, "a run takes %.3g to %.3g seconds, by its tasks %s", out.low, out.high, out.critical);
    if (!always) out.cost = by_schedule(arena, in, run);
    return out;
}

struct job_cost job_cost_of(struct arena *arena, const struct job_cost_input *in) {
    struct job_cost out = estimated_cost(arena, in);
    struct cost cost;
    if (billed_cost(arena, in, &cost)) out.cost = cost;
    return out;
}

/* ---- habits ---- */

struct cost job_saves_own_cluster(struct arena *arena, const struct job_cost_input *in) {
    struct price_dbu_row dear, cheap;
    if (!price_dbu_find(in->prices, &in->place, "ALL_PURPOSE_COMPUTE", &dear) || !price_dbu_find(in->prices, &in->place, "JOBS_COMPUTE", &cheap))
        return cost_unknown("the prices of all-purpose and jobs compute are not in the price list");
    const char *words =
        arena_printf(arena, "a DBU of all-purpose compute costs %s, of jobs compute %s (prices of %s): %.0f %% less",
                     cost_rate(arena, price_list_currency(in->prices), dear.usd), cost_rate(arena, price_list_currency(in->prices), cheap.usd),
                     dear.valid_from, 100 * (1 - cheap.usd / fmax(dear.usd, 1e-9)));
    struct job_cost_input other = *in;
    struct job job = *in->job;
    job.tasks = arena_array(arena, job.task_count + 1, sizeof *job.tasks);
    for (size_t i = 0; i < job.task_count; i++) {
        job.tasks[i] = in->job->tasks[i];
        if (job.tasks[i].compute.kind == COMPUTE_ALL_PURPOSE) job.tasks[i].compute.kind = COMPUTE_JOB;
    }
    other.job = &job;
    other.billed = NULL;
    struct job_cost now = estimated_cost(arena, in), then = estimated_cost(arena, &other);
    if (!now.cost.known || !then.cost.known || !cost_is_monthly(&now.cost)) return cost_unknown(words);
    struct cost saving = now.cost;
    saving.low = fmax(0, now.cost.low - then.cost.low);
    saving.high = fmax(saving.low, now.cost.high - then.cost.high);
    text_list_add(arena, &saving.assumptions, words);
    return saving;
}

struct cost cluster_idle_cost(struct arena *arena, const struct price_list *prices, const struct price_place *place, const struct compute *compute) {
    struct cost hour = price_compute_hour(arena, prices, place, compute);
    if (!hour.known) return hour;
    hour.high = hour.low * MONTH_HOURS; /* idle, an autoscaling cluster is at its smallest */
    hour.low *= MONTH_HOURS * IDLE_LEAST;
    hour.period = "month";
    text_list_add(arena, &hour.assumptions, "from three quarters of the time, when nobody works, to always: 547 to 730 hours a month");
    return hour;
}

struct cost compute_stands_cost(struct arena *arena, const struct price_list *prices, const struct price_place *place,
                                const struct compute *compute) {
    struct cost hour = price_compute_hour(arena, prices, place, compute);
    if (!hour.known) return hour;
    const char *a_hour = cost_text(arena, &hour);
    hour.period = "month";
    hour.high *= MONTH_HOURS;
    hour.low *= compute->kind == COMPUTE_POOL ? MONTH_HOURS : 0;
    bool machine = compute->kind == COMPUTE_POOL;
    text_list_printf(arena, &hour.assumptions, "%s; %s", a_hour,
                     machine ? "kept all the time: 730 hours a month" : "from never used to up all 730 hours of a month");
    if (!machine && compute->autotermination_minutes == 0) text_list_add(arena, &hour.assumptions, "it does not stop by itself");
    if (!machine && compute->autotermination_minutes > 0)
        text_list_printf(arena, &hour.assumptions, "it stops %d minutes after its last work, which are paid too", compute->autotermination_minutes);
    return hour;
}

int workers_wanted(const struct price_list *prices, const struct price_place *place, const struct compute *compute, double bytes) {
    struct price_node node;
    if (bytes <= 0 || !compute->node_type || !price_node_find(prices, place, compute->node_type, &node) || node.vcpu <= 0) return -1;
    double workers = ceil(bytes / (CORE_SECOND_BYTES * node.vcpu * WORTH_SECONDS));
    return workers > 1e6 ? -1 : workers < 1 ? 1 : (int)workers;
}

struct cost job_saves_smaller(struct arena *arena, const struct job_cost_input *in, size_t task, int *workers) {
    const struct compute *c = &in->job->tasks[task].compute;
    struct compute small = *c;
    *workers = workers_wanted(in->prices, &in->place, c, in->tasks[task].bytes);
    if (*workers < 0 || c->workers_min < *workers * OVERSIZE) return cost_unknown(NULL);
    small.workers_min = small.workers_max = *workers;
    struct job_cost now = job_cost_of(arena, in);
    struct cost hour = price_compute_hour(arena, in->prices, &in->place, c), less = price_compute_hour(arena, in->prices, &in->place, &small);
    if (!now.cost.known || !cost_is_monthly(&now.cost) || !hour.known || !less.known || hour.high <= 0) return cost_unknown(now.cost.unknown);
    /* What does not grow faster by more machines takes as long on fewer; at worst the time grows as they shrink, and only the driver is saved. */
    struct cost saving = now.cost;
    saving.low = 0;
    saving.high = now.cost.high * (1 - less.high / hour.high);
    text_list_printf(arena, &saving.assumptions, "%d worker%s read what a run reads in ten minutes, at 10 MB a second and core", *workers,
                     *workers == 1 ? "" : "s");
    return saving;
}

struct cost job_saves_scheduled(struct arena *arena, const struct job_cost_input *in, double seconds) {
    struct job_cost now = job_cost_of(arena, in);
    struct cost hour = cost_nothing();
    double run = now.high > 0 ? now.high : UNKNOWN_RUN;
    for (size_t i = 0; i < in->job->task_count && i < TASKS_MAX; i++) {
        struct cost one = hour_of(arena, in, &in->job->tasks[i].compute);
        bool first = true;
        for (size_t k = 0; k < i; k++) first = first && !same_compute(&in->job->tasks[k].compute, &in->job->tasks[i].compute);
        one.period = "month";
        if (first) hour = cost_add(arena, &hour, &one);
    }
    if (!hour.known || !in->job->task_count || seconds <= 0) return cost_unknown(hour.unknown ? hour.unknown : "the job has no tasks");
    double busy = fmin(1, (run + START_HIGH) / seconds);
    struct cost saving = hour;
    saving.low *= MONTH_HOURS * (1 - busy);
    saving.high *= MONTH_HOURS * (1 - busy);
    text_list_printf(arena, &saving.assumptions, "a run every %.0f minutes that takes %.0f minutes%s, instead of 730 hours a month", seconds / 60,
                     (run + START_HIGH) / 60, now.high > 0 ? "" : " (not measured)");
    return saving;
}
