/* installation.c - one small named value per repository. */
#include "installation.h"

#include "payload.h"
#include "record.h"

#include <stdlib.h>

static const char *name_for(const struct handler_context *context, const char *repo) { return arena_printf(context->arena, "installation:%s", repo); }

const struct err *installation_remember(const struct handler_context *context, const json_t *payload) {
    const char *repo = jsx_str(payload, "repository.full_name", NULL), *before;
    if (strcmp(context->delivery->sender, SENDER_GITHUB) != 0 || !payload_repo_valid(repo)) return NULL;
    const char *now = arena_printf(context->arena, "%lld", (long long)context->delivery->installation);
    TRY(setting_get(context->store, context->arena, name_for(context, repo), &before));
    if (before && strcmp(before, now) == 0) return NULL;
    return setting_put(context->store, name_for(context, repo), now);
}

const struct err *installation_recall(const struct handler_context *context, const char *repo, int64_t *out) {
    const char *value;
    TRY(setting_get(context->store, context->arena, name_for(context, repo), &value));
    *out = value ? strtoll(value, NULL, 10) : 0;
    return NULL;
}

const struct err *installation_known(const struct handler_context *context, const char *repo, bool *out) {
    const char *value;
    TRY(setting_get(context->store, context->arena, name_for(context, repo), &value));
    *out = value != NULL;
    return NULL;
}
