/* http.c - one libcurl easy handle per running request, kept for the next one so that connections are reused. */
#include "http.h"

#include "clock.h"
#include "log.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDLE_MAX          8
#define REDIRECTS_MAX     5
#define IDLE_SECONDS      60
#define ANSWER_HEADERS    100
#define ANSWER_HEAD_BYTES ((size_t)128 << 10)
#define RETRY_AFTER_MAX   86400

/* A handle and the answer it is collecting. Bytes are gathered outside the arena: a callback of libcurl must not be jumped out of. */
struct line {
    CURL *curl;
    char *body, *head;
    size_t body_n, body_cap, body_max;
    size_t head_n, head_cap;
    const struct http_request *request;
    bool too_large;
    char why[CURL_ERROR_SIZE];
};

struct http {
    char *proxy, *ca_bundle, *user_agent;
    int connect_seconds, timeout_seconds;
    pthread_mutex_t lock;
    struct line *idle[IDLE_MAX];
    size_t idle_count;
    http_fn fake;
    void *fake_ctx;
};

static pthread_once_t curl_ready = PTHREAD_ONCE_INIT;

/* A peer that hangs up while TLS writes must be an error, not the end of the process. */
static void curl_begin(void) {
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static char *text_keep(const char *text) { return text && *text ? strdup(text) : NULL; }

struct http *http_create(const struct http_config *config) {
    static const struct http_config none;
    if (!config) config = &none;
    pthread_once(&curl_ready, curl_begin);
    struct http *h = calloc(1, sizeof *h);
    if (!h) abort();
    pthread_mutex_init(&h->lock, NULL);
    h->proxy = text_keep(config->proxy);
    h->ca_bundle = text_keep(config->ca_bundle);
    h->user_agent = strdup(config->user_agent ? config->user_agent : "parley/" PARLEY_VERSION);
    h->connect_seconds = config->connect_seconds > 0 ? config->connect_seconds : 10;
    h->timeout_seconds = config->timeout_seconds > 0 ? config->timeout_seconds : 30;
    return h;
}

struct http *http_create_fake(http_fn fn, void *ctx) {
    struct http *h = http_create(NULL);
    h->fake = fn;
    h->fake_ctx = ctx;
    return h;
}

static void line_free(struct line *line) {
    if (line->curl) curl_easy_cleanup(line->curl);
    free(line->body);
    free(line->head);
    free(line);
}

void http_destroy(struct http *http) {
    if (!http) return;
    for (size_t i = 0; i < http->idle_count; i++) line_free(http->idle[i]);
    pthread_mutex_destroy(&http->lock);
    free(http->proxy);
    free(http->ca_bundle);
    free(http->user_agent);
    free(http);
}

static struct line *line_take(struct http *http) {
    struct line *line = NULL;
    pthread_mutex_lock(&http->lock);
    if (http->idle_count) line = http->idle[--http->idle_count];
    pthread_mutex_unlock(&http->lock);
    if (!line) line = calloc(1, sizeof *line);
    if (!line) abort();
    if (!line->curl) line->curl = curl_easy_init();
    else curl_easy_reset(line->curl);
    line->body_n = line->head_n = 0;
    line->too_large = false;
    line->why[0] = 0;
    return line;
}

static void line_give(struct http *http, struct line *line) {
    if (line->body_cap > ((size_t)1 << 20)) {
        free(line->body);
        line->body = NULL;
        line->body_cap = 0;
    }
    pthread_mutex_lock(&http->lock);
    bool keep = http->idle_count < IDLE_MAX;
    if (keep) http->idle[http->idle_count++] = line;
    pthread_mutex_unlock(&http->lock);
    if (!keep) line_free(line);
}

/* ---- Addresses */

static char *url_part(CURLU *u, CURLUPart part) {
    char *text = NULL;
    return curl_url_get(u, part, &text, 0) == CURLUE_OK ? text : NULL;
}

/* scheme, host and port into the arena; false when the address is not one we would send to. */
struct origin {
    char *scheme, *host, *port;
};

static bool origin_read(struct arena *arena, const char *url, struct origin *out) {
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
    bool ok = url && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;
    if (ok) {
        scheme = url_part(u, CURLUPART_SCHEME);
        host = url_part(u, CURLUPART_HOST);
        user = url_part(u, CURLUPART_USER);
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    }
    ok = ok && scheme && host && port && !user && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    if (ok) *out = (struct origin){str_lower(arena, str_of(scheme)), str_lower(arena, str_of(host)), arena_strdup(arena, port)};
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_url_cleanup(u);
    return ok;
}

char *http_host(struct arena *arena, const char *url) {
    struct origin o;
    if (!origin_read(arena, url, &o)) return NULL;
    bool usual = strcmp(o.port, strcmp(o.scheme, "https") == 0 ? "443" : "80") == 0;
    return usual ? o.host : arena_printf(arena, "%s:%s", o.host, o.port);
}

bool http_same_host(const char *a, const char *b) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct origin x, y;
    bool same = origin_read(arena, a, &x) && origin_read(arena, b, &y) && strcmp(x.scheme, y.scheme) == 0 && strcmp(x.host, y.host) == 0 &&
                strcmp(x.port, y.port) == 0;
    arena_destroy(arena);
    return same;
}

static bool host_is_loopback(const char *host) {
    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0) return true;
    struct in_addr address;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool http_is_loopback(const char *url) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct origin o;
    bool is = origin_read(arena, url, &o) && host_is_loopback(o.host);
    arena_destroy(arena);
    return is;
}

char *http_escape(struct arena *arena, const char *text, bool keep_slash) {
    struct buf out = buf_new(arena);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (isalnum(*p) || strchr("-._~", *p) || (keep_slash && *p == '/')) buf_char(&out, (char)*p);
        else buf_printf(&out, "%%%02X", *p);
    }
    return (char *)buf_str(&out);
}

/* What logs and errors call the address: no query, and for secret addresses no path. */
static const char *url_name(struct arena *arena, const struct http_request *request) {
    if (request->secret_url) {
        const char *host = http_host(arena, request->url);
        return arena_printf(arena, "%s/...", host ? host : "?");
    }
    return arena_printf(arena, "%.*s", (int)strcspn(request->url, "?#"), request->url);
}

static const struct err *url_allowed(struct arena *arena, const struct http_request *request, bool *loopback) {
    struct origin o;
    if (!origin_read(arena, request->url, &o)) return err_new(ERR_CONFIG, "%s is not an http or https address", url_name(arena, request));
    *loopback = host_is_loopback(o.host);
    if (strcmp(o.scheme, "https") != 0 && !*loopback)
        return err_new(ERR_CONFIG, "%s is plain http: only https is sent to, except on this machine", url_name(arena, request));
    return NULL;
}

/* ---- One exchange */

static bool bytes_add(char **at, size_t *n, size_t *cap, const void *bytes, size_t count) {
    if (*n + count + 1 > *cap) {
        size_t want = *cap ? *cap : 16384;
        while (want < *n + count + 1) want *= 2;
        char *grown = realloc(*at, want);
        if (!grown) return false;
        *at = grown;
        *cap = want;
    }
    if (count) memcpy(*at + *n, bytes, count);
    *n += count;
    (*at)[*n] = 0;
    return true;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx) {
    struct line *line = ctx;
    size_t n = size * count;
    if (n > line->body_max - line->body_n) {
        line->too_large = true;
        return 0;
    }
    long status = 0;
    curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &status);
    if (line->request->sink && status >= 200 && status < 300) {
        line->body_max -= n;
        return line->request->sink(line->request->sink_ctx, bytes, n) ? n : 0;
    }
    return bytes_add(&line->body, &line->body_n, &line->body_cap, bytes, n) ? n : 0;
}

static size_t on_head(char *bytes, size_t size, size_t count, void *ctx) {
    struct line *line = ctx;
    size_t n = size * count;
    if (n >= 5 && memcmp(bytes, "HTTP/", 5) == 0) line->head_n = 0; /* 100-continue and proxies: only the last head counts */
    if (n > ANSWER_HEAD_BYTES - line->head_n) {
        line->too_large = true;
        return 0;
    }
    return bytes_add(&line->head, &line->head_n, &line->head_cap, bytes, n) ? n : 0;
}

/* Not for processes that we start. */
static curl_socket_t socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *at) {
    (void)ctx;
    (void)purpose;
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

static bool header_safe(const char *text) { return text[strcspn(text, "\r\n")] == 0; }

static const struct err *headers_build(struct arena *arena, const struct http *http, const struct http_request *request, struct curl_slist **out) {
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    bool has_agent = false;
    for (int i = 0; i < HTTP_HEADERS_MAX && request->headers[i].name; i++) {
        const struct http_header *h = &request->headers[i];
        if (!header_safe(h->name) || !header_safe(h->value)) {
            curl_slist_free_all(list);
            return err_new(ERR_CONFIG, "header %.40s has a line break in it", h->name);
        }
        has_agent = has_agent || strcasecmp(h->name, "user-agent") == 0;
        list = curl_slist_append(list, arena_printf(arena, "%s: %s", h->name, h->value));
    }
    if (!has_agent) list = curl_slist_append(list, arena_printf(arena, "User-Agent: %s", http->user_agent));
    if (request->authorization) {
        if (!header_safe(request->authorization)) {
            curl_slist_free_all(list);
            return err_new(ERR_CONFIG, "the token has a line break in it");
        }
        list = curl_slist_append(list, arena_printf(arena, "Authorization: %s", request->authorization));
    }
    *out = list;
    return NULL;
}

static void line_setup(struct line *line, const struct http *http, const struct http_request *request, bool loopback) {
    CURL *c = line->curl;
    line->request = request;
    line->body_max = request->body_max ? request->body_max : HTTP_BODY_MAX;
    curl_easy_setopt(c, CURLOPT_URL, request->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, socket_open);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)http->connect_seconds);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(request->timeout_seconds > 0 ? request->timeout_seconds : http->timeout_seconds));
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)IDLE_SECONDS);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, line->why);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, line);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, line);
    if (loopback) curl_easy_setopt(c, CURLOPT_PROXY, "");
    else if (http->proxy) curl_easy_setopt(c, CURLOPT_PROXY, http->proxy);
    if (http->ca_bundle) curl_easy_setopt(c, CURLOPT_CAINFO, http->ca_bundle);
    bool is_get = strcmp(request->method, "GET") == 0;
    if (request->body.p || !is_get) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, request->body.p ? request->body.p : "");
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
    }
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, request->method);
    /* On a kept connection that turns out dead libcurl sends again by itself: a POST may then have been taken twice. */
    if (strcmp(request->method, "POST") == 0) curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
}

static void headers_read(struct arena *arena, struct str head, struct http_response *out) {
    struct str row;
    out->headers = arena_array(arena, ANSWER_HEADERS, sizeof *out->headers);
    while (out->header_count < ANSWER_HEADERS && str_split(&head, '\n', &row)) {
        const char *colon = row.n ? memchr(row.p, ':', row.n) : NULL;
        if (!colon) continue;
        struct str name = {row.p, (size_t)(colon - row.p)}, value = {colon + 1, row.n - name.n - 1};
        out->headers[out->header_count++] = (struct http_header){str_lower(arena, str_trim(name)), str_dup(arena, str_trim(value))};
    }
}

static const struct err *failure(CURLcode code, const struct line *line, const char *name) {
    const char *why = line->why[0] ? line->why : curl_easy_strerror(code);
    if (line->too_large) {
        size_t most = line->request->body_max ? line->request->body_max : HTTP_BODY_MAX;
        return err_new(ERR_REFUSED, "%s: the answer is larger than %zu bytes", name, most);
    }
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        return err_new(ERR_CONFIG, "%s: its certificate is not trusted here (%s): see the setting http.ca_bundle", name, why);
    case CURLE_SSL_CACERT_BADFILE:
        return err_new(ERR_CONFIG, "the CA bundle cannot be used: %s", why);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        return err_new(ERR_CONFIG, "%s: %s", name, why);
    default:
        return err_new(ERR_RETRY, "%s: no answer: %s", name, why);
    }
}

static const struct err *exchange_real(struct http *http, struct arena *arena, const struct http_request *request, struct http_response *out) {
    bool loopback = false;
    TRY(url_allowed(arena, request, &loopback));
    const char *name = url_name(arena, request);
    struct curl_slist *list = NULL;
    TRY(headers_build(arena, http, request, &list));
    struct line *line = line_take(http);
    if (!line->curl) {
        free(line);
        curl_slist_free_all(list);
        return err_new(ERR_RETRY, "%s: no memory for a connection", name);
    }
    line_setup(line, http, request, loopback);
    curl_easy_setopt(line->curl, CURLOPT_HTTPHEADER, list);
    int64_t start = clock_monotonic_us();
    CURLcode code = curl_easy_perform(line->curl);
    curl_slist_free_all(list);
    if (code != CURLE_OK) {
        const struct err *e = failure(code, line, name);
        line_give(http, line);
        return e;
    }
    long status = 0;
    curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &status);
    *out = (struct http_response){.status = (int)status};
    out->body = (struct str){arena_copy(arena, line->body_n ? line->body : "", line->body_n), line->body_n};
    headers_read(arena, (struct str){line->head_n ? line->head : "", line->head_n}, out);
    line_give(http, line);
    log_debug("%s %s: %ld, %zu bytes, %lld ms", request->method, name, status, out->body.n, (long long)(clock_monotonic_us() - start) / 1000);
    return NULL;
}

static const struct err *exchange(struct http *http, struct arena *arena, const struct http_request *request, struct http_response *out) {
    *out = (struct http_response){0};
    if (!http->fake) return exchange_real(http, arena, request, out);
    bool loopback;
    TRY(url_allowed(arena, request, &loopback));
    return http->fake(http->fake_ctx, arena, request, out);
}

/* The address a Location header means, seen from `from`; NULL when it is none. */
static const char *location_resolve(struct arena *arena, const char *from, const char *location) {
    CURLU *u = curl_url();
    char *text = NULL;
    const char *out = NULL;
    if (curl_url_set(u, CURLUPART_URL, from, 0) == CURLUE_OK && curl_url_set(u, CURLUPART_URL, location, 0) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK)
        out = arena_strdup(arena, text);
    curl_free(text);
    curl_url_cleanup(u);
    return out;
}

static bool is_redirect(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

const struct err *http_send(struct http *http, struct arena *arena, const struct http_request *request, struct http_response *out) {
    struct http_request now = *request;
    for (int hops = 0;; hops++) {
        TRY(exchange(http, arena, &now, out));
        const char *location = http_header(out, "location");
        if (!is_redirect(out->status) || request->no_redirects || !location) return NULL;
        if (hops == REDIRECTS_MAX) return err_new(ERR_REFUSED, "%s: more than %d redirects", url_name(arena, request), REDIRECTS_MAX);
        const char *next = location_resolve(arena, now.url, location);
        if (!next) return err_new(ERR_REFUSED, "%s: redirected to something that is no address", url_name(arena, request));
        if (!http_same_host(request->url, next)) now.authorization = NULL;
        now.url = next;
    }
}

/* ---- Reading answers */

const char *http_header(const struct http_response *response, const char *name) {
    for (size_t i = 0; i < response->header_count; i++) {
        if (strcmp(response->headers[i].name, name) == 0) return response->headers[i].value;
    }
    return NULL;
}

int64_t http_date(const struct http_response *response) {
    const char *text = http_header(response, "date");
    time_t when = text ? curl_getdate(text, NULL) : -1;
    return when > 0 ? when : 0;
}

int64_t http_retry_after(const struct http_response *response) {
    const char *text = http_header(response, "retry-after");
    if (!text || !*text) return -1;
    int64_t seconds;
    if (text[strspn(text, "0123456789")] == 0) {
        seconds = strlen(text) > 9 ? RETRY_AFTER_MAX : strtoll(text, NULL, 10);
    } else {
        time_t when = curl_getdate(text, NULL);
        if (when <= 0) return -1;
        int64_t now = http_date(response);
        seconds = when - (now ? now : clock_now());
    }
    if (seconds < 0) return 0;
    return seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : seconds;
}
