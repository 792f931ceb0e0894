/* github_answer.c - statuses, limits and messages of GitHub's answers, read in one place. */
#include "github_answer.h"

#include "clock.h"
#include "jsonx.h"

#include <stdlib.h>

#define MESSAGE_MAX 500
#define ERRORS_MAX  5

static json_t *body_json(struct arena *arena, const struct http_response *response) {
    json_t *body = NULL;
    if (response->body.n && jsx_load(arena, response->body.p, response->body.n, &body)) return NULL;
    return body;
}

/* GitHub's words: "message", and of errors[] (objects or plain strings) the first few. */
static const char *message_of(struct arena *arena, const json_t *body) {
    struct buf out = buf_new(arena);
    buf_text(&out, jsx_str(body, "message", "no message"));
    const json_t *errors = jsx_at(body, "errors");
    for (size_t i = 0; i < json_array_size(errors) && i < ERRORS_MAX; i++) {
        const json_t *item = json_array_get(errors, i);
        if (json_is_string(item)) {
            buf_printf(&out, "; %s", json_string_value(item));
            continue;
        }
        const char *field = jsx_str(item, "field", ""), *text = jsx_str(item, "message", jsx_str(item, "code", ""));
        buf_printf(&out, "; %s%s%s", field, *field ? ": " : "", text);
    }
    const char *text = buf_str(&out);
    return str_dup(arena, (struct str){text, utf8_cut(text, out.n, MESSAGE_MAX)});
}

static bool words_secondary(const json_t *body) {
    const char *message = jsx_str(body, "message", ""), *page = jsx_str(body, "documentation_url", "");
    return strcasestr(message, "secondary rate") || strcasestr(message, "abuse detection") || text_ends(page, "secondary-rate-limits") ||
           text_ends(page, "#abuse-rate-limits");
}

int64_t github_answer_exhausted(const struct http_response *response) {
    const char *left = http_header(response, "x-ratelimit-remaining"), *reset = http_header(response, "x-ratelimit-reset");
    if (!left || !reset || strcmp(left, "0") != 0) return 0;
    int64_t server = http_date(response), now = clock_now();
    int64_t wait = strtoll(reset, NULL, 10) - (server ? server : now);
    if (wait < 0) wait = 0;
    if (wait > 7200) wait = 7200; /* the window is an hour: more is a clock gone wrong */
    return now + wait + 1;
}

/* When to come back after a 403 or 429; 0 when it is no limit but a plain no. */
static int64_t limit_until(const struct http_response *response, const json_t *body, int strikes) {
    if (response->status != 403 && response->status != 429) return 0;
    int64_t after = http_retry_after(response);
    if (after >= 0) return clock_now() + (after ? after : 1);
    int64_t reset = github_answer_exhausted(response);
    if (reset) return reset;
    if (!words_secondary(body) && response->status != 429) return 0;
    int64_t wait = GITHUB_SECONDARY_SECONDS;
    for (int i = 0; i < strikes && wait < GITHUB_SECONDARY_MAX; i++) wait *= 2;
    return clock_now() + (wait < GITHUB_SECONDARY_MAX ? wait : GITHUB_SECONDARY_MAX);
}

bool github_answer_is_limited(struct arena *arena, const struct http_response *response) {
    return limit_until(response, body_json(arena, response), 0) != 0;
}

bool github_answer_is_skew(const struct http_response *response) {
    return response->status == 401 && response->body.n &&
           (memmem(response->body.p, response->body.n, "'exp'", 5) || memmem(response->body.p, response->body.n, "'iat'", 5));
}

const struct err *github_answer_check(struct arena *arena, const struct http_response *response, const char *what, int strikes) {
    int status = response->status;
    if ((status >= 200 && status < 300) || status == 304) return NULL;
    json_t *body = body_json(arena, response);
    const char *message = message_of(arena, body);
    int64_t until = limit_until(response, body, strikes);
    const struct err *e;
    if (until) e = err_retry_at(until, "%s: GitHub's rate limit (%d): %s", what, status, message);
    else if (status >= 500 || status == 409 || status == 408) e = err_new(ERR_RETRY, "%s: GitHub answered %d: %s", what, status, message);
    else if (status == 401) e = err_new(ERR_CONFIG, "%s: GitHub does not accept our credentials (401): %s", what, message);
    else e = err_new(ERR_REFUSED, "%s: GitHub answered %d: %s", what, status, message);
    return err_with_status(e, status);
}

const struct err *github_answer_json(struct arena *arena, const struct http_response *response, const char *what, json_t **out) {
    if (response->body.n == 0) {
        *out = jsx_own(arena, json_null());
        return NULL;
    }
    const struct err *e = jsx_load(arena, response->body.p, response->body.n, out);
    return e ? err_new(ERR_RETRY, "%s: GitHub's answer is no JSON: %s", what, e->text) : NULL;
}
