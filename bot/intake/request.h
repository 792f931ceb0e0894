/* request.h - one HTTP request from its head to its answer.
 * Layer: intake, for its own files only. May use: base, store, libmicrohttpd. */
#ifndef REQUEST_H
#define REQUEST_H

#include "connection.h"
#include "page.h"
#include "settings.h"
#include "writer.h"

#include <microhttpd.h>

/* What all requests of a listener share. */
struct request_shared {
    const struct settings *settings;
    struct writer *writer;
    struct page_context pages;
    atomic_llong body_bytes; /* held by all bodies now */
};

/* MHD_AccessHandlerCallback and MHD_RequestCompletedCallback; `cls` is the struct request_shared. */
enum MHD_Result request_handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                               const char *upload, size_t *upload_size, void **request);
void request_end(void *cls, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode why);

#endif
