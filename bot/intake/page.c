/* page.c - the three pages. */
#include "page.h"

#include "clock.h"
#include "metrics.h"

#include <stdlib.h>

#define BEAT_MAX_US 15000000 /* a writer that is silent for longer hangs */

static void text_take(struct page *out, const char *type, int status, const char *text) {
    out->status = status;
    out->type = type;
    out->body.p = strdup(text);
    out->body.n = out->body.p ? strlen(out->body.p) : 0;
}

static bool writer_lives(const struct page_context *ctx) { return clock_monotonic_us() - writer_beat(ctx->writer) < BEAT_MAX_US; }

static void health_make(struct page_context *ctx, struct page *out) {
    bool lives = writer_lives(ctx);
    text_take(out, "application/json", lives ? 200 : 503, lives ? "{\"status\":\"alive\"}\n" : "{\"status\":\"the writer hangs\"}\n");
}

static void ready_make(struct page_context *ctx, struct page *out) {
    const char *why = NULL;
    if (atomic_load(&ctx->draining)) why = "{\"status\":\"shutting down\"}\n";
    else if (!writer_lives(ctx)) why = "{\"status\":\"the writer hangs\"}\n";
    else if (!writer_is_well(ctx->writer)) why = "{\"status\":\"the store takes nothing\"}\n";
    text_take(out, "application/json", why ? 503 : 200, why ? why : "{\"status\":\"ready\"}\n");
}

static void metrics_make(struct page_context *ctx, struct page *out) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct buf text = buf_new(arena);
    pthread_mutex_lock(&ctx->lock);
    const struct err *e = metrics_page(ctx->store, &text);
    pthread_mutex_unlock(&ctx->lock);
    text_take(out, "text/plain; version=0.0.4; charset=utf-8", e ? 503 : 200, e ? "the store does not answer\n" : buf_str(&text));
    arena_destroy(arena);
}

bool page_make(struct page_context *ctx, const char *path, struct page *out) {
    static const struct {
        const char *path;
        void (*make)(struct page_context *, struct page *);
    } pages[] = {{"/healthz", health_make}, {"/readyz", ready_make}, {"/metrics", metrics_make}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(path, pages[i].path) != 0) continue;
        pages[i].make(ctx, out);
        return true;
    }
    return false;
}
