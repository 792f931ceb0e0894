/* payload.h - what all handlers need of a delivery's body: JSON, or a form, as JSON.
 * Layer: handlers. May use: base, store. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "jsonx.h"
#include "queue.h"

/* The body as JSON. Slack's forms become an object of their fields; an interaction's `payload` field is parsed. ERR_INPUT when malformed. */
const struct err *payload_read(struct arena *arena, const struct delivery *in, json_t **out) MUST_CHECK;

/* "acme/dw" is "owner/name" of letters, digits, '-', '_', '.': safe in paths and addresses. */
bool payload_repo_valid(const char *name);

/* Is this repository name safe, and what is its pull request's number? For "acme/dw#42" and https://HOST/acme/dw/pull/42. */
bool payload_pull_parse(struct arena *arena, const char *text, const char **repo, int *number);
#endif
