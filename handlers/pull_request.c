/* pull_request.c - a pull request was opened, pushed to, made ready, retargeted, or closed. */
#include "events.h"
#include "payload.h"
#include "pull_review.h"

static bool is_action(const json_t *payload, const char *action) { return strcmp(jsx_str(payload, "action", ""), action) == 0; }

/* May this event make Parley speak first? `when:` of .parley.yml says; what was said before is kept true in any case. */
static bool may_speak(const struct pull_review *p, const json_t *payload) {
    unsigned when = p->settings->when;
    if (p->is_paused || p->pull.is_draft) return false;
    if (is_action(payload, "synchronize")) return (when & WHEN_PUSH) != 0 || p->past->n > 0;
    if (is_action(payload, "ready_for_review")) return (when & WHEN_READY) != 0;
    return (when & WHEN_OPENED) != 0;
}

const struct err *on_pull_request(const struct handler_context *context, const json_t *payload) {
    if (is_action(payload, "edited") && !jsx_at(payload, "changes.base")) return delivery_ignore(context, "edited, but not its base");
    struct pull_review p;
    const char *repo = jsx_str(payload, "repository.full_name", "");
    TRY(pull_review_load(context, repo, (int)jsx_int(payload, "number", 0), &p));
    if (strcmp(p.pull.state, "open") != 0) return delivery_ignore(context, "not open any more");
    p.may_speak_first = may_speak(&p, payload);
    TRY(pull_review_run(&p));
    return pull_review_commit(&p);
}

const struct err *on_pull_request_closed(const struct handler_context *context, const json_t *payload) {
    const char *repo = jsx_str(payload, "repository.full_name", "");
    if (!payload_repo_valid(repo)) return err_new(ERR_INPUT, "not a repository name");
    struct catalog *catalog = catalog_of(context->arena, context->store);
    TRY(catalog_drop_scope(catalog, repo, arena_printf(context->arena, "pr:%lld", (long long)jsx_int(payload, "number", 0))));
    return queue_settle(context->store, context->delivery, NULL);
}

/* "Re-run" on our check: the same review again, speaking as if asked. */
const struct err *on_check_rerun(const struct handler_context *context, const json_t *payload) {
    const char *repo = jsx_str(payload, "repository.full_name", "");
    int64_t app, number = jsx_int(payload, "check_run.pull_requests.0.number", 0);
    if (!context->github) return err_new(ERR_CONFIG, "GitHub is not set up");
    TRY(github_app_number(github_identity(context->github), context->arena, &app));
    if (app == 0 || jsx_int(payload, "check_run.app.id", -1) != app) return delivery_ignore(context, "another app's check");
    struct github_repo where = {repo, context->delivery->installation};
    struct github_numbers pulls = {0};
    if (number == 0) TRY(github_commit_pulls(context->github, context->arena, &where, jsx_str(payload, "check_run.head_sha", ""), &pulls));
    if (number == 0 && pulls.count == 0) return delivery_ignore(context, "no open pull request has this commit");
    struct pull_review p;
    TRY(pull_review_load(context, repo, number ? (int)number : pulls.at[0], &p));
    TRY(pull_review_run(&p));
    return pull_review_commit(&p);
}
