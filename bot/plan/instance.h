/* instance.h - the same logic over another instance of its sources: a region, app, environment or chain that stands in the tables' names.
 * Layer: plan. May use: base, sql, plan, normal. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "normal.h"

/* One word of the tables' names in the place of another: "ethereum" in `a`, "bnb" in `b`. */
struct instance {
    const char *a, *b;
};

/* Are the two forms the same but for that word, in the names of tables and as a literal? NULL: no. A different entity (orders, refunds), a
 * version or a literal that is no such word makes none. */
const struct instance *instance_find(struct arena *arena, const struct normal *a, const struct normal *b);
#endif
