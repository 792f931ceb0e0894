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

/* A bare name, as the datasets of a pipeline have, means the one next to who reads it: in the same file, else the same repository, else any. */
static size_t fillers_near(struct arena *arena, const char *name, const struct entry *reader, struct entry **fillers, size_t count) {
    if (!reader || strchr(name_key(arena, name), '.')) return count;
    for (int near = 2; near > 0; near--) {
        struct entry *kept = arena_array(arena, count + 1, sizeof *kept);
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
            const struct entry *e = &(*fillers)[i];
            if (strcmp(e->repo, reader->repo) == 0 && (near == 1 || strcmp(e->path, reader->path) == 0)) kept[n++] = *e;
        }
        if (!n) continue;
        *fillers = kept;
        return n;
    }
    return count;
}

/* Datasets of one bare name are told apart by what fills them. */
static const char *node_key(struct arena *arena, const struct lineage_node *node) {
    const char *key = name_key(arena, node->name);
    if (strchr(key, '.') || !node->entry || !node->entry->dataset) return key;
    return arena_printf(arena, "%s\n%s\n%s", key, node->entry->repo, node->entry->path);
}

/* The name a dataset goes by: that of what fills it, so that "orders" and "main.silver.orders" are one. */
static const struct err *name_settle(struct walk *w, const char *read, const struct entry *reader, struct lineage_node *out) {
    struct entry *fillers;
    size_t count;
    TRY(catalog_fillers(w->arena, w->catalog, read, &fillers, &count));
    count = fillers_near(w->arena, read, reader, &fillers, count);
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
        TRY(name_settle(w, entry->reads[i], entry, &node));
        node.depth = depth;
        node_add(w, &node, node_key(w->arena, &node));
    }
    return NULL;
}

static const struct err *up_step(struct walk *w, const struct lineage_node *of, int depth) {
    struct entry *fillers;
    size_t count;
    TRY(catalog_fillers(w->arena, w->catalog, of->name, &fillers, &count));
    count = fillers_near(w->arena, of->name, of->entry, &fillers, count);
    for (size_t i = 0; i < count; i++) TRY(reads_walk(w, &fillers[i], depth));
    return NULL;
}

/* Does who reads that name mean this one? */
static bool is_meant(struct walk *w, const struct lineage_node *of, const struct entry *reader, const struct entry *fillers, size_t count) {
    struct entry *near = (struct entry *)(uintptr_t)fillers;
    size_t n = fillers_near(w->arena, of->name, reader, &near, count);
    for (size_t i = 0; i < n && of->entry; i++) {
        if (near[i].id == of->entry->id) return true;
    }
    return n == 0 || !of->entry;
}

static const struct err *down_step(struct walk *w, const struct lineage_node *of, int depth) {
    struct entry *readers, *fillers;
    size_t count, filler_count;
    TRY(catalog_readers(w->arena, w->catalog, of->name, READERS_MAX, &readers, &count, NULL));
    TRY(catalog_fillers(w->arena, w->catalog, of->name, &fillers, &filler_count));
    w->more |= count == READERS_MAX;
    bool bare = !strchr(name_key(w->arena, of->name), '.') && filler_count > 1;
    for (size_t i = 0; i < count; i++) {
        const struct entry *e = &readers[i];
        if (bare && !is_meant(w, of, e, fillers, filler_count)) continue;
        struct lineage_node node = {.name = e->dataset ? e->dataset : e->name, .depth = depth, .entry = e, .entries = 1};
        node_add(w, &node, e->dataset ? node_key(w->arena, &node) : arena_printf(w->arena, "?%s\n%s", e->uid, e->repo));
    }
    return NULL;
}

static const struct err *walk_run(struct walk *w, const struct lineage_node *start,
                                  const struct err *(*step)(struct walk *, const struct lineage_node *, int)) {
    map_slot(w->seen, str_of(w->start));
    TRY(step(w, start, 1));
    for (size_t i = 0; i < w->list.n; i++) {
        struct lineage_node node = w->list.at[i];
        bool is_end = node.entry && !node.entry->dataset;
        if (!is_end) TRY(step(w, &node, node.depth + 1));
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
    TRY(name_settle(&up, name, NULL, &self));
    if (self.entries > 1 && !strchr(name_key(arena, self.name), '.')) self.entry = NULL; /* several datasets of one bare name: all of them */
    up.start = down.start = node_key(arena, &self);
    TRY(walk_run(&up, &self, up_step));
    TRY(walk_run(&down, &self, down_step));
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
