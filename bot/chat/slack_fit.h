/* slack_fit.h - blocks within Slack's limits, those of the reference and those seen in the field.
 * Layer: chat. May use: base, slack_text. https://docs.slack.dev/reference/block-kit/blocks */
#ifndef SLACK_FIT_H
#define SLACK_FIT_H

#include "arena.h"

#include <jansson.h>

#define SLACK_BLOCKS_MAX   50
#define SLACK_TEXT_MAX     4000 /* a message's text; Slack takes 40000 and advises this */
#define SLACK_SECTION_MAX  3000
#define SLACK_FIELD_MAX    2000
#define SLACK_FIELDS_MAX   10
#define SLACK_HEADER_MAX   150
#define SLACK_CONTEXT_MAX  10 /* elements */
#define SLACK_ACTIONS_MAX  25 /* elements */
#define SLACK_BUTTON_MAX   75
#define SLACK_VALUE_MAX    2000
#define SLACK_URL_MAX      3000
#define SLACK_ID_MAX       255
#define SLACK_MARKDOWN_MAX 12000
#define SLACK_TOTAL_MAX    12000 /* of all blocks; undocumented: near 13000 msg_blocks_too_long is answered */

/* A copy of `blocks` that meets every limit: texts are cut, blocks without text and buttons whose value or address is too long (cut, they would
 * mean something else) are left out; when something was left out for want of room, a last line says so. NULL stays NULL. */
json_t *slack_fit(struct arena *arena, const json_t *blocks);
#endif
