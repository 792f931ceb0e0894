/* price_import.c - contracted or newer prices into a price list. */
#include "price.h"

#include "clock.h"
#include "fs.h"
#include "records.h"

#include <math.h>

#define LAST_DAY 253402300799.0 /* of the year 9999 */

struct import {
    struct price_list *list;
    json_t *root;
    const char *name;
    struct price_import *out;
};

static const struct err *price_read(struct import *in, struct arena *arena, const json_t *row, double *out) {
    const char *const names[] = {
        "price",      "usd_per_dbu", "usd_per_hour", "pricing.effective_list.default", "pricing.default", "effective_list.default", "pricing_default",
        "list_price", NULL};
    const char *text = record_text(arena, row, names);
    if (!record_number(arena, row, names, out)) {
        if (text) return err_new(ERR_INPUT, "the price '%.40s' is no number: digits with a point for the fraction are wanted, such as 0.15", text);
        return err_new(ERR_INPUT, "no price in this row: a column 'price' with a number is wanted");
    }
    if (*out < 0 || *out > 1e6) return err_new(ERR_INPUT, "the price %g is out of range: 0 to 1000000 is expected", *out);
    return NULL;
}

static const struct err *currency_check(struct import *in, struct arena *arena, const json_t *row) {
    const char *currency = record_text(arena, row, NAMES("currency_code", "currency")), *own = price_list_currency(in->list);
    if (!currency || str_iis(str_of(currency), own)) return NULL;
    return err_new(ERR_INPUT, "the price is in %s, the list in %s: a list holds one currency; export the rows in %s", currency, own, own);
}

/* A day of the row, "2026-04-10", also of a time; NULL when it has none. */
static const struct err *day_read(struct arena *arena, const json_t *row, const char *const *names, const char **out) {
    const char *text = record_text(arena, row, names);
    double at;
    char iso[CLOCK_ISO];
    *out = NULL;
    if (!text) return NULL;
    if (!record_time(arena, row, names, &at) || at < 0 || at > LAST_DAY)
        return err_new(ERR_INPUT, "the date '%.40s' cannot be read: such as 2026-04-10 is wanted", text);
    clock_iso((int64_t)at, iso);
    *out = arena_copy(arena, iso, 10);
    return NULL;
}

/* A number that is given must be one, and not be negative. */
static const struct err *amount_read(struct arena *arena, const json_t *row, const char *name, double *out) {
    const char *text = record_text(arena, row, NAMES(name));
    if (!record_number(arena, row, NAMES(name), out)) return text ? err_new(ERR_INPUT, "%s '%.40s' is no number", name, text) : NULL;
    return *out < 0 || *out > 1e6 ? err_new(ERR_INPUT, "%s %g is out of range: 0 to 1000000 is expected", name, *out) : NULL;
}

static bool same_text(const json_t *a, const json_t *b, const char *key) {
    const char *x = jsx_str(a, key, ""), *y = jsx_str(b, key, "");
    return str_ieq(str_of(x), str_of(y));
}

/* Puts `row` in the place of the one that agrees in all `keys`, else at the end. */
static void row_put(struct import *in, json_t *list, json_t *row, const char *const *keys) {
    size_t i;
    json_t *old;
    json_array_foreach(list, i, old) {
        bool same = true;
        for (const char *const *key = keys; same && *key; key++) same = same_text(old, row, *key);
        if (!same) continue;
        json_array_set_new(list, i, row);
        in->out->replaced++;
        return;
    }
    json_array_append_new(list, row);
    in->out->added++;
}

static const char *upper(struct arena *arena, const char *text) {
    char *copy = arena_strdup(arena, text);
    for (char *p = copy; *p; p++) {
        if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 32);
    }
    return copy;
}

static const struct err *dbu_import(struct import *in, struct arena *arena, const json_t *row, const char *sku) {
    const char *cloud = record_text(arena, row, NAMES("cloud")), *tier = record_text(arena, row, NAMES("tier"));
    const char *region = record_text(arena, row, NAMES("region")), *unit = record_text(arena, row, NAMES("usage_unit", "unit"));
    double price;
    if (unit && !str_iis(str_of(unit), "DBU")) return in->out->passed++, NULL;
    if (!cloud) return err_new(ERR_INPUT, "the row of %s has no 'cloud': AWS, AZURE or GCP is wanted", sku);
    cloud = upper(arena, cloud);
    if (strcmp(cloud, "AWS") != 0 && strcmp(cloud, "AZURE") != 0 && strcmp(cloud, "GCP") != 0)
        return err_new(ERR_INPUT, "unknown cloud '%s': AWS, AZURE or GCP is wanted", cloud);
    TRY(currency_check(in, arena, row));
    TRY(price_read(in, arena, row, &price));
    price_sku_split(arena, in->list, cloud, &sku, &tier, &region);
    const char *from, *until;
    TRY(day_read(arena, row, NAMES("valid_from", "price_start_time"), &from));
    TRY(day_read(arena, row, NAMES("valid_until", "price_end_time"), &until));
    if (tier && !str_iis(str_of(tier), "STANDARD") && !str_iis(str_of(tier), "PREMIUM") && !str_iis(str_of(tier), "ENTERPRISE"))
        return err_new(ERR_INPUT, "unknown tier '%.40s': STANDARD, PREMIUM or ENTERPRISE is wanted", tier);
    json_t *kept = json_object();
    jsx_set_text(kept, "cloud", cloud);
    jsx_set_text(kept, "region", region ? region : "*");
    jsx_set_text(kept, "tier", tier ? tier : "PREMIUM");
    jsx_set_text(kept, "sku", sku);
    json_object_set_new(kept, "usd_per_dbu", json_real(price));
    jsx_set_text(kept, "valid_from", from ? from : price_list_today(in->list));
    if (until) jsx_set_text(kept, "valid_until", until);
    jsx_set_text(kept, "src", in->name);
    json_object_set_new(kept, "verified", json_true());
    row_put(in, jsx_at(in->root, "databricks.dbu_price"), kept, NAMES("cloud", "region", "tier", "sku", "valid_from"));
    return NULL;
}

static const struct err *node_import(struct import *in, struct arena *arena, const json_t *row, const char *type) {
    double price;
    size_t i;
    json_t *node;
    TRY(currency_check(in, arena, row));
    TRY(price_read(in, arena, row, &price));
    double dbu = -1, vcpu = 0, memory = 0;
    const char *region = record_text(arena, row, NAMES("region")), *from;
    TRY(day_read(arena, row, NAMES("valid_from"), &from));
    TRY(amount_read(arena, row, "dbu_per_hour", &dbu));
    TRY(amount_read(arena, row, "vcpu", &vcpu));
    TRY(amount_read(arena, row, "mem_gb", &memory));
    json_array_foreach(jsx_at(in->root, "nodes"), i, node) {
        if (!str_iis(str_of(jsx_str(node, "type", "")), type) || (region && !str_iis(str_of(jsx_str(node, "region", "")), region))) continue;
        json_object_set_new(node, "usd_per_hour", json_real(price));
        jsx_set_text(node, "usd_src", in->name);
        jsx_set_text(node, "valid_from", from ? from : price_list_today(in->list));
        in->out->replaced++;
        return NULL;
    }
    if (dbu < 0)
        return err_new(ERR_INPUT, "machine type '%s'%s%s is not in the list yet: give 'dbu_per_hour' too", type, region ? " in " : "",
                       region ? region : "");
    node = json_object();
    jsx_set_text(node, "cloud", record_text(arena, row, NAMES("cloud")));
    jsx_set_text(node, "region", region ? region : "*");
    jsx_set_text(node, "type", type);
    json_object_set_new(node, "vcpu", json_real(vcpu));
    json_object_set_new(node, "mem_gb", json_real(memory));
    json_object_set_new(node, "usd_per_hour", json_real(price));
    json_object_set_new(node, "dbu_per_hour", json_real(dbu));
    jsx_set_text(node, "usd_src", in->name);
    jsx_set_text(node, "valid_from", from ? from : price_list_today(in->list));
    json_array_append_new(jsx_at(in->root, "nodes"), node);
    in->out->added++;
    return NULL;
}

/* "snowflake.usd_per_credit.ENTERPRISE": the group must be there, the figure may be new. */
static const struct err *item_import(struct import *in, struct arena *arena, const json_t *row, const char *item) {
    double price;
    const char *from;
    TRY(currency_check(in, arena, row));
    TRY(price_read(in, arena, row, &price));
    TRY(day_read(arena, row, NAMES("valid_from"), &from));
    const char *dot = strrchr(item, '.');
    json_t *group = dot ? jsx_at(in->root, str_dup(arena, (struct str){item, (size_t)(dot - item)})) : NULL;
    if (!json_is_object(group) || json_is_array(json_object_get(group, dot + 1)) || json_is_object(json_object_get(group, dot + 1)))
        return err_new(ERR_INPUT,
                       "unknown item '%.80s': such as athena.usd_per_tb_scanned, bigquery.usd_per_slot_hour, snowflake.usd_per_credit.ENTERPRISE",
                       item);
    *(json_object_get(group, dot + 1) ? &in->out->replaced : &in->out->added) += 1;
    json_object_set_new(group, dot + 1, json_real(price));
    if (!json_is_object(json_object_get(group, "dated"))) json_object_set_new(group, "dated", json_object());
    jsx_set_text(json_object_get(group, "dated"), dot + 1, from ? from : price_list_today(in->list));
    return NULL;
}

static const struct err *row_import(void *ctx, struct arena *arena, const json_t *row, int line) {
    struct import *in = ctx;
    const char *sku = record_text(arena, row, NAMES("sku_name", "sku")), *type = record_text(arena, row, NAMES("node_type", "type"));
    const char *item = record_text(arena, row, NAMES("item"));
    if (sku) return dbu_import(in, arena, row, sku);
    if (type) return node_import(in, arena, row, type);
    if (item) return item_import(in, arena, row, item);
    return err_new(ERR_INPUT, "the row names neither sku_name (a product), node_type (a machine) nor item (a figure of the list)");
}

/* Which files its own prices came from, each once. */
static void source_keep(struct price_list *list, const char *name) {
    json_t *root = (json_t *)(uintptr_t)price_list_json(list), *files = json_object_get(root, "imported"), *file;
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    size_t i;
    if (!json_is_array(files)) json_object_set_new(root, "imported", files = json_array());
    json_array_foreach(files, i, file) {
        if (json_is_string(file) && strcmp(json_string_value(file), base) == 0) return;
    }
    json_array_append_new(files, json_string(base));
}

const struct err *price_list_import(struct price_list *list, const char *name, struct str bytes, struct price_import *out) {
    *out = (struct price_import){0};
    struct import in = {list, (json_t *)(uintptr_t)price_list_json(list), name, out};
    TRY(records_read(name, bytes, row_import, &in));
    return source_keep(list, name), NULL;
}

const struct err *price_list_write(const struct price_list *list, const char *path) {
    struct arena *arena = arena_create(ARENA_JOB);
    char *text = json_dumps(price_list_json(list), JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    const struct err *failed = text ? fs_write(path, text, strlen(text)) : err_new(ERR_CONFIG, "%s: no memory to write it", path);
    free(text);
    arena_destroy(arena);
    return failed;
}
