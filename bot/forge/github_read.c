/* github_read.c - GitHub's lists and objects as plain records; what is missing or odd becomes NULL or 0, never a crash. */
#include "github.h"

#include "clock.h"
#include "github_answer.h"
#include "jsonx.h"
#include "link_header.h"
#include "map.h"

#include <stdlib.h>

#define LABELS_MAX 100

static const struct err *repo_path(struct arena *arena, const struct github_repo *repo, const char *tail, const char **out) {
    if (!github_repo_name_valid(repo->name))
        return err_new(ERR_INPUT, "\"%.200s\" is not a repository's name (owner/name)", repo->name ? repo->name : "");
    *out = arena_printf(arena, "/repos/%s%s", repo->name, tail);
    return NULL;
}

static const struct err *get_json(struct github *g, struct arena *arena, int64_t installation, const char *path, json_t **out) {
    return github_send(g, arena, installation, &(struct github_call){.method = "GET", .path = path}, out);
}

const struct err *github_list(struct github *github, struct arena *arena, const struct github_repo *repo, const struct github_list *list,
                              json_t **out) {
    const char *path = NULL;
    *out = jsx_own(arena, json_array());
    TRY(repo_path(arena, repo, list->path, &path));
    for (int page = 0; path; page++) {
        if (page == GITHUB_PAGES_MAX) return err_new(ERR_INPUT, "GitHub lists more than %d pages of %s", GITHUB_PAGES_MAX, list->path);
        struct http_response answer;
        json_t *body = NULL;
        TRY(github_fetch(github, arena, repo->installation, &(struct github_call){.method = "GET", .path = path}, &answer));
        TRY(github_answer_json(arena, &answer, path, &body));
        json_t *items = list->key ? jsx_at(body, list->key) : body;
        if (!json_is_array(items)) return err_new(ERR_RETRY, "GitHub's answer to %s is no list", path);
        json_array_extend(*out, items);
        path = link_header_next(arena, http_header(&answer, "link"));
    }
    return NULL;
}

/* A list whose path is made by printf from a pull request's number. */
#define list_of(g, arena, repo, format, number, out)                                                                                                 \
    github_list((g), (arena), (repo), &(struct github_list){.path = arena_printf((arena), format, (number))}, (out))

static const char *text_at(struct arena *arena, const json_t *object, const char *path) { return arena_strdup(arena, jsx_str(object, path, NULL)); }

/* Like text_at, "" when absent. */
static const char *word_at(struct arena *arena, const json_t *object, const char *path) { return arena_strdup(arena, jsx_str(object, path, "")); }

static bool is_bot(const json_t *object, const char *path) { return strcmp(jsx_str(object, path, ""), "Bot") == 0; }

/* ---- Pull requests */

static void labels_read(struct arena *arena, const json_t *object, struct github_pull *out) {
    const json_t *list = jsx_at(object, "labels");
    size_t n = json_array_size(list) < LABELS_MAX ? json_array_size(list) : LABELS_MAX;
    const char **labels = arena_array(arena, n + 1, sizeof *labels);
    for (size_t i = 0; i < n; i++) labels[i] = word_at(arena, json_array_get(list, i), "name");
    out->labels = labels;
    out->label_count = n;
}

static bool sha_valid(const char *sha) { return sha && strlen(sha) == 40 && sha[strspn(sha, "0123456789abcdef")] == 0; }

const struct err *github_pull_read(struct arena *arena, const json_t *object, struct github_pull *out) {
    int64_t number = jsx_int(object, "number", 0), base_id = jsx_int(object, "base.repo.id", 0), head_id = jsx_int(object, "head.repo.id", -1);
    *out = (struct github_pull){
        .number = (int)number,
        .state = word_at(arena, object, "state"),
        .is_draft = jsx_bool(object, "draft", false),
        .is_merged = jsx_bool(object, "merged", false),
        .is_fork = head_id != base_id,
        .title = word_at(arena, object, "title"),
        .body = word_at(arena, object, "body"),
        .author = word_at(arena, object, "user.login"),
        .author_is_bot = is_bot(object, "user.type"),
        .author_association = word_at(arena, object, "author_association"),
        .head_sha = text_at(arena, object, "head.sha"),
        .head_ref = word_at(arena, object, "head.ref"),
        .head_repo = text_at(arena, object, "head.repo.full_name"),
        .base_sha = text_at(arena, object, "base.sha"),
        .base_ref = word_at(arena, object, "base.ref"),
        .base_repo = word_at(arena, object, "base.repo.full_name"),
        .default_branch = word_at(arena, object, "base.repo.default_branch"),
        .changed_files = (int)jsx_int(object, "changed_files", 0),
        .additions = (int)jsx_int(object, "additions", 0),
        .deletions = (int)jsx_int(object, "deletions", 0),
    };
    labels_read(arena, object, out);
    if (number <= 0 || number > INT32_MAX || !sha_valid(out->head_sha) || !sha_valid(out->base_sha) || !*out->base_ref)
        return err_new(ERR_INPUT, "this is no pull request: number, head.sha, base.sha or base.ref is missing");
    return NULL;
}

const struct err *github_pull_get(struct github *github, struct arena *arena, const struct github_repo *repo, int number, struct github_pull *out) {
    const char *path = NULL;
    json_t *body = NULL;
    TRY(repo_path(arena, repo, arena_printf(arena, "/pulls/%d", number), &path));
    TRY(get_json(github, arena, repo->installation, path, &body));
    return err_wrap(github_pull_read(arena, body, out), "%s", path);
}

static void files_read(struct arena *arena, const json_t *list, size_t most, struct github_files *out) {
    size_t n = json_array_size(list);
    *out = (struct github_files){.at = arena_array(arena, n + 1, sizeof *out->at), .truncated = n >= most};
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        if (!*jsx_str(item, "filename", "")) continue;
        out->at[out->count++] = (struct github_file){
            .path = word_at(arena, item, "filename"),
            .old_path = text_at(arena, item, "previous_filename"),
            .status = word_at(arena, item, "status"),
            .blob = word_at(arena, item, "sha"),
            .patch = text_at(arena, item, "patch"),
            .additions = (int)jsx_int(item, "additions", 0),
            .deletions = (int)jsx_int(item, "deletions", 0),
        };
    }
}

const struct err *github_pull_files(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                                    struct github_files *out) {
    json_t *list = NULL;
    TRY(list_of(github, arena, repo, "/pulls/%d/files?per_page=100", number, &list));
    files_read(arena, list, GITHUB_FILES_MAX, out);
    return NULL;
}

const struct err *github_merge_base(struct github *github, struct arena *arena, const struct github_repo *repo, const char *span, const char **out) {
    const char *path = NULL;
    json_t *body = NULL;
    TRY(repo_path(arena, repo, arena_printf(arena, "/compare/%s?per_page=1&page=1", http_escape(arena, span, false)), &path));
    TRY(get_json(github, arena, repo->installation, path, &body));
    *out = text_at(arena, body, "merge_base_commit.sha");
    return sha_valid(*out) ? NULL : err_new(ERR_RETRY, "GitHub's comparison names no merge base");
}

const struct err *github_commit_pulls(struct github *github, struct arena *arena, const struct github_repo *repo, const char *sha,
                                      struct github_numbers *out) {
    json_t *list = NULL;
    TRY(list_of(github, arena, repo, "/commits/%s/pulls?per_page=100", http_escape(arena, sha, false), &list));
    *out = (struct github_numbers){.at = arena_array(arena, json_array_size(list) + 1, sizeof *out->at)};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (strcmp(jsx_str(item, "state", ""), "open") == 0) out->at[out->count++] = (int)jsx_int(item, "number", 0);
    }
    return NULL;
}

/* ---- Contents */

const struct err *github_content(struct github *github, struct arena *arena, const struct github_repo *repo, const struct github_place *place,
                                 struct str *out) {
    const char *full = NULL, *path = place->path, *ref = place->ref;
    struct http_response answer;
    TRY(repo_path(arena, repo, arena_printf(arena, "/contents/%s?ref=%s", http_escape(arena, path, true), http_escape(arena, ref, false)), &full));
    struct github_call call = {.method = "GET", .path = full, .accept = "application/vnd.github.raw+json", .body_max = GITHUB_BLOB_MAX};
    TRY(github_fetch(github, arena, repo->installation, &call, &answer));
    *out = answer.body;
    return NULL;
}

static int path_order(const void *a, const void *b) { return strcmp(((const struct github_file *)a)->path, ((const struct github_file *)b)->path); }

const struct err *github_tree(struct github *github, struct arena *arena, const struct github_repo *repo, const char *sha, struct github_files *out) {
    const char *path = NULL;
    json_t *body = NULL;
    TRY(repo_path(arena, repo, arena_printf(arena, "/git/trees/%s?recursive=1", http_escape(arena, sha, false)), &path));
    TRY(get_json(github, arena, repo->installation, path, &body));
    const json_t *list = jsx_at(body, "tree");
    size_t n = json_array_size(list);
    *out = (struct github_files){.at = arena_array(arena, n + 1, sizeof *out->at), .truncated = jsx_bool(body, "truncated", false)};
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        const char *mode = jsx_str(item, "mode", "");
        if (strcmp(mode, "100644") != 0 && strcmp(mode, "100755") != 0) continue; /* links and submodules are not read */
        out->at[out->count++] =
            (struct github_file){.path = word_at(arena, item, "path"), .blob = word_at(arena, item, "sha"), .status = "unchanged"};
    }
    qsort(out->at, out->count, sizeof *out->at, path_order);
    return NULL;
}

/* ---- Conversation */

const struct err *github_comments(struct github *github, struct arena *arena, const struct github_repo *repo, int number,
                                  struct github_comments *out) {
    json_t *list = NULL;
    TRY(list_of(github, arena, repo, "/issues/%d/comments?per_page=100", number, &list));
    size_t n = json_array_size(list);
    *out = (struct github_comments){.at = arena_array(arena, n + 1, sizeof *out->at), .count = n};
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        out->at[i] = (struct github_comment){
            .id = jsx_int(item, "id", 0),
            .body = word_at(arena, item, "body"),
            .author = word_at(arena, item, "user.login"),
            .author_is_bot = is_bot(item, "user.type"),
            .app_id = jsx_int(item, "performed_via_github_app.id", 0),
            .created_at = word_at(arena, item, "created_at"),
            .updated_at = word_at(arena, item, "updated_at"),
        };
    }
    return NULL;
}

const struct err *github_notes(struct github *github, struct arena *arena, const struct github_repo *repo, int number, struct github_notes *out) {
    json_t *list = NULL;
    TRY(list_of(github, arena, repo, "/pulls/%d/comments?per_page=100", number, &list));
    size_t n = json_array_size(list);
    *out = (struct github_notes){.at = arena_array(arena, n + 1, sizeof *out->at), .count = n};
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        out->at[i] = (struct github_note){
            .id = jsx_int(item, "id", 0),
            .reply_to = jsx_int(item, "in_reply_to_id", 0),
            .review_id = jsx_int(item, "pull_request_review_id", 0),
            .path = word_at(arena, item, "path"),
            .line = (int)jsx_int(item, "line", 0),
            .side = word_at(arena, item, "side"),
            .commit = word_at(arena, item, "commit_id"),
            .body = word_at(arena, item, "body"),
            .author = word_at(arena, item, "user.login"),
        };
    }
    return NULL;
}

const struct err *github_reviews(struct github *github, struct arena *arena, const struct github_repo *repo, int number, struct github_reviews *out) {
    json_t *list = NULL;
    TRY(list_of(github, arena, repo, "/pulls/%d/reviews?per_page=100", number, &list));
    size_t n = json_array_size(list);
    *out = (struct github_reviews){.at = arena_array(arena, n + 1, sizeof *out->at), .count = n};
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        out->at[i] = (struct github_review){
            .id = jsx_int(item, "id", 0),
            .state = word_at(arena, item, "state"),
            .author = word_at(arena, item, "user.login"),
            .body = word_at(arena, item, "body"),
            .commit = word_at(arena, item, "commit_id"),
        };
    }
    return NULL;
}

/* ---- People */

const struct err *github_permission(struct github *github, struct arena *arena, const struct github_repo *repo, const char *login,
                                    enum github_permission *out) {
    const char *path = NULL;
    json_t *body = NULL;
    *out = GITHUB_NONE;
    TRY(repo_path(arena, repo, arena_printf(arena, "/collaborators/%s/permission", http_escape(arena, login, false)), &path));
    const struct err *e = get_json(github, arena, repo->installation, path, &body);
    if (e) return e->status == 404 ? NULL : e;
    const char *word = jsx_str(body, "permission", "none");
    if (strcmp(word, "admin") == 0) *out = GITHUB_ADMIN;
    else if (strcmp(word, "write") == 0) *out = GITHUB_WRITE;
    else if (strcmp(word, "read") == 0) *out = GITHUB_READ;
    return NULL;
}

/* "@org/slug" -> "/orgs/org/teams/slug" */
static const struct err *team_path(struct arena *arena, const char *team, const char **out) {
    if (*team == '@') team++;
    const char *slash = strchr(team, '/');
    if (!github_repo_name_valid(team)) return err_new(ERR_INPUT, "\"%.200s\" is not a team (org/team)", team);
    *out = arena_printf(arena, "/orgs/%.*s/teams/%s", (int)(slash - team), team, slash + 1);
    return NULL;
}

const struct err *github_team_has(struct github *github, struct arena *arena, const struct github_member *member, bool *out) {
    const char *path = NULL;
    json_t *body = NULL;
    *out = false;
    TRY(team_path(arena, member->team, &path));
    path = arena_printf(arena, "%s/memberships/%s", path, http_escape(arena, member->login, false));
    const struct err *e = get_json(github, arena, member->installation, path, &body);
    if (e) return e->status == 404 ? NULL : e;
    *out = strcmp(jsx_str(body, "state", ""), "active") == 0;
    return NULL;
}

/* ---- The App */

static const struct err *app_json(struct github *g, struct arena *arena, const char *path, json_t **out) {
    struct http_response answer;
    TRY(github_app_call(github_identity(g), arena, &(struct http_request){.method = "GET", .url = path}, &answer));
    return github_answer_json(arena, &answer, path, out);
}

/* One delivery attempt, newest first in GitHub's list: the first seen of a guid is the one that counts, unless any attempt worked. */
static void delivery_take(struct arena *arena, struct map *by_guid, const json_t *item) {
    const char *guid = jsx_str(item, "guid", "");
    void **slot = map_slot(by_guid, str_of(guid));
    struct github_delivery *known = *slot;
    int status = (int)jsx_int(item, "status_code", 0);
    bool worked = status >= 200 && status < 300;
    if (known) {
        if (worked) known->status_code = status;
        return;
    }
    struct github_delivery *d = *slot = arena_new(arena, struct github_delivery);
    *d = (struct github_delivery){
        .id = jsx_int(item, "id", 0),
        .guid = arena_strdup(arena, guid),
        .event = word_at(arena, item, "event"),
        .action = word_at(arena, item, "action"),
        .status = word_at(arena, item, "status"),
        .status_code = status,
        .installation = jsx_int(item, "installation_id", 0),
        .is_redelivery = jsx_bool(item, "redelivery", false),
    };
    if (!clock_parse_iso(jsx_str(item, "delivered_at", ""), &d->delivered_at)) d->delivered_at = 0;
}

static const struct err *deliveries_read(struct github *g, struct arena *arena, int64_t since, struct map *by_guid) {
    const char *path = "/app/hook/deliveries?per_page=100";
    for (int page = 0; path && page < GITHUB_PAGES_MAX; page++) {
        struct http_response answer;
        json_t *list = NULL;
        TRY(github_app_call(github_identity(g), arena, &(struct http_request){.method = "GET", .url = path}, &answer));
        TRY(github_answer_json(arena, &answer, "deliveries", &list));
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *item = json_array_get(list, i);
            int64_t when = 0;
            if (clock_parse_iso(jsx_str(item, "delivered_at", ""), &when) && when < since) return NULL;
            delivery_take(arena, by_guid, item);
        }
        path = link_header_next(arena, http_header(&answer, "link"));
    }
    return NULL;
}

const struct err *github_failed_deliveries(struct github *github, struct arena *arena, int64_t since, struct github_deliveries *out) {
    *out = (struct github_deliveries){0};
    if (github_app_is_token_mode(github_identity(github))) return NULL;
    struct map *by_guid = map_new(arena);
    TRY(deliveries_read(github, arena, since, by_guid));
    out->at = arena_array(arena, map_count(by_guid) + 1, sizeof *out->at);
    for (size_t i = 0; i < map_count(by_guid); i++) {
        const struct github_delivery *d = map_at(by_guid, i).value;
        if (d->status_code < 200 || d->status_code >= 300) out->at[out->count++] = *d;
    }
    return NULL;
}

const struct err *github_redeliver(struct github *github, struct arena *arena, int64_t id) {
    struct http_response answer;
    const char *path = arena_printf(arena, "/app/hook/deliveries/%lld/attempts", (long long)id);
    return github_app_call(github_identity(github), arena, &(struct http_request){.method = "POST", .url = path}, &answer);
}

static const struct err *installation_get(struct github *g, struct arena *arena, const char *repo, json_t **out) {
    const char *path = NULL;
    TRY(repo_path(arena, &(struct github_repo){.name = repo}, "/installation", &path));
    return app_json(g, arena, path, out);
}

const struct err *github_installation_of(struct github *github, struct arena *arena, const char *repo, int64_t *out) {
    json_t *body = NULL;
    *out = 0;
    if (github_app_is_token_mode(github_identity(github))) return NULL;
    TRY(installation_get(github, arena, repo, &body));
    *out = jsx_int(body, "id", 0);
    return NULL;
}

const struct err *github_granted(struct github *github, struct arena *arena, const char *repo, json_t **out) {
    json_t *body = NULL;
    *out = NULL;
    if (github_app_is_token_mode(github_identity(github))) return NULL;
    TRY(installation_get(github, arena, repo, &body));
    *out = body;
    return NULL;
}
