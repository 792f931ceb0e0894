/* model_github.h - a small GitHub in memory: keeps what is posted to one pull request, refuses what GitHub refuses, breaks when told to. */
#ifndef MODEL_GITHUB_H
#define MODEL_GITHUB_H

#include "http.h"
#include "jsonx.h"

#include <stdio.h>
#include <stdlib.h>

#define MODEL_BASE "https://api.github.com"
#define MODEL_HEAD "2222222222222222222222222222222222222222"

struct model {
    json_t *comments, *notes, *checks, *asked, *statuses, *issues, *reactions, *reviews;
    int calls, writes, next_id;
    int fail_at;      /* this call (from 1) gets no answer; 0: none */
    bool fail_after;  /* ... but was done */
    int refuse_at;    /* this call gets a 502 */
    const char *head; /* of the pull request */
    const char *bad_reviewer;
    bool no_checks;    /* 403 on check runs */
    int last_line;     /* lines 1..last_line of any file can be commented */
    const char *login; /* of who posts */
};

static void model_open(struct model *m) {
    *m = (struct model){.comments = json_array(), .notes = json_array(), .checks = json_array(), .asked = json_array(), .statuses = json_array()};
    m->issues = json_array();
    m->reactions = json_array();
    m->reviews = json_array();
    m->next_id = 100;
    m->head = MODEL_HEAD;
    m->last_line = 20;
    m->login = "parley[bot]";
}
static void model_close(struct model *m) {
    json_t *all[] = {m->comments, m->notes, m->checks, m->asked, m->statuses, m->issues, m->reactions, m->reviews};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) json_decref(all[i]);
}

/* What a person would see: no ids. */
static char *model_show(struct arena *arena, struct model *m) {
    json_t *all = jsx_own(arena, json_pack("{sOsOsOsOsOsO}", "comments", m->comments, "notes", m->notes, "checks", m->checks, "asked", m->asked,
                                           "statuses", m->statuses, "issues", m->issues));
    json_t *copy = jsx_own(arena, json_deep_copy(all)), *list, *item;
    const char *key;
    size_t i;
    json_object_foreach(copy, key, list) { json_array_foreach(list, i, item) json_object_del(item, "id"); }
    return jsx_dump(arena, copy, true);
}

static const struct err *model_answer(struct arena *arena, struct http_response *out, int status, json_t *body) {
    out->status = status;
    const char *text = body ? jsx_dump(arena, body, false) : "";
    out->body = str_of(text);
    if (body) json_decref(body);
    return NULL;
}

static const struct err *model_no(struct arena *arena, struct http_response *out, int status, const char *words) {
    return model_answer(arena, out, status, json_pack("{ss}", "message", words));
}

static json_t *model_find(json_t *list, long long id, size_t *at) {
    for (*at = 0; *at < json_array_size(list); ++*at) {
        if (jsx_int(json_array_get(list, *at), "id", 0) == id) return json_array_get(list, *at);
    }
    return NULL;
}

static json_t *model_person(struct model *m) { return json_pack("{ssss}", "login", m->login, "type", "Bot"); }

static json_t *model_add(struct model *m, json_t *list, json_t *item) {
    json_object_set_new(item, "id", json_integer(m->next_id++));
    json_array_append(list, item);
    return item;
}

/* PATCH or DELETE of one thing. */
static const struct err *model_change(struct arena *arena, json_t *list, long long id, const char *method, json_t *body, struct http_response *out) {
    size_t at;
    json_t *item = model_find(list, id, &at);
    if (!item) return model_no(arena, out, 404, "Not Found");
    if (strcmp(method, "DELETE") == 0) {
        json_array_remove(list, at);
        return model_answer(arena, out, 204, NULL);
    }
    json_object_update(item, body);
    return model_answer(arena, out, 200, json_incref(item));
}

static const struct err *model_review(struct model *m, struct arena *arena, json_t *body, struct http_response *out) {
    json_t *list = json_object_get(body, "comments"), *item;
    size_t i;
    if (!*jsx_str(body, "body", "") || strcmp(jsx_str(body, "event", ""), "COMMENT") != 0) return model_no(arena, out, 422, "Unprocessable");
    json_array_foreach(list, i, item) {
        int64_t line = jsx_int(item, "line", 0), start = jsx_int(item, "start_line", line - 1);
        if (line < 1 || line > m->last_line || start >= line)
            return model_no(arena, out, 422, "Pull request review thread line must be part of the diff");
    }
    json_array_foreach(list, i, item) {
        json_t *note = json_copy(item);
        json_object_set_new(note, "user", model_person(m));
        json_object_set(note, "commit_id", json_object_get(body, "commit_id"));
        json_decref(model_add(m, m->notes, note));
    }
    return model_answer(arena, out, 200, json_pack("{si}", "id", m->next_id++));
}

static const struct err *model_check(struct model *m, struct arena *arena, const char *method, long long id, json_t *body,
                                     struct http_response *out) {
    size_t at;
    json_t *run = NULL, *output = json_object_get(body, "output"), *notes = json_object_get(output, "annotations");
    if (m->no_checks) return model_no(arena, out, 403, "Resource not accessible by integration");
    if (json_array_size(notes) > 50 || !jsx_str(output, "title", NULL) || !jsx_str(output, "summary", NULL))
        return model_no(arena, out, 422, "Invalid request");
    if (strcmp(method, "POST") == 0) {
        run = model_add(m, m->checks, json_pack("{s{si}s[]s{si}}", "output", "annotations_count", 0, "seen", "app", "id", 9));
        json_decref(run);
    } else {
        run = model_find(m->checks, id, &at);
    }
    if (!run) return model_no(arena, out, 404, "Not Found");
    const char *key;
    json_t *value;
    json_object_foreach(body, key, value) {
        if (strcmp(key, "output") != 0) json_object_set(run, key, value);
    }
    json_t *seen = json_object_get(run, "seen");
    json_array_extend(seen, notes);
    json_object_set_new(run, "output",
                        json_pack("{sosssi}", "title", json_incref(json_object_get(output, "title")), "summary", jsx_str(output, "summary", ""),
                                  "annotations_count", (int)json_array_size(seen)));
    return model_answer(arena, out, strcmp(method, "POST") == 0 ? 201 : 200, json_incref(run));
}

static const struct err *model_ask(struct model *m, struct arena *arena, json_t *body, struct http_response *out) {
    json_t *name;
    size_t i;
    json_array_foreach(json_object_get(body, "reviewers"), i, name) {
        if (m->bad_reviewer && strcmp(json_string_value(name), m->bad_reviewer) == 0)
            return model_no(arena, out, 422, "Reviews may only be requested from collaborators");
    }
    json_array_foreach(json_object_get(body, "reviewers"), i, name) json_array_append_new(m->asked, json_pack("{sO}", "login", name));
    json_array_foreach(json_object_get(body, "team_reviewers"), i, name) json_array_append_new(m->asked, json_pack("{sO}", "slug", name));
    return model_answer(arena, out, 201, json_object());
}

static const struct err *model_get(struct model *m, struct arena *arena, const char *path, struct http_response *out) {
    if (strcmp(path, "/installation") == 0) return model_answer(arena, out, 200, json_pack("{si}", "id", 77));
    if (text_starts(path, "/app")) return model_answer(arena, out, 200, json_pack("{siss}", "id", 9, "slug", "parley"));
    if (text_starts(path, "/user")) return model_answer(arena, out, 200, json_pack("{ss}", "login", m->login));
    if (text_starts(path, "/pulls/42/requested_reviewers")) {
        json_t *users = json_array(), *teams = json_array(), *item;
        size_t i;
        json_array_foreach(m->asked, i, item) json_array_append(jsx_at(item, "login") ? users : teams, item);
        return model_answer(arena, out, 200, json_pack("{soso}", "users", users, "teams", teams));
    }
    if (text_starts(path, "/pulls/42/comments")) return model_answer(arena, out, 200, json_incref(m->notes));
    if (text_starts(path, "/pulls/42/reviews")) return model_answer(arena, out, 200, json_incref(m->reviews));
    if (text_starts(path, "/pulls/42/files"))
        return model_answer(arena, out, 200, json_pack("[{ssssss}]", "filename", "a.sql", "status", "added", "patch", "@@ -0,0 +1,3 @@\n+a\n+b\n+c"));
    if (text_starts(path, "/pulls/42"))
        return model_answer(arena, out, 200,
                            json_pack("{sisss{ss}s{ssss}s{sssss{si}}}", "number", 42, "state", "open", "user", "login", "ana", "head", "sha", m->head,
                                      "ref", "f", "base", "sha", "3333333333333333333333333333333333333333", "ref", "main", "repo", "id", 5));
    if (text_starts(path, "/issues/42/comments")) return model_answer(arena, out, 200, json_incref(m->comments));
    if (text_starts(path, "/issues?")) return model_answer(arena, out, 200, json_incref(m->issues));
    if (strstr(path, "/check-runs"))
        return m->no_checks ? model_no(arena, out, 403, "Resource not accessible")
                            : model_answer(arena, out, 200, json_pack("{sO}", "check_runs", m->checks));
    if (strstr(path, "/statuses")) return model_answer(arena, out, 200, json_incref(m->statuses));
    return model_no(arena, out, 404, path);
}

static const struct err *model_write(struct model *m, struct arena *arena, const char *method, const char *path, json_t *body,
                                     struct http_response *out) {
    long long id = 0;
    if (strcmp(path, "/issues/42/comments") == 0 || strcmp(path, "/pulls/42/comments") == 0) {
        json_object_set_new(body, "user", model_person(m));
        if (jsx_int(body, "in_reply_to", 0)) json_object_set(body, "in_reply_to_id", json_object_get(body, "in_reply_to"));
        return model_answer(arena, out, 201, model_add(m, text_starts(path, "/pulls") ? m->notes : m->comments, json_incref(body)));
    }
    if (strstr(path, "/reactions")) {
        json_array_append(m->reactions, body);
        return model_answer(arena, out, 201, json_object());
    }
    if (sscanf(path, "/issues/comments/%lld", &id) == 1) return model_change(arena, m->comments, id, method, body, out);
    if (sscanf(path, "/pulls/comments/%lld", &id) == 1) return model_change(arena, m->notes, id, method, body, out);
    if (strcmp(path, "/pulls/42/reviews") == 0) return model_review(m, arena, body, out);
    if (strcmp(path, "/pulls/42/requested_reviewers") == 0) return model_ask(m, arena, body, out);
    if (text_starts(path, "/check-runs")) return model_check(m, arena, method, sscanf(path, "/check-runs/%lld", &id) == 1 ? id : 0, body, out);
    if (text_starts(path, "/statuses/")) {
        json_array_insert(m->statuses, 0, body);
        return model_answer(arena, out, 201, json_object());
    }
    if (strcmp(path, "/issues") == 0) {
        json_object_set_new(body, "user", model_person(m));
        json_object_set_new(body, "state", json_string("open"));
        json_object_set_new(body, "number", json_integer(m->next_id));
        return model_answer(arena, out, 201, model_add(m, m->issues, json_incref(body)));
    }
    if (sscanf(path, "/issues/%lld", &id) == 1) return model_change(arena, m->issues, id, method, body, out);
    return model_no(arena, out, 404, path);
}

static const struct err *model_send(void *ctx, struct arena *arena, const struct http_request *request, struct http_response *out) {
    struct model *m = ctx;
    const char *path = request->url + strlen(MODEL_BASE);
    if (text_starts(path, "/repos/acme/dw")) path += strlen("/repos/acme/dw");
    bool write = strcmp(request->method, "GET") != 0;
    if (text_starts(path, "/app/installations/")) {
        static const char token[] = "{\"token\":\"ghs_x\",\"expires_at\":\"2099-01-01T00:00:00Z\",\"permissions\":{}}";
        *out = (struct http_response){.status = 201, .body = {token, sizeof token - 1}};
        return NULL;
    }
    m->calls++;
    m->writes += write;
    bool fails = m->fail_at == m->calls;
    if (fails && !m->fail_after) return err_new(ERR_RETRY, "the line was cut before");
    if (m->refuse_at == m->calls) return model_no(arena, out, 502, "Bad Gateway");
    json_t *body = NULL;
    if (request->body.n && jsx_load(arena, request->body.p, request->body.n, &body)) abort();
    const struct err *e = write ? model_write(m, arena, request->method, path, body, out) : model_get(m, arena, path, out);
    return fails ? err_new(ERR_RETRY, "the line was cut after") : e;
}

#endif
