/* compare_several.h - one new query against several existing ones together.
 * Layer: commands. May use: base, sql, plan, read. */
#ifndef COMPARE_SEVERAL_H
#define COMPARE_SEVERAL_H

#include "dialect.h"

#include <stdbool.h>
#include <stddef.h>

struct several {
    enum dialect dialect;
    const char *schema; /* CREATE TABLE statements; NULL: none */
    const char *const *paths;
    size_t n; /* 3 or more: the new one first */
    bool json, refute;
};
#define SEVERAL_MAX 24 /* files; the first 8 existing ones are tried together */

/* Prints how the first relates to each of the others, what it can be computed from, and the parts that any of them share. The exit code. */
int compare_several(const struct several *of);
#endif
