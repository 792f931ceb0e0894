/* clone_wire.c - one exchange per stream: what libgit2 writes is the request, what it reads is the answer, kept in a file in between.
 * https://git-scm.com/docs/http-protocol */
#include "clone_wire.h"

#include "clock.h"

#include <fcntl.h>
#include <git2/sys/transport.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#define SERVICE     "git-upload-pack"
#define REQUEST_MAX ((size_t)64 << 20)

struct wire_transport {
    git_smart_subtransport base;
    struct wire *wire;
};

struct wire_stream {
    git_smart_subtransport_stream base;
    struct wire *wire;
    char *url, *request;
    size_t request_n, request_cap;
    bool is_post, is_sent;
    int fd; /* the answer */
};

/* Keeps the first reason; libgit2 only gets to know that there was one. */
static int wire_fail(struct wire *wire, const struct err *e) {
    if (!wire->has_failed) wire->why = *e;
    wire->has_failed = true;
    git_error_set_str(GIT_ERROR_HTTP, e->text);
    return GIT_EUSER;
}

static int answer_file(const char *folder) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    struct arena *arena = arena_create(ARENA_SMALL);
    char *path = arena_printf(arena, "%s/received-XXXXXX", folder); /* file systems without O_TMPFILE */
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    arena_destroy(arena);
    return fd;
}

static bool on_bytes(void *ctx, const void *bytes, size_t n) {
    struct wire_stream *s = ctx;
    s->wire->received += n;
    for (const char *p = bytes; n;) {
        ssize_t done = write(s->fd, p, n);
        if (done <= 0) return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static const char *basic_login(struct arena *arena, const char *token) {
    if (!token) return NULL;
    const char *pair = arena_printf(arena, "x-access-token:%s", token);
    char *coded = arena_alloc(arena, 4 * ((strlen(pair) + 2) / 3) + 1);
    EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)pair, (int)strlen(pair));
    return arena_printf(arena, "Basic %s", coded);
}

static const struct err *status_check(const char *url, int status) {
    if (status == 200) return NULL;
    bool refused = status == 401 || status == 403 || status == 404 || status == 410 || status == 451;
    const struct err *e = status == 429 ? err_new(ERR_RETRY, "%s answered 429", url)
                                        : err_new(refused ? ERR_REFUSED : ERR_RETRY, "%s answered %d%s", url, status,
                                                  status == 401 || status == 404 ? ": no such repository, or no access to it" : "");
    return err_with_status(e, status);
}

static const struct err *exchange(struct wire_stream *s, struct arena *arena) {
    int64_t left = (s->wire->deadline_us - clock_monotonic_us()) / 1000000;
    if (left <= 0) return err_new(ERR_RETRY, "%s: fetching took too long", s->url);
    if (s->wire->received >= s->wire->max_bytes) return err_new(ERR_REFUSED, "%s: more than %zu MB to fetch", s->url, s->wire->max_bytes >> 20);
    struct http_request request = {.method = s->is_post ? "POST" : "GET", .url = s->url, .sink = on_bytes, .sink_ctx = s};
    request.authorization = basic_login(arena, s->wire->token);
    request.timeout_seconds = (int)left;
    request.body_max = s->wire->max_bytes - s->wire->received;
    request.headers[0] = (struct http_header){"User-Agent", "git/2.0 (parley/" PARLEY_VERSION ")"}; /* hosts answer git only to "git/" */
    if (s->is_post) {
        request.headers[1] = (struct http_header){"Content-Type", "application/x-" SERVICE "-request"};
        request.headers[2] = (struct http_header){"Accept", "application/x-" SERVICE "-result"};
        request.body = (struct str){s->request ? s->request : "", s->request_n};
    }
    struct http_response answer;
    s->fd = answer_file(s->wire->folder);
    if (s->fd < 0) return err_new(ERR_CONFIG, "cannot write into %s", s->wire->folder);
    TRY(http_send(s->wire->http, arena, &request, &answer));
    TRY(status_check(s->url, answer.status));
    return lseek(s->fd, 0, SEEK_SET) == 0 ? NULL : err_new(ERR_RETRY, "cannot read back what was received");
}

static int stream_read(git_smart_subtransport_stream *stream, char *buffer, size_t size, size_t *got) {
    struct wire_stream *s = (struct wire_stream *)stream;
    *got = 0;
    if (!s->is_sent) {
        struct arena *arena = arena_create((size_t)256 << 20);
        s->is_sent = true;
        const struct err *e = exchange(s, arena);
        arena_destroy(arena);
        if (e) return wire_fail(s->wire, e);
    }
    if (clock_monotonic_us() > s->wire->deadline_us) return wire_fail(s->wire, err_new(ERR_RETRY, "%s: fetching took too long", s->url));
    ssize_t n = read(s->fd, buffer, size);
    if (n < 0) return wire_fail(s->wire, err_new(ERR_RETRY, "cannot read back what was received"));
    *got = (size_t)n;
    return 0;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *bytes, size_t n) {
    struct wire_stream *s = (struct wire_stream *)stream;
    if (n > REQUEST_MAX - s->request_n) return wire_fail(s->wire, err_new(ERR_REFUSED, "%s: git asks for too much", s->url));
    if (s->request_n + n > s->request_cap) {
        size_t cap = (s->request_n + n) * 2;
        char *grown = realloc(s->request, cap);
        if (!grown) return wire_fail(s->wire, err_new(ERR_RETRY, "no memory"));
        s->request = grown;
        s->request_cap = cap;
    }
    memcpy(s->request + s->request_n, bytes, n);
    s->request_n += n;
    return 0;
}

static void stream_free(git_smart_subtransport_stream *stream) {
    struct wire_stream *s = (struct wire_stream *)stream;
    if (s->fd >= 0) close(s->fd);
    free(s->url);
    free(s->request);
    free(s);
}

static int transport_action(git_smart_subtransport_stream **out, git_smart_subtransport *base, const char *url, git_smart_service_t action) {
    struct wire_transport *t = (struct wire_transport *)base;
    bool is_list = action == GIT_SERVICE_UPLOADPACK_LS;
    if (!is_list && action != GIT_SERVICE_UPLOADPACK) return wire_fail(t->wire, err_new(ERR_REFUSED, "nothing is ever pushed"));
    struct wire_stream *s = calloc(1, sizeof *s);
    if (!s || asprintf(&s->url, "%s/%s", url, is_list ? "info/refs?service=" SERVICE : SERVICE) < 0) {
        free(s);
        return wire_fail(t->wire, err_new(ERR_RETRY, "no memory"));
    }
    s->base = (git_smart_subtransport_stream){base, stream_read, stream_write, stream_free};
    s->wire = t->wire;
    s->is_post = !is_list;
    s->fd = -1;
    *out = &s->base;
    return 0;
}

static int transport_close(git_smart_subtransport *base) {
    (void)base;
    return 0;
}

static void transport_free(git_smart_subtransport *base) { free(base); }

static int transport_make(git_smart_subtransport **out, git_transport *owner, void *wire) {
    (void)owner;
    struct wire_transport *t = calloc(1, sizeof *t);
    if (!t) return GIT_ERROR;
    t->base = (git_smart_subtransport){transport_action, transport_close, transport_free};
    t->wire = wire;
    *out = &t->base;
    return 0;
}

int wire_open(git_transport **out, git_remote *owner, void *wire) {
    git_smart_subtransport_definition definition = {transport_make, 1, wire}; /* 1: stateless, a request and its answer at a time */
    return git_transport_smart(out, owner, &definition);
}
