/* map.c - open addressing over a dense list of entries. */
#include "map.h"

#include "hash.h"

#include <assert.h>

struct entry {
    struct str key;
    void *value;
    uint64_t hash;
};

struct map {
    struct arena *arena;
    VEC(struct entry) entries;
    uint32_t *slots; /* index + 1 into entries, 0 = free */
    size_t slot_count;
};

struct map *map_new(struct arena *arena) {
    struct map *map = arena_new(arena, struct map);
    map->arena = arena;
    return map;
}

static size_t slot_find(const struct map *map, struct str key, uint64_t hash) {
    size_t i = hash & (map->slot_count - 1);
    while (map->slots[i]) {
        const struct entry *e = &map->entries.at[map->slots[i] - 1];
        if (e->hash == hash && str_eq(e->key, key)) break;
        i = (i + 1) & (map->slot_count - 1);
    }
    return i;
}

static void slots_grow(struct map *map) {
    map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
    map->slots = arena_array(map->arena, map->slot_count, sizeof *map->slots);
    for (size_t n = 0; n < map->entries.n; n++) {
        size_t i = map->entries.at[n].hash & (map->slot_count - 1);
        while (map->slots[i]) i = (i + 1) & (map->slot_count - 1);
        map->slots[i] = (uint32_t)n + 1;
    }
}

void *map_get(const struct map *map, struct str key) {
    if (!map || map->slot_count == 0) return NULL;
    size_t i = slot_find(map, key, hash64(key.p, key.n));
    return map->slots[i] ? map->entries.at[map->slots[i] - 1].value : NULL;
}

bool map_has(const struct map *map, struct str key) { return map && map->slot_count && map->slots[slot_find(map, key, hash64(key.p, key.n))]; }

void **map_slot(struct map *map, struct str key) {
    if ((map->entries.n + 1) * 2 > map->slot_count) slots_grow(map);
    uint64_t hash = hash64(key.p, key.n);
    size_t i = slot_find(map, key, hash);
    if (!map->slots[i]) {
        assert(map->entries.n < UINT32_MAX - 1);
        *vec_add(map->arena, &map->entries) = (struct entry){.key = {str_dup(map->arena, key), key.n}, .hash = hash};
        map->slots[i] = (uint32_t)map->entries.n;
    }
    return &map->entries.at[map->slots[i] - 1].value;
}

void *map_put(struct map *map, struct str key, void *value) {
    void **slot = map_slot(map, key);
    void *before = *slot;
    *slot = value;
    return before;
}

size_t map_count(const struct map *map) { return map ? map->entries.n : 0; }

struct map_entry map_at(const struct map *map, size_t i) {
    assert(i < map->entries.n);
    return (struct map_entry){map->entries.at[i].key, map->entries.at[i].value};
}
