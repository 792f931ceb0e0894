/* manifest_facts.c - tests, contracts and columns of a manifest, and the warehouse's columns of a catalog, become facts on datasets. */
#include "manifest.h"

#include <stdlib.h>

#define NODES_MAX   200000
#define COLUMNS_MAX 5000

static const char *kept(struct arena *arena, const char *text) { return text && text[0] ? arena_strdup(arena, text) : NULL; }

const char *artifact_dataset(struct arena *arena, const json_t *node) {
    const char *database = jsx_str(node, "database", NULL), *schema = jsx_str(node, "schema", NULL),
               *name = jsx_str(node, "alias", jsx_str(node, "identifier", jsx_str(node, "name", "")));
    bool has_database = database && database[0], has_schema = schema && schema[0];
    return arena_printf(arena, "%s%s%s%s%s", has_database ? database : "", has_database ? "." : "", has_schema ? schema : "", has_schema ? "." : "",
                        name);
}

struct facts {
    struct arena *arena;
    struct map *by_id; /* unique_id -> struct told */
    const char *path;
};

struct told {
    struct dataset_facts facts;
    size_t column_cap, key_cap, fk_cap;
};

static struct column_fact *column_of(struct facts *f, struct told *t, const char *name) {
    for (size_t i = 0; i < t->facts.column_count; i++) {
        if (strcasecmp(t->facts.columns[i].name, name) == 0) return &t->facts.columns[i];
    }
    t->facts.columns = arena_grow(f->arena, t->facts.columns, &t->column_cap, t->facts.column_count + 1, sizeof *t->facts.columns);
    t->facts.columns[t->facts.column_count] = (struct column_fact){.name = arena_strdup(f->arena, name)};
    return &t->facts.columns[t->facts.column_count++];
}

static void key_add(struct facts *f, struct told *t, const json_t *columns, bool primary, enum fact_origin origin) {
    size_t n = json_array_size(columns);
    if (!n || n > COLUMNS_MAX) return;
    const char **names = arena_array(f->arena, n, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(columns, i));
        if (!name) return;
        names[i] = arena_strdup(f->arena, name);
    }
    t->facts.keys = arena_grow(f->arena, t->facts.keys, &t->key_cap, t->facts.key_count + 1, sizeof *t->facts.keys);
    t->facts.keys[t->facts.key_count++] = (struct key_fact){names, n, primary, origin};
}

static const json_t *one_of(struct facts *f, const char *name) { return jsx_own(f->arena, json_pack("[s]", name)); }

static void null_free(struct column_fact *c, enum fact_origin origin) {
    if (c->not_null && c->not_null_origin <= origin) return;
    c->not_null = c->not_null_known = true;
    c->not_null_origin = origin;
}

static void constraints_read(struct facts *f, struct told *t, const json_t *list, struct column_fact *column) {
    for (size_t i = 0; i < json_array_size(list) && i < COLUMNS_MAX; i++) {
        const json_t *c = json_array_get(list, i);
        const char *type = jsx_str(c, "type", "");
        if (column && strcmp(type, "not_null") == 0) null_free(column, ORIGIN_DECLARED);
        if (strcmp(type, "primary_key") != 0 && strcmp(type, "unique") != 0) continue;
        key_add(f, t, column ? one_of(f, column->name) : json_object_get(c, "columns"), type[0] == 'p', ORIGIN_DECLARED);
    }
}

static void columns_read(struct facts *f, struct told *t, const json_t *node) {
    json_t *columns = json_object_get(node, "columns"), *column;
    const char *key;
    json_object_foreach(columns, key, column) {
        if (t->facts.column_count >= COLUMNS_MAX) return;
        struct column_fact *c = column_of(f, t, jsx_str(column, "name", key));
        c->type = kept(f->arena, jsx_str(column, "data_type", NULL));
        c->description = kept(f->arena, jsx_str(column, "description", NULL));
        constraints_read(f, t, json_object_get(column, "constraints"), c);
    }
    constraints_read(f, t, json_object_get(node, "constraints"), NULL);
}

static void node_read(struct facts *f, const char *id, const json_t *node) {
    struct told *t = arena_new(f->arena, struct told);
    t->facts = (struct dataset_facts){.dataset = artifact_dataset(f->arena, node), .path = f->path, .line = 1, .bytes = -1, .rows = -1};
    t->facts.description = kept(f->arena, jsx_str(node, "description", NULL));
    const char *owner = jsx_str(node, "meta.owner", jsx_str(node, "config.meta.owner", jsx_str(node, "group", NULL)));
    t->facts.owner = kept(f->arena, owner);
    const json_t *tags = json_object_get(node, "tags");
    const char **names = arena_array(f->arena, json_array_size(tags) + 1, sizeof *names);
    for (size_t i = 0; i < json_array_size(tags) && i < COLUMNS_MAX; i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        if (tag) names[t->facts.tag_count++] = arena_strdup(f->arena, tag);
    }
    t->facts.tags = names;
    columns_read(f, t, node);
    map_put(f->by_id, str_of(id), t);
}

/* Tests on a part of the rows, or that may only warn, prove nothing of the whole. */
static bool test_is_whole(const json_t *test) {
    const char *severity = jsx_str(test, "config.severity", "error");
    return !jsx_str(test, "config.where", NULL) && !json_is_integer(jsx_at(test, "config.limit")) && strcasecmp(severity, "error") == 0 &&
           jsx_bool(test, "config.enabled", true) && strcmp(jsx_str(test, "config.error_if", "!= 0"), "!= 0") == 0;
}

static void foreign_key_add(struct facts *f, struct told *t, const json_t *test, const char *column, const char *on) {
    const json_t *nodes = jsx_at(test, "depends_on.nodes");
    const char *field = jsx_str(test, "test_metadata.kwargs.field", NULL);
    for (size_t i = 0; field && i < json_array_size(nodes) && i < COLUMNS_MAX; i++) {
        const char *id = json_string_value(json_array_get(nodes, i));
        const struct told *other = id && strcmp(id, on) != 0 ? map_get(f->by_id, str_of(id)) : NULL;
        if (!other) continue;
        const char **from = arena_array(f->arena, 1, sizeof *from), **to = arena_array(f->arena, 1, sizeof *to);
        from[0] = arena_strdup(f->arena, column);
        to[0] = arena_strdup(f->arena, field);
        t->facts.foreign_keys =
            arena_grow(f->arena, t->facts.foreign_keys, &t->fk_cap, t->facts.foreign_key_count + 1, sizeof *t->facts.foreign_keys);
        t->facts.foreign_keys[t->facts.foreign_key_count++] = (struct foreign_key_fact){from, 1, other->facts.dataset, to, ORIGIN_TEST};
        return;
    }
}

static void test_read(struct facts *f, const json_t *test) {
    const char *name = jsx_str(test, "test_metadata.name", ""), *column = jsx_str(test, "test_metadata.kwargs.column_name", NULL);
    const char *on = jsx_str(test, "attached_node", NULL);
    const json_t *nodes = jsx_at(test, "depends_on.nodes");
    /* Before attached_node was written, a relationship's own model came last. */
    if (!on) on = json_string_value(json_array_get(nodes, json_array_size(nodes) ? json_array_size(nodes) - 1 : 0));
    struct told *t = on ? map_get(f->by_id, str_of(on)) : NULL;
    if (!t || !test_is_whole(test)) return;
    if (strcmp(name, "unique") == 0 && column) key_add(f, t, one_of(f, column), false, ORIGIN_TEST);
    if (strcmp(name, "not_null") == 0 && column) null_free(column_of(f, t, column), ORIGIN_TEST);
    if (strcmp(name, "relationships") == 0 && column) foreign_key_add(f, t, test, column, on);
    if (strcmp(name, "unique_combination_of_columns") == 0)
        key_add(f, t, jsx_at(test, "test_metadata.kwargs.combination_of_columns"), false, ORIGIN_TEST);
}

void manifest_facts(struct arena *arena, struct reading *out, const char *path, const json_t *manifest) {
    static const char *const kinds[] = {"model", "seed", "snapshot"};
    struct facts f = {arena, map_new(arena), path};
    json_t *nodes = json_object_get(manifest, "nodes"), *node;
    const char *id;
    json_object_foreach(nodes, id, node) {
        const char *type = jsx_str(node, "resource_type", "");
        for (size_t i = 0; i < 3; i++) {
            if (strcmp(type, kinds[i]) == 0) node_read(&f, id, node);
        }
    }
    json_object_foreach(json_object_get(manifest, "sources"), id, node) node_read(&f, id, node);
    json_object_foreach(nodes, id, node) {
        if (strcmp(jsx_str(node, "resource_type", ""), "test") == 0) test_read(&f, node);
    }
    for (size_t i = 0; i < map_count(f.by_id) && i < NODES_MAX; i++) {
        const struct told *t = map_at(f.by_id, i).value;
        const struct dataset_facts *facts = &t->facts;
        if (facts->column_count || facts->key_count || facts->foreign_key_count || facts->description || facts->owner || facts->tag_count)
            *vec_add(arena, &out->facts) = *facts;
    }
}

/* ---- catalog.json ---- */

struct placed {
    int64_t index;
    struct column_fact fact;
};

static int place_order(const void *a, const void *b) {
    const struct placed *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* "num_bytes", "bytes", "size" of the adapters' statistics. */
static int64_t stat_of(const json_t *node, const char *const *names) {
    for (; *names; names++) {
        char path[64];
        snprintf(path, sizeof path, "stats.%s.value", *names);
        const json_t *v = jsx_at(node, path);
        if (json_is_number(v) && json_number_value(v) >= 0 && json_number_value(v) < 9e18) return (int64_t)json_number_value(v);
    }
    return -1;
}

static void table_read(struct arena *arena, struct reading *out, const char *path, const json_t *node) {
    static const char *const bytes[] = {"num_bytes", "bytes", "size", NULL}, *const rows[] = {"num_rows", "row_count", "rows", NULL};
    json_t *columns = json_object_get(node, "columns"), *column;
    size_t n = json_object_size(columns), i = 0;
    const json_t *about = json_object_get(node, "metadata");
    const char *key;
    if (!n || n > COLUMNS_MAX || !jsx_str(about, "name", NULL)) return;
    struct placed *placed = arena_array(arena, n, sizeof *placed);
    json_object_foreach(columns, key, column) {
        placed[i] = (struct placed){jsx_int(column, "index", (int64_t)i),
                                    {.name = arena_strdup(arena, jsx_str(column, "name", key)),
                                     .type = kept(arena, jsx_str(column, "type", NULL)),
                                     .description = kept(arena, jsx_str(column, "comment", NULL))}};
        i++;
    }
    qsort(placed, n, sizeof *placed, place_order);
    struct dataset_facts f = {.dataset = artifact_dataset(arena, about), .path = path, .line = 1, .columns_complete = true};
    f.columns = arena_array(arena, n, sizeof *f.columns);
    for (i = 0; i < n; i++) f.columns[f.column_count++] = placed[i].fact;
    f.owner = kept(arena, jsx_str(about, "owner", NULL));
    f.description = kept(arena, jsx_str(about, "comment", NULL));
    f.bytes = stat_of(node, bytes);
    f.rows = stat_of(node, rows);
    *vec_add(arena, &out->facts) = f;
}

void catalog_json_read(struct arena *arena, struct reading *out, const char *path, const json_t *catalog) {
    static const char *const lists[] = {"nodes", "sources"};
    for (size_t i = 0; i < 2; i++) {
        const char *id;
        json_t *node;
        json_object_foreach(json_object_get(catalog, lists[i]), id, node) table_read(arena, out, path, node);
    }
}
