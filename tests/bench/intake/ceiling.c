/* ceiling.c - the same HTTP library and the same signature check, but nothing is kept: what intake could do at most.
 * usage: ceiling PORT SECRET */
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BODY_MAX ((size_t)1 << 20)

static const char *secret;

struct request {
    size_t n, size;
    char body[];
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status) {
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static int hex_read(const char *hex, unsigned char out[32]) {
    for (int i = 0; i < 32; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1) return 0;
        out[i] = (unsigned char)byte;
    }
    return 1;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *data, size_t *size, void **state) {
    struct request *request = *state;
    if (!request) {
        const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
        size_t wanted = length ? strtoul(length, NULL, 10) : 0;
        if (wanted > BODY_MAX) return MHD_NO;
        *state = request = malloc(sizeof *request + wanted);
        if (!request) return MHD_NO;
        request->n = 0;
        request->size = wanted;
        return MHD_YES;
    }
    if (*size > 0) {
        if (request->n + *size > request->size) return MHD_NO;
        memcpy(request->body + request->n, data, *size);
        request->n += *size;
        *size = 0;
        return MHD_YES;
    }
    const char *said = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Hub-Signature-256");
    unsigned char wanted[32], got[32];
    if (!said || strlen(said) != 71 || !hex_read(said + 7, got)) return answer(connection, 401);
    HMAC(EVP_sha256(), secret, (int)strlen(secret), (unsigned char *)request->body, request->n, wanted, NULL);
    return answer(connection, CRYPTO_memcmp(wanted, got, 32) == 0 ? 202 : 401);
}

static void done(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code) { free(*state); }

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    secret = argv[2];
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)strtol(argv[1], NULL, 10), NULL, NULL, handle, NULL,
                                                 MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_END);
    if (!daemon) return 3;
    pause();
    return 0;
}
