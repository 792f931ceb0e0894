/* slack_fit.c - copies block by block, counting what is left of the message. */
#include "slack_fit.h"

#include "jsonx.h"
#include "slack_text.h"

#define NOTE_ROOM 200
#define SCAN_MAX  1000 /* blocks looked at */

struct fitting {
    struct arena *arena;
    size_t left; /* characters, as bytes */
    bool short_of_room;
};

/* A text object within `max` and within what is left; NULL when there is no text, or no room for it. A new reference. */
static json_t *text_fit(struct fitting *f, const json_t *in, size_t max) {
    const char *text = jsx_str(in, "text", "");
    if (!*text) return NULL;
    if (max > f->left) max = f->left;
    if (strlen(text) > max) f->short_of_room = true;
    if (max < 20 && strlen(text) > max) return NULL;
    const char *cut = slack_cut(f->arena, text, max);
    f->left -= strlen(cut);
    json_t *out = json_copy((json_t *)in);
    json_object_set_new(out, "text", json_string(cut));
    return out;
}

static bool fits(const json_t *object, const char *key, size_t max) { return strlen(jsx_str(object, key, "")) <= max; }

/* A button or other element of an actions block; NULL when it cannot be kept whole. */
static json_t *element_fit(struct fitting *f, const json_t *in) {
    if (!fits(in, "value", SLACK_VALUE_MAX) || !fits(in, "url", SLACK_URL_MAX) || !fits(in, "action_id", SLACK_ID_MAX)) return NULL;
    json_t *out = json_copy((json_t *)in), *label = jsx_at(in, "text");
    if (!json_is_object(label)) return out;
    json_t *text = text_fit(f, label, SLACK_BUTTON_MAX);
    if (text) {
        json_object_set_new(out, "text", text);
        return out;
    }
    json_decref(out);
    return NULL;
}

static json_t *section_fit(struct fitting *f, const json_t *in) {
    json_t *out = json_copy((json_t *)in), *text = text_fit(f, jsx_at(in, "text"), SLACK_SECTION_MAX);
    const json_t *fields = jsx_at(in, "fields"), *accessory = jsx_at(in, "accessory");
    json_object_del(out, "text");
    json_object_del(out, "fields");
    json_object_del(out, "accessory");
    if (text) json_object_set_new(out, "text", text);
    json_t *kept = json_array();
    for (size_t i = 0; i < json_array_size(fields) && i < SLACK_FIELDS_MAX; i++) {
        json_t *field = text_fit(f, json_array_get(fields, i), SLACK_FIELD_MAX);
        if (field) json_array_append_new(kept, field);
    }
    if (json_array_size(kept)) json_object_set(out, "fields", kept);
    json_decref(kept);
    json_t *beside = accessory ? element_fit(f, accessory) : NULL;
    if (beside) json_object_set_new(out, "accessory", beside);
    if (jsx_at(out, "text") || jsx_at(out, "fields")) return out;
    json_decref(out);
    return NULL;
}

static json_t *elements_fit(struct fitting *f, const json_t *in, size_t most, bool is_context) {
    const json_t *elements = jsx_at(in, "elements");
    json_t *kept = json_array();
    for (size_t i = 0; i < json_array_size(elements) && i < most; i++) {
        const json_t *element = json_array_get(elements, i);
        bool is_text = is_context && strcmp(jsx_str(element, "type", ""), "image") != 0;
        json_t *fit = is_text ? text_fit(f, element, SLACK_FIELD_MAX) : element_fit(f, element);
        if (fit) json_array_append_new(kept, fit);
    }
    if (json_array_size(elements) > most) f->short_of_room = true;
    json_t *out = NULL;
    if (json_array_size(kept)) {
        out = json_copy((json_t *)in);
        json_object_set(out, "elements", kept);
    }
    json_decref(kept);
    return out;
}

static json_t *header_fit(struct fitting *f, const json_t *in, size_t most) {
    json_t *text = text_fit(f, jsx_at(in, "text"), most);
    if (!text) return NULL;
    json_t *out = json_copy((json_t *)in);
    json_object_set_new(out, "text", text);
    return out;
}

/* A markdown block carries its text as a plain string. */
static json_t *markdown_fit(struct fitting *f, const json_t *in) { return text_fit(f, in, SLACK_MARKDOWN_MAX); }

static json_t *block_fit(struct fitting *f, const json_t *in) {
    const char *type = jsx_str(in, "type", "");
    if (!fits(in, "block_id", SLACK_ID_MAX)) return NULL;
    if (strcmp(type, "section") == 0) return section_fit(f, in);
    if (strcmp(type, "header") == 0) return header_fit(f, in, SLACK_HEADER_MAX);
    if (strcmp(type, "context") == 0) return elements_fit(f, in, SLACK_CONTEXT_MAX, true);
    if (strcmp(type, "actions") == 0) return elements_fit(f, in, SLACK_ACTIONS_MAX, false);
    if (strcmp(type, "markdown") == 0) return markdown_fit(f, in);
    if (strcmp(type, "image") == 0 && (!fits(in, "image_url", SLACK_URL_MAX) || !fits(in, "alt_text", 2000))) return NULL;
    return json_copy((json_t *)in);
}

json_t *slack_fit(struct arena *arena, const json_t *blocks) {
    if (!json_is_array(blocks)) return NULL;
    struct fitting f = {.arena = arena, .left = SLACK_TOTAL_MAX - NOTE_ROOM};
    json_t *out = jsx_own(arena, json_array());
    size_t n = json_array_size(blocks);
    for (size_t i = 0; i < n && i < SCAN_MAX; i++) {
        bool is_last_place = json_array_size(out) + 1 == SLACK_BLOCKS_MAX;
        if (is_last_place && (i + 1 < n || f.short_of_room)) {
            f.short_of_room = true;
            break;
        }
        json_t *block = block_fit(&f, json_array_get(blocks, i));
        if (block) json_array_append_new(out, block);
    }
    if (f.short_of_room && json_array_size(out) < SLACK_BLOCKS_MAX)
        json_array_append_new(
            out, json_pack("{sss[{ssss}]}", "type", "context", "elements", "type", "mrkdwn", "text", "_Shortened to what Slack takes._"));
    return out;
}
