/* post_notes.c - notes on lines. One bad line must lose neither the other notes nor the review: it is found by halving and left out. */
#include "diff_lines.h"
#include "github_marker.h"
#include "github_post.h"
#include "jsonx.h"
#include "log.h"
#include "map.h"
#include "posting.h"

#define NOTES_MAX 50

struct wanted {
    const char *key, *path, *body; /* body with its marker */
    int line, start;               /* start 0: one line */
    struct marker marker;          /* as a reader of the body would find it */
    bool is_there, is_dropped;
};

struct notes {
    struct posting *p;
    struct wanted at[NOTES_MAX];
    size_t count;
    struct github_notes there;
    bool stands; /* the pull request is open and still at our head */
};

static bool dropped_before(const struct posting *p, const char *key) {
    if (strcmp(jsx_str(p->old, "head", ""), p->head_sha) != 0) return false;
    const json_t *list = jsx_at(p->old, "dropped");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (word && strcmp(word, key) == 0) return true;
    }
    return false;
}

static void wanted_read(struct notes *n) {
    struct posting *p = n->p;
    const json_t *list = jsx_at(p->payload, "inline");
    for (size_t i = 0; i < json_array_size(list) && n->count < NOTES_MAX; i++) {
        const json_t *item = json_array_get(list, i);
        struct wanted *w = &n->at[n->count++];
        *w = (struct wanted){.key = jsx_str(item, "key", ""), .path = jsx_str(item, "path", "")};
        w->line = (int)jsx_int(item, "line", 0);
        w->start = (int)jsx_int(item, "start_line", 0);
        if (w->start >= w->line) w->start = 0;
        w->marker = (struct marker){.kind = "note", .key = w->key, .head = p->head_sha, .at = p->valid_at};
        w->body = marker_put(p->arena, github_post_fit(p->arena, jsx_str(item, "body", ""), 400), &w->marker);
        marker_get(p->arena, w->body, &w->marker);
        w->is_dropped = dropped_before(p, w->key) || w->line <= 0 || !*w->path;
    }
}

static struct wanted *wanted_find(struct notes *n, const char *key) {
    for (size_t i = 0; i < n->count; i++) {
        if (strcmp(n->at[i].marker.key, key) == 0) return &n->at[i];
    }
    return NULL;
}

static bool is_answered(const struct notes *n, int64_t id) {
    for (size_t i = 0; i < n->there.count; i++) {
        if (n->there.at[i].reply_to == id && !posting_is_ours(n->p, n->there.at[i].author)) return true;
    }
    return false;
}

static const struct err *note_call(struct notes *n, const char *method, int64_t id, const char *body) {
    const char *path = arena_printf(n->p->arena, "/pulls/comments/%lld", (long long)id);
    const struct err *e = posting_call(n->p, method, path, body ? json_pack("{ss}", "body", body) : NULL, NULL);
    return e && e->status == 404 ? NULL : e; /* gone already */
}

/* A note whose finding is gone: removed, or, when people talk under it, closed with a line. */
static const struct err *note_retire(struct notes *n, const struct github_note *note, struct marker *marker) {
    struct arena *arena = n->p->arena;
    if (!is_answered(n, note->id)) return note_call(n, "DELETE", note->id, NULL);
    if (marker->is_done) return NULL;
    const char *text = arena_printf(arena, "%s\n\n_No longer the case at %.7s._", marker_strip(arena, note->body), n->p->head_sha);
    struct marker done = {.kind = "note", .key = marker->key, .head = n->p->head_sha, .at = n->p->valid_at, .is_done = true};
    return note_call(n, "PATCH", note->id, marker_put(arena, text, &done));
}

static const struct err *note_settle(struct notes *n, const struct github_note *note) {
    struct marker marker;
    if (note->reply_to || !posting_is_ours(n->p, note->author) || !marker_get(n->p->arena, note->body, &marker)) return NULL;
    if (strcmp(marker.kind, "note") != 0) return NULL;
    struct wanted *w = wanted_find(n, marker.key);
    if (!w || w->is_there) return note_retire(n, note, &marker);
    bool lost_its_line = n->stands && note->line == 0 && strcmp(note->commit, n->p->head_sha) != 0;
    if (lost_its_line && !is_answered(n, note->id)) return note_call(n, "DELETE", note->id, NULL); /* written anew below */
    w->is_there = true;
    if (strcmp(marker.digest, w->marker.digest) == 0 && !marker.is_done) return NULL;
    return note_call(n, "PATCH", note->id, w->body);
}

static json_t *review_json(struct notes *n, struct wanted *const *list, size_t count) {
    json_t *comments = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct wanted *w = list[i];
        json_t *item = json_pack("{sssssssi}", "path", w->path, "body", w->body, "side", "RIGHT", "line", w->line);
        if (w->start) {
            json_object_set_new(item, "start_line", json_integer(w->start));
            json_object_set_new(item, "start_side", json_string("RIGHT"));
        }
        json_array_append_new(comments, item);
    }
    const char *words = jsx_str(n->p->payload, "review_body", NULL);
    if (!words || !*words) words = "Notes on the lines that the summary above speaks of.";
    return json_pack("{sssssssO}", "commit_id", n->p->head_sha, "event", "COMMENT", "body", words, "comments", jsx_own(n->p->arena, comments));
}

/* Posts the list as one review; where GitHub refuses it for a line (422, nothing was posted), each half by itself. */
static const struct err *review_post(struct notes *n, struct wanted **list, size_t count) {
    if (count == 0) return NULL;
    const struct err *e = posting_call(n->p, "POST", arena_printf(n->p->arena, "/pulls/%d/reviews", n->p->number), review_json(n, list, count), NULL);
    if (!e) {
        for (size_t i = 0; i < count; i++) list[i]->is_there = true;
        return NULL;
    }
    if (e->status != 422) return e;
    if (count == 1) {
        log_warn("%s#%d: no note on %s:%d: %s", n->p->repo.name, n->p->number, list[0]->path, list[0]->line, e->text);
        list[0]->is_dropped = true;
        return NULL;
    }
    TRY(review_post(n, list, count / 2));
    return review_post(n, list + count / 2, count - count / 2);
}

/* Leaves out lines that the pull request's diff does not offer, and makes spans over several hunks single lines. */
static const struct err *lines_check(struct notes *n) {
    struct posting *p = n->p;
    struct github_files files;
    TRY(github_pull_files(p->github, p->arena, &p->repo, p->number, &files));
    struct map *by_path = map_new(p->arena);
    for (size_t i = 0; i < files.count; i++) {
        struct diff_lines *lines = arena_new(p->arena, struct diff_lines);
        const char *patch = files.at[i].patch;
        if (patch && !diff_lines_read(p->arena, patch, strlen(patch), lines)) map_put(by_path, str_of(files.at[i].path), lines);
    }
    for (size_t i = 0; i < n->count; i++) {
        struct wanted *w = &n->at[i];
        const struct diff_lines *lines = map_get(by_path, str_of(w->path));
        if (w->is_there) continue;
        w->is_dropped = w->is_dropped || !lines || !diff_lines_new(lines, w->line);
        if (w->start && lines && !diff_lines_span(lines, w->start, w->line)) w->start = 0;
    }
    return NULL;
}

static size_t missing_list(struct notes *n, struct wanted **out) {
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++) {
        if (!n->at[i].is_there && !n->at[i].is_dropped) out[count++] = &n->at[i];
    }
    return count;
}

static const struct err *missing_post(struct notes *n) {
    struct wanted *list[NOTES_MAX];
    size_t count = missing_list(n, list);
    if (count == 0) return NULL;
    const char *path = arena_printf(n->p->arena, "/pulls/%d/reviews", n->p->number);
    const struct err *e = posting_call(n->p, "POST", path, review_json(n, list, count), NULL);
    if (!e || e->status != 422) return e;
    TRY(lines_check(n));
    return review_post(n, list, missing_list(n, list));
}

const struct err *post_notes(struct posting *p) {
    if (!jsx_at(p->payload, "inline")) return NULL; /* nothing is known of the lines: notes stay as they are */
    struct notes *n = arena_new(p->arena, struct notes);
    n->p = p;
    n->stands = strcmp(p->pull.state, "open") == 0 && strcmp(p->pull.head_sha, p->head_sha) == 0;
    wanted_read(n);
    TRY(github_notes(p->github, p->arena, &p->repo, p->number, &n->there));
    for (size_t i = 0; i < n->there.count; i++) TRY(note_settle(n, &n->there.at[i]));
    if (n->stands) TRY(missing_post(n));
    json_t *dropped = json_array();
    for (size_t i = 0; i < n->count; i++) {
        if (n->at[i].is_dropped) json_array_append_new(dropped, json_string(n->at[i].key));
    }
    json_object_set_new(p->state, "dropped", dropped);
    return NULL;
}
