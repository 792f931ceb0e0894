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
    const json_t *imported = json_object_get(list->root, "imported");
    const char *last = json_string_value(json_array_get(imported, json_array_size(imported) - 1));
    list->source = last ? arena_printf(arena, "list prices and those of %s, %s", last, name) : arena_printf(arena, "list prices, %s", name);
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

struct cost price_cost_new(const struct price_list *list, const char *period) {
    return (struct cost){.known = true, .currency = price_list_currency(list), .period = period, .price_source = list->source};
}

struct price_place price_place_full(const struct price_place *place) {
    struct price_place full = {"AWS", NULL, "PREMIUM"};
    if (place && place->cloud) full.cloud = place->cloud;
    if (place && place->tier) full.tier = place->tier;
    full.region = place && place->region ? place->region : iis(full.cloud, "AZURE") ? "eastus" : iis(full.cloud, "GCP") ? "us-central1" : "us-east-1";
    return full;
}

/* The newest row that is valid on the day, one of the region before one of all; with `early`, the oldest when none is valid yet. */
static bool dbu_on(const struct price_list *list, const struct price_place *place, const char *sku, const char *day, bool early,
                   struct price_dbu_row *out) {
    struct price_place at = price_place_full(place);
    const json_t *rows = jsx_at(list->root, "databricks.dbu_price");
    const json_t *best = NULL, *first = NULL;
    const char *best_from = "";
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        const char *region = jsx_str(row, "region", "*"), *from = jsx_str(row, "valid_from", ""), *until = jsx_str(row, "valid_until", NULL);
        if (!iis(jsx_str(row, "sku", NULL), sku) || !iis(jsx_str(row, "cloud", NULL), at.cloud) || !iis(jsx_str(row, "tier", NULL), at.tier))
            continue;
        if (strcmp(region, "*") != 0 && !iis(region, at.region)) continue;
        if (until && strcmp(until, day) <= 0) continue;
        if (strcmp(from, day) > 0) {
            if (early && !best && (!first || strcmp(from, jsx_str(first, "valid_from", "")) < 0)) first = row;
            continue;
        }
        int newer = best ? strcmp(from, best_from) : 1;
        if (newer > 0 || (newer == 0 && strcmp(region, "*") != 0)) best = row, best_from = from;
    }
    if (!best) best = first;
    double usd = jsx_real(best, "usd_per_dbu", -1);
    *out = (struct price_dbu_row){usd, *best_from ? best_from : list->date, jsx_str(best, "src", "not said")};
    return best && usd >= 0;
}

/* Clouds are written in either case. */
static json_t *suffixes_of(const struct price_list *list, const char *cloud) {
    json_t *all = jsx_at(list->root, "databricks.sku_region_suffix"), *of;
    const char *name;
    json_object_foreach(all, name, of) {
        if (iis(name, cloud)) return of;
    }
    return NULL;
}

void price_sku_split(struct arena *arena, const struct price_list *list, const char *cloud, const char **sku, const char **tier,
                     const char **region) {
    static const char *const tiers[] = {"STANDARD", "PREMIUM", "ENTERPRISE"};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(tiers[i]);
        if (strncmp(*sku, tiers[i], n) != 0 || (*sku)[n] != '_') continue;
        *tier = tiers[i];
        *sku += n + 1;
        break;
    }
    json_t *suffixes = suffixes_of(list, cloud), *suffix;
    const char *name;
    size_t best = 0, whole = strlen(*sku);
    json_object_foreach(suffixes, name, suffix) {
        const char *end = json_string_value(suffix);
        size_t n = end ? strlen(end) : 0;
        if (n <= best || n + 1 >= whole || strcmp(*sku + whole - n, end) != 0 || (*sku)[whole - n - 1] != '_') continue;
        best = n;
        *region = name;
    }
    if (best) *sku = arena_copy(arena, *sku, whole - best - 1);
}

bool price_dbu_find(const struct price_list *list, const struct price_place *place, const char *sku, struct price_dbu_row *out) {
    return dbu_on(list, place, sku, list->today, false, out);
}

bool price_sku_find(struct arena *arena, const struct price_list *list, const char *cloud, const char *sku, int64_t at, struct price_sku_row *out) {
    const char *tier = NULL, *region = NULL;
    char day[CLOCK_ISO];
    struct price_dbu_row row;
    price_sku_split(arena, list, cloud, &sku, &tier, &region);
    clock_iso(at, day);
    day[10] = 0;
    struct price_place place = {*cloud ? cloud : NULL, region, tier};
    bool found = dbu_on(list, &place, sku, day, true, &row);
    *out = (struct price_sku_row){row.usd, row.valid_from, sku};
    return found;
}

bool price_dbu(const struct price_list *list, const struct price_place *place, const char *sku, double *usd) {
    struct price_dbu_row row;
    if (!price_dbu_find(list, place, sku, &row)) return false;
    *usd = row.usd;
    return true;
}

bool price_node_find(const struct price_list *list, const struct price_place *place, const char *type, struct price_node *out) {
    struct price_place at = price_place_full(place);
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
                                   .gigabytes = jsx_real(row, "mem_gb", 0),
                                   .region = jsx_str(row, "region", "*"),
                                   .from = jsx_str(row, "valid_from", NULL),
                                   .verified = jsx_bool(row, "verified", true)};
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

/* "XXLARGE", "X4LARGE" and "4X-Large" each by its number of X and its first other letter. */
static int size_order(const char *size, char *kind) {
    int xs = 0, number = 0;
    for (*kind = 0; *size && !*kind; size++) {
        if (*size == 'x' || *size == 'X') xs++;
        else if (*size >= '0' && *size <= '9') number = *size - '0';
        else if (*size != '-' && *size != '_') *kind = (char)(*size | 0x20);
    }
    return number ? number : xs;
}

bool price_size_find(const struct price_list *list, const char *path, const char **size, double *out) {
    const char *name;
    json_t *value;
    char wanted, kind;
    int order = size_order(*size, &wanted);
    json_object_foreach(jsx_at(list->root, path), name, value) {
        if (!json_is_number(value) || size_order(name, &kind) != order || kind != wanted) continue;
        *size = name;
        *out = json_number_value(value);
        return true;
    }
    return false;
}

const char *price_number_date(const struct price_list *list, const char *path) {
    const char *dot = strrchr(path, '.');
    char group[96];
    if (!dot || snprintf(group, sizeof group, "%.*s", (int)(dot - path), path) >= (int)sizeof group) return list->date;
    const json_t *of = jsx_at(list->root, group), *own = json_object_get(json_object_get(of, "dated"), dot + 1);
    return json_is_string(own) ? json_string_value(own) : jsx_str(of, "valid_from", list->date);
}

bool price_number_in(const struct price_list *list, const char *path, const char *name, double *out) {
    json_t *value = json_object_get(jsx_at(list->root, path), name);
    if (!json_is_number(value)) return false;
    *out = json_number_value(value);
    return true;
}

const char *price_warehouse_node(const struct price_list *list, const struct price_place *place, const char *size, bool driver) {
    struct price_place at = price_place_full(place);
    char path[64];
    snprintf(path, sizeof path, "%s.%s", driver ? "driver" : "worker", at.cloud);
    return jsx_str(warehouse_row(list, size), path, "");
}

double price_multiplier(const struct price_list *list, const struct price_place *place, const char *sku, const char *feature) {
    struct price_place at = price_place_full(place);
    const json_t *rows = jsx_at(list->root, "databricks.dbu_multiplier");
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        if (iis(jsx_str(row, "cloud", NULL), at.cloud) && iis(jsx_str(row, "sku", NULL), sku) && iis(jsx_str(row, "feature", NULL), feature)) {
            return jsx_real(row, "multiplier", 1);
        }
    }
    return -1;
}
