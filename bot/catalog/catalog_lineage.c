/* catalog_lineage.c - breadth first over edges, each dataset once; columns by the plan of what fills the dataset. */
#include "catalog_lineage.h"

#include "bind.h"
#include "catalog_rows.h"
#include "entry.h"
#include "map.h"

#include <stdlib.h>

#define READERS_MAX 500

struct walk {
    struct arena *arena;
    struct catalog *catalog;
    struct map *seen; /* key of a dataset, or uid of an entry without one */
    VEC(struct lineage_node) list;
    bool more, cycle;
    const char *start;
};

/* The name a dataset goes by: that of what fills it, so that "orders" and "main.silver.orders" are one. */
static const struct err *name_settle(struct walk *w, const char *read, struct lineage_node *out) {
    struct entry *fillers;
    size_t count;
    TRY(catalog_fillers(w->arena, w->catalog, read, &fillers, &count));
    *out =
        (struct lineage_node){.name = count && fillers[0].dataset ? fillers[0].dataset : read, .entry = count ? &fillers[0] : NULL, .entries = count};
    return NULL;
}

static void node_add(struct walk *w, const struct lineage_node *node, const char *key) {
    if (strcmp(key, w->start) == 0) w->cycle = true;
    if (map_has(w->seen, str_of(key))) return;
    if (w->list.n >= LINEAGE_NODES_MAX || node->depth > LINEAGE_DEPTH_MAX) {
        w->more = true;
        return;
    }
    map_slot(w->seen, str_of(key));
    *vec_add(w->arena, &w->list) = *node;
}

static const struct err *reads_walk(struct walk *w, const struct entry *entry, int depth) {
    for (size_t i = 0; i < entry->read_count; i++) {
        struct lineage_node node;
        TRY(name_settle(w, entry->reads[i], &node));
        node.depth = depth;
        node_add(w, &node, name_key(w->arena, node.name));
    }
    return NULL;
}

static const struct err *up_step(struct walk *w, const char *name, int depth) {
    struct entry *fillers;
    size_t count;
    TRY(catalog_fillers(w->arena, w->catalog, name, &fillers, &count));
    for (size_t i = 0; i < count; i++) TRY(reads_walk(w, &fillers[i], depth));
    return NULL;
}

static const struct err *down_step(struct walk *w, const char *name, int depth) {
    struct entry *readers;
    size_t count;
    TRY(catalog_readers(w->arena, w->catalog, name, READERS_MAX, &readers, &count, NULL));
    w->more |= count == READERS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct entry *e = &readers[i];
        struct lineage_node node = {.name = e->dataset ? e->dataset : e->name, .depth = depth, .entry = e, .entries = 1};
        node_add(w, &node, e->dataset ? name_key(w->arena, e->dataset) : arena_printf(w->arena, "?%s", e->uid));
    }
    return NULL;
}

static const struct err *walk_run(struct walk *w, const char *name, const struct err *(*step)(struct walk *, const char *, int)) {
    map_slot(w->seen, str_of(w->start));
    TRY(step(w, name, 1));
    for (size_t i = 0; i < w->list.n; i++) {
        struct lineage_node node = w->list.at[i];
        bool is_end = node.entry && !node.entry->dataset;
        if (!is_end) TRY(step(w, node.name, node.depth + 1));
    }
    return NULL;
}

static int node_order(const void *a, const void *b) {
    const struct lineage_node *x = a, *y = b;
    return x->depth != y->depth ? x->depth - y->depth : strcmp(x->name, y->name);
}

static const struct err *columns_find(struct arena *arena, struct catalog *catalog, const char *name, struct lineage *out) {
    struct entry *fillers;
    size_t count;
    struct schema *schema;
    TRY(catalog_fillers(arena, catalog, name, &fillers, &count));
    /* Several writers give the same columns, each from elsewhere: the first whose plan is known speaks. */
    for (size_t i = 0; i < count && !out->column_count; i++) {
        struct entry entry = fillers[i];
        TRY(catalog_schema(arena, &catalog, 1, NULL, entry.reads, entry.read_count, &schema));
        entry_bind(arena, &entry, schema, NULL);
        if (!entry.plan || !entry.plan->root) continue;
        out->columns = column_origins_of(arena, entry.plan);
        out->column_count = entry.plan->n_outputs;
    }
    return NULL;
}

const struct err *catalog_lineage(struct arena *arena, struct catalog *catalog, const char *name, struct lineage **out) {
    struct lineage *l = arena_new(arena, struct lineage);
    struct walk up = {.arena = arena, .catalog = catalog, .seen = map_new(arena)}, down = up;
    struct lineage_node self;
    down.seen = map_new(arena);
    TRY(name_settle(&up, name, &self));
    up.start = down.start = name_key(arena, self.name);
    TRY(walk_run(&up, self.name, up_step));
    TRY(walk_run(&down, self.name, down_step));
    TRY(columns_find(arena, catalog, self.name, l));
    if (up.list.n) qsort(up.list.at, up.list.n, sizeof *up.list.at, node_order);
    if (down.list.n) qsort(down.list.at, down.list.n, sizeof *down.list.at, node_order);
    l->up = up.list.at;
    l->up_count = up.list.n;
    l->up_more = up.more;
    l->down = down.list.at;
    l->down_count = down.list.n;
    l->down_more = down.more;
    l->cycle = up.cycle;
    *out = l;
    return NULL;
}
