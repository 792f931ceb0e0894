/* wanted.c - builds the payloads that forge and chat reconcile (their headers say the shapes). */
#include "wanted.h"

#include "hash.h"
#include "outbox.h"
#include "render.h"

#include <stdio.h>

#define SUMMARY_MARKER "<!-- parley:summary -->"

static const struct err *item_put(const struct handler_context *context, const char *kind, const char *lane, const char *subject,
                                  const json_t *payload) {
    struct outbox_item item = {
        .kind = kind, .lane = lane, .subject = subject, .valid_at = context->now, .payload = jsx_dump(context->arena, payload, false)};
    return outbox_put(context->store, &item, NULL);
}

static const char *github_lane(struct arena *arena, int64_t installation) { return arena_printf(arena, "github:%lld", (long long)installation); }

static bool wants_comment(const struct wanted *w) {
    const struct review *r = w->review;
    return r->spoken > 0 || (r->settings_problems && r->settings_problems->n > 0) || w->answer;
}

static struct render_options options_of(const struct wanted *w) {
    return (struct render_options){
        .templates = w->context->settings->templates, .bot = w->context->bot_login, .answer = w->answer, .is_paused = w->is_paused};
}

static const struct clone_file *file_of(const struct clone_change *change, const char *path) {
    for (size_t i = 0; change && i < change->count; i++) {
        if (strcmp(change->files[i].path, path) == 0) return &change->files[i];
    }
    return NULL;
}

/* Moves a note to a line that takes one; false when the change has none there. */
static bool note_place(const struct clone_change *change, json_t *note) {
    const struct clone_file *file = file_of(change, jsx_str(note, "path", ""));
    if (!file || !file->after.present) return false;
    int line = (int)jsx_int(note, "line", 0), start = (int)jsx_int(note, "start_line", 0);
    if (start && !diff_lines_span(&file->lines, start, line)) return false;
    if (diff_lines_new(&file->lines, line)) return true;
    return false;
}

static const struct err *inline_notes(const struct wanted *w, const struct render_options *options, json_t **out) {
    json_t *all;
    struct arena *arena = w->context->arena;
    TRY(render_inline(arena, w->review, options, &all));
    *out = json_array();
    size_t most = (size_t)w->review->settings->max_inline;
    for (size_t i = 0; i < json_array_size(all) && json_array_size(*out) < most; i++) {
        json_t *note = json_array_get(all, i);
        if (note_place(w->change, note)) json_array_append(*out, note);
    }
    return NULL;
}

static json_t *names_of(const struct text_list *list) {
    json_t *out = json_array();
    for (size_t i = 0; i < list->n; i++) json_array_append_new(out, json_string(list->at[i]));
    return out;
}

/* Reviewers are asked only when something is worth a person's time. */
static json_t *reviewers_of(const struct wanted *w) {
    bool worth = false;
    for (size_t i = 0; i < w->review->findings.n; i++) worth = worth || w->review->findings.at[i]->severity >= SEV_WARNING;
    struct text_list none = {0};
    bool ask = worth && w->may_speak_first;
    json_t *o = json_object();
    json_object_set_new(o, "users", names_of(ask ? &w->review->reviewer_users : &none));
    json_object_set_new(o, "teams", names_of(ask ? &w->review->reviewer_teams : &none));
    return o;
}

static const struct err *comment_put(const struct wanted *w, const struct render_options *options, bool exists, json_t *payload) {
    struct arena *arena = w->context->arena;
    char *body;
    if (wants_comment(w) && (exists || w->may_speak_first)) {
        TRY(render_comment(arena, w->review, options, &body));
        json_t *comment = json_object();
        jsx_set_text(comment, "marker", SUMMARY_MARKER);
        jsx_set_text(comment, "body", body);
        json_object_set_new(payload, "comment", comment);
        return NULL;
    }
    TRY(render_cleared(arena, w->review, options, &body));
    json_object_set_new(payload, "comment", json_null());
    jsx_set_text(payload, "clear_body", body);
    return NULL;
}

const struct err *wanted_pull(const struct wanted *w) {
    const struct handler_context *context = w->context;
    struct arena *arena = context->arena;
    const struct review *r = w->review;
    struct render_options options = options_of(w);
    const char *subject = arena_printf(arena, "%s#%lld", r->repo, (long long)r->number), *before;
    TRY(outbox_outside(context->store, arena, "github.pull_request", subject, &before));
    json_t *payload = jsx_own(arena, json_object()), *check, *notes = NULL;
    jsx_set_text(payload, "repo", r->repo);
    json_object_set_new(payload, "number", json_integer(r->number));
    json_object_set_new(payload, "installation", json_integer(w->installation));
    jsx_set_text(payload, "head_sha", r->head_sha);
    jsx_set_text(payload, "base_sha", r->base_sha);
    json_object_set_new(payload, "valid_at", json_integer(context->now));
    TRY(comment_put(w, &options, before && strstr(before, "\"comment\""), payload));
    TRY(render_check_run(arena, r, &options, &check));
    json_object_set(payload, "check", check);
    TRY(inline_notes(w, &options, &notes));
    if (!w->may_speak_first && !before) json_array_clear(notes);
    json_object_set_new(payload, "inline", notes);
    json_object_set_new(payload, "reviewers", reviewers_of(w));
    return item_put(context, "github.pull_request", github_lane(arena, w->installation), subject, payload);
}

static bool slack_is_set(const struct settings *settings) { return settings->slack.token || settings->slack.webhook_url || settings->slack.channel; }

const struct err *wanted_slack(const struct wanted *w) {
    const struct handler_context *context = w->context;
    struct arena *arena = context->arena;
    const struct review *r = w->review;
    const char *channel = r->settings->slack_channel ? r->settings->slack_channel : context->settings->slack.channel;
    if (!slack_is_set(context->settings) || !channel) return NULL;
    const char *subject = r->number > 0 ? arena_printf(arena, "%s#%lld", r->repo, (long long)r->number) : arena_printf(arena, "%s", r->repo), *before;
    TRY(outbox_outside(context->store, arena, "slack.message", subject, &before));
    bool worth = r->verdict == VERDICT_GATE;
    for (size_t i = 0; i < r->findings.n; i++) worth = worth || r->findings.at[i]->severity >= SEV_WARNING;
    if (!before && (!worth || !w->may_speak_first)) return NULL;
    struct render_options options = options_of(w);
    json_t *message;
    TRY(render_slack(arena, r, &options, w->link, r->number > 0, &message));
    jsx_set_text(message, "channel", channel);
    if (r->new_count || r->fixed_count)
        jsx_set_text(message, "thread_update",
                     arena_printf(arena, "%s: %s", r->head_sha ? arena_printf(arena, "%.7s", r->head_sha) : "now", render_summary_line(arena, r)));
    return item_put(context, "slack.message", "slack", subject, message);
}

const struct err *wanted_issue(const struct wanted *w) {
    struct arena *arena = w->context->arena;
    const struct review *r = w->review;
    struct render_options options = options_of(w);
    bool closed = r->spoken == 0;
    const char *key = arena_printf(arena, "job:%s", r->title ? r->title : r->repo);
    const char *subject = arena_printf(arena, "%s:%s", r->repo, key), *before;
    TRY(outbox_outside(w->context->store, arena, "github.issue", subject, &before));
    if (closed && !before) return NULL;
    char *body;
    if (closed) TRY(render_cleared(arena, r, &options, &body));
    else TRY(render_comment(arena, r, &options, &body));
    json_t *payload = jsx_own(arena, json_object());
    jsx_set_text(payload, "repo", r->repo);
    json_object_set_new(payload, "installation", json_integer(w->installation));
    jsx_set_text(payload, "key", key);
    jsx_set_text(payload, "title",
                 arena_printf(arena, "Parley: job %s repeats what exists, or costs more than it needs to", r->title ? r->title : ""));
    jsx_set_text(payload, "body", body);
    json_object_set_new(payload, "labels", json_array());
    json_object_set_new(payload, "closed", json_boolean(closed));
    return item_put(w->context, "github.issue", github_lane(arena, w->installation), subject, payload);
}

const struct err *wanted_reply(const struct handler_context *context, const char *repo, int number, const char *login, const char *body) {
    struct arena *arena = context->arena;
    json_t *payload = jsx_own(arena, json_object());
    char who[HASH_HEX];
    hash128_hex(hash128(login, strlen(login)), who);
    jsx_set_text(payload, "repo", repo);
    json_object_set_new(payload, "number", json_integer(number));
    json_object_set_new(payload, "installation", json_integer(context->delivery->installation));
    json_object_set_new(payload, "valid_at", json_integer(context->now));
    jsx_set_text(payload, "body", body);
    jsx_set_text(payload, "marker", arena_printf(arena, "answer-%s", who));
    const char *subject = arena_printf(arena, "%s#%d:answer:%s", repo, number, who);
    return item_put(context, "github.reply", github_lane(arena, context->delivery->installation), subject, payload);
}

const struct err *wanted_reaction(const struct handler_context *context, const char *repo, int64_t comment, const char *content,
                                  bool on_review_comment) {
    struct arena *arena = context->arena;
    int64_t installation = context->delivery->installation;
    json_t *payload = jsx_own(arena, json_object());
    jsx_set_text(payload, "repo", repo);
    json_object_set_new(payload, "installation", json_integer(installation));
    json_object_set_new(payload, "comment_id", json_integer(comment));
    jsx_set_text(payload, "content", content);
    json_object_set_new(payload, "review_comment", json_boolean(on_review_comment));
    const char *subject = arena_printf(arena, "%s:comment:%lld", repo, (long long)comment);
    return item_put(context, "github.reaction", github_lane(arena, installation), subject, payload);
}

const struct err *wanted_response(const struct handler_context *context, const char *response_url, const json_t *message, bool in_channel) {
    struct arena *arena = context->arena;
    json_t *payload = jsx_own(arena, json_deep_copy(message));
    jsx_set_text(payload, "response_url", response_url);
    json_object_set_new(payload, "in_channel", json_boolean(in_channel));
    json_object_set_new(payload, "replace", json_false());
    return item_put(context, "slack.response", "slack.response", arena_printf(arena, "delivery:%lld", (long long)context->delivery->id), payload);
}
