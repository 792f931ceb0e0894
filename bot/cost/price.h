/* price.h - the price list: what a DBU, a node, a warehouse or a terabyte costs, with date and source of every figure.
 * Layer: cost. May use: base, read's records. Form of the file: deploy/prices.json. */
#ifndef PRICE_H
#define PRICE_H

#include "cost.h"
#include "definition.h"
#include "err.h"

struct price_list; /* opaque; lives as long as its arena */

/* Reads the list. ERR_CONFIG names what is wrong. path NULL: the one shipped (prices.json in the share folder, else in the source tree). */
const struct err *price_list_load(struct arena *arena, const char *path, struct price_list **out) MUST_CHECK;
const struct err *price_list_read(struct arena *arena, const char *name, const void *bytes, size_t n, struct price_list **out) MUST_CHECK;

/* "2026-11-22" and "list prices, deploy/prices.json". */
const char *price_list_date(const struct price_list *list);
const char *price_list_source(const struct price_list *list);
/* "USD": of every price in it. */
const char *price_list_currency(const struct price_list *list);

/* Where things run. All may be NULL: AWS, us-east-1, PREMIUM. */
struct price_place {
    const char *cloud, *region, *tier;
};

/* USD per DBU of a product ("JOBS_COMPUTE", "SERVERLESS_SQL_COMPUTE"). False when it is not in the list. */
bool price_dbu(const struct price_list *list, const struct price_place *place, const char *sku, double *usd);
/* A node: DBU and USD per hour; usd < 0 when its price is not known. False when the type is not in the list. */
struct price_node {
    const char *type;
    double dbu, usd, spot; /* spot < 0: not known */
    double vcpu, gigabytes;
};
bool price_node_find(const struct price_list *list, const struct price_place *place, const char *type, struct price_node *out);
/* DBU per hour of a warehouse size ("2X-Small"). False when it is not in the list. */
bool price_warehouse_dbu(const struct price_list *list, const char *size, double *dbu, int *workers);

/* What an hour of this compute costs, from its fewest to its most workers. Unknown node types make it unknown, by name. */
struct cost price_compute_hour(struct arena *arena, const struct price_list *list, const struct price_place *place, const struct compute *compute);

/* A price that is one number: "athena.usd_per_tb", "bigquery.usd_per_tib", "snowflake.usd_per_credit.ENTERPRISE". False when absent. */
bool price_number(const struct price_list *list, const char *path, double *out);
/* The same for a name that may hold dots: ("glue.dpu_per_worker", "G.1X"). */
bool price_number_in(const struct price_list *list, const char *path, const char *name, double *out);

#endif
