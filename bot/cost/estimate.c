/* estimate.c - what a definition reads, how long that takes, what it costs: each step a range that says what it rests on.
 *
 * Defaults where nothing is measured: a query whose columns are not known reads between 30 % and 100 % of a table's bytes; with a predicate on a
 * partition column of which nothing is measured between 0.1 % and 50 %; without a plan a DBU of SQL warehouse reads 60 to 300 GB an hour, a core of
 * a cluster 10 to 60 GB an hour. They are deliberately wide; measured columns and runs replace them. */
#include "estimate.h"

#include "bill.h"
#include "job_cost.h"
#include "plan.h"
#include "text.h"

#include <math.h>

#define PARTS_MAX            200
#define COLUMN_SHARE_LOW     0.3
#define MEASURED_LOW         0.9 /* of the bytes that measured columns come to */
#define MEASURED_HIGH        1.25
#define TYPED_LOW            0.5 /* of the bytes that columns come to by their types: packing differs */
#define TYPED_HIGH           1.6
#define PARTITION_SHARE_HIGH 0.5
#define PARTITION_SHARE_LOW  0.001
#define DBU_HOUR_LOW         60e9
#define DBU_HOUR_HIGH        300e9
#define CORE_HOUR_LOW        10e9
#define CORE_HOUR_HIGH       60e9
#define START_SECONDS        10.0 /* least time a run takes that only its bytes are known of */
#define WORKER_CORES         8.0

/* ---- bytes ---- */

/* Who said so: a file by its name alone, for whoever reads it has other folders. */
static const char *origin_words(const char *origin) {
    const char *slash = origin ? strrchr(origin, '/') : NULL;
    return slash && slash[1] ? slash + 1 : origin ? origin : "catalog";
}

static void part_size(struct arena *arena, struct scan_part *part, const struct work_scan *s) {
    char bytes[32];
    double low = COLUMN_SHARE_LOW, high = 1;
    if (s->widths_known) low = s->column_share * (s->widths_measured ? MEASURED_LOW : TYPED_LOW);
    if (s->widths_known) high = fmin(1, s->column_share * (s->widths_measured ? MEASURED_HIGH : TYPED_HIGH));
    part->known = true;
    part->all = s->table_bytes;
    if (s->pruned) {
        low *= s->partition_measured ? s->partition_share : PARTITION_SHARE_LOW;
        high *= s->partition_measured ? fmin(1, s->partition_share * 2) : PARTITION_SHARE_HIGH;
    }
    part->low = part->all * fmin(low, 1);
    part->high = part->all * fmin(high, 1);
    text_bytes(part->all, bytes, sizeof bytes);
    part->why = arena_printf(arena, "%s has %s (%s), %s", part->dataset, bytes, origin_words(s->origin),
                             part->pruned        ? "narrowed by its partition column"
                             : part->partitioned ? "read without a predicate on its partition column"
                                                 : "read in full but for unused columns");
}

static void part_add(struct arena *arena, struct scan *out, const struct work_scan *s) {
    if (out->part_count == PARTS_MAX) return;
    struct scan_part *part = &out->parts[out->part_count++];
    *part = (struct scan_part){
        .dataset = s->dataset, .pruned = s->pruned, .partitioned = s->partitioned, .partition = s->partition, .function = s->function};
    if (s->known) part_size(arena, part, s);
    out->low += part->low;
    out->high += part->high;
    if (s->known) return;
    out->known = false;
    if (!text_list_has(&out->missing, part->dataset)) text_list_add(arena, &out->missing, part->dataset);
}

/* Without a plan: what it reads, whole. */
static const struct err *reads_scan(struct arena *arena, struct catalog *const *catalogs, size_t count, const struct entry *entry, struct scan *out) {
    for (size_t i = 0; i < entry->read_count; i++) {
        struct work_scan s = {.dataset = entry->reads[i], .column_share = 1, .partition_share = 1};
        for (size_t k = 0; k < count && !s.known; k++) {
            struct dataset *d;
            TRY(catalog_dataset(arena, catalogs[k], entry->reads[i], &d));
            if (!d || d->bytes < 0) continue;
            s.known = true;
            s.table_bytes = (double)d->bytes;
            s.origin = d->origin;
            s.partitioned = d->partition_count > 0;
            s.partition = s.partitioned ? d->partition_by[0] : NULL;
        }
        part_add(arena, out, &s);
    }
    return NULL;
}

const struct err *estimate_scan(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct entry *entry,
                                struct scan *out) {
    struct work *work = arena_new(arena, struct work);
    *out = (struct scan){.known = true, .parts = arena_array(arena, PARTS_MAX, sizeof *out->parts)};
    TRY(work_of_plan(arena, catalogs, catalog_count, entry->plan, work));
    if (work->scan_count) out->work = work;
    for (size_t i = 0; i < work->scan_count; i++) part_add(arena, out, &work->scans[i]);
    if (!work->scan_count) TRY(reads_scan(arena, catalogs, catalog_count, entry, out));
    if (!out->part_count) out->known = false;
    return NULL;
}

const struct err *estimate_runs(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct entry *entry,
                                struct run_past *out) {
    *out = (struct run_past){.calibration = {.factor = 1}, .kin = {.factor = 1}};
    const char *fingerprint = entry->plan || entry->sql ? run_fingerprint(arena, entry->plan, entry->sql) : NULL;
    struct run_kin kin = run_kin_of(arena, entry->plan);
    for (size_t i = 0; i < catalog_count; i++) {
        struct calibration one;
        if (!out->history.runs) TRY(history_of(arena, catalogs[i], fingerprint, &out->history));
        if (!out->history.runs && !out->kin.runs)
            TRY(history_of_kin(arena, catalogs[i], &kin, fingerprint, entry->compute.key, &out->kin, &out->kin_is_family));
        TRY(calibration_of(arena, catalogs[i], entry->compute.key, &one));
        if (one.runs > out->calibration.runs || (one.runs == out->calibration.runs && one.all_runs > out->calibration.all_runs))
            out->calibration = one;
    }
    return NULL;
}

/* ---- seconds ---- */

/* The time of a run, on its fewest and its most machines. */
struct seconds {
    bool known;
    double few_low, few_high, most_low, most_high;
    const char *unknown;
};

static const char *missing_text(struct arena *arena, const struct scan *scan) {
    if (!scan->missing.n) return "it is not known what it reads";
    struct buf b = buf_new(arena);
    buf_printf(&b, "the size of %s is not in the catalog", scan->missing.at[0]);
    if (scan->missing.n > 1) buf_printf(&b, " (nor of %zu other table%s)", scan->missing.n - 1, scan->missing.n > 2 ? "s" : "");
    return buf_str(&b);
}

/* Cores of the compute, and DBU when it is a warehouse. False when its size is not known. */
static bool cores_of(const struct estimate_input *in, const struct compute *compute, double *few, double *most, double *dbu) {
    int workers;
    *dbu = 0;
    if (compute->kind == COMPUTE_WAREHOUSE || compute->size) {
        if (!price_warehouse_dbu(in->prices, compute->size ? compute->size : "Small", dbu, &workers)) return false;
        return *few = *most = WORKER_CORES * workers, true;
    }
    struct price_node node;
    struct compute c = price_stand_in(in->prices, &in->place, compute);
    if (!c.node_type || c.workers_max < 0 || !price_node_find(in->prices, &in->place, c.node_type, &node)) return false;
    int least = c.workers_min > 0 ? c.workers_min : 1, best = c.workers_max > least ? c.workers_max : least;
    return *few = node.vcpu * least, *most = node.vcpu * best, node.vcpu > 0;
}

/* By the bytes alone. */
static struct seconds bytes_seconds(const struct scan *scan, double few, double most, double dbu) {
    double slow = dbu > 0 ? dbu * DBU_HOUR_LOW : few * CORE_HOUR_LOW, fast = dbu > 0 ? dbu * DBU_HOUR_HIGH : most * CORE_HOUR_HIGH;
    struct seconds s = {.known = true};
    s.few_low = s.most_low = fmax(scan->low / fast * 3600, START_SECONDS / 10);
    s.few_high = s.most_high = fmax(scan->high / slow * 3600, START_SECONDS);
    return s;
}

static const char *kin_text(struct arena *arena, const struct run_past *past) {
    return arena_printf(arena, "it never ran; %zu run%s of similar plans (%s) took %.2g times what was estimated of them", past->kin.runs,
                        past->kin.runs == 1 ? "" : "s", past->kin_is_family ? "they differ in constants alone" : "same tables, joins and keys",
                        past->kin.factor);
}

static struct seconds work_time(struct arena *arena, const struct estimate_input *in, double few, double most, struct text_list *says) {
    const struct work *work = in->scan->work;
    const struct calibration *kin = in->past && in->past->kin.runs ? &in->past->kin : NULL, *c = kin ? kin : in->past ? &in->past->calibration : NULL;
    bool fitted = c && (c->runs || c->all_runs >= 3), own = fitted && c->runs; /* its own runs stand for its size too */
    double factor = fitted ? c->factor : 1, spread = fitted ? fmax(c->spread, 1.2) : bill_spread(work);
    double a = bill_seconds(work, own ? REFERENCE_CORES : few) * factor, b = bill_seconds(work, own ? REFERENCE_CORES : most) * factor;
    const char *text = c && !kin ? calibration_text(arena, c) : NULL;
    if (kin) text_list_add(arena, says, kin_text(arena, in->past));
    else if (in->past) text_list_add(arena, says, "no runs of it or of similar plans are known: estimated from what it reads and does");
    if (text) text_list_add(arena, says, text);
    for (size_t i = 0; i < work->defaults.n; i++) text_list_add(arena, says, work->defaults.at[i]);
    return (struct seconds){true, a / spread, a * spread, b / spread, b * spread, NULL};
}

void estimate_target(struct arena *arena, const struct run_past *past, struct bill_target *target) {
    const struct history *h = &past->history;
    const struct calibration *kin = past->kin.runs ? &past->kin : NULL, *c = kin ? kin : &past->calibration;
    if (h->runs) {
        target->past_low = h->low, target->past_high = h->high;
        target->basis = arena_printf(arena, "the last %zu run%s of it took %.2g to %.2g seconds", h->runs, h->runs == 1 ? "" : "s", h->low, h->high);
    } else if (c->runs || c->all_runs >= 3) {
        target->factor = c->factor;
        target->spread = fmax(c->spread, 1.2);
        target->cores = c->runs ? REFERENCE_CORES : 0; /* runs on one compute stand for its size too */
        target->basis = kin ? kin_text(arena, past) : calibration_text(arena, c);
    }
}

/* Two digits are all that an estimate can carry. */
static const char *number_text(struct arena *arena, double n) {
    if (n < 100) return arena_printf(arena, "%.2g", n);
    double step = pow(10, floor(log10(n)) - 1);
    return arena_printf(arena, "%.0f", round(n / step) * step);
}

static struct seconds seconds_of(struct arena *arena, const struct estimate_input *in, const struct compute *compute, struct text_list *says) {
    const struct history *h = in->past ? &in->past->history : NULL;
    double few, most, dbu;
    char a[32], b[32];
    if (h && h->runs) {
        text_list_printf(arena, says, "the last %zu run%s of it took %s to %s seconds", h->runs, h->runs == 1 ? "" : "s", number_text(arena, h->low),
                         number_text(arena, h->high));
        return (struct seconds){true, h->low, h->high, h->low, h->high, NULL};
    }
    if (!in->scan->known) return (struct seconds){.unknown = missing_text(arena, in->scan)};
    if (!cores_of(in, compute, &few, &most, &dbu)) return (struct seconds){.unknown = "the size of its cluster is not known"};
    bool planned = in->scan->work && in->scan->work->known;
    struct text_list behind = {0};
    struct seconds s = planned ? work_time(arena, in, few, most, &behind) : bytes_seconds(in->scan, few, most, dbu);
    text_bytes(in->scan->low, a, sizeof a);
    text_bytes(in->scan->high, b, sizeof b);
    text_list_printf(arena, says, "%s to %s read a run, %s to %s seconds of work", a, b, number_text(arena, fmin(s.few_low, s.most_low)),
                     number_text(arena, fmax(s.few_high, s.most_high)));
    for (size_t i = 0; i < in->scan->part_count && i < 5; i++) text_list_add(arena, says, in->scan->parts[i].why);
    for (size_t i = 0; i < behind.n; i++) text_list_add(arena, says, behind.at[i]);
    return s;
}

/* ---- money ---- */

static struct compute compute_of(struct arena *arena, const struct estimate_input *in, struct text_list *assumptions) {
    struct compute compute = in->entry->compute;
    bool is_query = in->entry->kind == DEF_QUERY || in->entry->artefact == ARTEFACT_DASHBOARD || in->entry->artefact == ARTEFACT_SQL ||
                    in->entry->artefact == ARTEFACT_DBT_MODEL;
    if (compute.kind == COMPUTE_UNKNOWN && !compute.node_type && !compute.size && is_query) compute.kind = COMPUTE_WAREHOUSE;
    if (compute.kind == COMPUTE_WAREHOUSE && !compute.size) {
        compute.size = in->default_size ? in->default_size : "Small";
        compute.serverless = !in->default_type || strcmp(in->default_type, "serverless") == 0;
        text_list_printf(arena, assumptions, "assumed to run on a %s %s SQL warehouse", compute.size,
                         compute.serverless ? "serverless" : in->default_type);
    }
    if (compute.kind == COMPUTE_WAREHOUSE) compute.workers_min = compute.workers_max = 1; /* a query has one of its clusters */
    return compute;
}

bool estimate_seconds(struct arena *arena, const struct estimate_input *in, double *low, double *high, const char **why) {
    struct text_list said = {0};
    struct compute compute = compute_of(arena, in, &said);
    struct seconds s = seconds_of(arena, in, &compute, &said);
    *low = fmin(s.few_low, s.most_low);
    *high = fmax(s.few_high, s.most_high);
    *why = s.unknown;
    return s.known;
}

struct cost estimate_cost(struct arena *arena, const struct estimate_input *in) {
    struct text_list assumptions = {0};
    struct compute compute = compute_of(arena, in, &assumptions);
    struct cost hour = price_compute_hour(arena, in->prices, &in->place, &compute);
    struct fires fires = fires_of(arena, &in->entry->schedule, in->now);
    if (!hour.known) return hour;
    for (size_t i = 0; i < assumptions.n; i++) text_list_add(arena, &hour.assumptions, assumptions.at[i]);
    if (fires.continuous) {
        struct cost all = hour;
        all.low = hour.low * 730, all.high = hour.high * 730;
        all.period = "month";
        text_list_add(arena, &all.assumptions, "runs all the time: 730 hours a month");
        return all;
    }
    struct cost cost = hour;
    struct seconds s = seconds_of(arena, in, &compute, &cost.assumptions);
    if (!s.known) return cost_unknown(s.unknown);
    double idle = compute.kind == COMPUTE_WAREHOUSE && compute.autotermination_minutes > 0 ? compute.autotermination_minutes * 60.0 : 0;
    if (idle > 0) warehouse_idle_say(arena, &compute, &cost.assumptions);
    cost.low = fmin(hour.low * s.few_low, hour.high * s.most_low) / 3600;
    cost.high = fmax(hour.low * (s.few_high + idle), hour.high * (s.most_high + idle)) / 3600;
    cost.period = "run";
    if (!fires.known) {
        text_list_printf(arena, &cost.assumptions, "%s", fires.why);
        return cost;
    }
    cost.low *= fires.per_month;
    cost.high *= fires.per_month;
    cost.period = "month";
    text_list_printf(arena, &cost.assumptions, "%s", fires_text(arena, &fires));
    return cost;
}
