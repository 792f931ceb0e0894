/* estimate.c - bytes read, seconds of work, money: each step a range that says what it rests on.
 *
 * Defaults where nothing is measured: a query reads between 30 % and 100 % of a table's bytes for its column and file pruning; with a
 * predicate on a partition column between 0.1 % (equality) or 1 % (range) and 50 %; a DBU of SQL warehouse reads 60 to 300 GB an hour,
 * a core of a cluster 10 to 60 GB an hour. They are deliberately wide; measured runs replace them. */
#include "estimate.h"

#include "plan.h"

#include "text.h"

#define PARTS_MAX            200
#define COLUMN_SHARE_LOW     0.3
#define PARTITION_SHARE_HIGH 0.5
#define PARTITION_EQUAL_LOW  0.001
#define PARTITION_RANGE_LOW  0.01
#define DBU_HOUR_LOW         60e9
#define DBU_HOUR_HIGH        300e9
#define CORE_HOUR_LOW        10e9
#define CORE_HOUR_HIGH       60e9
#define START_SECONDS        10.0 /* least time a run takes */

/* ---- which partition columns have a predicate ---- */

enum narrowing { NARROW_NONE, NARROW_RANGE, NARROW_EQUAL };

struct narrowing_search {
    const struct plan *plan;
    const struct rel *scan; /* of the table */
    const char *column;     /* its partition column */
    enum narrowing found;
    const char *function; /* around the column, in a comparison with constants */
};

static bool is_column_of(const struct narrowing_search *s, const struct scalar *e) {
    if (e->op != SC_COLUMN || (size_t)e->column >= s->plan->n_columns) return false;
    const struct plan_column *c = &s->plan->columns[e->column];
    return c->rel == s->scan && c->name && str_iis(str_of(c->name), s->column);
}

static bool is_constant(const struct scalar *e) {
    if (e->op == SC_COLUMN || e->rel) return false;
    for (size_t i = 0; i < e->n; i++) {
        if (!is_constant(e->args[i])) return false;
    }
    return true;
}

static bool has_column_of(const struct narrowing_search *s, const struct scalar *e, bool *other) {
    bool found = is_column_of(s, e);
    if (e->rel || (e->op == SC_COLUMN && !found)) *other = true;
    for (size_t i = 0; i < e->n; i++) found |= has_column_of(s, e->args[i], other);
    return found;
}

/* year(event_date) = 2026: the engine sees no bound on event_date. */
static void function_search(struct narrowing_search *s, const struct scalar *e) {
    const char *name = NULL;
    for (size_t i = 0; i < e->n; i++) {
        bool other = false;
        bool has = has_column_of(s, e->args[i], &other);
        if (other || (has && e->args[i]->op != SC_CALL)) return;
        if (has) name = e->args[i]->name;
    }
    if (name) s->function = name;
}

static void condition_search(struct narrowing_search *s, const struct scalar *e) {
    if (e->op == SC_AND) {
        for (size_t i = 0; i < e->n; i++) condition_search(s, e->args[i]);
        return;
    }
    bool compares = (e->op >= SC_EQ && e->op <= SC_GE && e->op != SC_NE) || e->op == SC_SAME || e->op == SC_IN;
    if (!compares || e->n < 2) return;
    function_search(s, e);
    bool fits = false;
    for (size_t i = 0; i < e->n; i++) {
        if (is_column_of(s, e->args[i])) fits = true;
        else if (!is_constant(e->args[i])) return;
    }
    if (!fits) return;
    enum narrowing how = e->op == SC_EQ || e->op == SC_SAME ? NARROW_EQUAL : NARROW_RANGE;
    if (how > s->found) s->found = how;
}

static void rel_search(struct narrowing_search *s, const struct rel *rel) {
    if (!rel) return;
    if ((rel->kind == REL_FILTER || rel->kind == REL_JOIN) && rel->condition) condition_search(s, rel->condition);
    rel_search(s, rel->left);
    rel_search(s, rel->right);
    for (size_t i = 0; i < rel->n_inputs; i++) rel_search(s, rel->inputs[i]);
}

struct scans {
    struct arena *arena;
    VEC(const struct rel *) at;
};

static void scans_of_scalar(struct scans *list, const struct scalar *e);

static void scans_of(struct scans *list, const struct rel *rel) {
    if (!rel || list->at.n >= PARTS_MAX) return;
    if (rel->kind == REL_SCAN) *vec_add(list->arena, &list->at) = rel;
    if (rel->condition) scans_of_scalar(list, rel->condition);
    for (size_t i = 0; i < rel->n_defs; i++) scans_of_scalar(list, rel->defs[i].expr);
    scans_of(list, rel->left);
    scans_of(list, rel->right);
    for (size_t i = 0; i < rel->n_inputs; i++) scans_of(list, rel->inputs[i]);
}

static void scans_of_scalar(struct scans *list, const struct scalar *e) {
    if (e->rel) scans_of(list, e->rel);
    for (size_t i = 0; i < e->n; i++) scans_of_scalar(list, e->args[i]);
}

/* ---- bytes ---- */

static const struct err *size_find(struct arena *arena, struct catalog *const *catalogs, size_t count, const char *name, struct dataset **out) {
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        struct dataset *d;
        TRY(catalog_dataset(arena, catalogs[i], name, &d));
        if (d && (!*out || ((*out)->bytes < 0 && d->bytes >= 0))) *out = d;
    }
    return NULL;
}

static void part_size(struct arena *arena, struct scan_part *part, const struct dataset *d, enum narrowing narrowing) {
    char bytes[32];
    part->known = true;
    part->all = (double)d->bytes;
    part->high = part->all;
    part->low = part->all * COLUMN_SHARE_LOW;
    text_bytes(part->all, bytes, sizeof bytes);
    if (narrowing != NARROW_NONE) {
        part->high = part->all * PARTITION_SHARE_HIGH;
        part->low = part->all * (narrowing == NARROW_EQUAL ? PARTITION_EQUAL_LOW : PARTITION_RANGE_LOW);
    }
    part->why = arena_printf(arena, "%s has %s (%s), %s", part->dataset, bytes, d->origin ? d->origin : "catalog",
                             part->pruned        ? "narrowed by its partition column"
                             : part->partitioned ? "read without a predicate on its partition column"
                                                 : "read in full but for unused columns");
}

static const struct err *part_make(struct arena *arena, struct catalog *const *catalogs, size_t count, const struct entry *entry,
                                   const struct rel *scan, const char *name, struct scan_part *part) {
    struct dataset *d;
    *part = (struct scan_part){.dataset = name};
    TRY(size_find(arena, catalogs, count, name, &d));
    if (!d) return NULL;
    struct narrowing_search s = {.plan = entry->plan, .scan = scan};
    enum narrowing best = NARROW_NONE;
    part->partition = d->partition_count ? d->partition_by[0] : NULL;
    for (size_t i = 0; scan && i < d->partition_count; i++) {
        s.column = d->partition_by[i];
        s.found = NARROW_NONE;
        rel_search(&s, entry->plan->root);
        if (s.found > best) best = s.found;
        if (s.function) part->function = s.function, part->partition = s.column;
    }
    part->partitioned = d->partition_count > 0;
    part->pruned = best != NARROW_NONE;
    if (part->pruned) part->function = NULL;
    if (d->bytes >= 0) part_size(arena, part, d, best);
    return NULL;
}

const struct err *estimate_scan(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct entry *entry,
                                struct scan *out) {
    struct scans scans = {.arena = arena};
    *out = (struct scan){.known = true};
    if (entry->plan && entry->plan->root) scans_of(&scans, entry->plan->root);
    bool planned = scans.at.n > 0;
    size_t n = planned ? scans.at.n : entry->read_count < PARTS_MAX ? entry->read_count : PARTS_MAX;
    out->parts = arena_array(arena, n + 1, sizeof *out->parts);
    for (size_t i = 0; i < n; i++) {
        struct scan_part *part = &out->parts[out->part_count++];
        TRY(part_make(arena, catalogs, catalog_count, entry, planned ? scans.at.at[i] : NULL, planned ? scans.at.at[i]->name : entry->reads[i],
                      part));
        out->low += part->low;
        out->high += part->high;
        if (part->known) continue;
        out->known = false;
        if (!text_list_has(&out->missing, part->dataset)) text_list_add(arena, &out->missing, part->dataset);
    }
    if (!n) out->known = false;
    return NULL;
}

/* ---- money ---- */

static const char *missing_text(struct arena *arena, const struct scan *scan) {
    if (!scan->missing.n) return "it is not known what it reads";
    struct buf b = buf_new(arena);
    buf_printf(&b, "the size of %s is not in the catalog", scan->missing.at[0]);
    if (scan->missing.n > 1) buf_printf(&b, " (nor of %zu other table%s)", scan->missing.n - 1, scan->missing.n > 2 ? "s" : "");
    return buf_str(&b);
}

/* GB an hour the compute reads, from slow to fast. False when its size is not known. */
static bool speed_of(const struct estimate_input *in, const struct compute *compute, double *slow, double *fast) {
    double dbu;
    if (compute->kind == COMPUTE_WAREHOUSE || compute->size) {
        if (!price_warehouse_dbu(in->prices, compute->size ? compute->size : "Small", &dbu, NULL)) return false;
        return *slow = dbu * DBU_HOUR_LOW, *fast = dbu * DBU_HOUR_HIGH, true;
    }
    struct price_node node;
    if (!compute->node_type || compute->workers_max < 0 || !price_node_find(in->prices, &in->place, compute->node_type, &node)) return false;
    int workers = compute->workers_min > 0 ? compute->workers_min : 1, most = compute->workers_max > workers ? compute->workers_max : workers;
    return *slow = node.vcpu * workers * CORE_HOUR_LOW, *fast = node.vcpu * most * CORE_HOUR_HIGH, node.vcpu > 0;
}

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
    return compute;
}

static struct cost run_cost(struct arena *arena, const struct estimate_input *in, const struct cost *hour, double slow, double fast) {
    struct cost cost = *hour;
    double low = in->scan->low / fast * 3600, high = in->scan->high / slow * 3600;
    if (low < START_SECONDS / 10) low = START_SECONDS / 10;
    if (high < START_SECONDS) high = START_SECONDS;
    cost.low = hour->low * low / 3600;
    cost.high = hour->high * high / 3600;
    cost.period = "run";
    char a[32], b[32];
    text_bytes(in->scan->low, a, sizeof a);
    text_bytes(in->scan->high, b, sizeof b);
    text_list_printf(arena, &cost.assumptions, "%s to %s read a run, %.0f to %.0f seconds of work", a, b, low, high);
    for (size_t i = 0; i < in->scan->part_count && i < 5; i++) text_list_add(arena, &cost.assumptions, in->scan->parts[i].why);
    return cost;
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
    double slow, fast;
    if (!in->scan->known) return cost_unknown(missing_text(arena, in->scan));
    if (!speed_of(in, &compute, &slow, &fast)) return cost_unknown("the size of its cluster is not known");
    struct cost cost = run_cost(arena, in, &hour, slow, fast);
    if (!fires.known) {
        text_list_printf(arena, &cost.assumptions, "%s", fires.why);
        return cost;
    }
    cost.low *= fires.per_month;
    cost.high *= fires.per_month;
    cost.period = "month";
    text_list_printf(arena, &cost.assumptions, "%s: %.4g runs a month", fires.text, fires.per_month);
    return cost;
}
