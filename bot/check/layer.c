/* layer.c - layers and domains by the words that names are made of. */
#include "layer.h"

#include "text.h"

#include <ctype.h>
#include <strings.h>

#define PARTS_MAX 8

static const char *const names[] = {[LAYER_UNKNOWN] = "", [LAYER_BRONZE] = "bronze", [LAYER_SILVER] = "silver", [LAYER_GOLD] = "gold"};

const char *layer_name(enum layer layer) { return names[layer]; }

/* Words for layers; `schema` ones count only as the whole name of a schema or folder. */
static const struct {
    const char *word;
    enum layer layer;
    bool schema;
} words[] = {
    {"bronze", LAYER_BRONZE, false}, {"brz", LAYER_BRONZE, false}, {"silver", LAYER_SILVER, false}, {"slv", LAYER_SILVER, false},
    {"gold", LAYER_GOLD, false},     {"gld", LAYER_GOLD, false},   {"raw", LAYER_BRONZE, true},     {"landing", LAYER_BRONZE, true},
    {"staging", LAYER_SILVER, true}, {"mart", LAYER_GOLD, true},   {"marts", LAYER_GOLD, true},
};

static enum layer word_layer(struct str word, bool whole) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if ((whole || !words[i].schema) && str_ieq(word, str_of(words[i].word))) return words[i].layer;
    }
    return LAYER_UNKNOWN;
}

/* Two words of one name that disagree say nothing. */
static enum layer both(enum layer a, enum layer b, bool *torn) {
    if (a && b && a != b) *torn = true;
    return a ? a : b;
}

/* The next word at *p; words end at anything but letters and digits. */
static bool word_next(const char **p, const char *end, struct str *out) {
    while (*p < end && !isalnum((unsigned char)**p)) (*p)++;
    const char *start = *p;
    while (*p < end && isalnum((unsigned char)**p)) (*p)++;
    *out = (struct str){start, (size_t)(*p - start)};
    return out->n > 0;
}

static enum layer words_layer(struct str text, bool *torn) {
    enum layer found = word_layer(text, true);
    const char *p = text.p, *end = text.p + text.n;
    struct str word;
    while (word_next(&p, end, &word)) found = both(found, word_layer(word, false), torn);
    return found;
}

static size_t parts_of(const char *name, struct str parts[PARTS_MAX]) {
    size_t n = 0;
    for (const char *p = name; n < PARTS_MAX; p++) {
        const char *dot = strchr(p, '.');
        parts[n++] = (struct str){p, dot ? (size_t)(dot - p) : strlen(p)};
        if (!dot) break;
        p = dot;
    }
    return n;
}

/* bronze_orders, orders_gold: the first or the last word of a table's own name. */
static enum layer table_layer(struct str table) {
    const char *cut = memchr(table.p, '_', table.n), *last = memrchr(table.p, '_', table.n);
    if (!cut) return LAYER_UNKNOWN;
    enum layer first = word_layer((struct str){table.p, (size_t)(cut - table.p)}, false);
    return first ? first : word_layer((struct str){last + 1, table.n - (size_t)(last + 1 - table.p)}, false);
}

enum layer layer_of(const struct repo_settings *settings, const char *dataset) {
    struct str parts[PARTS_MAX];
    if (!dataset || strpbrk(dataset, "/${}@&:`")) return LAYER_UNKNOWN;
    for (size_t i = 0; i < settings->layer_count; i++) {
        if (text_glob(settings->layers[i].pattern, dataset)) return word_layer(str_of(settings->layers[i].layer), true);
    }
    size_t n = parts_of(dataset, parts);
    enum layer found = LAYER_UNKNOWN;
    bool torn = false;
    for (size_t i = 0; i + 1 < n; i++) found = both(found, words_layer(parts[i], &torn), &torn);
    if (torn) return LAYER_UNKNOWN;
    return found ? found : table_layer(parts[n - 1]);
}

enum layer layer_of_path(const char *path) {
    bool torn = false;
    enum layer found = LAYER_UNKNOWN;
    const char *p = path, *end = path + strlen(path);
    struct str word;
    while (word_next(&p, end, &word)) found = both(found, word_layer(word, false), &torn);
    return torn ? LAYER_UNKNOWN : found;
}

/* Names of environments, of warehouses as a whole and of what is there for all are no domains. */
static bool is_domain(struct str text) {
    static const char *const others[] = {"dev",    "prod",      "production",    "test",           "tst",       "stage",     "stg",       "uat",
                                         "qa",     "int",       "main",          "workspace",      "default",   "lakehouse", "catalog",   "analytics",
                                         "dwh",    "edw",       "data",          "samples",        "sandbox",   "demo",      "db",        "dbo",
                                         "public", "delta",     "spark_catalog", "hive_metastore", "warehouse", "live",      "shared",    "common",
                                         "core",   "reference", "ref",           "master",         "global",    "company",   "enterprise"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (str_ieq(text, str_of(others[i]))) return false;
    }
    return text.n > 1;
}

/* The one word of a part beside the layer's: finance_silver. */
static bool rest_of(struct str part, struct str *out) {
    const char *p = part.p, *end = part.p + part.n;
    struct str word;
    size_t rest = 0, layers = 0;
    while (word_next(&p, end, &word)) {
        if (word_layer(word, false)) layers++;
        else if (is_domain(word)) rest++, *out = word;
    }
    return layers == 1 && rest == 1;
}

const char *domain_of(struct arena *arena, const char *dataset) {
    struct str parts[PARTS_MAX], word;
    if (!dataset || strpbrk(dataset, "/${}@&:`")) return NULL;
    size_t n = parts_of(dataset, parts);
    for (size_t i = 0; i + 1 < n; i++) {
        if (rest_of(parts[i], &word)) return str_lower(arena, word);
    }
    if (n != 3) return NULL;
    for (size_t i = 0; i < 2; i++) {
        bool other_is_layer = word_layer(parts[1 - i], true) != LAYER_UNKNOWN;
        if (other_is_layer && is_domain(parts[i]) && !word_layer(parts[i], true)) return str_lower(arena, parts[i]);
    }
    return NULL;
}
