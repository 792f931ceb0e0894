/* yaml.c - walks libfyaml's document once and keeps nothing of it. */
#include "yaml.h"

#include <libfyaml.h>
#include <stdlib.h>

#define BYTES_MAX ((size_t)10 << 20)
#define DEPTH_MAX 100
#define NODES_MAX 200000

struct walk {
    struct arena *arena;
    const char *name;
    size_t nodes;
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
    int count = fy_node_sequence_item_count(node);
    y->kind = YAML_LIST;
    y->items = arena_array(w->arena, (size_t)count, sizeof *y->items);
    for (int i = 0; i < count; i++) TRY(node_read(w, fy_node_sequence_get_by_index(node, i), depth + 1, &y->items[y->count++]));
    if (y->count) y->line = y->items[0]->line;
    return NULL;
}

static void map_add(struct yaml *y, const char *key, int line, struct yaml *value, bool replace) {
    for (size_t i = 0; i < y->count; i++) {
        if (strcmp(y->keys[i], key) != 0) continue;
        if (replace) y->items[i] = value;
        return;
    }
    y->keys[y->count] = key;
    y->key_lines[y->count] = line;
    y->items[y->count++] = value;
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
static void merge_add(struct arena *arena, struct yaml *y, const struct yaml *from) {
    if (from->kind == YAML_LIST) {
        for (size_t i = 0; i < from->count; i++) merge_add(arena, y, from->items[i]);
    }
    if (from->kind != YAML_MAP) return;
    map_room(arena, y, y->count + from->count);
    for (size_t i = 0; i < from->count; i++) map_add(y, from->keys[i], from->key_lines[i], from->items[i], false);
}

static const struct err *map_read(struct walk *w, struct fy_node *node, int depth, struct yaml *y) {
    int count = fy_node_mapping_item_count(node);
    y->kind = YAML_MAP;
    map_room(w->arena, y, (size_t)count);
    VEC(struct yaml *) merges = {0};
    for (int i = 0; i < count; i++) {
        struct fy_node_pair *pair = fy_node_mapping_get_by_index(node, i);
        struct yaml *key, *value;
        TRY(node_read(w, fy_node_pair_key(pair), depth + 1, &key));
        TRY(node_read(w, fy_node_pair_value(pair), depth + 1, &value));
        if (!key->text) key->text = "";
        if (!value->line) value->line = key->line;
        if (strcmp(key->text, "<<") == 0) *vec_add(w->arena, &merges) = value;
        else map_add(y, key->text, key->line, value, true);
        if (!y->line) y->line = key->line, y->column = key->column;
    }
    for (size_t i = 0; i < merges.n; i++) merge_add(w->arena, y, merges.at[i]);
    return NULL;
}

static const struct err *node_read(struct walk *w, struct fy_node *node, int depth, struct yaml **out) {
    struct yaml *y = *out = arena_new(w->arena, struct yaml);
    if (++w->nodes > NODES_MAX) return err_new(ERR_INPUT, "%s: more than %d YAML nodes", w->name, NODES_MAX);
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
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DISABLE_RECYCLING, .diag = diag};
    struct fy_document *doc = fy_document_build_from_string(&cfg, arena_copy(arena, bytes, n), n);
    if (!doc) {
        void *iter = NULL;
        const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iter);
        return err_new(ERR_INPUT, "%s:%d:%d: %s", name, e ? e->line : 1, e ? e->column : 1, e && e->msg ? e->msg : "not YAML");
    }
    arena_defer(arena, document_release, doc);
    struct walk w = {.arena = arena, .name = name};
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
