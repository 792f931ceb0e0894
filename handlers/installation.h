/* installation.h - which GitHub App installation covers a repository, remembered from its own events.
 * Layer: handlers. May use: base, store. */
#ifndef INSTALLATION_H
#define INSTALLATION_H

#include "handlers.h"

/* Keeps what this delivery says of its repository; nothing when it says nothing. */
const struct err *installation_remember(const struct handler_context *context, const json_t *payload) MUST_CHECK;

/* The installation, 0 in token mode or when no event of the repository was seen yet. */
const struct err *installation_recall(const struct handler_context *context, const char *repo, int64_t *out) MUST_CHECK;

/* Have we seen an event of this repository (so that it is connected)? */
const struct err *installation_known(const struct handler_context *context, const char *repo, bool *out) MUST_CHECK;
#endif
