/* http.h - bytes out: one bounded request, one bounded answer, over libcurl.
 * Layer: http. May use: base, libcurl. Knows no sender's rules: status codes are for the caller to read. */
#ifndef HTTP_H
#define HTTP_H

#include "arena.h"
#include "err.h"
#include "text.h"

#define HTTP_BODY_MAX    ((size_t)50 << 20)
#define HTTP_HEADERS_MAX 16

/* All strings are copied by http_create. Zeroes mean the defaults in brackets. */
struct http_config {
    const char *proxy;      /* "http://host:port"; NULL: what the environment says. Loopback never goes through a proxy. */
    const char *ca_bundle;  /* PEM file; NULL: the system's */
    int connect_seconds;    /* [10] */
    int timeout_seconds;    /* one request in all [30] */
    const char *user_agent; /* ["parley/VERSION"] */
};

struct http_header {
    const char *name, *value;
};

/* One request. Only http and https; plain http only to loopback addresses. `authorization`, when not NULL, is sent as that header and
 * only to the host (scheme, name, port) of `url`; a redirect elsewhere goes without it. */
struct http_request {
    const char *method; /* "GET", "POST", "PATCH", "PUT", "DELETE" */
    const char *url;
    const char *authorization;
    struct http_header headers[HTTP_HEADERS_MAX]; /* ends at the first NULL name */
    struct str body;                              /* p NULL: none */
    size_t body_max;                              /* of the answer [HTTP_BODY_MAX] */
    int timeout_seconds;                          /* [the client's] */
    bool secret_url;                              /* the path itself is a secret: logs and errors show only the host */
    bool no_redirects;                            /* 3xx is an answer like any other */
    /* When set, the body of a 2xx answer goes here piece by piece and not into the answer; false ends the call. body_max holds all the same. */
    bool (*sink)(void *ctx, const void *bytes, size_t n);
    void *sink_ctx;
};

/* The answer; all of it belongs to the arena of the call. */
struct http_response {
    int status;
    struct str body;             /* NUL-terminated beyond its n */
    struct http_header *headers; /* names in lower case, in order of arrival */
    size_t header_count;
};

struct http; /* opaque; may be used by several threads at once */

/* Makes a client. Never NULL. Give it back by http_destroy, after all calls have returned. */
struct http *http_create(const struct http_config *config);
void http_destroy(struct http *http);

/* A client whose requests go to `fn` instead of the network: for tests. */
typedef const struct err *(*http_fn)(void *ctx, struct arena *arena, const struct http_request *request, struct http_response *out);
struct http *http_create_fake(http_fn fn, void *ctx);

/* Sends and reads the answer; follows up to five redirects (301, 302, 307, 308) with the same method. Any status is success here.
 * ERR_RETRY: no answer (network, timeout): the request may or may not have landed. ERR_REFUSED: the answer is larger than body_max.
 * ERR_CONFIG: the address is not one we send to, or TLS could not be set up. */
const struct err *http_send(struct http *http, struct arena *arena, const struct http_request *request, struct http_response *out) MUST_CHECK;

/* The value of the first header of that lower-case name, NULL when absent. */
const char *http_header(const struct http_response *response, const char *name);

/* Seconds of a Retry-After header (delta or HTTP date), never negative, at most a day; -1 when absent or malformed. */
int64_t http_retry_after(const struct http_response *response);

/* The server's idea of now by its Date header (UTC seconds), 0 when absent or malformed. */
int64_t http_date(const struct http_response *response);

/* "host:port" with the port only when it is not the scheme's own, lower case; NULL when `url` is not http(s)://host... or carries a user name. */
char *http_host(struct arena *arena, const char *url);

/* Do both addresses have the same scheme, host and port? */
bool http_same_host(const char *a, const char *b);

/* Does the address name this machine (127.0.0.0/8, ::1, localhost)? */
bool http_is_loopback(const char *url);

/* Percent-encodes everything but unreserved characters; keeps "/" when `keep_slash`. */
char *http_escape(struct arena *arena, const char *text, bool keep_slash);
#endif
