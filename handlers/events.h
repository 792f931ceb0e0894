/* events.h - the functions behind handlers.c's table, one file per kind of event.
 * Layer: handlers. May use: handlers. */
#ifndef EVENTS_H
#define EVENTS_H

#include "handlers.h"

typedef const struct err *event_function(const struct handler_context *context, const json_t *payload);

event_function on_pull_request;        /* pull_request.c */
event_function on_pull_request_closed; /* pull_request.c */
event_function on_check_rerun;         /* pull_request.c */
event_function on_comment;             /* comment.c: issue_comment and pull_request_review_comment */
event_function on_review_thread;       /* review_thread.c */
event_function on_push;                /* push.c */
event_function on_installation;        /* push.c */
event_function on_slack_command;       /* slack_command.c */
event_function on_slack_action;        /* slack_action.c */
event_function on_pull_command;        /* pull_command.c: handed over by Slack */
event_function on_catch_up;            /* catch_up.c */
event_function on_databricks;          /* job_review.c */
event_function on_job;                 /* job_review.c */
event_function on_lineage;             /* job_review.c */
#endif
