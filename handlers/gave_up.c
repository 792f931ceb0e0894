/* gave_up.c - what is said when a delivery was given up: a silent failure would look like a clean review. */
#include "clock.h"
#include "handlers.h"
#include "outbox.h"
#include "payload.h"

#include <string.h>

#define TITLE "not reviewed"
#define SORRY                                                                                                                                        \
    "Parley could not review this change: it met a fault of its own or a limit. Nothing is said about the change by this. The operator finds it as " \
    "delivery %lld in `parley queue`."

static const struct err *item_put(struct store *store, struct arena *arena, struct outbox_item *item, json_t *payload) {
    item->valid_at = clock_now();
    json_object_set_new(payload, "valid_at", json_integer(item->valid_at));
    item->payload = jsx_dump(arena, payload, false);
    return outbox_put(store, item, NULL);
}

/* A check that is neither green nor red. The comment and the notes stay as they are: they are about an earlier state and say so. */
static const struct err *pull_tell(struct store *store, struct arena *arena, const struct delivery *d, const json_t *in) {
    const char *repo = jsx_str(in, "repository.full_name", NULL);
    int64_t number = jsx_int(in, "pull_request.number", jsx_int(in, "check_run.pull_requests.0.number", 0));
    const char *head = jsx_str(in, "pull_request.head.sha", jsx_str(in, "check_run.head_sha", NULL));
    if (!payload_repo_valid(repo) || number <= 0 || !head) return NULL;
    json_t *payload = jsx_own(arena, json_object()), *check = json_object();
    jsx_set_text(payload, "repo", repo);
    json_object_set_new(payload, "number", json_integer(number));
    json_object_set_new(payload, "installation", json_integer(d->installation));
    jsx_set_text(payload, "head_sha", head);
    jsx_set_text(payload, "base_sha", jsx_str(in, "pull_request.base.sha", ""));
    json_object_set_new(payload, "comment", json_null());
    json_object_set_new(payload, "check", check);
    jsx_set_text(check, "name", "parley");
    jsx_set_text(check, "conclusion", "neutral");
    jsx_set_text(check, "title", TITLE);
    jsx_set_text(check, "summary", arena_printf(arena, SORRY, (long long)d->id));
    struct outbox_item item = {.kind = "github.pull_request", .lane = arena_printf(arena, "github:%lld", (long long)d->installation)};
    item.subject = arena_printf(arena, "%s#%lld", repo, (long long)number);
    return item_put(store, arena, &item, payload);
}

/* Only to those who asked something of us. */
static const struct err *comment_tell(struct store *store, struct arena *arena, const struct delivery *d, const json_t *in) {
    const char *repo = jsx_str(in, "repository.full_name", NULL);
    int64_t number = jsx_int(in, "issue.number", jsx_int(in, "pull_request.number", 0));
    if (!strstr(jsx_str(in, "comment.body", ""), "/review-pipeline") || !payload_repo_valid(repo) || number <= 0) return NULL;
    json_t *payload = jsx_own(arena, json_object());
    jsx_set_text(payload, "repo", repo);
    json_object_set_new(payload, "number", json_integer(number));
    json_object_set_new(payload, "installation", json_integer(d->installation));
    jsx_set_text(payload, "body", arena_printf(arena, SORRY, (long long)d->id));
    jsx_set_text(payload, "marker", arena_printf(arena, "gave-up-%lld", (long long)d->id));
    struct outbox_item item = {.kind = "github.reply", .lane = arena_printf(arena, "github:%lld", (long long)d->installation)};
    item.subject = arena_printf(arena, "%s#%lld:gave-up:%lld", repo, (long long)number, (long long)d->id);
    return item_put(store, arena, &item, payload);
}

static const struct err *slack_tell(struct store *store, struct arena *arena, const struct delivery *d, const json_t *in) {
    const char *url = jsx_str(in, "response_url", NULL);
    if (!url) return NULL;
    json_t *payload = jsx_own(arena, json_object());
    jsx_set_text(payload, "response_url", url);
    jsx_set_text(payload, "text",
                 arena_printf(arena, "That did not work: Parley met a fault of its own or a limit. The operator finds it as delivery %lld.",
                              (long long)d->id));
    struct outbox_item item = {.kind = "slack.response", .lane = "slack", .subject = arena_printf(arena, "gave-up:%lld", (long long)d->id)};
    return item_put(store, arena, &item, payload);
}

const struct err *handlers_gave_up(void *ctx, struct store *store, struct arena *arena, const struct delivery *d) {
    json_t *in;
    TRY(payload_read(arena, d, &in));
    if (strcmp(d->sender, SENDER_SLACK_COMMAND) == 0 || strcmp(d->sender, SENDER_SLACK_ACTION) == 0) return slack_tell(store, arena, d, in);
    if (strcmp(d->sender, SENDER_GITHUB) != 0) return NULL;
    if (strcmp(d->event, "pull_request") == 0 && strcmp(jsx_str(in, "action", ""), "closed") == 0) return NULL;
    if (strcmp(d->event, "pull_request") == 0 || strcmp(d->event, "check_run") == 0) return pull_tell(store, arena, d, in);
    return strstr(d->event, "comment") ? comment_tell(store, arena, d, in) : NULL;
}
