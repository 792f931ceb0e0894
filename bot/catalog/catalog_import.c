/* catalog_import.c - sizes, readers, owners and metrics from a file; the form is documented at catalog_import. */
#include "catalog_rows.h"

#include "bind.h"
#include "clock.h"
#include "schema.h"
#include "sql_parse.h"
#include "yaml.h"

#include <stdlib.h>
#include <strings.h>

#define IMPORT_MAX 200000

struct import {
    struct arena *arena;
    struct catalog *catalog;
    const char *name;
    int64_t taken;
    size_t count;
};

static const struct err *wrong(const struct import *in, const struct yaml *at, const char *why) {
    return err_new(ERR_INPUT, "%s:%d: %s", in->name, at->line, why);
}

static const struct err *keys_known(const struct import *in, const struct yaml *map, const char *const *names, size_t count) {
    if (map->kind != YAML_MAP) return wrong(in, map, "a map of keys is wanted here");
    for (size_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (k < count && strcmp(names[k], map->keys[i]) != 0) k++;
        if (k < count) continue;
        const char *near = text_nearest(map->keys[i], names, count);
        return err_new(ERR_INPUT, "%s:%d: unknown key '%.80s'%s%s%s", in->name, map->key_lines[i], map->keys[i], near ? "; did you mean '" : "",
                       near ? near : "", near ? "'?" : "");
    }
    return NULL;
}

/* "12 GB", "2.1TB", "300 GiB", 1234. */
static bool bytes_parse(const char *text, int64_t *out) {
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1},
                 {"b", 1},
                 {"kb", 1e3},
                 {"mb", 1e6},
                 {"gb", 1e9},
                 {"tb", 1e12},
                 {"pb", 1e15},
                 {"kib", 1024},
                 {"mib", 1048576.0},
                 {"gib", 1073741824.0},
                 {"tib", 1099511627776.0}};
    char *end;
    double number = strtod(text, &end);
    if (end == text || number < 0) return false;
    while (*end == ' ') end++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(end, units[i].unit) != 0) continue;
        double bytes = number * units[i].factor;
        return bytes < 9e18 ? *out = (int64_t)bytes, true : false;
    }
    return false;
}

static const struct err *whole_read(const struct import *in, const struct yaml *map, const char *key, int64_t *out) {
    const struct yaml *value = yaml_get(map, key);
    double number;
    if (!value) return NULL;
    if (!yaml_number(value, &number) || number < 0 || number > 9e18)
        return wrong(in, value, arena_printf(in->arena, "'%s' must be a number, 0 or more", key));
    *out = (int64_t)number;
    return NULL;
}

static const char *const *texts_of(struct arena *arena, const struct yaml *list, size_t *count) {
    *count = 0;
    if (!list) return NULL;
    size_t n = list->kind == YAML_LIST ? list->count : 1;
    const char **texts = arena_array(arena, n + 1, sizeof *texts);
    if (list->kind == YAML_SCALAR) texts[(*count)++] = list->text;
    for (size_t i = 0; list->kind == YAML_LIST && i < n; i++) {
        if (list->items[i]->kind == YAML_SCALAR) texts[(*count)++] = list->items[i]->text;
    }
    return texts;
}

static const struct err *measure_read(const struct import *in, const struct yaml *map, const char *key, double most, double *out) {
    const struct yaml *value = yaml_get(map, key);
    if (!value) return NULL;
    double number;
    if (!yaml_number(value, &number) || !(number >= 0 && number <= most))
        return wrong(in, value, arena_printf(in->arena, most > 1 ? "'%s' must be a number, 0 or more" : "'%s' must be a share between 0 and 1", key));
    *out = number;
    return NULL;
}

/* What ANALYZE TABLE ... FOR COLUMNS measured of a column's values. */
static const struct err *stats_import(const struct import *in, const struct yaml *item, struct column_fact *c) {
    struct column_stats s = {-1, -1, -1, -1, yaml_str(item, "min", NULL), yaml_str(item, "max", NULL)};
    TRY(measure_read(in, item, "distinct", 9e18, &s.distinct));
    TRY(measure_read(in, item, "nulls", 1, &s.nulls));
    TRY(measure_read(in, item, "width", 1e9, &s.width));
    TRY(measure_read(in, item, "top", 1, &s.top));
    if (s.distinct < 0 && s.nulls < 0 && s.width < 0 && s.top < 0 && !s.low && !s.high) return NULL;
    struct column_stats *kept = arena_new(in->arena, struct column_stats);
    *kept = s;
    c->stats = kept;
    return NULL;
}

static const struct err *columns_import(const struct import *in, const struct yaml *list, bool verified, struct dataset_facts *f) {
    static const char *const names[] = {"name",  "type", "not_null", "description", "distinct",      "nulls",
                                        "width", "top",  "min",      "max",         "classification"};
    if (!list) return NULL;
    if (list->kind != YAML_LIST) return wrong(in, list, "'columns' must be a list");
    f->columns = arena_array(in->arena, list->count + 1, sizeof *f->columns);
    bool complete = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml *item = list->items[i];
        struct column_fact *c = &f->columns[f->column_count];
        if (item->kind == YAML_SCALAR) {
            c->name = item->text;
        } else {
            TRY(keys_known(in, item, names, sizeof names / sizeof *names));
            TRY(stats_import(in, item, c));
            c->name = yaml_str(item, "name", NULL);
            c->type = yaml_str(item, "type", NULL);
            c->description = yaml_str(item, "description", NULL);
            c->classification = yaml_str(item, "classification", NULL);
            c->not_null_known = yaml_get(item, "not_null") != NULL;
            c->not_null = yaml_bool(item, "not_null", false);
            c->not_null_origin = verified ? ORIGIN_VERIFIED : ORIGIN_DECLARED;
        }
        if (!c->name) return wrong(in, item, "a column needs a name");
        if ((c->stats || c->classification) && !c->type) complete = false; /* a list of measurements, not of what there is */
        f->column_count++;
    }
    f->columns_complete = complete;
    return NULL;
}

static void keys_import(const struct import *in, const struct yaml *list, bool verified, struct dataset_facts *f) {
    size_t n = list && list->kind == YAML_LIST ? list->count : 0;
    f->keys = arena_array(in->arena, n + 1, sizeof *f->keys);
    for (size_t i = 0; i < n; i++) {
        struct key_fact *key = &f->keys[f->key_count];
        key->columns = texts_of(in->arena, list->items[i], &key->count);
        key->origin = verified ? ORIGIN_VERIFIED : ORIGIN_DECLARED;
        f->key_count += key->count > 0;
    }
}

static const struct err *dataset_import(struct import *in, const struct yaml *item) {
    static const char *const names[] = {"name",        "bytes",        "rows",    "readers", "refresh",  "owner",
                                        "description", "partition_by", "columns", "keys",    "verified", "cluster_by"};
    TRY(keys_known(in, item, names, sizeof names / sizeof *names));
    struct dataset_facts f = {.dataset = yaml_str(item, "name", NULL), .bytes = -1, .rows = -1};
    if (!f.dataset || !*f.dataset) return wrong(in, item, "a dataset needs a name");
    const struct yaml *bytes = yaml_get(item, "bytes");
    if (bytes && (bytes->kind != YAML_SCALAR || !bytes_parse(bytes->text, &f.bytes)))
        return wrong(in, bytes, "'bytes' must be a size such as 12 GB or 1200000");
    int64_t readers = -1;
    TRY(whole_read(in, item, "rows", &f.rows));
    TRY(whole_read(in, item, "readers", &readers));
    bool verified = yaml_bool(item, "verified", false);
    f.owner = yaml_str(item, "owner", NULL);
    f.description = yaml_str(item, "description", NULL);
    f.partition_by = texts_of(in->arena, yaml_get(item, "partition_by"), &f.partition_count);
    f.cluster_by = texts_of(in->arena, yaml_get(item, "cluster_by"), &f.cluster_count);
    TRY(columns_import(in, yaml_get(item, "columns"), verified, &f));
    keys_import(in, yaml_get(item, "keys"), verified, &f);
    const char *key = name_key(in->arena, f.dataset);
    TRY(store_run(in->catalog->store, "DELETE FROM dataset_fact WHERE name_last = $1 AND name_key = $2 AND scope = 'import'",
                  VALS(val_text(name_last(key)), val_text(key)), NULL));
    in->count++;
    return store_run(in->catalog->store,
                     "INSERT INTO dataset_fact (repo, scope, path, line, name, name_key, name_last, body, taken_at) VALUES ('', 'import', $1, $2, "
                     "$3, $4, $5, $6, $7)",
                     VALS(val_text(in->name), val_int(item->line), val_text(f.dataset), val_text(key), val_text(name_last(key)),
                          val_text(facts_write(in->arena, &f, yaml_str(item, "refresh", NULL), readers)), val_int(in->taken)),
                     NULL);
}

static const struct err *metric_import(struct import *in, const struct yaml *item) {
    static const char *const names[] = {"name", "dataset", "expression", "filter", "owner", "description"};
    TRY(keys_known(in, item, names, sizeof names / sizeof *names));
    const char *name = yaml_str(item, "name", NULL), *dataset = yaml_str(item, "dataset", NULL), *expression = yaml_str(item, "expression", NULL);
    const char *filter = yaml_str(item, "filter", NULL);
    if (!name || !dataset || !expression) return wrong(in, item, "a metric needs name, dataset and expression");
    const char *sql =
        arena_printf(in->arena, "SELECT %s AS %s FROM %s%s%s", expression, name, dataset, filter ? " WHERE " : "", filter ? filter : "");
    struct sql_error error = {0};
    struct sql_query *query = sql_parse_query(in->arena, str_of(sql), DIALECT_DATABRICKS, &error);
    if (!query)
        return wrong(in, item, arena_printf(in->arena, "the metric %s cannot be read as SQL: %s", name, error.message ? error.message : "syntax"));
    struct schema *schema;
    TRY(catalog_schema(in->arena, &in->catalog, 1, NULL, &dataset, 1, &schema));
    struct hash128 identity = features_of(in->arena, plan_bind(in->arena, query, schema, DIALECT_DATABRICKS))->exact;
    const char *key = name_key(in->arena, name);
    TRY(store_run(in->catalog->store, "DELETE FROM metric WHERE name_key = $1 AND dataset = $2 AND scope = 'import'",
                  VALS(val_text(key), val_text(dataset)), NULL));
    in->count++;
    return store_run(
        in->catalog->store,
        "INSERT INTO metric (repo, scope, path, line, name, name_key, dataset, expression, filter, owner, origin, sql, identity_hi, identity_lo) "
        "VALUES ('', 'import', $1, $2, $3, $4, $5, $6, $7, $8, 'import', $9, $10, $11)",
        VALS(val_text(in->name), val_int(item->line), val_text(name), val_text(key), val_text(dataset), val_text(expression), val_text(filter),
             val_text(yaml_str(item, "owner", NULL)), val_text(sql), val_int((int64_t)identity.hi), val_int((int64_t)identity.lo)),
        NULL);
}

static const struct err *list_import(struct import *in, const struct yaml *list, const struct err *(*one)(struct import *, const struct yaml *)) {
    if (!list || list->kind == YAML_NULL) return NULL;
    if (list->kind != YAML_LIST) return wrong(in, list, "a list is wanted here");
    if (list->count > IMPORT_MAX) return wrong(in, list, "more than 200000 entries");
    for (size_t i = 0; i < list->count; i++) TRY(one(in, list->items[i]));
    return NULL;
}

static const struct err *root_import(struct import *in, const struct yaml *root) {
    static const char *const names[] = {"datasets", "metrics", "taken"};
    TRY(keys_known(in, root, names, 3));
    const char *taken = yaml_str(root, "taken", NULL);
    if (taken && !clock_parse_iso(taken, &in->taken)) return wrong(in, yaml_get(root, "taken"), "'taken' must be a date such as 2026-11-20");
    TRY(list_import(in, yaml_get(root, "datasets"), dataset_import));
    return list_import(in, yaml_get(root, "metrics"), metric_import);
}

/* What is known of a name is replaced: by one at a time. */
static const struct err *import_locked(struct import *in, const struct yaml *root) {
    TRY(catalog_lock(in->arena, in->catalog, " import"));
    return root_import(in, root);
}

const struct err *catalog_import(struct catalog *catalog, const char *name, struct str bytes, size_t *count) {
    struct import in = {.arena = arena_create(ARENA_JOB), .catalog = catalog, .name = name, .taken = clock_now()};
    struct yaml *root = NULL;
    bool own = false;
    const struct err *failed = yaml_load(in.arena, name, bytes.p, bytes.n, &root);
    if (!failed) failed = store_join(catalog->store, &own);
    if (!failed) failed = store_leave(catalog->store, own, import_locked(&in, root));
    *count = in.count;
    arena_destroy(in.arena);
    return failed;
}
