/* dry_run.c - what a delivery would lead to, without posting anything. */
#include "dry_run.h"

#include "clock.h"
#include "commands.h"
#include "copy.h"
#include "forge.h"
#include "fs.h"
#include "handlers.h"
#include "jsonx.h"
#include "local.h"
#include "migrate.h"
#include "outbox.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a folder of our own ---- */

static int entry_remove(const char *path, const struct stat *info, int kind, struct FTW *walk) { return remove(path); }

static void folder_remove(void *path) { nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS); }

static void store_close_deferred(void *store) { store_close(store); }

/* The server's store as it is now, in the folder; an empty one when there is none. */
static const struct err *live_copy(struct arena *arena, const char *place, const char *folder, struct store **out) {
    struct store *live;
    const struct err *failed = NULL;
    const char *from = store_is_shared(place) ? place : arena_printf(arena, "%s/parley.db", place);
    if (from != place && fs_exists(from)) {
        TRY(store_open(from, &live));
        failed = store_run(live, "VACUUM INTO $1", VALS(val_text(arena_printf(arena, "%s/parley.db", folder))), NULL);
        store_close(live);
        TRY(failed);
    }
    TRY(migrate_open(folder, out));
    arena_defer(arena, store_close_deferred, *out);
    if (from != place) return NULL;
    TRY(migrate_open(place, &live));
    failed = store_copy(live, *out, NULL);
    store_close(live);
    return failed;
}

/* ---- the delivery ---- */

/* `*out` is NULL, and `*ignored` says why, when nobody needs to act on it. */
static const struct err *delivery_add(struct arena *arena, struct store *store, const struct dry_run_ask *w, struct delivery **out,
                                      const char **ignored) {
    struct triage look;
    struct str body;
    *out = NULL;
    TRY(fs_read(arena, w->file, (size_t)25 << 20, &body));
    struct delivery d = {.sender = w->sender,
                         .event = w->event,
                         .guid = arena_printf(arena, "simulate-%lld", (long long)clock_monotonic_us()),
                         .body = body,
                         .received_at = clock_now()};
    int seen;
    bool fresh;
    TRY(err_wrap(handlers_triage(arena, &d, &look), "%s", w->file));
    *ignored = look.ignored;
    if (look.ignored) return NULL;
    TRY(store_run(store, "UPDATE delivery SET state = 'done' WHERE state IN ('received', 'waiting', 'retry', 'leased')", VALS_NONE, NULL));
    TRY(store_run(store, "DELETE FROM outbox", VALS_NONE, NULL));
    TRY(queue_add(store, &d, &fresh));
    TRY(queue_triage(store, handlers_triage, 1, &seen));
    return queue_claim(store, arena, 600, out);
}

static void item_print(const struct dry_run_ask *w, const struct outbox_item *item) {
    if (!w->json) printf("%s to %s\n", item->kind, item->subject);
    json_error_t ignored;
    json_t *payload = json_loads(item->payload, 0, &ignored), *o = payload;
    if (w->json) o = json_pack("{s:s, s:s, s:o}", "kind", item->kind, "subject", item->subject, "payload", payload ? payload : json_null());
    json_dumpf(o, stdout, w->json ? 0 : JSON_INDENT(2));
    putchar('\n');
    json_decref(o);
}

static const struct err *items_print(struct arena *arena, struct store *store, const struct dry_run_ask *w) {
    struct outbox_list items;
    TRY(outbox_items(store, arena, "pending", 1000, &items));
    if (!items.n && !w->json) puts("Nothing would be posted.");
    for (size_t i = items.n; i > 0; i--) item_print(w, &items.at[i - 1]);
    return NULL;
}

static void http_destroy_deferred(void *http) { http_destroy(http); }

static void github_destroy_deferred(void *github) { github_destroy(github); }

static const struct err *context_fill(struct arena *arena, struct settings *settings, struct handler_context *out) {
    out->settings = settings;
    out->http = forge_http(settings);
    arena_defer(arena, http_destroy_deferred, out->http);
    out->bot_login = settings->github.bot_login;
    out->databricks_token = settings->databricks.token;
    out->now = clock_now();
    if (!forge_has_github(settings)) return NULL;
    TRY(forge_github(settings, out->http, &out->github));
    arena_defer(arena, github_destroy_deferred, out->github);
    return NULL;
}

static const struct err *simulate(struct arena *arena, const struct dry_run_ask *w, const char **ignored) {
    char *folder = arena_strdup(arena, "/tmp/parley-simulate-XXXXXX");
    struct settings *settings;
    struct handler_context context = {.arena = arena};
    TRY(settings_load(arena, w->settings, SETTINGS_WHOLE, &settings));
    if (!mkdtemp(folder)) return err_new(ERR_CONFIG, "no temporary folder can be made in /tmp");
    arena_defer(arena, folder_remove, folder);
    TRY(live_copy(arena, settings_place(settings), folder, &context.store));
    settings->data = folder;
    settings->store = NULL;
    struct delivery *delivery;
    TRY(delivery_add(arena, context.store, w, &delivery, ignored));
    if (!delivery) return NULL;
    context.delivery = delivery;
    TRY(context_fill(arena, settings, &context));
    TRY(handlers_run(&context));
    return items_print(arena, context.store, w);
}

int dry_run(const struct dry_run_ask *w) {
    struct arena *arena = arena_create(ARENA_JOB * 2);
    const char *ignored = NULL;
    const struct err *failed = simulate(arena, w, &ignored);
    if (!failed && ignored) printf("The delivery would be ignored: %s.\n", ignored);
    int code = failed ? local_fail(failed) : ignored ? EXIT_FOUND : EXIT_FINE;
    arena_destroy(arena);
    return code;
}
