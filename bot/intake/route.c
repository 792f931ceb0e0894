/* route.c - the table. */
#include "route.h"

#include "queue.h"

#include <stddef.h>

#define AT(field) offsetof(struct settings, field)
#define QUEUED    "{\"status\":\"queued\"}"
/* Slack wants 200 within 3 s and shows this to the caller alone (https://docs.slack.dev/interactivity/implementing-slash-commands). */
#define ON_IT "{\"response_type\":\"ephemeral\",\"text\":\"On it. The answer will appear here.\"}"

const struct route routes[] = {
    {"/webhooks/github", SENDER_GITHUB, NULL, ROUTE_GITHUB, ROUTE_JSON, AT(github.webhook), "PARLEY_GITHUB_WEBHOOK_SECRET", 202, QUEUED},
    {"/webhooks/slack/command", SENDER_SLACK_COMMAND, "command", ROUTE_SLACK, ROUTE_FORM, AT(slack.signing), "PARLEY_SLACK_SIGNING_SECRET", 200,
     ON_IT},
    {"/webhooks/slack/action", SENDER_SLACK_ACTION, "action", ROUTE_SLACK, ROUTE_FORM, AT(slack.signing), "PARLEY_SLACK_SIGNING_SECRET", 200, ""},
    {"/webhooks/databricks", SENDER_DATABRICKS, "event", ROUTE_BEARER, ROUTE_JSON, AT(databricks.secret), "PARLEY_DATABRICKS_SECRET", 202, QUEUED},
    {"/webhooks/jobs", SENDER_JOBS, "event", ROUTE_BEARER, ROUTE_JSON, AT(jobs.secret), "PARLEY_JOBS_SECRET", 202, QUEUED},
    {"/api/v1/lineage", SENDER_LINEAGE, "event", ROUTE_BEARER, ROUTE_JSON, AT(lineage.secret), "PARLEY_LINEAGE_SECRET", 200, QUEUED},
    {"/api/v1/lineage/batch", SENDER_LINEAGE, "batch", ROUTE_BEARER, ROUTE_JSON, AT(lineage.secret), "PARLEY_LINEAGE_SECRET", 204, ""},
    {0},
};

const struct route *route_find(const char *path) {
    for (const struct route *r = routes; r->path; r++) {
        if (strcmp(r->path, path) == 0) return r;
    }
    return NULL;
}

const struct secret *route_secret(const struct route *route, const struct settings *settings) {
    return (const struct secret *)((const char *)settings + route->secret);
}
