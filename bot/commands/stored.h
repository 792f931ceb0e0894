/* stored.h - findings of reviews that the server keeps. Shared by commands.
 * Layer: commands. May use: store and below. */
#ifndef STORED_H
#define STORED_H

#include "jsonx.h"
#include "store.h"

/* The finding with that key or label ("F1") in a review as JSON, open or set aside; NULL when there is none. */
json_t *stored_finding_in(const json_t *review, const char *what);

/* Looks through the last review of each of the newest subjects, or of `pull` ("acme/dw#42", may be NULL) alone. `*out` is NULL when there is none;
 * `*repo` is that of the review. */
const struct err *stored_finding(struct arena *arena, struct store *store, const char *pull, const char *what, json_t **out,
                                 const char **repo) MUST_CHECK;

#endif
