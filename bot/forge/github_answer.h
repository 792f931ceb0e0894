/* github_answer.h - what an answer of GitHub means: fine, later, no, or not us.
 * Layer: forge. May use: base, http. */
#ifndef GITHUB_ANSWER_H
#define GITHUB_ANSWER_H

#include "http.h"

#include <jansson.h>

#define GITHUB_SECONDARY_SECONDS 60
#define GITHUB_SECONDARY_MAX     900

/* NULL for 2xx and 304. `what` names the call in the text; `strikes` is how often in a row the secondary limit was met (its wait doubles).
 * 403 and 429: retry-after, else x-ratelimit-reset when remaining is 0, else a minute when the words say secondary limit: ERR_RETRY; any other
 * 403, and 4xx: ERR_REFUSED; 401: ERR_CONFIG; 409, 5xx: ERR_RETRY. The status goes along.
 * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately */
const struct err *github_answer_check(struct arena *arena, const struct http_response *response, const char *what, int strikes) MUST_CHECK;

/* Did the answer hit a rate limit, of either kind? */
bool github_answer_is_limited(struct arena *arena, const struct http_response *response);

/* UTC seconds before which nothing more should be sent, 0 when the answer leaves calls over. */
int64_t github_answer_exhausted(const struct http_response *response);

/* A 401 whose words mean that our clock is off. */
bool github_answer_is_skew(const struct http_response *response);

/* The body as JSON; json null when empty. ERR_RETRY when it is no JSON (a proxy's page). */
const struct err *github_answer_json(struct arena *arena, const struct http_response *response, const char *what, json_t **out) MUST_CHECK;
#endif
