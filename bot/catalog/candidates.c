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
    const char *lengths_sql, *lists_sql, *anchors_sql;
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

/* A list to walk: what it makes of the entries in it. A place in a group that is not needed has the kind NO_KIND, whose list is empty. */
struct posting {
    int kind;
    uint64_t hash;
    enum candidate_why why;
    double weight;
    int64_t length;
};

/* Several lists at once, for a statement costs a round trip where the store is another machine. Always as many places: then the statement is one that
 * the store knows already. */
#define LENGTHS_AT_ONCE 16
#define LISTS_AT_ONCE   12
#define ANCHORS_AT_ONCE 6
#define NO_KIND         (-1)

/* $1 and $2 are the first list's kind and hash, and so on; last the most that is counted. */
static const char *lengths_sql(struct arena *arena) {
    struct buf b = buf_new(arena);
    for (int i = 0; i < LENGTHS_AT_ONCE; i++)
        buf_printf(&b, "%s(SELECT count(*) FROM (SELECT 1 FROM feature WHERE kind = $%d AND hash = $%d LIMIT $%d) AS few)", i ? ", " : "SELECT ",
                   2 * i + 1, 2 * i + 2, 2 * LENGTHS_AT_ONCE + 1);
    return buf_str(&b);
}

/* The same places; last the most that is taken from one list. */
static const char *lists_sql(struct arena *arena) {
    struct buf b = buf_new(arena);
    for (int i = 0; i < LISTS_AT_ONCE; i++)
        buf_printf(
            &b,
            "%sSELECT %d AS list, definition FROM (SELECT definition FROM feature WHERE kind = $%d AND hash = $%d ORDER BY definition LIMIT $%d) "
            "AS list%d",
            i ? " UNION ALL " : "", i, 2 * i + 1, 2 * i + 2, 2 * LISTS_AT_ONCE + 1, i);
    return buf_str(&b);
}

/* $1 the kind, $2 our tables, $3 the most; then the hashes. */
static const char *anchors_sql(struct arena *arena) {
    struct buf b = buf_new(arena);
    for (int i = 0; i < ANCHORS_AT_ONCE; i++)
        buf_printf(&b,
                   "%sSELECT %d AS list, definition FROM (SELECT definition FROM feature WHERE kind = $1 AND hash = $%d AND (tables & ~$2) = 0 "
                   "ORDER BY definition LIMIT $3) AS list%d",
                   i ? " UNION ALL " : "", i, 4 + i, i);
    return buf_str(&b);
}

static void group_bind(const struct posting *lists, size_t n, size_t places, int64_t most, struct val *out) {
    for (size_t i = 0; i < places; i++) {
        out[2 * i] = val_int(i < n ? lists[i].kind : NO_KIND);
        out[2 * i + 1] = val_int(i < n ? (int64_t)lists[i].hash : 0);
    }
    out[2 * places] = val_int(most);
}

static const struct err *lengths_find(struct search *s, struct posting *lists, size_t n) {
    struct val vals[2 * LENGTHS_AT_ONCE + 1];
    struct row found;
    group_bind(lists, n, LENGTHS_AT_ONCE, COMMON_MAX, vals);
    TRY(store_one(s->catalog->store, s->arena, s->lengths_sql, (struct vals){sizeof vals / sizeof *vals, vals}, &found));
    for (size_t i = 0; i < n; i++) lists[i].length = val_as_int(&found.at[i], 0);
    return NULL;
}

struct walk {
    struct search *search;
    const struct posting *lists;
};

static const struct err *listed_row(void *ctx, const struct val *c, size_t count) {
    struct walk *w = ctx;
    const struct posting *list = &w->lists[val_as_int(&c[0], 0)];
    w->search->why = list->why;
    w->search->weight = list->weight;
    return hit_row(w->search, c + 1, count - 1);
}

static const struct err *lists_walk(struct search *s, const struct posting *lists, size_t n) {
    struct val vals[2 * LISTS_AT_ONCE + 1];
    struct walk walk = {s, lists};
    if (!n) return NULL;
    group_bind(lists, n, LISTS_AT_ONCE, LIST_MAX, vals);
    return store_each(s->catalog->store, s->lists_sql, (struct vals){sizeof vals / sizeof *vals, vals}, listed_row, &walk);
}

/* Anchors under the tables, only those whose tables may all be among ours. */
static const struct err *anchors_walk(struct search *s, const struct features *features) {
    struct posting lists[TABLES_MAX] = {0};
    size_t n = 0;
    uint64_t tables = tables_bloom(features);
    for (size_t i = 0; i < features->n && n < TABLES_MAX; i++) {
        if (features->at[i].kind == FEATURE_TABLE) lists[n++] = (struct posting){0, features->at[i].hash, CANDIDATE_CONTAINMENT, 0.01, 0};
    }
    for (size_t from = 0; from < n; from += ANCHORS_AT_ONCE) {
        struct val vals[3 + ANCHORS_AT_ONCE] = {val_int(ANCHOR_KIND), val_int((int64_t)tables), val_int(LIST_MAX)};
        struct walk walk = {s, lists + from};
        size_t here = n - from < ANCHORS_AT_ONCE ? n - from : ANCHORS_AT_ONCE;
        for (size_t i = 0; i < ANCHORS_AT_ONCE; i++) vals[3 + i] = i < here ? val_int((int64_t)lists[from + i].hash) : val_null();
        TRY(store_each(s->catalog->store, s->anchors_sql, (struct vals){sizeof vals / sizeof *vals, vals}, listed_row, &walk));
    }
    return NULL;
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

/* The lists of the features that say something, with their lengths, in the features' order. */
static const struct err *postings_of(struct search *s, const struct features *features, struct posting **out, size_t *count) {
    struct posting *lists = arena_array(s->arena, features->n + 1, sizeof *lists);
    size_t n = 0;
    for (size_t i = 0; i < features->n; i++) {
        struct posting list = {.kind = (int)features->at[i].kind, .hash = features->at[i].hash};
        list.weight = kind_weight(features->at[i].kind, &list.why);
        if (list.weight > 0) lists[n++] = list;
    }
    for (size_t i = 0; i < n; i += LENGTHS_AT_ONCE) TRY(lengths_find(s, lists + i, n - i < LENGTHS_AT_ONCE ? n - i : LENGTHS_AT_ONCE));
    *out = lists;
    *count = n;
    return NULL;
}

/* What says most first: as many entries as are looked at may be found before the rest. */
static const struct err *features_walk(struct search *s, const struct features *features) {
    struct posting *lists, group[LISTS_AT_ONCE];
    size_t count, waiting = 0;
    bool anchored = false;
    TRY(postings_of(s, features, &lists, &count));
    for (size_t i = 0; i <= count; i++) {
        bool anchors = !anchored && (i == count || lists[i].kind >= FEATURE_TABLE);
        if (anchors || i == count || waiting == LISTS_AT_ONCE) {
            TRY(lists_walk(s, group, waiting));
            waiting = 0;
        }
        if (anchors) TRY(anchors_walk(s, features));
        anchored |= anchors;
        if (i == count) break;
        struct posting list = lists[i];
        list.weight /= (double)(1 + list.length);
        if (list.length > 0 && (list.length < COMMON_MAX || list.why <= CANDIDATE_PARAMETER)) group[waiting++] = list;
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

#define ENTRIES_AT_ONCE 16
#define ENTRIES_SQL     "SELECT " ENTRY_COLUMNS " FROM definition d WHERE d.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"

/* Entries by their place among the hits asked for. */
struct loading {
    struct arena *arena;
    struct hit *const *hits;
    size_t n;
    struct entry entries[ENTRIES_AT_ONCE];
};

static const struct err *load_row(void *ctx, const struct val *c, size_t count) {
    struct loading *l = ctx;
    int64_t id = val_as_int(&c[0], 0);
    for (size_t i = 0; i < l->n; i++) {
        if (l->hits[i]->id == id) entry_of_row(l->arena, c, &l->entries[i]);
    }
    return NULL;
}

/* Those of the next hits; an id of 0 where there is none any more. */
static const struct err *entries_load(struct search *s, struct loading *l) {
    struct val vals[ENTRIES_AT_ONCE];
    memset(l->entries, 0, sizeof l->entries);
    for (size_t i = 0; i < ENTRIES_AT_ONCE; i++) vals[i] = val_int(i < l->n ? l->hits[i]->id : 0);
    return store_each(s->catalog->store, ENTRIES_SQL, (struct vals){ENTRIES_AT_ONCE, vals}, load_row, l);
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
    struct loading *l = arena_new(s->arena, struct loading);
    l->arena = s->arena;
    for (size_t i = 0; i < s->hits.n && list.n < LOADED_MAX; i++) {
        size_t at = i % ENTRIES_AT_ONCE, left = s->hits.n - i;
        l->hits = s->hits.at + (i - at);
        l->n = left + at < ENTRIES_AT_ONCE ? left + at : ENTRIES_AT_ONCE;
        if (at == 0) TRY(entries_load(s, l));
        struct candidate c = {.why = s->hits.at[i]->why, .entry = l->entries[at]};
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
    s.lengths_sql = lengths_sql(arena), s.lists_sql = lists_sql(arena), s.anchors_sql = anchors_sql(arena);
    *out = NULL;
    *count = 0;
    TRY(exact_walk(&s, entry));
    if (entry->features) TRY(features_walk(&s, entry->features));
    return hits_load(&s, entry, out, count);
}
