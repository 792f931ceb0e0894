/* handlers.c - THE table: what happens when. A newcomer starts here. */
#include "events.h"
#include "installation.h"
#include "payload.h"

const struct handler handlers[] = {
    {SENDER_GITHUB, "pull_request", "opened", on_pull_request, "review the change"},
    {SENDER_GITHUB, "pull_request", "reopened", on_pull_request, "review the change"},
    {SENDER_GITHUB, "pull_request", "ready_for_review", on_pull_request, "review the change, now that it is no draft"},
    {SENDER_GITHUB, "pull_request", "synchronize", on_pull_request, "review the new state; edit what was said"},
    {SENDER_GITHUB, "pull_request", "edited", on_pull_request, "review again when the target branch changed"},
    {SENDER_GITHUB, "pull_request", "closed", on_pull_request_closed, "forget what it would have added"},
    {SENDER_GITHUB, "issue_comment", "created", on_comment, "/review-pipeline in the conversation"},
    {SENDER_GITHUB, "pull_request_review_comment", "created", on_comment, "/review-pipeline on a line"},
    {SENDER_GITHUB, "pull_request_review_thread", "resolved", on_review_thread, "our note was dealt with: count it as useful"},
    {SENDER_GITHUB, "pull_request_review_thread", "unresolved", on_review_thread, "take that back"},
    {SENDER_GITHUB, "check_run", "rerequested", on_check_rerun, "review again"},
    {SENDER_GITHUB, "push", NULL, on_push, "bring the catalog up to the default branch"},
    {SENDER_GITHUB, "installation", NULL, on_installation, "note who is connected"},
    {SENDER_GITHUB, "installation_repositories", NULL, on_installation, "note who is connected"},
    {SENDER_SLACK_COMMAND, "command", NULL, on_slack_command, "/review-pipeline in Slack"},
    {SENDER_SLACK_ACTION, "action", NULL, on_slack_action, "buttons: reuse it, different on purpose, let's talk"},
    {SENDER_CLI, "pull_command", NULL, on_pull_command, "what Slack asked of a pull request, in its turn"},
    {SENDER_TIMER, "catch_up", NULL, on_catch_up, "ask for deliveries that were missed; look again at pull requests that moved unseen"},
    {SENDER_DATABRICKS, "event", NULL, on_databricks, "a job as the Jobs API gives it, or a notice about one"},
    {SENDER_JOBS, "event", NULL, on_job, "a job in Parley's own JSON"},
    {SENDER_LINEAGE, "event", NULL, on_lineage, "OpenLineage: a job's SQL, inputs, outputs, statistics"},
    {SENDER_LINEAGE, "batch", NULL, on_lineage, "the same, many at once"},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct err *handlers_run(const struct handler_context *context) {
    const struct delivery *in = context->delivery;
    json_t *payload;
    TRY(payload_read(context->arena, in, &payload));
    const char *action = jsx_str(payload, "action", "");
    TRY(installation_remember(context, payload));
    for (const struct handler *h = handlers; h->sender; h++) {
        bool matches = strcmp(h->sender, in->sender) == 0 && strcmp(h->event, in->event) == 0 && (!h->action || strcmp(h->action, action) == 0);
        if (matches) return err_wrap(h->run(context, payload), "%s %s", in->sender, in->event);
    }
    return queue_settle(context->store, in, "no handler for this event");
}
