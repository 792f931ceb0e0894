/* err.c - errors live in a small ring per thread, so that none is ever allocated or freed. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RING 16

static _Thread_local struct err ring[RING];
static _Thread_local unsigned ring_next;

static struct err *ring_take(void) {
    struct err *slot = &ring[ring_next++ % RING];
    slot->retry_at = 0;
    slot->status = 0;
    return slot;
}

const struct err *err_new(enum err_kind kind, const char *fmt, ...) {
    struct err *e = ring_take();
    e->kind = kind;
    va_list args;
    va_start(args, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, args);
    va_end(args);
    return e;
}

const struct err *err_retry_at(int64_t when, const char *fmt, ...) {
    struct err *e = ring_take();
    e->kind = ERR_RETRY;
    e->retry_at = when;
    va_list args;
    va_start(args, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, args);
    va_end(args);
    return e;
}

const struct err *err_wrap(const struct err *cause, const char *fmt, ...) {
    if (!cause) return NULL;
    char noun[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(noun, sizeof noun, fmt, args);
    va_end(args);
    char text[ERR_TEXT_MAX];
    memcpy(text, cause->text, sizeof text);
    struct err head = {.kind = cause->kind, .retry_at = cause->retry_at, .status = cause->status};
    struct err *e = ring_take();
    e->kind = head.kind;
    e->retry_at = head.retry_at;
    e->status = head.status;
    int used = snprintf(e->text, sizeof e->text, "%.*s: ", (int)(sizeof e->text / 2), noun);
    snprintf(e->text + used, sizeof e->text - (size_t)used, "%.*s", (int)(sizeof e->text - (size_t)used - 1), text);
    return e;
}

const struct err *err_with_status(const struct err *cause, int status) {
    if (!cause) return NULL;
    struct err *e = ring_take();
    if (e != cause) memcpy(e, cause, sizeof *e);
    e->status = status;
    return e;
}

const char *err_kind_name(enum err_kind kind) {
    static const char *const names[] = {[ERR_RETRY] = "retry", [ERR_INPUT] = "bad input", [ERR_CONFIG] = "bad config", [ERR_REFUSED] = "refused"};
    return names[kind];
}
