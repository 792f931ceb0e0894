/* yaml.h - YAML 1.2 by libfyaml as a plain tree with lines, anchors and merge keys resolved.
 * Layer: base. May use: arena, err, text, libfyaml. */
#ifndef YAML_H
#define YAML_H

#include "arena.h"
#include "err.h"
#include "text.h"

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_LIST, YAML_MAP };

/* A plain record: read any field. Belongs to the arena given to yaml_load. */
struct yaml {
    enum yaml_kind kind;
    int line, column; /* 1-based, of the value */
    const char *text; /* YAML_SCALAR: its text, NUL-terminated */
    bool quoted;      /* YAML_SCALAR written with quotes or as a block: never a number, truth or null */
    size_t count;     /* YAML_LIST, YAML_MAP */
    struct yaml **items;
    const char **keys; /* YAML_MAP: key of items[i] */
    int *key_lines;
};

/* Reads one document. ERR_INPUT is "NAME:LINE:COLUMN: why". Bounded: 10 MB, depth 100, 200,000 nodes after aliases or one per byte. A key twice is an
 * error. An empty text is YAML_NULL. */
const struct err *yaml_load(struct arena *arena, const char *name, const void *bytes, size_t n, struct yaml **out) MUST_CHECK;

/* The value under `key` of a map, NULL when absent (or when `map` is NULL or no map). */
struct yaml *yaml_get(const struct yaml *map, const char *key);
/* Like yaml_get along "a.b.c"; lists are indexed by number. */
struct yaml *yaml_at(const struct yaml *value, const char *path);
/* The scalar's text at the path, or `otherwise`. */
const char *yaml_str(const struct yaml *value, const char *path, const char *otherwise);
bool yaml_bool(const struct yaml *value, const char *path, bool otherwise);
/* Reads a scalar as a number; false when it is none. */
bool yaml_number(const struct yaml *scalar, double *out);
#endif
