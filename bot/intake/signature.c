/* signature.c - HMAC-SHA256 and shared words, by OpenSSL. */
#include "signature.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#define MAC                  32
#define PASSWORD_MAX         1024
#define TIMESTAMP_DIGITS_MAX 12

const char *auth_name(enum auth auth) {
    static const char *const names[] = {"fine", "no signature", "wrong signature", "signature too old or too new"};
    return names[auth];
}

static bool mac_is(const char *secret, struct str body, const unsigned char want[MAC]) {
    unsigned char got[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (!secret || !HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)body.p, body.n, got, &n)) return false;
    return n == MAC && CRYPTO_memcmp(got, want, MAC) == 0;
}

/* Both are computed always, so that the time does not tell which secret is in use. */
static bool mac_is_either(const struct secret *secret, struct str body, const unsigned char want[MAC]) {
    bool now = mac_is(secret->now, body, want);
    bool old = mac_is(secret->old, body, want);
    return now || old;
}

enum auth signature_github(const struct secret *secret, const char *header, struct str body) {
    unsigned char want[MAC];
    if (!header || !text_starts(header, "sha256=")) return AUTH_MISSING;
    if (!text_unhex(header + 7, want, MAC)) return AUTH_WRONG;
    return mac_is_either(secret, body, want) ? AUTH_FINE : AUTH_WRONG;
}

static bool timestamp_read(const char *text, int64_t *out) {
    size_t n = strlen(text);
    if (n == 0 || n > TIMESTAMP_DIGITS_MAX) return false;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i])) return false;
    }
    *out = strtoll(text, NULL, 10);
    return true;
}

/* HMAC over two pieces without joining them. */
static bool mac_of_pieces(const char *secret, struct str head, struct str body, unsigned char out[MAC]) {
    EVP_MAC *mac = secret ? EVP_MAC_fetch(NULL, "HMAC", NULL) : NULL;
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    char name[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0), OSSL_PARAM_construct_end()};
    size_t n = 0;
    bool fine = ctx && EVP_MAC_init(ctx, (const unsigned char *)secret, strlen(secret), params) &&
                EVP_MAC_update(ctx, (const unsigned char *)head.p, head.n) && EVP_MAC_update(ctx, (const unsigned char *)body.p, body.n) &&
                EVP_MAC_final(ctx, out, &n, MAC);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return fine && n == MAC;
}

enum auth signature_slack(const struct secret *secret, const char *timestamp, const char *header, struct str body, int64_t now) {
    unsigned char want[MAC], first[MAC], second[MAC];
    int64_t sent;
    if (!timestamp || !header || !text_starts(header, "v0=")) return AUTH_MISSING;
    if (!text_unhex(header + 3, want, MAC) || !timestamp_read(timestamp, &sent)) return AUTH_WRONG;
    if (sent < now - SLACK_WINDOW || sent > now + SLACK_WINDOW) return AUTH_STALE;
    char head[TIMESTAMP_DIGITS_MAX + 8];
    int n = snprintf(head, sizeof head, "v0:%s:", timestamp);
    struct str piece = {head, (size_t)n};
    bool is_now = mac_of_pieces(secret->now, piece, body, first) && CRYPTO_memcmp(first, want, MAC) == 0;
    bool is_old = mac_of_pieces(secret->old, piece, body, second) && CRYPTO_memcmp(second, want, MAC) == 0;
    return is_now || is_old ? AUTH_FINE : AUTH_WRONG;
}

static void sha256(struct str text, unsigned char out[MAC]) {
    if (!EVP_Digest(text.p, text.n, out, NULL, EVP_sha256(), NULL)) abort();
}

/* Digests are compared, so that not even the length of the secret shows. */
static bool word_is(const char *secret, struct str given) {
    unsigned char a[MAC], b[MAC];
    if (!secret) return false;
    sha256(str_of(secret), a);
    sha256(given, b);
    return CRYPTO_memcmp(a, b, MAC) == 0;
}

static bool word_is_either(const struct secret *secret, struct str given) {
    bool now = word_is(secret->now, given);
    bool old = word_is(secret->old, given);
    return now || old;
}

/* "user:password" in base64: the password. */
static bool password_read(struct str base64, char out[PASSWORD_MAX], struct str *password) {
    if (base64.n % 4 || base64.n / 4 * 3 >= PASSWORD_MAX) return false;
    int n = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)base64.p, (int)base64.n);
    for (size_t i = base64.n; n > 0 && i > 0 && base64.p[i - 1] == '='; i--) n--; /* padding decodes to zero bytes */
    const char *colon = n > 0 ? memchr(out, ':', (size_t)n) : NULL;
    if (!colon) return false;
    *password = (struct str){colon + 1, (size_t)(out + n - colon - 1)};
    return true;
}

enum auth signature_bearer(const struct secret *secret, const char *authorization, const char *api_key) {
    char decoded[PASSWORD_MAX];
    struct str given = str_of(api_key);
    if (authorization) {
        given = str_of(authorization);
        if (given.n > 7 && strncasecmp(given.p, "Bearer ", 7) == 0) {
            given = str_trim((struct str){given.p + 7, given.n - 7});
        } else if (given.n > 6 && strncasecmp(given.p, "Basic ", 6) == 0) {
            if (!password_read(str_trim((struct str){given.p + 6, given.n - 6}), decoded, &given)) return AUTH_WRONG;
        } else {
            return AUTH_MISSING;
        }
    }
    if (!given.n) return AUTH_MISSING;
    return word_is_either(secret, given) ? AUTH_FINE : AUTH_WRONG;
}

void signature_digest(struct str a, struct str b, char out[SIGNATURE_HEX]) {
    unsigned char digest[MAC];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) || !EVP_DigestUpdate(ctx, a.p, a.n) || !EVP_DigestUpdate(ctx, "", 1) ||
        !EVP_DigestUpdate(ctx, b.p, b.n) || !EVP_DigestFinal_ex(ctx, digest, NULL))
        abort();
    EVP_MD_CTX_free(ctx);
    text_hex(digest, MAC, out);
}
