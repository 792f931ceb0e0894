/* test_listener.c - real requests over loopback: what is taken, what is refused, and who is shown out. */
#include "unit.h"

#include "store_place.h"

#include "listener.h"
#include "metrics.h"
#include "queue.h"
#include "signature.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#define SECRET     "a secret of tests"
#define ANSWER_MAX 8192

static char dir[PLACE_NAME];
static struct store *store;
static struct settings *settings;
static struct writer *writer;
static struct listener *listener;
static struct arena *arena;
static int port;

static int service_up(void **state) {
    arena = arena_create(ARENA_SMALL);
    store = place_open(dir);
    static const char text[] = "listen: 127.0.0.1:0\nlimits: {body: 100KB, head_seconds: 1, body_seconds: 1, connections: 64}\n";
    if (settings_parse(arena, "test", str_of(text), &settings)) return -1;
    settings->github.webhook.now = SECRET;
    settings->lineage.secret.now = "lineage key";
    settings->slack.signing.now = SECRET;
    struct writer_config w = {.data = dir};
    if (writer_start(&w, &writer)) return -1;
    struct listener_config l = {.settings = settings, .writer = writer, .data = dir};
    return listener_start(&l, &listener, &port) ? -1 : 0;
}

static int service_down(void **state) {
    listener_drain(listener, 1);
    writer_stop(writer);
    listener_stop(listener);
    writer_destroy(writer);
    place_close(store, dir);
    arena_destroy(arena);
    return 0;
}

static int dial(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

static void say(int fd, const void *bytes, size_t n) {
    const char *p = bytes;
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0) return; /* hung up on: the answer tells why */
        p += sent;
        n -= (size_t)sent;
    }
}

/* The status of one answer, 0 when the other side hung up without; `text` gets all of it. */
static int hear(int fd, char text[ANSWER_MAX]) {
    size_t n = 0;
    ssize_t got;
    while (n < ANSWER_MAX - 1 && (got = recv(fd, text + n, ANSWER_MAX - 1 - n, 0)) > 0) {
        n += (size_t)got;
        text[n] = 0;
        const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
        if (end && (!length || n >= (size_t)(end + 4 - text) + strtoul(length + 15, NULL, 10))) break;
    }
    text[n] = 0;
    return n > 12 ? (int)strtol(text + 9, NULL, 10) : 0;
}

static const char *sign(struct str body) {
    unsigned char mac[32];
    char hex[65];
    HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1, (const unsigned char *)body.p, body.n, mac, NULL);
    text_hex(mac, sizeof mac, hex);
    return arena_printf(arena, "sha256=%s", hex);
}

/* Sends head (its lines without the last empty one) and body as one request on a connection of its own. */
static int ask(const char *head, struct str body, char text[ANSWER_MAX]) {
    int fd = dial();
    say(fd, head, strlen(head));
    say(fd, "\r\n", 2);
    say(fd, body.p, body.n);
    int status = hear(fd, text);
    close(fd);
    return status;
}

static char answer[ANSWER_MAX];

static int github_post(const char *guid, struct str body, const char *more) {
    const char *head = arena_printf(arena,
                                    "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\n"
                                    "X-GitHub-Delivery: %s\r\nX-Hub-Signature-256: %s\r\nContent-Length: %zu\r\n%s",
                                    guid, sign(body), body.n, more);
    return ask(head, body, answer);
}

static int64_t received(void) {
    int64_t count;
    assert_fine(queue_count(store, "received", &count));
    return count;
}

static void a_signed_delivery_is_kept_once(void **state) {
    assert_int_equal(github_post("g-1", STR("{\"a\":1}"), ""), 202);
    assert_int_equal(received(), 1);
    assert_int_equal(github_post("g-1", STR("{\"a\":1}"), ""), 202);
    assert_int_equal(received(), 1);
    assert_int_equal(github_post("g-2", STR("{\"a\":1}"), ""), 202);
    assert_int_equal(received(), 2);
    struct delivery *d;
    assert_fine(queue_get(store, arena, 1, &d));
    assert_string_equal(d->event, "push");
    assert_true(str_is(d->body, "{\"a\":1}"));
}

static void a_wrong_signature_keeps_nothing(void **state) {
    static const char head[] =
        "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: g\r\n"
        "X-Hub-Signature-256: sha256=00\r\nContent-Length: 2\r\n";
    assert_int_equal(ask(head, STR("{}"), answer), 401);
    assert_int_equal(received(), 0);
}

static void what_is_not_ours_is_named(void **state) {
    assert_int_equal(ask("GET /nowhere HTTP/1.1\r\nHost: x\r\n", STR(""), answer), 404);
    assert_int_equal(ask("GET /webhooks/github HTTP/1.1\r\nHost: x\r\n", STR(""), answer), 405);
    assert_non_null(strstr(answer, "Allow: POST"));
    assert_int_equal(ask("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n", STR(""), answer), 405);
    assert_int_equal(ask("POST /webhooks/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n", STR("{}"), answer),
                     403);
    assert_int_equal(ask("POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n", STR("{}"), answer), 415);
    assert_int_equal(ask("POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n", STR("{}"), answer),
                     400);
    assert_int_equal(github_post("g", STR("{}"), "Content-Encoding: br\r\n"), 415);
    assert_int_equal(github_post("g", STR("{}"), "X-GitHub-Event: pull_request\r\n"), 400);
    assert_int_equal(github_post("g h", STR("{}"), ""), 400);
    assert_int_equal(github_post("g\x01", STR("{}"), ""), 400);
    assert_int_equal(received(), 0);
}

static void pages_answer(void **state) {
    assert_int_equal(ask("GET /healthz HTTP/1.1\r\nHost: x\r\n", STR(""), answer), 200);
    assert_int_equal(ask("GET /readyz HTTP/1.1\r\nHost: x\r\n", STR(""), answer), 200);
    assert_int_equal(ask("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", STR(""), answer), 200);
    assert_non_null(strstr(answer, "parley_requests_total{answer=\"accepted\"}"));
}

static void too_much_is_413(void **state) {
    static const char head[] =
        "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: g\r\n";
    assert_int_equal(ask(arena_printf(arena, "%sContent-Length: 102401\r\n", head), STR(""), answer), 413); /* not a byte of it was read */
    assert_int_equal(ask(arena_printf(arena, "%sContent-Length: 99999999999999999999\r\n", head), STR(""), answer) / 100, 4);
    char *big = arena_alloc(arena, 200001);
    memset(big, 'x', 200000);
    struct str chunked = str_of(arena_printf(arena, "30d40\r\n%s\r\n0\r\n\r\n", big));
    assert_int_equal(ask(arena_printf(arena, "%sTransfer-Encoding: chunked\r\n", head), chunked, answer), 413);
    assert_int_equal(received(), 0);
}

static void chunked_bodies_are_taken(void **state) {
    const char *head =
        arena_printf(arena,
                     "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\nX-GitHub-Event: push\r\n"
                     "X-GitHub-Delivery: c\r\nX-Hub-Signature-256: %s\r\nTransfer-Encoding: chunked\r\n",
                     sign(STR("{\"a\":1}")));
    assert_int_equal(ask(head, STR("3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"), answer), 202);
    assert_int_equal(received(), 1);
    assert_int_equal(ask(arena_printf(arena, "%sContent-Length: 5\r\n", head), STR("0\r\n\r\n"), answer) / 100, 4);
}

static struct str gzip(size_t zeros) {
    char *plain = arena_alloc(arena, zeros), *out = arena_alloc(arena, zeros / 100 + 1000);
    memset(plain, ' ', zeros);
    z_stream z = {.next_in = (unsigned char *)plain,
                  .avail_in = (unsigned)zeros,
                  .next_out = (unsigned char *)out,
                  .avail_out = (unsigned)(zeros / 100 + 1000)};
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    struct str packed = {out, z.total_out};
    deflateEnd(&z);
    return packed;
}

static int lineage_post(struct str body, const char *more) {
    const char *head =
        arena_printf(arena, "POST /api/v1/lineage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s", body.n, more);
    return ask(head, body, answer);
}

static void gzip_bodies_are_bounded(void **state) {
    assert_int_equal(lineage_post(gzip(50000), "Content-Encoding: gzip\r\nAuthorization: Bearer lineage key\r\n"), 200);
    struct delivery *d;
    assert_fine(queue_get(store, arena, 1, &d));
    assert_int_equal(d->body.n, 50000);
    assert_int_equal(lineage_post(gzip(5000000), "Content-Encoding: gzip\r\nAuthorization: Bearer lineage key\r\n"), 413);
    assert_int_equal(lineage_post(STR("no gzip"), "Content-Encoding: gzip\r\nAuthorization: Bearer lineage key\r\n"), 400);
    assert_int_equal(lineage_post(STR("{}"), "X-Api-Key: lineage key\r\n"), 200);
    assert_int_equal(lineage_post(STR("{}"), "X-Api-Key: another key\r\n"), 401);
    assert_int_equal(lineage_post(STR("{}"), ""), 401);
}

/* Both trickle for ever; each gets 408 by the clock while others are served. */
static void slow_clients_are_shown_out(void **state) {
    int head = dial(), body = dial();
    say(head, "POST /webhooks/github HT", 24);
    const char *start = "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: "
                        "s\r\nContent-Length: 100000\r\n\r\n{";
    say(body, start, strlen(start));
    struct pollfd ends[] = {{.fd = head, .events = POLLIN}, {.fd = body, .events = POLLIN}};
    for (int i = 0; i < 400 && !(ends[0].revents & POLLIN && ends[1].revents & POLLIN); i++) {
        say(head, "T", 1);
        say(body, " ", 1);
        assert_int_equal(github_post("busy", STR("{}"), ""), 202);
        poll(ends, 2, 20);
    }
    assert_int_equal(hear(head, answer), 408);
    assert_int_equal(hear(body, answer), 408);
    close(head);
    close(body);
    assert_int_equal(received(), 1);
}

/* Sixty-three half-open connections of sixty-four: those who come later are let in within a second or two. */
static void a_crowd_of_slow_clients_starves_nobody(void **state) {
    int crowd[63];
    for (int i = 0; i < 63; i++) {
        crowd[i] = dial();
        say(crowd[i], "POST /", 6);
    }
    for (int i = 0; i < 4; i++) assert_int_equal(github_post(arena_printf(arena, "g-%d", i), STR("{}"), ""), 202);
    for (int i = 0; i < 63; i++) close(crowd[i]);
}

static void a_store_that_fails_is_503(void **state) {
    assert_fine(store_run(store, "ALTER TABLE delivery RENAME TO away", VALS_NONE, NULL));
    assert_int_equal(github_post("g", STR("{}"), ""), 503);
    assert_non_null(strcasestr(answer, "Retry-After"));
    assert_int_equal(ask("GET /readyz HTTP/1.1\r\nHost: x\r\n", STR(""), answer), 503);
    assert_fine(store_run(store, "ALTER TABLE away RENAME TO delivery", VALS_NONE, NULL));
    assert_int_equal(github_post("g", STR("{}"), ""), 202);
    assert_int_equal(ask("GET /readyz HTTP/1.1\r\nHost: x\r\n", STR(""), answer), 200);
}

static void slack_is_answered_at_once(void **state) {
    struct str body = STR("command=%2Freview-pipeline&text=help");
    char when[24], hex[65];
    unsigned char mac[32];
    snprintf(when, sizeof when, "%lld", (long long)time(NULL));
    char *base = arena_printf(arena, "v0:%s:%s", when, body.p);
    HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1, (unsigned char *)base, strlen(base), mac, NULL);
    text_hex(mac, sizeof mac, hex);
    const char *head =
        arena_printf(arena,
                     "POST /webhooks/slack/command HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n"
                     "X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\n",
                     body.n, when, hex);
    assert_int_equal(ask(head, body, answer), 200);
    assert_non_null(strstr(answer, "ephemeral"));
    assert_int_equal(ask(head, body, answer), 200); /* a replay within the window is a repeat */
    assert_int_equal(received(), 1);
}

int main(void) {
#define ONE(fn) cmocka_unit_test_setup_teardown(fn, service_up, service_down)
    const struct CMUnitTest tests[] = {ONE(a_signed_delivery_is_kept_once),
                                       ONE(a_wrong_signature_keeps_nothing),
                                       ONE(what_is_not_ours_is_named),
                                       ONE(pages_answer),
                                       ONE(too_much_is_413),
                                       ONE(chunked_bodies_are_taken),
                                       ONE(gzip_bodies_are_bounded),
                                       ONE(slow_clients_are_shown_out),
                                       ONE(a_crowd_of_slow_clients_starves_nobody),
                                       ONE(a_store_that_fails_is_503),
                                       ONE(slack_is_answered_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
