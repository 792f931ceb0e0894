/* review_thread.c - somebody resolved the thread under one of our notes: what it said was dealt with, so it was worth saying. */
#include "events.h"
#include "feedback.h"
#include "github_marker.h"
#include "past.h"
#include "payload.h"
#include "pull_review.h"
#include "record.h"

/* The key of the finding that our note at the thread's head is about; NULL: it is not our note. */
static const char *note_key(const struct handler_context *context, const json_t *payload) {
    struct marker marker;
    const char *by = jsx_str(payload, "thread.comments.0.user.login", "");
    if (!context->bot_login || strcmp(by, context->bot_login) != 0) return NULL; /* a marker alone proves nothing */
    if (!marker_get(context->arena, jsx_str(payload, "thread.comments.0.body", ""), &marker)) return NULL;
    return strcmp(marker.kind, "note") == 0 && *marker.key ? marker.key : NULL;
}

/* The rule that spoke, by the last review of the pull request; NULL: the finding is in it no more. */
static const struct err *rule_of(const struct handler_context *context, const char *repo, int64_t number, const char *key, const char **out) {
    struct review_record *last;
    *out = NULL;
    TRY(review_record_last(context->store, context->arena, arena_printf(context->arena, "%s#%lld", repo, (long long)number), &last));
    const struct past *past = past_read(context->arena, last ? last->body : NULL);
    for (size_t i = 0; i < past->n; i++) {
        if (strcmp(past->at[i].key, key) == 0 && rule_find(past->at[i].rule_id) != RULE_COUNT) *out = past->at[i].rule_id;
    }
    return NULL;
}

const struct err *on_review_thread(const struct handler_context *context, const json_t *payload) {
    const char *repo = jsx_str(payload, "repository.full_name", ""), *by = jsx_str(payload, "sender.login", NULL), *key, *rule;
    bool resolved = strcmp(jsx_str(payload, "action", ""), "resolved") == 0;
    if (!payload_repo_valid(repo) || !by) return err_new(ERR_INPUT, "names no repository or nobody");
    key = note_key(context, payload);
    if (!key) return delivery_ignore(context, "not under a note of ours");
    if (context->bot_login && strcmp(by, context->bot_login) == 0) return delivery_ignore(context, "resolved by ourselves");
    TRY(rule_of(context, repo, jsx_int(payload, "pull_request.number", 0), key, &rule));
    if (!rule) return delivery_ignore(context, "its finding is gone");
    struct feedback seen = {.repo = repo, .key = key, .rule = rule, .useful = true, .source = "resolved", .by = by, .made = context->now};
    TRY(store_begin(context->store));
    const struct err *failed = resolved ? feedback_see(context->store, &seen) : feedback_unsee(context->store, repo, key, seen.source);
    if (!failed) failed = queue_settle(context->store, context->delivery, NULL);
    if (failed) return store_rollback(context->store), failed;
    return store_commit(context->store);
}
