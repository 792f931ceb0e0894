/* post_check.c - one check run per head, its annotations in batches of fifty; in token mode a commit status.
 * A batch appends, so a run that broke off goes on where annotations_count says it stopped. https://docs.github.com/rest/checks/runs */
#include "clock.h"
#include "github_post.h"
#include "hash.h"
#include "jsonx.h"
#include "log.h"
#include "posting.h"

#include <stdlib.h>

#define BATCH            50
#define ANNOTATIONS_MAX  1000
#define ANNOTATION_BYTES 60000
#define DESCRIPTION_MAX  140
#define DESCRIBED        "parley:v1:"

struct check {
    struct posting *p;
    const json_t *wanted;
    const json_t *annotations;
    size_t count; /* of annotations sent */
    const char *name, *conclusion;
    char digest[HASH_HEX], notes_digest[HASH_HEX]; /* first 16 digits are used */
    const char *external_id;
};

/* What a run of ours says of itself in external_id. */
struct run {
    int64_t id, at;
    char digest[17], notes_digest[17];
    bool is_complete;
    size_t annotations;
};

static const char *cut(struct arena *arena, const char *text, size_t max) {
    return str_dup(arena, (struct str){text, utf8_cut(text, strlen(text), max)});
}

/* Those that name a file: GitHub takes no others. */
static json_t *placed(struct arena *arena, const json_t *annotations) {
    json_t *out = jsx_own(arena, json_array());
    for (size_t i = 0; i < json_array_size(annotations); i++) {
        json_t *item = json_array_get(annotations, i);
        if (*jsx_str(item, "path", "")) json_array_append(out, item);
    }
    return out;
}

static void check_read(struct posting *p, struct check *c) {
    c->p = p;
    c->wanted = jsx_at(p->payload, "check");
    c->annotations = placed(p->arena, jsx_at(c->wanted, "annotations"));
    c->count = json_array_size(c->annotations) < ANNOTATIONS_MAX ? json_array_size(c->annotations) : ANNOTATIONS_MAX;
    c->name = jsx_str(c->wanted, "name", "parley");
    c->conclusion = jsx_str(c->wanted, "conclusion", "neutral");
    const char *all = jsx_dump(p->arena, c->wanted, true), *notes = jsx_dump(p->arena, c->annotations, true);
    hash128_hex(hash128(all, strlen(all)), c->digest);
    hash128_hex(hash128(notes, strlen(notes)), c->notes_digest);
    c->external_id = arena_printf(p->arena, DESCRIBED "%lld:%.16s:%.16s", (long long)p->valid_at, c->digest, c->notes_digest);
}

static json_t *annotation_json(struct arena *arena, const json_t *in) {
    const char *level = jsx_str(in, "level", "notice");
    bool known = strcmp(level, "warning") == 0 || strcmp(level, "failure") == 0;
    int64_t start = jsx_int(in, "start_line", 1), end = jsx_int(in, "end_line", start);
    if (start < 1) start = 1;
    if (end < start) end = start;
    const char *message = cut(arena, jsx_str(in, "message", ""), ANNOTATION_BYTES), *title = cut(arena, jsx_str(in, "title", ""), 255);
    json_t *out = json_pack("{sssIsIssss}", "path", jsx_str(in, "path", ""), "start_line", (json_int_t)start, "end_line", (json_int_t)end,
                            "annotation_level", known ? level : "notice", "message", *message ? message : "See the review.");
    if (out && *title) json_object_set_new(out, "title", json_string(title));
    return out;
}

/* The request for annotations from `first` on; the last batch carries the conclusion. */
static json_t *batch_json(const struct check *c, size_t first, bool is_new) {
    struct arena *arena = c->p->arena;
    json_t *notes = json_array();
    size_t end = first + BATCH < c->count ? first + BATCH : c->count;
    for (size_t i = first; i < end; i++) json_array_append_new(notes, annotation_json(arena, json_array_get(c->annotations, i)));
    const char *title = cut(arena, jsx_str(c->wanted, "title", c->name), 255),
               *summary = github_post_fit(arena, jsx_str(c->wanted, "summary", ""), 0);
    const char *text = jsx_str(c->wanted, "text", NULL), *page = jsx_str(c->wanted, "details_url", NULL);
    json_t *output = json_pack("{ssss}", "title", *title ? title : c->name, "summary", *summary ? summary : title);
    if (text && *text) json_object_set_new(output, "text", json_string(github_post_fit(arena, text, 0)));
    if (end > first) json_object_set(output, "annotations", notes);
    json_decref(notes);
    json_t *out = json_pack("{ssssso}", "name", c->name, "external_id", c->external_id, "output", output);
    if (is_new) json_object_set_new(out, "head_sha", json_string(c->p->head_sha));
    if (page && text_starts(page, "https://")) json_object_set_new(out, "details_url", json_string(page));
    if (end < c->count) {
        json_object_set_new(out, "status", json_string("in_progress"));
        return out;
    }
    char now[CLOCK_ISO];
    clock_iso(clock_now(), now);
    json_object_set_new(out, "status", json_string("completed"));
    json_object_set_new(out, "conclusion", json_string(c->conclusion));
    json_object_set_new(out, "completed_at", json_string(now));
    return out;
}

static const struct err *batches_patch(struct check *c, int64_t id, size_t from) {
    const char *path = arena_printf(c->p->arena, "/check-runs/%lld", (long long)id);
    do {
        TRY(posting_call(c->p, "PATCH", path, batch_json(c, from, false), NULL));
        from += BATCH;
    } while (from < c->count);
    return NULL;
}

static const struct err *run_make(struct check *c) {
    json_t *made = NULL;
    TRY(posting_call(c->p, "POST", "/check-runs", batch_json(c, 0, true), &made));
    int64_t id = jsx_int(made, "id", 0);
    json_object_set_new(c->p->state, "check", json_integer(id));
    return c->count > BATCH ? batches_patch(c, id, BATCH) : NULL;
}

/* Sixteen hex digits at `p` into `out`. */
static bool digest_read(const char *p, char out[17]) {
    if (strspn(p, "0123456789abcdef") < 16) return false;
    memcpy(out, p, 16);
    return true;
}

/* "parley:v1:VALID_AT:DIGEST:NOTES_DIGEST" */
static bool described_read(const char *text, struct run *out) {
    char *end;
    if (!text_starts(text, DESCRIBED)) return false;
    out->at = strtoll(text + strlen(DESCRIBED), &end, 10);
    return *end == ':' && digest_read(end + 1, out->digest) && end[17] == ':' && digest_read(end + 18, out->notes_digest);
}

/* Our newest run of that name on the head; id 0 when there is none. */
static const struct err *run_find(struct check *c, struct run *out) {
    struct posting *p = c->p;
    json_t *list = NULL;
    int64_t app = 0;
    *out = (struct run){0};
    TRY(github_app_number(github_identity(p->github), p->arena, &app));
    const char *path =
        arena_printf(p->arena, "/commits/%s/check-runs?check_name=%s&filter=latest&per_page=100", p->head_sha, http_escape(p->arena, c->name, false));
    if (app) path = arena_printf(p->arena, "%s&app_id=%lld", path, (long long)app);
    TRY(github_list(p->github, p->arena, &p->repo, &(struct github_list){path, "check_runs"}, &list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct run run = {.id = jsx_int(item, "id", 0)};
        if ((app && jsx_int(item, "app.id", app) != app) || run.id <= out->id) continue;
        if (!described_read(jsx_str(item, "external_id", ""), &run)) continue;
        run.is_complete = strcmp(jsx_str(item, "status", ""), "completed") == 0;
        run.annotations = (size_t)jsx_int(item, "output.annotations_count", 0);
        *out = run;
    }
    return NULL;
}

static const struct err *run_settle(struct check *c) {
    struct run run;
    TRY(run_find(c, &run));
    if (run.id == 0) return run_make(c);
    json_object_set_new(c->p->state, "check", json_integer(run.id));
    if (run.at > c->p->valid_at) return NULL;
    bool same = strncmp(run.digest, c->digest, 16) == 0, same_notes = strncmp(run.notes_digest, c->notes_digest, 16) == 0;
    if (same && run.is_complete) return NULL;
    if (same_notes || run.annotations == 0) return batches_patch(c, run.id, same_notes ? run.annotations : 0);
    return run_make(c); /* annotations only ever append: other ones need a new run, which takes the old one's place on the page */
}

/* ---- Commit statuses, for tokens that cannot write check runs */

static const struct err *status_settle(struct check *c) {
    struct posting *p = c->p;
    json_t *list = NULL;
    const char *state = strcmp(c->conclusion, "failure") == 0 ? "failure" : "success";
    const char *words = cut(p->arena, jsx_str(c->wanted, "title", ""), DESCRIPTION_MAX);
    struct github_list statuses = {.path = arena_printf(p->arena, "/commits/%s/statuses?per_page=100", p->head_sha)};
    TRY(github_list(p->github, p->arena, &p->repo, &statuses, &list));
    for (size_t i = 0; i < json_array_size(list); i++) { /* newest first */
        const json_t *item = json_array_get(list, i);
        if (strcasecmp(jsx_str(item, "context", ""), c->name) != 0) continue;
        if (strcmp(jsx_str(item, "state", ""), state) == 0 && strcmp(jsx_str(item, "description", ""), words) == 0) return NULL;
        break;
    }
    json_t *body = json_pack("{ssssss}", "state", state, "context", c->name, "description", words);
    const char *page = jsx_str(c->wanted, "details_url", NULL);
    if (page && text_starts(page, "https://")) json_object_set_new(body, "target_url", json_string(page));
    return posting_call(p, "POST", arena_printf(p->arena, "/statuses/%s", p->head_sha), body, NULL);
}

const struct err *post_check(struct posting *p) {
    struct check c = {0};
    check_read(p, &c);
    if (!json_is_object(c.wanted)) return NULL;
    if (github_app_is_token_mode(github_identity(p->github))) return status_settle(&c);
    const struct err *e = run_settle(&c);
    if (!e || e->status != 403) return e;
    log_warn("%s: no check run (%s): a commit status instead; the App needs the permission checks: write", p->repo.name, e->text);
    return status_settle(&c);
}
