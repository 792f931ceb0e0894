/* test_signature.c - published vectors, rotation, windows, and bodies that inflate too far. */
#include "unit.h"

#include "inflate_bounded.h"
#include "signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

static const struct secret octocat = {"It's a Secret to Everybody", NULL};
#define HELLO "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

static void github_vector(void **state) {
    assert_int_equal(signature_github(&octocat, HELLO, STR("Hello, World!")), AUTH_FINE);
    assert_int_equal(signature_github(&octocat, HELLO, STR("Hello, World?")), AUTH_WRONG);
    assert_int_equal(signature_github(&octocat, NULL, STR("Hello, World!")), AUTH_MISSING);
    assert_int_equal(signature_github(&octocat, "sha1=00", STR("Hello, World!")), AUTH_MISSING);
    assert_int_equal(signature_github(&octocat, "sha256=7571", STR("Hello, World!")), AUTH_WRONG);
    assert_int_equal(signature_github(&octocat, HELLO "00", STR("Hello, World!")), AUTH_WRONG);
    struct secret rotating = {"the new one", "It's a Secret to Everybody"}, other = {"the new one", NULL};
    assert_int_equal(signature_github(&rotating, HELLO, STR("Hello, World!")), AUTH_FINE);
    assert_int_equal(signature_github(&other, HELLO, STR("Hello, World!")), AUTH_WRONG);
}

static void slack_vector(void **state) {
    static const struct secret secret = {"8f742231b10e8888abcd99yyyzzz85a5", NULL};
    static const char sig[] = "v0=1c6e3401b55ac64f3679381c6c1c5ee2b6305482c7e3a65977436f65ea03cf18";
    struct str body = STR("token=x&team_id=T1&command=%2Freview&text=status");
    assert_int_equal(signature_slack(&secret, "1531420618", sig, body, 1531420618), AUTH_FINE);
    assert_int_equal(signature_slack(&secret, "1531420618", sig, body, 1531420618 + 300), AUTH_FINE);
    assert_int_equal(signature_slack(&secret, "1531420618", sig, body, 1531420618 + 301), AUTH_STALE);
    assert_int_equal(signature_slack(&secret, "1531420618", sig, body, 1531420618 - 301), AUTH_STALE);
    assert_int_equal(signature_slack(&secret, "1531420619", sig, body, 1531420618), AUTH_WRONG);
    assert_int_equal(signature_slack(&secret, "-531420618", sig, body, 1531420618), AUTH_WRONG);
    assert_int_equal(signature_slack(&secret, "1531420618", "v1=00", body, 1531420618), AUTH_MISSING);
    assert_int_equal(signature_slack(&secret, NULL, sig, body, 1531420618), AUTH_MISSING);
    struct secret rotating = {"new", "8f742231b10e8888abcd99yyyzzz85a5"};
    assert_int_equal(signature_slack(&rotating, "1531420618", sig, body, 1531420618), AUTH_FINE);
}

static void shared_words(void **state) {
    static const struct secret secret = {"open sesame", "old sesame"};
    assert_int_equal(signature_bearer(&secret, "Bearer open sesame", NULL), AUTH_FINE);
    assert_int_equal(signature_bearer(&secret, "bearer old sesame", NULL), AUTH_FINE);
    assert_int_equal(signature_bearer(&secret, NULL, "open sesame"), AUTH_FINE);
    assert_int_equal(signature_bearer(&secret, "Basic dXNlcjpvcGVuIHNlc2FtZQ==", NULL), AUTH_FINE);
    assert_int_equal(signature_bearer(&secret, "Basic dXNlcjpvcGVuIHNlc2FtYQ==", NULL), AUTH_WRONG);
    assert_int_equal(signature_bearer(&secret, "Basic !!!!", NULL), AUTH_WRONG);
    assert_int_equal(signature_bearer(&secret, "Bearer open sesam", NULL), AUTH_WRONG);
    assert_int_equal(signature_bearer(&secret, "Bearer ", NULL), AUTH_MISSING);
    assert_int_equal(signature_bearer(&secret, NULL, NULL), AUTH_MISSING);
    assert_int_equal(signature_bearer(&secret, NULL, ""), AUTH_MISSING);
    static const struct secret unset = {NULL, NULL};
    assert_int_equal(signature_bearer(&unset, "Bearer x", NULL), AUTH_WRONG);
}

static struct str gzip(const char *bytes, size_t n) {
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (unsigned)n};
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    size_t room = deflateBound(&z, n);
    char *out = malloc(room);
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    deflate(&z, Z_FINISH);
    size_t size = z.total_out;
    deflateEnd(&z);
    return (struct str){out, size};
}

static void gzip_is_bounded(void **state) {
    char *zeros = calloc(1, 10 << 20);
    struct str packed = gzip(zeros, 10 << 20), out;
    assert_true(packed.n < 20000);
    assert_null(inflate_bounded(packed, 10 << 20, &out));
    assert_int_equal(out.n, 10 << 20);
    free((void *)(uintptr_t)out.p);
    const struct err *e = inflate_bounded(packed, (10 << 20) - 1, &out);
    assert_non_null(e);
    assert_int_equal(e->status, 413);
    e = inflate_bounded((struct str){packed.p, packed.n - 5}, 10 << 20, &out);
    assert_non_null(e);
    assert_int_equal(e->status, 400);
    e = inflate_bounded(STR("plain"), 100, &out);
    assert_non_null(e);
    assert_int_equal(e->status, 400);
    free((void *)(uintptr_t)packed.p);
    packed = gzip("", 0);
    assert_null(inflate_bounded(packed, 100, &out));
    assert_int_equal(out.n, 0);
    free((void *)(uintptr_t)out.p);
    free((void *)(uintptr_t)packed.p);
    free(zeros);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(github_vector), cmocka_unit_test(slack_vector), cmocka_unit_test(shared_words),
                                       cmocka_unit_test(gzip_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
