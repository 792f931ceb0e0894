/* github_post.c - from a payload to what GitHub shows: reads what is there, then brings each part about in a fixed order. */
#include "github_post.h"

#include "github_marker.h"
#include "jsonx.h"
#include "log.h"
#include "posting.h"

#include <strings.h>

const char *const github_post_kinds[] = {"github.pull_request", "github.issue", "github.reaction", "github.reply", NULL};

const struct err *posting_call(struct posting *p, const char *method, const char *path, json_t *body, json_t **out) {
    if (body) jsx_own(p->arena, body);
    struct github_call call = {.method = method, .path = arena_printf(p->arena, "/repos/%s%s", p->repo.name, path), .body = body};
    return github_send(p->github, p->arena, p->repo.installation, &call, out);
}

bool posting_is_ours(const struct posting *p, const char *login) { return p->login && login && strcasecmp(p->login, login) == 0; }

bool posting_is_no(const struct err *e) { return e->kind == ERR_REFUSED || e->kind == ERR_INPUT; }

/* ---- Fitting a text */

static size_t occurrences(const char *text, size_t n, const char *word) {
    size_t count = 0, length = strlen(word);
    for (const char *p = text; (p = memmem(p, n - (size_t)(p - text), word, length)); p += length) count++;
    return count;
}

const char *github_post_fit(struct arena *arena, const char *body, size_t reserve) {
    static const char words[] = "\n\n_Shortened: the whole text is longer than GitHub takes._";
    size_t n = strlen(body), most = GITHUB_BODY_MAX - reserve;
    if (n <= most) return body;
    size_t cut = utf8_cut(body, n, most - sizeof words - 200);
    const char *line = memrchr(body, '\n', cut);
    if (line && (size_t)(line - body) > cut / 2) cut = (size_t)(line - body);
    struct buf out = buf_new(arena);
    buf_add(&out, body, cut);
    if (occurrences(body, cut, "```") % 2) buf_text(&out, "\n```");
    size_t opened = occurrences(body, cut, "<details"), closed = occurrences(body, cut, "</details>");
    for (size_t i = closed; i < opened && i < closed + 10; i++) buf_text(&out, "\n</details>");
    buf_text(&out, words);
    return buf_str(&out);
}

/* ---- Pull requests */

static const struct err *posting_begin(struct posting *p) {
    p->repo = (struct github_repo){jsx_str(p->payload, "repo", NULL), jsx_int(p->payload, "installation", 0)};
    p->number = (int)jsx_int(p->payload, "number", 0);
    p->valid_at = jsx_int(p->payload, "valid_at", 0);
    p->head_sha = jsx_str(p->payload, "head_sha", "");
    if (!github_repo_name_valid(p->repo.name)) return err_new(ERR_INPUT, "the payload names no repository");
    bool unknown = p->repo.installation == 0 && !github_app_is_token_mode(github_identity(p->github));
    if (unknown) TRY(github_installation_of(p->github, p->arena, p->repo.name, &p->repo.installation));
    return github_app_login(github_identity(p->github), p->arena, &p->login);
}

/* Does GitHub show something newer than what we bring? */
static bool is_outdated(struct posting *p) {
    if (jsx_int(p->old, "valid_at", 0) > p->valid_at) return true;
    for (size_t i = 0; i < p->spoken.count; i++) {
        struct marker marker;
        if (!posting_is_ours(p, p->spoken.at[i].author) || !marker_get(p->arena, p->spoken.at[i].body, &marker)) continue;
        if (strcmp(marker.kind, "summary") == 0 && marker.at > p->valid_at) return true;
    }
    return false;
}

static const struct err *pull_post(struct posting *p) {
    static const struct part {
        const char *name;
        const struct err *(*post)(struct posting *);
        bool is_vital; /* its refusal is the post's */
    } parts[] = {{"comment", post_comment, true}, {"notes", post_notes, false}, {"check", post_check, true}, {"reviewers", post_people, false}};
    if (p->number <= 0 || strlen(p->head_sha) != 40) return err_new(ERR_INPUT, "the payload names no pull request or head");
    TRY(github_pull_get(p->github, p->arena, &p->repo, p->number, &p->pull));
    TRY(github_comments(p->github, p->arena, &p->repo, p->number, &p->spoken));
    if (is_outdated(p)) {
        log_info("%s#%d: newer than this is shown already", p->repo.name, p->number);
        return NULL;
    }
    struct err refused = {0};
    bool is_refused = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct err *e = parts[i].post(p);
        if (!e) continue;
        if (!posting_is_no(e)) return err_wrap(e, "%s", parts[i].name);
        log_warn("%s#%d: %s: %s", p->repo.name, p->number, parts[i].name, e->text);
        if (parts[i].is_vital && !is_refused) refused = *e;
        is_refused = is_refused || parts[i].is_vital;
    }
    if (is_refused) return err_with_status(err_new(refused.kind, "%s", refused.text), refused.status);
    json_object_set_new(p->state, "valid_at", json_integer(p->valid_at));
    json_object_set_new(p->state, "head", json_string(p->head_sha));
    return NULL;
}

/* ---- Issues: one per key */

static const struct err *issue_find(struct posting *p, const char *key, const json_t **out, struct marker *found) {
    json_t *list = NULL;
    *out = NULL;
    const char *path = arena_printf(p->arena, "/issues?state=all&creator=%s&per_page=100", http_escape(p->arena, p->login, false));
    TRY(github_list(p->github, p->arena, &p->repo, &(struct github_list){.path = path}, &list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (jsx_at(item, "pull_request") || !posting_is_ours(p, jsx_str(item, "user.login", ""))) continue;
        if (!marker_get(p->arena, jsx_str(item, "body", ""), found) || strcmp(found->kind, "issue") != 0 || strcmp(found->key, key) != 0) continue;
        *out = item;
        return NULL;
    }
    return NULL;
}

static const struct err *issue_make(struct posting *p, const char *body) {
    json_t *made = NULL, *labels = jsx_at(p->payload, "labels");
    json_t *wish = json_pack("{ssss}", "title", jsx_str(p->payload, "title", "Review"), "body", body);
    if (json_array_size(labels)) json_object_set(wish, "labels", labels);
    TRY(posting_call(p, "POST", "/issues", wish, &made));
    json_object_set_new(p->state, "issue", json_integer(jsx_int(made, "number", 0)));
    return NULL;
}

static const struct err *issue_post(struct posting *p) {
    bool closed = jsx_bool(p->payload, "closed", false);
    struct marker marker = {.kind = "issue", .key = jsx_str(p->payload, "key", ""), .head = "", .at = p->valid_at}, found;
    const char *text = arena_printf(p->arena, "%s", github_post_fit(p->arena, jsx_str(p->payload, "body", ""), 700));
    const char *body = marker_put(p->arena, text, &marker);
    marker_get(p->arena, body, &marker); /* the key as it is written */
    const json_t *there = NULL;
    TRY(issue_find(p, marker.key, &there, &found));
    if (!there) return closed ? NULL : issue_make(p, body);
    json_object_set_new(p->state, "issue", json_integer(jsx_int(there, "number", 0)));
    bool is_open = strcmp(jsx_str(there, "state", "open"), "open") == 0, same = strcmp(found.digest, marker.digest) == 0;
    const char *title = jsx_str(p->payload, "title", "Review");
    if (found.at > p->valid_at || (same && is_open == !closed && strcmp(title, jsx_str(there, "title", "")) == 0)) return NULL;
    if (same && !is_open && !closed) return NULL; /* a person closed it, and nothing has changed since */
    const char *path = arena_printf(p->arena, "/issues/%lld", (long long)jsx_int(there, "number", 0));
    return posting_call(p, "PATCH", path, json_pack("{ssssss}", "title", title, "body", body, "state", closed ? "closed" : "open"), NULL);
}

/* ---- Answers */

static const struct err *reaction_post(struct posting *p) {
    const char *where = jsx_bool(p->payload, "review_comment", false) ? "pulls" : "issues";
    const char *path = arena_printf(p->arena, "/%s/comments/%lld/reactions", where, (long long)jsx_int(p->payload, "comment_id", 0));
    return posting_call(p, "POST", path, json_pack("{ss}", "content", jsx_str(p->payload, "content", "eyes")), NULL);
}

/* A reply in the conversation or, with in_reply_to, in a thread on a line: `own` is ours from an earlier try, 0 when there is none. */
struct reply {
    struct marker marker, found;
    const char *body, *folder;
    int64_t own;
};

static void reply_match(struct posting *p, struct reply *r, int64_t id, const char *author, const char *body) {
    struct marker found;
    if (r->own || !posting_is_ours(p, author) || !marker_get(p->arena, body, &found)) return;
    if (strcmp(found.kind, r->marker.kind) != 0 || strcmp(found.key, r->marker.key) != 0) return;
    r->own = id;
    r->found = found;
}

static const struct err *reply_settle(struct posting *p, struct reply *r, const char *path, json_t *wish) {
    json_t *made = NULL;
    jsx_own(p->arena, wish);
    json_object_set_new(wish, "body", json_string(r->body));
    json_object_set_new(p->state, "comment", json_integer(r->own));
    if (r->own && strcmp(r->found.digest, r->marker.digest) == 0) return NULL;
    if (r->own) {
        path = arena_printf(p->arena, "/%s/comments/%lld", r->folder, (long long)r->own);
        return posting_call(p, "PATCH", path, json_pack("{ss}", "body", r->body), NULL);
    }
    TRY(posting_call(p, "POST", path, json_incref(wish), &made));
    json_object_set_new(p->state, "comment", json_integer(jsx_int(made, "id", 0)));
    return NULL;
}

static const struct err *reply_post(struct posting *p) {
    struct reply r = {.marker = {.head = "", .at = p->valid_at}, .folder = "issues"};
    int64_t to = jsx_int(p->payload, "in_reply_to", 0);
    marker_name(p->arena, jsx_str(p->payload, "marker", NULL), "reply", &r.marker);
    r.body = marker_put(p->arena, github_post_fit(p->arena, jsx_str(p->payload, "body", ""), 700), &r.marker);
    marker_get(p->arena, r.body, &r.marker);
    if (!to) {
        TRY(github_comments(p->github, p->arena, &p->repo, p->number, &p->spoken));
        for (size_t i = 0; i < p->spoken.count; i++) reply_match(p, &r, p->spoken.at[i].id, p->spoken.at[i].author, p->spoken.at[i].body);
        return reply_settle(p, &r, arena_printf(p->arena, "/issues/%d/comments", p->number), json_object());
    }
    struct github_notes notes;
    const struct github_note *parent = NULL;
    r.folder = "pulls";
    TRY(github_notes(p->github, p->arena, &p->repo, p->number, &notes));
    for (size_t i = 0; i < notes.count; i++) {
        reply_match(p, &r, notes.at[i].id, notes.at[i].author, notes.at[i].body);
        if (notes.at[i].id == to) parent = &notes.at[i];
    }
    if (!parent) return err_new(ERR_REFUSED, "the comment to answer is gone");
    if (parent->reply_to) to = parent->reply_to; /* only the first of a thread can be answered */
    json_t *wish = json_pack("{sIssss}", "in_reply_to", (json_int_t)to, "commit_id", parent->commit, "path", parent->path);
    return reply_settle(p, &r, arena_printf(p->arena, "/pulls/%d/comments", p->number), wish);
}

const struct err *github_post_run(struct github *github, struct arena *arena, const struct github_post *post, json_t **state_out) {
    static const struct err *(*const posts[])(struct posting *) = {pull_post, issue_post, reaction_post, reply_post};
    struct posting p = {.github = github, .arena = arena, .payload = post->payload, .old = post->state};
    p.state = jsx_own(arena, json_is_object(post->state) ? json_deep_copy(post->state) : json_object());
    *state_out = p.state;
    TRY(posting_begin(&p));
    for (size_t i = 0; github_post_kinds[i]; i++) {
        if (strcmp(github_post_kinds[i], post->kind) == 0) return err_wrap(posts[i](&p), "%s", p.repo.name);
    }
    return err_new(ERR_INPUT, "\"%s\" is no kind of post to GitHub", post->kind);
}

const struct err *github_post_send(void *ctx, struct arena *arena, const struct outbox_item *item, json_t **state_out) {
    json_t *payload = NULL, *old = NULL;
    TRY(err_wrap(jsx_load(arena, item->payload, strlen(item->payload), &payload), "payload"));
    if (item->outside && jsx_load(arena, item->outside, strlen(item->outside), &old)) old = NULL;
    return github_post_run(ctx, arena, &(struct github_post){item->kind, payload, old}, state_out);
}
