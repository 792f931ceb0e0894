/* jsonx.h - helpers over jansson: bounded reading, paths, lifetimes tied to an arena.
 * Layer: base. May use: arena, err, text, jansson. */
#ifndef JSONX_H
#define JSONX_H

#include "arena.h"
#include "err.h"
#include "text.h"

#include <jansson.h>

/* Reads `n` bytes as one JSON value that lives as long as `arena`. ERR_INPUT names line and column; nesting over 200 is refused. */
const struct err *jsx_load(struct arena *arena, const void *bytes, size_t n, json_t **out) MUST_CHECK;

/* A value of ours, given back with the arena: `json_t *o = jsx_own(arena, json_object());` */
json_t *jsx_own(struct arena *arena, json_t *value);

/* The value at "a.b.c" ("a.0.b" indexes arrays), borrowed; NULL when absent. */
json_t *jsx_at(const json_t *value, const char *path);
/* The string / integer / truth at the path, or `otherwise` when it is absent or of another type. */
const char *jsx_str(const json_t *value, const char *path, const char *otherwise);
int64_t jsx_int(const json_t *value, const char *path, int64_t otherwise);
double jsx_real(const json_t *value, const char *path, double otherwise);
bool jsx_bool(const json_t *value, const char *path, bool otherwise);

/* Compact text with keys in insertion order (sorted when `sorted`), in the arena. */
char *jsx_dump(struct arena *arena, const json_t *value, bool sorted);

/* Adds a string, replacing malformed UTF-8; NULL becomes null. */
void jsx_set_text(json_t *object, const char *key, const char *text);
#endif
