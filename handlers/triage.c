/* triage.c - the first look at a payload: what it is about, and whether anybody needs to act. */
#include "handlers.h"
#include "payload.h"

static const char *repo_of(const json_t *payload) {
    const char *repo = jsx_str(payload, "repository.full_name", NULL);
    return payload_repo_valid(repo) ? repo : NULL;
}

static bool sender_is_bot(const json_t *payload) {
    return strcmp(jsx_str(payload, "sender.type", ""), "Bot") == 0 || strcmp(jsx_str(payload, "comment.user.type", ""), "Bot") == 0;
}

/* Number of the pull request an event is about, 0 when it is about none. */
static int64_t pull_number(const json_t *payload) {
    int64_t n = jsx_int(payload, "pull_request.number", 0);
    if (n == 0 && jsx_at(payload, "issue.pull_request")) n = jsx_int(payload, "issue.number", 0);
    if (n == 0) n = jsx_int(payload, "check_run.pull_requests.0.number", 0);
    return n;
}

static const char *ignored_reason(const struct delivery *in, const json_t *payload) {
    const char *action = jsx_str(payload, "action", "");
    for (const struct handler *h = handlers; h->sender; h++) {
        if (strcmp(h->sender, in->sender) != 0 || strcmp(h->event, in->event) != 0) continue;
        if (!h->action || strcmp(h->action, action) == 0) return NULL;
    }
    return "no handler for this event";
}

static const struct err *github_triage(struct arena *arena, const struct delivery *in, const json_t *payload, struct triage *out) {
    bool is_comment = strstr(in->event, "comment") != NULL;
    if (is_comment && sender_is_bot(payload)) out->ignored = "written by a bot";
    const char *repo = repo_of(payload);
    int64_t number = pull_number(payload);
    out->installation = jsx_int(payload, "installation.id", 0);
    out->lane = arena_printf(arena, "github:%lld", (long long)out->installation);
    if (!repo && !text_starts(in->event, "installation")) {
        out->ignored = "names no repository";
        return NULL;
    }
    if (is_comment && number == 0) out->ignored = "a comment on an issue";
    if (number > 0) out->subject = arena_printf(arena, "github:%s#%lld", repo, (long long)number);
    else if (repo) out->subject = arena_printf(arena, "github:%s", repo);
    if (strcmp(in->event, "pull_request") == 0) {
        bool is_closed = strcmp(jsx_str(payload, "action", ""), "closed") == 0;
        out->kind = is_closed ? NULL : "pull_request"; /* a newer push replaces an older one; a close is never skipped */
    }
    if (strcmp(in->event, "push") == 0) out->kind = "push";
    return NULL;
}

const struct err *handlers_triage(struct arena *arena, const struct delivery *in, struct triage *out) {
    *out = (struct triage){0};
    json_t *payload;
    TRY(payload_read(arena, in, &payload));
    out->ignored = ignored_reason(in, payload);
    if (out->ignored) return NULL;
    if (strcmp(in->sender, SENDER_GITHUB) == 0) return github_triage(arena, in, payload, out);
    out->lane = in->sender;
    if (strcmp(in->event, "pull_command") != 0) return NULL;
    out->installation = jsx_int(payload, "installation", 0);
    out->lane = arena_printf(arena, "github:%lld", (long long)out->installation);
    out->subject = arena_printf(arena, "github:%s#%lld", jsx_str(payload, "repo", ""), (long long)jsx_int(payload, "number", 0));
    return NULL;
}
