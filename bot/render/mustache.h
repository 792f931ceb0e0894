/* mustache.h - logic-less templates over JSON, after the Mustache specification 1.4 (https://github.com/mustache/spec), without lambdas.
 * Layer: render. May use: base. Knows nothing of findings. */
#ifndef MUSTACHE_H
#define MUSTACHE_H

#include "arena.h"
#include "err.h"
#include "jsonx.h"
#include "text.h"

/* How {{name}} enters the output; {{{name}}} and {{&name}} go in as they are. */
typedef void (*mustache_escape)(struct buf *out, struct str text);

/* The text of partial `name`, NULL when there is none (then it is empty, as the specification says). */
typedef const char *(*mustache_partial)(void *ctx, const char *name);

struct mustache_options {
    mustache_escape escape;
    mustache_partial partial; /* may be NULL */
    void *ctx;
    const char *name; /* of the template, for errors */
};

/* Reads the template without rendering: ERR_CONFIG "NAME:LINE: why" for an unclosed tag or section. For checks at start. */
const struct err *mustache_check(const char *text, const char *name) MUST_CHECK;

/* Renders `text` over `view`. Output is bounded at 4 MB, nesting at 40 partials or sections. */
const struct err *mustache_render(struct arena *arena, const char *text, const json_t *view, const struct mustache_options *options,
                                  char **out) MUST_CHECK;
#endif
