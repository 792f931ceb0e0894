/* plan_case.h - plans for tests from SQL and a schema written as JSON. */
#ifndef PLAN_CASE_H
#define PLAN_CASE_H

#include "bind.h"
#include "jsonx.h"

#define SHOP                                                                                                                                         \
    "{\"tables\": {\"orders\": {\"id\": \"int\", \"customer_id\": \"int\", \"status\": \"text\", \"net\": \"int\", \"gross\": \"int\", "             \
    "\"day\": \"date\"}, \"customers\": {\"id\": \"int\", \"country\": \"text\"}, \"lines\": {\"order_id\": \"int\", \"sku\": \"text\", "            \
    "\"pieces\": \"int\"}}, \"not_null\": [\"orders.id\", \"customers.id\", \"orders.customer_id\"], "                                               \
    "\"keys\": [[\"orders.id\"], [\"customers.id\"]], \"fks\": [[\"orders.customer_id\", \"customers.id\"]]}"

static struct plan *plan_case(struct arena *arena, const char *sql) {
    static const char shop[] = SHOP;
    json_t *json;
    struct schema *schema = NULL;
    struct plan *plan = NULL;
    const struct err *err = jsx_load(arena, shop, sizeof shop - 1, &json);
    if (!err) err = schema_from_json(arena, json, DIALECT_POSTGRES, &schema);
    if (!err) err = plan_from_sql(arena, str_of(sql), schema, DIALECT_POSTGRES, &plan);
    if (err) fail_msg("%s: %s", sql, err->text);
    if (plan->reason) fail_msg("%s: %s", sql, plan->reason);
    return plan;
}

#endif
