/* map.h - a hash map from bytes to pointers, in an arena; remembers insertion order.
 * Layer: base. May use: arena, hash, text. */
#ifndef MAP_H
#define MAP_H

#include "text.h"

struct map; /* opaque; lives as long as its arena */

struct map_entry {
    struct str key;
    void *value;
};

struct map *map_new(struct arena *arena);
/* The value under `key`, NULL when absent. */
void *map_get(const struct map *map, struct str key);
bool map_has(const struct map *map, struct str key);
/* Stores `value`; the key's bytes are copied when new. Returns the value that was there. */
void *map_put(struct map *map, struct str key, void *value);
/* The slot of `key`, made with NULL when absent; valid until the next map_put or map_slot. */
void **map_slot(struct map *map, struct str key);
size_t map_count(const struct map *map);
/* Entry i < map_count, in the order of insertion. */
struct map_entry map_at(const struct map *map, size_t i);
#endif
