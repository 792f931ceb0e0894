/* candidates.c - posting lists first, then a closer look at few. */
#include "candidates.h"

#include "catalog_rows.h"
#include "map.h"

#include <stdlib.h>

#define LIST_MAX   300  /* entries taken from one posting list */
#define COMMON_MAX 2000 /* a longer list tells nothing */
#define FOUND_MAX  1500 /* entries that are looked at */
#define LOADED_MAX 96   /* entries that are loaded */
#define TABLES_MAX 40   /* tables of the new definition whose anchors are walked */

/* An entry seen in a posting list. */
struct hit {
    int64_t id;
    enum candidate_why why;
    double weight; /* sum over lists of 1 / length */
};

struct search {
    struct arena *arena;
    struct catalog *catalog;
    const struct candidates_skip *skip;
    struct map *seen; /* id -> struct hit */
    VEC(struct hit *) hits;
    enum candidate_why why;
    double weight;
};

static const struct err *hit_row(void *ctx, const struct val *c, size_t count) {
    struct search *s = ctx;
    int64_t id = val_as_int(&c[0], 0);
    void **slot = map_slot(s->seen, (struct str){(const char *)&id, sizeof id});
    struct hit *hit = *slot;
    if (!hit) {
        if (s->hits.n >= FOUND_MAX) return NULL;
        *slot = hit = arena_new(s->arena, struct hit);
        *hit = (struct hit){id, s->why, 0};
        *vec_add(s->arena, &s->hits) = hit;
    }
    if (s->why < hit->why) hit->why = s->why;
    hit->weight += s->weight;
    return NULL;
}

static const struct err *list_length(struct search *s, int kind, uint64_t hash, int64_t *out) {
    struct row n;
    TRY(store_one(s->catalog->store, s->arena, "SELECT count(*) FROM (SELECT 1 FROM feature WHERE kind = $1 AND hash = $2 LIMIT $3) AS few",
                  VALS(val_int(kind), val_int((int64_t)hash), val_int(COMMON_MAX)), &n));
    *out = val_as_int(&n.at[0], 0);
    return NULL;
}

static const struct err *list_walk(struct search *s, int kind, uint64_t hash, enum candidate_why why, double weight) {
    s->why = why;
    s->weight = weight;
    return store_each(s->catalog->store, "SELECT definition FROM feature WHERE kind = $1 AND hash = $2 ORDER BY definition LIMIT $3",
                      VALS(val_int(kind), val_int((int64_t)hash), val_int(LIST_MAX)), hit_row, s);
}

/* Anchors under a table, only those whose tables may all be among ours. */
static const struct err *anchors_walk(struct search *s, uint64_t hash, uint64_t tables) {
    s->why = CANDIDATE_CONTAINMENT;
    s->weight = 0.01;
    return store_each(s->catalog->store,
                      "SELECT definition FROM feature WHERE kind = $1 AND hash = $2 AND (tables & ~$3) = 0 ORDER BY definition LIMIT $4",
                      VALS(val_int(ANCHOR_KIND), val_int((int64_t)hash), val_int((int64_t)tables), val_int(LIST_MAX)), hit_row, s);
}

/* How much sharing a feature of this kind says, and what it makes of the other side. */
static double kind_weight(enum feature_kind kind, enum candidate_why *why) {
    *why = CANDIDATE_SIMILAR;
    switch (kind) {
    case FEATURE_EXACT:
    case FEATURE_DECLARED:
        return *why = CANDIDATE_IDENTITY, 100;
    case FEATURE_PARAMETERS:
        return *why = CANDIDATE_PARAMETER, 50;
    case FEATURE_SUBPLAN:
        return *why = CANDIDATE_SUBPLAN, 8;
    case FEATURE_JOIN_SHAPE:
        return 4;
    case FEATURE_JOIN_EDGE:
        return 2;
    case FEATURE_AGGREGATE:
    case FEATURE_GROUP_KEY:
        return 1;
    case FEATURE_TABLE:
        return 0.5;
    default:
        return 0;
    }
}

static const struct err *features_walk(struct search *s, const struct features *features) {
    uint64_t tables = tables_bloom(features);
    size_t tables_seen = 0;
    for (size_t i = 0; i < features->n; i++) {
        const struct feature *f = &features->at[i];
        enum candidate_why why;
        double weight = kind_weight(f->kind, &why);
        int64_t length = 0;
        if (weight > 0) TRY(list_length(s, (int)f->kind, f->hash, &length));
        if (length > 0 && (length < COMMON_MAX || why <= CANDIDATE_PARAMETER))
            TRY(list_walk(s, (int)f->kind, f->hash, why, weight / (double)(1 + length)));
        if (f->kind == FEATURE_TABLE && tables_seen++ < TABLES_MAX) TRY(anchors_walk(s, f->hash, tables));
    }
    return NULL;
}

/* The same text: all that can be said of what has no plan. */
static const struct err *exact_walk(struct search *s, const struct entry *entry) {
    s->why = CANDIDATE_IDENTITY;
    s->weight = 100;
    if (!entry->exact.hi && !entry->exact.lo) return NULL;
    return store_each(s->catalog->store, "SELECT id FROM definition WHERE exact_lo = $1 AND exact_hi = $2 ORDER BY id LIMIT $3",
                      VALS(val_int((int64_t)entry->exact.lo), val_int((int64_t)entry->exact.hi), val_int(LIST_MAX)), hit_row, s);
}

static int hit_order(const void *left, const void *right) {
    const struct hit *a = *(struct hit *const *)left, *b = *(struct hit *const *)right;
    if (a->why != b->why) return a->why < b->why ? -1 : 1;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static bool is_skipped(const struct search *s, const struct entry *e) {
    const struct candidates_skip *skip = s->skip;
    if (!skip || !skip->repo || strcmp(e->repo, skip->repo) != 0) return false;
    if (skip->uid && strcmp(e->uid, skip->uid) == 0) return true;
    if (skip->scope && strcmp(e->scope, skip->scope) == 0) return true;
    if (strcmp(e->scope, "main") != 0) return false;
    for (size_t i = 0; i < skip->path_count; i++) {
        if (strcmp(skip->paths[i], e->path) == 0) return true;
    }
    return false;
}

struct loading {
    struct arena *arena;
    struct entry *entry;
};

static const struct err *load_row(void *ctx, const struct val *c, size_t count) {
    struct loading *l = ctx;
    entry_of_row(l->arena, c, l->entry);
    return NULL;
}

static int candidate_order(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->why != b->why) return a->why < b->why ? -1 : 1;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->entry.id < b->entry.id ? -1 : a->entry.id > b->entry.id;
}

static const struct err *hits_load(struct search *s, const struct entry *entry, struct candidate **out, size_t *count) {
    VEC(struct candidate) list = {0};
    if (s->hits.n) qsort(s->hits.at, s->hits.n, sizeof *s->hits.at, hit_order);
    for (size_t i = 0; i < s->hits.n && list.n < LOADED_MAX; i++) {
        struct candidate c = {.why = s->hits.at[i]->why};
        struct loading l = {s->arena, &c.entry};
        TRY(store_each(s->catalog->store, "SELECT " ENTRY_COLUMNS " FROM definition d WHERE d.id = $1", VALS(val_int(s->hits.at[i]->id)), load_row,
                       &l));
        if (!c.entry.id || is_skipped(s, &c.entry)) continue;
        c.score = entry->features && c.entry.features ? features_similarity(entry->features, c.entry.features) : 0;
        *vec_add(s->arena, &list) = c;
    }
    if (list.n) qsort(list.at, list.n, sizeof *list.at, candidate_order);
    *out = list.at;
    *count = list.n < CANDIDATES_MAX ? list.n : CANDIDATES_MAX;
    return NULL;
}

const struct err *candidates_find(struct arena *arena, struct catalog *catalog, const struct entry *entry, const struct candidates_skip *skip,
                                  struct candidate **out, size_t *count) {
    struct search s = {.arena = arena, .catalog = catalog, .skip = skip, .seen = map_new(arena)};
    *out = NULL;
    *count = 0;
    TRY(exact_walk(&s, entry));
    if (entry->features) TRY(features_walk(&s, entry->features));
    return hits_load(&s, entry, out, count);
}
