/* err.h - one way to say what went wrong, and who has to act.
 * Layer: base. May use: the C library. */
#ifndef ERR_H
#define ERR_H

#include <stdint.h>

#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define ERR_TEXT_MAX           1024

/* Who acts on it decides the kind. */
enum err_kind {
    ERR_RETRY,   /* time: the same call may work later */
    ERR_INPUT,   /* the author of the change, or of the request */
    ERR_CONFIG,  /* the operator */
    ERR_REFUSED, /* the other side said no; stop */
};

/* Lives until sixteen further errors were made on the same thread: pass it up, log it once at the top, keep no pointer. */
struct err {
    enum err_kind kind;
    int64_t retry_at; /* ERR_RETRY: UTC seconds, 0 when the caller's own backoff should decide */
    int status;       /* HTTP status of the other side, 0 when none */
    char text[ERR_TEXT_MAX];
};

/* Makes an error of `kind`; the text is cut at ERR_TEXT_MAX. Never NULL. */
const struct err *err_new(enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

/* Like err_new(ERR_RETRY), with the time (UTC seconds) before which trying again is pointless. */
const struct err *err_retry_at(int64_t when, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

/* The same error with "noun: " before its text: each layer adds what it was doing. NULL stays NULL. */
const struct err *err_wrap(const struct err *cause, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

/* A copy of `cause` that also carries the HTTP status it came from. */
const struct err *err_with_status(const struct err *cause, int status) MUST_CHECK;

/* "retry", "bad input", "bad config" or "refused". */
const char *err_kind_name(enum err_kind kind);

/* Returns early with the error, when there is one. */
#define TRY(call)                                                                                                                                    \
    do {                                                                                                                                             \
        const struct err *try_err = (call);                                                                                                          \
        if (try_err) return try_err;                                                                                                                 \
    } while (0)

#endif
