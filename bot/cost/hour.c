/* hour.c - what an hour of compute costs; formulas of the platforms' own price pages.
 *
 * Classic compute: DBU of driver and workers times the price of a DBU, plus the machines. Photon multiplies the DBU, spot lowers the machines. A
 * SQL warehouse: DBU by size and cluster, plus its machines unless it is serverless. */
#include "price.h"

#include "text.h"

#include <math.h>
#include <string.h>

#define SERVERLESS_FEWEST 2 /* workers of the cluster that stands in for serverless compute */
#define SERVERLESS_MOST   8
#define STAND_IN_SIZE     "Small" /* of the warehouse whose workers those are */

static bool iis(const char *a, const char *b) { return a && b && str_ieq(str_of(a), str_of(b)); }

static const char *place_text(struct arena *arena, const struct price_place *at) {
    return arena_printf(arena, "%s %s %s", at->cloud, at->region, at->tier);
}

static struct cost absent(struct arena *arena, const struct price_place *at, const char *sku) {
    return cost_unknown(arena_printf(arena, "%s in %s is not in the price list", sku, place_text(arena, at)));
}

/* Machines are priced where the list has them; elsewhere that price is said. */
static void machine_say(struct arena *arena, const struct price_place *at, const struct price_node *node, struct cost *hour) {
    const char *unverified = arena_printf(arena, "the price of %s comes without a published source: check it", node->type);
    cost_dated(hour, node->from);
    if (!node->verified && !text_list_has(&hour->assumptions, unverified)) text_list_add(arena, &hour->assumptions, unverified);
    const char *elsewhere = arena_printf(arena, "machines at the price of %s, for the list has none of %s", node->region, at->region);
    if (!iis(node->region, at->region) && strcmp(node->region, "*") != 0 && !text_list_has(&hour->assumptions, elsewhere))
        text_list_add(arena, &hour->assumptions, elsewhere);
}

static double photon_factor(const struct price_list *list, const struct price_place *at, const char *sku) {
    double factor = price_multiplier(list, at, sku, "photon");
    return factor > 0 ? factor : strncmp(sku, "ALL_PURPOSE", 11) == 0 ? 2.0 : iis(at->cloud, "AWS") ? 2.9 : 2.5;
}

/* ---- warehouses ---- */

static struct cost warehouse_hour(struct arena *arena, const struct price_list *list, const struct price_place *at, const struct compute *compute) {
    const char *size = compute->size ? compute->size : "Small";
    double dbu;
    int workers, min = compute->workers_min > 0 ? compute->workers_min : 1, max = compute->workers_max > min ? compute->workers_max : min;
    struct price_dbu_row price;
    if (!price_warehouse_dbu(list, size, &dbu, &workers))
        return cost_unknown(arena_printf(arena, "warehouse size '%s' is not in the price list", size));
    bool classic = iis(compute->edition, "CLASSIC");
    const char *sku = compute->serverless ? "SERVERLESS_SQL_COMPUTE" : classic ? "SQL_COMPUTE" : "SQL_PRO_COMPUTE";
    if (!price_dbu_find(list, at, sku, &price)) return absent(arena, at, sku);
    struct cost hour = price_cost_new(list, "hour");
    cost_dated(&hour, price.valid_from);
    hour.low = min * dbu * price.usd, hour.high = max * dbu * price.usd;
    text_list_printf(arena, &hour.assumptions, "%s warehouse, %s: %.4g DBU an hour at %s (%s, price of %s)", size,
                     compute->serverless ? "serverless"
                     : classic           ? "classic"
                                         : "pro",
                     dbu, cost_rate(arena, hour.currency, price.usd), place_text(arena, at), price.valid_from);
    if (max > 1) text_list_printf(arena, &hour.assumptions, "%d to %d clusters of it, as many as its queries need", min, max);
    if (compute->serverless) return hour;
    struct price_node driver, worker;
    bool known = price_node_find(list, at, price_warehouse_node(list, at, size, true), &driver) && driver.usd >= 0 &&
                 price_node_find(list, at, price_warehouse_node(list, at, size, false), &worker) && worker.usd >= 0;
    if (!known) {
        text_list_printf(arena, &hour.assumptions, "the machines of the warehouse are not in the price list and not included");
        return hour;
    }
    hour.low += min * (driver.usd + workers * worker.usd);
    hour.high += max * (driver.usd + workers * worker.usd);
    text_list_printf(arena, &hour.assumptions, "plus 1 + %d machines (%s, %s) at list price", workers, driver.type, worker.type);
    machine_say(arena, at, &driver, &hour);
    machine_say(arena, at, &worker, &hour);
    return hour;
}

/* ---- machines ---- */

/* What one machine costs on the spot market, from the best day seen to the worst. */
static void spot_range(const struct price_list *list, const struct price_node *node, double *low, double *high) {
    double least = 0, most = 0;
    if (node->spot >= 0) {
        *low = *high = node->spot;
        return;
    }
    if (!price_number(list, "spot.observed.min", &least) || !price_number(list, "spot.observed.max", &most))
        price_number(list, "spot.default_discount", &least), most = least;
    *low = node->usd * (1 - most);
    *high = node->usd * (1 - least);
}

/* Driver and `workers` machines, cheapest and dearest. The first ones are on demand as the cluster says; not said: the driver alone. */
static void machines_price(const struct price_list *list, const struct compute *c, const struct price_node *driver, const struct price_node *worker,
                           int workers, double *low, double *high) {
    double driver_low, driver_high, worker_low, worker_high;
    int firm = c->first_on_demand ? c->first_on_demand : 1, firm_workers = firm > workers ? workers : firm > 0 ? firm - 1 : 0;
    bool fallback = !c->availability || strstr(c->availability, "FALLBACK");
    spot_range(list, driver, &driver_low, &driver_high);
    spot_range(list, worker, &worker_low, &worker_high);
    if (!c->spot || firm > 0) driver_low = driver_high = driver->usd;
    if (!c->spot) worker_low = worker_high = worker->usd;
    if (c->spot && fallback) driver_high = driver->usd, worker_high = worker->usd;
    *low = driver_low + firm_workers * worker->usd + (workers - firm_workers) * worker_low;
    *high = driver_high + firm_workers * worker->usd + (workers - firm_workers) * worker_high;
}

static void spot_say(struct arena *arena, const struct price_list *list, const struct compute *c, const struct price_node *worker,
                     struct cost *hour) {
    bool fallback = !c->availability || strstr(c->availability, "FALLBACK");
    const char *first = !c->first_on_demand      ? "the driver on demand (not said: taken so)"
                        : c->first_on_demand < 0 ? "none on demand"
                                                 : arena_printf(arena, "the first %d on demand, the driver among them", c->first_on_demand);
    if (worker->spot < 0) cost_dated(hour, price_number_date(list, "spot.observed"));
    text_list_printf(arena, &hour->assumptions, "spot machines%s, %s; the price of a DBU stays%s",
                     fallback ? ", up to the price on demand when none are left" : "", first,
                     worker->spot >= 0 ? "" : "; the discount is the range seen of others, for this type's was not measured");
}

static bool node_find(const struct price_list *list, const struct price_place *at, const char *type, struct price_node *out) {
    return type && price_node_find(list, at, type, out) && out->dbu >= 0 && out->usd >= 0;
}

static const char *node_missing(struct arena *arena, const struct compute *c) {
    if (c->node_type) return arena_printf(arena, "node type %s is not in the price list", c->node_type);
    if (c->pool) return arena_printf(arena, "its machines come from the pool %.80s, whose node type is not known here", c->pool);
    return c->existing ? "which machines the running cluster has is not known here" : "the node type of the cluster is not given";
}

/* ---- clusters ---- */

static const char *cluster_sku(const struct compute *compute) {
    if (compute->kind == COMPUTE_ALL_PURPOSE) return "ALL_PURPOSE_COMPUTE";
    if (compute->kind != COMPUTE_PIPELINE) return "JOBS_COMPUTE";
    if (iis(compute->edition, "CORE")) return "DLT_CORE_COMPUTE";
    if (iis(compute->edition, "PRO")) return "DLT_PRO_COMPUTE";
    return "DLT_ADVANCED_COMPUTE";
}

static struct cost cluster_hour(struct arena *arena, const struct price_list *list, const struct price_place *at, const struct compute *compute) {
    struct price_node worker, driver;
    if (!node_find(list, at, compute->node_type, &worker)) return cost_unknown(node_missing(arena, compute));
    const char *driver_type = compute->driver_node_type ? compute->driver_node_type : compute->node_type;
    if (!node_find(list, at, driver_type, &driver)) return cost_unknown(arena_printf(arena, "node type %s is not in the price list", driver_type));
    int min = compute->workers_min, max = compute->workers_max;
    if (min < 0 || max < min) return cost_unknown("the number of workers is not given");
    const char *sku = cluster_sku(compute);
    struct price_dbu_row price;
    if (!price_dbu_find(list, at, sku, &price)) return absent(arena, at, sku);
    double factor = compute->photon ? photon_factor(list, at, sku) : 1, unused;
    struct cost hour = price_cost_new(list, "hour");
    cost_dated(&hour, price.valid_from);
    machines_price(list, compute, &driver, &worker, min, &hour.low, &unused);
    machines_price(list, compute, &driver, &worker, max, &unused, &hour.high);
    hour.low += factor * (driver.dbu + min * worker.dbu) * price.usd;
    hour.high += factor * (driver.dbu + max * worker.dbu) * price.usd;
    text_list_printf(arena, &hour.assumptions, "%s at %s per DBU (%s, price of %s)%s, driver %s, %d%s%.0d worker%s %s", sku,
                     cost_rate(arena, hour.currency, price.usd), place_text(arena, at), price.valid_from,
                     compute->photon ? arena_printf(arena, ", Photon x%.4g", factor) : "", driver.type, min, max > min ? "-" : "",
                     max > min ? max : 0, max == 1 ? "" : "s", worker.type);
    if (compute->kind == COMPUTE_PIPELINE && !compute->edition)
        text_list_add(arena, &hour.assumptions, "the edition of the pipeline is not said: ADVANCED, the platform's default, is taken");
    if (compute->spot) spot_say(arena, list, compute, &worker, &hour);
    if (compute->pool) text_list_add(arena, &hour.assumptions, "machines of a pool are paid while they idle too: that is the pool's, not included");
    machine_say(arena, at, &driver, &hour);
    machine_say(arena, at, &worker, &hour);
    text_list_add(arena, &hour.assumptions, "disks, addresses and network traffic are not included");
    return hour;
}

/* The idle machines that a pool keeps ready: the cloud charges them, the platform charges no DBU for them. */
static struct cost pool_hour(struct arena *arena, const struct price_list *list, const struct price_place *at, const struct compute *c) {
    struct price_node node;
    if (!node_find(list, at, c->node_type, &node)) return cost_unknown(node_missing(arena, c));
    struct cost hour = price_cost_new(list, "hour");
    int idle = c->workers_min > 0 ? c->workers_min : 0;
    double low = node.usd, high = node.usd;
    if (c->spot) spot_range(list, &node, &low, &high);
    hour.low = idle * low, hour.high = idle * high;
    text_list_printf(arena, &hour.assumptions, "%d idle machine%s %s of the pool at the cloud's price; idle ones use no DBU", idle,
                     idle == 1 ? "" : "s", node.type);
    machine_say(arena, at, &node, &hour);
    return hour;
}

/* ---- serverless ---- */

static bool is_serverless(const struct compute *c) { return c->kind == COMPUTE_SERVERLESS || (c->serverless && c->kind != COMPUTE_WAREHOUSE); }

struct compute price_stand_in(const struct price_list *list, const struct price_place *place, const struct compute *compute) {
    struct compute other = *compute;
    if (!is_serverless(compute)) return other;
    other.node_type = other.driver_node_type = price_warehouse_node(list, place, STAND_IN_SIZE, false);
    other.workers_min = SERVERLESS_FEWEST;
    other.workers_max = SERVERLESS_MOST;
    other.photon = true;
    return other;
}

/* By the planning rule of the list's sources: the DBU of a classic Photon cluster that does the same, times the mode's factor, machines included. */
static struct cost serverless_hour(struct arena *arena, const struct price_list *list, const struct price_place *at, const struct compute *compute) {
    static const char sku[] = "JOBS_SERVERLESS_COMPUTE"; /* pipelines are billed as that too */
    struct compute like = price_stand_in(list, at, compute);
    struct price_dbu_row price;
    struct price_node node;
    double standard = 1, performance = 2;
    if (!price_dbu_find(list, at, sku, &price)) return absent(arena, at, sku);
    if (!price_node_find(list, at, like.node_type, &node) || node.dbu < 0)
        return cost_unknown(arena_printf(arena, "no machine to compare serverless compute with is in the price list of %s", at->cloud));
    price_number(list, "databricks.serverless_job_mode_multiplier.standard", &standard);
    price_number(list, "databricks.serverless_job_mode_multiplier.performance", &performance);
    if (compute->performance == SAID_YES) standard = performance;
    if (compute->performance == SAID_NO) performance = standard;
    double factor = photon_factor(list, at, compute->kind == COMPUTE_PIPELINE ? "DLT_ADVANCED_COMPUTE" : "JOBS_COMPUTE");
    struct cost hour = price_cost_new(list, "hour");
    cost_dated(&hour, price.valid_from);
    hour.low = (1 + like.workers_min) * node.dbu * factor * standard * price.usd;
    hour.high = (1 + like.workers_max) * node.dbu * factor * performance * price.usd;
    text_list_printf(arena, &hour.assumptions,
                     "serverless: %s at %s per DBU (%s, price of %s), machines included; its DBU are taken to be those of a Photon cluster of 1 + "
                     "%d to 1 + %d %s (x%.4g), in %s: a planning rule, not a price",
                     sku, cost_rate(arena, hour.currency, price.usd), place_text(arena, at), price.valid_from, like.workers_min, like.workers_max,
                     node.type, factor,
                     standard == performance ? (compute->performance == SAID_YES ? "performance mode (x2)" : "standard mode (x1)")
                                             : "standard (x1) to performance mode (x2), for the mode is not said");
    return hour;
}

struct cost price_compute_hour(struct arena *arena, const struct price_list *list, const struct price_place *place, const struct compute *compute) {
    struct price_place at = price_place_full(place);
    if (compute->kind == COMPUTE_WAREHOUSE || compute->size) return warehouse_hour(arena, list, &at, compute);
    if (compute->kind == COMPUTE_POOL) return pool_hour(arena, list, &at, compute);
    if (is_serverless(compute)) return serverless_hour(arena, list, &at, compute);
    if (compute->kind == COMPUTE_UNKNOWN && !compute->node_type) return cost_unknown("what it runs on is not known");
    return cluster_hour(arena, list, &at, compute);
}

/* Driver and worker of compute whose machines are known. */
static bool machines_find(const struct price_list *list, const struct price_place *at, const struct compute *c, struct price_node *driver,
                          struct price_node *worker) {
    if (c->kind == COMPUTE_WAREHOUSE || c->kind == COMPUTE_POOL || c->size || is_serverless(c) || c->workers_min < 0 || c->workers_max < 0)
        return false;
    return node_find(list, at, c->node_type, worker) && node_find(list, at, c->driver_node_type ? c->driver_node_type : c->node_type, driver);
}

bool price_compute_dbu(const struct price_list *list, const struct price_place *place, const struct compute *c, double *low, double *high) {
    struct price_place at = price_place_full(place);
    struct price_node worker, driver;
    if (!machines_find(list, &at, c, &driver, &worker)) return false;
    double factor = c->photon ? photon_factor(list, &at, cluster_sku(c)) : 1;
    *low = factor * (driver.dbu + c->workers_min * worker.dbu);
    *high = factor * (driver.dbu + c->workers_max * worker.dbu);
    return *low > 0;
}

bool price_compute_machines(const struct price_list *list, const struct price_place *place, const struct compute *c, double *low, double *high) {
    struct price_place at = price_place_full(place);
    struct price_node worker, driver;
    double unused;
    if (!machines_find(list, &at, c, &driver, &worker)) return false;
    machines_price(list, c, &driver, &worker, c->workers_min, low, &unused);
    machines_price(list, c, &driver, &worker, c->workers_max, &unused, high);
    return true;
}
