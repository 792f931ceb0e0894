/* billed.c - rows of billing usage by what they belong to. */
#include "billed.h"

#include "clock.h"
#include "map.h"
#include "records.h"
#include "store.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>

#define DAY          86400
#define MONTH_DAYS   30.436875
#define LIST_MAX     1000
#define QUANTITY_MAX 1e8    /* DBU of one record, which is of an hour */
#define GROUPS_MAX   200000 /* of product, day and owner */

static const char *const kind_names[] = {"job", "warehouse", "pipeline", "cluster"};

const char *billed_kind_name(enum billed_kind kind) { return kind_names[kind]; }

/* ---- keeping ---- */

/* Whose usage a row is: the most telling of its ids. A job's run on a warehouse is billed to the warehouse, which names no job. */
static bool owner_read(struct arena *arena, const json_t *row, enum billed_kind *kind, const char **id, const char **name) {
    const char *const *const ids[] = {NAMES("usage_metadata.job_id", "custom_tags.JobId", "custom_tags.job_id", "job_id"),
                                      NAMES("usage_metadata.warehouse_id", "warehouse_id"),
                                      NAMES("usage_metadata.dlt_pipeline_id", "dlt_pipeline_id"), NAMES("usage_metadata.cluster_id", "cluster_id")};
    *name = record_text(arena, row,
                        NAMES("usage_metadata.job_name", "job_name", "custom_tags.JobName", "custom_tags.job_name", "custom_tags.RunName",
                              "custom_tags.job", "custom_tags.name"));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        *id = record_text(arena, row, ids[i]);
        *kind = (enum billed_kind)i;
        if (*id) return true;
    }
    *kind = BILLED_JOB;
    return *name || record_text(arena, row, NAMES("usage_metadata.job_run_id", "job_run_id"));
}

const struct err *billed_keep(struct catalog *catalog, struct arena *arena, const json_t *row, int64_t now, bool *kept) {
    const char *unit = record_text(arena, row, NAMES("usage_unit")), *key = record_text(arena, row, NAMES("record_id"));
    const char *sku = record_text(arena, row, NAMES("sku_name")), *cloud = record_text(arena, row, NAMES("cloud")), *id, *name;
    enum billed_kind kind;
    double quantity, from = 0, until = 0;
    int64_t changed = 0;
    *kept = false;
    if ((unit && !str_iis(str_of(unit), "DBU")) || !record_number(arena, row, NAMES("usage_quantity"), &quantity)) return NULL;
    if (fabs(quantity) > QUANTITY_MAX) return err_new(ERR_INPUT, "a usage_quantity of %.3g DBU in one record: the figure is wrong", quantity);
    if (!owner_read(arena, row, &kind, &id, &name)) return NULL;
    record_time(arena, row, NAMES("usage_start_time", "usage_date"), &from);
    if (!record_time(arena, row, NAMES("usage_end_time"), &until) || until < from) until = from;
    if (!key) {
        char hex[HASH_HEX];
        const char *text = jsx_dump(arena, row, false);
        hash128_hex(hash128(text, strlen(text)), hex);
        key = arena_strdup(arena, hex);
    }
    TRY(store_run(catalog_store(catalog),
                  "INSERT INTO billed (record_key, kind, owner, name, run_key, sku, cloud, day, started_at, ended_at, quantity, imported_at) VALUES "
                  "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (record_key) DO NOTHING",
                  VALS(val_text(key), val_text(kind_names[kind]), val_text(id ? id : ""), val_text(name),
                       val_text(record_text(arena, row, NAMES("usage_metadata.job_run_id", "job_run_id"))), val_text(sku ? sku : ""),
                       val_text(cloud ? cloud : ""), val_int((int64_t)from / DAY), val_int((int64_t)from), val_int((int64_t)until),
                       val_real(quantity), val_int(now)),
                  &changed));
    *kept = changed > 0;
    return NULL;
}

const struct err *billed_to_runs(struct catalog *catalog) {
    return store_run(catalog_store(catalog),
                     "UPDATE run SET units = (SELECT sum(quantity) FROM billed WHERE billed.run_key = run.run_key) WHERE source = 'job' AND "
                     "run_key IN (SELECT run_key FROM billed WHERE run_key IS NOT NULL)",
                     VALS_NONE, NULL);
}

/* ---- reading ---- */

struct gathered {
    struct arena *arena;
    const struct price_list *prices;
    struct map *by_owner; /* "kind id-or-name" -> struct billed */
};

static void product_add(struct arena *arena, struct billed *b, const char *product) {
    if (!*product || (b->products && strstr(b->products, product))) return;
    b->products = b->products ? arena_printf(arena, "%s, %s", b->products, product) : arena_strdup(arena, product);
}

static void price_add(struct billed *b, double dbu, const struct price_sku_row *price) {
    b->usd += dbu * price->usd;
    if (!b->price_first || strcmp(price->valid_from, b->price_first) < 0) b->price_first = price->valid_from;
    if (!b->price_last || strcmp(price->valid_from, b->price_last) > 0) b->price_last = price->valid_from;
}

/* kind, owner, name, sku, cloud, day, quantity, from, until of one product and day. */
static const struct err *group_row(void *ctx, const struct val *c, size_t count) {
    struct gathered *g = ctx;
    const char *kind = val_as_text(g->arena, &c[0], ""), *owner = val_as_text(g->arena, &c[1], ""), *name = val_as_text(g->arena, &c[2], NULL);
    const char *sku = val_as_text(g->arena, &c[3], ""), *cloud = val_as_text(g->arena, &c[4], "");
    const char *key = arena_printf(g->arena, "%s %s", kind, *owner ? owner : name ? name : "");
    struct billed *b = map_get(g->by_owner, str_of(key));
    if (!b) {
        b = arena_new(g->arena, struct billed);
        *b = (struct billed){.id = *owner ? owner : NULL, .name = name, .machines = true, .currency = price_list_currency(g->prices)};
        for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++) {
            if (strcmp(kind, kind_names[i]) == 0) b->kind = (enum billed_kind)i;
        }
        map_put(g->by_owner, str_of(key), b);
    }
    if (!b->name) b->name = name;
    double dbu = val_as_real(&c[6], 0);
    int64_t from = val_as_int(&c[7], 0), until = val_as_int(&c[8], 0);
    struct price_sku_row price;
    b->dbu += dbu;
    if (price_sku_find(g->arena, g->prices, cloud, sku, val_as_int(&c[5], 0) * DAY, &price)) price_add(b, dbu, &price);
    else b->unpriced += dbu;
    b->machines = b->machines && strstr(sku, "SERVERLESS");
    product_add(g->arena, b, price.product);
    if (from && (!b->from || from < b->from)) b->from = from;
    if (until > b->until) b->until = until;
    return NULL;
}

#define GROUPED                                                                                                                                      \
    "SELECT kind, owner, max(name), sku, cloud, day, sum(quantity), min(started_at), max(ended_at) FROM billed WHERE (CAST($1 AS TEXT) IS NULL OR "  \
    "kind = $1) AND "                                                                                                                                \
    "(CAST($2 AS TEXT) IS NULL OR owner = $2) AND (CAST($3 AS TEXT) IS NULL OR name = $3) GROUP BY kind, owner, sku, cloud, day ORDER BY kind, "     \
    "owner, sku, cloud, day LIMIT $4"

static const struct err *gather(struct gathered *g, struct catalog *catalog, const char *kind, const char *id, const char *name) {
    return store_each(catalog_store(catalog), GROUPED, VALS(val_text(kind), val_text(id), val_text(name), val_int(GROUPS_MAX)), group_row, g);
}

static const struct err *runs_count(struct arena *arena, struct catalog *catalog, struct billed *b) {
    struct row row;
    if (b->kind != BILLED_JOB) return NULL;
    TRY(store_one(catalog_store(catalog), arena,
                  "SELECT count(DISTINCT run_key) FROM billed WHERE kind = 'job' AND run_key IS NOT NULL AND (CAST($1 AS TEXT) IS NULL OR owner = "
                  "$1) AND (CAST($2 AS TEXT) IS "
                  "NULL OR name = $2)",
                  VALS(val_text(b->id), val_text(b->id ? NULL : b->name)), &row));
    b->runs = row.count ? (size_t)val_as_int(&row.at[0], 0) : 0;
    return NULL;
}

const struct err *billed_of(struct arena *arena, struct catalog *catalog, const struct price_list *prices, enum billed_kind kind, const char *id,
                            const char *name, struct billed *out) {
    struct gathered g = {arena, prices, map_new(arena)};
    *out = (struct billed){0};
    if (id) TRY(gather(&g, catalog, kind_names[kind], id, NULL));
    if (!map_count(g.by_owner) && name) TRY(gather(&g, catalog, kind_names[kind], NULL, name));
    if (map_count(g.by_owner) != 1) return NULL; /* several things of one name: whose it is cannot be said */
    *out = *(struct billed *)map_at(g.by_owner, 0).value;
    return runs_count(arena, catalog, out);
}

static int dearest_first(const void *left, const void *right) {
    const struct billed *a = left, *b = right;
    if (a->usd != b->usd) return a->usd < b->usd ? 1 : -1;
    return strcmp(a->id ? a->id : "", b->id ? b->id : "");
}

const struct err *billed_all(struct arena *arena, struct catalog *catalog, const struct price_list *prices, struct billed **out, size_t *count) {
    struct gathered g = {arena, prices, map_new(arena)};
    TRY(gather(&g, catalog, NULL, NULL, NULL));
    size_t n = map_count(g.by_owner);
    struct billed *list = arena_array(arena, n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++) list[i] = *(struct billed *)map_at(g.by_owner, i).value;
    qsort(list, n, sizeof *list, dearest_first);
    n = n < LIST_MAX ? n : LIST_MAX;
    for (size_t i = 0; i < n; i++) TRY(runs_count(arena, catalog, &list[i]));
    *out = list;
    *count = n;
    return NULL;
}

/* ---- in money ---- */

static const char *day_text(struct arena *arena, int64_t at) {
    char iso[CLOCK_ISO];
    clock_iso(at, iso);
    return arena_copy(arena, iso, 10);
}

/* What a bill says, to the cent. */
static const char *billed_amount(struct arena *arena, const struct billed *b) {
    bool dollars = !b->currency || strcmp(b->currency, "USD") == 0;
    return dollars ? arena_printf(arena, "$%.2f", b->usd) : arena_printf(arena, "%.2f %s", b->usd, b->currency);
}

const char *billed_text(struct arena *arena, const struct billed *b) {
    struct buf out = buf_new(arena);
    buf_printf(&out, "billed from %s to %s: %.4g DBU%s%s", day_text(arena, b->from), day_text(arena, b->until), b->dbu, b->products ? " of " : "",
               b->products ? b->products : "");
    if (b->runs) buf_printf(&out, " in %zu run%s", b->runs, b->runs == 1 ? "" : "s");
    if (b->usd > 0) buf_printf(&out, ", %s at list price", billed_amount(arena, b));
    if (b->unpriced > 0) buf_printf(&out, "; %.4g DBU of products that are not in the price list", b->unpriced);
    return buf_str(&out);
}

bool billed_run(const struct price_list *prices, const struct price_place *place, const struct compute *compute, const struct billed *b, double *low,
                double *high) {
    double runs = fmax(1, (double)b->runs), dbu_few, dbu_most, usd_few, usd_most;
    *low = *high = b->usd / runs;
    if (b->machines) return true;
    if (!price_compute_dbu(prices, place, compute, &dbu_few, &dbu_most) || !price_compute_machines(prices, place, compute, &usd_few, &usd_most))
        return false;
    double few = b->dbu / dbu_few * usd_few / runs, most = b->dbu / dbu_most * usd_most / runs;
    *low += fmin(few, most);
    *high += fmax(few, most);
    return true;
}

struct cost billed_cost_new(struct arena *arena, const struct price_list *prices, const struct billed *b, const char *period) {
    struct cost cost = price_cost_new(prices, period);
    cost_dated(&cost, b->price_first);
    cost_dated(&cost, b->price_last);
    text_list_add(arena, &cost.assumptions, billed_text(arena, b));
    return cost;
}

struct cost billed_monthly(struct arena *arena, const struct price_list *prices, const struct billed *b) {
    double days = fmax(1, ceil((double)(b->until - b->from) / DAY));
    if (!b->from || days < BILLED_DAYS) return cost_unknown("fewer than three days of it were billed");
    if (b->unpriced > 0) return cost_unknown("a product that was billed is not in the price list");
    struct cost cost = billed_cost_new(arena, prices, b, "month");
    cost.low = cost.high = fmax(0, b->usd / days * MONTH_DAYS);
    if (!b->machines) text_list_add(arena, &cost.assumptions, "the cloud's machines are not on that bill");
    return cost;
}
