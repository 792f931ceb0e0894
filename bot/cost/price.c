/* price.c - the price list over its JSON; formulas of the platforms' own price pages. */
#include "price.h"

#include "clock.h"
#include "embedded.h"
#include "fs.h"
#include "jsonx.h"
#include "text.h"

#include <stdio.h>

#define PRICES_MAX ((size_t)16 << 20)

struct price_list {
    json_t *root;
    const char *date, *source;
    char today[CLOCK_ISO]; /* "2026-11-22" */
};

static bool iis(const char *a, const char *b) { return a && b && str_ieq(str_of(a), str_of(b)); }

const struct err *price_list_read(struct arena *arena, const char *name, const void *bytes, size_t n, struct price_list **out) {
    struct price_list *list = arena_new(arena, struct price_list);
    const struct err *failed = jsx_load(arena, bytes, n, &list->root);
    if (failed) return err_new(ERR_CONFIG, "price list %s: %s", name, failed->text);
    if (jsx_int(list->root, "schema_version", 0) != 1) return err_new(ERR_CONFIG, "price list %s: \"schema_version\" must be 1", name);
    if (!json_is_array(jsx_at(list->root, "databricks.dbu_price"))) {
        return err_new(ERR_CONFIG, "price list %s: \"databricks.dbu_price\" is missing: it must be a list of prices per DBU", name);
    }
    list->date = jsx_str(list->root, "generated", "date not given");
    list->source = arena_printf(arena, "list prices, %s", name);
    clock_iso(clock_now(), list->today);
    list->today[10] = 0;
    *out = list;
    return NULL;
}

const struct err *price_list_load(struct arena *arena, const char *path, struct price_list **out) {
    struct str bytes = {0};
    if (!path) {
        bytes = embedded_file("deploy/prices.json");
        if (bytes.p) return price_list_read(arena, "deploy/prices.json", bytes.p, bytes.n, out);
        path = PARLEY_SHARE_DIR "/prices.json";
        if (!fs_exists(path)) path = PARLEY_SOURCE_DIR "/deploy/prices.json";
    }
    const struct err *failed = fs_read(arena, path, PRICES_MAX, &bytes);
    if (failed) return err_new(ERR_CONFIG, "price list: %s", failed->text);
    return price_list_read(arena, path, bytes.p, bytes.n, out);
}

const json_t *price_list_json(const struct price_list *list) { return list->root; }

const char *price_list_date(const struct price_list *list) { return list->date; }

const char *price_list_source(const struct price_list *list) { return list->source; }

const char *price_list_today(const struct price_list *list) { return list->today; }

const char *price_list_currency(const struct price_list *list) { return jsx_str(list->root, "currency", "USD"); }

static struct price_place place_full(const struct price_place *place) {
    struct price_place full = {"AWS", NULL, "PREMIUM"};
    if (place && place->cloud) full.cloud = place->cloud;
    if (place && place->tier) full.tier = place->tier;
    full.region = place && place->region ? place->region : iis(full.cloud, "AZURE") ? "eastus" : iis(full.cloud, "GCP") ? "us-central1" : "us-east-1";
    return full;
}

bool price_dbu_find(const struct price_list *list, const struct price_place *place, const char *sku, struct price_dbu_row *out) {
    struct price_place at = place_full(place);
    const json_t *rows = jsx_at(list->root, "databricks.dbu_price");
    const json_t *best = NULL;
    const char *best_from = "";
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        const char *region = jsx_str(row, "region", "*"), *from = jsx_str(row, "valid_from", ""), *until = jsx_str(row, "valid_until", NULL);
        if (!iis(jsx_str(row, "sku", NULL), sku) || !iis(jsx_str(row, "cloud", NULL), at.cloud) || !iis(jsx_str(row, "tier", NULL), at.tier))
            continue;
        if (strcmp(region, "*") != 0 && !iis(region, at.region)) continue;
        if (strcmp(from, list->today) > 0 || (until && strcmp(until, list->today) <= 0)) continue;
        int newer = best ? strcmp(from, best_from) : 1;
        if (newer > 0 || (newer == 0 && strcmp(region, "*") != 0)) best = row, best_from = from;
    }
    double usd = jsx_real(best, "usd_per_dbu", -1);
    *out = (struct price_dbu_row){usd, *best_from ? best_from : list->date, jsx_str(best, "src", "not said")};
    return best && usd >= 0;
}

bool price_dbu(const struct price_list *list, const struct price_place *place, const char *sku, double *usd) {
    struct price_dbu_row row;
    if (!price_dbu_find(list, place, sku, &row)) return false;
    *usd = row.usd;
    return true;
}

bool price_node_find(const struct price_list *list, const struct price_place *place, const char *type, struct price_node *out) {
    struct price_place at = place_full(place);
    const json_t *rows = jsx_at(list->root, "nodes");
    bool found = false;
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        if (!iis(jsx_str(row, "type", NULL), type)) continue;
        /* A type's name tells its cloud; of several regions the wanted one is best, the first will do for its DBU. */
        bool here = iis(jsx_str(row, "region", NULL), at.region);
        if (found && !here) continue;
        *out = (struct price_node){.type = jsx_str(row, "type", type),
                                   .dbu = jsx_real(row, "dbu_per_hour", -1),
                                   .usd = jsx_real(row, "usd_per_hour", -1),
                                   .spot = jsx_real(row, "spot_usd_per_hour", -1),
                                   .vcpu = jsx_real(row, "vcpu", 0),
                                   .gigabytes = jsx_real(row, "mem_gb", 0)};
        found = true;
        if (here) break;
    }
    return found;
}

static const json_t *warehouse_row(const struct price_list *list, const char *size) {
    const json_t *rows = jsx_at(list->root, "databricks.warehouses");
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        if (iis(jsx_str(row, "size", NULL), size)) return row;
    }
    return NULL;
}

bool price_warehouse_dbu(const struct price_list *list, const char *size, double *dbu, int *workers) {
    const json_t *row = warehouse_row(list, size);
    *dbu = jsx_real(row, "dbu_per_hour", -1);
    if (workers) *workers = (int)jsx_int(row, "workers", 0);
    return row && *dbu >= 0;
}

bool price_number(const struct price_list *list, const char *path, double *out) {
    json_t *value = jsx_at(list->root, path);
    if (!json_is_number(value)) return false;
    *out = json_number_value(value);
    return true;
}

bool price_number_in(const struct price_list *list, const char *path, const char *name, double *out) {
    json_t *value = json_object_get(jsx_at(list->root, path), name);
    if (!json_is_number(value)) return false;
    *out = json_number_value(value);
    return true;
}

static double photon_factor(const struct price_list *list, const char *cloud, const char *sku) {
    const json_t *rows = jsx_at(list->root, "databricks.dbu_multiplier");
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        if (iis(jsx_str(row, "cloud", NULL), cloud) && iis(jsx_str(row, "sku", NULL), sku) && iis(jsx_str(row, "feature", NULL), "photon")) {
            return jsx_real(row, "multiplier", 1);
        }
    }
    return strncmp(sku, "ALL_PURPOSE", 11) == 0 ? 2.0 : iis(cloud, "AWS") ? 2.9 : 2.5;
}

static struct cost hour_new(const struct price_list *list) {
    return (struct cost){.known = true, .currency = "USD", .period = "hour", .price_date = list->date, .price_source = list->source};
}

static const char *place_text(struct arena *arena, const struct price_place *at) {
    return arena_printf(arena, "%s %s %s", at->cloud, at->region, at->tier);
}

static struct cost warehouse_hour(struct arena *arena, const struct price_list *list, const struct price_place *at, const struct compute *compute) {
    const char *size = compute->size ? compute->size : "Small";
    double dbu, usd;
    int workers;
    struct price_dbu_row price;
    if (!price_warehouse_dbu(list, size, &dbu, &workers))
        return cost_unknown(arena_printf(arena, "warehouse size '%s' is not in the price list", size));
    const char *sku = compute->serverless ? "SERVERLESS_SQL_COMPUTE" : "SQL_PRO_COMPUTE";
    if (!price_dbu_find(list, at, sku, &price))
        return cost_unknown(arena_printf(arena, "%s in %s is not in the price list", sku, place_text(arena, at)));
    usd = price.usd;
    struct cost hour = hour_new(list);
    hour.low = hour.high = dbu * usd;
    text_list_printf(arena, &hour.assumptions, "%s warehouse, %s: %.4g DBU an hour at $%.4g (%s, price of %s)", size,
                     compute->serverless ? "serverless" : "pro", dbu, usd, place_text(arena, at), price.valid_from);
    if (compute->serverless) return hour;
    const json_t *row = warehouse_row(list, size);
    char path[64];
    struct price_node driver, worker;
    snprintf(path, sizeof path, "driver.%s", at->cloud);
    bool known = price_node_find(list, at, jsx_str(row, path, ""), &driver) && driver.usd >= 0;
    snprintf(path, sizeof path, "worker.%s", at->cloud);
    known = known && price_node_find(list, at, jsx_str(row, path, ""), &worker) && worker.usd >= 0;
    if (!known) {
        text_list_printf(arena, &hour.assumptions, "the machines of the warehouse are not in the price list and not included");
        return hour;
    }
    hour.low += driver.usd + workers * worker.usd;
    hour.high = hour.low;
    text_list_printf(arena, &hour.assumptions, "plus 1 + %d machines (%s, %s) at list price", workers, driver.type, worker.type);
    return hour;
}

static const char *cluster_sku(const struct compute *compute) {
    if (compute->kind == COMPUTE_ALL_PURPOSE) return "ALL_PURPOSE_COMPUTE";
    if (compute->kind != COMPUTE_PIPELINE) return "JOBS_COMPUTE";
    if (iis(compute->edition, "CORE")) return "DLT_CORE_COMPUTE";
    if (iis(compute->edition, "PRO")) return "DLT_PRO_COMPUTE";
    return "DLT_ADVANCED_COMPUTE";
}

static double spot_price(const struct price_list *list, const struct price_node *node) {
    return node->spot >= 0 ? node->spot : node->usd * (1 - jsx_real(list->root, "spot.default_discount", 0));
}

static struct cost cluster_hour(struct arena *arena, const struct price_list *list, const struct price_place *at, const struct compute *compute) {
    if (!compute->node_type) return cost_unknown("the node type of the cluster is not given");
    struct price_node worker, driver;
    if (!price_node_find(list, at, compute->node_type, &worker) || worker.dbu < 0 || worker.usd < 0) {
        return cost_unknown(arena_printf(arena, "node type %s is not in the price list", compute->node_type));
    }
    const char *driver_type = compute->driver_node_type ? compute->driver_node_type : compute->node_type;
    if (!price_node_find(list, at, driver_type, &driver) || driver.dbu < 0 || driver.usd < 0) {
        return cost_unknown(arena_printf(arena, "node type %s is not in the price list", driver_type));
    }
    int min = compute->workers_min, max = compute->workers_max;
    if (min < 0 || max < min) return cost_unknown("the number of workers is not given");
    const char *sku = cluster_sku(compute);
    struct price_dbu_row price;
    if (!price_dbu_find(list, at, sku, &price))
        return cost_unknown(arena_printf(arena, "%s in %s is not in the price list", sku, place_text(arena, at)));
    double usd = price.usd;
    double factor = compute->photon ? photon_factor(list, at->cloud, sku) : 1;
    struct cost hour = hour_new(list);
    double spot = compute->spot ? spot_price(list, &worker) : worker.usd;
    hour.low = factor * (driver.dbu + min * worker.dbu) * usd + driver.usd + min * spot;
    hour.high = factor * (driver.dbu + max * worker.dbu) * usd + driver.usd + max * (compute->spot ? worker.usd : spot);
    text_list_printf(arena, &hour.assumptions, "%s at $%.4g per DBU (%s, price of %s)%s, driver %s, %d%s%.0d worker%s %s", sku, usd,
                     place_text(arena, at), price.valid_from, compute->photon ? arena_printf(arena, ", Photon x%.4g", factor) : "", driver.type, min,
                     max > min ? "-" : "", max > min ? max : 0, max == 1 ? "" : "s", worker.type);
    if (compute->spot) text_list_printf(arena, &hour.assumptions, "workers between spot and on-demand price");
    text_list_add(arena, &hour.assumptions, "disks, addresses and network traffic are not included");
    return hour;
}

struct cost price_compute_hour(struct arena *arena, const struct price_list *list, const struct price_place *place, const struct compute *compute) {
    struct price_place at = place_full(place);
    if (compute->kind == COMPUTE_WAREHOUSE || compute->size) return warehouse_hour(arena, list, &at, compute);
    if (compute->kind == COMPUTE_SERVERLESS || compute->serverless) {
        return cost_unknown("serverless compute has no size of its own: its price comes from past runs, and there are none in the catalog");
    }
    if (compute->kind == COMPUTE_UNKNOWN && !compute->node_type) return cost_unknown("what it runs on is not known");
    return cluster_hour(arena, list, &at, compute);
}
