/* catch_up.c - webhooks get lost; the state of the code host does not. */
#include "catch_up.h"

#include "clock.h"
#include "events.h"
#include "github.h"
#include "log.h"
#include "migrate.h"
#include "payload.h"
#include "record.h"

#include <stdlib.h>

#define BACK_MAX         (3 * 86400) /* GitHub keeps deliveries that long */
#define DELIVERIES_MAX   500
#define REPOSITORIES_MAX 200
#define PULLS_MAX        100
#define LAST_NAME        "catch_up.last"

struct known {
    const char *repo;
    int64_t installation;
};

struct known_list {
    struct arena *arena;
    VEC(struct known) list;
};

static const struct err *known_add(void *ctx, const struct val *cols, size_t count) {
    struct known_list *k = ctx;
    const char *name = val_as_text(k->arena, &cols[0], ""), *value = val_as_text(k->arena, &cols[1], "0");
    const char *repo = name + strlen("installation:");
    if (payload_repo_valid(repo)) *vec_add(k->arena, &k->list) = (struct known){repo, strtoll(value, NULL, 10)};
    return NULL;
}

static const struct err *missed_redeliver(struct github *github, struct store *store, struct arena *arena, struct catch_up_stats *stats) {
    const char *last;
    int64_t now = clock_now();
    TRY(setting_get(store, arena, LAST_NAME, &last));
    int64_t since = last ? strtoll(last, NULL, 10) - 60 : now - BACK_MAX;
    if (since < now - BACK_MAX) since = now - BACK_MAX;
    struct github_deliveries missed;
    TRY(github_failed_deliveries(github, arena, since, &missed));
    for (size_t i = 0; i < missed.count && i < DELIVERIES_MAX; i++) {
        TRY(github_redeliver(github, arena, missed.at[i].id));
        stats->redelivered++;
    }
    return setting_put(store, LAST_NAME, arena_printf(arena, "%lld", (long long)now));
}

/* A delivery of our own making, in the shape of GitHub's, for one pull request at one head. */
static const struct err *moved_queue(struct store *store, struct arena *arena, const struct known *repo, int64_t number, const char *sha) {
    json_t *body =
        jsx_own(arena, json_pack("{s:s,s:I,s:{s:I},s:{s:s},s:{s:I}}", "action", "synchronize", "number", (json_int_t)number, "pull_request", "number",
                                 (json_int_t)number, "repository", "full_name", repo->repo, "installation", "id", (json_int_t)repo->installation));
    struct delivery d = {.sender = SENDER_GITHUB,
                         .event = "pull_request",
                         .guid = arena_printf(arena, "catch-up:%s#%lld:%s", repo->repo, (long long)number, sha),
                         .body = str_of(jsx_dump(arena, body, false)),
                         .received_at = clock_now()};
    return queue_add(store, &d, NULL);
}

static const struct err *moved_find(struct github *github, struct store *store, struct arena *arena, const struct known *repo,
                                    struct catch_up_stats *stats) {
    struct github_call call = {.method = "GET", .path = arena_printf(arena, "/repos/%s/pulls?state=open&per_page=%d", repo->repo, PULLS_MAX)};
    json_t *pulls;
    TRY(github_send(github, arena, repo->installation, &call, &pulls));
    for (size_t i = 0; i < json_array_size(pulls); i++) {
        const json_t *pull = json_array_get(pulls, i);
        int64_t number = jsx_int(pull, "number", 0);
        const char *sha = jsx_str(pull, "head.sha", NULL);
        struct review_record *last;
        TRY(review_record_last(store, arena, arena_printf(arena, "%s#%lld", repo->repo, (long long)number), &last));
        bool stale = last && last->head_sha && sha && strcmp(last->head_sha, sha) != 0;
        if (!stale) continue; /* one never reviewed was not ours to speak about, or its delivery is in the list above */
        TRY(moved_queue(store, arena, repo, number, sha));
        stats->moved++;
    }
    return NULL;
}

const struct err *catch_up_run(struct github *github, struct store *store, struct arena *arena, struct catch_up_stats *stats) {
    struct known_list known = {.arena = arena};
    *stats = (struct catch_up_stats){0};
    TRY(missed_redeliver(github, store, arena, stats));
    TRY(store_each(store, "SELECT name, value FROM setting WHERE name LIKE 'installation:%' ORDER BY name LIMIT 200", VALS_NONE, known_add, &known));
    const struct err *first = NULL;
    for (size_t i = 0; i < known.list.n && i < REPOSITORIES_MAX; i++) {
        const struct err *bad = moved_find(github, store, arena, &known.list.at[i], stats);
        if (bad && bad->kind == ERR_RETRY) return bad; /* a limit of the host: later */
        if (bad && !first) first = bad;
    }
    return first;
}

static void store_drop(void *store) { store_close(store); }

const struct err *catch_up_bring(void *catch_up_context, struct arena *arena, const struct outbox_item *in, json_t **state_out) {
    struct catch_up_context *context = catch_up_context;
    struct catch_up_stats stats;
    struct store *store;
    TRY(migrate_open(settings_place(context->settings), &store));
    arena_defer(arena, store_drop, store);
    TRY(catch_up_run(context->github, store, arena, &stats));
    if (stats.redelivered || stats.moved)
        log_info("caught up: %zu deliveries asked for again, %zu pull requests had moved", stats.redelivered, stats.moved);
    return NULL;
}

/* The child has no key of the App: the server is asked to do it. */
static const struct err *catch_up_want(const struct handler_context *context) {
    struct outbox_item item = {.kind = CATCH_UP_KIND, .lane = CATCH_UP_KIND, .subject = "catch_up", .valid_at = context->now, .payload = "{}"};
    TRY(outbox_put(context->store, &item, NULL));
    return queue_settle(context->store, context->delivery, NULL);
}

const struct err *on_catch_up(const struct handler_context *context, const json_t *payload) {
    if (!context->github) return queue_settle(context->store, context->delivery, "GitHub is not set up");
    TRY(store_begin(context->store));
    const struct err *bad = catch_up_want(context);
    if (!bad) return store_commit(context->store);
    store_rollback(context->store);
    return bad;
}
