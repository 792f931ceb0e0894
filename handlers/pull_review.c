/* pull_review.c - steps of one review; each says what it takes and where it may fail. */
#include "pull_review.h"

#include "runs.h"

#include "catalog_refresh.h"
#include "killpoint.h"
#include "past.h"
#include "price.h"
#include "record.h"
#include "render.h"
#include "wanted.h"

#include <stdlib.h>

#define MIRRORS "mirrors"

const struct err *clone_config_for(const struct handler_context *context, struct clone_config *out) {
    const struct settings *s = context->settings;
    const char *token;
    TRY(github_app_token(github_identity(context->github), context->arena, context->delivery->installation, GITHUB_SCOPE_READ, &token));
    *out = (struct clone_config){.mirrors = arena_printf(context->arena, "%s/" MIRRORS, s->data),
                                 .git_base = s->github.git,
                                 .token = token,
                                 .proxy = s->http.proxy,
                                 .ca_bundle = s->http.ca_bundle};
    return NULL;
}

static const struct err *change_open(struct pull_review *p) {
    const struct handler_context *context = p->context;
    struct clone_config config;
    TRY(clone_config_for(context, &config));
    struct clone_door door = {&config, context->github, &p->repo};
    struct clone_pull pull = {.repo = p->repo.name, .number = p->pull.number, .base_ref = p->pull.base_ref, .head_sha = p->pull.head_sha};
    return err_wrap(clone_pull_any(context->arena, &door, &pull, &p->change), "%s#%d", p->repo.name, p->pull.number);
}

/* Settings always come from the target branch; the head's are only checked, when the change touches them. */
static const struct err *settings_load_of(struct pull_review *p) {
    struct arena *arena = p->context->arena;
    const char *path;
    struct str bytes;
    TRY(clone_settings(arena, &p->change.target, &path, &bytes));
    struct settings_problems *ignored = arena_new(arena, struct settings_problems);
    p->settings = repo_settings_read(arena, path ? path : ".parley.yml", path ? bytes : (struct str){"", 0}, p->context->settings->locked, ignored);
    for (size_t i = 0; i < p->change.count; i++) {
        const struct clone_file *f = &p->change.files[i];
        bool is_ours = strcmp(f->path, ".parley.yml") == 0 || strcmp(f->path, ".github/parley.yml") == 0;
        if (!is_ours || !f->after.present) continue;
        p->problems = arena_new(arena, struct settings_problems);
        repo_settings_read(arena, f->path, f->after.bytes, p->context->settings->locked, p->problems);
    }
    return NULL;
}

static const struct err *past_load(struct pull_review *p) {
    const struct handler_context *context = p->context;
    struct review_record *last;
    const char *subject = arena_printf(context->arena, "%s#%d", p->repo.name, p->pull.number);
    TRY(review_record_last(context->store, context->arena, subject, &last));
    p->past = past_read(context->arena, last ? last->body : NULL);
    if (last && last->head_sha) p->past->head_sha = last->head_sha;
    struct waiver *stored;
    size_t count;
    TRY(waivers_load(context->arena, context->store, p->repo.name, &stored, &count));
    for (size_t i = 0; i < count; i++) *vec_add(context->arena, &p->waivers) = stored[i];
    return feedback_count(context->store, &p->use);
}

const struct err *pull_paused(const struct handler_context *context, const char *repo, int number, bool *out) {
    const char *value;
    TRY(setting_get(context->store, context->arena, arena_printf(context->arena, "paused:%s#%d", repo, number), &value));
    *out = value && strcmp(value, "1") == 0;
    return NULL;
}

const struct err *pull_review_load(const struct handler_context *context, const char *repo, int number, struct pull_review *out) {
    *out = (struct pull_review){.context = context, .repo = {repo, context->delivery->installation}, .may_speak_first = true};
    if (!context->github) return err_new(ERR_CONFIG, "GitHub is not set up: give github.app_id and a key, or PARLEY_GITHUB_TOKEN");
    TRY(github_pull_get(context->github, context->arena, &out->repo, number, &out->pull));
    TRY(pull_paused(context, repo, number, &out->is_paused));
    TRY(change_open(out));
    TRY(settings_load_of(out));
    out->catalog = catalog_of(context->arena, context->store);
    return past_load(out);
}

enum dialect settings_dialect(const struct repo_settings *settings) {
    enum dialect dialect = DIALECT_DATABRICKS;
    if (settings->dialect) dialect_parse(str_of(settings->dialect), &dialect);
    return dialect;
}

/* Is the path asked for? By its name, a folder above it, or a glob. */
static bool path_asked(const struct pull_review *p, const char *path) {
    struct str rest = str_of(p->paths), word;
    bool any = false;
    while (str_split(&rest, ' ', &word)) {
        if (word.n == 0) continue;
        any = true;
        const char *text = str_dup(p->context->arena, word);
        bool below = text_starts(path, text) && (path[word.n] == 0 || path[word.n] == '/' || text_ends(text, "/"));
        if (below || text_glob(text, path)) return true;
    }
    return !any;
}

/* Reads one side; only changed paths give definitions, the rest of the tree gives context. */
static const struct err *side_read(struct pull_review *p, const struct clone_tree *tree, bool is_head, struct reading **out) {
    struct arena *arena = p->context->arena;
    VEC(const char *) only = {0};
    for (size_t i = 0; i < p->change.count; i++) {
        const struct clone_file *f = &p->change.files[i];
        const char *path = is_head ? f->path : f->old_path;
        bool present = is_head ? f->after.present : f->before.present;
        if (present && path_asked(p, path) && !repo_settings_ignores(p->settings, path, NULL)) *vec_add(arena, &only) = path;
    }
    struct file_source source = tree_source(tree);
    if (only.n == 0) source.count = 0;
    struct read_options options = {.dialect = settings_dialect(p->settings), .only = only.at, .only_count = only.n};
    return read_files(arena, &source, &options, out);
}

/* The first review of a repository reads its target branch whole, so that there is something to compare with. */
static const struct err *catalog_fill(struct pull_review *p) {
    bool known;
    TRY(catalog_refreshed(p->context->arena, p->catalog, p->repo.name, "main", &known));
    if (known && !p->is_full) return NULL;
    struct refresh how = {p->repo.name, "main", settings_dialect(p->settings), p->context->now};
    struct catalog_put_stats stats;
    return catalog_refresh(p->context->arena, p->catalog, &p->change.target, &how, &stats);
}

/* What this pull request would add, for others that are open at the same time. */
static const struct err *scope_keep(struct pull_review *p, const struct reading *head) {
    struct arena *arena = p->context->arena;
    VEC(struct put_file) files = {0};
    VEC(const char *) gone = {0};
    for (size_t i = 0; i < p->change.count; i++) {
        const struct clone_file *f = &p->change.files[i];
        if (f->after.present) *vec_add(arena, &files) = (struct put_file){f->path, hash128(f->after.bytes.p, f->after.bytes.n)};
        else *vec_add(arena, &gone) = f->path;
    }
    struct catalog_put put = {.repo = p->repo.name,
                              .scope = arena_printf(arena, "pr:%d", p->pull.number),
                              .commit = p->change.head_sha,
                              .reading = head,
                              .files = files.at,
                              .file_count = files.n,
                              .gone = gone.at,
                              .gone_count = gone.n,
                              .now = p->context->now};
    struct catalog_put_stats stats;
    return catalog_put_reading(p->catalog, &put, &stats);
}

static void input_fill(struct pull_review *p, struct review_input *in) {
    struct arena *arena = p->context->arena;
    const char **changed = arena_array(arena, p->change.count * 2 + 1, sizeof *changed);
    size_t n = 0;
    for (size_t i = 0; i < p->change.count; i++) {
        changed[n++] = p->change.files[i].path;
        if (strcmp(p->change.files[i].old_path, p->change.files[i].path) != 0) changed[n++] = p->change.files[i].old_path;
    }
    in->repo = p->repo.name;
    in->number = p->pull.number;
    in->source = "pull_request";
    in->title = p->pull.title;
    in->author = p->pull.author;
    in->base_sha = p->change.merge_base;
    in->head_sha = p->change.head_sha;
    in->changed = changed;
    in->changed_count = n;
    in->settings = p->settings;
    in->settings_problems = p->problems;
    in->waivers = p->waivers.at;
    in->waiver_count = p->waivers.n;
    in->use = &p->use;
    in->past = p->past;
    in->now = p->context->now;
}

/* Files that were left out are said too: nothing may look fine because it was not read. */
static void gaps_add(struct pull_review *p, struct reading *head) {
    struct arena *arena = p->context->arena;
    if (p->change.truncated)
        *vec_add(arena, &head->gaps) = (struct not_understood){
            .path = "", .reason = "the change has more files than are read; the rest was not looked at", .loses_lineage = true};
    if (p->change.note) *vec_add(arena, &head->gaps) = (struct not_understood){.path = "", .reason = p->change.note};
    for (size_t i = 0; i < p->change.count; i++) {
        const struct clone_file *f = &p->change.files[i];
        if (f->after.present && f->after.too_big)
            *vec_add(arena, &head->gaps) = (struct not_understood){.path = f->path, .reason = "larger than 10 MB: not read", .loses_lineage = true};
    }
}

const struct err *pull_review_run(struct pull_review *p) {
    struct arena *arena = p->context->arena;
    struct reading *base, *head;
    struct price_list *prices;
    const char *owners_path;
    struct str owners;
    TRY(catalog_fill(p));
    TRY(side_read(p, &p->change.base, false, &base));
    TRY(side_read(p, &p->change.head, true, &head));
    gaps_add(p, head);
    TRY(price_list_load(arena, p->context->settings->prices, &prices));
    TRY(clone_codeowners(arena, &p->change.target, &owners_path, &owners));
    struct review_input in = {.base = base,
                              .head = head,
                              .catalogs = &p->catalog,
                              .catalog_count = 1,
                              .prices = prices,
                              .codeowners = owners_path ? codeowners_read(arena, owners) : NULL};
    input_fill(p, &in);
    TRY(review_run(arena, &in, &p->review));
    return scope_keep(p, head);
}

static const struct err *record_put(struct pull_review *p) {
    struct arena *arena = p->context->arena;
    const struct review *r = p->review;
    struct review_record record = {.subject = arena_printf(arena, "%s#%d", p->repo.name, p->pull.number),
                                   .repo = p->repo.name,
                                   .number = p->pull.number,
                                   .base_sha = r->base_sha,
                                   .head_sha = r->head_sha,
                                   .verdict = verdict_name(r->verdict),
                                   .title = r->title,
                                   .body = jsx_dump(arena, render_json(arena, r), false),
                                   .findings = (int64_t)r->findings.n,
                                   .delivery_id = p->context->delivery->id,
                                   .created_at = p->context->now};
    int64_t id;
    return review_record_put(p->context->store, &record, &id);
}

/* What the decision says of the rule: accepted as right or meant to be so. A snooze says nothing. */
static const struct err *answer_put(struct pull_review *p, const struct waiver *w) {
    const struct finding *f = review_find(p->review, w->key);
    if (!f || w->kind == WAIVER_SNOOZE) return NULL;
    struct feedback answer = {.repo = w->repo,
                              .key = w->key,
                              .rule = f->rule_id,
                              .useful = w->kind == WAIVER_ACCEPT,
                              .source = waiver_kind_name(w->kind),
                              .by = w->by,
                              .why = w->reason,
                              .made = w->made};
    return feedback_put(p->context->store, &answer);
}

/* Does the same rule still speak about the file? Then an edit has only renamed the finding. */
static bool still_said(const struct review *r, const struct past_finding *was) {
    const struct findings *lists[] = {&r->findings, &r->waived};
    for (size_t l = 0; l < 2; l++) {
        for (size_t i = 0; i < lists[l]->n; i++) {
            const struct finding *f = lists[l]->at[i];
            if (strcmp(f->rule_id, was->rule_id) == 0 && strcmp(f->path, was->path) == 0) return true;
        }
    }
    return false;
}

/* What was said and is gone after a push was worth saying. Only a review of the whole change can know. */
static const struct err *gone_put(struct pull_review *p) {
    const struct review *r = p->review;
    if ((p->paths && *p->paths) || !r->head_sha || strcmp(r->head_sha, p->past->head_sha) == 0) return NULL;
    for (size_t i = 0; i < r->fixed_count; i++) {
        const struct past_finding *was = &r->fixed[i];
        if (still_said(r, was) || rule_find(was->rule_id) == RULE_COUNT) continue;
        struct feedback seen = {
            .repo = p->repo.name, .key = was->key, .rule = was->rule_id, .useful = true, .source = "gone", .by = "parley", .made = p->context->now};
        TRY(feedback_see(p->context->store, &seen));
    }
    return NULL;
}

/* What is taken back was decided before: by another command, or by one in front of it in the same comment. */
static const struct err *taken_back_drop(struct pull_review *p) {
    struct store *store = p->context->store;
    for (size_t i = 0; i < p->taken_back.n; i++) {
        bool found;
        TRY(waiver_drop(store, p->repo.name, p->taken_back.at[i], &found));
        TRY(feedback_drop(store, p->repo.name, p->taken_back.at[i]));
    }
    if (!p->pause_decided) return NULL;
    return setting_put(store, arena_printf(p->context->arena, "paused:%s#%d", p->repo.name, p->pull.number), p->is_paused ? "1" : NULL);
}

static const struct err *decisions_put(struct pull_review *p) {
    TRY(taken_back_drop(p));
    for (size_t i = 0; i < p->decided.n; i++) {
        const struct waiver *w = &p->decided.at[i];
        if (!*w->key) continue;
        TRY(waiver_put(p->context->store, w));
        struct ledger_line line = {.at = p->context->now,
                                   .subject = arena_printf(p->context->arena, "%s#%d", p->repo.name, p->pull.number),
                                   .actor = w->by,
                                   .action = waiver_kind_name(w->kind),
                                   .finding = w->key,
                                   .detail = w->reason};
        TRY(ledger_add(p->context->store, &line));
        TRY(answer_put(p, w));
    }
    return gone_put(p);
}

/* What was estimated of its definitions, so that imported runs can tell how far that was off. */
static const struct err *estimates_put(struct pull_review *p) {
    const struct review *r = p->review;
    for (size_t i = 0; i < r->estimate_count; i++)
        TRY(estimate_store(p->catalog, r->estimates[i].fingerprint, r->estimates[i].work, r->estimates[i].name, r->made));
    return NULL;
}

static const struct err *all_put(struct pull_review *p) {
    const struct handler_context *context = p->context;
    struct wanted wanted = {.context = context,
                            .review = p->review,
                            .change = &p->change,
                            .installation = p->repo.installation,
                            .answer = p->answer,
                            .link = pull_link(context->arena, context->settings, p->repo.name, p->pull.number),
                            .may_speak_first = p->may_speak_first,
                            .is_paused = p->is_paused};
    if (!p->review && p->answer && p->asked_by) TRY(wanted_reply(context, p->repo.name, p->pull.number, p->asked_by, p->answer));
    if (!p->review) return queue_settle(context->store, context->delivery, NULL);
    TRY(decisions_put(p));
    TRY(record_put(p));
    TRY(estimates_put(p));
    TRY(wanted_pull(&wanted));
    TRY(wanted_slack(&wanted));
    return queue_settle(context->store, context->delivery, NULL);
}

const struct err *pull_review_commit(struct pull_review *p) {
    struct store *store = p->context->store;
    kill_point("job.before_commit");
    TRY(store_begin(store));
    const struct err *bad = all_put(p);
    if (bad) {
        store_rollback(store);
        return bad;
    }
    TRY(store_commit(store));
    kill_point("job.after_commit");
    return NULL;
}

const struct err *delivery_ignore(const struct handler_context *context, const char *why) {
    return queue_settle(context->store, context->delivery, why);
}

const char *pull_link(struct arena *arena, const struct settings *settings, const char *repo, int number) {
    return arena_printf(arena, "%s/%s/pull/%d", settings->github.git, repo, number);
}
