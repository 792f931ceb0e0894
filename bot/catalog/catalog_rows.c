/* catalog_rows.c - records of the catalog to the store's values and back. */
#include "catalog_rows.h"

#include "hash.h"
#include "jsonx.h"

#include <ctype.h>
#include <zstd.h>

#define LINES_MAX   20000
#define COLUMNS_MAX 5000

const char *name_key(struct arena *arena, const char *name) {
    char *key = str_lower(arena, str_of(name));
    char *to = key;
    for (const char *p = key; *p; p++) {
        if (*p != '`' && *p != '"') *to++ = *p;
    }
    *to = 0;
    size_t n = (size_t)(to - key);
    if (n <= KEY_MAX) return key;
    char whole[HASH_HEX];
    hash128_hex(hash128(key, n), whole);
    return arena_printf(arena, "%.*s~%s", (int)utf8_cut(key, n, KEY_MAX - HASH_HEX), key, whole);
}

const char *name_last(const char *key) {
    const char *dot = strrchr(key, '.');
    return dot ? dot + 1 : key;
}

bool names_fit(const char *a, const char *b) {
    size_t an = strlen(a), bn = strlen(b);
    if (an < bn) return names_fit(b, a);
    return strcmp(a + an - bn, b) == 0 && (an == bn || a[an - bn - 1] == '.');
}

struct val text_pack(struct arena *arena, const char *text) {
    size_t n = text ? strlen(text) : 0;
    if (!text || n > SQL_STORED_MAX) return val_null();
    if (n < 400) return val_bytes(text, n);
    size_t cap = ZSTD_compressBound(n);
    void *packed = arena_alloc(arena, cap);
    size_t size = ZSTD_compress(packed, cap, text, n, 3);
    return ZSTD_isError(size) || size >= n ? val_bytes(text, n) : val_bytes(packed, size);
}

const char *text_unpack(struct arena *arena, const struct val *packed, int64_t size) {
    if (packed->kind == VAL_NULL || size < 0 || size > (int64_t)SQL_STORED_MAX) return NULL;
    if (packed->n == (size_t)size) return arena_copy(arena, packed->p, packed->n);
    char *text = arena_alloc(arena, (size_t)size + 1);
    size_t n = ZSTD_decompress(text, (size_t)size, packed->p, packed->n);
    return ZSTD_isError(n) || n != (size_t)size ? NULL : text;
}

static void set_text(json_t *object, const char *key, const char *text) {
    if (text) jsx_set_text(object, key, text);
}

static void set_int(json_t *object, const char *key, int64_t value, int64_t otherwise) {
    if (value != otherwise) json_object_set_new(object, key, json_integer(value));
}

static void set_truth(json_t *object, const char *key, bool value) {
    if (value) json_object_set_new(object, key, json_true());
}

const char *runs_write(struct arena *arena, const struct schedule *s, const struct compute *c) {
    json_t *o = jsx_own(arena, json_object());
    set_text(o, "cron", s->cron);
    set_text(o, "timezone", s->timezone);
    if (s->every_seconds > 0) json_object_set_new(o, "every", json_real(s->every_seconds));
    set_truth(o, "continuous", s->continuous);
    set_truth(o, "paused", s->paused);
    set_text(o, "trigger", s->trigger);
    set_text(o, "key", c->key);
    set_int(o, "on", c->kind, COMPUTE_UNKNOWN);
    set_text(o, "node", c->node_type);
    set_text(o, "driver", c->driver_node_type);
    set_int(o, "min", c->workers_min, -1);
    set_int(o, "max", c->workers_max, -1);
    set_truth(o, "photon", c->photon);
    set_truth(o, "spot", c->spot);
    set_truth(o, "serverless", c->serverless);
    set_text(o, "size", c->size);
    set_text(o, "spark", c->spark_version);
    set_text(o, "edition", c->edition);
    set_int(o, "mode", c->performance, SAID_NOTHING);
    set_int(o, "firm", c->first_on_demand, 0);
    set_int(o, "stop", c->autotermination_minutes, -1);
    set_text(o, "available", c->availability);
    set_text(o, "pool", c->pool);
    return json_object_size(o) ? jsx_dump(arena, o, false) : NULL;
}

void runs_read(struct arena *arena, const char *json, struct schedule *s, struct compute *c) {
    *s = (struct schedule){0};
    *c = (struct compute){.workers_min = -1, .workers_max = -1, .autotermination_minutes = -1};
    json_t *o = NULL;
    if (!json || jsx_load(arena, json, strlen(json), &o)) return;
    s->cron = jsx_str(o, "cron", NULL);
    s->timezone = jsx_str(o, "timezone", NULL);
    s->every_seconds = jsx_real(o, "every", 0);
    s->continuous = jsx_bool(o, "continuous", false);
    s->paused = jsx_bool(o, "paused", false);
    s->trigger = jsx_str(o, "trigger", NULL);
    c->key = jsx_str(o, "key", NULL);
    int64_t kind = jsx_int(o, "on", COMPUTE_UNKNOWN);
    if (kind >= COMPUTE_UNKNOWN && kind <= COMPUTE_POOL) memcpy(&c->kind, &(int){(int)kind}, sizeof c->kind);
    c->node_type = jsx_str(o, "node", NULL);
    c->driver_node_type = jsx_str(o, "driver", NULL);
    c->workers_min = (int)jsx_int(o, "min", -1);
    c->workers_max = (int)jsx_int(o, "max", -1);
    c->photon = jsx_bool(o, "photon", false);
    c->spot = jsx_bool(o, "spot", false);
    c->serverless = jsx_bool(o, "serverless", false);
    c->size = jsx_str(o, "size", NULL);
    c->spark_version = jsx_str(o, "spark", NULL);
    c->edition = jsx_str(o, "edition", NULL);
    c->performance = jsx_int(o, "mode", SAID_NOTHING) == SAID_YES ? SAID_YES : jsx_int(o, "mode", SAID_NOTHING) == SAID_NO ? SAID_NO : SAID_NOTHING;
    c->first_on_demand = (int)jsx_int(o, "firm", 0);
    c->autotermination_minutes = (int)jsx_int(o, "stop", -1);
    c->availability = jsx_str(o, "available", NULL);
    c->pool = jsx_str(o, "pool", NULL);
}

const char *lines_write(struct arena *arena, const char *const *lines, size_t count) {
    if (!count) return NULL;
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_char(&b, '\n');
        buf_text(&b, lines[i]);
    }
    return buf_str(&b);
}

const char *const *lines_read(struct arena *arena, const char *text, size_t *count) {
    VEC(const char *) list = {0};
    struct str rest = str_of(text), line;
    while (rest.n && list.n < LINES_MAX && str_split(&rest, '\n', &line)) *vec_add(arena, &list) = str_dup(arena, line);
    *count = list.n;
    return list.at;
}

#define FEATURE_BYTES 9

struct val features_pack(struct arena *arena, const struct features *features) {
    if (!features || !features->n) return val_null();
    unsigned char *bytes = arena_alloc(arena, features->n * FEATURE_BYTES);
    for (size_t i = 0; i < features->n; i++) {
        bytes[i * FEATURE_BYTES] = (unsigned char)features->at[i].kind;
        memcpy(bytes + i * FEATURE_BYTES + 1, &features->at[i].hash, 8);
    }
    return val_bytes(bytes, features->n * FEATURE_BYTES);
}

struct features *features_unpack(struct arena *arena, const struct val *packed) {
    struct features *features = arena_new(arena, struct features);
    if (packed->kind != VAL_BYTES || packed->n % FEATURE_BYTES) return features;
    features->n = packed->n / FEATURE_BYTES;
    struct feature *list = arena_array(arena, features->n, sizeof *list);
    const unsigned char *bytes = packed->p;
    for (size_t i = 0; i < features->n; i++) {
        list[i].kind = (enum feature_kind)bytes[i * FEATURE_BYTES];
        memcpy(&list[i].hash, bytes + i * FEATURE_BYTES + 1, 8);
    }
    features->at = list;
    return features;
}

uint64_t tables_bloom(const struct features *features) {
    uint64_t bloom = 0;
    for (size_t i = 0; features && i < features->n; i++) {
        if (features->at[i].kind == FEATURE_TABLE) bloom |= (uint64_t)1 << (features->at[i].hash & 63);
    }
    return bloom;
}

/* '=' exact, '~' not; then 's' for streams and '-' for others; then the words. "?" alone: partial, and nothing more is known. */
const char *fill_write(struct arena *arena, const struct entry *e) {
    if (!e->fill.words) return e->partial ? "?" : NULL;
    return arena_printf(arena, "%c%c%s", e->fill.exact ? '=' : '~', e->fill.stream ? 's' : '-', e->fill.words);
}

void fill_read(const char *text, struct entry *e) {
    e->partial = text != NULL;
    if (text && strlen(text) > 2) e->fill = (struct fill){.words = text + 2, .stream = text[1] == 's', .exact = text[0] == '='};
}

void entry_of_row(struct arena *arena, const struct val *c, struct entry *out) {
    *out = (struct entry){
        .id = val_as_int(&c[0], 0),
        .repo = val_as_text(arena, &c[1], ""),
        .scope = val_as_text(arena, &c[2], ""),
        .uid = val_as_text(arena, &c[3], ""),
        .path = val_as_text(arena, &c[4], ""),
        .line = (int)val_as_int(&c[5], 0),
        .end_line = (int)val_as_int(&c[6], 0),
        .cell = (int)val_as_int(&c[7], 0),
        .name = val_as_text(arena, &c[8], ""),
        .dataset = val_as_text(arena, &c[9], NULL),
        .kind = (enum definition_kind)val_as_int(&c[10], 0),
        .artefact = (enum artefact)val_as_int(&c[11], 0),
        .dialect = (enum dialect)val_as_int(&c[12], 0),
        .sql = text_unpack(arena, &c[13], val_as_int(&c[14], 0)),
        .owner = val_as_text(arena, &c[15], NULL),
        .description = val_as_text(arena, &c[16], NULL),
        .job = val_as_text(arena, &c[17], NULL),
        .state = (enum entry_state)val_as_int(&c[20], ENTRY_TEXT),
        .why = val_as_text(arena, &c[21], NULL),
        .identity = {(uint64_t)val_as_int(&c[22], 0), (uint64_t)val_as_int(&c[23], 0)},
        .exact = {(uint64_t)val_as_int(&c[24], 0), (uint64_t)val_as_int(&c[25], 0)},
        .readers = -1,
    };
    runs_read(arena, val_as_text(arena, &c[18], NULL), &out->schedule, &out->compute);
    out->reads = lines_read(arena, val_as_text(arena, &c[19], NULL), &out->read_count);
    out->features = features_unpack(arena, &c[26]);
    fill_read(val_as_text(arena, &c[27], NULL), out);
}

static json_t *texts_json(const char *const *texts, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, json_string(texts[i]));
    return list;
}

static const char *const *texts_read(struct arena *arena, const json_t *list, size_t *count) {
    size_t n = json_array_size(list), i;
    const char **texts = arena_array(arena, n ? n : 1, sizeof *texts);
    json_t *one;
    *count = 0;
    json_array_foreach(list, i, one) {
        if (json_is_string(one)) texts[(*count)++] = json_string_value(one);
    }
    return texts;
}

static void stats_write(json_t *o, const struct column_stats *s) {
    if (!s) return;
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"distinct", s->distinct}, {"nulls", s->nulls}, {"width", s->width}, {"top", s->top}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].value >= 0) json_object_set_new(o, numbers[i].key, json_real(numbers[i].value));
    }
    set_text(o, "min", s->low);
    set_text(o, "max", s->high);
    set_truth(o, "measured", true);
}

static const struct column_stats *stats_read(struct arena *arena, const json_t *o) {
    if (!jsx_bool(o, "measured", false)) return NULL;
    struct column_stats *s = arena_new(arena, struct column_stats);
    *s = (struct column_stats){.distinct = jsx_real(o, "distinct", -1),
                               .nulls = jsx_real(o, "nulls", -1),
                               .width = jsx_real(o, "width", -1),
                               .top = jsx_real(o, "top", -1),
                               .low = jsx_str(o, "min", NULL),
                               .high = jsx_str(o, "max", NULL)};
    return s;
}

static json_t *columns_json(const struct column_fact *columns, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *o = json_object();
        set_text(o, "name", columns[i].name);
        set_text(o, "type", columns[i].type);
        set_text(o, "description", columns[i].description);
        set_text(o, "class", columns[i].classification);
        if (columns[i].not_null_known) {
            json_object_set_new(o, "not_null", json_boolean(columns[i].not_null));
            set_int(o, "not_null_by", columns[i].not_null_origin, ORIGIN_DECLARED);
        }
        stats_write(o, columns[i].stats);
        json_array_append_new(list, o);
    }
    return list;
}

const char *columns_write(struct arena *arena, const struct column_fact *columns, size_t count) {
    return count ? jsx_dump(arena, jsx_own(arena, columns_json(columns, count)), false) : NULL;
}

static enum fact_origin origin_of(int64_t value) {
    return value >= ORIGIN_DECLARED && value <= ORIGIN_VERIFIED ? (enum fact_origin)value : ORIGIN_DECLARED;
}

static struct column_fact *columns_of(struct arena *arena, const json_t *list, size_t *count) {
    size_t n = json_array_size(list), i;
    if (n > COLUMNS_MAX) n = COLUMNS_MAX;
    struct column_fact *columns = arena_array(arena, n ? n : 1, sizeof *columns);
    *count = 0;
    for (i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        const char *name = json_is_string(o) ? json_string_value(o) : jsx_str(o, "name", NULL);
        if (!name) continue;
        columns[(*count)++] = (struct column_fact){
            .name = name,
            .type = jsx_str(o, "type", NULL),
            .description = jsx_str(o, "description", NULL),
            .classification = jsx_str(o, "class", NULL),
            .not_null = jsx_bool(o, "not_null", false),
            .not_null_known = jsx_at(o, "not_null") != NULL,
            .not_null_origin = origin_of(jsx_int(o, "not_null_by", ORIGIN_DECLARED)),
            .stats = stats_read(arena, o),
        };
    }
    return columns;
}

struct column_fact *columns_read(struct arena *arena, const char *json, size_t *count) {
    json_t *list = NULL;
    *count = 0;
    if (!json || jsx_load(arena, json, strlen(json), &list)) return NULL;
    return columns_of(arena, list, count);
}

const char *facts_write(struct arena *arena, const struct dataset_facts *f, const char *refresh, int64_t readers) {
    json_t *o = jsx_own(arena, json_object());
    if (f->column_count) json_object_set_new(o, "columns", columns_json(f->columns, f->column_count));
    set_truth(o, "complete", f->columns_complete);
    json_t *keys = json_array();
    for (size_t i = 0; i < f->key_count; i++) {
        json_t *key = json_object();
        json_object_set_new(key, "columns", texts_json(f->keys[i].columns, f->keys[i].count));
        set_truth(key, "primary", f->keys[i].primary);
        set_int(key, "by", f->keys[i].origin, ORIGIN_DECLARED);
        json_array_append_new(keys, key);
    }
    json_object_set_new(o, "keys", keys);
    json_t *fks = json_array();
    for (size_t i = 0; i < f->foreign_key_count; i++) {
        json_t *fk = json_object();
        json_object_set_new(fk, "columns", texts_json(f->foreign_keys[i].columns, f->foreign_keys[i].count));
        set_text(fk, "dataset", f->foreign_keys[i].dataset);
        if (f->foreign_keys[i].referred) json_object_set_new(fk, "referred", texts_json(f->foreign_keys[i].referred, f->foreign_keys[i].count));
        set_int(fk, "by", f->foreign_keys[i].origin, ORIGIN_DECLARED);
        json_array_append_new(fks, fk);
    }
    json_object_set_new(o, "fks", fks);
    set_text(o, "owner", f->owner);
    set_text(o, "description", f->description);
    if (f->partition_count) json_object_set_new(o, "partition_by", texts_json(f->partition_by, f->partition_count));
    if (f->cluster_count) json_object_set_new(o, "cluster_by", texts_json(f->cluster_by, f->cluster_count));
    set_int(o, "bytes", f->bytes, -1);
    set_int(o, "rows", f->rows, -1);
    set_text(o, "refresh", refresh);
    set_int(o, "tests", f->tests, 0);
    set_text(o, "class", f->classification);
    set_int(o, "readers", readers, -1);
    return jsx_dump(arena, o, false);
}

bool facts_read(struct arena *arena, const char *json, struct stored_facts *out) {
    json_t *o = NULL;
    *out = (struct stored_facts){.readers = -1};
    if (!json || jsx_load(arena, json, strlen(json), &o)) return false;
    struct dataset_facts *f = &out->facts;
    f->columns = columns_of(arena, jsx_at(o, "columns"), &f->column_count);
    f->columns_complete = jsx_bool(o, "complete", false);
    const json_t *keys = jsx_at(o, "keys"), *fks = jsx_at(o, "fks");
    f->keys = arena_array(arena, json_array_size(keys) + 1, sizeof *f->keys);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *key = json_array_get(keys, i);
        struct key_fact *k = &f->keys[f->key_count++];
        k->columns = texts_read(arena, jsx_at(key, "columns"), &k->count);
        k->primary = jsx_bool(key, "primary", false);
        k->origin = origin_of(jsx_int(key, "by", ORIGIN_DECLARED));
    }
    f->foreign_keys = arena_array(arena, json_array_size(fks) + 1, sizeof *f->foreign_keys);
    for (size_t i = 0; i < json_array_size(fks); i++) {
        const json_t *fk = json_array_get(fks, i);
        struct foreign_key_fact k = {.dataset = jsx_str(fk, "dataset", NULL), .origin = origin_of(jsx_int(fk, "by", ORIGIN_DECLARED))};
        size_t referred;
        k.columns = texts_read(arena, jsx_at(fk, "columns"), &k.count);
        k.referred = texts_read(arena, jsx_at(fk, "referred"), &referred);
        if (!referred) k.referred = NULL;
        if (k.dataset && (!referred || referred == k.count)) f->foreign_keys[f->foreign_key_count++] = k;
    }
    f->owner = jsx_str(o, "owner", NULL);
    f->description = jsx_str(o, "description", NULL);
    f->partition_by = texts_read(arena, jsx_at(o, "partition_by"), &f->partition_count);
    f->cluster_by = texts_read(arena, jsx_at(o, "cluster_by"), &f->cluster_count);
    f->bytes = jsx_int(o, "bytes", -1);
    f->rows = jsx_int(o, "rows", -1);
    f->tests = (int)jsx_int(o, "tests", 0);
    f->classification = jsx_str(o, "class", NULL);
    out->refresh = jsx_str(o, "refresh", NULL);
    out->readers = jsx_int(o, "readers", -1);
    return true;
}
