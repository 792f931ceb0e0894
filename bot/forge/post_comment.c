/* post_comment.c - the sticky comment: found by marker and author, made once, edited in place. */
#include "github_marker.h"
#include "github_post.h"
#include "jsonx.h"
#include "log.h"
#include "posting.h"

#include <stdlib.h>

/* Our comment of that kind; younger twins (of a race long ago) go to `*twin`. */
static const struct github_comment *own_comment(struct posting *p, const struct marker *want, struct marker *found, int64_t *twin) {
    const struct github_comment *own = NULL;
    *twin = 0;
    for (size_t i = 0; i < p->spoken.count; i++) {
        const struct github_comment *c = &p->spoken.at[i];
        struct marker marker;
        if (!posting_is_ours(p, c->author) || !marker_get(p->arena, c->body, &marker) || strcmp(marker.kind, want->kind) != 0) continue;
        if (own) {
            *twin = c->id;
            continue;
        }
        own = c;
        *found = marker;
    }
    return own;
}

static const struct err *comment_make(struct posting *p, const char *body) {
    json_t *made = NULL;
    TRY(posting_call(p, "POST", arena_printf(p->arena, "/issues/%d/comments", p->number), json_pack("{ss}", "body", body), &made));
    json_object_set_new(p->state, "comment", json_integer(jsx_int(made, "id", 0)));
    return NULL;
}

static const struct err *comment_edit(struct posting *p, int64_t id, const char *body) {
    const char *path = arena_printf(p->arena, "/issues/comments/%lld", (long long)id);
    const struct err *e = posting_call(p, "PATCH", path, json_pack("{ss}", "body", body), NULL);
    if (e && e->status == 404) return comment_make(p, body); /* somebody deleted it in between */
    return e;
}

const struct err *post_comment(struct posting *p) {
    const json_t *wanted = jsx_at(p->payload, "comment");
    const char *text = jsx_str(wanted, "body", NULL), *cleared = jsx_str(p->payload, "clear_body", NULL);
    struct marker marker = {.head = p->head_sha, .at = p->valid_at}, found = {0};
    marker_name(p->arena, jsx_str(wanted, "marker", NULL), "summary", &marker);
    marker.key = "";
    int64_t twin = 0;
    const struct github_comment *own = own_comment(p, &marker, &found, &twin);
    if (own) json_object_set_new(p->state, "comment", json_integer(own->id));
    if (twin) {
        log_warn("%s#%d: a second comment of ours is removed", p->repo.name, p->number);
        const struct err *e = posting_call(p, "DELETE", arena_printf(p->arena, "/issues/comments/%lld", (long long)twin), NULL, NULL);
        if (e && !posting_is_no(e)) return e;
    }
    if (!text && own) text = cleared;
    if (!text) return NULL;
    const char *body = marker_put(p->arena, github_post_fit(p->arena, text, 400), &marker);
    if (!own) return comment_make(p, body);
    if (strcmp(found.digest, marker.digest) == 0 && strcmp(found.head, marker.head) == 0) return NULL;
    return comment_edit(p, own->id, body);
}
