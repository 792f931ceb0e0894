/* price.h - the price list: what a DBU, a node, a warehouse or a terabyte costs, with date and source of every figure.
 * Layer: cost. May use: base, read's records. Form of the file: deploy/prices.json. */
#ifndef PRICE_H
#define PRICE_H

#include "cost.h"
#include "definition.h"
#include "err.h"
#include "jsonx.h"

struct price_list; /* opaque; lives as long as its arena */

/* Reads the list. ERR_CONFIG names what is wrong. path NULL: the one shipped (prices.json in the share folder, else in the source tree). */
const struct err *price_list_load(struct arena *arena, const char *path, struct price_list **out) MUST_CHECK;
const struct err *price_list_read(struct arena *arena, const char *name, const void *bytes, size_t n, struct price_list **out) MUST_CHECK;

/* "2026-11-22" and "list prices, deploy/prices.json". */
const char *price_list_date(const struct price_list *list);
const char *price_list_source(const struct price_list *list);
/* The day it was read, "2026-11-22": prices are those of that day. */
const char *price_list_today(const struct price_list *list);
/* "USD": of every price in it. */
const char *price_list_currency(const struct price_list *list);

/* No money yet, per `period`, in the list's currency, with its date and source. */
struct cost price_cost_new(const struct price_list *list, const char *period);

/* Where things run. All may be NULL: AWS, us-east-1, PREMIUM. */
struct price_place {
    const char *cloud, *region, *tier;
};
/* With the defaults in the place of what is NULL. */
struct price_place price_place_full(const struct price_place *place);

/* What a DBU of a product costs at a place: the newest row that is valid on the day the list was read, one for that region before one for all. */
struct price_dbu_row {
    double usd;
    const char *valid_from; /* "2026-04-10"; the list's own date when the row does not say */
    const char *source;     /* "L1" of the list's sources, or the file it was imported from */
};
bool price_dbu_find(const struct price_list *list, const struct price_place *place, const char *sku, struct price_dbu_row *out);
/* "PREMIUM_JOBS_SERVERLESS_COMPUTE_US_EAST_N_VIRGINIA" into tier, product and region; a product priced alike everywhere has no region in its name:
 * tier and region are then left as they are. */
void price_sku_split(struct arena *arena, const struct price_list *list, const char *cloud, const char **sku, const char **tier, const char **region);
/* The same for a product as billing names it ("PREMIUM_JOBS_SERVERLESS_COMPUTE_US_EAST_N_VIRGINIA"), on the day of `at`; before the first price that
 * is known, that one. `out->product` is its name without tier and region, in the arena; set even when it has no price. */
struct price_sku_row {
    double usd;
    const char *valid_from;
    const char *product;
};
bool price_sku_find(struct arena *arena, const struct price_list *list, const char *cloud, const char *sku, int64_t at, struct price_sku_row *out);
/* USD per DBU of a product ("JOBS_COMPUTE", "SERVERLESS_SQL_COMPUTE"). False when it is not in the list. */
bool price_dbu(const struct price_list *list, const struct price_place *place, const char *sku, double *usd);
/* A node: DBU and USD per hour; usd < 0 when its price is not known. False when the type is not in the list. */
struct price_node {
    const char *type;
    double dbu, usd, spot; /* spot < 0: not known */
    double vcpu, gigabytes;
    const char *region; /* its price is of; "*": of all */
    const char *from;   /* the day its price is of; NULL not known */
    bool verified;      /* false: a figure without a published source */
};
bool price_node_find(const struct price_list *list, const struct price_place *place, const char *type, struct price_node *out);
/* DBU per hour of a warehouse size ("2X-Small"). False when it is not in the list. */
bool price_warehouse_dbu(const struct price_list *list, const char *size, double *dbu, int *workers);

/* The machine that drives a warehouse of that size, or one of its workers; "" when the list has none. */
const char *price_warehouse_node(const struct price_list *list, const struct price_place *place, const char *size, bool driver);
/* How many times the DBU a feature ("photon") makes of a product's; -1 when the list does not say. */
double price_multiplier(const struct price_list *list, const struct price_place *place, const char *sku, const char *feature);

/* ---- hour.c ---- */

/* What an hour of this compute costs while it is up, from its fewest to its most machines: nodes, spot, Photon, warehouses and their clusters,
 * pipelines by edition. Serverless compute has no size of its own: it is priced as a cluster that does the same work, said so. Unknown node types
 * make it unknown, by name. A pool is what its idle machines cost: no DBU. */
struct cost price_compute_hour(struct arena *arena, const struct price_list *list, const struct price_place *place, const struct compute *compute);

/* DBU an hour of classic compute, from its fewest to its most workers. False for what has no machines of its own, or unknown ones. */
bool price_compute_dbu(const struct price_list *list, const struct price_place *place, const struct compute *compute, double *low, double *high);
/* And what the cloud charges an hour for those machines. */
bool price_compute_machines(const struct price_list *list, const struct price_place *place, const struct compute *compute, double *low, double *high);

/* What stands in for compute without machines of its own: the cluster that serverless jobs and pipelines are priced as; else `compute` as it is. */
struct compute price_stand_in(const struct price_list *list, const struct price_place *place, const struct compute *compute);

/* A price that is one number: "athena.usd_per_tb", "bigquery.usd_per_tib", "snowflake.usd_per_credit.ENTERPRISE". False when absent. */
bool price_number(const struct price_list *list, const char *path, double *out);
/* The same for a name that may hold dots: ("glue.dpu_per_worker", "G.1X"). */
bool price_number_in(const struct price_list *list, const char *path, const char *name, double *out);

/* The figure of a size in any of its spellings ("XSMALL", "x-small", "XXLARGE"); `*size` becomes the list's own. False when it has none. */
bool price_size_find(const struct price_list *list, const char *path, const char **size, double *out);
/* The day such a figure is of: its own, its group's, else the list's. */
const char *price_number_date(const struct price_list *list, const char *path);

/* The list as it stands, for people and for price_list_write. Borrowed. */
const json_t *price_list_json(const struct price_list *list);

/* Rows of an export (records.h) into the list: of system.billing.list_prices (sku_name, cloud, usage_unit, price_start_time, price_end_time,
 * pricing); of contracted rates (cloud, tier, sku, price and, when wanted, region and valid_from); of machines (node_type, usd_per_hour); of single
 * figures (item, price: "bigquery.usd_per_slot_hour"). A row replaces the one of the same product, place and date; the newest that is valid counts.
 * ERR_INPUT names file, line and what is wanted. */
struct price_import {
    size_t added, replaced, passed; /* passed: rows of other units or of prices that ended */
};
const struct err *price_list_import(struct price_list *list, const char *name, struct str bytes, struct price_import *out) MUST_CHECK;
const struct err *price_list_write(const struct price_list *list, const char *path) MUST_CHECK;

#endif
