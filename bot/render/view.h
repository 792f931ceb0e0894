/* view.h - a review as the JSON that templates read. Texts are raw: the template's escape makes them safe.
 * Layer: render. May use: base, review and below. */
#ifndef VIEW_H
#define VIEW_H

#include "mustache.h"
#include "render.h"

/* How much of the evidence goes in: the first level that fits its output is taken. */
enum detail { DETAIL_FULL, DETAIL_NO_SQL, DETAIL_TABLE, DETAIL_SHORT_TABLE };

/* The view of the whole review. */
json_t *view_review(struct arena *arena, const struct review *review, const struct render_options *options, enum detail detail);
/* The view of one finding. */
json_t *view_finding(struct arena *arena, const struct finding *finding, enum detail detail);
/* "reuse", "cost", "metric", ...: the one word that stands for the rule's family. */
const char *view_word(const struct finding *finding);
/* Renders templates/NAME over the view with `escape`. */
const struct err *view_render(struct arena *arena, const char *name, const json_t *view, const char *folder, mustache_escape escape,
                              char **out) MUST_CHECK;
/* "Parley: most of this exists already · about $310-420 a month if merged as is", without "Parley: ". */
const char *view_headline(struct arena *arena, const struct review *review);
#endif
