/* request.c - head checked, body gathered, signature held against the raw bytes, committed, answered: in that order. */
#include "request.h"

#include "clock.h"
#include "inflate_bounded.h"
#include "log.h"
#include "metrics.h"
#include "route.h"
#include "signature.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define GUID_MAX        160
#define EVENT_MAX       64
#define BODY_FIRST_ROOM ((size_t)16 << 10)
#define DISCARD_MAX     ((size_t)4 << 20) /* read past the limit, to be able to say 413, before hanging up */

enum phase { PHASE_BODY, PHASE_REFUSED, PHASE_WAITING, PHASE_STORED, PHASE_FAILED };

struct request {
    struct writer_item item; /* first: the writer gives it back */
    struct request_shared *shared;
    struct MHD_Connection *http;
    struct connection *client;
    const struct route *route;
    _Atomic(enum phase) phase;
    int status; /* PHASE_REFUSED: the answer */
    const char *why;
    bool is_gzip;
    char *body;
    size_t n, cap, discarded;
    void *packed;
    char event[EVENT_MAX + 1];
    char guid[GUID_MAX + 1];
};

static const char *header(struct MHD_Connection *http, const char *name) { return MHD_lookup_connection_value(http, MHD_HEADER_KIND, name); }

static enum MHD_Result answer_queue(struct MHD_Connection *http, int status, struct MHD_Response *response) {
    if (!response) return MHD_NO;
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    enum MHD_Result queued = MHD_queue_response(http, (unsigned int)status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result answer_json(struct MHD_Connection *http, int status, const char *json) {
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(json), (void *)(uintptr_t)json, MHD_RESPMEM_PERSISTENT);
    if (response && *json) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    if (response && status == 405) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "POST");
    if (response && status == 503) MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "10");
    if (response && status == 401) MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    return answer_queue(http, status, response);
}

/* `why` is one of our own sentences: nothing of the request is echoed. */
static enum MHD_Result answer_refusal(struct MHD_Connection *http, int status, const char *why) {
    char json[256];
    int n = snprintf(json, sizeof json, "{\"error\":\"%s\"}\n", why);
    metrics_add(status == 503 ? METRIC_REQUESTS_BUSY : status == 401 ? METRIC_REQUESTS_UNSIGNED : METRIC_REQUESTS_REFUSED, 1);
    struct MHD_Response *response = MHD_create_response_from_buffer((size_t)n, json, MHD_RESPMEM_MUST_COPY);
    if (response) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    if (response && status == 405) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "POST");
    if (response && status == 503) MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "10");
    if (response && status == 401) MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    return answer_queue(http, status, response);
}

static enum MHD_Result answer_page(struct request_shared *shared, struct MHD_Connection *http, const char *url, bool is_get) {
    struct page page;
    if (!is_get) {
        struct MHD_Response *response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
        if (response) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
        return answer_queue(http, 405, response);
    }
    page_make(&shared->pages, url, &page);
    if (!page.body.p) return MHD_NO;
    struct MHD_Response *response = MHD_create_response_from_buffer(page.body.n, (void *)(uintptr_t)page.body.p, MHD_RESPMEM_MUST_FREE);
    if (response) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, page.type);
    return answer_queue(http, page.status, response);
}

/* ---- the head ---- */

struct head_check {
    const char *bad;
    unsigned single; /* bits: which of the headers below were seen */
};

/* libmicrohttpd lets NUL and other control bytes through; a second signature or length is a trick. */
static enum MHD_Result header_check(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value, size_t value_n) {
    static const char *const singles[] = {"Content-Length",
                                          "Transfer-Encoding",
                                          "Content-Type",
                                          "Content-Encoding",
                                          "X-Hub-Signature-256",
                                          "X-GitHub-Event",
                                          "X-GitHub-Delivery",
                                          "X-Slack-Signature",
                                          "X-Slack-Request-Timestamp",
                                          "Authorization",
                                          "X-Api-Key",
                                          "Idempotency-Key",
                                          "Host"};
    struct head_check *check = cls;
    for (size_t i = 0; i < value_n; i++) {
        unsigned char c = (unsigned char)value[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) check->bad = "a control character in a header";
    }
    if (strlen(key) != key_n) check->bad = "a control character in a header";
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++) {
        if (strcasecmp(key, singles[i]) != 0) continue;
        if (check->single & 1u << i) check->bad = "a header that may come once came twice";
        check->single |= 1u << i;
    }
    if ((check->single & 3u) == 3u) check->bad = "both Content-Length and Transfer-Encoding";
    return MHD_YES;
}

static bool word_is_fine(const char *text, size_t max) {
    size_t n = text ? strlen(text) : 0;
    if (n == 0 || n > max) return false;
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("_-.:", text[i])) return false;
    }
    return true;
}

/* "application/json; charset=utf-8" is application/json. */
static bool type_is(const char *type, const char *want) {
    size_t n = strlen(want);
    return type && strncasecmp(type, want, n) == 0 && (type[n] == 0 || type[n] == ';' || type[n] == ' ');
}

struct refusal {
    int status;
    const char *why;
};
static const struct refusal no_refusal;

static struct refusal encoding_check(struct request *r) {
    const char *encoding = header(r->http, MHD_HTTP_HEADER_CONTENT_ENCODING);
    const char *type = header(r->http, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *want = r->route->body == ROUTE_FORM ? "application/x-www-form-urlencoded" : "application/json";
    if (!type_is(type, want)) return (struct refusal){415, r->route->body == ROUTE_FORM ? "wants a form" : "wants application/json"};
    if (!encoding || strcasecmp(encoding, "identity") == 0) return no_refusal;
    r->is_gzip = strcasecmp(encoding, "gzip") == 0;
    return r->is_gzip ? no_refusal : (struct refusal){415, "bodies are plain or gzip"};
}

static struct refusal length_check(struct request *r) {
    const char *length = header(r->http, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (!length) return no_refusal;
    if (strlen(length) > 18 || strspn(length, "0123456789") != strlen(length)) return (struct refusal){400, "a bad Content-Length"};
    return strtoll(length, NULL, 10) > r->shared->settings->limits.body ? (struct refusal){413, "the body is too large"} : no_refusal;
}

/* What identifies a repeat, as far as the head tells it; the body's digest does the rest. */
static struct refusal names_check(struct request *r) {
    const char *event = r->route->event ? r->route->event : header(r->http, "X-GitHub-Event");
    if (!word_is_fine(event, EVENT_MAX)) return (struct refusal){400, "X-GitHub-Event is missing or odd"};
    snprintf(r->event, sizeof r->event, "%s", event);
    const char *guid = r->route->auth == ROUTE_GITHUB ? header(r->http, "X-GitHub-Delivery") : header(r->http, "Idempotency-Key");
    if (r->route->auth == ROUTE_GITHUB && !guid) return (struct refusal){400, "X-GitHub-Delivery is missing"};
    if (guid && !word_is_fine(guid, GUID_MAX - 8)) return (struct refusal){400, "the delivery's id is odd"};
    if (guid && r->route->auth != ROUTE_SLACK) snprintf(r->guid, sizeof r->guid, "%s", guid);
    return no_refusal;
}

static struct refusal bearer_check(struct request *r) {
    if (r->route->auth != ROUTE_BEARER) return no_refusal;
    const struct secret *secret = route_secret(r->route, r->shared->settings);
    enum auth auth = signature_bearer(secret, header(r->http, MHD_HTTP_HEADER_AUTHORIZATION), header(r->http, "X-Api-Key"));
    if (auth == AUTH_FINE) return no_refusal;
    log_warn("%s: refused: %s", r->route->path, auth_name(auth));
    return (struct refusal){401, "no key, or a wrong one"};
}

static struct refusal secret_check(struct request *r) {
    const struct secret *secret = route_secret(r->route, r->shared->settings);
    if (secret->now || secret->old) return no_refusal;
    log_warn("%s: refused: no secret is set for it; give %s", r->route->path, r->route->variable);
    return (struct refusal){403, "this route has no secret and is closed"};
}

static struct refusal headers_check(struct request *r) {
    struct head_check check = {0};
    MHD_get_connection_values_n(r->http, MHD_HEADER_KIND, header_check, &check);
    return check.bad ? (struct refusal){400, check.bad} : no_refusal;
}

static struct refusal head_check(struct request *r) {
    static struct refusal (*const checks[])(struct request *) = {headers_check,  secret_check, length_check,
                                                                 encoding_check, names_check,  bearer_check};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        struct refusal refusal = checks[i](r);
        if (refusal.status) return refusal;
    }
    return no_refusal;
}

static enum MHD_Result head_take(struct request_shared *shared, struct MHD_Connection *http, const char *url, const char *method, void **out) {
    const struct route *route = route_find(url);
    if (!route) return answer_refusal(http, 404, "no such path");
    if (strcmp(method, MHD_HTTP_METHOD_POST) != 0) return answer_refusal(http, 405, "wants POST");
    struct request *r = calloc(1, sizeof *r);
    if (!r) return answer_refusal(http, 503, "no memory");
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    r->shared = shared;
    r->http = http;
    r->route = route;
    r->client = info ? info->socket_context : NULL;
    *out = r;
    struct refusal refusal = head_check(r);
    if (refusal.status) return answer_refusal(http, refusal.status, refusal.why);
    connection_enter(r->client, CONNECTION_BODY);
    return MHD_YES;
}

/* ---- the body ---- */

static void body_drop(struct request *r) {
    atomic_fetch_sub(&r->shared->body_bytes, (long long)r->cap);
    free(r->body);
    r->body = NULL;
    r->n = r->cap = 0;
}

static void request_refuse(struct request *r, int status, const char *why) {
    atomic_store(&r->phase, PHASE_REFUSED);
    r->status = status;
    r->why = why;
    body_drop(r);
}

/* Room grows with what has come, never with what was announced. */
static bool body_room(struct request *r, size_t want) {
    if (want <= r->cap) return true;
    size_t cap = r->cap ? r->cap * 2 : BODY_FIRST_ROOM;
    while (cap < want) cap *= 2;
    if (atomic_fetch_add(&r->shared->body_bytes, (long long)(cap - r->cap)) + (long long)(cap - r->cap) > r->shared->settings->limits.memory) {
        atomic_fetch_sub(&r->shared->body_bytes, (long long)(cap - r->cap));
        return false;
    }
    char *more = realloc(r->body, cap);
    if (!more) {
        atomic_fetch_sub(&r->shared->body_bytes, (long long)(cap - r->cap));
        return false;
    }
    r->body = more;
    r->cap = cap;
    return true;
}

static enum MHD_Result body_add(struct request *r, const char *bytes, size_t *n) {
    size_t size = *n;
    *n = 0;
    if (atomic_load(&r->phase) == PHASE_REFUSED) {
        r->discarded += size;
        return r->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
    }
    if (r->n + size > (size_t)r->shared->settings->limits.body) {
        request_refuse(r, 413, "the body is too large");
    } else if (!body_room(r, r->n + size)) {
        request_refuse(r, 503, "too many bodies at once");
    } else {
        memcpy(r->body + r->n, bytes, size);
        r->n += size;
    }
    return MHD_YES;
}

static enum auth body_auth(struct request *r) {
    const struct secret *secret = route_secret(r->route, r->shared->settings);
    struct str body = {r->body ? r->body : "", r->n};
    if (r->route->auth == ROUTE_GITHUB) return signature_github(secret, header(r->http, "X-Hub-Signature-256"), body);
    if (r->route->auth == ROUTE_SLACK)
        return signature_slack(secret, header(r->http, "X-Slack-Request-Timestamp"), header(r->http, "X-Slack-Signature"), body, clock_now());
    return AUTH_FINE; /* settled with the head */
}

/* Slack signs each request anew, so a second one with the same signature is a replay; others repeat what they have to say. */
static void guid_make(struct request *r) {
    if (*r->guid) return;
    const char *signature = r->route->auth == ROUTE_SLACK ? header(r->http, "X-Slack-Signature") : NULL;
    if (signature) snprintf(r->guid, sizeof r->guid, "%s", signature);
    else signature_digest(str_of(r->event), (struct str){r->body ? r->body : "", r->n}, r->guid);
}

static const struct err *body_pack(struct request *r) {
    struct str body = {r->body ? r->body : "", r->n};
    struct delivery_new *d = &r->item.delivery;
    struct str inflated = {NULL, 0};
    if (r->is_gzip) TRY(inflate_bounded(body, (size_t)r->shared->settings->limits.body, &inflated));
    if (r->is_gzip) body = inflated;
    const struct err *e = queue_pack(body.p, body.n, &r->packed, &d->packed_size);
    d->packed = r->packed;
    d->body_size = body.n;
    d->sender = r->route->sender;
    d->event = r->event;
    d->guid = r->guid;
    d->received_at = clock_now();
    free((void *)(uintptr_t)inflated.p);
    return e;
}

static void request_stored(struct writer_item *item, const struct err *failed, bool fresh) {
    struct request *r = (struct request *)item;
    atomic_store(&r->phase, failed ? PHASE_FAILED : PHASE_STORED);
    MHD_resume_connection(r->http);
}

static enum MHD_Result body_end(struct request *r) {
    enum auth auth = body_auth(r);
    if (auth != AUTH_FINE) {
        log_warn("%s: refused: %s", r->route->path, auth_name(auth));
        return answer_refusal(r->http, 401, "no signature, or a wrong one");
    }
    guid_make(r);
    const struct err *e = body_pack(r);
    body_drop(r);
    if (e)
        return answer_refusal(r->http, e->status ? e->status : 503,
                              e->status == 413 ? "the body is too large"
                              : e->status      ? "the body is no gzip"
                                               : "no memory");
    r->item.done = request_stored;
    atomic_store(&r->phase, PHASE_WAITING);
    MHD_suspend_connection(r->http);
    if (writer_submit(r->shared->writer, &r->item)) return MHD_YES;
    atomic_store(&r->phase, PHASE_FAILED);
    MHD_resume_connection(r->http);
    return MHD_YES;
}

static enum MHD_Result body_over(struct request *r) {
    connection_enter(r->client, CONNECTION_WORK);
    switch (atomic_load(&r->phase)) {
    case PHASE_BODY:
        return body_end(r);
    case PHASE_REFUSED:
        return answer_refusal(r->http, r->status, r->why);
    case PHASE_STORED:
        metrics_add(METRIC_REQUESTS_ACCEPTED, 1);
        return answer_json(r->http, r->route->status, r->route->answer);
    case PHASE_FAILED:
        return answer_refusal(r->http, 503, "not stored; send it again");
    default:
        return MHD_YES; /* woken early: still waiting for the commit */
    }
}

/* Eight parameters: libmicrohttpd's callback. */
enum MHD_Result request_handle(void *cls, struct MHD_Connection *http, const char *url, const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **request) {
    struct request_shared *shared = cls;
    if (*request) return *upload_size ? body_add(*request, upload, upload_size) : body_over(*request);
    if (strcmp(url, "/healthz") == 0 || strcmp(url, "/readyz") == 0 || strcmp(url, "/metrics") == 0) {
        bool is_get = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
        return answer_page(shared, http, url, is_get);
    }
    return head_take(shared, http, url, method, request);
}

void request_end(void *cls, struct MHD_Connection *http, void **request, enum MHD_RequestTerminationCode why) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *client = info ? info->socket_context : NULL;
    if (client) atomic_fetch_add(&client->requests, 1);
    connection_enter(client, CONNECTION_HEAD);
    struct request *r = *request;
    if (!r) return;
    assert(atomic_load(&r->phase) != PHASE_WAITING);
    body_drop(r);
    free(r->packed);
    free(r);
    *request = NULL;
}
