/* cmd_prices.c - parley prices: the price list, and your own prices into it. */
#include "commands.h"
#include "fs.h"
#include "jsonx.h"
#include "local.h"
#include "price.h"

#include <argp.h>
#include <stdio.h>

#define IMPORT_MAX ((size_t)256 << 20)

static const char doc[] =
    "Show the price list, or import prices into one.\n"
    "\n"
    "  list           every price per DBU, with region, tier, date and source\n"
    "  import FILE    rows of an export into the list given by --prices, which is made from the shipped one when absent\v"
    "FILE is JSON lines, a JSON array or CSV with a header, of any of these rows:\n"
    "  system.billing.list_prices as exported: sku_name, cloud, usage_unit, currency_code, price_start_time, price_end_time, pricing\n"
    "  contracted rates: cloud,tier,sku,price[,region][,valid_from]\n"
    "  machines: node_type,usd_per_hour[,region][,valid_from] and, for one not in the list, dbu_per_hour\n"
    "  single figures: item,price such as bigquery.usd_per_slot_hour,0.04\n"
    "\n"
    "The newest row that is valid today counts; one without a region holds for all regions.\n"
    "\n"
    "Examples:\n"
    "  parley prices list --prices prices.json\n"
    "  parley prices import list_prices.csv --prices /etc/parley/prices.json\n"
    "\n"
    "Exit codes: 0 done, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"prices", 'p', "FILE", 0, "The price list; list: [the one shipped], import: [prices.json]", 0},
    {"json", KEY_JSON, NULL, 0, "JSON instead of text", 0},
    {0},
};

struct words {
    const char *prices, *verb, *file;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'p':
        w->prices = arg;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1) return ARGP_ERR_UNKNOWN;
        *(state->arg_num ? &w->file : &w->verb) = arg;
        return 0;
    case ARGP_KEY_END:
        if (strcmp(w->verb, "list") == 0 && !w->file) return 0;
        if (strcmp(w->verb, "import") == 0 && w->file) return 0;
        argp_error(state, "wanted is list, or import FILE");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct err *list_show(struct arena *arena, const struct words *w) {
    struct price_list *list;
    size_t i;
    json_t *row;
    TRY(price_list_load(arena, w->prices, &list));
    if (w->json) return puts(jsx_dump(arena, price_list_json(list), false)), NULL;
    printf("%s of %s, in %s\n", price_list_source(list), price_list_date(list), price_list_currency(list));
    printf("%-6s %-14s %-11s %-34s %10s  %-10s %s\n", "cloud", "region", "tier", "product", "per DBU", "from", "source");
    json_array_foreach(jsx_at(price_list_json(list), "databricks.dbu_price"), i, row) {
        printf("%-6s %-14s %-11s %-34s %10.4f  %-10s %s%s\n", jsx_str(row, "cloud", ""), jsx_str(row, "region", "*"), jsx_str(row, "tier", ""),
               jsx_str(row, "sku", ""), jsx_real(row, "usd_per_dbu", 0), jsx_str(row, "valid_from", "not said"), jsx_str(row, "src", ""),
               jsx_bool(row, "verified", true) ? "" : " (not verified)");
    }
    printf("%-6s %-14s %-26s %6s %8s %10s  %-10s %s\n", "cloud", "region", "machine", "vCPU", "DBU/h", "per hour", "from", "source");
    json_array_foreach(jsx_at(price_list_json(list), "nodes"), i, row) {
        printf("%-6s %-14s %-26s %6.0f %8.4g %10.4f  %-10s %s%s\n", jsx_str(row, "cloud", ""), jsx_str(row, "region", ""), jsx_str(row, "type", ""),
               jsx_real(row, "vcpu", 0), jsx_real(row, "dbu_per_hour", 0), jsx_real(row, "usd_per_hour", 0), jsx_str(row, "valid_from", "not said"),
               jsx_str(row, "usd_src", ""), jsx_bool(row, "verified", true) ? "" : " (not verified)");
    }
    return NULL;
}

static const struct err *file_import(struct arena *arena, const struct words *w) {
    struct price_list *list;
    struct str bytes;
    struct price_import done;
    const char *path = w->prices ? w->prices : "prices.json";
    TRY(price_list_load(arena, fs_exists(path) ? path : NULL, &list));
    TRY(fs_read(arena, w->file, IMPORT_MAX, &bytes));
    TRY(price_list_import(list, w->file, bytes, &done));
    TRY(price_list_write(list, path));
    if (w->json) {
        printf("{\"added\": %zu, \"replaced\": %zu, \"passed\": %zu}\n", done.added, done.replaced, done.passed);
        return NULL;
    }
    printf("%s: %zu price%s added, %zu replaced", path, done.added, done.added == 1 ? "" : "s", done.replaced);
    if (done.passed) printf(", %zu row%s passed over: the unit is not DBU", done.passed, done.passed == 1 ? "" : "s");
    putchar('\n');
    return NULL;
}

int cmd_prices(int argc, char **argv) {
    struct words words = {.verb = "list"};
    const struct argp argp = {options, word_take, "[list | import FILE]", doc, NULL, NULL, NULL};
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) != 0) return EXIT_USAGE;
    struct arena *arena = arena_create(ARENA_JOB);
    const struct err *failed = strcmp(words.verb, "list") == 0 ? list_show(arena, &words) : file_import(arena, &words);
    int code = failed ? local_fail(failed) : EXIT_FINE;
    arena_destroy(arena);
    return code;
}
