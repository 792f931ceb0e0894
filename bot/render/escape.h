/* escape.h - how text from outside enters each kind of output. One function per output; every template uses exactly one.
 * Layer: render. May use: base. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include "text.h"

/* GitHub-flavoured markdown: punctuation that has meaning gets a backslash, < > & become entities, line breaks become spaces,
 * and an @ that would mention somebody is followed by a zero-width space. */
void escape_markdown(struct buf *out, struct str text);
/* Inside a `code span`: no backtick can end it, no line break, no pipe (which would end a table cell). */
void escape_code_span(struct buf *out, struct str text);
/* Slack mrkdwn: & < > as entities (https://docs.slack.dev/messaging/formatting-message-text), which also disarms mentions. */
void escape_slack(struct buf *out, struct str text);
/* A terminal: control characters except newline and tab become '?'. */
void escape_terminal(struct buf *out, struct str text);
/* HTML text and attribute values. */
void escape_html(struct buf *out, struct str text);
/* A fenced code block around `text` whose fence is longer than any run of backticks in it. */
void fence_add(struct buf *out, const char *language, struct str text);
#endif
