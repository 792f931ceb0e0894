/* test_http.c - the client against a small server of its own on loopback, and the readers of headers. */
#include "unit.h"

#include "http.h"
#include "link_header.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Answers each connection with the next of `answers`, keeping what was asked. */
struct server {
    int fd, port;
    const char *const *answers;
    size_t count, done;
    char asked[8][4096];
    pthread_t thread;
};

static void *serve(void *ctx) {
    struct server *s = ctx;
    for (; s->done < s->count; s->done++) {
        int c = accept(s->fd, NULL, NULL);
        size_t n = 0;
        char *in = s->asked[s->done];
        while (n < 4095 && !strstr(in, "\r\n\r\n")) {
            ssize_t got = read(c, in + n, 4095 - n);
            if (got <= 0) break;
            n += (size_t)got;
            in[n] = 0;
        }
        const char *out = s->answers[s->done];
        if (write(c, out, strlen(out)) < 0) abort();
        close(c);
    }
    return NULL;
}

static void server_start(struct server *s, const char *const *answers, size_t count) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    memset(s, 0, sizeof *s);
    s->answers = answers;
    s->count = count;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(s->fd, 8), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &size), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s) {
    pthread_join(s->thread, NULL);
    close(s->fd);
}

static struct arena *arena;
static struct http *client;
static int begin(void **state) {
    arena = arena_create((size_t)64 << 20);
    client = http_create(&(struct http_config){.timeout_seconds = 5});
    return 0;
}
static int end(void **state) {
    http_destroy(client);
    arena_destroy(arena);
    return 0;
}

static void sends_and_reads(void **state) {
    static const char *const answers[] = {"HTTP/1.1 201 Created\r\nX-Thing:  yes \r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"};
    struct server s;
    server_start(&s, answers, 1);
    struct http_request request = {.method = "PATCH", .authorization = "Bearer t0k", .body = STR("{}"), .headers = {{"Accept", "a/b"}}};
    request.url = arena_printf(arena, "http://127.0.0.1:%d/x?y=1", s.port);
    struct http_response answer;
    assert_null(http_send(client, arena, &request, &answer));
    server_stop(&s);
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer.body.p, "hello");
    assert_string_equal(http_header(&answer, "x-thing"), "yes");
    assert_null(http_header(&answer, "nope"));
    assert_non_null(strstr(s.asked[0], "PATCH /x?y=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(s.asked[0], "Authorization: Bearer t0k\r\n"));
    assert_non_null(strstr(s.asked[0], "Accept: a/b\r\n"));
    assert_non_null(strstr(s.asked[0], "User-Agent: parley/"));
}

static void redirects_keep_the_method_and_drop_the_token_elsewhere(void **state) {
    struct server other, s;
    static const char *const last[] = {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
    server_start(&other, last, 1);
    char away[200];
    snprintf(away, sizeof away, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/z\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
             other.port);
    const char *const answers[] = {"HTTP/1.1 307 T\r\nLocation: /y\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", away};
    server_start(&s, answers, 2);
    struct http_request request = {.method = "POST", .authorization = "Bearer t0k", .body = STR("{}")};
    request.url = arena_printf(arena, "http://127.0.0.1:%d/x", s.port);
    struct http_response answer;
    assert_null(http_send(client, arena, &request, &answer));
    server_stop(&s);
    server_stop(&other);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(s.asked[1], "POST /y "));
    assert_non_null(strstr(s.asked[1], "Authorization:"));
    assert_non_null(strstr(other.asked[0], "POST /z "));
    assert_null(strstr(other.asked[0], "Authorization:"));
}

static void large_answers_are_refused(void **state) {
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"};
    struct server s;
    server_start(&s, answers, 1);
    struct http_request request = {.method = "GET", .body_max = 9};
    request.url = arena_printf(arena, "http://127.0.0.1:%d/", s.port);
    struct http_response answer;
    const struct err *e = http_send(client, arena, &request, &answer);
    server_stop(&s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_REFUSED);
}

static void cut_connections_are_for_later(void **state) {
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n012"};
    struct server s;
    server_start(&s, answers, 1);
    struct http_request request = {.method = "GET", .secret_url = true};
    request.url = arena_printf(arena, "http://127.0.0.1:%d/hidden", s.port);
    struct http_response answer;
    const struct err *e = http_send(client, arena, &request, &answer);
    server_stop(&s);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_RETRY);
    assert_null(strstr(e->text, "hidden"));
}

static void odd_addresses_are_not_sent_to(void **state) {
    static const char *const bad[] = {"http://example.com/", "file:///etc/passwd",           "ftp://127.0.0.1/", "https://u:p@example.com/", "x",
                                      "gopher://127.0.0.1",  "http://127.0.0.1.example.com/"};
    struct http_response answer;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct http_request request = {.method = "GET", .url = bad[i]};
        const struct err *e = http_send(client, arena, &request, &answer);
        assert_non_null(e);
        assert_int_equal(e->kind, ERR_CONFIG);
    }
    struct http_request split = {.method = "GET", .url = "http://127.0.0.1:1/", .authorization = "Bearer a\r\nX: y"};
    const struct err *e = http_send(client, arena, &split, &answer);
    assert_int_equal(e->kind, ERR_CONFIG);
}

static void next_of_a_link(void **state) {
    assert_string_equal(link_header_next(arena, "<https://a/?p=2>; rel=\"next\", <https://a/?p=9>; rel=\"last\""), "https://a/?p=2");
    assert_string_equal(link_header_next(arena, "<https://a/?p=1,2>; rel=\"prev\" , <b>; title=\"a,b;\\\"c\"; rel=\"x next\""), "b");
    assert_string_equal(link_header_next(arena, "<b>;rel=next"), "b");
    assert_null(link_header_next(arena, "<https://a/?p=9>; rel=\"last\""));
    assert_null(link_header_next(arena, "<https://a"));
    assert_null(link_header_next(arena, "rel=next"));
    assert_null(link_header_next(arena, ""));
    assert_null(link_header_next(arena, NULL));
}

static void waits(void **state) {
    struct http_header h[2] = {{"retry-after", "17"}, {"date", "Thu, 01 Jan 2026 00:00:00 GMT"}};
    struct http_response r = {.headers = h, .header_count = 2};
    assert_int_equal(http_retry_after(&r), 17);
    assert_int_equal(http_date(&r), 1767225600);
    h[0].value = "Thu, 01 Jan 2026 00:01:00 GMT";
    assert_int_equal(http_retry_after(&r), 60);
    h[0].value = "99999999999999";
    assert_int_equal(http_retry_after(&r), 86400);
    h[0].value = "soon";
    assert_int_equal(http_retry_after(&r), -1);
}

static void hosts(void **state) {
    assert_string_equal(http_host(arena, "https://Api.GitHub.com:443/x"), "api.github.com");
    assert_string_equal(http_host(arena, "http://127.0.0.1:99/x"), "127.0.0.1:99");
    assert_null(http_host(arena, "https://user@github.com/"));
    assert_true(http_same_host("https://a.b/x", "https://A.B:443/y"));
    assert_false(http_same_host("https://a.b/x", "http://a.b/x"));
    assert_false(http_same_host("https://a.b/x", "https://a.b.c/x"));
    assert_string_equal(http_escape(arena, "a b/\xC3\xA9#", true), "a%20b/%C3%A9%23");
    assert_string_equal(http_escape(arena, "a/b", false), "a%2Fb");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_and_reads),
        cmocka_unit_test(redirects_keep_the_method_and_drop_the_token_elsewhere),
        cmocka_unit_test(large_answers_are_refused),
        cmocka_unit_test(cut_connections_are_for_later),
        cmocka_unit_test(odd_addresses_are_not_sent_to),
        cmocka_unit_test(next_of_a_link),
        cmocka_unit_test(waits),
        cmocka_unit_test(hosts),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
