/* past.c - the review before this one, from its JSON. */
#include "past.h"

#include "jsonx.h"

static enum finding_state state_of(const char *name) {
    if (strcmp(name, "accepted") == 0) return FINDING_ACCEPTED;
    if (strcmp(name, "snoozed") == 0) return FINDING_SNOOZED;
    if (strcmp(name, "different") == 0) return FINDING_DIFFERENT;
    return FINDING_OPEN;
}

struct past *past_read(struct arena *arena, const char *json) {
    struct past *past = arena_new(arena, struct past);
    past->head_sha = "";
    json_t *root = NULL;
    if (!json || jsx_load(arena, json, strlen(json), &root)) return past;
    past->head_sha = jsx_str(root, "head_sha", "");
    VEC(struct past_finding) list = {0};
    static const char *const lists[] = {"findings", "set_aside"};
    for (size_t l = 0; l < 2; l++) {
        size_t i;
        json_t *one;
        json_array_foreach(jsx_at(root, lists[l]), i, one) {
            if (list.n >= 2 * FINDINGS_MAX) break;
            *vec_add(arena, &list) = (struct past_finding){
                .key = jsx_str(one, "key", ""),
                .label = jsx_str(one, "label", ""),
                .rule_id = jsx_str(one, "rule", ""),
                .path = jsx_str(one, "path", ""),
                .text = jsx_str(one, "text", ""),
                .owner = jsx_str(one, "owner", NULL),
                .state = state_of(jsx_str(one, "state", l ? "accepted" : "open")),
            };
        }
    }
    past->at = list.at;
    past->n = list.n;
    return past;
}
