/* fake_http.h - a scripted other side: each request must be the next one expected, and gets the answer written beside it. */
#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include "http.h"

#include <stdio.h>
#include <stdlib.h>

#define FAKE_MAX 64

struct fake_step {
    const char *want;   /* "GET /path..." a prefix of method and address without the base; */
    const char *body;   /* a part the request's body must have, NULL: any */
    int status;         /* 0: no answer (network) */
    const char *head;   /* "name: value\nname: value", NULL: none */
    const char *answer; /* NULL: empty */
};

struct fake {
    const char *base; /* cut off the addresses */
    const struct fake_step *steps;
    size_t count, at;
    char seen[FAKE_MAX][512]; /* "METHOD address" */
    char auth[FAKE_MAX][1024];
    int pauses;
};

static inline void fake_pause(void *ctx, int milliseconds) { ((struct fake *)ctx)->pauses += milliseconds > 0; }

static void fake_headers(struct arena *arena, const char *head, struct http_response *out) {
    struct str rest = str_of(head), row;
    out->headers = arena_array(arena, 16, sizeof *out->headers);
    while (head && str_split(&rest, '\n', &row)) {
        const char *colon = memchr(row.p, ':', row.n);
        struct str name = {row.p, (size_t)(colon - row.p)}, value = {colon + 1, row.n - name.n - 1};
        out->headers[out->header_count++] = (struct http_header){str_lower(arena, name), str_dup(arena, str_trim(value))};
    }
}

static const struct err *fake_send(void *ctx, struct arena *arena, const struct http_request *request, struct http_response *out) {
    struct fake *f = ctx;
    const char *url = text_starts(request->url, f->base) ? request->url + strlen(f->base) : request->url;
    if (f->at >= f->count || f->at >= FAKE_MAX) {
        print_error("unexpected: %s %s %.*s\n", request->method, url, STR_ARG(request->body));
        abort();
    }
    const struct fake_step *step = &f->steps[f->at];
    snprintf(f->seen[f->at], sizeof f->seen[0], "%s %s", request->method, url);
    snprintf(f->auth[f->at], sizeof f->auth[0], "%s", request->authorization ? request->authorization : "");
    if (!text_starts(f->seen[f->at], step->want)) {
        print_error("step %zu: wanted %s, got %s\n", f->at, step->want, f->seen[f->at]);
        abort();
    }
    const char *body = str_dup(arena, request->body);
    if (step->body && !strstr(body, step->body)) {
        print_error("step %zu: wanted %s in %s\n", f->at, step->body, body);
        abort();
    }
    f->at++;
    if (step->status == 0) return err_new(ERR_RETRY, "no answer");
    *out = (struct http_response){.status = step->status, .body = str_of(step->answer ? step->answer : "")};
    if (!out->body.p) out->body.p = "";
    fake_headers(arena, step->head, out);
    return NULL;
}

#endif
