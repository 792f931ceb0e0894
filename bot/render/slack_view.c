/* slack_view.c - Block Kit within Slack's limits (reference: slack, section 7). */
#include "escape.h"
#include "view.h"

#include <stdio.h>

#define SECTION_MAX    2900  /* Slack: 3,000 */
#define TOTAL_MAX      11000 /* observed failure near 13,000 over all blocks */
#define FINDINGS_SHOWN 12    /* two blocks each, of 50 */
#define VALUE_MAX      2000

static json_t *text_object(struct arena *arena, const char *type, const char *text, size_t max) {
    json_t *o = json_object();
    jsx_set_text(o, "type", type);
    jsx_set_text(o, "text", arena_copy(arena, text, utf8_cut(text, strlen(text), max)));
    return o;
}

static json_t *section(struct arena *arena, const char *text) {
    json_t *block = json_object();
    jsx_set_text(block, "type", "section");
    json_object_set_new(block, "text", text_object(arena, "mrkdwn", text, SECTION_MAX));
    return block;
}

static json_t *context(struct arena *arena, const char *text) {
    json_t *block = json_object(), *elements = json_array();
    jsx_set_text(block, "type", "context");
    json_array_append_new(elements, text_object(arena, "mrkdwn", text, SECTION_MAX));
    json_object_set_new(block, "elements", elements);
    return block;
}

static void button_add(struct arena *arena, json_t *elements, const char *label, const char *action, const char *value) {
    json_t *button = json_object();
    jsx_set_text(button, "type", "button");
    json_object_set_new(button, "text", text_object(arena, "plain_text", label, 75));
    jsx_set_text(button, "action_id", action);
    jsx_set_text(button, "value", value);
    json_array_append_new(elements, button);
}

static json_t *buttons(struct arena *arena, const struct review *review, const struct finding *f) {
    json_t *block = json_object(), *elements = json_array();
    const char *value = arena_printf(arena, "%s#%lld:%s", review->repo, (long long)review->number, f->key);
    jsx_set_text(block, "type", "actions");
    jsx_set_text(block, "block_id", f->key);
    if (f->relation) button_add(arena, elements, "Reuse it", "parley_reuse", value);
    button_add(arena, elements, "Different on purpose", "parley_different", value);
    button_add(arena, elements, "Let's talk", "parley_talk", value);
    json_object_set_new(block, "elements", elements);
    return block;
}

static const char *head_line(struct arena *arena, const struct review *review, const char *where) {
    struct buf b = buf_new(arena);
    buf_text(&b, "*Parley*: ");
    escape_slack(&b, str_of(view_headline(arena, review)));
    buf_char(&b, '\n');
    const char *title = review->title ? review->title : review->repo;
    if (where) buf_printf(&b, "<%s|", where);
    struct buf name = buf_new(arena);
    escape_slack(&name, str_of(review->number > 0 ? arena_printf(arena, "%s#%lld %s", review->repo, (long long)review->number, title) : title));
    for (const char *p = buf_str(&name); *p; p++) buf_char(&b, *p == '|' || *p == '\n' ? ' ' : *p);
    if (where) buf_char(&b, '>');
    if (review->author) {
        buf_text(&b, " by ");
        escape_slack(&b, str_of(review->author));
    }
    return buf_str(&b);
}

static const struct err *findings_add_blocks(struct arena *arena, const struct review *review, const struct render_options *options,
                                             bool with_buttons, json_t *blocks) {
    size_t total = 0, shown = 0;
    for (; shown < review->spoken && shown < FINDINGS_SHOWN; shown++) {
        const struct finding *f = review->findings.at[shown];
        char *text;
        json_t *view = jsx_own(arena, view_finding(arena, f, DETAIL_NO_SQL));
        TRY(view_render(arena, "slack/finding.txt", view, options->templates, escape_slack, &text));
        total += strlen(text);
        if (total > TOTAL_MAX) break;
        json_array_append_new(blocks, section(arena, text));
        if (with_buttons && strlen(review->repo) + strlen(f->key) + 32 < VALUE_MAX) json_array_append_new(blocks, buttons(arena, review, f));
    }
    if (shown < review->spoken) json_array_append_new(blocks, context(arena, arena_printf(arena, "and %zu more", review->spoken - shown)));
    return NULL;
}

const struct err *render_slack(struct arena *arena, const struct review *review, const struct render_options *options, const char *where,
                               bool buttons_wanted, json_t **out) {
    json_t *message = *out = jsx_own(arena, json_object());
    json_t *blocks = json_array();
    json_object_set_new(message, "blocks", blocks);
    json_array_append_new(blocks, section(arena, head_line(arena, review, where)));
    TRY(findings_add_blocks(arena, review, options, buttons_wanted, blocks));
    struct buf foot = buf_new(arena), text = buf_new(arena);
    escape_slack(&foot, str_of(render_summary_line(arena, review)));
    if (review->delta.known && review->delta.high > 0) buf_printf(&foot, " \xC2\xB7 %s", cost_text(arena, &review->delta));
    json_array_append_new(blocks, context(arena, buf_str(&foot)));
    buf_text(&text, "Parley: ");
    escape_slack(&text, str_of(view_headline(arena, review)));
    jsx_set_text(message, "text", buf_str(&text));
    return NULL;
}
