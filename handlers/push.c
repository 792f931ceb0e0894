/* push.c - the default branch moved: the catalog follows. */
#include "catalog_refresh.h"
#include "events.h"
#include "github.h"
#include "log.h"
#include "payload.h"
#include "pull_review.h"
#include "repo_settings.h"

const struct err *on_push(const struct handler_context *context, const json_t *payload) {
    struct arena *arena = context->arena;
    const char *repo = jsx_str(payload, "repository.full_name", ""), *branch = jsx_str(payload, "repository.default_branch", "main");
    const char *wanted = arena_printf(arena, "refs/heads/%s", branch);
    if (strcmp(jsx_str(payload, "ref", ""), wanted) != 0) return delivery_ignore(context, "not the default branch");
    if (jsx_bool(payload, "deleted", false)) return delivery_ignore(context, "the branch is gone");
    if (!payload_repo_valid(repo)) return err_new(ERR_INPUT, "not a repository name");
    if (!context->github) return err_new(ERR_CONFIG, "GitHub is not set up");
    struct clone_config config;
    TRY(clone_config_for(context, &config));
    struct clone_tree tree;
    TRY(clone_branch_open(arena, &config, repo, branch, &tree));
    const char *path;
    struct str bytes;
    struct settings_problems ignored = {0};
    TRY(clone_settings(arena, &tree, &path, &bytes));
    struct repo_settings *settings =
        repo_settings_read(arena, path ? path : ".parley.yml", path ? bytes : (struct str){"", 0}, context->settings->locked, &ignored);
    struct refresh how = {repo, "main", settings_dialect(settings), context->now};
    struct catalog_put_stats stats;
    TRY(catalog_refresh(arena, catalog_of(arena, context->store), &tree, &how, &stats));
    log_info("catalog: %s at %.7s: %zu definitions read, %zu files gone", repo, tree.sha, stats.definitions, stats.deleted);
    return queue_settle(context->store, context->delivery, NULL);
}

const struct err *on_installation(const struct handler_context *context, const json_t *payload) {
    log_info("installation %lld: %s by %s", (long long)jsx_int(payload, "installation.id", 0), jsx_str(payload, "action", "?"),
             jsx_str(payload, "sender.login", "?"));
    return queue_settle(context->store, context->delivery, NULL);
}
