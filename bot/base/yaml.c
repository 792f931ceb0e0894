/* yaml.c - walks libfyaml's document once and keeps nothing of it. */
#include "yaml.h"

#include "map.h"

#include <libfyaml.h>
#include <stdlib.h>

#define BYTES_MAX ((size_t)10 << 20)
#define DEPTH_MAX 100
#define NODES_MAX ((size_t)200000) /* or one for each byte of a longer text: aliases alone make more */
#define FEW_KEYS  16               /* of a map: more are found by hash */

struct walk {
    struct arena *arena;
    const char *name;
    size_t nodes, nodes_max;
};

/* A map in the making. */
struct filling {
    struct arena *arena;
    struct yaml *y;
    struct map *index; /* of the keys, once there are many: place + 1 */
};

static void document_release(void *doc) { fy_document_destroy(doc); }
static void diag_release(void *diag) { fy_diag_destroy(diag); }

static void place_set(struct fy_node *node, struct yaml *y) {
    struct fy_token *token = fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark) return;
    y->line = mark->line + 1;
    y->column = mark->column + 1;
}

static const struct err *node_read(struct walk *w, struct fy_node *node, int depth, struct yaml **out);

static void scalar_read(struct walk *w, struct fy_node *node, struct yaml *y) {
    size_t n = 0;
    const char *text = fy_node_get_scalar(node, &n);
    enum fy_node_style style = fy_node_get_style(node);
    y->kind = YAML_SCALAR;
    y->quoted = style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED || style == FYNS_LITERAL || style == FYNS_FOLDED;
    y->text = arena_copy(w->arena, text ? text : "", n);
    if (!y->quoted && (n == 0 || strcmp(y->text, "~") == 0 || strcmp(y->text, "null") == 0)) y->kind = YAML_NULL;
}

static const struct err *list_read(struct walk *w, struct fy_node *node, int depth, struct yaml *y) {
    size_t count = (size_t)fy_node_sequence_item_count(node);
    struct fy_node *item;
    void *place = NULL;
    y->kind = YAML_LIST;
    y->items = arena_array(w->arena, count, sizeof *y->items);
    while (y->count < count && (item = fy_node_sequence_iterate(node, &place))) TRY(node_read(w, item, depth + 1, &y->items[y->count++]));
    if (y->count) y->line = y->items[0]->line;
    return NULL;
}

/* The place of a key, -1 when the map has none of that name. */
static long key_find(struct filling *f, const char *key) {
    if (f->index) return (long)(uintptr_t)map_get(f->index, str_of(key)) - 1;
    for (size_t i = 0; i < f->y->count; i++) {
        if (strcmp(f->y->keys[i], key) == 0) return (long)i;
    }
    return -1;
}

static void key_add(struct filling *f, const char *key, int line, struct yaml *value) {
    struct yaml *y = f->y;
    y->keys[y->count] = key;
    y->key_lines[y->count] = line;
    y->items[y->count++] = value;
    if (y->count < FEW_KEYS) return;
    bool first = !f->index;
    if (first) f->index = map_new(f->arena);
    for (size_t i = first ? 0 : y->count - 1; i < y->count; i++) map_put(f->index, str_of(y->keys[i]), (void *)(uintptr_t)(i + 1));
}

static void map_room(struct arena *arena, struct yaml *y, size_t want) {
    size_t cap = y->count;
    y->items = arena_grow(arena, y->items, &cap, want, sizeof *y->items);
    cap = y->count;
    y->keys = arena_grow(arena, y->keys, &cap, want, sizeof *y->keys);
    cap = y->count;
    y->key_lines = arena_grow(arena, y->key_lines, &cap, want, sizeof *y->key_lines);
}

/* `<<: *base` or `<<: [*a, *b]`: keys not given here come from there (YAML merge key, https://yaml.org/type/merge.html). */
static void merge_add(struct filling *f, const struct yaml *from) {
    if (from->kind == YAML_LIST) {
        for (size_t i = 0; i < from->count; i++) merge_add(f, from->items[i]);
    }
    if (from->kind != YAML_MAP) return;
    map_room(f->arena, f->y, f->y->count + from->count);
    for (size_t i = 0; i < from->count; i++) {
        if (key_find(f, from->keys[i]) < 0) key_add(f, from->keys[i], from->key_lines[i], from->items[i]);
    }
}

static const struct err *map_read(struct walk *w, struct fy_node *node, int depth, struct yaml *y) {
    size_t count = (size_t)fy_node_mapping_item_count(node);
    struct filling f = {.arena = w->arena, .y = y};
    struct fy_node_pair *pair;
    void *place = NULL;
    y->kind = YAML_MAP;
    map_room(w->arena, y, count);
    VEC(struct yaml *) merges = {0};
    while (y->count + merges.n < count && (pair = fy_node_mapping_iterate(node, &place))) {
        struct yaml *key, *value;
        TRY(node_read(w, fy_node_pair_key(pair), depth + 1, &key));
        TRY(node_read(w, fy_node_pair_value(pair), depth + 1, &value));
        if (!value->line) value->line = key->line;
        bool merge = key->text && strcmp(key->text, "<<") == 0;
        if (key->text && key_find(&f, key->text) >= 0) return err_new(ERR_INPUT, "%s:%d:%d: duplicate key", w->name, key->line, key->column);
        if (merge) *vec_add(w->arena, &merges) = value;
        else key_add(&f, key->text ? key->text : "", key->line, value);
        if (!y->line) y->line = key->line, y->column = key->column;
    }
    for (size_t i = 0; i < merges.n; i++) merge_add(&f, merges.at[i]);
    return NULL;
}

static const struct err *node_read(struct walk *w, struct fy_node *node, int depth, struct yaml **out) {
    struct yaml *y = *out = arena_new(w->arena, struct yaml);
    if (++w->nodes > w->nodes_max) return err_new(ERR_INPUT, "%s: more than %zu YAML nodes", w->name, w->nodes_max);
    if (depth > DEPTH_MAX) return err_new(ERR_INPUT, "%s: YAML nested deeper than %d", w->name, DEPTH_MAX);
    if (!node) return NULL;
    place_set(node, y);
    struct fy_node *target = fy_node_is_alias(node) ? fy_node_resolve_alias(node) : node;
    if (!target) return err_new(ERR_INPUT, "%s:%d: unknown alias", w->name, y->line);
    if (fy_node_is_sequence(target)) return list_read(w, target, depth, y);
    if (fy_node_is_mapping(target)) return map_read(w, target, depth, y);
    scalar_read(w, target, y);
    return NULL;
}

const struct err *yaml_load(struct arena *arena, const char *name, const void *bytes, size_t n, struct yaml **out) {
    *out = arena_new(arena, struct yaml);
    if (n > BYTES_MAX) return err_new(ERR_INPUT, "%s: larger than 10 MB", name);
    if (str_trim((struct str){bytes, n}).n == 0) return NULL;
    if (!utf8_valid(bytes, n)) return err_new(ERR_INPUT, "%s:1: not UTF-8", name); /* libfyaml 0.7 never returns from "%\x94" */
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (!diag) return err_new(ERR_RETRY, "%s: no memory for YAML", name);
    arena_defer(arena, diag_release, diag);
    fy_diag_set_collect_errors(diag, true);
    /* Looking for duplicate keys takes libfyaml the square of their number: map_read does it. */
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DISABLE_RECYCLING | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diag};
    struct fy_document *doc = fy_document_build_from_string(&cfg, arena_copy(arena, bytes, n), n);
    if (!doc) {
        void *iter = NULL;
        const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iter);
        return err_new(ERR_INPUT, "%s:%d:%d: %s", name, e ? e->line : 1, e ? e->column : 1, e && e->msg ? e->msg : "not YAML");
    }
    arena_defer(arena, document_release, doc);
    struct walk w = {.arena = arena, .name = name, .nodes_max = n > NODES_MAX ? n : NODES_MAX};
    return node_read(&w, fy_document_root(doc), 0, out);
}

struct yaml *yaml_get(const struct yaml *map, const char *key) {
    if (!map || map->kind != YAML_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i], key) == 0) return map->items[i];
    }
    return NULL;
}

struct yaml *yaml_at(const struct yaml *value, const char *path) {
    struct str rest = str_of(path), part;
    const struct yaml *at = value;
    while (at && str_split(&rest, '.', &part)) {
        char key[128];
        if (part.n >= sizeof key) return NULL;
        memcpy(key, part.p, part.n);
        key[part.n] = 0;
        if (at->kind != YAML_LIST) {
            at = yaml_get(at, key);
            continue;
        }
        size_t i = strtoul(key, NULL, 10);
        at = i < at->count ? at->items[i] : NULL;
    }
    return (struct yaml *)at;
}

const char *yaml_str(const struct yaml *value, const char *path, const char *otherwise) {
    const struct yaml *at = yaml_at(value, path);
    return at && at->kind == YAML_SCALAR ? at->text : otherwise;
}

bool yaml_bool(const struct yaml *value, const char *path, bool otherwise) {
    const char *text = yaml_str(value, path, NULL);
    if (!text) return otherwise;
    if (strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "yes") == 0 || strcmp(text, "on") == 0) return true;
    if (strcmp(text, "false") == 0 || strcmp(text, "False") == 0 || strcmp(text, "no") == 0 || strcmp(text, "off") == 0) return false;
    return otherwise;
}

bool yaml_number(const struct yaml *scalar, double *out) {
    if (!scalar || scalar->kind != YAML_SCALAR || scalar->quoted || !*scalar->text) return false;
    char *end;
    *out = strtod(scalar->text, &end);
    return *end == 0;
}
